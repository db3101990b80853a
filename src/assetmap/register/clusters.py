"""Pairs of rows become things, each represented by one row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assetmap.schema import beyond_border

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
