"""An evidence pack: the tables and the manifest inside ``evidence.zip``, read without unpacking anything to disk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.read.files import members_of, open_member
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
        If it is not an evidence pack, or files are missing, added or do not match the hashes of the manifest.
    """
    files = {}
    for member in members_of(path, most=MOST_BYTES):
        with open_member(path, member) as stream:
            files[member.filename] = stream.read()
    try:
        manifest = json.loads(files.pop(MANIFEST))
        hashes = dict(manifest["files"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"'{path}' is not an evidence pack: it has no usable {MANIFEST}.") from error
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
