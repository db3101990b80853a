"""Travel measures written a second time, as plainly as can be, for the tests to compare with."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

NEVER = 10**9


def connections(timetable, day):
    """Every ride of a day as a tuple, earliest first: trips of the day, and of the day before after midnight."""
    columns = ("trip", "stop", "arrival", "departure", "boards", "alights")
    events = list(zip(*(getattr(timetable, name).tolist() for name in columns), strict=True))
    late = {trip for trip, _, arrival, *_ in events if arrival >= 86_400}
    found = []
    for number, (here, there) in enumerate(pairwise(events)):
        trip = here[0]
        if trip != there[0]:
            continue
        if timetable.runs[day + 1, trip]:
            found.append((here[3], there[2], number, (0, trip), here[1], there[1], here[4], there[5]))
        if timetable.runs[day, trip] and trip in late:
            before = (here[3] - 86_400, there[2] - 86_400)
            found.append((*before, number, (1, trip), here[1], there[1], here[4], there[5]))
    return sorted(found)


def walk_seconds(a, b, detour=1.2, kmh=5.0):
    return math.ceil(round(math.hypot(a[0] - b[0], a[1] - b[1]) * detour * 3.6 / kmh, 6))


def within(a, b, limit_m, detour=1.2):
    return math.hypot(a[0] - b[0], a[1] - b[1]) * detour <= limit_m


def earliest_arrivals(rides, stops, home, sites, leave, *, walk_m=1_000, change_m=500, change=60, near=None):
    """Search forward from one home at one moment: the earliest arrival by bus at every site.

    Rides are taken in order of departure: whoever stands at the stop in time, or sits in the bus, rides.
    """
    near = near if near is not None else neighbours(stops, change_m)
    ready = {}
    for number, stop in enumerate(stops):
        if within(home, stop, walk_m):
            ready[number] = leave + walk_seconds(home, stop)
    arrivals = [NEVER] * len(sites)
    aboard, ends = set(), {}
    for departure, arrival, _, trip, stop, next_stop, boards, alights in rides:
        if trip not in aboard:
            if not boards or ready.get(stop, NEVER) > departure:
                continue
            aboard.add(trip)
        if not alights:
            continue
        if next_stop not in ends:
            ends[next_stop] = [
                (number, walk_seconds(stops[next_stop], site))
                for number, site in enumerate(sites)
                if within(stops[next_stop], site, walk_m)
            ]
        for number, seconds in ends[next_stop]:
            arrivals[number] = min(arrivals[number], arrival + seconds)
        ready[next_stop] = min(ready.get(next_stop, NEVER), arrival + change)
        for other, seconds in near[next_stop]:
            ready[other] = min(ready.get(other, NEVER), arrival + max(change, seconds))
    return arrivals


def neighbours(stops, change_m=500):
    near = defaultdict(list)
    for a, here in enumerate(stops):
        for b, there in enumerate(stops):
            if a != b and within(here, there, change_m):
                near[a].append((b, walk_seconds(here, there)))
    return near


def trips_there_and_back(
    rides, stops, home, site, stretches, *, near, leave_after=7 * 60, home_by=19 * 60, stay=45, limit=60,
    walk_m=1_000, walk_all=30,
):  # fmt: skip
    """Try every departure from home and every departure from the site, to the second: what works on one day.

    Returns (least total seconds, longest stay, buses out, last way back), or None.
    """
    foot = walk_seconds(home, site)
    on_foot = within(home, site, min(walk_all, limit) * 5_000 / 60)
    outs = worth_leaving(rides, stops, home, site, near, walk_m, leave_after * 60, limit * 60)
    backs = worth_leaving(rides, stops, site, home, near, walk_m, 0, limit * 60)
    backs = [(leave, arrive) for leave, arrive in backs if arrive <= home_by * 60]
    buses = list(outs)
    if on_foot:
        buses = outs = [(a, b) for a, b in outs if b - a < foot]
        outs = [*outs, (leave_after * 60, leave_after * 60 + foot)]
        backs = [(a, b) for a, b in backs if b - a < foot] + [(home_by * 60 - foot, home_by * 60)]
    best, longest, choices, last = None, 0, set(), None
    for leave, arrive in outs:
        for leave_site, back in backs:
            for opens, closes in stretches:
                there = min(leave_site, closes * 60) - max(arrive, opens * 60)
                if there >= stay * 60:
                    total = arrive - leave + back - leave_site
                    best = total if best is None else min(best, total)
                    longest = max(longest, there)
                    last = leave_site if last is None else max(last, leave_site)
                    if (leave, arrive) in buses:
                        choices.add(leave)
    return None if best is None else (best, longest, len(choices), last)


def worth_leaving(rides, stops, home, site, near, walk_m, earliest, limit):
    """All journeys that nobody can beat by leaving later, by trying every moment at which a bus can be caught."""
    moments = set()
    for number, stop in enumerate(stops):
        if within(home, stop, walk_m):
            moments |= {ride[0] - walk_seconds(home, stop) for ride in rides if ride[4] == number and ride[6]}
    found, arrived = [], NEVER
    for leave in sorted((moment for moment in moments if moment >= earliest), reverse=True):
        (arrival,) = earliest_arrivals(rides, stops, home, [site], leave, walk_m=walk_m, near=near)
        if arrival < arrived:
            arrived = arrival
            if arrival - leave <= limit:
                found.append((leave, arrival))
    return found


def road_minutes(network, start, ends):
    """Minutes from one node to others, by networkx."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(network.points)))
    graph.add_weighted_edges_from(
        zip(network.start.tolist(), network.end.tolist(), network.seconds.tolist(), strict=True)
    )
    found = nx.single_source_dijkstra_path_length(graph, start)
    first = len(network.points) - len(network.copy_of)
    same = defaultdict(list)
    for number, original in enumerate(network.copy_of.tolist()):
        same[original].append(first + number)
    return [min(found.get(one, math.inf) for one in (end, *same[end])) / 60 for end in ends]


def seconds_with_turns(edges, forbidden, start, end):
    """Search edge by edge: the least seconds from a node to another without a forbidden pair of edges.

    edges : list of (from, to, seconds); forbidden : set of (edge, edge).
    """
    import heapq

    if start == end:
        return 0.0
    queue = [(seconds, number) for number, (a, _, seconds) in enumerate(edges) if a == start]
    heapq.heapify(queue)
    done = set()
    while queue:
        seconds, number = heapq.heappop(queue)
        if number in done:
            continue
        done.add(number)
        at = edges[number][1]
        if at == end:
            return seconds
        for other, (a, _, more) in enumerate(edges):
            if a == at and (number, other) not in forbidden and other not in done:
                heapq.heappush(queue, (seconds + more, other))
    return math.inf


def weighted_median(values, weights):
    """The smallest value within which at least half of the weight is."""
    total, reached = sum(weights), 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        reached += weight
        if reached >= total / 2 - 1e-9:
            return value
    raise AssertionError


def bus_median(days_rides, stops, home, site, near, foot):
    """The lower median over departures every five minutes from 9:00 to 17:00 on the days given, walking where quicker."""
    times = []
    for rides in days_rides:
        for minute in range(9 * 60, 17 * 60 + 1, 5):
            (arrival,) = earliest_arrivals(rides, stops, home, [site], minute * 60, near=near)
            times.append(arrival / 60 - minute if arrival < NEVER else math.inf)
    return min(sorted(times)[(len(times) - 1) // 2], foot)
