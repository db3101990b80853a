"""Timetables of mobile library stops: one row for each visit, with the day, the times and how often the van comes.

The headings are those of the schema for mobile library stops of LibrariesHacked, and others that councils use. Every stop is a
place of its own. Its hours a week are the minutes of its visits shared over the weeks between them; where a timetable does not
say how often a van comes, the hours are not known.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from assetmap.read.opening_hours import parse_day_hours

STOP: Final = r"(mobile library )?stop( name| location)?|name of stop"
ARRIVES: Final = r"arriv(al|es?)( time)?|time of arrival|from|start time|time from"
LEAVES: Final = r"depart(ure|s)?( time)?|time of departure|leaves?|to|(end|finish) time|time to"
OFTEN: Final = r"frequency|how often|every|weeks?|week numbers?|(mobile|route|van|vehicle)( name| library)?"
"""Headings of a timetable of stops; one of the last tells it from the timetable of a bus."""

MOBILE_STOP: Final = "mobile_stop"
WEEKS_IN_MONTH: Final = 52 / 12

_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8}
_EVERY: Final = re.compile(
    r"(?:every )?(\d+|other|second|third|fourth|" + "|".join(_NUMBERS) + r")(?: ?-?)weeks?(?:ly)?"
)
_ORDINAL: Final = re.compile(r"\b(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|last)\b")
_RULE: Final = re.compile(r"FREQ=(?P<unit>WEEKLY|MONTHLY)(?P<rest>(?:;[A-Z]+=[^;]*)*)")


def weeks_between(text: str) -> float | None:
    """Return how many weeks lie between two visits, or None where the words do not say it.

    Parameters
    ----------
    text
        A rule of iCalendar (``FREQ=WEEKLY;INTERVAL=4``), a number of weeks, or words ("fortnightly", "every 4 weeks",
        "first and third Tuesday of the month").

    Examples
    --------
    >>> [weeks_between(text) for text in ("FREQ=WEEKLY;INTERVAL=4", "fortnightly", "3", "when we can")]
    [4.0, 2.0, 3.0, None]
    """
    words = " ".join(text.casefold().split())
    rule = _RULE.search(text.upper().replace(" ", ""))
    if rule:
        return _by_rule(rule["unit"], rule["rest"])
    if words in ("weekly", "every week", "each week", "once a week"):
        return 1.0
    if re.fullmatch(r"fortnightly|every fortnight|alternate weeks?|(once )?a fortnight", words):
        return 2.0
    if re.fullmatch(r"[1-9]|1[0-2]", words):
        return float(words)
    found = _EVERY.fullmatch(words)
    if found:
        said = {"other": 2, "second": 2, "third": 3, "fourth": 4, **_NUMBERS}.get(found[1]) or int(found[1])
        return float(said) if said else None
    visits = len(_ORDINAL.findall(words)) or int(
        re.fullmatch(r"monthly|(every|once a) month", words) is not None
    )
    return WEEKS_IN_MONTH / visits if visits else None


def _by_rule(unit: str, rest: str) -> float | None:
    parts = dict(part.split("=", 1) for part in rest.split(";") if part)
    every = parts.get("INTERVAL", "1")
    if not re.fullmatch(r"[1-9]\d?", every):
        return None
    visits = max(len([day for day in parts.get("BYDAY", "").split(",") if day]), 1)
    return int(every) * (WEEKS_IN_MONTH if unit == "MONTHLY" else 1.0) / visits


def stop_columns(cell: dict[str, pd.Series]) -> dict[str, pd.Series | str]:
    """Return a timetable of stops in columns of the register.

    Parameters
    ----------
    cell
        Trimmed texts by the key of their heading; a stop, a day, an arrival and a departure are among them.

    Returns
    -------
    dict
        Name, type, status, hours and times of each row. Rows of one stop say the same: the sum of the hours of its visits, and
        all of its times. A stop whose end lies before the newest start in the list is closed.
    """
    stop, day = _column(cell, STOP), _column(cell, "day( of (the )?week)?")
    often = _column(cell, r"frequency|how often|every|weeks?")
    community = _column(cell, "community|village|town|settlement|parish|place")
    minutes = _minutes(_column(cell, ARRIVES), _column(cell, LEAVES))
    weeks = often.map({text: weeks_between(text) for text in often.unique()}).astype(float)
    same = _keys(stop, community, _column(cell, "postcode|post code"))
    hours = (minutes / 60 / weeks).groupby(same).transform(lambda visits: visits.sum(skipna=False))
    times = _times(day, _column(cell, ARRIVES), _column(cell, LEAVES), often)
    said = times.groupby(same).transform(lambda visits: "; ".join(dict.fromkeys(filter(None, visits))))
    days = day.groupby(same).transform(lambda visits: ", ".join(dict.fromkeys(filter(None, visits))))
    columns: dict[str, pd.Series | str] = {
        "name": _names(stop, community),
        "asset_type": MOBILE_STOP,
        "status": _status(_column(cell, "start( date)?"), _column(cell, "end( date)?")),
        "weekly_hours": pd.Series(
            ["" if pd.isna(h) else f"{h:.4g}" for h in hours], index=stop.index, dtype="str"
        ),
        "opening_times": said,
        "days": days,
        "town": community,
        "operator": _column(cell, "organisation|authority|library service"),
        "reading_note": _notes(minutes, weeks),
    }
    x, y = _column(cell, "geo ?x|x"), _column(cell, "geo ?y|y")
    degrees = pd.to_numeric(x, errors="coerce").abs().lt(180) & pd.to_numeric(y, errors="coerce").abs().lt(90)
    if degrees.any():
        columns |= {"longitude": x.where(degrees, ""), "latitude": y.where(degrees, "")}
    return columns


def _column(cell: dict[str, pd.Series], pattern: str) -> pd.Series:
    """Return the first column whose heading fits, empty texts where there is none."""
    found = [values for key, values in cell.items() if re.fullmatch(pattern, key)]
    empty = next(iter(cell.values()))
    return found[0] if found else pd.Series("", index=empty.index, dtype="str")


def _keys(*columns: pd.Series) -> pd.Series:
    texts = [column.str.casefold().str.replace(r"\W+", "", regex=True) for column in columns]
    key = texts[0]
    for text in texts[1:]:
        key = key + "|" + text
    return key


def _names(stops: pd.Series, communities: pd.Series) -> pd.Series:
    """Return the stop with its village, unless its name has it; a row without a stop has no name."""
    return pd.Series(
        [
            stop if not stop or community.casefold() in stop.casefold() else f"{stop}, {community}"
            for stop, community in zip(stops, communities, strict=True)
        ],
        index=stops.index,
        dtype="str",
    )


def _minutes(arrives: pd.Series, leaves: pd.Series) -> pd.Series:
    """Return the minutes of each visit, missing where the times cannot be read or the van leaves before it comes."""
    found = []
    for start, end in zip(arrives, leaves, strict=True):
        stretches, _ = parse_day_hours(f"{start}-{end}") if start and end else (None, "")
        stayed = stretches[0][1] - stretches[0][0] if stretches else 0
        found.append(float(stayed) if stayed > 0 else float("nan"))
    return pd.Series(found, index=arrives.index)


def _times(day: pd.Series, arrives: pd.Series, leaves: pd.Series, often: pd.Series) -> pd.Series:
    words = day.str.capitalize() + " " + arrives + " to " + leaves
    every = often.map({text: _often_words(text) for text in often.unique()})
    return words.str.strip() + every


def _often_words(text: str) -> str:
    weeks = weeks_between(text)
    if weeks is None or not _RULE.search(text.upper().replace(" ", "")):
        bare = re.fullmatch(r"\d+", text)
        return (
            (f", every {text} weeks" if text != "1" else ", every week")
            if bare
            else (f", {text}" if text else "")
        )
    if weeks.is_integer():
        return ", every week" if weeks == 1 else f", every {weeks:g} weeks"
    visits = WEEKS_IN_MONTH / weeks
    return f", {visits:.3g} times a month" if visits > 1 else ", once a month"


def _status(start: pd.Series, end: pd.Series) -> pd.Series:
    begins, ends = (
        pd.to_datetime(dates, errors="coerce", format="mixed", dayfirst=True)
        for dates in (_iso(start), _iso(end))
    )
    over = ends.lt(begins.max()) if begins.notna().any() else pd.Series(False, index=start.index)
    return pd.Series("open", index=start.index, dtype="str").mask(over, "closed")


def _iso(dates: pd.Series) -> pd.Series:
    """Return dates with the year last where a list writes it first, so that 2019-11-12 is in November everywhere."""
    return dates.str.replace(r"^(\d{4})-(\d\d)-(\d\d).*$", r"\3/\2/\1", regex=True)


def _notes(minutes: pd.Series, weeks: pd.Series) -> pd.Series:
    note = pd.Series("", index=minutes.index, dtype="str")
    note = note.mask(minutes.isna(), "The times of this stop cannot be read, so its hours are not known.")
    return note.mask(
        minutes.notna() & weeks.isna(),
        "How often the van comes is not given or cannot be read, so its hours are not known.",
    )
