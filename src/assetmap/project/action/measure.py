"""The steps of a build about social action: answers about areas and grants, where the project has such lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assetmap.action.conditions import conditions_nearby, match_conditions
from assetmap.public import PUBLIC
from assetmap.read.action.conditions import read_conditions
from assetmap.schema import AreaConditions

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.project.folder import Project


def measure_conditions(
    project: Project, areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame
) -> AreaConditions | None:
    """Read what people say about their areas, with what the lists know beside it; None without such a list.

    Parameters
    ----------
    project
        Its ``[conditions]`` name the file.
    areas, assets
        Small areas and the register. Groups, venues and volunteer centres are counted within the limit of ``[access]``.

    Returns
    -------
    AreaConditions
        Without the names of those who answered if the audience is the public. ``areas`` has the counts of
        `conditions_nearby` too.
    """
    settings = project.settings
    if settings.conditions is None:
        return None
    found = match_conditions(areas, read_conditions(project.folder / settings.conditions.file))
    beside = conditions_nearby(areas, assets, limit_m=settings.access.limit_m)
    answers = found.answers
    if settings.project.audience == PUBLIC:
        answers = answers.drop(columns="who")
    return replace(found, answers=answers, areas=found.areas.join(beside))


def action_tables(conditions: AreaConditions | None) -> dict[str, pd.DataFrame]:
    """Return the tables that a build writes beside the areas."""
    return {"conditions": conditions.answers} if conditions is not None and len(conditions.answers) else {}
