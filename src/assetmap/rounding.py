"""Numbers as they are printed: whole numbers that add up, decimals cut short, values that are equal once printed, people."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from assetmap.errors import InputError
from assetmap.schema import first_few


def largest_remainder(weights: pd.Series, total: int) -> pd.Series:
    """Divide a whole number in proportion to weights, by largest remainder (Hamilton 1792).

    Parameters
    ----------
    weights
        0 or more, none missing.
    total
        Whole number to divide.

    Returns
    -------
    pandas.Series
        Whole numbers on the index of ``weights`` that add up to ``total``. Of equal remainders, the smaller index
        label comes first, so row order does not matter. A weight of 0 gets 0.

    Raises
    ------
    InputError
        If a weight is missing or negative, or all are 0 while the total is not.

    Examples
    --------
    >>> largest_remainder(pd.Series({"A": 5, "B": 3, "C": 1}), 4).to_dict()
    {'A': 2, 'B': 1, 'C': 1}
    """
    values = weights.to_numpy(dtype=float)
    if not np.isfinite(values).all() or (values < 0).any():
        wrong = weights.index[~np.isfinite(values) | (values < 0)]
        raise InputError(f"Weights must be 0 or more and not missing. Check {first_few(wrong)}.")
    if total < 0:
        raise InputError(f"The total to divide must be 0 or more, not {total}.")
    if total == 0:
        return pd.Series(0, index=weights.index, dtype="int64")
    whole = math.fsum(values)
    if whole == 0:
        raise InputError(f"The total {total} cannot be divided: all {len(values)} weights are 0.")
    quota = total * values / whole
    given = np.floor(quota).astype("int64")
    # rounding keeps equal remainders equal where floating point would separate them
    remainder = np.round(quota - given, 9)
    order = np.lexsort((_rank_of_labels(weights.index), -remainder))
    order = order[values[order] > 0]
    left = total - int(given.sum())
    given[order[:left]] += 1
    return pd.Series(given, index=weights.index, dtype="int64")


def _rank_of_labels(index: pd.Index) -> np.ndarray:
    ranks = np.empty(len(index), dtype="int64")
    ranks[index.argsort()] = np.arange(len(index))
    return ranks


def rounded(table: pd.DataFrame, *, places: int = 6) -> pd.DataFrame:
    """Return a table whose numbers with decimals are rounded, so that the last bits of a sum do not show."""
    copy = table.copy()
    for column in copy.columns:
        if pd.api.types.is_float_dtype(copy[column]):
            copy[column] = copy[column].round(places)
    return copy


def count_equal(values: pd.Series, value: float, *, places: int = 6) -> int:
    """Count the values that equal one of them as tables print it, itself included.

    A sentence may call one of them the first only where this is 1.

    Examples
    --------
    >>> count_equal(pd.Series([0.9, 0.9 + 1e-9, 0.4, None]), 0.9)
    2
    """
    return int((values.astype(float).round(places) == round(float(value), places)).sum())


def residents(areas: pd.DataFrame) -> float:
    """Return the people of some areas: 0 if there are no areas, missing if nobody knows the people of any of them.

    Examples
    --------
    >>> residents(pd.DataFrame({"population": [900, None]})), residents(pd.DataFrame({"population": [None]}))
    (900.0, nan)
    """
    return float(areas["population"].astype(float).sum(min_count=1)) if len(areas) else 0.0
