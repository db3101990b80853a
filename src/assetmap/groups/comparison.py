"""Estimates of one number by several methods, side by side with published rates.

They rest on different assumptions and often count different things, so they are never averaged. A note says
where their intervals do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.schema import Estimate, Note, reference_table

FOREST_COLUMNS: Final = ("label", "estimate", "low", "high", "level", "kind")


def compare_estimates(estimates: Sequence[Estimate]) -> tuple[Note, ...]:
    """Say where estimates of one place by several methods disagree.

    Returns
    -------
    tuple of Note
        ``DEFINITION_MISMATCH`` where they count different things, ``INTERVALS_DISAGREE`` where two intervals
        do not overlap.

    Examples
    --------
    >>> first = am.estimate_unregistered(17_440)
    >>> second = am.groups.estimate_two_lists(55, 39, 18)
    >>> [note.code for note in am.groups.compare_estimates([first, second])]
    ['DEFINITION_MISMATCH', 'INTERVALS_DISAGREE']
    """
    notes = []
    definitions = list(dict.fromkeys(estimate.definition for estimate in estimates))
    if len(definitions) > 1:
        notes.append(caution("DEFINITION_MISMATCH", definitions="; ".join(definitions)))
    apart = [
        f"'{one.method}' and '{other.method}'"
        for one, other in combinations(estimates, 2)
        if one.high < other.low or other.high < one.low
    ]
    if apart:
        notes.append(caution("INTERVALS_DISAGREE", pairs=", ".join(apart)))
    return tuple(notes)


def forest_table(
    estimates: Iterable[Estimate], *, population: float | None = None, published: pd.DataFrame | None = None
) -> pd.DataFrame:
    """List estimates and published rates, one row each, for a forest plot.

    Parameters
    ----------
    estimates
        One per method, in the order in which they are drawn.
    population
        Residents, to turn published rates into groups. Without it no published rate is shown.
    published
        Published rates; by default ``reference_table("published_rates")``.

    Returns
    -------
    pandas.DataFrame
        ``label, estimate, low, high, level, kind``, in groups. ``kind`` is ``method`` or ``published``. A
        published rate has no interval: low and high are the range in print (equal where one figure is
        in print), the estimate is its middle and the level is missing.

    Examples
    --------
    >>> answer = am.estimate_unregistered(575_532)
    >>> am.groups.forest_table([answer], population=575_532)["kind"].tolist()
    ['method', 'published', 'published', 'published', 'published']
    """
    others: list[dict[str, Any]] = []
    if population is not None:
        table = reference_table("published_rates") if published is None else published
        others = published_estimates(population, table)
    table = pd.DataFrame(forest_rows(estimates, others), columns=list(FOREST_COLUMNS))
    return table.astype({"level": float})


def published_estimates(population: float, published: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the number of groups that each published rate gives for a population.

    Parameters
    ----------
    population
        Residents.
    published
        Index ``rate_id``; columns ``label, source, year, place, low_per_1000, high_per_1000, scope,
        definition``, and where known ``counted`` (years of the count) and ``biases`` (separated by "|").

    Returns
    -------
    list of dict
        ``label, rate_low, rate_high`` (per 1,000), ``low, high`` (groups), ``year, place, scope, definition,
        source, counted, biases``, one per rate.
    """
    rows = []
    for row in published.to_dict(orient="records"):
        lowest, highest = float(row["low_per_1000"]), float(row["high_per_1000"])
        rates = {"rate_low": lowest, "rate_high": highest}
        groups = {"low": lowest * population / 1000, "high": highest * population / 1000}
        words = {name: row[name] for name in ("year", "place", "scope", "definition", "source")}
        words |= {name: row.get(name, "") for name in ("counted", "biases")}
        rows.append({"label": row["label"]} | rates | groups | words)
    return rows


def forest_rows(
    estimates: Iterable[Estimate], published: Sequence[Mapping[str, Any]]
) -> list[dict[str, str | float | None]]:
    """Return the rows of `forest_table` as plain records, with None for a missing level."""
    rows: list[dict[str, str | float | None]] = [
        dict(
            zip(
                FOREST_COLUMNS,
                (one.method, one.estimate, one.low, one.high, one.level, "method"),
                strict=True,
            )
        )
        for one in estimates
    ]
    for row in published:
        middle = (row["low"] + row["high"]) / 2
        values = (row["label"], middle, row["low"], row["high"], None, "published")
        rows.append(dict(zip(FOREST_COLUMNS, values, strict=True)))
    return rows
