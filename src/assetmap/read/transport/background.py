"""Roads and rivers to draw under a map, from an OpenStreetMap extract or the open files of Ordnance Survey.

Only what helps a reader to find a place is kept: motorways, trunk and A roads, and rivers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from assetmap.read.files import existing_file
from assetmap.read.maps import read_map
from assetmap.read.transport.main_ways import RIVERS, ROADS
from assetmap.read.transport.roads import UNFOLDS
from assetmap.read.worker import ask
from assetmap.schema import WORKING_CRS, InputError, first_few

OSM_FILE: Final = re.compile(r"\.(osm|osm\.pbf|pbf|osm\.gz|osm\.bz2)$", re.IGNORECASE)

CLASSES: Final = {
    "class": {"motorway": ROADS, "a road": ROADS},
    "roadclassification": {"motorway": ROADS, "a road": ROADS},
    "road_classification": {"motorway": ROADS, "a road": ROADS},
    "form": {"inlandriver": RIVERS, "tidalriver": RIVERS},
    "kind": {ROADS: ROADS, RIVERS: RIVERS, "road": ROADS, "river": RIVERS},
}
"""Columns that say what a line is, and which of their values are drawn: OS Open Roads, OS Open Rivers, your own."""

NAMES: Final = (
    "name",
    "roadclassificationnumber",
    "road_classification_number",
    "watercoursename",
    "watercourse_name",
    "name1",
    "name_1",
)
"""Columns with the name of a line, the first one that a file has: "A30", "River Tamar"."""


def read_background(path: str | Path) -> gpd.GeoDataFrame:
    """Read main roads and rivers.

    Parameters
    ----------
    path
        An OpenStreetMap extract (``.osm.pbf``, ``.osm``), OS Open Roads or OS Open Rivers in any map format, or lines of
        your own with a column ``kind`` ("roads" or "rivers").

    Returns
    -------
    geopandas.GeoDataFrame
        ``kind`` ("roads" or "rivers"), ``name`` (number of a road, name of a river; ``""`` where the file does not say) and
        lines in EPSG:27700, in the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, does not say what its lines are, or has no main road and no river.

    Examples
    --------
    >>> am.read.read_background(town.folder / "roads.osm")["kind"].unique().tolist()
    ['roads']
    """
    path = existing_file(path)
    lines = _from_osm(path) if OSM_FILE.search(path.name) else _from_map(path)
    if lines.empty:
        raise InputError(f"'{path}' has no main road and no river to draw.")
    return lines


def _from_map(path: Path) -> gpd.GeoDataFrame:
    table = read_map(path)
    column = next((str(name) for name in table.columns if str(name).casefold() in CLASSES), None)
    if column is None:
        raise InputError(
            f"'{path}' does not say which of its lines are roads and which are rivers: it needs a column 'kind' with "
            f"'roads' or 'rivers', or the columns of OS Open Roads or OS Open Rivers. It has {first_few(table.columns, most=12)}."
        )
    kinds = table[column].astype("string").str.strip().str.casefold().map(CLASSES[column.casefold()])
    flat = shapely.force_2d(table.geometry.to_numpy())
    named = {str(name).casefold(): str(name) for name in table.columns}
    called = next((named[name] for name in NAMES if name in named), None)
    names = (
        pd.Series("", index=table.index)
        if called is None
        else table[called].astype("string").fillna("").str.strip()
    )
    lines = gpd.GeoDataFrame(
        {"kind": kinds.astype(object), "name": names.astype("str")}, geometry=flat, crs=table.crs
    )
    is_line = lines.geometry.geom_type.isin(("LineString", "MultiLineString"))
    return lines[lines["kind"].notna() & is_line].to_crs(WORKING_CRS).reset_index(drop=True)


def _from_osm(path: Path) -> gpd.GeoDataFrame:
    """Read an extract, which comes from strangers, in the child process."""
    answer = ask("main_ways", path, size=UNFOLDS * path.stat().st_size)
    counts = np.frombuffer(answer.parts[0], dtype=np.int64)
    points = np.frombuffer(answer.parts[1], dtype=np.float64).reshape(-1, 2)
    shapes = shapely.linestrings(points, indices=np.repeat(np.arange(len(counts)), counts))
    kinds, names = answer.value
    columns = {"kind": pd.Series(kinds, dtype=object), "name": pd.Series(names, dtype="str")}
    return gpd.GeoDataFrame(columns, geometry=list(np.asarray(shapes, dtype=object)), crs="EPSG:4326").to_crs(
        WORKING_CRS
    )
