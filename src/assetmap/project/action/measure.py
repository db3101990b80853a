"""The steps of a build about social action: answers about areas and grants, where the project has such lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assetmap.action.conditions import conditions_nearby, match_conditions
from assetmap.action.grants import review_grants
from assetmap.public import PUBLIC
from assetmap.read.action.conditions import read_conditions
from assetmap.read.action.grants import read_grants
from assetmap.redaction import redact_column
from assetmap.schema import AreaConditions, GrantsReview

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


NOT_PUBLIC: Final = ("recipient", "recipient_id", "purpose", "programme", "address_in")
"""Columns of grants that a public build leaves out: a small group may have the name and the address of a person."""


def measure_grants(
    project: Project, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> GrantsReview | None:
    """Read the grants of a project and set them beside need; None without such a list.

    Parameters
    ----------
    project
        Its ``[grants]`` name the file.
    areas, postcodes
        Small areas with people and need; postcodes to find addresses.

    Returns
    -------
    GrantsReview
        Without the names and addresses of recipients if the audience is the public.
    """
    settings = project.settings
    if settings.grants is None:
        return None
    found = review_grants(areas, read_grants(project.folder / settings.grants.file), postcodes=postcodes)
    if settings.project.audience != PUBLIC:
        return found
    shown = found.grants.drop(columns=list(NOT_PUBLIC))
    for column in ("grant_id", "award_date", "funder", "why_not"):
        shown[column] = redact_column(shown[column])
    return replace(found, grants=shown)


def action_tables(conditions: AreaConditions | None, grants: GrantsReview | None) -> dict[str, pd.DataFrame]:
    """Return the tables that a build writes beside the areas."""
    tables = {}
    if conditions is not None and len(conditions.answers):
        tables["conditions"] = conditions.answers
    if grants is not None:
        tables |= {"grants": grants.grants, "grants_by_need": grants.by_need, "grants_curve": grants.curve}
    return tables
