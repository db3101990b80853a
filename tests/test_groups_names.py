"""Lists of names and nothing else."""

from __future__ import annotations

import json
import random

import pandas as pd
import pytest
from typer.testing import CliRunner

from assetmap.cli import app
from assetmap.groups.membership import estimate_from_lists
from assetmap.groups.names import link_names
from assetmap.project.lists.estimates import estimate_lists
from assetmap.register.words import COMMON_WORDS, name_keys
from assetmap.schema import InputError


def rows_of(**lists):
    """Rows of several lists, each given as its names."""
    rows = pd.DataFrame(
        [(source, number + 2, name) for source, names in lists.items() for number, name in enumerate(names)],
        columns=["source", "row", "name"],
    )
    rows["row_id"] = rows["source"] + "-" + rows["row"].astype(str)
    rows["key"] = name_keys(rows["name"])
    return rows


def linked(review=None, **lists):
    return link_names(rows_of(**lists), common_words=COMMON_WORDS, review=review)


def pairs_with(pairs, outcome):
    chosen = pairs[pairs["outcome"] == outcome]
    return sorted(zip(chosen["name"], chosen["other_name"], strict=True))


def test_equal_and_nearly_equal_names_are_linked():
    on, pairs = linked(
        council=["Trevean Singers", "POLGARTH QUILTERS", "Chyreen Bowls Club", "2nd Truro Scouts"],
        halls=["The Trevean Singers", "Polgarth Quiltrs", "Carnsew Rowers", "1st Truro Scouts"],
    )
    assert pairs_with(pairs, "merged") == [
        ("POLGARTH QUILTERS", "Polgarth Quiltrs"),
        ("Trevean Singers", "The Trevean Singers"),
    ]
    assert on[["council", "halls"]].sum().tolist() == [4, 4]
    assert (on["council"] & on["halls"]).sum() == 2
    # one number differs: another group, but a person may look
    assert pairs_with(pairs, "review") == [("2nd Truro Scouts", "1st Truro Scouts")]
    assert on["link_doubtful"].sum() == 2
    assert on["link_reviewed"].sum() == 4


@pytest.mark.parametrize(
    "name", ["Youth Club", "Luncheon club", "Over 60s", "Walking Group", "Coffee Morning", "Yoga"]
)
def test_a_name_that_is_only_a_type_goes_to_review(name):
    on, pairs = linked(council=[name, "Trevean Singers"], halls=[name, "Polgarth Band"])
    assert not (on["council"] & on["halls"]).any()
    assert pairs["outcome"].tolist() == ["review"]
    assert "kind of group" in pairs["reason"].iloc[0]


def test_a_name_that_occurs_twice_in_a_list_goes_to_review():
    on, pairs = linked(council=["Trevean Singers"], halls=["Trevean Singers", "The Trevean Singers"])
    assert len(on) == 3
    assert pairs["outcome"].tolist() == ["review"] * 3
    assert on["link_doubtful"].all()


def test_names_that_are_alike_but_not_nearly_equal_go_to_review():
    on, pairs = linked(council=["St Mary Bell Ringers"], halls=["St Mawes Bell Ringers"])
    assert not (on["council"] & on["halls"]).any()
    assert pairs["outcome"].tolist() == ["review"]
    on, pairs = linked(council=["Polgarth Quilters"], halls=["Penhallam Painters"])
    assert pairs.empty


def test_decisions_join_and_part():
    lists = {"council": ["Youth Club", "Trevean Singers"], "halls": ["Youth Club", "Trevean Singrs"]}
    _, pairs = linked(**lists)
    pairs.loc[pairs["name"] == "Youth Club", "decision"] = "same"
    pairs.loc[pairs["name"] == "Trevean Singers", "decision"] = "Different"
    on, again = linked(review=pairs, **lists)
    assert on["council"].tolist() == [True, True, False]
    assert on["halls"].tolist() == [True, False, True]
    assert on["link_reviewed"].all()
    assert not on["link_doubtful"].any()
    assert again["decision"].tolist() == ["same"]
    with pytest.raises(InputError, match=r"'perhaps' \(first at row 2\)"):
        linked(review=pairs.assign(decision="perhaps"), **lists)
    with pytest.raises(InputError, match="no column 'row_id'"):
        linked(review=pairs.drop(columns="row_id"), **lists)


def test_three_lists_and_the_order_of_rows():
    lists = {
        "a": ["Trevean Singers", "Polgarth Band"],
        "b": ["Polgarth Band", "Carnsew Rowers"],
        "c": ["Trevean Singrs", "Polgarht Band", "Carnsew Rowers"],
    }
    on, _ = linked(**lists)
    assert sorted(map(tuple, on[["a", "b", "c"]].to_numpy().tolist())) == [
        (False, True, True), (True, False, True), (True, True, True),
    ]  # fmt: skip
    mixed, _ = link_names(rows_of(**lists).sample(frac=1, random_state=3), common_words=COMMON_WORDS)
    assert sorted(map(tuple, mixed[["a", "b", "c"]].to_numpy().tolist())) == sorted(
        map(tuple, on[["a", "b", "c"]].to_numpy().tolist())
    )


PLACES = ["Trevean", "Polgarth", "Chyreen", "Nansmellyn", "Rosewarrick", "Penhallam", "Lanteague", "Carnsew",
          "Boskenver", "Tregorran", "Zelah", "Quintrell", "Summercourt", "Mitchell", "Ladock", "Grampound", "Probus",
          "Tregony", "Veryan", "Portloe"]  # fmt: skip
KINDS = ["Singers", "Brass Players", "Quilters", "Film Evenings", "Painting Circle", "Football Team", "Bowls Club",
         "Gig Rowers", "Beach Cleaners", "Tree Wardens", "History Walkers", "Speedwatch"]  # fmt: skip


def test_two_directories_of_240_groups_give_an_estimate_that_holds(tmp_path):
    dice = random.Random(5)
    groups = [f"{place} {kind}" for place in PLACES for kind in KINDS]

    def typed(name):
        spot = dice.randrange(2, len(name) - 2)
        return dice.choice([name, name.upper(), f"The {name}", name[:spot] + name[spot + 1 :]])

    for file in ("council.csv", "halls.csv"):
        names = [typed(name) for name in groups if dice.random() < 0.5]
        pd.DataFrame({"name": names}).to_csv(tmp_path / file, index=False)
    answer = estimate_lists([tmp_path / "council.csv", tmp_path / "halls.csv"])
    assert answer.low < len(groups) < answer.high
    assert answer.definition.endswith("registered or not")
    note = next(note for note in answer.warnings if note.code == "NAMES_ONLY")
    assert "council, halls" in note.sentence
    assert "Postcodes, types and registration numbers" in note.sentence


@pytest.mark.slow
def test_the_command_writes_the_links_to_review_and_reads_them_back(tmp_path):
    (tmp_path / "a.csv").write_text("name\nTrevean Singers\nYouth Club\nPolgarth Band\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("name\nTrevean Singrs\nYouth club\nCarnsew Rowers\n", encoding="utf-8")
    command = ["estimate", "--list", str(tmp_path / "a.csv"), "--list", str(tmp_path / "b.csv")]
    review = tmp_path / "links.csv"
    first = CliRunner().invoke(app, [*command, "--review", str(review)])
    assert first.exit_code == 0, first.output
    assert "NAMES_ONLY" in first.output
    links = pd.read_csv(review)
    assert set(links["outcome"]) == {"merged", "review"}
    links["decision"] = "same"
    links.to_csv(review, index=False)
    second = CliRunner().invoke(app, [*command, "--review", str(review), "--json"])
    answer = json.loads(second.stdout)
    assert answer["inputs"][2]["value"] == 2
    assert "LINKS_UNREVIEWED" not in {note["code"] for note in answer["warnings"]}
    dependent = CliRunner().invoke(app, [*command, "--review", str(review), "--odds-ratio", "3", "--json"])
    assert json.loads(dependent.stdout)["unseen"] == pytest.approx(3 * answer["unseen"])


def test_rows_without_a_location_beside_others_are_counted_and_named(tmp_path):
    table = "name,postcode\n" + "".join(
        f"{name} Choir,TR1 {number}AA\n" for number, name in enumerate(PLACES[:9], 1)
    )
    (tmp_path / "a.csv").write_text(table + "Nowhere Band,\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(table, encoding="utf-8")
    try:
        answer = estimate_lists([tmp_path / "a.csv", tmp_path / "b.csv"])
    except InputError as error:
        pytest.fail(str(error))
    assert any(note.code in ("ROWS_LEFT_OUT", "NAMES_ONLY") for note in answer.warnings)


def test_the_links_feed_the_estimate():
    on, _ = linked(council=["Trevean Singers", "Polgarth Band"], halls=["Trevean Singers", "Carnsew Rowers"])
    answer = estimate_from_lists(on, lists=["council", "halls"])
    assert (answer.seen, [one.value for one in answer.inputs]) == (3, [2, 2, 1])
    assert "LINKS_UNREVIEWED" in {note.code for note in answer.warnings}


@pytest.mark.parametrize(
    ("words", "unused", "given"),
    [
        (["--list", "a.csv", "--list", "b.csv", "--rate", "4", "--seen", "3"], "--rate and --seen", "lists"),
        (
            ["--list", "a.csv", "--registered", "c.csv", "--odds-ratio", "2"],
            "--odds-ratio",
            "an official register",
        ),
        (["--population", "1000", "--stratify", "asset_type"], "--stratify", "a population"),
        (["--population", "1000", "--registered", "c.csv"], "--registered", "a population"),
        ([".", "--level", "0.9"], "--level", "assetmap.toml"),
    ],
)
def test_an_option_that_would_not_be_used_is_refused(words, unused, given):
    done = CliRunner().invoke(app, ["estimate", *words])
    assert done.exit_code != 0
    assert f"{unused} cannot be used with" in str(done.exception) + done.output
    assert given in str(done.exception) + done.output
