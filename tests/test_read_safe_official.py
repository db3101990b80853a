"""Large official files and packs are opened in the child process too: limits, damage and crashes are one message."""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import fuzz
from assetmap.read import worker
from assetmap.read.evidence import read_evidence
from assetmap.read.official.open_names import read_open_names
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.transport.feeds import read_feed
from assetmap.read.transport.roads import read_roads
from assetmap.schema import InputError
from test_read_official_postcodes import ONSPD, code_point_zip
from test_show_evidence import written
from transport_feeds import FEED, TOWN, feed

PLACE = "osgb1,http://x,Truro,,,,populatedPlace,City,182500,44800" + "," * 24


def open_names(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "opname_csv_gb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data/SW84.csv", f"{PLACE}\n")
    return folder / "opname_csv_gb.zip"


def roads(folder: Path) -> Path:
    return Path(shutil.copy(TOWN / "roads.osm", folder / "roads.osm"))


def onspd(folder: Path) -> Path:
    (folder / "ONSPD.csv").write_text(ONSPD, encoding="utf-8")
    return folder / "ONSPD.csv"


KINDS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], object]]] = {
    "feed": (feed, read_feed),
    "ways": (roads, read_roads),
    "postcodes": (lambda folder: code_point_zip(folder / "codepo_gb.zip"), lambda path: read_postcode_file(path, cache=False)),
    "onspd": (onspd, lambda path: read_postcode_file(path, cache=False)),
    "populated": (open_names, read_open_names),
    "pack": (lambda folder: written(folder / "evidence.zip"), read_evidence),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_child_opens_it_and_the_next_file_after_a_crash_has_a_new_one(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, read = KINDS[kind]
    path = make(tmp_path)
    asked: list[str] = []
    answer = worker._Child.ask

    def noted(child: worker._Child, request: dict[str, object], limits: object) -> object:
        asked.append(str(request["task"]))
        return answer(child, request, limits)  # type: ignore[arg-type]

    monkeypatch.setattr(worker._Child, "ask", noted)
    read(path)
    assert asked == ["postcodes" if kind == "onspd" else kind]
    worker._CURRENT[0].process.kill()
    worker._CURRENT[0].process.wait()
    read(path)
    assert len(asked) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_limits_come_from_the_environment(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, read = KINDS[kind]
    path = make(tmp_path)
    monkeypatch.setenv("ASSETMAP_READ_SECONDS", "0.000001")
    monkeypatch.setattr(worker, "LOOK_EVERY", 0.000001)
    with pytest.raises(InputError, match="ASSETMAP_READ_SECONDS") as said:
        read(path)
    assert str(path) in str(said.value)


def test_a_small_timetable_that_unfolds_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FEED.items():
            archive.writestr(name, text)
        with archive.open("extra.txt", "w") as member:
            for _ in range(60):
                member.write(bytes(1_000_000))
    with pytest.raises(InputError, match="would unpack to 60 MB"):
        read_feed(path)


def test_postcodes_and_places_that_unfold_are_one_message(tmp_path: Path) -> None:
    for name, read in (("Data/CSV/tr.csv", KINDS["postcodes"][1]), ("Data/SW84.csv", KINDS["populated"][1])):
        path = tmp_path / "bomb.zip"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(name, "w") as member,
        ):
            for _ in range(60):
                member.write(b"A" * 1_000_000)
        with pytest.raises(InputError, match="would unpack to 60 MB"):
            read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_one_message(kind: str, tmp_path: Path) -> None:
    make, read = KINDS[kind]
    source = make(tmp_path)
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / source.name
    refused = 0
    for number in range(40):
        path.write_bytes(fuzz.damaged(source, random.Random(f"{kind} {number}")))
        try:
            read(path)
        except InputError as error:
            assert str(path) in str(error), error
            refused += 1
    assert refused > 3
