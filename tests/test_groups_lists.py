"""Two lists, repeat captures, the table of lists, and coverage."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from assetmap.groups.coverage import coverage_from_estimate, coverage_of_list
from assetmap.groups.fieldwork import plan_fieldwork, simulate_street_sample
from assetmap.groups.links import LinkErrors, rate_links, rate_reviewed_links
from assetmap.groups.membership import (
    count_cells,
    count_strata,
    estimate_from_lists,
    list_columns,
    membership_from_register,
)
from assetmap.groups.overlap import Stratum, chapman, interval_above_seen, measure_overlap, nested_limit
from assetmap.groups.rate import estimate_unregistered
from assetmap.groups.recaptures import estimate_from_recaptures, lower_bound
from assetmap.groups.simulation import simulate_county
from assetmap.groups.two_lists import estimate_strata, estimate_two_lists
from assetmap.schema import InputError, SchemaError, SourcedValue
from oracles_estimates import chapman_by_strata


def codes(estimate):
    return [note.code for note in estimate.warnings]


@pytest.mark.parametrize(
    ("first", "second", "both", "size", "error"),
    [
        (948, 421, 167, 2382.80, 129.056),  # Krebs 1989
        (109, 177, 57, 336.59, 24.811),  # Ricker 1975
        (421, 332, 88, 1578, 126.556),  # Pine et al. 2013
        (500, 149, 7, 9393, 3022.184),  # Seber 2002
    ],
)
def test_chapman_agrees_with_published_values(first, second, both, size, error):
    answer = estimate_two_lists(first, second, both)
    assert answer.estimate == pytest.approx(size, abs=0.5 if size == int(size) else 0.005)
    assert answer.details["standard_error"] == pytest.approx(error, abs=5e-4)
    assert answer.seen == first + second - both
    assert answer.estimate == pytest.approx(answer.seen + answer.unseen)


@pytest.mark.parametrize(
    ("first", "second", "both", "low", "high"),
    [(948, 421, 167, 2155.72, 2663.95), (500, 149, 7, 5174.24, 17537.74)],
)
def test_chao_interval(first, second, both, low, high):
    answer = estimate_two_lists(first, second, both, level=0.95)
    assert (answer.low, answer.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


FSA = pd.DataFrame(
    {
        "first": (93, 35, 72, 16, 46, 20),
        "second": (103, 30, 73, 17, 39, 18),
        "both": (20, 23, 52, 15, 35, 16),
    },
    index=list("abcdef"),
)


def test_stratified_chapman_agrees_with_the_published_value():
    answer = estimate_strata(FSA)
    assert answer.estimate == pytest.approx(702.77, abs=0.005)
    assert answer.details["standard_error"] == pytest.approx(78.29, abs=0.005)
    assert answer.details["pooled"] == pytest.approx(489.88, abs=0.005)
    assert chapman_by_strata(list(FSA.itertuples(index=False))) == (
        pytest.approx(answer.estimate),
        pytest.approx(answer.details["standard_error"]),
    )
    assert [row["stratum"] for row in answer.details["strata"]] == list("abcdef")


def test_strata_that_share_few_groups_are_merged():
    counts = pd.DataFrame(
        {"first": [50, 9, 8, 0], "second": [60, 8, 9, 3], "both": [30, 3, 5, 0]},
        index=["halls", "clubs", "choirs", "other"],
    )
    answer = estimate_strata(counts)
    # other (0) goes with clubs (3), then the two with choirs (5): 8 shared
    assert [(row["stratum"], row["both"]) for row in answer.details["strata"]] == [
        ("halls", 30),
        ("other + clubs + choirs", 8),
    ]
    assert sum(row["first"] for row in answer.details["strata"]) == 67
    assert "OVERLAP_LOW" not in codes(answer)
    assert answer.estimate == pytest.approx(chapman(50, 60, 30)[0] + chapman(17, 20, 8)[0])


def test_answer_at_a_tenth_fewer_and_more():
    tested = estimate_two_lists(100, 80, 20).details["sensitivity"]
    assert tested == {
        "both -10%": pytest.approx(101 * 81 / 19 - 1),
        "both as observed": pytest.approx(101 * 81 / 21 - 1),
        "both +10%": pytest.approx(101 * 81 / 23 - 1),
    }
    # more than the shorter list cannot be shared
    assert estimate_two_lists(100, 20, 20).details["sensitivity"]["both +10%"] == pytest.approx(100)


def test_warnings_of_two_lists():
    assert codes(estimate_two_lists(100, 80, 7)) == []
    assert codes(estimate_two_lists(100, 80, 6)) == ["OVERLAP_LOW"]
    assert codes(estimate_two_lists(100, 80, 20, feed_each_other=True)) == ["LISTS_DEPENDENT"]
    nested = estimate_two_lists(100, 80, 80)
    assert codes(nested) == ["NOTHING_UNSEEN", "LISTS_DEPENDENT"]
    # 80 of 80 on the other list leave room for a few more: (100/101)^80 is near one half, (100/103)^80 one in ten
    assert (nested.low, nested.estimate) == (100, 100)
    assert nested.high == nested_limit(100, 80, 0.8) > 100
    assert "100% of the shorter" in nested.warnings[1].sentence


def test_paragraph_of_two_lists():
    answer = estimate_two_lists(
        948, 421, 167, names=("The directory", "the hall bookings"), population=307_923
    )
    assert answer.text == (
        "About 2,380 groups, plausibly 2,230 to 2,560 (80%). The directory shows 948, the hall bookings shows "
        "421, and 167 are on both. So 1,202 groups were seen and about 1,180 were not. This holds only if the lists "
        "were made independently, every shared group was matched and all groups are active. If both lists miss "
        "the same kinds of group, there are more. If each shows the kinds that the other misses, there are fewer. With a tenth fewer groups on both lists it would be "
        "2,650, with a tenth more 2,170. If being on one list doubles the odds of being on the other, it would be "
        "3,560."
    )
    assert answer.rate_per_1000 == pytest.approx(1000 * 2382.7976 / 307_923)
    assert len(answer.assumptions) == 4
    assert json.loads(json.dumps(asdict(answer)))["estimate"] == answer.estimate


def test_counts_that_cannot_be_right_are_told_at_once():
    counts = pd.DataFrame({"first": [5, 3], "second": [4, -1], "both": [6, 0]}, index=["a", "b"])
    with pytest.raises(InputError) as error:
        estimate_strata(counts, level=0.2)
    for word in ("level must", "not be negative; they are in 'b'", "on one of them in 'a'"):
        assert word in str(error.value)
    with pytest.raises(InputError, match="a list is empty"):
        estimate_two_lists(0, 5, 0)
    for none in (
        estimate_two_lists,
        lambda *counts: estimate_strata(pd.DataFrame({"first": [5, 9], "second": [7, 8], "both": 0})),
    ):
        with pytest.raises(InputError, match="no group is on both lists"):
            none(50, 40, 0)
    with pytest.raises(InputError, match="have no column 'both'"):
        estimate_strata(pd.DataFrame({"first": [1], "second": [1]}))


def test_numbers_that_are_none_are_refused():
    for wrong in (2.5, math.inf):
        with pytest.raises(InputError, match="counts must be whole numbers"):
            estimate_two_lists(10, wrong, 2)
        with pytest.raises(InputError, match="counts must be whole numbers of 0 or more"):
            estimate_from_recaptures(wrong, 1, 1)
    with pytest.raises(InputError, match="a count is missing"):
        estimate_two_lists(10, math.nan, 2)
    with pytest.raises(InputError, match="counts must be whole numbers of 0 or more"):
        estimate_from_recaptures(10, math.nan, 1)
    for wrong in (-1, math.nan, math.inf):
        with pytest.raises(InputError, match="The population must be 0 or more"):
            estimate_two_lists(10, 8, 2, population=wrong)


@settings(max_examples=60, deadline=None)
@given(
    both=st.integers(1, 300),
    only_first=st.integers(0, 300),
    only_second=st.integers(0, 300),
    level=st.floats(0.6, 0.99),
)
def test_interval_holds_its_estimate_and_never_falls_below_what_was_seen(
    both, only_first, only_second, level
):
    answer = estimate_two_lists(both + only_first, both + only_second, both, level=level)
    assert answer.seen - 1e-9 <= answer.low <= answer.estimate + 1e-9
    assert answer.estimate <= answer.high + 1e-9
    swapped = estimate_two_lists(both + only_second, both + only_first, both, level=level)
    assert swapped.estimate == pytest.approx(answer.estimate)
    # Chao's bound for lists of unlike length is Chapman's estimate
    assert answer.estimate == pytest.approx(answer.seen + only_first * only_second / (both + 1))


# Repeat captures


def test_chao_bound():
    size, variance = lower_bound(76, 43, 16)
    assert (size, math.sqrt(variance)) == (pytest.approx(133.78, abs=0.005), pytest.approx(24.02, abs=0.005))
    answer = estimate_from_recaptures(76, 43, 16, level=0.95)
    assert (answer.low, answer.high) == (pytest.approx(102.42, abs=0.005), pytest.approx(202.37, abs=0.005))
    assert codes(answer) == ["LOWER_BOUND"]
    assert answer.text.startswith(
        "At least about 134 groups; the bound itself lies between 102 and 202 (95%)."
    )


def test_a_bound_from_lists_that_specialise_is_not_called_one():
    # two kinds of 1,000 groups, seen by the lists at .6 and .05, and at .05 and .6: 1,240 seen, 1,240 - 60 of them once
    answer = estimate_from_recaptures(1_240, 1_180, 60, lists=2)
    assert answer.low > 2_000
    for said in (answer.text, answer.warnings[0].sentence):
        assert "kinds" in said and "there may be fewer" in said


@pytest.mark.parametrize("truth", [300, 500, 1_000, 2_000, 5_000])
def test_few_groups_on_both_lists_are_no_certainty(truth):
    # every overlap that two independent lists of 50 and 40 can have, with its probability; with none there is no estimate
    chances = {both: hypergeom.pmf(both, truth, 50, 40) for both in range(1, 41)}
    held = 0.0
    for both, chance in chances.items():
        if chance > 1e-6:
            answer = estimate_two_lists(50, 40, both)
            assert answer.seen <= answer.low <= answer.estimate <= answer.high
            held += chance * (answer.low <= truth <= answer.high)
    assert held / sum(chances.values()) > 0.72  # 80% intervals; with 7 on both or more they are Chao's own


def test_one_group_is_one_group():
    said = estimate_two_lists(1, 1, 1).text
    assert said.startswith("About 1 group, ")
    assert "and 1 is on both. So 1 group was seen and about 0 were not." in said


def test_chao_bound_of_few_lists_and_without_second_captures():
    assert lower_bound(76, 43, 16, lists=4)[0] == pytest.approx(76 + 0.75 * 43**2 / 32)
    size, variance = lower_bound(10, 6, 0)
    assert size == 10 + 6 * 5 / 2
    assert variance == pytest.approx(15 + 6 * 11**2 / 4 - 6**4 / (4 * 25))
    assert lower_bound(5, 0, 3) == (5, 0)
    assert lower_bound(0, 0, 0) == (0, 0)


def test_finding_every_group_twice_is_no_certainty():
    answer = estimate_from_recaptures(40, 0, 12)
    assert (answer.low, answer.estimate) == (40, 40)
    assert 40 < answer.high < 41


def test_recaptures_that_cannot_be_right():
    with pytest.raises(InputError, match="9 found once and 2 found twice cannot be among 10 found"):
        estimate_from_recaptures(10, 9, 2)
    with pytest.raises(InputError, match="at least two lists or rounds"):
        estimate_from_recaptures(10, 9, 1, lists=1)


# Which groups are on which lists


def make_membership(both=20, only_directory=40, only_halls=30, **columns):
    rows = both + only_directory + only_halls
    table = pd.DataFrame(
        {
            "directory": [True] * (both + only_directory) + [False] * only_halls,
            "halls": [True] * both + [False] * only_directory + [True] * only_halls,
            "link_reviewed": True,
        },
        index=pd.Index([f"g{i:03}" for i in range(rows)], name="group_id"),
    )
    return table.assign(**columns)


LISTS = ["directory", "halls"]


def estimate(membership, lists=LISTS, **choices):
    return estimate_from_lists(membership, lists=lists, **choices)


def test_two_linked_lists():
    membership = make_membership()
    before = membership.copy()
    answer = estimate(membership, population=SourcedValue("population", 10_000, "Census 2021", "2021"))
    assert answer.estimate == pytest.approx(61 * 51 / 21 - 1)
    assert (answer.seen, codes(answer)) == (90, [])
    assert answer.definition == "active groups that could be on these lists, registered or not"
    assert answer.inputs[-1] == SourcedValue("population", 10_000, "Census 2021", "2021")
    assert [figure.value for figure in answer.inputs[:3]] == [60, 50, 20]
    assert membership.equals(before)


def test_row_order_is_irrelevant():
    membership = make_membership(kind=["a", "b"] * 45)
    mixed = membership.sample(frac=1, random_state=1)
    assert estimate(membership, stratify="kind") == estimate(mixed, stratify="kind")


def test_registered_groups_are_taken_out_first():
    registered = ["yes"] * 5 + ["no"] * 70 + ["unknown"] * 15
    answer = estimate(make_membership(registered=registered))
    assert answer.estimate == pytest.approx(56 * 46 / 16 - 1)
    assert answer.details["registered_removed"] == 5
    assert answer.definition == "active groups that could be on these lists and are on no official register"
    assert codes(answer) == ["REGISTERED_UNKNOWN"]
    assert answer.warnings[0].sentence.endswith(": 15.")
    assert answer.text.endswith("Registered groups removed first: 5.")


def test_unreviewed_links_are_named():
    reviewed = [True] * 12 + [False] * 78
    answer = estimate(make_membership(link_reviewed=reviewed))
    assert codes(answer) == ["LINKS_UNREVIEWED"]
    assert "nobody has reviewed: 8." in answer.warnings[0].sentence
    without = make_membership().drop(columns="link_reviewed")
    assert "nobody has reviewed: 20." in estimate(without).warnings[0].sentence


def make_register():
    assets = pd.DataFrame(
        {"name": ["Choir", "Band", "Club", "Guild"], "registered": ["no", "yes", "no", "unknown"]},
        index=pd.Index(["choir", "band", "club", "guild"], name="asset_id"),
    )
    rows = [
        ("council", "choir", "accepted", "c1", None), ("halls", "choir", "merged", "h1", "c1"),
        ("council", "band", "accepted", "c2", None), ("halls", "club", "review", "h2", "c2"),
        ("halls", "guild", "accepted", "h3", None), ("grants", "guild", "merged", "g1", "h3"),
        ("halls", None, "rejected", "h4", None),
    ]  # fmt: skip
    return assets, pd.DataFrame(rows, columns=["source", "asset_id", "outcome", "row_id", "other_id"])


def test_register_of_several_lists_becomes_a_membership_table():
    assets, log = make_register()
    table = membership_from_register(assets, log)
    assert table.index.equals(assets.index)
    assert list_columns(table, ["council", "halls", "grants"]) == ["council", "halls", "grants"]
    assert table["council"].tolist() == [True, True, False, False]
    assert table["halls"].tolist() == [True, False, True, True]
    assert table["grants"].tolist() == [False, False, False, True]
    assert table["link_reviewed"].tolist() == [False, True, True, False]
    assert table["link_doubtful"].tolist() == [False, False, True, False]
    assert table["registered"].tolist() == ["no", "yes", "no", "unknown"]
    review = pd.DataFrame({"row_id": ["h1", "g1", "h2"], "decision": ["same", " ", "different"]})
    decided = membership_from_register(assets, log, review=review)
    assert decided["link_reviewed"].tolist() == [True, True, True, False]
    assert not decided["link_doubtful"].any()


def test_groups_known_to_be_closed_are_left_out():
    assets, judged = make_register()
    table = membership_from_register(assets.assign(status=["open", "closed", "unknown", "open"]), judged)
    assert list(table.index) == ["choir", "club", "guild"]


def test_undecided_matches_count_as_unreviewed():
    doubtful = [False] * 88 + [True] * 2
    answer = estimate(make_membership(link_doubtful=doubtful))
    assert codes(answer) == ["LINKS_UNREVIEWED"]
    assert "nobody has reviewed: 0." in answer.warnings[0].sentence
    assert "undecided: 2." in answer.warnings[0].sentence


def test_register_of_another_build_is_refused():
    assets, log = make_register()
    with pytest.raises(
        SchemaError, match=r"not in the register: 1 assets.* first 'band'; rename the list 'registered'"
    ):
        membership_from_register(assets.drop("band"), log.replace("grants", "registered"))


def test_stale_records_are_named():
    dates = ["2020-01-31"] * 5 + ["2024-05-01"] * 80 + [""] * 5
    answer = estimate(make_membership(checked_date=dates))
    assert codes(answer) == ["STALE_RECORDS"]
    assert answer.warnings[0].sentence.startswith("5 of 90 groups")
    assert codes(estimate(make_membership(checked_date="2024-05-01"))) == []


def test_strata_of_linked_lists():
    kind = ["choir"] * 10 + ["club"] * 8 + [None] * 2 + ["choir"] * 70
    counts = count_strata(make_membership(kind=kind), ("directory", "halls"), "kind")
    assert counts.to_dict(orient="index") == {
        "choir": {"first": 50, "second": 40, "both": 10},
        "club": {"first": 8, "second": 8, "both": 8},
        "not known": {"first": 2, "second": 2, "both": 2},
    }
    answer = estimate(make_membership(kind=kind), stratify="kind")
    assert [row["stratum"] for row in answer.details["strata"]] == ["choir", "not known + club"]
    assert answer.method == "two lists by stratum (Chapman)"


def test_three_linked_lists_become_patterns():
    membership = make_membership(grants=[True, False] * 45)
    assert count_cells(membership, ["directory", "halls", "grants"]).to_dict() == {
        "010": 15, "011": 15, "100": 20, "101": 20, "110": 10, "111": 10,
    }  # fmt: skip
    answer = estimate(membership, [*LISTS, "grants"], feed_each_other=True)
    assert answer.method == "3 lists (log-linear)"
    assert answer.seen == 90
    assert "LISTS_DEPENDENT" in codes(answer)


def test_table_that_cannot_be_used():
    membership = make_membership()
    with pytest.raises(SchemaError, match=r"no column 'grants'.*use 2 to 10 different lists, not 1"):
        list_columns(membership.drop(columns="halls"), ["grants"])
    with pytest.raises(SchemaError, match="column 'kind' must hold true or false only"):
        list_columns(membership.assign(kind="a"), ["directory", "halls", "kind"])
    with pytest.raises(InputError) as error:
        estimate(
            pd.concat([membership, membership.iloc[:1]]).assign(registered="maybe", grants=False),
            [*LISTS, "grants"],
            stratify="kind",
        )
    for word in (
        "group ids must be unique; repeated: 'g000'", "no group is on list 'grants'", "no column 'kind' to stratify by",
        "strata work with two lists", "column 'registered' must be yes, no, unknown; other values in rows: 91",
    ):  # fmt: skip
        assert word in str(error.value)
    with pytest.raises(InputError, match="Every group on the lists is registered"):
        estimate(membership.assign(registered="yes"))


def test_lists_are_stated_and_never_guessed():
    membership = make_membership(grants=[True, False] * 45, is_open=True)
    with pytest.raises(
        SchemaError, match=r"say which columns are lists.*'directory', 'halls', 'link_reviewed', 'grants'"
    ):
        estimate_from_lists(membership)
    # a stray true/false column is no list
    assert estimate(membership).estimate == estimate(make_membership()).estimate
    gap = membership.astype({"grants": object})
    gap.loc["g003", "grants"] = None
    with pytest.raises(SchemaError, match=r"column 'grants' has missing values: 1, first in row 'g003'"):
        estimate(gap, [*LISTS, "grants"])
    assert estimate(gap).seen == 90
    with pytest.raises(SchemaError, match="use 2 to 10 different lists, not 1 in 2 names"):
        estimate(membership, ["halls", "halls"])
    numbers = membership.assign(halls=membership["halls"].astype(int))
    with pytest.raises(SchemaError, match="column 'halls' must hold true or false only"):
        estimate(numbers)


# Strata that the lists do not show alike


def strata_table(**rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "second", "both"])


def test_a_kind_that_one_list_cannot_see_is_counted_as_found_and_named():
    counts = strata_table(sport=(300, 200, 100), arts=(200, 160, 60), faith=(400, 0, 0))
    answer = estimate_strata(counts, names=("the directory", "the halls"))
    without = estimate_strata(counts.drop("faith"))
    assert answer.estimate == pytest.approx(without.estimate + 400)
    assert answer.seen == without.seen + 400
    assert answer.details["on_one_list"] == 400
    note = next(note for note in answer.warnings if note.code == "STRATUM_ON_ONE_LIST")
    assert note.sentence.startswith("the halls has no group of the kind faith, and the directory has 400.")
    assert "STRATA_MERGED" not in codes(answer)
    # two groups on one list only are no sign of anything: they are merged, and that is said
    merged = estimate_strata(strata_table(sport=(300, 200, 100), bells=(2, 0, 0), chess=(3, 1, 1)))
    assert "bells + chess" in next(n.sentence for n in merged.warnings if n.code == "STRATA_MERGED")
    assert merged.details["on_one_list"] == 0


def test_a_kind_that_contradicts_the_others_is_not_merged():
    counts = strata_table(sport=(300, 200, 100), faith=(400, 40, 1), arts=(90, 70, 4), chess=(12, 9, 5))
    answer = estimate_strata(counts)
    assert [row["stratum"] for row in answer.details["strata"]] == ["arts", "chess + sport", "faith"]
    assert codes(answer).count("OVERLAP_LOW") == 2


def test_coverage_counts_what_one_list_cannot_see():
    kind = ["choir"] * 50 + ["faith"] * 60 + ["choir"] * 20
    on = pd.DataFrame(
        {
            "directory": [True] * 110 + [False] * 20,
            "halls": [True] * 25 + [False] * 85 + [True] * 20,
            "asset_type": kind,
        }
    )
    table = coverage_of_list(on, "directory", lists=LISTS, by="asset_type")
    assert table.loc["all", "listed"] == 110
    assert table.loc["all", "estimate"] == pytest.approx(chapman(50, 45, 25)[0] + 60)
    assert not table.loc["all", "reliable"]


def specialised(seed=2, weak=0.05):
    """Two lists of 2,000 groups: each shows 60% of one half and few of the other."""
    random = np.random.default_rng(seed)
    sport = np.arange(2_000) < 1_000
    first, second = np.where(sport, 0.6, weak), np.where(sport, weak, 0.6)
    table = pd.DataFrame({"directory": random.random(2_000) < first, "halls": random.random(2_000) < second})
    table["asset_type"] = np.where(sport, "sport", "arts")
    return table[table[LISTS].any(axis=1)]


def test_lists_that_specialise_put_the_estimate_far_too_high_and_strata_show_it():
    pooled = estimate(specialised())
    assert pooled.low > 2_000
    assert "lower bound" not in pooled.text
    assert "If each shows the kinds that the other misses, there are fewer." in pooled.text
    note = next(note for note in pooled.warnings if note.code == "TYPES_MATTER")
    stratified = estimate(specialised(), stratify="asset_type")
    assert stratified.low < 2_000 < stratified.high
    assert f"{stratified.estimate:,.0f} ({stratified.low:,.0f} to {stratified.high:,.0f})" in note.sentence
    assert "LISTS_SPECIALISE" in codes(stratified)
    assert "TYPES_MATTER" not in codes(stratified)


def test_lists_that_miss_the_same_kind_are_named_and_alike_kinds_are_not():
    county = simulate_county(unlike=0.58, seed=4)
    alike = estimate(county, ["list_1", "list_2"], stratify="asset_type")
    assert "LISTS_MISS_ALIKE" in codes(alike)
    assert "TYPES_MATTER" in codes(estimate(county, ["list_1", "list_2"]))
    even = simulate_county(seed=4)
    for choice in ({}, {"stratify": "asset_type"}):
        assert not {"TYPES_MATTER", "LISTS_MISS_ALIKE", "LISTS_SPECIALISE"} & set(
            codes(estimate(even, ["list_1", "list_2"], **choice))
        )


@pytest.mark.slow
def test_kinds_that_do_not_differ_raise_no_alarm():
    random = np.random.default_rng(8)
    alarms = {
        "TYPES_MATTER",
        "LISTS_MISS_ALIKE",
        "LISTS_SPECIALISE",
        "STRATUM_ON_ONE_LIST",
        "LISTS_DEPENDENT",
    }
    raised = 0
    for _ in range(40):
        groups = int(random.integers(200, 2_000))
        table = pd.DataFrame(
            {"directory": random.random(groups) < 0.35, "halls": random.random(groups) < 0.25}
        )
        table["asset_type"] = np.array(list("pqrstu"))[
            random.choice(6, groups, p=[0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
        ]
        table = table[table[LISTS].any(axis=1)]
        for choice in ({}, {"stratify": "asset_type"}):
            raised += bool(alarms & set(codes(estimate(table, **choice))))
    assert raised <= 2


# Dependence and links


def test_an_odds_ratio_multiplies_the_unseen_groups():
    alone = estimate_two_lists(948, 421, 167)
    dependent = estimate_two_lists(948, 421, 167, odds_ratio=2.5)
    assert dependent.unseen == pytest.approx(2.5 * alone.unseen)
    assert dependent.seen == alone.seen
    assert dependent.high - dependent.low > 2 * (alone.high - alone.low)
    assert codes(dependent) == ["ODDS_RATIO_ASSUMED"]
    assert "2.5" in dependent.warnings[0].sentence
    assert "lists were made independently" not in dependent.text
    assert alone.details["odds_ratios"] == {
        "0.5": pytest.approx(alone.seen + alone.unseen / 2), "1": pytest.approx(alone.estimate),
        "2": pytest.approx(alone.seen + 2 * alone.unseen), "4": pytest.approx(alone.seen + 4 * alone.unseen),
    }  # fmt: skip
    between = estimate_two_lists(948, 421, 167, odds_ratio=(1, 4))
    assert between.estimate == pytest.approx(alone.seen + 2 * alone.unseen)
    assert between.low == pytest.approx(alone.low)
    assert between.high == pytest.approx(estimate_two_lists(948, 421, 167, odds_ratio=4).high)
    for wrong in (0, -1, (2, 1), math.nan, (1, 2, 3)):
        with pytest.raises(InputError, match="odds_ratio must be a number above 0"):
            estimate_two_lists(948, 421, 167, odds_ratio=wrong)


def test_error_rates_of_links_correct_the_overlap():
    plain = estimate_two_lists(700, 500, 175)
    corrected = estimate_two_lists(700, 500, 175, links=LinkErrors(precision=0.96, recall=0.84))
    right = estimate_two_lists(700, 500, 200)
    assert corrected.estimate == pytest.approx(right.estimate, rel=1e-9)
    assert corrected.seen == right.seen == 1_000
    assert corrected.high - corrected.low > right.high - right.low
    assert "200 are on both" in corrected.text
    assert any("96.0% of the links are right" in one for one in corrected.assumptions)
    unsure = estimate_two_lists(700, 500, 175, links=LinkErrors(0.96, 0.84, 0.02, 0.03))
    assert unsure.high - unsure.low > corrected.high - corrected.low
    assert plain.estimate > corrected.estimate
    # links cannot join more groups than the shorter list has
    assert estimate_two_lists(100, 90, 80, links=LinkErrors(recall=0.5)).seen == 100


@pytest.mark.parametrize(
    ("missed", "false", "checked"),
    [(0.1, 0.0, 0), (0.0, 0.06, 0), (0.1, 0.06, 0), (0.1, 0.06, 200), (0.25, 0.02, 100)],
)
def test_intervals_with_corrected_links_hold_their_level(missed, false, checked):
    # 2,000 groups; a false link joins a group of one list with another group of the other
    random = np.random.default_rng([round(100 * missed), round(100 * false), checked])
    inside, sizes, repeats = 0, [], 1_500
    for _ in range(repeats):
        first, second = random.binomial(2_000, 0.35), random.binomial(2_000, 0.25)
        both = random.hypergeometric(first, 2_000 - first, second)
        right = random.binomial(both, 1 - missed)
        wrong = random.poisson(right * false / (1 - false))
        links = LinkErrors(precision=1 - false, recall=1 - missed)
        if checked:
            links = rate_links(
                links_right=int(random.binomial(checked, 1 - false)), links_checked=checked,
                matches_linked=int(random.binomial(checked, 1 - missed)), matches_checked=checked,
            )  # fmt: skip
        overlap = measure_overlap([Stratum("all", first, second, right + wrong)], links=links)
        low, high = overlap.interval(0.8)
        inside += low <= 2_000 <= high
        sizes.append(overlap.size)
    assert np.mean(sizes) == pytest.approx(2_000, rel=0.015)
    assert 0.75 <= inside / repeats <= 0.85


def test_error_rates_come_from_checked_pairs():
    errors = rate_links(links_right=95, links_checked=100, matches_linked=180, matches_checked=200)
    assert (errors.precision, errors.recall) == (pytest.approx(95.5 / 101), pytest.approx(180.5 / 201))
    assert errors.recall_error == pytest.approx(0.0214, abs=1e-4)
    review = pd.DataFrame(
        {
            "outcome": ["merged"] * 200 + ["review"] * 50,
            "decision": ["same"] * 95
            + ["different"] * 5
            + [""] * 100
            + ["same"] * 10
            + ["different"] * 10
            + [None] * 30,
        }
    )
    errors = rate_reviewed_links(review)
    right = 200 * 95.5 / 101
    assert errors.precision == pytest.approx(95.5 / 101)
    assert errors.recall == pytest.approx(right / (right + 50 * 0.5))
    assert errors.recall_error > 0
    with pytest.raises(InputError, match="50 pairs were not linked and none of them was reviewed"):
        rate_reviewed_links(review.assign(decision=review["decision"].where(review["outcome"] == "merged")))
    with pytest.raises(InputError, match="No linked pair was reviewed"):
        rate_reviewed_links(review.assign(decision=""))
    with pytest.raises(InputError, match="3 of 2 links is not possible; 0 of 5 matches is not possible"):
        rate_links(links_right=3, links_checked=2, matches_linked=0, matches_checked=5)
    with pytest.raises(InputError, match="precision must be above 0 and at most 1, not 1.2; recall_error"):
        LinkErrors(precision=1.2, recall_error=-1)


def test_corrected_links_need_no_warning_and_work_with_two_lists_only():
    membership = make_membership().drop(columns="link_reviewed")
    assert codes(estimate(membership, links=LinkErrors(recall=0.95))) == []
    with pytest.raises(InputError, match="work with two lists only"):
        estimate(membership.assign(third=True), [*LISTS, "third"], links=LinkErrors(recall=0.95))
    with pytest.raises(InputError, match="work with two lists only"):
        estimate(membership.assign(third=True), [*LISTS, "third"], odds_ratio=2)


# Coverage


def test_coverage_overall_and_by_type():
    kind = ["choir"] * 10 + ["club"] * 10 + ["choir"] * 20 + ["club"] * 18 + ["band"] * 2 + ["choir"] * 30
    table = coverage_of_list(make_membership(asset_type=kind), "directory", lists=LISTS, by="asset_type")
    assert list(table.index) == ["all", "band", "choir", "club"]
    choir, _ = chapman(30, 40, 10)
    assert table.loc["choir", "estimate"] == pytest.approx(choir)
    assert table.loc["choir", "coverage_share"] == pytest.approx(30 / choir)
    low, high = interval_above_seen(60, *chapman(30, 40, 10), 0.8)
    assert table.loc["choir", "coverage_low"] == pytest.approx(30 / high)
    assert table.loc["choir", "coverage_high"] == pytest.approx(30 / low)
    # no band is on the other list: nothing can be said, and nothing is called 0
    assert table.loc["band", "listed"] == 2
    assert math.isnan(table.loc["band", "coverage_share"])
    assert table["reliable"].tolist() == [True, False, True, True]
    # band is merged with the type that shares fewest, clubs or choirs (10 each; club comes after choir)
    assert table.loc["all", "listed"] == 60
    assert table.loc["all", "estimate"] == pytest.approx(chapman(32, 40, 10)[0] + chapman(28, 10, 10)[0])
    assert (table["coverage_share"].dropna() <= 1).all()


def test_coverage_against_any_estimate():
    share, low, high = coverage_from_estimate(300, estimate_unregistered(307_923))
    assert (share, low, high) == (300 / 1127, 300 / 1731, 300 / 600)
    assert coverage_from_estimate(0, estimate_unregistered(307_923)) == (0, 0, 0)
    with pytest.raises(InputError, match="0 or more"):
        coverage_from_estimate(-1, estimate_unregistered(307_923))
    with pytest.raises(InputError, match="There is no list 'grants'; the lists are directory, halls"):
        coverage_of_list(make_membership(), "grants", lists=LISTS)


def test_more_streets_narrow_the_interval():
    now = estimate_two_lists(300, 120, 40)
    table = simulate_street_sample(300, now, streets=500, visits=(50, 125, 250, 500), repeats=200, seed=4)
    assert list(table.columns) == ["groups_found", "groups_on_both", "width", "width_share"]
    assert (np.diff(table["width"]) < 0).all()
    # all streets visited: every group found, nothing left to guess
    assert table.loc[500].tolist() == [round(now.estimate), 300, 0, 0]
    # a quarter of the streets holds about a quarter of the groups
    assert table.loc[125, "groups_found"] == pytest.approx(now.estimate / 4, rel=0.05)
    assert table.loc[125, "width_share"] == pytest.approx(table.loc[125, "width"] / (now.high - now.low))
    again = simulate_street_sample(300, now, streets=500, visits=(50, 125, 250, 500), repeats=200, seed=4)
    assert table.equals(again)
    blind = simulate_street_sample(300, now, streets=500, visits=(125,), found_share=0.5, repeats=200, seed=4)
    assert blind.loc[125, "width"] > table.loc[125, "width"]


def test_street_survey_that_cannot_be():
    with pytest.raises(InputError) as error:
        simulate_street_sample(
            5_000, estimate_two_lists(300, 120, 40), streets=9, visits=(3, 10), found_share=0
        )
    for word in (
        "must not be more than the estimate of 887",
        "visits must be between 1 and 9, not 10",
        "found_share must",
    ):
        assert word in str(error.value)


def test_fieldwork_is_compared_by_what_an_hour_takes_off_the_interval():
    links = rate_links(links_right=45, links_checked=50, matches_linked=45, matches_checked=50)
    now = estimate_two_lists(300, 120, 40, links=links)
    options = pd.DataFrame(
        {
            "kind": ["streets", "streets", "list", "list", "links"],
            "size": [50, 200, 300, 20, 400],
            "hours": [25, 100, 40, 2, 30],
        },
        index=["50 streets", "200 streets", "the sports council", "a leaflet", "400 pairs"],
    )
    plan = plan_fieldwork(now.seen, now, options, streets=500, links=links, seed=1)
    assert sorted(plan.index) == sorted(options.index)
    assert plan["narrower_per_hour"].is_monotonic_decreasing
    assert plan.loc["200 streets", "width"] < plan.loc["50 streets", "width"]
    assert plan.loc["the sports council", "width"] < plan.loc["a leaflet", "width"]
    assert 0 < plan.loc["400 pairs", "width_share"] < 1
    # the width promised for a list is that of the lists simulated
    random = np.random.default_rng(2)
    widths = []
    truth = round(now.estimate)
    for _ in range(200):
        both = random.hypergeometric(now.seen, truth - now.seen, 300)
        answer = estimate_two_lists(now.seen, 300, int(both))
        widths.append(answer.high - answer.low)
    assert plan.loc["the sports council", "width"] == pytest.approx(np.mean(widths), rel=0.05)
    with pytest.raises(InputError) as error:
        plan_fieldwork(9_999, now, options.assign(kind="walk", hours=0))
    for word in (
        "kind must be 'streets', 'list' or 'links', not 'walk'",
        "hours must be above 0",
        "listed must be",
    ):
        assert word in str(error.value)
    with pytest.raises(InputError, match="give the number of streets.*give the error rates"):
        plan_fieldwork(now.seen, now, options)
