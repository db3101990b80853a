"""Who gains and who loses by changes to sites, by age and need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import (
    just_beyond,
)
from assetmap.sites.area_people import need_deciles, people_of
from assetmap.sites.sites import limit_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BEYOND_M: Final = (2_000.0, 5_000.0, 8_000.0)
"""People who live further than these from a site are counted, where costs are metres."""

BEYOND_MINUTES: Final = (15.0, 30.0, 45.0)
"""The same where costs are minutes."""

SAME_WITHIN: Final = 1.0
"""A cost that changes by less than one metre or minute counts as unchanged."""


def people_table(
    areas: pd.DataFrame, table: pd.DataFrame, *, beyond: Sequence[float] = BEYOND_M
) -> pd.DataFrame:
    """Count who gains and who loses by age and need decile.

    Parameters
    ----------
    areas
        Small areas with ``population``, and ages and ``need`` where known.
    table
        ``Scenario.areas``.
    beyond
        Limits, in the unit of the table, for the counts of people who live further away than that.

    Returns
    -------
    pandas.DataFrame
        Index ``group`` ("everyone", "children 0-15", "60 and over", "need decile 1 (most need)" ...);
        ``people``, ``mean_cost_before``, ``mean_cost_after`` (per person who can reach a site), ``unreached_before``,
        ``unreached_after`` (people who can reach none), ``people_further``, ``people_nearer``, ``people_less_access``,
        ``people_more_access``, ``access_before``, ``access_after`` (mean per person),
        ``beyond_2km_before``, ``beyond_2km_after`` ..., ``unit``. Missing where the group is not known.
    """
    unit = str(table["unit"].iloc[0])
    spent = filled_columns(table)
    change = spent["after"] - spent["before"]
    rows = {}
    for group, people in _groups(areas).items():
        total = people.sum()
        row: dict[str, float | str] = {"people": total}
        for when in ("before", "after"):
            reached = table[f"cost_{when}"].notna().to_numpy()
            row[f"mean_cost_{when}"] = _mean(spent[when][reached], people[reached])
            row[f"unreached_{when}"] = people[~reached].sum()
            row[f"access_{when}"] = _mean(table[f"access_{when}"].to_numpy(), people)
        row["people_further"] = people[change >= SAME_WITHIN].sum()
        row["people_nearer"] = people[change <= -SAME_WITHIN].sum()
        row["people_less_access"] = people[(table["access_change"] < -ACCESS_SAME).to_numpy()].sum()
        row["people_more_access"] = people[(table["access_change"] > ACCESS_SAME).to_numpy()].sum()
        for limit in beyond:
            for when in ("before", "after"):
                far = ~(table[f"cost_{when}"] <= limit).to_numpy()
                row[f"beyond_{limit_name(limit, unit)}_{when}"] = people[far].sum()
        rows[group] = row | {"unit": unit}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


ACCESS_SAME: Final = 1e-9


def filled_columns(table: pd.DataFrame) -> dict[str, Floats]:
    """Return the costs before and after; where no site can be reached, just beyond the furthest that is known."""
    both = table[["cost_before", "cost_after"]].fillna(np.inf).to_numpy(dtype=float)
    before, after = just_beyond(both).T
    return {"before": before, "after": after}


def _groups(areas: pd.DataFrame) -> dict[str, Floats]:
    everyone = people_of(areas)
    groups = {
        "everyone": everyone,
        "children 0-15": people_of(areas, "children_0_15"),
        "60 and over": people_of(areas, "older_60_plus"),
    }
    decile = need_deciles(areas)
    for number in range(1, 11):
        ends = {1: " (most need)", 10: " (least need)"}.get(number, "")
        groups[f"need decile {number}{ends}"] = np.where(decile == number, everyone, 0.0)
    groups["need decile not known"] = np.where(np.isnan(decile), everyone, 0.0)
    return groups


def _mean(values: Floats, people: Floats) -> float:
    total = people.sum()
    if not total > 0:
        return float("nan")
    counted = people > 0
    return float((values[counted] * people[counted]).sum() / total)
