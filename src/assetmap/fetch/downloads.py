"""Tables and files of offices: the Nomis interface, direct links, Overpass."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from assetmap.fetch.connection import Connection, FetchError, TryAgainError, download, get_answer, get_json
from assetmap.fetch.sources import Source
from assetmap.fetch.store import Kept
from assetmap.schema import first_few

NOMIS_PAGE_ROWS: Final = 25_000
"""Nomis sends no more rows at a time, and says nothing when it leaves the rest out."""

Progress = Callable[[int, int | None], None]


def fetch_nomis(
    connection: Connection, source: Source, *, codes: list[str], progress: Progress | None = None
) -> str:
    """Fetch a table of Nomis for local authorities, all pages of it.

    Parameters
    ----------
    connection
        From `open_connection`.
    source
        A source whose address holds ``{area}``, which each code is put in the place of.
    codes
        Local authorities (``E06000052``).
    progress
        Called with the rows so far and the rows in all.

    Returns
    -------
    str
        CSV text with one row of column names.

    Raises
    ------
    FetchError
        If a column is missing or fewer rows come than Nomis counts.
    """
    head, tail = source.address.split("{area}", 1)
    ending = tail.split("&", 1)[0]
    address = head + ",".join(f"{code}{ending}" for code in codes) + tail[len(ending) :]
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    url = urlunsplit(parts._replace(query=""))
    rows: list[list[str]] = []
    header: list[str] = []
    count = None
    while count is None or len(rows) < count:
        page = {**query, "RecordOffset": str(len(rows)), "RecordLimit": str(NOMIS_PAGE_ROWS)}
        text = _nomis_page(connection, source, url, page)
        table = list(csv.reader(io.StringIO(text)))
        header, body = table[0], [row for row in table[1:] if row]
        if count is None:
            count = int(body[0][header.index("RECORD_COUNT")]) if body else 0
        if not body and len(rows) < count:
            raise FetchError(source.moved(f"Nomis sent {len(rows)} of {count} rows and then none."))
        rows.extend(body)
        if progress is not None:
            progress(len(rows), count)
    if not rows:
        raise FetchError(source.moved(f"Nomis has no rows for {first_few(codes)}."))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def fetch_file(connection: Connection, source: Source, *, progress: Progress | None = None) -> Kept:
    """Fetch a file by its link and look whether it is the file.

    Raises
    ------
    FetchError
        If the link is dead, the answer is a web page, or a CSV lacks a column; the message names the row
        of sources.csv to change.
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
    """Fetch the objects of OpenStreetMap with one of the tags of a source.

    Parameters
    ----------
    connection
        From `open_connection`.
    source
        A source whose ``query`` holds tags: ``amenity=library|building=village_hall``.
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
    """
    where = ",".join(f"{value:.5f}" for value in box)
    tags = [tag.split("=", 1) for tag in source.query.split("|")]
    wanted = "".join(f'nwr["{key}"="{value}"]({where});' for key, value in tags)
    form = {"data": f"[out:json][timeout:120];({wanted});out center tags;"}

    def accept(answer: Any) -> None:
        if not isinstance(answer, dict) or "elements" not in answer:
            raise FetchError(source.moved("the answer is not what Overpass sends."))
        if "error" in str(answer.get("remark", "")).casefold():
            raise TryAgainError(f"Overpass says: {answer['remark']}")

    return get_json(connection, source.address, form=form, accept=accept)


def _nomis_page(connection: Connection, source: Source, url: str, params: dict[str, str]) -> str:
    def accept(body: bytes) -> None:
        header = next(csv.reader([body.decode("utf-8-sig", "replace").partition("\n")[0].strip()]), [])
        missing = [column for column in source.columns if column not in header]
        if missing:
            raise FetchError(
                source.moved(
                    f"the table has no column {first_few(missing)}; it has {first_few(header, most=15)}."
                )
            )

    try:
        return get_answer(connection, url, params=params, accept=accept).read().decode("utf-8-sig")
    except FetchError as error:
        if connection.offline or source.source_id in str(error):
            raise
        raise FetchError(source.moved(str(error))) from error


def _check_file(source: Source, kept: Kept) -> None:
    with kept.path.open("rb") as file:
        first = file.read(65_536)
    if first.lstrip()[:1] == b"<" and b"<html" in first[:4096].lower():
        kept.path.unlink()
        raise FetchError(
            source.moved(
                "a web page came instead of the file: a proxy's block page, a login, or a moved file?"
            )
        )
    if first[:2] == b"PK":
        _check_zip(source, kept.path)
    elif b"\x00" not in first[:4096]:
        header = next(csv.reader([first.decode("utf-8-sig", "replace").partition("\n")[0].strip()]), [])
        missing = [column for column in source.columns if column not in header]
        if missing:
            raise FetchError(
                source.moved(
                    f"the file has no column {first_few(missing)}; it has {first_few(header, most=15)}."
                )
            )


def _check_zip(source: Source, path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError) as error:
        broken = str(error)
    if broken:
        path.unlink()
        raise FetchError(
            source.moved(f"the file that came is a damaged zip ({broken}). Run the command again.")
        )
