"""Opening hours as people write them: clock times, or a reason why there are none."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.hours import with_weekly_hours
from assetmap.read.lists.opening_times import hours_in_week, opening_times
from assetmap.read.opening_hours import parse_day_hours, parse_opening_hours
from transport_feeds import TOWN

NINE_FIVE = (540, 1020)
MON_FRI = tuple(((NINE_FIVE,) if day < 5 else ()) for day in range(7))


@pytest.mark.parametrize(
    "text",
    [
        "9-5 Mon-Fri", "Mon-Fri 9am-5pm", "Monday to Friday 9am to 5pm", "Mo-Fr 09:00-17:00", "weekdays 9-5",
        "Mon-Fri: 9.00-17.00", "Open Monday - Friday, 9 a.m. - 5 p.m.", "Mon – Fri 9am – 5pm", "MON-FRI 0900-1700",
        "Mon, Tue, Wed, Thu & Fri 9:00am - 5:00pm; Sat closed", "9-5pm weekdays", "Mo-Fr 09:00-17:00; PH off",
        "Mon-Fri 9-12 noon, 12-5pm", "Monday - Friday 9am til 5pm (closed bank holidays)",
        "Mon-Thu 9-5, Fri 9-5", "9-5 Mon-Thu, 9-5 Fri",
    ],
)  # fmt: skip
def test_the_same_week_in_many_words(text) -> None:
    week, reason = parse_opening_hours(text)
    assert reason == "" and week == MON_FRI


@pytest.mark.parametrize(
    ("text", "day", "stretches"),
    [
        ("Tues & Thurs 10-1, 2-5", 1, ((600, 780), (840, 1020))),
        ("Tues & Thurs 10-1, 2-5", 3, ((600, 780), (840, 1020))),
        ("Tues & Thurs 10-1, 2-5", 2, ()),
        ("Sat 10-12", 5, ((600, 720),)),
        ("Wed 1-5pm", 2, ((780, 1020),)),
        ("Wed 6-8", 2, ((1080, 1200),)),
        ("Wed 10-12, 7-9", 2, ((600, 720), (1140, 1260))),
        ("Fri 6pm-1am", 4, ((1080, 1500),)),
        ("Fr 22:00-02:00", 4, ((1320, 1560),)),
        ("Sat-Mon 10-4", 0, ((600, 960),)),
        ("Sat-Mon 10-4", 1, ()),
        ("24/7", 3, ((0, 1440),)),
        ("Mon 9-1, 12-5pm", 0, ((540, 1020),)),
        ("Mo 9am-5pm, Sa 10-1", 5, ((600, 780),)),
        ("Sun 10.30-noon", 6, ((630, 720),)),
        ("Sun 12noon to 2pm", 6, ((720, 840),)),
        ("Mon-Sat 9.00am - 12.00 noon", 0, ((540, 720),)),
        ("7 days a week 9am-5pm", 6, ((540, 1020),)),
        ("Seven days a week, 9am to 9pm", 0, ((540, 1260),)),
        ("Open 24 hours a day, 7 days a week", 6, ((0, 1440),)),
        ("Tuesday evenings 7-9", 1, ((1140, 1260),)),
        ("Wed afternoon 2pm - 4pm", 2, ((840, 960),)),
        ("Sat mornings 9.30am - 12.30pm", 5, ((570, 750),)),
        ("Mon-Fri 9-5, Sundays and Bank Holidays 10am to 4pm", 6, ((600, 960),)),
    ],
)
def test_single_days(text, day, stretches) -> None:
    week, reason = parse_opening_hours(text)
    assert reason == "" and week is not None and week[day] == stretches


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AM & PM", "parts of a day"),
        ("Mon mornings", "parts of a day"),
        ("Monday 7-9", "morning or evening"),
        ("First Monday of the month 10-12", "not every week"),
        ("Mo[1] 10:00-12:00", "no"),
        ("Jun-Aug Mo 10:00-12:00", "not the same in every week"),
        ("Mo-Fr 09:00+", "no closing time"),
        ("Mo sunrise-sunset", "sunrise"),
        ("Mon 17:00-09:00", "ends before it begins"),
        ('We 10:00-12:00 "ring first"', "condition"),
        ("Term time Mon 9-3", "not the whole year"),
        ("by appointment", "appointment"),
        ("Mon 9", "without an end"),
        ("Mon-Fri", "not clock times"),
        ("9-5", "no days"),
        ("Mon-Fri 9-5 ring the bell", "'ring'"),
        ("Mon 25:00-26:00", "not clock times"),
        ("Tue, Wed 9-5, Thu", "days without times"),
        ("varies", "not known"),
    ],
)
def test_what_is_no_clock_time_says_why(text, words) -> None:
    week, reason = parse_opening_hours(text)
    assert week is None and words in reason


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("09:00-17:00", ((540, 1020),)),
        ("09:30-13:00, 2pm to 5pm", ((570, 780), (840, 1020))),
        ("9-1 & 2-5", ((540, 780), (840, 1020))),
        ("", ()),
        ("Closed", ()),
        ("N/A Closed", ()),
        ("12:00-23:00", ((720, 1380),)),
        ("10.00 - 13.00 and 14.00 - 17.30", ((600, 780), (840, 1050))),
    ],
)
def test_cells_of_a_day(text, stretches) -> None:
    assert parse_day_hours(text) == (stretches, "")


@pytest.mark.parametrize(
    "text",
    ["AM", "PM Only", "AM & PM (continuous)", "All Day (continuous)", "PM & Eve (with closure)", "Appointment Only",
     "[Unknown]", "Varied by Schedule", "No Regular Opening", "Eve Only", "9"],
)  # fmt: skip
def test_bands_of_the_library_dataset_are_no_clock_times(text) -> None:
    stretches, reason = parse_day_hours(text)
    assert stretches is None and reason


def test_a_list_with_a_column_for_each_day() -> None:
    table = pd.DataFrame(
        {
            "Monday staffed hours": ["09:00-17:00", "AM & PM", "", ""],
            "Tuesday staffed hours": ["", "10:00-12:00", "", ""],
            "Monday unstaffed hours": ["17:00-20:00", "", "", ""],
            "Opening hours": ["", "", "Sat 10-1", "ask"],
        },
        index=pd.Index(["a", "b", "c", "d"], name="asset_id"),
    )
    read = opening_times(table)
    assert read.times.to_numpy().tolist() == [["a", 0, 540, 1020], ["c", 5, 600, 780]]
    assert read.unread.to_numpy().tolist() == [
        ["b", "Monday staffed hours", "AM & PM", "parts of a day, not clock times"],
        ["d", "Opening hours", "ask", "the word 'ask'"],
    ]
    assert hours_in_week(read.times).to_dict() == {"a": 8.0, "c": 3.0}


def test_the_hours_of_the_town() -> None:
    table = pd.read_csv(TOWN / "libraries.csv", dtype=str, keep_default_na=False).set_index("name")
    read = opening_times(table.rename_axis("asset_id"))
    assert hours_in_week(read.times).to_dict() == {
        "Nether Quill Library": 11.0,
        "Northgate Library": 14.0,
        "Quillford Library": 39.0,
        "Saltmarsh End Library": 13.0,
    }
    assert read.unread["asset_id"].unique().tolist() == ["Westhay Community Library"]


def test_a_list_with_columns_of_days_knows_its_hours_in_a_week() -> None:
    table = read_assets(TOWN / "libraries.csv").table.set_index("name")
    assert table["weekly_hours"].to_dict() == {
        "Quillford Library": "39",
        "Northgate Library": "14",
        "Nether Quill Library": "11",
        "Saltmarsh End Library": table.at["Saltmarsh End Library", "weekly_hours"],
        "Westhay Community Library": table.at["Westhay Community Library", "weekly_hours"],
    }
    given = pd.DataFrame({"weekly_hours": ["12", ""], "Monday": ["09:00-17:00", "AM & PM"]})
    # what the list says stays, and a day without clock times gives no hours
    assert with_weekly_hours(given)["weekly_hours"].tolist() == ["12", ""]
    pairs = pd.DataFrame(
        {"monday_open": ["10:00", ""], "monday_close": ["12:00", ""], "tuesday": ["", "2-4pm"]}
    )
    assert with_weekly_hours(pairs)["weekly_hours"].tolist() == ["2", "2"]
    answers = pd.DataFrame({"monday": ["Yes", "No"], "friday": ["x", "Yes"]})
    assert with_weekly_hours(answers)["days"].tolist() == ["Monday, Friday", "Friday"]
    whole_day = with_weekly_hours(pd.DataFrame({"opening_times": ["24 hours", "24 hours a week"]}))
    assert whole_day["weekly_hours"].tolist() == ["", "24"]
    assert "24 hours a day" in whole_day["reading_note"][0]


def test_a_list_without_hours_has_none() -> None:
    read = opening_times(pd.DataFrame({"hours": ["9", ""]}, index=pd.Index(["a", "b"], name="asset_id")))
    assert read.times.empty and read.unread.empty


@given(st.text(max_size=40))
def test_any_text_gives_a_week_or_a_reason(text) -> None:
    week, reason = parse_opening_hours(text)
    assert (week is None) == bool(reason)


@given(
    st.integers(0, 23),
    st.sampled_from([0, 15, 30]),
    st.integers(1, 600),
    st.sampled_from(["-", " to ", " – "]),
)
def test_times_of_24_hours_are_read_as_written(hour, minute, length, between) -> None:
    opens = hour * 60 + minute
    closes = opens + length
    if closes <= 24 * 60 and (hour > 12 or hour < 10):
        text = f"{opens // 60:02d}:{opens % 60:02d}{between}{closes // 60:02d}:{closes % 60:02d}"
        if closes // 60 > 12 or closes // 60 < 10:
            assert parse_day_hours(text) == (((opens, closes),), "")
