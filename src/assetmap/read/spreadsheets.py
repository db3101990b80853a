"""Spreadsheets as rows of text, counted before they are unfolded.

A file of a few kilobytes can say that one cell lies in the last column of the last row, or that a cell repeats a million
times; as a table it would have 17,000,000,000 cells. So the furthest cell of each sheet is found in the packed file first.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError, counted, first_few
from assetmap.read.files import LARGEST_FILE, existing_file, members_of, open_member
from assetmap.read.rows import SPREADSHEETS
from assetmap.read.texts.code import marked_up
from assetmap.read.texts.packed import Packed, Texts

COUNTED_BYTES: Final = 20_000_000
"""Bytes of a sheet, unpacked, up to which its cells are counted first; a larger one has the limit of memory alone."""

COMMENT, ERROR, NO_RESULT, HIDDEN = "comment", "cell", "formula", "hidden row"
ADVICE: Final = {
    COMMENT: " on cells, which assetmap does not read. If they say something of a place, write it into a column.",
    ERROR: " with an error of the spreadsheet (such as #REF! or #N/A), read as empty.",
    NO_RESULT: " without a result, read as empty. Open the workbook in a spreadsheet program and save it.",
    HIDDEN: ", read like the others. Delete those that are not meant.",
}
IN_XLSX: Final = {
    COMMENT: (b"<comment ",),
    ERROR: (b' t="e"', b" t='e'"),
    NO_RESULT: (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>"),
    HIDDEN: (b' hidden="1"><c ', b' hidden="true"><c '),
}
IN_ODS: Final = {
    COMMENT: (b"<office:annotation ",),
    ERROR: (b'calcext:value-type="error"',),
    HIDDEN: (b'table:visibility="collapse"', b'table:visibility="filter"'),
}
"""What a workbook may have beside the text of its cells -> how it is written."""

XLSX_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'](?:[^>]*[^/>])?>(?!</)"""
)
"""A cell of xlsx with content: its column and its row."""

ODS_PART: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>])([^>]*)>")
ODS_REPEATS: Final = re.compile(rb"""number-(?:columns|rows)-repeated=["'](\d{1,18})["']""")


def read_sheet(path: Path, *, sheet: str | None, most_cells: int, as_list: bool) -> Packed:
    """Return the rows of a sheet, the first one that holds something where none is named, and its name."""
    with open_workbook(path, most_cells) as opened:
        book = opened.book
        if sheet is not None and sheet not in book.sheet_names:
            raise InputError(
                f"'{path}' has no sheet '{sheet}'. It has {first_few(book.sheet_names, most=12)}."
            )
        for name in [sheet] if sheet is not None else book.sheet_names:
            rows = _texts(book.get_sheet_by_name(name), None, path, most_cells)
            if any(cell for row in rows for cell in row):
                texts = Texts(path, name, as_list=as_list)
                return Packed(texts.packed(rows), name, texts.remarks(), opened.beside)
    raise InputError(f"'{path}' is empty. The first row of a sheet must name the columns.")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its rows, how many it has, and its kind (``chart``, ``hidden`` or empty)."""

    rows: list[list[str]]
    height: int
    kind: str


def read_sheets(
    path: Path, *, first: int | None, most_cells: int
) -> tuple[dict[str, Sheet], tuple[str, ...]]:
    """Return every sheet by its name, with the first few rows where `first` is given, and what the workbook has beside its cells."""
    found = {}
    with open_workbook(path, most_cells) as opened:
        book = opened.book
        kinds = {}
        for told in book.sheets_metadata:
            kind = "chart" if str(told.typ).endswith("ChartSheet") else ""
            kinds[str(told.name)] = kind or ("" if str(told.visible).endswith(".Visible") else "hidden")
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            height = int(sheet.end[0]) + 1 if sheet.end else 0
            found[name] = Sheet(_texts(sheet, first, path, most_cells), height, kinds.get(name, ""))
    return found, opened.beside


@dataclass(frozen=True)
class Workbook:
    """An open workbook, and a sentence for each kind of thing in it that is not the text of a cell."""

    book: Any
    beside: tuple[str, ...]


@contextmanager
def open_workbook(path: Path, most_cells: int) -> Iterator[Workbook]:
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
    beside = _count_cells(path, most_cells) if path.suffix.lower() != ".xls" else Counter()
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        yield Workbook(book, _sentences(beside, path))
        book.close()
    except InputError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"'{path}' could not be read as a spreadsheet: {error}. Is it protected with a password?"
        ) from error


def _count_cells(path: Path, most_cells: int) -> Counter[str]:
    """Refuse a spreadsheet that unfolds to too many cells, before it is unfolded; return how often it has what is not read of it."""
    beside: Counter[str] = Counter()
    for member in members_of(path, most=LARGEST_FILE):
        name = member.filename.lower()
        is_ods, comments = name == "content.xml", re.match(r"xl/comments", name)
        if not is_ods and not comments and not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            continue
        if member.file_size > COUNTED_BYTES:
            continue
        with open_member(path, member) as stream:
            content = stream.read(COUNTED_BYTES)
        beside.update({
            what: sum(content.count(mark) for mark in marks) for what, marks in (IN_ODS if is_ods else IN_XLSX).items()
        })  # fmt: skip
        if comments:
            continue
        if is_ods:
            _refuse_broken_xml(content, path)
        for rows, columns in (_extents_of_ods if is_ods else _extent_of_xlsx)(content):
            refuse_extent(path, rows, columns, most_cells)
    return beside


def _sentences(beside: Counter[str], path: Path) -> tuple[str, ...]:
    """Return what a workbook has beside the text of its cells, in words."""
    return tuple(
        f"'{path.name}' has {counted(count, what)}" + ADVICE[what] for what, count in beside.items() if count
    )


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
