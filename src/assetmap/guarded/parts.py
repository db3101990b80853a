"""Words that guard a place together: who is there, what kind of roof or service it is, and what it is from.

``data/tables/guarded_parts.csv`` says of each word what part it can play. A word of the part ``alone`` guards by itself (its row may
be a stem: ``traffick`` is ``trafficking`` too); the others guard when the parts of one of `assetmap.guarded.table.TOGETHER` meet in a text. So "young
people's dwelling" need not be in any table. Short forms (``accom``, ``shltr``), slips, compounds (``asylumhotel``) and the
changing first letters of Welsh words are read as the words they stand for.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
from typing import Final

from assetmap.guarded.table import (
    BY_ITSELF,
    SAME,
    SHORT_FROM,
    TOGETHER,
    UNLESS,
    WHOLE,
    mask,
    mask_of,
    singular,
    stem_of,
    table,
)
from assetmap.schema import reference_table

SLIP_FROM: Final = 5
"""Letters of the shortest word that is recognised with a slip in it."""
FIRST_FROM: Final = 6
"""Letters of the shortest word that is recognised when its first letter is wrong: it must guard by itself."""
SLIPS_FROM: Final = 10
"""Letters of the shortest word that is recognised with two."""
COMPOUND_FROM: Final = 7
"""Letters of the shortest compound."""
LONGEST_WORD: Final = 40
"""Letters of the longest word that is taken apart or corrected: what is longer is no word."""
HELD_FROM: Final = 10
HELD: Final = (
    "refuge", "hostel", "homeless", "asylum", "domestic abuse", "domestic violence", "traffick", "prostitut", "careleav", "offender", "sexual health", "rape crisis", "safe house",
    "safe accommodation", "night shelter", "needle exchange", "syringe", "methadon", "selfharm", "psychiatr", "childrens home", "looked after", "supported living", "supported housing",
    "supported accom", "place of safety", "unaccompanied", "womens aid", "foster care", "foster home", "rough sleep", "drug and alcohol", "substance misuse", "migrant",
)  # fmt: skip
"""What a longer word of at least `HELD_FROM` letters may hold that lacks its spaces: ``hoperefugeltd``."""
PIECE_FROM: Final = 3
PIECES: Final = 4


def guarding_parts(words: Sequence[str]) -> str:
    """Return the words of a text that guard together, or ``""``.

    Parameters
    ----------
    words
        The words of a text in their plain form, in order, as `assetmap.guarded.words` makes them.

    Examples
    --------
    >>> guarding_parts(["young", "people", "dwelling"]), guarding_parts(["trafficked", "man"]), guarding_parts(["young", "farmer"])
    ('young dwelling', 'trafficked', '')
    """
    if whole(words):
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


def parts_of(words: Sequence[str]) -> int:
    """Return the parts that the words of a text, and its pairs of words, can play."""
    return functools.reduce(operator.or_, (part for _, part in _parts_of(words)), 0)


def _parts_of(words: Sequence[str]) -> list[tuple[str, int]]:
    """Return the parts that each word of a text can play, and each pair of words that is one of the table."""
    pairs = [_pair(first, second) for first, second in itertools.pairwise(words) if begins_pair(first)]
    return [(word, bits(word)) for word in words] + [(pair, table().words.get(pair, 0)) for pair in pairs]


@functools.lru_cache(maxsize=10_000)
def _pair(first: str, second: str) -> str:
    """Return two words in one, the second without a slip where it is one of the table after the first."""
    pair = first + second
    if pair in table().words or len(second) < FIRST_FROM:
        return pair
    from rapidfuzz.distance import OSA

    alike = (other for other in table().seconds[first] if OSA.distance(second, other, score_cutoff=1) <= 1)
    return first + next(alike, second)


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
    return bool(_rule_of(parts) or parts & mask([WHOLE]))


def whole(words: Sequence[str]) -> bool:
    """Say whether a text is nothing but a short form that guards alone."""
    return len(words) <= 2 and bool(table().words.get("".join(words), 0) & mask([WHOLE]))


def is_pair(first: str, second: str) -> bool:
    """Say whether two words play a part together."""
    return _pair(first, second) in table().words


def begins_pair(word: str) -> bool:
    """Say whether a word is the first of two that play a part together (``home office``)."""
    return word in table().firsts


@functools.lru_cache(maxsize=10_000)
def _rule_of(has: int) -> int:
    """Return the parts of the first rule that a text fulfils, or 0."""
    doubtful, leisure = (mask([part]) for part in UNLESS)
    if has & doubtful and not has & leisure:
        return doubtful
    return next((rule for rule in _rules() if has & rule == rule), 0)


def kind_of(words: str) -> str:
    """Return the kind of harm of what `guarding_parts` returned: of a word that guards alone, else ``pair``."""
    known = table()
    for word in words.split():
        stem = stem_of(word)
        if stem:
            return known.kinds[stem]
        if word in known.kinds:
            return known.kinds[word]
    return ""


@functools.lru_cache(maxsize=200_000)
def bits(word: str) -> int:
    """Return the parts that a word can play, one bit each."""
    known = table()
    stem = "" if word in known.ordinary else stem_of(word)
    exact = known.words.get(word, 0) | known.stems.get(stem, 0)
    if exact or word in known.ordinary or len(word) < PIECE_FROM:
        return exact
    meant = _meant(word)
    return bits(meant) if meant else 0


@functools.lru_cache(maxsize=200_000)
def pieces(word: str) -> tuple[str, ...]:
    """Return the singular of a word; for a compound, of each of the words that it is made of."""
    plain = singular(word)
    if word.endswith("s") and not is_known(plain) and not stem_of(plain) and _meant(word).endswith("s"):
        plain = _meant(word)  # "crsis" is no plural
    if not COMPOUND_FROM <= len(word) <= LONGEST_WORD or is_known(plain) or stem_of(plain):
        return (plain,)
    found = _split(word, PIECES)
    if any(map(bits, found)):
        return found
    held = (
        next((words for words in HELD if words.replace(" ", "") in word), "")
        if len(word) >= HELD_FROM
        else ""
    )
    return (plain, *map(singular, held.split()))


def is_known(word: str) -> bool:
    """Say whether a word is in the table as it is: then it is no slip of another one."""
    return word in table().words or word in table().ordinary


@functools.cache
def _rules() -> tuple[int, ...]:
    return tuple(mask(rule) for rule in TOGETHER)


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
    return singular(str(near[0])) if near else _first_mended(word)


def _first_mended(word: str) -> str:
    """Return the word that guards by itself that a word is but for its first letter, which is wrong, missing or second, or ``""``."""
    if len(word) < FIRST_FROM - 1:
        return ""
    swapped = word[1] + word[0] + word[2:]
    found = swapped if swapped in _by_rest().values() else _by_rest().get(word) or _by_rest().get(word[1:])
    return singular(found) if found else ""


@functools.cache
def _by_rest() -> dict[str, str]:
    """Return the words that guard by themselves by what follows their first letter."""
    alone = mask(["alone"]) | mask(["doubtful"])
    return {
        word[1:]: word
        for word in sorted(table().full)
        if len(word) >= FIRST_FROM and (bits(singular(word)) & alone)
    }


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
        if piece not in _lexicon() and not (end > SLIP_FROM and stem_of(piece)):
            continue
        if end == len(word):
            return (piece,)
        rest = _split(word[end:], most - 1) if most > 1 else ()
        if rest:
            return (piece, *rest)
    return ()
