"""The page and the screen of a check begin with what needs a person: how many, and the shortest way to fix it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.project.lists.registers import check_files
from assetmap.schema import CheckReport
from assetmap.show.check import check_page
from assetmap.show.needs import needs_of

LIST = """Name,Type,Postcode,Colour,Area
Old hall,Village hall,TR1 1EP,red,
Old hall rooms,Village hall,TR1 1EP,blue,
Women's Refuge,Refuge,TR1 2AA,,
,Village hall,TR1 2AA,,
Barn,zzzz,TR1 2AB,,
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("check") / "groups of the county.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Groups"
    for line in LIST.splitlines():
        book.active.append(line.split(","))
    book.create_sheet("Read me").append(["How this list is kept"])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def report(file: Path) -> CheckReport:
    return check_files([file])


def test_what_needs_a_person_comes_first_with_numbers_and_ways(report: CheckReport) -> None:
    needs = {need.what: need for need in needs_of(report)}
    assert [re.sub(r"\W*\d+\W*", "", what)[:12] for what in needs] == [
        "column was n", "sheet, layer", "row is not i", "guarded plac", "row is in th",
    ]  # fmt: skip
    columns, sheets, rejected, guarded, _ = needs.values()
    assert "'Colour'" in columns.details[0]
    assert columns.type_this == '--column FIELD="Colour"'
    assert "Read me" in sheets.details[0]
    assert rejected.rows == 1
    assert rejected.details == ("groups of the county, row 5: It has no name. Give it one.",)
    assert "1 of 1" in guarded.fix
    assert "Refuge" not in guarded.what + guarded.fix + " ".join(guarded.details)


def test_the_page_begins_with_it_and_keeps_outcome_list_and_row_together(report: CheckReport) -> None:
    page = check_page(report)
    body = page.partition("<body>")[2]
    first = body.index("1 column was not understood")
    assert first < body.index("<h2>") < body.index("<table>")
    assert (
        '<td class="outcome">Not in the register</td><td class="source">groups of the county</td><td class="row">5</td>'
        in body
    )
    assert "break-word" not in page
    assert "break-all" not in page


def test_nothing_to_do_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Type,Postcode\nHall,Village hall,TR1 1EP\n", encoding="utf-8")
    report = am.check_lists([am.read_assets(path)])
    assert needs_of(report) == ()
    assert "<strong>Nothing.</strong>" in check_page(report)


def test_the_screen_begins_with_it(file: Path) -> None:
    said = CliRunner().invoke(app, ["check", str(file)])
    assert said.exit_code == 1
    lines = said.stdout.splitlines()
    assert lines[0] == "5 things need you:"
    assert lines[1].startswith("1. 1 column was not understood")
    assert "5 rows: " in said.stdout
