"""The evidence pack: every table with its inputs, settings, versions and limits, in one file that can be checked.

The same tables give the same bytes. Anyone can rebuild the tables from the same inputs and compare them
(`compare_tables`): two tables are the same if every byte of their CSV files is the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.schema import InputError
from assetmap.show.tables import write_csv
from assetmap.show.words import counted

MANIFEST: Final = "manifest.json"
FIXED_TIME: Final = (2000, 1, 1, 0, 0, 0)
"""Date of every file in the pack; fixed, so that equal tables give equal bytes."""


def table_bytes(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return each table as the bytes of its CSV in the pack.

    Parameters
    ----------
    tables
        Name (``"sites"``) -> table.

    Returns
    -------
    dict
        Name in the pack (``"tables/sites.csv"``) -> bytes.
    """
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        return {
            f"tables/{name}.csv": write_csv(table, Path(folder) / f"{name}.csv").read_bytes()
            for name, table in sorted(tables.items())
        }


def write_evidence(
    path: str | Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    sources: pd.DataFrame,
    settings: Mapping[str, Any],
    versions: Mapping[str, str],
    methods: Sequence[str] = (),
) -> Path:
    """Write an evidence pack.

    Parameters
    ----------
    path
        ``evidence.zip``; one of that name is replaced.
    tables
        Name -> table; letters, digits, ``_`` and ``-`` in the names.
    sources
        Index ``source_id``, with ``sha256``, ``date`` and ``licence`` of every input (docs/tables.md).
    settings
        What the tables were made with; plain values.
    versions
        Package -> version.
    methods
        Paragraphs about methods and limits.

    Returns
    -------
    pathlib.Path
        The file: ``manifest.json`` (settings, versions, SHA-256 of every file), ``methods.txt``, ``sources.csv`` and
        ``tables/*.csv``.

    Raises
    ------
    InputError
        If there is no table or a name cannot be used.
    """
    path = Path(path)
    wrong = [name for name in tables if not name or not all(sign.isalnum() or sign in "_-" for sign in name)]
    if wrong or not tables:
        raise InputError(f"An evidence pack needs tables with plain names; not {wrong[:3]}.")
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        described = write_csv(sources, Path(folder) / "sources.csv").read_bytes()
    files = table_bytes(tables)
    files["sources.csv"] = described
    files["methods.txt"] = ("\n\n".join(methods) + "\n").encode()
    manifest = {
        "pack": "assetmap evidence",
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        "inputs": {
            str(source): {key: _plain(row.get(key)) for key in ("file", "title", "date", "licence", "sha256")}
            for source, row in sources.iterrows()
        },
        "settings": settings,
        "versions": dict(versions),
    }
    written = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, default=_as_plain) + "\n"
    with zipfile.ZipFile(path, "w") as pack:
        for name, content in [(MANIFEST, written.encode()), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, date_time=FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return path


def compare_tables(packed: Mapping[str, bytes], rebuilt: Mapping[str, bytes]) -> pd.DataFrame:
    """Say for each table whether the rebuilt one is the same as the one in the pack.

    Parameters
    ----------
    packed
        ``read_evidence(path).tables``.
    rebuilt
        `table_bytes` of the tables made anew from the same inputs.

    Returns
    -------
    pandas.DataFrame
        Index ``table``; ``same`` (bool), ``difference``: where the first difference is (row 1 is the header), or that the
        table is missing or new; empty where it is the same.
    """
    names = sorted({*packed, *rebuilt})
    differences = [_difference(packed.get(name), rebuilt.get(name)) for name in names]
    same = [not difference for difference in differences]
    return pd.DataFrame(
        {"same": same, "difference": differences}, index=pd.Index(names, name="table", dtype=object)
    )


def _difference(packed: bytes | None, rebuilt: bytes | None) -> str:
    if packed == rebuilt:
        return ""
    if rebuilt is None:
        return "in the pack, but no longer made"
    if packed is None:
        return "made now, but not in the pack"
    before, now = (
        list(csv.reader(io.StringIO(each.decode("utf-8-sig", "replace")))) for each in (packed, rebuilt)
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
    return f"{words}; the first is row {row}, column '{column}': '{old}' in the pack, '{new}' now"


def _plain(value: object) -> object:
    return None if value is None or pd.isna(value) else str(value)


def _as_plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else str(value)
