"""Bus timetables in the GTFS format, judged like a list: what was read is used or counted and named.

Usual sources are the regional files of the Bus Open Data Service (Open Government Licence v3.0). A feed with faults
makes buses vanish without a word in most journey planners; here every service, stop, trip and time that cannot be
used is counted, with examples. Times are seconds after the midnight that begins the day of service, as GTFS has
them: 25:10:00 is ten past one in the morning of the next day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.read.transport.calendars import choose_week, service_days
from assetmap.read.transport.faults import HARMLESS, Faults
from assetmap.read.transport.feeds import Feed, read_feed
from assetmap.read.transport.grid import to_grid
from assetmap.read.transport.stop_times import StopEvents, stop_events
from assetmap.schema import InputError, Note, Timetable, first_few

if TYPE_CHECKING:
    from numpy.typing import NDArray

GREAT_BRITAIN: Final = (-9.0, 49.0, 2.5, 61.5)
"""West, south, east, north: a stop outside is abroad, or its position is wrong."""

DAY: Final = 86_400
KINDS: Final = {
    **{
        "0": "tram",
        "1": "underground",
        "2": "rail",
        "3": "bus",
        "4": "ferry",
        "5": "cable tram",
        "6": "cable car",
    },
    **{"7": "funicular", "11": "trolleybus", "12": "monorail"},
}
EXTENDED_KINDS: Final = {
    1: "rail",
    2: "coach",
    4: "underground",
    7: "bus",
    8: "trolleybus",
    9: "tram",
    10: "ferry",
}
"""Kinds by the hundreds of the extended route types: 200 is a coach, 715 a bus on demand."""


def read_timetable(
    path: str | Path | Sequence[str | Path],
    *,
    week: dt.date | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Timetable:
    """Read bus timetables (GTFS) for one week.

    Parameters
    ----------
    path
        One zip file or folder, or several that together serve the place.
    week
        Any day of the week to use. None for the Monday to Sunday with most trips that has no bank holiday and no day
        from 20 July to 5 September or from 20 December to 5 January.
    bounds
        West, south, east, north in metres (EPSG:27700): only trips that stop in this box are kept, so that the
        file of a whole region serves one district.

    Returns
    -------
    Timetable
        The trips of the week, with every fault counted and named in ``faults``.

    Raises
    ------
    InputError
        If a file is missing, damaged, too large or not a timetable, or if nothing of it can be used.

    Examples
    --------
    >>> am.read.read_timetable(town.folder / "buses_gtfs.zip").week
    datetime.date(2026, 1, 12)
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
    if not paths:
        raise InputError("Name at least one timetable: a zip file or a folder in the GTFS format.")
    faults = Faults()
    parts = []
    for number, one in enumerate(paths, start=1):
        parts.append(_part(read_feed(one), f"{number}:" if len(paths) > 1 else "", faults, week))
    services, events, stops = _joined(parts)
    trips_a_day, first = services.trips_a_day, services.first
    if not trips_a_day.any():
        raise InputError(_nothing_runs(paths, faults))
    monday, notes = choose_week(trips_a_day, first, week)
    if bounds is not None:
        events = _inside(events, stops, bounds, paths)
    return _timetable(services, events, stops, monday, faults, notes)


class _Services:
    """On which days each trip runs."""

    def __init__(
        self, trips: pd.DataFrame, runs: NDArray[np.bool_], row: NDArray[np.intp], first: dt.date
    ) -> None:
        self.trips, self.runs, self.row, self.first = trips, runs, row, first
        self.trips_a_day: NDArray[np.int64] = np.bincount(row, minlength=len(runs)) @ runs.astype(np.int64)

    def on(self, days: range, since: dt.date) -> NDArray[np.bool_]:
        """Return one row per day, counted from ``since``, and one column per trip."""
        offset = (since - self.first).days
        rows = []
        for day in days:
            at = offset + day
            known = 0 <= at < self.runs.shape[1]
            rows.append(self.runs[:, at][self.row] if known else np.zeros(len(self.row), dtype=bool))
        return np.array(rows, dtype=bool).reshape(len(days), len(self.row))


def _nothing_runs(paths: list[Path], faults: Faults) -> str:
    """Say why no trip of a timetable can be used, with what is wrong with it."""
    table = faults.table()
    said = table.loc[~table.index.isin(HARMLESS), "sentence"]
    files = first_few([path.name for path in paths])
    return " ".join([f"No bus in {files} can be used: nothing runs on any day of the timetable.", *said])


def _part(
    feed: Feed, prefix: str, faults: Faults, week: dt.date | None
) -> tuple[_Services, StopEvents, pd.DataFrame]:
    """Judge one feed: its services, stop events and stops."""
    faults.add("FILE_MISSING", feed.missing)
    stops = _stops(feed.tables["stops"], prefix, faults)
    trips = _trips(feed.tables["trips"], feed.tables["routes"], faults)
    names = pd.Index(trips["service_id"].unique())
    runs, first, elsewhen = service_days(feed.tables, names, faults, week=week)
    in_calendar = {
        str(name) for table in ("calendar", "calendar_dates") for name in _services_of(feed, table)
    }
    known = trips["service_id"].isin(in_calendar)
    faults.add("SERVICE_UNKNOWN", trips.index[~known])
    idle = names[~runs.any(axis=1) & names.isin(list(in_calendar))]
    faults.add("SERVICE_NEVER_RUNS", names[~runs.any(axis=1) & ~elsewhen & names.isin(list(in_calendar))])
    trips = trips[known & ~trips["service_id"].isin(idle)]
    events = stop_events(
        feed.tables["stop_times"],
        feed.tables.get("frequencies"),
        trips=trips.index,
        listed=pd.Index(feed.tables["trips"]["trip_id"].astype(str)),
        stops=stops,
        faults=faults,
    )
    trips = trips.loc[[events.original[name] for name in events.trips]]
    row = names.get_indexer(trips["service_id"])
    trips = trips.set_axis(prefix + events.trips.astype(str)).rename_axis("trip_id")
    trips["service_id"] = prefix + trips["service_id"]
    return _Services(trips, runs, row, first), events, stops


def _services_of(feed: Feed, table: str) -> Any:
    return feed.tables[table]["service_id"].unique() if table in feed.tables else ()


def _stops(table: pd.DataFrame, prefix: str, faults: Faults) -> pd.DataFrame:
    """Return every stop with its position; missing where it has none, ``abroad`` where that is not in Great Britain."""
    lat, lon = (
        pd.to_numeric(table[name].astype(str), errors="coerce").to_numpy(dtype=float)
        for name in ("stop_lat", "stop_lon")
    )
    none = ~(np.isfinite(lat) & np.isfinite(lon)) | ((lat == 0) & (lon == 0))
    west, south, east, north = GREAT_BRITAIN
    with np.errstate(invalid="ignore"):
        abroad = ~none & ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    usable = ~none & ~abroad
    easting, northing = np.full(len(table), np.nan), np.full(len(table), np.nan)
    easting[usable], northing[usable] = to_grid(lon[usable], lat[usable]).T
    stops = pd.DataFrame(
        {
            "stop_name": table["stop_name"].astype(str).to_numpy(),
            "easting": easting,
            "northing": northing,
            "abroad": abroad,
        },
        index=pd.Index(table["stop_id"].astype(str), name="stop_id"),
    )
    twice = stops.index.duplicated()
    faults.add("STOP_TWICE", stops.index[twice].unique(), int(twice.sum()))
    stops = stops[~twice]
    stops.index = prefix + stops.index
    stops["given_id"] = stops.index.str.removeprefix(prefix)
    return stops


def _trips(table: pd.DataFrame, routes: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Return the trips of trips.txt: index ``trip_id``; ``route``, ``kind``, ``service_id``."""
    trips = table.astype(str)
    twice = trips["trip_id"].duplicated()
    faults.add("TRIP_TWICE", trips.loc[twice, "trip_id"])
    trips = trips[~twice].set_index("trip_id")
    routes = routes.astype(str).drop_duplicates("route_id").set_index("route_id")
    unknown = ~trips["route_id"].isin(routes.index)
    faults.add("ROUTE_UNKNOWN", trips.index[unknown])
    name = routes["route_short_name"].where(routes["route_short_name"] != "", routes["route_long_name"])
    kind = routes["route_type"].map(_kind)
    found = pd.DataFrame(
        {
            "route": trips["route_id"].map(name).fillna(trips["route_id"]),
            "kind": trips["route_id"].map(kind).fillna("bus"),
            "service_id": trips["service_id"],
        },
        index=trips.index,
    )
    faults.add("NOT_BUS", found.index[~found["kind"].isin(["bus", "coach", "trolleybus"])])
    return found


def _kind(route_type: str) -> str:
    if route_type in KINDS:
        return KINDS[route_type]
    if route_type.isdecimal() and 100 <= int(route_type) < 1_800:
        return EXTENDED_KINDS.get(int(route_type) // 100, "other")
    return "bus"


def _joined(
    parts: list[tuple[_Services, StopEvents, pd.DataFrame]],
) -> tuple[_Services, StopEvents, pd.DataFrame]:
    """Put the feeds together: trips, stops and days of all of them."""
    if len(parts) == 1:
        return parts[0]
    first = min(services.first for services, _, _ in parts)
    last = max(services.first + dt.timedelta(days=services.runs.shape[1]) for services, _, _ in parts)
    rows, runs, rows_before, trips_before, stops_before, events = [], [], 0, 0, 0, []
    for services, part, stops in parts:
        wide = np.zeros((len(services.runs), (last - first).days), dtype=bool)
        offset = (services.first - first).days
        wide[:, offset : offset + services.runs.shape[1]] = services.runs
        runs.append(wide)
        rows.append(services.row + rows_before)
        events.append(part.shifted(trips_before, stops_before))
        rows_before += len(services.runs)
        trips_before += len(part.trips)
        stops_before += len(stops)
    trips = pd.concat([services.trips for services, _, _ in parts])
    together = _Services(trips, np.concatenate(runs), np.concatenate(rows), first)
    return together, StopEvents.together(events), pd.concat([stops for _, _, stops in parts])


def _inside(
    events: StopEvents, stops: pd.DataFrame, bounds: tuple[float, float, float, float], paths: list[Path]
) -> StopEvents:
    """Keep the trips that stop in the box."""
    west, south, east, north = bounds
    inside = stops["easting"].between(west, east) & stops["northing"].between(south, north)
    touching = np.zeros(len(events.trips), dtype=bool)
    touching[events.trip[inside.to_numpy()[events.stop]]] = True
    if not touching.any():
        raise InputError(
            f"No bus in {first_few([path.name for path in paths])} stops in the area: the timetable does not cover the "
            "place. Take the file of the region that it lies in."
        )
    return events.of(touching)


def _timetable(
    services: _Services,
    events: StopEvents,
    stops: pd.DataFrame,
    monday: dt.date,
    faults: Faults,
    notes: tuple[Note, ...],
) -> Timetable:
    """Keep the trips of the week, and say what was left out.

    Stops that only trips of other weeks serve stay: who lives beside one has a stop, and no service.
    """
    runs = services.on(range(-1, 7), monday)
    _other_weeks(services, runs, monday, faults)
    in_week = np.zeros(len(events.trips), dtype=bool)
    in_week[np.unique(events.trip)] = True
    kept = events.of(in_week & runs.any(axis=0))
    used = np.unique(kept.trip)
    served = np.unique(events.stop)
    trips = services.trips.iloc[used]
    late = np.zeros(len(services.trips), dtype=bool)
    late[kept.trip[kept.arrival >= DAY]] = True
    faults.add("AFTER_MIDNIGHT", services.trips.index[late])
    running = np.flatnonzero(services.trips_a_day)
    first, last = (services.first + dt.timedelta(days=int(day)) for day in (running[0], running[-1]))
    table = faults.table()
    return Timetable(
        stops=stops.iloc[served][["stop_name", "easting", "northing"]],
        trips=trips,
        trip=np.searchsorted(used, kept.trip).astype(np.int32),
        stop=np.searchsorted(served, kept.stop).astype(np.int32),
        arrival=kept.arrival,
        departure=kept.departure,
        boards=kept.boards,
        alights=kept.alights,
        runs=runs[:, used],
        week=monday,
        first_day=first,
        last_day=last,
        faults=table,
        notes=notes,
    )


def _other_weeks(services: _Services, runs: NDArray[np.bool_], monday: dt.date, faults: Faults) -> None:
    """Name the services that run only before, or only after, the week."""
    offset = (monday - services.first).days
    idle = np.unique(services.row[~runs.any(axis=0)])
    names = services.trips["service_id"].to_numpy()
    last = [np.flatnonzero(services.runs[row])[-1] for row in idle]
    first_of_row = {row: names[position] for position, row in reversed(list(enumerate(services.row)))}
    faults.add(
        "CALENDAR_ENDED", [first_of_row[row] for row, day in zip(idle, last, strict=True) if day < offset]
    )
    begins = [np.flatnonzero(services.runs[row])[0] for row in idle]
    faults.add(
        "CALENDAR_LATER",
        [first_of_row[row] for row, day in zip(idle, begins, strict=True) if day >= offset + 7],
    )
