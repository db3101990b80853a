"""Hot spots: areas of poor access with more need around them than chance would put there.

The bivariate local Moran compares the lack of access of an area with the need of its neighbours (areas that
share a border or a corner). Its p-values come from random permutations of need; because hundreds of areas
are tested at once, the false discovery rate is held at a stated level (Benjamini & Hochberg 1995).

Need is permuted, not access. Distances to a few places are clustered by nature, so permuting them would call any cluster of
remote areas a hot spot, even with need shuffled at random.

Limits: neighbours are areas that share a border, whatever the roads. An area without neighbours is not tested. Not
significant does not mean that there is no gap, only that need does not cluster there. This is a test of need around lack
of access, not of the gap itself (`find_clusters`). The permutations of one repeat are held in memory: for a whole country
take 999.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.gaps.score import DIRECTIONS, FAR_IS_WORSE, MORE_IS_BETTER
from assetmap.schema import InputError, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

PERMUTATIONS: Final = 9_999
REPEATS: Final = 5
"""How often the permutations are drawn anew: p-values pool all of them, and each is a seed of its own for ``hotspot_share``."""

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
    repeats: int = REPEATS,
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
        Random permutations per area in each repeat; the smallest p-value is 2 / (repeats * permutations + 1)
        (`smallest_p`).
    repeats
        How often the permutations are drawn anew, each time from a seed of its own.
    discovery_rate
        Share of the named hot spots that may be there by chance.
    seed
        Seed of the permutations.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``hotspot`` (``low access, high need around`` and the three other quadrants,
        ``not significant``, ``no neighbours``, ``not known``), ``hotspot_p`` (two-sided pseudo p-value from
        the permutations of all repeats; missing where not tested), ``hotspot_share`` (0-1: share of the repeats in which
        the area would be called a cluster if there were no other).

    Raises
    ------
    SchemaError
        If a column is missing, or the same in all areas.

    Examples
    --------
    >>> found = find_hotspots(areas, permutations=999, seed=1)
    >>> found["hotspot"].value_counts().head(1).to_dict()
    {'not significant': 323}
    """
    check_areas(areas, columns=tuple(name for name in (need, access) if name not in areas.columns))
    _check(access_direction, permutations, repeats, discovery_rate)
    known = areas[need].notna() & areas[access].notna()
    found = pd.DataFrame(
        {"hotspot": NOT_KNOWN, "hotspot_p": np.nan, "hotspot_share": np.nan}, index=areas.index
    )
    found["hotspot"] = found["hotspot"].astype(object)
    tested = areas[known]
    neighbours = touching_areas(tested)
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
    quadrant, p, each = _local_moran(lack, wanted, neighbours[joined][:, joined], permutations, repeats, seed)
    words = np.where(
        p <= discovery_limit(p, discovery_rate), [QUADRANTS[q] for q in quadrant], NOT_SIGNIFICANT
    )
    found.loc[tested.index, "hotspot"] = words
    found.loc[tested.index, "hotspot_p"] = p
    called = [once <= discovery_limit(once, discovery_rate) for once in each]
    found.loc[tested.index, "hotspot_share"] = np.mean(called, axis=0)
    return found


def smallest_p(permutations: int = PERMUTATIONS, *, repeats: int = REPEATS) -> float:
    """Return the smallest two-sided p-value that so many permutations can give.

    With n areas a single area can only be called a cluster if this is at most the discovery rate divided by n.

    Examples
    --------
    >>> smallest_p(9_999, repeats=5) < 0.05 / 326 < smallest_p(9_999, repeats=1)
    True
    """
    return 2 / (repeats * permutations + 1)


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


def touching_areas(areas: gpd.GeoDataFrame) -> Any:
    """Return the sparse matrix of areas that touch (or overlap by a sliver)."""
    from scipy.sparse import coo_array

    pairs = areas.sindex.query(areas.geometry, predicate="intersects")

    ones = np.ones(pairs.shape[1], dtype=bool)
    touching = coo_array((ones, tuple(pairs)), shape=(len(areas), len(areas))).tocsr()
    touching.setdiag(False)
    touching.eliminate_zeros()
    return touching


def _local_moran(
    own: NDArray[np.float64],
    around: NDArray[np.float64],
    neighbours: Any,
    permutations: int,
    repeats: int,
    seed: int,
) -> tuple[NDArray[np.int_], NDArray[np.float64], NDArray[np.float64]]:
    """Return the quadrant, the two-sided pseudo p-value and that of each repeat (Anselin 1995, conditional permutation).

    Around area i stand as many values as it has neighbours, drawn from all other areas. The statistic is the own
    value times the mean of these, so only their sum needs to be compared. Every area uses the same draws. A sum equal to
    the observed one counts in both tails.
    """
    x, y = own - own.mean(), around - around.mean()
    observed = neighbours.astype(float) @ y
    counts = np.diff(neighbours.indptr)
    draws = np.random.RandomState(seed)
    tie = TIE * np.abs(y).max()
    above, below = (np.zeros((repeats, len(y)), dtype=np.int64) for _ in range(2))
    for repeat in range(repeats):
        drawn = _permuted(draws, len(y) - 1, int(counts.max()), permutations)
        for area, values in enumerate(_without_each(y, drawn)):
            simulated = values[: counts[area]].sum(axis=0)
            above[repeat, area] = np.count_nonzero(simulated >= observed[area] - tie)
            below[repeat, area] = np.count_nonzero(simulated <= observed[area] + tie)
    p = _two_sided(above.sum(axis=0), below.sum(axis=0), repeats * permutations)
    each = _two_sided(above, below, permutations)
    p[x == 0] = each[:, x == 0] = 1.0  # an average own value makes the statistic 0 whatever stands around
    quadrant = np.select([(x > 0) & (observed > 0), observed > 0, x <= 0], [1, 2, 3], 4)
    return quadrant, p, each


def _permuted(draws: np.random.RandomState, count: int, most: int, permutations: int) -> NDArray[np.int_]:
    """Return the first numbers of so many permutations, one in a column: ``draws.permutation(count)[:most]`` of each, without a new array."""
    start = np.arange(count)
    shuffled, first = start.copy(), np.empty((permutations, most), dtype=start.dtype)
    for row in first:
        shuffled[:] = start
        draws.shuffle(shuffled)
        row[:] = shuffled[:most]
    return first.T.copy()


def _without_each(y: NDArray[np.float64], drawn: NDArray[np.int_]) -> Iterator[NDArray[np.float64]]:
    """Yield for each area the drawn values of all others: ``numpy.delete(y, area)[drawn]``.

    From one area to the next only the draws of one place change, so only these are written.
    """
    values = y[drawn + 1]
    flat = values.reshape(-1)
    places = np.argsort(drawn, axis=None, kind="stable")
    ends = np.cumsum(np.bincount(drawn.reshape(-1), minlength=len(y)))
    for area in range(len(y)):
        if area:
            flat[places[(ends[area - 2] if area > 1 else 0) : ends[area - 1]]] = y[area - 1]
        yield values


def _two_sided(above: NDArray[np.int64], below: NDArray[np.int64], permutations: int) -> NDArray[np.float64]:
    p: NDArray[np.float64] = 2 * (np.minimum(above, below) + 1) / (permutations + 1)
    return np.minimum(p, 1.0)


def _check(direction: str, permutations: int, repeats: int, discovery_rate: float) -> None:
    if direction not in DIRECTIONS:
        raise InputError(f"access_direction must be one of {first_few(DIRECTIONS)}, not {direction!r}.")
    if permutations < 99 or repeats < 1 or not 0 < discovery_rate < 1:
        raise InputError(
            "permutations must be 99 or more, repeats 1 or more and discovery_rate between 0 and 1."
        )
