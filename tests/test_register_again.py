"""A register that changes row by row is the register that is made of all rows at once."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import assetmap as am
from assetmap.register.again.blocks import change_blocks, make_blocks, partners_of
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


def rows_of(**cells: list[str]) -> pd.DataFrame:
    """Rows in Truro; of one list, where no ``source`` says otherwise."""
    table = pd.DataFrame({"source": "first", "town": "Truro"} | cells)
    count = len(table)
    return stack_lists([table.assign(row=range(2, count + 2), row_key=[f"#{k}" for k in range(count)])])


def pairs_there_and_back(*states: pd.DataFrame) -> list[set[tuple[int, int]]]:
    """The pairs of rows before a change, after it, and after it was undone; always the pairs of all rows at once."""
    judged = judge_stacked(pd.concat(states, ignore_index=True))[0]
    count = len(judged) // 2
    before, after = judged.iloc[:count], judged.iloc[count:].set_axis(range(count))
    blocks = make_blocks(before, np.ones(count, dtype=bool))
    found = [set(candidate_pairs(before).itertuples(index=False, name=None))]
    places = np.flatnonzero((after[["name", "postcode"]] != before[["name", "postcode"]]).any(axis=1))
    for now in (after, before):
        again = change_blocks(blocks, places, now.iloc[places], np.ones(len(places), dtype=bool))
        new = {(min(k, other), max(k, other)) for k in again for other in partners_of(blocks, k)}
        found.append({pair for pair in found[-1] if not again & set(pair)} | new)
        assert found[-1] == set(candidate_pairs(now).itertuples(index=False, name=None))
    return found


@pytest.mark.parametrize(
    ("most", "column", "cells"),
    [
        (
            "MOST_IN_POSTCODE",
            "postcode",
            {"name": ["Choir", "Band", "Crew", "Scouts"], "postcode": [*["TR1 1AA"] * 3, "TR1 1AB"]},
        ),
        ("MOST_IN_BLOCK", "name", {"name": [*["Choir"] * 3, "Band"]}),
    ],
)
def test_a_block_that_becomes_too_large_or_small_enough_is_paired_again(
    most: str, column: str, cells: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("again.blocks", "pairs"):
        monkeypatch.setattr(f"assetmap.register.{module}.{most}", 3)
    three = rows_of(**cells)
    four = three.assign(**{column: three[column].iloc[0]})
    all_of_three = {(0, 1), (0, 2), (1, 2)}
    assert pairs_there_and_back(three, four) == [all_of_three, set(), all_of_three]


def test_a_word_that_becomes_more_common_gives_way_to_one_that_is_as_rare_now() -> None:
    """Three of the four words of the first name count; the third is zinnia, until it is in as many names as yarrow."""
    names = ["Alder Birch Yarrow Zinnia", "Yarrow Moss", "Zinnia Fern", "Yarrow", "Lupin"]
    cells = {"source": ["first", "second", "second", "first", "second"]}
    rare, common = (rows_of(name=[*names[:4], last], **cells) for last in ("Lupin", "Lupin Zinnia"))
    with_zinnia, with_yarrow = {(0, 2), (1, 3)}, {(0, 1), (1, 3)}
    assert pairs_there_and_back(rare, common) == [with_zinnia, with_yarrow, with_zinnia]


def test_a_row_without_a_name_is_not_compared() -> None:
    raw = rows_of(
        name=["Truro Choir", "Truro Choir", "Band"],
        source=["first", "second", "second"],
        registration_number=["1000001", "1000001", ""],
    )
    judgement = judge_all(raw, known={})
    assert set(judgement.links) == {(0, 1)}
    again, _ = judge_again(judgement, raw.iloc[[1]].assign(name=""))
    assert again.outcome.tolist() == ["accepted", "rejected", "accepted"]
    assert not again.links
    pd.testing.assert_frame_equal(standing(again), standing(judge_all(again.raw, known={})))


@pytest.mark.slow
def test_rows_change_what_is_said_of_those_that_they_are_like_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third row comes to the point of the first two, and the fifth has the name of the fourth."""
    for module in ("again.relinking", "candidates"):
        monkeypatch.setattr(f"assetmap.register.{module}.CROWD", 3)
    raw = rows_of(
        name=["Crew", "Scouts", "Rowers", "Choir", "Band"],
        easting=["180000", "180000", "185000", "", ""],
        northing=["45000", "45000", "45000", "", ""],
        note=list("abcde"),
    )
    judgement = judge_all(raw, known={})
    changed = raw.iloc[[2, 4]].assign(easting=["180000", ""], name=["Rowers", "Choir"])
    again, touched = judge_again(judgement, changed)
    assert again is judgement
    assert touched == set(range(5))
    assert again.outcome.tolist() == [*["review"] * 3, *["accepted"] * 2]
    pd.testing.assert_frame_equal(standing(again), standing(judge_all(again.raw, known={})))


def test_a_row_that_a_newer_list_leaves_out_says_so_until_it_is_there() -> None:
    halls, codes = ["Moor Hall", "Hill Hall", "Vale Hall"], ["TR1 1AA", "TR1 1AB", "TR1 1AD"]
    raw = rows_of(
        source=["first"] * 4 + ["second"] * 3,
        name=[*halls, "Cliff Hall", *halls],
        postcode=[*codes, "TR1 1AE", *codes],
        asset_type=["village hall"] * 7,
        list_date=["2016"] * 4 + ["2023"] * 3,
    )
    judgement = judge_all(raw, known={})
    said = "not on the newer list 'second' (2023)"
    assert [said in described(judgement, place)[1] for place in range(7)] == [
        *[False] * 3,
        True,
        *[False] * 3,
    ]
    log = am.build_register(raw, audience="internal").log
    assert standing(judgement)["reason"].tolist() == log["reason"].tolist()
    added = raw.iloc[[6]].assign(name="Cliff Hall", postcode="TR1 1AE", row=9, row_key="#7").set_axis([7])
    again, touched = judge_again(judgement, added)
    assert {3, 7} <= touched
    assert not any(said in described(again, place)[1] for place in range(8))


def test_rows_that_another_linker_joins_are_all_judged_again_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def weigh_pairs(rows: pd.DataFrame) -> pd.DataFrame:
        """What has one postcode is one thing."""
        codes = rows["postcode"].tolist()
        pairs = [pair for pair in combinations(range(len(codes)), 2) if len({codes[k] for k in pair}) == 1]
        table = pd.DataFrame(pairs, columns=["first", "second"])
        return table.assign(score=99.0, verdict="same", why="one postcode", at=True)

    def joined(judgement: Judgement) -> list[tuple[int, int]]:
        to = judgement.survivor
        return [(a, b) for a, b in combinations(range(len(to)), 2) if to[a] == to[b]]

    monkeypatch.setattr("assetmap.register.weigh.weigh_pairs", weigh_pairs)
    raw = rows_of(
        name=["Choir", "Band", "Crew", "Old Singers", "Brass", "Rowers"],
        source=["first"] * 3 + ["second"] * 3,
        postcode=["TR1 1AA", "TR1 1AB", "TR1 1AD"] * 2,
    )
    judgement = judge_all(raw, known={}, linker="splink")
    assert joined(judgement) == [(0, 3), (1, 4), (2, 5)]
    review = pd.DataFrame({"decision": ["different"], "row_id": ["#1"], "other_id": ["#4"]}, dtype="str")
    changed = raw.iloc[[0]].assign(postcode="TR1 1AE")
    again, touched = judge_again(judgement, changed, review=review, decided=[1, 4])
    assert joined(again) == [(2, 5)]
    assert touched == set(range(6))
