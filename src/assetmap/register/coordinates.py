"""Coordinates as people type them become metres on the British National Grid."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
import pyproj

from assetmap.schema import MAP_CRS, WORKING_CRS

GRID: Final = re.compile(r"^([HNOST])([A-HJ-Z])([0-9]{4,10})$")
LATITUDES: Final = (49.0, 61.5)
LONGITUDES: Final = (-9.0, 2.5)
"""The United Kingdom, in degrees."""

EASTINGS: Final = (1_000.0, 700_000.0)
NORTHINGS: Final = (1_000.0, 1_300_000.0)


def points_of_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the point that the coordinates of each row say, whatever kind they are.

    Parameters
    ----------
    rows
        Text columns ``latitude`` and ``longitude``, ``easting`` and ``northing``, ``grid_reference``, and
        numbers ``point_x``, ``point_y`` (metres) of a shape; each where there is one.

    Returns
    -------
    pandas.DataFrame
        On the index of ``rows``: ``x``, ``y`` (metres, missing where there is none), ``precise`` (false for
        a grid reference of 1 km), ``swapped`` (latitude and longitude were swapped), ``flipped_x``,
        ``flipped_y`` (where it would be if the longitude had lost its minus sign, or eastings and
        northings were swapped), ``unread`` (cells that are not coordinates, as typed, otherwise ``""``).
    """
    table = pd.DataFrame(
        {
            "x": np.nan,
            "y": np.nan,
            "precise": True,
            "swapped": False,
            "flipped_x": np.nan,
            "flipped_y": np.nan,
        },
        index=rows.index,
    )
    table["unread"] = pd.Series("", index=rows.index, dtype="str")
    if "point_x" in rows:
        table["x"], table["y"] = rows["point_x"], rows["point_y"]
    for across, up in (("longitude", "latitude"), ("easting", "northing")):
        if across in rows and up in rows:
            _fill_pair(table, rows[across], rows[up])
    if "grid_reference" in rows:
        _fill_grid(table, rows["grid_reference"])
    return table


def grid_reference_metres(reference: str) -> tuple[float, float, bool]:
    """Return the middle of the square that an OS grid reference names.

    Returns
    -------
    tuple
        Easting, northing (metres; missing where it is not a reference) and whether the square is at most 100 m
        wide.

    Examples
    --------
    >>> grid_reference_metres("SW 827 447")
    (182750.0, 44750.0, True)
    """
    compact = re.sub(r"[^A-Z0-9]", "", reference.upper())
    found = GRID.match(compact)
    if not found or len(found[3]) % 2:
        return np.nan, np.nan, False
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    first, second = letters.index(found[1]), letters.index(found[2])
    east = ((first - 2) % 5) * 5 + second % 5
    north = 19 - (first // 5) * 5 - second // 5
    half = len(found[3]) // 2
    size = 10 ** (5 - half)
    easting = east * 100_000 + int(found[3][:half]) * size + size / 2
    northing = north * 100_000 + int(found[3][half:]) * size + size / 2
    return float(easting), float(northing), size <= 100


def _fill_pair(table: pd.DataFrame, across: pd.Series, up: pd.Series) -> None:
    """Take two columns of numbers for degrees or for metres, by their size."""
    empty = table["x"].isna()
    lon, lat = _numbers(across), _numbers(up)
    said = empty & ((across != "") | (up != "")) & ~((lon == 0) & (lat == 0))
    swapped = lat.between(*LONGITUDES) & lon.between(*LATITUDES)
    east, north = lon.where(~swapped, lat), lat.where(~swapped, lon)
    degrees = said & north.between(*LATITUDES) & east.between(-9.0, 9.0)
    metres = said & lon.between(*EASTINGS) & lat.between(*NORTHINGS)
    if degrees.any():
        to_metres = pyproj.Transformer.from_crs(MAP_CRS, WORKING_CRS, always_xy=True)
        x, y = to_metres.transform(east[degrees].to_numpy(), north[degrees].to_numpy())
        table.loc[degrees, "x"], table.loc[degrees, "y"] = x, y
        fx, fy = to_metres.transform(-east[degrees].to_numpy(), north[degrees].to_numpy())
        table.loc[degrees, "flipped_x"], table.loc[degrees, "flipped_y"] = fx, fy
        table.loc[degrees & swapped, "swapped"] = True
    table.loc[metres, "x"], table.loc[metres, "y"] = lon[metres], lat[metres]
    table.loc[metres, "flipped_x"], table.loc[metres, "flipped_y"] = lat[metres], lon[metres]
    unread = said & ~degrees & ~metres
    table.loc[unread, "unread"] = (up[unread] + ", " + across[unread]).astype("str")


def _fill_grid(table: pd.DataFrame, references: pd.Series) -> None:
    said = table["x"].isna() & (references != "")
    if not said.any():
        return
    codes, texts = pd.factorize(references[said])
    read = pd.DataFrame(
        [grid_reference_metres(text) for text in texts.tolist()], columns=["x", "y", "precise"]
    ).take(codes)
    table.loc[said, "x"], table.loc[said, "y"] = read["x"].to_numpy(), read["y"].to_numpy()
    table.loc[said, "precise"] = read["precise"].to_numpy() | read["x"].isna().to_numpy()
    unread = said & table["x"].isna()
    table.loc[unread, "unread"] = references[unread]


def _numbers(column: pd.Series) -> pd.Series:
    text = column.str.strip().str.replace(",", "", regex=False).str.replace("−", "-", regex=False)
    west = text.str.endswith(("W", "w"))
    text = text.str.rstrip("NESWnesw° ")
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    return numbers.where(~west, -numbers.abs())
