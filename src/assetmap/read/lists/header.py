"""A table as it is kept: the row of headings among titles and notes, and every row below it that has content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from assetmap.read.tables import MOST_COLUMNS, SPREADSHEETS, heading_key
from assetmap.read.texts.long import LONGEST_HEADING
from assetmap.schema import InputError, first_few, reference_table

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
    cells = heading_cells(rows, header, columns)
    width = width_of(cells)
    if width > MOST_COLUMNS:
        raise InputError(
            f"'{path}' has {width:,} columns; a list has at most {MOST_COLUMNS:,}. Delete the empty ones, or "
            "check that rows and columns are not swapped."
        )
    body = rows[header + 1 :]
    # The headings again, at the top of each printed page, are no row.
    again = [cell.strip() for cell in rows[header]]
    numbers = [
        header + 2 + k
        for k, row in enumerate(body)
        if any(map(str.strip, row))
        and (row[0].strip() != again[0] or [cell.strip() for cell in row] != again)
    ]
    kept = [body[number - header - 2] for number in numbers]
    headings = name_headings(cells[:width])
    lengths = np.fromiter((len(row) for row in kept), dtype=int, count=len(kept))
    ragged = _ragged(kept, lengths, width, in_columns=path.suffix.lower() in SPREADSHEETS)
    if (lengths != width).any():
        kept = [row[:width] + [""] * (width - len(row)) for row in kept]
    lists = zip(*kept, strict=True) if kept else [[] for _ in headings]
    table = pd.DataFrame({heading: list(column) for heading, column in zip(headings, lists, strict=True)})
    table = table.astype("str")
    table.insert(0, "row", np.asarray(numbers, dtype="int64"))
    if any(ragged):
        table["reading_problem"] = pd.Series(ragged, dtype="str")
    if own:
        table[CHANGED_COLUMN] = pd.Series([own.get(number, "") for number in numbers], dtype="str")
    return table


def above_headings(rows: list[list[str]], columns: Columns | None, name: str) -> list[str]:
    """Return a sentence on the rows above the headings, none where there are none: a title may say something of all rows."""
    first = rows[: HEADER_WITHIN + 2]
    header = find_headings(first, columns)
    if header and _are_two_rows(_padded(first, header - 1), _padded(first, header)):
        header -= 1
    said = [
        text
        for row in first[:header]
        if (text := " ".join(filter(None, map(str.strip, row)))) and not text.startswith("sep=")
    ]
    if not said:
        return []
    shown = first_few([text[:100] for text in said], most=3)
    return [f"What stands above the headings of '{name}' is in no row: {shown}."]


def find_headings(rows: list[list[str]], columns: Columns | None = None) -> int:
    """Return the place of the row of headings among the rows of a file; ``columns`` are headings that a person named.

    Of headings in two rows ("Contact" above "Name" and "E-mail") it is the lower one.
    """
    accepted = set("|".join(reference_table("column_names")["accepted"]).split("|"))
    accepted |= {heading_key(name) for name in (columns or {}).values()}
    header = _header_row(rows, accepted)
    if header + 2 >= len(rows):
        return header
    upper, lower = (_padded(rows, row) for row in (header, header + 1))
    said = [cell for cell in lower if cell]
    all_known = len(said) > 1 and all(heading_key(cell) in accepted for cell in said)
    return header + 1 if all_known and _are_two_rows(upper, lower) else header


def heading_cells(rows: list[list[str]], header: int, columns: Columns | None = None) -> list[str]:
    """Return the headings of the columns; of headings in two rows the upper one comes first: "Contact Name".

    Examples
    --------
    >>> heading_cells([["Group", "Contact", ""], ["", "Name", "E-mail"], ["Choir", "Ann", "a@example.org"]], 1)
    ['Group', 'Contact Name', 'Contact E-mail']
    """
    if not header:
        return rows[header]
    upper, lower = (_padded(rows, row) for row in (header - 1, header))
    if not _are_two_rows(upper, lower):
        return rows[header]
    own = {heading_key(name) for name in (columns or {}).values()}
    cells, above = [], ""
    for top, low in zip(upper, lower, strict=True):
        above = top or (above if low else "")
        both = low if heading_key(low) in own or not above or not low else f"{above} {low}"
        cells.append(both or above)
        above = above if low else ""
    return cells


def _padded(rows: list[list[str]], row: int) -> list[str]:
    """Return a row of headings without outer blanks, as wide as the rows around it."""
    wide = max(len(each) for each in rows[max(row - 1, 0) : row + 2])
    cells = [cell.strip() for cell in rows[row]]
    return cells + [""] * (wide - len(cells))


def _are_two_rows(upper: list[str], lower: list[str]) -> bool:
    """Say whether two rows together are headings: the upper one names columns that the lower leaves open, or parts equal ones.

    A title above the headings has one cell, in the first column.
    """
    width = max(len(upper), len(lower))
    upper, lower = (cells + [""] * (width - len(cells)) for cells in (upper, lower))
    if sum(map(bool, upper)) < 2 or sum(map(bool, lower)) < 2:
        return False
    alone = any(top and not low for top, low in zip(upper, lower, strict=True))
    spans = any(low and not top for top, low in zip(upper, lower, strict=True))
    said = [cell.casefold() for cell in lower if cell]
    return spans and (alone or len(set(said)) < len(said))


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


def _header_row(rows: list[list[str]], accepted: set[str]) -> int:
    """Return the place of the row of headings: the first rows may be a title, a date, a note.

    The row of headings is the one with the most known headings among the first rows; without any, the
    first row that has as many filled cells as most rows have.
    """
    first = rows[:HEADER_WITHIN]
    known = [len({heading_key(cell) for cell in row} & accepted) for row in first]
    if max(known, default=0) >= 1:
        return known.index(max(known))
    filled = [sum(1 for cell in row if cell.strip()) for row in first]
    usual = sorted(filled)[len(filled) // 2]
    return next(k for k, count in enumerate(filled) if count and count >= min(usual, max(filled)))


def name_headings(cells: list[str]) -> list[str]:
    """Name every column once: an empty heading is ``column 3``, a repeated one gets a number, a very long one is cut."""
    headings: list[str] = []
    for k, cell in enumerate(cells):
        wanted = cell.strip()[:LONGEST_HEADING].replace("\ufeff", "") or f"column {k + 1}"
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
