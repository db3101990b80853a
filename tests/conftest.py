"""A town that can be counted by hand, for every test."""

from __future__ import annotations

import contextlib
import gc
import inspect
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies
from shapely.geometry import Point, box

import assetmap as am
from assetmap.project import remembered

# Machines are noisy: no test fails because it was slow. The same examples every time: no run differs from the next.
settings.register_profile("assetmap", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("explore", deadline=None, derandomize=False, max_examples=25, print_blob=True)
settings.load_profile("assetmap")

ORIGIN = (180_000.0, 45_000.0)  # near Truro, so that the town also makes sense on a map
SIDE_M = 1_000.0


BUILT = {"cornwall", "cornwall_sure"}
END_TO_END = [
    "test_border",
    "test_cli",
    "test_example_data",
    "test_own_areas",
    "test_place",
    "test_project",
    "test_register_weigh",
    "test_sharing_project",
    "test_show_report_gaps",
    "test_sites_review_cornwall",
    "test_wheel",
]
"""Beginnings of the names of files whose tests build whole projects or start programs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--effort",
        type=int,
        default=1,
        help="More than 1: fresh seeds and this many times the examples (make explore).",
    )


def pytest_configure(config: pytest.Config) -> None:
    remembered.MOST_ANSWERS = 16  # the examples are measured once, however many other projects are between
    if config.getoption("effort") > 1:
        settings.load_profile("explore")  # before the tests are read: their own settings start from it
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        let_readers_end()


def let_readers_end() -> None:
    """Let the child process that opens files end by itself under coverage: one that is killed writes none of its lines."""
    from assetmap.read import worker

    kill = worker._Child.end

    def end(child: worker._Child) -> None:
        if child.owner == os.getpid() and child.process.stdin is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                child.process.stdin.close()
                child.process.wait(5)
        kill(child)

    worker._Child.end = end  # type: ignore[method-assign]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    effort = config.getoption("effort")
    for item in items:
        if (
            item.path.stem.startswith(tuple(END_TO_END))
            or BUILT & set(getattr(item, "fixturenames", ()))
            or item.get_closest_marker("journey")
        ):
            item.add_marker(pytest.mark.slow)
        test = getattr(item, "obj", None)
        if effort > 1 and getattr(test, "is_hypothesis_test", False):
            own = test._hypothesis_internal_use_settings
            test._hypothesis_internal_use_settings = settings(own, max_examples=own.max_examples * effort)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays until the end: thousands of tests and every module.

    Hypothesis asks the collector who holds numpy's random generator, once and at its first example: it has that before.
    """
    given(strategies.none())(lambda _: None)()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def options_of(function: Callable[..., object]) -> dict[str, object]:
    """The options that can be given by keyword only, with their defaults; one that must be given has the default ``...``."""
    found = inspect.signature(function).parameters.values()
    return {
        one.name: ... if one.default is one.empty else one.default
        for one in found
        if one.kind is one.KEYWORD_ONLY
    }


def make_grid(columns: int = 4, rows: int = 4, *, population: int = 1_000) -> gpd.GeoDataFrame:
    """Square areas of 1 km, A00 in the south-west, the first digit is the row, the second the column."""
    codes, squares = [], []
    for row in range(rows):
        for column in range(columns):
            west, south = ORIGIN[0] + column * SIDE_M, ORIGIN[1] + row * SIDE_M
            codes.append(f"A{row}{column}")
            squares.append(box(west, south, west + SIDE_M, south + SIDE_M))
    return gpd.GeoDataFrame(
        {
            "area_name": [f"Town {code}" for code in codes],
            "population": population,
            "population_year": 2022,
        },
        index=pd.Index(codes, name="area_code", dtype=object),
        geometry=squares,
        crs="EPSG:27700",
    )


def make_assets(places: dict[str, tuple[float, float]], *, asset_type: str = "library") -> gpd.GeoDataFrame:
    """Open assets at (east, north) in km from the south-west corner of the grid."""
    points = [Point(ORIGIN[0] + east * 1000, ORIGIN[1] + north * 1000) for east, north in places.values()]
    return gpd.GeoDataFrame(
        {
            "name": list(places),
            "asset_type": asset_type,
            "status": "open",
            "registered": "unknown",
            "location_precision": "point",
        },
        index=pd.Index([name.lower().replace(" ", "-") for name in places], name="asset_id", dtype=object),
        geometry=points,
        crs="EPSG:27700",
    )


@pytest.fixture
def grid() -> gpd.GeoDataFrame:
    """Sixteen squares of 1 km with 1,000 people each."""
    return make_grid()


@pytest.fixture
def town() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The grid with need rising from 0 in A00 to 1 in A33, and libraries in the middles of A00 and A03."""
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, len(areas))
    return areas, make_assets({"West Library": (0.5, 0.5), "East Library": (3.5, 0.5)})


@pytest.fixture(scope="session")
def official() -> Path:
    """Folder of official files in their published shapes, kept outside the project; skip without it."""
    folders = (os.environ.get("ASSETMAP_SHARED", ""), Path(__file__).parents[2] / "shared")
    found = [Path(folder) / "data" for folder in folders if folder and (Path(folder) / "data").is_dir()]
    if not found:
        pytest.skip("the official files are not beside the project")
    return found[0]


@pytest.fixture(scope="session")
def quillford(tmp_path_factory: pytest.TempPathFactory) -> am.Results:
    """The made-up town without its roads and buses, measured once."""
    return am.measure_project(am.open_project(quillford_folder(tmp_path_factory)), sensitivity=False)


def quillford_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the made-up town in which straight lines decide: quick to measure."""
    from assetmap.project.folder import example_project

    folder = tmp_path_factory.getbasetemp() / "quillford"
    if not folder.is_dir():
        folder.mkdir()
        for file in example_project("town").folder.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        text = (folder / "assetmap.toml").read_text(encoding="utf-8")
        text = re.sub(r"(?ms)^\[(?:roads|timetable)\]\n.*?(?=^\[)", "", text)
        text = text.replace('distance = "bus"', 'distance = "straight"')
        (folder / "assetmap.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def cornwall(tmp_path_factory: pytest.TempPathFactory) -> tuple[am.Results, Path]:
    """The example build, made once: its results and its folder."""
    from assetmap.project.folder import example_project

    folder = tmp_path_factory.mktemp("cornwall")
    return am.build(example_project(), folder), folder


@pytest.fixture(scope="session")
def cornwall_sure(tmp_path_factory: pytest.TempPathFactory) -> tuple[am.Results, Path]:
    """The example build with robustness, hot spots and new sites, made once: its results and its folder."""
    from assetmap.project.folder import example_project

    folder = tmp_path_factory.mktemp("cornwall-sure")
    return am.build(example_project(sensitivity=True), folder), folder
