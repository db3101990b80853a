"""How many groups are unregistered: a rate times a population.

An unregistered ("below the radar") group is active and on no official register. Without local lists, the first
answer is a rate counted elsewhere times the population, N = r P / 1000. Areas differ, so the interval is that of a
negative binomial count with mean N and variance N + (c N)^2, where c is the coefficient of variation between
areas. Limits: a constant rate ranks areas by population only, shows no trend, and has no gradient by rurality or
deprivation because none has been measured.

References
----------
Mohan, Kane, Wilding, Branson and Owles 2010, Beyond 'flat-earth' maps of the third sector.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.comparison import forest_rows, published_estimates
from assetmap.groups.count import count_given_seen, for_people, interval_of_count, round_half_up
from assetmap.schema import Estimate, InputError, Note, counted, reference_table
from assetmap.schema import SourcedValue as SourcedValue  # noqa: PLC0414 (public in this room)

DEFAULT_RATE: Final = 3.66
"""Unregistered groups per 1,000 residents: Mohan et al. 2010, in data/tables/published_rates.csv."""

DEFAULT_CV: Final = 0.4
"""Assumed spread between areas: that of registered charities per head across cities."""

CV_SOURCE: Final = (
    "assumed, like registered charities per head across cities: 0.8 to 4.6 per 1,000, NCVO Almanac 2020"
)
NO_SOURCE: Final = "given without a source"
MOST_PEOPLE: Final = 10_000_000_000
"""More than there are on earth: a slip of the keyboard."""
MOST_PER_1000: Final = 1000.0
LEAST_LIKELY_RATE: Final = 0.1
"""A rate below this many groups per 1,000 residents is probably one per resident."""

RATE_DEFINITION: Final = "active groups that are on a local listing and on no official register"

DEFAULT_LEVEL: Final = 0.8
"""Level of the intervals: four in five of them contain the truth, where the assumptions hold."""

SMALL_POPULATION: Final = 50_000
"""Below this many residents `POP_SMALL` is raised."""

RATE_METHOD: Final = "rate x population"


def estimate_unregistered(
    population: float | None,
    *,
    rate: float | SourcedValue = DEFAULT_RATE,
    cv: float | SourcedValue = DEFAULT_CV,
    level: float = DEFAULT_LEVEL,
    seen: int | None = None,
    place: str = "",
    population_source: str = "",
    population_year: int | None = None,
    published: pd.DataFrame | None = None,
) -> Estimate:
    """Estimate the unregistered groups of a place from its population and a rate.

    Parameters
    ----------
    population
        Residents. 0 gives 0. A missing population is an error.
    rate
        Unregistered groups per 1,000 residents. A `SourcedValue` has a source and a vintage and counts as
        local unless it is one of the published rates.
    cv
        Coefficient of variation between areas, 0 to 1. A plain number is labelled as assumed, a `SourcedValue`
        (as from `fit_rate`) is not.
    level
        Probability of the interval, 0.6 to 0.999.
    seen
        Unregistered groups already found there, if somebody has looked. The answer is then that of places with at
        least so many groups.
    place, population_source, population_year
        For the text of the answer: "Shropshire", "Census 2021", 2021.
    published
        Published rates to show beside the result, never averaged with it. By default
        ``reference_table("published_rates")``.

    Returns
    -------
    Estimate
        Whole groups. ``details["published"]`` has the published rates, ``details["forest"]`` the rows of
        `forest_table`, ``details["rate_times_population"]`` the exact product.

    Raises
    ------
    InputError
        With every wrong value at once.

    References
    ----------
    Negative binomial with size 1/cv^2: ``Var = mu + (cv mu)^2``, cut off below ``seen``.

    Examples
    --------
    >>> answer = estimate_unregistered(307_923)
    >>> answer.estimate, answer.low, answer.high
    (1127.0, 600.0, 1731.0)
    >>> answer = estimate_unregistered(575_532, seen=1_900)
    >>> answer.estimate, answer.low, answer.high
    (2694.0, 2010.0, 3605.0)
    """
    sourced_rate, sourced_cv = (
        _as_sourced(rate, "unregistered groups per 1,000"),
        _as_sourced(cv, "spread of areas"),
    )
    found = seen or 0
    _check_inputs(population, sourced_rate.value, sourced_cv.value, level, found)
    people = float(population) if population is not None else math.nan
    table = reference_table("published_rates") if published is None else published
    others = published_estimates(people, table)
    sourced_rate = _name_the_source(sourced_rate, others)

    mean = sourced_rate.value * people / 1000
    expected = round_half_up(mean)
    middle = mean
    low, high = interval_of_count(mean, sourced_cv.value, level)
    if found:
        middle, low, high = count_given_seen(mean, sourced_cv.value, level, found)
    notes = _notes_of_rate(people, sourced_rate, sourced_cv, place, population_year, others)
    notes += find_circular(found, people, rate=sourced_rate.value, published=others)
    if found > expected:
        notes.append(caution("SEEN_EXCEEDS_ESTIMATE", seen=found, expected=expected))
    estimate = float(round_half_up(middle))
    vintage = "" if population_year is None else str(population_year)
    answer = Estimate(
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        method=RATE_METHOD,
        definition=_definition(sourced_rate, others),
        seen=found,
        unseen=estimate - found,
        rate_per_1000=_rate_shown(estimate, expected, people, sourced_rate.value),
        inputs=_inputs_of_rate(
            SourcedValue("population", people, population_source, vintage), sourced_rate, sourced_cv
        ),
        assumptions=(
            "the rate holds here as it held where it was counted",
            f"areas spread around it like negative binomial counts with coefficient of variation {sourced_cv.value:g}",
            *_known_biases(sourced_rate, others),
        ),
        warnings=tuple(notes),
        text="",
        details={
            "place": place,
            "rate_times_population": mean,
            "published": others,
            "looked_for": seen is not None,
        },
    )
    details = answer.details | {"forest": forest_rows([answer], others)}
    return replace(answer, text=_text_of_rate(answer), details=details)


def find_circular(
    count: int, population: float, *, rate: float, published: Sequence[Mapping[str, Any]]
) -> list[Note]:
    """Warn where a count was probably calculated from a rate: it equals rate x population to the whole group.

    Counts below 10 raise no warning, because they agree by chance. ``published`` is what
    `published_estimates` returned.
    """
    exact = [row["rate_low"] for row in published if row["rate_low"] == row["rate_high"]]
    for candidate in dict.fromkeys([rate, *exact]):
        if count >= 10 and abs(count - candidate * population / 1000) < 1:
            return [caution("CIRCULAR_INPUT", count=count, rate=candidate)]
    return []


def problems_of_level(level: float) -> list[str]:
    """Return what is wrong with the level of an interval."""
    if not 0.6 <= level <= 0.999:
        return [f"level must be between 0.6 and 0.999 (0.8 for an 80% interval), not {level}"]
    return []


def _as_sourced(value: float | SourcedValue, name: str) -> SourcedValue:
    return value if isinstance(value, SourcedValue) else SourcedValue(name, float(value), "")


def _check_inputs(population: float | None, rate: float, cv: float, level: float, seen: int) -> None:
    problems = problems_of_level(level)
    if population is None or not math.isfinite(population):
        problems.append("the population is missing: give the number of residents (a missing one is not 0)")
    elif population > MOST_PEOPLE:
        problems.append(f"the population must be at most {MOST_PEOPLE:,}, not {population:g}")
    elif population < 0:
        problems.append(f"the population must not be negative, not {population:g}")
    if not 0 < rate <= MOST_PER_1000:
        problems.append(
            f"rate must be above 0 and at most {MOST_PER_1000:,.0f} groups per 1,000 residents, not {rate}"
        )
    if not 0 <= cv <= 1:
        problems.append(f"cv must be between 0 and 1 (above 1, a rate says nothing about a place), not {cv}")
    if not (seen >= 0 and seen % 1 == 0):
        problems.append(f"seen must be a whole number of groups, 0 or more, not {seen}")
    elif seen > MOST_PEOPLE:
        problems.append(f"seen must be at most {MOST_PEOPLE:,} groups, not {seen:g}")
    elif seen and not problems and not population:
        problems.append(f"{seen} groups were found although nobody lives there")
    if problems:
        raise InputError("Unregistered groups cannot be estimated: " + "; ".join(problems) + ".")


def _rate_shown(estimate: float, expected: int, people: float, rate: float) -> float | None:
    if people == 0:
        return None
    return 1000 * estimate / people if estimate != expected else rate


def _definition(rate: SourcedValue, published: Sequence[Mapping[str, Any]]) -> str:
    row = next((row for row in published if row["label"] == rate.source), None)
    if rate.value == DEFAULT_RATE and row:
        return RATE_DEFINITION
    if row or rate.source != NO_SOURCE:
        return f"active groups, as the source of the rate counts them: {row['definition'] if row else rate.source}"
    return "active groups, by a rate given without a source"


def _known_biases(rate: SourcedValue, published: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is known to make a published rate too low or too high."""
    known = [str(row.get("biases", "")) for row in published if row["label"] == rate.source]
    return [bias for biases in known for bias in biases.split("|") if bias]


def _inputs_of_rate(
    population: SourcedValue, rate: SourcedValue, cv: SourcedValue
) -> tuple[SourcedValue, ...]:
    assumed = CV_SOURCE if cv.value == DEFAULT_CV else "assumed"
    return population, rate, cv if cv.source else replace(cv, source=assumed)


def _name_the_source(rate: SourcedValue, published: Sequence[Mapping[str, Any]]) -> SourcedValue:
    """Give a plain rate the source of the published rate it equals."""
    if rate.source:
        return rate
    for row in published:
        if row["rate_low"] == row["rate_high"] == rate.value:
            return replace(rate, source=row["label"], vintage=str(row["year"]))
    return replace(rate, source=NO_SOURCE)


def _notes_of_rate(
    people: float,
    rate: SourcedValue,
    cv: SourcedValue,
    place: str,
    year: int | None,
    published: Sequence[Mapping[str, Any]],
) -> list[Note]:
    notes = []
    row = next((row for row in published if row["label"] == rate.source), None)
    vintage = int(rate.vintage[:4]) if rate.vintage[:4].isdigit() else None
    if vintage is not None and (year is None or year - vintage >= 10):
        years = str(row.get("counted", "")) if row else ""
        when = f"counted in {years} and published in {vintage}" if years else f"published in {vintage}"
        notes.append(caution("RATE_OLD", when=when))
    if row:
        notes.append(caution("RATE_NOT_LOCAL", where=row["place"], place=place or "this place"))
    elif rate.source == NO_SOURCE:
        notes.append(caution("RATE_WITHOUT_SOURCE", rate=rate.value))
    if rate.value < LEAST_LIKELY_RATE:
        notes.append(caution("RATE_SMALL", rate=rate.value, more=1000 * rate.value))
    if not cv.source:
        notes.append(caution("CV_ASSUMED", cv=cv.value))
    if people < SMALL_POPULATION:
        notes.append(caution("POP_SMALL", population=people))
    return [*notes, caution("NO_RANKING"), caution("NO_TREND")]


def _text_of_rate(answer: Estimate) -> str:
    population, rate, _ = answer.inputs
    number, low, high = for_people([answer.estimate, answer.low, answer.high])
    codes = {note.code for note in answer.warnings}
    published = {row["label"]: row for row in answer.details["published"]}
    place = answer.details["place"]
    whose = f"{place}'" if place.endswith("s") else f"{place}'s" if place else "the"
    year = population.vintage if population.vintage not in population.source else ""
    where = ", ".join(word for word in (f"{population.value:,.0f}", population.source, year) if word)
    source = ", ".join(word for word in (f"{rate.value:g} per 1,000", rate.source) if word)
    row = published.get(rate.source)
    if row:
        when = f" in {row['counted']}" if row.get("counted") else ""
        source += f", counted{when} in {row['place']}"
    given = f", given that {counted(answer.seen, 'has', 'have')} been found" if answer.seen else ""
    sentences = [
        f"About {number} unregistered groups, plausibly {low} to {high} ({answer.level:.0%}){given}.",
        f"This is a rate ({source}) times {whose} population ({where}).",
    ]
    sentences.append(f"It counts {answer.definition}.")
    product = for_people([answer.details["rate_times_population"]])[0]
    if answer.seen:
        sentences.append(
            f"The rate alone gives {product}. The groups found are the only local evidence in the answer."
        )
    elif row:
        sentences.append("It uses no local evidence about groups.")
    if "CV_ASSUMED" in codes:
        sentences.append("The spread is an assumption.")
    others = [
        f"{_range_for_people(row['low'], row['high'])} ({label})"
        for label, row in published.items()
        if row["scope"] != "broader" and label != rate.source
    ]
    if others and population.value > 0:
        sentences.append(f"Other published rates give about {' or '.join(others)}.")
    if answer.details["looked_for"] and not answer.seen:
        sentences.append("No group has been found yet that is known to be unregistered.")
    return " ".join(sentences)


def _range_for_people(low: float, high: float) -> str:
    first, last = for_people([low, high])
    return first if first == last else f"{first} to {last}"
