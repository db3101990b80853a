"""On which days the services of a timetable run, and which week stands for the year."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.read.transport.holidays import is_holiday
from assetmap.schema import InputError, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.read.transport.faults import Faults

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_DAYS: Final = 3_700
"""Calendars are followed for at most ten years: some begin in 2000, some end in 2099."""


def service_days(
    tables: dict[str, pd.DataFrame], services: pd.Index, faults: Faults, *, week: dt.date | None = None
) -> tuple[NDArray[np.bool_], dt.date, NDArray[np.bool_]]:
    """Return on which days each service runs.

    Parameters
    ----------
    tables
        ``calendar`` and ``calendar_dates`` as text, one of them or both.
    services
        The services that trips name.
    faults
        Collects the dates that are not dates, and the services that run only outside the years that are followed.
    week
        A day that must be among those that are followed.

    Returns
    -------
    tuple
        One row per service, one column per day; the date of the first column; and which services run on other days only.
    """
    weekly = _calendar(tables, faults)
    single = _exceptions(tables, faults)
    days = pd.concat([weekly["start"], weekly["end"], single["day"]])
    if days.empty:
        return np.zeros((len(services), 1), dtype=bool), dt.date(2000, 1, 1), np.zeros(len(services), bool)
    first = _first_day(weekly, single, week)
    span = max(min(int((days.max() - first).days) + 1, LONGEST_DAYS), 1)
    runs = np.zeros((len(services), span), dtype=bool)
    weekday = (first.weekday() + np.arange(span)) % 7
    at = services.get_indexer(pd.Index(weekly["service_id"]))
    start, end = (weekly[name].sub(first).dt.days.to_numpy() for name in ("start", "end"))
    flags = weekly[list(WEEKDAYS)].to_numpy(dtype=bool)
    for row, service in enumerate(at):
        if service >= 0:
            inside = slice(max(start[row], 0), max(min(end[row] + 1, span), 0))
            runs[service, inside] |= flags[row][weekday[inside]]
    on = services.get_indexer(pd.Index(single["service_id"]))
    day, added = (single["day"] - first).dt.days.to_numpy(), single["added"].to_numpy(dtype=bool)
    known = (on >= 0) & (day >= 0) & (day < span)
    runs[on[known], day[known]] = added[known]
    idle = ~runs.any(axis=1)
    works = (at >= 0) & flags.any(axis=1) & (end >= start)
    before = idle & _named(len(services), at[works & (end < 0)], on[(on >= 0) & added & (day < 0)])
    after = idle & _named(len(services), at[works & (start >= span)], on[(on >= 0) & added & (day >= span)])
    faults.add("CALENDAR_ENDED", services[before])
    faults.add("CALENDAR_LATER", services[after & ~before])
    return runs, first.date(), before | after


def _named(number: int, *positions: NDArray[np.intp]) -> NDArray[np.bool_]:
    found = np.zeros(number, dtype=bool)
    found[np.concatenate(positions)] = True
    return found


def _first_day(weekly: pd.DataFrame, single: pd.DataFrame, week: dt.date | None) -> pd.Timestamp:
    """Return the first of the days that are followed: those around the week, else the ten years that hold most calendars whole."""
    runs, added = weekly[weekly[list(WEEKDAYS)].any(axis=1)], single.loc[single["added"], "day"]
    if runs.empty and added.empty:
        runs, added = weekly, single["day"]
    start, end = (pd.concat([runs[name], added]).to_numpy() for name in ("start", "end"))
    earliest, latest = min(start.min(), end.min()), max(start.max(), end.max())
    span = np.timedelta64(LONGEST_DAYS, "D")
    if latest - earliest < span:
        return pd.Timestamp(earliest)
    if week is not None:
        return pd.Timestamp(max(earliest, np.datetime64(week) - span // 2))
    days = np.unique(start)
    whole = np.array([np.count_nonzero((start >= day) & (end < day + span)) for day in days])
    if not whole.any():
        return pd.Timestamp(earliest)
    return pd.Timestamp(days[np.flatnonzero(whole == whole.max())[-1]])


def choose_week(
    trips_a_day: NDArray[np.int64], first: dt.date, week: dt.date | None
) -> tuple[dt.date, tuple[Note, ...]]:
    """Choose the Monday to Sunday that stands for the timetable.

    Parameters
    ----------
    trips_a_day
        Number of trips on each day from ``first`` on.
    first
        The first day.
    week
        Any day of the week to use; None for the week with most trips that has no day in a holiday.

    Returns
    -------
    tuple
        The Monday, and notes: ``WEEK`` always, ``WEEK_HOLIDAY`` where every week has a holiday in it.

    Raises
    ------
    InputError
        If nothing runs in the week that was asked for, or at all.
    """
    last = first + dt.timedelta(days=len(trips_a_day) - 1)
    if not trips_a_day.any():
        raise InputError("The timetable has no day on which anything runs: every calendar is empty.")
    running = np.flatnonzero(trips_a_day)
    span = f"{_words(first + dt.timedelta(days=int(running[0])))} to {_words(first + dt.timedelta(days=int(running[-1])))}"
    mondays = [
        first + dt.timedelta(days=7 * number - first.weekday())
        for number in range((last - first).days // 7 + 2)
    ]
    trips = {monday: _trips_of(trips_a_day, first, monday) for monday in mondays}
    if week is not None:
        monday = week - dt.timedelta(days=week.weekday())
        if not trips.get(monday):
            raise InputError(
                f"Nothing runs in the week of {_words(monday)}. The timetable runs from {span}: give a day between them "
                "as week, or leave week out."
            )
        return monday, (Note("WEEK", _sentence(monday, trips[monday], "as you asked")),)
    usual = [monday for monday in mondays if not any(is_holiday(monday + dt.timedelta(n)) for n in range(7))]
    usual = [monday for monday in usual if trips[monday]]
    best = max(usual or mondays, key=lambda monday: (trips[monday], -monday.toordinal()))
    reason = "the week with most trips outside bank holidays and holiday periods"
    notes = [Note("WEEK", _sentence(best, trips[best], reason if usual else "the week with most trips"))]
    if not usual:
        notes.append(
            Note(
                "WEEK_HOLIDAY",
                f"The timetable runs from {span}: every week of it has a holiday. Buses may be fewer then.",
            )
        )
    return best, tuple(notes)


def _trips_of(trips_a_day: NDArray[np.int64], first: dt.date, monday: dt.date) -> int:
    start = (monday - first).days
    return int(trips_a_day[max(start, 0) : max(start + 7, 0)].sum())


def _sentence(monday: dt.date, trips: int, why: str) -> str:
    sunday = monday + dt.timedelta(days=6)
    return f"Buses are those of {_words(monday)} to {_words(sunday)} ({trips:,} trips), {why}."


def _words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _calendar(tables: dict[str, pd.DataFrame], faults: Faults) -> pd.DataFrame:
    table = tables.get("calendar", pd.DataFrame(columns=["service_id", *WEEKDAYS, "start_date", "end_date"]))
    dates = {name: _dates(table[f"{name}_date"]) for name in ("start", "end")}
    good = dates["start"].notna() & dates["end"].notna()
    faults.add(
        "DATE_BAD",
        [f"{start} to {end}" for start, end in table.loc[~good, ["start_date", "end_date"]].to_numpy()],
    )
    weekly = pd.DataFrame({"service_id": table["service_id"].astype(str), **dates})
    for day in WEEKDAYS:
        weekly[day] = table[day].astype(str).eq("1")
    return weekly[good]


def _exceptions(tables: dict[str, pd.DataFrame], faults: Faults) -> pd.DataFrame:
    table = tables.get("calendar_dates", pd.DataFrame(columns=["service_id", "date", "exception_type"]))
    days = _dates(table["date"])
    kind = table["exception_type"].astype(str)
    good = days.notna() & kind.isin(["1", "2"])
    faults.add("DATE_BAD", table.loc[~good, "date"].astype(str))
    single = pd.DataFrame({"service_id": table["service_id"].astype(str), "day": days, "added": kind.eq("1")})
    return single[good]


def _dates(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column.astype(str), format="%Y%m%d", errors="coerce").astype("datetime64[s]")
