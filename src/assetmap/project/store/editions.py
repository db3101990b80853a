"""What differs between a list and its newer file, and what becomes of the edits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import select

from assetmap.project.store.contents import Content, column_of, with_edits
from assetmap.project.store.database import Store, as_time
from assetmap.project.store.file_readings import Reading
from assetmap.project.store.records import Contested, Replacement, RowChange
from assetmap.project.store.tables import changes, edits

if TYPE_CHECKING:
    from sqlalchemy import Connection

ADDED_BY_READING: Final = (
    "source",
    "row",
    "row_key",
    "list_title",
    "reading_note",
    "reading_problem",
    "list_date",
)
"""Columns that say nothing of a row itself."""

WHERE: Final = (
    "postcode", "postcode_district", "town", "address", "latitude", "longitude", "easting", "northing", "grid_reference",
    "coordinates", "point_x", "point_y",
)  # fmt: skip
"""Columns that say where a row is."""


def compare_editions(
    store: Store,
    old: Content,
    edited: Mapping[int, Mapping[str, str]],
    when: Mapping[tuple[int, str], Any],
    read: Reading,
) -> tuple[Replacement, list[int | None]]:
    """Match the rows of a list and of its newer file, and say what differs."""
    from assetmap.project.store.judging import match_editions

    table = _as_table(read)
    place = match_editions(store, old, with_edits(old, edited), table)
    match: list[int | None] = [None] * len(table)
    found: list[RowChange] = []
    same = carried = taken_up = lost = 0
    contested: list[Contested] = []
    for key, at in zip(old.originals.index.tolist(), place.tolist(), strict=True):
        before = old.originals.loc[key]
        if at < 0:
            found.append(RowChange("gone", key, before["name"], int(before["row"]), {}, {}))
            lost += len(edited.get(key, {}))
            continue
        match[at] = key
        after = table.iloc[at]
        columns = [
            c for c in dict.fromkeys([*old.originals.columns, *table.columns]) if c not in ADDED_BY_READING
        ]
        differs = [c for c in columns if _text(before.get(c)) != _text(after.get(c))]
        kind = _kind_of_change(differs)
        if kind:
            found.append(
                RowChange(
                    kind, key, after["name"], int(after["row"]),
                    {c: _text(before.get(c)) for c in differs}, {c: _text(after.get(c)) for c in differs},
                )
            )  # fmt: skip
        same += not kind
        for field, value in edited.get(key, {}).items():
            column = column_of(read.listed.headings, field)
            new = _text(after.get(column))
            taken_up += new == value
            carried += new != value
            if new not in (value, _text(before.get(column_of(old.headings, field)))):
                who, time = when[key, field]
                contested.append(
                    Contested(
                        key,
                        after["name"],
                        column,
                        _text(before.get(column_of(old.headings, field))),
                        value,
                        new,
                        who,
                        time,
                    )
                )
    found += [
        RowChange("new", None, table.iloc[k]["name"], int(table.iloc[k]["row"]), {}, {})
        for k, key in enumerate(match)
        if key is None
    ]
    result = Replacement(
        old.info.name, read.file_name, tuple(found), same, carried, taken_up, tuple(contested), lost
    )
    return result, match


def _kind_of_change(differs: Sequence[str]) -> str:
    if not differs:
        return ""
    if "name" in differs:
        return "renamed"
    return "moved" if set(differs) & set(WHERE) else "changed"


def _as_table(read: Reading) -> pd.DataFrame:
    table = pd.DataFrame(read.listed.table.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    for column in ("point_x", "point_y"):
        if column in read.columns:
            k = read.columns.index(column)
            table[column] = pd.Series([values[k] for values in read.values], dtype="float64")
    return table


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def times_of_edits(connection: Connection) -> dict[tuple[int, str], tuple[str, dt.datetime]]:
    """Return who made each edit and when, by row and field."""
    query = select(edits.c.row_id, edits.c.field, changes.c.who, changes.c.time).join(
        changes, changes.c.id == edits.c.change_id
    )
    return {(key, field): (who, as_time(time)) for key, field, who, time in connection.execute(query)}
