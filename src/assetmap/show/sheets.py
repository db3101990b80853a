"""A workbook for Excel or LibreOffice from plain rows: the parts of the format (ECMA-376) that tables need, and no more.

Every build writes a workbook of some 40,000 cells. A library that also knows charts, pictures and formulas takes longer to load
than the cells take to write. Every text is a text here: the format has formulas in an element of their own, which is never written.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from assetmap.cells import storable

LONGEST_CELL: Final = 32_767
"""Characters that Excel takes in a cell."""

FIXED_DATE: Final = (2000, 1, 1, 0, 0, 0)
"""The date in a workbook; fixed, so that the same tables give the same bytes."""

PLAIN: Final = 0
BOLD: Final = 1
WRAPPED: Final = 2
BOLD_WRAPPED: Final = 3
_QUOTED: Final = 4
"""Places in the list of formats of `_STYLES`. Excel shows a quoted text as text also after somebody edits it."""

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# what XML forbids becomes a space; a carriage return is kept only as a reference
_ESCAPED: Final = str.maketrans(
    dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
)


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
    formats: Sequence[int] = ()
    widths: Sequence[int] = ()
    frozen: bool = False


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook; the same sheets give the same bytes."""
    names = [f"sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/{name}" ContentType="{_KIND}.worksheet+xml"/>'
            for name in names
        )
        + "</Types>",
        "_rels/.rels": _related({"xl/workbook.xml": "officeDocument"}),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews><sheets>'
        + "".join(
            f'<sheet name="{sheet.name.translate(_ESCAPED)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, sheet in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _related(
            dict.fromkeys((f"worksheets/{name}" for name in names), "worksheet") | {"styles.xml": "styles"}
        ),
        "xl/styles.xml": _STYLES,
    }
    parts |= {f"xl/worksheets/{name}": _sheet_xml(sheet) for name, sheet in zip(names, sheets, strict=True)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, part.encode("utf-8"))
    return made.getvalue()


def _related(targets: dict[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _sheet_xml(sheet: Sheet) -> str:
    text = [f'{_HEAD}<worksheet xmlns="{_MAIN}">']
    if sheet.frozen:
        text.append(
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
            'state="frozen"/></sheetView></sheetViews>'
        )
    if sheet.widths:
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(sheet.widths, start=1)
        )
        text.append(f"<cols>{columns}</cols>")
    text.append("<sheetData>")
    letters: list[str] = []
    for number, row in enumerate(sheet.rows, start=1):
        chosen = sheet.formats[number - 1] if number <= len(sheet.formats) else PLAIN
        letters += [_letters(at) for at in range(len(letters), len(row))]
        cells = "".join(
            f'<c r="{column}{number}"{ending}'
            for column, value in zip(letters, row, strict=False)
            if (ending := _ending(value, chosen))
        )
        text.append(f'<row r="{number}">{cells}</row>')
    return "".join([*text, "</sheetData></worksheet>"])


def _letters(position: int) -> str:
    """Return the letters of a column, counted from 0: A, B ... Z, AA."""
    letters = ""
    position += 1
    while position:
        position, last = divmod(position - 1, 26)
        letters = chr(65 + last) + letters
    return letters


def _ending(value: Any, chosen: int) -> str:
    """Return a cell after its address; empty where there is nothing to write."""
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and not math.isfinite(value))
    ):
        return ""
    style = f' s="{chosen}"' if chosen else ""
    if isinstance(value, bool):
        return f'{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float)):
        return f"{style}><v>{value!r}</v></c>"
    text = storable(str(value))[:LONGEST_CELL]
    if not text:
        return ""
    if text[0] in "=+-@\t\r" and not chosen:
        style = f' s="{_QUOTED}"'
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{text.translate(_ESCAPED)}</t></is></c>'
