"""Clusters of gaps: whether the widest gaps lie side by side more often than chance would explain.

Two tests of the gap itself, each against two null models. *Join counts* count the pairs of neighbours among the widest gaps
(Moran 1948; Cliff & Ord 1981). The *local mean* of the gap score of an area and its neighbours (Getis & Ord 1992) says
where. The first null model shuffles the gap scores among all areas. The second shuffles need only and keeps the distances
where they are, because distances to a few places are clustered by nature. Gaps are called clustered only where both give
p < 0.05.

Limits: neighbours are areas that share a border or a corner, whatever the roads. Not clustered does not mean that no two
gaps touch: the groups are named in either case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import just_beyond
from assetmap.gaps.hotspots import discovery_limit, touching_areas
from assetmap.gaps.score import DIRECTIONS, FAR_IS_WORSE, MORE_IS_BETTER, mix_gaps, put_on_scale
from assetmap.rounding import count_equal
from assetmap.schema import InputError, check_areas, counted, first_few

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

TOP: Final = 20
PERMUTATIONS: Final = 9_999
SIGNIFICANT: Final = 0.05
ALL_SHUFFLED: Final = "all gap scores shuffled"
NEED_SHUFFLED: Final = "need shuffled, access fixed"
SIDE_BY_SIDE: Final = "widest gap, next to another"
ALONE: Final = "widest gap, on its own"
WIDE_AROUND: Final = "wide gaps around"
OTHERWISE: Final = "none"
NOT_KNOWN: Final = "not known"

_CELLS: Final = 100_000  # what is drawn at once stays in the cache of a processor
_TIE: Final = 1e-9


@dataclass(frozen=True)
class GapClusters:
    """Where the widest gaps lie side by side, and whether chance would explain that.

    areas : on the index of the areas: ``gap_cluster`` (in words), ``gap_group`` (number of its group; missing outside of
        groups), ``gap_cluster_p`` (the larger of the p-values of the local mean under the two null models).
    groups : index ``gap_group``, most people first: ``areas``, ``population``, ``area_codes``, ``area_names``.
    tests : index ``null_model``: ``top``, ``adjacent_pairs``, ``expected``, ``p``, ``permutations``, ``clustered`` (true only
        where p < 0.05 under both).
    """

    areas: pd.DataFrame
    groups: pd.DataFrame
    tests: pd.DataFrame


def find_clusters(
    areas: gpd.GeoDataFrame,
    *,
    need: str = "need",
    access: str = "distance_m",
    access_direction: str = FAR_IS_WORSE,
    top: int = TOP,
    permutations: int = PERMUTATIONS,
    seed: int,
) -> GapClusters:
    """Test whether the widest gaps lie side by side, and name the groups that they form.

    Parameters
    ----------
    areas
        Small areas with ``population``, `need` and `access`.
    need, access, access_direction
        As for `find_gaps`; gaps are scored as it does by default.
    top
        How many of the widest gaps are tested and grouped.
    permutations
        Random permutations under each null model; the smallest p-value is 1 / (permutations + 1).
    seed
        Seed of the permutations.

    Returns
    -------
    GapClusters
        Groups have two areas or more. Of equal gap scores the area with more people comes first, as in ``gap_rank``.

    Raises
    ------
    InputError
        If `access_direction` is not known, `top` is below 2 or `permutations` below 99.

    Examples
    --------
    >>> found = find_clusters(areas, permutations=199, seed=1)
    >>> found.tests["adjacent_pairs"].tolist(), found.tests["clustered"].tolist()
    ([15, 15], [True, True])
    """
    check_areas(areas, columns=tuple(name for name in (need, access) if name not in areas.columns))
    if access_direction not in DIRECTIONS:
        raise InputError(
            f"access_direction must be one of {first_few(DIRECTIONS)}, not {access_direction!r}."
        )
    if top < 2 or permutations < 99:
        raise InputError("top must be 2 or more and permutations 99 or more.")
    known = areas[areas[need].notna() & areas[access].notna()]
    known = known.assign(_code=known.index).sort_values(["population", "_code"], ascending=[False, True])
    number = min(top, len(known))
    if number < 2:
        return _nothing(areas)
    lack = just_beyond(known[access].to_numpy(dtype=float))
    lack = put_on_scale(-lack if access_direction == MORE_IS_BETTER else lack, "rank")
    wanted = put_on_scale(known[need].to_numpy(dtype=float), "rank")
    neighbours = touching_areas(known)
    score = mix_gaps(wanted, lack, 0.5)
    widest = _first(score[None, :], number)[0]
    groups, members = _groups(known, widest, neighbours)
    tests, p = _against_chance(wanted, lack, score, neighbours, number, permutations, seed)
    tests["equal_left_out"] = count_equal(pd.Series(score).drop(widest), score[widest].min())
    marks = _marks(len(known), widest, members, p)
    marked = pd.DataFrame(marks, index=known.index).reindex(areas.index)
    marked["gap_cluster"] = marked["gap_cluster"].fillna(NOT_KNOWN)
    return GapClusters(marked.astype({"gap_group": "Int64"}), groups, tests)


def describe_clusters(found: GapClusters) -> str:
    """Say in a sentence whether the widest gaps are clustered, with the numbers behind it.

    Examples
    --------
    >>> am.gaps.describe_clusters(am.gaps.find_clusters(areas, permutations=199, seed=1))
    'The 20 widest gaps are clustered: 15 pairs of them are neighbours. ...'
    """
    tests = found.tests
    if tests.empty:
        return "Too few areas have a gap to test for clusters."
    first = tests.iloc[0]
    chance = "; ".join(
        f"{row['expected']:.1f} with {name} (p = {row['p']:.4f})" for name, row in tests.iterrows()
    )
    words = "are clustered" if first["clustered"] else "are not shown to be clustered"
    left = first["equal_left_out"]
    gaps = (
        f"{first['top']:.0f} of the {first['top'] + left:.0f} widest gaps"
        if left
        else f"The {first['top']:.0f} widest gaps"
    )
    return (
        f"{gaps} {words}: {counted(int(first['adjacent_pairs']), 'pair')} of them are neighbours. By chance "
        f"there would be {chance}."
    )


def _against_chance(
    wanted: Floats, lack: Floats, score: Floats, neighbours: Any, top: int, permutations: int, seed: int
) -> tuple[pd.DataFrame, Floats]:
    """Return the table of join counts and, for each area, the larger p-value of its local mean."""
    edges, means = _edges(neighbours), _mean_of(neighbours)
    observed, near = int(_joins(_first(score[None, :], top), edges, len(score))[0]), means @ score
    generator = np.random.default_rng(seed)
    rows, larger = {}, np.zeros(len(score))
    for name in (ALL_SHUFFLED, NEED_SHUFFLED):
        joins, above = [], np.zeros(len(score), dtype=np.int64)
        for drawn in _shuffles(wanted, lack, score, name, permutations, generator):
            joins.append(_joins(_first(drawn, top), edges, len(score)))
            above += ((means @ np.ascontiguousarray(drawn.T)) >= near[:, None] - _TIE).sum(axis=1)
        counts = np.concatenate(joins)
        rows[name] = {
            "top": top,
            "adjacent_pairs": observed,
            "expected": float(counts.mean()),
            "p": float((np.count_nonzero(counts >= observed) + 1) / (permutations + 1)),
            "permutations": permutations,
        }
        larger = np.maximum(larger, (above + 1) / (permutations + 1))
    tests = pd.DataFrame.from_dict(rows, orient="index").rename_axis("null_model")
    return tests.assign(clustered=bool((tests["p"] < SIGNIFICANT).all())), larger


def _shuffles(
    wanted: Floats, lack: Floats, score: Floats, model: str, permutations: int, generator: np.random.Generator
) -> Any:
    """Yield the gap scores of a null model, a block of permutations at a time."""
    block = max(1, _CELLS // len(score))
    for start in range(0, permutations, block):
        count = min(block, permutations - start)
        drawn = generator.permuted(np.tile(score if model == ALL_SHUFFLED else wanted, (count, 1)), axis=1)
        yield drawn if model == ALL_SHUFFLED else mix_gaps(drawn, lack[None, :], 0.5)


def _first(scores: Floats, top: int) -> Ints:
    """Return the positions of the highest scores in each row; of equal ones the first (the areas are in that order)."""
    count = scores.shape[1]
    order = scores.round(9) - np.arange(count) / count * 1e-10
    return np.argpartition(-order, top - 1, axis=1)[:, :top]


def _joins(first: Ints, edges: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Count the pairs of neighbours among the given areas of each row."""
    first = np.sort(first, axis=1)
    one, other = np.triu_indices(first.shape[1], k=1)
    keys = first[:, one].astype(np.int64) * count + first[:, other]
    if not len(edges):
        return np.zeros(len(first), dtype=np.int64)
    place = np.minimum(np.searchsorted(edges, keys), len(edges) - 1)
    return np.asarray((edges[place] == keys).sum(axis=1), dtype=np.int64)


def _edges(neighbours: Any) -> NDArray[np.int64]:
    """Return the pairs of neighbours as sorted numbers, the lower position first."""
    pairs = neighbours.tocoo()
    upper = pairs.row < pairs.col
    return np.sort(pairs.row[upper].astype(np.int64) * neighbours.shape[0] + pairs.col[upper])


def _mean_of(neighbours: Any) -> Any:
    """Return the matrix that averages the values of an area and its neighbours."""
    from scipy.sparse import diags_array, eye_array

    with_self = neighbours.astype(float) + eye_array(neighbours.shape[0])
    return (diags_array(1 / np.asarray(with_self.sum(axis=1)).ravel()) @ with_self).tocsr()


def _groups(known: gpd.GeoDataFrame, widest: Ints, neighbours: Any) -> tuple[pd.DataFrame, Ints]:
    """Return the groups of two areas or more that touch, and the number of each area's group (0: none)."""
    from scipy.sparse.csgraph import connected_components

    members = np.zeros(len(known), dtype=np.intp)
    _, labels = connected_components(neighbours[widest][:, widest], directed=False)
    found = [widest[labels == label] for label in np.unique(labels)]
    found = [group for group in found if len(group) > 1]
    tables = [known.iloc[np.sort(group)] for group in found]
    order = sorted(
        range(len(found)), key=lambda at: (-tables[at]["population"].sum(), str(tables[at].index.min()))
    )
    rows = []
    for number, at in enumerate(order, start=1):
        members[found[at]] = number
        table = tables[at].sort_values("_code")
        rows.append(
            {
                "areas": len(table),
                "population": float(table["population"].sum(min_count=1)),
                "area_codes": " ".join(table.index.astype(str)),
                "area_names": ", ".join(table["area_name"].astype(str)),
            }
        )
    index = pd.RangeIndex(1, len(rows) + 1, name="gap_group")
    return pd.DataFrame(
        rows, index=index, columns=["areas", "population", "area_codes", "area_names"]
    ), members


def _marks(count: int, widest: Ints, members: Ints, p: Floats) -> dict[str, Any]:
    is_widest = np.isin(np.arange(count), widest)
    around = p <= discovery_limit(p, SIGNIFICANT)
    words = np.select(
        [is_widest & (members > 0), is_widest, around], [SIDE_BY_SIDE, ALONE, WIDE_AROUND], default=OTHERWISE
    )
    return {
        "gap_cluster": words.astype(object),
        "gap_group": np.where(members > 0, members, np.nan),
        "gap_cluster_p": p,
    }


def _nothing(areas: pd.DataFrame) -> GapClusters:
    marked = pd.DataFrame(
        {"gap_cluster": NOT_KNOWN, "gap_group": np.nan, "gap_cluster_p": np.nan}, index=areas.index
    )
    groups = pd.DataFrame(columns=["areas", "population", "area_codes", "area_names"])
    tests = pd.DataFrame(
        columns=["top", "adjacent_pairs", "expected", "p", "permutations", "equal_left_out", "clustered"]
    )
    return GapClusters(
        marked.astype({"gap_group": "Int64"}),
        groups.rename_axis("gap_group"),
        tests.rename_axis("null_model"),
    )
