"""What counts for access, and that counts and distances speak of the same assets."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box
from typer.testing import CliRunner

from assetmap.access.costs import straight_costs
from assetmap.access.counted import (
    count_table,
    count_types,
    left_out,
    note_left_out,
    note_not_counted,
    with_counts_as,
)
from assetmap.access.measure import measure_access
from assetmap.access.nearest import distance_to_nearest, open_assets
from assetmap.access.stops import note_stops
from assetmap.access.travel import Travel
from assetmap.cli import app
from assetmap.project.settings.keys import AccessSettings
from assetmap.schema import PRECISIONS, STATUSES, InputError, reference_table
from assetmap.show.counts import open_assets as open_in_outputs

ROOT = Path(__file__).parents[1]
TYPES = ("library", "mobile_stop", "mobile_library", "prison_library", "archive")


def assets_of(rows: list[tuple[str, str, str]]) -> gpd.GeoDataFrame:
    """Make assets of type, status, precision: each 1 km further east than the one before it."""
    table = pd.DataFrame(rows, columns=["asset_type", "status", "location_precision"], dtype="str")
    table["name"] = [f"Place {k}" for k in range(len(rows))]
    table["area_code"] = "E01000001"
    points = [
        None if row[2] == "area_only" else Point(300_000 + 1_000 * k, 200_000) for k, row in enumerate(rows)
    ]
    table.index = pd.Index([f"a{k:02}" for k in range(len(rows))], name="asset_id")
    return gpd.GeoDataFrame(table, geometry=points, crs=27700)


@pytest.fixture(scope="module")
def area() -> gpd.GeoDataFrame:
    table = pd.DataFrame({"area_name": ["One"], "population": [100.0]}, index=["E01000001"])
    return gpd.GeoDataFrame(
        table.rename_axis("area_code"), geometry=[box(299_000, 199_000, 301_000, 201_000)], crs=27700
    )


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TYPES), st.sampled_from(STATUSES), st.sampled_from(PRECISIONS)),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_counts_and_distances_speak_of_the_same_assets(
    area: gpd.GeoDataFrame, rows: list[tuple[str, str, str]], vans: bool
) -> None:
    rows = [("library", "open", "postcode"), *rows]
    assets = with_counts_as(assets_of(rows), {"mobile_stop": True} if vans else {})
    costs = straight_costs(area, assets, asset_type="library", limit_m=1e6)
    in_distances = set(costs.assets[costs.asset])
    results = SimpleNamespace(assets=assets, settings={"access": {"asset_type": "library"}})
    assert set(open_in_outputs(results).index) == in_distances
    assert set(open_assets(assets, "library").index) == in_distances
    opened = assets[
        (assets["status"] == "open") & assets["asset_type"].isin(["library"] + ["mobile_stop"] * vans)
    ]
    assert set(left_out(assets, "library").index) == set(opened.index) - in_distances
    assert distance_to_nearest(area, assets)["nearest_asset_id"].isin(in_distances).all()


def test_what_is_left_out_is_named_and_a_guarded_place_only_counted() -> None:
    assets = assets_of(
        [
            ("library", "open", "postcode"),
            ("library", "open", "postcode_district"),
            ("library", "open", "area_only"),
            ("library", "closed", "area_only"),
        ]
    ).assign(sensitive=[False, False, True, False])
    (note,) = note_left_out(assets, "library")
    assert note.code == "LEFT_OUT_OF_DISTANCES"
    assert "2 open assets" in note.sentence
    assert "Place 1 (postcode district)" in note.sentence
    assert "1 more" in note.sentence
    assert "Place 2" not in note.sentence
    assert note_left_out(assets.iloc[:1], "library") == ()


def test_what_does_not_count_is_said_with_its_reason() -> None:
    assets = assets_of(
        [
            ("library", "open", "postcode"),
            ("prison_library", "open", "postcode"),
            ("mobile_library", "unknown", "postcode"),
            ("archive", "closed", "postcode"),
        ]
    )
    (note,) = note_not_counted(assets, "library")
    table = reference_table("access_types")
    assert note.code == "NOT_COUNTED"
    for kind in ("prison_library", "mobile_library"):
        assert table.at[kind, "reason"][1:] in note.sentence
    assert table.at["archive", "reason"][1:] not in note.sentence
    (note,) = note_not_counted(with_counts_as(assets, {"prison_library": True}), "library")
    assert table.at["prison_library", "reason"][1:] not in note.sentence


def test_the_table_of_types_has_those_of_the_register_with_reasons() -> None:
    kinds = [("library", "open"), ("library", "closed"), ("archive", "open"), ("library_depot", "unknown")]
    assets = assets_of([(kind, status, "postcode") for kind, status in kinds])
    table, reasons = count_table(assets), reference_table("access_types")["reason"]
    columns = ["assets", "open_assets", "counts_as", "counts"]
    assert table[columns].apply(list, axis=1).to_dict() == {
        "library": [2, 1, "library", "yes"],
        "archive": [1, 1, "", "no"],
        "library_depot": [1, 0, "", "never"],
    }
    assert table["reason"].tolist() == reasons[table.index].tolist()
    changed = count_table(assets, {"archive": True, "village_hall": False})
    assert changed.loc["archive", ["counts_as", "counts"]].tolist() == ["library", "yes"]
    assert "settings" in changed.loc["archive", "reason"]
    assert changed.index.tolist() == table.index.tolist()


def test_check_prints_the_table_of_types(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text(
        "name,type,postcode,status\nTown Library,Library,TR1 1EP,open\nHMP Library,Prison library,TR1 1EP,\n"
    )
    said = CliRunner().invoke(app, ["check", str(path), "--types"]).stdout
    assert "Library (1 asset, 1 known to be open): counts." in said
    assert "does not count. Nobody from outside can go in." in said
    rows = json.loads(CliRunner().invoke(app, ["check", str(path), "--types", "--json"]).stdout)["types"]
    assert [row["asset_type"] for row in rows] == ["library", "prison_library"]


def test_settings_change_what_counts() -> None:
    assert count_types({}) == {}
    assert count_types({"village_hall": "community_centre", "archive": False}) == {
        "village_hall": "community_centre"
    }
    assert AccessSettings(counts={"micro_library": True}).counts == {"micro_library": True}
    with pytest.raises(InputError, match="no asset type 'vans'"):
        count_types({"vans": True})
    with pytest.raises(InputError, match="counts as itself"):
        count_types({"library": True})
    with pytest.raises(ValueError, match="no asset type 'vans'"):
        AccessSettings(counts={"vans": True})


def test_every_type_says_whether_it_counts_and_why() -> None:
    table, types = reference_table("access_types"), reference_table("asset_types")
    assert table.index.tolist() == types.index.tolist()
    assert set(table["counts_as"]) <= set(types.index)
    assert set(table["counts"]) == {"yes", "no", "hours", "never"}
    assert (table["reason"] != "").all()
    assert (table.loc[table["counts_as"] != table.index, "counts"] != "yes").all()
    page = (ROOT / "docs" / "access.md").read_text()
    for kind, reason in table.loc[table["counts"] != "yes", "reason"].items():
        assert f"`{kind}`" in page
        assert reason in page


def test_stops_count_by_their_hours_as_a_naive_sum_has_it_and_no_distance_leads_to_them() -> None:
    squares = [box(x, 199_000, x + 1_000, 200_000) for x in (300_000, 301_000, 309_000)]
    people = pd.DataFrame(
        {"area_name": list("ABC"), "population": [500.0, 1_500.0, 800.0]},
        index=pd.Index(["A", "B", "C"], name="area_code"),
    )
    areas = gpd.GeoDataFrame(people, geometry=squares, crs=27700)
    rows = (
        [("library", "open", "postcode")]
        + [("mobile_stop", "open", "postcode")] * 3
        + [("mobile_library", "open", "postcode")]
    )
    assets = assets_of(rows).assign(
        weekly_hours=[30.0, 0.125, 0.5, None, 36.0],
        opening_times=["", "Tuesday 10:00 to 10:30, every 4 weeks", "Monday 9 to 10, fortnightly", "", ""],
    )
    assets.geometry = [
        Point(300_500, 199_500),
        Point(309_400, 199_500),
        Point(301_600, 199_500),
        Point(309_500, 199_500),
        Point(309_500, 199_500),
    ]
    measured = measure_access(areas, assets, travel=Travel(limit_m=3_000))
    spots = {code: shape.centroid for code, shape in areas.geometry.items()}

    def weight(metres: float) -> float:
        return 1.0 if metres <= 1_000 else 0.68 if metres <= 2_000 else 0.22 if metres <= 3_000 else 0.0

    expected = dict.fromkeys(areas.index, 0.0)
    for position in (0, 1, 2):  # a stop without hours and the depot of a van offer nothing
        point, hours = assets.geometry.iloc[position], assets["weekly_hours"].iloc[position]
        demand = sum(weight(point.distance(spots[code])) * areas["population"][code] for code in areas.index)
        for code in areas.index:
            expected[code] += 1_000 * hours * weight(point.distance(spots[code])) / demand
    assert measured["access_per_1000"].to_dict() == pytest.approx(expected)
    assert measured["nearest_name"].eq("Place 0").all()
    assert measured["count_within"].tolist() == [1, 1, 0]
    assert measured["access_sites_per_1000"]["C"] == 0
    assert measured.loc["C", "mobile_stop"] == "Place 1: Tuesday 10:00 to 10:30, every 4 weeks"
    assert measured.loc["C", "mobile_stop_m"] == pytest.approx(100)
    (note,) = note_stops(assets, "library")
    assert note.code == "COUNTED_BY_HOURS"
    assert "2 mobile library stops count by hours: together 0.6 hours" in note.sentence
    assert "1 further stop is not counted" in note.sentence
    with pytest.raises(InputError, match="'mobile_library' cannot count as another type.*depot"):
        count_types({"mobile_library": True})
    counted = with_counts_as(assets, {"mobile_stop": True})
    assert note_stops(counted, "library") == ()
    fully = measure_access(areas, counted, travel=Travel(limit_m=3_000))
    assert "mobile_stop" not in fully
    assert fully["nearest_name"]["C"] in ("Place 1", "Place 3")
