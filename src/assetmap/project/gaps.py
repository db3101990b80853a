"""From a project straight to the gaps of any type of asset, without a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assetmap.project.build import measure_project
from assetmap.project.folder import Progress, Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


def find_project_gaps(
    project: Project,
    *,
    asset_type: str | None = None,
    need: str | None = None,
    weights: Mapping[str, float] | None = None,
    method: str = "percentile",
    distance: str | None = None,
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
    weights, method
        Overall need made of several columns, as for `combine_need`.
    distance
        The way that decides: ``"straight"``, ``"overland"`` or ``"travel"``; as in the settings where not given.
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
    settings = project.settings
    asked = {"asset_type": asset_type, "distance": distance, "catchment_km": catchment_km}
    asked["include_unknown"] = include_unknown or None
    access = settings.access.model_copy(
        update={name: value for name, value in asked.items() if value is not None}
    )
    wanted = need or (None if asset_type else settings.gaps.need)
    gaps = settings.gaps.model_copy(update={"need": wanted})
    changed = settings.model_copy(update={"access": access, "gaps": gaps})
    if weights:
        mixed = settings.need.model_copy(update={"weights": dict(weights), "method": method})
        changed = changed.model_copy(update={"need": mixed})
    return measure_project(replace(project, settings=changed), how_sure=False, progress=progress).areas
