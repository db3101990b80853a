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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.overlap import chapman
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.two_lists import LIST_DEFINITION, population_inputs, rate_of
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

EXISTS, NOT_EXIST, NOT_IDENTIFIABLE = 0, 1, 2

ALL_MODELS_UP_TO: Final = 4
"""With more lists, the models are searched."""

CLOSE_AIC: Final = 2.0 + 1e-6
"""A term that changes nothing costs exactly 2, so rounding must not decide whether its model is close."""

SEARCH_AIC: Final = 4.0
"""With more than four lists, models this close to the best are starting points of the search."""

MOST_MODELS: Final = 600

DISAGREE_RATIO: Final = 1.5

POOR_FIT: Final = 0.01
"""Probability of so large a deviance, below which even the best model does not fit."""

NEARLY_ALL: Final = 0.9
"""Share of the shorter of two lists on the longer one from which it is probably a copy."""

Pair = tuple[int, int]
Pairs = tuple[Pair, ...]


@dataclass(frozen=True)
class Model:
    """One log-linear model. Its numbers are missing unless ``code`` is 0.

    ``deviance`` has ``freedom`` degrees of freedom. ``boundary`` is the number of interactions between lists that
    share no group: they are at minus infinity.
    """

    pairs: Pairs
    code: int
    estimate: float = math.nan
    standard_error: float = math.nan
    aic: float = math.nan
    deviance: float = math.nan
    freedom: int = 0
    boundary: int = 0

    @property
    def inner_aic(self) -> float:
        """Return the AIC that does not count interactions at minus infinity as terms."""
        return self.aic - 2 * self.boundary


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
        assumptions=(
            "lists depend on each other in pairs at most, as the model says",
            "no kind of group is harder to find for all lists (two kinds of unequal visibility: -15% in simulations)",
            "every group on several lists was matched (10% of the matches between two lists missed: +4%)",
            "every group on a list is still active (15% of one list defunct: +18%)",
        ),
        warnings=tuple(_notes(models, best, sizes, words) + _notes_of_copies(full, words)),
        text=_text(best, words, (low, high, level), sizes, (seen, len(fitted))),
        details=_details(full, words, models, close, best),
    )


def complete_cells(cells: pd.Series) -> pd.Series:
    """Return all 2^k - 1 patterns of k lists in a fixed order, with 0 for absent ones.

    Raises
    ------
    InputError
        If a pattern is wrong or occurs twice, a count is missing or negative, or a list is empty.
    """
    patterns = [str(pattern) for pattern in cells.index]
    lists = len(patterns[0]) if patterns else 0
    known = ["".join(digits) for digits in product("01", repeat=lists)][1:]
    problems = []
    if not 2 <= lists <= 10:
        problems.append(f"use 2 to 10 lists, not {lists}")
    elif wrong := sorted(set(patterns) - set(known)):
        problems.append(
            f"each pattern must be {lists} digits, 0 or 1, with at least one 1, not {first_few(wrong)}"
        )
    if len(set(patterns)) < len(patterns):
        problems.append("each pattern may occur only once")
    values = cells.astype(float)
    if values.isna().any() or (values < 0).any() or (values % 1 != 0).any():
        problems.append("counts must be whole numbers of 0 or more, none missing")
    if not problems:
        full = pd.Series(values.to_numpy(), index=patterns).reindex(known, fill_value=0.0)
        empty = [i + 1 for i in range(lists) if full[[p[i] == "1" for p in known]].sum() == 0]
        if empty:
            problems.append(f"list {first_few(empty)} has no group")
    if problems:
        raise InputError("The patterns of the lists cannot be used: " + "; ".join(problems) + ".")
    return full


def fit_models(cells: pd.Series) -> list[Model]:
    """Fit every model with two-list interactions; with more than four lists, search for those that fit best.

    The search adds the best interaction until none lowers the AIC, then tries every interaction more or fewer in
    every model within 4 AIC of the best, until no new one turns up or `MOST_MODELS` were fitted.
    """
    lists = len(cells.index[0])
    pairs = list(combinations(range(lists), 2))
    if lists <= ALL_MODELS_UP_TO:
        every = chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))
        return [fit_model(cells, chosen) for chosen in every]
    models: dict[Pairs, Model] = {(): fit_model(cells, ())}
    best = models[()]
    while True:
        tried = [fit_model(cells, (*best.pairs, pair)) for pair in pairs if pair not in best.pairs]
        models |= {model.pairs: model for model in tried}
        better = [model for model in tried if model.code == EXISTS and not model.aic >= best.aic]
        if not better:
            break
        best = min(better, key=lambda model: (model.aic, model.pairs))
    expanded: set[Pairs] = set()
    while len(models) < MOST_MODELS:
        window = close_models([model for model in models.values() if model.code == EXISTS], SEARCH_AIC)
        waiting = [model.pairs for model in window if model.pairs not in expanded]
        if not waiting:
            break
        expanded.add(waiting[0])
        for pair in pairs:
            near = tuple(sorted(set(waiting[0]) ^ {pair}))
            if near not in models:
                models[near] = fit_model(cells, near)
    return list(models.values())


def close_models(fitted: Sequence[Model], within: float) -> list[Model]:
    """Return the models within some AIC of the best, whether or not interactions at minus infinity count."""
    least, inner = (min(model.aic for model in fitted), min(model.inner_aic for model in fitted))
    return sorted(
        (model for model in fitted if model.aic <= least + within or model.inner_aic <= inner + within),
        key=lambda model: (model.aic, len(model.pairs), model.pairs),
    )


def fit_model(cells: pd.Series, pairs: Iterable[Pair]) -> Model:
    """Fit one model, if its estimate exists.

    Parameters
    ----------
    cells
        All patterns, as `complete_cells` returns them.
    pairs
        Interactions: pairs of list positions, counted from 0.

    Returns
    -------
    Model
        ``N = n + exp(b0)``, ``SE = sqrt(exp(b0) + exp(2 b0) Var(b0))``, ``AIC = -2 logL + 2 k`` where k is the
        number of terms of the model.
    """
    chosen = tuple(sorted(pairs))
    counts, design = _non_empty_design(cells, chosen)
    code = _code_of_design(counts, design)
    if code != EXISTS:
        return Model(chosen, code)
    intercept, variance, log_likelihood = _fit_poisson(counts, design)
    unseen = math.exp(intercept)
    terms = 1 + len(cells.index[0]) + len(chosen)
    perfect = sum(c * math.log(c) - c - math.lgamma(c + 1) for c in counts[counts > 0])
    return Model(
        pairs=chosen,
        code=code,
        estimate=float(cells.sum()) + unseen,
        standard_error=math.sqrt(unseen + unseen**2 * variance),
        aic=-2 * log_likelihood + 2 * terms,
        deviance=max(0.0, 2 * (perfect - log_likelihood)),
        freedom=design.shape[0] - design.shape[1],
        boundary=terms - design.shape[1],
    )


def pair_estimates(cells: pd.Series, names: Sequence[str]) -> dict[str, float]:
    """Return Chapman's estimate for each pair of lists."""
    on, counts = _on_lists(cells), cells.to_numpy(dtype=float)
    answers = {}
    for one, other in combinations(range(len(names)), 2):
        both = float(counts @ (on[:, one] & on[:, other]))
        size, _ = chapman(float(counts @ on[:, one]), float(counts @ on[:, other]), both)
        answers[f"{names[one]} and {names[other]}"] = size
    return answers


def name_model(pairs: Pairs, names: Sequence[str]) -> str:
    """Name a model by its interactions, or ``"independent"`` if it has none."""
    return " + ".join(f"{names[one]} x {names[other]}" for one, other in pairs) or "independent"


def _on_lists(cells: pd.Series) -> npt.NDArray[np.bool_]:
    """Return a row per pattern and a column per list: whether groups of that pattern are on the list."""
    digits = np.frombuffer("".join(cells.index.tolist()).encode(), dtype=np.uint8)
    return np.asarray(digits.reshape(len(cells), -1) == ord("1"))


def _non_empty_design(
    cells: pd.Series, pairs: Pairs
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return counts and design, without interactions (and their patterns) of lists that share no group."""
    on = _on_lists(cells)
    counts = cells.to_numpy(dtype=float)
    kept = np.ones(len(counts), dtype=bool)
    columns = [np.ones(len(counts)), *on.T.astype(float)]
    for one, other in pairs:
        shared = on[:, one] & on[:, other]
        if counts[shared].sum() == 0:
            kept &= ~shared
        else:
            columns.append(shared.astype(float))
    return counts[kept], np.column_stack(columns)[kept]


def _code_of_design(counts: npt.NDArray[np.float64], design: npt.NDArray[np.float64]) -> int:
    """Return whether a model has an estimate: 0 yes, 1 no finite one, 2 not identifiable.

    ``max s: A'x = A'y, x_i >= s, x >= 0``; an optimum of 0 means that no finite estimate exists.
    """
    if np.linalg.matrix_rank(design.T @ design) < design.shape[1]:
        return NOT_IDENTIFIABLE
    if (counts > 0).all():
        return EXISTS
    from scipy.optimize import linprog

    # x = s + u with u >= 0 turns bounds of cells into bounds of variables; linprog minimises
    answer = linprog(
        np.r_[np.zeros(len(counts)), -1.0],
        A_eq=np.column_stack([design.T, design.sum(axis=0)]),
        b_eq=design.T @ counts,
        bounds=(0, None),
        method="highs",
    )
    if answer.status != 0 or answer.fun is None:
        raise ArithmeticError(f"The existence check of a log-linear model failed: {answer.message}")
    return EXISTS if -answer.fun > 1e-7 else NOT_EXIST


def _fit_poisson(
    counts: npt.NDArray[np.float64], design: npt.NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the intercept, its variance and the log-likelihood, by Newton's method.

    The log-likelihood is concave and its maximum is known to exist, so it is enough to halve a step that does
    not climb. statsmodels, the oracle in the tests, takes ten times as long.
    """
    constant = sum(math.lgamma(count + 1) for count in counts[counts > 1])

    def log_likelihood(terms: npt.NDArray[np.float64]) -> float:
        logs = design @ terms
        return -math.inf if logs.max() > 300 else float(counts @ logs - np.exp(logs).sum()) - constant

    start = np.linalg.solve(design.T @ design, design.T @ np.log(counts + 0.5))
    terms: npt.NDArray[np.float64] = np.asarray(start, dtype=np.float64)
    height = log_likelihood(terms)
    for _ in range(200):
        means = np.exp(design @ terms)
        information = design.T @ (design * means[:, None])
        step = np.linalg.solve(information, design.T @ (counts - means))
        size = 1.0
        while (reached := log_likelihood(terms + size * step)) < height - 1e-9 * abs(height):
            size /= 2
        terms, height = terms + size * step, reached
        if np.abs(size * step).max() < 1e-9:
            return float(terms[0]), float(np.linalg.inv(information)[0, 0]), height
    raise ArithmeticError("A log-linear model did not converge although its estimate exists.")


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
    on, counts = _on_lists(cells), cells.to_numpy(dtype=float)
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
    sizes = cells.to_numpy(dtype=float) @ _on_lists(cells)
    figures = [
        SourcedValue(f"groups on {name}", float(size), name) for name, size in zip(names, sizes, strict=True)
    ]
    return (*figures, *population_inputs(population))


def _notes_of_copies(cells: pd.Series, names: Sequence[str]) -> list[Note]:
    """Name pairs of lists of which one is probably copied from the other."""
    on, counts = _on_lists(cells), cells.to_numpy(dtype=float)
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
