"""Minutes by bus from door to door: the median over the departures of a weekday."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np

from assetmap.access.journeys import Journeys, bus_journeys, first_from
from assetmap.access.there_and_back import alike_days
from assetmap.access.transit import service_day, sweep
from assetmap.access.trip_walks import TripRules, TripWalks, parts_of, some_walks, trip_walks
from assetmap.kept import kept_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.records.transport import RoadNetwork, Timetable

DEPARTURES: Final = range(9 * 60, 17 * 60 + 1, 5)
"""Minutes after midnight at which people set out; the median over them is the time by bus."""

WEEKDAYS: Final = range(5)
HOMES_AT_ONCE: Final = 500


def bus_minutes(
    timetable: Timetable,
    homes: NDArray[np.float64],
    sites: NDArray[np.float64],
    rules: TripRules,
    network: RoadNetwork | None = None,
) -> NDArray[np.float64]:
    """Find the median minutes by bus, or on foot where that is quicker, over the departures of a weekday.

    Parameters
    ----------
    timetable
        As `read_timetable` returns it.
    homes, sites
        One row (easting, northing) per place, metres.
    rules
        The walks that people accept.
    network
        Roads for people on foot; without them walks are straight lines times a factor.

    Returns
    -------
    numpy.ndarray
        One row per home, one column per site; infinite where most departures lead nowhere.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas.iloc[3:6]).points
    >>> library = quillford.assets.geometry.iloc[[0]]
    >>> sites = np.column_stack([library.x, library.y])
    >>> am.access.bus_minutes(buses, homes, sites, am.access.TripRules()).round(1).tolist()
    [[37.2], [2.2], [48.2]]
    """
    walks = trip_walks(timetable, homes, sites, rules, network)
    parts = (*parts_of(timetable, walks), asdict(rules), len(homes), len(sites))
    return kept_arrays(
        "sweeps",
        "access",
        ("bus_minutes", *parts),
        lambda: {"minutes": _bus_minutes(timetable, walks, len(homes), len(sites), rules)},
    )["minutes"]


def _bus_minutes(
    timetable: Timetable, walks: TripWalks, homes: int, sites: int, rules: TripRules
) -> NDArray[np.float64]:
    """Sweep the weekdays and take the median over the departures."""
    weeks = [[day for day in days if day in WEEKDAYS] for days in alike_days(timetable)]
    weeks = [days for days in weeks if days]
    sweeps = [
        sweep(
            service_day(timetable, days[0]),
            walks.to_sites,
            walks.changes,
            change_seconds=rules.change_seconds,
        )
        for days in weeks
    ]
    median = np.full((homes, sites), np.inf)
    for begin in range(0, homes, HOMES_AT_ONCE):
        some = slice(begin, min(begin + HOMES_AT_ONCE, homes))
        parts = []
        for days, found in zip(weeks, sweeps, strict=True):
            from_homes = some_walks(walks.from_homes, some.start, some.stop)
            ways = bus_journeys(found, from_homes, earliest=DEPARTURES[0] * 60, limit_seconds=2 * 86_400)
            parts.append(np.tile(_times_from(ways), (len(days), 1)))
        median[some] = _median(np.concatenate(parts)).reshape(-1, sites)
    quicker: NDArray[np.float64] = np.minimum(median, _walked(walks, homes, sites))
    return quicker


def _times_from(ways: Journeys) -> NDArray[np.float64]:
    """Return the minutes from every departure (rows) for every pair of a home and a site (columns)."""
    pairs = np.arange(ways.homes * ways.sites, dtype=np.int64)
    rows = np.full((len(DEPARTURES), len(pairs)), np.inf)
    for row, minute in enumerate(DEPARTURES):
        at = first_from(ways, pairs, np.full(len(pairs), minute * 60, dtype=np.int64))
        there = at >= 0
        rows[row, there] = ways.arrive[at[there]] / 60 - minute
    return rows


def _median(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower median of each column; infinite where half of the departures or more lead nowhere."""
    middle = (len(minutes) - 1) // 2
    found: NDArray[np.float64] = np.partition(minutes, middle, axis=0)[middle]
    return found


def _walked(walks: TripWalks, homes: int, sites: int) -> NDArray[np.float64]:
    minutes = np.full((homes, sites), np.inf)
    origin = np.repeat(np.arange(homes), np.diff(walks.all_the_way.start))
    minutes[origin, walks.all_the_way.to] = walks.all_the_way.seconds / 60
    return minutes
