"""Areas: any boundary file becomes one checked table in metres, or is refused with every problem named."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import MultiPolygon, Point, box

import assetmap as am
from conftest import make_grid


def published(code: str = "LSOA21CD", name: str = "LSOA21NM") -> gpd.GeoDataFrame:
    grid = make_grid(2, 2).drop(columns=["population", "population_year"])
    return grid.reset_index().rename(columns={"area_code": code, "area_name": name})


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb", "parquet"])
def test_every_format_gives_the_same_areas(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"areas.{suffix}"
    raw = published().to_crs("EPSG:4326") if suffix == "geojson" else published()
    if suffix == "parquet":
        raw.to_parquet(file)
    else:
        raw.to_file(file)
    areas = am.read_areas(file).sort_index()
    assert areas.index.tolist() == ["A00", "A01", "A10", "A11"]
    assert areas["area_name"].iloc[0] == "Town A00"
    assert areas.crs.to_epsg() == 27700
    assert areas.area.tolist() == pytest.approx([1e6] * 4, rel=1e-6)
    assert areas["population"].isna().all()


@pytest.mark.parametrize("code", ["LSOA11CD", "lsoa11_code", "WD24CD", "MSOA21CD", "PARNCP23CD", "area_code"])
def test_codes_as_published_are_found(tmp_path: Path, code: str) -> None:
    published(code, code.lower().replace("cd", "nm").replace("code", "name")).to_file(tmp_path / "a.gpkg")
    areas = am.read_areas(tmp_path / "a.gpkg")
    assert areas.index.tolist() == ["A00", "A01", "A10", "A11"]
    assert areas["area_name"].tolist()[0] == "Town A00"


def test_a_nested_shell_stays_a_hole(tmp_path: Path) -> None:
    raw = published()
    hole = MultiPolygon([box(180000, 45000, 181000, 46000), box(180400, 45400, 180600, 45600)])
    raw.loc[0, "geometry"] = hole
    raw.to_file(tmp_path / "a.gpkg")
    areas = am.read_areas(tmp_path / "a.gpkg")
    assert areas.is_valid.all()
    assert not areas.geometry.iloc[0].contains(Point(180500, 45500))
    assert areas.geometry.iloc[0].area == pytest.approx(1e6 - 4e4)


def test_all_problems_at_once(tmp_path: Path) -> None:
    raw = published()
    raw.loc[1, "LSOA21CD"] = "A00"
    raw.loc[2, "LSOA21CD"] = None
    raw.to_file(tmp_path / "a.gpkg")
    with pytest.raises(am.InputError, match="1 area has no code.*1 duplicate code, first 'A00'"):
        am.read_areas(tmp_path / "a.gpkg")


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(am.InputError, match="There is no file"):
        am.read_areas(tmp_path / "none.gpkg")
    (tmp_path / "text.geojson").write_text("hello", encoding="utf-8")
    with pytest.raises(am.InputError, match="is not a GeoJSON file"):
        am.read_areas(tmp_path / "text.geojson")
    published("id", "label").to_file(tmp_path / "b.gpkg")
    with pytest.raises(am.InputError, match="no column looks like an area code. It has 'id', 'label'"):
        am.read_areas(tmp_path / "b.gpkg")
    assert am.read_areas(tmp_path / "b.gpkg", code="id", name="label").index[0] == "A00"


def test_cornwall_as_published(official: Path) -> None:
    areas = am.read_areas(official / "boundaries" / "cornwall_lsoa11_bgc.geojson")
    assert len(areas) == 326
    assert areas.is_valid.all()
