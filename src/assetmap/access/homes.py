"""Where people set out: their postcodes, or the middle of their area; and how places become areas again.

Travel times differ within an area far more than straight lines do: one street has the bus stop. So people set out
from their postcodes, each with its share of the area's people, and an area's time is the population-weighted median
of its postcodes, shown with the quarter and the three-quarter points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points
from assetmap.schema import check_areas, check_postcodes

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Homes:
    """Places that people set out from, sorted by area.

    areas : labels of the areas; names : labels of the homes (postcodes, or area codes for centres).
    area : position of each home's area; points : easting and northing; people : how many set out from it.
    """

    areas: pd.Index
    names: pd.Index
    area: NDArray[np.intp]
    points: NDArray[np.float64]
    people: NDArray[np.float64]


def homes_of(areas: gpd.GeoDataFrame, postcodes: pd.DataFrame | None = None) -> Homes:
    """Return where the people of each area set out.

    Parameters
    ----------
    areas
        Small areas (docs/tables.md).
    postcodes
        Postcodes with ``area_code`` and ``live``; a column ``population`` gives the people of each, else they share those of
        their area equally. None, or an area without a live postcode: the area's population centre.

    Returns
    -------
    Homes
        People add up to the population of each area.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas, quillford.postcodes)
    >>> len(homes.names), int(homes.people.sum())
    (96, 17440)
    """
    check_areas(areas)
    population = areas["population"].to_numpy(dtype=float)
    names, area, points, people = [], [], [], []
    if postcodes is not None:
        check_postcodes(postcodes)
        live = postcodes[
            postcodes["live"].astype(bool)
            & postcodes["easting"].notna()
            & postcodes["northing"].notna()
            & postcodes["area_code"].isin(areas.index)
        ]
        names.append(live.index.to_numpy(dtype=object))
        area.append(areas.index.get_indexer(pd.Index(live["area_code"])))
        points.append(live[["easting", "northing"]].to_numpy(dtype=float))
        people.append(_weights(live, area[0], len(areas)))
    bare = np.ones(len(areas), dtype=bool)
    if area:
        bare[area[0]] = False
    names.append(areas.index[bare].to_numpy(dtype=object))
    area.append(np.flatnonzero(bare))
    points.append(centre_points(areas)[bare])
    people.append(np.ones(int(bare.sum())))
    where = np.concatenate(area)
    order = np.argsort(where, kind="stable")
    share = np.concatenate(people)
    whole = np.bincount(where, weights=share, minlength=len(areas))
    return Homes(
        areas=areas.index,
        names=pd.Index(np.concatenate(names)[order], name="home"),
        area=where[order].astype(np.intp),
        points=np.concatenate(points)[order],
        people=(share * np.nan_to_num(population)[where] / whole[where])[order],
    )


def _weights(live: pd.DataFrame, area: NDArray[np.intp], areas: int) -> NDArray[np.float64]:
    """Return the weight of each postcode in its area; equal where the people of none are known."""
    if "population" not in live.columns:
        return np.ones(len(live))
    given = pd.to_numeric(live["population"], errors="coerce").fillna(0).clip(lower=0).to_numpy(dtype=float)
    empty = np.bincount(area, weights=given, minlength=areas) == 0
    weights: NDArray[np.float64] = np.where(empty[area], 1.0, given)
    return weights


def area_quantiles(
    values: NDArray[np.float64], homes: Homes, *, shares: tuple[float, ...] = (0.5,)
) -> list[NDArray[np.float64]]:
    """Find population-weighted quantiles of each area over its homes.

    Parameters
    ----------
    values
        One row per home, one column per site; infinite where there is no way, which counts.
    homes
        Whose people weigh.
    shares
        Which quantiles, 0-1: 0.5 is the median.

    Returns
    -------
    list of numpy.ndarray
        One matrix per share, one row per area: the smallest value within which at least that share of the
        people are. Homes of an area in which nobody lives weigh the same.

    Examples
    --------
    >>> homes = am.access.homes_of(quillford.areas, quillford.postcodes)
    >>> metres = np.hypot(*(homes.points - homes.points[0]).T)[:, None]
    >>> low, median = am.access.area_quantiles(metres, homes, shares=(0.25, 0.5))
    >>> median.shape, bool((low <= median).all())
    ((12, 1), True)
    """
    found = [np.full((len(homes.areas), values.shape[1]), np.inf) for _ in shares]
    starts = np.searchsorted(homes.area, np.arange(len(homes.areas) + 1))
    for area, (begin, end) in enumerate(pairwise(starts)):
        if end == begin:
            continue
        block, people = values[begin:end], homes.people[begin:end]
        people = people if people.sum() > 0 else np.ones(end - begin)
        order = np.argsort(block, axis=0, kind="stable")
        reached = np.cumsum(people[order], axis=0)
        ordered = np.take_along_axis(block, order, axis=0)
        for share, result in zip(shares, found, strict=True):
            # a hair less, so that halves that add up to a half in the end are a half
            at = (reached >= share * reached[-1] * (1 - 1e-12)).argmax(axis=0)
            result[area] = np.take_along_axis(ordered, at[None], axis=0)[0]
    return found
