"""What the page needs for a trial: the assets that distances are measured to, and the bounds of the access classes.

A trial in the page measures straight lines from the centres of the areas again. It is offered only where this
reproduces every published distance, so that any difference on screen comes from the change alone.
"""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.schema import DISTANCE_PRECISIONS, counts_as

NEEDED: Final = ("distance_m", "nearest_asset_id", "centre_easting", "centre_northing")
AGREES_WITHIN_M: Final = 1.0
MOST_PAIRS: Final = 20_000_000


def encode_trial(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what a trial needs, or a sentence that says why there is no trial.

    Returns
    -------
    dict
        Either ``why_not``, or ``type`` (asset type that distances are measured to), ``x``, ``y`` (centres of the
        areas, metres), ``metres`` (published distance), ``assets`` (row number, x, y of each that can be switched)
        and ``access_upper`` (largest distance of high and of middle access; None where classes do not depend on
        distance alone).
    """
    if any(column not in areas for column in NEEDED):
        return {"why_not": "You cannot try changes on this map because it has no distances."}
    kind = nearest_type(areas, assets)
    if kind is None:
        return {
            "why_not": "You cannot try changes on this map because the assets that distances are measured to are not on it."
        }
    placed = assets.geometry.notna() & ~assets.geometry.is_empty
    placed &= assets["location_precision"].isin(DISTANCE_PRECISIONS)
    candidates = assets[counts_as(assets, kind) & placed]
    if len(areas) * len(candidates) > MOST_PAIRS:
        return {
            "why_not": "You cannot try changes on this map because it has too many neighbourhoods and assets."
        }
    centres = areas[["centre_easting", "centre_northing"]].to_numpy(dtype=float)
    is_open = (candidates["status"] == "open").to_numpy()
    again = _nearest(centres, candidates[is_open])
    published = areas["distance_m"].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(published)
    if not np.allclose(again[known], published[known], atol=AGREES_WITHIN_M, rtol=0):
        return {
            "why_not": "You cannot try changes on this map because its distances cannot be measured again from the points it shows."
        }
    rows = assets.index.get_indexer(candidates.index)
    return {
        "type": kind,
        "x": _whole(centres[:, 0]),
        "y": _whole(centres[:, 1]),
        "metres": _whole(published),
        "assets": {
            "rows": rows.tolist(),
            "x": _whole(np.asarray(candidates.geometry.x, dtype=float)),
            "y": _whole(np.asarray(candidates.geometry.y, dtype=float)),
        },
        "access_upper": _access_upper(areas),
    }


def nearest_type(areas: pd.DataFrame, assets: pd.DataFrame) -> str | None:
    """Return the type of asset that distances are measured to; None where no area has a nearest asset on the map."""
    if "nearest_asset_id" not in areas:
        return None
    kinds = assets["asset_type"].loc[assets.index.intersection(pd.Index(areas["nearest_asset_id"].dropna()))]
    return None if kinds.empty else str(kinds.mode().iloc[0])


def _nearest(centres: npt.NDArray[np.float64], assets: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    if assets.empty:
        return np.full(len(centres), np.inf)
    east = centres[:, :1] - assets.geometry.x.to_numpy()[None, :]
    north = centres[:, 1:] - assets.geometry.y.to_numpy()[None, :]
    return np.asarray(np.hypot(east, north).min(axis=1), dtype=float)


def _access_upper(areas: pd.DataFrame) -> list[int] | None:
    """Return the largest distance of high and of middle access, if a longer distance always means a lower class."""
    if "gap_class" not in areas:
        return None
    access = areas["gap_class"].astype("string").str.split("-").str[1]
    reach = areas["distance_m"].groupby(access).agg(["min", "max"])
    if list(reach.index) != ["1", "2", "3"]:
        return None
    least, most = reach["min"], reach["max"]
    in_order = most["3"] <= least["2"] and most["2"] <= least["1"]
    return [round(float(most[level])) for level in ("3", "2")] if in_order else None


def _whole(numbers: npt.NDArray[np.float64]) -> list[int | None]:
    return [round(number) if np.isfinite(number) else None for number in numbers.tolist()]
