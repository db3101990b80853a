"""Stop times out of text: in order, complete, and held against what a bus can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.read.transport.faults import Faults

FASTEST_KMH: Final = 200
LEAST_SECONDS: Final = 60
"""Times are often rounded to the minute: a bus is given at least this long between two stops before it is too fast."""

UNKNOWN: Final = -1
MOST_TRIPS: Final = 5_000_000
MOST_EVENTS: Final = 30_000_000
"""Trips and stop times after those of frequencies.txt are written out."""


@dataclass(frozen=True)
class StopEvents:
    """Usable stop events of a feed, sorted by trip and order of stops.

    trips : names of the trips; ``original``: the trip of trips.txt that each is a run of.
    trip, stop : positions in ``trips`` and in the table of stops.
    arrival, departure : seconds; boards, alights : whether people may get on, off.
    """

    trips: pd.Index
    original: dict[str, str]
    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]

    def of(self, trips: NDArray[np.bool_]) -> StopEvents:
        """Return the events of some trips; positions stay."""
        kept = trips[self.trip]
        return StopEvents(
            trips=self.trips,
            original=self.original,
            trip=self.trip[kept],
            stop=self.stop[kept],
            arrival=self.arrival[kept],
            departure=self.departure[kept],
            boards=self.boards[kept],
            alights=self.alights[kept],
        )

    def shifted(self, trips: int, stops: int) -> StopEvents:
        """Return the events with positions moved on, for tables that are put one below another."""
        moved = (self.trip + np.int32(trips), self.stop + np.int32(stops))
        return StopEvents(
            self.trips, self.original, *moved, self.arrival, self.departure, self.boards, self.alights
        )

    @classmethod
    def together(cls, parts: list[StopEvents]) -> StopEvents:
        """Return the events of several feeds, already shifted, as one."""
        names = ("trip", "stop", "arrival", "departure", "boards", "alights")
        trips = pd.Index(np.concatenate([part.trips.to_numpy(dtype=object) for part in parts]))
        return cls(trips, {}, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def stop_events(
    table: pd.DataFrame,
    frequencies: pd.DataFrame | None,
    *,
    trips: pd.Index,
    listed: pd.Index,
    stops: pd.DataFrame,
    faults: Faults,
) -> StopEvents:
    """Judge the stop times of a feed.

    Parameters
    ----------
    table
        ``stop_times`` as text, in the order of the file.
    frequencies
        ``frequencies`` as text, where the feed has it.
    trips
        Trips that run on some day.
    listed
        Every trip of trips.txt.
    stops
        Every stop: index ``stop_id``; ``given_id``, ``easting``, ``northing``, ``abroad``.
    faults
        Collects what could not be used.

    Returns
    -------
    StopEvents
        Trips with at least two usable stops; a stop without a usable position is passed through.
    """
    trip, rows, names = _in_order(table, trips, listed, faults)
    arrival, departure = (seconds_of(table[name].iloc[rows]) for name in ("arrival_time", "departure_time"))
    bad = _fill_times(trip, arrival, departure, names, faults)
    bad |= _backwards(trip, arrival, departure, names, bad, faults)
    at = _usable_stops(table["stop_id"].iloc[rows], stops, faults)
    bad |= _too_fast(trip, arrival, departure, at, stops, names, bad, faults)
    pickup, drop_off = (
        table[name].iloc[rows].astype(str).to_numpy() for name in ("pickup_type", "drop_off_type")
    )
    asked = (np.isin(pickup, ["2", "3"]) | np.isin(drop_off, ["2", "3"])) & ~bad[trip]
    faults.add("ON_REQUEST", names[np.unique(trip[asked])], int(asked.sum()))
    kept = ~bad[trip] & (at >= 0)
    calls = np.bincount(trip[~bad[trip]], minlength=len(names))
    faults.add("TRIP_ONE_STOP", names[calls == 1])
    kept &= (np.bincount(trip[kept], minlength=len(names)) > 1)[trip]
    used = np.unique(trip[kept])
    events = StopEvents(
        trips=names[used],
        original=dict(zip(names[used], names[used], strict=True)),
        trip=np.searchsorted(used, trip[kept]).astype(np.int32),
        stop=at[kept].astype(np.int32),
        arrival=arrival[kept].astype(np.int32),
        departure=departure[kept].astype(np.int32),
        boards=pickup[kept] != "1",
        alights=drop_off[kept] != "1",
    )
    return events if frequencies is None or frequencies.empty else _written_out(events, frequencies, faults)


def seconds_of(column: pd.Series) -> NDArray[np.int64]:
    """Turn "25:10:00" into seconds; -1 for an empty cell, -2 for what is not a time."""
    codes, words = pd.factorize(column.astype(str))
    parts = (
        pd.Series(words, dtype=object).astype(str).str.strip().str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$")
    )
    numbers = parts.apply(pd.to_numeric).to_numpy(dtype=float) @ np.array([3600.0, 60.0, 1.0])
    empty = np.array([not word.strip() for word in words], dtype=bool)
    values = np.where(np.isnan(numbers), np.where(empty, -1, -2), np.nan_to_num(numbers)).astype(np.int64)
    found: NDArray[np.int64] = values[codes]
    return found


def _in_order(
    table: pd.DataFrame, trips: pd.Index, listed: pd.Index, faults: Faults
) -> tuple[NDArray[np.intp], NDArray[np.intp], pd.Index]:
    """Sort the rows of running trips by trip and sequence; return positions of trips, rows and names of trips."""
    column = pd.Categorical(table["trip_id"])
    # by name, so that the order of the file does not matter
    names, by_name = pd.Index(column.categories.astype(str)).sort_values(return_indexer=True)
    code = np.argsort(by_name)[np.asarray(column.codes, dtype=np.intp)]
    has_rows = np.bincount(code, minlength=len(names)) > 0
    faults.add("TRIP_UNKNOWN", names[has_rows & ~names.isin(listed)])
    faults.add("TRIP_NO_TIMES", trips[~trips.isin(names[has_rows])])
    running = names.isin(trips)
    order = pd.to_numeric(table["stop_sequence"].astype(str), errors="coerce").to_numpy(dtype=float)
    wrong = (~(order >= 0) | (order % 1 != 0)) & running[code]
    broken = np.zeros(len(names), dtype=bool)
    broken[code[wrong]] = True
    faults.add("ORDER_BAD", names[broken], int(wrong.sum()))
    rows = np.flatnonzero(running[code] & ~broken[code])
    rows = rows[np.lexsort((rows, order[rows], code[rows]))]
    trip = code[rows]
    twice = (trip[1:] == trip[:-1]) & (order[rows][1:] == order[rows][:-1])
    faults.add("ORDER_TWICE", names[np.unique(trip[1:][twice])], int(twice.sum()))
    return trip, rows, names


def _fill_times(
    trip: NDArray[np.intp],
    arrival: NDArray[np.int64],
    departure: NDArray[np.int64],
    names: pd.Index,
    faults: Faults,
) -> NDArray[np.bool_]:
    """Fill times that are not given, in place; return the trips that cannot be used."""
    bad = np.zeros(len(names), dtype=bool)
    wrong = (arrival == -2) | (departure == -2)
    bad[trip[wrong]] = True
    faults.add("TIME_BAD", names[bad], int(wrong.sum()))
    np.copyto(arrival, departure, where=arrival == -1)
    np.copyto(departure, arrival, where=departure == -1)
    ends = np.flatnonzero(np.diff(trip, prepend=-1, append=-1))
    first_or_last = (
        np.unique(np.concatenate([ends[:-1], ends[1:] - 1])) if len(trip) else np.empty(0, np.intp)
    )
    endless = np.zeros(len(names), dtype=bool)
    endless[trip[first_or_last[arrival[first_or_last] == -1]]] = True
    faults.add("TIME_NO_ENDS", names[endless & ~bad])
    bad |= endless
    gaps = np.flatnonzero((arrival == -1) & ~bad[trip])
    faults.add("TIME_MISSING", names[np.unique(trip[gaps])], len(gaps))
    given = np.flatnonzero(arrival >= 0)
    if len(gaps):
        before = given[np.searchsorted(given, gaps) - 1]
        after = given[np.searchsorted(given, gaps)]
        share = (gaps - before) / (after - before)
        arrival[gaps] = np.round(departure[before] + share * (arrival[after] - departure[before])).astype(
            np.int64
        )
        departure[gaps] = arrival[gaps]
    return bad


def _backwards(
    trip: NDArray[np.intp],
    arrival: NDArray[np.int64],
    departure: NDArray[np.int64],
    names: pd.Index,
    bad: NDArray[np.bool_],
    faults: Faults,
) -> NDArray[np.bool_]:
    same = trip[1:] == trip[:-1]
    back = np.zeros(len(names), dtype=bool)
    back[trip[1:][same & (arrival[1:] < departure[:-1])]] = True
    back[trip[departure < arrival]] = True
    back &= ~bad
    faults.add("TIME_BACKWARDS", names[back])
    return back


def _usable_stops(column: pd.Series, stops: pd.DataFrame, faults: Faults) -> NDArray[np.intp]:
    """Return the position of each row's stop in the table of stops, -1 where nobody can use it."""
    named = pd.Categorical(column)
    words = named.categories.astype(str)
    code = np.asarray(named.codes, dtype=np.intp)
    served = np.bincount(code, minlength=len(words)) > 0
    at = pd.Index(stops["given_id"]).get_indexer(words)
    faults.add("STOP_UNKNOWN", words[(at < 0) & served])
    placed = np.append(stops["easting"].notna().to_numpy(), False)
    abroad = np.append(stops["abroad"].to_numpy(dtype=bool), False)
    faults.add("STOP_ABROAD", words[abroad[at] & served])
    faults.add("STOP_NO_POSITION", words[(at >= 0) & ~placed[at] & ~abroad[at] & served])
    found: NDArray[np.intp] = np.where(placed[at], at, UNKNOWN)[code]
    return found


def _too_fast(
    trip: NDArray[np.intp],
    arrival: NDArray[np.int64],
    departure: NDArray[np.int64],
    at: NDArray[np.intp],
    stops: pd.DataFrame,
    names: pd.Index,
    bad: NDArray[np.bool_],
    faults: Faults,
) -> NDArray[np.bool_]:
    fast = np.zeros(len(names), dtype=bool)
    rows = np.flatnonzero((at >= 0) & ~bad[trip])
    if len(rows):
        places = stops[["easting", "northing"]].to_numpy()[at[rows]]
        metres = np.hypot(*np.diff(places, axis=0).T)
        seconds = np.maximum(arrival[rows][1:] - departure[rows][:-1], LEAST_SECONDS)
        same = trip[rows][1:] == trip[rows][:-1]
        fast[trip[rows][1:][same & (metres * 3.6 > FASTEST_KMH * seconds)]] = True
    faults.add("TOO_FAST", names[fast])
    return fast


def _written_out(events: StopEvents, frequencies: pd.DataFrame, faults: Faults) -> StopEvents:
    """Write out the trips that run at regular intervals, one trip for each start."""
    table = frequencies.astype(str)
    start, end = seconds_of(table["start_time"]), seconds_of(table["end_time"])
    headway = pd.to_numeric(table["headway_secs"], errors="coerce").to_numpy(dtype=float)
    good = (start >= 0) & (end > start) & (headway >= 1)
    at = events.trips.get_indexer(pd.Index(table["trip_id"]))
    good &= at >= 0
    faults.add("FREQUENCY_BAD", table.loc[~good, "trip_id"])
    faults.add("FREQUENCIES", dict.fromkeys(table.loc[good, "trip_id"]))
    shown = np.zeros(len(events.trips), dtype=bool)
    shown[at[good]] = True
    starts = np.where(good, np.ceil((end - start) / np.where(good, headway, 1)), 0)
    calls = np.bincount(events.trip, minlength=len(events.trips))
    if starts.sum() > MOST_TRIPS or (starts[good] * calls[at[good]]).sum() > MOST_EVENTS:
        raise InputError(
            f"frequencies.txt makes {starts.sum():,.0f} trips; at most {MOST_TRIPS:,} trips with {MOST_EVENTS:,} stop times are read."
        )
    runs = [(int(position), 0, "") for position in np.flatnonzero(~shown)]
    begins = np.flatnonzero(np.diff(events.trip, prepend=-1))
    for row in np.flatnonzero(good):
        first = int(events.departure[begins[at[row]]])
        for moment in np.arange(start[row], end[row], headway[row]).astype(int):
            runs.append(
                (
                    int(at[row]),
                    int(moment) - first,
                    f"@{moment // 3600:02d}{moment // 60 % 60:02d}{moment % 60:02d}",
                )
            )
    return _repeated(events, begins, runs)


def _repeated(events: StopEvents, begins: NDArray[np.intp], runs: list[tuple[int, int, str]]) -> StopEvents:
    """Return the events of runs: the trip each repeats, how many seconds later, and what its name ends with."""
    calls = np.diff(np.append(begins, len(events.trip)))
    which = np.array([run[0] for run in runs], dtype=np.intp)
    later = np.array([run[1] for run in runs], dtype=np.int64)
    number = calls[which]
    within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    rows = np.repeat(begins[which], number) + within
    moved = np.repeat(later, number)
    names = [str(events.trips[run[0]]) + run[2] for run in runs]
    return StopEvents(
        trips=pd.Index(names),
        original={name: str(events.trips[run[0]]) for name, run in zip(names, runs, strict=True)},
        trip=np.repeat(np.arange(len(runs)), number).astype(np.int32),
        stop=events.stop[rows],
        arrival=(events.arrival[rows] + moved).astype(np.int32),
        departure=(events.departure[rows] + moved).astype(np.int32),
        boards=events.boards[rows],
        alights=events.alights[rows],
    )
