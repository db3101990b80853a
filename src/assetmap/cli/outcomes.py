"""Commands about what a council wants to achieve: priorities, prevention, and counts that groups give."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress


def priorities(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Show what serves each priority of a project, and how many people have nothing within reach."""
    from assetmap.project.folder import open_project
    from assetmap.project.measuring import measure_project
    from assetmap.show.report.priorities import not_known
    from assetmap.show.words import counted, people, stated_limit, whole

    with show_progress() as progress:
        results = measure_project(open_project(folder), sensitivity=False, progress=progress)
    table, one_by_one = results.details.get("priorities"), results.details.get("priority_outcomes")
    notes = [note.sentence for note in results.notes if note.code == "OUTCOMES_NOT_UNDERSTOOD"]
    if as_json:
        rows, outcomes = (
            []
            if each is None
            else json.loads(each.reset_index().to_json(orient="records", force_ascii=False))
            for each in (table, one_by_one)
        )
        unknown = [] if table is None else not_known(table)
        print_json({"priorities": rows, "outcomes": outcomes, "notes": [*notes, *unknown]})
        return
    if table is None or one_by_one is None:
        say(
            "Not known: the project names no priorities. Add a table [outcomes] to assetmap.toml (docs/outcomes.md)."
        )
        return
    limit = stated_limit(float(table["limit"].iloc[0]), str(table["unit"].iloc[0]))
    row: Any
    for row in table.reset_index().itertuples():
        say(
            f"{row.priority}: {row.from_list + row.from_type} groups and places ({row.from_type} guessed from their type). "
            f"Nothing within {limit} for {_of(row.people_without, row.people)}; "
            f"{counted(row.gap_areas, 'area', 'areas')} with high need ({row.need_theme}) and low access."
        )
        for outcome, about in one_by_one[one_by_one["priority"] == row.priority].iterrows():
            where = f" Most need first: {about['most_need_without']}." if about["most_need_without"] else ""
            say(
                f"  - {outcome}: {about['assets']} ({about['from_type']} guessed). Nothing within {limit} for "
                f"{people(about['people_without'])}, {whole(about['high_need_people_without'])} of them where need is high.{where}"
            )
    for sentence in not_known(table):
        say(sentence)
    for sentence in notes:
        say(sentence)


def _of(some: float, every: float) -> str:
    """Return a part of the people, or that it is not known."""
    from assetmap.show.words import people, whole

    return people(some) if math.isnan(some) else f"{whole(some)} of {people(every)}"


def counts(
    folder: Folder = Path(),
    form: Annotated[
        Path | None, typer.Option(help="Write the form for groups and an empty table into this folder.")
    ] = None,
    add: Annotated[
        list[Path] | None, typer.Option(help="Add a file that a group sent back. You can repeat this option.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add up what groups count in a month: people helped, sessions, volunteers. Groups are never ranked."""
    from assetmap.project.folder import open_project
    from assetmap.project.outcomes.counts import add_counts, group_counts, write_counts_form

    project = open_project(folder)
    if form is not None:
        files = write_counts_form(project, form)
        say(
            f"The form and an empty table are in {form}: {', '.join(file.name for file in files)}.",
            err=as_json,
        )
    if add:
        project, added, replaced = add_counts(project, add)
        say(f"{added} rows added, of which {replaced} replace earlier ones.", err=as_json)
    table, notes = group_counts(project)
    if as_json:
        rows = json.loads(table.reset_index().to_json(orient="records"))
        print_json({"months": rows, "notes": [note.sentence for note in notes]})
        return
    if table.empty:
        say("Not known: no group gave counts yet. --form writes a form for them.")
    for row in table.reset_index().to_dict("records"):
        say(f"{row['month']}: {', '.join(_totals(row))}; {row['groups']} groups could give counts")
    for note in notes:
        say(note.sentence)


def _totals(row: Mapping[Any, Any]) -> list[str]:
    from assetmap.read.outcomes.counts import MEASURES

    said = []
    for name in MEASURES:
        given, words = int(row[f"{name}_groups"]), name.replace("_", " ")
        if not given:
            said.append(f"{words} not known")
        elif row[name] != row[name]:
            said.append(f"{words} not shown (fewer than 3 groups)")
        else:
            said.append(f"{words} {row[name]:,.0f} ({given} groups)")
    return said


def prevention(
    folder: Folder = Path(),
    top: Annotated[int, typer.Option(help="How many areas to list.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the areas with high need and little near that helps before a need is acute."""
    from assetmap.project.folder import open_project
    from assetmap.project.measuring import measure_project
    from assetmap.rounding import residents
    from assetmap.show.report.prevention import no_prevention, prevention_unknown
    from assetmap.show.words import people

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
            say(no_prevention(results.areas))
        return
    say(
        f"{len(table)} of {len(results.areas)} areas {'has' if len(table) == 1 else 'have'} high need ({table['need_theme'].iloc[0]}) and little prevention near, "
        f"compared with the other areas here; {people(residents(table))} live there. No cause is claimed."
    )
    for sentence in prevention_unknown(results.areas, table):
        say(sentence)
    area: Any
    for area in table.head(top).itertuples():
        say(
            f"  {area.area_name}, {people(area.population)}: need {area.acute_need:.2f}, {area.prevention_within:.0f} groups and "
            f"places near ({area.prevention_per_1000:.2f} per 1,000 people)"
        )
