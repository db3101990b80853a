import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.access.nearest import distance_to_nearest
from assetmap.gaps.score import access_classes, class_thirds, find_gaps, natural_breaks, summarise_gaps
from assetmap.schema import InputError, SchemaError
from conftest import make_grid
from oracles_access import gap_scores


def with_distance(town):
    areas, assets = town
    return areas.join(distance_to_nearest(areas, assets))


def test_the_widest_gap_is_the_neediest_and_farthest(town):
    areas = with_distance(town)
    gaps = find_gaps(areas)
    assert gaps.index.equals(areas.index)
    # A32 is second in need (14 of 15 below) and shares the greatest distance with A31 (13 and a half below)
    assert gaps["gap_rank"].idxmin() == "A32"
    assert gaps.loc["A32", "gap_score"] == pytest.approx((14 / 15 * 14.5 / 15) ** 0.5)
    assert gaps.loc["A32", "gap_class"] == "3-1"
    assert gaps.loc["A00", "gap_score"] == 0
    assert gaps.loc["A00", "gap_class"] == "1-3"
    assert sorted(gaps["gap_rank"]) == list(range(1, 17))
    assert gaps["gap_score"].between(0, 1).all()
    assert gaps.loc["A33", "gap_reason"] == (
        "High need (more than 93% of the areas), low access: 3.0 km to the nearest, East Library "
        "(worse than 75%)."
    )


values = st.lists(st.integers(0, 9), min_size=4, max_size=16)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.data(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_scores_agree_with_the_naive_twin(data, weight):
    need = data.draw(values)
    lack = data.draw(st.lists(st.integers(0, 9), min_size=len(need), max_size=len(need)))
    areas = make_grid(columns=len(need), rows=1)
    areas["need"], areas["distance_m"] = np.array(need) / 10, np.array(lack) * 1000.0
    gaps = find_gaps(areas, need_weight=weight)
    assert gaps["gap_score"].tolist() == pytest.approx(gap_scores(need, lack, weight))
    more = find_gaps(
        areas.assign(hours=-areas["distance_m"]), access="hours", access_direction="more is better"
    )
    assert more["gap_score"].tolist() == pytest.approx(gap_scores(need, lack, 0.5))


def test_direction_of_a_count_is_turned_round(town):
    areas = with_distance(town)
    areas["count_within"] = [5] * 8 + [0] * 8
    gaps = find_gaps(areas, access="count_within", access_direction="more is better")
    assert set(gaps["gap_class"].str[-1][:8]) == {"3"}
    assert set(gaps["gap_class"].str[-1][8:]) == {"1"}
    assert gaps.loc["A33", "gap_reason"].endswith("low access: 0 within the limit (worse than 50%).")


def test_reasons_never_claim_a_hundred_percent():
    areas = make_grid(columns=400, rows=1)
    areas["need"], areas["distance_m"] = np.arange(400) / 399, np.arange(400.0)[::-1] * 10
    areas.iloc[0, areas.columns.get_loc("distance_m")] = (
        4_010  # the next is printed as 4.0 km too, until here
    )
    assert find_gaps(areas)["gap_reason"].iloc[0].endswith("4.0 km to the nearest (worse than 99%).")
    areas.iloc[0, areas.columns.get_loc("distance_m")] = 4_100
    reasons = find_gaps(areas)["gap_reason"]
    # 399 of 400 are 99.75%, which must not be rounded up
    assert reasons.iloc[-1].startswith("High need (more than 99% of the areas), good access")
    assert reasons.iloc[0].endswith("low access: 4.1 km to the nearest (the farthest of all).")
    assert reasons.iloc[1].endswith("(worse than 99%).")
    assert not reasons.str.contains("100%").any()
    shared = find_gaps(areas.assign(distance_m=[399.0] * 2 + [0.0] * 398))["gap_reason"]
    assert shared.str.endswith("(worse than 99%).").sum() == 2
    few = find_gaps(areas.assign(hours=np.arange(400.0)), access="hours", access_direction="more is better")
    assert few["gap_reason"].iloc[0].endswith("low access: hours 0 (the worst of all).")
    one = find_gaps(areas.iloc[:1])["gap_reason"]
    assert one.iloc[0].endswith("(worse than 0%).")


def test_not_known_is_not_low(town):
    areas = with_distance(town)
    areas.loc["A33", "need"] = np.nan
    areas.loc["A32", "distance_m"] = np.nan
    gaps = find_gaps(areas)
    assert (
        gaps.loc[["A32", "A33"], ["gap_score", "gap_class", "gap_rank", "gap_people"]].isna().all(axis=None)
    )
    assert gaps.loc["A33", "gap_reason"] == "Not known: no value of need."
    assert gaps.loc["A32", "gap_reason"] == "Not known: no value of distance_m."
    assert sorted(gaps["gap_rank"].dropna()) == list(range(1, 15))
    assert summarise_gaps(areas.join(gaps)).loc["not known", "areas"] == 2
    nothing = find_gaps(areas.assign(need=np.nan))
    assert nothing["gap_score"].isna().all()
    assert (nothing["gap_reason"] != "").all()


def test_people_affected(town):
    areas = with_distance(town).assign(children_0_15=200, older_60_plus=300)
    gaps = find_gaps(areas)
    worst = gaps["gap_class"] == "3-1"
    assert worst.sum() == 4
    assert gaps["gap_people"].sum() == 4_000
    assert gaps.loc[worst, "gap_children"].tolist() == [200] * 4
    assert gaps.loc[~worst, "gap_older"].tolist() == [0] * 12
    summary = summarise_gaps(areas.join(gaps))
    assert summary.index[0] == "3-1"
    assert summary["areas"].sum() == 16
    assert summary["population"].sum() == 16_000


def test_row_order_changes_nothing(town):
    areas = with_distance(town)
    gaps = find_gaps(areas)
    pd.testing.assert_frame_equal(find_gaps(areas.iloc[::-1]).loc[areas.index], gaps)
    assert "gap_score" not in areas.columns


def test_equal_values_share_a_class_and_people_break_ties(grid):
    areas = grid.assign(need=0.5, distance_m=1000.0)
    areas.loc["A21", "population"] = 5_000
    gaps = find_gaps(areas)
    assert set(gaps["gap_class"]) == {"2-2"}
    assert gaps["gap_score"].tolist() == pytest.approx([0.5] * 16)
    assert gaps["gap_rank"].idxmin() == "A21"
    assert gaps.loc["A00", "gap_rank"] == 2


def test_score_scale_and_natural_breaks(town):
    areas = with_distance(town)
    gaps = find_gaps(areas, scale="score", classification="natural breaks")
    # need 15/15 and 3,000 m of at most sqrt(1.0**2 + 3**2) km
    assert gaps.loc["A33", "gap_score"] == pytest.approx((3000 / 10**0.5 / 1000) ** 0.5)
    assert gaps.loc["A33", "gap_class"] == "3-1"
    assert gaps.loc["A00", "gap_class"] == "1-3"


def test_bad_options_are_all_named(town):
    areas = with_distance(town)
    with pytest.raises(InputError) as caught:
        find_gaps(areas, need_weight=2, scale="percent", access_direction="near", classification="jenks")
    for word in ("need_weight", "'percent'", "'far is worse', 'more is better'", "'natural breaks'"):
        assert word in str(caught.value)
    with pytest.raises(SchemaError, match="missing column 'need_crime'"):
        find_gaps(areas, need="need_crime")
    with pytest.raises(SchemaError, match="'area_name' of the areas must hold numbers"):
        find_gaps(areas, need="area_name")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=4, max_size=40).filter(lambda v: len(set(v)) > 3))
def test_natural_breaks_agree_with_every_way_of_cutting(numbers):
    ordered = sorted(numbers)

    def spread(part):
        return sum((value - sum(part) / len(part)) ** 2 for value in part)

    def cost(i, j):
        return spread(ordered[:i]) + spread(ordered[i:j]) + spread(ordered[j:])

    best = min(cost(i, j) for i in range(1, len(ordered) - 1) for j in range(i + 1, len(ordered)))
    low, high = natural_breaks(np.array(numbers, dtype=float))
    i, j = sum(n <= low + 1e-6 for n in ordered), sum(n <= high + 1e-6 for n in ordered)
    assert cost(i, j) == pytest.approx(best, abs=1e-6)


def test_near_areas_are_never_in_low_access_and_unreached_ones_always_are():
    areas = make_grid(columns=9, rows=1)
    areas["need"] = np.linspace(0.1, 0.9, 9)
    areas["distance_m"] = np.linspace(100, 900, 9)  # a dense borough: everybody is within 1 km
    gaps = find_gaps(areas)
    assert not gaps["gap_class"].str.endswith("-1").any()
    assert gaps["gap_people"].sum() == 0
    relative = find_gaps(areas, low_access_beyond_m=0)
    assert relative["gap_class"].str.endswith("-1").sum() == 3
    pd.testing.assert_series_equal(gaps["gap_score"], relative["gap_score"])
    assert "middling access" in gaps["gap_reason"].iloc[-1]
    areas["distance_m"] = [100, 200, 300, 400, 500, 600, 999, 1_000, 1_001]
    assert find_gaps(areas)["gap_class"].str[-1].tolist() == list("333222211")
    areas["distance_m"] = [100, 200, 300, 400] + [np.inf] * 5
    assert find_gaps(areas)["gap_class"].str[-1].tolist()[4:] == list("11111")
    areas["distance_m"] = np.inf
    assert find_gaps(areas)["gap_class"].str.endswith("-1").all()
    areas["count_within"] = [3, 2, 1, 1] + [0] * 5  # nothing within the limit is low access, never middling
    counted = find_gaps(areas, access="count_within", access_direction="more is better")
    assert counted["gap_class"].str[-1].tolist()[4:] == list("11111")
    with pytest.raises(InputError, match="low_access_beyond_m must be 0 or more"):
        find_gaps(areas, low_access_beyond_m=-1)


def test_the_summary_counts_areas_first(town):
    areas = with_distance(town)
    summary = summarise_gaps(areas.join(find_gaps(areas)))
    assert summary.columns.tolist() == ["areas", "population"]


@pytest.mark.parametrize(
    ("values", "quantiles", "breaks"),
    [
        ([4, 4, 4], [2, 2, 2], [2, 2, 2]),
        ([1, 9, 1], [1, 3, 1], [1, 3, 1]),
        ([1, 5, 9, 5], [1, 2, 3, 2], [1, 2, 3, 2]),
        ([1, 2, 3, 4, 5, 60], [1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 2, 3]),  # the far value stands alone
        ([1, 2, 10, 11, 50, 52], [1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 3]),
    ],
)
def test_classes_of_few_and_of_uneven_values(values, quantiles, breaks):
    given = np.array(values, dtype=float)
    assert class_thirds(given, "quantiles").tolist() == quantiles
    assert class_thirds(given, "natural breaks").tolist() == breaks


def test_the_floor_of_low_access_is_for_costs_only():
    given = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0])
    assert access_classes(given, "more is better", "quantiles", low_access_beyond=1_000.0).tolist() == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    assert access_classes(given, "far is worse", "quantiles", low_access_beyond=1_000.0).tolist() == [
        3,
        3,
        2,
        2,
        2,
        2,
    ]


def test_natural_breaks_of_thousands_of_values_are_those_of_their_groups():
    groups = [np.linspace(start, start + 1, 1_000) for start in (0, 10, 30)]
    low, high = natural_breaks(np.concatenate(groups))
    assert 0.99 < low <= 1
    assert 10.99 < high <= 11
