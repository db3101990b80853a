"""A project for any place out of official files, none of them made for it."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import assetmap as am
from assetmap.access.nearest import distance_to_nearest
from assetmap.errors import FetchError
from assetmap.fetch.connection import open_connection
from assetmap.fetch.sources import read_sources
from assetmap.place.asset_lists import _rows_here
from assetmap.place.choice import Choice, choose_areas
from assetmap.place.council import find_councils
from assetmap.place.make import make_project
from assetmap.place.official import fetch_area, fetch_project
from assetmap.place.pick import pick_files
from assetmap.project.build import summarise
from assetmap.project.settings.reading import read_settings
from assetmap.read.inputs import inspect_inputs
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.schema import within_border
from conftest import ORIGIN, make_grid
from office import Office, open_office

CODES = [f"E0100000{number}" for number in range(8)]


def small_areas() -> gpd.GeoDataFrame:
    """Eight areas in two rows of four: the west half is Westshire, the east half Eastshire."""
    grid = make_grid(4, 2).drop(columns=["population", "population_year"])
    east = [int(code[2]) >= 2 for code in grid.index]
    names = [f"{'Eastshire' if right else 'Westshire'} 00{place}A" for place, right in enumerate(east)]
    return grid.assign(area_name=names).set_index(pd.Index(CODES, name="area_code"))


def membership() -> pd.DataFrame:
    east = [place % 4 >= 2 for place in range(8)]
    return pd.DataFrame(
        {
            "lad24_code": ["E06000002" if right else "E06000001" for right in east],
            "lad24_name": ["Eastshire" if right else "Westshire" for right in east],
            "ward24_code": [f"E0500000{place // 2}" for place in range(8)],
            "ward24_name": ["Castle", "Castle", "Market", "Market", "Castle", "Castle", "Market", "Market"],
        },
        index=pd.Index(CODES, name="area_code"),
    )


def write_boundaries(path: Path) -> None:
    small_areas().reset_index().rename(columns={"area_code": "LSOA21CD", "area_name": "LSOA21NM"}).to_file(
        path
    )


def need_csv() -> str:
    head = (
        "LSOA code (2021),LSOA name (2021),Local Authority District code (2024),"
        "Local Authority District name (2024),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived),"
        "Total population: mid 2022,Dependent Children aged 0-15: mid 2022,"
        "Older population aged 60 and over: mid 2022\n"
    )
    rows = [
        f"{code},{name},{lad.lad24_code},{lad.lad24_name},{1 + place * 4000},{1000 + place},{200},{300}\n"
        for place, (code, name, lad) in enumerate(
            zip(CODES, small_areas()["area_name"], membership().itertuples(), strict=True)
        )
    ]
    return head + "".join(rows)


def code_point() -> bytes:
    lines = []
    for place in range(8):
        east, north = int(ORIGIN[0]) + 500 + 1000 * (place % 4), int(ORIGIN[1]) + 500 + 1000 * (place // 4)
        lad = "E06000002" if place % 4 >= 2 else "E06000001"
        lines.append(f'"WS1 {place}AA",10,{east},{north},"E92000001","","","","{lad}","E05000001"')
    lines.append('"ZZ9 9ZZ",10,600000,300000,"E92000001","","","","E06000099","E05000099"')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Data/CSV/ws.csv", "\n".join(lines) + "\n")
    return out.getvalue()


LIBRARIES = (
    "\ufeffreporting,name,authority,postcode,type,statutory_23,operation_23,closed,operating_organisation,hours\n"
    "Westshire,West Library,Westshire,WS1 0AA,Static Library,Yes,LA,,-,30\n"
    "Westshire,Lost Library,Westshire,n/a,Static Library,Yes,LA,,-,20\n"
    "Eastshire,East Library,Eastshire,ws13aa,Static Library,Yes,LA,,-,40\n"
    "Farshire,Far Library,Farshire,ZZ9 9ZZ,Static Library,Yes,LA,,-,10\n"
)


def fill(folder: Path) -> Path:
    folder.mkdir()
    write_boundaries(folder / "boundaries.gpkg")
    (folder / "File_7.csv").write_text(need_csv(), encoding="utf-8")
    (folder / "codepo_gb.zip").write_bytes(code_point())
    (folder / "libraries.csv").write_text(LIBRARIES, encoding="utf-8")
    (folder / "choirs.csv").write_text("name,postcode\nSea Shanties,WS1 1AA\n", encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("wanted", "places", "name"),
    [
        ("Westshire", [0, 1, 4, 5], "Westshire"),
        (" eastshire ", [2, 3, 6, 7], "Eastshire"),
        ("E06000001", [0, 1, 4, 5], "Westshire"),
        ("E05000001", [2, 3], "Market"),
        ("E05000000,E05000003", [0, 1, 6, 7], "Castle and Market"),
        ("Market", None, ""),
    ],
)
def test_by_membership(wanted: str, places: list[int] | None, name: str) -> None:
    if places is None:
        with pytest.raises(am.InputError, match="2 places have the name 'Market'") as caught:
            choose_areas(wanted, small_areas(), memberships=[membership()])
        for code in ("E05000001", "E05000003"):
            assert f"the ward Market (Eastshire): --area {code}" in str(caught.value)
        return
    choice = choose_areas(wanted, small_areas(), memberships=[membership()])
    assert choice.codes == tuple(CODES[place] for place in places)
    assert choice.name == name


def test_by_name_of_small_areas_by_boundary_and_by_polygon(tmp_path: Path) -> None:
    small = small_areas()
    west = (CODES[0], CODES[1], CODES[4], CODES[5])
    assert choose_areas("Westshire", small).codes == west
    east, north = ORIGIN
    shape = box(east, north, east + 2600, north + 2000)
    parish = gpd.GeoDataFrame(
        {"area_name": ["St Piran"]}, index=pd.Index(["E04000001"]), geometry=[shape], crs="EPSG:27700"
    )
    six = choose_areas("st piran", small, larger=[parish])
    assert six.codes == (*CODES[:3], *CODES[4:7])
    assert six.how == "as the area E04000001"
    parish.to_crs("EPSG:4326").to_file(tmp_path / "my_patch.geojson")
    drawn = choose_areas(tmp_path / "my_patch.geojson", small)
    assert (drawn.codes, drawn.name) == (six.codes, "my_patch")


def test_a_whole_country() -> None:
    choice = choose_areas("England", small_areas())
    assert (len(choice.codes), choice.name) == (8, "England")
    with pytest.raises(am.InputError, match="The boundaries have no small area in 'Wales'"):
        choose_areas("wales", small_areas())


def test_by_postcode_and_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "codepo_gb.zip").write_bytes(code_point())
    postcodes = read_postcode_file(tmp_path / "codepo_gb.zip")
    choice = choose_areas("ws1 3aa", small_areas(), memberships=[membership()], postcodes=postcodes)
    assert choice.name == "Eastshire"
    with pytest.raises(am.InputError, match="'WS1 9AA' is not in the postcode file"):
        choose_areas("WS19AA", small_areas(), postcodes=postcodes)
    with pytest.raises(am.InputError, match="add a postcode file, such as Code-Point Open"):
        choose_areas("WS1 9AA", small_areas())
    with pytest.raises(am.InputError, match="no place 'Westshir' .* Did you mean 'Westshire'"):
        choose_areas("Westshir", small_areas(), memberships=[membership()])
    far = box(0, 0, 10, 10)
    away = gpd.GeoDataFrame({"area_name": ["Far"]}, index=["E1"], geometry=[far], crs="EPSG:27700")
    with pytest.raises(am.InputError, match="The boundaries have no small area in 'Far'"):
        choose_areas("Far", small_areas(), larger=[away])


def test_a_project_is_cut_out_of_the_files(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    before = {path.name: path.read_bytes() for path in inputs.iterdir()}
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs, limit_m=1000)
    assert (made.area_name, made.areas, made.how) == ("Westshire", 4, "as the council E06000001")
    assert {path.name: path.read_bytes() for path in inputs.iterdir()} == before
    folder = tmp_path / "west"
    areas = am.read_areas(folder / "areas.gpkg")
    assert list(areas.index) == [CODES[0], CODES[1], CODES[4], CODES[5]]
    need = am.read_need(folder / "need.csv")
    assert need["population"].to_dict() == {CODES[0]: 1000, CODES[1]: 1001, CODES[4]: 1004, CODES[5]: 1005}
    postcodes = am.read_postcodes(folder / "postcodes.csv.gz")
    assert postcodes["area_code"].dropna().to_dict() == {
        "WS1 0AA": CODES[0],
        "WS1 1AA": CODES[1],
        "WS1 4AA": CODES[4],
        "WS1 5AA": CODES[5],
    }
    assert sorted(postcodes.index[postcodes["area_code"].isna()]) == ["WS1 2AA", "WS1 6AA"]
    libraries = pd.read_csv(folder / "ace_libraries.csv")
    assert libraries["name"].tolist() == ["West Library", "Lost Library"]
    assert "libraries.csv: 2 of 4 rows are in Westshire." in made.notes
    assert (folder / "choirs.csv").read_bytes() == (inputs / "choirs.csv").read_bytes()
    land = gpd.read_file(folder / "land.gpkg")
    assert land.area.sum() == pytest.approx(2 * 1.2e6)  # as far around as 0.6 of its width


def test_its_settings_are_right(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    made = make_project(tmp_path / "west", area="E06000001", inputs=inputs)
    settings = read_settings(made.config)
    assert settings.project.area_name == "Westshire"
    assert settings.need.index == "iod2025"
    assert settings.need.population_year == 2022
    assert settings.need.date == "2025"
    assert settings.areas.date == "2021"
    assert settings.areas.publisher == "Office for National Statistics"
    assert settings.postcodes.title == "Code-Point Open"
    assert sorted(each.id for each in settings.assets) == ["ace_libraries", "choirs"]


def test_a_newer_population_is_taken(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    rows = "".join(f"{code},{5000 + place}\n" for place, code in enumerate(CODES))
    (inputs / "mid2024.csv").write_text("lsoa21_code,population\n" + rows, encoding="utf-8")
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    assert am.read_areas(tmp_path / "west" / "areas.gpkg")["population"].tolist() == [5000, 5001, 5004, 5005]
    settings = read_settings(made.config)
    assert settings.need.population_year == 2024
    assert "; population: Population of small areas" in settings.need.title


def test_need_of_the_other_vintage_comes_with_its_lookup(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    (inputs / "boundaries.gpkg").unlink()
    old = small_areas().reset_index().rename(columns={"area_code": "LSOA11CD", "area_name": "LSOA11NM"})
    old.loc[0, "LSOA11CD"] = "E01009999"
    old.to_file(inputs / "old.gpkg")
    pairs = "".join(f"{code},{code},U\n" for code in CODES[1:]) + f"E01009999,{CODES[0]},X\n"
    (inputs / "changes.csv").write_text("LSOA11CD,LSOA21CD,CHGIND\n" + pairs, encoding="utf-8")
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    settings = read_settings(made.config)
    assert settings.need.lookup == "lookup.csv"
    need = am.read_need(tmp_path / "west" / "need.csv")
    assert set(need.index) == {CODES[0], CODES[1], CODES[4], CODES[5]}


def test_what_is_missing_is_said_at_once(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    (inputs / "codepo_gb.zip").unlink()
    (inputs / "File_7.csv").unlink()
    with pytest.raises(am.InputError, match="has no files for 3 steps") as caught:
        make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    assert "- population: " in str(caught.value)
    assert "- need: An index of need" in str(caught.value)
    assert "- postcodes: Postcodes with coordinates: Code-Point Open" in str(caught.value)
    assert not (tmp_path / "west").exists()


@contextmanager
def westshire_office() -> Iterator[Office]:
    """An office that has the boundaries, the lookup, need, postcodes and OpenStreetMap of Westshire and Eastshire."""
    with open_office() as running:
        boundaries = small_areas().to_crs("EPSG:4326")
        councils = small_areas().dissolve(by=list(membership()["lad24_code"])).to_crs("EPSG:4326")
        running.layers["lad"] = [
            {
                "type": "Feature",
                "properties": {"OBJECTID": row, "LAD24CD": code, "LAD24NM": name},
                "geometry": json.loads(gpd.GeoSeries([shape]).to_json())["features"][0]["geometry"],
            }
            for row, (code, name, shape) in enumerate(
                zip(councils.index, ("Westshire", "Eastshire"), councils.geometry, strict=True), start=1
            )
        ]
        running.layers["lsoa"] = [
            {
                "type": "Feature",
                "properties": {"OBJECTID": row, "LSOA21CD": code, "LSOA21NM": name},
                "geometry": json.loads(gpd.GeoSeries([shape]).to_json())["features"][0]["geometry"],
            }
            for row, (code, name, shape) in enumerate(
                zip(boundaries.index, boundaries["area_name"], boundaries.geometry, strict=True), start=1
            )
        ]
        running.layers["lookup"] = [
            {
                "properties": {
                    "OBJECTID": row,
                    "LSOA21CD": code,
                    "WD24CD": each.ward24_code,
                    "WD24NM": each.ward24_name,
                    "LAD24CD": each.lad24_code,
                    "LAD24NM": each.lad24_name,
                }
            }
            for row, (code, each) in enumerate(zip(CODES, membership().itertuples(), strict=True), start=1)
        ]
        running.files["/f7.csv"] = need_csv().encode()
        running.files["/codepo"] = code_point()
        library = {"type": "node", "id": 1, "lat": 50.27225, "lon": -5.07893}
        hall = {"amenity": "community_centre", "community_centre": "village_hall"}
        running.elements = [
            {**library, "tags": {"amenity": "library", "name": "West"}},
            {**library, "id": 2, "lon": -4.5, "tags": {"amenity": "library", "name": "Far"}},
            {"type": "way", "id": 3, "center": {"lat": 50.272, "lon": -5.079}, "tags": hall},
            {"type": "way", "id": 4, "nodes": [1], "tags": hall},
        ]
        yield running


@pytest.fixture
def office() -> Iterator[Office]:
    with westshire_office() as running:
        yield running


def write_sources(path: Path, office: Office) -> Path:
    rows = {
        "ons_lad_boundaries": f"{office.url}/arcgis/lad",
        "ons_lsoa21_boundaries": f"{office.url}/arcgis/lsoa",
        "ons_lsoa21_ward_lad_lookup": f"{office.url}/arcgis/lookup",
        "iod2025": f"{office.url}/f7.csv",
        "os_code_point_open": f"{office.url}/codepo?area=GB&redirect",
        "overpass_assets": f"{office.url}/overpass",
        "nomis_census_2021_residents": f"{office.url}/nomis/ts001?geography={{area}}TYPE151",
    }
    pd.Series(rows, name="address").rename_axis("source_id").to_csv(path)
    return path


@pytest.mark.journey
def test_fetched_and_made_from_a_name(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    seen: set[str] = set()
    fetched, made = fetch_project(
        "westshire", tmp_path / "west", sources=sources, report=lambda name, done, whole: seen.add(name)
    )
    assert fetched.problems == {}
    assert fetched.councils.codes == ("E06000001",)
    assert made is not None
    assert (made.area_name, made.areas) == ("Westshire", 4)
    record = json.loads((tmp_path / "west" / "inputs" / "sources.json").read_text(encoding="utf-8"))["files"]
    assert [each["source_id"] for each in record] == sorted(fetched.files)
    assert all(len(each["sha256"]) == 64 and each["licence"] and each["fetched"] for each in record)
    assert {"ons_lsoa21_boundaries", "iod2025", "os_code_point_open"} <= seen
    things = pd.read_csv(tmp_path / "west" / "overpass_assets.csv")
    assert things["name"].tolist() == ["West", "Village or town hall", "Village or town hall"]
    assert things["asset_type"].tolist() == ["library", "village_hall", "village_hall"]
    assert "overpass_assets.json: 3 of 4 things are in Westshire." in made.notes
    results = am.measure_project(am.open_project(tmp_path / "west"))
    assert results.areas["distance_m"].between(0, 5_000).all()
    toml = tomllib.loads(made.config.read_text(encoding="utf-8"))
    assert toml["postcodes"]["date"][:2] == "20"
    assert gzip.decompress((tmp_path / "west" / "postcodes.csv.gz").read_bytes()).startswith(b'"postcode",')
    asked = len(office.asked)
    again, _ = fetch_project("Westshire", tmp_path / "again", sources=sources, offline=True)
    assert len(office.asked) == asked
    assert again.councils == fetched.councils


def test_a_ward_of_a_council_and_a_council_of_a_postcode(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    _, made = fetch_project("WS1 3AA", tmp_path / "east", choose="E05000001", sources=sources)
    assert made is not None
    assert (made.area_name, made.areas) == ("Market", 2)


def test_a_source_that_fails_does_not_lose_the_others(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    del office.files["/f7.csv"]
    with open_connection(tries=1) as connection:
        fetched = fetch_area(connection, "Westshire", tmp_path / "inputs", sources=sources)
    assert sorted(fetched.problems) == ["iod2025"]
    assert "answered 404 Not Found" in fetched.problems["iod2025"]
    assert "in the row 'iod2025' of data/tables/sources.csv" in fetched.problems["iod2025"]
    assert (tmp_path / "inputs" / "os_code_point_open.zip").read_bytes() == office.files["/codepo"]
    with pytest.raises(
        FetchError,
        match=r"is not complete[\s\S]*could not be downloaded:[\s\S]*iod2025[\s\S]*has no files for 2 steps",
    ):
        fetch_project("Westshire", tmp_path / "west", sources=sources)
    shutil.copy(fill(tmp_path / "by_hand") / "File_7.csv", tmp_path / "west" / "inputs")
    assert make_project(tmp_path / "west", area="Westshire").areas == 4


def test_only_what_is_asked_for(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    office.tables["ts001"] = [{"GEOGRAPHY_CODE": code, "OBS_VALUE": 7} for code in CODES]
    with open_connection(tries=1) as connection:
        fetched, made = fetch_project(
            "Westshire", tmp_path / "i", sources=sources, only=("nomis_census_2021_residents",)
        )
        assert made is None
        assert [path.name for path in fetched.files.values()] == ["nomis_census_2021_residents.csv"]
        with pytest.raises(am.InputError, match="Did you mean 'Westshire'"):
            find_councils(connection, "Westshir", read_sources(pd.read_csv(sources, dtype=str)))


@pytest.mark.long
def test_shropshire_from_national_files(tmp_path: Path, official: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name in (
        "boundaries/england_wales_lsoa11_bsc.parquet",
        "deprivation/iod2019_england_lsoa11.csv",
        "postcodes/codepoint_open_gb_2025-05.parquet",
        "libraries/libraries_england_2023.csv",
        "places/gias_schools_cornwall_2025-05.csv",
    ):
        (inputs / Path(name).name).symlink_to(official / name)
    made = make_project(tmp_path / "shropshire", area="Shropshire", inputs=inputs)
    # a national list without a row here is left out, and that is said
    assert "gias_schools_cornwall_2025-05.csv: 0 of 296 rows are in Shropshire." in made.notes
    assert not (tmp_path / "shropshire" / "gias_schools_extract.csv").exists()
    assert made.areas == 193
    areas = am.read_areas(tmp_path / "shropshire" / "areas.gpkg")
    need = am.read_need(tmp_path / "shropshire" / "need.csv", index="iod2019")
    assert set(need.index) == set(areas.index)
    assert areas.area.sum() / 1e6 == pytest.approx(3197, rel=0.01)
    postcodes = am.read_postcodes(tmp_path / "shropshire" / "postcodes.csv.gz")
    assert postcodes["area_code"].nunique() == 193
    assert need["population"].sum() == 311_567
    results = am.measure_project(am.open_project(tmp_path / "shropshire"))
    assert (len(results.areas), int(results.areas["need"].isna().sum())) == (193, 0)
    assert results.areas["distance_m"].between(0, 30_000).all()
    assert results.areas["gap_rank"].min() == 1
    assert {"Ludlow", "Oswestry"} <= set(results.assets["name"])
    note = next(note for note in made.notes if note.startswith("libraries_england_2023.csv: "))
    assert note == (
        "libraries_england_2023.csv: 26 of 3487 rows are in Shropshire. Another 19, up to 5 km beyond its border, were kept "
        "because they count for access."
    )
    # Telford and Wrekin is no part of the council, but its libraries are the nearest for many
    beyond = results.assets[results.assets["beyond_border"]]
    assert len(beyond) == 19
    assert {"Newport Library", "Southwater Library", "Perton Library"} <= set(beyond["name"])
    assert beyond.geometry.distance(areas.union_all()).between(1, 5_000).all()
    assert beyond["area_code"].isna().all()
    ours = within_border(results.assets)
    alone = distance_to_nearest(results.areas, ours)["distance_m"]
    assert (results.areas["distance_m"] <= alone + 1e-6).all()
    assert (results.areas["distance_m"] < alone - 1).sum() == 6
    assert len(ours) == summarise(results)["assets"] == 26
    assert summarise(results)["open_of_type"] == {"library": 21}
    assert [note.code for note in results.notes if note.code.startswith("BORDER_")] == ["BORDER_SHARED"]


@pytest.mark.journey
def test_cornwall_from_official_files(tmp_path: Path, official: Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name in (
        "boundaries/cornwall_lsoa21_bgc.geojson",
        "deprivation/iod2025_england_lsoa21.csv",
        "population/lsoa21_population_mid2022.csv",
        "lookups/lookup_lsoa21_ward24_ltla24.csv",
        "postcodes/codepoint_open_cornwall_2025-05.csv",
        "libraries/libraries_england_2023.csv",
    ):
        (inputs / Path(name).name).symlink_to(official / name)
    made = make_project(tmp_path / "cornwall", area="Cornwall", inputs=inputs)
    assert (made.areas, made.how) == (336, "as the council E06000052")
    areas = am.read_areas(tmp_path / "cornwall" / "areas.gpkg")
    assert (len(areas), areas["population"].sum()) == (336, 575_413)
    libraries = am.read_assets(tmp_path / "cornwall" / "ace_libraries.csv").table
    cornish = libraries[libraries["authority"] == "Cornwall"]
    branches = cornish[(cornish["status"] == "open") & (cornish["statutory_23"] == "Yes")]
    assert (len(cornish), len(branches)) == (53, 27)
    postcodes = am.read_postcodes(tmp_path / "cornwall" / "postcodes.csv.gz")
    assert postcodes["area_code"].nunique() == 336


@pytest.mark.journey
def test_a_country_takes_the_boundaries_of_the_country(tmp_path: Path, official: Path) -> None:
    # the newest index fits Cornish boundaries as it is, and those of the country by the lookup
    for name in (
        "boundaries/england_wales_lsoa11_bsc.parquet",
        "boundaries/cornwall_lsoa21_bgc.geojson",
        "deprivation/iod2025_england_lsoa21.csv",
        "lookups/lookup_lsoa11_lsoa21_ltla22.csv",
    ):
        (tmp_path / Path(name).name).symlink_to(official / name)
    picked = pick_files(inspect_inputs(tmp_path), "England")
    assert len(picked.choice.codes) == 32_844
    assert (picked.need["source_id"][:7], picked.boundary["vintage"][:6]) == ("iod2025", "lsoa11")
    assert picked.lookup is not None


def test_a_list_without_postcodes_is_cut_by_its_points(tmp_path: Path) -> None:
    areas = small_areas()
    west, south, east, north = areas.total_bounds
    table = pd.DataFrame(
        {
            "name": ["Inside", "Near", "Far", "Named"],
            "Eastings": [str((west + east) / 2), str(east + 1_000), str(east + 9_000), ""],
            "Northings": [str((south + north) / 2), str((south + north) / 2), str(north), ""],
            "council": ["", "", "", "Town"],
        }
    )
    nowhere = pd.DataFrame(
        {"easting": [0.0], "northing": [0.0], "area_code": [None], "live": [True]},
        index=pd.Index(["ZZ1 1ZZ"], name="postcode"),
    )
    choice = Choice(codes=tuple(areas.index), name="Town", how="by hand")
    here, near = _rows_here(table, choice, areas, nowhere, 5_000)
    assert table.loc[here, "name"].tolist() == ["Inside", "Named"]
    assert table.loc[near, "name"].tolist() == ["Near"]


@pytest.mark.journey
def test_a_project_is_updated_and_what_a_person_changed_stays(tmp_path: Path) -> None:
    inputs, folder = fill(tmp_path / "inputs"), tmp_path / "west"
    made = make_project(folder, area="Westshire", inputs=inputs, limit_m=1000)
    assert not made.updated
    text = made.config.read_text(encoding="utf-8")
    text = text.replace("[need]", "# checked by Ann\n[need]  # our index", 1)
    text = text.replace('audience = "public"', 'audience = "internal"  # for us only')
    text = text.replace('title = "Code-Point Open"', 'title = "Our postcodes"')
    text += '\n[[assets]]\nid = "ours"\nfile = "ours.csv"\ntitle = "Ours"\ndate = "2026"\nlicence = "ours"\n'
    made.config.write_text(text, encoding="utf-8")
    (folder / "ours.csv").write_text("name,postcode\nOurs,WS1 1AA\n", encoding="utf-8")
    (folder / "review.csv").write_text("asset_id,decision\n1,accept\n", encoding="utf-8")
    (folder / "choirs.csv").write_text("name,postcode\nCorrected by hand,WS1 1AA\n", encoding="utf-8")
    # newer files: another population, a longer list, one more list
    rows = "".join(f"{code},{5000 + place}\n" for place, code in enumerate(CODES))
    (inputs / "mid2024.csv").write_text("lsoa21_code,population\n" + rows, encoding="utf-8")
    (inputs / "choirs.csv").write_text("name,postcode\nSea Shanties,WS1 1AA\nNew,WS1 0AA\n", encoding="utf-8")
    (inputs / "halls.csv").write_text("name,postcode\nHall,WS1 1AA\n", encoding="utf-8")
    again = make_project(folder, inputs=inputs)
    assert again.updated
    new = again.config.read_text(encoding="utf-8")
    for kept in (
        "# checked by Ann",
        "[need]  # our index",
        '"internal"  # for us only',
        '"Our postcodes"',
        'id = "ours"',
    ):
        assert kept in new
    settings = read_settings(again.config)
    assert settings.need.population_year == 2024
    assert settings.access.limit_m == 1000
    assert [each.id for each in settings.assets] == ["choirs", "ace_libraries", "ours", "halls"]
    assert am.read_areas(folder / "areas.gpkg")["population"].tolist() == [5000, 5001, 5004, 5005]
    assert "Corrected by hand" in (folder / "choirs.csv").read_text(encoding="utf-8")
    assert "New" in (folder / "choirs.new.csv").read_text(encoding="utf-8")
    assert (folder / "review.csv").read_text(encoding="utf-8") == "asset_id,decision\n1,accept\n"
    notes = "\n".join(again.notes)
    assert "'choirs.csv' was changed by hand and was kept. The new version is 'choirs.new.csv'" in notes
    assert "assetmap.toml, postcodes: 'title' was changed by hand and was kept." in notes
    assert "Updated: areas.gpkg, halls.csv." in notes
    # and once more: nothing is left to do, and nothing of a person is lost
    third = make_project(folder, inputs=inputs)
    assert third.config.read_text(encoding="utf-8") == new
    assert "All files were up to date already." in third.notes or "Updated: choirs.new.csv." in third.notes
    assert "Corrected by hand" in (folder / "choirs.csv").read_text(encoding="utf-8")


def test_an_update_that_fails_changes_nothing(tmp_path: Path) -> None:
    inputs, folder = fill(tmp_path / "inputs"), tmp_path / "west"
    make_project(folder, area="Westshire", inputs=inputs)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(am.InputError, match="is a project for 'Westshire', not for 'Eastshire'"):
        make_project(folder, area="Eastshire", inputs=inputs)
    (inputs / "codepo_gb.zip").unlink()
    with pytest.raises(am.InputError, match="has no files for 1 step:"):
        make_project(folder, inputs=inputs)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    am.new_project(tmp_path / "other")
    with pytest.raises(am.InputError, match="a project that 'assetmap project' did not make"):
        make_project(tmp_path / "other", area="Westshire", inputs=inputs)
    with pytest.raises(am.InputError, match="Name its place with --area"):
        make_project(tmp_path / "none", inputs=inputs)
    (folder / "made.json").write_text("[]", encoding="utf-8")
    with pytest.raises(am.InputError, match="is damaged"):
        make_project(folder, inputs=fill(tmp_path / "more"))


def test_lists_of_one_name_are_all_kept(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    (inputs / "part").mkdir()
    (inputs / "part" / "choirs.csv").write_text("name,postcode\nOthers,WS1 1AA\n", encoding="utf-8")
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    assert sorted(each.file for each in read_settings(made.config).assets) == [
        "ace_libraries.csv",
        "choirs.csv",
        "choirs_2.csv",
    ]


def test_a_county_is_fetched_with_all_its_councils(tmp_path: Path, office: Office) -> None:
    """Staffordshire has eight councils: their tables are asked for together, and the project is the county's."""
    codes = [
        "E07000192",
        "E07000193",
        "E07000194",
        "E07000195",
        "E07000196",
        "E07000197",
        "E07000198",
        "E07000199",
    ]
    for layer, number in (("lad", 2), ("lookup", 8), ("lsoa", 8)):
        office.layers[layer] = office.layers[layer][:1] * number
    names = am.reference_table("councils")["name"]
    shapes = small_areas().to_crs("EPSG:4326").geometry
    office.layers["lad"] = [
        {
            "type": "Feature",
            "properties": {"OBJECTID": row, "LAD24CD": code, "LAD24NM": names[code]},
            "geometry": json.loads(gpd.GeoSeries([shape]).to_json())["features"][0]["geometry"],
        }
        for row, (code, shape) in enumerate(zip(codes, shapes, strict=True), start=1)
    ]
    sources = write_sources(tmp_path / "own.csv", office)
    office.tables["ts001"] = [{"GEOGRAPHY_CODE": code, "OBS_VALUE": 7} for code in CODES]
    rows = read_sources(pd.read_csv(sources, dtype=str))
    with open_connection(tries=1) as connection:
        county = find_councils(connection, "Staffordshire County Council", rows)
        assert sorted(county.codes) == codes
        assert (county.name, county.area) == ("Staffordshire", "Staffordshire county")
        west, south, east, north = county.box
        assert (east - west, north - south) == (pytest.approx(4_000, abs=20), pytest.approx(2_000, abs=20))
        two = find_councils(connection, "Stafford + E07000192", rows)
        assert (two.codes, two.area) == (("E07000197", "E07000192"), "E07000197 + E07000192")
        fetch_area(
            connection,
            "Staffordshire",
            tmp_path / "i",
            sources=sources,
            only=("nomis_census_2021_residents",),
        )
        asked = next(each for each in office.asked if each.startswith("/nomis/"))
        assert all(f"{code}TYPE151" in asked for code in codes)
        for wanted, words in (
            ("West Midlands", "2 places have the name"),
            ("Mendip", "became part of Somerset"),
        ):
            with pytest.raises(am.InputError, match=words):
                find_councils(connection, wanted, rows)


def test_a_fetch_that_fails_half_way_goes_on_with_files_saved_by_hand(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    need = office.files.pop("/f7.csv")
    del office.files["/codepo"]
    folder = tmp_path / "west"
    with pytest.raises(FetchError, match="is not complete") as caught:
        fetch_project("Westshire", folder, sources=sources)
    message = str(caught.value)
    assert "ons_lsoa21_boundaries (ons_lsoa21_boundaries.geojson)" in message
    for missing in ("iod2025", "os_code_point_open"):
        assert f"in the row '{missing}' of data/tables/sources.csv" in message
    assert f'assetmap project {folder} --area "E06000001"' in message
    # the two missing files are saved by hand, under other names; the next fetch uses them and asks only for the rest
    (folder / "inputs" / "my need.csv").write_bytes(need)
    (folder / "inputs" / "my postcodes.zip").write_bytes(code_point())
    before = len(office.asked)
    fetched, made = fetch_project("Westshire", folder, sources=sources)
    assert made is not None
    assert made.areas == 4
    assert fetched.problems == {}
    assert fetched.files["iod2025"].name == "my need.csv"
    assert not [each for each in office.asked[before:] if "f7" in each or "codepo" in each]


def test_a_fetch_without_the_list_of_councils_still_gets_what_it_can(tmp_path: Path, office: Office) -> None:
    sources = write_sources(tmp_path / "own.csv", office)
    del office.layers["lad"]
    with open_connection(tries=1) as connection:
        fetched = fetch_area(connection, "Shropshire", tmp_path / "inputs", sources=sources)
    assert {"iod2025", "os_code_point_open"} <= set(fetched.files)
    assert {"ons_lad_boundaries", "ons_lsoa21_boundaries", "overpass_assets"} <= set(fetched.problems)
    assert "outline of Shropshire could not be downloaded" in fetched.problems["ons_lsoa21_boundaries"]
    assert fetched.councils.codes == ("E06000051",)


def test_several_boundary_files_are_joined_into_one_place(tmp_path: Path) -> None:
    """A county may come as a file for each of its districts: none of them has all of its small areas."""
    inputs = fill(tmp_path / "inputs")
    whole = gpd.read_file(inputs / "boundaries.gpkg")
    (inputs / "boundaries.gpkg").unlink()
    for name, part in (("north", whole.iloc[:5]), ("south", whole.iloc[4:])):
        part.to_file(inputs / f"{name}.gpkg")
    picked = pick_files(inspect_inputs(inputs), "Westshire")
    assert sorted(picked.choice.codes) == sorted([CODES[0], CODES[1], CODES[4], CODES[5]])
    assert not picked.small.index.has_duplicates
