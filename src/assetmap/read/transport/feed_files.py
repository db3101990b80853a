"""The files of a timetable (GTFS) as columns of text; this runs in the child process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from assetmap.errors import InputError, first_few
from assetmap.read.child import pack_rows
from assetmap.read.files import members_of, open_member
from assetmap.read.worker import Answer

COLUMNS: Final = {
    "stops": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes": ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type"),
    "trips": ("route_id", "service_id", "trip_id", "trip_headsign"),
    "stop_times": (
        *("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
        *("pickup_type", "drop_off_type"),
    ),
    "calendar": (
        *("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("start_date", "end_date"),
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "agency": ("agency_id", "agency_name"),
    "feed_info": ("feed_publisher_name", "feed_start_date", "feed_end_date", "feed_version"),
}
"""The files that are read and the columns that are used of each."""

NEEDED: Final = {
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "routes": ("route_id",),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    "calendar": COLUMNS["calendar"],
    "calendar_dates": COLUMNS["calendar_dates"],
    "frequencies": COLUMNS["frequencies"],
}
"""Columns without which a file cannot be used."""

MOST_UNPACKED: Final = 6_000_000_000
"""Bytes of all tables; the timetable of a region of England has below 1 GB."""

MOST_MEMBERS: Final = 1_000


def feed_tables(path: Path, *, most_rows: int) -> Answer:
    """Read the tables of one timetable.

    Parameters
    ----------
    path
        A zip file or a folder, as for `read_feed`.
    most_rows
        Of one table.

    Returns
    -------
    Answer
        ``value``: name of a table -> its columns; ``parts``: for each column its codes and its distinct texts.

    Raises
    ------
    InputError
        As `read_feed` does.
    """
    raw = _folder_files(path) if path.is_dir() else _zip_files(path)
    problems = [
        f"{name}.txt is missing" for name in ("stops", "routes", "trips", "stop_times") if name not in raw
    ]
    if "calendar" not in raw and "calendar_dates" not in raw:
        problems.append("calendar.txt and calendar_dates.txt are both missing")
    if problems:
        raise InputError(
            f"'{path}' cannot be used as a timetable: {'; '.join(problems)}. Give a zip file or a folder in the GTFS "
            "format, such as a regional file of the Bus Open Data Service."
        )
    columns: dict[str, list[str]] = {}
    parts: list[bytes] = []
    for name in list(raw):
        table = _parse(raw.pop(name), f"{path}: {name}.txt", most_rows)
        lacking = [column for column in NEEDED.get(name, ()) if column not in table.column_names]
        if lacking:
            problems.append(f"{name}.txt has no column {first_few(lacking)}")
        columns[name] = table.column_names
        parts += _as_codes(table)
    if problems:
        raise InputError(f"'{path}' cannot be used as a timetable: {'; '.join(problems)}.")
    return Answer(columns, tuple(parts))


def _folder_files(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for name in COLUMNS:
        file = path / f"{name}.txt"
        if file.is_file():
            total += file.stat().st_size
            if total > MOST_UNPACKED:
                raise _too_large(path, total)
            found[name] = file.read_bytes()
    return found


def _zip_files(path: Path) -> dict[str, bytes]:
    """Read the files of GTFS, at the top of the zip or all in one folder of it."""
    members = members_of(path, most=MOST_UNPACKED)
    if len(members) > MOST_MEMBERS:
        raise InputError(
            f"'{path}' holds {len(members):,} files; a timetable holds about 10. It was not read."
        )
    names = {f"{name}.txt" for name in COLUMNS}
    known = [member for member in members if PurePosixPath(member.filename).name in names]
    folders = {str(PurePosixPath(member.filename).parent) for member in known}
    if len(folders) > 1:
        raise InputError(
            f"'{path}' holds more than one timetable, in the folders {first_few(sorted(folders))}. Give each as a zip "
            "file of its own."
        )
    return {PurePosixPath(member.filename).stem: _member(path, member) for member in known}


def _member(path: Path, member: zipfile.ZipInfo) -> bytes:
    with open_member(path, member) as stream:
        raw = stream.read(member.file_size + 1)
    if len(raw) > member.file_size:
        raise InputError(f"'{path}': {member.filename} is larger than the zip file says. It was not read.")
    return raw


def _parse(raw: bytes, where: str, most_rows: int) -> Any:
    """Parse one table; every cell is text without spaces around it."""
    import pyarrow as pa
    from pyarrow import csv

    if not raw.strip():
        raise InputError(f"'{where}' is empty. Its first row must name the columns.")
    first = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", errors="replace")
    heading = [cell.strip().strip('"') for cell in first.rstrip("\r").split(",")]
    if len(set(heading)) < len(heading):
        twice = sorted({cell for cell in heading if heading.count(cell) > 1})
        raise InputError(f"'{where}' names the columns {first_few(twice)} more than once.")
    wanted = [cell for cell in heading if cell in COLUMNS[where.rsplit(" ", 1)[1][:-4]]]
    try:
        raw.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "cp1252"
    try:
        table = csv.read_csv(
            io.BytesIO(raw),
            read_options=csv.ReadOptions(column_names=heading, skip_rows=1, encoding=encoding),
            parse_options=csv.ParseOptions(newlines_in_values=not where.endswith(" stop_times.txt")),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(heading, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError) as error:
        raise InputError(f"'{where}' is not a regular table: {str(error).splitlines()[0]}") from error
    if len(table) > most_rows:
        raise InputError(f"'{where}' has {len(table):,} rows; at most {most_rows:,} are read.")
    return table


def _as_codes(table: Any) -> Iterator[bytes]:
    """Yield the columns of an Arrow table as codes and texts, each distinct text once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in table.column_names:
        coded = pc.dictionary_encode(pc.utf8_trim_whitespace(table[name])).combine_chunks()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.chunk(0) if coded.num_chunks else pa.array([], pa.string()).dictionary_encode()
        yield coded.indices.cast(pa.int32()).to_numpy(zero_copy_only=False).tobytes()
        yield pack_rows([coded.dictionary.to_pylist()])


def _too_large(path: Path, size: int) -> InputError:
    return InputError(
        f"'{path}' has {size / 1e9:.1f} GB of tables, which is too large for a timetable. It was not read."
    )
