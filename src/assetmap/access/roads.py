"""Minutes on roads: SciPy's shortest paths from the sites, backwards, which gives the time from everywhere at once.

There are few sites and many homes: one search from each site along the roads run backwards finds the time from every
node. Homes and sites are joined to the nearest node, and the walk to it in a straight line counts.

Limits: time of a usual day without rush hour; parking and walking from the car park are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from assetmap.access.walking import WALK_KMH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assetmap.records import RoadNetwork

FAR_M: Final = 1_000.0
"""A place further than this from the nearest road is reported."""


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
    """
    from scipy.spatial import cKDTree

    if not len(points):
        return Snapped(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
    found = cKDTree(network.points).query(points)
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
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    nodes = len(network.points)
    backwards = csr_array((network.seconds, (network.end, network.start)), shape=(nodes, nodes))
    where, site = np.unique(sites.node, return_inverse=True)
    seconds = dijkstra(backwards, directed=True, indices=where, limit=limit_minutes * 60)
    minutes: NDArray[np.float64] = (
        seconds.T[homes.node][:, site] + homes.seconds[:, None] + sites.seconds[None, :]
    ) / 60
    minutes[minutes > limit_minutes] = np.inf
    return minutes
