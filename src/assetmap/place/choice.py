"""Find the small areas of a place that a user names.

A place is a council, a county, a combined authority, a region, a ward, a parish, a country, several of these joined by
" + ", a list of codes, the council of a postcode, or a polygon. Which councils make a county, a combined authority or a
region is in ``data/tables/councils.csv``; which small areas make a council, a ward or a parish is in official lookups,
in the columns of the boundary and need files, and in boundaries of larger areas. A name that several places have is
never guessed: the message lists them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from assetmap.place.councils import (
    PARISH,
    WARD,
    council_table,
    current_code,
    known_names,
    place_key,
    split_kind,
    what_became,
)
from assetmap.place.named import (
    KIND_OF,
    SMALL_AREA_NAME,
    Gazetteer,
    Place,
    columns_of,
    council_names,
    council_of,
    different_places,
    joined_names,
    name_of_council,
    places_by_code,
    places_by_name,
    small_areas_inside,
)
from assetmap.read.maps import read_map
from assetmap.schema import WORKING_CRS, InputError, first_few, reference_table

if TYPE_CHECKING:
    from collections.abc import Sequence

CODE: Final = re.compile(r"^[EWSNK]\d{8}$")
POSTCODE: Final = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$", re.IGNORECASE)
JOINED: Final = " + "
COUNTRIES: Final = {"england": "E", "wales": "W", "scotland": "S"}

MOST_LISTED: Final = 12
SHORTEST_WORD: Final = 4
"""Letters of a name that is looked for as a word in the names of other places."""


class SeveralPlacesError(InputError):
    """A name stands for several places; the message lists them."""


@dataclass(frozen=True)
class Choice:
    """The small areas of a place, its name, how they were found, and the names of the whole councils in it."""

    codes: tuple[str, ...]
    name: str
    how: str
    councils: tuple[str, ...] = ()


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
        Name or code of a council, county, combined authority, region, ward or parish, with its kind if the name
        alone is not clear ("West Midlands region"); several joined by " + "; codes separated by commas; a full
        postcode, for the council that it is in; a file with a polygon; or a country ("England").
    small
        Small areas to choose from, EPSG:27700, index ``area_code``, with ``area_name``.
    memberships
        Tables with the index ``area_code`` and columns such as ``lad24_code``, ``lad24_name``, ``ward24_code``.
    larger
        Boundaries of larger areas, index ``area_code``, with ``area_name``, EPSG:27700; with a column ``kind``
        (council, ward or parish) and ``within`` (its council) if they are known.
    postcodes
        From `read_postcode_file`; needed if `wanted` is a postcode.

    Returns
    -------
    Choice
        Codes in the order of `small`, at least one.

    Raises
    ------
    InputError
        If the place is not found (the message suggests similar names), several places have this name (the message
        lists them with what to type for each), or the boundaries lack it or a part of it.

    Examples
    --------
    >>> names = quillford.areas["area_name"].str[:-1]
    >>> wards = pd.DataFrame({"ward24_code": "E0590000" + names.str[-1], "ward24_name": names})
    >>> am.place.choose_areas("Quillford 004", quillford.areas, memberships=[wards]).codes
    ('E01900010', 'E01900011', 'E01900012')
    """
    path = Path(wanted)
    if path.suffix and path.is_file():
        shapes = read_map(path)
        return _found(
            small, small_areas_inside(small, shapes), path.stem, f"at least half inside '{path.name}'"
        )
    text = " ".join(str(wanted).encode(errors="replace").decode().split())
    if text.casefold() in COUNTRIES:
        letter = COUNTRIES[text.casefold()]
        inside = {str(code) for code in small.index if str(code).startswith(letter)}
        return _found(small, inside, text.title(), "by the first letter of its codes")
    tables = tuple(table[table.index.isin(small.index)] for table in memberships)
    files = Gazetteer(small, tables, tuple(larger), council_of(small, tables), council_names(tables))
    places = [_one_place(part, files, postcodes) for part in _parts(text)]
    lacking = [name for place in places for name in place.missing]
    if lacking and any(place.codes for place in places):
        wanted_places = joined_names([place.name for place in places if place.missing])
        raise InputError(
            f"The boundaries have no small areas of {len(lacking)} councils in {wanted_places}: {first_few(lacking)}. Add "
            "boundaries of these councils, or name only those that you have, joined by ' + '."
        )
    codes = {code for place in places for code in place.codes}
    names = list(dict.fromkeys(place.name for place in places))
    chosen = _found(small, codes, joined_names(names), joined_names([_how(place) for place in places]))
    here = files.councils.index.isin(chosen.codes)
    whole = set(files.councils[here].dropna()) - set(files.councils[~here].dropna())
    return replace(
        chosen, councils=tuple(files.names.get(code) or name_of_council(code) for code in sorted(whole))
    )


def postcode_council(postcode: str, files: Gazetteer, postcodes: pd.DataFrame | None) -> str:
    """Return the code of the council that a postcode is in: as the file says, else that of its small area.

    Raises
    ------
    InputError
        If the file does not have the postcode, or it is in no small area. The message suggests the council of the
        postcodes around it.
    """
    if postcodes is None:
        raise InputError(
            f"To find the council of '{postcode}', add a postcode file, such as Code-Point Open, or give the name "
            "of the council."
        )
    plain = re.sub(r"\s", "", postcode).upper()
    official = f"{plain[:-3]} {plain[-3:]}"
    if official in postcodes.index:
        row = postcodes.loc[official]
        code = row.get("lad_code")
        if pd.notna(code) and str(code):
            return current_code(str(code))
        point = gpd.GeoSeries.from_xy([row["easting"]], [row["northing"]], crs=WORKING_CRS)
        found = files.small.sindex.query(point, predicate="intersects")[1] if point.notna().all() else ()
        councils = [files.councils.iloc[int(position)] for position in found]
        if councils and pd.notna(councils[0]):
            return str(councils[0])
        raise InputError(
            f"The postcode '{official}' is in none of the small areas. Give the name of the council."
        )
    around = postcodes[postcodes.index.astype(str).str.startswith(official[:-2])]
    names = council_table()["name"]
    near = (
        around["lad_code"].dropna().astype(str).map(current_code)
        if "lad_code" in around
        else pd.Series(dtype=str)
    )
    near = near[near.isin(names.index)]
    hint = ""
    if len(near):
        councils = [str(names[code]) for code in near.value_counts().index]
        hint = f" Other postcodes that begin with '{official[:-2]}' are in {first_few(councils)}."
    raise InputError(
        f"The postcode '{official}' is not in the postcode file. It may be new, or no longer in use.{hint} Give the "
        "name of the council."
    )


def _parts(text: str) -> list[str]:
    """Return the places that are joined by " + ", or codes separated by commas."""
    parts = [part.strip() for part in text.split(JOINED.strip()) if part.strip()] or [text]
    found = []
    for part in parts:
        codes = [each.strip() for each in part.split(",")]
        found += codes if len(codes) > 1 and all(CODE.match(each) for each in codes) else [part]
    return found


def _one_place(text: str, files: Gazetteer, postcodes: pd.DataFrame | None) -> Place:
    """Return the one place that a part means."""
    if POSTCODE.match(text):
        text = postcode_council(text, files, postcodes)
    if CODE.match(text):
        found = list(places_by_code(text, files))
    else:
        found = list(places_by_name(place_key(text), files))
        key, kind = split_kind(text)
        if not found and kind is not None:
            found = list(places_by_name(key, files))
            of_kind = [place for place in found if place.kind == kind]
            if kind in (WARD, PARISH) and not of_kind:
                raise InputError(_no_ward_or_parish(text, kind, files))
            found = of_kind or found
    found = different_places(found)
    if not found:
        raise InputError(_not_found(text, files))
    if len(found) > 1:
        lines = [f"  - {place.describe()}" for place in found[:MOST_LISTED]]
        lines += [f"  - and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
        raise SeveralPlacesError(
            f"{len(found)} places have the name '{text}'. Choose one:\n" + "\n".join(lines)
        )
    if not found[0].codes:
        about = f", {found[0].councils} councils" if found[0].councils > 1 else ""
        raise InputError(
            f"The boundaries have no small area in '{found[0].name}' ({found[0].kind}{about}). They may be of another "
            "region."
        )
    return found[0]


def _how(place: Place) -> str:
    if place.councils > 1:
        return f"as a {place.kind} of {place.councils} councils"
    return f"as the {place.kind} {place.code}" if place.code else "by the names of its small areas"


def _found(small: gpd.GeoDataFrame, codes: set[str], name: str, how: str) -> Choice:
    chosen = tuple(str(code) for code in small.index if code in codes)
    if not chosen:
        raise InputError(
            f"The boundaries have no small area in '{name}' ({how}). They may be of another region."
        )
    return Choice(chosen, name, how)


def _has(kind: str, files: Gazetteer) -> bool:
    """Return whether any file has wards, or parishes."""
    columns = [KIND_OF[geography] for table in files.tables for geography, _ in columns_of(table, "name")]
    shapes = [
        str(each) for table in files.larger for each in table.get("kind", pd.Series(dtype=str)).unique()
    ]
    return kind in columns or kind in shapes


def _no_ward_or_parish(text: str, kind: str, files: Gazetteer) -> str:
    if _has(kind, files):
        return f"There is no {kind} '{text}' in the files. Check the name, or give its code or a file with a polygon."
    return f"To choose a {kind}, add a file with {kind} boundaries{_where(kind)}. Without it '{text}' cannot be found."


def _where(kind: str) -> str:
    row = reference_table("sources").loc[f"ons_{kind}_boundaries"]
    return f" ({row['title']}, {row['page']})"


def _not_found(text: str, files: Gazetteer) -> str:
    from rapidfuzz import fuzz, process, utils

    names = known_names() | set(files.small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True))
    for table in files.tables:
        names |= {
            str(name) for _, column in columns_of(table, "name") for name in table[column].dropna().unique()
        }
    names |= {str(name) for shapes in files.larger for name in shapes["area_name"]}
    close = process.extract(
        text, sorted(names), scorer=fuzz.ratio, processor=utils.default_process, limit=3, score_cutoff=75
    )
    key = place_key(text)
    holding = sorted(
        name for name in names if len(key) >= SHORTEST_WORD and f" {key} " in f" {place_key(name)} "
    )
    near = list(dict.fromkeys([*(name for name, _, _ in close), *holding]))
    meant = f" Did you mean {first_few(near)}?" if near else ""
    became = what_became(text)
    if became:
        return f"{became} The files do not have it as a place of its own. Give the code of the council, or a polygon."
    parish = (
        ""
        if _has(PARISH, files)
        else f" If it is a parish, add a file with parish boundaries{_where(PARISH)}."
    )
    return (
        f"There is no place '{text}' in the files.{meant}{parish} Give the name or code of a council, county, combined "
        "authority, region, ward or parish, or a file with a polygon."
    )
