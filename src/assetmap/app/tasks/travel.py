"""Travel times: roads and timetables taken into a project, and who can get there and back without a car."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import pandas as pd

import assetmap as am
from assetmap.app.tasks.answers import opened, picture_of, project_line, table
from assetmap.app.worker import Step
from assetmap.place import add_transport as add_to_project
from assetmap.show.report.travel import CARLESS, travel_lines, travel_notes

MOST_ROWS: Final = 50
MOST_OPENINGS: Final = 10
NO_USUAL_TIME: Final = "no usual time"
LAYERS: Final = {
    "bus_days": "days a week there and back by bus while it is open",
    "bus_minutes": "minutes by bus",
    "walk_minutes": "minutes on foot",
}


def add_transport(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Take roads and timetables into the project; the files that were sent are deleted."""
    paths = [Path(file) for file in words["files"]]
    said: list[str] = []
    try:
        for path in paths:
            step(f"Reading {path.name}")
            said += add_to_project(opened(words), path)[1]
    finally:
        shutil.rmtree(paths[0].parent, ignore_errors=True)
    return {"said": said}


def travel(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Say who can get there and back without a car, and how long it takes."""
    project = opened(words)
    results = am.measure_project(project, sensitivity=False, progress=step)
    columns = {
        "area_name": "Area",
        "people_without_bus": "People with no way there and back",
        "bus_days": "Days a week there and back",
        "bus_last_back": "Last way home",
        "bus_site_name": "Best for most people",
        "walk_minutes": "Minutes on foot",
        "drive_minutes": "Minutes by car",
        "bus_minutes": "Minutes by bus",
    }
    shown = _hardest_first(results.areas)
    caption = f"Where it is hardest without a car: {len(shown)} of {len(results.areas)} areas"
    tables = [table(shown, columns, caption=caption)]
    groups = results.details.get("bus_people")
    if groups is not None:
        people = groups.reset_index()
        people["group"] = people["group"].where(people["group"] != CARLESS, f"{CARLESS} (households)")
        people["without"] = people["without"].round()
        people["share"] = [f"{share:.0%}" for share in people["share"]]
        named = {"group": "Group", "people": "People", "without": "No way", "share": "Share"}
        tables.append(table(people, named, caption="Who has no way there and back on any day"))
    openings = results.details.get("bus_openings")
    if openings is not None:
        names = results.assets["name"]
        best = openings.assign(name=[names.get(asset, asset) for asset in openings.index]).head(MOST_OPENINGS)
        named = {"name": "Site", "day": "Open on", "opens": "From", "closes": "Until"}
        named |= {"extra_hours": "Hours more a week", "people": "People who would have a first way"}
        named |= {"people_one_day_more": "People who would have one day more"}
        tables.append(table(best, named, caption="Which opening would help most, one change at a time"))
    layer = next(name for name in ("bus_days", "bus_minutes", "walk_minutes") if name in results.areas)
    picture = picture_of(
        words, project, results.areas, layer, f"{project.settings.project.area_name}: {LAYERS[layer]}"
    )
    return {
        "sentences": [line for line in travel_lines(results) if not line.startswith(" ")],
        "tables": tables,
        "picture": picture,
        "notes": travel_notes(results),
        "python": (
            f"{project_line(project.folder)}\nresults = am.measure_project(project, sensitivity=False)\n"
            "results.areas[['walk_minutes', 'bus_minutes', 'bus_days', 'people_without_bus']]"
        ),
    }


def _hardest_first(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the areas by how hard it is there without a car, as the page shows them."""
    order = {"people_without_bus": False, "bus_days": True, "walk_minutes": False}
    known = [name for name in order if name in areas]
    shown = pd.DataFrame(areas.sort_values(known, ascending=[order[name] for name in known]).head(MOST_ROWS))
    for name in ("walk_minutes", "drive_minutes", "bus_minutes"):
        if name in shown:
            shown[name] = shown[name].round()
    if {"bus_days", "bus_minutes"} <= set(shown):
        # covered by the timetable, but most departures lead nowhere: that is not the same as not known
        none = shown["bus_minutes"].isna() & shown["bus_days"].notna()
        shown["bus_minutes"] = shown["bus_minutes"].astype(object).mask(none, NO_USUAL_TIME)
    return shown
