"""From homes to areas: weighted medians, who has no way there and back, which opening would help; and minutes by mode."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import assetmap as am
import oracles_transport as naive
from assetmap.access.bus_times import bus_minutes
from assetmap.access.costs import select_costs, within_limit
from assetmap.access.homes import area_quantiles, homes_of
from assetmap.access.measure import measure_access
from assetmap.access.minutes import (
    BusSource,
    DriveSource,
    WalkSource,
    bus_costs,
    check_buses,
    check_roads,
    drive_costs,
    walk_costs,
)
from assetmap.access.roads import road_minutes, snap
from assetmap.access.there_and_back import there_and_back
from assetmap.access.travel import Travel, known_costs, travel_costs
from assetmap.access.trip_areas import openings_that_help, people_without_bus, trips_by_area, trips_by_pair
from assetmap.access.trip_walks import TripRules
from assetmap.access.walking import straight_walks
from assetmap.read.transport.roads import read_roads
from assetmap.read.transport.timetable import read_timetable
from transport_feeds import TOWN, TRAVEL, timetable


def two_areas():
    areas = gpd.GeoDataFrame(
        {"area_name": ["West", "East"], "population": [300, 100]},
        index=pd.Index(["W", "E"], name="area_code"),
        geometry=[shapely.box(0, 0, 5_000, 1_000), shapely.box(5_000, 0, 10_000, 1_000)],
        crs=27700,
    )
    postcodes = pd.DataFrame(
        {
            "easting": [0.0, 2_500.0, 4_000.0, 9_000.0],
            "northing": 0.0,
            "area_code": ["W", "W", "W", "E"],
            "live": True,
            "population": [100, 150, 50, 0],
        },
        index=pd.Index(["A1", "A2", "A3", "B1"], name="postcode"),
    )
    assets = gpd.GeoDataFrame(
        {"name": ["Library"], "asset_type": "library", "status": "open", "location_precision": "point"},
        index=pd.Index(["lib"], name="asset_id"),
        geometry=[shapely.Point(9_000, 0)],
        crs=27700,
    )
    return areas, postcodes, assets


def test_people_of_homes_add_up_to_their_area() -> None:
    areas, postcodes, _ = two_areas()
    homes = homes_of(areas, postcodes)
    assert homes.names.tolist() == ["A1", "A2", "A3", "B1"]
    assert homes.people.tolist() == [100, 150, 50, 100]
    shared = homes_of(areas, postcodes.drop(columns="population"))
    assert shared.people.tolist() == [100, 100, 100, 100]
    centres = homes_of(areas)
    assert centres.names.tolist() == ["W", "E"] and centres.points.tolist() == [[2_500, 500], [7_500, 500]]
    without = homes_of(areas, postcodes[postcodes["area_code"] == "W"])
    assert without.names.tolist() == ["A1", "A2", "A3", "E"]


def test_medians_are_those_of_a_plain_sum() -> None:
    rng = np.random.default_rng(4)
    areas, postcodes, _ = two_areas()
    for _ in range(30):
        homes = homes_of(areas, postcodes.assign(population=rng.integers(0, 5, 4)))
        values = rng.choice([1.0, 2.0, 3.0, np.inf], (4, 2))
        (found,) = area_quantiles(values, homes)
        for area in range(2):
            for site in range(2):
                rows = homes.area == area
                assert found[area, site] == naive.weighted_median(values[rows, site], homes.people[rows])


def test_quartiles_show_the_spread() -> None:
    areas, postcodes, _ = two_areas()
    homes = homes_of(areas, postcodes)
    low, middle, high = area_quantiles(
        np.array([[10.0], [20.0], [40.0], [5.0]]), homes, shares=(0.25, 0.5, 0.75)
    )
    assert (low[0, 0], middle[0, 0], high[0, 0]) == (10, 20, 20)


def test_walking_without_roads_is_a_straight_line_and_called_that() -> None:
    areas, postcodes, assets = two_areas()
    costs = walk_costs(areas, assets, WalkSource(postcodes), asset_type="library")
    assert costs.method == "straight line times 1.2 at 5 km/h" and (costs.mode, costs.unit) == ("walk", "min")
    assert costs.cost.tolist() == pytest.approx([6_500 * 1.2 / 5_000 * 60, 0])
    near = walk_costs(areas, assets, WalkSource(postcodes), limit_minutes=30)
    assert near.area.tolist() == [1] and near.measured.all()


@pytest.mark.slow
def test_the_walks_agree_with_isochrones_of_openrouteservice() -> None:
    folder = TRAVEL / "isochrones_cornwall"
    if not folder.is_dir():
        pytest.skip("the isochrones are not here")
    postcodes = am.read_postcodes(am.example_project().folder / "postcodes.csv.gz")
    postcodes = postcodes[postcodes["live"] & postcodes["easting"].notna() & postcodes["area_code"].notna()]
    places = postcodes[["easting", "northing"]].to_numpy(dtype=float)
    wrong = either = 0
    for file in sorted(folder.iterdir()):
        shapes = gpd.read_file(file).to_crs(27700)
        shape = shapes.loc[shapes["value"] == 1_800, "geometry"].iloc[0]
        lon, lat = (float(part) for part in file.stem.rsplit("_foot", 1)[0].rsplit("_", 2)[1:])
        library = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(27700)
        centre = np.array([[library.x[0], library.y[0]]])
        near = np.hypot(*(places - centre).T) <= 4_000
        ours = (straight_walks(places, centre, limit_m=8_000).dense(10**6)[:, 0] <= 1_800) & near
        theirs = shapely.contains_xy(shape, *places.T) & near
        wrong += int((ours != theirs).sum())
        either += int((ours | theirs).sum())
    assert either > 10_000
    assert wrong / either <= 0.04


def test_what_is_not_covered_is_missing_and_said(tmp_path) -> None:
    areas, postcodes, assets = two_areas()
    roads = read_roads(TOWN / "roads.osm")  # 560 km away
    source = DriveSource(roads.drive, postcodes)
    costs = drive_costs(areas, assets, source)
    assert not costs.measured.any() and not len(costs.cost)
    assert [note.code for note in check_roads(areas, assets, roads.drive, postcodes)] == ["ROADS_NO_COVER"]
    travel = Travel(mode="drive", sources={"drive": source})
    assert known_costs(areas.assign(drive_minutes=np.nan), travel).isna().all()
    made = timetable([(0.0, 0.0), (500.0, 0.0)], [[(0, "10:00"), (1, "10:05")]])
    buses = BusSource(made, postcodes)
    assert bus_costs(areas, assets, buses).measured.tolist() == [True, False]
    notes = {note.code: note.sentence for note in check_buses(areas, buses)}
    assert set(notes) == {"BUS_NO_COVER", "BUS_NO_STOP"}
    assert "150 people" in notes["BUS_NO_COVER"] or "100 people" in notes["BUS_NO_COVER"]


def test_people_between_one_and_five_kilometres_from_any_road_are_counted() -> None:
    roads = read_roads(TOWN / "roads.osm")
    west, south = roads.drive.points.min(axis=0)
    areas, postcodes, assets = two_areas()
    moved = {"x": west - 12_000, "y": south}
    areas = areas.set_geometry(areas.translate(moved["x"], moved["y"]))
    shifted = postcodes.assign(
        easting=postcodes["easting"] + moved["x"], northing=postcodes["northing"] + moved["y"]
    )
    assets = assets.set_geometry(gpd.points_from_xy([west], [south], crs=27700).repeat(len(assets)))
    notes = {note.code: note.sentence for note in check_roads(areas, assets, roads.drive, shifted)}
    assert set(notes) == {"ROADS_NO_COVER", "ROADS_FAR"}
    assert "does not cover 1 of 2 areas" in notes["ROADS_NO_COVER"]
    assert "About 100 people" in notes["ROADS_FAR"]  # only those at B1 are less than 5 km away


def test_bus_minutes_are_the_median_over_departures() -> None:
    made = read_timetable(TOWN / "buses_gtfs.zip")
    stops = made.stops[["easting", "northing"]].to_numpy()
    near = naive.neighbours(stops)
    homes, sites = stops[[3, 6]] + 100.0, stops[[4, 1]] + 50.0
    found = bus_minutes(made, homes, sites, TripRules())
    days = [naive.connections(made, day) for day in range(5)]
    for home in range(2):
        for site in range(2):
            on_foot = naive.within(homes[home], sites[site], 2_500)
            foot = naive.walk_seconds(homes[home], sites[site]) / 60 if on_foot else np.inf
            expected = naive.bus_median(days, stops, homes[home], sites[site], near, foot)
            assert found[home, site] == pytest.approx(expected), (home, site)
    assert np.isfinite(found).sum() >= 2


@pytest.fixture(scope="module")
def town():
    """The town's areas and libraries, as a build makes them, by bus."""
    return am.measure_project(am.open_project(TOWN), sensitivity=False)


@pytest.mark.slow
def test_each_mode_measures_the_town(town) -> None:
    roads, buses = read_roads(TOWN / "roads.osm"), read_timetable(TOWN / "buses_gtfs.zip")
    postcodes = town.postcodes
    sources = {
        "walk": WalkSource(postcodes, roads.walk),
        "drive": DriveSource(roads.drive, postcodes),
        "bus": BusSource(buses, postcodes),
    }
    least = {}
    for mode in sources:
        costs = travel_costs(
            town.areas, town.assets, Travel(mode=mode, sources=sources), asset_type="library", limit=np.inf
        )
        assert (costs.mode, costs.unit) == (mode, "min")
        least[mode] = pd.Series(costs.cost).groupby(costs.area).min()
    assert (least["drive"] < least["walk"]).all()
    assert town.areas["bus_minutes"].notna().sum() == 9
    assert town.areas.at["E01900005", "bus_name"] == "Quillford Library"


def test_overcott_has_four_days_a_week_and_the_bus_at_twenty_to_four(town) -> None:
    row = town.areas.loc["E01900012"]
    # Monday, Tuesday, Friday to Northgate; Thursday too by changing for Quillford Library, which is open on all four
    assert row["bus_days"] == 4 and row["bus_site_name"] == "Quillford Library"
    assert row["people_without_bus"] == 0
    assert np.isnan(row["bus_minutes"])  # most departures lead nowhere
    assert row["bus_last_back"] < "15:40" and row["bus_last_back"] > "15:20"
    far = town.areas.loc["E01900009"]  # Mill Lane: 800 m from the stop of the same two buses
    assert far["bus_days"] == 4 or far["without_bus_share"] > 0
    nobody = town.areas.loc[
        "E01900002"
    ]  # one postcode of eight is 1,000 m down Quill Road from the Crossroads, the others further
    assert nobody["bus_days"] == 0 and nobody["without_bus_share"] == 0.875
    trips = town.details["bus_trips"]
    northgate = trips.loc["E01900012"].set_index("asset_id").filter(like="northgate", axis=0)
    assert northgate["days"].tolist() == [3]


def test_the_spread_of_an_area_is_that_of_its_postcodes(town) -> None:
    homes = homes_of(town.areas, town.postcodes)
    roads = read_roads(TOWN / "roads.osm")
    libraries = town.assets[town.assets["asset_type"].eq("library")]
    points = np.column_stack([libraries.geometry.x, libraries.geometry.y])
    minutes = road_minutes(roads.walk, snap(homes.points, roads.walk), snap(points, roads.walk))
    for code, row in town.areas.iterrows():
        site = libraries.index.get_loc(row["walk_asset_id"])
        here = np.sort(
            minutes[homes.area == town.areas.index.get_loc(code), site]
        )  # eight postcodes of equal people
        assert [row["walk_minutes_low"], row["walk_minutes"], row["walk_minutes_high"]] == pytest.approx(
            here[[1, 3, 5]]
        )
    # most of 003C have no typical bus: no median, and no spread of it
    assert town.areas.loc["E01900009", ["bus_minutes", "bus_minutes_low", "bus_minutes_high"]].isna().all()
    costs = walk_costs(town.areas, town.assets, WalkSource(town.postcodes, roads.walk), asset_type="library")
    part = within_limit(select_costs(costs, areas=town.areas.index[3:5]), 30)
    assert part.spread.shape == (len(part.cost), 2) and (part.spread[:, 0] <= part.cost).all()
    assert (
        walk_costs(town.areas, town.assets, WalkSource(None, roads.walk)).spread is None
    )  # centres have no spread
    assert "walk_minutes_low" not in measure_access(
        town.areas, town.assets, travel=Travel(sources={"walk": WalkSource(None, roads.walk)})
    )


def test_people_without_a_way_by_group(town) -> None:
    people = town.details["bus_people"]
    total = town.areas["people_without_bus"].sum()
    assert people.at["everyone", "without"] == pytest.approx(total, abs=3)
    assert people.at["everyone", "people"] == 17_440
    assert {"children", "60 and over"} <= set(people.index)
    deciles = people[people.index.str.startswith("need decile")]
    assert deciles["people"].sum() == 17_440
    assert deciles["without"].sum() == pytest.approx(total, abs=3)
    assert people.index[:4].tolist() == ["everyone", "children", "60 and over", "households without a car"]
    # cars.csv: 90 of the households of 001B have none; seven of its eight postcodes have no way
    assert people.loc["households without a car", ["people", "without"]].tolist() == [1_850, 78.75]
    assert town.areas.at["E01900002", "households_no_car"] == 90
    assert "census_1" in town.sources.index and "TS045" in town.sources.at["census_1", "title"]
    without = town.areas.drop(columns="households_no_car")
    assert "households without a car" not in people_without_bus(without)["group"].tolist()


def test_no_way_on_any_day_is_a_desert(town) -> None:
    deserts, people = town.details["bus_deserts"], town.details["bus_people"]
    for column, group in (
        ("population", "everyone"),
        ("children_0_15", "children"),
        ("older_60_plus", "60 and over"),
    ):
        assert deserts.at["all", column] == pytest.approx(people.at[group, "without"])
        assert deserts.at["all", f"{column}_share"] == pytest.approx(people.at[group, "share"], abs=5e-4)
    assert deserts.at["all", "areas"] == 1
    assert deserts.drop(index="all")["population"].sum() == deserts.at["all", "population"]


def test_what_would_help_most_counts_people_and_days(town) -> None:
    openings = town.details["bus_openings"]
    # nobody without a way has a stop within the walk: no opening gives them one
    assert openings["people"].eq(0).all() and openings["people_one_day_more"].gt(0).all()
    assert openings.iloc[0]["day"] == "Sunday"  # all libraries are closed, and route 1 runs
    assert openings["people_one_day_more"].is_monotonic_decreasing
    assert (
        set(openings["closes"]) == {"17:00"}
        and not openings.reset_index()[["asset_id", "day"]].duplicated().any()
    )  # longer helps nobody more
    hill = openings[openings["day"].eq("Wednesday")]
    # no bus to Overcott on Wednesday: its 800 people cannot be among those who gain that day
    assert hill["people_one_day_more"].max() <= town.areas["population"].sum() - 800


def test_the_hours_that_are_no_clock_times_are_said(town) -> None:
    notes = {note.code: note.sentence for note in town.notes}
    assert "'Westhay Community Library'" in notes["HOURS_NO_CLOCK_TIMES"]
    assert "12 January 2026" in notes["WEEK"]
    assert "BUS_NO_STOP" in notes and "TIMETABLE_AFTER_MIDNIGHT" in notes


def test_every_change_of_opening_is_tried() -> None:
    stops = [(0.0, 0.0), (9_000.0, 0.0)]
    made = timetable(stops, [[(0, "09:00"), (1, "09:30")], [(1, "16:00"), (0, "16:30")]], days=[{2}, {2}])
    areas = gpd.GeoDataFrame(
        {"area_name": ["A"], "population": [200]}, index=pd.Index(["A"], name="area_code"),
        geometry=[shapely.box(-100, -100, 100, 100)], crs=27700,
    )  # fmt: skip
    homes = homes_of(areas)
    places = pd.DataFrame(homes.points, columns=["easting", "northing"], index=homes.names)
    sites = pd.DataFrame({"easting": [9_000.0] * 2, "northing": [0.0] * 2}, index=["lib", "unknown"])
    times = pd.DataFrame([("lib", 0, 540, 1_020)], columns=["asset_id", "day", "opens", "closes"])
    trips = there_and_back(made, places, sites, times)
    assert trips.days.empty
    helpful = openings_that_help(made, homes, sites, times, trips)
    assert helpful.iloc[0].tolist() == ["lib", 2, 540, 1_020, 8.0, 200.0, 200.0]
    assert set(helpful["asset_id"]) == {"lib"} and set(helpful["day"]) == {2}
    summary = trips_by_area(trips, homes, pd.Series({"lib": "Library"}))
    assert summary.at["A", "people_without_bus"] == 200 and summary.at["A", "bus_days"] == 0
    opened = pd.DataFrame([("lib", 2, 540, 1_020)], columns=["asset_id", "day", "opens", "closes"])
    better = there_and_back(made, places, sites, opened)
    assert trips_by_pair(better, homes)[["asset_id", "days", "people"]].to_numpy().tolist() == [
        ["lib", 1.0, 200.0]
    ]
    assert openings_that_help(made, homes, sites, opened, better).empty
