"""Outcomes one by one: which assets serve each, and who has nothing within reach for it.

A priority may have something near for one of its outcomes and nothing for another. A list that names an outcome decides for it. A list that
names only the priority, or nothing, leaves the type of the asset to decide among the outcomes: that is a guess, and counted as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import count_of, select_costs
from assetmap.access.nearest import unknown_as_open
from assetmap.access.travel import Travel, travel_costs
from assetmap.gaps.priorities import REACH_M, Priorities, outcome_words, read_names, theme_column
from assetmap.rounding import residents
from assetmap.schema import check_areas, reached_by_distance, within_border

if TYPE_CHECKING:
    import geopandas as gpd

MOST_NAMED: Final = 3
"""Areas that are named for an outcome, those with most need first."""


def serving_outcomes(assets: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say which outcomes each asset serves.

    Parameters
    ----------
    assets
        The register, with a column ``outcomes`` where lists have one.
    outcomes
        From `read_outcomes`.

    Returns
    -------
    tuple
        On ``assets.index``, a column for each outcome, true or false: what the lists say, and what is guessed from the type of an asset whose
        list names none of the outcomes of that priority.

    Examples
    --------
    >>> outcomes = am.read.read_outcomes(town.folder / "outcomes.csv")
    >>> said, guessed = am.gaps.serving_outcomes(quillford.assets, outcomes)
    >>> list(said.columns) == outcomes.index.tolist(), int(guessed.any(axis=1).sum())
    (True, 11)
    """
    listed = np.zeros((len(assets), len(outcomes)), dtype=bool)
    guessed = np.zeros_like(listed)
    words = outcome_words(outcomes)
    position = {str(name): number for number, name in enumerate(outcomes.index)}
    priority_of = [str(name) for name in outcomes["priority"]]
    types = [set(cell.split("|")) for cell in outcomes["asset_types"]]
    cells = (
        assets["outcomes"].fillna("").astype(str)
        if "outcomes" in assets
        else pd.Series("", index=assets.index)
    )
    for row, (cell, asset_type) in enumerate(zip(cells, assets["asset_type"], strict=True)):
        priorities, named, _ = read_names(cell, words)
        listed[row, [position[name] for name in named]] = True
        settled = {priority_of[position[name]] for name in named}
        for number, priority in enumerate(priority_of):
            open_question = priority in priorities - settled if priorities else True
            guessed[row, number] = open_question and asset_type in types[number]
    tables = [pd.DataFrame(found, index=assets.index, columns=outcomes.index) for found in (listed, guessed)]
    return tables[0], tables[1]


def measure_outcomes(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    outcomes: pd.DataFrame,
    priorities: Priorities,
    *,
    travel: Travel | None = None,
) -> pd.DataFrame:
    """Measure for each outcome what serves it, and who has nothing within reach.

    Parameters
    ----------
    areas
        Small areas with the columns of need.
    assets
        The register.
    outcomes
        From `read_outcomes`.
    priorities
        From `measure_priorities`: high need is that of the priority.
    travel
        As for `measure_priorities`.

    Returns
    -------
    pandas.DataFrame
        Index ``outcome``, in the order of `outcomes`: ``priority``, ``need_theme``, ``assets`` that serve it, ``from_list`` and ``from_type`` of them,
        ``people``, ``areas_without`` and ``people_without`` anything within reach, ``high_need_areas_without`` and ``high_need_people_without`` of
        them, ``most_need_without`` (names of up to three areas with nothing, most need first; empty where need is the same everywhere), ``unit`` and ``limit``.

    Examples
    --------
    >>> from assetmap.schema import reference_table
    >>> outcomes = reference_table("outcomes")
    >>> names, _ = am.gaps.assign_priorities(assets, outcomes)
    >>> found = am.gaps.measure_priorities(areas, assets.join(names), outcomes)
    >>> table = am.gaps.measure_outcomes(areas, assets, outcomes, found)
    >>> len(table) == len(outcomes)
    True
    """
    check_areas(areas)
    travel = travel or Travel(limit_m=REACH_M)
    alive = unknown_as_open(assets)
    alive = alive[alive["status"] == "open"]
    listed, guessed = serving_outcomes(alive, outcomes)
    served = listed | guessed
    placed = alive[reached_by_distance(alive) & served.any(axis=1).to_numpy()]
    costs = travel_costs(areas, placed, travel) if len(placed) else None
    here = within_border(alive).index
    rows = {}
    for number, outcome in enumerate(map(str, outcomes.index)):
        priority = str(outcomes["priority"].iloc[number])
        mine = placed.index[served[outcome].reindex(placed.index).to_numpy(dtype=bool)]
        within = pd.Series(0.0, index=areas.index)
        if costs is not None and len(mine):
            within = count_of(select_costs(costs, assets=mine)).astype(float)
        without = within == 0
        high = _high_need(priorities, priority).reindex(areas.index, fill_value=False)
        theme = theme_column(areas, str(outcomes["need_theme"].iloc[number]))
        lacking = areas[without].sort_values(theme, ascending=False, kind="stable")
        rows[outcome] = {
            "priority": priority,
            "need_theme": theme,
            "assets": _sum(served[outcome].reindex(here)),
            "from_list": _sum(listed[outcome].reindex(here)),
            "from_type": _sum((guessed & ~listed)[outcome].reindex(here)),
            "people": residents(areas),
            "areas_without": int(without.sum()),
            "people_without": residents(areas[without]),
            "high_need_areas_without": int((without & high).sum()),
            "high_need_people_without": residents(areas[without & high]),
            "most_need_without": "; ".join(lacking["area_name"].astype(str).head(MOST_NAMED))
            if areas[theme].nunique() > 1
            else "",
            "unit": travel.unit,
            "limit": travel.limit,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")


def _high_need(priorities: Priorities, name: str) -> pd.Series:
    """Return which areas are in the third with most need, by the theme of a priority."""
    mine = priorities.areas[priorities.areas.index.get_level_values("priority") == name].droplevel("priority")
    return mine["gap_class"].astype("string").str.startswith("3").fillna(False).astype(bool)


def _sum(flags: pd.Series) -> int:
    return int(flags.to_numpy(dtype=bool).sum())
