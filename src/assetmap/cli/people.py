"""Commands for people who put others in touch with groups: a need in words, unmet needs, a public directory, break-even."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, show_progress

if TYPE_CHECKING:
    from assetmap.project.people.request import Request


def directory(
    folder: Folder,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write into (default: directory in the project folder).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a public directory of every open group and place: a page, Open Referral UK, GeoJSON and CSV."""
    from assetmap.project.folder import open_project
    from assetmap.project.people.directory import write_directory

    with show_progress() as progress:
        made, files = write_directory(open_project(folder), output, progress=progress)
    if as_json:
        notes = [note.sentence for note in made.notes]
        print_json({"entries": len(made.entries), "files": [str(file) for file in files], "notes": notes})
        return
    say(
        f"{len(made.entries):,} groups and places in {files[0].parent}: {', '.join(file.name for file in files)}."
    )
    for note in made.notes:
        say(note.sentence)


def requests(folder: Folder, as_json: AsJson = False) -> None:
    """Show what people asked for and did not find, counted with their consent. Counts under 5 are hidden."""
    from assetmap.project.folder import open_project
    from assetmap.project.people.asked import unmet_requests

    table = unmet_requests(open_project(folder)).reset_index()
    if as_json:
        print_json(table.to_dict("records"))
        return
    if table.empty:
        say("Nothing was counted yet. 'assetmap near' counts an unmet need with --consent.")
    for row in table.itertuples():
        say(f"{row.month}  {row.theme}, {row.ward}: {row.count}")


def break_even(
    spending: Annotated[float, typer.Argument(help="Pounds spent over the whole period.", min=0)],
    saving: Annotated[
        float,
        typer.Argument(help="Pounds that the costlier service spends on each person over the same period."),
    ],
    years: Annotated[float, typer.Option(help="Length of the period in years.")] = 1.0,
    assumption: Annotated[
        str, typer.Option(help="Which service is the costlier one, and where the figure comes from.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show how many people a service must keep out of a costlier one for its spending to pay."""
    from dataclasses import asdict

    from assetmap.sites.break_even import break_even as people_to_break_even

    answer = people_to_break_even(spending, saving, years=years)
    stated = assumption.strip().removesuffix(".") or (
        "a person who is kept out saves the whole sum. Say with --assumption where the figure comes from"
    )
    if as_json:
        print_json(asdict(answer) | {"assumption": stated})
        return
    say(answer.text)
    say(f"Assumption: {stated}. It says what must happen, not that it will.")


def near_need(
    folder: Path,
    postcode: str,
    request: Request,
    *,
    within_km: float,
    reading: bool,
    sheet: Path | None,
    consent: bool,
    as_json: bool,
) -> None:
    """Print how a need was read and what fits it."""
    from assetmap.project.folder import open_project
    from assetmap.project.people.asked import count_request
    from assetmap.project.people.find import find_for_person, write_referral
    from assetmap.show.referral.sheet import far_words

    if not as_json:
        _print_reading(request)
    if reading:
        if as_json:
            print_json(_request_record(request))
        return
    project = open_project(folder)
    found = find_for_person(project, postcode, request, within_km=within_km)
    if sheet is not None:
        write_referral(found, sheet)
    counted = count_request(project, found, consent=consent)
    if as_json:
        import json

        rows = json.loads(found.table.reset_index().to_json(orient="records", force_ascii=False))
        print_json({"request": _request_record(request), "left_out": found.left_out, "found": rows})
        return
    for row in found.table.to_dict("records"):
        say(f"{row['distance_km']:5.1f} km  {row['name']} ({row['kind']}): {far_words(row)}")
        told = [
            row[column]
            for column in ("days", "cost", "booking", "phone", "email", "website")
            if row.get(column)
        ]
        if told:
            say(f"          {'; '.join(told)}")
        if row["not_known"]:
            say(f"          may fit; not known: {row['not_known']}")
    if found.table.empty:
        say(f"Nothing that fits within {within_km:g} km.")
    if found.left_out:
        say(
            f"{found.left_out} more of the right kind {'is' if found.left_out == 1 else 'are'} near but {'does' if found.left_out == 1 else 'do'} not fit."
        )
    if sheet is not None:
        say(f"The sheet is in {sheet}.")
    if counted is not None:
        say(f"The unmet need was counted in {counted}: theme, ward and month, nothing else.")


def _print_reading(request: Request) -> None:
    say(f"Looking for: {request.sentence}.")
    for phrase, meaning in request.read:
        say(f"  '{phrase}': {meaning}")
    if request.unknown:
        say(f"  Not known, and not used: {', '.join(request.unknown)}. Name a theme with --theme.")


def _request_record(request: Request) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(request), "sentence": request.sentence}
