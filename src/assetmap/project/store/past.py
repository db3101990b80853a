"""The register as it was on any day, and what changed between two days."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from assetmap.errors import InputError
from assetmap.project.store.contents import Content, as_list, content_of, review_of, with_edits
from assetmap.project.store.database import Store, reading
from assetmap.project.store.judging import judged
from assetmap.project.store.log import end_of, told_all
from assetmap.project.store.records import Difference
from assetmap.project.store.tables import changes, lists
from assetmap.register.again.changes import compare
from assetmap.register.build import build_register
from assetmap.schema import LINKERS, Register

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Past:
    """What was in force at a time: reading and removal of each list, removed rows, edits, and decisions."""

    readings: dict[int, int]
    removed: set[int]
    rows: dict[int, bool]
    edits: dict[int, dict[str, str]]
    decisions: dict[tuple[int, int], str]


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

    Examples
    --------
    >>> import datetime as dt
    >>> len(st.as_of(store, dt.date.today()).assets)
    4
    """
    return _register(store, end_of(day))[0]


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

    Examples
    --------
    >>> import datetime as dt
    >>> before = dt.datetime.now(dt.UTC)
    >>> row = st.rows(store).rows[0]
    >>> saved = st.edit_cell(store, row.key, "town", "Newlyn", version=row.version)
    >>> found = st.changes_between(store, before, dt.datetime.now(dt.UTC))
    >>> [change.who for change in found.changes]
    ['Ann']
    """
    begin, end = end_of(first), end_of(last)
    if end < begin:
        raise InputError("The second day is before the first. Swap them.")
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
        done = told_all(connection, connection.execute(query).all())
    return Difference(done, compare(moved, new.assets), old, new)


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
        state = judged(store)
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
