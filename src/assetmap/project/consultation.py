"""Responses to a consultation by site and area, small counts hidden so that no other figure gives them away.

Each site is one table, areas by views with their sums (`suppress_small_counts`); responses are about one site, so that no two
tables share a response. What is said of an option is added up from what those tables publish, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.groups.disclosure import DEFAULT_THRESHOLD, TOTAL, suppress_small_counts
from assetmap.read.responses import NOT_FOUND, VIEWS
from assetmap.schema import InputError, OptionResult, counted
from assetmap.sites.names import find_site

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

TABLE_COLUMNS: Final = ("option", "site", "view", "responses", "weight")
MOST_NEED: Final = 2


def add_up_responses(
    counts: pd.DataFrame, areas: pd.DataFrame, options: Sequence[OptionResult], sites: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Say what people think of each option, without giving any one of them away.

    Parameters
    ----------
    counts
        From `read_responses`.
    areas
        Small areas with ``population``.
    options
        From `evaluate_option`. A response counts for an option that changes its site, or that it names.
    sites
        The sites under review.

    Returns
    -------
    tuple
        By option, site and view: ``responses`` and ``weight`` (their weights; missing where the count is hidden); the view
        ``total`` is the sum. By option and area: ``responses``, missing where hidden. And sentences on how many answered and who
        is missing.

    Raises
    ------
    InputError
        If a response is about a site that there is not.
    """
    subjects = _subjects(counts, options, sites)
    published = {
        subject: _published(counts[counts["site"].isin(words)]) for subject, words in subjects.items()
    }
    rows, by_area = [], {}
    for each in options:
        mine = [s for s in subjects if s == each.option.name or s in set(each.changes["name"])]
        for subject in mine:
            rows += _rows(
                each.option.name, subject, published[subject], counts[counts["site"].isin(subjects[subject])]
            )
        if mine:
            totals = [published[subject][TOTAL].drop(TOTAL) for subject in mine]
            by_area[each.option.name] = sum(
                (each_total.reindex(areas.index, fill_value=0.0) for each_total in totals),
                start=pd.Series(0.0, index=areas.index),
            )
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS))
    layer = pd.concat(by_area, names=["option", "area_code"]) if by_area else pd.Series(dtype=float)
    return table, layer.rename("responses").to_frame(), _notes(published, areas)


def _subjects(
    counts: pd.DataFrame, options: Sequence[OptionResult], sites: gpd.GeoDataFrame
) -> dict[str, list[str]]:
    """Return the sites and options that responses are about, each with the words that people wrote for it."""
    names = {each.option.name.casefold(): each.option.name for each in options}
    found: dict[str, list[str]] = {}
    problems = []
    for words in counts["site"].unique():
        try:
            subject = names.get(words.casefold()) or str(sites.at[find_site(sites, words), "name"])
        except InputError as error:
            problems.append(str(error))
            continue
        found.setdefault(subject, []).append(words)
    if problems:
        raise InputError(f"Responses are about sites that are not under review: {' '.join(problems[:5])}")
    return found


def _published(mine: pd.DataFrame) -> pd.DataFrame:
    """Return areas by views with their sums, small counts hidden."""
    table = mine.pivot_table(
        index="area_code", columns="view", values="responses", aggfunc="sum", fill_value=0
    )
    table = table.reindex(columns=list(VIEWS), fill_value=0)
    try:
        return suppress_small_counts(table)
    except ArithmeticError:  # hardly anybody answered: nothing can be published but that
        nothing = pd.DataFrame(np.nan, index=[*table.index, TOTAL], columns=[*table.columns, TOTAL])
        whole = float(table.to_numpy(dtype=float).sum())
        nothing.loc[TOTAL, TOTAL] = whole if whole >= DEFAULT_THRESHOLD else np.nan
        return nothing


def _rows(
    option: str, subject: str, published: pd.DataFrame, mine: pd.DataFrame
) -> list[tuple[str, str, str, float, float]]:
    sums = {str(view): float(value) for view, value in published.loc[[TOTAL]].iloc[0].items()}
    rows = []
    for view in (*VIEWS, TOTAL):
        shown = sums[view]
        weight = mine["weight"].sum() if view == TOTAL else mine.loc[mine["view"] == view, "weight"].sum()
        rows.append((option, subject, view, shown, float(weight) if not np.isnan(shown) else np.nan))
    return rows


def _notes(published: Mapping[str, pd.DataFrame], areas: pd.DataFrame) -> tuple[str, ...]:
    """Say how many answered, from what is published alone, and where nobody did: that gives nobody away."""
    totals = pd.Series({subject: table.at[TOTAL, TOTAL] for subject, table in published.items()}, dtype=float)
    outside = [float(table[TOTAL][NOT_FOUND]) for table in published.values() if NOT_FOUND in table.index]
    number, hidden = int(totals.sum()), int(totals.isna().sum())
    answering = {str(code) for table in published.values() for code in table.index}
    people = areas["population"]
    silent = ~areas.index.isin(list(answering))
    rate = f", {number / people.sum() * 1000:.1f} for each 1,000 residents" if people.sum() > 0 else ""
    sentences = [
        f"{counted(number, 'response')} to {counted(len(totals) - hidden, 'question')}{rate}."
        + (f" {counted(hidden, 'more question')} had too few answers to show a number." if hidden else "")
    ]
    if outside:
        known = not any(np.isnan(each) for each in outside)
        many = f"{int(sum(outside)):,} of them" if known else "Some"
        sentences.append(f"{many} had a postcode that is not known or lies outside.")
    if silent.any():
        words = (
            f"Nobody answered from {counted(int(silent.sum()), 'area')} with {people[silent].sum():,.0f} people "
            f"({people[silent].sum() / people.sum():.0%} of all)"
        )
        sentences.append(words + _of_whom(areas, silent) + ".")
    sentences.append(
        "People who answer a consultation are not a sample of residents. Counts from 1 to 4, and others that would give them away, are hidden."
    )
    return tuple(sentences)


def _of_whom(areas: pd.DataFrame, silent: NDArray[np.bool_]) -> str:
    parts = []
    for column, label in (("children_0_15", "children"), ("older_60_plus", "people aged 60 and over")):
        if column in areas.columns and areas[column].sum() > 0:
            parts.append(f"{areas.loc[silent, column].sum() / areas[column].sum():.0%} of {label}")
    if "imd_decile" in areas.columns and (areas["imd_decile"] <= MOST_NEED).any():
        poor = areas["imd_decile"] <= MOST_NEED
        share = areas.loc[silent & poor.to_numpy(), "population"].sum() / areas.loc[poor, "population"].sum()
        parts.append(f"{share:.0%} of people in the fifth of areas with most need")
    return f"; that is {first_few_words(parts)}" if parts else ""


def first_few_words(parts: Sequence[str]) -> str:
    """Join parts for a sentence."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
