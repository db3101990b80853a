"""The whole way of a list into the register, on the town and on the Cornish example."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import assetmap as am
from assetmap.read.lists.assets import read_assets
from assetmap.register.areas import assign_areas
from assetmap.register.build import build_register
from assetmap.schema import Register, check_assets, data_folder
from conftest import ORIGIN

CORNWALL = data_folder() / "cornwall"


@pytest.fixture(scope="module")
def cornwall() -> dict[str, object]:
    return {
        "postcodes": am.read_postcodes(CORNWALL / "postcodes.csv.gz"),
        "places": am.read.read_places(CORNWALL / "group_places.csv"),
        "areas": am.read_areas(CORNWALL / "areas.gpkg"),
        "area_name": "Cornwall",
    }


@pytest.fixture(scope="module")
def register(cornwall: dict[str, object]) -> Register:
    lists = [read_assets(CORNWALL / "libraries.csv"), read_assets(CORNWALL / "groups.csv")]
    return build_register(lists, **cornwall)  # type: ignore[arg-type]


@pytest.mark.slow
def test_every_row_of_the_example_is_accounted_for(register: Register) -> None:
    assets, log = register.assets, register.log
    check_assets(assets, columns=("area_code", "source", "source_row"))
    assert log["source"].value_counts().to_dict() == {"groups": 391, "libraries": 53}
    assert log["outcome"].value_counts().sum() == 444
    assert (log["outcome"] == "rejected").sum() == 0
    assert len(assets) == 444 - (log["outcome"] == "merged").sum()


def test_all_53_libraries_stand_in_exactly_one_area(register: Register) -> None:
    libraries = register.assets.query("source == 'libraries'")
    assert len(libraries) == 53
    assert libraries["area_code"].notna().all()
    assert libraries["name"].is_unique
    branches = libraries[(libraries["asset_type"] == "library") & (libraries["status"] == "open")]
    assert len(branches) == 27


def test_the_example_knows_how_well_it_knows_each_place(
    register: Register,
) -> None:
    assets = register.assets
    assert assets["location_precision"].value_counts().to_dict() == {
        "place": 342,
        "postcode": 93,
        "area_only": 9,  # two guarded places among them
    }
    whole = assets[(assets["location_precision"] == "area_only") & ~assets["sensitive"]]
    assert len(whole) == 7
    assert whole.geometry.isna().all()
    assert whole["area_code"].isna().all()
    assert assets["area_code"].notna().sum() == 437


def test_a_library_that_moved_stays_two_records(register: Register) -> None:
    bodmin = register.assets.query("source == 'libraries' and town == 'Bodmin'")
    assert bodmin.set_index("postcode")["status"].to_dict() == {"PL31 2FR": "open", "PL31 2JX": "closed"}


def test_a_postcode_far_from_its_town_is_held_for_review(
    register: Register,
) -> None:
    log = register.log.set_index("name")
    assert log.loc["Roche Micro", "outcome"] == "review"
    assert log.loc["Roche Micro", "reason"] == (
        "Row 34: Its postcode TR4 9LD lies 26.2 km from Roche. Check both."
    )


@pytest.mark.slow
def test_three_bad_rows_are_explained_and_nothing_is_lost(
    tmp_path: Path, cornwall: dict[str, object]
) -> None:
    file = tmp_path / "groups.csv"
    file.write_text(
        "Group name,Type,Post code,Town\n"
        "Truro Choir,choir,TR1 1EP,Truro\n"
        "Broken Group,choir,TR1 1E,\n"
        ",choir,TR1 1EP,Truro\n"
        "Exeter Choir,choir,EX1 1AA,Exeter\n",
        encoding="utf-8",
    )
    register = build_register(read_assets(file), **cornwall)  # type: ignore[arg-type]
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted", "review", "rejected", "rejected"]
    assert log["row"].tolist() == [2, 3, 4, 5]
    assert "'TR1 1E' is not a postcode" in log["reason"][1]
    assert log["reason"][2] == "Row 4: It has no name. Give it one."
    assert "EX1" in log["reason"][3]
    assert "Cornwall" in log["reason"][3]
    assert assets["name"].tolist() == ["Truro Choir", "Broken Group"]
    assert assets["location_precision"].tolist() == ["postcode", "postcode_district"]


def test_a_coastal_postcode_in_no_polygon_has_its_area(grid: gpd.GeoDataFrame) -> None:
    postcodes = pd.DataFrame(
        {
            "easting": [ORIGIN[0] - 60.0],
            "northing": [ORIGIN[1] + 500.0],
            "area_code": ["A01"],
            "live": [True],
        },
        index=pd.Index(["TR1 1AA"], name="postcode"),
    )
    rows = pd.DataFrame({"source": ["s"], "row": [2], "name": ["Quay"], "postcode": ["TR1 1AA"]})
    register = build_register(rows, postcodes=postcodes, areas=grid)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted"]
    assert assets["area_code"].tolist() == ["A01"]
    assert assets["area_from"].tolist() == ["postcode"]


def test_a_point_just_off_the_coast_belongs_to_the_nearest_area(grid: gpd.GeoDataFrame) -> None:
    rows = pd.DataFrame(
        {
            "source": "s",
            "row": [2, 3, 4],
            "name": ["Pier", "Ship", "Border stone"],
            "easting": [str(ORIGIN[0] - 400), str(ORIGIN[0] - 600), str(ORIGIN[0] + 1000)],
            "northing": str(ORIGIN[1] + 500),
        }
    )
    register = build_register(rows, areas=grid)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted", "rejected", "accepted"]
    assert log["reason"][1] == "Row 3: Its point lies outside the area, 0.6 km from it."
    assert assets.set_index("name")["area_code"].to_dict() == {"Pier": "A00", "Border stone": "A00"}
    assert assets.set_index("name")["area_from"].to_dict() == {"Pier": "nearest", "Border stone": "point"}


def test_assign_areas_leaves_its_input_alone(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> None:
    areas, assets = town
    before = assets.copy()
    assigned = assign_areas(assets, areas)
    assert assigned["area_code"].tolist() == ["A00", "A03"]
    assert list(assets.columns) == list(before.columns)
