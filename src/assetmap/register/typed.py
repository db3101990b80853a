"""Cells of columns with a type of their own (dates, years, hours, yes or no) as people write them.

What can be understood is; what cannot is kept as it was written, in a column ``<name>_as_written``, and its row gets a
remark that names it: nothing vanishes.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

import pandas as pd

from assetmap.register.findings import Finding, finding
from assetmap.register.words import column_or_empty, each_distinct, yes_no

AS_WRITTEN: Final = "_as_written"
"""Ending of the columns that keep what could not be read."""

MONTHS: Final = {
    month: number
    for number, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_WORDS: Final = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -])?([a-z]{3})[a-z]*\.?[ ,-]+(?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})\b"
)
_SHORT: Final = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([a-z]{3})[a-z]*\.?(?:-| ?['’])(\d\d)")
"""A month and a year of two digits: "Mar-24", "3 Mar '24"."""

_SIGNS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)\b")
_ISO: Final = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)|((?:19|20)\d\d)(\d\d)(\d\d)$|((?:19|20)\d\d)[-/](0[1-9]|1[0-2])$"
)
_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_SERIAL: Final = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
SERIAL_START: Final = datetime.date(1899, 12, 30)
"""Day 0 of the dates of a spreadsheet."""

CENTURY: Final = 50
"""A year of two digits from here on is of the last century."""

_HOURS: Final = re.compile(
    r"(?:approx\w*\.?|about|circa|c\.?)?\s*(\d{1,3}(?:\.\d+)?)\s*(?:h|hrs?|hours?)?\.?\s*(?:(?:per|a|/|each)\s*w(?:ee)?k|weekly|pw)?",
    re.I,
)
_LINK: Final = re.compile(r"(?i)https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#][^\s\"'<>\\\\]*)?")
MOST_HOURS: Final = 168

_HANDED_OVER: Final = re.compile(
    r"\b(?:transferred|devolved|handed over|community (?:run|led|managed|owned)|volunteer (?:run|led)|cat completed?|asset transfer)\b|"
    r"^yes\b",
    re.I,
)
_NOT_YET: Final = re.compile(
    r"\b(?:not|no|never|planned|proposed|considering|considered|possible|may be|in progress|pending|to be|under)\b",
    re.I,
)


def kept_as_written(
    rows: pd.DataFrame, stated: pd.DataFrame, column: str, unread: pd.Series, what: str, *, quote: bool
) -> Finding:
    """Keep the cells of a column that could not be read, and make the remark on them.

    Parameters
    ----------
    rows, stated
        The rows as they were read, and the table of what they say, which gets the column ``<column>_as_written``.
    column, what
        Its name, and what it holds in words.
    unread
        True where the cell could not be read.
    quote
        Whether the remark quotes the cell; a public one only says which column it is.
    """
    typed = column_or_empty(rows, column)
    unread = unread & (typed != "")
    if unread.any():
        keep_text(stated, column, typed.where(unread, ""))
    said: tuple[str | pd.Series, ...] = (f"The {what} ", "'", typed, "' ") if quote else (f"The {what} ",)
    return finding(
        unread,
        "accepted",
        *said,
        f"could not be read and is kept as text in the column {column}{AS_WRITTEN}. Correct it.",
    )


def keep_text(stated: pd.DataFrame, column: str, text: pd.Series) -> None:
    """Keep a text beside what was read of it."""
    if (text != "").any():
        stated[column + AS_WRITTEN] = text.astype("str")


def read_dates(column: pd.Series) -> pd.Series:
    """Return the dates of cells as people write them; missing where the text is not a date.

    A day comes before its month, unless that is impossible; a whole number is a day of a spreadsheet; a month or a
    year alone is its first day.

    Examples
    --------
    >>> read_dates(pd.Series(["31/05/2024", "12/24/2025 9:30 AM", "46085", "Feb 2024", "soon"])).dt.date.tolist()
    [datetime.date(2024, 5, 31), datetime.date(2025, 12, 24), datetime.date(2026, 3, 4), datetime.date(2024, 2, 1), NaT]
    """
    read = {text: _date(text) for text in column.unique().tolist()}
    return pd.to_datetime(column.map(read), errors="coerce").astype("datetime64[s]")


def is_serial(text: str) -> bool:
    """Say whether a text is the number that a spreadsheet has for a day."""
    return bool(_SERIAL.fullmatch(text.strip()))


def is_american(text: str) -> bool:
    """Say whether a date has its month before its day, so that it can be read in no other way.

    Examples
    --------
    >>> is_american("12/24/2025 9:30 AM"), is_american("12/11/2025")
    (True, False)
    """
    found = _SIGNS.match(text.strip())
    return found is not None and int(found[1]) <= 12 < int(found[2]) <= 31


def months_before(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """Return the day so many months earlier; in the first years, before which no calendar goes, the same day."""
    return day - pd.DateOffset(months=months) if day.year > months // 12 + 1 else day


def read_years(column: pd.Series) -> pd.Series:
    """Return the years that cells name, alone or within a date or a sentence; missing where they name none.

    Examples
    --------
    >>> read_years(pd.Series(["2019-20", "c.1950", "1/5/87", "closed spring 2024", "31898", "old"])).tolist()
    [2019.0, 1950.0, 1987.0, 2024.0, 1987.0, nan]
    """
    return column.map({text: _year(text) for text in column.unique().tolist()}).astype("float64")


def read_links(column: pd.Series) -> pd.Series:
    """Return web addresses, with ``https://`` where only ``www.`` is written; empty for anything else.

    Examples
    --------
    >>> read_links(pd.Series(["www.example.org/ann", "javascript:alert(1)", "ask Ann"])).tolist()
    ['https://www.example.org/ann', '', '']
    """
    return each_distinct(column.fillna("").astype("str"), _link)


def _link(text: str) -> str:
    address = f"https://{text}" if text.casefold().startswith("www.") else text
    return address if _LINK.fullmatch(address) else ""


def read_hours(column: pd.Series) -> pd.Series:
    """Return hours in a week: ``35``, ``20 hrs``, ``about 12.5 hours per week``; missing for anything else or over 168.

    Examples
    --------
    >>> read_hours(pd.Series(["35", "20 hrs", "about 12.5 hours a week", "9-5"])).tolist()
    [35.0, 20.0, 12.5, nan]
    """
    found = column.str.strip().str.extract(f"^{_HOURS.pattern}$", flags=re.I, expand=False)
    hours = pd.to_numeric(found, errors="coerce").astype("float64")
    return hours.where(hours.between(0, MOST_HOURS))


def read_devolved(column: pd.Series) -> pd.Series:
    """Return ``yes``, ``no`` or ``unknown`` for cells that say whether the running was handed over, also in words.

    Examples
    --------
    >>> read_devolved(pd.Series(["Yes", "transferred to parish", "not yet transferred", "see file"])).tolist()
    ['yes', 'yes', 'unknown', 'unknown']
    """
    said = yes_no(column)
    words = each_distinct(
        column, lambda text: "yes" if _HANDED_OVER.search(text) and not _NOT_YET.search(text) else "unknown"
    )
    return said.where(said != "unknown", words)


def _date(text: str) -> datetime.date | None:
    text = text.strip().casefold()
    found = _ISO.match(text)
    if found:
        year, month, *day = (int(part) for part in found.groups() if part)
        return _day(year, month, day[0] if day else 1)
    found = _SHORT.fullmatch(text)
    if found and found[2] in MONTHS:
        return _day(_whole_year(int(found[3])), MONTHS[found[2]], int(found[1] or 1))
    found = _SIGNS.match(text)
    if found:
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        year = _whole_year(year)
        return _day(year, second, first) or _day(year, first, second)
    found = _WORDS.search(text)
    if found and found[2] in MONTHS:
        return _day(int(found[4]), MONTHS[found[2]], int(found[1] or found[3] or 1))
    if _YEAR.fullmatch(text):
        return _day(int(text), 1, 1)
    found = _SERIAL.fullmatch(text)
    return SERIAL_START + datetime.timedelta(days=int(found[1])) if found else None


def _whole_year(year: int) -> int:
    return year + (0 if year > 99 else 1900 if year >= CENTURY else 2000)


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if 1500 <= year < 2200 else None
    except ValueError:
        return None


def _year(text: str) -> float:
    found = _YEAR.search(text)
    if found:
        return float(found[1])
    day = _date(text)
    return float(day.year) if day else float("nan")
