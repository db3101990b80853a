"""Records of roads, timetables and opening hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetmap.records.results import Note

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Timetable:
    """One or more bus timetables for one week, with everything that was wrong with them counted.

    stops : index ``stop_id``; ``stop_name``, ``easting``, ``northing`` (metres); only stops that a trip serves, in this or another week.
    trips : index ``trip_id``; ``route``, ``kind`` (bus, coach, rail, ...), ``service_id``.
    trip, stop : positions in ``trips`` and ``stops``, one per stop event, sorted by trip and order of stops.
    arrival, departure : seconds after the midnight that begins the day of service; above 86,400 is the next morning.
    boards, alights : whether people may get on, get off there.
    runs : one row per day, one column per trip: row 0 is the Sunday before the week, rows 1 to 7 Monday to Sunday.
    week : the Monday that the week begins with.
    first_day, last_day : first and last day on which anything runs.
    faults : index ``fault``; ``count``, ``examples``, ``sentence`` (docs/travel.md).
    notes : what a reader of any figure from this timetable must know.
    """

    stops: pd.DataFrame
    trips: pd.DataFrame
    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    runs: NDArray[np.bool_]
    week: dt.date
    first_day: dt.date
    last_day: dt.date
    faults: pd.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class OpeningTimes:
    """When places are open in a usual week, and what could not be read as clock times.

    times : one row per place and stretch of opening: ``asset_id``, ``day`` (0 = Monday), ``opens``, ``closes`` (minutes
        after midnight; above 1,440 is the next morning), in order, no two of a place overlapping.
    unread : one row per cell that gave no clock times: ``asset_id``, ``column``, ``text``, ``reason``.
    """

    times: pd.DataFrame
    unread: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ThereAndBack:
    """On which days people can get to a site by bus, be there while it is open, and get home.

    homes, sites : labels; ``days`` refers to them by position.
    days : one row per home, site and day on which it works: ``home``, ``site``, ``day`` (0 = Monday), ``minutes``
        (travel there and back of the quickest trip), ``leave_home``, ``arrive``, ``leave_site``, ``back_home``
        (that trip, minutes after midnight), ``longest_stay`` (minutes inside the opening hours), ``choices`` (buses out that
        leave long enough to stay and a way back), ``last_back`` (the last way back leaves the site, minutes after
        midnight), ``on_foot`` (the quickest trip needs no bus).
    cover : one per home: ``served``, ``no service`` (no bus leaves a stop within the walk on any day), ``no stop``
        (within the walk) or ``not covered`` (the timetable has no stop anywhere near).
    without_times : sites whose opening hours give no clock times: nothing is said about them.
    rules : what was asked for: minutes, metres.
    """

    homes: pd.Index
    sites: pd.Index
    days: pd.DataFrame
    cover: pd.Series
    without_times: pd.Index
    rules: dict[str, float]


def _no_copies() -> NDArray[np.int32]:
    import numpy as np

    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads as a network for one mode of travel: the largest part in which every node leads to every other.

    mode : ``drive`` or ``walk``.
    points : easting and northing of every node, metres.
    start, end : positions of nodes, one per stretch of road in the direction of travel.
    seconds : how long each stretch takes, with the delay at its end.
    dropped : nodes that were left out because nothing leads to them or away from them.
    dropped_km : length of the stretches that were left out with them.
    copy_of : the last nodes are copies of these; they are there so that no path makes a forbidden turn.
    """

    mode: str
    points: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    seconds: NDArray[np.float64]
    dropped: int
    dropped_km: float
    copy_of: NDArray[np.int32] = field(default_factory=_no_copies)

    @property
    def places(self) -> NDArray[np.float64]:
        """Points of the nodes without the copies."""
        return self.points[: len(self.points) - len(self.copy_of)]


@dataclass(frozen=True, eq=False)
class Roads:
    """Roads of an OpenStreetMap extract, for cars and for people on foot.

    drive, walk : the two networks.
    bounds : west, south, east, north of all roads, metres.
    date : when the extract was made, as the file says; empty where it does not.
    notes : what a reader of any figure from these roads must know.
    """

    drive: RoadNetwork
    walk: RoadNetwork
    bounds: tuple[float, float, float, float]
    date: str
    notes: tuple[Note, ...] = ()
