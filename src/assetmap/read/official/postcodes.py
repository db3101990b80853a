"""Postcodes: where each one is, and which small area the official lookup puts it in."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.postcode_areas import assign_postcodes
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.rows import read_header
from assetmap.read.tables import read_table, refuse_duplicates, to_numbers
from assetmap.schema import InputError, check_postcodes, first_few, yes_no

COLUMNS = ("postcode", "easting", "northing", "area_code", "live")


@reader
def read_postcodes(path: str | Path, *, areas: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """Read a postcode table.

    Parameters
    ----------
    path
        CSV (also gzipped) with the columns ``postcode``, ``easting``, ``northing``, ``area_code`` and
        ``live`` (yes or no); or, when `areas` are given, an official file as downloaded: Code-Point Open,
        the ONS Postcode Directory, the National Statistics Postcode Lookup.
    areas
        Small areas to place the postcodes of an official file in (see `assign_postcodes`).

    Returns
    -------
    pandas.DataFrame
        Index ``postcode`` in its official form ("TR11 3QA"); ``easting``, ``northing`` in metres
        (EPSG:27700, missing where not known), ``area_code`` (missing outside the areas), ``live``
        (false: terminated), and what else the file has.

    Raises
    ------
    InputError
        If a column is missing, a postcode is duplicated or a coordinate is not a number.

    Examples
    --------
    >>> known = am.read_postcodes(project.folder / "postcodes.csv.gz")
    >>> known.loc["TR1 1EP", ["easting", "northing"]].tolist()
    [182617.0, 44992.0]
    """
    path = Path(path)
    if areas is not None and "area_code" not in read_header(path):
        return assign_postcodes(read_postcode_file(path), areas)
    table = read_table(path)
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            f"'{path}' cannot be used for postcodes: missing column {first_few(missing)}; "
            f"it has {first_few(table.columns, most=12)}. An official file as downloaded needs areas as well."
        )
    postcodes = table.set_index("postcode")
    refuse_duplicates(postcodes.index, path=path, what="postcode")
    postcodes["easting"] = to_numbers(postcodes["easting"], path=path, name="easting")
    postcodes["northing"] = to_numbers(postcodes["northing"], path=path, name="northing")
    postcodes["area_code"] = postcodes["area_code"].where(postcodes["area_code"] != "")
    postcodes["live"] = postcodes["live"].map(yes_no) == "yes"
    check_postcodes(postcodes)
    return postcodes
