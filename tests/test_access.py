import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.access import counts
from assetmap.access.counts import count_groups, count_per_1000, count_within
from assetmap.access.nearest import centre_points, distance_to_nearest, pairs_within, population_centres
from assetmap.schema import InputError, SchemaError
from conftest import ORIGIN, make_assets, make_grid
from oracles_access import distance, nearest, people_within

places = st.lists(st.tuples(st.integers(-3, 8), st.integers(-3, 8)), min_size=1, max_size=12)


def named(coordinates):
    return {f"Asset {i:02d}": (float(east), float(north)) for i, (east, north) in enumerate(coordinates)}


def test_distance_by_hand(town):
    areas, assets = town
    before = areas.copy()
    found = distance_to_nearest(areas, assets)
    assert found.index.equals(areas.index)
    assert found.loc["A00", "distance_m"] == pytest.approx(0)
    assert found.loc["A11", "distance_m"] == pytest.approx(2**0.5 * 1000)
    assert found.loc["A33", "distance_m"] == pytest.approx(3000)
    assert found.loc["A33", "nearest_asset_id"] == "east-library"
    assert found.loc["A30", "nearest_name"] == "West Library"
    pd.testing.assert_frame_equal(pd.DataFrame(areas), pd.DataFrame(before))


def test_the_population_centre_is_used_where_it_is_known(grid):
    grid["centre_easting"] = np.nan
    grid["centre_northing"] = np.nan
    grid.loc["A33", ["centre_easting", "centre_northing"]] = [ORIGIN[0], ORIGIN[1]]
    found = distance_to_nearest(grid, make_assets({"Hall": (0.0, 0.0)}))
    assert found.loc["A33", "distance_m"] == pytest.approx(0)
    assert found.loc["A00", "distance_m"] == pytest.approx(0.5**0.5 * 1000)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(places)
def test_distance_agrees_with_the_naive_twin(coordinates):
    areas, assets = make_grid(), make_assets(named(coordinates))
    found = distance_to_nearest(areas, assets, asset_type=None)
    points = {code: (p.x, p.y) for code, p in zip(assets.index, assets.geometry, strict=True)}
    for code, centre in zip(areas.index, centre_points(areas), strict=True):
        metres, asset = nearest(tuple(centre), points)
        assert found.loc[code, "distance_m"] == pytest.approx(metres, abs=1e-5)
        assert found.loc[code, "nearest_asset_id"] == asset


def test_row_order_and_translation_change_nothing(town):
    areas, assets = town
    found = distance_to_nearest(areas, assets)
    pd.testing.assert_frame_equal(distance_to_nearest(areas, assets.iloc[::-1]), found)
    pd.testing.assert_frame_equal(distance_to_nearest(areas.iloc[::-1], assets), found.iloc[::-1])
    moved = [table.set_geometry(table.translate(5_000, -7_000)) for table in (areas, assets)]
    pd.testing.assert_frame_equal(distance_to_nearest(*moved), found)


def test_only_open_and_placed_assets_count(town):
    areas, assets = town
    assets.loc["west-library", "status"] = "closed"
    assert distance_to_nearest(areas, assets).loc["A00", "distance_m"] == pytest.approx(3000)
    assets.loc["east-library", "location_precision"] = "area_only"
    with pytest.raises(
        InputError, match="no open asset of type 'library' with a known location among 2 assets"
    ):
        distance_to_nearest(areas, assets)
    assert count_within(areas, assets, asset_type="library").tolist() == [0] * 16
    with pytest.raises(InputError, match=r"no asset of type 'libary'\. It has 'library'"):
        distance_to_nearest(areas, assets, asset_type="libary")


def test_degrees_are_refused(town):
    areas, assets = town
    with pytest.raises(SchemaError, match="EPSG:27700"):
        distance_to_nearest(areas.to_crs(4326), assets)


def test_counts_by_hand(town):
    areas, assets = town
    found = count_per_1000(areas, assets, asset_type="library", limit_m=1000)
    # 1 km from the middle of A00 lie A00, A01 and A10: 3,000 people and one library
    assert found.loc["A00"].tolist() == [1, pytest.approx(1 / 3)]
    # A01 reaches A00, A01, A02, A11
    assert found.loc["A01"].tolist() == [1, pytest.approx(1 / 4)]
    assert found.loc["A33"].tolist() == [0, 0.0]
    assert found["count_within"].sum() == 6
    everything = count_within(areas, assets, limit_m=50_000)
    assert everything.tolist() == [2] * 16


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(places, st.integers(500, 6_000))
def test_counts_agree_with_the_naive_twin(coordinates, limit):
    areas, assets = make_grid(columns=5, rows=3), make_assets(named(coordinates))
    areas["population"] = range(100, 115)
    found = count_per_1000(areas, assets, limit_m=limit + 0.5)
    centres = [tuple(centre) for centre in centre_points(areas)]
    people = people_within(centres, list(areas["population"]), limit + 0.5)
    for row, centre in enumerate(centres):
        expected = sum(distance(centre, (p.x, p.y)) <= limit + 0.5 for p in assets.geometry)
        assert found["count_within"].iloc[row] == expected
        assert found["count_per_1000"].iloc[row] == pytest.approx(expected / people[row] * 1000)


def test_unknown_or_no_people_give_no_rate(town):
    areas, assets = town
    areas["population"] = areas["population"].astype(float)
    areas.loc["A00", "population"] = np.nan
    found = count_per_1000(areas, assets, limit_m=1000)
    assert found["count_per_1000"].isna().sum() == 3
    assert found["count_within"].notna().all()
    assert count_per_1000(areas.assign(population=0), assets)["count_per_1000"].isna().all()
    with pytest.raises(InputError, match="above 0"):
        count_within(areas, assets, limit_m=0)


def test_pairs_come_in_blocks(monkeypatch):
    monkeypatch.setattr("assetmap.access.nearest._CHUNK", 3)
    centres = centre_points(make_grid())
    blocks = list(pairs_within(centres, centres, 1000.0))
    assert len(blocks) == 6
    origins = np.concatenate([origin for origin, _, _ in blocks])
    assert [block[0].min() // 3 for block in blocks] == [0, 1, 2, 3, 4, 5]
    assert len(origins) == 16 + 2 * 24  # itself, and 24 neighbouring pairs in both directions
    assert sum(len(origin) for origin, _, _ in pairs_within(centres, centres[:0], 1000.0)) == 0


def test_population_centres(grid):
    postcodes = pd.DataFrame(
        {
            "easting": [180_100.0, 180_300.0, 180_900.0, np.nan],
            "northing": [45_100.0, 45_500.0, 45_900.0, np.nan],
            "area_code": ["A00", "A00", "A00", "A01"],
            "live": [True, True, False, True],
        },
        index=pd.Index(["TR1 1AA", "TR1 1AB", "TR1 1AC", "TR1 1AD"], name="postcode"),
    )
    centres = population_centres(grid, postcodes)
    assert centres.index.equals(grid.index)
    assert centres.loc["A00"].tolist() == [180_200.0, 45_300.0]
    assert centres.notna().all(axis=1).sum() == 1


def test_groups_are_counted_where_their_postcode_is(grid, monkeypatch):
    types = pd.DataFrame({"group": ["yes", "no"]}, index=pd.Index(["choir", "library"], name="asset_type"))
    monkeypatch.setattr(counts, "reference_table", lambda name: types)
    assets = make_assets({f"Choir {i}": (0.5, 0.5) for i in range(6)}, asset_type="choir")
    assets["area_code"] = ["A00", "A00", "A00", "A00", "A01", None]
    assets["registered"] = ["yes", "no", "unknown", "yes", "yes", "yes"]
    assets["status"] = ["open", "open", "unknown", "closed", "open", "open"]
    assets["location_precision"] = ["postcode", "point", "postcode", "point", "place", "area_only"]
    assets = gpd.GeoDataFrame(
        pd.concat([assets, make_assets({"Library": (0.5, 0.5)}).assign(area_code="A00")])
    )
    found = count_groups(grid, assets)
    assert found.loc["A00"].tolist() == [3, 1, 3.0, 1.0]
    assert found["groups_listed"].sum() == 3
    assert found.loc["A01"].tolist() == [0, 0, 0.0, 0.0]
    assert count_groups(grid.assign(population=0), assets)["groups_listed_per_1000"].isna().all()


def test_of_many_assets_just_as_near_the_first_id_is_named():
    areas = make_grid(columns=1, rows=1)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = {f"L{25 - i:02d}": (0.5 + 3 * np.cos(a), 0.5 + 3 * np.sin(a)) for i, a in enumerate(angles)}
    assert distance_to_nearest(areas, make_assets(ring))["nearest_asset_id"].tolist() == ["l02"]
    one_point = {f"L{i:02d}": (0.5, 2.5) for i in range(20, 0, -1)}
    assert distance_to_nearest(areas, make_assets(one_point))["nearest_asset_id"].tolist() == ["l01"]
