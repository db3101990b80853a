"""assetmap.toml: every problem at once, each with the line to change."""

from __future__ import annotations

from pathlib import Path

import pytest

import assetmap as am
from assetmap.project.settings import AccessSettings, EstimateSettings, Settings, read_settings

GOOD = """\
[project]
title = "Town"
area_name = "Town"

[areas]
file = "areas.gpkg"
title = "Squares"
date = "2022"
licence = "none"

[need]
file = "need.csv"
title = "Need"
date = "2022"
licence = "none"

[[assets]]
id = "libraries"
file = "libraries.csv"
title = "Libraries"
date = "2022"
licence = "none"
"""


def make(folder: Path, text: str = GOOD) -> Path:
    for name in ("areas.gpkg", "need.csv", "libraries.csv"):
        (folder / name).touch()
    config = folder / "assetmap.toml"
    config.write_text(text, encoding="utf-8")
    return config


def test_defaults_and_inputs(tmp_path: Path) -> None:
    settings = read_settings(make(tmp_path))
    assert list(settings.inputs()) == ["areas", "need", "libraries"]
    assert (settings.estimate.rate, settings.estimate.cv, settings.estimate.level) == (3.66, 0.4, 0.8)
    assert settings.access.asset_type == "library"


def test_every_problem_is_named_with_its_line(tmp_path: Path) -> None:
    text = GOOD.replace('area_name = "Town"', 'areaname = "Town"').replace('"libraries.csv"', '"library.csv"')
    text += '\n[estimate]\nlevel = 1.5\ncv = "much"\n'
    with pytest.raises(am.InputError) as caught:
        read_settings(make(tmp_path, text))
    message = str(caught.value)
    assert "has 5 problems" in message
    assert (
        "line 3: unknown key 'project.areaname'. Known here: title, area_name, audience, linker." in message
    )
    assert "'project.area_name' is missing" in message
    assert "line 25: 'estimate.level' = 1.5: input should be less than or equal to 0.999." in message
    assert "line 26: 'estimate.cv' = 'much'" in message
    assert "line 19: there is no file 'library.csv'" in message


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/hostname"])
def test_files_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "project").mkdir()
    with pytest.raises(am.InputError, match="must lie inside the project's folder"):
        read_settings(make(tmp_path / "project", GOOD.replace("libraries.csv", name)))


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    config = make(folder)
    (tmp_path / "secret.csv").touch()
    (folder / "need.csv").unlink()
    (folder / "need.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(am.InputError, match="'need.csv' leads out of the project's folder"):
        read_settings(config)


def test_two_lists_with_one_id(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[assets]]") :]
    with pytest.raises(am.InputError, match="the id 'libraries' stands for two lists"):
        read_settings(make(tmp_path, f"{GOOD}\n{again}"))


@pytest.mark.parametrize(
    ("text", "message"), [("[project", "is not a TOML file"), ("", "'project' is missing")]
)
def test_what_is_no_project(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(am.InputError, match=message):
        read_settings(make(tmp_path, text))


def test_an_empty_folder_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(am.InputError, match="assetmap new FOLDER"):
        read_settings(tmp_path / "assetmap.toml")


def test_every_key_and_default_is_documented():
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for table, field in Settings.model_fields.items():
        heading = f"[[{table}]]" if table == "assets" else f"[{table}]"
        assert any(f"`{heading}`" in row for row in rows), heading
        for key in getattr(field.annotation, "model_fields", {}):
            assert f"`{key}`" in page, f"{table}.{key}"
    for key, default in {
        **{name: each.default for name, each in AccessSettings.model_fields.items()},
        **{name: each.default for name, each in EstimateSettings.model_fields.items()},
    }.items():
        words = f'`"{default}"`' if isinstance(default, str) else f"{default:g}"
        words = str(default).lower() if isinstance(default, bool) else words
        assert any(f"`{key}` | {words} |" in row for row in rows), (key, words)


def test_travel_that_decides_needs_its_table(tmp_path):
    am.new_project(tmp_path / "p")
    file = tmp_path / "p" / "assetmap.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('# distance = "overland" ', 'distance = "own" ', 1), encoding="utf-8")
    with pytest.raises(am.InputError, match=r"line \d+: distance = .own. needs a table \[travel\]"):
        read_settings(file)


def test_changed_settings_are_checked():
    settings = am.example_project().settings
    changed = settings.changed(access={"distance": "overland", "limit_m": 3_000}, gaps={"need": None})
    assert (changed.access.distance, changed.access.limit_m, changed.gaps.need) == ("overland", 3_000, None)
    assert changed.access.limit_minutes == settings.access.limit_minutes
    assert settings.access.distance == "straight"
    with pytest.raises(am.InputError) as caught:
        settings.changed(access={"distance": "crow", "limit_m": -1}, gaps={"colour": 1})
    for words in (
        "'access.distance' = 'crow': must be one of 'straight', 'overland', 'own'",
        "'access.limit_m' = -1",
        "'gaps.colour'",
    ):
        assert words in str(caught.value)
