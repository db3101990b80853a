"""A local rate, from areas where the groups were counted.

Counts of areas are negative binomial with mean rate x population and variance mu + (cv mu)^2 (NB2 regression
with exposure). The fit gives the rate and the spread between areas, which no published rate comes with. Limits: the
counted areas must be typical of the others. Fewer than ten areas say little about the spread.

References
----------
Cameron and Trivedi 2013, Regression Analysis of Count Data, section 3.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.rate import DEFAULT_LEVEL, DEFAULT_RATE, problems_of_level
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

FEW_AREAS: Final = 10


@dataclass(frozen=True)
class LocalRate:
    """A rate fitted to counted areas. Pass ``rate`` and ``cv`` to `estimate_unregistered`.

    ``low`` to ``high`` is the t interval of the rate per 1,000 at ``level``. ``standard_error`` belongs to the
    logarithm of the rate and allows for few areas, ``log_likelihood`` to the fit. ``areas`` is the number of areas used.
    """

    rate: SourcedValue
    cv: SourcedValue
    low: float
    high: float
    level: float
    standard_error: float
    log_likelihood: float
    areas: int
    warnings: tuple[Note, ...]


def fit_rate(
    groups: pd.Series,
    population: pd.Series,
    *,
    level: float = DEFAULT_LEVEL,
    source: str = "local count",
    vintage: str = "",
) -> LocalRate:
    """Fit a rate and the spread between areas to counted areas.

    Parameters
    ----------
    groups
        Counted groups per area, index ``area_code``. Missing means not counted.
    population
        Residents on the same index.
    level
        Probability of the interval of the rate, 0.6 to 0.999.
    source, vintage
        Who counted the groups and when. Every result that uses the rate carries them.

    Returns
    -------
    LocalRate
        ``cv`` is 0 where areas differ no more than by chance (the fit is then Poisson).

    Raises
    ------
    InputError
        With every problem at once.

    Examples
    --------
    >>> counted = pd.Series({"A": 12, "B": 30, "C": 21, "D": 8})
    >>> people = pd.Series({"A": 2_000, "B": 4_500, "C": 3_800, "D": 1_500})
    >>> round(am.groups.fit_rate(counted, people).rate.value, 2)
    6.02
    """
    counted = groups.notna()
    _check_counted(groups[counted], population.reindex(groups.index)[counted], level)
    # areas without people say nothing about a rate
    used = counted & (population.reindex(groups.index) > 0)
    counts = groups[used].to_numpy(dtype=float)
    people = population.reindex(groups.index)[used].to_numpy(dtype=float)
    log_rate, alpha, error, log_likelihood = _fit_counts(counts, people)
    error *= _for_few(len(counts))
    reach = _t_quantile(level, len(counts)) * error
    return LocalRate(
        rate=SourcedValue("unregistered groups per 1,000", 1000 * math.exp(log_rate), source, vintage),
        cv=SourcedValue("spread of areas", math.sqrt(alpha), source, vintage),
        low=1000 * math.exp(log_rate - reach),
        high=1000 * math.exp(log_rate + reach),
        level=level,
        standard_error=error,
        log_likelihood=log_likelihood,
        areas=len(counts),
        warnings=tuple(_notes(counts, people)),
    )


def estimate_from_counted_areas(
    groups: pd.Series,
    population: pd.Series,
    *,
    level: float = DEFAULT_LEVEL,
    source: str = "local count",
    vintage: str = "",
) -> Estimate:
    """Estimate the groups of a place where some of the areas were counted.

    Counted areas keep their counts, the others get the fitted rate. The variance adds up the spread of every
    uncounted area and the error of the rate, which they all share.

    Parameters
    ----------
    groups, level, source, vintage
        As in `fit_rate`.
    population
        Residents of every area, counted or not.

    Returns
    -------
    Estimate
        ``details`` has the fitted ``rate_per_1000``, ``cv`` and ``areas_counted``.

    Raises
    ------
    InputError
        If an area has no population, or the rate cannot be fitted.

    Examples
    --------
    >>> counted = pd.Series({"A": 12.0, "B": 30.0, "C": 21.0, "D": np.nan})
    >>> people = pd.Series({"A": 2_000, "B": 4_500, "C": 3_800, "D": 1_500})
    >>> round(am.groups.estimate_from_counted_areas(counted, people).estimate)
    72
    """
    people = population.reindex(groups.index)
    if people.isna().any():
        raise InputError(f"Population is missing for area {first_few(people.index[people.isna()])}.")
    fit = fit_rate(groups, population, level=level, source=source, vintage=vintage)
    seen = int(groups.sum())
    means = fit.rate.value / 1000 * people[groups.isna()].to_numpy(dtype=float)
    unseen = float(means.sum())
    own = float((means + (_for_few(fit.areas) * fit.cv.value * means) ** 2).sum())
    variance = own + (unseen * fit.standard_error) ** 2
    spread = math.sqrt(math.log1p(variance / unseen**2)) if unseen > 0 else 0.0
    reach = _t_quantile(level, fit.areas) * spread
    # the mean of a log-normal lies above its median; exp(-spread^2/2) corrects both ends for that
    low = seen + unseen * math.exp(-reach - spread**2 / 2)
    high = seen + unseen * math.exp(reach - spread**2 / 2)
    low, high = min(low, seen + unseen), max(high, seen + unseen)
    number, from_, to = for_people([seen + unseen, low, high])
    return Estimate(
        estimate=seen + unseen,
        low=low,
        high=high,
        level=level,
        method="counted areas and their rate",
        definition="groups, as counted in the areas that were visited",
        seen=seen,
        unseen=unseen,
        rate_per_1000=1000 * (seen + unseen) / float(people.sum()) if people.sum() > 0 else None,
        inputs=(SourcedValue("population", float(people.sum()), ""), fit.rate, fit.cv),
        assumptions=("areas that were not counted are like those that were",),
        warnings=fit.warnings,
        text=(
            f"About {number} groups, plausibly {from_} to {to} ({level:.0%}). {seen:,} were counted in {fit.areas} of "
            f"{len(groups)} areas. The estimate assumes that the other areas have the same rate, {fit.rate.value:.2f} "
            f"per 1,000 people, and differ as much as the counted ones do (coefficient of variation "
            f"{fit.cv.value:.2f})."
        ),
        details={"rate_per_1000": fit.rate.value, "cv": fit.cv.value, "areas_counted": fit.areas},
    )


def _for_few(areas: int) -> float:
    """Return by how much a spread is larger than the one that fits best: few areas look more alike than they are."""
    return math.sqrt(areas / (areas - 1))


def _t_quantile(level: float, areas: int) -> float:
    """Return how many standard errors the interval reaches to each side: more where few areas were counted."""
    from scipy import special

    return float(special.stdtrit(areas - 1, (1 + level) / 2))


def _fit_counts(
    counts: npt.NDArray[np.float64], people: npt.NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Return the log rate per person, alpha = cv^2, the standard error of the log rate and the log-likelihood."""
    from scipy import stats

    rate = counts.sum() / people.sum()
    means = rate * people
    # where the score of NB2 at alpha = 0 is not positive, alpha = 0 fits best
    if ((counts - means) ** 2 - counts).sum() <= 0:
        height = float(stats.poisson.logpmf(counts, means).sum())
        return math.log(rate), 0.0, 1 / math.sqrt(counts.sum()), height
    from statsmodels.discrete.discrete_model import NegativeBinomial

    moment = ((counts - means) ** 2 - counts).sum() / (means**2).sum()
    model = NegativeBinomial(counts, np.ones((len(counts), 1)), loglike_method="nb2", exposure=people)
    start = [math.log(rate), moment]
    fit = model.fit(start_params=start, method="bfgs", maxiter=500, disp=0, warn_convergence=False)
    if not fit.mle_retvals["converged"]:
        # near alpha = 0 the likelihood is too flat for BFGS; the simplex search is slow there but converges
        tight = {"maxiter": 5_000, "maxfun": 5_000, "xtol": 1e-8, "ftol": 1e-10}
        fit = model.fit(start_params=start, method="nm", disp=0, warn_convergence=False, **tight)
    if not fit.mle_retvals["converged"] or not math.isfinite(fit.bse[0]):
        raise InputError("A rate cannot be fitted: the fit did not converge. Count more areas.")
    return float(fit.params[0]), float(fit.params[1]), float(fit.bse[0]), float(fit.llf)


def _notes(counts: npt.NDArray[np.float64], people: npt.NDArray[np.float64]) -> list[Note]:
    notes = []
    if len(counts) < FEW_AREAS:
        notes.append(caution("FEW_AREAS", areas=len(counts)))
    pooled = 1000 * counts.sum() / people.sum()
    for rate in (DEFAULT_RATE, pooled):
        if len(counts) >= 3 and counts.sum() >= 10 and (abs(counts - rate * people / 1000) <= 0.5).all():
            notes.append(caution("CIRCULAR_INPUT", count=int(counts.sum()), rate=round(rate, 2)))
            break
    return notes


def _check_counted(groups: pd.Series, population: pd.Series, level: float) -> None:
    problems = problems_of_level(level)
    if len(groups) < 2:
        problems.append(f"at least two counted areas are needed, not {len(groups)}")
    wrong = groups.index[(groups < 0) | (groups % 1 != 0)]
    if len(wrong):
        problems.append(f"counts must be whole numbers of 0 or more; they are not in {first_few(wrong)}")
    if population.isna().any() or (population < 0).any():
        problems.append(f"population is missing or negative in {first_few(groups.index[~(population >= 0)])}")
    if len(groups) and groups.sum() == 0:
        problems.append("no group was counted anywhere, and a rate of 0 has no spread")
    lonely = groups.index[((population == 0) & (groups > 0)).to_numpy()]
    if len(lonely):
        problems.append(f"groups were counted where nobody lives: {first_few(lonely)}")
    if problems:
        raise InputError("A rate cannot be fitted: " + "; ".join(problems) + ".")
