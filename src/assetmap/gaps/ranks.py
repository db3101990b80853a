"""Inference for ranks: between which ranks an area may lie, alone and together with others.

An order of areas is a statement on many differences at once. Following Mogstad, Romano, Shaikh and Wilhelm, every difference of
an area and another gets an interval, wide enough that all of them hold together with the level wanted. An area is certainly
behind those whose interval lies wholly above it, and certainly before those whose interval lies wholly below: that bounds its
rank. The marginal set of an area holds for that area alone; the simultaneous sets hold for all areas asked for together.

Where the draws are the truth that may be (plausible choices), not a sampling error around an estimate, nothing has to be inferred:
`ranks_together` counts, and its ranges are much narrower.

The stepwise method of the paper takes every comparison that is certain out of the family and tests the rest again, with a lower
bar, until nothing more is certain. Its sets are never wider than those of one step, and hold the true ranks as often.

Limits: the sets say what the draws say. Draws of plausible choices measure how far choices matter, draws of a sampling
error how far chance does. That so many draws have all ranks within the sets is promised by one step only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL: Final = 0.9
_ALIKE: Final = 1e-9
"""Differences that vary by less than this part of the values are taken to be fixed."""


def rank_confidence_sets(
    draws: NDArray[np.floating],
    *,
    estimates: NDArray[np.floating] | None = None,
    of: Sequence[int] | None = None,
    level: float = LEVEL,
    stepwise: bool = True,
) -> pd.DataFrame:
    """Return confidence sets for ranks from draws of the values that are ranked.

    Parameters
    ----------
    draws
        One row per draw, one column per area: values as they may be, for instance of a bootstrap around `estimates`, or under
        plausible choices. 1 is the rank of the highest value.
    estimates
        The values that were estimated; the means of the draws where you do not give them.
    of
        Positions of the areas whose ranks are wanted; all where you do not give them. The simultaneous sets hold for these.
    level
        Share of the draws, or probability, with which a set holds the rank; over 0 and under 1.
    stepwise
        Test again without the comparisons that are certain: narrower sets for the true ranks behind estimates. False where the
        draws themselves are what may be true.

    Returns
    -------
    pandas.DataFrame
        On the positions `of`: ``rank`` (of the estimates, the lowest of equal ones), ``marginal_low`` and
        ``marginal_high`` (hold the rank of this area), ``simultaneous_low`` and ``simultaneous_high`` (hold the ranks of all
        areas asked for at once). Equal values may take any of the ranks that they share.

    Raises
    ------
    InputError
        If there are fewer than two draws or areas, a value is missing, or the level is not between 0 and 1.

    References
    ----------
    Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks with applications to mobility
    across neighbourhoods and academic achievement across countries. Review of Economic Studies 91(1), 476-518.

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.array([[9.0, 5.0, 4.9], [8.0, 4.8, 5.1], [8.5, 5.2, 5.0], [9.2, 5.0, 5.3]])
    >>> rank_confidence_sets(draws)[["simultaneous_low", "simultaneous_high"]].values.tolist()
    [[1, 1], [2, 3], [2, 3]]
    """
    drawn = np.asarray(draws, dtype=np.float64)
    _check(drawn, estimates, level)
    middle = drawn.mean(axis=0) if estimates is None else np.asarray(estimates, dtype=np.float64)
    wanted = np.arange(drawn.shape[1]) if of is None else np.asarray(of, dtype=np.int64)
    table = {"rank": [1 + int((middle > middle[area]).sum()) for area in wanted]}
    alone = [_certain(drawn, middle, wanted[[row]], level, stepwise) for row in range(len(wanted))]
    marginal = tuple(np.concatenate(parts) for parts in zip(*alone, strict=True))
    together = _certain(drawn, middle, wanted, level, stepwise)
    for name, (ahead, behind) in (("marginal", marginal), ("simultaneous", together)):
        table[f"{name}_low"] = (1 + ahead.sum(axis=1)).tolist()
        table[f"{name}_high"] = (drawn.shape[1] - behind.sum(axis=1)).tolist()
    return pd.DataFrame(table, index=pd.Index(wanted, name="position"))


def ranks_together(ranks: NDArray[np.floating], *, level: float = LEVEL) -> pd.DataFrame:
    """Return ranges that hold the ranks of all areas at the same time in at least a share of the draws.

    The draws in which some area is furthest out, for its own ranks, are left out until the share is reached; the range of an area
    is that of the draws kept.

    Parameters
    ----------
    ranks
        One row per draw, one column per area.
    level
        Share of the draws that is kept; over 0 and under 1.

    Returns
    -------
    pandas.DataFrame
        On the positions of the columns: ``low`` and ``high``.

    Raises
    ------
    InputError
        As for `rank_confidence_sets`.

    Examples
    --------
    >>> import numpy as np
    >>> ranks_together(np.array([[1, 2], [1, 2], [2, 1], [1, 2]]), level=0.75).values.tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    drawn = np.asarray(ranks, dtype=np.float64)
    _check(drawn, None, level)
    inside = np.minimum(_draws_up_to(drawn), _draws_up_to(-drawn)).min(axis=1)
    kept = drawn[np.argsort(-inside, kind="stable")[: int(np.ceil(level * len(drawn)))]]
    return pd.DataFrame({"low": kept.min(axis=0), "high": kept.max(axis=0)}).rename_axis("position")


def _draws_up_to(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each value how many of its column are at most as large."""
    columns = [np.searchsorted(np.sort(column), column, side="right") for column in values.T]
    return np.column_stack(columns).astype(np.int64)


def _certain(
    drawn: NDArray[np.float64],
    middle: NDArray[np.float64],
    wanted: NDArray[np.int64],
    level: float,
    stepwise: bool,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each area wanted (rows) which areas are certainly ahead of it, and which certainly behind.

    Every pair is two one-sided comparisons. The bar is what the furthest of those in question stays below, in units of their
    own spread, with the level wanted. In the next step those that are certain are no longer in question.
    """
    apart = middle[None, :] - middle[wanted][:, None]
    spread = np.array([_spread_of(drawn, area, apart[row]) for row, area in enumerate(wanted)])
    ahead, behind = np.zeros(apart.shape, dtype=bool), np.zeros(apart.shape, dtype=bool)
    while True:
        furthest = np.zeros(len(drawn))
        for row, area in enumerate(wanted):
            varies = spread[row] > 0
            away = drawn - drawn[:, [area]] - apart[row]
            units = np.divide(away, spread[row], out=np.zeros_like(away), where=varies)
            for signed, known in ((units, ahead[row]), (-units, behind[row])):
                if (asked := varies & ~known).any():
                    furthest = np.maximum(furthest, signed[:, asked].max(axis=1))
        bar = _upper_quantile(furthest, level) * spread
        more = ahead | (apart > bar), behind | (-apart > bar)
        found = int(sum((new & ~old).sum() for new, old in zip(more, (ahead, behind), strict=True)))
        ahead, behind = more
        if not stepwise or not found:
            return ahead, behind


def _spread_of(drawn: NDArray[np.float64], area: np.int64, apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much the difference of an area and each other varies; 0 where it does not."""
    spread = np.sqrt(((drawn - drawn[:, [area]] - apart) ** 2).mean(axis=0))
    return np.where(spread <= _ALIKE * max(float(np.abs(drawn).max()), 1.0), 0.0, spread)


def _upper_quantile(values: NDArray[np.float64], level: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed, a hair wider.

    The hair keeps a draw that lies exactly on the bound within it, whatever the rounding.
    """
    return float(np.quantile(values, level, method="inverted_cdf")) * (1 + 1e-9)


def _check(draws: NDArray[np.float64], estimates: NDArray[np.floating] | None, level: float) -> None:
    if draws.ndim != 2 or min(draws.shape) < 2:
        raise InputError(
            f"Ranks need at least 2 draws (rows) of at least 2 areas (columns); the draws have shape {draws.shape}."
        )
    if np.isnan(draws).any() or (estimates is not None and np.isnan(np.asarray(estimates)).any()):
        raise InputError(
            "A value is missing, so areas cannot be ranked. Leave out the areas that are not known."
        )
    if estimates is not None and np.shape(estimates) != (draws.shape[1],):
        raise InputError(
            f"There are {np.shape(estimates)} estimates for {draws.shape[1]} areas: give one for each."
        )
    if not 0 < level < 1:
        raise InputError(f"The level must be over 0 and under 1, for example 0.9, not {level!r}.")
