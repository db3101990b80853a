"""The border of the data, and what lies beyond it.

People and assets do not stop at a council's border. Assets outside count wherever they are in the register. People
outside share the same assets; where their small areas are not in the table, live postcodes beyond the border stand for
them. Limits: a postcode outside is given the mean number of people of a postcode inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M
from assetmap.access.nearest import centre_points, open_assets
from assetmap.access.travel import MODES
from assetmap.schema import Note, beyond_border, check_areas, check_postcodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from assetmap.access.travel import Travel

SQUARE_M: Final = 1_000.0


def mark_border(
    areas: gpd.GeoDataFrame, *, limit_m: float = LIMIT_M, postcodes: pd.DataFrame | None = None
) -> pd.Series:
    """Mark the areas whose catchment leaves the data, so that people or assets beyond may be missing.

    Parameters
    ----------
    areas
        Small areas, those read as a buffer included.
    limit_m
        The largest distance in use, metres.
    postcodes
        With postcodes beyond the areas (their ``area_code`` missing): an area is marked where a live
        one of them lies in its catchment, that is, where people beyond the border compete. Without: where the
        circle leaves the areas, the sea included.

    Returns
    -------
    pandas.Series
        ``leaves_data`` (true or false) on ``areas.index``.

    Examples
    --------
    >>> int(am.access.mark_border(areas, limit_m=5_000, postcodes=postcodes).sum())
    46
    """
    from scipy.spatial import cKDTree

    check_areas(areas)
    if postcodes is not None:
        check_postcodes(postcodes)
    centres = centre_points(areas)
    if postcodes is None:
        import shapely

        circles = shapely.buffer(shapely.points(centres), limit_m)
        marked = ~np.asarray(shapely.covers(areas.geometry.union_all(), circles))
    else:
        beyond = postcodes[postcodes["area_code"].isna() & postcodes["live"].astype(bool)]
        points = beyond[["easting", "northing"]].dropna().to_numpy(dtype=float)
        marked = np.zeros(len(areas), dtype=bool)
        if len(points):
            marked = np.asarray(cKDTree(points).query(centres)[0] <= limit_m)
    return pd.Series(marked, index=areas.index, name="leaves_data")


def add_outside(
    areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, *, limit_m: float = LIMIT_M
) -> gpd.GeoDataFrame:
    """Add squares of 1 km beyond the border with the people who compete there.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    postcodes
        With live postcodes inside (``area_code`` of the areas) and beyond (``area_code`` missing).
    limit_m
        Squares further than this from every area are left out, metres.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of `areas` with a column ``outside`` (false) and, below, one row per square (true): ``area_code``
        ``outside-<easting km>-<northing km>``, ``population`` (live postcodes times the mean people per live
        postcode inside), the mean of its postcodes. Measure access on all rows, then keep those that are not
        outside.

    Examples
    --------
    >>> len(am.access.add_outside(areas, postcodes)) > len(areas)
    True
    """
    import geopandas as gpd
    from scipy.spatial import cKDTree
    from shapely.geometry import box

    check_areas(areas)
    check_postcodes(postcodes)
    live = postcodes[postcodes["live"].astype(bool)].dropna(subset=["easting", "northing"])
    inside = int(live["area_code"].isin(areas.index).sum())
    beyond = live[live["area_code"].isna()]
    near = np.zeros(len(beyond), dtype=bool)
    if len(beyond):
        points = beyond[["easting", "northing"]].to_numpy(dtype=float)
        near = np.asarray(cKDTree(centre_points(areas)).query(points)[0] <= limit_m)
    beyond = beyond[near]
    marked = areas.assign(outside=False)
    if beyond.empty or not inside:
        return marked
    kilometre = (beyond[["easting", "northing"]] // SQUARE_M).astype(int)
    squares = beyond[["easting", "northing"]].groupby([kilometre["easting"], kilometre["northing"]])
    centres, counts = squares.mean(), squares.size()
    corners = [(east * SQUARE_M, north * SQUARE_M) for east, north in centres.index]
    added = gpd.GeoDataFrame(
        {
            "area_name": "outside the area",
            "population": counts.to_numpy() * float(areas["population"].sum()) / inside,
            "centre_easting": centres["easting"].to_numpy(),
            "centre_northing": centres["northing"].to_numpy(),
            "outside": True,
        },
        index=pd.Index([f"outside-{east}-{north}" for east, north in centres.index], name="area_code"),
        geometry=[box(west, south, west + SQUARE_M, south + SQUARE_M) for west, south in corners],
        crs=areas.crs,
    )
    return gpd.GeoDataFrame(pd.concat([marked, added]), crs=areas.crs)


def with_people_beyond(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    travel: Travel,
    *,
    asset_type: str | Sequence[str] | None = None,
    times: float = 1.0,
) -> gpd.GeoDataFrame:
    """Add the people beyond the border to the areas, where the register has open assets there too.

    Without assets beyond the border the neighbours would be counted, but not their libraries. They are not counted
    either with your own travel times, which do not cover them, or without postcodes.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    travel
        Its ``postcodes`` are those of `add_outside`.
    times
        Multiplies the limit of `travel`.

    Returns
    -------
    geopandas.GeoDataFrame
        `areas` as they are or, in the same order, with squares below them (`add_outside`): those within twice the
        limit, because nobody who shares an asset with an area lives further from it.

    Examples
    --------
    >>> len(am.access.with_people_beyond(areas, assets, am.access.Travel())) == len(areas)
    True
    """
    if travel.postcodes is None or not MODES[travel.mode].from_points:
        return areas
    if not beyond_border(open_assets(assets, asset_type)).any():
        return areas
    return add_outside(areas, travel.postcodes, limit_m=2 * times * travel.limit_m)


def describe_border(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, *, asset_type: str = "library", travel: Travel
) -> tuple[Note, ...]:
    """Report what lies beyond the border, and whether the people there were counted too.

    Returns
    -------
    tuple of Note
        Empty where the register has nothing beyond, else ``BORDER_SHARED`` (people beyond share the assets of the type)
        or ``BORDER_NOT_SHARED`` (they are not counted, and why).

    Examples
    --------
    >>> am.access.describe_border(areas, assets, travel=am.access.Travel())  # nothing lies beyond the border of the example
    ()
    """
    beyond = int(beyond_border(assets).sum())
    if not beyond:
        return ()
    ours = int(beyond_border(open_assets(assets, asset_type)).sum())
    begun = (
        f"The lists name {beyond:,} asset{'s' if beyond > 1 else ''} beyond the border, up to {travel.limit_m / 1000:g} km "
        "from it. These count for distances and access, but are not part of any area or total. "
    )
    everyone = with_people_beyond(areas, assets, travel, asset_type=asset_type)
    people = everyone["population"].iloc[len(areas) :].sum()
    if len(everyone) > len(areas):
        shared = (
            f"{ours} of them {'are' if ours > 1 else 'is'} open and of type '{asset_type}', so the people beyond the "
            f"border (about {people:,.0f}, by their live postcodes) share what is within the limit."
        )
        return (Note("BORDER_SHARED", begun + shared),)
    if not ours:
        why = f"None of them is open and of type '{asset_type}'"
    elif not MODES[travel.mode].from_points:
        why = "Your travel times do not cover people beyond the border"
    else:
        why = "There are no postcodes beyond the border"
    left = f"{why}, so the people beyond the border do not share what is within the limit."
    return (Note("BORDER_NOT_SHARED", begun + left),)
