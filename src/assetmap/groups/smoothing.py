"""Counted groups per 1,000 in small areas: empirical Bayes smoothing and exceedance.

In an area of 1,500 people a few groups more or less change the rate a lot. Each area's rate is therefore shrunk
towards the overall rate, the more so the less certain its own count is (Marshall's global estimator), and a
probability answers the question "is it below the median?". Limits: for *counted* groups only, never for a pro-rata
share. Areas are treated as independent of their neighbours. The spread between areas is never below 0 here (PySAL's
esda allows that and can return negative rates).

References
----------
Marshall 1991, Applied Statistics 40, 283-294.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.schema import InputError, Note, first_few

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHED_COLUMNS: Final = (
    "groups_per_1000", "groups_smoothed_per_1000", "own_weight", "below_median_probability", "unreliable",
)  # fmt: skip


def smooth_rates(groups: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Smooth counted groups per 1,000 and estimate how likely each area is to be below the median.

    ``b = sum y / sum P``, ``s2 = sum P_i (p_i - b)^2 / sum P``, ``a = max(0, s2 - b / mean(P))``,
    ``est_i = b + a / (a + b / P_i) (p_i - b)``. This is the mean of a gamma posterior, and its distribution gives
    the probability.

    Parameters
    ----------
    groups
        Counted groups per area, index ``area_code``. Missing means not counted.
    population
        Residents on the same index.

    Returns
    -------
    pandas.DataFrame
        On exactly ``groups.index``: ``groups_per_1000`` (raw), ``groups_smoothed_per_1000``, ``own_weight`` (0-1,
        how much of the smoothed rate comes from the area itself), ``below_median_probability`` (0-1, that the
        true rate of the area is below the median of the smoothed rates; missing where areas differ no more than
        by chance), ``unreliable`` (``own_weight`` under a half: most of the figure is the overall rate). Areas
        that were not counted or have no people are missing and unreliable.

    Raises
    ------
    InputError
        If a count or a population is negative, or nothing was counted.

    Examples
    --------
    >>> counted = pd.Series({"A": 12, "B": 30, "C": 2, "D": 8})
    >>> people = pd.Series({"A": 2_000, "B": 4_500, "C": 3_800, "D": 1_500})
    >>> am.groups.smooth_rates(counted, people)["groups_per_1000"].round(1).tolist()
    [6.0, 6.7, 0.5, 5.3]
    """
    count = groups.astype(float)
    people = population.reindex(groups.index).astype(float)
    used = (count.notna() & (people > 0)).to_numpy()
    problems = [
        f"{name} is negative in {first_few(column.index[column < 0])}"
        for name, column in (("the count", count), ("population", people))
        if (column < 0).any()
    ]
    if not used.any() or count[used].sum() == 0:
        problems.append("no groups were counted in any area with people")
    if problems:
        raise InputError("Counted groups cannot be smoothed: " + "; ".join(problems) + ".")

    y, p = count.to_numpy()[used], people.to_numpy()[used]
    overall, spread, weight = shrink_rates(y, p)
    raw = y / p
    smoothed = overall + weight * (raw - overall)
    table = pd.DataFrame(np.nan, index=groups.index, columns=list(SMOOTHED_COLUMNS[:4]))
    table.loc[used, "groups_per_1000"] = 1000 * raw
    table.loc[used, "groups_smoothed_per_1000"] = 1000 * smoothed
    table.loc[used, "own_weight"] = weight
    table.loc[used, "below_median_probability"] = _probability_below(
        y, p, overall, spread, float(np.median(smoothed))
    )
    table["unreliable"] = ~(table["own_weight"] >= 0.5)
    return table


def shrink_rates(
    amount: NDArray[np.floating[Any]], people: NDArray[np.floating[Any]], *, dispersion: float = 1.0
) -> tuple[float, float, NDArray[np.floating[Any]]]:
    """Return the overall rate, the variance of rates between areas, and how much of each rate is the area's own.

    Parameters
    ----------
    amount
        Counts, or sums of amounts, one per area.
    people
        Residents, more than 0.
    dispersion
        Variance of an amount over its mean at a given rate: 1 for counts; for sums of amounts of different size the sum of
        their squares over their sum.

    Returns
    -------
    tuple
        Overall rate per resident; variance between areas, 0 or more; weight of each area's own rate, 0-1.
    """
    overall = float(amount.sum() / people.sum())
    chance = overall * dispersion
    seen = (people * (amount / people - overall) ** 2).sum() / people.sum()
    spread = max(0.0, float(seen - chance / people.mean()))
    return overall, spread, spread / (spread + chance / people)


def note_unreliable_rates(smoothed: pd.DataFrame) -> tuple[Note, ...]:
    """Say that smoothed rates are no finding where all of them are mostly the overall rate.

    Parameters
    ----------
    smoothed
        As `smooth_rates` returns it.

    Returns
    -------
    tuple of Note
        One `SMOOTHED_UNRELIABLE`, or nothing where at least one area has a rate of its own.

    Examples
    --------
    >>> counted = pd.Series({"A": 12, "B": 30, "C": 2, "D": 8})
    >>> people = pd.Series({"A": 2_000, "B": 4_500, "C": 3_800, "D": 1_500})
    >>> am.groups.note_unreliable_rates(am.groups.smooth_rates(counted, people))
    ()
    """
    if not smoothed["unreliable"].all():
        return ()
    return (caution("SMOOTHED_UNRELIABLE", count=len(smoothed)),)


def _probability_below(
    counts: np.ndarray, people: np.ndarray, overall: float, spread: float, threshold: float
) -> np.ndarray:
    """Use the gamma posterior of each rate: prior with mean ``overall``, variance ``spread``, Poisson count."""
    if spread == 0:
        return np.full(len(counts), np.nan)
    from scipy import special

    shape, inverse_scale = overall**2 / spread, overall / spread
    return np.asarray(special.gammainc(shape + counts, (inverse_scale + people) * threshold), dtype=float)
