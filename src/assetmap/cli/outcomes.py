"""Commands about what a council wants to achieve: priorities, prevention, and counts that groups give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress


def prevention(
    folder: Folder = Path(),
    top: Annotated[int, typer.Option(help="How many areas to list.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the areas with high need and little near that helps before a need is acute."""
    from assetmap.project.build import measure_project
    from assetmap.project.folder import open_project

    with show_progress() as progress:
        results = measure_project(open_project(folder), sensitivity=False, progress=progress)
    table = results.details.get("prevention")
    unknown = [note.sentence for note in results.notes if note.code == "PREVENTION_UNKNOWN"]
    if as_json:
        rows = (
            []
            if table is None
            else json.loads(table.reset_index().to_json(orient="records", force_ascii=False))
        )
        print_json({"areas": rows[:top], "count": len(rows), "notes": unknown})
        return
    for sentence in unknown:
        say(sentence)
    if table is None:
        if not unknown:
            say("No area has high need and little prevention near.")
        return
    say(
        f"{len(table)} of {len(results.areas)} areas have high need ({table['need_theme'].iloc[0]}) and little prevention near, "
        f"compared with the other areas here; {table['population'].sum():,.0f} people live there. No cause is claimed."
    )
    for area in table.head(top).itertuples():
        say(
            f"  {area.area_name}, {area.population:,.0f} people: need {area.acute_need:.2f}, {area.prevention_within:.0f} groups and "
            f"places near ({area.prevention_per_1000:.2f} per 1,000 people)"
        )
