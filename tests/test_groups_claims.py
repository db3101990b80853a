"""Every warning is a claim. Each has an attacker: a case where it must be raised, and one beside it where it would be false."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assetmap.groups import loglinear, many_lists
from assetmap.groups.apportion import note_missing_population
from assetmap.groups.calibration import estimate_by_calibration
from assetmap.groups.cautions import SENTENCES
from assetmap.groups.comparison import compare_estimates
from assetmap.groups.local_rate import fit_rate
from assetmap.groups.many_lists import estimate_from_cells
from assetmap.groups.membership import estimate_from_lists
from assetmap.groups.overlap import chapman
from assetmap.groups.rate import SourcedValue, estimate_unregistered
from assetmap.groups.recaptures import estimate_from_recaptures
from assetmap.groups.simulation import simulate_county
from assetmap.groups.smoothing import note_unreliable_rates, smooth_rates
from assetmap.groups.street_sample import estimate_from_street_sample
from assetmap.groups.two_lists import estimate_strata, estimate_two_lists
from assetmap.project.lists.estimates import estimate_lists
from assetmap.schema import InputError, Note
from oracles_estimates import ARTIFICIAL_3, HAV

LISTS = ["list_1", "list_2"]
EVEN = {f"{number:03b}": 125 for number in range(1, 8)}
"""What three independent lists show that have half of 1,000 groups each."""


def rate(population=100_000, **choices):
    return estimate_unregistered(population, **choices).warnings


def strata(**rows):
    return estimate_strata(
        pd.DataFrame.from_dict(rows, orient="index", columns=["first", "second", "both"])
    ).warnings


def county(stratify="", **choices):
    groups = {name: choices.pop(name) for name in list(choices) if name not in ("drop", "columns")}
    table = simulate_county(seed=3, **groups)
    table = table.drop(columns=choices.get("drop", [])).assign(**choices.get("columns", {}))
    return estimate_from_lists(table, lists=LISTS, stratify=stratify).warnings


def cells(counts):
    return estimate_from_cells(pd.Series(counts)).warnings


def copied(noise):
    random = np.random.default_rng(0)
    on = random.random((2_000, 3)) < (0.35, 0.25, 0.3)
    on[:, 2] = np.where(random.random(2_000) < noise, on[:, 2], on[:, 0])
    return pd.Series(["".join("01"[int(one)] for one in row) for row in on[on.any(axis=1)]]).value_counts()


def files(**lists):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in lists.items():
            (Path(folder) / f"{name}.csv").write_text(text, encoding="utf-8")
        return estimate_lists([Path(folder) / f"{name}.csv" for name in lists]).warnings


def refused(design):
    sample = pd.DataFrame({"stratum": "town", "groups": [1, 2, 0]})
    try:
        estimate_from_street_sample(sample, pd.Series({"town": 9}), design=design)
    except InputError as error:
        return [Note(str(error).split(":")[0], str(error))]
    return []


def stopped(most):
    kept = loglinear.MOST_MODELS
    loglinear.MOST_MODELS = many_lists.MOST_MODELS = most
    try:
        random = np.random.default_rng(1)
        on = random.random((800, 5)) < 0.3
        patterns = pd.Series(["".join("01"[int(one)] for one in row) for row in on[on.any(axis=1)]])
        return cells(patterns.value_counts())
    finally:
        loglinear.MOST_MODELS = many_lists.MOST_MODELS = kept


def calibrated(registered, **choices):
    random = np.random.default_rng(5)
    groups, others = (
        pd.DataFrame(random.random((size, 2)) < 0.4, columns=LISTS) for size in (400, registered)
    )
    return estimate_by_calibration(groups, others, lists=LISTS, **choices).warnings


BY_RATE, OTHER = estimate_unregistered(100_000), estimate_two_lists(100, 80, 30)
PLACED = "name,postcode\n" + "".join(
    f"{word} Choir,TR1 {n}AA\n" for n, word in enumerate(["Abbey", "Brook", "Chapel", "Dell"], 1)
)
FEW_LINKS = {"columns": {"link_reviewed": [True] * 5}}

ATTACKS = {
    "RATE_OLD": (lambda: rate(population_year=2021), lambda: rate(population_year=2019)),
    "RATE_NOT_LOCAL": (rate, lambda: rate(rate=SourcedValue("rate", 5, "own count", "2024"))),
    "RATE_WITHOUT_SOURCE": (lambda: rate(rate=5), rate),
    "RATE_SMALL": (lambda: rate(rate=0.00366), lambda: rate(rate=0.1)),
    "CV_ASSUMED": (rate, lambda: rate(cv=SourcedValue("cv", 0.4, "own count", "2024"))),
    "POP_SMALL": (lambda: rate(49_999), lambda: rate(50_000)),
    "NO_TREND": (rate, lambda: OTHER.warnings),
    "NO_RANKING": (rate, lambda: OTHER.warnings),
    "SEEN_EXCEEDS_ESTIMATE": (lambda: rate(seen=367), lambda: rate(seen=366)),
    "OVERLAP_LOW": (
        lambda: estimate_two_lists(100, 80, 6).warnings,
        lambda: estimate_two_lists(100, 80, 7).warnings,
    ),
    "STRATA_MERGED": (
        lambda: strata(a=(60, 50, 20), b=(9, 8, 3)),
        lambda: strata(a=(60, 50, 20), b=(30, 25, 10)),
    ),
    "STRATUM_ON_ONE_LIST": (
        lambda: strata(a=(60, 50, 20), b=(40, 0, 0)),
        lambda: strata(a=(60, 50, 20), b=(3, 0, 0)),
    ),
    "STRATUM_SHARES_NONE": (
        lambda: strata(a=(60, 50, 20), b=(30, 30, 0)),
        lambda: strata(a=(60, 50, 20), b=(3, 3, 0)),
    ),
    "LISTS_SPECIALISE": (
        lambda: strata(a=(600, 50, 30), b=(50, 600, 30)),
        lambda: strata(a=(600, 500, 300), b=(60, 50, 30)),
    ),
    "LISTS_MISS_ALIKE": (
        lambda: strata(a=(600, 600, 360), b=(50, 50, 7)),
        lambda: strata(a=(600, 500, 300), b=(60, 50, 30)),
    ),
    "TYPES_MATTER": (lambda: county(unlike=0.58), county),
    "ODDS_RATIO_ASSUMED": (
        lambda: estimate_two_lists(100, 80, 30, odds_ratio=(1, 2)).warnings,
        lambda: OTHER.warnings,
    ),
    "NOTHING_UNSEEN": (
        lambda: estimate_two_lists(100, 80, 80).warnings,
        lambda: estimate_two_lists(100, 80, 79).warnings,
    ),
    "LISTS_DEPENDENT": (lambda: cells(copied(0.02)), lambda: cells(copied(0.5))),
    "LINKS_UNREVIEWED": (lambda: county(drop=["link_reviewed"]), county),
    "RELATIVE_ASSUMED": (lambda: calibrated(200), lambda: OTHER.warnings),
    "FEW_REGISTERED": (lambda: calibrated(6), lambda: calibrated(200)),
    "NAMES_ONLY": (
        lambda: files(a="name\nAbbey Choir\nBrook Band\n", b="name\nAbbey Choir\nDell Rowers\n"),
        lambda: files(a=PLACED, b=PLACED),
    ),
    "ROWS_LEFT_OUT": (
        lambda: files(a=PLACED + "Nowhere Band,\n", b=PLACED),
        lambda: files(a=PLACED, b=PLACED),
    ),
    "STALE_RECORDS": (
        lambda: estimate_from_lists(dated(6), lists=LISTS).warnings,
        lambda: estimate_from_lists(dated(4), lists=LISTS).warnings,
    ),
    "REGISTERED_UNKNOWN": (
        lambda: county(columns={"registered": "unknown"}),
        lambda: county(columns={"registered": "no"}),
    ),
    "MLE_NOT_EXIST": (lambda: cells(ARTIFICIAL_3), lambda: cells(HAV)),
    "NOT_IDENTIFIABLE": (lambda: cells(ARTIFICIAL_3), lambda: cells(HAV)),
    "MODELS_DISAGREE": (
        lambda: cells({"100": 60, "010": 50, "001": 40, "110": 12, "101": 4, "011": 5, "111": 2}),
        lambda: cells(copied(1.0)),
    ),
    "FIT_NOT_TESTED": (lambda: cells(HAV), lambda: cells(EVEN)),
    "POOR_FIT": (lambda: cells(copied(0.0)), lambda: cells(copied(1.0))),
    "LISTS_SHARE_NONE": (lambda: cells(ARTIFICIAL_3), lambda: cells(HAV)),
    "SEARCH_STOPPED": (lambda: stopped(12), lambda: stopped(600)),
    "LOWER_BOUND": (lambda: estimate_from_recaptures(76, 43, 16).warnings, lambda: OTHER.warnings),
    "PURPOSIVE_SAMPLE": (lambda: refused("purposive"), lambda: refused("random")),
    "FEW_AREAS": (
        lambda: fit_rate(pd.Series([3, 5] * 4), pd.Series([1_000] * 8)).warnings,
        lambda: fit_rate(pd.Series([3, 5] * 5), pd.Series([1_000] * 10)).warnings,
    ),
    "DEFINITION_MISMATCH": (
        lambda: compare_estimates([BY_RATE, OTHER]),
        lambda: compare_estimates([OTHER, OTHER]),
    ),
    "INTERVALS_DISAGREE": (
        lambda: compare_estimates([OTHER, replace(OTHER, low=OTHER.high + 1, high=OTHER.high + 2)]),
        lambda: compare_estimates([OTHER, replace(OTHER, low=OTHER.high, high=OTHER.high + 2)]),
    ),
    "CIRCULAR_INPUT": (lambda: rate(323_600, seen=1_184), lambda: rate(323_600, seen=1_190)),
    "POPULATION_MISSING": (
        lambda: note_missing_population(pd.DataFrame({"population": [1, None]})),
        lambda: note_missing_population(pd.DataFrame({"population": [1, 0]})),
    ),
    "SMOOTHED_UNRELIABLE": (
        lambda: note_unreliable_rates(smooth_rates(pd.Series([4, 5, 4]), pd.Series([900] * 3))),
        lambda: note_unreliable_rates(smooth_rates(pd.Series([4, 50, 400]), pd.Series([900] * 3))),
    ),
}


def dated(old):
    table = simulate_county(300, seed=2)
    table["checked_date"] = ["2019-01-01"] * round(old / 100 * len(table)) + ["2024-01-01"] * (
        len(table) - round(old / 100 * len(table))
    )
    return table


def test_every_warning_has_an_attacker():
    assert set(ATTACKS) == set(SENTENCES)


@pytest.mark.slow
@pytest.mark.parametrize("code", ATTACKS)
def test_a_warning_is_raised_where_it_is_true_and_only_there(code):
    there, beside = ATTACKS[code]
    raised = [note for note in there() if note.code == code]
    assert len(raised) == 1
    assert not re.search(r"[{}]|\bnan\b", raised[0].sentence)
    assert code not in [note.code for note in beside()]


# What the sentences say of too high and too low


def mean_of(repeats=60, **choices):
    random = np.random.default_rng(17)
    estimates = []
    for _ in range(repeats):
        table = simulate_county(seed=random, **choices)
        estimates.append(estimate_from_lists(table, lists=LISTS).estimate)
    return float(np.mean(estimates))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "direction"),
    [
        ({"missed": 0.1}, +1),  # a missed match makes the estimate too high
        ({"defunct": 0.15}, +1),  # so do groups that have closed
        ({"copied": 0.27}, -1),  # a list that copies makes it too low
        ({"unlike": 0.5}, -1),  # both lists miss the same kind: there are more
        (
            {"shown": (0.325, 0.325), "specialise": 0.6},
            +1,
        ),  # each misses what the other shows: there are fewer
    ],
)
def test_faults_move_the_estimate_as_the_sentences_say(fault, direction):
    assert direction * (mean_of(**fault) - 2_000) > 60


def test_a_false_match_makes_the_estimate_too_low():
    counts = {"first": 700, "second": 500, "both": 175}
    assert estimate_two_lists(700, 500, 185).estimate < estimate_two_lists(**counts).estimate


def test_a_small_overlap_tends_to_make_the_estimate_too_low():
    random = np.random.default_rng(6)
    both = random.hypergeometric(40, 560, 45, 20_000)  # 3 on both lists, of 600 groups
    assert np.mean([chapman(40, 45, shared)[0] for shared in both]) < 585


def test_a_bound_is_below_the_truth_where_visibility_differs():
    random = np.random.default_rng(7)
    bounds = []
    for _ in range(100):
        times = random.binomial(8, np.repeat([0.25, 0.05], 500))
        answer = estimate_from_recaptures(
            int((times > 0).sum()), int((times == 1).sum()), int((times == 2).sum()), lists=8
        )
        bounds.append(answer.estimate)
    assert np.mean(bounds) < 980
