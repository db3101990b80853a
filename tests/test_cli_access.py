import json

import pytest
import typer
from typer.testing import CliRunner

import assetmap as am
from assetmap.access.location import candidate_postcodes
from assetmap.cli.access import gaps, sites
from assetmap.project.gaps import find_project_gaps, suggest_project_sites
from assetmap.schema import data_folder

app = typer.Typer()
app.command()(gaps)
places = typer.Typer()
places.command()(sites)
FOLDER = str(data_folder() / "cornwall")


def test_gaps_in_words():
    run = CliRunner().invoke(app, [FOLDER, "--top", "3"])
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert lines[0].startswith(
        "36 of 326 areas have high need and low access (class 3-1) compared with the other areas here; 69,008 people "
    )
    assert len(lines) == 4
    assert lines[1] == (
        "  1. Roche & Goss Moor (Cornwall 024D), 1,592 people: High need (more than 97% of the areas), low access: 7.0 km to the "
        "nearest, St. Columb Library (worse than 88%)."
    )


def test_gaps_as_json_equal_python():
    options = ["--type", "food_bank", "--limit-m", "3000", "--include-unknown", "--top", "2", "--json"]
    run = CliRunner().invoke(app, [FOLDER, *options])
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    found = find_project_gaps(
        am.example_project(), asset_type="food_bank", limit_m=3000, include_unknown=True
    )
    first = found.sort_values("gap_rank").iloc[0]
    assert [row["gap_rank"] for row in told["gaps"]] == [1, 2]
    assert told["gaps"][0]["area_code"] == first.name
    assert told["gaps"][0]["gap_score"] == pytest.approx(first["gap_score"])
    assert "need by income" in told["gaps"][0]["gap_reason"]


def test_a_type_that_is_not_there_is_named():
    with pytest.raises(am.InputError, match="no asset of type 'foodbank'"):
        find_project_gaps(am.example_project(), asset_type="foodbank")
    with pytest.raises(am.InputError, match="have unknown status"):
        find_project_gaps(am.example_project(), asset_type="food_bank")
    with pytest.raises(am.SchemaError, match="missing column 'need_older'"):
        find_project_gaps(am.example_project(), need="need_older")


def test_need_of_several_themes_says_what_it_is_made_of():
    words = ["--weight", "need_income=2", "--weight", "need_health=1", "--top", "1"]
    run = CliRunner().invoke(app, [FOLDER, *words])
    assert run.exit_code == 0
    made_of = "weighted mean by percentile: need_income 0.667, need_health 0.333"
    assert f"Need is a {made_of}." in run.stdout
    told = json.loads(CliRunner().invoke(app, [FOLDER, *words, "--json"]).stdout)
    assert told["need"] == made_of
    found = find_project_gaps(am.example_project(), weights={"need_income": 2, "need_health": 1})
    expected = (2 * found["need_income"] + found["need_health"]) / 3
    assert found["need"].to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
    assert told["gaps"][0]["area_code"] == found["gap_rank"].idxmin()
    with pytest.raises(am.InputError, match="--weight 'need_income' is not a valid weight"):
        CliRunner().invoke(app, [FOLDER, "--weight", "need_income"], catch_exceptions=False)


def test_what_serves_older_people_is_held_against_their_share():
    found = find_project_gaps(am.example_project(), asset_type="memory_cafe", include_unknown=True)
    first = found.loc[found["gap_rank"] == 1].iloc[0]
    assert "High need by share of people aged 60 and over (more than" in first["gap_reason"]
    share = found["older_60_plus"] / found["population"]
    oldest = share.idxmax()
    assert found.at[oldest, "need_older_60_plus"] == 1
    assert found["need_older_60_plus"].corr(share, method="spearman") == pytest.approx(1)


def test_sites_in_words_and_as_json_equal_python():
    run = CliRunner().invoke(places, [FOLDER, "--number", "2"])
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert lines[0].startswith(
        "  1. ClayTAWC (Clay Area Training and Work Centre): nearest for 19,945 people"
    )
    assert len(lines) == 3
    told = json.loads(CliRunner().invoke(places, [FOLDER, "--number", "2", "--json"]).stdout)
    found = suggest_project_sites(am.example_project(), sites=2)
    assert [row["asset_id"] for row in told] == found.index.tolist()
    assert found["mean_cost_after"].is_monotonic_decreasing


@pytest.mark.journey
def test_sites_among_postcodes_or_a_type(cornwall):
    areas, postcodes = cornwall[0].areas, cornwall[0].postcodes
    one_each = candidate_postcodes(areas, postcodes)
    assert len(one_each) == postcodes.loc[postcodes["live"], "area_code"].nunique() == 326
    row = one_each.loc["PL26 8AR"]
    assert row["name"] == "PL26 8AR, Roche & Goss Moor (Cornwall 024D)"
    inside = postcodes[postcodes["live"] & (postcodes["area_code"] == "E01019055")]
    centre = areas.loc["E01019055", ["centre_easting", "centre_northing"]].to_numpy(dtype=float)
    metres = ((inside[["easting", "northing"]] - centre) ** 2).sum(axis=1)
    assert metres.idxmin() == "PL26 8AR"
    best = suggest_project_sites(am.example_project(), candidates="postcodes", limit_m=5_000)
    assert best.index.tolist() == ["PL26 8AR"]
    assert suggest_project_sites(am.example_project(), candidates="micro_library")["name"].tolist() == [
        "St Dennis Micro"
    ]
    with pytest.raises(am.InputError, match="no 'foo' with a location to choose from"):
        suggest_project_sites(am.example_project(), candidates="foo")
    run = CliRunner().invoke(places, [FOLDER, "--type", "memory_cafe", "--number", "1"])
    assert "none that is known to be open can be reached now" in run.stdout
    run = CliRunner().invoke(places, [FOLDER, "--type", "memory_cafe", "--number", "1", "--include-unknown"])
    assert "km now" in run.stdout


def test_a_guarded_place_is_never_a_candidate(town):
    _, assets = town
    halls = assets.assign(
        asset_type=["village_hall", "community_hub"], sensitive=[True, False], status="unknown"
    )
    assert am.access.candidate_places(halls)["name"].tolist() == ["East Library"]
    assert am.access.candidate_places(halls, kinds=["village_hall"]).empty
    assert am.access.candidate_places(halls.assign(status="closed")).empty
