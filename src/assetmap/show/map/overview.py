"""What a map of a whole country leaves out so that its page stays small enough to open: postcodes and groups.

A map of one authority leaves nothing out. A note on the page says what was left out.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.schema import Note
from assetmap.show.map.payload import MOST_RANKED

MOST_POSTCODES: Final = 150_000
"""The most live postcodes that a page can hold: about five times as many as Cornwall has."""

MOST_ASSETS: Final = 20_000
"""The most assets that a page can hold."""


def for_overview(
    assets: gpd.GeoDataFrame, postcodes: pd.DataFrame | None, *, asset_type: str, areas: int
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None, tuple[Note, ...]]:
    """Return the assets and postcodes that a page can hold, and notes on what is left out.

    Parameters
    ----------
    assets
        The register. With more than `MOST_ASSETS` rows, only assets of `asset_type` are kept.
    postcodes
        Postcodes to search for. With more than `MOST_POSTCODES` live postcodes, none are kept.
    asset_type
        The type that distances are measured to.
    areas
        Number of small areas.

    Returns
    -------
    tuple
        Assets, postcodes or None, notes.
    """
    notes = []
    if len(assets) > MOST_ASSETS:
        kept = assets[assets["asset_type"] == asset_type]
        notes.append(
            Note(
                "ASSETS_LEFT_OUT",
                f"This map shows {len(kept):,} of {len(assets):,} assets: only the type that distances are measured to. "
                "The others are in assets.csv and in the counts for each neighbourhood. A map of one authority shows them all.",
            )
        )
        assets = kept
    live = 0 if postcodes is None else int(postcodes["live"].sum())
    if live > MOST_POSTCODES:
        postcodes = None
        notes.append(
            Note(
                "POSTCODES_LEFT_OUT",
                f"You cannot search this map for postcodes, because {live:,} are too many for one page. "
                "On a map of one authority you can.",
            )
        )
    if areas > MOST_RANKED:
        notes.append(
            Note(
                "RANKS_SHARED",
                f"This map has {areas:,} neighbourhoods. Gaps and the layers that are shown first rank each of them; in the other layers, "
                "neighbourhoods with the same rounded value share a rank. The exact values are in areas.csv.",
            )
        )
    return assets, postcodes, tuple(notes)
