"""An evidence pack: the members of ``evidence.zip``, read without unpacking anything to disk.

A pack may come from somebody who wants it to seem what it is not. So the zip must be exactly what assetmap writes: known
names, each once, nothing before, between or after them, no encryption, no comments, and sizes within limits. The manifest
must have its entries and no others, and the checksums must be those of the members.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import ZIP_ERRORS, existing_file
from assetmap.read.worker import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANIFEST: Final = "manifest.json"
KIND: Final = "assetmap evidence"
REQUIRED: Final = (MANIFEST, "methods.txt", "sources.csv")
MEMBER: Final = re.compile(r"manifest\.json|methods\.txt|sources\.csv|tables/[A-Za-z0-9_-]{1,80}\.csv")
MOST_MEMBERS: Final = 100
MOST_PACKED: Final = 200_000_000
MOST_BYTES: Final = 500_000_000
"""Bytes of all members, unpacked."""
MOST_MANIFEST: Final = 5_000_000
ENTRIES: Final = {
    "pack": str,
    "files": dict,
    "inputs": dict,
    "input_files": dict,
    "settings": dict,
    "versions": dict,
}
SHA256: Final = re.compile(r"[0-9a-f]{64}")
FIXED_TIME: Final = (2000, 1, 1, 0, 0, 0)
UNIX: Final = 3
MODE: Final = 0o644 << 16
"""How assetmap marks every member, on every system."""
VERSION: Final = 20
"""Of the format of a zip, that a member needs and was written by."""
LOCAL_HEADER: Final = 30
"""Bytes before the name of a member."""
FIXED_DATE: Final = (FIXED_TIME[0] - 1980) << 9 | FIXED_TIME[1] << 5 | FIXED_TIME[2]


@dataclass(frozen=True)
class EvidencePack:
    """``members``: name in the pack -> bytes; ``manifest``: what the pack says about itself; ``sha256``: of the whole file."""

    members: dict[str, bytes]
    manifest: dict[str, Any]
    sha256: str

    @property
    def tables(self) -> dict[str, bytes]:
        """The members that are tables."""
        return {name: content for name, content in self.members.items() if name.startswith("tables/")}


def read_evidence(path: str | Path) -> EvidencePack:
    """Read an evidence pack and check that it is whole.

    Parameters
    ----------
    path
        ``evidence.zip``.

    Returns
    -------
    EvidencePack
        Every member as written, and the manifest.

    Raises
    ------
    InputError
        If it is not an evidence pack as assetmap writes it, or members do not match the checksums of the manifest.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [3]}, index=pd.Index(["a"], name="asset_id"))
    >>> members = am.show.evidence_members({"sites": table}, sources=quillford.sources, settings={}, versions={})
    >>> pack = am.read.read_evidence(am.show.write_evidence("evidence.zip", members))
    >>> sorted(pack.members)
    ['manifest.json', 'methods.txt', 'sources.csv', 'tables/sites.csv']
    """
    path = existing_file(path)
    if path.stat().st_size > MOST_PACKED:
        raise InputError(
            f"'{path}' is larger than {MOST_PACKED // 1_000_000} MB, so it is not an evidence pack."
        )
    answer = ask("pack", path)
    members = dict(zip(answer.value["names"], answer.parts, strict=True))
    manifest = _manifest(path, members[MANIFEST])
    found = {
        name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != MANIFEST
    }
    problems = _problems(found, manifest["files"])
    if problems:
        raise InputError(f"'{path}' was changed after it was written: {'; '.join(problems)}.")
    return EvidencePack(members, manifest, str(answer.value["sha256"]))


def read_members(path: Path) -> tuple[dict[str, bytes], str]:
    """Read the members of a pack and the SHA-256 of the file; this runs in the child process.

    The file is read once: whoever replaces it meanwhile cannot have one pack checked and another one used.

    Raises
    ------
    InputError
        If the zip is damaged, or is not exactly what assetmap writes.
    """
    try:
        content = path.read_bytes()
        file = io.BytesIO(content)
        with zipfile.ZipFile(file) as pack:
            entries = pack.infolist()
        _check_zip(path, file, entries)
        members = {entry.filename: _read_member(path, file, entry) for entry in entries}
        return members, hashlib.sha256(content).hexdigest()
    except InputError:
        raise
    except (*ZIP_ERRORS, NotImplementedError) as error:
        raise InputError(f"'{path}' could not be read: it is damaged or not a zip file ({error}).") from error


def _check_zip(path: Path, file: IO[bytes], entries: list[zipfile.ZipInfo]) -> None:
    """Check that a zip has the members of a pack and not a byte besides them."""
    problems = list(_entry_problems(entries))
    if not problems and not _is_as_written(file, entries):
        problems.append("it has headers that do not agree, or bytes that belong to no member")
    if problems:
        raise InputError(f"'{path}' is not an evidence pack as assetmap writes it: {'; '.join(problems)}.")


def _entry_problems(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_MEMBERS:
        yield f"it has {len(names):,} members"
        return
    unknown = [ascii(entry.orig_filename) for entry in entries if not MEMBER.fullmatch(entry.orig_filename)]
    if unknown:
        yield f"it has members that do not belong there ({first_few(unknown)})"
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        yield f"it has a member more than once ({first_few(twice)})"
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        yield f"it does not have {first_few(missing)}"
    elif names != [MANIFEST, *sorted(set(names) - {MANIFEST})]:
        yield "its members are in another order"
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        yield f"it unpacks to more than {MOST_BYTES // 1_000_000} MB"
    if any(
        entry.flag_bits
        or entry.extra
        or entry.comment
        or entry.date_time != FIXED_TIME
        or (entry.create_system, entry.external_attr) != (UNIX, MODE)
        or entry.compress_type != zipfile.ZIP_DEFLATED
        for entry in entries
    ):
        yield "it has members that are encrypted, packed in another way, dated or carry hidden data"


def _is_as_written(file: IO[bytes], entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Say whether every byte of a zip besides its packed members follows from their names, sizes and checksums."""
    place, directory = 0, b""
    for entry in entries:
        name = entry.orig_filename.encode()
        told = struct.pack(
            *("<5H3L2H", VERSION, 0, zipfile.ZIP_DEFLATED, 0, FIXED_DATE),
            *(entry.CRC, entry.compress_size, entry.file_size, len(name), 0),
        )
        file.seek(place)
        header = b"PK\3\4" + told + name
        if entry.header_offset != place or file.read(len(header)) != header:
            return False
        system = struct.pack("<BB", VERSION, UNIX)
        directory += b"PK\1\2" + system + told + struct.pack("<3H2L", 0, 0, 0, MODE, place) + name
        place += len(header) + entry.compress_size
    end = struct.pack("<4H2LH", 0, 0, len(entries), len(entries), len(directory), place, 0)
    file.seek(place)
    return file.read() == directory + b"PK\5\6" + end


def _read_member(path: Path, file: IO[bytes], entry: zipfile.ZipInfo) -> bytes:
    """Return a member, unpacked, if its packed bytes are all used and its size and checksum are those that it states."""
    file.seek(entry.header_offset + LOCAL_HEADER + len(entry.orig_filename.encode()))
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    content = unpacking.decompress(file.read(entry.compress_size), entry.file_size + 1)
    used = unpacking.eof and not unpacking.unused_data and not unpacking.unconsumed_tail
    if not used or (len(content), zlib.crc32(content)) != (entry.file_size, entry.CRC):
        raise InputError(
            f"'{path}' is damaged: '{entry.filename}' is not what it states, or more is hidden behind it."
        )
    return content


def _manifest(path: Path, content: bytes) -> dict[str, Any]:
    """Return a manifest that has its entries, each of its kind, and no others."""
    wrong = InputError(f"'{path}' is not an evidence pack: it has no usable {MANIFEST}.")
    if len(content) > MOST_MANIFEST:
        raise wrong
    try:
        manifest = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(manifest, dict) or {name: type(value) for name, value in manifest.items()} != ENTRIES:
        raise wrong
    texts = [manifest["files"], manifest["input_files"], manifest["versions"]]
    if any(not isinstance(value, str) for entries in texts for value in entries.values()):
        raise wrong
    hashes = [*manifest["files"].values(), *manifest["input_files"].values()]
    sources = list(manifest["inputs"].values())
    if (
        manifest["pack"] != KIND
        or any(not SHA256.fullmatch(value) for value in hashes)
        or any(not isinstance(source, dict) for source in sources)
        or any(
            value is not None and not isinstance(value, str) for each in sources for value in each.values()
        )
    ):
        raise wrong
    return manifest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ValueError("an entry is there more than once")
    return entries


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _problems(found: dict[str, str], stated: dict[str, str]) -> list[str]:
    problems = []
    missing = sorted(set(stated) - set(found))
    added = sorted(set(found) - set(stated))
    changed = [name for name in sorted(set(found) & set(stated)) if found[name] != stated[name]]
    for what, names in (("is missing", missing), ("was added", added), ("is not as written", changed)):
        if names:
            problems.append(f"{first_few(names)} {what}")
    return problems
