"""The sheets of a workbook and the layers of a map file that are lists; what is not read is named, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.errors import InputError, first_few
from assetmap.read.look import look_into
from assetmap.read.tables import Rows, heading_key, sheets_and_kinds

NO_LIST: Final = re.compile(
    r"(?i)^(?:read ?me|notes?|meta(?:data)?|guidance|about|contents|index|look ?ups?|drop ?downs?|summary|pivot.*|charts?.*|"
    r"graphs?|definitions?|instructions?|cover(?: sheet)?|change ?log|versions?|validation|key|glossary|lists? of values|"
    r"introduction|information|licen[cs]e|dashboard|totals?|stats|statistics|codes?|data dictionary)\W*\d*$"
)
"""Names of sheets that speak about a list."""

NOT_USED: Final = re.compile(
    r"(?i)\b(?:do not use|don'?t use|not in use|superseded|obsolete|ignore|template|example|sample|test)\b"
)
"""Names of sheets whose rows are not meant."""

OTHER_ENDING: Final = "a file with this ending is not a list"
SPEAKS_ABOUT: Final = "its name says that it is a note or part of the system"
NO_ADVICE: Final = ("it is empty", "it is a chart", OTHER_ENDING, SPEAKS_ABOUT)
"""Reasons after which there is nothing that could be read."""

PIVOT: Final = re.compile(r"(?i)^(?:row labels|column labels|(?:count|sum|average) of .*|grand total)$")
CLOSED: Final = re.compile(r"(?i)\b(?:closed|closures|ceased|former|archived?)\b")
YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
DATED: Final = re.compile(r"(?<!\d)(20\d\d)(?:-(0[1-9]|1[0-2]))?(?!\d)")
MOST_PARTS: Final = 200
"""Sheets or layers of a file that are looked at as lists."""

READ_AGAIN: Final = (".gml", ".gpx")
FEW_PARTS: Final = 10
MOST_READ_AGAIN: Final = 300_000_000
"""Bytes that are looked through for all layers of a file of these endings together, from so many layers on."""

MANY_LAYERS: Final = (".kml", ".kmz", ".gpkg", ".gml", ".gpx", ".zip")


def sheets_of_list(
    path: Path, *, sheets: Sequence[str] = ()
) -> tuple[dict[str, Rows], list[str], frozenset[str]]:
    """Return the sheets of a workbook that may be lists, the newest year first, why others are not, and which are hidden.

    Parameters
    ----------
    path
        A workbook.
    sheets
        The only ones to read, where that is said.

    Raises
    ------
    InputError
        If it has no such sheet.
    """
    found, left_out = {}, []
    opened = sheets_and_kinds(path)
    every = {name: sheet.rows for name, (sheet, _) in opened.items()}
    kinds = {name: kind for name, (_, kind) in opened.items()}
    beside = next(([*sheet.beside] for sheet, _ in opened.values()), [])
    missing = [name for name in sheets if name not in every]
    if missing:
        raise InputError(
            f"'{path}' has no sheet {first_few(missing)}. Its sheets are {first_few(every, most=12)}."
        )
    hidden = frozenset(name for name, kind in kinds.items() if kind == "hidden")
    if sheets:
        remarks = [remark for name in sheets for remark in opened[name][0].remarks]
        return {name: rows for name, rows in every.items() if name in sheets}, [*beside, *remarks], hidden
    for name, rows in every.items():
        cells = [cell.strip() for row in rows[:20] for cell in row if cell.strip()]
        reason = ""
        if kinds.get(name) == "chart":
            reason = "it is a chart"
        elif not cells:
            reason = "it is empty"
        elif NOT_USED.search(name):
            reason = "its name says that it is not to be used"
        elif NO_LIST.match(name.strip()):
            reason = "its name says that it is not a list"
        elif any(PIVOT.match(cell) for cell in cells):
            reason = "it is a pivot table"
        if reason:
            left_out.append(not_read("sheet", name, path, reason))
        else:
            found[name] = rows
            left_out += opened[name][0].remarks
    left_out += beside
    refuse_too_many_parts(path, len(found), "sheet")
    order = sorted(found, key=lambda name: -int(year_of(name) or 0))
    return {name: found[name] for name in order}, left_out, hidden


def layers_of_list(path: Path) -> tuple[list[str], list[str]]:
    """Return the layers of a map file that may be lists, and why others are not; none where there is at most one."""
    if path.suffix.lower() not in MANY_LAYERS:
        return [], []
    parts = look_into(path).parts
    if len(parts) < 2:
        # The only folder of a map may say what its places are.
        return [part.name for part in parts if path.suffix.lower() in (".kml", ".kmz") and part.rows], []
    refuse_too_many_parts(path, len(parts), "layer")
    found, left_out = [], []
    for part in parts:
        keys = {heading_key(heading) for heading in part.headings}
        if not part.rows:
            left_out.append(not_read("layer", part.name, path, "it is empty"))
        elif not part.geometry or part.name in ("track_points", "route_points", "layer_styles"):
            left_out.append(not_read("layer", part.name, path, "it holds no places"))
        elif not keys:
            left_out.append(not_read("layer", part.name, path, "it has no fields"))
        else:
            found.append(part.name)
    return found, left_out


def is_copy(table: pd.DataFrame, known: set[tuple[str, ...]]) -> bool:
    """Say whether every row of a sheet is in the sheets before it; one that has more is read, so that nothing of it is lost."""
    own = identities(table)
    return bool(own) and own <= known


def refuse_too_many_parts(path: Path, parts: int, kind: str) -> None:
    """Refuse a file of hundreds of sheets or layers, which no list has.

    Raises
    ------
    InputError
        If it has more than `MOST_PARTS`, or a large map has so many that each is looked for in all of it.
    """
    again = (
        path.suffix.lower() in READ_AGAIN
        and parts > FEW_PARTS
        and parts * path.stat().st_size > MOST_READ_AGAIN
    )
    if parts > MOST_PARTS or again:
        raise InputError(
            f"'{path}' has {parts:,} {kind}s, more than are looked at as lists. Name the one that is a list with --{kind}, or save it as a file of its own."
        )


def with_sheet(table: pd.DataFrame, name: str, *, several: bool, kind: str = "sheet") -> pd.DataFrame:
    """Return a sheet with what its name says of its rows: a year is when they were checked, "closed" is their status."""
    if several and "sheet" in table:  # the file's own column gives way: the sheet of a row must be known
        table = table.rename(columns={"sheet": "sheet_2"})
    marked = table.assign(sheet=name) if several else table.copy()
    note = marked.get("reading_note", pd.Series("", index=marked.index, dtype="str"))
    said = [f"It is on {kind} '{name}'."] if several else []
    if CLOSED.search(name) and kind == "sheet":
        status = marked.get("status", pd.Series("", index=marked.index, dtype="str"))
        marked["status"] = status.where(status.str.strip() != "", "closed").astype("str")
        said.append("The name of its sheet says that it is closed.")
    if several and year_of(name):
        checked = marked.get("checked_date", pd.Series("", index=marked.index, dtype="str"))
        marked["checked_date"] = checked.where(checked.str.strip() != "", year_of(name)).astype("str")
        marked["list_date"] = pd.Series(year_of(name), index=marked.index, dtype="str")
    if said:
        marked["reading_note"] = (note + " " + " ".join(said)).str.strip().astype("str")
    return marked


def date_of(name: str) -> str:
    """Return the year, or the year and month, in the name of a file; of several the last, ``""`` where it has none.

    Examples
    --------
    >>> [date_of(name) for name in ("libraries_england_2023.csv", "cornwall_2025-04.csv", "halls.csv", "grants-2010-to-2016.csv")]
    ['2023', '2025-04', '', '2016']
    """
    found = DATED.findall(name)
    return max("-".join(filter(None, parts)) for parts in found) if found else ""


def year_of(name: str) -> str:
    """Return the year in the name of a sheet, ``""`` where it has none."""
    found = YEAR.search(name)
    return found[1] if found else ""


def not_read(kind: str, name: str, path: Path, reason: str) -> str:
    """Return the sentence on a sheet or layer that was not read."""
    option = "sheet" if kind == "sheet" else "layer"
    advice = "" if reason in NO_ADVICE else f' To read it, use --{option} "{name}".'
    return f"The {kind} '{name}' of '{path.name}' was not read: {reason}.{advice}"


def identities(table: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return what tells the rows of a list apart: name, postcode and address in small letters."""
    columns = [column for column in ("name", "postcode", "address") if column in table]
    return set(
        table[columns]
        .apply(lambda cells: cells.str.strip().str.casefold())
        .itertuples(index=False, name=None)
    )
