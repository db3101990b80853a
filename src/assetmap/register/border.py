"""What lies beyond the border of the areas, but near enough for people to go there.

People do not stop at a border, so a library just across it is kept for the measures of access. A generalised coast and
a land border look the same from inside. Postcodes show the difference: where people live beyond the line, it is land.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import COAST_TOLERANCE_M, areas_of_points
from assetmap.schema import DISTANCE_PRECISIONS

INHABITED_M: Final = 2_000.0
"""A point beyond the border is accepted where a live postcode beyond it is this near: otherwise it is in the sea."""


def lies_near(candidate: pd.DataFrame, off: np.ndarray, buffer_m: float) -> np.ndarray:
    """Return which candidate locations lie outside the areas, but within a buffer around them.

    Parameters
    ----------
    candidate
        ``precision``, ``inhabited`` where that was checked, and ``near`` where it is known.
    off
        Metres outside all areas, missing where not known.
    buffer_m
        Metres; 0 for no buffer.

    Returns
    -------
    numpy.ndarray
        True or false for each row.
    """
    if "near" in candidate:
        return candidate["near"].to_numpy(dtype=bool)
    near = candidate["precision"].isin(DISTANCE_PRECISIONS).to_numpy() & (off > 0) & (off <= buffer_m)
    return np.asarray(
        near & candidate["inhabited"].to_numpy() if "inhabited" in candidate else near, dtype=bool
    )


def just_across(
    point: pd.DataFrame, by_postcode: pd.DataFrame, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> np.ndarray:
    """Return which points lie across the border, and are not outside only because the coast is generalised.

    A point no more than `COAST_TOLERANCE_M` outside counts as inside, unless its own postcode, or without one the nearest
    live postcode, is beyond the border.

    Parameters
    ----------
    point, by_postcode
        As `by_points` and `by_postcodes` return them.
    areas, postcodes
        As for `build_register`.

    Returns
    -------
    numpy.ndarray
        True or false for each row; false where there is no point.
    """
    x, y = (point[axis].to_numpy(dtype=float) for axis in ("x", "y"))
    place, off = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)
    across = (place < 0) & np.isfinite(x)
    doubtful = np.flatnonzero((place >= 0) & (off > 0))
    if len(doubtful):
        _, found = _nearest_live(x[doubtful], y[doubtful], postcodes)
        listed = by_postcode["listed"].to_numpy(dtype=bool)[doubtful]
        own = ~by_postcode["inside"].to_numpy(dtype=bool)[doubtful]
        across[doubtful] = np.where(listed, own, found)
    return np.asarray(across, dtype=bool)


def among_neighbours(point: pd.DataFrame, postcodes: pd.DataFrame) -> np.ndarray:
    """Return which points have a live postcode beyond the border near them; all, where the file has none beyond."""
    beyond = postcodes[postcodes["area_code"].isna()]
    if not beyond["live"].astype(bool).any():
        return np.ones(len(point), dtype=bool)
    x, y = (point[axis].to_numpy(dtype=float) for axis in ("x", "y"))
    metres, _ = _nearest_live(x, y, beyond)
    return np.asarray(metres <= INHABITED_M, dtype=bool)


def _nearest_live(x: np.ndarray, y: np.ndarray, postcodes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return metres to the nearest live postcode, and whether that one lies in no area; infinite without a point."""
    from scipy.spatial import cKDTree

    metres, beyond = np.full(len(x), np.inf), np.zeros(len(x), dtype=bool)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return metres, beyond
    live = postcodes[postcodes["live"].astype(bool)].dropna(subset=["easting", "northing"])
    if len(live):
        tree = cKDTree(live[["easting", "northing"]].to_numpy(dtype=float))
        metres[known], nearest = tree.query(np.column_stack([x[known], y[known]]))
        beyond[known] = live["area_code"].isna().to_numpy()[nearest]
    return metres, beyond
