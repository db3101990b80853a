"""Responses to a consultation: added up on reading, hidden where few, and no way back to a person."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assetmap.groups.disclosure import TOTAL, solve_back
from assetmap.project.consultation import _published, add_up_responses
from assetmap.read.responses import read_responses
from assetmap.read.risks import read_risks
from assetmap.schema import InputError, Option
from assetmap.sites.sites import open_sites
from devolution_town import make_town

POSTCODES = pd.DataFrame(
    {"area_code": ["A00", "A01", "A02", None], "easting": 1.0, "northing": 1.0, "live": True},
    index=pd.Index(["TR1 1AA", "TR1 1AB", "TR1 1AC", "TR1 1AD"], name="postcode"),
)


def write(path, rows, head="Post code,Library,View,Weight"):
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def options_of(*changed):
    return [
        SimpleNamespace(option=Option(name, name), changes=pd.DataFrame({"name": list(sites)}))
        for name, *sites in changed
    ]


@pytest.fixture(scope="module")
def town():
    areas, assets = make_town()
    return areas, open_sites(assets)


def test_responses_are_counts_and_no_postcode_is_left(tmp_path):
    rows = [
        "tr11aa,West,Support,",
        "TR1 1AA,West,in favour,20",
        "TR1 1AB,West,No,",
        "ZZ9 9ZZ,West,no,",
        "TR1 1AD,West,unsure,",
    ]
    counts = read_responses(write(tmp_path / "r.csv", rows), postcodes=POSTCODES)
    table = counts.set_index(["view", "area_code"])
    assert table.loc[("for", "A00"), ["responses", "weight"]].tolist() == [2, 21]
    assert table.at[("against", "A01"), "responses"] == 1
    assert (
        table.at[("against", "not found"), "responses"]
        == table.at[("neither", "not found"), "responses"]
        == 1
    )
    assert not counts.astype(str).apply(lambda column: column.str.contains("TR1|ZZ9")).any(axis=None)


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        (["TR1 1AA,West,maybe,"], "postcode,site,view,weight", "column 'view' allows for, against or neither.*'maybe'"),
        (["TR1 1AA,West,for,-3"], "postcode,site,view,weight", "column 'weight' allows a number of 1 or more"),
        (["TR1 1AA,for"], "postcode,view", "no 'site'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_without_a_postcode(tmp_path, rows, head, message):
    with pytest.raises(InputError, match=message) as caught:
        read_responses(write(tmp_path / "r.csv", rows, head), postcodes=POSTCODES)
    assert "TR1" not in str(caught.value)


def made_up(seed=1):
    """Responses about two sites from sixteen areas, many of them few."""
    rng = np.random.default_rng(seed)
    rows = [
        (site, view, f"A{row}{column}", int(rng.integers(0, 9)))
        for site in ("West", "Mill Library")
        for view in ("for", "against", "neither")
        for row in range(3)
        for column in range(4)
    ]
    counts = pd.DataFrame(rows, columns=["site", "view", "area_code", "responses"])
    return counts[counts["responses"] > 0].assign(weight=lambda table: table["responses"] * 2.0)


def test_no_small_count_can_be_worked_out_from_what_is_published(town):
    counts = made_up()
    mine = counts[counts["site"] == "West"]
    published = _published(mine)
    true = mine.pivot_table(
        index="area_code", columns="view", values="responses", aggfunc="sum", fill_value=0
    )
    hidden = solve_back(published).set_index(["row", "column"])
    small = [(area, view) for area in true.index for view in true.columns if 0 < true.at[area, view] < 5]
    assert small
    for cell in small:
        assert np.isnan(published.at[cell])
        assert hidden.at[cell, "low"] <= 1
        assert hidden.at[cell, "high"] >= 4


@pytest.mark.slow
def test_an_option_is_told_only_what_its_sites_publish(town):
    areas, sites = town
    counts = made_up()
    both = options_of(("A", "West Library"), ("B", "West Library", "Mill Library"))
    table, by_area, notes = add_up_responses(counts, areas, both, sites)
    west = table[(table["option"] == "A") & (table["view"] == TOTAL)].iloc[0]
    same = table[
        (table["option"] == "B") & (table["site"] == "West Library") & (table["view"] == TOTAL)
    ].iloc[0]
    assert west["responses"] == same["responses"] == counts.loc[counts["site"] == "West", "responses"].sum()
    published = _published(counts[counts["site"] == "West"])[TOTAL].drop(TOTAL)
    shown = by_area.loc["A", "responses"]
    assert shown.reindex(published.index).equals(published.rename("responses"))
    assert (shown.drop(published.index) == 0).all()
    assert by_area.loc["B", "responses"].isna().sum() >= shown.isna().sum()
    assert any("Nobody answered from 4 areas" in words for words in notes)


def test_a_question_that_hardly_anybody_answered_shows_no_number(town):
    areas, sites = town
    few = pd.DataFrame(
        [("West", "for", "A00", 2, 2.0), ("Mill", "for", "A00", 60, 60.0)], columns=made_up().columns
    )
    table, by_area, notes = add_up_responses(few, areas, options_of(("A", "West Library")), sites)
    assert table.set_index("view")["responses"].loc[["for", "total"]].isna().all()
    assert np.isnan(by_area.at[("A", "A00"), "responses"])
    assert "60 responses to 1 question" in notes[0]
    assert "62" not in " ".join(notes)
    assert "1 more question had too few answers" in notes[0]


def test_a_response_about_a_site_that_there_is_not_is_refused(town):
    areas, sites = town
    with pytest.raises(InputError, match="no site 'Wset'"):
        add_up_responses(made_up().replace({"West": "Wset"}), areas, [], sites)


def test_the_register_of_risks_is_read_strictly(tmp_path):
    file = tmp_path / "risks.csv"
    file.write_text(
        "Option,Kind,Site,What,Date,Review date,Likelihood\nA,risk,West,It stops,2027-03-31,2028-01-01,low\n"
    )
    risks = read_risks(file)
    assert risks.loc[0, ["option", "date", "review_date", "owner"]].tolist() == [
        "A",
        "2027-03-31",
        "2028-01-01",
        "",
    ]
    file.write_text("option,kind,what,date,likelihood\nA,threat,x,31/3/27,often\n")
    with pytest.raises(InputError, match="'threat'.*'often'.*'31/3/27'"):
        read_risks(file)
    file.write_text("option,kind,what,owners\nA,risk,x,me\n")
    with pytest.raises(InputError, match="columns that are not used: 'owners'"):
        read_risks(file)
