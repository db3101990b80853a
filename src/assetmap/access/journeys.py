"""Journeys door to door out of a sweep: for each home and site, the ones that are worth leaving for.

A journey is worth leaving for when nobody can leave later and still arrive as early. These journeys answer everything
else: the time from any departure, how many choices there are, the last way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assetmap.access.transit import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.access.transit import Sweep
    from assetmap.access.walking import Walks


@dataclass(frozen=True, eq=False)
class Journeys:
    """Journeys from homes to sites, sorted by pair and by when they leave.

    pair : position of the home times the number of sites, plus the position of the site.
    leave, arrive : seconds after midnight, at the door of the home and of the site.
    on_foot : whether the whole way is a walk.
    homes, sites : how many there are.
    """

    pair: NDArray[np.int64]
    leave: NDArray[np.int64]
    arrive: NDArray[np.int64]
    on_foot: NDArray[np.bool_]
    homes: int
    sites: int


def bus_journeys(found: Sweep, from_homes: Walks, *, earliest: int, limit_seconds: int) -> Journeys:
    """Find the journeys by bus that are worth leaving for.

    Parameters
    ----------
    found
        The sweep of a day.
    from_homes
        Walks from homes to stops.
    earliest
        Nobody leaves home before this moment, seconds after midnight.
    limit_seconds
        Journeys that take longer, walks included, are left out.

    Returns
    -------
    Journeys
        Of journeys that leave at the same moment only the first to arrive is there.

    Examples
    --------
    >>> points = np.array([[565_000.0, 424_000.0]])
    >>> walks = am.access.trip_walks(buses, points, points + 3_000, am.access.TripRules())
    >>> found = am.access.sweep(am.access.service_day(buses, 0), walks.to_sites, walks.changes)
    >>> journeys = am.access.bus_journeys(found, walks.from_homes, earliest=7 * 3600, limit_seconds=3600)
    >>> journeys.homes, journeys.sites, bool((journeys.arrive >= journeys.leave).all())
    (1, 1, True)
    """
    sites = found.arrival.shape[1]
    pairs, leaves, arrives = [], [], []
    for home in range(from_homes.origins):
        walks = slice(from_homes.start[home], from_homes.start[home + 1])
        leave, rows = _departures(found, from_homes.to[walks], from_homes.seconds[walks], earliest)
        if not len(leave):
            continue
        arrival = np.minimum.accumulate(found.arrival[rows], axis=0)
        # the last of those that leave at the same moment has seen them all
        last = np.flatnonzero(np.append(leave[1:] != leave[:-1], True))
        leave, arrival = leave[last], arrival[last]
        better = arrival < np.vstack([np.full((1, sites), NEVER, dtype=np.int32), arrival[:-1]])
        better &= arrival - leave[:, None] <= limit_seconds
        moment, site = np.nonzero(better)
        pairs.append(home * np.int64(sites) + site)
        leaves.append(leave[moment])
        arrives.append(arrival[moment, site])
    if not pairs:
        empty = np.empty(0, dtype=np.int64)
        return Journeys(empty, empty, empty, np.empty(0, dtype=bool), from_homes.origins, sites)
    pair, leave, arrive = (np.concatenate(part) for part in (pairs, leaves, arrives))
    return in_order(pair, leave, arrive, np.zeros(len(pair), dtype=bool), from_homes.origins, sites)


def in_order(
    pair: NDArray[np.int64],
    leave: NDArray[np.int64],
    arrive: NDArray[np.int64],
    on_foot: NDArray[np.bool_],
    homes: int,
    sites: int,
) -> Journeys:
    """Return journeys sorted by pair and by when they leave."""
    order = np.lexsort((leave, pair))
    moments = (leave[order].astype(np.int64), arrive[order].astype(np.int64))
    return Journeys(pair[order], *moments, on_foot[order], homes, sites)


def run_back(journeys: Journeys) -> Journeys:
    """Return journeys found on the day run backwards as ways home: they leave the site and arrive at the home.

    Of journeys of a pair, one that leaves later also arrives later, so that they are in order both ways.
    """
    turned = (-journeys.arrive, -journeys.leave, journeys.on_foot)
    return in_order(journeys.pair, *turned, journeys.homes, journeys.sites)


def first_from(journeys: Journeys, pair: NDArray[np.int64], moment: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the position of the first journey of each pair that leaves at a moment or later; -1 where none does."""
    at = np.searchsorted(_keys(journeys.pair, journeys.leave), _keys(pair, moment))
    there = at < len(journeys.pair)
    there[there] = journeys.pair[at[there]] == pair[there]
    found: NDArray[np.intp] = np.where(there, at, -1)
    return found


def _departures(
    found: Sweep, stops: NDArray[np.int32], walks: NDArray[np.int32], earliest: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return when somebody must leave for each boarding within the walk, the latest first, and its row."""
    begin, end = found.start[stops], found.start[stops + 1]
    number = end - begin
    offset = (
        np.repeat(begin - np.concatenate([[0], np.cumsum(number)[:-1]]), number) if len(stops) else number
    )
    boarding = np.arange(number.sum()) + offset
    leave = found.moment[boarding].astype(np.int64) - np.repeat(walks, number)
    kept = np.flatnonzero(leave >= earliest)
    kept = kept[np.argsort(-leave[kept], kind="stable")]
    return leave[kept], found.row[boarding[kept]]


def _keys(pair: NDArray[np.int64], moment: NDArray[np.int64]) -> NDArray[np.int64]:
    return pair * (1 << 24) + moment + (1 << 22)
