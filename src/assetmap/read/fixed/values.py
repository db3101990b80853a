"""A workbook of values: what becomes of the formats of Excel that we cannot write (xls, xlsb)."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from assetmap.errors import InputError, first_few
from assetmap.read.fixed.edits import NUMBER, SheetEdits
from assetmap.read.fixed.xlsx import allowed, letters_of
from assetmap.read.spreadsheets import open_workbook, refuse_extent

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
KINDS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DAY, MOMENT = 1, 2
"""Formats of a date, and of a date with a time."""

STYLES: Final = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
START: Final = datetime.datetime(1899, 12, 30)
OLD_ZIP: Final = (1980, 1, 1, 0, 0, 0)

NOTE: Final = (
    "'{name}' is in a format of Excel that assetmap cannot write, so the result is an Excel workbook (.xlsx) with the values of all its sheets. Formats, formulas, "
    "charts and macros are not in it. To keep them, open '{name}' in Excel, save it as .xlsx and run this again."
)


def write_values(path: Path, edits: dict[str, SheetEdits], *, most_cells: int) -> tuple[bytes, list[str]]:
    """Return a new workbook with the values of every sheet and the changes, and what it does not keep."""
    sheets: dict[str, list[list[Any]]] = {}
    with open_workbook(path, most_cells) as opened:
        book = opened.book
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.end:
                refuse_extent(path, sheet.end[0] + 1, sheet.end[1] + 1, most_cells)
            sheets[name] = sheet.to_python(skip_empty_area=False)
    missing = [sheet for sheet in edits if sheet not in sheets]
    if missing:
        raise InputError(f"'{path}' has no sheet {first_few(missing)}.")
    for name, said in edits.items():
        rows = sheets[name]
        for number in sorted(said.rows):
            row = rows[number - 1]
            for place, text in said.texts_of_row(number, set()).items():
                row += [""] * (place + 1 - len(row))
                row[place] = float(text) if _was_number(row[place]) and NUMBER.fullmatch(text) else text
    return _workbook(sheets), [NOTE.format(name=path.name)]


def _was_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return a workbook with these sheets."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KINDS}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{KINDS}.worksheet+xml"/>'
            for k in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{k}" r:id="rId{k}"/>'
            for k, name in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>'
            for k in numbers
        )
        + f'<Relationship Id="rIdStyles" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
    for k, rows in zip(numbers, sheets.values(), strict=True):
        body = "".join(_row(number, row) for number, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{k}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, OLD_ZIP), HEAD + text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _row(number: int, row: list[Any]) -> str:
    cells = "".join(
        _cell(f"{letters_of(place)}{number}", cell)
        for place, cell in enumerate(row)
        if cell not in ("", None)
    )
    return f'<row r="{number}">{cells}</row>' if cells else ""


def _cell(reference: str, cell: Any) -> str:
    """Return a value as a cell; a date is the number of its day, with a format that shows it as a date."""
    if isinstance(cell, bool):
        return f'<c r="{reference}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{reference}"><v>{cell!r}</v></c>'
    if isinstance(cell, datetime.date):
        moment = (
            cell if isinstance(cell, datetime.datetime) else datetime.datetime.combine(cell, datetime.time())
        )
        days = (moment - START) / datetime.timedelta(days=1)
        style = MOMENT if moment.time() != datetime.time() else DAY
        return f'<c r="{reference}" s="{style}"><v>{days!r}</v></c>'
    text = escape(allowed(str(cell)))
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
