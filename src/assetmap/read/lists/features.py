"""Features of a map file as rows of a list: fields as text, a point per feature."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.read.maps import MapLayer
from assetmap.schema import MAP_CRS, WORKING_CRS

LATITUDES: Final = (49.0, 61.5)
LONGITUDES: Final = (-9.0, 2.5)
EASTINGS: Final = (1_000.0, 700_000.0)
NORTHINGS: Final = (1_000.0, 1_300_000.0)
MERCATOR_X: Final = (-1_010_000.0, 280_000.0)
MERCATOR_Y: Final = (6_270_000.0, 8_800_000.0)
"""The United Kingdom in degrees, in metres of the National Grid and in metres of Web Mercator."""

WEB_MERCATOR: Final = 3857


def rows_of_layer(found: MapLayer) -> gpd.GeoDataFrame:
    """Return every feature of a layer as a row.

    Parameters
    ----------
    found
        From `open_map`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``row`` (1 is the first feature), the fields as text in the same order (``""`` where empty), a point per feature in
        EPSG:27700: of a line or a polygon, a point on it; missing where the feature has no shape.
        ``reading_problem`` where a feature could not be read, ``reading_note`` where its point is not all that the file says.
    """
    raw = found.table
    fields = [column for column in raw.columns if column != raw.geometry.name]
    points, notes = _in_metres(gpd.GeoSeries(_points(raw.geometry), crs=raw.crs))
    notes = [" ".join(filter(None, said)) for said in zip(notes, _several_points(raw.geometry), strict=True)]
    table = gpd.GeoDataFrame(
        {_free(str(field)): _as_text(raw[field]) for field in fields},
        geometry=points.to_numpy(),
        crs=WORKING_CRS,
        index=pd.RangeIndex(len(raw)),
    )
    table.insert(0, "row", np.arange(1, len(raw) + 1))
    if any(notes):
        table["reading_note"] = pd.Series(notes, dtype="str")
    if any(found.problems):
        table["reading_problem"] = pd.Series(found.problems, dtype="str")
    return table


def _in_metres(points: gpd.GeoSeries) -> tuple[gpd.GeoSeries, list[str]]:
    """Bring points to the National Grid as their numbers say, also where the file says something else of them.

    Returns the points and a sentence for each that was not what the file says. A point at 0, 0 is none.
    """
    x, y = points.x.to_numpy(), points.y.to_numpy()
    with np.errstate(invalid="ignore"):
        degrees = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        swapped = degrees & _between(x, LATITUDES) & _between(y, LONGITUDES)
        mercator = _between(x, MERCATOR_X) & _between(y, MERCATOR_Y)
        metres = ~degrees & _between(x, EASTINGS) & _between(y, NORTHINGS)
    whole = points.to_crs(WORKING_CRS)
    nothing = (x == 0) & (y == 0)
    notes = np.full(len(points), "", dtype=object)
    told = points.crs.to_epsg() if points.crs is not None else None
    geographic = points.crs is not None and points.crs.is_geographic
    found = np.column_stack([whole.x.to_numpy(), whole.y.to_numpy()])
    projected = told in (27700, WEB_MERCATOR)
    kinds = (
        (
            swapped & (geographic or projected),
            MAP_CRS,
            True,
            "Latitude and longitude were the wrong way round, so assetmap swapped them.",
        ),
        (
            degrees & ~swapped & ~nothing & projected,
            MAP_CRS,
            False,
            "Its coordinates are degrees, although the file says metres.",
        ),
        (
            metres & (geographic or told == WEB_MERCATOR),
            WORKING_CRS,
            False,
            "Its coordinates are metres on the National Grid, although the file says otherwise.",
        ),
        (
            mercator & (geographic or told == 27700),
            WEB_MERCATOR,
            False,
            "Its coordinates are metres of Web Mercator, although the file says otherwise.",
        ),
    )
    for mask, crs, turned, said in kinds:
        if mask.any():
            pair = (y[mask], x[mask]) if turned else (x[mask], y[mask])
            right = gpd.GeoSeries(gpd.points_from_xy(*pair, crs=crs)).to_crs(WORKING_CRS)
            found[mask] = np.column_stack([right.x.to_numpy(), right.y.to_numpy()])
            notes[mask] = said
    made = gpd.points_from_xy(found[:, 0], found[:, 1], crs=WORKING_CRS)
    empty = nothing | ~np.isfinite(x)
    return gpd.GeoSeries(made).where(~empty, None), notes.tolist()


def _between(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))


def _free(field: str) -> str:
    return f"{field} 2" if field in ("row", "reading_problem", "reading_note", "geometry") else field


def _points(shapes: gpd.GeoSeries) -> np.ndarray:
    values = shapes.to_numpy()
    kinds = shapely.get_type_id(values)
    empty = shapely.is_missing(values) | shapely.is_empty(values)
    points = values.copy()
    other = ~empty & (kinds != 0)
    points[other] = shapely.point_on_surface(values[other])
    points[empty] = None
    return np.asarray(points)


def _several_points(shapes: gpd.GeoSeries) -> list[str]:
    """Return a sentence for each feature that has several points: a row of a list has one."""
    values = shapes.to_numpy()
    points = np.isin(shapely.get_type_id(values), (4, 7)) & (shapely.get_num_geometries(values) > 1)
    said = np.full(len(values), "", dtype=object)
    for place in np.flatnonzero(points):
        said[place] = (
            f"It has {shapely.get_num_geometries(values[place])} shapes; assetmap uses a point on one of them."
        )
    return said.tolist()


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
    return np.asarray(text.map(_said).astype("str"), dtype=object)


def _said(value: object) -> str:
    """Return a value as a cell has it: several of one name, as GML gives them, between semicolons."""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
