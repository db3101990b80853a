"""Open the store of a project: one SQLite file that one process or many may write, and that a crash cannot damage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetmap.project.store.records import FolderKind

STORE_NAME: Final = "assetmap.db"


@dataclass(frozen=True)
class Store:
    """An open store, and the person who works with it.

    folder : of the project.
    user : written beside every change.
    kind : where the folder lies.
    read_only : whether nothing can be saved (the folder or the file cannot be written).
    notes : sentences that the user must read: where the folder lies, lists of ``assetmap.toml`` that were imported or
        that changed since.
    """

    folder: Path
    user: str
    kind: FolderKind
    read_only: bool
    notes: tuple[str, ...]

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give up the folder, where it was held."""
        raise NotImplementedError


def has_store(folder: str | Path) -> bool:
    """Say whether a project folder has a store."""
    return (Path(folder) / STORE_NAME).is_file()


def open_store(folder: str | Path, *, user: str | None = None) -> Store:
    """Open the store of a project, or make it.

    Parameters
    ----------
    folder
        Folder of the project. It need not have an ``assetmap.toml`` yet: rows are then judged without postcodes, places and
        areas. A new store imports the lists and the ``review`` of ``assetmap.toml``, if it names any.
    user
        Who works with it; the name of the computer's user where not given.

    Returns
    -------
    Store
        To be closed, or used in ``with``. Several threads may use it.

    Raises
    ------
    InputError
        If the folder is on a network or synced drive and another process has the store open (the message names who); if the
        file is damaged or of a later version; if the folder cannot be written and has no store.
    """
    raise NotImplementedError


def as_user(store: Store, user: str) -> Store:
    """Return the same open store for another person; both share one connection and one judgement."""
    raise NotImplementedError
