"""OS Open Names: towns, villages and hamlets, as Ordnance Survey publishes them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from assetmap.read.child import unpack_rows
from assetmap.read.files import existing_file, reader
from assetmap.read.worker import ask
from assetmap.schema import WORKING_CRS, InputError


@reader
def read_open_names(path: str | Path, *, within: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Read the populated places of OS Open Names.

    Parameters
    ----------
    path
        The zip as downloaded (many CSVs without header rows), one of its CSVs, or an extract with a
        header row.
    within
        Keep only places in the rectangle around these areas (EPSG:27700).

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``place_id`` (0, 1, ... by name and id); ``name`` (English where the first name is Welsh),
        ``kind`` (city, town, village ...), ``population`` (missing: not in the source) and a point in
        EPSG:27700.

    Raises
    ------
    InputError
        If the file is not OS Open Names.

    Examples
    --------
    >>> row = {"ID": "osgb1", "NAME1": "Ludlow", "LOCAL_TYPE": "Town", "TYPE": "populatedPlace"}
    >>> pd.DataFrame([{**row, "GEOMETRY_X": 351200, "GEOMETRY_Y": 274800}]).to_csv("names.csv", index=False)
    >>> am.read.read_open_names("names.csv")[["name", "kind"]].values.tolist()
    [['Ludlow', 'town']]
    """
    path = Path(path)
    answer = ask("populated", existing_file(path))
    found = unpack_rows(answer.parts[0])
    if not found:
        raise InputError(f"'{path}' has no populated places. Use the zip of CSV files from Ordnance Survey.")
    rows = pd.DataFrame(found, columns=answer.value, dtype="str")
    across, up = pd.to_numeric(rows["GEOMETRY_X"]), pd.to_numeric(rows["GEOMETRY_Y"])
    if within is not None:
        west, south, east, north = within.total_bounds
        inside = across.between(west, east) & up.between(south, north)
        rows, across, up = rows[inside], across[inside], up[inside]
    welsh = rows.get("NAME1_LANG", pd.Series("", index=rows.index)) == "cym"
    second = rows.get("NAME2", pd.Series("", index=rows.index)).fillna("")
    places = gpd.GeoDataFrame(
        {
            "name": second.where(welsh & (second != ""), rows["NAME1"]).str.strip(),
            "kind": rows["LOCAL_TYPE"].str.strip().str.lower(),
            "population": float("nan"),
            "id": rows["ID"],
        },
        geometry=gpd.points_from_xy(across, up, crs=WORKING_CRS),
    )
    places = places.sort_values(["name", "id"]).drop(columns="id")
    return places.set_index(pd.RangeIndex(len(places), name="place_id"))
