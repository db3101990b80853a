"""The steps of a build on a town that can be counted by hand, without files."""

from __future__ import annotations

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
    measure_areas,
    reached_assets,
    travel_notes,
)
from assetmap.project.settings import Settings
from assetmap.read.lists.opening_times import opening_times
from assetmap.schema import InputError
from conftest import ORIGIN, make_assets, make_grid

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
    stale = areas.assign(need_older_60_plus=9.0)
    found = complete_areas(stale, settings, points)
    assert set(found["population_year"]) == {settings.need.population_year} == {2022}
    assert found["need_older_60_plus"].tolist() == pytest.approx([number / 15 for number in range(16)])
    assert found["need_children_0_15"].nunique() == 1  # the same share everywhere
    assert found.loc["A00", ["centre_easting", "centre_northing"]].tolist() == [
        ORIGIN[0] + 200,
        ORIGIN[1] + 200,
    ]
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
        "assetmap.gaps.sensitivity.find_hotspots",
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
