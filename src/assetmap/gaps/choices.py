"""Measure every choice of access that the sensitivity of gaps is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.border import mark_border
from assetmap.access.catchment import enhanced_two_step, gaussian_decay, two_step
from assetmap.access.costs import STRAIGHT, count_of, just_beyond, within_limit
from assetmap.access.measure import Catchments, measure_catchments
from assetmap.access.nearest import distance_to_nearest
from assetmap.access.travel import MODES, Travel, known_costs
from assetmap.gaps.hotspots import (
    REPEATS,
    find_hotspots,
    touching_areas,
)
from assetmap.gaps.score import (
    LOW_ACCESS_BEYOND_M,
)
from assetmap.gaps.sensitivity import DRAWS, MOST_OVERLAND, SEED, gap_sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

TIMES: Final = (0.4, 1.0, 1.6)
"""What the limit is multiplied by: 2, 5 and 8 km where it is 5 km."""


def measure_sensitivity(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str = "library",
    needs: Sequence[str] = ("need",),
    travel: Travel | None = None,
    catchments: Catchments | None = None,
    postcodes: pd.DataFrame | None = None,
    low_access_beyond_m: float = LOW_ACCESS_BEYOND_M,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Analyse how sensitive the gaps are that `find_gaps` found by the cost to the nearest, in one table for a build.

    Parameters
    ----------
    areas
        Small areas with ``gap_class``, the columns of `measure_access` and the columns `needs`.
    assets, asset_type
        As for `distance_to_nearest`.
    needs
        Columns of need that plausible choices mix; the first is the one in use.
    travel
        How people travel, and which mode decides; straight lines of `LIMIT_M` where you do not give it.
    catchments
        As for `access_choices`.
    postcodes
        With postcodes beyond the border; without them no area near the border is marked.
    low_access_beyond_m
        As for `find_gaps`.
    draws, seed
        As for `gap_sensitivity`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: the columns of `gap_sensitivity` and of `find_hotspots` (not where need or access is the
        same in all areas: there is nothing to test), and, with postcodes, ``leaves_data``.

    Examples
    --------
    >>> found = am.gaps.measure_sensitivity(quillford.areas, quillford.assets, draws=20)
    >>> bool(found["class_kept_share"].between(0, 1).all())
    True
    """
    travel = travel or Travel()
    caught = catchments or measure_catchments(
        areas, assets, asset_type=asset_type, travel=travel, times=max(TIMES)
    )
    choices = _choices(areas[["distance_m"]], assets, travel, caught)
    for name, mode in MODES.items():
        if name != STRAIGHT and mode.cost in areas.columns:
            costs = known_costs(areas, travel, mode=name)
            if costs.notna().all() or name == travel.mode:
                choices[mode.cost] = costs
    tables = [
        gap_sensitivity(
            areas, choices, needs=needs, low_access_beyond_m=low_access_beyond_m, draws=draws, seed=seed
        )
    ]
    reached = areas.assign(**{travel.cost: just_beyond(known_costs(areas, travel).to_numpy())})
    if _differs(reached, needs[0], travel.cost):
        repeats = REPEATS if len(areas) <= MOST_OVERLAND else 1
        tables.append(find_hotspots(reached, need=needs[0], access=travel.cost, repeats=repeats, seed=seed))
    if postcodes is not None:
        tables.append(mark_border(areas, limit_m=travel.limit_m, postcodes=postcodes).to_frame())
    return pd.concat(tables, axis=1)


def access_choices(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    travel: Travel | None = None,
    catchments: Catchments | None = None,
) -> pd.DataFrame:
    """Measure access in several plausible ways, to draw from in `gap_sensitivity`.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    travel
        How people travel, and which mode decides; straight lines of `LIMIT_M` where you do not give it. Its limit is
        multiplied by 0.4, 1 and 1.6.
    catchments
        From `measure_catchments` with ``times=max(TIMES)``, if you have them already.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``distance_m`` and, for each limit (metres or minutes), ``count_within_<limit>``,
        ``two_step_<limit>``, ``enhanced_<limit>`` (Luo & Qi's steps) and ``gaussian_<limit>`` (E2SFCA with a
        Gaussian of a third of it).

    Examples
    --------
    >>> am.gaps.access_choices(areas, assets, asset_type="library").shape[0]
    326
    """
    travel = travel or Travel()
    caught = catchments or measure_catchments(
        areas, assets, asset_type=asset_type, travel=travel, times=max(TIMES)
    )
    nearest = distance_to_nearest(areas, assets, asset_type=asset_type)[["distance_m"]]
    return _choices(nearest, assets, travel, caught)


def _differs(areas: gpd.GeoDataFrame, need: str, access: str) -> bool:
    """Say whether need and access differ among the areas that have both, and a neighbour that has."""
    known = areas[areas[[need, access]].notna().all(axis=1)]
    known = known[np.asarray(touching_areas(known).sum(axis=1) > 0).ravel()]
    return bool(known[need].nunique() > 1 and known[access].nunique() > 1)


def _choices(
    nearest: pd.DataFrame, assets: gpd.GeoDataFrame, travel: Travel, caught: Catchments
) -> pd.DataFrame:
    """Join counts and scores within each limit to the distance to the nearest asset."""
    choices = {}
    for times in TIMES:
        costs = within_limit(caught.costs, travel.limit * times)
        label = f"{costs.limit:g}"
        choices[f"count_within_{label}"] = count_of(costs)
        hours = caught.hours_within(costs.limit)
        choices[f"two_step_{label}"] = two_step(caught.people, assets, hours)
        choices[f"enhanced_{label}"] = enhanced_two_step(caught.people, assets, hours)
        gauss = gaussian_decay(costs.limit / 3)
        choices[f"gaussian_{label}"] = enhanced_two_step(caught.people, assets, hours, decay=gauss)
    return nearest.join(pd.DataFrame(choices).reindex(nearest.index))
