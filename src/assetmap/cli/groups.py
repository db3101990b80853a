"""The command that estimates unregistered groups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cli.common import AsJson, print_json, say, show_progress

if TYPE_CHECKING:
    from assetmap.schema import Estimate


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
    stratify: Annotated[
        str | None, typer.Option(help="Column to estimate by and add up (two lists).")
    ] = None,
    odds_ratio: Annotated[
        float | None, typer.Option(help="Odds ratio of two lists, 1 if independent.")
    ] = None,
    review: Annotated[
        Path | None, typer.Option(help="File of links to review; written if it does not exist.")
    ] = None,
    registered: Annotated[Path | None, typer.Option(help="Official register to calibrate lists on.")] = None,
    rate: Annotated[float | None, typer.Option(help="Groups per 1,000 people (default 3.66).")] = None,
    cv: Annotated[float | None, typer.Option(help="Variation between areas, 0 to 1 (default 0.4).")] = None,
    level: Annotated[float | None, typer.Option(help="Level of the interval (default 0.8).")] = None,
    seen: Annotated[int | None, typer.Option(help="Unregistered groups already found.")] = None,
    as_json: AsJson = False,
) -> None:
    """Estimate how many groups on local listings are on no register, from a population, a project, or two or more lists."""
    given = {
        "stratify": stratify,
        "odds_ratio": odds_ratio,
        "review": review,
        "registered": registered,
        "rate": rate,
        "cv": cv,
        "level": level,
        "seen": seen,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    if lists:
        answer = _from_lists(folder, lists, population, chosen)
    elif folder is not None:
        answer = _from_project(folder, population, chosen)
    else:
        answer = _from_population(population, chosen)
    if as_json:
        print_json(asdict(answer))
        return
    say(answer.text)
    if answer.definition not in answer.text:
        say(f"What is counted: {answer.definition}.")
    for note in answer.warnings:
        say(f"  {note.code}: {note.sentence}")


def _from_lists(
    folder: Path | None, lists: list[Path], population: float | None, chosen: dict[str, Any]
) -> Estimate:
    import pandas as pd

    from assetmap.project.lists.estimates import estimate_calibrated, estimate_lists
    from assetmap.project.output import write_file
    from assetmap.schema import InputError
    from assetmap.show.tables import write_csv

    if folder is not None:
        raise InputError("Give a project folder or lists, not both.")
    if "registered" in chosen:
        _refuse_others(
            chosen, ("stratify", "review", "registered", "level"), "lists and an official register"
        )
        return estimate_calibrated(lists, **chosen, population=population)
    _refuse_others(chosen, ("stratify", "odds_ratio", "review", "level"), "lists")
    review = chosen.get("review")
    if review is None or review.exists():
        return estimate_lists(lists, **chosen, population=population)
    answer = estimate_lists(lists, **chosen | {"review": None}, population=population)
    links = pd.DataFrame(answer.details["links"])
    write_file(review, lambda file: write_csv(links, file, index=False), keep=lists)
    say(f"Links to review: {review}. Write same or different, and run this again.", err=True)
    return answer


def _from_project(folder: Path, population: float | None, chosen: dict[str, Any]) -> Estimate:
    from assetmap.project.folder import open_project
    from assetmap.project.measuring import measure_project
    from assetmap.schema import InputError

    if population is not None:
        raise InputError("Give a project folder or a population, not both.")
    _refuse_others(chosen, (), "a project folder, whose settings are in [estimate] of assetmap.toml")
    with show_progress() as progress:
        return measure_project(open_project(folder), sensitivity=False, progress=progress).estimate


def _from_population(population: float | None, chosen: dict[str, Any]) -> Estimate:
    from assetmap.groups.rate import estimate_unregistered
    from assetmap.schema import InputError

    if population is None:
        raise InputError(
            "Give a project folder, a population (--population N) or two lists (--list a.csv --list b.csv)."
        )
    _refuse_others(chosen, ("rate", "cv", "level", "seen"), "a population")
    return estimate_unregistered(population, **chosen)


def _refuse_others(chosen: dict[str, Any], used: tuple[str, ...], given: str) -> None:
    """Refuse options that would be read and not used."""
    from assetmap.schema import InputError

    unused = [f"--{name.replace('_', '-')}" for name in chosen if name not in used]
    if unused:
        raise InputError(f"{' and '.join(unused)} cannot be used with {given}. Leave it out.")
