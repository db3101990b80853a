"""What if: words to changes, before and after, and every combination of closures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles_devolution as oracles
from assetmap.access.costs import costs_from_matrix, costs_to_matrix, select_costs
from assetmap.access.hours import fill_hours
from assetmap.access.travel import Travel
from assetmap.schema import InputError, SchemaError
from assetmap.sites.changes import apply_changes, find_site, parse_changes
from assetmap.sites.closures import largest_size, pareto_front, rank_closures
from assetmap.sites.gains import people_table
from assetmap.sites.scenario import access_score, compare_scenario, costs_after
from assetmap.sites.sites import limit_name, open_sites, site_costs, sites_of_type
from conftest import make_assets, make_grid, options_of
from devolution_town import make_postcodes, make_town, plain_areas, plain_sites

TOWN = make_town()
POSTCODES = make_postcodes()


def changed(edits):
    areas, assets = TOWN
    sites = sites_of_type(assets)
    after = apply_changes(sites, parse_changes(edits, assets, postcodes=POSTCODES))
    return compare_scenario(areas, sites, after)


# Words to changes


@pytest.mark.parametrize("words", ["West Library", "west library", "West", "west-library", "WEST  LIBRARY."])
def test_a_site_is_found_by_name_town_or_id(words):
    assert find_site(sites_of_type(TOWN[1]), words) == "west-library"


def test_a_name_typed_slightly_wrong_is_answered_with_the_nearest_names():
    with pytest.raises(InputError, match="There is no site 'Wset'. The nearest names are: 'West Library'; "):
        parse_changes({"close": ["Wset"]}, TOWN[1])


def test_a_name_of_two_sites_is_answered_with_both():
    assets = make_assets({"Bodmin Library": (0.5, 0.5), "Bodmin Community Library": (1.5, 0.5)})
    with pytest.raises(
        InputError, match="'Bodmin' may mean 2 sites: 'Bodmin Library'; 'Bodmin Community Library'"
    ):
        parse_changes({"close": ["Bodmin"]}, assets)


def test_an_open_site_is_meant_before_a_closed_one_of_the_same_town():
    assets = make_assets({"Bodmin Library": (0.5, 0.5), "Bodmin Information Library": (1.5, 0.5)})
    assets["town"] = "Bodmin"
    assets.loc["bodmin-library", "status"] = "closed"
    assert find_site(assets, "Bodmin") == "bodmin-information-library"


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"close": ["Old"]}, r"'Old Library' is already closed \(since 2019\)"),
        ({"close": ["West:soon"]}, r"says more than a site. Write: --close \"West\""),
        ({"close": [" "]}, "does not name a site"),
        ({"devolve": ["West"]}, r"does not name a receiver. Write: --devolve \"West:Name"),
        ({"devolve": ["West: "]}, "does not name a receiver"),
        ({"devolve": ["Old:Old Town Council"]}, "already closed"),
        ({"move": ["West"]}, "There is no postcode"),
        (
            {"move": ["West:TR9 9ZZ"]},
            r"'TR9 9ZZ' is not in the table of postcodes. The nearest in it are: TR1 1AA",
        ),
        ({"move": ["West:TR1 1AC"]}, "has no coordinates"),
        ({"open": ["TR1 1XX"]}, "is not in the table of postcodes"),
        ({"open": ["West"]}, "is already open"),
        ({"open": ["Wezt"]}, "nearest names are: 'West Library'"),
        ({"hours": ["West:lots"]}, "is not a number of hours"),
        ({"hours": ["West:0"]}, "give more than 0 and at most 168"),
        ({"hours": ["West:nan"]}, "is not possible"),
        ({"shut": ["West"]}, "There is no change 'shut'"),
        ({"close": ["West", "west library"]}, "is given twice under --close"),
        ({"close": ["West"], "hours": ["West:10"]}, "cannot be closed and changed by --hours"),
    ],
)
def test_what_cannot_be_changed_is_said(edits, message):
    with pytest.raises(InputError, match=message):
        parse_changes(edits, TOWN[1], postcodes=POSTCODES)


def test_all_problems_are_said_at_once():
    with pytest.raises(InputError) as caught:
        parse_changes({"close": ["Wset", "Old"], "devolve": ["West"]}, TOWN[1])
    assert str(caught.value).startswith("3 changes cannot be made:")
    assert str(caught.value).count("\n  - ") == 3


def test_a_move_without_postcodes_says_so():
    with pytest.raises(InputError, match=r"the project has no \[postcodes\] table"):
        parse_changes({"move": ["West:TR1 1AA"]}, TOWN[1])


def test_words_become_changes():
    edits = {
        "close": ["North"],
        "devolve": ["West:West Parish Council"],
        "move": ["East:tr11ab"],
        "hours": ["Mill:12.5"],
        "open": ["TR1 1AA:7", "Old"],
    }
    changes = parse_changes(edits, TOWN[1], postcodes=POSTCODES)
    assert [(change.kind, change.asset_id) for change in changes] == [
        ("close", "north-library"),
        ("devolve", "west-library"),
        ("move", "east-library"),
        ("hours", "mill-library"),
        ("open", "new-tr11aa"),
        ("open", "old-library"),
    ]
    after = apply_changes(sites_of_type(TOWN[1]), changes)
    assert after.at["north-library", "status"] == "closed"
    assert after.at["old-library", "status"] == "open"
    assert after.at["west-library", "operator_type"] == "parish_council"
    assert after.at["west-library", "control"] == 3
    assert after.geometry["east-library"].coords[0] == tuple(
        POSTCODES.loc["TR1 1AB", ["easting", "northing"]]
    )
    assert after.at["mill-library", "weekly_hours"] == 12.5
    assert after.at["new-tr11aa", "weekly_hours"] == 7
    assert after.crs.to_epsg() == 27700


def test_a_new_site_without_hours_has_the_median():
    after = apply_changes(
        sites_of_type(TOWN[1]), parse_changes({"open": ["TR1 1AA"]}, TOWN[1], postcodes=POSTCODES)
    )
    assert after.at["new-tr11aa", "weekly_hours"] == 25  # of 40, 30, 20, 10


def test_inputs_stay_as_they_are():
    sites = sites_of_type(TOWN[1])
    copy = sites.copy()
    apply_changes(
        sites, parse_changes({"close": ["West"], "move": ["East:TR1 1AA"]}, TOWN[1], postcodes=POSTCODES)
    )
    pd.testing.assert_frame_equal(sites, copy)


def test_a_change_of_a_site_that_is_not_there_is_refused():
    changes = parse_changes({"close": ["West"]}, TOWN[1])
    with pytest.raises(SchemaError, match="'west-library' of the change 'West' is not among the sites"):
        apply_changes(sites_of_type(TOWN[1]).drop("west-library"), changes)


# Before and after


def test_closing_one_of_two_libraries_counted_by_hand():
    areas = make_grid(4, 1)
    sites = sites_of_type(make_assets({"West Library": (0.5, 0.5), "East Library": (3.5, 0.5)}))
    after = sites.assign(status=["closed", "open"])
    result = compare_scenario(areas, sites, after)
    assert result.areas["cost_before"].tolist() == pytest.approx([0, 1000, 1000, 0])
    assert result.areas["cost_after"].tolist() == pytest.approx([3000, 2000, 1000, 0])
    assert result.areas["outcome"].tolist()[:2] == ["further", "further"]
    everyone = result.people.loc["everyone"]
    assert everyone["people_further"] == 2000
    assert everyone["mean_cost_after"] == pytest.approx(1500)
    assert (everyone["beyond_2km_before"], everyone["beyond_2km_after"]) == (0, 1000)
    assert result.most_affected["area_name"].tolist() == ["Town A00", "Town A01"]
    assert result.most_affected["harm"].tolist() == pytest.approx([3000, 1000])
    assert result.sites["people_nearest_after"].tolist() == [0, 4000]
    assert [note.code for note in result.notes] == ["HOURS_UNKNOWN", "NEED_UNKNOWN"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["West", "East", "North", "Hill", "Mill"])
def test_closing_never_shortens_anybodys_way(name):
    result = changed({"close": [name]})
    assert (result.areas["cost_change"] >= 0).all()
    assert result.people.loc["everyone", "people_further"] > 0
    assert not result.areas["outcome"].isin(["nearer"]).any()


def test_closing_and_reopening_changes_nothing():
    areas, assets = TOWN
    sites = sites_of_type(assets)
    closed = apply_changes(sites, parse_changes({"close": ["West"]}, assets))
    again = apply_changes(closed, parse_changes({"open": ["West"]}, closed))
    pd.testing.assert_frame_equal(again, sites)
    assert (compare_scenario(areas, sites, again).areas["outcome"] == "same").all()


def test_access_agrees_with_the_naive_one():
    areas, assets = TOWN
    sites = open_sites(assets)
    hours = fill_hours(sites).to_dict()
    scores = access_score(areas, sites, site_costs(areas, sites), limit=2500)
    expected = oracles.access(plain_areas(areas), plain_sites(sites), hours, 2500)
    assert scores.to_numpy() == pytest.approx(expected, rel=1e-12)
    assert (scores * areas["population"]).sum() / 1000 == pytest.approx(sum(hours.values()))


def test_fewer_hours_lower_access_and_leave_the_way():
    result = changed({"hours": ["West:10"]})
    assert (result.areas["cost_change"] == 0).all()
    assert (result.areas["access_change"] <= 1e-12).all()
    assert set(result.areas["outcome"]) == {"less access"}  # the whole town is within 5 km


def test_devolving_changes_the_operator_and_nobodys_way():
    result = changed({"devolve": ["West:West Town Council"]})
    assert (result.areas["outcome"] == "same").all()
    assert result.sites.loc["west-library", ["control_before", "control_after"]].tolist() == [1, 3]


def test_groups_of_people_add_up():
    people = changed({"close": ["Mill"]}).people
    deciles = people[people.index.str.startswith("need decile")]
    assert deciles["people"].sum() == people.loc["everyone", "people"] == TOWN[0]["population"].sum()
    assert deciles["people_further"].sum() == people.loc["everyone", "people_further"]
    assert people.loc["children 0-15", "people"] == 3200


def test_a_matrix_takes_the_place_of_straight_lines():
    areas, assets = TOWN
    sites = open_sites(assets)
    minutes = costs_from_matrix(costs_to_matrix(site_costs(areas, sites)) / 100, unit="min")
    after = sites.assign(status=["closed", *["open"] * 4])
    result = compare_scenario(
        areas, sites, after, costs=(minutes, minutes), limit_minutes=50, beyond_minutes=(10,)
    )
    straight = compare_scenario(areas, sites, after)
    assert result.areas["cost_change"].to_numpy() == pytest.approx(
        straight.areas["cost_change"].to_numpy() / 100
    )
    assert result.people.loc["everyone", "beyond_10min_after"] >= 0
    # a person-kilometre of 10 minutes is a sixth of a person-hour
    assert result.most_affected["harm"].to_numpy() == pytest.approx(
        straight.most_affected["harm"].to_numpy() / 6
    )
    fewer = costs_from_matrix(costs_to_matrix(minutes).iloc[1:, 1:], unit="min")
    with pytest.raises(SchemaError, match="lack 1 areas, first 'A00' and 1 assets, first 'west-library'"):
        select_costs(fewer, areas=areas.index, assets=sites.index)


def test_people_who_reach_no_site_are_nobodys_nearest():
    areas, assets = row_of_four()
    sites = open_sites(assets)
    table = costs_to_matrix(site_costs(areas, sites)) / 100
    table.loc["A01", "east-library"] = np.nan
    minutes = costs_from_matrix(table, unit="min")
    after = sites.assign(status=sites["status"].where(sites.index != "west-library", "closed"))
    result = compare_scenario(areas, sites, after, costs=(minutes, minutes))
    assert result.people.loc["everyone", "unreached_after"] == 2_000
    assert result.areas["nearest_after"].isna().tolist() == [False, True, False, False]
    assert result.sites["people_nearest_after"].to_dict() == {"west-library": 0, "east-library": 4_500}


def test_closing_every_site_is_refused():
    areas, assets = TOWN
    sites = open_sites(assets)
    with pytest.raises(SchemaError, match="No site is open after the changes"):
        compare_scenario(areas, sites, sites.assign(status="closed"))


def test_missing_people_are_not_nobody():
    areas, assets = TOWN
    sites = open_sites(assets)
    areas = areas.assign(population=areas["population"].where(areas.index != "A00"))
    with pytest.raises(SchemaError, match="1 areas have no population, first 'A00'"):
        compare_scenario(areas, sites, sites)


def test_column_names_of_distances():
    assert [limit_name(metres, "m") for metres in (2000, 1500)] == ["2km", "1_5km"]
    assert limit_name(22.5, "min") == "22_5min"


def test_the_options_have_the_documented_defaults_and_are_given_by_name():
    assert options_of(compare_scenario) == {
        "limit_m": 5_000.0, "limit_minutes": 30.0, "beyond_m": (2_000.0, 5_000.0, 8_000.0),
        "beyond_minutes": (15.0, 30.0, 45.0), "costs": None, "people": None, "most": 10,
    }  # fmt: skip
    assert options_of(costs_after) == {"travel": None}
    assert options_of(people_table) == {"beyond": (2_000.0, 5_000.0, 8_000.0)}
    assert options_of(access_score) == {"limit": ..., "today": None}


def row_of_four():
    """Four areas in a row, the need of one unknown. Libraries at both ends, the eastern one with unknown hours.

    One has closed and one is planned: both count for nothing until they open.
    """
    areas = make_grid(4, 1)
    areas["population"] = [1_000, 2_000, 3_000, 500]
    areas["children_0_15"] = [100, 300, 500, 40]
    areas["older_60_plus"] = [400, 0, 600, 50]
    areas["need"] = [0.9, 0.2, np.nan, 0.5]
    assets = make_assets(
        {
            "West Library": (0.5, 0.5),
            "East Library": (3.5, 0.5),
            "Old Library": (1.5, 0.5),
            "Planned Library": (2.5, 0.5),
        }
    )
    assets["weekly_hours"] = [12.0, np.nan, 30.0, np.nan]
    assets["operator"] = ["County", "Parish", None, None]
    assets["operator_type"] = ["principal_authority", "parish_council", None, None]
    assets["status"] = ["open", "open", "closed", "proposed"]
    return areas, assets


def measured(edits, **options):
    areas, assets = row_of_four()
    sites = sites_of_type(assets)
    return compare_scenario(areas, sites, apply_changes(sites, parse_changes(edits, assets)), **options)


def test_every_number_of_a_scenario_by_hand():
    """West closes. Hours count as 12, the median of those known to be open today, before and after, also in the east.

    Within 2,500 m the weights are 1 to 833 m, 0.68 to 1,667 m and 0.22 to 2,500 m. West is shared by 1,000 + 0.68 x 2,000 +
    0.22 x 3,000 = 3,020 people, East by 500 + 0.68 x 3,000 + 0.22 x 2,000 = 2,980.
    """
    result = measured({"close": ["West"]}, limit_m=2_500, beyond_m=(1_000, 2_000), most=1)
    west, east = 12_000 / 3_020, 12_000 / 2_980
    areas = result.areas
    assert areas["cost_before"].tolist() == [0, 1_000, 1_000, 0]
    assert areas["cost_after"].tolist() == [3_000, 2_000, 1_000, 0]
    assert areas["cost_change"].tolist() == [3_000, 1_000, 0, 0]
    assert areas["nearest_before"].tolist() == [
        "West Library",
        "West Library",
        "East Library",
        "East Library",
    ]
    assert areas["nearest_after"].tolist() == ["East Library"] * 4
    before = [west, 0.68 * west + 0.22 * east, 0.22 * west + 0.68 * east, east]
    after = [0, 0.22 * east, 0.68 * east, east]
    assert areas["access_before"].tolist() == pytest.approx(before)
    assert areas["access_after"].tolist() == pytest.approx(after)
    assert areas["access_change"].tolist() == pytest.approx(
        [b - a for a, b in zip(before, after, strict=True)]
    )
    assert areas["outcome"].tolist() == ["further", "further", "less access", "same"]
    assert set(areas["unit"]) == {"m"}
    people = {
        "everyone": [1_000, 2_000, 3_000, 500],
        "children 0-15": [100, 300, 500, 40],
        "60 and over": [400, 0, 600, 50],
    }
    for group, of in people.items():
        row = result.people.loc[group]
        total = sum(of)
        assert row["people"] == total
        for when, access in (("before", before), ("after", after)):
            for column, values in ((f"mean_cost_{when}", areas[f"cost_{when}"]), (f"access_{when}", access)):
                assert row[column] == pytest.approx(
                    sum(a * b for a, b in zip(of, values, strict=True)) / total
                )
        assert row["people_further"] == of[0] + of[1]
        assert row["people_less_access"] == of[0] + of[1] + of[2]
        assert (
            row[["people_nearer", "people_more_access", "unreached_before", "unreached_after"]].tolist()
            == [0] * 4
        )
        assert row["beyond_1km_before"] == 0 and row["beyond_1km_after"] == of[0] + of[1]
        assert row["beyond_2km_after"] == of[0]
    # tenths of people in order of need: three fifths of the town have a known need
    tenths = result.people["people"]
    assert tenths["need decile not known"] == 3_000
    assert list(result.people.index[3:]) == [
        "need decile 1 (most need)", *(f"need decile {n}" for n in range(2, 10)), "need decile 10 (least need)", "need decile not known",
    ]  # fmt: skip
    assert np.isnan(result.people.loc[tenths.index[tenths == 0], "mean_cost_before"]).all()
    # need weighs: 0.9 and 0.2 against the mean of those known, (0.9 x 1000 + 0.2 x 2000 + 0.5 x 500) / 3500
    mean = 1_550 / 3_500
    (worst,) = result.most_affected.itertuples()
    assert (worst.area_name, worst.harm) == ("Town A00", pytest.approx(0.9 / mean * 3_000))
    sites = result.sites
    assert sites.index.tolist() == ["west-library", "east-library"]
    assert sites["people_nearest_before"].tolist() == [3_000, 3_500]
    assert sites["people_nearest_after"].tolist() == [0, 6_500]
    assert sites["status_before"].tolist() == ["open", "open"] and sites["status_after"].tolist() == [
        "closed",
        "open",
    ]
    assert sites["weekly_hours_before"].tolist()[0] == 12 and sites[
        "weekly_hours_before"
    ].isna().tolist() == [False, True]
    assert sites["operator_after"].tolist() == ["County", "Parish"]
    assert sites["control_before"].tolist() == [1, 3]
    notes = {note.code: note.sentence for note in result.notes}
    assert notes["HOURS_UNKNOWN"].startswith("Opening hours are not known for 1 of 2 sites.")
    assert "(12 a week), before and after" in notes["HOURS_UNKNOWN"]
    assert "6,000 people have less access and 0 have more" in notes["HOURS_UNKNOWN"]
    assert notes["NEED_UNKNOWN"].startswith("Need is not known for 1 areas.")


def test_opening_brings_nearer_and_more_and_the_new_site_had_nobody():
    result = measured({"open": ["Old"]}, limit_m=2_500)
    assert result.areas["outcome"].tolist() == ["more access", "nearer", "more access", "more access"]
    everyone = result.people.loc["everyone"]
    assert everyone[["people_further", "people_nearer", "people_less_access"]].tolist() == [0, 2_000, 0]
    assert result.sites.at["old-library", "people_nearest_before"] == 0
    # at 1,500 m: nearest for its own area, and as near as East for the third, which keeps the first of the register
    assert result.sites["people_nearest_after"].sum() == 6_500
    assert result.most_affected.empty
    assert result.sites.at["old-library", "status_before"] == "closed"


def test_without_any_hours_each_site_counts_as_one_and_one_is_said():
    areas, assets = row_of_four()
    sites = sites_of_type(assets.assign(weekly_hours=np.nan))
    result = compare_scenario(areas, sites, sites)
    (note,) = [note for note in result.notes if note.code == "HOURS_UNKNOWN"]
    assert "(1 a week)" in note.sentence and "not known for 2 of 2 sites" in note.sentence
    assert "0 people have less access and 0 have more" in note.sentence
    known = compare_scenario(areas, sites.assign(weekly_hours=1.0), sites.assign(weekly_hours=1.0))
    assert [note.code for note in known.notes] == ["NEED_UNKNOWN"]
    assert result.areas["access_before"].tolist() == pytest.approx(known.areas["access_before"].tolist())
    without = compare_scenario(areas.drop(columns="need"), sites, sites)
    assert any(note.sentence.startswith("Need is not known for 4 areas.") for note in without.notes)


def test_a_metre_more_is_further_and_less_is_not():
    areas, assets = row_of_four()
    sites = open_sites(assets)
    before = costs_to_matrix(site_costs(areas, sites))
    after = before + [[1.0], [0.99], [-1.0], [-0.99]] * np.ones((4, 2))
    after.iloc[3] = before.iloc[3] + 0.5
    costs = tuple(costs_from_matrix(each, unit="m") for each in (before, after))
    result = compare_scenario(areas, sites, sites, costs=costs, limit_m=10_000)
    assert result.areas["outcome"].tolist() == ["further", "same", "nearer", "same"]
    everyone = result.people.loc["everyone"]
    assert everyone[["people_further", "people_nearer"]].tolist() == [1_000, 3_000]


def test_only_new_and_moved_sites_are_measured_again():
    areas, assets = row_of_four()
    sites = sites_of_type(assets)
    measured_before = site_costs(areas, sites)
    kept = replace(measured_before, cost=np.full(len(measured_before.cost), 77.0))
    same = costs_after(areas, sites, sites, kept)
    assert list(same.assets) == list(sites.index)
    assert set(same.cost) == {77.0}
    after = sites.copy()
    after.loc[["west-library"], "geometry"] = [sites.geometry["old-library"]]
    after = after.iloc[[2, 0, 1, 3]]
    moved = costs_to_matrix(costs_after(areas, sites, after, kept))
    assert list(moved.columns) == ["old-library", "west-library", "east-library", "planned-library"]
    assert moved["west-library"].tolist() == [1_000, 0, 1_000, 2_000]
    assert set(moved["old-library"]) == set(moved["east-library"]) == {77.0}


def test_a_site_that_moves_is_as_far_as_the_area_it_moves_to():
    areas, assets = row_of_four()
    sites = open_sites(assets).assign(area_code=["A00", "A03"])
    minutes = {"west-library": 5.0, "east-library": 7.0, "A01": 9.0}
    times = pd.DataFrame(
        [(area, to, each) for area in areas.index for to, each in minutes.items()],
        columns=["origin", "destination", "minutes"],
    )
    travel = Travel(mode="own", sources={"own": times})
    before = site_costs(areas, sites, travel=travel)
    after = sites.assign(area_code=["A01", "A03"])
    after.loc[["west-library"], "geometry"] = [assets.geometry["old-library"]]
    moved = costs_to_matrix(costs_after(areas, sites, after, before, travel=travel))
    assert set(moved["west-library"]) == {9.0} and set(moved["east-library"]) == {7.0}


# Every combination


def test_combinations_agree_with_brute_force():
    areas, assets = TOWN
    sites = open_sites(assets)
    table = rank_closures(areas, sites, most=4, limit_m=1500)
    expected = oracles.closures(plain_areas(areas), plain_sites(sites), 4, 1500)
    assert len(table) == len(expected) == 30
    for row in table.itertuples():
        found = (row.harm, row.harm_unweighted, row.people_further, row.people_left_without)
        assert found == pytest.approx(expected[tuple(row.asset_ids.split(" "))], abs=1e-9)
    assert table["harm"].is_monotonic_increasing
    assert table["rank"].tolist() == list(range(1, 31))


coordinates = st.tuples(st.floats(0, 4), st.floats(0, 4))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(coordinates, min_size=3, max_size=7, unique=True), st.integers(1, 4), st.integers(0, 5))
def test_combinations_agree_with_brute_force_anywhere(places, most, seed):
    areas = make_grid(3, 3)
    rng = np.random.default_rng(seed)
    areas["need"], areas["population"] = rng.random(9), rng.integers(0, 2000, 9) + 1
    sites = open_sites(make_assets({f"L{number}": place for number, place in enumerate(places)}))
    table = rank_closures(areas, sites, most=most, limit_m=2000)
    expected = oracles.closures(plain_areas(areas), plain_sites(sites), min(most, len(sites) - 1), 2000)
    assert len(table) == len(expected)
    for row in table.itertuples():
        harm, person_km, _, without = expected[tuple(row.asset_ids.split(" "))]
        assert (row.harm, row.harm_unweighted) == pytest.approx((harm, person_km), abs=1e-6)
        assert row.people_left_without == pytest.approx(without, abs=1e-6)


def test_harm_of_a_combination_is_that_of_the_scenario():
    areas, assets = TOWN
    table = rank_closures(areas, open_sites(assets)).set_index("asset_ids")
    result = changed({"close": ["West", "Mill"]})
    assert table.at["west-library mill-library", "harm"] == pytest.approx(
        (result.areas["cost_change"] * areas["population"] * areas["need"]).sum()
        / 1000
        / ((areas["need"] * areas["population"]).sum() / areas["population"].sum())
    )
    assert (
        table.at["west-library mill-library", "people_further"]
        == result.people.loc["everyone", "people_further"]
    )


def test_more_closures_do_no_less_harm():
    areas, assets = TOWN
    table = rank_closures(areas, open_sites(assets)).set_index("asset_ids")["harm"]
    for ids in table.index:
        for site in ids.split(" "):
            fewer = " ".join(other for other in ids.split(" ") if other != site)
            assert not fewer or table[fewer] <= table[ids] + 1e-9


def test_the_front_is_what_no_combination_beats():
    areas, assets = TOWN
    table = rank_closures(areas, open_sites(assets))
    front = pareto_front(table)
    known = table[table["hours_saved"].notna()]
    for row in front.itertuples():
        better = known[(known["hours_saved"] >= row.hours_saved) & (known["harm"] < row.harm - 1e-9)]
        assert better.empty
    for row in known.itertuples():
        as_good = front[(front["hours_saved"] >= row.hours_saved) & (front["harm"] <= row.harm + 1e-9)]
        assert len(as_good)
    assert front["hours_saved"].is_monotonic_increasing
    assert front["harm"].is_monotonic_increasing


def test_a_saving_that_is_not_known_is_not_nothing():
    areas, assets = TOWN
    table = rank_closures(areas, open_sites(assets), most=1).set_index("asset_ids")
    assert np.isnan(table.at["hill-library", "hours_saved"])
    assert table.at["west-library", "hours_saved"] == 40
    assert table["cost_saved_gbp"].isna().all()


def test_costs_are_added_up():
    areas, assets = TOWN
    sites = open_sites(assets)
    sites["annual_cost_gbp"] = [10.0, 20.0, 30.0, 40.0, 50.0]
    table = rank_closures(areas, sites, most=2).set_index("asset_ids")
    assert table.at["west-library mill-library", "cost_saved_gbp"] == 60
    assert pareto_front(table.reset_index(), saved="cost_saved_gbp")["cost_saved_gbp"].max() == 90


def test_one_site_has_no_combination():
    areas, assets = TOWN
    table = rank_closures(areas, open_sites(assets).iloc[:1])
    assert table.empty
    assert pareto_front(table).empty


def test_too_many_combinations_are_refused_with_what_can_be_asked():
    areas = make_grid(3, 3)
    sites = open_sites(make_assets({f"L{number}": (number / 30, 0.5) for number in range(90)}))
    with pytest.raises(InputError, match=r"90 sites have 2,676,765 combinations .* Ask for 3 at once"):
        rank_closures(areas, sites)
    assert largest_size(90, 4) == 3
    assert largest_size(1, 4) == 0


def test_areas_that_can_reach_one_site_only():
    areas, assets = TOWN
    sites = open_sites(assets)
    matrix = costs_to_matrix(site_costs(areas, sites))
    matrix.iloc[0, 1:] = np.nan  # from A00 only the first site can be reached
    furthest = float(np.nanmax(matrix))
    found = rank_closures(areas, sites, costs=costs_from_matrix(matrix, unit="m"), limit_m=furthest)
    expected = matrix.copy()
    expected.iloc[0, 1:] = (
        furthest + 1
    )  # one metre further than the furthest that is known, and beyond the limit
    again = rank_closures(areas, sites, costs=costs_from_matrix(expected, unit="m"), limit_m=furthest)
    assert len(found) == 30
    pd.testing.assert_frame_equal(
        found.set_index("asset_ids").drop(columns="rank").sort_index(),
        again.set_index("asset_ids").drop(columns="rank").sort_index(),
    )
