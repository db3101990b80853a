"""A table of text out of a CSV file or a spreadsheet, as its owner wrote it.

Nothing is guessed about the cells: every value is text, an empty cell is ``""``. What the text means is
decided by the reader that asked for the table.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.schema import InputError, first_few

SPREADSHEETS: Final = (".xlsx", ".xls", ".xlsb", ".ods")
DELIMITERS: Final = ",;\t|"
LONGEST_HEADER: Final = 1_000_000
"""Bytes of a first line; a longer one is no row of column names."""
LARGEST_TABLE: Final = 2_000_000_000
"""Bytes that a packed table may have when unpacked."""


def read_table(path: str | Path, *, sheet: str | None = None) -> pd.DataFrame:
    """Read every cell of a table as text.

    Parameters
    ----------
    path
        A delimited text file (comma, semicolon, tab or bar; UTF-8, UTF-16 or a Windows encoding; also
        gzipped) or a spreadsheet (xlsx, xls, xlsb, ods).
    sheet
        Name of the sheet of a spreadsheet; the first one when it is not given.

    Returns
    -------
    pandas.DataFrame
        One row per data row, in file order; the columns are named by the first row.

    Raises
    ------
    InputError
        If the file is missing, empty or not a table.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file '{path}'. Check the name and the folder.")
    table = _read_spreadsheet(path, sheet) if path.suffix.lower() in SPREADSHEETS else _read_text(path)
    if not len(table.columns):
        raise InputError(f"'{path}' holds no table: its first row must name the columns.")
    return table


def read_header(path: str | Path) -> list[str]:
    """Return the column names of a delimited text file; none of a zip, a spreadsheet or a binary file.

    Only the first line is read, so that a file of a gigabyte costs nothing.
    """
    import csv
    import gzip

    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file '{path}'. Check the name and the folder.")
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as file:
            raw = file.readline(LONGEST_HEADER)
    except (OSError, EOFError) as error:
        raise InputError(f"'{path}' could not be read: {error}") from error
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if b"\x00" in raw and encoding != "utf-16":
        return []
    line = raw.decode(encoding, errors="replace").rstrip("\r\n\x00")
    delimiter = max(DELIMITERS, key=line.count)
    return next(csv.reader([line], delimiter=delimiter), [])


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
    """Turn cells into numbers; an empty cell is missing, anything else that is no number is an error.

    Thousands commas ("1,234") are understood.
    """
    text = column.str.strip().str.replace(",", "", regex=False)
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce")
    wrong = (text != "") & numbers.isna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax()) + 2
        raise InputError(
            f"'{path}', column '{name}': {int(wrong.sum())} cells are not numbers, "
            f"first {first_few(column[wrong], most=3)} (row {row}). Correct them or leave them empty."
        )
    return numbers


def _read_spreadsheet(path: Path, sheet: str | None) -> pd.DataFrame:
    try:
        table = pd.read_excel(
            path, sheet_name=sheet or 0, dtype=str, engine="calamine", keep_default_na=False
        )
    except (ValueError, OSError, KeyError) as error:
        raise InputError(f"'{path}' could not be read as a spreadsheet: {error}") from error
    return table.fillna("")


def _read_text(path: Path) -> pd.DataFrame:
    text = _decode(path)
    first_line = text.partition("\n")[0]
    if not first_line.strip():
        raise InputError(f"'{path}' is empty or does not begin with a row of column names.")
    delimiter = max(DELIMITERS, key=first_line.count)
    try:
        return pd.read_csv(io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"'{path}' is not a regular table: {error}") from error


def _unzip(raw: bytes, path: Path) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
        try:
            text = packed.read(LARGEST_TABLE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"'{path}' is not a gzip file, or it is cut short: {error}.") from error
    if len(text) > LARGEST_TABLE:
        raise InputError(f"'{path}' unpacks to more than {LARGEST_TABLE / 1e9:g} GB. It was not read.")
    return text


def _decode(path: Path) -> str:
    raw = path.read_bytes()
    if path.suffix.lower() == ".gz":
        raw = _unzip(raw, path)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
