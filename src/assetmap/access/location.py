"""Where one more would help most: k new sites, with the open ones staying where they are.

Two classic questions. *p-median*: which k candidates make the sum of costs (distances or times) to the nearest asset
least, each person (or need-weighted person) counted. *Maximal coverage*: which k bring most people within a limit.
Both are solved exactly as integer programmes (HiGHS in scipy), so "best" means best of all combinations.

Limits: best among the candidates that were given, by the mode of travel that was given; it knows nothing about buildings,
rent or who would run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, least_costs
from assetmap.access.nearest import centre_points, open_assets, unknown_as_open
from assetmap.access.travel import Travel, limit_to_nearest, travel_costs
from assetmap.schema import InputError, SchemaError, check_areas, check_postcodes, first_few, within_border

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from assetmap.schema import Costs

LEAST_COST: Final = "least cost"
MOST_PEOPLE: Final = "most people"
OBJECTIVES: Final = (LEAST_COST, MOST_PEOPLE)
ROOFED: Final = ("community_centre", "village_hall", "community_hub")
"""Types of place that can house a service beside what they are."""

TIME_LIMIT_S: Final = 60.0


def suggest_sites(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    *,
    sites: int = 1,
    asset_type: str | Sequence[str] | None = "library",
    objective: str = LEAST_COST,
    limit_m: float = LIMIT_M,
    weight: str | None = None,
    travel: Travel | None = None,
    present: pd.Series | None = None,
) -> pd.DataFrame:
    """Choose the best k new sites among candidates; open assets of the type stay.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    assets
        The register.
    candidates
        Points with a name for each in the index or a column ``name``: existing community places, postcodes.
    sites
        Number of new sites, 1 or more.
    asset_type
        Type of the open assets that stay (it may have none); None: all open assets.
    objective
        ``"least cost"``: the sum of distances (or times) to the nearest asset is least (p-median). ``"most people"``:
        most people are within the limit (maximal coverage).
    limit_m
        Limit in metres; not used with `travel`.
    weight
        Column of `areas` that people are multiplied by, for instance ``need``; where it is missing a person
        counts as the average person. None: every person counts the same.
    travel
        How people travel, and the limit; straight lines where you do not give it.
    present
        Cost to the nearest open asset today on ``areas.index``, if you have it already (`known_costs`).

    Returns
    -------
    pandas.DataFrame
        One row per chosen site in the order in which each adds most, index as in `candidates`: ``name``,
        ``people_nearest`` (people for whom it becomes the nearest), ``people_newly_reached`` (those of them who could reach
        none before), ``cost_saved_per_person`` (mean over the others; missing where there are none), ``people_newly_covered``
        (within the limit of it, and of no open asset or earlier site before), ``mean_cost_before``, ``mean_cost_after`` (per
        person who can reach one, today and up to and including this site), ``unreached_before``, ``unreached_after`` (people
        who can reach none) and the ``unit`` of the costs: ``m`` or ``min``. To choose, those who can reach none count as
        twice as far as the furthest pair of an area and a candidate; no figure contains that.

    Raises
    ------
    InputError
        If there are fewer candidates than sites, or the solver finds no optimum in a minute.
    SchemaError
        If an area has no population: missing people are not no people.

    Examples
    --------
    >>> halls = assets[assets["asset_type"] == "community_centre"]
    >>> suggest_sites(areas, assets, halls, sites=2)["name"].tolist()
    ['Gunnislake Woodland Centre', 'Devoran Market Hall (community micro library)']
    """
    _check(areas, candidates, sites, objective, weight)
    travel = travel or Travel(limit_m=limit_m)
    people = areas["population"].to_numpy(dtype=float)
    weighted = people if weight is None else people * _weights(areas, weight, people)
    now = (
        _present(areas, assets, asset_type, travel) if present is None else present.fillna(np.inf).to_numpy()
    )
    # a site that is further than today's nearest asset helps nobody, so no pair beyond that is measured
    most = float(now.max(initial=0.0)) or travel.limit
    new = travel_costs(areas, candidates, travel, limit=most, only_open=False)
    if objective == LEAST_COST:
        chosen = _p_median(weighted, _put_far(now, new), new, sites)
    else:
        chosen = _coverage(weighted, now <= travel.limit, new, travel.limit, sites)
    return _describe(candidates, chosen, people, now, new, travel, objective, weighted)


def candidate_places(assets: gpd.GeoDataFrame, *, kinds: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """Choose the places of the register that a new site could go into.

    Parameters
    ----------
    assets
        The register.
    kinds
        Types of asset; without them halls, community centres and hubs (`ROOFED`).

    Returns
    -------
    geopandas.GeoDataFrame
        The rows within the border that are open or of unknown status, placed, and not sensitive.

    Examples
    --------
    >>> len(am.access.candidate_places(assets)) > 0
    True
    """
    assets = within_border(assets)
    there = [kind for kind in kinds or ROOFED if assets["asset_type"].eq(kind).any()]
    found = open_assets(unknown_as_open(assets), there) if there else assets.iloc[:0]
    return found[~found["sensitive"].eq(True)] if "sensitive" in found.columns else found


def candidate_postcodes(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Choose a live postcode for each small area, the one nearest to where its people live, as candidates.

    Parameters
    ----------
    areas
        Small areas; their centres as for `distance_to_nearest`.
    postcodes
        Index ``postcode``; live ones inside the areas count.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``postcode``; ``name`` (the postcode and the name of the area), ``area_code`` and a point in EPSG:27700.

    Examples
    --------
    >>> len(am.access.candidate_postcodes(areas, postcodes)) > 0
    True
    """
    import geopandas as gpd

    check_areas(areas)
    check_postcodes(postcodes)
    live = postcodes[postcodes["live"].astype(bool) & postcodes["area_code"].isin(areas.index)]
    live = live.dropna(subset=["easting", "northing"])
    centres = pd.DataFrame(centre_points(areas), index=areas.index, columns=["east", "north"])
    around = centres.loc[live["area_code"]]
    metres = np.hypot(
        live["easting"] - around["east"].to_numpy(), live["northing"] - around["north"].to_numpy()
    )
    nearest = metres.rename("metres").to_frame().assign(area=live["area_code"]).reset_index()
    nearest = (
        nearest.sort_values(["area", "metres", "postcode"]).drop_duplicates("area").set_index("postcode")
    )
    chosen = live.loc[nearest.index]
    names = [
        f"{code}, {name}"
        for code, name in zip(nearest.index, areas.loc[nearest["area"], "area_name"], strict=True)
    ]
    points = gpd.points_from_xy(chosen["easting"], chosen["northing"], crs=areas.crs)
    return gpd.GeoDataFrame(
        {"name": names, "area_code": nearest["area"].to_numpy()}, index=nearest.index, geometry=points
    )


def _weights(areas: pd.DataFrame, column: str, people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a person of each area counts; the average person where it is not known."""
    weights = areas[column].to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(weights)
    if not people[known].sum() > 0:
        return np.ones(len(areas))
    mean = float((weights[known] * people[known]).sum() / people[known].sum())
    return np.where(known, weights, mean)


def _present(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, asset_type: str | Sequence[str] | None, travel: Travel
) -> NDArray[np.float64]:
    """Return the cost to the nearest open asset today, infinite where there is none."""
    wanted = [asset_type] if isinstance(asset_type, str) else asset_type
    there = None if wanted is None else [name for name in wanted if assets["asset_type"].eq(name).any()]
    staying = open_assets(assets, there)
    if staying.empty:
        return np.full(len(areas), np.inf)
    most = limit_to_nearest(areas, staying, travel)
    return least_costs(travel_costs(areas, staying, travel, limit=most), most=1)[1][:, 0]


def _put_far(now: NDArray[np.float64], new: Costs) -> NDArray[np.float64]:
    """Put those who can reach none today twice as far as the furthest pair, so that reaching them counts most."""
    return np.where(np.isinf(now), new.cost.max(initial=0.0) * 2 + 1, now)


def _p_median(
    weight: NDArray[np.float64], far: NDArray[np.float64], new: Costs, sites: int
) -> NDArray[np.intp]:
    """Maximise the weighted cost saved: x[i, j] sends area i to new site j where that costs less than now."""
    from scipy.sparse import coo_array, csr_array, vstack

    count = len(new.assets)
    order = np.lexsort((new.asset, new.area))
    area, site = new.area[order], new.asset[order]
    saved = far[area] - new.cost[order]
    helped = (saved > 0) & (weight[area] > 0)
    area, site, saved = area[helped], site[helped], saved[helped]
    pairs = len(area)
    gain = np.concatenate([np.zeros(count), weight[area] * saved])
    row = np.arange(pairs)
    once = coo_array((np.ones(pairs), (area, count + row)), shape=(len(far), count + pairs))
    only_open = coo_array(
        (
            np.concatenate([np.ones(pairs), -np.ones(pairs)]),
            (np.tile(row, 2), np.concatenate([count + row, site])),
        ),
        shape=(pairs, count + pairs),
    )
    rules = csr_array(vstack([once, only_open]))
    limits = np.concatenate([np.ones(len(far)), np.zeros(pairs)])
    return _solve(gain, rules, limits, count, sites)


def _coverage(
    weight: NDArray[np.float64], covered: NDArray[np.bool_], new: Costs, limit: float, sites: int
) -> NDArray[np.intp]:
    """Maximise the weight of the areas covered: y[i] is 1 only if a chosen site covers area i."""
    from scipy.sparse import coo_array, csr_array, hstack, identity

    count = len(new.assets)
    left = np.flatnonzero(~covered & (weight > 0))
    gain = np.concatenate([np.zeros(count), weight[left]])
    row = np.full(len(covered), -1)
    row[left] = np.arange(len(left))
    near = (new.cost <= limit) & (row[new.area] >= 0)
    covers = coo_array(
        (np.ones(int(near.sum())), (row[new.area[near]], new.asset[near])), shape=(len(left), count)
    )
    rules = csr_array(hstack([-covers, identity(len(left))]))
    return _solve(gain, rules, np.zeros(len(left)), count, sites)


def _solve(
    gain: NDArray[np.float64], rules: csr_array, limits: NDArray[np.float64], count: int, sites: int
) -> NDArray[np.intp]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    number = np.concatenate([np.ones(count), np.zeros(len(gain) - count)])
    whole = np.concatenate([np.ones(count), np.zeros(len(gain) - count)])
    constraints = [LinearConstraint(number[None, :], sites, sites)]
    if len(limits):
        constraints.append(LinearConstraint(rules, -np.inf, limits))
    scale = gain.max(initial=0.0) or 1.0
    solved = milp(
        -gain / scale,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=constraints,
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 0.0},
    )
    if solved.status != 0:
        raise InputError(
            f"No best sites were found among {count} candidates within {TIME_LIMIT_S:g} s ({solved.message}). Give "
            "fewer candidates or ask for fewer sites."
        )
    return np.flatnonzero(solved.x[:count] > 0.5)


def _describe(
    candidates: gpd.GeoDataFrame,
    chosen: NDArray[np.intp],
    people: NDArray[np.float64],
    now: NDArray[np.float64],
    new: Costs,
    travel: Travel,
    objective: str,
    weighted: NDArray[np.float64],
) -> pd.DataFrame:
    """Order the sites by what each adds to those before it, and say what it adds."""
    names = (
        candidates["name"] if "name" in candidates.columns else pd.Series(candidates.index, candidates.index)
    )
    costs = {int(site): np.full(len(people), np.inf) for site in chosen}
    for site, column in costs.items():
        column[new.area[new.asset == site]] = new.cost[new.asset == site]
    nearest, left, rows = now.copy(), list(costs), {}

    def adds(site: int) -> float:
        if objective == LEAST_COST:
            return float((weighted * np.maximum(_put_far(nearest, new) - costs[site], 0)).sum())
        return float(weighted[(costs[site] <= travel.limit) & (nearest > travel.limit)].sum())

    while left:
        best = max(left, key=lambda site: (adds(site), -site))
        left.remove(best)
        gained = costs[best] < nearest
        nearer = gained & np.isfinite(nearest)
        after = np.minimum(nearest, costs[best])
        newly = (costs[best] <= travel.limit) & (nearest > travel.limit)
        rows[candidates.index[best]] = {
            "name": names.iloc[best],
            "people_nearest": people[gained].sum(),
            "people_newly_reached": people[gained & ~nearer].sum(),
            "cost_saved_per_person": _saved(nearest[nearer] - after[nearer], people[nearer], people[gained]),
            "people_newly_covered": people[newly].sum(),
            "mean_cost_before": _mean(now, people),
            "mean_cost_after": _mean(after, people),
            "unreached_before": people[np.isinf(now)].sum(),
            "unreached_after": people[np.isinf(after)].sum(),
            "unit": travel.unit,
        }
        nearest = after
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.set_axis(table.index.rename(candidates.index.name))


def _mean(costs: NDArray[np.float64], people: NDArray[np.float64]) -> float:
    """Return the mean per person who can reach one; missing where nobody can."""
    reached = np.isfinite(costs)
    total = people[reached].sum()
    return float((costs[reached] * people[reached]).sum() / total) if total else float("nan")


def _saved(saved: NDArray[np.float64], nearer: NDArray[np.float64], gained: NDArray[np.float64]) -> float:
    """Return what each person who had one before saves: 0 where nobody gains, missing where all of them had none."""
    if nearer.sum() > 0:
        return float((saved * nearer).sum() / nearer.sum())
    return float("nan") if gained.sum() > 0 else 0.0


def _check(
    areas: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, sites: int, objective: str, weight: str | None
) -> None:
    check_areas(areas, columns=() if weight is None else (weight,))
    unknown = areas.index[areas["population"].isna()]
    if len(unknown):
        raise SchemaError(
            f"{len(unknown)} areas have no population, first {first_few(unknown)}. Give the people of every area (0 where "
            "nobody lives)."
        )
    problems = []
    if objective not in OBJECTIVES:
        problems.append(f"objective must be one of {first_few(OBJECTIVES)}, not {objective!r}")
    if candidates.crs is None or candidates.crs.to_epsg() != 27700:
        raise SchemaError(f"The candidates must be points in EPSG:27700, not {candidates.crs}.")
    if candidates.geometry.isna().any() or not (candidates.geom_type == "Point").all():
        raise SchemaError("Every candidate needs a point: drop those without a location.")
    if not 1 <= sites <= len(candidates):
        problems.append(f"sites must lie between 1 and the {len(candidates)} candidates, not {sites!r}")
    if problems:
        raise InputError("No sites can be suggested: " + "; ".join(problems) + ".")
