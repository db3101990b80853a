"""Words that guard a place together: who is there, what kind of roof or service it is, and what it is from.

``data/tables/guarded_parts.csv`` says of each word what part it can play. A word of the part ``alone`` guards by itself (its row may
be a stem: ``traffick`` is ``trafficking`` too); the others guard when the parts of one of `TOGETHER` meet in a text. So "young
people's dwelling" need not be in any table. Short forms (``accom``, ``shltr``), slips, compounds (``asylumhotel``) and the
changing first letters of Welsh words are read as the words they stand for.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
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

RELEASED: Final = (("soft", "plain"), ("past", "heritage"))
"""Words of the first part have ordinary uses too, and words of the second are of such places: ``Refuge Cottage Tearoom``, ``Slavery Museum``."""
BY_ITSELF: Final = ("alone", "doubtful", "whole")
"""Parts that say nothing more together with another cell: a cell that has one was judged by itself."""

SOMEBODY: Final = "somebody"
"""Words of people and of what is done for them: a text with one is no ordinary use (``Asylum seekers' café``)."""
EXACT: Final = frozenset(release for _, release in RELEASED) | {SOMEBODY}
"""Parts of which no slip or short form is recognised: they release."""

SLIP_FROM: Final = 5
"""Letters of the shortest word that is recognised with a slip in it."""
SLIPS_FROM: Final = 10
"""Letters of the shortest word that is recognised with two."""
SHORT_FROM: Final = 4
"""Letters of the shortest beginning that stands for a word (``accom``)."""
LONG_FROM: Final = 8
"""Letters of the shortest word that people shorten."""
COMPOUND_FROM: Final = 7
"""Letters of the shortest compound."""
LONGEST_WORD: Final = 40
"""Letters of the longest word that is taken apart or corrected: what is longer is no word."""
PIECE_FROM: Final = 3
PIECES: Final = 4

SAME: Final = {
    "women": "woman", "womens": "woman", "womans": "woman", "men": "man", "mens": "man", "mans": "man",
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
    stems: dict[str, int]
    shortest: int
    longest: int
    kinds: dict[str, str]
    full: frozenset[str]
    bare: dict[str, str]
    short: dict[str, str]
    ordinary: frozenset[str]


def guarding_parts(words: Sequence[str]) -> str:
    """Return the words of a text that guard together, or ``""``.

    Parameters
    ----------
    words
        The words of a text in their plain form, in order, as `assetmap.guarded` makes them.

    Examples
    --------
    >>> guarding_parts(["young", "people", "dwelling"]), guarding_parts(["trafficked", "man"]), guarding_parts(["young", "farmer"])
    ('young dwelling', 'trafficked', '')
    """
    if len(words) <= 2 and table().words.get("".join(words), 0) & _mask([WHOLE]):
        return " ".join(words)
    return _met(_parts_of(words))


def guarding_together(sides: Iterable[tuple[Sequence[str], tuple[str, ...]]]) -> str:
    """Return the words of several cells of a row that guard together, or ``""``.

    Parameters
    ----------
    sides
        The plain words of each cell, and the parts that they may play here; none means all.

    Examples
    --------
    >>> woman, house = ["woman", "project"], ["lodging"]
    >>> guarding_together([(woman, ()), (house, ())]), guarding_together([(woman, ("child",)), (house, ())])
    ('woman lodging', '')
    """
    return _met(
        [
            (word, part & (mask_of(only) if only else -1) & ~mask_of(BY_ITSELF))
            for words, only in sides
            for word, part in _parts_of(words)
        ]
    )


@functools.lru_cache(maxsize=100)
def mask_of(parts: tuple[str, ...]) -> int:
    """Return the bits of parts."""
    return _mask(parts)


def parts_of(words: Sequence[str]) -> int:
    """Return the parts that the words of a text, and its pairs of words, can play."""
    return functools.reduce(operator.or_, (part for _, part in _parts_of(words)), 0)


def _parts_of(words: Sequence[str]) -> list[tuple[str, int]]:
    """Return the parts that each word of a text can play, and each pair of words that is one of the table."""
    pairs = [first + second for first, second in itertools.pairwise(words) if begins_pair(first)]
    return [(word, bits(word)) for word in words] + [(pair, table().words.get(pair, 0)) for pair in pairs]


def _met(meant: Sequence[tuple[str, int]]) -> str:
    """Return the words that fulfil a rule with the parts that they can play."""
    found = []
    rule = _rule_of(functools.reduce(operator.or_, (part for _, part in meant), 0))
    for word, part in meant:
        if part & rule:
            found.append(word)
            rule &= ~part
    return " ".join(found)


@functools.lru_cache(maxsize=10_000)
def may_meet(parts: int) -> bool:
    """Say whether words guard that have these parts (`bits`), unless they are an ordinary use."""
    return bool(_rule_of(parts) or parts & _mask([WHOLE]))


def begins_pair(word: str) -> bool:
    """Say whether a word is the first of two that play a part together (``home office``)."""
    return word in table().firsts


@functools.lru_cache(maxsize=10_000)
def _rule_of(has: int) -> int:
    """Return the parts of the first rule that a text fulfils, or 0."""
    doubtful, leisure = (_mask([part]) for part in UNLESS)
    if has & doubtful and not has & leisure:
        return doubtful
    return next((rule for rule in _rules() if has & rule == rule), 0)


def kind_of(words: str) -> str:
    """Return the kind of harm of what `guarding_parts` returned: of a word that guards alone, else ``pair``."""
    known = table()
    for word in words.split():
        stem = _stem(word)
        if stem:
            return known.kinds[stem]
        if word in known.kinds:
            return known.kinds[word]
    return ""


@functools.lru_cache(maxsize=200_000)
def bits(word: str) -> int:
    """Return the parts that a word can play, one bit each."""
    known = table()
    stem = "" if word in known.ordinary else _stem(word)
    exact = known.words.get(word, 0) | known.stems.get(stem, 0)
    if exact or word in known.ordinary or len(word) < PIECE_FROM:
        return exact
    meant = _meant(word)
    return bits(meant) if meant else 0


@functools.lru_cache(maxsize=200_000)
def pieces(word: str) -> tuple[str, ...]:
    """Return the singular of a word; for a compound, of each of the words that it is made of."""
    plain = singular(word)
    if not COMPOUND_FROM <= len(word) <= LONGEST_WORD or is_known(plain) or _stem(plain):
        return (plain,)
    found = _split(word, PIECES)
    return found if any(map(bits, found)) else (plain,)


def is_known(word: str) -> bool:
    """Say whether a word is in the table as it is: then it is no slip of another one."""
    return word in table().words or word in table().ordinary


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
        mask = _mask(row["parts"].split())
        forms = [str(word)] if row["match"] == "word" else row["forms"].split()
        for form in _mutated(str(word)) if row["match"].startswith("welsh") else [str(word)]:
            if row["match"].endswith("stem"):
                stems[form] = mask
            else:
                words[form.replace(" ", "") if " " in form else singular(form)] = mask
        if (
            not row["match"].startswith("welsh")
            and " " not in str(word)
            and not set(row["parts"].split()) <= EXACT
        ):
            full.update(dict.fromkeys(forms, mask))
    long = {word: full[word] for word in sorted(full) if len(word) >= LONG_FROM}
    return Parts(
        words=words,
        firsts=frozenset(word.split()[0] for word in rows.index if " " in word),
        stems=stems,
        shortest=min(map(len, stems)),
        longest=max(map(len, stems)),
        kinds=dict(zip(rows.index, rows["kind"], strict=True)),
        full=frozenset(full),
        bare={_bare(word): word for word in long},
        short=_beginnings(long),
        ordinary=frozenset(rows.index[rows["parts"] == "ordinary"]),
    )


@functools.cache
def _rules() -> tuple[int, ...]:
    return tuple(_mask(rule) for rule in TOGETHER)


@functools.cache
def _part_names() -> tuple[str, ...]:
    return tuple(
        sorted({part for rule in (*TOGETHER, *RELEASED, UNLESS, (WHOLE, SOMEBODY)) for part in rule})
    )


def _mask(parts: Sequence[str]) -> int:
    """Return the bits of parts."""
    return sum(1 << _part_names().index(part) for part in set(parts))


def _mutated(word: str) -> list[str]:
    """Return a Welsh stem with each of the first letters that it can have."""
    for first, others in MUTATIONS:
        if word.startswith(first):
            return [word, *(other + word[len(first) :] for other in others)]
    return [word]


def _bare(word: str) -> str:
    return word[0] + word[1:].translate(VOWELS)


def _beginnings(words: dict[str, int]) -> dict[str, str]:
    """Return the beginnings that stand for one word only."""
    found: dict[str, set[str]] = {}
    for word in words:
        for length in range(SHORT_FROM, len(word) - 1):
            found.setdefault(word[:length], set()).add(word)
    return {start: min(meant) for start, meant in found.items() if len({words[word] for word in meant}) == 1}


def _stem(word: str) -> str:
    """Return the stem of the table that a word begins with, or ``""``."""
    known = table()
    lengths = range(known.shortest, min(known.longest, len(word)) + 1)
    return next((word[:n] for n in lengths if word[:n] in known.stems), "")


def _meant(word: str) -> str:
    """Return the word of the table that a word is short for, or that it is but for a slip, or ``""``."""
    known = table()
    if len(word) >= SHORT_FROM:
        found = known.short.get(word)
        if found or (found := known.bare.get(word) if not set(word[1:]) & set("aeiou") else None):
            return found
    if not SLIP_FROM <= len(word) <= LONGEST_WORD:
        return ""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extractOne(
        word,
        _by_letter().get(word[0], ()),
        scorer=OSA.distance,
        score_cutoff=2 if len(word) >= SLIPS_FROM else 1,
    )
    return singular(str(near[0])) if near else ""


@functools.cache
def _by_letter() -> dict[str, list[str]]:
    plurals = {
        written for written, plain in SAME.items() if plain in table().full and len(written) > len(plain)
    }
    long = sorted(word for word in table().full | plurals if len(word) >= SLIP_FROM)
    return {letter: list(group) for letter, group in itertools.groupby(long, key=lambda word: word[0])}


@functools.cache
def _lexicon() -> frozenset[str]:
    """Return the words that a compound can be made of."""
    entries = reference_table("guarded_words")
    phrases = entries.index[entries["guards"] == "yes"]
    of_phrases = {singular(word) for entry in phrases for word in entry.split() if len(word) >= SLIP_FROM}
    fillers = {"and", "for", "the", "seeker", "worker", "aid", "exchange", "health", "care", "people"}
    return frozenset(
        word for word in of_phrases | table().full | set(table().words) | fillers if len(word) >= PIECE_FROM
    ) - {"trans"}


@functools.lru_cache(maxsize=50_000)
def _split(word: str, most: int) -> tuple[str, ...]:
    """Return the pieces of a compound in their plain form, the longest first piece first; none if it is no compound."""
    for end in range(len(word), PIECE_FROM - 1, -1):
        piece = singular(word[:end])
        if piece not in _lexicon() and not (end > SLIP_FROM and _stem(piece)):
            continue
        if end == len(word):
            return (piece,)
        rest = _split(word[end:], most - 1) if most > 1 else ()
        if rest:
            return (piece, *rest)
    return ()
