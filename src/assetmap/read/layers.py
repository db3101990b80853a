"""The layers of map files, opened by GDAL: the driver is named by us, and nothing but the file is opened.

What may be opened at all, `assetmap.read.drivers` says. The driver that opened a file must be the one that we named, and what a file
says it holds is compared with what was read.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError, counted, first_few
from assetmap.read.drivers import driver_of, encoding_of, unpacked, unreadable_map
from assetmap.read.lists.kml import kml_layer
from assetmap.read.map_counts import Said, features_in_text, features_of_file, features_of_layer
from assetmap.read.rows import MOST_COLUMNS
from assetmap.read.texts.long import LONGEST_TEXT, beginning
from assetmap.read.worker import Answer

MOST_FEATURES_LOST: Final = 100_000
"""After so many features that cannot be read a file is given up."""


def read_layer(path: Path, *, layer: str | None, most_cells: int, short: bool = False) -> Answer:
    """Read every feature of a layer.

    Parameters
    ----------
    path, layer
        As for `assetmap.read.maps.open_map`.
    most_cells
        Fields of all features together.
    short
        Whether only the beginnings of texts are needed, as for a list.

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
        found = _read_layer(file, layer, most_cells)
    return _with_beginnings(found) if short else found


def _with_beginnings(found: Answer) -> Answer:
    """Cut the texts of fields that are longer than any cell of a list."""
    kinds = [kind for _, kind in found.value["fields"]]
    fields = [
        json.dumps([beginning(value) for value in json.loads(part)]).encode()
        if kind == "json" and len(part) > LONGEST_TEXT
        else part
        for kind, part in zip(kinds, found.parts[2:], strict=True)
    ]
    return Answer(found.value, (*found.parts[:2], *fields))


def _read_layer(path: Path, layer: str | None, most_cells: int) -> Answer:
    import pyogrio

    target, driver = str(path.resolve()), driver_of(path)
    if driver == "KML":
        return _kml_layer(path, layer, most_cells)
    said = features_of_file(path, driver)
    errors = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError)
    try:
        layers = [str(name) for name in pyogrio.list_layers(target)[:, 0]]
        chosen = _chosen(path, layers, layer)
        told = pyogrio.read_info(target, layer=chosen)
    except InputError:
        raise
    except errors as error:
        raise unreadable_map(path, error) from error
    if told.get("driver", driver) != driver:
        raise InputError(
            f"'{path}' is a {told['driver']} file, whatever its ending says. Give it its own ending."
        )
    if told["geometry_type"] is None:
        raise InputError(f"'{path}' holds no shapes. A map file (GeoPackage, GeoJSON, Shapefile) is needed.")
    said = features_of_layer(path, driver, chosen, len(layers)) if said.features is None else said
    expected = said.features
    if expected is None and len(layers) > 1:
        expected = _features_of_layers(path, target, driver, layers).get(chosen)
    _refuse_too_wide(path, len(told["fields"]))
    width = len(told["fields"]) + 1
    _refuse_too_many(path, max(int(told["features"]), expected or 0) * width, most_cells)
    try:
        found = _in_bulk(target, chosen, str(told["crs"] or ""), encoding_of(path))
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
    return _with_remarks(found, said, path)


def _with_remarks(found: Answer, said: Said, path: Path) -> Answer:
    """Add what the file says beside its features, and how many shapes could not be read."""
    lengths = struct.unpack(f"<{len(found.parts[0]) // 8}q", found.parts[0])
    lost = (said.shapes or 0) - sum(1 for length in lengths if length >= 0)
    remarks = list(said.remarks)
    if lost > 0:
        remarks.append(
            f"'{path.name}': {counted(lost, 'shape')} could not be read, so {'this place has' if lost == 1 else 'these places have'} no point. Check the coordinates."
        )
    return Answer({**found.value, "remarks": remarks}, found.parts)


def _features_of_layers(path: Path, target: str, driver: str, layers: list[str]) -> dict[str, int]:
    """Return how many features GDAL counts in each layer, where the text of the file says how many all have together.

    Raises
    ------
    InputError
        If the layers have fewer: GDAL leaves out what has no shape.
    """
    import pyogrio

    said = features_in_text(path, driver)
    if said is None:
        return {}
    counts = {
        name: int(pyogrio.read_info(target, layer=name, force_feature_count=True)["features"])
        for name in layers
    }
    if sum(counts.values()) < said:
        raise InputError(
            f"'{path}' holds {counted(said, 'place')}, but only {sum(counts.values()):,} of them can be read in its layers ({first_few(layers)}). "
            "Places without a point or a shape cannot be read, or the file is damaged: save it again, or export the list as CSV."
        )
    return counts


def _kml_layer(path: Path, layer: str | None, most_cells: int) -> Answer:
    """Read a layer of a KML file, whose coordinates are always longitude and latitude."""
    name, fields, placemarks, remarks = kml_layer(path, layer)
    _refuse_too_wide(path, len(fields))
    _refuse_too_many(path, len(placemarks) * (len(fields) + 1), most_cells)
    columns = [json.dumps([each.fields.get(one, "") for each in placemarks]).encode() for one in fields]
    problems = [each.problem for each in placemarks]
    value = _described(
        name, "EPSG:4326", fields, ["json"] * len(fields), len(placemarks), problems if any(problems) else []
    )
    value["remarks"] = remarks
    return Answer(value, (*_pack_shapes([each.shape for each in placemarks]), *columns))


def _chosen(path: Path, layers: list[str], layer: str | None) -> str:
    if not layers or (layer is not None and layer not in layers):
        asked = f"layer '{layer}'" if layer is not None else "layer"
        raise InputError(f"'{path}' has no {asked}. It has {first_few(layers, most=12) or 'none'}.")
    return layer or next((name for name in layers if not name.startswith("layer_styles")), layers[0])


def _refuse_too_wide(path: Path, fields: int) -> None:
    if fields > MOST_COLUMNS:
        raise InputError(
            f"'{path}' has {fields:,} fields; a list has at most {MOST_COLUMNS:,}. Save it with the fields that are needed."
        )


def _refuse_too_many(path: Path, cells: int, most_cells: int) -> None:
    if cells > most_cells:
        raise InputError(
            f"'{path}' says that it holds {cells:,} values, too many for its size (at most {most_cells:,}). It is damaged, or must be split."
        )


def _in_bulk(target: str, layer: str, crs: str, encoding: str | None) -> Answer:
    from pyogrio import raw

    # a condition that is always true makes GDAL count the rows of a GeoPackage: its own count may be out of date
    where = "1 = 1" if target.lower().endswith(".gpkg") else None
    meta, _, shapes, columns = raw.read(
        target, layer=layer, encoding=encoding, datetime_as_string=True, where=where
    )
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
        opened = fiona.open(
            target,
            layer=layer,
            encoding=encoding_of(path),
            enabled_drivers=[driver],
            allow_unsupported_drivers=True,
        )
    except (fiona.errors.FionaError, ValueError, OSError) as error:
        raise unreadable_map(path, error) from error
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
