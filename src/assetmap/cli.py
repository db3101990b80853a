"""Words to calls: each command reads, calls one library function, and prints.

Results go to stdout or into ``--output``, messages to stderr. Heavy modules are imported inside the commands,
so that ``assetmap --help`` starts at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assetmap.project import Progress
    from assetmap.schema import Results

app = typer.Typer(
    name="assetmap",
    help="See what communities have, estimate what no register shows, and find where need is high and reach is low.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(help="Folder with an assetmap.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]


def main() -> None:
    """Run the command line; an expected error is one message on stderr and exit code 2."""
    from assetmap.schema import AssetmapError

    try:
        app()
    except AssetmapError as error:
        typer.echo(f"assetmap: {error}", err=True)
        sys.exit(2)


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the build.")] = Path("assetmap-demo"),
    show: Annotated[bool, typer.Option("--open", help="Open the map in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build the example map of Cornwall; no network is needed."""
    from assetmap.project import build, example_project

    with _progress() as progress:
        results = build(example_project(), output, progress=progress)
    _print_summary(results, output, as_json=as_json)
    if show:
        typer.launch(str((output / "map.html").resolve()))


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Folder to make.")]) -> None:
    """Make a project to start from: the Cornwall example, with a commented assetmap.toml."""
    from assetmap.project import new_project

    config = new_project(folder)
    typer.echo(f"Made {config}. Change it, then: assetmap build {folder}", err=True)


@app.command()
def build(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="Folder for the build; FOLDER/build when not given.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the map in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build map, report and tables of a project."""
    from assetmap.project import build as build_project
    from assetmap.project import open_project

    project = open_project(folder)
    target = output or project.folder / "build"
    with _progress() as progress:
        results = build_project(project, target, progress=progress)
    _print_summary(results, target, as_json=as_json)
    if show:
        typer.launch(str((target / "map.html").resolve()))


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show the step at work on stderr."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Starting") as status:

        def say(step: str) -> None:
            status.update(step)
            if not console.is_terminal:
                console.print(step, highlight=False)

        yield say


def _print_summary(results: Results, output: Path, *, as_json: bool) -> None:
    from assetmap.project import summarise

    summary = summarise(results)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for line in _summary_lines(summary):
        typer.echo(line)
    typer.echo(f"\nOpen {output / 'map.html'} (the map) or {output / 'report.html'} (the report).")


def _summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    groups, rows = summary["unregistered_groups"], summary["rows"]
    yield f"{summary['area_name']}: {summary['population']:,} people in {summary['areas']} small areas."
    converted = {kind: count for kind, count in summary["areas_converted"].items() if kind != "unchanged"}
    if converted:
        words = ", ".join(f"{count} {kind}" for kind, count in converted.items())
        yield f"Need was brought onto these areas by the official lookup; areas converted: {words}."
    if summary["areas_without_need"]:
        yield f"Need is not known for {summary['areas_without_need']} areas."
    yield "Rows of the lists: " + ", ".join(f"{count} {outcome}" for outcome, count in rows.items()) + "."
    for asset_type, count in summary["open_of_type"].items():
        yield f"Open assets of type {asset_type}: {count}."
    yield (
        f"Unregistered groups, estimated: about {groups['estimate']:,}, plausibly {groups['low']:,} to "
        f"{groups['high']:,} ({groups['level']:.0%} interval; {', '.join(groups['warnings'])})."
    )
    yield "Widest gaps:"
    for gap in summary["widest_gaps"][:5]:
        yield f"  {gap['rank']}. {gap['area_name']}: {gap['reason']}"
