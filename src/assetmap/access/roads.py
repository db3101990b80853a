"""Minutes on roads: SciPy's shortest paths from the sites, backwards, which gives the time from everywhere at once.

There are few sites and many homes: one search from each site along the roads run backwards finds the time from every
node. Homes and sites are joined to the nearest node, and the walk to it in a straight line counts.

Limits: time of a usual day without rush hour; parking and walking from the car park are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from assetmap.access.walking import WALK_KMH, Walks, sorted_walks

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from assetmap.records.transport import RoadNetwork

FAR_M: Final = 1_000.0
"""A place further than this from the nearest road is reported."""

NO_ROADS_M: Final = 5_000.0
"""A place whose nearest road is further away than this is not covered by the extract."""

TENTHS: Final = 1
TILE_M: Final = 2_000.0
"""Side of the squares in which walks are searched together."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Places joined to a network.

    node : position of the nearest node; seconds : the walk to it; metres : its length in a straight line.
    """

    node: NDArray[np.intp]
    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]

    @property
    def far(self) -> NDArray[np.bool_]:
        """Which places are further than `FAR_M` from the nearest road."""
        return np.greater(self.metres, FAR_M)


def snap(points: NDArray[np.float64], network: RoadNetwork, *, kmh: float = WALK_KMH) -> Snapped:
    """Join places to the nearest node of a network.

    Parameters
    ----------
    points
        One row (easting, northing) per place, metres.
    network
        As `read_roads` returns it.
    kmh
        Speed of the walk to the node.

    Returns
    -------
    Snapped
        With the walk to the node.

    Examples
    --------
    >>> roads = am.read.read_roads(town.folder / "roads.osm")
    >>> points = np.array([[566_000.0, 424_200.0], [566_000.0, 426_000.0]])
    >>> snapped = am.access.snap(points, roads.drive)
    >>> len(snapped.node)
    2
    """
    from scipy.spatial import cKDTree

    if not len(points):
        return Snapped(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
    found = cKDTree(network.places).query(points)
    metres: NDArray[np.float64] = np.asarray(found[0], dtype=np.float64)
    return Snapped(np.asarray(found[1], dtype=np.intp), metres * 3.6 / kmh, metres)


def road_minutes(
    network: RoadNetwork, homes: Snapped, sites: Snapped, *, limit_minutes: float = np.inf
) -> NDArray[np.float64]:
    """Find the minutes from every home to every site.

    Parameters
    ----------
    network
        Roads for one mode.
    homes, sites
        Places joined to this network by `snap`.
    limit_minutes
        Nothing further is searched; a low limit is quicker.

    Returns
    -------
    numpy.ndarray
        One row per home, one column per site; infinite beyond the limit.

    Examples
    --------
    >>> roads = am.read.read_roads(town.folder / "roads.osm")
    >>> points = np.array([[566_000.0, 424_200.0], [566_000.0, 426_000.0]])
    >>> home, site = (am.access.snap(points[[at]], roads.drive) for at in (0, 1))
    >>> round(float(am.access.road_minutes(roads.drive, home, site)[0, 0]), 1)
    2.9
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    nodes = len(network.points)
    backwards = csr_array((network.seconds, (network.end, network.start)), shape=(nodes, nodes))
    where, site = np.unique(sites.node, return_inverse=True)
    seconds = dijkstra(backwards, directed=True, indices=where, limit=limit_minutes * 60)
    # whoever gets to a copy of a node is there as well
    copies = np.flatnonzero(np.isin(network.copy_of, where))
    if len(copies):
        more = dijkstra(
            backwards, directed=True, indices=len(network.places) + copies, limit=limit_minutes * 60
        )
        np.minimum.at(seconds, np.searchsorted(where, network.copy_of[copies]), more)
    minutes: NDArray[np.float64] = (
        seconds.T[homes.node][:, site] + homes.seconds[:, None] + sites.seconds[None, :]
    ) / 60
    minutes[minutes > limit_minutes] = np.inf
    return minutes


def road_walks(
    origins: NDArray[np.float64],
    ends: NDArray[np.float64],
    network: RoadNetwork,
    *,
    limit_m: float,
    kmh: float = WALK_KMH,
) -> Walks:
    """Find the walks along the roads that are no longer than a limit.

    Parameters
    ----------
    origins, ends
        One row (easting, northing) per place, metres.
    network
        Roads for people on foot: the same time both ways.
    limit_m
        Longest walk in metres at the speed of the walk, from door to door.
    kmh
        Speed; that of the network is `WALK_KMH`.

    Returns
    -------
    Walks
        Whole seconds, rounded up; tenths are rounded first, because a file gives places to a centimetre or ten.

    Notes
    -----
    No walk within the limit leads further away than the limit, so the search for the places of one square needs only the roads in the square
    and that far around it.

    Examples
    --------
    >>> origins = np.array([[566_000.0, 424_200.0]])
    >>> walks = am.access.road_walks(origins, origins + [300, 0], roads.walk, limit_m=2_000)
    >>> walks.seconds.tolist()
    [216]
    """
    from scipy.sparse import csr_array

    limit = limit_m * 3.6 / kmh
    nodes = len(network.points)
    graph = csr_array(
        (network.seconds * (WALK_KMH / kmh), (network.start, network.end)), shape=(nodes, nodes)
    )
    position = np.full(nodes, -1, dtype=np.int64)
    swap = len(ends) > len(origins)
    near, far = (snap(points, network, kmh=kmh) for points in ((origins, ends) if swap else (ends, origins)))
    at = network.points[near.node]
    square = np.floor(at / TILE_M).astype(np.int64)
    _, tile = np.unique(square, axis=0, return_inverse=True)
    order = np.argsort(tile.ravel(), kind="stable")
    by_east = np.argsort(network.points[:, 0], kind="stable")
    eastings = network.points[by_east, 0]
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
    for places in np.split(order, np.flatnonzero(np.diff(tile.ravel()[order])) + 1):
        usable = places[near.seconds[places] <= limit]
        if len(usable):
            (west, south), (east, north) = at[usable].min(axis=0) - limit_m, at[usable].max(axis=0) + limit_m
            inside = by_east[slice(*np.searchsorted(eastings, (west, east)))]
            inside = inside[(network.points[inside, 1] >= south) & (network.points[inside, 1] <= north)]
            position[inside] = np.arange(len(inside))
            found.append(_walks_of_tile(usable, near, far, graph, inside, position, limit))
            position[inside] = -1
    empty = np.empty(0, dtype=np.intp)
    one, other, seconds = (
        (np.concatenate(part) for part in zip(*found, strict=True)) if found else (empty, empty, np.empty(0))
    )
    start, to = (one, other) if swap else (other, one)
    return sorted_walks(start, to, np.ceil(seconds), len(origins), len(ends))


def _walks_of_tile(
    places: NDArray[np.intp],
    near: Snapped,
    far: Snapped,
    graph: csr_array,
    inside: NDArray[np.intp],
    position: NDArray[np.int64],
    limit: float,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the walks from the places of one square over the nodes inside: the place, where the walk leads, its seconds."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    begin, number = graph.indptr[inside], graph.indptr[inside + 1] - graph.indptr[inside]
    before = np.cumsum(number) - number
    edge = np.arange(number.sum()) + np.repeat(begin - before, number)
    first, last = np.repeat(np.arange(len(inside)), number), position[graph.indices[edge]]
    kept = last >= 0
    part = csr_array((graph.data[edge][kept], (first[kept], last[kept])), shape=(len(inside), len(inside)))
    where, which = np.unique(position[near.node[places]], return_inverse=True)
    seconds = dijkstra(part, directed=True, indices=where, limit=limit)
    others = np.flatnonzero(position[far.node] >= 0)
    total = seconds[which][:, position[far.node[others]]] + near.seconds[places][:, None]
    total += far.seconds[others][None, :]
    total = np.round(total, TENTHS)
    row, column = np.nonzero(total <= limit)
    return places[row], others[column], total[row, column]
