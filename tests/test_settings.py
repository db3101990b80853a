"""assetmap.toml: every problem at once, each with the line to change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic_core import PydanticUndefined

import assetmap as am
from assetmap.access.travel import MODES
from assetmap.project.settings.keys import Input, Settings, _known_mode
from assetmap.project.settings.reading import read_settings

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
    assert "line 3: unknown key 'project.areaname'. Use one of: title, area_name, audience" in message
    assert "'project.area_name' is missing" in message
    assert "line 25: 'estimate.level' = 1.5: input should be less than or equal to 0.999." in message
    assert "line 26: 'estimate.cv' = 'much'" in message
    assert "line 19: file not found: 'library.csv'" in message


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/hostname"])
def test_files_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "project").mkdir()
    with pytest.raises(am.InputError, match="must be inside the project folder"):
        read_settings(make(tmp_path / "project", GOOD.replace("libraries.csv", name)))


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    config = make(folder)
    (tmp_path / "secret.csv").touch()
    (folder / "need.csv").unlink()
    (folder / "need.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(am.InputError, match="'need.csv' is a link to a place outside the project"):
        read_settings(config)


def test_two_lists_with_one_id(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[assets]]") :]
    with pytest.raises(am.InputError, match="two lists of assets have the id 'libraries'"):
        read_settings(make(tmp_path, f"{GOOD}\n{again}"))


@pytest.mark.parametrize(
    ("text", "message"), [("[project", "is not valid TOML"), ("", "'project' is missing")]
)
def test_what_is_no_project(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(am.InputError, match=message):
        read_settings(make(tmp_path, text))


def test_an_empty_folder_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(am.InputError, match="assetmap new FOLDER"):
        read_settings(tmp_path / "assetmap.toml")


def models_of(annotation: object) -> list[type]:
    """Return the settings models that a type is made of."""
    found = [each for part in get_args(annotation) for each in models_of(part)]
    return [annotation, *found] if hasattr(annotation, "model_fields") else found


def written(default: object) -> str:
    """Return a default as a TOML file would have it; a needed or an empty one is a dash."""
    if default in (PydanticUndefined, None, "", ()) or callable(default):
        return "-"
    if isinstance(default, tuple):
        return f"[{', '.join(written(each) for each in default)}]"
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default}"' if isinstance(default, str) else f"{default:g}"


def limits(metadata: Iterable[object]) -> str:
    """Return what a number, text or list may be, in the words of the page."""
    found = {
        key: getattr(each, key)
        for each in metadata
        for key in ("gt", "ge", "le", "min_length", "max_length")
        if getattr(each, key, None) is not None
    }
    if "max_length" in found:
        return f", at most {found['max_length']} characters"
    if found.get("min_length") == 1:
        return ", one or more"
    if "gt" in found:
        return f" above {found['gt']:g}"
    return (
        f", {found['ge']:g} to {found['le']:g}"
        if "le" in found
        else f", {found['ge']:g} or more"
        if found
        else ""
    )


def kind(annotation: object, metadata: Iterable[object] = (), *, many: bool = False) -> str:
    """Return the type of a key in the words of the page."""
    if get_origin(annotation) is Annotated:
        return kind(get_args(annotation)[0], get_args(annotation)[1].metadata, many=many)
    parts = [part for part in get_args(annotation) if part not in (type(None), ...)]
    if get_origin(annotation) is Literal:
        return " or ".join(f'`"{each}"`' for each in parts)
    if get_origin(annotation) is tuple:
        return f"list of {kind(parts[0], many=True)}{limits(metadata)}"
    if get_origin(annotation) is dict:
        return f"table of {kind(parts[1], many=True)}"
    if len(parts) == 1:
        return kind(parts[0], metadata, many=many)
    if set(parts) == {bool, str}:
        return "true, false or text"
    if any(getattr(each, "func", None) is _known_mode for each in metadata):
        return "mode of travel"
    name = {str: "text", float: "number", int: "whole number", bool: "true or false", dt.date: "date"}[
        annotation
    ]
    return f"{name}{'s' if many else ''}{limits(metadata)}"


def rows_of(text: str) -> dict[str, tuple[str, str]]:
    """Return type and default of each key of a table of the page."""
    found = re.findall(r"^\| `(\w+)` \| (.*?) \| `?(.*?)`? \|", text, flags=re.M)
    assert len({key for key, *_ in found}) == len(found), "a key is there twice"
    return {key: (sort, default) for key, sort, default in found}


def rows_by_code(model: Any, *, but: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    return {
        name: (
            kind(each.annotation, each.metadata),
            written(each.default if each.default_factory is None else None),
        )
        for name, each in model.model_fields.items()
        if name not in but
    }


def test_every_key_is_explained_with_its_type_and_default() -> None:
    """Each table has a section of its own in docs/settings.md, with a row for each of its keys and no other."""
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `\[+(\w+)\]+`.*?\n(.*?)(?=^##|\Z)", page, flags=re.M | re.S))
    assert sorted(sections) == sorted(Settings.model_fields)
    common = re.search(r"^### Every file.*?\n(.*?)(?=^##)", page, flags=re.M | re.S)
    assert common is not None
    assert rows_of(common[1]) == rows_by_code(Input, but={})
    for table, field in Settings.model_fields.items():
        (model,) = models_of(field.annotation)
        shared = Input.model_fields if issubclass(model, Input) else {}
        assert rows_of(sections[table]) == rows_by_code(model, but=shared), table
        for name, each in model.model_fields.items():
            if each.is_required() and table != "project" and name not in Input.model_fields:
                assert re.search(rf"^\| `{name}` .*must be given", sections[table], flags=re.M), name
        repeated = "tuple" in str(field.annotation)
        assert (f"`[[{table}]]`" if repeated else f"`[{table}]`") in page, f"{table}: one bracket or two"
    (modes,) = re.findall(
        r"^\| `distance` \| mode of travel \| .*? \| mode of travel to use: (.*) \|$",
        sections["access"],
        re.M,
    )
    assert set(re.findall(r'`"(\w+)"`', modes)) == set(MODES)


def test_changed_settings_are_checked_again(tmp_path: Path) -> None:
    settings = read_settings(make(tmp_path))
    changed = settings.changed(access={"limit_m": 3_000}, gaps={"top": 5}, places=None)
    assert (changed.access.limit_m, changed.gaps.top) == (3_000.0, 5)
    assert changed.access.asset_type == settings.access.asset_type
    assert settings.access.limit_m == 5_000.0
    with pytest.raises(
        am.InputError, match=r"'access.limit_m' = -1: .*greater than 0.*unknown key 'gaps.tp'"
    ):
        settings.changed(access={"limit_m": -1}, gaps={"tp": 5})
    with pytest.raises(am.InputError, match="unknown key 'acces'"):
        settings.changed(acces={"limit_m": 1})


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
        "'access.distance' = 'crow': must be one of 'straight', 'overland', 'walk', 'drive', 'bus', 'own'",
        "'access.limit_m' = -1",
        "'gaps.colour'",
    ):
        assert words in str(caught.value)
