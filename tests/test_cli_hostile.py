"""Names from a list that would drive a terminal: shown, never obeyed; and tables that read back as they were."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import assetmap as am
from assetmap.cli import app
from assetmap.cli.boundary import guarded
from assetmap.cli.common import show_progress
from assetmap.read.tables import read_table

ESCAPES = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe \x08\x08"
LIST = f"""name,type,postcode,offers,asks
"Choir {ESCAPES}",choir,TR1 1EP,Projector,
"Hall\r=1+1",village hall,TR1 1EP,,"projector, {ESCAPES}"
"[red]Shed[/red]\nOpen https://evil.example",mens shed,TR1 1EP,,
"=cmd|calc",odd {ESCAPES} type,TR1 1EP,,
"""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"list {ESCAPES[:4]}.csv"
    path.write_bytes(LIST.encode())
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_printed_of_a_list_drives_no_terminal(file: Path, tmp_path: Path, as_json: bool) -> None:
    example = am.example_project().folder
    more = ["--json"] if as_json else []
    register = tmp_path / "register.csv"
    assert run("register", file, "--project", example, "--output", register).exit_code == 0
    commands = (
        ["check", file, "--project", example, "--output", tmp_path / "check"],
        ["share", file, "--project", example],
        ["near", "TR1 1EP", "--project", example, "--register", register, "--within-km", 0.1],
        ["compare", register, example / "libraries.csv"],
    )
    for words in commands:
        done = run(*words, *more)
        assert done.exit_code in (0, 1), (words[0], done.output)
        assert not OBEYED.search(done.output), words[0]
        assert "\nOpen https://evil.example" not in done.output
        if as_json:
            json.loads(done.stdout)


def test_a_message_about_a_hostile_name_drives_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["assetmap", "check", str(tmp_path / f"none{ESCAPES}.csv")])
    with pytest.raises(SystemExit) as stopped:
        guarded(app)
    assert stopped.value.code == 2
    told = capsys.readouterr()
    assert "none\\x1b[2J" in told.err
    assert not OBEYED.search(told.out + told.err)


def test_a_step_is_shown_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        progress(f"1 of 2: [red]Town[/red] {ESCAPES}")
    told = capsys.readouterr().err
    assert "[red]Town[/red]" in told
    assert not OBEYED.search(told.replace("\x1b[?25l", "").replace("\x1b[?25h", ""))


def test_the_tables_of_a_check_read_back_as_the_list_was(file: Path, tmp_path: Path) -> None:
    assert run("check", file, "--output", tmp_path / "check").exit_code in (0, 1)
    for name in ("accepted.csv", "rejected.csv"):
        table = read_table(tmp_path / "check" / name)
        for cell in table.to_numpy().ravel():
            assert not cell.startswith("'=")
        text = (tmp_path / "check" / name).read_text(encoding="utf-8-sig")
        assert not re.search(r'(^|[,\n])"?\s*=', text)
    names = {
        name
        for file in ("accepted.csv", "rejected.csv")
        for name in read_table(tmp_path / "check" / file)["name"]
    }
    assert "=cmd|calc" in names
