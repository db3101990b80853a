"""The planner's commands on the example project."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.schema import InputError


@pytest.fixture(scope="module")
def folder():
    return am.example_project().folder


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.journey
def test_devolution_then_verify(folder, tmp_path):
    result = run("devolution", folder, "--output", tmp_path / "d", "--close", "St Ives", "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert len(record["sites"]) == 27
    assert record["combinations"] == 15
    checked = run("verify", tmp_path / "d" / "evidence.zip", folder)
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.startswith("All 21 members of the pack are the same")


def test_whatif_in_words(folder):
    result = run("whatif", folder, "--close", "St Ives", "--open", "PL26 7YE", "--hours", "Looe:10")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("How far: in a straight line. Sites beyond the border count")
    everyone = next(line for line in result.stdout.splitlines() if line.startswith("everyone"))
    assert everyone.split()[:5] == ["everyone", "575,532", "2.94", "2.88", "10,326"]
    assert (
        "Areas that lose most first (need counted):\n  St Ives & Halsetown (Cornwall 054B): 1.4 km to St. Ives Library"
        in result.stdout
    )


def test_whatif_says_what_is_wrong(folder):
    result = run("whatif", folder, "--close", "St Ivse")
    assert isinstance(result.exception, InputError)
    assert "nearest names are: 'St. Ives Library" in str(result.exception)
    assert isinstance(run("whatif", folder).exception, InputError)
    assert "is not a year" in str(run("whatif", folder, "--close", "Fowey", "--as-of", "then").exception)


def test_whatif_in_an_earlier_year(folder):
    result = run("whatif", folder, "--close", "Fowey", "--as-of", "2016:programme_2016", "--json")
    sites = json.loads(result.stdout)["sites"]
    assert len(sites) == 29
    assert [site["status_after"] for site in sites.values()].count("closed") == 1


@pytest.mark.journey
def test_options_of_the_town_in_words():
    project = am.example_project("town").folder
    result = run("whatif", project, "--option", "A")
    assert result.exit_code == 0, result.output
    assert (
        next(line for line in result.stdout.splitlines() if line.startswith("everyone")).split()[4] == "3,680"
    )
    both = run("whatif", project, "--option", "A", "--close", "Guildhall")
    assert "--option 'A' has its own changes" in str(both.exception)
    assert "no option 'Z'" in str(run("whatif", project, "--option", "Z").exception)
