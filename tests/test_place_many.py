"""Many places: built alone, put together, and a lost worker costs only its place."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import assetmap as am
from assetmap.place.many import Job, Outcome, build_many, read_jobs, run_jobs
from test_place import fill

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def job(place: str) -> Job:
    return Job(place, Path("x"), Path("y"))


def end_badly(one: Job) -> Outcome:
    """Do as a place does that is fine, has a fault, or takes its worker down."""
    if one.place == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if one.place == "raises":
        raise ZeroDivisionError("by nothing")
    return Outcome(one.place, "built", 1.0, "")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Two worker processes on this machine; a task that loses its worker is not tried again."""
    dask = pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    settings = {"distributed.scheduler.allowed-failures": 0, "distributed.worker.daemon": True}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as running,
    ):
        yield running.scheduler_address


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("many") / "inputs")


@pytest.mark.journey
def test_a_lost_worker_costs_only_its_place(cluster: str) -> None:
    places = ["a", "b", "kills", "c", "raises", "d", "e"]
    ended = {
        each.place: each for each in run_jobs(end_badly, [job(place) for place in places], scheduler=cluster)
    }
    assert {place: each.outcome for place, each in ended.items()} == {
        "a": "built",
        "b": "built",
        "kills": "lost",
        "c": "built",
        "raises": "failed",
        "d": "built",
        "e": "built",
    }
    assert "Build this place again on its own" in ended["kills"].message
    assert ended["raises"].message == "ZeroDivisionError: by nothing"


@pytest.mark.journey
def test_places_are_built_on_a_cluster_and_put_together(tmp_path: Path, inputs: Path, cluster: str) -> None:
    (tmp_path / "list.csv").write_text("area\nWestshire\nNowhere\n", encoding="utf-8")
    said: list[str] = []
    out = tmp_path / "out"
    places = build_many(tmp_path / "list.csv", out, inputs=inputs, scheduler=cluster, progress=said.append)
    assert places["outcome"].to_dict() == {"Westshire": "built", "Nowhere": "failed"}
    assert "There is no place 'Nowhere'" in places.loc["Nowhere", "message"]
    assert places.loc["Westshire", ["areas", "population"]].tolist() == [4, 4010]
    assert {sentence[8:] for sentence in said} == {"Nowhere failed", "Westshire built"}
    joined = pd.read_csv(out / "areas.csv", dtype=str)
    alone = pd.read_csv(out / "westshire" / "build" / "areas.csv", dtype=str)
    pd.testing.assert_frame_equal(joined.drop(columns="place"), alone)
    assert joined["place"].tolist() == ["Westshire"] * 4
    assert pd.read_csv(out / "places.csv")["place"].tolist() == ["Westshire", "Nowhere"]


def test_places_are_built_here_one_after_another(tmp_path: Path, inputs: Path) -> None:
    (tmp_path / "list.csv").write_text("area\nNowhere\nElsewhere\n", encoding="utf-8")
    said: list[str] = []
    places = build_many(tmp_path / "list.csv", tmp_path / "out", inputs=inputs, progress=said.append)
    assert places["outcome"].tolist() == ["failed", "failed"]
    assert said == ["1 of 2: Nowhere failed", "2 of 2: Elsewhere failed"]
    assert not (tmp_path / "out" / "areas.csv").exists()


def test_projects_there_are(tmp_path: Path) -> None:
    for name in ("West Shire", "east"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "assetmap.toml").write_text("", encoding="utf-8")
    (tmp_path / "list.csv").write_text("folder\nWest Shire\neast\n", encoding="utf-8")
    jobs = read_jobs(tmp_path / "list.csv", tmp_path / "out")
    assert jobs[0] == Job("west-shire", tmp_path / "West Shire", tmp_path / "out" / "west-shire")
    assert [each.place for each in jobs] == ["west-shire", "east"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place\nx\n", "needs a column 'area' or 'folder'; it has 'place'"),
        ("area\nx\n", "give their folder with --inputs"),
        ("folder\nx\n", "no assetmap.toml in 1 of the folders: 'x'"),
        ("folder\n\n", "the list is empty"),
        ("folder\na/x\nb/x\n", "2 places have the name 'x'"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    with pytest.raises(am.InputError, match=message):
        read_jobs(tmp_path / "list.csv", tmp_path)
    with pytest.raises(am.InputError, match="There is no file"):
        read_jobs(tmp_path / "none.csv", tmp_path)


def test_a_scheduler_that_is_not_there() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(am.InputError, match="does not answer"):
        list(run_jobs(end_badly, [job("a")], scheduler="nonsense://x"))


def test_a_name_with_a_comma_needs_no_quotes(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    for text in (
        "area\nBristol, City of\nStafford + Cannock Chase\n",
        'area\r\n"Bristol, City of"\r\n\r\nStafford + Cannock Chase',
    ):
        listed.write_text(text, encoding="utf-8-sig")
        jobs = read_jobs(listed, tmp_path / "out", inputs=tmp_path)
        assert [each.place for each in jobs] == ["Bristol, City of", "Stafford + Cannock Chase"]
    listed.write_text('note,area\nours,"Bristol, City of"\n', encoding="utf-8")
    assert read_jobs(listed, tmp_path / "out", inputs=tmp_path)[0].place == "Bristol, City of"
    listed.write_bytes(b"\x00\xff\x00\x01")
    with pytest.raises(am.InputError):
        read_jobs(listed, tmp_path / "out", inputs=tmp_path)
