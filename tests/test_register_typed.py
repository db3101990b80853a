"""Cells of typed columns as people write them are understood, or kept with a remark: nothing vanishes."""

from __future__ import annotations

import pandas as pd
import pytest

from assetmap.register.build import build_register

CELLS = [
    ("weekly_hours", "by appointment"),
    ("devolved", "perhaps one day"),
    ("registered", "ask Jo"),
    ("registration", "see file"),
    ("checked_date", "last spring"),
    ("opened_year", "before the war"),
    ("closed_year", "some time ago"),
    ("devolved_year", "lately"),
    ("operator_type", "a kind of club"),
]


def one_row(column: str, cell: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"source": ["list"], "row": [2], "name": ["Moor Choir"], "town": ["Truro"], column: [cell]},
        dtype="str",
    ).assign(row=2)


@pytest.mark.slow
@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_what_cannot_be_read_is_kept_and_named(column: str, cell: str) -> None:
    register = build_register(one_row(column, cell), audience="internal")
    assert register.assets.iloc[0][f"{column}_as_written"] == cell
    assert cell in register.log["reason"].iloc[0]
    assert column in register.log["reason"].iloc[0]


@pytest.mark.slow
@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_a_public_remark_names_the_column_and_not_the_cell(column: str, cell: str) -> None:
    reason = build_register(one_row(column, cell), audience="public").log["reason"].iloc[0]
    assert column in reason
    assert cell not in reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "cell", "read", "value"),
    [
        ("weekly_hours", "40 hrs", "weekly_hours", 40),
        ("devolved", "transferred to parish", "devolved", "yes"),
        ("devolved", "not yet transferred", "devolved", "unknown"),
        ("registered", "1000001", "registration_number", "1000001"),
        ("registered", "1000001", "registered", "yes"),
        ("registered", "Charity no. 1000001", "register", "charity"),
        ("closed_year", "Yes", "status", "closed"),
        ("closed_year", "31 March 2024", "closed_year", 2024),
        ("devolved_year", "2019-20", "devolved_year", 2019),
        ("registration_number", "1000001-0", "registration_number", "1000001"),
        ("registration_number", "XN12345 (HMRC)", "registration_number", "XN12345"),
        ("registration_number", "pending", "registered", "unknown"),
        ("checked_date", "Mar-24", "checked_date", pd.Timestamp("2024-03-01")),
        ("checked_date", "2024-03", "checked_date", pd.Timestamp("2024-03-01")),
        ("checked_date", "20240303", "checked_date", pd.Timestamp("2024-03-03")),
        ("checked_date", "3rd of May 2024", "checked_date", pd.Timestamp("2024-05-03")),
        ("devolved", "CAT completed 2018", "devolved", "yes"),
        ("devolved", "Yes - Town Council", "devolved", "yes"),
        ("uprn", "UPRN 10003000001", "uprn", "10003000001"),
        ("status", "Mothballed", "status", "closed"),
        ("status", "No longer operating", "status", "closed"),
        ("status", "Open (closed Mondays)", "status", "open"),
        ("status", "Ar gau", "status", "closed"),
        ("publish_address", "No", "sensitive", True),
        ("publish_address", "Address withheld", "sensitive", True),
        ("published_date", "2024-03-01", "sensitive", False),
        ("uprn", "10,003,000,001", "uprn", "10003000001"),
        ("uprn", "1.0003E+10", "uprn_as_written", "1.0003E+10"),
        ("asset_type", "Charity", "asset_type", "arts_culture"),
    ],
)
def test_other_words_are_understood(column: str, cell: str, read: str, value: object) -> None:
    assert build_register(one_row(column, cell), audience="internal").assets.iloc[0][read] == value


def test_the_type_as_it_was_written_stays() -> None:
    asset = build_register(one_row("asset_type", "brass band"), audience="internal").assets.iloc[0]
    assert (asset["asset_type"], asset["asset_type_as_written"]) == ("arts_culture", "brass band")
