"""Tables and files: the Nomis interface, direct links, Overpass."""

from __future__ import annotations

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from assetmap.cells import defuse
from assetmap.errors import FetchError
from assetmap.fetch.asking import download, get_answer, get_json
from assetmap.fetch.connection import Connection
from assetmap.fetch.limits import PIECE, TryAgainError, plain
from assetmap.fetch.sources import Source
from assetmap.fetch.store import Kept
from assetmap.schema import first_few

NOMIS_PAGE_ROWS: Final = 25_000
"""Nomis sends no more rows at a time, and says nothing when it leaves out the rest."""

MOST_MEMBERS: Final = 10_000
MOST_UNPACKED: Final = 8 * 2**30
MOST_TIMES: Final = 200
"""A zip may have so many files, and unpack to so many bytes and to so many times its own size."""

OSM: Final = ".osm.pbf"
STARTS: Final = {
    **dict.fromkeys((".zip", ".xlsx", ".ods"), (b"PK",)),
    **dict.fromkeys((".csv", ".txt", ".json"), ()),
    OSM: (b"OSMHeader",),
}
"""Ending of an address -> how such a file begins, where that is certain."""

UNZIPPING: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
)
"""What opening a damaged zip can raise."""

Progress = Callable[[int, int | None], None]


def fetch_nomis(
    connection: Connection, source: Source, *, codes: list[str], progress: Progress | None = None
) -> str:
    """Download a table of Nomis for local authorities, page by page.

    Parameters
    ----------
    connection
        From `open_connection`.
    source
        A source with ``{area}`` in its address, where the codes go.
    codes
        Local authorities (``E06000052``).
    progress
        Called with the rows so far and the rows in total.

    Returns
    -------
    str
        CSV text with one row of column names.

    Raises
    ------
    FetchError
        If a column is missing, a limit is exceeded, or fewer rows come than Nomis counts.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "nomis_census_2021_residents")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     text = am.fetch.fetch_nomis(connection, source, codes=["E06000001"])
    >>> text.splitlines()[0]
    'GEOGRAPHY_CODE,OBS_VALUE,RECORD_COUNT'
    """
    connection = connection.within(connection.limits.source_s)
    url, query = _nomis_address(source, codes)
    rows: list[list[str]] = []
    header: list[str] = []
    count, pages = None, 0
    while count is None or len(rows) < count:
        pages += 1
        if pages > connection.limits.pages:
            raise FetchError(source.moved(f"Nomis sent only {len(rows):,} rows in {pages - 1:,} pages."))
        page = {**query, "RecordOffset": str(len(rows)), "RecordLimit": str(NOMIS_PAGE_ROWS)}
        names, body = _nomis_page(connection, source, url, page)
        if header and names != header:
            raise FetchError(source.moved("the columns of the table change from one page to the next."))
        header = names
        if count is None:
            count = _nomis_count(connection, source, header, body)
        if not body and len(rows) < count:
            raise FetchError(source.moved(f"Nomis sent {len(rows)} of {count} rows and then none."))
        rows.extend(body)
        if progress is not None:
            progress(len(rows), count)
    if not rows:
        raise FetchError(source.moved(f"Nomis has no rows for {first_few(codes)}."))
    different = len(set(map(tuple, rows)))
    if different != count or len(rows) != count:
        raise FetchError(source.moved(f"Nomis counted {count} rows and sent {different} different ones."))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([map(defuse, row) for row in (header, *rows)])
    return out.getvalue()


def fetch_file(connection: Connection, source: Source, *, progress: Progress | None = None) -> Kept:
    """Download a file from its link and check that it is the right file.

    Raises
    ------
    FetchError
        If the link does not work, the answer is a web page, a CSV lacks a column, or a zip is damaged or unpacks
        to too much. The message names the row of sources.csv to change.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "iod2025")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     kept = am.fetch.fetch_file(connection, source)
    >>> kept.path.is_file()
    True
    """
    try:
        kept = download(connection, source.address, progress=progress)
        _check_file(source, kept)
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error
    return kept


def fetch_overpass(connection: Connection, source: Source, *, box: tuple[float, float, float, float]) -> Any:
    """Download the objects of OpenStreetMap that have one of the tags of a source.

    Parameters
    ----------
    connection
        From `open_connection`.
    source
        A source with tags in ``query``: ``amenity=library|building=village_hall``.
    box
        South, west, north, east in degrees, the order of Overpass.

    Returns
    -------
    dict
        Overpass JSON: nodes with their point, ways and relations with their centre.

    Raises
    ------
    FetchError
        If the server refuses, or reports inside its answer that it ran out of time or memory.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "overpass_assets")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     found = am.fetch.fetch_overpass(connection, source, box=(50.2, -5.1, 50.3, -5.0))
    >>> found["elements"][0]["tags"]
    {'amenity': 'library', 'name': 'West'}
    """
    where = ",".join(f"{value:.5f}" for value in box)
    tags = [tag.partition("=") for tag in source.query.split("|")]
    wanted = "".join(f'nwr["{key}"="{value}"]({where});' for key, _, value in tags)
    form = {"data": f"[out:json][timeout:120];({wanted});out center tags;"}

    def accept(answer: Any) -> None:
        elements = answer.get("elements") if isinstance(answer, dict) else None
        if not isinstance(elements, list) or not all(isinstance(each, dict) for each in elements):
            raise FetchError(source.moved("the answer is not what Overpass sends."))
        if "error" in str(answer.get("remark", "")).casefold():
            raise TryAgainError(f"Overpass says: {plain(answer['remark'])}")

    try:
        return get_json(connection, source.address, form=form, accept=accept)
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error


def _nomis_address(source: Source, codes: list[str]) -> tuple[str, dict[str, str]]:
    """Return the address of a table for some local authorities, and its query."""
    head, found, tail = source.address.partition("{area}")
    if not found:
        raise FetchError(source.moved("its address has no {area} for the codes of local authorities."))
    ending = tail.split("&", 1)[0]
    address = head + ",".join(f"{code}{ending}" for code in codes) + tail[len(ending) :]
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="")), dict(parse_qsl(parts.query))


def _nomis_page(
    connection: Connection, source: Source, url: str, params: dict[str, str]
) -> tuple[list[str], list[list[str]]]:
    def accept(body: bytes) -> None:
        _check_header(source, body, "table")

    try:
        text = get_answer(connection, url, params=params, accept=accept).read().decode("utf-8-sig")
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FetchError(source.moved(f"the table cannot be read: {plain(error)}.")) from error
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error
    header, body = table[0], [row for row in table[1:] if row]
    if any(len(row) != len(header) for row in body):
        raise FetchError(source.moved("some rows of the table have more or fewer cells than its header."))
    return header, body


def _nomis_count(connection: Connection, source: Source, header: list[str], body: list[list[str]]) -> int:
    if not body:
        return 0
    cell = body[0][header.index("RECORD_COUNT")] if "RECORD_COUNT" in header else ""
    if not (cell.isascii() and cell.isdigit() and len(cell) < 19):
        raise FetchError(source.moved("Nomis does not say how many rows it has (RECORD_COUNT)."))
    if int(cell) > connection.limits.rows:
        raise FetchError(
            source.moved(
                f"Nomis says that it has {int(cell):,} rows. At most {connection.limits.rows:,} are downloaded."
            )
        )
    return int(cell)


def _check_header(source: Source, first: bytes, what: str) -> None:
    """Check that the first line of a CSV has the columns of its source."""
    line = first[:65_536].decode("utf-8-sig", "replace").partition("\n")[0].strip()
    try:
        header = next(csv.reader([line]), [])
    except csv.Error:
        header = []
    missing = [column for column in source.columns if column not in header]
    if missing or not header:
        has = (
            f"it has {first_few([plain(name, 80) for name in header], most=15)}" if header else "it has none"
        )
        wanted = first_few(missing) if missing else "names"
        raise FetchError(source.moved(f"the {what} has no column {wanted}; {has}."))


def _check_file(source: Source, kept: Kept) -> None:
    """Check that a file is what its address says: not empty, no web page, its columns in a CSV, a zip that is whole and not too large."""
    with kept.path.open("rb") as file:
        first = file.read(65_536)
    problem = _is_another_kind(first, urlsplit(source.address).path.casefold())
    if problem:
        kept.path.unlink(missing_ok=True)
        raise FetchError(source.moved(problem))
    if first[:2] == b"PK":
        _check_zip(source, kept.path)
    elif b"\x00" not in first[:4096] and source.columns:
        _check_header(source, first, "file")


def _is_another_kind(first: bytes, address: str) -> str:
    """Say what is wrong with the first bytes of a file, or nothing."""
    if not first:
        return "an empty file came."
    wide = "utf-16" if first[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = first.decode(wide, "replace").lstrip()
    kind = next((ending for ending in STARTS if address.endswith(ending)), "")
    page = text[:1] == "<" and ("<html" in text.casefold() or "<!doctype html" in text.casefold())
    if page or (text[:1] == "<" and kind):
        return "a web page came instead of the file. It may be the block page of a proxy, a login, or a moved file."
    starts = STARTS.get(kind, ())
    if starts and not any(
        start in first[:100] if kind == OSM else first.startswith(start) for start in starts
    ):
        return f"what came is not a file of the kind {kind}: it begins with '{plain(text, 40)}'."
    return ""


def _check_zip(source: Source, path: Path) -> None:
    """Refuse a zip that is damaged, empty or unpacks to too much, and delete it from the cache."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(each.file_size for each in members)
            too_much = unpacked > min(MOST_UNPACKED, MOST_TIMES * max(path.stat().st_size, 2**20))
            if len(members) > MOST_MEMBERS or too_much:
                problem = (
                    f"the zip has {len(members):,} files that unpack to {unpacked / 2**30:,.1f} GB. This looks like an "
                    "attack or a fault."
                )
            elif not members:
                problem = _damaged("it has no files")
            else:
                broken = next((each for each in members if not _is_whole(archive, each)), None)
                problem = _damaged(broken.filename) if broken else ""
    except UNZIPPING as error:
        problem = _damaged(error)
    if problem:
        path.unlink(missing_ok=True)
        raise FetchError(source.moved(problem))


def _is_whole(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Say whether a file in a zip has the size and the checksum that it states."""
    try:
        with archive.open(member.filename) as file:
            size = sum(map(len, iter(lambda: file.read(PIECE), b"")))
    except zipfile.BadZipFile:
        return False
    return size == member.file_size


def _damaged(why: object) -> str:
    return f"the zip file that came is damaged ({plain(why) or type(why).__name__}). Run the command again."
