"""Workbooks as offices publish them: notes first, a title above the header, one sheet per year."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.read.tables import SPREADSHEETS
from assetmap.schema import InputError, first_few

HEADER_WITHIN: Final = 15
"""How many rows of a sheet are looked at for the row of column names."""


def read_workbook(
    path: str | Path, *, wanted: Callable[[list[str]], bool], prefer: str = ""
) -> tuple[pd.DataFrame, str]:
    """Read the sheet of a workbook that has a wanted row of column names, as text.

    Parameters
    ----------
    path
        A spreadsheet (xlsx, xls, xlsb, ods).
    wanted
        Says whether a row of cells is the row of column names.
    prefer
        Text in the name of the sheet to take when several qualify; else the last by name is taken,
        which among "Mid-2022", "Mid-2023", "Mid-2024" is the newest.

    Returns
    -------
    tuple
        The table (every cell text, an empty cell ``""``) and the name of its sheet.

    Raises
    ------
    InputError
        If the file cannot be read or no sheet qualifies; the message lists the sheets.
    """
    path = Path(path)
    headers = {
        name: row
        for name, rows in look_at_sheets(path).items()
        if (row := next((place for place, cells in enumerate(rows) if wanted(cells)), None)) is not None
    }
    if not headers:
        raise InputError(
            f"'{path}': no sheet has the columns that are needed. Its sheets are "
            f"{first_few(look_at_sheets(path), most=12)}."
        )
    name = max(headers, key=lambda sheet: (bool(prefer) and prefer in sheet, sheet))
    cells = _sheet_rows(path, name)
    table = pd.DataFrame(cells[headers[name] + 1 :], columns=cells[headers[name]])
    return table.loc[:, [column != "" for column in table.columns]], name


def look_at_sheets(path: Path) -> dict[str, list[list[str]]]:
    """Return the first rows of every sheet as text."""
    with _workbook(path) as book:
        return {
            name: _texts(book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=HEADER_WITHIN))
            for name in book.sheet_names
        }


def sheet_heights(path: Path) -> dict[str, int]:
    """Return the number of rows of every sheet."""
    with _workbook(path) as book:
        ends = {name: book.get_sheet_by_name(name).end for name in book.sheet_names}
    return {name: int(end[0]) + 1 if end else 0 for name, end in ends.items()}


def _sheet_rows(path: Path, name: str) -> list[list[str]]:
    with _workbook(path) as book:
        return _texts(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _workbook(path: Path) -> Any:
    import python_calamine

    if path.suffix.lower() not in SPREADSHEETS or not path.is_file():
        raise InputError(f"'{path}' is not a spreadsheet that is there. Check the name and the folder.")
    try:
        return python_calamine.load_workbook(path)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"'{path}' could not be read as a spreadsheet: {error}") from error


def _texts(rows: list[list[Any]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
