"""Lists of assets for a place: its own lists as they are, national lists cut down to the place.

Assets beyond the border, up to the distance that people travel, are kept too: they count for access.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.place.choice import Choice
from assetmap.place.councils import place_key, split_kind
from assetmap.place.sections import rows_of, section_of
from assetmap.read.inputs import InputsReport
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.parts import date_of
from assetmap.read.look import parts_of_shapefile
from assetmap.read.maps import is_map
from assetmap.read.official.postcode_files import find_postcodes
from assetmap.read.tables import heading_key, read_table
from assetmap.register.build import build_register
from assetmap.schema import MAP_CRS, WORKING_CRS, AssetList, beyond_border, reference_table
from assetmap.show.tables import write_csv

THINGS: Final = (
    "name",
    "asset_type",
    "latitude",
    "longitude",
    "address",
    "town",
    "postcode",
    "operator",
    "website",
)
"""Columns to keep of a list from OpenStreetMap."""

COAST_M: Final = 250.0
"""Generalised boundaries cut corners off the coast; a thing this close to the line still counts as inside."""

COUNCIL_COLUMN: Final = re.compile(r"authority|council|reporting|district|borough|county|^la$|^la name$|^lad")
"""Headings of columns that name a council."""

LEAST_ELSEWHERE: Final = 20
MOSTLY_ELSEWHERE: Final = 0.5
"""A list of which so many rows, and such a share, cannot be placed here is a list of a larger place: it is cut down."""

NATIONAL: Final = (
    "ace_libraries",
    "ace_libraries_enhanced",
    "gias_schools",
    "gias_schools_extract",
    "charity_commission",
    "threesixtygiving",
)
"""National lists: only their rows in or near the place are taken."""


def write_assets(
    folder: Path,
    report: InputsReport,
    choice: Choice,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame,
    limit_m: float,
    notes: list[str],
) -> list[dict[str, Any]]:
    """Write every list that was found, whole or cut down to the place and its catchment; return their sections."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "assets")]
    lists: list[dict[str, Any]] = []
    taken: set[str] = set()
    table: pd.DataFrame | None
    for row in rows_of(ready):
        path = report.folder / row["file"]
        if row["source_id"] in NATIONAL:
            target = _free(f"{row['source_id']}.csv", taken)
            table = read_table(path)
            here, near = _rows_here(table, choice, areas, postcodes, limit_m)
            notes.append(_kept(row["file"], "rows", here, near, choice.name, limit_m))
        elif row["source_id"] == "overpass_assets":
            target = _free(f"{path.stem}.csv", taken)
            table = _things(path)
            here, near = _points_here(table, areas, limit_m)
            notes.append(_kept(row["file"], "things", here, near, choice.name, limit_m))
        else:
            table, here, near = cut_list(path, choice, areas, postcodes, limit_m)
            target = _free(path.name if table is None else f"{path.stem}.csv", taken)
            if table is None:
                shutil.copyfile(path, folder / target)
                for beside in parts_of_shapefile(path):
                    shutil.copyfile(beside, folder / (Path(target).stem + beside.suffix.lower()))
            else:
                notes.append(_kept(row["file"], "rows", here, near, choice.name, limit_m))
        if table is not None:
            if not (here | near).any():
                continue  # the note says that no row is here
            write_csv(table[here | near], folder / target, index=False)
        section = section_of(row | {"path": path}, target)
        if row["source_id"] != "overpass_assets" and not row.get("vintage") and date_of(path.name):
            section["date"] = date_of(path.name)  # the day of the download is not that of the list
        lists.append({"id": _list_id(target), **section})
    return lists


def _list_id(name: str) -> str:
    """Return the id that a list gets in the settings, from the name of its file."""
    return re.sub(r"[^a-z0-9]+", "_", Path(name).stem.casefold()).strip("_") or "list"


def _free(name: str, taken: set[str]) -> str:
    """Return a file name whose id no other list has, and take it."""
    path, number, free = Path(name), 1, name
    while _list_id(free) in taken:
        number += 1
        free = f"{path.stem}_{number}{path.suffix}"
    taken.add(_list_id(free))
    return free


def _kept(file: str, rows: str, here: pd.Series, near: pd.Series, place: str, limit_m: float) -> str:
    """Return a sentence on how many rows of a list were taken, and how many of them are beyond the border."""
    words = f"{file}: {int(here.sum())} of {len(here)} {rows} are in {place}"
    if not near.any():
        return f"{words}."
    return (
        f"{words}. Another {int(near.sum())}, up to {limit_m / 1000:g} km beyond its border, were kept because they "
        "count for access."
    )


def _rows_here(
    table: pd.DataFrame, choice: Choice, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, buffer_m: float
) -> tuple[pd.Series, pd.Series]:
    """Return which rows of a national list are in the place, and which are near it.

    A row is in the place if its postcode is, or if it names the place or a council in it and is not near it. If a row has no
    known postcode, its easting and northing decide.
    """
    keys = {heading_key(str(column)).replace(" ", "").rstrip("s"): column for column in table.columns}
    empty = pd.Series("", index=table.index)
    row = find_postcodes(table[keys["postcode"]] if "postcode" in keys else empty, postcodes)
    taken = postcodes.iloc[np.maximum(row, 0)].set_axis(table.index)
    by_postcode = (row >= 0) & taken["area_code"].notna().to_numpy()
    east, north = (
        taken[name].where(
            row >= 0, pd.to_numeric(table[keys[name]] if name in keys else empty, errors="coerce")
        )
        for name in ("easting", "northing")
    )
    known = east.notna() & north.notna() & ~by_postcode
    points = gpd.GeoSeries.from_xy(east[known], north[known], crs=WORKING_CRS)
    found, metres = areas.sindex.nearest(
        points, return_all=False, max_distance=buffer_m, return_distance=True
    )
    found = found[0]
    off = pd.Series(metres, index=points.index[found]).reindex(table.index)
    by_point = off.eq(0) & (row < 0)
    named = _names_a_council(table, choice)
    near = off.notna() & ~by_point
    return (by_postcode | by_point | named) & ~near, near


def cut_list(
    path: Path, choice: Choice, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, limit_m: float
) -> tuple[pd.DataFrame | None, pd.Series, pd.Series]:
    """Cut a list down to the place where most of its rows are elsewhere, whatever its shape.

    Parameters
    ----------
    path
        Any list that `read_assets` reads.
    choice
        The place; rows that name it, or a council in it, stay.
    areas, postcodes, limit_m
        As for `build_register`: where the place is, and how far beyond its border a row may be.

    Returns
    -------
    tuple
        The list with all its rows (as in its file, or in our columns where the file is no plain table), which of them are in the
        place, and which are near it. None and two empty columns where the list is the place's own.
    """
    listed = read_assets(path)
    table = pd.DataFrame(listed.table.drop(columns=["source", "geometry"], errors="ignore"))
    log, assets = _judged(listed, choice, areas, postcodes, limit_m)
    lost = (log["outcome"] == "rejected").to_numpy() & (table["name"].str.strip() != "").to_numpy()
    none = pd.Series(dtype=bool)
    if lost.sum() < LEAST_ELSEWHERE or lost.mean() < MOSTLY_ELSEWHERE:
        return None, none, none
    raw = None if is_map(path) or path.suffix.lower() == ".json" else read_table(path)
    if raw is not None and "sheet" not in table and table["row"].max() <= len(raw) + 1:
        table = raw.iloc[table["row"].to_numpy() - 2].reset_index(drop=True)
    else:
        if "geometry" in listed.table:
            points = gpd.GeoSeries(listed.table["geometry"], crs=WORKING_CRS)
            table = table.assign(easting=points.x.round(1), northing=points.y.round(1))
        table = table.drop(
            columns=["row", "list_title", "list_date", "reading_problem", "reading_note"], errors="ignore"
        )
        table = table.astype("str").reset_index(drop=True)
    beyond = beyond_border(assets)
    near = log["asset_id"].map(beyond).eq(True).reset_index(drop=True)
    named = _names_a_council(table, choice)
    return table, (pd.Series(~lost) | named) & ~near, near


def _judged(
    listed: AssetList, choice: Choice, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, limit_m: float
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    register = build_register(
        listed, postcodes=postcodes, areas=areas, area_name=choice.name, audience="internal", buffer_m=limit_m
    )
    return register.log, register.assets


def _names_a_council(table: pd.DataFrame, choice: Choice) -> pd.Series:
    """Return which rows name the place, or a council in it, in a column of councils ("Staffordshire County Council")."""
    wanted = {place_key(name) for name in (choice.name, *choice.councils)}
    named = pd.Series(False, index=table.index)
    for column in table.columns:
        if COUNCIL_COLUMN.search(heading_key(str(column))):
            values = {text: split_kind(text)[0] in wanted for text in table[column].unique() if text}
            named |= table[column].map(values).eq(True)
    return named


def _things(path: Path) -> pd.DataFrame:
    """Return a list from OpenStreetMap: all open, because closed places lose their tag; unnamed ones named by type."""
    table = read_assets(path).table
    kept = [column for column in THINGS if column in table.columns]
    labels = reference_table("asset_types")["label"]
    table["status"] = "open"
    unnamed = table["name"].str.strip() == ""
    table.loc[unnamed, "name"] = table.loc[unnamed, "asset_type"].map(labels).fillna("Place").to_numpy()
    return table.loc[pd.to_numeric(table["latitude"]).notna(), [*kept, "status"]]


def _points_here(
    table: pd.DataFrame, areas: gpd.GeoDataFrame, buffer_m: float
) -> tuple[pd.Series, pd.Series]:
    """Return which things are in the place (or just off its generalised coast), and which are near it."""
    points = gpd.GeoSeries.from_xy(
        pd.to_numeric(table["longitude"]), pd.to_numeric(table["latitude"]), crs=MAP_CRS
    ).to_crs(WORKING_CRS)
    metres = points.distance(areas.union_all())
    return metres <= COAST_M, (metres > COAST_M) & (metres <= buffer_m)
