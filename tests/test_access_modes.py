"""Ways: straight, over land and by travel times, and what each decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assetmap.access.modes import Ways, known_costs, measure_ways
from assetmap.access.overland import make_land_grid, site_distances_overland
from assetmap.gaps.measure import measure_gaps
from assetmap.gaps.robustness import measure_certainty
from assetmap.gaps.score import find_gaps, just_beyond
from assetmap.gaps.sensitivity import access_choices
from assetmap.gaps.variants import find_variants
from assetmap.schema import InputError
from assetmap.sites.sites import site_distances
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
    found = measure_gaps(areas, assets, need="need", catchment_m=1_000)
    again = measure_gaps(areas, assets, need="need", ways=Ways(catchment_m=1_000))
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(again))
    assert found["count_within"].tolist() == [1, 2, 1, 1]
    assert found["count_per_1000"].tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 3, 1 / 2])


def test_a_detour_shortens_the_catchment(street):
    areas, assets = street
    found = measure_ways(areas, assets, Ways(catchment_m=1_000, detour=1.1))
    assert found["count_within"].tolist() == [1, 0, 1, 0]
    assert found["distance_m"].tolist() == [0, 1000, 0, 1000]  # the line itself is not made longer
    assert "count_per_1000" not in found


def test_over_land_decides(bay):
    areas, assets = bay
    grid = make_land_grid(areas)
    straight = measure_gaps(areas, assets, need="need", ways=Ways(grid=grid))
    overland = measure_gaps(areas, assets, need="need", ways=Ways(decides="overland", grid=grid))
    assert straight["distance_m"].equals(overland["distance_m"])
    assert straight["overland_m"].equals(overland["overland_m"])
    assert straight["count_within"].tolist() == [1, 1, 0]  # 2 km over the water; the head is 9 km away
    assert overland["count_within"].tolist() == [1, 0, 0]
    assert overland["access_per_1000"].tolist() == pytest.approx([1.0, 0, 0])
    assert straight.at["E", "gap_class"] == "3-2"
    assert overland.at["E", "gap_class"] == "3-1"
    assert overland.at["E", "gap_reason"] == (
        "High need (more than 66% of the areas), low access: 17.3 km over land to the nearest, West Library "
        "(the farthest of all)."
    )


def test_travel_times_decide(street):
    areas, assets = street
    travel = times(
        ("A00", "A00", 2.0),
        ("A01", "A00", 9.0),
        ("A01", "third-library", 31.0),
        ("A02", "A02", 3.0),
        ("A03", "A02", np.nan),
    )
    ways = Ways(decides="travel", travel=travel, catchment_minutes=10)
    found = measure_gaps(areas, assets, need="need", ways=ways)
    assert found["travel_minutes"].tolist()[:3] == [2, 9, 3]
    assert np.isnan(found.at["A03", "travel_minutes"])  # a row without minutes: no way
    assert found["travel_name"].tolist()[:3] == ["First Library", "First Library", "Third Library"]
    assert found["count_within"].tolist() == [1, 1, 1, 0]
    assert found["access_per_1000"].tolist()[3] == 0
    assert found.at["A03", "gap_reason"] == (
        "High need (more than 75% of the areas), low access: no way leads to any (the worst of all)."
    )
    assert found.at["A03", "gap_rank"] == 1
    assert "9 minutes to the nearest, First Library" in found.at["A01", "gap_reason"]


def test_what_the_travel_times_do_not_say_is_not_known(street):
    areas, assets = street
    ways = Ways(decides="travel", travel=times(("A00", "A00", 2.0), ("A01", "A00", 9.0), ("A02", "A02", 3.0)))
    found = measure_gaps(areas, assets, need="need", ways=ways)
    assert np.isnan(found.at["A03", "count_within"])
    assert np.isnan(found.at["A03", "gap_score"])
    assert "Not known: no value of travel_minutes." in found.at["A03", "gap_reason"]
    assert known_costs(found, ways).isna().tolist() == [False, False, False, True]


def test_no_way_is_the_worst_on_every_scale():
    areas = make_grid(columns=3, rows=1)
    areas["need"] = [0.5, 0.5, 0.5]
    areas["travel_minutes"] = [10.0, np.inf, 30.0]
    for scale in ("rank", "score"):
        found = find_gaps(areas, access="travel_minutes", scale=scale)
        assert found["gap_rank"].tolist() == [3, 1, 2]
        assert found["gap_score"].notna().all()
    assert just_beyond(np.array([np.inf, np.inf])).tolist() == [1, 1]


def test_a_way_needs_what_it_is_measured_with():
    with pytest.raises(InputError, match="'overland' needs a grid of the land"):
        Ways(decides="overland")
    with pytest.raises(InputError, match="'travel' needs a table of travel times"):
        Ways(decides="travel")
    with pytest.raises(InputError, match="must be one of 'overland', 'travel', 'straight', not 'crow'"):
        Ways(decides="crow")


def test_plausible_choices_are_those_of_the_way(bay):
    areas, assets = bay
    ways = Ways(decides="overland", grid=make_land_grid(areas))
    straight, overland = access_choices(areas, assets), access_choices(areas, assets, ways=ways)
    assert list(straight) == list(overland)
    assert straight.at["E", "count_within_2000"] == 1
    assert overland.at["E", "count_within_2000"] == 0
    measured = measure_gaps(areas, assets, need="need", ways=ways)
    variants = find_variants(measured, assets, ways=ways)
    assert "the straight line instead of the way over land" in variants
    assert "the way over land instead of the straight line" in find_variants(measured, assets)
    # the eastern bank is the worst by most choices over land; by straight lines it is not
    sure = measure_certainty(measured, assets, ways=ways, draws=200)
    unsure = measure_certainty(measured, assets, draws=200)
    assert sure.at["E", "high_gap_share"] > unsure.at["E", "high_gap_share"]


def test_distances_over_land_to_every_site(bay):
    areas, assets = bay
    sites = pd.concat([assets, make_assets({"East Library": (5.5, 2.0)})])
    found = site_distances_overland(areas, sites, make_land_grid(areas))
    straight = site_distances(areas, sites)
    assert found.columns.tolist() == ["west-library", "east-library"]
    assert (found >= straight - 1e-6).all(axis=None)
    assert found.at["W", "west-library"] == found.at["E", "east-library"] == 0
    assert found.at["E", "west-library"] == pytest.approx(found.at["W", "east-library"], rel=0.02)
    assert found.at["E", "west-library"] > 16_000
