"""Tell road extracts and timetables among other files, and say what they cover."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from assetmap.read.files import members_of
from assetmap.read.transport.kept import read_roads_once
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import InputError, reference_table

if TYPE_CHECKING:
    from collections.abc import Iterable

ROADS: Final = "osm_extract"
TIMETABLE: Final = "bods_timetable"
EXTRACTS: Final = (".pbf", ".osm")


def is_roads(path: Path) -> bool:
    """Say whether a file is an OpenStreetMap extract, by its ending."""
    return path.suffix.lower() in EXTRACTS or path.name.lower().endswith((".osm.gz", ".osm.bz2"))


def is_timetable(path: Path) -> bool:
    """Say whether a file is a zip that holds a bus timetable (GTFS)."""
    if path.suffix.lower() != ".zip":
        return False
    try:
        names = {PurePosixPath(member.filename).name for member in members_of(path)}
    except InputError:
        return False
    return {"stops.txt", "stop_times.txt", "trips.txt"} <= names


def describe_transport(path: Path, *, whole: bool) -> dict[str, Any] | None:
    """Describe a road extract or a timetable as a row of ``InputsReport.files``.

    Parameters
    ----------
    path
        Any file.
    whole
        Read it through; otherwise it is only recognised.

    Returns
    -------
    dict or None
        ``state``, ``kind``, ``source_id``, ``title`` (with size and extent), ``vintage`` (dates), ``rows`` (nodes of road,
        stop times) and ``reason``; None for any other file.
    """
    if not (is_roads(path) or is_timetable(path)):
        return None
    source_id = ROADS if is_roads(path) else TIMETABLE
    source = reference_table("sources").loc[source_id]
    row: dict[str, Any] = {
        "state": "ready",
        "kind": source["kind"],
        "source_id": source_id,
        "title": source["title"],
    }
    if not whole:
        return row
    try:
        return row | (_roads(path) if source_id == ROADS else _timetable(path))
    except InputError as error:
        return row | {"state": "broken", "reason": str(error)}


def _roads(path: Path) -> dict[str, Any]:
    roads = read_roads_once(path)
    title = f"Roads of OpenStreetMap, {_extent(roads.bounds)}"
    return {"title": title, "vintage": roads.date, "rows": len(roads.walk.points)}


def _timetable(path: Path) -> dict[str, Any]:
    made = read_timetable(path)
    stops = made.stops
    bounds = (
        stops["easting"].min(),
        stops["northing"].min(),
        stops["easting"].max(),
        stops["northing"].max(),
    )
    faults = f", {len(made.faults)} kinds of fault" if len(made.faults) else ""
    return {
        "title": f"Bus timetable: {len(stops):,} stops, {len(made.trips):,} trips, {_extent(bounds)}{faults}",
        "vintage": f"{made.first_day.isoformat()} to {made.last_day.isoformat()}",
        "rows": len(made.trip),
    }


def _extent(bounds: Iterable[float]) -> str:
    west, south, east, north = (round(value / 1_000) for value in bounds)
    return f"easting {west} to {east} km, northing {south} to {north} km"
