"""The rows of an open store as the library judges them, kept in memory and brought up to date change by change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import select

from assetmap.project.folder import open_project
from assetmap.project.known import known_places
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.project.store.contents import (
    Content,
    as_list,
    content_of,
    contents,
    decided,
    edits_of,
    last_change,
    review_of,
    with_edits,
)
from assetmap.project.store.database import Store, by_key, reading
from assetmap.project.store.records import Suggestion
from assetmap.project.store.tables import changes, edits, lists, rows
from assetmap.register.again.judgement import Judgement, described, judge_again, judge_all
from assetmap.register.again.matching import match_rows
from assetmap.register.build import judge_stacked, stack_lists
from assetmap.schema import LINKERS, AssetList

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from assetmap.project.folder import Project

BY_ROW: Final = ("row", "pair", "place")
"""Scopes of changes after which only some rows are judged again; a new asset is the other."""

MOST_AT_ONCE: Final = 50
"""More changed rows than this are not judged one after the other."""


@dataclass(eq=False)
class State:
    """What is known of an open store.

    stamp : of ``assetmap.toml`` when it was read; ``project`` and ``known`` are made of it.
    change : the last change that is in.
    judgement : None where there is no row at all.
    keys : key of each row, by its place; ``places`` is the reverse.
    lists : each list without its edits, by name.
    outcome, reason : of each row, with what links say.
    searched : text of each row in small letters, where somebody searched.
    suggested : what would put a row right, by its place, where somebody looked at it.
    area_at : the small area by what decides it.
    """

    stamp: object
    project: Project | None
    known: dict[str, Any]
    change: int
    lists: dict[str, Content]
    judgement: Judgement | None = None
    keys: list[int] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    outcome: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    reason: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    edited: dict[int, dict[str, str]] = field(default_factory=dict)
    searched: dict[int, str] = field(default_factory=dict)
    suggested: dict[int, tuple[Suggestion, ...]] = field(default_factory=dict)
    area_at: dict[tuple[Any, ...], str] = field(default_factory=dict)
    registers: dict[str, Any] = field(default_factory=dict)


@contextmanager
def judging(store: Store) -> Iterator[tuple[State, Connection, set[int]]]:
    """Bring what is known of a store up to its last change, and keep it so for as long as the block runs.

    Whatever the block reads by the connection is of the same moment as the state. Cells of one moment with the version of a later
    one would let a person overwrite what somebody else saved in between.

    Yields
    ------
    tuple
        The state; a connection; and the keys of the rows that are judged otherwise than when it was last asked for, none the
        first time.
    """
    with store.shared.lock, reading(store) as connection:
        state: State | None = store.shared.judged
        stamp, last = _stamp(store), last_change(connection)
        touched: set[int] | None = set()
        if state is None or state.stamp != stamp or state.change != last:
            first = state is None
            if state is None or state.stamp != stamp:
                project = open_settings(store)
                state = State(stamp, project, _known(project), 0, {})
            touched = _some(connection, state, last) if state.judgement is not None else None
            if touched is None:
                touched = _all(connection, state)
            state.change = last
            state.registers.clear()
            store.shared.judged = state
            touched = set() if first else touched
        yield state, connection, touched or set()


def judged(store: Store) -> State:
    """Return what is known of a store at its last change."""
    with judging(store) as (state, _, _):
        return state


def open_settings(store: Store) -> Project | None:
    """Return the project of a store, None where it has no ``assetmap.toml`` yet."""
    return open_project(store.folder) if (store.folder / CONFIG_NAME).is_file() else None


def listed(state: State) -> list[AssetList]:
    """Return every list that has rows, with edits in."""
    return [
        as_list(each, with_edits(each, state.edited)) for each in state.lists.values() if len(each.originals)
    ]


def match_editions(store: Store, old: Content, edited: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Match the rows of a list with those of its newer file.

    Parameters
    ----------
    old
        The list as imported; ``edited`` with its edits in: a new file may have taken them up.
    new
        The table of the new file.

    Returns
    -------
    numpy.ndarray
        For each old row the place of the new one, -1 where there is none.
    """
    known = _known(open_settings(store))
    sides = [_alone(old.originals, known), _alone(edited, known), _alone(new, known)]
    found = match_rows(sides[0], sides[2])
    changed = np.flatnonzero(
        (found < 0)
        & (old.originals.astype("str") != edited.reindex(columns=old.originals.columns).astype("str"))
        .any(axis=1)
        .to_numpy()
    )
    free = np.setdiff1d(np.arange(len(new)), found)
    if len(changed) and len(free):
        more = match_rows(
            sides[1].iloc[changed].reset_index(drop=True), sides[2].iloc[free].reset_index(drop=True)
        )
        found[changed] = np.where(more >= 0, free[np.maximum(more, 0)], -1)
    return found


def _alone(table: pd.DataFrame, known: dict[str, Any]) -> pd.DataFrame:
    return judge_stacked(stack_lists([table.reset_index(drop=True)]), **known)[0]


def _known(project: Project | None) -> dict[str, Any]:
    if project is None:
        return {}
    return {**known_places(project), "buffer_m": project.settings.access.limit_m}


def _stamp(store: Store) -> object:
    try:
        found = (store.folder / CONFIG_NAME).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _all(connection: Connection, state: State) -> set[int]:
    """Read and judge everything."""
    state.lists = {each.info.name: each for each in contents(connection)}
    state.edited, state.searched, state.suggested = edits_of(connection), {}, {}
    before = dict(zip(state.keys, zip(state.outcome, state.reason, strict=True), strict=True))
    tables = listed(state)
    if not tables:
        state.judgement, state.keys, state.places = None, [], {}
        state.outcome = state.reason = np.empty(0, dtype=object)
        return set(before)
    linker = state.project.settings.project.linker if state.project else LINKERS[0]
    state.judgement = judge_all(
        stack_lists(tables), known=state.known, review=review_of(decided(connection)), linker=linker
    )
    state.keys = [key for each in state.lists.values() for key in each.originals.index.tolist()]
    state.places = {key: place for place, key in enumerate(state.keys)}
    state.outcome = state.reason = np.empty(0, dtype=object)
    _describe(state, range(len(state.keys)))
    after = dict(zip(state.keys, zip(state.outcome, state.reason, strict=True), strict=True))
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def _some(connection: Connection, state: State, last: int) -> set[int] | None:
    """Judge what some changes can have touched; None where everything has to be judged."""
    query = select(changes.c.scope, changes.c.action, changes.c.row_id, changes.c.other_id).where(
        changes.c.id > state.change, changes.c.id <= last
    )
    found = connection.execute(query.limit(MOST_AT_ONCE + 1)).all()
    new = [each for each in found if each.action == "add_asset"]
    if len(found) > MOST_AT_ONCE or any(each.scope not in BY_ROW for each in found if each not in new):
        return None
    keys = {each.row_id for each in found if each.scope == "row"} | {each.row_id for each in new}
    pairs = {key for each in found if each.scope in ("pair", "place") for key in (each.row_id, each.other_id)}
    if new:
        names = connection.execute(
            select(lists.c.name).join(rows, rows.c.list_id == lists.c.id).where(rows.c.id == new[0].row_id)
        ).scalars()
        content = content_of(connection, names.one())
        if content is None or (
            state.lists
            and next(reversed(state.lists)) != content.info.name
            and content.info.name in state.lists
        ):
            return None
        state.lists[content.info.name] = content
        for each in new:
            if each.row_id in content.originals.index:
                state.places[each.row_id] = len(state.keys)
                state.keys.append(each.row_id)
    _refresh_edits(connection, state, keys)
    assert state.judgement is not None
    known = [key for key in keys if key in state.places]  # others are in no list now
    before = len(state.outcome)
    changed = _changed_rows(state, known)
    review = review_of(decided(connection))
    places = [state.places[key] for key in pairs if key in state.places]
    state.judgement, touched = judge_again(state.judgement, changed, review=review, decided=places)
    _describe(state, touched if before else range(len(state.keys)))
    for key in known:
        state.searched.pop(state.places[key], None)
        state.suggested.pop(state.places[key], None)
    return {state.keys[place] for place in touched}


def _refresh_edits(connection: Connection, state: State, keys: Iterable[int]) -> None:
    for key in keys:
        query = select(edits.c.field, edits.c.value).where(edits.c.row_id == key).order_by(edits.c.change_id)
        found = by_key(connection.execute(query))
        state.edited.pop(key, None)
        if found:
            state.edited[key] = found


def _changed_rows(state: State, keys: list[int]) -> pd.DataFrame:
    """Return rows with their edits in, by their place among the rows of the judgement."""
    assert state.judgement is not None
    tables, places = [], []
    for content in state.lists.values():
        here = [key for key in keys if key in content.originals.index]
        if here:
            part = replace(content, originals=content.originals.loc[here], parts=content.parts.loc[here])
            tables.append(stack_lists([as_list(part, with_edits(part, state.edited))]))
            places += [state.places[key] for key in here]
    if not tables:
        return state.judgement.raw.iloc[[]]
    changed = pd.concat(tables, ignore_index=True)
    changed.index = pd.Index(places)
    texts = changed.columns.difference(["row", "point_x", "point_y"])
    changed[texts] = changed[texts].fillna("").astype("str")
    return changed


def _describe(state: State, touched: Iterable[int]) -> None:
    assert state.judgement is not None
    more = len(state.keys) - len(state.outcome)
    state.outcome = np.append(state.outcome, np.full(more, "", dtype=object))
    state.reason = np.append(state.reason, np.full(more, "", dtype=object))
    for place in touched:
        state.outcome[place], state.reason[place] = described(state.judgement, place)
