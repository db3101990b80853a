"""Councils of England: their codes now and before, and the counties, combined authorities and regions they are in.

``data/tables/councils.csv`` has the 296 councils of 2024, ``council_codes.csv`` other codes of the same councils: of
councils that were merged into one since 2009, of councils with a new boundary, and the codes of 2025 of Barnsley and
Sheffield.
"""

from __future__ import annotations

import functools
import re
from typing import Final

import pandas as pd

from assetmap.schema import reference_table

COUNCIL: Final = "council"
COUNTY: Final = "county"
COMBINED: Final = "combined authority"
REGION: Final = "region"
WARD: Final = "ward"
PARISH: Final = "parish"

KIND_WORDS: Final = (
    (COMBINED, r"(?P<name>.+?) (mayoral )?combined (county )?authority"),
    (PARISH, r"(?P<name>.+?) (parish|town) council|parish of (?P<name2>.+)|(?P<name3>.+?) (civil )?parish"),
    (COUNTY, r"(?P<name>.+?) county council|(?P<name2>.+?) county"),
    (
        COUNCIL,
        r"city of (?P<name>(?!london).+?)( council)?|(london |royal |metropolitan )?borough of (?P<name2>.+)"
        r"|(?P<name3>.+?) (city |borough |district |metropolitan borough |metropolitan district |london borough )?council"
        r"|(?P<name4>.+?) (unitary authority|mbc|bc|dc)",
    ),
    (REGION, r"(?P<name>.+?) region|region of (?P<name2>.+)|greater (?P<name3>london)"),
    (WARD, r"(?P<name>.+?) ward"),
)
"""How people say which kind of place they mean: "Shropshire Council", "West Midlands region", "Abbey ward"."""


def place_key(name: str) -> str:
    """Return a name of a place in the form in which names are compared.

    Examples
    --------
    >>> place_key("Bristol, City of"), place_key("St. Helens"), place_key("Bath & North East Somerset")
    ('bristol', 'st helens', 'bath and north east somerset')
    >>> place_key("County Durham"), place_key("King's Lynn")
    ('durham', 'kings lynn')
    """
    text = name.casefold().replace("&", " and ").replace("’", "'")
    text = re.sub(r", (city|county) of$", "", " ".join(text.split()))
    text = re.sub(r"['.]", "", text)
    text = " ".join(re.sub(r"[^\w]+", " ", text).split())
    text = re.sub(r"^saint\b", "st", text)
    return re.sub(r"^(county|the) (of )?", "", text)


def split_kind(text: str) -> tuple[str, str | None]:
    """Return the name in a description of a place, and the kind of place that it says.

    Examples
    --------
    >>> split_kind("Shropshire Council"), split_kind("West Midlands Combined Authority")
    (('shropshire', 'council'), ('west midlands', 'combined authority'))
    >>> split_kind("Ludlow Town Council"), split_kind("Ludlow")
    (('ludlow', 'parish'), ('ludlow', None))
    """
    words = " ".join(text.casefold().split())
    for kind, pattern in KIND_WORDS:
        if found := re.fullmatch(pattern, words):
            name = next(value for key, value in found.groupdict().items() if value)
            return place_key(name), kind
    return place_key(words), None


@functools.cache
def council_table() -> pd.DataFrame:
    """Return the councils of England: index ``lad24_code``; ``name``, ``county``, ``combined_authority``, ``region``, ``key``."""
    table = reference_table("councils")
    return table.assign(key=table["name"].map(place_key))


@functools.cache
def _other_codes() -> dict[str, str]:
    changes = reference_table("council_codes")["lad24_code"]
    return {str(old): str(new) for old, new in changes.items()}


def same_council(code: str) -> str | None:
    """Return the code of 2024 of the council with this code, or None if it is not (or is only a part of) a council of today.

    Examples
    --------
    >>> same_council("E08000039"), same_council("E06000051"), same_council("E07000187")
    ('E08000019', 'E06000051', None)
    """
    names = council_table()["key"]
    if code in names.index:
        return code
    now = current_code(code)
    old = reference_table("council_codes")["other_name"].get(code)
    return now if old is not None and place_key(str(old)) == names.get(now) else None


def what_became(text: str) -> str:
    """Return what a former council became, as a sentence, or an empty text.

    Examples
    --------
    >>> what_became("Mendip")
    'Mendip became part of Somerset (E06000066) in 2023.'
    """
    changes = reference_table("council_codes")
    same = changes[(changes["other_name"].map(place_key) == place_key(text)) | (changes.index == text)]
    if not len(same) or same_council(str(same.index[0])):
        return ""
    row = same.iloc[0]
    code = row["lad24_code"]
    return f"{row['other_name']} became part of {council_table().loc[code, 'name']} ({code}) in {row['changed_year']}."


def current_code(code: str) -> str:
    """Return the code of 2024 for a code of the same council, or of one that was merged into it.

    Examples
    --------
    >>> current_code("E08000039"), current_code("E07000187"), current_code("E06000051")
    ('E08000019', 'E06000066', 'E06000051')
    """
    return _other_codes().get(code, code)


def members(key: str, kind: str) -> dict[str, str]:
    """Return the councils (code and name) of a county, a combined authority, a region or a council with this name."""
    table = council_table()
    column = {COUNCIL: "name", COUNTY: "county", COMBINED: "combined_authority", REGION: "region"}[kind]
    chosen = table[table[column].map(place_key) == key] if key else table.iloc[:0]
    return {str(code): str(name) for code, name in chosen["name"].items()}


def larger_name(key: str, kind: str) -> str:
    """Return the name of a county, a combined authority, a region or a council as it is written."""
    column = {COUNCIL: "name", COUNTY: "county", COMBINED: "combined_authority", REGION: "region"}[kind]
    names = council_table()[column]
    return str(names[names.map(place_key) == key].iloc[0])


def known_names() -> set[str]:
    """Return the names of all councils, counties, combined authorities and regions."""
    table = council_table()
    columns = ("name", "county", "combined_authority", "region")
    return {str(name) for column in columns for name in table[column] if name}
