"""What the columns of a list mean: found from their headings, reported, and open to correction.

The accepted headings are in ``data/tables/column_names.csv``; a heading is compared without capitals,
signs and double spaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from assetmap.read.tables import heading_key
from assetmap.schema import InputError, first_few, reference_table

ADDRESS_PART: Final = re.compile(
    r"^(address( line)? ?\d|address line|street|addr housenumber|addr street|"
    r"charity contact address ?\d|recipient org street address)$"
)


TOGETHER: Final = ("offers", "asks")
"""Columns of the register that several headings of a file may make up: "Spaces available", "Skills offered"."""

RESERVED: Final = ("source", "row", "geometry", "reading_problem", "point_x", "point_y", "name_key")
"""Names that the register gives itself; a heading of that name gets a number."""


def headings_table(meanings: Mapping[str, str]) -> pd.DataFrame:
    """Return how headings were understood: ``heading``, ``column`` and ``understood``, in file order."""
    known = set(reference_table("column_names").index)
    return pd.DataFrame(
        {
            "heading": list(meanings),
            "column": list(meanings.values()),
            "understood": [column in known for column in meanings.values()],
        }
    )


def column_meanings(headings: list[str], *, columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Say which column of the register each heading becomes.

    Parameters
    ----------
    headings
        Headings of the file; no heading occurs twice.
    columns
        Column of the register -> heading of the file: what the user says, over what is found.

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
    keys = {heading: heading_key(heading) for heading in headings}
    said = _said(columns or {}, headings, list(accepted.index))
    meanings = {heading: column for column, heading in said.items()}
    for column, names in accepted.items():
        if column in said:
            continue
        # A heading that is the register's own name wins, then the order of the table.
        exact = [h for h in headings if h not in meanings and keys[h] == str(column).replace("_", " ")]
        other = [h for name in names for h in headings if h not in meanings and keys[h] == name]
        found = [*exact, *other] if column in TOGETHER else (exact or other)[:1]
        meanings |= dict.fromkeys(found, str(column))
    if "address" not in said:
        for heading in headings:
            if heading not in meanings and ADDRESS_PART.match(keys[heading]):
                meanings[heading] = "address"
    taken = {*meanings.values(), *RESERVED}
    for heading in headings:
        if heading not in meanings:
            meanings[heading] = _free_name(keys[heading].replace(" ", "_") or "column", taken)
            taken.add(meanings[heading])
    return {heading: meanings[heading] for heading in headings}


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
