"""The documents hold: every command they show exists with its options, every name too, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

import assetmap as am
from assetmap.cli import app

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
GROUP = typer.main.get_group(app)


def commands_in(text: str) -> list[list[str]]:
    blocks = re.findall(r"```(?:\w*)\n(.*?)```", text, flags=re.DOTALL)
    indented = re.findall(r"^ {4}(assetmap .*)$", text, flags=re.MULTILINE)
    joined = [block.replace("\\\n", " ") for block in blocks]
    lines = [line.strip() for block in joined for line in block.splitlines()] + indented
    found = [line.split("  #")[0] for line in lines if line.startswith("assetmap ")]
    return [shlex.split(line)[1:] for line in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page: Path) -> None:
    for words in commands_in(page.read_text(encoding="utf-8")):
        if words[0].startswith("-"):
            continue
        assert words[0] in GROUP.commands, f"{page.name}: assetmap {words[0]}"
        known = {option for parameter in GROUP.commands[words[0]].params for option in parameter.opts}
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= known | {"--help"}, f"{page.name}: assetmap {' '.join(words)}"


def test_every_command_is_documented() -> None:
    shown = {words[0] for page in PAGES for words in commands_in(page.read_text(encoding="utf-8"))}
    assert set(GROUP.commands) <= shown
    assert all(command.help for command in GROUP.commands.values())


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda page: page.name)
def test_public_names_exist(page: Path) -> None:
    names = set(re.findall(r"\bam\.([A-Za-z_][A-Za-z_0-9]*)", page.read_text(encoding="utf-8")))
    assert names <= {*am.__all__, "__version__"}, sorted(names - set(am.__all__))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.journey
def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGES[0].read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(code.strip().splitlines()) <= 13
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert (tmp_path / "out" / "map.html").is_file()
    assert (tmp_path / "devolution" / "evidence.zip").is_file()
    assert 0 < len(names["far"]) < 326


def test_the_readme_is_one_page_with_a_picture_and_three_doors() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert text.count("![") == 1
    assert re.findall(r"docs/(tutorial_\w+)\.md", text) == [
        "tutorial_officer", "tutorial_analyst", "tutorial_planner",
    ]  # fmt: skip


def test_every_page_is_in_the_contents_once() -> None:
    """docs/index.md is the one list of pages: the site makes its menus from it."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[.*?\]\((\w+\.md)\): ", text, flags=re.M)
    there = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert sorted(listed) == sorted(there), "docs/index.md lists each page of docs once"


def test_no_path_of_a_machine_is_in_a_document() -> None:
    for page in [*PAGES, *NOTEBOOKS]:
        assert not re.search(r"(?<![\w.])/(tmp|root|home|work)/", page.read_text(encoding="utf-8")), page.name


def test_no_document_holds_two_versions_of_itself() -> None:
    for page in [*PAGES, *NOTEBOOKS, ROOT / "CHANGELOG.md"]:
        assert not re.search(r"^(<{7}|={7}|>{7})", page.read_text(encoding="utf-8"), flags=re.M), page.name


def test_every_picture_is_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = [path for path in (ROOT / "docs" / "img").rglob("*") if path.is_file()]
    assert [path.name for path in pictures if f"/{path.name})" not in text] == []


def test_the_changes_that_no_test_notices_are_changes_of_the_code_as_it_is() -> None:
    """docs/mutants.md gives the line as it is and as it would be; a line that the module no longer has must be measured again."""
    page = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8").split("## What survived")[1]
    found = 0
    for part in page.split("\n### `")[1:]:
        module, rest = part.split("`", 1)
        lines = (ROOT / "src" / "assetmap" / f"{module}.py").read_text(encoding="utf-8").splitlines()
        for old, new in re.findall(r"```diff\n-(.*)\n\+(.*)\n```", rest.split("\n## ")[0]):
            assert old in lines, f"{module}: {old}"
            assert new != old
            found += 1
    assert found > 20
