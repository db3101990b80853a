"""Look into a file without reading it: its tables, their column names, rows, and whether it is whole.

fiona says what a map file holds; a file that is cut off, irregular or empty
is reported with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Final

from assetmap.errors import InputError, counted
from assetmap.read.drivers import DRIVERS, PACKED, driver_of, encoding_of, is_map, unpacked
from assetmap.read.files import members_of, open_bytes, open_member, whole_members
from assetmap.read.lists.json_text import RECORDS, parse_json
from assetmap.read.lists.kml import fields_of, kml_layers
from assetmap.read.official.columns import headings_of_headerless
from assetmap.read.rows import HEADER_WITHIN, SPREADSHEETS, stream_rows
from assetmap.read.spreadsheets import read_sheets
from assetmap.read.texts.long import LONGEST_HEADING
from assetmap.read.worker import ask

TABLES: Final = (".csv", ".tsv", ".txt", ".tab", ".gz")
SIDECARS: Final = (".dbf", ".shx", ".prj", ".cpg", ".qmd", ".sbn", ".sbx", ".qpj")
LARGEST_JSON: Final = 200 * 2**20


def parts_of_shapefile(path: Path) -> list[Path]:
    """Return the files that belong to a shapefile, without the one that is named; none for another file."""
    if path.suffix.lower() != ".shp":
        return []
    beside = [path.with_suffix(way(ending)) for ending in SIDECARS for way in (str.lower, str.upper)]
    return [other for other in dict.fromkeys(beside) if other.is_file()]


@dataclass(frozen=True)
class Part:
    """One table of a file: a sheet, a layer, a member of a zip.

    ``first`` is its first row of data as text; ``rows`` is None where counting would mean reading it all.
    """

    name: str
    headings: tuple[str, ...]
    rows: int | None
    geometry: bool = False
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a file holds, or in ``problem`` why it cannot be read; neither where it holds no data at all."""

    parts: tuple[Part, ...] = ()
    problem: str = ""


def look_into(path: str | Path) -> Look:
    """Look into a file.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    Look
        Its tables, or the problem, or neither where such a file never holds tables.
    """
    path = Path(path)
    try:
        if path.stat().st_size == 0:
            return Look(problem="the file is empty")
        found = ask("look", path).value
    except (InputError, OSError) as error:
        return Look(problem=str(error))
    return Look(
        tuple(
            Part(name, tuple(heading[:LONGEST_HEADING] for heading in headings), rows, geometry, tuple(first))
            for name, headings, rows, geometry, first in found
        )
    )


def parts_of(path: Path, *, most_cells: int) -> tuple[Part, ...]:
    """Return the tables of a file; this runs in the child process and loads no library of data.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix in TABLES and not is_map(path):
        with open_bytes(path) as file:
            return (_table(path.name, file),)
    readers: dict[str, Callable[[Path], tuple[Part, ...]]] = {
        **dict.fromkeys(SPREADSHEETS, partial(_spreadsheet, most_cells=most_cells)),
        **dict.fromkeys(DRIVERS, _map),
        ".parquet": _parquet,
        ".geoparquet": _parquet,
        **dict.fromkeys(PACKED, _zip),
        **dict.fromkeys(RECORDS, _json),
    }
    return readers[suffix](path) if suffix in readers else ()


def _spreadsheet(path: Path, *, most_cells: int) -> tuple[Part, ...]:
    parts = []
    for name, sheet in read_sheets(path, first=HEADER_WITHIN, most_cells=most_cells)[0].items():
        rows = sheet.rows
        for place, cells in enumerate(rows):
            texts = tuple(cell.strip() for cell in cells if cell.strip())
            if len(texts) > 1:
                after = tuple(rows[place + 1]) if place + 1 < len(rows) else ()
                parts.append(Part(name, texts, max(sheet.height - place - 1, 0), first=after))
    return tuple(parts)


def _parquet(path: Path) -> tuple[Part, ...]:
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    geometry = b"geo" in (metadata.metadata or {})
    return (Part(path.name, tuple(metadata.schema.to_arrow_schema().names), metadata.num_rows, geometry),)


def _map(path: Path) -> tuple[Part, ...]:
    import fiona

    parts = []
    with unpacked(path) as file:
        target, driver = str(file.resolve()), driver_of(file)
        if driver == "KML":
            return tuple(
                Part(
                    name,
                    tuple(fields_of(found)),
                    len(found),
                    geometry=True,
                    first=tuple(found[0].fields.values()),
                )
                for name, found in kml_layers(file).items()
            )
        for layer in fiona.listlayers(target):
            with fiona.open(
                target,
                layer=layer,
                encoding=encoding_of(file),
                enabled_drivers=[driver],
                allow_unsupported_drivers=True,
            ) as opened:
                kind = opened.schema["geometry"]
                if kind != "None" and not opened.crs:
                    raise InputError("it names no coordinate reference system; save it again with one")
                headings = tuple(opened.schema["properties"])
                first = next(iter(opened), None)
                values = tuple(str(value) for value in dict(first["properties"]).values()) if first else ()
                parts.append(Part(layer, headings, len(opened), kind != "None", values))
    return tuple(parts)


def _zip(path: Path) -> tuple[Part, ...]:
    members = members_of(path)
    if is_map(path):
        return _map(path)
    tables = [member for member in members if Path(member.filename).suffix.lower() in TABLES]
    parts = []
    for member in whole_members(tables):
        with open_member(path, member) as raw:
            parts.append(_table(member.filename, raw))
    return _together(parts)


def _together(parts: list[Part]) -> tuple[Part, ...]:
    """Join parts with the same column names, as the 120 files of Code-Point Open have."""
    joined: dict[tuple[str, ...], Part] = {}
    for part in parts:
        before = joined.get(part.headings)
        rows = (before.rows or 0) + (part.rows or 0) if before else part.rows
        name = before.name if before else part.name
        first = before.first if before else part.first
        joined[part.headings] = Part(name, part.headings, rows, part.geometry, first)
    return tuple(joined.values())


def _json(path: Path) -> tuple[Part, ...]:
    if path.stat().st_size > LARGEST_JSON:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            keys = dict.fromkeys(re.findall(r'"([^"\\]{1,60})"\s*:', file.read(65_536)))
        return (Part(path.name, tuple(keys), None),)
    content = parse_json(path)
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        return _map(path)
    keys = dict.fromkeys(content) if isinstance(content, dict) else {}
    rows = content if isinstance(content, list) else []
    for value in content.values() if isinstance(content, dict) else ():
        rows = value if isinstance(value, list) and len(value) > len(rows) else rows
    if rows and isinstance(rows[0], dict):
        keys |= dict.fromkeys(rows[0])
    return (Part(path.name, tuple(str(key) for key in keys), len(rows)),)


def _table(name: str, raw: IO[bytes]) -> Part:
    """Count the rows of a delimited text and look whether each has the cells that the header names."""
    lines = stream_rows(raw)
    header = next(lines, [])
    known = headings_of_headerless(header)
    first: tuple[str, ...] = tuple(header) if known else ()
    rows, wrong = 1 if known else 0, []
    for row in lines:
        if not row:
            continue
        rows += 1
        first = first or tuple(row)
        if len(row) > len(header):
            wrong.append(rows + (0 if known else 1))
    if wrong:
        raise InputError(
            f"it is not a regular table: {counted(len(wrong), 'row has', 'rows have')} more cells than its {len(header)} column names, "
            f"first row {wrong[0]}"
        )
    return Part(name, known or tuple(header), rows, first=first)
