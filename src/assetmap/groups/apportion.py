"""Small areas: sharing a total out.

Sharing an estimate over small areas by population is arithmetic, here called a **pro-rata share**: it adds no
knowledge about any small area, must never rank areas, and its interval is no narrower than that of the whole.
"""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.rate import quantiles_of_count, round_half_up
from assetmap.rounding import largest_remainder
from assetmap.schema import Estimate, InputError, first_few

SPREAD_COLUMNS = ("unregistered_estimate", "unregistered_low", "unregistered_high")


def spread_estimate(areas: pd.DataFrame, estimate: Estimate) -> pd.DataFrame:
    """Share an estimate out over small areas by population (pro-rata share, never a ranking).

    Parameters
    ----------
    areas
        Index ``area_code``, column ``population``.
    estimate
        Estimate for all of the areas together.

    Returns
    -------
    pandas.DataFrame
        ``unregistered_estimate, unregistered_low, unregistered_high`` on exactly ``areas.index``: whole
        groups. The estimates add up to the rounded estimate. An interval is its parent's in proportion,
        widened by the chance of a small count. An area without a population is missing in all three, and its
        part of the total stays unassigned where the estimate's own population (`Estimate.inputs`) covers
        it; ``attrs["notes"]`` then says so.

    Raises
    ------
    InputError
        If no area has a population, or only zeros while there are groups to share.
    """
    population = areas["population"].astype(float)
    known = population[population.notna()]
    if known.empty:
        raise InputError(
            "The estimate cannot be shared out: no area has a population. Give the areas' residents."
        )
    if (known < 0).any():
        raise InputError(f"Population is negative in {first_few(known.index[known < 0])}: mend those cells.")
    part = _part_with_population(population, estimate)
    total = round_half_up(estimate.estimate * part)
    shares = largest_remainder(known, total)
    low, high = _intervals_of_shares(shares, known, estimate, part)

    table = pd.DataFrame(np.nan, index=areas.index, columns=list(SPREAD_COLUMNS))
    for column, values in zip(SPREAD_COLUMNS, (shares.to_numpy(dtype=float), low, high), strict=True):
        table.loc[population.notna().to_numpy(), column] = values
    missing = population.index[population.isna()]
    if len(missing):
        note = caution("POPULATION_MISSING", count=len(missing), first=first_few(missing))
        table.attrs["notes"] = [asdict(note)]
    return table


def _part_with_population(population: pd.Series, estimate: Estimate) -> float:
    """Part of the estimate that belongs to areas whose population is known."""
    counted = next((one.value for one in estimate.inputs if one.name == "population"), math.nan)
    known = float(population.sum())
    if population.notna().all() or not counted > known:
        return 1.0
    return known / counted


def _intervals_of_shares(
    shares: pd.Series, population: pd.Series, estimate: Estimate, part: float
) -> tuple[np.ndarray, np.ndarray]:
    """Parent's interval in proportion, or that of a count with the parent's spread where wider."""
    from scipy import special

    people = population.to_numpy(dtype=float)
    weight = part * people / people.sum() if people.sum() > 0 else people
    given = shares.to_numpy(dtype=float)
    low, high = estimate.low * weight, estimate.high * weight
    if estimate.estimate > 0:
        low = np.minimum(low, estimate.low / estimate.estimate * given)
        high = np.maximum(high, estimate.high / estimate.estimate * given)
        width = (estimate.high - estimate.low) / estimate.estimate
        spread = min(1.0, width / (2 * float(special.ndtri((1 + estimate.level) / 2))))
        chance_low, chance_high = quantiles_of_count(estimate.estimate * weight, spread, estimate.level)
        low, high = np.minimum(low, chance_low), np.maximum(high, chance_high)
    # a ratio such as 600/1127*1127 must not round up to 601
    return np.floor(low + 1e-9), np.ceil(high - 1e-9)
