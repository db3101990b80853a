"""What ``assetmap project`` wrote, so that a later run can tell what a person changed and keep it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from assetmap.fetch.store import checksum
from assetmap.schema import InputError

MADE_NAME: Final = "made.json"


@dataclass(frozen=True)
class Made:
    """A project as it was made.

    Its place, the sections of its settings, the checksum of each file, and the way from its folder to its inputs.
    """

    area: str
    area_name: str
    limit_m: float
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    inputs: str = ""


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


def write_made(folder: Path, made: Made, *, files: dict[str, str]) -> None:
    """Write the record of a project with the checksums of some files."""
    whole = asdict(made) | {"files": {**made.files, **files}}
    (folder / MADE_NAME).write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def keep_changed(new: Path, folder: Path, before: Made | None, made: Made, notes: list[str]) -> None:
    """Prepare the new files of a project to be moved in: those that a person changed there are kept.

    Parameters
    ----------
    new
        Folder with the new files, ``assetmap.toml`` among them. A file that the project has already is removed from it;
        one that would replace a changed file gets another name; the record is added.
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
            path.unlink()
        elif path.suffix != ".toml" and there is not None and there != old.get(path.name):
            kept = f"{path.stem.split('.')[0]}.new{''.join(path.suffixes)}"
            notes.append(
                f"'{path.name}' was changed by hand and was kept. The new version is '{kept}'; use it or delete it."
            )
            files[path.name] = old.get(path.name, now)
            path.rename(new / kept)
        elif path.suffix != ".toml":
            changed.append(path.name)
    write_made(new, made, files={**old, **files})
    if before is not None:
        notes.append(f"Updated: {', '.join(changed)}." if changed else "All files were up to date already.")
