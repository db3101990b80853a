"""Main roads and rivers of an OpenStreetMap extract, to draw; this runs in the child process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from assetmap.errors import InputError
from assetmap.read.transport.ways import reading_extract
from assetmap.read.worker import Answer

ROADS, RIVERS = "roads", "rivers"
MAIN_HIGHWAYS: Final = ("motorway", "trunk", "primary")
MOST_WAYS: Final = 500_000


def main_ways(path: Path) -> Answer:
    """Read the main roads and the rivers of an extract.

    Returns
    -------
    Answer
        ``value``: the kind of each line, and its name (the number of a road); ``parts``: how many points each has, and the longitudes and latitudes of all below each other.

    Raises
    ------
    InputError
        If the extract is damaged or too large, or pyosmium is not installed.
    """
    try:
        import osmium
    except ImportError as error:
        raise InputError(
            "Reading an OpenStreetMap extract needs pyosmium: pip install 'assetmap[travel]'."
        ) from error
    kinds: list[str] = []
    names: list[str] = []
    counts: list[int] = []
    points: list[tuple[float, float]] = []
    with reading_extract(path, osmium.InvalidLocationError):
        wanted = osmium.filter.KeyFilter("highway", "waterway")
        items: Iterable[Any] = osmium.FileProcessor(str(path)).with_locations().with_filter(wanted)
        for item in items:
            kind = _kind_of(item) if item.is_way() else None
            if kind is None:
                continue
            line = [(node.location.lon, node.location.lat) for node in item.nodes if node.location.valid()]
            if len(line) > 1:
                kinds.append(kind)
                names.append(item.tags.get("ref" if kind == ROADS else "name", "").split(";")[0].strip())
                counts.append(len(line))
                points += line
            if len(kinds) > MOST_WAYS:
                raise InputError(
                    f"'{path}' has more than {MOST_WAYS:,} main roads and rivers. Take a smaller extract."
                )
    return Answer(
        [kinds, names],
        (np.array(counts, dtype=np.int64).tobytes(), np.array(points, dtype=np.float64).tobytes()),
    )


def _kind_of(way: Any) -> str | None:
    if way.tags.get("highway", "") in MAIN_HIGHWAYS:
        return ROADS
    return (
        RIVERS if way.tags.get("waterway", "") == "river" and way.tags.get("tunnel", "no") == "no" else None
    )
