"""The one opener of map files: a layer of a file becomes a table of features.

A file is opened in the child process (`assetmap.read.worker`) by the driver of its ending and no other
(`assetmap.read.drivers`). pyogrio reads in bulk; where that fails, fiona reads feature by feature, so that one bad feature
does not lose the rest.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.read.drivers import driver_of
from assetmap.read.drivers import is_map as is_map  # noqa: PLC0414 (readers take it from here)
from assetmap.read.drivers import refuse_wrong_content as refuse_wrong_content  # noqa: PLC0414
from assetmap.read.files import existing_file, reader
from assetmap.read.worker import Answer, ask
from assetmap.schema import WORKING_CRS, InputError, counted


@dataclass(frozen=True)
class MapLayer:
    """One layer as it is in its file.

    table : a GeoDataFrame with the fields and shapes, in the coordinate reference system of the file.
    layer : name of the layer.
    problems : a sentence per feature, empty where it was read; no entry at all where all were.
    remarks : a sentence for each thing that the file holds beside its features and that was not read.
    """

    table: gpd.GeoDataFrame
    layer: str = ""
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@reader
def open_map(path: str | Path, *, layer: str | None = None, short: bool = False) -> MapLayer:
    """Read every feature of a layer.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet, KML, GML or MapInfo; any but GeoParquet also in a zip.
    layer
        The first one when it is not given.
    short
        Whether only the beginnings of very long texts are needed, as for a list.

    Returns
    -------
    MapLayer
        Every feature, in file order.

    Raises
    ------
    InputError
        If the file cannot be opened, is not what its ending says, has no such layer, no shapes, or names no
        coordinate reference system.

    Examples
    --------
    >>> layer = am.read.open_map(town.folder / "areas.gpkg")
    >>> len(layer.table)
    12
    """
    path = existing_file(path)
    if driver_of(path) == "Parquet":
        from assetmap.read.parquet import open_parquet

        refuse_wrong_content(path)
        found = MapLayer(open_parquet(path, short=short))
    else:
        found = _from_answer(ask("layer", path, layer=layer, short=short), path)
    if found.table.crs is None:
        raise InputError(
            f"'{path}' names no coordinate reference system. Save it again with one (EPSG:27700 or EPSG:4326)."
        )
    return found


@reader
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

    Examples
    --------
    >>> len(am.read.read_map(town.folder / "areas.gpkg"))
    12
    """
    found = open_map(path, layer=layer)
    wrong = [f"feature {place}: {said}" for place, said in enumerate(found.problems, start=1) if said]
    if wrong:
        raise InputError(
            f"'{path}' has {counted(len(wrong), 'feature')} that cannot be read. {'; '.join(wrong[:3])}."
        )
    return found.table.to_crs(WORKING_CRS)


def _from_answer(answer: Answer, path: Path) -> MapLayer:
    """Make the table out of what the child read: shapes in WKB and fields."""
    told, (lengths, shapes, *columns) = answer.value, answer.parts
    table = pd.DataFrame(
        {name: _column(kind, column) for (name, kind), column in zip(told["fields"], columns, strict=True)},
        index=pd.RangeIndex(told["features"]),
    )
    problems = [*told["problems"]] or [""] * len(table)
    geometry = _shapes(lengths, shapes, problems)
    try:
        whole = gpd.GeoDataFrame(table, geometry=geometry, crs=told["crs"] or None)
    except ValueError as error:  # pyproj refuses the CRS
        raise InputError(
            f"'{path}' names a coordinate reference system that is not known ({error}). Save it again with EPSG:27700 or EPSG:4326."
        ) from error
    return MapLayer(whole, told["layer"], tuple(problems) if any(problems) else (), tuple(told["remarks"]))


def _column(kind: str, packed: bytes) -> Any:
    if kind not in ("json", "time"):
        return np.frombuffer(packed, dtype=kind).copy()
    values = json.loads(packed)
    if kind == "json":
        return pd.Series(values, dtype=None if any(value is not None for value in values) else "object")
    text = pd.Series(values, dtype="str")
    times = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    return times if (times.isna() == text.isna()).all() else text


def _shapes(lengths: bytes, packed: bytes, problems: list[str]) -> list[Any]:
    """Make shapes out of WKB; one that cannot be made is missing, and its sentence is put into `problems`."""
    shapes, place = [], 0
    for length in struct.unpack(f"<{len(lengths) // 8}q", lengths):
        shapes.append(None if length < 0 else packed[place : place + length])
        place += max(length, 0)
    try:
        return list(shapely.from_wkb(np.array([*shapes, None], dtype=object))[:-1])
    except shapely.errors.ShapelyError:
        made = []
        for k, shape in enumerate(shapes):
            try:
                made.append(shapely.from_wkb(shape))
            except shapely.errors.ShapelyError as error:
                made.append(None)
                problems[k] = problems[k] or f"its shape could not be read ({error})"
        return made
