"""An inputs folder of twenty assorted files: each is told for what it is, and what is missing is named."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import assetmap as am
from assetmap.read.inputs import inspect_inputs
from assetmap.read.look import look_into
from assetmap.read.official.open_names import read_open_names
from conftest import make_grid

SAMPLES = Path(__file__).parent / "samples" / "official"
NAMES = "osgb1,http://x/1,Truro,,,,populatedPlace,City,182500,44800,1,2\nosgb2,http://x/2,Kea,,,,populatedPlace,Hamlet,181000,42000,1,2\nosgb3,http://x/3,TR1 1AA,,,,other,Postcode,182500,44800,1,2\n"


def boundaries(code: str = "LSOA21CD", name: str = "LSOA21NM") -> gpd.GeoDataFrame:
    grid = make_grid(2, 2).drop(columns=["population", "population_year"])
    return grid.reset_index().rename(columns={"area_code": code, "area_name": name})


def fill(folder: Path) -> dict[str, tuple[str, str, str, int | None]]:
    """Write twenty files; return what each is: state, source, vintage, rows."""
    for sample in SAMPLES.glob("*.csv"):
        shutil.copy(sample, folder)
    boundaries().to_file(folder / "LSOA_2021.geojson")
    boundaries("WD24CD", "WD24NM").to_file(folder / "wards.gpkg")
    boundaries("LAD24CD", "LAD24NM").to_file(folder / "LAD_BSC.shp")
    boundaries("LSOA11CD", "LSOA11NM").to_parquet(folder / "lsoa11.parquet")
    with zipfile.ZipFile(folder / "codepo_gb.zip", "w") as archive:
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n")
        archive.writestr("Data/CSV/tr.csv", '"TR1 1AA",10,180500,45500,"E92000001","","","","E06000052",""\n')
        archive.writestr(
            "Data/CSV/pl.csv", '"PL1 1AA",10,180500,45500,"E92000001","","","","E06000052",""\n' * 1
        )
    with zipfile.ZipFile(folder / "opname_csv_gb.zip", "w") as archive:
        archive.writestr("Doc/OS_Open_Names_Header.csv", "ID,NAMES_URI,NAME1\n")
        archive.writestr("Data/SW84.csv", NAMES)
    library = {"type": "node", "id": 1, "lat": 50, "lon": -5, "tags": {"amenity": "library", "name": "Kea"}}
    overpass = {"version": 0.6, "generator": "Overpass API", "osm3s": {}, "elements": [library]}
    (folder / "osm.json").write_text(json.dumps(overpass), encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["Our groups"])
    book.active.append(["Name", "Postcode"])
    book.active.append(["Kea Choir", "TR3 6AE"])
    book.save(folder / "groups.xlsx")
    (folder / "minutes.md").write_text("# Minutes\n", encoding="utf-8")
    (folder / "budget.csv").write_text("year,pounds\n2024,5\n2025,6\n", encoding="utf-8")
    (folder / "half.zip").write_bytes((folder / "codepo_gb.zip").read_bytes()[:200])
    (folder / "torn.csv").write_text(
        "LSOA21CD,WD24CD,LAD24CD\nE01000001,E05000001,E09000001,x\n", encoding="utf-8"
    )
    return {
        "LSOA_2021.geojson": ("ready", "ons_lsoa21_boundaries", "lsoa21", 4),
        "lsoa11.parquet": ("ready", "ons_lsoa11_boundaries", "lsoa11", 4),
        "wards.gpkg": ("ready", "ons_ward_boundaries", "ward24", 4),
        "LAD_BSC.shp": ("ready", "ons_lad_boundaries", "lad24", 4),
        "codepo_gb.zip": ("ready", "os_code_point_open", "", 2),
        "opname_csv_gb.zip": ("ready", "os_open_names", "", 3),
        "osm.json": ("ready", "overpass_assets", "", 1),
        "groups.xlsx": ("ready", "assets_list", "", 1),
        "nomis_ts001.csv": ("ready", "nomis_census_2021_residents", "lsoa, 2021", 2),
        "nomis_ts007a.csv": ("ready", "nomis_census_2021_age", "lsoa, 2021", 38),
        "census2021-ts045-lsoa.csv": ("ready", "nomis_census_2021_cars_bulk", "lsoa, 2021", 2),
        "File_6_-_IoD2019_Population_Denominators.csv": ("ready", "iod2019_denominators", "lsoa11, 2015", 2),
        "File_7_IoD2025.csv": ("ready", "iod2025", "lsoa21", 2),
        "lookup_lsoa21_ward24.csv": ("ready", "ons_lsoa21_ward_lad_lookup", "lsoa21, ward24, lad24", 2),
        "ONSPD_MAY_2025_UK.csv": ("ready", "ons_onspd", "MAY 2025", 2),
        "msoa_names.csv": ("ready", "hocl_msoa_names", "msoa21", 2),
        "minutes.md": ("not used", "", "", None),
        "budget.csv": ("not used", "", "", 2),
        "half.zip": ("broken", "", "", None),
        "torn.csv": ("broken", "", "", None),
    }


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))


def test_twenty_files_are_told_for_what_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    expected = fill(folder)
    assert len(expected) == 20
    report = inspect_inputs(folder)
    found = {
        row.file: (row.state, row.source_id, row.vintage, None if pd.isna(row.rows) else row.rows)
        for row in report.files.itertuples()
    }
    assert found == expected
    reasons = report.files.set_index("file")["reason"]
    assert "could not be read" in reasons["half.zip"]
    assert "1 row has more cells than its 3 column names, first row 2" in reasons["torn.csv"]
    assert "not those of any source" in reasons["budget.csv"]
    assert reasons["minutes.md"] == "it is not a table"
    steps = report.steps.set_index("step")
    # no roads, no timetable and nothing that people of the place fill in among the twenty
    missing = ["roads", "bus timetable", "conditions", "grants", "outcomes", "counts"]
    assert steps.index[~steps["ready"]].tolist() == missing, steps.to_dict("records")


def test_what_is_missing_is_named_with_where_to_get_it(tmp_path: Path) -> None:
    report = inspect_inputs(tmp_path)
    missing = report.steps.set_index("step")["missing"]
    assert not report.steps["ready"].any()
    assert (
        "https://geoportal.statistics.gov.uk/, or: assetmap fetch --area NAME --output FOLDER --only ons_lsoa21_boundaries"
        in missing["areas"]
    )
    assert "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025" in missing["need"]
    assert "--only os_code_point_open" in missing["postcodes"]
    assert "any spreadsheet with a name and a postcode" in missing["assets"]
    with pytest.raises(am.InputError, match="There is no folder"):
        inspect_inputs(tmp_path / "none")


def test_need_of_another_vintage_is_missing_until_the_lookup_is_there(tmp_path: Path) -> None:
    boundaries("LSOA11CD", "LSOA11NM").to_file(tmp_path / "a.gpkg")
    shutil.copy(SAMPLES / "File_7_IoD2025.csv", tmp_path)
    steps = inspect_inputs(tmp_path).steps.set_index("step")
    assert not steps.loc["need", "ready"]
    assert "'File_7_IoD2025.csv' is on lsoa21, but the boundaries are not" in steps.loc["need", "missing"]
    (tmp_path / "changes.csv").write_text(
        "LSOA11CD,LSOA21CD,CHGIND\nE01000001,E01000001,U\n", encoding="utf-8"
    )
    steps = inspect_inputs(tmp_path).steps.set_index("step")
    assert steps.loc[["need", "population"], "ready"].all()


def test_a_recognised_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    twice = pd.concat([boundaries(), boundaries().head(1)])
    gpd.GeoDataFrame(twice, crs="EPSG:27700").to_file(tmp_path / "twice.gpkg")
    (tmp_path / "iod.csv").write_text(
        "LSOA code (2021),Index of Multiple Deprivation (IMD) Rank\nE1,99999\n", encoding="utf-8"
    )
    files = inspect_inputs(tmp_path).files.set_index("file")
    assert files["state"].tolist() == ["broken", "broken"]
    assert "1 duplicate code, first 'A00'" in files.loc["twice.gpkg", "reason"]
    assert "outside 1 to 33755" in files.loc["iod.csv", "reason"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"a,b\x00\n1,2\n", "NUL characters"),
        ("a.json", b'{"a": [1, 2', "could not be read"),
        ("a.xlsx", b"PK not a workbook", "could not be read: it is damaged"),
        ("a.gpkg", b"not a geopackage", "is not a GPKG file"),
        ("a.parquet", b"not parquet", "could not be read"),
        ("a.zip", b"not a zip", "could not be read"),
        ("a.csv.gz", b"not gzip", "could not be read"),
    ],
)
def test_broken_files_are_told(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert problem in look_into(tmp_path / name).problem


def test_utf16_and_semicolons(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("LSOA21CD;WD24CD;LAD24CD\nE1;E2;E3\n", encoding="utf-16")
    assert look_into(tmp_path / "a.csv").parts[0].headings == ("LSOA21CD", "WD24CD", "LAD24CD")


def test_open_names_from_the_zip(tmp_path: Path) -> None:
    fill(tmp_path)
    places = read_open_names(tmp_path / "opname_csv_gb.zip")
    assert places["name"].tolist() == ["Kea", "Truro"]
    assert places["kind"].tolist() == ["hamlet", "city"]
    assert places.crs.to_epsg() == 27700
    assert read_open_names(tmp_path / "opname_csv_gb.zip", within=make_grid(2, 1)).empty
    around = make_grid(4, 4).to_crs("EPSG:27700")
    around["geometry"] = around.translate(0, -4_000)
    assert read_open_names(tmp_path / "opname_csv_gb.zip", within=around)["name"].tolist() == ["Kea", "Truro"]
    (tmp_path / "none.csv").write_text(NAMES.splitlines()[2] + "\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="no populated places"):
        read_open_names(tmp_path / "none.csv")


@pytest.mark.slow
def test_the_official_files_are_all_told(official: Path) -> None:
    report = inspect_inputs(official / "boundaries")
    assert report.files["state"].tolist() == ["ready"] * 5
    assert report.files["rows"].tolist() == [326, 336, 73, 87, 34_753]
    assert report.files["vintage"].tolist() == ["lsoa11", "lsoa21", "msoa21", "ward25", "lsoa11"]


def test_a_population_file_without_a_population_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("lsoa21_code,population\nE01000001,\nE01000002,\n", encoding="utf-8")
    (tmp_path / "z.csv").write_text("lsoa21_code,population\nE01000001,0\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("area_code,area_name\nE01000001,A\n", encoding="utf-8")
    report = inspect_inputs(tmp_path)
    files = report.files.set_index("file")
    assert files.loc[["p.csv", "z.csv"], "state"].tolist() == ["broken", "broken"]
    assert "no population" in files.loc["p.csv", "reason"]
    assert not report.steps.set_index("step").loc["population", "ready"]


def test_need_without_people_is_no_population(tmp_path: Path) -> None:
    head = "LSOA code (2021),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"
    (tmp_path / "need.csv").write_text(f"{head}\nE01000001,5\n", encoding="utf-8")
    report = inspect_inputs(tmp_path)
    steps = report.steps.set_index("step")["ready"]
    assert steps["need"]
    assert not steps["population"]
    assert report.files.loc[0, "use"] == "choice of the area, need"
    (tmp_path / "need.csv").write_text(
        f"{head},Total population: mid 2022\nE01000001,5,1500\n", encoding="utf-8"
    )
    report = inspect_inputs(tmp_path)
    assert report.steps.set_index("step").loc["population", "ready"]
    assert report.files.loc[0, "use"] == "choice of the area, population, need"


def test_names_are_asked_for_when_there_are_none(tmp_path: Path) -> None:
    missing = inspect_inputs(tmp_path).steps.set_index("step")["missing"]
    assert "OS Open Names" in missing["place names"]
    assert "Names of middle layer super output areas" in missing["area names"]
    (tmp_path / "names.csv").write_text(
        "MSOA21CD,MSOANM,MSOAHCLNM\nE02000001,Town 001,Castle\n", encoding="utf-8"
    )
    (tmp_path / "own.csv").write_text("msoa_name,known_as\nTown 001,Castle\n", encoding="utf-8")
    report = inspect_inputs(tmp_path)
    assert report.files["state"].tolist() == ["ready", "ready"]
    assert report.files["use"].tolist() == ["area names", "area names"]
    assert report.steps.set_index("step").loc["area names", "ready"]
