"""There and back by bus while it is open, for a project that has a timetable and opening hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.deserts import count_deserts
from assetmap.access.homes import homes_of
from assetmap.access.minutes import BUS
from assetmap.access.nearest import open_assets
from assetmap.access.there_and_back import there_and_back
from assetmap.access.trip_areas import openings_that_help, people_without_bus, trips_by_area, trips_by_pair
from assetmap.access.trip_walks import trip_walks
from assetmap.gaps.measure import need_column
from assetmap.project.known import project_lists, read_census_tables
from assetmap.read.lists.opening_times import opening_times
from assetmap.schema import Note, OpeningTimes, first_few
from assetmap.sites.area_people import need_deciles

if TYPE_CHECKING:
    import geopandas as gpd

    from assetmap.access.travel import Travel
    from assetmap.project.folder import Project

CLOCK_TIMES: Final = ("bus_last_back", "last_back", "opens", "closes")
WHOLE: Final = (
    *("bus_return_minutes", "bus_longest_stay", "bus_choices", "people_without_bus"),
    *("people", "people_one_day_more", "return_minutes", "longest_stay", "choices"),
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_OPENINGS: Final = 50
"""Changes of opening hours that the table names."""


def read_project_hours(project: Project, log: pd.DataFrame) -> OpeningTimes:
    """Read when the assets of the lists are open.

    Parameters
    ----------
    project
        Whose lists are read.
    log
        The validation log: which row is which asset.

    Returns
    -------
    OpeningTimes
        By ``asset_id``. Of several lists that say when an asset is open, the first counts.
    """
    times, unread = [], []
    known: set[str] = set()
    for each in project_lists(project).lists:
        table = each.table
        rows = log[log["source"].eq(each.source) & log["asset_id"].notna()].drop_duplicates("row")
        asset = table["row"].map(rows.set_index("row")["asset_id"])
        named = pd.DataFrame(table[asset.notna()]).set_index(asset[asset.notna()].rename("asset_id"))
        named = named[~named.index.duplicated() & ~named.index.isin(list(known))]
        read = opening_times(named)
        times.append(read.times)
        unread.append(read.unread)
        known |= set(read.times["asset_id"])
    if not times:
        return opening_times(pd.DataFrame(index=pd.Index([], name="asset_id")))
    every = pd.concat(unread, ignore_index=True)
    return OpeningTimes(pd.concat(times, ignore_index=True), every[~every["asset_id"].isin(list(known))])


def measure_trips(
    project: Project,
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    log: pd.DataFrame,
    *,
    travel: Travel,
) -> tuple[gpd.GeoDataFrame, dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Find who can get to an asset by bus, be there while it is open, and get home.

    Parameters
    ----------
    project
        Its settings name the type of asset.
    areas, assets, log
        Of a build.
    travel
        With a `BusSource`; without one nothing is measured.

    Returns
    -------
    tuple
        The areas with the columns of `trips_by_area` (and ``households``, ``households_no_car`` where a table of the census has
        them); the tables ``bus_trips`` (`trips_by_pair`), ``bus_people`` (`people_without_bus`), ``bus_deserts`` (`count_deserts` of
        those with no way on any day) and ``bus_openings`` (`openings_that_help`); and what a reader must know.
    """
    if BUS not in travel.modes:
        return areas, {}, ()
    source = travel.sources[BUS]
    sites = open_assets(assets, project.settings.access.asset_type)
    hours = read_project_hours(project, log)
    times = hours.times[hours.times["asset_id"].isin(sites.index)]
    if times.empty:
        sentence = (
            f"The lists give no opening hours as clock times for any of the {len(sites)} sites, so nothing can be said about "
            "getting there and back while they are open. Add a column for each day, for example Monday: 09:00-17:00."
        )
        return areas, {}, (Note("HOURS_NOT_KNOWN", sentence),)
    homes = homes_of(areas, source.postcodes)
    places = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    points = pd.DataFrame({"easting": sites.geometry.x, "northing": sites.geometry.y}, index=sites.index)
    walks = trip_walks(source.timetable, homes.points, points.to_numpy(), source.rules, source.network)
    trips = there_and_back(source.timetable, places, points, times, rules=source.rules, walks=walks)
    measured = areas.join(_readable(trips_by_area(trips, homes, sites["name"])))
    measured["bus_summary"] = [_summary(row) for _, row in measured.iterrows()]
    census = read_census_tables(project, areas.index)
    if census is not None and "no_car" in census:
        measured = measured.assign(households=census["no_car_of"], households_no_car=census["no_car"])
    need = project.settings.gaps.need or need_column(areas, project.settings.access.asset_type)
    helpful = openings_that_help(
        source.timetable, homes, points, times, trips, rules=source.rules, walks=walks
    )
    details = {
        "bus_trips": _readable(trips_by_pair(trips, homes)).set_index("area_code"),
        "bus_people": people_without_bus(measured.assign(need_decile=need_deciles(measured)))
        .round(3)
        .set_index("group"),
        "bus_deserts": count_deserts(
            measured.assign(need=measured[need]), share=measured["without_bus_share"].astype(float)
        ),
        "bus_openings": _readable(helpful.head(MOST_OPENINGS)).set_index("asset_id"),
    }
    notes: tuple[Note, ...] = ()
    if len(trips.without_times):
        names = first_few(sites.loc[trips.without_times, "name"])
        notes = (
            Note(
                "HOURS_NO_CLOCK_TIMES",
                f"The opening hours of {len(trips.without_times)} of {len(sites)} sites are not known as clock times: {names}. "
                "They count by the time to arrive, but not for getting there and back while they are open.",
            ),
        )
    return measured, {name: table for name, table in details.items() if len(table)}, notes


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with times of day as 15:40, days by name, and whole minutes and people."""
    table = table.copy()
    for column in table.columns.intersection(list(CLOCK_TIMES)):
        table[column] = [clock_time(value) for value in table[column]]
    for column in table.columns.intersection(list(WHOLE)):
        table[column] = table[column].astype(float).round()
    if "day" in table.columns:
        table["day"] = [WEEKDAYS[day] for day in table["day"]]
    return table


def clock_time(minutes: float) -> str | None:
    """Return minutes after midnight as a time of day; none where they are missing.

    Examples
    --------
    >>> clock_time(940.9), clock_time(float("nan"))
    ('15:40', None)
    """
    return None if pd.isna(minutes) else f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _spread(row: pd.Series) -> str:
    """Return between which minutes the middle half of the people are, where they differ."""
    low, high = (float(row.get(f"bus_minutes_{end}", np.nan)) for end in ("low", "high"))
    if np.isnan(low) or np.isnan(high) or round(low) == round(high):
        return ""
    return f" ({low:.0f} to {high:.0f} for the middle half of people)"


def _summary(row: pd.Series) -> str | None:
    """Return one line for the card of an area: "25 min by bus or on foot, 4 days a week there and back while open; last way home 15:40"."""
    if pd.isna(row["bus_days"]):
        return None
    minutes = row.get("bus_minutes")
    time = f"{minutes:.0f} min by bus or on foot{_spread(row)}, " if pd.notna(minutes) else ""
    days = int(row["bus_days"])
    if not days:
        return f"{time}no day with a way there and back while open for most people"
    last = f"; last way home {row['bus_last_back']}" if row["bus_last_back"] else ""
    return f"{time}{days} day{'' if days == 1 else 's'} a week there and back while open{last}"
