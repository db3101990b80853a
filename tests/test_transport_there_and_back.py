"""There and back while it is open: the made-up town by hand, a plain search, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles_transport as naive
from assetmap.access.there_and_back import there_and_back
from assetmap.access.trip_walks import TripRules
from assetmap.read.lists.opening_times import opening_times
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import InputError
from transport_feeds import TOWN, TRAVEL, timetable


def places(points, names=None):
    names = names or [f"p{number}" for number in range(len(points))]
    return pd.DataFrame(
        np.array(points, dtype=float).reshape(-1, 2), columns=["easting", "northing"], index=names
    )


def opening(*rows):
    return pd.DataFrame(list(rows), columns=["asset_id", "day", "opens", "closes"])


@pytest.fixture(scope="module")
def town():
    libraries = pd.read_csv(TOWN / "libraries.csv", dtype=str, keep_default_na=False).set_index("name")
    read = opening_times(libraries.rename_axis("asset_id"))
    sites = libraries[["easting", "northing"]].astype(float)
    postcodes = pd.read_csv(TOWN / "postcodes.csv", index_col="postcode")
    made = read_timetable(TOWN / "buses_gtfs.zip")
    return made, postcodes, sites, read.times, there_and_back(made, postcodes, sites, read.times)


def rows_of(town, home, site):
    _, postcodes, sites, _, found = town
    rows = found.days[
        (found.days["home"] == postcodes.index.get_loc(home))
        & (found.days["site"] == sites.index.get_loc(site))
    ]
    return rows.set_index("day")


def test_overcott_by_hand(town) -> None:
    # QF12 1AG is 100 m north of the church: 86.4 s on foot to the bus; Northgate Library is 150 m from its stop, 129.6 s
    rows = rows_of(town, "QF12 1AG", "Northgate Library")
    assert rows.index.tolist() == [
        0,
        1,
        4,
    ]  # Monday, Tuesday, Friday: closed on Thursday, no bus on Wednesday
    monday = rows.loc[0]
    assert monday["leave_home"] == pytest.approx(9 * 60 + 30 - 87 / 60)
    assert monday["arrive"] == pytest.approx(9 * 60 + 46 + 130 / 60)
    assert monday["leave_site"] == pytest.approx(12 * 60 + 15 - 130 / 60)
    assert monday["back_home"] == pytest.approx(12 * 60 + 31 + 87 / 60)
    assert monday["minutes"] == pytest.approx(2 * (16 + 217 / 60))
    # open 10:00 to 13:00: inside from 10:00; the bus at 15:40 lets people stay to the end
    assert monday["longest_stay"] == 180 and monday["choices"] == 1
    assert monday["last_back"] == pytest.approx(15 * 60 + 40 - 130 / 60)
    # on Tuesday it opens at 13:00: the bus at 09:30 is early, the one at 13:30 arrives at 13:48:10
    assert rows.loc[1, "choices"] == 2 and rows.loc[1, "longest_stay"] == pytest.approx(
        15 * 60 + 40 - 130 / 60 - 780
    )
    assert not rows["on_foot"].any()


def test_the_town_centre_walks(town) -> None:
    rows = rows_of(town, "QF5 1AD", "Quillford Library")  # 50 m from the library
    assert rows.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert rows["on_foot"].all() and rows["choices"].eq(0).all()
    assert rows.loc[0, "minutes"] == pytest.approx(2 * 44 / 60)
    assert rows.loc[0, "longest_stay"] == 480 and rows.loc[5, "longest_stay"] == 180


def test_places_without_a_bus_say_which_kind(town) -> None:
    made, postcodes, _, _, found = town
    assert found.cover["QF12 1AG"] == "served"
    assert found.cover["QF1 1AG"] == "no stop"  # 1.1 km from the stop, 1.3 km on foot
    assert found.without_times.tolist() == ["Westhay Community Library"]
    far = places(
        [(500_000, 400_000), postcodes.loc["QF12 1AG", ["easting", "northing"]].tolist()], ["far", "near"]
    )
    sunday = made.trips["service_id"].eq("SUNDAY").to_numpy()
    made.runs[:, ~sunday] = False
    try:
        sites = places([(566_150, 426_000)])
        some = there_and_back(made, far, sites, opening(("p0", 6, 600, 1_000)))
        assert some.cover.to_dict() == {"far": "not covered", "near": "no service"}
        assert some.days.empty
    finally:
        made.runs[:] = read_timetable(TOWN / "buses_gtfs.zip").runs


@pytest.mark.slow
def test_every_postcode_of_the_town_equals_the_plain_search(town) -> None:
    made, postcodes, sites, times, found = town
    stops = made.stops[["easting", "northing"]].to_numpy().tolist()
    near = naive.neighbours(stops)
    rows = found.days.set_index(["home", "site", "day"])
    checked = 0
    for day in (1, 5):
        rides = naive.connections(made, day)
        for home in range(0, len(postcodes), 5):
            for site, name in enumerate(sites.index):
                stretches = times[(times["asset_id"] == name) & (times["day"] == day)]
                expected = naive.trips_there_and_back(
                    rides, stops, postcodes[["easting", "northing"]].to_numpy()[home], sites.to_numpy()[site],
                    stretches[["opens", "closes"]].to_numpy().tolist(), near=near,
                )  # fmt: skip
                checked += compare(rows, (home, site, day), expected)
    assert checked > 30


def compare(rows, key, expected):
    if expected is None:
        assert key not in rows.index
        return 0
    columns = ["minutes", "longest_stay", "choices", "last_back"]
    best, longest, choices, last = expected
    assert rows.loc[key, columns].tolist() == pytest.approx([best / 60, longest / 60, choices, last / 60]), (
        key
    )
    return 1


@pytest.mark.long
def test_a_sample_of_newport_equals_the_plain_search() -> None:
    path = TRAVEL / "newport-20230613_gtfs.zip"
    if not path.is_file():
        pytest.skip("the timetable is not here")
    made = read_timetable(path)
    stops = made.stops[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(3)
    busy = np.argsort(-np.bincount(made.stop), kind="stable")
    homes = places(stops[busy[[300]]] + rng.normal(0, 200, (1, 2)))
    sites = places([stops[busy[200]] + 150], ["a"])
    times = opening(("a", 2, 540, 780), ("a", 2, 840, 1_020))
    rows = there_and_back(made, homes, sites, times).days.set_index(["home", "site", "day"])
    rides, near = naive.connections(made, 2), naive.neighbours(stops)
    reached = 0
    for home in range(len(homes)):
        for site, name in enumerate(sites.index):
            stretches = times.loc[times["asset_id"] == name, ["opens", "closes"]].to_numpy().tolist()
            expected = naive.trips_there_and_back(
                rides, stops, homes.to_numpy()[home], sites.to_numpy()[site], stretches, near=near
            )
            reached += compare(rows, (home, site, 2), expected)
    assert reached


STOPS = [(0.0, 0.0), (9_000.0, 0.0)]


def one_bus(out="09:00", back="12:00", opens=600, closes=720, **rules):
    made = timetable(STOPS, [[(0, out), (1, _later(out))], [(1, back), (0, _later(back))]])
    found = there_and_back(
        made,
        places([STOPS[0]]),
        places([STOPS[1]]),
        opening(("p0", 0, opens, closes)),
        rules=TripRules(**rules),
    )
    return found.days


def _later(clock, minutes=30):
    hours, past = (int(part) for part in clock.split(":"))
    return (hours * 60 + past + minutes) * 60


@pytest.mark.parametrize(
    ("change", "works"),
    [
        ({}, True),
        ({"closes": 645}, True),  # 45 minutes inside
        ({"closes": 644}, False),
        ({"back": "10:45"}, True),
        ({"back": "10:44"}, False),
        ({"out": "06:59"}, False),
        ({"out": "07:00"}, True),
        ({"back": "18:30", "closes": 1_200}, True),
        ({"back": "18:31", "closes": 1_200}, False),
        ({"limit_minutes": 29}, False),
        ({"limit_minutes": 30}, True),
        ({"stay_minutes": 120}, True),
        ({"stay_minutes": 121}, False),
        ({"leave_after": 9 * 60 + 1}, False),
    ],
)
def test_the_edges_of_a_trip(change, works) -> None:
    assert (not one_bus(**change).empty) == works


def test_bad_rules_are_refused() -> None:
    with pytest.raises(InputError, match="leave_after"):
        TripRules(leave_after=1_200, home_by=600)
    with pytest.raises(InputError, match="above 0"):
        TripRules(stay_minutes=0)


PLACES = [(0.0, 0.0), (350.0, 0.0), (4_000.0, 0.0), (4_000.0, 380.0), (9_000.0, 0.0), (9_300.0, 0.0)]
TRIPS = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), min_size=2, max_size=5), min_size=1, max_size=8
)


def random_town(lines):
    made = []
    for number, line in enumerate(lines):
        moment, calls = 9 * 3600 + number * 1_800, []
        for stop, minutes in line:
            moment += minutes * 30
            calls.append((stop, moment))
        made.append(calls)
    return timetable(PLACES, made)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(TRIPS)
def test_random_towns_equal_the_plain_search(lines) -> None:
    made = random_town(lines)
    times = opening(
        *((f"p{site}", 0, 570, 660) for site in range(6)), *((f"p{site}", 0, 700, 800) for site in range(6))
    )
    rows = there_and_back(made, places(PLACES), places(PLACES), times).days.set_index(["home", "site", "day"])
    rides, near = naive.connections(made, 0), naive.neighbours(PLACES)
    for home in range(6):
        for site in range(6):
            expected = naive.trips_there_and_back(
                rides, PLACES, PLACES[home], PLACES[site], [(570, 660), (700, 800)], near=near
            )
            compare(rows, (home, site, 0), expected)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(TRIPS, TRIPS)
def test_more_buses_and_longer_hours_never_take_a_day_away(lines, more) -> None:
    short, longer = opening(("p4", 0, 600, 660)), opening(("p4", 0, 570, 720))

    def days(trips, times):
        found = there_and_back(random_town(trips), places(PLACES), places([PLACES[4]], ["p4"]), times).days
        return found.set_index("home")

    few = days(lines, short)
    for many in (days([*lines, *more], short), days(lines, longer)):
        assert set(few.index) <= set(many.index)
        both = many.loc[few.index]
        assert (both["minutes"] <= few["minutes"] + 1e-9).all()
        assert (both["longest_stay"] >= few["longest_stay"] - 1e-9).all()


def test_the_order_of_homes_sites_and_times_does_not_matter(town) -> None:
    made, postcodes, sites, times, found = town
    mixed = there_and_back(
        made, postcodes.iloc[::-1], sites.iloc[::-1], times.sample(frac=1, random_state=1, ignore_index=True)
    )

    def named(trips):
        rows = trips.days.assign(home=trips.homes[trips.days["home"]], site=trips.sites[trips.days["site"]])
        return rows.sort_values(["home", "site", "day"], ignore_index=True)

    pd.testing.assert_frame_equal(named(mixed), named(found))
