"""Commands about social action: the conditions for it, area by area."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress


def conditions(
    folder: Folder = Path(),
    blank: Annotated[
        Path | None,
        typer.Option(help="Write the sheet of questions to fill in, one row for each area (CSV)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what people say about the conditions for social action in their areas, or write the sheet to fill in."""
    from assetmap.project.action.conditions import (
        describe_conditions,
        project_conditions,
        write_blank_conditions,
    )
    from assetmap.project.folder import open_project

    project = open_project(folder)
    if blank is not None:
        with show_progress() as progress:
            file = write_blank_conditions(project, blank, progress=progress)
        if as_json:
            print_json({"file": str(file)})
            return
        say(
            f"The sheet is in {file}: one row for each area. Give each row that you fill in a date and say who answered."
        )
        say(
            "Then name the file in assetmap.toml, in a table [conditions] with file, title, date and licence."
        )
        return
    with show_progress() as progress:
        found = project_conditions(project, progress=progress)
    if as_json:
        rows = [] if found is None else json.loads(found.answers.to_json(orient="records", force_ascii=False))
        print_json(
            {"answers": rows, "notes": [] if found is None else [note.sentence for note in found.notes]}
        )
        return
    for line in describe_conditions(found):
        say(line)
