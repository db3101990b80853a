"""What if: people's way to the nearest site and their share of opening hours, before and after changes.

Two measures stand side by side, because they answer different questions. The *nearest distance* says how far
the way is; a closure can never shorten it. The *access score* (enhanced two-step floating catchment, Luo & Qi
2009: `enhanced_two_step`) says how many opening hours a week there are per 1,000 people, near
ones counting more and shared with everybody else who can reach them; after a closure it also falls for those
who keep their site and now share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.catchment import enhanced_two_step
from assetmap.schema import Costs, Note, Scenario, SchemaError, check_areas
from assetmap.sites.sites import check_distances, need_deciles, need_weights, people_of, sorted_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CATCHMENT_M: Final = 5_000.0
BEYOND_M: Final = (2_000.0, 5_000.0, 8_000.0)
SAME_WITHIN_M: Final = 1.0
"""A way that changes by less than this counts as unchanged (metres, or units of the matrix)."""


def compare_scenario(
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    catchment_m: float = CATCHMENT_M,
    beyond_m: Sequence[float] = BEYOND_M,
    distances: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    most: int = 10,
) -> Scenario:
    """Compare people's access before and after changes to the sites.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    before, after
        Sites before and after, from `apply_changes`; only the open ones count.
    catchment_m
        How far people go, for the access score.
    beyond_m
        Distances for which the people who live further away than that are counted.
    distances
        Matrices before and after (areas x sites) around water or in minutes; straight lines without.
    most
        How many of the most affected areas to name.

    Returns
    -------
    Scenario
        The tables described there.

    Raises
    ------
    SchemaError
        If no site stays open, a population is missing, or a matrix lacks areas or sites.
    """
    check_areas(areas)
    states = [
        _measured_state(areas, sites, distances, when, catchment_m)
        for when, sites in enumerate((before, after))
    ]
    table = _area_table(areas, states)
    harm = need_weights(areas) * people_of(areas) * table["change_m"].to_numpy() / 1000
    worst = table.assign(harm_person_km=harm)
    worst = worst[worst["harm_person_km"] > 0].sort_values("harm_person_km", ascending=False, kind="stable")
    return Scenario(
        areas=table,
        people=people_table(areas, table, beyond_m=beyond_m),
        sites=_site_table(areas, before, after, states),
        most_affected=worst.head(most),
        notes=_notes(areas, before, after),
    )


def people_table(
    areas: pd.DataFrame, table: pd.DataFrame, *, beyond_m: Sequence[float] = BEYOND_M
) -> pd.DataFrame:
    """Count winners and losers by age and need decile.

    Parameters
    ----------
    areas
        Small areas with ``population``, and ages and ``need`` where known.
    table
        ``Scenario.areas``.
    beyond_m
        Distances for the counts of people who live further away than that.

    Returns
    -------
    pandas.DataFrame
        Index ``group`` ("everyone", "children 0-15", "60 and over", "need decile 1 (most need)" ...);
        ``people``, ``mean_before_m``, ``mean_after_m``, ``people_further``, ``people_nearer``,
        ``people_less_access``, ``people_more_access``, ``access_before``, ``access_after`` (mean per person),
        ``beyond_2km_before``, ``beyond_2km_after`` ... Missing where the group is not known.
    """
    rows = {}
    for group, people in _groups(areas).items():
        total = people.sum()
        row = {"people": total}
        for when in ("before", "after"):
            row[f"mean_{when}_m"] = _mean(table[f"distance_{when}_m"], people)
            row[f"access_{when}"] = _mean(table[f"access_{when}"], people)
        row["people_further"] = people[(table["change_m"] >= SAME_WITHIN_M).to_numpy()].sum()
        row["people_nearer"] = people[(table["change_m"] <= -SAME_WITHIN_M).to_numpy()].sum()
        row["people_less_access"] = people[(table["access_change"] < -_ACCESS_SAME).to_numpy()].sum()
        row["people_more_access"] = people[(table["access_change"] > _ACCESS_SAME).to_numpy()].sum()
        for limit in beyond_m:
            for when in ("before", "after"):
                beyond = (table[f"distance_{when}_m"] > limit).to_numpy()
                row[f"beyond_{kilometre_name(limit)}_{when}"] = people[beyond].sum()
        rows[group] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def access_score(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    distances: pd.DataFrame,
    *,
    catchment_m: float = CATCHMENT_M,
) -> pd.Series:
    """Share out the sites' hours by `enhanced_two_step`, over a matrix of distances.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    sites
        The open sites with ``weekly_hours``; unknown hours count as the median of the known.
    distances
        Areas by sites; missing = no way.
    catchment_m
        Beyond it a site counts nothing; in the unit of ``distances``.

    Returns
    -------
    pandas.Series
        ``access_per_1000`` on ``areas.index``: weekly hours per 1,000 people, 0 where nothing is in reach, more
        is better. Over all areas people x access adds up to the hours of the sites that somebody can reach.
    """
    cost = distances.to_numpy(dtype=float)
    area, site = np.nonzero(cost <= catchment_m)
    reach = Costs(
        areas=areas.index,
        assets=sites.index,
        area=area.astype(np.int32),
        asset=site.astype(np.int32),
        cost=cost[area, site],
        limit=catchment_m,
        unit="m",
        mode="own",
        method="matrix",
        measured=np.ones(len(areas), dtype=bool),
    )
    return enhanced_two_step(areas, sites.assign(weekly_hours=capacity_of(sites)), reach)


def capacity_of(sites: pd.DataFrame) -> Floats:
    """Return weekly hours per site; unknown ones count as the median of the known, 1 where none is known."""
    hours = pd.to_numeric(sites["weekly_hours"], errors="coerce").astype(float)
    typical = hours.median()
    filled: Floats = hours.fillna(1.0 if pd.isna(typical) else typical).to_numpy()
    return filled


def kilometre_name(metres: float) -> str:
    """Return a distance as it stands in a column name: ``2km``, ``1_5km``."""
    return f"{metres / 1000:g}km".replace(".", "_")


_ACCESS_SAME: Final = 1e-9


@dataclass(frozen=True)
class _State:
    sites: gpd.GeoDataFrame
    nearest: NDArray[np.intp]
    distance: Floats
    access: pd.Series


def _measured_state(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    distances: tuple[pd.DataFrame, pd.DataFrame] | None,
    when: int,
    catchment_m: float,
) -> _State:
    opened = sites[sites["status"] == "open"]
    if opened.empty:
        raise SchemaError(
            f"No site is open {('before', 'after')[when]} the changes: nothing can be compared."
        )
    matrix = check_distances(None if distances is None else distances[when], areas, opened)
    order, near = sorted_sites(matrix, most=1)
    access = access_score(areas, opened, matrix, catchment_m=catchment_m)
    return _State(opened, order[:, 0], near[:, 0], access)


def _area_table(areas: pd.DataFrame, states: list[_State]) -> pd.DataFrame:
    kept = ("area_name", "population", "children_0_15", "older_60_plus", "need", "imd_rank", "imd_decile")
    table = pd.DataFrame(areas[[column for column in kept if column in areas.columns]])
    for when, state in zip(("before", "after"), states, strict=True):
        table[f"distance_{when}_m"] = state.distance
        table[f"nearest_{when}"] = state.sites["name"].to_numpy()[state.nearest]
        table[f"access_{when}"] = state.access
    table["change_m"] = table["distance_after_m"] - table["distance_before_m"]
    table["access_change"] = table["access_after"] - table["access_before"]
    outcomes = {
        "further": table["change_m"] >= SAME_WITHIN_M,
        "nearer": table["change_m"] <= -SAME_WITHIN_M,
        "less access": table["access_change"] < -_ACCESS_SAME,
        "more access": table["access_change"] > _ACCESS_SAME,
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
        counted = pd.Series(np.bincount(state.nearest, people, len(state.sites)), index=state.sites.index)
        for column in ("status", "operator", "control", "weekly_hours"):
            table[f"{column}_{when}"] = sites[column].reindex(index)
        table[f"people_nearest_{when}"] = counted.reindex(index).fillna(0.0)
    shown = (table["status_before"] == "open") | (table["status_after"] == "open")
    return table[shown]


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


def _mean(values: pd.Series, people: Floats) -> float:
    total = people.sum()
    if not total > 0:
        return float("nan")
    counted = people > 0
    return float((values.to_numpy()[counted] * people[counted]).sum() / total)


def _notes(areas: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> tuple[Note, ...]:
    notes = []
    opened = pd.concat([sites.loc[sites["status"] == "open", "weekly_hours"] for sites in (before, after)])
    unknown = opened[opened.isna()].index.unique()
    if len(unknown):
        notes.append(
            Note(
                "HOURS_UNKNOWN",
                f"The hours of {len(unknown)} sites are not known; the median of the others is used.",
            )
        )
    if "need" not in areas.columns or areas["need"].isna().any():
        count = len(areas) if "need" not in areas.columns else int(areas["need"].isna().sum())
        notes.append(
            Note(
                "NEED_UNKNOWN",
                f"Need is not known for {count} areas; their people count as the average person.",
            )
        )
    return tuple(notes)
