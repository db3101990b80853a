"""Candidate locations: where each part of a row says that it is.

Every function returns a table on the index of the rows with ``x``, ``y`` (metres, missing where not known) and
``precision`` (``""`` where the row says nothing of the kind, or nothing that is known).
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import COAST_TOLERANCE_M, areas_of_points, areas_of_postcodes, points_xy
from assetmap.register.findings import Finding, finding
from assetmap.register.postcodes import AREAS, district_centres
from assetmap.register.words import column_or_empty, place_keys, streets_of

POSTCODE_FAR_M: Final = 2_000.0
"""A point this far from its own postcode is held for review: 99% of postcode units are less than 2 km long."""

SAME_PLACE_M: Final = 3_000.0
"""Places with one name that are closer than this are one place."""

SECTOR_M: Final = 2_000.0
"""A sector of postcodes, or a street, that is wider than this from its middle does not say where a place is."""

CROWD: Final = 10
"""This many rows with different names on one point, with no address in common, mark the centre of a county."""


def by_points(
    rows: pd.DataFrame, points: pd.DataFrame, by_postcode: pd.DataFrame, areas: gpd.GeoDataFrame | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep plausible points, restore a lost minus sign, and flag crowds and contradictions."""
    x, y = (points[c].to_numpy(dtype=float, copy=True) for c in ("x", "y"))
    inside, mended = inside_or_flipped(points, areas)
    for axis, flipped in ((x, "flipped_x"), (y, "flipped_y")):
        axis[mended] = points[flipped].to_numpy(dtype=float)[mended]
    crowd = _crowds(rows, x, y, by_postcode)
    x[crowd], y[crowd] = np.nan, np.nan
    apart = np.hypot(x - by_postcode["x"].to_numpy(), y - by_postcode["y"].to_numpy())
    far = (inside | mended) & (apart > POSTCODE_FAR_M)
    findings = [
        finding(
            points["unread"] != "",
            "review",
            "The coordinates '",
            points["unread"],
            "' are not in the United Kingdom. Correct them.",
        ),
        finding(
            points["swapped"],
            "accepted",
            "Latitude and longitude were the wrong way round, so assetmap swapped them.",
        ),
        finding(
            mended,
            "review",
            "The coordinates as typed lie outside. With a minus sign on the longitude (or with easting and "
            "northing exchanged) they lie inside, so that was used. Check them.",
        ),
        finding(
            crowd,
            "review",
            f"{CROWD} or more rows with different names have exactly this point, so it is probably the middle of an area "
            "and was not used. Give the postcode.",
        ),
        finding(
            far,
            "review",
            "Its coordinates lie ",
            apart / 1000,
            " km from its own postcode. Correct one of them.",
        ),
    ]
    precision = np.where(np.isfinite(x), np.where(points["precise"], "point", "place"), "")
    return pd.DataFrame({"x": x, "y": y, "precision": precision}, index=rows.index), findings


def inside_or_flipped(points: pd.DataFrame, areas: gpd.GeoDataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """Say which points lie in an area, and which do with the other sign or with their numbers exchanged."""
    x, y = (points[c].to_numpy(dtype=float) for c in ("x", "y"))
    if areas is None:
        return np.isfinite(x), np.zeros(len(x), dtype=bool)
    inside = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)[0] >= 0
    fx, fy = (points[c].to_numpy(dtype=float, copy=True) for c in ("flipped_x", "flipped_y"))
    fx[inside | ~np.isfinite(x)] = np.nan
    return inside, areas_of_points(fx, fy, areas, tolerance_m=0.0)[0] >= 0


def by_postcodes(
    tidy: pd.Series, postcodes: pd.DataFrame | None, areas: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Look up each postcode.

    Returns ``x``, ``y``, ``listed`` (in the file), ``live``, ``inside`` (an area) and ``precision`` (``""``
    where it is not in the file).
    """
    said = (tidy != "").to_numpy()
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "listed": said, "live": True}, index=tidy.index)
    table["inside"] = True
    table["precision"] = np.where(said, "postcode", "")
    if postcodes is None:
        return table
    row = postcodes.index.get_indexer(pd.Index(tidy))
    listed = (row >= 0) & said
    taken = postcodes.iloc[np.maximum(row, 0)] if len(postcodes) else postcodes
    table["listed"] = listed
    table["precision"] = np.where(listed, "postcode", "")
    if not listed.any():
        return table
    table["x"] = np.where(listed, taken["easting"].to_numpy(dtype=float), np.nan)
    table["y"] = np.where(listed, taken["northing"].to_numpy(dtype=float), np.nan)
    table["live"] = ~listed | taken["live"].to_numpy(dtype=bool)
    if areas is not None:
        official = areas_of_postcodes(tidy, areas, postcodes)
        fits = bool((official >= 0).any()) or bool(postcodes["area_code"].isin(areas.index).any())
        # A lookup made for these areas knows the border; without one a generalised coast is forgiven.
        tolerance = 0.0 if fits else COAST_TOLERANCE_M
        drawn, _ = areas_of_points(table["x"].to_numpy(), table["y"].to_numpy(), areas, tolerance_m=tolerance)
        table["inside"] = (official >= 0) | (drawn >= 0) | table["x"].isna()
    return table


def by_districts(
    district: pd.Series,
    by_postcode: pd.DataFrame,
    postcodes: pd.DataFrame | None,
    areas: gpd.GeoDataFrame | None,
    *,
    area_name: str,
    buffer_m: float,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Place rows whose postcode is a district only, or a whole one that is not in the file.

    Returns ``x``, ``y``, ``precision``, ``inside`` (any of its postcodes is in an area), ``near`` (none is, but one is within the
    buffer), ``out`` (it is wholly outside both), ``crosses`` (some of its postcodes are in no area), ``radius_m``.
    """
    said = (district != "").to_numpy()
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "radius_m": np.nan}, index=district.index)
    table = table.assign(inside=True, near=False, out=False, crosses=False)
    table["precision"] = np.where(said, "postcode_district", "")
    if postcodes is None:
        return table, []
    said = said & ~by_postcode["listed"].to_numpy()
    if not said.any():
        return table.assign(precision=""), []
    asked = pd.Index(district[said].unique())
    centres = district_centres(postcodes, only=asked)
    row = centres.index.get_indexer(pd.Index(district))
    known = said & (row >= 0)
    for axis, column in (("x", "easting"), ("y", "northing"), ("radius_m", "radius_m")):
        values = centres[column].to_numpy()
        table[axis] = np.where(known, values[np.maximum(row, 0)] if len(values) else np.nan, np.nan)
    if areas is not None:
        off = _off_areas(centres.index, postcodes, areas)
        metres = np.where(known, district.map(off["min"]).to_numpy(dtype=float), np.nan)
        table["crosses"] = np.where(known, district.map(off["max"]).to_numpy(dtype=float) > 0, False)
        # A real district of which the file has nothing, nor anything that begins like it, lies far from here.
        letters = district.str.extract(r"^([A-Z]+)", expand=False).fillna("")
        begun = set(postcodes.index.str.extract(r"^([A-Z]+)", expand=False).unique())
        foreign = said & ~known & letters.isin(AREAS - begun).to_numpy()
        table["inside"] = ~(metres > 0) & ~foreign
        table["near"] = (metres > 0) & (metres <= buffer_m)
        table["out"] = (metres > buffer_m) | foreign
        known = known | foreign
    table["precision"] = np.where(known, "postcode_district", "")
    where = f" of {area_name}" if area_name else " that the postcode file knows"
    return table, [
        finding(
            said & ~known, "review", "The postcode district ", district,
            f" is not a district{where}: it lies outside, or the postcode is wrong.",
        ),
    ]  # fmt: skip


def _off_areas(districts: pd.Index, postcodes: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return metres from the areas to the nearest and the furthest postcode of each district; 0 where it is in an area."""
    empty = pd.DataFrame({"min": [], "max": []}, dtype=float)
    if not len(districts):
        return empty
    outward = postcodes.index.str.partition(" ").get_level_values(0)
    of = postcodes[outward.isin(districts) & postcodes["easting"].notna().to_numpy()]
    place, off = areas_of_points(
        of["easting"].to_numpy(dtype=float), of["northing"].to_numpy(dtype=float), areas, tolerance_m=0.0
    )
    inside = (place >= 0) | of["area_code"].isin(areas.index).to_numpy()
    metres = pd.Series(np.where(inside, 0.0, off), index=of.index.str.partition(" ").get_level_values(0))
    return pd.DataFrame(metres.groupby(level=0).agg(["min", "max"]))


def by_sectors(tidy: pd.Series, by_postcode: pd.DataFrame, postcodes: pd.DataFrame | None) -> pd.DataFrame:
    """Place rows whose postcode is newer than the file in the middle of its sector ("TR1 2"), where that is small.

    Such a place is as good as that of a village: its precision is ``place``.
    """
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "precision": ""}, index=tidy.index)
    asked = (tidy != "") & ~by_postcode["listed"].to_numpy()
    if postcodes is None or not asked.any():
        return table
    sectors = tidy.where(asked, "").str[:-2]
    centres = district_centres(postcodes, only=pd.Index(sectors[asked].unique()))
    centres = centres[centres["radius_m"] <= SECTOR_M]
    row = centres.index.get_indexer(pd.Index(sectors))
    known = asked.to_numpy() & (row >= 0)
    if known.any():
        for axis, column in (("x", "easting"), ("y", "northing")):
            table[axis] = np.where(known, centres[column].to_numpy()[np.maximum(row, 0)], np.nan)
    return table.assign(precision=np.where(known, "place", ""))


def by_streets(
    rows: pd.DataFrame, by_postcode: pd.DataFrame, lost: np.ndarray, district: pd.Series
) -> pd.DataFrame:
    """Place rows without a usable postcode where other rows of the lists have the same street in the same town or district."""
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "precision": ""}, index=rows.index)
    addresses = column_or_empty(rows, "address")
    lost = lost & (addresses != "").to_numpy()
    if not lost.any():
        return table
    town = place_keys(column_or_empty(rows, "town"))
    around = town.where(town != "", district)
    # A street is looked for only around the rows that need one: a long list has many.
    beside = around.isin(around[lost].unique())
    found = streets_of(addresses.where(beside, "")).str.extract(r"([a-z][a-z ]+)$", expand=False).fillna("")
    street = (found + "|" + around).where((found != "") & (around != ""), "")
    known = by_postcode["x"].notna() & (street != "")
    grouped = by_postcode.loc[known].groupby(street[known])[["x", "y"]]
    wide = np.hypot(*(grouped.max() - grouped.min()).to_numpy().T) if known.any() else np.array([])
    middle = grouped.mean()[wide <= SECTOR_M] if known.any() else by_postcode.loc[known, ["x", "y"]]
    row = middle.index.get_indexer(pd.Index(street))
    placed = lost & (row >= 0) & (street != "").to_numpy()
    if placed.any():
        for axis in ("x", "y"):
            table[axis] = np.where(placed, middle[axis].to_numpy()[np.maximum(row, 0)], np.nan)
    return table.assign(precision=np.where(placed, "place", ""))


def by_towns(rows: pd.DataFrame, places: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Place rows by their town, or by the last part of the address that is a place."""
    town = column_or_empty(rows, "town")
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "many": False}, index=rows.index)
    table["precision"] = np.where(town != "", "place", "")
    if places is None:
        return table
    if (town == "").all() and (column_or_empty(rows, "address") == "").all():
        return table
    named = _distinct_places(places)
    row = named.index.get_indexer(pd.Index(place_keys(town)))
    without_town = np.flatnonzero(
        (row < 0) & (column_or_empty(rows, "address") != "").to_numpy() & (town == "").to_numpy()
    )
    if len(without_town):
        row[without_town] = _from_addresses(column_or_empty(rows, "address").iloc[without_town], named.index)
    known = row >= 0
    for column in ("x", "y"):
        table[column] = np.where(
            known, named[column].to_numpy()[np.maximum(row, 0)] if len(named) else np.nan, np.nan
        )
    table["many"] = known & table["x"].isna()
    table["precision"] = np.where(known & table["x"].notna(), "place", "")
    return table


def covering(rows: pd.DataFrame, area_name: str) -> pd.DataFrame:
    """Mark rows that cover the whole area by their own word; without a name for it, whatever they cover."""
    covers = place_keys(column_or_empty(rows, "covers"))
    town = place_keys(column_or_empty(rows, "town"))
    whole = place_keys(pd.Series([area_name])).iloc[0]
    if whole:
        padded = " " + covers + " "
        match = padded.str.contains(f" {whole} ", regex=False) | (town == whole)
    else:
        match = covers != ""
    return pd.DataFrame(
        {"x": np.nan, "y": np.nan, "precision": np.where(match, "area_only", "")}, index=rows.index
    )


def _crowds(rows: pd.DataFrame, x: np.ndarray, y: np.ndarray, by_postcode: pd.DataFrame) -> np.ndarray:
    """Mark rows on a point that many differently named rows share without one address or postcode."""
    if not np.isfinite(x).any():
        return np.zeros(len(rows), dtype=bool)
    where = pd.DataFrame({"x": x, "y": y}, index=rows.index)
    where["name"], where["address"] = rows["name"], column_or_empty(rows, "address")
    where["agrees"] = np.hypot(x - by_postcode["x"], y - by_postcode["y"]) <= POSTCODE_FAR_M
    held = where[np.isfinite(x) & ~where["agrees"]]
    grouped = held.groupby(["x", "y"])
    one_address = (grouped["address"].transform("nunique") == 1) & (held["address"] != "")
    crowded = (grouped["name"].transform("nunique") >= CROWD) & ~one_address
    mask = np.zeros(len(rows), dtype=bool)
    mask[rows.index.get_indexer(held.index[crowded])] = True
    return mask


def _distinct_places(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one row per place key; without a point where places of one name lie far apart."""
    x, y = points_xy(places.geometry)
    table = pd.DataFrame({"key": place_keys(places["name"]).to_numpy(), "x": x, "y": y})
    table = table[(table["key"] != "") & np.isfinite(x)]
    grouped = table.groupby("key")
    spread = np.hypot(grouped["x"].max() - grouped["x"].min(), grouped["y"].max() - grouped["y"].min())
    first: pd.DataFrame = grouped[["x", "y"]].first()
    first.loc[spread > SAME_PLACE_M] = np.nan
    return first


def _from_addresses(addresses: pd.Series, keys: pd.Index) -> np.ndarray:
    parts = addresses.str.split(",")
    found = np.full(len(addresses), -1)
    for back in range(1, 5):
        part = place_keys(parts.str[-back].astype("str").fillna(""))
        row = keys.get_indexer(pd.Index(part))
        found = np.where((found < 0) & (part != "").to_numpy(), row, found)
    return found
