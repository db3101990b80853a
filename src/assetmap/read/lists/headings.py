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

from assetmap.marked.headings import asks
from assetmap.read.lists.by_cells import add_by_cells, best_of, described, may_be
from assetmap.read.lists.heading_words import (
    ADDRESS_PART,
    ASKED,
    CHARITY_NUMBER,
    CHECKED,
    CODED,
    ENDINGS,
    FORMER,
    KINDS,
    LEAST,
    MEETS,
    MEETS_WHEN,
    NOT_NAMES,
    NOUNS,
    OTHER_KINDS,
)
from assetmap.read.lists.opening_times import is_day, is_time_of_day, short_days
from assetmap.read.lists.values import NO_NAMES, Values, is_type, look_at_values, looked_at
from assetmap.read.tables import heading_key
from assetmap.schema import InputError, first_few, reference_table

TOGETHER: Final = ("offers", "asks")
"""Columns of the register that several headings of a file may make up: "Spaces available", "Skills offered"."""

RESERVED: Final = (
    "source",
    "source_row",
    "row",
    "geometry",
    "reading_problem",
    "reading_note",
    "list_title",
    "list_date",
    "point_x",
    "point_y",
    "name_key",
    "row_key",
)
"""Names that the register gives itself; a heading of that name gets a number."""

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
    known = known_columns()
    cells = looked or {}
    return pd.DataFrame(
        {
            "heading": list(meanings),
            "column": list(meanings.values()),
            "understood": [column in known or is_day(column) for column in meanings.values()],
            "samples": [" | ".join(cells[h].samples) if h in cells else "" for h in meanings],
            "guess": [described(cells[h]) if h in cells else "" for h in meanings],
        }
    )


def columns_alone(told: pd.DataFrame) -> dict[str, str]:
    """Return column -> heading where one heading alone became a column of the register, of a `headings_table`."""
    known = told[told["understood"]]
    alone = known[~known["column"].duplicated(keep=False)]
    return dict(zip(alone["column"], alone["heading"], strict=True))


def look_at_columns(table: pd.DataFrame, headings: list[str]) -> dict[str, Values]:
    """Return what the cells of each heading look like."""
    most = looked_at(len(headings))
    return {heading: look_at_values(table[heading].astype("str"), most=most) for heading in headings}


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
            if h not in meanings and column in ranks[h] and may_be(column, h, cells)
        )
        if column in LEAST:
            fitting = [one for one in fitting if one[0] < COMPOUND or _holds(column, one[2], cells)]
        if column in TOGETHER:
            meanings |= {heading: column for rank, _, heading in fitting if rank < COMPOUND}
        elif fitting:
            meanings[best_of(column, fitting, cells)] = column
    if "name" not in meanings.values():
        named = _only_name(headings, meanings, cells) or _by_noun(headings, meanings, cells)
        meanings |= {named: "name"} if named else {}
    if "address" not in said:
        for heading in headings:
            if heading not in meanings and ADDRESS_PART.match(_keys(heading)[-1]):
                meanings[heading] = "address"
    places = {h for h in headings if {"address", "town"} & set(ranks[h]) or MEETS & set(_keys(h)[-1].split())}
    add_by_cells(headings, meanings, cells, table, no_types=places | set(said.values()))
    if "name" not in said:
        _not_one_name_for_all(headings, meanings, cells)
    meanings |= {h: day for h, day in short_days(headings).items() if h not in meanings}
    taken = {*meanings.values(), *RESERVED}
    for heading in headings:
        if heading not in meanings:
            name = _fact_of(heading) or _own_name(heading) or "column"
            # A heading whose cells are something else does not get the column by its name after all.
            meanings[heading] = _free_name(
                f"{name}_as_written" if name in accepted.index and name not in taken else name, taken
            )
            taken.add(meanings[heading])
    return {heading: meanings[heading] for heading in headings}


def known_columns() -> frozenset[str]:
    """Return the columns that the register and a review of sites understand."""
    return frozenset(reference_table("column_names").index) | frozenset(reference_table("site_facts").index)


@functools.cache
def _facts() -> dict[str, str]:
    """Return heading -> figure of a site, for headings that no column of the register takes: "Cost p.a.", "EPC"."""
    table = reference_table("site_facts")
    named = {str(column).replace("_", " "): str(column) for column in table.index}
    return named | {
        heading: str(column)
        for column, words in table["other_headings"].items()
        for heading in words.split("|")
    }


def _fact_of(heading: str) -> str:
    return next((_facts()[key] for key in _keys(heading) if key in _facts()), "")


def _not_one_name_for_all(headings: list[str], meanings: Meanings, cells: Mapping[str, Values]) -> None:
    """Take the only column that is like names, in place, where there is no name yet or it is one for all rows."""
    chosen = next((heading for heading, column in meanings.items() if column == "name"), "")
    if chosen and not (chosen in cells and cells[chosen].constant):
        return
    like = [h for h in headings if h not in meanings and h in cells and cells[h].like_names]
    if len(like) == 1:
        meanings.pop(chosen, "")
        meanings[like[0]] = "name"


def _holds(column: str, heading: str, cells: Mapping[str, Values]) -> bool:
    kind, least = LEAST[column]
    return heading not in cells or cells[heading].kinds.get(kind, 0.0) >= least


LEAST_NAMED: Final = 0.5
"""Share of the rows with a name, and with one of their own, from which a column may be that of names."""

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
    keys = [heading_key(heading), heading_key(parted)]
    asked = ASKED.sub("", keys[0]).strip()
    return list(dict.fromkeys([asked or keys[0], *keys])) if asked != keys[0] else list(dict.fromkeys(keys))


def _own_name(heading: str) -> str:
    """Return the name of a column without a meaning; whom a form asks says nothing: "Are you happy for your details to be published?"."""
    own = heading_key(heading).replace(" ", "_")
    unasked = "_".join(
        word for word in heading_key(heading).split() if word not in ("you", "your", "our", "my", "i")
    )
    both = {asks(own), asks(unasked)} <= {"hide", "show"}
    return unasked if both else own


@functools.lru_cache(maxsize=10_000)
def _ranks(heading: str) -> dict[str, int]:
    """Return the columns that a heading could be, each with a rank; the lowest fits best."""
    whole, cut = _accepted()
    ranks: dict[str, int] = {}
    coded = CODED.search(heading)
    if is_day(heading) or is_time_of_day(heading) or (coded and coded[1].casefold() == "code"):
        return ranks
    heading = CODED.sub("", heading)

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
    if not ranks:
        add(_by_end(words, whole), 2 * COMPOUND)
    last = {"x": "easting", "y": "northing"}.get(words[-1] if words else "")
    if last and len(words) > 1:
        add({last: 0}, 2 * COMPOUND)
    if CHARITY_NUMBER.match(" ".join(words)):
        add({"registration_number": 0}, COMPOUND)
    if words and _names(words):
        add({"name": 2 if words[0] == "name" else 3 * COMPOUND}, 0)
    # "Private / voluntary / statutory" is a sector, "Public / private" a choice
    if ranks.get("sensitive", 0) >= COMPOUND and asks(_own_name(heading)) != "hide":
        del ranks["sensitive"]
    # "Publish on website" asks for an answer, not for an address.
    if asks(_own_name(heading)) in ("hide", "show"):
        return {column: rank for column, rank in ranks.items() if rank < COMPOUND}
    return ranks


def _by_end(words: list[str], whole: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    """Return the columns that the last words of a heading name, with their ranks: "Billing postal code", "Service category"."""
    if not FORMER & set(words) and words[-1:] != ["place"]:  # a polling place is no town
        # The longest end decides: "Group e-mail address" is no address.
        ends = (whole.get(" ".join(words[start:]), {}) for start in range(1, len(words)))
        found = next(filter(None, ends), {})
        named = {column: rank for column, rank in found.items() if column in ENDINGS}
        if named:
            return named
    if CHECKED.search(" ".join(words)):
        return {"checked_date": 0}
    if MEETS_WHEN.search(" ".join(words)):
        return {"opening_times": 0}
    if {"best", "describes"} <= set(words):
        return {"asset_type": 0}
    if len(words) > 1 and words[-1] == "status":
        return {"status": 0}
    if len(words) > 1 and words[-1] in KINDS and not OTHER_KINDS & set(words[:-1]):
        return {"asset_type": 0}
    return {}


def _names(words: list[str]) -> bool:
    """Say whether the words of a heading are the name of a place or a group: "Venue name", "Name of organisation"."""
    if words[-1] in ("name", "names", "title", "enw") and len(words) > 1:
        return not NOT_NAMES & set(words[:-1])
    if len(words) < 3 or words[:2] != ["name", "of"]:
        return False
    # A food bank is no bank.
    return not NOT_NAMES & set(words[2:]) or (len(words) > 3 and is_type(" ".join(words[2:])))


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


def _by_noun(headings: list[str], meanings: Meanings, cells: Mapping[str, Values]) -> str:
    """Return the heading left that calls the thing of a row by what it is, above cells that differ: "Toilet", "WI", "Asset nominated"."""
    left = [
        h
        for h in headings
        if h not in meanings
        and h in cells
        and cells[h].filled >= LEAST_NAMED
        and cells[h].different >= LEAST_NAMED * cells[h].rows
        and not cells[h].mostly(*NO_NAMES, "type", "yes_no", "status", "hours")
    ]
    words = {h: _keys(h)[-1].split() for h in left}
    by_type = [h for h in left if is_type(_keys(h)[0])]
    first, last = ([h for h in left if words[h] and words[h][k] in NOUNS] for k in (0, -1))
    return next((found[0] for found in (by_type, first, last) if len(found) == 1), "")


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
