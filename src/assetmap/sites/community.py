"""Community capacity around a site: groups, the estimate of unregistered ones, and places that could house it.

A group counts where its location is known to the town or better; those known only to the town are counted apart. The lists
are a sample of what there is: few groups nearby may mean few groups or a poor list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import straight_costs
from assetmap.schema import DISTANCE_PRECISIONS, Estimate, check_assets, reference_table
from assetmap.sites.area_people import people_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

VENUE_TYPES: Final = (
    "community_centre",
    "village_hall",
    "community_hub",
    "place_of_worship",
    "arts_venue",
    "family_hub",
)
"""Types of places that have housed libraries elsewhere."""
NAMED_VENUES: Final = 5
SAME_BUILDING_M: Final = 50.0
"""A place no further away than this counts as the same building: our judgement."""


def measure_community(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    near_m: float,
    estimate: Estimate | None = None,
) -> pd.DataFrame:
    """Count groups and places near each site.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    assets
        The register. Groups are the types marked ``group`` in ``data/tables/asset_types.csv``; closed assets and
        the sites themselves do not count, nor is a sensitive place named or counted as one that could house a site.
    sites
        The sites under review.
    near_m
        Straight line from the site, metres.
    estimate
        Of unregistered groups in all areas; shared out by population.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``people_near``; ``groups_listed_near``, ``groups_registered_near`` and both
        ``_per_1000`` (missing where nobody lives near); ``groups_by_town_only``; ``venues_near``,
        ``venue_names`` (other places that could house it, not in the same building or postcode); ``unregistered_near`` with ``_low``, ``_high`` and ``_level`` (pro-rata shares,
        missing without an estimate).

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> found = am.sites.measure_community(areas, assets, sites, near_m=2_000)
    >>> found.shape[0]
    27
    """
    check_assets(assets)
    types = reference_table("asset_types")
    others = assets[
        ~assets.index.isin(sites.index)
        & (assets["status"] != "closed")
        & assets.geometry.notna()
        & assets["location_precision"].isin(DISTANCE_PRECISIONS)
    ]
    groups = others[others["asset_type"].isin(types.index[types["group"] == "yes"])]
    venues = others[others["asset_type"].isin(VENUE_TYPES)]
    if "sensitive" in venues.columns:
        venues = venues[~venues["sensitive"].eq(True)]
    registered = groups.get("registered", pd.Series("unknown", index=groups.index)) == "yes"
    by_town = groups["location_precision"] == "place"
    near_groups = _within(sites, groups, near_m)
    near_venues = _within(sites, venues, near_m) & ~_same_building(sites, venues)
    people = people_of(areas)
    around = straight_costs(areas, sites, limit_m=near_m, only_open=False)
    people_near = np.bincount(around.asset, weights=people[around.area], minlength=len(sites))
    table = pd.DataFrame(
        {
            "people_near": people_near,
            "groups_listed_near": near_groups.sum(axis=1),
            "groups_registered_near": (near_groups & registered.to_numpy()).sum(axis=1),
            "groups_by_town_only": (near_groups & by_town.to_numpy()).sum(axis=1),
            "venues_near": near_venues.sum(axis=1),
            "venue_names": [_names(venues.loc[row, "name"]) for row in near_venues],
        },
        index=sites.index,
    )
    for kind in ("listed", "registered"):
        table[f"groups_{kind}_per_1000"] = (
            table[f"groups_{kind}_near"] / table["people_near"].replace(0, np.nan) * 1000
        )
    share = table["people_near"] / people.sum() if people.sum() > 0 else np.nan
    for column, value in (
        ("unregistered_near", estimate.estimate if estimate else np.nan),
        ("unregistered_near_low", estimate.low if estimate else np.nan),
        ("unregistered_near_high", estimate.high if estimate else np.nan),
    ):
        table[column] = share * value
    table["unregistered_near_level"] = estimate.level if estimate else np.nan
    return table


def _within(sites: gpd.GeoDataFrame, others: gpd.GeoDataFrame, near_m: float) -> NDArray[np.bool_]:
    """Tell which of the others are near each site (sites x others)."""
    here = np.column_stack([sites.geometry.x, sites.geometry.y])
    there = np.column_stack([others.geometry.x, others.geometry.y])
    inside: NDArray[np.bool_] = np.hypot(*(here[:, None, :] - there[None, :, :]).transpose(2, 0, 1)) <= near_m
    return inside


def _same_building(sites: gpd.GeoDataFrame, venues: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which venues share the building or the postcode of a site: they could not house it if the building closed."""
    close = _within(sites, venues, SAME_BUILDING_M)
    if "postcode" not in sites.columns or "postcode" not in venues.columns:
        return close
    here, there = (
        table["postcode"]
        .fillna("")
        .astype(str)
        .str.upper()
        .str.replace(r"\W", "", regex=True)
        .to_numpy(dtype=object)
        for table in (sites, venues)
    )
    same: NDArray[np.bool_] = (here[:, None] == there[None, :]) & (here != "")[:, None]
    return close | same


def _names(names: pd.Series) -> str:
    shown = sorted(str(name) for name in names)[:NAMED_VENUES]
    more = len(names) - len(shown)
    return "; ".join(shown) + (f" and {more} more" if more > 0 else "")
