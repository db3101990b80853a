"""Tables as rows of text: the encoding, the delimiter and the sheet are found here and nowhere else.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from assetmap.errors import InputError
from assetmap.read.files import existing_file, open_bytes, read_bytes
from assetmap.read.texts.code import BYTE_ORDER, Code, code_of, has_controls
from assetmap.read.texts.packed import Packed, Texts

SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
DELIMITERS: Final = ",;\t|"
MOST_COLUMNS: Final = 1_000
MOST_CELL: Final = 1_000_000
"""Characters of one cell; more means that a quotation mark is not closed."""

LONGEST_LINE: Final = 1_000_000
"""Bytes of a first line; a longer one is not a row of column names."""

SNIFFED_ROWS: Final = 30
REGULAR: Final = 0.9
"""Share of the first rows that must have as many cells as the headings for a delimiter to be certain."""

FIRST_BYTES: Final = 400_000
"""Bytes in which the delimiter is looked for."""

END_OF_FILE: Final = b"\x1a"
"""How old programs end a text: a sign that is no part of it."""

HEADER_WITHIN: Final = 15
"""Rows of a sheet in which the row of column names is looked for."""


def read_rows(path: Path, *, sheet: str | None, most_cells: int, as_list: bool = False) -> Packed:
    """Read every row of a table as cells of text, as `assetmap.read.tables.open_table` describes it.

    Parameters
    ----------
    path, sheet
        As for `open_table`.
    most_cells
        Of the whole table.
    as_list
        Whether it is read as a list of groups or places.

    Returns
    -------
    Packed
        The rows, the name of the sheet (empty for a text file), and a sentence for what could not be read as it is.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, not a table, or has no such sheet.
    """
    path = existing_file(path)
    if path.suffix.lower() in SPREADSHEETS:
        from assetmap.read.spreadsheets import read_sheet

        return read_sheet(path, sheet=sheet, most_cells=most_cells, as_list=as_list)
    texts, raw = Texts(path, as_list=as_list), read_bytes(path).removesuffix(END_OF_FILE)
    code = code_of(raw, path)
    texts.bare, texts.mixed = not has_controls(raw, code), code.mixed
    start = raw[len(code.mark) : FIRST_BYTES].decode(code.name, errors="replace")
    before = csv.field_size_limit(MOST_CELL)
    try:
        with io.TextIOWrapper(io.BytesIO(raw), encoding=code.name, errors=code.errors, newline="") as text:
            text.read(len(code.mark) and 1)
            texts.delimiter = delimiter_of(start)
            packed = texts.packed(csv.reader(text, delimiter=texts.delimiter), most_cells)
        if texts.ends_within_lines or raw.count(b'"') % 2:
            _refuse_open_quotation(raw, code, texts.delimiter)
    except csv.Error as error:
        raise InputError(
            f"'{path}' is not a regular table: {error}. Is a quotation mark left open?"
        ) from error
    finally:
        csv.field_size_limit(before)
    if not texts.filled:
        raise InputError(f"'{path}' is empty. Its first row must name the columns.")
    return Packed(packed, "", texts.remarks())


def _refuse_open_quotation(raw: bytes, code: Code, delimiter: str) -> None:
    """Refuse a text that ends within quotation marks: the rest of its rows is in one cell.

    Raises
    ------
    InputError
        With the row in which they open.
    """
    rows = 0
    with io.TextIOWrapper(io.BytesIO(raw), encoding=code.name, errors=code.errors, newline="") as text:
        try:
            for _ in csv.reader(text, delimiter=delimiter, strict=True):
                rows += 1
        except csv.Error as error:
            if "unexpected end of data" not in str(error):  # an odd mark within a cell, such as 5" for inches
                return
            raise InputError(
                f"'{code.path}' has a quotation mark in row {rows + 1} that is never closed, so the rest of the file is in one cell. Close it, or delete it."
            ) from error


def stream_rows(stream: IO[bytes]) -> Iterator[list[str]]:
    """Yield the rows of a large delimited text without holding it; the first line decides the delimiter.

    Raises
    ------
    InputError
        If it is not text.
    """
    start = stream.read(2)
    stream.seek(0)
    encoding = "utf-16" if start in BYTE_ORDER else "utf-8-sig"
    with io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as text:
        line = text.readline(LONGEST_LINE)
        if "\x00" in line:
            raise InputError("it is not text: it holds NUL characters")
        delimiter = max(DELIMITERS, key=line.count)
        yield next(csv.reader([line], delimiter=delimiter), [])
        yield from csv.reader(text, delimiter=delimiter)


def read_header(path: str | Path) -> list[str]:
    """Return the column names of a delimited text file; none of a zip, a spreadsheet or a binary file.

    Only the first line is read, so that a file of a gigabyte costs nothing.
    """
    with open_bytes(path) as stream:
        raw = stream.readline(LONGEST_LINE)
        if b"\x00" in raw and not raw.startswith(BYTE_ORDER):
            return []
        stream.seek(0)
        return next(stream_rows(stream), [])


def _filled(row: list[str]) -> bool:
    return any(map(str.strip, row))


def delimiter_of(text: str) -> str:
    """Choose the delimiter that cuts the first rows into the most cells, equally many in each row.

    One that cuts the first row into as many cells as nearly all the others goes first: a comma in the cells of a
    table with semicolons is not the delimiter.
    """
    best, best_score = ",", (False, 0.0)
    for delimiter in DELIMITERS:
        widths = _widths(text[:100_000], delimiter)
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        share = times / max(len(widths), 1)
        certain = width > 1 and widths[0] == width and share >= REGULAR
        if (certain, (width - 1) * share) > best_score:
            best, best_score = delimiter, (certain, (width - 1) * share)
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    """Return how many cells each of the first rows with content has."""
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if _filled(row):
                widths.append(len(row))
            if len(widths) == SNIFFED_ROWS:
                break
    except csv.Error:
        return []
    return widths
