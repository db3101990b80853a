"""The command line: the same results as Python, messages on stderr, one clear error and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import assetmap as am
from assetmap.project import summarise

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


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("demo", "new", "build"):
        assert f"  {command} " in done.stdout
