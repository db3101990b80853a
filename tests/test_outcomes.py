"""What a council wants to achieve, on a town that can be counted by hand: break-even, prevention, priorities, counts, benefits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tomlkit
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.gaps.prevention import (
    LITTLE,
    MORE,
    OTHER,
    measure_prevention,
    preventive_types,
    thin_prevention,
)
from assetmap.project.folder import Project
from assetmap.project.outcomes.paying import detail_break_even
from assetmap.project.review import evaluate_options
from assetmap.schema import OptionsReview
from assetmap.show.report.page import report_html
from assetmap.show.review.options import side_by_side
from assetmap.show.review.page import devolution_html
from assetmap.show.review.residents import residents_html
from assetmap.sites.break_even import BreakEvenTerms, review_break_even, spending_table
from conftest import make_assets, make_grid

runner = CliRunner()


@pytest.fixture(scope="module")
def quillford(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, am.Results]:
    """The made-up town on straight lines, without roads and buses: measured in a second, and once."""
    folder = am.new_project(tmp_path_factory.mktemp("outcomes") / "town", example="town").parent
    settings = tomlkit.parse((folder / "assetmap.toml").read_text(encoding="utf-8"))
    del settings["timetable"], settings["roads"], settings["access"]["distance"]
    settings["gaps"] = {"sensitivity": False}
    (folder / "assetmap.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    project = am.open_project(folder)
    return project, am.measure_project(project)


@pytest.fixture(scope="module")
def reviewed(quillford: tuple[Project, am.Results]) -> tuple[am.sites.DevolutionReview, OptionsReview]:
    return evaluate_options(quillford[0])


def test_a_build_says_what_must_happen_for_spending_to_pay(quillford):
    project, results = quillford
    table = results.details["break_even"]
    assert table["spending_gbp"].tolist()[:3] == [
        84_000,
        364_000,
        188_000,
    ]  # the service, then twice the cost of a year
    assert table["people_to_break_even"].tolist()[:3] == [10, 41, 21]
    assert not table["name"].isin(["North Road Club", "Bridge Street Centre"]).any()  # closed
    assert "BREAK_EVEN" in [note.code for note in results.notes]
    page = report_html(results)
    assert "A link worker for Quillford: Spending of £84,000 over 2 years" in page
    assert project.settings.break_even.assumption in page.replace("&#39;", "'")


def test_break_even_without_a_cost_says_so(quillford):
    project, results = quillford
    settings = project.settings.changed(break_even={"spending_gbp": None})
    details, notes = detail_break_even(results.assets.drop(columns="annual_cost_gbp"), settings)
    assert details == {}
    assert [note.code for note in notes] == ["BREAK_EVEN"]
    assert detail_break_even(results.assets, project.settings.changed(break_even=None)) == ({}, ())


def test_the_review_says_break_even_for_sites_and_options(quillford, reviewed):
    _, results = quillford
    review, options = reviewed
    sites = review.sites.set_index("name")
    assert sites.at["Quillford Guildhall", "people_to_break_even"] == 15  # 2 x 64,000 / 9,000
    share = 15 / sites.at["Quillford Guildhall", "people_nearest"]
    assert sites.at["Quillford Guildhall", "break_even_share"] == pytest.approx(share)
    close, devolve, mixed = (each.break_even for each in options.options)
    assert "saves £128,000" in close
    assert "15 more people" in close
    assert "at most £128,000" in devolve
    assert "not known" in mixed  # what a site costs that opens is not known
    page = devolution_html(review, results.areas, title="Halls", options=options)
    assert page.count("Assumption: home care") >= 8
    assert close in page
    home = residents_html(options, results.areas, title="Halls", postcodes=results.postcodes)
    assert f"A: {close}" in home
    assert "BREAK_EVEN" in [note.code for note in (*review.notes, *options.notes)]
    assert "Saved in a year" in side_by_side(options)


def test_an_option_that_costs_more_has_nothing_to_use_up(reviewed):
    review, options = reviewed
    first = options.options[0]
    dearer = replace(first, changes=first.changes.assign(saving_low=-500.0, saving_high=0.0))
    terms = BreakEvenTerms(10_000, "a figure of ours")
    _, told = review_break_even(review, replace(options, options=(dearer,)), terms)
    assert "saves nothing" in told.options[0].break_even
    bare = replace(review, sites=review.sites.drop(columns="annual_cost_gbp"))
    assert (review_break_even(bare, options, terms)[0].sites["break_even"] == "").all()


def test_the_table_of_spending_names_period_and_assumption():
    table = spending_table([("Link worker", "", 130_000.0)], BreakEvenTerms(10_000, "ours", years=2))
    assert table.at[1, "people_to_break_even"] == 13
    assert table.at[1, "assumption"] == "ours"
    with pytest.raises(am.InputError, match="more than 0"):
        spending_table([("Link worker", "", 1.0)], BreakEvenTerms(0, "ours"))


# Prevention


def test_prevention_is_counted_near_each_area_and_classed():
    areas = make_grid()  # squares of 1 km with 1,000 people each
    areas["need"] = np.linspace(0, 1, len(areas))
    clubs = make_assets({"Club": (3.5, 3.5), "Table": (3.5, 2.5)}, asset_type="lunch_club")
    clubs["status"] = ["open", "unknown"]
    closed = make_assets({"Shed": (0.5, 3.5)}, asset_type="mens_shed").assign(status="closed")
    surgery = make_assets({"Surgery": (0.5, 3.5)}, asset_type="hospital")
    assets = pd.concat([clubs, closed, surgery])
    assets.index.name = "asset_id"
    found = measure_prevention(areas, assets, limit_m=1_100)
    there = found[found["prevention_within"] > 0]
    assert sorted(there["prevention_within"].tolist()) == [
        1,
        1,
        1,
        2,
        2,
    ]  # by hand: each club reaches itself and its neighbours
    assert found["prevention_within"].sum() == 7
    needy = areas["need"] > np.quantile(areas["need"], 2 / 3)
    assert (found.loc[~needy, "prevention_class"] == OTHER).all()
    assert set(found.loc[needy & (found["prevention_within"] == 0), "prevention_class"]) == {LITTLE}
    assert set(found.loc[needy & (found["prevention_within"] > 0), "prevention_class"]) == {MORE}
    worst = thin_prevention(areas.join(found))
    assert worst["acute_need"].is_monotonic_decreasing
    assert (worst["need_theme"] == "need").all()
    assert worst.index.tolist() == areas.index[needy & (found["prevention_within"] == 0)][::-1].tolist()


def test_prevention_without_such_assets_is_not_known_and_not_none():
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, len(areas))
    found = measure_prevention(areas, make_assets({"Surgery": (0.5, 3.5)}, asset_type="hospital"))
    assert found.isna().all(axis=None)
    with pytest.raises(am.InputError, match="no column 'need_fun'"):
        measure_prevention(areas, make_assets({"Club": (1, 1)}, asset_type="lunch_club"), need="need_fun")
    assert {"lunch_club", "advice_support"} <= set(preventive_types())
    assert not {"hospital", "food_bank", "refuge"} & set(preventive_types())


def test_a_project_whose_lists_have_nothing_that_prevents_says_so(quillford):
    from assetmap.project.outcomes.prevention import detail_prevention

    project, results = quillford
    columns = [name for name in results.areas if not name.startswith("prevention")]
    bare = results.assets[results.assets["asset_type"] == "food_bank"]
    areas, details, notes = detail_prevention(results.areas[columns], bare, project.settings)
    assert [note.code for note in notes] == ["PREVENTION_UNKNOWN"]
    assert details == {}
    page = report_html(replace(results, areas=areas, details={}))
    assert "Not known: the lists have no group or place of a type that prevents." in page


def test_the_command_lists_what_the_build_found(quillford):
    project, results = quillford
    table = results.details["prevention"]
    said = runner.invoke(app, ["prevention", str(project.folder), "--json"])
    assert said.exit_code == 0, said.output
    assert [area in said.output for area in table.index] == [True] * len(table)
    words = runner.invoke(app, ["prevention", str(project.folder), "--top", "1"])
    assert f"{len(table)} of 12 areas have high need" in words.output
