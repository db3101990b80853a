"""History: who changed what and when, undo, the register as it was, and what changed in between."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from assetmap.errors import InputError
from assetmap.project.store import tables
from assetmap.project.store.changing import (
    Doing,
    change_of,
    edits_of_row,
    list_state,
    refuse,
    set_cells,
    set_decision,
    set_list,
    set_removed,
)
from assetmap.project.store.contents import Content, as_list, column_of, content_of, review_of, with_edits
from assetmap.project.store.database import Store, as_text, reading, writing
from assetmap.project.store.judging import judged
from assetmap.project.store.pages import after_save
from assetmap.project.store.records import ACTIONS, Change, ChangePage, Difference, Saved
from assetmap.register.again.changes import compare
from assetmap.register.build import build_register
from assetmap.schema import LINKERS, Register

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


@dataclass(frozen=True)
class Past:
    """What was in force at a time: reading and removal of each list, removed rows, edits, and decisions."""

    readings: dict[int, int]
    removed: set[int]
    rows: dict[int, bool]
    edits: dict[int, dict[str, str]]
    decisions: dict[tuple[int, int], str]


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
        query = query.where(changes.c.time <= _end(until))
    with reading(store) as connection:
        total = int(connection.execute(select(func.count()).select_from(query.subquery())).scalar() or 0)
        page = connection.execute(query.order_by(changes.c.id.desc()).offset(offset).limit(limit)).all()
        found = tuple(_told(connection, change_of(connection, each), each.scope) for each in page)
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
    """
    with writing(store) as connection:
        found = connection.execute(select(changes).where(changes.c.id == change)).one_or_none()
        if found is None:
            raise InputError(f"There is no change {change}.")
        before, after = json.loads(found.before), json.loads(found.after)
        current = _current(connection, found)
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


def as_of(store: Store, day: dt.date | dt.datetime) -> Register:
    """Return the register as it was at a time, or at the end of a day on this computer's clock (audience ``internal``).

    It is judged with the settings, postcodes and areas of today.

    Parameters
    ----------
    store
        From `open_store`.
    day
        A day, or a time.

    Raises
    ------
    InputError
        If the store had no list then.
    """
    return _register(store, _end(day))[0]


def changes_between(store: Store, first: dt.date | dt.datetime, last: dt.date | dt.datetime) -> Difference:
    """Return what people did between two times, and what changed in the register.

    Parameters
    ----------
    store
        From `open_store`.
    first, last
        A day is meant as its end, on this computer's clock: the changes of the first day are not among them.

    Returns
    -------
    Difference
        An asset is the same as long as it is represented by the same row, whatever its name.

    Raises
    ------
    InputError
        If the last is before the first, or the store had no list at the first.
    """
    begin, end = _end(first), _end(last)
    if end < begin:
        raise InputError("The second day is before the first. Exchange them.")
    (old, old_keys), (new, new_keys) = _register(store, begin), _register(store, end)
    asset_now = {key: asset for asset, key in new_keys.items()}
    names = {asset: asset_now[key] for asset, key in old_keys.items() if key in asset_now}
    taken = set(names.values())
    index = [
        names.get(asset, asset if asset not in taken else f"{asset}-before") for asset in old.assets.index
    ]
    moved = old.assets.set_axis(index, axis="index").rename_axis("asset_id")
    with reading(store) as connection:
        query = select(changes).where(changes.c.time > begin, changes.c.time <= end).order_by(changes.c.id)
        done = tuple(
            _told(connection, change_of(connection, each), each.scope)
            for each in connection.execute(query).all()
        )
    return Difference(done, compare(moved, new.assets), old, new)


def users(store: Store) -> tuple[str, ...]:
    """Return everybody who changed something, by name."""
    with reading(store) as connection:
        return tuple(connection.execute(select(changes.c.who).distinct().order_by(changes.c.who)).scalars())


def told(store: Store, change: Change) -> Change:
    """Return a change with its sentence, and whether it can be undone."""
    with reading(store) as connection:
        scope = connection.execute(select(changes.c.scope).where(changes.c.id == change.number)).scalar()
        return _told(connection, change, str(scope))


def _told(connection: Connection, change: Change, scope: str) -> Change:
    undone = connection.execute(
        select(changes.c.id).where(changes.c.undoes == change.number).order_by(changes.c.id.desc()).limit(1)
    ).scalar()
    row = connection.execute(select(changes).where(changes.c.id == change.number)).one()
    after = json.loads(row.after)
    return replace(
        change,
        sentence=_sentence(connection, change, scope),
        undone_by=undone,
        can_undo=_current(connection, row) == after and json.loads(row.before) != after,
    )


def _sentence(connection: Connection, change: Change, scope: str) -> str:
    names = [_name(connection, key) for key in (change.row, change.other) if key is not None]
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


def _name(connection: Connection, key: int) -> str:
    """Return what a row is called now, or was called last."""
    list_id = connection.execute(select(rows.c.list_id).where(rows.c.id == key)).scalar()
    if list_id is None:
        return str(key)
    from assetmap.project.store.changing import headings_of, originals_of_row

    headings = headings_of(connection, list_id)
    edited = {column_of(headings, field): value for field, value in edits_of_row(connection, key).items()}
    return edited.get("name") or originals_of_row(connection, key, list_id).get("name", "") or str(key)


def _current(connection: Connection, row: Any) -> dict[str, str | None]:
    """Return what is in force now of what a change was about."""
    wanted = json.loads(row.after)
    if row.scope == "row":
        found = edits_of_row(connection, row.row_id)
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


def _past(connection: Connection, moment: str) -> Past:
    """Go through the history up to a time, as a ledger is added up."""
    past = Past({}, set(), {}, {}, {})
    query = select(changes).where(changes.c.time <= moment).order_by(changes.c.id)
    for each in connection.execute(query):
        after = json.loads(each.after)
        if each.scope == "row":
            edited = past.edits.setdefault(each.row_id, {})
            for field, value in after.items():
                edited.pop(field, None)
                if value is not None:
                    edited[field] = value
        elif each.scope == "asset":
            past.rows[each.row_id] = after["removed"] != "yes"
        elif each.scope == "list":
            if "reading" in after:
                past.readings[each.list_id] = int(after["reading"])
            if "removed" in after and after["removed"] == "yes":
                past.removed.add(each.list_id)
            elif "removed" in after:
                past.removed.discard(each.list_id)
        else:
            past.decisions[each.row_id, each.other_id] = after["decision"] or ""
    return past


def _contents(connection: Connection, past: Past) -> Iterable[Content]:
    """Return the lists as their files were then."""
    query = select(lists.c.id, lists.c.name, lists.c.kind).order_by(lists.c.kind, lists.c.id)
    for each in connection.execute(query).all():
        if each.kind == "file" and (each.id not in past.readings or each.id in past.removed):
            continue
        content = content_of(connection, each.name, reading_id=past.readings.get(each.id), removed_too=True)
        if content is None:
            continue
        if each.kind == "hand":
            there = [key for key in content.originals.index if past.rows.get(key)]
            content = replace(content, originals=content.originals.loc[there], parts=content.parts.loc[there])
        if len(content.originals):
            yield content


def _register(store: Store, moment: str) -> tuple[Register, dict[str, int]]:
    """Return the register at a time, and the key of the row that represents each asset."""
    with store.shared.lock:
        state, _ = judged(store)
        known, project = state.known, state.project
    with reading(store) as connection:
        past = _past(connection, moment)
        found = list(_contents(connection, past))
    if not found:
        raise InputError(f"The store had no list at {moment[:16].replace('T', ' ')} (UTC).")
    tables_then = [as_list(each, with_edits(each, past.edits)) for each in found]
    review = review_of([(a, b, word) for (a, b), word in sorted(past.decisions.items()) if word])
    linker = project.settings.project.linker if project else LINKERS[0]
    register = build_register(tables_then, **known, review=review, audience="internal", linker=linker)
    keys = [int(key) for each in found for key in each.originals.index]
    log = register.log
    represents = (log["asset_id"] == log["row_id"]).to_numpy()
    return register, {
        str(asset): key for asset, key, yes in zip(log["asset_id"], keys, represents, strict=True) if yes
    }


def _begin(day: dt.date | dt.datetime) -> str:
    if isinstance(day, dt.datetime):
        return as_text(day)
    return as_text(dt.datetime.combine(day, dt.time()).astimezone())


def _end(day: dt.date | dt.datetime) -> str:
    if isinstance(day, dt.datetime):
        return as_text(day)
    return as_text(
        dt.datetime.combine(day + dt.timedelta(days=1), dt.time()).astimezone() - dt.timedelta(microseconds=1)
    )
