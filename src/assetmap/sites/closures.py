"""Every combination of closures, ranked by the harm it does, and which of them save most for least harm.

Harm is the extra cost to the nearest site left, one way, in person-kilometres (person-hours where costs are minutes); a
person of an area with more need counts more (`need_weights`: 1 on average). When the sites S close, an area whose nearest sites are s1, s2,
s3 ... at d1 <= d2 <= d3 loses (d2 - d1) if s1 is in S, and (d3 - d2) more if s2 is in S as well, and so on.
Summed over areas, the harm of S is therefore the sum, over the subsets T of S, of what the areas lose whose
first sites are just T: each combination is a few additions, whatever the number of areas. Nothing is
approximated: a test compares it with measuring every combination anew.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES, just_beyond, least_costs
from assetmap.schema import InputError
from assetmap.sites.area_people import need_weights, people_of
from assetmap.sites.gains import SAME_WITHIN
from assetmap.sites.scenario import HARM_UNIT
from assetmap.sites.sites import check_costs, limit_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from assetmap.schema import Costs

    Floats = NDArray[np.float64]

MOST_CLOSURES: Final = 4
MOST_COMBINATIONS: Final = 1_000_000


def rank_closures(
    areas: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    most: int = MOST_CLOSURES,
    limit_m: float = LIMIT_M,
    limit_minutes: float = LIMIT_MINUTES,
    costs: Costs | None = None,
    among: pd.Index | None = None,
) -> pd.DataFrame:
    """Rank every combination of one to ``most`` closures by the harm it does.

    Parameters
    ----------
    areas
        Small areas with ``population``; ``need`` where known.
    sites
        The open sites.
    most
        Largest number of sites closed at once; at least one site always stays.
    limit_m, limit_minutes
        People who live further than this from any site left are counted as left without; the unit of `costs` decides
        which is used.
    costs
        From areas to sites (`site_costs`); straight lines without.
    among
        The sites that may close; the others stay open in every combination. All sites where you do not give it.

    Returns
    -------
    pandas.DataFrame
        Least harm first; ``rank``, ``closed`` (names joined by " + "), ``closures``, ``asset_ids`` (joined by
        " "), ``harm`` (person-kilometres or person-hours, weighted by need), ``harm_unweighted``, ``people_further``,
        ``people_left_without``, ``hours_saved`` (a week), ``cost_saved_gbp`` (a year); a saving is missing
        where the hours or the cost of one of the sites are not known; ``unit`` of the costs. Where no site is left that can be reached, people
        count as one metre or minute further than the furthest known cost.

    Raises
    ------
    InputError
        If ``most`` is below 0 or there would be over a million combinations. A single site has none.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> am.sites.rank_closures(areas, sites, limit_m=5_000)["closed"].iloc[0]
    'Lostwithiel Library'
    """
    sites = sites[sites["status"] == "open"]
    closing = np.arange(len(sites)) if among is None else sites.index.get_indexer(among)
    closing = np.sort(closing[closing >= 0])
    most = _check_size(len(closing), min(most, len(sites) - 1))
    measured = check_costs(costs, areas, sites)
    order, near = least_costs(measured, most=most + 1)
    limit = limit_of(measured.unit, limit_m=limit_m, limit_minutes=limit_minutes)
    people = people_of(areas)
    beyond = (near > limit).astype(float)
    near = just_beyond(near)
    steps = np.diff(near, axis=1) / HARM_UNIT[measured.unit]
    further = (near - near[:, :1] >= SAME_WITHIN).astype(float)
    losses = {
        "harm": (need_weights(areas) * people)[:, None] * steps,
        "harm_unweighted": people[:, None] * steps,
        "people_further": people[:, None] * np.diff(further, axis=1),
        "people_left_without": people[:, None] * np.diff(beyond, axis=1),
    }
    table = _table_of(sites, closing, order[:, :most], losses, most)
    table = table.sort_values(["harm", "closures"], kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table.assign(unit=measured.unit)


def pareto_front(closures: pd.DataFrame, *, saved: str = "hours_saved") -> pd.DataFrame:
    """Keep the combinations that no other one beats: none saves as much for less harm.

    Parameters
    ----------
    closures
        From `rank_closures`.
    saved
        ``hours_saved`` or ``cost_saved_gbp``; combinations whose saving is not known are left out.

    Returns
    -------
    pandas.DataFrame
        Rows of ``closures``, by growing saving and harm.

    Examples
    --------
    >>> closures = am.sites.rank_closures(areas, am.sites.open_sites(assets).head(4), limit_m=5_000)
    >>> front = am.sites.pareto_front(closures)
    >>> bool(front["hours_saved"].is_monotonic_increasing)
    True
    """
    known = closures[closures[saved].notna()]
    ordered = known.sort_values([saved, "harm", "closures"], ascending=[False, True, True], kind="stable")
    least = ordered["harm"].cummin()
    better = ordered["harm"] < least.shift(fill_value=np.inf)
    return ordered[better].iloc[::-1].reset_index(drop=True)


def largest_size(count: int, most: int) -> int:
    """Return how many of ``count`` sites can be closed at once, at most ``most``, so that all can be ranked."""
    sizes = range(1, min(most, count - 1) + 1)
    return max((size for size in sizes if _combinations(count, size) <= MOST_COMBINATIONS), default=0)


def _check_size(count: int, most: int) -> int:
    if most < 0:
        raise InputError(f"The number of closures at once must be 0 or more, not {most}.")
    most = min(most, count)
    if _combinations(count, most) > MOST_COMBINATIONS:
        raise InputError(
            f"{count} sites have {_combinations(count, most):,} combinations of up to {most} closures; at most "
            f"{MOST_COMBINATIONS:,} can be ranked. Ask for {largest_size(count, most)} at once."
        )
    return most


def _combinations(count: int, most: int) -> int:
    return sum(math.comb(count, size) for size in range(1, most + 1))


def _table_of(
    sites: gpd.GeoDataFrame,
    closing: NDArray[np.intp],
    order: NDArray[np.intp],
    losses: dict[str, Floats],
    most: int,
) -> pd.DataFrame:
    count = len(sites)
    ledgers = {name: _ledger(order, loss, count) for name, loss in losses.items()}
    hours, cost = (_numbers(sites, column) for column in ("weekly_hours", "annual_cost_gbp"))
    names, ids = sites["name"].astype(str).to_numpy(), sites.index.astype(str).to_numpy()
    columns = ["closed", "closures", "asset_ids", *losses, "hours_saved", "cost_saved_gbp"]
    parts = [pd.DataFrame(columns=columns)] if most == 0 else []
    for size in range(1, most + 1):
        chosen = np.array(list(itertools.combinations(closing.tolist(), size)), dtype=np.int64)
        chosen = chosen.reshape(-1, size)
        part = {
            "closed": [" + ".join(row) for row in names[chosen].tolist()],
            "closures": size,
            "asset_ids": [" ".join(row) for row in ids[chosen].tolist()],
        }
        part |= {name: _sum_over_subsets(ledger, chosen, count) for name, ledger in ledgers.items()}
        part["hours_saved"] = hours[chosen].sum(axis=1)
        part["cost_saved_gbp"] = cost[chosen].sum(axis=1)
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def _ledger(order: NDArray[np.intp], loss: Floats, count: int) -> list[tuple[NDArray[np.int64], Floats]]:
    """Add up, for each set of first sites, what its areas lose when the last of them goes.

    Returns, per set size, the keys of the sets (sorted; a set is a number in base ``count``) and the sums.
    """
    ledger = []
    for size in range(1, order.shape[1] + 1):
        there = (order[:, :size] >= 0).all(axis=1)  # -1: fewer sites can be reached
        keys = _key(np.sort(order[there, :size], axis=1), count)
        sets, where = np.unique(keys, return_inverse=True)
        sums = np.bincount(where, weights=loss[there, size - 1], minlength=len(sets)).astype(np.float64)
        ledger.append((sets, sums))
    return ledger


def _sum_over_subsets(
    ledger: list[tuple[NDArray[np.int64], Floats]], chosen: NDArray[np.int64], count: int
) -> Floats:
    total = np.zeros(len(chosen))
    for size in range(1, chosen.shape[1] + 1):
        sets, sums = ledger[size - 1]
        for subset in itertools.combinations(range(chosen.shape[1]), size):
            keys = _key(chosen[:, subset], count)
            place = np.minimum(np.searchsorted(sets, keys), max(len(sets) - 1, 0))
            if not len(sets):
                continue
            total += np.where(sets[place] == keys, sums[place], 0.0)
    return total


def _key(chosen: NDArray[np.int64] | NDArray[np.intp], count: int) -> NDArray[np.int64]:
    powers = count ** np.arange(chosen.shape[1], dtype=np.int64)
    key: NDArray[np.int64] = (chosen.astype(np.int64) * powers).sum(axis=1)
    return key


def _numbers(sites: pd.DataFrame, column: str) -> Floats:
    if column not in sites.columns:
        return np.full(len(sites), np.nan)
    numbers: Floats = pd.to_numeric(sites[column], errors="coerce").to_numpy(dtype=float)
    return numbers
