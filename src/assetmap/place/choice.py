"""Find the small areas of a place: a council, a ward, a parish, the council of a postcode, or a polygon.

The search order is: official lookups and the columns of the need file, boundaries of larger areas, and then the
names of small areas, which begin with the name of their council ("Shropshire 001A").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.read.maps import read_map
from assetmap.schema import InputError, first_few

CODE: Final = re.compile(r"^[EWSNK]\d{8}$")
POSTCODE: Final = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$", re.IGNORECASE)
COUNTRIES: Final = {"england": "E", "wales": "W", "scotland": "S"}
SMALL_AREA_NAME: Final = r"\s\d{3}[A-Z]{0,2}$"
MOST: Final = 0.5
"""A small area belongs to a polygon if at least this share of it is inside."""


@dataclass(frozen=True)
class Choice:
    """The small areas of a place, its name, and how they were found."""

    codes: tuple[str, ...]
    name: str
    how: str


def choose_areas(
    wanted: str | Path,
    small: gpd.GeoDataFrame,
    *,
    memberships: Sequence[pd.DataFrame] = (),
    larger: Sequence[gpd.GeoDataFrame] = (),
    postcodes: pd.DataFrame | None = None,
) -> Choice:
    """Choose the small areas of a place.

    Parameters
    ----------
    wanted
        Name or code of a local authority, ward or parish; codes separated by commas; a full postcode,
        for the local authority that it is in; a file with a polygon; or a country ("England").
    small
        Small areas to choose from, EPSG:27700, index ``area_code``.
    memberships
        Tables with the index ``area_code`` and columns such as ``lad24_code``, ``lad24_name``,
        ``ward24_code``.
    larger
        Boundaries of larger areas, index ``area_code`` and ``area_name``, EPSG:27700.
    postcodes
        From `read_postcode_file`; needed if `wanted` is a postcode.

    Returns
    -------
    Choice
        Codes in the order of `small`, at least one.

    Raises
    ------
    InputError
        If the place is not found (the message suggests similar names), several places have this name, or no
        small area is in it.
    """
    path = Path(wanted)
    if path.suffix and path.is_file():
        shapes = read_map(path)
        return _found(small, _inside(small, shapes), path.stem, f"at least half inside '{path.name}'")
    text = str(wanted).strip()
    if POSTCODE.match(text):
        text = _council_of(text, postcodes)
    tables = [table[table.index.isin(small.index)] for table in memberships]
    if text.casefold() in COUNTRIES:
        letter = COUNTRIES[text.casefold()]
        inside = {str(code) for code in small.index if str(code).startswith(letter)}
        return _found(small, inside, text.title(), "by the first letter of its codes")
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 or not all(CODE.match(part) for part in parts):
        parts = [text]
    choices = [_choose_one(part, small, tables, larger) for part in parts]
    codes = {code for choice in choices for code in choice.codes}
    names = list(dict.fromkeys(choice.name for choice in choices))
    name = ", ".join(names) if len(names) <= 3 else f"{names[0]} and {len(names) - 1} more"
    return _found(small, codes, name, choices[0].how)


def _choose_one(
    text: str, small: gpd.GeoDataFrame, tables: Sequence[pd.DataFrame], larger: Sequence[gpd.GeoDataFrame]
) -> Choice:
    for geography in ("lad", "utla", "county", "ward", "parish"):
        for table in tables:
            if (choice := _by_membership(text, geography, table)) is not None:
                return choice
    for shapes in larger:
        same = shapes["area_name"].str.casefold() == text.casefold()
        chosen = shapes[same | (shapes.index == text)]
        _refuse_several(text, list(chosen.index))
        if len(chosen):
            return Choice(tuple(_inside(small, chosen)), str(chosen["area_name"].iloc[0]), "by its boundary")
    named = small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True).str.casefold() == text.casefold()
    if named.any():
        full = small.loc[named, "area_name"].iloc[0]
        name = re.sub(SMALL_AREA_NAME, "", full)
        return Choice(tuple(small.index[named]), name, "by the names of its small areas")
    raise InputError(_not_found(text, small, tables, larger))


def _by_membership(text: str, geography: str, table: pd.DataFrame) -> Choice | None:
    is_code = bool(CODE.match(text))
    for column in table.columns:
        found = re.fullmatch(rf"({geography}\d\d)_(code|name)", str(column))
        if not found or (found[2] == "code") != is_code:
            continue
        values = table[column].fillna("").astype(str)
        same = values == text if is_code else values.str.casefold() == text.casefold()
        if not same.any():
            continue
        other = f"{found[1]}_{'name' if is_code else 'code'}"
        others = list(table.loc[same, other].dropna().unique()) if other in table.columns else []
        if not is_code:
            _refuse_several(text, others)
        name = str(others[0]) if is_code and others else str(values[same].iloc[0])
        return Choice(tuple(table.index[same]), name, f"by the column {column}")
    return None


def _refuse_several(text: str, codes: list[str]) -> None:
    if len(codes) > 1:
        raise InputError(
            f"{len(codes)} places have the name '{text}': {first_few(codes)}. Give the code of one."
        )


def _inside(small: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> set[str]:
    whole = shapes.union_all()
    near = small.iloc[small.sindex.query(whole, predicate="intersects")]
    share = near.geometry.intersection(whole).area / near.geometry.area
    return set(near.index[share >= MOST])


def _council_of(postcode: str, postcodes: pd.DataFrame | None) -> str:
    if postcodes is None or "lad_code" not in postcodes.columns:
        raise InputError(
            f"To find the council of '{postcode}', add a postcode file with councils, such as Code-Point Open."
        )
    plain = re.sub(r"\s", "", postcode).upper()
    official = f"{plain[:-3]} {plain[-3:]}"
    if official not in postcodes.index or not postcodes["lad_code"].loc[[official]].notna().all():
        raise InputError(
            f"The postcode '{official}' is not in the postcode file. Give the name of the council."
        )
    return str(postcodes.loc[official, "lad_code"])


def _found(small: gpd.GeoDataFrame, codes: set[str], name: str, how: str) -> Choice:
    chosen = tuple(str(code) for code in small.index if code in codes)
    if not chosen:
        raise InputError(
            f"The boundaries have no small area in '{name}' ({how}). They may be of another region."
        )
    return Choice(chosen, name, how)


def _not_found(
    text: str, small: gpd.GeoDataFrame, tables: Sequence[pd.DataFrame], larger: Sequence[gpd.GeoDataFrame]
) -> str:
    from rapidfuzz import process

    names = set(small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True))
    for table in tables:
        columns = [
            column for column in table.columns if re.match(r"(lad|ward|parish)\d\d_name$", str(column))
        ]
        names |= {str(name) for column in columns for name in table[column].dropna().unique()}
    names |= {str(name) for shapes in larger for name in shapes["area_name"]}
    near = [name for name, score, _ in process.extract(text, sorted(names), limit=3) if score >= 70]
    meant = f" Did you mean {first_few(near)}?" if near else ""
    return (
        f"There is no place '{text}' in the available lookups, boundaries and names.{meant} Give the name or code "
        "of a local authority, ward or parish, or a file with a polygon."
    )
