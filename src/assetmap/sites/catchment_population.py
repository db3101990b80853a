"""Catchment population: the people for whom each site is the nearest, and what they would have without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.access.costs import just_beyond, least_costs
from assetmap.sites.area_people import need_deciles, need_weights, people_of
from assetmap.sites.sites import limit_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assetmap.schema import Costs

    Floats = NDArray[np.float64]


def measure_catchment_population(
    areas: pd.DataFrame,
    sites: pd.DataFrame,
    costs: Costs,
    *,
    limit: float,
    beyond: Sequence[float],
) -> pd.DataFrame:
    """Measure what each site means to those for whom it is the nearest, and what they would have without it.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    sites
        The open sites.
    costs
        From the areas to these sites.
    limit, beyond
        Limits, in the unit of the costs, within which people have a site now and would have none if it closed.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``people_nearest`` (adds up to the population), ``children_nearest``,
        ``older_nearest``, ``young_old_share`` (0-1), ``need_mean`` (0-1, per person), ``need_weighted_people``,
        ``cost_mean``, ``extra_cost_per_person`` (missing with a single site), ``next_site``,
        ``people_left_without``, ``people_beyond_2km`` ..., ``unit`` (of the costs: ``m`` or ``min``).

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> costs = am.sites.site_costs(areas, sites)
    >>> use = am.sites.measure_catchment_population(areas, sites, costs, limit=5_000, beyond=(1_000, 5_000))
    >>> int(use["people_nearest"].sum())
    575532
    """
    order, near = least_costs(costs, most=2)
    count = len(sites)

    def over_sites(values: Floats) -> Floats:
        return _sums(order[:, 0], values, count)

    people = people_of(areas)
    children, older = people_of(areas, "children_0_15"), people_of(areas, "older_60_plus")
    total = over_sites(people)
    first, second = near.T
    if count > 1:
        first, second = just_beyond(near).T  # where no other can be reached, just beyond the furthest known
    going = (people > 0) & (order[:, 0] >= 0)
    extra = np.where(going, np.where(np.isfinite(second), second, np.nan) - np.where(going, first, 0.0), 0.0)
    spent = np.where(order[:, 0] >= 0, near[:, 0], 0.0)
    used = pd.DataFrame(
        {
            "people_nearest": total,
            "children_nearest": over_sites(children),
            "older_nearest": over_sites(older),
            "young_old_share": _share(over_sites(children + older), total),
            "need_mean": _need_mean(areas, order[:, 0], count),
            "need_weighted_people": over_sites(people * need_weights(areas)),
            "cost_mean": _share(over_sites(people * spent), total),
            "extra_cost_per_person": _share(over_sites(people * extra), total),
        },
        index=sites.index,
    )
    used = used.join(_next_site(sites, order, people))
    left = {"people_left_without": limit}
    left |= {f"people_beyond_{limit_name(far, costs.unit)}": far for far in beyond}
    for column, far in left.items():
        used[column] = over_sites(people * ((near[:, 0] <= far) & (near[:, 1] > far)))
    return used.assign(unit=costs.unit)


def people_by_decile(areas: pd.DataFrame, sites: pd.DataFrame, costs: Costs) -> pd.DataFrame:
    """Count the people for whom each site is the nearest by need decile (1 = most need).

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``name``, ``decile_1`` ... ``decile_10``, ``decile_unknown``; rows add up to
        ``people_nearest``.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> found = am.sites.people_by_decile(areas, sites, am.sites.site_costs(areas, sites))
    >>> found.shape
    (27, 12)
    """
    nearest = least_costs(costs, most=1)[0][:, 0]
    decile = need_deciles(areas)
    people = people_of(areas)
    table = pd.DataFrame({"name": sites["name"]})
    for number in range(1, 11):
        table[f"decile_{number}"] = _sums(nearest, np.where(decile == number, people, 0.0), len(sites))
    table["decile_unknown"] = _sums(nearest, np.where(np.isnan(decile), people, 0.0), len(sites))
    return table


def nearest_two(areas: pd.DataFrame, sites: pd.DataFrame, costs: Costs) -> pd.DataFrame:
    """Name the nearest and the next nearest site of every small area, with need and ages.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``: ``area_name``, ``population``, ``need``, ``imd_rank``, ``imd_decile`` where known,
        ``children_share``, ``older_share`` (0-1), ``nearest_asset_id``, ``nearest_name``,
        ``cost_nearest``, ``next_name``, ``cost_if_closed``, ``extra_cost_if_closed`` (missing where no other site can be
        reached), ``unit``.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> two = am.sites.nearest_two(areas, sites, am.sites.site_costs(areas, sites))
    >>> len(two)
    326
    """
    order, near = least_costs(costs, most=2)
    names, ids = (np.array([*values, None], dtype=object) for values in (sites["name"], sites.index))
    kept = ("area_name", "population", "need", "imd_rank", "imd_decile")
    table = pd.DataFrame(areas[[column for column in kept if column in areas.columns]])
    people = people_of(areas)
    table["children_share"] = _share(people_of(areas, "children_0_15"), people)
    table["older_share"] = _share(people_of(areas, "older_60_plus"), people)
    table["nearest_asset_id"] = ids[order[:, 0]]
    table["nearest_name"] = names[order[:, 0]]
    known = np.where(np.isfinite(near), near, np.nan)
    table["cost_nearest"] = known[:, 0]
    table["next_name"] = names[order[:, 1]]
    table["cost_if_closed"] = known[:, 1]
    table["extra_cost_if_closed"] = known[:, 1] - known[:, 0]
    return table.assign(unit=costs.unit)


def _next_site(sites: pd.DataFrame, order: NDArray[np.intp], people: Floats) -> pd.DataFrame:
    """Name the site that most of a site's people would go to next."""
    names = sites["name"].astype(str).to_numpy()
    following = []
    for position in range(len(sites)):
        mine = (order[:, 0] == position) & (order[:, 1] >= 0)
        going = np.bincount(order[mine, 1], weights=people[mine], minlength=len(sites))
        following.append(names[going.argmax()] if going.sum() > 0 else None)
    return pd.DataFrame({"next_site": pd.Series(following, index=sites.index, dtype=object)})


def _need_mean(areas: pd.DataFrame, nearest: NDArray[np.intp], count: int) -> Floats:
    if "need" not in areas.columns:
        return np.full(count, np.nan)
    need = areas["need"].to_numpy(dtype=float)
    people = np.where(np.isnan(need), 0.0, people_of(areas))
    won = _sums(nearest, people * np.nan_to_num(need), count)
    return _share(won, _sums(nearest, people, count))


def _sums(nearest: NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Add up values of areas by their nearest site, without areas from which none can be reached."""
    going = nearest >= 0
    return np.bincount(nearest[going], weights=values[going], minlength=count).astype(np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Floats = np.where(whole > 0, part / whole, np.nan)
    return shares
