"""What a council wants to achieve, on a town that can be counted by hand: break-even, prevention, priorities, counts, benefits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tomlkit
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.gaps.outcomes import measure_outcomes, serving_outcomes
from assetmap.gaps.prevention import (
    LITTLE,
    MORE,
    OTHER,
    measure_prevention,
    preventive_types,
    thin_prevention,
)
from assetmap.gaps.priorities import assign_priorities, measure_priorities
from assetmap.project.folder import Project
from assetmap.project.outcomes.counts import add_counts, detail_counts
from assetmap.project.outcomes.paying import detail_break_even
from assetmap.project.outcomes.priorities import detail_priorities
from assetmap.project.review import evaluate_options
from assetmap.read.outcomes.counts import read_counts
from assetmap.read.outcomes.outcomes import read_outcomes
from assetmap.schema import OptionsReview, data_folder, reference_table
from assetmap.show.map.priorities import priority_layers
from assetmap.show.report.benefits import BENEFITS
from assetmap.show.report.page import report_html
from assetmap.show.report.prevention import no_prevention, prevention_unknown
from assetmap.show.report.priorities import not_known, priorities_answer
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


@pytest.mark.journey
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


@pytest.mark.slow
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
    without = residents_html(options, results.areas, title="Halls", places=results.places)
    assert '"postcodes":{}' in without  # a project without postcodes: people choose a town or village
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


@pytest.mark.slow
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
    assert f"{len(table)} of 12 areas {'has' if len(table) == 1 else 'have'} high need" in words.output


# Priorities and outcomes


def outcomes_of(tmp_path: Path, text: str) -> pd.DataFrame:
    file = tmp_path / "outcomes.csv"
    file.write_text(text, encoding="utf-8")
    return read_outcomes(file)


def test_priorities_say_what_is_within_reach_of_whom(tmp_path):
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, len(areas))
    clubs = make_assets({"Club": (0.5, 0.5)}, asset_type="youth_group").assign(outcomes="Young people; Fun")
    table = make_assets({"Table": (3.5, 3.5)}, asset_type="lunch_club").assign(outcomes="")
    closed = make_assets({"Old Table": (0.5, 0.5)}, asset_type="lunch_club").assign(
        status="closed", outcomes=""
    )
    assets = pd.concat([clubs, table, closed]).rename_axis("asset_id")
    outcomes = outcomes_of(
        tmp_path,
        "Priority,Outcome,Need theme,Asset types\nYoung people,Somewhere to go,children,youth_group; uniformed_group\n"
        "Older people,Company,older_people,lunch_club\nMoney,Debts are dealt with,income,advice_support\n",
    )
    names, unknown = assign_priorities(assets, outcomes)
    assert names.loc["club"].tolist() == ["Young people", "list"]
    assert names.loc["table"].tolist() == ["Older people", "type"]
    assert unknown == ["Fun"]
    found = measure_priorities(areas, assets.join(names), outcomes, travel=am.access.Travel(limit_m=1_500))
    reach = {}  # by hand: within 1.5 km of the middle of a corner are its square, two beside it and the one across
    for name, corner in (("Young people", (0.5, 0.5)), ("Older people", (3.5, 3.5))):
        near = [np.hypot(x + 0.5 - corner[0], y + 0.5 - corner[1]) <= 1.5 for x in range(4) for y in range(4)]
        reach[name] = 16 - sum(near)
    assert found.summary["areas_without"].to_dict() == reach | {"Money": 16}
    assert found.summary["people_without"].to_dict() == {
        name: 1_000 * count for name, count in (reach | {"Money": 16}).items()
    }
    twice = am.access.Travel(limit_m=3_000, detour=2)  # twice as far, and twice the limit
    assert (
        measure_priorities(areas, assets.join(names), outcomes, travel=twice)
        .summary["people_without"]
        .equals(found.summary["people_without"])
    )
    assert found.summary["from_type"].tolist() == [0, 1, 0]
    assert found.summary["need_theme"].tolist() == ["need"] * 3
    assert np.isinf(found.areas.loc["Money", "cost"]).all()
    assert found.by_area["priorities_without"].sum() == 2 * 12 + 16
    more = pd.concat([outcomes, outcomes.tail(1).rename({"Debts are dealt with": "Tea"})])
    more.loc["Tea", ["priority", "asset_types"]] = ["Older people", "memory_cafe"]
    one_by_one = measure_outcomes(areas, assets, more, found, travel=am.access.Travel(limit_m=1_500))
    # the club's list names the priority alone, so its type says which outcome; nothing serves "Tea" or "Debts"
    assert one_by_one["from_type"].to_dict() == {
        "Somewhere to go": 1, "Company": 1, "Debts are dealt with": 0, "Tea": 0,
    }  # fmt: skip
    assert one_by_one["areas_without"].tolist() == [reach["Young people"], reach["Older people"], 16, 16]
    assert one_by_one.at["Tea", "most_need_without"].split("; ")[0] == str(areas["area_name"].iloc[-1])
    alike = measure_outcomes(
        areas.assign(need=0.5), assets, more, found, travel=am.access.Travel(limit_m=1_500)
    )
    assert set(alike["most_need_without"]) == {""}  # none of them has most need
    high = found.areas.loc["Money", "gap_class"].str.startswith("3")
    assert one_by_one.at["Debts are dealt with", "high_need_people_without"] == 1_000 * high.sum() > 0
    named = serving_outcomes(assets.assign(outcomes="Tea; Young people"), more)
    assert [table.loc["table"].tolist() for table in named] == [[False] * 3 + [True], [False] * 4]
    missing = found.by_area.loc[areas.index[0], "priorities_missing"]
    assert missing.split("; ")[-1] == "Money"


def test_words_of_a_list_are_read_one_by_one():
    outcomes = reference_table("outcomes")
    words = [
        "place",
        "Youth, Adults",
        "Place|Nobody is alone who does not want to be",
        "Children and families",
        "",
    ]
    assets = make_assets({f"Group {n}": (1, 1) for n in range(5)}, asset_type="pub").assign(outcomes=words)
    names, unknown = assign_priorities(assets, outcomes)
    assert names["priorities"].tolist() == [
        "Place",
        "Youth; Adults",
        "Adults; Place",
        "Children and families",
        "",
    ]
    assert unknown == []


def test_a_file_of_outcomes_is_refused_with_everything_that_is_wrong(tmp_path):
    with pytest.raises(am.InputError, match=r"no column 'need_theme'"):
        outcomes_of(tmp_path, "priority,outcome,asset_types\nA,B,library\n")
    with pytest.raises(am.InputError) as caught:
        outcomes_of(
            tmp_path,
            "priority,outcome,need_theme,asset_types\nA;B,one,fun,library\nC,One,health,librarie\nC,,income,library\n",
        )
    for part in ("'fun'", "'librarie'", "'One'", "row 4", "'A;B'", "several need themes"):
        assert part in str(caught.value)


@pytest.mark.slow
def test_the_town_says_what_its_priorities_lack(quillford):
    project, results = quillford
    summary = results.details["priorities"]
    assert summary["from_list"].to_dict() == {
        "Young people": 1,
        "Older people": 2,
        "Food and money": 1,
        "Place": 1,
    }
    assert (
        summary.at["Food and money", "people_without"] == 17_440 - 2_240 - 2_400
    )  # the two areas with a food bank reach both
    codes = [note.code for note in results.notes]
    assert {"OUTCOMES_NOT_UNDERSTOOD", "COUNTS_NOT_MATCHED"} <= set(codes)
    page = report_html(results).replace("\xa0", " ")
    assert (
        "12,800 people in 10 small areas have nothing within 2 km for “Food and money”; no other priority has more."
        in page
    )
    assert "not shown (2 of 25 groups)" in page
    assert "366 (4 of 25 groups)" in page
    assert 'href="https://www.example.org/quillford/memory-cafe"' in page
    said = runner.invoke(app, ["priorities", str(project.folder)])
    assert "Older people: 4 groups and places (2 guessed from their type)" in said.output
    one = results.details["priority_outcomes"].loc["Nobody sits alone in the hill villages"]
    assert (
        f"{one['assets']} ({one['from_type']} guessed). Nothing within 2 km for {one['people_without']:,.0f} people"
        in said.output.replace("\xa0", " ")
    )
    assert one["most_need_without"] in page.split("Outcomes one by one")[1]
    drawn = priority_layers(results)
    assert [layer.label for layer in drawn] == [f"Priority: {name}" for name in summary.index]
    areas = results.details["priority_areas"].loc["Place"]
    assert (drawn[-1].values.str.contains("nothing") == (areas["within"] == 0)).all()


def test_a_project_without_priorities_counts_and_benefits_says_not_known(quillford):
    project, results = quillford
    bare = replace(
        results,
        details={},
        assets=results.assets.drop(columns=[*BENEFITS, "story", "priorities", "priorities_from"]),
    )
    page = report_html(bare)
    for part in ("names no priorities", "no group gave counts", "do not say who benefits"):
        assert "Not known: " in page and part in page
    assert priority_layers(bare) == []
    settings = project.settings.changed(outcomes=None, counts=None)
    other = Project(project.folder, settings)
    areas, assets, details, notes = detail_priorities(
        other, results.areas, results.assets, travel=am.access.Travel()
    )
    assert (areas is results.areas, assets is results.assets, details, notes) == (True, True, {}, ())
    assert detail_counts(other, results.assets) == ({}, ())


def test_a_newer_file_of_priorities_takes_the_place_of_the_old_one(quillford, tmp_path):
    folder = tmp_path / "town"
    shutil.copytree(quillford[0].folder, folder)
    newer = tmp_path / "aims.csv"
    shutil.copy(data_folder() / "tables" / "outcomes.csv", newer)
    said = runner.invoke(app, ["update", str(folder), str(newer), "--input", "outcomes"])
    assert said.exit_code == 0, said.output
    assert "6 rows; outcomes.csv had 6" in said.output.replace("\n", " ")
    settings = am.open_project(folder).settings.outcomes
    assert (settings.file, settings.publisher) == ("aims.csv", "the authors of assetmap")


# Counts of groups


def test_totals_say_what_is_not_known_and_hide_one_group(quillford):
    _, results = quillford
    totals = results.details["group_counts"]
    assert totals.index.tolist() == ["2026-09", "2026-10"]
    assert totals.at["2026-09", "people_helped"] == 210 + 95 + 22 + 18
    assert totals.at["2026-10", "people_helped"] == 225 + 101 + 24 + 16  # the chess club is on no list
    assert np.isnan(totals.at["2026-10", "volunteers"])
    assert totals.at["2026-10", "volunteers_groups"] == 2


@pytest.mark.slow
def test_a_form_goes_out_and_a_file_comes_back(quillford, tmp_path):
    folder = tmp_path / "town"
    shutil.copytree(quillford[0].folder, folder)
    said = runner.invoke(app, ["counts", str(folder), "--form", str(tmp_path / "forms")])
    assert said.exit_code == 0, said.output
    page = (tmp_path / "forms" / "counts_form.html").read_text(encoding="utf-8")
    assert '<option value="Saltmarsh Memory Cafe">' in page
    assert "http" not in page.replace("http-equiv", "")
    blank = pd.read_csv(tmp_path / "forms" / "counts_blank.csv")
    assert len(blank) == 25
    back = tmp_path / "counts_back.csv"
    back.write_text(
        '\ufeffgroup,month,people_helped,sessions,volunteers\n"Overcott Walkers","2026-10","","4","5"\n'
        '"northgate pantry","2026-10","110","5","7"\n',
        encoding="utf-8",
    )
    said = runner.invoke(app, ["counts", str(folder), "--add", str(back), "--json"])
    assert said.exit_code == 0, said.output
    assert "2 rows added, of which 1 replace earlier ones" in said.stderr
    october = json.loads(said.stdout)["months"][1]
    assert (october["people_helped"], october["volunteers"]) == (225 + 110 + 24 + 16, 15 + 7 + 3 + 5)
    assert am.open_project(folder).settings.counts.date == "2026-10"


def test_counts_begin_a_file_and_name_it_in_the_settings(quillford, tmp_path):
    folder = tmp_path / "town"
    shutil.copytree(quillford[0].folder, folder)
    settings = tomlkit.parse((folder / "assetmap.toml").read_text(encoding="utf-8"))
    del settings["counts"]
    (folder / "assetmap.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    (folder / "counts.csv").unlink()
    assert "Not known" in runner.invoke(app, ["counts", str(folder)]).output
    back = tmp_path / "back.csv"
    back.write_text("group,month,sessions\nOvercott Walkers,2026-11,4\nX,2026-11,\n", encoding="utf-8")
    project, added, replaced = add_counts(am.open_project(folder), [back])
    assert (added, replaced, project.settings.counts.file) == (1, 0, "counts.csv")


def test_a_file_of_counts_is_refused_with_everything_that_is_wrong(tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("group,month,people_helped,score\nA,2026-10,4,1\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="'score'"):
        read_counts(file)
    file.write_text(
        'group,month,people_helped\nA,October,4\n,2026-10,5\nB,2026-10,many\nC,2026-10,"1,200"\nC,2026-10,-\nc,2026-10,7\n',
        encoding="utf-8",
    )
    with pytest.raises(am.InputError) as caught:
        read_counts(file)
    for part in (
        "row 2: month 'October'",
        "row 3 names no group",
        "row 4: people_helped 'many'",
        "c in 2026-10",
    ):
        assert part in str(caught.value)
    file.write_text(
        "group,month,sessions\nA,2026-11-01,1\nB,11/2026,2\nC,1/11/2026,3\nD,Nov 2026,4\nE,November-26,5\n",
        encoding="utf-8",
    )
    assert read_counts(file)["month"].unique().tolist() == ["2026-11"]  # as people and spreadsheets write it
    file.write_text('group,month,people_helped\nC,2026-10,"1,200"\nD,2026-10,not known\n', encoding="utf-8")
    table = read_counts(file)
    assert table["people_helped"].tolist() == [1_200]


# Who benefits


def test_a_story_must_be_a_web_address(tmp_path):
    file = tmp_path / "groups.csv"
    file.write_text(
        "name,type,postcode,story,for the community\nA,lunch_club,QF5 1AA,www.example.org/ann,Neighbours meet\n"
        "B,lunch_club,QF5 1AB,javascript:alert(1),\n",
        encoding="utf-8",
    )
    register = am.build_register([am.read_assets(file)], audience="public")
    assets = register.assets.set_index("name")
    assert assets["story"].tolist() == ["https://www.example.org/ann", ""]
    assert assets.at["A", "benefit_community"] == "Neighbours meet"
    assert "story_as_written" not in assets
    assert "story" in register.log.loc[1, "reason"]


def test_people_need_and_reach_that_nobody_knows_are_said_and_never_counted_as_nobody(tmp_path):
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, len(areas))
    areas = areas.astype({"population": float})
    areas.loc["A33", "population"] = np.nan
    areas.loc["A32", "need"] = np.nan
    clubs = make_assets({"Club": (0.5, 0.5)}, asset_type="youth_group").assign(outcomes="")
    outcomes = outcomes_of(
        tmp_path,
        "Priority,Outcome,Need theme,Asset types\nYoung people,Somewhere to go,children,youth_group\n"
        "Money,Debts are dealt with,income,advice_support\n",
    )
    names, _ = assign_priorities(clubs, outcomes)

    def measured(table):
        return measure_priorities(table, clubs.join(names), outcomes, travel=am.access.Travel(limit_m=1_500))

    summary = measured(areas).summary
    assert summary["people_unknown"].tolist() == [1, 1]
    assert summary["gap_unknown"].tolist() == [1, 1]
    assert summary["areas_unknown"].tolist() == [0, 0]
    assert summary.at["Money", "people_without"] == 15_000
    said = " ".join([priorities_answer(summary, "1.5 km"), *not_known(summary)])
    for part in (
        "15,000 people in 16 small areas have nothing within 1.5 km for “Money”; as far as is known, no other",
        "The people of 1 small area with nothing within reach are not known and not counted.",
        "Need or access is not known for 1 small area.",
    ):
        assert part in said
    everyone = measured(areas.assign(population=1_000.0, need=0.5)).summary
    assert not_known(everyone) == []
    assert "; no other priority has more." in priorities_answer(everyone, "1.5 km")
    nobody = measured(areas.assign(population=np.nan)).summary
    assert "An unknown number of people in 16 small areas have nothing" in priorities_answer(nobody, "1.5 km")
    assert "no other priority" not in priorities_answer(nobody, "1.5 km")
    assert nobody["people_without"].isna().all()
    found = areas.assign(prevention_class=["a"] * 15 + [None]).rename_axis("area_code")
    assert no_prevention(found).startswith(
        "Whether need is high and little prevention near is not known for 1 area."
    )
    assert [line.split(" are")[0].strip(".") for line in prevention_unknown(found, found)] == [
        "It is not known for 1 small",
        "The people of 1 of these",
    ]
