"""Rows out of a sheet of a spreadsheet, as text, with the row numbers that the spreadsheet shows."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Final

from assetmap.schema import InputError, first_few

SPREADSHEETS: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
MOST_UNPACKED: Final = 600_000_000
"""Bytes a zipped file may hold unpacked; a spreadsheet of 200,000 rows has about 100 MB."""

MOST_RATIO: Final = 400
"""Unpacked over packed; ordinary sheets stay below 40."""


def read_sheet(path: Path, *, sheet: str | None = None) -> list[list[str]]:
    """Read every row of a sheet as cells of text.

    Parameters
    ----------
    path
        xlsx, xls, xlsb or ods.
    sheet
        Name of the sheet; the first one that holds something when it is not given.

    Returns
    -------
    list of list of str
        Row 1 of the sheet first. Whole numbers have no ``.0``, dates are ``2024-05-31``; a formula is
        its last result; the cells of a merged cell repeat nothing: only its first cell is filled.

    Raises
    ------
    InputError
        If the file is no spreadsheet, unpacks to too much, or has no such sheet.
    """
    import python_calamine

    if path.suffix.lower() != ".xls":
        refuse_zip_bomb(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"'{path}' could not be read as a spreadsheet: {error}. Is it locked with a password?"
        ) from error
    if sheet is not None and sheet not in book.sheet_names:
        raise InputError(f"'{path}' has no sheet '{sheet}'. It has {first_few(book.sheet_names, most=12)}.")
    for name in [sheet] if sheet is not None else book.sheet_names:
        try:
            grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, ValueError) as error:
            raise InputError(f"'{path}', sheet '{name}' could not be read: {error}") from error
        rows = [[_as_text(cell) for cell in row] for row in grid]
        if any(cell for row in rows for cell in row):
            return rows
    raise InputError(f"'{path}' is empty. The first row of a sheet must name the columns.")


def refuse_zip_bomb(path: Path) -> list[str]:
    """Refuse a zipped file that unpacks to too much or names files outside itself; return its names."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"'{path}' is damaged or not what its ending says: {error}") from error
    unpacked = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if unpacked > MOST_UNPACKED or (unpacked > 50_000_000 and unpacked / packed > MOST_RATIO):
        raise InputError(
            f"'{path}' has {packed / 1e6:.1f} MB and would unpack to {unpacked / 1e6:,.0f} MB; it was not "
            "opened. Save the list again as CSV."
        )
    outside = [m.filename for m in members if m.filename.startswith(("/", "\\")) or ".." in m.filename]
    if outside:
        raise InputError(
            f"'{path}' holds files that point outside it: {first_few(outside)}; it was not opened."
        )
    return [member.filename for member in members]


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
