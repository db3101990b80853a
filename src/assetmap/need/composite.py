"""Composite indices: one need from several themes. The result names the weights and the method.

``percentile`` averages the values as read (each is the share of all areas in the published index that are less
deprived), so results can be compared between councils. ``rank`` and ``score`` use these areas alone: ``rank`` uses
the order only, ``score`` keeps the distances between areas, so extremes count for more. Limits: in an average, one
theme makes up for another. Weights are a judgement, and `gap_sensitivity` shows what depends on them.
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
    """Combine several columns into one need.

    Parameters
    ----------
    table
        Areas or a need table with the columns named in `weights`: 0-1, or for ``rank`` and ``score`` any number
        where more means more need.
    weights
        Weight of each column, above 0. Weights are divided by their sum.
    method
        ``"percentile"``, ``"rank"`` or ``"score"``.

    Returns
    -------
    pandas.DataFrame
        On ``table.index``: ``need`` (0-1, 1 = most need, missing where any part is) and ``composite``, the weights and
        the method in words, which go into every output.

    Raises
    ------
    SchemaError
        If a column is missing or, for ``percentile``, is not between 0 and 1.
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
    """Rank the share of residents in an age group on a 0-1 scale, within these areas.

    Parameters
    ----------
    areas
        With the columns ``population`` and `people`.
    people
        Column with the number of people in the age group.

    Returns
    -------
    pandas.Series
        ``need_<people>`` on ``areas.index``: 0 = smallest share, 1 = largest, missing where nobody lives or a count
        is not known.

    Raises
    ------
    SchemaError
        If the areas lack the column of the age group or the population.

    Examples
    --------
    >>> float(am.need.need_of_age(areas, people="older_60_plus").max())
    1.0
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
        raise InputError(f"Give at least one weight, each above 0, not {first_few(wrong) or 'none'}.")
    missing = [name for name in weights if name not in table.columns]
    if missing:
        raise SchemaError(
            f"There is no column {first_few(missing)}. The columns are {first_few(table.columns, most=20)}."
        )
    values = table[list(weights)]
    outside = [name for name in values if not values[name].dropna().between(0, 1).all()]
    if method == "percentile" and outside:
        raise SchemaError(
            f"For method 'percentile' every column must be between 0 and 1. Not so: {first_few(outside)}."
        )
