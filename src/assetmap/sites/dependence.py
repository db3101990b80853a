"""Single points of failure: who has no other site within the limit if one closes, or if every devolved one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES
from assetmap.sites.area_people import need_weights, people_of
from assetmap.sites.sites import check_costs, limit_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from assetmap.schema import Costs


def find_single_points(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    limit_m: float = LIMIT_M,
    limit_minutes: float = LIMIT_MINUTES,
    costs: Costs | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the people who depend on one site, and what is left if devolved sites fail.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    sites
        The open sites, with ``devolved`` (``yes``, ``no``, ``unknown``).
    limit_m, limit_minutes
        How far people travel; the unit of `costs` decides which is used.
    costs
        From areas to sites (`site_costs`); straight lines without.

    Returns
    -------
    tuple of pandas.DataFrame
        Per site (index ``asset_id``): ``name``, ``operator``, ``devolved``, ``people_only_here``,
        ``children_only_here``, ``older_only_here``, ``need_weighted_only_here``, ``areas_only_here``, most people
        first. Per area (index ``area_code``): ``sites_within``, ``devolved_within``, ``only_site`` (name where
        there is just one), ``left_if_devolved_fail`` (sites within the limit that are not known to be devolved).

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> by_site, _ = am.sites.find_single_points(areas, sites, limit_m=5_000)
    >>> len(by_site)
    27
    """
    sites = sites[sites["status"] == "open"]
    measured = check_costs(costs, areas, sites)
    near = measured.cost <= limit_of(measured.unit, limit_m=limit_m, limit_minutes=limit_minutes)
    area, site = measured.area[near], measured.asset[near]
    devolved = (sites["devolved"] == "yes").to_numpy()
    count = np.bincount(area, minlength=len(areas))
    of_devolved = np.bincount(area[devolved[site]], minlength=len(areas))
    only = count[area] == 1

    def alone(people: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(site[only], weights=people[area[only]], minlength=len(sites)).astype(np.float64)

    people = people_of(areas)
    per_site = pd.DataFrame(
        {
            "name": sites["name"],
            "operator": sites["operator"],
            "devolved": sites["devolved"],
            "people_only_here": alone(people),
            "children_only_here": alone(people_of(areas, "children_0_15")),
            "older_only_here": alone(people_of(areas, "older_60_plus")),
            "need_weighted_only_here": alone(people * need_weights(areas)),
            "areas_only_here": np.bincount(site[only], minlength=len(sites)),
        },
        index=sites.index,
    ).sort_values("people_only_here", ascending=False, kind="stable")
    only_site = np.full(len(areas), None, dtype=object)
    only_site[area[only]] = sites["name"].to_numpy()[site[only]]
    per_area = pd.DataFrame(
        {
            "area_name": areas["area_name"],
            "population": people,
            "sites_within": count,
            "devolved_within": of_devolved,
            "only_site": only_site,
            "left_if_devolved_fail": count - of_devolved,
        },
        index=areas.index,
    )
    return per_site, per_area
