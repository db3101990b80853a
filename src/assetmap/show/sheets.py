"""A workbook for Excel or LibreOffice from plain rows, the same bytes for the same rows. Every text is a text, never a formula or a link."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.cells import storable

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_CELL: Final = 32_767
"""Characters that Excel takes in a cell."""

FIXED_DATE: Final = dt.datetime(2000, 1, 1)
"""The date in a workbook; fixed, so that the same tables give the same bytes."""

PLAIN: Final = "plain"
BOLD: Final = "bold"
WRAPPED: Final = "wrapped"
BOLD_WRAPPED: Final = "bold wrapped"

_ON_TOP: Final = {"text_wrap": True, "valign": "top"}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    BOLD: {"bold": True},
    WRAPPED: _ON_TOP,
    BOLD_WRAPPED: {"bold": True, **_ON_TOP},
    "quoted": {"quote_prefix": True},
}
"""Excel shows a quoted text as text also after somebody edits it."""

_FORBIDDEN: Final = str.maketrans(
    dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ") | {"\r": "\n"}
)
"""What XML cannot hold becomes a space, and a carriage return a new line."""


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    rows : values, row by row; a value that is missing leaves its cell empty.
    formats : for each row `PLAIN`, `BOLD`, `WRAPPED` or `BOLD_WRAPPED`; rows beyond the list are plain.
    widths : of the first columns, in characters.
    frozen : whether the first row stays in sight.
    """

    name: str
    rows: Iterable[Sequence[Any]]
    formats: Sequence[str] = ()
    widths: Sequence[int] = ()
    frozen: bool = False


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook; the same sheets give the same bytes."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": FIXED_DATE})
        formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats)
    return made.getvalue()


def _write(page: Worksheet, sheet: Sheet, formats: dict[str, Any]) -> None:
    if sheet.frozen:
        page.freeze_panes(1, 0)
    for at, width in enumerate(sheet.widths):
        page.set_column(at, at, width)
    for number, row in enumerate(sheet.rows):
        chosen = formats.get(sheet.formats[number]) if number < len(sheet.formats) else None
        for at, given in enumerate(row):
            value = given.item() if hasattr(given, "item") else given
            if value is None or value is pd.NA or value is pd.NaT:
                continue
            if isinstance(value, bool):
                page.write_boolean(number, at, value, chosen)
            elif isinstance(value, (int, float)):
                if math.isfinite(value):
                    page.write_number(number, at, value, chosen)
            elif text := storable(str(value))[:LONGEST_CELL].translate(_FORBIDDEN):
                quoted = formats["quoted"] if text[0] in "=+-@\t\n" and chosen is None else chosen
                page.write_string(number, at, text, quoted)
