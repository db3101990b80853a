"""An OpenDocument spreadsheet (ods) with changed cells: only the XML of the changed rows is edited.

Rows and cells that repeat are parted where one of them changes. A changed cell keeps its style. A cell with a formula
is not changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from assetmap.errors import InputError, first_few
from assetmap.read.files import LARGEST_FILE, members_of, open_member
from assetmap.read.fixed.archive import rewritten
from assetmap.read.fixed.edits import NUMBER, SheetEdits
from assetmap.read.fixed.spans import Edit, Element, Scanner, applied
from assetmap.read.fixed.xlsx import Refused, allowed

CONTENT: Final = "content.xml"
ROW_REPEATS: Final = "table:number-rows-repeated"
CELL_REPEATS: Final = "table:number-columns-repeated"
CELLS: Final = ("table:table-cell", "table:covered-table-cell")
KEPT: Final = (
    "table:style-name",
    "table:content-validation-name",
    "table:number-columns-spanned",
    "table:number-rows-spanned",
)
"""Attributes of a cell that stay when its value changes."""

SIGNED: Final = "META-INF/documentsignatures.xml"


def write_ods(path: Path, edits: dict[str, SheetEdits]) -> tuple[bytes, list[str], Refused]:
    """Return the spreadsheet with its changes, what could not be kept, and the cells that hold formulas."""
    members = {member.filename: member for member in members_of(path, most=LARGEST_FILE)}
    if CONTENT not in members:
        raise InputError(f"'{path}' has no part '{CONTENT}'. Open it in LibreOffice and save it again.")
    with open_member(path, members[CONTENT]) as stream:
        content = stream.read(LARGEST_FILE)
    refused: Refused = {sheet: set() for sheet in edits}
    changes: list[Edit] = []
    sheets = _rows(content, edits, path)
    missing = [sheet for sheet in edits if sheet not in sheets]
    if missing:
        raise InputError(f"'{path}' has no sheet {first_few(missing)}.")
    for sheet, rows in sheets.items():
        lost = edits[sheet].rows - {number for row in rows for number in _numbers(row)}
        if lost:
            raise InputError(
                f"'{path}' has no rows {first_few(sorted(lost))}. Open it in LibreOffice and save it again."
            )
        changes += [
            (row.start, row.end, _changed(row, edits[sheet], content, refused[sheet])) for row in rows
        ]
    notes = []
    if b"table:formula=" in content:
        notes.append(
            "Formulas keep their last results here; LibreOffice calculates them again when you press Ctrl+Shift+F9."
        )
    if SIGNED in members:
        notes.append(
            "The digital signature of the spreadsheet is no longer valid, because its cells changed."
        )
    return rewritten(path, {CONTENT: applied(content, changes)}), notes, refused


def _numbers(row: Element) -> range:
    """Return the numbers of the rows that an element stands for."""
    return range(row.number, row.number + _times(row, ROW_REPEATS))


def _times(element: Element, attribute: str) -> int:
    return int(element.attributes.get(attribute, 1))


def _rows(content: bytes, edits: dict[str, SheetEdits], path: Path) -> dict[str, list[Element]]:
    """Return the elements of the rows that are touched, with their cells, for each sheet."""
    scanner = Scanner(content, path)
    found: dict[str, list[Element]] = {}
    sheet, last = "", 0
    row: Element | None = None
    cell: Element | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal sheet, last, row, cell
        if name == "table:table" and row is None:
            sheet, last = attributes.get("table:name", ""), 0
            if sheet in edits:
                found[sheet] = []
        elif name == "table:table-row" and row is None:
            times = int(attributes.get(ROW_REPEATS, 1))
            if sheet in edits and any(last < number <= last + times for number in edits[sheet].rows):
                row = scanner.opened(name, attributes)
                row.number = last + 1
            last += times
        elif name in CELLS and row is not None and cell is None:
            cell = scanner.opened(name, attributes)
            before = row.children[-1] if row.children else None
            cell.number = before.number + _times(before, CELL_REPEATS) if before else 0
            row.children.append(cell)

    def end(name: str) -> None:
        nonlocal row, cell
        if cell is not None and name == cell.name:
            scanner.closed(cell)
            cell = None
        elif name == "table:table-row" and row is not None and cell is None:
            scanner.closed(row)
            found[sheet].append(row)
            row = None

    scanner.parser.StartElementHandler, scanner.parser.EndElementHandler = start, end
    scanner.run()
    return found


def _changed(row: Element, edits: SheetEdits, content: bytes, refused: set[tuple[int, int]]) -> bytes:
    """Return an element of rows with its changes; one that stands for several rows is parted around each that changes."""
    pieces: list[bytes] = []
    same = 0

    def plain(times: int) -> bytes:
        if not times:
            return b""
        tag = _repeated(content[row.start : row.inner], ROW_REPEATS, times)
        return tag + content[row.inner : row.end]

    for number in _numbers(row):
        if number not in edits.rows:
            same += 1
            continue
        refused |= {
            (number, place)
            for place in edits.cells.get(number, {})
            if any("table:formula" in cell.attributes for cell in row.children if _holds(cell, place))
        }
        tag = _repeated(content[row.start : row.inner], ROW_REPEATS, 1)
        cells = _cells(row, edits.texts_of_row(number, refused), content)
        if row.inner == row.end:
            tag = re.sub(rb"\s*/>$", b">", tag)
        pieces += [plain(same), tag + cells + b"</table:table-row>"]
        same = 0
    return b"".join([*pieces, plain(same)])


def _holds(cell: Element, place: int) -> bool:
    return cell.number <= place < cell.number + _times(cell, CELL_REPEATS)


def _cells(row: Element, texts: dict[int, str], content: bytes) -> bytes:
    """Return the cells of a row with its changes; one that stands for several is parted around each that changes."""
    pieces: list[bytes] = []
    width = 0
    for cell in row.children:
        width = cell.number + _times(cell, CELL_REPEATS)
        wanted = [place for place in sorted(texts) if _holds(cell, place)]
        tag, rest = content[cell.start : cell.inner], content[cell.inner : cell.end]
        begun = cell.number
        for place in wanted:
            pieces += [_again(tag, rest, place - begun), _cell(texts[place], cell.attributes)]
            begun = place + 1
        pieces.append(_again(tag, rest, width - begun) if wanted else tag + rest)
    for place in sorted(place for place in texts if place >= width):
        if place > width:
            pieces.append(f'<table:table-cell {CELL_REPEATS}="{place - width}"/>'.encode())
        pieces.append(_cell(texts[place], {}))
        width = place + 1
    return b"".join(pieces)


def _again(tag: bytes, rest: bytes, times: int) -> bytes:
    return _repeated(tag, CELL_REPEATS, times) + rest if times > 0 else b""


def _repeated(tag: bytes, attribute: str, times: int) -> bytes:
    """Return a start tag that stands for so many rows or cells."""
    name = attribute.encode()
    bare = re.sub(rb"\s" + name + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag)
    if times == 1:
        return bare
    head = re.match(rb"<[^\s>/]+", bare)
    if not head:
        return bare
    return bare[: head.end()] + b' %s="%d"' % (name, times) + bare[head.end() :]


def _cell(text: str, attributes: dict[str, str]) -> bytes:
    """Return a cell as XML: a number where it was one, else its text, a paragraph for each line."""
    kept = "".join(f" {name}={quoteattr(attributes[name])}" for name in KEPT if name in attributes)
    if not text:
        return f"<table:table-cell{kept}/>".encode()
    number = attributes.get("office:value-type") == "float" and NUMBER.fullmatch(text)
    kind = f' office:value-type="float" office:value="{text}"' if number else ' office:value-type="string"'
    lines = "".join(f"<text:p>{escape(allowed(line))}</text:p>" for line in text.splitlines())
    return f"<table:table-cell{kept}{kind}>{lines}</table:table-cell>".encode()
