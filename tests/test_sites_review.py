"""The devolution review: use, isolation, capacity, conditions, scores, and what is not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import described
import oracles_devolution as oracles
from assetmap.groups.rate import estimate_unregistered
from assetmap.read.answers import read_answers
from assetmap.schema import InputError, SchemaError, reference_table
from assetmap.sites.break_even import break_even, break_even_by_site
from assetmap.sites.review import (
    DevolutionSettings,
    blank_answers,
    evidence_tables,
    review_devolution,
)
from assetmap.sites.sites import control_of, open_sites, operator_type_of, sites_as_of
from assetmap.sites.weighting import check_weights, percentile_scores, rank_sensitivity, weighted_scores
from devolution_town import make_town

QUESTIONS = list(reference_table("conditions_checklist").index)
SMALL = DevolutionSettings(run_by="anyone", near_m=500, limit_m=1500, beyond_m=(1000, 2000), draws=200)


@pytest.fixture(scope="module")
def town():
    return make_town()


@pytest.fixture(scope="module")
def review(town):
    return review_devolution(*town, settings=SMALL)


def test_every_column_of_a_review_is_in_the_docs(review) -> None:
    columns = set(review.sites.columns) - {"geometry"}
    assert described.missing(columns, described.SECTIONS["review"]) == []


def test_a_review_of_many_sites_says_how_many_closures_are_combined(town, monkeypatch):
    assert "CLOSURES_LIMITED" not in [note.code for note in review_devolution(*town, settings=SMALL).notes]
    monkeypatch.setattr("assetmap.sites.review.largest_size", lambda sites, wanted: 1)
    limited = review_devolution(*town, settings=SMALL)
    (note,) = [note for note in limited.notes if note.code == "CLOSURES_LIMITED"]
    assert f"up to 1 closures were ranked, not {SMALL.closures}" in note.sentence
    assert limited.closures["closed"].str.count(",").max() == 0


def answered(**words):
    sheet = pd.DataFrame([{"site": "West", "receiver": None, **words}]).set_index("site")
    return sheet.reindex(
        columns=["receiver", "receiver_present", "interest", *QUESTIONS], fill_value="unknown"
    )


def test_columns_of_answers_that_are_not_used_are_named(town):
    notes = review_devolution(
        *town, answers=answered(cheer="loud").assign(cheer="loud"), settings=SMALL
    ).notes
    (note,) = [note for note in notes if note.code == "ANSWER_COLUMNS"]
    assert "cheer" in note.sentence
    assert "ANSWER_COLUMNS" not in [
        note.code for note in review_devolution(*town, answers=answered(), settings=SMALL).notes
    ]


def test_where_every_site_has_passed_on_there_are_no_candidates(town):
    areas, assets = town
    passed = assets.assign(operator_type="town_council", operator="Town Council", devolved="yes")
    usual = DevolutionSettings(near_m=500, limit_m=1500, beyond_m=(1000, 2000), draws=200)
    found = review_devolution(areas, passed, settings=usual)
    assert not found.sites["candidate"].any()
    assert "NO_CANDIDATES" in [note.code for note in found.notes]
    assert "NO_CANDIDATES" not in [
        note.code for note in review_devolution(areas, assets, settings=SMALL).notes
    ]


# Use, isolation, capacity


def test_people_over_sites_add_up_to_the_population(town, review):
    assert review.sites["people_nearest"].sum() == town[0]["population"].sum()
    deciles = review.people_by_decile.drop(columns="name")
    assert deciles.sum().sum() == town[0]["population"].sum()
    assert deciles.sum(axis=1).tolist() == review.sites["people_nearest"].tolist()


def test_a_site_counted_by_hand(review):
    west = review.sites.loc["west-library"]
    # A00 (0 m; then Mill, 2,236 m), A01 (1,000 m; then Mill, 1,414 m) and A10 (1,000 m; then North and Mill, 2,000 m)
    assert west["people_nearest"] == 1000 + 1010 + 1040
    assert west["children_nearest"] == 600
    assert west["young_old_share"] == pytest.approx(1500 / 3050)
    extra = (1000 * 5**0.5 * 1000 + 1010 * (2**0.5 - 1) * 1000 + 1040 * 1000) / 3050
    assert west["extra_cost_per_person"] == pytest.approx(extra)
    assert west["people_left_without"] == 1000 + 1040
    assert west["people_beyond_2km"] == 1000
    assert west["next_site"] == "Mill Library"


def test_capacity_counts_groups_and_places_near(town, review):
    west = review.sites.loc["west-library"]
    assert (west["groups_listed_near"], west["groups_registered_near"], west["groups_by_town_only"]) == (
        2,
        1,
        1,
    )
    assert west["people_near"] == 1000
    assert west["groups_listed_per_1000"] == 2
    assert west["venues_near"] == 0
    assert np.isnan(west["unregistered_near"])
    wider = review_devolution(*town, settings=DevolutionSettings(near_m=1000, draws=10)).sites.loc[
        "west-library"
    ]
    assert (wider["venues_near"], wider["venue_names"], wider["people_near"]) == (1, "West Hall", 3050)
    assert wider["groups_listed_near"] == 3  # a hall is of a type that counts as a group as well


def test_the_estimate_is_shared_out_with_its_interval(town):
    estimate = estimate_unregistered(17_200)
    near = review_devolution(*town, estimate=estimate, settings=SMALL).sites.loc["west-library"]
    share = 1000 / town[0]["population"].sum()
    found = near[["unregistered_near", "unregistered_near_low", "unregistered_near_high"]].astype(float)
    assert found.tolist() == pytest.approx(
        [share * value for value in (estimate.estimate, estimate.low, estimate.high)]
    )


def test_a_single_site_has_no_next_one(town):
    areas, assets = town
    one = assets[~assets["name"].isin(["East Library", "North Library", "Hill Library", "Mill Library"])]
    review = review_devolution(areas, one, settings=SMALL)
    west = review.sites.loc["west-library"]
    assert west["people_nearest"] == areas["population"].sum()
    assert np.isnan(west["extra_cost_per_person"])
    assert west["next_site"] is None
    assert review.closures.empty
    assert review.small_areas["cost_if_closed"].isna().all()


# Receiver, conditions, typology


def test_a_devolved_site_has_its_receiver(review):
    sites = review.sites
    assert sites["receiver_present"].tolist() == ["unknown", "yes", "unknown", "unknown", "yes"]
    assert sites["control"].fillna(0).tolist() == [1, 3, 1, 0, 4]
    assert sites.loc["hill-library", "control_label"] == "not known"


def test_conditions_say_what_is_missing_and_what_to_ask(town):
    answers = answered(receiver="West Town Council", receiver_present="yes", money="no", trust="yes")
    west = review_devolution(*town, answers=answers, settings=SMALL).sites.loc["west-library"]
    assert (west["conditions_yes"], west["conditions_no"], west["conditions_unknown"]) == (1, 1, 11)
    assert west["conditions_missing"] == "Money invested in civil society"
    assert "Trust" not in west["conditions_to_ask"]
    assert "Time to act" in west["conditions_to_ask"]
    assert (west["control"], west["control_proposed"]) == (1, 3)
    assert west["control_proposed_label"] == "run by a local council"


def test_typology_covers_every_level_of_the_operator_types():
    levels = set(reference_table("operator_types")["control"]) - {""}
    assert levels == set(reference_table("typology").index)
    assert control_of("unknown")[1] == "not known"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Bodmin Town Council", "town_council"),
        ("Perranzabuloe Parish Council", "parish_council"),
        ("Cornwall Council", "principal_authority"),
        ("council", "principal_authority"),
        ("Real Ideas Organisation CIC", "community_interest_company"),
        ("Precise Ltd of Circus Street", "unknown"),
        ("", "unknown"),
    ],
)
def test_type_of_a_receiver(name, kind):
    assert operator_type_of(name) == kind


def test_answers_about_sites_not_under_review_are_left_aside(town):
    answers = answered(money="yes").rename(index={"West": "Old Library"})
    review = review_devolution(*town, answers=answers, settings=SMALL)
    assert (review.answers[QUESTIONS] == "unknown").all(axis=None)
    note = next(note for note in review.notes if note.code == "ANSWERS_ELSEWHERE")
    assert "1 row" in note.sentence
    assert "'Old Library'" in note.sentence


def test_answers_that_fit_no_site_are_refused(town):
    wrong = pd.concat([answered().rename(index={"West": "Wset"}), answered(), answered()])
    with pytest.raises(InputError, match="no site 'Wset'.*'West' is answered twice"):
        review_devolution(*town, answers=wrong, settings=SMALL)


# Scores


@pytest.mark.slow
def test_unknown_is_never_punished_as_no(town):
    """Whatever is known, one answer not known scores at least as well as that answer no, and at most as well as yes."""
    known = {question: "yes" if number % 2 else "no" for number, question in enumerate(QUESTIONS)}
    for question in ["money", "trust", "key_issues"]:
        found = {
            word: review_devolution(
                *town, answers=answered(**known | {question: word}), settings=SMALL
            ).sites.loc["west-library"]
            for word in ("no", "unknown", "yes")
        }
        assert found["no"]["readiness"] < found["unknown"]["readiness"] < found["yes"]["readiness"]
        assert found["unknown"]["readiness_low"] == pytest.approx(found["no"]["readiness_low"])
        assert found["unknown"]["readiness_high"] == pytest.approx(found["yes"]["readiness_high"])
        assert found["unknown"]["readiness_known_share"] < found["no"]["readiness_known_share"]


def test_all_unknown_is_said_and_not_guessed(town, review):
    west = review.sites.loc["west-library"]
    assert west["conditions_unknown"] == 13
    assert west["readiness_known_share"] == pytest.approx(
        2 / 8
    )  # groups, registered groups and places of 8 weights
    assert not west["quadrant_sure"]
    assert "ANSWERS_UNKNOWN" in [note.code for note in review.notes]


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 1), st.floats(0.1, 5)), min_size=1, max_size=8),
)
@settings(max_examples=80, deadline=None)
def test_weighted_scores_agree_with_the_naive_ones(pairs):
    scores = pd.DataFrame([[np.nan if score is None else score for score, _ in pairs]])
    weights = pd.Series([weight for _, weight in pairs])
    found = weighted_scores(scores, weights).iloc[0]
    score, low, high = oracles.weighted_score([score for score, _ in pairs], weights.tolist())
    assert found["score"] == pytest.approx(np.nan if score is None else score, nan_ok=True)
    assert (found["low"], found["high"]) == pytest.approx((low, high))
    if score is not None:
        assert found["low"] - 1e-9 <= found["score"] <= found["high"] + 1e-9


def test_percentile_scores():
    assert percentile_scores(pd.Series([5.0, np.nan, 1.0, 5.0])).tolist()[::2] == [0.75, 0.0]
    assert percentile_scores(pd.Series([3.0])).tolist() == [0.5]
    assert percentile_scores(pd.Series([2.0, 2.0])).tolist() == [0.5, 0.5]


def test_impact_is_counted_by_hand(review):
    scores = review.scores[list(review.criteria.index[review.criteria["score"] == "impact"])]
    weights = review.criteria.loc[scores.columns, "weight"]
    for asset_id, row in scores.iterrows():
        known = [None if np.isnan(score) else score for score in row]
        assert review.sites.at[asset_id, "impact"] == pytest.approx(
            oracles.weighted_score(known, weights.tolist())[0]
        )
    assert np.isnan(scores.at["hill-library", "hours"])


def test_weights_change_the_order_and_wrong_ones_are_named(town, review):
    heavy = DevolutionSettings(weights={"hours": 1000}, draws=10)
    sites = review_devolution(*town, settings=heavy).sites
    assert sites["impact"].drop("hill-library").idxmax() == "west-library"
    criteria = reference_table("devolution_criteria")
    with pytest.raises(
        InputError, match="there is no criterion 'beauty'.*a weight must be 0 or more: 'need'"
    ):
        check_weights({"beauty": 1, "need": -1}, criteria)
    nothing = dict.fromkeys(criteria.index[criteria["score"] == "impact"], 0.0)
    with pytest.raises(InputError, match="all criteria of impact have weight 0"):
        check_weights(nothing, criteria)


def test_quadrants_follow_both_scores(review):
    table = reference_table("devolution_quadrants")
    judged = review.sites[review.sites["quadrant"] != "too little is known"]
    assert judged.index.tolist() == ["east-library", "mill-library"]
    for row in judged.itertuples():
        expected = table.loc[row.quadrant]
        assert expected["impact"] == ("high" if row.impact >= 0.5 else "low")
        assert expected["readiness"] == ("high" if row.readiness >= 0.5 else "low")


@pytest.mark.slow
def test_a_quarter_known_is_too_little_and_a_full_sheet_is_enough(town):
    full = {"receiver": "West Trust", "receiver_present": "yes", "interest": "yes"} | dict.fromkeys(
        QUESTIONS, "yes"
    )
    for words, quadrant, sure in (
        ({}, "too little is known", False),
        (full, "ready to pass on", True),
        (dict.fromkeys(full, "no") | {"receiver": None}, "build up a receiver first", True),
    ):
        west = review_devolution(*town, answers=answered(**words), settings=SMALL).sites.loc["west-library"]
        assert west["impact"] < 0.5
        assert (west["quadrant"], west["quadrant_sure"]) == (quadrant, sure)


# Rank stability


def test_a_site_that_is_first_in_everything_stays_first():
    scores = pd.DataFrame({"a": [1.0, 0.5, 0.0], "b": [1.0, 0.0, 0.5]}, index=["x", "y", "z"])
    table = rank_sensitivity(scores, {"a": "a", "b": "b"}, first=1)
    assert table["first_share"].tolist() == [1, 0, 0]
    assert table.loc["x", ["rank_best", "rank_worst"]].tolist() == [1, 1]
    assert table.loc["y", ["rank_best", "rank_worst"]].tolist() == [2, 3]


def test_two_sites_that_are_mirrors_share_the_first_place():
    scores = pd.DataFrame({"a": [1.0, 0.0], "b": [0.0, 1.0]}, index=["x", "y"])
    shares = rank_sensitivity(scores, {"a": "a", "b": "b"}, first=1, draws=5000)["first_share"]
    assert shares.sum() == pytest.approx(1)
    assert shares["x"] == pytest.approx(0.5, abs=0.03)


def test_stability_depends_on_the_seed_only():
    rng = np.random.default_rng(3)
    scores = pd.DataFrame(rng.random((6, 4)), columns=list("abcd"))
    names = {"a": "one", "b": "one", "c": "two", "d": "three"}
    first, again, other = (rank_sensitivity(scores, names, first=2, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
    assert (first["first_share"] - other["first_share"]).abs().max() < 0.05
    shuffled = rank_sensitivity(scores.iloc[::-1], names, first=2, seed=1)
    pd.testing.assert_frame_equal(shuffled.sort_index(), first)


def test_a_site_of_which_nothing_is_known_has_no_rank():
    scores = pd.DataFrame({"a": [1.0, np.nan], "b": [0.2, np.nan]})
    table = rank_sensitivity(scores, {"a": "a", "b": "b"}, first=1, draws=10)
    assert table["first_share"].tolist()[0] == 1
    assert table.loc[1].isna().all()
    with pytest.raises(InputError, match="at least one draw"):
        rank_sensitivity(scores, {"a": "a", "b": "b"}, draws=0)


# Sites


def test_sites_as_of_an_earlier_year(town):
    assets = town[1].assign(
        operator_2016=["council", None, "council", None, None, "council", None, None, None, None]
    )
    sites = sites_as_of(assets, year=2016)
    assert len(sites) == 6
    assert sites.at["old-library", "status"] == "open"
    assert sites.at["east-library", "operator_type"] == "principal_authority"  # devolved in 2018
    assert sites.at["mill-library", "operator_type"] == "unknown"  # devolved, nobody knows when
    assert sites.at["hill-library", "operator_type"] == "unknown"
    assert sites_as_of(assets, year=2019).index.tolist() == open_sites(assets).index.tolist()
    with pytest.raises(InputError, match="no column 'programme_2016'"):
        sites_as_of(assets, year=2016, programme="programme_2016")
    with pytest.raises(InputError, match="give 'as_of' with it"):
        review_devolution(*town, settings=DevolutionSettings(programme="x"))


def test_sites_that_cannot_be_reviewed_are_named(town):
    areas, assets = town
    with pytest.raises(InputError, match="There are no open assets of type 'museum'"):
        review_devolution(areas, assets, settings=DevolutionSettings(asset_type="museum"))
    asleep = assets.assign(status="unknown")
    asleep.loc["old-library", "status"] = "closed"
    with pytest.raises(
        InputError,
        match=r"None of the 6 assets of type 'library' is known to be open \(5 unknown, 1 closed\)",
    ):
        review_devolution(areas, asleep)
    lost = assets.copy()
    lost.loc["west-library", "geometry"] = None
    without = review_devolution(areas, lost)
    assert "West Library" not in without.sites["name"].tolist()
    said = next(note.sentence for note in without.notes if note.code == "SITES_NOT_PLACED")
    assert said.startswith("1 site has no location that could be found and is not in this review")
    assert "'West Library'" in said
    lost["geometry"] = None
    with pytest.raises(InputError, match="None of the .* open assets of type 'library' has a location"):
        review_devolution(areas, lost)
    with pytest.raises(SchemaError, match="area_code"):
        review_devolution(areas.reset_index(), assets)


def test_inputs_stay_as_they_are_and_row_order_is_irrelevant(town, review):
    areas, assets = town
    copies = areas.copy(), assets.copy()
    other = review_devolution(areas.iloc[::-1], assets, settings=SMALL)
    pd.testing.assert_frame_equal(areas, copies[0])
    pd.testing.assert_frame_equal(assets, copies[1])
    columns = ["people_nearest", "impact", "readiness", "impact_first_share"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(other.sites[columns]), pd.DataFrame(review.sites[columns]), check_exact=False, rtol=1e-12
    )


def test_moving_everything_changes_nothing(town, review):
    areas, assets = (table.set_geometry(table.geometry.translate(3000, -2000)) for table in town)
    moved = review_devolution(areas, assets, settings=SMALL)
    for table in ("sites", "small_areas", "dependence", "closures"):
        ours, theirs = (
            pd.DataFrame(getattr(each, table)).drop(columns="geometry", errors="ignore")
            for each in (review, moved)
        )
        pd.testing.assert_frame_equal(ours, theirs, check_exact=False, rtol=1e-6)


def test_splitting_an_area_keeps_the_totals(town, review):
    areas, assets = town
    half = areas.loc[["A21"]].rename(index={"A21": "A21b"})
    counts = ["population", "children_0_15", "older_60_plus"]
    split = pd.concat([areas, half])
    split.index.name = "area_code"
    split[counts] = split[counts].astype(float)
    split.loc[["A21", "A21b"], counts] = split.loc[["A21", "A21b"], counts] / 2
    parts = review_devolution(split, assets, settings=SMALL)
    columns = [
        "people_nearest",
        "extra_cost_per_person",
        "people_left_without",
        "impact",
        "readiness",
        "need_mean",
    ]
    pd.testing.assert_frame_equal(pd.DataFrame(parts.sites[columns]), pd.DataFrame(review.sites[columns]))
    ours, theirs = (each.closures.set_index("asset_ids")["harm"].sort_index() for each in (review, parts))
    pd.testing.assert_series_equal(ours, theirs)


def test_sensitive_places_are_neither_reviewed_nor_named(town):
    areas, assets = town
    hidden = assets.assign(sensitive=assets["name"] == "West Hall")
    near = review_devolution(areas, hidden, settings=DevolutionSettings(near_m=1000, draws=2)).sites
    assert near.at["west-library", "venues_near"] == 0
    assert near.at["west-library", "venue_names"] == ""
    with pytest.raises(InputError, match="5 of the open assets of type 'library' are sensitive"):
        review_devolution(areas, assets.assign(sensitive=True))


# Answers, evidence, costs


def test_the_blank_sheet_is_read_back_as_unknown(tmp_path, town):
    sheet = blank_answers(open_sites(town[1]))
    sheet.to_csv(tmp_path / "answers.csv")
    answers = read_answers(tmp_path / "answers.csv")
    assert answers.index.tolist() == sheet.index.tolist()
    assert (answers[["receiver_present", "interest", *QUESTIONS]] == "unknown").all(axis=None)
    assert answers["receiver"].isna().all()
    assert len(QUESTIONS) == 13


def test_answers_are_understood_and_wrong_ones_named_at_once(tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text(
        "Site,money,trust,Receiver_present,receiver\nWest,Y, No ,?,West Town Council\nEast,,unknown,TRUE,\n"
    )
    answers = read_answers(file)
    assert answers[["money", "trust"]].to_numpy().tolist() == [["yes", "no"], ["unknown", "unknown"]]
    assert answers["receiver_present"].tolist() == ["unknown", "yes"]
    file.write_text("site,money,trust\nWest,maybe,yes\nwest,yes,perhaps\n,no,no\n")
    with pytest.raises(InputError) as caught:
        read_answers(file)
    for words in (
        "1 row has no site, first row 4",
        "1 duplicate site, first 'west' (row 3)",
        "'maybe' (row 2)",
        "'perhaps' (row 3)",
    ):
        assert words in str(caught.value)
    file.write_text("money\nyes\n")
    with pytest.raises(InputError, match="needs a column 'site'"):
        read_answers(file)


def test_evidence_tables_cover_areas_and_sites(town, review):
    tables = evidence_tables(review)
    assert set(tables) == {
        *("sites", "small_areas", "people_by_decile", "dependence", "criteria", "scores", "answers"),
        *("fragility", "closures", "closures_front"),
    }
    areas = tables["small_areas"]
    assert areas.index.equals(town[0].index)
    assert (areas["cost_if_closed"] >= areas["cost_nearest"]).all()
    assert areas["children_share"].iloc[0] == 0.2
    assert len(tables["closures"]) == 30


def test_break_even():
    assert break_even(130_000, 10_000).people == 13
    assert break_even(130_001, 10_000).people == 14
    assert break_even(0, 10_000).people == 0
    assert break_even(0.3, 0.1).people == 3
    text = break_even(130_000, 10_000, years=2).text
    assert "£130,000 over 2 years" in text
    assert "keeps 13 people out of services that cost £10,000 per person over 2 years" in text
    for spending, saving in ((-1, 1), (1, 0), (float("nan"), 1), (1, float("inf"))):
        with pytest.raises(InputError, match="Break-even needs"):
            break_even(spending, saving)


def test_break_even_of_sites(review):
    sites = review.sites.assign(annual_cost_gbp=[20_000, None, 5_000, 0, 25_000])
    table = break_even_by_site(sites, 10_000)
    twice = break_even_by_site(sites, 10_000, years=2)
    assert twice["people_to_break_even"].tolist()[0::2] == [4, 1, 5]
    assert set(twice["years"]) == {2}
    assert table["people_to_break_even"].tolist()[0::2] == [2, 1, 3]
    assert np.isnan(table.at["east-library", "people_to_break_even"])
    assert table.at["west-library", "break_even_share"] == pytest.approx(2 / 3050)
    with pytest.raises(InputError, match="no column 'annual_cost_gbp'"):
        break_even_by_site(review.sites, 10_000)
