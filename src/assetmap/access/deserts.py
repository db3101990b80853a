"""Deserts: people who live further than a limit from any open asset of a type.

With postcodes an area can lie partly in the desert: its people are taken to live evenly on its live postcodes.
Without them an area is in or out as a whole, by its centroid. Limits: a straight line flatters wherever water or
hills lie between; use distances overland or travel times where you have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, check_limit
from assetmap.access.nearest import open_assets
from assetmap.schema import SchemaError, check_areas, check_postcodes, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

_GROUPS: Final = ("population", "children_0_15", "older_60_plus")


def desert_share(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    postcodes: pd.DataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    limit_m: float = LIMIT_M,
) -> pd.Series:
    """Measure the share of live postcodes of each area that lie further than `limit_m` from an open asset.

    Returns
    -------
    pandas.Series
        ``desert_share`` on ``areas.index``, 0-1; missing for an area without a live postcode.

    Examples
    --------
    >>> round(float(desert_share(areas, assets, postcodes, limit_m=5_000).mean()), 2)
    0.22
    """
    from scipy.spatial import cKDTree

    check_areas(areas)
    check_postcodes(postcodes)
    usable = open_assets(assets, asset_type)
    live = postcodes[postcodes["live"].astype(bool) & postcodes["area_code"].isin(areas.index)]
    live = live.dropna(subset=["easting", "northing"])
    points = live[["easting", "northing"]].to_numpy(dtype=float)
    far = np.ones(len(live), dtype=bool)
    if len(usable) and len(live):
        tree = cKDTree(np.column_stack([usable.geometry.x, usable.geometry.y]))
        far = np.asarray(tree.query(points)[0] > limit_m)
    share = pd.Series(far, index=live.index).groupby(live["area_code"]).mean()
    return share.reindex(areas.index).astype(float).rename("desert_share")


def count_deserts(
    areas: gpd.GeoDataFrame,
    *,
    cost: str = "distance_m",
    limit: float = LIMIT_M,
    share: pd.Series | None = None,
    decile: str | None = None,
) -> pd.DataFrame:
    """Count the people in deserts, by age and by need decile.

    Parameters
    ----------
    areas
        Small areas with `cost`, ``need`` and ``population``; ``children_0_15`` and ``older_60_plus`` are counted
        where they are there.
    cost
        Column of metres or minutes to the nearest open asset; not needed with `share`.
    limit
        Further than this is a desert, in the unit of `cost`.
    share
        Share of the people of each area who live in the desert, from `desert_share`.
    decile
        A column with deciles, 1 = most need (``imd_decile``); tenths of these areas by ``need`` without it.

    Returns
    -------
    pandas.DataFrame
        Index ``need_decile`` (``1`` = most need ... ``10``, ``not known``, ``all``); ``areas`` (with anyone in the
        desert), and per group of people ``<group>`` in the desert (rounded to whole people only when shown; missing where the people of none of these areas are known) and
        ``<group>_share`` of the group in that decile. People of an area that was not measured are left
        out of both.

    Examples
    --------
    >>> found = am.access.count_deserts(areas)
    >>> found.shape
    (11, 7)
    """
    check_areas(areas, columns=("need",) if decile is None else (decile,))
    inside = _inside(areas, cost, limit, share)
    groups = [name for name in _GROUPS if name in areas.columns]
    deciles = _deciles(areas, decile)
    order = [*map(str, range(1, 11)), "not known", "all"]
    measured = inside.notna()
    rows = {}
    for label in order:
        chosen = measured & ((deciles == label) | (label == "all"))
        row: dict[str, float] = {"areas": int((inside[chosen] > 0).sum())}
        for group in groups:
            people = areas.loc[chosen, group]
            far = (people * inside[chosen])[inside[chosen] > 0]
            row[group] = float(far.sum(min_count=1)) if len(far) else 0.0
            row[f"{group}_share"] = row[group] / people.sum() if people.sum() > 0 else np.nan
        rows[label] = row
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("need_decile")
    table["areas"] = table["areas"].astype("int64")
    return table if (deciles == "not known").any() else table.drop(index="not known")


def _inside(areas: gpd.GeoDataFrame, cost: str, limit: float, share: pd.Series | None) -> pd.Series:
    check_limit(limit, "limit")
    if share is not None:
        if not share.index.equals(areas.index) or not share.dropna().between(0, 1).all():
            raise SchemaError("share must be on the index of the areas and lie between 0 and 1.")
        return share.astype(float)
    if cost not in areas.columns:
        raise SchemaError(
            f"The areas have no column '{cost}'; they have {first_few(areas.columns, most=20)}."
        )
    return (areas[cost] > limit).astype(float).where(areas[cost].notna())


def _deciles(areas: gpd.GeoDataFrame, decile: str | None) -> pd.Series:
    if decile is not None:
        given = areas[decile]
    else:
        rank = areas["need"].rank(ascending=False, method="average")
        tenth = np.ceil(rank.to_numpy() / areas["need"].notna().sum() * 10).clip(1, 10)
        given = pd.Series(tenth, index=areas.index)
    return given.map(lambda value: "not known" if pd.isna(value) else f"{int(value)}")
