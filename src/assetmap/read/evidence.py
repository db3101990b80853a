"""An evidence pack: the members of ``evidence.zip``, read without unpacking anything to disk.

A pack may come from somebody who wants it to seem what it is not. So the zip must be exactly what assetmap writes: known
names, each once, nothing before, between or after them, no encryption, no comments, and sizes within limits. The manifest
must have its entries and no others, and the checksums must be those of the members.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import ZIP_ERRORS, existing_file
from assetmap.read.worker import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_LOCAL: Final = 30
_CENTRAL: Final = 46
_END: Final = 22
"""Bytes of the headers of a zip, without names."""


@dataclass(frozen=True)
class EvidencePack:
    """``members``: name in the pack -> bytes; ``manifest``: what the pack says about itself."""

    members: dict[str, bytes]
    manifest: dict[str, Any]

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
    members = dict(zip(answer.value, answer.parts, strict=True))
    manifest = _manifest(path, members[MANIFEST])
    found = {
        name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != MANIFEST
    }
    problems = _problems(found, manifest["files"])
    if problems:
        raise InputError(f"'{path}' was changed after it was written: {'; '.join(problems)}.")
    return EvidencePack(members, manifest)


def read_members(path: Path) -> dict[str, bytes]:
    """Read the members of a pack; this runs in the child process.

    Raises
    ------
    InputError
        If the zip is damaged, or is not exactly what assetmap writes.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            _check_zip(path, pack)
            return {entry.filename: _read_member(pack, entry) for entry in pack.infolist()}
    except InputError:
        raise
    except (*ZIP_ERRORS, NotImplementedError) as error:
        raise InputError(f"'{path}' could not be read: it is damaged or not a zip file ({error}).") from error


def _check_zip(path: Path, pack: zipfile.ZipFile) -> None:
    """Check that a zip has the members of a pack and not a byte besides them."""
    entries = pack.infolist()
    problems = list(_entry_problems(entries))
    if not problems:
        local = sum(_LOCAL + len(entry.orig_filename.encode()) + entry.compress_size for entry in entries)
        central = sum(_CENTRAL + len(entry.orig_filename.encode()) for entry in entries)
        if (pack.start_dir, path.stat().st_size) != (local, local + central + _END):
            problems.append("it has bytes that belong to no member")
        elif not _headers_agree(path, entries):
            problems.append("its headers do not agree")
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
        entry.flag_bits & ~0x800
        or entry.extra
        or entry.comment
        or entry.date_time != FIXED_TIME
        or (entry.create_system, entry.external_attr) != (UNIX, MODE)
        or entry.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
        for entry in entries
    ):
        yield "it has members that are encrypted, packed in another way, dated or carry hidden data"


def _headers_agree(path: Path, entries: list[zipfile.ZipInfo]) -> bool:
    """Say whether the header before each member is the one that follows from the directory at the end."""
    with path.open("rb") as file:
        for entry in entries:
            file.seek(entry.header_offset)
            header = entry.FileHeader(zip64=False)
            if file.read(len(header)) != header:
                return False
    return True


def _read_member(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with pack.open(entry) as member:
        content = member.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise InputError(
            f"'{pack.filename}' is damaged: '{entry.filename}' does not have the size that it states."
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
