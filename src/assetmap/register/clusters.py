"""Pairs of rows become things, each represented by one row, with the newest of what the lists say.

Each fact comes from the newest list that says it, and never from an undated one over a dated one: a list of 2016 does not reopen what
the list of 2023 closed. What a newer list leaves out stays: lists are seldom complete, so its absence is a remark and no closure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from assetmap.register.guard import GUARD_COLUMNS
from assetmap.register.typed import read_dates, read_years
from assetmap.register.words import column_or_empty
from assetmap.schema import beyond_border

LIST_DATE: Final = "list_date"
"""Column with the date of the list, or of the sheet, that a row is from; text as written."""

LISTED_ON: Final = "listed_on"
"""The same as a day; missing where nothing says it."""

FACTS_FROM: Final = "facts_from"
"""Column of the register: which facts come from another list than ``source``."""

ALSO_SAID: Final = "also_said"
"""Column of the register, never public: what the rows of a thing say otherwise than the register does."""

NO_CELLS: Final = (
    "source", "row_id", "row_key", "alike", "name_key", "core_key", "town_key", "location_precision", "area_code", "also_listed",
    LIST_DATE, LISTED_ON, FACTS_FROM, ALSO_SAID, "list_title", "reading_problem", "reading_note",
)  # fmt: skip
"""Columns of text that are no cells of a list."""

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

SHARED_TYPE: Final = 0.5
"""A newer list covers a type where it has at least this share of what the older list has of it."""

LEAST_SHARED: Final = 3
"""Assets of a type that both lists must have before an absence is remarked."""

PRECISION_RANK = {"point": 4, "postcode": 3, "postcode_district": 2, "place": 1, "area_only": 0, "": 0}

Partner = tuple[int, float, str]


def merged_into(
    rows: pd.DataFrame, links: pd.DataFrame
) -> tuple[np.ndarray, Mapping[int, Partner], Mapping[int, Partner]]:
    """Join pairs into things, the most certain first.

    A thing has at most one row of each list, unless rows of one list are duplicates themselves (the same name and
    place): otherwise two branches that both resemble a third would become one.

    Parameters
    ----------
    rows
        Index 0, 1, ...; ``source``, ``location_precision``, ``row_id`` and what the rows say.
    links
        As `link_rows` returns them.

    Returns
    -------
    tuple
        For each row the place of the row that represents its thing (perhaps itself); for
        each merged row and each doubtful one: the other row, the score and why.
    """
    group = np.arange(len(rows))
    members: dict[int, list[int]] = {}
    sources = rows["source"].to_numpy(dtype=object)
    doubts: dict[int, Partner] = {}
    evidence: dict[int, list[tuple[int, float, str]]] = {}
    kinds = ["first", "second", "score", "verdict", "why"]
    for first, second, score, verdict, why in links[kinds].itertuples(index=False, name=None):
        a, b = int(group[first]), int(group[second])
        if a == b:
            continue
        left, right = members.get(a, [a]), members.get(b, [b])
        one_list = {sources[k] for k in left} & {sources[k] for k in right}
        free = (
            verdict == "decided" or not one_list or (sources[first] == sources[second] and len(one_list) == 1)
        )
        if verdict != "review" and free:
            group[right] = a
            members[a] = left + right
            evidence.setdefault(first, []).append((second, score, why))
            evidence.setdefault(second, []).append((first, score, why))
        elif verdict == "review":
            doubts.setdefault(second, (first, score, why))
    survivor = _survivors(rows, group)
    merges = {}
    for place in np.flatnonzero(survivor != np.arange(len(rows))):
        partners = evidence.get(int(place), [])
        direct = [partner for partner in partners if partner[0] == survivor[place]]
        best = (direct or sorted(partners, key=lambda partner: -partner[1]))[0]
        merges[int(place)] = best
    # A doubt within one thing, or about a row that was merged, is settled.
    doubts = {
        place: partner
        for place, partner in doubts.items()
        if survivor[place] != survivor[partner[0]] and place not in merges
    }
    return survivor, merges, doubts


SAME_POINT_M: Final = 25.0
"""Coordinates of one building differ by so much between lists."""


def filled_cells(rows: pd.DataFrame) -> np.ndarray:
    """Count the cells of each row that say something; where a column ``filled`` is there, it has counted them."""
    if "filled" in rows:
        return rows["filled"].to_numpy()
    texts: pd.DataFrame = rows.select_dtypes("str")
    return np.asarray((texts != "").sum(axis=1).to_numpy())


def _survivors(rows: pd.DataFrame, group: np.ndarray) -> np.ndarray:
    """Choose the row that represents each thing: inside the areas first, then well located, newest, best located, fullest, by id."""
    full = filled_cells(rows)
    rank = rows["location_precision"].map(PRECISION_RANK).to_numpy()
    beyond = beyond_border(rows).to_numpy()
    precise = rank >= PRECISION_RANK["postcode"]
    old = (
        np.zeros(len(rows))
        if "listed_on" not in rows
        else -rows["listed_on"].rank(method="dense").fillna(0).to_numpy()
    )
    order = np.lexsort((rows["row_id"].to_numpy(dtype=str), -full, -rank, old, ~precise, beyond, group))
    leaders = pd.Series(order).groupby(group[order]).first()
    return np.asarray(leaders.reindex(group), dtype=np.int64)


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


def said_otherwise(filled: pd.DataFrame, rows: pd.DataFrame, survivor: np.ndarray) -> dict[int, str]:
    """Return what the rows of each thing say that the register does not: ``town: Bude (halls:3); phone: 01234 (clubs:7)``.

    Parameters
    ----------
    filled
        What the register says, in the rows that represent a thing.
    rows
        What each row said.
    survivor
        For each row the place of the row that represents its thing.

    Returns
    -------
    dict
        Place of the row that represents a thing -> what is said otherwise; only where something is.
    """
    sizes = np.bincount(survivor, minlength=len(rows))
    members = np.flatnonzero(sizes[survivor] > 1)
    into = survivor[members]
    texts: pd.DataFrame = rows.select_dtypes("str")
    columns = texts.columns.difference([*NO_CELLS, *GUARD_COLUMNS], sort=False).tolist()
    columns += [column for column in FACTS if column in rows and column not in texts]
    found: dict[int, list[str]] = {}
    for column in columns:
        own, kept = _in_words(rows[column].iloc[members]), _in_words(filled[column].iloc[into])
        for k in np.flatnonzero(np.asarray(own, dtype=object) != np.asarray(kept, dtype=object)):
            if own[k] in ("", "unknown"):
                continue
            if own[k].casefold() != kept[k].casefold() and not set(own[k].split("; ")) <= set(
                kept[k].split("; ")
            ):
                row = rows.iloc[members[k]]
                found.setdefault(int(into[k]), []).append(
                    f"{column}: {own[k]} ({row['source']}:{row['row']})"
                )
    for k, metres in enumerate(_apart(rows, members, into)):
        if metres > SAME_POINT_M:
            row = rows.iloc[members[k]]
            found.setdefault(int(into[k]), []).append(
                f"coordinates: {row['x']:.0f} {row['y']:.0f}, {metres:,.0f} m away ({row['source']}:{row['row']})"
            )
    return {place: "; ".join(dict.fromkeys(said)) for place, said in found.items()}


def _apart(rows: pd.DataFrame, members: np.ndarray, into: np.ndarray) -> np.ndarray:
    """Return how many metres the coordinates of each row lie from the point of its thing; 0 where it gave none."""
    x, y = rows["x"].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
    apart = np.hypot(x[members] - x[into], y[members] - y[into])
    given = (rows["location_precision"] == "point").to_numpy()[members]
    return np.asarray(np.where(given & np.isfinite(apart), apart, 0.0))


def _in_words(cells: pd.Series) -> list[str]:
    """Return cells as text, whole numbers without a point, ``""`` for missing ones."""
    if pd.api.types.is_string_dtype(cells):
        return [str(cell) for cell in cells.fillna("").str.strip()]
    return [
        "" if pd.isna(cell) else f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
        for cell in cells.tolist()
    ]


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
    dated = np.flatnonzero(rows[LISTED_ON].notna())
    into, days = survivor[dated], rows[LISTED_ON].to_numpy()[dated]
    source, found_names = pd.factorize(rows["source"].to_numpy(dtype=object)[dated], sort=True)
    names = pd.Index(found_names)
    kind, kinds = pd.factorize(rows["asset_type"].to_numpy(dtype=object)[dated])
    closed = rows["status"].to_numpy(dtype=object)[dated] == "closed"
    last = pd.Series([days[source == k].max() for k in range(len(names))], index=names).sort_values()
    said: dict[int, str] = {}
    for newer in last.index[::-1]:
        there = np.zeros(int(into.max()) + 1, dtype=bool)
        there[into[source == names.get_loc(newer)]] = True
        for older in last.index[last < last[newer]]:
            own = np.flatnonzero((source == names.get_loc(older)) & ~closed)
            found = there[into[own]]
            shared = np.bincount(kind[own], weights=found, minlength=len(kinds))
            listed = np.bincount(kind[own], minlength=len(kinds))
            covered = (shared >= LEAST_SHARED) & (shared / np.maximum(listed, 1) >= SHARED_TYPE)
            for place in rows.index[dated[own[~found & covered[kind[own]]]]]:
                said.setdefault(
                    int(place),
                    f"It is not on the newer list '{newer}' ({last[newer].year}). It stays as it is here: check whether it is "
                    "still there.",
                )
    return said
