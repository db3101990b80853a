"""Areal interpolation on squares that can be counted by hand: by land, by postcodes, and by a lookup."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from assetmap.need.interpolate import (
    COAST_M,
    PARTLY,
    WHOLE,
    add_up,
    area_of_postcodes,
    describe_interpolation,
    interpolate_onto,
)
from assetmap.schema import InputError, SchemaError
from conftest import ORIGIN, make_grid

WEST, SOUTH = ORIGIN


def patch(**boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Own areas, in km from the south-west corner of the grid."""
    shapes = [
        box(WEST + 1_000 * x1, SOUTH + 1_000 * y1, WEST + 1_000 * x2, SOUTH + 1_000 * y2)
        for x1, y1, x2, y2 in boxes.values()
    ]
    index = pd.Index(list(boxes), name="area_code", dtype=object)
    return gpd.GeoDataFrame({"area_name": list(boxes)}, index=index, geometry=shapes, crs=27700)


def homes(**places: tuple[float, float, str]) -> pd.DataFrame:
    """Live postcodes at (east, north) in km, with the small area they are in."""
    rows = [(WEST + 1_000 * x, SOUTH + 1_000 * y, code, True) for x, y, code in places.values()]
    index = pd.Index([name.replace("_", " ") for name in places], name="postcode")
    return pd.DataFrame(rows, index=index, columns=["easting", "northing", "area_code", "live"])


@pytest.fixture
def town() -> gpd.GeoDataFrame:
    """Two squares side by side: 1,000 people with need 0.2, 3,000 with need 0.6."""
    areas = make_grid(2, 1)
    areas["population"] = [1_000.0, 3_000.0]
    areas["older_60_plus"] = [100.0, 900.0]
    areas["need"] = [0.2, 0.6]
    areas["need_health"] = [0.5, 0.1]
    return areas


def test_by_land_a_quarter_of_the_land_is_a_quarter_of_the_people(town: gpd.GeoDataFrame) -> None:
    own = interpolate_onto(town, patch(P=(0, 0, 1.25, 1)))
    row = own.loc["P"]
    assert row["population"] == pytest.approx(1_000 + 750)
    assert row["older_60_plus"] == pytest.approx(100 + 225)
    assert row["need"] == pytest.approx((1_000 * 0.2 + 750 * 0.6) / 1_750)
    assert row["need_health"] == pytest.approx((1_000 * 0.5 + 750 * 0.1) / 1_750)
    assert (row["population_low"], row["population_high"]) == (1_000, 4_000)
    assert row["cut_share"] == pytest.approx(750 / 1_750)
    assert row["covered_share"] == pytest.approx(1)
    assert row["conversion"] == "by land"
    assert "population_year" not in own or own["population_year"].isna().all()


def test_land_outside_of_every_small_area_has_nobody(town: gpd.GeoDataFrame) -> None:
    own = interpolate_onto(town, patch(Half=(1.5, 0, 2.5, 1), Away=(5, 5, 6, 6)))
    assert own["population"].tolist() == [1_500, 0]
    assert own["covered_share"].tolist() == [pytest.approx(0.5), 0]
    assert own["population_low"].tolist() == [0, 0]
    assert own["population_high"].tolist() == [3_000, 0]
    assert own["cut_share"].tolist()[0] == 1
    assert np.isnan(own.loc["Away", "cut_share"])
    assert np.isnan(own.loc["Away", "need"])


@pytest.mark.parametrize(("inside", "low"), [(WHOLE + 0.0005, 1_000), (WHOLE - 0.0005, 0)])
def test_an_area_counts_as_wholly_inside_from_the_share_that_is_documented(
    town: gpd.GeoDataFrame, inside: float, low: float
) -> None:
    assert WHOLE == 0.999
    own = interpolate_onto(town, patch(P=(0, 0, inside, 1)))
    assert own.loc["P", "population_low"] == pytest.approx(low, rel=2e-3)
    assert own.loc["P", "population_high"] == 1_000


def test_a_small_area_that_only_touches_the_boundary_counts_for_nothing(town: gpd.GeoDataFrame) -> None:
    own = interpolate_onto(town, patch(P=(0, 0, 1, 1)))
    assert own.loc["P", ["population_low", "population", "population_high"]].tolist() == [1_000] * 3


def test_two_own_areas_that_overlap_both_have_the_people(town: gpd.GeoDataFrame) -> None:
    own = interpolate_onto(town, patch(A=(0, 0, 1, 1), B=(0.5, 0, 1, 1)))
    assert own["population"].tolist() == pytest.approx([1_000, 500])


def test_by_postcodes_people_live_where_the_postcodes_are(town: gpd.GeoDataFrame) -> None:
    points = homes(
        AA1_1AA=(0.1, 0.5, "A00"), AA1_1AB=(0.2, 0.5, "A00"), AA1_1AC=(0.3, 0.5, "A00"), AA1_1AD=(0.9, 0.5, "A00"),
        AA1_1AE=(1.9, 0.5, "A01"), AA1_1AF=(1.1, 0.5, "A01"),
    )  # fmt: skip
    own = interpolate_onto(town, patch(P=(0.5, 0, 1.5, 1)), postcodes=points)
    row = own.loc["P"]
    assert row["population"] == pytest.approx(250 + 1_500)
    assert row["need"] == pytest.approx((250 * 0.2 + 1_500 * 0.6) / 1_750)
    assert (row["population_low"], row["population_high"]) == (0, 4_000)
    assert row["conversion"] == "by postcodes"
    dead = points.assign(live=[True] * 3 + [False] + [True] * 2)
    fewer = interpolate_onto(town, patch(P=(0.5, 0, 1.5, 1)), postcodes=dead)
    assert fewer.loc["P", "population"] == pytest.approx(1_500)
    assert fewer.loc["P", "population_high"] == 4_000  # its land touches A00 still


def test_a_small_area_without_live_postcodes_is_divided_by_land(town: gpd.GeoDataFrame) -> None:
    points = homes(AA1_1AA=(0.1, 0.5, "A00"))
    own = interpolate_onto(town, patch(P=(0, 0, 1.25, 1)), postcodes=points)
    assert own.loc["P", "population"] == pytest.approx(1_000 + 750)


@pytest.mark.parametrize(("metres", "people"), [(COAST_M - 1, 1_000), (COAST_M + 1, 0)])
def test_a_postcode_off_the_coast_belongs_to_the_nearest_area_up_to_500_m(
    town: gpd.GeoDataFrame, metres: float, people: float
) -> None:
    assert COAST_M == 500
    points = homes(AA1_1AA=(-metres / 1_000, 0.5, "A00"), AA1_1AB=(1.5, 0.5, "A01"))
    own = interpolate_onto(town, patch(P=(0, 0, 1, 1)), postcodes=points)
    assert own.loc["P", "population"] == pytest.approx(people)


def test_a_postcode_inside_another_small_area_is_no_stray(town: gpd.GeoDataFrame) -> None:
    points = homes(AA1_1AA=(0.9, 0.5, "A00"), AA1_1AB=(0.1, 0.5, "A00"), AA1_1AC=(1.5, 0.5, "A01"))
    own = interpolate_onto(town, patch(P=(0, 0, 0.5, 1)), postcodes=points)
    assert own.loc["P", "population"] == pytest.approx(500)


def test_a_missing_part_is_missing_in_the_whole(town: gpd.GeoDataFrame) -> None:
    town.loc["A01", "need"] = np.nan
    town.loc["A01", "older_60_plus"] = np.nan
    own = interpolate_onto(town, patch(P=(0, 0, 1.25, 1), Q=(0, 0, 1, 1)))
    assert own["need"].isna().tolist() == [True, False]
    assert own["older_60_plus"].isna().tolist() == [True, False]
    assert own.loc["Q", "need"] == pytest.approx(0.2)


def test_a_part_without_people_makes_nothing_missing(town: gpd.GeoDataFrame) -> None:
    town.loc["A01", ["population", "older_60_plus"]] = 0
    town.loc["A01", "need"] = np.nan
    own = interpolate_onto(town, patch(P=(0, 0, 2, 1)))
    assert own.loc["P", "need"] == pytest.approx(0.2)
    assert own.loc["P", "population"] == 1_000


def test_small_areas_are_added_up_by_the_lookup() -> None:
    areas = make_grid(3, 1)
    areas["population"] = [1_000.0, 3_000.0, 500.0]
    areas["need"] = [0.2, 0.6, 0.9]
    lookup = pd.Series({"A00": "W1", "A01": "W1", "A02": "W2"})
    wards = add_up(areas, lookup, names=pd.Series({"W1": "First ward"}))
    assert wards.index.name == "area_code"
    assert wards["area_name"].tolist() == ["First ward", "W2"]
    assert wards["population"].tolist() == [4_000, 500]
    assert wards["need"].tolist() == pytest.approx([0.5, 0.9])
    assert wards["small_areas"].tolist() == [2, 1]
    assert wards.geometry.area.tolist() == pytest.approx([2e6, 1e6])
    assert add_up(areas, lookup)["area_name"].tolist() == ["W1", "W2"]


def test_a_lookup_that_does_not_fit_is_refused_with_its_codes() -> None:
    areas = make_grid(3, 1)
    with pytest.raises(SchemaError, match=r"2 of 3 areas are not in the lookup, first 'A01', 'A02'"):
        add_up(areas, pd.Series({"A00": "W1"}))
    twice = pd.Series(["W1", "W2", "W1", "W1"], index=["A00", "A00", "A01", "A02"])
    with pytest.raises(SchemaError, match=r"lookup: 1, first 'A00'"):
        add_up(areas, twice)


def test_the_note_says_how_people_were_brought_over_and_how_many_hang_on_it(town: gpd.GeoDataFrame) -> None:
    own = interpolate_onto(town, patch(P=(0, 0, 1.25, 1), Q=(1.25, 0, 2, 1)))
    note = describe_interpolation(own)
    assert note.code == "NEED_INTERPOLATED"
    assert "your own areas (2)" in note.sentence
    assert "evenly across the land" in note.sentence
    assert "75% of the people" in note.sentence  # 3,000 of 4,000 are in the square that is cut
    assert "partly outside" not in note.sentence
    empty = own.assign(population=0.0, cut_share=np.nan)
    assert " 0% of the people" in describe_interpolation(empty).sentence


@pytest.mark.parametrize(("covered", "named"), [(PARTLY - 0.01, True), (PARTLY + 0.01, False)])
def test_areas_partly_outside_are_named(town: gpd.GeoDataFrame, covered: float, named: bool) -> None:
    assert PARTLY == 0.8
    points = homes(AA1_1AA=(1.95, 0.5, "A01"), AA1_1AB=(0.5, 0.5, "A00"))
    own = interpolate_onto(town, patch(P=(2 - covered, 0, 3 - covered, 1)), postcodes=points)
    assert own.loc["P", "covered_share"] == pytest.approx(covered)
    sentence = describe_interpolation(own).sentence
    assert ("partly outside the small areas: 1 ('P')" in sentence) is named
    assert "evenly across the live postcodes" in sentence


def test_one_area_from_a_list_of_postcodes_is_the_land_around_them() -> None:
    points = homes(AA1_1AA=(0.5, 0.5, "A00"), AA1_1AB=(3.5, 0.5, "A03"))
    found = area_of_postcodes(points, ["AA1 1AA", "AA1 1AB", "AA1 1AA"], code="OWN", name="Our patch")
    assert found.index.tolist() == ["OWN"]
    assert found.index.name == "area_code"
    assert found["area_name"].tolist() == ["Our patch"]
    assert found.geometry.area.iloc[0] == pytest.approx(2 * np.pi * 100**2, rel=0.01)
    wider = area_of_postcodes(points, ["AA1 1AA"], code="OWN", name="Our patch", reach_m=200)
    assert wider.geometry.area.iloc[0] == pytest.approx(np.pi * 200**2, rel=0.01)
    assert wider.crs.to_epsg() == 27700


def test_postcodes_that_are_not_known_are_named() -> None:
    points = homes(AA1_1AA=(0.5, 0.5, "A00"))
    with pytest.raises(InputError, match=r"1 of 2 postcodes are unknown or have no location: 'ZZ9 9ZZ'"):
        area_of_postcodes(points, ["AA1 1AA", "ZZ9 9ZZ"], code="OWN", name="Our patch")
    with pytest.raises(InputError, match="0 of 0"):
        area_of_postcodes(points, [], code="OWN", name="Our patch")
