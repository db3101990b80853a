"""Spreadsheets as rows of text, counted before they are unfolded.

A file of a few kilobytes can say that one cell lies in the last column of the last row, or that a cell repeats a million
times; as a table it would have 17,000,000,000 cells. So the furthest cell of each sheet is found in the packed file first.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import LARGEST_FILE, existing_file, members_of, open_member
from assetmap.read.rows import SPREADSHEETS
from assetmap.read.texts.code import marked_up
from assetmap.read.texts.packed import Packed, Texts

COUNTED_BYTES: Final = 20_000_000
"""Bytes of a sheet, unpacked, up to which its cells are counted first; a larger one has the limit of memory alone."""

XLSX_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'](?:[^>]*[^/>])?>(?!</)"""
)
"""A cell of xlsx with content: its column and its row."""

ODS_PART: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>])([^>]*)>")
ODS_REPEATS: Final = re.compile(rb"""number-(?:columns|rows)-repeated=["'](\d{1,18})["']""")


def read_sheet(path: Path, *, sheet: str | None, most_cells: int) -> Packed:
    """Return the rows of a sheet, the first one that holds something where none is named, and its name."""
    with open_workbook(path, most_cells) as book:
        if sheet is not None and sheet not in book.sheet_names:
            raise InputError(
                f"'{path}' has no sheet '{sheet}'. It has {first_few(book.sheet_names, most=12)}."
            )
        for name in [sheet] if sheet is not None else book.sheet_names:
            rows = _texts(book.get_sheet_by_name(name), None, path, most_cells)
            if any(cell for row in rows for cell in row):
                texts = Texts(path, name)
                return Packed(texts.packed(rows), name, texts.remarks())
    raise InputError(f"'{path}' is empty. The first row of a sheet must name the columns.")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its rows, how many it has, and its kind (``chart``, ``hidden`` or empty)."""

    rows: list[list[str]]
    height: int
    kind: str


def read_sheets(path: Path, *, first: int | None, most_cells: int) -> dict[str, Sheet]:
    """Return every sheet by its name, with the first few rows where `first` is given."""
    found = {}
    with open_workbook(path, most_cells) as book:
        kinds = {}
        for told in book.sheets_metadata:
            kind = "chart" if str(told.typ).endswith("ChartSheet") else ""
            kinds[str(told.name)] = kind or ("" if str(told.visible).endswith(".Visible") else "hidden")
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            height = int(sheet.end[0]) + 1 if sheet.end else 0
            found[name] = Sheet(_texts(sheet, first, path, most_cells), height, kinds.get(name, ""))
    return found


@contextmanager
def open_workbook(path: Path, most_cells: int) -> Iterator[Any]:
    """Open a spreadsheet; whatever is wrong with it while it is open is one InputError."""
    import python_calamine

    path = existing_file(path)
    if path.suffix.lower() not in SPREADSHEETS:
        raise InputError(f"'{path}' is not a spreadsheet. Its name must end in {', '.join(SPREADSHEETS)}.")
    with path.open("rb") as stream:
        head = stream.read(4000)
    if marked := marked_up(head):
        raise InputError(f"'{path}' is not a spreadsheet, whatever its ending says, but {marked}.")
    if b"\0" not in head and b"\n" in head and head.isascii():
        raise InputError(
            f"'{path}' is not a spreadsheet but text, whatever its ending says. Give it the ending .csv."
        )
    if path.suffix.lower() != ".xls":
        _count_cells(path, most_cells)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        yield book
        book.close()
    except InputError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"'{path}' could not be read as a spreadsheet: {error}. Is it protected with a password?"
        ) from error


def _count_cells(path: Path, most_cells: int) -> None:
    """Refuse a spreadsheet that unfolds to too many cells, before it is unfolded."""
    for member in members_of(path, most=LARGEST_FILE):
        name = member.filename.lower()
        is_ods = name == "content.xml"
        if not is_ods and not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            continue
        if member.file_size > COUNTED_BYTES:
            continue
        with open_member(path, member) as stream:
            content = stream.read(COUNTED_BYTES)
        if is_ods:
            _refuse_broken_xml(content, path)
        for rows, columns in (_extents_of_ods if is_ods else _extent_of_xlsx)(content):
            refuse_extent(path, rows, columns, most_cells)


def _refuse_broken_xml(content: bytes, path: Path) -> None:
    """Refuse content that is not regular XML: the reader of ods stops at such a place without a word."""
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(f"'{path}' is damaged ({error}). Open it, then save it again.") from error


def refuse_extent(path: Path, rows: int, columns: int, most_cells: int) -> None:
    """Raise InputError where a sheet has more cells than may be read."""
    if rows * columns > most_cells:
        raise InputError(
            f"'{path}' has a sheet of {rows:,} rows and {columns:,} columns: {rows * columns:,} cells, too many for its size (at most "
            f"{most_cells:,}). Delete the rows and columns that are not needed, also far from the table, or save it as CSV."
        )


def _extent_of_xlsx(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the rows and columns up to the furthest cell of a sheet."""
    found = XLSX_CELL.findall(content)
    if found:
        letters, rows = {column for column, _ in found}, {row for _, row in found}
        yield max(map(int, rows)), max(map(_place, letters))


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


def _extents_of_ods(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the rows and columns of each sheet, repeated ones counted; empty ones at the ends do not count."""
    rows = furthest = widest = column = 0
    for found in ODS_PART.finditer(content):
        kind, said = found[1], found[2]
        times = int(again[1]) if (again := ODS_REPEATS.search(said)) else 1
        if kind == b"table":
            yield furthest, widest
            rows = furthest = widest = 0
        elif kind == b"table-row":
            rows, column = rows + times, 0
        else:
            column += times
            if b"office:value-type" in said or not said.endswith(b"/"):
                furthest, widest = max(furthest, rows), max(widest, column)
    yield furthest, widest


def _texts(sheet: Any, first: int | None, path: Path, most_cells: int) -> list[list[str]]:
    if sheet.end:
        rows = sheet.end[0] + 1 if first is None else min(first, sheet.end[0] + 1)
        refuse_extent(path, rows, sheet.end[1] + 1, most_cells)
    return [[_as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=first)]


def _as_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="minutes")
    return "" if cell is None else str(cell)
