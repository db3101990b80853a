"""Measure access: the nearest asset by every available mode of travel, and counts and scores by the mode that decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetmap.access.border import with_people_beyond
from assetmap.access.catchment import enhanced_two_step
from assetmap.access.costs import STRAIGHT, count_of, join_costs, nearest_of, select_costs, within_limit
from assetmap.access.counts import people_within
from assetmap.access.nearest import distance_to_nearest
from assetmap.access.stops import nearest_stops, stops_by_hours
from assetmap.access.travel import MODES, Travel, covered_places, limit_to_nearest, travel_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from assetmap.schema import Costs


@dataclass(frozen=True)
class Catchments:
    """Who can reach which asset at what cost.

    people : the areas and, below them, squares of people beyond the border where they share assets.
    costs : from `people` to the open assets, up to the largest limit that is needed.
    stops : the same to what counts by its hours only (`stops_by_hours`), up to the limit of the measures; None where there is none.
    """

    people: gpd.GeoDataFrame
    costs: Costs
    stops: Costs | None = None

    def hours_within(self, limit: float) -> Costs:
        """Return the costs to everything whose hours count, within a limit."""
        near = within_limit(self.costs, limit)
        return near if self.stops is None else join_costs(near, within_limit(self.stops, limit))


def measure_catchments(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    travel: Travel,
    times: float = 1.0,
) -> Catchments:
    """Measure the costs that the access measures of an asset type need, once for all of them.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    travel
        The mode that decides, and its limit.
    times
        Multiplies the limit, for measures that also try larger ones.

    Examples
    --------
    >>> found = am.access.measure_catchments(areas, assets, travel=am.access.Travel())
    >>> found.costs.unit, found.costs.limit
    ('m', 5000.0)
    """
    people = with_people_beyond(areas, assets, travel, asset_type=asset_type, times=times)
    limit = travel.limit * times
    if travel.mode != STRAIGHT:
        # one measurement serves the catchments and the nearest asset
        limit = max(limit, limit_to_nearest(areas, assets, travel, asset_type=asset_type))
    costs = travel_costs(people, assets, travel, asset_type=asset_type, limit=limit)
    stops = covered_places(stops_by_hours(assets, asset_type), travel)
    if stops.empty:
        return Catchments(people, costs)
    return Catchments(people, costs, travel_costs(people, stops, travel, limit=travel.limit * times))


def measure_access(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    travel: Travel | None = None,
    catchments: Catchments | None = None,
) -> pd.DataFrame:
    """Measure access to one type of asset by every available mode of travel.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    travel
        How people travel; straight lines of `LIMIT_M` where you do not give it.
    catchments
        From `measure_catchments`, if you have them already.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``distance_m``, ``nearest_asset_id``, ``nearest_name``; with a grid of the land ``overland_m``,
        ``overland_asset_id``, ``overland_name``; with your own travel times ``travel_minutes``, ``travel_asset_id``,
        ``travel_name``; with roads or a timetable ``walk_minutes``, ``drive_minutes``, ``bus_minutes`` with the same, and
        where people set out from their postcodes ``_low`` and ``_high``: the minutes that a quarter and three quarters of
        them need at most. By the mode that decides: ``count_within`` and ``access_per_1000`` (E2SFCA), and
        ``access_sites_per_1000``, the same with each site counted as one in place of its hours. The hours of mobile library
        stops are part of the first only; where there are stops, ``mobile_stop_m`` and ``mobile_stop`` name the nearest
        within the limit in metres.
        ``count_per_1000`` only where straight lines without a detour decide, because it also needs the costs between
        areas. People beyond the border share the assets where `with_people_beyond` adds them.

    Examples
    --------
    >>> far = am.access.measure_access(areas, assets, asset_type="library")
    >>> round(float(far["distance_m"].max()))
    14233
    """
    travel = travel or Travel()
    caught = catchments or measure_catchments(areas, assets, asset_type=asset_type, travel=travel)
    measured = distance_to_nearest(areas, assets, asset_type=asset_type)
    for name in travel.modes:
        if name == STRAIGHT:
            continue
        if name == travel.mode:
            costs = select_costs(caught.costs, areas=areas.index)
        else:
            most = limit_to_nearest(areas, assets, travel, asset_type=asset_type, mode=name)
            costs = travel_costs(areas, assets, travel, asset_type=asset_type, mode=name, limit=most)
        row = MODES[name]
        names = {"cost": row.cost, "asset_id": f"{row.prefix}_asset_id", "name": f"{row.prefix}_name"}
        names |= {end: f"{row.cost}_{end}" for end in ("low", "high")}
        measured = measured.join(nearest_of(costs, assets).rename(columns=names))
    near = within_limit(caught.costs, travel.limit)
    measured["count_within"] = count_of(select_costs(near, areas=areas.index))
    if travel.mode == STRAIGHT and travel.detour == 1:
        people = people_within(caught.people, limit_m=travel.limit_m).loc[areas.index]
        measured["count_per_1000"] = measured["count_within"] / people.where(people > 0) * 1_000
    hours = caught.hours_within(travel.limit)
    measured["access_per_1000"] = enhanced_two_step(caught.people, assets, hours).loc[areas.index]
    sites = enhanced_two_step(caught.people, assets, near, capacity=None).loc[areas.index]
    measured["access_sites_per_1000"] = sites
    if caught.stops is not None:
        stops = stops_by_hours(assets, asset_type)
        measured = measured.join(nearest_stops(areas, stops, limit_m=travel.limit_m))
    return measured
