"""Answers kept on disk: a body and a small JSON file with address, dates and checksum beside it.

Plain files, so that a person can look at them and delete them. An answer is fresh for as long as the server
says (``Cache-Control``, ``Expires``), else for a day; after that the server is asked whether it has changed.
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


@dataclass(frozen=True)
class Kept:
    """An answer on disk: where it came from, when, and how long it may be used without asking."""

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
        """Return whether the answer may be used without asking the server."""
        return now < self.until

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask the server whether the answer has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass
class Half:
    """A file that is being fetched: what has come so far, and which edition of the file it is."""

    path: Path
    note: Path
    size: int = 0

    def resume(self) -> dict[str, str]:
        """Return the headers that ask for the rest, on condition that the file is still the same."""
        return {"Range": f"bytes={self.size}-", "If-Range": self._edition()}

    def resumes(self, headers: Mapping[str, str]) -> bool:
        """Return whether the server continues exactly where the file ends."""
        found = re.match(r"bytes (\d+)-", headers.get("content-range", ""))
        return bool(found) and int(found[1]) == self.size  # type: ignore[index]

    def begin(self, headers: Mapping[str, str], *, keep: bool) -> None:
        """Start with an empty file, or continue the one there is."""
        if not keep:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(b"")
            self.note.write_text(json.dumps(dict(headers)), encoding="utf-8")
            self.size = 0

    def add(self, chunk: bytes) -> None:
        """Append what has come."""
        with self.path.open("ab") as file:
            file.write(chunk)
        self.size += len(chunk)

    def drop(self) -> None:
        """Forget what has come."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.size = 0

    def headers(self) -> dict[str, str]:
        """Return the headers of the answer that began the file."""
        try:
            found = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return dict(found) if isinstance(found, dict) else {}

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
        """Return the kept answer to a request, or None; one whose checksum is wrong is deleted."""
        note = self._file(key, "json")
        try:
            raw = json.loads(note.read_text(encoding="utf-8"))
            kept = Kept(**{**raw, "path": self._file(key, "body")})
            right = kept.path.stat().st_size == kept.size and checksum(kept.path) == kept.sha256
        except (OSError, ValueError, TypeError):
            return None
        if not right:
            note.unlink(missing_ok=True)
            return None
        return kept

    def keep(self, key: str, url: str, headers: Mapping[str, str], body: bytes) -> Kept:
        """Keep an answer."""
        path = self._file(key, "body")
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".new")
        half.write_bytes(body)
        half.replace(path)
        return self._note(key, url, headers)

    def keep_half(self, key: str, url: str, half: Half) -> Kept:
        """Keep a file that has come in full."""
        headers = half.headers()
        half.path.replace(self._file(key, "body"))
        half.drop()
        return self._note(key, url, headers)

    def renew(self, key: str, kept: Kept, headers: Mapping[str, str]) -> Kept:
        """Note that the server says an answer has not changed."""
        before = {
            "etag": kept.etag,
            "last-modified": kept.last_modified,
            "content-disposition": kept.disposition,
        }
        return self._note(key, kept.url, {**before, **headers})

    def half(self, key: str) -> Half:
        """Return what an earlier attempt left; nothing where the edition is not known."""
        half = Half(self._file(key, "half"), self._file(key, "half.json"))
        half.size = half.path.stat().st_size if half.path.is_file() else 0
        if half.size and not half.resume()["If-Range"]:
            half.drop()
        return half

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
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.{suffix}"


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fresh_until(headers: Mapping[str, str], now: float) -> float:
    said = headers.get("cache-control", "").casefold()
    if "no-cache" in said or "no-store" in said:
        return now
    if found := re.search(r"max-age=(\d+)", said):
        return now + float(found[1])
    try:
        return parsedate_to_datetime(headers["expires"]).timestamp()
    except (KeyError, ValueError):
        return now + FRESH_S
