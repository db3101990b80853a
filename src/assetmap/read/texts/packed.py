"""Rows of a table on their way from the child process to the parent, and what of their cells could not be read as it is.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetmap.cells import as_written, storable
from assetmap.errors import InputError, counted
from assetmap.read.texts.code import CONTROL, LOST
from assetmap.read.texts.long import Shortener, refuse_too_many_rows, refuse_too_wide

BETWEEN_CELLS: Final = "\x1f"
BETWEEN_ROWS: Final = "\x1e"
"""What stands between cells and rows on the way to the parent; no cell has it, because control characters become spaces."""

BLANKS: Final = f" \t\r\n\v\f\N{NO-BREAK SPACE}{BETWEEN_ROWS}"

LEAST_BETWEEN: Final = 3
"""Delimiters of a row from which on a line within a cell that has as many is taken for a row."""

ROWS_AT_ONCE: Final = 2_000
"""Rows that are looked at together."""

OTHER_CONTROL: Final = re.compile(CONTROL.pattern.replace(BETWEEN_CELLS, "").replace(BETWEEN_ROWS, ""))


@dataclass(frozen=True)
class Packed:
    """A table on its way to the parent.

    rows : as `assetmap.read.child.pack_rows` writes them. sheet : its name. remarks : a sentence for what could not be read as it is.
    beside : a sentence for what the workbook has beside the text of its cells.
    """

    rows: bytes
    sheet: str
    remarks: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Texts:
    """Packs the rows of a table a few at a time, so that a large file is not held several times, and notes what is wrong in its cells.

    bare : whether the rows are known to hold no control characters. as_list : refuse what is too wide for a list of groups or places.
    """

    def __init__(self, path: Path, sheet: str = "", *, as_list: bool = False) -> None:
        self.as_list, self.widest, self.letters, self.full_rows = as_list, 0, 0, 0
        self.path, self.bare, self.mixed, self.filled = path, False, 0, False
        self.what = f"Sheet '{sheet}' of '{path.name}'" if sheet else f"'{path.name}'"
        self.long = Shortener()
        self.controls, self.first_control = 0, 0
        self.replaced, self.first_replaced = 0, 0
        self.cells = 0
        self.delimiter, self.ends_within_lines = "", False
        self.swallowed, self.first_swallowed = 0, 0

    def packed(self, rows: Iterable[list[str]], most_cells: int | None = None) -> bytes:
        """Return rows as bytes; a cell that is too long is cut, and a control character becomes a space."""
        parts, number, rest = [], 1, iter(rows)
        while several := list(itertools.islice(rest, ROWS_AT_ONCE)):
            self.cells += sum(map(len, several)) + len(several)
            if most_cells is not None and self.cells > most_cells:
                raise InputError(
                    f"'{self.path}' has more than {most_cells:,} cells, too many for its size. Delete empty rows and columns, or split it."
                )
            parts.append(self._part(several, number))
            number += len(several)
        return b"T" + BETWEEN_ROWS.encode().join(parts) if parts else b"J[]"

    def _part(self, rows: list[list[str]], number: int) -> bytes:
        lines = [*map(BETWEEN_CELLS.join, rows)]
        if not self.bare and _has_control(rows, lines):
            rows = self._cleaned(rows, number)
            lines = [*map(BETWEEN_CELLS.join, rows)]
        short = self.long.room.short
        if max(map(len, lines)) > short:
            for k, line in enumerate(lines):
                if len(line) > short and max(map(len, rows[k])) > short:
                    rows[k] = [self.long.shortened(cell, number + k) for cell in rows[k]]
                    lines[k] = BETWEEN_CELLS.join(rows[k])
        text = BETWEEN_ROWS.join(lines)
        self.ends_within_lines = "\n" in rows[-1][-1] if rows[-1] else False
        if self.delimiter and "\n" in text:
            self._look_for_rows_in_cells(rows, number)
        if text[:1] == "'" or f"{BETWEEN_CELLS}'" in text or f"{BETWEEN_ROWS}'" in text:
            text = BETWEEN_ROWS.join(map(BETWEEN_CELLS.join, undefused(rows)))
        self.widest, self.letters = max(self.widest, *map(len, rows)), self.letters + len(text)
        if self.as_list:
            self.full_rows += sum(map(bool, map(str.strip, lines)))
            refuse_too_many_rows(self.path, self.full_rows)
            refuse_too_wide(self.path, self.widest, min(self.cells, self.letters - self.cells))
        self.filled = self.filled or bool(text.strip(BLANKS))
        if LOST in text:
            wrong = [number + k for k, line in enumerate(lines) if LOST in line]
            self.first_replaced = self.first_replaced or wrong[0]
            self.replaced += len(wrong)
        return storable(text).encode()

    def _look_for_rows_in_cells(self, rows: list[list[str]], number: int) -> None:
        """Count lines within cells that have as many delimiters as the table: a quotation mark is in the wrong place before them."""
        between = Counter(map(len, rows)).most_common(1)[0][0] - 1
        if between < LEAST_BETWEEN:
            return
        for k, row in enumerate(rows):
            held = sum(
                line.count(self.delimiter) == between
                for cell in row
                if "\n" in cell
                for line in cell.split("\n")[1:]
            )
            if held:
                self.swallowed += held
                self.first_swallowed = self.first_swallowed or number + k

    def _cleaned(self, rows: list[list[str]], number: int) -> list[list[str]]:
        cleaned = [[CONTROL.sub(" ", cell) for cell in row] for row in rows]
        wrong = [number + k for k, (old, new) in enumerate(zip(rows, cleaned, strict=True)) if old != new]
        self.first_control = self.first_control or wrong[0]
        self.controls += len(wrong)
        return cleaned

    def remarks(self) -> tuple[str, ...]:
        """Return a sentence for each thing that could not be read as it is."""
        said = [self.long.sentence(self.what)]
        if self.controls:
            said.append(
                f"{self.what} has control characters in {counted(self.controls, 'row')} (first row {self.first_control}). They were read as spaces; they are mostly a "
                "sign of damage, so compare these rows with the original."
            )
        if self.swallowed:
            said.append(
                f"{self.what} has {counted(self.swallowed, 'line')} inside cells that look like rows (first in row {self.first_swallowed}). A quotation mark may be in the "
                "wrong place before them: correct it."
            )
        if self.mixed:
            said.append(
                f"{self.what} mixes two encodings: {counted(self.mixed, 'byte')} outside UTF-8 {'was' if self.mixed == 1 else 'were'} read as Windows-1252. Check letters with accents."
            )
        if self.replaced:
            said.append(
                f"{self.what} has letters that are lost or could not be read in {counted(self.replaced, 'row')} (first row {self.first_replaced}); they are shown as "
                f"'{LOST}'. Compare these rows with the original, and save it as CSV (UTF-8)."
            )
        return tuple(filter(None, said))


def _has_control(rows: list[list[str]], lines: list[str]) -> bool:
    """Say whether cells hold control characters, from the rows and the lines that they make."""
    between = sum(map(len, rows)) - len(rows) + sum(1 for row in rows if not row)
    text = BETWEEN_ROWS.join(lines)
    others = OTHER_CONTROL.search(text) is not None
    return others or text.count(BETWEEN_CELLS) != between or text.count(BETWEEN_ROWS) != len(rows) - 1


def undefused(rows: list[list[str]]) -> list[list[str]]:
    """Take away the apostrophe that keeps a spreadsheet from running a cell of a table that assetmap wrote."""
    return [[as_written(cell) if cell[:1] == "'" else cell for cell in row] for row in rows]
