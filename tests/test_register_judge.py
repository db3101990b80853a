"""Every rule of judgement on a few rows, and the promise that no row is lost."""

from __future__ import annotations

import datetime
import inspect

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from assetmap.register import judge, registration
from assetmap.register.build import build_register
from assetmap.register.coordinates import grid_reference_metres
from assetmap.register.judge import clean_rows, judge_rows
from assetmap.register.postcodes import tidy_postcodes
from assetmap.register.words import name_key, slug
from assetmap.schema import OUTCOMES, InputError, SchemaError, check_assets
from conftest import ORIGIN, make_grid, options_of
from oracles_register import naive_postcode


def rows(*names: str, source: str = "list", **columns: object) -> pd.DataFrame:
    table = pd.DataFrame({"source": source, "row": range(2, len(names) + 2), "name": names, **columns})
    return table.astype(dict.fromkeys(table.columns.drop("row"), "str"))


@pytest.fixture
def postcodes() -> pd.DataFrame:
    """A postcode in the middle of A00, A10 and A33, one ended, one outside."""
    east, north = ORIGIN
    return pd.DataFrame(
        {
            "easting": [east + 500, east + 500, east + 3500, east + 600, east - 50_000],
            "northing": [north + 500, north + 1500, north + 3500, north + 500, north],
            "area_code": ["A00", "A10", "A33", "A00", None],
            "live": [True, True, True, False, True],
        },
        index=pd.Index(["TR1 1AA", "TR1 1AB", "TR11 3QA", "TR1 9ZZ", "EX1 1AA"], name="postcode"),
    )


@pytest.fixture
def places() -> gpd.GeoDataFrame:
    points = [
        Point(ORIGIN[0] + 500, ORIGIN[1] + 500),
        Point(ORIGIN[0] + 3500, ORIGIN[1] + 3500),
        Point(ORIGIN[0], ORIGIN[1] + 3999),
    ]
    return gpd.GeoDataFrame(
        {"name": ["St Piran", "Newtown", "Newtown"], "kind": "town"},
        geometry=points,
        crs="EPSG:27700",
        index=pd.RangeIndex(3, name="place_id"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("tr11 3QA", "TR11 3QA"),
        ("TR1 13QA", "TR11 3QA"),
        ("PL12  6DX.", "PL12 6DX"),
        ("SE1  5TY", "SE1 5TY"),
        ("CH1 1 RL", "CH1 1RL"),
        ("TR11 3OA", ""),
        ("TR11 3QA, UK", "TR11 3QA"),
        ("n/a - mobile", ""),
        ("TR11", ""),
        ("", ""),
        ("W1A 0AX", "W1A 0AX"),
    ],
)
def test_postcodes_typed_badly(typed: str, tidy: str) -> None:
    assert tidy_postcodes(pd.Series([typed]))["postcode"].tolist() == [tidy]


def test_a_slip_is_put_right_only_into_a_postcode_that_exists() -> None:
    typed = pd.Series(["BS1 OAA", "BSI 0AA"])
    assert tidy_postcodes(typed, known=pd.Index(["BS1 0AA"]))["postcode"].tolist() == ["BS1 0AA"] * 2
    assert tidy_postcodes(pd.Series(["TR1I 3QA"]), known=pd.Index(["TR11 3QA"]))["repair"].tolist() == [
        "letters"
    ]
    assert tidy_postcodes(typed, known=pd.Index(["TR1 1AA"]))["postcode"].tolist() == ["", ""]


@settings(max_examples=50)
@given(st.from_regex(r"[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}", fullmatch=True))
def test_postcodes_agree_with_the_naive_twin(typed: str) -> None:
    if typed.isascii() and naive_postcode(typed):
        assert tidy_postcodes(pd.Series([typed]))["postcode"].iloc[0] == naive_postcode(typed)


@pytest.mark.parametrize(
    ("reference", "easting", "northing"),
    [
        ("SW 827 447", 182_750, 44_750),
        ("TQ 30080 80450", 530_080.5, 180_450.5),
        ("NN 16 71", 216_500, 771_500),
        ("HU3953", 439_500, 1_153_500),
    ],
)
def test_grid_references(reference: str, easting: float, northing: float) -> None:
    assert grid_reference_metres(reference)[:2] == (easting, northing)


def test_every_way_to_say_where(postcodes: pd.DataFrame, places: gpd.GeoDataFrame) -> None:
    east, north = ORIGIN
    table = rows(
        "metres", "degrees", "swapped", "grid", "postcode", "in the address", "district", "town", "whole", "nowhere",
        easting=[str(east + 500), "", "", "", "", "", "", "", "", ""],
        northing=[str(north + 500), "", "", "", "", "", "", "", "", ""],
        latitude=["", "50.2660", "-5.0527", "", "", "", "", "", "", ""],
        longitude=["", "-5.0527", "50.2660", "", "", "", "", "", "", ""],
        grid_reference=["", "", "", "SW 805 455", "", "", "", "", "", ""],
        postcode=["", "", "", "", "tr11aa", "", "TR11", "", "", "-"],
        address=["", "", "", "", "", "1 High Street, tr1 1ab", "", "", "", ""],
        town=["", "", "", "", "", "", "", "Saint Piran", "", "[Unknown]"],
        covers=["", "", "", "", "", "", "", "", "Kernow and Devon", ""],
    )  # fmt: skip
    areas = make_grid()
    areas.geometry = areas.geometry.translate(0, 0)
    register = build_register(
        table, postcodes=postcodes, places=places, areas=areas, area_name="Kernow", audience="internal"
    )
    assets, log = register.assets, register.log
    check_assets(assets, columns=("area_code",))
    found = assets.set_index("name")["location_precision"].to_dict()
    assert found == {
        "metres": "point",
        "degrees": "point",
        "swapped": "point",
        "grid": "point",
        "postcode": "postcode",
        "in the address": "postcode",
        "district": "postcode_district",
        "town": "place",
        "whole": "area_only",
    }
    outcome = log.set_index("name")["outcome"]
    assert outcome["nowhere"] == "rejected"
    assert set(outcome.drop("nowhere")) == {"accepted"}
    area = assets.set_index("name")["area_code"]
    assert area["metres"] == area["postcode"] == area["town"] == "A00"
    assert area["in the address"] == "A10"
    assert area["district"] == "A33"
    assert pd.isna(area["whole"])
    assert area["degrees"] == area["swapped"]


def test_a_row_is_outside_by_any_word(postcodes: pd.DataFrame, places: gpd.GeoDataFrame) -> None:
    table = rows(
        "postcode", "point", "town saves", "unknown town",
        postcode=["EX1 1AA", "", "EX1 1AA", ""],
        easting=["", "90000", "", ""], northing=["", "20000", "", ""],
        town=["", "", "St Piran", "Atlantis"],
    )  # fmt: skip
    log = build_register(table, postcodes=postcodes, places=places, areas=make_grid(), area_name="Town").log
    assert log["outcome"].tolist() == ["rejected", "rejected", "review", "rejected"]
    assert log["reason"].tolist() == [
        "Row 2: The postcode EX1 1AA lies outside Town, 50.0 km from it.",
        "Row 3: Its point lies outside Town, 93.4 km from it.",
        "Row 4: The postcode EX1 1AA lies outside Town, 50.0 km from it. It was located by its town instead. Check both.",
        "Row 5: The place 'Atlantis' is not a known place. Correct it, or give the postcode.",
    ]


def test_a_lost_minus_sign_is_put_right_and_shown() -> None:
    areas = make_grid()
    west = gpd.GeoSeries([areas.geometry["A00"].centroid], crs=27700).to_crs(4326).iloc[0]
    table = rows("A", latitude=[str(west.y)], longitude=[str(-west.x)])
    register = build_register(table, areas=areas)
    assets, log = register.assets, register.log
    assert log["outcome"].tolist() == ["review"]
    assert "minus sign" in log["reason"][0]
    assert assets["area_code"].tolist() == ["A00"]


@pytest.mark.slow
def test_ten_groups_on_one_point_are_not_believed() -> None:
    east, north = str(ORIGIN[0] + 500), str(ORIGIN[1] + 500)
    names = [
        f"Group {word}"
        for word in ["oak", "ash", "elm", "yew", "fir", "pine", "bay", "box", "holly", "hazel"]
    ]
    crowd = rows(*names, easting=east, northing=north)
    log = build_register(crowd, areas=make_grid()).log
    assert log["outcome"].tolist() == ["rejected"] * 10
    assert log["reason"].str.contains("10 or more rows with different names").all()
    nine = build_register(crowd.iloc[:9], areas=make_grid()).log
    assert nine["outcome"].tolist() == ["accepted"] * 9
    one_hall = build_register(crowd.assign(address="The Hall, High Street"), areas=make_grid()).log
    assert one_hall["outcome"].tolist() == ["accepted"] * 10


def test_a_point_far_from_its_own_postcode(postcodes: pd.DataFrame) -> None:
    table = rows("A", postcode=["TR1 1AA"], easting=[str(ORIGIN[0] + 3500)], northing=[str(ORIGIN[1] + 3500)])
    log = build_register(table, postcodes=postcodes, areas=make_grid()).log
    assert log["reason"].tolist() == [
        "Row 2: Its coordinates lie 4.2 km from its own postcode. Correct one of them."
    ]
    assert log["outcome"].tolist() == ["review"]


def test_types_are_understood_guessed_or_held() -> None:
    table = rows(
        "A", "B", "Truro Men's Shed", "D", postcode="TR1 1AA", asset_type=["Village Halls", "libary", "", ""]
    )
    register = build_register(table)
    assets, log = register.assets, register.log
    assert assets.set_index("name")["asset_type"].to_dict() == {
        "A": "village_hall", "B": "other", "Truro Men's Shed": "mens_shed", "D": "other",
    }  # fmt: skip
    assert log["outcome"].tolist() == ["accepted", "review", "accepted", "accepted"]
    assert "'libary' is not known, so it was recorded as 'other' (nearest: library" in log["reason"][1]


def test_words_of_status_dates_and_registers() -> None:
    table = rows(
        *"ABCDEF", postcode="TR1 1AA",
        status=["Yes", "NO", "Planned", "", "sort of", "open"],
        closed_year=["", "", "", "2019", "1900", "2020"],
        checked_date=["2024-05-01", "01/02/2022", "", "", "", ""],
        registration=["charity 1089360", "CIO 1123456", "", "", "", ""],
        registration_number=["", "", "207905", "", "", ""],
    )  # fmt: skip
    register = build_register(table, as_of=datetime.date(2024, 6, 1))
    assets, log = register.assets, register.log
    assets = assets.set_index("name")
    assert assets["status"].to_dict() == {
        "A": "open", "B": "closed", "C": "proposed", "D": "closed", "E": "unknown", "F": "open",
    }  # fmt: skip
    assert assets["register"].tolist() == ["charity", "cio", "charity", "", "", ""]
    assert assets["registration_number"].tolist() == ["1089360", "1123456", "207905", "", "", ""]
    assert assets["registered"].tolist() == ["yes", "yes", "yes", "unknown", "unknown", "unknown"]
    assert log["outcome"].tolist() == ["accepted", "accepted", "accepted", "accepted", "review", "review"]
    assert (
        log["reason"][1]
        == "Row 3: It was last checked on 01 February 2022, over 24 months ago. Check it again."
    )
    assert "placeholder" in log["reason"][4]
    assert "'sort of' is not open, closed or proposed" in log["reason"][4]
    assert "says open but gives a closing year, 2020" in log["reason"][5]


def judged(*names: str, **columns: object) -> tuple[pd.DataFrame, list[str]]:
    """What rows say of themselves, and what is said about them: the place of each row, its outcome, its sentence."""
    as_of = columns.pop("as_of", None)
    quote = columns.pop("quote", True)
    stated, findings = judge_rows(clean_rows(rows(*names, **columns)), as_of=as_of, quote=quote)
    said = [
        f"{row} {found.outcome}: {sentence}"
        for found in findings
        for row, sentence in zip(found.rows, found.sentences, strict=True)
    ]
    return stated, said


def test_the_options_of_judgement_are_given_by_name() -> None:
    assert options_of(judge_rows) == {"as_of": None, "quote": True, "ticks": None}
    ours = [
        each
        for module in (judge, registration)
        for each in vars(module).values()
        if inspect.isfunction(each) and each.__module__ == module.__name__
    ]
    quoting = [each for each in ours if "quote" in inspect.signature(each).parameters]
    assert len(quoting) > 3
    assert all("quote" in options_of(each) for each in quoting)


def test_names_that_are_missing_or_too_long_to_compare() -> None:
    _, said = judged("x" * 300, "x" * 301, "-")
    assert said == [
        "2 rejected: It has no name. Give it one.",
        "1 accepted: Its name has 301 characters; only the first 300 are compared with other names. Shorten it.",
    ]


def test_what_the_reader_found_is_passed_on() -> None:
    _, said = judged(
        "A", "B", reading_problem=["row is cut off", ""], reading_note=["", "Two cells were joined."]
    )
    assert said == ["0 review: Row is cut off.", "1 accepted: Two cells were joined."]


def test_a_check_is_stale_after_24_months_to_the_day() -> None:
    days = ["2024-06-01", "2022-06-01", "2022-05-31", "", "soon"]
    stated, said = judged(*"ABCDE", checked_date=days)
    stale = "2 accepted: It was last checked on 31 May 2022, over 24 months ago. Check it again."
    unread = (
        "4 accepted: The date of the last check 'soon' could not be read and is kept as text in the column "
        "checked_date_as_written. Correct it."
    )
    assert said == [stale, unread]
    assert stated["checked_date_as_written"].tolist() == ["", "", "", "", "soon"]
    assert stated["checked_date"].isna().tolist() == [False, False, False, True, True]
    assert judged("A", checked_date=["2024-06-01"], as_of=datetime.date(2026, 6, 1))[1] == []
    assert len(judged("A", checked_date=["2024-06-01"], as_of=datetime.date(2026, 6, 2))[1]) == 1
    _, quietly = judged("A", checked_date=["soon"], quote=False)
    assert quietly == [
        "0 accepted: The date of the last check could not be read and is kept as text in the column "
        "checked_date_as_written. Correct it."
    ]


def test_years_and_placeholders() -> None:
    stated, said = judged(
        *"ABCDEF",
        opened_year=["1900", "1899", "1949", "no", "2019-20", "2019"],
        closed_year=["1949", "1950", "1900", "no", "2019-20", "in spring"],
        devolved_year=["1900", "1949", "", "2019-04-01", "2019.0", "2019-4"],
    )
    assert stated["opened_year"].fillna(0).tolist() == [0, 1899, 1949, 0, 2019, 2019]
    assert stated["closed_year"].fillna(0).tolist() == [0, 1950, 0, 0, 2019, 0]
    assert stated["devolved_year"].fillna(0).tolist() == [0, 1949, 0, 2019, 2019, 2019]
    assert stated["opened_year_as_written"].tolist() == ["", "", "", "", "2019-20", ""]
    assert stated["closed_year_as_written"].tolist() == ["", "", "", "", "2019-20", "in spring"]
    assert stated["devolved_year_as_written"].tolist() == ["", "", "", "", "", "2019-4"]
    assert said == [
        "0 accepted: The opening year 1900 is a placeholder and was left out.",
        "0 accepted: The closing year 1949 is a placeholder and was left out.",
        "2 accepted: The closing year 1900 is a placeholder and was left out.",
        "5 accepted: The closing year 'in spring' could not be read and is kept as text in the column closed_year_as_written. "
        "Correct it.",
        "0 accepted: The handing-over year 1900 is a placeholder and was left out.",
    ]


def test_status_by_word_sentence_name_and_year() -> None:
    stated, said = judged(
        "A", "Moor Library (CLOSED 2018)", "C", "D", "E", "F", "G", "H", "I",
        status=["Trading", "", "closed for refurbishment", "moved to High Street", "Permanently closed March 2021",
                "open", "unknown", "see file", ""],
        closed_year=["", "", "", "", "", "2020", "", "", "yes"],
    )  # fmt: skip
    assert stated["status"].tolist() == [
        "open", "closed", "closed", "closed", "closed", "open", "unknown", "unknown", "closed"
    ]  # fmt: skip
    assert stated["closed_year"].fillna(0).tolist() == [0, 2018, 0, 0, 2021, 2020, 0, 0, 0]
    assert stated["status_as_written"].tolist() == [
        "", "", "closed for refurbishment", "moved to High Street", "Permanently closed March 2021", "", "", "see file", ""
    ]  # fmt: skip
    assert said == [
        "1 accepted: Its name says that it is closed.",
        "2 accepted: It is closed for a time, so it counts as closed until a list says that it is open.",
        "3 accepted: It has moved, so it counts as closed here. Give the new place a row of its own, if no list has it.",
        "7 review: The status 'see file' is not open, closed or proposed. Correct it.",
        "5 review: It says open but gives a closing year, 2020. Correct one of them.",
    ]
    proposed, none = judged("A", "B", status=["proposed", "not known"], closed_year=["2020", ""])
    assert proposed["status"].tolist() == ["closed", "unknown"]
    assert none == []
    # a list that says that it is open knows better than the name
    opened, none = judged("Moor Hall (closed)", status=["open"])
    assert opened["status"].tolist() == ["open"]
    assert none == []
    # a year beside another status is not the year in which it closed
    planned, said = judged("A", "B", status=["proposed for 2027, paused", "open since 2019"])
    assert planned["status"].tolist() == ["proposed", "open"] and planned["closed_year"].isna().all()
    assert [line for line in said if "closed" in line] == []
    # a remark that it has ended is asked about, unless that is known
    notes = ["The group folded in 2021", "No longer meets", "Hall now closed", "Closed on Mondays"]
    _, said = judged("A", "B", "C", "D", status=["open", "", "closed", "open"], note=notes)
    assert [line.split(":")[0] for line in said if "Its remark says that it has ended" in line] == [
        "0 review",
        "1 review",
    ]
    both, said = judged("A", status=["temporarily moved to High Street"])
    assert both["status"].tolist() == ["closed"]
    assert [line for line in said if "for a time" in line] == []


def test_registers_numbers_and_who_is_registered() -> None:
    cases = [
        # registered, registration, register, number -> registered, register, number
        ("yes", "", "", "", "yes", "", ""),
        ("Charity 1000001", "", "", "", "yes", "charity", "1000001"),
        ("", "Company 01234567", "", "", "unknown", "company", "01234567"),
        ("", "CIC", "", "", "yes", "cic", ""),
        ("", "1000001", "", "", "yes", "charity", "1000001"),
        ("", "SC 1", "", "", "unknown", "", ""),
        ("", "", "", "sc 012345", "yes", "charity", "SC012345"),
        ("Reg. Charity No. 1082947-1", "", "", "", "yes", "charity", "1082947-1"),
        ("1082947 (England and Wales)", "", "", "", "yes", "charity", "1082947"),
        ("Yes - 1099999", "", "", "", "yes", "charity", "1099999"),
        ("Registered charity number 1 082 950", "", "", "", "yes", "charity", "1082950"),
        ("IP12345R", "", "", "", "yes", "mutual", "IP12345R"),
        ("Co. No. 04123456", "", "", "", "unknown", "company", "04123456"),
        ("CIC 12345678", "", "", "", "yes", "cic", "12345678"),
        ("not a charity", "", "", "", "no", "", ""),
        ("", "", "", "Charity No: 1082950", "yes", "charity", "1082950"),
        ("", "", "", "1,082,954", "yes", "charity", "1082954"),
        ("", "", "", "Yes, 1082947", "yes", "charity", "1082947"),
        ("", "", "", "No", "no", "", ""),
        ("", "", "", "12345678", "yes", "", "12345678"),
        ("", "", "", "1000001-2", "yes", "charity", "1000001-2"),
        ("no", "", "", "1000001", "no", "charity", "1000001"),
        ("", "", "Mutual", "12345R", "yes", "mutual", "12345R"),
        ("maybe", "", "", "", "unknown", "", ""),
        ("not known", "", "", "", "unknown", "", ""),
        ("Excepted charity", "", "", "", "unknown", "", ""),
    ]  # fmt: skip
    columns = list(zip(*cases, strict=True))
    stated, said = judged(
        *[f"N{place}" for place in range(len(cases))],
        registered=list(columns[0]), registration=list(columns[1]), register=list(columns[2]),
        registration_number=list(columns[3]),
    )  # fmt: skip
    assert stated["registered"].tolist() == list(columns[4])
    assert stated["register"].tolist() == list(columns[5])
    assert stated["registration_number"].tolist() == list(columns[6])
    assert said == [
        "23 accepted: The registration 'maybe' could not be read and is kept as text in the column registered_as_written. "
        "Correct it.",
        "25 accepted: The registration 'Excepted charity' could not be read and is kept as text in the column registered_as_written. "
        "Correct it.",
        "5 accepted: The registration 'SC 1' could not be read and is kept as text in the column registration_as_written. "
        "Correct it.",
    ]
    clubs, _ = judged(
        "A",
        "B",
        "Moor C.I.C.",
        list_title="HMRC CASC list",
        registered=["", "no", ""],
        register=["", "", "company"],
    )
    assert clubs["register"].tolist() == ["casc", "", "cic"]
    assert clubs["registered"].tolist() == ["yes", "no", "yes"]
    assert judged("A", list_title="Cascade of lists")[0]["register"].tolist() == [""]


def test_operators_by_code_label_alias_and_name() -> None:
    stated, said = judged(
        *"ABCDEFGHI",
        operator_type=["parish_council", "parish council", "Parish council", "PCC", "", "", "", "odd", "not known"],
        operator=["", "", "", "", "Looe Town Council", "Truro City Council", "Moor CIC", "Looe Town Council", ""],
    )  # fmt: skip
    kinds = ["parish_council"] * 3 + [
        "religious_body",
        "town_council",
        "",
        "community_interest_company",
        "",
        "",
    ]
    assert stated["operator_type"].tolist()[:8] == kinds[:8]
    assert stated["control"].fillna(0).tolist()[:8] == [3, 3, 3, 3, 3, 0, 4, 0]
    assert said == [
        "7 accepted: The kind of operator 'odd' could not be read and is kept as text in the column operator_type_as_written. "
        "Correct it."
    ]


def test_hours_and_handing_over_are_read_or_kept() -> None:
    stated, said = judged(
        *"ABCDE",
        weekly_hours=["20 hrs", "9-5", "168", "169", ""],
        devolved=["yes", "transferred to the parish", "not yet", "unknown", "see file"],
        step_free=["Y", "ramp at the side", "N", "", ""],
        asset_type=["library", "Libraries", "library", "", ""],
    )
    assert stated["weekly_hours"].fillna(-1).tolist() == [20, -1, 168, -1, -1]
    assert stated["weekly_hours_as_written"].tolist() == ["", "9-5", "", "169", ""]
    assert stated["devolved"].tolist() == ["yes", "yes", "unknown", "unknown", "unknown"]
    assert stated["devolved_as_written"].tolist() == [
        "",
        "transferred to the parish",
        "not yet",
        "",
        "see file",
    ]
    assert stated["step_free"].tolist() == ["yes", "ramp at the side", "no", "", ""]
    assert [line.split(" could")[0] for line in said if "could not be read" in line] == [
        "1 accepted: The number of weekly hours '9-5'",
        "3 accepted: The number of weekly hours '169'",
        "2 accepted: The handing over 'not yet'",
        "4 accepted: The handing over 'see file'",
    ]
    stated, said = judged("A", "B", devolved=["No", "unknown"])
    assert stated["devolved"].tolist() == ["no", "unknown"] and said == []


def test_types_numbers_of_properties_and_stories_are_kept_where_they_say_more() -> None:
    stated, said = judged(
        *"ABCD",
        asset_type=["library", "Libraries", "Branch Library", ""],
        uprn=["100,040,123.0", "see deeds", "", "7"],
        story=["https://example.org/ann", "ask Ann", "", "www.example.org"],
    )
    assert stated["asset_type"].tolist()[:3] == ["library"] * 3
    assert stated["asset_type_as_written"].tolist() == ["", "", "Branch Library", ""]
    assert stated["uprn"].tolist() == ["100040123", "", "", "7"]
    assert stated["story"].tolist() == ["https://example.org/ann", "", "", "https://www.example.org"]
    assert [line.split(" could")[0] for line in said if "could not be read" in line] == [
        "1 accepted: The property number (UPRN) 'see deeds'",
        "1 accepted: The web address of a story 'ask Ann'",
    ]


def test_names_made_comparable() -> None:
    assert name_key("The Saint Ives Men's Shed C.I.O.") == name_key("ST. IVES MENS SHED")
    assert name_key("Truro & District W.I.") == "truro district womens institute"
    assert (
        slug("Café Zoë — the very long name of a group that never ends at all")
        == "cafe-zoe-the-very-long-name-of-a-group"
    )


def test_lists_that_are_none_are_refused(grid: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="There is no list"):
        build_register([])
    with pytest.raises(InputError, match="list 2 has no column 'source', 'row'"):
        build_register([rows("A"), pd.DataFrame({"name": ["A"]})])
    with pytest.raises(InputError, match="two lists are called 'list'"):
        build_register([rows("A"), rows("B")])
    with pytest.raises(SchemaError, match="table 'areas'"):
        build_register(rows("A"), areas=grid.to_crs(4326))


WORD = st.sampled_from(["Truro", "Choir", "Hall", "", "-", "St Piran", "TR1 1AA", "tr11aa", "EX1 1AA", "T", "50.26", "-5.05", "x" * 40, "=1+1", "🎵"])  # fmt: skip
ROW = st.fixed_dictionaries(dict.fromkeys(("name", "postcode", "town", "asset_type", "status", "latitude", "longitude", "closed_year", "registration_number"), WORD))  # fmt: skip


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    first=st.lists(ROW, min_size=1, max_size=12),
    second=st.lists(ROW, min_size=1, max_size=6),
    use=st.booleans(),
)
def test_no_row_is_ever_lost(first: list[dict[str, str]], second: list[dict[str, str]], use: bool) -> None:
    lists = [
        pd.DataFrame(part).astype("str").assign(source=source, row=range(2, len(part) + 2))
        for source, part in (("first", first), ("second", second))
    ]
    areas = make_grid() if use else None
    register = build_register(lists, areas=areas, audience="internal")
    assets, log = register.assets, register.log
    assert len(log) == len(first) + len(second)
    assert set(log["outcome"]) <= set(OUTCOMES)
    assert (log["outcome"].isin(("rejected", "merged", "review")) <= (log["reason"] != "")).all()
    rejected = log["outcome"] == "rejected"
    assert (log["asset_id"].isna() == rejected).all()
    assert set(log.loc[~rejected, "asset_id"]) == set(assets.index)
    assert assets.index.is_unique
    assert len(assets) == (log["outcome"].isin(("accepted", "review"))).sum()
    check_assets(assets)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(part=st.lists(ROW, min_size=2, max_size=10), data=st.data())
def test_the_order_of_rows_is_irrelevant(part: list[dict[str, str]], data: st.DataObject) -> None:
    table = pd.DataFrame(part).astype("str").drop_duplicates().reset_index(drop=True)
    table = table.assign(source="list", row=range(2, len(table) + 2))
    order = data.draw(st.permutations(range(len(table))))
    one = build_register(table, audience="internal")
    other = build_register(table.iloc[list(order)], audience="internal")
    assert sorted(one.assets.index) == sorted(other.assets.index)
    assert sorted(one.log["outcome"]) == sorted(other.log["outcome"])
