"""There and back by bus, while it is open.

A trip counts for a home, a site and a day if somebody can leave home after 07:00, arrive, stay at least 45 minutes
inside the opening hours of that day, and be home by 19:00, each way within 60 minutes, walks included. Who can walk all
the way within 30 minutes needs no bus. All of these are parameters. Somebody may wait at the door before it opens and at the
stop after it closes; neither counts as being there.

Limits: buses run to time and have room; one week stands for the year; what people do at home or at the site is theirs.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.journeys import Journeys, bus_journeys, first_from, in_order, run_back
from assetmap.access.transit import late_trips, reverse, service_day, sweep
from assetmap.access.trip_walks import TripRules, TripWalks, parts_of, some_walks, trip_walks
from assetmap.kept import kept_arrays
from assetmap.schema import ThereAndBack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from assetmap.access.walking import Walks
    from assetmap.records.transport import Timetable

COVER_M: Final = 3_000.0
"""A home further than this outside the outline of all stops is not covered by the timetable."""

HOMES_AT_ONCE: Final = 2_000
MINUTE: Final = 60
COLUMNS: Final = (
    *("home", "site", "day", "minutes", "leave_home", "arrive", "leave_site", "back_home"),
    *("longest_stay", "choices", "last_back", "on_foot"),
)


def there_and_back(
    timetable: Timetable,
    homes: pd.DataFrame,
    sites: pd.DataFrame,
    times: pd.DataFrame,
    *,
    rules: TripRules | None = None,
    walks: TripWalks | None = None,
) -> ThereAndBack:
    """Find the days on which people can get to a site by bus, be there while it is open, and get home.

    Parameters
    ----------
    timetable
        As `read_timetable` returns it.
    homes, sites
        ``easting`` and ``northing`` in metres; the index names them.
    times
        Clock times of opening: ``asset_id``, ``day``, ``opens``, ``closes`` (see `OpeningTimes`).
    rules
        What counts; the defaults are those of the module.
    walks
        From `trip_walks`; straight lines times a factor where they are not given.

    Returns
    -------
    ThereAndBack
        One row per home, site and day that works. A site without clock times is named, not counted.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas)
    >>> points = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    >>> library = quillford.assets.iloc[[0]]
    >>> sites = pd.DataFrame({"easting": library.geometry.x, "northing": library.geometry.y})
    >>> trips = am.access.there_and_back(buses, points, sites, am.read.opening_times(library).times)
    >>> trips.days.groupby("home")["day"].count().head(3).tolist()  # days a week
    [6, 6, 5]
    """
    rules = rules or TripRules()
    from_where, to_where = (table[["easting", "northing"]].to_numpy(dtype=float) for table in (homes, sites))
    walks = walks or trip_walks(timetable, from_where, to_where, rules)
    known = sites.index.isin(times["asset_id"])
    hours = times[times["asset_id"].isin(sites.index)].sort_values(["asset_id", "day", "opens", "closes"])
    at = sites.index.get_indexer(pd.Index(hours["asset_id"]))
    parts = (*parts_of(timetable, walks), asdict(rules), len(homes), len(sites), at)
    stored = kept_arrays(
        "sweeps",
        "access",
        ("there_and_back", *parts, hours[["day", "opens", "closes"]].to_numpy(dtype=np.int64)),
        lambda: {
            str(name): column.to_numpy()
            for name, column in _days(timetable, walks, rules, times, sites.index, len(homes)).items()
        },
    )
    days_found = pd.DataFrame({name: stored[name] for name in COLUMNS})
    return ThereAndBack(
        homes=homes.index,
        sites=sites.index,
        days=days_found,
        cover=pd.Series(
            cover_of_points(timetable, from_where, walks.from_homes), index=homes.index, name="cover"
        ),
        without_times=sites.index[~known],
        rules=asdict(rules),
    )


def _days(
    timetable: Timetable,
    walks: TripWalks,
    rules: TripRules,
    times: pd.DataFrame,
    sites: pd.Index,
    homes: int,
) -> pd.DataFrame:
    """Sweep each kind of day both ways and join the ways there with the ways back."""
    found = []
    for days in alike_days(timetable):
        buses = service_day(timetable, days[0])
        out = sweep(buses, walks.to_sites, walks.changes, change_seconds=rules.change_seconds)
        back = sweep(reverse(buses), walks.to_sites, walks.changes, change_seconds=rules.change_seconds)
        for begin in range(0, homes, HOMES_AT_ONCE):
            some = some_walks(walks.from_homes, begin, begin + HOMES_AT_ONCE)
            limit = rules.limit_minutes * MINUTE
            ways = bus_journeys(out, some, earliest=rules.leave_after * MINUTE, limit_seconds=limit)
            home = run_back(bus_journeys(back, some, earliest=-rules.home_by * MINUTE, limit_seconds=limit))
            on_foot = some_walks(walks.all_the_way, begin, begin + HOMES_AT_ONCE)
            ways, home = _with_walks(ways, home, on_foot, rules)
            for day in days:
                rows = _trips(ways, home, _stretches(times, sites, day), rules)
                rows["home"] += begin
                found.append(rows.assign(day=np.int64(day)))
    days_found = pd.concat(found, ignore_index=True)[list(COLUMNS)]
    return days_found.sort_values(["home", "site", "day"], ignore_index=True)


def cover_of_points(timetable: Timetable, points: NDArray[np.float64], from_homes: Walks) -> NDArray[np.str_]:
    """Say for each home whether buses serve it, and if not, why not.

    Returns
    -------
    numpy.ndarray
        ``served``; ``no service``: stops within the walk, but no bus leaves from them in the week; ``no stop``: none within
        the walk; ``not covered``: outside the outline of all stops by more than 3 km, so that the timetable says nothing
        about it.
    """
    import shapely

    stops = timetable.stops[["easting", "northing"]].to_numpy(dtype=float)
    near = np.diff(from_homes.start) > 0
    leaving = np.zeros(len(stops), dtype=bool)
    on_road = np.any(timetable.runs[1:], axis=0)[timetable.trip]
    leaving[timetable.stop[on_road & timetable.boards]] = True
    served = np.zeros(len(points), dtype=bool)
    origin = np.repeat(np.arange(len(points)), np.diff(from_homes.start))
    served[origin[leaving[from_homes.to]]] = True
    outline = shapely.convex_hull(shapely.multipoints(stops))
    covered = near | (shapely.distance(outline, shapely.points(points)) <= COVER_M)
    return np.select([served, near, covered], ["served", "no service", "no stop"], "not covered")


def alike_days(timetable: Timetable) -> list[list[int]]:
    """Group the days of the week (0 = Monday) on which the same buses run, those of the night before included."""
    late = late_trips(timetable)
    groups: dict[bytes, list[int]] = {}
    for day in range(7):
        same = timetable.runs[day + 1].tobytes() + (timetable.runs[day] & late).tobytes()
        groups.setdefault(same, []).append(day)
    return list(groups.values())


def _with_walks(
    ways: Journeys, home: Journeys, on_foot: Walks, rules: TripRules
) -> tuple[Journeys, Journeys]:
    """Add walks all the way, at the first and the last moment of the day, and leave out buses that are no quicker.

    Somebody on foot leaves when they like: who sets out at the first moment is there as early as can be, and who sets
    out for home at the last moment stays as long as can be, so that these two stand for all walks.
    """
    origin = np.repeat(np.arange(on_foot.origins), np.diff(on_foot.start))
    pair = origin.astype(np.int64) * on_foot.destinations + on_foot.to
    seconds = on_foot.seconds.astype(np.int64)
    walk = np.full(on_foot.origins * on_foot.destinations, np.iinfo(np.int64).max)
    walk[pair] = seconds
    day = (np.full(len(pair), rules.leave_after * MINUTE), np.full(len(pair), rules.home_by * MINUTE))
    both = []
    for journeys, leave, arrive in (
        (ways, day[0], day[0] + seconds),
        (home, day[1] - seconds, day[1]),
    ):
        kept = journeys.arrive - journeys.leave < walk[journeys.pair]
        both.append(
            in_order(
                np.concatenate([journeys.pair[kept], pair]),
                np.concatenate([journeys.leave[kept], leave]),
                np.concatenate([journeys.arrive[kept], arrive]),
                np.concatenate([journeys.on_foot[kept], np.ones(len(pair), dtype=bool)]),
                journeys.homes,
                journeys.sites,
            )
        )
    return both[0], both[1]


def _stretches(
    times: pd.DataFrame, sites: pd.Index, day: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the first, second ... stretch of opening of every site on a day, in seconds; closes is 0 where there is none."""
    today = times[times["day"].eq(day) & times["asset_id"].isin(sites)].sort_values(["asset_id", "opens"])
    rank = today.groupby("asset_id").cumcount()
    for number in range(int(rank.max()) + 1 if len(rank) else 0):
        rows = today[rank == number]
        at = sites.get_indexer(pd.Index(rows["asset_id"]))
        opens, closes = np.zeros(len(sites), dtype=np.int64), np.zeros(len(sites), dtype=np.int64)
        opens[at] = rows["opens"].to_numpy(dtype=np.int64) * MINUTE
        closes[at] = rows["closes"].to_numpy(dtype=np.int64) * MINUTE
        yield opens, closes


def _trips(
    ways: Journeys,
    home: Journeys,
    stretches: Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]],
    rules: TripRules,
) -> pd.DataFrame:
    """Join ways there with ways back, for one day."""
    pairs = ways.homes * ways.sites
    stay, site = rules.stay_minutes * MINUTE, ways.pair % max(ways.sites, 1)
    quickest, record = _quickest_from(home)
    never = np.iinfo(np.int64).max
    best, best_way, best_back = (
        np.full(pairs, never),
        *(np.full(pairs, -1, dtype=np.int64) for _ in range(2)),
    )
    longest = np.zeros(pairs, dtype=np.int64)
    works = np.zeros(len(ways.pair), dtype=bool)
    last_back = np.full(pairs, -never)
    ends = np.flatnonzero(np.diff(home.pair, append=-1))
    last_back[home.pair[ends]] = home.leave[ends]
    for opens, closes in stretches:
        inside = np.maximum(ways.arrive, opens[site])
        ready = inside + stay
        back = first_from(home, ways.pair, ready)
        good = np.flatnonzero((ready <= closes[site]) & (back >= 0))
        works[good] = True
        total = ways.arrive[good] - ways.leave[good] + quickest[back[good]]
        order = np.lexsort((ways.leave[good], total, ways.pair[good]))
        first = order[np.flatnonzero(np.diff(ways.pair[good][order], prepend=-1))]
        pair = ways.pair[good][first]
        better = total[first] < best[pair]
        first, pair = first[better], pair[better]
        best[pair], best_way[pair] = total[first], good[first]
        best_back[pair] = record[back[good[first]]]
        there = np.minimum(last_back[ways.pair[good]], closes[site[good]]) - inside[good]
        np.maximum.at(longest, ways.pair[good], there)
    return _rows(ways, home, best, best_way, best_back, longest, works, last_back)


def _quickest_from(home: Journeys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each way back, the least seconds of those of its pair that leave then or later, and which one it is."""
    seconds = home.arrive - home.leave
    key = home.pair * (1 << 24) + seconds
    least = np.minimum.accumulate(key[::-1])[::-1]
    position = np.where(key == least, np.arange(len(key)), len(key))
    record = np.minimum.accumulate(position[::-1])[::-1]
    return least - home.pair * (1 << 24), record.astype(np.int64)


def _rows(
    ways: Journeys,
    home: Journeys,
    best: NDArray[np.int64],
    best_way: NDArray[np.int64],
    best_back: NDArray[np.int64],
    longest: NDArray[np.int64],
    works: NDArray[np.bool_],
    last_back: NDArray[np.int64],
) -> pd.DataFrame:
    pair = np.flatnonzero(best_way >= 0)
    way, back = best_way[pair], best_back[pair]
    choices = np.bincount(ways.pair[works & ~ways.on_foot], minlength=len(best))
    return pd.DataFrame(
        {
            "home": pair // max(ways.sites, 1),
            "site": pair % max(ways.sites, 1),
            "minutes": best[pair] / MINUTE,
            "leave_home": ways.leave[way] / MINUTE,
            "arrive": ways.arrive[way] / MINUTE,
            "leave_site": home.leave[back] / MINUTE,
            "back_home": home.arrive[back] / MINUTE,
            "longest_stay": longest[pair] / MINUTE,
            "choices": choices[pair],
            "last_back": last_back[pair] / MINUTE,
            "on_foot": ways.on_foot[way] & home.on_foot[back],
        }
    )
