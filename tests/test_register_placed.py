"""Rows whose postcode is not in the file: placed by sector, street, town or district, or outside, and never lost without a word."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from assetmap.register.build import build_register
from assetmap.register.place import place_rows
from assetmap.schema import DISTANCE_PRECISIONS, Register

EDGE = 310_000.0
"""The areas end here; the postcodes go on."""


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    table = pd.DataFrame({"area_name": ["One"], "population": [100.0]}, index=["E01000001"])
    return gpd.GeoDataFrame(
        table.rename_axis("area_code"), geometry=[box(300_000, 200_000, EDGE, 210_000)], crs=27700
    )


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    """Make AA1 1 small, AA1 2 wide, AA2 across the border, AA3 beyond it and near, AA9 far outside."""
    points = {
        "AB1 1AA": (301_000, 201_000),
        "AB1 1AB": (301_400, 201_000),
        "AB1 1AD": (301_200, 201_300),
        "AB1 2AA": (300_500, 200_500),
        "AB1 2AB": (308_000, 208_000),
        "AB2 1AA": (309_500, 205_000),
        "AB2 1AB": (314_000, 205_000),
        "AB3 1AA": (312_000, 205_000),
        "AB9 1AA": (390_000, 205_000),
    }
    table = pd.DataFrame.from_dict(points, orient="index", columns=["easting", "northing"]).astype(float)
    table["area_code"] = [("E01000001" if x <= EDGE else None) for x in table["easting"]]
    return table.assign(live=True).rename_axis("postcode")


@pytest.fixture(scope="module")
def places() -> gpd.GeoDataFrame:
    names = {"Millford": (302_000, 202_000), "Newport": (305_000, 205_000), "Farville": (395_000, 205_000)}
    return gpd.GeoDataFrame(
        {"name": list(names)},
        index=pd.Index([f"p{k}" for k in range(len(names))], name="place_id"),
        geometry=[Point(*xy) for xy in names.values()],
        crs=27700,
    )


@pytest.fixture
def register(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, places: gpd.GeoDataFrame):
    def make(*rows: dict[str, str]) -> Register:
        table = pd.DataFrame(rows, dtype="str").fillna("")
        table.insert(0, "source", "list")
        table.insert(1, "row", range(2, len(table) + 2))
        table["name"] = [f"Library {word}" for word in ("Amber", "Beryl", "Coral", "Dusk")[: len(table)]]
        return build_register(
            table,
            postcodes=postcodes,
            places=places,
            areas=areas,
            area_name="Shire",
            audience="internal",
            buffer_m=5_000,
        )

    return make


def test_a_postcode_newer_than_the_file_is_placed_by_its_small_sector(register) -> None:
    made = register({"postcode": "AB1 1ZZ"})
    asset, row = made.assets.iloc[0], made.log.iloc[0]
    assert asset["location_precision"] == "place"
    assert asset.geometry.distance(Point(301_200, 201_100)) < 500
    assert row["outcome"] == "review"
    assert "located by its postcode sector" in row["reason"]


def test_in_a_wide_sector_the_street_the_town_and_then_the_district_place_it(register) -> None:
    street = {"address": "5 Mill Lane", "town": "Millford"}
    made = register(
        {"postcode": "AB1 1AA", **street},
        {"postcode": "AB1 2ZZ", **street},
        {"postcode": "AB1 2ZX", "address": "5 Bridge Street", "town": "Millford"},
        {"postcode": "AB1 2ZY"},
    )
    assets = made.assets.set_index("source_row")
    assert assets["location_precision"].to_dict() == {
        2: "postcode",
        3: "place",
        4: "place",
        5: "postcode_district",
    }
    assert assets.geometry[3].distance(Point(301_000, 201_000)) < 1
    assert assets.geometry[4].distance(Point(302_000, 202_000)) < 1
    reasons = made.log.set_index("row")["reason"]
    assert "by its street" in reasons[3]
    assert "by its town" in reasons[4]
    assert "by its postcode district" in reasons[5]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"postcode": "AB9 2ZZ", "town": "Newport"}, "AB9"),  # known, wholly outside: another Newport
        ({"postcode": "NP20 4UR", "town": "Newport"}, "NP20"),  # the file has nothing of it
        ({"postcode": "NP20", "town": "Newport"}, "NP20"),
        (
            {"postcode": "AB2 9ZZ", "town": "Farville"},
            "Farville",
        ),  # the district crosses the border, the town is far
    ],
)
def test_a_district_or_town_wholly_outside_means_outside(register, row: dict[str, str], said: str) -> None:
    made = register(row)
    assert made.log["outcome"].tolist() == ["rejected"]
    assert said in made.log["reason"].iloc[0]
    assert "lies outside Shire" in made.log["reason"].iloc[0]
    assert made.assets.empty


def test_what_may_be_within_reach_is_kept_and_in_no_distance(register) -> None:
    made = register({"postcode": "AB3 9ZZ"}, {"postcode": "AB3 1AA"})
    assets = made.assets.set_index("source_row")
    assert assets["beyond_border"].tolist() == [True, True]
    assert assets["location_precision"].isin(DISTANCE_PRECISIONS).to_dict() == {2: False, 3: True}
    assert assets["area_code"].isna().all()
    assert made.log["outcome"].tolist() == ["review", "accepted"]


def test_a_slip_in_the_postcode_does_not_move_a_known_town(register) -> None:
    made = register({"postcode": "AB7 1AA", "town": "Millford"}, {"postcode": "QQ1 1AA", "town": "Millford"})
    assert made.log["outcome"].tolist() == ["review", "review"]
    assert (made.assets["location_precision"] == "place").all()


def test_a_town_far_from_its_district_is_another_town(register) -> None:
    made = register({"postcode": "AB1 2ZZ", "town": "Farville"})
    assert made.log["outcome"].tolist() != ["accepted"]
    assert "Farville" in made.log["reason"].iloc[0]


def test_the_same_asset_in_another_list_gives_the_place(areas, postcodes, places) -> None:
    rows = [
        {"source": "new", "row": 2, "name": "Amber Library", "postcode": "AB1 2ZZ", "address": "5 Mill Lane"},
        {"source": "old", "row": 2, "name": "Amber Library", "postcode": "AB1 2AB", "address": "5 Mill Lane"},
    ]
    lists = [pd.DataFrame([row]).assign(asset_type="library", town="") for row in rows]
    made = build_register(
        lists, postcodes=postcodes, places=places, areas=areas, area_name="Shire", audience="internal"
    )
    assert len(made.assets) == 1
    assert made.assets["location_precision"].tolist() == ["postcode"]
    assert made.assets.geometry.iloc[0].distance(Point(308_000, 208_000)) < 1


def test_what_says_no_place_is_told_what_it_is(register) -> None:
    found = (
        register({"osm_type": "relation"}, {"osm_type": "way"}, {"osm_type": "node"}).log["reason"].tolist()
    )
    assert [
        ("out center" in reason, each in reason)
        for reason, each in zip(found[:2], ("relation", "way"), strict=True)
    ] == [(True, True)] * 2
    assert "usable location" in found[2]


@pytest.mark.parametrize(
    ("name", "aside"),
    [
        ("Total", True),
        ("Grand total: 14", True),
        ("* closed on Mondays", True),
        ("Source: estates team", True),
        ("CLUBS", True),
        ("", True),
        ("Totally Pottery", False),
        ("Sourdough Club", False),
        ("Notes Choir", False),
        ("Moor Hall", False),
    ],
)
def test_totals_notes_and_headings_among_the_rows(name: str, aside: bool) -> None:
    rows = pd.DataFrame(
        {"name": [name, "Moor Hall", "Quay Hall", "Mill Hall", "Ash Hall"], "town": ""}, dtype="str"
    )
    _, findings = place_rows(rows, postcodes=None, places=None, areas=None, area_name="")
    said = [
        sentence
        for each in findings
        for row, sentence in zip(each.rows, each.sentences, strict=True)
        if row == 0
    ]
    assert ["left out" in sentence for sentence in said] == [aside]
