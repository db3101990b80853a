"""Groups on no list, estimated from two lists that overlap (capture-recapture).

If two lists were made independently, the share of one list that is also on the other estimates how much of the
whole the other list shows. Chapman's estimate uses it, and Chao's interval never falls below the number of groups
seen. Limits: if one list copies from the other, or both miss the same kind of group, the estimate is too low. Missed
matches and groups that have closed make it too high. `ASSUMPTIONS` says by how much in simulations. Remove
registered groups from both lists first.

References
----------
Chapman 1951; Seber 1982, The Estimation of Animal Abundance; Chao 1987, Biometrics 43, 783-791.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.rate import DEFAULT_LEVEL, for_people, problems_of_level
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

LEAST_OVERLAP: Final = 7
"""With fewer groups on both lists, Chapman's estimate tends to be too low (Robson and Regier 1964)."""

LIST_DEFINITION: Final = "active groups that could be on these lists and are on no official register"

ASSUMPTIONS: Final = (
    "being on one list does not make a group more likely to be on the other (if it does: -29% in simulations)",
    "every group of a stratum is as easy to find as any other (two kinds of unequal visibility: -25%)",
    "every group on both lists was matched (10% of true matches missed: +11%)",
    "every group on a list is still active (15% of one list defunct: +18%)",
)


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


def estimate_two_lists(
    first: int,
    second: int,
    both: int,
    *,
    names: tuple[str, str] = ("list 1", "list 2"),
    feed_each_other: bool = False,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = LIST_DEFINITION,
) -> Estimate:
    """Estimate all groups from two lists and what they share (Chapman, with Chao's interval).

    Parameters
    ----------
    first, second, both
        Groups on each list and on both, without registered groups.
    names
        Names of the lists, for the text of the answer.
    feed_each_other
        True if one list is known to copy from the other. Raises `LISTS_DEPENDENT`.
    level
        Probability of the interval, 0.6 to 0.999.
    population
        Residents, for the rate per 1,000.
    definition
        What is counted.

    Returns
    -------
    Estimate
        ``details``: ``standard_error`` and ``sensitivity`` (the estimate with a tenth fewer and a tenth more
        groups on both lists).

    Raises
    ------
    InputError
        If the counts cannot be right.
    """
    counts = pd.DataFrame({"first": [first], "second": [second], "both": [both]}, index=["all"])
    return estimate_strata(
        counts,
        names=names,
        feed_each_other=feed_each_other,
        level=level,
        population=population,
        definition=definition,
    )


def estimate_strata(
    counts: pd.DataFrame,
    *,
    names: tuple[str, str] = ("list 1", "list 2"),
    feed_each_other: bool = False,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = LIST_DEFINITION,
) -> Estimate:
    """Estimate all groups from two lists by stratum: the sum of Chapman's estimates.

    Strata (type of group, rurality) remove the bias from groups that are not equally easy to find. Strata that
    share fewer than 7 groups are merged, smallest first.

    Parameters
    ----------
    counts
        One row per stratum: ``first, second, both``, groups.
    names, feed_each_other, level, population, definition
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        As `estimate_two_lists`. ``details["strata"]`` has a row per merged stratum, ``details["pooled"]`` is
        the estimate without strata.
    """
    _check_counts(counts, level)
    merged = merge_strata(counts)
    strata = _rows(merged)
    sizes = [chapman(one, other, shared) for _, one, other, shared in strata]
    size, variance = math.fsum(one for one, _ in sizes), math.fsum(other for _, other in sizes)
    first, second, both = merged[["first", "second", "both"]].to_numpy().sum(axis=0).tolist()
    seen = first + second - both
    low, high = interval_above_seen(seen, size, variance, level)
    details: dict[str, Any] = {
        "standard_error": math.sqrt(variance),
        "sensitivity": _sensitivity(strata),
        "pooled": chapman(first, second, both)[0],
        "strata": [
            {"stratum": name, "first": one, "second": other, "both": shared}
            | {"estimate": answer, "standard_error": math.sqrt(spread)}
            for (name, one, other, shared), (answer, spread) in zip(strata, sizes, strict=True)
        ],
    }
    return Estimate(
        estimate=size,
        low=low,
        high=high,
        level=level,
        method="two lists (Chapman)" if len(merged) == 1 else "two lists by stratum (Chapman)",
        definition=definition,
        seen=seen,
        unseen=size - seen,
        rate_per_1000=rate_of(size, population),
        inputs=_inputs_of_lists(names, (first, second), both, population),
        assumptions=ASSUMPTIONS,
        warnings=tuple(_notes_of_strata(strata, size - seen, feed_each_other=feed_each_other)),
        text=_text_of_lists(names, (first, second, both), (size, low, high, level), details),
        details=details,
    )


def merge_strata(counts: pd.DataFrame) -> pd.DataFrame:
    """Merge strata, those that share fewest groups first, until each shares 7 or one is left.

    Parameters
    ----------
    counts
        One row per stratum: ``first, second, both``.

    Returns
    -------
    pandas.DataFrame
        The same columns. A merged stratum is named ``"a + b"``.
    """
    rows = _rows(counts)
    while len(rows) > 1:
        rows.sort(key=lambda row: (row[3], row[0]))
        if rows[0][3] >= LEAST_OVERLAP:
            break
        one, other, *rest = rows
        together = (f"{one[0]} + {other[0]}", one[1] + other[1], one[2] + other[2], one[3] + other[3])
        rows = [together, *rest]
    rows.sort()
    table = pd.DataFrame(rows, columns=["stratum", "first", "second", "both"])
    return table.set_index("stratum")


def rate_of(size: float, population: float | SourcedValue | None) -> float | None:
    """Return groups per 1,000 residents, or None without a population."""
    people = population.value if isinstance(population, SourcedValue) else population
    return 1000 * size / people if people else None


def population_inputs(population: float | SourcedValue | None) -> tuple[SourcedValue, ...]:
    """Return the population as an input of a result, or nothing without a population."""
    if population is None:
        return ()
    return (
        population
        if isinstance(population, SourcedValue)
        else SourcedValue("population", float(population), ""),
    )


def _check_counts(counts: pd.DataFrame, level: float) -> None:
    problems = problems_of_level(level)
    missing = [column for column in ("first", "second", "both") if column not in counts.columns]
    if missing:
        raise InputError(f"The counts of the lists have no column {first_few(missing)}.")
    values = counts[["first", "second", "both"]].to_numpy(dtype=float)
    if counts.empty:
        problems.append("there are no strata")
    if np.isnan(values).any():
        problems.append("a count is missing (missing is not 0)")
    negative = np.asarray((values < 0).any(axis=1))
    if negative.any():
        problems.append(f"counts must not be negative; they are in {first_few(counts.index[negative])}")
    wrong = values[:, 2] > values[:, :2].min(axis=1)
    if wrong.any():
        problems.append(
            f"more groups are on both lists than on one of them in {first_few(counts.index[wrong])}"
        )
    if len(counts) and (values[:, :2].sum(axis=0) == 0).any():
        problems.append("a list is empty")
    if problems:
        raise InputError("The two lists cannot be used: " + "; ".join(problems) + ".")


def _notes_of_strata(
    strata: list[tuple[str, int, int, int]], unseen: float, *, feed_each_other: bool
) -> list[Note]:
    notes = []
    for name, _, _, shared in strata:
        if shared < LEAST_OVERLAP:
            where = "" if len(strata) == 1 else f" in {name}"
            notes.append(caution("OVERLAP_LOW", both=shared, where=where))
    both = sum(row[3] for row in strata)
    shorter = min(sum(row[1] for row in strata), sum(row[2] for row in strata))
    if unseen <= 0:
        notes.append(caution("NOTHING_UNSEEN"))
    if feed_each_other:
        notes.append(caution("LISTS_DEPENDENT", why="one is known to copy from the other"))
    elif both >= 0.9 * shorter:
        notes.append(
            caution("LISTS_DEPENDENT", why=f"{both / shorter:.0%} of the shorter list is on the longer one")
        )
    return notes


def _sensitivity(strata: list[tuple[str, int, int, int]]) -> dict[str, float]:
    """Return the estimate with a tenth fewer groups on both lists, the observed number, and a tenth more."""
    return {
        name: math.fsum(
            chapman(first, second, min(factor * both, first, second))[0] for _, first, second, both in strata
        )
        for name, factor in (("both -10%", 0.9), ("both as observed", 1.0), ("both +10%", 1.1))
    }


def _rows(counts: pd.DataFrame) -> list[tuple[str, int, int, int]]:
    values = counts[["first", "second", "both"]].to_numpy()
    return [
        (str(name), int(row[0]), int(row[1]), int(row[2]))
        for name, row in zip(counts.index, values, strict=True)
    ]


def _inputs_of_lists(
    names: Sequence[str], counts: Sequence[int], both: int, population: float | SourcedValue | None
) -> tuple[SourcedValue, ...]:
    figures = [
        SourcedValue(f"groups on {name}", count, name) for name, count in zip(names, counts, strict=True)
    ]
    shared = SourcedValue("groups on both", both, " and ".join(names))
    return (*figures, shared, *population_inputs(population))


def _text_of_lists(
    names: tuple[str, str],
    counts: tuple[int, int, int],
    answer: tuple[float, float, float, float],
    details: dict[str, Any],
) -> str:
    first, second, both = counts
    size, low, high, level = answer
    seen = first + second - both
    number, from_, to, unseen = for_people([size, low, high, size - seen])
    tested = details["sensitivity"]
    fewer, more = for_people([tested["both -10%"], tested["both +10%"]])
    return (
        f"About {number} groups, plausibly {from_} to {to} ({level:.0%}). {names[0]} shows {first:,}, "
        f"{names[1]} shows {second:,}, and {both:,} are on both. So {seen:,} groups were seen and about {unseen} were "
        f"not. This holds only if the lists were made independently, every shared group was matched and all groups "
        f"are active. If the same kinds of group are hard to find for both lists, there are more. With a tenth fewer "
        f"groups on both lists it would be {fewer}, with a tenth more {more}."
    )
