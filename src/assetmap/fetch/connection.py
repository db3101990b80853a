"""The one connection to the network: with retries, limits and a cache, or offline.

Proxies come from ``HTTPS_PROXY`` and ``NO_PROXY``. Certificates come from the system, where councils install
theirs, or from ``SSL_CERT_FILE``. Every answer is kept in the user's cache folder; with ``offline``, answers come
only from there. A redirect is followed to the same scheme, host and port, or over https to the same host or one
named in the table of sources.
"""

from __future__ import annotations

import functools
import math
import os
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx

from assetmap.errors import FetchError as FetchError  # noqa: PLC0414 (the room's users take it from here)
from assetmap.fetch.limits import Limits, TryAgainError, asked_wait, ended_by, note_streams, plain
from assetmap.fetch.sources import known_hosts, read_sources
from assetmap.fetch.store import Kept, Store
from assetmap.schema import cache_folder

WHOLE_STATUSES: Final = (200, 203)
"""Status codes of an answer that is all there; the others with a 2 say that there is none, only a part, or none yet."""

AGAIN_STATUSES: Final = (202, 408, 425, 429, 500, 502, 503, 504)
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


def make_request(connection: Connection, method: str, url: str, **parts: Any) -> httpx.Request:
    """Return a request; refuse an address that is not one."""
    trace = functools.partial(note_streams, connection.streams)
    try:
        return connection.client.build_request(method, url, extensions={"trace": trace}, **parts)
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise FetchError(f"'{plain(url)}' is not a valid address: {plain(error).rstrip('.')}.") from error


@contextmanager
def sent(connection: Connection, request: httpx.Request) -> Iterator[httpx.Response]:
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
    if not same and there.scheme != "https":
        raise FetchError(f"'{plain(here)}' redirects to an address without https: '{plain(there)}'.")
    named = there.host in hosts or any(
        there.host.endswith(host.removeprefix("*")) for host in hosts if host.startswith("*.")
    )
    if not same and (there.port is not None or not (named or there.host == here.host)):
        raise FetchError(
            f"'{plain(here)}' redirects to another host: '{plain(there.netloc.decode('ascii', 'replace'))}'. If you "
            "trust it, add it to the column 'redirects' of the row."
        )
    if there.userinfo:  # the server chooses who we would be there
        raise FetchError(f"'{plain(here)}' redirects to an address with a user name: '{plain(there)}'.")


def patiently(connection: Connection, attempt: Callable[[], Kept], url: str, seconds: float) -> Kept:
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


def refuse_status(response: httpx.Response, *, part: bool = False) -> None:
    """Refuse an answer that is not whole, or not the `part` that was asked for; `TryAgainError` where a later request may succeed."""
    if response.status_code in WHOLE_STATUSES or (
        part and response.status_code == httpx.codes.PARTIAL_CONTENT
    ):
        return
    said = f"{response.status_code} {plain(response.reason_phrase)}"
    if response.status_code in AGAIN_STATUSES:
        raise TryAgainError(f"it answered {said}", asked_wait(response.headers.get("retry-after")))
    raise FetchError(f"'{plain(response.url)}' answered {said}.")


def refuse_offline(connection: Connection, url: str) -> None:
    """Refuse to send anything with ``--offline``."""
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
