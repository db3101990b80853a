"""The councils of a place in the list of the Office for National Statistics, and the rectangle around them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from assetmap.errors import FetchError
from assetmap.fetch.arcgis import Box, fetch_features, sql_text
from assetmap.fetch.connection import Connection
from assetmap.fetch.downloads import fetch_file
from assetmap.fetch.limits import plain
from assetmap.fetch.sources import Source, find_source
from assetmap.place.choice import CODE, POSTCODE
from assetmap.place.councils import (
    COMBINED,
    COUNCIL,
    COUNTY,
    REGION,
    council_table,
    current_code,
    known_names,
    larger_name,
    members,
    place_key,
    split_kind,
    what_became,
)
from assetmap.read.official.postcode_files import find_postcodes, read_postcode_file
from assetmap.schema import MAP_CRS, WORKING_CRS, InputError, first_few

COUNCILS: Final = "ons_lad_boundaries"
POSTCODES: Final = "os_code_point_open"


@dataclass(frozen=True)
class Councils:
    """The councils of a place: their codes and the name of the place, what `make_project` calls it, and a rectangle.

    ``box`` is the rectangle around the councils and their surroundings in EPSG:27700; None if their outlines could
    not be downloaded, for the reason in ``problem``.
    """

    codes: tuple[str, ...]
    name: str
    area: str
    box: Box | None
    problem: str = ""


def find_councils(
    connection: Connection, area: str, sources: dict[str, Source], *, border_m: float = 0.0
) -> Councils:
    """Find the councils of a place.

    Parameters
    ----------
    connection
        From `open_connection`.
    area
        Name or code of a council, a county, a combined authority or a region; a postcode; several joined by " + ".
    sources
        From `read_sources`.
    border_m
        How far around the councils the rectangle reaches.

    Raises
    ------
    InputError
        If there is no such place (the message suggests similar names), or several have this name.

    Examples
    --------
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     found = am.place.find_councils(connection, "Westshire", sources)
    >>> found.name, found.codes
    ('Westshire', ('E06000001',))
    """
    source = find_source(sources, COUNCILS)
    code_column, name_column = source.columns[:2]
    problem = ""
    try:
        rows = fetch_features(connection, source, geometry=False)
        names = {str(row[code_column]): str(row[name_column]) for row in rows}
    except FetchError as error:
        problem = str(error)
        names = {str(code): str(name) for code, name in council_table()["name"].items()}
    codes: dict[str, None] = {}
    called, areas = [], []
    for part in (each.strip() for each in area.split("+")):
        text = _of_postcode(connection, part, sources) if POSTCODE.match(part) else part
        found, name, wanted = _of_name(text, names)
        codes |= dict.fromkeys(found)
        called.append(name)
        areas.append(wanted)
    box = None
    if not problem:
        try:
            listed = ", ".join(sql_text(code) for code in codes)
            shapes = fetch_features(connection, source, where=f"{code_column} IN ({listed})")
            west, south, east, north = _bounds(source, shapes)
            box = (west - border_m, south - border_m, east + border_m, north + border_m)
        except FetchError as error:
            problem = str(error)
    return Councils(tuple(codes), " and ".join(called), " + ".join(areas), box, problem)


def _of_name(text: str, names: dict[str, str]) -> tuple[list[str], str, str]:
    """Return the codes of the councils of a place, its name, and how to name it without doubt."""
    if CODE.match(text):
        now = current_code(text)
        found = [code for code in names if code == text or current_code(code) == now]
        if found:
            return found[:1], names[found[0]], found[0]
        raise InputError(_no_council(text, names))
    for key, kind in ((place_key(text), None), split_kind(text)):
        places = _places(key, names)
        places = [place for place in places if place[0] == kind] or places
        if len(places) > 1:
            lines = [f'  - the {each} {name}: --area "{name} {each}"' for each, name, _ in places]
            raise InputError(f"{len(places)} places have the name '{text}'. Choose one:\n" + "\n".join(lines))
        if places:
            kind_found, name, codes = places[0]
            return codes, name, codes[0] if kind_found == COUNCIL else f"{name} {kind_found}"
    raise InputError(_no_council(text, names))


def _places(key: str, names: dict[str, str]) -> list[tuple[str, str, list[str]]]:
    """Return the kind, the name and the councils of each place with a name."""
    found = []
    for kind in (REGION, COMBINED, COUNTY):
        councils = members(key, kind)
        codes = [code for member in councils for code in names if current_code(code) == member]
        if councils:
            found.append((kind, larger_name(key, kind), codes or list(councils)))
    same = [code for code, name in names.items() if place_key(name) == key]
    return [*found, *((COUNCIL, names[code], [code]) for code in same)]


def _of_postcode(connection: Connection, postcode: str, sources: dict[str, Source]) -> str:
    """Return the code of the council that a postcode is in."""
    kept = fetch_file(connection, find_source(sources, POSTCODES))
    table = read_postcode_file(_with_ending(kept.path, ".zip"))
    row = int(find_postcodes([postcode], table)[0])
    if row < 0:
        raise InputError(
            f"The postcode '{postcode}' is not in Code-Point Open. It may be new, or no longer in use. Give the name of "
            "the council."
        )
    return str(table["lad_code"].iloc[row])


def _with_ending(path: Path, ending: str) -> Path:
    named = path.with_suffix(ending)
    if not named.is_file() or named.stat().st_mtime_ns < path.stat().st_mtime_ns:
        named.write_bytes(path.read_bytes())
    return named


def _bounds(source: Source, shapes: list[dict[str, Any]]) -> Box:
    """Return the rectangle around some features in EPSG:27700."""
    try:
        outline = gpd.GeoDataFrame.from_features(shapes, crs=MAP_CRS).to_crs(WORKING_CRS)
        west, south, east, north = (float(value) for value in outline.total_bounds)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException) as error:
        raise FetchError(source.moved(f"its boundary cannot be read: {plain(error)}.")) from error
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise FetchError(source.moved("its boundary has no usable coordinates."))
    return west, south, east, north


def _no_council(text: str, names: dict[str, str]) -> str:
    from rapidfuzz import fuzz, process, utils

    known = sorted({*names.values(), *known_names()})
    close = process.extract(
        text, known, scorer=fuzz.ratio, processor=utils.default_process, limit=3, score_cutoff=70
    )
    meant = f" Did you mean {first_few([name for name, _, _ in close])}?" if close else ""
    became = what_became(text)
    return (
        f"There is no council, county, combined authority or region '{text}'.{meant}{' ' if became else ''}{became} For a "
        "ward, a parish or a polygon, give its council and the part: --area COUNCIL --choose PLACE."
    )
