"""Roads, bus timetables and cars for a place: files that cover it are taken into the project and named in its settings."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assetmap.fetch.store import checksum
from assetmap.place.record import read_made, write_made
from assetmap.place.sections import rows_of, section_of, updated_text
from assetmap.project.folder import Project
from assetmap.project.output import write_whole
from assetmap.project.pipeline import AROUND_M, read_areas_with_need
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.read.inputs import InputsReport, inspect_file
from assetmap.read.official.population import read_population
from assetmap.read.transport.kept import read_roads_once, read_timetable_once
from assetmap.read.transport.recognise import ROADS, TIMETABLE
from assetmap.schema import InputError, counted, first_few

if TYPE_CHECKING:
    import geopandas as gpd

KINDS: Final = ("roads", "timetable")
CARS: Final = ("nomis_census_2021_cars", "nomis_census_2021_cars_bulk")
CARS_FILE: Final = "cars.csv"


def write_transport(
    folder: Path, report: InputsReport, areas: gpd.GeoDataFrame, notes: list[str]
) -> dict[str, dict[str, Any]]:
    """Copy roads and timetables that cover a place, and cut out who has no car; return their sections.

    Parameters
    ----------
    folder
        Where to write.
    report
        What the inputs folder holds.
    areas
        Small areas of the place.
    notes
        A sentence is added for every file: what it covers, or why it was not used.
    """
    ready = report.files[report.files["state"] == "ready"]
    files = [row | {"path": report.folder / row["file"]} for row in rows_of(ready)]
    sections: dict[str, dict[str, Any]] = {}
    covers = [(row, *cover(row, areas)) for row in files if row["kind"] in KINDS]
    notes += [_note(row["file"], number, words) for row, number, words in covers]
    roads = [(number, row) for row, number, _ in covers if number and row["source_id"] == ROADS]
    if roads:
        row = max(roads, key=lambda each: each[0])[1]
        shutil.copyfile(row["path"], folder / row["path"].name)
        sections["roads"] = section_of(row, row["path"].name)
        if len(roads) > 1:
            notes.append(
                f"A project has one file of roads: '{row['file']}' covers most of the place and was taken. Join several with "
                "osmium merge if you need them together."
            )
    taken = [row for row, number, _ in covers if number and row["source_id"] == TIMETABLE]
    if taken:
        for row in taken:
            shutil.copyfile(row["path"], folder / row["path"].name)
        section = section_of(taken[0], "")
        del section["file"]
        sections["timetable"] = {"files": [row["path"].name for row in taken], **section}
    cars = [row for row in files if row["source_id"] in CARS]
    for row in cars[:1]:
        sections |= _write_cars(folder, row, areas, notes)
    return sections


def cover(row: dict[str, Any], areas: gpd.GeoDataFrame, *, place: str = "the place") -> tuple[int, str]:
    """Return how much of a place a road extract or a timetable covers: the one verdict of ``project``, ``update`` and ``inputs``.

    Parameters
    ----------
    row
        As `inspect_file` returns it, with ``path``.
    areas
        Small areas of the place, EPSG:27700.
    place
        The place in words.

    Returns
    -------
    tuple
        For roads, how many of the areas have their middle inside their rectangle; for a timetable, how many of its stops are in the
        rectangle around the areas, at least 1 if a bus stops within 10 km of it; 0 for a file that does not cover the place. And
        half a sentence on it.
    """
    if row["kind"] == "roads":
        return _roads_cover(row["path"], areas, place)
    return timetable_cover(row["path"], areas, place=place)


def _roads_cover(path: Path, areas: gpd.GeoDataFrame, place: str) -> tuple[int, str]:
    west, south, east, north = read_roads_once(path).bounds
    middle = areas.geometry.representative_point()
    number = int((middle.x.between(west, east) & middle.y.between(south, north)).sum())
    if not number:
        return 0, f"its roads do not reach {place}"
    if number < len(areas):
        return number, f"it has the roads of {number:,} of {len(areas):,} small areas of {place}"
    return number, f"it has the roads of the whole of {place}"


def timetable_cover(path: Path, areas: gpd.GeoDataFrame, *, place: str = "the place") -> tuple[int, str]:
    """Return how many stops in the rectangle around the areas a timetable serves, and half a sentence on it."""
    west, south, east, north = areas.total_bounds
    around = (west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    try:
        made = read_timetable_once([path], bounds=around)
    except InputError as error:
        if "does not cover" not in str(error):
            raise
        return 0, f"none of its buses stops in {place} or within 10 km of it"
    stops = made.stops
    inside = stops["easting"].between(west, east) & stops["northing"].between(south, north)
    number = int(inside.sum())
    days = f"{made.first_day.isoformat()} to {made.last_day.isoformat()}"
    if not number:
        return 1, f"it has no bus stop in {place}, only within 10 km of it; timetables from {days}"
    return number, f"it has {counted(number, 'bus stop')} in or beside {place}; timetables from {days}"


def _note(file: str, number: int, words: str) -> str:
    """Return the sentence on a file: what it covers, or why it is not used."""
    if not number:
        return f"'{file}' is not used: {words}."
    more = " Take the extract of a larger area for the rest." if "small areas of" in words else ""
    return f"'{file}': {words}.{more}"


def _write_cars(
    folder: Path, row: dict[str, Any], areas: gpd.GeoDataFrame, notes: list[str]
) -> dict[str, dict[str, Any]]:
    """Write the households with and without a car, for the travel report and for reviews."""
    counts = read_population(row["path"]).reindex(areas.index)
    columns = {"households": "households", "households_no_car": "households_without_a_car"}
    known = [name for name in columns if name in counts]
    missing = int(counts[known].isna().any(axis=1).sum()) if len(known) == len(columns) else len(areas)
    if missing:
        notes.append(
            f"'{row['file']}' does not say for {missing} of {len(areas)} small areas who has no car, so it was not used."
        )
        return {}
    table = counts[known].rename(columns=columns).astype(np.int64)
    code = "lsoa21_code" if str(areas.index[0]).startswith("E01") else "geography code"
    table.rename_axis(code).to_csv(folder / CARS_FILE, lineterminator="\n")
    return {f"census.{CARS_FILE}": section_of(row, CARS_FILE)}


def add_transport(project: Project, path: Path) -> tuple[str, tuple[str, ...]]:
    """Take a road extract or a bus timetable into a project: copy it, and name it in ``assetmap.toml``.

    Parameters
    ----------
    project
        From `open_project`.
    path
        An OpenStreetMap extract, or a zip with a timetable (GTFS).

    Returns
    -------
    tuple
        ``roads`` or ``timetable``, and what was done in sentences.

    Raises
    ------
    InputError
        If the file is neither, cannot be read, or does not cover the place. Nothing is changed then.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("quillford", example="town"))
    >>> kind, said = am.place.add_transport(mine, town.folder / "roads.osm")
    >>> kind
    'roads'
    """
    found = inspect_file(path, folder=path.parent)
    if found["kind"] not in KINDS:
        raise InputError(
            f"'{path.name}' is neither an OpenStreetMap extract (.osm.pbf) nor a zip with a bus timetable in the GTFS format."
        )
    if found["state"] != "ready":
        raise InputError(f"'{path}' cannot be used: {found['reason']}")
    kind, folder = str(found["kind"]), project.folder
    areas = read_areas_with_need(project, None)
    number, words = cover(found | {"path": path}, areas)
    if not number:
        raise InputError(_note(path.name, number, words))
    config = folder / CONFIG_NAME
    text = config.read_text(encoding="utf-8-sig")
    old = tomllib.loads(text).get(kind, {})
    section = section_of(found | {"path": path}, path.name)
    dates = f" ({found['vintage']})" if found["vintage"] else ""
    said = [f"{found['title']}{dates}: {path.name}.", _note(path.name, number, words)]
    if kind == "timetable":
        files = list(dict.fromkeys([*old.get("files", ()), path.name]))
        del section["file"]
        section = {"files": files, **section}
        if len(files) > 1:
            said.append(
                f"The project has {len(files)} timetables now: {first_few(files, most=9)}. Where one replaces another, take the "
                "earlier one out of files in [timetable], or its buses count twice."
            )
    section = {name: value for name, value in section.items() if value or name not in old}
    new = updated_text(text, {kind: old} if old else {}, {kind: section}, [])
    if path.name not in _files_of(tomllib.loads(new).get(kind, {})):
        raise InputError(
            f"The table [{kind}] of '{config}' is written in a way that assetmap does not change. Name '{path.name}' in it yourself."
        )
    target = folder / path.name
    there = target.is_file() and checksum(target) == checksum(path)
    if target.exists() and not there and path.name not in _files_of(old):
        raise InputError(f"'{target}' already exists. Give '{path.name}' another name, then run this again.")
    made = read_made(folder)

    def write(whole: Path) -> None:
        if not there:
            shutil.copyfile(path, whole / path.name)
        (whole / CONFIG_NAME).write_text(new, encoding="utf-8")
        if made is not None:
            write_made(whole, made, files={path.name: checksum(path)})

    write_whole(folder, write)
    return kind, tuple(said)


def _files_of(section: dict[str, Any]) -> Iterable[str]:
    return (*section.get("files", ()), section.get("file", ""))
