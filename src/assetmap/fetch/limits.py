"""Limits for downloads: size before and after decompression, rows, pages, redirects and time.

A server can be slow, broken or hostile. Each limit is generous for the official files and small for a computer;
what exceeds one is refused with one message and leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from assetmap.errors import FetchError

MEBI: Final = 2**20
FIRST_BYTES: Final = 8 * MEBI
"""Below this size an answer is never refused for unpacking to many times what was sent."""

PIECE: Final = 256 * 2**10
MOST_WORDS: Final = 300


@dataclass(frozen=True)
class Limits:
    """What is accepted from a server.

    ``answer_bytes`` and ``answer_s``: one answer (a page of rows, a description), after decompression;
    ``file_bytes`` and ``file_s``: one file; ``source_s``: all pages of one table. ``ratio``: how many times its
    compressed size an answer may have. ``values``: of one JSON answer, each of which takes far more memory than it has
    bytes. ``rows``, ``pages``: of one table. ``redirects``: for one request.
    """

    answer_bytes: int = 256 * MEBI
    answer_s: float = 300.0
    file_bytes: int = 2048 * MEBI
    file_s: float = 3_600.0
    source_s: float = 1_800.0
    ratio: int = 200
    values: int = 10_000_000
    rows: int = 1_000_000
    pages: int = 2_000
    redirects: int = 5


class TryAgainError(Exception):
    """There was no usable answer, but the same request may succeed later, after `wait_s` seconds."""

    def __init__(self, text: str, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.wait_s = wait_s


def unpack(response: httpx.Response, *, most_bytes: int, ratio: int) -> Iterator[bytes]:
    """Yield the body of an answer as it arrives, decompressed piece by piece within the limits.

    Parameters
    ----------
    response
        A streamed answer whose body has not been read.
    most_bytes
        Largest size after decompression.
    ratio
        How many times its compressed size the body may have.

    Raises
    ------
    FetchError
        If a limit is exceeded, or the compression is one that was not asked for.
    TryAgainError
        If the compressed data are damaged or incomplete.
    """
    url = response.url
    encoding = response.headers.get("content-encoding", "").strip().casefold()
    if encoding in ("", "identity"):
        pieces: Iterable[tuple[bytes, int]] = ((chunk, 0) for chunk in response.iter_raw())
    elif encoding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflate(response)
    else:
        raise FetchError(f"'{url}' is compressed in a way that was not asked for ({plain(encoding)}).")
    size = 0
    for piece, sent in pieces:
        size += len(piece)
        if max(size, sent) > most_bytes:  # what unpacks to nothing can be sent for ever too
            raise FetchError(f"'{url}' is larger than {_size(most_bytes)}, so it was not downloaded.")
        if sent and size > FIRST_BYTES and size > ratio * sent:
            raise FetchError(
                f"'{url}' sent {_size(sent)} that unpack to more than {ratio} times as much. This looks like an "
                "attack or a fault, so it was not downloaded."
            )
        yield piece


def _inflate(response: httpx.Response) -> Iterator[tuple[bytes, int]]:
    """Yield decompressed pieces, none larger than `PIECE`, with the bytes that were sent so far."""
    inflater, sent = zlib.decompressobj(zlib.MAX_WBITS | 32), 0
    try:
        for chunk in response.iter_raw():
            sent += len(chunk)
            rest = chunk
            while rest:
                if inflater.eof:  # gzip data may have several members, one after the other
                    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
                yield inflater.decompress(rest, PIECE), sent
                rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        while not inflater.eof and (piece := inflater.decompress(b"", PIECE)):
            yield piece, sent
    except zlib.error as error:
        raise TryAgainError(f"its compressed answer is damaged ({plain(error)})") from error
    if not inflater.eof:
        raise TryAgainError("its compressed answer is incomplete")


@contextmanager
def ended_by(deadline: float, streams: list[Any]) -> Iterator[None]:
    """Close the sockets at a point in time, so that no server can keep a request waiting beyond it.

    A timeout between two bytes is not enough: a server that sends one byte a minute never exceeds it.

    Parameters
    ----------
    deadline
        On the clock of `time.monotonic`.
    streams
        Network streams of the client; `note_streams` adds them.
    """
    timer = threading.Timer(
        min(max(deadline - time.monotonic(), 0.0), threading.TIMEOUT_MAX), _shut, [streams]
    )
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def note_streams(streams: list[Any], event: str, details: dict[str, Any]) -> None:
    """Keep each network stream that the client opens; httpx calls this for every step of a request."""
    if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
        streams.append(details["return_value"])


def asked_wait(text: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` asks to wait, or None if it says nothing that can be used.

    Examples
    --------
    >>> asked_wait("120"), asked_wait("-5"), asked_wait("soon"), asked_wait("1e999")
    (120.0, None, None, None)
    """
    asked = (text or "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), sys.float_info.max)
    try:
        return max(parsedate_to_datetime(asked).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def plain(text: object, most: int = MOST_WORDS) -> str:
    r"""Return a server's words on one line, short, and without control characters.

    Examples
    --------
    >>> plain("Moved\n to\x1b[31m  there")
    'Moved to [31m there'
    """
    words = "".join(each if each.isprintable() else " " for each in str(text)[: most * 4])
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[:most]}..."


def _shut(streams: list[Any]) -> None:
    for stream in streams:
        found = stream.get_extra_info("socket")
        with contextlib.suppress(OSError, ValueError, AttributeError):
            found.shutdown(socket.SHUT_RDWR)


def _size(count: int) -> str:
    """Return a number of bytes for people."""
    if count >= 1024 * MEBI:
        return f"{count / (1024 * MEBI):g} GB"
    return f"{count / MEBI:.3g} MB" if count >= MEBI else f"{count:,} bytes"
