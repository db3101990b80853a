"""The only functions that change the store: each checks the version of what it changes and adds one line to the history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
from sqlalchemy import delete, insert, select, update

from assetmap.errors import InputError
from assetmap.project.store.conflicts import Conflict, ConflictError, Theirs
from assetmap.project.store.contents import column_of
from assetmap.project.store.database import Store, as_json, as_time, by_key, now
from assetmap.project.store.records import Change
from assetmap.project.store.tables import cells, changes, decisions, edits, lists, readings, rows

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

Said = Mapping[str, str | None]

OF_A_LIST = ("title", "publisher", "date", "licence", "attribution", "url")


@dataclass(frozen=True)
class Doing:
    """A change on its way into the history; the fields are those of `changes`."""

    action: str
    scope: str
    list_id: int | None = None
    row_id: int | None = None
    other_id: int | None = None
    before: Said = field(default_factory=dict)
    after: Said = field(default_factory=dict)
    version: int = 0
    undoes: int | None = None


def record(connection: Connection, store: Store, doing: Doing) -> Change:
    """Add a line to the history."""
    done = connection.execute(
        insert(changes).values(
            time=now(),
            who=store.user,
            action=doing.action,
            scope=doing.scope,
            list_id=doing.list_id,
            row_id=doing.row_id,
            other_id=doing.other_id,
            before=as_json(dict(doing.before)),
            after=as_json(dict(doing.after)),
            version=doing.version,
            undoes=doing.undoes,
        )
    )
    key = done.inserted_primary_key
    assert key is not None
    return change_of(connection, connection.execute(select(changes).where(changes.c.id == key[0])).one())


def set_cells(
    connection: Connection, store: Store, doing: Doing, *, version: int | None, yours: Said | None = None
) -> Change | None:
    """Change cells of a row.

    Parameters
    ----------
    doing
        ``row_id`` and ``after``: field -> text, None for the cell as imported.
    version
        That the caller saw; None to take the row as it is (an undo, which compares the cells themselves).
    yours
        Column -> text, for the message where the row was changed since; made of ``after`` where not given.

    Returns
    -------
    Change or None
        None where nothing differs; then nothing is written.
    """
    row = _row(connection, doing.row_id)
    headings = headings_of(connection, row.list_id)
    current = edits_of_row(connection, row.id)
    original = originals_of_row(connection, row.id, row.list_id)
    if version is not None and row.version != version:
        wanted = (
            dict(yours) if yours is not None else {column_of(headings, f): v for f, v in doing.after.items()}
        )
        shown = {
            column_of(headings, f): current.get(f, original.get(column_of(headings, f), ""))
            for f in doing.after
        }
        refuse(connection, "row", seen=version, version=row.version, yours=wanted, now=shown, row_id=row.id,
               headings=headings)  # fmt: skip
    after = {
        f: None if v is None or v == original.get(column_of(headings, f), "") else v
        for f, v in doing.after.items()
    }
    before = {f: current.get(f) for f in after}
    after = {f: v for f, v in after.items() if v != before[f]}
    if not after:
        return None
    _next_version(connection, rows, row.id, row.version)
    change = record(
        connection,
        store,
        replace(
            doing,
            list_id=row.list_id,
            before={f: before[f] for f in after},
            after=after,
            version=row.version + 1,
        ),
    )
    for each, value in after.items():
        connection.execute(delete(edits).where(edits.c.row_id == row.id, edits.c.field == each))
        if value is not None:
            said = original.get(column_of(headings, each), "")
            connection.execute(
                insert(edits).values(
                    row_id=row.id, field=each, original=said, value=value, change_id=change.number
                )
            )
    return change


def set_removed(connection: Connection, store: Store, doing: Doing, *, version: int | None) -> Change | None:
    """Remove a row that was added by hand, or bring it back: ``after`` is ``{"removed": "yes"}`` or None."""
    row = _row(connection, doing.row_id)
    if version is not None and row.version != version:
        refuse(connection, "row", seen=version, version=row.version, yours=doing.after, row_id=row.id,
               now={"removed": "yes" if row.removed else None})  # fmt: skip
    before = "yes" if row.removed else None
    if before == doing.after["removed"]:
        return None
    _next_version(connection, rows, row.id, row.version, removed=int(doing.after["removed"] == "yes"))
    return record(
        connection,
        store,
        replace(doing, list_id=row.list_id, before={"removed": before}, version=row.version + 1),
    )


def set_decision(connection: Connection, store: Store, doing: Doing, *, version: int | None) -> Change | None:
    """Decide a pair, or a guarded place (``other_id`` is then the row itself); ``after`` is ``{"decision": ...}``."""
    first, second = sorted((_row(connection, doing.row_id).id, _row(connection, doing.other_id).id))
    row = connection.execute(
        select(decisions).where(decisions.c.row_id == first, decisions.c.other_id == second)
    ).one_or_none()
    now_version, word = (row.version, row.decision) if row is not None else (0, "")
    if version is not None and now_version != version:
        refuse(connection, doing.scope, seen=version, version=now_version, yours=doing.after, now={"decision": word},
               row_id=first, other_id=second)  # fmt: skip
    new = doing.after["decision"] or ""
    if new == word:
        return None
    change = record(
        connection,
        store,
        replace(
            doing,
            row_id=first,
            other_id=second,
            before={"decision": word},
            after={"decision": new},
            version=now_version + 1,
        ),
    )
    if row is None:
        connection.execute(
            insert(decisions).values(
                row_id=first, other_id=second, decision=new, version=1, change_id=change.number
            )
        )
        return change
    done = connection.execute(
        update(decisions)
        .where(
            decisions.c.row_id == first, decisions.c.other_id == second, decisions.c.version == now_version
        )
        .values(decision=new, version=now_version + 1, change_id=change.number)
    )
    assert done.rowcount == 1
    return change


def set_list(connection: Connection, store: Store, doing: Doing) -> Change | None:
    """Change what is said of a list, the reading that is in force (``reading``), or whether it is ``removed``."""
    info = connection.execute(select(lists).where(lists.c.id == doing.list_id)).one()
    current = list_state(info)
    after = {key: value for key, value in doing.after.items() if current[key] != value}
    if not after:
        return None
    values: dict[str, Any] = {key: value or "" for key, value in after.items() if key in OF_A_LIST}
    if "reading" in after:
        values["reading_id"] = int(after["reading"] or 0)
    if "removed" in after:
        values["removed"] = int(after["removed"] == "yes")
    _next_version(connection, lists, info.id, info.version, **values)
    before = {key: current[key] for key in after}
    return record(connection, store, replace(doing, before=before, after=after, version=info.version + 1))


def list_state(info: Row[Any]) -> dict[str, str | None]:
    """Return what can change of a list."""
    return {
        **{key: getattr(info, key) for key in OF_A_LIST},
        "reading": str(info.reading_id),
        "removed": "yes" if info.removed else None,
    }


def refuse(
    connection: Connection,
    what: str,
    *,
    seen: int,
    version: int,
    yours: Said,
    now: Said,
    row_id: int | None = None,
    other_id: int | None = None,
    list_name: str = "",
    headings: pd.DataFrame | None = None,
) -> NoReturn:
    """Say that somebody else saved in between.

    Raises
    ------
    ConflictError
        Always; it has both values, who and when.
    """
    scopes = {"row": ("row", "asset"), "list": ("list",), "pair": ("pair",), "place": ("place",)}[what]
    query = select(changes).where(changes.c.scope.in_(scopes), changes.c.version > seen)
    if what == "list":
        query = query.join(lists, lists.c.id == changes.c.list_id).where(lists.c.name == list_name)
    else:
        query = query.where(changes.c.row_id == row_id)
    if what in ("pair", "place"):
        query = query.where(changes.c.other_id == other_id)
    theirs = tuple(
        Theirs(
            column_of(headings, key) if headings is not None and each.scope == "row" else key,
            json.loads(each.before).get(key),
            value,
            each.who,
            as_time(each.time),
        )
        for each in connection.execute(query.order_by(changes.c.id))
        for key, value in json.loads(each.after).items()
    )
    who = theirs[-1].who if theirs else "Somebody"
    conflict = Conflict(
        what=what, row=row_id, other=other_id, list_name=list_name, seen=seen, version=version, yours=dict(yours),
        now=dict(now), theirs=theirs,
    )  # fmt: skip
    names = {"row": "row", "list": "list", "pair": "pair", "place": "place"}
    raise ConflictError(
        f"{who} changed this {names[what]} after you opened it, so nothing was saved. Look at both versions and choose.",
        conflict,
    )


def change_of(connection: Connection, row: Row[Any], lookups: Lookups | None = None) -> Change:
    """Return a line of the history as people read it; `log` adds what came of it later."""
    known = lookups or Lookups(connection)
    headings = known.headings(row.list_id) if row.list_id is not None and row.scope == "row" else None

    def shown(text: str) -> dict[str, str | None]:
        said = json.loads(text)
        return (
            {column_of(headings, key): value for key, value in said.items()} if headings is not None else said
        )

    return Change(
        number=row.id,
        when=as_time(row.time),
        who=row.who,
        action=row.action,
        sentence="",
        list_name=known.list_name(row.list_id) if row.list_id else "",
        row=row.row_id,
        other=row.other_id if row.scope == "pair" else None,
        before=shown(row.before),
        after=shown(row.after),
        version=row.version,
        undoes=row.undoes,
    )


class Lookups:
    """What many changes share, read once while one connection is open for reading: headings, names and edits."""

    def __init__(self, connection: Connection) -> None:
        self.headings = cache(partial(headings_of, connection))
        self.edits = cache(partial(edits_of_row, connection))
        self.list_name = cache(partial(_list_name, connection))
        self.row_name = cache(partial(_row_name, connection, self))


def _list_name(connection: Connection, list_id: int) -> str:
    return str(connection.execute(select(lists.c.name).where(lists.c.id == list_id)).scalar() or "")


def _row_name(connection: Connection, known: Lookups, key: int) -> str:
    """Return what a row is called now, or was called last."""
    list_id = connection.execute(select(rows.c.list_id).where(rows.c.id == key)).scalar()
    if list_id is None:
        return str(key)
    headings = known.headings(list_id)
    edited = {column_of(headings, field): value for field, value in known.edits(key).items()}
    return edited.get("name") or originals_of_row(connection, key, list_id).get("name", "") or str(key)


def headings_of(connection: Connection, list_id: int) -> pd.DataFrame:
    """Return the headings of the reading of a list that is in force."""
    text = connection.execute(
        select(readings.c.headings)
        .join(lists, lists.c.reading_id == readings.c.id)
        .where(lists.c.id == list_id)
    ).scalar()
    return pd.DataFrame(
        json.loads(text or "[]"), columns=["heading", "column", "understood", "samples", "guess"]
    )


def edits_of_row(connection: Connection, key: int) -> dict[str, str]:
    """Return the edits of a row as they are now, by field."""
    query = select(edits.c.field, edits.c.value).where(edits.c.row_id == key).order_by(edits.c.change_id)
    return by_key(connection.execute(query))


def originals_of_row(connection: Connection, key: int, list_id: int) -> dict[str, str]:
    """Return the cells of a row as imported, by column: in the reading in force, or the last one that had the row."""
    current = connection.execute(select(lists.c.reading_id).where(lists.c.id == list_id)).scalar()
    query = (
        select(readings.c.id, readings.c.columns, cells.c.content)
        .join(readings, readings.c.id == cells.c.reading_id)
        .where(cells.c.row_id == key)
        .order_by((readings.c.id == current).desc(), readings.c.id.desc())
    )
    found = connection.execute(query.limit(1)).one_or_none()
    if found is None:
        return {}
    values = json.loads(found.content)
    return {
        column: "" if value is None else str(value)
        for column, value in zip(json.loads(found.columns), values, strict=False)
    }


def _row(connection: Connection, key: int | None) -> Row[Any]:
    found = connection.execute(select(rows).where(rows.c.id == key)).one_or_none()
    if found is None:
        raise InputError(f"There is no row {key}.")
    return found


def _next_version(connection: Connection, table: Any, key: int, version: int, **values: Any) -> None:
    """Count the version of a row or list up, if nobody did in between."""
    done = connection.execute(
        update(table)
        .where(table.c.id == key, table.c.version == version)
        .values(version=version + 1, **values)
    )
    if done.rowcount != 1:
        raise InputError("Somebody else saved at the same moment, so nothing was saved. Try again.")
