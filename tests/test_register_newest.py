"""Facts of several lists: the newest list wins, an undated one never over a dated one, and absence is a remark."""

from __future__ import annotations

import pandas as pd
import pytest

from assetmap.read.lists.parts import date_of
from assetmap.register.build import build_register
from assetmap.register.clusters import dates_of_rows
from assetmap.register.words import closed_by_name, status_words
from assetmap.schema import AssetList, Register

STREETS = ("Mill", "Bridge", "Quarry", "Abbey", "Station", "Meadow")


def listed(source: str, date: str, rows: list[dict[str, str]]) -> AssetList:
    table = pd.DataFrame(rows, dtype="str").fillna("")
    table.insert(0, "source", source)
    table.insert(1, "row", range(2, len(table) + 2))
    return AssetList(source, table, pd.DataFrame(), date=date)


def library(place: int = 0, **facts: str) -> dict[str, str]:
    """Return a row: the libraries are in towns of their own."""
    return {
        "name": f"{STREETS[place]}ford Library",
        "asset_type": "library",
        "postcode": f"TR{place + 1} 1AA",
        "town": f"{STREETS[place]}ford",
        **facts,
    }


def one(*lists: AssetList) -> pd.Series:
    register = build_register(list(lists), audience="internal")
    assert len(register.assets) == 1, register.log["reason"].tolist()
    return register.assets.iloc[0]


OLD = listed(
    "old",
    "2016",
    [library(status="open", operator="County", weekly_hours="40", website="http://old.example")],
)
NEW = listed("new", "November 2023", [library(status="closed", closed_year="2021", operator="Town Council")])


@pytest.mark.slow
@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_an_older_list_does_not_reopen_what_a_newer_one_closed(order: tuple[AssetList, AssetList]) -> None:
    asset = one(*order)
    assert asset["status"] == "closed"
    assert asset["closed_year"] == 2021
    assert asset["operator"] == "Town Council"
    assert asset["weekly_hours"] == 40  # only the old list says it
    said = dict(part.split(": ", 1) for part in asset["facts_from"].split("; "))
    other = "old" if asset["source"] == "new" else "new"
    assert set(said.values()) == {other}
    assert ("weekly_hours" in said) == (other == "old")
    assert ("status" in said) == (other == "new")


@pytest.mark.slow
@pytest.mark.parametrize("undated", ["", "not known"])
def test_an_undated_list_never_overrules_a_dated_one(undated: str) -> None:
    vague = listed(
        "vague",
        undated,
        [
            library(
                status="open",
                operator="Somebody",
                address="1 Fore Street",
                phone="01234 567890",
                opening_times="Mon",
            )
        ],
    )
    for order in ((vague, NEW), (NEW, vague)):
        asset = one(*order)
        assert asset["status"] == "closed"
        assert asset["operator"] == "Town Council"
        assert asset["opening_times"] == "Mon"


def test_a_closing_year_goes_when_a_newer_list_says_open() -> None:
    asset = one(
        listed("old", "2016", [library(status="closed", closed_year="2015")]),
        listed("new", "2024", [library(status="open")]),
    )
    assert asset["status"] == "open"
    assert pd.isna(asset["closed_year"])


def test_a_newer_list_that_does_not_know_says_nothing() -> None:
    asset = one(
        listed("old", "2016", [library(status="closed")]),
        listed("new", "2024", [library(status="unknown", operator="")]),
    )
    assert asset["status"] == "closed"


def everything(register: Register) -> str:
    return " ".join(register.log["reason"])


@pytest.mark.slow
def test_absence_from_a_newer_list_is_a_remark_and_no_closure() -> None:
    old = listed("old", "2016", [library(k, status="open") for k in range(5)])
    new = listed("new", "2023", [library(k, status="open") for k in range(4)])
    register = build_register([old, new], audience="internal")
    assert (register.assets["status"] == "open").all()
    row = register.log[(register.log["source"] == "old") & (register.log["row"] == 6)].iloc[0]
    assert row["outcome"] == "accepted"
    assert "not on the newer list 'new' (2023)" in row["reason"]
    assert everything(register).count("newer list") == 1
    # a newer list of something else says nothing of libraries
    few = listed("new", "2023", [library(0, status="open"), library(5, status="open")])
    assert "newer list" not in everything(build_register([old, few], audience="internal"))
    # nor does an undated one
    undated = listed("new", "", [library(k, status="open") for k in range(4)])
    assert "newer list" not in everything(build_register([old, undated], audience="internal"))


def test_dates_of_files_sheets_and_rows() -> None:
    assert [date_of(name) for name in ("a_2016_to_2019.csv", "b-2025-04.xlsx", "c.csv", "d20251.csv")] == [
        "2019", "2025-04", "", "",
    ]  # fmt: skip
    rows = pd.DataFrame(
        {"list_date": ["2016", "2009 to 2025", "31 May 2024", "", "autumn 2023"]}, dtype="str"
    )
    checked = pd.Series(pd.to_datetime([None, None, None, "2020-02-03", None]))
    assert [str(day)[:10] for day in dates_of_rows(rows, checked)] == [
        "2016-01-01", "2025-01-01", "2024-05-31", "2020-02-03", "2023-01-01",
    ]  # fmt: skip


def test_status_in_words() -> None:
    said = {
        "temporarily closed for refurbishment": "closed",
        "Moved to the High Street": "closed",
        "has relocated to Millford": "closed",
        "transferred to the parish council": "unknown",
        "Merged with Millford Library": "closed",
        "currently open": "open",
    }
    assert status_words(pd.Series(list(said), dtype="str")).tolist() == list(said.values())
    names = pd.Series(
        ["Mill Hall (moved to Bridge Street)", "Mill Hall - relocated to Abbey", "Moved Hall", "Mill (Hall)"]
    )
    assert closed_by_name(names).tolist() == [True, True, False, False]
    rows = listed(
        "list", "", [library(0, status="temporarily closed"), library(1, status="moved to Abbeyford")]
    )
    log = build_register(rows, audience="internal").log
    assert "closed for a time" in log["reason"].iloc[0]
    assert "has moved" in log["reason"].iloc[1]


def test_what_merged_rows_say_otherwise_is_kept_and_never_public() -> None:
    old = listed("old", "2016", [library(phone="01872 111111", keyholder="Jo", weekly_hours="20")])
    new = listed("new", "2023", [library(phone="01872 222222", keyholder="Ann", weekly_hours="30")])
    (said,) = build_register([old, new], audience="internal").assets["also_said"].tolist()
    assert set(said.split("; ")) == {
        "phone: 01872 111111 (old:2)",
        "keyholder: Jo (old:2)",
        "weekly_hours: 20 (old:2)",
    }
    west = listed("west", "2023", [library(latitude="50.2632", longitude="-5.0510")])
    east = listed("east", "2016", [library(latitude="50.2632", longitude="-5.0520")])
    (apart,) = build_register([west, east], audience="internal").assets["also_said"].tolist()
    assert apart.startswith("coordinates: ")
    assert ", 71 m away (east:2)" in apart
    assert "also_said" not in build_register([old, new]).assets
    assert "also_said" not in build_register([old, old_again(old)], audience="internal").assets


def old_again(old: AssetList) -> AssetList:
    """Return the same list under another name: it says nothing otherwise."""
    return AssetList("again", old.table.assign(source="again"), old.headings, date=old.date)
