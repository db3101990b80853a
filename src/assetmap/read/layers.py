"""The layers of map files, opened by GDAL: the driver is named by us, and nothing but the file is opened.

GDAL can be told by a file to open other files, ask servers or run SQL. So before it is loaded, `GDAL_SETTINGS` turns off
every driver but ours and everything that reaches outside; then a file is opened only if its first bytes are those of its
ending, holds nothing that points elsewhere, and the driver that opened it is the one that we named. What a file says it
holds is compared with what was read.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import glob
import json
import re
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError, counted, first_few
from assetmap.read.files import ZIP_ERRORS, members_of
from assetmap.read.worker import Answer

DRIVERS: Final = {
    ".gpkg": ("GPKG", (b"SQLite format 3",)),
    ".geojson": ("GeoJSON", (b"{",)),
    ".fgb": ("FlatGeobuf", (b"fgb",)),
    ".shp": ("ESRI Shapefile", (b"\x00\x00\x27\x0a",)),
    ".kml": ("KML", (b"<",)),
    ".gml": ("GML", (b"<",)),
    ".gpx": ("GPX", (b"<",)),
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

OTHER_DRIVERS: Final = (
    "ADBC AIVector AVCBin AVCE00 AmigoCloud Arrow CAD CSV CSW Carto DGN DODS DWG DXF EDIGEO EEDA ESRIJSON ElasticSearch "
    "Elasticsearch FileGDB GDALG GMLAS GPSBabel GTFS GTI GeoJSONSeq GeoRSS Geoconcept HANA HTTP Idrisi JML JSONFG LIBKML LVBAG "
    "MBTiles MEM MSSQLSpatial MVT MapML Memory MiraMonVector MongoDBv3 MySQL NAS NGW OAPIF OCI ODBC ODS OGCAPI OGR_GMT OGR_PDS "
    "OGR_SDTS OGR_VRT OSM OpenFileGDB PCIDSK PDF PDS4 PGDUMP PGeo PLSCENES PMTiles PostgreSQL S57 SOSI SQLite STACIT STACTA SXF Selafin TIGER "
    "TopoJSON VDV VFK VICAR VRT WAsP WFS WMS WMTS XLS XLSX XODR"
)
"""Drivers of GDAL that are never needed: virtual datasets, databases, servers, and formats that only contain others."""

GDAL_SETTINGS: Final = {
    "OGR_SKIP": ",".join(OTHER_DRIVERS.split()),
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_SAVE_RESOLVED_TO": "",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SQLITE_USE_OGR_VFS": "NO",
    "PROJ_NETWORK": "OFF",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
"""Environment of the child process; GDAL reads it when it is loaded."""

COUNTED_BYTES: Final = 20_000_000
"""Bytes of a GeoJSON file up to which it is parsed as a whole, to see that nothing follows its end and to count."""

LINKS: Final = {
    "GML": (b"<!doctype", b"<!entity", b"xi:include"),
    "KML": (b"<!doctype", b"<!entity", b"xi:include", b"<networklink"),
    "MapInfo File": (b"create view", b"open table", b"isseamless"),
}
"""Driver -> what in the text of its file points to other files, in small letters."""

LINKS_WITHIN: Final = 4_000_000
"""Bytes from the start in which such text is looked for."""


def read_layer(path: Path, *, layer: str | None, most_cells: int) -> Answer:
    """Read every feature of a layer.

    Parameters
    ----------
    path, layer
        As for `assetmap.read.maps.open_map`.
    most_cells
        Fields of all features together.

    Returns
    -------
    Answer
        The name of the layer, its CRS, the kinds of its fields and a sentence per feature that could not be read; and as
        bytes the shapes (their lengths, then WKB) and each field.

    Raises
    ------
    InputError
        If the file cannot be opened, is not what its ending says, points to other files, has no such layer or no shapes, or
        holds more or fewer features than it says.
    """
    with unpacked(path) as file:
        return _read_layer(file, layer, most_cells)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give a map file, or the one in a zip with its parts, unpacked into a folder that goes when it has been read."""
    refuse_wrong_content(path)
    if path.suffix.lower() != ".zip":
        yield path
        return
    inside = Path(_map_in_zip(path))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / inside.name
        try:
            with zipfile.ZipFile(path) as archive:
                for member in members_of(path):
                    name = Path(member.filename)
                    if (name.parent, name.stem.casefold()) == (inside.parent, inside.stem.casefold()):
                        (Path(folder) / name.name).write_bytes(archive.read(member))
        except (*ZIP_ERRORS, NotImplementedError) as error:
            raise InputError(
                f"'{path}': a file in it is damaged and could not be unpacked ({error}). Make the zip again."
            ) from error
        try:
            refuse_wrong_content(file)
            yield file
        except InputError as error:
            raise InputError(str(error).replace(f"'{file}'", f"'{path}'")) from error


def _read_layer(path: Path, layer: str | None, most_cells: int) -> Answer:
    import pyogrio

    target, driver = str(path.resolve()), driver_of(path)
    expected = _features_of_file(path, driver)
    errors = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError)
    try:
        layers = [str(name) for name in pyogrio.list_layers(target)[:, 0]]
        chosen = _chosen(path, layers, layer)
        told = pyogrio.read_info(target, layer=chosen)
    except InputError:
        raise
    except errors as error:
        raise _unreadable(path, error) from error
    if told.get("driver", driver) != driver:
        raise InputError(
            f"'{path}' is a {told['driver']} file, whatever its ending says. Give it its own ending."
        )
    if told["geometry_type"] is None:
        raise InputError(f"'{path}' holds no shapes. A map file (GeoPackage, GeoJSON, Shapefile) is needed.")
    expected = _features_of_layer(path, driver, chosen, len(layers)) if expected is None else expected
    width = len(told["fields"]) + 1
    _refuse_too_many(path, max(int(told["features"]), expected or 0) * width, most_cells)
    try:
        found = _in_bulk(target, chosen, str(told["crs"] or ""))
    except (*errors, pyogrio.errors.FeatureError):
        found = None
    rows = -1 if found is None else int(found.value["features"])
    if found is None or rows != (expected if expected is not None else max(int(told["features"]), rows)):
        found = _feature_by_feature(target, chosen, path, driver, most_cells)
        rows = int(found.value["features"])
    if expected is not None and rows != expected:
        raise InputError(
            f"'{path}' says that its layer '{chosen}' holds {counted(expected, 'feature')}, but {rows:,} could be read. The file is damaged: "
            "open it in the program that made it and save it again."
        )
    return found


def _chosen(path: Path, layers: list[str], layer: str | None) -> str:
    if not layers or (layer is not None and layer not in layers):
        asked = f"layer '{layer}'" if layer is not None else "layer"
        raise InputError(f"'{path}' has no {asked}. It has {first_few(layers, most=12) or 'none'}.")
    return layer or next((name for name in layers if not name.startswith("layer_styles")), layers[0])


def _refuse_too_many(path: Path, cells: int, most_cells: int) -> None:
    if cells > most_cells:
        raise InputError(
            f"'{path}' says that it holds {cells:,} values, too many for its size (at most {most_cells:,}). It is damaged, or must be split."
        )


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
    if driver == "GPKG":
        _refuse_virtual_tables(path)
    _refuse_links(path, driver)


def _refuse_links(path: Path, driver: str) -> None:
    """Refuse a file that names other files or servers to be read with it."""
    if driver not in LINKS:
        return
    with path.open("rb") as stream:
        text = stream.read(LINKS_WITHIN).replace(b"\0", b"").lower()
    found = [mark.decode().strip("<!") for mark in LINKS[driver] if mark in text]
    if found:
        raise InputError(
            f"'{path}' points to other files or servers ({first_few(found)}), so it was not opened. Save its own content as GeoJSON or "
            "GeoPackage."
        )


def _map_in_zip(path: Path) -> str:
    """Return the name of the map file in a zip, a Shapefile first, or an empty text."""
    names = [member.filename for member in members_of(path)]
    endings = (".shp", *(ending for ending in ALWAYS_MAPS if DRIVERS[ending][0] != "Parquet"))
    return next((name for ending in endings for name in names if name.lower().endswith(ending)), "")


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"'{path}' could not be read as {driver_of(path)}: {error}")


def _in_bulk(target: str, layer: str, crs: str) -> Answer:
    from pyogrio import raw

    # a condition that is always true makes GDAL count the rows of a GeoPackage: its own count may be out of date
    where = "1 = 1" if target.lower().endswith(".gpkg") else None
    meta, _, shapes, columns = raw.read(target, layer=layer, datetime_as_string=True, where=where)
    names = [str(name) for name in meta["fields"]]
    packed = [pack_column(column) for column in columns]
    kinds = [
        "time" if str(dtype).startswith("datetime") else kind
        for dtype, (kind, _) in zip(meta["dtypes"], packed, strict=True)
    ]
    value = _described(layer, str(meta["crs"] or crs), names, kinds, len(shapes), [])
    return Answer(value, (*_pack_shapes(shapes), *(part for _, part in packed)))


def _described(
    layer: str, crs: str, names: list[str], kinds: list[str], features: int, problems: list[str]
) -> dict[str, Any]:
    return {
        "layer": layer,
        "crs": crs,
        "fields": list(zip(names, kinds, strict=True)),
        "features": features,
        "problems": problems,
    }


def _pack_shapes(shapes: Any) -> tuple[bytes, bytes]:
    """Return the lengths of shapes in WKB, -1 where one is missing, and their bytes."""
    lengths = struct.pack(f"<{len(shapes)}q", *(-1 if shape is None else len(shape) for shape in shapes))
    return lengths, b"".join(shape for shape in shapes if shape is not None)


def pack_column(column: Any) -> tuple[str, bytes]:
    """Return the kind of a column and its bytes: numbers as they are (kind is their dtype), anything else as JSON."""
    if column.dtype.kind in "biuf":
        return column.dtype.str, column.tobytes()
    return "json", json.dumps(column.tolist(), default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _feature_by_feature(target: str, layer: str, path: Path, driver: str, most_cells: int) -> Answer:
    """Read what can be read; a feature that cannot has a sentence."""
    import fiona
    import numpy as np

    try:
        opened = fiona.open(target, layer=layer, enabled_drivers=[driver], allow_unsupported_drivers=True)
    except (fiona.errors.FionaError, ValueError, OSError) as error:
        raise _unreadable(path, error) from error
    with opened:
        crs, names = opened.crs_wkt or "", list(opened.schema["properties"])
        rows, shapes, problems = [], [], []
        for fields, shape, problem in _features(opened):
            rows.append(fields)
            shapes.append(shape)
            problems.append(problem)
            _refuse_too_many(path, len(rows) * (len(names) + 1), most_cells)
            if problem and not fields and len(rows) > MOST_FEATURES_LOST:
                raise InputError(f"'{path}': no feature could be read after number {len(rows)}.")
    columns = [np.array([row.get(name) for row in rows] + [None], dtype=object)[:-1] for name in names]
    packed = [pack_column(column) for column in columns]
    value = _described(layer, crs, names, [kind for kind, _ in packed], len(rows), problems)
    return Answer(value, (*_pack_shapes(shapes), *(part for _, part in packed)))


def _features(opened: Any) -> Iterator[tuple[dict[str, Any], bytes | None, str]]:
    """Yield the fields, the shape in WKB and what is wrong with each feature."""
    import fiona
    import shapely

    features = iter(opened)
    while True:
        problem, shape, fields = "", None, {}
        try:
            feature = next(features)
        except StopIteration:
            return
        except (fiona.errors.FionaError, ValueError) as error:
            problem = f"the feature could not be read ({error})"
        else:
            fields = dict(feature.properties)
            try:
                if feature.geometry is not None:
                    shape = shapely.to_wkb(shapely.geometry.shape(feature.geometry))
            except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
                problem = f"its shape could not be read ({error})"
        yield fields, shape, problem


MIF_SHAPE: Final = re.compile(
    rb"(?im)^[ \t]*(point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|collection|none)\b"
)
"""The line that begins a shape in a MapInfo interchange file; a collection holds further ones."""


def _features_of_file(path: Path, driver: str) -> int | None:
    """Return how many features a file with a single layer says that it holds; GDAL has not opened it yet.

    Raises
    ------
    InputError
        If parts of the file say different numbers.
    """
    if driver == "FlatGeobuf":
        return _features_of_flatgeobuf(path)
    if driver == "ESRI Shapefile":
        parts = {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}
        return _records_of_shapefile(
            path, {ending: parts[ending].read_bytes() for ending in (".shx", ".dbf") if ending in parts}
        )
    if driver == "MapInfo File":
        return _features_of_mapinfo(path)
    return _features_of_geojson(path) if driver == "GeoJSON" else None


def _features_of_mapinfo(path: Path) -> int | None:
    """Count what a MapInfo file holds: shapes of a .mif and lines of its .mid, or records of a .dat that are not deleted."""
    parts = {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if path.suffix.lower() == ".mif":
        text = parts[".mid"].read_bytes() if ".mid" in parts else b""
        # a line break inside quotation marks does not end a row
        outside = b"q".join(text.split(b'"')[::2])
        rows = sum(1 for line in outside.splitlines() if line)
        shapes = MIF_SHAPE.findall(path.read_bytes())
        nested = any(shape.lower() == b"collection" for shape in shapes)
        return (rows if nested else max(rows, len(shapes))) or None
    if ".dat" not in parts:
        return None
    table = parts[".dat"].read_bytes()
    if len(table) < 12:
        return None
    records, header, width = struct.unpack_from("<IHH", table, 4)
    if not width or (len(table) - header) // width < records:
        raise InputError(
            f"'{path}' says that it holds {counted(records, 'row')}, but the .dat beside it is shorter. It is damaged: export it again."
        )
    return int(sum(table[header + record * width] != ord("*") for record in range(records)))


def _features_of_layer(path: Path, driver: str, layer: str, layers: int) -> int | None:
    """Return how many features the file says that a layer holds, None where it does not say."""
    if driver == "GPKG":
        return _rows_of_geopackage(path, layer)
    if driver == "KML" and layers == 1:
        return len(re.findall(rb"<(?:\w+:)?Placemark\b", path.read_bytes()))
    if driver == "GML" and layers == 1:
        return len(re.findall(rb"<(?:\w+:)?(?:featureMember|member)\b", path.read_bytes())) or None
    return None


def _rows_of_geopackage(path: Path, layer: str) -> int:
    """Count the rows of a table of a GeoPackage; its own count of features may be out of date."""
    with closing(_database(path)) as database:
        name = layer.replace('"', '""')
        try:
            found = int(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error
        try:
            kept = database.execute(
                "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)", (layer,)
            ).fetchone()
        except sqlite3.Error:  # most programs keep no count
            return found
    # Fewer than GDAL counted when it wrote the file: rows were lost. More: another program added some.
    return max(found, kept[0]) if kept and isinstance(kept[0], int) else found


def _database(path: Path) -> sqlite3.Connection:
    """Open a GeoPackage for reading; one with a journal in a folder that cannot be written to is read without it."""
    address = path.resolve().as_uri()
    database = sqlite3.connect(f"{address}?mode=ro", uri=True)
    try:
        database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error:
        database.close()
        database = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
    return database


def _refuse_virtual_tables(path: Path) -> None:
    """Refuse a GeoPackage with tables that live outside it; an index of places or words is part of it."""
    with closing(_database(path)) as database:
        try:
            made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise _unreadable(path, error) from error
    virtual = [
        str(name)
        for name, sql in made
        if re.search(r"create\s+virtual\s+table", str(sql), re.I)
        and not re.search(r"using\s+[\"'`\[]?(rtree|fts[345])", str(sql), re.I)
    ]
    if virtual:
        raise InputError(
            f"'{path}' has tables that read other files ({first_few(virtual)}), so it was not opened."
        )


def _features_of_flatgeobuf(path: Path) -> int:
    """Count the features of a FlatGeobuf by their lengths, and compare the count in its header."""
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            file.seek(8)
            (length,) = struct.unpack("<I", file.read(4))
            header = file.read(min(length, size))
            said, node = _flatgeobuf_header(header)
        except struct.error as error:
            raise _unreadable(path, error) from error
        place, found = 12 + length + _size_of_index(said, node), 0
        while place + 4 <= size:
            file.seek(place)
            place += 4 + struct.unpack("<I", file.read(4))[0]
            found += 1
    if place != size or said not in (0, found):
        raise InputError(
            f"'{path}' says that it holds {counted(said, 'feature')}, but its content does not fit that. The file is damaged: open it in the program that made "
            "it and save it again."
        )
    return found


def _flatgeobuf_header(header: bytes) -> tuple[int, int]:
    """Return the number of features and the size of a node of the index, by the schema of FlatGeobuf 3."""
    (root,) = struct.unpack_from("<I", header, 0)
    (back,) = struct.unpack_from("<i", header, root)
    table = root - back
    (length,) = struct.unpack_from("<H", header, table)

    def value(field: int, kind: str, otherwise: int) -> int:
        slot = 4 + 2 * field
        (at,) = struct.unpack_from("<H", header, table + slot) if slot + 2 <= length else (0,)
        return int(struct.unpack_from(kind, header, root + at)[0]) if at else otherwise

    return value(8, "<Q", 0), value(9, "<H", 16)


def _size_of_index(features: int, node: int) -> int:
    if features == 0 or node < 2:
        return 0
    nodes, level = features, features
    while level != 1:
        level = -(-level // node)
        nodes += level
    return nodes * 40


def _records_of_shapefile(path: Path, parts: dict[str, bytes]) -> int | None:
    """Return the number of records that the index (.shx) and the table (.dbf) of a Shapefile have."""
    said = {}
    if len(parts.get(".shx", b"")) >= 100:
        said[".shx"] = (len(parts[".shx"]) - 100) // 8
    if len(parts.get(".dbf", b"")) >= 12:
        records, header, width = struct.unpack_from("<IHH", parts[".dbf"], 4)
        said[".dbf"] = records
        if width and (len(parts[".dbf"]) - header) // width < records:
            said[".dbf, by its length"] = max(len(parts[".dbf"]) - header, 0) // width
    if len(set(said.values())) > 1:
        words = ", ".join(f"{count:,} in {name}" for name, count in said.items())
        raise InputError(
            f"'{path}': the parts of the Shapefile do not fit together: {words}. It is damaged: export it again."
        )
    return next(iter(said.values()), None)


def _features_of_geojson(path: Path) -> int | None:
    from assetmap.read.lists.json_files import parse_json

    if path.stat().st_size > COUNTED_BYTES:
        with path.open("rb") as file:
            file.seek(-4096, 2)
            if not file.read().rstrip().endswith(b"}"):
                raise InputError(
                    f"'{path}' does not end as JSON does: it is cut off, or more text follows it."
                )
        return None
    tree = parse_json(path, kind="GeoJSON")
    features = tree.get("features") if isinstance(tree, dict) else None
    return len(features) if isinstance(features, list) else None
