"""Lists of assets for a place: whole where they are its own, cut out where they are of the whole country."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.area.choice import Choice
from assetmap.area.sections import section_of
from assetmap.read.assets import read_assets
from assetmap.read.inputs import InputsReport
from assetmap.read.postcode_files import find_postcodes
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
    notes: list[str],
) -> list[dict[str, Any]]:
    """Write every list that was found, as it is or cut down to the place; return their sections."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "assets")]
    lists = []
    for row in ready.to_dict("records"):
        path = report.folder / row["file"]
        target = path.name
        if row["source_id"] in NATIONAL:
            target = f"{row['source_id']}.csv"
            table = read_table(path)
            here = _rows_here(table, choice, postcodes)
            table[here].to_csv(folder / target, index=False)
            notes.append(f"{row['file']}: {int(here.sum())} of {len(table)} rows are in {choice.name}.")
        elif row["source_id"] == "overpass_assets":
            target = f"{path.stem}.csv"
            table = _things(path)
            here = _points_here(table, areas)
            table[here].to_csv(folder / target, index=False)
            notes.append(f"{row['file']}: {int(here.sum())} of {len(table)} things are in {choice.name}.")
        else:
            shutil.copyfile(path, folder / target)
        name = re.sub(r"[^a-z0-9]+", "_", Path(target).stem.casefold()).strip("_") or "list"
        lists.append({"id": name, **section_of(row | {"path": path}, target)})
    return lists


def _rows_here(table: pd.DataFrame, choice: Choice, postcodes: pd.DataFrame) -> pd.Series:
    """Return which rows of a national list have a postcode in the place, or name it (a council) in a cell.

    Rows across the border are left out: a register holds the assets of its place.
    """
    columns = [column for column in table.columns if heading_key(str(column)).replace(" ", "") == "postcode"]
    written = table[columns[0]] if columns else pd.Series("", index=table.index)
    inside = postcodes[postcodes["area_code"].notna()]
    near = pd.Series(find_postcodes(written, inside) >= 0, index=table.index)
    named = table.apply(lambda cells: cells.str.strip().str.casefold() == choice.name.casefold()).any(axis=1)
    return near | named


def _things(path: Path) -> pd.DataFrame:
    """Return what OpenStreetMap has as a list: open, for what has closed loses its tag; named by its kind if need be."""
    table = read_assets(path)
    kept = [column for column in THINGS if column in table.columns]
    labels = reference_table("asset_types")["label"]
    table["status"] = "open"
    unnamed = table["name"].str.strip() == ""
    table.loc[unnamed, "name"] = table.loc[unnamed, "asset_type"].map(labels).fillna("Place").to_numpy()
    return table.loc[pd.to_numeric(table["latitude"]).notna(), [*kept, "status"]]


def _points_here(table: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return which things lie in the place, or on the coast just outside its generalised line."""
    points = gpd.GeoSeries.from_xy(
        pd.to_numeric(table["longitude"]), pd.to_numeric(table["latitude"]), crs=MAP_CRS
    ).to_crs(WORKING_CRS)
    return points.distance(areas.union_all()) <= COAST_M
