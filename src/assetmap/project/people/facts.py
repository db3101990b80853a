"""Days, cost, steps and booking as people write them, read into a few plain answers. What is not said stays not known."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from assetmap.read.lists.opening_times import DAYS, opening_times
from assetmap.schema import NO, YES

DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOT_KNOWN: Final = ""
FREE, DONATION, CHARGE = "free", "donation", "charge"
DROP_IN, BOOK = "no", "yes"

_DAY: Final = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|day|sday|nesday|r|rs|rsday|urday)?s?"
_RANGE: Final = re.compile(rf"\b{_DAY}\b\.?\s*(?:-|–|to|until|through)\s*\b{_DAY}\b")
_ONE: Final = re.compile(rf"\b{_DAY}\b")
_WORDS: Final = (
    (re.compile(r"\b(?:every ?day|daily|all week|7 days|seven days)\b"), range(7)),
    (re.compile(r"\bweek ?days?\b"), range(5)),
    (re.compile(r"\bweek ?ends?\b"), range(5, 7)),
)
_NOT: Final = re.compile(r"\b(?:not|except|closed|excluding|apart from)\b")
_FREE: Final = re.compile(
    r"\bfree\b|\bno (?:charge|cost|fee)s?\b|\bnil\b|£\s*0+(?:\.0+)?(?![\d.])|\bat no cost\b|^0+(?:\.0+)?$"
)
_NOT_FREE: Final = re.compile(r"\b(?:not|isn't|never) free\b|\bfree (?:for|to) (?:members|under)")
_GIFT: Final = re.compile(r"\bdonations?\b|\bpay what you (?:can|like)\b|\bcontributions?\b")
_MONEY: Final = re.compile(
    r"£\s*\d|\d\s*(?:p|pence|pounds?)\b|^\d+(?:\.\d+)?$|\bfees?\b|\bcharges?\b|\bmembership\b|\bpaid\b"
)
_DROP_IN: Final = re.compile(
    r"\bdrop[- ]?in\b|\bjust turn up\b|\bturn up\b|\bnot? (?:needed|required|necessary)\b|\bno (?:booking|need|referral|appointment)"
)
_BOOK: Final = re.compile(
    r"\bbook|\brefer|\bappoint|\bring\b|\bcall\b|\bphone\b|\be-?mail\b|\brequired\b|\bneeded\b|\bin advance\b"
)


def days_in(text: str) -> tuple[int, ...]:
    """Return the days of the week that a text names, 0 is Monday; none where it names none or says which it is not.

    Examples
    --------
    >>> days_in("Mondays and Thursdays"), days_in("Tue-Thu"), days_in("weekdays"), days_in("not on Fridays")
    ((0, 3), (1, 2, 3), (0, 1, 2, 3, 4), ())
    """
    words = text.casefold()
    if _NOT.search(words):
        return ()
    found: set[int] = set()
    for pattern, days in _WORDS:
        if pattern.search(words):
            found |= set(days)
    starts = [day[:3] for day in DAYS]
    for first, last in _RANGE.findall(words):
        begin, end = starts.index(first), starts.index(last)
        found |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    found |= {starts.index(day) for day in _ONE.findall(words)}
    return tuple(sorted(found))


def cost_kind(text: str) -> str:
    """Return ``free``, ``donation`` or ``charge``; empty where the text does not say.

    Examples
    --------
    >>> cost_kind("Free"), cost_kind("£2 a session"), cost_kind("donation welcome"), cost_kind("ask us")
    ('free', 'charge', 'donation', '')
    """
    words = text.casefold().strip()
    if _FREE.search(words) and not _NOT_FREE.search(words):
        # "free for the first session, then £3" is not free
        return CHARGE if re.search(r"£\s*(?!0+(?:\.0+)?(?![\d.]))\d", words) else FREE
    if _GIFT.search(words):
        return DONATION
    return CHARGE if _MONEY.search(words) or _NOT_FREE.search(words) else NOT_KNOWN


def step_free_kind(text: str) -> str:
    """Return ``yes`` or ``no``; empty where the text says neither plainly.

    Examples
    --------
    >>> step_free_kind("yes"), step_free_kind("No"), step_free_kind("ramp at the back door")
    ('yes', 'no', '')
    """
    words = text.casefold().strip()
    return "yes" if words in YES else "no" if words in NO else NOT_KNOWN


def booking_kind(text: str) -> str:
    """Return ``no`` where people can just turn up, ``yes`` where they must book or be referred; empty where not said.

    Examples
    --------
    >>> booking_kind("Just turn up"), booking_kind("booking required"), booking_kind("No booking needed"), booking_kind("")
    ('no', 'yes', 'no', '')
    """
    words = text.casefold().strip()
    if words in NO or _DROP_IN.search(words):
        return DROP_IN
    return BOOK if words in YES or _BOOK.search(words) else NOT_KNOWN


def text_of(assets: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text; empty where it is missing or not known."""
    if column not in assets:
        return pd.Series("", index=assets.index, dtype="str")
    cells = assets[column].astype("object")
    return cells.where(cells.notna(), "").astype("str").str.strip()


def with_facts(assets: pd.DataFrame) -> pd.DataFrame:
    """Return what can be asked of each asset.

    Parameters
    ----------
    assets
        The register (docs/tables.md).

    Returns
    -------
    pandas.DataFrame
        On the same index: ``on_days`` (tuple of days, 0 is Monday; empty where not known), from the column ``days`` and the
        opening times together; ``cost_kind`` (free, donation, charge), ``step_free_kind`` and ``booking_kind`` (yes, no); empty where
        not known.
    """
    plain = pd.DataFrame({column: text_of(assets, column) for column in ("opening_times", *DAYS)})
    times = opening_times(plain).times
    by_asset = times.groupby("asset_id")["day"].agg(set).to_dict() if len(times) else {}
    said = text_of(assets, "days")
    days = [
        tuple(sorted({int(day) for day in by_asset.get(asset, ())} | set(days_in(text))))
        for asset, text in said.items()
    ]
    return pd.DataFrame(
        {
            "on_days": pd.Series(days, index=assets.index, dtype="object"),
            "cost_kind": text_of(assets, "cost").map(cost_kind),
            "step_free_kind": text_of(assets, "step_free").map(step_free_kind),
            "booking_kind": text_of(assets, "booking").map(booking_kind),
        },
        index=assets.index,
    )


def days_in_words(days: tuple[int, ...]) -> str:
    """Return days as ``Mon, Wed``; empty for none."""
    return ", ".join(DAY_NAMES[day] for day in days)
