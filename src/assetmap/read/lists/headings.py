"""What the columns of a list mean: found from their headings and their cells, reported, and open to correction.

The accepted headings are in ``data/tables/column_names.csv``; a heading is compared without capitals,
signs and double spaces, word by word where it is a compound ("Group / Organisation", "PropertyName"), and as the ten
letters that a shapefile leaves of it. Where several headings could be one column the cells decide.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from assetmap.read.lists.values import MOSTLY, Values, is_latitude, is_longitude, look_at_values
from assetmap.read.tables import heading_key
from assetmap.schema import InputError, first_few, reference_table

ADDRESS_PART: Final = re.compile(
    r"^((\w+ )?address( line)? ?\d|address line|street|street ?name|(addr )?house ?(number|name)|addr street|"
    r"charity contact address ?\d|recipient org street address)$"
)


TOGETHER: Final = ("offers", "asks")
"""Columns of the register that several headings of a file may make up: "Spaces available", "Skills offered"."""

RESERVED: Final = (
    "source",
    "row",
    "geometry",
    "reading_problem",
    "reading_note",
    "list_title",
    "point_x",
    "point_y",
    "name_key",
    "row_key",
)
"""Names that the register gives itself; a heading of that name gets a number."""

ENDINGS: Final = (
    "postcode", "address", "town", "latitude", "longitude", "easting", "northing", "email", "phone", "website", "uprn",
    "grid_reference", "opening_times",
)  # fmt: skip
"""Columns that a heading may name with its last words: "Billing Postal Code", "Venue town"."""

FORMER: Final = frozenset(
    ["old", "former", "previous", "last", "count", "number", "no", "id", "code", "date", "source", "quality"]
)
"""Words that turn a heading into something else: "Previous postcode", "Postcode count"."""

NOT_NAMES: Final = frozenset([
    "account", "alias", "alternative", "area", "author", "authority", "bank", "ca", "category", "chair",
    "city", "class", "column", "constituency", "contact", "council", "country", "county", "district",
    "domain", "editor", "fam", "family", "feature", "feedback", "field", "file", "first", "fore",
    "former", "fund", "funder", "funding", "host", "icb", "image", "key", "la", "lad", "landlord",
    "last", "layer", "leader", "locality", "lsoa", "manager", "map", "middle", "msoa", "nick", "oa",
    "officer", "old", "operator", "other", "owner", "parish", "pcn", "person", "photo", "place",
    "postcode", "previous", "programme", "project", "provider", "publisher", "region", "road", "scheme",
    "secretary", "sheet", "short", "street", "submitter", "sur", "tenant", "town", "trading",
    "treasurer", "trust", "trustee", "type", "user", "village", "ward",
])  # fmt: skip
"""Words before "name" that make it the name of something else than the place or group."""

CHARITY_NUMBER: Final = re.compile(r"(?=.*\bcharity\b)(?=.*\b(?:no|number|num|ref|reg|registration)$)")
"""Headings such as "Charity registration no"."""

LEAST_FILLED: Final = 0.6
"""A column that is filled less than this share of the fullest candidate loses to it."""

LEAST_DIFFERENT: Final = 0.3
"""A name column with fewer different cells than this share of the best candidate loses to it."""

GUESSED: Final = {
    "postcode": "postcode",
    "email": "email",
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

Meanings = dict[str, str]


def headings_table(meanings: Mapping[str, str], looked: Mapping[str, Values] | None = None) -> pd.DataFrame:
    """Return how headings were understood.

    Parameters
    ----------
    meanings
        Heading -> column, as `column_meanings` returns it.
    looked
        What the cells of each heading look like.

    Returns
    -------
    pandas.DataFrame
        ``heading``, ``column``, ``understood``, in file order, ``samples`` (a few cells) and ``guess`` (what the cells
        look like; both ``""`` where nothing is known).
    """
    known = set(reference_table("column_names").index)
    cells = looked or {}
    return pd.DataFrame(
        {
            "heading": list(meanings),
            "column": list(meanings.values()),
            "understood": [column in known for column in meanings.values()],
            "samples": [" | ".join(cells[h].samples) if h in cells else "" for h in meanings],
            "guess": [_described(cells[h]) if h in cells else "" for h in meanings],
        }
    )


def look_at_columns(table: pd.DataFrame, headings: list[str]) -> dict[str, Values]:
    """Return what the cells of each heading look like."""
    return {heading: look_at_values(table[heading].astype("str")) for heading in headings}


def column_meanings(
    headings: list[str],
    *,
    columns: Mapping[str, str] | None = None,
    table: pd.DataFrame | None = None,
    looked: Mapping[str, Values] | None = None,
) -> Meanings:
    """Say which column of the register each heading becomes.

    Parameters
    ----------
    headings
        Headings of the file; no heading occurs twice.
    columns
        Column of the register -> heading of the file: what the user says, over what is found.
    table, looked
        The cells of the file under these headings, and what they look like; without them the headings alone decide.

    Returns
    -------
    dict
        Heading -> column. Parts of an address all become ``address``, and every heading that says what is
        offered or asked for becomes ``offers`` or ``asks``. A heading without a meaning keeps
        its own name, in small letters joined by ``_``.

    Raises
    ------
    InputError
        If ``columns`` names a heading or a column that does not exist.
    """
    accepted = reference_table("column_names")["accepted"].str.split("|")
    cells = looked or {}
    said = _said(columns or {}, headings, list(accepted.index))
    meanings: Meanings = {heading: column for column, heading in said.items()}
    ranks = {heading: _ranks(heading) for heading in headings}
    for column in accepted.index:
        if column in said:
            continue
        fitting = sorted(
            (ranks[h][column], place, h)
            for place, h in enumerate(headings)
            if h not in meanings and column in ranks[h] and _may_be(column, h, cells)
        )
        if column in TOGETHER:
            meanings |= {heading: column for rank, _, heading in fitting if rank < COMPOUND}
        elif fitting:
            meanings[_best(column, fitting, cells)] = column
    if "name" not in meanings.values():
        named = _only_name(headings, meanings, cells)
        meanings |= {named: "name"} if named else {}
    if "address" not in said:
        for heading in headings:
            if heading not in meanings and ADDRESS_PART.match(_keys(heading)[-1]):
                meanings[heading] = "address"
    _by_cells(headings, meanings, cells, table)
    if "name" not in meanings.values():
        like = [h for h in headings if h not in meanings and h in cells and cells[h].like_names]
        meanings |= {like[0]: "name"} if len(like) == 1 else {}
    taken = {*meanings.values(), *RESERVED}
    for heading in headings:
        if heading not in meanings:
            name = heading_key(heading).replace(" ", "_") or "column"
            # A heading whose cells are something else does not get the column by its name after all.
            meanings[heading] = _free_name(
                f"{name}_as_written" if name in accepted.index and name not in taken else name, taken
            )
            taken.add(meanings[heading])
    return {heading: meanings[heading] for heading in headings}


COMPOUND: Final = 1_000
"""Ranks from here on are not the whole heading: one of its parts, its last words, its first ten letters."""


@functools.cache
def _accepted() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Return every accepted heading -> its columns and ranks; and what a shapefile leaves of it -> its columns."""
    whole: dict[str, dict[str, int]] = {}
    cut: dict[str, dict[str, int]] = {}
    for column, names in reference_table("column_names")["accepted"].items():
        whole.setdefault(str(column).replace("_", " "), {})[str(column)] = 0
        for place, name in enumerate(names.split("|"), start=1):
            whole.setdefault(name, {}).setdefault(str(column), place)
            for joined in (name.replace(" ", "_"), name.replace(" ", "")):
                if len(joined) > SHAPEFILE:
                    cut.setdefault(joined[:SHAPEFILE], {}).setdefault(str(column), place)
    return whole, cut


SHAPEFILE: Final = 10
"""Letters that a shapefile leaves of a heading."""


def _keys(heading: str) -> list[str]:
    """Return a heading as it is compared: as written, and with its capitals as beginnings of words."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", heading)
    return list(dict.fromkeys([heading_key(heading), heading_key(parted)]))


@functools.lru_cache(maxsize=10_000)
def _ranks(heading: str) -> dict[str, int]:
    """Return the columns that a heading could be, each with a rank; the lowest fits best."""
    whole, cut = _accepted()
    ranks: dict[str, int] = {}

    def add(found: Mapping[str, int], more: int) -> None:
        for column, rank in found.items():
            ranks[column] = min(ranks.get(column, rank + more), rank + more)

    for key in _keys(heading):
        add(whole.get(key, {}), 0)
    if len(heading) == SHAPEFILE and heading.casefold() in cut:
        add(cut[heading.casefold()], COMPOUND)
    for part in re.split(r"\s*(?:[/&+|,()\[\]:]|\bor\b|\band\b)\s*", heading, flags=re.I):
        for key in _keys(part) if part and part != heading else ():
            found = whole.get(key, {})
            add({column: rank for column, rank in found.items() if column != "name"}, COMPOUND)
            # "Group / Organisation" says as much as "Group".
            add({column: rank for column, rank in found.items() if column == "name"}, 3)
    words = _keys(heading)[-1].split()
    if not FORMER & set(words):
        for start in range(1, len(words)):
            found = whole.get(" ".join(words[start:]), {})
            add({column: rank for column, rank in found.items() if column in ENDINGS}, 2 * COMPOUND)
    last = {"x": "easting", "y": "northing"}.get(words[-1] if words else "")
    if last and len(words) > 1:
        add({last: 0}, 2 * COMPOUND)
    if CHARITY_NUMBER.match(" ".join(words)):
        add({"registration_number": 0}, COMPOUND)
    if words and _names(words):
        add({"name": 2 if words[0] == "name" else 3 * COMPOUND}, 0)
    return ranks


def _names(words: list[str]) -> bool:
    """Say whether the words of a heading are the name of a place or a group: "Venue name", "Name of organisation"."""
    if words[-1] in ("name", "names", "title", "enw") and len(words) > 1:
        return not NOT_NAMES & set(words[:-1])
    return len(words) > 2 and words[:2] == ["name", "of"] and not NOT_NAMES & set(words[2:])


def _only_name(headings: list[str], meanings: Meanings, cells: Mapping[str, Values]) -> str:
    """Return the one heading left that ends in "name", whatever it is the name of; ``""`` where there are several."""
    named = [
        heading
        for heading in headings
        if heading not in meanings
        and re.search(r"name$", _keys(heading)[-1])
        and not re.search(r"first|last|sur|fore|contact|file|user", _keys(heading)[-1])
        and not (heading in cells and cells[heading].mostly("person", "number", "code"))
    ]
    return named[0] if len(named) == 1 else ""


def other_names(meanings: Mapping[str, str], cells: Mapping[str, Values]) -> list[str]:
    """Return the headings that could be the name as well and were not taken: full, varied, and not of persons."""
    return [
        heading
        for heading in meanings
        if meanings[heading] not in reference_table("column_names").index
        and _ranks(heading).get("name", COMPOUND) < COMPOUND
        and not cells[heading].constant
        and not cells[heading].mostly("person", "number", "code")
    ]


def _may_be(column: str, heading: str, cells: Mapping[str, Values]) -> bool:
    """Say whether the cells allow a heading to be a column: a telephone column without a number in it is none."""
    if heading not in cells or not cells[heading].filled:
        return True
    values = cells[heading]
    if column == "phone":
        return not values.mostly("yes_no", "type", "url", "email") and values.kinds.get("phone", 0.0) > 0
    if column == "asset_type":
        return not values.mostly("number", "yes_no", "date")
    if column == "weekly_hours":
        return values.kinds.get("hours", 0.0) >= MOSTLY / 2
    if column in ("address", "town"):
        return not values.mostly("point", "number", "postcode")
    if column in MEASURED:
        return values.kinds.get("number", 0) > 0 or any(re.search(r"\d", one) for one in values.samples)
    if column == "name":
        return not values.mostly("date", "url", "email", "postcode", "yes_no", "money")
    return True


def _best(column: str, fitting: list[tuple[int, int, str]], cells: Mapping[str, Values]) -> str:
    """Choose among headings that could all be one column by their cells; the heading decides between equals."""
    names = [heading for _, _, heading in fitting]
    if len(names) == 1 or not all(heading in cells for heading in names):
        return names[0]
    fullest = max(cells[heading].filled for heading in names)
    kept = [heading for heading in names if cells[heading].filled >= LEAST_FILLED * fullest] or names
    if column == "name":
        kept = [h for h in kept if not cells[h].mostly("person", "number", "code")] or kept
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


def _by_cells(
    headings: list[str], meanings: Meanings, cells: Mapping[str, Values], table: pd.DataFrame | None
) -> None:
    """Give headings without a meaning the column that their cells show, where the list has none of it yet."""
    if not cells or table is None:
        return
    left = [heading for heading in headings if heading not in meanings and cells[heading].filled]
    for kind, column in GUESSED.items():
        if column == "postcode":
            _without_false_postcodes(left, meanings, cells)
        if column in meanings.values() or (column == "address" and "postcode" in meanings.values()):
            continue
        placed = {"latitude", "easting", "grid_reference"} & set(meanings.values())
        if column == "coordinates" and placed:
            continue
        fitting = [h for h in left if h not in meanings and cells[h].mostly(kind)]
        if fitting:
            meanings[max(fitting, key=lambda h: cells[h].filled)] = column
    if not {"latitude", "longitude", "coordinates", "easting"} & set(meanings.values()):
        up = [h for h in left if h not in meanings and is_latitude(table[h].astype("str"))]
        across = [h for h in left if h not in meanings and is_longitude(table[h].astype("str"))]
        if len(up) == len(across) == 1:
            meanings |= {up[0]: "latitude", across[0]: "longitude"}


def _without_false_postcodes(left: list[str], meanings: Meanings, cells: Mapping[str, Values]) -> None:
    """Take the meaning from a postcode column without a postcode, where another column is full of them."""
    found = next((heading for heading, column in meanings.items() if column == "postcode"), "")
    looks = cells[found].kinds if found else {}
    empty = bool(found) and not looks.get("postcode") and not looks.get("address")
    if empty and any(cells[heading].mostly("postcode") for heading in left):
        del meanings[found]


def _described(values: Values) -> str:
    """Say in words what most cells look like, ``""`` where nothing is plain."""
    share, kind = max(((share, kind) for kind, share in values.kinds.items()), default=(0.0, ""))
    return DESCRIBED.get(kind, kind) if share >= MOSTLY else ""


def _said(columns: Mapping[str, str], headings: list[str], known: list[str]) -> dict[str, str]:
    problems = []
    by_key = {heading_key(heading): heading for heading in reversed(headings)}
    said = {}
    for column, heading in columns.items():
        if column not in known:
            problems.append(f"the register has no column '{column}'; it has {', '.join(known)}")
        if heading_key(heading) not in by_key:
            problems.append(f"there is no heading '{heading}'; the file has {first_few(headings, most=20)}")
        else:
            said[column] = by_key[heading_key(heading)]
    if problems:
        raise InputError("The columns given for this list cannot be used: " + "; ".join(problems) + ".")
    return said


def _free_name(name: str, taken: set[str]) -> str:
    free, times = name, 1
    while free in taken:
        times += 1
        free = f"{name}_{times}"
    return free
