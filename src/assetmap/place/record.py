"""What ``assetmap project`` wrote, so that a later run can tell what a person changed and keep it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from assetmap.fetch.store import checksum
from assetmap.schema import InputError

MADE_NAME: Final = "made.json"


@dataclass(frozen=True)
class Made:
    """A project as it was made: its place, the sections of its settings, and the checksum of each file."""

    area: str
    area_name: str
    limit_m: float
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_made(folder: Path) -> Made | None:
    """Return the record of a project, or None if it has none.

    Raises
    ------
    InputError
        If the record is damaged.
    """
    path = folder / MADE_NAME
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        made = Made(**raw)
        right = all(isinstance(each, dict) for each in (made.sections, made.files))
    except (ValueError, TypeError, RecursionError):
        right = False
    if not right:
        raise InputError(f"'{path}' is damaged. Move the project away and make it again.")
    return made


@contextmanager
def new_files(folder: Path) -> Iterator[Path]:
    """Give a folder to write new files into; if anything fails, the project stays as it was.

    The folder is inside the project, so that moving a file out of it is one step for the system.
    """
    existed = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".assetmap-", dir=folder) as name:
            yield Path(name)
    finally:
        if not existed and not any(folder.iterdir()):
            folder.rmdir()


def move_in(new: Path, folder: Path, before: Made | None, made: Made, notes: list[str]) -> None:
    """Move new files into a project, keep those that a person changed, and write the record.

    Parameters
    ----------
    new
        Folder with the new files, ``assetmap.toml`` among them.
    folder
        The project.
    before
        Its record, or None if the project is new.
    made
        The new record, without the checksums of files.
    notes
        Sentences are added: which files changed, and which were kept.
    """
    old = before.files if before is not None else {}
    files: dict[str, str] = {}
    changed = []
    for path in sorted(new.iterdir(), key=lambda each: each.suffix == ".toml"):
        target, now = folder / path.name, checksum(path)
        there = checksum(target) if target.is_file() else None
        files[path.name] = now
        if there == now:
            continue
        if path.suffix != ".toml" and there is not None and there != old.get(path.name):
            target = target.with_name(f"{path.stem.split('.')[0]}.new{''.join(path.suffixes)}")
            notes.append(
                f"'{path.name}' was changed by hand and was kept. The new version is '{target.name}'; use it or delete it."
            )
            files[path.name] = old.get(path.name, now)
        elif path.suffix != ".toml":
            changed.append(path.name)
        path.replace(target)
    record = folder / f".{MADE_NAME}.part"
    whole = asdict(made) | {"files": {**old, **files}}
    record.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    record.replace(folder / MADE_NAME)
    if before is not None:
        notes.append(f"Updated: {', '.join(changed)}." if changed else "All files were up to date already.")
