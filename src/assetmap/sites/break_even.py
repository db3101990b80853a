"""Break-even: how many people a service must keep out of costlier ones for its spending to pay.

Kirklees Council and two clinical commissioning groups put GBP 130,000 into social prescribing for two years, and reckoned that
it breaks even if it keeps 13 people with high levels of need out of traditional services: the same arithmetic with your own
figures. It says what must happen, not that it will.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from assetmap.errors import counted
from assetmap.schema import DevolutionReview, InputError, Note, OptionResult, OptionsReview

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class BreakEven:
    """``people`` must be kept out of a service that costs ``saving_per_person_gbp`` each over the same ``years``."""

    spending_gbp: float
    saving_per_person_gbp: float
    people: int
    text: str
    years: float = 1.0


def break_even(spending_gbp: float, saving_per_person_gbp: float, *, years: float = 1.0) -> BreakEven:
    """Return how many people must be kept out of a costlier service.

    Parameters
    ----------
    spending_gbp
        What is spent over the whole period, 0 or more.
    saving_per_person_gbp
        What the other service costs per person over the same period, more than 0.
    years
        How long the period is.

    Raises
    ------
    InputError
        If a figure cannot be.

    Examples
    --------
    >>> break_even(130_000, 10_000, years=2).people
    13
    """
    if (
        not (0 <= spending_gbp < math.inf)
        or not (0 < saving_per_person_gbp < math.inf)
        or not (0 < years < math.inf)
    ):
        raise InputError(
            "Break-even needs spending of 0 or more and a saving per person of more than 0, in pounds, and a period of more than 0 "
            "years."
        )
    people = math.ceil(round(spending_gbp / saving_per_person_gbp, 9))
    period = _period(years)
    text = (
        f"Spending of £{spending_gbp:,.0f} over {period} pays for itself if it keeps {people:,} "
        f"{'person' if people == 1 else 'people'} out of services that cost £{saving_per_person_gbp:,.0f} "
        f"per person over {period}."
    )
    return BreakEven(spending_gbp, saving_per_person_gbp, people, text, years)


@dataclass(frozen=True)
class BreakEvenTerms:
    """What a break-even rests on; it is never shown without them.

    saving_per_person_gbp : what the costlier service takes for each person over the period.
    years : how long the period is.
    assumption : in words: which service that is, and where the figure comes from.
    """

    saving_per_person_gbp: float
    assumption: str
    years: float = 1.0

    @property
    def sentence(self) -> str:
        """The period and the assumption in one sentence."""
        words = self.assumption.strip().removesuffix(".")
        return (
            f"Break-even, over {_period(self.years)}: a person who is kept out of a costlier service saves "
            f"£{self.saving_per_person_gbp:,.0f}. Assumption: {words}. It says what must happen, not that it will."
        )


def review_break_even(
    review: DevolutionReview, options: OptionsReview, terms: BreakEvenTerms
) -> tuple[DevolutionReview, OptionsReview]:
    """Add the break-even of every site whose cost is known to a review, and of every option that saves money.

    Parameters
    ----------
    review, options
        From `review_devolution` and `compare_options`.
    terms
        Saving for each person, period and assumption.

    Returns
    -------
    tuple
        The review, whose ``sites`` have ``people_to_break_even``, ``break_even_share`` (0-1, of the people for whom the site is the
        nearest) and ``break_even`` (in words; empty where the cost is not known), and the options with ``break_even`` in words.
        Both have the note ``BREAK_EVEN``.

    Raises
    ------
    InputError
        If a figure of the terms cannot be.

    Examples
    --------
    >>> terms = am.sites.BreakEvenTerms(9_000, "home care for two years (made up)", years=2)
    >>> review, options = am.project.evaluate_options(village, names=["A"])
    >>> review, options = am.sites.review_break_even(review, options, terms)
    >>> "people_to_break_even" in review.sites
    True
    """
    note = Note("BREAK_EVEN", terms.sentence)
    sites = review.sites.copy()
    priced = sites if "annual_cost_gbp" in sites.columns else sites.assign(annual_cost_gbp=float("nan"))
    table = break_even_by_site(priced, terms.saving_per_person_gbp, years=terms.years)
    sites["people_to_break_even"] = table["people_to_break_even"].astype(float)
    sites["break_even_share"] = table["break_even_share"].astype(float)
    sites["break_even"] = [
        _site_words(cost, share, terms)
        for cost, share in zip(table["annual_cost_gbp"], table["break_even_share"], strict=True)
    ]
    done = tuple(replace(each, break_even=saving_words(each, terms)) for each in options.options)
    return (
        replace(review, sites=sites, notes=(*review.notes, note)),
        replace(options, options=done, notes=(*options.notes, note)),
    )


def saving_words(option: OptionResult, terms: BreakEvenTerms) -> str:
    """Say how many more people in costlier services use up what an option saves.

    Returns
    -------
    str
        One sentence; it says so where the saving is not known, or where there is none.
    """
    high = float(option.changes["saving_high"].astype(float).sum(skipna=False))
    low = float(option.changes["saving_low"].astype(float).sum(skipna=False))
    if pd.isna(high) or pd.isna(low):
        return "Break-even is not known, because what the option saves is not known."
    if round(high) <= 0:
        return "Break-even: the option saves nothing, so there is nothing that could be used up."
    answer = break_even(high * terms.years, terms.saving_per_person_gbp, years=terms.years)
    many = counted(answer.people, "more person needs", "more people need")
    most = "" if round(low) == round(high) else "at most "
    return (
        f"Over {_period(terms.years)} it saves {most}£{answer.spending_gbp:,.0f}. That is used up if {many} services that cost "
        f"£{terms.saving_per_person_gbp:,.0f} per person over the same time."
    )


def _site_words(cost: float, share: float, terms: BreakEvenTerms) -> str:
    if pd.isna(cost):
        return ""
    answer = break_even(cost * terms.years, terms.saving_per_person_gbp, years=terms.years)
    words = [answer.text]
    if pd.notna(share):
        percent = "less than 0.1%" if 0 < share < 0.001 else f"{share:.1%}".replace(".0%", "%")
        words.append(f"That is {percent} of the people for whom it is the nearest.")
    return " ".join((*words, f"Assumption: {terms.assumption.strip().removesuffix('.')}."))


def spending_table(spending: Iterable[tuple[str, str, float]], terms: BreakEvenTerms) -> pd.DataFrame:
    """Return the break-even of services and sites by what each costs.

    Parameters
    ----------
    spending
        Name, ``asset_id`` (empty for a service that is no asset) and pounds over the whole period.
    terms
        Saving for each person, period and assumption.

    Returns
    -------
    pandas.DataFrame
        Index ``number`` from 1: ``name``, ``asset_id``, ``spending_gbp``, ``years``, ``saving_per_person_gbp``, ``people_to_break_even``,
        ``sentence``, ``assumption``.

    Examples
    --------
    >>> terms = am.sites.BreakEvenTerms(9_000, "home care for two years (made up)", years=2)
    >>> am.sites.spending_table([("A link worker", "", 84_000.0)], terms)["people_to_break_even"].tolist()
    [10]
    """
    rows = []
    for name, asset_id, pounds in spending:
        answer = break_even(pounds, terms.saving_per_person_gbp, years=terms.years)
        rows.append(
            {
                "name": name,
                "asset_id": asset_id,
                "spending_gbp": answer.spending_gbp,
                "years": answer.years,
                "saving_per_person_gbp": answer.saving_per_person_gbp,
                "people_to_break_even": answer.people,
                "sentence": answer.text,
                "assumption": terms.assumption,
            }
        )
    table = pd.DataFrame(rows)
    table.index = pd.RangeIndex(1, len(table) + 1, name="number")
    return table


def _period(years: float) -> str:
    return "a year" if years == 1 else f"{years:g} years"


def break_even_by_site(
    sites: pd.DataFrame, saving_per_person_gbp: float, *, years: float = 1.0
) -> pd.DataFrame:
    """Return the break-even of every site whose cost is known.

    Parameters
    ----------
    sites
        ``DevolutionReview.sites`` with ``annual_cost_gbp``.
    saving_per_person_gbp
        What the other service costs per person over the period.
    years
        How long the period is; a site costs so many times its cost of a year.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: ``name``, ``annual_cost_gbp``, ``years``, ``people_to_break_even`` and their share of the people for
        whom the site is the nearest, ``break_even_share``; missing where the cost is not known.

    Raises
    ------
    InputError
        If there is no column ``annual_cost_gbp``.

    Examples
    --------
    >>> sites = pd.DataFrame({"name": ["Hall"], "annual_cost_gbp": [64_000.0], "people_nearest": [3_000]}, index=["hall"])
    >>> am.sites.break_even_by_site(sites, 9_000, years=2)["people_to_break_even"].tolist()
    [15]
    """
    if "annual_cost_gbp" not in sites.columns:
        raise InputError("The sites have no column 'annual_cost_gbp'. Add it to the list of sites.")
    cost = pd.to_numeric(sites["annual_cost_gbp"], errors="coerce").astype(float)
    people = cost.map(
        lambda each: break_even(each * years, saving_per_person_gbp, years=years).people, na_action="ignore"
    )
    return pd.DataFrame(
        {
            "name": sites["name"],
            "annual_cost_gbp": cost,
            "years": years,
            "people_to_break_even": people,
            "break_even_share": people / sites["people_nearest"].where(sites["people_nearest"] > 0),
        }
    )
