"""Tables that leave: harmless in a spreadsheet, equal bytes, readable again."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from assetmap.show.tables import write_csv, write_geopackage
from conftest import make_assets, make_grid

HOSTILE = ["=1+1", "+44 1872", "-5 Club", "@SUM(A1)", "\tTab", "Fine", 'Caffè, "quoted"\nline']


def test_formulas_are_text(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": HOSTILE, "minus": -1.5}, index=pd.Index(range(7), name="asset_id"))
    back = pd.read_csv(write_csv(table, tmp_path / "a.csv"), dtype={"name": str})
    assert back["name"].tolist() == ["'" + name for name in HOSTILE[:5]] + HOSTILE[5:]
    assert back["minus"].tolist() == [-1.5] * 7
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfasset_id,name,minus")
    assert table["name"].tolist() == HOSTILE


def test_points_become_metres_and_shapes_are_left_out(tmp_path: Path) -> None:
    back = pd.read_csv(write_csv(make_assets({"A": (1, 2)}), tmp_path / "a.csv"))
    assert back[["easting", "northing"]].to_numpy().tolist() == [[181000, 47000]]
    back = pd.read_csv(write_csv(make_grid(), tmp_path / "b.csv"))
    assert list(back.columns) == ["area_code", "area_name", "population", "population_year"]


def test_geopackage_is_the_same_to_the_byte(tmp_path: Path) -> None:
    layers = {"areas": make_grid(), "assets": make_assets({"A": (1, 2)})}
    first = write_geopackage(layers, tmp_path / "a.gpkg").read_bytes()
    second = write_geopackage(layers, tmp_path / "b.gpkg").read_bytes()
    assert first == second
    back = gpd.read_file(tmp_path / "a.gpkg", layer="areas").set_index("area_code")
    assert back["population"].sum() == 16_000
    assert back.crs.to_epsg() == 27700
    assert back.area.sum() == pytest.approx(16e6)
