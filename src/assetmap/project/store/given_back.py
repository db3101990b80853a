"""A list given back fixed: in its own format where that is a table, else as GeoJSON."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyproj

from assetmap.errors import counted
from assetmap.project.store.about_lists import edited_cells, known_list, list_file
from assetmap.project.store.contents import POINT, Content, Edits, edits_of, with_edits
from assetmap.project.store.database import Store, reading
from assetmap.project.store.editions import ADDED_BY_READING
from assetmap.project.store.records import EditedCell
from assetmap.read.fixed.features import write_collection
from assetmap.read.fixed.write import is_table
from assetmap.read.lists.header import CHANGED_HEADING
from assetmap.schema import MAP_CRS, WORKING_CRS, FixedFile

DIGITS: Final = 6
"""Decimal places of a degree: 0.1 m."""


def fixed_list(store: Store, name: str) -> FixedFile:
    """Give a list back in its own format with its edits put in, as `fix_file` does.

    Edits of cells that the file has no column for are named in ``notes``. What is no table (a map file, JSON, a zip) becomes GeoJSON:
    a point for each row with its cells as they are now, under the headings of the file. Lines and outlines are not in it.

    Raises
    ------
    InputError
        If the list was made by hand: it has no file.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.edit_cell(store, row.key, "town", "Stratton", version=row.version)
    >>> b"Stratton" in st.fixed_list(store, "clubs").content
    True
    """
    from assetmap.project.lists.fixes import fix_file

    file, found = list_file(store, name), edited_cells(store, name)
    with reading(store) as connection:
        content, edited = known_list(connection, name), edits_of(connection)
    edits_made = pd.DataFrame(
        {
            "sheet": [each.part for each in found],
            "row": [each.number for each in found],
            "column": [each.heading for each in found],
            "value": [each.value for each in found],
            "reason": [f"{each.who}, {each.when:%d %B %Y}" for each in found],
        }
    )
    there = edits_made["column"] != ""
    left = [f"row {each.number}: {each.column} = '{each.value}'" for each in found if not each.heading]
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        path = Path(folder) / file.file_name
        path.write_bytes(file.content)
        if not is_table(path):
            return _as_geojson(content, edited, found)
        columns = content.options["columns"] or None
        fixed = fix_file(path, edits_made[there].reset_index(drop=True), columns=columns)
    if not left:
        return fixed
    note = f"The file has no single column for {counted(len(left), 'edit')}: {'; '.join(left[:20])}."
    return replace(fixed, notes=(*fixed.notes, note))


def _as_geojson(content: Content, edited: Edits, found: Sequence[EditedCell]) -> FixedFile:
    """Return a list with its edits in as GeoJSON."""
    table = with_edits(content, edited)
    told = content.headings.drop_duplicates("column")
    heading = dict(zip(told["column"], told["heading"], strict=True))
    shown = [column for column in table.columns if column not in (*ADDED_BY_READING, *POINT, "geometry")]
    points = _degrees(table)
    said: dict[int, list[str]] = {}
    for each in found:
        said.setdefault(each.row, []).append(
            f"{each.column}: '{each.original}' became '{each.value}' ({each.who}, {each.when:%d %B %Y})"
        )
    rows: list[dict[str, Any]] = []
    for key, cells in zip(table.index, table[shown].values.tolist(), strict=True):
        named = zip(shown, cells, strict=True)
        properties: dict[str, Any] = {
            heading.get(column, column): None if pd.isna(cell) else cell for column, cell in named
        }
        if said:
            properties[CHANGED_HEADING] = "; ".join(said.get(int(key), []))
        rows.append(properties)
    shapes = [None if point is None else {"type": "Point", "coordinates": point} for point in points]
    changes = pd.DataFrame(
        [(each.part, each.number, each.heading or each.column, each.original, each.value) for each in found],
        columns=["sheet", "row", "heading", "before", "after"],
    ).assign(reason=[f"{each.who}, {each.when:%d %B %Y}" for each in found], made=True)
    note = "The file is no table, so it became GeoJSON: a point for each row, without lines and outlines."
    return FixedFile(write_collection(rows, shapes), ".geojson", changes, (note,))


def _degrees(table: pd.DataFrame) -> list[list[float] | None]:
    """Return the point of each row as longitude and latitude, where the file has shapes."""
    if not set(POINT) <= set(table.columns):
        return [None] * len(table)
    change = pyproj.Transformer.from_crs(WORKING_CRS, MAP_CRS, always_xy=True)
    x, y = (table[column].to_numpy(dtype=float) for column in POINT)
    east, north = change.transform(x, y)
    known = np.isfinite(x) & np.isfinite(y)
    return [
        [round(float(a), DIGITS), round(float(b), DIGITS)] if there else None
        for a, b, there in zip(east, north, known, strict=True)
    ]
