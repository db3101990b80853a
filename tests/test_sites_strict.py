"""Names, figures, receivers and years of a review: what is nearly right is refused with what to write instead."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetmap.read.answers import read_answers
from assetmap.schema import InputError, reference_table
from assetmap.sites.answers import blank_answers
from assetmap.sites.candidates import find_candidates
from assetmap.sites.changes import parse_changes
from assetmap.sites.facts import read_sum
from assetmap.sites.kinds import site_kind
from assetmap.sites.names import find_site
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.sites import open_sites, sites_as_of
from conftest import make_assets
from devolution_town import make_postcodes, make_town

QUICK = DevolutionSettings(near_m=500, limit_m=1500, closures=1, draws=5)


@pytest.fixture(scope="module")
def town():
    return make_town()


def named(names, *, asset_type="library", towns=None):
    sites = make_assets({name: (number, 0) for number, name in enumerate(names)}, asset_type=asset_type)
    return sites.assign(town=towns or [name.split()[0] for name in names])


def answers_of(**words):
    sheet = pd.DataFrame([{"site": "West", "receiver": None, **words}]).set_index("site")
    columns = ["receiver", "receiver_present", "interest", *reference_table("conditions_checklist").index]
    return sheet.reindex(columns=columns, fill_value="unknown")


# Names


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Launceston", "Launceston Youth and Community Centre"),
        ("Launceston community centre", "Launceston Youth and Community Centre"),
        ("Launceston Library", None),
        ("Launceston Library & Information Service", None),
        ("Saltash Hall", None),
    ],
)
def test_a_name_with_a_word_of_another_kind_of_site_is_not_guessed(words, found):
    sites = named(["Launceston Youth and Community Centre", "Saltash Centre"], asset_type="community_centre")
    if found:
        assert sites.at[find_site(sites, words), "name"] == found
    else:
        with pytest.raises(InputError, match="nearest names are: "):
            find_site(sites, words)


@pytest.mark.parametrize(
    "words", ["Par Micro", "Par Community Micro", "Par Information Service", "Bodmin Micro"]
)
def test_a_general_word_that_is_typed_must_be_in_the_name(words):
    sites = named(["Par Community Library", "Bodmin Library & Information Service"])
    for right in ("Par", "Par Library", "par community", "Bodmin library and information service"):
        assert find_site(sites, right) == find_site(sites, right.split()[0])
    with pytest.raises(InputError, match=f"no site '{words}'.*'Par Community Library'"):
        find_site(sites, words)


def test_answers_about_a_library_are_no_answers_about_a_centre(town):
    areas, assets = town
    centre = named(["West Youth and Community Centre"], asset_type="community_centre")
    both = pd.concat([assets, centre])
    both.index.name = "asset_id"
    answers = answers_of(receiver="West Trust", receiver_present="yes", interest="yes").rename(
        index={"West": "West Library"}
    )
    review = review_devolution(
        areas, both, answers=answers, settings=DevolutionSettings(asset_type="community_centre", draws=5)
    )
    assert review.sites["interest"].tolist() == ["unknown"]
    assert [note.code for note in review.notes if "ANSWERS_E" in note.code] == ["ANSWERS_ELSEWHERE"]


# Figures


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ("£85,000", 85_000), ("85k", 85_000), ("£1.2m", 1_200_000), ("64000", 64_000), ("GBP 9,500.50", 9_500.5),
        ("12,000 a year", 12_000), (7.5, 7.5), ("0", 0), ("85 000", None), ("8,5000", None), ("about 85", None),
        ("-500", None), ("£-500", None), ("(500)", None), ("12-14k", None), ("1e5", None),
    ],
)  # fmt: skip
def test_sums_as_people_write_them(cell, pounds):
    if pounds is None:
        with pytest.raises(ValueError, match="is not a sum|is below 0"):
            read_sum(cell)
    else:
        assert read_sum(cell) == pytest.approx(pounds)


@given(st.integers(0, 10**9))
def test_a_sum_with_commas_and_a_pound_sign_is_the_sum(pounds):
    assert read_sum(f"£{pounds:,}") == read_sum(str(pounds)) == pounds


def test_what_is_empty_is_not_known_and_not_nothing():
    assert all(np.isnan(read_sum(cell)) for cell in (None, "", " - ", "unknown", float("nan"), "n/a"))


def test_figures_that_cannot_be_used_are_all_named(town):
    assets = town[1]
    wrong = assets.assign(annual_cost_gbp="85k", backlog_gbp="")
    wrong.loc["west-library", "annual_cost_gbp"] = "-4000"
    wrong.loc["east-library", "annual_cost_gbp"] = "cheap"
    wrong["weekly_hours"] = wrong["weekly_hours"].astype(object)
    wrong.loc["north-library", "weekly_hours"] = 400
    wrong.loc["mill-library", "weekly_hours"] = "Mon-Fri 10-4"
    wrong.loc["hill-library", "weekly_hours"] = -5
    with pytest.raises(InputError) as caught:
        open_sites(wrong)
    for words in (
        "'West Library': annual_cost_gbp '-4000' is below 0",
        "'East Library': annual_cost_gbp 'cheap'",
    ):
        assert words in str(caught.value)
    for cell in ("'400'", "'Mon-Fri 10-4'", "'-5'"):
        assert f"weekly_hours {cell} is not a number of hours" in str(caught.value)
    good = open_sites(assets.assign(annual_cost_gbp=["£85,000", "12k", "", "0", *[None] * 6]))
    assert good["annual_cost_gbp"].tolist()[:2] == [85_000, 12_000]
    assert np.isnan(good["annual_cost_gbp"].iloc[2])


# Receivers


def test_a_receiver_without_a_name_is_an_open_question(town):
    nameless = review_devolution(
        *town, answers=answers_of(receiver_present="yes", interest="yes"), settings=QUICK
    )
    nothing = review_devolution(*town, settings=QUICK)
    west, before = (review.sites.loc["west-library"] for review in (nameless, nothing))
    assert (west["receiver_present"], west["interest"]) == ("unknown", "unknown")
    assert west["readiness"] == before["readiness"]
    assert "Which body is it?" in west["open_question"]
    assert (before["open_question"], nothing.sites.at["east-library", "open_question"]) == ("", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"receiver": "West Trust", "receiver_present": "no"}, "names the receiver 'West Trust' and says that there is none"),
        ({"receiver_present": "no", "interest": "yes"}, "no receiver and that it is interested"),
    ],
)  # fmt: skip
def test_answers_that_contradict_each_other_are_refused(town, words, message):
    with pytest.raises(InputError, match=message):
        review_devolution(*town, answers=answers_of(**words), settings=QUICK)


@pytest.mark.parametrize(
    ("heading", "meant"), [("mony", "money"), ("Reciever", "receiver"), ("intrest", "interest")]
)
def test_a_misspelt_heading_is_refused_with_the_right_one(tmp_path, heading, meant):
    file = tmp_path / "answers.csv"
    file.write_text(f"site,{heading},remark\nWest,yes,x\n")
    with pytest.raises(InputError, match=rf"column '{heading}' .*\(did you mean '{meant}'\?\)"):
        read_answers(file)
    file.write_text("site,remark,date\nWest,x,soon\n")
    with pytest.raises(InputError, match="needs a year, 'soon'"):
        read_answers(file)


def test_the_sheet_to_fill_in_keeps_what_is_known(town, tmp_path):
    answers = answers_of(
        receiver="West Trust", receiver_present="yes", money="no", date="2025", source="minutes"
    )
    review = review_devolution(*town, answers=answers.assign(date="2025", source="minutes"), settings=QUICK)
    sheet = blank_answers(review.sites, review.answers)
    sheet.to_csv(tmp_path / "answers.csv")
    again = review_devolution(*town, answers=read_answers(tmp_path / "answers.csv"), settings=QUICK)
    pd.testing.assert_frame_equal(again.answers, review.answers)
    assert again.sites.at["west-library", "receiver"] == "West Trust"
    assert sheet.loc["West Library", ["money", "date", "source"]].tolist() == ["no", "2025", "minutes"]
    assert sheet.loc["Hill Library", "money"] == "unknown"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("West:Tesco plc", "cannot be devolved to 'Tesco plc'"),
        ("West:County Council", "is run by 'County Council' already"),
        ("West:Other Council", "reads as 'Principal council"),
        ("East:East Town Council", "already"),
    ],
)
def test_what_is_no_devolution_is_refused(town, words, message):
    with pytest.raises(InputError, match=message):
        parse_changes({"devolve": [words]}, town[1])
    assert (
        parse_changes({"devolve": ["West:Friends of the West"]}, town[1])[0].receiver == "Friends of the West"
    )


def test_a_move_to_where_it_is_is_refused(town):
    assets = town[1].copy()
    with pytest.raises(InputError, match="'Mill Library' is at TR1 1AB already"):
        parse_changes({"move": ["Mill:TR1 1AB"]}, assets, postcodes=make_postcodes())
    assert parse_changes({"move": ["Mill:TR1 1AA"]}, assets, postcodes=make_postcodes())


def test_a_year_to_come_is_refused(town):
    with pytest.raises(InputError, match="give a year from 1850"):
        sites_as_of(town[1], year=datetime.date.today().year + 1)


def test_what_a_review_does_not_use_is_named(town):
    areas, assets = town
    answers = answers_of(receiver="West Trust", receiver_present="yes").assign(officer="Jo")
    local = assets[assets["devolved"].eq("yes") | assets["asset_type"].ne("library")]
    settings = DevolutionSettings(draws=5, closures=1)
    review = review_devolution(areas, assets, answers=answers, settings=settings)
    assert "'officer'" in next(note for note in review.notes if note.code == "ANSWER_COLUMNS").sentence
    nobody = review_devolution(areas, local, settings=settings)
    assert "NO_CANDIDATES" in [note.code for note in nobody.notes]
    assert nobody.closures.empty
    assert len(nobody.fragility) == 2


# Candidates and kinds


def test_candidates_by_name_and_by_who_runs_them(town):
    sites = open_sites(town[1])
    assert find_candidates(sites).tolist() == [True, False, True, True, False]
    assert find_candidates(sites, run_by="council").sum() == 2
    assert find_candidates(sites, run_by="anyone").all()
    assert sites.index[find_candidates(sites, names=["Mill", "West"])].tolist() == [
        "west-library",
        "mill-library",
    ]
    assert find_candidates(sites, names=["Mill", "West"], run_by="council").sum() == 1
    with pytest.raises(InputError, match="no site 'Wset'"):
        find_candidates(sites, names=["Wset"])
    with pytest.raises(InputError, match="None of the 5 sites is run by 'nhs_body'"):
        find_candidates(sites, run_by="nhs_body")
    with pytest.raises(InputError, match="Use 'council'"):
        find_candidates(sites, run_by="nobody")


def test_every_kind_of_site_has_its_words_and_its_types():
    types, criteria = reference_table("asset_types"), reference_table("devolution_criteria")
    for name in reference_table("site_types").index.drop("any"):
        kind = site_kind(str(name))
        assert set(kind.types) <= set(types.index)
        assert set(kind.left_out) <= set(criteria.index)
        assert kind.word
        assert kind.duty_source in reference_table("site_types").at[name, "duty_source"]
    assert "library" in site_kind("library").duty
    assert "library" not in site_kind("hall").duty
    assert site_kind("museum").types == ("museum",)


def test_a_list_that_says_of_no_site_whether_it_is_open_is_reviewed_with_a_note(town):
    areas, assets = town
    own = named([f"Centre {letter}" for letter in "ABC"], asset_type="community_centre").assign(
        status="unknown"
    )
    own = own.drop(columns="town")
    review = review_devolution(
        areas, own, settings=DevolutionSettings(asset_type="hall", draws=5, closures=2)
    )
    assert len(review.sites) == 3
    assert review.notes[0].code == "STATUS_UNKNOWN"
    assert len(review.closures) == 6
    assert assets["status"].eq("open").sum() == 9


def test_the_typology_is_in_its_published_order_and_our_scale_agrees():
    forms = reference_table("social_action")
    assert forms["order"].astype(int).tolist() == list(range(1, 10))
    order = dict(zip(forms["label"].str.casefold(), forms["order"].astype(int), strict=True))
    steps = [
        [order[f] for f in cell.split("; ")] for cell in reference_table("typology")["forms_of_social_action"]
    ]
    assert [number for step in steps for number in step] == list(range(1, 10))
    questions = reference_table("conditions_checklist")
    assert questions["number"].astype(int).tolist() == list(range(1, 14))
    assert set(questions["published_for"]) == {"locality"}
    assert "civil society" in questions.at["money", "published_topic"]
