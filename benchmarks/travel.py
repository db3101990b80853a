"""Roads and timetables against their targets, and a made-up county of a million stop events.

    python benchmarks/travel.py [folder with travel/] [--county]

Roads: Newport read in less than 0.5 s; 21,600 places x 27 sites by road in less than 0.2 s. Buses: Chester, a whole week there
and back for 326 homes x 27 sites in less than 5 s and 1 GB, reading left out. County: 600,000 nodes of road and 1,000,000
stop events a day, in minutes. Times are the best of three runs, of the processor, so that other work on the machine
does not count.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assetmap import kept
from assetmap.access.roads import road_minutes, road_walks, snap
from assetmap.access.there_and_back import there_and_back
from assetmap.access.transit import CHANGE_M, reverse, service_day, sweep
from assetmap.access.walking import straight_walks
from assetmap.read.transport.roads import read_roads
from assetmap.read.transport.timetable import read_timetable
from assetmap.read.transport.ways import read_ways, ways_answer
from assetmap.records.transport import RoadNetwork, Timetable
from assetmap.schema import reference_table

HOMES, SITES = 21_600, 27
kept.WORTH_SECONDS = float("inf")  # nothing is taken from the cache


def timed(name: str, work: Callable[[], Any], *, target: float | None = None, times: int = 3) -> Any:
    """Run something several times and print the least processor time."""
    seconds, found = [], None
    for _ in range(times):
        start = time.process_time()
        found = work()
        seconds.append(time.process_time() - start)
    wanted = f" (target {target:g} s)" if target else ""
    print(f"{name}: {min(seconds):.2f} s{wanted}", flush=True)
    return found


def roads(folder: Path) -> None:
    """Newport."""
    path = folder / "newport-2023-06-13.osm.pbf"
    known = {
        str(name): (float(row["drive_kmh"]) > 0, float(row["walk_kmh"]) > 0)
        for name, row in reference_table("road_speeds").iterrows()
    }
    # the file is opened in a process of its own, whose time is not ours: it is measured here, and both together have the target
    timed(
        "read the roads of Newport, the part of the child process",
        lambda: ways_answer(*read_ways(path, known)),
    )
    made = timed("read the roads of Newport, the rest (target 0.5 s together)", lambda: read_roads(path))
    rng = np.random.default_rng(1)
    for mode, network in (("drive", made.drive), ("walk", made.walk)):
        places = network.points[rng.integers(0, len(network.points), HOMES + SITES)]
        places = places + rng.normal(0, 20, places.shape)
        homes, sites = snap(places[:HOMES], network), snap(places[HOMES:], network)
        name = f"{HOMES:,} places x {SITES} sites, {mode}"
        timed(name, lambda n=network, h=homes, s=sites: road_minutes(n, h, s), target=0.2)
    stops = made.walk.points[rng.integers(0, len(made.walk.points), 600)]
    name = f"{HOMES:,} places, walks along the roads to 600 stops"
    timed(name, lambda: road_walks(places[:HOMES], stops, made.walk, limit_m=1_000))


def buses(folder: Path) -> None:
    """Chester, a week there and back."""
    made = read_timetable(folder / "chester-20230816-small_gtfs.zip")
    stops = made.stops[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(1)

    def places(number: int, prefix: str) -> pd.DataFrame:
        points = stops[rng.integers(0, len(stops), number)] + rng.normal(0, 250, (number, 2))
        return pd.DataFrame(
            points, columns=["easting", "northing"], index=[f"{prefix}{n}" for n in range(number)]
        )

    homes, sites = places(326, "h"), places(SITES, "s")
    times = pd.DataFrame(
        [(site, day, 540, 1_020) for site in sites.index for day in range(6)],
        columns=["asset_id", "day", "opens", "closes"],
    )
    found = timed(
        f"Chester, a week there and back, 326 homes x {SITES} sites",
        lambda: there_and_back(made, homes, sites, times),
        target=5,
    )
    print(f"  {len(found.days):,} trips that work, memory {peak():.2f} GB (target 1 GB)")


def county(rides: int, nodes: int) -> None:
    """Sweep and search a made-up county of so many rides and nodes of road."""
    rng = np.random.default_rng(1)
    made = made_up_timetable(rides, rng)
    stops = made.stops[["easting", "northing"]].to_numpy()
    sites = stops[rng.integers(0, len(stops), SITES)]
    to_sites = straight_walks(stops, sites, limit_m=1_000)
    changes = straight_walks(stops, stops, limit_m=CHANGE_M)
    day = service_day(made, 0)
    timed(f"sweep of {len(day.trip):,} rides, there", lambda: sweep(day, to_sites, changes), times=1)
    timed(f"sweep of {len(day.trip):,} rides, back", lambda: sweep(reverse(day), to_sites, changes), times=1)
    network = made_up_roads(nodes)
    homes = snap(network.points[rng.integers(0, nodes, HOMES)], network)
    ends = snap(network.points[rng.integers(0, nodes, SITES)], network)
    timed(f"{nodes:,} nodes of road, {SITES} sites", lambda: road_minutes(network, homes, ends), times=1)
    print(f"  memory {peak():.2f} GB")


def made_up_timetable(rides: int, rng: np.random.Generator) -> Timetable:
    """Return trips of 40 stops along lines across a square of stops 400 m apart."""
    calls = 41
    trips = rides // (calls - 1)
    side = int(np.sqrt(rides / 100)) + calls
    start, across = rng.integers(0, side - calls, trips), rng.integers(0, side, trips)
    along = start[:, None] + np.arange(calls)[None, :]
    turned = rng.random(trips) < 0.5
    stop = np.where(turned[:, None], along * side + across[:, None], across[:, None] * side + along)
    moment = rng.integers(5 * 3600, 22 * 3600, trips)[:, None] + np.arange(calls)[None, :] * 75
    flat = np.repeat(np.arange(trips), calls).astype(np.int32)
    rows, columns = np.divmod(np.arange(side * side), side)
    return Timetable(
        stops=pd.DataFrame({"stop_name": "", "easting": rows * 400.0, "northing": columns * 400.0}),
        trips=pd.DataFrame({"route": "1", "kind": "bus", "service_id": "W"}, index=np.arange(trips)),
        trip=flat,
        stop=stop.ravel().astype(np.int32),
        arrival=moment.ravel().astype(np.int32),
        departure=moment.ravel().astype(np.int32),
        boards=np.ones(len(flat), dtype=bool),
        alights=np.ones(len(flat), dtype=bool),
        runs=np.ones((8, trips), dtype=bool),
        week=dt.date(2026, 1, 12),
        first_day=dt.date(2026, 1, 1),
        last_day=dt.date(2026, 12, 31),
        faults=pd.DataFrame(),
    )


def made_up_roads(nodes: int) -> RoadNetwork:
    """Return a square of crossings 100 m apart, both ways."""
    side = int(np.sqrt(nodes)) + 1
    number = np.arange(side * side)
    right, up = number[number % side < side - 1], number[: side * (side - 1)]
    start = np.concatenate([right, right + 1, up, up + side])
    end = np.concatenate([right + 1, right, up + side, up])
    points = np.column_stack(np.divmod(number, side)).astype(float) * 100
    seconds = np.random.default_rng(2).uniform(6, 15, len(start))
    return RoadNetwork("drive", points, start.astype(np.int32), end.astype(np.int32), seconds, 0, 0.0)


def peak() -> float:
    """Return the largest memory of this process so far, in gigabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if given:
        buses(Path(given[0]) / "travel")
        roads(Path(given[0]) / "travel")
    if "--county" in sys.argv:
        for rides, nodes in ((250_000, 150_000), (1_000_000, 600_000)):
            county(rides, nodes)
