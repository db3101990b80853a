"""Travel: the mode by which people get to assets, how far they travel, and what each mode is measured with.

A mode of travel is a row of `MODES` and one function that returns `Costs`. A *straight* line is always available; it
crosses water, and roads are longer (a detour factor can stand for that). *Overland* goes around water, and by ferries
where a table of crossings names them. *Walk* and *drive* take the roads, *bus* a timetable, each in minutes. *Own* looks
up your own travel times. Every available mode is measured and keeps its columns, so you can compare them; one of them
decides what counts as access.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assetmap.access.costs import (
    LIMIT_M,
    LIMIT_MINUTES,
    METRES,
    MINUTES,
    OVERLAND,
    OWN,
    STRAIGHT,
    straight_costs,
)
from assetmap.access.minutes import BUS, DRIVE, WALK, bus_costs, covered_areas, drive_costs, walk_costs
from assetmap.access.overland import nearest_limit_m, overland_costs
from assetmap.access.own import own_costs
from assetmap.schema import InputError, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from assetmap.schema import Costs


@dataclass(frozen=True)
class Travel:
    """How people travel: the mode that decides, and what each mode is measured with.

    mode : a row of `MODES`.
    limit_m, limit_minutes : how far people travel, for modes in metres and in minutes.
    detour : multiplies straight lines before they are compared with the limit.
    sources : what each mode is measured with, by name: a `LandGrid` for ``overland``, a `WalkSource` for ``walk``, a
        `DriveSource` for ``drive``, a `BusSource` for ``bus``, a table of travel times (see `own_costs`) for ``own``. The
        modes named here, and straight lines, are available.
    postcodes : show how many people live beyond the border; they share the assets where the register has some on
        both sides (`with_people_beyond`).
    """

    mode: str = STRAIGHT
    limit_m: float = LIMIT_M
    limit_minutes: float = LIMIT_MINUTES
    detour: float = 1.0
    sources: Mapping[str, Any] = field(default_factory=dict)
    postcodes: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse a mode that does not exist, or lacks what it is measured with."""
        for name in (self.mode, *self.sources):
            mode_named(name)
        if self.mode not in self.modes:
            raise InputError(f"The mode '{self.mode}' needs {MODES[self.mode].needs}.")

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that are available, in the order of `MODES`."""
        return tuple(name for name in MODES if not MODES[name].needs or self.sources.get(name) is not None)

    @property
    def unit(self) -> str:
        """``m`` or ``min``."""
        return MODES[self.mode].unit

    @property
    def limit(self) -> float:
        """How far people travel, in the unit of the mode."""
        return self.limit_m if self.unit == METRES else self.limit_minutes

    @property
    def cost(self) -> str:
        """Column of the areas that holds the cost to the nearest asset by the mode."""
        return MODES[self.mode].cost


@dataclass(frozen=True)
class Mode:
    """One mode of travel.

    unit : ``m`` or ``min``.
    cost : column of the areas that holds the cost to the nearest asset.
    prefix : of the columns ``<prefix>_asset_id`` and ``<prefix>_name`` of that asset.
    words : what is measured, in words.
    needs : what must be in ``Travel.sources``, in words; empty where nothing is needed.
    measure : returns the `Costs`: ``measure(areas, assets, travel, asset_type, limit, only_open)``.
    nearest_limit : a limit within which every area finds its nearest asset, where a search without one is slow.
    from_points : costs can be measured from any point, so also from where people live beyond the border.
    covers : which areas something is known of: ``covers(areas, source)``; of the others it is not known that there is no way.
    """

    unit: str
    cost: str
    prefix: str
    words: str
    needs: str
    measure: Callable[..., Costs]
    nearest_limit: Callable[..., float] = lambda areas, assets, travel, asset_type: np.inf
    from_points: bool = True
    covers: Callable[..., NDArray[np.bool_]] = lambda areas, source: np.ones(len(areas), dtype=bool)


def _minutes_mode(name: str, costs: Callable[..., Costs], *, words: str, needs: str) -> Mode:
    """Return the row of a mode whose minutes are measured from roads or a timetable."""
    return Mode(
        unit=MINUTES,
        cost=f"{name}_minutes",
        prefix=name,
        words=words,
        needs=needs,
        measure=lambda areas, assets, travel, asset_type, limit, only_open: costs(
            areas,
            assets,
            travel.sources[name],
            asset_type=asset_type,
            limit_minutes=limit,
            only_open=only_open,
        ),
        covers=covered_areas,
    )


MODES: Final[Mapping[str, Mode]] = {
    STRAIGHT: Mode(
        unit=METRES,
        cost="distance_m",
        prefix="nearest",
        words="straight-line distance",
        needs="",
        measure=lambda areas, assets, travel, asset_type, limit, only_open: straight_costs(
            areas, assets, asset_type=asset_type, limit_m=limit, detour=travel.detour, only_open=only_open
        ),
    ),
    OVERLAND: Mode(
        unit=METRES,
        cost="overland_m",
        prefix="overland",
        words="distance overland",
        needs="a grid of the land",
        measure=lambda areas, assets, travel, asset_type, limit, only_open: overland_costs(
            areas, assets, travel.sources[OVERLAND], asset_type=asset_type, limit_m=limit, only_open=only_open
        ),
        nearest_limit=lambda areas, assets, travel, asset_type: nearest_limit_m(
            areas, assets, travel.sources[OVERLAND], asset_type=asset_type
        ),
    ),
    WALK: _minutes_mode(WALK, walk_costs, words="minutes on foot", needs="a `WalkSource`"),
    DRIVE: _minutes_mode(DRIVE, drive_costs, words="minutes by car", needs="roads"),
    BUS: _minutes_mode(BUS, bus_costs, words="minutes by bus", needs="a timetable"),
    OWN: Mode(
        unit=MINUTES,
        cost="travel_minutes",
        prefix="travel",
        words="your own travel times",
        needs="a table of travel times",
        measure=lambda areas, assets, travel, asset_type, limit, only_open: own_costs(
            areas,
            assets,
            travel.sources[OWN],
            asset_type=asset_type,
            limit_minutes=limit,
            only_open=only_open,
        ),
        from_points=False,
        covers=lambda areas, source: areas.index.isin(source["origin"]),
    ),
}
"""The modes of travel. A new mode is a row here and one function that returns `Costs`."""


def mode_named(name: str) -> Mode:
    """Return a mode by its name.

    Raises
    ------
    InputError
        If there is no such mode, with those there are.
    """
    if name not in MODES:
        raise InputError(
            f"The mode of travel must be one of {first_few(MODES, most=len(MODES))}, not {name!r}."
        )
    return MODES[name]


def travel_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    travel: Travel,
    *,
    asset_type: str | Sequence[str] | None = None,
    mode: str | None = None,
    limit: float | None = None,
    only_open: bool = True,
) -> Costs:
    """Measure the costs from each area to each asset by a mode of travel.

    Parameters
    ----------
    areas, assets, asset_type, only_open
        As for `straight_costs`.
    travel
        The mode, its limit, and what it is measured with.
    mode
        Another mode of `MODES`; None for that of `travel`.
    limit
        Another limit in the unit of the mode; None for that of `travel`.

    Returns
    -------
    Costs
        In the unit of the mode.

    Examples
    --------
    >>> am.access.travel_costs(areas, assets, am.access.Travel(), asset_type="library").unit
    'm'
    """
    row = MODES[mode or travel.mode]
    most = limit if limit is not None else (travel.limit_m if row.unit == METRES else travel.limit_minutes)
    return row.measure(areas, assets, travel, asset_type, most, only_open)


def limit_to_nearest(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    travel: Travel,
    *,
    asset_type: str | Sequence[str] | None = None,
    mode: str | None = None,
) -> float:
    """Return a limit within which each area finds its nearest open asset by a mode, if there is a way at all."""
    return MODES[mode or travel.mode].nearest_limit(areas, assets, travel, asset_type)


def known_costs(areas: pd.DataFrame, travel: Travel, *, mode: str | None = None) -> pd.Series:
    """Return the cost to the nearest asset by a mode, infinite where none can be reached.

    An area that was not measured (your travel times have no row for it, or roads or timetable do not cover it) stays
    missing.

    Parameters
    ----------
    areas
        Small areas with the columns of `measure_access`.
    travel
        As for `measure_access`.
    mode
        Another mode of `MODES`; None for that of `travel`.

    Examples
    --------
    >>> float(am.access.known_costs(areas, am.access.Travel()).max().round())
    14233.0
    """
    mode = mode or travel.mode
    row = MODES[mode]
    costs = areas[row.cost].astype(float)
    source = travel.sources.get(mode)
    if row.needs and source is None:
        return costs
    measured = row.covers(areas, source)
    return costs.where(costs.notna() | ~measured, np.inf)


def covered_places(places: gpd.GeoDataFrame, travel: Travel) -> gpd.GeoDataFrame:
    """Keep the places that the mode can measure to: all of them, or those that your travel times name."""
    times = travel.sources.get(OWN)
    if travel.mode != OWN or times is None:
        return places
    named = set(times["destination"])
    found = places.index.isin(named)
    if "area_code" in places.columns:
        found |= places["area_code"].isin(named).to_numpy()
    return places[found]
