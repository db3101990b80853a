"""The command that estimates unregistered groups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.common import AsJson, print_json, say, show_progress


def estimate(
    folder: Annotated[
        Path | None, typer.Argument(help="Project folder (with assetmap.toml) to estimate for.")
    ] = None,
    population: Annotated[
        float | None, typer.Option(help="Residents, for a rate times the population.")
    ] = None,
    lists: Annotated[
        list[Path] | None, typer.Option("--list", help="File with a list of groups. Repeat for each list.")
    ] = None,
    stratify: Annotated[str, typer.Option(help="Estimate by this column and add up (two lists).")] = "",
    review: Annotated[Path | None, typer.Option(help="Links between the lists that you reviewed.")] = None,
    rate: Annotated[float, typer.Option(help="Unregistered groups per 1,000 residents.")] = 3.66,
    cv: Annotated[float, typer.Option(help="Assumed variation between areas, 0 to 1.")] = 0.4,
    level: Annotated[float, typer.Option(help="Level of the interval, 0.6 to 0.999.")] = 0.8,
    seen: Annotated[int, typer.Option(help="Unregistered groups already found.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Estimate how many groups are on no register, from a population, a project, or two or more lists."""
    from assetmap.groups.rate import estimate_unregistered
    from assetmap.project.build import measure_project
    from assetmap.project.folder import open_project
    from assetmap.project.lists import estimate_lists
    from assetmap.schema import InputError

    if lists:
        if folder is not None:
            raise InputError("Give a project folder or lists, not both.")
        answer = estimate_lists(lists, stratify=stratify, review=review, level=level, population=population)
    elif folder is not None:
        if population is not None:
            raise InputError("Give a project folder or a population, not both.")
        with show_progress() as progress:
            answer = measure_project(open_project(folder), sensitivity=False, progress=progress).estimate
    elif population is not None:
        answer = estimate_unregistered(population, rate=rate, cv=cv, level=level, seen=seen)
    else:
        raise InputError(
            "Give a project folder, a population (--population N) or two lists (--list a.csv --list b.csv)."
        )
    if as_json:
        print_json(asdict(answer))
        return
    say(answer.text)
    for note in answer.warnings:
        say(f"  {note.code}: {note.sentence}")
