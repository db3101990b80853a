"""Opening hours that are a tree of JSON, written as people write them: "Monday 09:00-12:00, 13:00-17:00; Tuesday closed".

Known are a part for each day, a list of days with their times, the specification of schema.org, the schedules of Open Referral, the periods of
a map service and a list of sentences. A tree of any other kind stays as it is. This runs in the child process too, so it loads no library of data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from assetmap.read.lists.open_referral import times_in_words

HOURS: Final = re.compile(
    r"(?:\w+ )*(?:opening )?(?:hours?|times?)|(?:\w+ )*opening hours specification|(?:regular |opening )?schedules?|opening|open",
    re.I,
)
"""Names of parts that hold opening hours, with their capitals as beginnings of words."""

DAY: Final = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur|urs)?(?:day)?s?|mo|tu|we|th|fr|sa|su|weekdays?|weekends?|daily|every ?day",
    re.I,
)
RANGE: Final = re.compile(rf"(?:{DAY.pattern})(?:\s*(?:-|_|\bto\b|,|&|\band\b)\s*(?:{DAY.pattern}))*", re.I)
OTHER_DAYS: Final = re.compile(r"(?:public|bank|school)? ?_?holidays?|ph", re.I)
"""Days that are in no usual week."""

OPENS: Final = (
    "open",
    "opens",
    "opensat",
    "opening",
    "openingtime",
    "opentime",
    "from",
    "start",
    "starts",
    "starttime",
    "startsat",
    "begin",
)
CLOSES: Final = (
    "close",
    "closes",
    "closesat",
    "closing",
    "closingtime",
    "closetime",
    "to",
    "until",
    "end",
    "ends",
    "endtime",
    "endsat",
    "finish",
)
NAMED: Final = ("dayofweek", "day", "days", "weekday", "dayname", "name", "label")
SPOKEN: Final = ("hours", "times", "time", "openinghours", "openingtimes", "value", "text")
SAID: Final = ("weekdaytext", "weekdaydescriptions", "text", "description", "display")
SHUT: Final = ("closed", "isclosed", "closedallday")
PERIOD: Final = ("validfrom", "validthrough", "validto", "startdate", "enddate")
"""What the parts of opening hours are called, in small letters without signs."""

GOOGLE_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
"""Days of the periods of a map service, which count from Sunday."""


def is_hours(name: str) -> bool:
    """Say whether a part of a tree with this name may hold opening hours.

    Examples
    --------
    >>> [is_hours(name) for name in ("openingHoursSpecification", "opening_hours", "hours", "schedules", "address")]
    [True, True, True, True, False]
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_:.-]+", " ", name).strip()
    return bool(HOURS.fullmatch(spaced))


def hours_in_words(tree: Any) -> str:
    """Return the opening hours of a tree in words, ``""`` where it is not a tree of opening hours.

    Examples
    --------
    >>> hours_in_words({"monday": {"open": "09:00", "close": "17:00"}, "tuesday": "closed"})
    'Monday 09:00-17:00; Tuesday closed'
    >>> hours_in_words([{"dayOfWeek": ["https://schema.org/Monday", "Friday"], "opens": "09:00:00", "closes": "12:00:00"}])
    'Monday, Friday 09:00-12:00'
    >>> hours_in_words({"town": "Truro"})
    ''
    """
    if isinstance(tree, dict):
        return _of_parts(tree)
    if not isinstance(tree, list) or not tree:
        return ""
    if all(isinstance(part, str) for part in tree):
        return "; ".join(part.strip() for part in tree if part.strip())
    if not all(isinstance(part, dict) for part in tree):
        return ""
    if any("byday" in part or "freq" in part for part in tree):
        return times_in_words({"schedules": tree}).get("opening times", "")
    return _joined(_of_named(_plain(part)) for part in tree)


def hours_of_text(text: str) -> str:
    """Return the opening hours of a cell that holds JSON, ``""`` where it does not.

    Examples
    --------
    >>> hours_of_text('{"monday": {"open": "09:00", "close": "17:00"}}'), hours_of_text("{soon}")
    ('Monday 09:00-17:00', '')
    """
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return hours_in_words(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def _of_parts(tree: dict[str, Any]) -> str:
    """Read a tree with a part for each day, the periods of a map service, or one day alone."""
    parts = _plain(tree)
    periods = parts.get("periods")
    if isinstance(periods, list) and periods and all(isinstance(each, dict) for each in periods):
        return _joined(_of_period(each) for each in periods)
    for name in SAID:
        if isinstance(parts.get(name), list):
            return hours_in_words(parts[name])
    days = {key: value for key, value in tree.items() if RANGE.fullmatch(str(key).strip())}
    others = {
        key: value for key, value in tree.items() if key not in days and value not in (None, "", [], {})
    }
    remarks = [
        value for key, value in others.items() if isinstance(value, str) and not str(key).startswith("@")
    ]
    if days and not any(
        isinstance(value, (dict, list)) and not OTHER_DAYS.fullmatch(str(key).strip())
        for key, value in others.items()
    ):
        week = _joined(
            _said(_day(str(key)), _times(value)) for key, value in days.items() if value is not None
        )
        return f"{week} ({'; '.join(remarks)})" if week and remarks else week
    if "byday" in tree or "freq" in tree:
        return times_in_words({"schedules": [tree]}).get("opening times", "")
    return _of_named(parts)


def _of_named(part: dict[str, Any]) -> str:
    """Read a part that names its day or days; ``""`` where it names none."""
    day = next((part[name] for name in NAMED if part.get(name)), "")
    days = [_day(str(each)) for each in (day if isinstance(day, list) else [day])]
    if not all(days):
        return ""
    period = " to ".join(str(part[name]) for name in PERIOD if part.get(name))
    times = next((_times(part[name]) for name in SPOKEN if part.get(name)), "") or _times(part)
    said = _said(", ".join(days), times)
    return f"{said} only {period}" if said and period else said


def _of_period(period: dict[str, Any]) -> str:
    start, end = (
        part if isinstance(part, dict) else {} for part in (period.get("open"), period.get("close"))
    )
    number = start.get("day")
    if not isinstance(number, int) or not 0 <= number < len(GOOGLE_DAYS):
        return ""
    if not end:  # a place that never closes has one period
        return "24/7"
    return _said(GOOGLE_DAYS[number], _stretch(start.get("time"), end.get("time")))


def _said(day: str, times: str) -> str:
    return f"{day} {times}" if times else ""


def _joined(parts: Iterable[str]) -> str:
    """Join the days; where one of them cannot be read there is nothing, so that part of a week is not taken for the whole."""
    read = list(parts)
    return "; ".join(dict.fromkeys(read)) if read and all(read) else ""


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    return {re.sub(r"[^a-z]", "", str(key).casefold()): value for key, value in part.items()}


def _day(name: str) -> str:
    """Return the name of a day, or of a range of days, as it is written in words; ``""`` where it is none."""
    last = re.split(r"[/#]", name.strip())[-1].strip()
    if not RANGE.fullmatch(last):
        return ""
    return last.replace("_", " - ").capitalize() if len(last) > 2 else last.capitalize()


def _times(value: Any) -> str:
    """Return the times of a day: "09:00-12:00, 13:00-17:00", "closed", or what is written."""
    if value is None or value == []:
        return "closed"
    if isinstance(value, str):
        return value.strip() or "closed"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_times, value)))
    if not isinstance(value, dict):
        return ""
    part = _plain(value)
    if any(part.get(name) in (True, "true", "yes", 1) for name in SHUT):
        return "closed"
    starts = next((name for name in OPENS if name in part), "")
    ends = next((name for name in CLOSES if name in part), "")
    if not starts and not ends:
        return next((_times(part[name]) for name in SPOKEN if part.get(name)), "")
    return _stretch(part.get(starts), part.get(ends))


def _stretch(opens: Any, closes: Any) -> str:
    start, end = (_clock(part) for part in (opens, closes))
    if start and end:
        # Open all day is written 00:00 to 23:59, and closed as no time at all.
        return "closed" if start == end else f"{start}-{'24:00' if end == '23:59' else end}"
    return f"from {start}" if start else f"until {end}" if end else "closed"


def _clock(part: Any) -> str:
    if isinstance(part, dict):
        part = part.get("time", "")
    if isinstance(part, bool) or part is None:
        return ""
    text = f"{part:04d}" if isinstance(part, int) else str(part).strip()
    found = re.fullmatch(r"T?(\d\d):?(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", text)
    return f"{found[1]}:{found[2]}" if found else text
