"""Single points of failure: who has nothing else of the kind in reach if a site goes, and if a devolved one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.sites.scenario import CATCHMENT_M
from assetmap.sites.sites import check_distances, need_weights, people_of

if TYPE_CHECKING:
    import geopandas as gpd


def find_single_points(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    catchment_m: float = CATCHMENT_M,
    distances: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the people who depend on one site, and what is left if devolved sites fail.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    sites
        The open sites, with ``devolved`` (``yes``, ``no``, ``unknown``).
    catchment_m
        How far people go.
    distances
        Areas x sites; straight lines without.

    Returns
    -------
    tuple of pandas.DataFrame
        Per site (index ``asset_id``): ``name``, ``operator``, ``devolved``, ``people_only_here``,
        ``children_only_here``, ``older_only_here``, ``need_weighted_only_here``, ``areas_only_here``, most people
        first. Per area (index ``area_code``): ``sites_in_reach``, ``devolved_in_reach``, ``only_site`` (name where
        there is just one), ``left_if_devolved_fail`` (sites in reach that are not known to be devolved).
    """
    sites = sites[sites["status"] == "open"]
    inside = check_distances(distances, areas, sites).to_numpy() <= catchment_m
    devolved = (sites["devolved"] == "yes").to_numpy()
    count = inside.sum(axis=1)
    alone = inside & (count == 1)[:, None]
    people = people_of(areas)
    per_site = pd.DataFrame(
        {
            "name": sites["name"],
            "operator": sites["operator"],
            "devolved": sites["devolved"],
            "people_only_here": alone.T @ people,
            "children_only_here": alone.T @ people_of(areas, "children_0_15"),
            "older_only_here": alone.T @ people_of(areas, "older_60_plus"),
            "need_weighted_only_here": alone.T @ (people * need_weights(areas)),
            "areas_only_here": alone.sum(axis=0),
        },
        index=sites.index,
    ).sort_values("people_only_here", ascending=False, kind="stable")
    names = sites["name"].to_numpy()
    per_area = pd.DataFrame(
        {
            "area_name": areas["area_name"],
            "population": people,
            "sites_in_reach": count,
            "devolved_in_reach": inside[:, devolved].sum(axis=1),
            "only_site": np.where(count == 1, names[inside.argmax(axis=1)], None),
            "left_if_devolved_fail": inside[:, ~devolved].sum(axis=1),
        },
        index=areas.index,
    )
    return per_site, per_area
