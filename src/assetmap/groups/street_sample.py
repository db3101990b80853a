"""Street sample: groups counted on streets that were drawn at random.

Streets are drawn at random within strata (town centre, estate, village and so on). Every group that meets there
is counted, and the mean per street is multiplied by the number of streets. A group that meets on several streets
counts at one of them. Streets chosen by hand cannot be scaled up and are refused. Limits: groups that do not meet
on a street are not in the estimate.

References
----------
Cochran 1977, Sampling Techniques, chapter 5; Zou and Donner 2008, Statistics in Medicine 27 (limits of a sum from
the limits of its parts).
"""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.two_lists import population_inputs, rate_of
from assetmap.schema import Estimate, InputError, SourcedValue, first_few

FEW_FOUND: Final = 10
"""With fewer groups found in a stratum, their spread between streets is too poorly known for a t interval alone."""

STREET_DEFINITION: Final = "groups that meet on a street of the place and are on no official register"


def estimate_from_street_sample(
    sample: pd.DataFrame,
    streets: pd.Series,
    *,
    design: Literal["random", "purposive"],
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = STREET_DEFINITION,
) -> Estimate:
    """Estimate all groups from a stratified random sample of streets.

    Parameters
    ----------
    sample
        One row per street visited: ``stratum`` and ``groups`` (0 where none were found, never missing).
    streets
        Number of streets of each stratum, index the stratum.
    design
        How the streets were chosen: ``"random"`` within each stratum, or ``"purposive"`` (by hand), which is
        refused.
    level, population, definition
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        ``T = sum N_h ybar_h``, ``Var = sum N_h^2 (1 - n_h/N_h) s_h^2 / n_h``, t interval with n - H degrees of
        freedom, never below the number of groups found. A stratum with fewer than 10 groups found, or with the
        same count on every street, takes the exact limits of a Poisson count where they are wider. ``details`` has ``standard_error`` and ``mean_per_street``.

    Raises
    ------
    InputError
        If the sample is purposive (`PURPOSIVE_SAMPLE`) or cannot be scaled up, with every problem at once.

    Examples
    --------
    >>> sample = pd.DataFrame({"stratum": "town", "groups": [0, 1, 0, 2, 1, 0, 3, 1, 0, 0]})
    >>> answer = am.groups.estimate_from_street_sample(sample, pd.Series({"town": 180}), design="random")
    >>> round(answer.estimate)
    144
    """
    if design == "purposive":
        raise InputError(
            f"PURPOSIVE_SAMPLE: {caution('PURPOSIVE_SAMPLE').sentence} Report it as a count, or draw the streets at random."
        )
    _check_sample(sample, streets, design, level)
    counts = sample.groupby("stratum", observed=True)["groups"].agg(["size", "mean", "var"])
    whole = streets.reindex(counts.index).to_numpy(dtype=float)
    size = counts["size"].to_numpy(dtype=float)
    spread = counts["var"].fillna(0.0).to_numpy(dtype=float)
    total = float(whole @ counts["mean"].to_numpy(dtype=float))
    variance = float((whole**2 * (1 - size / whole) * spread / size).sum())
    seen = float(sample["groups"].sum())
    below, above = _reach(counts, whole, level)
    low, high = max(total - below, seen), total + above
    number, from_, to = for_people([total, low, high])
    text = (
        f"About {number} groups, plausibly {from_} to {to} ({level:.0%}). {len(sample):,} of {int(whole.sum()):,} "
        f"streets were drawn at random and have {seen:,.0f} groups; the estimate assumes that the others are like them. "
        f"Groups that do not meet on a street are not in this number."
    )
    return Estimate(
        estimate=total,
        low=low,
        high=high,
        level=level,
        method="street sample",
        definition=definition,
        seen=math.floor(seen),
        unseen=total - math.floor(seen),
        rate_per_1000=rate_of(total, population),
        inputs=(
            SourcedValue("streets visited", len(sample), "street sample"),
            SourcedValue("streets in total", float(whole.sum()), "street list"),
            SourcedValue("groups found", seen, "street sample"),
            *population_inputs(population),
        ),
        assumptions=(
            "streets were drawn at random within each stratum",
            "every group on a visited street was found",
            "a group that meets on several streets was counted at one",
        ),
        warnings=(),
        text=text,
        details={"standard_error": math.sqrt(variance), "mean_per_street": total / float(whole.sum())},
    )


def _reach(counts: pd.DataFrame, whole: npt.NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return how far the interval goes below and above the estimate.

    ``counts`` has a row per stratum: ``size``, ``mean``, ``var`` of the groups per street.
    """
    from scipy import stats

    size = counts["size"].to_numpy(dtype=float)
    mean = counts["mean"].to_numpy(dtype=float)
    spread = counts["var"].fillna(0.0).to_numpy(dtype=float)
    unvisited = np.sqrt(1 - size / whole)
    freedom = int(size.sum()) - len(counts)
    times = float(stats.t.ppf((1 + level) / 2, freedom)) if freedom > 0 else 0.0
    below = times * whole * unvisited * np.sqrt(spread / size)
    above = below.copy()
    found = mean * size
    few = (spread == 0) | (found < FEW_FOUND)
    least = stats.chi2.ppf((1 - level) / 2, 2 * np.maximum(found, 0.5)) / 2 * (found > 0)
    most = stats.chi2.ppf((1 + level) / 2, 2 * (found + 1)) / 2
    below[few] = np.maximum(below, whole / size * unvisited * (found - least))[few]
    above[few] = np.maximum(above, whole / size * unvisited * (most - found))[few]
    return math.sqrt(float((below**2).sum())), math.sqrt(float((above**2).sum()))


def _check_sample(sample: pd.DataFrame, streets: pd.Series, design: str, level: float) -> None:
    missing = [column for column in ("stratum", "groups") if column not in sample.columns]
    if missing:
        raise InputError(f"The street sample has no column {first_few(missing)}.")
    problems = problems_of_level(level)
    if design != "random":
        problems.append(f"design must be 'random' or 'purposive', not '{design}'")
    if sample.empty:
        problems.append("no street was visited")
    counted = sample["groups"].astype(float)
    wrong = sample[~(np.isfinite(counted) & (counted >= 0)) | sample["stratum"].isna()]
    if len(wrong):
        problems.append(f"stratum or groups is missing or negative for streets {first_few(wrong.index)}")
    if sample.index.has_duplicates:
        problems.append(
            f"each street may occur only once; repeated: {first_few(sample.index[sample.index.duplicated()].unique())}"
        )
    sizes = sample["stratum"].value_counts()
    without = sorted(str(name) for name in streets.index if name not in sizes.index)
    if without:
        problems.append(f"no street was visited in stratum {first_few(without)}: merge it with another")
    unknown = sorted(str(name) for name in sizes.index if name not in streets.index)
    if unknown:
        problems.append(f"the number of streets is missing for stratum {first_few(unknown)}")
    whole = streets.reindex(sizes.index)
    too_many = sizes.index[(sizes > whole).to_numpy()]
    if len(too_many):
        problems.append(f"more streets were visited than there are in stratum {first_few(too_many)}")
    single = sizes.index[((sizes == 1) & (whole > 1)).to_numpy(dtype=bool)]
    if len(single):
        problems.append(
            f"visit at least two streets in stratum {first_few(single)}, or merge it with another"
        )
    if not np.isfinite(streets.to_numpy(dtype=float)).all():
        problems.append("the number of streets of a stratum is missing")
    if problems:
        raise InputError("The street sample cannot be scaled up: " + "; ".join(problems) + ".")
