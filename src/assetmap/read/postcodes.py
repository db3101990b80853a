"""Postcodes: where each one is, and which small area the official lookup puts it in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assetmap.read.tables import read_table, to_numbers
from assetmap.schema import InputError, check_postcodes, first_few

COLUMNS = ("postcode", "easting", "northing", "area_code", "live")


def read_postcodes(path: str | Path) -> pd.DataFrame:
    """Read a postcode table.

    Parameters
    ----------
    path
        CSV (also gzipped) with the columns ``postcode``, ``easting``, ``northing``, ``area_code`` and
        ``live`` (yes or no).

    Returns
    -------
    pandas.DataFrame
        Index ``postcode`` in its official form ("TR11 3QA"); ``easting``, ``northing`` in metres
        (EPSG:27700, missing where not known), ``area_code`` (missing outside the areas), ``live``
        (false: terminated), and what else the file has.

    Raises
    ------
    InputError
        If a column is missing, a postcode stands twice or a coordinate is not a number.
    """
    path = Path(path)
    table = read_table(path)
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            f"'{path}' cannot be used for postcodes: missing column {first_few(missing)}; "
            f"it has {first_few(table.columns, most=12)}."
        )
    postcodes = table.set_index("postcode")
    if postcodes.index.has_duplicates:
        twice = postcodes.index[postcodes.index.duplicated()].unique()
        raise InputError(f"'{path}': {len(twice)} postcodes stand more than once, first {first_few(twice)}.")
    postcodes["easting"] = to_numbers(postcodes["easting"], path=path, name="easting")
    postcodes["northing"] = to_numbers(postcodes["northing"], path=path, name="northing")
    postcodes["area_code"] = postcodes["area_code"].where(postcodes["area_code"] != "")
    postcodes["live"] = postcodes["live"].str.strip().str.lower() == "yes"
    check_postcodes(postcodes)
    return postcodes
