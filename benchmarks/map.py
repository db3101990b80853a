"""Size, build and load of the map beside ``GeoDataFrame.explore()``, in one run.

    python benchmarks/map.py [--areas FILE] [--project FOLDER]

Cornwall comes from the example data; ``--areas`` names a file of many small areas (for instance every small area of
England and Wales, GeoParquet) for the national figures; ``--project`` names a project, for instance one of all of England
(``assetmap project england --area England --inputs FOLDER``), whose map is made as a build makes it. Loading is measured in headless Chromium without a network;
``explore()`` loads its libraries from other computers, so only its size and build are measured.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.project.build import save_map
from assetmap.project.folder import example_project, open_project
from assetmap.project.measuring import measure_project
from assetmap.read.areas import read_areas
from assetmap.show.map import make_map

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
STALL = """async () => {
  const map = Object.values(window).find((one) => one && one.assetmap);
  const run = async (change) => {
    const before = document.body.dataset.painted;
    let [last, worst, going] = [performance.now(), 0, true];
    const tick = () => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      if (going) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    change();
    const start = performance.now();
    while (document.body.dataset.painted === before && performance.now() - start < 5000) await new Promise((go) => setTimeout(go, 10));
    await new Promise((go) => setTimeout(go, 300));
    going = false;
    return Math.round(worst);
  };
  const zoom = map.getZoom();
  return {
    zoom: Math.max(await run(() => map.setZoom(zoom + 1)), await run(() => map.setZoom(zoom))),
    pan: Math.max(await run(() => map.panBy([220, 120])), await run(() => map.panBy([-220, -120]))),
    layer: await run(() => map.assetmap.setState({ layer: 1 })),
  };
}"""


def national(path: Path) -> gpd.GeoDataFrame:
    """Return areas with made-up values for six layers: sizes and times do not depend on which."""
    areas = read_areas(path)[["area_name", "geometry"]]
    random = np.random.default_rng(0)
    count = len(areas)
    areas["population"] = random.integers(1_000, 3_000, count)
    areas["need"] = random.random(count)
    for theme in ("income", "employment", "health"):
        areas[f"need_{theme}"] = np.clip(areas["need"] + random.normal(0, 0.1, count), 0, 1)
    areas["distance_m"] = random.exponential(2_500, count)
    return areas


def many_assets(areas: gpd.GeoDataFrame, count: int = 100_000) -> gpd.GeoDataFrame:
    """Return so many assets, each somewhere in an area."""
    random = np.random.default_rng(1)
    places = areas.geometry.sample(count, replace=True, random_state=1)
    inside = places.representative_point()
    east, north = inside.x + random.normal(0, 300, count), inside.y + random.normal(0, 300, count)
    return gpd.GeoDataFrame(
        {
            "name": [
                f"{word} {number}"
                for number, word in enumerate(random.choice(["Hall", "Club", "Pantry"], count))
            ],
            "asset_type": random.choice(["village_hall", "sports_club", "food_bank", "library"], count),
            "status": random.choice(["open", "open", "open", "closed"], count),
            "operator_type": random.choice(["principal_authority", "town_council", "charity"], count),
            "location_precision": "postcode",
            "area_code": places.index,
        },
        index=pd.Index([f"a{number:06d}" for number in range(count)], name="asset_id"),
        geometry=gpd.points_from_xy(east, north, crs=areas.crs),
    )


class _AsBuilt:
    """The map of a project, saved as a build saves it."""

    def __init__(self, results: Any) -> None:
        self.results = results

    def save(self, path: str) -> None:
        """Write the map to a file."""
        save_map(self.results, Path(path))


def measure(name: str, make: Callable[[], Any], folder: Path, browser: Any) -> dict[str, Any]:
    """Build a page, weigh it and load it twice."""
    start = time.perf_counter()
    page = make()
    path = folder / f"{name.replace(' ', '-').replace(':', '')}.html"
    page.save(str(path))
    row: dict[str, Any] = {
        "page": name,
        "MB": path.stat().st_size / 1e6,
        "build s": time.perf_counter() - start,
    }
    if browser is None or "explore" in name:
        return row
    for _ in range(2):
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
        opened = context.new_page()
        start = time.perf_counter()
        opened.goto(path.as_uri(), wait_until="commit")
        opened.wait_for_selector("body[data-painted]", timeout=60_000)
        row["on screen s"] = min(row.get("on screen s", 1e9), time.perf_counter() - start)
        stalls = opened.evaluate(STALL)
        for kind, worst in stalls.items():
            row[f"{kind} ms"] = min(row.get(f"{kind} ms", 10**9), worst)
        context.close()
    return row


def main() -> None:
    """Print one row for each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=Path, help="a file of many small areas")
    parser.add_argument("--project", type=Path, help="a project whose map is measured too")
    given = parser.parse_args()
    tables = measure_project(example_project())
    pages: dict[str, Callable[[], Any]] = {
        "Cornwall, all layers and assets": lambda: make_map(
            tables.areas, tables.assets, places=tables.places, postcodes=tables.postcodes, land=tables.land
        ),
        "Cornwall, explore, one layer": lambda: tables.areas[["need", "geometry"]].explore("need"),
    }
    if given.areas:
        areas = national(given.areas)
        assets = many_assets(areas.iloc[:3_000])
        pages |= {
            "National, six layers": lambda: make_map(areas),
            "National, explore, one layer": lambda: areas[["need", "geometry"]].explore("need"),
            "3,000 areas, 100,000 assets": lambda: make_map(areas.iloc[:3_000], assets),
        }
    if given.project:
        results = measure_project(open_project(given.project))
        pages[f"{results.area_name}: {len(results.areas):,} areas, as built"] = lambda: _AsBuilt(results)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_all(pages, Path(folder))
    print(pd.DataFrame(rows).round(2).to_string(index=False, na_rep=""))


def measure_all(pages: dict[str, Callable[[], Any]], folder: Path) -> list[dict[str, Any]]:
    """Measure every page, in Chromium where there is one."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("No Chromium: only size and build are measured.", file=sys.stderr)
        return [measure(name, make, folder, None) for name, make in pages.items()]
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        return [measure(name, make, folder, browser) for name, make in pages.items()]


if __name__ == "__main__":
    main()
