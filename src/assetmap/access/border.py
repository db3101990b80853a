"""Edges: what lies beyond the border of the data.

People and assets do not stop at a council's border. Assets outside count wherever they are in the register. People
outside compete for the same assets; where their small areas are not at hand, live postcodes beyond the border stand
for them. Limits: a postcode outside is given the mean number of people of a postcode inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points
from assetmap.schema import check_areas, check_postcodes

if TYPE_CHECKING:
    import geopandas as gpd

SQUARE_M: Final = 1_000.0


def mark_edges(
    areas: gpd.GeoDataFrame, *, catchment_m: float, postcodes: pd.DataFrame | None = None
) -> pd.Series:
    """Mark the areas whose catchment leaves the data, so that people or assets beyond may be missing.

    Parameters
    ----------
    areas
        Small areas, those read as a buffer included.
    catchment_m
        The largest catchment in use, metres.
    postcodes
        With postcodes beyond the areas (their ``area_code`` missing): an area is marked where a live
        one of them lies in its catchment, that is, where people beyond the border compete. Without: where the
        circle leaves the areas, the sea included.

    Returns
    -------
    pandas.Series
        ``leaves_data`` (true or false) on ``areas.index``.
    """
    from scipy.spatial import cKDTree

    check_areas(areas)
    if postcodes is not None:
        check_postcodes(postcodes)
    centres = centre_points(areas)
    if postcodes is None:
        import shapely

        circles = shapely.buffer(shapely.points(centres), catchment_m)
        marked = ~shapely.covers(areas.geometry.union_all(), circles)
    else:
        beyond = postcodes[postcodes["area_code"].isna() & postcodes["live"].astype(bool)]
        beyond = beyond[["easting", "northing"]].dropna().to_numpy(dtype=float)
        marked = np.zeros(len(areas), dtype=bool)
        if len(beyond):
            marked = cKDTree(beyond).query(centres)[0] <= catchment_m
    return pd.Series(marked, index=areas.index, name="leaves_data")


def add_outside(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, *, catchment_m: float) -> gpd.GeoDataFrame:
    """Add squares of 1 km beyond the border with the people who compete there.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    postcodes
        With live postcodes inside (``area_code`` of the areas) and beyond (``area_code`` missing).
    catchment_m
        Squares further than this from every area centre are left out, metres.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of `areas` with a column ``outside`` (false) and, below, one row per square (true): ``area_code``
        ``outside-<easting km>-<northing km>``, ``population`` (live postcodes times the mean people per live
        postcode inside), the centre of its postcodes. Measure access on all rows, then keep those that are not
        outside.
    """
    import geopandas as gpd
    from scipy.spatial import cKDTree
    from shapely.geometry import box

    check_areas(areas)
    check_postcodes(postcodes)
    live = postcodes[postcodes["live"].astype(bool)].dropna(subset=["easting", "northing"])
    inside = int(live["area_code"].isin(areas.index).sum())
    beyond = live[live["area_code"].isna()]
    near = np.zeros(len(beyond), dtype=bool)
    if len(beyond):
        points = beyond[["easting", "northing"]].to_numpy(dtype=float)
        near = cKDTree(centre_points(areas)).query(points)[0] <= catchment_m
    beyond = beyond[near]
    marked = areas.assign(outside=False)
    if beyond.empty or not inside:
        return marked
    kilometre = (beyond[["easting", "northing"]] // SQUARE_M).astype(int)
    squares = beyond[["easting", "northing"]].groupby([kilometre["easting"], kilometre["northing"]])
    centres, counts = squares.mean(), squares.size()
    corners = [(east * SQUARE_M, north * SQUARE_M) for east, north in centres.index]
    added = gpd.GeoDataFrame(
        {
            "area_name": "outside the area",
            "population": counts.to_numpy() * float(areas["population"].sum()) / inside,
            "centre_easting": centres["easting"].to_numpy(),
            "centre_northing": centres["northing"].to_numpy(),
            "outside": True,
        },
        index=pd.Index([f"outside-{east}-{north}" for east, north in centres.index], name="area_code"),
        geometry=[box(west, south, west + SQUARE_M, south + SQUARE_M) for west, south in corners],
        crs=areas.crs,
    )
    return gpd.GeoDataFrame(pd.concat([marked, added]), crs=areas.crs)
