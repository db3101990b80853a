"""Confidence sets for ranks: by hand, by counting draws, by a naive twin, and by simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from assetmap.gaps.ranks import rank_confidence_sets, ranks_together
from assetmap.schema import InputError


def naive_sets(draws, estimates, of, level):
    """The same with one loop per pair: bounds of every difference, then count who is surely before and behind."""
    size = draws.shape[1]
    spread, greatest = {}, {area: [0.0] * len(draws) for area in of}
    for area in of:
        for other in range(size):
            gaps = [row[other] - row[area] - (estimates[other] - estimates[area]) for row in draws]
            spread[area, other] = (sum(gap**2 for gap in gaps) / len(gaps)) ** 0.5
            if spread[area, other] > 0:
                for at, gap in enumerate(gaps):
                    greatest[area][at] = max(greatest[area][at], abs(gap) / spread[area, other])

    def bound(values):
        ordered = sorted(values)
        return ordered[int(np.ceil(level * len(ordered))) - 1] + 1e-9

    both = bound([max(greatest[area][at] for area in of) for at in range(len(draws))])
    sets = {}
    for area in of:
        for times in (bound(greatest[area]), both):
            ahead = sum(
                estimates[o] - estimates[area] - times * spread[area, o] > 0 for o in range(size) if o != area
            )
            behind = sum(
                estimates[o] - estimates[area] + times * spread[area, o] < 0 for o in range(size) if o != area
            )
            sets.setdefault(area, []).extend([1 + ahead, size - behind])
    return [sets[area] for area in of]


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
        sets = rank_confidence_sets(draws, estimates=middle, of=of, level=level)
        assert sets.index.tolist() == of
        assert sets[SETS].to_numpy().tolist() == naive_sets(draws, middle, of, level)


def test_the_sets_hold_the_ranks_of_the_draws_as_often_as_they_say():
    """Without any theory: count the draws whose ranks lie in the sets."""
    random = np.random.default_rng(5)
    draws = random.normal(size=12) + random.normal(scale=0.4, size=(400, 12))
    ranks = rankdata(-draws, axis=1)
    for level in (0.5, 0.8, 0.9):
        sets = rank_confidence_sets(draws, of=range(5), level=level)
        alone, together = (
            (ranks[:, :5] >= sets[f"{name}_low"].to_numpy())
            & (ranks[:, :5] <= sets[f"{name}_high"].to_numpy())
            for name in ("marginal", "simultaneous")
        )
        assert (alone.mean(axis=0) >= level).all()
        assert together.all(axis=1).mean() >= level
        assert (sets["simultaneous_low"] <= sets["marginal_low"]).all()
        assert (sets["simultaneous_high"] >= sets["marginal_high"]).all()


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
        sets = rank_confidence_sets(draws, level=level)
        inferred = sets["simultaneous_high"] - sets["simultaneous_low"]
        assert (found["high"] - found["low"]).mean() < inferred.mean()
