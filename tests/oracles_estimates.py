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


# Counts of three lists of HIV patients with hepatitis A (n = 271), and a published set where estimates fail.
HAV = {"001": 63, "010": 55, "011": 18, "100": 69, "101": 17, "110": 21, "111": 28}
ARTIFICIAL_3 = {"100": 40, "010": 30, "001": 20, "110": 6}


def chapman_by_strata(strata: list[tuple[int, int, int]]) -> tuple[float, float]:
    """Sum of Chapman's estimates and the square root of the summed variances, in exact fractions."""
    size, variance = Fraction(0), Fraction(0)
    for first, second, both in strata:
        size += Fraction((first + 1) * (second + 1), both + 1) - 1
        variance += Fraction(
            (first + 1) * (second + 1) * (first - both) * (second - both), (both + 1) ** 2 * (both + 2)
        )
    return float(size), math.sqrt(variance)


def margins_slowly(seed: list[list[float]], rows: list[float], columns: list[float]) -> list[list[float]]:
    """Iterative proportional fitting cell by cell."""
    table = [list(line) for line in seed]
    for _ in range(500):
        for i, line in enumerate(table):
            whole = sum(line)
            table[i] = [cell * rows[i] / whole if whole else 0.0 for cell in line]
        for j in range(len(columns)):
            whole = sum(line[j] for line in table)
            for line in table:
                line[j] = line[j] * columns[j] / whole if whole else 0.0
    return table


def tables_that_fit(published: list[list[int | None]], most: int) -> list[dict[tuple[int, int], int]]:
    """Every way to fill the hidden cells (None) with 1 to `most` so that the last cells are the totals."""
    hidden = [(i, j) for i, line in enumerate(published) for j, cell in enumerate(line) if cell is None]
    answers = []

    def fill(known: dict[tuple[int, int], int], left: list[tuple[int, int]]) -> None:
        if left:
            for value in range(1, most + 1):
                fill(known | {left[0]: value}, left[1:])
            return
        table = [[known.get((i, j), cell) for j, cell in enumerate(line)] for i, line in enumerate(published)]
        if all(sum(line[:-1]) == line[-1] for line in table) and all(
            sum(column[:-1]) == column[-1] for column in zip(*table, strict=True)
        ):
            answers.append(known)

    fill({}, hidden)
    return answers


def attack(published: list[list[int | None]], cell: tuple[int, int]) -> tuple[float, float]:
    """Narrow a hidden cell as somebody can who knows the rules: whole numbers, sums, zeros are never hidden."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, columns = len(published), len(published[0])
    place = {(i, j): i * columns + j for i in range(rows) for j in range(columns)}
    low = np.array([1.0 if value is None else value for line in published for value in line])
    high = np.array([np.inf if value is None else value for line in published for value in line])
    sums = []
    for lines in (
        [[(i, j) for j in range(columns)] for i in range(rows)],
        [[(i, j) for i in range(rows)] for j in range(columns)],
    ):
        for line in lines:
            equation = np.zeros(rows * columns)
            equation[[place[one] for one in line[:-1]]], equation[place[line[-1]]] = 1, -1
            sums.append(equation)
    ends = []
    for sign in (1, -1):
        aim = np.zeros(rows * columns)
        aim[place[cell]] = sign
        answer = milp(
            aim, constraints=LinearConstraint(np.array(sums), 0, 0), bounds=Bounds(low, high),
            integrality=np.ones(rows * columns),
        )  # fmt: skip
        ends.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
    return float(ends[0]), float(ends[1])
