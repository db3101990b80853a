import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

import oracles_access as oracles
from assetmap.access.catchment import two_step
from assetmap.access.costs import costs_to_matrix, straight_costs
from assetmap.access.nearest import distance_to_nearest
from assetmap.access.overland import (
    CELL_M,
    CROSSING_COLUMNS,
    LEAST_PART_KM2,
    distance_overland,
    make_land_grid,
    nearest_limit_m,
    overland_costs,
)
from assetmap.schema import InputError, SchemaError
from conftest import ORIGIN, make_assets, make_grid

COLUMNS = CROSSING_COLUMNS[1:]


def estuary(width_m=1000.0):
    """Two banks of 4 x 10 km joined at the head (the northern 2 km) with water between them."""
    west, south = ORIGIN
    shapes = [
        box(west, south, west + 4000, south + 10_000),
        box(west + 4000 + width_m, south, west + 8000 + width_m, south + 10_000),
        box(west, south + 10_000, west + 8000 + width_m, south + 12_000),
    ]
    return gpd.GeoDataFrame(
        {"area_name": ["West bank", "East bank", "Head"], "population": 1000},
        index=pd.Index(["W", "E", "H"], name="area_code"),
        geometry=shapes,
        crs=27700,
    )


def at_mouth(areas):
    """Put the people of both banks 2 km above the mouth, close to the water."""
    west, south = ORIGIN
    areas["centre_easting"] = [west + 3500.0, west + 5500.0, west + 4500.0]
    areas["centre_northing"] = [south + 2000.0, south + 2000.0, south + 11_000.0]
    return areas


def test_the_way_leads_round_the_head_of_the_estuary():
    areas, assets = at_mouth(estuary()), make_assets({"West Library": (3.5, 2.0)})
    grid = make_land_grid(areas)
    found = distance_overland(areas, assets, grid)
    straight = distance_to_nearest(areas, assets)["distance_m"]
    assert straight["E"] == pytest.approx(2000)
    # along the western bank to its corner at (4, 10) km, 1 km across the head, down the eastern bank
    round_the_head = 2 * np.hypot(500, 8000) + 1000
    assert round_the_head <= found.loc["E", "overland_m"] <= round_the_head * 1.06
    assert found.loc["E", "overland_name"] == "West Library"
    assert found.loc["W", "overland_m"] == 0
    assert (found["overland_m"] >= straight - 1e-6).all()


def test_a_ferry_makes_it_short():
    areas, assets = at_mouth(estuary()), make_assets({"West Library": (3.5, 2.0)})
    west, south = ORIGIN
    ferry = pd.DataFrame(
        {
            "name": ["Ferry"],
            "easting_1": west + 3900.0,
            "northing_1": south + 2000.0,
            "easting_2": west + 5100.0,
            "northing_2": south + 2000.0,
        }
    )
    found = distance_overland(areas, assets, make_land_grid(areas, crossings=ferry))
    assert 2000 <= found.loc["E", "overland_m"] <= 2900
    costly = distance_overland(
        areas, assets, make_land_grid(areas, crossings=ferry.assign(distance_m=9_000.0))
    )
    assert costly.loc["E", "overland_m"] == pytest.approx(found.loc["E", "overland_m"] + 9000 - 1200, abs=1)


def test_on_dry_land_the_straight_line_is_kept(town):
    areas, assets = town
    found = distance_overland(areas, assets, make_land_grid(areas))
    straight = distance_to_nearest(areas, assets)
    assert found["overland_m"].tolist() == pytest.approx(straight["distance_m"].tolist())
    assert found["overland_asset_id"].tolist() == straight["nearest_asset_id"].tolist()
    costs = overland_costs(areas, assets, make_land_grid(areas), limit_m=1000)
    assert len(costs.cost) == 6
    assert two_step(areas, assets, costs)["A00"] == pytest.approx(1 / 3)


def test_on_dry_land_the_reach_is_that_of_straight_lines():
    areas = make_grid(columns=8, rows=8)
    assets = make_assets({"One": (0.6, 0.7), "Two": (4.4, 4.1), "Three": (7.3, 2.2)})
    grid = make_land_grid(areas)
    for catchment_m in (900, 2_500, 4_990):
        straight = straight_costs(areas, assets, limit_m=catchment_m)
        overland = overland_costs(areas, assets, grid, limit_m=catchment_m)
        table = [
            pd.DataFrame(
                {"area": costs.areas[costs.area], "asset": costs.assets[costs.asset], "cost": costs.cost}
            )
            .sort_values(["area", "asset"])
            .reset_index(drop=True)
            for costs in (straight, overland)
        ]
        pd.testing.assert_frame_equal(*table)


def test_an_island_is_not_reached():
    areas = estuary().iloc[:2]
    found = distance_overland(areas, make_assets({"West Library": (3.5, 2.0)}), make_land_grid(areas))
    assert found.loc["E"].isna().all()
    assert found.loc["W"].notna().all()


def test_a_hole_is_water():
    west, south = ORIGIN
    ring = box(west, south, west + 9000, south + 9000).difference(
        box(west + 1500, south + 1500, west + 7500, south + 7500)
    )
    areas = gpd.GeoDataFrame(
        {
            "area_name": ["Ring"],
            "population": [1],
            "centre_easting": west + 750.0,
            "centre_northing": south + 4500.0,
        },
        index=pd.Index(["R"], name="area_code"),
        geometry=[ring],
        crs=27700,
    )
    found = distance_overland(areas, make_assets({"Over the lake": (8.25, 4.5)}), make_land_grid(areas))
    round_the_lake = 2 * np.hypot(750, 3000) + 6000
    assert round_the_lake <= found.loc["R", "overland_m"] <= round_the_lake * 1.06


def test_what_cannot_be_used_is_refused(town):
    areas, assets = town
    with pytest.raises(SchemaError, match="EPSG:27700"):
        make_land_grid(areas.to_crs(4326))
    crossing = pd.DataFrame(
        {"name": ["Far"], "easting_1": [0.0], "northing_1": 0.0, "easting_2": 0.0, "northing_2": 0.0}
    )
    with pytest.raises(InputError, match="1 crossing ends more than 2 km from the land: 'Far'"):
        make_land_grid(areas, crossings=crossing)
    with pytest.raises(SchemaError, match="missing column 'easting_1'"):
        make_land_grid(areas, crossings=crossing.drop(columns="easting_1"))
    with pytest.raises(InputError, match="no open asset"):
        overland_costs(areas, assets.assign(status="closed"), make_land_grid(areas), limit_m=1000)


@pytest.mark.slow
def test_st_mawes_is_far_from_falmouth_by_land():
    from assetmap.read.areas import read_areas
    from assetmap.schema import data_folder

    areas = read_areas(data_folder() / "cornwall" / "areas.gpkg")
    st_mawes, falmouth = Point(184_600, 33_200), Point(180_900, 32_700)
    start = make_grid(columns=1, rows=1).assign(centre_easting=st_mawes.x, centre_northing=st_mawes.y)
    library = make_assets({"Falmouth Library": (0.0, 0.0)}).set_geometry([falmouth], crs=27700)
    straight = distance_to_nearest(start, library).loc["A00", "distance_m"]
    overland = distance_overland(start, library, make_land_grid(areas)).loc["A00", "overland_m"]
    assert straight == pytest.approx(3734, abs=1)
    assert 30_000 < overland < 40_000
    ferry = pd.DataFrame(
        [("St Mawes Ferry", 184_700.0, 33_000.0, 181_200.0, 32_500.0)],
        columns=["name", "easting_1", "northing_1", "easting_2", "northing_2"],
    )
    by_ferry = distance_overland(start, library, make_land_grid(areas, crossings=ferry)).loc[
        "A00", "overland_m"
    ]
    assert by_ferry < 6_000


def coast(seed):
    """Random land of a few boxes with water between, and points on or near it."""
    generator = np.random.default_rng(seed)
    corners = generator.uniform(0, 4_000, (6, 2))
    sizes = generator.uniform(600, 2_600, (6, 2))
    shapes = [
        box(ORIGIN[0] + x, ORIGIN[1] + y, ORIGIN[0] + x + w, ORIGIN[1] + y + h)
        for (x, y), (w, h) in zip(corners, sizes, strict=True)
    ]
    places = np.array(ORIGIN) + generator.uniform(-100, 5_500, (6, 2))
    return gpd.GeoDataFrame(geometry=shapes, crs=27700), places, generator


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_the_grid_agrees_with_its_naive_twin(seed):
    land, places, generator = coast(seed)
    ends = np.array(ORIGIN) + generator.uniform(1_000, 4_000, (2, 2))
    table, plain = None, ()
    if seed % 2:
        length = 700.0 if seed % 4 == 1 else None
        table = pd.DataFrame([["Ferry", *ends[0], *ends[1]]], columns=["name", *COLUMNS])
        table = table if length is None else table.assign(distance_m=length)
        plain = ((tuple(ends[0]), tuple(ends[1]), length),)
    grid = make_land_grid(land, cell_m=250, crossings=table)
    start = make_grid(columns=1, rows=1).assign(centre_easting=places[0, 0], centre_northing=places[0, 1])
    libraries = make_assets({f"L{at}": (0, 0) for at in range(5)})
    libraries = libraries.set_geometry([Point(*place) for place in places[1:]], crs=27700)
    expected = oracles.overland(
        land.geometry.union_all(), 250.0, tuple(places[0]), [tuple(place) for place in places[1:]], plain
    )
    found = costs_to_matrix(overland_costs(start, libraries, grid, limit_m=np.inf)).loc["A00"]
    assert found.fillna(np.inf).tolist() == pytest.approx(expected, abs=1e-6)
    near = overland_costs(start, libraries, grid, limit_m=3_000)
    kept = [metres for metres in expected if metres <= 3_000]
    assert sorted(near.cost) == pytest.approx(sorted(kept), abs=1e-6)
    nearest = distance_overland(start, libraries, grid).loc["A00", "overland_m"]
    assert (np.inf if pd.isna(nearest) else nearest) == pytest.approx(min(expected), abs=1e-6)


def test_a_path_may_be_two_point_eight_percent_longer_than_the_true_one():
    """Straight steps in 16 directions, on open land where the line is blocked only at one thin wall."""
    west, south = ORIGIN
    square = box(west, south, west + 12_000, south + 12_000)
    land = gpd.GeoDataFrame(geometry=[square], crs=27700)
    grid = make_land_grid(land)
    from scipy.sparse.csgraph import dijkstra

    metres = dijkstra(grid.graph, directed=False, indices=0)
    away = np.hypot(*(grid.points - grid.points[0]).T)
    ratio = (metres / np.where(away > 0, away, np.nan))[away > 5_000]
    assert 1.02 < np.nanmax(ratio) < 1.0282
    assert np.nanmin(ratio) == pytest.approx(1)


def test_defaults_are_those_of_the_page():
    assert (CELL_M, LEAST_PART_KM2) == (250.0, 1.0)
    grid = make_land_grid(make_grid())
    assert grid.cell_m == 250
    assert len(grid.points) == 16 * 16
    assert grid.mask.shape == (128, 128)
    assert overland_costs(make_grid(), make_assets({"A": (0.5, 0.5)}), grid).limit == 5_000


def test_small_islands_are_no_start_of_a_path():
    """An islet under 1 km2 is left for the nearest larger land; a large island is not."""
    west, south = ORIGIN
    main = box(west, south, west + 4_000, south + 4_000)
    for side, reached in ((900.0, True), (1_100.0, False)):
        islet = box(west + 4_600, south, west + 4_600 + side, south + side)
        land = gpd.GeoDataFrame(geometry=[main, islet], crs=27700)
        start = make_grid(columns=1, rows=1).assign(
            centre_easting=west + 5_000.0, centre_northing=south + 400.0
        )
        found = distance_overland(start, make_assets({"Main": (1.0, 1.0)}), make_land_grid(land))
        assert found["overland_m"].notna().tolist() == [reached]


def test_a_crossing_may_start_two_kilometres_from_land_and_no_further(town):
    areas, _ = town
    for away, allowed in ((1_800.0, True), (2_200.0, False)):
        crossing = pd.DataFrame(
            [["Pier", ORIGIN[0] - away, ORIGIN[1] + 100, ORIGIN[0] + 100, ORIGIN[1] + 100]],
            columns=["name", *COLUMNS],
        )
        if allowed:
            make_land_grid(areas, crossings=crossing)
        else:
            with pytest.raises(InputError, match="1 crossing ends more than 2 km from the land: 'Pier'"):
                make_land_grid(areas, crossings=crossing)
            swapped = crossing.rename(columns=dict(zip(COLUMNS, (*COLUMNS[2:], *COLUMNS[:2]), strict=True)))
            with pytest.raises(InputError, match="1 crossing ends"):
                make_land_grid(areas, crossings=swapped)


def test_the_bound_of_the_distances_is_the_longest_path_with_its_ends_and_one_cell():
    areas, assets = at_mouth(estuary()).loc[["E"]], make_assets({"West Library": (3.52, 2.03)})
    grid = make_land_grid(at_mouth(estuary()))
    found = distance_overland(areas, assets, grid)
    bound = nearest_limit_m(areas, assets, grid)
    # round the water the distance is the path and the gaps at both ends, so the bound is one cell more
    assert bound == pytest.approx(found.loc["E", "overland_m"] + grid.cell_m)
    assert nearest_limit_m(areas, assets.assign(status="closed"), grid) == grid.cell_m
    with pytest.raises(TypeError):
        nearest_limit_m(areas, assets, grid, "library")


@pytest.mark.parametrize("cells", [3, 4, 5])
def test_an_island_of_exactly_the_least_size_counts_as_land_and_a_smaller_one_does_not(cells):
    cell_m = (LEAST_PART_KM2 * 1e6 / 4) ** 0.5
    west, south = ORIGIN
    shapes = [
        box(west, south, west + 20 * cell_m, south + 20 * cell_m),
        box(west + 30 * cell_m, south, west + (30 + cells) * cell_m, south + cell_m),
    ]
    land = gpd.GeoDataFrame(geometry=shapes, crs=27700)
    grid = make_land_grid(land, cell_m=cell_m)
    east = grid.points[grid.usable][:, 0] > west + 25 * cell_m
    assert east.sum() == (cells if cells >= 4 else 0)
