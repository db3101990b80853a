"""The command that draws one layer of the map for paper."""

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
    from assetmap.project.build import measure_project
    from assetmap.project.folder import open_project
    from assetmap.project.output import write_file
    from assetmap.show.pictures.draw import write_picture

    project = open_project(folder)
    with show_progress() as progress:
        results = measure_project(project, progress=progress)
    path = output or Path(f"map-{layer}.{kind}")
    say(write_file(path, lambda file: write_picture(results, layer, file, size=size)))
