"""A register that changes row by row is the register that is made of all rows at once."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.register.again.blocks import make_blocks, partners_of
from assetmap.register.again.judgement import Judgement, described, judge_again, judge_all
from assetmap.register.again.matching import match_rows
from assetmap.register.build import judge_stacked, stack_lists
from assetmap.register.pairs import candidate_pairs

TOWNS = ("Truro", "Bude", "Looe")
WORDS = (
    "choir",
    "band",
    "hall",
    "scouts",
    "library",
    "rowing",
    "garden",
    "society",
    "st",
    "piran",
    "old",
    "1st",
    "2nd",
)


def some_rows(count: int, *, seed: int) -> pd.DataFrame:
    """Rows of two lists that have much in common."""
    rng = random.Random(seed)
    rows = [
        {
            "name": " ".join(rng.sample(WORDS, rng.randint(1, 3))),
            "asset_type": rng.choice(("choir", "village hall", "library", "")),
            "town": rng.choice(TOWNS),
            "postcode": rng.choice(("TR1 1AA", "TR1 1AB", "EX23 8EE", "")),
            "easting": str(180_000 + rng.randrange(0, 2_000, 100)),
            "northing": str(44_000 + rng.randrange(0, 2_000, 100)),
            "registration_number": rng.choice(("", "", "", "1000001", "1000002")),
            "checked_date": rng.choice(("", "2024-01-01", "2020-05-05")),
            "minibus": rng.choice(("yes", "no", "")),
        }
        for _ in range(count)
    ]
    table = pd.DataFrame(rows).astype("str")
    table.insert(0, "row", range(2, count + 2))
    table.insert(
        0,
        "source",
        pd.Series(["first"] * (2 * count // 3) + ["second"] * (count - 2 * count // 3), dtype="str"),
    )
    table["row_key"] = pd.Series([f"#{k}" for k in range(count)], dtype="str")
    return stack_lists([table[table["source"] == source] for source in ("first", "second")])


def standing(judgement: Judgement) -> pd.DataFrame:
    said = [described(judgement, place) for place in range(len(judgement.raw))]
    ids = judgement.said["row_id"]
    assets = [
        ids[to] if own != "rejected" else ""
        for to, own in zip(judgement.survivor, judgement.outcome, strict=True)
    ]
    return pd.DataFrame(
        {"outcome": [o for o, _ in said], "reason": [r for _, r in said], "row_id": ids, "asset_id": assets}
    )


def changed_row(rng: random.Random, judgement: Judgement, step: int) -> pd.DataFrame:
    """Another cell in a row, more often in one that has a pair; or a row that is new."""
    raw, count = judgement.raw, len(judgement.raw)
    if rng.random() < 0.15:
        new = raw.iloc[[rng.randrange(count)]].assign(
            row_key=f"#new{step}", source=rng.choice(("second", "third"))
        )
        return new.set_axis([count])
    place = rng.choice(sorted(judgement.partners) or [0]) if rng.random() < 0.5 else rng.randrange(count)
    column = rng.choice(
        [
            "name",
            "name",
            "postcode",
            "town",
            "asset_type",
            "registration_number",
            "easting",
            "checked_date",
            "minibus",
            "status",
        ]
    )
    other = (
        raw[column].iloc[rng.randrange(count)]
        if column in raw and rng.random() < 0.8
        else rng.choice(("", "closed", "2025-06-06", "maybe"))
    )
    return raw.iloc[[place]].assign(**{column: other}).set_axis([place])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))])
def test_after_every_change_all_rows_are_judged_as_if_at_once(seed: int) -> None:
    rng = random.Random(seed)
    judgement = judge_all(some_rows(45, seed=seed), known={})
    review = pd.DataFrame(columns=["decision", "row_id", "other_id"], dtype="str")
    for step in range(5):
        changed, decided, before = judgement.raw.iloc[[]], [], standing(judgement)
        if rng.random() < 0.25 and judgement.links:
            decided = list(rng.choice(sorted(judgement.links)))
            pair = [judgement.raw["row_key"].iloc[place] for place in decided]
            said = pd.DataFrame([[rng.choice(("same", "different", "later")), *pair]], columns=review.columns)
            review = pd.concat(
                [review[(review["row_id"] != pair[0]) | (review["other_id"] != pair[1])], said],
                ignore_index=True,
            )
        else:
            changed = changed_row(rng, judgement, step)
        judgement, touched = judge_again(judgement, changed, review=review, decided=decided)
        fresh = judge_all(judgement.raw, known={}, review=review)
        now = standing(judgement)
        pd.testing.assert_frame_equal(now, standing(fresh))
        assert judgement.links == fresh.links
        differs = (now.iloc[: len(before)] != before).any(axis=1)
        assert set(np.flatnonzero(differs)) <= touched


@pytest.mark.slow
def test_a_newer_day_or_a_column_that_has_no_more_ticks_judges_every_row_again() -> None:
    judgement = judge_all(some_rows(12, seed=2), known={})
    nothing = pd.DataFrame(columns=["decision", "row_id", "other_id"], dtype="str")
    for cell in ({"checked_date": "2025-06-06"}, {"minibus": "maybe"}):
        changed = judgement.raw.iloc[[0]].assign(**cell).set_axis([0])
        again, touched = judge_again(judgement, changed, review=nothing, decided=[])
        assert touched == set(range(12))
        pd.testing.assert_frame_equal(standing(again), standing(judge_all(again.raw, known={})))


@pytest.mark.slow
def test_the_judgement_is_the_validation_log_of_build_register() -> None:
    raw = some_rows(60, seed=9)
    log = am.build_register(
        [raw[raw["source"] == source] for source in ("first", "second")], audience="internal"
    ).log
    judged = standing(judge_all(raw, known={}))
    pd.testing.assert_frame_equal(
        judged, log[["outcome", "reason", "row_id", "asset_id"]].fillna(""), check_dtype=False
    )


@pytest.mark.parametrize("count", [40, 160])  # with 160 rows some blocks are too large to be compared
def test_partners_of_each_row_are_its_candidate_pairs(count: int) -> None:
    rows, outcome, _ = judge_stacked(some_rows(count, seed=4))
    rows = rows[outcome != "rejected"].reset_index(drop=True)
    rows["registration_number"] = rows["registration_number"].str.lstrip("0")
    blocks = make_blocks(rows, np.ones(len(rows), dtype=bool))
    found = {(min(k, other), max(k, other)) for k in range(len(rows)) for other in partners_of(blocks, k)}
    assert found == set(candidate_pairs(rows).itertuples(index=False, name=None))


def test_rows_of_two_editions_are_matched_once_each() -> None:
    def judged(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
        table = pd.DataFrame(rows, columns=["name", "postcode", "operator"], dtype="str")
        return judge_stacked(stack_lists([table.assign(source="x", row=range(2, len(rows) + 2))]))[0]

    old = judged(
        [
            ("Choir", "TR1 1AA", "A"),
            ("Band", "TR1 1AB", "B"),
            ("Hall", "TR1 1AC", "C"),
            ("Club", "TR1 1AD", "D"),
            ("Choir", "TR1 1AA", "A"),
        ]
    )
    new = judged(
        [
            ("Hall", "EX1 1AC", "C"),
            ("Band", "TR1 1AB", "B"),
            ("Society", "TR1 1AD", "D"),
            ("Choir", "TR1 1AA", "A"),
            ("Crew", "PL1 1AA", "E"),
        ]
    )
    assert match_rows(old, new).tolist() == [3, 1, 0, 2, -1]
