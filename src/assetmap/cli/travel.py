"""The command about travel times: ``travel``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress

if TYPE_CHECKING:
    import pandas as pd

    from assetmap.schema import Results

CODES = ("WEEK", "BUS_", "ROADS_", "TIMETABLE_", "HOURS_", "FERRY_", "TRAVEL_")
"""Notes of a build that are about travel times begin with one of these."""

BUS = ("bus_trips", "bus_people", "bus_deserts", "bus_openings")
"""Tables about buses, written if there is a timetable."""

CARLESS = "households without a car"

COLUMNS = (
    *(
        "area_name",
        "population",
        "households",
        "households_no_car",
        "distance_m",
        "nearest_name",
        "overland_m",
    ),
    *(
        f"{mode}_{column}"
        for mode in ("walk", "drive", "bus")
        for column in ("minutes", "minutes_low", "minutes_high", "name")
    ),
    *("bus_days", "bus_return_minutes", "bus_longest_stay", "bus_choices", "bus_last_back", "bus_site_name"),
    "people_without_bus",
)


def travel(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="Folder to write travel.csv and the tables of bus trips to.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many areas to list.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """Show travel times on foot, by car and by bus, and who can get there and back by bus while it is open."""
    from assetmap.project.build import measure_project
    from assetmap.project.folder import open_project
    from assetmap.project.output import write_whole
    from assetmap.schema import InputError
    from assetmap.show.tables import write_csv

    project = open_project(folder)
    if project.settings.roads is None and project.settings.timetable is None:
        raise InputError(
            f"The project in '{folder}' has no roads and no timetable. Name them in tables [roads] and [timetable] of "
            "assetmap.toml; docs/travel.md says where to get them."
        )
    with show_progress() as progress:
        results = measure_project(project, sensitivity=False, progress=progress)
    table = results.areas[[name for name in COLUMNS if name in results.areas]]
    if output is not None:
        tables = {"travel": table} | {name: results.details[name] for name in BUS if name in results.details}

        def write(folder: Path) -> None:
            for name, each in tables.items():
                write_csv(each, folder / f"{name}.csv")

        write_whole(output, write, owned=[f"{name}.csv" for name in BUS])
    if as_json:
        print_json(_record(results, table))
        return
    for line in _lines(results, table, top):
        say(line)


def _notes(results: Results) -> list[str]:
    return [note.sentence for note in results.notes if note.code.startswith(CODES)]


def _record(results: Results, table: pd.DataFrame) -> dict[str, object]:
    tables = {
        name: results.details[name]
        for name in ("bus_people", "bus_deserts", "bus_openings")
        if name in results.details
    }
    return {
        "notes": _notes(results),
        "areas": json.loads(table.reset_index().to_json(orient="records", force_ascii=False)),
        **{
            name: json.loads(each.reset_index().to_json(orient="records", force_ascii=False))
            for name, each in tables.items()
        },
    }


def _lines(results: Results, table: pd.DataFrame, top: int) -> list[str]:
    from assetmap.show.report.travel import NO_OPENING, opening_words

    lines = _notes(results)
    people = results.details.get("bus_people")
    if people is not None:
        without = people.loc["everyone"]
        lines += [
            "",
            f"About {without['without']:,.0f} of {without['people']:,.0f} people ({without['share']:.0%}) have no way there and "
            "back by bus or on foot while it is open, on any day of the week.",
        ]
        if CARLESS in people.index:
            some = people.loc[CARLESS]
            lines.append(
                f"Of {some['people']:,.0f} households without a car, about {some['without']:,.0f} ({some['share']:.0%}) have no way, if "
                "those of an area live like everybody else there."
            )
        worst = table[table["people_without_bus"] > 0].sort_values("people_without_bus", ascending=False)
        lines += [
            f"  {row['area_name']}: about {row['people_without_bus']:,.0f} people"
            for _, row in worst.head(top).iterrows()
        ]
    openings = results.details.get("bus_openings")
    if openings is not None:
        first = openings.iloc[0]
        name = results.assets.at[openings.index[0], "name"]
        lines.append(
            f"The one change that helps most: {name} open on {first['day']} from {first['opens']} to {first['closes']}: "
            f"{opening_words(first)}."
        )
    elif people is not None:
        lines.append(f"Which opening would help most? {NO_OPENING}")
    longest = [name for name in ("walk_minutes", "drive_minutes", "bus_minutes") if name in table]
    for name in longest:
        known = table[name].dropna()
        lines.append(
            f"{name.removesuffix('_minutes').capitalize()}: half of the areas are within {known.median():.0f} minutes, the "
            f"furthest {known.max():.0f}; {int(table[name].isna().sum())} of {len(table)} areas have no time."
        )
    return lines
