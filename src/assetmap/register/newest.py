"""Which list a fact comes from: the newest that says it, and never an undated one over a dated one.

A list of 2016 does not reopen what the list of 2023 closed. What a newer list leaves out stays: lists are seldom complete, so its
absence is a remark and no closure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from assetmap.register.typed import read_dates, read_years
from assetmap.register.words import column_or_empty

LIST_DATE: Final = "list_date"
"""Column with the date of the list, or of the sheet, that a row is from; text as written."""

LISTED_ON: Final = "listed_on"
"""The same as a day; missing where nothing says it."""

FACTS_FROM: Final = "facts_from"
"""Column of the register: which facts come from another list than ``source``."""

FACTS: Final = (
    "status",
    "operator",
    "operator_type",
    "control",
    "owner",
    "devolved",
    "devolved_year",
    "closed_year",
    "opened_year",
    "weekly_hours",
    "opening_times",
    "statutory",
    "website",
    "email",
    "phone",
)
"""Facts that change with time."""

PRECISE: Final = ("point", "postcode")

SHARED_TYPE: Final = 0.5
"""A newer list covers a type where it has at least this share of what the older list has of it."""

LEAST_SHARED: Final = 3
"""Assets of a type that both lists must have before an absence is remarked."""


def dates_of_rows(rows: pd.DataFrame, checked: pd.Series) -> pd.Series:
    """Return the day that each row is of: that of its list or sheet, else that of its last check.

    Parameters
    ----------
    rows
        ``list_date`` ? as written: a day, a month or a year; of several years the last.
    checked
        Days of the last checks.
    """
    said = column_or_empty(rows, LIST_DATE)
    years = read_years(said.str.extract(r".*(\b(?:19|20)\d\d)\b", expand=False).fillna("").astype("str"))
    first = pd.to_datetime(years.astype("Int64").astype("str") + "-01-01", errors="coerce")
    return read_dates(said).fillna(first).fillna(checked)


def newest_facts(filled: pd.DataFrame, rows: pd.DataFrame, survivor: np.ndarray) -> None:
    """Give each thing the newest of every fact, and note which facts come from another list than its own.

    Parameters
    ----------
    filled
        Changed in place: the rows with ``facts_from`` for those that represent a thing.
    rows
        The rows as they were: ``source``, ``listed_on`` and the facts.
    survivor
        For each row the place of the row that represents its thing.
    """
    filled[FACTS_FROM] = pd.Series("", index=rows.index, dtype="str")
    sizes = np.bincount(survivor, minlength=len(rows))
    members = np.flatnonzero(sizes[survivor] > 1)
    if not len(members):
        return
    group = survivor[members]
    newness = rows[LISTED_ON].iloc[members].rank(method="dense").fillna(0).to_numpy()
    own = members == group
    order = np.lexsort((members, ~own, -newness, group))
    ordered = rows.iloc[members[order]].assign(into=group[order])
    taken: dict[str, pd.Series] = {}
    for column in FACTS:
        if column not in ordered:
            continue
        values = ordered[column]
        first = (
            ordered[values.notna() & ~values.astype("object").isin(["", "unknown"])].groupby("into").head(1)
        )
        taken[column] = first.set_index("into")["source"]
        filled.loc[taken[column].index, column] = first.set_index("into")[column].to_numpy()
    _forget_closing(filled, ordered)
    other: dict[int, list[str]] = {}
    for column, sources in taken.items():
        for place, source in sources.items():
            if source != rows["source"].iloc[int(str(place))]:
                other.setdefault(int(str(place)), []).append(f"{column}: {source}")
    for place, facts in other.items():
        filled.loc[place, FACTS_FROM] = "; ".join(facts)


def _forget_closing(filled: pd.DataFrame, ordered: pd.DataFrame) -> None:
    """Clear the closing year of what the newest list calls open, unless that list itself gives one."""
    if "closed_year" not in ordered:
        return
    status = ordered["status"]
    newest = ordered[status != "unknown"].groupby("into").head(1).set_index("into")
    reopened = newest.index[newest["status"].isin(["open", "proposed"]) & newest["closed_year"].isna()]
    filled.loc[reopened, "closed_year"] = np.nan


def absences(rows: pd.DataFrame, survivor: np.ndarray) -> dict[int, str]:
    """Return a remark for each row that a newer list of its type leaves out.

    A list covers a type where it has at least half of what the older list has of it; otherwise it says nothing of the rest.

    Returns
    -------
    dict
        Place of the row -> sentence.
    """
    days = rows[LISTED_ON]
    dated = rows.assign(into=survivor)[days.notna()]
    last = dated.groupby("source")[LISTED_ON].max().sort_values()
    said: dict[int, str] = {}
    for newer in last.index[::-1]:
        there = set(dated.loc[dated["source"] == newer, "into"])
        for older in last.index[last < last[newer]]:
            own = dated[(dated["source"] == older) & (dated["status"] != "closed")]
            found = own["into"].isin(there)
            shared = found.groupby(own["asset_type"]).agg(["sum", "mean"])
            covered = shared.index[(shared["sum"] >= LEAST_SHARED) & (shared["mean"] >= SHARED_TYPE)]
            for place in own.index[~found & own["asset_type"].isin(covered)]:
                said.setdefault(
                    int(place),
                    f"It is not on the newer list '{newer}' ({last[newer].year}). It stays as it is here: check whether it is "
                    "still there.",
                )
    return said
