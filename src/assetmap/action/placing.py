"""Where grants work, and where those who received them have their address.

A grant is placed where it *works*: in the small area that its list names by code, postcode, point or name. Where it names several, the
sum is shared equally among them. Where the list says nothing of that, the address of who received it stands in, and is marked: it may
be a head office. A grant for a larger area (a ward, a district, "all of Cornwall") is placed in no small area.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import MAP_CRS, WORKING_CRS

if TYPE_CHECKING:
    import geopandas as gpd

WORKS: Final = "works there"
ADDRESS: Final = "address of who received it"
LARGER: Final = "a larger area"
OUTSIDE: Final = "outside"
UNKNOWN: Final = "not known"
BASES: Final = (WORKS, ADDRESS, LARGER, OUTSIDE, UNKNOWN)

_POSTCODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}", re.I)
_SMALL: Final = re.compile(r"[EWS]0[01]\d{6}")
"""Codes of output areas and lower layer areas: one that is not among the areas lies outside, or is of another year."""
_BETWEEN: Final = r",(?!\s*-?\d)|&|/|\+|\band\b"
"""What people write between several places, beside ``;``; a comma before a number is that of a point."""

_POINT: Final = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def place_grants(
    grants: pd.DataFrame, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Say where each grant works, and where its address is.

    Parameters
    ----------
    grants
        From `read_grants`; rows with a reason in ``why_not`` are left out.
    areas
        Small areas with ``area_name``.
    postcodes
        With ``area_code``; without them no postcode is found.

    Returns
    -------
    tuple
        One row per grant and place: ``row``, ``area_code`` (missing where it is placed in none), ``gbp``, ``basis`` (`BASES`); and per
        row of ``grants`` the area code of the address, ``OUTSIDE``, ``LARGER`` or ``UNKNOWN``. A postcode of a district that the file
        of postcodes has, but not this one, is not known; one of any other district lies outside.

    Examples
    --------
    >>> grants = am.read.read_grants(town.folder / "grants.csv")
    >>> placed, address = am.action.place_grants(grants, quillford.areas, quillford.postcodes)
    >>> int(placed["gbp"].sum()), placed["basis"].nunique()
    (134350, 3)
    """
    used = grants[grants["why_not"] == ""]
    said = {row: _parts(str(cell), r";") for row, cell in used["works_in"].items()}
    apart = {part: _parts(part, _BETWEEN) for parts in said.values() for part in parts}
    words = {word for part, pieces in apart.items() for word in (part, *pieces)} | set(used["office"])
    found = _find(words, areas, postcodes)
    said = {
        row: [word for part in parts for word in _named(part, apart[part], found)]
        for row, parts in said.items()
    }
    office = used["office"].map(
        lambda word: (
            UNKNOWN if not word or (_SMALL.fullmatch(word) and found[word] == OUTSIDE) else found[word]
        )
    )
    lines = []
    for row, parts, gbp, address in zip(used.index, said.values(), used["amount_gbp"], office, strict=True):
        if not parts:
            at = address
            where = (None, at) if at in (OUTSIDE, UNKNOWN, LARGER) else (at, ADDRESS)
            lines.append((row, where[0], gbp, where[1]))
            continue
        for part in parts:
            at = found[part]
            where = (None, at) if at in (OUTSIDE, LARGER, UNKNOWN) else (at, WORKS)
            lines.append((row, where[0], gbp / len(parts), where[1]))
    return pd.DataFrame(lines, columns=["row", "area_code", "gbp", "basis"]), office.rename("office_area")


def _parts(cell: str, between: str) -> list[str]:
    return list(filter(None, (part.strip() for part in re.split(between, cell, flags=re.IGNORECASE))))


def _named(part: str, pieces: list[str], found: dict[str, str]) -> list[str]:
    """Return the places that a part of a cell names: ``Mill Lane & Hilltop`` is two, if one of them at least is a small area here."""
    whole = found[part] not in (LARGER, UNKNOWN, OUTSIDE)
    several = any(found[piece] not in (LARGER, UNKNOWN, OUTSIDE) for piece in pieces)
    return pieces if several and not whole else [part]


def _find(words: set[str], areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None) -> dict[str, str]:
    """Return the area of each code, postcode, point or name, or what else it is."""
    names = areas["area_name"].astype(str).str.casefold().str.strip()
    once = names[~names.duplicated(keep=False)]
    by_name = dict(zip(once, once.index.astype(str), strict=True))
    known = set(areas.index.astype(str))
    inside = {} if postcodes is None else postcodes["area_code"].to_dict()
    districts = {str(code).split(" ", maxsplit=1)[0] for code in inside}
    points = _points({word for word in words if _POINT.fullmatch(word)}, areas)
    found = {}
    for word in words:
        if word in known:
            found[word] = word
        elif word in points:
            found[word] = points[word]
        elif _POSTCODE.fullmatch(word):
            plain = re.sub(r"\s+", "", word.upper())
            at = inside.get(
                f"{plain[:-3]} {plain[-3:]}", UNKNOWN if plain[:-3] in districts or not inside else OUTSIDE
            )
            found[word] = at if at in known or at == UNKNOWN else OUTSIDE
        elif _SMALL.fullmatch(word):
            found[word] = OUTSIDE
        else:
            found[word] = by_name.get(word.casefold(), LARGER)
    return found


def _points(words: set[str], areas: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the area that holds each point, given as ``latitude,longitude``."""
    if not words:
        return {}
    import geopandas as gpd

    ordered = sorted(words)
    pairs = [[float(part) for part in word.split(",")] for word in ordered]
    places = gpd.GeoSeries(
        gpd.points_from_xy([pair[1] for pair in pairs], [pair[0] for pair in pairs]),
        index=ordered,
        crs=MAP_CRS,
    ).to_crs(WORKING_CRS)
    joined = gpd.GeoDataFrame(geometry=places).sjoin(areas[["geometry"]], predicate="within", how="left")
    column = next(name for name in joined.columns if name != "geometry")
    area = joined[~joined.index.duplicated()][column]
    return {word: str(area[word]) if pd.notna(area[word]) else OUTSIDE for word in ordered}
