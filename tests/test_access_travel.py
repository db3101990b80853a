"""Modes of travel: straight, overland and your own times, and what each decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assetmap.access.costs import costs_to_matrix, just_beyond
from assetmap.access.measure import measure_access
from assetmap.access.overland import make_land_grid
from assetmap.access.travel import Travel, known_costs
from assetmap.gaps.choices import access_choices, measure_sensitivity
from assetmap.gaps.measure import measure_gaps
from assetmap.gaps.score import find_gaps
from assetmap.gaps.variants import find_variants
from assetmap.schema import InputError
from assetmap.sites.sites import site_costs
from conftest import make_assets, make_grid
from test_access_overland import at_mouth, estuary


@pytest.fixture
def bay():
    """Two banks and a head: the library on the western bank is 2 km over the water from the eastern."""
    areas = at_mouth(estuary())
    areas["need"] = [0.2, 0.9, 0.5]
    return areas, make_assets({"West Library": (3.5, 2.0)})


@pytest.fixture
def street():
    """Four areas in a row, a library in the first and one in the third."""
    areas = make_grid(columns=4, rows=1)
    areas["need"] = [0.1, 0.4, 0.6, 0.9]
    assets = make_assets({"First Library": (0.5, 0.5), "Third Library": (2.5, 0.5)})
    assets["area_code"] = ["A00", "A02"]
    return areas, assets


def times(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"])


def test_straight_lines_are_what_they_were(street):
    areas, assets = street
    found = measure_gaps(areas, assets, need="need", limit_m=1_000)
    again = measure_gaps(areas, assets, need="need", travel=Travel(limit_m=1_000))
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(again))
    assert found["count_within"].tolist() == [1, 2, 1, 1]
    assert found["count_per_1000"].tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 3, 1 / 2])


def test_a_detour_shortens_the_catchment(street):
    areas, assets = street
    found = measure_access(areas, assets, travel=Travel(limit_m=1_000, detour=1.1))
    assert found["count_within"].tolist() == [1, 0, 1, 0]
    assert found["distance_m"].tolist() == [0, 1000, 0, 1000]  # the line itself is not made longer
    assert "count_per_1000" not in found


def test_over_land_decides(bay):
    areas, assets = bay
    grid = make_land_grid(areas)
    straight = measure_gaps(areas, assets, need="need", travel=Travel(sources={"overland": grid}))
    overland = measure_gaps(
        areas, assets, need="need", travel=Travel(mode="overland", sources={"overland": grid})
    )
    assert straight["distance_m"].equals(overland["distance_m"])
    assert straight["overland_m"].equals(overland["overland_m"])
    assert straight["count_within"].tolist() == [1, 1, 0]  # 2 km over the water; the head is 9 km away
    assert overland["count_within"].tolist() == [1, 0, 0]
    assert overland["access_per_1000"].tolist() == pytest.approx([1.0, 0, 0])
    assert straight.at["E", "gap_class"] == "3-2"
    assert overland.at["E", "gap_class"] == "3-1"
    assert overland.at["E", "gap_reason"] == (
        "High need (more than 66% of the areas), low access: 17.3 km overland to the nearest, West Library "
        "(the farthest of all)."
    )


def test_travel_times_decide(street):
    areas, assets = street
    minutes = times(
        ("A00", "A00", 2.0),
        ("A01", "A00", 9.0),
        ("A01", "third-library", 31.0),
        ("A02", "A02", 3.0),
        ("A03", "A02", np.nan),
    )
    by_bus = Travel(mode="own", sources={"own": minutes}, limit_minutes=10)
    found = measure_gaps(areas, assets, need="need", travel=by_bus)
    assert found["travel_minutes"].tolist()[:3] == [2, 9, 3]
    assert np.isnan(found.at["A03", "travel_minutes"])  # a row without minutes: no way
    assert found["travel_name"].tolist()[:3] == ["First Library", "First Library", "Third Library"]
    assert found["count_within"].tolist() == [1, 1, 1, 0]
    assert found["access_per_1000"].tolist()[3] == 0
    assert found.at["A03", "gap_reason"] == (
        "High need (more than 75% of the areas), low access: none can be reached (the worst of all)."
    )
    assert found.at["A03", "gap_rank"] == 1
    assert "9 minutes to the nearest, First Library" in found.at["A01", "gap_reason"]


def test_what_the_travel_times_do_not_say_is_not_known(street):
    areas, assets = street
    minutes = times(("A00", "A00", 2.0), ("A01", "A00", 9.0), ("A02", "A02", 3.0))
    by_bus = Travel(mode="own", sources={"own": minutes})
    found = measure_gaps(areas, assets, need="need", travel=by_bus)
    assert np.isnan(found.at["A03", "count_within"])
    assert np.isnan(found.at["A03", "gap_score"])
    assert "Not known: no value of travel_minutes." in found.at["A03", "gap_reason"]
    assert known_costs(found, by_bus).isna().tolist() == [False, False, False, True]


def test_no_way_is_the_worst_on_every_scale():
    areas = make_grid(columns=3, rows=1)
    areas["need"] = [0.5, 0.5, 0.5]
    areas["travel_minutes"] = [10.0, np.inf, 30.0]
    for scale in ("rank", "score"):
        found = find_gaps(areas, access="travel_minutes", scale=scale)
        assert found["gap_rank"].tolist() == [3, 1, 2]
        assert found["gap_score"].notna().all()
    assert just_beyond(np.array([np.inf, np.inf])).tolist() == [1, 1]


def test_a_mode_needs_what_it_is_measured_with():
    with pytest.raises(InputError, match="'overland' needs a grid of the land"):
        Travel(mode="overland")
    with pytest.raises(InputError, match="'own' needs a table of travel times"):
        Travel(mode="own")
    with pytest.raises(InputError, match="'bus' needs a timetable"):
        Travel(mode="bus")
    with pytest.raises(InputError, match=r"must be one of 'straight', .*'own'.*, not 'crow'"):
        Travel(mode="crow")
    with pytest.raises(InputError, match="not 'ship'"):
        Travel(sources={"ship": None})


@pytest.mark.slow
def test_plausible_choices_are_those_of_the_mode(bay):
    areas, assets = bay
    travel = Travel(mode="overland", sources={"overland": make_land_grid(areas)})
    straight, overland = access_choices(areas, assets), access_choices(areas, assets, travel=travel)
    assert list(straight) == list(overland)
    assert straight.at["E", "count_within_2000"] == 1
    assert overland.at["E", "count_within_2000"] == 0
    measured = measure_gaps(areas, assets, need="need", travel=travel)
    variants = find_variants(measured, assets, travel=travel)
    assert "straight-line distance instead of distance overland" in variants
    assert "distance overland instead of straight-line distance" in find_variants(measured, assets)
    # the eastern bank is the worst by most choices over land; by straight lines it is not
    sure = measure_sensitivity(measured, assets, travel=travel, draws=200)
    unsure = measure_sensitivity(measured, assets, draws=200)
    assert sure.at["E", "high_gap_share"] > unsure.at["E", "high_gap_share"]


def test_distances_over_land_to_every_site(bay):
    areas, assets = bay
    sites = pd.concat([assets, make_assets({"East Library": (5.5, 2.0)})])
    travel = Travel(mode="overland", sources={"overland": make_land_grid(areas)})
    found = costs_to_matrix(site_costs(areas, sites, travel=travel))
    straight = costs_to_matrix(site_costs(areas, sites))
    assert found.columns.tolist() == ["west-library", "east-library"]
    assert (found >= straight - 1e-6).all(axis=None)
    assert found.at["W", "west-library"] == found.at["E", "east-library"] == 0
    assert found.at["E", "west-library"] == pytest.approx(found.at["W", "east-library"], rel=0.02)
    assert found.at["E", "west-library"] > 16_000
