"""Shapes for a page: simplified without gaps, in whole numbers, each stored as the step from the one before."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from assetmap.schema import MAP_CRS

DECIMALS: Final = 5
"""Decimals of a degree that are kept: about 1 m."""

COARSE_DECIMALS: Final = 4
"""The same above ``MANY_VERTICES``, where shapes are generalised by far more than 10 m anyway."""

MANY_VERTICES: Final = 60_000
TOLERANCES_M: Final = (10.0, 20.0, 40.0, 80.0, 160.0, 200.0)
VERTICES_PER_AREA: Final = 25
VERTICES_IN_COUNTRY: Final = 15
MANY_AREAS: Final = 5_000
MOST_AREAS: Final = 20_000


def simplify_areas(areas: gpd.GeoSeries) -> gpd.GeoSeries:
    """Take out vertices that nobody sees, keeping shared borders shared.

    Parameters
    ----------
    areas
        Polygons in EPSG:27700 (metres).

    Returns
    -------
    geopandas.GeoSeries
        On the same index. Untouched where there are few vertices; otherwise simplified as one coverage
        (Visvalingam-Whyatt), as little as brings them below 25 for each area or 30,000 in all.
    """
    each = VERTICES_PER_AREA if len(areas) <= MOST_AREAS else VERTICES_IN_COUNTRY
    most = max(each * len(areas), MANY_VERTICES // 2)
    shapes = areas.to_numpy()
    if int(shapely.get_num_coordinates(shapes).sum()) <= most:
        return areas
    for tolerance in _tolerances(shapes, most / len(areas)):
        simplified = _thinned(shapes, tolerance)
        if int(shapely.get_num_coordinates(simplified).sum()) <= most:
            break
    return gpd.GeoSeries(simplified, index=areas.index, crs=areas.crs)


def _tolerances(shapes: npt.NDArray[Any], most_each: float) -> tuple[float, ...]:
    """Return the tolerances to try: in a country those that are too fine for a sample of it are left out, for their time."""
    if len(shapes) <= MANY_AREAS:
        return TOLERANCES_M
    part = shapes[:: len(shapes) // (MANY_AREAS // 2)]
    coarse = [
        tolerance
        for tolerance in TOLERANCES_M
        if shapely.get_num_coordinates(_thinned(part, tolerance)).mean() <= most_each
    ]
    return tuple(coarse) or TOLERANCES_M[-1:]


def _thinned(shapes: npt.NDArray[Any], tolerance: float) -> npt.NDArray[Any]:
    """Simplify shapes as one coverage; one that would vanish stays as it is."""
    thinner = shapely.coverage_simplify(shapes, tolerance)
    lost = shapely.is_empty(thinner) | shapely.is_missing(thinner)
    return np.where(lost, shapes, thinner)


def encode_polygons(shapes: gpd.GeoSeries, *, decimals: int | None = None) -> dict[str, Any]:
    """Write polygons as columns of whole numbers.

    Parameters
    ----------
    shapes
        Polygons in any CRS; missing or empty ones get no ring.
    decimals
        Decimals of a degree; chosen by size where not given.

    Returns
    -------
    dict
        ``decimals``; ``rings``: number of rings of each shape; ``lengths``: vertices of each ring (the
        closing one left out); ``x``, ``y``: longitude and latitude times ``10 ** decimals``, each as the
        difference from the vertex before (the first from 0).
    """
    degrees = shapes.to_crs(MAP_CRS).to_numpy()
    if decimals is None:
        total = int(shapely.get_num_coordinates(degrees).sum())
        decimals = DECIMALS if total <= MANY_VERTICES else COARSE_DECIMALS
    parts, part_shape = shapely.get_parts(degrees, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    vertices, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    whole = np.rint(vertices * 10**decimals).astype(np.int64)
    kept = _distinct(whole, vertex_ring)
    whole, vertex_ring = whole[kept], vertex_ring[kept]
    lengths = np.bincount(vertex_ring, minlength=len(rings))
    drawn = (lengths >= 3) | _only_ring(part_shape[ring_part], lengths)
    whole = whole[drawn[vertex_ring]]
    per_shape = np.bincount(part_shape[ring_part][drawn], minlength=len(degrees))
    return {
        "decimals": decimals,
        "rings": per_shape.tolist(),
        "lengths": lengths[drawn].tolist(),
        "x": steps(whole[:, 0]),
        "y": steps(whole[:, 1]),
    }


def encode_points(points: gpd.GeoSeries, *, decimals: int = DECIMALS) -> dict[str, Any]:
    """Write points like `encode_polygons`; a missing point is ``None`` in both columns."""
    degrees = points.to_crs(MAP_CRS).to_numpy()
    missing = shapely.is_missing(degrees) | shapely.is_empty(degrees)
    x, y = shapely.get_x(degrees), shapely.get_y(degrees)
    return {
        "decimals": decimals,
        "x": _steps_with_gaps(x, missing, decimals),
        "y": _steps_with_gaps(y, missing, decimals),
    }


def steps(numbers: npt.NDArray[np.int64]) -> list[int]:
    """Return the first number and then each difference from the one before."""
    return np.diff(numbers, prepend=0).tolist() if len(numbers) else []


def _steps_with_gaps(
    numbers: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_], decimals: int
) -> list[int | None]:
    known = np.rint(numbers[~missing] * 10**decimals).astype(np.int64)
    found = iter(steps(known))
    return [None if gone else next(found) for gone in missing]


def _distinct(whole: npt.NDArray[np.int64], ring: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which vertices to keep: the first of a ring, and those unlike the one before; never the closing one."""
    if not len(ring):
        return np.zeros(0, dtype=bool)
    turn = ring[1:] != ring[:-1]
    first, last = np.append(True, turn), np.append(turn, True)
    moved = np.append(True, (whole[1:] != whole[:-1]).any(axis=1))
    kept: npt.NDArray[np.bool_] = (first | moved) & ~last
    return kept


def _only_ring(shape: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which rings are the longest of their shape, so that no area vanishes however small it is."""
    order = np.lexsort((-lengths, shape))
    first = np.ones(len(order), dtype=bool)
    first[1:] = shape[order][1:] != shape[order][:-1]
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[first]] = True
    return chosen & (lengths > 0)
