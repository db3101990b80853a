"""The input files of a project, each with its checksum: hashed before they are read, and compared when the work is done."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from assetmap.errors import InputError
from assetmap.project.settings import named_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from assetmap.project.folder import Project

ANSWERS_NAME: Final = "site_answers.csv"
"""Answers about sites in a project's folder; a build does not read them, a review does."""

RISKS_NAME: Final = "option_risks.csv"
"""The risk and time register of the options, filled in by the planner."""

_BESIDE: Final = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal",),
}
"""Files beside a map file that are read with it."""


def hash_inputs(project: Project) -> dict[str, str]:
    """Return the SHA-256 of every input file of a project.

    Parameters
    ----------
    project
        From `open_project`.

    Returns
    -------
    dict
        Path in the project's folder -> checksum: every file that the settings name (lookups too), the files that belong
        to a shapefile or another map file, and ``site_answers.csv`` and ``option_risks.csv`` if they exist. In order of the paths.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    names = [name for _, name in named_files(project.settings.model_dump(mode="json"))]
    found = hash_files(project.folder, names)
    for name in (ANSWERS_NAME, RISKS_NAME):
        if (project.folder / name).is_file():
            found[name] = _sha256(project.folder / name)
    return dict(sorted(found.items()))


def hash_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files of a folder, and of those that belong to a map file."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for name in names
        for path in _with_companions(folder / name)
    }


def refuse_changed(project: Project, before: Mapping[str, str]) -> None:
    """Check that no input file has changed since it was hashed.

    Parameters
    ----------
    project
        From `open_project`.
    before
        From `hash_inputs`, before anything was read.

    Raises
    ------
    InputError
        If a file was changed, added or removed; all of them are named.
    """
    now = hash_inputs(project)
    changed = [f"'{name}'" for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if changed:
        raise InputError(
            f"{' and '.join(changed)} in '{project.folder}' changed while the command was running, so nothing was written. "
            "Run it again."
        )


def _with_companions(path: Path) -> list[Path]:
    beside = _BESIDE.get(path.suffix.lower(), ())
    if not beside:
        return [path]
    others = (each for each in path.parent.iterdir() if each.stem == path.stem and each != path)
    return [path, *sorted(each for each in others if each.suffix.lower() in beside)]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
