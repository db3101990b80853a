"""Clusters of gaps are only claimed where two null models agree, and the groups are named right."""

import itertools

import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

import assetmap as am
from assetmap.gaps.clusters import ALL_SHUFFLED, NEED_SHUFFLED, describe_clusters, find_clusters
from assetmap.gaps.hotspots import find_hotspots, smallest_p
from assetmap.gaps.score import find_gaps
from assetmap.schema import InputError
from conftest import make_grid


def county(side: int = 12):
    areas = make_grid(columns=side, rows=side)
    areas.index = pd.Index([f"B{i:03d}" for i in range(side**2)], name="area_code")
    areas["population"] = np.arange(side**2) % 7 * 100 + 500
    row, column = np.divmod(np.arange(side**2), side)
    return areas, row, column


def blocks(side: int = 12):
    """Access falls to the east; need is high in one block of six areas and in four areas far from each other."""
    areas, row, column = county(side)
    areas["distance_m"] = column * 1_000.0 + row
    block = (row >= 4) & (row < 7) & (column >= side - 2)
    apart = (column == side - 1) & np.isin(row, (0, 2, 9, 11))
    areas["need"] = np.where(block | apart, 0.9, 0.05)
    return areas, block, apart


def naive_pairs(areas, top: int) -> int:
    first = find_gaps(areas)["gap_rank"].nsmallest(top).index
    return sum(
        areas.geometry[one].intersects(areas.geometry[other])
        for one, other in itertools.combinations(first, 2)
    )


@pytest.mark.slow
def test_join_counts_agree_with_the_naive_twin():
    for seed in range(4):
        areas, _, _ = county(8)
        generator = np.random.default_rng(seed)
        areas["need"], areas["distance_m"] = generator.random((2, 64))
        areas["need"] = areas["need"].round(1)
        for top in (5, 12, 20):
            found = find_clusters(areas, top=top, permutations=99, seed=1)
            assert found.tests["adjacent_pairs"].eq(naive_pairs(areas, top)).all()
            expected = (
                top
                * (top - 1)
                / (64 * 63)
                * sum(
                    areas.geometry[a].intersects(areas.geometry[b])
                    for a, b in itertools.combinations(areas.index, 2)
                )
            )
            assert found.tests.loc[ALL_SHUFFLED, "expected"] == pytest.approx(expected, rel=0.25)


def test_the_widest_gaps_are_those_of_find_gaps():
    areas, _, _ = county(8)
    areas["need"], areas["distance_m"] = np.random.default_rng(1).random((2, 64)).round(1)
    found = find_clusters(areas, top=10, permutations=99, seed=1)
    marked = found.areas["gap_cluster"].str.startswith("widest gap")
    assert set(areas.index[marked]) == set(find_gaps(areas)["gap_rank"].nsmallest(10).index)
    pd.testing.assert_frame_equal(
        found.areas, find_clusters(areas.iloc[::-1], top=10, permutations=99, seed=1).areas.loc[areas.index]
    )


def test_groups_are_named_with_their_people():
    areas, block, apart = blocks()
    found = find_clusters(areas, top=10, permutations=499, seed=1)
    assert len(found.groups) == 1
    assert found.groups.loc[1, "areas"] == 6
    assert found.groups.loc[1, "population"] == areas.loc[block, "population"].sum()
    assert set(found.groups.loc[1, "area_codes"].split()) == set(areas.index[block])
    assert found.areas.loc[block, "gap_group"].eq(1).all()
    assert found.areas.loc[apart, "gap_cluster"].eq("widest gap, on its own").all()
    assert found.areas.loc[~block, "gap_group"].isna().all()
    assert found.tests["clustered"].all()
    assert "are clustered" in describe_clusters(found)


def test_shuffled_gaps_are_seldom_called_clustered():
    areas, _, _ = county()
    called = 0
    for seed in range(20):
        generator = np.random.default_rng(seed)
        areas["need"], areas["distance_m"] = generator.random((2, len(areas)))
        called += bool(find_clusters(areas, permutations=199, seed=seed).tests["clustered"].all())
    assert called <= 3


def test_distances_alone_do_not_make_a_cluster():
    """Remote areas lie side by side by nature: with need shuffled the first null model cries wolf, the second does not."""
    areas, row, column = county()
    areas["distance_m"] = np.hypot(row, column) * 1_000
    alone, both = 0, 0
    for seed in range(20):
        areas["need"] = np.random.default_rng(seed).permutation(len(areas)) / len(areas)
        tests = find_clusters(areas, permutations=199, seed=seed).tests
        alone += tests.loc[ALL_SHUFFLED, "p"] < 0.05
        both += bool(tests["clustered"].all())
    assert alone >= 10
    assert both <= 3


def test_what_is_not_known_is_in_no_group_and_wrong_input_is_refused():
    areas, block, _ = blocks()
    first = areas.index[block][0]
    areas.loc[first, "need"] = np.nan
    found = find_clusters(areas, top=9, permutations=99, seed=1)
    assert found.areas.loc[first, "gap_cluster"] == "not known"
    assert found.groups.loc[1, "areas"] == 5
    none = find_clusters(areas.assign(need=np.nan), permutations=99, seed=1)
    assert none.tests.empty
    assert none.groups.empty
    assert (none.areas["gap_cluster"] == "not known").all()
    with pytest.raises(InputError, match="top must be 2 or more"):
        find_clusters(areas, top=1, seed=1)
    with pytest.raises(InputError, match="access_direction"):
        find_clusters(areas, access_direction="down", seed=1)


def test_areas_that_do_not_touch_have_no_pairs():
    areas, _, _ = county(5)
    areas["geometry"] = [translate(shape, 5_000 * at) for at, shape in enumerate(areas.geometry)]
    areas["need"], areas["distance_m"] = np.random.default_rng(1).random((2, 25))
    tests = find_clusters(areas, top=5, permutations=99, seed=1).tests
    assert tests["adjacent_pairs"].eq(0).all()
    assert tests["p"].eq(1).all()


@pytest.mark.slow
def test_cornwall_has_fifteen_pairs_and_one_block_of_eight():
    results = am.measure_project(am.example_project(), sensitivity=False)
    found = find_clusters(results.areas, seed=1)
    assert found.tests["adjacent_pairs"].tolist() == [15, 15]
    assert found.tests["expected"].tolist() == pytest.approx([2.9, 7.3], abs=0.15)
    assert found.tests.loc[NEED_SHUFFLED, "p"] == pytest.approx(0.008, abs=0.004)
    assert found.groups.loc[1, ["areas", "population"]].tolist() == [8, 15_281]


def test_need_of_mostly_zeros_makes_no_hot_spots():
    """Equal sums count in both tails; 60% zeros at random once gave 10 to 17 hot spots."""
    areas, row, column = county(14)
    areas["distance_m"] = np.hypot(row, column) * 1_000
    for seed in range(6):
        generator = np.random.default_rng(seed)
        areas["need"] = np.where(generator.random(len(areas)) < 0.6, 0.0, generator.random(len(areas)))
        found = find_hotspots(areas, permutations=499, repeats=2, seed=seed)
        assert (found["hotspot"] != "not significant").sum() <= 2


def test_permutations_are_enough_for_as_many_tests_and_the_share_over_seeds_is_said():
    assert smallest_p() < 0.05 / 326
    assert smallest_p(4_999, repeats=1) > 0.05 / 326
    areas, row, column = county()
    areas["distance_m"] = np.hypot(row, column) * 1_000
    corner = (row >= 6) & (column >= 6)
    areas["need"] = np.where(corner, 0.4, 0.0) + np.random.default_rng(3).uniform(0, 0.6, len(areas))
    found = find_hotspots(areas, permutations=199, repeats=4, seed=1)
    assert set(found["hotspot_share"].unique()) <= {0, 0.25, 0.5, 0.75, 1}
    one = find_hotspots(areas, permutations=199, repeats=1, seed=1)
    assert one["hotspot_share"].eq(one["hotspot"] != "not significant").all()
    assert found["hotspot_p"].min() < one["hotspot_p"].min()
