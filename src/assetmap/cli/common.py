"""What the commands share: options, progress on stderr, JSON on stdout."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cells import json_printable, printable

if TYPE_CHECKING:
    from assetmap.project.folder import Progress

Folder = Annotated[Path, typer.Argument(help="Project folder (with an assetmap.toml).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show the current step on stderr: in one line that changes on a terminal, else in a line for each."""
    if not sys.stderr.isatty():
        yield lambda step: say(step, err=True)
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("Starting") as status:
        yield lambda step: status.update(escape(printable(step)))


def say(words: object, *, err: bool = False) -> None:
    """Print one line. A name from a list may hold control characters; a terminal is shown them and obeys none."""
    if err:
        with contextlib.suppress(OSError):  # what a command says on the way must not end it
            typer.echo(printable(str(words)), err=True)
        return
    typer.echo(printable(str(words)))


def say_apart(words: object) -> None:
    """Print an empty line and then one line."""
    say("")
    say(words)


def print_json(record: Any) -> None:
    """Print a record as JSON; an unknown number is null. Control characters are JSON escapes."""
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    typer.echo(json_printable(text))
