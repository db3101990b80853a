"""Opening hours as people write them, into clock times of a usual week.

Three forms are read: a cell for each day, as the library schema has them ("Monday staffed hours": "09:00-13:00,
14:00-17:00"); one cell in plain English ("9-5 Mon-Fri", "Tues & Thurs 10-1, 2-5"); and OpenStreetMap's
``opening_hours`` ("Mo-Fr 09:00-17:00; Sa 10:00-13:00"), read by the package opening-hours-py. What is not a clock time
("AM & PM", "by appointment", "first Monday of the month") becomes none: it is listed with the reason.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Final

Week = tuple[tuple[tuple[int, int], ...], ...]
"""Seven days from Monday, each with the stretches (opens, closes) in minutes after midnight."""

CLOSED: Final = re.compile(r"^(n/?a )?(closed|shut|not open|none|n/?a|no|off|-+|–|x)?$")
NO_CLOCK: Final = (
    (re.compile(r"\b(appointment|arrangement|request|by booking|bookings? only)\b"), "by appointment"),
    (re.compile(r"\b(1st|2nd|3rd|4th|5th|first|second|third|fourth|last|alternate|fortnight\w*|monthly|every other)\b"), "not every week"),
    (re.compile(r"\b(term|school holidays?|summer|winter|seasonal|january|february|march|april|june|july|august|september|october|november|december)\b"), "not the whole year"),
    (re.compile(r"\b(varied|varies|various|vary|no regular|irregular|unknown|tbc|see website|check)\b"), "not known"),
)  # fmt: skip
ROUND_THE_CLOCK: Final = re.compile(
    r"(?:24 ?(?:hours?|hrs?)(?: a day)?,? (?:and )?daily|daily,? 24 ?(?:hours?|hrs?)(?: a day)?)\b"
)
"""Of the clock and of the week: "24 hours" alone may be either."""

AFTER_NOON: Final = re.compile(
    r"\b(?:afternoons?|evenings?|eves?),? ?(?:from )?(\d{1,2}(?:[:.]\d\d)?)(?: ?pm)? ?- ?(\d{1,2}(?:[:.]\d\d)?)(?: ?pm)?(?![\d:.])(?! ?am)"
)
"""A part of a day before its times says which half of the day they mean."""

BANDS: Final = re.compile(
    r"\b(am only|pm only|eve only|am & pm|am and pm|pm & eve|mornings?|afternoons?|evenings?|all day|eve)\b|^(am|pm)$|^(am|pm) ?[,/] ?(am|pm)$"
)
DROPPED: Final = re.compile(
    r"\b(?:closed|off|excluding|except|not|and|&|inc\w*)(?: on)?(?: all)?(?: public| bank)? holidays?\b|\b(?:we are|open(?:ing)?|hours?|times?|from|on|the|every|each|daily hours|are)\b|\([^)]*\)"
)
_DAY: Final = {
    word: number
    for number, words in enumerate(
        ("mon monday mondays mo llun", "tue tues tuesday tuesdays tu mawrth", "wed weds wednesday wednesdays we mercher",
         "thu thur thurs thursday thursdays th iau", "fri friday fridays fr gwener", "sat saturday saturdays sa sadwrn",
         "sun sunday sundays su sul")
    )
    for word in words.split()
}  # fmt: skip
_GROUPS: Final = {
    "weekdays": range(5),
    "weekday": range(5),
    "weekends": (5, 6),
    "weekend": (5, 6),
    "daily": range(7),
    "everyday": range(7),
}
_TOKEN: Final = re.compile(
    r"(?P<time>\d{1,2}(?:[:.]\d{2}|\d{2}(?=\s*(?:hrs?|h)?\b))?\s*(?:a\.?m\.?|p\.?m\.?|hrs?)?(?![\w]))|(?P<word>[a-z]+)|(?P<mark>[-,;])"
)
_OSM: Final = re.compile(r"\b(Mo|Tu|We|Th|Fr|Sa|Su|PH)\b|^\s*24/7\s*$|^\s*\d\d:\d\d\s*-\s*\d\d:\d\d")
_EARLIEST, _LATEST_START, _LATEST_END = 7 * 60, 21 * 60, 22 * 60
"""Between these a time without am or pm may begin and end; "7-9" fits morning and evening and is not guessed."""

DAY_MINUTES: Final = 1_440


class _UnreadError(Exception):
    """Why a text gives no clock times."""


def parse_opening_hours(text: str) -> tuple[Week | None, str]:
    """Read the opening hours of a week from one cell.

    Parameters
    ----------
    text
        Plain English ("Mon-Fri 9am-5pm, Sat 10-1") or OpenStreetMap's ``opening_hours``.

    Returns
    -------
    tuple
        Seven days from Monday, each with its stretches in minutes after midnight, and an empty reason; or None and the
        reason why the text gives no clock times.

    Examples
    --------
    >>> parse_opening_hours("Tues & Thurs 10-1, 2-5")[0][1]
    ((600, 780), (840, 1020))
    >>> parse_opening_hours("AM & PM")
    (None, 'parts of a day, not clock times')
    """
    try:
        week = _osm_week(text) if _OSM.search(text) else None
        return week if week is not None else _english_week(text), ""
    except _UnreadError as error:
        return None, str(error)


def parse_day_hours(text: str) -> tuple[tuple[tuple[int, int], ...] | None, str]:
    """Read the opening hours of one day, as a cell of a column "Monday" has them.

    Returns
    -------
    tuple
        The stretches in minutes after midnight, none where it is closed, and an empty reason; or None and the reason.

    Examples
    --------
    >>> parse_day_hours("09:30-13:00, 2pm to 5pm")
    (((570, 780), (840, 1020)), '')
    """
    return _day_hours(text)


@functools.lru_cache(maxsize=10_000)
def _day_hours(text: str) -> tuple[tuple[tuple[int, int], ...] | None, str]:
    try:
        return _day(text), ""
    except _UnreadError as error:
        return None, str(error)


def _clean(text: str) -> str:
    text = (
        text.casefold()
        .replace("\u2013", "-")
        .replace("\u2014", "-")
        .replace("\u2012", "-")
        .replace("\u00a0", " ")
    )
    text = re.sub(r"\b(to|till|til|until|through)\b", "-", text)
    text = re.sub(r"\bm ?- ?f\b", "mon-fri", re.sub(r"\bdydd (?=\w)", "", text))
    text = re.sub(r"\b(?:12(?:[:.]00)? ?)?(?:noon|midday)\b", "12:00", text)
    text = re.sub(r"\b(?:12 ?)?midnight\b", "24:00", text)
    text = re.sub(r"\b(?:7|seven) days(?: a| per|/)? ?(?:week)?\b", "daily", text)
    text = ROUND_THE_CLOCK.sub("daily 00:00-24:00", text)
    text = AFTER_NOON.sub(r"\1-\2pm", text)
    text = re.sub(r"\b(?:mornings?|afternoons?|evenings?|eves?)\b(?=,? ?(?:from )?\d)", " ", text)
    return " ".join(text.replace("\n", "; ").split())


def _refuse_words(text: str) -> None:
    for pattern, reason in NO_CLOCK:
        if pattern.search(text):
            raise _UnreadError(reason)
    if BANDS.search(text):
        raise _UnreadError("parts of a day, not clock times")


def _day(text: str) -> tuple[tuple[int, int], ...]:
    clean = _clean(text)
    if CLOSED.match(clean):
        return ()
    _refuse_words(clean)
    items = _items(clean)
    if not items or any(kind != "times" for kind, _ in items):
        raise _UnreadError("not clock times")
    return _joined([stretch for _, value in items for stretch in value])


def _english_week(text: str) -> Week:
    clean = _clean(text)
    _refuse_words(clean)
    items = _items(clean)
    kinds = [kind for kind, _ in items]
    if "times" not in kinds or "days" not in kinds:
        raise _UnreadError("no days of the week" if "times" in kinds else "not clock times")
    days_first = kinds[0] == "days"
    groups = _groups(items if days_first else items[::-1])
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for days, stretches in groups:
        if stretches is None:
            raise _UnreadError("days without times")
        for day in days:
            week[day] += stretches
    return tuple(_joined(stretches) for stretches in week)


def _groups(
    items: list[tuple[str, list[tuple[int, int]]]],
) -> list[tuple[set[int], list[tuple[int, int]] | None]]:
    """Join days with the times next to them; each group begins with its days."""
    groups: list[tuple[set[int], list[tuple[int, int]] | None]] = []
    before = ""
    for kind, value in items:
        if kind == "days":
            numbers = {number for number, _ in value}
            if before == "days":
                groups[-1][0].update(numbers)
            else:
                groups.append((numbers, None))
        elif groups:
            groups[-1] = (groups[-1][0], [*(groups[-1][1] or []), *value])
        else:
            raise _UnreadError("times without days")
        before = kind
    return groups


def _items(clean: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Turn text into days (as pairs of a number and itself) and stretches of time, in order."""
    clean = DROPPED.sub(" ", clean)
    clean = re.sub(r"[&+/]|\band\b", ",", clean).replace(":-", " ")
    clean = re.sub(r"(?<=[a-z]):", " ", clean)
    clean = re.sub(r"(?<=[a-z])\.", "", re.sub(r"\b([ap])\.m\.?", r"\1m", clean))
    tokens, at = [], 0
    while at < len(clean):
        if clean[at].isspace() or clean[at] == ".":
            at += 1
            continue
        match = _TOKEN.match(clean, at)
        if not match:
            raise _UnreadError("not clock times")
        tokens.append((str(match.lastgroup), match.group().strip()))
        at = match.end()
    return _grouped(tokens)


def _grouped(tokens: list[tuple[str, str]]) -> list[tuple[str, list[tuple[int, int]]]]:
    items: list[tuple[str, list[tuple[int, int]]]] = []
    at = 0
    while at < len(tokens):
        kind, word = tokens[at]
        ranged = at + 2 < len(tokens) and tokens[at + 1] == ("mark", "-") and tokens[at + 2][0] == kind
        if kind == "time":
            if not ranged:
                raise _UnreadError("a time without an end")
            after = items[-1][1][-1][1] if items and items[-1][0] == "times" else 0
            items.append(("times", [_stretch(word, tokens[at + 2][1], after)]))
        elif kind == "word" and word in ("closed", "shut", "off"):
            items.append(("times", []))
        elif kind == "word" and (word in _GROUPS or word in _DAY):
            last = _DAY.get(tokens[at + 2][1]) if ranged else None
            if ranged and (last is None or word not in _DAY):
                raise _UnreadError(f"the word '{tokens[at + 2][1]}'")
            numbers = _GROUPS[word] if word in _GROUPS else _days_between(_DAY[word], last)
            items.append(("days", [(number, number) for number in numbers]))
        elif kind != "mark" or word == "-":
            raise _UnreadError(f"the word '{word}'" if kind == "word" else "not clock times")
        at += 3 if ranged else 1
    return items


def _days_between(first: int, last: int | None) -> list[int]:
    if last is None:
        return [first]
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _stretch(start: str, end: str, after: int) -> tuple[int, int]:
    """Return minutes of a stretch; am or pm that is not written is told from the other time and the usual hours."""
    begins, ends = _moments(start), _moments(end)
    if not begins or not ends:
        raise _UnreadError("not clock times")
    exact = len(begins) == 1 and len(ends) == 1
    if exact:
        opens, closes = begins[0], ends[0]
        closes += 0 if closes > opens else DAY_MINUTES
        if closes - opens > DAY_MINUTES / 2 and closes > DAY_MINUTES:
            raise _UnreadError("a time that ends before it begins")
        return opens, closes
    fits = [
        (opens, closes)
        for opens in begins
        for closes in ends
        if opens < closes <= max(_LATEST_END, ends[0] if len(ends) == 1 else 0)
        and _EARLIEST <= opens < _LATEST_START
    ]
    fits = [fit for fit in fits if fit[0] >= after] or fits
    starts = {opens for opens, _ in fits}
    if len(ends) == 1 and fits:
        # "9-5pm" and "1-5pm": the later start that fits
        return max(fits)
    if len(starts) != 1:
        raise _UnreadError("morning or evening is not clear" if fits else "not clock times")
    return min(fits)


def _moments(text: str) -> list[int]:
    """Return the minutes that a time may mean: one, or morning and evening."""
    match = re.match(r"^(\d{1,2})(?:[:.]?(\d{2}))?\s*(am|pm|hrs?)?$", text.replace(".m", "m"))
    if not match:
        return []
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return []
    if half in ("am", "pm"):
        return [(hour % 12 + (12 if half == "pm" else 0)) * 60 + minute] if 1 <= hour <= 12 else []
    if hour > 12 or hour == 0 or match[1].startswith("0") or half:
        return [hour * 60 + minute]
    return [hour % 12 * 60 + minute, (hour % 12 + 12) * 60 + minute]


def _joined(stretches: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join stretches that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(stretches):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return tuple(joined)


_WEEKS: Final = (
    dt.datetime(2026, 1, 12),
    dt.datetime(2026, 1, 19),
    dt.datetime(2026, 6, 8),
    dt.datetime(2026, 10, 5),
)
"""Weeks without a holiday; hours that differ between them are not those of a usual week."""


def _osm_week(text: str) -> Week | None:
    """Read OpenStreetMap's form; None where it is not that."""
    try:
        from opening_hours import OpeningHours, validate
    except ImportError:
        raise _UnreadError(
            "in the form of OpenStreetMap: install the extra travel (pip install 'assetmap[travel]')"
        ) from None
    if not validate(text):
        return None
    hours = OpeningHours(text)
    lowered = text.casefold()
    if re.search(r"sunrise|sunset|dawn|dusk", lowered):
        raise _UnreadError("from sunrise or to sunset, not clock times")
    if re.search(r"\d\+", text):
        raise _UnreadError("no closing time")
    weeks = []
    for monday in _WEEKS:
        week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for start, end, state, comment in hours.intervals(monday, monday + dt.timedelta(days=7)):
            if str(state) != "closed":
                if comment or str(state) != "open":
                    raise _UnreadError(f"only under a condition: {comment or state}")
                _spread(week, start, end, monday)
        weeks.append(tuple(_joined(day) for day in week))
    if len(set(weeks)) > 1:
        raise _UnreadError("not the same in every week of the year")
    return weeks[0]


def _spread(
    week: list[list[tuple[int, int]]], start: dt.datetime, end: dt.datetime, monday: dt.datetime
) -> None:
    """Put a stretch on the day it begins; one of more than a day on each of its days."""
    begins, ends = (int((moment - monday).total_seconds()) // 60 for moment in (start, end))
    while ends - begins > DAY_MINUTES:
        midnight = (begins // DAY_MINUTES + 1) * DAY_MINUTES
        week[begins // DAY_MINUTES].append((begins % DAY_MINUTES, DAY_MINUTES))
        begins = midnight
    day = begins // DAY_MINUTES
    week[day].append((begins - day * DAY_MINUTES, ends - day * DAY_MINUTES))
