"""The command about travel times: ``travel``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress

if TYPE_CHECKING:
    from assetmap.schema import Results


def travel(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="Folder to write travel.csv and the tables of bus trips to.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many areas to list.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """Show travel times on foot, by car and by bus, and who can get there and back by bus while it is open."""
    from assetmap.project.folder import open_project
    from assetmap.project.inputs import project_files
    from assetmap.project.measuring import measure_project
    from assetmap.project.output import write_whole
    from assetmap.schema import InputError
    from assetmap.show.report.travel import TABLES, travel_lines, travel_notes, travel_table
    from assetmap.show.tables import write_csv

    project = open_project(folder)
    if project.settings.roads is None and project.settings.timetable is None:
        raise InputError(
            f"The project in '{folder}' has no roads and no timetable. Name them in tables [roads] and [timetable] of "
            "assetmap.toml, or run: assetmap update FOLDER FILE. docs/travel.md says where to get them."
        )
    with show_progress() as progress:
        results = measure_project(project, sensitivity=False, progress=progress)
    if output is not None:
        tables = {"travel": travel_table(results)} | {
            name: results.details[name] for name in TABLES if name in results.details
        }

        def write(folder: Path) -> None:
            for name, each in tables.items():
                write_csv(each, folder / f"{name}.csv")

        owned = [f"{name}.csv" for name in TABLES]
        write_whole(output, write, owned=owned, keep=project_files(project))
    if as_json:
        print_json(_record(results))
        return
    for line in (*travel_notes(results), "", *travel_lines(results, top=top)):
        say(line)


def _record(results: Results) -> dict[str, object]:
    from assetmap.show.report.travel import travel_notes, travel_table

    tables = {"areas": travel_table(results)} | {
        name: results.details[name]
        for name in ("bus_people", "bus_deserts", "bus_openings")
        if name in results.details
    }
    return {
        "notes": travel_notes(results),
        **{
            name: json.loads(each.reset_index().to_json(orient="records", force_ascii=False))
            for name, each in tables.items()
        },
    }
