"""Straight-line distances from where people live to open assets.

An area stands for its people at its population-weighted centroid: the mean of its live postcodes or, where that is
not known, a point inside the polygon. Distances are straight lines in metres on the British National Grid;
roads are longer, and where water lies between they are much longer (see ``overland``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.schema import (
    InputError,
    check_areas,
    check_assets,
    check_postcodes,
    counts_as,
    first_few,
    reached_by_distance,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

_CHUNK: Final = 2_000
_TIES: Final = 8


def population_centres(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame) -> pd.DataFrame:
    """Find the population-weighted centroid of each area: the mean of its live postcodes.

    Parameters
    ----------
    areas
        Small areas (docs/tables.md).
    postcodes
        Postcodes with ``easting``, ``northing`` (metres), ``area_code`` and ``live``.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``centre_easting``, ``centre_northing`` in metres; missing where an area has no
        live postcode with coordinates.

    Examples
    --------
    >>> population_centres(areas, postcodes).iloc[0].round().tolist()
    [236075.0, 69268.0]
    """
    check_areas(areas)
    check_postcodes(postcodes)
    live = postcodes[
        postcodes["live"].astype(bool) & postcodes["easting"].notna() & postcodes["northing"].notna()
    ]
    centres = live.groupby("area_code")[["easting", "northing"]].mean().reindex(areas.index)
    return centres.rename(columns={"easting": "centre_easting", "northing": "centre_northing"}).astype(float)


def distance_to_nearest(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, *, asset_type: str | Sequence[str] | None = "library"
) -> pd.DataFrame:
    """Measure the straight line from each area to its nearest open asset.

    Assets that are closed, proposed or of unknown status do not count, nor do those whose location is
    known only to a postcode district or worse.

    Parameters
    ----------
    areas
        Small areas; measured from ``centre_easting``, ``centre_northing`` where known.
    assets
        The register (docs/tables.md). Assets outside the areas count too.
    asset_type
        One type, several, or None for any.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``distance_m`` (metres, never missing), ``nearest_asset_id``, ``nearest_name``. Of
        assets at the same distance the first ``asset_id`` in order is named.

    Raises
    ------
    InputError
        If no open asset of the type has a known location.

    Examples
    --------
    >>> round(distance_to_nearest(areas, assets, asset_type="library")["distance_m"].median())
    1838
    """
    from scipy.spatial import cKDTree

    check_areas(areas)
    usable = open_assets(assets, asset_type)
    if usable.empty:
        raise InputError(
            f"There is no open asset of type {_type_words(asset_type)} with a known location among {len(assets)} "
            f"assets, so no distance can be measured. {_unknown_words(assets, asset_type)}Types with open assets: "
            f"{_open_types(assets)}."
        )
    usable = usable.sort_index()
    tree = cKDTree(_asset_points(usable))
    most = min(_TIES, len(usable))
    distances, found = tree.query(centre_points(areas), k=np.arange(1, most + 1))
    distances = np.asarray(distances)
    tied = np.isclose(distances, distances[:, :1], rtol=0, atol=1e-6)
    nearest = np.where(tied, found, len(usable)).min(axis=1)
    if most < len(usable):
        points = centre_points(areas)
        for row in np.flatnonzero(tied.all(axis=1)):  # more assets may be just as near
            nearest[row] = min(tree.query_ball_point(points[row], distances[row, 0] + 1e-6))
    return pd.DataFrame(
        {
            "distance_m": distances[:, 0],
            "nearest_asset_id": usable.index.to_numpy()[nearest],
            "nearest_name": usable["name"].to_numpy()[nearest],
        },
        index=areas.index,
    )


def centre_points(areas: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the point that stands for the people of each area, one row (easting, northing) per area."""
    if {"centre_easting", "centre_northing"} <= set(areas.columns):
        centres = np.array(areas[["centre_easting", "centre_northing"]], dtype=float)
    else:
        centres = np.full((len(areas), 2), np.nan)
    unknown = np.isnan(centres).any(axis=1)
    if unknown.any():
        inside = areas.geometry[unknown].representative_point()
        centres[unknown] = np.column_stack([inside.x, inside.y])
    return centres


def open_assets(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """Return the open assets of the type whose location is known well enough for a distance.

    Raises
    ------
    InputError
        If the register has no asset of a named type at all, open or not.

    Examples
    --------
    >>> len(am.access.open_assets(assets, "library"))
    27
    """
    check_assets(assets)
    if asset_type is not None:
        wanted = [asset_type] if isinstance(asset_type, str) else list(asset_type)
        unknown = [name for name in wanted if not counts_as(assets, name).any()]
        if unknown:
            raise InputError(
                f"The register has no asset of type {first_few(unknown)}. It has "
                f"{first_few(sorted(assets['asset_type'].dropna().unique()), most=40)}."
            )
    return assets[reached_by_distance(assets, asset_type)]


def unknown_as_open(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy of the register in which assets of unknown status count as open.

    Lists of groups seldom say when somebody last looked. Distances to them are then the least they can be, and a
    gap found in spite of it is a gap all the more.

    Examples
    --------
    >>> halls = assets[assets["asset_type"] == "community_centre"]
    >>> int((am.access.unknown_as_open(halls)["status"] == "unknown").sum())
    0
    """
    check_assets(assets)
    return assets.assign(status=assets["status"].where(assets["status"] != "unknown", "open"))


def pairs_within(
    origins: NDArray[np.float64], destinations: NDArray[np.float64], limit_m: float
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]]:
    """Yield all pairs no further apart than `limit_m`, a block of origins at a time.

    Work and memory grow with the number of pairs, not with origins times destinations.

    Yields
    ------
    tuple
        Positions of origins, positions of destinations, distances in metres; in no order within a block.
    """
    from scipy.spatial import cKDTree

    if not len(origins) or not len(destinations):
        return
    tree = cKDTree(destinations)
    for start in range(0, len(origins), _CHUNK):
        block = cKDTree(origins[start : start + _CHUNK])
        near = block.sparse_distance_matrix(tree, limit_m, output_type="ndarray")
        yield near["i"] + start, near["j"], near["v"]


def _asset_points(assets: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.column_stack([assets.geometry.x, assets.geometry.y])


def _type_words(asset_type: str | Sequence[str] | None) -> str:
    return (
        "any"
        if asset_type is None
        else first_few([asset_type] if isinstance(asset_type, str) else asset_type)
    )


def _unknown_words(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str] | None) -> str:
    usable = len(open_assets(unknown_as_open(assets), asset_type))
    return (
        f"{usable} of the type have unknown status: count them as open with unknown_as_open(assets), or --include-unknown. "
        if usable
        else ""
    )


def _open_types(assets: gpd.GeoDataFrame) -> str:
    return first_few(sorted(assets.loc[assets["status"] == "open", "asset_type"].unique()), most=40) or "none"
