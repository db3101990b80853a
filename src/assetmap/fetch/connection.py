"""One way out to the network: repeated with patience, resumed after a cut, kept on disk, or not used at all.

Proxies are taken from ``HTTPS_PROXY`` and ``NO_PROXY``; certificates from the system's own store, where
councils install theirs, or from ``SSL_CERT_FILE``. Every answer is kept in the user's cache folder with its
dates; ``offline`` reads from there only.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import httpx

from assetmap.fetch.store import Kept, Store
from assetmap.schema import AssetmapError, cache_folder

AGAIN_STATUSES: Final = (408, 425, 429, 500, 502, 503, 504)
"""Answers that a later request may not get."""

LARGEST_BYTES: Final = 2 * 2**30
AGENT: Final = "assetmap (open-source mapping of community assets)"


class FetchError(AssetmapError, OSError):
    """Something could not be fetched; the message says from where and what to do."""


class TryAgainError(Exception):
    """An answer that is no answer yet: the same request may succeed later, after `wait_s` seconds."""

    def __init__(self, text: str, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Connection:
    """How to reach the network.

    ``tries`` requests at most, with pauses of ``wait_s`` seconds that double each time, or as long as the
    server asks for, never longer than ``longest_wait_s``.
    """

    client: httpx.Client
    store: Store
    offline: bool = False
    tries: int = 5
    wait_s: float = 1.0
    longest_wait_s: float = 60.0


@contextmanager
def open_connection(
    *,
    cache: Path | None = None,
    offline: bool = False,
    tries: int = 5,
    wait_s: float = 1.0,
    timeout_s: float = 60.0,
) -> Iterator[Connection]:
    """Open a connection and close it at the end.

    Parameters
    ----------
    cache
        Folder where answers are kept; the user's cache folder when not given.
    offline
        Use kept answers only, however old.
    tries, wait_s
        Requests made at most for one answer, and the first pause between two of them in seconds.
    timeout_s
        Longest silence of a server in seconds.
    """
    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 15.0))
    with httpx.Client(
        verify=_certificates(), follow_redirects=True, timeout=timeout, headers={"User-Agent": AGENT}
    ) as client:
        store = Store(cache or cache_folder() / "http")
        yield Connection(client, store, offline=offline, tries=tries, wait_s=wait_s)


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
        Looks at the body: raises `TryAgainError` or `FetchError` where it is no proper answer, which is then not
        kept.

    Raises
    ------
    FetchError
        If the server cannot be reached, refuses, or keeps answering with nothing usable.
    """
    request = connection.client.build_request("POST" if form else "GET", url, params=params, data=form)
    key = f"{request.method} {request.url} {request.content.decode('utf-8', 'replace')}"
    kept = connection.store.find(key)
    if kept is not None and (connection.offline or kept.fresh(time.time())):
        return kept
    _refuse_offline(connection, str(request.url))
    if kept is not None:
        request.headers.update(kept.conditions())

    def attempt() -> Kept:
        response = connection.client.send(request)
        if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
            return connection.store.renew(key, kept, dict(response.headers))
        _refuse_status(response)
        if accept is not None:
            accept(response.content)
        return connection.store.keep(key, str(response.url), dict(response.headers), response.content)

    return _patiently(connection, attempt, str(request.url))


def get_json(
    connection: Connection,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    accept: Callable[[Any], None] | None = None,
) -> Any:
    """Return a JSON answer; see `get_answer`. `accept` looks at the parsed answer."""

    def check(body: bytes) -> None:
        parsed = _parse(body, url)
        if accept is not None:
            accept(parsed)

    return _parse(get_answer(connection, url, params=params, form=form, accept=check).read(), url)


def download(
    connection: Connection, url: str, *, progress: Callable[[int, int | None], None] | None = None
) -> Kept:
    """Return a large file, resumed where an earlier attempt or an earlier run was cut off.

    Parameters
    ----------
    connection
        From `open_connection`.
    url
        Address of the file.
    progress
        Called with the bytes so far and the bytes in all (None where the server does not say).

    Raises
    ------
    FetchError
        If the server cannot be reached, refuses, or the file is larger than 2 GB.
    """
    key = f"GET {url} "
    kept = connection.store.find(key)
    if kept is not None and (connection.offline or kept.fresh(time.time())):
        return kept
    _refuse_offline(connection, url)

    def attempt() -> Kept:
        half = connection.store.half(key)
        headers = {"Accept-Encoding": "identity", **(half.resume() if half.size else {})}
        if kept is not None and not half.size:
            headers |= kept.conditions()
        with connection.client.stream("GET", url, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                return connection.store.renew(key, kept, dict(response.headers))
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                half.drop()
                raise TryAgainError(f"'{url}' has changed while it was being fetched")
            _refuse_status(response)
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            if resumed and not half.resumes(dict(response.headers)):
                half.drop()
                raise TryAgainError(f"'{url}' sent another part than was asked for")
            half.begin(dict(response.headers), keep=resumed)
            length = response.headers.get("content-length")
            whole = half.size + int(length) if length and length.isdigit() else None
            for chunk in response.iter_bytes():
                half.add(chunk)
                if half.size > LARGEST_BYTES:
                    half.drop()
                    raise FetchError(f"'{url}' is larger than 2 GB; it is not fetched.")
                if progress is not None:
                    progress(half.size, whole)
            return connection.store.keep_half(key, str(response.url), half)

    return _patiently(connection, attempt, url)


def _patiently(connection: Connection, attempt: Callable[[], Kept], url: str) -> Kept:
    pause = connection.wait_s
    for left in range(connection.tries - 1, -1, -1):
        try:
            return attempt()
        except (httpx.TransportError, TryAgainError) as error:
            if left == 0 or _is_certificate(error):
                raise FetchError(_why(error, url, connection.tries - left)) from error
            asked = error.wait_s if isinstance(error, TryAgainError) else None
            time.sleep(min(pause if asked is None else asked, connection.longest_wait_s))
            pause *= 2
        except (httpx.InvalidURL, httpx.TooManyRedirects, httpx.UnsupportedProtocol) as error:
            raise FetchError(f"'{url}' cannot be used as an address: {error}.") from error
    raise AssertionError("the last try returns or raises")


def _refuse_status(response: httpx.Response) -> None:
    if any(step.url.scheme == "https" for step in response.history) and response.url.scheme != "https":
        raise FetchError(f"'{response.history[0].url}' leads to an unprotected address: {response.url}.")
    if response.is_success:
        return
    if response.status_code in AGAIN_STATUSES:
        asked = _asked_wait(response.headers.get("retry-after"))
        raise TryAgainError(f"it answered {response.status_code} {response.reason_phrase}", asked)
    raise FetchError(f"'{response.url}' answered {response.status_code} {response.reason_phrase}.")


def _asked_wait(text: str | None) -> float | None:
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def _refuse_offline(connection: Connection, url: str) -> None:
    if connection.offline:
        raise FetchError(
            f"'{url}' was never fetched on this machine, and 'offline' allows no connection. "
            "Run once without it, or save the file by hand into the inputs folder."
        )


def _is_certificate(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _why(error: Exception, url: str, tries: int) -> str:
    host = httpx.URL(url).host
    times = "once" if tries == 1 else f"{tries} times"
    if _is_certificate(error):
        return (
            f"The certificate of '{host}' is not trusted here. On a network with its own certificates, ask for "
            "the certificate file and name it in the environment variable SSL_CERT_FILE."
        )
    if isinstance(error, httpx.ProxyError):
        return f"The proxy named in HTTPS_PROXY or HTTP_PROXY did not let '{host}' through: {error}."
    return (
        f"'{url}' could not be fetched, tried {times}: {error or type(error).__name__}. Try again later; on a "
        "council network set HTTPS_PROXY to the proxy; or save the file by hand into the inputs folder."
    )


def _parse(body: bytes, url: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        if body.lstrip()[:1] == b"<":
            raise FetchError(
                f"'{url}' answered with a web page instead of data: a proxy's block page or a login?"
            ) from error
        raise TryAgainError(f"the answer is no whole JSON ({error})") from error


def _certificates() -> ssl.SSLContext:
    import truststore

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
