"""The input files of a project, each with its checksum: hashed before they are read, and compared when the work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetmap.errors import InputError
from assetmap.project.checksums import checksum, hash_files
from assetmap.project.known import project_lists
from assetmap.project.settings.reading import CONFIG_NAME, named_files
from assetmap.project.store.folders import has_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assetmap.project.folder import Project

ANSWERS_NAME: Final = "site_answers.csv"
"""Answers about sites in a project's folder; a build does not read them, a review does."""

RISKS_NAME: Final = "option_risks.csv"
"""The risk and time register of the options, filled in by the planner."""

REVIEW: Final = ("project", "review")
"""The key of the settings whose file the store of a project replaces."""


def hash_inputs(project: Project) -> dict[str, str]:
    """Return the SHA-256 of every input file of a project.

    Parameters
    ----------
    project
        From `open_project`.

    Returns
    -------
    dict
        Path in the project's folder -> checksum: what is in the store of a project that has one (``assetmap.db/`` and the
        name of a list); every other file that the settings name (lookups too), the files that belong
        to a shapefile or another map file, and ``site_answers.csv`` and ``option_risks.csv`` if they exist. In order of the paths.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    found: dict[str, str] = {}
    named = named_files(project.settings.model_dump(mode="json"))
    if has_store(project.folder):
        found = dict(project_lists(project).digests)
        named = [(where, name) for where, name in named if name not in found and where != REVIEW]
    found |= hash_files(project.folder, [name for _, name in named])
    for name in (ANSWERS_NAME, RISKS_NAME):
        if (project.folder / name).is_file():
            found[name] = checksum(project.folder / name)
    return dict(sorted(found.items()))


def project_files(project: Project) -> list[Path]:
    """Return the files that a project is made of: its settings, every file that they name, and what a person filled in."""
    named = [name for _, name in named_files(project.settings.model_dump(mode="json"))]
    names = dict.fromkeys([CONFIG_NAME, *named, ANSWERS_NAME, RISKS_NAME])
    return [project.folder / name for name in names]


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
