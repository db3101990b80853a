"""Unknown opening hours follow one rule in every measure of access and every scenario."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from assetmap.access.catchment import enhanced_two_step, gravity, two_step
from assetmap.access.costs import straight_costs
from assetmap.access.hours import describe_hours, fill_hours, typical_hours
from assetmap.access.measure import measure_access
from assetmap.schema import Scenario, SchemaError
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.scenario import compare_scenario
from assetmap.sites.sites import sites_of_type
from conftest import make_assets, make_grid
from devolution_town import make_town as make_devolution_town


def register() -> gpd.GeoDataFrame:
    """Three libraries of 40, 20 and unknown hours, a closed one of 100, and two halls without hours."""
    libraries = make_assets({"A": (0.5, 0.5), "B": (1.5, 0.5), "C": (2.5, 0.5), "D": (3.5, 0.5)})
    libraries["weekly_hours"] = [40.0, 20.0, np.nan, 100.0]
    libraries.loc["d", "status"] = "closed"
    halls = make_assets({"E": (0.5, 2.5), "F": (1.5, 2.5)}, asset_type="village_hall")
    halls["weekly_hours"] = np.nan
    return gpd.GeoDataFrame(pd.concat([libraries, halls]), crs="EPSG:27700")


def test_unknown_hours_are_the_median_of_the_open_assets_of_the_type():
    assets = register()
    assert typical_hours(assets).to_dict() == {"library": 30.0, "village_hall": 1.0}
    assert fill_hours(assets).tolist() == [40, 20, 30, 100, 1, 1]
    closed = assets.copy()
    closed.loc["a", "status"] = "closed"
    assert fill_hours(closed)["c"] == 20
    assert fill_hours(closed, today=assets)["c"] == 30
    with pytest.raises(SchemaError, match="'hours'"):
        fill_hours(assets, column="hours")
    with pytest.raises(SchemaError, match="below 0, first 'a'"):
        fill_hours(assets.assign(weekly_hours=-1.0))


@pytest.mark.parametrize("measure", [two_step, enhanced_two_step, gravity])
def test_every_measure_follows_the_rule(measure):
    areas, assets = make_grid(), register()
    costs = straight_costs(areas, assets, asset_type=["library", "village_hall"], limit_m=2_500)
    known = assets.assign(weekly_hours=fill_hours(assets))
    pd.testing.assert_series_equal(measure(areas, assets, costs), measure(areas, known, costs))


def test_half_unknown_hours_do_not_turn_the_order_round():
    areas = make_grid(columns=9, rows=9)
    generator = np.random.default_rng(5)
    places = {f"L{i}": tuple(generator.uniform(0, 9, 2)) for i in range(26)}
    assets = make_assets(places)
    hours = generator.uniform(25, 45, 26)
    assets["weekly_hours"] = hours
    costs = straight_costs(areas, assets, limit_m=3_000)
    full = two_step(areas, assets, costs)
    half = two_step(areas, assets.assign(weekly_hours=np.where(np.arange(26) % 2, hours, np.nan)), costs)
    assert full.rank().corr(half.rank()) > 0.95
    assert ((half - full).abs() / full.where(full > 0)).max() < 0.5


def test_the_answer_without_hours_stands_beside_it_and_a_note_gives_the_numbers():
    areas, assets = make_grid(), register()
    measured = measure_access(areas, assets)
    alike = measure_access(areas, assets.assign(weekly_hours=1.0))
    assert measured["access_sites_per_1000"].to_numpy() == pytest.approx(alike["access_per_1000"].to_numpy())
    (note,) = describe_hours(assets, areas=measured)
    assert note.code == "HOURS_UNKNOWN"
    assert "1 of 3 open sites" in note.sentence
    assert "30 hours (library)" in note.sentence
    (halls,) = describe_hours(assets, asset_type="village_hall", areas=measured)
    assert "any of the 2 open sites" in halls.sentence
    assert describe_hours(assets.assign(weekly_hours=1.0), areas=measured) == ()


def scenario(changes: dict[str, list[str]]) -> Scenario:
    areas, assets = make_devolution_town()
    sites = sites_of_type(assets)
    after = apply_changes(sites, parse_changes(changes, sites))
    return compare_scenario(areas, sites, after)


@pytest.mark.slow
def test_a_closure_never_gives_anybody_more_hours():
    # with medians taken anew after the closure, closing Mill (10 hours) raised the others' unknown hours
    _, assets = make_devolution_town()
    for name in assets.loc[(assets["asset_type"] == "library") & (assets["status"] == "open"), "name"]:
        result = scenario({"close": [name]})
        kept = result.areas["access_change"]
        opened = sites_of_type(assets).query("status == 'open'")
        hours = fill_hours(opened)
        lost = float(hours[opened["name"] == name].sum())
        people = result.areas["population"].astype(float)
        before, after = (
            (result.areas[f"access_{when}"] * people).sum() / 1_000 for when in ("before", "after")
        )
        assert before - after == pytest.approx(lost)
        assert kept.notna().all()


def test_a_scenario_says_how_many_hours_are_not_known():
    note = next(note for note in scenario({"close": ["West"]}).notes if note.code == "HOURS_UNKNOWN")
    assert "1 of 5 sites" in note.sentence
    assert "25 a week" in note.sentence
    assert "If every site counts as one instead" in note.sentence


def test_an_asset_that_only_empty_areas_reach_gives_nothing_to_anybody():
    areas, assets = make_grid(columns=4, rows=1), make_assets({"West": (0.5, 0.5), "East": (3.5, 0.5)})
    areas["population"] = [0, 0, 1_000, 1_000]
    score = two_step(areas, assets, straight_costs(areas, assets, limit_m=500))
    assert score.tolist() == [0, 0, 0, 1]
    unknown = areas.assign(population=[np.nan, 0, 1_000, 1_000])
    assert two_step(unknown, assets, straight_costs(areas, assets, limit_m=500)).isna().tolist()[0]


def test_only_hours_below_0_are_refused_and_only_they_are_named():
    assets = register()
    assert fill_hours(assets.assign(weekly_hours=[0.5, 0.0, np.nan, 100.0, np.nan, np.nan]))["c"] == 0.25
    with pytest.raises(SchemaError, match=r"holds values below 0, first 'c'\.$"):
        fill_hours(assets.assign(weekly_hours=[0.5, 0.0, -2.0, 1.0, 40.0, np.nan]))
    with pytest.raises(SchemaError, match=r"'c19' and \d+ more"):
        fill_hours(
            assets.rename(columns={"name": "c0"}).assign(**{f"c{i}": 0 for i in range(1, 30)})[
                [f"c{i}" for i in range(30)]
            ]
        )
    for function in (fill_hours, typical_hours):
        with pytest.raises(TypeError):
            function(assets, assets)


def test_the_note_says_what_each_type_counts_as():
    assets = register()
    assets.loc["a", "weekly_hours"] = 0.5
    assets.loc["b", "weekly_hours"] = np.nan
    areas = pd.DataFrame(
        {"access_per_1000": [1.0, 2.0, 3.0, 4.0], "access_sites_per_1000": [1.0, 3.0, 2.0, 4.0]}
    )
    (note,) = describe_hours(assets, asset_type=["library", "village_hall"], areas=areas)
    assert "for 4 of 5 open sites" in note.sentence
    assert "0.5 hours (library), one site (village_hall) a week" in note.sentence
    assert "(rank correlation with the access score 0.80)." in note.sentence
    for few in (areas.iloc[:1], areas.iloc[:0]):
        (note,) = describe_hours(assets, asset_type=["library", "village_hall"], areas=few)
        assert note.sentence.endswith("counts sites in place of hours.")
    (note,) = describe_hours(assets, asset_type=["library", "village_hall"], areas=areas.iloc[:2])
    assert note.sentence.endswith("access score 1.00).")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "the one open site. "), (300, "any of the 300 open sites. ")]
)
def test_hours_of_no_site_are_known(number, words):
    libraries = make_assets({f"L{i}": (0.5, 0.5) for i in range(number)}).assign(weekly_hours=np.nan)
    (note,) = describe_hours(libraries, areas=pd.DataFrame())
    assert f"No opening hours are known for {words}" in note.sentence
