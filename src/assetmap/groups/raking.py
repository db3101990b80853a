"""Figures of small areas adjusted to known totals (control totals and raking).

One set of totals: each area's figure is multiplied by the factor of its parent area, and the factor is reported.
Two sets (areas by types, each with known totals): raking, also called iterative proportional fitting, which keeps
the pattern of the seed table (its odds ratios) and changes only its totals. Limits: neither adds knowledge about a
cell. A zero in the seed stays a zero.

References
----------
Deming and Stephan 1940, Annals of Mathematical Statistics 11.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError, first_few

ROUNDS: Final = 1_000
TOLERANCE: Final = 1e-9


def control_to_totals(figures: pd.Series, parents: pd.Series, totals: pd.Series) -> pd.DataFrame:
    """Scale the figures of small areas so that they add up to the known total of each parent area.

    Parameters
    ----------
    figures
        0 or more per area, index ``area_code``. Missing figures stay missing and are not part of the sum.
    parents
        Parent of each area, on the same index.
    totals
        Known total of each parent area, index its code.

    Returns
    -------
    pandas.DataFrame
        On exactly ``figures.index``: ``controlled``, the scaled figure, and ``factor``, its multiplier.

    Raises
    ------
    InputError
        If a parent has no total, or has a total above 0 and nothing to scale, with every problem at once.

    Examples
    --------
    >>> figures = pd.Series({"A": 10.0, "B": 30.0})
    >>> parents = pd.Series({"A": "north", "B": "north"})
    >>> am.groups.control_to_totals(figures, parents, pd.Series({"north": 80.0}))
       controlled  factor
    A        20.0     2.0
    B        60.0     2.0
    """
    above = parents.reindex(figures.index)
    sums = figures.groupby(above).sum()
    problems = []
    if above.isna().any():
        problems.append(f"no parent is given for area {first_few(figures.index[above.isna()])}")
    if (figures < 0).any():
        problems.append(f"figures are negative in {first_few(figures.index[figures < 0])}")
    known = totals.reindex(sums.index)
    if known.isna().any() or (known < 0).any():
        problems.append(f"the total is missing or negative for {first_few(sums.index[~(known >= 0)])}")
    nothing = sums.index[(sums == 0) & (known > 0)]
    if len(nothing):
        problems.append(f"the total is above 0 but all figures are 0 or missing in {first_few(nothing)}")
    if problems:
        raise InputError("The figures cannot be scaled to the totals: " + "; ".join(problems) + ".")
    factors = (known / sums).where(sums > 0, 1.0)
    factor = above.map(factors).astype(float)
    return pd.DataFrame({"controlled": figures * factor, "factor": factor}, index=figures.index)


def rake(seed: pd.DataFrame, row_totals: pd.Series, column_totals: pd.Series) -> pd.DataFrame:
    """Fit a table to known row and column totals (raking, or iterative proportional fitting).

    Parameters
    ----------
    seed
        Pattern to keep, areas by types: 0 or more, none missing.
    row_totals, column_totals
        Known totals on the index and the columns of the seed. Both must have the same sum.

    Returns
    -------
    pandas.DataFrame
        A table like the seed, with the known totals.

    Raises
    ------
    InputError
        If a row or column of zeros has a total above 0, the totals disagree, or no table with that pattern has
        these totals. All problems are in one message.

    Examples
    --------
    >>> seed = pd.DataFrame([[1, 1], [1, 3]])
    >>> rake(seed, pd.Series([2, 4]), pd.Series([3, 3])).round(3).to_numpy().tolist()
    [[1.354, 0.646], [1.646, 2.354]]
    """
    rows = row_totals.reindex(seed.index).to_numpy(dtype=float)
    columns = column_totals.reindex(seed.columns).to_numpy(dtype=float)
    table = seed.to_numpy(dtype=float)
    _check_totals(seed, rows, columns)
    for _ in range(ROUNDS):
        table = table * _factors(rows, table.sum(axis=1))[:, None]
        table = table * _factors(columns, table.sum(axis=0))
        if np.abs(table.sum(axis=1) - rows).max() <= TOLERANCE * max(1.0, rows.max()):
            return pd.DataFrame(table, index=seed.index, columns=seed.columns)
    worst = seed.index[int(np.abs(table.sum(axis=1) - rows).argmax())]
    raise InputError(
        f"No table with zeros where the seed has them can have these totals (furthest off: row '{worst}'). "
        "Replace zeros that are not certain with a small number."
    )


def _factors(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    factors: np.ndarray = np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)
    return factors


def _check_totals(seed: pd.DataFrame, rows: np.ndarray, columns: np.ndarray) -> None:
    table = seed.to_numpy(dtype=float)
    problems = []
    if not np.isfinite(table).all() or (table < 0).any():
        problems.append("the seed must be 0 or more everywhere, none missing")
    for name, labels, totals, sums in (
        ("row", seed.index, rows, table.sum(axis=1)),
        ("column", seed.columns, columns, table.sum(axis=0)),
    ):
        if not np.isfinite(totals).all() or (totals < 0).any():
            problems.append(
                f"the {name} total is missing or negative for {first_few(labels[~(totals >= 0)])}"
            )
        empty = labels[(sums == 0) & (totals > 0)]
        if len(empty):
            problems.append(f"{name} {first_few(empty)} has only zeros but its total is above 0")
    if not problems and abs(rows.sum() - columns.sum()) > 1e-6 * max(1.0, rows.sum()):
        problems.append(f"row totals add up to {rows.sum():g} but column totals to {columns.sum():g}")
    if problems:
        raise InputError("The table cannot be raked: " + "; ".join(problems) + ".")
