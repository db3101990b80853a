"""Four councils and a county from official files of today, with names that people know and numbers counted again."""

from __future__ import annotations

import csv
import json
import math
import re
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import assetmap as am
from assetmap.place.make import MadeProject, make_project

NATIONAL = (
    "deprivation/iod2025_england_lsoa21.csv",
    "population/lsoa21_population_mid2022.csv",
    "lookups/lookup_lsoa21_ward24_ltla24.csv",
    "postcodes/codepoint_open_gb_2025-05.parquet",
    "places/msoa21_names_house_of_commons_library.csv",
)
PLAIN, ENHANCED = "libraries/libraries_england_2023.csv", "places/libraries_2023_enhanced.csv"
ALL_ENGLAND = "places/england_lsoa21_simplified_40m.parquet"
PLACES = {
    "Islington": (
        "places/areas/E09000019_lsoa.geojson",
        ENHANCED,
        126,
        11,
        "Barnsbury West (Islington 019A)",
    ),
    "Kirklees": (
        "places/areas/E08000034_lsoa.geojson",
        PLAIN,
        260,
        26,
        "Almondbury & Waterloo (Kirklees 044A)",
    ),
    "South Staffordshire": (
        "places/areas/E07000196_lsoa.geojson",
        ENHANCED,
        68,
        11,
        "Bilbrook (South Staffordshire 008A)",
    ),
    "Staffordshire": (ALL_ENGLAND, PLAIN, 534, 52, "Rugeley South & Brereton (Cannock Chase 003A)"),
}
MOST_SECONDS = 40.0
"""Three times what a build takes alone: a core that is shared counts more seconds for the same work."""


def inputs_of(official: Path, folder: Path, *files: str) -> Path:
    folder.mkdir()
    for name in (*NATIONAL, *files):
        (folder / Path(name).name).symlink_to(official / name)
    return folder


def build_in_time(made: MadeProject) -> am.Results:
    """Build a project, and hold the processor's time to the limit: other work on the machine does not count."""
    start = time.process_time()
    results = am.build(am.open_project(made.config), made.config.parent / "build")
    assert time.process_time() - start < MOST_SECONDS
    return results


SHORT = "South Staffordshire"
"""The place that every run builds; `make long` builds the others."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(place, marks=() if place == SHORT else pytest.mark.long) for place in PLACES],
)
def built(
    request: pytest.FixtureRequest, official: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, MadeProject, am.Results]:
    boundary, libraries, *_ = PLACES[request.param]
    folder = tmp_path_factory.mktemp("place")
    inputs = inputs_of(official, folder / "inputs", boundary, libraries)
    made = make_project(folder / "project", area=request.param, inputs=inputs)
    return request.param, made, build_in_time(made)


@pytest.mark.journey
def test_a_place_builds_with_names(built: tuple[str, MadeProject, am.Results]) -> None:
    place, made, results = built
    _, _, areas, rows, name = PLACES[place]
    assert (made.area_name, made.areas) == (place, areas)
    assert any(f"{rows} of 3" in note and f"rows are in {place}" in note for note in made.notes)
    names = results.areas["area_name"]
    assert name in set(names)
    assert names.str.fullmatch(r".+ \([^()]+ \d{3}[A-Z]\)").all()
    assert not names.duplicated().any()
    assert results.areas["need"].notna().all()
    assert results.areas["distance_m"].between(0, 30_000).all()
    open_ones = results.assets.query("asset_type == 'library' and status == 'open'")
    assert len(open_ones) >= 5
    assert (results.assets["status"] == "unknown").mean() < 0.05
    summary = json.loads((made.config.parent / "build" / "run.json").read_text(encoding="utf-8"))["results"]
    assert summary["areas"] == areas


@pytest.fixture(scope="module", params=[PLAIN, ENHANCED], ids=["plain", "enhanced"])
def shropshire(
    request: pytest.FixtureRequest, official: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[am.Results, Path]:
    folder = tmp_path_factory.mktemp("shropshire")
    inputs = inputs_of(official, folder / "inputs", "places/areas/E06000051_lsoa.geojson", request.param)
    made = make_project(folder / "project", area="Shropshire Council", inputs=inputs)
    assert made.areas == 198
    return build_in_time(made), official / request.param


@pytest.mark.journey
def test_the_numbers_of_a_place_counted_again(
    built: tuple[str, MadeProject, am.Results], official: Path
) -> None:
    boundary, libraries, *_ = PLACES[built[0]]
    if boundary == ALL_ENGLAND:
        pytest.skip("the boundaries of England are a file of another shape")
    count_again(built[2], official, official / boundary, official / libraries)


@pytest.mark.long
def test_the_numbers_of_shropshire_counted_again(shropshire: tuple[am.Results, Path], official: Path) -> None:
    boundary = official / "places" / "areas" / "E06000051_lsoa.geojson"
    count_again(shropshire[0], official, boundary, shropshire[1])


def count_again(results: am.Results, official: Path, boundary: Path, libraries_file: Path) -> None:
    """People, need and distances from the published files alone, with loops and no code of assetmap."""
    with (official / NATIONAL[1]).open(encoding="utf-8-sig") as file:
        people = {row["lsoa21_code"]: row for row in csv.DictReader(file)}
    column = next(
        name for name in next(iter(people.values())) if "population" in name.casefold() or name == "total"
    )
    areas = gpd.read_file(boundary).to_crs("EPSG:27700")
    shapes = dict(zip(areas["LSOA21CD"], areas.geometry, strict=True))
    assert set(results.areas.index) == set(shapes)
    for code, value in results.areas["population"].items():
        assert value == float(people[code][column])
    with (official / NATIONAL[0]).open(encoding="utf-8-sig") as file:
        ranks = {
            row["lsoa21_code"]: float(row["IMD_rank"])
            for row in csv.DictReader(file)
            if row["lsoa21_code"] in shapes
        }
    by_need = results.areas["need"].sort_values(ascending=False).index
    assert list(by_need) == sorted(by_need, key=lambda code: ranks[code])

    postcodes = pd.read_parquet(official / NATIONAL[3])
    names = {str(each).casefold(): each for each in postcodes.columns}
    east, north = (
        postcodes[names[next(n for n in names if n.startswith(w))]].astype(float) for w in ("east", "north")
    )
    west, south, right, top = areas.total_bounds
    # postcodes 30 km around are enough: no area is further from a library
    around = east.between(west - 3e4, right + 3e4) & north.between(south - 3e4, top + 3e4)
    east, north = east[around], north[around]
    label = postcodes.loc[around, names[next(n for n in names if "postcode" in n)]].astype(str)
    at = dict(zip(label.str.replace(" ", ""), zip(east, north, strict=True), strict=True))
    near = {key: (x, y) for key, (x, y) in at.items() if west <= x <= right and south <= y <= top}
    tree = shapely.STRtree(list(shapes.values()))
    codes = list(shapes)
    inside: dict[str, list[tuple[float, float]]] = {code: [] for code in codes}
    for x, y in near.values():
        for position in tree.query(shapely.Point(x, y), predicate="intersects")[:1]:
            inside[codes[int(position)]].append((x, y))

    with libraries_file.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    operation = next(name for name in ("operation_23", "Operation in 2023") if name in rows[0])
    points = []
    for row in rows:
        kind = (row.get("type") or row.get("Type") or "").casefold()
        name, postcode = row.get("name") or row.get("Name"), row.get("postcode") or row.get("Postcode")
        ended = row.get("closed") or row.get("Year closed") or ""
        # libraries in prisons are a type of their own: they are not for everybody
        runs = row[operation].upper() in ("LA", "LAU", "C", "CR", "ICL") and not ended
        if name and runs and kind == "static library":
            key = re.sub(r"\s", "", postcode or "").upper()
            if row.get("Easting") and row.get("Northing"):
                points.append((float(row["Easting"]), float(row["Northing"])))
            elif key in at and at[key][0] > 0:
                points.append(at[key])
    checked = 0
    for code, found in inside.items():
        if not found:
            continue
        x = sum(each[0] for each in found) / len(found)
        y = sum(each[1] for each in found) / len(found)
        least = min(math.hypot(x - px, y - py) for px, py in points)
        assert results.areas.loc[code, "distance_m"] == pytest.approx(least, abs=60), code
        checked += 1
    assert checked >= 0.98 * len(shapes)
