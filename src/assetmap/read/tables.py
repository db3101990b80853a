"""The one opener of tables: a CSV file or a sheet of a spreadsheet becomes rows of text.

Encoding, delimiter and row of headings are found here and nowhere else. Nothing is guessed about the cells: a
cell is text, an empty one is ``""``. What the text means is decided by the reader that asked for the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import existing_file, reader
from assetmap.read.rows import HEADER_WITHIN as HEADER_WITHIN  # noqa: PLC0414 (readers take it from here)
from assetmap.read.rows import MOST_COLUMNS as MOST_COLUMNS  # noqa: PLC0414
from assetmap.read.rows import SPREADSHEETS as SPREADSHEETS  # noqa: PLC0414
from assetmap.read.texts.long import LONGEST_HEADING
from assetmap.read.worker import ask
from assetmap.schema import InputError, counted, first_few

Rows = list[list[str]]


@dataclass(frozen=True)
class RawTable:
    """Every row of one table: ``rows[k - 1]`` is row k of the file; ``sheet`` is empty for a text file.

    ``remarks`` has a sentence for each kind of cell that could not be read as it is, ``beside`` one for each kind of thing that the workbook
    has beside the text of its cells.
    """

    rows: Rows
    sheet: str = ""
    remarks: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedTable:
    """A table below its row of column names, with the sheet it came from (empty for a text file)."""

    table: pd.DataFrame
    sheet: str = ""


def open_table(path: str | Path, *, sheet: str | None = None, as_list: bool = False) -> RawTable:
    """Read every row of a table as cells of text.

    Parameters
    ----------
    path
        A delimited text file (comma, semicolon, tab or bar; UTF-8, UTF-16 or a Windows encoding; also
        gzipped) or a spreadsheet (xlsx, xlsm, xls, xlsb, ods).
    sheet
        Name of the sheet of a spreadsheet; the first one that holds something when not given.
    as_list
        Whether it is read as a list of groups or places, which never has millions of cells in hundreds of columns.

    Returns
    -------
    RawTable
        Every row, empty ones too. In a spreadsheet whole numbers have no ``.0``, dates are ``2024-05-31``, a
        formula is its last result, and only the first cell of a merged cell is filled.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, not a table, or has no such sheet.

    Examples
    --------
    >>> am.read.open_table(town.folder / "halls.csv").rows[0][:2]
    ['name', 'asset_type']
    """
    from assetmap.read.child import unpack_rows

    answer = ask("rows", existing_file(path), sheet=sheet, as_list=as_list)
    told = answer.value
    return RawTable(
        unpack_rows(answer.parts[0]), told["sheet"], tuple(told["remarks"]), tuple(told["beside"])
    )


def open_sheets(path: str | Path, *, first: int | None = None) -> dict[str, Rows]:
    """Return the rows of every sheet of a spreadsheet as text, only the first few where `first` is given."""
    return {name: sheet.rows for name, (sheet, _) in sheets_and_kinds(path, first=first).items()}


def sheets_and_kinds(path: str | Path, *, first: int | None = None) -> dict[str, tuple[RawTable, str]]:
    """Return every sheet by its name, and whether it is a ``chart`` or ``hidden``."""
    from assetmap.read.child import unpack_rows

    answer = ask("sheets", existing_file(path), first=first, as_list=first is None)
    return {
        name: (RawTable(unpack_rows(rows), name, tuple(remarks), tuple(answer.value["beside"])), kind)
        for (name, kind, remarks), rows in zip(answer.value["sheets"], answer.parts, strict=True)
    }


@reader
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

    Examples
    --------
    >>> am.read.read_table(town.folder / "halls.csv").shape
    (12, 11)
    """
    raw = whole_table(path, sheet=sheet)
    header = next((place for place, row in enumerate(raw.rows) if _filled(row)), 0)
    return below_header(raw.rows, header, Path(path))


def read_form(path: Path, columns: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Read a form of ours that a person filled in.

    Parameters
    ----------
    path
        CSV or spreadsheet.
    columns
        The columns of the form.

    Returns
    -------
    tuple
        Its cells with headings in small letters and ``_`` for spaces, and a problem in words if it has columns that are not of the form.
    """
    table = read_table(path)
    table.columns = [str(column).strip().casefold().replace(" ", "_") for column in table.columns]
    unknown = [column for column in table.columns if column not in columns]
    if not unknown:
        return table, []
    return table, [
        f"it has columns that are not used: {first_few(unknown)}. The columns are {', '.join(columns)}"
    ]


@reader
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

    Examples
    --------
    >>> found = am.read.read_published(town.folder / "need.csv", wanted=lambda headings: len(headings) > 3)
    >>> len(found.table)
    12
    """
    path = existing_file(path)
    if path.suffix.lower() not in SPREADSHEETS:
        rows = whole_table(path).rows
        begun = next((place for place, row in enumerate(rows) if _filled(row)), 0)
        return PublishedTable(below_header(rows, _place_of(rows, wanted, begun), path))
    first = open_sheets(path, first=HEADER_WITHIN)
    headers = {name: place for name, rows in first.items() if (place := _place_of(rows, wanted, -1)) >= 0}
    if not headers:
        raise InputError(
            f"'{path}': no sheet has the columns that are needed. Its sheets are {first_few(first, most=12)}."
        )
    name = max(headers, key=lambda sheet: (bool(prefer) and prefer in sheet, sheet))
    return PublishedTable(below_header(whole_table(path, sheet=name).rows, headers[name], path), name)


def whole_table(path: str | Path, *, sheet: str | None = None) -> RawTable:
    """Read a table as `open_table` does, and refuse one that has cells which could not be read as they are.

    Raises
    ------
    InputError
        Where it has control characters, lost letters or cells that are too long: its figures cannot be trusted.
    """
    raw = open_table(path, sheet=sheet)
    if raw.remarks:
        raise InputError(f"'{path}' cannot be used as it is. {' '.join(raw.remarks)}")
    return raw


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


NO_WORDS: Final = re.compile(r"[\W_]+")
"""Signs that are neither letters nor digits."""


def heading_key(heading: str) -> str:
    """Return a column heading in the form in which headings are compared.

    Examples
    --------
    >>> heading_key("Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)")
    'index of multiple deprivation imd rank'
    """
    heading = heading[:LONGEST_HEADING]
    if "_x00" in heading:  # lists of SharePoint write signs by their numbers: "Post_x0020_code"
        heading = re.sub(r"_x00([0-9A-Fa-f]{2})_", lambda found: chr(int(found[1], 16)), heading)
    text = heading.casefold().replace("\ufeff", "").split("(where")[0]
    return NO_WORDS.sub(" ", text).strip()


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


def _filled(row: list[str]) -> bool:
    return any(map(str.strip, row))


def _place_of(rows: Rows, wanted: Callable[[list[str]], bool], otherwise: int) -> int:
    stripped = ([cell.strip() for cell in row] for row in rows[:HEADER_WITHIN])
    return next((place for place, cells in enumerate(stripped) if wanted(cells)), otherwise)


def _distinct(names: list[str]) -> list[str]:
    """Make repeated names distinct (``Code``, ``Code.1``); an empty name stays empty."""
    found: dict[str, None] = {}
    times: dict[str, int] = {}
    columns = []
    for name in names:
        wanted = name
        while name and wanted in found:
            times[name] = times.get(name, 0) + 1
            wanted = f"{name}.{times[name]}"
        found[wanted] = None
        columns.append(wanted)
    return columns
