"""Commands for any place: what is in a folder of official files, make a project from them, and download them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetmap.cli.common import AsJson, print_json, say, say_apart, show_progress
from assetmap.errors import typed

if TYPE_CHECKING:
    from assetmap.place.make import MadeProject
    from assetmap.place.official import Report

AREA = (
    "Council, county, combined authority, region, ward or parish (name or code), postcode or polygon file. Join several "
    'with " + ".'
)


def inputs(
    folder: Annotated[Path, typer.Argument(help="Folder of official files and lists.")],
    area: Annotated[
        str | None, typer.Option(help=f"The place, to see whether roads and timetables cover it. {AREA}")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what each file in a folder is, and what each step of a build still needs."""
    from assetmap.place.looked import inspect_place
    from assetmap.read.steps import OPTIONAL

    report = inspect_place(folder, area=area)
    if as_json:
        tables = {"files": report.files, "steps": report.steps}
        print_json({name: json.loads(table.to_json(orient="records")) for name, table in tables.items()})
        return
    for row in report.files.to_dict("records"):
        counted = f"{row['rows']:,} rows" if row["rows"] == row["rows"] and row["rows"] is not None else ""
        what = ", ".join(str(text) for text in (row["title"], row["vintage"], counted) if text)
        use = f" (for {row['use']})" if row["use"] else " (not needed)"
        use = f"; {row['covers']}{use}" if row["covers"] else use
        say(f"{row['state']:8}  {row['file']}: {what + use if row['state'] == 'ready' else row['reason']}")
    say("")
    for row in report.steps.to_dict("records"):
        state = "ready" if row["ready"] else "optional" if row["step"] in OPTIONAL else "missing"
        say(f"{state:8}  {row['step']}: {row['files'] if row['ready'] else row['missing']}")
    lacking = list(report.lacking["step"])
    say_apart(
        f"Files are missing for: {', '.join(lacking)}."
        if lacking
        else "Everything that a project needs is there."
    )


def project(
    folder: Annotated[Path, typer.Argument(help="Folder for the project.")],
    area: Annotated[str | None, typer.Option(help=AREA)] = None,
    inputs: Annotated[
        Path | None, typer.Option(help="Folder of official files (default: FOLDER/inputs).")
    ] = None,
    limit_m: Annotated[
        float | None, typer.Option(help="How far people travel, in metres (default: 5000).", min=1)
    ] = None,
) -> None:
    """Make a project for any area from official files, or update it with newer files. It needs no network.

    An update keeps what you changed in assetmap.toml and in the files.
    """
    from assetmap.place.make import make_project

    with show_progress() as progress:
        made = make_project(folder, area=area, inputs=inputs, limit_m=limit_m, progress=progress)
    _print_made(made)


def fetch(
    area: Annotated[
        str, typer.Option(help="Council, county, combined authority or region (name or code), or a postcode.")
    ],
    output: Annotated[Path, typer.Option(help="Folder for the project; files go into its inputs folder.")],
    choose: Annotated[
        str | None, typer.Option(help="Part of it: a ward, a parish, codes or a polygon file.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SOURCE", help="Download only this and make no project. You can repeat this option."
        ),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SOURCE", help="Download this as well (docs/fetch.md). You can repeat this option."
        ),
    ] = None,
    sources: Annotated[Path | None, typer.Option(help="Your own table of download addresses.")] = None,
    limit_m: Annotated[
        float, typer.Option(help="How far beyond the border to look, in metres.", min=0)
    ] = 5000.0,
    offline: Annotated[bool, typer.Option("--offline", help="Use only earlier downloads.")] = False,
) -> None:
    """Download the official files for a place and make a project from them, or update it."""
    from assetmap.place.official import fetch_project

    with _show_downloads() as report:
        fetched, made = fetch_project(
            area,
            output,
            choose=choose,
            only=tuple(only or ()),
            also=tuple(also or ()),
            sources=sources,
            limit_m=limit_m,
            offline=offline,
            report=report,
        )
    for message in fetched.problems.values():
        say(f"Not downloaded: {message}", err=True)
    for source, file in fetched.files.items():
        say(f"Downloaded {source}: {file}", err=True)
    if made is not None:
        _print_made(made)


def _print_made(made: MadeProject) -> None:
    say(f"{made.area_name}: {made.areas} small areas, found {made.how}.")
    for note in made.notes:
        say(f"Note: {note}")
    done = "Updated" if made.updated else "Created"
    say(f"{done} {made.config}. Now run: assetmap build {typed(made.config.parent)}", err=True)


@contextmanager
def _show_downloads() -> Iterator[Report]:
    """Show a progress bar for each source on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:

        def report(name: str, done: int, whole: int | None) -> None:
            if name not in bars:
                bars[name] = shown.add_task(name, total=whole)
            shown.update(bars[name], completed=done, total=whole)

        yield report
