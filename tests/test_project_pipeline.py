"""The steps of a build on a town that can be counted by hand, without files."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.access.travel import Travel
from assetmap.gaps.hotspots import find_hotspots
from assetmap.project import pipeline, trips
from assetmap.project.pipeline import (
    cluster_gaps,
    columns_to_publish,
    complete_areas,
    detail_gaps,
    detail_sharing,
    find_travel,
    make_register,
    measure_areas,
    reached_assets,
    read_areas_with_need,
    travel_notes,
)
from assetmap.project.settings.keys import Settings
from assetmap.read.lists.opening_times import opening_times
from assetmap.schema import InputError, Note, Register
from conftest import ORIGIN, make_assets, make_grid, options_of

STRAIGHT = Travel(limit_m=2_000)


@pytest.fixture(scope="module")
def project() -> am.Project:
    return am.example_project()


@pytest.fixture
def settings(project: am.Project) -> Settings:
    return project.settings.changed(access={"limit_m": 2_000}, gaps={"top": 3})


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    town = make_grid()
    town["need"] = np.linspace(0, 1, 16)
    town["older_60_plus"] = [100.0 + 10 * number for number in range(16)]
    town["children_0_15"] = 200.0
    return town


@pytest.fixture
def assets(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    libraries = make_assets({"West Library": (0.5, 0.5), "East Library": (3.5, 0.5)})
    halls = make_assets(
        {
            "North Hall": (2.5, 3.5),
            "Middle Hall": (1.5, 1.5),
            "South Hall": (2.5, 0.5),
            "Far Hall": (3.5, 3.5),
        },
        asset_type="village_hall",
    )
    both = pd.concat([libraries, halls])
    both["area_code"] = both.sjoin(areas[["geometry"]], predicate="within")["area_code"]
    return both


def test_people_and_themes_are_completed_from_the_settings(
    areas: gpd.GeoDataFrame, settings: Settings
) -> None:
    points = pd.DataFrame(
        {
            "easting": [ORIGIN[0] + 100.0, ORIGIN[0] + 300.0],
            "northing": [ORIGIN[1] + 200.0, ORIGIN[1] + 200.0],
            "area_code": ["A00", "A00"],
            "live": [True, True],
        },
        index=pd.Index(["AA1 1AA", "AA1 1AB"], name="postcode"),
    )
    stale = areas.assign(need_older_60_plus=9.0, population_year=1999)
    found = complete_areas(stale, settings, points)
    assert set(found["population_year"]) == {settings.need.population_year} == {2022}
    assert found["need_older_60_plus"].tolist() == pytest.approx([number / 15 for number in range(16)])
    assert found["need_children_0_15"].nunique() == 1  # the same share everywhere
    assert found.loc["A00", ["centre_easting", "centre_northing"]].tolist() == [
        ORIGIN[0] + 200,
        ORIGIN[1] + 200,
    ]
    undated = complete_areas(stale, settings.changed(need={"population_year": None}), None)
    assert set(undated["population_year"]) == {1999}
    assert "centre_easting" not in complete_areas(areas, settings, None)
    assert "composite" not in found
    assert stale["need_older_60_plus"].eq(9).all()  # the caller's table stays as it was
    mixed = settings.changed(need={"weights": {"need_older_60_plus": 1, "need_children_0_15": 1}})
    made = complete_areas(areas, mixed, None)
    assert "need_older_60_plus" in made["composite"].iloc[0]
    assert made["need"].is_monotonic_increasing


def test_the_estimate_and_its_shares_are_those_of_the_town(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings
) -> None:
    measured, estimate = measure_areas(areas, assets, settings, travel=STRAIGHT)
    assert estimate.estimate == pytest.approx(0.00366 * 16_000, abs=0.5)
    assert measured["unregistered_estimate"].sum() == 59
    assert measured["groups_listed"].sum() == 4
    assert measured.loc["A00", "distance_m"] == 0
    assert "stay_worst_share" not in measured
    assert "groups_smoothed_per_1000" not in measured
    hall = assets.loc[["north-hall"]].assign(registered="no", status="unknown")
    halls = [hall.set_axis([f"hall-{number}"]).rename_axis("asset_id") for number in range(60)]
    _, seen = measure_areas(areas, pd.concat([assets, *halls]), settings, travel=STRAIGHT)
    given = am.estimate_unregistered(16_000, seen=60)
    assert (seen.estimate, seen.low, seen.high) == (given.estimate, given.low, given.high)
    assert seen.estimate > estimate.estimate + 20
    gone = areas.assign(population=areas["population"].astype(float))
    gone.loc["A33", "population"] = np.nan
    table, less = measure_areas(gone, assets, settings, travel=STRAIGHT)
    assert "POPULATION_MISSING" in [note.code for note in less.warnings]
    assert np.isnan(table.loc["A33", "unregistered_estimate"])


def test_sensitivity_adds_its_columns_and_refuses_smoothed_rates_that_say_nothing(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assetmap.gaps.choices.find_hotspots",
        lambda *given, **more: find_hotspots(*given, **more | {"repeats": 1}),
    )
    measured, estimate = measure_areas(areas, assets, settings, travel=STRAIGHT, sensitivity=True)
    assert {"stay_worst_share", "hotspot", "rank_together_low"} <= set(measured.columns)
    assert "leaves_data" not in measured
    codes = [note.code for note in estimate.warnings]
    assert ("SMOOTHED_UNRELIABLE" in codes) == ("groups_smoothed_per_1000" not in measured)
    grown, groups = cluster_gaps(measured, settings, travel=STRAIGHT)
    assert set(groups) == {"gap_groups", "gap_tests"}
    assert groups["gap_tests"]["top"].tolist() == [3, 3]
    assert groups["gap_tests"]["permutations"].tolist() == [9_999, 9_999]
    assert (grown["gap_cluster"].str.startswith("widest gap")).sum() == 3
    one = settings.changed(gaps={"top": 1})
    assert cluster_gaps(measured, one, travel=STRAIGHT)[1]["gap_tests"]["top"].tolist() == [2, 2]
    monkeypatch.setattr(pipeline, "MOST_OVERLAND", 15)
    fewer = cluster_gaps(measured, settings, travel=STRAIGHT)[1]["gap_tests"]
    assert fewer["permutations"].tolist() == [999, 999]


def test_where_one_more_would_help_is_looked_for_among_halls(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, _ = measure_areas(areas, assets, settings, travel=STRAIGHT)
    details, notes = detail_gaps(measured, assets, settings, travel=STRAIGHT)
    assert notes == ()
    assert set(details) == {"robustness", "deserts", "new_sites"}
    assert len(details["new_sites"]) == pipeline.NEW_SITES == 3
    assert set(details["new_sites"]["name"]) <= {"North Hall", "Middle Hall", "South Hall", "Far Hall"}
    far = measured["distance_m"] > 2_000
    assert details["deserts"].loc["all", "areas"] == far.sum()
    monkeypatch.setattr(pipeline, "MOST_PAIRS", 16 * 4)
    assert "new_sites" in detail_gaps(measured, assets, settings, travel=STRAIGHT)[0]
    monkeypatch.setattr(pipeline, "MOST_PAIRS", 16 * 4 - 1)
    assert "new_sites" not in detail_gaps(measured, assets, settings, travel=STRAIGHT)[0]
    three = assets.drop(index="far-hall")
    assert "new_sites" in detail_gaps(measured, three, settings, travel=STRAIGHT)[0]
    two, said = detail_gaps(measured, three.drop(index="north-hall"), settings, travel=STRAIGHT)
    assert "new_sites" not in two
    assert said == ()
    nobody = measured.assign(population=measured["population"].astype(float))
    nobody.loc[["A01", "A02"], "population"] = np.nan
    (note,) = detail_gaps(nobody, three, settings, travel=STRAIGHT)[1]
    assert (note.code, "2 areas" in note.sentence) == ("NEW_SITES_LEFT_OUT", True)
    assert detail_gaps(nobody, assets, settings, travel=STRAIGHT)[1] == (note,)


def test_the_bounds_of_a_build_are_those_that_are_documented() -> None:
    assert pipeline.MOST_PAIRS == 500_000
    assert pipeline.AROUND_M == 10_000
    assert pipeline.NEW_SITES == 3


def test_assets_of_unknown_status_count_only_where_the_settings_say_so(
    assets: gpd.GeoDataFrame, settings: Settings
) -> None:
    doubted = assets.assign(status="unknown")
    assert reached_assets(doubted, settings) is doubted
    counted = reached_assets(doubted, settings.changed(access={"include_unknown": True}))
    assert counted["status"].eq("open").all()


def test_columns_that_a_public_build_shows_are_named_in_the_settings(settings: Settings) -> None:
    plain = settings.changed(project={"publish": ["covers"]}, devolution={"programme": None})
    assert columns_to_publish(plain) == ("covers",)
    assert columns_to_publish(plain.changed(devolution={"programme": "programme_2016"})) == (
        "covers", "programme_2016"
    )  # fmt: skip


def test_modes_without_their_table_are_refused_and_overland_has_a_bound(
    areas: gpd.GeoDataFrame, project: am.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = find_travel(project, areas)
    assert (plain.mode, plain.limit_m, plain.modes) == ("straight", 5_000, ("straight",))
    for mode, section in (("own", "travel"), ("drive", "roads"), ("bus", "timetable")):
        with pytest.raises(InputError, match=rf"\[{section}\]"):
            find_travel(project, areas, mode=mode)
    monkeypatch.setattr(pipeline, "MOST_OVERLAND", 16)
    both = find_travel(project, areas, overland=True)
    assert "overland" in both.modes
    assert find_travel(project, areas, mode="overland").mode == "overland"
    monkeypatch.setattr(pipeline, "MOST_OVERLAND", 15)
    assert "overland" not in find_travel(project, areas, overland=True).modes
    with pytest.raises(InputError, match=r"for 16 areas; the most is 15"):
        find_travel(project, areas, mode="overland")
    assert travel_notes(areas, make_assets({"Library": (0.5, 0.5)}), plain) == ()
    # cars and buses need no grid of land, so the bound is not theirs
    monkeypatch.setattr(pipeline, "NEEDED_TABLES", ())
    with pytest.raises(InputError, match="'drive' needs roads"):
        find_travel(project, areas, mode="drive")


def test_land_around_the_areas_is_cut_ten_kilometres_away(areas: gpd.GeoDataFrame) -> None:
    from shapely.geometry import box

    west, south, east, north = areas.total_bounds
    land = gpd.GeoDataFrame(
        geometry=[box(west - 30_000, south, west, north), box(east + 20_000, south, east + 30_000, north)],
        crs=27700,
    )
    ground = pipeline._ground(areas, land)
    assert len(ground) == len(areas) + 1
    assert ground.total_bounds.tolist() == [west - 10_000, south, east, north]
    assert len(pipeline._ground(areas, None)) == len(areas)


def test_who_could_lend_is_left_out_where_nobody_asks(assets: gpd.GeoDataFrame) -> None:
    assert detail_sharing(assets) == {}
    asked = assets.assign(offers="", asks="")
    asked.loc["west-library", "asks"] = "projector"
    asked.loc["south-hall", "offers"] = "projector"
    found = detail_sharing(asked)
    assert set(found) <= {"sharing"}


def test_seen_groups_are_open_unregistered_groups_within_the_border(assets: gpd.GeoDataFrame) -> None:
    known = assets.assign(registered=["no", "no", "no", "yes", "unknown", "no"])
    assert pipeline._seen_unregistered(known) == 2  # libraries are no groups
    assert pipeline._seen_unregistered(known.assign(status="closed")) == 0


def test_without_clock_times_nothing_is_said_about_getting_there_and_back(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, project: am.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = pd.DataFrame({"source": [], "asset_id": []})
    assert trips.measure_trips(project, areas, assets, log, travel=STRAIGHT) == (areas, {}, ())
    none = opening_times(pd.DataFrame(index=pd.Index([], name="asset_id")))
    monkeypatch.setattr(trips, "read_project_hours", lambda *given: none)
    by_bus = Travel(limit_m=2_000, sources={"bus": object()})
    same, tables, notes = trips.measure_trips(project, areas, assets, log, travel=by_bus)
    assert same is areas
    assert tables == {}
    assert [note.code for note in notes] == ["HOURS_NOT_KNOWN"]
    assert "any of the 2 sites" in notes[0].sentence


# What a step hands to the next: readers and measures are put in whose place their arguments are noted


class Noted:
    """Stands in for functions of the pipeline, notes what each was called with and returns what it was told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.given: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def put(self, name: str, returned: Any = None) -> Any:
        def stand_in(*words: Any, **options: Any) -> Any:
            self.given[name] = (words, options)
            return returned

        self.monkeypatch.setattr(pipeline, name, stand_in)
        return returned


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    return Noted(monkeypatch)


@pytest.fixture(scope="module")
def town() -> am.Project:
    return am.example_project("town")


def test_options_are_given_by_name() -> None:
    assert options_of(find_travel) == {"postcodes": None, "land": None, "mode": None, "overland": False}
    assert options_of(measure_areas) == {"travel": ..., "postcodes": None, "sensitivity": False}
    assert options_of(cluster_gaps) == options_of(detail_gaps) == {"travel": ...}


def test_areas_and_need_are_read_from_the_files_of_the_settings(
    project: am.Project, noted: Noted, areas: gpd.GeoDataFrame
) -> None:
    folder, wanted = project.folder, project.settings.need
    noted.put("read_areas", areas.copy())
    noted.put("read_known_names", "library")
    noted.put(
        "name_areas",
        pd.DataFrame({"area_name": [f"Known {code}" for code in areas.index]}, index=areas.index),
    )
    noted.put("read_need", "need")
    noted.put("read_lookup", "lookup")
    noted.put("match_need", "matched")
    codes = pd.DataFrame(
        {"area_code": ["A00", "A00", "A01", "A02"], "live": [True, True, True, False]}, index=list("abcd")
    )
    assert read_areas_with_need(project, codes) == "matched"
    assert noted.given["read_areas"] == (
        (folder / "areas.gpkg",), {"code": project.settings.areas.code, "name": project.settings.areas.name, "layer": project.settings.areas.layer}
    )  # fmt: skip
    assert noted.given["read_known_names"] == ((folder / "msoa_names.csv",), {})
    assert noted.given["name_areas"][1] == {"library": "library"}
    assert noted.given["read_need"] == (
        (folder / "iod2025.csv",),
        {"index": "iod2025", "code": wanted.code, "column": wanted.column, "most_need": wanted.most_need},
    )
    assert noted.given["read_lookup"] == ((folder / wanted.lookup,), {})
    (matched, need), options = noted.given["match_need"]
    assert matched["area_name"].iloc[0] == "Known A00" and need == "need" and options["lookup"] == "lookup"
    assert options["weights"][["A00", "A01", "A02", "A33"]].tolist() == [2, 1, 0, 0]
    assert len(options["weights"]) == 16
    plain = replace(project, settings=project.settings.changed(need={"lookup": None}, areas={"names": None}))
    noted.put("read_areas", areas.copy())
    noted.given.clear()
    read_areas_with_need(plain, None)
    assert noted.given["match_need"][1] == {"lookup": None, "weights": None}
    assert noted.given["match_need"][0][0]["area_name"].iloc[0] == "Town A00"
    assert not {"read_lookup", "name_areas"} & set(noted.given)


def test_the_register_is_made_with_what_the_settings_say(
    project: am.Project, noted: Noted, assets: gpd.GeoDataFrame
) -> None:
    noted.put("project_lists", SimpleNamespace(lists=["one", "two"], review="review"))
    noted.put("read_places", "places")
    noted.put("build_register", Register(assets, pd.DataFrame()))
    noted.put("with_counts_as", "counted")
    settings = project.settings
    assert make_register(project, "areas", "postcodes").assets == "counted"
    assert noted.given["build_register"] == (
        (["one", "two"],),
        {
            "postcodes": "postcodes", "places": "places", "areas": "areas", "area_name": "Cornwall", "review": "review",
            "audience": "public", "publish_columns": columns_to_publish(settings), "buffer_m": 5_000, "linker": "builtin",
        },
    )  # fmt: skip
    assert noted.given["read_places"] == ((project.folder / settings.places.file,), {})
    assert noted.given["with_counts_as"] == ((assets, settings.access.counts), {})
    noted.given.clear()
    make_register(replace(project, settings=settings.changed(places=None)), "areas", "postcodes")
    assert noted.given["build_register"][1]["places"] is None and "read_places" not in noted.given


def test_travel_is_read_from_the_files_of_the_settings(
    town: am.Project, noted: Noted, areas: gpd.GeoDataFrame
) -> None:
    """Roads, a timetable, crossings and own times together, and each mode that needs none of them."""
    settings = town.settings.changed(
        travel=town.settings.crossings.model_copy(update={"file": "times.csv"}),
        access={"detour": 1.3, "limit_minutes": 20, "limit_m": 900},
    )
    everything = replace(town, settings=settings)
    noted.put("read_crossings", "crossings")
    noted.put("make_land_grid", "grid")
    noted.put("read_travel", "own times")
    noted.put("read_roads_once", SimpleNamespace(drive="drive net", walk="walk net", notes=("note",)))
    noted.put("read_timetable_once", "timetable")
    found = find_travel(everything, areas, postcodes="codes", mode="overland")
    assert (found.mode, found.limit_m, found.limit_minutes, found.detour) == ("overland", 900, 20, 1.3)
    assert found.postcodes == "codes"
    assert set(found.sources) == {"overland", "own", "drive", "walk", "bus"}
    assert found.sources["overland"] == "grid" and found.sources["own"] == "own times"
    assert noted.given["read_crossings"] == ((town.folder / "crossings.csv",), {"postcodes": "codes"})
    assert noted.given["make_land_grid"][1] == {"crossings": "crossings"}
    assert noted.given["read_travel"] == ((town.folder / "times.csv",), {})
    assert noted.given["read_roads_once"] == ((town.folder / "roads.osm",), {})
    west, south, east, north = areas.total_bounds
    assert noted.given["read_timetable_once"] == (
        ([town.folder / "buses_gtfs.zip"],),
        {"week": None, "bounds": (west - 10_000, south - 10_000, east + 10_000, north + 10_000)},
    )
    drive, walk, bus = (found.sources[name] for name in ("drive", "walk", "bus"))
    assert (drive.network, drive.postcodes, drive.notes) == ("drive net", "codes", ("note",))
    assert (walk.postcodes, walk.network, walk.notes) == ("codes", "walk net", ("note",))
    assert (bus.timetable, bus.postcodes) == ("timetable", "codes")
    centres = replace(town, settings=settings.changed(access={"homes": "centres"}))
    assert find_travel(centres, areas, postcodes="codes").sources["drive"].postcodes is None
    # without a road extract a walk is a straight line: only where the walk decides
    plain = replace(
        town,
        settings=settings.changed(
            roads=None, timetable=None, travel=None, crossings=None, access={"distance": "straight"}
        ),
    )
    assert set(find_travel(plain, areas, mode="walk").sources) == {"walk"}
    assert find_travel(plain, areas).sources == {}
    noted.given.clear()
    find_travel(plain, areas, overland=True)
    assert noted.given["make_land_grid"][1] == {"crossings": None} and "read_crossings" not in noted.given


def test_notes_of_every_mode_that_is_there_are_passed_on(noted: Noted, areas: gpd.GeoDataFrame) -> None:
    own, roads, buses = (Note(name, name) for name in ("OWN", "ROADS", "BUSES"))
    noted.put("check_travel", (own,))
    noted.put("check_roads", (roads,))
    noted.put("check_buses", (buses,))
    first = Note("FIRST", "first")
    faults = pd.DataFrame({"sentence": ["No trips on Sunday."]}, index=["SUNDAY"])
    sources = {
        "own": "times",
        "drive": SimpleNamespace(notes=(first,), network="net", postcodes="codes"),
        "bus": SimpleNamespace(timetable=SimpleNamespace(faults=faults)),
    }
    notes = travel_notes(
        areas, "assets", SimpleNamespace(sources=sources, modes=("straight", "own", "drive", "bus"))
    )
    assert notes == (own, first, roads, Note("TIMETABLE_SUNDAY", "No trips on Sunday."), buses)
    assert noted.given["check_travel"] == ((areas, "assets", "times"), {})
    assert noted.given["check_roads"] == ((areas, "assets", "net", "codes"), {})
    assert noted.given["check_buses"] == ((areas, sources["bus"]), {})


def test_measures_are_asked_with_the_numbers_of_the_settings(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, noted: Noted
) -> None:
    chosen = settings.changed(
        gaps={"need": "need_older_60_plus", "low_access_beyond_m": 700.0},
        access={"asset_type": "village_hall"},
    )
    areas = areas.assign(need_older_60_plus=0.5)
    noted.put("measure_catchments", "caught")
    noted.put("measure_gaps", areas)
    noted.put("measure_sensitivity", pd.DataFrame({"stay_worst_share": 1.0}, index=areas.index))
    measured = pipeline._measure_access(areas, assets, chosen, STRAIGHT, "codes", True)
    assert "stay_worst_share" in measured
    assert noted.given["measure_catchments"][1] == {
        "asset_type": "village_hall",
        "travel": STRAIGHT,
        "times": 1.6,
    }
    assert noted.given["measure_gaps"][1] == {
        "asset_type": "village_hall", "need": "need_older_60_plus", "travel": STRAIGHT, "catchments": "caught",
        "low_access_beyond_m": 700.0,
    }  # fmt: skip
    assert noted.given["measure_sensitivity"][1] == {
        "asset_type": "village_hall", "needs": ("need_older_60_plus",), "travel": STRAIGHT, "catchments": "caught",
        "postcodes": "codes", "low_access_beyond_m": 700.0,
    }  # fmt: skip
    plain = pipeline._measure_access(areas, assets, settings, STRAIGHT, None, False)
    assert "stay_worst_share" not in plain
    assert noted.given["measure_catchments"][1]["times"] == 1.0
    noted.put("find_variants", {})
    noted.put("compare_gaps", "compared")
    noted.put("count_deserts", "counted")
    costs = areas.assign(distance_m=1_000.0, need_older_60_plus=0.25)
    details, notes = detail_gaps(costs, assets, chosen, travel=STRAIGHT)
    assert noted.given["find_variants"][1] == {
        "asset_type": "village_hall", "need": "need_older_60_plus", "travel": STRAIGHT, "low_access_beyond_m": 700.0
    }  # fmt: skip
    assert noted.given["count_deserts"][1] == {"cost": "distance_m", "limit": 2_000}
    assert noted.given["count_deserts"][0][0]["need"].tolist() == [0.25] * 16
    # halls are what is measured, so none of them is a place for one more
    assert details == {"robustness": "compared", "deserts": "counted"} and notes == ()


def test_new_sites_that_travel_times_do_not_lead_to_are_named(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, noted: Noted
) -> None:
    measured, _ = measure_areas(areas, assets, settings, travel=STRAIGHT)
    halls = assets[assets["asset_type"] == "village_hall"]
    noted.put("covered_places", halls.iloc[:2])
    details, (note,) = detail_gaps(measured, assets, settings, travel=STRAIGHT)
    assert note.code == "NEW_SITES_LEFT_OUT" and "lead to 2 of the 4 halls" in note.sentence
    assert "new_sites" not in details
    noted.put("covered_places", halls.iloc[:3])
    chosen, notes = detail_gaps(measured, assets, settings, travel=STRAIGHT)
    assert set(chosen["new_sites"].index) == set(halls.index[:3]) and notes == ()


def test_smoothed_rates_are_joined_where_they_say_something(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, noted: Noted
) -> None:
    """Two hundred groups in one area of sixteen: rates of its own. None at all, or no sensitivity: no rates."""
    noted.put("_measure_access", areas.assign(groups_listed=[200.0] + [1.0] * 15))
    measured, estimate = measure_areas(areas, assets, settings, travel=STRAIGHT, sensitivity=True)
    assert measured["groups_smoothed_per_1000"].idxmax() == "A00"
    assert "own_weight" in measured and not {"groups_per_1000", "unreliable"} & set(measured.columns)
    assert "SMOOTHED_UNRELIABLE" not in [note.code for note in estimate.warnings]
    noted.put("_measure_access", areas.assign(groups_listed=0.0))
    without, _ = measure_areas(areas, assets, settings, travel=STRAIGHT, sensitivity=True)
    assert "groups_smoothed_per_1000" not in without
    noted.put("_measure_access", areas.assign(groups_listed=[1.0] + [0.0] * 15))
    _, doubted = measure_areas(areas, assets, settings, travel=STRAIGHT, sensitivity=True)
    assert "SMOOTHED_UNRELIABLE" in [note.code for note in doubted.warnings]


def test_the_estimate_is_asked_with_the_settings(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings, noted: Noted
) -> None:
    noted.put("_measure_access", areas.assign(groups_listed=0.0))
    noted.put("estimate_unregistered", am.estimate_unregistered(16_000))
    changed = settings.changed(estimate={"rate": 5.0, "cv": 0.3, "level": 0.9})
    measure_areas(areas, assets.assign(registered="no"), changed, travel=STRAIGHT)
    assert noted.given["estimate_unregistered"] == (
        (16_000.0,),
        {
            "rate": 5.0, "cv": 0.3, "level": 0.9, "seen": 4, "place": "Cornwall", "population_source": settings.need.title,
            "population_year": 2022,
        },
    )  # fmt: skip


def test_neighbours_beyond_ten_kilometres_are_no_land(areas: gpd.GeoDataFrame) -> None:
    from shapely.geometry import box

    west, south, east, north = areas.total_bounds
    land = gpd.GeoDataFrame(
        geometry=[box(west, north, east, north + 30_000), box(west, south - 30_000, east, south)], crs=27700
    )
    ground = pipeline._ground(areas, land)
    assert ground.total_bounds.tolist() == [west, south - 10_000, east, north + 10_000]
    assert ground.crs == areas.crs
