"""Everything that says how sure the gaps of a build are, in one table.

A build has one set of choices. This adds what other choices would say: ways overland, how often an area keeps its class and
its place, and where need clusters around poor access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.measure.edges import mark_edges
from assetmap.measure.hotspots import find_hotspots
from assetmap.measure.overland import distance_overland, make_land_grid
from assetmap.measure.stability import DRAWS, access_choices, gap_stability
from assetmap.schema import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

SEED: Final = 1
"""The seed of a build: the same inputs give the same bytes."""

MOST_OVERLAND: Final = 5_000
"""Work on land grows with assets times land: beyond this many areas (all of London has 4,994) it is left out."""


def measure_certainty(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str = "library",
    needs: Sequence[str] = ("need",),
    catchment_m: float = 5_000.0,
    postcodes: pd.DataFrame | None = None,
    crossings: pd.DataFrame | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Measure how sure the gaps are that `find_gaps` found by distance to the nearest.

    Parameters
    ----------
    areas
        Small areas with ``distance_m``, ``gap_class`` and the columns `needs`; together they are the land.
    assets, asset_type
        As for `distance_to_nearest`.
    needs
        Columns of need that plausible choices mix; the first is the one in use.
    catchment_m
        Catchment for `mark_edges`.
    postcodes
        With postcodes beyond the border; without them no edge is marked.
    crossings
        Ferries and bridges, as for `make_land_grid`.
    draws, seed
        As for `gap_stability`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``overland_m``, ``overland_asset_id``, ``overland_name`` (up to `MOST_OVERLAND` areas,
        see `limits_of_certainty`), the columns of `gap_stability` and of `find_hotspots`, and, with postcodes,
        ``leaves_data``.
    """
    choices = access_choices(areas, assets, asset_type=asset_type)
    tables = []
    if len(areas) <= MOST_OVERLAND:
        grid = make_land_grid(areas, crossings=crossings)
        tables.append(distance_overland(areas, assets, grid, asset_type=asset_type))
        if tables[0]["overland_m"].notna().all():
            choices = choices.join(tables[0]["overland_m"])
    tables.append(gap_stability(areas, choices, needs=needs, draws=draws, seed=seed))
    tables.append(find_hotspots(areas, need=needs[0], seed=seed))
    if postcodes is not None:
        tables.append(mark_edges(areas, catchment_m=catchment_m, postcodes=postcodes).to_frame())
    return pd.concat(tables, axis=1)


def limits_of_certainty(areas: pd.DataFrame) -> tuple[Note, ...]:
    """Return a note on each thing that `measure_certainty` leaves out for this many areas.

    Examples
    --------
    >>> limits_of_certainty(pd.DataFrame(index=range(300)))
    ()
    """
    if len(areas) <= MOST_OVERLAND:
        return ()
    return (
        Note(
            "OVERLAND_LEFT_OUT",
            f"Ways over land were not found: {len(areas):,} areas are more than {MOST_OVERLAND:,}. Distances are "
            "straight lines, also across water; the build of one authority has both.",
        ),
    )
