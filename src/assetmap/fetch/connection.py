"""The one connection to the network: with retries, limits, resumed downloads and a cache, or offline.

Proxies come from ``HTTPS_PROXY`` and ``NO_PROXY``. Certificates come from the system, where councils install
theirs, or from ``SSL_CERT_FILE``. Every answer is kept in the user's cache folder; with ``offline``, answers come
only from there. A redirect is followed to the same host, or to a host named in the table of sources, and only
over https.
"""

from __future__ import annotations

import functools
import json
import math
import os
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx

from assetmap.errors import FetchError as FetchError  # noqa: PLC0414 (the room's users take it from here)
from assetmap.fetch.limits import Limits, TryAgainError, asked_wait, ended_by, note_streams, plain, unpack
from assetmap.fetch.sources import known_hosts, read_sources
from assetmap.fetch.store import Kept, Partial, Store, plain_headers
from assetmap.schema import cache_folder

AGAIN_STATUSES: Final = (408, 425, 429, 500, 502, 503, 504)
"""Status codes after which a later request may succeed."""

AGENT: Final = "assetmap (open-source mapping of community assets)"


@dataclass(frozen=True)
class Connection:
    """How to reach the network.

    At most ``tries`` requests are made for one answer. The pause between two starts with ``wait_s`` seconds and
    doubles each time, or is as long as the server asks for, up to ``longest_wait_s``. ``hosts``: where redirects
    may lead. ``deadline``: when everything must end, on the clock of `time.monotonic`.
    """

    client: httpx.Client
    store: Store
    offline: bool = False
    tries: int = 5
    wait_s: float = 1.0
    longest_wait_s: float = 60.0
    limits: Limits = field(default_factory=Limits)
    hosts: frozenset[str] = frozenset()
    deadline: float = math.inf
    streams: list[Any] = field(default_factory=list)

    def within(self, seconds: float) -> Connection:
        """Return the same connection with an overall time limit from now on."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + seconds))


@contextmanager
def open_connection(
    *,
    cache: Path | None = None,
    offline: bool = False,
    tries: int = 5,
    wait_s: float = 1.0,
    timeout_s: float = 60.0,
    limits: Limits | None = None,
    hosts: Collection[str] | None = None,
) -> Iterator[Connection]:
    """Open a connection, and close it at the end of the block.

    Parameters
    ----------
    cache
        Folder for answers (default: the user's cache folder).
    offline
        Use only cached answers, of any age.
    tries, wait_s
        Most requests for one answer, and the first pause between two of them in seconds.
    timeout_s
        Longest silence of a server in seconds.
    limits
        Largest sizes and longest times (default: `Limits()`).
    hosts
        Hosts that a redirect may lead to; ``*.example.org`` stands for all below it (default: those in
        ``data/tables/sources.csv``).

    Examples
    --------
    >>> source = am.fetch.find_source(sources, "iod2025")
    >>> with am.fetch.open_connection(cache=Path("cache")) as connection:
    ...     first = am.fetch.get_answer(connection, source.address)
    >>> with am.fetch.open_connection(cache=Path("cache"), offline=True) as connection:  # no network: from the cache
    ...     again = am.fetch.get_answer(connection, source.address)
    >>> again.path == first.path
    True
    """
    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 15.0))
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    allowed = known_hosts(read_sources()) if hosts is None else hosts
    with httpx.Client(verify=_certificates(), timeout=timeout, headers=headers) as client:
        yield Connection(
            client,
            Store(cache or cache_folder() / "http"),
            offline=offline,
            tries=tries,
            wait_s=wait_s,
            limits=limits or Limits(),
            hosts=frozenset(allowed),
        )


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
    request = _request(connection, "POST" if form else "GET", url, params=params, data=form)
    key = f"{request.method} {request.url} {request.content.decode('utf-8', 'replace')}"
    kept = connection.store.find(key)
    if kept is not None and (connection.offline or kept.fresh(time.time())):
        return kept
    _refuse_offline(connection, str(request.url))
    if kept is not None:
        request.headers.update(kept.conditions())

    def attempt() -> Kept:
        with _sent(connection, request) as response:
            headers = plain_headers(response.headers)
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                return connection.store.renew(key, kept, headers)
            _refuse_status(response)
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

    return _patiently(connection, attempt, str(request.url), connection.limits.answer_s)


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
        parsed[:] = [_parse(body, url)]
        if accept is not None:
            accept(parsed[0])

    kept = get_answer(connection, url, params=params, form=form, accept=check)
    return parsed[0] if parsed else _parse(kept.read(), url)


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
    _refuse_offline(connection, url)
    _request(connection, "GET", url)

    def attempt() -> Kept:
        partial = connection.store.partial(key)
        wanted = {"Accept-Encoding": "identity", **(partial.resume() if partial.size else {})}
        if kept is not None and not partial.size:
            wanted |= kept.conditions()
        with _sent(connection, _request(connection, "GET", url, headers=wanted)) as response:
            headers = plain_headers(response.headers)
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                return connection.store.renew(key, kept, headers)
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                partial.drop()
                raise TryAgainError("the file changed during the download")
            _refuse_status(response)
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

    return _patiently(connection, attempt, url, connection.limits.file_s)


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


def _request(connection: Connection, method: str, url: str, **parts: Any) -> httpx.Request:
    trace = functools.partial(note_streams, connection.streams)
    try:
        return connection.client.build_request(method, url, extensions={"trace": trace}, **parts)
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise FetchError(f"'{plain(url)}' is not a valid address: {plain(error).rstrip('.')}.") from error


@contextmanager
def _sent(connection: Connection, request: httpx.Request) -> Iterator[httpx.Response]:
    """Send a request, follow the redirects that are allowed, and yield the answer before its body is read."""
    for _ in range(connection.limits.redirects + 1):
        response = connection.client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                yield response
                return
            _check_redirect(connection.hosts, request.url, response.next_request.url)
            request = response.next_request
        finally:
            response.close()
    raise FetchError(f"'{plain(request.url)}' redirects more than {connection.limits.redirects} times.")


def _check_redirect(hosts: frozenset[str], here: httpx.URL, there: httpx.URL) -> None:
    """Refuse a redirect to another host than the table of sources names, or to an unprotected address."""
    same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
    if same:
        return
    if there.scheme != "https":
        raise FetchError(f"'{plain(here)}' redirects to an address without https: '{plain(there)}'.")
    named = there.host in hosts or any(
        there.host.endswith(host.removeprefix("*")) for host in hosts if host.startswith("*.")
    )
    if there.port is not None or not (named or there.host == here.host):
        raise FetchError(
            f"'{plain(here)}' redirects to another host: '{plain(there.netloc.decode('ascii', 'replace'))}'. If you "
            "trust it, add it to the column 'redirects' of the row."
        )


def _patiently(connection: Connection, attempt: Callable[[], Kept], url: str, seconds: float) -> Kept:
    """Try until there is an answer, the tries are used up, or the time is."""
    start, pause = time.monotonic(), connection.wait_s
    deadline = min(start + seconds, connection.deadline)
    for left in range(connection.tries - 1, -1, -1):
        try:
            with ended_by(deadline, connection.streams):
                return attempt()
        except FetchError:
            raise
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(f"'{plain(url)}' is not a valid address: {plain(error).rstrip('.')}.") from error
        except (httpx.HTTPError, TryAgainError) as error:
            now = time.monotonic()
            if now >= deadline:
                raise _too_slow(url, now - start) from error
            if left == 0 or _is_certificate(error):
                raise FetchError(_why(error, url, connection.tries - left)) from error
            asked = error.wait_s if isinstance(error, TryAgainError) else None
            wait = min(pause if asked is None else asked, connection.longest_wait_s, deadline - now)
            time.sleep(max(wait, 0.0))
            pause *= 2
    raise AssertionError("the last try returns or raises")


def _too_slow(url: str, seconds: float) -> FetchError:
    return FetchError(
        f"'{plain(url)}' was too slow: it was stopped after {seconds:,.0f} seconds. Try again later; a file that came "
        "in part is resumed."
    )


def _refuse_status(response: httpx.Response) -> None:
    if response.is_success:
        return
    said = f"{response.status_code} {plain(response.reason_phrase)}"
    if response.status_code in AGAIN_STATUSES:
        raise TryAgainError(f"it answered {said}", asked_wait(response.headers.get("retry-after")))
    raise FetchError(f"'{plain(response.url)}' answered {said}.")


def _refuse_offline(connection: Connection, url: str) -> None:
    if connection.offline:
        raise FetchError(
            f"'{plain(url)}' has never been downloaded on this computer, and --offline uses only earlier downloads. "
            "Run once without --offline, or save the file by hand in the inputs folder."
        )


def _is_certificate(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _why(error: Exception, url: str, tries: int) -> str:
    host = httpx.URL(url).host
    times = "once" if tries == 1 else f"{tries} times"
    why = plain(error).rstrip(".") or type(error).__name__
    if _is_certificate(error):
        return (
            f"The certificate of '{plain(host)}' is not trusted on this computer. If your network has its own "
            "certificates, ask for the certificate file and set the environment variable SSL_CERT_FILE to its path."
        )
    if isinstance(error, httpx.ProxyError):
        return f"The proxy in HTTPS_PROXY or HTTP_PROXY did not let '{plain(host)}' through: {why}."
    return (
        f"'{plain(url)}' could not be downloaded (tried {times}): {why}. Try again later. On a council network, set "
        "HTTPS_PROXY to the proxy."
    )


def _parse(body: bytes, url: str) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise FetchError(f"'{plain(url)}' sent JSON that is nested too deeply to read.") from error
    except ValueError as error:
        if body.lstrip()[:1] == b"<":
            raise FetchError(
                f"'{plain(url)}' sent a web page instead of data. It may be the block page of a proxy, or a login."
            ) from error
        raise TryAgainError(f"the answer is not complete JSON ({plain(error)})") from error


def _certificates() -> ssl.SSLContext:
    import truststore

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        try:
            return ssl.create_default_context(cafile=file, capath=folder)
        except OSError as error:
            raise FetchError(
                f"The certificates in SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {plain(error)}."
            ) from error
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
