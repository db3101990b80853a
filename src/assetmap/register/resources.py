"""What people offer, ask for and do together: the words of a cell become codes of a reference table.

A cell ("Minibus, 2 meeting rooms; projector") is cut at signs into parts, and a part is searched for the words of
``data/tables/resources.csv`` (``social_action.csv`` for forms of social action), the longest first, one or many,
in capitals or not. What a part says beyond them is kept as text and reported, never guessed; a part that says no
("no parking") or, among the offers, that something is wanted ("drivers wanted") counts for nothing.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.redaction.contacts import redact
from assetmap.redaction.persons import REMOVED
from assetmap.register.findings import Finding, finding
from assetmap.register.words import each_distinct, plain, singular, yes_no
from assetmap.schema import NO, YES, InputError, reference_table

SAID: Final = {
    "offers": ("resources", "what it offers"),
    "asks": ("resources", "what it asks for"),
    "social_action": ("social_action", "what people do together there"),
}
"""Column of the register -> its table and what it is in words."""

APART: Final = "; "
PARTS: Final = re.compile(r"[;,|/\n•·]+|(?<=\w{3})\.\s+")
FILLERS: Final = frozenset([
    "a", "all", "an", "any", "are", "as", "at", "available", "be", "big", "by", "can", "day", "days",
    "each", "evening", "evenings", "extra", "few", "for", "free", "four", "from", "fully", "good",
    "group", "groups", "has", "have", "help", "hire", "i", "in", "is", "it", "its", "large", "lend",
    "loan", "local", "many", "more", "most", "much", "need", "needed", "new", "of", "on", "one",
    "other", "our", "own", "people", "please", "provide", "required", "seat", "seater", "seats",
    "several", "share", "small", "some", "space", "spare", "that", "the", "their", "there", "three",
    "to", "two", "up", "us", "use", "used", "wanted", "we", "weekend", "weekends", "x", "you",
])  # fmt: skip
"""Words beside a resource that change nothing about it."""

JOINS: Final = frozenset(["and", "or", "plus", "with", "but", "including", "also"])
LESS: Final = frozenset(["no", "without", "except", "excluding"])
REFUSALS: Final = frozenset(
    ["not", "never", "cannot", "cant", "dont", "unavailable", "broken", "closed", "none"]
)
WANTING: Final = frozenset(["wanted", "needed", "needs", "required", "seeking", "seek"])
ACCESS: Final = re.compile(
    r"^wheelchairs?$|\b(?:wheelchair|disabled|mobility|step free|level)\b.*\b(?:access|accessible|accessibility|friendly|users?|toilets?|wc|ramps?|"
    r"entrance|parking|bays?|facilities|adapted)\b|\b(?:access|accessible|ramps?|toilets?) (?:for|to) (?:wheelchairs?|disabled)\b|"
    r"\b(?:hearing|induction) loop\b|\bstep free\b|\baccessible\b|\bwheelchair yes\b"
)
"""What a place has for people who use a wheelchair or hear badly; it does not lend it to anybody."""

SUGGESTED: Final = 2
LEAST_LIKENESS: Final = 60.0
LONGEST_PART: Final = 60
"""Letters of a part that a message quotes."""


@dataclass(frozen=True)
class Read:
    """One cell as it was read: codes in the order of the table, what is not known, what was known in part."""

    codes: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()


def read_said(rows: pd.DataFrame, ticks: frozenset[str] | None = None) -> tuple[pd.DataFrame, list[Finding]]:
    """Read what each row offers, asks for and does together.

    Parameters
    ----------
    rows
        As `clean_rows` returns them. A further column that bears the name of a resource and holds nothing but
        yes and no ("Minibus": yes) counts as an offer.
    ticks
        Those further columns, where they are known.

    Returns
    -------
    tuple
        On the same index, only the columns that the rows have something for: ``offers``, ``asks``,
        ``social_action`` as codes joined by ``;``, each with a column ``<name>_text`` that keeps what was
        written; and what was found. A row with words that are not known is accepted all the same.
    """
    said, findings = pd.DataFrame(index=rows.index), []
    for column, (table, what) in SAID.items():
        ticked = _ticked(rows, ticks) if column == "offers" else pd.Series("", index=rows.index, dtype="str")
        if column not in rows and not ticked.any():
            continue
        written = rows[column] if column in rows else pd.Series("", index=rows.index, dtype="str")
        read = {text: _read(text, column) for text in written.unique().tolist()}
        codes = each_distinct(written, lambda text, r=read: APART.join(r[text].codes))  # type: ignore[misc]
        both = each_distinct(codes + APART + ticked, lambda cell, t=table: join_codes([cell], t))  # type: ignore[misc]
        said[column] = both if ticked.any() else codes
        kept = rows.get(f"{column}_text", pd.Series("", index=rows.index, dtype="str"))
        said[f"{column}_text"] = kept.where(kept != "", written)
        findings += _remarks(written, read, table, what)
    return said, findings


def join_codes(cells: list[str], table: str) -> str:
    """Return the codes of several cells as one cell, each once, in the order of their table."""
    found = {code for cell in cells for code in cell.split(APART)} & _places(table).keys()
    return APART.join(sorted(found, key=_places(table).__getitem__))


def find_resources(word: str) -> tuple[str, ...]:
    """Return the resources that a word means: one, or every one of a kind (``vehicle``).

    Parameters
    ----------
    word
        A code, a label, a kind or any word of ``data/tables/resources.csv``, as typed.

    Raises
    ------
    InputError
        If it is not one of them; the message names the nearest.

    Examples
    --------
    >>> am.register.find_resources("minibus")
    ('minibus',)
    """
    table = reference_table("resources")
    kind = _key(word)
    if kind in set(table["kind"]):
        return tuple(table.index[table["kind"] == kind])
    code = _vocabulary("resources").get(kind, "")
    if not code:
        near = _nearest(word, "resources", most=5)
        hint = f" Nearest: {near}." if near else ""
        raise InputError(
            f"'{word[:LONGEST_PART]}' is not a known resource.{hint} All of them, and the words people write for them, "
            "are in data/tables/resources.csv; space, equipment, vehicle and skill mean everything of that kind."
        )
    return (code,)


def _remarks(written: pd.Series, read: dict[str, Read], table: str, what: str) -> list[Finding]:
    strange = each_distinct(
        written, lambda text: "; ".join(_with_nearest(part, table) for part in read[text].strange)
    )
    partly = each_distinct(written, lambda text: "; ".join(read[text].partly))
    return [
        finding(
            strange != "", "accepted",
            f"Some of {what} is not known and is kept as text only (", strange,
            f"). Use a word of data/tables/{table}.csv, or add the word there.",
        ),
        finding(
            partly != "", "accepted",
            f"Some of {what} was understood only in part (", partly, "). If that is wrong, reword the cell.",
        ),
    ]  # fmt: skip


def _read(text: str, column: str) -> Read:
    """Read one cell of a column."""
    table, _ = SAID[column]
    codes: set[str] = set()
    strange: list[str] = []
    partly: list[str] = []
    # A message quotes what is strange, and is read by everybody.
    text = redact(text).replace(REMOVED, " ")
    for part in PARTS.split(text):
        words = plain(part)
        found, unknown, rest = _read_part(words, table, offered=column == "offers")
        codes |= found
        strange += unknown
        if found and rest:
            partly.append(f"{words[:LONGEST_PART]}: {', '.join(sorted(found))}")
    order = sorted(codes, key=_places(table).__getitem__)
    return Read(tuple(order), tuple(dict.fromkeys(strange)), tuple(dict.fromkeys(partly)))


@functools.lru_cache(maxsize=50_000)
def _read_part(part: str, table: str, *, offered: bool) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """Return the codes in one part, the pieces of it with nothing known, and whether other words are left over."""
    words, whole = part.split(), part[:LONGEST_PART]
    if not words:
        return frozenset(), (), False
    exact = _vocabulary(table).get(" ".join(singular(word) for word in words))
    if exact:
        return frozenset([exact]), (), False
    if REFUSALS & set(words) or (offered and WANTING & set(words)):
        return frozenset(), (whole,), False
    ends = [place for place, word in enumerate(words) if word in LESS]
    said = words[: ends[0]] if ends else words
    codes: set[str] = set()
    pieces: list[list[str]] = [[]]
    known = [False]
    left, place = bool(ends), 0
    while place < len(said):
        code, length = _longest_at(said, place, table)
        if code:
            codes.add(code)
            known[-1] = True
        elif said[place] in JOINS:
            pieces.append([])
            known.append(False)
        elif said[place] not in FILLERS and not said[place].isdigit():
            pieces[-1].append(said[place])
        place += max(length, 1)
    if not codes:
        return frozenset(), (whole,), False
    strange = [
        " ".join(piece)[:LONGEST_PART]
        for piece, any_known in zip(pieces, known, strict=True)
        if piece and not any_known
    ]
    left |= any(piece and any_known for piece, any_known in zip(pieces, known, strict=True))
    return frozenset(codes), tuple(strange), left


def _longest_at(words: list[str], place: int, table: str) -> tuple[str, int]:
    """Return the code of the longest known words that begin at a place, and how many they are."""
    most = _first_words(table).get(singular(words[place]), 0)
    for length in range(min(most, len(words) - place), 0, -1):
        code = _vocabulary(table).get(" ".join(singular(word) for word in words[place : place + length]))
        if code:
            return code, length
    return "", 0


@functools.cache
def _places(table: str) -> dict[str, int]:
    """Return each code of a table -> its place there."""
    return {str(code): place for place, code in enumerate(reference_table(table).index)}


@functools.cache
def _vocabulary(table: str) -> dict[str, str]:
    """Return every way to write a row of a table -> its code: code, label and words."""
    rows = reference_table(table)
    words = {_key(str(code)): str(code) for code in rows.index}
    for code, label, further in zip(rows.index, rows["label"], rows["words"], strict=True):
        for word in (label, *further.split("|")):
            words.setdefault(_key(word), str(code))
    return words


@functools.cache
def _first_words(table: str) -> dict[str, int]:
    """Return the first word of each way to write -> the most words of those that begin with it."""
    longest: dict[str, int] = {}
    for way in _vocabulary(table):
        first, count = way.split()[0], len(way.split())
        longest[first] = max(count, longest.get(first, 0))
    return longest


def _key(text: str) -> str:
    return " ".join(singular(word) for word in plain(text.replace("_", " ")).split())


def _with_nearest(part: str, table: str) -> str:
    near = "" if set(part.split()) & (REFUSALS | LESS | WANTING) else _nearest(part, table, most=SUGGESTED)
    return f"{part}, nearest {near}" if near else part


@functools.lru_cache(maxsize=10_000)
def _nearest(text: str, table: str, *, most: int) -> str:
    """Return the nearest codes, joined by ``or``; nothing where none is near."""
    from rapidfuzz import fuzz, process

    words = _vocabulary(table)
    near = process.extract(
        _key(text)[:LONGEST_PART], list(words), scorer=fuzz.ratio, limit=12, score_cutoff=LEAST_LIKENESS
    )
    return " or ".join(list(dict.fromkeys(words[word] for word, _, _ in near))[:most])


def tick_columns(rows: pd.DataFrame) -> frozenset[str]:
    """Return the further columns that bear the name of one resource and hold yes, no and nothing else."""
    return frozenset(column for column in named_like_resources(rows) if _is_ticks(rows[column]))


def named_like_resources(rows: pd.DataFrame) -> dict[str, str]:
    """Return the further columns that are named like one resource, with its code."""
    known = {*reference_table("column_names").index, "source", "row"}
    found = {}
    for column in rows.columns.difference(list(known), sort=False):
        codes, strange, left = _read_part(plain(str(column).replace("_", " ")), "resources", offered=True)
        if len(codes) == 1 and not (strange or left or ACCESS.search(plain(str(column).replace("_", " ")))):
            found[str(column)] = next(iter(codes))
    return found


def _ticked(rows: pd.DataFrame, ticks: frozenset[str] | None) -> pd.Series:
    """Return the resources whose own yes/no column says yes, as codes."""
    ticked = pd.Series("", index=rows.index, dtype="str")
    for column, code in named_like_resources(rows).items():
        if _is_ticks(rows[column]) if ticks is None else column in ticks:
            ticked = ticked.where(yes_no(rows[column]) != "yes", ticked + APART + code)
    return ticked


def _is_ticks(column: pd.Series) -> bool:
    """Whether a column holds yes, no and nothing else; ones and noughts alone may be counts."""
    if not pd.api.types.is_string_dtype(column):
        return False
    words = set(column.str.casefold().unique()) - {""}
    return bool(words) and words <= YES | NO and not all(word.isdigit() for word in words)
