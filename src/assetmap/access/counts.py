"""Counts: assets within a limit of an area, and groups located in it.

Two questions that are often confused. *Within a limit* looks from where people live and does not stop at a
border. *Located in* says where lists place a group, which need not be where it works: an office in town may
serve the whole county. Neither is a measure of quality or of room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, check_limit, count_of, straight_costs
from assetmap.access.nearest import centre_points, pairs_within
from assetmap.schema import check_areas, check_assets, reference_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

EXACT: Final = ("point", "postcode")
"""Precisions that put a group into one small area."""


def count_within(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_m: float = LIMIT_M,
) -> pd.Series:
    """Count the open assets no further than `limit_m` from the centroid of each area.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md. Assets outside the areas count too.
    asset_type
        One type, several, or None for any.
    limit_m
        Metres in a straight line, more than 0.

    Returns
    -------
    pandas.Series
        ``count_within`` on ``areas.index``; 0 where nothing is within the limit.

    Examples
    --------
    >>> int(count_within(areas, assets, asset_type="library", limit_m=5_000).max())
    2
    """
    return count_of(straight_costs(areas, assets, asset_type=asset_type, limit_m=limit_m))


def count_per_1000(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_m: float = LIMIT_M,
) -> pd.DataFrame:
    """Count open assets within a limit of each area, and per 1,000 people within the same limit.

    The people are those of all areas whose centroid is within `limit_m`, the area itself included, so
    that a small area beside a town is not called rich in assets that the town shares.

    Parameters
    ----------
    areas, assets, asset_type, limit_m
        As for `count_within`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``count_within`` and ``count_per_1000``; the latter is missing where a population
        within the limit is not known or nobody lives there.

    Examples
    --------
    >>> round(float(count_per_1000(areas, assets, limit_m=2_000)["count_per_1000"].max()), 2)
    0.66
    """
    counts = count_within(areas, assets, asset_type=asset_type, limit_m=limit_m)
    people = people_within(areas, limit_m=limit_m)
    return pd.DataFrame({"count_within": counts, "count_per_1000": counts / people.where(people > 0) * 1_000})


def people_within(areas: gpd.GeoDataFrame, *, limit_m: float = LIMIT_M) -> pd.Series:
    """Add up the people of all areas whose centroid is within a straight-line limit of each area, itself included.

    Returns
    -------
    pandas.Series
        ``people_within`` on ``areas.index``; missing where a population within the limit is not known.

    Examples
    --------
    >>> int(am.access.people_within(areas, limit_m=5_000).max())
    59984
    """
    check_areas(areas)
    check_limit(limit_m, "limit_m")
    centres = centre_points(areas)
    population = areas["population"].to_numpy(dtype=float)
    people = np.zeros(len(areas))
    for origin, other, _ in pairs_within(centres, centres, limit_m):
        people += np.bincount(origin, weights=population[other], minlength=len(areas))
    return pd.Series(people, index=areas.index, name="people_within")


def count_groups(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count the community groups that lists place in each area.

    Only types with ``group`` = yes in ``data/tables/asset_types.csv`` count, and only those whose location is
    known to the postcode or better; closed and proposed ones do not. A list is a sample: a low count may
    mean few groups or few listed.

    Parameters
    ----------
    areas
        Small areas (docs/tables.md).
    assets
        The register with ``area_code`` and ``registered``.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``groups_listed``, ``groups_registered`` (those known to be on an official
        register), and both per 1,000 residents (missing where the population is not known or 0).

    Examples
    --------
    >>> int(count_groups(areas, assets)["groups_listed"].sum())
    40
    """
    check_areas(areas)
    check_assets(assets, columns=("area_code", "registered"))
    types = reference_table("asset_types")
    group_types = types.index[types["group"] == "yes"]
    groups = assets[
        assets["asset_type"].isin(group_types)
        & assets["status"].isin(("open", "unknown"))
        & assets["location_precision"].isin(EXACT)
    ]
    registered = groups[groups["registered"] == "yes"]
    population = areas["population"].astype(float)
    counted = pd.DataFrame(index=areas.index)
    for name, rows in (("groups_listed", groups), ("groups_registered", registered)):
        counted[name] = rows["area_code"].value_counts().reindex(areas.index, fill_value=0).astype("int64")
    for name in ("groups_listed", "groups_registered"):
        counted[f"{name}_per_1000"] = counted[name] / population.where(population > 0) * 1_000
    return counted
