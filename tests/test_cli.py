"""The command line: the same results as Python, messages on stderr, one clear error and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import assetmap as am
from assetmap.project.build import summarise

KINDS = ("Rowing Club", "Chess Society", "Food Bank", "Repair Cafe")
SOURCE = str(Path(am.__file__).parents[1])


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assetmap", *words]
    environment = os.environ | {"PYTHONPATH": SOURCE}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def test_demo_as_json_equals_python(cornwall: tuple[am.Results, Path], tmp_path: Path) -> None:
    done = run("demo", "--output", str(tmp_path / "a map"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == summarise(cornwall[0])
    assert "Drawing the map" in done.stderr
    assert (tmp_path / "a map" / "map.html").read_bytes() == (cornwall[1] / "map.html").read_bytes()


def test_new_then_build(tmp_path: Path) -> None:
    done = run("new", "county", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "assetmap build county" in done.stderr
    settings = tmp_path / "county" / "assetmap.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("sensitivity = true", "sensitivity = false"), "utf-8"
    )
    done = run("build", "county", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Cornwall: 575,532 people in 326 small areas." in done.stdout
    assert "about 2,106, plausibly" in done.stdout
    assert (tmp_path / "county" / "build" / "map.html").is_file()


def test_an_error_is_one_message_and_exit_code_2(tmp_path: Path) -> None:
    done = run("build", str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("assetmap: There is no project in")
    assert "Traceback" not in done.stderr


def test_a_folder_where_a_file_should_be_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "name,easting,northing,asks\nHall,182600,45000,minibus\n", encoding="utf-8"
    )
    (tmp_path / "there.csv").mkdir()
    for words in (["share", "list.csv"], ["register", "list.csv"]):
        done = run(*words, "--output", "there.csv", cwd=tmp_path)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
        assert "there.csv" in done.stderr.splitlines()[-1]
    assert not list((tmp_path / "there.csv").iterdir())


def test_estimate_from_a_population() -> None:
    done = run("estimate", "--population", "307923", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [answer["estimate"], answer["low"], answer["high"], answer["level"]] == [1127, 600, 1731, 0.8]
    done = run("estimate", "--population", "307923", "--seen", "1127")
    assert "CIRCULAR_INPUT" in done.stdout


def test_estimate_from_two_lists(tmp_path: Path) -> None:
    names = [f"{word} {kind}" for word in ("Truro", "Bodmin", "Looe", "Hayle", "Saltash") for kind in KINDS]
    for file, chosen in (("one.csv", names[:14]), ("two.csv", names[4:])):
        rows = "".join(f"{name},sports_club,TR1 1EP\n" for name in chosen)
        (tmp_path / file).write_text("name,asset_type,postcode\n" + rows, encoding="utf-8")
    done = run("estimate", "--list", "one.csv", "--list", "two.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["seen"] == 20
    assert answer["estimate"] == pytest.approx(15 * 17 / 11 - 1, abs=0.5)


@pytest.mark.parametrize("words", [(), ("--list", "one.csv"), ("p", "--population", "7")])
def test_an_estimate_needs_something_to_go_by(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("name,asset_type\nA,other\n", encoding="utf-8")
    done = run("estimate", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("assetmap: ")
    assert "Traceback" not in done.stderr


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("demo", "new", "build", "estimate"):
        assert f"  {command} " in done.stdout
