"""Features of a map file as rows of a list: fields as text, a point per feature."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.read.maps import open_map
from assetmap.schema import WORKING_CRS


def read_features(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read every feature of a layer as a row.

    Parameters
    ----------
    path, layer
        As for `open_map`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``row`` (1 is the first feature), the fields as text (``""`` where empty), a point per feature in
        EPSG:27700: of a line or a polygon, a point on it; missing where the feature has no shape.
        ``reading_problem`` where a feature could not be read.

    Raises
    ------
    InputError
        If the file cannot be opened, has no such layer or names no coordinate reference system.
    """
    found = open_map(path, layer=layer)
    raw = found.table
    fields = [column for column in raw.columns if column != raw.geometry.name]
    table = gpd.GeoDataFrame(
        {_free(str(field)): _as_text(raw[field]) for field in fields},
        geometry=_points(raw.geometry),
        crs=raw.crs,
        index=pd.RangeIndex(len(raw)),
    ).to_crs(WORKING_CRS)
    table.insert(0, "row", np.arange(1, len(raw) + 1))
    if any(found.problems):
        table["reading_problem"] = pd.Series(found.problems, dtype="str")
    return table


def _free(field: str) -> str:
    return f"{field} 2" if field in ("row", "reading_problem", "geometry") else field


def _points(shapes: gpd.GeoSeries) -> np.ndarray:
    values = shapes.to_numpy()
    kinds = shapely.get_type_id(values)
    empty = shapely.is_missing(values) | shapely.is_empty(values)
    points = values.copy()
    other = ~empty & (kinds != 0)
    points[other] = shapely.point_on_surface(values[other])
    points[empty] = None
    return np.asarray(points)


def _as_text(column: pd.Series) -> np.ndarray:
    """Turn a field into text: whole numbers without .0, dates as 2024-05-31, missing as an empty cell."""
    if pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        if (whole == whole.round()).all() and whole.abs().max() < 1e15:
            column = column.astype("Int64")
    if pd.api.types.is_datetime64_any_dtype(column):
        return np.asarray(column.dt.strftime("%Y-%m-%d").fillna("").astype("str"))
    if pd.api.types.is_bool_dtype(column):
        return np.asarray(column.map({True: "yes", False: "no"}).astype("str"))
    text = column.astype("object").where(column.notna(), "")
    return np.asarray(text.map(str).astype("str"), dtype=object)
