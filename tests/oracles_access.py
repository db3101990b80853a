"""Second, naive implementations of need, access and gap measures: loops, no libraries for space."""

from __future__ import annotations

import heapq
import itertools
import math
from fractions import Fraction

import shapely


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


def nearest(origin: tuple[float, float], places: dict[str, tuple[float, float]]) -> tuple[float, str]:
    return min((round(distance(origin, place), 6), name) for name, place in places.items())


def largest_remainder(total: int, shares: list[Fraction]) -> list[int]:
    """Hand out the units one by one, each to the largest remainder that is left."""
    exact = [total * share for share in shares]
    parts = [math.floor(value) for value in exact]
    while sum(parts) < total:
        left = [value - part for value, part in zip(exact, parts, strict=True)]
        parts[left.index(max(left))] += 1
    return parts


def people_within(centres: list[tuple[float, float]], people: list[float], limit: float) -> list[float]:
    return [
        sum(p for other, p in zip(centres, people, strict=True) if distance(centre, other) <= limit)
        for centre in centres
    ]


def gap_scores(need: list[float], lack: list[float], weight: float = 0.5) -> list[float]:
    """Share of the other areas below (ties count half), then the weighted geometric mean."""

    def place(value: float, values: list[float]) -> float:
        below = sum(other < value for other in values)
        equal = sum(other == value for other in values) - 1
        return (below + equal / 2) / (len(values) - 1)

    return [
        place(n, need) ** weight * place(far, lack) ** (1 - weight) for n, far in zip(need, lack, strict=True)
    ]


def floating_catchment(pairs, people, capacity, decay, *, choose=False):
    """Two (or, choosing, three) steps with dictionaries: pairs is {(area, asset): cost}."""
    weight = {pair: decay(cost) for pair, cost in pairs.items()}
    if choose:
        total = {area: sum(w for (a, _), w in weight.items() if a == area) for area in people}
        weight = {(a, s): (w * w / total[a] if total[a] else 0.0) for (a, s), w in weight.items()}
    ratio = {}
    for asset, offered in capacity.items():
        demand = sum(people[a] * w for (a, s), w in weight.items() if s == asset)
        ratio[asset] = offered / demand if demand else 0.0
    return {area: 1000 * sum(ratio[s] * w for (a, s), w in weight.items() if a == area) for area in people}


def best_sites(weight, now, new, count, gain):
    """Try every combination; gain(nearest) is the weighted value of the nearest distances."""
    import itertools

    def nearest(chosen):
        return [min([now[i], *(new[i][j] for j in chosen)]) for i in range(len(weight))]

    return max(gain(nearest(chosen)) for chosen in itertools.combinations(range(len(new[0])), count))


def overland(shape, cell_m, origin, places, crossings=()):
    """Distances overland from one point to places: every square, step and path by itself, in plain Python."""
    fine = cell_m / 8
    west, south, east, north = shape.bounds
    left, low = west + fine / 2, south + fine / 2
    columns, rows = int((east - left) // fine + 1), int((north - low) // fine + 1)
    land = {
        (column, row)
        for column in range(columns)
        for row in range(rows)
        if shapely.contains_xy(shape, left + column * fine, low + row * fine)
    }
    nodes = sorted((c, r) for c, r in land if c % 8 == 0 and r % 8 == 0)
    steps = {node: {} for node in nodes}
    for c, r in nodes:
        for right, up in itertools.product(range(-2, 3), repeat=2):
            end = (c + 8 * right, r + 8 * up)
            if math.gcd(right, up) != 1 or end not in steps:
                continue
            line = [(round(c + right * k / 2), round(r + up * k / 2)) for k in range(1, 16)]
            if all(square in land for square in line):
                steps[c, r][end] = cell_m * math.hypot(right, up)
                steps[end][c, r] = cell_m * math.hypot(right, up)

    def metres(node, place):
        return math.dist((left + node[0] * fine, low + node[1] * fine), place)

    for one, other, length in crossings:
        first, last = (min(nodes, key=lambda node: metres(node, end)) for end in (one, other))
        whole = (
            (math.dist(one, other) if length is None else length) + metres(first, one) + metres(last, other)
        )
        steps[first][last] = steps[last][first] = whole + steps[first].get(last, 0.0)
    large = [node for part in _parts(steps) if len(part) * cell_m**2 >= 1e6 for node in part] or nodes
    start = min(large, key=lambda node: metres(node, origin))
    paths = _shortest(steps, start)
    found = []
    for place in places:
        end = min(large, key=lambda node: metres(node, place))
        straight = math.dist(origin, place)
        path = paths.get(end, math.inf) + metres(start, origin) + metres(end, place)
        count = int(straight // fine) + 1
        line = [
            [origin[axis] + (place[axis] - origin[axis]) * k / count for axis in (0, 1)]
            for k in range(1, count)
        ]
        squares = [
            (
                min(max(round((x - left) / fine), 0), columns - 1),
                min(max(round((y - low) / fine), 0), rows - 1),
            )
            for x, y in line
        ]
        dry = math.isfinite(path) and all(square in land for square in squares)
        found.append(straight if dry else max(path, straight))
    return found


def _parts(steps):
    left = set(steps)
    while left:
        part, rim = set(), [left.pop()]
        while rim:
            node = rim.pop()
            part.add(node)
            rim += [end for end in steps[node] if end in left]
            left -= set(steps[node])
        yield part


def _shortest(steps, start):
    paths, rim = {}, [(0.0, start)]
    while rim:
        length, node = heapq.heappop(rim)
        if node in paths:
            continue
        paths[node] = length
        for end, step in steps[node].items():
            if end not in paths:
                heapq.heappush(rim, (length + step, end))
    return paths
