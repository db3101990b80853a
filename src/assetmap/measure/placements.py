"""Best places for new sites, existing ones fixed: the p-median problem with people weighted by need.

Few combinations are tried one and all; many by a greedy start and swaps until none helps (Teitz & Bart 1968), which is
not proved to be best and says so.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.measure.scenarios import SAME_WITHIN_M
from assetmap.measure.sites import check_distances, need_weights, people_of
from assetmap.schema import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_TRIED: Final = 20_000
"""Up to so many combinations all are tried."""


@dataclass(frozen=True)
class Placement:
    """The best places found.

    places : index ``asset_id`` of the candidates chosen; ``name``, ``saved_person_km`` (need-weighted, what is lost
        if this one place is left out), ``people_nearer``.
    person_km_before, person_km_after : need-weighted person-kilometres one way to the nearest site.
    proved : every combination was tried.
    """

    places: pd.DataFrame
    person_km_before: float
    person_km_after: float
    proved: bool


def place_sites(
    areas: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    *,
    number: int,
    existing: gpd.GeoDataFrame | None = None,
    distances: pd.DataFrame | None = None,
    most_tried: int = MOST_TRIED,
) -> Placement:
    """Choose the places that bring people, weighted by need, nearest to a site.

    Parameters
    ----------
    areas
        Small areas with ``population``; ``need`` where known.
    candidates
        Points that could become a site, index ``asset_id``: existing community places, or all present sites (which
        ``number`` of them to keep).
    number
        How many to choose.
    existing
        Sites that stay; None if there is none.
    distances
        Areas x (candidates and existing sites); straight lines without.
    most_tried
        Up to so many combinations all are tried.

    Returns
    -------
    Placement
        A tie goes to the candidates that stand first.

    Raises
    ------
    InputError
        If there are fewer candidates than places.
    """
    if not 1 <= number <= len(candidates):
        raise InputError(f"{number} places cannot be chosen from {len(candidates)} candidates.")
    cost = _filled(check_distances(distances, areas, candidates))
    fixed = np.full(len(areas), np.inf)
    if existing is not None and len(existing):
        fixed = _filled(check_distances(distances, areas, existing)).min(axis=1)
    weights = people_of(areas) * need_weights(areas) / 1000
    cost, fixed = cost[weights > 0], fixed[weights > 0]
    weight = weights[weights > 0]
    proved = math.comb(len(candidates), number) <= most_tried
    chosen = (_try_all if proved else _greedy_and_swap)(cost, fixed, weight, number)
    after = _total(cost, fixed, weight, chosen)
    people = people_of(areas)[weights > 0]
    rows = [
        {
            "name": candidates["name"].iloc[one],
            "saved_person_km": _total(cost, fixed, weight, [c for c in chosen if c != one]) - after,
            "people_nearer": float(people[_nearer(cost, fixed, chosen, one)].sum()),
        }
        for one in chosen
    ]
    places = pd.DataFrame(rows, index=candidates.index[chosen].rename("asset_id"))
    return Placement(places, float(weight @ fixed), after, proved)


def _filled(matrix: pd.DataFrame) -> Floats:
    filled: Floats = np.nan_to_num(matrix.to_numpy(dtype=float), nan=np.inf)
    return filled


def _total(cost: Floats, fixed: Floats, weight: Floats, chosen: list[int]) -> float:
    nearest = np.minimum(fixed, cost[:, chosen].min(axis=1)) if chosen else fixed
    return float(weight @ nearest)


def _nearer(cost: Floats, fixed: Floats, chosen: list[int], one: int) -> NDArray[np.bool_]:
    others = [c for c in chosen if c != one]
    rest = np.minimum(fixed, cost[:, others].min(axis=1)) if others else fixed
    nearer: NDArray[np.bool_] = rest - cost[:, one] >= SAME_WITHIN_M
    return nearer


def _try_all(cost: Floats, fixed: Floats, weight: Floats, number: int) -> list[int]:
    best, least = list(range(number)), math.inf
    for combination in itertools.combinations(range(cost.shape[1]), number):
        total = _total(cost, fixed, weight, list(combination))
        if total < least:
            best, least = list(combination), total
    return best


def _greedy_and_swap(cost: Floats, fixed: Floats, weight: Floats, number: int) -> list[int]:
    chosen: list[int] = []
    nearest = fixed
    for _ in range(number):
        totals = weight @ np.minimum(nearest[:, None], cost)
        totals[chosen] = np.inf
        chosen.append(int(totals.argmin()))
        nearest = np.minimum(nearest, cost[:, chosen[-1]])
    least = float(weight @ nearest)
    improved = True
    while improved:
        improved = False
        for place in range(number):
            rest = chosen[:place] + chosen[place + 1 :]
            kept = np.minimum(fixed, cost[:, rest].min(axis=1)) if rest else fixed
            totals = weight @ np.minimum(kept[:, None], cost)
            totals[rest] = np.inf
            one = int(totals.argmin())
            if totals[one] < least * (1 - 1e-12):
                chosen[place], least, improved = one, float(totals[one]), True
    return sorted(chosen)
