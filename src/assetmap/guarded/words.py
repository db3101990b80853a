"""Words that mark a place whose location must stay secret, and whether a text has one of them.

The words are rows of ``data/tables/guarded_words.csv``, each with a reason and a source. A word guards until a person
decides: plurals, accents, compounds (``safehouse``), brackets, hyphens and small misspellings make no difference, and
ordinary uses (``youth hostel``, ``bus shelter``) are rows of the same table. What the table does not have is not found.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from assetmap.guarded.ordinary import LONGEST, of_itself, without_ordinary
from assetmap.guarded.parts import (
    begins_pair,
    bits,
    guarding_parts,
    is_known,
    is_pair,
    kind_of,
    may_meet,
    parts_of,
    pieces,
    whole,
)
from assetmap.guarded.table import RELEASED, mask_of
from assetmap.guarded.text import CAMEL, DROPPED, TWO_WORDS, plain_words_of, words_of
from assetmap.schema import reference_table

HINTS: Final = re.compile(r"1[678]|&#?\w{1,31};|%[0-9A-Fa-f]{2}|<")
"""Ages and codes of web pages: a part of a text with one of these is looked at closely."""
STREET: Final = re.compile(
    r"\b([a-z]{4,})(?:'s)? (?:street|road|lane|avenue|crescent|terrace)\b(?! (?:outreach|team|work|homeless|project|hostel|house|refuge))"
)
NOT_OF_LEISURE: Final = ("woman", "child", "mother", "nation", "reach", "qualifier", "somebody")
"""Parts of which none may be in a text that is taken as such a use."""
MISSPELT_FROM: Final = 5
"""Letters of the shortest word that is recognised when it is misspelt."""
JOINED_FROM: Final = 9
"""Letters of the shortest entry that is recognised with a slip when its words are written in one."""
MANY_WORDS: Final = 20
"""A text of more words is always looked at closely: to compare them two by two would take longer."""
INSIDE_FROM: Final = 6
"""Letters of the shortest entry that is recognised at either end of a longer word (``womensrefuge``)."""


class Words(NamedTuple):
    """The table of guarded words as it is looked up."""

    phrases: dict[str, str]
    together: dict[frozenset[str], str]
    ordinary: frozenset[str]
    apart: frozenset[str]
    every: frozenset[str]
    vocabulary: tuple[str, ...]
    long: frozenset[str]
    beginnings: frozenset[str]
    companions: frozenset[str]
    partners: dict[str, frozenset[str]]
    ends: frozenset[str]
    by_beginning: dict[tuple[str, int], tuple[str, ...]]


def guarded_word(text: str) -> str:
    """Return the guarded words that a text has, as the table writes them, or ``""``.

    Parameters
    ----------
    text
        A name or a type, as somebody typed it.

    Examples
    --------
    >>> [guarded_word(text) for text in ("Women's Refuges (Truro)", "Safehouse", "Youth Hostel", "Refuse tip")]
    ['women refuge', 'safe house', '', '']
    >>> guarded_word("Refuge Cottage"), guarded_word("Refuge Cottage Tearoom"), guarded_word("Women's Refuge and Tearoom")
    ('refuge', '', 'women refuge')
    """
    return _judged(text)[0] if look(text).may else ""


def _judged(text: str) -> tuple[str, int]:
    """Return `guarded_word` of a text that a quick look did not rule out, and the `bits` of all its words and pairs of words."""
    every, known = words_of(text), _table()
    parts = parts_of(every)
    found = _phrase(without_ordinary(every, known.ordinary), every) if any(map(_may_guard, every)) else ""
    if not found and (may_meet(parts) or len(every) <= 2) and guarding_parts(every):
        found = guarding_parts(without_ordinary(every, known.ordinary - known.apart))
    if not found:
        return "", parts
    plain = _without_streets(text)
    if plain != text.casefold():
        return guarded_word(plain), parts
    return ("" if _is_of_leisure(every) else found), parts


def _is_of_leisure(words: list[str]) -> bool:
    """Say whether a text guards only by words that have ordinary uses too, and says that this is such a use."""
    has = parts_of(of_itself(words))
    soft = mask_of(tuple(part for part, release in RELEASED if has & mask_of((release,))))
    rest = [word for word in words if not bits(word) & soft]
    if len(rest) == len(words) or parts_of(rest) & mask_of(NOT_OF_LEISURE):
        return False
    left = without_ordinary(rest, _table().ordinary)
    return not phrase_of(left) and not guarding_parts(left)


class Look(NamedTuple):
    """What a quick look at a text finds.

    may : it may have words of the tables that guard. begins : it has a word that begins an entry, or is one of words that guard together.
    parts : the `bits` of its words; all of them where it is not plain.
    """

    may: bool
    begins: bool
    parts: int


def look(text: str) -> Look:
    """Look at a text quickly: most texts have nothing of the tables."""
    seen = [_part(part) for part in text.split(" ")]
    parts = functools.reduce(operator.or_, (part.parts for part in seen))
    close = any(part.close for part in seen) or sum(part.letters for part in seen) > 1
    begins = close or any(part.begins for part in seen)
    may = close or may_meet(parts) or (begins and _may_meet_here(text, seen))
    return Look(may, begins, parts)


def _may_meet_here(text: str, seen: list[_Part]) -> bool:
    """Say whether words that begin an entry of the tables may meet the others of the same entry in a text."""
    words = [word for part in seen for word in part.words]
    known, there = _table(), frozenset(words)
    if len(words) > MANY_WORDS or whole(words) or "in care" in text.casefold():
        return True
    for place, word in enumerate(words):
        if word in known.partners and not known.partners[word].isdisjoint(there):
            return True
        after = words[place + 1 :]
        if word in known.beginnings and any(word + other in known.beginnings for other in after):
            return True
        if begins_pair(word) and any(is_pair(word, other) for other in after):
            return True
    return False


def may_end(words: list[str]) -> bool:
    """Say whether plain words may end an entry of the table that other words begin."""
    known = _table()
    return words[:1] != [] and (words[0] in known.ends or not known.companions.isdisjoint(words))


def plain_words(text: str) -> list[str]:
    """Return the words of a text in their plain form, without streets and without ordinary uses of guarded words."""
    known = _table()
    return without_ordinary(words_of(_without_streets(text)), known.ordinary - known.apart)


def phrase_of(words: list[str]) -> str:
    """Return the entry of the table that plain words have, or ``""``."""
    return _phrase(words, words) if any(map(_may_guard, words)) else ""


def _without_streets(text: str) -> str:
    """Leave out streets that are called after a guarded word (Refuge Street is an address), in small letters."""
    return STREET.sub(lambda street: " " if guarded_word(street[1]) else street[0], text.casefold())


def _phrase(plain: list[str], every: list[str]) -> str:
    """Return the entry of the table that a text has, or ``""``."""
    known = _table()
    words = [_corrected(word) for word in plain]
    for length in range(LONGEST, 0, -1):
        for start in range(len(words) - length + 1):
            found = known.phrases.get("".join(words[start : start + length]))
            if found:
                return found
    has = {_corrected(word) for word in plain} & known.companions
    if len(has) > 1:
        for together, entry in known.together.items():
            if together <= has:
                return entry
    for word in words:
        entry = _held_at_an_end(word)
        if entry:
            return known.phrases[entry]
    return ""


def guarded_kind(words: str) -> str:
    """Return the kind of harm of what `guarded_word` found; ``pair`` where only the words together guard."""
    kinds = _kinds()
    return kinds[words] if words in kinds else kind_of(words)


def is_ordinary(text: str) -> bool:
    """Say whether a text has an ordinary use of a guarded word, and nothing that guards: ``Youth hostel``."""
    words, known = words_of(text), _table()
    return len(without_ordinary(words, known.ordinary)) < len(words) and not guarded_word(text)


def guarded_words(column: pd.Series) -> pd.Series:
    """Return `guarded_word` of every cell; a missing cell has none."""
    return looked_at(column)["word"]


def looked_at(column: pd.Series) -> pd.DataFrame:
    """Return for every cell its ``word`` (`guarded_word`) and what `look` says: ``begins`` and ``parts``."""
    codes, texts = pd.factorize(column.fillna("").astype("str"))
    words, parts = [""] * len(texts), np.zeros(len(texts), dtype="int64")
    begins = np.zeros(len(texts), dtype=bool)
    for place, text in enumerate(texts.tolist()):
        may, begins[place], parts[place] = look(text)
        if may:
            words[place], parts[place] = _judged(text)
    word = pd.Series(words, dtype="str").take(codes).set_axis(column.index)
    return pd.DataFrame({"word": word, "begins": begins[codes], "parts": parts[codes]}, index=column.index)


@functools.cache
def _kinds() -> dict[str, str]:
    return {str(words): str(kind) for words, kind in reference_table("guarded_words")["kind"].items()}


@functools.cache
def _table() -> Words:
    table = reference_table("guarded_words")
    guards = table["guards"] == "yes"
    phrases = {"".join(words_of(entry)): entry for entry in table.index[guards]}
    together = {
        frozenset(words_of(entry)): entry for entry in table.index[guards & (table["match"] == "all")]
    }
    ordinary = frozenset(" ".join(words_of(entry)) for entry in table.index[~guards])
    apart = frozenset(
        " ".join(words_of(entry)) for entry in table.index[~guards & (table["match"] == "apart")]
    )
    every = {word for entry in table.index[guards] for word in words_of(entry)}
    long = frozenset(entry for entry in phrases if len(entry) >= INSIDE_FROM)
    # short entries (SARC, bail) are too near to other words; "safe" of "safe house" is not
    short = MISSPELT_FROM - 1
    vocabulary = tuple(
        sorted(word for word in every if len(word) > short or (len(word) == short and word not in phrases))
    )
    partners = {
        word: frozenset().union(*(each - {word} for each in together if word in each))
        for word in frozenset().union(*together)
    }
    beginnings = frozenset(entry[:length] for entry in phrases for length in range(1, len(entry) + 1))
    by_beginning: dict[tuple[str, int], tuple[str, ...]] = {}
    for word in vocabulary:
        for length in range(len(word) - 1, len(word) + 2):
            key = (word[0], length)
            by_beginning[key] = (*by_beginning.get(key, ()), word)
    return Words(
        phrases,
        together,
        ordinary,
        apart,
        frozenset(every),
        vocabulary,
        long,
        beginnings,
        frozenset().union(*together),
        partners,
        frozenset(word for entry in table.index[guards] for word in words_of(entry)[1:]),
        by_beginning,
    )


class _Part(NamedTuple):
    """What a part of a text, between two spaces, may be.

    close : it guards, or is not plain. begins : it has a word that begins an entry, or is one of words that guard together.
    letters : how many single letters it has: they may be a spaced word. parts : the `bits` of its words. words : its plain words, corrected.
    """

    close: bool
    begins: bool
    letters: int
    parts: int
    words: tuple[str, ...]


@functools.lru_cache(maxsize=100_000)
def _part(part: str) -> _Part:
    if (
        not part.isascii()
        or part[:4].casefold() in TWO_WORDS
        or "AIDS" in part
        or HINTS.search(part)
        or not part.isprintable()
        or CAMEL.search(part)
    ):
        return _Part(True, True, 0, -1, ())
    words = plain_words_of(part)
    plain = [piece for word in words if word not in DROPPED for piece in pieces(word)]
    known, right = _table(), tuple(map(_corrected, plain))
    return _Part(
        close=any(word in known.phrases or _held_at_an_end(word) for word in right),
        begins=any(word in known.beginnings or word in known.companions for word in right)
        or any(map(begins_pair, plain)),
        letters=sum(len(word) == 1 and word.isalpha() for word in words),
        parts=functools.reduce(operator.or_, map(bits, plain), 0),
        words=right,
    )


@functools.lru_cache(maxsize=100_000)
def _may_guard(word: str) -> bool:
    """Say whether a word begins a phrase of the table, is one of words that guard together, or holds an entry: most do none of it."""
    known, right = _table(), _corrected(word)
    return right in known.beginnings or right in known.companions or bool(_held_at_an_end(right))


@functools.lru_cache(maxsize=100_000)
def _held_at_an_end(word: str) -> str:
    """Return the first long entry, by the alphabet, that a longer word begins or ends with, or ``""``."""
    known = _table().long
    lengths = range(INSIDE_FROM, min(len(word), _longest() + 1))
    return min({end for n in lengths for end in (word[:n], word[-n:])} & known, default="")


@functools.cache
def _longest() -> int:
    """Return the letters of the longest long entry: a longer part of a word, however long that is, is none."""
    return max(map(len, _table().long))


@functools.lru_cache(maxsize=100_000)
def _corrected(word: str) -> str:
    """Return a word of the table for one that is that word but for a slip or two."""
    if len(word) < MISSPELT_FROM:
        return word
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = _table()
    if word in known.every or is_known(word):
        return word
    alike = known.by_beginning.get((word[0], len(word)), ())
    if all(OSA.distance(word, other, score_cutoff=1) > 1 for other in alike):
        return _joined(word)
    near = process.extractOne(word, known.vocabulary, scorer=OSA.distance, score_cutoff=1)
    return str(near[0]) if near and near[0][0] == word[0] else word


def _joined(word: str) -> str:
    """Return the words of an entry in one, where a long word is that but for a slip (``safehuose``), else the word."""
    if len(word) < JOINED_FROM:
        return word
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extractOne(word, _long_by_letter().get(word[0], ()), scorer=OSA.distance, score_cutoff=1)
    return str(near[0]) if near else word


@functools.cache
def _long_by_letter() -> dict[str, list[str]]:
    long = sorted(key for key, entry in _table().phrases.items() if len(key) >= JOINED_FROM and " " in entry)
    return {letter: list(group) for letter, group in itertools.groupby(long, key=lambda key: key[0])}
