"""A simulation study: simulate counties whose groups are known, and measure how far each method is off.

The counties have the faults of real lists: a list that copies another, two kinds of group that are not equally
visible, missed matches, entries that are defunct. Each method gets the data that an analyst would get. Bias is how
far its estimates are off on average, coverage how often its interval contains the truth. Where the assumptions hold,
coverage should equal the level. Limits: a simulated county is simpler than a real one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.calibration import estimate_by_calibration
from assetmap.groups.links import NO_ERRORS, LinkErrors, rate_links
from assetmap.groups.local_rate import estimate_from_counted_areas
from assetmap.groups.membership import estimate_from_lists
from assetmap.groups.rate import DEFAULT_CV, DEFAULT_LEVEL, DEFAULT_RATE, estimate_unregistered
from assetmap.groups.recaptures import estimate_from_recaptures
from assetmap.groups.street_sample import estimate_from_street_sample
from assetmap.schema import Estimate, InputError, first_few

GROUPS: Final = 2_000
POPULATION: Final = 500_000
TWO_LISTS: Final = (0.35, 0.25)
THREE_LISTS: Final = (0.35, 0.25, 0.30)
SPECIALISED: Final = (0.325, 0.325)
COPIED: Final = 0.27
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
    specialise: float = 0.0,
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
    specialise
        0-1: the first list shows open groups ``1 + specialise`` times as often and quiet ones ``1 - specialise``
        times, the second list the other way round, and so on in turns.
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

    Examples
    --------
    >>> am.groups.simulate_county(500, seed=1).shape
    (254, 4)
    """
    random = np.random.default_rng(seed)
    side = np.where(np.arange(groups) < groups // 2, 1.0, -1.0)
    turns = np.where(np.arange(len(shown)) % 2 == 0, specialise, -specialise)
    kind = 1 + np.outer(side, unlike + turns)
    on = random.random((groups, len(shown))) < np.minimum(1.0, kind * np.asarray(shown))
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
    listed: pd.DataFrame = table[on.any(axis=1)]
    return listed.rename_axis("group_id")


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

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> found = am.groups.run_simulation_study(repeats=2, methods=["two lists (Chapman)"])
    >>> found["scenario"].head(2).tolist()
    ['independent lists', 'one list copies a quarter of the other']
    """
    known = list(dict.fromkeys(method for method, *_ in _trials()))
    unknown = [method for method in methods if method not in known]
    if unknown:
        raise InputError(f"There is no method {first_few(unknown)}. The methods are {', '.join(known)}.")
    rows = []
    for method, scenario, holds, trial in _trials():
        if methods and method not in methods:
            continue
        random = np.random.default_rng([seed, zlib.crc32(f"{method}: {scenario}".encode())])
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
    yield from _rate_trials()
    yield from _two_list_trials()
    yield from _three_list_trials()
    yield "repeat captures (bound)", "all equally visible", True, _recapture_trial(0.0)
    yield "repeat captures (bound)", "two kinds, unequal visibility", False, _recapture_trial(0.58)
    yield "street sample", "streets drawn at random", True, _street_trial(random_streets=True)
    yield "street sample", "one group in 10 streets", True, _street_trial(random_streets=True, busy=0.03)
    yield (
        "street sample",
        "busiest streets visited, called random",
        False,
        _street_trial(random_streets=False),
    )
    calibrated = "calibrated on registered groups"
    yield calibrated, "lists show all groups alike", True, _calibration_trial(1.0)
    yield calibrated, "lists show unregistered ones 0.7 times as often", False, _calibration_trial(0.7)
    yield "counted areas", "counted areas drawn at random", True, _area_trial(random_areas=True)
    yield "counted areas", "the areas richest in groups counted", False, _area_trial(random_areas=False)


def _rate_trials() -> Iterator[tuple[str, str, bool, Trial]]:
    method = "rate x population"
    yield method, "areas differ as assumed (cv 0.4)", True, _rate_trial(DEFAULT_CV)
    yield method, "at least 1,500 groups found", True, _rate_trial(DEFAULT_CV, seen=1_500)
    yield method, "areas differ more (cv 0.6)", False, _rate_trial(0.6)
    yield method, "the true rate is that of NAVCA (5.8)", False, _rate_trial(DEFAULT_CV, rate=5.8)
    yield method, "Poisson interval (cv 0), areas differ", False, _rate_trial(DEFAULT_CV, used_cv=0)


def _two_list_trials() -> Iterator[tuple[str, str, bool, Trial]]:
    method, copies, missed = (
        "two lists (Chapman)",
        "one list copies a quarter of the other",
        "10% of matches missed",
    )
    opposite = "each list misses the kind that the other shows"
    yield method, "independent lists", True, _list_trial()
    yield method, copies, False, _list_trial(copied=COPIED)
    yield method, "two kinds, unequal visibility", False, _list_trial(unlike=0.58)
    yield method, opposite, False, _list_trial(SPECIALISED, specialise=0.846)
    yield method, missed, False, _list_trial(missed=0.1)
    yield method, "15% of one list defunct", False, _list_trial(defunct=0.15)
    by_type = "two lists by stratum"
    yield by_type, "two kinds, unequal visibility", True, _list_trial(unlike=0.58, by="asset_type")
    yield by_type, opposite, True, _list_trial(SPECIALISED, specialise=0.846, by="asset_type")
    yield (
        "two lists, odds ratio known",
        copies,
        True,
        _list_trial(copied=COPIED, odds_ratio=_odds_of_copying()),
    )
    yield "two lists, links corrected", f"{missed}, share known", True, _list_trial(missed=0.1, checked=0)
    yield (
        "two lists, links corrected",
        f"{missed}, share from 200 checked",
        True,
        _list_trial(missed=0.1, checked=200),
    )


def _three_list_trials() -> Iterator[tuple[str, str, bool, Trial]]:
    method = "three lists (log-linear)"
    yield method, "independent lists", True, _list_trial(THREE_LISTS)
    yield method, "lists that show 6%, 5% and 4%", True, _list_trial((0.06, 0.05, 0.04))
    yield (
        method,
        "one list copies a quarter of the other",
        True,
        _list_trial(THREE_LISTS, copied=COPIED),
    )
    yield method, "two kinds, unequal visibility", False, _list_trial(THREE_LISTS, unlike=0.58)
    yield method, "10% of matches missed", False, _list_trial(THREE_LISTS, missed=0.1)
    yield method, "15% of one list defunct", False, _list_trial(THREE_LISTS, defunct=0.15)


def _odds_of_copying() -> float:
    """Return the odds ratio between two lists of which the second copies a share of the first."""
    alone = TWO_LISTS[1]
    copied = alone + (1 - alone) * COPIED
    return copied / (1 - copied) / (alone / (1 - alone))


def _rate_trial(
    true_cv: float, *, rate: float = DEFAULT_RATE, used_cv: float = DEFAULT_CV, seen: int = 0
) -> Trial:
    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        truth = 0.0
        while truth < max(1, seen):
            expected = rate * POPULATION / 1000 * random.gamma(1 / true_cv**2, true_cv**2)
            truth = float(random.poisson(expected))
        return truth, estimate_unregistered(POPULATION, cv=used_cv, level=level, seen=seen)

    return trial


def _list_trial(
    shown: Sequence[float] = TWO_LISTS,
    *,
    copied: float = 0.0,
    unlike: float = 0.0,
    specialise: float = 0.0,
    missed: float = 0.0,
    defunct: float = 0.0,
    by: str = "",
    odds_ratio: float = 1.0,
    checked: int | None = None,
) -> Trial:
    """One county and its lists; ``checked`` matches were looked at to see how many are missed, 0 = all."""

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        county = simulate_county(
            shown=shown,
            copied=copied,
            unlike=unlike,
            specialise=specialise,
            missed=missed,
            defunct=defunct,
            seed=random,
        )
        links = NO_ERRORS
        if checked:
            found = int(random.binomial(checked, 1 - missed))
            links = rate_links(
                links_right=checked, links_checked=checked, matches_linked=found, matches_checked=checked
            )
        elif checked == 0:
            links = LinkErrors(recall=1 - missed)
        names = [f"list_{number + 1}" for number in range(len(shown))]
        return GROUPS, estimate_from_lists(
            county, lists=names, stratify=by, level=level, odds_ratio=odds_ratio, links=links
        )

    return trial


def _recapture_trial(unlike: float) -> Trial:
    """Eight walks through the county, each of which finds 15% of the groups."""

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        chance = 0.15 * np.where(np.arange(GROUPS) < GROUPS // 2, 1 + unlike, 1 - unlike)
        times = random.binomial(8, chance)
        once, twice = int((times == 1).sum()), int((times == 2).sum())
        return GROUPS, estimate_from_recaptures(int((times > 0).sum()), once, twice, lists=8, level=level)

    return trial


def _street_trial(*, random_streets: bool, busy: float = 1.0) -> Trial:
    """600 streets in two strata, with 40 and 50 visited; ``busy`` multiplies 8.0 and 2.4 groups per street."""
    streets = pd.Series({"centre": 100, "elsewhere": 500})
    visits = {"centre": 40, "elsewhere": 50}

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        truth, parts = 0, []
        for stratum, mean in (("centre", 8.0), ("elsewhere", 2.4)):
            found = random.poisson(busy * mean * random.gamma(2.0, 0.5, int(streets[stratum])))
            truth += int(found.sum())
            chosen = random.permutation(found) if random_streets else np.sort(found)[::-1]
            parts.append(pd.DataFrame({"stratum": stratum, "groups": chosen[: visits[stratum]]}))
        sample = pd.concat(parts, ignore_index=True)
        return truth, estimate_from_street_sample(sample, streets, design="random", level=level)

    return trial


def _calibration_trial(relative: float) -> Trial:
    """As many registered groups as unregistered ones, in two kinds; the analyst takes ``relative`` to be 1."""

    def trial(random: np.random.Generator, level: float) -> tuple[float, Estimate]:
        shown = [share * relative for share in TWO_LISTS]
        groups = simulate_county(shown=shown, unlike=0.58, seed=random)
        others = simulate_county(unlike=0.58, seed=random)
        on_none = pd.DataFrame(
            {"list_1": False, "list_2": False, "asset_type": _kinds_on_none(others)},
        )
        registered = pd.concat([others, on_none], ignore_index=True)
        return GROUPS, estimate_by_calibration(
            groups, registered, lists=["list_1", "list_2"], by="asset_type", relative=1.0, level=level
        )

    return trial


def _kinds_on_none(listed: pd.DataFrame) -> list[str]:
    """Return the kinds of the groups of a county that no list shows."""
    counts = listed["asset_type"].value_counts()
    return [kind for kind in ("open", "quiet") for _ in range(GROUPS // 2 - int(counts.get(kind, 0)))]


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
