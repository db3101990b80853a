"""The one opener of map files: a layer of a file becomes a table of features.

A file is opened only by the driver of its ending and only when its first bytes fit, so that a file that
points elsewhere (a virtual dataset) is never followed. pyogrio reads in bulk; where that fails, fiona reads
feature by feature, so that one bad feature does not lose the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from assetmap.read.files import existing_file, members_of
from assetmap.schema import WORKING_CRS, InputError, counted, first_few

DRIVERS: Final = {
    ".gpkg": ("GPKG", (b"SQLite format 3",)),
    ".geojson": ("GeoJSON", (b"{",)),
    ".fgb": ("FlatGeobuf", (b"fgb",)),
    ".shp": ("ESRI Shapefile", (b"\x00\x00\x27\x0a",)),
    ".kml": ("KML", (b"<",)),
    ".gml": ("GML", (b"<",)),
    ".tab": ("MapInfo File", (b"!table", b"!Table")),
    ".mif": ("MapInfo File", (b"Version", b"VERSION", b"version")),
    ".parquet": ("Parquet", (b"PAR1",)),
    ".geoparquet": ("Parquet", (b"PAR1",)),
}
"""Ending of a map file -> the only driver that may open it, and how such a file begins."""

ALWAYS_MAPS: Final = tuple(ending for ending in DRIVERS if ending != ".tab")
"""Endings of map files and of nothing else: ``.tab`` may be a table with tabs."""

MOST_FEATURES_LOST: Final = 100_000
"""After so many features that cannot be read a file is given up."""


@dataclass(frozen=True)
class MapLayer:
    """One layer as it is in its file.

    table : a GeoDataFrame with the fields and shapes, in the coordinate reference system of the file.
    layer : name of the layer.
    problems : a sentence per feature, empty where it was read; no entry at all where all were.
    """

    table: gpd.GeoDataFrame
    layer: str = ""
    problems: tuple[str, ...] = ()


def open_map(path: str | Path, *, layer: str | None = None) -> MapLayer:
    """Read every feature of a layer.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet, KML, GML or MapInfo; any but GeoParquet also in a zip.
    layer
        The first one when it is not given.

    Returns
    -------
    MapLayer
        Every feature, in file order.

    Raises
    ------
    InputError
        If the file cannot be opened, is not what its ending says, has no such layer, no shapes, or names no
        coordinate reference system.
    """
    path = existing_file(path)
    refuse_wrong_content(path)
    found = _read_parquet(path) if driver_of(path) == "Parquet" else _read_with_gdal(path, layer)
    if found.table.crs is None:
        raise InputError(
            f"'{path}' names no coordinate reference system. Save it again with one (EPSG:27700 or EPSG:4326)."
        )
    return found


def read_map(path: str | Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read the shapes of a layer, in EPSG:27700.

    Parameters
    ----------
    path, layer
        As for `open_map`.

    Returns
    -------
    geopandas.GeoDataFrame
        Every feature with its fields.

    Raises
    ------
    InputError
        Also when any feature cannot be read.
    """
    found = open_map(path, layer=layer)
    wrong = [f"feature {place}: {said}" for place, said in enumerate(found.problems, start=1) if said]
    if wrong:
        raise InputError(
            f"'{path}' has {counted(len(wrong), 'feature')} that cannot be read. {'; '.join(wrong[:3])}."
        )
    return found.table.to_crs(WORKING_CRS)


def is_map(path: Path) -> bool:
    """Whether a file is a map file, by its ending and its content: also a zip with one, and GeoJSON named ``.json``."""
    ending = path.suffix.lower()
    if ending == ".zip":
        return bool(_map_in_zip(path))
    if ending in (".json", ".tab"):
        with path.open("rb") as stream:
            head = stream.read(4000)
        return head.startswith(DRIVERS[".tab"][1]) or (b'"FeatureCollection"' in head and b'"type"' in head)
    return ending in DRIVERS


def driver_of(path: Path) -> str:
    """Return the name of the driver for a file; GeoJSON where the ending says nothing."""
    inside = _map_in_zip(path) if path.suffix.lower() == ".zip" else ""
    return DRIVERS.get(Path(inside or path).suffix.lower(), DRIVERS[".geojson"])[0]


def target_of(path: Path) -> str:
    """Return the name under which GDAL finds a file, or the map file in a zip."""
    if path.suffix.lower() != ".zip":
        return str(path.resolve())
    return f"/vsizip/{{{path.resolve()}}}/{_map_in_zip(path)}"


def refuse_wrong_content(path: Path) -> None:
    """Refuse a file that does not begin as its ending says; a zip must hold a map file."""
    if path.suffix.lower() == ".zip":
        if not _map_in_zip(path):
            names = [member.filename for member in members_of(path)]
            raise InputError(
                f"'{path}' holds no map file, only {first_few(names)}. Unpack it and give the file itself."
            )
        return
    driver, starts = DRIVERS.get(path.suffix.lower(), DRIVERS[".geojson"])
    with path.open("rb") as stream:
        head = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    right = head.startswith(starts)
    if driver == "KML":
        right = right and b"<kml" in head
    if not right:
        raise InputError(f"'{path}' is not a {driver} file, whatever its ending says.")


def _map_in_zip(path: Path) -> str:
    """Return the name of the map file in a zip, a Shapefile first, or an empty text."""
    names = [member.filename for member in members_of(path)]
    endings = (".shp", *(ending for ending in ALWAYS_MAPS if DRIVERS[ending][0] != "Parquet"))
    return next((name for ending in endings for name in names if name.lower().endswith(ending)), "")


def _read_parquet(path: Path) -> MapLayer:
    import pyarrow as pa

    try:
        return MapLayer(gpd.read_parquet(path))
    except (ValueError, OSError, pa.ArrowException) as error:
        raise InputError(f"'{path}' could not be read as GeoParquet: {error}") from error


def _read_with_gdal(path: Path, layer: str | None) -> MapLayer:
    """Look first, read in bulk, and go feature by feature where that fails."""
    import pyogrio

    target = target_of(path)
    errors = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError)
    try:
        layers = [str(name) for name in pyogrio.list_layers(target)[:, 0]]
    except errors as error:
        raise _unreadable(path, error) from error
    if not layers or (layer is not None and layer not in layers):
        asked = f"layer '{layer}'" if layer is not None else "layer"
        raise InputError(f"'{path}' has no {asked}. It has {first_few(layers, most=12) or 'none'}.")
    chosen = layer or next((name for name in layers if not name.startswith("layer_styles")), layers[0])
    try:
        told = pyogrio.read_info(target, layer=chosen)
    except errors as error:
        raise _unreadable(path, error) from error
    if told["geometry_type"] is None:
        raise InputError(f"'{path}' holds no shapes. A map file (GeoPackage, GeoJSON, Shapefile) is needed.")
    try:
        table = pyogrio.read_dataframe(target, layer=chosen)
    except (*errors, pyogrio.errors.FeatureError, shapely.errors.ShapelyError):
        return _feature_by_feature(target, chosen, path)
    count = int(told["features"])
    if not isinstance(table, gpd.GeoDataFrame) or (count >= 0 and len(table) != count):
        return _feature_by_feature(target, chosen, path)
    return MapLayer(table, chosen)


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"'{path}' could not be read as {driver_of(path)}: {error}")


def _feature_by_feature(target: str, layer: str, path: Path) -> MapLayer:
    """Read what can be read; a feature that cannot has a sentence."""
    import fiona

    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    problems: list[str] = []
    try:
        opened = fiona.open(target, layer=layer, allow_unsupported_drivers=True)
    except (fiona.errors.FionaError, ValueError, OSError) as error:
        raise _unreadable(path, error) from error
    with opened:
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
            rows.append(fields)
            shapes.append(shape)
            problems.append(problem)
            if problem and not fields and len(rows) > MOST_FEATURES_LOST:
                raise InputError(f"'{path}': no feature could be read after number {len(rows)}.")
    return MapLayer(gpd.GeoDataFrame(rows, geometry=shapes, crs=crs), layer, tuple(problems))
