"""Composites, themes and other geographies."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from assetmap.access.nearest import distance_to_nearest
from assetmap.gaps.measure import describe_gaps, gaps_by_type, measure_gaps, need_column
from assetmap.need.composite import combine_need, need_of_age
from assetmap.need.interpolate import add_up, area_of_postcodes, interpolate_onto
from assetmap.schema import InputError, SchemaError
from conftest import ORIGIN, make_assets, make_grid


def themes(**columns):
    length = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index([f"A{i}" for i in range(length)], name="area_code"))


def test_composite_indices_by_hand():
    table = themes(need_income=[0.0, 0.5, 1.0], need_health=[0.2, 0.4, 0.3])
    weights = {"need_income": 2, "need_health": 2}
    by_percentile = combine_need(table, weights)
    assert by_percentile["need"].tolist() == pytest.approx([0.1, 0.45, 0.65])
    assert (
        by_percentile["composite"].iloc[0] == "weighted mean by percentile: need_income 0.5, need_health 0.5"
    )
    # places 1, 2, 3 and 1, 3, 2
    assert combine_need(table, weights, method="rank")["need"].tolist() == [0.0, 0.75, 0.75]
    # 0, 0.5, 1 and 0, 1, 0.5
    assert combine_need(table, weights, method="score")["need"].tolist() == pytest.approx([0.0, 0.75, 0.75])
    table.loc["A1", "need_health"] = np.nan
    missing = combine_need(table, weights, method="rank")["need"]
    assert missing.isna().tolist() == [False, True, False]
    assert missing.dropna().tolist() == [0.0, 1.0]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    values=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=8),
    weight=st.floats(0.1, 10),
    method=st.sampled_from(["percentile", "rank", "score"]),
)
def test_composite_indices_stay_on_the_scale_and_keep_order(values, weight, method):
    first, second = zip(*values, strict=True)
    table = themes(a=list(first), b=list(second))
    need = combine_need(table, {"a": weight, "b": 1}, method=method)["need"]
    assert need.between(0, 1).all()
    turned = combine_need(table.iloc[::-1], {"b": 2, "a": weight * 2}, method=method)["need"]
    assert turned[table.index].tolist() == pytest.approx(need.tolist(), abs=1e-9)
    for one in table.index:
        for other in table.index:
            if (table.loc[one] >= table.loc[other]).all():
                assert need[one] >= need[other] - 1e-9


def test_bad_composite_indices_are_refused():
    table = themes(need_income=[0.0, 2.0])
    with pytest.raises(InputError, match="'percentile', 'rank', 'score'"):
        combine_need(table, {"need_income": 1}, method="mean")
    with pytest.raises(InputError, match="above 0.*'need_income'"):
        combine_need(table, {"need_income": 0})
    with pytest.raises(InputError, match="at least one weight, each above 0"):
        combine_need(table, {})
    with pytest.raises(SchemaError, match="no column 'need_crime'"):
        combine_need(table, {"need_crime": 1})
    with pytest.raises(SchemaError, match="between 0 and 1. Not so: 'need_income'"):
        combine_need(table, {"need_income": 1})


def test_age_as_need():
    areas = themes(population=[100, 200, 0, 100], older_60_plus=[50, 20, 0, 30])
    need = need_of_age(areas)
    assert need.name == "need_older_60_plus"
    assert need.fillna(-1).tolist() == [1.0, 0.0, -1.0, 0.5]
    with pytest.raises(SchemaError, match="no column 'children_0_15'"):
        need_of_age(areas, people="children_0_15")


def test_each_type_is_held_against_its_theme(town):
    areas, assets = town
    areas["need_income"] = areas["need"].to_numpy()[::-1]
    assert need_column(areas, "food_bank") == "need_income"
    assert need_column(areas, "memory_cafe") == "need"
    with pytest.raises(InputError, match="no asset type 'bank'"):
        need_column(areas, "bank")
    measured = distance_to_nearest(areas, assets)["distance_m"]
    found = gaps_by_type(areas, {"library": measured, "food_bank": measured})
    assert found.index.names == ["asset_type", "area_code"]
    assert found.loc["food_bank", "theme"].unique().tolist() == ["need_income"]
    assert found.loc["library", "gap_rank"].idxmin() == "A32"
    assert found.loc["food_bank", "gap_score"].idxmax() != "A32"
    named = gaps_by_type(areas, {"food_bank": measured}, themes={"food_bank": "need"})
    assert named.loc["food_bank", "gap_rank"].idxmin() == "A32"
    with pytest.raises(InputError, match="at least one"):
        gaps_by_type(areas, {})


def test_one_call_measures_everything(town):
    areas, assets = town
    areas["need_education"] = areas["need"].to_numpy()[::-1]
    found = measure_gaps(areas, assets, need="need", limit_m=1_000)
    assert found.loc["A00", ["distance_m", "count_within", "count_per_1000"]].tolist() == [
        0,
        1,
        pytest.approx(1 / 3),
    ]
    # zones of 333, 667 and 1,000 m: A00 counts 1, its two neighbours 0.22
    assert found.loc["A00", "access_per_1000"] == pytest.approx(1 / 1.44)
    assert found["gap_rank"].idxmin() == "A32"
    assert describe_gaps(found) == (
        "4 of 16 areas have high need and low access (class 3-1) compared with the other areas here; 4,000 people live there. The widest gap is Town "
        "A32: High need (more than 87% of the areas), low access: 3.2 km to the nearest, East Library "
        "(worse than 87%)."
    )
    again = measure_gaps(found, assets, limit_m=1_000)  # a library serves education
    assert again["gap_rank"].idxmin() != "A32"
    assert again["gap_reason"].str.contains(" need by education (more than ", regex=False).all()
    assert list(again.columns) == list(found.columns)
    unsure = assets.assign(status="unknown")
    with pytest.raises(InputError, match=r"2 of the type have unknown status.*unknown_as_open\(assets\)"):
        measure_gaps(areas, unsure, need="need")
    counted = measure_gaps(areas, unsure, need="need", limit_m=1_000, include_unknown=True)
    assert counted["gap_rank"].idxmin() == "A32"
    found.loc["A33", "need"] = np.nan
    assert describe_gaps(measure_gaps(found, assets, need="need")).endswith("For 1 area it is not known.")
    found.loc["A32", "gap_people"] = np.nan
    assert "compared with the other areas here; an unknown number of people live there." in describe_gaps(
        found
    )
    only = found.assign(gap_class="1-1").assign(
        gap_class=lambda table: table["gap_class"].mask(table.index == "A32", "3-1")
    )
    assert describe_gaps(only).startswith("1 of 16 areas has high need")


def test_small_areas_add_up(grid):
    grid["need"] = np.linspace(0, 1, 16)
    grid["need_income"] = 0.5
    grid.loc["A00", "need_income"] = np.nan
    grid["children_0_15"] = 10
    grid["population"] = [1000 + 100 * i for i in range(16)]
    lookup = pd.Series({code: f"W{code[1]}" for code in [*grid.index, "Z99"]})
    wards = add_up(grid, lookup, names=pd.Series({"W0": "South"}))
    assert wards.index.tolist() == ["W0", "W1", "W2", "W3"]
    assert wards["area_name"].tolist() == ["South", "W1", "W2", "W3"]
    assert wards["population"].sum() == grid["population"].sum()
    assert wards["children_0_15"].tolist() == [40] * 4
    assert wards["small_areas"].tolist() == [4] * 4
    row = grid.iloc[:4]
    assert wards.loc["W0", "need"] == pytest.approx(
        (row["need"] * row["population"]).sum() / row["population"].sum()
    )
    assert wards["need_income"].isna().tolist() == [True, False, False, False]
    assert wards.area.tolist() == pytest.approx([4e6] * 4)
    with pytest.raises(SchemaError, match="1 of 16 areas are not in the lookup, first 'A33'"):
        add_up(grid, lookup.drop("A33"))
    with pytest.raises(SchemaError, match="Duplicate codes in the lookup: 1, first 'A00'"):
        add_up(grid, pd.concat([lookup, lookup.iloc[:1]]))


def own_area(west, south, east, north):
    west, east = (ORIGIN[0] + 1000 * km for km in (west, east))
    south, north = (ORIGIN[1] + 1000 * km for km in (south, north))
    return gpd.GeoDataFrame(
        {"area_name": ["Patch"]},
        index=pd.Index(["P"], name="area_code"),
        geometry=[box(west, south, east, north)],
        crs=27700,
    )


def test_own_areas_by_land(grid):
    grid["need"] = np.linspace(0, 1, 16)
    found = interpolate_onto(grid, own_area(0, 0, 1.5, 1))  # A00 and half of A01
    assert found.loc["P", "population"] == pytest.approx(1_500)
    assert found.loc["P", ["population_low", "population_high"]].tolist() == [1_000, 2_000]
    assert found.loc["P", "cut_share"] == pytest.approx(1 / 3)
    assert found.loc["P", "need"] == pytest.approx((0 * 1000 + 1 / 15 * 500) / 1500)
    assert found.loc["P", "conversion"] == "by land"
    assert found.loc["P", "covered_share"] == pytest.approx(1)
    outside = interpolate_onto(grid, own_area(-1, 0, 1, 1))
    assert outside.loc["P", "covered_share"] == pytest.approx(0.5)
    assert outside.loc["P", "population"] == pytest.approx(1_000)
    nowhere = interpolate_onto(grid, own_area(-5, 0, -4, 1))
    assert nowhere.loc["P", "population"] == 0
    assert np.isnan(nowhere.loc["P", "need"])


def live_postcodes():
    west, south = ORIGIN
    rows = [
        (west + 500, south + 500, "A00"),
        (west + 1100, south + 500, "A01"),
        (west + 1200, south + 100, "A01"),
    ]
    rows += [
        (west + 1300, south + 900, "A01"),
        (west + 1900, south + 500, "A01"),
        (west + 2500, south + 500, "A02"),
    ]
    table = pd.DataFrame(rows, columns=["easting", "northing", "area_code"])
    table.index = pd.Index([f"TR1 1A{letter}" for letter in "ABCDEF"], name="postcode")
    return table.assign(live=True)


def test_own_areas_by_postcodes(grid):
    found = interpolate_onto(grid, own_area(0, 0, 1.5, 1), postcodes=live_postcodes())
    # three of the four postcodes of A01 lie in its western half
    assert found.loc["P", "population"] == pytest.approx(1_750)
    assert found.loc["P", ["population_low", "population_high"]].tolist() == [1_000, 2_000]
    assert found.loc["P", "conversion"] == "by postcodes"
    # A10 and A11 have no postcode: their land decides
    north = interpolate_onto(grid, own_area(0, 0, 1.5, 1.5), postcodes=live_postcodes())
    assert north.loc["P", "population"] == pytest.approx(1_750 + 500 + 250)


def test_a_list_of_postcodes_is_an_area(grid):
    patch = area_of_postcodes(live_postcodes(), ["TR1 1AA", "TR1 1AB"], code="P1", name="Our patch")
    assert patch.area.iloc[0] == pytest.approx(2 * np.pi * 100**2, rel=0.01)
    found = interpolate_onto(grid, patch, postcodes=live_postcodes())
    assert found.loc["P1", "population"] == pytest.approx(1_250)
    with pytest.raises(InputError, match="1 of 2 postcodes are unknown or have no location: 'TR9 9ZZ'"):
        area_of_postcodes(live_postcodes(), ["TR1 1AA", "TR9 9ZZ"], code="P1", name="Our patch")


@settings(max_examples=10, deadline=None)
@given(cut=st.floats(0.1, 3.9))
def test_two_halves_hold_everybody(cut):
    areas = make_grid()
    areas["population"] = range(100, 116)
    halves = gpd.GeoDataFrame(pd.concat([own_area(0, 0, cut, 4), own_area(cut, 0, 4, 4).rename({"P": "Q"})]))
    found = interpolate_onto(areas, halves)
    assert found["population"].sum() == pytest.approx(areas["population"].sum())
    assert (found["population_low"] <= found["population"] + 1e-6).all()
    assert (found["population_high"] >= found["population"] - 1e-6).all()


def test_own_areas_work_as_small_areas_do(grid):
    grid["need"] = np.linspace(0, 1, 16)
    found = interpolate_onto(grid, own_area(0, 0, 1.5, 1))
    measured = distance_to_nearest(found, make_assets({"Library": (0.75, 1.5)}))
    assert measured.loc["P", "distance_m"] == pytest.approx(1_000)
