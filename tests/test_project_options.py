"""Options in assetmap.toml: read, written with every comment kept, taken out, and chosen."""

from __future__ import annotations

import pandas as pd
import pytest

from assetmap.project.folder import open_project
from assetmap.project.options import choose_options, read_options, remove_option, write_option
from assetmap.project.review import review_project
from assetmap.project.verify import verify_evidence
from assetmap.read.evidence import read_evidence
from assetmap.schema import InputError, Option
from evidence_town import CODES, make_town_project

A = Option("A", "Close two", {"close": ("St Ives", "Looe")})
B = Option("B", "Pass one on", {"devolve": ("Bodmin:Bodmin Town Council",), "hours": ("Looe:10",)})


@pytest.fixture
def project(tmp_path):
    return make_town_project(tmp_path / "town")


def text_of(project):
    return (project.folder / "assetmap.toml").read_text(encoding="utf-8")


def test_what_is_written_is_read_and_everything_else_stays(project):
    file = project.folder / "assetmap.toml"
    file.write_text(text_of(project) + "\n# a remark at the end, which must stay\n", encoding="utf-8")
    before = text_of(project)
    written = write_option(write_option(open_project(project.folder), A), B)
    assert read_options(written) == (A, B)
    assert text_of(project).startswith(before)
    lines = text_of(project).splitlines()
    named = text_of(project).replace('title = "Close two"', 'title = "Close two"  # agreed in May')
    file.write_text(named, encoding="utf-8")
    changed = Option("A", "Close two", {"close": ("St Ives",)})
    again = write_option(open_project(project.folder), changed)
    assert read_options(again) == (changed, B)
    assert 'title = "Close two"  # agreed in May' in text_of(project)
    assert len(text_of(project).splitlines()) == len(lines)
    assert read_options(remove_option(again, "a")) == (B,)
    assert read_options(remove_option(open_project(project.folder), "B")) == ()
    assert "[[option]]" not in text_of(project)
    assert "# a remark at the end, which must stay" in text_of(project)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (Option("A", "Nothing", {}), "changes nothing"),
        (Option("Today", "x", {"close": ("x",)}), "cannot have the name 'today'"),
        (Option("", "x", {"close": ("x",)}), "name"),
    ],
)
def test_what_would_not_be_valid_is_not_written(project, option, message):
    before = text_of(project)
    with pytest.raises(InputError, match=message):
        write_option(project, option)
    assert text_of(project) == before


def test_settings_with_wrong_options_say_all_of_it(project):
    file = project.folder / "assetmap.toml"
    words = '\n[[option]]\nname = "A"\ntitle = "x"\nclose = ["y"]\nshut = ["z"]\n'
    file.write_text(text_of(project) + words, encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown key 'option\.1\.shut'"):
        open_project(project.folder)
    twice = '\n[[option]]\nname = "{}"\ntitle = "x"\nclose = ["y"]\n'
    file.write_text(text_of(project).replace(words, twice.format("A") + twice.format("a")), encoding="utf-8")
    with pytest.raises(InputError, match="two options have the name 'a'"):
        open_project(project.folder)


def test_which_options_are_measured(project):
    project = write_option(write_option(project, A), B)
    edits = {"close": ["Looe"], "move": []}
    assert choose_options(project) == (A, B)
    assert choose_options(project, names=["b"]) == (B,)
    mine = Option("Your proposal", "Your proposal", {"close": ("Looe",)})
    assert choose_options(project, edits=edits) == (mine,)
    assert choose_options(project, names=["A", "a"], edits=edits) == (A, mine)
    with pytest.raises(InputError, match="no option 'C'. The options are 'A', 'B'"):
        choose_options(project, names=["C"])
    with pytest.raises(InputError, match="no option 'C'"):
        remove_option(project, "C")


# A whole review with options, a census table, responses and a register of risks


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """The review of a small project that has everything, and what it returned."""
    project = make_town_project(tmp_path_factory.mktemp("decided") / "town")
    folder = project.folder
    write_option(project, Option("A", "Close one", {"close": ("West",)}))
    write_option(
        open_project(folder), Option("B", "Pass one on", {"devolve": ("North:North Parish Council",)})
    )
    rows = [f"2021,x,{code},100,{10 + place},{90 - place}" for place, code in enumerate(CODES)]
    head = "Disability: Total: All usual residents,Disability: Disabled under the Equality Act,Disability: Not disabled"
    (folder / "ts038.csv").write_text(f"date,geography,geography code,{head}\n" + "\n".join(rows) + "\n")
    answers = [
        f"TR1 {place}AA,West,{'against' if place % 3 else 'for'}" for place in range(8) for _ in range(7)
    ]
    (folder / "responses.csv").write_text(
        "postcode,site,view\n" + "\n".join([*answers, "TR2 5AA,North,for"]) + "\n"
    )
    (folder / "option_risks.csv").write_text(
        "option,kind,site,what,effect,date,owner,likelihood,answer,review_date\n"
        "a,risk,West,The roof leaks,It must close at once,2027-05-01,Property,medium,Survey,2028-05-01\n"
    )
    source = 'title = "x"\ndate = "2026"\nlicence = "made up"\n'
    with (folder / "assetmap.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[census]]\nfile = "ts038.csv"\n{source}\n[consultation]\nfile = "responses.csv"\n{source}'
        )
    project = open_project(folder)
    return project, folder / "review", *review_project(project, folder / "review")


@pytest.mark.slow
def test_a_whole_review_has_every_part(decided):
    _, output, _, compared = decided
    page = (output / "devolution.html").read_text(encoding="utf-8")
    for words in (
        "The roof leaks",
        "1 May 2027",
        "What people said",
        "Disabled under the Equality Act",
        "hidden",
    ):
        assert words in page, words
    row = compared.equality.loc[("A", "disabled")]
    further = compared.options[0].scenario.areas["cost_change"] >= 1
    assert row["of"] == 100 * further.sum()
    assert row["number"] == sum(10 + place for place, each in enumerate(further) if each)
    said = compared.responses.set_index(["option", "site", "view"])["responses"]
    assert said["A", "West Library", "total"] == 56
    assert pd.isna(said["B", "North Library", "total"])
    assert "TR1 " not in (output / "option_responses.csv").read_text(encoding="utf-8")
    assert "TR1 1AA" not in page


@pytest.mark.slow
def test_its_evidence_is_made_again_and_keeps_the_responses_to_itself(decided):
    project, output, _, _ = decided
    pack = read_evidence(output / "evidence.zip")
    assert pack.manifest["inputs"]["consultation"]["sha256"].startswith("not published")
    assert pack.manifest["input_files"]["responses.csv"] == "0" * 64
    assert {"tables/option_responses.csv", "tables/option_risks.csv", "tables/option_equality.csv"} <= set(
        pack.tables
    )
    assert verify_evidence(output / "evidence.zip", project).same
