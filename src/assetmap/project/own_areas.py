"""Your own areas: wards, parishes, a drawn patch, lists of postcodes. People and need are interpolated onto them."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.need.interpolate import area_of_postcodes, interpolate_onto
from assetmap.need.match import COUNTS
from assetmap.project.folder import Project
from assetmap.read.areas import read_areas
from assetmap.read.official.postcode_areas import assign_postcodes
from assetmap.read.official.postcode_files import find_postcodes
from assetmap.read.tables import SPREADSHEETS, find_column, read_table
from assetmap.schema import InputError, counted, first_few

LISTS: Final = (".csv", ".tsv", ".txt", *SPREADSHEETS)
"""A file of one of these kinds is a list of postcodes, any other holds polygons."""

OVERLAP: Final = 0.01
"""Share of their ground by which own areas may overlap, for borders that do not quite meet."""


def interpolate_own_areas(
    project: Project,
    small: gpd.GeoDataFrame,
    postcodes: pd.DataFrame | None,
    land: gpd.GeoDataFrame | None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None, gpd.GeoDataFrame]:
    """Interpolate people and need onto the own areas of a project.

    Parameters
    ----------
    project
        With a table ``[own_areas]``.
    small
        Small areas with people and need.
    postcodes
        With the codes of the small areas: people are divided by live postcodes. Without: by land.
    land
        Land around the small areas.

    Returns
    -------
    tuple
        The own areas as `interpolate_onto` returns them, ``need_conversion`` in words; the postcodes with the codes of the own
        areas, by their points; and the land, which now holds the small areas too.

    Raises
    ------
    InputError
        If an own area lies outside all small areas, or own areas overlap: people would be missing or counted twice.
    """
    own = _read_own(project, postcodes)
    brought = interpolate_onto(small, own, postcodes=postcodes)
    _refuse(brought)
    counts = [name for name in brought.columns if COUNTS.match(name) and name in small.columns]
    for name in (*counts, "population_low", "population_high"):
        if brought[name].notna().all():
            brought[name] = brought[name].round().astype("int64")  # people are shown whole: so they add up
    brought["need_conversion"], brought["counts_divided"] = brought["conversion"], ""
    if postcodes is not None:
        postcodes = assign_postcodes(postcodes.drop(columns="area_code"), brought, buffer_m=np.inf)
    ground = gpd.GeoSeries([small.geometry.union_all()], crs=small.crs)
    around = [ground] if land is None else [ground, land.geometry]
    return brought, postcodes, gpd.GeoDataFrame(geometry=pd.concat(around, ignore_index=True), crs=small.crs)


def _read_own(project: Project, postcodes: pd.DataFrame | None) -> gpd.GeoDataFrame:
    where = project.settings.own_areas
    assert where is not None
    path = project.folder / where.file
    if path.suffix.lower() not in LISTS:
        return read_areas(path, code=where.code, name=where.name, layer=where.layer)
    table = read_table(path)
    column, named = (
        find_column(table, ["postcode", "post code"]),
        find_column(table, ["area name", "area", "name"]),
    )
    if column is None or named is None or postcodes is None:
        raise InputError(
            f"'{path}' cannot be used as your own areas: a list needs the columns 'postcode' and 'area_name', and the project "
            f"needs postcodes. It has {first_few(table.columns, most=12)}."
        )
    rows = find_postcodes(table[column], postcodes)
    if (rows < 0).any():
        lost = table.loc[rows < 0, column]
        raise InputError(
            f"'{path}': {counted(len(lost), 'postcode is', 'postcodes are')} not in the postcode file, first {first_few(lost)}."
        )
    chosen = pd.Series(postcodes.index[rows], index=table.index)
    parts = [
        area_of_postcodes(postcodes, list(codes), code=str(name), name=str(name))
        for name, codes in chosen.groupby(table[named].str.strip(), sort=True)
    ]
    return gpd.GeoDataFrame(pd.concat(parts), crs=parts[0].crs)


def _refuse(own: gpd.GeoDataFrame) -> None:
    outside = own.index[~(own["covered_share"] > 0)]
    if len(outside):
        raise InputError(
            f"{counted(len(outside), 'of your own areas is', 'of your own areas are')} outside all small areas, so their residents are not known: {first_few(outside)}. "
            "Remove them, or use small areas that cover them."
        )
    shared = 1 - own.geometry.union_all().area / own.area.sum()
    if shared > OVERLAP:
        one, other = own.sindex.query(own.geometry, predicate="overlaps")
        pair = (
            f": {own['area_name'].iloc[one[0]]!r} and {own['area_name'].iloc[other[0]]!r}" if len(one) else ""
        )
        raise InputError(
            f"Your own areas overlap by {shared:.0%} of their ground{pair}. People there would be counted twice. Use areas that do "
            "not overlap, or make a project for each."
        )
