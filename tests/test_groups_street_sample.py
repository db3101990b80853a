"""A random sample of streets."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from assetmap.groups.street_sample import estimate_from_street_sample
from assetmap.schema import InputError

# R survey, data set fpc
SAMPLE = pd.DataFrame({"stratum": ["a"] * 5 + ["b"] * 3, "groups": [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2]})
STREETS = pd.Series({"a": 15, "b": 12})


def test_expansion_agrees_with_r_survey():
    answer = estimate_from_street_sample(SAMPLE, STREETS, design="random", level=0.95)
    assert answer.details["mean_per_street"] == pytest.approx(5.4481, abs=5e-5)
    assert answer.details["standard_error"] / 27 == pytest.approx(0.616, abs=5e-4)
    reach = 2.446912 * answer.details["standard_error"]  # t with 8 - 2 degrees of freedom
    assert answer.high == pytest.approx(answer.estimate + reach, abs=1e-3)
    assert answer.low == pytest.approx(answer.estimate - reach, abs=1e-3)
    assert answer.estimate == pytest.approx(27 * 5.4481, abs=0.002)


def test_mean_and_variance_over_all_samples_are_right():
    # every sample of 2 of 4 streets: the estimates average to the truth, their variance to the estimated one
    groups = [0, 1, 5, 2]
    answers = [
        estimate_from_street_sample(
            pd.DataFrame({"stratum": "town", "groups": [groups[i] for i in chosen]}, index=list(chosen)),
            pd.Series({"town": 4}),
            design="random",
        )
        for chosen in itertools.combinations(range(4), 2)
    ]
    sizes = np.array([answer.estimate for answer in answers])
    assert sizes.mean() == pytest.approx(8)
    variances = np.array([answer.details["standard_error"] ** 2 for answer in answers])
    assert sizes.var() == pytest.approx(variances.mean())


def test_every_street_visited_leaves_nothing_to_guess():
    sample = pd.DataFrame({"stratum": "town", "groups": [3, 0, 4]})
    answer = estimate_from_street_sample(sample, pd.Series({"town": 3}), design="random", population=1_000)
    assert (answer.estimate, answer.low, answer.high, answer.seen, answer.rate_per_1000) == (7, 7, 7, 7, 7)


def test_interval_does_not_fall_below_what_was_found():
    sample = pd.DataFrame({"stratum": "town", "groups": [0, 0, 0, 30]})
    answer = estimate_from_street_sample(sample, pd.Series({"town": 6}), design="random")
    assert (answer.low, answer.estimate) == (30, 45)
    assert "4 of 6 streets were drawn at random and have 30 groups" in answer.text


def test_empty_streets_do_not_prove_that_there_is_nothing():
    nothing = pd.DataFrame({"stratum": "town", "groups": [0] * 10})
    answer = estimate_from_street_sample(nothing, pd.Series({"town": 3_000}), design="random")
    # the greatest mean per street that leaves ten streets empty one time in ten: ln(10) / 10
    assert answer.high == pytest.approx(3_000 * math.log(10) / 10, rel=0.005)
    assert (answer.low, answer.estimate) == (0, 0)
    same = pd.DataFrame({"stratum": "town", "groups": [2] * 5})
    answer = estimate_from_street_sample(same, pd.Series({"town": 50}), design="random")
    assert 10 <= answer.low < 100 < answer.high
    one_empty_stratum = pd.concat(
        [SAMPLE, pd.DataFrame({"stratum": "c", "groups": [0] * 4})], ignore_index=True
    )
    streets = pd.Series({"a": 15, "b": 12, "c": 40})
    both = estimate_from_street_sample(one_empty_stratum, streets, design="random")
    alone = estimate_from_street_sample(SAMPLE, pd.Series({"a": 15, "b": 12}), design="random")
    assert both.estimate == alone.estimate
    assert both.high > alone.high + 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("per_street", "clumped"),
    [(0.05, 2.0), (0.1, 0.3), *(pytest.param(found, 2.0, marks=pytest.mark.long) for found in (0.3, 1.0))],
)
def test_interval_holds_its_level_where_few_groups_are_found(per_street, clumped):
    random = np.random.default_rng(8)
    inside = 0
    for _ in range(300):
        groups = random.poisson(per_street * random.gamma(clumped, 1 / clumped, 600))
        sample = pd.DataFrame({"stratum": "town", "groups": groups[:60]})
        answer = estimate_from_street_sample(sample, pd.Series({"town": 600}), design="random")
        inside += answer.low <= groups.sum() <= answer.high
    assert inside / 300 >= 0.74


def test_purposive_sample_is_refused():
    with pytest.raises(InputError, match=r"PURPOSIVE_SAMPLE: The streets were chosen by hand"):
        estimate_from_street_sample(SAMPLE, STREETS, design="purposive")


def test_all_problems_of_a_sample_are_told_at_once():
    sample = pd.DataFrame(
        {"stratum": ["a", "a", "b", "d"], "groups": [1, math.nan, 2, -1]},
        index=["High St", "Mill Rd", "Lane", "Lane"],
    )
    with pytest.raises(InputError) as error:
        estimate_from_street_sample(sample, pd.Series({"a": 1, "b": 5, "c": 3}), design="cluster", level=2)
    for word in (
        "level must", "design must be 'random' or 'purposive', not 'cluster'", "negative for streets 'Mill Rd', 'Lane'",
        "each street may occur only once; repeated: 'Lane'", "no street was visited in stratum 'c'",
        "number of streets is missing for stratum 'd'", "than there are in stratum 'a'", "at least two streets in stratum 'b'",
    ):  # fmt: skip
        assert word in str(error.value)
