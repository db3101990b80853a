"""Minutes on foot, by car and by bus from each area to each asset, as `Costs`.

People set out from their postcodes where these are known, and an area's time is the population-weighted median over
them, a way that does not exist counting as the longest of all. *Walk*: along the roads, or, without a road extract, a
straight line times 1.2 at 5 km/h, and called that. *Drive*: along the roads, without rush hour. *Bus*: the median over
departures every five minutes from 9:00 to 17:00, Monday to Friday, waiting at home included; whoever is quicker on foot
walks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assetmap.access.bus_times import DEPARTURES, bus_minutes
from assetmap.access.homes import Homes, area_quantiles, homes_of
from assetmap.access.nearest import open_assets
from assetmap.access.roads import NO_ROADS_M, road_minutes, snap
from assetmap.access.there_and_back import cover_of_points
from assetmap.access.trip_walks import TripRules, trip_walks
from assetmap.access.walking import WALK_DETOUR, WALK_KMH
from assetmap.schema import Costs, Note, check_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from assetmap.records.transport import RoadNetwork, Timetable

WALK: Final = "walk"
DRIVE: Final = "drive"
BUS: Final = "bus"

SITES_AT_ONCE: Final = 32


@dataclass(frozen=True, eq=False)
class WalkSource:
    """What walks are measured with: postcodes, and roads where an extract is there."""

    postcodes: pd.DataFrame | None = None
    network: RoadNetwork | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class DriveSource:
    """What drives are measured with: roads, and postcodes."""

    network: RoadNetwork
    postcodes: pd.DataFrame | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class BusSource:
    """What bus travel is measured with: a timetable, postcodes, the walks that people accept, and roads to walk along if there are any."""

    timetable: Timetable
    postcodes: pd.DataFrame | None = None
    rules: TripRules = field(default_factory=TripRules)
    network: RoadNetwork | None = None

    def cover(self, points: NDArray[np.float64]) -> NDArray[np.str_]:
        """Say for each place whether buses serve it, and if not, why not (`cover_of_points`)."""
        walks = trip_walks(self.timetable, points, np.empty((0, 2)), self.rules, self.network)
        return cover_of_points(self.timetable, points, walks.from_homes)


def walk_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    source: WalkSource,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_minutes: float = np.inf,
    only_open: bool = True,
) -> Costs:
    """Measure the minutes on foot from each area to each asset.

    Parameters
    ----------
    areas, assets, asset_type, only_open
        As for `straight_costs`.
    source
        Postcodes to set out from, and roads; without roads a straight line times 1.2 at 5 km/h.
    limit_minutes
        Limit in minutes.

    Returns
    -------
    Costs
        Costs in minutes.

    Examples
    --------
    >>> source = am.access.WalkSource(network=roads.walk)
    >>> costs = am.access.walk_costs(quillford.areas, quillford.assets, source, asset_type="library")
    >>> costs.unit, float(costs.cost.min().round(1))
    ('min', 1.8)
    """
    if source.network is not None:
        return _road_costs(
            areas, assets, source.network, source.postcodes, asset_type, limit_minutes, only_open, WALK
        )

    def minutes(homes: Homes, points: NDArray[np.float64]) -> NDArray[np.float64]:
        metres = np.hypot(*(homes.points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
        found: NDArray[np.float64] = metres * WALK_DETOUR * 60 / (WALK_KMH * 1_000)
        return found

    method = f"straight line times {WALK_DETOUR:g} at {WALK_KMH:g} km/h"
    homes = homes_of(areas, source.postcodes)
    everywhere = np.ones(len(homes.names), dtype=bool)
    return _costs(
        areas, assets, homes, minutes, asset_type, limit_minutes, only_open, WALK, method, everywhere
    )


def drive_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    source: DriveSource,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_minutes: float = np.inf,
    only_open: bool = True,
) -> Costs:
    """Measure the minutes by car from each area to each asset.

    Parameters
    ----------
    areas, assets, asset_type, only_open
        As for `straight_costs`.
    source
        Roads, and postcodes to set out from.
    limit_minutes
        Limit in minutes.

    Returns
    -------
    Costs
        Costs in minutes. An area further than 5 km from any road of the extract is not measured.

    Examples
    --------
    >>> source = am.access.DriveSource(roads.drive)
    >>> costs = am.access.drive_costs(quillford.areas, quillford.assets, source, asset_type="library")
    >>> costs.unit, float(costs.cost.min().round(1))
    ('min', 0.7)
    """
    return _road_costs(
        areas, assets, source.network, source.postcodes, asset_type, limit_minutes, only_open, DRIVE
    )


def bus_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    source: BusSource,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_minutes: float = np.inf,
    only_open: bool = True,
) -> Costs:
    """Measure the minutes by bus from each area to each asset: the median over departures of a weekday.

    Parameters
    ----------
    areas, assets, asset_type, only_open
        As for `straight_costs`.
    source
        Timetable, postcodes, and the walks that people accept.
    limit_minutes
        Limit in minutes, waiting and walks included.

    Returns
    -------
    Costs
        Costs in minutes. An area that the timetable does not cover is not measured.

    Examples
    --------
    >>> source = am.access.BusSource(buses)
    >>> costs = am.access.bus_costs(quillford.areas, quillford.assets, source, asset_type="library")
    >>> float(am.access.nearest_of(costs, quillford.assets).iloc[3, 0].round(1))
    7.2
    """
    homes = homes_of(areas, source.postcodes)

    def minutes(some: Homes, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return bus_minutes(source.timetable, some.points, points, source.rules, source.network)

    covered = source.cover(homes.points) != "not covered"
    on_foot = "along the roads" if source.network is not None else f"in straight lines times {WALK_DETOUR:g}"
    method = (
        f"bus timetable of the week of {source.timetable.week.isoformat()}, median over departures from "
        f"{DEPARTURES[0] // 60}:00 to {DEPARTURES[-1] // 60}:00, Monday to Friday; walks {on_foot}"
    )
    return _costs(areas, assets, homes, minutes, asset_type, limit_minutes, only_open, BUS, method, covered)


def check_roads(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, network: RoadNetwork, postcodes: pd.DataFrame | None
) -> tuple[Note, ...]:
    """Say which areas and assets the roads do not cover, and how many people live far from any road.

    Returns
    -------
    tuple of Note
        ``ROADS_NO_COVER`` areas and assets further than 5 km from any road, ``ROADS_FAR`` people further than 1 km from the nearest.

    Examples
    --------
    >>> am.access.check_roads(quillford.areas, quillford.assets, roads.drive, quillford.postcodes)
    ()
    """
    homes = homes_of(areas, postcodes)
    near, sites = snap(homes.points, network), snap(_points(assets), network)
    outside = np.unique(homes.area[near.metres > NO_ROADS_M])
    notes = []
    if len(outside) or (sites.metres > NO_ROADS_M).any():
        notes.append(
            Note(
                "ROADS_NO_COVER",
                f"The road extract does not cover {len(outside)} of {len(areas)} areas and "
                f"{int((sites.metres > NO_ROADS_M).sum())} of {len(assets)} assets: their nearest road is more than 5 km away. "
                "Use an extract that covers the place and what people travel to.",
            )
        )
    far = homes.people[near.far & (near.metres <= NO_ROADS_M)].sum()
    if far >= 0.5:
        notes.append(
            Note(
                "ROADS_FAR",
                f"About {far:,.0f} people live more than 1 km from the nearest road; the walk to it counts.",
            )
        )
    return tuple(notes)


def check_buses(areas: gpd.GeoDataFrame, source: BusSource) -> tuple[Note, ...]:
    """Say how many people the timetable does not cover, have no stop within the walk, or no service at it.

    Returns
    -------
    tuple of Note
        The notes of the timetable, and ``BUS_NO_COVER``, ``BUS_NO_STOP``, ``BUS_NO_SERVICE`` where there are such people.

    Examples
    --------
    >>> [note.code for note in am.access.check_buses(quillford.areas, am.access.BusSource(buses))]
    ['WEEK', 'BUS_NO_STOP']
    """
    homes = homes_of(areas, source.postcodes)
    cover = source.cover(homes.points)
    notes = list(source.timetable.notes)
    for kind, code, words in (
        (
            "not covered",
            "BUS_NO_COVER",
            "live where the timetable does not reach: nothing is known about their buses",
        ),
        ("no stop", "BUS_NO_STOP", f"have no bus stop within a walk of {source.rules.walk_to_stop_m:,.0f} m"),
        (
            "no service",
            "BUS_NO_SERVICE",
            "have a bus stop within the walk, but no bus leaves from it in the week",
        ),
    ):
        people = homes.people[cover == kind].sum()
        if people >= 0.5:
            notes.append(Note(code, f"About {people:,.0f} people {words}."))
    return tuple(notes)


def covered_areas(areas: gpd.GeoDataFrame, source: DriveSource | WalkSource | BusSource) -> NDArray[np.bool_]:
    """Say which areas the roads or the timetable cover, so that no way from them is known to be no way."""
    homes = homes_of(areas, source.postcodes)
    if isinstance(source, BusSource):
        known = source.cover(homes.points) != "not covered"
    elif source.network is None:
        known = np.ones(len(homes.names), dtype=bool)
    else:
        known = snap(homes.points, source.network).metres <= NO_ROADS_M
    return _any_home(homes, known)


def _road_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    network: RoadNetwork,
    postcodes: pd.DataFrame | None,
    asset_type: str | Sequence[str] | None,
    limit_minutes: float,
    only_open: bool,
    mode: str,
) -> Costs:
    homes = homes_of(areas, postcodes)
    snapped = snap(homes.points, network)

    def minutes(some: Homes, points: NDArray[np.float64]) -> NDArray[np.float64]:
        sites = snap(points, network)
        found = road_minutes(network, snapped, sites, limit_minutes=limit_minutes)
        found[:, sites.metres > NO_ROADS_M] = np.inf
        found[snapped.metres > NO_ROADS_M] = np.inf
        return found

    method = f"roads of OpenStreetMap, {'on foot' if mode == WALK else 'by car without rush hour'}"
    covered = snapped.metres <= NO_ROADS_M
    return _costs(areas, assets, homes, minutes, asset_type, limit_minutes, only_open, mode, method, covered)


def _costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    homes: Homes,
    minutes: Callable[[Homes, NDArray[np.float64]], NDArray[np.float64]],
    asset_type: str | Sequence[str] | None,
    limit: float,
    only_open: bool,
    mode: str,
    method: str,
    covered: NDArray[np.bool_],
) -> Costs:
    """Take the median of each area's homes, and the quarter and three-quarter points, some sites at a time."""
    check_areas(areas)
    usable = open_assets(assets, asset_type) if only_open else assets
    points = _points(usable)
    pairs: list[tuple[NDArray[Any], ...]] = []
    for begin in range(0, len(points), SITES_AT_ONCE):
        low, median, high = area_quantiles(
            minutes(homes, points[begin : begin + SITES_AT_ONCE]), homes, shares=(0.25, 0.5, 0.75)
        )
        near = np.nonzero(np.isfinite(median) & (median <= limit))
        pairs.append((near[0], near[1] + begin, median[near], low[near], high[near]))
    joined = [np.concatenate([pair[part] for pair in pairs]) if pairs else np.empty(0) for part in range(5)]
    area, asset, cost, low, high = joined
    order = np.lexsort((asset, area))
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=area[order].astype(np.int32),
        asset=asset[order].astype(np.int32),
        cost=cost[order].astype(float),
        limit=limit,
        unit="min",
        mode=mode,
        method=method,
        measured=_any_home(homes, covered),
        spread=np.column_stack([low, high])[order] if len(homes.names) > len(areas) else None,
    )


def _any_home(homes: Homes, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.bincount(homes.area, weights=known, minlength=len(homes.areas)) > 0


def _points(assets: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.column_stack([assets.geometry.x, assets.geometry.y])
