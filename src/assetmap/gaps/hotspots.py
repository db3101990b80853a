"""Hot spots: areas of poor access with more need around them than chance would put there.

The bivariate local Moran compares the lack of access of an area with the need of its neighbours (areas that
share a border or a corner). Its p-values come from random permutations of need; because hundreds of areas
are tested at once, the false discovery rate is held at a stated level (Benjamini & Hochberg 1995).

Need is permuted, not access. Distances to a few places are clustered by nature, so permuting them would call any cluster of
remote areas a hot spot, even with need shuffled at random.

Limits: neighbours are areas that share a border, whatever the roads. An area without neighbours is not tested. Not
significant does not mean that there is no gap, only that need does not cluster there. All permutations
are held in memory: for a whole country take 999.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.gaps.score import DIRECTIONS, FAR_IS_WORSE, MORE_IS_BETTER
from assetmap.schema import InputError, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

PERMUTATIONS: Final = 9_999
"""Enough that a p-value can be small enough for hundreds of tests at once."""

DISCOVERY_RATE: Final = 0.05
TIE: Final = 1e-9
"""Sums of need that differ by less than this share of the largest value are equal: only rounding parts them."""

QUADRANTS: Final = {
    1: "low access, high need around",
    2: "good access, high need around",
    3: "good access, low need around",
    4: "low access, low need around",
}
NOT_SIGNIFICANT: Final = "not significant"
NO_NEIGHBOURS: Final = "no neighbours"
NOT_KNOWN: Final = "not known"


def find_hotspots(
    areas: gpd.GeoDataFrame,
    *,
    need: str = "need",
    access: str = "distance_m",
    access_direction: str = FAR_IS_WORSE,
    permutations: int = PERMUTATIONS,
    discovery_rate: float = DISCOVERY_RATE,
    seed: int,
) -> pd.DataFrame:
    """Find clusters of need and lack of access by the bivariate local Moran.

    Parameters
    ----------
    areas
        Small areas with the columns `need` and `access`.
    need, access, access_direction
        As for `find_gaps`.
    permutations
        Random permutations per area; the smallest p-value is 2 / (permutations + 1).
    discovery_rate
        Share of the named hot spots that may be there by chance.
    seed
        Seed of the permutations.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``hotspot`` (``low access, high need around`` and the three other quadrants,
        ``not significant``, ``no neighbours``, ``not known``), ``hotspot_p`` (two-sided pseudo p-value;
        missing where not tested).

    Examples
    --------
    >>> found = find_hotspots(areas, permutations=999, seed=1)
    >>> found["hotspot"].value_counts().head(1).to_dict()
    {'not significant': 326}
    """
    check_areas(areas, columns=tuple(name for name in (need, access) if name not in areas.columns))
    _check(access_direction, permutations, discovery_rate)
    known = areas[need].notna() & areas[access].notna()
    found = pd.DataFrame({"hotspot": NOT_KNOWN, "hotspot_p": np.nan}, index=areas.index)
    found["hotspot"] = found["hotspot"].astype(object)
    tested = areas[known]
    neighbours = _neighbours(tested)
    joined = neighbours.sum(axis=1) > 0
    found.loc[tested.index[~joined], "hotspot"] = NO_NEIGHBOURS
    tested = tested[joined]
    if tested.empty:
        return found
    sign = -1.0 if access_direction == MORE_IS_BETTER else 1.0
    wanted, lack = (tested[name].to_numpy(dtype=float) * by for name, by in ((need, 1.0), (access, sign)))
    constant = [name for name, values in ((need, wanted), (access, lack)) if np.ptp(values) == 0]
    if constant:
        raise SchemaError(
            f"Column {first_few(constant)} is the same everywhere, so clusters cannot be detected."
        )
    quadrant, p = _local_moran(lack, wanted, neighbours[joined][:, joined], permutations, seed)
    words = np.where(
        p <= discovery_limit(p, discovery_rate), [QUADRANTS[q] for q in quadrant], NOT_SIGNIFICANT
    )
    found.loc[tested.index, "hotspot"] = words
    found.loc[tested.index, "hotspot_p"] = p
    return found


def discovery_limit(p: NDArray[np.float64], rate: float) -> float:
    """Return the largest p-value that may be called significant (Benjamini & Hochberg); -1 if none.

    Examples
    --------
    >>> discovery_limit(np.array([0.001, 0.02, 0.5, 0.9]), 0.05)
    0.02
    """
    ordered = np.sort(p)
    passed = ordered <= rate * np.arange(1, len(p) + 1) / len(p)
    return float(ordered[passed].max()) if passed.any() else -1.0


def _neighbours(areas: gpd.GeoDataFrame) -> Any:
    """Return the sparse matrix of areas that touch (or overlap by a sliver)."""
    from scipy.sparse import coo_array

    pairs = areas.sindex.query(areas.geometry, predicate="intersects")

    ones = np.ones(pairs.shape[1], dtype=bool)
    touching = coo_array((ones, tuple(pairs)), shape=(len(areas), len(areas))).tocsr()
    touching.setdiag(False)
    touching.eliminate_zeros()
    return touching


def _local_moran(
    own: NDArray[np.float64], around: NDArray[np.float64], neighbours: Any, permutations: int, seed: int
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Return the quadrant and the two-sided pseudo p-value of every area (Anselin 1995, conditional permutation).

    Around area i stand as many values as it has neighbours, drawn from all other areas. The statistic is the own
    value times the mean of these, so only their sum needs to be compared. Every area uses the same draws.
    """
    x, y = own - own.mean(), around - around.mean()
    observed = neighbours.astype(float) @ y
    counts = np.diff(neighbours.indptr)
    draws = np.random.RandomState(seed)
    drawn = np.array([draws.permutation(len(y) - 1)[: counts.max()] for _ in range(permutations)]).T.copy()
    tie = TIE * np.abs(y).max()
    p = np.empty(len(y))
    for area, count in enumerate(counts):
        simulated = np.delete(y, area)[drawn[:count]].sum(axis=0)
        above = np.count_nonzero(simulated >= observed[area] - tie)
        below = np.count_nonzero(simulated <= observed[area] + tie)
        p[area] = 2 * (min(above, below) + 1) / (permutations + 1)
    p[x == 0] = 1.0  # an average own value makes the statistic 0 whatever stands around
    quadrant = np.select([(x > 0) & (observed > 0), observed > 0, x <= 0], [1, 2, 3], 4)
    return quadrant, np.minimum(p, 1.0)


def _check(direction: str, permutations: int, discovery_rate: float) -> None:
    if direction not in DIRECTIONS:
        raise InputError(f"access_direction must be one of {first_few(DIRECTIONS)}, not {direction!r}.")
    if permutations < 99 or not 0 < discovery_rate < 1:
        raise InputError("permutations must be 99 or more and discovery_rate between 0 and 1.")
