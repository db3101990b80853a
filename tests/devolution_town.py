"""A small town with five libraries, a hall and groups, for the tests of the devolution review."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from conftest import ORIGIN, make_assets, make_grid

PLACES = {
    "West Library": (0.5, 0.5),
    "East Library": (3.5, 0.5),
    "North Library": (0.5, 3.5),
    "Hill Library": (3.5, 3.5),
    "Mill Library": (2.5, 1.5),
}


def make_town() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Sixteen squares with growing need and people; libraries, one closed, a hall and three groups."""
    areas = make_grid()
    areas["need"] = np.linspace(0.2, 1, 16)
    areas["population"] = np.arange(1000, 1160, 10)
    areas["children_0_15"] = 200
    areas["older_60_plus"] = 300
    libraries = make_assets(PLACES | {"Old Library": (1.5, 2.5)})
    libraries["town"] = [name.split()[0] for name in libraries["name"]]
    libraries["operator"] = ["County Council", "East Town Council", "County Council", None, "Mill CIC", None]
    libraries["operator_type"] = [
        *("principal_authority", "town_council", "principal_authority"),
        *(None, "community_interest_company", None),
    ]
    libraries["devolved"] = ["no", "yes", "no", None, "yes", None]
    libraries["devolved_year"] = [np.nan, 2018, np.nan, np.nan, np.nan, np.nan]
    libraries["weekly_hours"] = [40.0, 30.0, 20.0, np.nan, 10.0, np.nan]
    libraries.loc["old-library", ["status", "closed_year"]] = ["closed", 2019]
    hall = make_assets({"West Hall": (0.5, 1.5)}, asset_type="village_hall")
    groups = make_assets(
        {"Band": (0.5, 0.6), "Choir": (0.5, 0.7), "Club": (3.5, 3.4)}, asset_type="arts_culture"
    )
    groups["registered"] = ["yes", "no", "yes"]
    groups.loc["choir", "location_precision"] = "place"
    assets = pd.concat([libraries, hall, groups])
    assets.index.name = "asset_id"
    return areas, gpd.GeoDataFrame(assets, geometry="geometry", crs="EPSG:27700")


def make_postcodes() -> pd.DataFrame:
    """Three postcodes: in A11, on the Mill library's street, and one whose place is not known."""
    return pd.DataFrame(
        {
            "easting": [ORIGIN[0] + 1500, ORIGIN[0] + 2500, np.nan],
            "northing": [ORIGIN[1] + 1500, ORIGIN[1] + 1500, np.nan],
            "area_code": ["A11", "A12", None],
            "live": True,
        },
        index=pd.Index(["TR1 1AA", "TR1 1AB", "TR1 1AC"], name="postcode"),
    )


def plain_areas(areas: gpd.GeoDataFrame) -> list[dict[str, float]]:
    """The areas as the oracles take them."""
    centres = areas.geometry.representative_point()
    return [
        {"x": point.x, "y": point.y, "people": float(people), "need": need}
        for point, people, need in zip(centres, areas["population"], areas["need"], strict=True)
    ]


def plain_sites(sites: gpd.GeoDataFrame) -> dict[str, tuple[float, float]]:
    """The sites as the oracles take them."""
    return {str(asset_id): (point.x, point.y) for asset_id, point in sites.geometry.items()}
