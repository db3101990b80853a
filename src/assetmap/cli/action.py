"""Commands about social action: its forms, the conditions for it, and whether money follows need."""

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


def grants(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Set the grants of a project beside need: where they work, where their recipients are, and who received them."""
    from assetmap.project.action.grants import describe_project_grants, project_grants
    from assetmap.project.folder import open_project

    with show_progress() as progress:
        found = project_grants(open_project(folder), progress=progress)
    if as_json:
        if found is None:
            print_json({"figures": None, "sentences": [], "by_need": [], "notes": []})
            return
        figures = {name: value if value == value else None for name, value in found.figures.items()}  # noqa: PLR0124
        by_need = json.loads(found.by_need.reset_index().to_json(orient="records"))
        notes = [note.sentence for note in found.notes]
        print_json(
            {"figures": figures, "sentences": list(found.sentences), "by_need": by_need, "notes": notes}
        )
        return
    for line in describe_project_grants(found):
        say(line)


def forms(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Count groups and places by form of social action, in the published order, and by who runs them."""
    from assetmap.project.action.forms import describe_project_forms, project_forms
    from assetmap.project.folder import open_project

    with show_progress() as progress:
        found = project_forms(open_project(folder), progress=progress)
    if as_json:
        print_json(json.loads(found.reset_index().to_json(orient="records", force_ascii=False)))
        return
    for line in describe_project_forms(found):
        say(line)
