"""Opening times in words, and columns of days, become hours in a week; what was written is kept."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from assetmap.read.lists.nested_hours import hours_of_text
from assetmap.read.lists.opening_times import day_columns, hours_in_week, opening_times, times_of_days
from assetmap.read.opening_hours import parse_opening_hours
from assetmap.schema import yes_no

ALL_DAY: Final = re.compile(r"24 ?(?:h|hrs?|hours?)", re.I)
"""Round the clock, or hours in a week: the words do not say."""

TOTAL: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:h|hrs?|hours?)?(?:\s*(?:per|a|/)\s*w(?:ee)?k)?", re.I)
"""A number of hours, not times of opening."""


def with_weekly_hours(table: pd.DataFrame) -> pd.DataFrame:
    """Return a list with ``weekly_hours`` where only its ``opening_times``, or its columns of days, say them.

    Parameters
    ----------
    table
        Columns of text under the names of the register; ``opening_times`` may be missing.

    Returns
    -------
    pandas.DataFrame
        The same rows. ``weekly_hours`` is filled where the opening times are clock times and it was empty;
        ``reading_note`` says where they are not, and why. The opening times stay as they are written; a tree of JSON is put into words.
    """
    table = _from_days(_paired(table))
    if "opening_times" not in table:
        return table
    texts = table["opening_times"].str.strip()
    # A map file has a tree of JSON in one cell.
    texts = texts.map({text: hours_of_text(text) or text for text in texts.unique().tolist()}).astype("str")
    read = {text: _hours(text) for text in texts.unique().tolist()}
    hours, reasons = (texts.map({text: found[k] for text, found in read.items()}) for k in (0, 1))
    given = table.get("weekly_hours", pd.Series("", index=table.index, dtype="str"))
    note = table.get("reading_note", pd.Series("", index=table.index, dtype="str"))
    unread = (reasons != "") & (given.str.strip() == "")
    said = "The opening times are kept as text: " + reasons + "."
    return table.assign(
        opening_times=texts,
        weekly_hours=given.where(given.str.strip() != "", hours).astype("str"),
        reading_note=note.mask(unread, (note + " " + said).str.strip()).astype("str"),
    )


def _paired(table: pd.DataFrame) -> pd.DataFrame:
    """Join columns such as "Monday open" and "Monday close" into one column for the day."""
    joined: dict[str, pd.Series] = {}
    for day, (start, end) in times_of_days([str(column) for column in table.columns]).items():
        if day not in table:
            opens, closes = table[start].str.strip(), table[end].str.strip()
            joined[day] = (opens + "-" + closes).where((opens != "") & (closes != ""), opens + closes)
    return table.assign(**joined)


def _from_days(table: pd.DataFrame) -> pd.DataFrame:
    """Fill empty ``weekly_hours`` from columns of days that hold clock times."""
    days = day_columns(table)
    if not days:
        return table
    answers = table[days].apply(lambda cells: cells.map(yes_no))
    if (answers != "unknown").to_numpy().any() and "days" not in table:
        # "Monday: yes" says on which days, not when.
        said = [
            ", ".join(
                day.partition("_")[0].capitalize()
                for day, answer in zip(days, row, strict=True)
                if answer == "yes"
            )
            for row in answers.to_numpy().tolist()
        ]
        return table.assign(days=pd.Series(said, index=table.index, dtype="str"))
    week = table[days].set_axis(pd.RangeIndex(len(table)), axis=0).rename_axis("asset_id")
    hours = hours_in_week(opening_times(week).times).reindex(week.index)
    found = pd.Series([f"{each:g}" if each > 0 else "" for each in hours], index=table.index, dtype="str")
    given = table.get("weekly_hours", pd.Series("", index=table.index, dtype="str"))
    return table.assign(weekly_hours=given.where(given.str.strip() != "", found).astype("str"))


def _hours(text: str) -> tuple[str, str]:
    """Return the hours in a week as text, or the reason why the words do not say them."""
    if ALL_DAY.fullmatch(text):
        return "", "24 hours a day, or in a week"
    total = TOTAL.fullmatch(text)
    if not text or total:
        return total[1] if total else "", ""
    week, reason = parse_opening_hours(text)
    if week is None:
        return "", reason
    minutes = sum(end - start for day in week for start, end in day)
    return f"{minutes / 60:g}", ""
