"""Options in assetmap.toml: read, written with every comment kept, taken out, and chosen."""

from __future__ import annotations

import pytest

from assetmap.project.folder import open_project
from assetmap.project.options import choose_options, read_options, remove_option, write_option
from assetmap.schema import InputError, Option
from evidence_town import make_town_project

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
