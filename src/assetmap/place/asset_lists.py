"""Lists of assets for a place: whole where they are its own, cut out where they are of the whole country.

What lies across the border, but no further from it than people go, is taken too: it counts for access.
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
from assetmap.place.sections import section_of
from assetmap.read.inputs import InputsReport
from assetmap.read.lists.assets import read_assets
from assetmap.read.official.postcode_files import find_postcodes
from assetmap.read.tables import heading_key, read_table
from assetmap.schema import MAP_CRS, WORKING_CRS, reference_table

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
"""Columns kept of a list from OpenStreetMap."""

COAST_M: Final = 250.0
"""Generalised boundaries cut corners of the coast; a thing this near to the line is still in the place."""

NATIONAL: Final = (
    "ace_libraries",
    "gias_schools",
    "gias_schools_extract",
    "charity_commission",
    "threesixtygiving",
)
"""Lists of the whole country: only their rows in the place are taken."""


def write_assets(
    folder: Path,
    report: InputsReport,
    choice: Choice,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame,
    catchment_km: float,
    notes: list[str],
) -> list[dict[str, Any]]:
    """Write every list that was found, as it is or cut down to the place and its catchment; return their sections."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "assets")]
    lists = []
    for row in ready.to_dict("records"):
        path = report.folder / row["file"]
        target = path.name
        if row["source_id"] in NATIONAL:
            target = f"{row['source_id']}.csv"
            table = read_table(path)
            here, near = _rows_here(table, choice, areas, postcodes, catchment_km * 1000)
            notes.append(_kept(row["file"], "rows", here, near, choice.name, catchment_km))
        elif row["source_id"] == "overpass_assets":
            target = f"{path.stem}.csv"
            table = _things(path)
            here, near = _points_here(table, areas, catchment_km * 1000)
            notes.append(_kept(row["file"], "things", here, near, choice.name, catchment_km))
        else:
            table = None
            shutil.copyfile(path, folder / target)
        if table is not None:
            if not (here | near).any():
                continue  # a note says so
            table[here | near].to_csv(folder / target, index=False)
        name = re.sub(r"[^a-z0-9]+", "_", Path(target).stem.casefold()).strip("_") or "list"
        lists.append({"id": name, **section_of(row | {"path": path}, target)})
    return lists


def _kept(file: str, rows: str, here: pd.Series, near: pd.Series, place: str, catchment_km: float) -> str:
    """Say how many rows of a list were taken, and how many of them from beyond the border."""
    words = f"{file}: {int(here.sum())} of {len(here)} {rows} are in {place}"
    if not near.any():
        return f"{words}."
    return (
        f"{words}; {int(near.sum())} more lie up to {catchment_km:g} km beyond its border and were kept for distances "
        "and access."
    )


def _rows_here(
    table: pd.DataFrame, choice: Choice, areas: gpd.GeoDataFrame, postcodes: pd.DataFrame, buffer_m: float
) -> tuple[pd.Series, pd.Series]:
    """Return which rows of a national list are of the place, and which have a postcode beyond it, but near.

    Of the place is what has a postcode in it, or names it (a council) in a cell and has no postcode near it. Where a row has no
    postcode that is known its easting and northing tell.
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
    named = table.apply(lambda cells: cells.str.strip().str.casefold() == choice.name.casefold()).any(axis=1)
    near = off.notna() & ~by_point
    return (by_postcode | by_point | named) & ~near, near


def _things(path: Path) -> pd.DataFrame:
    """Return what OpenStreetMap has as a list: open, for what has closed loses its tag; named by its kind if need be."""
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
    """Return which things lie in the place, or on the coast just outside its generalised line, and which others near."""
    points = gpd.GeoSeries.from_xy(
        pd.to_numeric(table["longitude"]), pd.to_numeric(table["latitude"]), crs=MAP_CRS
    ).to_crs(WORKING_CRS)
    metres = points.distance(areas.union_all())
    return metres <= COAST_M, (metres > COAST_M) & (metres <= buffer_m)
