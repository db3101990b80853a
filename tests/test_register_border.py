"""Rows of lists that lie beyond the border: kept where they are near enough to be reached, and in no area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import assetmap as am
from assetmap.register.build import build_register
from assetmap.schema import beyond_border, within_border
from conftest import ORIGIN, make_grid

SENTENCE = "lies {} beyond the border of Town: it counts for access but belongs to no area."


@pytest.fixture
def postcodes() -> pd.DataFrame:
    """One in A00 and one in A03; east of the town one 300 m, one 1 km and one 9 km away; west of it is the sea."""
    east = [0.5, 3.5, 4.3, 5.0, 13.0]
    return pd.DataFrame(
        {
            "easting": [ORIGIN[0] + 1000 * km for km in east],
            "northing": ORIGIN[1] + 500,
            "area_code": ["A00", "A03", None, None, None],
            "live": True,
        },
        index=pd.Index(["TR1 1AA", "TR1 1AB", "PL1 1AA", "PL1 1AB", "EX1 1AA"], name="postcode"),
    )


def rows(source: str = "list", **columns: list[str]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    table = pd.DataFrame({"source": source, "row": range(2, length + 2), **columns})
    return table.astype(dict.fromkeys(table.columns.drop("row"), "str"))


def at(*kilometres: float) -> dict[str, list[str]]:
    """Eastings and northings at so many kilometres east of the corner of the town."""
    east = [f"{ORIGIN[0] + 1000 * km:.0f}" for km in kilometres]
    return {"easting": east, "northing": [f"{ORIGIN[1] + 500:.0f}"] * len(east)}


def test_a_library_across_the_border_is_kept_in_no_area(
    grid: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> None:
    table = rows(name=["In", "Near", "Across", "Far"], postcode=["TR1 1AB", "PL1 1AA", "PL1 1AB", "EX1 1AA"])
    register = build_register(table, postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted", "accepted", "accepted", "rejected"]
    assert log["reason"].tolist() == [
        "",
        "Row 3: The postcode PL1 1AA " + SENTENCE.format("0.3 km"),
        "Row 4: The postcode PL1 1AB " + SENTENCE.format("1.0 km"),
        "Row 5: The postcode EX1 1AA lies outside Town, 9.0 km from it.",
    ]
    named = assets.set_index("name")
    assert named["beyond_border"].to_dict() == {"In": False, "Near": True, "Across": True}
    assert named["area_code"].isna().to_dict() == {"In": False, "Near": True, "Across": True}
    assert named["area_from"].to_dict() == {"In": "postcode", "Near": "", "Across": ""}
    assert named.geometry["Across"].equals(Point(ORIGIN[0] + 5000, ORIGIN[1] + 500))
    assert within_border(assets)["name"].tolist() == ["In"]
    assert beyond_border(assets).sum() == 2
    assert assets["beyond_border"].dtype == bool


@pytest.mark.slow
def test_without_a_buffer_or_without_such_a_row_nothing_changes(
    grid: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> None:
    table = rows(name=["In", "Across"], postcode=["TR1 1AB", "PL1 1AB"])
    register = build_register(table, postcodes=postcodes, areas=grid, area_name="Town")
    assets, log = register.assets, register.log
    assert log["reason"][1] == "Row 3: The postcode PL1 1AB lies outside Town, 1.0 km from it."
    assert "beyond_border" not in assets
    assert within_border(assets) is assets
    assert beyond_border(assets).tolist() == [False]
    inside = build_register(table[:1], postcodes=postcodes, areas=grid, area_name="Town").assets
    again = build_register(
        table[:1], postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000
    ).assets
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(inside))
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(am.InputError, match="buffer_m must be a number of metres of 0 or more"):
            build_register(table, areas=grid, buffer_m=wrong)


@pytest.mark.slow
def test_points_are_told_from_the_sea_and_from_a_generalised_coast(
    grid: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> None:
    names = ["Pier", "Ship", "Just across", "Across", "At its postcode"]
    table = rows(name=names, **at(-0.3, -3.0, 4.2, 6.5, 4.1), postcode=["", "", "", "", "TR1 1AB"])
    register = build_register(table, postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000)
    assets, log = register.assets, register.log
    assert log["reason"].tolist() == [
        "",
        "Row 3: Its point lies outside Town, 3.0 km from it.",
        "Row 4: Its point " + SENTENCE.format("0.2 km"),
        "Row 5: Its point " + SENTENCE.format("2.5 km"),
        "",
    ]
    named = assets.set_index("name")
    assert named["area_code"].dropna().to_dict() == {"Pier": "A00", "At its postcode": "A03"}
    assert named.index[named["beyond_border"]].tolist() == ["Just across", "Across"]
    # a file with no postcode beyond cannot tell the sea from the land
    ours = postcodes[postcodes["area_code"].notna()]
    kept = build_register(table, postcodes=ours, areas=grid, buffer_m=5_000).assets.set_index("name")
    assert kept.index[kept["beyond_border"]].tolist() == ["Ship", "Across"]


@pytest.mark.slow
def test_what_says_it_belongs_here_stays_here(grid: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> None:
    table = rows(
        name=["Whole", "District", "Two words"],
        postcode=["PL1 1AB", "EX1", "TR1 1AA"],
        covers=["Town", "", ""],
        easting=["", "", at(5.0)["easting"][0]],
        northing=["", "", at(5.0)["northing"][0]],
    )
    register = build_register(table, postcodes=postcodes, areas=grid, area_name="Town", buffer_m=20_000)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["accepted", "review", "review"]
    assert "It counts for the whole area only." in log["reason"][0]
    assert "It was located by its postcode instead. Check both." in log["reason"][2]
    # The district may be within reach: it is kept, and is in no distance.
    assert assets["beyond_border"].tolist() == [False, True, False]
    assert assets["location_precision"].tolist() == ["area_only", "postcode_district", "postcode"]
    apart = rows(name=["Apart"], postcode=["EX1 1AA"], **at(5.0))
    register = build_register(apart, postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["review"]
    assert log["reason"][0] == (
        "Row 2: The postcode EX1 1AA lies outside Town, 9.0 km from it. It was located by its coordinates instead. Check both. "
        "Its point lies 1.0 km beyond the border of Town: it counts for access but belongs to no area."
    )
    assert assets["beyond_border"].tolist() == [True]


def test_a_thing_listed_on_both_sides_stays_in_its_area(
    grid: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> None:
    ours = rows("ours", name=["Old Ford Library"], registration_number=["1234567"], postcode=["TR1 1AB"])
    theirs = rows("theirs", name=["Old Ford Library"], registration_number=["1234567"], **at(4.2))
    register = build_register(
        [ours, theirs], postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000
    )
    assets, log = register.assets, register.log
    assert sorted(log["outcome"]) == ["accepted", "merged"]
    assert assets["source"].tolist() == ["ours"]
    assert assets["area_code"].tolist() == ["A03"]
    assert "beyond_border" not in assets


@pytest.mark.slow
def test_a_guarded_place_beyond_the_border_stays_guarded(
    grid: gpd.GeoDataFrame, postcodes: pd.DataFrame
) -> None:
    table = rows(
        name=["Safe House", "Shop"],
        asset_type=["domestic_abuse_service", "library"],
        postcode=["PL1 1AB", "TR1 1AA"],
        sensitive=["yes", "no"],
    )
    register = build_register(table, postcodes=postcodes, areas=grid, area_name="Town", buffer_m=5_000)
    assets, log = register.assets, register.log
    guarded = assets[assets["name"] == "Safe House"].iloc[0]
    assert guarded["sensitive"]
    assert guarded["beyond_border"]
    assert guarded.geometry is None
    assert guarded["postcode"] == ""
    assert pd.isna(guarded["area_code"])
    assert log.set_index("name").loc["Safe House", "reason"] == "Its exact location is not published."
    assert "PL1" not in log.to_csv() + assets.to_csv()
    inside = build_register(
        table, postcodes=postcodes, areas=grid, audience="internal", buffer_m=5_000
    ).assets
    assert inside["beyond_border"].sum() == 1
    assert inside.geometry.notna().all()


def test_a_register_read_back_is_judged_anew(grid: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> None:
    table = rows(name=["In", "Was across"], postcode=["TR1 1AA", "TR1 1AB"], beyond_border=["False", "True"])
    assert (
        "beyond_border" not in build_register(table, postcodes=postcodes, areas=grid, buffer_m=5_000).assets
    )
    assert "beyond_border" not in build_register(table).assets


@pytest.mark.slow
def test_larger_towns_hold_what_smaller_ones_have_beyond() -> None:
    """Every row near the western half is in the whole town or near it too, at the same place."""
    generator = np.random.default_rng(3)
    spots = generator.uniform([-2_000, -2_000], [8_000, 4_000], (60, 2))
    table = rows(
        name=[f"Place {number}" for number in range(60)],
        easting=[f"{ORIGIN[0] + east:.0f}" for east, _ in spots],
        northing=[f"{ORIGIN[1] + north:.0f}" for _, north in spots],
    )
    whole = make_grid(columns=6, rows=2)
    west = whole[[int(code[2]) < 3 for code in whole.index]]
    near = build_register(table, areas=west, buffer_m=1_000).assets
    far = build_register(table, areas=whole, buffer_m=1_000).assets
    both = near.index.intersection(far.index)
    assert len(both) == len(near)
    assert near.geometry.geom_equals(far.geometry[near.index]).all()
    metres = near.geometry.distance(west.union_all())
    assert (near["beyond_border"] == (metres > 500)).all()
    assert (near["area_code"].isna() == near["beyond_border"]).all()
    assert metres.max() <= 1_000
