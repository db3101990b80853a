"""What is to be changed in a file, as the child process gets it: plain text and numbers, and no library of data."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Any, Final

Cells = dict[int, dict[int, str]]
"""Row -> place of the column (0 is the first) -> text."""

NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?")
"""A text that a spreadsheet may hold as a number without losing a sign of it."""


@dataclass
class SheetEdits:
    """The changes of one sheet: ``cells`` and ``remarks`` by row (1 is the first row of the file).

    ``header`` is the row of headings, ``place`` where the column of remarks goes, ``title`` its heading, ``replaces`` whether
    it is there already, ``before`` what it said. A remark belongs to a
    cell: its place, what is said where it was changed, and where it could not be.
    """

    header: int
    place: int
    title: str
    replaces: bool = False
    cells: Cells = field(default_factory=dict)
    remarks: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)
    before: dict[int, str] = field(default_factory=dict)

    def texts_of_row(self, row: int, refused: set[tuple[int, int]]) -> dict[int, str]:
        """Return what is written into a row: its changed cells and its remark."""
        texts = {
            place: text for place, text in self.cells.get(row, {}).items() if (row, place) not in refused
        }
        said = [self.before[row]] if self.before.get(row) else []
        for place, made, not_made in self.remarks.get(row, []):
            said.append(not_made if (row, place) in refused else made)
        if said:
            texts[self.place] = "; ".join(said)
        if row == self.header:
            texts[self.place] = self.title
        return texts

    @functools.cached_property
    def rows(self) -> frozenset[int]:
        """The rows that are touched."""
        return frozenset({self.header, *self.cells, *self.remarks})


def edits_of(words: dict[str, Any]) -> dict[str, SheetEdits]:
    """Return the changes of each sheet as they came through JSON, which has texts for keys."""
    return {
        sheet: SheetEdits(
            header=said["header"],
            place=said["place"],
            title=said["title"],
            replaces=said["replaces"],
            cells={
                int(row): {int(place): text for place, text in cells.items()}
                for row, cells in said["cells"].items()
            },
            remarks={
                int(row): [(int(place), made, not_made) for place, made, not_made in remarks]
                for row, remarks in said["remarks"].items()
            },
            before={int(row): text for row, text in said["before"].items()},
        )
        for sheet, said in words.items()
    }
