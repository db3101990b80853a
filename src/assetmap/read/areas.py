"""Small areas: a boundary file becomes the table `areas`.

A small area is any polygon with a code. Boundaries are reprojected once to EPSG:27700 and repaired with
``shapely.make_valid``, which keeps a hole a hole; ``buffer(0)`` would fill some of them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from assetmap.read.files import reader
from assetmap.read.maps import read_map
from assetmap.schema import InputError, check_areas, counted, first_few

CODE_COLUMN: Final = re.compile(
    r"^(area_?code|(lsoa|msoa|oa|wd|ward|lad|ltla|utla|par|parncp|cty|ctyua)\d{2}_?(cd|code))$", re.IGNORECASE
)
NAME_COLUMN: Final = re.compile(
    r"^(area_?name|(lsoa|msoa|oa|wd|ward|lad|ltla|utla|par|parncp|cty|ctyua)\d{2}_?(nm|name))$", re.IGNORECASE
)


@reader
def read_areas(
    path: str | Path, *, code: str | None = None, name: str | None = None, layer: str | None = None
) -> gpd.GeoDataFrame:
    """Read small areas from a boundary file.

    Parameters
    ----------
    path
        A map file, as for `open_map`.
    code, name
        Columns with the code and the name of an area; found by their names when not given
        (``LSOA21CD``, ``lsoa11_code``, ``WD24NM``, ``area_code`` ...).
    layer
        Layer of a file that has several; the first one when not given.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``area_code`` in file order; columns ``area_name``, ``population`` (missing where the file
        has no such column), ``geometry`` in EPSG:27700, valid; other columns of the file follow.

    Raises
    ------
    InputError
        If the file cannot be read, has no CRS, or codes are missing or duplicated: all problems at once.

    Examples
    --------
    >>> len(read_areas(am.example_project().folder / "areas.gpkg"))
    326
    """
    path = Path(path)
    raw = read_map(path, layer=layer)
    code = code or _find(raw, CODE_COLUMN, path, "code")
    name = name or next((column for column in raw.columns if NAME_COLUMN.match(str(column))), code)
    _refuse_bad_rows(raw, path, (code, name))
    areas = raw.set_index(pd.Index(raw[code].astype(str), name="area_code"))
    areas.insert(0, "area_name", areas.pop(name).astype(str) if name != code else areas[code].astype(str))
    areas = areas.drop(columns=code, errors="ignore")
    if "population" not in areas.columns:
        areas.insert(1, "population", float("nan"))
    areas["geometry"] = polygons_only(areas.geometry)
    check_areas(areas)
    return areas


def polygons_only(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return valid (multi)polygons: repaired where needed, stray lines and points of the repair dropped."""
    broken = ~geometry.is_valid
    if not broken.any():
        return geometry
    repaired = geometry.copy()
    mended = [
        shapely.union_all([part for part in shapely.get_parts(shapely.make_valid(shape)) if part.area > 0])
        for shape in geometry[broken]
    ]
    repaired.loc[broken] = gpd.GeoSeries(mended, index=geometry.index[broken], crs=geometry.crs)
    return repaired


def _find(table: gpd.GeoDataFrame, pattern: re.Pattern[str], path: Path, what: str) -> str:
    found = [str(column) for column in table.columns if pattern.match(str(column))]
    if not found:
        columns = first_few([column for column in table.columns if column != "geometry"], most=12)
        raise InputError(
            f"'{path}': no column looks like an area {what}. It has {columns}. "
            f'Name the right one, for instance {what} = "LSOA21CD".'
        )
    return found[0]


def _refuse_bad_rows(raw: gpd.GeoDataFrame, path: Path, columns: tuple[str, str]) -> None:
    problems = []
    for column in columns:
        if column not in raw.columns:
            problems.append(f"there is no column '{column}'; it has {first_few(raw.columns, most=12)}")
    if not problems:
        codes = raw[columns[0]]
        if codes.isna().any():
            problems.append(
                f"{counted(int(codes.isna().sum()), 'area has', 'areas have')} no code in '{columns[0]}'"
            )
        twice = codes[codes.duplicated()].unique()
        if len(twice):
            problems.append(f"{counted(len(twice), 'duplicate code')}, first {first_few(twice)}")
        empty = codes[raw.geometry.isna() | raw.geometry.is_empty]
        if len(empty):
            problems.append(
                f"{counted(len(empty), 'area has', 'areas have')} no shape, first {first_few(empty)}"
            )
        flat = codes[~raw.geometry.geom_type.isin(("Polygon", "MultiPolygon", "GeometryCollection"))]
        if len(flat) and not len(empty):
            problems.append(
                f"{counted(len(flat), 'area is not a polygon', 'areas are not polygons')}, first {first_few(flat)}"
            )
    if problems:
        raise InputError(f"'{path}' cannot be used for areas: " + "; ".join(problems) + ".")
