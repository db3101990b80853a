"""A project for any place out of official files as downloaded: chosen, clipped, and with its settings written.

Nothing is made up: every file of the new project is cut out of one in the inputs folder, and its settings name
source, date and licence. The inputs are never changed.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import shapely

from assetmap.area_choice import Choice, choose_areas
from assetmap.read.areas import read_areas
from assetmap.read.assets import read_assets
from assetmap.read.columns import canonical_columns, vintage_of
from assetmap.read.inputs import InputsReport, describe_inputs
from assetmap.read.lookups import read_area_lookup, read_lookup
from assetmap.read.open_names import read_open_names
from assetmap.read.population import read_population
from assetmap.read.postcode_areas import assign_postcodes
from assetmap.read.postcode_files import find_postcodes, read_postcode_file
from assetmap.read.tables import SPREADSHEETS, heading_key, read_table
from assetmap.read.workbooks import read_workbook
from assetmap.schema import MAP_CRS, WORKING_CRS, InputError, reference_table
from assetmap.settings import CONFIG_NAME

CATCHMENT_KM: Final = 5.0
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

LARGE_PLACES: Final = ("city", "town", "village", "suburban area")
NATIONAL: Final = (
    "ace_libraries",
    "gias_schools",
    "gias_schools_extract",
    "charity_commission",
    "threesixtygiving",
)
"""Lists of the whole country: only their rows in the place are taken."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class MadeProject:
    """A new project: its ``assetmap.toml``, the place that was chosen, and what was left out or is missing."""

    config: Path
    area_name: str
    areas: int
    how: str
    notes: tuple[str, ...]


def make_project(
    folder: str | Path,
    *,
    area: str | Path,
    inputs: str | Path | None = None,
    catchment_km: float = CATCHMENT_KM,
    progress: Progress | None = None,
) -> MadeProject:
    """Make a project for a place from official files.

    Parameters
    ----------
    folder
        The new project; it must not have an ``assetmap.toml`` yet.
    area
        Name or code of a local authority, ward or parish; codes separated by commas; a full postcode; or a
        file with a polygon (see `choose_areas`).
    inputs
        Folder with the files; ``folder/inputs`` when not given.
    catchment_km
        How far people go; postcodes, assets and land within this distance around the place are kept too.
    progress
        Called with a few words before each step.

    Returns
    -------
    MadeProject
        What was made, with a sentence for each thing left out or not found.

    Raises
    ------
    InputError
        If a step of a build lacks its file (all of them are named), the place is not found, or the folder
        holds a project already.
    """
    folder = Path(folder)
    config = folder / CONFIG_NAME
    if config.exists():
        raise InputError(f"'{folder}' holds a project already. Name a new folder.")
    say = progress or (lambda step: None)
    say("Looking at the files")
    report = describe_inputs(inputs or folder / "inputs")
    _refuse_missing(report)
    say("Choosing the small areas")
    picked = _pick(report, area)
    folder.mkdir(parents=True, exist_ok=True)
    sections: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    say("Clipping areas, need and population")
    areas = picked.small.loc[list(picked.choice.codes)]
    sections["areas"] = _write_areas(folder, areas, picked, notes)
    sections["need"] = _write_need(folder, areas, picked, sections["areas"])
    say("Placing postcodes")
    postcodes, sections["postcodes"] = _write_postcodes(folder, areas, report, catchment_km)
    sections |= _write_surroundings(folder, areas, picked, report, catchment_km, notes)
    say("Taking lists of assets")
    lists = _write_assets(folder, report, picked.choice, areas, postcodes, notes)
    config.write_text(_settings_text(picked.choice.name, sections, lists, catchment_km), encoding="utf-8")
    return MadeProject(config, picked.choice.name, len(areas), picked.choice.how, tuple(notes))


@dataclass(frozen=True)
class _Picked:
    """The files that go together, and the small areas chosen from them."""

    small: gpd.GeoDataFrame
    choice: Choice
    boundary: dict[str, Any]
    need: dict[str, Any]
    lookup: dict[str, Any] | None
    population: dict[str, Any] | None


def _refuse_missing(report: InputsReport) -> None:
    needed = report.steps[report.steps["step"].isin(("areas", "population", "need", "postcodes", "assets"))]
    missing = needed[~needed["ready"]]
    if len(missing):
        lines = "\n".join(f"  - {row.step}: {row.missing}" for row in missing.itertuples())
        raise InputError(f"'{report.folder}' lacks files for {len(missing)} steps:\n{lines}")


def _pick(report: InputsReport, area: str | Path) -> _Picked:
    """Choose boundary, need and population of one vintage, the newest that fit together."""
    ready = [row | {"path": report.folder / row["file"]} for row in report.files.to_dict("records")]
    ready = [row for row in ready if row["state"] == "ready"]
    boundaries = [
        row for row in ready if row["kind"] == "boundary" and row["vintage"][:4] in ("lsoa", "msoa", "")
    ]
    needs = sorted(
        (row for row in ready if row["kind"] == "need"), key=lambda row: row["vintage"], reverse=True
    )
    lookup = next((row for row in ready if row["source_id"] == "ons_lsoa11_lsoa21_lookup"), None)
    pairs = [(b, n) for n in needs for b in boundaries if b["vintage"][:6] == n["vintage"][:6]]
    if lookup is not None:
        pairs += [
            (b, n) for n in needs for b in boundaries if (b, n) not in pairs and b["vintage"][:4] == "lsoa"
        ]
    problems: list[str] = []
    best: _Picked | None = None
    for boundary, need in pairs:
        if best is not None and need is not best.need:
            break
        small = read_areas(report.folder / boundary["file"])
        try:
            choice = _choice(ready, small, area, boundary["vintage"])
        except InputError as error:
            problems.append(f"{boundary['file']}: {error}")
            continue
        if best is None or (len(choice.codes), -len(small)) > (len(best.choice.codes), -len(best.small)):
            converted = lookup if boundary["vintage"][:6] != need["vintage"][:6] else None
            best = _Picked(small, choice, boundary, need, converted, _population(ready, boundary))
    if best is None:
        raise InputError(
            "\n".join(dict.fromkeys(problems)) or f"'{report.folder}' has no boundaries and need that fit."
        )
    return best


def _choice(ready: list[dict[str, Any]], small: gpd.GeoDataFrame, area: str | Path, vintage: str) -> Choice:
    memberships, larger, postcodes = [], [], None
    changes = [read_lookup(row["path"]) for row in ready if row["source_id"] == "ons_lsoa11_lsoa21_lookup"]
    for row in ready:
        if row["kind"] in ("need", "lookup") and row["source_id"] != "ons_lsoa11_lsoa21_lookup":
            table = _membership_in(row["path"]) if row["kind"] == "need" else read_area_lookup(row["path"])
            if row["vintage"][:6] != vintage[:6]:
                table = _brought_over(table, row["vintage"][:6], changes)
            memberships.append(table)
        elif row["kind"] == "boundary" and row["vintage"][:4] in ("ward", "lad2", "lad1", "pari"):
            larger.append(read_areas(row["path"]))
        elif row["kind"] == "postcodes" and postcodes is None and row["source_id"] != "ons_postcode_lookup":
            postcodes = read_postcode_file(row["path"])
    return choose_areas(area, small, memberships=memberships, larger=larger, postcodes=postcodes)


def _need_table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() not in SPREADSHEETS:
        return read_table(path)
    return read_workbook(path, wanted=lambda row: vintage_of(row) is not None)[0]


def _brought_over(table: pd.DataFrame, vintage: str, changes: list[pd.DataFrame]) -> pd.DataFrame:
    """Return a membership table on the codes of the other vintage; empty without the official changes."""
    if not changes or vintage not in ("lsoa11", "lsoa21"):
        return table.iloc[:0]
    here, there = f"{vintage}_code", "lsoa11_code" if vintage == "lsoa21" else "lsoa21_code"
    pairs = changes[0].drop_duplicates(there).set_index(here)[there]
    same = table.index[~table.index.isin(changes[0][here])]
    moved = table.join(pd.concat([pairs, pd.Series(same, index=same, name=there)]), how="inner")
    return moved.set_index(pd.Index(moved.pop(there), name="area_code"))


def _membership_in(path: Path) -> pd.DataFrame:
    """Return the councils that a need file names beside its small areas."""
    table = _need_table(path)
    columns = canonical_columns(table.columns)
    vintage = vintage_of(columns.values())
    codes = table[columns[f"{vintage}_code"]] if vintage else pd.Series(dtype=str)
    found = pd.DataFrame({name: table[column].str.strip() for name, column in columns.items()})
    return found.set_index(pd.Index(codes.str.strip(), name="area_code"))


def _population(ready: list[dict[str, Any]], boundary: dict[str, Any]) -> dict[str, Any] | None:
    """Return the newest population file on the vintage of the boundaries that counts people."""
    fits = [
        row
        for row in ready
        if row["kind"] == "population"
        and "cars" not in row["source_id"]
        and row["vintage"][: len(boundary["vintage"])] in (boundary["vintage"], boundary["vintage"][:4])
    ]
    return max(fits, key=lambda row: str(row["vintage"])[-4:], default=None)


def _write_areas(folder: Path, areas: gpd.GeoDataFrame, picked: _Picked, notes: list[str]) -> dict[str, Any]:
    kept = areas[["area_name", "geometry"]].copy()
    section = _section(picked.boundary, "areas.gpkg")
    if picked.population is not None:
        counts = read_population(picked.population["path"]).reindex(kept.index)
        if counts["population"].notna().all():
            for column in counts.columns:
                kept[column] = counts[column]
            section["residents"] = picked.population
        else:
            missing = int(counts["population"].isna().sum())
            notes.append(
                f"'{picked.population['file']}' has no residents for {missing} of {len(kept)} areas and was not used."
            )
    kept.reset_index().to_file(folder / "areas.gpkg", driver="GPKG", layer="areas")
    return section


def _write_need(
    folder: Path, areas: gpd.GeoDataFrame, picked: _Picked, areas_section: dict[str, Any]
) -> dict[str, Any]:
    path, family = picked.need["path"], _family(picked.need["source_id"])
    table = _need_table(path)
    codes = _membership_in(path).index
    wanted = set(areas.index)
    section: dict[str, Any] = _section(picked.need, "need.csv") | {"index": family}
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
    year = _year_in(" ".join(table.columns))
    if residents is not None:
        section["title"] += f"; residents: {residents['title']}"
        year = _year_in(str(residents["vintage"])) or year
    if year:
        section["population_year"] = year
    return section


def _write_postcodes(
    folder: Path, areas: gpd.GeoDataFrame, report: InputsReport, catchment_km: float
) -> tuple[pd.DataFrame, dict[str, Any]]:
    ready = report.files[(report.files["state"] == "ready") & (report.files["kind"] == "postcodes")]
    rows = [row | {"path": report.folder / row["file"]} for row in ready.to_dict("records")]
    placed = [row for row in rows if row["source_id"] not in ("ons_postcode_lookup", "postcode_table")]
    if not placed:
        raise InputError(f"'{report.folder}' has no postcode file with coordinates, such as Code-Point Open.")
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
    return found, _section(first, "postcodes.csv.gz")


def _write_postcode_table(found: pd.DataFrame, path: Path) -> None:
    """Write the table that `read_postcodes` reads; with Arrow, for a country has 1.5 million."""
    out = found[["easting", "northing", "area_code"]].copy()
    out[["easting", "northing"]] = out[["easting", "northing"]].round().astype("Int64")
    out["live"] = found["live"].map({True: "yes", False: "no"})
    table = pa.Table.from_pandas(out.reset_index())
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file,
    ):
        pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="needed"))


def _write_surroundings(
    folder: Path,
    areas: gpd.GeoDataFrame,
    picked: _Picked,
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
        sections["land"] = _section(picked.boundary, "land.gpkg")
    names = report.files[
        (report.files["state"] == "ready") & report.files["source_id"].str.startswith("os_open_names")
    ]
    for row in names.to_dict("records")[:1]:
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
        table.to_csv(folder / "places.csv", index=False)
        section = _section(row | {"path": report.folder / row["file"]}, "places.csv")
        sections |= {"places": section, "labels": section}
    if not len(names):
        notes.append("No place names: lists that name only a town cannot be placed. OS Open Names has them.")
    return sections


def _write_assets(
    folder: Path,
    report: InputsReport,
    choice: Choice,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame,
    notes: list[str],
) -> list[dict[str, Any]]:
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
        lists.append({"id": name, **_section(row | {"path": path}, target)})
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


def _section(row: dict[str, Any], file: str) -> dict[str, Any]:
    source = reference_table("sources").loc[row["source_id"]]
    date = _date(row) or _fetched(row) or "not stated"
    edition = re.search(r"20\d\d", str(row["vintage"])) if row["kind"] in ("postcodes", "places") else None
    year = _fetched(row)[:4] or (edition[0] if edition else "")
    attribution = source["attribution"].replace(" {year}", f" {year}" if year else "")
    section = {"file": file, "title": source["title"], "publisher": source["publisher"], "date": date}
    section |= {"licence": source["licence"] or "as its owner says", "attribution": attribution}
    return section | ({"url": source["page"]} if source["page"] else {})


def _date(row: dict[str, Any]) -> str:
    """Return the year of a vintage (``lsoa11``, ``lsoa21, 2022``) or an edition, or the month of a file name."""
    if row["kind"] == "need":
        return _family(row["source_id"])[-4:]
    found = re.search(r"(20\d\d)$|^[a-z]+(\d\d)$", str(row["vintage"]))
    if row["kind"] in ("boundary", "population") and found:
        return found[1] or f"20{found[2]}"
    return str(row["vintage"])


def _fetched(row: dict[str, Any]) -> str:
    record = Path(row["path"]).parent / "sources.json" if "path" in row else None
    if record is None or not record.is_file():
        return ""
    files = json.loads(record.read_text(encoding="utf-8")).get("files", [])
    return next((str(each["fetched"])[:10] for each in files if each["file"] == Path(row["path"]).name), "")


def _family(source_id: str) -> str:
    families = reference_table("need_indices")["family"].unique()
    return next(str(name) for name in families if source_id.startswith(name))


def _year_in(text: str) -> int | None:
    found = re.search(r"mid[- ]?(20\d\d)|(20\d\d)$", text.casefold())
    return int(found[1] or found[2]) if found else None


def _settings_text(
    name: str, sections: dict[str, dict[str, Any]], lists: list[dict[str, Any]], catchment_km: float
) -> str:
    lines = [
        "# Made by assetmap from official files. Change the words and figures as you like.",
        "",
        "[project]",
    ]
    lines += [f"title = {_toml(f'{name}: what communities have, and where more is needed')}"]
    lines += [f"area_name = {_toml(name)}", 'audience = "public"']
    for title, content in sections.items():
        lines += ["", f"[{title}]", *(f"{key} = {_toml(value)}" for key, value in content.items())]
    for content in lists:
        lines += ["", "[[assets]]", *(f"{key} = {_toml(value)}" for key, value in content.items())]
    lines += ["", "[access]", 'asset_type = "library"', f"catchment_km = {catchment_km:g}", ""]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    """Write a value as TOML; a JSON string is a TOML string."""
    return json.dumps(value, ensure_ascii=False)
