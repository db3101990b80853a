"""Every example of every docstring runs.

An example may use `am`, `np`, `pd`; the example place, measured: `areas`, `assets` and `postcodes` of Cornwall, and all of it as
`results`; and the examples as projects: `project` (Cornwall) and `town` (Quillford). It runs in an empty folder.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import assetmap as am

SOURCE = Path(am.__file__).parent
TABLES = ("areas", "assets", "postcodes")
MODULES = [
    ".".join(("assetmap", *file.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for file in sorted(SOURCE.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


def test_modules_with_examples_are_found() -> None:
    assert {"assetmap.gaps.score", "assetmap.access.counts"} <= set(MODULES)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_examples_run(
    module: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = importlib.import_module(module)
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for test in finder.find(loaded) if test.examples]
    known = {test.name for test in found}
    for name, value in vars(loaded).items():  # functions that a decorator of another module wraps
        inner = inspect.unwrap(value) if inspect.isfunction(value) else None
        if inner is not None and inner is not value and inner.__module__ == module:
            tests = finder.find(inner, f"{module}.{name}")
            found += [test for test in tests if test.examples and test.name not in known]
    assert found
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report: list[str] = []
    for number, test in enumerate(found):
        names: dict[str, object] = {"am": am, "np": np, "pd": pd}
        (tmp_path / str(number)).mkdir()
        monkeypatch.chdir(tmp_path / str(number))
        shown = [example for example in test.examples if not example.options.get(doctest.SKIP)]
        used = {name for example in shown for name in re.findall(r"\w+", example.source)}
        if used & set(TABLES):
            place = request.getfixturevalue("cornwall")[0]
            names |= {name: getattr(place, name).copy() for name in TABLES}
        if "results" in used:
            names["results"] = request.getfixturevalue("cornwall")[0]
        names |= {
            name: am.example_project(key)
            for name, key in (("project", "cornwall"), ("town", "town"))
            if name in used
        }
        test.globs = {**names, **test.globs}
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
