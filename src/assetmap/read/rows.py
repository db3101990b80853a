"""Tables as rows of text: the encoding, the delimiter and the sheet are found here and nowhere else.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from assetmap.cells import as_written, storable
from assetmap.errors import InputError
from assetmap.read.files import existing_file, open_bytes, read_bytes

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

HEADER_WITHIN: Final = 15
"""Rows of a sheet in which the row of column names is looked for."""

SIGNATURES: Final = {
    b"PK\x03\x04": "a zip file or a spreadsheet (save it with the ending .xlsx, .ods or .zip)",
    b"%PDF": "a PDF (copy its table into a spreadsheet)",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file (save it with the ending .xls)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database (a GeoPackage has the ending .gpkg)",
}
DOCUMENTS: Final = (".docx", ".doc", ".odt", ".rtf", ".pptx", ".ppt", ".odp")
"""Endings of files for reading, not for lists."""

XML: Final = (b"<?xml", b"<rss", b"<feed")
MARKED_UP: Final = {
    (b"<!doctype html", b"<html"): "a web page (open it in a browser and copy its table into a spreadsheet)",
    (
        b"<?xml",
        b"<rss",
        b"<feed",
    ): "XML (open it in a spreadsheet and save it as .xlsx, or ask for the list as CSV)",
}
"""How texts begin that are no tables, in small letters, and what they are."""

BYTE_ORDER: Final = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins."""


DEFUSED: Final = re.compile(r"""'(?<=[,;\t|\r\n"]')""")
"""An apostrophe at the start of a cell; starting with the apostrophe makes the search fast."""


def marked_up(raw: bytes) -> str:
    """Return what a text with marks is, and what to do with it; empty for any other text."""
    begun = raw[:4000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    plain = MARKED_UP[XML] if re.match(rb"<\w[^<>]*>\s*<\w", begun) else ""
    return next((what for starts, what in MARKED_UP.items() if begun.startswith(starts)), plain)


def read_rows(path: Path, *, sheet: str | None, most_cells: int) -> tuple[list[list[str]], str]:
    """Read every row of a table as cells of text, as `assetmap.read.tables.open_table` describes it.

    Parameters
    ----------
    path, sheet
        As for `open_table`.
    most_cells
        Of the whole table.

    Returns
    -------
    tuple
        The rows, and the name of the sheet (empty for a text file).

    Raises
    ------
    InputError
        If the file is missing, empty, too large, not a table, or has no such sheet.
    """
    path = existing_file(path)
    if path.suffix.lower() in SPREADSHEETS:
        from assetmap.read.spreadsheets import read_sheet

        return read_sheet(path, sheet=sheet, most_cells=most_cells)
    text = storable(decode(read_bytes(path), path)[0])
    if not text.strip():
        raise InputError(f"'{path}' is empty. Its first row must name the columns.")
    before = csv.field_size_limit(MOST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        rows = list(_counted(reader, path, most_cells))
        return undefused(rows) if text.startswith("'") or DEFUSED.search(text) else rows, ""
    except csv.Error as error:
        raise InputError(
            f"'{path}' is not a regular table: {error}. Is a quotation mark left open?"
        ) from error
    finally:
        csv.field_size_limit(before)


def undefused(rows: list[list[str]]) -> list[list[str]]:
    """Take away the apostrophe that keeps a spreadsheet from running a cell of a table that assetmap wrote."""
    return [[as_written(cell) if cell[:1] == "'" else cell for cell in row] for row in rows]


def _counted(rows: Iterable[list[str]], path: Path, most_cells: int) -> Iterator[list[str]]:
    """Yield rows until there are too many cells; a row counts for one more than it has."""
    cells = 0
    for row in rows:
        cells += len(row) + 1
        if cells > most_cells:
            raise InputError(
                f"'{path}' has more than {most_cells:,} cells, too many for its size. Delete empty rows and columns, or split it."
            )
        yield row


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


def decode(raw: bytes, path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding, as Python names it; a byte order mark is no part of the text.

    Raises
    ------
    InputError
        If it is not text.
    """
    if path.suffix.lower() in DOCUMENTS:
        raise InputError(f"'{path}' is not a table but a document. Copy its table into a spreadsheet.")
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise InputError(f"'{path}' is not a text file but {what}.")
    if marked := marked_up(raw):
        raise InputError(f"'{path}' is not a table but {marked}.")
    if raw.startswith(BYTE_ORDER):
        encoding = "utf-16-le" if raw.startswith(BYTE_ORDER[0]) else "utf-16-be"
        return raw[2:].decode(encoding, errors="replace"), encoding
    if b"\0" in raw[:4000]:
        return _decode_wide(raw, path)
    try:
        return raw.decode("utf-8-sig"), "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:1_000_000]).best()
        if best is None:
            raise InputError(f"'{path}' is not text in any known encoding. Save it as CSV (UTF-8).") from None
        return raw.decode(best.encoding, errors="replace"), best.encoding


def _decode_wide(raw: bytes, path: Path) -> tuple[str, str]:
    """Decode UTF-16 without a byte order mark; anything else with zero bytes is not text."""
    sample = raw[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 4 and min(even, odd) < len(sample) / 40:
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        return raw.decode(encoding, errors="replace"), encoding
    raise InputError(f"'{path}' is not a text file. Save the list as CSV or as a spreadsheet.")


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
