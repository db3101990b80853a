"""From a project straight to the gaps of any type of asset, without a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.measure.themes import measure_gaps
from assetmap.project.build import measure_project
from assetmap.project.folder import Progress, Project

if TYPE_CHECKING:
    import geopandas as gpd


def find_project_gaps(
    project: Project,
    *,
    asset_type: str | None = None,
    need: str | None = None,
    catchment_km: float | None = None,
    include_unknown: bool = False,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Find the gaps of a project for one type of asset.

    Parameters
    ----------
    project
        From `open_project`.
    asset_type, catchment_km
        As in the settings of the project where not given.
    need
        Column of need; where not given, that of the settings or, for an `asset_type` named here, its theme.
    include_unknown
        Count assets of unknown status as open.
    progress
        Called with a few words before each step.

    Returns
    -------
    geopandas.GeoDataFrame
        What `measure_gaps` returns, in the order of the areas.

    Examples
    --------
    >>> find_project_gaps(example_project(), asset_type="food_bank", include_unknown=True)  # doctest: +SKIP
    """
    results = measure_project(project, how_sure=False, progress=progress)
    settings = project.settings
    return measure_gaps(
        results.areas,
        results.assets,
        asset_type=asset_type or settings.access.asset_type,
        need=need or (None if asset_type else settings.gaps.need),
        catchment_m=(catchment_km or settings.access.catchment_km) * 1000,
        include_unknown=include_unknown,
    )
