"""Where a folder lies: on this computer, on a network drive, or in a folder that a program copies to other computers."""

from __future__ import annotations

from pathlib import Path

from assetmap.project.store.records import FolderKind


def folder_kind(folder: str | Path) -> FolderKind:
    """Say where a folder lies."""
    raise NotImplementedError


def copy_project(folder: str | Path, target: str | Path) -> Path:
    """Copy a project with its store to another folder, for instance from a network drive to this computer.

    Raises
    ------
    InputError
        If the target has files in it.
    """
    raise NotImplementedError
