"""What the commands share: options, progress on stderr, JSON on stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assetmap.project.folder import Progress

Folder = Annotated[Path, typer.Argument(help="Project folder (with an assetmap.toml).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show the current step on stderr."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Starting") as status:

        def say(step: str) -> None:
            status.update(step)
            if not console.is_terminal:
                console.print(step, highlight=False)

        yield say


def print_json(record: Any) -> None:
    """Print a record as JSON; an unknown number is null."""
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False, default=str))
