"""The tutorials hold: their commands and snippets run in order, and every line and figure they quote comes out."""

from __future__ import annotations

import html
import importlib.util
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetmap.cli import app
from test_app import ADDRESS, Browser, Jobs, State, make_app
from test_docs import commands_in

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.M | re.S)
FIGURE = re.compile(r"(?<![\w.,-])\d[\d,]*\d(?:\.\d+)?|(?<![\w.,-])\d\.\d+")


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def figures(text: str) -> set[str]:
    """The figures of the sentences: without blocks, code, headings and addresses."""
    words = re.sub(r"`[^`]*`|\]\([^)]*\)|^#.*$|^\d+\. ", "", BLOCK.sub("", text), flags=re.M)
    return set(FIGURE.findall(words))


def script(name: str) -> Any:
    """Load a script of the sources as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    return module


def run_page(name: str) -> str:
    """Run a tutorial from top to bottom in the working folder; return all that it printed."""
    outputs: list[str] = []
    names: dict[str, Any] = {}
    runner = CliRunner()
    for language, block in BLOCK.findall(page(name)):
        if language == "python":
            exec(compile(block, f"{name}.md", "exec"), names)
        elif language == "toml":
            assert block.strip() in Path("quillford/assetmap.toml").read_text(encoding="utf-8")
        elif language == "text":
            for line in block.splitlines():
                assert flat(line).strip() in flat(outputs[-1]), line
        elif commands := commands_in(f"```\n{block}```"):
            results = [runner.invoke(app, words, catch_exceptions=False) for words in commands]
            assert [done.exit_code for done in results] == [0] * len(results), block
            outputs.append("\n".join(done.output for done in results))
    return flat("\n".join(outputs))


@pytest.mark.journey
def test_the_analyst_gets_from_two_lists_to_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = run_page("tutorial_analyst")
    town = script("build_town")
    groups = len(town.LIST_PLACES) * sum(map(len, town.LIST_KINDS.values()))
    truth = {str(groups), str(town.CHARITIES), str(groups - town.CHARITIES)}
    assert sorted(figures(page("tutorial_analyst")) - truth - set(FIGURE.findall(printed))) == []
    low, high = re.search(r"plausibly (\d+) to (\d+) \(80%\)\. directory shows", printed).groups()
    assert int(low) < groups - town.CHARITIES < int(high)


@pytest.mark.journey
def test_the_planner_gets_from_a_proposal_to_a_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = run_page("tutorial_planner")
    assert sorted(figures(page("tutorial_planner")) - set(FIGURE.findall(printed))) == []
    assert {"devolution.html", "option.html", "evidence.zip", "site_answers_blank.csv"} <= {
        path.name for path in Path("review").iterdir()
    }
    assert Path("cabinet.docx").read_bytes()[:2] == b"PK"


@pytest.mark.journey
def test_the_officer_gets_from_two_lists_to_what_the_public_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every button and heading in bold is on a page that was opened, and the lists are those of the pictures."""
    monkeypatch.syspath_prepend(ROOT / "scripts")
    pictures = script("app_screenshots")
    text = page("tutorial_officer")
    lists = [block for language, block in BLOCK.findall(text) if language == "csv"]
    assert lists == [pictures.LIST, pictures.CLUBS]
    state = State(tmp_path / "home", frozenset({"127.0.0.1:8471"}), tmp_path, Jobs())
    state.home.mkdir()
    browser = Browser(make_app(state), base_url=ADDRESS).enter(state)
    names = re.findall(r"`(groups 2025\.csv|clubs\.csv)`", text)
    sent = [("files", (name, block.encode())) for name, block in zip(names, lists, strict=True)]
    seen = [browser.get("/"), browser.fill("/examples", example="cornwall")]
    seen += [browser.fill("/p/cornwall/lists", files=sent), browser.get("/p/cornwall/lists/groups_2025")]
    row = re.search(r'href="(/p/cornwall/rows/\d+)[^"]*"[^>]*>\s*Saltash Allotments', seen[-1].text)[1]
    seen.append(browser.get(row))
    version = re.search(r'name="version" value="([^"]*)"', seen[-1].text)[1]
    fields = {"version": version, "seen.postcode": "n/a", "cell.postcode": "PL12 6AA"}
    seen.append(browser.fill(row, **fields))
    assert "This row is now: in the register" in seen[-1].text
    seen += [browser.get("/p/cornwall/pairs"), browser.get("/p/cornwall/history")]
    seen.append(browser.answer("/p/cornwall/gaps?type=library&distance=straight&km=5"))
    seen.append(browser.get("/p/cornwall/publish"))
    state.jobs.close()
    state.stores.close()
    shown = flat(html.unescape(re.sub(r"<[^>]+>", " ", " ".join(one.text for one in seen))))
    for label in [*re.findall(r"\*\*(.*?)\*\*", text), *re.findall(r"^> (.*)$", text, flags=re.M)]:
        assert flat(label) in shown, label
    for outcome in (
        "Must fix 2",
        "Should check 1",
        "Joined with another row 1",
        "In the register 7",
        "All 11",
    ):
        assert outcome in shown
    assert figures(text) - set(FIGURE.findall(shown)) - set(FIGURE.findall("\n".join(lists))) == set()


def test_the_gallery_shows_the_lines_that_made_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    pictures = script("gallery_pictures")
    text = page("gallery")
    shown = [" ".join(words) for words in commands_in(text)]
    for shot in pictures.SHOTS:
        assert f"(img/{shot.name}." in text + page("tutorial_planner"), shot.name
        for command in shot.commands:
            if command == pictures.PYTHON:
                assert f"```python\n{command}```" in text
            else:
                assert " ".join(shlex.split(command)[1:]) in shown, command
    assert f"```csv\n{pictures.OFFERS}```" in text


def test_every_picture_is_made_by_a_script_and_no_other_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    sources = (ROOT / "scripts" / "app_screenshots.py").read_text(encoding="utf-8")
    made = {f"app-{name}" for name in re.findall(r'keep\("([\w-]+)"', sources)}
    made |= {shot.name for shot in script("gallery_pictures").SHOTS}
    screens = script("screenshots")
    made |= {*screens.PICTURES, *screens.LISTS, "map-print", "travel-newport"}
    assert made == {path.stem for path in (ROOT / "docs" / "img").iterdir() if path.is_file()}
