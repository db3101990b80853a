"""Everything that says how sure the gaps of a build are, in one table.

A build has one set of choices. This adds what other choices would say: how often an area keeps its class and its place, and
where need clusters around poor access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.access.border import mark_edges
from assetmap.access.modes import COSTS, OVERLAND, TRAVEL, Ways, known_costs
from assetmap.gaps.hotspots import find_hotspots
from assetmap.gaps.score import just_beyond
from assetmap.gaps.sensitivity import DRAWS, access_choices, gap_stability
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
    ways: Ways | None = None,
    postcodes: pd.DataFrame | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Measure how sure the gaps are that `find_gaps` found by distance to the nearest.

    Parameters
    ----------
    areas
        Small areas with ``gap_class``, the columns of `measure_ways` and the columns `needs`.
    assets, asset_type
        As for `distance_to_nearest`.
    needs
        Columns of need that plausible choices mix; the first is the one in use.
    ways
        How people get there, and which way decides; straight lines of 5 km when not given.
    postcodes
        With postcodes beyond the border; without them no edge is marked.
    draws, seed
        As for `gap_stability`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: the columns of `gap_stability` and of `find_hotspots`, and, with postcodes,
        ``leaves_data``.
    """
    ways = ways or Ways()
    choices = access_choices(areas, assets, asset_type=asset_type, ways=ways)
    for way in (OVERLAND, TRAVEL):
        if COSTS[way] in areas.columns:
            costs = known_costs(areas, ways, way)
            if costs.notna().all() or way == ways.decides:
                choices[COSTS[way]] = just_beyond(costs.to_numpy())
    tables = [gap_stability(areas, choices, needs=needs, draws=draws, seed=seed)]
    reached = areas.assign(**{ways.cost: just_beyond(known_costs(areas, ways).to_numpy())})
    tables.append(find_hotspots(reached, need=needs[0], access=ways.cost, seed=seed))
    if postcodes is not None:
        tables.append(mark_edges(areas, catchment_m=ways.catchment_m, postcodes=postcodes).to_frame())
    return pd.concat(tables, axis=1)


def limits_of_certainty(areas: pd.DataFrame) -> tuple[Note, ...]:
    """Return a note on each thing that a build leaves out for this many areas.

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
