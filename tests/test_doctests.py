"""Every example of every docstring runs.

An example may use `am`, `np`, `pd` and the example place, measured: `areas`, `assets` and `postcodes` of Cornwall.
"""

from __future__ import annotations

import doctest
import importlib
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


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str, request: pytest.FixtureRequest) -> None:
    loaded = importlib.import_module(module)
    found = [test for test in doctest.DocTestFinder(exclude_empty=True).find(loaded) if test.examples]
    assert found
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report: list[str] = []
    for test in found:
        names = {"am": am, "np": np, "pd": pd}
        shown = [example for example in test.examples if not example.options.get(doctest.SKIP)]
        used = {name for example in shown for name in compile(example.source, "", "single").co_names}
        if used & set(TABLES):
            place = request.getfixturevalue("cornwall")[0]
            names |= {name: getattr(place, name).copy() for name in TABLES}
        test.globs = {**names, **test.globs}
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
