"""Lists calibrated on registered groups."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from assetmap.cli import app
from assetmap.groups.calibration import completeness_of_lists, estimate_by_calibration, income_bands
from assetmap.schema import InputError, SchemaError

LISTS = ["directory", "halls"]
KINDS = ("sport", "arts", "faith", "peer")
SHOWN = np.array([[0.4, 0.3], [0.3, 0.25], [0.15, 0.3], [0.08, 0.05]])


def invented_county(random, groups, *, relative=1.0):
    """A county with four kinds of group that two lists show with known chances."""
    kind = random.choice(4, groups, p=[0.4, 0.3, 0.2, 0.1])
    table = pd.DataFrame(random.random((groups, 2)) < SHOWN[kind] * relative, columns=LISTS)
    table["asset_type"] = np.array(KINDS)[kind]
    return table


def test_completeness_by_hand():
    registered = pd.DataFrame(
        {
            "directory": [True, True, False, False],
            "halls": [False, True, True, False],
            "kind": ["a", "a", "b", None],
        }
    )
    table = completeness_of_lists(registered, LISTS, by="kind")
    assert list(table.index.unique(level="list")) == ["directory", "halls", "any list"]
    assert table.loc[("directory", "all"), ["registered", "found", "completeness"]].tolist() == [4, 2, 0.5]
    assert table.loc[("any list", "a"), "completeness"] == 1
    assert table.loc[("halls", "not known"), "found"] == 0
    # Wilson, 80%: z = 1.2816, 2 of 4
    assert table.loc[("directory", "all"), "low"] == pytest.approx(0.2302, abs=2e-3)
    assert ((table["low"] <= table["completeness"]) & (table["completeness"] <= table["high"])).all()


def test_estimate_by_hand():
    groups = pd.DataFrame({"directory": [True] * 30 + [False] * 10, "halls": [False] * 30 + [True] * 10})
    registered = pd.DataFrame({"directory": [True] * 19 + [False] * 60, "halls": False}).assign(
        halls=lambda table: table.index == 0
    )
    answer = estimate_by_calibration(groups, registered, lists=LISTS, relative=1, population=10_000)
    # 40 groups on the lists, which show 19 of 79 registered ones: 40 x 80 / 20
    assert answer.estimate == pytest.approx(160)
    assert (answer.seen, answer.rate_per_1000) == (40, pytest.approx(16))
    assert 40 < answer.low < 160 < answer.high
    half = estimate_by_calibration(groups, registered, lists=LISTS, relative=(0.5, 1))
    assert half.low == pytest.approx(answer.low)
    assert half.high > 2 * answer.estimate
    assert half.estimate == pytest.approx(160 * 2**0.5)
    assert [note.code for note in half.warnings] == ["RELATIVE_ASSUMED"]
    assert "0.5 to 1 times as often" in half.text
    assert "Nobody has measured that" in half.text
    json.dumps(asdict(half), allow_nan=False)


@pytest.mark.parametrize(("relative", "assumed"), [(1.0, 1.0), (0.8, 0.8)])
def test_the_interval_holds_the_truth_of_an_invented_county(relative, assumed):
    random = np.random.default_rng(11)
    inside, estimates = 0, []
    for _ in range(120):
        answer = estimate_by_calibration(
            invented_county(random, 2_000, relative=relative), invented_county(random, 900),
            lists=LISTS, by="asset_type", relative=assumed,
        )  # fmt: skip
        inside += answer.low <= 2_000 <= answer.high
        estimates.append(answer.estimate)
    assert 0.72 <= inside / 120 <= 0.88
    assert np.mean(estimates) == pytest.approx(2_000, rel=0.04)


def test_a_range_of_the_assumption_widens_the_interval_and_a_wrong_one_fails():
    random = np.random.default_rng(12)
    inside = {"range": 0, "wrong": 0}
    for _ in range(60):
        county, registered = invented_county(random, 2_000, relative=0.7), invented_county(random, 900)
        for name, relative in (("range", (0.5, 1.0)), ("wrong", 1.0)):
            answer = estimate_by_calibration(
                county, registered, lists=LISTS, by="asset_type", relative=relative
            )
            inside[name] += answer.low <= 2_000 <= answer.high
    assert inside["range"] >= 59
    assert inside["wrong"] <= 1


def test_types_with_few_registered_groups_go_together_and_are_named():
    random = np.random.default_rng(1)
    answer = estimate_by_calibration(
        invented_county(random, 500), invented_county(random, 60), lists=LISTS, by="asset_type"
    )
    note = next(note for note in answer.warnings if note.code == "STRATA_MERGED")
    assert "peer" in note.sentence
    few = estimate_by_calibration(invented_county(random, 500), invented_county(random, 8), lists=LISTS)
    assert "FEW_REGISTERED" in [note.code for note in few.warnings]


def test_registered_groups_among_the_listed_are_removed():
    random = np.random.default_rng(2)
    groups, registered = invented_county(random, 300), invented_county(random, 300)
    alone = estimate_by_calibration(groups, registered, lists=LISTS)
    both = pd.concat([groups.assign(registered="no"), registered.assign(registered="yes")], ignore_index=True)
    assert estimate_by_calibration(both, registered, lists=LISTS) == alone


def test_tables_that_cannot_be_used():
    random = np.random.default_rng(2)
    groups, registered = invented_county(random, 30), invented_county(random, 30)
    with pytest.raises(InputError) as error:
        estimate_by_calibration(groups, registered.iloc[:0], lists=LISTS, by="size", relative=(2, 1), level=3)
    for word in (
        "level must",
        "table 'groups' has no column 'size'",
        "table 'registered' has no row",
        "relative must",
    ):
        assert word in str(error.value)
    with pytest.raises(SchemaError, match="no column 'grants'"):
        estimate_by_calibration(groups, registered, lists=["directory", "grants"])
    with pytest.raises(InputError, match="none of the registered groups"):
        estimate_by_calibration(groups, registered.assign(directory=False, halls=False), lists=LISTS)


def test_sizes_from_the_published_income_column():
    bands = income_bands(pd.Series([0, 9_999.99, 10_000, 99_999, 100_000, None], name="latest_income"))
    assert bands.tolist() == [
        "under 10,000", "under 10,000", "10,000 to 100,000", "10,000 to 100,000", "100,000 or more", "not known",
    ]  # fmt: skip


def test_files_of_lists_and_a_register(tmp_path):
    random = np.random.default_rng(4)
    places = ["Trevean", "Polgarth", "Chyreen", "Nansmellyn", "Rosewarrick", "Penhallam", "Lanteague", "Carnsew",
              "Boskenver", "Tregorran"]  # fmt: skip
    kinds = ["Singers", "Brass Players", "Quilters", "Painters", "Bowls Club", "Gig Rowers", "Tree Wardens",
             "Beach Cleaners", "History Walkers", "Speedwatch", "Film Evenings", "Football Team"]  # fmt: skip
    names = [(f"{place} {kind}", f"TR{30 + i} {j % 9 + 1}A{'ABCD'[j // 9]}") for i, place in enumerate(places)
             for j, kind in enumerate(kinds)]  # fmt: skip
    table = pd.DataFrame(names, columns=["name", "postcode"])
    official = table.sample(50, random_state=1)
    listed = table[random.random(len(table)) < 0.5]
    listed.to_csv(tmp_path / "directory.csv", index=False)
    official.to_csv(tmp_path / "charities.csv", index=False)
    command = ["estimate", "--list", str(tmp_path / "directory.csv"), "--registered"]
    done = CliRunner().invoke(app, [*command, str(tmp_path / "charities.csv"), "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    found = len(listed.merge(official))
    assert [one["value"] for one in answer["inputs"]] == [len(listed) - found, 50, found]
    # 70 groups are on no register
    assert answer["low"] < 70 < answer["high"]
    # the same register in the published columns of the Charity Commission's extract, with charities that were removed
    removed = table.drop(official.index).sample(20, random_state=2)
    extract = pd.concat([official.assign(status="Registered"), removed.assign(status="Removed")])
    extract = pd.DataFrame(
        {
            "registered_charity_number": [str(1_100_000 + number) for number in range(len(extract))],
            "linked_charity_number": 0,
            "charity_name": extract["name"].str.upper().to_numpy(),
            "charity_registration_status": extract["status"].to_numpy(),
            "charity_contact_postcode": extract["postcode"].to_numpy(),
            "latest_income": 5_000,
        }
    )
    extract.to_csv(tmp_path / "publicextract.charity.txt", sep="\t", index=False)
    done = CliRunner().invoke(app, [*command, str(tmp_path / "publicextract.charity.txt"), "--json"])
    assert done.exit_code == 0, done.output
    known = [one["value"] for one in json.loads(done.stdout)["inputs"]]
    assert known[1:] == [50, found]
    official.assign(postcode="").to_csv(tmp_path / "nowhere.csv", index=False)
    lost = CliRunner().invoke(app, [*command, str(tmp_path / "nowhere.csv")])
    assert lost.exit_code != 0
    alone = CliRunner().invoke(app, ["estimate", "--registered", str(tmp_path / "charities.csv")])
    assert alone.exit_code != 0
