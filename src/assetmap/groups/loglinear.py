"""Log-linear models of lists: existence of the estimate, fit by Newton's method, and the search among models.

The counts of the 2^k - 1 ways of being on k lists are Poisson with log-mean = main effects + chosen two-list
interactions, and exp(intercept) is the number of groups on no list. A model is fitted only after a linear programme
has shown that its estimate exists. Interactions of lists that share no group are at minus infinity: they and their
patterns leave the design. Limits: interactions of three or more lists are not modelled.

References
----------
Fienberg and Rinaldo 2012, Annals of Statistics 40; Chan, Silverman and Vincent 2021, Journal of the American
Statistical Association 116.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.schema import InputError, first_few

EXISTS, NOT_EXIST, NOT_IDENTIFIABLE = 0, 1, 2

ALL_MODELS_UP_TO: Final = 4
"""With more lists, the models are searched."""

SEARCH_AIC: Final = 4.0
"""With more than four lists, models this close to the best are starting points of the search."""

MOST_MODELS: Final = 600

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


def name_model(pairs: Pairs, names: Sequence[str]) -> str:
    """Name a model by its interactions, or ``"independent"`` if it has none."""
    return " + ".join(f"{names[one]} x {names[other]}" for one, other in pairs) or "independent"


def on_lists(cells: pd.Series) -> npt.NDArray[np.bool_]:
    """Return a row per pattern and a column per list: whether groups of that pattern are on the list."""
    digits = np.frombuffer("".join(cells.index.tolist()).encode(), dtype=np.uint8)
    return np.asarray(digits.reshape(len(cells), -1) == ord("1"))


def _non_empty_design(
    cells: pd.Series, pairs: Pairs
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return counts and design, without interactions (and their patterns) of lists that share no group."""
    on = on_lists(cells)
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
    return EXISTS if -float(answer.fun or 0.0) > 1e-7 else NOT_EXIST


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
