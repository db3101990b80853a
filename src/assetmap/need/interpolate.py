"""Areal interpolation: small areas added up to larger ones, or counts estimated for any other areas.

Where small areas nest in larger ones (LSOA in MSOA, ward or local authority), the official lookup adds them up
exactly. Where they do not (parishes, a drawn area, a list of postcodes), people are divided by land area or, better,
by live postcodes (dasymetric). Both are estimates. The error has hard bounds: people in small areas wholly inside are
certainly inside, and people in small areas that a boundary cuts may be inside or not.

The areal weights are one intersection in shapely. tobler would add its raster libraries for the same sums, and it
turns missing values into 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.need.match import COUNTS
from assetmap.schema import (
    WORKING_CRS,
    InputError,
    Note,
    SchemaError,
    check_areas,
    check_postcodes,
    first_few,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

WHOLE: Final = 0.999
"""A small area with this share inside counts as wholly inside, because boundaries of two sources never agree exactly."""

PARTLY: Final = 0.8
"""Areas with less of their land than this in small areas are named. Generalised coasts differ by less."""

COAST_M: Final = 500.0
"""How far outside every polygon a postcode may be and still belong to the nearest, because coasts are generalised."""

POSTCODE_REACH_M: Final = 100.0


def add_up(areas: gpd.GeoDataFrame, lookup: pd.Series, *, names: pd.Series | None = None) -> gpd.GeoDataFrame:
    """Add small areas up to the larger areas that they nest in.

    Parameters
    ----------
    areas
        Small areas with counts (such as ``population``), ``need`` and ``need_<theme>``.
    lookup
        Code of the larger area for each small area, index ``area_code``.
    names
        Name of each larger area, index its code.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``area_code`` (larger areas, by code): ``area_name``, counts as sums, needs as means weighted by
        population (missing where a part is), ``small_areas`` (their number), ``geometry``.

    Raises
    ------
    SchemaError
        If an area is not in the lookup, or is there twice.

    Examples
    --------
    >>> lookup = pd.Series("Quillford", index=quillford.areas.index, name="town")
    >>> am.need.add_up(quillford.areas[["area_name", "population", "geometry"]], lookup)["population"].tolist()
    [17440.0]
    """
    check_areas(areas)
    if lookup.index.has_duplicates:
        twice = lookup.index[lookup.index.duplicated()].unique()
        raise SchemaError(f"Duplicate codes in the lookup: {len(twice)}, first {first_few(twice)}.")
    larger = lookup.reindex(areas.index)
    lost = areas.index[larger.isna()]
    if len(lost):
        raise SchemaError(
            f"{len(lost)} of {len(areas)} areas are not in the lookup, first {first_few(lost)}. Check that it is of the same vintage."
        )
    added = areas[["geometry"]].assign(larger=larger.to_numpy()).dissolve("larger")
    added.index.name = "area_code"
    shares = pd.DataFrame({"source": areas.index, "target": larger.to_numpy(), "share": 1.0})
    carried = _carry(areas, shares, added.index)
    carried["small_areas"] = larger.value_counts().reindex(added.index)
    labels = (
        added.index
        if names is None
        else names.reindex(added.index).fillna(pd.Series(added.index, added.index))
    )
    added.insert(0, "area_name", np.asarray(labels, dtype=object))
    return added.join(carried)


def interpolate_onto(
    areas: gpd.GeoDataFrame, own: gpd.GeoDataFrame, *, postcodes: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Estimate counts and need for any other areas (areal interpolation), by land or by postcodes.

    Parameters
    ----------
    areas
        Small areas with counts, ``need`` and ``need_<theme>``.
    own
        Polygons in EPSG:27700, index ``area_code`` and a column ``area_name``. They may overlap and need not cover
        all small areas.
    postcodes
        With ``area_code`` of the small areas. People are assumed to live evenly across the live postcodes of
        their small area. Without postcodes, evenly across its land. A small area without live postcodes is
        divided by land.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of `own` with ``population`` and other counts (fractions of people), ``need`` and
        ``need_<theme>`` (means weighted by population), ``population_low`` and ``population_high`` (people in small
        areas wholly inside, and in all that touch: the truth is between them), ``cut_share`` (0-1, share of the
        estimate that comes from small areas that the boundary cuts), ``conversion`` (``by postcodes`` or
        ``by land``) and ``covered_share`` (0-1, share of its land that is in any small area).

    Examples
    --------
    >>> own = quillford.areas[["area_name", "geometry"]].iloc[:2]
    >>> am.need.interpolate_onto(quillford.areas, own)["population"].round().tolist()
    [1200.0, 1440.0]
    """
    check_areas(areas)
    check_areas(own.assign(population=np.nan) if "population" not in own else own)
    land = _land_shares(areas, own)
    shares = land if postcodes is None else _postcode_shares(areas, own, postcodes, land)
    carried = _carry(areas, shares, own.index)
    people = shares["source"].map(areas["population"]).astype(float)
    cut = shares["share"] < WHOLE
    bounds = pd.DataFrame(
        {"target": shares["target"], "all": people, "whole": (people * shares["share"]).where(~cut, 0.0)}
    )
    bounds["cut"] = (people * shares["share"]).where(cut, 0.0)
    sums = bounds.groupby("target").sum().reindex(own.index, fill_value=0.0)
    carried["population_low"], carried["population_high"] = sums["whole"], sums["all"]
    total = carried["population"]
    carried["cut_share"] = (sums["cut"] / total.where(total > 0)).clip(0, 1)
    carried["conversion"] = "by land" if postcodes is None else "by postcodes"
    covered = land.groupby("target")["land_m2"].sum().reindex(own.index, fill_value=0.0)
    carried["covered_share"] = (covered / own.area).clip(0, 1)
    return own.drop(columns=[name for name in carried if name in own.columns]).join(carried)


def describe_interpolation(own: gpd.GeoDataFrame) -> Note:
    """Say how people were interpolated onto your own areas, and how much of their number depends on it.

    Parameters
    ----------
    own
        As `interpolate_onto` returns them.

    Returns
    -------
    Note
        Code ``NEED_INTERPOLATED``.

    Examples
    --------
    >>> own = quillford.areas[["area_name", "geometry"]].iloc[:2]
    >>> am.need.describe_interpolation(am.need.interpolate_onto(quillford.areas, own)).code
    'NEED_INTERPOLATED'
    """
    how = (
        "evenly across the live postcodes"
        if (own["conversion"] == "by postcodes").all()
        else "evenly across the land"
    )
    people = own["population"].sum()
    cut = float((own["cut_share"].fillna(0) * own["population"]).sum() / people) if people > 0 else 0.0
    sentence = (
        f"People and need were interpolated from small areas onto your own areas ({len(own)}), assuming that people "
        f"live {how} of their small area. {cut:.0%} of the people come from small areas that a boundary cuts. For each "
        "area the truth is between population_low and population_high."
    )
    bare = own.index[own["covered_share"] < PARTLY]
    if len(bare):
        sentence += f" Your own areas that are partly outside the small areas: {len(bare)} ({first_few(bare, most=3)})."
    return Note("NEED_INTERPOLATED", sentence)


def area_of_postcodes(
    postcodes: pd.DataFrame, chosen: Sequence[str], *, code: str, name: str, reach_m: float = POSTCODE_REACH_M
) -> gpd.GeoDataFrame:
    """Make one area from a list of postcodes: the land around their points.

    Parameters
    ----------
    postcodes
        The postcode table.
    chosen
        Postcodes in their official form, such as "TR11 3QA".
    code, name
        Code and name of the new area.
    reach_m
        Metres around each point.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for `interpolate_onto`.

    Raises
    ------
    InputError
        If postcodes are not in the table or have no coordinates. The message names them.

    Examples
    --------
    >>> patch = am.need.area_of_postcodes(postcodes, ["TR1 1EP", "TR1 2XX"], code="centre", name="The centre")
    >>> patch["area_name"].tolist()
    ['The centre']
    """
    import geopandas as gpd

    check_postcodes(postcodes)
    found = postcodes.reindex(pd.Index(chosen).unique())
    lost = found.index[found["easting"].isna() | found["northing"].isna()]
    if len(lost) or not len(found):
        raise InputError(
            f"{len(lost)} of {len(found)} postcodes are unknown or have no location: {first_few(lost)}."
        )
    points = gpd.GeoSeries(gpd.points_from_xy(found["easting"], found["northing"]), crs=WORKING_CRS)
    return gpd.GeoDataFrame(
        {"area_name": [name]},
        index=pd.Index([code], name="area_code"),
        geometry=[points.buffer(reach_m).union_all()],
        crs=WORKING_CRS,
    )


def _carry(areas: gpd.GeoDataFrame, shares: pd.DataFrame, targets: pd.Index) -> pd.DataFrame:
    """Return counts as sums of shares and needs as means weighted by people, missing where any part is."""
    carried = pd.DataFrame(index=targets)
    people = shares["share"] * shares["source"].map(areas["population"]).astype(float)
    for column in areas.columns:
        if column == "need" or (column.startswith("need_") and pd.api.types.is_float_dtype(areas[column])):
            weight = people
        elif COUNTS.match(column) and column != "population_year":
            weight = shares["share"]
        else:
            continue
        part = shares["source"].map(areas[column]).astype(float) * weight
        part = part.where(weight > 0, 0.0)
        total = part.groupby(shares["target"]).sum().where(~part.isna().groupby(shares["target"]).any())
        if weight is people:
            total = total / people.groupby(shares["target"]).sum().replace(0.0, np.nan)
            carried[column] = total.reindex(targets)
        else:
            carried[column] = total.reindex(targets[targets.isin(shares["target"])]).reindex(
                targets, fill_value=0.0
            )
    return carried


def _land_shares(areas: gpd.GeoDataFrame, own: gpd.GeoDataFrame) -> pd.DataFrame:
    import shapely

    source, target = own.sindex.query(areas.geometry, predicate="intersects")
    common = shapely.intersection(areas.geometry.to_numpy()[source], own.geometry.to_numpy()[target])
    land_m2 = shapely.area(common)
    share = np.minimum(land_m2 / areas.area.to_numpy()[source], 1.0)
    shares = pd.DataFrame(
        {"source": areas.index[source], "target": own.index[target], "land_m2": land_m2, "share": share}
    )
    return shares[shares["share"] > 1e-9].reset_index(drop=True)


def _postcode_shares(
    areas: gpd.GeoDataFrame, own: gpd.GeoDataFrame, postcodes: pd.DataFrame, land: pd.DataFrame
) -> pd.DataFrame:
    import geopandas as gpd

    check_postcodes(postcodes)
    live = postcodes[postcodes["live"].astype(bool) & postcodes["area_code"].isin(areas.index)]
    live = live.dropna(subset=["easting", "northing"])
    points = gpd.GeoDataFrame(
        {"source": live["area_code"].to_numpy()},
        geometry=gpd.points_from_xy(live["easting"], live["northing"]),
        crs=WORKING_CRS,
    )
    named = own[["geometry"]].rename_axis("target").reset_index()
    inside = points.sjoin(named, predicate="intersects")
    # a point outside the generalised coast is in no polygon, so it belongs to the nearest own area
    stray = points[~points.index.isin(inside.index)]
    ashore = stray.sjoin(areas[["geometry"]], predicate="intersects").index
    stray = stray[~stray.index.isin(ashore)].sjoin_nearest(named, max_distance=COAST_M)
    inside = pd.concat([inside, stray[~stray.index.duplicated()]])
    counts = inside.groupby(["source", "target"]).size().rename("live").reset_index()
    counts["share"] = counts["live"] / counts["source"].map(points["source"].value_counts()).astype(float)
    bare = land[~land["source"].isin(points["source"])]
    touched = land.merge(counts[["source", "target"]], how="left", indicator=True)
    touched = touched[(touched["_merge"] == "left_only") & touched["source"].isin(points["source"])]
    empty = touched[["source", "target"]].assign(share=0.0)
    return pd.concat([counts, bare, empty], ignore_index=True)[["source", "target", "share"]]
