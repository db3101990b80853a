"""The app: its pages, and that nothing from outside gets in, runs or leaks."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import assetmap as am
from assetmap.app import gate, serve
from assetmap.app.application import VIEWS, make_app
from assetmap.app.gate import POLICY
from assetmap.app.help_pages import docs_folder
from assetmap.app.home import CHOICE_NAME, key_of
from assetmap.app.jobs import Job, Jobs, _Worker
from assetmap.app.pages import environment
from assetmap.app.questions.sites import edits_of
from assetmap.app.state import State
from assetmap.app.uploads import tidy_name
from assetmap.app.users import Users
from assetmap.app.views import FieldError
from assetmap.schema import InputError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ADDRESS = "http://127.0.0.1:8471"
STATIC = Path(gate.__file__).with_name("static")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in ().__class__ %}",
    "javascript:alert(1)",
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
)


class Browser(TestClient):
    """A browser that was let in, and knows the token of its forms."""

    csrf = ""

    def enter(self, state: State) -> Browser:
        page = self.get(f"/enter?token={state.sessions.new_token()}")
        assert page.status_code == 200
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found
        self.csrf = found[1]
        return self

    def fill(self, path: str, files: Any = None, **fields: Any) -> Any:
        return self.post(path, data={"csrf": self.csrf, **fields}, files=files)

    def answer(self, path: str) -> Any:
        """Load a page until its answer is there."""
        until = time.monotonic() + 120
        page = self.get(path)
        while "data-job" in page.text and time.monotonic() < until:
            time.sleep(0.1)
            page = self.get(path)
        return page


def summary(page: Any) -> str:
    """Return the text of the error summary of a page."""
    found = re.search(r'error-summary__list">(.*?)</ul>', page.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A running app with a small project, for every test of this file."""
    home = tmp_path_factory.mktemp("projects")
    am.new_project(home / "quillford", example="town")
    settings = home / "quillford" / "assetmap.toml"
    text = settings.read_text("utf-8").replace("sensitivity = true", "sensitivity = false")
    text = re.sub(r'(?m)^distance = "\w+"', 'distance = "straight"', text)
    text = re.sub(r"(?ms)^\[(roads|timetable)\].*?(?=^\[|\Z)", "", text)  # quicker without
    settings.write_text(text, "utf-8")
    made = State(home, frozenset({"127.0.0.1:8471"}), tmp_path_factory.mktemp("scratch"), Jobs())
    yield made
    made.jobs.close()
    made.stores.close()


@pytest.fixture(scope="module")
def browser(state: State) -> Browser:
    return Browser(make_app(state), base_url=ADDRESS).enter(state)


@pytest.fixture
def stranger(state: State) -> Browser:
    return Browser(make_app(state), base_url=ADDRESS, follow_redirects=False)


# who gets in


def test_a_link_lets_one_browser_in_once(state: State, stranger: Browser) -> None:
    token = state.sessions.new_token()
    first = stranger.get(f"/enter?token={token}")
    cookie = first.headers["set-cookie"].lower()
    assert first.headers["location"] == "/"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    other = Browser(make_app(state), base_url=ADDRESS, follow_redirects=False)
    assert other.get(f"/enter?token={token}").headers["location"] == "/login"
    assert "set-cookie" not in other.get(f"/enter?token={token}").headers


def test_nothing_is_shown_without_a_session(stranger: Browser) -> None:
    for view in VIEWS:
        path = re.sub(r"\{\w+\}", "quillford", view.path)
        for answer in (stranger.get(path), stranger.post(path)):
            assert answer.status_code == 303, path
            assert answer.headers["location"] == "/login"
    assert stranger.get("/login").status_code == 401
    assert stranger.get("/jobs/x/events").status_code == 303


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:9999", "localhost.evil.example:8471", "", "[::1]:8471"]
)
def test_another_name_for_this_computer_is_refused(browser: Browser, host: str) -> None:
    assert browser.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_page_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("/examples", data={"csrf": browser.csrf, "example": "town"}, headers=headers)
    assert answer.status_code == 403


def test_every_form_needs_its_token(browser: Browser) -> None:
    acting = [view for view in VIEWS if view.act]
    assert len(acting) > 5
    for view in acting:
        path = re.sub(r"\{\w+\}", "quillford", view.path)
        for token in ("", "wrong", browser.csrf[:-1]):
            assert browser.post(path, data={"csrf": token}).status_code == 403, path


def test_every_page_has_a_strict_policy(browser: Browser) -> None:
    for path in ("/", "/new", "/p/quillford", "/help/app", "/p/nothing", "/static/app.js"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_templates_have_no_script_or_style_of_their_own() -> None:
    for name in environment().list_templates():
        text = (STATIC.parent / "templates" / name).read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", text), name
        safe = re.findall(r"\|\s*safe", text)
        assert not safe or name == "help.html", name  # our own documents, made without HTML of their own


def test_vendored_files_are_those_of_their_packages() -> None:
    import hashlib
    import json

    folder = STATIC / "vendor"
    record = json.loads((folder / "vendor.json").read_text("utf-8"))
    assert {path.name for path in folder.iterdir()} == {*record, "vendor.json"}
    for name, entry in record.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
    style = (folder / "govuk-frontend.min.css").read_text("utf-8")
    assert "url(" not in style
    assert "GDS Transport" not in style
    assert "@font-face" not in style


# roles


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed with little work, for tests of what comes after."""
    import argon2

    class Quick(argon2.PasswordHasher):
        def __init__(self) -> None:
            super().__init__(time_cost=1, memory_cost=8, parallelism=1)

    monkeypatch.setattr(argon2, "PasswordHasher", Quick)


@pytest.fixture
def team(tmp_path: Path, state: State) -> State:
    users = Users(tmp_path / "users.json")
    users.add("Vi", "viewer", "a long password")
    users.add("Ed", "editor", "another password")
    return State(state.home, state.hosts, state.scratch, state.jobs, users=users)


def signed_in(team: State, name: str, password: str) -> Browser:
    found = Browser(make_app(team), base_url=ADDRESS)
    page = found.post("/login", data={"name": name, "password": password})
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    found.csrf = token[1] if token else ""
    return found


@pytest.mark.slow
def test_a_viewer_sees_and_changes_nothing(quick_hashes: None, team: State) -> None:
    viewer = signed_in(team, "Vi", "a long password")
    assert viewer.get("/p/quillford").status_code == 200
    for view in VIEWS:
        if view.act and view.act_role != "viewer":
            path = re.sub(r"\{\w+\}", "quillford", view.path)
            assert viewer.fill(path).status_code == 403, path
    editor = signed_in(team, "Ed", "another password")
    assert editor.fill("/open", folder="/").status_code == 403


@pytest.mark.slow
def test_passwords_are_hashed_and_guessing_is_slow(team: State, tmp_path: Path) -> None:
    text = (tmp_path / "users.json").read_text("utf-8")
    assert "$argon2id$" in text
    assert "a long password" not in text
    wrong = [signed_in(team, "Vi", "guess") for _ in range(3)]
    assert not any(browser.csrf for browser in wrong)
    page = Browser(make_app(team), base_url=ADDRESS).post(
        "/login", data={"name": "Vi", "password": "a long password"}
    )
    assert page.status_code == 429
    assert "Wait" in page.text
    with pytest.raises(InputError, match="10"):
        Users(tmp_path / "users.json").add("Zed", "owner", "short")
    with pytest.raises(InputError, match="viewer, editor, owner"):
        Users(tmp_path / "users.json").add("Zed", "king", "a long password")


def test_the_one_time_link_is_not_for_a_team(quick_hashes: None, team: State) -> None:
    found = Browser(make_app(team), base_url=ADDRESS, follow_redirects=False)
    assert found.get(f"/enter?token={team.sessions.new_token()}").headers["location"] == "/login"


def test_a_network_needs_users_and_a_certificate(
    quick_hashes: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSETMAP_APP", str(tmp_path / "own"))
    with pytest.raises(InputError, match="--add-user"):
        serve.serve_app(tmp_path, host="192.0.2.1", show=False)
    serve.add_user("Ola", "owner", "a long password")
    with pytest.raises(InputError, match="--insecure-http"):
        serve.serve_app(tmp_path, host="192.0.2.1", show=False)
    with pytest.raises(InputError, match="--cert and --key"):
        serve.serve_app(tmp_path, cert=tmp_path / "cert.pem", show=False)


# what is sent


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        (".hidden", "hidden"),
        ("con.csv", "_con.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_file_gets_a_tidy_name(sent: str, kept: str) -> None:
    assert tidy_name(sent) == kept


def test_files_go_into_their_folder_and_nowhere_else(browser: Browser, state: State) -> None:
    page = browser.fill("/new", area="Testshire")
    assert "Official files for Testshire" in page.text
    folder = state.home / "testshire"
    elsewhere = str(state.home / "out2.csv")
    hostile = [
        ("files", (name, b"name,postcode\nHall,TR1 1EP\n")) for name in ("../../../out.csv", elsewhere)
    ]
    page = browser.fill("/p/testshire/files", files=hostile)
    assert page.status_code == 200
    assert sorted(path.name for path in (folder / "inputs").iterdir()) == ["out.csv", "out2.csv"]
    assert not (state.home / "out.csv").exists()
    assert not (state.home / "out2.csv").exists()
    page = browser.answer("/p/testshire/files")
    assert "out.csv" in page.text
    assert "Still missing: areas" in page.text
    assert (
        "no file &#39;../app.json&#39;" in browser.fill("/p/testshire/files/remove", file="../app.json").text
    )
    assert (folder / CHOICE_NAME).is_file()
    browser.fill("/p/testshire/files/remove", file="out.csv")
    assert not (folder / "inputs" / "out.csv").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/p/%2e%2e/files", "/p/..%2f..%2fetc", "/p/quillford%2f..%2f..", "/p/Quillford", "/p/.", "/p/%00",
        "/p/quillford/results/build/..%2fassetmap.toml", "/p/quillford/results/../assetmap.toml",
        "/p/quillford/results/inputs/groups.csv", "/p/quillford/pictures/..%2f..%2fx.svg", "/help/..%2f..%2fREADME",
        "/help/pictures/..%2fapp.md", "/static/..%2fserve.py", "/static/../serve.py", "/static/%2e%2e/serve.py",
    ],
)  # fmt: skip
def test_no_path_leads_out(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LARGEST_FORM", 1000)
    assert browser.fill("/new", area="x" * 2000).status_code == 413

    def pieces() -> Iterator[bytes]:
        yield from [b"area=" + b"x" * 500] * 5

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/new", content=pieces(), headers=headers).status_code == 413
    assert browser.get("/", headers={"content-length": "many"}).status_code == 413


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(browser: Browser, words: str) -> None:
    pages = [
        browser.fill("/open", folder=words),
        browser.fill("/new", area="", name=words),
        browser.get("/p/quillford/near", params={"postcode": words, "km": words}),
        browser.get("/p/quillford/gaps", params={"type": words, "km": words}),
        browser.get("/p/quillford/groups", params={"method": "areas", "go": "1", "counts": words}),
        browser.get("/p/quillford/groups", params={"method": words}),
        browser.get("/p/quillford/sites/new", params={"number": words}),
    ]
    for page in pages:
        assert page.status_code in (200, 422)
        assert not re.search(r"<script>|<img src=x|<svg onload|<textarea[^>]*></textarea><svg", page.text)
        assert 'href="javascript' not in page.text
        assert "49" not in re.findall(r'value="([^"]*)"', page.text)


# pages


PAGES = ["/", "/new", "/p/quillford", *(f"/p/quillford/{end}" for end in ("files", "lists", "rows", "pairs", "add", "gaps", "groups", "sites", "sites/new", "sites/options", "sites/break-even", "outcomes", "sharing", "travel", "near", "publish", "paper", "history"))]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_a_help_line_and_a_link_to_its_document(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    title = re.search(r"<title>(.+?) – assetmap</title>", page.text, re.DOTALL)
    heading = re.search(r"<h1[^>]*>(.+?)</h1>", page.text)
    assert title
    assert heading
    assert title[1].startswith(heading[1])
    linked = re.search(r'href="/help/(\w+)">How this works', page.text)
    assert linked
    assert (docs_folder() / f"{linked[1]}.md").is_file()
    assert browser.get(f"/help/{linked[1]}").status_code == 200


def test_an_error_is_shown_on_the_page_with_what_was_typed(browser: Browser) -> None:
    page = browser.get("/p/quillford/gaps", params={"type": "library", "km": "far"})
    assert "How far people travel must be a number" in summary(page)
    assert 'href="#km"' in page.text
    assert 'value="far"' in page.text
    assert "<title>Error: " in page.text
    page = browser.fill("/new", area=" ")
    assert page.status_code == 422
    assert "Enter the name of a council" in summary(page)


def test_a_project_that_is_not_there_is_one_sentence(browser: Browser) -> None:
    page = browser.get("/p/nowhere/gaps")
    assert page.status_code == 404
    assert "no project" in page.text
    assert "Traceback" not in page.text


def test_names_become_keys() -> None:
    assert key_of("Bristol, City of") == "bristol-city-of"
    assert key_of("../..") == ""
    assert key_of("日本") == ""


def test_changes_of_the_form_become_the_words_of_what_if() -> None:
    row = {"change": "close", "site": "a", "detail": ""}
    rows = [
        row,
        row | {"change": "hours", "site": "b", "detail": "10"},
        row | {"change": "open", "site": "", "detail": "TR1 1EP"},
    ]
    assert edits_of(rows, {"a": "A", "b": "B"}) == {"close": ["a"], "hours": ["b:10"], "open": ["TR1 1EP"]}
    with pytest.raises(FieldError, match="Change 1: choose a site"):
        edits_of([row | {"site": "z"}], {"a": "A"})
    with pytest.raises(FieldError, match="to what"):
        edits_of([row | {"change": "move"}], {"a": "A"})
    with pytest.raises(FieldError, match="at least one"):
        edits_of([row | {"site": ""}], {})


def test_a_second_start_finds_the_first(
    state: State, stranger: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSETMAP_APP", str(tmp_path))
    note = serve._remember(tmp_path, ADDRESS, state.control)
    assert note.stat().st_mode & 0o077 == 0
    found = serve._running(tmp_path)
    assert found is not None
    assert serve._running(tmp_path / "other") is None
    assert stranger.post("/control/link", headers={"x-assetmap-control": "wrong"}).status_code == 403
    answer = stranger.post("/control/link", headers={"x-assetmap-control": str(found["control"])})
    assert state.sessions.spend(answer.json()["token"])
    busy = socket.socket()
    busy.bind(("127.0.0.1", 0))
    with pytest.raises(InputError, match="--port"):
        serve._listen("127.0.0.1", busy.getsockname()[1])
    busy.close()


@pytest.mark.skipif(os.name != "posix", reason="start.sh is for Linux and macOS")
def test_the_file_to_double_click_starts_the_app_or_says_what_is_missing(tmp_path: Path) -> None:
    top = docs_folder().parent
    for name in ("start.sh", "start.command", "pyproject.toml"):
        shutil.copy2(top / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("dirname", "touch"):
        (tools / name).symlink_to(str(shutil.which(name)))
    run = partial(
        subprocess.run, capture_output=True, text=True, check=False, env={"PATH": str(tools)}, cwd="/"
    )
    done = run(["/bin/sh", str(tmp_path / "start.sh")])
    assert done.returncode == 1
    assert "https://www.python.org/downloads/" in done.stdout
    program = tmp_path / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    program.chmod(0o755)
    first, second = (run(["/bin/sh", str(tmp_path / "start.command"), "--no-open"]).stdout for _ in range(2))
    assert (
        first == "-m pip install --quiet --disable-pip-version-check .[travel]\n-m assetmap app --no-open\n"
    )
    assert second == "-m assetmap app --no-open\n"
    (tmp_path / "wheels").mkdir()
    (tmp_path / ".venv" / ".app-ready").unlink()
    assert (
        "--upgrade --no-index --find-links wheels assetmap[travel]"
        in run(["/bin/sh", str(tmp_path / "start.sh")]).stdout
    )


def test_the_file_for_windows_does_the_same_steps() -> None:
    text = (docs_folder().parent / "start.bat").read_bytes().decode("ascii")
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)  # a lone line feed makes Windows miss its labels
    labels = {line[1:].split()[0] for line in lines if re.match(r":\w", line)}
    assert set(re.findall(r"(?m)(?:goto|call) :?(\w+)", text)) == labels
    depth = 0
    for line in lines:
        code = re.sub(r'"[^"]*"', "", line)
        assert code.count('"') == 0, line  # every quotation mark has its other one
        if re.match(r"\s*(rem|echo)\b", code):
            assert not depth or ")" not in code, line  # it would end the block
            continue
        depth += code.count("(") - code.count(")")
        assert depth >= 0, line
    assert depth == 0
    for words in (
        "-m venv .venv",
        "--upgrade --no-index --find-links wheels assetmap[travel]",
        "-m assetmap app %*",
        "python.org/downloads",
        'pushd "%~dp0"',
    ):
        assert words in text
    assert (docs_folder().parent / "start.command").stat().st_mode & 0o111


# lists


LIST = (
    "Group name;Type;Post code;Town\n"
    "Quill Choir;arts and culture group;QF5 1AA;Quillford\n"
    "Bad Postcode Club;sports club;n/a;\n"
    "Lower Case Club;sports club;qf81ad;Northgate\n"
    "=HYPERLINK(1);sports club;QF5 1AB;\n"
    "<script>alert(1)</script>;<img src=x onerror=alert(1)>;QF5 1AB;{{ 7 * 7 }}\n"
)


@pytest.fixture(scope="module")
def listed(browser: Browser) -> str:
    """The address of a list with mistakes, added once."""
    page = browser.fill("/p/quillford/lists", files=[("files", ("my groups.csv", LIST.encode()))])
    assert page.url.path == "/p/quillford/lists/my_groups"
    assert page.url.query == b"outcome=rejected"
    assert "Bad Postcode Club" in page.text
    return str(page.url.path)


def row_number(browser: Browser, listed: str, name: str) -> int:
    found = re.search(
        rf'id="row-(\d+)"(?:(?!id="row-).)*?{re.escape(name)}', browser.get(listed).text, re.DOTALL
    )
    assert found, name
    return int(found[1])


def field(page: Any, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


@pytest.mark.slow
def test_what_a_list_says_stays_words_on_every_page(browser: Browser, listed: str) -> None:
    number = row_number(browser, listed, "alert(1)")
    ends = ("columns", "replace", "")
    pages = [f"{listed}/{end}".rstrip("/") for end in ends]
    pages += [
        f"/p/quillford/{end}"
        for end in ("lists", "rows", "history", "pairs?show=all", f"rows/{number}", f"rows/{number}/point")
    ]
    seen = 0
    for path in pages:
        page = browser.get(path)
        assert page.status_code == 200, path
        assert not re.search(r"<script>|<img src=x", page.text), path
        seen += "&lt;script&gt;" in page.text
    assert seen >= 4


@pytest.mark.slow
def test_a_cell_is_changed_and_the_row_judged_again(browser: Browser, listed: str) -> None:
    address = f"/p/quillford/rows/{row_number(browser, listed, 'Bad Postcode Club')}"
    page = browser.get(address)
    assert "Must fix" in page.text
    sent = {"version": field(page, "version"), "seen.postcode": "n/a"}
    page = browser.fill(address, **sent, **{"cell.postcode": "QF5 1AD"})
    assert "This row is now: in the register" in page.text
    assert "In the file: n/a" in page.text
    assert "Nothing was changed" in summary(browser.fill(address, **{**sent, "cell.postcode": "n/a"}))

    # somebody who saw the older version: nothing is overwritten
    conflict = browser.fill(address, **sent, **{"cell.postcode": "QF5 1AE"})
    assert "Somebody else changed this row" in conflict.text
    assert "QF5 1AD" in conflict.text
    assert "QF5 1AE" in conflict.text
    chosen = {"version": field(conflict, "version"), "cell.postcode": "QF5 1AE", "keep.postcode": "yours"}
    assert 'value="QF5 1AE"' in browser.fill(f"{address}/choose", **chosen).text

    history = browser.get("/p/quillford/history")
    change = field(history, "change")
    undone = browser.fill("/p/quillford/history", change=change)
    assert "Undone" in undone.text
    assert 'value="QF5 1AD"' in browser.get(address).text


@pytest.mark.slow
def test_a_suggestion_is_accepted_where_it_stands(browser: Browser, listed: str) -> None:
    number = row_number(browser, listed, "Lower Case Club")
    page = browser.get(listed)
    form = re.search(rf'action="/p/quillford/rows/{number}/accept".*?</form>', page.text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(column|value|version)" value="([^"]*)"', form[0]))
    assert fields["value"] == "QF8 1AD"
    answer = browser.post(
        f"/p/quillford/rows/{number}/accept",
        data={"csrf": browser.csrf, **fields},
        headers={"hx-request": "true"},
    )
    assert answer.text.strip().startswith(f'<tr class="govuk-table__row" id="row-{number}"')
    assert "Saved." in answer.text
    assert "QF8 1AD" in browser.get(f"/p/quillford/rows/{number}").text


@pytest.mark.slow
def test_columns_are_chosen_and_the_list_given_back_fixed(browser: Browser, listed: str) -> None:
    page = browser.get(f"{listed}/columns")
    assert "Group name" in page.text
    twice = browser.fill(f"{listed}/columns", version=field(page, "version"), column0="name", column3="name")
    assert "Two columns mean" in summary(twice)
    address = f"/p/quillford/rows/{row_number(browser, listed, 'Quill Choir')}"
    row = browser.get(address)
    sent = {"version": field(row, "version"), "seen.town": "Quillford", "cell.town": "Upper Quill"}
    assert "Saved" in browser.fill(address, **sent).text
    fixed = browser.get(f"{listed}/fixed")
    assert "my%20groups-fixed.csv" in fixed.headers["content-disposition"]
    lines = fixed.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Group name;Type;Post code;Town")
    assert lines[1].startswith("Quill Choir;arts and culture group;QF5 1AA;Upper Quill")
    assert browser.get(f"{listed}/original").content == LIST.encode()
    row = browser.get(address)  # the file has no column for an address: that is said before it is taken
    sent = {"version": field(row, "version"), "seen.address": "", "cell.address": "1 Quay Street"}
    assert "Saved" in browser.fill(address, **sent).text
    told = browser.get(f"{listed}/fixed")
    assert "1 Quay Street" in told.text
    assert "What the fixed list does not hold" in told.text
    taken = browser.get(f"{listed}/fixed?anyway=yes")
    assert "attachment" in taken.headers["content-disposition"]
    assert b"Upper Quill" in taken.content


@pytest.mark.slow
def test_a_place_is_added_moved_closed_and_removed(browser: Browser) -> None:
    assert "Enter its name" in summary(browser.fill("/p/quillford/add", asset_type="village_hall"))
    page = browser.fill("/p/quillford/add", name="Quay Hall", asset_type="village_hall", postcode="QF5 1AB")
    assert page.url.path.endswith("/point")
    row = page.url.path.removesuffix("/point")
    east, north = (int(field_of_input(page, name)) for name in ("easting", "northing"))
    sent = {"version": field(page, "version"), "easting": str(east + 10), "northing": str(north)}
    page = browser.fill(f"{row}/point", **sent)
    assert f"{east + 10}, {north}" in page.text
    page = browser.fill(f"{row}/point", version=field(page, "version"), easting="far", northing="1")
    assert "must be a number" in summary(page)
    shapes = browser.get(f"/p/quillford/ground?easting={east}&northing={north}").json()["shapes"]
    assert shapes
    page = browser.get(row)
    page = browser.fill(f"{row}/close", version=field(page, "version"), on="2026-03-31")
    assert "closed" in page.text
    page = browser.fill(f"{row}/remove", version=field(page, "version"))
    assert browser.get(row).status_code == 404


def field_of_input(page: Any, name: str) -> str:
    found = re.search(rf'<input[^>]*id="{name}"[^>]*value="([^"]*)"', page.text)
    assert found
    return found[1]


@pytest.mark.slow
def test_a_list_is_replaced_after_a_look_at_what_changes(browser: Browser, listed: str) -> None:
    newer = (
        LIST.replace(
            "Quill Choir;arts and culture group;QF5 1AA", "Quill Choir;arts and culture group;QF5 1AE"
        )
        + "New Club;sports club;QF5 1AA;\n"
    )
    page = browser.fill(f"{listed}/replace", files=[("files", ("groups 2026.csv", newer.encode()))])
    assert "New Club" in page.text
    number = field(page, "file")
    assert browser.get(f"{listed}/replace?file=../../etc").status_code == 404
    page = browser.fill(f"{listed}/replace/now", version=field(page, "version"), file=number, date="2026")
    assert page.url.path == listed
    assert "New Club" in page.text
    page = browser.get(f"{listed}/columns")
    page = browser.fill(f"{listed}/remove", version=field(page, "version"))
    assert "my_groups" not in page.text
    change = field(browser.get("/p/quillford/history"), "change")
    browser.fill("/p/quillford/history", change=change)
    assert "New Club" in browser.get(listed).text


@pytest.mark.slow
def test_the_register_of_a_day_is_shown(browser: Browser, listed: str) -> None:
    import datetime as dt

    today = dt.date.today()
    page = browser.get("/p/quillford/history", params={"day": today.isoformat()})
    assert f"The register at the end of {today.day}" in page.text
    page = browser.get("/p/quillford/history", params={"day": today.isoformat(), "until": today.isoformat()})
    assert page.status_code == 200
    page = browser.get("/p/quillford/history", params={"day": "yesterday"})
    assert "year-month-day" in summary(page)


@pytest.mark.slow
def test_what_changed_between_two_moments_is_drawn(browser: Browser, state: State, tmp_path: Path) -> None:
    import datetime as dt

    from assetmap.app.history import _points
    from assetmap.app.tasks.changed import changed_map
    from assetmap.project import store as st

    store = state.stores.open(state.home / "quillford", state.address)
    library = next(each for each in st.rows(store, list_name="libraries").rows if each.outcome == "accepted")
    begun = dt.datetime.now(dt.UTC)
    st.move_asset(store, library.key, version=library.version, easting=562_000, northing=424_000)
    found = st.changes_between(store, begun, dt.datetime.now(dt.UTC))
    points = _points(found)
    assert [each[:2] + each[3:] for each in points] == [[library.name, "moved", 562_000.0, 424_000.0]]
    hidden = replace(found, after=replace(found.after, assets=found.after.assets.assign(sensitive=True)))
    assert _points(hidden) == []  # a guarded place is not drawn
    words = {"folder": str(state.home / "quillford"), "scratch": str(tmp_path), "name": "drawn"}
    steps: list[str] = []
    drawn = changed_map({**words, "points": points, "title": "What changed"}, steps.append)
    assert (tmp_path / drawn["picture"]["file"]).read_text("utf-8").startswith("<?xml")
    assert "What changed" in drawn["picture"]["alt"]
    st.undo(store, st.history(store, limit=1).changes[0].number)


@pytest.mark.slow
def test_a_need_in_words_and_the_directory_are_those_of_the_library(browser: Browser, state: State) -> None:
    page = browser.answer("/p/quillford/near?need=lonely, 78, Tuesday, zorbing&postcode=QF5 1AA&km=5")
    project = am.open_project(state.home / "quillford")
    request = am.project.read_request("lonely, 78, Tuesday, zorbing")
    found = am.project.find_for_person(project, "QF5 1AA", request)
    assert html.escape(request.sentence) in page.text
    assert "not known, and not used" in page.text
    for name in found.table["name"]:
        assert str(name) in html.unescape(page.text)
    sheet = re.search(r'href="(/p/quillford/sheets/\w+\.docx)"', page.text)
    assert sheet
    taken = browser.get(sheet[1])
    assert taken.content[:2] == b"PK"
    assert taken.headers["content-disposition"].startswith("attachment")
    assert browser.get("/p/quillford/sheets/..%2Fapp.json").status_code == 404
    unknown = browser.answer("/p/quillford/near?need=zorbing&postcode=QF5 1AA")
    assert "zorbing" in summary(unknown)
    nobody = browser.answer("/p/quillford/near?need=food&postcode=QF5 1AA&km=0.1&day=sunday")
    assert "Count it" in nobody.text
    need = {"need": "food", "postcode": "QF5 1AA", "km": "0.1", "day": "sunday"}
    assert "Ask the person first" in summary(browser.fill("/p/quillford/near", **need))
    assert am.project.unmet_requests(project).empty
    counted = browser.fill("/p/quillford/near", consent="yes", **need)
    number = counted.url.path.rsplit("/", 1)[-1]
    assert '"state": "done"' in browser.get(f"/jobs/{number}/events").text
    assert len(am.project.unmet_requests(project)) == 1
    waiting = browser.fill("/p/quillford/publish", what="directory")
    assert '"state": "done"' in browser.get(f"/jobs/{waiting.url.path.rsplit('/', 1)[-1]}/events").text
    shown = browser.get("/p/quillford/results/directory/directory.html")
    assert "Quillford" in shown.text
    assert "allow-same-origin" not in shown.headers["content-security-policy"]


def test_a_column_is_a_facet_and_a_row_leads_to_all_its_changes(
    browser: Browser, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetmap.app.lists import row as row_page

    monkeypatch.setattr(row_page, "MOST_CHANGES", 1)
    page = browser.get(f"{listed}?column=postcode")
    assert '<option value="QF5 1AB">QF5 1AB (2)</option>' in page.text
    page = browser.get(f"{listed}?column=postcode&value=QF5+1AB")
    assert "All <span>2</span>" in page.text
    page = browser.get(f"{listed}?column=town&value=(empty)")
    assert "All <span>" in page.text
    assert "Quill Choir" not in page.text
    number = row_number(browser, listed, "Lower Case Club")
    for at in range(2):
        row = browser.get(f"/p/quillford/rows/{number}")
        sent = {"version": field(row, "version"), "seen.address": "?", "cell.address": f"Street {at}"}
        page = browser.fill(f"/p/quillford/rows/{number}", **sent)
    assert re.search(r'/history\?row=\d+">See all \d changes', page.text)
    assert "Only changes to" in browser.get(f"/p/quillford/history?row={number}").text


def test_what_was_chosen_on_the_map_leads_to_its_row(browser: Browser, state: State) -> None:
    from assetmap.project import store as st

    store = state.stores.open(state.home / "quillford", state.address)
    assets = st.current_register(store).assets
    asset = assets.index[assets["asset_type"] == "library"][0]
    key = st.row_of_asset(store, asset)
    page = browser.get("/p/quillford/rows/of-asset", params={"asset": asset, "do": "edit"})
    assert page.url.path == f"/p/quillford/rows/{key}"
    point = {"asset": asset, "do": "move", "point": "53.7,0.45", "back": "https://evil.example"}
    page = browser.get("/p/quillford/rows/of-asset", params=point)
    assert page.url.path == f"/p/quillford/rows/{key}/point"
    assert "evil" not in str(page.url)
    assert "The cross is where you pointed" in page.text
    assert 500_000 < int(field_of_input(page, "easting")) < 700_000
    page = browser.get("/p/quillford/rows/of-asset", params={"do": "add", "point": "53.7,0.45"})
    assert page.url.path == "/p/quillford/add"
    for asked in ({"asset": "nonsense"}, {}, {"asset": "<script>alert(1)</script>"}):
        assert browser.get("/p/quillford/rows/of-asset", params=asked).status_code == 404
    away = browser.get("/p/quillford/rows/of-asset", params={"do": "add", "point": "91.0,999.0"})
    assert "easting=" not in str(away.url)


# answers, in the process that works them out


@pytest.mark.slow
def test_questions_are_answered_as_python_answers_them(browser: Browser, state: State) -> None:
    project = am.open_project(state.home / "quillford")
    page = browser.answer("/p/quillford/gaps?type=library&distance=straight")
    expected = am.gaps.describe_gaps(am.find_project_gaps(project, asset_type="library", distance="straight"))
    assert expected.split(".")[0] in page.text.replace("&#39;", "'")
    # the type of the project itself needs no saying
    assert "am.find_project_gaps(project, distance=&#39;straight&#39;)" in page.text
    picture = re.search(r'src="(/p/quillford/pictures/\w+\.svg)"', page.text)
    assert picture
    drawn = browser.get(picture[1])
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in drawn.headers["content-security-policy"]
    page = browser.answer("/p/quillford/groups?method=finds&go=yes&seen=100&once=60&twice=20")
    assert f"{am.groups.estimate_from_recaptures(100, 60, 20, level=0.8).estimate:,.0f}" in page.text
    page = browser.answer("/p/quillford/sharing?km=10")
    try:
        am.match_files([], project=project, within_km=10)
    except (
        am.InputError
    ) as error:  # no list of the town says what it lends, unless a test before this one added some
        assert str(error).split(".")[0] in html.unescape(summary(page))
    else:
        assert summary(page) == ""
    page = browser.answer("/p/quillford/near?postcode=nonsense&km=5")
    assert "not a postcode" in summary(page)


def test_outcomes_are_shown_and_their_files_are_put_in(browser: Browser, state: State) -> None:
    shown = {
        "priorities": "12,800 people in 10 small areas have nothing within 2 km for “Food and money”",
        "prevention": "little near that helps before a need is acute",
        "counts": "not shown (2 groups)",
        "conditions": "People answered for",
        "grants": "Grants beside need",
    }
    for what, words in shown.items():
        page = browser.answer(f"/p/quillford/outcomes?what={what}")
        assert summary(page) == ""
        assert words in html.unescape(page.text).replace("\xa0", " "), what
    form = browser.answer("/p/quillford/outcomes/form")
    assert b'<option value="Overcott Walkers">' in form.content
    assert "counts_form.html" in form.headers["content-disposition"]
    assert b"What your group did in a month" in form.content
    back = b"group,month,people_helped\nOvercott Walkers,2026-11,31\n"
    page = browser.fill("/p/quillford/outcomes", files={"files": ("=back.csv", back)}, kind="")
    assert page.status_code == 200
    dropped = b"group,month,people_helped\nOvercott Walkers,2026-12,33\n"
    page = browser.fill("/p/quillford/lists", files={"files": ("dropped.csv", dropped)})
    assert "/outcomes?what=counts" in str(page.url)
    assert "33" in (state.home / "quillford" / "counts.csv").read_text("utf-8")
    unclear = browser.fill("/p/quillford/outcomes", files={"files": ("a.csv", b"a,b\n1,2\n")}, kind="")
    assert "not clear from its headings what 'a.csv' is" in html.unescape(summary(unclear))
    assert "31" in (state.home / "quillford" / "counts.csv").read_text("utf-8")
    page = browser.fill(
        "/p/quillford/outcomes", files={"files": ("wrong.csv", b"a,b\n1,2\n")}, kind="outcomes"
    )
    assert "no column 'priority'" in html.unescape(summary(page))
    page = browser.fill("/p/quillford/outcomes", kind="grants")
    assert "Choose at least one file" in summary(page)
    assert "Choose what the file is" in summary(browser.fill("/p/quillford/outcomes", kind="x"))


@pytest.mark.slow
def test_break_even_is_shown_with_its_period_and_assumption_and_kept(browser: Browser, state: State) -> None:
    page = browser.answer("/p/quillford/sites/break-even")
    assert "home care for two years costs £9,000" in html.unescape(page.text)
    asked = "service=Link&spending=%C2%A3130%2C000&saving=10000&years=2"
    page = browser.answer(f"/p/quillford/sites/break-even?{asked}&assumption=")
    assert "where the figure comes from" in summary(page)
    page = browser.answer(f"/p/quillford/sites/break-even?{asked}&assumption=day+care,+our+accounts")
    words = html.unescape(page.text)
    assert "Spending of £130,000 over 2 years pays for itself if it keeps 13 people out" in words
    assert "Assumption: day care, our accounts" in words
    assert "Quillford Guildhall" in words
    kept = {
        "service": "Link",
        "spending": "130000",
        "saving": "10000",
        "years": "2",
        "assumption": "day care",
    }
    assert browser.fill("/p/quillford/sites/break-even", **kept).status_code == 200
    table = am.open_project(state.home / "quillford").settings.break_even
    assert table is not None
    assert (table.spending_gbp, table.years, table.assumption) == (130_000, 2, "day care")
    assert "over the period" in summary(
        browser.fill("/p/quillford/sites/break-even", **kept | {"saving": ""})
    )


@pytest.mark.journey
def test_a_build_can_be_followed_and_its_files_taken(browser: Browser, state: State) -> None:
    waiting = browser.fill("/p/quillford/publish", what="build")
    number = waiting.url.path.rsplit("/", 1)[-1]
    events = browser.get(f"/jobs/{number}/events").text
    assert "Drawing the map" in events
    assert '"state": "done"' in events
    page = browser.get("/p/quillford/publish")
    for name in ("map.html", "report.html", "tables.xlsx", "assetmap.gpkg"):
        assert f"/results/build/{name}?download" in page.text
    shown = browser.get("/p/quillford/results/build/map.html")
    assert shown.content == (state.home / "quillford" / "build" / "map.html").read_bytes()
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    taken = browser.get("/p/quillford/results/build/tables.xlsx")
    assert taken.headers["content-disposition"].startswith("attachment")
    preview = browser.answer("/p/quillford/publish?preview=yes")
    assert "Kept secret" in preview.text


def test_a_paper_form_says_what_is_wrong(browser: Browser) -> None:
    page = browser.fill("/p/quillford/paper", kind="letter")
    assert summary(page) == "Choose what the paper is about."
    page = browser.fill("/p/quillford/paper", kind="review", option="Z")
    assert "no option 'Z' any more" in html.unescape(summary(page))
    page = browser.fill("/p/quillford/paper", files={"template": ("council.docm", b"x")}, kind="report")
    assert "ends in .docx or .dotx" in summary(page)
    page = browser.get("/p/quillford/paper")
    assert 'name="option" type="checkbox" value="A"' in page.text
    assert "No paper has been written yet" in page.text


@pytest.mark.journey
def test_a_paper_is_written_in_the_template_that_was_sent(browser: Browser, state: State) -> None:
    import docx

    template = io.BytesIO()
    council = docx.Document()
    council.sections[0].header.paragraphs[0].text = "Town Council"
    council.add_paragraph("Draft")
    council.save(template)
    sent = {"template": ("Council paper.docx", template.getvalue())}
    waiting = browser.fill("/p/quillford/paper", files=sent, kind="review", option="A")
    number = waiting.url.path.rsplit("/", 1)[-1]
    assert '"state": "done"' in browser.get(f"/jobs/{number}/events").text
    page = browser.get("/p/quillford/paper")
    assert "Use Council paper.docx from last time" in page.text
    assert "text on the pages" in page.text  # what the template had and the paper leaves out
    taken = browser.get("/p/quillford/results/papers/review.docx?download")
    assert taken.headers["content-disposition"].startswith("attachment")
    paper = docx.Document(io.BytesIO(taken.content))
    assert paper.sections[0].header.paragraphs[0].text == "Town Council"
    headings = [each.text for each in paper.paragraphs if each.style.name.startswith("Heading")]
    assert "The options side by side" in headings
    assert not any(each.startswith("Option B") for each in headings)


@pytest.mark.slow
def test_work_that_is_cancelled_or_whose_process_ends_is_one_message(state: State) -> None:
    jobs, until = Jobs(), time.monotonic() + 300

    def at_work() -> tuple[Job, subprocess.Popen[bytes]]:
        job = jobs.begin(Job("build", {"folder": str(state.home / "quillford")}, "Building", "/", "/"))
        while job.state == "waiting" and time.monotonic() < until:
            time.sleep(0.01)
        assert job.worker is not None
        return job, job.worker.process

    try:
        job, process = at_work()
        jobs.cancel(job)
        assert job.state == "cancelled"
        assert process.wait(60) is not None
        assert jobs.find(job.number) is job
        ended = _Worker()
        ended.end()
        jobs._idle.append(ended)  # a process that ended while it waited for work is not given any
        job, process = at_work()
        process.kill()
        while job.state == "running" and time.monotonic() < until:
            time.sleep(0.01)
        assert job.state == "failed"
        assert "try again" in job.problem
    finally:
        jobs.close()


@pytest.mark.slow
def test_a_workbook_explains_itself_and_holds_no_formula(
    cornwall: tuple[am.Results, Path], tmp_path: Path
) -> None:
    import dataclasses

    from openpyxl import load_workbook

    results = cornwall[0]
    assert (cornwall[1] / "tables.xlsx").is_file()
    assets = results.assets.head(3).copy()
    assets["name"] = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)"]
    small = dataclasses.replace(
        results, areas=results.areas.head(4), assets=assets, log=results.log.head(5), details={}
    )
    one, two = (am.show.write_workbook(small, tmp_path / f"{name}.xlsx") for name in "ab")
    assert one.read_bytes() == two.read_bytes()
    book = load_workbook(one)
    assert book.sheetnames == ["read me", "gaps", "areas", "assets", "rejected", "sources"]
    said = {row[0]: row[1] for row in book["read me"].iter_rows(values_only=True)}
    assert said["areas"] == 4
    assert said["assets"] == 3
    heads = [cell.value for cell in next(book["assets"].iter_rows(max_row=1))]
    names = [row[heads.index("name")] for row in book["assets"].iter_rows(min_row=2)]
    assert [cell.value for cell in names] == list(assets["name"])
    assert {cell.data_type for cell in names} == {"s"}


@pytest.mark.slow
def test_a_preview_counts_what_is_left_out(cornwall: tuple[am.Results, Path]) -> None:
    found = am.project.preview_public(am.example_project())
    assert found.assets == len(cornwall[0].assets) == len(found.shown)
    assert set(found.shown["name"]) == set(cornwall[0].assets["name"])
    assert "West Cornwall Women's Aid" in set(found.guarded["name"])
    assert not set(found.columns.index) & set(found.shown.columns)
    assert (found.columns["cells"] > 0).all()


@pytest.mark.slow
def test_the_example_can_be_opened_from_the_start_page(browser: Browser, state: State) -> None:
    page = browser.fill("/examples", example="cornwall")
    assert page.url.path == "/p/cornwall"
    assert (state.home / "cornwall" / "assetmap.toml").is_file()
    assert "Cornwall" in browser.get("/").text
    shutil.rmtree(state.home / "cornwall")
    assert browser.fill("/examples", example="../etc").status_code == 422


@pytest.mark.journey
def test_roads_and_timetables_are_dropped_into_their_boxes(browser: Browser, state: State) -> None:
    before = set(state.scratch.iterdir())
    folder = state.home / "no-car"
    am.new_project(folder, example="town")
    settings = folder / "assetmap.toml"
    text = re.sub(r'(?m)^distance = "\w+"', 'distance = "straight"', settings.read_text("utf-8"))
    settings.write_text(re.sub(r"(?ms)^\[(roads|timetable)\].*?(?=^\[|\Z)", "", text), "utf-8")
    sent = {}
    for name in ("roads.osm", "buses_gtfs.zip"):
        sent[name] = (folder / name).read_bytes()
        (folder / name).unlink()
    page = browser.get("/p/no-car/travel")
    assert page.text.count("Not added yet") == 2 and "Work out the travel times" not in page.text
    assert "Choose a file of roads" in summary(browser.fill("/p/no-car/travel/files"))

    def drop(*files: tuple[str, str, bytes]) -> Any:
        waiting = browser.fill(
            "/p/no-car/travel/files", files=[(box, (name, body)) for box, name, body in files]
        )
        number = waiting.url.path.rsplit("/", 1)[-1]
        browser.get(f"/jobs/{number}/events")
        return browser.get(f"/jobs/{number}")

    bad = drop(("roads", "halls.csv", b"name,postcode\nHall,QF5 1AA\n"))
    assert (
        "neither an OpenStreetMap extract" in bad.text and settings.read_text("utf-8").count("[roads]") == 0
    )
    good = drop(
        ("roads", "roads.osm", sent["roads.osm"]), ("timetable", "buses_gtfs.zip", sent["buses_gtfs.zip"])
    )
    assert (
        "roads of the whole of the place" in html.unescape(good.text)
        and "bus stops in or beside the place" in good.text
    )
    assert good.text.count(">Ready<") == 2
    assert not [path for path in state.scratch.iterdir() if path.is_dir() and path not in before]
    project = am.open_project(folder)
    assert project.settings.timetable.files == ("buses_gtfs.zip",)
    answer = browser.answer("/p/no-car/travel?go=yes")
    assert "About 1,260 of 17,440 people (7%) have no way" in answer.text
    assert "households without a car" in answer.text and "Which opening would help most" in answer.text
