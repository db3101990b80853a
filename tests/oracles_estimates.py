"""The estimates written a second time, as plainly as they can be."""

from __future__ import annotations

import math
from fractions import Fraction

# Published and calculated values that more than one test needs.
HAMILTON_1792 = {
    "VA": 630560, "MA": 475327, "PA": 432879, "NC": 353523, "NY": 331589, "MD": 278514, "CT": 236841,
    "SC": 206236, "NJ": 179570, "NH": 141822, "VT": 85533, "GA": 70835, "KY": 68705, "RI": 68446, "DE": 55540,
}  # fmt: skip
HAMILTON_SEATS = [11, 8, 7, 6, 6, 5, 4, 3, 3, 2, 1, 1, 1, 1, 1]


def nb_quantile(mean: float, cv: float, probability: float) -> int:
    """First count at which the summed negative binomial probabilities reach `probability`."""
    size = 1 / cv**2
    chance = size / (size + mean)
    log_term = size * math.log(chance)
    total, count = math.exp(log_term), 0
    while total < probability:
        count += 1
        log_term += math.log((count - 1 + size) / count) + math.log1p(-chance)
        total += math.exp(log_term)
    return count


def share_out(weights: dict[str, int], total: int) -> dict[str, int]:
    """Hamilton's way in exact fractions: floors first, then one each by remainder and name."""
    whole = sum(weights.values())
    quotas = {name: Fraction(total * weight, whole) for name, weight in weights.items()}
    seats = {name: quota.numerator // quota.denominator for name, quota in quotas.items()}
    waiting = sorted((name for name in weights if weights[name]), key=lambda n: (seats[n] - quotas[n], n))
    for name in waiting[: total - sum(seats.values())]:
        seats[name] += 1
    return seats
