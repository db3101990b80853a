"""Disclosure control: small counts of sensitive groups, hidden so that totals do not give them away.

Counts from 1 to below the threshold are hidden (primary suppression), and as many other cells as necessary
(secondary suppression), so that a reader of all published cells and totals cannot narrow a hidden small count to
less than "1 to threshold - 1", which the hiding itself tells. (A small total is at least the number of its cells
that are not 0, which everybody can see.) Solving the table back proves it: linear programming
gives the least and the greatest value of each hidden cell that fits what is published. Zeros are shown, because
they identify nobody, so a reader knows that every hidden cell is at least 1. Limits: the proof holds for this one
table. A second table of the same groups by other headings can undo it, and so can a reader who knows the counts of
one of the groups, or who runs this module on every table that could be behind the published one.

References
----------
Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.schema import InputError, first_few

DEFAULT_THRESHOLD: Final = 5
LEAST_HIDDEN: Final = 1.0
"""Zeros are always shown, so everybody knows that a hidden cell is at least 1."""

TOTAL: Final = "total"


def suppress_small_counts(counts: pd.DataFrame, *, threshold: int = DEFAULT_THRESHOLD) -> pd.DataFrame:
    """Hide small counts, and the cells that would give them away.

    Parameters
    ----------
    counts
        Whole numbers, areas by types, without missing cells and without a row or column named "total".
    threshold
        Counts from 1 to below it are hidden. At least 2.

    Returns
    -------
    pandas.DataFrame
        The same table with a row and a column "total". Hidden cells are missing. For every hidden small count
        `solve_back` gives a range that includes 1 to ``threshold - 1``; for a hidden total, from the number of its
        cells that are not 0.

    Raises
    ------
    InputError
        With every problem at once.

    Examples
    --------
    >>> counts = pd.DataFrame({"choirs": [12, 2, 9]}, index=["A", "B", "C"])
    >>> am.groups.suppress_small_counts(counts)
           choirs  total
    A        12.0   12.0
    B         NaN    NaN
    C         NaN    NaN
    total    23.0   23.0
    """
    _check_counts(counts, threshold)
    table = _with_totals(counts)
    hidden = (table > 0) & (table < threshold)
    small = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    waiting = sorted(small, key=lambda cell: (table[cell], cell))
    least = _with_totals(counts > 0)
    while waiting:
        row, column = waiting[0]
        low, high = _range_of(table, hidden, (row, column))
        if low <= least[row, column] and high >= threshold - 1:
            waiting.pop(0)
        else:
            _hide_rectangle(table, hidden, (row, column))
    published = pd.DataFrame(
        np.where(hidden, np.nan, table), index=[*counts.index, TOTAL], columns=[*counts.columns, TOTAL]
    )
    published.index.name, published.columns.name = counts.index.name, counts.columns.name
    return published


def solve_back(published: pd.DataFrame) -> pd.DataFrame:
    """Try to work out the hidden cells of a published table from its totals.

    Parameters
    ----------
    published
        A table whose last row and column are totals. Hidden cells are missing. Zeros are never hidden.

    Returns
    -------
    pandas.DataFrame
        One row per hidden cell: ``row, column, low, high``, the least and the greatest value that fit
        everything published, when a hidden cell is at least 1. Where they are equal, the cell is disclosed.

    Examples
    --------
    >>> published = pd.DataFrame({"yes": [np.nan, 4, 7], "no": [5, 6, 11], "all": [8, 10, 18]}, index=["A", "B", "all"])
    >>> am.groups.solve_back(published)[["low", "high"]].values.tolist()
    [[3.0, 3.0]]
    """
    table = published.to_numpy(dtype=float)
    hidden = np.isnan(table)
    known = np.where(hidden, 0.0, table)
    rows = []
    for row, column in np.argwhere(hidden):
        low, high = _range_of(known, hidden, (int(row), int(column)))
        rows.append((published.index[row], published.columns[column], low, high))
    return pd.DataFrame(rows, columns=["row", "column", "low", "high"])


def _with_totals(counts: pd.DataFrame) -> npt.NDArray[np.float64]:
    inner = counts.to_numpy(dtype=float)
    wide = np.column_stack([inner, inner.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _range_of(
    table: npt.NDArray[np.float64], hidden: npt.NDArray[np.bool_], cell: tuple[int, int]
) -> tuple[float, float]:
    """Return the least and greatest value of a hidden cell, from the cells shown, the sums and `LEAST_HIDDEN`."""
    from scipy import optimize, sparse

    number = np.full(table.shape, -1)
    number[hidden] = np.arange(hidden.sum())
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    right: list[float] = []
    # along a row or column: the cells minus their total make 0
    for lines, numbers in ((table, number), (table.T, number.T)):
        for line, ids in zip(lines, numbers, strict=True):
            signs = np.r_[np.ones(len(line) - 1), -1.0]
            if (ids < 0).all():
                continue
            here = len(right)
            rows += [here] * int((ids >= 0).sum())
            columns += ids[ids >= 0].tolist()
            values += signs[ids >= 0].tolist()
            right.append(-float((signs * line)[ids < 0].sum()))
    # SciPy takes sparse equations; its stubs do not know that
    equations: Any = sparse.csr_array((values, (rows, columns)), shape=(len(right), int(hidden.sum())))
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(int(hidden.sum()))
        aim[number[cell]] = sign
        answer = optimize.linprog(
            aim, A_eq=equations, b_eq=right, bounds=(LEAST_HIDDEN, None), method="highs"
        )
        if answer.status == 3:
            ends.append(np.inf)
        elif answer.status == 0:
            ends.append(sign * float(answer.fun or 0.0))
        else:
            raise InputError(f"The table's totals are not the sums of its cells ({answer.message}).")
    return round(ends[0], 6) + 0.0, round(ends[1], 6) + 0.0


def _hide_rectangle(
    table: npt.NDArray[np.float64], hidden: npt.NDArray[np.bool_], cell: tuple[int, int]
) -> None:
    """Hide the cheapest rectangle that has a corner in the cell and hides something more.

    Zeros stay. Totals are part of the table, so they are hidden too where nothing else is left. They cost most,
    because they are the largest numbers.
    """
    row, column = cell
    cost = np.where(hidden, 0.0, table + 1.0)
    cost[table == 0] = np.inf
    corners = cost + cost[:, [column]] + cost[[row], :]
    corners[row, :] = np.inf
    corners[:, column] = np.inf
    corners[corners == 0] = np.inf
    other_row, other_column = np.unravel_index(int(np.argmin(corners)), corners.shape)
    if not np.isfinite(corners[other_row, other_column]):
        raise ArithmeticError("A small count can be worked out, and no other cell is left to hide.")
    hidden[other_row, other_column] = hidden[row, other_column] = hidden[other_row, column] = True


def _check_counts(counts: pd.DataFrame, threshold: int) -> None:
    problems = []
    values = counts.to_numpy(dtype=float)
    if threshold < 2:
        problems.append(f"threshold must be 2 or more, not {threshold}")
    if counts.index.has_duplicates or counts.columns.has_duplicates:
        problems.append("row and column names must be unique")
    if TOTAL in counts.index or TOTAL in counts.columns:
        problems.append(f"rename the row or column '{TOTAL}': totals are added under that name")
    wrong = ~np.isfinite(values) | (values < 0) | (np.mod(np.nan_to_num(values), 1) != 0)
    if wrong.any():
        problems.append(
            f"counts must be whole numbers of 0 or more, none missing; they are not in {first_few(counts.index[wrong.any(axis=1)])}"
        )
    if problems:
        raise InputError("Small counts cannot be hidden: " + "; ".join(problems) + ".")
