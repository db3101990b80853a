"""Groups on no list, estimated from two lists that overlap (capture-recapture).

If two lists were made independently, the share of one list that is also on the other estimates how much of the
whole the other list shows. Chapman's estimate uses it, and Chao's interval never falls below the number of groups
seen. Where fewer than 7 groups are on both lists, the limits of a Poisson count widen it; where none is, there
is no estimate. Limits: if one list copies from the other, or both miss the same kind of group, the estimate is too low. If each
list shows the kinds that the other misses, it is too high, and so it is with missed matches and groups that have
closed. `ASSUMPTIONS` says by how much in simulations. Remove registered groups from both lists first.

References
----------
Chapman 1951; Seber 1982, The Estimation of Animal Abundance; Chao 1987, Biometrics 43, 783-791; Gerritse, van der
Heijden and Bakker 2015, Journal of Official Statistics 31; Ding and Fienberg 1994, Survey Methodology 20.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.links import NO_ERRORS, LinkErrors
from assetmap.groups.overlap import Overlap, Stratum, chapman, measure_overlap
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.strata import Strata, arrange_strata, notes_of_strata, notes_of_visibility, pool
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

LIST_DEFINITION: Final = "active groups that could be on these lists and are on no official register"

ASSUMPTIONS: Final = (
    "being on one list does not make a group more likely to be on the other (if it does: -29% in simulations)",
    "both lists find every kind of group of a stratum equally well (if both miss the same kind: -25%; if each "
    "misses the kind that the other shows: +254%)",
    "every group on both lists was matched (10% of true matches missed: +11%)",
    "every group on a list is still active (15% of one list defunct: +18%)",
)

ODDS_RATIOS: Final = (0.5, 1.0, 2.0, 4.0)
"""Odds ratios between two lists for which the estimate is always shown."""

NEARLY_ALL: Final = 0.9
"""Share of the shorter list on the longer one from which lists do not look independent."""


@dataclass(frozen=True)
class _Case:
    """What was counted and assumed, for the sentences about it."""

    names: tuple[str, str]
    strata: Strata
    odds_ratios: tuple[float, float]
    links: LinkErrors
    level: float


def estimate_two_lists(
    first: int,
    second: int,
    both: int,
    *,
    names: tuple[str, str] = ("list 1", "list 2"),
    feed_each_other: bool = False,
    odds_ratio: float | tuple[float, float] = 1.0,
    links: LinkErrors = NO_ERRORS,
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
    odds_ratio
        How much being on one list multiplies the odds of being on the other: 1 for independent lists, above 1
        if one copies from the other. Two numbers are a range, whose ends go into the interval.
    links
        Error rates of the links, from `rate_links` or `rate_reviewed_links`.
    level
        Probability of the interval, 0.6 to 0.999.
    population
        Residents, for the rate per 1,000.
    definition
        What is counted.

    Returns
    -------
    Estimate
        ``details``: ``standard_error``, ``sensitivity`` (the estimate with a tenth fewer and a tenth more
        groups on both lists) and ``odds_ratios`` (the estimate for odds ratios of 0.5, 1, 2 and 4).

    Raises
    ------
    InputError
        If the counts cannot be right.

    Examples
    --------
    >>> answer = am.groups.estimate_two_lists(948, 421, 167)
    >>> round(answer.low), round(answer.estimate), round(answer.high)
    (2229, 2383, 2560)
    """
    counts = pd.DataFrame({"first": [first], "second": [second], "both": [both]}, index=["all"])
    return estimate_strata(
        counts,
        names=names,
        feed_each_other=feed_each_other,
        odds_ratio=odds_ratio,
        links=links,
        level=level,
        population=population,
        definition=definition,
    )


def estimate_strata(
    counts: pd.DataFrame,
    *,
    names: tuple[str, str] = ("list 1", "list 2"),
    feed_each_other: bool = False,
    odds_ratio: float | tuple[float, float] = 1.0,
    links: LinkErrors = NO_ERRORS,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = LIST_DEFINITION,
) -> Estimate:
    """Estimate all groups from two lists by stratum: the sum of Chapman's estimates.

    Strata (type of group, rurality) remove the bias from groups that are not equally easy to find. Strata that
    share fewer than 7 groups are merged, smallest first, unless they contradict the others. Strata that one list
    does not show at all, and strata that contradict the others because no group is on both lists, are counted as found
    (`STRATUM_ON_ONE_LIST`, `STRATUM_SHARES_NONE`).

    Parameters
    ----------
    counts
        One row per stratum: ``first, second, both``, groups.
    names, feed_each_other, odds_ratio, links, level, population, definition
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        As `estimate_two_lists`. ``details["strata"]`` has a row per stratum as it was estimated,
        ``details["pooled"]`` is the estimate without strata, ``details["on_one_list"]`` the groups counted as found.

    Examples
    --------
    >>> counts = pd.DataFrame({"first": [40, 30], "second": [30, 25], "both": [15, 12]})
    >>> counts.index = ["choir", "sport"]
    >>> round(am.groups.estimate_strata(counts).estimate)
    139
    """
    ratios = (odds_ratio, odds_ratio) if isinstance(odds_ratio, (int, float)) else tuple(odds_ratio)
    _check_counts(counts, level, ratios)
    case = _Case(names, arrange_strata(counts), (ratios[0], ratios[1]), links, level)
    strata = case.strata.usable
    middle = math.sqrt(ratios[0] * ratios[1])
    overlap = measure_overlap(strata, odds_ratio=middle, links=links)
    extra = sum(row.first + row.second for row in case.strata.counted)
    low = measure_overlap(strata, odds_ratio=ratios[0], links=links).interval(level)[0] + extra
    high = measure_overlap(strata, odds_ratio=ratios[1], links=links).interval(level)[1] + extra
    size, seen = overlap.size + extra, overlap.seen + extra
    whole = pool([*strata, *case.strata.counted])
    details = _details(case, overlap, whole, extra)
    return Estimate(
        estimate=size,
        low=low,
        high=high,
        level=level,
        method="two lists (Chapman)" if len(strata) == 1 else "two lists by stratum (Chapman)",
        definition=definition,
        seen=round(seen),
        unseen=size - seen,
        rate_per_1000=rate_of(size, population),
        inputs=_inputs_of_lists(names, whole, population),
        assumptions=_assumptions(case),
        warnings=tuple(_notes(case, overlap, whole, feed_each_other=feed_each_other)),
        text=_text_of_lists(case, whole, (size, low, high, seen), details),
        details=details,
    )


def rate_of(size: float, population: float | SourcedValue | None) -> float | None:
    """Return groups per 1,000 residents, or None without a population."""
    people = population.value if isinstance(population, SourcedValue) else population
    if people is not None and not 0 <= people < math.inf:
        raise InputError(f"The population must be 0 or more, not {people}.")
    return 1000 * size / people if people else None


def population_inputs(population: float | SourcedValue | None) -> tuple[SourcedValue, ...]:
    """Return the population as an input of a result, or nothing without a population."""
    if population is None:
        return ()
    if isinstance(population, SourcedValue):
        return (population,)
    return (SourcedValue("population", float(population), ""),)


def _details(case: _Case, overlap: Overlap, whole: Stratum, extra: float) -> dict[str, Any]:
    strata, links = case.strata.usable, case.links
    middle = math.sqrt(case.odds_ratios[0] * case.odds_ratios[1])
    parts = zip(strata, overlap.sizes, overlap.variances, strict=True)
    return {
        "standard_error": math.sqrt(overlap.variance),
        "sensitivity": {
            name: extra
            + measure_overlap(
                [row._replace(both=min(factor * row.both, row.first, row.second)) for row in strata],
                odds_ratio=middle,
                links=links,
            ).size
            for name, factor in (("both -10%", 0.9), ("both as observed", 1.0), ("both +10%", 1.1))
        },
        "odds_ratios": {
            f"{ratio:g}": extra + measure_overlap(strata, odds_ratio=ratio, links=links).size
            for ratio in ODDS_RATIOS
        },
        "pooled": chapman(whole.first, whole.second, whole.both)[0],
        "on_one_list": extra,
        "strata": [
            {"stratum": row.name, "first": row.first, "second": row.second, "both": row.both}
            | {"estimate": answer, "standard_error": math.sqrt(spread)}
            for row, answer, spread in parts
        ],
    }


def _check_counts(counts: pd.DataFrame, level: float, ratios: tuple[float, ...]) -> None:
    problems = problems_of_level(level)
    if (
        len(ratios) != 2
        or not all(ratio > 0 and math.isfinite(ratio) for ratio in ratios)
        or ratios[0] > ratios[1]
    ):
        problems.append(
            f"odds_ratio must be a number above 0, or the lower and the upper end of a range, not {ratios}"
        )
    missing = [column for column in ("first", "second", "both") if column not in counts.columns]
    if missing:
        raise InputError(f"The counts of the lists have no column {first_few(missing)}.")
    values = counts[["first", "second", "both"]].to_numpy(dtype=float)
    if counts.empty:
        problems.append("there are no strata")
    if np.isnan(values).any():
        problems.append("a count is missing (missing is not 0)")
    elif np.isinf(values).any() or (values % 1 != 0).any():
        problems.append("counts must be whole numbers")
    negative = np.asarray((values < 0).any(axis=1))
    if negative.any():
        problems.append(f"counts must not be negative; they are in {first_few(counts.index[negative])}")
    wrong = np.asarray(values[:, 2] > values[:, :2].min(axis=1))
    if wrong.any():
        problems.append(
            f"more groups are on both lists than on one of them in {first_few(counts.index[wrong])}"
        )
    if len(counts) and (values[:, :2].sum(axis=0) == 0).any():
        problems.append("a list is empty")
    elif len(counts) and not values[:, 2].any():
        problems.append(
            "no group is on both lists, so they say nothing about groups on neither. Check the links, or take lists that overlap"
        )
    if problems:
        raise InputError("The two lists cannot be used: " + "; ".join(problems) + ".")


def _notes(case: _Case, overlap: Overlap, whole: Stratum, *, feed_each_other: bool) -> list[Note]:
    notes = notes_of_strata(case.strata, case.names)
    notes += notes_of_visibility(case.strata.usable, overlap, case.level)
    if overlap.size - overlap.seen <= 0:
        how = "" if case.links == NO_ERRORS else " once missed links are allowed for"
        notes.append(caution("NOTHING_UNSEEN", how=how))
    shorter = min(whole.first, whole.second)
    if case.odds_ratios != (1.0, 1.0):
        notes.append(caution("ODDS_RATIO_ASSUMED", ratio=_ratio_in_words(case)))
    elif feed_each_other:
        notes.append(caution("LISTS_DEPENDENT", why="one is known to copy from the other"))
    elif whole.both >= NEARLY_ALL * shorter:
        why = f"{whole.both / shorter:.0%} of the shorter list is on the longer one"
        notes.append(caution("LISTS_DEPENDENT", why=why))
    return notes


def _assumptions(case: _Case) -> tuple[str, ...]:
    independent, kinds, matched, active = ASSUMPTIONS
    if case.odds_ratios != (1.0, 1.0):
        independent = f"the odds ratio between the lists is {_ratio_in_words(case)}"
    if case.links != NO_ERRORS:
        matched = (
            f"{case.links.precision:.1%} of the links are right and {case.links.recall:.1%} of the groups on both "
            "lists were linked, as in the pairs that were checked"
        )
    return independent, kinds, matched, active


def _ratio_in_words(case: _Case) -> str:
    low, high = case.odds_ratios
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _inputs_of_lists(
    names: tuple[str, str], whole: Stratum, population: float | SourcedValue | None
) -> tuple[SourcedValue, ...]:
    return (
        SourcedValue(f"groups on {names[0]}", whole.first, names[0]),
        SourcedValue(f"groups on {names[1]}", whole.second, names[1]),
        SourcedValue("groups on both", whole.both, " and ".join(names)),
        *population_inputs(population),
    )


def _groups(number: str) -> str:
    return f"{number} group" if number == "1" else f"{number} groups"


def _text_of_lists(
    case: _Case, whole: Stratum, answer: tuple[float, float, float, float], details: dict[str, Any]
) -> str:
    size, low, high, seen = answer
    number, from_, to, unseen = for_people([size, low, high, size - seen])
    tested, ratios = details["sensitivity"], details["odds_ratios"]
    fewer, more, twice = for_people([tested["both -10%"], tested["both +10%"], ratios["2"]])
    sentences = [
        f"About {_groups(number)}, plausibly {from_} to {to} ({case.level:.0%}).",
        f"{case.names[0]} shows {whole.first:,}, {case.names[1]} shows {whole.second:,}, and {whole.both:,} "
        f"{'is' if whole.both == 1 else 'are'} on both.",
    ]
    if case.links != NO_ERRORS:
        sentences.append(
            f"Corrected for wrong and missed links ({case.links.precision:.1%} of links are right, "
            f"{case.links.recall:.1%} of the groups on both lists were linked), "
            f"{whole.both * case.links.factor:,.0f} are on both."
        )
    independent = "the lists were made independently"
    if case.odds_ratios != (1.0, 1.0):
        independent = f"the odds ratio between the lists is {_ratio_in_words(case)}"
    matched = (
        "every shared group was matched"
        if case.links == NO_ERRORS
        else "the error rates of the links are right"
    )
    sentences += [
        f"So {_groups(f'{seen:,.0f}')} {'was' if seen == 1 else 'were'} seen and about {unseen} "
        f"{'was' if unseen == '1' else 'were'} not.",
        f"This holds only if {independent}, {matched} and all groups are active.",
        "If both lists miss the same kinds of group, there are more. If each shows the kinds that the other misses, "
        "there are fewer.",
        f"With a tenth fewer groups on both lists it would be {fewer}, with a tenth more {more}.",
    ]
    if case.odds_ratios == (1.0, 1.0):
        sentences.append(f"If being on one list doubles the odds of being on the other, it would be {twice}.")
    return " ".join(sentences)
