"""Composites: one need out of several themes, with the weights and the method said in the result.

``percentile`` averages the values as read (each the share of all areas of the published index that are less
deprived), so results can be compared between councils. ``rank`` and ``score`` look at these areas alone: the first
takes places only, the second keeps distances between areas and lets extremes decide. Limits: an average
lets one theme make up for another; weights are a judgement, and `gap_sensitivity` shows what they decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS: Final = ("percentile", "rank", "score")


def combine_need(
    table: pd.DataFrame, weights: Mapping[str, float], *, method: str = "percentile"
) -> pd.DataFrame:
    """Make one need out of several columns.

    Parameters
    ----------
    table
        Areas or a need table with the columns named in `weights`, each 0-1 or any number where more is more need
        (``rank`` and ``score`` only).
    weights
        Weight of each column, above 0; they are divided by their sum.
    method
        ``"percentile"``, ``"rank"`` or ``"score"``.

    Returns
    -------
    pandas.DataFrame
        On ``table.index``: ``need`` (0-1, 1 = most need; missing where any part is) and ``composite``, the weights and
        the method in words, to travel with every output.

    Raises
    ------
    SchemaError
        If a column is missing or, for ``percentile``, does not lie between 0 and 1.
    InputError
        If a weight is not above 0 or the method is not known.

    Examples
    --------
    >>> themes = pd.DataFrame({"need_income": [0.2, 1.0], "need_health": [0.6, 0.8]})
    >>> combine_need(themes, {"need_income": 3, "need_health": 1})["need"].tolist()
    [0.3, 0.95]
    """
    _check_weights(table, weights, method)
    shares = {name: weight / sum(weights.values()) for name, weight in weights.items()}
    parts = table[list(shares)].astype(float)
    parts = parts.where(parts.notna().all(axis=1))
    if method == "rank":
        parts = (parts.rank(method="average") - 1) / max(int(parts.notna().all(axis=1).sum()) - 1, 1)
    elif method == "score":
        width = (parts.max() - parts.min()).replace(0, np.nan)
        parts = ((parts - parts.min()) / width).fillna(0.5).where(parts.notna())
    need = sum((parts[name] * share for name, share in shares.items()), pd.Series(0.0, index=table.index))
    words = ", ".join(f"{name} {share:.3g}" for name, share in shares.items())
    return pd.DataFrame(
        {"need": need.round(12).clip(0, 1), "composite": f"weighted mean by {method}: {words}"}
    )


def need_of_age(areas: pd.DataFrame, *, people: str = "older_60_plus") -> pd.Series:
    """Put the share of an age group among residents on the 0-1 scale, by rank within these areas.

    Parameters
    ----------
    areas
        With ``population`` and the column `people`.
    people
        Column with the count of the age group.

    Returns
    -------
    pandas.Series
        ``need_<people>`` on ``areas.index``: 0 = least share, 1 = greatest; missing where nobody lives or a count is
        not known.
    """
    missing = [name for name in ("population", people) if name not in areas.columns]
    if missing:
        raise SchemaError(f"The areas have no column {first_few(missing)}.")
    population = areas["population"].astype(float)
    share = areas[people].astype(float) / population.where(population > 0)
    scaled = (share.rank(method="average") - 1) / max(int(share.notna().sum()) - 1, 1)
    return scaled.rename(f"need_{people}")


def _check_weights(table: pd.DataFrame, weights: Mapping[str, float], method: str) -> None:
    if method not in METHODS:
        raise InputError(f"method must be one of {first_few(METHODS)}, not {method!r}.")
    wrong = [name for name, weight in weights.items() if not weight > 0]
    if wrong or not weights:
        raise InputError(
            f"Every weight must be above 0, and there must be one: {first_few(wrong) or 'none given'}."
        )
    missing = [name for name in weights if name not in table.columns]
    if missing:
        raise SchemaError(
            f"There is no column {first_few(missing)}; there are {first_few(table.columns, most=20)}."
        )
    values = table[list(weights)]
    outside = [name for name in values if not values[name].dropna().between(0, 1).all()]
    if method == "percentile" and outside:
        raise SchemaError(
            f"By percentile every column must lie between 0 and 1: {first_few(outside)} do not."
        )
