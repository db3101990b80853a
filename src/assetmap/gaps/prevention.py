"""Prevention beside acute need: where need is high and little is near that helps before a need is acute.

The Enabling Social Action toolkit calls it the paradox of demand: services for acute need take the money and the time that
prevention would need. A map cannot show that. It shows where the two lie apart: areas with high need, and few groups and places
near them of the types that ``data/tables/asset_types.csv`` marks with ``prevents`` and a reason.

A group counts unless it is known to be closed: lists of groups seldom say when somebody last looked.

Limits: the types are our judgement; a list is a sample of what there is; a count says nothing of what a group does. High and few
compare the areas with each other. Nothing here says that one is the cause of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.counts import count_per_1000
from assetmap.access.nearest import unknown_as_open
from assetmap.gaps.score import MORE_IS_BETTER, access_classes, class_thirds
from assetmap.schema import InputError, check_areas, reached_by_distance, reference_table

if TYPE_CHECKING:
    import geopandas as gpd

PREVENTION_M: Final = 2_000.0
"""How far people go for what is to be near home: half an hour on foot."""

ACUTE: Final = "need_health"
"""Need by health, which counts emergency stays in hospital; overall need where an index has no such theme."""

LITTLE: Final = "high need, little prevention near"
MORE: Final = "high need, more prevention near"
OTHER: Final = "need is not high"


def preventive_types() -> list[str]:
    """Return the types of asset that prevent, by ``data/tables/asset_types.csv``.

    Examples
    --------
    >>> "lunch_club" in am.gaps.preventive_types()
    True
    """
    types = reference_table("asset_types")
    return list(types.index[types["prevents"] == "yes"])


def acute_need(areas: pd.DataFrame) -> str:
    """Name the column of acute need: `ACUTE` where the areas have it, else ``need``."""
    return ACUTE if ACUTE in areas.columns and areas[ACUTE].notna().any() else "need"


def measure_prevention(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    need: str | None = None,
    limit_m: float = PREVENTION_M,
) -> pd.DataFrame:
    """Count what prevents near each area, and say where need is high and prevention thin.

    Parameters
    ----------
    areas
        Small areas with `need` (1 = most need).
    assets
        The register. Those beyond the border count too, like everywhere in access.
    need
        Column of acute need; `acute_need` where not given.
    limit_m
        Metres in a straight line.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``prevention_within``, assets of preventive types within the limit that are not known to be closed; ``prevention_per_1000``, the same for
        every 1,000 people who live there; ``prevention_class`` in words (`LITTLE`, `MORE`, `OTHER`): need is high in the highest third of the areas,
        prevention is little in the lowest third and where there is none. All are missing where no asset of such a type is on the
        lists, and the class also where need or people are not known.

    Raises
    ------
    InputError
        If the areas have no such column of need.

    Examples
    --------
    >>> found = measure_prevention(areas, assets)
    >>> found["prevention_class"].isin([LITTLE, MORE, OTHER]).all()
    np.True_
    """
    check_areas(areas)
    column = need or acute_need(areas)
    if column not in areas.columns:
        there = ", ".join(str(name) for name in areas.columns if str(name).startswith("need"))
        raise InputError(f"The areas have no column '{column}'. The columns of need are: {there}.")
    types = preventive_types()
    found = pd.DataFrame(
        {"prevention_within": np.nan, "prevention_per_1000": np.nan, "prevention_class": None},
        index=areas.index,
    )
    found["prevention_class"] = found["prevention_class"].astype(object)
    alive = unknown_as_open(assets)
    reached = alive[reached_by_distance(alive, types)]
    if reached.empty:
        return found
    counts = count_per_1000(areas, reached, limit_m=limit_m)
    found["prevention_within"] = counts["count_within"].astype(float)
    found["prevention_per_1000"] = counts["count_per_1000"]
    known = areas[column].notna() & found["prevention_per_1000"].notna()
    high = class_thirds(areas[column][known].to_numpy(dtype=float), "quantiles") == 3
    rate = found["prevention_per_1000"][known].to_numpy(dtype=float)
    thin = access_classes(rate, MORE_IS_BETTER, "quantiles", low_access_beyond=0.0) == 1
    found.loc[known, "prevention_class"] = np.where(high, np.where(thin, LITTLE, MORE), OTHER)
    return found


def thin_prevention(areas: pd.DataFrame, *, need: str | None = None) -> pd.DataFrame:
    """Return the areas with high need and little prevention near, most need first.

    Parameters
    ----------
    areas
        Small areas joined with what `measure_prevention` returns.
    need
        As there.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``: ``area_name``, ``population``, ``need_theme`` (the column), ``acute_need`` (0-1), ``prevention_within``, ``prevention_per_1000``.

    Examples
    --------
    >>> found = am.gaps.measure_prevention(quillford.areas, quillford.assets)
    >>> rest = quillford.areas.drop(columns=found.columns)
    >>> am.gaps.thin_prevention(rest.join(found))["area_name"].tolist()
    ['Quillford 003C']
    """
    column = need or acute_need(areas)
    found = areas[areas["prevention_class"] == LITTLE].sort_values(column, ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "area_name": found["area_name"],
            "population": found["population"],
            "need_theme": column,
            "acute_need": found[column],
            "prevention_within": found["prevention_within"],
            "prevention_per_1000": found["prevention_per_1000"],
        }
    )
