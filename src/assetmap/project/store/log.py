"""History: who changed what and when, and undo."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from assetmap.errors import InputError
from assetmap.project.store import tables
from assetmap.project.store.changing import (
    Doing,
    Lookups,
    change_of,
    list_state,
    refuse,
    set_cells,
    set_decision,
    set_list,
    set_removed,
)
from assetmap.project.store.contents import column_of
from assetmap.project.store.database import Store, as_text, by_key, reading, writing
from assetmap.project.store.pages import after_save
from assetmap.project.store.records import ACTIONS, Change, ChangePage, Saved

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE: Final = 50

SHOWN: Final = 60
"""Letters of a cell in a sentence."""

changes, edits, decisions, rows, lists = (
    tables.changes,
    tables.edits,
    tables.decisions,
    tables.rows,
    tables.lists,
)


def history(
    store: Store,
    *,
    list_name: str = "",
    row: int | None = None,
    who: str = "",
    since: dt.date | dt.datetime | None = None,
    until: dt.date | dt.datetime | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> ChangePage:
    """Return the history, newest first.

    Parameters
    ----------
    list_name, row, who
        Only changes of this list, this row (also as the other one of a pair), this person.
    since, until
        From and up to a time; a day counts as a whole, on this computer's clock.
    offset, limit
        The first change of the page, and how many.

    Returns
    -------
    ChangePage
        The changes, and how many there are on all pages.

    Examples
    --------
    >>> st.history(store).changes[0].sentence
    "Added a list: the list 'halls' (halls.csv)"
    """
    query = select(changes)
    if list_name:
        of_list = select(rows.c.id).join(lists, lists.c.id == rows.c.list_id).where(lists.c.name == list_name)
        this = select(lists.c.id).where(lists.c.name == list_name)
        query = query.where(
            changes.c.list_id.in_(this) | (changes.c.list_id.is_(None) & changes.c.row_id.in_(of_list))
        )
    if row is not None:
        query = query.where((changes.c.row_id == row) | (changes.c.other_id == row))
    if who:
        query = query.where(changes.c.who == who)
    if since is not None:
        query = query.where(changes.c.time >= _begin(since))
    if until is not None:
        query = query.where(changes.c.time <= end_of(until))
    with reading(store) as connection:
        total = int(connection.execute(select(func.count()).select_from(query.subquery())).scalar() or 0)
        page = connection.execute(query.order_by(changes.c.id.desc()).offset(offset).limit(limit)).all()
        found = told_all(connection, page)
    return ChangePage(found, total)


def undo(store: Store, change: int, *, anyway: bool = False) -> Saved:
    """Take one change back, wherever it is in the history, as a new change; undoing that one does it again.

    Parameters
    ----------
    change
        `Change.number`.
    anyway
        Take it back even if something later changed the same cell, decision or list; what came later is then replaced too,
        and stays in the history.

    Returns
    -------
    Saved
        The new change; None where it was taken back already.

    Raises
    ------
    ConflictError
        If something later changed the same, unless ``anyway``.
    InputError
        If there is no such change.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.edit_cell(store, row.key, "town", "Stratton", version=row.version)
    >>> st.undo(store, saved.change.number).change.sentence
    "Undid a change (3): 'Bude Surf Lifesaving', town: 'Stratton' -> as imported"
    """
    with writing(store) as connection:
        found = connection.execute(select(changes).where(changes.c.id == change)).one_or_none()
        if found is None:
            raise InputError(f"There is no change {change}.")
        before, after = json.loads(found.before), json.loads(found.after)
        current = _current(connection, found, Lookups(connection))
        later = {key: value for key, value in current.items() if value not in (after[key], before[key])}
        if later and not anyway:
            _refuse_undo(connection, found, before, current)
        doing = Doing(
            "undo", found.scope, list_id=found.list_id, row_id=found.row_id, other_id=found.other_id, after=before,
            undoes=found.id,
        )  # fmt: skip
        if found.scope == "row":
            done = set_cells(connection, store, doing, version=None)
        elif found.scope == "asset":
            done = set_removed(connection, store, doing, version=None)
        elif found.scope == "list":
            done = set_list(connection, store, doing)
        else:
            done = set_decision(connection, store, doing, version=None)
    return after_save(store, done, found.row_id)


def users(store: Store) -> tuple[str, ...]:
    """Return everybody who changed something, by name.

    Examples
    --------
    >>> st.users(store)
    ('Ann',)
    """
    with reading(store) as connection:
        return tuple(connection.execute(select(changes.c.who).distinct().order_by(changes.c.who)).scalars())


def told(store: Store, change: Change) -> Change:
    """Return a change with its sentence, and whether it can be undone."""
    with reading(store) as connection:
        return told_all(
            connection, connection.execute(select(changes).where(changes.c.id == change.number)).all()
        )[0]


def told_all(connection: Connection, page: Sequence[Any]) -> tuple[Change, ...]:
    """Return rows of the history as changes: each with its sentence, who undid it, and whether it can be undone."""
    known = Lookups(connection)
    query = select(changes.c.undoes, func.max(changes.c.id)).group_by(changes.c.undoes)
    numbers = [each.id for each in page]
    between = changes.c.undoes.between(min(numbers, default=0), max(numbers, default=0))
    undone = by_key(connection.execute(query.where(between)))
    found = []
    for each in page:
        change, after = change_of(connection, each, known), json.loads(each.after)
        can_undo = _current(connection, each, known) == after and json.loads(each.before) != after
        sentence = _sentence(connection, change, each.scope, known)
        found.append(replace(change, sentence=sentence, undone_by=undone.get(each.id), can_undo=can_undo))
    return tuple(found)


def _sentence(connection: Connection, change: Change, scope: str, known: Lookups) -> str:
    names = [known.row_name(key) for key in (change.row, change.other) if key is not None]
    what = " and ".join(f"'{name}'" for name in names) or f"the list '{change.list_name}'"
    begun = ACTIONS[change.action]
    if change.undoes is not None:
        begun = f"{begun} ({change.undoes})"
    if scope == "row":
        cells = "; ".join(
            f"{column}: {_shown(change.before.get(column))} -> {_shown(value)}"
            for column, value in change.after.items()
        )
        return f"{begun}: {what}, {cells}"
    if scope in ("pair", "place"):
        word = change.after.get("decision") or "no decision"
        return f"{begun}: {what}: {word}"
    if scope == "list" and change.action in ("describe_list", "undo"):
        said = "; ".join(f"{key}: {_shown(value)}" for key, value in change.after.items() if key != "reading")
        return f"{begun}: {what}{f', {said}' if said else ''}"
    if scope == "list" and change.after.get("reading") and change.action != "undo":
        name = connection.execute(
            select(tables.readings.c.file_name).where(
                tables.readings.c.id == int(change.after["reading"] or 0)
            )
        ).scalar()
        return f"{begun}: {what} ({name})"
    return f"{begun}: {what}"


def _shown(value: str | None) -> str:
    if value is None:
        return "as imported"
    return f"'{value[:SHOWN]}{'...' if len(value) > SHOWN else ''}'"


def _current(connection: Connection, row: Any, known: Lookups) -> dict[str, str | None]:
    """Return what is in force now of what a change was about."""
    wanted = json.loads(row.after)
    if row.scope == "row":
        found = known.edits(row.row_id)
        return {field: found.get(field) for field in wanted}
    if row.scope == "asset":
        removed = connection.execute(select(rows.c.removed).where(rows.c.id == row.row_id)).scalar()
        return {"removed": "yes" if removed else None}
    if row.scope == "list":
        state = list_state(connection.execute(select(lists).where(lists.c.id == row.list_id)).one())
        return {key: state[key] for key in wanted}
    word = connection.execute(
        select(decisions.c.decision).where(
            decisions.c.row_id == row.row_id, decisions.c.other_id == row.other_id
        )
    ).scalar()
    return {"decision": word or ""}


def _refuse_undo(connection: Connection, row: Any, before: dict[str, Any], current: dict[str, Any]) -> None:
    from assetmap.project.store.changing import headings_of

    if row.scope == "list":
        info = connection.execute(select(lists).where(lists.c.id == row.list_id)).one()
        refuse(connection, "list", seen=row.version, version=info.version, yours=before, now=current,
               list_name=info.name)  # fmt: skip
    what = {"row": "row", "asset": "row", "pair": "pair", "place": "place"}[row.scope]
    table, found = (rows, rows.c.id == row.row_id)
    if what != "row":
        table, found = decisions, (decisions.c.row_id == row.row_id) & (decisions.c.other_id == row.other_id)
    version = int(connection.execute(select(table.c.version).where(found)).scalar() or 0)
    headings = headings_of(connection, row.list_id) if row.scope == "row" else None
    names = {key: column_of(headings, key) if headings is not None else key for key in before}
    refuse(
        connection, what, seen=row.version, version=version, yours={names[k]: v for k, v in before.items()},
        now={names[k]: v for k, v in current.items()}, row_id=row.row_id, other_id=row.other_id, headings=headings,
    )  # fmt: skip


def _begin(day: dt.date | dt.datetime) -> str:
    if isinstance(day, dt.datetime):
        return as_text(day)
    return as_text(dt.datetime.combine(day, dt.time()).astimezone())


def end_of(day: dt.date | dt.datetime) -> str:
    """Return the end of a day on this computer's clock, or a time, as it is stored."""
    if isinstance(day, dt.datetime):
        return as_text(day)
    return as_text(
        dt.datetime.combine(day + dt.timedelta(days=1), dt.time()).astimezone() - dt.timedelta(microseconds=1)
    )
