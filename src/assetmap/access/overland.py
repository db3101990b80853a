"""Distance overland: the way around the water, where a straight line would cross an estuary.

Where the straight line stays on land it is the distance. Elsewhere the land is laid out as a grid of points; a step
leads from a point to its 16 neighbours (as king and knight move at chess) if the line between them stays on
land, and the shortest path over these steps is the distance. Ferries, and bridges over water that the boundaries
leave open, are given as a table of crossings.

Limits: a path on land is not a road; it knows about water only, so the road is longer. Steps in 16 directions make
a path up to 2.8% longer than the true one. Whether a line stays on land is looked up every eighth of a cell (31 m
by default): narrower water may be stepped over. Boundaries clipped to the shore are needed; on boundaries
drawn to the middle of rivers there is no water to go around.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, METRES, OVERLAND, check_limit, nearest_of
from assetmap.access.nearest import centre_points, open_assets
from assetmap.schema import Costs, InputError, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

CELL_M: Final = 250.0
LEAST_PART_KM2: Final = 1.0
"""Pieces of land smaller than this are no start or end of a path; the nearest larger one is taken."""

CROSSING_COLUMNS: Final = ("name", "easting_1", "northing_1", "easting_2", "northing_2")

_MOVES: Final = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
_FINE: Final = 8
"""Look-ups of land or water per cell."""


_BLOCK: Final = 64
_LONGEST_DRY: Final = 1.1


@dataclass(frozen=True)
class LandGrid:
    """Points on land and the steps between them.

    ``points`` (easting, northing), ``graph`` the lengths of the steps in metres (scipy CSR), ``usable`` the
    points on pieces of land that are large enough, ``cell_m`` the width of a cell. ``mask`` is true where a square
    of an eighth of a cell has its middle on land; its first row is the southern one, ``corner`` the middle of its
    first square.
    """

    points: NDArray[np.float64]
    graph: Any
    usable: NDArray[np.intp]
    cell_m: float
    mask: NDArray[np.bool_]
    corner: NDArray[np.float64]


def make_land_grid(
    land: gpd.GeoDataFrame, *, cell_m: float = CELL_M, crossings: pd.DataFrame | None = None
) -> LandGrid:
    """Lay a grid over the land.

    Parameters
    ----------
    land
        Polygons of the land in EPSG:27700; the areas themselves will do. What lies outside is water.
    cell_m
        Distance of the grid points in metres.
    crossings
        Ferries and bridges: ``name``, ``easting_1``, ``northing_1``, ``easting_2``, ``northing_2`` and, where the
        crossing should count for more than its length, ``distance_m``.

    Returns
    -------
    LandGrid
        For `distance_overland` and `overland_costs`.

    Raises
    ------
    SchemaError
        If the land is not in EPSG:27700 or a crossing lacks a column.
    InputError
        If no grid point falls on land, or a crossing ends more than 2 km from it.

    Examples
    --------
    >>> grid = am.access.make_land_grid(quillford.areas, crossings=am.read.read_crossings(town.folder / "crossings.csv"))
    >>> type(grid).__name__
    'LandGrid'
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if land.crs is None or land.crs.to_epsg() != 27700:
        raise SchemaError(
            f"The land must be in EPSG:27700 (metres), not {land.crs}: use to_crs('EPSG:27700')."
        )
    mask, corner = _rasterise(land, cell_m / _FINE)
    rows, columns = np.nonzero(mask[::_FINE, ::_FINE])
    if not len(rows):
        raise InputError(f"No point of a grid of {cell_m:g} m falls on the land: use a smaller cell_m.")
    cells = np.column_stack([columns, rows])
    points = corner + cells * cell_m
    starts, ends, lengths = (
        np.concatenate(pair)
        for pair in zip(_steps(mask, cells, cell_m), _crossings(points, crossings), strict=True)
    )
    graph = coo_array((lengths, (starts, ends)), shape=(len(points), len(points))).tocsr()
    _, part = connected_components(graph, directed=False)
    large = np.bincount(part) * cell_m**2 >= LEAST_PART_KM2 * 1e6
    usable = np.flatnonzero(large[part]) if large.any() else np.arange(len(points))
    return LandGrid(points=points, graph=graph, usable=usable, cell_m=cell_m, mask=mask, corner=corner)


def distance_overland(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    grid: LandGrid,
    *,
    asset_type: str | Sequence[str] | None = "library",
) -> pd.DataFrame:
    """Measure the distance overland from each area to its nearest open asset.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    grid
        From `make_land_grid`.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``overland_m`` (metres, never less than the straight line to the same asset),
        ``overland_asset_id``, ``overland_name``; missing where none can be reached on land or by a crossing.

    Examples
    --------
    >>> grid = am.access.make_land_grid(areas)
    >>> far = am.access.distance_overland(areas, assets, grid, asset_type="library")
    >>> list(far.columns)
    ['overland_m', 'overland_asset_id', 'overland_name']
    """
    limit_m = nearest_limit_m(areas, assets, grid, asset_type=asset_type)
    costs = overland_costs(areas, assets, grid, asset_type=asset_type, limit_m=limit_m)
    names = {"cost": "overland_m", "asset_id": "overland_asset_id", "name": "overland_name"}
    return nearest_of(costs, assets).rename(columns=names)


def overland_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    grid: LandGrid,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_m: float = LIMIT_M,
    only_open: bool = True,
) -> Costs:
    """Measure distances overland from each area to each asset within a limit.

    Parameters
    ----------
    areas, assets, asset_type, only_open
        As for `straight_costs`.
    grid
        From `make_land_grid`.
    limit_m
        Limit in metres; infinite for every pair that is linked by land or crossings.

    Returns
    -------
    Costs
        Costs in metres. Work grows with the number of assets times the land within the limit.

    Raises
    ------
    InputError
        If no open asset of the type has a known location.

    Examples
    --------
    >>> grid = am.access.make_land_grid(areas)
    >>> costs = am.access.overland_costs(areas, assets, grid, asset_type="library", limit_m=10_000)
    >>> costs.mode
    'overland'
    """
    check_limit(limit_m, "limit_m")
    usable = open_assets(assets, asset_type).sort_index() if only_open else assets
    if usable.empty:
        raise InputError(
            "There is no open asset of this type with a known location, so no distance can be measured."
        )
    origins, destinations, costs = [], [], []
    for position, metres in enumerate(_metres_to(areas, usable, grid, limit_m)):
        near = np.flatnonzero(np.isfinite(metres) & (metres <= limit_m))
        origins.append(near)
        destinations.append(np.full(len(near), position))
        costs.append(metres[near])
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=np.concatenate(origins).astype(np.int32),
        asset=np.concatenate(destinations).astype(np.int32),
        cost=np.concatenate(costs),
        limit=limit_m,
        unit=METRES,
        mode=OVERLAND,
        method=f"overland, on a grid of {grid.cell_m:g} m",
        measured=np.ones(len(areas), dtype=bool),
    )


def nearest_limit_m(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    grid: LandGrid,
    *,
    asset_type: str | Sequence[str] | None = None,
) -> float:
    """Bound the distances overland to the nearest open asset, by one search that starts at all assets."""
    from scipy.sparse.csgraph import dijkstra

    usable = open_assets(assets, asset_type)
    if usable.empty:
        return grid.cell_m
    to_node, to_gap = _nearest_points(grid, np.column_stack([usable.geometry.x, usable.geometry.y]))
    from_node, from_gap = _nearest_points(grid, centre_points(areas))
    metres = dijkstra(grid.graph, directed=False, indices=np.unique(to_node), min_only=True)[from_node]
    reached = np.isfinite(metres)
    return float((metres + from_gap)[reached].max(initial=0.0) + to_gap.max() + grid.cell_m)


def _metres_to(
    areas: gpd.GeoDataFrame, places: gpd.GeoDataFrame, grid: LandGrid, limit_m: float
) -> Iterator[NDArray[np.float64]]:
    """Yield the distances from all areas to one place after another; beyond the limit they may be infinite."""
    from scipy.sparse.csgraph import dijkstra

    check_areas(areas)
    centres = centre_points(areas)
    ends = np.column_stack([places.geometry.x, places.geometry.y])
    from_node, from_gap = _nearest_points(grid, centres)
    to_node, to_gap = _nearest_points(grid, ends)
    search_m = limit_m * _LONGEST_DRY + 6 * grid.cell_m
    for position in range(len(ends)):
        path = dijkstra(grid.graph, directed=False, indices=to_node[position], limit=search_m)[from_node]
        straight = np.hypot(*(centres - ends[position]).T)
        metres = np.maximum(path + from_gap + to_gap[position], straight)
        # a path much longer than the straight line goes around water: only the others can be dry
        candidate = np.flatnonzero(
            (straight <= limit_m) & (metres <= straight * _LONGEST_DRY + 6 * grid.cell_m)
        )
        dry = candidate[_line_on_land(grid, centres[candidate], ends[position])]
        metres[dry] = straight[dry]
        yield metres


def _rasterise(land: gpd.GeoDataFrame, square_m: float) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Mark the squares whose middle lies on land, by where the shore crosses each row of middles."""
    import shapely

    rings = shapely.get_rings(shapely.get_parts(land.geometry.union_all()))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    (x1, y1), (x2, y2) = vertices[:-1][same].T, vertices[1:][same].T
    corner = vertices.min(axis=0) + square_m / 2
    columns, rows = ((vertices.max(axis=0) - corner) // square_m + 1).astype(int)
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    first = np.ceil((low - corner[1]) / square_m).astype(int).clip(0)
    last = (np.ceil((high - corner[1]) / square_m).astype(int) - 1).clip(max=rows - 1)
    times = (last - first + 1).clip(0)
    edge = np.repeat(np.arange(len(times)), times)
    row = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times)
    northing = corner[1] + row * square_m
    easting = x1[edge] + (northing - y1[edge]) / (y2[edge] - y1[edge]) * (x2[edge] - x1[edge])
    column = np.ceil((easting - corner[0]) / square_m).astype(int).clip(0, columns)
    turns = np.bincount(row * (columns + 1) + column, minlength=rows * (columns + 1)).reshape(
        rows, columns + 1
    )
    mask: NDArray[np.bool_] = np.cumsum(turns, axis=1, dtype=np.int32)[:, :columns] % 2 == 1
    return mask, corner


def _steps(
    mask: NDArray[np.bool_], cells: NDArray[np.intp], cell_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Pair neighbouring points whose connecting line stays on land."""
    rows, columns = mask[::_FINE, ::_FINE].shape
    number = np.full((rows, columns), -1, dtype=np.intp)
    number[cells[:, 1], cells[:, 0]] = np.arange(len(cells))
    starts, ends, lengths = [], [], []
    for right, upward in _MOVES:
        column, row = cells[:, 0] + right, cells[:, 1] + upward
        start = np.flatnonzero((column >= 0) & (column < columns) & (row >= 0) & (row < rows))
        end = number[row[start], column[start]]
        start, end = start[end >= 0], end[end >= 0]
        samples = np.arange(1, 2 * _FINE) / (2 * _FINE)
        fine = np.rint(
            cells[start, :, None] * _FINE + np.array([[right], [upward]]) * samples * _FINE
        ).astype(int)
        dry = mask[fine[:, 1], fine[:, 0]].all(axis=1)
        starts.append(start[dry])
        ends.append(end[dry])
        lengths.append(np.full(int(dry.sum()), cell_m * np.hypot(right, upward)))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(lengths)


def _line_on_land(
    grid: LandGrid, origins: NDArray[np.float64], place: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say of each origin whether the straight line to the place stays on land."""
    square_m = grid.cell_m / _FINE
    dry = np.ones(len(origins), dtype=bool)
    longest = np.hypot(*(origins - place).T).max(initial=0.0)
    shares = np.linspace(0, 1, int(longest // square_m) + 2)[1:-1]
    edge = np.array(grid.mask.shape)[::-1] - 1
    for block in np.array_split(shares, len(shares) // _BLOCK + 1):
        left = np.flatnonzero(dry)
        between = origins[left, None] + (place - origins[left])[:, None] * block[:, None]
        square = np.rint((between - grid.corner) / square_m).astype(int).clip(0, edge)
        dry[left] = grid.mask[square[..., 1], square[..., 0]].all(axis=1)
    return dry


def _crossings(
    points: NDArray[np.float64], crossings: pd.DataFrame | None
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    from scipy.spatial import cKDTree

    if crossings is None or crossings.empty:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)
    missing = [name for name in CROSSING_COLUMNS if name not in crossings.columns]
    if missing:
        raise SchemaError(f"The table of crossings cannot be used: missing column {first_few(missing)}.")
    tree = cKDTree(points)
    ends = [crossings[[f"easting_{end}", f"northing_{end}"]].to_numpy(dtype=float) for end in (1, 2)]
    gaps, nodes = zip(*(tree.query(end) for end in ends), strict=True)
    far = crossings.loc[(gaps[0] > 2_000) | (gaps[1] > 2_000), "name"]
    if len(far):
        raise InputError(
            f"{len(far)} {'crossing ends' if len(far) == 1 else 'crossings end'} more than 2 km from the land: {first_few(far)}."
        )
    lengths = np.hypot(*(ends[0] - ends[1]).T)
    if "distance_m" in crossings.columns:
        lengths = (
            crossings["distance_m"].astype(float).fillna(pd.Series(lengths, index=crossings.index)).to_numpy()
        )
    return nodes[0], nodes[1], lengths + gaps[0] + gaps[1]


def _nearest_points(
    grid: LandGrid, places: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    from scipy.spatial import cKDTree

    gap, found = cKDTree(grid.points[grid.usable]).query(places)
    return grid.usable[found], np.asarray(gap)
