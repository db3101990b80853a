import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.access.border import add_outside, mark_border
from assetmap.access.catchment import (
    enhanced_two_step,
    gaussian_decay,
    gravity,
    power_decay,
    step_decay,
    thirds_of,
    three_step,
    two_step,
)
from assetmap.access.costs import nearest_of, straight_costs
from assetmap.access.nearest import centre_points
from assetmap.access.own import check_travel, own_costs
from assetmap.schema import InputError, SchemaError
from conftest import make_assets, make_grid
from oracles_access import distance, floating_catchment

places = st.lists(st.tuples(st.integers(-2, 6), st.integers(-2, 6)), min_size=1, max_size=8)


def named(coordinates):
    return make_assets({f"Asset {i}": (float(e), float(n)) for i, (e, n) in enumerate(coordinates)})


def test_two_steps_by_hand(town):
    areas, assets = town
    # 1 km from West Library live A00, A01, A10: 3,000 people share one hour; A11 lies 1.41 km away
    score = two_step(areas, assets, straight_costs(areas, assets, limit_m=1000))
    assert score.index.equals(areas.index)
    assert score["A00"] == pytest.approx(1 / 3)
    assert score["A01"] == pytest.approx(1 / 3)
    assert score["A11"] == 0
    assert (score > 0).sum() == 6
    hours = assets.assign(weekly_hours=[30.0, np.nan])
    score = two_step(areas, hours, straight_costs(areas, hours, limit_m=1000))
    assert score["A00"] == pytest.approx(10)
    assert score["A03"] == pytest.approx(10)  # hours not known count as the median of the type
    assert two_step(areas, hours, straight_costs(areas, hours, limit_m=1000), capacity=None)[
        "A00"
    ] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("score", "choose"), [(two_step, False), (enhanced_two_step, False), (three_step, True)]
)
@settings(max_examples=8, deadline=None)
@given(places=places, hours=st.integers(1, 60))
def test_scores_agree_with_the_naive_twin(score, choose, places, hours):
    areas, assets = make_grid(columns=4, rows=3), named(places)
    areas["population"] = range(500, 512)
    assets["weekly_hours"] = [float(hours + i) for i in range(len(assets))]
    centres = dict(zip(areas.index, map(tuple, centre_points(areas)), strict=True))
    pairs = {
        (code, asset): distance(centre, (point.x, point.y))
        for code, centre in centres.items()
        for asset, point in zip(assets.index, assets.geometry, strict=True)
        if distance(centre, (point.x, point.y)) <= 3000.5
    }
    steps = (
        (lambda cost: 1.0)
        if score is two_step
        else lambda c: 1 if c <= 1000.1 else 0.68 if c <= 2000.2 else 0.22
    )
    decay = {} if score is two_step else {"decay": step_decay({1000.1: 1, 2000.2: 0.68, 3000.5: 0.22})}
    expected = floating_catchment(
        pairs, dict(areas["population"]), dict(assets["weekly_hours"]), steps, choose=choose
    )
    found = score(areas, assets, straight_costs(areas, assets, limit_m=3000.5), **decay)
    assert found.to_dict() == pytest.approx(expected, abs=1e-12)


@pytest.mark.filterwarnings("ignore")  # PySAL uses what pandas has deprecated
@pytest.mark.parametrize("method", ["two", "enhanced", "gauss", "three", "gravity"])
def test_scores_agree_with_pysal(method):
    access = pytest.importorskip("access")
    weights = pytest.importorskip("access.weights")
    generator = np.random.default_rng(7)
    areas = make_grid(columns=9, rows=9)
    areas["population"] = generator.integers(200, 3000, len(areas))
    assets = named(generator.uniform(0, 9, (25, 2)))
    assets["weekly_hours"] = generator.integers(1, 60, 25).astype(float)
    costs = straight_costs(areas, assets, limit_m=3000)
    pairs = pd.DataFrame({"o": areas.index[costs.area], "d": assets.index[costs.asset], "c": costs.cost})
    model = access.Access(
        demand_df=areas[["population"]].reset_index(),
        demand_index="area_code",
        demand_value="population",
        supply_df=assets[["weekly_hours"]].reset_index(),
        supply_index="asset_id",
        supply_value="weekly_hours",
        cost_df=pairs,
        cost_origin="o",
        cost_dest="d",
        cost_name="c",
    )
    steps = weights.step_fn({1000: 1, 2000: 0.68, 3000: 0.22})
    power = weights.gravity(scale=1000, alpha=-2, min_dist=100)
    theirs, ours = {
        "two": (lambda: model.two_stage_fca(max_cost=3000), two_step(areas, assets, costs)),
        "enhanced": (
            lambda: model.enhanced_two_stage_fca(max_cost=3000, weight_fn=steps),
            enhanced_two_step(areas, assets, costs),
        ),
        "gauss": (
            lambda: model.enhanced_two_stage_fca(max_cost=3000, weight_fn=weights.gaussian(900)),
            enhanced_two_step(areas, assets, costs, decay=gaussian_decay(900)),
        ),
        "three": (
            lambda: model.three_stage_fca(max_cost=3000, weight_fn=steps),
            three_step(areas, assets, costs),
        ),
        "gravity": (
            lambda: model.weighted_catchment(weight_fn=power, max_cost=3000),
            gravity(areas, assets, costs, decay=power_decay(1000, 2, least=100)) * 1000,
        ),
    }[method]
    expected = theirs().iloc[:, 0].reindex(areas.index).fillna(0.0)
    assert expected.gt(0).sum() > 40
    assert np.abs(expected - ours / 1000).max() <= 1e-9


@settings(max_examples=8, deadline=None)
@given(places=places, more=st.tuples(st.integers(-2, 6), st.integers(-2, 6)))
def test_more_supply_never_lowers_two_step_access(places, more):
    areas = make_grid()
    before, after = named(places), named([*places, more])
    for score in (two_step, enhanced_two_step, gravity):
        low = score(areas, before, straight_costs(areas, before, limit_m=2500))
        high = score(areas, after, straight_costs(areas, after, limit_m=2500))
        assert (high >= low - 1e-12).all()


def test_all_capacity_is_given_out_once(town):
    areas, assets = town
    assets["weekly_hours"] = [20.0, 12.0]
    for score in (two_step, enhanced_two_step, three_step):
        found = score(areas, assets, straight_costs(areas, assets, limit_m=2600))
        assert (found * areas["population"] / 1000).sum() == pytest.approx(32)


def test_row_order_translation_and_splitting_change_nothing(town):
    areas, assets = town
    score = enhanced_two_step(areas, assets, straight_costs(areas, assets, limit_m=3000))
    turned = areas.iloc[::-1]
    again = enhanced_two_step(turned, assets, straight_costs(turned, assets, limit_m=3000))
    assert again[areas.index].tolist() == pytest.approx(score.tolist())
    moved = [table.set_geometry(table.translate(12_000, 3_000)) for table in town]
    away = enhanced_two_step(*moved, straight_costs(*moved, limit_m=3000))
    assert away.tolist() == pytest.approx(score.tolist())
    halves = areas.loc[["A11", "A11"]].set_axis(["A11a", "A11b"]).rename_axis("area_code")
    halves["population"] = [400, 600]
    split = pd.concat([areas.drop("A11"), halves])
    parts = enhanced_two_step(split, assets, straight_costs(split, assets, limit_m=3000))
    assert parts["A11a"] == pytest.approx(score["A11"])
    assert parts.drop(["A11a", "A11b"]).tolist() == pytest.approx(score.drop("A11").tolist())


def test_unknown_people_are_not_nobody(town):
    areas, assets = town
    areas["population"] = areas["population"].astype(float)
    areas.loc["A00", "population"] = np.nan
    score = two_step(areas, assets, straight_costs(areas, assets, limit_m=1000))
    assert score.isna().sum() == 3
    assert score["A33"] == 0


def test_decays_and_options_are_checked(town):
    areas, assets = town
    costs = straight_costs(areas, assets, limit_m=3000)
    assert thirds_of(3000)(np.array([1000.0, 1001.0, 3000.0, 3001.0])).tolist() == [1.0, 0.68, 0.22, 0.0]
    for make in (lambda: step_decay({}), lambda: gaussian_decay(0), lambda: power_decay(0, 1, least=1)):
        with pytest.raises(InputError, match="decay"):
            make()
    with pytest.raises(InputError, match="detour must be 1 or more, not 0.5"):
        straight_costs(areas, assets, limit_m=3000, detour=0.5)
    with pytest.raises(SchemaError, match="no column 'seats'"):
        two_step(areas, assets, costs, capacity="seats")
    with pytest.raises(SchemaError, match="below 0, first 'west-library'"):
        two_step(areas, assets.assign(weekly_hours=[-1.0, 1.0]), costs)
    with pytest.raises(SchemaError, match="other areas"):
        two_step(areas.iloc[::-1], assets, costs)


def test_a_detour_shrinks_the_catchment(town):
    areas, assets = town
    straight = straight_costs(areas, assets, limit_m=1000)
    longer = straight_costs(areas, assets, limit_m=1000, detour=1.417)
    assert len(straight.cost) == 6
    assert len(longer.cost) == 2
    assert longer.method == "straight line times 1.417"
    found = nearest_of(straight, assets)
    assert found.loc["A01"].tolist() == [pytest.approx(1000), "west-library", "West Library"]
    assert found.loc["A33"].isna().all()


def travel_times():
    return pd.DataFrame(
        [
            ("A00", "west-library", 5.0),
            ("A00", "east-library", 20.0),
            ("A01", "A03", 12.0),
            ("A02", "A03", 31.0),
        ],
        columns=["origin", "destination", "minutes"],
    )


def test_travel_times_of_ones_own(town):
    areas, assets = town
    assets["area_code"] = ["A00", "A03"]
    costs = own_costs(areas, assets, travel_times(), asset_type="library", limit_minutes=30)
    found = nearest_of(costs, assets)
    assert found.loc["A00"].tolist() == [5.0, "west-library", "West Library"]
    assert found.loc["A01"].tolist() == [12.0, "east-library", "East Library"]
    assert costs.unit == "min"
    score = two_step(areas, assets, costs)
    assert score["A02"] == 0  # measured, out of costs
    assert score["A33"] != score["A33"]  # no row: not measured
    assert score.isna().sum() == 13
    codes = {note.code: note.sentence for note in check_travel(areas, assets, travel_times())}
    assert "no row for 13 areas" in codes["TRAVEL_NOT_MEASURED"]
    assert "no minutes for 44 of 48 pairs" in codes["TRAVEL_MISSING"]


def test_odd_travel_times_are_reported(town):
    areas, assets = town
    assets["area_code"] = ["A00", "A03"]
    times = pd.DataFrame(
        [("A00", "A03", 10.0), ("A03", "A00", 20.0), ("X1", "A00", 3.0)],
        columns=["origin", "destination", "minutes"],
    )
    notes = {note.code: note.sentence for note in check_travel(areas, assets, times)}
    assert notes["TRAVEL_UNKNOWN"] == "The travel times use 1 unknown code: 'X1'."
    assert "differ by more than a quarter for 1 pair" in notes["TRAVEL_ASYMMETRIC"]
    assert "A00 to A03" in notes["TRAVEL_ASYMMETRIC"]
    with pytest.raises(SchemaError, match="missing column 'minutes'"):
        check_travel(areas, assets, times.drop(columns="minutes"))
    with pytest.raises(SchemaError, match="1 row below 0 or infinite"):
        check_travel(areas, assets, times.assign(minutes=[1.0, -2.0, 3.0]))
    with pytest.raises(SchemaError, match="must hold numbers"):
        check_travel(areas, assets, times.assign(minutes="5"))
    with pytest.raises(SchemaError, match="2 rows give different times for the same pair"):
        check_travel(areas, assets, pd.concat([times, times.iloc[:1].assign(minutes=99.0)]))
    with pytest.raises(SchemaError, match="No row of the travel times links"):
        check_travel(areas, assets, times.iloc[2:])


def border(postcodes):
    rows = [(180_500.0 + 1_000 * i, 45_500.0, code, live) for i, code, live in postcodes]
    return pd.DataFrame(
        rows,
        columns=["easting", "northing", "area_code", "live"],
        index=pd.Index(range(len(rows)), name="postcode"),
    )


def test_edges_are_where_the_catchment_leaves_the_data():
    areas = make_grid(columns=6, rows=1)
    # live postcodes in every square, two live ones beyond the eastern border and a dead one beyond the western
    postcodes = border(
        [*((i, f"A0{i}", True) for i in range(6)), (6, None, True), (6, None, True), (-1, None, False)]
    )
    marked = mark_border(areas, limit_m=1_500, postcodes=postcodes)
    assert marked.tolist() == [False] * 5 + [True]
    assert mark_border(areas, limit_m=400).sum() == 0
    assert mark_border(areas, limit_m=600).all()
    wide = add_outside(areas, postcodes, limit_m=1_500)
    assert wide.index[-1] == "outside-186-45"
    assert wide["population"].iloc[-1] == pytest.approx(2 * 6000 / 6)
    assert wide["outside"].tolist() == [False] * 6 + [True]
    assets = make_assets({"Edge Library": (5.5, 0.5)})
    alone = two_step(areas, assets, straight_costs(areas, assets, limit_m=1_500))
    shared = two_step(wide, assets, straight_costs(wide, assets, limit_m=1_500))
    assert alone["A05"] == pytest.approx(1 / 2)
    assert shared["A05"] == pytest.approx(1 / 4)
    assert len(add_outside(areas, postcodes.iloc[:6], limit_m=1_500)) == 6
