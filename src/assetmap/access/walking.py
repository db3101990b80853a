"""Walks in a straight line times a factor: to a stop, from stop to stop, and all the way.

Against 26 walking isochrones of Cornish libraries (openrouteservice on OpenStreetMap), a straight line times 1.2 at
5 km/h differs about "within 30 minutes" for fewer than 4 in 100 pairs of a postcode and a library that either says are
within (docs/travel_methods.md). It cannot see an estuary or a railway: walks on roads can (`roads`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assetmap.access.nearest import pairs_within
from assetmap.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WALK_DETOUR: Final = 1.2
"""Way on foot over straight line; the median of the isochrones is 1.16 to 1.25."""

WALK_KMH: Final = 5.0
"""Speed of the isochrones; Transport for London counts 4.8 km/h (PTAL)."""


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks from some places to others that are within a limit.

    start : where the walks of each place begin in ``to`` and ``seconds``; one more than there are places.
    to : positions of where the walks lead; seconds : how long they take, whole seconds.
    destinations : number of places that walks may lead to.
    """

    start: NDArray[np.intp]
    to: NDArray[np.int32]
    seconds: NDArray[np.int32]
    destinations: int

    @property
    def origins(self) -> int:
        """Number of places that walks begin at."""
        return len(self.start) - 1

    def dense(self, nowhere: int) -> NDArray[np.int32]:
        """Return the seconds as a matrix, `nowhere` where there is no walk."""
        matrix = np.full((self.origins, self.destinations), nowhere, dtype=np.int32)
        matrix[np.repeat(np.arange(self.origins), np.diff(self.start)), self.to] = self.seconds
        return matrix


def straight_walks(
    origins: NDArray[np.float64],
    destinations: NDArray[np.float64],
    *,
    limit_m: float,
    detour: float = WALK_DETOUR,
    kmh: float = WALK_KMH,
) -> Walks:
    """Find the walks no longer than a limit, as straight lines times a factor.

    Parameters
    ----------
    origins, destinations
        One row (easting, northing) per place, metres.
    limit_m
        Longest walk in metres, detour included.
    detour
        What the straight line is multiplied by, 1 or more.
    kmh
        Speed in km/h.

    Returns
    -------
    Walks
        Seconds are rounded up.

    Raises
    ------
    InputError
        If a limit or speed is not above 0, or `detour` is below 1.

    Examples
    --------
    >>> walks = straight_walks(np.array([[0.0, 0.0]]), np.array([[300.0, 400.0]]), limit_m=1_000)
    >>> walks.seconds.tolist()
    [432]
    """
    if not limit_m > 0 or not detour >= 1 or not kmh > 0:
        raise InputError(
            f"limit_m and kmh must be above 0 and detour 1 or more, not {limit_m!r}, {kmh!r} and {detour!r}."
        )
    blocks = list(pairs_within(origins, destinations, limit_m / detour))
    start, end, metres = (
        np.concatenate([block[part] for block in blocks]) if blocks else np.empty(0) for part in range(3)
    )
    # rounding first keeps a walk of exactly 432 seconds from taking 433
    seconds = np.ceil(np.round(metres * detour * 3.6 / kmh, 6))
    return sorted_walks(start.astype(np.intp), end, seconds, len(origins), len(destinations))


def sorted_walks(
    origin: NDArray[np.intp],
    destination: NDArray[Any],
    seconds: NDArray[Any],
    origins: int,
    destinations: int,
) -> Walks:
    """Return pairs with their seconds as `Walks`."""
    order = np.lexsort((destination, origin))
    start = np.concatenate([[0], np.cumsum(np.bincount(origin, minlength=origins))])
    return Walks(
        start.astype(np.intp),
        destination[order].astype(np.int32),
        seconds[order].astype(np.int32),
        destinations,
    )
