"""Your own travel times through the commands: a table that holds the straight lines of Cornwall, 12 minutes a kilometre."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.access.costs import costs_to_matrix, straight_costs
from assetmap.access.location import candidate_places
from assetmap.cli import app
from assetmap.schema import InputError

pytestmark = pytest.mark.journey

PER_KM = 12.0
TRAVEL = """
[travel]
file = "travel.csv"
title = "Minutes on foot, 5 km/h as the crow flies"
date = "2026"
licence = "made up"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, cornwall) -> Path:
    results = cornwall[0]
    folder = am.new_project(tmp_path_factory.mktemp("own") / "cornwall").parent
    places = pd.concat(
        [results.assets[results.assets["asset_type"] == "library"], candidate_places(results.assets)]
    )
    places = places[places.geometry.notna()]
    metres = costs_to_matrix(straight_costs(results.areas, places, limit_m=np.inf, only_open=False))
    times = (metres / 1000 * PER_KM).stack().reset_index()
    times.columns = ["origin", "destination", "minutes"]
    times.to_csv(folder / "travel.csv", index=False)
    with (folder / "assetmap.toml").open("a", encoding="utf-8") as file:
        file.write(TRAVEL)
    return folder


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def told(*words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_gaps(folder):
    own = told("gaps", folder, "--distance", "own", "--limit-minutes", 60, "--top", 5)
    straight = told("gaps", folder, "--top", 5)
    assert own["summary"].split(";")[0] == straight["summary"].split(";")[0]
    for mine, theirs in zip(own["gaps"], straight["gaps"], strict=True):
        assert mine["area_code"] == theirs["area_code"]
        assert mine["travel_minutes"] == pytest.approx(theirs["distance_m"] / 1000 * PER_KM)
        assert mine["count_within"] == theirs["count_within"]
        assert "minutes to the nearest" in mine["gap_reason"]


def test_new_sites(folder):
    own = told("sites", folder, "--number", 2, "--distance", "own")
    straight = told("sites", folder, "--number", 2)
    for mine, theirs in zip(own, straight, strict=True):
        assert (mine["name"], mine["unit"], theirs["unit"]) == (theirs["name"], "min", "m")
        for column in ("cost_saved_per_person", "mean_cost_before", "mean_cost_after"):
            assert mine[column] == pytest.approx(theirs[column] / 1000 * PER_KM)
    words = run("sites", folder, "--number", 1, "--distance", "own").stdout
    assert "minutes each way" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "Mean time to the nearest: 35.3 minutes now" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "km" not in words


def test_whatif(folder):
    own = told("whatif", folder, "--close", "St Ives", "--distance", "own")
    straight = told("whatif", folder, "--close", "St Ives")
    mine, theirs = own["people"]["everyone"], straight["people"]["everyone"]
    assert (mine["unit"], theirs["unit"]) == ("min", "m")
    assert mine["people_further"] == theirs["people_further"] == 10_326
    for column in ("mean_cost_before", "mean_cost_after"):
        assert mine[column] == pytest.approx(theirs[column] / 1000 * PER_KM)
    assert {"beyond_30min_after"} <= set(mine)
    assert not [name for name in mine if name.endswith(("_m", "km_after"))]
    words = run("whatif", folder, "--close", "St Ives", "--distance", "own").stdout
    assert "min before" in words.splitlines()[1]
    assert "minutes to St. Ives Library" in words
    assert " km" not in words
    error = run("whatif", folder, "--open", "PL26 7YE", "--distance", "own").exception
    assert isinstance(error, InputError)
    assert "do not lead to 'New site at PL26 7YE'" in str(error)


def test_devolution_and_its_evidence(folder, tmp_path):
    words = ("--distance", "own", "--close", "St Ives", "--output", tmp_path / "own")
    record = told("devolution", folder, *words)
    assert len(record["sites"]) == 27
    straight = am.review_project(am.open_project(folder), tmp_path / "straight")[0]
    table = pd.read_csv(tmp_path / "own" / "devolution.csv", index_col="asset_id")
    assert table["unit"].eq("min").all()
    expected = straight.sites["extra_cost_per_person"] / 1000 * PER_KM
    assert table["extra_cost_per_person"].to_numpy() == pytest.approx(expected.to_numpy())
    assert table["people_nearest"].to_numpy() == pytest.approx(straight.sites["people_nearest"].to_numpy())
    assert table["impact"].notna().equals(table["candidate"])
    assert table["candidate"].any()
    page = (
        (tmp_path / "own" / "devolution.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    )
    assert "within 30 minutes" in page
    assert "Harm (person-hours)" in page
    assert "own travel times, in minutes" in page
    assert "(person-km)" not in page
    assert run("verify", tmp_path / "own" / "evidence.zip", folder).exit_code == 0


def test_a_mode_that_does_not_exist_is_named(folder):
    for command in (("gaps",), ("sites",), ("whatif", "--close", "Bude"), ("devolution",)):
        error = run(command[0], folder, *command[1:], "--distance", "travel").exception
        assert isinstance(error, InputError), command
        assert "must be one of 'straight', 'overland', 'walk', 'drive', 'bus', 'own'" in str(error)
