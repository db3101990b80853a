"""Three or more lists: log-linear models of which groups are on which lists.

The counts of the 2^k - 1 ways of being on k lists are Poisson with log-mean = main effects + chosen two-list
interactions, and exp(intercept) is the number of groups on no list. Interactions let lists depend on each other,
which two lists alone can never show. A model is fitted only after a linear programme has shown that its estimate
exists. Limits: no data can show whether all lists together depend on each other. Models that fit equally well can
differ widely, so the range over models within 2 AIC of the best is part of the answer.

References
----------
Fienberg 1972, Biometrika 59; Fienberg and Rinaldo 2012, Annals of Statistics 40; Chan, Silverman and Vincent
2021, Journal of the American Statistical Association 116; Turek and Fletcher 2012, Computational Statistics and
Data Analysis 56 (model-averaged tail areas).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import NormalDist
from typing import Any, Final

import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.loglinear import (
    ALL_MODELS_UP_TO,
    EXISTS,
    MOST_MODELS,
    NOT_EXIST,
    NOT_IDENTIFIABLE,
    Model,
    close_models,
    complete_cells,
    fit_models,
    name_model,
    on_lists,
)
from assetmap.groups.overlap import chapman
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.two_lists import LIST_DEFINITION, NEARLY_ALL, population_inputs, rate_of
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

CLOSE_AIC: Final = 2.0 + 1e-6
"""A term that changes nothing costs exactly 2, so rounding must not decide whether its model is close."""


DISAGREE_RATIO: Final = 1.5

POOR_FIT: Final = 0.01
"""Probability of so large a deviance, below which even the best model does not fit."""

ASSUMPTIONS: Final = (
    "lists depend on each other in pairs at most, as the model says",
    "no kind of group is harder to find for all lists (two kinds of unequal visibility: -15% in simulations)",
    "every group on several lists was matched (10% of the matches between two lists missed: +4%)",
    "every group on a list is still active (15% of one list defunct: +17%)",
)


def estimate_from_cells(
    cells: pd.Series,
    *,
    names: Sequence[str] = (),
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
    definition: str = LIST_DEFINITION,
) -> Estimate:
    """Estimate all groups from three or more lists.

    Parameters
    ----------
    cells
        Groups per list pattern, index such as ``"101"`` (on the first and third list). Patterns that are
        absent count as 0.
    names
        Names of the lists, in the order of the digits.
    level, population, definition
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        The model with the lowest AIC. ``low`` and ``high`` average over the models within 2 AIC of it by their
        AIC weights (model-averaged tail areas), because the interval of the best model alone ignores that
        it was chosen. ``details`` has ``models`` (every model tried), ``best``, ``range`` (of the estimates
        within 2 AIC), ``pairs`` (Chapman for each pair of lists) and ``lower_bound`` (Chao's).

    Raises
    ------
    InputError
        If no model has a finite estimate.

    Examples
    --------
    >>> cells = pd.Series({"100": 69, "010": 55, "001": 63, "110": 21, "101": 17, "011": 18, "111": 28})
    >>> round(am.groups.estimate_from_cells(cells).estimate)
    1313
    """
    problems = problems_of_level(level)
    if problems:
        raise InputError("The lists cannot be used: " + "; ".join(problems) + ".")
    full = complete_cells(cells)
    lists = len(full.index[0])
    words = tuple(names) or tuple("ABCDEFGHIJ"[:lists])
    models = fit_models(full)
    fitted = [model for model in models if model.code == EXISTS]
    if not fitted:
        raise InputError(
            "No model of these lists has a finite estimate: too few groups are on more than one list. "
            "Add a list that overlaps with the others."
        )
    best = _best(fitted)
    close = close_models(fitted, CLOSE_AIC)
    seen = int(full.sum())
    low, high = _interval(close, best, seen, level)
    sizes = [model.estimate for model in close]
    return Estimate(
        estimate=best.estimate,
        low=low,
        high=high,
        level=level,
        method=f"{lists} lists (log-linear)",
        definition=definition,
        seen=seen,
        unseen=best.estimate - seen,
        rate_per_1000=rate_of(best.estimate, population),
        inputs=_inputs(full, words, population),
        assumptions=ASSUMPTIONS,
        warnings=tuple(_notes(models, best, sizes, words) + _notes_of_copies(full, words)),
        text=_text(best, words, (low, high, level), sizes, (seen, len(fitted))),
        details=_details(full, words, models, close, best),
    )


def pair_estimates(cells: pd.Series, names: Sequence[str]) -> dict[str, float]:
    """Return Chapman's estimate for each pair of lists."""
    on, counts = on_lists(cells), cells.to_numpy(dtype=float)
    answers = {}
    for one, other in combinations(range(len(names)), 2):
        both = float(counts @ (on[:, one] & on[:, other]))
        size, _ = chapman(float(counts @ on[:, one]), float(counts @ on[:, other]), both)
        answers[f"{names[one]} and {names[other]}"] = size
    return answers


def _best(fitted: Sequence[Model]) -> Model:
    return min(fitted, key=lambda model: (model.aic, len(model.pairs), model.pairs))


def _interval(close: list[Model], best: Model, seen: int, level: float) -> tuple[float, float]:
    """Return the ends at which the AIC-weighted tail areas of the models' intervals reach the level.

    Each model's unseen part is log-normal, as in `overlap.interval_above_seen`.
    """
    normal = NormalDist()
    weights = [
        math.exp(max(best.aic - model.aic, min(m.inner_aic for m in close) - model.inner_aic) / 2)
        for model in close
    ]
    unseen = [max(model.estimate - seen, 1e-9) for model in close]
    spreads = [math.sqrt(math.log1p((m.standard_error / u) ** 2)) for m, u in zip(close, unseen, strict=True)]
    parts = list(zip(weights, map(math.log, unseen), spreads, strict=True))

    def below(log_unseen: float) -> float:
        return sum(w * normal.cdf((log_unseen - middle) / max(spread, 1e-9)) for w, middle, spread in parts)

    ends = []
    for probability in ((1 - level) / 2, (1 + level) / 2):
        low = min(middle - 10 * spread for _, middle, spread in parts) - 1
        high = max(middle + 10 * spread for _, middle, spread in parts) + 1
        for _ in range(80):
            half = (low + high) / 2
            low, high = (half, high) if below(half) < probability * sum(weights) else (low, half)
        ends.append(seen + math.exp((low + high) / 2))
    return min(ends[0], best.estimate), max(ends[1], best.estimate)


def _bound(cells: pd.Series) -> float:
    """Return Chao's lower bound for lists of unequal length, ``S + (f1^2 - sum Z_i^2) / (2 (f2 + 1))``.

    Z_i is the number of groups on list i alone (Chao 1989, Biometrics 45).
    """
    on, counts = on_lists(cells), cells.to_numpy(dtype=float)
    times = on.sum(axis=1)
    once, twice = float(counts[times == 1].sum()), float(counts[times == 2].sum())
    alone = float((counts[times == 1] ** 2).sum())
    return float(cells.sum()) + (once**2 - alone) / (2 * (twice + 1))


def _details(
    cells: pd.Series, names: Sequence[str], models: list[Model], close: list[Model], best: Model
) -> dict[str, Any]:
    return {
        "best": name_model(best.pairs, names),
        "standard_error": best.standard_error,
        "range": (min(model.estimate for model in close), max(model.estimate for model in close)),
        "models": [_as_row(model, names) for model in models],
        "pairs": pair_estimates(cells, names),
        "lower_bound": _bound(cells),
    }


def _as_row(model: Model, names: Sequence[str]) -> dict[str, object]:
    row: dict[str, object] = {"model": name_model(model.pairs, names), "code": model.code}
    numbers = {"estimate": model.estimate, "standard_error": model.standard_error, "aic": model.aic}
    return row | {key: number if model.code == EXISTS else None for key, number in numbers.items()}


def _inputs(
    cells: pd.Series, names: Sequence[str], population: float | SourcedValue | None
) -> tuple[SourcedValue, ...]:
    sizes = cells.to_numpy(dtype=float) @ on_lists(cells)
    figures = [
        SourcedValue(f"groups on {name}", float(size), name) for name, size in zip(names, sizes, strict=True)
    ]
    return (*figures, *population_inputs(population))


def _notes_of_copies(cells: pd.Series, names: Sequence[str]) -> list[Note]:
    """Name pairs of lists of which one is probably copied from the other."""
    on, counts = on_lists(cells), cells.to_numpy(dtype=float)
    whys = []
    for one, other in combinations(range(len(names)), 2):
        both = float(counts @ (on[:, one] & on[:, other]))
        shorter, longer = sorted((one, other), key=lambda i: float(counts @ on[:, i]))
        share = both / float(counts @ on[:, shorter])
        if share >= NEARLY_ALL:
            whys.append(f"{share:.0%} of {names[shorter]} is on {names[longer]}: use one of the two")
    return [caution("LISTS_DEPENDENT", why="; ".join(whys))] if whys else []


def _notes(models: list[Model], best: Model, sizes: list[float], names: Sequence[str]) -> list[Note]:
    from scipy import special

    notes = []
    if best.freedom == 0:
        notes.append(caution("FIT_NOT_TESTED", model=name_model(best.pairs, names)))
    elif (chance := float(special.gammaincc(best.freedom / 2, best.deviance / 2))) < POOR_FIT:
        notes.append(caution("POOR_FIT", deviance=best.deviance, freedom=best.freedom, chance=chance))
    if best.boundary:
        notes.append(caution("LISTS_SHARE_NONE", count=best.boundary))
    if len(models) >= MOST_MODELS and len(names) > ALL_MODELS_UP_TO:
        notes.append(caution("SEARCH_STOPPED", count=len(models)))
    for code, word in ((NOT_EXIST, "MLE_NOT_EXIST"), (NOT_IDENTIFIABLE, "NOT_IDENTIFIABLE")):
        failed = [name_model(model.pairs, names) for model in models if model.code == code]
        if failed:
            notes.append(caution(word, count=len(failed), models=first_few(failed)))
    if max(sizes) > DISAGREE_RATIO * min(sizes):
        notes.append(caution("MODELS_DISAGREE", low=min(sizes), high=max(sizes)))
    return notes


def _text(
    best: Model,
    names: Sequence[str],
    interval: tuple[float, float, float],
    sizes: list[float],
    counts: tuple[int, int],
) -> str:
    low, high, level = interval
    seen, fitted = counts
    number, from_, to, unseen = for_people([best.estimate, low, high, best.estimate - seen])
    least, most = for_people([min(sizes), max(sizes)])
    close = (
        f"The {len(sizes)} models that fit about equally well give {least} to {most}."
        if len(sizes) > 1
        else "No other model fits about equally well."
    )
    depends = " and ".join(f"{names[one]} with {names[other]}" for one, other in best.pairs)
    how = f"lets lists depend on each other ({depends})" if depends else "treats all lists as independent"
    return (
        f"About {number} groups, plausibly {from_} to {to} ({level:.0%}). {len(names)} lists show {seen:,} "
        f"groups and about {unseen} are on none of them. The best of {fitted} models {how}. {close} "
        f"Groups that all lists tend to miss are not in this number."
    )
