"""The house rules that a reader of the imports can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import assetmap

SOURCE = Path(assetmap.__file__).parent
ROOMS = ("fetch", "read", "register", "measure", "show")
HEAVY = ("statsmodels", "esda", "spopt", "folium", "matplotlib", "mapclassify", "geopandas", "pandas")


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0
    }


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_never_import_each_other(room: str) -> None:
    files = sorted((SOURCE / room).rglob("*.py"))
    assert files
    allowed = ("assetmap.schema", f"assetmap.{room}")
    for file in files:
        ours = {name for name in imports_of(file) if name.split(".")[0] == "assetmap"}
        breach = {name for name in ours if not name.startswith(allowed)}
        assert not breach, f"{file.relative_to(SOURCE)} imports {breach}"


@pytest.mark.parametrize(("layer", "above"), [("project", ("area", "cli")), ("area", ("cli",))])
def test_what_is_built_on_never_imports_what_is_built_on_it(layer: str, above: tuple[str, ...]) -> None:
    files = sorted((SOURCE / layer).rglob("*.py"))
    assert files
    for file in files:
        breach = {name for name in imports_of(file) if name.split(".")[1:2] and name.split(".")[1] in above}
        assert not breach, f"{file.relative_to(SOURCE)} imports {breach}"


def test_measure_opens_no_file() -> None:
    openers = {"open", "read_csv", "read_file", "read_text", "to_csv", "write_text", "read_parquet"}
    for file in (SOURCE / "measure").rglob("*.py"):
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


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import atexit, sys; sys.argv = ['assetmap', '--help'];"
        f"atexit.register(lambda: print('loaded', [name for name in {HEAVY!r} if name in sys.modules]));"
        "from assetmap.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"
