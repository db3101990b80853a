"""A delimited text with changed cells: encoding, delimiter, line ends and every other row stay as they are."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Final

from assetmap.cells import defuse
from assetmap.errors import InputError
from assetmap.read.files import read_bytes
from assetmap.read.fixed.edits import SheetEdits
from assetmap.read.rows import MOST_CELL, delimiter_of
from assetmap.read.texts.code import decode

ENDS: Final = ("\r\n", "\n", "\r")
OTHER_ENCODING: Final = "The new text has letters that the encoding of '{name}' ({encoding}) does not have, so the result is UTF-8."


def write_text(path: Path, edits: SheetEdits) -> tuple[bytes, list[str]]:
    """Return the file with its changes, and what could not be kept.

    Parameters
    ----------
    path
        A delimited text, also gzipped.
    edits
        Its changes.
    """
    raw = read_bytes(path)
    text, encoding = decode(raw, path)
    notes = []
    whole = "".join(_changed(text, delimiter_of(text), edits, path))
    try:
        written = whole.encode(encoding)
    except UnicodeEncodeError:
        notes.append(OTHER_ENCODING.format(name=path.name, encoding=encoding))
        written = whole.encode("utf-8-sig")
    if encoding.startswith("utf-16") and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        written = raw[:2] + written
    if path.suffix.lower() == ".gz":
        written = gzip.compress(written, mtime=0)
    return written, notes


def _changed(text: str, delimiter: str, edits: SheetEdits, path: Path) -> list[str]:
    """Return the text of every row, changed or not."""
    lines = list(io.StringIO(text, newline=""))
    before = csv.field_size_limit(MOST_CELL)
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        pieces, done = [], 0
        for number, row in enumerate(reader, start=1):
            record = "".join(lines[done : reader.line_num])
            done = reader.line_num
            pieces.append(_record(record, row, number, delimiter, edits))
    except csv.Error as error:
        raise InputError(f"'{path}' is not a regular table: {error}.") from error
    finally:
        csv.field_size_limit(before)
    return pieces


def _record(record: str, row: list[str], number: int, delimiter: str, edits: SheetEdits) -> str:
    """Return a row with its changes and its remark; a row above the headings, or without content, stays."""
    if number < edits.header or not any(map(str.strip, row)):
        return record
    end = next((end for end in ENDS if record.endswith(end)), "")
    body = record.removesuffix(end)
    texts = edits.texts_of_row(number, set()) if number in edits.rows else {}
    if not texts and (edits.replaces or len(row) <= edits.place):
        return record if edits.replaces else body + delimiter * (edits.place - len(row) + 1) + end
    cells = _cells(body, delimiter)
    cells += [""] * (edits.place - len(cells))
    for place, cell in texts.items():
        if place != edits.place:
            cells[place] = _cell(cell, delimiter)
    # Without a column of an earlier fix, a cell at its place has no heading, and moves on.
    until = edits.place + 1 if edits.replaces else edits.place
    cells[edits.place : until] = [_cell(texts.get(edits.place, ""), delimiter)]
    return delimiter.join(cells) + end


def _cells(record: str, delimiter: str) -> list[str]:
    """Cut a row into its cells as they are written, with their quotation marks, as `csv.reader` cuts it."""
    cells, begun, quoted, closed, fresh = [], 0, False, False, True
    for place, sign in enumerate(record):
        if sign == '"' and (quoted or closed or fresh):
            # The second of two quotation marks within a cell opens it again.
            quoted, closed, fresh = not quoted, quoted, False
        elif sign == delimiter and not quoted:
            cells.append(record[begun:place])
            begun, closed, fresh = place + 1, False, True
        else:
            closed, fresh = False, False
    return [*cells, record[begun:]]


def _cell(text: str, delimiter: str) -> str:
    """Return a text as a cell: quoted where it must be, and safe in a spreadsheet."""
    safe = defuse(text)
    if any(sign in safe for sign in (delimiter, '"', "\n", "\r")) or safe != safe.strip():
        return '"' + safe.replace('"', '""') + '"'
    return safe
