"""How complete is a list, and what would a further street survey add to what we know.

Coverage is the share of all groups that a list shows: groups listed / groups estimated. Its interval is that of
the estimate turned upside down. Limits: those of the estimate; a type of which few groups are on both lists is
marked, not hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.membership import count_strata, find_lists
from assetmap.groups.rate import DEFAULT_LEVEL, check_level
from assetmap.groups.two_lists import LEAST_OVERLAP, chapman, interval_above_seen, merge_strata
from assetmap.schema import Estimate, InputError

COVERAGE_COLUMNS: Final = (
    "listed", "estimate", "low", "high", "coverage_share", "coverage_low", "coverage_high", "reliable",
)  # fmt: skip


def coverage_of_list(
    membership: pd.DataFrame, name: str, *, by: str = "", level: float = DEFAULT_LEVEL
) -> pd.DataFrame:
    """Say what share of all groups a list shows, overall and by type.

    Parameters
    ----------
    membership
        One row per group, one true/false column per list (see `estimate_from_lists`).
    name
        The list in question; the others together are what it is held against.
    by
        Column of types; ``""`` for overall only.
    level
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        Index ``type``, ``"all"`` first. ``listed`` groups, ``estimate, low, high`` (Chapman with Chao's
        interval; ``all`` is the sum over the types, those sharing fewer than 7 groups merged),
        ``coverage_share, coverage_low, coverage_high`` (0-1) and ``reliable``, false where the lists share fewer
        than 7 groups of the type. Where one side has no group of a type the estimate is missing.
    """
    problems = check_level(level)
    if problems:
        raise InputError("Coverage cannot be given: " + "; ".join(problems) + ".")
    names = find_lists(membership)
    if name not in names:
        raise InputError(f"There is no list '{name}'; the lists are {', '.join(names)}.")
    others = [other for other in names if other != name]
    groups = membership.assign(_listed=membership[name], _elsewhere=membership[others].any(axis=1))
    counts = count_strata(groups, ("_listed", "_elsewhere"), by)
    merged = merge_strata(counts)
    rows = {"all": _coverage_row(merged, level)}
    if by:
        rows |= {str(one): _coverage_row(counts.loc[[one]], level) for one in counts.index}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COVERAGE_COLUMNS)).rename_axis("type")


def coverage_from_estimate(listed: int, estimate: Estimate) -> tuple[float, float, float]:
    """Return coverage and its interval (0-1) of a list against an estimate by any method.

    Examples
    --------
    >>> from assetmap.groups.rate import estimate_unregistered
    >>> [round(share, 2) for share in coverage_from_estimate(300, estimate_unregistered(307_923))]
    [0.27, 0.17, 0.5]
    """
    if listed < 0:
        raise InputError(f"listed must be 0 or more groups, not {listed}.")
    if listed == 0:
        return 0.0, 0.0, 0.0
    parts = (estimate.estimate, estimate.high, estimate.low)
    share, low, high = (min(1.0, listed / part) if part > 0 else 1.0 for part in parts)
    return share, low, high


def simulate_street_survey(
    listed: int,
    estimate: Estimate,
    *,
    streets: int,
    visits: Sequence[int],
    found_share: float = 1.0,
    repeats: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Simulate how narrow the interval would be after a random survey of k streets, used as a second list.

    Parameters
    ----------
    listed
        Groups on the list that there is.
    estimate
        What is now believed of all groups; its estimate is taken as the truth.
    streets
        Number of streets of the place.
    visits
        Numbers of streets to try, k.
    found_share
        Share of a street's groups that a visit finds, 0-1.
    repeats
        Simulations.
    seed
        Same seed, same numbers.

    Returns
    -------
    pandas.DataFrame
        Index ``streets_visited``; medians over the simulations: ``groups_found``, ``groups_on_both``,
        ``width`` (of the interval at the estimate's level, groups), and ``width_share``, that width over the
        present one. Streets are unequal (exponential), being listed does not depend on the street.

    Raises
    ------
    InputError
        With every problem at once.
    """
    size = round(estimate.estimate)
    _check_survey(listed, size, streets, visits, found_share)
    random = np.random.default_rng(seed)
    busy = random.exponential(size=(repeats, streets))
    busy /= busy.sum(axis=1, keepdims=True)
    shown = np.cumsum(random.binomial(random.multinomial(listed, busy), found_share), axis=1)
    hidden = np.cumsum(random.binomial(random.multinomial(size - listed, busy), found_share), axis=1)
    now = estimate.high - estimate.low
    rows = {}
    for visited in visits:
        both, found = shown[:, visited - 1], shown[:, visited - 1] + hidden[:, visited - 1]
        widths = []
        for shared, second in zip(both.tolist(), found.tolist(), strict=True):
            answer = chapman(listed, second, shared)
            low, high = interval_above_seen(listed + second - shared, *answer, estimate.level)
            widths.append(high - low)
        width = float(np.median(widths))
        share = width / now if now > 0 else np.nan
        rows[visited] = (float(np.median(found)), float(np.median(both)), width, share)
    columns = ["groups_found", "groups_on_both", "width", "width_share"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("streets_visited")


def _coverage_row(counts: pd.DataFrame, level: float) -> tuple[float, ...]:
    listed = float(counts["first"].sum())
    if (counts[["first", "second"]].sum() == 0).any():
        return (listed, *[np.nan] * 6, False)
    sizes = [chapman(*row) for row in counts[["first", "second", "both"]].to_numpy().tolist()]
    size, variance = sum(one for one, _ in sizes), sum(other for _, other in sizes)
    seen = float((counts["first"] + counts["second"] - counts["both"]).sum())
    low, high = interval_above_seen(seen, size, variance, level)
    reliable = bool((counts["both"] >= LEAST_OVERLAP).all())
    return listed, size, low, high, listed / size, listed / high, listed / low, reliable


def _check_survey(listed: int, size: int, streets: int, visits: Sequence[int], found_share: float) -> None:
    problems = []
    if not 0 <= listed <= size:
        problems.append(f"the list shows {listed:,} groups, which must not exceed the estimate of {size:,}")
    if streets < 1:
        problems.append("the place must have at least one street")
    wrong = [visited for visited in visits if not 1 <= visited <= streets]
    if wrong:
        problems.append(f"visits must lie between 1 and {streets}, not {', '.join(map(str, wrong))}")
    if not 0 < found_share <= 1:
        problems.append(f"found_share must lie between 0 and 1, not {found_share}")
    if problems:
        raise InputError("The street survey cannot be simulated: " + "; ".join(problems) + ".")
