"""Roads out of an OpenStreetMap extract, as networks for cars and for people on foot.

Extracts by county come from Geofabrik (Open Database Licence, with attribution). Speeds by class and delays are rows of
data/tables/road_speeds.csv and road_delays.csv, each with its source. A stretch of road takes its length over its
speed, and what is lost at its end: signals, giving way to a larger road, any other junction. Forbidden turns are not made (`turns`); those that are
allowed cost the same: a right turn as much as going straight on.

Tags that are followed: ``highway``, ``oneway``, ``junction``, ``maxspeed``, ``access``, ``vehicle``,
``motor_vehicle``, ``motorcar``, ``foot``, ``barrier`` on nodes, ``route=ferry`` with ``duration``, ``type=restriction``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.read.files import existing_file
from assetmap.read.transport.grid import to_grid
from assetmap.read.transport.turns import hold_turns
from assetmap.read.transport.ways import Ways, ways_of
from assetmap.read.worker import ask
from assetmap.schema import InputError, Note, RoadNetwork, Roads, reference_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES: Final = 3_000_000_000
"""Larger extracts are refused: all of Great Britain has about 2 GB, a county 10 to 60 MB."""

UNFOLDS: Final = 4
"""An extract may use as much memory and time as a text this many times as large: it is packed."""

MPH: Final = 1.609344
GRID: Final = (np.array([-100_000.0, -100_000.0]), np.array([800_000.0, 1_400_000.0]))
"""Easting and northing between which a point is in or near Great Britain."""

SPLIT_M: Final = 100.0
"""Longer straight stretches are cut, so that a door is never far from a node of the road that passes it."""

LIMITS: Final = {
    **{"gb:motorway": 70, "gb:nsl_dual": 70, "gb:nsl_single": 60, "gb:nsl_restricted": 30, "national": 60},
    **{"gb:urban": 30, "gb:20 mph": 20, "uk:nsl_single": 60, "uk:nsl_dual": 70, "none": 70},
}
"""Limits that are written as words, in miles per hour."""


def read_roads(path: str | Path) -> Roads:
    """Read the roads of an OpenStreetMap extract.

    Parameters
    ----------
    path
        A file in the formats of OpenStreetMap: ``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``.

    Returns
    -------
    Roads
        A network for cars and one for people on foot, each the largest part in which every node leads to every other.

    Raises
    ------
    InputError
        If the file is missing, damaged, cut short or too large, has no roads in Great Britain, or pyosmium is not
        installed and it is not a small ``.osm``.

    Examples
    --------
    >>> roads = am.read.read_roads(town.folder / "roads.osm")
    >>> roads.drive.mode, len(roads.drive.points) > 0
    ('drive', True)
    """
    path = existing_file(path)
    if path.stat().st_size > MOST_BYTES:
        raise InputError(
            f"'{path}' has {path.stat().st_size / 1e9:.1f} GB. Take the extract of a county or a region, of at most "
            f"{MOST_BYTES / 1e9:g} GB."
        )
    speeds = reference_table("road_speeds")
    known = {
        str(name): (float(row["drive_kmh"]) > 0, float(row["walk_kmh"]) > 0)
        for name, row in speeds.iterrows()
    }
    answer = ask("ways", path, size=UNFOLDS * path.stat().st_size, known=known)
    ways, date = ways_of(answer), str(answer.value["date"])
    if not ways.count:
        raise InputError(
            f"'{path}' holds no roads. Give an OpenStreetMap extract of the place, such as county.osm.pbf."
        )
    links = _links(ways, path)
    (drive, unclear), (walk, _) = (_network(mode, links) for mode in ("drive", "walk"))
    ways.turns_unread += unclear
    east, north = links.points.T
    return Roads(
        drive=drive,
        walk=walk,
        bounds=(float(east.min()), float(north.min()), float(east.max()), float(north.max())),
        date=date,
        notes=_notes((drive, walk), ways),
    )


def limit_kmh(text: str) -> float:
    """Return a speed limit in km/h; missing where the text gives none.

    Examples
    --------
    >>> round(limit_kmh("30 mph")), limit_kmh("50"), round(limit_kmh("GB:nsl_single"))
    (48, 50.0, 97)
    """
    clean = text.strip().casefold()
    if clean in LIMITS:
        return LIMITS[clean] * MPH
    match = re.match(r"^(\d+(?:\.\d+)?) ?(mph|km/h|kmh|kph)?$", clean)
    if not match or float(match[1]) == 0:
        return float("nan")
    return float(match[1]) * (MPH if match[2] == "mph" else 1.0)


@dataclass(frozen=True)
class _Links:
    """Stretches of road between neighbouring nodes, along the direction in which the way is drawn."""

    points: NDArray[np.float64]
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    metres: NDArray[np.float64]
    way: NDArray[np.intp]
    direction: NDArray[np.int64]
    drive_seconds: NDArray[np.float64]
    walk_seconds: NDArray[np.float64]
    delay: tuple[NDArray[np.float64], NDArray[np.float64]]
    turns: NDArray[np.int64]


def _links(ways: Ways, path: Path) -> _Links:
    """Lay the ways out as stretches between nodes, with the time and the delay of each."""
    names, first, node = np.unique(np.array(ways.ref, dtype=np.int64), return_index=True, return_inverse=True)
    points = to_grid(np.array(ways.lon)[first], np.array(ways.lat)[first])
    placed = np.all((points > GRID[0]) & (points < GRID[1]), axis=1)
    if not placed.any():
        raise InputError(f"'{path}' has no roads in Great Britain. Take the extract of a county of England.")
    count = np.array(ways.count)
    way_of = np.repeat(np.arange(len(count)), count)
    at = np.flatnonzero(way_of[1:] == way_of[:-1])
    start, end, way = node[at], node[at + 1], way_of[at]
    good = placed[start] & placed[end] & (start != end)
    start, end, way = start[good], end[good], way[good]
    metres = np.hypot(*(points[end] - points[start]).T)
    drive, walk, rank = _seconds(ways, way, metres)
    shut = np.isin(names, list(ways.shut))
    drive = np.where(shut[start] | shut[end], np.inf, drive)
    delay = _delays(ways, names, start, end, way, rank, np.isfinite(drive))
    turns = _turns(ways, names)
    return _cut_long(
        _Links(points, start, end, metres, way, np.array(ways.direction)[way], drive, walk, delay, turns)
    )


def _turns(ways: Ways, names: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the turns between ways that were read: positions of way, node and way, and 1 for the only one allowed."""
    way_at = {number: position for position, number in enumerate(ways.number)}
    rows = [
        (way_at[start], node, way_at.get(end, -1), int(only))
        for start, node, end, only in ways.turns
        if start in way_at
    ]
    turns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    at = np.searchsorted(names, turns[:, 1])
    known = names[np.minimum(at, len(names) - 1)] == turns[:, 1]
    turns[:, 1] = at
    found: NDArray[np.int64] = turns[known]
    return found


def _seconds(
    ways: Ways, way: NDArray[np.intp], metres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return the seconds of each stretch by car and on foot, infinite where they may not go, and its rank for cars."""
    speeds = reference_table("road_speeds")
    delays = reference_table("road_delays")["value"].astype(float)
    highway = pd.Series(ways.highway)
    limits = {text: limit_kmh(text) for text in set(ways.limit)}
    allowed = pd.Series(ways.limit).map(limits).to_numpy(dtype=float) * delays["limit_factor"]
    usual = highway.map(speeds["drive_kmh"].astype(float)).to_numpy(dtype=float)
    decides = highway.map(speeds["limit_decides"].eq("yes")).fillna(False).to_numpy(dtype=bool)
    kmh = np.where(np.isnan(allowed), usual, np.where(decides, allowed, np.fmin(allowed, usual)))
    pace = highway.map(speeds["walk_kmh"].astype(float)).to_numpy(dtype=float) * delays["walk_kmh"] / 5
    length = np.bincount(way, weights=metres, minlength=len(highway))
    ferry = highway.eq("ferry").to_numpy()
    crossing = np.array(ways.ferry_seconds)
    crossing = np.where(crossing > 0, crossing, length * 3.6 / delays["ferry_kmh"]) + delays["ferry_wait"]
    with np.errstate(divide="ignore", invalid="ignore"):
        by_ferry = crossing / length
        per_metre = [np.where(ferry, by_ferry, 3.6 / speed) for speed in (kmh, pace)]
    found: list[NDArray[np.float64]] = []
    for seconds, may in zip(per_metre, (ways.drive, ways.walk), strict=True):
        found.append(np.where(np.array(may)[way], seconds[way] * metres, np.inf))
    rank: NDArray[np.int64] = highway.map(speeds["rank"].astype(int)).fillna(0).to_numpy().astype(np.int64)
    return found[0], found[1], rank[way]


def _delays(
    ways: Ways,
    names: NDArray[np.int64],
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    way: NDArray[np.intp],
    rank: NDArray[np.int64],
    drive: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the seconds that cars lose at the end, and at the start (for the way back), of each stretch."""
    delays = reference_table("road_delays")["value"].astype(float)
    nodes = len(names)
    meeting = np.bincount(start[drive], minlength=nodes) + np.bincount(end[drive], minlength=nodes)
    highest = np.full(nodes, -1)
    np.maximum.at(highest, start[drive], rank[drive])
    np.maximum.at(highest, end[drive], rank[drive])
    circle = np.array(ways.roundabout)[way]
    round_node = np.zeros(nodes, dtype=bool)
    round_node[start[circle]] = round_node[end[circle]] = True
    round_node |= np.isin(names, list(ways.small_roundabouts))
    signal = np.isin(names, list(ways.signals))

    def lost(node: NDArray[np.intp]) -> NDArray[np.float64]:
        seconds = np.where(rank < highest[node], delays["give_way"], delays["junction"])
        # going round costs what it costs: the way is longer
        seconds = np.where((meeting[node] > 2) & ~round_node[node], seconds, 0.0)
        found: NDArray[np.float64] = np.where(signal[node], delays["signals"], seconds)
        return found

    return lost(end), lost(start)


def _cut_long(links: _Links) -> _Links:
    """Cut stretches longer than `SPLIT_M` into equal pieces; the delay stays at the ends."""
    pieces = np.maximum(np.ceil(links.metres / SPLIT_M), 1).astype(np.intp)
    row = np.repeat(np.arange(len(pieces)), pieces)
    first = np.cumsum(pieces) - pieces
    step = np.arange(len(row)) - first[row]
    inner = first - np.arange(len(pieces)) + len(links.points)
    start = np.where(step == 0, links.start[row], inner[row] + step - 1)
    end = np.where(step == pieces[row] - 1, links.end[row], inner[row] + step)
    share = (step[step > 0] / pieces[row][step > 0])[:, None]
    from_, to = links.points[links.start[row]][step > 0], links.points[links.end[row]][step > 0]
    return _Links(
        points=np.concatenate([links.points, from_ + share * (to - from_)]),
        start=start,
        end=end,
        metres=links.metres[row] / pieces[row],
        way=links.way[row],
        direction=links.direction[row],
        drive_seconds=links.drive_seconds[row] / pieces[row],
        walk_seconds=links.walk_seconds[row] / pieces[row],
        delay=(
            np.where(step == pieces[row] - 1, links.delay[0][row], 0.0),
            np.where(step == 0, links.delay[1][row], 0.0),
        ),
        turns=links.turns,
    )


def _network(mode: str, links: _Links) -> tuple[RoadNetwork, int]:
    """Return the network of one mode, in both directions where that is allowed, and only its largest part.

    Returns also how many turn restrictions do not say which stretch of road they mean.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if mode == "drive":
        usable = np.isfinite(links.drive_seconds)
        forward, backward = usable & (links.direction >= 0), usable & (links.direction <= 0)
        there, back = links.drive_seconds + links.delay[0], links.drive_seconds + links.delay[1]
    else:
        forward = backward = np.isfinite(links.walk_seconds)
        there = back = links.walk_seconds
    start = np.concatenate([links.start[forward], links.end[backward]])
    end = np.concatenate([links.end[forward], links.start[backward]])
    seconds = np.concatenate([there[forward], back[backward]])
    metres = np.concatenate([links.metres[forward], links.metres[backward]])
    way = np.concatenate([links.way[forward], links.way[backward]])
    # two roads between the same nodes: the quicker one
    order = np.lexsort((seconds, end, start))
    single = np.append(True, (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0))[: len(start)]
    chosen = order[single]
    start, end, way = start[chosen], end[chosen], way[chosen]
    seconds, metres = seconds[chosen], metres[chosen]
    used = np.unique(np.concatenate([start, end]))
    start, end = np.searchsorted(used, start), np.searchsorted(used, end)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(used), len(used)))
    _, part = connected_components(graph.tocsr(), directed=True, connection="strong")
    largest = part == np.bincount(part).argmax() if len(part) else np.zeros(0, dtype=bool)
    kept = largest[start] & largest[end]
    place = np.cumsum(largest) - 1
    points = links.points[used[largest]]
    first, last, edge, copied, unclear = hold_turns(
        place[start[kept]],
        place[end[kept]],
        way[kept],
        _placed(links.turns, used, largest, place) if mode == "drive" else links.turns[:0],
        len(points),
    )
    network = RoadNetwork(
        mode=mode,
        points=np.concatenate([points, points[copied]]),
        start=first.astype(np.int32),
        end=last.astype(np.int32),
        seconds=np.maximum(seconds[kept][edge], 0.01),
        dropped=int((~largest).sum()),
        dropped_km=float(metres[~kept].sum() / 1_000),
        copy_of=copied.astype(np.int32),
    )
    return network, unclear


def _placed(
    turns: NDArray[np.int64], used: NDArray[np.intp], largest: NDArray[np.bool_], place: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Return the turns at nodes of the network, with the positions of the nodes there."""
    at = np.minimum(np.searchsorted(used, turns[:, 1]), len(used) - 1)
    found = turns.copy()
    found[:, 1] = place[at]
    kept: NDArray[np.int64] = found[(used[at] == turns[:, 1]) & largest[at]]
    return kept


def _notes(networks: Iterable[RoadNetwork], ways: Ways) -> tuple[Note, ...]:
    notes = []
    for network in networks:
        if network.dropped:
            notes.append(
                Note(
                    f"ROADS_APART_{network.mode.upper()}",
                    f"{network.dropped:,} of {network.dropped + len(network.places):,} nodes of the roads to {network.mode} "
                    f"({network.dropped_km:,.1f} km) are not joined to the rest in both directions and were left out.",
                )
            )
    if ways.cut:
        notes.append(
            Note(
                "ROADS_CUT",
                f"Roads lead out of the extract at {ways.cut:,} places: routes that leave it are not known.",
            )
        )
    if ways.turns_unread:
        notes.append(
            Note(
                "ROADS_TURNS",
                f"{ways.turns_unread:,} turn restrictions could not be followed: they lead over another road, apply only at certain times, or do not "
                "say which stretch they mean.",
            )
        )
    if ways.untimed:
        notes.append(
            Note("FERRY_UNTIMED", f"{ways.untimed} ferry routes give no crossing time: 10 km/h was assumed.")
        )
    return tuple(notes)
