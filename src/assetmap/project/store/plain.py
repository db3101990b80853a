"""The store as plain files, and back without loss."""

from __future__ import annotations

from pathlib import Path


def export_store(folder: str | Path, output: str | Path) -> list[Path]:
    """Write the store of a project as plain files.

    Parameters
    ----------
    folder
        Of the project.
    output
        Folder to write (`write_whole`): each list as it is now (``<list>.csv``), ``review.csv``, every file as it was
        imported, and each table of the store as ``<table>.jsonl`` with ``contents.json``, which `import_store` reads.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    raise NotImplementedError


def import_store(folder: str | Path, files: str | Path) -> Path:
    """Make the store of a project from what `export_store` wrote.

    Raises
    ------
    InputError
        If the project has a store already; if a file is missing or was changed since it was written.
    """
    raise NotImplementedError
