"""The sweep over a day of buses: by hand, against a plain forward search, and by what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles_transport as naive
from assetmap.access.journeys import bus_journeys, first_from, run_back
from assetmap.access.transit import NEVER, reverse, service_day, sweep
from assetmap.access.walking import straight_walks
from assetmap.read.transport.timetable import read_timetable
from transport_feeds import TOWN, TRAVEL, seconds, timetable

STOPS = [(0.0, 0.0), (5_000.0, 0.0), (5_000.0, 300.0), (10_000.0, 0.0)]
LINES = [
    [(0, "08:00"), (1, "08:10"), (3, "08:30")],
    [(0, "09:00"), (1, "09:10")],
    [(2, "09:15"), (3, "09:25")],
    [(2, "09:20"), (3, "09:30")],
    [(3, "10:00"), (1, "10:20"), (0, "10:30")],
]


def there(made, homes, sites, day=0):
    """Journeys from homes to sites, and back, on a day."""
    places = made.stops[["easting", "northing"]].to_numpy()
    homes, sites = np.array(homes, dtype=float), np.array(sites, dtype=float)
    to_sites = straight_walks(places, sites, limit_m=1_000)
    changes = straight_walks(places, places, limit_m=500)
    from_homes = straight_walks(homes, places, limit_m=1_000)
    buses = service_day(made, day)
    out = bus_journeys(sweep(buses, to_sites, changes), from_homes, earliest=-(10**6), limit_seconds=10**6)
    back = bus_journeys(
        sweep(reverse(buses), to_sites, changes), from_homes, earliest=-(10**6), limit_seconds=10**6
    )
    return out, run_back(back)


def arrivals(journeys, home, leave):
    pair = home * journeys.sites + np.arange(journeys.sites)
    at = first_from(journeys, pair, np.full(journeys.sites, leave))
    return np.where(at >= 0, journeys.arrive[at] if len(journeys.arrive) else NEVER, NEVER)


def arrivals_home(journeys, site, leave):
    pair = np.arange(journeys.homes) * journeys.sites + site
    at = first_from(journeys, pair, np.full(journeys.homes, leave))
    return np.where(at >= 0, journeys.arrive[at] if len(journeys.arrive) else NEVER, NEVER)


def test_four_stops_by_hand() -> None:
    out, back = there(timetable(STOPS, LINES), homes=[(0, 0)], sites=[(10_000, 0), (5_000, 0)])
    # direct at 08:00; at 09:00 change at 09:10 by a walk of 300 m x 1.2 = 360 m: 259.2 s, so 09:14:20 for the 09:15
    assert arrivals(out, 0, seconds("07:30")).tolist() == [seconds("08:30"), seconds("08:10")]
    assert arrivals(out, 0, seconds("08:00")).tolist() == [seconds("08:30"), seconds("08:10")]
    assert arrivals(out, 0, seconds("08:00:01")).tolist() == [seconds("09:25"), seconds("09:10")]
    assert arrivals(out, 0, seconds("09:00:01")).tolist() == [NEVER, NEVER]
    assert list(zip(out.leave[out.pair == 0], out.arrive[out.pair == 0], strict=True)) == [
        (seconds("08:00"), seconds("08:30")),
        (seconds("09:00"), seconds("09:25")),
    ]
    assert back.leave.tolist() == [seconds("10:00"), seconds("10:20")]
    assert back.arrive.tolist() == [seconds("10:30"), seconds("10:30")]


def test_a_change_needs_a_minute() -> None:
    for departs, arrives in (("08:10:59", NEVER), ("08:11", seconds("08:21"))):
        lines = [[(0, "08:00"), (1, "08:10")], [(1, departs), (3, "08:21")]]
        out, _ = there(timetable(STOPS, lines), homes=[(0, 0)], sites=[(10_000, 0)])
        assert arrivals(out, 0, seconds("08:00")).tolist() == [arrives]


def test_staying_on_needs_no_minute_even_where_stops_share_a_time() -> None:
    lines = [[(0, "08:00"), (1, "08:10"), (2, "08:10"), (3, "08:10")]]
    out, _ = there(timetable(STOPS, lines), homes=[(0, 0)], sites=[(10_000, 0)])
    assert arrivals(out, 0, seconds("08:00")).tolist() == [seconds("08:10")]


def test_nobody_boards_or_leaves_where_the_bus_does_not_let_them() -> None:
    made = timetable(STOPS, [[(0, "08:00"), (1, "08:10"), (3, "08:30")]])
    made.boards[1] = made.alights[1] = False
    out, _ = there(made, homes=[(0, 0), (5_000, 0)], sites=[(10_000, 0), (5_000, 0)])
    assert arrivals(out, 0, 0).tolist() == [seconds("08:30"), NEVER]
    assert arrivals(out, 1, 0).tolist() == [NEVER, NEVER]


def test_a_bus_after_midnight_serves_the_small_hours_of_the_next_day() -> None:
    lines = [[(0, "23:50"), (1, "24:20"), (3, "24:40")]]
    made = timetable(STOPS, lines, days=[{5}])
    out, _ = there(made, homes=[(0, 0), (5_000, 0)], sites=[(10_000, 0)], day=5)
    assert arrivals(out, 0, 0).tolist() == [seconds("24:40")]
    sunday, _ = there(made, homes=[(0, 0), (5_000, 0)], sites=[(10_000, 0)], day=6)
    assert arrivals(sunday, 1, 0).tolist() == [seconds("00:40")]
    assert sunday.leave[sunday.pair == 1].tolist() == [seconds("00:20")]
    friday, _ = there(made, homes=[(0, 0), (5_000, 0)], sites=[(10_000, 0)], day=4)
    assert not len(friday.pair)


def test_a_day_without_buses_and_a_place_without_sites() -> None:
    made = timetable(STOPS, LINES, days=[{0}] * 5)
    out, back = there(made, homes=[(0, 0)], sites=[(10_000, 0)], day=3)
    assert not len(out.pair) and not len(back.pair)
    out, _ = there(made, homes=[(0, 0)], sites=[(90_000, 0)])
    assert not len(out.pair)


def test_reversing_twice_changes_nothing() -> None:
    day = service_day(timetable(STOPS, LINES), 0)
    again = reverse(reverse(day))
    for name in ("trip", "stop", "next_stop", "departure", "arrival", "boards", "alights"):
        assert np.array_equal(getattr(again, name), getattr(day, name)), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "days", "moments"),
    [
        (TOWN / "buses_gtfs.zip", range(7), 12),
        (TRAVEL / "newport-20230613_gtfs.zip", (2, 6), 3),
        pytest.param(TRAVEL / "chester-20230816-small_gtfs.zip", (4, 6), 2, marks=pytest.mark.long),
    ],
)
def test_every_cell_equals_a_plain_forward_search(name, days, moments) -> None:
    if not name.is_file():
        pytest.skip("the timetable is not here")
    made = read_timetable(name)
    stops = made.stops[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(1)
    most = min(27, len(stops))
    sites = stops[rng.choice(len(stops), most, replace=False)] + rng.normal(0, 150, (most, 2))
    homes = stops[rng.choice(len(stops), most, replace=False)] + rng.normal(0, 250, (most, 2))
    near, reached = naive.neighbours(stops), 0
    for day in days:
        out, back = there(made, homes, sites, day)
        rides = naive.connections(made, day)
        for home in range(0, most, 9):
            for leave in [0, *rng.choice(np.arange(0, 86_400, 60), moments - 1).tolist()]:
                expected = naive.earliest_arrivals(rides, stops, homes[home], sites, leave, near=near)
                assert arrivals(out, home, leave).tolist() == expected
                expected_home = naive.earliest_arrivals(rides, stops, sites[home], homes, leave, near=near)
                assert arrivals_home(back, home, leave).tolist() == expected_home
                reached += sum(value < NEVER for value in [*expected, *expected_home])
    assert reached > 30


TRIPS = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=2, max_size=5), min_size=1, max_size=8
)
PLACES = [(0.0, 0.0), (350.0, 0.0), (4_000.0, 0.0), (4_000.0, 380.0), (9_000.0, 0.0), (9_300.0, 0.0)]


def town(lines):
    """Trips through six stops, two of them within a walk of each other; minutes between stops as given."""
    made, start = [], 8 * 3600
    for number, line in enumerate(lines):
        moment, calls = start + number * 240, []
        for stop, minutes in line:
            moment += minutes * 30
            calls.append((stop, moment))
        made.append(calls)
    return timetable(PLACES, made)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(TRIPS)
def test_random_towns_equal_the_plain_search_both_ways(lines) -> None:
    made = town(lines)
    out, back = there(made, PLACES, PLACES)
    rides = naive.connections(made, 0)
    for leave in (0, 8 * 3600 + 300, 8 * 3600 + 1_500):
        for place in PLACES:
            expected = naive.earliest_arrivals(rides, PLACES, place, PLACES, leave)
            at = PLACES.index(place)
            assert arrivals(out, at, leave).tolist() == expected
            assert arrivals_home(back, at, leave).tolist() == expected


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(TRIPS, TRIPS)
def test_more_service_never_makes_it_worse(lines, more) -> None:
    fewer, _ = there(town(lines), PLACES, PLACES)
    richer, _ = there(town([*lines, *more]), PLACES, PLACES)
    for leave in (0, 8 * 3600 + 600):
        for home in range(len(PLACES)):
            assert (arrivals(richer, home, leave) <= arrivals(fewer, home, leave)).all()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(TRIPS, st.integers(-7_200, 7_200))
def test_moving_the_clock_moves_the_answer(lines, later) -> None:
    made = town(lines)
    out, _ = there(made, PLACES, PLACES)
    made.departure[:] += later
    made.arrival[:] += later
    moved, _ = there(made, PLACES, PLACES)
    assert np.array_equal(moved.pair, out.pair)
    assert np.array_equal(moved.leave, out.leave + later)
    assert np.array_equal(moved.arrive, out.arrive + later)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(TRIPS)
def test_the_way_back_is_the_way_there_on_the_day_run_backwards(lines) -> None:
    made = town(lines)
    _, back = there(made, PLACES, PLACES)
    turned = timetable(
        PLACES,
        [
            [(int(s), -int(a)) for s, a in zip(made.stop[made.trip == n][::-1], made.arrival[made.trip == n][::-1], strict=True)]
            for n in range(len(made.trips))
        ],
    )  # fmt: skip
    out, _ = there(turned, PLACES, PLACES)
    ours = set(zip(back.pair.tolist(), back.leave.tolist(), back.arrive.tolist(), strict=True))
    assert ours == set(zip(out.pair.tolist(), (-out.arrive).tolist(), (-out.leave).tolist(), strict=True))
