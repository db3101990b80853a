"""What the cells of a column look like, whatever its heading says: postcodes, dates, telephone numbers, names of people ..."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.read.tables import heading_key
from assetmap.schema import NO, YES, reference_table

LOOKED_AT: Final = 400
"""Different cells of a column that are looked at."""

MANY_COLUMNS: Final = 50
LEAST_LOOKED_AT: Final = 20
"""A table with more columns than that has fewer cells of each looked at, but not fewer than this."""

LONGEST_LOOKED_AT: Final = 300
"""Characters of a cell that are looked at."""

MOSTLY: Final = 0.8
"""Share of the cells that must look alike for the column to be of that kind."""

LONGEST_NAME: Final = 80
NO_NAMES: Final = (
    "postcode",
    "address",
    "date",
    "money",
    "phone",
    "number",
    "point",
    "url",
    "email",
    "code",
    "person",
)
"""Kinds of cells that are no names of groups or places."""

SAMPLES: Final = 3
LONGEST_SAMPLE: Final = 40

_NUMBER: Final = re.compile(r"[-+−]?[\d,]*\.?\d+(?:,\d+)?")
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*-?\s*\d[A-Z]{2}\W*", re.I)
_HELD_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.I)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = re.compile(
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH},? (?:\d{{1,2}},? )?\d{{4}})(?:[ T].*)?",
    re.I,
)
_POINT: Final = re.compile(
    r"(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?\s*\(.*|"
    r"[\[(]?\s*-?\d{1,3}[.,]\d{2,}\s*°?\s*[NSEW]?\s*[,;\s]\s*-?\d{1,3}[.,]\d{2,}\s*°?\s*[NSEW]?\s*[\])]?|"
    r"[NSEW]?\s*\d{1,2}\s*[°ºd].*\d.*[NSEW].*|"
    r"(?=.*[NS])(?=.*[EW])[NS]?\s*\d{1,2}[: ]\d{1,2}(?:[.: ]\d+)*\W*[NS]?[\s,;]+[EW]?\s*\d{1,3}[: ]\d{1,2}(?:[.: ]\d+)*\W*[EW]?|"
    r"[{(\[]?\W*lat\w*\W*-?\d+[.,]\d+.*|\{.*\bcoordinates\b.*\}|0[01]0[0-9a-f]{40,}",
    re.I | re.S,
)
_MAP_LINK: Final = re.compile(
    r"(?:<a\s.*)?https?://\S*(?:@|[?&/#](?:q|query|ll|mlat|center|daddr|destination)=|map=\d+/)-?\d{1,2}\.\d{3,}\S*",
    re.I,
)
"""A link to a map that says where: of Google, OpenStreetMap or Bing."""
_HOURS: Final = re.compile(
    r"(?:approx\.?|about|c\.?)?\s*\d{1,3}(?:\.\d+)?\s*(?:h|hrs?|hours?)?\s*(?:(?:per|a|/)\s*w(?:ee)?k|weekly)?",
    re.I,
)
_STATUS: Final = re.compile(
    r"\W*(?:now |currently |temporarily |permanently |not yet |re-?|still )*(?:open(?:ed|ing)?|closed?|active|inactive|live|operating|operational|"
    r"running|ceased|dissolved|proposed|planned|disbanded|folded|dormant|mothballed|suspended|paused|ar agor|ar gau)\b(?!.*\d(?:[:.]\d\d|am|pm|\s*-)).*",
    re.I,
)
_DEGREES: Final = re.compile(r"[-−]?[0-9]{1,2}[.,][0-9]{3,}")
_TITLED: Final = re.compile(r"(?:mr|mrs|ms|miss|dr|cllr|councillor|rev|revd|sir|dame|prof)\.? ", re.I)
_PERSON: Final = re.compile(r"[A-Z][a-z'’-]+(?: [A-Z]\.?)?(?: [A-Z][A-Za-z'’-]+){1,2}")
FIRST_NAMES: Final = frozenset([
    "adam", "alan", "alex", "alice", "alison", "amanda", "amy", "andrew", "andy", "ann", "anna", "anne",
    "anthony", "barbara", "ben", "brian", "carol", "caroline", "catherine", "charles", "charlotte",
    "chris", "christine", "christopher", "claire", "clare", "colin", "daniel", "dave", "david",
    "debbie", "deborah", "derek", "diane", "donna", "dorothy", "ed", "edward", "eileen", "elaine",
    "elizabeth", "emily", "emma", "eric", "fiona", "frank", "gary", "geoff", "george", "gillian",
    "gordon", "graham", "hannah", "harry", "heather", "helen", "ian", "jack", "jacqueline", "jacqui",
    "james", "jan", "jane", "janet", "jason", "jean", "jennifer", "jenny", "jill", "jim", "jo", "joan",
    "joanna", "joanne", "joe", "john", "jonathan", "josh", "joyce", "judith", "judy", "julia", "julian",
    "julie", "karen", "kate", "katherine", "kathryn", "keith", "kelly", "ken", "kenneth", "kevin",
    "laura", "lesley", "linda", "lisa", "liz", "louise", "lucy", "lynn", "malcolm", "margaret", "maria",
    "marian", "marie", "marion", "mark", "martin", "mary", "matt", "matthew", "maureen", "michael",
    "michelle", "mike", "mohammed", "muhammad", "nathan", "neil", "nicholas", "nick", "nicola", "nigel",
    "norman", "oliver", "pam", "pamela", "pat", "patricia", "patrick", "paul", "paula", "pauline",
    "penny", "peter", "phil", "philip", "priya", "rachel", "ray", "raymond", "rebecca", "richard",
    "robert", "robin", "roger", "ron", "rosemary", "roy", "ruth", "ryan", "sally", "sam", "samantha",
    "sandra", "sara", "sarah", "sharon", "sheila", "shirley", "simon", "sophie", "stephen", "steve",
    "steven", "stuart", "sue", "susan", "suzanne", "sylvia", "terry", "thomas", "tim", "tina", "tom",
    "tony", "tracey", "tracy", "valerie", "vanessa", "victoria", "wendy", "will", "william", "yvonne",
    "zoe",
])  # fmt: skip
"""Common first names: a column full of them names people, not groups."""


@dataclass(frozen=True)
class Values:
    """What a column holds.

    filled : share of the rows with something in the cell. different : number of different cells.
    kinds : share of the different cells that look like ``postcode``, ``date`` and so on.
    samples : a few cells, shortened. constant : every cell is the same. like_names : every row has a short text of its own.
    rows : number of cells.
    """

    filled: float
    different: int
    kinds: dict[str, float]
    samples: tuple[str, ...]
    constant: bool = False
    like_names: bool = False
    rows: int = 0

    def mostly(self, *kinds: str) -> bool:
        """Say whether most cells are of one of these kinds."""
        return sum(self.kinds.get(kind, 0.0) for kind in kinds) >= MOSTLY


def look_at_values(column: pd.Series, *, most: int = LOOKED_AT) -> Values:
    """Look at the cells of a column of text.

    Parameters
    ----------
    column
        Cells as text, ``""`` where empty.
    most
        How many different cells are looked at.

    Returns
    -------
    Values
        Shares are of the first different cells that say something.
    """
    texts = column.str.strip()
    said = texts != ""
    unique = texts[said].unique()
    cells = [str(text)[:LONGEST_LOOKED_AT] for text in unique[:most]]
    kinds = {
        kind: sum(map(looks, cells)) / len(cells) if cells else 0.0 for kind, looks in LOOKS.items() if cells
    }
    filled = int(said.sum())
    samples = tuple(" ".join(cell.split())[:LONGEST_SAMPLE] for cell in cells[:SAMPLES])
    wordy = sum(" " in cell and any(map(str.isalpha, cell)) and len(cell) <= LONGEST_NAME for cell in cells)
    like_names = (
        len(unique) >= MOSTLY * len(column)
        and wordy >= len(cells) / 2
        and not any(kinds[kind] >= 0.5 for kind in NO_NAMES if kinds)
    )
    share = filled / max(len(column), 1)
    return Values(
        share, len(unique), kinds, samples, filled > 1 and len(unique) == 1, like_names, len(column)
    )


def is_person(text: str) -> bool:
    """Say whether a text looks like the name of a person.

    Examples
    --------
    >>> [is_person(text) for text in ("Mrs J Smith", "Sarah Jones", "Truro Choir", "St Mary Hall")]
    [True, True, False, False]
    """
    if _TITLED.match(text):
        return True
    return bool(_PERSON.fullmatch(text)) and text.split(maxsplit=1)[0].casefold() in FIRST_NAMES


def _is_telephone(text: str) -> bool:
    digits = re.sub(r"[^\d]", "", text)
    if sum(map(str.isalpha, text)) > len(digits):
        return False
    return bool(re.match(r"[+(\s]*(?:0|44)", text)) and 9 <= len(digits) <= 14 and not _DATE.fullmatch(text)


@functools.cache
def _type_words() -> frozenset[str]:
    """Return the words for types, one and many, as headings are compared."""
    types = reference_table("asset_types")
    words = [*types.index, *types["label"], *types["label_plural"], *reference_table("type_words").index]
    keys = {heading_key(str(word)) for word in words}
    return frozenset(keys | {f"{key}s" for key in keys} | {f"{key}es" for key in keys})


def is_type(key: str) -> bool:
    """Say whether a text, as headings are compared, is a word for a type."""
    return key in _type_words()


LOOKS: Final[dict[str, Callable[[str], bool]]] = {
    "postcode": lambda text: bool(_POSTCODE.fullmatch(text)),
    "address": lambda text: bool(_HELD_POSTCODE.search(text)) and not _POSTCODE.fullmatch(text),
    "date": lambda text: bool(_DATE.fullmatch(text)),
    "money": lambda text: bool(re.fullmatch(r"[-(]?\s*(?:£|GBP)\s*[\d,]+(?:\.\d+)?\)?", text)),
    "phone": _is_telephone,
    "number": lambda text: bool(_NUMBER.fullmatch(text)),
    "status": lambda text: bool(_STATUS.fullmatch(text)),
    "hours": lambda text: bool(_HOURS.fullmatch(text)),
    "point": lambda text: bool(_POINT.fullmatch(text)),
    "map_link": lambda text: bool(_MAP_LINK.match(text)),
    "url": lambda text: bool(re.match(r"(?:<a |https?://|www\.)", text, re.I)),
    "email": lambda text: bool(re.fullmatch(r"(?:mailto:)?[^@\s/]+@[^@\s/]+\.[^@\s/]+", text)),
    "yes_no": lambda text: text.casefold() in YES | NO and not text.isdigit(),
    "code": lambda text: bool(re.fullmatch(r"[A-Z]{0,3}[-/]?\d[\dA-Z/-]*|[0-9a-f-]{32,36}", text, re.I)),
    "person": is_person,
    "type": lambda text: is_type(heading_key(text)),
}
"""Kind -> whether a cell looks like it."""


def looked_at(columns: int) -> int:
    """Return how many cells of each column are looked at: fewer where a table has hundreds of columns.

    Examples
    --------
    >>> looked_at(30), looked_at(1_000)
    (400, 20)
    """
    return LOOKED_AT if columns <= MANY_COLUMNS else max(LOOKED_AT * MANY_COLUMNS // columns, LEAST_LOOKED_AT)


def is_latitude(column: pd.Series, *, low: float = 49.0, high: float = 61.5) -> bool:
    """Say whether most cells are fine decimal degrees between two bounds (latitudes of the United Kingdom)."""
    cells = [text for cell in column.tolist() if (text := str(cell).strip())][:LOOKED_AT]
    fine = [text for text in cells if _DEGREES.fullmatch(text)]
    if not fine or len(fine) < MOSTLY * len(cells):
        return False
    within = sum(low <= float(text.replace(",", ".").replace("−", "-")) <= high for text in fine)
    return within >= MOSTLY * len(cells)


def is_longitude(column: pd.Series) -> bool:
    """Say whether most cells are fine decimal degrees of longitude in the United Kingdom."""
    return is_latitude(column, low=-9.0, high=2.5)
