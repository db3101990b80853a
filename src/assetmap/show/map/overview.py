"""What a map of a whole country leaves out, so that its page stays small enough to open: postcodes and groups.

Nothing of a map of one authority is left out. What is left out is said in a note on the page.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.schema import Note

MOST_POSTCODES: Final = 150_000
"""Live postcodes a page can be searched for: about five times those of Cornwall."""

MOST_ASSETS: Final = 20_000
"""Assets a page holds."""


def for_overview(
    assets: gpd.GeoDataFrame, postcodes: pd.DataFrame | None, *, asset_type: str
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None, tuple[Note, ...]]:
    """Return what a page can hold of the register and the postcodes, and a note on what it cannot.

    Parameters
    ----------
    assets
        The register. Beyond `MOST_ASSETS` only the assets of `asset_type` are kept.
    postcodes
        Postcodes to search for. Beyond `MOST_POSTCODES` live ones none is kept.
    asset_type
        The type that access is measured to.

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
                f"This map marks {len(kept):,} of {len(assets):,} assets, those of the type that distances go to. "
                "The others are counted in each area and stand in assets.csv; the map of one authority marks all.",
            )
        )
        assets = kept
    live = 0 if postcodes is None else int(postcodes["live"].sum())
    if live > MOST_POSTCODES:
        postcodes = None
        notes.append(
            Note(
                "POSTCODES_LEFT_OUT",
                f"This map cannot be searched for postcodes: {live:,} are too many for one page. "
                "The map of one authority has its own.",
            )
        )
    return assets, postcodes, tuple(notes)
