"""Travel times in what people see: the report, the map's cards and the command."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
import described
from assetmap.cli import app
from assetmap.read.inputs import inspect_inputs
from assetmap.show.report.page import report_html
from transport_feeds import TOWN


@pytest.fixture(scope="module")
def town():
    return am.measure_project(am.example_project("town"), sensitivity=False)


@pytest.mark.slow
def test_every_column_of_the_town_is_in_the_docs(town) -> None:
    assert described.undescribed(town, own=["in_our_words"]) == []


@pytest.mark.slow
def test_the_report_says_who_has_no_way(town) -> None:
    text = report_html(town)
    assert "There and back by bus, while it is open" in text
    without = town.areas["people_without_bus"].sum()
    assert f"{without:,.0f}" in text.replace("\N{NO-BREAK SPACE}", " ") and "7%" in text
    assert "Westhay Community Library" in text and "12 January 2026" in text
    assert "Quillford 001B" in text and "Households without a car" in text
    assert "Which opening would help most" in text and "on one more day" in text
    none = replace(
        town, details={name: table for name, table in town.details.items() if name != "bus_openings"}
    )
    assert "no site that opened on one more day" in report_html(none)


def test_the_card_says_minutes_days_and_the_last_way_home(town) -> None:
    lines = town.areas["bus_summary"]
    assert lines["E01900012"].startswith("4 days a week there and back while open; last way home 15:")
    assert lines["E01900004"].startswith(
        "7 min by bus or on foot (5 to 8 for the middle half of people), 6 days"
    )
    assert lines["E01900002"] == "no day with a way there and back while open for most people"


def test_the_command_shows_and_writes(tmp_path) -> None:
    done = CliRunner().invoke(app, ["travel", str(TOWN), "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "1,260 of 17,440 people (7%)" in done.output and "Quillford 001B" in done.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "travel.csv",
        "bus_trips.csv",
        "bus_people.csv",
        "bus_deserts.csv",
        "bus_openings.csv",
    }
    assert "Of 1,850 households without a car, about 79 (4%)" in done.output
    assert "The one change that helps most: Nether Quill Library open on Sunday" in done.output
    table = pd.read_csv(tmp_path / "out" / "travel.csv", index_col="area_code")
    assert {"bus_minutes_low", "walk_minutes_high", "households_no_car"} <= set(table.columns)
    as_json = CliRunner().invoke(app, ["travel", str(TOWN), "--json"])
    record = json.loads(as_json.stdout[as_json.stdout.index("{") :])
    assert len(record["areas"]) == 12 and record["bus_people"][0]["group"] == "everyone"


def test_a_project_without_roads_or_timetable_is_told_how(tmp_path) -> None:
    done = CliRunner().invoke(app, ["travel", str(am.example_project().folder)])
    assert done.exit_code != 0
    assert "[roads]" in str(done.exception) and "[timetable]" in str(done.exception)


@pytest.mark.journey
@pytest.mark.parametrize("mode", ["walk", "drive", "bus"])
def test_gaps_and_sites_work_on_each_mode(mode) -> None:
    project = am.example_project("town")
    found = am.find_project_gaps(project, distance=mode, limit_minutes=45)
    assert found["gap_rank"].notna().all()
    worst = found.sort_values("gap_rank").iloc[0]
    assert worst["gap_score"] == found["gap_score"].max()
    sites = am.suggest_project_sites(project, distance=mode, sites=1, candidates="places")
    assert len(sites) == 1


@pytest.mark.slow
@pytest.mark.parametrize("mode", [pytest.param("drive", marks=pytest.mark.long), "bus"])
def test_closing_a_library_never_brings_anybody_nearer(mode) -> None:
    project = am.example_project("town")
    changed = replace(
        project, settings=project.settings.changed(devolution={"distance": mode, "asset_type": "library"})
    )
    scenario = am.what_if(changed, {"close": ["Quillford Library"]})
    assert not scenario.areas["outcome"].isin(["nearer", "more access"]).any()
    assert (scenario.areas["outcome"] == "further").any()


def test_inputs_knows_roads_and_timetables_and_what_they_cover(tmp_path) -> None:
    for name in ("roads.osm", "buses_gtfs.zip"):
        shutil.copy(TOWN / name, tmp_path / name)
    (tmp_path / "cut.osm.pbf").write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    files = inspect_inputs(tmp_path).files.set_index("file")
    assert files["state"].to_dict() == {
        "buses_gtfs.zip": "ready",
        "cut.osm.pbf": "broken",
        "roads.osm": "ready",
    }
    assert files.at["buses_gtfs.zip", "vintage"] == "2026-01-04 to 2026-12-19"
    assert "10 stops" in files.at["buses_gtfs.zip", "title"]
    for name in ("buses_gtfs.zip", "roads.osm"):
        assert "easting 56" in files.at[name, "title"]
    assert "cut.osm.pbf" in files.at["cut.osm.pbf", "reason"]


def test_darker_is_what_the_legend_says() -> None:
    layers = am.reference_table("map_layers")
    said = layers[layers["direction"].str.contains("fewer|most deprived tenth")]
    assert "bus_days" in said.index
    assert said["palette"].str.endswith("_r").all()
    other = layers[layers["direction"].str.contains("Darker = (?:more|longer|further)")]
    assert len(other) > 10 and not other["palette"].str.endswith("_r").any()
