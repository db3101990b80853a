"""Rows that are one thing become one; what people decide is kept; what is sensitive stays hidden."""

from __future__ import annotations

import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.register.again.changes import compare, pair_assets
from assetmap.register.audience import publish
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.register.nearby import near
from assetmap.register.pairs import candidate_pairs
from assetmap.register.review import review_table
from assetmap.schema import AssetList, InputError, Register
from assetmap.show.check import check_page, write_check
from conftest import ORIGIN, make_assets, make_grid
from oracles_register import naive_near, naive_pairs_within
from test_register_judge import rows


def two(first: dict[str, str], second: dict[str, str], *, one_list: bool = False) -> Register:
    """Judge two rows of two lists, or of one."""
    pair = [
        rows(part.pop("name"), source=source, **part)
        for part, source in ((dict(first), "a"), (dict(second), "b"))
    ]
    if one_list:
        pair = [pd.concat(pair, ignore_index=True).assign(source="a", row=[2, 3])]
    return build_register(pair, audience="internal")


def at(name: str, postcode: str = "TR1 1AA", **more: str) -> dict[str, str]:
    return {"name": name, "postcode": postcode, **more}


def spot(name: str, metres: float, **more: str) -> dict[str, str]:
    """Return a row at a point so many metres east of the first one."""
    return {"name": name, "easting": str(180_000 + metres), "northing": "45000", **more}


CASES = [
    # The same by number, however it is called.
    (at("Carleen Village Hall", registration="charity 1089360"), at("Carleen Hall CIO", "", town="X", registration_number="1089360"), "merged"),
    (at("Truro Choir", registration="charity 1089360"), at("Zebra Trust", "", town="X", registration="charity 1089360"), "review"),
    # The same place and a like name.
    (at("The Saint Ives Men's Shed"), at("ST. IVES MENS SHED"), "merged"),
    (at("Looe Library & Information Service"), at("Looe Library"), "merged"),
    (at("Barking Learning Centre Library"), at("Barking Library"), "merged"),
    # Another thing in the same building.
    (at("Camelford Library", asset_type="library"), at("Camelford Town Hall", asset_type="village_hall"), "accepted"),
    (at("1st Truro Scouts"), at("2nd Truro Scouts"), "accepted"),
    (at("Truro Ladies Football Club"), at("Truro City Football Club"), "review"),
    # Numbers that differ outweigh names that agree.
    (at("Truro Choir", registration="charity 1000001"), at("Truro Choir", registration="charity 1000002"), "accepted"),
    # A number alone is not enough where places and names differ; a spreadsheet drops zeros.
    (spot("Veterans Legion Truro Branch", 0, registration_number="219000"), spot("Veterans Legion Bude Branch", 73_000, registration_number="219000"), "review"),
    (spot("Veterans Legion", 0, registration_number="219000"), spot("The Veterans Legion", 73_000, registration_number="219000"), "merged"),
    (spot("Veterans Legion Truro", 0, registration_number="219000"), spot("Legion Club", 1_500, registration_number="219000"), "merged"),
    (at("Moor Trust", registration_number="01234567"), at("The Moor", "", town="X", registration_number="1234567"), "merged"),
    # One property number makes two like names one thing, two make them two.
    (spot("Moor Village Hall", 0, uprn="100040000010"), spot("Moor Hall", 3_000, uprn="100040000010"), "merged"),
    (spot("Moor Village Hall", 0, uprn="100040000010"), spot("Moor Village Hall", 0, uprn="100040000011"), "review"),
    (spot("Moor Village Hall", 0, uprn="100040000010"), spot("Zebra Hall", 3_000, uprn="100040000010"), "review"),
    # Two clubs of one town are two; one club a street further is one.
    (spot("Truro Bridge Club", 0, asset_type="other"), spot("Truro Chess Club", 300, asset_type="other"), "accepted"),
    (spot("Moor Bridge Club", 0), spot("Moor Bridge Club", 300), "merged"),
    (spot("Moor Bridge Club", 0), spot("Moor Bridge Club", 1_500), "review"),
    (spot("Moor Bridge Club", 0), spot("Moor Bridge Club", 2_500), "accepted"),
    # Towns without a precise place.
    (at("Old Cornwall Society", "", town="St Just"), at("The Old Cornwall Society", "", town="Saint Just"), "merged"),
    (at("Old Cornwall Society", "", town="St Just"), at("Old Cornwall Society", "", town="Truro"), "accepted"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "outcome"), CASES)
def test_two_rows_of_two_lists(first: dict[str, str], second: dict[str, str], outcome: str) -> None:
    register = two(first, second)
    assets, log = register.assets, register.log
    outcomes = set(log["outcome"]) - {"accepted"} or {"accepted"}
    assert outcomes == {outcome}
    assert len(assets) == (1 if outcome == "merged" else 2)


@pytest.mark.slow
def test_one_list_means_every_row_as_a_thing_of_its_own() -> None:
    moved = two(
        at("Par Library", status="closed"),
        at("Par Community Library", "PL24 2PB", status="open"),
        one_list=True,
    )
    assert moved.log["outcome"].tolist() == ["accepted", "accepted"]
    like = two(at("Looe Library"), at("Looe Library & Information Service"), one_list=True)
    assert len(like.assets) == 2
    twice = two(at("Looe Library"), at("LOOE  LIBRARY"), one_list=True)
    assert sorted(twice.log["outcome"]) == ["accepted", "merged"]
    ended = two(at("Looe Library", status="closed"), at("Looe Library", status="open"), one_list=True)
    assert sorted(ended.log["outcome"]) == ["accepted", "review"]
    # two statuses that differ are no closure: nobody has to look
    planned = two(at("Looe Library", status="proposed"), at("Looe Library", status="open"), one_list=True)
    assert sorted(planned.log["outcome"]) == ["accepted", "merged"]


def test_a_merge_keeps_its_sources_score_and_reason_and_fills_gaps() -> None:
    register = two(
        at("Truro Choir", website="choir.example"),
        at("Truro Choir CIO", registration="charity 1000001", status="open"),
    )
    assets, log = register.assets, register.log
    merged = log[log["outcome"] == "merged"].iloc[0]
    assert merged["score"] == 100
    assert "It is the same as row 2 of" in merged["reason"]
    asset = assets.iloc[0]
    assert {f"{asset['source']}:{asset['source_row']}", asset["also_listed"]} == {"a:2", "b:2"}
    assert (asset["website"], asset["registration_number"], asset["registered"], asset["status"]) == (
        "choir.example", "1000001", "yes", "open",
    )  # fmt: skip


def test_two_branches_are_never_joined_through_a_third_row() -> None:
    first = rows("Par Library", "Par Library North", source="a", postcode="TR1 1AA", asset_type="library")
    second = rows("Par Library", source="b", postcode="TR1 1AA", asset_type="library")
    register = build_register([first, second])
    assets, log = register.assets, register.log
    assert len(assets) == 2
    assert log["outcome"].value_counts().to_dict() == {"accepted": 2, "merged": 1}


STREETS = [
    ("2 Dean Road, Truro", "Heron Library, Dean Rd", "TR1 1AB", "merged"),
    ("Dean Road", "12 Dean Road", "TR1 1AB", "merged"),
    ("30a Dean Road", "30 Dean Road, Truro", "TR1 1AB", "merged"),
    ("2 Dean Road", "12 Dean Road", "TR1 1AB", "review"),
    ("Dean Road", "Pydar Street", "TR1 1AB", "review"),
    ("The Square", "The Square", "TR1 1AB", "review"),
    ("St Mary's Church", "St John's Church", "TR1 1AB", "review"),
    ("Dean Road", "Dean Road", "TR1 1AD", "accepted"),
    ("Dean Road", "Dean Road", "TR1 9ZZ", "merged"),
    ("Dean Road", "Dean Road", "TR2 9ZZ", "accepted"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "postcode", "outcome"), STREETS)
def test_a_like_name_in_one_street_is_the_same(first: str, second: str, postcode: str, outcome: str) -> None:
    near_by = pd.DataFrame(
        {"easting": [ORIGIN[0], ORIGIN[0] + 700, ORIGIN[0] + 2_100], "northing": ORIGIN[1], "area_code": "A00", "live": True},
        index=pd.Index(["TR1 1AA", "TR1 1AB", "TR1 1AD"], name="postcode"),
    )  # fmt: skip
    # Without a precise place only the whole name brings two rows together.
    name = "Heron Library" if postcode.endswith("9ZZ") else "Heron Community Library"
    lists = [
        rows("Heron Library", source="a", postcode="TR1 1AA", address=first, asset_type="library"),
        rows(name, source="b", postcode=postcode, address=second, asset_type="library"),
    ]
    log = build_register(lists, postcodes=near_by).log
    said = log[log["other_id"].notna()]
    assert ("accepted" if said.empty else said["outcome"].iloc[0]) == outcome
    if outcome == "merged":
        assert said["reason"].str.endswith("the same street and a similar name.").all()


def test_two_streets_of_one_name_are_not_one_where_neither_district_is_known() -> None:
    named = {"address": "2 Dean Road", "asset_type": "library"}
    apart = two(at("Heron Library", "", town="Looe", **named), at("Heron Library", "", town="Bude", **named))
    assert apart.log["outcome"].tolist() == ["accepted", "accepted"]


@pytest.mark.slow
def test_of_two_equal_names_the_one_at_the_same_place_is_joined() -> None:
    codes = pd.DataFrame(
        {"easting": [ORIGIN[0], ORIGIN[0] + 160], "northing": ORIGIN[1], "area_code": "A00", "live": True},
        index=pd.Index(["TR1 1AA", "TR1 1AB"], name="postcode"),
    )
    both = rows(
        "Heron Library", "Heron Library", source="a", postcode=["TR1 1AB", "TR1 1AA"], asset_type="library"
    )
    one = rows("Heron Library", source="b", postcode="TR1 1AA", asset_type="library")
    for table in (both, both.iloc[::-1].reset_index(drop=True).assign(row=[2, 3])):
        log = build_register([table, one], postcodes=codes).log
        joined = log[log["asset_id"].duplicated(keep=False)]
        here = int(table.loc[table["postcode"] == "TR1 1AA", "row"].iloc[0])
        assert joined[["source", "row"]].to_numpy().tolist() == [["a", here], ["b", 2]]


@pytest.mark.slow
def test_a_person_has_the_last_word_and_can_undo_a_merge() -> None:
    lists = [
        rows("Truro Choir", source="a", postcode="TR1 1AA"),
        rows("The Truro Choir", "Kenwyn Singers", source="b", postcode="TR1 1AA"),
    ]
    log = build_register(lists).log
    review = review_table(log)
    assert review["outcome"].tolist() == ["merged"]
    apart = build_register(lists, review=review.assign(decision="different"))
    assert len(apart.assets) == 3
    assert apart.log["outcome"].tolist() == ["accepted"] * 3
    ids = log["row_id"]
    said = pd.DataFrame({"decision": ["same"], "row_id": [ids[0]], "other_id": [ids[2]]})
    joined = build_register(lists, review=said)
    assert joined.log.loc[joined.log["score"] == 100, "reason"].str.contains("a person decided so").any()
    with pytest.raises(
        InputError, match=r"1 decision is neither 'same' nor 'different', first 'maybe' \(row 2\)"
    ):
        build_register(lists, review=review.assign(decision="maybe"))
    with pytest.raises(InputError, match="missing column 'decision'"):
        build_register(lists, review=review.drop(columns="decision"))


@pytest.mark.slow
def test_the_order_of_the_lists_is_irrelevant() -> None:
    a = rows("Truro Choir", "Looe Library", source="a", postcode="TR1 1AA")
    b = rows("The Truro Choir CIO", "Looe Library and Information Service", source="b", postcode="TR1 1AA")
    one, other = build_register([a, b]), build_register([b, a])
    assert sorted(one.assets.index) == sorted(other.assets.index)
    assert (
        one.log.set_index("row_id")["outcome"].to_dict() == other.log.set_index("row_id")["outcome"].to_dict()
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1500)), min_size=2, max_size=25))
def test_no_near_pair_with_a_common_word_is_missed(points: list[tuple[int, int]]) -> None:
    count = len(points)
    table = pd.DataFrame(
        {
            "source": [f"list {k}" for k in range(count)], "name_key": [f"heron {chr(97 + k % 26)}" for k in range(count)],
            "core_key": "heron", "registration_number": "", "postcode": "", "town_key": "",
            "x": [float(x) for x, _ in points], "y": [float(y) for _, y in points], "location_precision": "point",
        }
    )  # fmt: skip
    found = set(candidate_pairs(table)[["first", "second"]].itertuples(index=False, name=None))
    assert naive_pairs_within(table, 500) <= found


def test_a_name_that_only_one_has_before_and_after_has_moved() -> None:
    old = make_assets({"Falcon Judo Club": (0.5, 0.5), "Youth Club": (1.5, 0.5), "Far Choir": (2.5, 0.5)})
    new = make_assets({"Falcon Judo Club": (3.5, 3.5), "Far Choir": (90.5, 0.5)}).rename(
        index=lambda name: f"{name}-new"
    )
    found = compare(old, new)
    assert found[["change", "name"]].to_numpy().tolist() == [
        ["opened", "Far Choir"], ["left_out", "Far Choir"], ["left_out", "Youth Club"], ["moved", "Falcon Judo Club"],
    ]  # fmt: skip
    assert pair_assets(old, new).dropna().empty  # decisions are not carried to another place


def test_what_changed_between_two_registers() -> None:
    old = make_assets(
        {
            "Stays": (0.5, 0.5),
            "Closes": (1.5, 0.5),
            "Moves": (2.5, 0.5),
            "Renamed Hall": (3.5, 0.5),
            "Handed": (0.5, 1.5),
            "Left": (1.5, 1.5),
            "Slow": (2.5, 2.5),
        }
    )
    old["operator"], old["checked_date"] = "Town Council", pd.Timestamp("2022-01-01")
    new = old.drop(index="left").copy()
    new.loc["closes", "status"] = "closed"
    new.loc["moves", "geometry"] = gpd.points_from_xy([ORIGIN[0] + 2560], [ORIGIN[1] + 500])[0]
    new.loc["renamed-hall", "name"] = "Jubilee Hall"
    new.loc["handed", "operator"] = "Friends of Handed"
    new["checked_date"] = pd.Timestamp("2024-06-01")
    new.loc["slow", "checked_date"] = pd.Timestamp("2022-01-01")
    new = pd.concat(
        [new, make_assets({"Opens": (3.5, 3.5)}).assign(operator="", checked_date=pd.Timestamp("2024-06-01"))]
    )
    found = compare(old, new)
    assert found[["change", "name"]].to_numpy().tolist() == [
        ["opened", "Opens"], ["closed", "Closes"], ["left_out", "Left"], ["moved", "Moves"], ["renamed", "Jubilee Hall"],
        ["operator_changed", "Handed"], ["going_stale", "Slow"],
    ]  # fmt: skip
    assert found.set_index("change").loc["moved", "moved_m"] == 60
    assert found.set_index("change").loc["operator_changed", ["before", "after"]].tolist() == [
        "Town Council",
        "Friends of Handed",
    ]
    assert compare(old, old, as_of=datetime.date(2022, 1, 2)).empty
    new_ids = new.rename(index=lambda key: f"{key}-other")
    assert (
        compare(old, new_ids)["change"].tolist().count("opened") == 2
    )  # the renamed hall has no id to be known by


@pytest.fixture
def postcodes() -> pd.DataFrame:
    return pd.DataFrame(
        {"easting": [ORIGIN[0]], "northing": [ORIGIN[1]], "area_code": ["A00"], "live": [True]},
        index=pd.Index(["TR1 1AA"], name="postcode"),
    )


def test_what_is_near_agrees_with_the_naive_twin(postcodes: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    assets = make_assets({f"Hall {k}": tuple(rng.uniform(0, 6, 2)) for k in range(40)})  # type: ignore[misc]
    assets["status"] = rng.choice(["open", "unknown", "closed", "proposed"], 40)
    found = near(assets, "tr11aa", postcodes=postcodes, within_km=4)
    assert found.index.tolist() == naive_near(assets, *ORIGIN, 4)
    assert found["distance_km"].is_monotonic_increasing
    with pytest.raises(InputError, match="'TR' is not a postcode"):
        near(assets, "TR", postcodes=postcodes)
    with pytest.raises(
        InputError, match="TR1 1AB is not in the postcode file. Known ones like it: 'TR1 1AA'"
    ):
        near(assets, "TR1 1AB", postcodes=postcodes)
    with pytest.raises(InputError, match="No asset has the type 'pub'. The register has library"):
        near(assets, "TR1 1AA", postcodes=postcodes, asset_type="pub")


@pytest.mark.slow
def test_nothing_of_a_guarded_place_is_public(postcodes: pd.DataFrame) -> None:
    table = rows(
        "Safe House", "Truro Choir", postcode="TR1 1AA", address="7 Hidden Lane, Truro, tr1 1aa", town="Truro",
        asset_type=["refuge", "arts_culture"], phone="01872 123456", email="a@example.org", website="x.example",
        note="ring 01872 123456 or write to a@example.org", secretary="Ann Other", district_nurse="TR1 1AA",
    )  # fmt: skip
    inside = build_register(table, postcodes=postcodes, areas=make_grid(), audience="internal").assets
    assert inside["postcode"].tolist() == ["TR1 1AA"] * 2
    assert inside["phone"].tolist() == ["01872 123456"] * 2
    register = build_register(table, postcodes=postcodes, areas=make_grid())
    assets, log = register.assets, register.log
    assert len(assets) == 2
    assert not {"phone", "email", "website", "secretary"} & set(assets.columns)
    safe = assets[assets["sensitive"]]
    assert safe["area_code"].tolist() == ["A00"]
    assert safe["location_precision"].tolist() == ["area_only"]
    assert safe.geometry.isna().all()
    told = safe.to_csv() + log[log["asset_id"].isin(safe.index)].to_csv()
    for secret in ("TR1 1AA", "tr1 1aa", "Hidden", "01872", str(int(ORIGIN[0])), inside.index[0]):
        assert secret not in told
    noted = build_register(table, postcodes=postcodes, areas=make_grid(), publish_columns=["note"]).assets
    assert noted["note"].tolist() == ["ring [removed] or write to [removed]", ""]
    assert "note" not in assets
    assert log["asset_id"].isin(assets.index).all()
    with pytest.raises(InputError, match="There is no audience 'press'. Use public or internal"):
        publish(register, audience="press")


NASTY = [
    "{{ 7*7 }}",
    "${1}",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"x'",
]


def test_a_check_adds_up_and_writes_harmless_files(tmp_path: Path) -> None:
    table = rows(*NASTY, "", postcode=["TR1 1AA"] * 6 + ["-"])
    headings = pd.DataFrame({"heading": ["<b>Name</b>", "Post code"], "column": ["name", "postcode"]})
    report = check_lists([AssetList("list", table, headings.assign(understood=True))])
    counts = report.counts.drop(columns="shape")
    assert counts["rows"].sum() == 7
    assert (counts.drop(columns="rows").sum(axis=1) == counts["rows"]).all()
    assert counts["rejected"].tolist() == [1]
    assert report.remarks["remark"].str.startswith("It has no name. Give it one.").any()
    files = write_check(report, tmp_path / "report")
    assert [file.name for file in files] == ["check.html", "accepted.csv", "review.csv", "rejected.csv"]
    assert "\n\"'=cmd" in files[1].read_text("utf-8-sig") or ",'=cmd" in files[1].read_text("utf-8-sig")
    page = check_page(report)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>Name" not in page
    assert "&lt;b&gt;Name" in page
    assert page == check_page(report)


def test_every_nasty_name_is_escaped_on_the_page() -> None:
    report = check_lists([rows(*NASTY, postcode="X")])
    page = check_page(report)
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "49" not in page.partition("{{")[2][:10]
