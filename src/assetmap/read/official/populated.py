"""The populated places in OS Open Names; this runs in the child process, so it loads no library of data."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import members_of, open_bytes, open_member, whole_members
from assetmap.read.official.columns import OPEN_NAMES, headings_of_headerless
from assetmap.read.rows import stream_rows

NEEDED: Final = ("ID", "NAME1", "TYPE", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y")


def populated_places(path: Path, *, most_cells: int) -> tuple[list[str], list[list[str]]]:
    """Return the columns and the rows of the populated places in OS Open Names.

    Parameters
    ----------
    path
        The zip of CSVs, or one CSV.
    most_cells
        Of what is returned.

    Raises
    ------
    InputError
        If it is not OS Open Names, is damaged, or has too many places for its size.
    """
    columns, rows = list(OPEN_NAMES), []
    try:
        for place in _populated(path):
            rows.append([place.get(column, "") for column in columns])
            if len(rows) * len(columns) > most_cells:
                raise InputError(f"'{path}' has more than {most_cells:,} cells, too many for its size.")
    except (UnicodeError, csv.Error) as error:
        raise InputError(f"'{path}' could not be read as OS Open Names: {error}") from error
    return columns, rows


def _populated(path: Path) -> Iterator[dict[str, str]]:
    """Yield the populated places of the CSVs in a zip, or of one CSV."""
    if path.suffix.lower() != ".zip":
        with open_bytes(path) as stream:
            yield from _of_one(stream, path)
        return
    for member in sorted(whole_members(members_of(path)), key=lambda member: member.filename):
        if re.search(r"(^|/)data/.*\.csv$", member.filename, re.I):
            with open_member(path, member) as stream:
                yield from _of_one(stream, path)


def _of_one(stream: IO[bytes], path: Path) -> Iterator[dict[str, str]]:
    rows = stream_rows(stream)
    header = next(rows, [])
    known = headings_of_headerless(header)
    columns = list(known) or header
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise InputError(
            f"'{path}' is not OS Open Names: it has no column {first_few(missing)}; "
            f"it has {first_few(columns, most=12)}."
        )
    kind, kept = columns.index("TYPE"), [k for k, column in enumerate(columns) if column in OPEN_NAMES]
    for row in itertools.chain([header], rows) if known else rows:
        if len(row) > kind and row[kind] == "populatedPlace":
            yield {columns[k]: row[k] if k < len(row) else "" for k in kept}
