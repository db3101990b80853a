"""What the cells decide of the columns of a list: which of several headings, and what a heading without a meaning is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

import pandas as pd

from assetmap.read.lists.values import MOSTLY, Values, is_latitude, is_longitude, looked_at

LEAST_FILLED: Final = 0.6
"""A column that is filled less than this share of the fullest candidate loses to it."""

LEAST_DIFFERENT: Final = 0.3
"""A name column with fewer different cells than this share of the best candidate loses to it."""

LEAST_TYPED: Final = 0.6
"""A remark of which at least this share of the cells is a word for a type says the type: sentences never are one."""

GUESSED: Final = {
    "postcode": "postcode",
    "email": "email",
    "map_link": "coordinates",
    "url": "website",
    "phone": "phone",
    "point": "coordinates",
    "address": "address",
    "type": "asset_type",
}
"""Kind of cells -> the column that a heading without a meaning becomes, where the list has no such column yet."""

DESCRIBED: Final = {
    "date": "a date",
    "money": "an amount of money",
    "yes_no": "yes or no",
    "person": "the name of a person",
    "code": "a number or code",
    "number": "a number",
    **GUESSED,
}
"""Kind of cells in words."""

MEASURED: Final = ("latitude", "longitude", "easting", "northing")
"""Columns that hold numbers: a heading without a digit below it is none of them."""

PLACES: Final = ("postcode", "address", "point", "map_link")
"""Kinds of cells that say where something is; a column that mixes them is read cell by cell, like an address."""

BOTH: Final = re.compile(r"lat.*(?:lon|lng)|(?:lon|lng).*lat|east.*north|\bx\b.*\by\b", re.I)
"""A heading of both coordinates: "Lat/Lng" is no latitude."""

NOT_LIKE: Final = {
    "phone": ("yes_no", "type", "url", "email"),
    "asset_type": ("number", "yes_no", "date"),
    "address": ("point", "number", "postcode", "email", "url", "phone", "yes_no", "date"),
    "website": ("map_link", "yes_no", "email"),
    "email": ("yes_no", "url", "phone"),
    "town": ("point", "number", "postcode"),
    "days": ("number", "date", "money", "postcode"),
    "booking": ("number", "date", "money", "postcode"),
    "cost": ("date", "postcode", "email"),
    "name": ("date", "url", "email", "postcode", "yes_no", "money"),
}
"""Column -> kinds of cells that it never has."""


def may_be(column: str, heading: str, cells: Mapping[str, Values]) -> bool:
    """Say whether the cells allow a heading to be a column: a telephone column without a number in it is none."""
    if heading not in cells or not cells[heading].filled:
        return True
    values = cells[heading]
    if column == "address" and values.mostly(*PLACES) and not any(values.mostly(kind) for kind in PLACES):
        return True
    if values.mostly(*NOT_LIKE.get(column, ())):
        return False
    if column == "phone":
        return values.kinds.get("phone", 0.0) > 0
    if column == "status" and heading.strip(" ?").casefold() == "open":
        return values.mostly("status", "yes_no")
    if column == "weekly_hours":
        return values.kinds.get("hours", 0.0) >= MOSTLY / 2
    if column in MEASURED:
        return not BOTH.search(heading) and _has_digits(values)
    return True


def _has_digits(values: Values) -> bool:
    """Say whether some cells of a column have a digit."""
    return values.kinds.get("number", 0) > 0 or any(re.search(r"\d", one) for one in values.samples)


def best_of(column: str, fitting: list[tuple[int, int, str]], cells: Mapping[str, Values]) -> str:
    """Choose among headings that could all be one column by their cells; the heading decides between equals."""
    names = [heading for _, _, heading in fitting]
    if len(names) == 1 or not all(heading in cells for heading in names):
        return names[0]
    fullest = max(cells[heading].filled for heading in names)
    kept = [heading for heading in names if cells[heading].filled >= LEAST_FILLED * fullest] or names
    if column == "name":
        kept = [h for h in kept if not cells[h].mostly("person", "number", "code")] or kept
        kept = [h for h in kept if not cells[h].mostly("type")] or kept
        varied = [heading for heading in kept if not cells[heading].constant] or kept
        most = max(cells[heading].different for heading in varied)
        kept = [heading for heading in varied if cells[heading].different >= LEAST_DIFFERENT * most]
    if column == "asset_type":
        known = max(cells[heading].kinds.get("type", 0.0) for heading in kept)
        kept = [h for h in kept if cells[h].kinds.get("type", 0.0) >= LEAST_FILLED * known] or kept
    if column == "postcode":
        looks = {h: cells[h].kinds.get("postcode", 0.0) + cells[h].kinds.get("address", 0.0) for h in kept}
        kept = [h for h in kept if looks[h] >= LEAST_FILLED * max(looks.values())]
    return kept[0]


def add_by_cells(
    headings: list[str],
    meanings: dict[str, str],
    cells: Mapping[str, Values],
    table: pd.DataFrame | None,
    *,
    no_types: Collection[str] = (),
) -> None:
    """Give headings without a meaning the column that their cells show, where the list has none of it yet.

    ``no_types`` are headings of a place, which say where a group meets and not what it is. A remark whose cells are mostly types
    ("What do they do?": choir, food bank) says the type.
    """
    if not cells or table is None:
        return
    left = [heading for heading in headings if heading not in meanings and cells[heading].filled]
    remarks = [heading for heading, column in meanings.items() if column == "note" and cells[heading].filled]
    for kind, column in GUESSED.items():
        if column == "postcode":
            _without_false_postcodes(left, meanings, cells)
        if column in meanings.values() or (column == "address" and "postcode" in meanings.values()):
            continue
        placed = {"latitude", "easting", "grid_reference"} & set(meanings.values())
        if column == "coordinates" and placed:
            continue
        fitting = [
            h
            for h in (*left, *(remarks if kind == "type" else []))
            if meanings.get(h, "note") == "note"
            and (cells[h].mostly(kind) or (h in remarks and cells[h].kinds.get(kind, 0.0) >= LEAST_TYPED))
            and not (kind == "type" and h in no_types)
        ]
        if fitting:
            meanings[max(fitting, key=lambda h: cells[h].filled)] = column
    if not {"latitude", "longitude", "coordinates", "easting"} & set(meanings.values()):
        most = looked_at(len(headings))
        open_ = {
            h: said[said != ""].head(most)
            for h in left
            if h not in meanings
            for said in [table[h].astype("str").str.strip()]
        }
        up = [h for h, said in open_.items() if is_latitude(said)]
        across = [h for h, said in open_.items() if is_longitude(said)]
        if len(up) == len(across) == 1:
            meanings |= {up[0]: "latitude", across[0]: "longitude"}


def _without_false_postcodes(left: list[str], meanings: dict[str, str], cells: Mapping[str, Values]) -> None:
    """Take the meaning from a postcode column without a postcode, where another column is full of them."""
    found = next((heading for heading, column in meanings.items() if column == "postcode"), "")
    looks = cells[found].kinds if found else {}
    empty = bool(found) and not looks.get("postcode") and not looks.get("address")
    if empty and any(cells[heading].mostly("postcode") for heading in left):
        del meanings[found]


def described(values: Values) -> str:
    """Say in words what most cells look like, ``""`` where nothing is plain."""
    share, kind = max(((share, kind) for kind, share in values.kinds.items()), default=(0.0, ""))
    return DESCRIBED.get(kind, kind) if share >= MOSTLY else ""
