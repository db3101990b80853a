"""Three lists or more."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.groups.loglinear import (
    _code_of_design,
    _non_empty_design,
    complete_cells,
    fit_model,
    fit_models,
    name_model,
)
from assetmap.groups.many_lists import estimate_from_cells
from assetmap.schema import InputError
from oracles_estimates import ARTIFICIAL_3, HAV

A, B, C = 0, 1, 2


def codes(estimate):
    return [note.code for note in estimate.warnings]


def test_hepatitis_independence_and_saturated():
    cells = complete_cells(pd.Series(HAV))
    independent = fit_model(cells, ())
    assert independent.estimate == pytest.approx(388.48, abs=0.005)
    assert independent.standard_error == pytest.approx(21.55, abs=0.005)
    assert independent.aic == pytest.approx(69.748, abs=5e-4)
    saturated = fit_model(cells, [(A, B), (A, C), (B, C)])
    assert saturated.estimate == pytest.approx(1312.76, abs=0.005)
    assert saturated.standard_error == pytest.approx(517.98, abs=0.005)
    assert saturated.aic == pytest.approx(51.391, abs=5e-4)


def test_hepatitis_pairs():
    answer = estimate_from_cells(pd.Series(HAV))
    assert answer.details["pairs"] == {
        "A and B": pytest.approx(333.56, abs=0.005),
        "A and C": pytest.approx(374.48, abs=0.005),
        "B and C": pytest.approx(331.36, abs=0.005),
    }
    # Chao's bound for lists of unlike length, by hand
    assert answer.details["lower_bound"] == pytest.approx(271 + (187**2 - 63**2 - 55**2 - 69**2) / (2 * 57))


def test_hepatitis_answer():
    answer = estimate_from_cells(pd.Series(HAV), names=["P", "Q", "E"])
    assert answer.details["best"] == "P x Q + P x E + Q x E"
    assert len(answer.details["models"]) == 8
    assert answer.seen == 271
    assert 271 < answer.low < 1312.76 < answer.high
    assert answer.text.startswith("About 1,310 groups, plausibly ")
    # seven terms for seven counts
    assert "FIT_NOT_TESTED" in codes(answer)
    assert json.loads(json.dumps(asdict(answer)))["details"]["best"] == answer.details["best"]


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ((), 0), (((A, C),), 0), (((B, C),), 0), (((A, C), (B, C)), 0),
        (((A, B),), 1), (((A, B), (A, C)), 1), (((A, B), (B, C)), 1),
        (((A, B), (A, C), (B, C)), 2),
    ],
)  # fmt: skip
def test_existence_agrees_with_the_published_codes(pairs, code):
    cells = pd.Series(ARTIFICIAL_3)
    assert _code_of_design(*_non_empty_design(complete_cells(cells), tuple(sorted(pairs)))) == code
    model = fit_model(complete_cells(cells), pairs)
    assert model.code == code
    assert math.isnan(model.estimate) is (code != 0)


def test_models_that_do_not_exist_are_named_not_fitted():
    answer = estimate_from_cells(pd.Series(ARTIFICIAL_3))
    assert codes(answer) == ["FIT_NOT_TESTED", "LISTS_SHARE_NONE", "MLE_NOT_EXIST", "NOT_IDENTIFIABLE"]
    missing, unknown = (note.sentence for note in answer.warnings[2:])
    assert "not fitted: 3 (" in missing
    assert "'A x B', 'A x B + A x C', 'A x B + B x C'" in missing
    assert "'A x B + A x C + B x C'" in unknown
    assert answer.estimate < 1_000
    assert json.loads(json.dumps(asdict(answer), allow_nan=False))["details"]["models"][1]["estimate"] is None


def test_models_that_disagree_are_named():
    answer = estimate_from_cells(
        pd.Series({"100": 60, "010": 50, "001": 40, "110": 12, "101": 4, "011": 5, "111": 2})
    )
    low, high = answer.details["range"]
    assert high > 1.5 * low
    assert "MODELS_DISAGREE" in codes(answer)
    assert f"{low:,.0f} to {high:,.0f}" in answer.warnings[-1].sentence


def random_cells(lists, groups, chance, seed):
    random = np.random.default_rng(seed)
    on = random.random((groups, lists)) < chance
    patterns = pd.Series(["".join("01"[int(one)] for one in row) for row in on[on.any(axis=1)]])
    return patterns.value_counts()


@pytest.mark.parametrize("lists", [3, 4])
def test_every_model_agrees_with_statsmodels(lists):
    import statsmodels.api as sm

    cells = complete_cells(random_cells(lists, 500, 0.4, 3)) + 1
    on = np.array([[int(digit) for digit in pattern] for pattern in cells.index], dtype=float)
    models = fit_models(cells)
    assert len(models) == 2 ** math.comb(lists, 2)
    for model in models:
        if len(model.pairs) == math.comb(lists, 2):
            continue  # statsmodels divides by the degrees of freedom, of which a saturated model has none
        design = np.column_stack([np.ones(len(on)), on, *(on[:, i] * on[:, j] for i, j in model.pairs)])
        fit = sm.GLM(cells.to_numpy(), design, family=sm.families.Poisson()).fit(tol=1e-12)
        unseen = math.exp(fit.params[0])
        assert model.estimate == pytest.approx(cells.sum() + unseen, rel=1e-7)
        assert model.aic == pytest.approx(-2 * fit.llf + 2 * design.shape[1], abs=1e-6)
        error = math.sqrt(unseen + unseen**2 * fit.cov_params()[0, 0])
        assert model.standard_error == pytest.approx(error, rel=1e-6)


def copied_list(noise, seed=0):
    """Three lists of 2,000 groups, of which the third repeats the first but for a share of `noise`."""
    random = np.random.default_rng(seed)
    on = random.random((2_000, 3)) < (0.35, 0.25, 0.3)
    on[:, 2] = np.where(random.random(2_000) < noise, on[:, 2], on[:, 0])
    return pd.Series(["".join("01"[int(one)] for one in row) for row in on[on.any(axis=1)]]).value_counts()


def test_a_third_list_that_copies_the_first_is_named():
    exact = estimate_from_cells(copied_list(0), names=["council", "halls", "grants"])
    assert exact.estimate < 1_300
    assert {"LISTS_DEPENDENT", "POOR_FIT"} <= set(codes(exact))
    why = next(note.sentence for note in exact.warnings if note.code == "LISTS_DEPENDENT")
    assert "100% of council is on grants" in why or "100% of grants is on council" in why
    assert "halls" not in why
    assert "LISTS_DEPENDENT" in codes(estimate_from_cells(copied_list(0.03)))
    assert "LISTS_DEPENDENT" not in codes(estimate_from_cells(copied_list(0.4)))


def test_independent_lists_fit_and_a_saturated_model_is_named():
    fits = [estimate_from_cells(random_cells(3, 800, 0.35, seed)) for seed in range(20)]
    assert sum("POOR_FIT" in codes(answer) for answer in fits) <= 1
    for answer in fits:
        assert ("FIT_NOT_TESTED" in codes(answer)) == (answer.details["best"].count(" x ") == 3)


# Five lists, like those of a study of hidden people: two of them share nobody
FIVE = {
    "10000": 54, "01000": 463, "00100": 995, "00010": 695, "00001": 316, "11000": 15, "10100": 19, "10010": 3,
    "01100": 62, "01010": 19, "01001": 1, "00110": 76, "00101": 11, "00011": 8, "11100": 1, "11010": 1,
    "01110": 4, "01101": 1, "00111": 1, "11110": 1,
}  # fmt: skip


@pytest.mark.slow
def test_models_that_disagree_are_found_among_five_lists_that_share_little():
    answer = estimate_from_cells(pd.Series(FIVE))
    cells = complete_cells(pd.Series(FIVE))
    pairs = list(combinations(range(5), 2))
    # the models that hold the interaction of the two lists that share nobody, which fit best: all 512 of them
    every = [
        fit_model(cells, (*chosen, (0, 4)))
        for size in range(10)
        for chosen in combinations([pair for pair in pairs if pair != (0, 4)], size)
    ]
    least = min(model.aic for model in every)
    sizes = [model.estimate for model in every if model.aic <= least + 2]
    assert answer.details["range"][0] <= min(sizes) + 1
    assert answer.details["range"][1] >= max(sizes) - 1
    assert max(sizes) > 2 * min(sizes)
    assert {"MODELS_DISAGREE", "LISTS_SHARE_NONE"} <= set(codes(answer))
    assert answer.low < min(sizes) * 1.05
    assert answer.high > max(sizes)


def test_ten_lists_choose_their_interactions_forwards():
    cells = random_cells(5, 800, 0.3, 1)
    answer = estimate_from_cells(cells)
    tried = [model["model"] for model in answer.details["models"]]
    assert tried[0] == "independent"
    assert len(tried) < 2**10
    assert 700 < answer.estimate < 900
    assert len(complete_cells(random_cells(10, 60, 0.3, 1))) == 1023


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 40), min_size=7, max_size=7), order=st.permutations([0, 1, 2]))
def test_order_of_lists_is_irrelevant_and_nothing_seen_is_lost(counts, order):
    cells = pd.Series(counts, index=[f"{number:03b}" for number in range(1, 8)])
    turned = pd.Series(counts, index=["".join(pattern[i] for i in order) for pattern in cells.index])
    try:
        answer = estimate_from_cells(cells)
    except InputError:
        with pytest.raises(InputError):
            estimate_from_cells(turned)
        return
    other = estimate_from_cells(turned)
    assert sorted(m["estimate"] for m in other.details["models"] if m["code"] == 0) == pytest.approx(
        sorted(m["estimate"] for m in answer.details["models"] if m["code"] == 0), rel=1e-5
    )
    assert other.low == pytest.approx(answer.low, rel=1e-4)
    assert other.high == pytest.approx(answer.high, rel=1e-4)
    assert answer.seen <= answer.low + 1e-9
    assert answer.low <= answer.estimate <= answer.high


def test_lists_without_overlap_have_no_answer():
    with pytest.raises(InputError, match="too few groups are on more than one list"):
        estimate_from_cells(pd.Series({"100": 5, "010": 5, "001": 5}))


def test_patterns_that_cannot_be_used():
    with pytest.raises(InputError, match="3 digits, 0 or 1, with at least one 1, not '000', '12'"):
        complete_cells(pd.Series({"111": 5, "000": 5, "12": 5}))
    with pytest.raises(InputError, match="may occur only once.*whole numbers"):
        complete_cells(pd.Series([1.5, 2], index=["11", "11"]))
    with pytest.raises(InputError, match="list '3' has no group"):
        complete_cells(pd.Series({"110": 5}))
    with pytest.raises(InputError, match="use 2 to 10 lists, not 1"):
        complete_cells(pd.Series({"1": 5}))
    with pytest.raises(InputError, match="level must"):
        estimate_from_cells(pd.Series(HAV), level=0.5)


def test_models_have_names():
    assert name_model((), "ABC") == "independent"
    assert name_model(tuple(combinations(range(3), 2)), ["x", "y", "z"]) == "x x y + x x z + y x z"
