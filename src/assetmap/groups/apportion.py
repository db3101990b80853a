"""Small areas: an estimate divided between them by population.

This is arithmetic, called a **pro-rata share** here. It adds no knowledge about any small area, it must never
rank areas, and the interval of a share is never narrower, in proportion, than that of the whole.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import quantiles_of_count, round_half_up
from assetmap.rounding import largest_remainder as largest_remainder  # noqa: PLC0414 (public in this room)
from assetmap.schema import Estimate, InputError, Note, first_few

SPREAD_COLUMNS = ("unregistered_estimate", "unregistered_low", "unregistered_high")


def spread_estimate(areas: pd.DataFrame, estimate: Estimate) -> pd.DataFrame:
    """Divide an estimate between small areas by population (a pro-rata share, never a ranking).

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
        groups. The estimates add up to the rounded estimate. Each interval is that of the whole in proportion,
        widened by the chance variation of a small count. An area without a population is missing in all
        three. Where the population of the estimate (`Estimate.inputs`) includes that area, its part of the
        total stays unassigned. `note_missing_population` says so in words.

    Raises
    ------
    InputError
        If no area has a population, or all are 0 while there are groups to divide.

    Examples
    --------
    >>> answer = am.estimate_unregistered(575_532)
    >>> shares = am.groups.spread_estimate(areas, answer)
    >>> list(shares.columns)
    ['unregistered_estimate', 'unregistered_low', 'unregistered_high']
    """
    population = areas["population"].astype(float)
    known = population[population.notna()]
    if known.empty:
        raise InputError(
            "The estimate cannot be divided between areas: no area has a population. Add a population table."
        )
    if (known < 0).any():
        raise InputError(
            f"Population is negative in area {first_few(known.index[known < 0])}. Correct those cells."
        )
    part = _part_with_population(population, estimate)
    total = round_half_up(estimate.estimate * part)
    shares = largest_remainder(known, total)
    low, high = _intervals_of_shares(shares, known, estimate, part)

    table = pd.DataFrame(np.nan, index=areas.index, columns=list(SPREAD_COLUMNS))
    for column, values in zip(SPREAD_COLUMNS, (shares.to_numpy(dtype=float), low, high), strict=True):
        table.loc[population.notna().to_numpy(), column] = values
    return table


def note_missing_population(areas: pd.DataFrame) -> tuple[Note, ...]:
    """Say which areas get no share of an estimate because their population is missing.

    Parameters
    ----------
    areas
        Index ``area_code``, column ``population``.

    Returns
    -------
    tuple of Note
        One `POPULATION_MISSING`, or nothing where every area has a population.

    Examples
    --------
    >>> am.groups.note_missing_population(areas)
    ()
    """
    missing = areas.index[areas["population"].isna()]
    if missing.empty:
        return ()
    return (caution("POPULATION_MISSING", count=len(missing), first=first_few(missing)),)


def _part_with_population(population: pd.Series, estimate: Estimate) -> float:
    """Return the part of the estimate that belongs to areas with a known population."""
    counted = next((one.value for one in estimate.inputs if one.name == "population"), math.nan)
    known = float(population.sum())
    if population.notna().all() or not counted > known:
        return 1.0
    return known / counted


def _intervals_of_shares(
    shares: pd.Series, population: pd.Series, estimate: Estimate, part: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of the whole in proportion, or that of a small count where it is wider."""
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
