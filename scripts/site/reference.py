"""The pages of reference that have a source already: public names, commands and reference tables."""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, get_type_hints

from pages import ROOT, toctree

SOURCE: Final = ROOT / "src" / "assetmap"
ORDER: Final = (
    "read",
    "register",
    "need",
    "access",
    "groups",
    "gaps",
    "sites",
    "action",
    "show",
    "project",
    "place",
    "fetch",
)
"""Rooms in the order of the way that data goes; others come after them."""

NAMES: Final = {
    "am": "import assetmap as am",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "Path": "from pathlib import Path",
    "st": "from assetmap.project import store as st",
    "project": "am.example_project(), Cornwall",
    "results": "am.measure_project(project)",
    "areas": "results.areas",
    "assets": "results.assets",
    "postcodes": "results.postcodes",
    "town": 'am.example_project("town"), the made-up town of Quillford',
    "village": "Quillford without its roads and buses, in which straight lines decide: quick to measure",
    "quillford": "am.measure_project(village)",
    "buses": 'am.read.read_timetable(town.folder / "buses_gtfs.zip")',
    "roads": 'am.read.read_roads(town.folder / "roads.osm")',
    "store": "an open store with two short lists: st.open_store(folder)",
    "inputs": "a folder with official files of a made-up county, Westshire",
    "own_sources": "a table of sources that leads to a server on this computer, in place of the offices",
    "sources": "am.fetch.read_sources(own_sources)",
}
"""The names that an example may use, and what each stands for; a test makes them and runs every example."""


def rooms() -> list[str]:
    """Return the modules that the stub at the top names, those with a stub of their own."""
    body = ast.parse((SOURCE / "__init__.pyi").read_text(encoding="utf-8")).body
    named = {
        each.name for one in body if isinstance(one, ast.ImportFrom) and not one.module for each in one.names
    }
    there = sorted(name for name in named if (SOURCE / name / "__init__.pyi").is_file())
    return sorted(there, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def public_names(room: str) -> dict[str, list[str]]:
    """Return the public names of a room by the module that holds them, in the order of its stub."""
    stub = SOURCE / room / "__init__.pyi"
    found: dict[str, list[str]] = {}
    for statement in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            found.setdefault(statement.module, []).extend(each.name for each in statement.names)
    return found


def module_words(module: str) -> str:
    """Return what the docstring of a module says; its headings are none of the page."""
    words = inspect.getdoc(importlib.import_module(module)) or ""
    return re.sub(r"^(\w[\w ]*)\n-+$", r".. rubric:: \1\n", words, flags=re.M)


def constant_words(module: str, name: str) -> str:
    """Return the text below a public constant."""
    file = Path(importlib.import_module(module).__file__ or "")
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for statement, after in pairwise(body):
        target = statement.target if isinstance(statement, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == name and isinstance(after, ast.Expr):
            return inspect.cleandoc(str(ast.literal_eval(after.value)))
    return ""


def constant(package: str, module: str, name: str) -> str:
    """Return a public constant with its value and the text below it."""
    value = getattr(importlib.import_module(package), name)
    words = constant_words(module, name)
    short = repr(value) if isinstance(value, int | float | str) else ""
    lines = [
        f".. py:data:: {name}",
        *([f"   :value: {short}"] if short else []),
        "",
        *(f"   {line}" for line in words.splitlines()),
    ]
    return "\n".join(lines) + "\n"


def entry(package: str, module: str, name: str) -> str:
    """Return the lines that document one public name."""
    thing = getattr(importlib.import_module(package), name)
    if inspect.ismodule(thing):
        return ""
    if inspect.isclass(thing):
        kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
        return f".. {kind}:: {name}\n   :members:\n"
    if inspect.isfunction(thing):
        return f".. autofunction:: {name}\n"
    return constant(package, module, name)


def first_line(package: str, module: str, name: str) -> str:
    """Return the first sentence of what is said of a public name."""
    thing = getattr(importlib.import_module(package), name)
    known = inspect.isclass(thing) or inspect.isfunction(thing)
    words = (inspect.getdoc(thing) or "") if known else constant_words(f"{package}.{module}", name)
    return words.split("\n\n")[0].replace("\n", " ")


def heading_of(package: str, module: str) -> str:
    """Return the heading of a module on the page of its package; at the top it is the room."""
    if package == "assetmap":
        room = module.split(".", maxsplit=1)[0]
        return {"schema": "Records and errors"}.get(room, room.capitalize())
    return module.replace("_", " ").replace(".", ", ").capitalize()


def api_page(package: str, names: dict[str, list[str]]) -> str:
    """Return the page of a room: what it answers, a list of its names, and each name by module."""
    title = f"assetmap.{package.removeprefix('assetmap.')}" if package != "assetmap" else "assetmap"
    words = inspect.getdoc(importlib.import_module(package)) or ""
    parts = [f"{title}\n{'=' * len(title)}\n", words, f"\n.. py:module:: {package}\n"]
    loaded = importlib.import_module(package)
    listed = sorted(
        (name, module)
        for module, every in names.items()
        for name in every
        if not inspect.ismodule(getattr(loaded, name))
    )
    rows = "\n".join(
        f"   * - :py:obj:`{name} <{package}.{name}>`\n     - {first_line(package, module, name)}"
        for name, module in listed
    )
    parts.append(
        f".. list-table::\n   :widths: 35 65\n   :header-rows: 1\n\n   * - Name\n     - What it does\n{rows}\n"
    )
    heading_before = ""
    for module, inside in names.items():
        whole = f"{package}.{module}"
        entries = [one for name in inside if (one := entry(package, whole, name))]
        heading = heading_of(package, module)
        if entries and heading != heading_before:
            words = "" if package == "assetmap" else module_words(whole)
            parts.append(f"\n{heading}\n{'-' * len(heading)}\n\n{words}\n\n.. py:currentmodule:: {package}\n")
            heading_before = heading
        parts += entries
    return "\n".join(parts)


def plain_or_code(what: str) -> str:
    """Return what a name of the examples stands for, its code set as code."""
    code, _, words = what.partition(", ") if what.startswith("am.") else (what, "", "")
    is_code = what.startswith(("am.", "import ", "from ", "results."))
    return f"``{code}``{', ' + words if words else ''}" if is_code else what


def write_api(folder: Path) -> None:
    """Write a page for the names at the top and one for each room."""
    (folder / "api").mkdir()
    pages = {"assetmap": api_page("assetmap", public_names(""))}
    pages |= {room: api_page(f"assetmap.{room}", public_names(room)) for room in rooms()}
    pages["store"] = api_page("assetmap.project.store", public_names("project/store"))
    for name, text in pages.items():
        (folder / "api" / f"{name}.rst").write_text(text, encoding="utf-8")
    lines = "\n".join(f"   {name}" for name in pages)
    intro = "Use it as ``import assetmap as am``. What everybody needs is at the top (``am.build``); the rest is in a module for each question (``am.access.two_step``)."
    rows = "\n".join(f"   * - ``{name}``\n     - {plain_or_code(what)}" for name, what in NAMES.items())
    names = f"Examples\n--------\n\nEvery function has an example. A test runs it, unless it runs until it is stopped, needs a cluster or takes several seconds. These names stand for:\n\n.. list-table::\n   :widths: 20 80\n   :header-rows: 1\n\n   * - Name\n     - What it is\n{rows}\n"
    text = f"Python\n======\n\n{intro}\n\n.. toctree::\n   :maxdepth: 1\n\n{lines}\n\n{names}"
    (folder / "api" / "index.rst").write_text(text, encoding="utf-8")


def cell(text: object) -> str:
    """Return a text for one cell of a Markdown table."""
    return re.sub(r"\s+", " ", str(text)).replace("|", r"\|").replace("<", r"\<").replace("*", r"\*").strip()


def word_for(parameter: Any, hint: object) -> str:
    """Return what stands for the value of an argument or option."""
    if parameter.metavar:
        return str(parameter.metavar)
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper() + (" ..." if parameter.nargs != 1 else "")
    words = str(hint)
    return "PATH" if "Path" in words else "NUMBER" if "int" in words or "float" in words else "TEXT"


def option_rows(command: Any) -> Iterator[str]:
    """Return a row for each argument and option of a command."""
    hints = get_type_hints(command.callback)
    for parameter in command.params:
        if "--help" in parameter.opts:
            continue
        name = word_for(parameter, hints.get(parameter.name, ""))
        if parameter.param_type_name == "option":
            names = ", ".join((*parameter.opts, *parameter.secondary_opts))
            name = names if parameter.is_flag else f"{names} {name}"
        default = parameter.default
        shown = not isinstance(default, bool) and isinstance(default, int | float | str | Path)
        words = f" Default: `{cell(default)}`." if shown and str(default) not in {"", "."} else ""
        many = (
            " You can repeat this option."
            if parameter.multiple and "repeat" not in (parameter.help or "")
            else ""
        )
        yield f"| `{cell(name)}` | {cell(parameter.help or '')}{many}{words} |"


def write_commands(folder: Path) -> None:
    """Write the page of every command, from the command line itself."""
    import typer.main

    from assetmap.cli import COMMANDS, app

    group = typer.main.get_group(app)
    headings = {line: heading for heading, _, line in COMMANDS}
    parts = ["# Commands\n", "`assetmap COMMAND --help` shows the same in the terminal.\n"]
    before = ""
    for name, command in group.commands.items():
        heading = headings[str(command.short_help)]
        if heading != before:
            parts.append(f"## {heading}\n")
            before = heading
        parts.append(
            f"### {name}\n\n{inspect.cleandoc(command.help or '')}\n\n| argument or option | what it does |\n|---|---|"
        )
        parts.append("\n".join(option_rows(command)) + "\n")
    (folder / "commands.md").write_text("\n".join(parts), encoding="utf-8")


def described_tables() -> dict[str, tuple[str, str]]:
    """Return what data/README.md says of each file of ``data/tables``, and what it is drawn from."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8").split("\n## tables\n")[1]
    found = {}
    for files, what, source in re.findall(r"^\| ([\w., ]+\.csv) \| (.*) \| (.*) \|$", text, flags=re.M):
        words = what[0].upper() + what[1:].replace(r"\|", "|")
        found |= {file.strip(): (words, source) for file in files.split(",")}
    return found


def table_html(rows: list[dict[str, str]]) -> str:
    """Return rows as a table of HTML; it can be scrolled by keyboard."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(value or '').replace('|', '|<wbr>')}</td>" for value in row.values())
        + "</tr>"
        for row in rows
    )
    return f"<div class='wide' role='region' aria-label='All rows' tabindex='0'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def write_tables(folder: Path) -> None:
    """Write a page for each reference table, with its rows.

    Raises
    ------
    ValueError
        If data/README.md does not say what a table is.
    """
    (folder / "tables").mkdir()
    described = described_tables()
    files = sorted((ROOT / "data" / "tables").glob("*.csv"))
    if missing := [file.name for file in files if file.name not in described]:
        raise ValueError(f"data/README.md, section tables, has no row for {', '.join(missing)}")
    for file in files:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        what, source = described[file.name]
        text = f"# {file.name}\n\n{what}.\n\nDrawn from: {source}.\n\n{len(rows):,} rows.\n\n```{{raw}} html\n{table_html(rows)}\n```\n"
        (folder / "tables" / f"{file.stem}.md").write_text(text, encoding="utf-8")
    lines = "\n".join(f"- [{file.name}]({file.stem}.md): {described[file.name][0]}" for file in files)
    intro = "The files of `data/tables`. `am.reference_table` reads them; a row is an ordinary edit."
    (folder / "tables" / "index.md").write_text(
        f"# Reference tables\n\n{intro}\n\n{lines}\n\n{toctree([file.stem for file in files])}",
        encoding="utf-8",
    )
