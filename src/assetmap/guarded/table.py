"""The table of words that guard a place together, as it is looked up, and the rules of which parts guard.

``data/tables/guarded_parts.csv`` says of each word what part it can play; `TOGETHER` says which parts guard where they meet.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, NamedTuple

from assetmap.schema import reference_table

TOGETHER: Final = (
    ("alone",),
    ("qualifier", "dwelling"),
    ("safe", "house"),
    ("safe", "home"),
    ("woman", "dwelling"),
    ("woman", "house"),
    ("woman", "home"),
    ("child", "dwelling"),
    ("child", "home"),
    ("mother", "dwelling"),
    ("mother", "house"),
    ("vulnerable", "dwelling"),
    ("vulnerable", "house"),
    ("vulnerable", "home"),
    ("vulnerable", "safe"),
    ("nation", "dwelling"),
    ("nation", "house"),
    ("mother", "home"),
    ("safe", "living"),
    ("topic", "living"),
    ("contact", "kin"),
    ("where", "hidden"),
    ("woman", "topic"),
    ("woman", "risk"),
    ("woman", "safe"),
    ("child", "placing"),
    ("child", "risk"),
    ("topic", "service"),
    ("topic", "house"),
    ("topic", "dwelling"),
    ("nation", "home"),
    ("nation", "hosted"),
    ("parents", "assess"),
    ("mind", "ward"),
    ("woman", "reach"),
    ("pregnancy", "choice"),
    ("gender", "identity"),
    ("childwelsh", "homewelsh"),
    ("fellowship", "meeting"),
    ("topic", "meeting"),
    ("approved", "justice"),
    ("approved", "woman"),
    ("approved", "man"),
    ("woman", "concealed"),
    ("child", "concealed"),
    ("woman", "rehabilitation"),
    ("child", "rehabilitation"),
    ("man", "rehabilitation"),
    ("woman", "need"),
)
"""Parts that guard where they meet in one text, in any order."""

UNLESS: Final = ("doubtful", "leisure")
"""A word of the first part guards by itself, unless the text has one of the second: ``Victims of the Blitz Memorial``."""

WHOLE: Final = "whole"
"""Short forms that guard where a text has nothing else: ``AA`` is a type, but may be many things in a name."""

RELEASED: Final = (("soft", "plain"), ("past", "heritage"), ("toured", "tourism"))
"""Words of the first part have ordinary uses too, and words of the second are of such places: ``Refuge Cottage Tearoom``, ``Slavery Museum``."""

BY_ITSELF: Final = ("alone", "doubtful", "whole")
"""Parts that say nothing more together with another cell: a cell that has one was judged by itself."""

SOMEBODY: Final = "somebody"
"""Words of people and of what is done for them: a text with one is no ordinary use (``Asylum seekers' café``)."""

EXACT: Final = frozenset(release for _, release in RELEASED) | {SOMEBODY}
"""Parts of which no slip or short form is recognised: they release."""

SHORT_FROM: Final = 4
"""Letters of the shortest beginning that stands for a word (``accom``)."""
LONG_FROM: Final = 8
"""Letters of the shortest word that people shorten."""

SAME: Final = {
    "women": "woman", "ladies": "woman", "ladys": "woman", "womens": "woman", "womans": "woman", "men": "man", "mens": "man", "mans": "man",
    "children": "child", "childrens": "child", "childs": "child", "peoples": "people", "person": "people",
    "persons": "people", "center": "centre", "programmes": "programme", "program": "programme", "lodgings": "lodging",
    "fleeing": "fleeing", "abuses": "abuse", "abusive": "abuse", "violent": "violence", "accomodation": "accommodation",
    "acommodation": "accommodation", "accomm": "accommodation", "accom": "accommodation",
    "homelessness": "homeless", "yr": "year", "exch": "exchange", "anon": "anonymous", "temp": "temporary", "psych": "psychiatric",
    "prog": "programme", "ctr": "centre", "svc": "service", "svcs": "service", "supp": "support", "emerg": "emergency", "resid": "residential",
    "indep": "independent", "hsg": "housing", "hse": "house", "wms": "woman", "wmn": "woman", "womyn": "woman", "womxn": "woman",
    "wimmin": "woman", "kid": "child", "yp": "young", "mh": "mental", "mtg": "meeting", "svce": "service", "shltr": "shelter", "shelta": "shelter", "resi": "residential",
    "hlth": "health", "rm": "room", "xch": "exchange", "hous": "house", "haus": "house", "hme": "home", "sfe": "safe", "saf": "safe", "ppl": "people", "adol": "adolescent",
    **{word: word for word in ("crisis", "anonymous", "hepatitis", "herpes", "syphilis", "trans", "psychosis", "diagnosis")}, "bnb": "bb",
}  # fmt: skip


VOWELS: Final = str.maketrans("", "", "aeiou")
MUTATIONS: Final = (
    ("ll", ("l",)), ("rh", ("r",)), ("c", ("g", "ch", "ngh")), ("p", ("b", "ph", "mh")), ("t", ("d", "th", "nh")),
    ("g", ("", "ng")), ("b", ("f", "m")), ("d", ("dd", "n")), ("m", ("f",)),
)  # fmt: skip
"""What the first letters of a Welsh word become after other words."""


class Parts(NamedTuple):
    """The table of parts as it is looked up."""

    words: dict[str, int]
    firsts: frozenset[str]
    seconds: dict[str, tuple[str, ...]]
    stems: dict[str, int]
    shortest: int
    longest: int
    kinds: dict[str, str]
    full: frozenset[str]
    bare: dict[str, str]
    short: dict[str, str]
    ordinary: frozenset[str]


@functools.cache
def table() -> Parts:
    """Return the table of parts as it is looked up."""
    rows = reference_table("guarded_parts")
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    full: dict[str, int] = {}
    for word, row in rows.iterrows():
        if row["parts"] == "ordinary":
            continue
        meant = mask(row["parts"].split())
        forms = [str(word)] if row["match"] == "word" else row["forms"].split()
        for form in _mutated(str(word)) if row["match"].startswith("welsh") else [str(word)]:
            if row["match"].endswith("stem"):
                stems[form] = meant
            else:
                words[form.replace(" ", "") if " " in form else singular(form)] = meant
        if (
            not row["match"].startswith("welsh")
            and " " not in str(word)
            and not set(row["parts"].split()) <= EXACT
        ):
            full.update(dict.fromkeys(forms, meant))
    long = {word: full[word] for word in sorted(full) if len(word) >= LONG_FROM}
    return Parts(
        words=words,
        firsts=frozenset(word.split()[0] for word in rows.index if " " in word),
        seconds={
            first: tuple(
                singular(str(word).split()[1]) for word in rows.index if str(word).startswith(f"{first} ")
            )
            for first in {word.split()[0] for word in rows.index if " " in word}
        },
        stems=stems,
        shortest=min(map(len, stems)),
        longest=max(map(len, stems)),
        kinds=dict(zip(rows.index, rows["kind"], strict=True)),
        full=frozenset(full),
        bare={bare(word): word for word in long},
        short=_beginnings(long),
        ordinary=frozenset(rows.index[rows["parts"] == "ordinary"]),
    )


def singular(word: str) -> str:
    """Return the singular of a word, and one form for words that are written in several."""
    if word in SAME:
        return SAME[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return SAME.get(word[:-2], word[:-2])
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return SAME.get(word[:-1], word[:-1])
    return word


@functools.lru_cache(maxsize=100)
def mask_of(parts: tuple[str, ...]) -> int:
    """Return the bits of parts."""
    return mask(parts)


def stem_of(word: str) -> str:
    """Return the stem of the table that a word begins with, or ``""``."""
    known = table()
    lengths = range(known.shortest, min(known.longest, len(word)) + 1)
    return next((word[:n] for n in lengths if word[:n] in known.stems), "")


@functools.cache
def _part_names() -> tuple[str, ...]:
    return tuple(
        sorted({part for rule in (*TOGETHER, *RELEASED, UNLESS, (WHOLE, SOMEBODY)) for part in rule})
    )


def mask(parts: Sequence[str]) -> int:
    """Return the bits of parts."""
    return sum(1 << _part_names().index(part) for part in set(parts))


def _mutated(word: str) -> list[str]:
    """Return a Welsh stem with each of the first letters that it can have."""
    for first, others in MUTATIONS:
        if word.startswith(first):
            return [word, *(other + word[len(first) :] for other in others)]
    return [word]


def bare(word: str) -> str:
    """Return a word without the vowels after its first letter: ``shltr``."""
    return word[0] + word[1:].translate(VOWELS)


def _beginnings(words: dict[str, int]) -> dict[str, str]:
    """Return the beginnings that stand for one word only."""
    found: dict[str, set[str]] = {}
    for word in words:
        for length in range(SHORT_FROM, len(word) - 1):
            found.setdefault(word[:length], set()).add(word)
    return {start: min(meant) for start, meant in found.items() if len({words[word] for word in meant}) == 1}
