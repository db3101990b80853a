"""Small areas: own rates, smoothing, totals that agree, and small counts that stay hidden."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.groups.disclosure import solve_back, suppress_small_counts
from assetmap.groups.local_rate import _fit_counts, estimate_from_counted_areas, fit_rate
from assetmap.groups.raking import control_to_totals, rake
from assetmap.groups.rate import estimate_unregistered
from assetmap.groups.smoothing import note_unreliable_rates, smooth_rates
from assetmap.schema import InputError
from oracles_estimates import attack, margins_slowly, tables_that_fit


@pytest.fixture(scope="module")
def sids():
    """Sudden infant deaths 1974 and births by county of North Carolina (public data; PySAL's example sids2)."""
    return pd.read_csv(Path(__file__).parent / "golden" / "sids2.csv", index_col="area_code")


def codes(record):
    return [note.code for note in record.warnings]


# Own rate


def test_own_rate_agrees_with_the_oracle(sids):
    fit = fit_rate(sids["groups"], sids["population"], source="North Carolina", vintage="1974")
    assert fit.rate.value == pytest.approx(2.1237, abs=5e-5)
    assert fit.cv.value**2 == pytest.approx(0.15694, abs=5e-6)
    assert fit.log_likelihood == pytest.approx(-236.166, abs=5e-4)
    assert fit.low < fit.rate.value < fit.high
    assert (fit.areas, fit.warnings) == (100, ())
    answer = estimate_unregistered(100_000, rate=fit.rate, cv=fit.cv)
    assert answer.estimate == 212
    assert "CV_ASSUMED" not in codes(answer)


def test_areas_that_differ_no_more_than_by_chance_give_a_poisson_rate():
    fit = fit_rate(pd.Series([3, 4, 5, 4]), pd.Series([1_000] * 4))
    assert (fit.rate.value, fit.cv.value) == (pytest.approx(4), 0)
    assert fit.standard_error == pytest.approx(math.sqrt(4 / 3) / math.sqrt(16))
    assert codes(fit) == ["FEW_AREAS"]
    by_hand = sum(count * math.log(4) - 4 - math.lgamma(count + 1) for count in (3, 4, 5, 4))
    assert fit.log_likelihood == pytest.approx(by_hand)


def test_counts_made_from_a_rate_are_named():
    people = pd.Series([10_000, 25_000, 7_000, 40_000])
    made = (people * 3.66 / 1000).round()
    assert "CIRCULAR_INPUT" in codes(fit_rate(made, people))
    assert "CIRCULAR_INPUT" in codes(fit_rate((people * 5 / 1000).round(), people))
    assert "CIRCULAR_INPUT" not in codes(fit_rate(made + np.array([3, -4, 2, 6]), people))


def test_counts_that_cannot_give_a_rate():
    with pytest.raises(InputError) as error:
        fit_rate(
            pd.Series([-1, 2.5, 1], index=list("abc")),
            pd.Series([1, math.nan, 0], index=list("abc")),
            level=9,
        )
    for word in ("level must", "not in 'a', 'b'", "negative in 'b'", "nobody lives: 'c'"):
        assert word in str(error.value)
    with pytest.raises(
        InputError, match=r"at least two counted areas are needed, not 1.*no group was counted"
    ):
        fit_rate(pd.Series([0, math.nan]), pd.Series([1, 1]))


@pytest.mark.slow
@pytest.mark.parametrize("counted", [3, 5, 10])
def test_intervals_hold_their_level_where_few_areas_were_counted(counted):
    random = np.random.default_rng(counted)
    inside = 0
    for _ in range(150):
        people = pd.Series(random.integers(2_000, 6_000, 120).astype(float))
        groups = pd.Series(random.poisson(3.66 * people / 1000 * random.gamma(6.25, 0.16, 120)).astype(float))
        answer = estimate_from_counted_areas(groups.where(groups.index < counted), people)
        inside += answer.low <= groups.sum() <= answer.high
    assert inside / 150 >= 0.72


def test_a_rate_that_bfgs_does_not_find_is_found_by_the_simplex(monkeypatch):
    from statsmodels.discrete.discrete_model import NegativeBinomial

    counts, people = np.array([1.0, 9.0, 3.0, 30.0]), np.full(4, 1_000.0)
    expected, fit, refused = _fit_counts(counts, people), NegativeBinomial.fit, ["bfgs"]

    def stopped(self, *, method, **named):
        found = fit(self, method=method, **named)
        found.mle_retvals["converged"] = method not in refused
        return found

    monkeypatch.setattr(NegativeBinomial, "fit", stopped)
    assert _fit_counts(counts, people) == pytest.approx(expected, rel=1e-4)
    refused.append("nm")
    with pytest.raises(InputError, match="did not converge"):
        _fit_counts(counts, people)


def test_some_areas_counted():
    people = pd.Series([1_000.0] * 6, index=list("abcdef"))
    groups = pd.Series([4, 1, 9, 2, math.nan, math.nan], index=list("abcdef"))
    answer = estimate_from_counted_areas(groups, people)
    rate = answer.details["rate_per_1000"]
    assert answer.estimate == pytest.approx(16 + 2 * rate)
    assert (answer.seen, answer.details["areas_counted"]) == (16, 4)
    assert 16 <= answer.low < answer.estimate < answer.high
    assert "16 were counted in 4 of 6 areas" in answer.text
    everything = estimate_from_counted_areas(groups.fillna(3), people)
    assert (everything.low, everything.estimate, everything.high) == (22, 22, 22)
    with pytest.raises(InputError, match="Population is missing for area 'b'"):
        estimate_from_counted_areas(groups, people.drop("b"))


# Smoothing


def test_smoothing_agrees_with_the_oracle(sids):
    table = smooth_rates(sids["groups"], sids["population"])
    first = table["groups_smoothed_per_1000"].to_numpy()[:5] / 1000
    assert first == pytest.approx([0.0016973, 0.0017054, 0.0017731, 0.0020129, 0.0035349], abs=5e-8)
    assert table.index.equals(sids.index)
    assert (table["groups_smoothed_per_1000"] > 0).all()
    assert note_unreliable_rates(table) == ()
    assert table["below_median_probability"].between(0, 1).all()


def test_probability_is_the_share_of_simulated_posterior_rates(sids):
    table = smooth_rates(sids["groups"], sids["population"])
    y, p = sids["groups"].to_numpy(), sids["population"].to_numpy()
    overall = y.sum() / p.sum()
    spread = (p * (y / p - overall) ** 2).sum() / p.sum() - overall / p.mean()
    random = np.random.default_rng(0)
    for area in (0, 4, 50):
        draws = random.gamma(overall**2 / spread + y[area], 1 / (overall / spread + p[area]), 40_000)
        share = (1000 * draws < table["groups_smoothed_per_1000"].median()).mean()
        assert table["below_median_probability"].iloc[area] == pytest.approx(share, abs=0.01)
        assert 1000 * draws.mean() == pytest.approx(table["groups_smoothed_per_1000"].iloc[area], rel=0.01)


def test_areas_that_do_not_differ_are_all_the_whole_and_nothing_is_claimed():
    table = smooth_rates(pd.Series([4, 4, 4, 4]), pd.Series([1_000] * 4))
    assert table["groups_smoothed_per_1000"].tolist() == [4, 4, 4, 4]
    assert table["below_median_probability"].isna().all()
    assert table["unreliable"].all()
    (note,) = note_unreliable_rates(table)
    assert note.code == "SMOOTHED_UNRELIABLE"
    assert "all 4 areas" in note.sentence


def test_areas_not_counted_stay_missing():
    groups = pd.Series([1, math.nan, 30, 5, 0], index=list("abcde"))
    people = pd.Series([1_000, 1_000, 2_000, 0, 1_500], index=list("abcde"))
    table = smooth_rates(groups, people)
    assert list(table.index) == list("abcde")
    assert table.loc[["b", "d"]].drop(columns="unreliable").isna().all(axis=None)
    assert table.loc[["b", "d"], "unreliable"].all()
    assert table.loc["e", "groups_per_1000"] == 0
    assert table.loc["e", "below_median_probability"] > table.loc["c", "below_median_probability"]
    with pytest.raises(InputError, match=r"the count is negative in 'a'; population is negative in 'b'"):
        smooth_rates(pd.Series([-1, 3], index=["a", "b"]), pd.Series([1, -1], index=["a", "b"]))
    with pytest.raises(InputError, match="no groups were counted"):
        smooth_rates(pd.Series([0, 0]), pd.Series([10, 10]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 5_000)), min_size=2, max_size=20))
def test_smoothed_rates_lie_between_their_own_and_the_whole(rows):
    groups, people = (pd.Series(column) for column in zip(*rows, strict=True))
    if groups.sum() == 0:
        return
    table = smooth_rates(groups, people)
    overall = 1000 * groups.sum() / people.sum()
    own, smoothed = table["groups_per_1000"], table["groups_smoothed_per_1000"]
    assert (smoothed >= np.minimum(own, overall) - 1e-9).all()
    assert (smoothed <= np.maximum(own, overall) + 1e-9).all()


# Totals that agree


def test_two_margins_agree_with_slow_fitting():
    seed = pd.DataFrame([[1.0, 2, 1], [3, 5, 5], [0, 2, 4]], index=list("abc"), columns=list("xyz"))
    rows, columns = pd.Series([12.0, 30, 8], index=list("abc")), pd.Series([10.0, 22, 18], index=list("xyz"))
    fitted = rake(seed, rows[::-1], columns)
    assert fitted.to_numpy() == pytest.approx(
        np.array(margins_slowly(seed.to_numpy().tolist(), rows.tolist(), columns.tolist()))
    )
    assert fitted.sum(axis=1).tolist() == pytest.approx([12, 30, 8])
    assert fitted.sum(axis=0).tolist() == pytest.approx([10, 22, 18])
    # the pattern is kept: odds ratios of the seed
    assert fitted.loc["a", "y"] * fitted.loc["b", "z"] / (
        fitted.loc["a", "z"] * fitted.loc["b", "y"]
    ) == pytest.approx(2)
    assert fitted.loc["c", "x"] == 0


def test_margins_that_cannot_be_fitted():
    seed = pd.DataFrame([[0.0, 0], [1, 1]], index=["a", "b"], columns=["x", "y"])
    with pytest.raises(InputError, match="row 'a' has only zeros but its total is above 0"):
        rake(seed, pd.Series({"a": 1, "b": 3}), pd.Series({"x": 2, "y": 2}))
    empty = rake(seed, pd.Series({"a": 0, "b": 4}), pd.Series({"x": 1, "y": 3}))
    assert empty.to_numpy().tolist() == [[0, 0], [1, 3]]
    with pytest.raises(InputError, match="row totals add up to 4 but column totals to 5"):
        rake(seed, pd.Series({"a": 0, "b": 4}), pd.Series({"x": 2, "y": 3}))
    with pytest.raises(InputError, match="column total is missing or negative for 'y'"):
        rake(seed, pd.Series({"a": 0, "b": 4}), pd.Series({"x": 2}))
    diagonal = pd.DataFrame([[1.0, 0], [0, 1]], index=["a", "b"], columns=["x", "y"])
    with pytest.raises(InputError, match="No table with zeros where the seed has them"):
        rake(diagonal, pd.Series({"a": 1, "b": 3}), pd.Series({"x": 2, "y": 2}))


def test_figures_are_scaled_to_their_parents_totals():
    figures = pd.Series([1.0, 3, math.nan, 5, 0], index=list("abcde"))
    parents = pd.Series(["N", "N", "N", "S", "T"], index=list("abcde"))
    table = control_to_totals(figures, parents, pd.Series({"S": 10, "N": 8, "T": 0}))
    assert table["controlled"].tolist()[:2] == [2, 6]
    assert math.isnan(table.loc["c", "controlled"])
    assert table.loc[["d", "e"], "controlled"].tolist() == [10, 0]
    assert table["factor"].tolist() == [2, 2, 2, 2, 1]
    with pytest.raises(InputError) as error:
        control_to_totals(
            pd.Series([-1.0, 0, 1], index=list("abc")), pd.Series({"a": "N", "b": "S"}), pd.Series({"S": 4})
        )
    for word in (
        "no parent is given for area 'c'",
        "negative in 'a'",
        "missing or negative for 'N'",
        "0 or missing in 'S'",
    ):
        assert word in str(error.value)


# Small counts


def with_totals(counts):
    table = counts.assign(total=counts.sum(axis=1))
    table.loc["total"] = table.sum()
    return table


def small_counts_exposed(counts, published, threshold):
    """Small cells that an attacker who knows the rules narrows to less than "1 to threshold - 1"."""
    cells = [[None if math.isnan(cell) else int(cell) for cell in row] for row in published.to_numpy()]
    truth, known = (with_totals(table).to_numpy(dtype=int) for table in (counts, (counts > 0).astype(int)))
    exposed = []
    for cell in map(tuple, np.argwhere((truth > 0) & (truth < threshold))):
        low, high = attack(cells, cell)
        if low > known[cell] or high < threshold - 1:
            exposed.append((cell, low, high))
    return exposed


def test_a_table_of_ones_stays_secret():
    # zeros are always shown, so 5 hidden cells that add up to 5 are all 1
    ones = pd.DataFrame(np.ones((5, 5), dtype=int), index=list("abcde"), columns=list("vwxyz"))
    published = suppress_small_counts(ones)
    assert small_counts_exposed(ones, published, 5) == []
    half = with_totals(ones).astype(float)
    half.iloc[:5, :5] = math.nan
    ranges = solve_back(half)
    assert len(ranges) == 25
    assert (ranges[["low", "high"]] == 1).all(axis=None)


@pytest.mark.slow
def test_no_small_count_of_random_tables_is_exposed():
    random = np.random.default_rng(15)
    small = 0
    for number in range(25):
        rows, columns = random.integers(2, 5, 2)
        values = random.poisson(random.gamma(0.7, 6, (rows, columns)))
        counts = pd.DataFrame(values, index=[f"a{i}" for i in range(rows)]).add_prefix("t")
        published = suppress_small_counts(counts)
        assert small_counts_exposed(counts, published, 5) == [], number
        small += int(((counts > 0) & (counts < 5)).to_numpy().sum())
    assert small > 60


@pytest.mark.slow
def test_hidden_counts_cannot_be_solved_back_by_trying_every_table():
    counts = pd.DataFrame([[3, 12, 20], [15, 9, 11], [8, 7, 14]], index=list("abc"), columns=list("xyz"))
    published = suppress_small_counts(counts, threshold=5)
    hidden = published.isna().to_numpy()
    assert hidden[0, 0]
    assert hidden.sum() == 4  # the rectangle a-b-c by x-y that costs least
    assert published.loc["total", "total"] == 99
    cells = [[None if math.isnan(cell) else int(cell) for cell in row] for row in published.to_numpy()]
    values = {answer[(0, 0)] for answer in tables_that_fit(cells, 20)}
    assert values >= {1, 2, 3, 4}
    ranges = solve_back(published).set_index(["row", "column"])
    assert (ranges.loc[("a", "x"), "low"], ranges.loc[("a", "x"), "high"]) == (min(values), max(values))


def test_a_table_hidden_only_where_it_is_small_is_given_away():
    counts = pd.DataFrame([[3.0, 12], [15, 9]], index=["a", "b"], columns=["x", "y"])
    published = counts.assign(total=counts.sum(axis=1))
    published.loc["total"] = published.sum()
    published.loc["a", "x"] = math.nan
    row = solve_back(published).iloc[0]
    assert (row["row"], row["column"], row["low"], row["high"]) == ("a", "x", 3, 3)


def test_nothing_more_is_hidden_than_the_rule_asks_for():
    """Each hidden cell may be 1 to 4, which is all that a threshold of 5 asks for: the totals stay."""
    published = suppress_small_counts(pd.DataFrame([[1, 4], [4, 1]], index=["a", "b"], columns=["x", "y"]))
    assert published["total"].tolist() == published.loc["total"].tolist() == [5, 5, 10]
    found = solve_back(published)
    assert (set(found["low"]), set(found["high"])) == ({1}, {4})


def test_totals_are_hidden_where_nothing_else_is_left():
    published = suppress_small_counts(pd.DataFrame({"refuge": [2, 0]}, index=["a", "b"]))
    assert published.loc["b"].tolist() == [0, 0]
    assert published.loc[["a", "total"]].isna().all(axis=None)
    assert (solve_back(published)["high"] == math.inf).all()


def test_tables_without_small_counts_are_published_whole():
    counts = pd.DataFrame([[5, 0], [0, 9]], index=["a", "b"], columns=["x", "y"])
    assert suppress_small_counts(counts).to_numpy().tolist() == [[5, 0, 5], [0, 9, 9], [5, 9, 14]]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 14, 30]), min_size=columns, max_size=columns),
            min_size=1, max_size=5,
        )
    ),
    st.sampled_from([3, 5, 10]),
)  # fmt: skip
def test_no_small_count_can_be_narrowed_and_nothing_shown_is_changed(values, threshold):
    counts = pd.DataFrame(values, columns=[f"t{i}" for i in range(len(values[0]))])
    counts.index = [f"a{i}" for i in range(len(values))]
    before = counts.copy()
    published = suppress_small_counts(counts, threshold=threshold)
    truth = with_totals(counts)
    shown = published.notna()
    assert (published[shown] == truth[shown]).where(shown, True).all(axis=None)
    assert not ((truth > 0) & (truth < threshold) & shown).any(axis=None)
    assert ((truth > 0) | shown).all(axis=None)  # no zero is hidden
    # who sees the zeros knows that a total is at least the number of its other cells
    known = with_totals((counts > 0).astype(int))
    for row in solve_back(published).itertuples():
        assert row.low <= truth.loc[row.row, row.column] <= row.high
        if truth.loc[row.row, row.column] < threshold:
            assert row.low <= known.loc[row.row, row.column]
            assert row.high >= threshold - 1
    assert counts.equals(before)


def test_tables_that_cannot_be_hidden():
    with pytest.raises(InputError) as error:
        suppress_small_counts(pd.DataFrame({"total": [1, -2], "x": [1, 2.5]}, index=["a", "b"]), threshold=1)
    for word in ("threshold must be 2 or more", "row or column 'total'", "not in 'b'"):
        assert word in str(error.value)
    wrong = pd.DataFrame([[math.nan, 5.0, 3.0], [math.nan, 5, 9], [4, 10, 12]])
    with pytest.raises(InputError, match="totals are not the sums of its cells"):
        solve_back(wrong)
