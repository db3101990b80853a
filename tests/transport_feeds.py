"""Small timetables for tests: written as GTFS files, or made in memory."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from assetmap.schema import Timetable, data_folder

TRAVEL = Path(os.environ.get("ASSETMAP_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "travel"
"""Real roads and timetables, which do not travel with the project; tests that need them are left out without them."""

TOWN = data_folder() / "town"

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Test Buses,https://example.org,Europe/London\n",
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang\nTest,https://example.org,en\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nR,A,1,,3\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "WEEK,1,1,1,1,1,0,0,20260105,20260327\n",
    "calendar_dates.txt": "service_id,date,exception_type\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\na,A,52.0,-2.00\nb,B,52.0,-2.05\nc,C,52.0,-2.10\nd,D,52.0,-2.15\n",
    "trips.txt": "route_id,service_id,trip_id\nR,WEEK,t1\nR,WEEK,t2\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,08:00:00,08:00:00,a,1\nt1,08:10:00,08:10:00,b,2\nt1,08:20:00,08:20:00,c,3\n"
    "t2,09:00:00,09:00:00,a,1\nt2,09:10:00,09:10:00,b,2\nt2,09:20:00,09:20:00,c,3\n",
}


def feed(
    folder: Path, *, without: tuple[str, ...] = (), add: dict[str, str] | None = None, **files: str
) -> Path:
    """Write the small feed as a zip, with files replaced (``stops=...``), left out or lengthened."""
    texts = {name: text for name, text in FEED.items() if name.removesuffix(".txt") not in without}
    texts |= {f"{name}.txt": text for name, text in files.items()}
    for name, text in (add or {}).items():
        texts[f"{name}.txt"] = texts.get(f"{name}.txt", "") + text
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return path


def seconds(clock: str) -> int:
    """Turn "08:05" or "08:05:30" into seconds."""
    parts = [int(part) for part in clock.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


def timetable(stops: list[tuple[float, float]], trips: list, days: list | None = None) -> Timetable:
    """Make a timetable of trips, each a list of (stop, moment in seconds or "HH:MM"); all run every day."""
    rows = [
        (number, stop, seconds(moment) if isinstance(moment, str) else moment)
        for number, calls in enumerate(trips)
        for stop, moment in calls
    ]
    table = np.array(rows, dtype=np.int32).reshape(-1, 3)
    runs = np.ones((8, len(trips)), dtype=bool)
    if days is not None:
        runs = np.array([[day in given for given in days] for day in (6, 0, 1, 2, 3, 4, 5, 6)])
    return Timetable(
        stops=pd.DataFrame(
            {
                "stop_name": [f"stop {n}" for n in range(len(stops))],
                "easting": [x for x, _ in stops],
                "northing": [y for _, y in stops],
            },
            index=pd.Index([f"s{n}" for n in range(len(stops))], name="stop_id"),
            dtype=object,
        ).astype({"easting": float, "northing": float}),
        trips=pd.DataFrame(
            {"route": "1", "kind": "bus", "service_id": "W"},
            index=pd.Index([f"t{n}" for n in range(len(trips))], name="trip_id"),
        ),
        trip=table[:, 0],
        stop=table[:, 1],
        arrival=table[:, 2].copy(),
        departure=table[:, 2].copy(),
        boards=np.ones(len(table), dtype=bool),
        alights=np.ones(len(table), dtype=bool),
        runs=runs,
        week=dt.date(2026, 1, 12),
        first_day=dt.date(2026, 1, 1),
        last_day=dt.date(2026, 12, 31),
        faults=pd.DataFrame(columns=["count", "examples", "sentence"]),
    )
