"""The house rules that a reader of the imports can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import assetmap

SOURCE = Path(assetmap.__file__).parent
GROUND = (
    "errors",
    "records",
    "schema",
    "rounding",
    "kept",
    "cells",
    "guarded",
    "marked",
    "redaction",
    "public",
)
MAY_KNOW = {
    "read": (),
    "register": (),
    "need": (),
    "groups": (),
    "fetch": (),
    "access": (),
    "gaps": ("access", "need"),
    "sites": ("access",),
    "sharing": ("access",),
    "action": ("access", "groups"),
    "show": (),
}
"""What each room may know beside the ground; only tables and records pass between the others."""

ABOVE = {"project": ("place", "app", "cli"), "place": ("app", "cli"), "app": ("cli",)}
APP_MAY_KNOW = ("project", "place", "show", *GROUND)
"""The rooms that the app names; everything else it takes from the public names of assetmap itself."""

MOST_MODULES = 24
COMPUTE = ("need", "access", "groups", "gaps", "sites", "action")
HEAVY = ("statsmodels", "esda", "spopt", "folium", "matplotlib", "mapclassify", "geopandas", "pandas")
OF_THE_APP = ("starlette", "uvicorn", "jinja2", "multipart", "argon2", "markdown_it", "anyio")
"""What only the app loads, when it runs."""


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0
    }


def files_of(room: str) -> list[Path]:
    files = sorted((SOURCE / room).rglob("*.py")) if (SOURCE / room).is_dir() else [SOURCE / f"{room}.py"]
    assert files
    return files


def rooms_of(file: Path) -> set[str]:
    """Rooms of assetmap that a file imports, also inside its functions."""
    return {name.split(".")[1] for name in imports_of(file) if name.startswith("assetmap.")}


@pytest.mark.slow
@pytest.mark.parametrize("room", MAY_KNOW)
def test_rooms_know_only_their_floor(room: str) -> None:
    allowed = {room, *GROUND, *MAY_KNOW[room]}
    for file in files_of(room):
        breach = rooms_of(file) - allowed
        assert not breach, f"{file.relative_to(SOURCE)} imports {breach}"


@pytest.mark.parametrize("layer", ABOVE)
def test_what_is_built_on_never_imports_what_is_built_on_it(layer: str) -> None:
    for file in files_of(layer):
        breach = rooms_of(file) & set(ABOVE[layer])
        assert not breach, f"{file.relative_to(SOURCE)} imports {breach}"


def test_the_app_adds_no_second_way_of_judging_measuring_or_drawing() -> None:
    for file in files_of("app"):
        breach = rooms_of(file) - {"app", *APP_MAY_KNOW}
        assert not breach, f"{file.relative_to(SOURCE)} imports {breach}"


@pytest.mark.slow
def test_only_the_app_loads_what_serves_pages() -> None:
    for file in SOURCE.rglob("*.py"):
        top = {name.split(".")[0] for name in imports_of(file)}
        allowed = set(OF_THE_APP) if "app" in file.relative_to(SOURCE).parts else set()
        assert not (top & set(OF_THE_APP)) - allowed, file.relative_to(SOURCE)


def test_every_room_has_a_place_in_the_house() -> None:
    placed = {*GROUND, *MAY_KNOW, *ABOVE, "cli", "__init__", "__main__"}
    there = {
        path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert there == placed


def test_no_room_is_crowded() -> None:
    for folder in {file.parent for file in SOURCE.rglob("*.py")}:
        modules = [file for file in folder.glob("*.py") if file.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder.relative_to(SOURCE)


@pytest.mark.slow
@pytest.mark.parametrize("room", COMPUTE)
def test_rooms_that_compute_open_no_file(room: str) -> None:
    openers = {"open", "read_csv", "read_file", "read_text", "to_csv", "write_text", "read_parquet"}
    for file in files_of(room):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        called = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        assert not called & openers, file.name


def test_every_public_name_can_be_loaded_and_is_documented() -> None:
    for name in assetmap.__all__:
        assert getattr(assetmap, name).__doc__, name


@pytest.mark.parametrize("room", ["access", "action", "gaps", "groups", "need", "sites"])
def test_every_public_name_of_a_room_can_be_loaded_and_is_documented(room: str) -> None:
    names = getattr(assetmap, room).__all__
    assert names
    for name in names:
        found = getattr(getattr(assetmap, room), name)
        assert found.__doc__, name
        assert not isinstance(found, type(assetmap)), f"{name} is a module and a public name"


def test_importing_assetmap_loads_nothing_of_the_app() -> None:
    code = f"import sys, assetmap, assetmap.app; print([n for n in {(*HEAVY, *OF_THE_APP)!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_no_heavy_library() -> None:
    # older releases of rich, which draws the help, load markdown_it themselves
    heavy = [name for name in (*HEAVY, *OF_THE_APP) if name != "markdown_it"]
    code = (
        "import atexit, sys; sys.argv = ['assetmap', '--help'];"
        f"atexit.register(lambda: print('loaded', [name for name in {heavy!r} if name in sys.modules]));"
        "from assetmap.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"


@pytest.mark.slow
def test_every_note_is_raised_by_a_test() -> None:
    """What a note says is a claim: a code that no test names has nobody who tries to make it false."""
    written = "".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py"))
    codes = set(re.findall(r'\b(?:Note|caution)\(\s*f?"([A-Z][A-Z_]+)"', written))
    assert len(codes) > 50
    tests = "".join(
        file.read_text(encoding="utf-8")
        for file in Path(__file__).parent.rglob("*.py")
        if file.name != Path(__file__).name
    )
    assert sorted(code for code in codes if not re.search(rf"\b{code}\b", tests)) == []
