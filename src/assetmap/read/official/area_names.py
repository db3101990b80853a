"""Names that people know for small areas: "Ludlow Town (Shropshire 038B)".

The name comes from the House of Commons Library (names of middle layer areas), else from the ward of the small area,
else from the nearest town or village. The official name always follows, because several small areas share a name.
"""

from __future__ import annotations

import re
from typing import Final

import geopandas as gpd
import pandas as pd

LIBRARY: Final = "House of Commons Library"
WARDS: Final = "wards"
NEAREST: Final = "nearest town or village"
FARTHEST_M: Final = 10_000.0
"""A place farther from the middle of an area than this does not name it."""

_LETTERS: Final = re.compile(r"(?<=\d)[A-Z]{1,2}$")


def name_areas(
    areas: gpd.GeoDataFrame,
    *,
    library: pd.Series | None = None,
    wards: pd.Series | None = None,
    places: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Give small areas names that people know.

    Parameters
    ----------
    areas
        Small areas (LSOA or MSOA), index ``area_code``, with the official name in ``area_name``; EPSG:27700.
    library
        Names of the House of Commons Library, by the official name of the middle layer area ("Shropshire 038").
    wards
        Name of the ward of each small area, index ``area_code``.
    places
        Towns and villages: ``name`` and a point, EPSG:27700.

    Returns
    -------
    pandas.DataFrame
        On the index of `areas`: ``area_name`` (the known name with the official one in brackets, or the official
        one alone) and ``name_source`` (where the known name is from; empty if there is none).

    Examples
    --------
    >>> import geopandas, pandas
    >>> areas = geopandas.GeoDataFrame({"area_name": ["Shropshire 038B"]}, index=["E01028905"], geometry=[None])
    >>> name_areas(areas, library=pandas.Series({"Shropshire 038": "Ludlow Town"})).loc["E01028905", "area_name"]
    'Ludlow Town (Shropshire 038B)'
    """
    official = areas["area_name"].astype(str)
    known = pd.Series(pd.NA, index=areas.index, dtype="object")
    source = pd.Series("", index=areas.index)
    if library is not None:
        middle = official.str.replace(_LETTERS, "", regex=True)
        known, source = _filled(known, source, middle.map(library), LIBRARY)
    if wards is not None:
        known, source = _filled(known, source, wards.reindex(areas.index), WARDS)
    if places is not None and len(places) and known.isna().any():
        known, source = _filled(known, source, _nearest(areas[known.isna()], places), NEAREST)
    names = [name if pd.isna(own) else f"{own} ({name})" for own, name in zip(known, official, strict=True)]
    return pd.DataFrame({"area_name": names, "name_source": source}, index=areas.index)


def _filled(known: pd.Series, source: pd.Series, more: pd.Series, where: str) -> tuple[pd.Series, pd.Series]:
    """Return names and their sources with the gaps filled from one more source."""
    more = more.reindex(known.index).astype("object")
    more = more.where(more.notna() & (more.astype(str).str.strip() != ""), pd.NA)
    new = known.isna() & more.notna()
    return known.where(~new, more), source.where(~new, where)


def _nearest(areas: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> pd.Series:
    """Return the name of the place nearest to a point inside each area."""
    points = areas.geometry.representative_point()
    at, found = places.sindex.nearest(points, return_all=False, max_distance=FARTHEST_M)
    return pd.Series(places["name"].to_numpy()[found], index=areas.index[at])
