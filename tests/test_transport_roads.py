"""Roads: tags as they are meant, shortest paths as networkx finds them, bad files as one message."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import oracles_transport as naive
from assetmap.access.roads import Snapped, road_minutes, road_walks, snap
from assetmap.access.trip_walks import TripRules, trip_walks
from assetmap.read.transport import kept, osm_xml
from assetmap.read.transport.roads import limit_kmh, read_roads
from assetmap.read.transport.timetable import read_timetable
from assetmap.read.transport.turns import hold_turns
from assetmap.read.transport.ways import read_ways
from assetmap.schema import InputError, RoadNetwork, reference_table
from transport_feeds import TOWN, TRAVEL

NEWPORT = TRAVEL / "newport-2023-06-13.osm.pbf"
ORIGIN = (560_000, 420_000)
DEGREE = 111_320.0


def osm(folder, ways, nodes=None, extra=""):
    """Write roads as OpenStreetMap: ways are (tags, node numbers); nodes lie 1 km apart on a line unless given."""
    used = sorted({number for _, refs in ways for number in refs})
    places = {number: (number * 1_000.0, 0.0) for number in used} | dict(nodes or {})
    lines = ['<osm version="0.6">']
    for number in used:
        tags = (places[number][2:] and places[number][2]) or {}
        x, y = places[number][:2]
        inner = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(
            f'<node id="{number}" version="1" lat="{52 + y / DEGREE:.7f}" '
            f'lon="{-2 + x / DEGREE / np.cos(np.radians(52)):.7f}">{inner}</node>'
        )
    for number, (tags, refs) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}" version="1">{inner}</way>')
    path = folder / "roads.osm"
    path.write_text("\n".join([*lines, extra, "</osm>"]), encoding="utf-8")
    return path


def minutes(network, start_m, end_m, y=0.0):
    """Minutes between two places on the line, without the walk to the road."""
    from pyproj import Transformer

    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    points = [
        to_grid.transform(-2 + x / DEGREE / np.cos(np.radians(52)), 52 + y / DEGREE) for x in (start_m, end_m)
    ]
    home, site = (snap(np.array([point]), network, kmh=1e12) for point in points)
    return float(road_minutes(network, home, site)[0, 0])


SPEED = reference_table("road_speeds")["drive_kmh"].astype(float)
LOST = reference_table("road_delays")["value"].astype(float)
LOOP = ({"highway": "service"}, [3, 4, 5, 0])
"""A service road that joins the ends, so that a one-way street leaves one part."""

ROUND = {4: (3_000.0, 3_000.0), 5: (0.0, 3_000.0)}


def test_time_is_length_over_speed(tmp_path) -> None:
    roads = read_roads(osm(tmp_path, [({"highway": "residential"}, [0, 1, 2])]))
    assert minutes(roads.drive, 0, 2_000) == pytest.approx(2 * 60 / SPEED["residential"], rel=2e-3)
    assert minutes(roads.walk, 0, 2_000) == pytest.approx(2 * 60 / 5, rel=2e-3)


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "primary"}, SPEED["primary"]),
        ({"highway": "primary", "maxspeed": "60 mph"}, 60 * 1.609344 * LOST["limit_factor"]),
        ({"highway": "primary", "maxspeed": "GB:nsl_single"}, 60 * 1.609344 * LOST["limit_factor"]),
        ({"highway": "primary", "maxspeed": "signals"}, SPEED["primary"]),
        ({"highway": "residential", "maxspeed": "60 mph"}, SPEED["residential"]),
        ({"highway": "residential", "maxspeed": "10 mph"}, 10 * 1.609344 * LOST["limit_factor"]),
        ({"highway": "tertiary", "maxspeed": "30"}, 30 * LOST["limit_factor"]),
    ],
)
def test_limits(tmp_path, tags, kmh) -> None:
    roads = read_roads(osm(tmp_path, [(tags, [0, 1])]))
    assert minutes(roads.drive, 0, 1_000) == pytest.approx(60 / kmh, rel=2e-3)


@pytest.mark.parametrize(("tags", "drive", "walk"), [
    ({"highway": "footway"}, False, True),
    ({"highway": "motorway"}, True, False),
    ({"highway": "residential", "access": "private"}, False, False),
    ({"highway": "residential", "access": "no", "foot": "yes"}, False, True),
    ({"highway": "residential", "access": "private", "motor_vehicle": "yes"}, True, False),
    ({"highway": "residential", "motor_vehicle": "no"}, False, True),
    ({"highway": "residential", "foot": "no"}, True, False),
    ({"highway": "residential", "access": "destination"}, True, True),
    ({"highway": "construction"}, False, False),
    ({"highway": "pedestrian", "area": "yes"}, False, False),
    ({"highway": "track"}, False, True),
])  # fmt: skip
def test_who_may_use_a_road(tmp_path, tags, drive, walk) -> None:
    ways = [(tags, [0, 1]), (tags, [1, 0]), ({"highway": "service"}, [5, 6])]
    roads = read_roads(osm(tmp_path, ways, {5: (9_000.0, 0.0), 6: (9_010.0, 0.0)}))
    for network, may in ((roads.drive, drive), (roads.walk, walk)):
        nearest = float(snap(np.array([network.points.min(axis=0)]), network).metres[0])
        assert (np.ptp(network.points[:, 0]) > 500) == may, nearest


def test_one_way_streets_are_one_way_for_cars_only(tmp_path) -> None:
    ways = [({"highway": "service"}, [0, 1]), ({"highway": "service", "oneway": "yes"}, [1, 2]),
            ({"highway": "service"}, [2, 3]), LOOP]  # fmt: skip
    roads = read_roads(osm(tmp_path, ways, ROUND))
    assert minutes(roads.drive, 2_000, 1_000) > 3 * minutes(roads.drive, 1_000, 2_000)
    assert minutes(roads.walk, 2_000, 1_000) == pytest.approx(minutes(roads.walk, 1_000, 2_000))
    ways[1] = ({"highway": "service", "oneway": "-1"}, [1, 2])
    turned = read_roads(osm(tmp_path, ways, ROUND))
    assert minutes(turned.drive, 1_000, 2_000) > 3 * minutes(turned.drive, 2_000, 1_000)
    ways[1] = ({"highway": "service", "junction": "roundabout"}, [1, 2])
    assert minutes(read_roads(osm(tmp_path, ways, ROUND)).drive, 2_000, 1_000) > 60


def relation(number, kind, start, via, end, via_type="node", **tags):
    """Write a turn restriction from a way over a node (or a way) onto a way."""
    inner = (
        f'<member type="way" ref="{start}" role="from"/><member type="{via_type}" ref="{via}" role="via"/>'
    )
    inner += f'<member type="way" ref="{end}" role="to"/>' + "".join(
        f'<tag k="{key}" v="{value}"/>'
        for key, value in {"type": "restriction", "restriction": kind, **tags}.items()
    )
    return f'<relation id="{number}" version="1">{inner}</relation>'


CROSS = {0: (0.0, 0.0), 1: (1_000.0, 0.0), 2: (2_000.0, 0.0), 3: (1_000.0, 1_000.0), 4: (1_000.0, -1_000.0)}
ARMS = [({"highway": "residential"}, [0, 1]), ({"highway": "residential"}, [1, 2]),
        ({"highway": "residential"}, [1, 3]), ({"highway": "residential"}, [1, 4]),
        ({"highway": "residential"}, [3, 2])]  # fmt: skip


def cross(folder, *relations):
    """Four arms that meet at node 1, and a street from the northern to the eastern end; drives in seconds."""
    roads = read_roads(osm(folder, ARMS, CROSS, "".join(relations)))
    corners = {}
    for name in (0, 2, 3, 4):
        x, y = CROSS[name]
        corners[name] = np.argmin(np.hypot(*(roads.walk.points - _point(x, y)).T))
    places = roads.walk.points[list(corners.values())]
    ends = snap(places, roads.drive, kmh=1e12)
    found = road_minutes(roads.drive, ends, ends) * 60
    return roads, {(a, b): found[i, j] for i, a in enumerate(corners) for j, b in enumerate(corners)}


def _point(x, y):
    from pyproj import Transformer

    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    return np.array(to_grid.transform(-2 + x / DEGREE / np.cos(np.radians(52)), 52 + y / DEGREE))


def test_forbidden_turns_are_not_made(tmp_path) -> None:
    free_roads, free = cross(tmp_path)
    assert not len(free_roads.drive.copy_of)
    # from the west to the north: only around by the east
    roads, found = cross(tmp_path, relation(50, "no_left_turn", 1, 1, 3))
    assert found[0, 3] == pytest.approx(free[0, 2] + free[2, 3], rel=0.01) and found[0, 3] > free[0, 3] + 60
    others = [pair for pair in free if pair != (0, 3)]
    assert [found[pair] for pair in others] == pytest.approx([free[pair] for pair in others])
    assert len(roads.drive.copy_of) > 1 and not len(roads.walk.copy_of)
    assert np.array_equal(
        roads.drive.points[len(roads.drive.places) :], roads.drive.points[roads.drive.copy_of]
    )
    # only straight on: neither north nor south; the south is reached by turning round further on
    _, only = cross(tmp_path, relation(51, "only_straight_on", 1, 1, 2))
    assert only[0, 2] == pytest.approx(free[0, 2]) and only[0, 4] > free[0, 4] + 10
    # who drives to the crossing itself is there, whatever is forbidden after it
    home, centre = (snap(_point(*CROSS[at])[None, :], roads.drive, kmh=1e12) for at in (0, 1))
    assert road_minutes(roads.drive, home, centre)[0, 0] * 60 < free[0, 2] / 2 + 5


@pytest.mark.slow
@pytest.mark.parametrize(("made", "unread"), [
    (relation(60, "no_left_turn", 1, 1, 3, **{"except": "psv;motorcar"}), 0),
    (relation(60, "no_left_turn", 1, 1, 77), 0),  # onto a road that is not there
    (relation(60, "no_left_turn", 1, 3, 3), 0),  # way 1 does not lead to node 3
    (relation(60, "no_left_turn", 1, 2, 3, via_type="way"), 1),
    ('<relation id="60" version="1"><member type="way" ref="1" role="from"/><tag k="type" v="restriction"/>'
     '<tag k="restriction:conditional" v="no_left_turn @ (08:00-09:00)"/></relation>', 1),
    (relation(60, "give_way", 1, 1, 3), 1),
])  # fmt: skip
def test_restrictions_that_hold_for_nobody_or_cannot_be_followed(tmp_path, made, unread) -> None:
    _, free = cross(tmp_path)
    roads, found = cross(tmp_path, made)
    assert found == pytest.approx(free)
    notes = {note.code: note.sentence for note in roads.notes}
    assert ("ROADS_TURNS" in notes) == bool(unread)
    assert not unread or notes["ROADS_TURNS"].startswith("1 turn restrictions")


def test_turns_equal_a_search_edge_by_edge() -> None:
    rng = np.random.default_rng(8)
    checked = 0
    for _ in range(25):
        number = 7
        pairs = {(int(a), int(b)) for a, b in rng.integers(0, number, (22, 2)) if a != b}
        # a ring with chords: every node has three neighbours or more, so that every one is a junction
        pairs = sorted(pairs | {(a, (a + step) % number) for a in range(number) for step in (1, 2)})
        edges = [(a, b, float(rng.integers(1, 20))) for a, b in pairs]
        start, end = (np.array([edge[at] for edge in edges], dtype=np.int64) for at in (0, 1))
        way = np.arange(len(edges), dtype=np.int64)  # every stretch is a way of its own
        meeting = [(i, j) for i in range(len(edges)) for j in range(len(edges)) if end[i] == start[j]]
        chosen = [meeting[at] for at in rng.choice(len(meeting), min(8, len(meeting)), replace=False)]
        turns, forbidden = [], set()
        for into, on in chosen:
            only = bool(rng.random() < 0.3)
            turns.append((into, int(end[into]), on, int(only)))
            forbidden |= {(into, j) for i, j in meeting if i == into and j != on} if only else {(into, on)}
        here, there, edge, copied, unclear = hold_turns(
            start, end, way, np.array(turns, dtype=np.int64), number
        )
        assert unclear == 0
        seconds = np.array([each[2] for each in edges])[edge]
        points = np.zeros((number + len(copied), 2))
        network = RoadNetwork(
            "drive",
            points,
            here.astype(np.int32),
            there.astype(np.int32),
            seconds,
            0,
            0.0,
            copied.astype(np.int32),
        )
        nodes = Snapped(np.arange(number), np.zeros(number), np.zeros(number))
        found = road_minutes(network, nodes, nodes) * 60
        for a in range(number):
            for b in range(number):
                expected = naive.seconds_with_turns(edges, forbidden, a, b)
                assert found[a, b] == pytest.approx(expected), (a, b)
                checked += np.isfinite(expected) and a != b
    assert checked > 300


def test_signals_and_giving_way_cost_seconds(tmp_path) -> None:
    def crossing(node=None, classes=("residential", "residential")):
        ways = [({"highway": classes[0]}, [0, 1, 2]), ({"highway": classes[1]}, [1, 8])]
        roads = read_roads(osm(tmp_path, ways, {8: (1_000.0, 1_000.0), 1: (1_000.0, 0.0, node or {})}))
        return minutes(roads.drive, 0, 2_000) * 60

    plain = read_roads(osm(tmp_path, [({"highway": "residential"}, [0, 1, 2])]))
    free = minutes(plain.drive, 0, 2_000) * 60
    assert crossing() - free == pytest.approx(LOST["junction"], abs=1e-6)
    assert crossing(classes=("residential", "primary")) - free == pytest.approx(LOST["give_way"], abs=1e-6)
    assert crossing(node={"highway": "traffic_signals"}) - free == pytest.approx(LOST["signals"], abs=1e-6)
    assert crossing(node={"highway": "mini_roundabout"}) - free == pytest.approx(0, abs=1e-6)


def test_a_bollard_stops_cars_only(tmp_path) -> None:
    for node, drives in (({"barrier": "bollard"}, False), ({"barrier": "gate"}, True), ({"barrier": "gate", "access": "private"}, False),
                         ({"barrier": "bollard", "motor_vehicle": "yes"}, True)):  # fmt: skip
        ways = [({"highway": "service"}, [0, 1, 2]), ({"highway": "service"}, [2, 3])]
        roads = read_roads(osm(tmp_path, ways, {1: (1_000.0, 0.0, node)}))
        assert (np.ptp(roads.drive.points[:, 0]) > 2_500) == drives
        assert np.ptp(roads.walk.points[:, 0]) > 2_500


def test_a_ferry_takes_its_time_and_carries_cars_only_where_it_says_so(tmp_path) -> None:
    land = [({"highway": "service"}, [0, 1]), ({"highway": "service"}, [2, 3])]
    for tags, seconds, drives in (
        ({"duration": "00:20"}, 1_200, False),
        ({"duration": "PT20M", "motor_vehicle": "yes"}, 1_200, True),
        ({"duration": "20", "motorcar": "yes"}, 1_200, True),
        ({}, 360, False),
    ):
        roads = read_roads(osm(tmp_path, [*land, ({"route": "ferry", **tags}, [1, 2])]))
        expected = (seconds + LOST["ferry_wait"]) / 60
        assert minutes(roads.walk, 1_000, 2_000) == pytest.approx(expected, rel=2e-3)
        assert (np.ptp(roads.drive.points[:, 0]) > 2_500) == drives
        assert ("FERRY_UNTIMED" in [note.code for note in roads.notes]) == (not tags)


def test_what_is_not_joined_to_the_rest_is_reported(tmp_path) -> None:
    ways = [({"highway": "service"}, [0, 1, 2]), ({"highway": "service"}, [8, 9])]
    roads = read_roads(osm(tmp_path, ways))
    assert roads.drive.dropped_km == pytest.approx(2, rel=2e-3)  # 1 km each way
    assert {note.code for note in roads.notes} == {"ROADS_APART_DRIVE", "ROADS_APART_WALK"}


def test_roads_that_lead_out_of_the_extract_are_counted(tmp_path) -> None:
    extra = '<way id="99" version="1"><nd ref="1"/><nd ref="777"/><tag k="highway" v="service"/></way>'
    roads = read_roads(osm(tmp_path, [({"highway": "service"}, [0, 1])], extra=extra))
    assert [note.code for note in roads.notes] == ["ROADS_CUT"] and "1 place" in roads.notes[0].sentence


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("30 mph", 48.28),
        ("30mph", 48.28),
        ("50", 50),
        ("50 km/h", 50),
        ("national", 96.56),
        ("", None),
        ("walk", None),
        ("0", None),
    ],
)
def test_limits_as_people_write_them(text, kmh) -> None:
    found = limit_kmh(text)
    assert np.isnan(found) if kmh is None else found == pytest.approx(kmh, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("path", [TOWN / "roads.osm", NEWPORT])
@pytest.mark.parametrize("mode", ["drive", "walk"])
def test_shortest_paths_equal_networkx(path, mode) -> None:
    if not path.is_file():
        pytest.skip("the extract is not here")
    network = getattr(read_roads(path), mode)
    rng = np.random.default_rng(2)
    homes, sites = (rng.choice(len(network.points), most, replace=False) for most in (60, 6))
    moved = network.points[homes] + rng.normal(0, 5, (60, 2))
    home, site = snap(moved, network), snap(network.points[sites] + 1.0, network)
    found = road_minutes(network, home, site)
    for row in (0, 7, 33):
        between = naive.road_minutes(network, int(home.node[row]), site.node.tolist())
        expected = np.array(between) + (home.seconds[row] + site.seconds) / 60
        assert np.abs(found[row] - expected).max() < 1e-6
    near = road_minutes(network, home, site, limit_minutes=5)
    assert np.array_equal(np.isfinite(near), found <= 5)
    assert np.abs(near[found <= 5] - found[found <= 5]).max(initial=0) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("path", [TOWN / "roads.osm", NEWPORT])
def test_walks_along_roads_are_the_shortest_paths_within_the_limit(path) -> None:
    if not path.is_file():
        pytest.skip("the extract is not here")
    network = read_roads(path).walk
    rng = np.random.default_rng(5)
    homes, stops = (
        network.points[rng.integers(0, len(network.points), most)] + rng.normal(0, 30, (most, 2))
        for most in (300, 400)
    )
    ends = snap(homes, network), snap(stops, network)
    expected = road_minutes(network, *ends, limit_minutes=12.1) * 60  # a little beyond the limit
    # shortest paths themselves equal networkx (above); whichever side the search begins at
    for found, seconds in (
        (road_walks(homes, stops, network, limit_m=1_000), expected),
        (road_walks(stops, homes, network, limit_m=1_000), expected.T),
    ):
        dense = found.dense(-1)
        assert np.array_equal(dense >= 0, np.round(seconds, 1) <= 720)
        assert np.array_equal(dense[dense >= 0], np.ceil(np.round(seconds[dense >= 0], 1)))
        assert (dense >= 0).sum() > 400
    slow = road_walks(homes, stops, network, limit_m=1_000, kmh=2.5).dense(-1)
    fast = road_walks(homes, stops, network, limit_m=1_000).dense(-1)
    assert np.array_equal(slow >= 0, fast >= 0) and np.abs(slow - 2 * fast)[fast >= 0].max() <= 2


def test_trips_walk_along_the_roads_and_straight_where_there_are_none() -> None:
    made, network = read_timetable(TOWN / "buses_gtfs.zip"), read_roads(TOWN / "roads.osm").walk
    stops = made.stops[["easting", "northing"]].to_numpy()
    far = network.points.max(axis=0) + 50_000.0
    # 600 m down a lane, 300 m to the side of it; and a place that the extract does not cover, with a stop there
    homes = np.array([stops[6] + np.array([0.0, 800.0]), far + np.array([300.0, 0.0])])
    moved = made.stops.copy()
    moved.loc[moved.index[0], ["easting", "northing"]] = far
    made = replace(made, stops=moved)
    walks = trip_walks(made, homes, np.empty((0, 2)), TripRules(), network)
    straight = trip_walks(made, homes, np.empty((0, 2)), TripRules())
    assert walks.from_homes.dense(-1)[1, 0] == straight.from_homes.dense(-1)[1, 0] == 260
    here = snap(homes[:1], network), snap(stops[6:7], network)
    assert walks.from_homes.dense(-1)[0, 6] == np.ceil(np.round(road_minutes(network, *here)[0, 0] * 60, 1))
    assert walks.all_the_way.destinations == 0


def test_the_town_by_hand() -> None:
    roads = read_roads(TOWN / "roads.osm")
    assert {note.code for note in roads.notes} == {"ROADS_APART_DRIVE", "ROADS_APART_WALK"}  # Eyot Lane

    def drive(start, end):
        points = [np.array([[ORIGIN[0] + x, ORIGIN[1] + y]], dtype=float) for x, y in (start, end)]
        home, site = (snap(point, roads.drive, kmh=1e12) for point in points)
        return float(road_minutes(roads.drive, home, site)[0, 0]) * 60

    mph = 1.609344 / 3.6 * LOST["limit_factor"]
    # 500 m of High Street at 30 mph, 600 m of bridge at 20, 700 m of Northgate at 30, and the signals at its end
    north = 1_200 / (30 * mph) + 600 / (20 * mph) + LOST["signals"]
    assert drive((6_000, 4_200), (6_000, 6_000)) == pytest.approx(north, rel=1e-3)
    # Market Loop is one way: east along it, back around by the High Street
    assert drive((6_000, 4_200), (6_400, 4_200)) == pytest.approx(400 * 3.6 / SPEED["residential"], rel=1e-3)
    assert drive((6_400, 4_200), (6_000, 4_200)) > 1_600 / (30 * mph)


def test_bad_files_are_one_message(tmp_path, monkeypatch) -> None:
    if NEWPORT.is_file():
        cut = tmp_path / "cut.osm.pbf"
        cut.write_bytes(NEWPORT.read_bytes()[:500_000])
        with pytest.raises(InputError, match=r"cut\.osm\.pbf.*damaged, cut short"):
            read_roads(cut)
    for name, content in {
        "noise.osm.pbf": bytes(range(256)) * 20,
        "text.osm.pbf": b"name,postcode\nA,B\n" * 50,
        "empty.osm.pbf": b"",
        "list.csv": b"name,postcode\nA,B\n",
        "half.osm": b"<osm version='0.6'><node id='1'",
        "huge_block.osm.pbf": b"\x7f\xff\xff\xff" + b"\x00" * 100,
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_roads(tmp_path / name)
        assert name in str(caught.value) and "\n" not in str(caught.value).strip()
    with pytest.raises(InputError, match="There is no file"):
        read_roads(tmp_path / "none.osm.pbf")
    bare = osm(tmp_path, [({"waterway": "river"}, [0, 1])])
    with pytest.raises(InputError, match="holds no roads"):
        read_roads(bare)
    abroad = osm(tmp_path, [({"highway": "service"}, [0, 1])], {0: (8e6, 0.0), 1: (8e6 + 1_000, 0.0)})
    with pytest.raises(InputError, match="no roads in Great Britain"):
        read_roads(abroad)
    monkeypatch.setattr("assetmap.read.transport.roads.MOST_BYTES", 10)
    with pytest.raises(InputError, match="Take the extract of a county"):
        read_roads(TOWN / "roads.osm")


def test_roads_are_kept_by_what_they_hold(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "WORTH_KEEPING", 1)
    path = osm(tmp_path, [({"highway": "service"}, [0, 1, 2]), ({"highway": "service"}, [8, 9])])
    first = kept.read_roads_once(path)
    with monkeypatch.context() as shut:
        shut.setattr(kept, "read_roads", lambda path: pytest.fail("the cache was not used"))
        again = kept.read_roads_once(path)
    for mode in ("drive", "walk"):
        ours, theirs = getattr(again, mode), getattr(first, mode)
        for name in ("points", "start", "end", "seconds", "copy_of"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))
        assert (ours.dropped, ours.dropped_km) == (theirs.dropped, theirs.dropped_km)
    assert (again.notes, again.bounds, again.date) == (first.notes, first.bounds, first.date)
    (one,) = (tmp_path / "cache" / "roads").iterdir()
    one.write_bytes(b"damaged")
    assert len(kept.read_roads_once(path).drive.points) == len(first.drive.points)
    other = osm(tmp_path, [({"highway": "service"}, [0, 1])])
    assert len(kept.read_roads_once(other).drive.points) < len(first.drive.points)


def test_a_small_extract_is_read_the_same_without_pyosmium(tmp_path, monkeypatch) -> None:
    path = osm(
        tmp_path,
        [
            ({"highway": "primary", "maxspeed": "30 mph", "oneway": "yes"}, [0, 1, 2]),
            ({"route": "ferry", "duration": "00:20"}, [2, 3]),
            ({"waterway": "river"}, [0, 3]),
            ({"highway": "service"}, [3, 4]),
        ],
        {1: (1_000.0, 0.0, {"highway": "traffic_signals"}), 3: (3_000.0, 0.0, {"barrier": "bollard"})},
        extra='<way id="99" version="1"><nd ref="4"/><nd ref="777"/><tag k="highway" v="service"/></way>'
        '<relation id="60" version="1"><member type="way" ref="0" role="from"/><member type="node" ref="2" role="via"/>'
        '<member type="way" ref="1" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/>'
        '</relation><relation id="61" version="1"><tag k="type" v="restriction"/>'
        '<tag k="restriction:conditional" v="no_u_turn @ (08:00-09:00)"/></relation>',
    )
    known = {str(name): (True, True) for name in reference_table("road_speeds").index}
    expected = {each: read_ways(each, known) for each in (path, TOWN / "roads.osm")}
    assert expected[path][0].turns
    assert expected[path][0].turns_unread == 1
    monkeypatch.setitem(sys.modules, "osmium", None)
    for each, (ways, date) in expected.items():
        assert read_ways(each, known) == (ways, date), each
    # what is not plain, not small or not whole is one message
    for name, content in {
        "a.osm.pbf": b"",
        "b.osm": b"<osm><node id='1'",
        "c.osm": b"<osm><way id='x'/></osm>",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"assetmap\[travel\]|damaged, cut short"):
            read_ways(tmp_path / name, known)
    monkeypatch.setattr(osm_xml, "MOST_BYTES", 10)
    with pytest.raises(InputError, match=r"pip install 'assetmap\[travel\]'"):
        read_ways(path, known)


def test_plain_xml_opens_nothing_else(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("primary", encoding="utf-8")
    path = tmp_path / "roads.osm"
    path.write_text(
        f'<!DOCTYPE osm [<!ENTITY e SYSTEM "{secret.as_uri()}">]><osm><node id="1" lat="52" lon="-2">'
        '<tag k="highway" v="&e;"/></node></osm>',
        encoding="utf-8",
    )
    try:
        found = [item.tags for item in osm_xml.read_items(path)]
    except ValueError:
        found = []
    assert "primary" not in str(found)
