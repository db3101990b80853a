"""A lower bound from repeat captures: how often each group was found (Chao).

The more groups were found only once, the more were missed. The bound needs no groups that are equally easy to
find. Limits: each chance of finding a group must be independent of the others, and groups that nobody can find are
not in the bound. Where each list finds kinds that the others miss, chances are not independent and the bound is too high.

References
----------
Chao 1984, Scandinavian Journal of Statistics 11; Chao 1987, Biometrics 43, 783-791.
"""

from __future__ import annotations

import math

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.overlap import interval_above_seen
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.two_lists import LIST_DEFINITION, population_inputs, rate_of
from assetmap.schema import Estimate, InputError, SourcedValue


def lower_bound(seen: int, once: int, twice: int, *, lists: int | None = None) -> tuple[float, float]:
    """Return Chao's lower bound of all groups and its variance.

    ``S + A f1^2 / (2 f2)``, or bias-corrected ``S + A f1 (f1-1) / 2`` where no group was found twice; A is
    ``(t-1)/t`` for t lists, 1 for many occasions.

    Parameters
    ----------
    seen
        Different groups found, S.
    once, twice
        Groups found exactly once (f1) and exactly twice (f2).
    lists
        Number of lists, t.

    Examples
    --------
    >>> size, variance = lower_bound(76, 43, 16)
    >>> round(size, 2), round(variance**0.5, 2)
    (133.78, 24.02)
    """
    share = 1.0 if lists is None else (lists - 1) / lists
    if twice > 0:
        ratio = once / twice
        variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
        return seen + share * once**2 / (2 * twice), variance
    added = share * once * (once - 1) / 2
    variance = added + share**2 * once * (2 * once - 1) ** 2 / 4
    if seen + added > 0:
        variance -= share**2 * once**4 / (4 * (seen + added))
    return seen + added, max(0.0, variance)


def estimate_from_recaptures(
    seen: int,
    once: int,
    twice: int,
    *,
    lists: int | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = LIST_DEFINITION,
) -> Estimate:
    """Estimate a lower bound of all groups from how often each was found (Chao).

    Parameters
    ----------
    seen, once, twice
        Different groups found, those found exactly once, and exactly twice.
    lists
        Number of lists or rounds in which they could be found. Leave out if there were many.
    level, population, definition
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        The bound and its interval, with the warning `LOWER_BOUND`.

    Raises
    ------
    InputError
        If more were found once or twice than were found in all.

    Examples
    --------
    >>> answer = am.groups.estimate_from_recaptures(76, 40, 20)
    >>> round(answer.estimate)
    116
    """
    problems = problems_of_level(level)
    if not all(count >= 0 and count % 1 == 0 for count in (seen, once, twice)):
        problems.append(f"counts must be whole numbers of 0 or more, not {seen}, {once} and {twice}")
    elif once + twice > seen:
        problems.append(f"{once} found once and {twice} found twice cannot be among {seen} found")
    if lists is not None and lists < 2:
        problems.append("at least two lists or rounds are needed")
    if problems:
        raise InputError("The repeat captures cannot be used: " + "; ".join(problems) + ".")
    size, variance = lower_bound(seen, once, twice, lists=lists)
    low, high = interval_above_seen(seen, size, variance, level)
    if once == 0:
        # none found once is itself a chance: the greatest mean number of them that would often give none
        share = 1.0 if lists is None else (lists - 1) / lists
        high = size + share * math.log((1 - level) / 2) ** 2 / (2 * (twice + 1))
    number, from_, to = for_people([size, low, high])
    return Estimate(
        estimate=size,
        low=low,
        high=high,
        level=level,
        method="repeat captures (Chao's lower bound)",
        definition=definition,
        seen=seen,
        unseen=size - seen,
        rate_per_1000=rate_of(size, population),
        inputs=(
            SourcedValue("groups found", seen, "repeat captures"),
            SourcedValue("found once", once, "repeat captures"),
            SourcedValue("found twice", twice, "repeat captures"),
            *population_inputs(population),
        ),
        assumptions=(
            "finding a group once makes it neither likelier nor less likely to be found again (groups may differ in how easy "
            "they are, but not in which rounds or lists find them)",
            "every group found is active and real",
        ),
        warnings=(caution("LOWER_BOUND"),),
        text=(
            f"At least about {number} groups; the bound itself lies between {from_} and {to} ({level:.0%}). "
            f"{seen:,} different groups were found, {once:,} of them once and {twice:,} twice. The more groups are found "
            "only once, the more were missed. Where some groups are harder to find than others, there are more than this. Where "
            "each round or list finds the kinds that the others miss, there may be fewer."
        ),
        details={"standard_error": math.sqrt(variance)},
    )
