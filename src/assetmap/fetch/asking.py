"""What is asked of a connection: an answer, JSON, or a large file that may come in parts."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from assetmap.errors import FetchError as FetchError  # noqa: PLC0414 (the room's users take it from here)
from assetmap.fetch.connection import Connection, make_request, patiently, refuse_offline, refuse_status, sent
from assetmap.fetch.limits import TryAgainError, plain, unpack
from assetmap.fetch.store import Kept, Partial, plain_headers

LARGE: Final = re.compile(r"[0-9.][eE]\+?[0-9]{3}")
"""A number that may be too large to be one, or a name that looks like it: only then is every number looked at."""


def get_answer(
    connection: Connection,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    accept: Callable[[bytes], None] | None = None,
) -> Kept:
    """Return an answer of moderate size, from the cache while it is fresh.

    Parameters
    ----------
    connection
        From `open_connection`.
    url, params, form
        Address, query and, for a POST request, the form.
    accept
        Checks the body. It raises `TryAgainError` or `FetchError` if the body cannot be used; such an answer is
        not cached.

    Raises
    ------
    FetchError
        If the server cannot be reached, refuses, exceeds a limit, or sends nothing that can be used.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "iod2025")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     kept = am.fetch.get_answer(connection, source.address)
    >>> kept.path.read_bytes()[:9]
    b'LSOA code'
    """
    request = make_request(connection, "POST" if form else "GET", url, params=params, data=form)
    key = f"{request.method} {request.url} {request.content.decode('utf-8', 'replace')}"
    kept = connection.store.find(key)
    if kept is not None and (connection.offline or kept.fresh(time.time())):
        return kept
    refuse_offline(connection, str(request.url))
    if kept is not None:
        request.headers.update(kept.conditions())

    def attempt() -> Kept:
        with sent(connection, request) as response:
            headers = plain_headers(response.headers)
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                return connection.store.renew(key, kept, headers)
            refuse_status(response)
            partial = connection.store.scratch(key)
            try:
                partial.begin(headers, keep=False)
                for piece in unpack(
                    response, most_bytes=connection.limits.answer_bytes, ratio=connection.limits.ratio
                ):
                    partial.add(piece)
                if accept is not None:
                    accept(partial.path.read_bytes())
                return connection.store.keep(key, plain(response.url, 2_000), partial)
            finally:
                partial.drop()

    return patiently(connection, attempt, str(request.url), connection.limits.answer_s)


def get_json(
    connection: Connection,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    accept: Callable[[Any], None] | None = None,
) -> Any:
    """Return a JSON answer; see `get_answer`. `accept` checks the parsed answer.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "ons_lad_boundaries")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     about = am.fetch.get_json(connection, source.address, params={"f": "json"})
    >>> about["objectIdField"]
    'OBJECTID'
    """
    parsed: list[Any] = []

    def check(body: bytes) -> None:
        parsed[:] = [_parse(body, url, connection.limits.values)]
        if accept is not None:
            accept(parsed[0])

    kept = get_answer(connection, url, params=params, form=form, accept=check)
    return parsed[0] if parsed else _parse(kept.read(), url, connection.limits.values)


def download(
    connection: Connection, url: str, *, progress: Callable[[int, int | None], None] | None = None
) -> Kept:
    """Return a large file; a download that was cut off, now or in an earlier run, is resumed.

    Parameters
    ----------
    connection
        From `open_connection`.
    url
        Address of the file.
    progress
        Called with the bytes so far and the bytes in total (None if the server does not say).

    Raises
    ------
    FetchError
        If the server cannot be reached or refuses, or the file exceeds a limit of size or time.

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "iod2025")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     kept = am.fetch.download(connection, source.address)
    >>> kept.path.is_file()
    True
    """
    key = f"GET {url} "
    kept = connection.store.find(key)
    if kept is not None and (connection.offline or kept.fresh(time.time())):
        return kept
    refuse_offline(connection, url)
    make_request(connection, "GET", url)

    def attempt() -> Kept:
        partial = connection.store.partial(key)
        wanted = {"Accept-Encoding": "identity", **(partial.resume() if partial.size else {})}
        if kept is not None and not partial.size:
            wanted |= kept.conditions()
        with sent(connection, make_request(connection, "GET", url, headers=wanted)) as response:
            headers = plain_headers(response.headers)
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                return connection.store.renew(key, kept, headers)
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                partial.drop()
                raise TryAgainError("the file changed during the download")
            refuse_status(response, part=True)
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            if resumed and not (partial.size and partial.resumes(headers)):
                partial.drop()
                raise TryAgainError("it sent another part of the file than was asked for")
            partial.begin(headers, keep=resumed)
            _receive(connection, response, partial, progress)
            if resumed and not partial.complete(headers):
                partial.drop()
                raise TryAgainError("it sent less of the file than it said")
            return connection.store.keep(key, plain(response.url, 2_000), partial)

    return patiently(connection, attempt, url, connection.limits.file_s)


def _receive(
    connection: Connection,
    response: httpx.Response,
    partial: Partial,
    progress: Callable[[int, int | None], None] | None,
) -> None:
    """Write a file as it arrives. What came before a cut stays; what exceeds a limit goes."""
    length = response.headers.get("content-length", "")
    whole = partial.size + int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
    most = connection.limits.file_bytes - partial.size
    try:
        for piece in unpack(response, most_bytes=most, ratio=connection.limits.ratio):
            partial.add(piece)
            if progress is not None:
                progress(partial.size, whole)
    except FetchError:
        partial.drop()
        raise


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _finite(word: str) -> float:
    number = float(word)
    return number if math.isfinite(number) else _no_number(plain(word, 20))


def _parse(body: bytes, url: str, most_values: int) -> Any:
    values = sum(map(body.count, (b",", b"[", b"{")))
    if values > most_values:
        raise FetchError(
            f"'{plain(url)}' sent JSON with {values:,} values. At most {most_values:,} are read, because they would fill the memory."
        )
    try:
        text = body.decode(json.detect_encoding(body))
        if LARGE.search(text):
            return json.loads(text, parse_constant=_no_number, parse_float=_finite)
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise FetchError(f"'{plain(url)}' sent JSON that is nested too deeply to read.") from error
    except ValueError as error:
        if body.lstrip()[:1] == b"<":
            raise FetchError(
                f"'{plain(url)}' sent a web page instead of data. It may be the block page of a proxy, or a login."
            ) from error
        raise TryAgainError(f"the answer is not complete JSON ({plain(error)})") from error
