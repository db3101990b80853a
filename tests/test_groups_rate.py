"""Rate x population, estimates side by side, and sharing out over small areas."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assetmap.groups import (
    rate,
)
from assetmap.groups.apportion import note_missing_population, spread_estimate
from assetmap.groups.cautions import SENTENCES, caution
from assetmap.groups.comparison import compare_estimates, forest_table
from assetmap.groups.count import count_given_seen, for_people, interval_of_count, quantiles_of_count
from assetmap.groups.rate import estimate_unregistered
from assetmap.rounding import largest_remainder
from assetmap.schema import InputError, SourcedValue, reference_table
from oracles_estimates import HAMILTON_1792, HAMILTON_SEATS, nb_quantile, share_out


def codes(estimate):
    return [note.code for note in estimate.warnings]


@pytest.mark.parametrize(
    ("mean", "cv", "level", "low", "high"),
    [
        (1127, 0.25, 0.95, 641, 1747),
        (1127, 0.4, 0.95, 422, 2170),
        (1127, 0.5, 0.95, 306, 2473),
        (1127, 1.0, 0.95, 28, 4159),
        (1127, 0.4, 0.8, 600, 1731),
        (1184.4, 0.4, 0.8, 631, 1819),
        (1127, 0.0, 0.95, 1062, 1193),
    ],
)
def test_interval_agrees_with_the_calculated_oracles(mean, cv, level, low, high):
    assert interval_of_count(mean, cv, level) == (low, high)


@pytest.mark.parametrize(("mean", "cv"), [(0.3, 0.4), (7.5, 0.25), (60, 1.0), (400, 0.4)])
def test_interval_agrees_with_summed_probabilities(mean, cv):
    low, high = interval_of_count(mean, cv, 0.8)
    assert low == min(nb_quantile(mean, cv, 0.1), math.floor(mean))
    assert high == max(nb_quantile(mean, cv, 0.9), math.ceil(mean))


def test_shropshire():
    answer = estimate_unregistered(307_923)
    assert (answer.estimate, answer.low, answer.high, answer.level) == (1127, 600, 1731, 0.8)
    assert answer.rate_per_1000 == 3.66
    assert estimate_unregistered(308_000).details["rate_times_population"] == pytest.approx(1127.28)


def test_cornwall():
    answer = estimate_unregistered(575_532, place="Cornwall")
    assert (answer.estimate, answer.low, answer.high) == (2106, 1123, 3234)


def test_paragraph_can_be_pasted_into_a_committee_paper():
    answer = estimate_unregistered(
        323_600, place="Shropshire", population_source="Census 2021", population_year=2021, seen=0
    )
    assert answer.text == (
        "About 1,180 unregistered groups, plausibly 630 to 1,820 (80%). This is a rate (3.66 per 1,000, "
        "Mohan et al. 2010, counted in 2008 to 2010 in the North East, Cumbria and Yorkshire) times Shropshire's "
        "population (323,600, Census 2021). It counts active groups that are on a local listing and on no official "
        "register. It uses no local evidence about groups. The spread is an assumption. Other published rates give about "
        "1,840 to 1,910 (NAVCA 2025) or 2,100 to 2,170 (Wales 2013). No group has been found yet that is known to "
        "be unregistered."
    )


def test_warnings_of_the_default_rate():
    answer = estimate_unregistered(323_600, population_year=2021)
    assert codes(answer) == ["RATE_OLD", "RATE_NOT_LOCAL", "CV_ASSUMED", "NO_RANKING", "NO_TREND"]
    assert answer.warnings[0].sentence == (
        "The rate was counted in 2008 to 2010 and published in 2010. Groups have come and gone since."
    )
    assert "the North East, Cumbria and Yorkshire" in answer.warnings[1].sentence
    assert "on a local listing" in answer.definition
    # what is known to be wrong with the rate travels with the answer
    assert sum("known bias" in one for one in answer.assumptions) == 3
    assert "NCVO" in answer.inputs[2].source
    assert codes(estimate_unregistered(49_999))[3] == "POP_SMALL"
    assert "POP_SMALL" not in codes(estimate_unregistered(50_000))


def test_own_rate_with_a_source_is_neither_old_nor_assumed():
    own = estimate_unregistered(
        100_000,
        rate=SourcedValue("rate", 5.0, "own street survey", "2024"),
        cv=SourcedValue("cv", 0.3, "own street survey", "2024"),
        population_year=2024,
    )
    assert (own.estimate, codes(own)) == (500, ["NO_RANKING", "NO_TREND"])
    assert "This is a rate (5 per 1,000, own street survey) times the population (100,000, 2024)." in own.text
    assert "an assumption" not in own.text
    assert codes(estimate_unregistered(100_000, rate=5))[0] == "RATE_WITHOUT_SOURCE"
    assert "local listing" not in estimate_unregistered(100_000, rate=5).text


@pytest.mark.parametrize(
    ("population", "seen", "circular"),
    [
        (323_600, 1184, True),
        (307_923, 1127, True),
        (307_923, 1129, False),
        (2_000, 7, False),
        (100_000, 0, False),
    ],
)
def test_a_count_made_from_the_rate_is_named(population, seen, circular):
    answer = estimate_unregistered(population, seen=seen)
    assert ("CIRCULAR_INPUT" in codes(answer)) is circular


def test_a_count_made_from_the_published_rate_is_named_under_another_rate_too():
    assert "CIRCULAR_INPUT" in codes(estimate_unregistered(323_600, rate=5.0, seen=1184))


def test_what_was_seen_changes_the_answer():
    answer = estimate_unregistered(575_532, seen=1_900, place="Cornwall")
    assert (answer.estimate, answer.low, answer.high) == (2694, 2010, 3605)
    assert answer.details["rate_times_population"] == pytest.approx(2106.4, abs=0.1)
    assert "given that 1,900 have been found" in answer.text
    assert "no local evidence" not in answer.text
    assert answer.rate_per_1000 == pytest.approx(1000 * 2694 / 575_532)
    # a few found groups say next to nothing
    assert estimate_unregistered(575_532, seen=10).estimate == 2106


def test_more_seen_than_estimated_is_no_certainty():
    answer = estimate_unregistered(575_532, seen=5_000)
    assert 5_000 <= answer.low < answer.estimate < answer.high
    assert answer.high - answer.low > 500
    assert "SEEN_EXCEEDS_ESTIMATE" in codes(answer)
    assert "The rate alone gives 2,110." in answer.text
    far = estimate_unregistered(1_000, seen=5_000)
    assert 5_000 <= far.low <= far.estimate < far.high < 5_050


@pytest.mark.slow
@pytest.mark.parametrize(("cv", "seen"), [(0.4, 1), (0.4, 60), (0.4, 150), (0.0, 70), (1.0, 200)])
def test_count_given_what_was_seen_agrees_with_draws(cv, seen):
    random = np.random.default_rng(3)
    mean = 60.0
    means = mean * random.gamma(1 / cv**2, cv**2, 3_000_000) if cv else np.full(3_000_000, mean)
    draws = random.poisson(means)
    draws = draws[draws >= seen]
    middle, low, high = count_given_seen(mean, cv, 0.8, seen)
    assert middle == pytest.approx(draws.mean(), rel=0.02)
    assert [low, high] == pytest.approx(list(np.quantile(draws, [0.1, 0.9])), abs=1 + 0.03 * mean)


def test_a_country_with_groups_found_takes_no_time():
    answer = estimate_unregistered(57_000_000, rate=1_000, cv=1, seen=10)
    assert answer.low < answer.estimate < answer.high


def test_no_people_no_groups_but_missing_people_are_an_error():
    nobody = estimate_unregistered(0)
    assert (nobody.estimate, nobody.low, nobody.high, nobody.rate_per_1000) == (0, 0, 0, None)
    with pytest.raises(InputError, match="3 groups were found although nobody lives there"):
        estimate_unregistered(0, seen=3)
    for missing in (None, math.nan):
        with pytest.raises(InputError, match="the population is missing"):
            estimate_unregistered(missing)


def test_a_rate_per_person_and_counts_that_are_not_whole_are_named():
    assert "give 3.66." in next(
        note.sentence
        for note in estimate_unregistered(323_600, rate=0.00366).warnings
        if note.code == "RATE_SMALL"
    )
    assert "RATE_SMALL" not in codes(estimate_unregistered(323_600, rate=0.5))
    for seen in (math.nan, 2.5, math.inf):
        with pytest.raises(InputError, match="seen must be a whole number"):
            estimate_unregistered(1_000, seen=seen)
    with pytest.raises(InputError, match="rate must be above 0 and at most 1,000"):
        estimate_unregistered(1_000, rate=3_660)


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(InputError) as error:
        estimate_unregistered(-1, rate=-1, cv=1.5, level=80, seen=-1)
    for word in ("population must not be negative", "rate must be", "cv must", "level must", "seen must"):
        assert word in str(error.value)


@settings(max_examples=50, deadline=None)
@given(
    population=st.integers(1, 3_000_000),
    rate=st.floats(0.1, 20),
    cv=st.floats(0.01, 0.9),
    level=st.sampled_from([0.6, 0.8, 0.95, 0.999]),
    seen=st.integers(0, 5_000),
)
def test_interval_holds_its_estimate_and_what_was_seen_and_widens_with_cv(population, rate, cv, level, seen):
    answer = estimate_unregistered(population, rate=rate, cv=cv, level=level, seen=seen)
    assert seen <= answer.low <= answer.estimate <= answer.high
    assert answer.seen + answer.unseen == answer.estimate
    narrow = estimate_unregistered(population, rate=rate, cv=cv, level=level)
    wide = estimate_unregistered(population, rate=rate, cv=cv + 0.1, level=level)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_every_published_rate_has_a_source_and_a_range():
    table = reference_table("published_rates")
    assert list(table.index) == ["mohan-2010", "navca-2025", "wcva-2013", "nef-2001"]
    assert (table["low_per_1000"].astype(float) <= table["high_per_1000"].astype(float)).all()
    assert (table[["label", "source", "year", "place", "definition"]] != "").all(axis=None)
    assert set(table["scope"]) == {"headline", "similar", "broader"}


def test_the_record_is_plain_enough_for_json():
    answer = estimate_unregistered(323_600, place="Shropshire")
    read_back = json.loads(json.dumps(asdict(answer), allow_nan=False))
    forest = pd.DataFrame(read_back["details"]["forest"])
    pd.testing.assert_frame_equal(forest, forest_table([answer], population=323_600))
    assert read_back["details"]["published"][0]["low"] == pytest.approx(1184.376)


def test_forest_table():
    answer = estimate_unregistered(323_600)
    table = forest_table([answer], population=323_600)
    assert list(table.columns) == ["label", "estimate", "low", "high", "level", "kind"]
    assert list(table["kind"]) == ["method"] + ["published"] * 4
    assert list(table.loc[0, ["estimate", "low", "high", "level"]]) == [1184, 631, 1819, 0.8]
    assert table.loc[2, "low"] == pytest.approx(5.7 * 323.6)
    assert table.loc[2, "high"] == pytest.approx(5.9 * 323.6)
    assert table["level"].isna().tolist() == [False, True, True, True, True]
    assert len(forest_table([answer])) == 1


def test_methods_that_disagree_are_named():
    one = estimate_unregistered(323_600)
    other = replace(one, method="two lists", low=2_000.0, estimate=2_500.0, high=3_000.0)
    (note,) = compare_estimates([one, other])
    assert note.code == "INTERVALS_DISAGREE"
    assert "'rate x population' and 'two lists'" in note.sentence
    third = replace(one, definition="something else")
    assert [n.code for n in compare_estimates([one, third])] == ["DEFINITION_MISMATCH"]
    assert compare_estimates([one, one]) == ()


def test_numbers_for_people():
    assert for_people([1184.4, 631, 1819]) == ["1,180", "630", "1,820"]
    assert for_people([87, 12, 140]) == ["87", "12", "140"]
    assert for_people([0, 0, 1]) == ["0", "0", "1"]
    assert for_people([104_321, 9_400]) == ["104,000", "9,000"]


def test_every_warning_is_a_sentence():
    for code, sentence in SENTENCES.items():
        assert code == code.upper()
        assert sentence.endswith(".")
    assert caution("LOWER_BOUND").sentence.startswith("This is a lower bound")


# Sharing out


def areas_with(population):
    return pd.DataFrame(
        {"population": population},
        index=pd.Index([f"A{i:02}" for i in range(len(population))], name="area_code"),
    )


def test_hamilton_1792():
    assert largest_remainder(pd.Series(HAMILTON_1792), 60).tolist() == HAMILTON_SEATS


@settings(max_examples=50, deadline=None)
@given(weights=st.lists(st.integers(0, 3_000), min_size=1, max_size=30), total=st.integers(0, 5_000))
def test_shares_add_up_and_agree_with_exact_fractions(weights, total):
    named = {f"A{i:02}": weight for i, weight in enumerate(weights)}
    if sum(weights) == 0 and total > 0:
        with pytest.raises(InputError, match="weights are 0"):
            largest_remainder(pd.Series(named), total)
        return
    shares = largest_remainder(pd.Series(named), total)
    assert shares.sum() == total
    backwards = largest_remainder(pd.Series(named)[::-1], total)
    assert shares.to_dict() == backwards.to_dict()
    if sum(weights):
        assert shares.to_dict() == share_out(named, total)


def test_weights_must_be_known():
    with pytest.raises(InputError, match="'B'"):
        largest_remainder(pd.Series({"A": 1.0, "B": math.nan}), 3)
    with pytest.raises(InputError, match="0 or more"):
        largest_remainder(pd.Series({"A": 1.0}), -1)


def test_spread_over_the_grid(grid):
    before = grid.copy()
    table = spread_estimate(grid, estimate_unregistered(16_000))
    assert list(table.columns) == ["unregistered_estimate", "unregistered_low", "unregistered_high"]
    assert table.index.equals(grid.index)
    # 3.66 x 16 = 58.56 -> 59 groups: 3 each and 11 over, which go to the first codes
    assert table["unregistered_estimate"].tolist() == [4.0] * 11 + [3.0] * 5
    assert grid.equals(before)


def test_area_without_population_stays_missing_and_keeps_its_part():
    areas = areas_with([3_000, math.nan, 5_000, 0])
    table = spread_estimate(areas, estimate_unregistered(10_000, rate=10))
    # 8,000 of the 10,000 people are known: 80 of the 100 groups are placed
    assert table["unregistered_estimate"].tolist()[0] == 30
    assert math.isnan(table["unregistered_estimate"].iloc[1])
    assert table["unregistered_estimate"].tolist()[2:] == [50, 0]
    assert table.loc["A03"].tolist() == [0, 0, 0]
    (note,) = note_missing_population(areas)
    assert note.code == "POPULATION_MISSING"
    assert "1 " in note.sentence
    assert "'A01'" in note.sentence
    assert table.attrs == {}
    assert note_missing_population(areas.dropna()) == ()


def test_no_population_anywhere_is_an_error():
    with pytest.raises(InputError, match="no area has a population"):
        spread_estimate(areas_with([math.nan, math.nan]), estimate_unregistered(1_000))
    with pytest.raises(InputError, match="all 2 weights are 0"):
        spread_estimate(areas_with([0, 0]), estimate_unregistered(1_000))


@settings(max_examples=60, deadline=None)
@given(
    population=st.lists(st.integers(0, 4_000), min_size=1, max_size=25),
    rate=st.floats(0.1, 15),
    seen=st.integers(0, 100),
)
def test_shares_add_up_and_are_never_narrower_than_the_whole(population, rate, seen):
    if sum(population) == 0:
        population = [*population, 1]
    whole = estimate_unregistered(sum(population), rate=rate, seen=seen)
    table = spread_estimate(areas_with(population), whole)
    estimate, low, high = (table[column].to_numpy() for column in table.columns)
    assert estimate.sum() == whole.estimate
    assert np.all((low >= 0) & (low <= estimate) & (estimate <= high))
    assert np.all(low * whole.estimate <= whole.low * estimate + 1e-6)
    assert np.all(high * whole.estimate >= whole.high * estimate - 1e-6)
    assert np.all(np.mod(table.to_numpy(), 1) == 0)


@pytest.mark.slow
def test_estimates_load_without_scipy_and_statsmodels():
    modules = [file.stem for file in Path(rate.__file__).parent.glob("[a-z]*.py")]
    assert len(modules) > 12
    lines = [f"import assetmap.groups.{module}" for module in modules]
    code = "; ".join(
        [*lines, "import sys", "print(sorted({'scipy', 'statsmodels', 'geopandas'} & set(sys.modules)))"]
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("cv", [0, 0.05, 0.4, 1])
@pytest.mark.parametrize("level", [0.6, 0.8, 0.999])
def test_quantiles_of_a_count_are_those_of_scipy_stats(cv: float, level: float) -> None:
    means = np.r_[0.0, np.geomspace(1e-3, 1e5, 60), 1127.0, 2106.3]
    tail = (1 - level) / 2
    if cv == 0:
        wanted = [stats.poisson.ppf(part, means) for part in (tail, 1 - tail)]
    else:
        size = 1 / cv**2
        wanted = [stats.nbinom.ppf(part, size, size / (size + means)) for part in (tail, 1 - tail)]
    for found, expected in zip(quantiles_of_count(means, cv, level), wanted, strict=True):
        np.testing.assert_array_equal(found, np.maximum(expected, 0))
    assert np.isnan(quantiles_of_count([np.nan], cv, level)[0][0])
