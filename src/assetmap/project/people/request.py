"""A need in words becomes a question that the register can answer.

Words are rows of ``data/tables/need_themes.csv``; days, cost, steps, booking and getting about are read beside them. How each word was
read is returned, so that a person can change it before anything is searched; words that are not known are named.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assetmap.project.people.facts import DAY_NAMES, days_in
from assetmap.read.lists.opening_times import DAYS
from assetmap.schema import InputError, first_few, reference_table

LONGEST: Final = 5
"""Words of the longest phrase of the table."""

_AGE: Final = re.compile(
    r"\b(?:aged?|age)?\s*\d{1,3}\s*(?:years? old|yrs?(?: old)?|year-old|yo)?\b|\bin (?:his|her|their) \d0s\b|\b(?:elderly|older|old|retired|pensioner)\b"
)
_SIGNS: Final = re.compile(r"[^\w£' -]+")
_FACETS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("no_car", re.compile(r"\b(?:(?:has )?no car|without (?:a car|transport)|(?:can ?not|can'?t|does not|doesn'?t|do not|don'?t|no longer|never) drives?(?: any ?more)?"
                          r"|(?:gave|given|giving) up driving|lost (?:his|her|their|my)? ?licen[cs]e|non[- ]driver|no transport|by bus|on foot)\b")),
    ("step_free", re.compile(r"\b(?:step[- ]free|wheel ?chair(?: user)?|no (?:steps|stairs)|level access|walking frame|zimmer(?: frame)?|rollator"
                             r"|(?:can ?not|can'?t) (?:do|manage|climb|use)(?: the)?(?: stairs| steps)?|mobility scooter)\b")),
    ("free", re.compile(r"\b(?:free of charge|for free|free|no money to spend|no cost|low cost|cheap)\b")),
    ("drop_in", re.compile(r"\b(?:drop[- ]in|no booking|without booking|just turn up)\b")),
)  # fmt: skip
FACET_WORDS: Final = {
    "no_car": "on foot or by bus",
    "step_free": "without steps",
    "free": "free, or by donation",
    "drop_in": "without booking",
}
_DAY: Final = re.compile(
    r"\b(?:on |every )?(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?s?\b(?: (?:morning|afternoon|evening)s?)?|\bweek ?(?:days?|ends?)\b"
)
_NOT_ON: Final = re.compile(
    rf"\b(?:but )?(?:not|except|excluding|never|apart from|no) (?:for )?((?:{_DAY.pattern})(?:\s*(?:or|,|and)+\s*(?:{_DAY.pattern}))*)"
)
"""Days that a person cannot come."""

_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "of",
        "for",
        "to",
        "in",
        "on",
        "at",
        "with",
        "by",
        "from",
        "who",
        "is",
        "are",
        "was",
        "be",
        "has",
        "have",
        "had",
        "she",
        "he",
        "they",
        "her",
        "his",
        "their",
        "him",
        "them",
        "i",
        "we",
        "my",
        "our",
        "it",
        "this",
        "that",
        "very",
        "much",
        "some",
        "any",
        "would",
        "like",
        "likes",
        "wants",
        "want",
        "need",
        "needs",
        "needing",
        "looking",
        "look",
        "lives",
        "live",
        "living",
        "person",
        "man",
        "woman",
        "lady",
        "gentleman",
        "someone",
        "somebody",
        "something",
        "somewhere",
        "help",
        "please",
        "can",
        "could",
        "near",
        "nearby",
        "local",
        "thing",
        "things",
        "go",
        "going",
        "get",
        "gets",
        "there",
        "feels",
        "feeling",
        "feel",
        "bit",
        "little",
        "not",
        "so",
        "too",
        "also",
        "been",
        "recently",
        "husband",
        "wife",
        "just",
        "only",
        "do",
        "does",
        "use",
        "uses",
        "no",
        "really",
        "quite",
        "new",
        "day",
        "anything",
        "mother",
        "father",
        "daughter",
        "son",
    ]
)


@dataclass(frozen=True)
class Request:
    """What is looked for, and how the words were read.

    themes : rows of ``data/tables/need_themes.csv``. asset_types : the types that serve them, best first, or those that were named.
    days : 0 is Monday; empty for any. no_car, step_free, free, drop_in : what the place must allow.
    read : each phrase with how it was read. unknown : words that are not known.
    """

    themes: tuple[str, ...] = ()
    asset_types: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    no_car: bool = False
    step_free: bool = False
    free: bool = False
    drop_in: bool = False
    read: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What is looked for, in words."""
        labels = reference_table("need_themes")["label"]
        types = reference_table("asset_types")["label"]
        what = [str(labels[theme]) for theme in self.themes] or [
            str(types.get(kind, kind)) for kind in self.asset_types
        ]
        parts = [", ".join(what) or "Anything"]
        if self.days:
            parts.append("on " + " or ".join(DAYS[day].capitalize() for day in self.days))
        parts += [words for facet, words in FACET_WORDS.items() if getattr(self, facet)]
        return "; ".join(parts)


def read_request(
    words: str = "",
    *,
    themes: Sequence[str] = (),
    asset_types: Sequence[str] = (),
    open_on: Sequence[str] = (),
    no_car: bool = False,
    step_free: bool = False,
    free: bool = False,
    drop_in: bool = False,
) -> Request:
    """Read what somebody needs, from words or from choices.

    Parameters
    ----------
    words
        As people say it: ``lonely, 78, no car, Tuesday``. An age is recognised and not kept.
    themes, asset_types
        Chosen by a person: they replace what the words would say.
    open_on
        Days that replace those of the words.
    no_car, step_free, free, drop_in
        What the place must allow, beside what the words say.

    Returns
    -------
    Request
        With how each phrase was read, and the words that are not known.

    Raises
    ------
    InputError
        If a theme, a type or a day does not exist.

    Examples
    --------
    >>> read = read_request("lonely, 78, no car, Tuesday, zorbing")
    >>> read.themes, read.days, read.no_car, read.unknown
    (('company',), (1,), True, ('zorbing',))
    """
    table = reference_table("need_themes")
    types = reference_table("asset_types")
    _refuse_unknown("theme", themes, table.index.tolist())
    _refuse_unknown("type", asset_types, types.index.tolist())
    chosen_days = tuple(sorted({day for text in open_on for day in _known_days(text)}))
    text = _SIGNS.sub(" , ", _plain(words))
    said: dict[str, bool] = {"no_car": no_car, "step_free": step_free, "free": free, "drop_in": drop_in}
    read: list[tuple[str, str]] = []
    for facet, pattern in _FACETS:
        text = _taken(text, pattern, FACET_WORDS[facet], read, said, facet)
    text, never = _without_days(text, read)
    days: set[int] = set()
    for found in _DAY.findall(text):
        day = days_in(found)
        days |= set(day)
        read.append((found.strip(), "on " + ", ".join(DAY_NAMES[each] for each in day)))
    text = _DAY.sub(" , ", text)
    if never:
        days = (days or set(range(len(DAYS)))) - never
    read += [
        (found.strip(), "an age: not used, and not kept") for found in _AGE.findall(text) if found.strip()
    ]
    text = _AGE.sub(" , ", text)
    found_themes, unknown = _themes_in(text, read)
    used = tuple(themes) or (() if asset_types else tuple(found_themes))
    served = [kind for theme in used for kind in str(table.at[theme, "asset_types"]).split("|")]
    return Request(
        themes=used,
        asset_types=tuple(dict.fromkeys([*asset_types, *served])),
        days=chosen_days or tuple(sorted(days)),
        read=tuple(read),
        unknown=tuple(unknown),
        **said,
    )


def _plain(words: str) -> str:
    """Return words in small letters and without accents: ``Café`` is read as ``cafe``."""
    parts = ((sign, unicodedata.normalize("NFKD", sign)[0]) for sign in words.casefold().replace("’", "'"))
    return "".join(base if base.isascii() else sign for sign, base in parts)


def _without_days(text: str, read: list[tuple[str, str]]) -> tuple[str, set[int]]:
    """Take out the days that a person cannot come; return the rest of the text, and those days."""
    never: set[int] = set()
    for found in _NOT_ON.finditer(text):
        named = {day for part in _DAY.findall(found[1]) for day in days_in(part)}
        never |= named
        read.append((found[0].strip(), "not on " + ", ".join(DAY_NAMES[each] for each in sorted(named))))
    return _NOT_ON.sub(" , ", text), never


def _taken(
    text: str,
    pattern: re.Pattern[str],
    meaning: str,
    read: list[tuple[str, str]],
    said: dict[str, bool],
    facet: str,
) -> str:
    for found in pattern.findall(text):
        said[facet] = True
        read.append((found, meaning))
    return pattern.sub(" , ", text)


def _themes_in(text: str, read: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Find the longest phrases of the table, from the left; return the themes and the words left over."""
    known = _phrases()
    labels = reference_table("need_themes")["label"]
    found: list[str] = []
    unknown: list[str] = []
    for part in text.split(","):
        tokens = part.replace("-", " ").split()
        at = 0
        while at < len(tokens):
            for size in range(min(LONGEST, len(tokens) - at), 0, -1):
                phrase = " ".join(tokens[at : at + size])
                theme = known.get(phrase) or known.get(phrase.removesuffix("s").removesuffix("'"))
                if theme:
                    found.append(theme)
                    read.append((phrase, str(labels[theme])))
                    at += size
                    break
            else:
                if tokens[at] not in _SMALL:
                    unknown.append(tokens[at])
                at += 1
    return list(dict.fromkeys(found)), list(dict.fromkeys(unknown))


@functools.cache
def _phrases() -> dict[str, str]:
    table = reference_table("need_themes")
    return {word: str(theme) for theme, words in table["words"].items() for word in words.split("|")}


def _known_days(text: str) -> tuple[int, ...]:
    days = days_in(text)
    if not days:
        raise InputError(f"'{text}' is not a day. Use a day such as tuesday.")
    return days


def _refuse_unknown(what: str, chosen: Sequence[str], known: list[str]) -> None:
    wrong = [word for word in chosen if word not in known]
    if wrong:
        raise InputError(f"There is no {what} '{wrong[0]}'. Use one of: {first_few(known, most=len(known))}.")
