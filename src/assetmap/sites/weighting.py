"""A score from weighted criteria when some are not known, and how far its order depends on the weights.

What is not known takes no part: the score is the weighted mean over the criteria that are known, so that an
unknown answer is never counted as "no". Beside it stand the score if everything unknown turned out badly
(``low``) and well (``high``), and the share of the weight that is known. Two sites differ for sure only where
these intervals do not overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAWS: Final = 5_000
FIRST: Final = 5
SEED: Final = 1


def percentile_scores(values: pd.Series) -> pd.Series:
    """Turn a measure into a 0-1 score by its rank among the known values; ties share the mean rank.

    >>> percentile_scores(pd.Series([10.0, 30.0, 20.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    known = values.notna().sum()
    ranks = values.rank(method="average")
    return (ranks - 1) / (known - 1) if known > 1 else ranks * 0 + 0.5


def weighted_scores(scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """Average scores over what is known.

    Parameters
    ----------
    scores
        One row per site, one column per item, 0-1; missing = not known.
    weights
        One per item, 0 or more.

    Returns
    -------
    pandas.DataFrame
        On ``scores.index``: ``score`` (0-1; missing where nothing is known), ``low``, ``high`` (all unknown
        items 0 and 1), ``known_share`` (0-1, share of the weight that is known).
    """
    weight = weights.reindex(scores.columns).to_numpy(dtype=float)
    values = scores.to_numpy(dtype=float)
    known = ~np.isnan(values)
    won = np.where(known, values, 0.0) @ weight
    share = known @ weight / weight.sum()
    low = won / weight.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(share > 0, low / share, np.nan)
    return pd.DataFrame(
        {"score": score, "low": low, "high": low + (1 - share), "known_share": share}, index=scores.index
    )


def rank_sensitivity(
    scores: pd.DataFrame,
    criterion_of: Mapping[str, str],
    *,
    first: int = FIRST,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Draw weights at random and count how often each site stays among the first.

    Each draw gives the criteria weights that are uniform over all weightings that add up to 1 (a flat
    Dirichlet distribution); the items of one criterion share its weight equally.

    Parameters
    ----------
    scores
        As for `weighted_scores`.
    criterion_of
        Item -> criterion.
    first
        How many sites count as "among the first".
    draws
        Number of random weightings.
    seed
        Of the random numbers: the same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        On ``scores.index``: ``first_share`` (0-1), ``rank_best`` and ``rank_worst`` (5% and 95% of the draws; 1
        = highest score). Missing for a site about which nothing is known.

    Raises
    ------
    InputError
        If `draws` or `first` is below 1.

    Examples
    --------
    >>> scores = pd.DataFrame({"people": [1.0, 0.5, 0.0], "need": [0.9, 0.6, 0.1]}, index=["a", "b", "c"])
    >>> am.sites.rank_sensitivity(scores, {"people": "people", "need": "need"}, first=1, draws=100)["first_share"].tolist()
    [1.0, 0.0, 0.0]
    """
    if draws < 1 or first < 1:
        raise InputError("The sensitivity of ranks needs at least one draw and at least one place.")
    criteria = list(dict.fromkeys(criterion_of[item] for item in scores.columns))
    rng = np.random.default_rng(seed)
    drawn = rng.dirichlet(np.ones(len(criteria)), size=draws)
    position = [criteria.index(criterion_of[item]) for item in scores.columns]
    sizes = np.bincount(position)
    weights = drawn[:, position] / sizes[position]
    values = scores.to_numpy(dtype=float)
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn_scores = (weights @ np.where(known, values, 0.0).T) / (weights @ known.T)
    judged = known.any(axis=1)
    ranks = np.full(drawn_scores.shape, np.nan)
    from scipy.stats import rankdata

    ranks[:, judged] = rankdata(-drawn_scores[:, judged].round(12), axis=1, method="min")
    table = pd.DataFrame(index=scores.index, columns=["first_share", "rank_best", "rank_worst"], dtype=float)
    if judged.any():
        table.loc[judged, "first_share"] = (ranks[:, judged] <= first).mean(axis=0)
        table.loc[judged, "rank_best"] = np.quantile(ranks[:, judged], 0.05, axis=0, method="lower")
        table.loc[judged, "rank_worst"] = np.quantile(ranks[:, judged], 0.95, axis=0, method="higher")
    return table


def check_weights(weights: Mapping[str, float], criteria: pd.DataFrame) -> pd.Series:
    """Return the weight of every criterion: the given one, else that of the table.

    Raises
    ------
    InputError
        With every unknown criterion and every bad weight at once.
    """
    problems = []
    unknown = [name for name in weights if name not in criteria.index]
    if unknown:
        problems.append(f"there is no criterion {first_few(unknown)}; they are {', '.join(criteria.index)}")
    bad = [name for name, value in weights.items() if not (0 <= value < float("inf"))]
    if bad:
        problems.append(f"a weight must be 0 or more: {first_few(bad)}")
    table = criteria["weight"].astype(float)
    if not problems:
        table = table.copy()
        for name, value in weights.items():
            table[name] = float(value)
        for score, rows in criteria.groupby("score"):
            if table[rows.index].sum() <= 0:
                problems.append(f"all criteria of {score} have weight 0")
    if problems:
        raise InputError(f"The weights of the review cannot be used: {'; '.join(problems)}.")
    return table
