"""Priorities and outcomes of a project, as a step of a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assetmap.gaps.outcomes import measure_outcomes
from assetmap.gaps.priorities import assign_priorities, describe_unknown, measure_priorities
from assetmap.project.pipeline import find_travel
from assetmap.read.outcomes.outcomes import read_outcomes
from assetmap.schema import Note

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.access.travel import Travel
    from assetmap.project.folder import Project


def detail_priorities(
    project: Project,
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    travel: Travel,
    land: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Say which priorities of ``[outcomes]`` each asset serves, and what is within reach of whom.

    Parameters
    ----------
    project, areas, assets
        Of the build.
    travel
        How people travel; the mode and the limits of ``[outcomes]`` are used in place of its own.
    land
        For distances overland.

    Returns
    -------
    tuple
        The areas with ``priorities_without`` and ``priorities_missing``; the assets with ``priorities`` and ``priorities_from``; the tables
        ``priorities``, ``priority_areas`` and ``priority_outcomes``; and a note on words that were not understood. Without ``[outcomes]`` nothing is added.
    """
    wanted = project.settings.outcomes
    if wanted is None:
        return areas, assets, {}, ()
    outcomes = read_outcomes(project.folder / wanted.file)
    names, unknown = assign_priorities(assets, outcomes)
    assets = assets.join(names)
    if wanted.distance not in travel.modes:
        travel = find_travel(project, areas, postcodes=travel.postcodes, land=land, mode=wanted.distance)
    travel = replace(
        travel, mode=wanted.distance, limit_m=wanted.limit_m, limit_minutes=wanted.limit_minutes, detour=1.0
    )
    found = measure_priorities(areas, assets, outcomes, travel=travel)
    notes = (Note("OUTCOMES_NOT_UNDERSTOOD", describe_unknown(unknown)),) if unknown else ()
    return (
        areas.join(found.by_area),
        assets,
        {
            "priorities": found.summary,
            "priority_areas": found.areas,
            "priority_outcomes": measure_outcomes(areas, assets, outcomes, found, travel=travel),
        },
        notes,
    )
