"""`inputs`, `check`, `project` and `build` give one verdict on every file: one reader decides for all of them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point

import assetmap as am
from assetmap.place.action_files import write_action
from assetmap.place.make import make_project
from assetmap.place.update import update_project
from assetmap.project.action.telling import NotListsError
from assetmap.project.settings.reading import read_settings
from assetmap.read.action.recognise import OWN
from assetmap.read.inputs import inspect_file, inspect_inputs
from assetmap.read.outcomes.counts import read_counts
from assetmap.schema import data_folder
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


def test_files_on_social_action_are_told_from_lists_everywhere(tmp_path: Path) -> None:
    town = data_folder() / "town"
    inputs, made = tmp_path / "inputs", tmp_path / "made"
    inputs.mkdir()
    made.mkdir()
    for kind in OWN:
        (inputs / f"any {kind}.csv").write_bytes((town / f"{kind}.csv").read_bytes())
    (inputs / "other.csv").write_text(
        "Grants 2023,,\nGroup,Amount awarded (£),Postcode\nChoir,£500,TR1 1EP\n", encoding="utf-8"
    )
    (inputs / "more.csv").write_text("Group,Month,Sessions\nChoir,2026-09,4\n", encoding="utf-8")
    (inputs / "360.csv").write_bytes((SAMPLES / "threesixtygiving_good.csv").read_bytes())
    (inputs / "wrong.csv").write_text(
        "area,who,date,trust,champions,spaces\nA1,a nurse,2026,perhaps,yes,no\n", encoding="utf-8"
    )
    (inputs / "halls.csv").write_bytes((town / "halls.csv").read_bytes())
    report = inspect_inputs(inputs)
    kinds = report.files.set_index("file")["kind"].to_dict()
    assert [kinds[f"any {kind}.csv"] for kind in OWN] == list(OWN)
    assert (kinds["other.csv"], kinds["more.csv"], kinds["360.csv"]) == ("grants", "counts", "assets")
    wrong = report.files.set_index("file").loc["wrong.csv"]
    assert (wrong["state"], wrong["kind"]) == ("broken", "conditions")
    assert "first 'perhaps' (row 2)" in wrong["reason"]
    steps = report.steps.set_index("step")["files"]
    assert steps["grants"] == "360.csv, any grants.csv, other.csv"
    with pytest.raises(NotListsError, match="grants.*can be used: 1 row") as told:
        am.check_files([inputs / "other.csv", inputs / "halls.csv"])
    assert told.value.lists == (inputs / "halls.csv",)
    assert len(am.check_files([inputs / "other.csv"], columns={"name": "Group"}).register.log) == 1
    notes: list[str] = []
    sections = write_action(made, report, notes)
    assert {kind: each["file"] for kind, each in sections.items()} == {kind: f"{kind}.csv" for kind in OWN}
    assert sections["grants"]["date"] == "2025"
    assert "'any grants.csv' was taken, 'other.csv', '360.csv' not" in notes[0]
    assert len(read_counts(made / "counts.csv")) == 11


def test_update_knows_such_a_file_by_its_headings(tmp_path: Path) -> None:
    folder = am.new_project(tmp_path / "town", example="town").parent
    newer = tmp_path / "this year.csv"
    newer.write_text("Group,Amount awarded (£),Date awarded\nChoir,£500,2027\n", encoding="utf-8")
    done = update_project(folder, newer)
    assert (done.input_id, am.open_project(folder).settings.grants.date) == ("grants", "2027")
    more = tmp_path / "more.csv"
    more.write_text("Group,Month,Sessions\nMill Lane Tenants,2027-01,4\n", encoding="utf-8")
    assert update_project(folder, more).input_id == "counts"
    assert len(read_counts(folder / "counts.csv")) == 11
    with pytest.raises(am.InputError, match="allows yes, no, unknown"):
        more.write_text(
            "area,who,date,trust,champions,spaces\nA1,a nurse,2026,perhaps,yes,no\n", encoding="utf-8"
        )
        update_project(folder, more)
