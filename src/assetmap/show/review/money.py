"""Sums, hours and ranges as the pages of a review print them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assetmap.schema import reference_table
from assetmap.show.words import NOT_KNOWN, date_words, plain


def pounds(value: float) -> str:
    """Return pounds: ``£85,000``; less than nothing with a minus.

    >>> pounds(85000), pounds(-1200), pounds(float("nan"))
    ('£85,000', '−£1,200', 'not known')
    """
    if pd.isna(value):
        return NOT_KNOWN
    return f"{'−' if round(value) < 0 else ''}£{abs(round(value)):,}"


def pound_range(low: float, high: float) -> str:
    """Return a range of pounds, or one sum where both ends are the same.

    >>> pound_range(0, 64000), pound_range(9000, 9000), pound_range(0, float("nan"))
    ('£0 to £64,000', '£9,000', 'not known')
    """
    if pd.isna(low) or pd.isna(high):
        return NOT_KNOWN
    return pounds(low) if round(low) == round(high) else f"{pounds(low)} to {pounds(high)}"


def hours(value: float) -> str:
    """Return hours, with a sign where they are added.

    >>> hours(21), hours(-12.5)
    ('21', '−12.5')
    """
    return NOT_KNOWN if pd.isna(value) else f"{value:g}".replace("-", "−")


def fact_words(value: Any, kind: str) -> str:
    """Return a figure about a site in words, by the kind of its column in ``data/tables/site_facts.csv``."""
    if pd.isna(value) or not str(value).strip():
        return NOT_KNOWN
    if kind == "gbp":
        return pounds(value)
    if kind == "number":
        return f"{value:,.1f}".removesuffix(".0")
    return date_words(value) if kind == "date" else plain(value)


def facts_of(site: pd.Series) -> list[tuple[str, str]]:
    """Return what the list says about the money and condition of a site, in words; what is not given is left out."""
    facts = reference_table("site_facts")
    return [
        (str(row["label"]), fact_words(site[column], row["kind"]))
        for column, (_, row) in zip(facts.index.astype(str), facts.iterrows(), strict=True)
        if column in site.index and not pd.isna(site[column]) and str(site[column]).strip()
    ]
