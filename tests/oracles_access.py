"""Second, naive implementations of need, access and gap measures: loops, no libraries for space."""

from __future__ import annotations

import math
from fractions import Fraction


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
