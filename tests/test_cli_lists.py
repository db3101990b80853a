"""The commands for lists: the same answers as Python, every row accounted for, one clear error."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import assetmap as am
from assetmap.cli import app

GROUPS = """Organisation,Kind,Post Code,E-mail
Truro Repair Cafe,Community centre,tr1 1ep,a@example.org
Broken Club,Sports club,TR1 1E,
,Sports club,TR1 1EP,
Plymouth Rowing Club,Sports club,PL1 1AE,
"""


@pytest.fixture(scope="module")
def project() -> Path:
    return am.example_project().folder


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    file = tmp_path / "groups.csv"
    file.write_text(GROUPS, encoding="utf-8")
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_check_accounts_for_every_row_and_ends_with_1(groups: Path, project: Path, tmp_path: Path) -> None:
    done = run("check", groups, "--project", project, "--output", tmp_path / "report", "--json")
    assert done.exit_code == 1
    record = json.loads(done.stdout)
    (counts,) = record["counts"]
    assert (
        counts["rows"]
        == 4
        == sum(counts[outcome] for outcome in ("accepted", "merged", "review", "rejected"))
    )
    assert counts["accepted"] == 1
    assert [row["row"] for row in record["rows"]] == [2, 3, 4, 5]
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == [
        "accepted.csv",
        "check.html",
        "rejected.csv",
        "review.csv",
    ]
    assert run("check", groups, "--project", project).stdout.startswith("2 things need you:")


def test_a_clean_list_ends_with_0(tmp_path: Path, project: Path) -> None:
    file = tmp_path / "clean.csv"
    file.write_text("name,asset_type,postcode\nTruro Choir,arts_culture,TR1 1EP\n", encoding="utf-8")
    assert run("check", file, "--project", project).exit_code == 0


def test_register_then_compare(groups: Path, project: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.gpkg", tmp_path / "new.csv"
    done = run("register", groups, "--project", project, "--output", old)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 assets in ")
    later = GROUPS + "Truro Choir,Arts and culture,TR1 2NE,\n"
    groups.write_text(later, encoding="utf-8")
    assert run("register", groups, "--project", project, "--output", new).exit_code == 0
    assert "a@example.org" not in new.read_text(encoding="utf-8-sig")
    changes = json.loads(run("compare", old, new, "--json").stdout)
    assert [(row["change"], row["name"]) for row in changes] == [("opened", "Truro Choir")]
    assert run("compare", old, old).stdout.strip() == "Nothing changed."


def test_near_is_nearest_first_and_open_only(project: Path) -> None:
    done = run("near", "tr1 1ep", "--project", project, "--type", "library", "--within-km", 15, "--json")
    assert done.exit_code == 0, done.output
    found = pd.DataFrame(json.loads(done.stdout))
    assert found["name"].iloc[0] == "Truro Community Library"
    assert found["distance_km"].is_monotonic_increasing
    assert set(found["status"]) == {"open"}
    assert "Truro Community Library" in run("near", "TR1 1EP", "--project", project).stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "none.csv"), "There is no file"),
        (("check", "GROUPS", "--column", "name"), "--column name=Organisation"),
        (("register", "GROUPS", "--output", "a.xlsx"), "must end in .gpkg or .csv"),
        (("near", "nowhere", "--project", "PROJECT"), "'nowhere' is not a postcode"),
    ],
)
def test_one_clear_message(words: tuple[str, ...], message: str, groups: Path, project: Path) -> None:
    named = {"GROUPS": groups, "PROJECT": project}
    done = run(*(named.get(word, word) for word in words))
    assert isinstance(done.exception, am.InputError)
    assert message in str(done.exception)
