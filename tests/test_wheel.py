"""The wheel alone is enough: it carries the data and builds the example."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOO_HEAVY = ("scipy.stats", "statsmodels", "mapclassify", "sklearn", "esda", "libpysal")
"""Each costs 0.3 s or more to load, and is for one figure or for a command of its own."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_holds_data_types_and_licence(unpacked: Path) -> None:
    package = unpacked / "assetmap"
    for name in (
        "py.typed",
        "data/cornwall/assetmap.toml",
        "data/cornwall/areas.gpkg",
        "data/README.md",
        "docs/app.md",
        "app/templates/base.html",
        "app/static/vendor/LICENSE-htmx.org.txt",
    ):
        assert (package / name).is_file(), name
    assert list(unpacked.glob("assetmap-*.dist-info/licenses/LICENSE"))


@pytest.mark.journey
def test_it_builds_the_example(unpacked: Path, cornwall_sure: tuple[object, Path], tmp_path: Path) -> None:
    """All tables too, and without a library that costs more to load than it is worth (CONTRIBUTING.md)."""
    environment = os.environ | {"PYTHONPATH": str(unpacked), "PYTHONPROFILEIMPORTTIME": "1"}
    command = [sys.executable, "-m", "assetmap", "demo", "--full", "--output", "a build"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a build" / "map.html").read_bytes() == (cornwall_sure[1] / "map.html").read_bytes()
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"pandas", "scipy.sparse", "folium"} <= loaded
    assert not loaded & set(TOO_HEAVY)
