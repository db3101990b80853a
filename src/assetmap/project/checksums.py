"""Checksums of files, and of the files that belong to them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from assetmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BESIDE: Final = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal",),
}
"""Files beside a map file that are read with it."""


def hash_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files of a folder, and of those that belong to a map file."""
    return {
        path.relative_to(folder).as_posix(): checksum(path)
        for name in names
        for path in _with_companions(folder / name)
    }


def _with_companions(path: Path) -> list[Path]:
    beside = _BESIDE.get(path.suffix.lower(), ())
    if not beside:
        return [path]
    others = (each for each in path.parent.iterdir() if each.stem == path.stem and each != path)
    return [path, *sorted(each for each in others if each.suffix.lower() in beside)]


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
