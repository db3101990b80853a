"""Every measure takes costs of every mode of travel: each mode in turn, and an own matrix that holds straight lines."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import oracles_devolution as oracles
from assetmap.access.catchment import enhanced_two_step, gravity, three_step, two_step
from assetmap.access.costs import (
    costs_from_matrix,
    costs_to_matrix,
    count_of,
    join_costs,
    least_costs,
    nearest_of,
    select_costs,
    straight_costs,
    within_limit,
)
from assetmap.access.location import suggest_sites
from assetmap.access.measure import measure_access, measure_catchments
from assetmap.access.minutes import DriveSource, WalkSource
from assetmap.access.nearest import centre_points
from assetmap.access.overland import make_land_grid
from assetmap.access.travel import MODES, Travel, covered_places, travel_costs
from assetmap.gaps.choices import access_choices, measure_sensitivity
from assetmap.gaps.measure import measure_gaps
from assetmap.gaps.variants import find_variants
from assetmap.schema import InputError, RoadNetwork, SchemaError
from assetmap.show.review.layers import devolution_layers
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.closures import rank_closures
from assetmap.sites.dependence import find_single_points
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.scenario import compare_scenario, costs_after
from assetmap.sites.sites import limit_name, open_sites, site_costs, sites_of_type
from conftest import make_assets
from devolution_town import make_postcodes, make_town, plain_areas, plain_sites

MINUTES_PER_KM = 14.4
"""Walks without roads: a straight line times 1.2 at 5 km/h; the other modes in minutes are made to agree."""
LIMIT_M = 2_500.0


def own_times(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, *, per_km: float) -> pd.DataFrame:
    """Straight lines as a table of minutes."""
    metres = costs_to_matrix(straight_costs(areas, assets, limit_m=np.inf, only_open=False))
    times = (metres * per_km / 1000).stack().reset_index()
    times.columns = ["origin", "destination", "minutes"]
    return times


def straight_roads(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame) -> RoadNetwork:
    """A road in a straight line between any two of the places."""
    points = np.vstack([centre_points(areas), np.column_stack([assets.geometry.x, assets.geometry.y])])
    start, end = np.indices((len(points), len(points))).reshape(2, -1)
    metres = np.hypot(*(points[start] - points[end]).T)
    seconds = np.maximum(metres * MINUTES_PER_KM * 60 / 1_000, 1e-9)
    return RoadNetwork("drive", points, start.astype(np.int32), end.astype(np.int32), seconds, 0, 0.0)


def travel_of(mode: str, areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame) -> Travel:
    """Each mode so that it agrees with straight lines: dry land, and minutes by the kilometre."""
    sources = {
        "straight": None,
        "overland": make_land_grid(areas),
        "own": own_times(areas, assets, per_km=MINUTES_PER_KM),
        "walk": WalkSource(),
        "drive": DriveSource(straight_roads(areas, assets)),
    }
    return Travel(
        mode=mode,
        limit_m=LIMIT_M,
        limit_minutes=LIMIT_M * MINUTES_PER_KM / 1000,
        sources={mode: sources[mode]} if sources[mode] is not None else {},
    )


@pytest.fixture(params=[mode for mode in MODES if mode != "bus"])  # no timetable is a straight line
def case(request: pytest.FixtureRequest) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Travel, float]:
    """The town, a mode of travel, and what a metre costs in it."""
    areas, assets = make_town()
    scale = 1.0 if MODES[request.param].unit == "m" else MINUTES_PER_KM / 1000
    return areas, assets, travel_of(request.param, areas, assets), scale


def same(found: pd.DataFrame, expected: pd.DataFrame, scaled: dict[str, float]) -> None:
    """Compare numbers after scaling; the order of rows must agree."""
    assert found.index.tolist() == expected.index.tolist()
    for column in expected.columns.intersection(found.columns):
        if pd.api.types.is_numeric_dtype(expected[column]) and pd.api.types.is_numeric_dtype(found[column]):
            wanted = expected[column].to_numpy(dtype=float) * scaled.get(column, 1.0)
            assert found[column].to_numpy(dtype=float) == pytest.approx(wanted, nan_ok=True, abs=1e-6), column


def test_every_mode_has_its_columns_and_a_unit():
    for name, mode in MODES.items():
        assert mode.unit in ("m", "min")
        assert mode.cost.endswith("_m" if mode.unit == "m" else "_minutes"), name
        assert mode.words


def test_nearest_counts_and_scores(case):
    areas, assets, travel, scale = case
    straight = straight_costs(areas, assets, asset_type="library", limit_m=LIMIT_M)
    costs = travel_costs(areas, assets, travel, asset_type="library")
    assert (costs.mode, costs.unit) == (travel.mode, travel.unit)
    assert costs.limit == travel.limit
    same(nearest_of(costs, assets), nearest_of(straight, assets), {"cost": scale})
    assert count_of(costs).equals(count_of(straight))
    for score in (two_step, enhanced_two_step, three_step, gravity):
        expected = score(areas, assets, straight)
        assert score(areas, assets, costs).to_numpy() == pytest.approx(expected.to_numpy()), score.__name__


@pytest.mark.slow
def test_gaps_and_sensitivity(case):
    areas, assets, travel, scale = case
    straight = Travel(limit_m=LIMIT_M)
    expected = measure_gaps(areas, assets, need="need", travel=straight)
    found = measure_gaps(areas, assets, need="need", travel=travel)
    assert found[travel.cost].to_numpy() == pytest.approx(expected["distance_m"].to_numpy() * scale)
    for column in ("gap_class", "gap_rank", "count_within"):
        assert found[column].tolist() == expected[column].tolist()
    assert found["gap_score"].to_numpy() == pytest.approx(expected["gap_score"].to_numpy())
    chosen = access_choices(areas, assets, travel=travel)
    again = access_choices(areas, assets, travel=straight)
    assert chosen.to_numpy() == pytest.approx(again.to_numpy())
    sure = measure_sensitivity(found, assets, travel=travel, draws=30)
    assert sure["stay_worst_share"].between(0, 1).all()
    assert len(find_variants(found, assets, travel=travel)) == 3 + (travel.mode != "straight")


@pytest.mark.slow
def test_costs_are_measured_once_and_narrowed(case):
    areas, assets, travel, _ = case
    wide = measure_catchments(areas, assets, travel=travel, times=1.6)
    alone = measure_access(areas, assets, travel=travel)
    pd.testing.assert_frame_equal(measure_access(areas, assets, travel=travel, catchments=wide), alone)


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["least cost", "most people"])
def test_new_sites(case, objective):
    areas, assets, _, scale = case
    places = make_assets(
        {f"C{n}": (0.4 + n * 0.45, (n * 1.7) % 4) for n in range(8)}, asset_type="village_hall"
    )
    mode = case[2].mode
    travel = travel_of(mode, areas, pd.concat([assets, places]))
    travel = replace(travel, limit_m=800.0, limit_minutes=0.8 * MINUTES_PER_KM)
    existing = open_sites(assets).iloc[:1]
    given = {"sites": 2, "objective": objective, "weight": "need"}
    expected = suggest_sites(areas, existing, places, limit_m=800.0, **given)
    found = suggest_sites(areas, existing, places, travel=travel, **given)
    scaled = dict.fromkeys(("cost_saved_per_person", "mean_cost_before", "mean_cost_after"), scale)
    same(found, expected, scaled)
    assert found["unit"].eq(travel.unit).all()
    if objective == "least cost":
        best, _ = oracles.best_places(plain_areas(areas), plain_sites(places), plain_sites(existing), 2)
        assert set(found.index) == set(best)


@pytest.mark.slow
def test_closures_single_points_and_what_if(case):
    areas, assets, travel, scale = case
    sites = sites_of_type(assets)
    costs = site_costs(areas, sites, travel=travel)
    limits = {"limit_m": LIMIT_M, "limit_minutes": travel.limit_minutes}
    harm = 1.0 if travel.unit == "m" else scale * 1000 / 60  # person-kilometres become person-hours
    ranked = rank_closures(areas, sites, costs=costs, **limits).set_index("asset_ids")
    straight = rank_closures(areas, sites, limit_m=LIMIT_M).set_index("asset_ids")
    # a way that grows by less than a minute counts as unchanged, as one that grows by less than a metre
    same(
        ranked.drop(columns=["rank", "people_further"]).loc[straight.index],
        straight.drop(columns="rank"),
        {"harm": harm, "harm_unweighted": harm},
    )
    assert ranked["unit"].eq(travel.unit).all()
    opened = sites[sites["status"] == "open"]
    for ours, theirs in zip(
        find_single_points(areas, opened, costs=costs, **limits),
        find_single_points(areas, opened, limit_m=LIMIT_M),
        strict=True,
    ):
        pd.testing.assert_frame_equal(ours, theirs)
    after = apply_changes(sites, parse_changes({"close": ["West", "Mill"]}, assets))
    both = (costs, costs_after(areas, sites, after, costs, travel=travel))
    beyond = {"beyond_m": (1000,), "beyond_minutes": (MINUTES_PER_KM,)}
    found = compare_scenario(areas, sites, after, costs=both, **limits, **beyond)
    expected = compare_scenario(areas, sites, after, limit_m=LIMIT_M, beyond_m=(1000,))
    moved = ("cost_before", "cost_after", "cost_change")
    same(found.areas, expected.areas, dict.fromkeys(moved, scale))
    assert found.areas["outcome"].tolist() == expected.areas["outcome"].tolist()
    same(found.people, expected.people, dict.fromkeys(("mean_cost_before", "mean_cost_after"), scale))
    same(found.most_affected, expected.most_affected, dict.fromkeys(moved, scale) | {"harm": harm})
    name = "beyond_1km_after" if travel.unit == "m" else f"beyond_{limit_name(MINUTES_PER_KM, 'min')}_after"
    assert found.people.at["everyone", name] == expected.people.at["everyone", "beyond_1km_after"]


@pytest.mark.slow
def test_the_review(case):
    areas, assets, travel, scale = case
    settings = DevolutionSettings(
        distance=travel.mode,
        limit_m=LIMIT_M,
        limit_minutes=travel.limit_minutes,
        beyond_m=(1000, 2000),
        beyond_minutes=(14.4, 28.8),
        draws=20,
    )
    costs = site_costs(areas, sites_of_type(assets), travel=travel)
    found = review_devolution(areas, assets, costs=costs, settings=settings)
    expected = review_devolution(areas, assets, settings=replace(settings, distance="straight"))
    scaled = dict.fromkeys(
        ("cost_mean", "extra_cost_per_person", "cost_nearest", "cost_if_closed", "extra_cost_if_closed"),
        scale,
    )
    same(found.sites.drop(columns="geometry"), expected.sites.drop(columns="geometry"), scaled)
    same(found.small_areas, expected.small_areas, scaled)
    same(found.scores, expected.scores, {})
    assert (found.settings["unit"], found.settings["limit"]) == (travel.unit, travel.limit)
    layer = next(each for each in devolution_layers(found) if each.key == "extra_if_closed")
    words = {"m": ("Extra distance", "km", 0.001), "min": ("Extra travel time", "minutes", 1)}[travel.unit]
    assert (layer.label.removesuffix(" if the nearest site closes"), layer.unit, layer.factor) == words
    names = ["people_beyond_1km", "people_beyond_2km"]
    if travel.unit == "min":
        names = [f"people_beyond_{limit_name(far, 'min')}" for far in (14.4, 28.8)]
    assert found.sites[names].to_numpy().tolist() == (
        expected.sites[["people_beyond_1km", "people_beyond_2km"]].to_numpy().tolist()
    )


def test_new_and_moved_sites_are_looked_up_by_their_area():
    areas, assets = make_town()
    sites = sites_of_type(assets).assign(area_code=None)
    times = own_times(areas, sites, per_km=MINUTES_PER_KM)
    travel = Travel(mode="own", sources={"own": times})
    costs = site_costs(areas, sites, travel=travel)
    edits = {"move": ["East:TR1 1AA"], "open": ["TR1 1AB:5"]}
    after = apply_changes(sites, parse_changes(edits, sites, postcodes=make_postcodes()))
    assert after["area_code"].dropna().to_dict() == {"east-library": "A11", "new-tr11ab": "A12"}
    with pytest.raises(
        InputError, match=r"do not lead to 'East Library', 'New site at TR1 1AB'.*'A11', 'A12'"
    ):
        costs_after(areas, sites, after, costs, travel=travel)
    more = pd.DataFrame(
        [("A00", "A11", 7.0), ("A33", "A12", 9.0)], columns=["origin", "destination", "minutes"]
    )
    wide = Travel(mode="own", sources={"own": pd.concat([times, more])})
    matrix = costs_to_matrix(costs_after(areas, sites, after, costs, travel=wide))
    assert matrix.columns.tolist() == after.index.tolist()
    assert matrix["east-library"].dropna().to_dict() == {
        "A00": 7.0
    }  # the times to its old place do not count
    assert matrix["new-tr11ab"].dropna().to_dict() == {"A33": 9.0}
    pd.testing.assert_series_equal(matrix["west-library"], costs_to_matrix(costs)["west-library"])
    assert covered_places(after, travel).index.tolist() == sites.index.tolist()


def test_areas_without_times_are_left_out_and_named():
    areas, assets = make_town()
    sites = open_sites(assets)
    matrix = costs_to_matrix(site_costs(areas, sites))
    matrix.loc["A33"] = np.nan
    costs = costs_from_matrix(matrix, unit="min")
    review = review_devolution(areas, assets, costs=costs, settings=DevolutionSettings(draws=5))
    assert review.sites["people_nearest"].sum() == areas["population"].sum() - areas.at["A33", "population"]
    assert review.small_areas.index.equals(areas.index)
    assert np.isnan(review.small_areas.at["A33", "cost_nearest"])
    assert review.small_areas.at["A33", "area_name"] == "Town A33"
    (note,) = [note for note in review.notes if note.code == "AREAS_NOT_MEASURED"]
    assert "1 area with 1,150 people ('A33')" in note.sentence
    result = compare_scenario(areas, sites, sites, costs=(costs, costs))
    assert result.people.at["everyone", "people"] == review.sites["people_nearest"].sum()
    assert result.areas.index.equals(areas.index)
    with pytest.raises(SchemaError, match="not measured for any of these areas"):
        compare_scenario(areas, sites, sites, costs=(costs_from_matrix(matrix * np.nan, unit="min"),) * 2)


def test_closing_the_only_site_that_can_be_reached():
    areas, assets = make_town()
    sites = open_sites(assets)
    matrix = costs_to_matrix(site_costs(areas, sites))
    matrix.loc["A00", matrix.columns != "west-library"] = np.nan
    costs = costs_from_matrix(matrix, unit="m")
    after = sites.assign(status=["closed", *["open"] * 4])
    result = compare_scenario(areas, sites, after, costs=(costs, costs))
    furthest = max(result.areas["cost_before"].max(), result.areas["cost_after"].max())
    row = result.areas.loc["A00"]
    assert np.isnan(row["cost_after"])
    assert pd.isna(row["nearest_after"])
    assert row["outcome"] == "further"
    assert row["cost_change"] == pytest.approx(furthest + 1 - row["cost_before"])
    assert result.people.at["everyone", "beyond_8km_after"] == areas.at["A00", "population"]
    others = result.areas.drop(index="A00")
    everyone = result.people.loc["everyone"]
    assert everyone["mean_cost_after"] == pytest.approx(
        np.average(others["cost_after"], weights=others["population"])
    )
    assert everyone[["unreached_before", "unreached_after"]].tolist() == [0, areas.at["A00", "population"]]
    (note,) = [note for note in result.notes if note.code == "NO_SITE_REACHABLE"]
    assert "1 area with 1,000 people after the changes ('A00')" in note.sentence


def test_shapes_of_costs():
    areas, assets = make_town()
    costs = straight_costs(areas, assets, asset_type="library", limit_m=2_000)
    matrix = costs_to_matrix(costs)
    assert costs_to_matrix(costs_from_matrix(matrix, unit="m")).equals(matrix)
    first, second = costs.assets[:2], costs.assets[2:]
    parts = join_costs(select_costs(costs, assets=first), select_costs(costs, assets=second))
    assert costs_to_matrix(parts).equals(matrix)
    turned = select_costs(costs, areas=areas.index[::-1], assets=costs.assets[::-1])
    assert costs_to_matrix(turned).equals(matrix.iloc[::-1, ::-1])
    assert costs_to_matrix(within_limit(costs, 1_000)).equals(matrix.where(matrix <= 1_000))
    order, near = least_costs(costs, most=2)
    for row, (_, values) in enumerate(matrix.iterrows()):
        ranked = values.dropna().sort_values(kind="stable")
        for place in range(2):
            if place < len(ranked):
                assert near[row, place] == ranked.iloc[place]
                assert matrix.columns[order[row, place]] in ranked.index[ranked == ranked.iloc[place]]
            else:
                assert (order[row, place], near[row, place]) == (-1, np.inf)
    with pytest.raises(InputError, match="measured up to 2000 m. Measure them again up to 3000"):
        within_limit(costs, 3_000)
    with pytest.raises(SchemaError, match="lack 1 assets, first 'nowhere'"):
        select_costs(costs, assets=pd.Index(["nowhere"]))
    with pytest.raises(SchemaError, match="other areas or another mode"):
        join_costs(costs, replace(costs, mode="own"))
    with pytest.raises(SchemaError, match="'m' or 'min', not 'km'"):
        costs_from_matrix(matrix, unit="km")
    with pytest.raises(SchemaError, match="below 0"):
        costs_from_matrix(-matrix, unit="m")
