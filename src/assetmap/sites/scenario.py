"""What if: people's cost to the nearest site and their share of opening hours, before and after changes.

Two measures stand side by side because they answer different questions. The *cost to the nearest site* (a distance or a
time) shows how far people have to go; a closure can never lower it. The *access score* (enhanced two-step floating
catchment, Luo & Qi 2009: `enhanced_two_step`) shows how many opening hours a week there are per 1,000 people, near ones
counting more and shared with everybody else who can reach them; after a closure it also falls for those who keep their
site and now share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.access.catchment import enhanced_two_step
from assetmap.access.costs import (
    LIMIT_M,
    LIMIT_MINUTES,
    METRES,
    join_costs,
    least_costs,
    select_costs,
    within_limit,
)
from assetmap.access.hours import ONE_SITE, fill_hours, typical_hours
from assetmap.access.travel import Travel, covered_places
from assetmap.schema import Costs, InputError, Note, SchemaError, check_areas, first_few
from assetmap.schema import Scenario as Scenario  # noqa: PLC0414 (the room exports it)
from assetmap.sites.area_people import measured_areas, need_weights, on_all_areas, people_of, unreachable_note
from assetmap.sites.gains import (
    ACCESS_SAME,
    BEYOND_M,
    BEYOND_MINUTES,
    SAME_WITHIN,
    filled_columns,
    people_table,
)
from assetmap.sites.sites import check_costs, limit_of, site_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HARM_UNIT: Final = {"m": 1000.0, "min": 60.0}
"""Harm is in person-kilometres or person-hours."""


def compare_scenario(
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    limit_m: float = LIMIT_M,
    limit_minutes: float = LIMIT_MINUTES,
    beyond_m: Sequence[float] = BEYOND_M,
    beyond_minutes: Sequence[float] = BEYOND_MINUTES,
    costs: tuple[Costs, Costs] | None = None,
    people: gpd.GeoDataFrame | None = None,
    most: int = 10,
) -> Scenario:
    """Compare people's access before and after changes to the sites.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    before, after
        Sites before and after, from `apply_changes`; only the open ones count.
    limit_m, limit_minutes
        How far people travel, for the access score; the unit of `costs` decides which is used.
    beyond_m, beyond_minutes
        People who live further away than these are counted; the unit of `costs` decides which are used.
    costs
        From areas to sites before and after (`site_costs`, `costs_after`); straight lines without.
    people
        The areas and, below them, squares of people beyond the border who share the sites (`with_people_beyond`); `costs`
        must then be measured from them. The areas where you do not give it.
    most
        How many of the most affected areas to name.

    Returns
    -------
    Scenario
        The tables described there.

    Raises
    ------
    SchemaError
        If no site stays open, a population is missing, or the costs lack areas or sites.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> after = am.sites.apply_changes(sites, am.sites.parse_changes({"close": ["St Ives"]}, assets))
    >>> scenario = am.sites.compare_scenario(areas, sites, after)
    >>> int(scenario.people.loc["everyone", "people"])
    575532
    """
    check_areas(areas)
    if costs is None:
        first = site_costs(areas, before)
        costs = (first, costs_after(areas, before, after, first))
    everywhere = areas
    areas, notes = measured_areas(areas, costs[0])
    people = areas if people is None else people
    unit = costs[0].unit
    limit = limit_of(unit, limit_m=limit_m, limit_minutes=limit_minutes)
    states = [
        _measured_state(areas, people, sites, cost, when, limit, before)
        for when, sites, cost in zip(("before", "after"), (before, after), costs, strict=True)
    ]
    table = _area_table(areas, states, unit)
    harm = need_weights(areas) * people_of(areas) * table["cost_change"].to_numpy() / HARM_UNIT[unit]
    worst = table.assign(harm=harm)
    worst = worst[worst["harm"] > 0].sort_values("harm", ascending=False, kind="stable")
    beyond = beyond_m if unit == METRES else beyond_minutes
    for when, state in zip(("before", "after"), states, strict=True):
        notes += unreachable_note(areas, state.cost, costs[0], when=f" {when} the changes")
    return Scenario(
        areas=on_all_areas(table, everywhere),
        people=people_table(areas, table, beyond=beyond),
        sites=_site_table(areas, before, after, states),
        most_affected=worst.head(most),
        notes=(*_notes(areas, before, after, states), *notes),
    )


def costs_after(
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    costs: Costs,
    *,
    travel: Travel | None = None,
) -> Costs:
    """Return the costs to the sites after changes: only new and moved sites are measured.

    Parameters
    ----------
    areas, before, after
        As for `compare_scenario`.
    costs
        To the sites before, by the same mode.
    travel
        How people travel; straight lines without.

    Raises
    ------
    InputError
        If your own travel times have no row for where a new or moved site would be.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> after = am.sites.apply_changes(sites, am.sites.parse_changes({"close": ["St Ives"]}, assets))
    >>> costs = am.sites.costs_after(areas, sites, after, am.sites.site_costs(areas, sites))
    >>> len(costs.assets)
    27
    """
    travel = travel or Travel()
    known = after.index.intersection(before.index, sort=False)
    moved = known[~after.loc[known].geometry.geom_equals(before.loc[known].geometry, align=False).to_numpy()]
    stayed = known.difference(moved, sort=False)
    changed = after.loc[after.index.difference(stayed, sort=False)]
    kept = select_costs(costs, assets=stayed)
    if changed.empty:
        return select_costs(kept, assets=after.index)
    # a table of travel times knows a moved site by its old place only: it is looked up by the area it moves to
    labels = [f"{name} (moved)" if name in moved else name for name in changed.index]
    there = changed.set_axis(pd.Index(labels, name=changed.index.name))
    lost = changed[~there.index.isin(covered_places(there, travel).index)]
    if len(lost):
        raise InputError(
            f"Your travel times do not lead to {first_few(lost['name'])}. Add rows whose 'destination' is the code of "
            f"the area it would be in ({first_few(lost['area_code'].fillna('not known'))}), or use another distance."
        )
    added = site_costs(areas, there, travel=travel)
    return select_costs(join_costs(kept, replace(added, assets=changed.index)), assets=after.index)


def access_score(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    costs: Costs,
    *,
    limit: float,
    today: pd.DataFrame | None = None,
) -> pd.Series:
    """Share out the sites' hours by `enhanced_two_step`.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    sites
        The open sites with ``weekly_hours``.
    costs
        From the areas to the sites.
    limit
        Beyond it a site counts nothing; in the unit of the costs.
    today
        The sites as they stand today: unknown hours count as the median of the open ones among them (`fill_hours`);
        `sites` where you do not give it.

    Returns
    -------
    pandas.Series
        ``access_per_1000`` on ``areas.index``: weekly hours per 1,000 people, 0 where nothing is within the limit, more
        is better. Over all areas people x access adds up to the hours of the sites that somebody can reach.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> score = am.sites.access_score(areas, sites, am.sites.site_costs(areas, sites), limit=5_000)
    >>> round(float(score.max()), 2)
    6.09
    """
    near = replace(within_limit(costs, min(limit, costs.limit)), limit=limit)
    return enhanced_two_step(areas, sites.assign(weekly_hours=fill_hours(sites, today=today)), near)


@dataclass(frozen=True)
class _State:
    sites: gpd.GeoDataFrame
    nearest: NDArray[np.intp]
    cost: Floats
    access: pd.Series
    alike: pd.Series


def _measured_state(
    areas: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    costs: Costs,
    when: str,
    limit: float,
    today: pd.DataFrame,
) -> _State:
    opened = sites[sites["status"] == "open"]
    if opened.empty:
        raise SchemaError(f"No site is open {when} the changes, so nothing can be compared.")
    measured = check_costs(costs, areas, opened)
    order, near = least_costs(measured, most=1)
    shared = measured if people is areas else check_costs(costs, people, opened)
    access = access_score(people, opened, shared, limit=limit, today=today).loc[areas.index]
    alike = access_score(people, opened.assign(weekly_hours=ONE_SITE), shared, limit=limit).loc[areas.index]
    return _State(opened, order[:, 0], near[:, 0], access, alike)


def _area_table(areas: pd.DataFrame, states: list[_State], unit: str) -> pd.DataFrame:
    kept = ("area_name", "population", "children_0_15", "older_60_plus", "need", "imd_rank", "imd_decile")
    table = pd.DataFrame(areas[[column for column in kept if column in areas.columns]])
    for when, state in zip(("before", "after"), states, strict=True):
        names = np.array([*state.sites["name"], None], dtype=object)  # -1: none can be reached
        table[f"cost_{when}"] = np.where(np.isfinite(state.cost), state.cost, np.nan)
        table[f"nearest_{when}"] = names[state.nearest]
        table[f"access_{when}"] = state.access
    spent = filled_columns(table)
    table["cost_change"] = spent["after"] - spent["before"]
    table["access_change"] = table["access_after"] - table["access_before"]
    table["unit"] = unit
    outcomes = {
        "further": table["cost_change"] >= SAME_WITHIN,
        "nearer": table["cost_change"] <= -SAME_WITHIN,
        "less access": table["access_change"] < -ACCESS_SAME,
        "more access": table["access_change"] > ACCESS_SAME,
    }
    table["outcome"] = np.select(list(outcomes.values()), list(outcomes), default="same")
    return table


def _site_table(
    areas: pd.DataFrame, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, states: list[_State]
) -> pd.DataFrame:
    people = people_of(areas)
    index = before.index.union(after.index, sort=False)
    table = pd.DataFrame(index=index.rename("asset_id"))
    table["name"] = before["name"].reindex(index).fillna(after["name"])
    for when, sites, state in zip(("before", "after"), (before, after), states, strict=True):
        going = state.nearest >= 0
        counted = pd.Series(
            np.bincount(state.nearest[going], people[going], len(state.sites)), index=state.sites.index
        )
        for column in ("status", "operator", "control", "weekly_hours"):
            table[f"{column}_{when}"] = sites[column].reindex(index)
        table[f"people_nearest_{when}"] = counted.reindex(index).fillna(0.0)
    shown = (table["status_before"] == "open") | (table["status_after"] == "open")
    return table[shown]


def _notes(
    areas: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, states: list[_State]
) -> tuple[Note, ...]:
    notes = []
    opened = pd.concat([sites[sites["status"] == "open"] for sites in (before, after)])
    opened = opened[~opened.index.duplicated()]
    unknown = opened[opened["weekly_hours"].isna()]
    if len(unknown):
        change = states[1].alike - states[0].alike
        less, more = (
            people_of(areas)[found.to_numpy()].sum()
            for found in (change < -ACCESS_SAME, change > ACCESS_SAME)
        )
        typical = typical_hours(before).reindex(unknown["asset_type"].unique()).dropna()
        hours = ", ".join(f"{value:g}" for value in sorted(set(typical))) or "1"
        notes.append(
            Note(
                "HOURS_UNKNOWN",
                f"Opening hours are not known for {len(unknown)} of {len(opened)} sites. Each of them counts as the median of "
                f"the sites open today ({hours} a week), before and after. If every site counts as one instead, "
                f"{less:,.0f} people have less access and {more:,.0f} have more.",
            )
        )
    if "need" not in areas.columns or areas["need"].isna().any():
        count = len(areas) if "need" not in areas.columns else int(areas["need"].isna().sum())
        notes.append(
            Note(
                "NEED_UNKNOWN",
                f"Need is not known for {count} areas. Their people count as the average person.",
            )
        )
    return tuple(notes)
