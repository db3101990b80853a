"""A list that is no table given back with its changes: a map file as GeoJSON with its shapes, JSON as a list of records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.features import rows_of_layer
from assetmap.read.lists.header import CHANGED_HEADING, OWN
from assetmap.read.lists.json_files import read_records
from assetmap.read.lists.json_text import RECORDS
from assetmap.read.maps import open_map
from assetmap.schema import MAP_CRS, FixedFile, InputError, first_few

DIGITS: Final = 7
"""Decimal places of a degree: 1 cm."""

SHAPE: Final = "shape"
"""What a corrected point is called among the changes."""


@dataclass
class Part:
    """A layer, or the records of a JSON file: every row as it is read, the values as they are in the file, shapes in degrees.

    ``corrected``: row -> what its shape was, what it is now and why, where reading put it right.
    """

    table: pd.DataFrame
    values: dict[str, list[Any]]
    shapes: list[dict[str, Any] | None]
    corrected: dict[int, tuple[str, str, str]]


def parts_of_list(
    path: Path, *, columns: Mapping[str, str] | None = None
) -> tuple[dict[str, Part], list[str]]:
    """Return each layer of a map file that is read as a list, or the records of a JSON file, and a sentence for each that is not.

    Raises
    ------
    InputError
        If it cannot be read as a list, or is a zip with several lists.
    """
    listed = read_assets(path, columns=columns)
    if path.suffix.lower() in RECORDS:
        table = read_records(path)[0]
        return {"": Part(table, _texts(table), [], {})}, list(listed.left_out)
    names = list(listed.parts) or [""]
    if path.suffix.lower() == ".zip" and len(names) > 1:
        raise InputError(
            f"'{path}' holds several lists: {first_few(names)}. Unpack it, then correct each of its files."
        )
    return {name: _layer(path, name) for name in names}, list(listed.left_out)


def headings_of_part(part: Part) -> list[str]:
    """Return the headings of a layer or of records, without the column that says what was changed."""
    return [str(c) for c in part.table.columns if c not in (*OWN, CHANGED_HEADING)]


def write_collection(
    properties: Sequence[Mapping[str, Any]], shapes: Sequence[Mapping[str, Any] | None]
) -> bytes:
    """Return rows and their shapes in degrees as GeoJSON."""
    features = [
        {"type": "Feature", "properties": said, "geometry": shape}
        for said, shape in zip(properties, shapes, strict=True)
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()


def write_parts(
    path: Path, parts: Mapping[str, Part], wanted: pd.DataFrame, left_out: Sequence[str]
) -> FixedFile:
    """Put checked changes into the rows of a map file or of JSON, and add a column that says what was changed.

    Parameters
    ----------
    path
        The file; its ending says what is written.
    parts, left_out
        As `parts_of_list` returns them.
    wanted
        ``sheet`` (the layer), ``row``, ``heading``, ``before``, ``after``, ``reason`` and ``said`` (the remark).
    """
    records = path.suffix.lower() in RECORDS
    several = len(parts) > 1
    rows: list[dict[str, Any]] = []
    shapes: list[dict[str, Any] | None] = []
    corrected = []
    changed = bool(len(wanted)) or any(part.corrected for part in parts.values())
    for name, part in parts.items():
        of_part = wanted[wanted["sheet"] == name]
        rows += _rows(part, of_part, changed=changed, layer=name if several else "")
        shapes += part.shapes
        corrected += [(name, row, SHAPE, *said) for row, said in part.corrected.items()]
    names = ["sheet", "row", "heading", "before", "after", "reason"]
    told = [wanted[names], pd.DataFrame(corrected, columns=names)]
    changes = pd.concat([each for each in told if len(each)] or told[:1], ignore_index=True).assign(made=True)
    notes = list(left_out)
    if records:
        notes.append(
            "The result is a list of flat records: a field inside another field is named after both."
        )
        content = json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1).encode()
        return FixedFile(content, ".json", changes, tuple(notes))
    if path.suffix.lower() != ".geojson":
        notes.append("The result is GeoJSON, with every field and shape; colours and symbols are not in it.")
    if several:
        notes.append(
            f"The layers {first_few(list(parts))} were joined into one; the field 'layer' says which layer each row is from."
        )
    return FixedFile(write_collection(rows, shapes), ".geojson", changes, tuple(notes))


def _layer(path: Path, name: str) -> Part:
    """Return a layer with its shapes as they are; a point that reading puts right is the right one."""
    found = open_map(path, layer=name or None)
    table = rows_of_layer(found)
    fields = [column for column in found.table.columns if column != found.table.geometry.name]
    headings = [c for c in table.columns if c not in OWN]
    values = _texts(pd.DataFrame(table.drop(columns="geometry")))
    for field, heading in zip(fields, headings, strict=True):
        column = found.table[field]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            values[heading] = [None if pd.isna(value) else value for value in column.tolist()]
    notes = table.get("reading_note", pd.Series("", index=table.index, dtype="str")).tolist()
    right = np.array([bool(note) for note in notes], dtype=bool)
    original = found.table.geometry.to_numpy()
    put_right = _in_degrees(table.geometry.to_crs(MAP_CRS).to_numpy())
    degrees = np.where(right, put_right, _in_degrees(found.table.geometry.to_crs(MAP_CRS).to_numpy()))
    corrected = {
        int(k) + 1: (
            str(shapely.to_wkt(original[k], rounding_precision=DIGITS)),
            str(shapely.to_wkt(degrees[k])),
            str(notes[k]),
        )
        for k in np.flatnonzero(right)
    }
    return Part(table, values, [_as_geojson(shape) for shape in degrees], corrected)


def _in_degrees(shapes: np.ndarray) -> np.ndarray:
    """Return shapes with the digits that are written; what has no place on earth is none."""
    found = shapely.transform(shapes, lambda pairs: np.round(pairs, DIGITS))
    found[~np.isfinite(shapely.bounds(found)).all(axis=1)] = None
    return np.asarray(found)


def _as_geojson(shape: Any) -> dict[str, Any] | None:
    return None if shape is None else dict(shapely.geometry.mapping(shape))


def _texts(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(column): table[column].tolist() for column in table.columns if column not in OWN}


def _rows(part: Part, changes: pd.DataFrame, *, changed: bool, layer: str) -> list[dict[str, Any]]:
    """Return the rows of a part with the changes in."""
    values = {heading: list(cells) for heading, cells in part.values.items() if heading != CHANGED_HEADING}
    for heading, of_heading in changes.groupby("heading"):
        cells = part.table[heading].tolist()  # a field with text in one row is text in all
        for row, after in zip(of_heading["row"], of_heading["after"], strict=True):
            cells[row - 1] = after
        values[str(heading)] = cells
    said = [
        [text] if text else [] for text in part.table.get(CHANGED_HEADING, pd.Series("", part.table.index))
    ]
    for row, (before, _, reason) in part.corrected.items():
        said[row - 1].append(f"{SHAPE} was {before} ({reason.rstrip('.')})")
    for row, text in zip(changes["row"], changes["said"], strict=True):
        said[row - 1].append(text)
    rows = [dict(zip(values, cells, strict=True)) for cells in zip(*values.values(), strict=True)]
    for row, texts in zip(rows, said, strict=True):
        if layer:
            row["layer" if "layer" not in values else "layer of the file"] = layer
        if changed or CHANGED_HEADING in part.table:
            row[CHANGED_HEADING] = "; ".join(texts)
    return rows
