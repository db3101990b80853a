"""Counts of groups as negative binomial numbers: quantiles, intervals, and what is left once some were found.

A count with mean mu and coefficient of variation c between areas is negative binomial with size 1/c^2: its
variance is mu + (c mu)^2. With c = 0 it is Poisson. Limits: the distribution says nothing about counts that were
made in another way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

MOST_COUNTS: Final = 2_000_000
"""Beyond so many possible counts, every second, third ... one stands for its neighbours."""


def interval_of_count(mean: float, cv: float, level: float) -> tuple[float, float]:
    """Return the interval of a negative binomial count, widened where necessary to contain its mean.

    Parameters
    ----------
    mean
        Expected count.
    cv
        Coefficient of variation between areas. 0 gives a Poisson count.
    level
        Probability inside the interval.

    Examples
    --------
    >>> interval_of_count(1127, 0.4, 0.95)
    (422.0, 2170.0)
    """
    low, high = quantiles_of_count(mean, cv, level)
    return min(float(low), math.floor(mean) * 1.0), max(float(high), math.ceil(mean) * 1.0)


def quantiles_of_count(
    means: npt.ArrayLike, cv: float, level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the lower and the upper quantile of negative binomial counts (Poisson if ``cv`` is 0)."""
    mean = np.asarray(means, dtype=float)
    tail = (1 - level) / 2
    return _quantile(tail, mean, cv), _quantile(1 - tail, mean, cv)


def _quantile(part: float, mean: npt.NDArray[np.float64], cv: float) -> npt.NDArray[np.float64]:
    """Return the smallest count whose cumulative probability reaches ``part``; NaN where the mean is.

    The same numbers as `scipy.stats.nbinom.ppf` and `scipy.stats.poisson.ppf`, from `scipy.special`, which
    loads in a tenth of the time.
    """
    from scipy import special

    if cv == 0:
        count = np.ceil(special.pdtrik(part, mean))
        below = special.pdtr(np.maximum(count - 1, 0), mean)
    else:
        size = 1 / cv**2
        chance = size / (size + mean)
        count = np.ceil(special.nbdtrik(part, size, chance))
        below = special.betainc(size, np.maximum(count - 1, 0) + 1, chance)
    count = np.where(below >= part, np.maximum(count - 1, 0), count)
    return np.where(mean > 0, count, mean)  # 0 people have no group; unknown ones stay unknown


def count_given_seen(mean: float, cv: float, level: float, seen: int) -> tuple[float, float, float]:
    """Return the mean and the interval of a count of which ``seen`` are known: it is at least that.

    The distribution is cut off below ``seen`` and scaled up. Nothing is assumed about how complete the search was.

    Parameters
    ----------
    mean
        Expected count before anything was seen, above 0.
    cv
        Coefficient of variation between areas. 0 gives a Poisson count.
    level
        Probability inside the interval.
    seen
        Groups found, 0 or more.

    Examples
    --------
    >>> [round(number) for number in count_given_seen(2106.4, 0.4, 0.8, 1_900)]
    [2694, 2010, 3605]
    """
    from scipy import special

    size = 1 / cv**2 if cv else math.inf
    # beyond its mean the count falls off at least as fast as a geometric one of this scale
    scale = 1 + mean * cv**2 if cv else math.sqrt(mean) + 1
    last = math.ceil(max(seen, mean) + 60 * scale + 100)
    counts = np.arange(seen, last, max(1, (last - seen) // MOST_COUNTS), dtype=float)
    if cv:
        log = special.gammaln(counts + size) - special.gammaln(counts + 1) - counts * math.log1p(size / mean)
    else:
        log = counts * math.log(mean) - special.gammaln(counts + 1)
    chance = np.exp(log - log.max())
    up_to = np.cumsum(chance) / chance.sum()
    low, high = (float(counts[np.searchsorted(up_to, part)]) for part in ((1 - level) / 2, (1 + level) / 2))
    middle = float(counts @ chance / chance.sum())
    return middle, min(low, math.floor(middle) * 1.0), max(high, math.ceil(middle) * 1.0)


def round_half_up(value: float) -> int:
    """Round to the nearest whole number, halves up (Python rounds them to even)."""
    return math.floor(value + 0.5)


def for_people(values: Sequence[float], *, digits: int = 3) -> list[str]:
    """Write numbers for people, rounded to the unit that leaves the first one ``digits`` figures.

    Examples
    --------
    >>> for_people([1184.4, 631, 1819])
    ['1,180', '630', '1,820']
    """
    first = abs(values[0])
    unit = 10 ** max(0, math.floor(math.log10(first)) + 1 - digits) if first >= 1 else 1
    return [f"{round_half_up(value / unit) * unit:,}" for value in values]
