"""Roads and rivers for a page: simplified lines in whole numbers, each stored as the step from the one before."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from assetmap.schema import MAP_CRS
from assetmap.show.map.geometry import steps

TOLERANCE_M: Final = 60.0
DECIMALS: Final = 4
MOST_VERTICES: Final = 30_000
"""About 80 kB of the page. Above this, the shortest lines are left out."""

KINDS: Final = ("roads", "rivers")


def encode_lines(lines: gpd.GeoDataFrame) -> dict[str, Any]:
    """Write roads and rivers as columns of whole numbers.

    Parameters
    ----------
    lines
        ``kind`` (one of ``KINDS``) and lines in EPSG:27700.

    Returns
    -------
    dict
        For each kind ``decimals``, ``lengths`` (vertices of each line), and ``x`` and ``y``: longitude and latitude
        times ``10 ** decimals``, each as the difference from the vertex before.
    """
    packed = {}
    for kind in KINDS:
        chosen = lines.geometry[lines["kind"] == kind]
        merged = (
            shapely.line_merge(shapely.multilinestrings(shapely.get_parts(chosen.to_numpy())))
            if len(chosen)
            else None
        )
        parts = [] if merged is None else shapely.get_parts(shapely.simplify(merged, TOLERANCE_M))
        if len(parts):
            packed[kind] = _packed(gpd.GeoSeries(_longest(np.asarray(parts)), crs=lines.crs))
    return packed


def _longest(parts: Any) -> Any:
    """Return the longest lines that the page can hold, in their order."""
    order = np.argsort(-shapely.length(parts), kind="stable")
    kept = order[np.cumsum(shapely.get_num_coordinates(parts[order])) <= MOST_VERTICES]
    return parts[np.sort(kept)]


def _packed(parts: gpd.GeoSeries) -> dict[str, Any]:
    degrees = parts.to_crs(MAP_CRS).to_numpy()
    vertices, line = shapely.get_coordinates(degrees, return_index=True)
    whole = np.rint(vertices * 10**DECIMALS).astype(np.int64)
    return {
        "decimals": DECIMALS,
        "lengths": np.bincount(line, minlength=len(degrees)).tolist(),
        "x": steps(whole[:, 0]),
        "y": steps(whole[:, 1]),
    }
