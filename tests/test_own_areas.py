"""Wards, parishes, a patch or a list of postcodes instead of the small areas of the index."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import assetmap as am
from assetmap.project.gaps import find_project_gaps
from assetmap.project.own_areas import interpolate_own_areas
from assetmap.project.pipeline import read_areas_with_need

OWN = """
[own_areas]
file = "{file}"
title = "Own areas"
date = "2026"
licence = "our own"
"""


def project_with(folder: Path, own: gpd.GeoDataFrame | str, *, more: str = "") -> am.Project:
    """Copy the example and give it own areas: polygons, or the text of a list."""
    am.new_project(folder)
    name = "own.csv" if isinstance(own, str) else "own.gpkg"
    if isinstance(own, str):
        (folder / name).write_text(own, encoding="utf-8")
    else:
        own.to_file(folder / name, driver="GPKG")
    file = folder / "assetmap.toml"
    text = file.read_text(encoding="utf-8").replace("sensitivity = true", "sensitivity = false")
    file.write_text(text + OWN.format(file=name) + more, encoding="utf-8")
    return am.open_project(folder)


@pytest.fixture(scope="module")
def middle(request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    """The middle layer areas that the names of the small ones tell: Cornwall 024 of Cornwall 024D."""
    small = gpd.read_file(am.example_project().folder / "areas.gpkg")
    joined = small.assign(area_name=small["lsoa11_name"].str[:-1]).dissolve("area_name").reset_index()
    return joined.assign(area_code="M" + joined["area_name"].str[-3:])[["area_code", "area_name", "geometry"]]


def test_by_land_small_areas_that_nest_add_up_exactly(tmp_path: Path, middle: gpd.GeoDataFrame) -> None:
    project = project_with(tmp_path / "p", middle)
    small = read_areas_with_need(project, None)
    own, postcodes, land = interpolate_own_areas(project, small, None, None)
    assert postcodes is None
    group = "M" + small["area_name"].str.extract(r"(\d{3})[A-Z]", expand=False)
    assert len(own) == group.nunique() == 73
    exact = small.groupby(group)[["population", "children_0_15", "older_60_plus"]].sum()
    assert (own[exact.columns] - exact.loc[own.index]).abs().max(axis=None) <= 1
    need = (small["need"] * small["population"]).groupby(group).sum() / exact["population"]
    assert own["need"].to_numpy() == pytest.approx(need.loc[own.index].to_numpy(), abs=1e-3)
    assert (own["population_low"] <= own["population"]).all()
    assert land.geometry.union_all().area == pytest.approx(small.geometry.union_all().area)


@pytest.mark.journey
def test_a_build_on_wards(
    tmp_path: Path, middle: gpd.GeoDataFrame, cornwall: tuple[am.Results, Path]
) -> None:
    results = am.build(project_with(tmp_path / "p", middle), tmp_path / "out")
    areas = results.areas
    assert len(areas) == 73
    assert areas["population"].sum() == pytest.approx(575_532, rel=0.005)
    assert pd.api.types.is_integer_dtype(areas["population"])
    small = cornwall[0].areas
    exact = small.groupby("M" + small["area_name"].str.extract(r"(\d{3})[A-Z]", expand=False))[
        "population"
    ].sum()
    assert ((areas["population"] - exact).abs() / exact).median() < 0.02
    assert areas["gap_rank"].notna().all()
    assert areas["need_older_60_plus"].max() == 1
    assert not {"imd_rank", "imd_decile"} & set(areas.columns)
    assert (areas["groups_listed"].sum()) <= small["groups_listed"].sum()
    assert results.assets.loc[results.assets["area_code"].notna(), "area_code"].isin(areas.index).all()
    (note,) = [each for each in results.notes if each.code == "NEED_INTERPOLATED"]
    assert "your own areas (73), assuming that people live evenly across the live postcodes" in note.sentence
    assert "own_areas" in results.sources.index
    assert (tmp_path / "out" / "map.html").is_file()


def test_a_patch_reaches_over_the_land_around_it(tmp_path: Path, middle: gpd.GeoDataFrame) -> None:
    patch = middle[middle["area_name"] == "Cornwall 024"]
    found = find_project_gaps(project_with(tmp_path / "p", patch), distance="overland", limit_m=12_000)
    assert len(found) == 1
    assert found["overland_m"].notna().all()  # over the small areas around it
    assert (found["overland_m"] >= found["distance_m"] - 1e-6).all()


def test_lists_of_postcodes(tmp_path: Path) -> None:
    postcodes = am.example_project().folder / "postcodes.csv.gz"
    table = pd.read_csv(postcodes)
    table = table[(table["live"] == "yes") & table["area_code"].isin(["E01019055", "E01018849"])]
    names = table["area_code"].map({"E01019055": "St Dennis", "E01018849": "St Mawes"})
    text = pd.DataFrame({"Postcode": table["postcode"], "Area": names}).to_csv(index=False)
    results = am.measure_project(project_with(tmp_path / "p", text))
    assert results.areas.index.tolist() == ["St Dennis", "St Mawes"]
    people = am.measure_project(am.example_project(), sensitivity=False).areas["population"]
    # every live postcode of both small areas is on the list, and with it all their people
    assert results.areas.at["St Mawes", "population"] >= people["E01018849"]
    assert results.areas.at["St Dennis", "population"] >= people["E01019055"]
    assert results.areas.at["St Dennis", "population_high"] >= results.areas.at["St Dennis", "population"]


def test_what_cannot_be_own_areas(tmp_path: Path, middle: gpd.GeoDataFrame) -> None:
    away = middle.head(1).assign(geometry=[shapely.box(500_000, 300_000, 501_000, 301_000)])
    with pytest.raises(am.InputError, match="1 of your own areas is outside all small areas.*'M001'"):
        am.measure_project(project_with(tmp_path / "a", away))
    wide = middle.assign(geometry=middle.buffer(800))
    with pytest.raises(am.InputError, match=r"overlap by \d+% of their ground: 'Cornwall"):
        am.measure_project(project_with(tmp_path / "b", wide))
    with pytest.raises(am.InputError, match="1 postcode is not in the postcode file, first 'TR9 9ZZ'"):
        am.measure_project(project_with(tmp_path / "c", "postcode,area_name\nTR9 9ZZ,Town\n"))
    with pytest.raises(am.InputError, match="needs the columns 'postcode' and 'area_name'"):
        am.measure_project(project_with(tmp_path / "d", "street,town\nHigh Street,Truro\n"))
