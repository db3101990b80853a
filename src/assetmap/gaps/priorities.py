"""Priorities and outcomes: which assets serve each priority, and what is within reach of whom.

A council has a few priorities; each has outcomes, a theme of need and types of asset that serve it (`read_outcomes`). A list may say
which outcomes a group serves (column ``outcomes``). Where it does not, the type of the group decides: that is a guess, and marked as one.

Limits: an asset that is not known to be closed counts, because lists seldom say when somebody last looked. To be within reach says
nothing of what an asset does, how much of it, or how well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import STRAIGHT, count_of, nearest_of
from assetmap.access.nearest import distance_to_nearest, unknown_as_open
from assetmap.access.travel import Travel, travel_costs
from assetmap.gaps.measure import BY_AGE
from assetmap.gaps.score import WIDEST, find_gaps
from assetmap.rounding import residents
from assetmap.schema import check_areas, counted, first_few, reached_by_distance, within_border

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

FROM_LIST: Final = "list"
FROM_TYPE: Final = "type"
"""Where the priorities of an asset come from: the list says so, or its type lets one guess."""

APART: Final = "; "

OutcomeWords = tuple[dict[str, str], dict[str, str]]
"""Name of a priority or an outcome, as names are compared -> its priority; name of an outcome -> the outcome."""

REACH_M: Final = 2_000.0
"""How far people go for what is to be near home: half an hour on foot."""


@dataclass(frozen=True, eq=False)
class Priorities:
    """What is within reach of whom, by priority.

    summary : index ``priority``: ``outcomes``, ``need_theme`` (the column of need), ``assets`` that serve it, ``from_list`` and ``from_type`` of
        them, ``unplaced`` of them (no location that is good enough for a distance), ``people`` (all of them), ``areas_without`` and
        ``people_without`` anything within reach, ``gap_areas`` and ``gap_people`` (high need and low access, class ``3-1``); the areas for which it is not
        known what is within reach (``areas_unknown``), of those with nothing the areas whose people are not known and not counted (``people_unknown``), and those
        whose need or access is not known (``gap_unknown``); ``unit`` and ``limit`` of reach.
    areas : one row per priority and area, index ``priority``, ``area_code``: ``area_name``, ``population``, ``need``, ``cost`` to the nearest (infinite
        where none can be reached, missing where not measured), ``nearest_name``, ``within`` (assets within reach), ``gap_class``, ``gap_rank``.
    by_area : on the index of the areas: ``priorities_without`` (number of priorities with nothing within reach) and ``priorities_missing`` (their names).
    """

    summary: pd.DataFrame
    areas: pd.DataFrame
    by_area: pd.DataFrame


def assign_priorities(assets: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Say which priorities each asset serves.

    Parameters
    ----------
    assets
        The register; a column ``outcomes`` names outcomes or priorities, divided by ``;``, ``|`` or, where that is the only way to read them, commas.
    outcomes
        From `read_outcomes`.

    Returns
    -------
    tuple
        On ``assets.index``: ``priorities`` (names divided by ``; ``, in the order of `outcomes`) and ``priorities_from`` (`FROM_LIST`,
        `FROM_TYPE` for a guess by type, empty where it serves none); and the words that are no outcome and no priority.

    Examples
    --------
    >>> outcomes = am.read.read_outcomes(town.folder / "outcomes.csv")
    >>> names, not_understood = am.gaps.assign_priorities(quillford.assets, outcomes)
    >>> names["priorities"].value_counts().head(1).to_dict(), not_understood
    ({'': 20}, ['Clean water'])
    """
    order = list(dict.fromkeys(outcomes["priority"]))
    words = outcome_words(outcomes)
    of_type: dict[str, set[str]] = {}
    for priority, types in zip(outcomes["priority"], outcomes["asset_types"], strict=True):
        for asset_type in types.split("|"):
            of_type.setdefault(asset_type, set()).add(priority)
    said = (
        assets["outcomes"].fillna("").astype(str)
        if "outcomes" in assets
        else pd.Series("", index=assets.index)
    )
    unknown: dict[str, None] = {}
    names, origins = [], []
    for cell, asset_type in zip(said, assets["asset_type"], strict=True):
        found, _, strange = read_names(cell, words)
        unknown |= dict.fromkeys(strange)
        guessed = of_type.get(asset_type, set())
        names.append(APART.join(name for name in order if name in (found or guessed)))
        origins.append(FROM_LIST if found else FROM_TYPE if guessed else "")
    table = pd.DataFrame({"priorities": names, "priorities_from": origins}, index=assets.index, dtype="str")
    return table, list(unknown)


def measure_priorities(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    outcomes: pd.DataFrame,
    *,
    travel: Travel | None = None,
) -> Priorities:
    """Measure for each priority what serves it, what is within reach, and where need is high and access low.

    Parameters
    ----------
    areas
        Small areas with the columns of need.
    assets
        The register, with ``priorities`` and ``priorities_from`` (`assign_priorities`).
    outcomes
        From `read_outcomes`.
    travel
        How people travel and how far; straight lines of `REACH_M` where not given.

    Returns
    -------
    Priorities
        Priorities in the order of `outcomes`. One that no asset serves is within reach of nobody.

    Examples
    --------
    >>> from assetmap.schema import reference_table
    >>> outcomes = reference_table("outcomes")
    >>> names, unknown = assign_priorities(assets, outcomes)
    >>> found = measure_priorities(areas, assets.join(names), outcomes)
    >>> found.summary.index.tolist()
    ['Children and families', 'Youth', 'Adults', 'Place']
    """
    check_areas(areas)
    travel = travel or Travel(limit_m=REACH_M)
    alive = unknown_as_open(assets)
    alive = alive[alive["status"] == "open"]
    rows, tables = {}, {}
    for name, group in outcomes.groupby("priority", sort=False):
        serving = alive[_serves(alive["priorities"], str(name))]
        theme = theme_column(areas, group["need_theme"].iloc[0])
        table = _reach(areas, serving, theme, travel)
        tables[str(name)] = table
        rows[str(name)] = _summarise(table, group, serving, theme, travel)
    long = pd.concat(tables, names=["priority", "area_code"])
    return Priorities(
        summary=pd.DataFrame.from_dict(rows, orient="index").rename_axis("priority"),
        areas=long,
        by_area=_by_area(areas.index, long),
    )


def theme_column(areas: pd.DataFrame, theme: str) -> str:
    """Name the column of need for a theme: its own, the share of that age, else overall need."""
    for column in (f"need_{theme}", BY_AGE.get(theme)):
        if column in areas.columns and areas[column].notna().any():
            return str(column)
    return "need"


def describe_unknown(words: list[str]) -> str:
    """Say which words of a column ``outcomes`` were not understood."""
    return (
        f"{counted(len(words), 'entry', 'entries')} in the column 'outcomes' of the lists {'is' if len(words) == 1 else 'are'} neither "
        f"an outcome nor a priority, and {'was' if len(words) == 1 else 'were'} not used: {first_few(words)}."
    )


def read_names(cell: str, words: OutcomeWords) -> tuple[set[str], set[str], list[str]]:
    """Return the priorities and the outcomes that a cell of a list names, and what in it is neither.

    A cell that names an outcome names its priority as well.
    """
    priority_of, outcome_of = words
    if not cell.strip():
        return set(), set(), []
    pieces = [cell] if _key(cell) in priority_of else list(_pieces(cell, priority_of))
    keys = [_key(piece) for piece in pieces]
    strange = [piece.strip() for piece, key in zip(pieces, keys, strict=True) if key not in priority_of]
    return (
        {priority_of[key] for key in keys if key in priority_of},
        {outcome_of[key] for key in keys if key in outcome_of},
        strange,
    )


def _pieces(cell: str, known: dict[str, str]) -> Iterator[str]:
    for part in re.split(r"[;|\n]", cell):
        yield from filter(str.strip, [part] if _key(part) in known else part.split(","))


def outcome_words(outcomes: pd.DataFrame) -> OutcomeWords:
    """Return the priority of each name of a priority or an outcome, and the outcome of each name of an outcome; names as they are compared."""
    outcome_of = {_key(str(outcome)): str(outcome) for outcome in outcomes.index}
    priority_of = {_key(str(name)): str(name) for name in outcomes["priority"]}
    priority_of |= {_key(str(outcome)): str(name) for outcome, name in outcomes["priority"].items()}
    return priority_of, outcome_of


def _key(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.casefold()).split())


def _serves(priorities: pd.Series, name: str) -> pd.Series:
    return priorities.map(lambda cell: name in cell.split(APART)).astype(bool)


def _reach(areas: gpd.GeoDataFrame, serving: gpd.GeoDataFrame, theme: str, travel: Travel) -> pd.DataFrame:
    """Return the cost to the nearest asset, how many are within reach, and the gap, on the index of the areas."""
    serving = serving[reached_by_distance(serving)]
    cost = pd.Series(np.inf, index=areas.index)
    nearest = pd.Series(None, index=areas.index, dtype=object)
    within = pd.Series(0.0, index=areas.index)
    if len(serving):
        costs = travel_costs(areas, serving, travel)
        if travel.mode == STRAIGHT and travel.detour == 1:
            found = distance_to_nearest(areas, serving, asset_type=None)
            cost, nearest = found["distance_m"], found["nearest_name"]
        else:
            found = nearest_of(costs, serving)
            cost = found["cost"].where(found["cost"].notna() | ~costs.measured, np.inf)
            nearest = found["name"]
        within = count_of(costs).astype(float)
    table = pd.DataFrame(
        {
            "area_name": areas["area_name"],
            "population": areas["population"],
            "need": areas[theme],
            "cost": cost.astype(float),
            "nearest_name": nearest,
            "within": within,
        }
    )
    gaps = find_gaps(
        areas[["area_name", "population", "geometry"]].join(table[["need"]]).assign(cost_m=table["cost"]),
        access="cost_m",
        low_access_beyond_m=travel.limit if travel.unit == "m" else 0.0,
    )
    return table.join(gaps[["gap_class", "gap_rank"]])


def _summarise(
    table: pd.DataFrame, group: pd.DataFrame, serving: gpd.GeoDataFrame, theme: str, travel: Travel
) -> dict[str, object]:
    without = table["within"] == 0
    widest = table["gap_class"] == WIDEST
    here = within_border(serving)
    return {
        "outcomes": len(group),
        "need_theme": theme,
        "assets": len(here),
        "from_list": int((here["priorities_from"] == FROM_LIST).sum()),
        "from_type": int((here["priorities_from"] == FROM_TYPE).sum()),
        "unplaced": int((~reached_by_distance(here)).sum()),
        "people": residents(table),
        "areas_without": int(without.sum()),
        "people_without": residents(table[without]),
        "gap_areas": int(widest.sum()),
        "gap_people": residents(table[widest]),
        "areas_unknown": int(table["within"].isna().sum()),
        "people_unknown": int(table.loc[without, "population"].isna().sum()),
        "gap_unknown": int(table["gap_class"].isna().sum()),
        "unit": travel.unit,
        "limit": travel.limit,
    }


def _by_area(index: pd.Index, long: pd.DataFrame) -> pd.DataFrame:
    """Return for each area how many priorities have nothing within reach, and which."""
    within = long["within"].unstack("priority", sort=False).reindex(index)
    unknown = within.isna().any(axis=1)
    nothing = within == 0
    missing = [APART.join(str(name) for name in within.columns[row]) or "none" for row in nothing.to_numpy()]
    return pd.DataFrame(
        {
            "priorities_without": nothing.sum(axis=1).astype(float).where(~unknown),
            "priorities_missing": pd.Series(missing, index=index, dtype=object).where(~unknown, None),
        },
        index=index,
    )
