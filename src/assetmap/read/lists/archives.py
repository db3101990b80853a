"""The files of a zip that may be lists: unpacked by the child process, each then read as if it had been given alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from assetmap.errors import InputError
from assetmap.read.drivers import ALWAYS_MAPS
from assetmap.read.files import members_of, open_member
from assetmap.read.lists.json_text import RECORDS
from assetmap.read.rows import SPREADSHEETS
from assetmap.read.texts.long import ROWS_OF_SMALL_FILE, refuse_too_many_rows
from assetmap.read.worker import ask

TEXTS: Final = (".csv", ".tsv", ".txt", ".tab", *RECORDS, ".kmz")
BESIDE: Final = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id", ".ind", ".mid")
"""Endings of files that belong to a map file beside them."""

SPEAKS_OF: Final = ("readme", "read me", "licence", "license", "metadata", "notes", "__macosx")
"""Beginnings of names of files that speak about lists."""

MOST_FILES: Final = 200
"""More files in a zip are the parts of a national product, and no lists."""


@contextmanager
def unpacked_lists(path: Path) -> Iterator[tuple[list[Path], list[str]]]:
    """Give the files of a zip that may be lists, unpacked into a folder that goes afterwards, and the names of the others.

    Raises
    ------
    InputError
        If the zip cannot be unpacked safely, or holds no such file.
    """
    answer = ask("unpack", path)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, content in zip(answer.value["names"], answer.parts, strict=True):
            file = Path(folder) / PurePosixPath(name).name
            # Files of one name in two folders of the zip: the second gets the name of its folder too, which may be taken as well.
            taken = 1
            while file.exists():
                file = Path(folder) / f"{f'{taken}_' if taken > 1 else ''}{name.replace('/', '_')}"
                taken += 1
            file.write_bytes(content)
            if file.suffix.lower() not in BESIDE:
                files.append(file)
        yield files, answer.value["others"]


def speaks_about(name: str) -> bool:
    """Say whether a file of a zip is a note on the lists, or one that a system adds, by its name."""
    return any(part.casefold().startswith((*SPEAKS_OF, ".")) for part in PurePosixPath(name).parts)


def files_in(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the content of the files that may be lists, and the names of the others; this runs in the child process."""
    members = members_of(path)
    if len(members) > MOST_FILES:
        raise InputError(
            f"'{path}' holds {len(members):,} files, more than the {MOST_FILES} that are looked at as lists. Unpack it and give the file itself."
        )
    endings = (*TEXTS, *SPREADSHEETS, *(ending for ending in ALWAYS_MAPS if "parquet" not in ending))
    stems = {
        PurePosixPath(m.filename).with_suffix("") for m in members if m.filename.lower().endswith(endings)
    }
    found: dict[str, bytes] = {}
    others = []
    for member in members:
        name = PurePosixPath(member.filename)
        belongs = name.suffix.lower() in BESIDE and name.with_suffix("") in stems
        if not (belongs or name.suffix.lower() in endings) or speaks_about(member.filename):
            others.append(member.filename)
            continue
        with open_member(path, member) as stream:
            content = stream.read()
        if name.suffix.lower() in TEXTS:
            lines = content.count(b"\n") + content.count(b"\r")
            if lines > ROWS_OF_SMALL_FILE:
                full = sum(1 for line in content.splitlines() if line.strip(b' ,;\t|"'))
                refuse_too_many_rows(path, full, size=member.compress_size, packed=True)
        found[member.filename] = content
    if not any(PurePosixPath(name).suffix.lower() not in BESIDE for name in found):
        raise InputError(
            f"'{path}' holds no file that may be a list, only {', '.join(others[:5]) or 'nothing'}. Unpack it and give the file itself."
        )
    return found, others
