"""From a need in words to places, a sheet, and counts of what nobody could offer."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.project.people.asked import REQUESTS_NAME, count_request, unmet_requests
from assetmap.project.people.find import Found, find_for_person, write_referral
from assetmap.project.people.request import read_request
from assetmap.schema import InputError, reference_table
from assetmap.show.referral.sheet import far_words, referral_html

WORDS = "lonely, 78, no car, Tuesday, zorbing"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> am.Project:
    """The town for internal use, with a telephone number and a guarded place."""
    folder = tmp_path_factory.mktemp("town")
    for file in am.example_project("town").folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = folder / "assetmap.toml"
    text = config.read_text(encoding="utf-8").replace("publish = ", 'audience = "internal"\npublish = ')
    config.write_text(text, encoding="utf-8")
    groups = (folder / "groups.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{groups[0]},phone", *(f"{row}," for row in groups[1:])]
    rows.append("Women's Refuge Tea,lunch_club,QF5 1AA,open,no,,Tea,Tuesday,free,yes,drop in,01632 960002")
    rows = [re.sub(r"^(Quillford Over Sixties.*),$", r"\1,01632 960001", row) for row in rows]
    (folder / "groups.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return am.open_project(folder)


@pytest.fixture(scope="module")
def found(town: am.Project) -> Found:
    return find_for_person(town, "qf51ag", read_request(WORDS))


def test_every_theme_has_types_and_no_word_means_two_things() -> None:
    table = reference_table("need_themes")
    types = set(reference_table("asset_types").index)
    assert set("|".join(table["asset_types"]).split("|")) <= types
    words = "|".join(table["words"]).split("|")
    assert len(words) == len(set(words)) > 200
    for theme, row in table.iterrows():
        for word in row["words"].split("|"):
            read = read_request(word)
            assert theme in read.themes or read.free or read.step_free, word


def test_each_word_is_read_used_or_named() -> None:
    read = read_request(WORDS)
    assert (read.themes, read.days, read.no_car, read.step_free, read.free) == (
        ("company",),
        (1,),
        True,
        False,
        False,
    )
    assert read.unknown == ("zorbing",)
    assert {phrase for phrase, _ in read.read} == {"lonely", "78", "no car", "tuesday"}
    assert "78" not in read.sentence


@pytest.mark.parametrize(
    ("words", "themes", "unknown"),
    [
        ("She has dementia and her daughter cares for her", ("memory", "carers"), ()),
        ("low mood; hot meal", ("mood", "food"), ()),
        ("a warm place on Monday afternoons, wheelchair user", ("warmth",), ()),
        ("aged 81, in debt, cannot pay bills", ("money",), ()),
        ("xyzzy", (), ("xyzzy",)),
        ("Memory Café, unig, самотній", ("memory",), ("unig", "самотній")),
        ("just no one to talk to; deaf", ("company", "recovery"), ()),
        ("", (), ()),
    ],
)
def test_phrases_as_people_say_them(words: str, themes: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    read = read_request(words)
    assert (read.themes, read.unknown) == (themes, unknown)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("any day except Mondays or Tuesdays", (2, 3, 4, 5, 6)),
        ("Wednesday but not Thursday", (2,)),
        ("not weekends, gave up driving", (0, 1, 2, 3, 4)),
    ],
)
def test_days_on_which_somebody_cannot_come_are_left_out(words: str, days: tuple[int, ...]) -> None:
    read = read_request(words)
    assert read.days == days
    assert read.no_car == ("driving" in words)
    assert any(said.startswith("not on ") for _, said in read.read)


def test_choices_of_a_person_replace_the_words() -> None:
    read = read_request(WORDS, themes=["food"], open_on=["friday"], drop_in=True)
    assert (read.themes, read.days, read.drop_in, read.asset_types[0]) == (("food",), (4,), True, "food_bank")
    assert read_request("lonely", asset_types=["library"]).asset_types == ("library",)
    for wrong in ({"themes": ["fun"]}, {"asset_types": ["fun"]}, {"open_on": ["someday"]}):
        with pytest.raises(InputError, match=r"fun|someday"):
            read_request(**wrong)


@pytest.mark.slow
def test_what_fits_comes_first_and_what_is_not_known_is_said(found: Found) -> None:
    table = found.table
    assert table["name"].iloc[0] == "Quillford Over Sixties"
    assert table["fits"].tolist() == ["yes"] + ["perhaps"] * (len(table) - 1)
    assert set(table["not_known"].iloc[1:]) == {"days"}
    assert "Quillford Choral Society" not in set(table["name"])  # Thursdays
    assert found.left_out == 6  # two on other days, four too far without a car
    assert len(found.ways) == 2
    assert (table[["walk_minutes", "bus_minutes"]].min(axis=1) <= 45).all()
    assert found.ward == "Quillford 002"


@pytest.mark.slow
def test_contacts_are_for_an_internal_audience_only(town: am.Project, found: Found) -> None:
    assert not found.table["name"].str.contains("Refuge").any()  # guarded: not even for an internal audience
    assert found.table["phone"].iloc[0] == "01632 960001"
    assert "01632 960001" in referral_html(found)
    config = town.settings.model_dump(mode="json") | {"roads": None, "timetable": None}
    config["access"]["distance"], config["project"]["audience"] = "straight", "public"
    public = replace(town, settings=type(town.settings).model_validate(config))
    shown = find_for_person(public, "QF5 1AB", read_request(WORDS))
    assert "phone" not in shown.table
    assert "01632" not in referral_html(shown)
    assert "Who to ask" not in referral_html(shown)
    assert shown.ways == ()
    assert "km in a straight line" in referral_html(shown)


@pytest.mark.slow
def test_cost_steps_and_booking(town: am.Project) -> None:
    request = read_request("food", free=True, step_free=True, drop_in=True)
    table = find_for_person(town, "QF5 1AB", request).table
    assert table["name"].tolist() == ["Quillford Food Bank"]
    with pytest.raises(InputError, match=r"xyzzy.*company"):
        find_for_person(town, "QF5 1AB", read_request("xyzzy"))


def test_how_far_names_what_is_known() -> None:
    row = {"walk_minutes": 22.4, "bus_minutes": 16.3, "distance_km": 1.7}
    assert re.findall(r"\d+", far_words(row)) == ["22", "16"]
    assert re.findall(r"\d+", far_words(row | {"walk_minutes": 5.0})) == ["5"]
    unknown = row | {"walk_minutes": float("nan"), "bus_minutes": float("inf")}
    assert "1.7 km" in far_words(unknown)


@pytest.mark.slow
def test_the_sheet_holds_nothing_of_the_person(found: Found, tmp_path: Path) -> None:
    page = write_referral(found, tmp_path / "sheet.html").read_text(encoding="utf-8")
    paper = write_referral(found, tmp_path / "sheet.docx")
    with zipfile.ZipFile(paper) as parts:
        text = re.sub(r"<[^>]+>", " ", parts.read("word/document.xml").decode())
        assert any(name.endswith(".png") for name in parts.namelist())
    for said in (page, text):
        assert "Quillford Over Sixties" in said
        assert not re.search(r"78|QF5 1AG|qf51ag", re.sub(r'src="[^"]*"|sha256-\S+', "", said))
    assert page.count("<h2") == 2
    assert paper.read_bytes() == write_referral(found, tmp_path / "again.docx").read_bytes()
    with pytest.raises(InputError, match=r"\.html or \.docx"):
        write_referral(found, tmp_path / "sheet.pdf")


def test_names_on_the_sheet_are_text(found: Found) -> None:
    bad = replace(found, table=found.table.assign(name="<b>{{ 7*7 }} $x$</b>", cost="<script>"))
    page = referral_html(bad)
    assert "<script" not in page
    assert "&lt;b&gt;{{ 7*7 }}" in page
    empty = referral_html(replace(found, table=found.table.head(0), points=found.points.head(0)))
    assert "<img" not in empty


def test_unmet_needs_are_counted_with_consent_and_nothing_else(town: am.Project, found: Found) -> None:
    nothing = replace(found, table=found.table.head(0))
    assert count_request(town, nothing, consent=False, month="2026-10") is None
    assert count_request(town, found, consent=True, month="2026-10") is None  # something fits
    assert not (town.folder / REQUESTS_NAME).exists()
    for _ in range(4):
        count_request(town, nothing, consent=True, month="2026-10")
    shown = unmet_requests(town)
    assert shown["count"].tolist() == ["fewer than 5"]
    count_request(town, nothing, consent=True, month="2026-10")
    count_request(town, nothing, consent=True, month="2026-11")
    assert unmet_requests(town)["count"].to_dict() == {
        ("company", "Quillford 002", "2026-10"): "5",
        ("company", "Quillford 002", "2026-11"): "fewer than 5",
    }
    text = (town.folder / REQUESTS_NAME).read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        "theme,ward,month,count",
        "company,Quillford 002,2026-10,5",
        "company,Quillford 002,2026-11,1",
    ]
    with pytest.raises(InputError, match="2026-13"):
        count_request(town, nothing, consent=True, month="2026-13")


def test_a_spoilt_file_of_counts_is_refused(town: am.Project, tmp_path: Path) -> None:
    other = replace(town, folder=tmp_path)
    (tmp_path / REQUESTS_NAME).write_text("theme,ward,month,count\nfood,A,2026-01,many\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"requests\.csv"):
        unmet_requests(other)


def test_the_ward_is_taken_where_postcodes_name_it(town: am.Project) -> None:
    from assetmap.project.people.find import _ward

    areas = am.read_areas(town.folder / "areas.gpkg")
    home = pd.Series({"area_code": "E01900005", "ward_code": "E05000001"})
    assert _ward(home, areas) == "E05000001"
    assert _ward(pd.Series({"area_code": None}), areas) == "not known"


def test_the_commands(town: am.Project) -> None:
    runner = CliRunner()
    read = runner.invoke(app, ["near", "QF5 1AB", "--for", WORDS, "--reading", "--json"])
    assert json.loads(read.stdout)["unknown"] == ["zorbing"]
    bad = runner.invoke(app, ["near", "QF5 1AB", "--for", WORDS, "--offers", "minibus"])
    assert bad.exit_code != 0
    empty = runner.invoke(app, ["requests", str(am.example_project("town").folder), "--json"])
    assert json.loads(empty.stdout) == []


def test_break_even_names_its_period_and_its_assumption() -> None:
    runner = CliRunner()
    said = runner.invoke(app, ["break-even", "130000", "10000", "--years", "2"]).stdout
    assert re.findall(r"\d[\d,]*", said) == ["130,000", "2", "13", "10,000", "2"]
    record = json.loads(runner.invoke(app, ["break-even", "50000", "7000", "--json"]).stdout)
    assert (record["people"], record["years"]) == (8, 1.0)
    assert runner.invoke(app, ["break-even", "1", "0"]).exit_code != 0
