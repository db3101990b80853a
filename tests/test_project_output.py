"""The files of a command go into a folder as a whole: killed at any moment, with a full disk, with a file open elsewhere."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import assetmap as am
from app_place import official_files
from assetmap.cli import app
from assetmap.project import output as module
from assetmap.project.inputs import hash_inputs, refuse_changed
from assetmap.project.output import LOCK, READY, UNDO, finish_writing, write_file, write_whole
from assetmap.project.store import edit_cell, export_store, open_store, rows
from assetmap.schema import InputError
from evidence_town import make_town_project

KILLS = int(os.environ.get("ASSETMAP_KILLS", "12"))
"""Kills at random moments; `make kills` asks for more."""

OWNED = [f"t{number}.csv" for number in range(9)]
CHILD = """
import os, signal, sys
from pathlib import Path
from assetmap.project.output import write_whole

folder, version, kill_at, after = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "after"
steps = 0

def counted(step):
    def run(*names):
        global steps
        steps += 1
        if steps == kill_at and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        step(*names)
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    return run

os.replace, os.rename = counted(os.replace), counted(os.rename)

def write(new):
    for number in range(6 + version % 3):
        (new / f"t{number}.csv").write_text(f"{version}\\n" * 2_000)

print("ready", flush=True)
while True:
    version += 1
    write_whole(folder, write, owned=[f"t{number}.csv" for number in range(9)])
    if kill_at:
        print(steps)
        break
"""


def write_version(version: int):
    def write(new: Path) -> None:
        for number in range(6 + version % 3):
            (new / f"t{number}.csv").write_text(f"{version}\n" * 2_000)

    return write


def version_of(folder: Path) -> int:
    """Return the one version whose files the folder has, and fail if it has files of two or not all of one."""
    ours = sorted(path for path in folder.iterdir() if path.name in OWNED)
    texts = {path.read_text() for path in ours}
    assert len(texts) == 1, [path.name for path in ours]
    (text,) = texts
    lines = text.split()
    assert len(lines) == 2_000
    assert len(set(lines)) == 1
    version = int(lines[0])
    assert [path.name for path in ours] == OWNED[: 6 + version % 3]
    return version


def assert_clean(folder: Path) -> None:
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "out"
    write_whole(target, write_version(1), owned=OWNED)
    (target / "mine.txt").write_text("mine")
    return target


def run_child(folder: Path, version: int, kill_at: int, when: str) -> subprocess.Popen[str]:
    code = [sys.executable, "-c", CHILD, str(folder), str(version), str(kill_at), when]
    return subprocess.Popen(code, stdout=subprocess.PIPE, text=True)


def test_files_are_written_and_others_stay(folder: Path) -> None:
    written = write_whole(folder, write_version(2), owned=OWNED)
    assert written == [folder / name for name in OWNED[:8]]
    assert version_of(folder) == 2
    assert version_of(Path(write_whole(folder, write_version(3), owned=OWNED)[0]).parent) == 3
    assert not (folder / "t7.csv").exists()
    assert_clean(folder)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_step_it_is_whole_after_the_next_command(folder: Path, when: str) -> None:
    decided = []
    for kill_at in range(1, 60):
        before = version_of(folder)
        child = run_child(folder, before, kill_at, when)
        child.communicate(timeout=60)
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL
        if not (folder / READY).exists():
            assert version_of(folder) in (before, before + 1)
        finish_writing(folder)
        assert version_of(folder) in (before, before + 1)
        decided.append(version_of(folder) - before)
        assert_clean(folder)
    assert len(decided) > 12
    # until the rename that decides everything is old, from then on everything is new
    assert decided == sorted(decided)
    assert decided.count(0) == (1 if when == "before" else 0)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_at_random_moments_it_is_whole(folder: Path) -> None:
    chance = random.Random(13)
    for _ in range(KILLS):
        before = version_of(folder)
        child = run_child(folder, before, 0, "before")
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.06))
        child.kill()
        child.communicate()
        whole = not any((folder / name).exists() for name in (READY, UNDO))
        assert not whole or version_of(folder) >= before
        if chance.random() < 0.5:
            finish_writing(folder)
            assert_clean(folder)
        else:
            write_whole(folder, write_version(before), owned=OWNED)
            assert version_of(folder) == before
        assert version_of(folder) >= before


@pytest.mark.parametrize("stuck", ["t0.csv", "t3.csv", "t5.csv", "t7.csv"])
@pytest.mark.parametrize("side", ["old", "new"])
def test_a_file_open_in_another_program_leaves_the_old_results(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stuck: str, side: str
) -> None:
    write_whole(folder, write_version(5), owned=OWNED)
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        moving = self.parent == folder if side == "old" else Path(target).parent == folder
        if moving and self.name == stuck and READY in f"{self}{target}":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    if stuck == "t7.csv" and side == "new":
        write_whole(folder, write_version(6), owned=OWNED)  # it is not one of the new files
        return
    with pytest.raises(InputError, match=f"'{stuck}' in .* cannot be replaced. Close it .*Excel") as caught:
        write_whole(folder, write_version(6), owned=OWNED)
    assert str(caught.value).count("\n") == 0
    assert version_of(folder) == 5
    assert_clean(folder)
    monkeypatch.undo()
    write_whole(folder, write_version(6), owned=OWNED)
    assert version_of(folder) == 6


def test_what_cannot_be_put_back_is_put_back_by_the_next_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if self.name == "t4.csv" and Path(target).parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(InputError, match="could not be put back.*run the command again"):
        write_whole(folder, write_version(2), owned=OWNED)
    monkeypatch.undo()
    finish_writing(folder)
    assert version_of(folder) == 1
    assert_clean(folder)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_leaves_the_old_results(folder: Path, code: int) -> None:
    def write(new: Path) -> None:
        (new / "t0.csv").write_text("half")
        raise OSError(code, os.strerror(code), str(new / "t1.csv"))

    fix = "cannot be written" if code == errno.EIO else "disk is full.*choose another folder"
    with pytest.raises(InputError, match=fix):
        write_whole(folder, write, owned=OWNED)
    assert version_of(folder) == 1
    assert_clean(folder)


def test_a_failed_first_run_leaves_no_folder(tmp_path: Path) -> None:
    def write(new: Path) -> None:
        raise InputError("no")

    with pytest.raises(InputError, match="^no$"):
        write_whole(tmp_path / "a" / "b", write)
    assert list(tmp_path.iterdir()) == []


def test_old_temporary_folders_are_cleared(folder: Path) -> None:
    (folder / ".assetmap-k3j2" / "new").mkdir(parents=True)
    (folder / ".assetmap-k3j2" / "new" / "t0.csv").write_text("half")
    (folder / LOCK).write_text("")
    finish_writing(folder)
    assert_clean(folder)
    assert version_of(folder) == 1


def test_two_commands_do_not_write_to_one_folder(folder: Path) -> None:
    def write(new: Path) -> None:
        with pytest.raises(InputError, match="Another command is writing"):
            write_whole(folder, write_version(3), owned=OWNED)
        write_version(2)(new)

    write_whole(folder, write, owned=OWNED)
    assert version_of(folder) == 2
    assert_clean(folder)


@pytest.mark.parametrize(
    "journal",
    [
        None,
        "",
        "[]",
        "{}",
        '{"files": 1, "gone": []}',
        '{"files": ["../x"], "gone": []}',
        '{"files": [], "gone": ["/etc/x"]}',
        *(
            json.dumps({"files": [name], "gone": []})
            for name in ("", ".", "..", "a/b", "x\0", READY, 5, None)
        ),
        '{"files": "t0.csv", "gone": {}}',
        "[" * 100_000,
        '{"files": [], "gone": []}' + " " * 1_000_001,
    ],
    ids=lambda each: "",
)
def test_a_journal_of_somebody_else_moves_nothing(folder: Path, journal: str | None) -> None:
    ready = folder / READY
    (ready / "new").mkdir(parents=True)
    (ready / "old").mkdir()
    (folder.parent / "x").write_text("mine")
    if journal is not None:
        (ready / "journal.json").write_text(journal)
    with pytest.raises(InputError, match="no usable journal.json"):
        write_whole(folder, write_version(2), owned=OWNED)
    assert version_of(folder) == 1
    assert (folder.parent / "x").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="links need a right on Windows")
@pytest.mark.parametrize("link", [READY, f"{READY}/new", f"{READY}/old", f"{READY}/journal.json", LOCK])
def test_a_link_left_in_the_folder_leads_nowhere(folder: Path, link: str) -> None:
    """A folder from a stranger may hold links: nothing is moved or written through them."""
    theirs = folder.parent / "theirs"
    for name in ("new", "old"):
        (theirs / name).mkdir(parents=True)
    (theirs / "new" / "mine.txt").write_text("theirs")
    (theirs / "journal.json").write_text('{"files": ["mine.txt"], "gone": ["t0.csv"]}')
    before = sorted(path.relative_to(theirs) for path in theirs.rglob("*"))
    if link == READY:
        (folder / READY).symlink_to(theirs)
    elif link == LOCK:
        (folder / LOCK).symlink_to(theirs / "made")
    else:
        (folder / READY / "new").mkdir(parents=True)
        (folder / READY / "old").mkdir()
        (folder / READY / "journal.json").write_text((theirs / "journal.json").read_text())
        part = folder / link
        part.rmdir() if part.is_dir() else part.unlink()
        part.symlink_to(theirs / part.name)
    with pytest.raises(InputError, match="Remove it and run the command again"):
        write_whole(folder, write_version(2), owned=OWNED)
    assert version_of(folder) == 1
    assert (folder / "mine.txt").read_text() == "mine"
    assert sorted(path.relative_to(theirs) for path in theirs.rglob("*")) == before


def test_a_linked_file_on_its_way_in_is_refused(folder: Path) -> None:
    ready = folder / READY
    (ready / "new").mkdir(parents=True)
    (ready / "old").mkdir()
    (ready / "new" / "t0.csv").symlink_to(Path(__file__))
    (ready / "journal.json").write_text('{"files": ["t0.csv"], "gone": []}')
    with pytest.raises(InputError, match=r"no usable journal\.json"):
        finish_writing(folder)
    assert version_of(folder) == 1


def test_what_a_command_reads_is_neither_replaced_nor_removed(folder: Path) -> None:
    (folder / "t7.csv").hardlink_to(folder / "mine.txt")
    with pytest.raises(InputError, match=r"t1\.csv' is read by this command"):
        write_whole(folder, write_version(2), keep=[folder / "t1.csv"])
    with pytest.raises(InputError, match=r"t1\.csv' is read by this command"):
        write_file(
            folder / "sub" / ".." / "t1.csv", lambda path: path.write_text(""), keep=[folder / "t1.csv"]
        )
    (folder / "t7.csv").rename(folder.parent / "t7.csv")
    assert version_of(folder) == 1
    (folder.parent / "t7.csv").rename(folder / "t7.csv")
    write_whole(folder, write_version(3), owned=OWNED, keep=[folder / "mine.txt", folder / "none.txt"])
    assert (folder / "t7.csv").read_text() == "mine"


def test_a_name_that_the_journal_could_not_hold_is_refused_before_anything_moves(folder: Path) -> None:
    with pytest.raises(InputError, match="cannot be the name of a file"):
        write_whole(folder, lambda new: (new / ".assetmap-x").write_text(""))
    assert version_of(folder) == 1
    assert_clean(folder)


def test_two_commands_that_write_one_file_wait_for_each_other(tmp_path: Path) -> None:
    target, order = tmp_path / "x.csv", []
    begun = threading.Event()

    def slow(path: Path) -> None:
        begun.set()
        with path.open("w") as file:
            for _ in range(20):
                file.write("1")
                time.sleep(0.005)
        order.append(1)

    first = threading.Thread(target=write_file, args=(target, slow))
    first.start()
    begun.wait(30)
    write_file(target, lambda path: (order.append(2), path.write_text("2" * 20)))
    first.join()
    assert order == [1, 2]
    assert target.read_text() == "2" * 20
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_command_that_is_stopped_while_it_moves_files_finishes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    replace, seen = Path.replace, []

    def stopped(self: Path, target: Path) -> Path:
        moved = replace(self, target)
        seen.append(target)
        if len(seen) == 8:
            raise stop
        return moved

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(stop):
        write_whole(folder, write_version(2), owned=OWNED)
    assert version_of(folder) == 2
    assert_clean(folder)


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="is a file. Name a folder"):
        write_whole(tmp_path / "out", write_version(1))


def test_a_folder_of_the_users_with_the_name_of_a_file_stays(folder: Path) -> None:
    (folder / "t0.csv").unlink()
    (folder / "t0.csv").mkdir()
    with pytest.raises(InputError, match="earlier files are unchanged"):
        write_whole(folder, write_version(2), owned=OWNED)
    assert (folder / "t0.csv").is_dir()
    assert {path.read_text() for path in folder.glob("t[1-6].csv")} == {"1\n" * 2_000}


def test_the_journal_is_json(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    finish = module._finish

    def look(output: Path) -> None:
        if (output / READY).exists():
            seen.append(json.loads((output / READY / "journal.json").read_text()))
        finish(output)

    monkeypatch.setattr(module, "_finish", look)
    write_whole(folder, write_version(3), owned=OWNED)
    assert seen == [{"files": OWNED[:6], "gone": OWNED[6:]}]


@pytest.mark.parametrize("name", ["libraries.csv", "lookup.csv", "areas.dbf", "site_answers.csv"])
def test_every_input_file_is_watched(tmp_path: Path, name: str) -> None:
    project = make_town_project(tmp_path / "town")
    before = hash_inputs(project)
    refuse_changed(project, before)
    with (project.folder / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(
        InputError, match=f"'{name}' in .* changed while the command was running.*Run it again"
    ):
        refuse_changed(project, before)
    with pytest.raises(InputError, match=f"'{name}' and 'zzz.csv'"):
        refuse_changed(project, before | {"zzz.csv": "x"})


def test_an_input_that_changes_during_a_build_is_noticed(tmp_path: Path) -> None:
    project = make_town_project(tmp_path / "town")
    steps = []

    def change(step: str) -> None:
        steps.append(step)
        if len(steps) == 3:
            with (project.folder / "libraries.csv").open("ab") as file:
                file.write(b"\n")

    with pytest.raises(InputError, match=r"'libraries.csv' in .* changed while the command was running"):
        am.build(project, tmp_path / "out", progress=change)
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------ every command that writes, killed

Words = Callable[[Path, Path], list[object]]
IN_TOWN: dict[str, Words] = {
    "build": lambda town, out: ["build", town, "--output", out],
    "devolution": lambda town, out: ["devolution", town, "--output", out],
    "whatif": lambda town, out: ["whatif", town, "--close", "West", "--output", out],
    "check": lambda town, out: ["check", town / "libraries.csv", "--output", out],
    "directory": lambda town, out: ["directory", town, "--output", out],
    "counts": lambda town, out: ["counts", town, "--form", out],
    "areas": lambda town, out: ["build", "--areas", town / "places.csv", "--output", out],
    "register": lambda town, out: ["register", "--project", town, "--output", out / "register.csv"],
    "map": lambda town, out: ["map", town, "--output", out / "map.svg"],
    "paper": lambda town, out: ["paper", town, "--output", out / "paper.docx"],
    "conditions": lambda town, out: ["conditions", town, "--blank", out / "sheet.csv"],
    "fix": lambda town, out: ["fix", town / "libraries.csv", "--output", out / "fixed.csv"],
    "export": lambda town, out: ["export", town, "--output", out],
}
"""Commands that write into a folder, or a file, what follows from a project that changes between two runs."""

IN_PLACE: dict[str, Words] = {
    "update": lambda town, new: ["update", town, new, "--input", "libraries"],
    "project": lambda town, inputs: ["project", town, "--area", "Westshire", "--inputs", inputs],
    "new": lambda town, _: ["new", town, "--example", "town"],
    "import": lambda town, export: ["import", town, export],
}
"""Commands that write the folder of a project."""


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".assetmap-") for part in path.relative_to(folder).parts)
    }


def run_whole(words: list[object]) -> None:
    done = CliRunner().invoke(app, list(map(str, words)))
    assert done.exit_code in (0, 1), done.output


def kill_once(words: list[object], folder: Path, wait_s: float, *, moving: bool) -> None:
    """Start a command and kill it: after some time, or when it has begun to write."""
    child = subprocess.Popen(
        [sys.executable, "-m", "assetmap", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while moving and child.poll() is None:
        if folder.is_dir() and any(path.name.startswith(".assetmap-") for path in folder.iterdir()):
            break
        time.sleep(0.002)
    time.sleep(wait_s)
    child.kill()
    child.communicate()


@pytest.mark.journey
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("command", IN_TOWN if KILLS > 100 else ["whatif"])
def test_a_command_that_is_killed_leaves_old_or_new_results(tmp_path: Path, command: str) -> None:
    """Change the project, run the command again and kill it: its folder has the results of one of the two states."""
    town = make_town_project(tmp_path / "town").folder
    (town / "places.csv").write_text(f"folder\n{town}\n")
    words = IN_TOWN[command]
    lists = town / "libraries.csv"
    texts = [lists.read_text(), lists.read_text().replace("TR1 3AA,30", "TR2 0AA,30")]
    if command == "export":
        open_store(town).close()

    def change(state: int) -> None:
        lists.write_text(texts[state])
        if command == "export":
            with open_store(town) as store:
                first = rows(store).rows[0]
                edit_cell(store, first.key, "name", f"Library {state}", version=first.version)

    states: list[dict[str, bytes]] = []
    began = time.monotonic()
    for state in (0, 1):
        change(state)
        run_whole(words(town, tmp_path / f"{state}"))
        states.append(files_in(tmp_path / f"{state}"))
    usual_s = (time.monotonic() - began) / 2 + 1.0  # a process of its own loads its libraries too
    assert states[0]
    assert states[0] != states[1] or command in ("counts", "conditions")
    chance, out = random.Random(command), tmp_path / "0"
    for number in range(max(1, KILLS // 12)):
        change((number + 1) % 2)
        moving = number % 2 == 0
        wait_s = chance.uniform(0, 0.5) if moving else chance.uniform(0, usual_s)
        kill_once(words(town, out), out, wait_s, moving=moving)
        for folder in (out, *(path for path in out.iterdir() if path.is_dir())):
            if not folder.name.startswith(".assetmap-"):
                finish_writing(folder)
        found = files_in(out)
        if command == "areas":  # each place is whole, and so are the joined tables
            for part in {name.rpartition("/")[0] for name in found}:
                of_part = [
                    {name: text for name, text in each.items() if name.rpartition("/")[0] == part}
                    for each in (found, *states)
                ]
                assert of_part[0] in of_part[1:], part
        elif command == "export":  # each export has new times: its own checksums say whether it is whole
            record = json.loads(found.pop("contents.json"))["files"]
            assert {name: hashlib.sha256(text).hexdigest() for name, text in found.items()} == record
        else:
            assert found in states
    run_whole(words(town, out))
    assert not list(out.rglob(".assetmap-*"))


def official(folder: Path) -> Path:
    official_files(folder)
    return folder


@pytest.mark.journey
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("command", IN_PLACE if KILLS > 100 else [])
def test_a_command_that_is_killed_leaves_a_project_as_it_was_or_as_it_will_be(
    tmp_path: Path, command: str
) -> None:
    folder, other = tmp_path / "folder", tmp_path / "other"
    words = IN_PLACE[command]
    makes = [other, other]
    if command == "update":
        town = make_town_project(folder).folder
        makes = [tmp_path / "one.csv", tmp_path / "two.csv"]
        text = (town / "libraries.csv").read_text()
        makes[0].write_text(text)
        makes[1].write_text(text.replace("West Library", "Westgate Library"))
    elif command == "project":
        makes = [official(tmp_path / "one"), official(tmp_path / "two")]
        text = (makes[1] / "libraries.csv").read_text()
        (makes[1] / "libraries.csv").write_text(text.replace("Harbour Library", "Port Library"))
    elif command == "import":
        town = make_town_project(tmp_path / "town").folder
        open_store(town).close()
        export_store(town, other)
        make_town_project(folder)
    before = files_in(folder) if folder.exists() else {}
    states: list[dict[str, bytes]] = []
    began = time.monotonic()
    for each in (*makes, *(makes if command in ("update", "project") else ())):
        if command in ("new", "import"):
            shutil.rmtree(folder, ignore_errors=True)
            if command == "import":
                make_town_project(folder)
        run_whole(words(folder, each))
        states.append(files_in(folder))
    usual_s = (time.monotonic() - began) / len(states) + 1.0
    chance = random.Random(command)
    for number in range(max(1, KILLS // 12)):
        if command in ("new", "import"):
            shutil.rmtree(folder, ignore_errors=True)
            if command == "import":
                make_town_project(folder)
        moving = number % 2 == 0
        wait_s = chance.uniform(0, 0.2) if moving else chance.uniform(0, usual_s)
        kill_once(words(folder, makes[number % 2]), folder, wait_s, moving=moving)
        if folder.exists():
            finish_writing(folder)
        found = files_in(folder) if folder.exists() else {}
        if command == "import":  # the database is whole: empty, or with every list
            assert {name: text for name, text in found.items() if "assetmap.db" not in name} == before
            if "assetmap.db" in found:
                with open_store(folder) as store:
                    assert rows(store).total in (0, 7)
        else:
            assert found in ([*states, {}] if command == "new" else states)
