"""Every sheet and layer that is a list is read; the others are named with the reason."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from assetmap.read.lists.assets import read_assets
from assetmap.register.check import check_lists
from assetmap.register.corrections.fixes import suggest_fixes

ROWS = [["Moor Choir", "TR1 1EP"], ["Quay Band", "TR1 2JA"], ["Hill Players", "TR1 2SJ"]]


def workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = folder / "groups.xlsx"
    book.save(file)
    return file


def listed(*rows: list[object]) -> list[list[object]]:
    return [["Name", "Postcode"], *rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "reason"),
    [
        (
            "Read me",
            [["Name", "Postcode"], ["How to use this", "see below"]],
            "its name says that it is not a list",
        ),
        ("Metadata", [["Publisher", "Title"], ["Trust", "Grants"]], "its name says that it is not a list"),
        ("Blank", [], "it is empty"),
        ("Sheet3", [["Row Labels", "Count of Name"], ["Choir", 3]], "it is a pivot table"),
        ("Copy", listed(*ROWS), "its rows are on another one too"),
        ("Staff", [["Name", "Grade"], ["Post A", "5"]], "nothing on it says where its rows are"),
        ("Old - do not use", listed(*ROWS), "its name says that it is not to be used"),
        ("Numbers", [["Year", "Total"], [2023, 5]], "no column looks like a name"),
    ],
)
def test_a_sheet_that_is_no_list_is_named(
    tmp_path: Path, name: str, rows: list[list[object]], reason: str
) -> None:
    file = workbook(tmp_path, {"Groups": listed(*ROWS), name: rows})
    groups = read_assets(file)
    assert groups.table["name"].tolist() == [name for name, _ in ROWS]
    (sentence,) = groups.left_out
    assert f"'{name}'" in sentence
    assert reason in sentence
    assert (f'--sheet "{name}"' in sentence) == bool(rows)  # an empty one cannot be read
    assert sentence in check_lists([groups]).unchecked


def test_the_year_and_the_word_closed_in_the_name_of_a_sheet_count(tmp_path: Path) -> None:
    file = workbook(
        tmp_path, {"2021": listed(*ROWS[:1]), "2023": listed(*ROWS[1:2]), "Closed": listed(*ROWS[2:])}
    )
    table = read_assets(file).table.set_index("name")
    assert table["checked_date"].to_dict() == {"Quay Band": "2023", "Moor Choir": "2021", "Hill Players": ""}
    assert table["status"].to_dict() == {"Quay Band": "", "Moor Choir": "", "Hill Players": "closed"}
    assert table["sheet"].tolist() == ["2023", "2021", "Closed"]


def test_one_sheet_can_be_chosen(tmp_path: Path) -> None:
    file = workbook(tmp_path, {"A": listed(*ROWS[:1]), "B": listed(*ROWS[1:])})
    assert read_assets(file, sheet="B").table["name"].tolist() == ["Quay Band", "Hill Players"]


def test_headings_in_two_rows_a_hidden_sheet_and_a_sheet_of_an_older_year(tmp_path: Path) -> None:
    two = [
        ["Group", "Contact", "", "Where"],
        ["", "Name", "Email", "Postcode"],
        ["Moor Choir", "Ann Lee", "a@example.org", "tr11ep"],
    ]
    status = [["Name", "Postcode", "Status"]]
    file = workbook(
        tmp_path,
        {
            "Two rows": two,
            "2023": [*status, ["Ash Library", "TR1 2JA", "Closed"]],
            "2019": [*status, ["Ash Library", "TR1 2JA", "Open"], ["Oak Library", "TR1 2PN", "Open"]],
            "More": listed(*ROWS[2:]),
        },
    )
    book = openpyxl.load_workbook(file)
    book["More"].sheet_state = "hidden"
    book.save(file)
    groups = read_assets(file)
    table = groups.table.set_index("name")
    assert table.loc["Moor Choir", "email"] == "a@example.org"
    assert table.loc["Moor Choir", "contact_name"] == "Ann Lee"
    assert "hidden" in table.loc["Hill Players", "reading_note"]
    report = check_lists([groups])
    library = report.register.assets.set_index("name").loc["Ash Library"]
    assert library["status"] == "closed"
    assert report.register.log["outcome"].tolist().count("merged") == 1
    fixes = suggest_fixes(groups)
    assert fixes[["sheet", "heading", "after"]].to_numpy().tolist() == [
        ["Two rows", "Where Postcode", "TR1 1EP"]
    ]
