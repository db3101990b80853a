"""The tables of a timetable (GTFS): a zip file or a folder, opened under limits, every cell as text.

Feeds come from strangers. Only files that GTFS names are opened, by name; nothing is unpacked to disk; a zip that
would unpack to more than a timetable can need is refused before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from assetmap.read.child import unpack_rows
from assetmap.read.files import existing_file
from assetmap.read.transport.feed_files import COLUMNS
from assetmap.read.worker import ask

MOST_ROWS: Final = 30_000_000
UNFOLDS: Final = 6
"""A zip may use as much memory and time as tables this many times as large: timetables unpack to six to ten times their size."""


@dataclass(frozen=True)
class Feed:
    """One timetable as its files are: tables of text, and what is odd about the files."""

    name: str
    tables: dict[str, pd.DataFrame]
    missing: tuple[str, ...]


def read_feed(path: Path) -> Feed:
    """Read the tables of one timetable.

    Parameters
    ----------
    path
        A zip file or a folder with the files of GTFS (stops.txt, routes.txt, trips.txt, stop_times.txt, calendar.txt or
        calendar_dates.txt).

    Returns
    -------
    Feed
        Every cell as text, an empty one ``""``; columns that are not there are empty.

    Raises
    ------
    InputError
        With every missing file and column at once, or if the file is not a timetable, is damaged or too large.
    """
    size = _size(path) if path.is_dir() else UNFOLDS * existing_file(path).stat().st_size
    answer = ask("feed", path, size=size, most_rows=MOST_ROWS)
    parts = iter(answer.parts)
    tables = {name: _table(columns, parts) for name, columns in answer.value.items()}
    tables = {
        name: table.reindex(columns=list(COLUMNS[name]), fill_value="") for name, table in tables.items()
    }
    optional = ("calendar", "calendar_dates", "agency", "feed_info")
    return Feed(path.name, tables, tuple(f"{name}.txt" for name in optional if name not in tables))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for name in COLUMNS if (file := folder / f"{name}.txt").is_file())


def _table(columns: list[str], parts: Iterator[bytes]) -> pd.DataFrame:
    """Make a table of what the child read: of each column the codes, and each distinct text once."""
    made = {}
    for column in columns:
        codes = np.frombuffer(next(parts), dtype=np.int32)
        (words,) = unpack_rows(next(parts)) or [[]]
        texts = pd.Index(words, dtype=object)
        made[column] = pd.Categorical.from_codes(codes, categories=texts)
    return pd.DataFrame(made)
