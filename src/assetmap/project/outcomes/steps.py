"""Everything that a build says of what a council wants to achieve, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.project.outcomes.counts import detail_counts
from assetmap.project.outcomes.paying import detail_break_even
from assetmap.project.outcomes.prevention import detail_prevention
from assetmap.project.outcomes.priorities import detail_priorities

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.access.travel import Travel
    from assetmap.project.folder import Project
    from assetmap.schema import Note


def detail_outcomes(
    project: Project,
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    travel: Travel,
    land: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Measure priorities, prevention, counts of groups and break-even of a build.

    Parameters
    ----------
    project, areas, assets
        Of the build.
    travel, land
        How people travel, and the land for distances overland.

    Returns
    -------
    tuple
        Areas and assets with further columns, tables by their names, and notes.
    """
    areas, assets, details, notes = detail_priorities(project, areas, assets, travel=travel, land=land)
    areas, prevention, said = detail_prevention(areas, assets, project.settings)
    counts, of_counts = detail_counts(project, assets)
    money, of_money = detail_break_even(assets, project.settings)
    details = details | prevention | counts | money
    notes = (*notes, *said, *of_counts, *of_money)
    return areas, assets, details, notes
