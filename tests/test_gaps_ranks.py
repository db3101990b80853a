"""Confidence sets for ranks: by hand, by counting draws, by a naive twin, and by simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from assetmap.gaps.ranks import rank_confidence_sets, ranks_together
from assetmap.schema import InputError


def naive_sets(draws, estimates, of, level, *, stepwise):
    """The same with one loop per comparison: those that are certain leave the family, and the rest is tested again."""
    size = draws.shape[1]

    def bar_of(family, spread):
        """What the furthest comparison of the family stays below in this share of the draws."""
        furthest = []
        for row in draws:
            units = [0.0]
            for first, second in family:
                gap = row[first] - row[second] - (estimates[first] - estimates[second])
                if spread[first, second] > 0:
                    units.append(gap / spread[first, second])
            furthest.append(max(units))
        return sorted(furthest)[int(np.ceil(level * len(furthest))) - 1] + 1e-9

    def surely(areas):
        """Pairs of which the first is certainly ahead of the second."""
        family = {
            pair
            for area in areas
            for other in range(size)
            if other != area
            for pair in ((area, other), (other, area))
        }
        spread = {}
        for first, second in family:
            gaps = [row[first] - row[second] - (estimates[first] - estimates[second]) for row in draws]
            spread[first, second] = (sum(gap**2 for gap in gaps) / len(gaps)) ** 0.5
        certain = set()
        while True:
            bar = bar_of(family - certain, spread)
            new = {
                pair
                for pair in family - certain
                if estimates[pair[0]] - estimates[pair[1]] > bar * spread[pair]
            }
            certain |= new
            if not new or not stepwise:
                return certain

    sets = []
    together = surely(of)
    for area in of:
        bounds = []
        for certain in (surely([area]), together):
            ahead = sum((other, area) in certain for other in range(size))
            behind = sum((area, other) in certain for other in range(size))
            bounds += [1 + ahead, size - behind]
        sets.append(bounds)
    return sets


SETS = ["marginal_low", "marginal_high", "simultaneous_low", "simultaneous_high"]


def test_three_areas_by_hand():
    """A is ahead by 4 with an error of 1; B and C differ by 0.5 with an error of 1.

    Differences from B: A is +4 or +4 +- 1, C is -0.5 +- 1. In each draw the greatest error is 1 spread.
    So A - B lies in 3 to 5: A is ahead. C - B lies in -1.5 to 0.5: either may be ahead.
    """
    middle = np.array([10.0, 6.0, 5.5])
    draws = middle + np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
    sets = rank_confidence_sets(draws, estimates=middle)
    assert sets["rank"].tolist() == [1, 2, 3]
    assert sets[SETS].to_numpy().tolist() == [[1, 1, 1, 1], [2, 3, 2, 3], [2, 3, 2, 3]]


def test_of_certain_values_the_sets_are_the_ranks_and_equal_values_share_theirs():
    draws = np.tile([3.0, 1.0, 2.0, 2.0], (5, 1))
    sets = rank_confidence_sets(draws)
    assert sets["rank"].tolist() == [1, 4, 2, 2]
    for name in ("marginal", "simultaneous"):
        assert sets[f"{name}_low"].tolist() == [1, 4, 2, 2]
        assert sets[f"{name}_high"].tolist() == [1, 4, 3, 3]


@pytest.mark.parametrize("seed", range(4))
def test_sets_agree_with_the_naive_twin(seed):
    random = np.random.default_rng(seed)
    middle = random.normal(size=7).round(1)
    draws = middle + random.normal(scale=random.uniform(0.1, 0.6, 7), size=(41, 7))
    of = [0, 3, 4]
    for level in (0.5, 0.9):
        for stepwise in (True, False):
            sets = rank_confidence_sets(draws, estimates=middle, of=of, level=level, stepwise=stepwise)
            assert sets.index.tolist() == of
            assert sets[SETS].to_numpy().tolist() == naive_sets(draws, middle, of, level, stepwise=stepwise)


def test_what_is_certain_is_tested_no_more_and_the_rest_more_sharply():
    """By hand: D is far behind, and three of six draws have it 9 further behind; B and C are 1 out in two other draws.

    In units of their own spread (6.4 and 0.58) that is 1.41 and 1.73. Four of six draws stay within 1.41, the first bar: D is
    certainly behind A, B and C are not (0.5 and 0.8 against 1.41 x 0.58). Once D is certain, four draws have no error at all.
    """
    middle = np.array([10.0, 9.5, 9.2, -50.0])
    errors = np.zeros((6, 4))
    errors[0, 1:3], errors[1, 1:3] = 1, -1
    errors[2:5, 3] = -9
    one = rank_confidence_sets(middle + errors, estimates=middle, level=2 / 3, of=[0], stepwise=False)
    both = rank_confidence_sets(middle + errors, estimates=middle, level=2 / 3, of=[0])
    assert one[SETS].to_numpy().tolist() == [[1, 3, 1, 3]]
    assert both[SETS].to_numpy().tolist() == [[1, 1, 1, 1]]


def test_sets_of_several_steps_are_never_wider_and_sometimes_narrower():
    random = np.random.default_rng(7)
    narrower = 0
    for _ in range(20):
        middle = np.sort(random.normal(size=9)) * 3
        draws = middle + random.normal(scale=random.uniform(0.1, 1.5, 9), size=(200, 9))
        one = rank_confidence_sets(draws, estimates=middle, stepwise=False)
        more = rank_confidence_sets(draws, estimates=middle)
        for name in ("marginal", "simultaneous"):
            assert (more[f"{name}_low"] >= one[f"{name}_low"]).all()
            assert (more[f"{name}_high"] <= one[f"{name}_high"]).all()
            narrower += int((more[f"{name}_high"] < one[f"{name}_high"]).any())
    assert narrower > 3


def test_the_sets_hold_the_ranks_of_the_draws_as_often_as_they_say():
    """Without any theory: count the draws whose ranks lie in the sets."""
    random = np.random.default_rng(5)
    draws = random.normal(size=12) + random.normal(scale=0.4, size=(400, 12))
    ranks = rankdata(-draws, axis=1)
    for level in (0.5, 0.8, 0.9):
        sets = rank_confidence_sets(draws, of=range(5), level=level, stepwise=False)
        alone, together = (
            (ranks[:, :5] >= sets[f"{name}_low"].to_numpy())
            & (ranks[:, :5] <= sets[f"{name}_high"].to_numpy())
            for name in ("marginal", "simultaneous")
        )
        assert (alone.mean(axis=0) >= level).all()
        assert together.all(axis=1).mean() >= level
        assert (sets["simultaneous_low"] <= sets["marginal_low"]).all()
        assert (sets["simultaneous_high"] >= sets["marginal_high"]).all()


@pytest.mark.slow
def test_the_true_ranks_are_in_the_sets_as_often_as_they_say():
    """Simulated places with known ranks, measured with known errors, near to each other and far."""
    random = np.random.default_rng(11)
    truth = np.array([0.0, 0.1, 0.2, 0.3, 1.0, 1.1, 2.5, 4.0])
    errors = np.array([0.3, 0.1, 0.2, 0.3, 0.2, 0.3, 0.2, 0.1])
    ranks = rankdata(-truth).astype(int)
    alone, together, narrow = [], [], []
    for _ in range(200):
        found = truth + random.normal(scale=errors)
        draws = found + random.normal(scale=errors, size=(300, 8))
        sets = rank_confidence_sets(draws, estimates=found, level=0.9)
        alone.append(((ranks >= sets["marginal_low"]) & (ranks <= sets["marginal_high"])).to_numpy())
        held = (ranks >= sets["simultaneous_low"]) & (ranks <= sets["simultaneous_high"])
        together.append(held.all())
        narrow.append((sets["simultaneous_high"] - sets["simultaneous_low"]).mean())
    assert (np.mean(alone, axis=0) >= 0.88).all()
    assert np.mean(together) >= 0.88
    assert np.mean(narrow) < 4  # a set of all eight ranks would hold the truth too, and say nothing


@pytest.mark.parametrize(
    ("draws", "choices", "words"),
    [
        (np.ones((1, 3)), {}, "2 draws"),
        (np.ones((3, 1)), {}, "2 areas"),
        (np.array([[1.0, np.nan], [1.0, 2.0]]), {}, "missing"),
        (np.ones((3, 2)), {"estimates": np.ones(3)}, "2 areas"),
        (np.ones((3, 2)), {"level": 1.0}, "0.9"),
    ],
)
def test_what_cannot_be_ranked_is_refused(draws, choices, words):
    with pytest.raises(InputError, match=words):
        rank_confidence_sets(draws, **choices)


def test_ranges_of_all_ranks_at_once_by_hand():
    """Of ten draws the one whose second area is furthest out goes; the range is that of the nine others."""
    ranks = np.array([[1, 2, 3]] * 4 + [[2, 1, 3]] * 4 + [[1, 3, 2], [3, 2, 1]])
    found = ranks_together(ranks, level=0.8)
    assert found.to_numpy().tolist() == [[1, 2], [1, 2], [3, 3]]
    assert ranks_together(ranks, level=0.95).to_numpy().tolist() == [[1, 3], [1, 3], [1, 3]]


def test_ranges_of_all_ranks_hold_as_often_as_they_say_and_are_narrower_than_inferred_ones():
    random = np.random.default_rng(6)
    draws = random.normal(size=15) + random.normal(scale=0.5, size=(300, 15))
    ranks = rankdata(-draws, axis=1)
    for level in (0.5, 0.9):
        found = ranks_together(ranks, level=level)
        held = (ranks >= found["low"].to_numpy()) & (ranks <= found["high"].to_numpy())
        assert level <= held.all(axis=1).mean() < 1
        sets = rank_confidence_sets(draws, level=level, stepwise=False)
        inferred = sets["simultaneous_high"] - sets["simultaneous_low"]
        assert (found["high"] - found["low"]).mean() < inferred.mean()
