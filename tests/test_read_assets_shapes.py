"""Published shapes: recognised by their columns, a good and a bad sample of each."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from assetmap.read.inputs import inspect_file
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.json_files import OPEN_REFERRAL
from assetmap.read.lists.overpass import elements_of
from assetmap.read.lists.shapes import SHAPES, _library_types
from assetmap.read.lists.stops import stop_columns, weeks_between
from assetmap.register.build import build_register
from assetmap.schema import reference_table

SAMPLES = Path(__file__).parent / "samples"

CHARITIES = {
    "TOWN VILLAGE HALL": ("village_hall", "open"),
    "TOWN PLAYING FIELD": ("sports_field", "open"),
    "TOWN CHOIR": ("arts_culture", "open"),
}
GRANTS = {
    "Town Village Hall": ("village_hall", "unknown"),
    "Friends of the Town Park": ("residents", "unknown"),
    "Town Growers CIC": ("other", "unknown"),
}
PLACES = {
    "West Library": ("library", "unknown"),
    "Town Hall": ("village_hall", "unknown"),
    "St Mary": ("place_of_worship", "unknown"),
    "Town Food Bank": ("food_bank", "unknown"),
}
GOOD = {
    "ace_libraries_good.csv": (
        "ace_libraries",
        {
            "West Library": ("library", "open"),
            "East Library": ("library", "open"),
            "Old Library": ("library", "closed"),
            "Hill Micro": ("micro_library", "open"),
            "New Library": ("library", "proposed"),
        },
    ),
    "ace_libraries_enhanced_good.csv": (
        "ace_libraries_enhanced",
        {
            "West Library": ("library", "open"),
            "East Library": ("library", "open"),
            "Old Library": ("library", "closed"),
            "Hours Library": ("library", "open"),
        },
    ),
    "librarieshacked_schema_good.csv": (
        "librarieshacked_schema",
        {"West Library": ("library", "open"), "Old Library": ("library", "closed")},
    ),
    "mobile_library_stops_good.csv": (
        "mobile_library_stops",
        {
            "The Green, Coldmere": ("mobile_stop", "open"),
            "Dunnaford Village Hall": ("mobile_stop", "open"),
            "Old Inn, Elmscott": ("mobile_stop", "closed"),
        },
    ),
    "libraries_taskforce_good.csv": (
        "libraries_taskforce",
        {"West": ("library", "open"), "Old": ("library", "closed")},
    ),
    "charity_commission_good.tsv": ("charity_commission", CHARITIES),
    "charity_commission_good.json": ("charity_commission", CHARITIES),
    "threesixtygiving_good.csv": ("threesixtygiving", GRANTS),
    "threesixtygiving_good.json": ("threesixtygiving", GRANTS),
    "openstreetmap_good.json": ("openstreetmap", PLACES),
    "openstreetmap_good.geojson": ("openstreetmap", PLACES),
    "open_referral_uk_good.json": (
        "open_referral_uk",
        {"Town Memory Cafe": ("memory_cafe", "open"), "Town Lunch Club": ("lunch_club", "closed")},
    ),
}
BAD = {
    "ace_libraries_bad.csv": ("ace_libraries", ["rejected", "rejected", "review"]),
    "ace_libraries_enhanced_bad.csv": ("ace_libraries_enhanced", ["rejected", "rejected"]),
    "librarieshacked_schema_bad.csv": ("librarieshacked_schema", ["accepted", "review"]),
    "mobile_library_stops_bad.csv": ("mobile_library_stops", ["accepted", "rejected"]),
    "libraries_taskforce_bad.csv": ("libraries_taskforce", ["accepted", "rejected"]),
    "charity_commission_bad.json": ("charity_commission", ["accepted", "rejected"]),
    "charity_commission_bad.tsv": ("charity_commission", ["accepted", "rejected"]),
    "threesixtygiving_bad.json": ("threesixtygiving", ["accepted", "rejected"]),
    "threesixtygiving_bad.csv": ("threesixtygiving", ["accepted", "rejected"]),
    "openstreetmap_bad.geojson": ("openstreetmap", ["rejected", "review", "rejected"]),
    "openstreetmap_bad.json": ("openstreetmap", ["rejected", "review", "rejected"]),
    "open_referral_uk_bad.json": ("open_referral_uk", ["rejected", "rejected"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("sample", GOOD)
def test_a_good_sample_is_taken(sample: str) -> None:
    shape, expected = GOOD[sample]
    listed = read_assets(SAMPLES / sample)
    assert listed.shape == shape
    register = build_register(listed, audience="internal")
    assets, log = register.assets, register.log
    second = ["merged"] if shape == "mobile_library_stops" else []  # the second visit to a stop
    assert log["outcome"].tolist() == second + ["accepted"] * (len(listed.table) - len(second))
    assert {
        n: (t, s) for n, t, s in zip(assets["name"], assets["asset_type"], assets["status"], strict=True)
    } == expected


@pytest.mark.slow
@pytest.mark.parametrize("sample", BAD)
def test_a_bad_sample_is_explained(sample: str) -> None:
    shape, outcomes = BAD[sample]
    listed = read_assets(SAMPLES / sample)
    assert listed.shape == shape
    log = build_register(listed).log
    assert log["outcome"].tolist() == outcomes
    assert (log.loc[log["outcome"] != "accepted", "reason"] != "").all()


def test_every_shape_has_a_good_and_a_bad_sample_and_a_row_of_sources() -> None:
    shapes = {*SHAPES, OPEN_REFERRAL}
    assert {shape for shape, _ in GOOD.values()} == shapes
    assert {shape for shape, _ in BAD.values()} == shapes
    sources = reference_table("sources").loc[sorted(shapes)]
    assert (sources["kind"] == "assets").all()
    assert (sources[["title", "page", "licence", "recognised_by"]] != "").all(axis=None)


OTHER_ROWS = {"openstreetmap_good.json": "overpass_assets", "openstreetmap_bad.json": "overpass_assets"}
OTHER_ROWS |= {f"threesixtygiving_{kind}.json": "threesixtygiving_json" for kind in ("good", "bad")}


@pytest.mark.slow
@pytest.mark.parametrize("sample", [*GOOD, *BAD])
def test_a_sample_is_recognised_as_its_row_of_sources(sample: str) -> None:
    row = inspect_file(SAMPLES / sample, folder=SAMPLES)
    assert (row["state"], row["kind"]) == ("ready", "assets")
    assert row["source_id"] == OTHER_ROWS.get(sample, (GOOD | BAD)[sample][0])


@pytest.mark.slow
def test_library_shapes_say_operator_hours_and_statutory() -> None:
    ace = build_register(read_assets(SAMPLES / "ace_libraries_good.csv"), audience="internal").assets
    west = ace.set_index("name").loc["West Library"]
    assert (west["operator"], west["operator_type"], west["statutory"]) == (
        "Town Trust CIC",
        "community_interest_company",
        "yes",
    )
    schema = build_register(read_assets(SAMPLES / "librarieshacked_schema_good.csv")).assets
    hours = schema.set_index("name")["weekly_hours"]
    assert hours["West Library"] == 8 + 3 + 3 + 3
    assert pd.isna(hours["Old Library"])


@pytest.mark.slow
def test_stops_of_a_mobile_library_have_the_hours_of_all_their_visits() -> None:
    stops = build_register(read_assets(SAMPLES / "mobile_library_stops_good.csv")).assets.set_index("name")
    green = stops.loc["The Green, Coldmere"]
    assert green["weekly_hours"] == 0.5 / 4 + 1 / 2
    assert green["opening_times"] == (
        "Tuesday 10:00 to 10:30, every 4 weeks; Friday 14:00 to 15:00, every 2 weeks"
    )
    assert (green["location_precision"], green["town"]) == ("point", "Coldmere")
    assert stops.loc["Dunnaford Village Hall", "weekly_hours"] == pytest.approx(0.75 * 12 / 52, abs=1e-4)
    bad = build_register(read_assets(SAMPLES / "mobile_library_stops_bad.csv"))
    assert bad.assets["weekly_hours"].isna().all()
    assert "times of this stop cannot be read" in bad.log["reason"][0]
    unknown = stop_columns(
        {"stop": pd.Series(["Inn"]), "arrival": pd.Series(["9"]), "departure": pd.Series(["10"])}
    )
    assert "How often the van comes" in unknown["reading_note"][0]


@pytest.mark.parametrize(
    ("words", "weeks"),
    [
        ("FREQ=WEEKLY", 1), ("freq=weekly; interval=3", 3), ("FREQ=MONTHLY;BYDAY=1MO,3MO", 26 / 12), ("FREQ=DAILY", None), ("2", 2),
        ("FREQ=WEEKLY;INTERVAL=0", None), ("every week", 1), ("Every other week", 2), ("every three weeks", 3), ("4-weekly", 4),
        ("1st and 3rd Tuesday", 26 / 12), ("monthly", 52 / 12), ("0", None), ("", None), ("by request", None),
    ],
)  # fmt: skip
def test_how_often_a_van_comes(words: str, weeks: float | None) -> None:
    assert weeks_between(words) == (None if weeks is None else pytest.approx(weeks))


def test_a_placeholder_year_is_left_out_and_told() -> None:
    table = read_assets(SAMPLES / "librarieshacked_schema_bad.csv").table
    register = build_register(table)
    assets, log = register.assets, register.log
    assert log["reason"][0] == "Row 2: The closing year 1900 is a placeholder and was left out."
    assert assets["closed_year"].isna().all()


@pytest.mark.slow
def test_registers_and_numbers() -> None:
    charities = build_register(
        read_assets(SAMPLES / "charity_commission_good.tsv"), audience="internal"
    ).assets
    assert charities["registration_number"].tolist() == ["1000001", "1000001-1", "1000002"]
    assert charities["register"].tolist() == ["charity", "charity", "cio"]
    assert (charities["registered"] == "yes").all()
    grants = build_register(read_assets(SAMPLES / "threesixtygiving_good.csv"), audience="internal").assets
    assert grants.set_index("name")["registered"].to_dict() == {
        "Town Village Hall": "yes",
        "Friends of the Town Park": "unknown",
        "Town Growers CIC": "yes",
    }
    assert grants.set_index("name")["register"].to_dict() == {
        "Town Village Hall": "charity",
        "Friends of the Town Park": "",
        "Town Growers CIC": "cic",
    }


@pytest.mark.slow
def test_a_charity_and_its_grant_are_one_thing() -> None:
    lists = [
        read_assets(SAMPLES / "charity_commission_good.tsv"),
        read_assets(SAMPLES / "threesixtygiving_good.csv"),
    ]
    register = build_register(lists)
    assets, log = register.assets, register.log
    merged = log[log["outcome"] == "merged"]
    assert merged["reason"].str.contains("the same registration number").tolist() == [True]
    assert len(assets) == 5


def test_a_service_is_listed_at_each_of_its_places() -> None:
    table = read_assets(SAMPLES / "open_referral_uk_good.json").table
    assert table["row"].tolist() == [1, 2, 3]
    assets = build_register(table).assets
    assert assets["asset_type"].tolist() == ["memory_cafe", "memory_cafe", "lunch_club"]
    assert assets["status"].tolist() == ["open", "open", "closed"]
    assert assets["operator"].unique().tolist() == ["Town Trust"]


@pytest.mark.slow
def test_the_national_list_gives_the_27_open_branches_of_the_example(official: Path) -> None:
    table = read_assets(official / "libraries" / "libraries_england_2023.csv").table
    register = build_register(table, audience="internal")
    assets, log = register.assets, register.log
    assert len(log) == 3487
    assert log["outcome"].value_counts().sum() == 3487
    cornish = assets[(assets["authority"] == "Cornwall") & (assets["asset_type"] == "library")]
    assert (cornish["status"] == "open").sum() == 27


def test_the_library_of_a_prison_is_no_library_for_everybody() -> None:
    kinds = _library_types(
        pd.Series(["LAL", "LAL", "Prison", "LAL"]),
        pd.Series(["HMP Moor Library", "YOI Hill", "Quay", "Moor Library"]),
    )
    assert kinds.tolist() == ["prison_library", "prison_library", "prison_library", "library"]


def test_fees_times_and_booking_of_open_referral_are_read(tmp_path):
    service = {
        "id": "1",
        "name": "Chair yoga",
        "status": "active",
        "fees_description": "First time free",
        "cost_options": [
            {"option": "Adults", "amount": 2.5, "valid_to": "2027-03-31"},
            {"option": "Under 16", "amount": 0},
        ],
        "application_process": "Ring first",
        "contacts": [{"name": "Desk", "phones": [{"number": "01632 960001"}]}],
        "organization": {"name": "Yoga CIC"},
        "service_at_locations": [
            {
                "location": {"latitude": 50.26, "longitude": -5.05},
                "schedules": [
                    {"freq": "WEEKLY", "byday": "TH", "opens_at": "10:00:00", "closes_at": "11:30:00"},
                    {"freq": "MONTHLY", "byday": "1MO", "opens_at": "14:00:00"},
                ],
            }
        ],
    }
    file = tmp_path / "services.json"
    file.write_text(json.dumps({"contents": [service]}), encoding="utf-8")
    row = read_assets(file).table.iloc[0]
    assert row["cost"] == "First time free; Adults £2.50 (until 2027-03-31); Under 16 free"
    assert row["days"] == "Thursday, first Monday of the month"
    assert row["opening_times"].startswith("Thursday 10:00-11:30; first Monday of the month from 14:00")
    assert (row["booking"], row["phone"]) == ("Ring first", "01632 960001")


NESTED = [
    ({"monday": {"open": "09:00", "close": "17:00"}, "sunday": {"open": None, "close": None}}, "8"),
    ({"monday": [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "17:00"}], "tuesday": []}, "7"),
    ({"Mon": "9am-5pm", "Tue": "closed", "Wed": "9am-1pm"}, "12"),
    (
        [
            {"day": "Monday", "opens": "10:00", "closes": "16:00"},
            {"day": "Thursday", "opens": "10:00", "closes": "18:00"},
        ],
        "14",
    ),
    ({"periods": [{"open": {"day": 1, "time": "0900"}, "close": {"day": 1, "time": "1700"}}]}, "8"),
    ({"weekday_text": ["Monday: 9:00 AM \u2013 5:00 PM", "Tuesday: Closed"]}, "8"),
    (
        [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": ["https://schema.org/Monday", "Friday"],
                "opens": "09:00:00",
                "closes": "12:00",
            }
        ],
        "6",
    ),
    (["Mo-Fr 09:00-17:00", "Sa 10:00-12:00"], "42"),
    ([{"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "10:00", "closes_at": "12:00"}], "4"),
    ([{"freq": "DAILY", "opens_at": "09:00Z", "closes_at": "11:00Z"}], "14"),
    (
        {
            "monday_friday": {"start": "0900", "end": "1300"},
            "public_holidays": {"start": "1000", "end": "1200"},
        },
        "20",
    ),
    ({"weekdays": {"isClosed": True}, "saturday": {"opens": "00:00", "closes": "23:59"}}, "24"),
    ([{"dayOfWeek": "Monday", "opens": "09:00", "closes": "17:00", "validThrough": "2025-09-30"}], ""),
    ({"monday": {"open": "09:00", "close": "later"}}, ""),
    ({"monday": "9-5", "notes": "term time only"}, ""),
    ("Mo-Fr 09:00-17:00; PH off", "40"),
]


def test_opening_hours_within_json_are_counted(tmp_path: Path) -> None:
    places = [{"name": f"Library {k}", "openingHours": tree} for k, (tree, _) in enumerate(NESTED)]
    listed, one_cell = tmp_path / "listed.json", tmp_path / "cells.csv"
    listed.write_text(json.dumps({"libraries": places}), encoding="utf-8")
    pd.DataFrame(places).assign(openingHours=[json.dumps(each["openingHours"]) for each in places]).to_csv(
        one_cell, index=False
    )
    read = read_assets(listed).table
    assert read["weekly_hours"].tolist() == [hours for _, hours in NESTED]
    assert read["opening_times"].iloc[1] == "Monday 09:00-12:00, 13:00-17:00; Tuesday closed"
    assert (read["opening_times"] != "").all()
    assert read["reading_note"].ne("").tolist() == [hours == "" for _, hours in NESTED]
    cells = read_assets(one_cell).table["weekly_hours"].tolist()
    assert cells[:-1] == [hours for _, hours in NESTED[:-1]]


def test_elements_of_openstreetmap_without_a_centre() -> None:
    line = [{"lat": 50.0, "lon": -5.0}, {"lat": 50.2, "lon": -5.2}]
    elements = [
        {"type": "node", "id": 1, "lat": 50.4, "lon": -5.4},
        {"type": "way", "id": 2, "nodes": [1]},
        {"type": "relation", "id": 3, "tags": {"name": "A"}, "members": [{"type": "way", "ref": 9, "geometry": line}]},
        {"type": "relation", "id": 4, "tags": {"name": "B"}, "members": [{"type": "way", "ref": 2}]},
        {"type": "relation", "id": 5, "tags": {"name": "C"}, "members": [{"type": "way", "ref": 8}, {"type": "relation", "ref": 5}]},
        {"type": "way", "id": 6, "tags": {"name": "D"}, "nodes": [77]},
    ]  # fmt: skip
    rows = elements_of(elements)
    assert [(row["latitude"][:4], row["longitude"][:4]) for row in rows] == [
        ("50.1", "-5.1"),
        ("50.4", "-5.4"),
        ("", ""),
        ("", ""),
    ]
