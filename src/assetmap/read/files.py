"""The bytes of a file from outside: plain, gzipped or zipped, and never more of them than a limit.

Every reader of this room gets its bytes here, so that a missing file, a folder, a damaged archive and a
file that unpacks to too much are refused in one place.
"""

from __future__ import annotations

import functools
import gzip
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, ParamSpec, TypeVar, cast

from assetmap.errors import AssetmapError, InputError, first_few

Words = ParamSpec("Words")
Table = TypeVar("Table")

LARGEST_FILE: Final = 2_000_000_000
"""Bytes of one file, unpacked; a list of a million rows has about 200 MB."""

LARGEST_ARCHIVE: Final = 4 * 2**30
"""Bytes of everything in a zip, unpacked; all postcodes of the country have about 1.5 GB."""

MOST_RATIO: Final = 400
"""Unpacked over packed size; ordinary spreadsheets stay below 40."""

PIECE: Final = 16 * 2**20
"""Bytes that are unpacked at a time."""

OUTSIDE: Final = re.compile(r"[/\\]|[A-Za-z]:")
"""How the name of a file in a zip begins that does not stay in the folder where it is unpacked, on Windows too."""

SMALL: Final = 50_000_000
"""Bytes; the ratio of a zip that unpacks to less does not matter."""

MOST_MEMBERS: Final = 20_000
"""Files in one zip; the postcodes of the country are in fewer than 200."""

ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What Python raises on a zip that is damaged, encrypted or cut short."""


def existing_file(path: str | Path) -> Path:
    """Return the path of a file, or raise InputError where there is no such file."""
    path = Path(path)
    if path.is_dir():
        raise InputError(f"'{path}' is a folder. Give the name of a file in it.")
    if not path.is_file():
        raise InputError(f"There is no file '{path}'. Check the name and the folder.")
    return path


@contextmanager
def open_bytes(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked where its name ends in ``.gz``.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read or unpacked.
    """
    path = existing_file(path)
    try:
        packed = path.suffix.lower() == ".gz"
        with cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb") as stream:
            yield stream
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"'{path}' could not be read or unpacked: {error}.") from error


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file, unpacked where its name ends in ``.gz``.

    Raises
    ------
    InputError
        If there is no such file, it cannot be unpacked, or it has more than `LARGEST_FILE` bytes.
    """
    path = existing_file(path)
    if path.suffix.lower() != ".gz" and path.stat().st_size <= LARGEST_FILE:
        with open_bytes(path) as stream:
            return stream.read()
    pieces, size = [], 0
    with open_bytes(path) as stream:
        while size <= LARGEST_FILE and (piece := stream.read(PIECE)):
            pieces.append(piece)
            size += len(piece)
    if size > LARGEST_FILE:
        raise InputError(
            f"'{path}' has more than {LARGEST_FILE / 1e9:g} GB and was not read. Split it into smaller files."
        )
    return b"".join(pieces)


def members_of(path: str | Path, *, most: int = LARGEST_ARCHIVE) -> list[zipfile.ZipInfo]:
    """Return the files in a zip, after checking that it is safe to unpack.

    Parameters
    ----------
    path
        A zip, or a format that is one inside (xlsx, xlsb, ods).
    most
        Bytes that it may unpack to.

    Raises
    ------
    InputError
        If it is not a zip, unpacks to too much, or holds names that point outside it.
    """
    path = existing_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except ZIP_ERRORS as error:
        raise InputError(
            f"'{path}' could not be read: it is damaged or not what its ending says ({error})."
        ) from error
    if len(members) > MOST_MEMBERS:
        raise InputError(
            f"'{path}' holds {len(members):,} files, so it was not opened. Give the one that is needed."
        )
    unpacked, packed = sum(member.file_size for member in members), max(path.stat().st_size, 1)
    if unpacked > most or (unpacked > SMALL and unpacked / packed > MOST_RATIO):
        raise InputError(
            f"'{path}' has {packed / 1e6:.1f} MB and would unpack to {unpacked / 1e6:,.0f} MB, so it was not "
            "opened. Unpack it yourself, or save the table as CSV."
        )
    outside = [m.filename for m in members if OUTSIDE.match(m.filename) or ".." in m.filename]
    if outside:
        raise InputError(
            f"'{path}' holds files that point outside it, so it was not opened: {first_few(outside)}."
        )
    times = Counter(member.filename for member in members)
    if len(times) < len(members):
        twice = [name for name, count in times.items() if count > 1]
        raise InputError(
            f"'{path}' holds files of the same name more than once, so it was not opened: {first_few(twice)}. Make the zip again with one of each."
        )
    _refuse_second_parts(path, times)
    return members


MAP_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".tab", ".dat", ".map", ".id", ".mif", ".mid")
"""Endings of the files that make up one map file."""


def _refuse_second_parts(path: Path, names: Iterable[str]) -> None:
    """Refuse a zip in which a part of a map comes twice, in capitals and small letters: which one belongs to it nobody can tell."""
    parts = Counter(name.casefold() for name in names if name.casefold().endswith(MAP_PARTS))
    twice = [name for name in names if parts[name.casefold()] > 1]
    if twice:
        raise InputError(
            f"'{path}' holds parts of a map file more than once, in capitals and in small letters, so it was not opened: {first_few(twice)}. Make the zip again with "
            "one of each."
        )


def whole_members(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the members that hold the data: those in a folder ``Data``, and not the same again in ``multi_csv``."""
    data = [member for member in members if re.search(r"(^|/)data/", member.filename, re.I)] or members
    return [member for member in data if "multi_csv" not in member.filename.lower()] or data


@contextmanager
def open_member(path: str | Path, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """Open one file in a zip for reading; `members_of` has checked the zip before."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            yield stream
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise InputError(
            f"'{path}', file '{member.filename}' in it, could not be unpacked: {error}"
        ) from error


def unreadable(path: Path | str, error: BaseException) -> str:
    """Return the message for a file that a library could not read."""
    said = " ".join(str(error).split())[:200].rstrip(".")
    return (
        f"'{path}' could not be read: it is damaged or not what its ending says ({said or type(error).__name__}). "
        "Open it in the program that made it and save it again."
    )


def reader(read: Callable[Words, Table]) -> Callable[Words, Table]:
    """Make whatever goes wrong in a reader one InputError with the name of the file: the boundary of all readers.

    Errors of assetmap itself pass as they are, and so does a lack of memory.
    """

    @functools.wraps(read)
    def bounded(*args: Words.args, **words: Words.kwargs) -> Table:
        try:
            return read(*args, **words)
        except (AssetmapError, MemoryError):
            raise
        except Exception as error:
            raise InputError(unreadable(str(args[0] if args else words["path"]), error)) from error

    return bounded
