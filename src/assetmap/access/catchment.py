"""Access scores of the floating-catchment family: what can be reached, shared with whom.

In step one each asset divides its capacity by the people who can reach it. In step two each area adds up the shares of
the assets it can reach. So a library shared with a town gives less than a village's own.

========  =========================================================  ==================================
function  what differs                                               source
========  =========================================================  ==================================
two_step  all within the limit count alike                           Luo & Wang 2003
enhanced  nearer counts more, in both steps                          Luo & Qi 2009
three     people choose between assets by their decay                Wan, Zou & Sternberg 2012
gravity   capacity weighted by decay, not shared with anybody        Hansen 1959
========  =========================================================  ==================================

Definitions are those of PySAL `access`; unlike there, an area with nothing within the limit is 0 and stays in the table.
Limits: a catchment is a sharp edge in a soft world, capacity is hours and not quality, and people outside the
areas compete only if their areas are in the table (see `add_outside` and `mark_border`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.hours import HOURS, ONE_SITE, fill_hours
from assetmap.schema import InputError, SchemaError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from assetmap.schema import Costs

Decay = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

LUO_QI: Final = (1.0, 0.68, 0.22)
"""Weights of the three zones of Luo & Qi 2009 (there 0-10, 10-20 and 20-30 minutes)."""


def step_decay(steps: Mapping[float, float]) -> Decay:
    """Make a decay that falls in steps; beyond the last it is 0.

    Raises
    ------
    InputError
        If there is no step, or a weight is below 0.

    Examples
    --------
    >>> step_decay({1000: 1, 2000: 0.68})(np.array([0.0, 1000.0, 1500.0, 2500.0]))
    array([1.  , 1.  , 0.68, 0.  ])
    """
    bounds = np.array(sorted(steps), dtype=float)
    weights = np.array([*(steps[bound] for bound in sorted(steps)), 0.0], dtype=float)
    if not len(bounds) or (weights < 0).any():
        raise InputError(
            f"A step decay needs at least one step and weights of 0 or more, not {dict(steps)!r}."
        )
    return lambda cost: weights[np.searchsorted(bounds, cost, side="left")]


def gaussian_decay(width: float) -> Decay:
    """Make a decay ``exp(-cost^2 / (2 width^2))``, 1 at no cost.

    Raises
    ------
    InputError
        If the width is not above 0.

    Examples
    --------
    >>> gaussian_decay(20)(np.array([0.0, 20.0])).round(4)
    array([1.    , 0.6065])
    """
    if not width > 0:
        raise InputError(f"The width of a Gaussian decay must be above 0, not {width!r}.")
    return lambda cost: np.exp(-(cost**2) / (2 * width**2))


def power_decay(scale: float, exponent: float, *, least: float) -> Decay:
    """Make a decay ``(max(cost, least) / scale) ** -exponent`` for gravity measures.

    Raises
    ------
    InputError
        If `scale` or `least` is not above 0, or the exponent is below 0.

    Examples
    --------
    >>> power_decay(1000, 2, least=100)(np.array([0.0, 1000.0, 2000.0]))
    array([100.  ,   1.  ,   0.25])
    """
    if not (scale > 0 and least > 0 and exponent >= 0):
        raise InputError("A power decay needs scale and least above 0 and an exponent of 0 or more.")
    return lambda cost: (np.maximum(cost, least) / scale) ** -exponent


def two_step(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, costs: Costs, *, capacity: str | None = "weekly_hours"
) -> pd.Series:
    """Score access by the two-step floating catchment (2SFCA).

    Parameters
    ----------
    areas, assets
        The tables that `costs` was made from; ``population`` is the demand.
    costs
        From `straight_costs`, `overland_costs`, `own_costs` or another function that returns `Costs`.
    capacity
        Column of `assets` with what an asset offers; where it is not known, the median of the open assets of its type
        (`fill_hours`). None: 1 everywhere.

    Returns
    -------
    pandas.Series
        ``access_per_1000`` on ``areas.index``: capacity (weekly hours) per 1,000 people, competition
        included; more is better. 0 where nothing is within the limit, missing where the area was not measured or a
        population in the sum is not known.

    Examples
    --------
    >>> from assetmap.access.costs import straight_costs
    >>> costs = straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> round(float(two_step(areas, assets, costs).max()), 2)
    4.56
    """
    weight = np.ones(len(costs.cost))
    return _floating(areas, costs, weight, _capacities(assets, costs, capacity))


def enhanced_two_step(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    costs: Costs,
    *,
    decay: Decay | None = None,
    capacity: str | None = "weekly_hours",
) -> pd.Series:
    """Score access by the enhanced two-step floating catchment (E2SFCA).

    Parameters
    ----------
    areas, assets, costs, capacity
        As for `two_step`.
    decay
        Weight of a cost; by default the steps 1, 0.68 and 0.22 on the thirds of the limit of `costs`.

    Returns
    -------
    pandas.Series
        ``access_per_1000``, as `two_step` returns it.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> round(float(am.access.enhanced_two_step(areas, assets, costs).max()), 2)
    6.09
    """
    weight = (decay or thirds_of(costs.limit))(costs.cost)
    return _floating(areas, costs, weight, _capacities(assets, costs, capacity))


def three_step(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    costs: Costs,
    *,
    decay: Decay | None = None,
    capacity: str | None = "weekly_hours",
) -> pd.Series:
    """Score access by the three-step floating catchment (3SFCA).

    Parameters
    ----------
    areas, assets, costs, decay, capacity
        As for `enhanced_two_step`.

    Returns
    -------
    pandas.Series
        ``access_per_1000``, as `two_step` returns it. People of an area are divided between the assets within
        its limit by their decay, so demand is not counted once for each.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> round(float(am.access.three_step(areas, assets, costs).max()), 2)
    6.09
    """
    weight = (decay or thirds_of(costs.limit))(costs.cost)
    total = np.bincount(costs.area, weights=weight, minlength=len(costs.areas))[costs.area]
    chosen = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return _floating(areas, costs, weight * chosen, _capacities(assets, costs, capacity))


def gravity(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    costs: Costs,
    *,
    decay: Decay | None = None,
    capacity: str | None = "weekly_hours",
) -> pd.Series:
    """Add up the capacity within the limit, weighted by decay (Hansen); nobody competes for it.

    Parameters
    ----------
    areas, assets, costs, decay, capacity
        As for `enhanced_two_step`; by default a Gaussian with a third of the limit as its width.

    Returns
    -------
    pandas.Series
        ``gravity`` on ``areas.index``, in units of capacity; more is better. 0 where nothing is within the limit.

    Examples
    --------
    >>> costs = am.access.straight_costs(areas, assets, asset_type="library", limit_m=5_000)
    >>> round(float(am.access.gravity(areas, assets, costs).max()), 1)
    57.7
    """
    _check_same(areas, costs)
    weight = (decay or gaussian_decay(costs.limit / 3))(costs.cost)
    offered = weight * _capacities(assets, costs, capacity)[costs.asset]
    total = np.bincount(costs.area, weights=offered, minlength=len(areas))
    return pd.Series(np.where(costs.measured, total, np.nan), index=areas.index, name="gravity")


def thirds_of(limit: float) -> Decay:
    """Make the step decay of Luo & Qi with its zones at the thirds of a limit.

    Examples
    --------
    >>> decay = am.access.thirds_of(3_000)
    >>> decay(np.array([500.0, 1_500.0, 2_500.0])).tolist()
    [1.0, 0.68, 0.22]
    """
    first, second, third = LUO_QI
    return step_decay({limit / 3: first, limit * 2 / 3: second, limit: third})


def _floating(
    areas: gpd.GeoDataFrame, costs: Costs, weight: NDArray[np.float64], capacity: NDArray[np.float64]
) -> pd.Series:
    _check_same(areas, costs)
    population = areas["population"].to_numpy(dtype=float)
    demand = np.bincount(costs.asset, weights=population[costs.area] * weight, minlength=len(costs.assets))
    # an asset that only empty areas can reach has nobody to share it: it gives 0, as to everybody else
    share = np.divide(capacity, demand, out=np.zeros(len(demand)), where=demand != 0)
    counted = weight > 0
    total = np.bincount(
        costs.area[counted], weights=share[costs.asset[counted]] * weight[counted], minlength=len(areas)
    )
    return pd.Series(
        np.where(costs.measured, total * 1_000, np.nan), index=areas.index, name="access_per_1000"
    )


def _capacities(assets: gpd.GeoDataFrame, costs: Costs, capacity: str | None) -> NDArray[np.float64]:
    if capacity is None or (capacity == HOURS and capacity not in assets.columns):
        return np.ones(len(costs.assets))
    offered = fill_hours(assets, column=capacity).reindex(costs.assets)
    return offered.fillna(ONE_SITE).to_numpy(dtype=np.float64)


def _check_same(areas: gpd.GeoDataFrame, costs: Costs) -> None:
    if "population" not in areas.columns:
        raise SchemaError("The areas need a column 'population': it is the demand.")
    if not areas.index.equals(costs.areas):
        raise SchemaError(
            "The costs were measured from other areas, or the areas are in another order. Measure them again from these areas."
        )
