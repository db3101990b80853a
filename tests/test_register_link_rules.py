"""The rules of linking, each written a second time with one `if` for each sentence, on pairs at and beside every bound."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from rapidfuzz import fuzz

from assetmap.register import link
from assetmap.register.link import (
    _by_rules,
    _one_street,
    _scored,
    _verdicts,
    describe_linking,
    judge_pairs,
    link_rows,
    with_decisions,
)
from assetmap.register.words import streets_of
from assetmap.schema import InputError, reference_table
from conftest import options_of

COLUMNS = {
    "flags": (
        "registered", "numbers_differ", "one_property", "two_properties", "two_days", "one_ended", "one_list", "same_type", "postcode",
        "postcodes_differ", "both_precise", "at", "vague", "not_far", "alike_type", "numbers", "street",
    ),
    "score": (49.9, 50, 64.9, 65, 87.9, 88, 93.9, 94, 100),
    "whole": (87.9, 88, 89.9, 90, 93.9, 94, 94.9, 95, 98.9, 99, 100),
    "apart_m": (np.nan, 0, 10, 10.1, 100, 500, 500.1, 1_000, 1_000.1, 2_000, 2_000.1),
}  # fmt: skip


def naive_verdict(p: dict[str, float]) -> tuple[str, str]:
    """One pair, rule by rule in their order."""
    two_lists, likely = not p["one_list"], p["alike_type"]
    score, whole, metres = p["score"], p["whole"], p["apart_m"]
    good = p["numbers"] and not p["numbers_differ"] and not p["two_properties"]
    equal = whole >= 99 and good
    if p["one_list"] and p["two_properties"]:
        return "different", ""
    if p["registered"] and p["two_properties"]:
        return "review", "the same registration number, but different properties (UPRN)"
    if p["registered"]:
        branches = p["one_list"] and not p["at"] and (p["both_precise"] or p["postcodes_differ"])
        near = (p["vague"] or p["not_far"]) and score >= 50
        named = whole >= 94 or (not p["both_precise"] and score >= 88)
        if not branches and (p["at"] or near or named):
            return "same", "the same registration number"
        return "review", "the same registration number, but a different name or place"
    if two_lists and p["one_property"] and likely:
        if good and score >= 65:
            return "same", "the same property (UPRN) and a similar name"
        return "review", "the same property (UPRN), but a different name"
    if two_lists and p["two_properties"] and likely and p["at"] and score >= 88:
        return "review", "the same place and a similar name, but different properties (UPRN)"
    if p["one_list"] and equal and p["two_days"] and p["at"]:
        return "same", "the same name at the same place, on sheets of two dates"
    if p["one_list"] and equal and p["one_ended"] and p["at"]:
        return "review", "the same name at the same place, one of them closed"
    if p["one_list"] and equal and p["same_type"] and (p["postcode"] or metres <= 10):
        return "same", "the same name at the same place, a duplicate in one list"
    if p["one_list"] and equal and p["same_type"] and p["vague"]:
        return "same", "the same name in the same town, a duplicate in one list"
    if two_lists and likely and good:
        if p["at"] and score >= 88:
            return "same", "the same place and a similar name"
        if metres <= 500 and score >= 94:
            return "same", "a place nearby and nearly the same name"
        if p["not_far"] and p["street"] and score >= 88:
            return "same", "the same street and a similar name"
        if p["vague"] and whole >= 95:
            return "same", "the same town and nearly the same name"
    if p["one_list"] and good and p["at"] and p["same_type"] and whole >= 90:
        return "review", "nearly the same name at the same place, perhaps a duplicate in one list"
    if two_lists and likely and p["at"] and good and score >= 65:
        return "review", "the same place and a partly similar name"
    if two_lists and not likely and p["at"] and equal:
        return "review", "the same place and name, but a different type"
    if two_lists and likely and equal and metres <= 2_000:
        return "review", "the same name, but some distance apart"
    if two_lists and p["same_type"] and good and metres <= 1_000 and score >= 88:
        return "review", "a place nearby and a similar name"
    if two_lists and likely and good and p["vague"] and score >= 88:
        return "review", "the same town and a similar name"
    return "different", ""


def test_every_rule_agrees_with_its_sentence_at_and_beside_every_bound() -> None:
    random = np.random.default_rng(3)
    count = 60_000
    pairs = pd.DataFrame({name: random.random(count) < 0.5 for name in COLUMNS["flags"]})
    # so that the rules further down are reached
    for name, share in (("registered", 0.1), ("numbers_differ", 0.1), ("one_property", 0.2), ("two_properties", 0.2), ("numbers", 0.9)):  # fmt: skip
        pairs[name] = random.random(count) < share
    for name in ("score", "whole", "apart_m"):
        pairs[name] = random.choice(COLUMNS[name], count)
    verdict, why = _verdicts(pairs)
    expected = [naive_verdict(row) for row in pairs.to_dict("records")]
    assert list(zip(verdict.tolist(), why.tolist(), strict=True)) == expected
    assert len({reason for _, reason in expected}) == 21  # every rule was reached, and none of them


NAMES = [
    ("moor village hall", "moor", "village_hall"), ("moor hall", "moor", "community_centre"), ("moor hall", "moor", "other"),
    ("1st truro scouts", "truro", "uniformed_group"), ("2nd truro scouts", "truro", "uniformed_group"),
    ("hall moor village", "moor", "village_hall"), ("truro ladies football club", "football ladies truro", "sports_club"),
    ("truro football club", "football truro", "sports_club"), ("zebra trust", "zebra", "charity"), ("moore village hal", "moore", "library"),
]  # fmt: skip
ADDRESSES = ["", "2 Dean Road", "12 Dean Road", "Dean Road", "Pydar Street", "2 Pydar Street, 12 Dean Road"]


def made_rows(count: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    chosen = random.integers(0, len(NAMES), count)
    metres = np.array([0.0, 0.0, 60.0, 100.0, 161.0, 500.0, 600.0, 1_900.0, 2_000.0, 2_101.0])
    return pd.DataFrame(
        {
            "source": random.choice(["a", "b"], count),
            "name": [NAMES[at][0] for at in chosen],
            "name_key": [NAMES[at][0] for at in chosen],
            "core_key": [NAMES[at][1] for at in chosen],
            "asset_type": [NAMES[at][2] for at in chosen],
            "register": random.choice(["", "charity", "cic"], count),
            "status": random.choice(["", "open", "closed", "proposed"], count),
            "registration_number": random.choice(["", "", "1000001", "1000002"], count),
            "postcode": random.choice(["", "TR1 1AA", "TR1 1AB", "TR2 1AA"], count),
            "town_key": random.choice(["", "truro", "looe"], count),
            "address": random.choice(ADDRESSES, count),
            "uprn": random.choice(["", "", "7", "007", "8"], count),
            "x": random.choice(metres, count),
            "y": random.choice([0.0, 0.0, 80.0], count),
            "location_precision": random.choice(["point", "postcode", "place", "area_only"], count),
            "row_id": [f"row {number:03d}" for number in random.permutation(count)],
        }
    )


def naive_score(a: pd.Series, b: pd.Series) -> dict[str, object]:
    """What two rows have in common, from the rows alone."""

    def equal(column: str) -> bool:
        return bool(a[column] != "" and a[column] == b[column])

    def both(column: str) -> bool:
        return bool(a[column] != "" and b[column] != "")

    one_register = equal("register") or not both("register")
    first_uprn, second_uprn = a["uprn"].lstrip("0"), b["uprn"].lstrip("0")
    one_list = a["source"] == b["source"]
    precise = all(row["location_precision"] in ("point", "postcode") for row in (a, b))
    apart = math.hypot(a["x"] - b["x"], a["y"] - b["y"]) if precise else math.nan
    district = a["postcode"].split(" ")[0] if both("postcode") and a["postcode"].split(" ")[0] == b["postcode"].split(" ")[0] else ""  # fmt: skip
    at = equal("postcode") or apart <= 100
    vague = not precise and equal("town_key") and not (both("postcode") and not equal("postcode"))
    not_far = apart <= 2_000 or (not precise and district != "" and not one_list)
    registered = equal("registration_number") and one_register
    one_property = bool(first_uprn and first_uprn == second_uprn)
    whole = fuzz.ratio(" ".join(sorted(a["name_key"].split())), " ".join(sorted(b["name_key"].split())))
    core = fuzz.ratio(a["core_key"], b["core_key"])
    close = (not one_list and (at or vague)) or registered
    part = fuzz.token_set_ratio(a["core_key"], b["core_key"]) if close else 0
    kinds = reference_table("asset_types")["kind"]
    places = all(kinds.get(row["asset_type"]) in ("institution", "place") for row in (a, b))
    score = round(max(whole, 0.98 * core, (0.92 if places else 0.80) * part), 1)
    types = {a["asset_type"], b["asset_type"]}
    alike = (
        len(types) == 1
        or types in ({"village_hall", "community_centre"},)
        or ("other" in types and whole >= 88)
    )
    street = not one_list and not at and score >= 88 and naive_street(a["address"], b["address"])
    return {
        "registered": registered,
        "numbers_differ": both("registration_number") and not equal("registration_number") and one_register,
        "one_property": one_property,
        "two_properties": bool(first_uprn and second_uprn and first_uprn != second_uprn),
        "one_ended": a["status"] != b["status"] and "closed" in (a["status"], b["status"]),
        "one_list": one_list,
        "same_type": len(types) == 1,
        "postcode": equal("postcode"),
        "town": equal("town_key"),
        "postcodes_differ": both("postcode") and not equal("postcode"),
        "both_precise": precise,
        "apart_m": apart,
        "at": at,
        "vague": vague,
        "not_far": not_far,
        "whole": whole,
        "score": score,
        "alike_type": alike,
        "numbers": naive_numbers(a) == naive_numbers(b),
        "street": street,
        "matters": registered or one_property or at or vague or not_far,
    }


def naive_numbers(row: pd.Series) -> list[str]:
    return sorted(word for word in row["name_key"].split() if word[0].isdigit())


def naive_street(first: str, second: str) -> bool:
    (one, other) = (set(text.split("|")) - {""} for text in streets_of(pd.Series([first, second])))
    numbers = [{word for word in words if word.isdigit()} for words in (one, other)]
    named = {word for word in one & other if not word.isdigit()}
    return bool(named) and (not numbers[0] or not numbers[1] or bool(numbers[0] & numbers[1]))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_what_two_rows_have_in_common_agrees_with_the_naive_twin(seed: int) -> None:
    rows = made_rows(45, seed)
    places = [(first, second) for first in range(45) for second in range(first + 1, 45)]
    scored = _scored(rows, pd.DataFrame(places, columns=["first", "second"]))
    expected = {
        (first, second): found
        for first, second in places
        if (found := naive_score(rows.iloc[first], rows.iloc[second])).pop("matters")
    }
    assert list(zip(scored["first"], scored["second"], strict=True)) == list(expected)
    table = pd.DataFrame(expected.values())
    for column in table.columns:
        ours = scored[column].to_numpy(dtype=float)
        np.testing.assert_allclose(ours, table[column].to_numpy(dtype=float), atol=0.051, err_msg=column)


def test_judged_pairs_are_those_that_are_not_different() -> None:
    rows = made_rows(40, 3)
    places = pd.DataFrame([(a, b) for a in range(40) for b in range(a + 1, 40)], columns=["first", "second"])
    judged = judge_pairs(rows, places)
    assert list(judged.columns) == ["first", "second", "score", "at", "verdict", "why"]
    scored = _scored(rows, places)
    verdict, why = _verdicts(scored)
    kept = verdict != "different"
    assert (
        judged["verdict"].tolist() == verdict[kept].tolist() and judged["why"].tolist() == why[kept].tolist()
    )
    assert 0 < kept.sum() < len(kept)


def test_streets_with_and_without_numbers() -> None:
    assert _one_street("2|dean road", "2|dean road")
    assert not _one_street("2|dean road", "12|dean road")
    assert _one_street("dean road", "12|dean road") and _one_street("12|dean road", "dean road")
    assert not _one_street("2|dean road", "2|pydar street")
    assert not _one_street("", "") and not _one_street("2", "2")


def test_pairs_stand_in_the_order_in_which_they_are_joined() -> None:
    """Decided ones first, then sure ones; by score; at one place before near it; then by the first id of the two."""
    rows = pd.DataFrame({"row_id": ["d", "b", "c", "a", "e"]})
    table = pd.DataFrame(
        [
            (0, 1, 90.0, False, "same", "near"), (0, 2, 90.0, True, "same", "at c"), (1, 2, 90.0, True, "same", "at b"),
            (0, 3, 99.0, False, "review", "doubt"), (2, 4, 95.0, False, "same", "best"), (3, 4, 50.0, True, "same", "to undo"),
        ],
        columns=["first", "second", "score", "at", "verdict", "why"],
    )  # fmt: skip
    ordered = with_decisions(rows, table, None)
    assert ordered["why"].tolist() == ["best", "at b", "at c", "near", "to undo", "doubt"]
    assert list(ordered.columns) == ["first", "second", "score", "verdict", "why"]
    decisions = pd.DataFrame(
        {"first": [4, 2, 1, 3], "second": [3, 0, 4, 0], "same": [False, True, True, True]}
    )
    said = with_decisions(rows, table, decisions)
    assert said["why"].tolist() == ["a person decided so"] * 3 + ["best", "at b", "near"]
    assert said[["first", "second"]].to_numpy().tolist()[:3] == [[0, 3], [1, 4], [0, 2]]
    assert said["score"].tolist()[:3] == [100.0] * 3 and said["verdict"].tolist()[:3] == ["decided"] * 3
    twice = pd.DataFrame({"first": [0, 1], "second": [1, 0], "same": [True, False]})
    assert "near" not in with_decisions(rows, table, twice)["why"].tolist()
    assert len(with_decisions(rows, table, twice)) == 5  # the later decision counts
    assert with_decisions(rows, table, decisions.iloc[:0])["why"].tolist() == ordered["why"].tolist()


def test_only_pairs_of_one_list_or_one_number_are_left_to_the_rules_where_evidence_is_weighed() -> None:
    rows = made_rows(40, 4)
    every, left = _by_rules(rows, left_to_weigh=False), _by_rules(rows, left_to_weigh=True)
    sides = [rows.iloc[every[side]].reset_index(drop=True) for side in ("first", "second")]
    one_list = sides[0]["source"] == sides[1]["source"]
    number = sides[0]["registration_number"]
    kept = one_list | ((number != "") & (number == sides[1]["registration_number"]))
    assert 0 < kept.sum() < len(kept)
    expected = every[kept.to_numpy()][["first", "second"]].to_numpy().tolist()
    assert left[["first", "second"]].to_numpy().tolist() == expected


def test_linking_drops_leading_zeros_and_refuses_other_linkers() -> None:
    rows = made_rows(2, 5).assign(
        source=["a", "b"], registration_number=["01234567", "1234567"], register="", uprn="", name_key="moor trust",
        core_key="moor", asset_type="charity", postcode="TR1 1AA", location_precision="postcode", x=0.0, y=0.0, status="",
    )  # fmt: skip
    found = link_rows(rows)
    assert found[["first", "second", "verdict", "why"]].to_numpy().tolist() == [
        [0, 1, "same", "the same registration number"]
    ]
    assert options_of(link_rows) == {"linker": "builtin"}
    with pytest.raises(InputError, match="There is no linker 'magic'"):
        link_rows(rows, linker="magic")


def test_what_linked_the_rows_is_said_from_50_000_rows_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert describe_linking(49_999, 2, linker="builtin") == ""
    assert describe_linking(90_000, 1, linker="builtin") == describe_linking(90_000, 1, linker="splink") == ""
    monkeypatch.setattr(link, "find_spec", lambda name: None)
    without = describe_linking(50_000, 2, linker="builtin")
    assert without.startswith("50,000 rows of 2 lists were linked by the built-in rules.")
    assert "pip install 'assetmap[link]'" in without
    monkeypatch.setattr(link, "find_spec", lambda name: object())
    assert "ask for it with --linker splink" in describe_linking(50_000, 2, linker="builtin")
    monkeypatch.setattr(link, "version", lambda name: "4.0")
    assert describe_linking(10, 2, linker="splink").startswith(
        "10 rows of 2 lists were linked by splink 4.0;"
    )
