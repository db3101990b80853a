"""Travel by bus: one sweep over a day answers every departure to every site at once.

Somebody walks to a stop, boards, stays on or changes (at least 60 seconds at the same stop, or a walk of up to 500 m to
another), gets off and walks to the site. `sweep` goes through the boardings of a day from last to first and keeps,
for each, the earliest arrival at every site: the buses of a day and a few dozen sites take well under a second with
numpy alone. The way back is the same sweep over the day run backwards in time (`reverse`): it gives the latest
departure from every site that still arrives by a given moment.

Limits: buses run to time and have room; a walk is a straight line times a factor unless walks on roads are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assetmap.access.walking import Walks
from assetmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from assetmap.records.transport import Timetable

CHANGE_SECONDS: Final = 60
"""Least time between getting off one bus and getting on another, at the same stop or on foot."""

CHANGE_M: Final = 500.0
"""Longest walk from stop to stop when changing, metres."""

NEVER: Final = 1_000_000_000
"""Arrival, in seconds, where there is none."""

DAY: Final = 86_400
_RIDES: Final = 200_000
"""Rides whose changes are looked up at once."""


@dataclass(frozen=True, eq=False)
class ServiceDay:
    """The buses of one day: one entry per ride from one stop of a trip to the next.

    trip : a number per trip; rides of a trip follow each other.
    stop, next_stop : positions of stops.
    departure, arrival : seconds after midnight at ``stop`` and ``next_stop``; below 0 is the evening before.
    boards, alights : whether people may get on at ``stop``, get off at ``next_stop``.
    stops : number of stops.
    """

    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    next_stop: NDArray[np.int32]
    departure: NDArray[np.int32]
    arrival: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    stops: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """The earliest arrival at every site for every boarding of a day, by stop and moment.

    start : where the boardings of each stop begin; one more than there are stops.
    moment : seconds of each boarding, in order within a stop.
    row : the row of each boarding in ``arrival``.
    arrival : one row per boarding, one column per site: the earliest arrival of somebody who stands at the stop at
        that moment, in seconds; `NEVER` where no bus leads to the site. The last row is `NEVER` throughout.
    """

    start: NDArray[np.intp]
    moment: NDArray[np.int32]
    row: NDArray[np.intp]
    arrival: NDArray[np.int32]


def service_day(timetable: Timetable, day: int) -> ServiceDay:
    """Return the rides of one day of the week of a timetable.

    Parameters
    ----------
    timetable
        As `read_timetable` returns it.
    day
        0 is Monday, 6 is Sunday.

    Returns
    -------
    ServiceDay
        The trips of the day, and those of the day before that are still on the road after midnight.

    Examples
    --------
    >>> timetable = am.read.read_timetable(town.folder / "buses_gtfs.zip")
    >>> day = am.access.service_day(timetable, 0)
    >>> type(day).__name__
    'ServiceDay'
    """
    today, before = timetable.runs[day + 1], timetable.runs[day]
    late = late_trips(timetable)
    first = _rides(timetable, today[timetable.trip], 0)
    second = _rides(timetable, (before & late)[timetable.trip], DAY)
    second[0] = second[0] + np.int32(len(timetable.trips))
    names = ("trip", "stop", "next_stop", "departure", "arrival", "boards", "alights")
    joined: dict[str, Any] = {
        name: np.concatenate(pair) for name, pair in zip(names, zip(first, second, strict=True), strict=True)
    }
    return ServiceDay(**joined, stops=len(timetable.stops))


def late_trips(timetable: Timetable) -> NDArray[np.bool_]:
    """Say which trips are on the road after midnight."""
    late = np.zeros(len(timetable.trips), dtype=bool)
    late[timetable.trip[timetable.arrival >= DAY]] = True
    return late


def _rides(timetable: Timetable, kept: NDArray[np.bool_], earlier: int) -> list[NDArray[Any]]:
    rows = np.flatnonzero(kept)
    same = timetable.trip[rows[1:]] == timetable.trip[rows[:-1]]
    at, to = rows[:-1][same], rows[1:][same]
    return [
        timetable.trip[at],
        timetable.stop[at],
        timetable.stop[to],
        timetable.departure[at] - np.int32(earlier),
        timetable.arrival[to] - np.int32(earlier),
        timetable.boards[at],
        timetable.alights[to],
    ]


def reverse(day: ServiceDay) -> ServiceDay:
    """Return the day run backwards in time: what arrived departs, and moments change their sign.

    A way from A to B that leaves at x and arrives at y becomes a way from B to A that leaves at -y and arrives at -x.
    Reversing a day twice gives the day itself.

    Examples
    --------
    >>> day = am.access.service_day(buses, 0)
    >>> bool((am.access.reverse(am.access.reverse(day)).departure == day.departure).all())
    True
    """
    turned = slice(None, None, -1)
    return ServiceDay(
        trip=day.trip[turned],
        stop=day.next_stop[turned],
        next_stop=day.stop[turned],
        departure=-day.arrival[turned],
        arrival=-day.departure[turned],
        boards=day.alights[turned],
        alights=day.boards[turned],
        stops=day.stops,
    )


def sweep(day: ServiceDay, to_sites: Walks, changes: Walks, *, change_seconds: int = CHANGE_SECONDS) -> Sweep:
    """Find the earliest arrival at every site for every boarding of a day.

    Parameters
    ----------
    day
        Rides of one day.
    to_sites
        Walks from stops to sites.
    changes
        Walks from stop to stop for a change; a stop need not lead to itself.
    change_seconds
        Least time between getting off and getting on.

    Returns
    -------
    Sweep
        Arrivals in seconds after midnight.

    Notes
    -----
    Rides are taken in slices of `change_seconds` by departure, from the last to the first. Nobody can change within a
    slice, so a slice needs only the boardings of later ones, and the rides of the same trip that follow in it.

    Raises
    ------
    InputError
        If `change_seconds` is below 1.

    Examples
    --------
    >>> stops = buses.stops[["easting", "northing"]].to_numpy()
    >>> to_stop = am.access.straight_walks(stops, stops[:1], limit_m=500)
    >>> changes = am.access.straight_walks(stops, stops, limit_m=300)
    >>> found = am.access.sweep(am.access.service_day(buses, 0), to_stop, changes)
    >>> found.arrival.shape[1], len(found.moment) > 0
    (1, True)
    """
    if change_seconds < 1:
        raise InputError(f"change_seconds must be 1 or more, not {change_seconds!r}.")
    rides = len(day.trip)
    follows = np.append(day.trip[1:] == day.trip[:-1], False) if rides else np.zeros(0, dtype=bool)
    slices = np.floor_divide(day.departure, change_seconds)
    order, groups = _in_turn(slices, follows)
    place = np.empty(rides + 1, dtype=np.intp)
    place[order], place[rides] = np.arange(rides), rides
    after = place[np.where(follows, np.arange(1, rides + 1), rides)][order]

    boarding = np.flatnonzero(day.boards)
    boarding = boarding[np.lexsort((day.departure[boarding], day.stop[boarding]))]
    start = np.searchsorted(day.stop[boarding], np.arange(day.stops + 1)).astype(np.intp)
    same_stop = (
        np.append(np.diff(day.stop[boarding]) == 0, False) if len(boarding) else np.zeros(0, dtype=bool)
    )
    board_order, board_groups = _in_turn(slices[boarding], same_stop)
    row = np.empty(len(boarding) + 1, dtype=np.intp)
    row[board_order], row[-1] = np.arange(len(boarding)), len(boarding)
    wait = row[np.where(same_stop, np.arange(1, len(boarding) + 1), len(boarding))][board_order]
    ride_of = place[boarding[board_order]]

    sites = to_sites.destinations
    found = Sweep(
        start, day.departure[boarding], row[:-1], np.full((len(boarding) + 1, sites), NEVER, dtype=np.int32)
    )
    aboard = np.full((rides + 1, sites), NEVER, dtype=np.int32)
    walked = np.vstack([to_sites.dense(NEVER), np.full((1, sites), NEVER, dtype=np.int32)])
    ends = np.where(day.alights, day.next_stop, day.stops)[order]
    reached = day.arrival[order]
    first, change_rows = _changes(day, order, found, changes, change_seconds)
    for low, high, boards_low, boards_high in _turns(
        slices[order], groups, slices[boarding][board_order], board_groups
    ):
        for begin, end in zip(low, high, strict=True):
            best = aboard[after[begin:end]]
            np.minimum(best, walked[ends[begin:end]] + reached[begin:end, None], out=best)
            part = slice(first[begin], first[end])
            later = np.minimum.reduceat(
                found.arrival[change_rows[part]], first[begin:end] - first[begin], axis=0
            )
            np.minimum(best, later, out=aboard[begin:end])
        for begin, end in zip(boards_low, boards_high, strict=True):
            np.minimum(
                aboard[ride_of[begin:end]], found.arrival[wait[begin:end]], out=found.arrival[begin:end]
            )
    return found


def _in_turn(
    slices: NDArray[np.int32], follows: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order entries by slice, last first, and within a slice so that what follows an entry comes before it.

    Returns the order, and where each group of entries that can be taken at once begins (one more than there are groups).
    """
    number = len(slices)
    chained = follows.copy()
    if number:
        chained[:-1] &= slices[1:] == slices[:-1]
    ends = np.flatnonzero(~chained)
    level = ends[np.searchsorted(ends, np.arange(number))] - np.arange(number)
    order = np.lexsort((level, -slices.astype(np.int64)))
    changed = (np.diff(slices[order]) != 0) | (np.diff(level[order]) != 0)
    return order, np.concatenate([[0], np.flatnonzero(changed) + 1, [number]]).astype(np.intp)


def _turns(
    ride_slices: NDArray[np.int32],
    groups: NDArray[np.intp],
    board_slices: NDArray[np.int32],
    board_groups: NDArray[np.intp],
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Yield, slice by slice from the last, the groups of rides and then the groups of boardings to be taken."""
    if not len(ride_slices):
        return
    of_group = ride_slices[groups[:-1]]
    of_board = board_slices[board_groups[:-1]] if len(board_slices) else np.empty(0, dtype=np.int32)
    turns = np.unique(of_group)[::-1]
    ride_at = np.searchsorted(-of_group, np.append(-turns, NEVER))
    board_low = np.searchsorted(-of_board, -turns, side="left")
    board_high = np.searchsorted(-of_board, -turns, side="right")
    for number in range(len(turns)):
        rides = slice(ride_at[number], ride_at[number + 1])
        boards = slice(board_low[number], board_high[number])
        yield groups[:-1][rides], groups[1:][rides], board_groups[:-1][boards], board_groups[1:][boards]


def _changes(
    day: ServiceDay, order: NDArray[np.intp], found: Sweep, changes: Walks, change_seconds: int
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Find, for every ride in turn, the rows of the first boardings that somebody who gets off can still catch.

    Returns where the rows of each ride begin (one more than there are rides), and the rows.
    """
    stops = day.stops
    key = _keys(np.repeat(np.arange(stops), np.diff(found.start)), found.moment)
    never = len(found.moment)
    row = np.append(found.row, never)
    counts, parts = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.int32)]
    for begin in range(0, len(order), _RIDES):
        rides = order[begin : begin + _RIDES]
        at = day.next_stop[rides]
        # the stop itself, then the stops within the walk
        near = np.where(day.alights[rides], np.diff(changes.start)[at], 0) + 1
        offset = np.concatenate([[0], np.cumsum(near)[:-1]])
        which = np.repeat(np.arange(len(rides)), near)
        within = np.arange(len(which)) - offset[which]
        walk = np.clip(changes.start[at][which] + within - 1, 0, max(len(changes.to) - 1, 0))
        own = within == 0
        stop, seconds = at[which], np.full(len(which), change_seconds, dtype=np.int64)
        if len(changes.to):
            stop = np.where(own, stop, changes.to[walk])
            seconds = np.where(own, seconds, np.maximum(changes.seconds[walk], change_seconds))
        first = np.searchsorted(key, _keys(stop, day.arrival[rides][which] + seconds))
        missed = (first >= found.start[stop + 1]) | ~day.alights[rides][which]
        rows = row[np.where(missed, never, first)]
        caught = (rows != never) | own
        counts.append(np.bincount(which[caught], minlength=len(rides)))
        parts.append(rows[caught].astype(np.int32))
    return np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.intp), np.concatenate(parts)


def _keys(stop: NDArray[Any], moment: NDArray[Any]) -> NDArray[np.int64]:
    """Put stop and moment into one number that sorts by stop, then by moment (which may be below 0)."""
    return stop.astype(np.int64) * (1 << 24) + moment.astype(np.int64) + (1 << 22)
