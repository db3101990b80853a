import json

import pytest
import typer
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli.gaps import gaps
from assetmap.project.gaps import find_project_gaps
from assetmap.schema import data_folder

app = typer.Typer()
app.command()(gaps)
FOLDER = str(data_folder() / "cornwall")


def test_gaps_in_words():
    run = CliRunner().invoke(app, [FOLDER, "--top", "3"])
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert lines[0].startswith(
        "36 of 326 areas have high need and low access (class 3-1); 69,008 people live there"
    )
    assert len(lines) == 4
    assert lines[1] == (
        "  1. Cornwall 024D (1,592 people): High need (more than 97% of the areas), low access: 7.0 km to the "
        "nearest, St. Columb Library (worse than 88%)."
    )


def test_gaps_as_json_equal_python():
    options = ["--type", "food_bank", "--catchment-km", "3", "--include-unknown", "--top", "2", "--json"]
    run = CliRunner().invoke(app, [FOLDER, *options])
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    found = find_project_gaps(
        am.example_project(), asset_type="food_bank", catchment_km=3, include_unknown=True
    )
    first = found.sort_values("gap_rank").iloc[0]
    assert [row["gap_rank"] for row in told["gaps"]] == [1, 2]
    assert told["gaps"][0]["area_code"] == first.name
    assert told["gaps"][0]["gap_score"] == pytest.approx(first["gap_score"])
    assert "need by income" in told["gaps"][0]["gap_reason"]


def test_a_type_that_is_not_there_is_named():
    with pytest.raises(am.InputError, match="no asset of type 'foodbank'"):
        find_project_gaps(am.example_project(), asset_type="foodbank")
    with pytest.raises(am.InputError, match="are of unknown status"):
        find_project_gaps(am.example_project(), asset_type="food_bank")
    with pytest.raises(am.SchemaError, match="missing column 'need_older'"):
        find_project_gaps(am.example_project(), need="need_older")
