"""A workbook (xlsx, xlsm) with changed cells: only the XML of the changed sheets is edited, so all else survives.

Libraries that read a whole workbook and write it again lose the results of formulas, charts, pictures and controls. Here
every other part of the file is copied as it is. A changed cell keeps its format. A cell with a formula is not changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from assetmap.errors import InputError, first_few
from assetmap.read.files import LARGEST_FILE, members_of, open_member
from assetmap.read.fixed.archive import rewritten
from assetmap.read.fixed.edits import NUMBER, SheetEdits
from assetmap.read.fixed.spans import Edit, Element, Scanner, applied, local

WORKBOOK: Final = "xl/workbook.xml"
LINKS: Final = "xl/_rels/workbook.xml.rels"
FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
DIMENSION: Final = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*?ref=["'][^"']*["']""")
CALCULATION: Final = re.compile(rb"<((?:\w+:)?calcPr)\b([^>]*?)(/?)>")
BEFORE_CALCULATION: Final = re.compile(
    rb"</(?:\w+:)?(?:definedNames|sheets)>(?!.*</(?:\w+:)?definedNames>)", re.DOTALL
)
SIGNED: Final = "_xmlsignatures/"

Refused = dict[str, set[tuple[int, int]]]
"""Sheet -> the cells that could not be changed, by row and place."""


def write_xlsx(path: Path, edits: dict[str, SheetEdits]) -> tuple[bytes, list[str], Refused]:
    """Return the workbook with its changes, what could not be kept, and the cells that hold formulas."""
    members = {member.filename: member for member in members_of(path, most=LARGEST_FILE)}

    def part(name: str) -> bytes:
        if name not in members:
            raise InputError(f"'{path}' has no part '{name}'. Open it in Excel and save it again.")
        with open_member(path, members[name]) as stream:
            return stream.read(LARGEST_FILE)

    parts = _sheet_parts(part(WORKBOOK), part(LINKS), path)
    missing = [sheet for sheet in edits if sheet not in parts]
    if missing:
        raise InputError(f"'{path}' has no sheet {first_few(missing)}.")
    new: dict[str, bytes] = {}
    refused: Refused = {}
    for sheet, said in edits.items():
        new[parts[sheet]], refused[sheet] = _changed(part(parts[sheet]), said, path)
    notes = []
    if any(FORMULA.search(part(name)) for name in parts.values() if name in members):
        new[WORKBOOK] = _calculated_when_opened(part(WORKBOOK))
        notes.append("Formulas keep their last results here; Excel calculates them again when you open it.")
    signed = [name for name in members if name.startswith(SIGNED)]
    if signed:
        notes.append("The digital signature of the workbook is no longer valid, because its cells changed.")
    return rewritten(path, new), notes, refused


def _sheet_parts(workbook: bytes, links: bytes, path: Path) -> dict[str, str]:
    """Return the part of the file that holds each sheet."""
    try:
        book, relations = ElementTree.fromstring(workbook), ElementTree.fromstring(links)
    except ElementTree.ParseError as error:
        raise InputError(f"'{path}' is damaged ({error}). Open it in Excel, then save it again.") from error
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        target = targets.get(key, "")
        parts[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _changed(content: bytes, edits: SheetEdits, path: Path) -> tuple[bytes, set[tuple[int, int]]]:
    """Return the XML of a sheet with its changes, and the cells that hold formulas."""
    rows, arrays = _rows(content, edits.rows, path)
    changes: list[Edit] = []
    refused: set[tuple[int, int]] = set()
    for number, row in rows.items():
        cells = {cell.number: cell for cell in row.children}
        refused |= {
            (number, place)
            for place in edits.cells.get(number, {})
            if (place in cells and "f" in cells[place].inside) or _within(number, place, arrays)
        }
        style = cells[max(cells)].attributes.get("s", "") if number == edits.header and cells else ""
        changes += _row_edits(row, cells, edits.texts_of_row(number, refused), content, style)
    lost = edits.rows - rows.keys()
    if lost:
        raise InputError(
            f"'{path}' has no rows {first_few(sorted(lost))}. Open it in Excel and save it again."
        )
    changed = applied(content, changes)
    widest = DIMENSION.search(changed)
    if widest:  # a wrong one would make a reader overlook the new column
        changed = (
            changed[: widest.start()]
            + re.sub(rb"""\sref=["'][^"']*["']""", _extent(content, edits), widest[0])
            + changed[widest.end() :]
        )
    return changed, refused


def _extent(content: bytes, edits: SheetEdits) -> bytes:
    """Return the attribute that says how far the cells of a sheet reach, its own column counted."""
    found = re.search(rb"""<(?:\w+:)?dimension\s[^>]*?ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""", content)
    if not found:
        return f' ref="A1:{letters_of(edits.place)}{max(edits.rows)}"'.encode()
    last = max(place_of(found[3].decode()), edits.place)
    return b' ref="%s%s:%s%s"' % (found[1], found[2], letters_of(last).encode(), found[4])


def _rows(
    content: bytes, wanted: frozenset[int], path: Path
) -> tuple[dict[int, Element], list[tuple[int, int, int, int]]]:
    """Return the wanted rows with their cells, and the ranges of array formulas."""
    scanner = Scanner(content, path)
    rows: dict[int, Element] = {}
    arrays: list[tuple[int, int, int, int]] = []
    row: Element | None = None
    cell: Element | None = None
    last = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, cell, last
        kind = local(name)
        if kind == "row":
            last = int(attributes.get("r", last + 1))
            if last in wanted:
                row = scanner.opened(name, attributes)
        elif kind == "c" and row is not None:
            cell = scanner.opened(name, attributes)
            before = row.children[-1].number if row.children else -1
            cell.number = place_of(attributes["r"].rstrip("0123456789")) if "r" in attributes else before + 1
            row.children.append(cell)
        elif cell is not None:
            cell.inside.add(kind)
        if kind == "f" and attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
            arrays.append(_range(attributes["ref"]))

    def end(name: str) -> None:
        nonlocal row, cell
        if local(name) == "c" and cell is not None:
            scanner.closed(cell)
            cell = None
        elif local(name) == "row" and row is not None:
            scanner.closed(row)
            rows[last], row = row, None

    scanner.parser.StartElementHandler, scanner.parser.EndElementHandler = start, end
    scanner.run()
    return rows, arrays


def _row_edits(
    row: Element, cells: dict[int, Element], texts: dict[int, str], content: bytes, style: str
) -> list[Edit]:
    """Return the edits of one row: its cells replaced, or put in between, in the order of their columns."""
    number = row.attributes.get("r")
    edits: list[Edit] = []
    more: list[tuple[int, bytes]] = []
    for place, text in sorted(texts.items()):
        old = cells.get(place)
        attributes = old.attributes if old else {"s": style} if style else {}
        new = _cell(row.prefix, f"{letters_of(place)}{number}" if number else "", text, attributes)
        if old is not None:
            edits.append((old.start, old.end, new))
            continue
        after = next((cell.start for k, cell in sorted(cells.items()) if k > place), row.close)
        more.append((after, new))
    tag = re.sub(rb"""\sspans=["'][^"']*["']""", b"", content[row.start : row.inner])
    if row.inner == row.end and more:  # a row without cells
        closing = f"</{row.name}>".encode()
        return [
            (
                row.start,
                row.end,
                re.sub(rb"\s*/>$", b">", tag) + b"".join(new for _, new in more) + closing,
            )
        ]
    return [(row.start, row.inner, tag), *edits, *((place, place, new) for place, new in more)]


def _cell(prefix: str, reference: str, text: str, attributes: dict[str, str]) -> bytes:
    """Return a cell as XML: a number where it was one, else its text."""
    kept = {"r": reference, "s": attributes.get("s", "")}
    said = "".join(f' {name}="{value}"' for name, value in kept.items() if value)
    if not text:
        return f"<{prefix}c{said}/>".encode()
    if attributes.get("t", "n") == "n" and attributes and NUMBER.fullmatch(text):
        return f"<{prefix}c{said}><{prefix}v>{text}</{prefix}v></{prefix}c>".encode()
    written = escape(allowed(text))
    return (
        f'<{prefix}c{said} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{written}</{prefix}t></{prefix}is></{prefix}c>'
    ).encode()


def allowed(text: str) -> str:
    """Return text without the signs that XML cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)


def _calculated_when_opened(workbook: bytes) -> bytes:
    """Return the workbook part with the word that makes Excel calculate its formulas when it is opened."""
    found = CALCULATION.search(workbook)
    if found:
        if b"fullCalcOnLoad" in found[2]:
            return workbook
        tag = b'<%s%s fullCalcOnLoad="1"%s>' % (found[1], found[2].rstrip(), found[3])
        return workbook[: found.start()] + tag + workbook[found.end() :]
    place = BEFORE_CALCULATION.search(workbook)
    if not place:
        return workbook
    prefix = re.match(rb"</((?:\w+:)?)", place[0])
    tag = b'<%scalcPr fullCalcOnLoad="1"/>' % (prefix[1] if prefix else b"")
    return workbook[: place.end()] + tag + workbook[place.end() :]


def _range(reference: str) -> tuple[int, int, int, int]:
    """Return the first and last row and place of a range such as B2:C9."""
    first, _, last = reference.replace("$", "").partition(":")
    corners = [
        (int(re.sub(r"\D", "", one)), place_of(re.sub(r"\d", "", one))) for one in (first, last or first)
    ]
    return corners[0][0], corners[1][0], corners[0][1], corners[1][1]


def _within(row: int, place: int, ranges: list[tuple[int, int, int, int]]) -> bool:
    return any(top <= row <= bottom and left <= place <= right for top, bottom, left, right in ranges)


def letters_of(place: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    letters, left = "", place + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def place_of(letters: str) -> int:
    """Return the place of a column by its letters: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
