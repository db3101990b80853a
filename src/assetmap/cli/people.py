"""Commands for people who put others in touch with groups: a public directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress


def directory(
    folder: Folder,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write into (default: directory in the project folder).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a public directory of every open group and place: a page, Open Referral UK, GeoJSON and CSV."""
    from assetmap.project.folder import open_project
    from assetmap.project.people.directory import write_directory

    with show_progress() as progress:
        made, files = write_directory(open_project(folder), output, progress=progress)
    if as_json:
        notes = [note.sentence for note in made.notes]
        print_json({"entries": len(made.entries), "files": [str(file) for file in files], "notes": notes})
        return
    say(
        f"{len(made.entries):,} groups and places in {files[0].parent}: {', '.join(file.name for file in files)}."
    )
    for note in made.notes:
        say(note.sentence)
