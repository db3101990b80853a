"""Download the official files for a place from the addresses in ``data/tables/sources.csv``.

This covers the place and its surroundings: boundaries that touch it, tables of its council, and national files.
``sources.json`` records the address, day, licence and checksum of every file. Downloads are cached, and one that
was cut off is resumed.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.access.costs import LIMIT_M
from assetmap.cells import defuse, defuse_cell
from assetmap.errors import FetchError
from assetmap.fetch.arcgis import Box, fetch_features, sql_text
from assetmap.fetch.connection import Connection, open_connection
from assetmap.fetch.downloads import fetch_file, fetch_nomis, fetch_overpass
from assetmap.fetch.sources import Source, find_source, known_hosts, read_sources
from assetmap.fetch.store import checksum
from assetmap.place.council import COUNCILS, Councils, find_councils
from assetmap.place.councils import council_table
from assetmap.place.make import MadeProject, make_project
from assetmap.place.sections import RECORD, noted_files
from assetmap.project.folder import Progress
from assetmap.project.output import write_file
from assetmap.read.inputs import inspect_file
from assetmap.read.tables import read_table
from assetmap.schema import MAP_CRS, WORKING_CRS, InputError, first_few, reference_table

Report = Callable[[str, int, int | None], None]
PART: Final = "{part}"
"""In an address: where the name of the part goes (``data/tables/download_areas.csv``)."""


@dataclass(frozen=True)
class Fetched:
    """The councils of a place, and for each source its file, or a message that says why it could not be downloaded."""

    councils: Councils
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
    limit_m: float = LIMIT_M,
    offline: bool = False,
    report: Report | None = None,
    progress: Progress | None = None,
) -> tuple[Fetched, MadeProject | None]:
    """Download the official files for a place into ``folder/inputs`` and make a project from them.

    Parameters
    ----------
    area
        Name or code of a council, a county, a combined authority or a region; a full postcode, for its council;
        several joined by " + ".
    folder
        Folder for the project; a project that is there already is updated (see `make_project`).
    choose
        A part of the local authority: a ward, a parish, codes separated by commas or a file with a polygon
        (see `choose_areas`). By default the whole authority.
    only
        Download only these sources and make no project.
    also, sources, limit_m, report
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
        If a file that a build needs could not be downloaded. The message says what is there, what is missing and
        why, and how to go on with files saved by hand. What was downloaded stays in ``folder/inputs``.

    Examples
    --------
    >>> fetched, made = am.place.fetch_project("Westshire", "west", sources=own_sources)
    >>> made.areas, fetched.problems
    (4, {})
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
            limit_m=limit_m,
            report=report,
        )
    if only:
        return fetched, None
    try:
        made = make_project(
            folder,
            area=choose or fetched.councils.area,
            inputs=inputs,
            limit_m=limit_m,
            progress=progress,
        )
    except InputError as error:
        if not fetched.problems:
            raise
        raise FetchError(_half_way(error, fetched, inputs, Path(folder), choose)) from error
    return fetched, made


def fetch_area(
    connection: Connection,
    area: str,
    folder: str | Path,
    *,
    only: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    sources: str | Path | None = None,
    limit_m: float = LIMIT_M,
    report: Report | None = None,
) -> Fetched:
    """Download the official files for a local authority into a folder.

    Parameters
    ----------
    connection
        From `open_connection`.
    area
        Name or code of a council, a county, a combined authority or a region; a full postcode, for its council;
        several joined by " + ".
    folder
        Folder for the files. A file that a person saved there for one of the sources is used as it is.
    only, also
        Sources to download instead of, or as well as, those marked in ``data/tables/sources.csv``.
    sources
        Your own table of sources; its rows replace those with the same id.
    limit_m
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
        If a postcode is given and Code-Point Open cannot be downloaded.
    InputError
        If there is no such council (the message suggests similar names) or no such source.

    Examples
    --------
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     fetched = am.place.fetch_area(connection, "Westshire", "files", only=("iod2025",), sources=own_sources)
    >>> list(fetched.files)
    ['iod2025']
    """
    folder = Path(folder)
    rows = _sources(sources)
    wanted = list(only) or [*_marked(), *also]
    chosen = [find_source(rows, name) for name in dict.fromkeys(wanted)]
    folder.mkdir(parents=True, exist_ok=True)
    by_hand = _by_hand(folder)
    councils = find_councils(connection, area, rows, border_m=limit_m)
    files = {source.source_id: by_hand[source.source_id] for source in chosen if source.source_id in by_hand}
    problems: dict[str, str] = {COUNCILS: councils.problem} if councils.problem else {}
    for source in chosen:
        if source.source_id in files or source.source_id in problems:
            continue
        say = (lambda done, whole, name=source.source_id: report(name, done, whole)) if report else None
        try:
            files[source.source_id] = _fetch_one(connection, source, councils, folder, say)
        except FetchError as error:
            problems[source.source_id] = str(error)
    return Fetched(councils, files, problems)


def _sources(own: str | Path | None) -> dict[str, Source]:
    return read_sources(None if own is None else read_table(own))


def _marked() -> list[str]:
    table = reference_table("sources")
    return [str(name) for name in table.index[table["fetched"] == "yes"]]


def _by_hand(folder: Path) -> dict[str, Path]:
    """Return the files that a person put into the inputs folder, by the source that each is."""
    noted = {each["file"] for each in noted_files(folder / RECORD)}
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith(".") and path.name not in {RECORD, *noted}:
            row = inspect_file(path, folder=folder)
            if row["state"] == "ready":
                found.setdefault(str(row["source_id"]), path)
    return found


def _fetch_one(
    connection: Connection,
    source: Source,
    councils: Councils,
    folder: Path,
    say: Callable[[int, int | None], None] | None,
) -> Path:
    if source.protocol == "arcgis":
        return _fetch_layer(connection, source, councils, folder, say)
    if source.protocol == "nomis":
        text = fetch_nomis(connection, source, codes=list(councils.codes), progress=say)
        return _keep(folder, source, f"{source.source_id}.csv", text.encode())
    if source.protocol == "overpass":
        answer = fetch_overpass(connection, source, box=_degrees(_box_of(councils)))
        return _keep(folder, source, f"{source.source_id}.json", _as_json(answer))
    source = _for_part(source, councils)
    kept = fetch_file(connection, source, progress=say)
    name = _file_name(source, kept.path)
    return _keep(folder, source, name, kept.read(), published=kept.last_modified, fetched=kept.fetched)


def _for_part(source: Source, councils: Councils) -> Source:
    """Return a source that is published in parts (by county, by region) with the address of the part for some councils.

    Raises
    ------
    FetchError
        If ``data/tables/download_areas.csv`` names no part for a council, or the councils need more than one.
    """
    if PART not in source.address:
        return source
    table = reference_table("download_areas").reset_index()
    table = table[table["source_id"] == source.source_id]
    parts = {(row["column"], row["place"]): str(row["part"]) for row in table.to_dict("records")}
    councils_known = council_table()
    found: dict[str, list[str]] = {}
    for code in councils.codes:
        row = councils_known.loc[code].to_dict() if code in councils_known.index else {}
        part = next((parts[pair] for pair in row.items() if pair in parts), "")
        found.setdefault(part, []).append(str(row.get("name", code)))
    if len(found) != 1 or "" in found:
        lacking = f" No file is known for {first_few(found[''])}." if "" in found else ""
        needed = first_few([name for name in found if name], most=9)
        raise FetchError(
            f"{source.title}: {councils.name} needs {f'the files {needed}' if needed else 'a file'}, which only you can choose or "
            f"join.{lacking} Save it by hand from {source.page} in the inputs folder."
        )
    return replace(source, address=source.address.replace(PART, next(iter(found))))


def _fetch_layer(
    connection: Connection,
    source: Source,
    councils: Councils,
    folder: Path,
    say: Callable[[int, int | None], None] | None,
) -> Path:
    kind = reference_table("sources")["kind"].get(source.source_id, "boundary")
    if kind == "boundary":
        features = fetch_features(connection, source, box=_box_of(councils), progress=say)
        body = _as_json({"type": "FeatureCollection", "features": features})
        return _keep(folder, source, f"{source.source_id}.geojson", body)
    lad = [column for column in source.columns if re.fullmatch(r"LAD\d\dCD", column)]
    listed = ", ".join(sql_text(code) for code in councils.codes)
    where = f"{lad[0]} IN ({listed})" if lad else "1=1"
    rows = fetch_features(connection, source, where=where, geometry=False, progress=say)
    if not rows:
        raise FetchError(
            source.moved(
                f"it has no rows for {first_few(councils.codes)}. It may use an older or newer list of councils."
            )
        )
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(dict.fromkeys(defuse(str(name)) for row in rows for name in row)), lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows({defuse(str(name)): defuse_cell(cell) for name, cell in row.items()} for row in rows)
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
    write_file(path, lambda made: made.write_bytes(body))


def _file_name(source: Source, path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    ending = re.search(
        r"\.(csv|xlsx|zip|ods|json|txt|osm\.pbf)$", source.address.split("?")[0], re.IGNORECASE
    )
    if ending:
        return f"{source.source_id}.{ending[1].lower()}"
    return f"{source.source_id}.{'zip' if start[:2] == b'PK' else 'csv'}"


def _box_of(councils: Councils) -> Box:
    if councils.box is None:
        raise FetchError(
            f"The outline of {councils.name} could not be downloaded, so it is not known which part to download. Save the "
            "file by hand in the inputs folder."
        )
    return councils.box


def _half_way(
    error: InputError, fetched: Fetched, inputs: Path, folder: Path, choose: str | Path | None
) -> str:
    """Return what is there, what is missing and why, and how to go on with files saved by hand."""
    area = str(choose or fetched.councils.area)
    there = ", ".join(f"{source} ({path.name})" for source, path in fetched.files.items()) or "nothing"
    failed = "\n".join(f"  - {message}" for message in fetched.problems.values())
    return (
        f"The download is not complete.\nIn '{inputs}' there is: {there}.\nThese could not be downloaded:\n{failed}\n"
        f"What the project needs: {error}\nSave only the missing files in '{inputs}', under any name, then run: assetmap "
        f'project {folder} --area "{area}". Or run the same fetch again: it downloads only what is missing.'
    )


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
