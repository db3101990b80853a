"""The devolution measures a second time, slowly and with nothing clever: loops over people and sites."""

from __future__ import annotations

import itertools
import math


def straight(area, site):
    return math.hypot(area["x"] - site[0], area["y"] - site[1])


def nearest(area, sites):
    return min(straight(area, site) for site in sites.values())


def need_weight(areas):
    people = sum(area["people"] for area in areas)
    mean = sum(area["people"] * area["need"] for area in areas) / people
    return [area["need"] / mean for area in areas]


def closures(areas, sites, most, catchment):
    """Measure every combination anew: closed -> (harm, person_km, people_further, people_left_without)."""
    weights = need_weight(areas)
    found = {}
    for size in range(1, most + 1):
        for closed in itertools.combinations(sites, size):
            left = {name: place for name, place in sites.items() if name not in closed}
            harm = person_km = further = without = 0.0
            for area, weight in zip(areas, weights, strict=True):
                before, after = nearest(area, sites), nearest(area, left)
                harm += weight * area["people"] * (after - before) / 1000
                person_km += area["people"] * (after - before) / 1000
                further += area["people"] * (after - before >= 1)
                without += area["people"] * ((after > catchment) - (before > catchment))
            found[closed] = (harm, person_km, further, without)
    return found


def access(areas, sites, hours, catchment):
    """Enhanced two-step floating catchment with the steps of Luo & Qi, person by person."""

    def weight(metres):
        if metres > catchment:
            return 0.0
        return 1.0 if metres <= catchment / 3 else 0.68 if metres <= catchment * 2 / 3 else 0.22

    scores = []
    for area in areas:
        score = 0.0
        for name, place in sites.items():
            demand = sum(other["people"] * weight(straight(other, place)) for other in areas)
            if demand > 0:
                score += hours[name] / demand * weight(straight(area, place))
        scores.append(score * 1000)
    return scores


def best_places(areas, candidates, existing, number):
    """Try every choice: the least need-weighted person-kilometres and the choice."""
    weights = need_weight(areas)
    totals = {}
    for chosen in itertools.combinations(candidates, number):
        sites = existing | {name: candidates[name] for name in chosen}
        totals[chosen] = sum(
            weight * area["people"] * nearest(area, sites) / 1000
            for area, weight in zip(areas, weights, strict=True)
        )
    best = min(totals, key=lambda chosen: totals[chosen])
    return best, totals[best]


def weighted_score(scores, weights):
    """Score, low and high of one site; None = not known."""
    total = sum(weights)
    won = sum(score * weight for score, weight in zip(scores, weights, strict=True) if score is not None)
    known = sum(weight for score, weight in zip(scores, weights, strict=True) if score is not None)
    return (won / known if known else None), won / total, won / total + 1 - known / total
