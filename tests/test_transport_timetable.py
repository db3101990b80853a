"""Timetables: read, judged aloud, and refused where they cannot be used."""

from __future__ import annotations

import datetime as dt
import struct
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from assetmap import kept
from assetmap.access.bus_times import bus_minutes
from assetmap.access.there_and_back import there_and_back
from assetmap.access.trip_walks import TripRules
from assetmap.read.transport.holidays import bank_holidays, is_holiday
from assetmap.read.transport.kept import read_timetable_once
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import InputError
from transport_feeds import FEED, TOWN, TRAVEL, feed, seconds

TIMES = FEED["stop_times.txt"]


def faults(path, **options):
    return read_timetable(path, **options).faults["count"].to_dict()


def test_a_good_feed_has_no_faults_and_every_event(tmp_path) -> None:
    made = read_timetable(feed(tmp_path))
    assert made.faults.empty
    assert made.trips.index.tolist() == ["t1", "t2"]
    assert made.stops.index.tolist() == ["a", "b", "c"]  # nothing stops at d
    assert made.departure.tolist() == [
        seconds(t) for t in ("08:00", "08:10", "08:20", "09:00", "09:10", "09:20")
    ]
    assert made.runs.sum(axis=1).tolist() == [0, 2, 2, 2, 2, 2, 0, 0]
    assert (made.week, made.first_day, made.last_day) == (
        dt.date(2026, 1, 12),
        dt.date(2026, 1, 5),
        dt.date(2026, 3, 27),
    )
    assert made.trips.iloc[0].to_dict() == {"route": "1", "kind": "bus", "service_id": "WEEK"}


def test_a_folder_reads_like_the_zip_even_inside_a_folder_of_the_zip(tmp_path) -> None:
    with zipfile.ZipFile(feed(tmp_path)) as archive:
        archive.extractall(tmp_path / "plain")
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as archive:
        for name, text in FEED.items():
            archive.writestr(f"export/{name}", text)
    for path in (tmp_path / "plain", nested):
        assert (
            read_timetable(path).departure.tolist()
            == read_timetable(tmp_path / "feed.zip").departure.tolist()
        )


ROW = "t1,{0},{0},{1},{2}\n".format
HEAD = TIMES.splitlines()[0] + "\n"
SECOND = "".join(line + "\n" for line in TIMES.splitlines() if line.startswith("t2"))

CASES = {
    "FILE_MISSING": ({"without": ("agency",)}, 1),
    "SERVICE_UNKNOWN": ({"add": {"trips": "R,NOBODY,t3\n"}}, 1),
    "SERVICE_NEVER_RUNS": (
        {"add": {"calendar": "IDLE,0,0,0,0,0,0,0,20260105,20260327\n", "trips": "R,IDLE,t3\n"}},
        1,
    ),
    "CALENDAR_ENDED": (
        {
            "add": {
                "calendar": "OLD,1,0,0,0,0,0,0,20251201,20251202\n",
                "trips": "R,OLD,t3\n",
                "stop_times": "t3,08:00:00,08:00:00,a,1\nt3,08:10:00,08:10:00,b,2\n",
            }
        },
        1,
    ),
    "CALENDAR_LATER": (
        {
            "add": {
                "calendar": "NEW,1,0,0,0,0,0,0,20260413,20260414\n",
                "trips": "R,NEW,t3\n",
                "stop_times": "t3,08:00:00,08:00:00,a,1\nt3,08:10:00,08:10:00,b,2\n",
            }
        },
        1,
    ),
    "DATE_BAD": ({"add": {"calendar": "X,1,1,1,1,1,0,0,20260199,soon\n", "calendar_dates": "WEEK,2026-01-01,1\n"}}, 2),
    "ROUTE_UNKNOWN": ({"trips": "route_id,service_id,trip_id\nQ,WEEK,t1\nR,WEEK,t2\n"}, 1),
    "TRIP_TWICE": ({"add": {"trips": "R,WEEK,t2\n"}}, 1),
    "TRIP_UNKNOWN": ({"add": {"stop_times": "t9,08:00:00,08:00:00,a,1\n"}}, 1),
    "TRIP_NO_TIMES": ({"add": {"trips": "R,WEEK,t3\n"}}, 1),
    "TRIP_ONE_STOP": ({"add": {"trips": "R,WEEK,t3\n", "stop_times": "t3,08:00:00,08:00:00,a,1\n"}}, 1),
    "STOP_TWICE": ({"add": {"stops": "a,A again,52.5,-2.4\n"}}, 1),
    "STOP_UNKNOWN": ({"add": {"stop_times": "t1,08:30:00,08:30:00,zz,4\n"}}, 1),
    "STOP_NO_POSITION": ({"add": {"stops": "e,E,,\n", "stop_times": "t1,08:30:00,08:30:00,e,4\n"}}, 1),
    "STOP_ABROAD": ({"add": {"stops": "e,E,48.85,2.35\n", "stop_times": "t1,08:30:00,08:30:00,e,4\n"}}, 1),
    "ORDER_BAD": ({"stop_times": HEAD + SECOND + ROW("08:00:00", "a", "first")}, 1),
    "ORDER_TWICE": ({"add": {"stop_times": "t1,08:25:00,08:25:00,d,3\n"}}, 1),
    "TIME_BAD": ({"stop_times": HEAD + SECOND + ROW("8 o'clock", "a", 1) + ROW("08:10:00", "b", 2)}, 1),
    "TIME_MISSING": (
        {"stop_times": HEAD + SECOND + ROW("08:00:00", "a", 1) + ROW("", "b", 2) + ROW("08:20:00", "c", 3)},
        1,
    ),
    "TIME_NO_ENDS": ({"stop_times": HEAD + SECOND + ROW("", "a", 1) + ROW("08:20:00", "c", 2)}, 1),
    "TIME_BACKWARDS": ({"stop_times": HEAD + SECOND + ROW("08:00:00", "a", 1) + ROW("07:59:00", "b", 2)}, 1),
    "TOO_FAST": ({"stop_times": HEAD + SECOND + ROW("08:00:00", "a", 1) + ROW("08:01:00", "b", 2)}, 1),
    "FREQUENCIES": ({"frequencies": "trip_id,start_time,end_time,headway_secs\nt1,08:00:00,10:00:00,1800\n"}, 1),
    "FREQUENCY_BAD": ({"frequencies": "trip_id,start_time,end_time,headway_secs\nt1,08:00:00,07:00:00,0\n"}, 1),
    "AFTER_MIDNIGHT": ({"add": {"stop_times": "t1,24:10:00,24:10:00,d,4\n"}}, 1),
    "NOT_BUS": ({"routes": "route_id,agency_id,route_short_name,route_long_name,route_type\nR,A,1,,2\n"}, 2),
    "ON_REQUEST": (
        {"stop_times": HEAD.strip() + ",pickup_type\n" + "".join(line + ",2\n" for line in TIMES.splitlines()[1:])},
        6,
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", CASES)
def test_each_fault_is_counted_and_named(tmp_path, fault) -> None:
    options, count = CASES[fault]
    made = read_timetable(feed(tmp_path, **options))
    assert made.faults.index.tolist() == [fault]
    assert made.faults.at[fault, "count"] == count
    sentence = made.faults.at[fault, "sentence"]
    assert sentence.startswith(f"{count} ") and "[" not in sentence and "{" not in sentence
    assert made.faults.at[fault, "examples"].count("'") >= 2


def test_every_fault_has_a_case() -> None:
    from assetmap.read.transport.faults import SENTENCES

    assert set(CASES) == set(SENTENCES)


def test_what_a_fault_does_to_the_trips(tmp_path) -> None:
    def left(fault):
        return read_timetable(feed(tmp_path, **CASES[fault][0])).trips.index.tolist()

    for fault in ("ORDER_BAD", "TIME_BAD", "TIME_NO_ENDS", "TIME_BACKWARDS", "TOO_FAST"):
        assert left(fault) == ["t2"], fault
    filled = read_timetable(feed(tmp_path, **CASES["TIME_MISSING"][0]))
    assert filled.arrival[:3].tolist() == [seconds("08:00"), seconds("08:10"), seconds("08:20")]
    passed = read_timetable(feed(tmp_path, **CASES["STOP_ABROAD"][0]))
    assert passed.stops.index.tolist() == ["a", "b", "c"]
    written = read_timetable(feed(tmp_path, **CASES["FREQUENCIES"][0]))
    assert set(written.trips.index) == {"t1@080000", "t1@083000", "t1@090000", "t1@093000", "t2"}
    starts = written.departure[np.flatnonzero(np.diff(written.trip, prepend=-1))]
    assert sorted(starts.tolist()) == [seconds(t) for t in ("08:00", "08:30", "09:00", "09:00", "09:30")]


def test_nobody_gets_on_where_pickup_is_none(tmp_path) -> None:
    times = (
        HEAD.strip()
        + ",pickup_type,drop_off_type\n"
        + "".join(line + (",1,0\n" if line.endswith("1") else ",0,1\n") for line in TIMES.splitlines()[1:])
    )
    made = read_timetable(feed(tmp_path, stop_times=times))
    assert made.boards.tolist() == [False, True, True] * 2
    assert made.alights.tolist() == [True, False, False] * 2


def test_two_feeds_are_one_timetable_and_share_the_week(tmp_path) -> None:
    (tmp_path / "b").mkdir()
    first, second = feed(tmp_path), feed(tmp_path / "b", without=("calendar",), calendar_dates=(
        "service_id,date,exception_type\nWEEK,20260210,1\n"
    ))  # fmt: skip
    made = read_timetable([first, second])
    assert len(made.trips) == 4 and len(made.stops) == 6
    assert made.week == dt.date(2026, 2, 9)
    assert made.runs.sum(axis=1).tolist() == [0, 2, 4, 2, 2, 2, 0, 0]
    assert made.trips.index.tolist() == ["1:t1", "1:t2", "2:t1", "2:t2"]


def test_bounds_keep_the_trips_that_stop_there(tmp_path) -> None:
    extra = {"trips": "R,WEEK,t3\n", "stop_times": "t3,08:00:00,08:00:00,c,1\nt3,08:10:00,08:10:00,d,2\n"}
    path = feed(tmp_path, add=extra)
    whole = read_timetable(path)
    x, y = whole.stops.loc["a", ["easting", "northing"]]
    near = read_timetable(path, bounds=(x - 500, y - 500, x + 500, y + 500))
    assert near.trips.index.tolist() == ["t1", "t2"] and len(whole.trips) == 3
    with pytest.raises(InputError, match=r"feed\.zip.*does not cover"):
        read_timetable(path, bounds=(0, 0, 1_000, 1_000))


def test_the_week_is_the_busiest_outside_holidays(tmp_path) -> None:
    calendar = FEED["calendar.txt"].replace("20260105,20260327", "20260706,20261231")
    assert read_timetable(feed(tmp_path, calendar=calendar)).week == dt.date(2026, 7, 6)
    more = "SUMMER,1,1,1,1,1,1,1,20260720,20260828\nAUTUMN,0,0,0,0,0,1,0,20261012,20261018\n"
    trips = {"calendar": more, "trips": "R,SUMMER,t3\nR,AUTUMN,t4\n"}
    times = {
        "stop_times": "".join(
            line.replace("t1", name) + "\n"
            for name in ("t3", "t4")
            for line in TIMES.splitlines()
            if line.startswith("t1")
        )
    }
    path = feed(tmp_path, calendar=calendar, add=trips | times)
    assert read_timetable(path).week == dt.date(2026, 10, 12)
    asked = read_timetable(path, week=dt.date(2026, 8, 5))
    assert asked.week == dt.date(2026, 8, 3) and "as you asked" in asked.notes[0].sentence
    assert "SUMMER" in asked.trips["service_id"].tolist()
    with pytest.raises(InputError, match=r"Nothing runs in the week of 1 March 2027"):
        read_timetable(path, week=dt.date(2027, 3, 3))


def test_a_timetable_of_the_holidays_says_so(tmp_path) -> None:
    calendar = FEED["calendar.txt"].replace("20260105,20260327", "20260727,20260807")
    made = read_timetable(feed(tmp_path, calendar=calendar))
    assert made.week == dt.date(2026, 7, 27)
    assert [note.code for note in made.notes] == ["WEEK", "WEEK_HOLIDAY"]


def test_bank_holidays_of_known_years() -> None:
    assert sorted(day.isoformat() for day in bank_holidays(2022)) == [
        "2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03", "2022-08-29", "2022-09-19",
        "2022-12-26", "2022-12-27",
    ]  # fmt: skip
    assert {dt.date(2021, 12, 27), dt.date(2021, 12, 28)} < bank_holidays(2021)
    assert is_holiday(dt.date(2026, 7, 20)) and is_holiday(dt.date(2026, 9, 5))
    assert not is_holiday(dt.date(2026, 9, 7)) and is_holiday(dt.date(2026, 1, 5))


def test_a_service_that_a_single_day_takes_away_or_adds(tmp_path) -> None:
    dates = FEED["calendar_dates.txt"] + "WEEK,20260113,2\nWEEK,20260117,1\n"
    made = read_timetable(feed(tmp_path, calendar_dates=dates), week=dt.date(2026, 1, 14))
    assert made.runs[:, 0].tolist() == [False, True, False, True, True, True, True, False]


def test_calendars_of_far_years_hide_no_bus(tmp_path) -> None:
    far = "OLD,1,1,1,1,1,0,0,20000101,20000201\nEVER,1,0,0,0,0,0,0,19000101,20991231\nNOT,0,0,0,0,0,0,0,20000101,20000201\n"
    times = "".join(
        f"{trip},08:00:00,08:00:00,a,1\n{trip},08:10:00,08:10:00,b,2\n" for trip in ("t3", "t4", "t5")
    )
    add = {"calendar": far, "trips": "R,OLD,t3\nR,EVER,t4\nR,NOT,t5\n", "stop_times": times}
    made = read_timetable(feed(tmp_path, add=add))
    assert made.week == dt.date(2026, 1, 12) and made.trips.index.tolist() == ["t1", "t2", "t4"]
    assert made.faults["examples"].to_dict() == {"CALENDAR_ENDED": "'OLD'", "SERVICE_NEVER_RUNS": "'NOT'"}
    old = read_timetable(tmp_path / "feed.zip", week=dt.date(2000, 1, 12))
    assert old.trips.index.tolist() == ["t3", "t4"] and "CALENDAR_LATER" in old.faults.index


def test_a_stop_that_is_served_in_other_weeks_only_is_a_stop_without_service(tmp_path) -> None:
    later = {"calendar": "LATER,1,0,0,0,0,0,0,20260413,20260414\n", "trips": "R,LATER,t3\n"}
    times = "t3,08:00:00,08:00:00,c,1\nt3,08:10:00,08:10:00,d,2\n"
    made = read_timetable(feed(tmp_path, add={**later, "stop_times": times}))
    assert made.trips.index.tolist() == ["t1", "t2"]
    assert made.stops.index.tolist() == ["a", "b", "c", "d"] and 3 not in made.stop


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"without": ("stops", "trips")}, ["stops.txt is missing", "trips.txt is missing"]),
        (
            {"without": ("calendar", "calendar_dates")},
            ["calendar.txt and calendar_dates.txt are both missing"],
        ),
        ({"stops": "stop_id,stop_name\na,A\n"}, ["stops.txt has no column 'stop_lat', 'stop_lon'"]),
        ({"trips": ""}, ["trips.txt' is empty"]),
        ({"trips": "route_id,service_id,trip_id\nR,WEEK\n"}, ["trips.txt' is not a regular table"]),
        ({"trips": "route_id,service_id,trip_id,trip_id\nR,WEEK,t1,t1\n"}, ["'trip_id' more than once"]),
        ({"calendar": FEED["calendar.txt"].splitlines()[0] + "\n"}, ["nothing runs on any day"]),
        (
            {"stops": "stop_id,stop_lat,stop_lon\na,-2.0,52.0\nb,-2.05,52.0\n"},
            ["nothing runs on any day", "2 stops that buses serve are not in Great Britain: 'a', 'b'"],
        ),
        (
            {
                "frequencies": "trip_id,start_time,end_time,headway_secs\n"
                + "t1,00:00:00,900:00:00,1\nt2,00:00:00,900:00:00,1\n"
            },
            ["makes 6,480,000 trips"],
        ),
    ],
)
def test_a_feed_that_cannot_be_used_is_one_message(tmp_path, options, words) -> None:
    with pytest.raises(InputError) as caught:
        read_timetable(feed(tmp_path, **options))
    assert all(word in str(caught.value) for word in words)


def test_damaged_and_hostile_files_are_one_message(tmp_path, monkeypatch) -> None:
    path = feed(tmp_path)
    whole = path.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut\.zip.*damaged"):
        read_timetable(cut)
    with pytest.raises(InputError, match="There is no file"):
        read_timetable(tmp_path / "none.zip")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FEED.items():
            archive.writestr(name, text + ("\n" * 60_000_000 if name == "stops.txt" else ""))
    with pytest.raises(InputError, match="would unpack to"):
        read_timetable(bomb)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}.txt", "")
    with pytest.raises(InputError, match="1,001 files"):
        read_timetable(many)
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        for folder in ("north", "south"):
            for name, text in FEED.items():
                archive.writestr(f"{folder}/{name}", text)
    with pytest.raises(InputError, match="more than one timetable"):
        read_timetable(two)
    locked = bytearray(whole)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = locked.find(signature)
        while at >= 0:
            locked[at + offset : at + offset + 2] = struct.pack("<H", 1)
            at = locked.find(signature, at + 1)
    (tmp_path / "locked.zip").write_bytes(bytes(locked))
    with pytest.raises(InputError, match="password"):
        read_timetable(tmp_path / "locked.zip")
    monkeypatch.setattr("assetmap.read.transport.feeds.MOST_ROWS", 3)
    with pytest.raises(InputError, match="rows; at most"):
        read_timetable(path)


def test_rows_in_any_order_give_the_same_timetable(tmp_path) -> None:
    whole = read_timetable(feed(tmp_path))
    lines = TIMES.splitlines()
    mixed = read_timetable(feed(tmp_path, stop_times="\n".join([lines[0], *reversed(lines[1:])]) + "\n"))
    for name in ("trip", "stop", "arrival", "departure"):
        assert getattr(mixed, name).tolist() == getattr(whole, name).tolist()


def test_the_town_runs_as_its_script_says() -> None:
    made = read_timetable(TOWN / "buses_gtfs.zip")
    assert made.faults["count"].to_dict() == {"FILE_MISSING": 1, "AFTER_MIDNIGHT": 1}
    assert made.week == dt.date(2026, 1, 12)
    hill = made.trips["route"].eq("3").to_numpy()
    assert made.runs[1:, hill].sum(axis=1).tolist() == [4, 4, 0, 4, 4, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "trips", "week", "wednesday"),
    [
        ("newport-20230613_gtfs.zip", 176, dt.date(2023, 6, 5), 7_765),
        ("chester-20230816-small_gtfs.zip", 801, dt.date(2023, 9, 11), None),
    ],
)
def test_real_timetables(name, trips, week, wednesday) -> None:
    path = TRAVEL / name
    if not path.is_file():
        pytest.skip("the timetable is not here")
    made = read_timetable(path)
    assert (len(made.trips), made.week) == (trips, week)
    if wednesday:
        assert int(made.runs[3][made.trip].sum()) == wednesday


def test_timetables_and_sweeps_are_kept_by_what_they_hold(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "WORTH_SECONDS", 0.0)
    path = TOWN / "buses_gtfs.zip"
    first = read_timetable_once([path])
    with monkeypatch.context() as shut:
        shut.setattr(
            "assetmap.read.transport.kept.read_timetable",
            lambda *a, **k: pytest.fail("the cache was not used"),
        )
        again = read_timetable_once([path])
    plain = read_timetable(path)
    for made in (first, again):
        for name in ("trip", "stop", "arrival", "departure", "boards", "alights", "runs"):
            assert np.array_equal(getattr(made, name), getattr(plain, name)), name
        for name in ("stops", "trips", "faults"):
            pd.testing.assert_frame_equal(
                getattr(made, name), getattr(plain, name), check_dtype=False, check_index_type=False
            )
        assert (made.week, made.first_day, made.last_day, made.notes) == (
            plain.week,
            plain.first_day,
            plain.last_day,
            plain.notes,
        )
    other = read_timetable_once([path], week=dt.date(2026, 5, 13))
    assert other.week != plain.week
    with pytest.raises(InputError, match="There is no file"):
        read_timetable_once([tmp_path / "none.zip"])
    places = pd.DataFrame(
        plain.stops[["easting", "northing"]].to_numpy() + 100.0, columns=["easting", "northing"]
    )
    hours = pd.DataFrame([(4, 0, 540, 1_020)], columns=["asset_id", "day", "opens", "closes"])
    trips = there_and_back(plain, places, places, hours)
    minutes = bus_minutes(plain, places.to_numpy(), places.to_numpy(), TripRules())
    with monkeypatch.context() as shut:
        for module in ("there_and_back", "bus_times"):
            shut.setattr(
                sys.modules[f"assetmap.access.{module}"],
                "sweep",
                lambda *a, **k: pytest.fail("the cache was not used"),
            )
        pd.testing.assert_frame_equal(there_and_back(plain, places, places, hours).days, trips.days)
        assert np.array_equal(bus_minutes(plain, places.to_numpy(), places.to_numpy(), TripRules()), minutes)
    longer = there_and_back(plain, places, places, hours.assign(closes=1_080))
    assert (
        longer.days["longest_stay"].max() > trips.days["longest_stay"].max()
    )  # other hours are another question
    for file in (tmp_path / "cache" / "sweeps").iterdir():
        file.write_bytes(b"damaged")
    pd.testing.assert_frame_equal(there_and_back(plain, places, places, hours).days, trips.days)
    monkeypatch.setattr(kept, "MOST_BYTES", 1)
    bus_minutes(plain, places.to_numpy()[:2], places.to_numpy(), TripRules())
    assert len(list((tmp_path / "cache" / "sweeps").iterdir())) == 1  # the oldest went
