"""Gaps of a type of asset, compared with the need that it serves.

A food bank serves need by income, a memory cafe older people. ``data/tables/asset_types.csv`` gives the theme of each type
(``need_theme``). Where the index lacks the theme of older people or of children, their share among residents is used
(`need_of_age`), else overall need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.access.costs import LIMIT_M
from assetmap.access.measure import Catchments, measure_access
from assetmap.access.nearest import unknown_as_open
from assetmap.access.travel import Travel, known_costs
from assetmap.gaps.score import FAR_IS_WORSE, LOW_ACCESS_BEYOND_M, WIDEST, find_gaps
from assetmap.rounding import count_equal
from assetmap.schema import InputError, check_areas, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


BY_AGE: Final = {"older_people": "need_older_60_plus", "children": "need_children_0_15"}
"""Need by age that replaces a theme where no index has it."""


def measure_gaps(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str = "library",
    need: str | None = None,
    limit_m: float = LIMIT_M,
    include_unknown: bool = False,
    travel: Travel | None = None,
    catchments: Catchments | None = None,
    low_access_beyond_m: float = LOW_ACCESS_BEYOND_M,
) -> gpd.GeoDataFrame:
    """Measure access to one type of asset and find the gaps by the cost to the nearest.

    Parameters
    ----------
    areas
        Small areas with ``need`` (docs/tables.md).
    assets
        The register.
    asset_type
        A type that the register has.
    need
        Column of need; None: the theme of the type (`need_column`).
    limit_m
        Limit of the counts and of the access score, metres in a straight line; not used with `travel`.
    include_unknown
        Count assets of unknown status as open (`unknown_as_open`).
    travel
        How people travel, and which mode decides; straight lines where you do not give it.
    catchments
        From `measure_catchments`, if you have them already.
    low_access_beyond_m
        As for `find_gaps`.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of `areas` with the columns of `measure_access` and what `find_gaps` returns, in the order of `areas`.

    Examples
    --------
    >>> measured = measure_gaps(areas, assets, asset_type="library")
    >>> measured.nsmallest(3, "gap_rank")["distance_m"].notna().all()
    np.True_
    """
    check_areas(areas)
    assets = unknown_as_open(assets) if include_unknown else assets
    travel = travel or Travel(limit_m=limit_m)
    access = measure_access(areas, assets, asset_type=asset_type, travel=travel, catchments=catchments)
    measured = areas.drop(columns=[name for name in access.columns if name in areas.columns]).join(access)
    costs = measured.assign(**{travel.cost: known_costs(measured, travel)})
    gaps = find_gaps(
        costs,
        need=need or need_column(areas, asset_type),
        access=travel.cost,
        low_access_beyond_m=low_access_beyond_m,
    )
    return measured.drop(columns=[name for name in gaps.columns if name in measured.columns]).join(gaps)


def describe_gaps(areas: gpd.GeoDataFrame) -> str:
    """Say in two sentences how many areas and people the widest gaps concern.

    Parameters
    ----------
    areas
        Small areas joined with what `find_gaps` returns.

    Returns
    -------
    str
        For instance "36 of 326 areas have high need and low access (class 3-1) compared with the other areas here; 69,008
        people live there. ..."

    Examples
    --------
    >>> am.gaps.describe_gaps(areas).split(";")[0]
    '36 of 326 areas have high need and low access (class 3-1) compared with the other areas here'
    """
    widest = areas[areas["gap_class"] == WIDEST]
    unknown = int(areas["gap_score"].isna().sum())
    people = f"{_in_all(widest['gap_people'])} people live there"
    for column, words in (("gap_children", "children under 16"), ("gap_older", "aged 60 and over")):
        if column in areas.columns:
            people += f", {_in_all(widest[column])} {words}"
    text = (
        f"{len(widest)} of {len(areas)} areas {'has' if len(widest) == 1 else 'have'} high need and low access (class {WIDEST}) compared with the other areas "
        f"here; {people}."
    )
    if unknown < len(areas):
        first = areas["gap_rank"].astype(float).idxmin()
        scores = areas["gap_score"].astype(float)
        alike = count_equal(scores, scores.max())
        named = f"{areas['area_name'].at[first]!s}: {areas['gap_reason'].at[first]!s}"
        if alike == 1:
            text += f" The widest gap is {named}"
        else:
            text += f" {alike} areas have equal gaps, and none has a wider one. One of them is {named}"
    return text + (f" For {unknown} area{'' if unknown == 1 else 's'} it is not known." if unknown else "")


def _in_all(people: pd.Series) -> str:
    """Return the sum in words; people that nobody knows are not nobody."""
    return "an unknown number of" if people.isna().any() else f"{people.sum():,.0f}"


def need_column(areas: pd.DataFrame, asset_type: str) -> str:
    """Name the need column that a type of asset is compared with, by ``data/tables/asset_types.csv``.

    Returns
    -------
    str
        ``need_<theme>`` of the type where the areas have it, else the need by age that replaces it, else ``need``.

    Raises
    ------
    InputError
        If the type is not in the table.

    Examples
    --------
    >>> am.gaps.need_column(areas, "library")
    'need_education'
    """
    types = reference_table("asset_types")
    if asset_type not in types.index:
        raise InputError(f"There is no asset type '{asset_type}' in data/tables/asset_types.csv.")
    theme = str(types.at[asset_type, "need_theme"])
    for column in (f"need_{theme}", BY_AGE.get(theme)):
        if column in areas.columns and areas[column].notna().any():
            return str(column)
    return "need"


def gaps_by_type(
    areas: gpd.GeoDataFrame,
    access: Mapping[str, pd.Series],
    *,
    themes: Mapping[str, str] | None = None,
    access_direction: str = FAR_IS_WORSE,
) -> pd.DataFrame:
    """Find the gaps of several asset types, each compared with the need that it serves.

    Parameters
    ----------
    areas
        Small areas with the need columns.
    access
        Access of each asset type on ``areas.index``, for instance ``distance_m`` to the nearest.
    themes
        Need column of each asset type, for instance ``{"food_bank": "need_income"}``; what is not named is
        looked up by `need_column`.
    access_direction
        Direction of every measure in `access`.

    Returns
    -------
    pandas.DataFrame
        What `find_gaps` returns, stacked: index ``asset_type``, ``area_code``; the first column is the ``theme``.

    Raises
    ------
    InputError
        If no asset type is named.

    Examples
    --------
    >>> found = am.gaps.gaps_by_type(areas, areas[["distance_m"]].rename(columns={"distance_m": "library"}))
    >>> list(found.columns)[:2]
    ['theme', 'gap_score']
    """
    tables = {}
    for asset_type, measured in access.items():
        theme = (themes or {}).get(asset_type) or need_column(areas, asset_type)
        column = str(measured.name or "access")
        gaps = find_gaps(
            areas.drop(columns=[name for name in (column, "nearest_name") if name in areas.columns]).join(
                measured.rename(column)
            ),
            need=theme,
            access=column,
            access_direction=access_direction,
        )
        gaps.insert(0, "theme", theme)
        tables[asset_type] = gaps
    if not tables:
        raise InputError("Name at least one asset type.")
    return pd.concat(tables, names=["asset_type", "area_code"])
