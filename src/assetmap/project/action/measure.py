"""The steps of a build about social action: answers about areas and grants, where the project has such lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from assetmap.action.conditions import conditions_nearby, match_conditions
from assetmap.action.forms import NOT_SAID, count_forms, count_steps
from assetmap.action.grants import review_grants
from assetmap.public import PUBLIC
from assetmap.read.action.conditions import read_conditions
from assetmap.read.action.grants import read_grants
from assetmap.redaction.contacts import redact_column
from assetmap.schema import AreaConditions, GrantsReview, Note

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


class Action(NamedTuple):
    """Records, tables and notes about social action."""

    conditions: AreaConditions | None
    grants: GrantsReview | None
    tables: dict[str, pd.DataFrame]
    notes: tuple[Note, ...]


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


def measure_action(
    project: Project, areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> tuple[gpd.GeoDataFrame, Action]:
    """Join to the areas what people say of them and what grants brought them, and count forms of social action.

    Parameters
    ----------
    project
        From `open_project`.
    areas, assets, postcodes
        Small areas, the register, and postcodes to find addresses.

    Returns
    -------
    tuple
        The areas with more columns where the project has such lists; and the records, the tables that a build writes
        beside them, and what a reader must know.
    """
    tables: dict[str, pd.DataFrame] = {}
    notes: tuple[Note, ...] = ()
    forms = count_forms(assets)
    if forms["assets"].drop(NOT_SAID).sum():
        tables |= {"forms": forms, "operator_steps": count_steps(assets)}
    conditions = measure_conditions(project, areas, assets)
    if conditions is not None:
        areas, notes = areas.join(conditions.areas), notes + conditions.notes
        tables |= {"conditions": conditions.answers} if len(conditions.answers) else {}
    grants = measure_grants(project, areas, postcodes)
    if grants is not None:
        areas, notes = areas.join(grants.areas), notes + grants.notes
        tables |= {"grants": grants.grants, "grants_by_need": grants.by_need, "grants_curve": grants.curve}
    return areas, Action(conditions, grants, tables, notes)
