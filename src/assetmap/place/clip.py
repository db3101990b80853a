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

from assetmap.cells import defuse_cell
from assetmap.place.named import SMALL_AREA_NAME
from assetmap.place.pick import Picked, is_names, membership_in, need_table
from assetmap.place.sections import FORM, family_of, rows_of, section_of, year_in
from assetmap.read.areas import read_areas
from assetmap.read.inputs import InputsReport
from assetmap.read.official.area_names import LIBRARY, NEAREST, WARDS, name_areas
from assetmap.read.official.known_names import read_known_names
from assetmap.read.official.lookups import read_lookup
from assetmap.read.official.open_names import read_open_names
from assetmap.read.official.population import read_population
from assetmap.read.official.postcode_areas import assign_postcodes
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.places import read_places
from assetmap.read.steps import NO_POINTS
from assetmap.schema import InputError
from assetmap.show.tables import write_geopackage

AROUND_SHARE: Final = 0.6
"""How far around a place its neighbours are drawn, as a share of its width or height."""

SLIVER_M2: Final = 1_000_000.0
"""A hole between a place and its neighbours that is smaller than this is no water, but two drawings of one border."""

LARGE_PLACES: Final = ("city", "town", "village", "suburban area")


def write_areas(
    folder: Path,
    areas: gpd.GeoDataFrame,
    picked: Picked,
    report: InputsReport,
    places: gpd.GeoDataFrame | None,
    notes: list[str],
) -> dict[str, Any]:
    """Write ``areas.gpkg`` with names that people know, and the population if a file has it for every area.

    Parameters
    ----------
    folder, areas, picked, report
        Where to write, the small areas of the place, and the files.
    places
        Towns and villages in and around the place, if a file has them.
    notes
        Sentences are added to it.

    Returns
    -------
    dict
        Its section of ``assetmap.toml``; under ``residents`` the population file, if it was used.
    """
    kept = areas[["area_name", "geometry"]].copy()
    section = section_of(picked.boundary, "areas.gpkg")
    names_file, library = known_names_in(report)
    named = name_areas(kept, library=library, wards=picked.wards, places=places)
    kept["area_name"] = named["area_name"]
    notes.append(_named(named["name_source"]))
    if names_file is not None and (named["name_source"] == LIBRARY).any():
        source = section_of(names_file, "")
        section["title"] += f"; names: {source['title']}"
        section["attribution"] = f"{section['attribution']} {source['attribution']}".strip()
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
    write_geopackage({"areas": kept}, folder / "areas.gpkg")
    return section


def known_names_in(report: InputsReport) -> tuple[dict[str, Any] | None, pd.Series | None]:
    """Return the first file with names that people know for middle layer areas, and its names; or nothing."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "lookup")]
    for row in rows_of(ready):
        if is_names(row):
            path = report.folder / row["file"]
            return row | {"path": path}, read_known_names(path)
    return None, None


def places_in(
    report: InputsReport, around: gpd.GeoDataFrame
) -> tuple[dict[str, Any] | None, gpd.GeoDataFrame | None]:
    """Return the file with names of towns and villages, and those in the rectangle around some areas; or nothing."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "places")]
    for row in rows_of(ready)[:1]:
        path = report.folder / row["file"]
        if row["source_id"].startswith("os_open_names"):
            return row | {"path": path}, read_open_names(path, within=around)
        places = read_places(path)
        west, south, east, north = around.total_bounds
        inside = places.geometry.x.between(west, east) & places.geometry.y.between(south, north)
        return row | {"path": path}, places[inside]
    return None, None


def _named(source: pd.Series) -> str:
    """Return a sentence on where the names of the small areas come from."""
    counts = source[source != ""].value_counts()
    if not len(counts):
        return (
            "The small areas have no names that people know. Add the House of Commons Library names of middle layer "
            "areas, a lookup to wards, or OS Open Names."
        )
    words = {
        LIBRARY: "the House of Commons Library",
        WARDS: "their wards",
        NEAREST: "the nearest town or village",
    }
    parts = ", ".join(f"{count} after {words[str(name)]}" for name, count in counts.items())
    return f"Names of the {len(source)} small areas: {parts}."


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
        here, there = "lsoa21_code", "lsoa11_code"
        if picked.boundary["vintage"][:6] == "lsoa11":
            here, there = there, here
        pairs = lookup[lookup[here].isin(wanted)]
        pairs = lookup[lookup[there].isin(pairs[there])]
        wanted |= set(pairs[there])
        pairs.map(defuse_cell).to_csv(folder / "lookup.csv", index=False)
        section["lookup"] = "lookup.csv"
    table[codes.isin(wanted)].map(defuse_cell).to_csv(folder / "need.csv", index=False)
    residents = areas_section.pop("residents", None)
    year = year_in(" ".join(table.columns))
    if residents is not None:
        section["title"] += f"; population: {FORM.sub('', residents['title'])}"
        year = year_in(str(residents["vintage"]))
    if year:
        section["population_year"] = year
    return section


def write_postcodes(
    folder: Path, areas: gpd.GeoDataFrame, report: InputsReport, limit_m: float
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Write ``postcodes.csv.gz`` for the place and its surroundings; return the table and its section."""
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "postcodes")]
    rows = [row | {"path": report.folder / row["file"]} for row in rows_of(ready)]
    placed = [row for row in rows if row["source_id"] not in NO_POINTS]
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
    found = assign_postcodes(table, areas, buffer_m=limit_m)
    _write_postcode_table(found, folder / "postcodes.csv.gz")
    return found, section_of(first, "postcodes.csv.gz")


def neighbours_of(
    areas: gpd.GeoDataFrame, picked: Picked, report: InputsReport, limit_m: float
) -> tuple[dict[str, Any], gpd.GeoDataFrame] | None:
    """Return the land around a place by council, from the boundary file that has most of it; None where no file has any.

    Land is cut at a rectangle around the place. Where it ends at the coast, the rest of the rectangle is water, but a file
    of England knows nothing of Wales and Scotland: the map draws no sea unless the settings say so.
    """
    width = max(areas.total_bounds[2] - areas.total_bounds[0], areas.total_bounds[3] - areas.total_bounds[1])
    frame = shapely.box(*areas.total_bounds).buffer(max(limit_m, AROUND_SHARE * width), join_style="mitre")
    own = areas.union_all()
    best: tuple[dict[str, Any], gpd.GeoDataFrame] | None = None
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "boundary")]
    for row in rows_of(ready):
        if row["vintage"][:4] not in ("lsoa", "msoa", ""):
            continue
        small = (
            picked.small
            if row["file"] == picked.boundary["file"]
            else read_areas(report.folder / row["file"])
        )
        near = small.iloc[small.sindex.query(frame, predicate="intersects")]
        near = near[~near.index.isin(areas.index) & ~near.geometry.representative_point().within(own)]
        if len(near) and (best is None or len(near) > len(best[1])):
            best = (row | {"path": report.folder / row["file"]}, near)
    if best is None:
        return None
    row, near = best
    names = near["area_name"].astype(str).str.replace(SMALL_AREA_NAME, "", regex=True)
    pieces = gpd.GeoDataFrame({"name": names}, geometry=near.geometry.intersection(frame), crs=areas.crs)
    land = pieces.dissolve("name").reset_index()
    # two files draw one border differently: what overlaps belongs to the place, and a sliver between to the neighbour
    land["geometry"] = land.geometry.difference(own)
    land = land[~land.geometry.is_empty].reset_index(drop=True)
    return row, _without_slivers(land, own, frame)


def _without_slivers(
    land: gpd.GeoDataFrame, own: shapely.Geometry, frame: shapely.Geometry
) -> gpd.GeoDataFrame:
    """Give every small hole between a place and its neighbours to the nearest neighbour."""
    left = shapely.get_parts(shapely.difference(frame, shapely.union_all([own, *land.geometry])))
    slivers = gpd.GeoSeries(
        left[(shapely.area(left) < SLIVER_M2) & shapely.intersects(left, own)], crs=land.crs
    )
    _, nearest = land.sindex.nearest(slivers, return_all=False)
    grown = land.geometry.to_numpy().copy()
    for position in sorted(set(nearest)):
        grown[position] = shapely.union_all([grown[position], *slivers[nearest == position]])
    return land.set_geometry(gpd.GeoSeries(grown, index=land.index, crs=land.crs))


def write_surroundings(
    folder: Path,
    areas: gpd.GeoDataFrame,
    picked: Picked,
    report: InputsReport,
    limit_m: float,
    places: tuple[dict[str, Any] | None, gpd.GeoDataFrame | None],
    notes: list[str],
) -> dict[str, dict[str, Any]]:
    """Write the land around the place, and the names of its towns and villages; return their sections."""
    sections: dict[str, dict[str, Any]] = {}
    if found := neighbours_of(areas, picked, report, limit_m):
        row, land = found
        write_geopackage({"land": land}, folder / "land.gpkg")
        sections["land"] = section_of(row, "land.gpkg")
    else:
        notes.append(
            "The map shows no neighbours, because no file has boundaries around the place. Add those of all England to fix this."
        )
    file, named = places
    if file is None or named is None:
        notes.append(
            "There are no place names, so rows that give only a town have no location. Add OS Open Names to fix this."
        )
        return sections
    inside = named[named["kind"].isin(LARGE_PLACES) & named.intersects(areas.union_all())]
    table = pd.DataFrame(
        {
            "name": inside["name"],
            "kind": inside["kind"],
            "population": inside["population"],
            "easting": inside.geometry.x.round().astype(int),
            "northing": inside.geometry.y.round().astype(int),
        }
    )
    table.map(defuse_cell).to_csv(folder / "places.csv", index=False)
    section = section_of(file, "places.csv")
    return sections | {"places": section, "labels": section}


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
