"""Which small area an asset is in: exactly one, or none where its location is not known.

For an asset that is known by its postcode the official lookup decides, because a generalised coast leaves
some harbour postcodes in the sea; for a point the polygon it lies in, and just off the coast the nearest one.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.schema import check_areas, check_assets, check_postcodes

COAST_TOLERANCE_M: Final = 500.0
"""How far outside every area a point may lie and still belong to the nearest one. The generalised coast of
the Office for National Statistics departs from the true one by up to about 200 m, the super-generalised
one by more."""


def assign_areas(
    assets: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame | None = None,
    *,
    tolerance_m: float = COAST_TOLERANCE_M,
) -> gpd.GeoDataFrame:
    """Return the assets with the small area that each is in.

    Parameters
    ----------
    assets
        Index ``asset_id``; a point where the place is known (docs/tables.md).
    areas
        Index ``area_code``; polygons.
    postcodes
        Official lookup, index ``postcode`` with ``area_code``. It decides for assets of
        ``location_precision`` ``postcode``, where its code is one of ``areas``.
    tolerance_m
        Metres that a point may lie outside every area (a generalised coast).

    Returns
    -------
    geopandas.GeoDataFrame
        A copy with ``area_code`` (missing where the asset has no point or lies outside) and
        ``area_from``: ``postcode``, ``point``, ``nearest`` (just off the coast) or ``""``. An asset on the
        border of two areas belongs to the one that comes first.

    Raises
    ------
    SchemaError
        If a table has the wrong shape or CRS.

    Examples
    --------
    >>> int(am.register.assign_areas(assets, areas)["area_code"].notna().sum()) > 0
    True
    """
    check_assets(assets)
    check_areas(areas)
    assigned = assets.copy()
    x, y = points_xy(assets.geometry)
    place, off = areas_of_points(x, y, areas, tolerance_m=tolerance_m)
    source = np.where(place < 0, "", np.where(off > 0, "nearest", "point")).astype(object)
    if postcodes is not None and "postcode" in assets.columns:
        check_postcodes(postcodes)
        official = areas_of_postcodes(assets["postcode"], areas, postcodes)
        official[(assets["location_precision"] != "postcode").to_numpy()] = -1
        place = np.where(official >= 0, official, place)
        source[official >= 0] = "postcode"
    codes = areas.index.to_numpy(dtype=object)
    assigned["area_code"] = pd.Series(
        np.where(place >= 0, codes[np.maximum(place, 0)], None) if len(codes) else None,
        index=assets.index,
        dtype="str",
    )
    assigned["area_from"] = pd.Series(source, index=assets.index, dtype="str")
    return assigned


def areas_of_points(
    x: np.ndarray, y: np.ndarray, areas: gpd.GeoDataFrame, *, tolerance_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the place in ``areas`` of the area of each point (-1: none), and metres from it.

    Points whose coordinates are missing have no area and a distance of NaN; a point too far outside has
    its distance all the same.
    """
    place = np.full(len(x), -1)
    off = np.full(len(x), np.nan)
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(known) or not len(areas):
        return place, off
    # Many rows share a postcode and so a point: each distinct one is looked up once.
    distinct, back = np.unique(np.column_stack([x[known], y[known]]), axis=0, return_inverse=True)
    points = np.asarray(shapely.points(distinct))
    found, metres = np.full(len(points), -1), np.zeros(len(points))
    pairs = areas.sindex.query(points, predicate="intersects")
    order = np.lexsort((pairs[1], pairs[0]))[::-1]
    found[pairs[0][order]] = pairs[1][order]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        nearest, distance = areas.sindex.nearest(points[lost], return_all=False, return_distance=True)
        metres[lost[nearest[0]]] = distance
        close = distance <= tolerance_m
        found[lost[nearest[0][close]]] = nearest[1][close]
    back = back.ravel()
    place[known], off[known] = found[back], metres[back]
    return place, off


def areas_of_postcodes(typed: pd.Series, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> np.ndarray:
    """Return the place in ``areas`` that the lookup gives each postcode, -1 where it gives none."""
    row = postcodes.index.get_indexer(pd.Index(typed.fillna("").astype("str")))
    if not len(postcodes):
        return np.full(len(typed), -1)
    codes, taken = postcodes["area_code"], np.maximum(row, 0)
    if len(typed) < len(codes):
        codes, taken = codes.iloc[taken], np.arange(len(typed))
    area = areas.index.get_indexer(pd.Index(codes.fillna("").astype("str")))
    return np.where(row >= 0, area[taken], -1)


def points_xy(points: gpd.GeoSeries) -> tuple[np.ndarray, np.ndarray]:
    """Return eastings and northings of points, NaN where there is none."""
    values = points.to_numpy()
    return shapely.get_x(values), shapely.get_y(values)
