"""How complete a list is.

Coverage is the share of all groups that a list shows: groups listed / groups estimated. Its interval comes from
the interval of the estimate. Limits: those of the estimate. A type with few groups on both lists is marked as
unreliable, not left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.membership import count_strata, list_columns
from assetmap.groups.overlap import LEAST_OVERLAP, measure_overlap
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.strata import Strata, arrange_strata
from assetmap.schema import Estimate, InputError

COVERAGE_COLUMNS: Final = (
    "listed", "estimate", "low", "high", "coverage_share", "coverage_low", "coverage_high", "reliable",
)  # fmt: skip


def coverage_of_list(
    membership: pd.DataFrame,
    name: str,
    *,
    lists: Sequence[str],
    by: str = "",
    level: float = DEFAULT_LEVEL,
) -> pd.DataFrame:
    """Estimate the share of all groups that a list shows, overall and by type.

    Parameters
    ----------
    membership
        One row per group, one true/false column per list (see `estimate_from_lists`).
    name
        The list in question. It is compared with all other lists together.
    lists
        The columns that are lists, ``name`` among them.
    by
        Column of types, or ``""`` for the overall figure only.
    level
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        Index ``type``, ``"all"`` first. ``listed`` groups, ``estimate, low, high`` (Chapman with Chao's
        interval; ``all`` is the sum over the types, arranged as in `estimate_strata`),
        ``coverage_share, coverage_low, coverage_high`` (0-1) and ``reliable``, false where the lists share fewer
        than 7 groups of the type. Where no group of a type is on both sides, the estimate is missing.

    Raises
    ------
    InputError
        If there is no such list, or the table cannot be used, with every problem at once.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> register = am.build_register(lists)
    >>> membership = am.groups.membership_from_register(register.assets, register.log)
    >>> found = am.groups.coverage_of_list(membership, "directory", lists=["directory", "hall_bookings"])
    >>> list(found.columns)
    ['listed', 'estimate', 'low', 'high', 'coverage_share', 'coverage_low', 'coverage_high', 'reliable']
    """
    problems = problems_of_level(level)
    if problems:
        raise InputError("Coverage cannot be estimated: " + "; ".join(problems) + ".")
    names = list_columns(membership, lists)
    if name not in names:
        raise InputError(f"There is no list '{name}'; the lists are {', '.join(names)}.")
    others = [other for other in names if other != name]
    groups = membership.assign(_listed=membership[name], _elsewhere=membership[others].any(axis=1))
    counts = count_strata(groups, ("_listed", "_elsewhere"), by)
    rows = {"all": _coverage_row(arrange_strata(counts), level)}
    if by:
        rows |= {str(one): _coverage_row(arrange_strata(counts.loc[[one]]), level) for one in counts.index}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COVERAGE_COLUMNS)).rename_axis("type")


def coverage_from_estimate(listed: int, estimate: Estimate) -> tuple[float, float, float]:
    """Return the coverage of a list and its interval (0-1), from an estimate by any method.

    Raises
    ------
    InputError
        If `listed` is below 0.

    Examples
    --------
    >>> from assetmap.groups.rate import estimate_unregistered
    >>> [round(share, 2) for share in coverage_from_estimate(300, estimate_unregistered(307_923))]
    [0.27, 0.17, 0.5]
    """
    if listed < 0:
        raise InputError(f"listed must be 0 or more, not {listed}.")
    if listed == 0:
        return 0.0, 0.0, 0.0
    parts = (estimate.estimate, estimate.high, estimate.low)
    share, low, high = (min(1.0, listed / part) if part > 0 else 1.0 for part in parts)
    return share, low, high


def _coverage_row(strata: Strata, level: float) -> tuple[float, ...]:
    listed = float(sum(row.first for row in (*strata.usable, *strata.counted)))
    if not any(row.both for row in strata.usable):
        return (listed, *[np.nan] * 6, False)
    extra = sum(row.first + row.second for row in strata.counted)
    overlap = measure_overlap(strata.usable)
    size = overlap.size + extra
    low, high = (end + extra for end in overlap.interval(level))
    reliable = all(row.both >= LEAST_OVERLAP for row in strata.usable) and not strata.counted
    return listed, size, low, high, listed / size, listed / high, listed / low, reliable
