"""Coordinates as people type them, in two cells or one, in a table or a map file, come to the same place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assetmap.read.lists.assets import read_assets
from assetmap.register.build import build_register
from assetmap.register.coordinates import points_of_rows

TRURO = (182_647, 44_790)
"""50.263 north, 5.051 west, in metres."""

CELLS = [
    ("coordinates", "50.263, -5.051"),
    ("coordinates", "(50.263,-5.051)"),
    ("coordinates", "[50.263 -5.051]"),
    ("coordinates", "{lat: 50.263, lon: -5.051}"),
    ("coordinates", "N50.263 W5.051"),
    ("coordinates", "50.263N, 5.051W"),
    ("coordinates", "5.051W 50.263N"),
    ("coordinates", "50,263; -5,051"),
    ("coordinates", "50\u00b015'46.8\"N 5\u00b003'3.6\"W"),
    ("coordinates", "-5.051, 50.263"),
    ("coordinates", "POINT (-5.051 50.263)"),
    ("coordinates", "POINT Z (-5.051 50.263 10)"),
    ("coordinates", "SRID=4326;POINT(-5.051 50.263)"),
    ("coordinates", "POINT (182647 44790)"),
    ("coordinates", "182647, 44790"),
    ("coordinates", "SW 82647 44790"),
    ("coordinates", "https://maps.example/?q=50.263,-5.051"),
    ("grid_reference", "182647 44790"),
    ("coordinates", "0101000020346C000000000000B84B064100000000C0DEE540"),
]

MIXED = [
    "SW 82647 44790",
    "50.263 -5.051",
    "50 15 46.8 N, 005 03 3.6 W",
    "182,647 44,790",
    "https://maps.example/?q=50.263,-5.051",
    "50.263°N 5.051°W",
]
"""Cells of one column "Location" of which others are addresses."""


def place(**cells: str) -> tuple[float, float]:
    row = pd.DataFrame({"source": "list", "row": 2, "name": "Moor Hall", **cells}, index=[0])
    assets = build_register(row.astype({"name": "str"})).assets
    return (round(assets.geometry.x.iloc[0]), round(assets.geometry.y.iloc[0])) if len(assets) else (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_both_coordinates_in_one_cell(column: str, cell: str) -> None:
    assert place(**{column: cell}) == pytest.approx(TRURO, abs=60)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("50,263", "-5,051"),
        ("50\u00b0 15' 46.8\"", "5\u00b0 3' 3.6\" W"),
        ("50 15.78", "-5 3.06"),
        ("-5.051", "50.263"),
    ],
)
def test_degrees_in_two_cells(lat: str, lon: str) -> None:
    assert place(latitude=lat, longitude=lon) == pytest.approx(TRURO, abs=60)


def test_coordinates_among_addresses_are_read_and_addresses_are_no_mistake() -> None:
    found = points_of_rows(
        pd.DataFrame(
            {"address": [*MIXED, "12 High Street, Truro", "SW1 2AA", "Flat 100200, 300400 Road", ""]}
        )
    )
    assert found[["x", "y"]].iloc[: len(MIXED)].to_numpy() == pytest.approx(
        np.array([TRURO] * len(MIXED)), abs=60
    )
    assert found["x"].iloc[len(MIXED) :].isna().all()
    assert (found["unread"] == "").all()


def test_letters_and_units_beside_metres() -> None:
    cells = pd.DataFrame(
        {
            "easting": ["E182647", "182647m", "0182647", "182647.0"],
            "northing": ["N44790", "44790 m", "0044790", "44790.0"],
        }
    )
    assert points_of_rows(cells)[["x", "y"]].to_numpy() == pytest.approx(np.array([TRURO] * 4), abs=1)


@pytest.mark.slow
def test_metres_of_web_mercator_and_thousands_commas() -> None:
    assert place(easting="-562274.75", northing="6491948.0") == pytest.approx(TRURO, abs=60)
    assert place(easting="182,647", northing="44,790") == pytest.approx(TRURO, abs=1)


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["Truro", "1, 2, 3", "99.5, 200.1", "0, 0"])
def test_what_is_no_place_is_none(cell: str) -> None:
    assert place(coordinates=cell) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pair", "note"),
    [
        ((-5.051, 50.263), ""),
        ((50.263, -5.051), "swapped"),
        ((182_647, 44_790), "metres on the National Grid"),
        ((-562_274.75, 6491948.0), "metres of Web Mercator"),
    ],
)
def test_a_map_file_is_read_by_its_numbers(tmp_path: Path, pair: tuple[float, float], note: str) -> None:
    register = build_register(read_assets(geojson(tmp_path, pair)))
    point = register.assets.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx(TRURO, abs=60)
    assert note in register.log["reason"].iloc[0]


@pytest.mark.slow
@pytest.mark.parametrize("pair", [(2.35, 48.85), (0, 0), (120.0, 30.0)])
def test_a_point_abroad_is_not_taken(tmp_path: Path, pair: tuple[float, float]) -> None:
    log = build_register(read_assets(geojson(tmp_path, pair))).log
    assert log["outcome"].tolist() == ["rejected"]


def geojson(folder: Path, pair: tuple[float, float]) -> Path:
    shape = {"type": "Point", "coordinates": pair}
    feature = {"type": "Feature", "geometry": shape, "properties": {"name": "Moor Hall"}}
    file = folder / "list.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return file
