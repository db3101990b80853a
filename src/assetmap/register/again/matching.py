"""Which row of a list is which row of its newer edition."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetmap.register.link import link_rows

SAID_BY_READING = (
    "source",
    "row",
    "row_key",
    "row_id",
    "alike",
    "reading_problem",
    "reading_note",
    "list_title",
    "list_date",
    "x",
    "y",
)
"""Columns that say nothing of the thing itself."""


def match_rows(old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Match the rows of two editions of one list.

    Parameters
    ----------
    old, new
        Rows as `judge_stacked` returns them, each on a 0, 1, ... index.

    Returns
    -------
    numpy.ndarray
        For each old row the place of the new row that is the same thing, -1 where there is none; no new row twice. Tried in
        this order: the same ``row_id``; the same name, type and place; what `link_rows` says of two lists, the most certain
        first; the one equal name that both have (it moved); all cells but the name (it was renamed).
    """
    found = np.full(len(old), -1, dtype=np.int64)
    for column in ("row_id", "alike"):
        _match_equal(found, old[column], new[column], once=False)
    _match_linked(found, old, new)
    _match_equal(found, old["name_key"], new["name_key"], once=True)
    _match_equal(found, _all_but_name(old, new), _all_but_name(new, old), once=True)
    return found


def _match_equal(found: np.ndarray, old: pd.Series, new: pd.Series, *, once: bool) -> None:
    """Match rows with equal keys in their order; only keys that each side has once, where that is asked."""
    free = np.setdiff1d(np.arange(len(new)), found)
    left = pd.DataFrame({"key": old.to_numpy(dtype=object), "place": np.arange(len(old))})[found < 0]
    right = pd.DataFrame({"key": new.to_numpy(dtype=object)[free], "place": free})
    sides = [side[(side["key"] != "").to_numpy(dtype=bool)] for side in (left, right)]
    if once:
        sides = [side[~side["key"].duplicated(keep=False)] for side in sides]
    left, right = (side.assign(turn=side.groupby("key").cumcount()) for side in sides)
    both = left.merge(right, on=["key", "turn"], suffixes=("", "_new"))
    found[both["place"].to_numpy(dtype=np.int64)] = both["place_new"].to_numpy(dtype=np.int64)


def _match_linked(found: np.ndarray, old: pd.DataFrame, new: pd.DataFrame) -> None:
    left, right = np.flatnonzero(found < 0), np.setdiff1d(np.arange(len(new)), found)
    if not len(left) or not len(right):
        return
    rows = pd.concat(
        [old.iloc[left].assign(source="old"), new.iloc[right].assign(source="new")], ignore_index=True
    )
    texts = rows.columns[[pd.api.types.is_string_dtype(rows[column]) for column in rows.columns]]
    rows[texts] = rows[texts].fillna("")
    links = link_rows(rows)
    taken: set[int] = set()
    for first, second, verdict in links[["first", "second", "verdict"]].itertuples(index=False, name=None):
        across = first < len(left) <= second
        if across and verdict == "same" and not {first, second} & taken:
            taken |= {first, second}
            found[left[first]] = right[second - len(left)]


def _all_but_name(rows: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Return the cells that both tables have, without the name and what is made of it, where the row says where it is."""
    columns = [
        column
        for column in rows.columns.intersection(other.columns)
        if column not in SAID_BY_READING
        and not str(column).startswith(("name", "core_key"))
        and pd.api.types.is_string_dtype(rows[column])
    ]
    cells = rows[columns].fillna("").astype("str")
    place = rows["postcode"].where(rows["postcode"] != "", rows["town_key"])
    return (
        cells.apply("|".join, axis=1).where(place != "", "") if columns else pd.Series("", index=rows.index)
    )
