"""From a project straight to the gaps of any type of asset, without a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assetmap.access.location import (
    LEAST_COST,
    MOST_PEOPLE,
    candidate_places,
    candidate_postcodes,
    suggest_sites,
)
from assetmap.access.nearest import unknown_as_open
from assetmap.access.travel import known_costs
from assetmap.project.folder import Progress, Project
from assetmap.project.measuring import measure_project
from assetmap.project.pipeline import find_travel
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
    limit_m: float | None = None,
    limit_minutes: float | None = None,
    include_unknown: bool = False,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Find the gaps of a project for one type of asset.

    Parameters
    ----------
    project
        From `open_project`.
    asset_type, limit_m, limit_minutes
        As in the settings of the project where not given; the limits are for modes in metres and in minutes.
    need
        Column of need; where not given, that of the settings or, for an `asset_type` named here, its theme.
    weights, method
        Overall need made of several columns, as for `combine_need`.
    distance
        The mode of travel that decides: ``"straight"``, ``"overland"`` or ``"own"``; as in the settings where not given.
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
    >>> found = find_project_gaps(am.example_project(), asset_type="food_bank", include_unknown=True)
    >>> len(found)
    326
    """
    access = _given(asset_type=asset_type, distance=distance, limit_m=limit_m, limit_minutes=limit_minutes)
    access |= {"include_unknown": True} if include_unknown else {}
    wanted = need or (None if asset_type else project.settings.gaps.need)
    mixed = {"weights": dict(weights), "method": method} if weights else {}
    settings = project.settings.changed(access=access, gaps={"need": wanted}, need=mixed)
    return measure_project(replace(project, settings=settings), sensitivity=False, progress=progress).areas


def suggest_project_sites(
    project: Project,
    *,
    sites: int = 1,
    asset_type: str | None = None,
    candidates: str = "places",
    distance: str | None = None,
    limit_m: float | None = None,
    limit_minutes: float | None = None,
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
    asset_type, distance
        As for `find_project_gaps`.
    limit_m, limit_minutes
        Bring most people within this limit (for modes in metres, or in minutes). Without it the mean distance or time to
        the nearest is made least.
    candidates
        ``"places"``: halls, community centres and hubs of the register; ``"postcodes"``: a postcode in the middle of
        each small area; or a type of asset.
    weight
        Column of the areas that people count by, for instance ``need``; without it every person counts the same.
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

    Examples
    --------
    >>> am.suggest_project_sites(am.example_project(), sites=2)["name"].tolist()
    ['ClayTAWC (Clay Area Training and Work Centre)', 'Grampound with Creed War Memorial Recreation Ground and Public Hall']
    """
    access = _given(distance=distance, limit_m=limit_m, limit_minutes=limit_minutes)
    project = replace(project, settings=project.settings.changed(access=access))
    results = measure_project(project, sensitivity=False, progress=progress)
    chosen_type = asset_type or project.settings.access.asset_type
    if candidates == "postcodes":
        if results.postcodes is None:
            raise InputError("The project has no postcodes to choose from. Name their file in [postcodes].")
        chosen = candidate_postcodes(results.areas, results.postcodes)
    else:
        chosen = candidate_places(results.assets, kinds=None if candidates == "places" else [candidates])
    if chosen.empty:
        raise InputError(
            f"The register has no '{candidates}' with a location to choose from. Use 'places', 'postcodes' or a type "
            "of asset that it has."
        )
    unknown = include_unknown or project.settings.access.include_unknown
    assets = unknown_as_open(results.assets) if unknown else results.assets
    travel = find_travel(project, results.areas, postcodes=results.postcodes, land=results.land)
    same = (
        chosen_type == project.settings.access.asset_type
        and unknown == project.settings.access.include_unknown
    )
    return suggest_sites(
        results.areas,
        assets,
        chosen,
        sites=sites,
        asset_type=chosen_type,
        objective=LEAST_COST if limit_m is None and limit_minutes is None else MOST_PEOPLE,
        weight=weight,
        travel=travel,
        present=known_costs(results.areas, travel) if same else None,
    )


def _given(**values: Any) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}
