"""Money per area: sums per 1,000 people, smoothed with an interval, and how far money is concentrated where need is.

A small area with one large grant has a high rate by chance alone. Each rate is drawn towards the overall rate, the more so the
less certain it is (Marshall's estimator, as for counts in `assetmap.groups.smoothing`); the sum of an area varies more than a count,
by the dispersion ``sum of squares / sum`` of the grants. The concentration curve puts people in the order of need and adds up what they
received; its index is 0 where everybody received the same, above 0 where people in need received more. A list that is whole is
counted, not sampled: curve and index have no interval.

References
----------
Marshall 1991, Applied Statistics 40, 283-294. Kakwani, Wagstaff and van Doorslaer 1997, Journal of Econometrics 77, 87-103.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.smoothing import shrink_rates
from assetmap.schema import InputError, first_few

LEVEL: Final = 0.8
"""Level of the interval of a smoothed rate, as for estimates."""

FIFTHS: Final = 5


def smooth_amounts(
    amount: pd.Series, population: pd.Series, *, dispersion: float = 1.0, level: float = LEVEL
) -> pd.DataFrame:
    """Smooth sums per 1,000 people, with an interval.

    Parameters
    ----------
    amount
        Sum per area, index ``area_code``; 0 where nothing was given, missing where it is not known.
    population
        Residents on the same index.
    dispersion
        Sum of the squares of the single amounts over their sum; 1 for counts.
    level
        Level of the interval, 0-1.

    Returns
    -------
    pandas.DataFrame
        On exactly ``amount.index``: ``smoothed_per_1000``, ``low``, ``high`` (of a gamma posterior; missing where areas differ no
        more than by chance) and ``own_weight`` (0-1). Areas without people or an amount are missing.

    Raises
    ------
    InputError
        If a sum or a population is negative, or nothing was given anywhere.

    Examples
    --------
    >>> sums = pd.Series([900.0, 100.0, 0.0], index=pd.Index(["A", "B", "C"], name="area_code"))
    >>> people = pd.Series(1000, index=sums.index)
    >>> smooth_amounts(sums, people, dispersion=50.0)["smoothed_per_1000"].round().tolist()
    [842.0, 124.0, 34.0]
    """
    people = population.reindex(amount.index).astype(float)
    used = (amount.notna() & (people > 0)).to_numpy()
    problems = [
        f"{name} is negative in {first_few(column.index[column < 0])}"
        for name, column in (("the sum", amount), ("population", people))
        if (column < 0).any()
    ]
    if not used.any() or amount[used].sum() == 0:
        problems.append("nothing was given in any area with people")
    if problems:
        raise InputError("Sums cannot be smoothed: " + "; ".join(problems) + ".")
    y, p = amount.to_numpy(dtype=float)[used], people.to_numpy()[used]
    overall, spread, weight = shrink_rates(y, p, dispersion=dispersion)
    table = pd.DataFrame(
        np.nan, index=amount.index, columns=["smoothed_per_1000", "low", "high", "own_weight"]
    )
    table.loc[used, "smoothed_per_1000"] = 1000 * (overall + weight * (y / p - overall))
    table.loc[used, "own_weight"] = weight
    if spread > 0:
        from scipy import special

        shape = overall**2 / spread + y / dispersion
        inverse_scale = overall / spread + p / dispersion
        for name, share in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
            table.loc[used, name] = 1000 * special.gammaincinv(shape, share) / inverse_scale
    return table


def concentration_curve(population: pd.Series, need: pd.Series, amounts: pd.DataFrame) -> pd.DataFrame:
    """Add up people from most need to least, and what they received.

    Parameters
    ----------
    population, need
        Residents and need (0-1, 1 = most) of the areas. Areas without one of them are left out; areas with the same need are one step.
    amounts
        Sums on the same index, one column per way of counting.

    Returns
    -------
    pandas.DataFrame
        Index ``step``, 0 first: ``people_share`` and a share (0-1) per column of ``amounts``, all of them running totals. A column
        without any sum is missing.

    Examples
    --------
    >>> index = ["A", "B"]
    >>> money = pd.DataFrame({"gbp": [900.0, 100.0]}, index=index)
    >>> am.action.concentration_curve(pd.Series(1000, index), pd.Series([0.9, 0.1], index), money)["gbp"].tolist()
    [0.0, 0.9, 1.0]
    """
    known = (population > 0) & need.notna()
    table = amounts[known].astype(float).assign(people=population[known].astype(float))
    steps = table.groupby(need[known]).sum().sort_index(ascending=False).cumsum()
    shares = steps / steps.iloc[-1].where(steps.iloc[-1] > 0) if len(steps) else steps
    shares = shares.rename(columns={"people": "people_share"})[["people_share", *amounts.columns]]
    begin = pd.DataFrame(np.where(shares.notna().any(), 0.0, np.nan)[None, :], columns=shares.columns)
    curve = pd.concat([begin, shares], ignore_index=True)
    return curve.rename_axis("step")


def share_of_first(curve: pd.DataFrame, column: str, *, people: float = 1 / FIFTHS) -> float:
    """Return the share that went to the first people of the curve: those where need is highest.

    Parameters
    ----------
    curve
        From `concentration_curve`.
    column
        One of its shares.
    people
        Share of the people, 0-1. An area on the border is divided evenly.

    Examples
    --------
    >>> index = ["A", "B"]
    >>> money = pd.DataFrame({"gbp": [900.0, 100.0]}, index=index)
    >>> curve = am.action.concentration_curve(pd.Series(1000, index), pd.Series([0.9, 0.1], index), money)
    >>> round(am.action.share_of_first(curve, "gbp"), 2)
    0.36
    """
    if curve[column].isna().any() or len(curve) < 2:
        return float("nan")
    return float(np.interp(people, curve["people_share"], curve[column]))


def concentration_index(curve: pd.DataFrame, column: str) -> float:
    """Return twice the area between the curve and equal shares: -1 to 1, above 0 where people in need received more.

    Examples
    --------
    >>> index = ["A", "B"]
    >>> money = pd.DataFrame({"gbp": [900.0, 100.0]}, index=index)
    >>> curve = am.action.concentration_curve(pd.Series(1000, index), pd.Series([0.9, 0.1], index), money)
    >>> round(am.action.concentration_index(curve, "gbp"), 2)
    0.4
    """
    if curve[column].isna().any() or len(curve) < 2:
        return float("nan")
    people, given = curve["people_share"].to_numpy(), curve[column].to_numpy()
    return float((np.diff(people) * (given[1:] + given[:-1])).sum() - 1)


def money_by_need(curve: pd.DataFrame, people: float, sums: pd.Series) -> pd.DataFrame:
    """Divide people into fifths by need and say what each received.

    Parameters
    ----------
    curve
        From `concentration_curve`.
    people
        People of the areas on the curve.
    sums
        What was given to them in all, by column of the curve.

    Returns
    -------
    pandas.DataFrame
        Index ``fifth`` (1 = most need): ``people``, and for each column ``<column>``, ``<column>_share`` (0-1) and ``<column>_per_1000``.

    Examples
    --------
    >>> index = ["A", "B"]
    >>> money = pd.DataFrame({"gbp": [900.0, 100.0]}, index=index)
    >>> curve = am.action.concentration_curve(pd.Series(1000, index), pd.Series([0.9, 0.1], index), money)
    >>> am.action.money_by_need(curve, 2_000, pd.Series({"gbp": 1_000.0}))["gbp"].round().tolist()
    [360.0, 360.0, 200.0, 40.0, 40.0]
    """
    table = pd.DataFrame({"people": people / FIFTHS}, index=pd.RangeIndex(1, FIFTHS + 1, name="fifth"))
    for column, total in sums.items():
        ends = [share_of_first(curve, str(column), people=step / FIFTHS) for step in range(FIFTHS + 1)]
        share = np.diff(ends)
        table[str(column)] = share * total
        table[f"{column}_share"] = share
        table[f"{column}_per_1000"] = share * total / table["people"].where(table["people"] > 0) * 1000
    return table
