"""What sites mean to people: for whom each is the nearest, and what they would have without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.sites.scenario import kilometre_name
from assetmap.sites.sites import need_deciles, need_weights, people_of, sorted_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def measure_use(
    areas: pd.DataFrame,
    sites: pd.DataFrame,
    matrix: pd.DataFrame,
    *,
    catchment_m: float,
    beyond_m: Sequence[float],
) -> pd.DataFrame:
    """Measure what each site means to those for whom it is the nearest, and what they would have without it.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    sites
        The open sites.
    matrix
        Areas x sites, from `check_distances`.
    catchment_m, beyond_m
        Distances within which people have a site now and would have none if it closed.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``people_nearest`` (adds up to the population), ``children_nearest``,
        ``older_nearest``, ``young_old_share`` (0-1), ``need_mean`` (0-1, per person), ``need_weighted_people``,
        ``distance_mean_m``, ``extra_m_per_person`` (missing with a single site), ``next_site``,
        ``people_left_without``, ``people_beyond_2km`` ...
    """
    order, near = sorted_sites(matrix, most=2)
    count = len(sites)

    def over_sites(values: Floats) -> Floats:
        return _sums(order[:, 0], values, count)

    people = people_of(areas)
    children, older = people_of(areas, "children_0_15"), people_of(areas, "older_60_plus")
    total = over_sites(people)
    extra = np.where(people > 0, np.where(np.isfinite(near[:, 1]), near[:, 1], np.nan) - near[:, 0], 0.0)
    used = pd.DataFrame(
        {
            "people_nearest": total,
            "children_nearest": over_sites(children),
            "older_nearest": over_sites(older),
            "young_old_share": _share(over_sites(children + older), total),
            "need_mean": _need_mean(areas, order[:, 0], count),
            "need_weighted_people": over_sites(people * need_weights(areas)),
            "distance_mean_m": _share(over_sites(people * near[:, 0]), total),
            "extra_m_per_person": _share(over_sites(people * extra), total),
        },
        index=sites.index,
    )
    used = used.join(_next_site(sites, order, people))
    left = {"people_left_without": catchment_m}
    left |= {f"people_beyond_{kilometre_name(limit)}": limit for limit in beyond_m}
    for column, limit in left.items():
        used[column] = over_sites(people * ((near[:, 0] <= limit) & (near[:, 1] > limit)))
    return used


def people_by_decile(areas: pd.DataFrame, sites: pd.DataFrame, matrix: pd.DataFrame) -> pd.DataFrame:
    """Count the people for whom each site is the nearest by need decile (1 = most need).

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``name``, ``decile_1`` ... ``decile_10``, ``decile_unknown``; rows add up to
        ``people_nearest``.
    """
    nearest = sorted_sites(matrix, most=1)[0][:, 0]
    decile = need_deciles(areas)
    people = people_of(areas)
    table = pd.DataFrame({"name": sites["name"]})
    for number in range(1, 11):
        table[f"decile_{number}"] = np.bincount(nearest, np.where(decile == number, people, 0.0), len(sites))
    table["decile_unknown"] = np.bincount(nearest, np.where(np.isnan(decile), people, 0.0), len(sites))
    return table


def nearest_two(areas: pd.DataFrame, sites: pd.DataFrame, matrix: pd.DataFrame) -> pd.DataFrame:
    """Name the nearest and the next nearest site of every small area, with need and ages.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``: ``area_name``, ``population``, ``need``, ``imd_rank``, ``imd_decile`` where known,
        ``children_share``, ``older_share`` (0-1), ``nearest_asset_id``, ``nearest_name``, ``distance_m``,
        ``next_name``, ``distance_if_closed_m``, ``extra_m_if_closed`` (missing with a single site).
    """
    order, near = sorted_sites(matrix, most=2)
    names = sites["name"].to_numpy()
    kept = ("area_name", "population", "need", "imd_rank", "imd_decile")
    table = pd.DataFrame(areas[[column for column in kept if column in areas.columns]])
    people = people_of(areas)
    table["children_share"] = _share(people_of(areas, "children_0_15"), people)
    table["older_share"] = _share(people_of(areas, "older_60_plus"), people)
    table["nearest_asset_id"] = sites.index.to_numpy()[order[:, 0]]
    table["nearest_name"] = names[order[:, 0]]
    table["distance_m"] = near[:, 0]
    table["next_name"] = np.where(order[:, 1] >= 0, names[order[:, 1]], None)
    table["distance_if_closed_m"] = np.where(np.isfinite(near[:, 1]), near[:, 1], np.nan)
    table["extra_m_if_closed"] = table["distance_if_closed_m"] - table["distance_m"]
    return table


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
    """Add up values of areas by their nearest site."""
    return np.bincount(nearest, weights=values, minlength=count).astype(np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Floats = np.where(whole > 0, part / whole, np.nan)
    return shares
