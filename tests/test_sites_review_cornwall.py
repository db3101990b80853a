"""The review on the libraries of Cornwall: as of 2016 and as of today."""

from __future__ import annotations

import pytest

from assetmap.access.location import suggest_sites
from assetmap.read.answers import read_answers
from assetmap.schema import InputError, reference_table
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.closures import rank_closures
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.scenario import compare_scenario
from assetmap.sites.sites import open_sites, sites_as_of, sites_of_type
from cornwall_review import FOLDER, cornwall

PEOPLE = 575_532


@pytest.fixture(scope="module")
def today():
    tables = cornwall()
    return review_devolution(tables.areas, tables.assets, answers=read_answers(FOLDER / "site_answers.csv"))


def test_today_27_are_open_and_23_not_run_by_the_county(today):
    assert len(today.sites) == 27
    assert (today.sites["operator_type"] != "principal_authority").sum() == 23
    assert (today.sites["devolved"] == "yes").sum() == 23
    assert today.sites["operator_type"].value_counts()["town_council"] == 19
    assert today.sites.index.is_unique


def test_in_2016_all_29_of_the_programme_were_run_by_the_county():
    tables = cornwall()
    settings = DevolutionSettings(as_of=2016, programme="programme_2016", closures=1, draws=50)
    review = review_devolution(tables.areas, tables.assets, settings=settings)
    assert len(review.sites) == 29
    assert set(review.sites["operator_type"]) == {"principal_authority"}
    assert set(review.sites["devolved"]) == {"no"}
    assert review.sites["people_nearest"].sum() == PEOPLE
    assert {"Fowey", "Padstow"} <= set(review.sites["town"])
    codes = [note.code for note in review.notes]
    assert codes == ["AS_OF", "HOURS_UNKNOWN", "ADDRESS_DOUBTFUL", "ANSWERS_UNKNOWN"]


def test_people_are_those_of_the_county(today):
    assert today.sites["people_nearest"].sum() == PEOPLE
    assert today.sites["older_nearest"].sum() == 188_782
    assert today.sites["children_nearest"].sum() == 93_379
    assert today.people_by_decile.drop(columns="name").to_numpy().sum() == PEOPLE
    assert len(today.small_areas) == 326
    assert (today.small_areas["extra_cost_if_closed"] >= 0).all()


def test_the_answers_of_the_example_claim_nothing_that_is_not_known():
    answers = read_answers(FOLDER / "site_answers.csv")
    questions = list(reference_table("conditions_checklist").index)
    assert len(answers) == 29
    assert (answers[questions] == "unknown").all(axis=None)
    assert (answers["receiver_present"] == "yes").sum() == 24  # 23 devolved ones and Callington
    assert (answers["interest"] == "yes").sum() == 23
    assert (answers.loc[answers["receiver_present"] == "yes", "receiver"].str.len() > 3).all()


def test_sites_about_which_nothing_is_known_are_marked_and_not_punished(today):
    undevolved = today.sites[today.sites["devolved"] == "no"]
    assert set(undevolved["town"]) == {"Bodmin", "Callington", "Helston", "Penzance"}
    assert not undevolved["quadrant_sure"].any()
    assert undevolved["readiness_known_share"].max() < 0.5
    assert set(undevolved["quadrant"]) == {"too little is known"}
    assert undevolved["candidate"].all()
    assert (undevolved["readiness"] >= undevolved["readiness_low"]).all()
    assert (undevolved["readiness"] <= undevolved["readiness_high"]).all()


def test_what_has_passed_on_is_listed_apart_with_what_depends_on_it(today):
    passed = today.sites[today.sites["devolved"] == "yes"]
    assert len(today.fragility) == len(passed) == 23
    assert not passed["candidate"].any()
    assert set(passed["quadrant"]) == {"already run locally"}
    assert passed[["impact", "readiness"]].isna().all(axis=None)
    truro = today.fragility.iloc[0]
    assert truro["name"] == "Truro Community Library"
    assert truro["people_only_here"] == today.dependence["people_only_here"].max()
    assert not any("safe" in name for name in reference_table("devolution_quadrants").index)


def test_pairs_of_candidates_are_ranked_among_the_candidates_only(today):
    assert len(today.closures) == 15  # 4 candidates: 4 + 6 + 4 + 1
    pair = today.closures[today.closures["closures"] == 2].iloc[0]
    assert pair["closed"] == "Bodmin Library & Information Service + Callington Library & Information Service"
    tables = cornwall()
    every = rank_closures(tables.areas, open_sites(tables.assets), most=2)
    same = every[every["closed"] == pair["closed"]].iloc[0]
    assert same["harm"] == pytest.approx(pair["harm"])


def test_in_2016_nobody_knew_what_became_known_later():
    tables = cornwall()
    settings = DevolutionSettings(as_of=2016, programme="programme_2016", closures=1, draws=10)
    answers = read_answers(FOLDER / "site_answers.csv")
    review = review_devolution(tables.areas, tables.assets, answers=answers, settings=settings)
    sites = review.sites.set_index("town")
    assert (sites.at["Looe", "interest"], sites.at["Looe", "receiver"]) == ("unknown", None)
    assert sites.at["Falmouth", "interest"] == "yes"
    note = next(note for note in review.notes if note.code == "ANSWERS_LATER")
    assert note.sentence.startswith("27 rows of answers have a date after 2016 or none")


def test_addresses_that_are_known_to_be_old_are_flagged(today):
    note = next(note for note in today.notes if note.code == "ADDRESS_DOUBTFUL")
    assert "3 sites" in note.sentence
    assert "Redruth Library & Information Service" in note.sentence
    redruth = today.sites[today.sites["town"] == "Redruth"].iloc[0]
    assert "measured at its old address, TR15 2QE" in redruth["address_note"]


def test_no_place_in_the_same_building_could_house_a_library(today):
    assert not today.sites["venue_names"].str.contains("St John's Hall").any()
    postcodes = cornwall().assets["postcode"]
    named = cornwall().assets.reset_index().set_index("name")["postcode"]
    for site in today.sites.itertuples():
        for venue in str(site.venue_names).removesuffix(" and 1 more").split("; "):
            assert venue not in named.index or (named[[venue]] != postcodes[site.Index]).all(), site.name


def test_every_combination_of_the_29():
    tables = cornwall()
    sites = sites_as_of(tables.assets, year=2016, programme="programme_2016")
    table = rank_closures(tables.areas, sites)
    assert len(table) == 27_840
    assert table["closures"].value_counts().to_dict() == {1: 29, 2: 406, 3: 3654, 4: 23_751}
    assert table["harm"].is_monotonic_increasing
    assert table["harm"].min() > 0
    assert table["people_further"].max() <= PEOPLE


@pytest.mark.parametrize("town", ["Bude", "Truro", "St Ives", "St Just in Penwith"])
def test_closing_a_library_harms_and_helps_nobody(today, town):
    tables = cornwall()
    sites = sites_of_type(tables.assets)
    after = apply_changes(sites, parse_changes({"close": [town]}, tables.assets))
    result = compare_scenario(tables.areas, sites, after)
    people = result.people.loc["everyone"]
    assert (result.areas["cost_change"] >= 0).all()
    assert people["people_nearer"] == 0
    nearest = today.sites.set_index("town").at[town, "people_nearest"]
    assert people["people_further"] == nearest
    assert result.sites.set_index("name")["people_nearest_after"].sum() == PEOPLE


def test_the_scenario_of_the_guide():
    tables = cornwall()
    edits = {
        "close": ["St Ives"],
        "devolve": ["Bodmin:Bodmin Town Council"],
        "move": ["Redruth:TR15 2AT"],
        "hours": ["Looe:10"],
        "open": ["PL26 7YE"],
    }
    changes = parse_changes(edits, tables.assets, postcodes=tables.postcodes)
    assert [change.name.split(" ")[0] for change in changes] == ["St.", "Bodmin", "Redruth", "Looe", "New"]
    sites = sites_of_type(tables.assets)
    result = compare_scenario(tables.areas, sites, apply_changes(sites, changes))
    people = result.people.loc["everyone"]
    assert (people["people_further"], people["people_nearer"]) == (24_412, 46_197)
    assert result.most_affected["nearest_before"].str.startswith("St. Ives").iloc[:7].all()
    bodmin = result.sites[result.sites["name"].str.startswith("Bodmin")].iloc[0]
    assert (bodmin["control_before"], bodmin["control_after"]) == (1, 3)


def test_names_that_are_not_quite_right():
    assets = cornwall().assets
    for words, message in (
        ("St Ivse", "no site 'St Ivse'. The nearest names are: 'St. Ives Library & Information Service'"),
        ("Fowey", r"already closed \(since 2019\)"),
        ("Bodmn", "nearest names are: 'Bodmin Library"),
    ):
        with pytest.raises(InputError, match=message):
            parse_changes({"close": [words]}, assets)


def test_keeping_all_but_one_loses_the_least_harmful_one():
    tables = cornwall()
    sites = open_sites(tables.assets)
    nothing_yet = tables.assets[tables.assets["asset_type"] != "library"]
    kept = suggest_sites(tables.areas, nothing_yet, sites, sites=26, weight="need")
    least = rank_closures(tables.areas, sites, most=1).iloc[0]
    assert set(sites.index) - set(kept.index) == {least["asset_ids"]}
