"""The one opener of tables: a CSV file or a sheet of a spreadsheet becomes rows of text.

Encoding, delimiter and row of headings are found here and nowhere else. Nothing is guessed about the cells: a
cell is text, an empty one is ``""``. What the text means is decided by the reader that asked for the table.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pandas as pd

from assetmap.cells import as_written
from assetmap.read.files import LARGEST_FILE, existing_file, members_of, open_bytes, read_bytes
from assetmap.schema import InputError, counted, first_few

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
BYTE_ORDER: Final = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins."""

_DEFUSED: Final = re.compile(r"""'(?<=[,;\t|\r\n"]')""")
"""An apostrophe at the start of a cell; starting with the apostrophe makes the search fast."""

Rows = list[list[str]]


@dataclass(frozen=True)
class RawTable:
    """Every row of one table: ``rows[k - 1]`` is row k of the file; ``sheet`` is empty for a text file."""

    rows: Rows
    sheet: str = ""


@dataclass(frozen=True)
class PublishedTable:
    """A table below its row of column names, with the sheet it came from (empty for a text file)."""

    table: pd.DataFrame
    sheet: str = ""


def open_table(path: str | Path, *, sheet: str | None = None) -> RawTable:
    """Read every row of a table as cells of text.

    Parameters
    ----------
    path
        A delimited text file (comma, semicolon, tab or bar; UTF-8, UTF-16 or a Windows encoding; also
        gzipped) or a spreadsheet (xlsx, xlsm, xls, xlsb, ods).
    sheet
        Name of the sheet of a spreadsheet; the first one that holds something when not given.

    Returns
    -------
    RawTable
        Every row, empty ones too. In a spreadsheet whole numbers have no ``.0``, dates are ``2024-05-31``, a
        formula is its last result, and only the first cell of a merged cell is filled.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, not a table, or has no such sheet.
    """
    path = existing_file(path)
    if path.suffix.lower() in SPREADSHEETS:
        return _open_sheet(path, sheet)
    text = _decode(path)
    if not text.strip():
        raise InputError(f"'{path}' is empty. Its first row must name the columns.")
    before = csv.field_size_limit(MOST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
        return RawTable(_undefused(rows) if text.startswith("'") or _DEFUSED.search(text) else rows)
    except csv.Error as error:
        raise InputError(
            f"'{path}' is not a regular table: {error}. Is a quotation mark left open?"
        ) from error
    finally:
        csv.field_size_limit(before)


def open_sheets(path: str | Path, *, first: int | None = None) -> dict[str, Rows]:
    """Return the rows of every sheet of a spreadsheet as text, only the first few where `first` is given."""
    with _workbook(Path(path)) as book:
        return {name: _texts(book.get_sheet_by_name(name), first) for name in book.sheet_names}


def sheet_heights(path: str | Path) -> dict[str, int]:
    """Return the number of rows of every sheet of a spreadsheet."""
    with _workbook(Path(path)) as book:
        ends = {name: book.get_sheet_by_name(name).end for name in book.sheet_names}
    return {name: int(end[0]) + 1 if end else 0 for name, end in ends.items()}


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


def read_table(path: str | Path, *, sheet: str | None = None) -> pd.DataFrame:
    """Read a table whose first row names the columns.

    Parameters
    ----------
    path, sheet
        As for `open_table`.

    Returns
    -------
    pandas.DataFrame
        One row per row with content, in file order; every cell is text, an empty one ``""``.

    Raises
    ------
    InputError
        If the file is not such a table, or rows have more cells than there are column names.
    """
    raw = open_table(path, sheet=sheet)
    header = next((place for place, row in enumerate(raw.rows) if _filled(row)), 0)
    return below_header(raw.rows, header, Path(path))


def read_published(
    path: str | Path, *, wanted: Callable[[list[str]], bool], prefer: str = ""
) -> PublishedTable:
    """Read a table as offices publish it: notes first, a title above the column names, a sheet per year.

    Parameters
    ----------
    path
        A spreadsheet or a delimited text file.
    wanted
        Says whether a row of cells is the row of column names.
    prefer
        Text in the name of the sheet to take when several qualify; else the last by name is taken,
        which among "Mid-2022", "Mid-2023" and "Mid-2024" is the newest.

    Returns
    -------
    PublishedTable
        The table and the name of its sheet.

    Raises
    ------
    InputError
        If the file cannot be read or no sheet qualifies; the message lists the sheets.
    """
    path = existing_file(path)
    if path.suffix.lower() not in SPREADSHEETS:
        rows = open_table(path).rows
        begun = next((place for place, row in enumerate(rows) if _filled(row)), 0)
        return PublishedTable(below_header(rows, _place_of(rows, wanted, begun), path))
    first = open_sheets(path, first=HEADER_WITHIN)
    headers = {name: place for name, rows in first.items() if (place := _place_of(rows, wanted, -1)) >= 0}
    if not headers:
        raise InputError(
            f"'{path}': no sheet has the columns that are needed. Its sheets are {first_few(first, most=12)}."
        )
    name = max(headers, key=lambda sheet: (bool(prefer) and prefer in sheet, sheet))
    return PublishedTable(below_header(open_table(path, sheet=name).rows, headers[name], path), name)


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


def below_header(rows: Rows, header: int, path: Path) -> pd.DataFrame:
    """Return the rows below a row of column names as a table of text; rows and columns without content are left out.

    Raises
    ------
    InputError
        If rows have more cells than there are column names, or no column has a name.
    """
    names = [cell.replace("\ufeff", "").strip() for cell in rows[header]]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InputError(f"'{path}' holds no table: its first row must name the columns.")
    numbers = [k for k in range(header + 1, len(rows)) if _filled(rows[k])]
    wide = [k + 1 for k in numbers if len(rows[k]) > len(names) and _filled(rows[k][len(names) :])]
    if wide:
        raise InputError(
            f"'{path}' is not a regular table: {counted(len(wide), 'row has', 'rows have')} more cells than its {len(names)} column names, "
            f"first row {wide[0]}. A comma inside a cell needs quotation marks around the cell."
        )
    width = len(names)
    body = [
        row if len(row) == width else [*row[:width], *[""] * (width - len(row))]
        for row in map(rows.__getitem__, numbers)
    ]
    cells = list(zip(*body, strict=True)) if body else [()] * width
    kept = {name: list(cells[k]) for k, name in enumerate(_distinct(names)) if name}
    return pd.DataFrame(kept, index=pd.RangeIndex(len(body))).astype("str")


def refuse_duplicates(keys: pd.Index, *, path: Path, what: str) -> None:
    """Raise InputError where a key of a table occurs more than once; `what` names one key."""
    twice = keys[keys.duplicated()].unique()
    if len(twice):
        raise InputError(
            f"'{path}' has {counted(len(twice), f'duplicate {what}')}, first {first_few(twice)}. Keep one row of each."
        )


def heading_key(heading: str) -> str:
    """Return a column heading in the form in which headings are compared.

    Examples
    --------
    >>> heading_key("Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)")
    'index of multiple deprivation imd rank'
    """
    text = heading.casefold().replace("\ufeff", "").split("(where")[0]
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


def find_column(table: pd.DataFrame, accepted: list[str]) -> str | None:
    """Return the column of the table whose heading is one of the accepted keys, or None."""
    keys = {heading_key(str(column)): str(column) for column in reversed(table.columns)}
    return next((keys[key] for key in accepted if key in keys), None)


def to_numbers(column: pd.Series, *, path: Path, name: str) -> pd.Series:
    """Turn cells into numbers; an empty cell is missing, and any other cell that is not a number is an error.

    Thousands commas ("1,234") are understood.
    """
    text = column.str.strip().str.replace(",", "", regex=False)
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce")
    wrong = (text != "") & numbers.isna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax()) + 2
        raise InputError(
            f"'{path}', column '{name}': {counted(int(wrong.sum()), 'cell is not a number', 'cells are not numbers')}, "
            f"first {first_few(column[wrong], most=3)} (row {row}). Correct them or leave them empty."
        )
    return numbers


def _undefused(rows: Rows) -> Rows:
    """Take away the apostrophe that keeps a spreadsheet from running a cell of a table that assetmap wrote."""
    return [[as_written(cell) if cell[:1] == "'" else cell for cell in row] for row in rows]


def _filled(row: list[str]) -> bool:
    return any(map(str.strip, row))


def _place_of(rows: Rows, wanted: Callable[[list[str]], bool], otherwise: int) -> int:
    stripped = ([cell.strip() for cell in row] for row in rows[:HEADER_WITHIN])
    return next((place for place, cells in enumerate(stripped) if wanted(cells)), otherwise)


def _distinct(names: list[str]) -> list[str]:
    """Make repeated names distinct (``Code``, ``Code.1``); an empty name stays empty."""
    found: list[str] = []
    for name in names:
        wanted, times = name, 0
        while name and wanted in found:
            times += 1
            wanted = f"{name}.{times}"
        found.append(wanted)
    return found


def _open_sheet(path: Path, sheet: str | None) -> RawTable:
    with _workbook(path) as book:
        if sheet is not None and sheet not in book.sheet_names:
            raise InputError(
                f"'{path}' has no sheet '{sheet}'. It has {first_few(book.sheet_names, most=12)}."
            )
        for name in [sheet] if sheet is not None else book.sheet_names:
            rows = _texts(book.get_sheet_by_name(name), None)
            if any(cell for row in rows for cell in row):
                return RawTable(_undefused(rows), name)
    raise InputError(f"'{path}' is empty. The first row of a sheet must name the columns.")


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """Open a spreadsheet; whatever is wrong with it while it is open is one InputError."""
    import python_calamine

    path = existing_file(path)
    if path.suffix.lower() not in SPREADSHEETS:
        raise InputError(f"'{path}' is not a spreadsheet. Its name must end in {', '.join(SPREADSHEETS)}.")
    if path.suffix.lower() != ".xls":
        members_of(path, most=LARGEST_FILE)
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


def _texts(sheet: Any, first: int | None) -> Rows:
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


def _decode(path: Path) -> str:
    raw = read_bytes(path)
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise InputError(f"'{path}' is not a text file but {what}.")
    if raw.startswith(BYTE_ORDER):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:4000]:
        return _decode_wide(raw, path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:1_000_000]).best()
        if best is None:
            raise InputError(f"'{path}' is not text in any known encoding. Save it as CSV (UTF-8).") from None
        return raw.decode(best.encoding, errors="replace")


def _decode_wide(raw: bytes, path: Path) -> str:
    """Decode UTF-16 without a byte order mark; anything else with zero bytes is not text."""
    sample = raw[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 4 and min(even, odd) < len(sample) / 40:
        return raw.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    raise InputError(f"'{path}' is not a text file. Save the list as CSV or as a spreadsheet.")


def _delimiter(text: str) -> str:
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
