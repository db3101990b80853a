"""Commands for the store of a project: export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import Folder, say


def export(
    project: Folder,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write (default: export, in the project folder).")
    ] = None,
) -> None:
    """Write the store of a project as plain files: lists with their edits, decisions, history, files as imported."""
    from assetmap.project.store import export_store

    where = output or project / "export"
    files = export_store(project, where)
    say(
        f"{len(files)} files in {where}. The lists as they are now are list-*.csv. To make a store of them again: assetmap import"
    )


def import_(
    project: Folder,
    files: Annotated[Path, typer.Argument(help="The folder that 'assetmap export' wrote.")],
) -> None:
    """Make the store of a project from exported files. The project must not have a store yet."""
    from assetmap.project.store import history, import_store, open_store

    path = import_store(project, files)
    with open_store(project) as store:
        found = history(store, limit=1)
        for note in store.notes:
            say(note, err=True)
    say(f"{path} has every list and decision, and {found.total:,} changes of the history.")
