"""Counted groups per 1,000 in small areas: empirical Bayes smoothing and exceedance.

In an area of 1,500 people one group more or less changes the rate by a third. Each area's rate is therefore
drawn towards the whole's by as much as its own count is uncertain (Marshall's global estimator), and the
question "is it below the median?" is answered by a probability. Limits: for *counted* groups only, never for
a pro-rata share; areas are taken as independent of their neighbours. The spread between areas is clamped at 0
(PySAL's esda does not clamp it and can return negative rates).

References
----------
Marshall 1991, Applied Statistics 40, 283-294.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError, first_few

SMOOTHED_COLUMNS: Final = (
    "groups_per_1000", "groups_smoothed_per_1000", "own_weight", "below_median_probability", "unreliable",
)  # fmt: skip


def smooth_rates(groups: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Smooth counted groups per 1,000 and say how likely each area is below the median.

    ``b = sum y / sum P``, ``s2 = sum P_i (p_i - b)^2 / sum P``, ``a = max(0, s2 - b / mean(P))``,
    ``est_i = b + a / (a + b / P_i) (p_i - b)``; this is the mean of a gamma posterior, whose distribution gives
    the probability.

    Parameters
    ----------
    groups
        Counted groups per area, index ``area_code``; missing = not counted.
    population
        Residents on the same index.

    Returns
    -------
    pandas.DataFrame
        On exactly ``groups.index``: ``groups_per_1000`` (raw), ``groups_smoothed_per_1000``, ``own_weight`` (0-1,
        how much of the smoothed rate is the area's own), ``below_median_probability`` (0-1; that the area's true
        rate lies below the median of the smoothed rates; missing where areas differ no more than by chance),
        ``unreliable`` (``own_weight`` under a half: more than half of the figure is the whole's). Areas that
        were not counted or have no people are missing and unreliable.

    Raises
    ------
    InputError
        If a count or a population is negative, or nothing was counted.
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
        problems.append("no group was counted in an area with people")
    if problems:
        raise InputError("Counted groups cannot be smoothed: " + "; ".join(problems) + ".")

    y, p = count.to_numpy()[used], people.to_numpy()[used]
    overall = y.sum() / p.sum()
    raw = y / p
    spread = max(0.0, float((p * (raw - overall) ** 2).sum() / p.sum() - overall / p.mean()))
    weight = spread / (spread + overall / p)
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


def _probability_below(
    counts: np.ndarray, people: np.ndarray, overall: float, spread: float, threshold: float
) -> np.ndarray:
    """Gamma posterior of each rate: prior with mean ``overall`` and variance ``spread``, Poisson count."""
    if spread == 0:
        return np.full(len(counts), np.nan)
    from scipy import special

    shape, inverse_scale = overall**2 / spread, overall / spread
    return np.asarray(special.gammainc(shape + counts, (inverse_scale + people) * threshold), dtype=float)
