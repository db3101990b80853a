"""Ways: how people get to assets, and which of the ways decides about access and gaps.

There are three. A *straight line* is always at hand; it crosses water, and roads are longer (a detour factor
stands for that where the line is held against a catchment). *Over land* goes round water, by ferries where a table of
crossings names them. *Travel* is a matrix of minutes of one's own. Whatever is at hand is measured and gets
its columns, so that they can be compared; one of them decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.border import add_outside
from assetmap.access.catchment import enhanced_two_step
from assetmap.access.costs import nearest_in_reach, reach_by_time, reach_within
from assetmap.access.counts import count_per_1000
from assetmap.access.nearest import distance_to_nearest, open_assets
from assetmap.access.overland import LandGrid, distance_overland, reach_overland
from assetmap.schema import Costs, InputError, Note, beyond_border, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

STRAIGHT: Final = "straight"
OVERLAND: Final = "overland"
TRAVEL: Final = "travel"
COSTS: Final = {STRAIGHT: "distance_m", OVERLAND: "overland_m", TRAVEL: "travel_minutes"}
"""The column of each way: what it costs to get to the nearest."""

CATCHMENT_M: Final = 5_000.0
CATCHMENT_MINUTES: Final = 30.0


@dataclass(frozen=True)
class Ways:
    """The ways that are at hand, and how far people go.

    ``decides`` is ``straight``, ``overland`` (needs a ``grid`` of `make_land_grid`) or ``travel`` (needs a ``travel``
    matrix as for `reach_by_time`). ``catchment_m`` holds for metres, ``catchment_minutes`` for minutes; ``detour`` is
    what a straight line is multiplied by before it is held against the catchment. ``postcodes`` say how many people
    live beyond the border: they share the assets where the register has some on both sides (`with_people_beyond`).
    """

    decides: str = STRAIGHT
    catchment_m: float = CATCHMENT_M
    detour: float = 1.0
    grid: LandGrid | None = None
    travel: pd.DataFrame | None = None
    catchment_minutes: float = CATCHMENT_MINUTES
    postcodes: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse a way that lacks what it is measured with."""
        lacks = {OVERLAND: self.grid is None, TRAVEL: self.travel is None, STRAIGHT: False}
        if self.decides not in lacks:
            raise InputError(f"A way must be one of {first_few(lacks)}, not {self.decides!r}.")
        if lacks[self.decides]:
            needs = {OVERLAND: "a grid of the land", TRAVEL: "a table of travel times"}[self.decides]
            raise InputError(f"The way '{self.decides}' needs {needs}.")

    @property
    def cost(self) -> str:
        """Column of the way that decides."""
        return COSTS[self.decides]

    @property
    def limit(self) -> float:
        """How far people go, in metres or minutes."""
        return self.catchment_minutes if self.decides == TRAVEL else self.catchment_m


def measure_ways(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    ways: Ways,
    *,
    asset_type: str | Sequence[str] | None = "library",
) -> pd.DataFrame:
    """Measure access to one type of asset by every way that is at hand.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    ways
        What is at hand, and what decides.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``distance_m``, ``nearest_asset_id``, ``nearest_name``; with a grid the columns of
        `distance_overland`; with travel times ``travel_minutes``, ``travel_asset_id``, ``travel_name``. By the way that
        decides: ``count_within`` and ``access_per_1000`` (E2SFCA). ``count_per_1000`` only where straight
        lines without a detour decide: it needs the ways from people to people too. Both share the assets with the
        people beyond the border where `with_people_beyond` says so.
    """
    measured = distance_to_nearest(areas, assets, asset_type=asset_type)
    if ways.grid is not None:
        measured = measured.join(distance_overland(areas, assets, ways.grid, asset_type=asset_type))
    if ways.travel is not None:
        anywhere = reach_by_time(areas, assets, ways.travel, asset_type=asset_type, limit_minutes=np.inf)
        names = {"nearest_asset_id": "travel_asset_id", "nearest_name": "travel_name"}
        measured = measured.join(nearest_in_reach(anywhere, assets).rename(columns=names))
    everyone = with_people_beyond(areas, assets, ways, asset_type=asset_type)
    reach = reach_by(everyone, assets, ways, asset_type=asset_type)
    if ways.decides == STRAIGHT and ways.detour == 1:
        counts = count_per_1000(everyone, assets, asset_type=asset_type, catchment_m=ways.catchment_m)
        measured = measured.join(counts)
    else:
        measured["count_within"] = count_in_reach(reach).loc[areas.index]
    measured["access_per_1000"] = enhanced_two_step(everyone, assets, reach).loc[areas.index]
    return measured


def with_people_beyond(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    ways: Ways,
    *,
    asset_type: str | Sequence[str] | None = None,
    times: float = 1.0,
) -> gpd.GeoDataFrame:
    """Add the people beyond the border to the areas, where the register has open assets there too.

    Without these the neighbours would be counted, but not their libraries. Nor are they counted with travel times, which
    say nothing about them, or without postcodes.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    ways
        Its ``postcodes`` are those of `add_outside`.
    times
        What the catchment is multiplied by.

    Returns
    -------
    geopandas.GeoDataFrame
        `areas` as they are or, in the same order, with squares below them (`add_outside`): those within two catchments,
        for whoever shares an asset with an area lives no further from it.
    """
    if ways.postcodes is None or ways.decides == TRAVEL:
        return areas
    if not beyond_border(open_assets(assets, asset_type)).any():
        return areas
    return add_outside(areas, ways.postcodes, catchment_m=2 * times * ways.catchment_m)


def describe_border(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, ways: Ways, *, asset_type: str = "library"
) -> tuple[Note, ...]:
    """Say what of the register lies beyond the border, and whether the people there were counted too.

    Returns
    -------
    tuple of Note
        None where nothing lies beyond, else ``BORDER_SHARED`` (the people beyond share the assets of the type) or
        ``BORDER_NOT_SHARED`` (they are not counted, and why).
    """
    beyond = int(beyond_border(assets).sum())
    if not beyond:
        return ()
    ours = int(beyond_border(open_assets(assets, asset_type)).sum())
    begun = (
        f"Listed beyond the border, up to {ways.catchment_m / 1000:g} km from it: {beyond:,} "
        f"asset{'s' if beyond > 1 else ''}. What lies there counts for distances and access, in no area and in no total. "
    )
    everyone = with_people_beyond(areas, assets, ways, asset_type=asset_type)
    people = everyone["population"].iloc[len(areas) :].sum()
    if len(everyone) > len(areas):
        shared = (
            f"{ours} of them {'are' if ours > 1 else 'is'} open and of the type '{asset_type}', so the people beyond the "
            f"border (about {people:,.0f}, by their live postcodes) are counted as sharing what is in reach."
        )
        return (Note("BORDER_SHARED", begun + shared),)
    if not ours:
        why = f"Nothing open of the type '{asset_type}' is among them"
    elif ways.decides == TRAVEL:
        why = "The travel times say nothing about people beyond the border"
    else:
        why = "No postcodes beyond the border are at hand"
    left = f"{why}, so the people beyond the border are not counted as sharing what is in reach."
    return (Note("BORDER_NOT_SHARED", begun + left),)


def reach_by(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    ways: Ways,
    *,
    asset_type: str | Sequence[str] | None = None,
    times: float = 1.0,
) -> Costs:
    """Find the open assets in reach of each area by the way that decides.

    Parameters
    ----------
    areas, assets, asset_type
        As for `reach_within`.
    ways
        The way that decides, and its catchment.
    times
        What the catchment is multiplied by.

    Returns
    -------
    Costs
        In metres or minutes.
    """
    limit = ways.limit * times
    if ways.decides == OVERLAND and ways.grid is not None:
        return reach_overland(areas, assets, ways.grid, asset_type=asset_type, catchment_m=limit)
    if ways.decides == TRAVEL and ways.travel is not None:
        return reach_by_time(areas, assets, ways.travel, asset_type=asset_type, limit_minutes=limit)
    return reach_within(areas, assets, asset_type=asset_type, catchment_m=limit, detour=ways.detour)


def count_in_reach(reach: Costs) -> pd.Series:
    """Count the assets in the reach of each area.

    Returns
    -------
    pandas.Series
        ``count_within`` on ``reach.areas``; 0 where nothing is in reach, missing where nothing was measured.
    """
    counts = np.bincount(reach.area, minlength=len(reach.areas)).astype(float)
    counted = pd.Series(counts, index=reach.areas, name="count_within")
    return counted.astype("int64") if reach.measured.all() else counted.where(reach.measured)


def known_costs(areas: pd.DataFrame, ways: Ways, way: str | None = None) -> pd.Series:
    """Return the cost to the nearest by a way, infinite where no way leads to one.

    What was not measured (an area of which the travel times say nothing) stays missing. The way is the one that decides
    when it is not named.
    """
    way = way or ways.decides
    costs = areas[COSTS[way]].astype(float)
    if way != TRAVEL:
        return costs.fillna(np.inf)
    if ways.travel is None:
        return costs
    measured = areas.index.isin(ways.travel["origin"])
    return costs.where(costs.notna() | ~measured, np.inf)
