"""The evidence pack: every table with its inputs, settings, versions and limits, in one file that can be checked.

The same tables give the same bytes. Anyone can rebuild the pack from the same inputs and compare it member by member
(`compare_members`): two members are the same if every byte is the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.schema import InputError
from assetmap.show.tables import csv_bytes
from assetmap.show.words import counted, plain

MANIFEST: Final = "manifest.json"
METHODS: Final = "methods.txt"
SOURCES: Final = "sources.csv"
KIND: Final = "assetmap evidence"
FIXED_TIME: Final = (2000, 1, 1, 0, 0, 0)
"""Date of every file in the pack; fixed, so that the same tables give the same bytes."""
LONGEST: Final = 60
"""Characters of a value that a difference quotes."""


def evidence_members(
    tables: Mapping[str, pd.DataFrame],
    *,
    sources: pd.DataFrame,
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    methods: Sequence[str] = (),
    input_files: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return every member of an evidence pack.

    Parameters
    ----------
    tables
        Name -> table. Names have letters, digits, ``_`` and ``-`` only.
    sources
        Index ``source_id``, with ``sha256``, ``date`` and ``licence`` of every source (docs/tables.md).
    settings
        What the tables were made with; plain values.
    versions
        Package -> version.
    methods
        Paragraphs about methods and limits.
    input_files
        Path in the project's folder -> SHA-256 of every file that was read.

    Returns
    -------
    dict
        Name in the pack -> bytes: ``manifest.json`` (settings, versions, inputs, SHA-256 of every other member),
        ``methods.txt``, ``sources.csv`` and ``tables/*.csv``.

    Raises
    ------
    InputError
        If there is no table or a name cannot be used.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [3]}, index=pd.Index(["a"], name="asset_id"))
    >>> members = am.show.evidence_members({"sites": table}, sources=quillford.sources, settings={"limit_m": 2_000}, versions={})
    >>> sorted(members)
    ['manifest.json', 'methods.txt', 'sources.csv', 'tables/sites.csv']
    """
    wrong = [name for name in tables if not name or not all(sign.isalnum() or sign in "_-" for sign in name)]
    if wrong or not tables:
        raise InputError(f"An evidence pack needs tables with plain names; it cannot use {wrong[:3]}.")
    members = {f"tables/{name}.csv": csv_bytes(table) for name, table in tables.items()}
    members[SOURCES] = csv_bytes(sources)
    members[METHODS] = ("\n\n".join(methods) + "\n").encode()
    manifest = {
        "pack": KIND,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(members.items())},
        "inputs": {
            str(source): {key: _plain(row.get(key)) for key in ("file", "title", "date", "licence", "sha256")}
            for source, row in sources.iterrows()
        },
        "input_files": dict(input_files or {}),
        "settings": settings,
        "versions": dict(versions),
    }
    written = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, default=_as_plain) + "\n"
    return {MANIFEST: written.encode(), **dict(sorted(members.items()))}


def write_evidence(path: str | Path, members: Mapping[str, bytes]) -> Path:
    """Write an evidence pack.

    Parameters
    ----------
    path
        ``evidence.zip``; an earlier file is replaced.
    members
        From `evidence_members`.

    Returns
    -------
    pathlib.Path
        The file. The same members give the same bytes.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [3]}, index=pd.Index(["a"], name="asset_id"))
    >>> members = am.show.evidence_members({"sites": table}, sources=quillford.sources, settings={}, versions={})
    >>> am.show.write_evidence("evidence.zip", members).name
    'evidence.zip'
    """
    path = Path(path)
    with zipfile.ZipFile(path, "w") as pack:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return path


def compare_members(packed: Mapping[str, bytes], rebuilt: Mapping[str, bytes]) -> pd.DataFrame:
    r"""Say for each member whether the rebuilt one is the same as the one in the pack.

    Parameters
    ----------
    packed
        ``read_evidence(path).members``.
    rebuilt
        `evidence_members` of the same inputs and settings.

    Returns
    -------
    pandas.DataFrame
        Index ``member``; ``same`` (bool), ``difference``: where the first difference is (row 1 is the header), or that the
        member is missing or new; empty if it is the same.

    Examples
    --------
    >>> same = am.show.compare_members({"a.csv": b"x\n1\n"}, {"a.csv": b"x\n2\n"})
    >>> same.loc["a.csv", "difference"]
    "1 cell differs; the first is row 2, column 'x': '1' in the pack, '2' now"
    """
    names = sorted({*packed, *rebuilt})
    differences = [_difference(name, packed.get(name), rebuilt.get(name)) for name in names]
    same = [not difference for difference in differences]
    return pd.DataFrame(
        {"same": same, "difference": differences}, index=pd.Index(names, name="member", dtype=object)
    )


def _difference(name: str, packed: bytes | None, rebuilt: bytes | None) -> str:
    if packed == rebuilt:
        return ""
    if rebuilt is None:
        return "in the pack, but no longer made"
    if packed is None:
        return "made now, but not in the pack"
    if name == MANIFEST:
        return _manifest_difference(packed, rebuilt)
    if name.endswith(".csv"):
        return _table_difference(packed, rebuilt)
    return _text_difference(packed, rebuilt)


def _table_difference(packed: bytes, rebuilt: bytes) -> str:
    before, now = (
        list(csv.reader(io.StringIO(each.decode("utf-8-sig", "replace"), newline="")))
        for each in (packed, rebuilt)
    )
    if not before or not now or before[0] != now[0]:
        return "its columns differ"
    if len(before) != len(now):
        return f"{counted(len(before) - 1, 'row')} in the pack, {len(now) - 1} now"
    cells = [
        (row, column, old, new)
        for row, (olds, news) in enumerate(zip(before, now, strict=True), start=1)
        for column, old, new in zip(before[0], olds, news, strict=False)
        if old != new
    ]
    if not cells:
        return "its line endings or quotes differ"
    row, column, old, new = cells[0]
    words = counted(len(cells), "cell differs", "cells differ")
    return (
        f"{words}; the first is row {row}, column '{plain(column, most=LONGEST)}': {_quoted(old)} in the pack, "
        f"{_quoted(new)} now"
    )


def _text_difference(packed: bytes, rebuilt: bytes) -> str:
    before, now = (each.decode("utf-8", "replace").splitlines() for each in (packed, rebuilt))
    for number, (old, new) in enumerate(zip(before, now, strict=False), start=1):
        if old != new:
            return f"line {number} differs: {_quoted(old)} in the pack, {_quoted(new)} now"
    if len(before) != len(now):
        return f"{counted(len(before), 'line')} in the pack, {len(now)} now"
    return "its line endings differ"


def _manifest_difference(packed: bytes, rebuilt: bytes) -> str:
    """Name the entries of the manifest that differ; the checksums follow from the other members."""
    before, now = (dict(_entries(json.loads(each))) for each in (packed, rebuilt))
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    told = [name for name in names if not name.startswith("files.")] or names
    if not told:
        return "it is not written as assetmap writes it"
    old, new = (_quoted(entries[told[0]]) if told[0] in entries else "nothing" for entries in (before, now))
    words = counted(len(told), "entry differs", "entries differ")
    return f"{words}; the first is '{plain(told[0], most=LONGEST)}': {old} in the pack, {new} now"


def _entries(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of nested objects and lists with its dotted name, and the kind of each empty one."""
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if not items:
        yield name, json.dumps(value, ensure_ascii=False)
        return
    for key, each in items:
        yield from _entries(each, f"{name}.{key}" if name else str(key))


def _quoted(text: str) -> str:
    return f"'{plain(text, most=LONGEST)}'"


def _plain(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _as_plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else str(value)
