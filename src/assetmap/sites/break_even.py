"""Break-even: how many people a service must keep out of costlier ones for its spending to pay.

Kirklees Council and two clinical commissioning groups put GBP 130,000 into social prescribing for two years, and reckoned that
it breaks even if it keeps 13 people with high levels of need out of traditional services: the same arithmetic with your own
figures. It says what must happen, not that it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from assetmap.schema import InputError


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
    period = "a year" if years == 1 else f"{years:g} years"
    text = (
        f"Spending of £{spending_gbp:,.0f} over {period} pays for itself if it keeps {people:,} "
        f"{'person' if people == 1 else 'people'} out of services that cost £{saving_per_person_gbp:,.0f} "
        f"per person over {period}."
    )
    return BreakEven(spending_gbp, saving_per_person_gbp, people, text, years)


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
