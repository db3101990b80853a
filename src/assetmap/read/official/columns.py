"""The names that publishers give to columns of codes, in the words of assetmap.

The Office for National Statistics writes ``LSOA21CD``, the ministry ``LSOA code (2021)``, others ``ltla24_code``:
all become ``lsoa21_code``, ``lad24_code``, with the vintage in the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

GEOGRAPHIES: Final = {
    "oa": "oa",
    "lsoa": "lsoa",
    "msoa": "msoa",
    "wd": "ward",
    "ward": "ward",
    "lad": "lad",
    "ltla": "lad",
    "local authority district": "lad",
    "utla": "utla",
    "par": "parish",
    "parncp": "parish",
    "cty": "county",
    "ctyua": "county",
    "ruc": "ruc",
    "rgn": "region",
}
"""Every name of a geography that publishers use, and the one that assetmap uses."""

ENDINGS: Final = {
    "cd": "code",
    "code": "code",
    "nm": "name",
    "name": "name",
    "hclnm": "hcl_name",
}
CHANGE_NAMES: Final = ("chgind", "chngind", "change code", "change_code")

CODE_POINT: Final = (
    "Postcode",
    "Positional_quality_indicator",
    "Eastings",
    "Northings",
    "Country_code",
    "NHS_regional_HA_code",
    "NHS_HA_code",
    "Admin_county_code",
    "Admin_district_code",
    "Admin_ward_code",
)
"""Columns of Code-Point Open, whose files have no header row."""

OPEN_NAMES: Final = (
    "ID",
    "NAMES_URI",
    "NAME1",
    "NAME1_LANG",
    "NAME2",
    "NAME2_LANG",
    "TYPE",
    "LOCAL_TYPE",
    "GEOMETRY_X",
    "GEOMETRY_Y",
)
"""The first columns of OS Open Names, whose files have no header row."""

_WORDS = "|".join(sorted(GEOGRAPHIES, key=len, reverse=True))
_SHORT: Final = re.compile(rf"^(?:f_)?({_WORDS})(\d\d)[ _]?(cd|code|nm|name|hclnm)$")
_LONG: Final = re.compile(rf"^({_WORDS}) (code|name) \((?:20)?(\d\d)\)$")
_YEAR_FIRST: Final = re.compile(rf"^({_WORDS}) 20(\d\d) (code|name)$")


def canonical_name(heading: str) -> str | None:
    """Return the name that assetmap gives to a published column of codes or names, or None.

    Examples
    --------
    >>> canonical_name("LSOA21CD"), canonical_name("Local Authority District name (2019)")
    ('lsoa21_code', 'lad19_name')
    >>> canonical_name("LSOA 2021 Code"), canonical_name("MSOA11HCLNM"), canonical_name("Population")
    ('lsoa21_code', 'msoa11_hcl_name', None)
    """
    text = " ".join(heading.replace("\ufeff", "").casefold().split())
    if text in CHANGE_NAMES:
        return "change_code"
    if short := _SHORT.match(text):
        word, year, ending = short.groups()
    elif long := _LONG.match(text):
        word, ending, year = long.groups()
    elif first := _YEAR_FIRST.match(text):
        word, year, ending = first.groups()
    else:
        return None
    return f"{GEOGRAPHIES[word]}{year}_{ENDINGS[ending]}"


def canonical_columns(headings: Iterable[str]) -> dict[str, str]:
    """Return the published columns of codes and names by their canonical names; the first of each wins."""
    found: dict[str, str] = {}
    for heading in headings:
        name = canonical_name(str(heading))
        if name is not None:
            found.setdefault(name, str(heading))
    return found


def headings_of_headerless(cells: list[str]) -> tuple[str, ...]:
    """Return the columns of a file without header row, known by its first row; none for any other file."""
    if len(cells) == len(CODE_POINT) and all(cell.isdigit() for cell in cells[1:4]):
        return CODE_POINT
    if len(cells) > len(OPEN_NAMES) and cells[0].startswith("osgb") and cells[8].replace(".", "").isdigit():
        return OPEN_NAMES
    return ()


def vintage_of(headings: Iterable[str]) -> str | None:
    """Return the vintage of the smallest geography that a table has codes of: ``lsoa21``, ``ward24`` ...

    Examples
    --------
    >>> vintage_of(["LAD24CD", "LSOA21CD", "WD24CD"])
    'lsoa21'
    """
    codes = [name.removesuffix("_code") for name in canonical_columns(headings) if name.endswith("_code")]
    order = list(dict.fromkeys(GEOGRAPHIES.values()))
    known = [code for code in codes if code[:-2] in order]
    return min(known, key=lambda code: (order.index(code[:-2]), -int(code[-2:]))) if known else None
