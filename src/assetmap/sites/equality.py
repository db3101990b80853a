"""Equality impact: who the people are who would live further away, group by group, from full counts.

For those who lose, each group's share is compared with its share of all, and with what closing each other candidate alone would
do. Counts of a census are full counts, so nothing is tested for significance; they describe areas, not those who use a site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import just_beyond, least_costs
from assetmap.schema import InputError, reference_table
from assetmap.sites.gains import SAME_WITHIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assetmap.schema import Costs

    Mask = NDArray[np.bool_]

OF: Final = "_of"
OWN_COLUMNS: Final = "areas"
"""In ``data/tables/equality_groups.csv``: the group is a column of the areas."""


def group_counts(areas: pd.DataFrame, census: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the counts of every group that is known on the areas.

    Parameters
    ----------
    areas
        Small areas, with ``population`` and ages where known.
    census
        On the same index: ``<group>`` and ``<group>_of``, from `read_census` and `match_counts`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: two columns for each group of ``data/tables/equality_groups.csv`` that is known.
    """
    found = {} if census is None else {str(column): census[column] for column in census.columns}
    for group, row in reference_table("equality_groups").iterrows():
        if row["table"] != OWN_COLUMNS or row["parts"] not in areas.columns:
            continue
        counts = pd.to_numeric(areas[str(row["parts"])], errors="coerce")
        if counts.notna().any():
            found |= {
                str(group): counts,
                f"{group}{OF}": pd.to_numeric(areas[str(row["of"])], errors="coerce"),
            }
    return pd.DataFrame(found, index=areas.index)


def without_data(counts: pd.DataFrame) -> dict[str, str]:
    """Return the protected characteristics of which no group is known, each with the reason."""
    table = reference_table("equality_groups")
    table = table[table["characteristic"] != "not a protected characteristic"]
    lost = {}
    for characteristic, rows in table.groupby("characteristic", sort=False):
        if not set(rows.index) & set(counts.columns):
            reason = (
                rows["why_not"].iloc[0]
                or f"add table {rows['table'].iloc[0]} of the Census 2021 as [[census]]"
            )
            lost[str(characteristic)] = reason
    return lost


def single_closures(costs: Costs, candidates: pd.Index) -> dict[str, Mask]:
    """Say for each candidate which areas would be further from a site if it alone closed.

    Parameters
    ----------
    costs
        From the areas to the open sites.
    candidates
        Ids of the candidates.
    """
    order, near = least_costs(costs, most=2)
    near = just_beyond(near)
    further = near[:, 1] - near[:, 0] >= SAME_WITHIN if near.shape[1] > 1 else np.zeros(len(near), dtype=bool)
    return {
        str(name): (order[:, 0] == position) & further
        for name, position in zip(candidates, costs.assets.get_indexer(candidates), strict=True)
        if position >= 0
    }


def measure_equality(
    counts: pd.DataFrame,
    losing: Mapping[str, Mask],
    alone: Mapping[str, Mask],
    *,
    closed: Mapping[str, tuple[str, ...]],
) -> pd.DataFrame:
    """Compare those who lose with everybody, group by group.

    Parameters
    ----------
    counts
        From `group_counts`.
    losing
        Option -> which areas would be further from a site, in the order of `counts`.
    alone
        Candidate -> the same if it alone closed (`single_closures`).
    closed
        Option -> ids of the sites that it closes: an option that closes just one candidate is not compared with itself.

    Returns
    -------
    pandas.DataFrame
        Index ``option``, ``group``: ``characteristic``, ``label``, ``counted`` (people or households), ``area_share`` (0-1,
        of all), ``number`` (of the group among those who lose), ``of`` (all who lose), ``share`` (0-1), ``points`` (percentage
        points above the share of all), ``rank`` (1 = the largest share among this option and each candidate closed alone) and
        ``ranked`` (how many were compared). Shares are missing where nobody loses.

    Examples
    --------
    >>> counts = pd.DataFrame({"older_60_plus": [30.0, 60.0], "older_60_plus_of": [100.0, 300.0]}, index=["A", "B"])
    >>> losing = {"A": np.array([True, False])}
    >>> am.sites.measure_equality(counts, losing, {}, closed={})[["number", "of"]].values.tolist()
    [[30.0, 100.0]]
    """
    table = reference_table("equality_groups")
    rows = []
    for option, mask in losing.items():
        _check(mask, counts)
        others = {name: each for name, each in alone.items() if closed.get(option) != (name,)}
        for group in (str(name) for name in table.index if name in counts.columns):
            share, number, whole = _share(counts, group, mask)
            area_share = _share(counts, group, np.ones(len(counts), dtype=bool))[0]
            shares = [_share(counts, group, each)[0] for each in others.values()]
            known = [each for each in shares if not np.isnan(each)]
            unranked = np.isnan(share)
            rows.append(
                {
                    "option": option,
                    "group": group,
                    "characteristic": table.at[group, "characteristic"],
                    "label": table.at[group, "label"],
                    "counted": table.at[group, "counted"],
                    "area_share": area_share,
                    "number": number,
                    "of": whole,
                    "share": share,
                    "points": (share - area_share) * 100,
                    "rank": np.nan if unranked else 1.0 + sum(each > share + 1e-12 for each in known),
                    "ranked": np.nan if unranked else 1.0 + len(known),
                }
            )
    columns = ["option", "group", "characteristic", "label", "counted", "area_share", "number", "of", "share"]
    return pd.DataFrame(rows, columns=[*columns, "points", "rank", "ranked"]).set_index(["option", "group"])


def _share(counts: pd.DataFrame, group: str, mask: Mask) -> tuple[float, float, float]:
    known = counts[[group, f"{group}{OF}"]].notna().all(axis=1).to_numpy() & mask
    number, whole = (float(counts.loc[known, column].sum()) for column in (group, f"{group}{OF}"))
    return (number / whole if whole > 0 else float("nan")), number, whole


def _check(mask: Mask, counts: pd.DataFrame) -> None:
    if len(mask) != len(counts):
        raise InputError("The areas of an option are not those of the counts.")
