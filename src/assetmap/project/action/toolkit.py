"""What a build measures of the toolkit: conditions, grants, prevention, and spending that pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetmap.project.action.measure import action_tables, measure_conditions, measure_grants
from assetmap.project.outcomes.paying import detail_break_even
from assetmap.project.outcomes.prevention import detail_prevention

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.project.folder import Project
    from assetmap.schema import AreaConditions, GrantsReview, Note


@dataclass(frozen=True)
class Toolkit:
    """The measures of the toolkit: areas with their columns, tables by name, remarks, and the records behind them."""

    areas: gpd.GeoDataFrame
    details: dict[str, pd.DataFrame]
    notes: tuple[Note, ...]
    conditions: AreaConditions | None
    grants: GrantsReview | None


def measure_toolkit(
    project: Project, areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> Toolkit:
    """Measure what a project has of the toolkit. Areas, assets and postcodes are those of the build."""
    notes: tuple[Note, ...] = ()
    conditions = measure_conditions(project, areas, assets)
    if conditions is not None:
        areas = areas.join(conditions.areas)
        notes += conditions.notes
    grants = measure_grants(project, areas, postcodes)
    if grants is not None:
        areas = areas.join(grants.areas)
        notes += grants.notes
    areas, details, more = detail_prevention(areas, assets, project.settings)
    paying, remarks = detail_break_even(assets, project.settings)
    return Toolkit(
        areas,
        details | paying | action_tables(conditions, grants),
        notes + more + remarks,
        conditions,
        grants,
    )
