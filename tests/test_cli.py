"""The command line: the same results as Python, messages on stderr, one clear error and no traceback."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import COMMANDS, app, main
from assetmap.cli.common import say
from assetmap.project.build import summarise

KINDS = ("Rowing Club", "Chess Society", "Food Bank", "Repair Cafe")
SOURCE = str(Path(am.__file__).parents[1])


def run_process(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assetmap", *words]
    environment = os.environ | {"PYTHONPATH": SOURCE, "COLUMNS": "80"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as `run_process` does, boundary and all, without the time that a new process takes."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["assetmap", *words])
        patch.setenv("COLUMNS", "200")
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


@pytest.mark.journey
def test_demo_as_json_equals_python(cornwall: tuple[am.Results, Path], tmp_path: Path) -> None:
    done = run_process("demo", "--output", str(tmp_path / "a map"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == summarise(cornwall[0])
    assert "Drawing the map" in done.stderr
    assert (tmp_path / "a map" / "map.html").read_bytes() == (cornwall[1] / "map.html").read_bytes()


@pytest.mark.journey
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
    assert "about 2,110, likely between 1,120 and 3,230" in done.stdout
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


def test_help_groups_the_commands_and_fits_80_columns() -> None:
    done = run_process("--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    headings = dict.fromkeys(heading for heading, _, _ in COMMANDS)
    assert [line.rstrip(":") for line in lines if line.rstrip(":") in headings] == list(headings)
    for _, command, words in COMMANDS:
        name = command.__name__.rstrip("_").replace("_", "-")
        assert any(line.split() == [name, *words.split()] for line in lines), name


@pytest.mark.parametrize(
    "name", [command.__name__.rstrip("_").replace("_", "-") for _, command, _ in COMMANDS]
)
def test_help_of_a_command_fits_80_columns(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"], terminal_width=80, prog_name="assetmap")
    assert shown.exit_code == 0
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())


def test_the_version() -> None:
    assert run_process("--version").stdout.strip() == am.__version__


BROKEN = """
import sys
from assetmap.cli import start, main
def broken():
    raise {error}
start.build.__code__ = (lambda folder=None, output=None, areas=None, inputs=None, scheduler=None, show=False,
    as_json=False: broken()).__code__
start.build.__globals__["broken"] = broken
sys.argv = ["assetmap", *{words!r}]
main()
"""


def run_broken(error: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = BROKEN.format(error=error, words=words)
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": SOURCE} | environment,
        check=False,
    )


def test_a_bug_is_one_sentence_with_the_version_and_no_traceback() -> None:
    done = run_broken("KeyError('x' * 900)", "build")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 600
    for words in (f"bug in assetmap {am.__version__} (KeyError", "report it", "--debug"):
        assert words in done.stderr


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["--debug", "build"], {}), (["build", "--debug"], {}), (["build"], {"ASSETMAP_DEBUG": "1"})],
)
def test_debug_shows_the_traceback_as_well(words: list[str], environment: dict[str, str]) -> None:
    done = run_broken("ZeroDivisionError('by nothing')", *words, **environment)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "bug in assetmap" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OSError(28, 'No space left on device')", "disk is full"),
        ("OSError(28, 'No space left on device', 'out/map.html')", "disk is full"),
        ("RuntimeError('sqlite3_exec(COMMIT) failed: database or disk is full')", "disk is full"),
        ("MemoryError()", "not enough memory"),
        ("PermissionError(13, 'Permission denied', 'a.xlsx')", "'a.xlsx': Permission denied. Close it"),
    ],
)
def test_what_the_computer_refuses_is_expected(error: str, words: str) -> None:
    done = run_broken(error, "build")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


ESTIMATE = ["estimate", "--population", "1000", "--json"]


def test_a_stdout_of_an_old_code_page_does_not_fail(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "name,asset_type,postcode\nŁódź 会 Club,other,TR1 1EP\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "assetmap", "check", "list.csv", "--json"]
    environment = os.environ | {"PYTHONPATH": SOURCE, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert b"Traceback" not in done.stderr
    assert b"bug in assetmap" not in done.stderr
    assert b"?\xf3d? ? Club" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a Unix shell")
@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_a_command_without_a_stdout_or_stderr_is_no_traceback(closed: str) -> None:
    words = f"{shlex.quote(sys.executable)} -m assetmap estimate --population 1000 {closed}; echo code $? >&3"
    reading, writing = os.pipe()
    environment = os.environ | {"PYTHONPATH": SOURCE}
    done = subprocess.run(
        ["/bin/bash", "-c", words.replace("&3", f"&{writing}")],
        capture_output=True, text=True, env=environment, pass_fds=[writing], check=False,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.read() == "code 0\n"
    assert done.stderr == ""


def test_progress_that_cannot_be_shown_does_not_end_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    say("Reading lists", err=True)
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(OSError, match="No space"):
        say("a result")


@pytest.mark.skipif(os.name != "posix", reason="needs SIGTERM")
def test_a_command_that_is_asked_to_end_clears_up_first() -> None:
    code = (
        "import time; from assetmap.cli.boundary import guarded\n"
        "def app(words):\n"
        "    try: print('begun', flush=True); time.sleep(60)\n"
        "    finally: print('cleared', flush=True)\n"
        "guarded(app)"
    )
    environment = os.environ | {"PYTHONPATH": SOURCE}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        child.terminate()
        assert child.stdout.read() == b"cleared\n"
    assert child.returncode == 128 + signal.SIGTERM


def test_ctrl_c_while_the_libraries_load_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loading(types.ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    from assetmap.__main__ import main as begin

    monkeypatch.setitem(sys.modules, "assetmap.cli", Loading("assetmap.cli"))
    with pytest.raises(SystemExit) as caught:
        begin()
    assert caught.value.code == 130


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["estimate", "--population", "1e308"], "the population must be at most 10,000,000,000"),
        (["estimate", "--population", "1000", "--seen", "9" * 23], "seen must be at most 10,000,000,000"),
        (["devolution", ".", "--as-of", "\u00b2:x"], "is not a year"),
    ],
)
def test_numbers_that_are_none_are_no_bug(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "assetmap.toml").write_text(
        '[project]\ntitle = "T"\narea_name = "T"\n[areas]\nfile = "a.csv"\ncode = "c"\nname = "n"\ntitle = "A"\ndate = "2025"\nlicence = "x"\n'
        '[need]\nfile = "a.csv"\nindex = "iod2025"\npopulation_year = 2022\ntitle = "A"\ndate = "2025"\nlicence = "x"\n'
    )
    (tmp_path / "a.csv").write_text("c\n1\n")
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="names of files are Unicode on Windows")
def test_a_file_name_that_is_no_unicode_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    (tmp_path / name).write_text("name,asset_type,postcode,source_row\nA Club,choir,TR1 1EP,7\n")
    done = run("register", name, "--output", "out.csv", "--audience", "internal", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    heads, row = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert heads.split(",").count("source_row") == 1
    assert "source_row_2" in heads
    assert "caf\N{REPLACEMENT CHARACTER}" in row


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "assetmap", *ESTIMATE],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": SOURCE},
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("assetmap: The disk is full")
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_pipe_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "assetmap", *ESTIMATE],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": SOURCE},
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
