"""A table as it is kept: the row of headings among titles and notes, and every row below it that has content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from assetmap.read.tables import MOST_COLUMNS, SPREADSHEETS, heading_key
from assetmap.schema import InputError, reference_table

HEADER_WITHIN: Final = 20
"""Rows of title that may come above the headings."""

OWN: Final = ("row", "reading_problem", "reading_note", "list_title", "geometry")
"""Columns that reading itself adds."""

CHANGED_HEADING: Final = "What assetmap changed"
"""Heading of the column that `assetmap fix` adds; reading takes it out again."""

CHANGED_COLUMN: Final = "changed_before"
"""The column of a list that holds its cells."""

Columns = Mapping[str, str]


def table_of(rows: list[list[str]], path: Path, columns: Columns | None) -> pd.DataFrame:
    """Find the row of headings, name the columns, keep every row below it that has content."""
    if not any(cell.strip() for row in rows[:HEADER_WITHIN] for cell in row):
        raise InputError(
            f"'{path}' is empty in its first {HEADER_WITHIN} rows. Its first row must name the columns."
        )
    header = find_headings(rows, columns)
    own = own_cells(rows, header)
    width = width_of(rows[header])
    if width > MOST_COLUMNS:
        raise InputError(
            f"'{path}' has {width:,} columns; a list has at most {MOST_COLUMNS:,}. Delete the empty ones, or "
            "check that rows and columns are not swapped."
        )
    body = rows[header + 1 :]
    numbers = [header + 2 + k for k, row in enumerate(body) if any(map(str.strip, row))]
    kept = [body[number - header - 2] for number in numbers]
    headings = name_headings(rows[header][:width])
    lengths = np.fromiter((len(row) for row in kept), dtype=int, count=len(kept))
    ragged = _ragged(kept, lengths, width, in_columns=path.suffix.lower() in SPREADSHEETS)
    if (lengths != width).any():
        kept = [row[:width] + [""] * (width - len(row)) for row in kept]
    cells = zip(*kept, strict=True) if kept else [[] for _ in headings]
    table = pd.DataFrame({heading: list(column) for heading, column in zip(headings, cells, strict=True)})
    table = table.astype("str")
    table.insert(0, "row", np.asarray(numbers, dtype="int64"))
    if any(ragged):
        table["reading_problem"] = pd.Series(ragged, dtype="str")
    if own:
        table[CHANGED_COLUMN] = pd.Series([own.get(number, "") for number in numbers], dtype="str")
    return table


def find_headings(rows: list[list[str]], columns: Columns | None = None) -> int:
    """Return the place of the row of headings among the rows of a file; ``columns`` are headings that a person named."""
    accepted = set("|".join(reference_table("column_names")["accepted"]).split("|"))
    return _header_row(rows, accepted, {heading_key(name) for name in (columns or {}).values()})


def width_of(headings: list[str]) -> int:
    """Return how many columns a row of headings has, up to the last one that is not empty."""
    width = len(headings)
    while width and not headings[width - 1].strip():
        width -= 1
    return width


def own_cells(rows: list[list[str]], header: int) -> dict[int, str]:
    """Take the column that `assetmap fix` adds out of the rows; return its cells by the number of their row."""
    place = next((k for k, cell in enumerate(rows[header]) if cell.strip() == CHANGED_HEADING), -1)
    if place < 0:
        return {}
    taken = {}
    for number, row in enumerate(rows, start=1):
        if number > header and len(row) > place:
            taken[number] = row.pop(place).strip()
    return taken


def _header_row(rows: list[list[str]], accepted: set[str], said: set[str]) -> int:
    """Return the place of the row of headings: the first rows may be a title, a date, a note.

    The row of headings is the one with the most known headings among the first rows; without any, the
    first row that has as many filled cells as most rows have.
    """
    first = rows[:HEADER_WITHIN]
    known = [len({heading_key(cell) for cell in row} & (accepted | said)) for row in first]
    if max(known, default=0) >= 1:
        return known.index(max(known))
    filled = [sum(1 for cell in row if cell.strip()) for row in first]
    usual = sorted(filled)[len(filled) // 2]
    return next(k for k, count in enumerate(filled) if count and count >= min(usual, max(filled)))


def name_headings(cells: list[str]) -> list[str]:
    """Name every column once: an empty heading is ``column 3``, a repeated one gets a number."""
    headings: list[str] = []
    for k, cell in enumerate(cells):
        wanted = cell.strip().replace("\ufeff", "") or f"column {k + 1}"
        name, times = wanted, 1
        while name in headings or name in OWN:
            times += 1
            name = f"{wanted} {times}"
        headings.append(name)
    return headings


def _ragged(rows: list[list[str]], lengths: np.ndarray, width: int, *, in_columns: bool) -> list[str]:
    problems = [""] * len(rows)
    for k in np.flatnonzero(lengths > width):
        more = [place for place, cell in enumerate(rows[k]) if place >= width and cell.strip()]
        if more and in_columns:
            problems[k] = (
                f"there is something in column {_letters(more[0])}, which has no heading: '{rows[k][more[0]].strip()[:60]}'"
            )
        elif more:
            problems[k] = (
                f"the row has {lengths[k]} cells but there are {width} headings: a comma inside a cell "
                "needs quotation marks around the cell"
            )
    return problems


def _letters(place: int) -> str:
    """Return the letters of a column of a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
