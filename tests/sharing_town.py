"""A made-up town of lenders and borrowers for tests of pages: every name, offer and ask in it is invented."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from conftest import make_assets, make_grid

LENDERS = {
    # name: east and north (km), type, status, offers, asks, social action
    "West Library": (0.5, 0.5, "library", "open", "meeting_room; computers; wifi", "volunteers", "formal_volunteering"),
    "East Library": (3.5, 0.5, "library", "open", "", "", ""),
    "St Piran Village Hall": (0.6, 1.4, "village_hall", "open", "hall; kitchen; tables_chairs; parking", "projector", "community_asset_ownership"),
    "Newtown Memory Cafe": (1.5, 2.5, "memory_cafe", "unknown", "", "minibus; meeting_room", "peer_support"),
    "Moor Rowing Club": (3.4, 3.3, "sports_club", "open", "minibus; boat", "storage", ""),
    "Time Bank & Tool Library": (2.5, 1.5, "time_bank", "open", "tools; garden_tools; gazebo", "storage", "time_credits"),
    "Old Transport Trust": (1.5, 0.5, "transport", "closed", "minibus; driver", "", ""),
    "<img src=x onerror=alert(1)> Club": (2.5, 2.6, "sports_club", "open", "gazebo", "driver", ""),
    "Harbour Refuge": (2.2, 0.4, "refuge", "open", "van", "kitchen", ""),
}  # fmt: skip


def sharing_areas() -> gpd.GeoDataFrame:
    """The grid, with need and the centres that distances are measured from."""
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, len(areas))
    areas["centre_easting"], areas["centre_northing"] = areas.geometry.centroid.x, areas.geometry.centroid.y
    return areas


def sharing_assets() -> gpd.GeoDataFrame:
    """The town: ``offers`` and ``asks`` as codes."""
    assets = make_assets({name: row[:2] for name, row in LENDERS.items()})
    for place, column in enumerate(("asset_type", "status", "offers", "asks", "social_action"), start=2):
        assets[column] = [row[place] for row in LENDERS.values()]
    codes = [f"A{int(row[1])}{int(row[0])}" for row in LENDERS.values()]
    return assets.assign(
        area_code=pd.Series(codes, index=assets.index, dtype=object),
        sensitive=assets["asset_type"] == "refuge",
        source="made_up",
    )
