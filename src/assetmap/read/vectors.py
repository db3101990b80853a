"""Features out of a vector file: fiona looks first, pyogrio reads in bulk, fiona saves what bulk cannot.

A file is opened only by the driver of its ending and only when its first bytes fit, so that a file that
points elsewhere (a virtual dataset) is never followed.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.read.spreadsheets import refuse_zip_bomb
from assetmap.schema import WORKING_CRS, InputError, first_few

VECTORS: Final = {
    ".gpkg": ("GPKG", (b"SQLite format 3",)),
    ".geojson": ("GeoJSON", (b"{",)),
    ".fgb": ("FlatGeobuf", (b"fgb",)),
    ".shp": ("ESRI Shapefile", (b"\x00\x00\x27\x0a",)),
    ".kml": ("KML", (b"<",)),
    ".parquet": ("Parquet", (b"PAR1",)),
    ".geoparquet": ("Parquet", (b"PAR1",)),
}


def is_zipped_shapefile(path: Path) -> bool:
    """Whether a file is a zip that holds a Shapefile; a zip without one is refused."""
    if path.suffix.lower() != ".zip":
        return False
    names = refuse_zip_bomb(path)
    if not any(name.lower().endswith(".shp") for name in names):
        raise InputError(
            f"'{path}' holds {first_few(names)} and no Shapefile (.shp). Unpack it and name the list itself."
        )
    return True


def read_features(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read every feature of a layer.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile (zipped too), FlatGeobuf, GeoParquet or KML.
    layer
        The first one when it is not given.

    Returns
    -------
    geopandas.GeoDataFrame
        ``row`` (1 is the first feature), the fields as text (``""`` where empty), a point per feature in
        EPSG:27700: of a line or a polygon, a point on it; missing where the feature has no place.
        ``reading_problem`` where a feature could not be read.

    Raises
    ------
    InputError
        If the file cannot be opened, has no such layer or names no coordinate reference system.
    """
    _refuse_wrong_content(path)
    if path.suffix.lower() in (".parquet", ".geoparquet"):
        raw = _read_parquet(path)
    else:
        raw = _read_with_gdal(path, layer)
    if raw.crs is None:
        raise InputError(
            f"'{path}' names no coordinate reference system. Save it again with one (EPSG:27700 or EPSG:4326)."
        )
    fields = [column for column in raw.columns if column not in ("geometry", "row", "reading_problem")]
    table = gpd.GeoDataFrame(
        {_free(str(field)): _as_text(raw[field]) for field in fields},
        geometry=_points(raw.geometry),
        crs=raw.crs,
        index=pd.RangeIndex(len(raw)),
    ).to_crs(WORKING_CRS)
    table.insert(0, "row", raw["row"].to_numpy() if "row" in raw else np.arange(1, len(raw) + 1))
    if "reading_problem" in raw and (raw["reading_problem"] != "").any():
        table["reading_problem"] = raw["reading_problem"].astype("str").to_numpy()
    return table


def _free(field: str) -> str:
    return f"{field} 2" if field in ("row", "reading_problem") else field


def _refuse_wrong_content(path: Path) -> None:
    if path.suffix.lower() == ".zip":
        return
    driver, starts = VECTORS.get(path.suffix.lower(), VECTORS[".geojson"])
    with path.open("rb") as stream:
        head = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    right = head.startswith(starts)
    if driver == "KML":
        right = right and b"<kml" in head
    if not right:
        raise InputError(f"'{path}' is not a {driver} file, whatever its ending says.")


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    import pyarrow as pa

    try:
        return gpd.read_parquet(path)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise InputError(f"'{path}' could not be read as GeoParquet: {error}") from error


def _read_with_gdal(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """Look with fiona, read in bulk, and go feature by feature where that fails."""
    import fiona
    import pyogrio

    target, driver = _target(path)
    try:
        layers = fiona.listlayers(target)
        if layer is not None and layer not in layers:
            raise InputError(f"'{path}' has no layer '{layer}'. It has {first_few(layers, most=12)}.")
        chosen = layer or next((name for name in layers if not name.startswith("layer_styles")), layers[0])
        with fiona.open(target, layer=chosen, allow_unsupported_drivers=True) as opened:
            count = _count(opened)
    except (fiona.errors.FionaError, ValueError, OSError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"'{path}' could not be read as {driver}: {error}") from error
    try:
        table = pyogrio.read_dataframe(target, layer=chosen)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.FeatureError,
        shapely.errors.ShapelyError,
        ValueError,
    ):
        return _feature_by_feature(target, chosen, path)
    if not isinstance(table, gpd.GeoDataFrame) or (count is not None and len(table) != count):
        return _feature_by_feature(target, chosen, path)
    return table


def _target(path: Path) -> tuple[str, str]:
    if path.suffix.lower() != ".zip":
        return str(path.resolve()), VECTORS.get(path.suffix.lower(), VECTORS[".geojson"])[0]
    with zipfile.ZipFile(path) as archive:
        inside = next(name for name in archive.namelist() if name.lower().endswith(".shp"))
    return f"/vsizip/{{{path.resolve()}}}/{inside}", "ESRI Shapefile"


def _count(opened: Any) -> int | None:
    try:
        return len(opened)
    except TypeError:
        return None


def _feature_by_feature(target: str, layer: str, path: Path) -> gpd.GeoDataFrame:
    """Read what can be read; a feature that cannot is a row with a sentence."""
    import fiona

    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    with fiona.open(target, layer=layer, allow_unsupported_drivers=True) as opened:
        crs = opened.crs_wkt or None
        features = iter(opened)
        while True:
            problem, shape, fields = "", None, {}
            try:
                feature = next(features)
            except StopIteration:
                break
            except (fiona.errors.FionaError, ValueError) as error:
                problem = f"the feature could not be read ({error})"
            else:
                fields = dict(feature.properties)
                try:
                    shape = None if feature.geometry is None else shapely.geometry.shape(feature.geometry)
                except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
                    problem = f"its shape could not be read ({error})"
            rows.append({**fields, "row": len(rows) + 1, "reading_problem": problem})
            shapes.append(shape)
            if problem and not fields and len(rows) > MOST_FEATURES_LOST:
                raise InputError(f"'{path}': no feature could be read after number {len(rows)}.")
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=crs)


MOST_FEATURES_LOST: Final = 100_000


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
