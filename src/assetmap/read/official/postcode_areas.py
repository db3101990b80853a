"""Which small area a postcode is in: by the official lookup where there is one, else by the polygon.

The lookup of the Office for National Statistics assigns a postcode by the addresses that use it; a polygon,
and more so a generalised one, by its one point. They agree for over 99% of postcodes.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.schema import check_areas, check_postcodes

COVERED: Final = 0.9
"""Share of the areas that a column of codes must name to be the lookup of these areas."""


def assign_postcodes(
    postcodes: pd.DataFrame, areas: gpd.GeoDataFrame, *, buffer_m: float = 0.0
) -> pd.DataFrame:
    """Give each postcode the small area it is in, and drop the postcodes far away from all areas.

    Parameters
    ----------
    postcodes
        As `read_postcode_file` returns them.
    areas
        Small areas, EPSG:27700.
    buffer_m
        Keep postcodes within this many metres of the rectangle around the areas.

    Returns
    -------
    pandas.DataFrame
        Index ``postcode``; ``easting``, ``northing``, ``area_code`` (missing outside the areas), ``live``,
        and the codes of the file. A postcode in the areas by lookup is kept wherever its point is.

    Raises
    ------
    SchemaError
        If the areas are not in EPSG:27700 or not valid.

    Examples
    --------
    >>> points = postcodes.loc[["TR1 1EP"], ["easting", "northing", "live"]]
    >>> am.read.assign_postcodes(points, areas)["area_code"].tolist() == [postcodes.at["TR1 1EP", "area_code"]]
    True
    """
    check_areas(areas)
    column = lookup_column(postcodes, areas.index)
    west, south, east, north = areas.total_bounds
    near = postcodes["easting"].between(west - buffer_m, east + buffer_m) & postcodes["northing"].between(
        south - buffer_m, north + buffer_m
    )
    if column is not None:
        near |= postcodes[column].isin(areas.index)
    found = postcodes[near].copy()
    by_point = _areas_of_points(found, areas)
    if column is None:
        found.insert(2, "area_code", by_point)
    else:
        by_lookup = found[column].astype("str")
        found.insert(2, "area_code", by_lookup.where(by_lookup.isin(areas.index)))
    check_postcodes(found)
    return found


def lookup_column(postcodes: pd.DataFrame, codes: pd.Index) -> str | None:
    """Return the column of a postcode table that names these small areas, or None."""
    best, most = None, COVERED
    for column in postcodes.columns:
        if not str(column).endswith("_code") or column == "area_code":
            continue
        share = codes.isin(postcodes[column].dropna().unique()).mean() if len(codes) else 0.0
        if share > most or (share == most and best is None):
            best, most = str(column), float(share)
    return best


def compare_postcode_areas(postcodes: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compare the small area of each live postcode by the official lookup and by its point.

    Parameters
    ----------
    postcodes
        Index ``postcode`` with ``easting``, ``northing``, ``area_code`` (by lookup) and ``live``.
    areas
        Small areas, EPSG:27700.

    Returns
    -------
    pandas.DataFrame
        Index ``postcode``, one row per postcode that is live and has a point and an area by lookup;
        ``by_lookup``, ``by_point`` (missing outside all areas), ``agrees``, and ``distance_m`` from the point to the
        area of the lookup (0 where they agree).

    Raises
    ------
    SchemaError
        If a table does not have the shape above.

    Examples
    --------
    >>> found = am.read.compare_postcode_areas(postcodes.loc[["TR1 1EP"]], areas)
    >>> found["agrees"].tolist(), found["distance_m"].tolist()
    ([True], [0.0])
    """
    check_areas(areas)
    check_postcodes(postcodes)
    usable = postcodes[
        postcodes["live"] & postcodes["easting"].notna() & postcodes["area_code"].isin(areas.index)
    ]
    by_point = _areas_of_points(usable, areas)
    agrees = by_point.fillna("") == usable["area_code"]
    others = usable[~agrees]
    shapes = np.asarray(areas.geometry.loc[others["area_code"]])
    points = shapely.points(others["easting"].to_numpy(), others["northing"].to_numpy())
    distance = np.zeros(len(usable))
    distance[~agrees.to_numpy()] = np.round(shapely.distance(points, shapes), 1)
    return pd.DataFrame(
        {"by_lookup": usable["area_code"], "by_point": by_point, "agrees": agrees, "distance_m": distance}
    )


def _areas_of_points(postcodes: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the area each point lies in; on a shared edge the first area by code."""
    known = postcodes["easting"].notna() & postcodes["northing"].notna()
    points = np.asarray(shapely.points(postcodes.loc[known, ["easting", "northing"]].to_numpy(dtype=float)))
    ordered = areas.sort_index()
    shapes = ordered.geometry.to_numpy()
    shapely.prepare(shapes)
    places, rows = shapely.STRtree(points).query(shapes, predicate="intersects")
    first = np.full(len(points), len(ordered))
    np.minimum.at(first, rows, places)
    codes = np.array([*ordered.index, None], dtype=object)
    found = np.full(len(postcodes), None, dtype=object)
    found[known.to_numpy()] = codes[first]
    return pd.Series(found, index=postcodes.index, dtype="str", name="area_code")
