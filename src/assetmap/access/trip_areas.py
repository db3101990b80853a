"""Trips there and back by area: days a week, who has no way on any day, and which opening would help most.

A home's best site is the one with most days a week, and of those the quickest. An area's figures are population-weighted
medians over its homes; those of the trip itself over the homes that have one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.homes import Homes, area_quantiles
from assetmap.access.there_and_back import there_and_back
from assetmap.access.trip_walks import TripRules, TripWalks
from assetmap.access.walking import Walks, sorted_walks
from assetmap.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.records.transport import ThereAndBack, Timetable

OPENS: Final = 9 * 60
UNTIL: Final = (17 * 60, 18 * 60, 19 * 60)
"""Openings that are tried: from nine, or the usual hour of the day, until five, six or seven."""

GROUPS: Final = {
    "everyone": "population",
    "children": "children_0_15",
    "60 and over": "older_60_plus",
    "households without a car": "households_no_car",
}
"""Who is counted, and the column of the areas that says how many there are."""

_FIGURES: Final = ("minutes", "longest_stay", "choices", "last_back")


def trips_by_area(trips: ThereAndBack, homes: Homes, names: pd.Series) -> pd.DataFrame:
    """Summarise the trips to the best site of each home, by area.

    Parameters
    ----------
    trips
        From `there_and_back`, for these homes.
    homes
        Where people set out.
    names
        Name of each site, by its label.

    Returns
    -------
    pandas.DataFrame
        On ``homes.areas``: ``bus_days`` (days a week on which half of the people or more can get to their best site while it
        is open, and home: 0 to 7), ``bus_return_minutes`` (travel there and back), ``bus_longest_stay`` (minutes),
        ``bus_choices`` (buses out in a week), ``bus_last_back`` (minutes after midnight), missing where nobody has a
        trip; ``bus_site_id``, ``bus_site_name`` (the best site of most people); ``people_without_bus`` (no way there and
        back on any day) and ``without_bus_share`` (0-1). An area without people counts its homes. All are missing where no
        home is covered by the timetable.

    Raises
    ------
    InputError
        If the trips were measured from other homes.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas)
    >>> points = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    >>> library = quillford.assets.iloc[[0]]
    >>> sites = pd.DataFrame({"easting": library.geometry.x, "northing": library.geometry.y})
    >>> trips = am.access.there_and_back(buses, points, sites, am.read.opening_times(library).times)
    >>> am.access.trips_by_area(trips, homes, library["name"])["bus_days"].tolist()
    [0.0, 0.0, 0.0, 6.0, 6.0, 5.0, 6.0, 6.0, 4.0, 6.0, 6.0, 4.0]
    """
    best = _best_of_home(_by_pair(trips, homes), len(homes.names))
    days = best["days"].to_numpy(dtype=float)
    # more is better: the median of the negative is the upper median
    middle = -area_quantiles(-days[:, None], homes)[0][:, 0]
    table = pd.DataFrame({"bus_days": middle}, index=homes.areas)
    has = days > 0
    some = Homes(homes.areas, homes.names, homes.area[has], homes.points[has], homes.people[has])
    for column in _FIGURES:
        values = best[column].to_numpy(dtype=float)[has, None]
        found = area_quantiles(values, some)[0][:, 0]
        name = {"minutes": "bus_return_minutes"}.get(column, f"bus_{column}")
        table[name] = np.where(np.isfinite(found), found, np.nan)
    site = _most_people(best["site"].to_numpy()[has].astype(np.intp), some)
    labels = pd.Series(np.array([*trips.sites, None], dtype=object)[site], index=homes.areas)
    table["bus_site_id"] = labels
    table["bus_site_name"] = labels.map(names)
    people = np.bincount(homes.area, weights=homes.people, minlength=len(homes.areas))
    without = np.bincount(homes.area, weights=homes.people * ~has, minlength=len(homes.areas))
    count = np.bincount(homes.area, minlength=len(homes.areas))
    bare = np.bincount(homes.area, weights=~has, minlength=len(homes.areas)) / np.maximum(count, 1)
    table["people_without_bus"] = without
    table["without_bus_share"] = np.where(people > 0, without / np.where(people > 0, people, 1), bare)
    covered = np.bincount(homes.area, weights=trips.cover.ne("not covered"), minlength=len(homes.areas)) > 0
    return table.where(pd.Series(covered, index=homes.areas), np.nan)


def trips_by_pair(trips: ThereAndBack, homes: Homes) -> pd.DataFrame:
    """Summarise the trips from each area to each site.

    Returns
    -------
    pandas.DataFrame
        One row per area and site to which anybody has a trip: ``area_code``, ``asset_id``, ``days`` (a week, for half of the
        people or more), ``people`` (with a trip on any day), and over those people the medians ``return_minutes``,
        ``longest_stay``, ``choices`` (a week) and ``last_back`` (minutes after midnight).

    Raises
    ------
    InputError
        If the trips were measured from other homes.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas)
    >>> points = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    >>> library = quillford.assets.iloc[[0]]
    >>> sites = pd.DataFrame({"easting": library.geometry.x, "northing": library.geometry.y})
    >>> trips = am.access.there_and_back(buses, points, sites, am.read.opening_times(library).times)
    >>> am.access.trips_by_pair(trips, homes)[["area_code", "days", "people"]].head(2).values.tolist()
    [['E01900004', 6.0, 1520.0], ['E01900005', 6.0, 2240.0]]
    """
    pairs = _by_pair(trips, homes)
    rows = []
    for site in np.unique(pairs["site"].to_numpy(dtype=np.intp)):
        part = pairs[pairs["site"].eq(site)]
        at = part["home"].to_numpy()
        days = np.zeros(len(homes.names))
        days[at] = part["days"]
        middle = -area_quantiles(-days[:, None], homes)[0][:, 0]
        order = np.argsort(at)
        some = Homes(
            homes.areas, homes.names, homes.area[at[order]], homes.points[at[order]], homes.people[at[order]]
        )
        figures = area_quantiles(part[list(_FIGURES)].to_numpy(dtype=float)[order][:, :], some)[0]
        people = np.bincount(some.area, weights=some.people, minlength=len(homes.areas))
        for area in np.unique(some.area):
            rows.append((homes.areas[area], trips.sites[site], middle[area], people[area], *figures[area]))
    columns = [
        "area_code",
        "asset_id",
        "days",
        "people",
        "return_minutes",
        "longest_stay",
        "choices",
        "last_back",
    ]
    return pd.DataFrame(rows, columns=columns).sort_values(["area_code", "asset_id"], ignore_index=True)


def people_without_bus(areas: pd.DataFrame) -> pd.DataFrame:
    """Count the people who have no way there and back by bus on any day, by age, car ownership and need.

    Parameters
    ----------
    areas
        With ``without_bus_share``, ``population``, and, where known, ``children_0_15``, ``older_60_plus``,
        ``households_no_car`` and ``need_decile``.

    Returns
    -------
    pandas.DataFrame
        One row per group: ``group``, ``people`` (households in the group of those without a car), ``without``, ``share``
        (0-1). Within an area a group is assumed to be spread like everybody else.

    Examples
    --------
    >>> found = pd.DataFrame({"population": [100, 300], "without_bus_share": [0.0, 0.5]}, index=["A", "B"])
    >>> am.access.people_without_bus(found)[["people", "without"]].iloc[0].tolist()
    [400.0, 150.0]
    """
    share = areas["without_bus_share"].astype(float)
    rows = []
    for group, column in GROUPS.items():
        if column in areas.columns:
            count = areas[column].astype(float).where(share.notna())
            rows.append((group, count.sum(), (count * share).sum()))
    if "need_decile" in areas.columns:
        deciles = areas["need_decile"].dropna().astype(int)
        for decile in sorted(set(deciles)):
            part = areas.loc[deciles.index[deciles == decile]]
            count = part["population"].astype(float).where(share[part.index].notna())
            rows.append((f"need decile {decile}", count.sum(), (count * share[part.index]).sum()))
    table = pd.DataFrame(rows, columns=["group", "people", "without"])
    table["share"] = table["without"] / table["people"].where(table["people"] > 0)
    return table


def openings_that_help(
    timetable: Timetable,
    homes: Homes,
    sites: pd.DataFrame,
    times: pd.DataFrame,
    trips: ThereAndBack,
    *,
    rules: TripRules | None = None,
    walks: TripWalks | None = None,
) -> pd.DataFrame:
    """Try every change of one site on one day, and count the people who get a way there and back, or one day more, by it.

    Parameters
    ----------
    timetable, homes, sites, times, trips, rules, walks
        As for `there_and_back`, and what it found.

    Returns
    -------
    pandas.DataFrame
        One row per change that helps anybody, most people first: ``asset_id``, ``day`` (0 = Monday), ``opens``, ``closes``
        (minutes after midnight, of the day as changed), ``extra_hours`` (a week), ``people`` (who have no way on any day now, and
        would have one), ``people_one_day_more`` (who have no way to any site on that day now, and would have one; those are among
        them). Longer hours are named only where they help more people. Sites whose hours are not known are left
        out: they may be open.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas.iloc[[8]])
    >>> points = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    >>> library = quillford.assets.iloc[[1]]
    >>> sites = pd.DataFrame({"easting": library.geometry.x, "northing": library.geometry.y})
    >>> times = am.read.opening_times(library).times.head(1)
    >>> trips = am.access.there_and_back(buses, points, sites, times)
    >>> found = am.access.openings_that_help(buses, homes, sites, times, trips)
    >>> found[["day", "people_one_day_more"]].head(1).values.tolist()
    [[1.0, 1600.0]]
    """
    sites = sites.drop(index=trips.without_times)
    if walks is not None:
        walks = _to_some(walks, trips.sites.get_indexer(sites.index))
    now = np.zeros((len(homes.names), 7), dtype=bool)
    now[trips.days["home"], trips.days["day"]] = True
    nowhere = np.logical_not(now.any(axis=1))
    places = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    rows = []
    most: dict[tuple[int, int], float] = {}
    for until in UNTIL:
        changed = _opened(times, sites.index, until)
        found = there_and_back(timetable, places, sites, changed, rules=rules, walks=walks).days
        found = found[~now[found["home"], found["day"]]]
        people = homes.people[found["home"]]
        counted = found.assign(more=people, people=people * nowhere[found["home"]])
        sums = counted.groupby(["site", "day"])[["people", "more"]].sum()
        for (site, day), gained in zip(sums.index.to_list(), sums.to_numpy(), strict=True):
            if gained[1] <= most.get((site, day), 0.0):
                continue  # shorter hours help as many
            most[site, day] = gained[1]
            asset = sites.index[int(site)]
            before = times[times["asset_id"].eq(asset) & times["day"].eq(day)]
            after = changed[changed["asset_id"].eq(asset) & changed["day"].eq(day)].iloc[0]
            extra = after["closes"] - after["opens"] - (before["closes"] - before["opens"]).sum()
            rows.append((asset, int(day), after["opens"], after["closes"], extra / 60, *gained))
    columns = ["asset_id", "day", "opens", "closes", "extra_hours", "people", "people_one_day_more"]
    table = pd.DataFrame(rows, columns=columns)
    table = table[table["people_one_day_more"] >= 0.5]
    order = ["people", "people_one_day_more", "extra_hours", "asset_id", "day"]
    return table.sort_values(order, ascending=[False, False, True, True, True], ignore_index=True)


def _to_some(walks: TripWalks, sites: NDArray[np.intp]) -> TripWalks:
    """Return the walks that lead to some of the sites."""
    place = np.full(walks.to_sites.destinations, -1, dtype=np.int64)
    place[sites] = np.arange(len(sites))
    return replace(
        walks,
        to_sites=_led_to(walks.to_sites, place, len(sites)),
        all_the_way=_led_to(walks.all_the_way, place, len(sites)),
    )


def _led_to(walks: Walks, place: NDArray[np.int64], sites: int) -> Walks:
    origin = np.repeat(np.arange(walks.origins), np.diff(walks.start))
    to = place[walks.to]
    kept = to >= 0
    return sorted_walks(origin[kept], to[kept], walks.seconds[kept], walks.origins, sites)


def _opened(times: pd.DataFrame, sites: pd.Index, until: int) -> pd.DataFrame:
    """Return opening times in which every site is open on every day, until then or later."""
    first = times.groupby(["asset_id", "day"])["opens"].min()
    last = times.groupby(["asset_id", "day"])["closes"].max()
    every = pd.MultiIndex.from_product([sites, range(7)], names=["asset_id", "day"])
    opens = first.reindex(every).fillna(OPENS).clip(upper=OPENS)
    opens = first.reindex(every).fillna(opens)
    closes = last.reindex(every).fillna(0).clip(lower=until)
    return pd.DataFrame({"opens": opens, "closes": closes}).astype(int).reset_index()


def _by_pair(trips: ThereAndBack, homes: Homes) -> pd.DataFrame:
    """Return one row per home and site: days a week, the quickest trip, longest stay, choices and last way back."""
    if len(trips.homes) != len(homes.names):
        raise InputError("These trips were measured from other homes. Measure them again from these homes.")
    grouped = trips.days.groupby(["home", "site"], sort=True)
    pairs = grouped.agg(
        days=("day", "count"),
        minutes=("minutes", "min"),
        longest_stay=("longest_stay", "max"),
        choices=("choices", "sum"),
        last_back=("last_back", "max"),
    )
    return pairs.reset_index()


def _best_of_home(pairs: pd.DataFrame, homes: int) -> pd.DataFrame:
    """Return the best site of each home: most days, then quickest, then first; 0 days where there is none."""
    order = pairs.sort_values(["home", "days", "minutes", "site"], ascending=[True, False, True, True])
    best = order.drop_duplicates("home").set_index("home").reindex(range(homes))
    best["days"] = best["days"].fillna(0)
    return best


def _most_people(site: NDArray[np.intp], homes: Homes) -> NDArray[np.intp]:
    """Return the site of most people of each area; -1 where nobody has one."""
    found = np.full(len(homes.areas), -1, dtype=np.intp)
    weights = homes.people + 1e-9
    counts = pd.Series(weights).groupby([homes.area, site]).sum().reset_index(name="people")
    counts = counts.sort_values(["level_0", "people", "level_1"], ascending=[True, False, True])
    first = counts.drop_duplicates("level_0")
    found[first["level_0"].to_numpy(dtype=np.intp)] = first["level_1"].to_numpy(dtype=np.intp)
    return found
