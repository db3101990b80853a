"""Download the official files for a place from the addresses in ``data/tables/sources.csv``.

This covers the place and its surroundings: boundaries that touch it, tables of its council, and national files.
``sources.json`` records the address, day, licence and checksum of every file. Downloads are cached, and one that
was cut off is resumed.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from assetmap.errors import FetchError
from assetmap.fetch.arcgis import Box, fetch_features, sql_text
from assetmap.fetch.connection import Connection, open_connection
from assetmap.fetch.downloads import fetch_file, fetch_nomis, fetch_overpass
from assetmap.fetch.limits import plain
from assetmap.fetch.sources import Source, find_source, known_hosts, read_sources
from assetmap.fetch.store import checksum
from assetmap.place.make import CATCHMENT_KM, MadeProject, make_project
from assetmap.place.sections import RECORD, noted_files
from assetmap.project.folder import Progress
from assetmap.read.official.postcode_files import find_postcodes, read_postcode_file
from assetmap.read.tables import read_table
from assetmap.schema import MAP_CRS, WORKING_CRS, InputError, first_few, reference_table

COUNCILS: Final = "ons_lad_boundaries"
POSTCODES: Final = "os_code_point_open"
POSTCODE: Final = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$", re.IGNORECASE)

Report = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Council:
    """A local authority: code, name, and the rectangle around it and its surroundings, in EPSG:27700."""

    code: str
    name: str
    box: Box


@dataclass(frozen=True)
class Fetched:
    """The council, and for each source its file, or a message that says why it could not be downloaded."""

    council: Council
    files: dict[str, Path]
    problems: dict[str, str]


def fetch_project(
    area: str,
    folder: str | Path,
    *,
    choose: str | Path | None = None,
    only: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    sources: str | Path | None = None,
    catchment_km: float = CATCHMENT_KM,
    offline: bool = False,
    report: Report | None = None,
    progress: Progress | None = None,
) -> tuple[Fetched, MadeProject | None]:
    """Download the official files for a place into ``folder/inputs`` and make a project from them.

    Parameters
    ----------
    area
        Name or code of a local authority, or a full postcode in it.
    folder
        Folder for the project.
    choose
        A part of the local authority: a ward, a parish, codes separated by commas or a file with a polygon
        (see `choose_areas`). By default the whole authority.
    only
        Download only these sources and make no project.
    also, sources, catchment_km, report
        See `fetch_area`.
    offline
        Use only earlier downloads on this machine; no network.
    progress
        Called with a short text before each step of making the project.

    Returns
    -------
    tuple
        What was downloaded, with a message for each source that failed, and the project (None with `only`).

    Raises
    ------
    FetchError, InputError
        If a file that a build needs could not be downloaded; the message says why for each. Files that
        were downloaded stay in ``folder/inputs``.
    """
    inputs = Path(folder) / "inputs"
    hosts = known_hosts(_sources(sources))
    with open_connection(offline=offline, hosts=hosts) as connection:
        fetched = fetch_area(
            connection,
            area,
            inputs,
            only=only,
            also=also,
            sources=sources,
            catchment_km=catchment_km,
            report=report,
        )
    if only:
        return fetched, None
    try:
        made = make_project(
            folder,
            area=choose or fetched.council.name,
            inputs=inputs,
            catchment_km=catchment_km,
            progress=progress,
        )
    except InputError as error:
        if not fetched.problems:
            raise
        failed = "\n".join(f"  - {message}" for message in fetched.problems.values())
        raise FetchError(f"{error}\nThese could not be downloaded:\n{failed}") from error
    return fetched, made


def fetch_area(
    connection: Connection,
    area: str,
    folder: str | Path,
    *,
    only: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    sources: str | Path | None = None,
    catchment_km: float = CATCHMENT_KM,
    report: Report | None = None,
) -> Fetched:
    """Download the official files for a local authority into a folder.

    Parameters
    ----------
    connection
        From `open_connection`.
    area
        Name or code of a local authority, or a full postcode in it.
    folder
        Folder for the files.
    only, also
        Sources to download instead of, or as well as, those marked in ``data/tables/sources.csv``.
    sources
        Your own table of sources; its rows replace those with the same id.
    catchment_km
        How far beyond the border of the council to look.
    report
        Called with the source, the progress (bytes or rows) and the total (None if unknown).

    Returns
    -------
    Fetched
        Sources that failed are in ``problems``, with what to do; the others are not affected.

    Raises
    ------
    FetchError
        If the list of councils cannot be downloaded.
    InputError
        If there is no such council (the message suggests similar names) or no such source.
    """
    folder = Path(folder)
    rows = _sources(sources)
    wanted = list(only) or [*_marked(), *also]
    chosen = [find_source(rows, name) for name in dict.fromkeys(wanted)]
    folder.mkdir(parents=True, exist_ok=True)
    council = find_council(connection, area, rows, border_m=catchment_km * 1000)
    files: dict[str, Path] = {}
    problems: dict[str, str] = {}
    for source in chosen:
        say = (lambda done, whole, name=source.source_id: report(name, done, whole)) if report else None
        try:
            files[source.source_id] = _fetch_one(connection, source, council, folder, say)
        except FetchError as error:
            problems[source.source_id] = str(error)
    return Fetched(council, files, problems)


def find_council(
    connection: Connection, area: str, sources: dict[str, Source], *, border_m: float = 0.0
) -> Council:
    """Find a local authority by its name, its code or a postcode in it.

    Raises
    ------
    InputError
        If there is none; the message suggests similar names.
    """
    source = find_source(sources, COUNCILS)
    code_column, name_column = source.columns[:2]
    rows = fetch_features(connection, source, geometry=False)
    text = _council_of(connection, area, sources) if POSTCODE.match(area.strip()) else area.strip()
    names = {str(row[code_column]): str(row[name_column]) for row in rows}
    found = [code for code, name in names.items() if text in (code,) or name.casefold() == text.casefold()]
    if not found:
        raise InputError(_no_council(text, names))
    where = f"{code_column}={sql_text(found[0])}"
    west, south, east, north = _bounds(source, fetch_features(connection, source, where=where))
    box = (west - border_m, south - border_m, east + border_m, north + border_m)
    return Council(found[0], names[found[0]], box)


def _bounds(source: Source, shapes: list[dict[str, Any]]) -> Box:
    """Return the rectangle around some features in EPSG:27700."""
    try:
        outline = gpd.GeoDataFrame.from_features(shapes, crs=MAP_CRS).to_crs(WORKING_CRS)
        west, south, east, north = (float(value) for value in outline.total_bounds)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException) as error:
        raise FetchError(source.moved(f"its boundary cannot be read: {plain(error)}.")) from error
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise FetchError(source.moved("its boundary has no usable coordinates."))
    return west, south, east, north


def _sources(own: str | Path | None) -> dict[str, Source]:
    return read_sources(None if own is None else read_table(own))


def _marked() -> list[str]:
    table = reference_table("sources")
    return [str(name) for name in table.index[table["fetched"] == "yes"]]


def _council_of(connection: Connection, postcode: str, sources: dict[str, Source]) -> str:
    kept = fetch_file(connection, find_source(sources, POSTCODES))
    table = read_postcode_file(_with_ending(kept.path, ".zip"))
    row = int(find_postcodes([postcode], table)[0])
    if row < 0:
        raise InputError(
            f"The postcode '{postcode}' is not in Code-Point Open. Give the name of the council."
        )
    return str(table["lad_code"].iloc[row])


def _with_ending(path: Path, ending: str) -> Path:
    named = path.with_suffix(ending)
    if not named.is_file() or named.stat().st_mtime_ns < path.stat().st_mtime_ns:
        named.write_bytes(path.read_bytes())
    return named


def _no_council(text: str, names: dict[str, str]) -> str:
    from rapidfuzz import process

    near = [name for name, score, _ in process.extract(text, sorted(names.values()), limit=3) if score >= 60]
    meant = f" Did you mean {first_few(near)}?" if near else ""
    return (
        f"None of the {len(names)} local authorities is called '{text}'.{meant} For a ward, a parish or a polygon, "
        "download its council first: assetmap fetch --area COUNCIL --choose PLACE."
    )


def _fetch_one(
    connection: Connection,
    source: Source,
    council: Council,
    folder: Path,
    say: Callable[[int, int | None], None] | None,
) -> Path:
    if source.protocol == "arcgis":
        return _fetch_layer(connection, source, council, folder, say)
    if source.protocol == "nomis":
        text = fetch_nomis(connection, source, codes=[council.code], progress=say)
        return _keep(folder, source, f"{source.source_id}.csv", text.encode())
    if source.protocol == "overpass":
        answer = fetch_overpass(connection, source, box=_degrees(council.box))
        return _keep(folder, source, f"{source.source_id}.json", _as_json(answer))
    kept = fetch_file(connection, source, progress=say)
    name = _file_name(source, kept.path)
    return _keep(folder, source, name, kept.read(), published=kept.last_modified, fetched=kept.fetched)


def _fetch_layer(
    connection: Connection,
    source: Source,
    council: Council,
    folder: Path,
    say: Callable[[int, int | None], None] | None,
) -> Path:
    kind = reference_table("sources")["kind"].get(source.source_id, "boundary")
    if kind == "boundary":
        features = fetch_features(connection, source, box=council.box, progress=say)
        body = _as_json({"type": "FeatureCollection", "features": features})
        return _keep(folder, source, f"{source.source_id}.geojson", body)
    lad = [column for column in source.columns if re.fullmatch(r"LAD\d\dCD", column)]
    where = f"{lad[0]}={sql_text(council.code)}" if lad else "1=1"
    rows = fetch_features(connection, source, where=where, geometry=False, progress=say)
    if not rows:
        raise FetchError(
            source.moved(f"it has no rows for {council.code}. It may use an older or newer list of councils.")
        )
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return _keep(folder, source, f"{source.source_id}.csv", out.getvalue().encode(errors="replace"))


def _keep(
    folder: Path, source: Source, name: str, body: bytes, *, published: str = "", fetched: float | None = None
) -> Path:
    """Write a whole file or nothing, and record where it came from."""
    path = folder / name
    _write_whole(path, body)
    day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() if fetched is None else fetched))
    _note(
        folder,
        {
            "source_id": source.source_id,
            "file": name,
            "title": source.title,
            "publisher": source.publisher,
            "address": source.address,
            "page": source.page,
            "licence": source.licence,
            "attribution": source.attribution,
            "fetched": day,
            "published": published,
            "sha256": checksum(path),
            "bytes": path.stat().st_size,
        },
    )
    return path


def _note(folder: Path, entry: dict[str, Any]) -> None:
    record = folder / RECORD
    files = [each for each in noted_files(record) if each["file"] != entry["file"]] + [entry]
    files.sort(key=lambda each: str(each["file"]))
    _write_whole(record, _as_json({"files": files}))


def _write_whole(path: Path, body: bytes) -> None:
    """Write a file completely, or leave what was there."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _file_name(source: Source, path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    ending = re.search(r"\.(csv|xlsx|zip|ods|json|txt)$", source.address.split("?")[0], re.IGNORECASE)
    if ending:
        return f"{source.source_id}.{ending[1].lower()}"
    return f"{source.source_id}.{'zip' if start[:2] == b'PK' else 'csv'}"


def _degrees(box: Box) -> tuple[float, float, float, float]:
    corners = gpd.GeoSeries.from_xy(
        pd.Series([box[0], box[2], box[0], box[2]]),
        pd.Series([box[1], box[3], box[3], box[1]]),
        crs=WORKING_CRS,
    ).to_crs(MAP_CRS)
    west, south, east, north = corners.total_bounds
    return float(south), float(west), float(north), float(east)


def _as_json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode(errors="replace")
