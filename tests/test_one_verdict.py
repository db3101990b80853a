"""`inputs`, `check`, `project` and `build` give one verdict on every file: one reader decides for all of them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point

import assetmap as am
from assetmap.place.make import make_project
from assetmap.project.settings import read_settings
from assetmap.read.inputs import inspect_file
from test_place import fill, need_csv

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(
    path
    for folder in (SAMPLES, SAMPLES / "lists")
    for path in folder.iterdir()
    if path.is_file() and path.suffix != ".md"
)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_inputs_and_check_agree(path: Path) -> None:
    seen = inspect_file(path, folder=path.parent)
    try:
        rows = len(am.read_assets(path).table)
    except am.InputError as error:
        assert seen["state"] != "ready", error
        return
    assert (seen["state"], seen["kind"], seen["rows"]) == ("ready", "assets", rows), seen["reason"]


def test_a_row_with_a_cell_too_many_is_no_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Postcode\nHall,TR1 1EP,more\nBarn,TR1 1EP\n", encoding="utf-8")
    assert inspect_file(path, folder=tmp_path)["state"] == "ready"
    assert len(am.read_assets(path).table) == 2


def test_names_without_a_place_are_no_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Members\nHall,4\nBarn,5\n", encoding="utf-8")
    seen = inspect_file(path, folder=tmp_path)
    assert seen["state"] == "not used"
    assert "nothing in it says where they are" in seen["reason"]


@pytest.mark.slow
def test_what_cannot_be_built_is_refused_as_a_project(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    (inputs / "libraries.csv").unlink()
    (inputs / "choirs.csv").write_text("name,postcode\nFar singers,ZZ9 9ZZ\n", encoding="utf-8")
    with pytest.raises(
        am.InputError, match=r"No row of the lists can be used in Westshire: 1 are rejected.*Row 2"
    ):
        make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    assert not (tmp_path / "west").exists()
    (inputs / "File_7.csv").write_text(need_csv().replace("E010000", "E019000"), encoding="utf-8")
    with pytest.raises(am.AssetmapError):
        make_project(tmp_path / "west", area="Westshire", inputs=inputs)


@pytest.mark.slow
def test_a_shapefile_is_taken_whole_and_access_is_to_what_there_is(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    (inputs / "libraries.csv").unlink()
    (inputs / "choirs.csv").unlink()
    centre = am.read_areas(inputs / "boundaries.gpkg").geometry.iloc[0].centroid
    points = [Point(centre.x + step, centre.y) for step in (0, 100)]
    halls = gpd.GeoDataFrame(
        {"Name": ["Old Village Hall", "New Village Hall"]}, geometry=points, crs="EPSG:27700"
    )
    halls.to_file(inputs / "halls.shp")
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    assert read_settings(made.config).access.asset_type == "village_hall"
    assert "access is measured to what they have most of: village or town hall" in " ".join(made.notes)
    assert len(am.read_assets(tmp_path / "west" / "halls.shp").table) == 2
