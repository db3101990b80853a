"""Named places: towns and villages with a point, for labels and for lists that name only a town."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from assetmap.read.files import reader
from assetmap.read.tables import read_table, to_numbers
from assetmap.schema import WORKING_CRS, InputError, first_few


@reader
def read_places(path: str | Path) -> gpd.GeoDataFrame:
    """Read named places.

    Parameters
    ----------
    path
        CSV or spreadsheet with ``name`` and either ``lat`` and ``lon`` (WGS 84 degrees) or ``easting`` and
        ``northing`` (metres); ``kind`` and ``population`` where known.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``place_id`` (0, 1, ... in file order); ``name``, ``kind`` ("" where not known),
        ``population`` (missing where not known) and a point in EPSG:27700.

    Raises
    ------
    InputError
        If a column is missing or a coordinate is not a number.

    Examples
    --------
    >>> am.read.read_places(town.folder / "places.csv")["name"].tolist()[:2]
    ['Quillford', 'Northgate']
    """
    path = Path(path)
    table = read_table(path)
    degrees = {"lat", "lon"} <= set(table.columns)
    if "name" not in table.columns or not (degrees or {"easting", "northing"} <= set(table.columns)):
        raise InputError(
            f"'{path}' cannot be used for places: it needs columns 'name' and 'lat', 'lon' (or 'easting', "
            f"'northing'); it has {first_few(table.columns, most=12)}."
        )
    across, up, crs = ("lon", "lat", "EPSG:4326") if degrees else ("easting", "northing", WORKING_CRS)
    points = gpd.points_from_xy(
        to_numbers(table[across], path=path, name=across), to_numbers(table[up], path=path, name=up), crs=crs
    )
    empty = pd.Series("", index=table.index)
    return gpd.GeoDataFrame(
        {
            "name": table["name"].str.strip(),
            "kind": table.get("kind", empty).str.strip().str.lower(),
            "population": to_numbers(table.get("population", empty), path=path, name="population"),
        },
        geometry=points,
        index=pd.RangeIndex(len(table), name="place_id"),
    ).to_crs(WORKING_CRS)
