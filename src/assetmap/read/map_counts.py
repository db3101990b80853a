"""How many features a map file says that it holds, read from its bytes before GDAL has opened it.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import glob
import re
import sqlite3
import struct
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError, counted, first_few
from assetmap.read.drivers import open_geopackage, unreadable_map

COUNTED_BYTES: Final = 20_000_000
"""Bytes of a GeoJSON file up to which it is parsed as a whole, to see that nothing follows its end and to count."""


MIF_SHAPE: Final = re.compile(
    rb"(?im)^[ \t]*(point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|collection|none)\b"
)
"""The line that begins a shape in a MapInfo interchange file; a collection holds further ones."""


GML_FEATURE: Final = re.compile(rb"<(?:\w+:)?(?:featureMember|member)\b")
"""What begins a place in the text of a GML file."""


@dataclass(frozen=True)
class Said:
    """What a map file says of itself.

    features : how many it holds, None where it does not say. shapes : how many of them have a shape, None where it is not known.
    remarks : a sentence for each thing that it holds beside its features.
    """

    features: int | None = None
    shapes: int | None = None
    remarks: tuple[str, ...] = ()


def features_of_file(path: Path, driver: str) -> Said:
    """Return what a file with a single layer says that it holds; GDAL has not opened it yet.

    Raises
    ------
    InputError
        If parts of the file say different numbers.
    """
    if driver == "FlatGeobuf":
        return Said(_features_of_flatgeobuf(path))
    if driver == "ESRI Shapefile":
        parts = {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}
        return _records_of_shapefile(
            path, {ending: parts[ending].read_bytes() for ending in (".shx", ".dbf") if ending in parts}
        )
    if driver == "MapInfo File":
        return Said(_features_of_mapinfo(path))
    return _features_of_geojson(path) if driver == "GeoJSON" else Said()


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
    alive = [table[header + record * width] != ord("*") for record in range(records)]
    return int(sum(alive))


def features_of_layer(path: Path, driver: str, layer: str, layers: int) -> Said:
    """Return what the file says that a layer holds."""
    if driver == "GPKG":
        return _rows_of_geopackage(path, layer)
    return Said(features_in_text(path, driver)) if layers == 1 else Said()


def features_in_text(path: Path, driver: str) -> int | None:
    """Count the places that the text of a GML file has, in all its layers; None for others, and where they cannot be told."""
    if driver != "GML":
        return None
    text = path.read_bytes()
    for start, end in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>")):
        text = _outside(text, start, end)
    return len(GML_FEATURE.findall(text)) or None


def _outside(text: bytes, start: bytes, end: bytes) -> bytes:
    """Return a text without what stands between two marks."""
    kept, place = [], 0
    while (begins := text.find(start, place)) >= 0 and (ends := text.find(end, begins)) >= 0:
        kept.append(text[place:begins])
        place = ends + len(end)
    return b"".join([*kept, text[place:]])


def _rows_of_geopackage(path: Path, layer: str) -> Said:
    """Count the rows of a table of a GeoPackage; its own count of features may be out of date."""
    with closing(open_geopackage(path)) as database:
        name = layer.replace('"', '""')
        try:
            column = database.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)", (layer,)
            ).fetchone()
            shape = str(column[0]).replace('"', '""') if column else ""
            counts = f'count(*), count("{shape}")' if shape else "count(*), NULL"
            found, shapes = database.execute(f'SELECT {counts} FROM "{name}"').fetchone()
        except sqlite3.Error as error:
            raise unreadable_map(path, error) from error
        try:
            kept = database.execute(
                "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)", (layer,)
            ).fetchone()
        except sqlite3.Error:  # most programs keep no count
            return Said(found, shapes)
    # Fewer than GDAL counted when it wrote the file: rows were lost. More: another program added some.
    return Said(max(found, kept[0]) if kept and isinstance(kept[0], int) else found, shapes)


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
            raise unreadable_map(path, error) from error
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


def _records_of_shapefile(path: Path, parts: dict[str, bytes]) -> Said:
    """Return the number of records that the index (.shx) and the table (.dbf) of a Shapefile have; those that are marked as deleted do not count."""
    said, deleted = {}, 0
    if len(parts.get(".shx", b"")) >= 100:
        said[".shx"] = (len(parts[".shx"]) - 100) // 8
    if len(parts.get(".dbf", b"")) >= 12:
        records, header, width = struct.unpack_from("<IHH", parts[".dbf"], 4)
        said[".dbf"] = records
        if width and (len(parts[".dbf"]) - header) // width < records:
            said[".dbf, by its length"] = max(len(parts[".dbf"]) - header, 0) // width
        deleted = parts[".dbf"][header : header + records * width : width].count(b"*") if width else 0
    if len(set(said.values())) > 1:
        words = ", ".join(f"{count:,} in {name}" for name, count in said.items())
        raise InputError(
            f"'{path}': the parts of the Shapefile do not fit together: {words}. It is damaged: export it again."
        )
    records = next(iter(said.values()), None)
    if records is None or not deleted:
        return Said(records)
    remark = f"'{path.name}': {counted(deleted, 'record is', 'records are')} marked as deleted in its table (.dbf) and {'was' if deleted == 1 else 'were'} not read."
    return Said(records - deleted, remarks=(remark,))


def _features_of_geojson(path: Path) -> Said:
    from assetmap.read.lists.json_text import parse_json
    from assetmap.read.lists.json_whole import beside

    if path.stat().st_size > COUNTED_BYTES:
        with path.open("rb") as file:
            file.seek(-4096, 2)
            if not file.read().rstrip().endswith(b"}"):
                raise InputError(
                    f"'{path}' does not end as JSON does: it is cut off, or more text follows it."
                )
        return Said()
    twice: Counter[str] = Counter()
    tree = parse_json(path, kind="GeoJSON", twice=twice)
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list):
        return Said()
    if twice["features"]:
        raise InputError(
            f"'{path}' has two lists of features in one collection. Save each as a file of its own."
        )
    whole = [feature for feature in features if isinstance(feature, dict)]
    remarks = [*beside(tree, features, path.name), *_beside_features(whole, twice, path.name)]
    return Said(
        len(features), sum(1 for feature in whole if _has_shape(feature.get("geometry"))), tuple(remarks)
    )


def _has_shape(shape: Any) -> bool:
    """Say whether a geometry of GeoJSON has anything in it."""
    if not isinstance(shape, dict):
        return shape is not None
    return bool(
        shape.get("coordinates")
        or shape.get("geometries")
        or shape.get("type") == "GeometryCollection"
        or "type" not in shape
    )


def _beside_features(features: list[dict[str, Any]], twice: Counter[str], name: str) -> list[str]:
    """Return what features hold that GDAL does not read: fields outside their properties, and one of two fields of a name."""
    others: Counter[str] = Counter()
    for feature in features:
        others.update(feature.keys() - MEMBERS)
    said = []
    if others:
        said.append(
            f"'{name}' has fields outside the properties of its features, which were not read: {first_few(others)} (in {counted(max(others.values()), 'feature')})."
        )
    if twice:
        said.append(
            f"'{name}' has a field more than once in one feature: {first_few(twice)} ({counted(sum(twice.values()), 'time')}). Only one of each was read. Give them "
            "different names."
        )
    return said


MEMBERS: Final = frozenset(["type", "id", "properties", "geometry", "bbox", "links", "geometry_name"])
"""What a feature of GeoJSON has."""
