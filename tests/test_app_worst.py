"""The worst, through the pages: a kill at any moment, a full disk, a folder that cannot be written. Nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from assetmap.app.application import make_app
from assetmap.app.jobs import Jobs
from assetmap.app.state import State
from assetmap.project import store as st
from assetmap.project.store import database
from test_app import ADDRESS, Browser, field, summary

CLUBS = "name,asset_type,postcode\n" + "".join(f"Club {at},sports club,QF5 1AA\n" for at in range(6))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An app with a folder that holds nothing but a list: its rows are judged at once."""
    for name in ("projects/clubs", "scratch"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "clubs.csv").write_text(CLUBS, "utf-8")
    with st.open_store(tmp_path / "projects" / "clubs", user="Ann") as store:
        st.add_list(store, tmp_path / "clubs.csv")
    made = State(tmp_path / "projects", frozenset({"127.0.0.1:8471"}), tmp_path / "scratch", Jobs())
    yield made
    made.jobs.close()
    made.stores.close()


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_on_the_page_and_loses_nothing(state: State) -> None:
    browser = Browser(make_app(state), base_url=ADDRESS).enter(state)
    opened = state.stores.open(state.home / "clubs", state.address)
    opened.shared.engine.dispose()
    event.listen(opened.shared.engine, "connect", lambda made, _: made.execute("PRAGMA max_page_count=1"))
    page, saved = browser.get("/p/clubs/rows/1"), 0
    for text in (f"{at}" * 1500 for at in range(200)):
        sent = {"version": field(page, "version"), "cell.address": text, "seen.address": "?"}
        answer = browser.fill("/p/clubs/rows/1", **sent)
        if answer.status_code != 200:
            break
        page, saved = answer, saved + 1
    assert answer.status_code == 422
    assert summary(answer).startswith("The disk is full, so nothing was saved")
    assert st.history(opened, row=1).total == saved
    for path in ("/p/clubs/lists", "/p/clubs/rows", "/p/clubs/history"):
        assert browser.get(path).status_code == 200
    full = browser.fill("/p/clubs/lists", files=[("files", ("more.csv", CLUBS.encode() * 500))])
    assert "The disk is full" in summary(full)
    assert [each.name for each in st.lists(opened)] == ["clubs"]


def test_a_folder_that_cannot_be_written_is_read_and_says_so(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.os, "access", lambda path, mode: mode != os.W_OK)
    browser = Browser(make_app(state), base_url=ADDRESS).enter(state)
    page = browser.get("/p/clubs/lists")
    assert "cannot be written" in page.text
    page = browser.get("/p/clubs/rows/1")
    sent = {"version": field(page, "version"), "cell.address": "Here", "seen.address": ""}
    for path, fields in (("rows/1", sent), ("rows/1/close", {"version": sent["version"]})):
        answer = browser.fill(f"/p/clubs/{path}", **fields)
        assert answer.status_code == 422
        assert "cannot be written, so nothing was saved" in summary(answer)
    assert "cannot be written" in summary(
        browser.fill("/p/clubs/lists", files=[("files", ("more.csv", CLUBS.encode()))])
    )
    assert "Club 1" in browser.get("/p/clubs/rows").text


@pytest.mark.journey
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_page_said_was_saved_survives_a_kill_of_the_app(state: State, tmp_path: Path) -> None:
    state.stores.close()
    rng, texts, added = random.Random(1), dict.fromkeys(range(1, 7), ""), [0]
    for kill in range(int(os.environ.get("ASSETMAP_KILLS", "1"))):
        words = [sys.executable, "-m", "assetmap", "app", str(state.home), "--no-open"]
        environment = {**os.environ, "ASSETMAP_APP": str(tmp_path / "own")}
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as app:
            assert app.stdout is not None
            link = re.search(r"http://\S+", app.stdout.readline())
            assert link
            end = threading.Timer(rng.random() * 2, app.kill)
            with contextlib.suppress(httpx.HTTPError):
                work(link[0], texts, added, kill, end)
            assert app.wait(300) == -signal.SIGKILL
        with st.open_store(state.home / "clubs") as store:
            for key, text in texts.items():
                assert text in {"", *saved_texts(store, key)}
            assert (
                len(st.lists(store)) >= 1 + added[0]
            )  # one more may be there: the kill came before its answer
    assert any(texts.values())


def saved_texts(store: st.Store, key: int) -> set[str]:
    return {str(each.after.get("address")) for each in st.history(store, row=key, limit=500).changes}


def work(link: str, texts: dict[int, str], added: list[int], kill: int, end: threading.Timer) -> None:
    """Edit rows and drop lists until the app is gone; remember what its pages said was saved."""
    address = link.split("/enter", maxsplit=1)[0]
    with httpx.Client(base_url=address, follow_redirects=True, timeout=300, trust_env=False) as http:
        csrf = field(http.get(link), "csrf")
        for at in range(10_000):
            key, text = at % 6 + 1, f"{kill}-{at}"
            page = http.get(f"/p/clubs/rows/{key}")
            sent = {
                "csrf": csrf,
                "version": field(page, "version"),
                "cell.address": text,
                "seen.address": "?",
            }
            if "This row is now" in http.post(f"/p/clubs/rows/{key}", data=sent).text:
                texts[key] = text
                if end.ident is None:  # not started yet; one that has fired is not started again
                    end.start()  # a random moment after the first save
            if at % 5 == 4:
                files = [("files", (f"more {kill} {at}.csv", CLUBS.encode()))]
                answer = http.post("/p/clubs/lists", data={"csrf": csrf}, files=files)
                added[0] += answer.status_code == 200
