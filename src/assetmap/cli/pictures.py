"""The commands for paper: one layer of the map as a picture, the report or the review in Word."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import Folder, say, show_progress


def map_(
    folder: Folder = Path(),
    layer: Annotated[str, typer.Option(help="What to draw: gaps, need, distance ... or a column.")] = "gaps",
    kind: Annotated[str, typer.Option("--format", help="png, svg or pdf, if you give no --output.")] = "png",
    size: Annotated[str, typer.Option(help="Paper size: a5, a4, a3 or a2.")] = "a4",
    output: Annotated[Path | None, typer.Option(help="File to write; its ending sets the format.")] = None,
) -> None:
    """Draw one layer of the map for paper, without a browser."""
    from assetmap.project.folder import open_project
    from assetmap.project.inputs import project_files
    from assetmap.project.measuring import measure_project
    from assetmap.project.output import write_file
    from assetmap.show.pictures.draw import write_picture

    project = open_project(folder)
    with show_progress() as progress:
        results = measure_project(project, progress=progress)
    path = output or Path(f"map-{layer}.{kind}")
    keep = project_files(project)
    say(write_file(path, lambda file: write_picture(results, layer, file, size=size), keep=keep))


def paper(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="File to write, .docx. Default: FOLDER/paper.docx.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="report: need, access and gaps. review: options and sites.")
    ] = "report",
    template: Annotated[
        Path | None, typer.Option(help="Your own .docx or .dotx: its styles, header and footer are used.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="Option of assetmap.toml, for a review. You can repeat this option."),
    ] = None,
) -> None:
    """Write the report or the review as a paper in Word, with the numbers of the page."""
    from assetmap.project.folder import open_project
    from assetmap.project.paper import write_paper

    project = open_project(folder)
    with show_progress() as progress:
        written, notes = write_paper(
            project, output, kind=kind, template=template, options=option or (), progress=progress
        )
    for note in notes:
        say(note.sentence, err=True)
    say(written)
