"""People and need of the areas under review, and which of them the costs cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetmap.access.costs import METRES
from assetmap.schema import (
    Costs,
    Note,
    SchemaError,
    first_few,
)
from assetmap.sites.sites import numbers_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def measured_areas(areas: gpd.GeoDataFrame, costs: Costs) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Keep the areas that the costs were measured for, with a note on those left out.

    Returns
    -------
    tuple
        The areas, and no note or ``AREAS_NOT_MEASURED``.

    Raises
    ------
    SchemaError
        If no area was measured.
    """
    measured = costs.measured[costs.areas.get_indexer(areas.index)]
    if measured.all():
        return areas, ()
    if not measured.any():
        raise SchemaError("The costs were not measured for any of these areas.")
    lost = areas.index[~measured]
    people = people_of(areas)[~measured].sum()
    sentence = (
        f"The travel costs do not cover {len(lost)} {'area' if len(lost) == 1 else 'areas'} with {people:,.0f} people "
        f"({first_few(lost)}). These people are in none of the counts."
    )
    return areas[measured], (Note("AREAS_NOT_MEASURED", sentence),)


def on_all_areas(table: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a table of measured areas on all areas, missing where nothing was measured."""
    if len(table) == len(areas):
        return table
    whole = table.reindex(areas.index)
    for column in table.columns.intersection(areas.columns):
        whole[column] = areas[column]
    return whole


def unreachable_note(areas: pd.DataFrame, near: Floats, costs: Costs, *, when: str = "") -> tuple[Note, ...]:
    """Return a note on the areas from which no open site can be reached, if there are any.

    Parameters
    ----------
    areas
        Small areas with ``population``.
    near
        Cost to the nearest site, infinite where there is none.
    costs
        Where `near` comes from.
    when
        Words such as ``" after the changes"``.
    """
    lost = np.isinf(near)
    if not lost.any():
        return ()
    count = int(lost.sum())
    unit = "metre" if costs.unit == METRES else "minute"
    sentence = (
        f"No open site can be reached from {count} {'area' if count == 1 else 'areas'} with "
        f"{people_of(areas)[lost].sum():,.0f} people{when} ({first_few(areas.index[lost])}). Means leave them out; what "
        f"changes for them counts as if a site were one {unit} further than the furthest known cost."
    )
    return (Note("NO_SITE_REACHABLE", sentence),)


def people_of(areas: pd.DataFrame, column: str = "population") -> Floats:
    """Return people per area; all missing where the column is not there.

    Raises
    ------
    SchemaError
        If the population of an area is missing: missing people are not no people.
    """
    people = numbers_of(areas, column)
    if column == "population" and people.isna().any():
        unknown = areas.index[people.isna()]
        raise SchemaError(
            f"{len(unknown)} areas have no population, first {first_few(unknown)}. "
            "Give the people of every area (0 where nobody lives)."
        )
    counts: Floats = people.to_numpy(dtype=float)
    return counts


def need_weights(areas: pd.DataFrame) -> Floats:
    """Return what a person of each area counts when harm is weighted by need: 1 on average over all people.

    Proportional to ``need``; where need is not known a person counts 1. Without any need all count 1.
    """
    need = numbers_of(areas, "need").to_numpy(dtype=float)
    people = people_of(areas)
    known = ~np.isnan(need)
    total = float((need[known] * people[known]).sum())
    if total <= 0:
        return np.ones(len(areas))
    mean = total / float(people[known].sum())
    weights: Floats = np.where(known, need / mean, 1.0)
    return weights


def need_deciles(areas: pd.DataFrame) -> Floats:
    """Return the need decile of each area: 1 where ``need`` is 0.9 to 1 (most need), 10 where it is below 0.1.

    For an index of ranks this is the published decile, and it is there for areas that were converted too.
    Without ``need`` it is ``imd_decile``; missing where neither is known.
    """
    need = numbers_of(areas, "need")
    deciles = np.clip(np.floor((1 - need) * 10 + 1e-9) + 1, 1, 10)
    known: Floats = deciles.fillna(numbers_of(areas, "imd_decile")).to_numpy(dtype=float)
    return known
