"""Find every place in the files that a name or a code can mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

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
    larger_name,
    members,
    place_key,
    same_council,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import geopandas as gpd

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


def places_by_name(key: str, files: Gazetteer) -> Iterator[Place]:
    """Yield every place with a name, largest kinds first; the same place may come more than once."""
    for kind in (REGION, COMBINED, COUNTY, COUNCIL):
        councils = members(key, kind)
        if councils:
            yield _of_councils(kind, larger_name(key, kind), councils, files)
    for table in files.tables:
        for geography, column in columns_of(table, "name"):
            same = table[column].map(_keys(table[column])) == key
            yield from _groups(table[same], geography, column, files)
    for shapes in files.larger:
        chosen = shapes[shapes["area_name"].map(_keys(shapes["area_name"])) == key]
        yield from _by_shapes(chosen, files)
    stems = files.small["area_name"].str.replace(SMALL_AREA_NAME, "", regex=True)
    same = stems.map(_keys(stems)) == key
    if same.any() and not members(key, COUNCIL):
        yield Place(COUNCIL, "", str(stems[same].iloc[0]), frozenset(files.small.index[same]))


def places_by_code(code: str, files: Gazetteer) -> Iterator[Place]:
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
        for geography, column in columns_of(table, "code"):
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


def council_names(tables: Iterable[pd.DataFrame]) -> dict[str, str]:
    """Return the names that the user's files give to councils, by the code of today."""
    names: dict[str, str] = {}
    for table in tables:
        for geography, column in columns_of(table, "code"):
            name = f"{column.removesuffix('_code')}_name"
            if geography == "lad" and name in table.columns:
                pairs = table[[column, name]].dropna().drop_duplicates()
                for code, own in zip(pairs[column], pairs[name], strict=True):
                    if (now := same_council(str(code))) is not None:
                        names.setdefault(now, str(own))
    return names


def columns_of(table: pd.DataFrame, what: str) -> Iterator[tuple[str, str]]:
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
        inside = frozenset(small_areas_inside(files.small, shapes.loc[[code]]))
        yield Place(kind, now or str(code), name, inside, within=_within(inside, kind, files))


def name_of_council(code: str) -> str:
    """Return the name of a council; of one that the table does not have, its code."""
    return str(council_table()["name"].get(code, code))


def _within(inside: frozenset[str], kind: str, files: Gazetteer) -> str:
    """Return the councils that a ward or a parish is in."""
    if kind not in (WARD, PARISH, "area"):
        return ""
    codes = files.councils[files.councils.index.isin(inside)].dropna().unique()
    return joined_names([files.names.get(code) or name_of_council(code) for code in codes][:3])


def different_places(places: Iterable[Place]) -> list[Place]:
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


def small_areas_inside(small: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> set[str]:
    """Return the small areas of which at least half (`MOST`) is inside some shapes."""
    whole = shapes.union_all()
    near = small.iloc[small.sindex.query(whole, predicate="intersects")]
    share = near.geometry.intersection(whole).area / near.geometry.area
    return set(near.index[share >= MOST])


def joined_names(names: Sequence[str]) -> str:
    """Return names as a list in words; of many, the first and how many more."""
    names = list(dict.fromkeys(name for name in names if name))
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
