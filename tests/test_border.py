"""Assets and people beyond the border: they change access near it, and no count, total, estimate or review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assetmap as am
from assetmap.access.border import describe_border, with_people_beyond
from assetmap.access.counts import count_groups
from assetmap.access.location import candidate_places
from assetmap.access.measure import measure_access
from assetmap.access.nearest import distance_to_nearest, population_centres
from assetmap.access.overland import make_land_grid
from assetmap.access.travel import Travel
from assetmap.gaps.choices import access_choices
from assetmap.groups.membership import membership_from_register
from assetmap.place.make import make_project
from assetmap.project.build import summarise
from assetmap.register.build import build_register
from assetmap.schema import within_border
from assetmap.show.report.page import report_html
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.sites import open_sites, sites_as_of, sites_of_type
from conftest import ORIGIN, make_assets, make_grid
from test_place import fill

SQUARES = [(column, row) for row in range(2) for column in range(6)]


def border_town() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """The grid of 4 x 4, a library in the middle of A00 and one 1 km over the eastern border; people at its door."""
    areas = make_grid()
    assets = make_assets({"West Library": (0.5, 0.5), "Over Library": (5.0, 0.5)})
    assets["area_code"] = ["A00", None]
    assets["beyond_border"] = [False, True]
    spots = [(column + 0.5, row + 0.5, f"A{row}{column}") for row in range(4) for column in range(4)]
    spots += [(4.4, 0.5, None), (4.6, 0.5, None)]  # two postcodes: 2,000 people at (4.5, 0.5)
    return areas, assets, postcodes_at(spots)


def postcodes_at(spots: list[tuple[float, float, str | None]]) -> pd.DataFrame:
    table = pd.DataFrame(spots, columns=["easting", "northing", "area_code"])
    table["easting"] = ORIGIN[0] + 1000 * table["easting"]
    table["northing"] = ORIGIN[1] + 1000 * table["northing"]
    names = [f"TR1 {number // 10}A{chr(65 + number % 10)}" for number in range(len(table))]
    return table.assign(live=True).set_index(pd.Index(names, name="postcode"))


def test_access_near_the_border_by_hand() -> None:
    areas, assets, postcodes = border_town()
    travel = Travel(limit_m=1_500, postcodes=postcodes)
    cut = measure_access(areas, within_border(assets), travel=travel)
    found = measure_access(areas, assets, travel=travel)
    assert (cut.at["A03", "distance_m"], cut.at["A03", "nearest_name"]) == (3_000, "West Library")
    assert (found.at["A03", "distance_m"], found.at["A03", "nearest_name"]) == (1_500, "Over Library")
    assert found["count_within"]["A03"] == 1
    assert cut["count_within"]["A03"] == 0
    # step decay 1, 0.68, 0.22: A03 is 1.5 km from it, the square with 2,000 people beyond 0.5 km
    assert found.at["A03", "access_per_1000"] == pytest.approx(0.22 / (0.22 * 1_000 + 2_000) * 1_000)
    # within 1.5 km of A03: A02, A12, A13 and A03 itself (1,000 each) and the square beyond (2,000)
    assert found.at["A03", "count_per_1000"] == pytest.approx(1 / 6_000 * 1_000)
    alone = measure_access(areas, assets, travel=Travel(limit_m=1_500))
    assert alone.at["A03", "access_per_1000"] == pytest.approx(1.0)
    assert alone.at["A03", "count_per_1000"] == pytest.approx(1 / 4_000 * 1_000)
    west = [code for code in areas.index if code != "A03"]
    pd.testing.assert_frame_equal(
        found.loc[west].drop(columns=["distance_m", "nearest_asset_id", "nearest_name", "count_per_1000"]),
        cut.loc[west].drop(columns=["distance_m", "nearest_asset_id", "nearest_name", "count_per_1000"]),
    )
    assert found.index.equals(areas.index)


def test_neighbours_count_only_where_their_libraries_do() -> None:
    areas, assets, postcodes = border_town()
    travel = Travel(limit_m=1_500, postcodes=postcodes)
    everyone = with_people_beyond(areas, assets, travel, asset_type="library")
    assert everyone.index.tolist() == [*areas.index, "outside-184-45"]
    assert everyone["population"].iloc[-1] == 2_000
    assert with_people_beyond(areas, within_border(assets), travel, asset_type="library") is areas
    shut = assets.assign(status=["open", "closed"])
    assert with_people_beyond(areas, shut, travel, asset_type="library") is areas
    assert with_people_beyond(areas, assets, Travel(), asset_type="library") is areas
    halls = assets.assign(asset_type=["library", "village_hall"])
    assert with_people_beyond(areas, halls, travel, asset_type="library") is areas
    minutes = pd.DataFrame({"origin": ["A03"], "destination": ["over-library"], "minutes": [9.0]})
    by_bus = replace(travel, mode="own", sources={"own": minutes})
    assert with_people_beyond(areas, assets, by_bus, asset_type="library") is areas
    measured = measure_access(areas, assets, travel=by_bus)
    assert measured.at["A03", "travel_minutes"] == 9
    assert measured.at["A03", "access_per_1000"] == pytest.approx(1.0)
    begun = (
        "The lists name 1 asset beyond the border, up to 1.5 km from it. These count for distances and access, but are "
        "not part of any area or total. "
    )
    end = "so the people beyond the border do not share what is within the limit."
    for register, how, code, words in (
        (
            assets,
            travel,
            "BORDER_SHARED",
            "1 of them is open and of type 'library', so the people beyond the border "
            "(about 2,000, by their live postcodes) share what is within the limit.",
        ),
        (shut, travel, "BORDER_NOT_SHARED", f"None of them is open and of type 'library', {end}"),
        (
            assets,
            by_bus,
            "BORDER_NOT_SHARED",
            f"Your travel times do not cover people beyond the border, {end}",
        ),
        (
            assets,
            Travel(limit_m=1_500),
            "BORDER_NOT_SHARED",
            f"There are no postcodes beyond the border, {end}",
        ),
    ):
        (note,) = describe_border(areas, register, travel=how)
        assert (note.code, note.sentence) == (code, begun + words)
    assert describe_border(areas, within_border(assets), travel=travel) == ()


def test_over_land_the_neighbours_share_too() -> None:
    areas, assets, postcodes = border_town()
    grid = make_land_grid(make_grid(columns=8))
    over = Travel(mode="overland", limit_m=1_500, postcodes=postcodes, sources={"overland": grid})
    straight = measure_access(areas, assets, travel=replace(over, mode="straight"))
    found = measure_access(areas, assets, travel=over)
    assert found.at["A03", "overland_m"] == pytest.approx(1_500)
    assert found["access_per_1000"].to_numpy() == pytest.approx(straight["access_per_1000"].to_numpy())
    assert found["count_within"].equals(straight["count_within"])


def test_no_count_no_site_and_no_estimate_has_what_lies_beyond() -> None:
    areas, assets, _ = border_town()
    areas["need"] = np.linspace(0, 1, len(areas))
    clubs = make_assets({"Choir": (3.5, 0.5), "Over Choir": (4.2, 0.5)}, asset_type="sports_club")
    clubs["area_code"], clubs["beyond_border"] = ["A03", None], [False, True]
    everything = gpd.GeoDataFrame(pd.concat([assets, clubs.assign(registered="no")]), crs=assets.crs)
    ours = within_border(everything)
    assert count_groups(areas, everything)["groups_listed"].sum() == 1
    pd.testing.assert_frame_equal(count_groups(areas, everything), count_groups(areas, ours))
    for choose in (open_sites, sites_of_type, lambda table: sites_as_of(table, year=2016)):
        assert choose(everything).index.tolist() == ["west-library"]
    review = review_devolution(areas, everything, settings=DevolutionSettings(near_m=5_000, draws=10))
    alone = review_devolution(areas, ours, settings=DevolutionSettings(near_m=5_000, draws=10))
    pd.testing.assert_frame_equal(pd.DataFrame(review.sites), pd.DataFrame(alone.sites))
    assert review.sites["groups_listed_near"].tolist() == [1]
    halls = everything.assign(asset_type="village_hall")
    assert candidate_places(halls).index.tolist() == ["west-library", "choir"]
    log = pd.DataFrame(
        {"source": ["a", "a", "b", "b"], "outcome": "accepted", "asset_id": everything.index, "reason": ""}
    )
    linked = membership_from_register(everything, log)
    assert linked.index.tolist() == ["west-library", "choir"]
    assert linked[["a", "b"]].to_numpy().tolist() == [[True, False], [False, True]]


@pytest.mark.journey
@settings(max_examples=5)
@given(
    libraries=st.lists(st.tuples(st.floats(0.01, 5.99), st.floats(0.01, 1.99)), max_size=6),
    hours=st.lists(st.integers(1, 60), min_size=8, max_size=8),
)
def test_half_a_town_with_its_border_is_as_the_whole(
    libraries: list[tuple[float, float]], hours: list[int]
) -> None:
    """The western half, built with what lies beyond, has the access that it has in the whole town."""
    catchment_m = 2_000.0
    whole = make_grid(columns=6, rows=2)
    corners = [(0.4, 0.5), (0.6, 0.4), (0.5, 0.6)]
    spots = [(column + x, row + y, f"A{row}{column}") for column, row in SQUARES for x, y in corners]
    postcodes = postcodes_at(spots)
    postcodes.index = pd.Index(
        [f"TR{n // 9 + 1} {n % 9 + 1}AA" for n in range(len(postcodes))], name="postcode"
    )
    whole = whole.join(population_centres(whole, postcodes))
    west = whole[[int(code[2]) < 3 for code in whole.index]]
    known = postcodes.assign(area_code=postcodes["area_code"].where(postcodes["area_code"].isin(west.index)))
    places = [(1.5, 1.0), (3.9, 1.0), *libraries]  # one at home, one beyond
    rows = pd.DataFrame(
        {
            "source": "list",
            "row": range(2, len(places) + 2),
            "name": [f"{word} Library" for word in "ABCDEFGH"[: len(places)]],
            "asset_type": "library",
            "status": "open",
            "weekly_hours": [str(number) for number in hours[: len(places)]],
            "registration_number": [f"{1234560 + number}" for number in range(len(places))],
            "easting": [f"{ORIGIN[0] + 1000 * east:.1f}" for east, _ in places],
            "northing": [f"{ORIGIN[1] + 1000 * north:.1f}" for _, north in places],
        }
    )
    everywhere = build_register(rows, postcodes=postcodes, areas=whole).assets
    here = build_register(rows, postcodes=known, areas=west, buffer_m=catchment_m).assets
    assert here["beyond_border"].any()
    true = measure_access(whole, everywhere, travel=Travel(limit_m=catchment_m)).loc[west.index]
    found = measure_access(west, here, travel=Travel(limit_m=catchment_m, postcodes=known))
    pd.testing.assert_frame_equal(found, true, check_exact=False, rtol=1e-9)
    chosen = access_choices(west, here, travel=Travel(limit_m=catchment_m / 1.6, postcodes=known))
    again = access_choices(whole, everywhere, travel=Travel(limit_m=catchment_m / 1.6)).loc[west.index]
    pd.testing.assert_frame_equal(chosen, again, check_exact=False, rtol=1e-9, check_dtype=False)


@pytest.fixture(scope="module")
def westshire(tmp_path_factory: pytest.TempPathFactory) -> tuple[am.Results, am.Results, Path]:
    """Westshire from official files: with its neighbours' library, without it, and the folder of the first build."""
    folder = tmp_path_factory.mktemp("border")
    inputs = fill(folder / "inputs")
    (inputs / "choirs.csv").write_text(
        "name,type,registered,postcode\nSea Shanties,choir,no,WS1 1AA\nEast Choir,choir,no,WS1 2AA\n"
    )
    make_project(folder / "west", area="Westshire", inputs=inputs)
    make_project(folder / "cut", area="Westshire", inputs=inputs)
    (folder / "cut" / "choirs.csv").write_text(
        "name,type,registered,postcode\nSea Shanties,choir,no,WS1 1AA\n"
    )
    list_of = folder / "cut" / "ace_libraries.csv"
    lines = list_of.read_text().splitlines(keepends=True)
    list_of.write_text("".join(line for line in lines if "East Library" not in line))
    with_neighbours = am.build(am.open_project(folder / "west"), folder / "out")
    without = am.measure_project(am.open_project(folder / "cut"))
    return with_neighbours, without, folder


@pytest.mark.journey
def test_a_project_counts_the_library_across_its_border(
    westshire: tuple[am.Results, am.Results, Path],
) -> None:
    found, cut, _ = westshire
    beyond = found.assets[found.assets["beyond_border"]]
    assert sorted(beyond["name"]) == ["East Choir", "East Library"]
    assert "beyond_border" not in cut.assets
    # East Library stands 2 km east of the middle of the nearest area, West Library 1 km west of it
    assert cut.areas["distance_m"].round().tolist() == [0, 1000, 1000, 1414]
    assert found.areas["distance_m"].round().tolist() == [0, 1000, 1000, 1414]
    assert found.areas["count_within"].tolist() == [2, 2, 2, 2]
    assert cut.areas["count_within"].tolist() == [1, 1, 1, 1]
    counted = ["groups_listed", "groups_registered", "unregistered_estimate", "population"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.areas[counted]), pd.DataFrame(cut.areas[counted]), check_exact=True
    )
    assert found.estimate == cut.estimate
    assert found.estimate.seen == cut.estimate.seen == 1
    ours, theirs = summarise(found), summarise(cut)
    assert ours.pop("beyond_border") == 2
    assert "beyond_border" not in theirs
    same = ["assets", "open_of_type", "operators_of_type", "unregistered_groups", "population"]
    assert {key: ours[key] for key in same} == {key: theirs[key] for key in same}
    assert ours["open_of_type"] == {"library": 1}
    (note,) = [note for note in found.notes if note.code.startswith("BORDER_")]
    assert note.code == "BORDER_SHARED"
    assert "1 of them is open and of type 'library'" in note.sentence
    assert not [note for note in cut.notes if note.code.startswith("BORDER_")]
    assert found.areas["leaves_data"].all()


@pytest.mark.journey
def test_the_report_and_the_tables_of_such_a_project(westshire: tuple[am.Results, am.Results, Path]) -> None:
    found, cut, folder = westshire
    page = report_html(found)
    assert "1 library is open" in page
    assert "1 library is open" in report_html(cut)
    assert "open libraries beyond the border on the lists: 1." in page
    assert "The lists have no libraries beyond the border" in report_html(cut)
    assert "1 of them is open and of type" in page
    written = pd.read_csv(folder / "out" / "assets.csv").set_index("name")
    assert written["beyond_border"].to_dict()["East Library"]
    assert written["area_code"].isna()["East Library"]
    assert not written["beyond_border"].to_dict()["West Library"]
    assert gpd.read_file(folder / "out" / "assetmap.gpkg", layer="assets")["beyond_border"].sum() == 2
    review, _ = am.review_project(am.open_project(folder / "west"), folder / "review")
    alone, _ = am.review_project(am.open_project(folder / "cut"), folder / "alone")
    assert review.sites["name"].tolist() == ["West Library"]
    pd.testing.assert_frame_equal(pd.DataFrame(review.sites), pd.DataFrame(alone.sites))
    pd.testing.assert_frame_equal(review.scores, alone.scores)


def test_what_if_counts_the_library_across_the_border_as_the_map_does(
    westshire: tuple[am.Results, am.Results, Path],
) -> None:
    found, _, folder = westshire
    scenario = am.what_if(am.open_project(folder / "west"), {"close": ["West Library"]})
    table, areas = scenario.areas, found.areas
    # before: the numbers of the build; after: the straight line to what is still open, on either side
    assert table["cost_before"].to_numpy() == pytest.approx(areas["distance_m"].to_numpy())
    assert table["access_before"].to_numpy() == pytest.approx(areas["access_per_1000"].to_numpy())
    left = found.assets[(found.assets["name"] == "East Library")]
    again = distance_to_nearest(areas, left)["distance_m"]
    assert table["cost_after"].to_numpy() == pytest.approx(again.to_numpy())
    assert set(table["nearest_after"]) == {"East Library"}
    closed = am.what_if(am.open_project(folder / "west"), {"close": ["East Library"]})
    assert closed.people.loc["everyone", "people_further"] == 0
