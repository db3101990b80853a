"""The cache: a file for each answer, and beside it a small JSON file with its address, dates and checksum.

You can look at these files and delete them. An answer is fresh for as long as the server says (``Cache-Control``,
``Expires``; 30 days at most), or for a day if it does not say. After that, the server is asked whether it has
changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

FRESH_S: Final = 86_400.0
"""Seconds for which an answer without dates is fresh."""

LONGEST_FRESH_S: Final = 30 * 86_400.0


@dataclass(frozen=True)
class Kept:
    """An answer in the cache: where it came from, when, and until when it can be used without asking."""

    path: Path
    url: str
    fetched: float
    until: float
    etag: str
    last_modified: str
    disposition: str
    sha256: str
    size: int

    def read(self) -> bytes:
        """Return the body."""
        return self.path.read_bytes()

    def fresh(self, now: float) -> bool:
        """Return whether the answer can be used without asking the server."""
        return now < self.until

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask the server whether the answer has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass
class Partial:
    """An answer on its way: what has arrived so far, and which edition of the file it is."""

    path: Path
    note: Path
    size: int = 0

    def resume(self) -> dict[str, str]:
        """Return the headers that ask for the rest, if the file is still the same."""
        return {"Range": f"bytes={self.size}-", "If-Range": self._edition()}

    def resumes(self, headers: Mapping[str, str]) -> bool:
        """Return whether the server continues exactly where this file ends, with the same edition of the file."""
        found = re.match(r"bytes (\d{1,18})-", headers.get("content-range", ""))
        before = self.headers()
        same = all(
            headers[name].removeprefix("W/") == before[name].removeprefix("W/")
            for name in ("etag", "last-modified")
            if name in headers and name in before
        )
        plain = headers.get("content-encoding", "identity") == "identity"
        return found is not None and int(found[1]) == self.size and same and plain

    def complete(self, headers: Mapping[str, str]) -> bool:
        """Return whether the file has the size that the server gave with a part of it, and before with the whole."""
        found = re.search(r"/(\d{1,18})$", headers.get("content-range", ""))
        whole = self.headers().get("content-length", "")
        sizes = {
            int(text) for text in (found[1] if found else "", whole) if re.fullmatch(r"[0-9]{1,18}", text)
        }
        return sizes <= {self.size}

    def begin(self, headers: Mapping[str, str], *, keep: bool) -> None:
        """Start with an empty file, or continue the existing one."""
        if not keep:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(b"")
            self.note.write_text(json.dumps(dict(headers)), encoding="utf-8")
            self.size = 0

    def add(self, piece: bytes) -> None:
        """Append what has arrived."""
        with self.path.open("ab") as file:
            file.write(piece)
        self.size += len(piece)

    def drop(self) -> None:
        """Delete what has arrived."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.size = 0

    def headers(self) -> dict[str, str]:
        """Return the headers of the answer that began the file."""
        try:
            found = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return plain_headers(found) if isinstance(found, dict) else {}

    def _edition(self) -> str:
        headers = self.headers()
        if headers.get("content-encoding", "identity") != "identity":
            return ""
        etag = headers.get("etag", "")
        return etag if etag and not etag.startswith("W/") else headers.get("last-modified", "")


@dataclass(frozen=True)
class Store:
    """A folder of answers."""

    folder: Path

    def find(self, key: str) -> Kept | None:
        """Return the cached answer to a request, or None. An answer with a wrong checksum is deleted."""
        note = self._file(key, "json")
        try:
            raw = json.loads(note.read_text(encoding="utf-8"))
            kept = Kept(**{**raw, "path": self._file(key, "body")})
            right = kept.path.stat().st_size == kept.size and checksum(kept.path) == kept.sha256
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        if not right:
            note.unlink(missing_ok=True)
            return None
        return kept

    def keep(self, key: str, url: str, partial: Partial) -> Kept:
        """Keep an answer that has arrived in full."""
        headers = partial.headers()
        partial.path.replace(self._file(key, "body"))
        partial.drop()
        return self._note(key, url, headers)

    def renew(self, key: str, kept: Kept, headers: Mapping[str, str]) -> Kept:
        """Record that the server says an answer has not changed."""
        before = {
            "etag": kept.etag,
            "last-modified": kept.last_modified,
            "content-disposition": kept.disposition,
        }
        return self._note(key, kept.url, {**before, **headers})

    def scratch(self, key: str) -> Partial:
        """Return an empty file for an answer that is never resumed."""
        return Partial(self._file(key, "new"), self._file(key, "new.json"))

    def partial(self, key: str) -> Partial:
        """Return what an earlier attempt left; nothing if its edition is not known."""
        partial = Partial(self._file(key, "half"), self._file(key, "half.json"))
        partial.size = partial.path.stat().st_size if partial.path.is_file() else 0
        if partial.size and not partial.resume()["If-Range"]:
            partial.drop()
        return partial

    def _note(self, key: str, url: str, headers: Mapping[str, str]) -> Kept:
        path, now = self._file(key, "body"), time.time()
        kept = Kept(
            path=path,
            url=url,
            fetched=now,
            until=_fresh_until(headers, now),
            etag=headers.get("etag", ""),
            last_modified=headers.get("last-modified", ""),
            disposition=headers.get("content-disposition", ""),
            sha256=checksum(path),
            size=path.stat().st_size,
        )
        note: dict[str, Any] = {**asdict(kept), "path": path.name}
        half = self._file(key, "json.new")
        half.write_text(json.dumps(note, indent=1), encoding="utf-8")
        half.replace(self._file(key, "json"))
        return kept

    def _file(self, key: str, suffix: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}.{suffix}"


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that can be sent back to a server as they are: printable ASCII, not too long."""
    return {
        str(name).casefold(): value
        for name, value in headers.items()
        if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) < 1_000
    }


def _fresh_until(headers: Mapping[str, str], now: float) -> float:
    said = headers.get("cache-control", "").casefold()
    if "no-cache" in said or "no-store" in said:
        return now
    if found := re.search(r"max-age=(\d{1,12})", said):
        return now + min(float(found[1]), LONGEST_FRESH_S)
    try:
        until = parsedate_to_datetime(headers["expires"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError, IndexError, OSError):
        return now + FRESH_S
    return min(until, now + LONGEST_FRESH_S)
