"""What kind of thing a row is: the type as typed, or as its name says."""

from __future__ import annotations

import functools
from typing import Final

import pandas as pd

from assetmap.register.findings import Finding, finding
from assetmap.register.words import each_distinct, name_key, singular
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

STREETS: Final = frozenset(
    [
        "street",
        "road",
        "lane",
        "avenue",
        "drive",
        "close",
        "crescent",
        "terrace",
        "row",
        "mews",
        "way",
        "view",
        "rise",
    ]
)
"""Words after which the word before them is the name of a street, and no type."""

OWN_KINDS: Final = (
    frozenset({"library", "micro_library", "mobile_library", "archive", "prison_library"}),
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
    words = type_words()
    given = each_distinct(
        typed, lambda text: words.get(_key(text), "") or _guess(name_key(text.replace("_", " ")))
    )
    guessed = each_distinct(name_keys.where(given == "", ""), _guess)
    if titles is not None:
        of_all = each_distinct(titles.where(given == "", ""), _type_of_all)
        narrower = each_distinct(of_all + "|" + guessed, _narrower)
        guessed = guessed.where((of_all == "") | (narrower == "yes"), of_all)
    types = given.where(given != "", guessed).where(lambda code: code != "", OTHER)
    unknown = (typed != "") & (given == "")
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


@functools.cache
def type_words() -> dict[str, str]:
    """Return every way to write a type -> its code: code, label, plural and the table of further words."""
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
    return words


def _key(text: str) -> str:
    return " ".join(singular(word) for word in name_key(text.replace("_", " ")).split())


@functools.cache
def _type_words_in_names() -> dict[str, str]:
    """Return words that give the type of anything with them in its name."""
    further = reference_table("type_words")
    known = further[further["in_name"] != ""]
    return {_key(str(word)): code for word, code in known["asset_type"].items()}


def _guess(key: str) -> str:
    """Return the type that a name key gives: the longest known words win, then the last ones."""
    known, words = _type_words_in_names(), _without_streets([singular(word) for word in key.split()])
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            code = known.get(" ".join(words[start : start + length]))
            if code:
                return code
    return ""


def _without_streets(words: list[str]) -> list[str]:
    """Leave out the names of streets: neither "Church Street" nor "School Road" is what its words say.

    Examples
    --------
    >>> _without_streets(["school", "road", "community", "group"])
    ['community', 'group']
    """
    kept: list[str] = []
    for word in words:
        if word in STREETS and kept:
            kept.pop()
        else:
            kept.append(word)
    return kept


def _type_of_all(titles: str) -> str:
    """Return the type that the heading of the names or the title of a list says of all its rows, or nothing."""
    for title in titles.split("|"):
        words = name_key(title.partition(" in ")[0].replace("_", " ").replace("-", " ")).split()
        said = [
            word for word in words if singular(word) not in TITLE_NOISE and not any(map(str.isdigit, word))
        ]
        if " and " in f" {title.casefold()} " or "&" in title:
            continue
        # Only what stands at the end is what the rows are: "school holiday clubs" are no schools.
        for length in range(min(MOST_WORDS, len(said)), 0, -1):
            code = type_words().get(_key(" ".join(said[-length:])))
            if code:
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
