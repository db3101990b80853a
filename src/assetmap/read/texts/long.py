"""Cells that are longer than those of any list: their beginnings are read, and how many there are is said.

A picture in a cell, or a quotation mark that is never closed, makes a cell of a million letters. What looks through the words of a
list would take minutes for it. A shape in words (WKT) or in JSON is as long as it is, and is read whole.

The first part of this module runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from assetmap.errors import InputError, counted

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LONGEST_TEXT: Final = 32_767
"""Letters of a cell that are read, as many as a cell of a spreadsheet holds."""

LONGEST_HEADING: Final = 300
"""Letters of a heading that are read."""

SHAPE: Final = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\s*(?:ZM?|M)?\s*\(|"
    r"\s*\{[^{}]{0,200}\"coordinates\"|0[01]0[0-9a-f]{40}",
    re.I,
)
"""How a cell with a shape begins: WKT, GeoJSON or WKB."""


MOST_SENTENCES: Final = 5
MANY_COLUMNS: Final = 100
MOST_WIDE_CELLS: Final = 3_000_000
"""Filled cells of a list with more columns than that: each of them is looked through."""


ROWS_OF_SMALL_FILE: Final = 50_000
ROWS_PER_MB: Final = 50_000
"""Filled rows of a list for each megabyte of a packed file: real ones have 20 bytes and more for a row. A text has twice as many at most."""

PACKED: Final = (".gz", ".zip", ".kmz", ".xlsx", ".xlsm", ".xlsb", ".ods", ".parquet", ".geoparquet")


@dataclass(frozen=True)
class Room:
    """How long the texts of a column may be.

    short : letters that every cell may have. together : letters beyond these that all cells may have together, after which each is cut
    to ``short``; no cell has more than `LONGEST_TEXT`.
    """

    short: int
    together: int


FOR_NAMES: Final = Room(120, 500_000)
"""For what is a few words: a name, a type, a postcode, a date."""

FOR_TEXTS: Final = Room(2_000, 10_000_000)
"""For what may be sentences: remarks, opening times, and columns that only the list has."""

SENTENCES: Final = frozenset(
    ["note", "address", "opening_times", "offers", "asks", "booking", "cost", "covers", "days", "coordinates"]
)
"""Columns of the register that may hold sentences; what is in no register may too."""


@dataclass
class Shortener:
    """Cuts cells as they come, and notes how many and where the first was."""

    room: Room = FOR_TEXTS
    cut: int = 0
    first_row: int = 0
    longest: int = 0
    used: int = field(default=0, repr=False)

    def shortened(self, cell: str, row: int) -> str:
        """Return a cell, cut where it is too long; a shape stays whole."""
        length = len(cell)
        if length <= self.room.short or is_shape(cell):
            return cell
        more = length - self.room.short
        most = LONGEST_TEXT if self.used + more <= self.room.together else self.room.short
        self.used += min(more, LONGEST_TEXT)
        if length <= most:
            return cell
        self.cut += 1
        self.first_row = self.first_row or row
        self.longest = max(self.longest, length)
        return cell[:most]

    def sentence(self, what: str) -> str:
        """Return what was cut in words, empty where nothing was."""
        return sentence(what, self.cut, self.first_row, self.longest, self.room.short) if self.cut else ""


def refuse_too_wide(path: Path, columns: int, filled: int) -> None:
    """Refuse hundreds of columns that are filled over thousands of rows: no list has them.

    Raises
    ------
    InputError
        If there are too many.
    """
    if columns > MANY_COLUMNS and filled > MOST_WIDE_CELLS:
        raise InputError(
            f"'{path}' has {columns:,} columns with more than {MOST_WIDE_CELLS:,} filled cells, too many for a list. Delete the columns that are not needed (up to "
            f"{MANY_COLUMNS} may be of any length), or split the list."
        )


def refuse_too_many_rows(
    path: Path, rows: int, *, size: int | None = None, packed: bool | None = None
) -> None:
    """Refuse a small file that unfolds to a list of hundreds of thousands of rows: each of them costs time and memory.

    Parameters
    ----------
    path
        The file, for the message.
    rows
        How many rows with content it has so far.
    size, packed
        Its bytes as they came, and whether they are packed; of the file itself when not given.

    Raises
    ------
    InputError
        If there are too many for its size.
    """
    if rows <= ROWS_OF_SMALL_FILE:
        return
    size = path.stat().st_size if size is None else size
    packed = path.suffix.lower() in PACKED if packed is None else packed
    most = ROWS_OF_SMALL_FILE + int(ROWS_PER_MB * (1 if packed else 2) * size / 1e6)
    if rows > most:
        raise InputError(
            f"'{path}' unfolds to more than {most:,} rows, too many for its size ({size / 1e6:.1f} MB). Delete rows that say the same, or save the list as CSV."
        )


def beginning(value: Any) -> Any:
    """Return a text with one character more than is kept of it, so that `shortened` sees that it was longer; anything else as it is."""
    return (
        value[: LONGEST_TEXT + 1]
        if isinstance(value, str) and len(value) > LONGEST_TEXT and not is_shape(value)
        else value
    )


def is_shape(cell: str) -> bool:
    """Say whether a cell holds a shape and nothing else that could be words."""
    return cell.isascii() and SHAPE.match(cell) is not None


def sentence(what: str, cut: int, first_row: int, longest: int, short: int, column: str = "") -> str:
    """Return how many cells were cut, in words."""
    where = f" in column '{column[:40]}'" if column else ""
    most = f"some of more than {LONGEST_TEXT:,}" if longest == LONGEST_TEXT + 1 else f"at most {longest:,}"
    return (
        f"{what} has {counted(cut, 'cell')}{where} longer than a list needs (first in row {first_row}, {most} characters). Only the first "
        f"{LONGEST_TEXT:,} characters of a cell were read, or {short:,} where there are many such cells. Shorten them in the file."
    )


def shortened(table: pd.DataFrame, meanings: dict[str, str], name: str) -> tuple[pd.DataFrame, list[str]]:
    """Cut the cells of a list that are longer than its columns may hold.

    Parameters
    ----------
    table
        Columns of text, and ``row``.
    meanings
        Heading -> column of the register.
    name
        Name of the file.

    Returns
    -------
    tuple
        The table, and a sentence for each column in which something was cut.
    """
    import pandas as pd

    from assetmap.schema import reference_table

    known = frozenset(reference_table("column_names").index)
    said = []
    cut_headings = [heading for heading in meanings if len(heading) >= LONGEST_HEADING]
    if cut_headings:
        said.append(
            f"'{name}' has {counted(len(cut_headings), 'heading')} of {LONGEST_HEADING} characters or more, first '{cut_headings[0][:40]}'. Only the first "
            f"{LONGEST_HEADING} were read. Shorten them in the file."
        )
    used: dict[Room, int] = {}
    changed: dict[str, pd.Series] = {}
    for heading, column in meanings.items():
        cells = table[heading]
        lengths = cells.str.len()
        sentences = (column not in known or column in SENTENCES) and len(meanings) <= MANY_COLUMNS
        room = FOR_TEXTS if sentences else FOR_NAMES
        long = lengths > room.short
        if not long.any():
            continue
        if column == "coordinates":
            long &= ~cells.map(is_shape)
        # what all columns have beyond what every cell may have counts together
        more = (lengths - room.short).where(long, 0).clip(upper=LONGEST_TEXT).cumsum() + used.get(room, 0)
        used[room] = int(more.iloc[-1])
        most = (more <= room.together).map({True: LONGEST_TEXT, False: room.short})
        cut = long & (lengths > most)
        if not cut.any():
            continue
        texts = [cell[:limit] for cell, limit in zip(cells.tolist(), most.tolist(), strict=True)]
        changed[heading] = cells.where(~cut, pd.Series(texts, index=cells.index, dtype="str"))
        rows = table.loc[cut, "row"]
        said.append(
            sentence(
                f"'{name}'", int(cut.sum()), int(rows.iloc[0]), int(lengths[cut].max()), room.short, heading
            )
        )
    if len(said) > MOST_SENTENCES:
        said[MOST_SENTENCES:] = [
            f"In {len(said) - MOST_SENTENCES} more columns of '{name}' cells were cut in the same way."
        ]
    return table.assign(**changed) if changed else table, said
