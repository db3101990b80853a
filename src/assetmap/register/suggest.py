"""Values that would put the cells of a row right, as the judgement of the register understood or missed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pyproj

from assetmap.register.coordinates import points_of_rows
from assetmap.register.judge import clean_rows
from assetmap.register.types import OTHER, nearest_types, type_words
from assetmap.register.words import place_keys, status_words
from assetmap.schema import MAP_CRS, WORKING_CRS

MOST: Final = 3
LIKE_A_PLACE: Final = 75.0
"""Likeness (0-100) from which a known place is suggested for one that is not known."""

APART_M: Final = 5.0


def suggest_cells(
    cells: Mapping[str, str],
    understood: Mapping[str, str],
    point: tuple[float, float] | None,
    places: gpd.GeoDataFrame | None,
) -> list[tuple[str, str, str]]:
    """Return what would put a row right.

    Parameters
    ----------
    cells
        Column -> text, as typed.
    understood
        ``asset_type``, ``status`` and ``postcode`` as the row was judged.
    point
        Where it was put by its coordinates (metres), None where it was not.
    places
        Known places, for a town that is none of them.

    Returns
    -------
    list of tuple
        Column, value, and why.
    """
    found = [*_postcode(cells, understood), *_type(cells, understood), *_status(cells, understood)]
    return [*found, *_town(cells, places), *_coordinates(cells, point)]


def _postcode(cells: Mapping[str, str], understood: Mapping[str, str]) -> list[tuple[str, str, str]]:
    typed, read = cells.get("postcode", "").strip(), understood["postcode"]
    if not read or typed == read:
        return []
    if not typed:
        return [("postcode", read, "It is in the address.")]
    same = "".join(typed.upper().split()) == "".join(read.split())
    return [("postcode", read, "Its official form." if same else f"'{typed}' was read as this postcode.")]


def _type(cells: Mapping[str, str], understood: Mapping[str, str]) -> list[tuple[str, str, str]]:
    typed, code = cells.get("asset_type", "").strip(), understood["asset_type"]
    if not typed:
        return [("asset_type", code, "Its name says so.")] if code != OTHER else []
    if code != OTHER or typed.casefold().replace(" ", "_") in set(type_words().values()):
        return []
    return [("asset_type", code, f"It is near to '{typed}'.") for code in nearest_types(typed)[:MOST]]


def _status(cells: Mapping[str, str], understood: Mapping[str, str]) -> list[tuple[str, str, str]]:
    import pandas as pd

    typed, read = cells.get("status", "").strip(), understood["status"]
    if not typed or typed.casefold() == read or read == "unknown":
        return []
    if status_words(pd.Series([typed], dtype="str")).iloc[0] == read:
        return [("status", read, f"'{typed}' was read so.")]
    return [("status", read, "It gives a year in which it closed.")]


def _town(cells: Mapping[str, str], places: gpd.GeoDataFrame | None) -> list[tuple[str, str, str]]:
    town = cells.get("town", "").strip()
    if not town or places is None or not len(places):
        return []
    import pandas as pd
    from rapidfuzz import fuzz, process

    key = place_keys(pd.Series([town], dtype="str")).iloc[0]
    keys = place_keys(places["name"]).tolist()
    if not key or key in keys:
        return []
    near = process.extract(key, keys, scorer=fuzz.ratio, limit=MOST, score_cutoff=LIKE_A_PLACE)
    names = dict.fromkeys(str(places["name"].iloc[place]) for _, _, place in near)
    return [("town", name, f"'{town}' is not a known place; this one is spelt nearly so.") for name in names]


def _coordinates(cells: Mapping[str, str], point: tuple[float, float] | None) -> list[tuple[str, str, str]]:
    """Suggest the coordinates by which a row was placed, where those that were typed say something else."""
    if point is None or not (cells.get("latitude") and cells.get("longitude")):
        return []
    import pandas as pd

    one = {column: cells[column] for column in ("latitude", "longitude")}
    table = pd.DataFrame(
        {column: pd.Series([cell], dtype="str") for column, cell in {**one, "name": "x"}.items()}
    )
    typed = points_of_rows(clean_rows(table))
    off = ((typed["x"].iloc[0] - point[0]) ** 2 + (typed["y"].iloc[0] - point[1]) ** 2) ** 0.5
    if not typed["swapped"].iloc[0] and not off > APART_M:
        return []
    longitude, latitude = pyproj.Transformer.from_crs(WORKING_CRS, MAP_CRS, always_xy=True).transform(*point)
    why = "So it lies where its row was put."
    return [("latitude", f"{latitude:.6f}", why), ("longitude", f"{longitude:.6f}", why)]
