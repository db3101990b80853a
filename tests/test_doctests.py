"""Every public function has an example, and every example of every docstring runs.

An example may use the names of `NAMES` in scripts/site/reference.py, which the site explains. It runs in an empty folder.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.fetch.limits import TryAgainError
from assetmap.project import store as st
from conftest import quillford_folder
from test_place import fill, westshire_office, write_sources

ROOT = Path(__file__).parents[1]
SOURCE = Path(am.__file__).parent
MODULES = [
    ".".join(("assetmap", *file.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for file in sorted(SOURCE.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]
ONLY_SHOWN = {"serve_app", "build_many", "build", "review_project", "verify_evidence", "write_paper"}
"""Their examples are shown and not run here: the first two run until they are stopped, or on a cluster; the others take seconds, and
the tests of the README and of the tutorials run them."""

CLUBS = """Group,Category,Postcode,Town,Notes
Truro Choir,choir,TR1 1AA,Truro,Mondays
Truro Village Hall,village hall,TR1 2BB,Truro,
Bude Surf Lifesaving,sports club,ex238ee,Bude,
Harbour Refuge,womens refuge,TR11 3CC,Falmouth,
"""
HALLS = "name,asset_type,postcode,town\nTruro Village Hall,village_hall,TR1 2BB,Truro\n"

Request = pytest.FixtureRequest
PLAIN = {"am": am, "np": np, "pd": pd, "Path": Path, "st": st}
MADE: dict[str, Callable[[Request], object]] = {
    **{
        name: lambda request, name=name: getattr(request.getfixturevalue("cornwall")[0], name).copy()
        for name in ("areas", "assets", "postcodes")
    },
    "results": lambda request: request.getfixturevalue("cornwall")[0],
    "quillford": lambda request: request.getfixturevalue("quillford"),
    "village": lambda request: am.open_project(quillford_folder(request.getfixturevalue("tmp_path_factory"))),
    "project": lambda _: am.example_project("cornwall"),
    "town": lambda _: am.example_project("town"),
    "buses": lambda request: request.getfixturevalue("transport")[0],
    "roads": lambda request: request.getfixturevalue("transport")[1],
    "inputs": lambda request: request.getfixturevalue("official_inputs"),
    "own_sources": lambda request: request.getfixturevalue("own_sources"),
    "sources": lambda request: am.fetch.read_sources(
        pd.read_csv(request.getfixturevalue("own_sources"), dtype=str)
    ),
}
"""What makes each further name that an example may use."""


@pytest.fixture(scope="session")
def examples_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def transport() -> tuple[object, object]:
    folder = am.example_project("town").folder
    return am.read.read_timetable(folder / "buses_gtfs.zip"), am.read.read_roads(folder / "roads.osm")


@pytest.fixture(scope="session")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    for name, text in (("clubs.csv", CLUBS), ("halls.csv", HALLS)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "project").mkdir()
    with st.open_store(folder / "project", user="Ann") as opened:
        st.add_list(opened, folder / "clubs.csv")
        st.add_list(opened, folder / "halls.csv")
    return folder / "project"


@pytest.fixture(scope="session")
def official_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("official") / "inputs")


@pytest.fixture(scope="session")
def own_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with westshire_office() as office:
        columns = ("GEOGRAPHY_CODE", "OBS_VALUE")
        office.tables["ts001"] = [dict(zip(columns, ("E01000000", "1000"), strict=True))]
        yield write_sources(tmp_path_factory.mktemp("sources") / "own.csv", office)


def examples_of(module: str) -> list[doctest.DocTest]:
    loaded = importlib.import_module(module)
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for test in finder.find(loaded) if test.examples]
    known = {test.name for test in found}
    for name, value in vars(loaded).items():  # functions that a decorator of another module wraps
        inner = inspect.unwrap(value) if inspect.isfunction(value) else None
        if inner is not None and inner is not value and inner.__module__ == module:
            tests = finder.find(inner, f"{module}.{name}")
            found += [test for test in tests if test.examples and test.name not in known]
    return found


def used_names(test: doctest.DocTest) -> set[str]:
    shown = [example for example in test.examples if not example.options.get(doctest.SKIP)]
    return {
        each.id
        for example in shown
        for each in ast.walk(ast.parse(example.source))
        if isinstance(each, ast.Name)
    }


@contextmanager
def names_for(used: set[str], request: Request, folder: Path) -> Iterator[dict[str, object]]:
    """The names that an example uses; a store of its own, because examples change it."""
    names = PLAIN | {name: make(request) for name, make in MADE.items() if name in used}
    if "store" not in used:
        yield names
        return
    shutil.copytree(request.getfixturevalue("kept_store"), folder / "store")
    with st.open_store(folder / "store", user="Ann") as opened:
        yield names | {"store": opened}


def public_functions() -> dict[str, Callable[..., object]]:
    """Every public function by its name on the site: those in the stub of the package, of a room and of the store."""
    found: dict[int, tuple[str, Callable[..., object]]] = {}
    for stub in sorted(SOURCE.rglob("__init__.pyi")):
        package = ".".join(("assetmap", *stub.parent.relative_to(SOURCE).parts))
        loaded = importlib.import_module(package)
        for name in loaded.__all__:
            thing = getattr(loaded, name)
            if inspect.isfunction(thing):
                found.setdefault(id(thing), (f"{package}.{name}", thing))
    return dict(found.values())


def test_every_public_function_has_an_example() -> None:
    functions = public_functions()
    assert {"assetmap.build", "assetmap.access.two_step", "assetmap.project.store.undo"} <= set(functions)
    without = []
    for name, function in functions.items():
        examples = doctest.DocTestParser().get_examples(inspect.getdoc(function) or "")
        run = [example for example in examples if not example.options.get(doctest.SKIP)]
        if not (run or (examples and name.rsplit(".", 1)[1] in ONLY_SHOWN)):
            without.append(name)
    assert not without, f"give these an example that runs: {', '.join(without)}"


def test_a_public_function_says_which_errors_it_raises() -> None:
    """What the body of a public function raises itself is in its docstring; what it only passes on need not be."""
    silent = []
    for name, function in public_functions().items():
        inner = inspect.unwrap(function)
        said = (inspect.getdoc(function) or "").partition("\nRaises\n------\n")[2]
        for each in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(inner)))):
            called = each.exc.func if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call) else None
            error = inner.__globals__.get(getattr(called, "id", ""))
            if error not in (None, TryAgainError) and not any(  # open_connection catches it and tries again
                re.search(rf"\b{kind.__name__}\b", said) for kind in error.__mro__ if kind is not Exception
            ):
                silent.append(f"{name}: {error.__name__}")
    assert not silent, f"name these under Raises: {'; '.join(silent)}"


def test_the_site_explains_every_name_of_the_examples() -> None:
    text = (ROOT / "scripts" / "site" / "reference.py").read_text(encoding="utf-8")
    said = ast.literal_eval(re.search(r"^NAMES: Final = (\{.*?^\})", text, flags=re.M | re.S)[1])
    assert set(said) == {*PLAIN, *MADE, "store"}


def test_modules_with_examples_are_found() -> None:
    assert {"assetmap.gaps.score", "assetmap.access.counts"} <= set(MODULES)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str, request: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(request.getfixturevalue("examples_cache")))
    found = examples_of(module)
    assert found
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report: list[str] = []
    for number, test in enumerate(found):
        folder = tmp_path / str(number)
        (folder / "here").mkdir(parents=True)
        monkeypatch.chdir(folder / "here")
        with names_for(used_names(test), request, folder) as names:
            test.globs = {**names, **test.globs}
            runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
