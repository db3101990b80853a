"""Lists about social action are put into a project with its comments kept, and nothing unusable is written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import assetmap as am
from assetmap.action.conditions import match_conditions
from assetmap.project.action.writing import add_conditions, name_action_file
from assetmap.project.folder import Project
from assetmap.read.action.conditions import read_conditions
from assetmap.schema import Results
from conftest import quillford_folder


@pytest.fixture
def project(quillford: Results, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path / "town"
    folder.mkdir()
    for file in quillford_folder(tmp_path_factory).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return am.open_project(folder)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch, quillford: Results) -> None:
    """The areas are those of the town; measuring them again for every test would take long."""
    monkeypatch.setattr(
        "assetmap.project.action.writing.measure_project", lambda project, sensitivity: quillford
    )


@pytest.mark.slow
def test_one_more_person_answers(project: Project, quillford: Results) -> None:
    before = (project.folder / "assetmap.toml").read_text(encoding="utf-8")
    now = add_conditions(
        project, ["E01900008"], {"trust": "no", "spaces": "yes"}, who="a nurse", date="2026-04-01"
    )
    assert (project.folder / "assetmap.toml").read_text(encoding="utf-8") == before
    found = match_conditions(quillford.areas, read_conditions(now.folder / "conditions.csv"))
    assert found.areas.at["E01900008", "conditions_people"] == 3
    trust = found.answers.query("area_code == 'E01900008' and question == 'trust'").iloc[0]
    assert (trust["answer"], trust["said_no"], trust["latest"]) == ("people disagree", 2, "2026-04-01")


def test_a_project_without_answers_gets_a_list(project: Project) -> None:
    file = project.folder / "assetmap.toml"
    text = file.read_text(encoding="utf-8")
    start = text.index("[conditions]")
    file.write_text(text[:start] + text[text.index("[grants]") :], encoding="utf-8")
    bare = am.open_project(project.folder)
    with pytest.raises(am.InputError, match=r"has a file 'conditions.csv' that \[conditions\] does not name"):
        add_conditions(bare, ["E01900008"], {"trust": "no"}, who="a nurse", date="2026")
    (project.folder / "conditions.csv").unlink()
    now = add_conditions(bare, ["Quillford 003B", "E01900009"], {"trust": "no"}, who="a nurse", date="2026")
    assert now.settings.conditions is not None
    assert (now.settings.conditions.file, now.settings.conditions.date) == ("conditions.csv", "2026")
    assert "# Quillford: a town that does not exist" in file.read_text(encoding="utf-8")
    assert read_conditions(now.folder / "conditions.csv")["area"].tolist() == ["Quillford 003B; E01900009"]


@pytest.mark.parametrize(
    ("areas", "answers", "who", "date", "message"),
    [
        (["E9"], {"trust": "no"}, "x", "2026", "'E9' .* is not the code or the name of an area"),
        (["E01900008"], {"love": "no"}, "x", "2026", "'love' is not a question"),
        (["E01900008"], {"trust": "perhaps"}, "x", "2026", "'perhaps' is not one of yes, no, unknown"),
        (["E01900008"], {"trust": "no"}, "", "2026", "nobody who answered"),
        (["E01900008"], {"trust": "no"}, "x", "soon", "needs a year"),
    ],
)
def test_what_cannot_be_used_is_not_written(
    project: Project, areas: list[str], answers: dict[str, str], who: str, date: str, message: str
) -> None:
    before = (project.folder / "conditions.csv").read_bytes()
    with pytest.raises(am.InputError, match=message):
        add_conditions(project, areas, answers, who=who, date=date)
    assert (project.folder / "conditions.csv").read_bytes() == before
    assert not [path for path in project.folder.iterdir() if path.name.startswith(".assetmap")]


def test_a_list_of_grants_is_put_in(project: Project, tmp_path: Path) -> None:
    newer = tmp_path / "grants_2026.csv"
    pd.DataFrame({"recipient": ["Choir"], "amount": [10]}).to_csv(newer, index=False)
    now = name_action_file(project, "grants", newer, title="Grants of 2026", date="2026", licence="MIT")
    assert now.settings.grants is not None
    assert (now.settings.grants.file, now.settings.grants.title) == ("grants_2026.csv", "Grants of 2026")
    assert (project.folder / "grants.csv").is_file()
    assert (project.folder / "grants_2026.csv").read_bytes() == newer.read_bytes()
    other = tmp_path / "need.csv"
    other.write_bytes(newer.read_bytes())
    with pytest.raises(am.InputError, match=r"has another file 'need.csv'"):
        name_action_file(now, "grants", other, title="x", date="2026", licence="x")
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="needs a column with the amount"):
        name_action_file(now, "grants", other, title="x", date="2026", licence="x")
    with pytest.raises(am.InputError, match="'halls' is not a table of such files"):
        name_action_file(now, "halls", newer, title="x", date="2026", licence="x")


def test_a_newer_list_replaces_the_earlier_one(project: Project, tmp_path: Path) -> None:
    newer = tmp_path / "grants_2026.csv"
    pd.DataFrame({"recipient": ["Choir"], "amount": [10], "date": ["2026-05-01"]}).to_csv(newer, index=False)
    done = am.place.update_project(project.folder, newer, input_id="grants")
    assert done.said == ("Grants: grants_2026.csv has 1 row; grants.csv had 17.",)
    named = am.open_project(project.folder).settings.grants
    assert named is not None
    assert (named.file, named.title, named.date, named.licence) == (
        "grants_2026.csv",
        "Grants in Quillford (made up)",
        "2026",
        "MIT",
    )
    sheet = tmp_path / "answers.csv"
    sheet.write_text("area,who,date,trust\nE01900008,me,3/2025,yes\n", encoding="utf-8")
    done = am.place.update_project(project.folder, sheet, input_id="conditions")
    assert done.input_id == "conditions"
    assert am.open_project(project.folder).settings.conditions.date == "2025"  # type: ignore[union-attr]
