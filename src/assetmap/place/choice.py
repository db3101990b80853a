"""Find the small areas of a place that a user names.

A place is a council, a county, a combined authority, a region, a ward, a parish, a country, several of these joined by
" + ", a list of codes, the council of a postcode, or a polygon. Which councils make a county, a combined authority or a
region is in ``data/tables/councils.csv``; which small areas make a council, a ward or a parish is in official lookups,
in the columns of the boundary and need files, and in boundaries of larger areas. A name that several places have is
never guessed: the message lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.place.councils import (
    COMBINED,
    COUNCIL,
    COUNTY,
    PARISH,
    REGION,
    WARD,
    council_table,
    current_code,
    known_names,
    larger_name,
    members,
    place_key,
    same_council,
    split_kind,
    what_became,
)
from assetmap.read.maps import read_map
from assetmap.schema import WORKING_CRS, InputError, first_few, reference_table

CODE: Final = re.compile(r"^[EWSNK]\d{8}$")
POSTCODE: Final = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$", re.IGNORECASE)
JOINED: Final = " + "
COUNTRIES: Final = {"england": "E", "wales": "W", "scotland": "S"}
SMALL_AREA_NAME: Final = re.compile(r"\s\d{3}[A-Z]{0,2}$")
MOST: Final = 0.5
"""A small area belongs to a polygon if at least this share of it is inside."""

KIND_OF: Final = {
    "lad": COUNCIL,
    "utla": COUNCIL,
    "county": COUNTY,
    "cauth": COMBINED,
    "region": REGION,
    "ward": WARD,
    "parish": PARISH,
}
"""Geographies as columns name them, and the kind of place that each is."""

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


@dataclass(frozen=True)
class Place:
    """A place that a name or a code can mean: its kind, its small areas, and what the files lack of it."""

    kind: str
    code: str
    name: str
    codes: frozenset[str]
    within: str = ""
    councils: int = 0
    missing: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return the place in words, and what to type for it."""
        about = f"{self.councils} councils" if self.councils > 1 else self.within
        about = f" ({about})" if about else ""
        exact = self.code if self.code else f'"{self.name} {self.kind}"'
        return f"the {self.kind} {self.name}{about}: --area {exact}"


@dataclass(frozen=True)
class Gazetteer:
    """The files that say where places are: small areas, what they belong to, and shapes of larger areas."""

    small: gpd.GeoDataFrame
    tables: tuple[pd.DataFrame, ...]
    larger: tuple[gpd.GeoDataFrame, ...]
    councils: pd.Series
    names: dict[str, str]


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
        return _found(small, _inside(small, shapes), path.stem, f"at least half inside '{path.name}'")
    text = " ".join(str(wanted).encode(errors="replace").decode().split())
    if text.casefold() in COUNTRIES:
        letter = COUNTRIES[text.casefold()]
        inside = {str(code) for code in small.index if str(code).startswith(letter)}
        return _found(small, inside, text.title(), "by the first letter of its codes")
    tables = tuple(table[table.index.isin(small.index)] for table in memberships)
    files = Gazetteer(small, tables, tuple(larger), council_of(small, tables), _council_names(tables))
    places = [_one_place(part, files, postcodes) for part in _parts(text)]
    lacking = [name for place in places for name in place.missing]
    if lacking and any(place.codes for place in places):
        wanted_places = _joined_names([place.name for place in places if place.missing])
        raise InputError(
            f"The boundaries have no small areas of {len(lacking)} councils in {wanted_places}: {first_few(lacking)}. Add "
            "boundaries of these councils, or name only those that you have, joined by ' + '."
        )
    codes = {code for place in places for code in place.codes}
    names = list(dict.fromkeys(place.name for place in places))
    chosen = _found(small, codes, _joined_names(names), _joined_names([_how(place) for place in places]))
    here = files.councils.index.isin(chosen.codes)
    whole = set(files.councils[here].dropna()) - set(files.councils[~here].dropna())
    return replace(
        chosen, councils=tuple(files.names.get(code) or _council_name(code) for code in sorted(whole))
    )


def council_of(small: gpd.GeoDataFrame, tables: Iterable[pd.DataFrame]) -> pd.Series:
    """Return the council of each small area.

    Parameters
    ----------
    small
        Small areas, index ``area_code``, with ``area_name``.
    tables
        What small areas belong to, as in `choose_areas`. Without a council there, the name of the small area
        decides ("Shropshire 001A").

    Returns
    -------
    pandas.Series
        Codes of 2024 (`current_code`), on the index of `small`; missing where not known.
    """
    found = pd.Series(pd.NA, index=small.index, dtype="object")
    for table in tables:
        for column in table.columns:
            if re.fullmatch(r"lad(\d\d)?_code", str(column)):
                codes = table[column].dropna().map(lambda code: current_code(str(code)))
                found = found.fillna(codes.reindex(small.index))
    by_name = council_table().reset_index().drop_duplicates("key").set_index("key")["lad24_code"]
    stems = small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True)
    keys = {stem: place_key(str(stem)) for stem in stems.unique()}
    return found.fillna(stems.map(keys).map(by_name))


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
        found = list(_by_code(text, files))
    else:
        found = list(_by_name(place_key(text), files))
        key, kind = split_kind(text)
        if not found and kind is not None:
            found = list(_by_name(key, files))
            of_kind = [place for place in found if place.kind == kind]
            if kind in (WARD, PARISH) and not of_kind:
                raise InputError(_no_ward_or_parish(text, kind, files))
            found = of_kind or found
    found = _different(found)
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


def _by_name(key: str, files: Gazetteer) -> Iterator[Place]:
    """Yield every place with a name, largest kinds first; the same place may come more than once."""
    for kind in (REGION, COMBINED, COUNTY, COUNCIL):
        councils = members(key, kind)
        if councils:
            yield _of_councils(kind, larger_name(key, kind), councils, files)
    for table in files.tables:
        for geography, column in _columns(table, "name"):
            same = table[column].map(_keys(table[column])) == key
            yield from _groups(table[same], geography, column, files)
    for shapes in files.larger:
        chosen = shapes[shapes["area_name"].map(_keys(shapes["area_name"])) == key]
        yield from _by_shapes(chosen, files)
    stems = files.small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True)
    same = stems.map(_keys(stems)) == key
    if same.any() and not members(key, COUNCIL):
        yield Place(COUNCIL, "", str(stems[same].iloc[0]), frozenset(files.small.index[same]))


def _by_code(code: str, files: Gazetteer) -> Iterator[Place]:
    """Yield the place with a code; a council also by its other codes."""
    if code in files.small.index:
        yield Place("small area", code, str(files.small.loc[code, "area_name"]), frozenset({code}))
        return
    now = same_council(code)
    if now is not None:
        name = files.names.get(now) or str(council_table().loc[now, "name"])
        yield _of_councils(COUNCIL, name, {now: name}, files)
        return
    for table in files.tables:
        for geography, column in _columns(table, "code"):
            yield from _groups(table[table[column].astype(str) == code], geography, column, files)
    for shapes in files.larger:
        yield from _by_shapes(shapes[shapes.index.astype(str) == code], files)


def _of_councils(kind: str, name: str, councils: dict[str, str], files: Gazetteer) -> Place:
    """Return a place that is made of whole councils."""
    there = files.councils[files.councils.isin(list(councils))]
    codes = frozenset(str(code) for code in there.index)
    if kind == COUNCIL:
        return Place(kind, next(iter(councils)), name, codes)
    found = set(there)
    missing = tuple(each for code, each in councils.items() if code not in found)
    return Place(kind, "", name, codes, councils=len(councils), missing=missing)


def _council_names(tables: Iterable[pd.DataFrame]) -> dict[str, str]:
    """Return the names that the user's files give to councils, by the code of today."""
    names: dict[str, str] = {}
    for table in tables:
        for geography, column in _columns(table, "code"):
            name = f"{column.removesuffix('_code')}_name"
            if geography == "lad" and name in table.columns:
                pairs = table[[column, name]].dropna().drop_duplicates()
                for code, own in zip(pairs[column], pairs[name], strict=True):
                    if (now := same_council(str(code))) is not None:
                        names.setdefault(now, str(own))
    return names


def _columns(table: pd.DataFrame, what: str) -> Iterator[tuple[str, str]]:
    """Yield the geography and the column of the codes or names of larger areas in a table."""
    for column in table.columns:
        found = re.fullmatch(rf"([a-z]+)(\d\d)?_{what}", str(column))
        if found and found[1] in KIND_OF:
            yield found[1], str(column)


def _groups(rows: pd.DataFrame, geography: str, column: str, files: Gazetteer) -> Iterator[Place]:
    """Yield a place for each different code among the rows of a table."""
    prefix = column.rsplit("_", 1)[0]
    names, codes = f"{prefix}_name", f"{prefix}_code"
    rows = rows[rows[column].notna() & (rows[column] != "")]
    for label, group in rows.groupby(rows[codes if codes in rows.columns else column].astype(str)):
        code = str(label) if codes in rows.columns else ""
        name = str(group[names].iloc[0]) if names in group.columns else code
        kind = KIND_OF[geography]
        if geography == "utla" and members(place_key(name), COUNTY):
            kind = COUNTY
        now = same_council(code) if kind == COUNCIL else None
        if now is not None:
            yield _of_councils(COUNCIL, name, {now: name}, files)
            continue
        inside = frozenset(str(each) for each in group.index)
        yield Place(kind, code, name, inside, within=_within(inside, kind, files))


def _by_shapes(shapes: gpd.GeoDataFrame, files: Gazetteer) -> Iterator[Place]:
    """Yield a place for each shape of a larger area."""
    for code, row in shapes.iterrows():
        kind, name = str(row.get("kind") or "area"), str(row["area_name"])
        now = same_council(str(code)) if kind == COUNCIL else None
        whole = _of_councils(COUNCIL, name, {now: name}, files) if now is not None else None
        if whole is not None and whole.codes:
            yield whole
            continue
        inside = frozenset(_inside(files.small, shapes.loc[[code]]))
        yield Place(kind, now or str(code), name, inside, within=_within(inside, kind, files))


def _council_name(code: str) -> str:
    """Return the name of a council; of one that the table does not have, its code."""
    return str(council_table()["name"].get(code, code))


def _within(inside: frozenset[str], kind: str, files: Gazetteer) -> str:
    """Return the councils that a ward or a parish is in."""
    if kind not in (WARD, PARISH, "area"):
        return ""
    codes = files.councils[files.councils.index.isin(inside)].dropna().unique()
    return _joined_names([files.names.get(code) or _council_name(code) for code in codes][:3])


def _different(places: Iterable[Place]) -> list[Place]:
    """Return the places without those that come twice, from two files or under two codes."""
    kept: list[Place] = []
    for place in places:
        at = next((number for number, each in enumerate(kept) if _same(each, place)), None)
        if at is None:
            kept.append(place)
        elif not kept[at].codes:
            kept[at] = place
    return kept


def _same(one: Place, other: Place) -> bool:
    """Return whether two places are one: of one kind, and of one code, or of one name, or on the same small areas."""
    if one.kind != other.kind:
        return False
    if one.kind in (WARD, PARISH, "area"):
        common = len(one.codes & other.codes)
        overlaps = common > 0 and common >= MOST * min(len(one.codes), len(other.codes))
        return overlaps or (one.code == other.code and bool(one.code))
    return one.code == other.code if one.code and other.code else place_key(one.name) == place_key(other.name)


def _keys(names: pd.Series) -> dict[Any, str]:
    return {name: place_key(str(name)) for name in names.dropna().unique()}


def _inside(small: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> set[str]:
    whole = shapes.union_all()
    near = small.iloc[small.sindex.query(whole, predicate="intersects")]
    share = near.geometry.intersection(whole).area / near.geometry.area
    return set(near.index[share >= MOST])


def _how(place: Place) -> str:
    if place.councils > 1:
        return f"as a {place.kind} of {place.councils} councils"
    return f"as the {place.kind} {place.code}" if place.code else "by the names of its small areas"


def _joined_names(names: Sequence[str]) -> str:
    """Return names as a list in words; of many, the first and how many more."""
    names = list(dict.fromkeys(name for name in names if name))
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _found(small: gpd.GeoDataFrame, codes: set[str], name: str, how: str) -> Choice:
    chosen = tuple(str(code) for code in small.index if code in codes)
    if not chosen:
        raise InputError(
            f"The boundaries have no small area in '{name}' ({how}). They may be of another region."
        )
    return Choice(chosen, name, how)


def _has(kind: str, files: Gazetteer) -> bool:
    """Return whether any file has wards, or parishes."""
    columns = [KIND_OF[geography] for table in files.tables for geography, _ in _columns(table, "name")]
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
            str(name) for _, column in _columns(table, "name") for name in table[column].dropna().unique()
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
