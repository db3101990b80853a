"""Sensitivity analysis and hot spots."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from assetmap.access.nearest import distance_to_nearest
from assetmap.gaps import choices as gap_choices
from assetmap.gaps import sensitivity
from assetmap.gaps.choices import access_choices, measure_sensitivity
from assetmap.gaps.hotspots import QUADRANTS, discovery_limit, find_hotspots
from assetmap.gaps.score import find_gaps
from assetmap.gaps.sensitivity import gap_sensitivity, sensitivity_notes
from assetmap.gaps.variants import compare_gaps, convert_gaps, describe_sensitivity
from assetmap.schema import InputError, SchemaError, VintageError
from conftest import make_assets, make_grid


@pytest.fixture
def county():
    """A hundred areas; need and distance both rise to the north-east, the library stands in the south-west."""
    areas = make_grid(columns=10, rows=10)
    row, column = np.divmod(np.arange(100), 10)
    areas["need"] = (row + column) / 18
    areas["need_health"] = areas["need"].to_numpy()[::-1]
    assets = make_assets({"Library": (0.5, 0.5)})
    return areas.join(distance_to_nearest(areas, assets)), assets


def test_the_clear_case_stays_under_all_choices(county):
    areas, assets = county
    choices = access_choices(areas, assets)
    assert list(choices.columns[:3]) == ["distance_m", "count_within_2000", "two_step_2000"]
    assert choices.shape == (100, 13)
    sure = gap_sensitivity(areas, choices[["distance_m"]], draws=200, seed=1)
    assert sure.index.equals(areas.index)
    assert sure.loc["A99", "stay_worst_share"] == 1
    assert sure.loc["A99", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert sure.loc["A00", "stay_worst_share"] == 0
    assert sure.loc["A99", "high_gap_share"] == 1
    assert sure.loc["A99", "gap_sensitivity"].startswith(
        "Almost always among the worst 10 of 100 (100% of 200 choices)"
    )
    assert sure.loc["A00", "gap_sensitivity"].startswith("Never among")
    assert sure["stay_worst_share"].sum() == pytest.approx(10)


def test_a_class_is_kept_or_not(county):
    areas, assets = county
    choices = access_choices(areas, assets)[["distance_m"]]
    assert "class_kept_share" not in gap_sensitivity(areas, choices, draws=10, seed=1)
    classed = areas.assign(gap_class=find_gaps(areas)["gap_class"])
    sure = gap_sensitivity(classed, choices, draws=100, seed=1)
    assert sure.loc[["A00", "A99"], "class_kept_share"].tolist() == [1, 1]
    assert 0 < sure["class_kept_share"].min() < 1
    wrong = gap_sensitivity(areas.assign(gap_class="1-3"), choices, draws=100, seed=1)
    assert wrong.loc["A99", "class_kept_share"] == 0


def test_a_case_that_hangs_on_one_theme_is_unsure(county):
    areas, assets = county
    both = gap_sensitivity(
        areas, access_choices(areas, assets), needs=("need", "need_health"), draws=200, seed=1
    )
    assert 0 < both.loc["A99", "stay_worst_share"] < 1
    assert both.loc["A99", "rank_high"] > 10


def test_the_seed_decides_and_the_input_stays(county):
    areas, assets = county
    choices, before = access_choices(areas, assets), areas.copy()
    needs = ("need", "need_health")
    first = gap_sensitivity(areas, choices, needs=needs, draws=50, seed=3)
    pd.testing.assert_frame_equal(first, gap_sensitivity(areas, choices, needs=needs, draws=50, seed=3))
    turned = gap_sensitivity(areas.iloc[::-1], choices.iloc[::-1], needs=needs, draws=50, seed=3)
    pd.testing.assert_frame_equal(turned.loc[areas.index], first)
    other = gap_sensitivity(areas, choices, needs=needs, draws=50, seed=4)
    assert not first["stay_worst_share"].equals(other["stay_worst_share"])
    pd.testing.assert_frame_equal(pd.DataFrame(areas), pd.DataFrame(before))


def test_not_known_has_no_sensitivity(county):
    areas, assets = county
    choices = access_choices(areas, assets)
    areas.loc["A55", "need"] = np.nan
    sure = gap_sensitivity(areas, choices, draws=20, seed=1)
    assert sure.loc["A55"].isna().all()
    assert sure.drop(index="A55").notna().all(axis=None)
    with pytest.raises(SchemaError, match="'need_crime'"):
        gap_sensitivity(areas, choices, needs=("need_crime",), draws=20, seed=1)
    with pytest.raises(SchemaError, match="index of the areas"):
        gap_sensitivity(areas, choices.iloc[::-1], draws=20, seed=1)
    with pytest.raises(InputError, match="draws must be 1 or more"):
        gap_sensitivity(areas, choices, draws=0, seed=1)


def clustered(side=12, seed=0):
    """Need is high in the north-east quarter, the rest is noise; access falls to the north-east too."""
    areas = make_grid(columns=side, rows=side)
    areas.index = pd.Index([f"B{i:03d}" for i in range(side**2)], name="area_code")
    row, column = np.divmod(np.arange(side**2), side)
    generator = np.random.default_rng(seed)
    corner = (row >= side / 2) & (column >= side / 2)
    areas["need"] = np.where(corner, 0.7, 0.0) + generator.uniform(0, 0.3, side**2)
    areas["distance_m"] = np.hypot(row, column) * 1000
    return areas, corner


def test_a_cluster_of_need_and_distance_is_found():
    areas, corner = clustered()
    found = find_hotspots(areas, permutations=999, seed=1)
    hot = (found["hotspot"] == "low access, high need around").to_numpy()
    assert hot[corner].sum() >= 20
    assert hot[~corner].sum() <= 3
    assert found["hotspot_p"].between(0, 1).all()
    pd.testing.assert_frame_equal(found, find_hotspots(areas, permutations=999, seed=1))
    near = areas.assign(hours=-areas["distance_m"])
    turned = find_hotspots(near, access="hours", access_direction="more is better", permutations=999, seed=1)
    assert (turned["hotspot"] == found["hotspot"]).all()


def test_shuffled_need_gives_no_more_than_the_discovery_rate():
    areas, _ = clustered()
    named = []
    for seed in range(8):
        generator = np.random.default_rng(seed)
        shuffled = areas.assign(need=generator.permutation(areas["need"]))
        found = find_hotspots(shuffled, permutations=999, seed=seed)
        named.append(int(found["hotspot_p"].le(discovery_limit(found["hotspot_p"].to_numpy(), 0.05)).sum()))
    # under the null a run names anything at all with probability 0.05: of 8 runs at most 2, and never many areas
    assert sum(count > 0 for count in named) <= 2
    assert max(named) <= 3


def test_islands_and_unknown_areas_are_not_tested():
    areas, _ = clustered()
    areas = areas.copy()
    areas.loc["B000", "geometry"] = translate(areas.loc["B000", "geometry"], -50_000, 0)
    areas.loc["B143", "need"] = np.nan
    found = find_hotspots(areas, permutations=999, seed=1)
    assert found.loc["B000", "hotspot"] == "no neighbours"
    assert found.loc["B143", "hotspot"] == "not known"
    assert found.loc[["B000", "B143"], "hotspot_p"].isna().all()
    assert found["hotspot_p"].notna().sum() == 142
    apart = gpd.GeoDataFrame(areas.iloc[[0, 143]]).assign(need=0.5)
    assert set(find_hotspots(apart, permutations=99, seed=1)["hotspot"]) == {"no neighbours"}


@pytest.mark.filterwarnings("ignore:.*[Nn]umba", "ignore:The alternative hypothesis")
@pytest.mark.parametrize("direction", ["far is worse", "more is better"])
def test_local_moran_is_that_of_esda(direction: str):
    esda = pytest.importorskip("esda")
    weights = pytest.importorskip("libpysal").weights
    areas, _ = clustered()
    found = find_hotspots(areas, access_direction=direction, permutations=499, repeats=1, seed=3)
    own = areas["distance_m"] * (-1 if direction == "more is better" else 1)
    queen = weights.Queen.from_dataframe(areas, use_index=False, silence_warnings=True)
    oracle = esda.Moran_Local_BV(own, areas["need"], queen, permutations=499, seed=3)
    np.testing.assert_allclose(found["hotspot_p"], np.minimum(2 * oracle.p_sim, 1), rtol=1e-12)
    named = found["hotspot"] != "not significant"
    assert named.sum() > 10
    assert list(found.loc[named, "hotspot"]) == [QUADRANTS[q] for q in oracle.q[named]]


def test_equal_needs_are_no_cluster():
    """Need in two classes: most draws give exactly the sum that is there, so chance explains it."""
    areas, _ = clustered()
    few = np.zeros(len(areas))
    few[[3, 40, 77, 100]] = 1.0
    found = find_hotspots(areas.assign(need=few), permutations=999, seed=1)
    alone = find_hotspots(areas.assign(need=few[::-1]), permutations=999, seed=1)
    for table in (found, alone):
        assert set(table["hotspot"]) == {"not significant"}
        assert table["hotspot_p"].median() == 1


def test_an_average_distance_is_no_cluster():
    areas, corner = clustered()
    areas["distance_m"] = np.where(corner, 5_000.0, np.tile([4_000.0, 6_000.0], len(areas) // 2))
    assert areas["distance_m"].mean() == 5_000
    found = find_hotspots(areas, permutations=99, seed=1)
    assert (found.loc[corner, "hotspot_p"] == 1).all()


def test_hotspot_options_are_checked():
    areas, _ = clustered(side=4)
    with pytest.raises(SchemaError, match="'need' is the same everywhere"):
        find_hotspots(areas.assign(need=0.5), seed=1)
    with pytest.raises(InputError, match="'far is worse', 'more is better'"):
        find_hotspots(areas, access_direction="far", seed=1)
    with pytest.raises(InputError, match="permutations must be 99 or more"):
        find_hotspots(areas, permutations=9, seed=1)


def test_discovery_limit_by_hand():
    # limits of five tests at 5%: 0.01, 0.02, 0.03, 0.04, 0.05
    assert discovery_limit(np.array([0.005, 0.039, 0.2, 0.011, 0.04]), 0.05) == 0.04
    assert discovery_limit(np.array([0.2, 0.3]), 0.05) == -1


def test_one_choice_made_differently(county):
    areas, _ = county
    base = find_gaps(areas)
    turned = find_gaps(areas, need="need_health")
    sheet = compare_gaps(areas, base, {"scores": find_gaps(areas, scale="score"), "health": turned})
    assert sheet.index.tolist() == ["base", "scores", "health"]
    assert sheet.loc["base", "worst_kept_share"] == 1
    assert sheet.loc["base", "rank_correlation"] == pytest.approx(1)
    assert sheet.loc["scores", "rank_correlation"] > 0.99
    assert sheet.loc["health", "worst_kept_share"] < 0.5
    left = sheet.loc["health", "left"].split(", ")
    assert (
        len(left)
        == len(sheet.loc["health", "entered"].split(", "))
        == 10 - sheet.loc["health", "worst_kept_share"] * 10
    )
    assert sheet.loc["base", "high_gap_people"] == base["gap_people"].sum()
    assert sheet["compared"].tolist() == [100, 100, 100]
    assert describe_sensitivity(sheet).startswith("The gaps are most sensitive to 'health'.")
    assert describe_sensitivity(sheet.iloc[:1]) == "No other choice was compared."
    only_scores = compare_gaps(areas, base, {"other boundaries": base[["gap_score"]]})
    assert only_scores["high_gap_areas"].isna().tolist() == [False, True]
    with pytest.raises(SchemaError, match="'other' are not on the index"):
        compare_gaps(areas, base, {"other": base.iloc[:5]})
    with pytest.raises(InputError, match="between 0 and 1"):
        compare_gaps(areas, base, {}, worst=1.5)


def test_gaps_of_other_boundaries_are_brought_onto_these():
    areas = make_grid(columns=2, rows=1)
    areas.index = pd.Index(["E01000001", "E01000002"], name="area_code")
    other = pd.DataFrame(
        {"gap_score": [0.4, 0.1, 0.9], "population": [500, 300, 100]},
        index=["E01000001", "E01034001", "E01034002"],
    )
    lookup = pd.DataFrame(
        {"lsoa11_code": "E01000002", "lsoa21_code": ["E01034001", "E01034002"], "change_code": "S"}
    )
    found = convert_gaps(areas, other, lookup=lookup)
    assert found["gap_score"].tolist() == pytest.approx([0.4, 0.3])
    with pytest.raises(VintageError, match="LSOA 2011"):
        convert_gaps(areas, other)


@pytest.mark.slow
def test_one_table_for_a_build(county):
    areas, assets = county
    classed = areas.join(find_gaps(areas))
    sure = measure_sensitivity(classed, assets, draws=50)
    assert sure.index.equals(areas.index)
    assert sure.loc["A99", "stay_worst_share"] == 1
    assert sure.loc["A99", "class_kept_share"] == sure.loc["A99", "high_gap_share"] > 0.5
    assert sure.loc["A00", "class_kept_share"] == 1 - sure.loc["A00", "high_gap_share"] == 1
    assert (sure["hotspot"] == "low access, high need around").any()
    assert "leaves_data" not in sure
    pd.testing.assert_frame_equal(sure, measure_sensitivity(classed, assets, draws=50))


def test_need_that_is_the_same_or_unknown_everywhere_is_no_error(county):
    areas, assets = county
    for need in (0.5, np.nan):
        same = areas.assign(need=need)
        classed = same.join(find_gaps(same))
        found = measure_sensitivity(classed, assets, draws=5)
        assert "hotspot" not in found
        assert found["stay_worst_share"].isna().all() == np.isnan(need)
        sheet = compare_gaps(classed, classed, {"again": classed})
        assert sheet.loc["again", "rank_correlation"] == 1 or np.isnan(need)
    # only areas that touch another can be tested: two that do, alike, and one apart
    few = areas.loc[["A00", "A01", "A99"]].assign(need=[0.5, 0.5, 0.9])
    assert not gap_choices._differs(few, "need", "distance_m")
    assert gap_choices._differs(few.assign(need=[0.4, 0.5, 0.9]), "need", "distance_m")


def test_ways_overland_are_left_out_of_a_country_and_that_is_said(county, monkeypatch):
    areas, _ = county
    classed = areas.join(find_gaps(areas))
    assert sensitivity_notes(classed) == ()
    monkeypatch.setattr("assetmap.gaps.sensitivity.MOST_OVERLAND", len(areas) - 1)
    (note,) = sensitivity_notes(classed)
    assert note.code == "OVERLAND_LEFT_OUT"
    assert f"there are {len(areas)} areas, and the most is {len(areas) - 1}" in note.sentence


def test_the_order_of_neighbouring_ranks_is_given_as_a_plain_share(county):
    areas, assets = county
    choices = access_choices(areas, assets)
    ranked = areas.assign(gap_rank=np.arange(1, len(areas) + 1))
    found = gap_sensitivity(ranked, choices, draws=60, seed=2)
    assert "before_next_share" not in gap_sensitivity(areas, choices, draws=60, seed=2)
    assert found["before_next_share"].isna().sum() == 1
    assert np.isnan(found.loc[ranked["gap_rank"].idxmax(), "before_next_share"])
    # the reverse order has the reverse share, but for draws in which the two are equal
    turned = areas.assign(gap_rank=np.arange(len(areas), 0, -1))
    back = gap_sensitivity(turned, choices, draws=60, seed=2)
    total = found["before_next_share"].to_numpy()[:-1] + back["before_next_share"].to_numpy()[1:]
    assert (total <= 1 + 1e-12).all()
    assert total.mean() > 0.8


def test_the_ranks_of_the_widest_gaps_hold_together_in_nine_of_ten_draws(county, monkeypatch):
    areas, assets = county
    kept, real = [], sensitivity._draw

    def draw(*given):
        kept.append(real(*given))
        return kept[-1]

    monkeypatch.setattr(sensitivity, "_draw", draw)
    ranked = areas.assign(gap_rank=np.arange(len(areas), 0, -1))
    found = gap_sensitivity(ranked, access_choices(areas, assets), draws=80, top=5, seed=2)
    bounds = found[["rank_together_low", "rank_together_high"]].dropna()
    assert bounds.index.tolist() == areas.index[-5:].tolist()
    ((ranks, _),) = kept
    low, high = bounds.to_numpy(dtype=float).T
    assert ((ranks[:, -5:] >= low) & (ranks[:, -5:] <= high)).all(axis=1).mean() >= 0.9
    assert (high - low).max() < len(areas) - 1


def test_nobody_is_in_low_access_within_the_floor_in_any_draw():
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, 16)
    near = pd.DataFrame({"distance_m": np.linspace(50, 900, 16)}, index=areas.index)
    assert gap_sensitivity(areas, near, draws=50, seed=1)["high_gap_share"].eq(0).all()
    relative = gap_sensitivity(areas, near, low_access_beyond_m=0, draws=50, seed=1)
    assert relative["high_gap_share"].max() == 1
    unreached = near.assign(distance_m=np.inf)
    assert gap_sensitivity(areas, unreached, draws=50, seed=1)["high_gap_share"].iloc[-1] == 1


def test_a_build_says_when_permutations_are_too_few_for_its_areas():
    assert sensitivity_notes(pd.DataFrame(index=range(1_000))) == ()
    codes = [note.code for note in sensitivity_notes(pd.DataFrame(index=range(1_500)))]
    assert codes == ["HOTSPOT_RESOLUTION"]
    codes = [note.code for note in sensitivity_notes(pd.DataFrame(index=range(5_001)))]
    assert codes == ["HOTSPOT_RESOLUTION", "OVERLAND_LEFT_OUT"]
