"""Which map files may be opened, by which driver of GDAL, and what in them is refused before GDAL sees them.

GDAL can be told by a file to open other files, ask servers or run SQL. So before it is loaded, `GDAL_SETTINGS` turns off
every driver but ours and everything that reaches outside; then a file is opened only if its first bytes are those of its
ending and it holds nothing that points elsewhere.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import ZIP_ERRORS, members_of

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

PACKED: Final = (".zip", ".kmz")
"""Endings of archives with map files; a KMZ is a zip with a KML."""

ALWAYS_MAPS: Final = tuple(ending for ending in DRIVERS if ending != ".tab")
"""Endings of map files and of nothing else: ``.tab`` may be a table with tabs."""

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

LINKS: Final = {
    "GML": (b"<!doctype", b"<!entity", b"xi:include"),
    "GPX": (b"<!doctype", b"<!entity", b"xi:include"),
    "KML": (
        b"<!doctype",
        b"<!entity",
        b"xi:include",
        b"<networklink",
        b":networklink",
    ),
    "MapInfo File": (b"create view", b"open table", b"isseamless"),
}
"""Driver -> what in the text of its file points to other files, in small letters."""

INCLUDES: Final = (b"www.w3.org/2001/xinclude", (b":include", b"<include"))
"""The namespace of XInclude, and how an element that includes another file begins: a file with both is refused, whatever the prefix."""

AT_ONCE: Final = 4_000_000
"""Bytes that are looked through at a time."""

LONGEST_LINK: Final = 100
"""Bytes that such a text may take, two for each letter."""

OWN_SQL: Final = re.compile(
    r"""\s*create\s+(?:table|view|trigger|(?:unique\s+)?index|virtual\s+table\s+(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^]]*\]|[\w$]+)"""
    r"""\s+using\s+["'`\[]?(?:rtree|fts[345]))\b""",
    re.I,
)
"""How SQLite begins the text of what lives in its own file; an index of places or words is a virtual table and part of it."""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give a map file, or the one in a zip with its parts, unpacked into a folder that goes when it has been read."""
    refuse_wrong_content(path)
    if path.suffix.lower() == ".gml":
        with tempfile.TemporaryDirectory() as folder:
            # GDAL writes a file beside a GML, which would then be read with it: not into the folder of a list.
            for part in (path, path.with_suffix(".xsd")):
                if part.is_file():
                    shutil.copy(part, folder)
            file = Path(folder) / path.name
            try:
                yield file
            except InputError as error:
                raise InputError(str(error).replace(f"'{file}'", f"'{path}'")) from error
        return
    if path.suffix.lower() not in PACKED:
        yield path
        return
    inside = Path(map_in_zip(path))
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


def is_map(path: Path) -> bool:
    """Whether a file is a map file, by its ending and its content: also a zip with one, and GeoJSON named ``.json``."""
    ending = path.suffix.lower()
    if ending in PACKED:
        return bool(map_in_zip(path))
    if ending in (".json", ".tab"):
        with path.open("rb") as stream:
            head = stream.read(4000)
        return head.startswith(DRIVERS[".tab"][1]) or (b'"FeatureCollection"' in head and b'"type"' in head)
    return ending in DRIVERS


def driver_of(path: Path) -> str:
    """Return the name of the driver for a file; GeoJSON where the ending says nothing."""
    inside = map_in_zip(path) if path.suffix.lower() in PACKED else ""
    return DRIVERS.get(Path(inside or path).suffix.lower(), DRIVERS[".geojson"])[0]


def refuse_wrong_content(path: Path) -> None:
    """Refuse a file that does not begin as its ending says; a zip must hold a map file."""
    if path.suffix.lower() in PACKED:
        if not map_in_zip(path):
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
    found: dict[str, None] = {}
    declared = included = False
    with path.open("rb") as stream:
        text = b""
        while piece := stream.read(AT_ONCE):
            text = text[-LONGEST_LINK:] + piece.replace(b"\0", b"").lower()
            if driver == "MapInfo File":
                text = b" ".join(text.split())
            found |= {mark.decode().strip("<!:"): None for mark in LINKS[driver] if mark in text}
            declared = declared or INCLUDES[0] in text
            included = included or any(mark in text for mark in INCLUDES[1])
    if declared and included and driver != "MapInfo File":
        found["XInclude"] = None
    if found:
        raise InputError(
            f"'{path}' points to other files or servers ({first_few(found)}), so it was not opened. Save its own content as GeoJSON or "
            "GeoPackage."
        )


def map_in_zip(path: Path) -> str:
    """Return the name of the map file in a zip, a Shapefile first, or an empty text."""
    names = [member.filename for member in members_of(path)]
    endings = (".shp", *(ending for ending in ALWAYS_MAPS if DRIVERS[ending][0] != "Parquet"))
    return next((name for ending in endings for name in names if name.lower().endswith(ending)), "")


def unreadable_map(path: Path, error: Exception) -> InputError:
    """Return the error for a map file that a library could not read."""
    return InputError(f"'{path}' could not be read as {driver_of(path)}: {error}")


def open_geopackage(path: Path) -> sqlite3.Connection:
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
    with closing(open_geopackage(path)) as database:
        try:
            made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
            _refuse_endless_views(database, path)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise unreadable_map(path, error) from error
    others = [str(name) for name, sql in made if not OWN_SQL.match(str(sql))]
    if others:
        raise InputError(
            f"'{path}' has tables that may read other files ({first_few(others)}), so it was not opened. Save its own tables as a new GeoPackage."
        )


def _refuse_endless_views(database: sqlite3.Connection, path: Path) -> None:
    """Refuse a GeoPackage with a view whose rows take too long to count: it can call itself, or join tables without an end."""
    views = "SELECT name FROM sqlite_master WHERE type = 'view' AND lower(name) IN (SELECT lower(table_name) FROM gpkg_contents)"
    try:
        names = [str(name) for (name,) in database.execute(views)]
    except sqlite3.Error:  # it has no table of contents, which GDAL says better
        return
    for name in names:
        until = time.process_time() + VIEW_SECONDS
        database.set_progress_handler(lambda until=until: int(time.process_time() > until), 10_000)  # type: ignore[misc]
        try:
            quoted = name.replace('"', '""')
            rows = database.execute(
                f'SELECT count(*) FROM (SELECT 1 FROM "{quoted}" LIMIT {VIEW_ROWS})'
            ).fetchone()[0]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                continue  # a view that does not work is a layer that cannot be read
            rows = VIEW_ROWS
        finally:
            database.set_progress_handler(None, 0)
        if rows >= VIEW_ROWS:
            raise InputError(
                f"'{path}' has a view, '{name}', whose rows take more than {VIEW_SECONDS} seconds to count or are more than {VIEW_ROWS:,}, so it was not opened. Save "
                "what is needed of it as a table of a new GeoPackage."
            )


VIEW_SECONDS: Final = 2
VIEW_ROWS: Final = 5_000_000


def encoding_of(path: Path) -> str | None:
    """Return the encoding of the table of a Shapefile that does not name one, ``UTF-8`` where its letters are; None leaves it to GDAL."""
    table = next((one for ending in (".dbf", ".DBF") if (one := path.with_suffix(ending)).is_file()), None)
    named = any(path.with_suffix(ending).is_file() for ending in (".cpg", ".CPG"))
    if path.suffix.lower() != ".shp" or table is None or named:
        return None
    with table.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return None
        file.seek(int.from_bytes(head[8:10], "little"))
        cells = file.read(AT_ONCE)
    letters = LETTERS.findall(cells)
    others = sum(sign > 127 for sign in cells) - sum(map(len, letters))
    # The last letter of a full cell may be cut.
    return "UTF-8" if letters and others <= len(letters) / 10 else None


LETTERS: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Letters of UTF-8 beyond those of ASCII."""
