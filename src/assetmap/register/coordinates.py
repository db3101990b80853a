"""Coordinates as people type them become metres on the British National Grid."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
import pyproj

from assetmap.schema import MAP_CRS, WORKING_CRS

GRID: Final = re.compile(r"^([HNOST])([A-HJ-Z])([0-9]{4,10})$")
SHAPE: Final = re.compile(r"(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION", re.I)
PAIR: Final = re.compile(r"-?\d+(?:\.\d+)?")
_PARTED: Final = r"[1-9]\d{0,2}(?:[ ,]\d{3})+(?:\.\d+)?|\d{4,7}(?:\.\d+)?"
THOUSANDS: Final = re.compile(rf"[(\[]?\s*({_PARTED})\s*(?:[;,/]\s*|\s+)({_PARTED})\s*[)\]]?")
"""Easting and northing in one cell, also with their thousands parted: "182,287 44,469"."""

MAP_LINK: Final = re.compile(
    r"https?://(?:(?!https?://)\S)*?(?:@|[?&/#](?:q|query|ll|mlat|center|daddr|destination)=|map=\d+/)(-?\d{1,2}\.\d+)(?:,|%2C|/|&mlon=)(-?\d{1,3}\.\d+)",
    re.I,
)
"""A link to a map of Google, OpenStreetMap or Bing: latitude and longitude."""

ACROSS_FIRST: Final = re.compile(r"\bcoordinates[^\w-]+(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)")
"""A point in GeoJSON."""

BINARY: Final = re.compile(r"0[01](?:0[0-9a-f]|[0-9a-f]{2}){20,}", re.I)
"""A shape in hexadecimal digits, as databases of maps export it."""

POINT_ALONE: Final = re.compile(r"(?=(?:.*\d){6})[\d\s.,;:°º'\"′″NSEWnsew()\[\]+−-]+|https?://\S+")
"""Signs of a cell under "Location" or "Address" that holds nothing but coordinates."""

MINUTES: Final = re.compile(r"\b(\d{1,3}) (\d{1,2}(?:\.\d+)?) ?([NSEWnsew])\b")
"""Degrees and minutes without signs: "50 15.79 N"."""

LEAST_EASTING: Final = 80_000.0
"""Nothing in England has less; so "51,507 1,278" has decimal commas, and parts no thousands."""

WEB_MERCATOR: Final = 3857
LATITUDES: Final = (49.0, 61.5)
LONGITUDES: Final = (-9.0, 2.5)
"""The United Kingdom, in degrees."""

MERCATOR_X: Final = (-1_010_000.0, 280_000.0)
MERCATOR_Y: Final = (6_270_000.0, 8_800_000.0)
"""The United Kingdom in metres of Web Mercator (EPSG:3857)."""

EASTINGS: Final = (1_000.0, 700_000.0)
NORTHINGS: Final = (1_000.0, 1_300_000.0)


def points_of_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the point that the coordinates of each row say, whatever kind they are.

    Parameters
    ----------
    rows
        Text columns ``latitude`` and ``longitude``, ``easting`` and ``northing``, ``grid_reference``, ``coordinates``
        (both in one cell, or a shape in well-known text), and numbers ``point_x``, ``point_y`` (metres) of a shape; each where there is one.

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
        _fill_shapes(table, rows["point_x"], rows["point_y"])
    for across, up in (("longitude", "latitude"), ("easting", "northing")):
        if across in rows and up in rows:
            _fill_pair(table, rows[across], rows[up], degrees=across == "longitude")
    for column in ("coordinates", "grid_reference"):
        if column in rows:
            _fill_grid(table, rows[column])
            _fill_cells(table, rows[column])
    if "address" in rows:
        _fill_addresses(table, rows["address"])
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


def pair_in_text(text: str) -> tuple[float, float]:
    r"""Return the two coordinates in one cell, the one across first; missing where it does not hold exactly two.

    Examples
    --------
    >>> pair_in_text("(50.263, -5.051)"), pair_in_text("POINT (-5.051 50.263)"), pair_in_text("182287 44469")
    ((-5.051, 50.263), (-5.051, 50.263), (182287.0, 44469.0))
    >>> pair_in_text("182,287 44,469"), pair_in_text("51,507 1,278")
    ((182287.0, 44469.0), (nan, nan))
    >>> pair_in_text("50°15'46.8\"N 5°3'3.6\"W"), pair_in_text("50,263; -5,051"), pair_in_text("Truro")
    ((-5.051, 50.263), (-5.051, 50.263), (nan, nan))
    """
    text = text.replace("−", "-").replace("º", "°").strip()
    if SHAPE.match(text) or BINARY.fullmatch(text):
        return _middle_of_shape(text)
    linked = MAP_LINK.search(text)
    if linked:
        return float(linked[2]), float(linked[1])
    across = ACROSS_FIRST.search(text)
    if across:
        return float(across[1]), float(across[2])
    text = MINUTES.sub(r"\1°\2'\3", text)
    metres = THOUSANDS.fullmatch(text)
    if metres:
        east, north = (float(re.sub("[ ,]", "", part)) for part in metres.groups())
        if east >= LEAST_EASTING:
            return east, north
    parts = [
        part
        for part in re.split(
            r"(?<=[NSEWnsew])[\s,;]+|\s+(?=[NSEWnsew]\s*\d)|[;]\s*|,\s+|(?<=\d),(?=-?\d+\.)",
            text.strip("()[]"),
        )
        if part
    ]
    if len(parts) == 1:
        parts = PAIR.findall(text)
    if len(parts) != 2:
        return np.nan, np.nan
    first, second = (_degrees(part) for part in parts)
    eastward = parts[0].strip().upper().endswith(("E", "W")) or parts[0].strip().upper().startswith(
        ("E", "W")
    )
    # Degrees are said north first, metres east first.
    across_first = eastward or not (abs(first) <= 90 and abs(second) <= 180)
    return (first, second) if across_first else (second, first)


def _middle_of_shape(text: str) -> tuple[float, float]:
    import shapely

    try:
        read = shapely.from_wkb if BINARY.fullmatch(text) else shapely.from_wkt
        shape = read(text.rsplit(";", maxsplit=1)[-1])
    except (shapely.errors.ShapelyError, ValueError):
        return np.nan, np.nan
    point = shapely.point_on_surface(shape)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _degrees(text: str) -> float:
    """Return a number or degrees, minutes and seconds; west and south are below 0."""
    upper = text.strip().upper()
    sign = (
        -1.0
        if re.match(r"[^\d]*-\d", upper) or upper.startswith(("W", "S")) or upper.endswith(("W", "S"))
        else 1.0
    )
    numbers = [float(part.replace(",", ".")) for part in re.findall(r"\d+(?:[.,]\d+)?", upper)]
    if not 1 <= len(numbers) <= 3 or (len(numbers) > 1 and any(part >= 60 for part in numbers[1:])):
        return np.nan
    return float(round(sign * sum(part / 60**k for k, part in enumerate(numbers)), 9))


def _fill_shapes(table: pd.DataFrame, x: pd.Series, y: pd.Series) -> None:
    """Take the points of a map file, if they are in the United Kingdom."""
    said = x.notna() & y.notna()
    inside = said & x.between(*EASTINGS) & y.between(*NORTHINGS)
    table["x"], table["y"] = x.where(inside), y.where(inside)
    if inside.any():
        to_degrees = pyproj.Transformer.from_crs(WORKING_CRS, MAP_CRS, always_xy=True)
        lon, lat = to_degrees.transform(x[inside].to_numpy(), y[inside].to_numpy())
        back = pyproj.Transformer.from_crs(MAP_CRS, WORKING_CRS, always_xy=True)
        table.loc[inside, "flipped_x"], table.loc[inside, "flipped_y"] = back.transform(-lon, lat)
    abroad = said & ~inside
    if abroad.any():
        words = x[abroad].round().map("{:.0f}".format) + ", " + y[abroad].round().map("{:.0f}".format)
        table.loc[abroad, "unread"] = words.astype("str") + " (metres on the National Grid)"


def _fill_cells(table: pd.DataFrame, cells: pd.Series) -> None:
    """Take cells with both coordinates."""
    asked = table["x"].isna() & (cells != "")
    if not asked.any():
        return
    read = {text: pair_in_text(text) for text in cells[asked].unique().tolist()}
    across = cells.map({text: pair[0] for text, pair in read.items()}).astype("float64")
    up = cells.map({text: pair[1] for text, pair in read.items()}).astype("float64")
    table.loc[asked, "unread"] = ""
    _fill_numbers(table, across, up, asked)
    nothing = asked & table["x"].isna() & ~((across == 0) & (up == 0))
    table.loc[nothing, "unread"] = cells[nothing].astype("str")


def _fill_addresses(table: pd.DataFrame, addresses: pd.Series) -> None:
    """Take the coordinates of cells that are an address in other rows; one that is not coordinates is no mistake."""
    texts = addresses.unique().tolist()
    alone = [
        text
        for text in texts
        if POINT_ALONE.fullmatch(text) or GRID.match(re.sub(r"[\W_]+", "", text.upper()))
    ]
    said = addresses.where(addresses.isin(alone), "")
    before = table["unread"].copy()
    _fill_grid(table, said)
    _fill_cells(table, said)
    table["unread"] = before.where(table["x"].isna(), "")


def _fill_pair(table: pd.DataFrame, across: pd.Series, up: pd.Series, *, degrees: bool) -> None:
    """Take two columns of numbers for degrees or for metres, by their size."""
    lon, lat = _numbers(across), _numbers(up)
    said = table["x"].isna() & ((across != "") | (up != "")) & ~((lon == 0) & (lat == 0))
    commas = (
        across.str.contains(",", regex=False) & up.str.contains(",", regex=False) if degrees else said & False
    )
    _fill_numbers(table, _numbers(across, comma="."), _numbers(up, comma="."), said & commas)
    _fill_numbers(table, lon, lat, said & table["x"].isna())
    unread = said & table["x"].isna()
    table.loc[unread, "unread"] = (up[unread] + ", " + across[unread]).astype("str")


def _fill_numbers(table: pd.DataFrame, lon: pd.Series, lat: pd.Series, said: pd.Series) -> None:
    """Take numbers for degrees, metres on the National Grid or metres of Web Mercator, by their size."""
    swapped = lat.between(*LONGITUDES) & lon.between(*LATITUDES)
    east, north = lon.where(~swapped, lat), lat.where(~swapped, lon)
    degrees = said & north.between(*LATITUDES) & east.between(-9.0, 9.0)
    metres = said & lon.between(*EASTINGS) & lat.between(*NORTHINGS)
    mercator = said & lon.between(*MERCATOR_X) & lat.between(*MERCATOR_Y)
    if degrees.any():
        to_metres = pyproj.Transformer.from_crs(MAP_CRS, WORKING_CRS, always_xy=True)
        x, y = to_metres.transform(east[degrees].to_numpy(), north[degrees].to_numpy())
        table.loc[degrees, "x"], table.loc[degrees, "y"] = x, y
        fx, fy = to_metres.transform(-east[degrees].to_numpy(), north[degrees].to_numpy())
        table.loc[degrees, "flipped_x"], table.loc[degrees, "flipped_y"] = fx, fy
        table.loc[degrees & swapped, "swapped"] = True
    if mercator.any():
        to_metres = pyproj.Transformer.from_crs(WEB_MERCATOR, WORKING_CRS, always_xy=True)
        x, y = to_metres.transform(lon[mercator].to_numpy(), lat[mercator].to_numpy())
        table.loc[mercator, "x"], table.loc[mercator, "y"] = x, y
    table.loc[metres, "x"], table.loc[metres, "y"] = lon[metres], lat[metres]
    table.loc[metres, "flipped_x"], table.loc[metres, "flipped_y"] = lat[metres], lon[metres]


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


def _numbers(column: pd.Series, *, comma: str = "") -> pd.Series:
    """Read numbers; a comma parts thousands unless it is the decimal sign. Degrees, minutes and seconds are read too."""
    text = column.str.strip().str.replace(",", comma, regex=False).str.replace("−", "-", regex=False)
    west = text.str.endswith(("W", "w")) | text.str.startswith(("W", "w"))
    bare = text.str.replace(r"(?<=\d)\s*(?:m|metres?)$", "", regex=True).str.strip("NESWnesw° ")
    numbers = pd.to_numeric(bare.where(bare != ""), errors="coerce").astype("float64")
    numbers = numbers.where(~west, -numbers.abs())
    parted = numbers.isna() & text.str.contains(r"\d\s*[°ºd:\s]\s*\d", regex=True)
    if parted.any():
        numbers[parted] = (
            text[parted].map({one: _degrees(one) for one in text[parted].unique().tolist()}).astype("float64")
        )
    return numbers
