"""The walks that a trip by bus is made of, and what counts as a trip: straight lines times a factor, or along the roads.

Along the roads wherever a road extract covers both ends; a place further than 5 km from any road of the extract is not covered by it, and its
walks are straight lines times the factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assetmap.access.roads import NO_ROADS_M, road_walks, snap
from assetmap.access.transit import CHANGE_M, CHANGE_SECONDS
from assetmap.access.walking import WALK_DETOUR, WALK_KMH, Walks, sorted_walks, straight_walks
from assetmap.schema import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.records.transport import RoadNetwork, Timetable


@dataclass(frozen=True)
class TripRules:
    """What counts as a trip there and back.

    leave_after, home_by : minutes after midnight.
    stay_minutes : least time inside the opening hours.
    limit_minutes : longest way, each way, walks included.
    walk_to_stop_m : longest walk from home to a stop and from a stop to the site.
    walk_all_minutes : longest walk all the way.
    change_m, change_seconds : longest walk and least time for a change.
    detour : of walks in a straight line; kmh : of all walks.
    """

    leave_after: int = 7 * 60
    home_by: int = 19 * 60
    stay_minutes: int = 45
    limit_minutes: int = 60
    walk_to_stop_m: float = 1_000.0
    walk_all_minutes: float = 30.0
    change_m: float = CHANGE_M
    change_seconds: int = CHANGE_SECONDS
    detour: float = WALK_DETOUR
    kmh: float = WALK_KMH

    def __post_init__(self) -> None:
        if not 0 <= self.leave_after < self.home_by <= 24 * 60:
            raise InputError(
                f"leave_after must come before home_by, both between 0 and 1440 minutes after midnight, not "
                f"{self.leave_after!r} and {self.home_by!r}."
            )
        if not (self.stay_minutes > 0 and self.limit_minutes > 0 and self.walk_to_stop_m > 0):
            raise InputError("stay_minutes, limit_minutes and walk_to_stop_m must be above 0.")


@dataclass(frozen=True)
class TripWalks:
    """The walks that trips are made of: from homes to stops, from stops to sites, between stops, and all the way."""

    from_homes: Walks
    to_sites: Walks
    changes: Walks
    all_the_way: Walks


def trip_walks(
    timetable: Timetable,
    homes: NDArray[np.float64],
    sites: NDArray[np.float64],
    rules: TripRules,
    network: RoadNetwork | None = None,
) -> TripWalks:
    """Return the walks of trips: along the roads where they are given, else straight lines times a factor.

    Parameters
    ----------
    timetable
        Its stops.
    homes, sites
        One row (easting, northing) per place, metres.
    rules
        The longest walks, and the speed.
    network
        Roads for people on foot.

    Returns
    -------
    TripWalks
        The limits count along the way that is walked.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas).points
    >>> walks = am.access.trip_walks(buses, homes, homes[:1], am.access.TripRules())
    >>> walks.from_homes.origins, walks.all_the_way.seconds.tolist()
    (12, [0, 1556])
    """
    stops = timetable.stops[["easting", "northing"]].to_numpy(dtype=float)
    far = max(min(rules.walk_all_minutes, rules.limit_minutes), 1e-9) * rules.kmh * 1000 / 60

    def walks(origins: NDArray[np.float64], ends: NDArray[np.float64], limit_m: float) -> Walks:
        straight = straight_walks(origins, ends, limit_m=limit_m, detour=rules.detour, kmh=rules.kmh)
        if network is None or not len(origins) or not len(ends):
            return straight
        return _by_road(straight, origins, ends, network, limit_m, rules.kmh)

    return TripWalks(
        from_homes=walks(homes, stops, rules.walk_to_stop_m),
        to_sites=walks(stops, sites, rules.walk_to_stop_m),
        changes=walks(stops, stops, max(rules.change_m, 1e-9)),
        all_the_way=walks(homes, sites, far),
    )


def _by_road(
    straight: Walks,
    origins: NDArray[np.float64],
    ends: NDArray[np.float64],
    network: RoadNetwork,
    limit_m: float,
    kmh: float,
) -> Walks:
    """Return the walks along the roads, and the straight ones from or to a place that the roads do not cover."""
    away = snap(origins, network).metres > NO_ROADS_M, snap(ends, network).metres > NO_ROADS_M
    roads = road_walks(origins, ends, network, limit_m=limit_m, kmh=kmh)
    if not (away[0].any() or away[1].any()):
        return roads
    origin = np.repeat(np.arange(straight.origins), np.diff(straight.start))
    kept = away[0][origin] | away[1][straight.to]
    parts = [
        (np.repeat(np.arange(roads.origins), np.diff(roads.start)), roads.to, roads.seconds),
        (origin[kept], straight.to[kept], straight.seconds[kept]),
    ]
    joined = [np.concatenate(pair) for pair in zip(*parts, strict=True)]
    return sorted_walks(joined[0].astype(np.intp), joined[1], joined[2], len(origins), len(ends))


def some_walks(walks: Walks, begin: int, end: int) -> Walks:
    """Return the walks of some of the places."""
    start = walks.start[begin : end + 1]
    part = slice(start[0], start[-1])
    return Walks(start - start[0], walks.to[part], walks.seconds[part], walks.destinations)


def parts_of(timetable: Timetable, walks: TripWalks) -> tuple[NDArray[Any], ...]:
    """Return everything of a timetable and of walks that trips depend on, for the hash of an answer."""
    buses = ("trip", "stop", "arrival", "departure", "boards", "alights", "runs")
    ways = (walks.from_homes, walks.to_sites, walks.changes, walks.all_the_way)
    return (
        *(getattr(timetable, name) for name in buses),
        *(part for each in ways for part in (each.start, each.to, each.seconds)),
    )
