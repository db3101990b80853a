"""Counts that a small group can give: people helped in a month, sessions, volunteers; what is not filled in is not known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.tables import read_form
from assetmap.schema import InputError, first_few

MEASURES: Final = ("people_helped", "sessions", "volunteers")
COLUMNS: Final = ("asset_id", "group", "month", *MEASURES)
NOT_GIVEN: Final = ("", "-", "?", "unknown", "not known", "don't know", "n/a", "na")
LARGEST: Final = 1_000_000
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO: Final = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:-\d{1,2}(?:[ t][\d:.]+)?)?")
_BRITISH: Final = re.compile(r"(?:\d{1,2}[/.])?(?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_WORDS: Final = re.compile(rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]*)\.?[ -]*(?P<year>\d{{4}}|\d\d)")
_WHOLE: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.0+)?")


@reader
def read_counts(path: str | Path) -> pd.DataFrame:
    """Read counts that groups gave.

    Parameters
    ----------
    path
        CSV or spreadsheet, one row per group and month: ``group`` (its name) or ``asset_id``, ``month`` (2026-11; also 11/2026, Nov 2026 or a day of it) and any of
        ``people_helped``, ``sessions``, ``volunteers``; an empty cell, ``-`` or ``not known`` is not known, never 0.

    Returns
    -------
    pandas.DataFrame
        ``asset_id``, ``group``, ``month`` as text and the three counts, missing where not known; rows in which nothing is counted are
        left out.

    Raises
    ------
    InputError
        With every missing or unknown column, month and number at once.

    Examples
    --------
    >>> am.read.read_counts(town.folder / "counts.csv").columns.tolist()
    ['asset_id', 'group', 'month', 'people_helped', 'sessions', 'volunteers']
    """
    path = Path(path)
    table, unknown = read_form(path, COLUMNS)
    problems = []
    if not {"group", "asset_id"} & set(table.columns):
        problems.append("it has no column 'group'")
    if "month" not in table.columns:
        problems.append("it has no column 'month'")
    if not set(MEASURES) & set(table.columns):
        problems.append(f"it has none of the columns {', '.join(MEASURES)}")
    problems += unknown
    if not problems:
        table = table.reindex(columns=list(COLUMNS), fill_value="").apply(lambda column: column.str.strip())
        table, problems = _read(table)
    if problems:
        raise InputError(f"'{path}' cannot be used as counts of groups: {'; '.join(problems)}.")
    return table


def _read(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    problems = []
    given = pd.concat([~table[name].str.casefold().isin(NOT_GIVEN) for name in MEASURES], axis=1).any(axis=1)
    table = table[given].copy()
    for row, cells in table.iterrows():
        line = int(str(row)) + 2
        if not (cells["group"] or cells["asset_id"]):
            problems.append(f"row {line} names no group")
        if not _month(cells["month"]):
            problems.append(f"row {line}: month '{cells['month']}' is not a month like 2026-11")
    table["month"] = table["month"].map(_month)
    for name in MEASURES:
        numbers = []
        for row, cell in table[name].items():
            number = _number(cell)
            if number is not None and not 0 <= number <= LARGEST:
                problems.append(
                    f"row {int(str(row)) + 2}: {name} '{cell}' is not a whole number of 0 or more"
                )
                number = None
            numbers.append(float("nan") if number is None else number)
        table[name] = pd.array(numbers, dtype="Float64")
    named = table["asset_id"].where(table["asset_id"] != "", table["group"].str.casefold())
    twice = table[pd.DataFrame({"who": named, "month": table["month"]}).duplicated()]
    if len(twice):
        who = [f"{row.group or row.asset_id!s} in {row.month!s}" for row in twice.itertuples()]
        problems.append(f"there is more than one row for {first_few(who)}")
    return table.reset_index(drop=True), problems


def _month(text: str) -> str:
    """Return a month as ``2026-11``, however people and spreadsheets write it; empty where it cannot be read.

    >>> [_month(text) for text in ("2026-11", "2026-11-01", "11/2026", "1/11/2026", "Nov 2026", "November-26", "13/2026", "soon")]
    ['2026-11', '2026-11', '2026-11', '2026-11', '2026-11', '2026-11', '', '']
    """
    plain = text.strip().casefold()
    digits = _ISO.fullmatch(plain) or _BRITISH.fullmatch(plain)
    words = _WORDS.fullmatch(plain)
    if words:
        year, month = int(words["year"]), MONTHS.index(words["month"][:3]) + 1
        year += 2000 if year < 100 else 0
    elif digits:
        year, month = int(digits["year"]), int(digits["month"])
    else:
        return ""
    return f"{year}-{month:02d}" if 1 <= month <= 12 and 1900 <= year <= 2100 else ""


def _number(text: str) -> float | None:
    """Return a number, None where it is not known, and a number below 0 where it cannot be read."""
    if text.casefold() in NOT_GIVEN:
        return None
    return float(text.replace(",", "")) if _WHOLE.fullmatch(text) else -1.0
