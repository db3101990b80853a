"""Roads and rivers for a page: simplified lines in whole numbers, each stored as the step from the one before."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from assetmap.schema import MAP_CRS
from assetmap.show.map.geometry import encode_points, steps

TOLERANCES_M: Final = (15.0, 30.0, 60.0)
"""The finest with which all lines fit on the page is used."""

DECIMALS: Final = 4
MOST_NAMES: Final = 80
"""Roads and rivers that have their name written: those with the longest lines."""

MOST_VERTICES: Final = 30_000
"""About 80 kB of the page. Above this, the shortest lines are left out."""

KINDS: Final = ("roads", "rivers")


def encode_lines(lines: gpd.GeoDataFrame) -> dict[str, Any]:
    """Write roads and rivers as columns of whole numbers.

    Parameters
    ----------
    lines
        ``kind`` (one of ``KINDS``) and lines in EPSG:27700; their names in a column ``name``, where it is known.

    Returns
    -------
    dict
        For each kind ``decimals``, ``lengths`` (vertices of each line), and ``x`` and ``y``: longitude and latitude
        times ``10 ** decimals``, each as the difference from the vertex before. With names, ``names``: each once, its kind
        and a point in the middle of its longest line.
    """
    packed: dict[str, Any] = {}
    for kind in KINDS:
        chosen = lines.geometry[lines["kind"] == kind]
        merged = (
            shapely.line_merge(shapely.multilinestrings(shapely.get_parts(np.asarray(chosen, dtype=object))))
            if len(chosen)
            else None
        )
        if merged is None:
            continue
        for tolerance in TOLERANCES_M:
            parts = np.asarray(shapely.get_parts(shapely.simplify(merged, tolerance)))
            if shapely.get_num_coordinates(parts).sum() <= MOST_VERTICES:
                break
        if len(parts):
            packed[kind] = _packed(gpd.GeoSeries(_longest(parts), crs=lines.crs))
    if packed and "name" in lines.columns and (names := _names(lines)):
        packed["names"] = names
    return packed


def _names(lines: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Return each name once with its kind and a point on its longest line; the longest roads and rivers come first."""
    known = lines[lines["name"].fillna("").ne("") & lines["kind"].isin(KINDS)]
    rows = []
    for (kind, name), shapes in known.groupby(["kind", "name"], sort=True)["geometry"]:
        joined = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapes.to_numpy())))
        parts = shapely.get_parts(joined)
        longest = parts[int(np.argmax(shapely.length(parts)))]
        middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
        rows.append((-float(shapely.length(joined)), str(name), str(kind), middle))
    rows = sorted(rows, key=lambda row: row[:3])[:MOST_NAMES]
    if not rows:
        return None
    return {
        "names": [row[1] for row in rows],
        "kinds": [row[2] for row in rows],
        "points": encode_points(gpd.GeoSeries([row[3] for row in rows], crs=lines.crs), decimals=DECIMALS),
    }


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
