"""Names, places, answers and empty cells in a form in which they can be compared.

All functions work on a column of text and look at each distinct text once.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Callable
from typing import Final

import pandas as pd

from assetmap import schema

NOTHING: Final = frozenset(
    [
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "?",
        "??",
        "n/a",
        "na",
        "n.a.",
        "n/k",
        "nk",
        "none",
        "nil",
        "null",
        "nan",
        "#n/a",
        "tbc",
        "tba",
        "unknown",
        "not known",
        "[unknown]",
        "(unknown)",
        "not applicable",
        "n/a closed",
        "not available",
        "no data",
        "not stated",
        "none stated",
        "none given",
        "not given",
        "not provided",
        "xxx",
        "#ref!",
        "#value!",
    ]
)
"""Cells that say nothing, in small letters."""

STATUS_WORDS: Final = {
    "open": "open|active|live|current|running|operational|registered|yes|y|true|t|1|trading|in use|ar agor",
    "closed": "closed|close|inactive|ceased|dissolved|removed|defunct|disbanded|no|n|false|f|0|shut|"
    "temporarily closed|temporary closure|n/a closed|closed permanently|dormant|wound up|folded|mothballed|suspended|paused|on hiatus|ar gau|ar gau dros dro",
    "proposed": "proposed|planned|opening soon|not yet open|facility not open|future|under construction",
}

CLOSED_SENTENCE: Final = re.compile(
    r"\b(?:closed|closed down|ceased|shut|dissolved|disbanded|demolished|wound up|folded|mothballed|suspended|paused|on hiatus|decommissioned|"
    r"not (?:currently )?in use|disused|derelict|disposed(?: of)?|sold(?! out)|lapsed|"
    r"no longer (?:open|in use|used|runs?|running|exists?|operat\w+|active|trading|meets?|meeting)|"
    r"(?:has |have )?(?:moved|relocated|transferred) to (?!(?:a |the )?(?:parish|town|community|trust|volunteers))|"
    r"moved (?:out|away|premises)|replaced by|merged (?:with|into)|relocated)\b",
    re.IGNORECASE,
)
CLOSED_AT_TIMES: Final = re.compile(
    r"\b(?:closed|closes|open|opens)\b(?: all day| on| at| for| between| during| over| every| from)* ?"
    r"(?:mon|tue|wed|thu|fri|sat|sun|bank|public|christmas|easter|lunch|weekend|week|\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|to|-))",
    re.IGNORECASE,
)
"""What is said of days and hours, not of the place."""

NOT_YET: Final = re.compile(
    r"\b(?:not yet open|opening soon|to open|due to open|open(?:s|ing)? (?:in )?(?:spring |summer |autumn |winter )?20\d\d|planned|proposed)\b",
    re.IGNORECASE,
)
TO_CLOSE: Final = re.compile(r"\b(?:proposed|planned|due|likely) (?:to close|for closure|closure)\b", re.I)
"""Still open, whatever is planned."""

FOR_A_TIME: Final = re.compile(
    r"\b(?:temporar\w+|for (?:refurbishment|repairs?|works?|the winter|the season)|until further notice|seasonal\w*|suspended|paused|hiatus|mothballed|dros dro)\b",
    re.I,
)
"""Words that say that a closure is not for good."""

MOVED: Final = re.compile(r"\b(?:moved|relocated) to\b", re.I)
"""Words that say that a place is now somewhere else."""

OPEN_SENTENCE: Final = re.compile(
    r"^(?:now |re-?|fully |currently |still )?(?:open(?:ed)?|operating|operational|active|running|in use|trading|live)\b",
    re.IGNORECASE,
)
OPEN_BUT: Final = re.compile(r"\s*open\s*[(,;–-]", re.I)
"""Open, and then more of it: "Open (closed Mondays)"."""

CLOSED_NAME: Final = re.compile(
    r"(?i:[(\[]\s*(?:now |permanently |temporarily |currently )?(?:closed|moved|relocated|demolished|disused)\b[^)\]]*[)\]]\s*$|"
    r"[-–:]\s*(?:now |permanently |temporarily |currently )?(?:closed|demolished)\s*$|[-–:,]\s*(?:moved|relocated) to .+$)|\bCLOSED\b"
)

CLOSED_END: Final = re.compile(
    r"(?i)\s*(?:[(\[]\s*(?:now |permanently |temporarily |currently )?closed\b[^)\]]*[)\]]|[-–:,]\s*(?:now |permanently |temporarily |currently )?closed)\s*$"
)
"""What a list adds to the name of a closed place; without it the name is that of other lists."""

LONGEST_COMPARED: Final = 300
"""Characters of a name that are compared with other names. Of what follows only whether it is the same counts."""

DROPPED_WORDS: Final = frozenset(
    [
        "the",
        "a",
        "of",
        "at",
        "in",
        "on",
        "ltd",
        "limited",
        "cio",
        "cic",
        "plc",
        "llp",
        "inc",
        "registered",
        "charity",
        "and",
    ]
)
"""Words that make no difference between two names."""

SAME_WORDS: Final = {
    "saint": "st", "saints": "st", "center": "centre", "ctr": "centre", "assoc": "association",
    "assn": "association", "soc": "society", "comm": "community", "lib": "library", "libraries": "library",
    "wi": "womens institute", "mens": "mens", "youths": "youth", "rd": "road", "ave": "avenue",
    "primary": "primary", "utd": "united", "fc": "football club", "afc": "football club", "rfc": "rugby football club",
    "cc": "cricket club", "pto": "parents", "pta": "parents", "u3a": "u3a", "meml": "memorial", "mem": "memorial",
    "mt": "mount", "upr": "upper", "lwr": "lower", "gt": "great", "lt": "little", "nr": "near", "info": "information",
    "svc": "service", "services": "service", "halls": "hall", "clubs": "club", "groups": "group",
}  # fmt: skip

COMMON_WORDS: Final = frozenset(
    [
        "library",
        "information",
        "service",
        "centre",
        "community",
        "hall",
        "village",
        "hub",
        "group",
        "club",
        "association",
        "society",
        "branch",
        "public",
        "town",
        "city",
        "parish",
        "council",
        "church",
        "memorial",
        "institute",
        "trust",
        "charity",
        "friends",
        "learning",
        "resource",
        "one",
        "stop",
        "shop",
        "micro",
        "mobile",
        "local",
        "county",
        "new",
        "old",
        "project",
        "network",
        "team",
        "first",
        "volunteer",
        "run",
        "managed",
        "led",
        "neighbourhood",
        "access",
        "point",
    ]
)
"""Words that many names share: they say little about which one it is."""

STREETS: Final = re.compile(
    r"\b(?:(\d+)\w? )?((?!the )\w+ (?:street|road|lane|avenue|drive|close|way|crescent|place|square|terrace|hill|grove|"
    r"gardens|parade|row|walk|court|rise|gate|corner|mews|wharf|quay|green))\b"
)
"""A street in an address in small letters: its house number, and its name by its last two words."""

SHORT_STREETS: Final = {"st": "street", "rd": "road", "ave": "avenue"}
SHORT_STREET: Final = re.compile(r"\b(?:st|rd|ave)$")
LINKED: Final = re.compile(r"<a\s[^<>]*href=[\"']?([^\"'\s>]+)", re.IGNORECASE)
MARKS: Final = re.compile(
    r"</?(?:a|b|br|p|div|span|strong|em|i|u|ul|ol|li|font|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE
)
"""Marks of HTML that say how a text looks; anything else in angle brackets is text."""

LONG_CODE: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
"""A letter by its number in HTML that no letter has; Python refuses to read very long numbers."""

APOSTROPHES: Final = re.compile(r"['’‘`´]")
INITIALS: Final = re.compile(r"\b(?:\w\.){2,}")
SIGNS: Final = re.compile(r"[\W_]+")
NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")


FEW: Final = 20
"""Up to so many cells it is quicker not to look for distinct ones: one row is judged after every edit."""


def each_distinct(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Apply a function of a text to a column, once for each distinct text."""
    if len(column) <= FEW:
        return pd.Series([change(text) for text in column.tolist()], index=column.index, dtype="str")
    codes, texts = pd.factorize(column)
    # A list is walked many times faster than an array of Arrow strings.
    changed = pd.Series([change(text) for text in texts.tolist()], dtype="str")
    return pd.Series(changed.take(codes).array, index=column.index, dtype="str")


def column_or_empty(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of text, all empty where the table has none of that name."""
    return rows[name] if name in rows else pd.Series("", index=rows.index, dtype="str")


def without_nothing(column: pd.Series, *, links: bool = False) -> pd.Series:
    """Trim a column, decode what is HTML, and empty the cells that say nothing: ``-``, ``N/A``, ``[Unknown]`` ...

    With ``links`` a cell that is a link in HTML becomes its address, otherwise its text.

    Examples
    --------
    >>> without_nothing(pd.Series(["The Men&#39;s Room &amp; Garden", "n/a"])).tolist()
    ["The Men's Room & Garden", '']
    """
    if len(column) <= FEW and column.dtype == "str":
        cells = column.tolist()
        texts = [_said(plain_text(cell, links=links)) if isinstance(cell, str) else "" for cell in cells]
        return column if texts == cells else pd.Series(texts, index=column.index, dtype="str")

    def cleaned(text: str) -> str:
        if "<" in text or "&" in text:
            text = plain_text(text, links=links)
        said = " ".join(text.split())
        return said if len(said) > LONGEST_NOTHING or said.casefold() not in NOTHING else ""

    return each_distinct(column.fillna("").astype("str"), cleaned)


def plain_text(text: str, *, links: bool = False) -> str:
    """Return a text without the marks of HTML that editors leave in spreadsheets."""
    if "<" in text:
        found = LINKED.search(text) if links else None
        text = found[1].removeprefix("mailto:") if found else MARKS.sub(" ", text)
    if "&" not in text:
        return text
    text = LONG_CODE.sub(" ", text)
    return html.unescape(LONG_CODE.sub(" ", html.unescape(text)))


def name_keys(names: pd.Series) -> pd.Series:
    """Return names in the form in which they are compared.

    Examples
    --------
    >>> name_keys(pd.Series(["The Saint Ives Men's Shed C.I.O.", "ST. IVES MENS SHED"])).tolist()
    ['st ives mens shed', 'st ives mens shed']
    """
    return each_distinct(names, name_key)


def name_key(name: str) -> str:
    """Return one name in the form in which names are compared."""
    text = plain(name)
    if len(text) > LONGEST_COMPARED:
        text, rest = text[:LONGEST_COMPARED], text[LONGEST_COMPARED:]
        text = f"{text} x{hashlib.blake2b(rest.encode(), digest_size=4).hexdigest()}"
    words = text.split()
    kept = [SAME_WORDS.get(word, word) for word in words if word not in DROPPED_WORDS]
    if "charity" in words:  # a charity shop is no shop
        kept = [
            SAME_WORDS.get(word, word)
            for word, after in zip(words, [*words[1:], ""], strict=True)
            if word not in DROPPED_WORDS or (word == "charity" and after in ("shop", "shops", "superstore"))
        ]
    return " ".join(kept) or " ".join(words)


def core_keys(keys: pd.Series, towns: pd.Series) -> pd.Series:
    """Return what is particular in each name key, sorted; the whole key where nothing is.

    Words that many names share are left out; so are those of its own town, where something is left then.
    """
    return each_distinct(keys + "|" + towns, _core)


def place_keys(names: pd.Series) -> pd.Series:
    """Return names of places in the form in which they are compared.

    Examples
    --------
    >>> place_keys(pd.Series(["Nr. Saint Just-in-Roseland", "ST JUST IN ROSELAND "])).tolist()
    ['st just in roseland', 'st just in roseland']
    """
    return each_distinct(names.fillna("").astype("str"), _place)


def streets_of(addresses: pd.Series) -> pd.Series:
    """Return the streets that addresses name, with their house numbers, between ``|``.

    Examples
    --------
    >>> streets_of(pd.Series(["Jack Judge House, 10a Halesowen St., Oldbury", "The Wharf"])).tolist()
    ['10|halesowen street', '']
    """
    return each_distinct(addresses, _streets)


def numbers_of(keys: pd.Series) -> pd.Series:
    """Return the numbers in name keys: 1st and 2nd Truro Scouts are two groups.

    Examples
    --------
    >>> numbers_of(pd.Series(["2nd 1st truro scouts", "truro scouts"])).tolist()
    ['1st 2nd', '']
    """
    return each_distinct(keys, lambda key: " ".join(sorted(w for w in key.split() if w[0].isdigit())))


def yes_no(column: pd.Series) -> pd.Series:
    """Return ``yes``, ``no`` or ``unknown`` for cells such as ``Yes``, ``y``, ``TRUE``, ``0``."""
    return each_distinct(column.fillna("").astype("str"), schema.yes_no)


def status_words(column: pd.Series) -> pd.Series:
    """Return ``open``, ``closed``, ``proposed``, or ``unknown`` for a cell that says none of them, also in a sentence.

    Examples
    --------
    >>> status_words(pd.Series(["Open", "Permanently closed March 2024", "moved to High Street", "closed Mondays"])).tolist()
    ['open', 'closed', 'closed', 'unknown']
    """
    known = {word: status for status, words in STATUS_WORDS.items() for word in words.split("|")}
    return each_distinct(
        column.fillna("").astype("str"), lambda text: known.get(text.strip().casefold(), "") or _status(text)
    )


def closed_by_name(names: pd.Series) -> pd.Series:
    """Say which names end with a word that the place has closed: "Moor Library (CLOSED)"."""
    return names.str.contains(CLOSED_NAME)


def without_closed(names: pd.Series) -> pd.Series:
    """Return names without the word at their end that the place has closed.

    Examples
    --------
    >>> without_closed(pd.Series(["Moor Library (CLOSED)", "Moor Library - closed", "Closed Door Theatre", "(closed)"])).tolist()
    ['Moor Library', 'Moor Library', 'Closed Door Theatre', '(closed)']
    """
    bare = names.str.replace(CLOSED_END, "", regex=True)
    return bare.where(bare.str.strip() != "", names).astype("str")


def singular(word: str) -> str:
    """Return one of many; both sides of a comparison go through it, so that it need not be a word.

    Examples
    --------
    >>> [singular(word) for word in ("libraries", "churches", "halls", "bus", "buses", "glass")]
    ['library', 'church', 'hall', 'bus', 'bus', 'glass']
    """
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("buses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def _status(text: str) -> str:
    if NOT_YET.search(text) and not TO_CLOSE.search(text):
        return "proposed"
    if CLOSED_SENTENCE.search(text) and not CLOSED_AT_TIMES.search(text):
        return "closed"
    plainly_open = OPEN_SENTENCE.search(text) and (OPEN_BUT.match(text) or not CLOSED_AT_TIMES.search(text))
    return "open" if plainly_open else "unknown"


def plain(text: str) -> str:
    """Return small letters and digits with single spaces; an apostrophe or a full stop joins, all else parts."""
    letters = text.casefold().replace("&", " and ")
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    if letters.replace(" ", "").isalnum():  # as in most names, of which nothing is taken out
        return " ".join(letters.split())
    letters = APOSTROPHES.sub("", letters)
    if "." in letters:
        letters = INITIALS.sub(lambda found: found[0].replace(".", ""), letters)
    return SIGNS.sub(" ", letters).strip()


def slug(text: str, *, most: int = 40) -> str:
    """Return a text as small letters and hyphens, cut at a word."""
    words = plain(text)
    words = words.replace(" ", "-") if words.isascii() else NOT_PLAIN.sub("-", words).strip("-")
    if len(words) <= most:
        return words
    return words[: most + 1].rpartition("-")[0] or words[:most]


LONGEST_NOTHING: Final = 2 * max(map(len, NOTHING))
"""Letters of the longest of these words, which may be written in letters that fold to two."""


def _said(text: str) -> str:
    said = " ".join(text.split())
    return "" if said.casefold() in NOTHING else said


def _core(key_and_town: str) -> str:
    key, _, town = key_and_town.partition("|")
    words = set(key.split()) - COMMON_WORDS
    own = words - set(town.split())
    return " ".join(sorted(own or words or key.split()))


def _place(text: str) -> str:
    words = [("st" if word in ("saint", "saints") else word) for word in plain(text).split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("nr", "near") else words)


def _streets(text: str) -> str:
    # St at the end of a part is a street, elsewhere a saint.
    parts = [SHORT_STREET.sub(lambda found: SHORT_STREETS[found[0]], plain(part)) for part in text.split(",")]
    return "|".join(part for found in STREETS.findall(" , ".join(parts)) for part in found if part)
