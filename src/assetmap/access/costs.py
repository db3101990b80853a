"""Travel costs: what it costs to get from each area to each asset, as one record for every mode of travel.

Each function here returns or takes `Costs`, so every measure works the same on straight lines, on distances overland
and on your own travel times. A straight line times a detour factor can stand for the road: across the United States the
road to the nearest hospital is 1.417 times the straight line (Boscoe, Henry & Zdeb 2012, *The Professional Geographer*
64(2), doi 10.1080/00330124.2011.583586, who also found that the two disagree near shores). The factor is an average and
cannot see an estuary.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points, open_assets, pairs_within
from assetmap.schema import Costs, InputError, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

LIMIT_M: Final = 5_000.0
"""How far people travel where you do not say otherwise, in metres: about an hour on foot, a short drive or bus ride."""

LIMIT_MINUTES: Final = 30.0
"""The same for modes that are measured in minutes."""

METRES: Final = "m"
MINUTES: Final = "min"

STRAIGHT: Final = "straight"
OVERLAND: Final = "overland"
OWN: Final = "own"

DETOUR_BY_ROAD: Final = 1.417
"""Road over straight line, Boscoe, Henry & Zdeb 2012."""


def straight_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_m: float = LIMIT_M,
    detour: float = 1.0,
    only_open: bool = True,
) -> Costs:
    """Measure straight lines from each area to each asset within a limit.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md. Assets outside the areas count too.
    asset_type
        One type, several, or None for any.
    limit_m
        Limit in metres, detour included; infinite for every pair.
    detour
        Multiplies the straight line, 1 or more; `DETOUR_BY_ROAD` is a sourced value.
    only_open
        Use only open assets with a known location. False: use every point given, whatever its status, for example
        candidates for new sites.

    Returns
    -------
    Costs
        Costs in metres.

    Raises
    ------
    InputError
        If `detour` is below 1.

    Examples
    --------
    >>> costs = straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> len(costs.cost)
    316
    """
    check_areas(areas)
    check_limit(limit_m, "limit_m")
    if not detour >= 1:
        raise InputError(f"detour must be 1 or more, not {detour!r}.")
    usable = open_assets(assets, asset_type) if only_open else assets
    points = np.column_stack([usable.geometry.x, usable.geometry.y])
    origin, destination, metres = _straight_pairs(centre_points(areas), points, limit_m / detour)
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=origin.astype(np.int32),
        asset=destination.astype(np.int32),
        cost=metres * detour,
        limit=limit_m,
        unit=METRES,
        mode=STRAIGHT,
        method="straight line" if detour == 1 else f"straight line times {detour:g}",
        measured=np.ones(len(areas), dtype=bool),
    )


def within_limit(costs: Costs, limit: float) -> Costs:
    """Keep the pairs that cost no more than a smaller limit, in the unit of the costs.

    Raises
    ------
    InputError
        If the costs were measured to a smaller limit only.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> near = am.access.within_limit(costs, 2_000)
    >>> int(am.access.count_of(near).max())
    2
    """
    check_limit(limit, "limit")
    if limit > costs.limit:
        raise InputError(
            f"The costs were only measured up to {costs.limit:g} {costs.unit}. Measure them again up to {limit:g} {costs.unit}."
        )
    near = costs.cost <= limit
    return replace(
        costs,
        area=costs.area[near],
        asset=costs.asset[near],
        cost=costs.cost[near],
        limit=limit,
        spread=None if costs.spread is None else costs.spread[near],
    )


def select_costs(costs: Costs, *, areas: pd.Index | None = None, assets: pd.Index | None = None) -> Costs:
    """Return the costs of some areas or assets, in the order given.

    Raises
    ------
    SchemaError
        If the costs lack one of them, with the number and the first labels.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> one = am.access.select_costs(costs, areas=areas.index[:1])
    >>> len(am.access.count_of(one))
    1
    """
    wanted = (costs.areas if areas is None else areas, costs.assets if assets is None else assets)
    lacking = [
        f"{len(missing)} {name}, first {first_few(missing)}"
        for name, has, wants in zip(("areas", "assets"), (costs.areas, costs.assets), wanted, strict=True)
        if len(missing := wants.difference(has, sort=False))
    ]
    if lacking:
        raise SchemaError(f"The costs lack {' and '.join(lacking)}. Measure them for these areas and assets.")
    area, asset = (
        wanted[0].get_indexer(costs.areas)[costs.area],
        wanted[1].get_indexer(costs.assets)[costs.asset],
    )
    kept = (area >= 0) & (asset >= 0)
    return replace(
        costs,
        areas=wanted[0],
        assets=wanted[1],
        area=area[kept].astype(np.int32),
        asset=asset[kept].astype(np.int32),
        cost=costs.cost[kept],
        spread=None if costs.spread is None else costs.spread[kept],
        measured=costs.measured[costs.areas.get_indexer(wanted[0])],
    )


def join_costs(costs: Costs, more: Costs) -> Costs:
    """Add the costs to further assets, measured from the same areas in the same way.

    Raises
    ------
    SchemaError
        If the costs are of other areas, in another unit or by another mode.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> more = am.access.straight_costs(areas, assets, asset_type="community_centre", limit_m=5_000)
    >>> len(am.access.join_costs(costs, more).assets)
    27
    """
    if not costs.areas.equals(more.areas) or (costs.unit, costs.mode) != (more.unit, more.mode):
        raise SchemaError("The costs come from other areas or another mode, so they cannot be joined.")
    return replace(
        costs,
        assets=costs.assets.append(more.assets),
        area=np.concatenate([costs.area, more.area]),
        asset=np.concatenate([costs.asset, more.asset + np.int32(len(costs.assets))]),
        cost=np.concatenate([costs.cost, more.cost]),
        spread=None
        if costs.spread is None or more.spread is None
        else np.concatenate([costs.spread, more.spread]),
        limit=min(costs.limit, more.limit),
    )


def costs_from_matrix(
    matrix: pd.DataFrame, *, unit: str, mode: str = OWN, method: str = "your own matrix"
) -> Costs:
    """Turn a table of areas by assets into costs.

    Parameters
    ----------
    matrix
        Rows ``area_code``, columns ``asset_id``, in metres or minutes; missing = cannot be reached. A row without any
        value is an area that was not measured.
    unit
        ``m`` or ``min``.
    mode, method
        As in `Costs`.

    Raises
    ------
    SchemaError
        If a cost is below 0 or the unit is not ``m`` or ``min``.

    Examples
    --------
    >>> matrix = pd.DataFrame({"hall": [400.0, 900.0]}, index=["A", "B"])
    >>> am.access.count_of(am.access.costs_from_matrix(matrix, unit="m")).tolist()
    [1, 1]
    """
    if unit not in (METRES, MINUTES):
        raise SchemaError(f"The unit of costs must be '{METRES}' or '{MINUTES}', not {unit!r}.")
    values = matrix.to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any():
        raise SchemaError("The matrix holds costs below 0. A cost is 0 or more.")
    area, asset = np.nonzero(np.isfinite(values))
    return Costs(
        areas=matrix.index,
        assets=matrix.columns,
        area=area.astype(np.int32),
        asset=asset.astype(np.int32),
        cost=values[area, asset],
        limit=np.inf,
        unit=unit,
        mode=mode,
        method=method,
        measured=np.isfinite(values).any(axis=1),
    )


def costs_to_matrix(costs: Costs) -> pd.DataFrame:
    """Return the costs as a table of areas by assets; missing = not within the limit.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> am.access.costs_to_matrix(costs).shape
    (326, 27)
    """
    values = np.full((len(costs.areas), len(costs.assets)), np.nan)
    values[costs.area, costs.asset] = costs.cost
    return pd.DataFrame(values, index=costs.areas, columns=costs.assets)


def nearest_of(costs: Costs, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the asset of least cost for each area.

    Parameters
    ----------
    costs
        From `straight_costs`, `overland_costs`, `own_costs` or another function that returns `Costs`.
    assets
        The register, for the names.

    Returns
    -------
    pandas.DataFrame
        On ``costs.areas``: ``cost``, ``asset_id``, ``name``; missing where nothing is within the limit. Of assets at the
        same cost the first ``asset_id`` in order is named. Where the costs have a spread also ``low`` and ``high``: what a quarter
        and three quarters of the people need at most to get to that asset; missing where fewer have a way.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> list(am.access.nearest_of(costs, assets).columns)
    ['cost', 'asset_id', 'name']
    """
    pairs = pd.DataFrame(
        {"area": costs.area, "cost": costs.cost, "asset_id": costs.assets.to_numpy()[costs.asset]}
    )
    if costs.spread is not None:
        known = np.where(np.isfinite(costs.spread), costs.spread, np.nan)
        pairs["low"], pairs["high"] = known[:, 0], known[:, 1]
    first = pairs.sort_values(["area", "cost", "asset_id"]).drop_duplicates("area").set_index("area")
    first = first.reindex(range(len(costs.areas))).set_axis(costs.areas)
    first["name"] = first["asset_id"].map(assets["name"])
    return first


def count_of(costs: Costs) -> pd.Series:
    """Count the assets within the limit of each area.

    Returns
    -------
    pandas.Series
        ``count_within`` on ``costs.areas``; 0 where there is none, missing where nothing was measured.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> int(am.access.count_of(costs).max())
    2
    """
    counts = np.bincount(costs.area, minlength=len(costs.areas)).astype(float)
    counted = pd.Series(counts, index=costs.areas, name="count_within")
    return counted.astype("int64") if costs.measured.all() else counted.where(costs.measured)


def least_costs(costs: Costs, *, most: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the assets of least cost for each area, the least first.

    Returns
    -------
    tuple of numpy.ndarray
        Positions of the assets (areas by `most`; a tie goes to the first asset; -1 where there is none) and their
        costs (infinite where there is none).

    Examples
    --------
    >>> matrix = pd.DataFrame({"hall": [400.0, 900.0], "hub": [700.0, 100.0]}, index=["A", "B"])
    >>> position, cost = am.access.least_costs(am.access.costs_from_matrix(matrix, unit="m"), most=1)
    >>> position.tolist(), cost.tolist()
    ([[0], [1]], [[400.0], [100.0]])
    """
    order = np.lexsort((costs.asset, costs.cost, costs.area))
    area = costs.area[order]
    place = np.arange(len(area)) - np.searchsorted(area, area, side="left")
    kept = place < most
    found = np.full((len(costs.areas), most), -1, dtype=np.intp)
    near = np.full((len(costs.areas), most), np.inf)
    found[area[kept], place[kept]] = costs.asset[order][kept]
    near[area[kept], place[kept]] = costs.cost[order][kept]
    return found, near


def just_beyond(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put what cannot be reached (infinite) one metre or minute beyond the farthest that is known.

    Examples
    --------
    >>> just_beyond(np.array([2.0, np.inf, np.nan, 5.0]))
    array([ 2.,  6., nan,  5.])
    """
    return np.where(np.isinf(costs), costs[np.isfinite(costs)].max(initial=0.0) + 1, costs)


def check_limit(limit: float, name: str) -> None:
    """Refuse a limit that is not a number above 0."""
    if not limit > 0:
        raise InputError(f"{name} must be a number above 0, not {limit!r}.")


def _straight_pairs(
    origins: NDArray[np.float64], destinations: NDArray[np.float64], limit_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    if np.isinf(limit_m):
        metres = np.hypot(*(origins[:, None, :] - destinations[None, :, :]).transpose(2, 0, 1))
        area, asset = np.indices(metres.shape).reshape(2, -1)
        return area, asset, metres.ravel()
    blocks = list(pairs_within(origins, destinations, limit_m))
    if not blocks:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)
    area, asset, metres = (np.concatenate([block[part] for block in blocks]) for part in range(3))
    return area, asset, metres
