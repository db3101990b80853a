"""When the places of a list are open: a column for each day, or one cell for the week, into clock times."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.read.opening_hours import parse_day_hours, parse_opening_hours
from assetmap.read.tables import heading_key
from assetmap.schema import OpeningTimes

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_HEADINGS: Final = ("", " staffed hours", " hours", " opening hours", " opening times", " open", " times")
"""What may follow the name of a day in a heading. Unstaffed hours need a member's card and do not count."""

SHORT_DAYS: Final = (
    ("mon",),
    ("tue", "tues"),
    ("wed", "weds"),
    ("thu", "thur", "thurs"),
    ("fri",),
    ("sat",),
    ("sun",),
)
OPENS: Final = (
    "open",
    "opens",
    "opening",
    "opens at",
    "opening time",
    "open time",
    "start",
    "starts",
    "start time",
    "from",
)
CLOSES: Final = (
    "close",
    "closes",
    "closing",
    "closes at",
    "closing time",
    "close time",
    "end",
    "ends",
    "end time",
    "finish",
    "to",
    "until",
)
"""Words after the name of a day for its two times."""

LEAST_SHORT: Final = 3
"""So many short names of days make a week; "Sat" alone is something else."""

TEXT_HEADINGS: Final = (
    "opening hours",
    "opening times",
    "open times",
    "times open",
    "hours of opening",
    "when open",
)
"""Headings of a cell that holds the whole week, and ``hours`` where its cells are not numbers."""


def opening_times(table: pd.DataFrame) -> OpeningTimes:
    """Read when places are open from a list.

    Parameters
    ----------
    table
        Index ``asset_id``; a column for each day, or one cell for the week, under headings that people use.

    Returns
    -------
    OpeningTimes
        Clock times by place and day, and every cell that gave none, with the reason. A place with one such cell has no
        clock times at all: part of a week would be taken for the whole.

    Examples
    --------
    >>> hall = pd.DataFrame({"opening_times": ["Mon 10-16, Wed 14-20"]}, index=pd.Index(["hall"], name="asset_id"))
    >>> am.read.opening_times(hall).times[["day", "opens", "closes"]].values.tolist()
    [[0, 600, 960], [2, 840, 1200]]
    """
    days, whole = _columns(table)
    rows, unread = [], []
    for asset, cells in zip(
        table.index, table[[*days.values(), *whole]].astype(str).to_numpy().tolist(), strict=True
    ):
        week, problems = _place(cells, list(days), whole, len(days))
        names = [*days.values(), *whole]
        unread += [(asset, names[at], cells[at], reason) for at, reason in problems]
        if not problems:
            rows += [(asset, day, *stretch) for day, stretches in enumerate(week) for stretch in stretches]
    return OpeningTimes(
        times=pd.DataFrame(rows, columns=["asset_id", "day", "opens", "closes"]),
        unread=pd.DataFrame(unread, columns=["asset_id", "column", "text", "reason"]),
    )


def short_days(headings: list[str]) -> dict[str, str]:
    """Return the headings that are short names of days -> the whole name, where there are enough of them.

    Examples
    --------
    >>> short_days(["Name", "Mon", "Tues", "Wed"]), short_days(["Name", "Sat"])
    ({'Mon': 'monday', 'Tues': 'tuesday', 'Wed': 'wednesday'}, {})
    """
    named = {short: day for day, names in zip(DAYS, SHORT_DAYS, strict=True) for short in names}
    found = {heading: named[heading_key(heading)] for heading in headings if heading_key(heading) in named}
    return found if len(set(found.values())) >= LEAST_SHORT and len(set(found.values())) == len(found) else {}


def times_of_days(headings: list[str]) -> dict[str, tuple[str, str]]:
    """Return day -> the headings of its two times, where a list has both: "Monday open" and "Mon closing time".

    Examples
    --------
    >>> times_of_days(["Name", "Mon open", "Mon close", "Tuesday from"])
    {'monday': ('Mon open', 'Mon close')}
    """
    keys = {heading_key(heading): heading for heading in reversed(headings)}
    found = {}
    for day, short in zip(DAYS, SHORT_DAYS, strict=True):
        start, end = (
            next(
                (
                    keys[f"{name} {word}"]
                    for name in (day, *short)
                    for word in words
                    if f"{name} {word}" in keys
                ),
                "",
            )
            for words in (OPENS, CLOSES)
        )
        if start and end:
            found[day] = (start, end)
    return found


def is_time_of_day(heading: str) -> bool:
    """Say whether a heading is that of one of the two times of a day: "Monday opening"."""
    day, _, word = heading_key(heading).partition(" ")
    return word in (*OPENS, *CLOSES) and (day in DAYS or any(day in names for names in SHORT_DAYS))


def is_day(heading: str) -> bool:
    """Say whether a heading is that of a column for one day of the week."""
    return any(heading_key(heading) == day + ending for day in DAYS for ending in DAY_HEADINGS)


def day_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns of a list that say when places are open on a day of the week."""
    return list(_columns(table)[0].values())


def hours_in_week(times: pd.DataFrame) -> pd.Series:
    """Add up the hours that places are open in a week.

    Returns
    -------
    pandas.Series
        ``weekly_hours`` by ``asset_id``, for places with clock times.

    Examples
    --------
    >>> hall = pd.DataFrame({"monday": ["10:00-16:00"], "tuesday": ["closed"]}, index=pd.Index(["hall"], name="asset_id"))
    >>> am.read.hours_in_week(am.read.opening_times(hall).times).to_dict()
    {'hall': 6.0}
    """
    hours = (times["closes"] - times["opens"]) / 60
    return hours.groupby(times["asset_id"]).sum().astype(float).rename("weekly_hours")


def _columns(table: pd.DataFrame) -> tuple[dict[int, str], list[str]]:
    keys = {heading_key(str(column)): str(column) for column in reversed(table.columns)}
    days = {}
    for number, day in enumerate(DAYS):
        found = [keys[day + ending] for ending in DAY_HEADINGS if day + ending in keys]
        if found:
            days[number] = found[0]
    whole = [keys[heading] for heading in TEXT_HEADINGS if heading in keys]
    if "hours" in keys and pd.to_numeric(table[keys["hours"]], errors="coerce").isna().all():
        whole.append(keys["hours"])
    return days, whole


def _place(
    cells: list[str], days: list[int], whole: list[str], first_whole: int
) -> tuple[list[tuple[tuple[int, int], ...]], list[tuple[int, str]]]:
    """Read one place: its columns of days, or, where they are all empty, the cell for the week."""
    week: list[tuple[tuple[int, int], ...]] = [()] * 7
    problems: list[tuple[int, str]] = []
    if any(cells[at].strip() for at in range(len(days))):
        for at, day in enumerate(days):
            stretches, reason = parse_day_hours(cells[at])
            week[day] = stretches or ()
            problems += [(at, reason)] if stretches is None else []
        return week, problems
    for at in range(first_whole, first_whole + len(whole)):
        if cells[at].strip():
            read, reason = parse_opening_hours(cells[at])
            return (list(read), []) if read is not None else (week, [(at, reason)])
    return week, problems
