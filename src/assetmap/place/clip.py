"""Cut official files down to a place: its areas, their need, and the postcodes, land and names around it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import shapely

from assetmap.place.pick import Picked, membership_in, need_table
from assetmap.place.sections import family_of, rows_of, section_of, year_in
from assetmap.read.inputs import InputsReport
from assetmap.read.official.lookups import read_lookup
from assetmap.read.official.open_names import read_open_names
from assetmap.read.official.population import read_population
from assetmap.read.official.postcode_areas import assign_postcodes
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.schema import InputError
from assetmap.show.tables import write_csv

LARGE_PLACES: Final = ("city", "town", "village", "suburban area")


def write_areas(folder: Path, areas: gpd.GeoDataFrame, picked: Picked, notes: list[str]) -> dict[str, Any]:
    """Write ``areas.gpkg``, with the population if a file has it for every area; return its section."""
    kept = areas[["area_name", "geometry"]].copy()
    section = section_of(picked.boundary, "areas.gpkg")
    if picked.population is not None:
        counts = read_population(picked.population["path"]).reindex(kept.index)
        if counts["population"].notna().all():
            for column in counts.columns:
                kept[column] = counts[column]
            section["residents"] = picked.population
        else:
            missing = int(counts["population"].isna().sum())
            notes.append(
                f"'{picked.population['file']}' has no population for {missing} of {len(kept)} areas, so it was not used."
            )
    kept.reset_index().to_file(folder / "areas.gpkg", driver="GPKG", layer="areas")
    return section


def write_need(
    folder: Path, areas: gpd.GeoDataFrame, picked: Picked, areas_section: dict[str, Any]
) -> dict[str, Any]:
    """Write ``need.csv``, and ``lookup.csv`` if its codes are of another year; return its section."""
    path, family = picked.need["path"], family_of(picked.need["source_id"])
    table = need_table(path)
    codes = membership_in(path).index
    wanted = set(areas.index)
    section: dict[str, Any] = section_of(picked.need, "need.csv") | {"index": family}
    if picked.lookup is not None:
        lookup = read_lookup(picked.lookup["path"])
        here, there = (
            ("lsoa11_code", "lsoa21_code")
            if picked.boundary["vintage"][:6] == "lsoa11"
            else (
                "lsoa21_code",
                "lsoa11_code",
            )
        )
        pairs = lookup[lookup[here].isin(wanted)]
        pairs = lookup[lookup[there].isin(pairs[there])]
        wanted |= set(pairs[there])
        pairs.to_csv(folder / "lookup.csv", index=False)
        section["lookup"] = "lookup.csv"
    table[codes.isin(wanted)].to_csv(folder / "need.csv", index=False)
    residents = areas_section.pop("residents", None)
    year = year_in(" ".join(table.columns))
    if residents is not None:
        section["title"] += f"; population: {residents['title']}"
        year = year_in(str(residents["vintage"])) or year
    if year:
        section["population_year"] = year
    return section


def write_postcodes(
    folder: Path, areas: gpd.GeoDataFrame, report: InputsReport, catchment_km: float
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Write ``postcodes.csv.gz`` for the place and its surroundings; return the table and its section."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "postcodes")]
    rows = [row | {"path": report.folder / row["file"]} for row in rows_of(ready)]
    placed = [row for row in rows if row["source_id"] not in ("ons_postcode_lookup", "postcode_table")]
    if not placed:
        raise InputError(
            f"'{report.folder}' has no postcode file with coordinates. Add one, such as Code-Point Open."
        )
    first = min(placed, key=lambda row: row["source_id"] == "os_code_point_open")
    table = read_postcode_file(first["path"])
    lookups = [row for row in rows if row["source_id"] == "ons_postcode_lookup"]
    for row in lookups:
        other = read_postcode_file(row["path"])
        codes = [
            column for column in other.columns if column.endswith("_code") and column not in table.columns
        ]
        table = table.join(other[codes], how="left")
    found = assign_postcodes(table, areas, buffer_m=catchment_km * 1000)
    _write_postcode_table(found, folder / "postcodes.csv.gz")
    return found, section_of(first, "postcodes.csv.gz")


def write_surroundings(
    folder: Path,
    areas: gpd.GeoDataFrame,
    picked: Picked,
    report: InputsReport,
    catchment_km: float,
    notes: list[str],
) -> dict[str, dict[str, Any]]:
    """Write the land around the place, and the names of its towns and villages."""
    sections: dict[str, dict[str, Any]] = {}
    west, south, east, north = areas.total_bounds
    buffer_m = catchment_km * 1000
    frame = shapely.box(west - buffer_m, south - buffer_m, east + buffer_m, north + buffer_m)
    others = picked.small[~picked.small.index.isin(areas.index)]
    near = others.iloc[others.sindex.query(frame, predicate="intersects")]
    if len(near):
        land = gpd.GeoDataFrame(
            {"name": ["land"]}, geometry=[near.geometry.intersection(frame).union_all()], crs=areas.crs
        )
        land.to_file(folder / "land.gpkg", driver="GPKG", layer="land")
        sections["land"] = section_of(picked.boundary, "land.gpkg")
    names = report.files[
        (report.files["state"] == "ready") & report.files["source_id"].str.startswith("os_open_names")
    ]
    for row in rows_of(names)[:1]:
        places = read_open_names(report.folder / row["file"], within=areas)
        places = places[places["kind"].isin(LARGE_PLACES) & places.intersects(areas.union_all())]
        table = pd.DataFrame(
            {
                "name": places["name"],
                "kind": places["kind"],
                "population": "",
                "easting": places.geometry.x.round().astype(int),
                "northing": places.geometry.y.round().astype(int),
            }
        )
        write_csv(table, folder / "places.csv", index=False)
        section = section_of(row | {"path": report.folder / row["file"]}, "places.csv")
        sections |= {"places": section, "labels": section}
    if not len(names):
        notes.append(
            "There are no place names, so rows that give only a town have no location. Add OS Open Names to fix this."
        )
    return sections


def _write_postcode_table(found: pd.DataFrame, path: Path) -> None:
    """Write the table that `read_postcodes` reads. Arrow writes it: a country has 1.5 million postcodes."""
    out = found[["easting", "northing", "area_code"]].copy()
    out[["easting", "northing"]] = out[["easting", "northing"]].round().astype("Int64")
    out["live"] = found["live"].map({True: "yes", False: "no"})
    table = pa.Table.from_pandas(out.reset_index())
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file,
    ):
        pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="needed"))
