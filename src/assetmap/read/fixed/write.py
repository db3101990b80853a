"""Changes of a list put into its own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.read.files import existing_file, reader
from assetmap.read.fixed.features import Part, headings_of_part, parts_of_list, write_parts
from assetmap.read.lists.header import CHANGED_HEADING, find_headings, heading_cells, name_headings, width_of
from assetmap.read.lists.json_text import RECORDS
from assetmap.read.maps import is_map
from assetmap.read.tables import SPREADSHEETS, Rows, open_table
from assetmap.read.worker import ask
from assetmap.schema import FixedFile, InputError, first_few

BECOME: Final = {".xls": ".xlsx", ".xlsb": ".xlsx"}
"""Formats that we cannot write -> what is written in their place."""

NO_TABLE: Final = (*RECORDS, ".zip", ".parquet", ".geoparquet", ".pdf")
CHANGE: Final = ("sheet", "row", "heading", "after")
"""Columns that say where a change goes, and the new text."""


@dataclass(frozen=True)
class _Sheet:
    """A sheet as it is kept: its rows, the place of its headings among them, and the place of each heading."""

    rows: Rows
    header: int
    places: dict[str, int]
    own: int


def is_table(path: str | Path) -> bool:
    """Return whether a file is a table that can be given back in its own format, by its name."""
    return not is_map(Path(path)) and Path(path).suffix.lower() not in NO_TABLE


def fixed_suffix(path: str | Path) -> str:
    """Return the end of the name that a file has after its changes: of a map file ``.geojson``, of JSON ``.json``.

    Raises
    ------
    InputError
        If it is a PDF.

    Examples
    --------
    >>> fixed_suffix("halls.XLSX"), fixed_suffix("halls.csv.gz"), fixed_suffix("halls.xls"), fixed_suffix("halls.gpkg")
    ('.xlsx', '.csv.gz', '.xlsx', '.geojson')
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        raise InputError(
            f"'{path}' is a PDF, so it cannot be given back with its fixes. Ask for the list as a spreadsheet, CSV, JSON or map file."
        )
    if suffix in RECORDS:
        return ".json"
    if not is_table(path):
        return ".geojson"
    if suffix == ".gz":
        return f"{Path(path.stem).suffix.lower()}.gz"
    return BECOME.get(suffix, suffix)


@reader
def write_changes(
    path: str | Path, changes: pd.DataFrame, *, columns: Mapping[str, str] | None = None
) -> FixedFile:
    """Put changes into the cells of a list, and add a column that says what was changed.

    Parameters
    ----------
    path
        A delimited text (also gzipped), a spreadsheet, a map file or a list in JSON. It is not changed itself.
    changes
        ``sheet`` (``""`` in a text file, and for the first sheet or layer that is a list), ``row`` (its number in the file; in a
        map file and in JSON the first is 1),
        ``heading`` as in the file, ``after`` (the new text), and ``reason`` where there is one.
    columns
        Column of the register -> heading of the file, as for `read_assets`: it tells the row of headings.

    Returns
    -------
    FixedFile
        In the same format: a text keeps its encoding, delimiter and line ends, a workbook everything that was not changed. A cell that holds a
        formula is not changed; the column of remarks says what it should be. ``read_assets`` takes that column out again. A map file
        becomes GeoJSON with its fields and shapes, and points that reading puts right (exchanged axes, a wrong reference system) are right in it;
        JSON becomes a list of flat records.

    Raises
    ------
    InputError
        If the file has no such sheet, row or heading; all of them are named.

    Examples
    --------
    >>> pd.DataFrame({"name": ["Shed"], "postcode": ["tr138ag"]}).to_csv("list.csv", index=False)
    >>> change = {"sheet": "", "row": 2, "heading": "postcode", "after": "TR13 8AG", "reason": "tidy"}
    >>> fixed = am.read.write_changes("list.csv", pd.DataFrame([change]))
    >>> fixed.content.decode().splitlines()[1]
    "Shed,TR13 8AG,postcode was 'tr138ag' (tidy)"
    """
    path = existing_file(path)
    suffix = fixed_suffix(path)
    wanted = _checked(changes)
    if not is_table(path):
        return _write_parts(path, wanted, columns)
    spreadsheet = path.suffix.lower() in SPREADSHEETS
    sheets: dict[str, _Sheet] = {}
    names: dict[str, str] = {}
    for name in wanted["sheet"].unique().tolist():
        raw = open_table(path, sheet=name or None) if spreadsheet else open_table(path)
        names[name] = raw.sheet
        sheets.setdefault(raw.sheet, _sheet(raw.rows, columns, spreadsheet=spreadsheet))
    wanted["sheet"] = wanted["sheet"].map(names).astype("str")
    _refuse_unknown(wanted, sheets, path)
    wanted["place"] = [
        sheets[sheet].places[heading]
        for sheet, heading in zip(wanted["sheet"], wanted["heading"], strict=True)
    ]
    wanted["before"] = [
        _cell(sheets[sheet].rows[row - 1], place)
        for sheet, row, place in zip(wanted["sheet"], wanted["row"], wanted["place"], strict=True)
    ]
    wanted = wanted[wanted["before"] != wanted["after"]].reset_index(drop=True)
    edits = {str(name): _edits(sheets[str(name)], of_sheet) for name, of_sheet in wanted.groupby("sheet")}
    if not edits and suffix == path.suffix.lower():
        return FixedFile(path.read_bytes(), suffix, _told(wanted, {}))
    if not edits and not spreadsheet:
        return FixedFile(path.read_bytes(), suffix, _told(wanted, {}))
    answer = ask("fixed", path, edits=edits)
    return FixedFile(
        answer.parts[0], suffix, _told(wanted, answer.value["refused"]), tuple(answer.value["notes"])
    )


def _write_parts(path: Path, wanted: pd.DataFrame, columns: Mapping[str, str] | None) -> FixedFile:
    """Put changes into a map file or a list in JSON."""
    parts, left_out = parts_of_list(path, columns=columns)
    wanted["sheet"] = wanted["sheet"].where(wanted["sheet"] != "", next(iter(parts))).astype("str")
    unknown = [name for name in wanted["sheet"].unique() if name not in parts]
    if unknown:
        raise InputError(
            f"'{path}' has no layer {first_few(unknown)} that is a list. Its lists are {first_few(list(parts))}."
        )
    sheets = {name: _sheet_of_part(part) for name, part in parts.items()}
    _refuse_unknown(wanted, sheets, path)
    wanted["before"] = [
        str(parts[sheet].table[heading].iloc[row - 1])
        for sheet, row, heading in zip(wanted["sheet"], wanted["row"], wanted["heading"], strict=True)
    ]
    wanted = wanted[wanted["before"] != wanted["after"]].reset_index(drop=True)
    wanted["said"] = [
        _made({str(name): value for name, value in each.items()}) for each in wanted.to_dict("records")
    ]
    return write_parts(path, parts, wanted, left_out)


def _sheet_of_part(part: Part) -> _Sheet:
    """Return a layer as a sheet whose headings stand before its first row."""
    headings = headings_of_part(part)
    return _Sheet(
        [[]] * len(part.table), -1, {heading: k for k, heading in enumerate(headings)}, len(headings)
    )


def headings_in(path: str | Path, sheet: str = "", *, columns: Mapping[str, str] | None = None) -> list[str]:
    """Return the headings of a file or of one of its sheets or layers, as changes may name them."""
    if not is_table(path):
        parts, _ = parts_of_list(existing_file(path), columns=columns)
        return headings_of_part(parts[sheet or next(iter(parts))])
    spreadsheet = Path(path).suffix.lower() in SPREADSHEETS
    raw = open_table(path, sheet=sheet or None) if spreadsheet else open_table(path)
    return list(_sheet(raw.rows, columns, spreadsheet=spreadsheet).places)


def _checked(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the changes with plain texts and numbers."""
    missing = [column for column in CHANGE if column not in changes]
    if missing:
        raise InputError(f"The changes have no column {first_few(missing)}. They need {', '.join(CHANGE)}.")
    wanted = changes.reset_index(drop=True).assign(
        row=changes["row"].astype("int64").to_numpy(),
        **{name: changes[name].fillna("").astype("str").to_numpy() for name in ("sheet", "heading", "after")},
    )
    reason = changes["reason"] if "reason" in changes else pd.Series("", index=changes.index)
    wanted["reason"] = reason.fillna("").astype("str").to_numpy()
    twice = wanted.duplicated(["sheet", "row", "heading"])
    if twice.any():
        rows = wanted.loc[twice, "row"].tolist()
        raise InputError(
            f"There are two changes of one cell, first in rows {first_few(rows)}. Keep one of them."
        )
    return wanted


def _sheet(rows: Rows, columns: Mapping[str, str] | None, *, spreadsheet: bool) -> _Sheet:
    """Find the headings of a sheet, and where its column of remarks is or goes."""
    header = find_headings(rows, columns)
    cells = heading_cells(rows, header, columns)
    own = next((k for k, cell in enumerate(cells) if cell.strip() == CHANGED_HEADING), -1)
    kept = [place for place in range(len(cells)) if place != own]
    width = width_of([cells[place] for place in kept])
    names = name_headings([cells[place] for place in kept[:width]])
    if own < 0:
        furthest = max((width_of(row) for row in rows), default=width) if spreadsheet else width
        return _Sheet(rows, header, dict(zip(names, kept, strict=False)), max(width, furthest))
    return _Sheet(rows, header, dict(zip(names, kept, strict=False)), own)


def _refuse_unknown(wanted: pd.DataFrame, sheets: dict[str, _Sheet], path: Path) -> None:
    problems = []
    for name in wanted["sheet"].unique().tolist():
        sheet, of_sheet = sheets[name], wanted[wanted["sheet"] == name]
        where = f" on sheet '{name}'" if name else ""
        headings = of_sheet.loc[~of_sheet["heading"].isin(sheet.places), "heading"].unique()
        outside = of_sheet.loc[~of_sheet["row"].between(sheet.header + 2, len(sheet.rows)), "row"].unique()
        if len(headings):
            problems.append(
                f"there is no heading {first_few(headings)}{where}; it has {first_few(list(sheet.places), most=20)}"
            )
        if len(outside):
            problems.append(f"there is no row {first_few(outside.tolist())} below the headings{where}")
    if problems:
        raise InputError(f"The changes do not fit '{path}': {'; '.join(problems)}.")


def _edits(sheet: _Sheet, changes: pd.DataFrame) -> dict[str, Any]:
    """Return the changes of a sheet for the child process."""
    cells: dict[int, dict[int, str]] = {}
    remarks: dict[int, list[tuple[int, str, str]]] = {}
    for each in changes.to_dict("records"):
        change = {str(name): value for name, value in each.items()}
        cells.setdefault(change["row"], {})[change["place"]] = change["after"]
        said = (
            _made(change),
            f"{change['heading']} holds a formula and was not changed; it should be '{change['after']}'",
        )
        remarks.setdefault(change["row"], []).append((change["place"], *said))
    replaces = len(sheet.rows[sheet.header]) > sheet.own and (
        sheet.rows[sheet.header][sheet.own].strip() == CHANGED_HEADING
    )
    before = {row: _cell(sheet.rows[row - 1], sheet.own) for row in cells} if replaces else {}
    return {
        "header": sheet.header + 1,
        "place": sheet.own,
        "title": CHANGED_HEADING,
        "replaces": replaces,
        "cells": cells,
        "remarks": remarks,
        "before": before,
    }


def _made(change: dict[str, Any]) -> str:
    """Say what was changed, in signs that every encoding has."""
    was = (
        f"{change['heading']} was '{change['before']}'"
        if change["before"].strip()
        else f"{change['heading']} was empty"
    )
    return f"{was} ({change['reason']})" if change["reason"] else was


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _told(wanted: pd.DataFrame, refused: dict[str, list[list[int]]]) -> pd.DataFrame:
    """Return the changes with whether each was made."""
    not_made = {(sheet, row, place) for sheet, cells in refused.items() for row, place in cells}
    made = [
        (sheet, row, place) not in not_made
        for sheet, row, place in zip(
            wanted["sheet"], wanted["row"], wanted.get("place", wanted["row"]), strict=True
        )
    ]
    told = wanted[["sheet", "row", "heading", "before", "after", "reason"]]
    return told.assign(made=pd.Series(made, index=told.index, dtype="bool"))
