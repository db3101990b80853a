"""A simulation study: simulate counties whose groups are known, and measure how far each method is off.

The counties have the faults of real lists: a list that copies another, two kinds of group that are not equally
visible, missed matches, entries that are defunct. Each method gets the data that an analyst would get. Bias is how
far its estimates are off on average, coverage how often its interval contains the truth. Where the assumptions hold,
coverage should equal the level. Limits: a simulated county is simpler than a real one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.local_rate import estimate_from_counted_areas
from assetmap.groups.membership import estimate_from_lists
from assetmap.groups.rate import DEFAULT_CV, DEFAULT_LEVEL, DEFAULT_RATE, estimate_unregistered
from assetmap.groups.recaptures import estimate_from_recaptures
from assetmap.groups.street_sample import estimate_from_street_sample
from assetmap.schema import Estimate

GROUPS: Final = 2_000
POPULATION: Final = 500_000
TWO_LISTS: Final = (0.35, 0.25)
THREE_LISTS: Final = (0.35, 0.25, 0.30)
STUDY_COLUMNS: Final = (
    "method", "scenario", "assumptions_hold", "bias_pct", "coverage_pct", "width_pct",
)  # fmt: skip

Trial = Callable[[np.random.Generator, float], tuple[float, Estimate]]


def simulate_county(
    groups: int = GROUPS,
    *,
    shown: Sequence[float] = TWO_LISTS,
    copied: float = 0.0,
    unlike: float = 0.0,
    missed: float = 0.0,
    defunct: float = 0.0,
    seed: int | np.random.Generator = 0,
) -> pd.DataFrame:
    """Simulate the linked lists of a county with a known number of groups.

    Parameters
    ----------
    groups
        Active groups, the truth.
    shown
        Share of them that each list shows, 0-1.
    copied
        Chance that the second list copies a group from the first.
    unlike
        0-1: lists show the first half of the groups (``asset_type`` "open") ``1 + unlike`` times as often, the
        other half ("quiet") ``1 - unlike`` times.
    missed
        Share of the groups on both of the first two lists whose match is missed, so that they become two rows.
    defunct
        Share of the first list's entries that are no longer active (added to it).
    seed
        The same seed gives the same county.

    Returns
    -------
    pandas.DataFrame
        Index ``group_id``; ``list_1, list_2, ...`` true or false, ``asset_type``, ``link_reviewed`` (true). Only
        groups that are on a list.
    """
    random = np.random.default_rng(seed)
    kind = np.where(np.arange(groups) < groups // 2, 1 + unlike, 1 - unlike)
    on = random.random((groups, len(shown))) < np.minimum(1.0, np.outer(kind, shown))
    if copied > 0:
        on[:, 1] |= on[:, 0] & (random.random(groups) < copied)
    quiet = np.arange(groups) >= groups // 2
    if missed > 0:
        split = on[:, 0] & on[:, 1] & (random.random(groups) < missed)
        twin = np.zeros((int(split.sum()), len(shown)), dtype=bool)
        twin[:, 1] = True
        on[split, 1] = False
        on, quiet = np.vstack([on, twin]), np.r_[quiet, quiet[split]]
    if defunct > 0:
        dead = random.binomial(round(on[:, 0].sum() / (1 - defunct)), defunct)
        extra = np.zeros((dead, len(shown)), dtype=bool)
        extra[:, 0] = True
        on, quiet = np.vstack([on, extra]), np.r_[quiet, random.random(dead) < 0.5]
    table = pd.DataFrame(on, columns=[f"list_{number + 1}" for number in range(len(shown))])
    table["asset_type"] = np.where(quiet, "quiet", "open")
    table["link_reviewed"] = True
    seen: pd.DataFrame = table[on.any(axis=1)].rename_axis("group_id")
    return seen


def run_simulation_study(
    *, repeats: int = 1_000, level: float = DEFAULT_LEVEL, seed: int = 2026, methods: Sequence[str] = ()
) -> pd.DataFrame:
    """Run every method on simulated counties and report bias and coverage.

    Parameters
    ----------
    repeats
        Counties per row.
    level
        Level of the intervals.
    seed
        The same seed gives the same rows, whichever rows are run.
    methods
        Run only these methods. All by default.

    Returns
    -------
    pandas.DataFrame
        ``method, scenario``, ``assumptions_hold`` (true or false), ``bias_pct`` (mean error, % of the mean
        truth), ``coverage_pct`` (share of intervals that contain the truth), ``width_pct`` (median width, % of the
        truth).
    """
    rows = []
    for number, (method, scenario, holds, trial) in enumerate(_trials()):
        if methods and method not in methods:
            continue
        random = np.random.default_rng([seed, number])
        outcomes = [trial(random, level) for _ in range(repeats)]
        truths = np.array([truth for truth, _ in outcomes])
        sizes, lows, highs = np.array([(one.estimate, one.low, one.high) for _, one in outcomes]).T
        bias = 100 * (sizes.sum() / truths.sum() - 1)
        inside = 100 * ((lows <= truths) & (truths <= highs)).mean()
        width = 100 * np.median((highs - lows) / truths)
        rows.append((method, scenario, holds, float(bias), float(inside), float(width)))
    return pd.DataFrame(rows, columns=list(STUDY_COLUMNS))


def _trials() -> Iterator[tuple[str, str, bool, Trial]]:
    """Yield method, scenario, whether its assumptions hold, and one trial."""
    yield "rate x population", "areas differ as assumed (cv 0.4)", True, _rate_trial(DEFAULT_CV)
    yield "rate x population", "areas differ more (cv 0.6)", False, _rate_trial(0.6)
    yield (
        "rate x population",
        "the true rate is that of NAVCA (5.8)",
        False,
        _rate_trial(DEFAULT_CV, rate=5.8),
    )
    yield (
        "rate x population",
        "Poisson interval (cv 0), areas differ",
        False,
        _rate_trial(DEFAULT_CV, used_cv=0),
    )
    yield "two lists (Chapman)", "independent lists", True, _list_trial()
    yield "two lists (Chapman)", "one list copies a quarter of the other", False, _list_trial(copied=0.27)
    yield "two lists (Chapman)", "two kinds, unequal visibility", False, _list_trial(unlike=0.58)
    yield (
        "two lists by stratum",
        "two kinds, unequal visibility",
        True,
        _list_trial(unlike=0.58, by="asset_type"),
    )
    yield "two lists (Chapman)", "10% of matches missed", False, _list_trial(missed=0.1)
    yield "two lists (Chapman)", "15% of one list defunct", False, _list_trial(defunct=0.15)
    yield "three lists (log-linear)", "independent lists", True, _list_trial(THREE_LISTS)
    yield (
        "three lists (log-linear)",
        "one list copies a quarter of the other",
        True,
        _list_trial(THREE_LISTS, copied=0.27),
    )
    yield (
        "three lists (log-linear)",
        "two kinds, unequal visibility",
        False,
        _list_trial(THREE_LISTS, unlike=0.58),
    )
    yield "three lists (log-linear)", "10% of matches missed", False, _list_trial(THREE_LISTS, missed=0.1)
    yield "three lists (log-linear)", "15% of one list defunct", False, _list_trial(THREE_LISTS, defunct=0.15)
    yield "repeat captures (bound)", "all equally visible", True, _recapture_trial(0.0)
    yield "repeat captures (bound)", "two kinds, unequal visibility", False, _recapture_trial(0.58)
    yield "street sample", "streets drawn at random", True, _street_trial(random_streets=True)
    yield (
        "street sample",
        "busiest streets visited, called random",
        False,
        _street_trial(random_streets=False),
    )
    yield "counted areas", "counted areas drawn at random", True, _area_trial(random_areas=True)
    yield "counted areas", "the areas richest in groups counted", False, _area_trial(random_areas=False)


def _rate_trial(true_cv: float, *, rate: float = DEFAULT_RATE, used_cv: float = DEFAULT_CV) -> Trial:
    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        expected = rate * POPULATION / 1000 * random.gamma(1 / true_cv**2, true_cv**2)
        return float(max(1, random.poisson(expected))), estimate_unregistered(
            POPULATION, cv=used_cv, level=level
        )

    return trial


def _list_trial(
    shown: Sequence[float] = TWO_LISTS,
    *,
    copied: float = 0.0,
    unlike: float = 0.0,
    missed: float = 0.0,
    defunct: float = 0.0,
    by: str = "",
) -> Trial:
    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        county = simulate_county(
            shown=shown, copied=copied, unlike=unlike, missed=missed, defunct=defunct, seed=random
        )
        return GROUPS, estimate_from_lists(county, stratify=by, level=level)

    return trial


def _recapture_trial(unlike: float) -> Trial:
    """Eight walks through the county, each of which finds 15% of the groups."""

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        chance = 0.15 * np.where(np.arange(GROUPS) < GROUPS // 2, 1 + unlike, 1 - unlike)
        times = random.binomial(8, chance)
        once, twice = int((times == 1).sum()), int((times == 2).sum())
        return GROUPS, estimate_from_recaptures(int((times > 0).sum()), once, twice, lists=8, level=level)

    return trial


def _street_trial(*, random_streets: bool) -> Trial:
    """600 streets in two strata, with 40 and 50 visited."""
    streets = pd.Series({"centre": 100, "elsewhere": 500})
    visits = {"centre": 40, "elsewhere": 50}

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        truth, parts = 0, []
        for stratum, mean in (("centre", 8.0), ("elsewhere", 2.4)):
            found = random.poisson(mean * random.gamma(2.0, 0.5, int(streets[stratum])))
            truth += int(found.sum())
            chosen = random.permutation(found) if random_streets else np.sort(found)[::-1]
            parts.append(pd.DataFrame({"stratum": stratum, "groups": chosen[: visits[stratum]]}))
        sample = pd.concat(parts, ignore_index=True)
        return truth, estimate_from_street_sample(sample, streets, design="random", level=level)

    return trial


def _area_trial(*, random_areas: bool) -> Trial:
    """120 areas, of which 30 are counted."""

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        people = pd.Series(random.integers(2_000, 6_000, 120).astype(float))
        spread = random.gamma(1 / DEFAULT_CV**2, DEFAULT_CV**2, 120)
        groups = pd.Series(random.poisson(DEFAULT_RATE * people / 1000 * spread).astype(float))
        order = random.permutation(120) if random_areas else np.argsort(-groups / people)
        seen = groups.where(groups.index.isin(np.asarray(order)[:30]))
        return float(groups.sum()), estimate_from_counted_areas(seen, people, level=level)

    return trial
