"""Where each row is, how well that is known, and whether its own words agree about it.

Tried in this order: the shape of the file, latitude and longitude, eastings and northings, grid reference,
postcode, district of a postcode, place name, the whole area. What contradicts itself is placed by the more
believable word and held for review; what lies outside the area is rejected.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import COAST_TOLERANCE_M, areas_of_points, areas_of_postcodes, points_xy
from assetmap.register.coordinates import points_of_rows
from assetmap.register.findings import Finding, finding
from assetmap.register.postcodes import district_centres, postcodes_within, tidy_postcodes
from assetmap.register.words import place_keys

POSTCODE_FAR_M: Final = 2_000.0
"""A point this far from its own postcode is doubted: 99% of postcode units are less than 2 km long."""

TOWN_FAR_M: Final = 5_000.0
"""A postcode this far from the middle of its own town is doubted (the national list places Bude library
6 km inland)."""

SAME_PLACE_M: Final = 3_000.0
"""Places of one name that lie closer than this are one place."""

PRECISION_WORDS: Final = {
    "point": "coordinates",
    "postcode": "postcode",
    "postcode_district": "postcode district",
    "place": "town",
    "area_only": "area",
    "": "",
}

CROWD: Final = 10
"""So many rows with one name-less point are a county's centre, not ten groups in one field."""


def place_rows(
    rows: pd.DataFrame,
    *,
    postcodes: pd.DataFrame | None,
    places: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame | None,
    area_name: str,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Place every row.

    Parameters
    ----------
    rows
        Cleaned text columns of the register's names (docs/tables.md) on a 0, 1, ... index; ``point_x``,
        ``point_y`` (metres) where a file had shapes.
    postcodes, places, areas, area_name
        As for `build_register`.

    Returns
    -------
    tuple
        A table on the index of ``rows`` with ``x``, ``y`` (metres, missing where not known), ``postcode``
        (official form, ``""``) and ``location_precision`` (``""`` where nothing says where it is); and what
        was found.
    """
    points = points_of_rows(rows)
    typed = _column(rows, "postcode")
    tidied = tidy_postcodes(typed, known=None if postcodes is None else postcodes.index)
    within = postcodes_within(_column(rows, "address")).where(typed == "", "")
    tidied["postcode"] = tidied["postcode"].where(within == "", within)
    district = _column(rows, "postcode_district").str.upper().str.partition(" ")[0]
    said_district = tidied["district"].where(tidied["district"] != "", district.astype("str"))
    by_postcode = _by_postcode(tidied["postcode"], postcodes, areas)
    by_town = _by_town(rows, places)
    findings = _postcode_findings(typed, tidied, by_postcode, postcodes)
    point, more = _believed_points(rows, points, by_postcode, areas)
    findings += more
    by_district, more = _by_district(said_district, tidied["postcode"], by_postcode, postcodes, area_name)
    findings += more
    covering = _covering(rows, area_name)
    by_postcode["precision"] = np.where(by_postcode["known"], "postcode", "")
    candidates = [
        ("Its point", point),
        ("The postcode " + tidied["postcode"], by_postcode),
        ("The postcode district " + said_district, by_district),
        ("The place '" + _column(rows, "town") + "'", by_town),
        ("", covering),
    ]
    placed, more = _first_inside(rows, candidates, areas, area_name)
    placed["postcode"] = tidied["postcode"]
    findings += [*more, *_town_findings(rows, placed, by_postcode, by_town, places)]
    findings += _nowhere_findings(rows, placed, by_town, more)
    return placed, findings


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows else pd.Series("", index=rows.index, dtype="str")


def _by_postcode(
    tidy: pd.Series, postcodes: pd.DataFrame | None, areas: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Look up each postcode: ``x``, ``y``, ``known`` (believed to exist), ``listed``, ``live``, ``inside``."""
    said = (tidy != "").to_numpy()
    table = pd.DataFrame(
        {"x": np.nan, "y": np.nan, "known": said, "listed": said, "live": True}, index=tidy.index
    )
    table["inside"] = True
    if postcodes is None:
        return table
    row = postcodes.index.get_indexer(tidy)
    listed = (row >= 0) & said
    taken = postcodes.iloc[np.maximum(row, 0)] if len(postcodes) else postcodes
    table["listed"] = table["known"] = listed
    if not listed.any():
        return table
    table["x"] = np.where(listed, taken["easting"].to_numpy(dtype=float), np.nan)
    table["y"] = np.where(listed, taken["northing"].to_numpy(dtype=float), np.nan)
    table["live"] = ~listed | taken["live"].to_numpy(dtype=bool)
    if areas is not None:
        official = areas_of_postcodes(tidy, areas, postcodes)
        fits = bool(postcodes["area_code"].isin(areas.index).any())
        # A lookup made for these areas knows the border; without one a generalised coast is forgiven.
        tolerance = 0.0 if fits else COAST_TOLERANCE_M
        drawn, _ = areas_of_points(table["x"].to_numpy(), table["y"].to_numpy(), areas, tolerance_m=tolerance)
        table["inside"] = (official >= 0) | (drawn >= 0)
    return table


def _postcode_findings(
    typed: pd.Series, tidied: pd.DataFrame, by_postcode: pd.DataFrame, postcodes: pd.DataFrame | None
) -> list[Finding]:
    quoted = "the postcode '" + typed + "' "
    broken = (typed != "") & (tidied["postcode"] == "") & (tidied["district"] == "")
    repaired = (tidied["repair"] == "letters") & (tidied["postcode"] != "")
    findings = [
        finding(broken, "review", _capital(quoted) + "is not a postcode. Correct it (as in TR1 1EP)."),
        finding(repaired, "accepted", _capital(quoted) + "was read as " + tidied["postcode"] + "."),
    ]
    if postcodes is not None:
        ended = by_postcode["listed"] & ~by_postcode["live"]
        findings.append(
            finding(ended, "accepted", _capital(quoted) + "is no longer in use; its old place was taken.")
        )
    return findings


def _believed_points(
    rows: pd.DataFrame,
    points: pd.DataFrame,
    by_postcode: pd.DataFrame,
    areas: gpd.GeoDataFrame | None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the points that can be right; put right a lost minus sign; doubt crowds and contradictions."""
    x, y = points["x"].to_numpy(dtype=float).copy(), points["y"].to_numpy(dtype=float).copy()
    findings = [
        finding(
            points["unread"] != "",
            "review",
            "The coordinates '" + points["unread"] + "' are not a place in the United Kingdom. Correct them.",
        ),
        finding(
            points["swapped"], "accepted", "Latitude and longitude had changed places and were exchanged."
        ),
    ]
    inside = np.isfinite(x)
    if areas is not None:
        inside = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)[0] >= 0
        fx, fy = (points[c].to_numpy(dtype=float, copy=True) for c in ("flipped_x", "flipped_y"))
        lost = np.isfinite(x) & ~inside & np.isfinite(fx)
        fx[~lost] = np.nan
        mended = areas_of_points(fx, fy, areas, tolerance_m=0.0)[0] >= 0
        x[mended], y[mended] = fx[mended], fy[mended]
        inside |= mended
        findings.append(
            finding(
                mended,
                "review",
                "The coordinates lie outside as typed; with the minus sign of the longitude (or with easting "
                "and northing exchanged) they lie inside and were taken so. Check them.",
            )
        )
    crowd = _crowds(rows, x, y, by_postcode)
    findings.append(
        finding(
            crowd,
            "review",
            f"{CROWD} or more rows with different names stand on this very point: it is the middle of an area, "
            "not a place, and was not believed. Give the postcode.",
        )
    )
    x[crowd] = np.nan
    px, py = by_postcode["x"].to_numpy(), by_postcode["y"].to_numpy()
    far = np.where(inside, np.hypot(x - px, y - py), np.nan)
    findings.append(
        finding(
            far > POSTCODE_FAR_M,
            "review",
            "Its coordinates lie " + _km(far, rows.index) + " km from its own postcode. Correct one of them.",
        )
    )
    y[~np.isfinite(x)] = np.nan
    precision = np.where(np.isfinite(x), np.where(points["precise"], "point", "place"), "")
    return pd.DataFrame({"x": x, "y": y, "precision": precision}, index=rows.index), findings


def _crowds(rows: pd.DataFrame, x: np.ndarray, y: np.ndarray, by_postcode: pd.DataFrame) -> np.ndarray:
    """Mark rows on a point that many differently named rows share without one address or postcode."""
    where = pd.DataFrame({"x": x, "y": y}, index=rows.index)
    where["name"], where["address"] = rows["name"], _column(rows, "address")
    where["agrees"] = np.hypot(x - by_postcode["x"], y - by_postcode["y"]) <= POSTCODE_FAR_M
    held = where[np.isfinite(x) & ~where["agrees"]]
    grouped = held.groupby(["x", "y"])
    one_address = (grouped["address"].transform("nunique") == 1) & (held["address"] != "")
    crowded = (grouped["name"].transform("nunique") >= CROWD) & ~one_address
    mask = np.zeros(len(rows), dtype=bool)
    mask[rows.index.get_indexer(held.index[crowded])] = True
    return mask


def _by_district(
    district: pd.Series,
    tidy: pd.Series,
    by_postcode: pd.DataFrame,
    postcodes: pd.DataFrame | None,
    area_name: str,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Place rows whose postcode is a district only, or a whole one that is not in the file."""
    said = (district != "").to_numpy()
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "precision": np.where(said, "postcode_district", "")})
    table.index = district.index
    missing = said & (tidy != "").to_numpy() & ~by_postcode["listed"].to_numpy()
    if postcodes is None or not said.any():
        return table, []
    centres = district_centres(postcodes)
    row = centres.index.get_indexer(district)
    known = said & (row >= 0)
    for axis, column in (("x", "easting"), ("y", "northing")):
        values = centres[column].to_numpy()
        table[axis] = np.where(known, values[np.maximum(row, 0)] if len(values) else np.nan, np.nan)
    table["precision"] = np.where(known, "postcode_district", "")
    where = f" of {area_name}" if area_name else ""
    return table, [
        finding(
            missing & known,
            "review",
            "The postcode "
            + tidy
            + " is not in the postcode file; only its district "
            + district
            + " is known. "
            "Check it.",
        ),
        finding(
            said & ~known,
            "review",
            "The postcode district "
            + district
            + f" is none{where}: it lies outside, or the postcode is wrong.",
        ),
    ]


def _by_town(rows: pd.DataFrame, places: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Place rows by their town, or by the last part of the address that is a place."""
    town = _column(rows, "town")
    table = pd.DataFrame({"x": np.nan, "y": np.nan, "many": False}, index=rows.index)
    table["precision"] = np.where(town != "", "place", "")
    if places is None:
        return table
    named = _distinct_places(places)
    row = named.index.get_indexer(place_keys(town))
    untold = np.flatnonzero((row < 0) & (_column(rows, "address") != "").to_numpy() & (town == "").to_numpy())
    if len(untold):
        row[untold] = _from_addresses(_column(rows, "address").iloc[untold], named.index)
    known = row >= 0
    for column in ("x", "y"):
        table[column] = np.where(
            known, named[column].to_numpy()[np.maximum(row, 0)] if len(named) else np.nan, np.nan
        )
    table["many"] = known & table["x"].isna()
    table["precision"] = np.where(known & table["x"].notna(), "place", "")
    return table


def _distinct_places(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one row per place key; without a point where places of one name lie far apart."""
    x, y = points_xy(places.geometry)
    table = pd.DataFrame({"key": place_keys(places["name"]).to_numpy(), "x": x, "y": y})
    table = table[(table["key"] != "") & np.isfinite(x)]
    grouped = table.groupby("key")
    spread = np.hypot(grouped["x"].max() - grouped["x"].min(), grouped["y"].max() - grouped["y"].min())
    first = grouped[["x", "y"]].first()
    first.loc[spread > SAME_PLACE_M] = np.nan
    return first


def _from_addresses(addresses: pd.Series, keys: pd.Index) -> np.ndarray:
    parts = addresses.str.split(",")
    found = np.full(len(addresses), -1)
    for back in range(1, 5):
        part = place_keys(parts.str[-back].astype("str").fillna(""))
        row = keys.get_indexer(part)
        found = np.where((found < 0) & (part != "").to_numpy(), row, found)
    return found


def _covering(rows: pd.DataFrame, area_name: str) -> pd.DataFrame:
    covers = place_keys(_column(rows, "covers"))
    town = place_keys(_column(rows, "town"))
    whole = place_keys(pd.Series([area_name])).iloc[0]
    if whole:
        padded = " " + covers + " "
        match = padded.str.contains(f" {whole} ", regex=False) | (town == whole)
    else:
        match = covers != ""
    return pd.DataFrame(
        {"x": np.nan, "y": np.nan, "precision": np.where(match, "area_only", "")}, index=rows.index
    )


def _first_inside(
    rows: pd.DataFrame,
    candidates: list[tuple[pd.Series | str, pd.DataFrame]],
    areas: gpd.GeoDataFrame | None,
    area_name: str,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Take for each row the first candidate that lies in the area; say which ones did not."""
    placed = pd.DataFrame({"x": np.nan, "y": np.nan}, index=rows.index)
    placed["location_precision"] = pd.Series("", index=rows.index, dtype="str")
    outside: list[tuple[np.ndarray, pd.Series]] = []
    for what, candidate in candidates:
        open_yet = (placed["location_precision"] == "") & (candidate["precision"] != "")
        asked = candidate.assign(x=candidate["x"].where(open_yet), y=candidate["y"].where(open_yet))
        inside, said = _inside(asked, what, areas, area_name)
        outside.append((np.asarray(open_yet & ~inside), said))
        take = open_yet & inside
        for column, other in (("x", "x"), ("y", "y"), ("location_precision", "precision")):
            placed.loc[take, column] = candidate.loc[take, other]
    chosen = placed["location_precision"]
    findings = []
    for mask, said in outside:
        findings += [
            finding(mask & (chosen == ""), "rejected", said),
            finding(mask & (chosen == "area_only"), "accepted", said + " It counts for the whole area only."),
            finding(
                mask & ~chosen.isin(("", "area_only")),
                "review",
                said + " It was placed by its " + chosen.map(PRECISION_WORDS) + ". Check both.",
            ),
        ]
    return placed, findings


def _inside(
    candidate: pd.DataFrame, what: pd.Series | str, areas: gpd.GeoDataFrame | None, area_name: str
) -> tuple[pd.Series, pd.Series]:
    """Return which candidates lie in an area (or have no point to tell by), and a sentence for the others."""
    index = candidate.index
    if areas is None:
        return pd.Series(True, index=index), pd.Series("", index=index)
    x, y = candidate["x"].to_numpy(dtype=float), candidate["y"].to_numpy(dtype=float)
    place, off = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)
    inside = (place >= 0) | ~np.isfinite(x)
    if "inside" in candidate:
        inside = candidate["inside"].to_numpy(dtype=bool)
    far = ", " + _km(off, index) + " km from it"
    far = far.where(np.nan_to_num(off) >= 50, "")
    return pd.Series(inside, index=index), what + (f" lies outside {area_name or 'the area'}" + far + ".")


def _town_findings(
    rows: pd.DataFrame,
    placed: pd.DataFrame,
    by_postcode: pd.DataFrame,
    by_town: pd.DataFrame,
    places: gpd.GeoDataFrame | None,
) -> list[Finding]:
    """Doubt a postcode that lies far from its own town."""
    if places is None:
        return []
    far = np.hypot(by_postcode["x"] - by_town["x"], by_postcode["y"] - by_town["y"])
    doubted = (far > TOWN_FAR_M) & (placed["location_precision"] == "postcode") & by_postcode["inside"]
    town = _column(rows, "town")
    named = town.where(town != "", "its town")
    said = "Its postcode " + placed["postcode"] + " lies " + _km(far, rows.index) + " km from " + named
    return [finding(doubted, "review", said + ". Check both.")]


def _nowhere_findings(
    rows: pd.DataFrame, placed: pd.DataFrame, by_town: pd.DataFrame, outside: list[Finding]
) -> list[Finding]:
    """Reject what nothing places; what lies outside has been told so already."""
    nowhere = placed["location_precision"] == ""
    for told in outside:
        if told.outcome == "rejected":
            nowhere.iloc[told.rows] = False
    town = _column(rows, "town")
    unknown = nowhere & (town != "") & (by_town["precision"] == "")
    return [
        finding(
            unknown & ~by_town["many"],
            "rejected",
            "The place '" + town + "' is not among the known places. Correct it, or give the postcode.",
        ),
        finding(
            unknown & by_town["many"],
            "rejected",
            "There are several places called '" + town + "'. Give the postcode.",
        ),
        finding(
            nowhere & (town == ""),
            "rejected",
            "Nothing in it that can be used says where it is: give a postcode, a town or coordinates.",
        ),
    ]


def _capital(text: pd.Series) -> pd.Series:
    return text.str[:1].str.upper() + text.str[1:]


def _km(metres: np.ndarray | pd.Series, index: pd.Index) -> pd.Series:
    km = pd.Series(np.nan_to_num(np.asarray(metres, dtype=float)) / 1000, index=index)
    return km.round(1).astype("str")
