"""A project asked twice is measured once, a changed file is a new question, and an answer changed by its reader stays right."""

from __future__ import annotations

import pytest

import assetmap as am
from assetmap.project import measuring as measure_module
from assetmap.project.remembered import MOST_ANSWERS, forget, remembered


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> am.Project:
    forget()
    file = am.new_project(tmp_path_factory.mktemp("remembered") / "corn")
    text = file.read_text(encoding="utf-8").replace("sensitivity = true", "sensitivity = false")
    file.write_text(text, encoding="utf-8")
    return am.open_project(file)


def test_the_second_question_is_not_measured_again(
    project: am.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    first = am.measure_project(project, progress=said.append)
    monkeypatch.setattr(measure_module, "_measure", lambda *_, **__: pytest.fail("measured again"))
    again: list[str] = []
    second = am.measure_project(project, progress=again.append)
    assert second.areas.equals(first.areas)
    assert again == said


def test_another_measure_takes_the_same_register(
    project: am.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = am.measure_project(project)
    monkeypatch.setattr(measure_module, "make_register", lambda *_: pytest.fail("lists were read again"))
    monkeypatch.setattr(measure_module, "_read_ground", lambda *_: pytest.fail("areas were read again"))
    settings = project.settings.changed(access={"asset_type": "village_hall", "include_unknown": True})
    other = am.measure_project(am.Project(project.folder, settings))
    assert other.assets.equals(first.assets)
    assert not other.areas["distance_m"].equals(first.areas["distance_m"])


def test_a_changed_file_is_read_again(project: am.Project) -> None:
    first = am.measure_project(project)
    file = project.folder / project.settings.assets[0].file
    before = file.read_bytes()
    file.write_bytes(b"".join(before.splitlines(keepends=True)[:-1]))
    try:
        assert len(am.measure_project(project).log) == len(first.log) - 1
    finally:
        file.write_bytes(before)


def test_what_a_reader_changes_stays_with_the_reader(project: am.Project) -> None:
    first = am.measure_project(project)
    before = first.areas["population"].tolist()
    first.areas["population"] = 0
    first.areas.loc[first.areas.index[0], "need"] = -1.0
    first.assets["name"] = "changed"
    first.settings["project"]["title"] = "changed"
    second = am.measure_project(project)
    assert second.areas["population"].tolist() == before
    assert second.areas["need"].ge(0).all()
    assert "changed" not in set(second.assets["name"])
    assert second.settings["project"]["title"] != "changed"


def test_only_the_last_answers_are_kept() -> None:
    forget()
    made: list[int] = []
    for number in [*range(MOST_ANSWERS + 1), MOST_ANSWERS, 0]:
        remembered("numbers", number, lambda number=number: made.append(number) or number)
    assert made == [*range(MOST_ANSWERS + 1), 0]
    remembered("numbers", "large", lambda: made.append(9), keep=lambda _: False)
    remembered("numbers", "large", lambda: made.append(9), keep=lambda _: False)
    assert made[-2:] == [9, 9]
