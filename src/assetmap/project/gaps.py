"""From a project straight to the gaps of any type of asset, without a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assetmap.access.location import OBJECTIVES, candidate_places, candidate_postcodes, suggest_sites
from assetmap.access.nearest import unknown_as_open
from assetmap.project.build import measure_project
from assetmap.project.folder import Progress, Project
from assetmap.schema import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd


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


def suggest_project_sites(
    project: Project,
    *,
    sites: int = 1,
    asset_type: str | None = None,
    candidates: str = "places",
    covered_km: float | None = None,
    weight: str | None = None,
    include_unknown: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Choose where new sites of a type would help most, with the open ones staying where they are.

    Parameters
    ----------
    project
        From `open_project`.
    sites
        How many.
    asset_type
        As in the settings of the project when not given.
    candidates
        ``"places"``: halls, community centres and hubs of the register; ``"postcodes"``: a postcode in the middle of
        each small area; or a type of asset.
    covered_km
        Make most people live within this distance; without it the way to the nearest is made least.
    weight
        Column of the areas that people count by, for instance ``need``; every person alike without it.
    include_unknown
        Count assets of the type whose status is unknown as open: they stay.
    progress
        Called with a few words before each step.

    Returns
    -------
    pandas.DataFrame
        What `suggest_sites` returns.

    Raises
    ------
    InputError
        If the project has no such candidates, or fewer than `sites`.
    """
    results = measure_project(project, how_sure=False, progress=progress)
    access = project.settings.access
    if candidates == "postcodes":
        if results.postcodes is None:
            raise InputError("The project has no postcodes to choose from: name their file in [postcodes].")
        chosen = candidate_postcodes(results.areas, results.postcodes)
    else:
        chosen = candidate_places(results.assets, kinds=None if candidates == "places" else [candidates])
    if chosen.empty:
        raise InputError(
            f"The register has no placed '{candidates}' to choose from. Take 'places', 'postcodes' or a type of asset it has."
        )
    assets = unknown_as_open(results.assets) if include_unknown or access.include_unknown else results.assets
    return suggest_sites(
        results.areas,
        assets,
        chosen,
        sites=sites,
        asset_type=asset_type or access.asset_type,
        objective=OBJECTIVES[0] if covered_km is None else OBJECTIVES[1],
        covered_m=(covered_km or access.catchment_km) * 1000,
        weight=weight,
    )
