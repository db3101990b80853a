"""What kind of thing a row is: the type as typed, or as its name says."""

from __future__ import annotations

import functools
import re
from typing import Final

import pandas as pd

from assetmap.register.findings import Finding, finding
from assetmap.register.words import each_distinct, name_key, plain, singular
from assetmap.schema import reference_table

OTHER: Final = "other"

ALIKE_TYPES: Final = (
    frozenset({"village_hall", "community_centre", "community_hub"}),
    frozenset({"faith", "place_of_worship"}),
    frozenset({"library", "micro_library"}),
    frozenset({"youth_group", "uniformed_group"}),
    frozenset({"environment", "community_garden", "nature_reserve"}),
    frozenset({"advice_support", "peer_support", "mutual_aid", "social_enterprise", "homeless_support"}),
    frozenset({"museum", "arts_venue", "arts_culture", "festival"}),
    frozenset({"residents", "campaign_group", "tenants_association"}),
)
"""Types that one thing may have in two lists."""

STREETS: Final = frozenset([
    "street", "road", "lane", "avenue", "drive", "close", "crescent", "terrace", "row", "mews", "way", "view",
    "rise", "hill", "place", "square", "court", "walk", "grove", "parade", "green", "gardens", "garden", "gate", "yard",
])  # fmt: skip
"""Words after which the word before them is the name of a street, and no type, unless both together are a type."""

FORMER: Final = frozenset(["old", "former", "ex"])
"""Words that say that a building is no longer what the next word says: "The Old School"."""

REUSED: Final = frozenset(
    [
        "school",
        "place_of_worship",
        "library",
        "police_station",
        "fire_station",
        "post_office",
        "hospital",
        "pub",
    ]
)
"""Types of buildings that are something else when they are called old."""

KEPT_PLURALS: Final = frozenset(["bowls"])
"""Words whose singular is another thing."""

ANYWHERE, LATER, WEAK, AT_END, AT_START, OVER_ALL, LAST = (
    "yes",
    "later",
    "weak",
    "end",
    "start",
    "over",
    "last",
)
"""Where a word of ``data/tables/type_words.csv`` counts in a name: anywhere; not as the first word; where no stronger word is; where
none is and it stands at the end; at the start, over all others; anywhere, over all others ("HMP"); at the end, over all others ("Inn")."""

NO_LIBRARIES: Final = ("prison_library", "library_depot", "private_library", "mobile_library")
"""What a name may say of a row whose list calls it a library."""

OWN_KINDS: Final = (
    frozenset({"library", "micro_library", "archive", *NO_LIBRARIES}),
    frozenset({"place_of_worship", "faith", "village_hall"}),
    *ALIKE_TYPES,
)
"""Types that a name may have although its list says a type for all rows: "Moor Mobile Library" in a list of libraries."""

TITLE_NOISE: Final = frozenset(
    [
        "list",
        "data",
        "final",
        "open",
        "register",
        "directory",
        "map",
        "location",
        "council",
        "new",
        "current",
        "updated",
        "all",
        "local",
        "our",
        "draft",
        "copy",
        "county",
        "district",
        "borough",
        "name",
    ]
)
SUGGESTED: Final = 3
LEAST_LIKENESS: Final = 78.0
"""A suggestion further off than this helps nobody."""

MOST_SUGGESTIONS: Final = 500
"""Different unknown types of a list that get a suggestion; a list with more has something else in the column."""

LONGEST_TYPE: Final = 80
"""Characters of an unknown type that gets a suggestion; a longer text is a description."""

NARROWER: Final = re.compile(r"\s*(?:>|»|::|\||: )\s*|\s+[-–—]\s+")
"""Signs after which a type goes on more narrowly: "Education > Schools", "Places of worship - Christian"."""

TOGETHER: Final = re.compile(r"\s*(?:[/;,&+]|\band\b|\bor\b)\s*", re.IGNORECASE)
"""Signs between types of which each would do: "Pub/bar/nightclub"."""

BOUND: Final = re.compile(r"\s+(?:for|in|with|of|at|by|run|-)\s+", re.IGNORECASE)
"""Words after which a type says for whom or where it is: "Day centres for older people"."""

SAYING_TAGS: Final = (
    "amenity",
    "leisure",
    "historic",
    "social_facility",
    "community_centre",
    "landuse",
    "tourism",
)
"""Keys of OpenStreetMap whose values say the type by themselves."""

MOST_WORDS: Final = 4
"""The longest entry of the table of words has so many."""


def known_types(
    typed: pd.Series, name_keys: pd.Series, titles: pd.Series | None = None
) -> tuple[pd.Series, list[Finding]]:
    """Return the asset type of each row.

    Parameters
    ----------
    typed
        What the list calls the type; ``""`` where it does not say.
    name_keys
        Names of the rows as `name_keys` returns them: where no type is given, the name may say it
        ("... Village Hall").
    titles
        What the list says of all its rows: the heading of its names and its own title, between ``|``.

    Returns
    -------
    tuple
        Rows of ``data/tables/asset_types.csv`` (``other`` where neither says), and what was found: a type
        that is not known is held for review with the nearest known ones.
    """
    typed = typed.where(each_distinct(typed, _is_legal_form) == "", "")
    given = each_distinct(typed, type_of_word)
    guessed = each_distinct(name_keys.where(given == "", ""), _guess)
    if titles is not None:
        of_all = each_distinct(titles.where(given == "", ""), _type_of_all)
        narrower = each_distinct(of_all + "|" + guessed, _narrower)
        guessed = guessed.where((of_all == "") | (narrower == "yes"), of_all)
        in_name = each_distinct(name_keys.where((given == "library") & (titles != ""), ""), _guess)
        given = given.mask(in_name.isin(NO_LIBRARIES), in_name)
    types = given.where(given != "", guessed).where(lambda code: code != "", OTHER)
    unknown = (typed != "") & (given == "")
    if not unknown.any():
        return types, []
    asked = typed.where(unknown & (typed.str.len() <= LONGEST_TYPE), "")
    few = pd.Index(asked.unique())[: MOST_SUGGESTIONS + 1]
    nearest = each_distinct(asked.where(asked.isin(few), ""), _nearest)
    return types, [
        finding(
            unknown,
            "review",
            "The type '",
            typed,
            "' is not known, so it was recorded as '",
            types,
            "'",
            nearest,
            ". Correct it.",
        )
    ]


def type_of_word(typed: str) -> str:
    """Return the type that a cell of a column of types says, ``""`` where it is not known.

    The whole cell comes first, then its parts ("Pub/bar/nightclub", "Education > Schools"), what stands before "for" or "in", its last
    words ("Grass pitches"), and at last what it would say as a name.

    Examples
    --------
    >>> [type_of_word(text) for text in ("Local authority run library", "Pub/bar/nightclub", "Day centres for older people", "Widgets")]
    ['library', 'pub', 'day_centre', '']
    """
    words, text = type_words(), typed.replace("_", " ")
    whole = words.get(_key(text), "")
    if whole or not text.strip():
        return whole
    plain = text.partition("(")[0]
    parts = [part for part in NARROWER.split(plain)[::-1] if part.strip()]
    parts += [part for part in TOGETHER.split(plain) if part.strip()]
    parts += [BOUND.split(plain)[0]]
    for part in parts:
        if code := words.get(_key(part), ""):
            return code
    for part in dict.fromkeys(parts):
        said = _key(part).split()
        for length in range(min(MOST_WORDS, len(said) - 1), 0, -1):
            if code := words.get(" ".join(said[-length:]), ""):
                return code
    return _guess(name_key(text))


@functools.cache
def type_words() -> dict[str, str]:
    """Return every way to write a type -> its code: code, label, plural, tag of OpenStreetMap and the table of further words."""
    table = reference_table("asset_types")
    words: dict[str, str] = {}
    for column in ("label", "label_plural"):
        for code, label in table[column].items():
            words.setdefault(_key(label), str(code))
    for code in table.index:
        words[_key(code)] = str(code)
    further = reference_table("type_words")
    for word, code in further["asset_type"].items():
        words.setdefault(_key(str(word)), code)
    for code, tags in table["osm_tags"].items():
        for tag in filter(None, str(tags).split("|")):
            key, _, value = tag.partition("=")
            if key in SAYING_TAGS:
                words.setdefault(_key(value), str(code))
    return words


def _one(word: str) -> str:
    return word if word in KEPT_PLURALS else singular(word)


def _key(text: str) -> str:
    return " ".join(_one(word) for word in name_key(text.replace("_", " ")).split())


@functools.cache
def _type_words_in_names() -> dict[str, tuple[str, str]]:
    """Return words that give the type of a thing with them in its name -> the type, and where in the name they count."""
    further = reference_table("type_words")
    known = further[further["in_name"] != ""]
    return {
        _key(str(word)): (str(code), str(where))
        for word, code, where in zip(known.index, known["asset_type"], known["in_name"], strict=True)
    }


def _guess(key: str) -> str:
    """Return the type that a name key gives: strong words before weak ones, the longest words, then the last ones."""
    known = _type_words_in_names()
    said = [_one(word) for word in key.split()]
    words = _without_streets(said)
    best, code = (0, 0, 0), ""
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            found, where = known.get(" ".join(words[start : start + length]), ("", ""))
            if not found or (start and words[start - 1] in FORMER and found in REUSED):
                continue
            if _counts(where, start + len(said) - len(words), start + length == len(words)):
                rank = (_STRENGTH[where], length, start)
                best, code = max((best, code), (rank, found))
    return code


_STRENGTH: Final = {OVER_ALL: 5, LAST: 4, AT_START: 3, ANYWHERE: 2, LATER: 2, WEAK: 1, AT_END: 1}


def _counts(where: str, before: int, ends: bool) -> bool:
    """Say whether a word counts where so many words come before it, at the end or not."""
    if where == AT_START:
        return before == 0
    if where in (AT_END, LAST):
        return ends and before > 0
    return where != LATER or before > 0


def _without_streets(words: list[str]) -> list[str]:
    """Leave out the names of streets: neither "Church Street" nor "School Road" is what its words say.

    Examples
    --------
    >>> _without_streets(["school", "road", "community", "group"])
    ['community', 'group']
    """
    known = _type_words_in_names()
    kept: list[str] = []
    for place, word in enumerate(words):
        if word in STREETS and kept and f"{kept[-1]} {word}" not in known:
            kept.pop()
        elif word == "st" and kept and kept[-1] in known and _guess(" ".join(words[place + 1 :])):
            # "Church St Play Area" is no church; "Parish Church St Mary" is one.
            kept.pop()
        else:
            kept.append(word)
    return kept


LEGAL_FORMS: Final = frozenset([
    "charity", "registered charity", "charitable trust", "charitable incorporated organisation", "cio", "cic",
    "community interest company", "company limited by guarantee", "charitable company", "unincorporated association",
    "unincorporated", "constituted group", "community benefit society", "trust", "voluntary organisation", "vcse", "vcs", "casc",
])  # fmt: skip
"""What a body is in law says nothing of what it does."""


def _is_legal_form(typed: str) -> str:
    return "yes" if " ".join(plain(typed).split()) in LEGAL_FORMS else ""


def _type_of_all(titles: str) -> str:
    """Return the type that the heading of the names or the title of a list says of all its rows, or nothing."""
    for title in titles.split("|"):
        words = name_key(title.partition(" in ")[0].replace("_", " ").replace("-", " ")).split()
        said = [
            word for word in words if singular(word) not in TITLE_NOISE and not any(map(str.isdigit, word))
        ]
        if re.search(r"\band\b|&", title.replace("_", " "), re.IGNORECASE):
            continue
        # Only what stands at the end is what the rows are: "school holiday clubs" are no schools.
        for length in range(min(MOST_WORDS, len(said)), 0, -1):
            words_at_end = _key(" ".join(said[-length:]))
            code = type_words().get(words_at_end)
            if code and code != OTHER and words_at_end not in LEGAL_FORMS:
                return code
    return ""


def _narrower(both: str) -> str:
    of_all, _, guessed = both.partition("|")
    return "yes" if any(of_all in kinds and guessed in kinds for kinds in OWN_KINDS) else "no"


def _nearest(typed: str) -> str:
    """Return `` (nearest: library, micro_library)``, or nothing where no type is near."""
    from rapidfuzz import fuzz, process

    if not typed:
        return ""
    words = type_words()
    near = process.extract(_key(typed), list(words), scorer=fuzz.ratio, limit=12, score_cutoff=LEAST_LIKENESS)
    codes = list(dict.fromkeys(words[word] for word, _, _ in near))[:SUGGESTED]
    return f" (nearest: {', '.join(codes)})" if codes else ""
