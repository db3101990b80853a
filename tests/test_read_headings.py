"""The meaning of a column is found from its heading and its cells together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assetmap.read.lists.header import table_of
from assetmap.read.lists.headings import column_meanings, headings_table, look_at_columns
from assetmap.read.lists.hours import with_weekly_hours

NAMES = ["Moor Choir", "Moor Silver Band", "Quay Cricket Club"]
CODES = ["TR1 2JA", "TR1 1EP", ""]


def meanings(**cells: list[str]) -> dict[str, str]:
    return meanings_of(cells)


def meanings_of(cells: dict[str, list[str]]) -> dict[str, str]:
    table = pd.DataFrame(cells, dtype="str")
    headings = list(table.columns)
    return column_meanings(headings, table=table, looked=look_at_columns(table, headings))


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Group / Organisation", "name"),
        ("Name of group or club", "name"),
        ("GROUP NAME (REQUIRED)", "name"),
        ("ORGANISATI", "name"),
        ("PavilionName", "name"),
        ("Ward Name", "name"),
        ("Enw", "name"),
        ("Thing", "name"),
        ("Name of Food Bank", "name"),
        ("What is the name of your group?", "name"),
        ("Toilet", "name"),
        ("WI", "name"),
        ("Asset nominated", "name"),
        ("Polling place", "name"),
        ("Provider", "name"),
        ("EstablishmentName", "name"),
    ],
)
def test_headings_that_name_the_thing(heading: str, column: str) -> None:
    assert meanings_of({heading: NAMES, "Postcode": CODES})[heading] == column


@pytest.mark.parametrize(
    ("heading", "column", "cells"),
    [
        ("Cod post", "postcode", CODES),
        ("POSTCODE_1", "postcode", CODES),
        ("Billing Zip/Postal Code", "postcode", CODES),
        ("Where it is", "postcode", CODES),
        ("VENUE_ADDR", "address", ["1 High Street", "2 High Street", "Quay House"]),
        ("Location", "address", ["Truro", "Bude", "Looe"]),
        ("Location", "address", ["TR1 2JA", "50.1235, -5.1234", "https://maps.example/?q=50.263,-5.051"]),
        ("Location", "coordinates", ["50.1234, -5.1234", "50.1235, -5.1234", "50.1236, -5.1234"]),
        ("The shape", "coordinates", ["POINT (1 2)", "POINT (3 4)", ""]),
        ("OPENING_HO", "opening_times", ["Mon 9-5", "Tue 9-5", ""]),
        ("Hours", "weekly_hours", ["35", "20 hrs", "12.5"]),
        ("Hours", "opening_times", ["Mon-Fri 9-5", "daily", "by appointment"]),
        ("Remark", "email", ["a@example.org", "b@example.org", ""]),
        ("Contact us", "website", ["https://example.org/a", "www.example.org", ""]),
        ("Ring", "phone", ["01872 000001", "01872 000002", ""]),
        ("mobile", "phone", ["07700 900001", "", "07700 900002"]),
        ("mobile", "mobile", ["Yes", "No", "No"]),
        ("Charity registration no.", "registration_number", ["1000001", "", ""]),
        ("Sort", "asset_type", ["Choirs", "band", "Cricket clubs"]),
        ("Freehold", "freehold", ["Yes", "No", "No"]),
        ("Publish address?", "publish_address", ["Yes", "No", "No"]),
        ("E-MAIL ADDRESS", "email", ["a@example.org", "b@example.org", ""]),
        ("Group email address", "email", ["a@example.org", "b@example.org", ""]),
        ("ADD2", "address", ["Quay", "Fore Street", "The Green"]),
        ("LatLong", "coordinates", ["lat: 50.12, lng: -5.12", "lat: 50.13, lng: -5.12", ""]),
        ("Position", "coordinates", ["50 15.79 N 5 3.06 W", "50 15.80 N 5 3.07 W", ""]),
        ("Map", "coordinates", ["https://www.google.com/maps/place/A/@50.4712,-4.7213,17z"] * 3),
        ("Service category", "asset_type", ["Choirs", "Bands", "Steel pans"]),
        ("Tenure category", "tenure_category", ["Freehold", "Leasehold", ""]),
        ("Venue", "venue", ["Village hall", "Library", "Church"]),
        ("Library status", "status", ["Open", "Closed in 2019", ""]),
        ("RAG status", "rag_status", ["Red", "Amber", "Green"]),
        ("Record last checked", "checked_date", ["3 Mar 2024", "Mar-24", ""]),
        ("Beneficiaries", "beneficiaries", ["0 name Truro; code E05009242"] * 3),
        ("Lat/Lng", "coordinates", ["50.1234, -5.1234", "50.1235, -5.1234", ""]),
        ("geom", "coordinates", ["0101000020346C0000000000008855064100000000C071E540"] * 3),
        ("Post_x0020_Code", "postcode", CODES),
        ("Is_x0020_Active", "status", ["True", "False", "True"]),
        ("Open?", "status", ["Yes", "No", "Yes"]),
        ("Open", "opening_times", ["Mon 9-5", "Tue 9-5", ""]),
        ("EstablishmentStatus (name)", "status", ["Open", "Closed", "Open"]),
        (
            "TypeOfEstablishment (name)",
            "asset_type",
            ["Community school", "Academy converter", "Free schools"],
        ),
        ("TypeOfEstablishment (code)", "typeofestablishment_code", ["1", "34", "35"]),
        ("CloseDate", "closed_year", ["31-08-2012", "", ""]),
        ("Year built", "opened_year", ["1987", "2001", ""]),
        ("Service types", "asset_type", ["Nursing homes", "Doctors/GPs", "Dentist"]),
        ("Date of latest check", "checked_date", ["2023-11-02", "", ""]),
        ("What day and time do you meet?", "opening_times", ["Mondays 7pm", "Tue", ""]),
        ("When was your group formed?", "when_was_your_group_formed", ["1999", "2001", ""]),
        ("Which of these best describes your group?", "asset_type", ["Choir", "Art group", "Choir"]),
        # whom a form asks says nothing: what is left asks for an answer, and a no guards the place
        (
            "Are you happy for your details to be published?",
            "are_happy_for_details_to_be_published",
            ["Yes", "No", "Yes"],
        ),
        ("Categori", "asset_type", ["Côr", "Llyfrgell", "Neuadd bentref"]),
    ],
)
def test_cells_say_what_a_heading_leaves_open(heading: str, column: str, cells: list[str]) -> None:
    assert meanings_of({"Name": NAMES, heading: cells})[heading] == column


def test_a_constant_column_is_no_name_and_neither_is_an_empty_one() -> None:
    assert meanings(Organisation=["Town Council"] * 3, Venue=NAMES)["Venue"] == "name"
    assert meanings(Name=["", "", ""], Organisation=NAMES)["Organisation"] == "name"
    assert meanings(Name=["Town Council"] * 3, Service=NAMES) == {"Name": "name_2", "Service": "name"}


def test_short_names_of_days_are_days_where_there_are_enough() -> None:
    week = {day: ["9-5", "9-5", ""] for day in ("Mon", "Tues", "Wed")}
    assert list(meanings_of({"Name": NAMES, **week}).values()) == ["name", "monday", "tuesday", "wednesday"]
    assert meanings(Name=NAMES, Sat=["1", "2", "3"])["Sat"] == "sat"


def test_a_club_is_named_before_the_venue_where_it_meets() -> None:
    assert meanings(Venue=["Town Hall", "Old Gym", "Rec"], Club=NAMES)["Club"] == "name"


def test_the_two_times_of_a_day_make_its_hours() -> None:
    table = pd.DataFrame(
        {
            "Name": NAMES,
            "Monday opening": ["10:00", "9am", ""],
            "Monday closing": ["12:00", "1pm", ""],
            "Tue from": ["", "2pm", ""],
            "Tue until": ["", "4pm", ""],
        }
    )
    headings = list(table.columns)
    assert (
        "opening_times"
        not in column_meanings(headings, table=table, looked=look_at_columns(table, headings)).values()
    )
    assert with_weekly_hours(table)["weekly_hours"].tolist() == ["2", "6", ""]


def test_the_headings_again_are_no_row() -> None:
    rows = [["Hall", "Postcode"], ["Moor Hall", "TR1 2JA"], ["Hall", "Postcode"], ["Quay Hall", "TR1 1EP"]]
    table = table_of(rows, Path("halls.csv"), None)
    assert table["row"].tolist() == [2, 4]
    assert table["Hall"].tolist() == ["Moor Hall", "Quay Hall"]


def test_a_column_of_types_is_no_name_where_another_is() -> None:
    found = meanings_of({"Group": ["Choir", "Band", "Choir"], "Title": NAMES})
    assert (found["Group"], found["Title"]) == ("asset_type", "name")
    assert meanings(Playground=["Yes", "No", ""], Postcode=CODES)["Playground"] == "playground"
    assert meanings(Park=["3", "4", "5"], Postcode=CODES)["Park"] == "park"


def test_people_are_no_groups() -> None:
    found = meanings(Name=["John Smith", "Sarah Jones", "Mrs Lee"], Organisation=NAMES)
    assert found == {"Name": "name_2", "Organisation": "name"}


def test_the_column_with_known_types_is_the_type() -> None:
    found = meanings(Name=NAMES, Type=["Freehold", "Leasehold", ""], Category=["Choir", "Band", "Choir"])
    assert found["Category"] == "asset_type"


def test_a_remark_that_is_a_type_in_most_rows_is_the_type() -> None:
    cells = ["choir", "foodbank", "mens shed", "help after a fire"]
    table = pd.DataFrame({"Group": list("ABCD"), "What do they do?": cells})
    headings = list(table.columns)
    looked = look_at_columns(table, headings)
    assert column_meanings(headings, table=table, looked=looked)["What do they do?"] == "asset_type"
    said = column_meanings(headings, table=table, looked=looked, columns={"note": "What do they do?"})
    assert said["What do they do?"] == "note"
    told = table.assign(**{"What do they do?": ["We sing", "Food for anyone", "choir", "Scouts"]})
    looked = look_at_columns(told, headings)
    assert column_meanings(headings, table=told, looked=looked)["What do they do?"] == "note"


def test_a_postcode_column_without_a_postcode_gives_way() -> None:
    found = meanings(Name=NAMES, Zip=["1", "2", "3"], Place=CODES)
    assert (found["Zip"], found["Place"]) == ("zip", "postcode")
    assert meanings(Name=NAMES, Postcode=["TR1 2", "", ""])["Postcode"] == "postcode"


def test_degrees_are_known_by_their_size() -> None:
    found = meanings(Name=NAMES, A=["50.1234", "50.2345", "50.3456"], B=["-5.1234", "-5.2345", "-4.9999"])
    assert (found["A"], found["B"]) == ("latitude", "longitude")


def test_what_is_not_understood_is_shown_with_cells_and_a_guess() -> None:
    table = pd.DataFrame({"Name": NAMES, "Grant": ["\u00a35", "\u00a31,000", ""]}, dtype="str")
    looked = look_at_columns(table, ["Name", "Grant"])
    told = headings_table(column_meanings(["Name", "Grant"], table=table, looked=looked), looked)
    assert told.iloc[1].to_dict() == {
        "heading": "Grant",
        "column": "grant",
        "understood": False,
        "samples": "\u00a35 | \u00a31,000",
        "guess": "an amount of money",
    }


def test_figures_of_a_site_are_known_by_usual_headings() -> None:
    meanings = column_meanings(
        ["Centre", "Post code", "Cost p.a.", "EPC", "Lease ends", "Condition", "Staff"]
    )
    assert [meanings[h] for h in ("Cost p.a.", "EPC", "Lease ends")] == [
        "annual_cost_gbp",
        "energy_rating",
        "lease_end",
    ]
    assert (meanings["Condition"], meanings["Staff"]) == ("condition", "staff")
    understood = headings_table(meanings).set_index("heading")["understood"]
    assert understood["EPC"] and not understood["Condition"]
