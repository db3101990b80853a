"""Days on which timetables are not typical: bank holidays of England and Wales, summer and Christmas."""

from __future__ import annotations

import datetime as dt
from typing import Final

SUMMER: Final = ((7, 20), (9, 5))
CHRISTMAS: Final = ((12, 20), (1, 5))

MOVED: Final = {
    dt.date(2020, 5, 4): dt.date(2020, 5, 8),
    dt.date(2022, 5, 30): dt.date(2022, 6, 2),
}
"""Bank holidays that were held on another day (GOV.UK, bank holidays)."""

ADDED: Final = (dt.date(2022, 6, 3), dt.date(2022, 9, 19), dt.date(2023, 5, 8))
"""Bank holidays of one year only: jubilee, state funeral, coronation (GOV.UK, bank holidays)."""


def bank_holidays(year: int) -> frozenset[dt.date]:
    """Return the bank holidays of England and Wales in a year.

    Returns
    -------
    frozenset of datetime.date
        With the substitute days for those that fall on a weekend.

    References
    ----------
    Banking and Financial Dealings Act 1971, schedule 1; GOV.UK, bank holidays.

    Examples
    --------
    >>> sorted(day.isoformat() for day in bank_holidays(2026))[:3]
    ['2026-01-01', '2026-04-03', '2026-04-06']
    """
    easter = _easter(year)
    days = {
        _weekday(dt.date(year, 1, 1)),
        easter - dt.timedelta(days=2),
        easter + dt.timedelta(days=1),
        _monday_from(dt.date(year, 5, 1)),
        _monday_from(dt.date(year, 5, 25)),
        _monday_from(dt.date(year, 8, 25)),
    }
    christmas = _weekday(dt.date(year, 12, 25))
    boxing = _weekday(dt.date(year, 12, 26))
    days |= {christmas, boxing if boxing != christmas else boxing + dt.timedelta(days=1)}
    days = {MOVED.get(day, day) for day in days}
    return frozenset(days | {day for day in ADDED if day.year == year})


def is_holiday(day: dt.date) -> bool:
    """Say whether a day is a bank holiday, or in the summer (20 July to 5 September) or Christmas period."""
    month_day = (day.month, day.day)
    summer = SUMMER[0] <= month_day <= SUMMER[1]
    christmas = month_day >= CHRISTMAS[0] or month_day <= CHRISTMAS[1]
    return summer or christmas or day in bank_holidays(day.year)


def _weekday(day: dt.date) -> dt.date:
    """Return the day, or the Monday after it when it falls on a weekend."""
    return day + dt.timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day


def _monday_from(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> dt.date:
    """Return Easter Sunday (Butcher's rule, in Meeus, *Astronomical Algorithms*, 1991)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, skip = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * skip + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)
