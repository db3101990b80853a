"""Where one more would help most: k new sites, with the open ones staying where they are.

Two classic questions. *p-median*: which k candidates make the sum of distances to the nearest asset least, each
person (or need-weighted person) counted. *Maximal coverage*: which k bring most people within a stated distance.
Both are solved exactly as integer programmes (HiGHS in scipy), so "best" means best of all combinations.

Limits: best among the candidates that were given, in straight lines; it knows nothing of water, buildings, buses, rent
or who would run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points, open_assets, unknown_as_open
from assetmap.schema import InputError, SchemaError, check_areas, check_postcodes, first_few, within_border

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

OBJECTIVES: Final = ("least distance", "most people covered")
COVERED_M: Final = 5_000.0
ROOFED: Final = ("community_centre", "village_hall", "community_hub")
"""Types of place that can hold a service beside what they are."""

TIME_LIMIT_S: Final = 60.0


def suggest_sites(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    *,
    sites: int = 1,
    asset_type: str | Sequence[str] | None = "library",
    objective: str = "least distance",
    covered_m: float = COVERED_M,
    weight: str | None = None,
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
        Type of the open assets that stay (none of it open is allowed); None: all open assets.
    objective
        ``"least distance"`` (p-median) or ``"most people covered"`` (maximal coverage within `covered_m`).
    covered_m
        Metres, for the coverage objective.
    weight
        Column of `areas` that people are multiplied by, for instance ``need``; missing counts as nobody. None:
        every person alike.

    Returns
    -------
    pandas.DataFrame
        One row per chosen site in the order in which each adds most, index as in `candidates`: ``name``,
        ``people_nearest`` (people for whom it becomes the nearest), ``metres_saved_per_person`` (mean over
        those people), ``people_newly_covered`` (within `covered_m` of it and of no open asset or
        earlier site before), ``distance_before_m``, ``distance_after_m`` (mean per person of all areas, up to
        and including this site).

    Raises
    ------
    InputError
        If there are fewer candidates than sites, or the solver finds no optimum in a minute.

    Examples
    --------
    >>> halls = assets[assets["asset_type"] == "village_hall"]  # doctest: +SKIP
    >>> suggest_sites(areas, assets, halls, sites=2)  # doctest: +SKIP
    """
    _check(areas, candidates, sites, objective, weight)
    centres = centre_points(areas)
    people = areas["population"].fillna(0).to_numpy(dtype=float)
    weighted = people if weight is None else people * areas[weight].fillna(0).to_numpy(dtype=float)
    now = _distances(centres, _open(assets, asset_type)).min(axis=1, initial=np.inf)
    new = _distances(centres, candidates.geometry)
    if objective == OBJECTIVES[0]:
        chosen = _p_median(weighted, now, new, sites)
    else:
        chosen = _coverage(weighted, now <= covered_m, new <= covered_m, sites)
    return _describe(candidates, chosen, people, now, new, covered_m, objective, weighted)


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
        Index ``postcode``; ``name`` (the postcode and the name of the area) and a point in EPSG:27700.
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
        f"{code} ({name})"
        for code, name in zip(nearest.index, areas.loc[nearest["area"], "area_name"], strict=True)
    ]
    points = gpd.points_from_xy(chosen["easting"], chosen["northing"], crs=areas.crs)
    return gpd.GeoDataFrame({"name": names}, index=nearest.index, geometry=points)


def _open(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str] | None) -> gpd.GeoSeries:
    if asset_type is None:
        return open_assets(assets).geometry
    wanted = [asset_type] if isinstance(asset_type, str) else list(asset_type)
    there = [name for name in wanted if assets["asset_type"].eq(name).any()]
    return open_assets(assets, there).geometry


def _distances(centres: NDArray[np.float64], points: gpd.GeoSeries) -> NDArray[np.float64]:
    from scipy.spatial.distance import cdist

    if not len(points):
        return np.empty((len(centres), 0))
    return np.asarray(cdist(centres, np.column_stack([points.x, points.y])))


def _p_median(
    weight: NDArray[np.float64], now: NDArray[np.float64], new: NDArray[np.float64], sites: int
) -> NDArray[np.intp]:
    """Maximise the weighted metres saved: x[i, j] sends area i to new site j where that is nearer than now."""
    from scipy.sparse import coo_array, vstack

    count = new.shape[1]
    far = np.where(np.isinf(now), new.max() * 2 + 1, now)
    saved = far[:, None] - new
    area, site = np.nonzero((saved > 0) & (weight[:, None] > 0))
    pairs = len(area)
    gain = np.concatenate([np.zeros(count), weight[area] * saved[area, site]])
    row = np.arange(pairs)
    once = coo_array((np.ones(pairs), (area, count + row)), shape=(len(now), count + pairs))
    only_open = coo_array(
        (
            np.concatenate([np.ones(pairs), -np.ones(pairs)]),
            (np.tile(row, 2), np.concatenate([count + row, site])),
        ),
        shape=(pairs, count + pairs),
    )
    rules = vstack([once, only_open]).tocsr()
    limits = np.concatenate([np.ones(len(now)), np.zeros(pairs)])
    return _solve(gain, rules, limits, count, sites)


def _coverage(
    weight: NDArray[np.float64], now: NDArray[np.bool_], new: NDArray[np.bool_], sites: int
) -> NDArray[np.intp]:
    """Maximise the weight of the areas covered: y[i] is 1 only if a chosen site covers area i."""
    from scipy.sparse import coo_array, hstack, identity

    count = new.shape[1]
    left = np.flatnonzero(~now & (weight > 0))
    gain = np.concatenate([np.zeros(count), weight[left]])
    rules = hstack([-coo_array(new[left].astype(float)), identity(len(left))]).tocsr()
    return _solve(gain, rules, np.zeros(len(left)), count, sites)


def _solve(
    gain: NDArray[np.float64], rules: object, limits: NDArray[np.float64], count: int, sites: int
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
    new: NDArray[np.float64],
    covered_m: float,
    objective: str,
    weighted: NDArray[np.float64],
) -> pd.DataFrame:
    """Order the sites by what each adds to those before it, and say what it adds."""
    names = (
        candidates["name"] if "name" in candidates.columns else pd.Series(candidates.index, candidates.index)
    )
    nearest, left, rows = now.copy(), list(chosen), {}
    nearest[np.isinf(nearest)] = new[:, chosen].max() * 2 + 1 if np.isinf(nearest).any() else 0.0

    def adds(site: int) -> float:
        if objective == OBJECTIVES[0]:
            return float((weighted * np.maximum(nearest - new[:, site], 0)).sum())
        return float(weighted[(new[:, site] <= covered_m) & (nearest > covered_m)].sum())

    while left:
        best = max(left, key=lambda site: (adds(site), -site))
        left.remove(best)
        nearer = new[:, best] < nearest
        gained = people[nearer].sum()
        after = np.minimum(nearest, new[:, best])
        rows[candidates.index[best]] = {
            "name": names.iloc[best],
            "people_nearest": gained,
            "metres_saved_per_person": ((nearest - after) * people).sum() / gained if gained else 0.0,
            "people_newly_covered": people[(new[:, best] <= covered_m) & (nearest > covered_m)].sum(),
            "distance_before_m": _mean(now, people),
            "distance_after_m": _mean(after, people),
        }
        nearest = after
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(candidates.index.name)


def _mean(metres: NDArray[np.float64], people: NDArray[np.float64]) -> float:
    """Mean per person; missing where nothing is in place yet."""
    total = people.sum()
    return float((metres * people).sum() / total) if total and np.isfinite(metres).all() else float("nan")


def _check(
    areas: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, sites: int, objective: str, weight: str | None
) -> None:
    check_areas(areas, columns=() if weight is None else (weight,))
    problems = []
    if objective not in OBJECTIVES:
        problems.append(f"objective must be one of {first_few(OBJECTIVES)}, not {objective!r}")
    if candidates.crs is None or candidates.crs.to_epsg() != 27700:
        raise SchemaError(f"The candidates must be points in EPSG:27700, not {candidates.crs}.")
    if candidates.geometry.isna().any() or not (candidates.geom_type == "Point").all():
        raise SchemaError("Every candidate needs a point: drop those without a place.")
    if not 1 <= sites <= len(candidates):
        problems.append(f"sites must lie between 1 and the {len(candidates)} candidates, not {sites!r}")
    if problems:
        raise InputError("No sites can be suggested: " + "; ".join(problems) + ".")
