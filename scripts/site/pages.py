"""The pages that people wrote, made ready for Sphinx: links between folders become links between pages of the site."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent

PROJECT: Final = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security_reports.md",
}
"""Pages at the top of the sources, and what they are called on the site, beside those of ``docs``."""

ELSEWHERE: Final = {
    "README.md": "index.md",
    "docs": "index.md",
    "docs/index.md": "index.md",
    "data/README.md": "data.md",
    "notebooks": "notebooks.md",
    **PROJECT,
}
LINK: Final = re.compile(r"(\]\()([^)#\s:]+)((?:#[^)\s]*)?\))")
SECTIONS: Final = {
    "Tutorials": "tutorials",
    "How-to": "howto",
    "Explanation": "explanation",
    "Reference": "reference",
}
MADE: Final = {
    "Reference": (
        ("api/index", "Python", "every public function, with shapes, units, errors and examples"),
        ("commands", "Commands", "every command and option"),
        (
            "tables/index",
            "Reference tables",
            "types, words, rates, indices and sources that the steps look things up in",
        ),
    ),
    "Tutorials": (("notebooks", "Notebooks", "one for each question, for those who know some Python"),),
}
"""Pages that are made from the code or the data, by the section of docs/index.md that they belong to."""


def linked(text: str, page: Path, at: str = "") -> str:
    """Return a page with its links as the site has them.

    Parameters
    ----------
    text
        Markdown.
    page
        Where it is among the sources.
    at
        Folder of the page on the site.

    Raises
    ------
    ValueError
        If a link leads to a file that has no page on the site.
    """

    def moved(found: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / found[2])).relative_to(ROOT)
        name = ELSEWHERE.get(target.as_posix())
        if name is None and target.parts[0] == "docs":
            name = target.relative_to("docs").as_posix()
        elif name is None and target.parts[0] == "notebooks":
            name = f"notebooks/{target.stem}.md"
        if name is None:
            raise ValueError(f"{page.relative_to(ROOT)} links to {target}, which has no page on the site")
        return f"{found[1]}{os.path.relpath(name, at or '.')}{found[3]}"

    return LINK.sub(moved, text)


def contents() -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """Return the sections of docs/index.md: heading, its words, and page, title and question of each line."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    found = {}
    for heading, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S):
        rows = re.findall(r"^- \[(.*?)\]\((.*?)\): (.*)$", body, flags=re.M)
        words = "\n".join(line for line in body.splitlines() if not line.startswith("- ")).strip()
        found[heading] = (
            words,
            [
                (ELSEWHERE.get(Path(os.path.normpath(f"docs/{page}")).as_posix(), page), title, what)
                for title, page, what in rows
            ],
        )
    return found


def toctree(pages: list[str], *, hidden: bool = True) -> str:
    """Return a table of contents in the words of Sphinx."""
    lines = "\n".join(page.removesuffix(".md") for page in pages)
    return f"```{{toctree}}\n{':hidden:' if hidden else ''}\n:maxdepth: 1\n\n{lines}\n```\n"


def section_pages(folder: Path) -> None:
    """Write a page for each section of docs/index.md, with the pages that are made added."""
    for heading, (words, rows) in contents().items():
        if heading not in SECTIONS:
            continue
        made = [(f"{page}.md", title, what) for page, title, what in MADE.get(heading, ())]
        lines = "\n".join(f"- [{title}]({page}): {what}" for page, title, what in [*rows, *made])
        text = f"# {heading}\n\n{words}\n\n{lines}\n\n{toctree([page for page, _, _ in [*rows, *made]])}"
        (folder / f"{SECTIONS[heading]}.md").write_text(
            text.replace("api/index.md)", "api/index.rst)"), encoding="utf-8"
        )


def notebook_pages(folder: Path) -> None:
    """Write the notebooks as pages: words and code, without running them."""
    (folder / "notebooks").mkdir()
    names = []
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        parts = []
        for cell in cells:
            source = "".join(cell["source"]).strip()
            parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts.insert(1, f"*The notebook is `notebooks/{file.name}` among the sources.*")
        page = linked("\n\n".join(parts) + "\n", file, at="notebooks")
        (folder / "notebooks" / f"{file.stem}.md").write_text(page, encoding="utf-8")
        names.append((f"notebooks/{file.stem}", parts[0].splitlines()[0].removeprefix("# ")))
    rows = "\n".join(f"- [{title}]({name}.md)" for name, title in names)
    text = f"# Notebooks\n\n{rows}\n\n{toctree([name for name, _ in names])}"
    (folder / "notebooks.md").write_text(text, encoding="utf-8")


def write_pages(folder: Path, version: str) -> None:
    """Write every page that people wrote, the pages of sections, and the front page."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        if page.name != "index.md":
            (folder / page.name).write_text(linked(page.read_text(encoding="utf-8"), page), encoding="utf-8")
    for source, name in {**PROJECT, "data/README.md": "data.md"}.items():
        page = ROOT / source
        (folder / name).write_text(linked(page.read_text(encoding="utf-8"), page), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "img", folder / "img")
    section_pages(folder)
    notebook_pages(folder)
    project = "# Project\n\n- [Changelog](changelog.md)\n- [Contributing](contributing.md)\n- [Security: how to report](security_reports.md)\n\n"
    (folder / "project.md").write_text(project + toctree(list(PROJECT.values())), encoding="utf-8")
    front = (HERE / "index.md").read_text(encoding="utf-8").replace("VERSION", version)
    (folder / "index.md").write_text(
        front + "\n" + toctree([*SECTIONS.values(), "gallery", "project"]), encoding="utf-8"
    )
