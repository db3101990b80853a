"""Commands for a project as a whole: demo, new, build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, say_apart, show_progress
from assetmap.errors import typed

if TYPE_CHECKING:
    from assetmap.project.folder import Example


def demo(
    output: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("assetmap-demo"),
    full: Annotated[
        bool,
        typer.Option("--full", help="Also test how robust each gap is (takes a few seconds longer)."),
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the map in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build the example map of Cornwall. It needs no network."""
    from assetmap.project.build import build
    from assetmap.project.folder import example_project

    with show_progress() as progress:
        build(example_project(sensitivity=full), output, progress=progress)
    _print_summary(output, as_json=as_json)
    if show:
        typer.launch(str((output / "map.html").resolve()))


def new(
    folder: Annotated[Path, typer.Argument(help="Name of the new folder.")],
    example: Annotated[
        str, typer.Option(help="cornwall, or town: the made-up town of Quillford.")
    ] = "cornwall",
) -> None:
    """Copy an example into a new folder, with a commented assetmap.toml, ready to change."""
    from assetmap.project.folder import new_project

    config = new_project(folder, example=cast("Example", example))
    say(f"Created {config}, which you can edit.", err=True)
    say(f"Add a list of your own: assetmap update {typed(folder)} LIST --add", err=True)
    say(f"Build the map: assetmap build {typed(folder)} --open", err=True)


def build(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="Folder for the results (default: FOLDER/build).")
    ] = None,
    areas: Annotated[
        Path | None,
        typer.Option(help="Build many places: a CSV with a column area or folder."),
    ] = None,
    inputs: Annotated[Path | None, typer.Option(help="With --areas: folder of official files.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="With --areas: Dask scheduler, tcp://host:8786.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the map in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build the map, the report and the tables of a project."""
    if areas is not None:
        _build_many(areas, output or Path("built"), inputs, scheduler, as_json=as_json)
        return
    from assetmap.project.build import build as build_project
    from assetmap.project.folder import open_project

    project = open_project(folder)
    target = output or project.folder / "build"
    with show_progress() as progress:
        build_project(project, target, progress=progress)
    _print_summary(target, as_json=as_json)
    if show:
        typer.launch(str((target / "map.html").resolve()))


def _build_many(
    areas: Path, output: Path, inputs: Path | None, scheduler: str | None, *, as_json: bool
) -> None:
    from assetmap.place.many import build_many

    with show_progress() as progress:
        places = build_many(areas, output, inputs=inputs, scheduler=scheduler, progress=progress)
    if as_json:
        print_json(json.loads(places.reset_index().to_json(orient="records")))
    else:
        for place, row in places.iterrows():
            for line in f"{row['outcome']:7} {place} {row['message']}".split("\n"):
                say(line)
    if (places["outcome"] != "built").any():
        raise typer.Exit(1)


def _print_summary(output: Path, *, as_json: bool) -> None:
    """Print the figures that the build has written."""
    from assetmap.project.build import RUN_NAME

    summary = json.loads((output / RUN_NAME).read_text(encoding="utf-8"))["results"]
    if as_json:
        print_json(summary)
        return
    for line in _summary_lines(summary):
        say(line)
    say_apart(f"Open {output / 'map.html'} (the map) or {output / 'report.html'} (the report).")


def _summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    from assetmap.show.words import counted, estimated, people, step_of

    groups, rows = summary["unregistered_groups"], summary["rows"]
    step = step_of(groups["estimate"])
    middle, low, high = (estimated(groups[name], step=step) for name in ("estimate", "low", "high"))
    yield f"{summary['area_name']}: {people(summary['population'])} in {counted(summary['areas'], 'small area')}."
    if summary["areas_without_population"]:
        count = summary["areas_without_population"]
        yield f"The population of {count} area{'' if count == 1 else 's'} is not known, and no number here counts it."
    converted = {kind: count for kind, count in summary["areas_converted"].items() if kind != "unchanged"}
    brought = [how for how in ("by postcodes", "by land") if how in converted]
    if brought:
        yield f"Population and need were converted to these areas {brought[0]}."
    elif converted:
        words = ", ".join(f"{count} {kind}" for kind, count in converted.items())
        yield f"Need was converted to these areas with the official lookup; areas converted: {words}."
    if summary["areas_without_need"]:
        count = summary["areas_without_need"]
        yield f"Need is not known for {count} area{'' if count == 1 else 's'}."
    yield "Rows in your lists: " + ", ".join(f"{count} {outcome}" for outcome, count in rows.items()) + "."
    for asset_type, count in summary["open_of_type"].items():
        beyond = summary.get("open_beyond_border")
        more = f" within the border, and {beyond} beyond it that count for distances" if beyond else ""
        yield f"Open assets of type {asset_type}: {count}{more}."
    yield (
        f"Unregistered groups (an estimate): about {middle}, likely between {low} and {high} ({groups['level']:.0%} interval; "
        f"{', '.join(groups['warnings'])}). It counts {groups['definition']}."
    )
    yield "Gaps between need and access, widest first:"
    for gap in summary["widest_gaps"][:5]:
        yield f"  {gap['rank']}. {gap['area_name']}: {gap['reason']}"
