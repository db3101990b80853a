"""An evidence pack: the tables and the manifest inside ``evidence.zip``, read without unpacking anything to disk."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.schema import InputError, first_few

MANIFEST: Final = "manifest.json"
MOST_BYTES: Final = 500_000_000


@dataclass(frozen=True)
class EvidencePack:
    """``tables``: name in the pack -> bytes of the CSV; ``manifest``: what the pack says about itself."""

    tables: dict[str, bytes]
    manifest: dict[str, Any]


def read_evidence(path: str | Path) -> EvidencePack:
    """Read an evidence pack and check that nothing in it was changed since it was written.

    Parameters
    ----------
    path
        ``evidence.zip``.

    Returns
    -------
    EvidencePack
        Every table as written, and the manifest.

    Raises
    ------
    InputError
        If it is no evidence pack, or files are missing, added or do not match the hashes of the manifest.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file '{path}'. Check the name and the folder.")
    try:
        with zipfile.ZipFile(path) as pack:
            size = sum(file.file_size for file in pack.infolist())
            names = pack.infolist() if size <= MOST_BYTES else []
            files = {file.filename: pack.read(file) for file in names}
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise InputError(f"'{path}' could not be read as a zip file: {error}") from error
    if size > MOST_BYTES:
        raise InputError(f"'{path}' unpacks to over {MOST_BYTES // 1_000_000} MB: that is no evidence pack.")
    try:
        manifest = json.loads(files.pop(MANIFEST))
        hashes = dict(manifest["files"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"'{path}' is no evidence pack: it has no usable {MANIFEST}.") from error
    problems = _problems(files, hashes)
    if problems:
        raise InputError(f"'{path}' was changed after it was written: {'; '.join(problems)}.")
    tables = {name: content for name, content in files.items() if name.startswith("tables/")}
    return EvidencePack(tables, manifest)


def _problems(files: dict[str, bytes], hashes: dict[str, str]) -> list[str]:
    problems = []
    missing = sorted(set(hashes) - set(files))
    added = sorted(set(files) - set(hashes))
    changed = [
        name
        for name in sorted(set(files) & set(hashes))
        if hashlib.sha256(files[name]).hexdigest() != hashes[name]
    ]
    for what, names in (("is missing", missing), ("was added", added), ("is not as written", changed)):
        if names:
            problems.append(f"{first_few(names)} {what}")
    return problems
