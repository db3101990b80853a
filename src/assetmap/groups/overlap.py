"""The overlap of two lists: Chapman's estimate, its variance and interval, dependence, and errors of the links.

Limits: the formulas know nothing of groups that neither list can show.

References
----------
Chapman 1951; Seber 1982, The Estimation of Animal Abundance; Chao 1987, Biometrics 43, 783-791; Ding and Fienberg
1994, Survey Methodology 20 (errors of links); Garwood 1936, Biometrika 28; Gerritse, van der Heijden and Bakker 2015, Journal of Official
Statistics 31 (odds ratio); Zou and Donner 2008, Statistics in Medicine 27 (limits of a sum).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, NamedTuple

from assetmap.groups.links import NO_ERRORS, LinkErrors

LEAST_OVERLAP: Final = 7
"""With fewer groups on both lists, Chapman's estimate tends to be too low (Robson and Regier 1964)."""


class Stratum(NamedTuple):
    """Groups on the first list, the second and both, of one kind of group."""

    name: str
    first: int
    second: int
    both: float


@dataclass(frozen=True)
class Overlap:
    """What two lists say about all groups of some strata together.

    ``seen`` is the number of different groups on the lists, ``sizes``, ``unions`` (different groups seen) and ``variances``
    have one number per stratum, ``shared_variance`` is what errors common to all strata add. ``nested`` are positions of
    strata in which one list is wholly on the other.
    """

    strata: tuple[Stratum, ...]
    seen: float
    sizes: tuple[float, ...]
    unions: tuple[float, ...]
    variances: tuple[float, ...]
    shared_variance: float
    nested: tuple[int, ...]

    @property
    def size(self) -> float:
        """Return the estimate of all groups."""
        return math.fsum(self.sizes)

    @property
    def variance(self) -> float:
        """Return the variance of the estimate."""
        return math.fsum(self.variances) + self.shared_variance

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of all groups, never below ``seen``.

        Chao's interval trusts its variance, which few groups on both lists cannot give. There the limits of a Poisson
        count of ``both`` say how many or few groups the overlap allows.
        """
        low, high = interval_above_seen(self.seen, self.size, self.variance, level)
        above, below = [high - self.size], [self.size - low]
        for position, (_, first, second, both) in enumerate(self.strata):
            unseen = self.sizes[position] - self.unions[position]
            if position in self.nested:
                above.append(nested_limit(max(first, second), both, level) - max(first, second))
            elif 0 < both < LEAST_OVERLAP:
                # Chapman's estimate of the unseen groups is a product divided by both + 1
                least, most = poisson_limits(both, level)
                above[0] = max(above[0], unseen * ((both + 1) / least - 1))
                below[0] = max(below[0], unseen * (1 - (both + 1) / max(most, both + 1)))
        return max(self.seen, self.size - below[0]), self.size + math.hypot(*above)


def chapman(first: float, second: float, both: float) -> tuple[float, float]:
    """Return Chapman's estimate and its variance (Seber 1982).

    Parameters
    ----------
    first, second
        Groups on each list.
    both
        Groups on both lists.

    Examples
    --------
    >>> size, variance = chapman(948, 421, 167)
    >>> round(size, 2), round(variance**0.5, 3)
    (2382.8, 129.056)
    """
    size = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return size, variance


def interval_above_seen(seen: float, size: float, variance: float, level: float) -> tuple[float, float]:
    """Return the interval of a total that cannot be below the number seen (Chao 1987).

    The unseen part is treated as log-normal: ``[M + (N-M)/C, M + (N-M)C]`` with
    ``C = exp(z sqrt(ln(1 + Var/(N-M)^2)))``.

    Examples
    --------
    >>> low, high = interval_above_seen(1202, 2382.80, 129.056**2, 0.95)
    >>> round(low, 1), round(high, 1)
    (2155.7, 2664.0)
    """
    unseen = size - seen
    if unseen <= 0:
        return float(seen), float(seen)
    z = NormalDist().inv_cdf((1 + level) / 2)
    factor = math.exp(z * math.sqrt(math.log1p(variance / unseen**2)))
    return seen + unseen / factor, seen + unseen * factor


def nested_limit(longer: int, both: float, level: float) -> float:
    """Return the most groups there may be if all ``both`` groups of one list are among the ``longer`` other one.

    The largest number of groups for which a random list of that length is wholly on the other list with at
    least the probability of one tail, ``(1 - level) / 2`` (hypergeometric).

    Examples
    --------
    >>> nested_limit(100, 80, 0.8)
    101.0
    """
    if both == 0:
        return math.inf
    tail = math.log((1 - level) / 2)

    def likely(size: int) -> bool:
        ways = [math.lgamma(n + 1) - math.lgamma(n - both + 1) for n in (longer, size)]
        return ways[0] - ways[1] >= tail

    low, high = longer, 2 * longer + 2
    while likely(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if likely(middle) else (low, middle)
    return float(low)


def poisson_limits(count: float, level: float) -> tuple[float, float]:
    """Return the least and the greatest mean of a Poisson count that would often give a count like this one (Garwood 1936).

    Examples
    --------
    >>> low, high = poisson_limits(3, 0.8)
    >>> round(low, 3), round(high, 3)
    (1.102, 6.681)
    """
    tail = (1 - level) / 2

    def at_most(number: int, mean: float) -> float:
        return math.exp(-mean) * math.fsum(mean**k / math.factorial(k) for k in range(number + 1))

    def solve(number: int, wanted: float) -> float:
        low, high = 0.0, 10.0 + 10 * count
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(number, middle) > wanted else (low, middle)
        return high

    whole = round(count)
    return (solve(whole - 1, 1 - tail) if whole else 0.0), solve(whole, tail)


def measure_overlap(
    strata: Sequence[Stratum], *, odds_ratio: float = 1.0, links: LinkErrors = NO_ERRORS
) -> Overlap:
    """Estimate all groups of some strata from two lists.

    Parameters
    ----------
    strata
        Counts of each stratum.
    odds_ratio
        How much being on one list multiplies the odds of being on the other: the unseen groups of independent
        lists are multiplied by it.
    links
        Error rates of the links, by which the number on both lists is corrected.
    """
    seen, shared = 0.0, 0.0
    sizes, unions, variances, nested = [], [], [], []
    for position, (_, first, second, both) in enumerate(strata):
        matched = min(both * links.factor, first, second)
        size, variance = chapman(first, second, matched)
        one, other = first - matched, second - matched
        union = first + second - matched
        unseen = size - union
        # what one per cent more matches would take off the estimate, times 100
        slope = matched + odds_ratio * (one + other + one * other / max(matched, 1.0))
        lost = (1 - links.recall) / links.recall / matched + (1 - links.precision) / both if both else 0.0
        shared += slope
        seen += union
        unions.append(union)
        sizes.append(union + odds_ratio * unseen)
        sampled = odds_ratio**2 * max(0.0, variance - unseen) + odds_ratio * unseen
        variances.append(sampled + lost * slope**2)
        if unseen <= 0:
            nested.append(position)
    return Overlap(
        tuple(strata),
        seen,
        tuple(sizes),
        tuple(unions),
        tuple(variances),
        shared**2 * links.log_variance,
        tuple(nested),
    )
