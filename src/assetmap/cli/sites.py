"""The planner's commands: ``devolution``, ``whatif`` and ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cli.access import Distance
from assetmap.cli.common import AsJson, Folder, print_json, say, say_apart, show_progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assetmap.project.folder import Project
    from assetmap.schema import DevolutionReview, OptionsReview, Scenario

MOST_DIGITS = 4
"""Of a year."""

AssetType = Annotated[
    str | None,
    typer.Option(
        "--type", help="Kind of site: library, hall, youth_centre, public_toilet, park, or a type of asset."
    ),
]
Named = Annotated[
    list[str] | None,
    typer.Option("--option", help="Name of an option in assetmap.toml. You can repeat this option."),
]
Candidates = Annotated[
    list[str] | None, typer.Option("--sites", help="A site that is a candidate. You can repeat this option.")
]
RunBy = Annotated[
    str | None,
    typer.Option(
        help="Whose sites are candidates: council, town_or_parish_council, community ... or anyone."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(help="Go back to a year, with the yes/no column of its programme: 2016:programme_2016."),
]
Close = Annotated[list[str] | None, typer.Option(help='Site to close: "St Ives".')]
Devolve = Annotated[
    list[str] | None, typer.Option(help='Site and its new operator: "Bodmin:Bodmin Town Council".')
]
Move = Annotated[list[str] | None, typer.Option(help='Site and its new postcode: "Redruth:TR15 2AT".')]
Hours = Annotated[list[str] | None, typer.Option(help='Site and its new weekly hours: "Looe:10".')]
Opening = Annotated[
    list[str] | None,
    typer.Option(
        "--open", help='Postcode of a new site, with hours if known: "PL26 7YE:12"; or a closed site.'
    ),
]


def devolution(
    folder: Folder = Path(),
    output: Annotated[
        Path | None, typer.Option(help="Folder to write to. Default: FOLDER/devolution.")
    ] = None,
    asset_type: AssetType = None,
    distance: Distance = None,
    as_of: AsOf = None,
    close: Close = None,
    devolve: Devolve = None,
    move: Move = None,
    hours: Hours = None,
    opening: Opening = None,
    option: Named = None,
    sites: Candidates = None,
    run_by: RunBy = None,
    sign_key: Annotated[
        Path | None, typer.Option(help="Sign the evidence with this Ed25519 private key (PEM).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare options, and review every site: what it means to people, who could take it over, what is not known."""
    from assetmap.project.folder import open_project
    from assetmap.project.review import devolution_settings, review_project

    project = open_project(folder)
    target = output or project.folder / "devolution"
    with show_progress() as progress:
        review, options = review_project(
            project,
            target,
            settings=devolution_settings(
                project, asset_type=asset_type, distance=distance, sites=sites, run_by=run_by, **_year(as_of)
            ),
            edits=_edits(close, devolve, move, hours, opening),
            options=option or (),
            sign_key=sign_key,
            progress=progress,
        )
    if as_json:
        print_json(_review_record(review) | _options_record(options))
        return
    say(_measured(options.mode))
    for line in (*_options_lines(options), *_review_lines(review)):
        say(line)
    say_apart(f"Open {target / 'devolution.html'}; the evidence is in {target / 'evidence.zip'}.")


def whatif(
    folder: Folder = Path(),
    close: Close = None,
    devolve: Devolve = None,
    move: Move = None,
    hours: Hours = None,
    opening: Opening = None,
    option: Annotated[
        str | None, typer.Option("--option", help="Measure this option of assetmap.toml.")
    ] = None,
    asset_type: AssetType = None,
    distance: Distance = None,
    as_of: AsOf = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the tables. Without it none are written.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who gains and who loses access if sites close, move or change hours."""
    from assetmap.project.folder import open_project
    from assetmap.project.review import devolution_settings, what_if

    project = open_project(folder)
    settings = devolution_settings(project, asset_type=asset_type, distance=distance, **_year(as_of))
    changes = _changes(project, option, _edits(close, devolve, move, hours, opening))
    with show_progress() as progress:
        scenario = what_if(project, changes, output=output, settings=settings, progress=progress)
    if as_json:
        print_json(_scenario_record(scenario) | {"distance": settings.distance})
        return
    say(_measured(settings.distance))
    for line in _scenario_lines(scenario):
        say(line)


def verify(
    evidence: Annotated[Path, typer.Argument(help="An evidence.zip.")],
    folder: Folder = Path(),
    public_key: Annotated[
        Path | None, typer.Option(help="Check that evidence.zip.sig fits this Ed25519 public key (PEM).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild every part of an evidence pack and compare it; exit code 1 if something differs."""
    from assetmap.project.folder import open_project
    from assetmap.project.verify import describe_verification, verify_evidence

    with show_progress() as progress:
        found = verify_evidence(evidence, open_project(folder), public_key=public_key, progress=progress)
    if as_json:
        parts = {name: getattr(found, name).to_dict("index") for name in ("inputs", "members")}
        print_json({"same": found.same, "signed": found.signed, "chosen": found.chosen, **parts})
    else:
        for line in describe_verification(found):
            say(line)
    raise typer.Exit(0 if found.same else 1)


def _edits(
    close: list[str] | None,
    devolve: list[str] | None,
    move: list[str] | None,
    hours: list[str] | None,
    opening: list[str] | None,
) -> dict[str, list[str]]:
    named = {"close": close, "devolve": devolve, "move": move, "hours": hours, "open": opening}
    return {kind: words for kind, words in named.items() if words}


def _measured(mode: str) -> str:
    """Say how people travel, and that sites beyond the border count as on the map."""
    from assetmap.show.words import measured_by

    return f"How far: {measured_by(mode)}. Sites beyond the border count, and so do the people there who share them."


def _changes(
    project: Project, option: str | None, edits: dict[str, list[str]]
) -> Mapping[str, Sequence[str]]:
    """Return the changes of an option, or those that are typed; both at once would be a third thing."""
    from assetmap.project.options import choose_options
    from assetmap.schema import InputError

    if option is None:
        return edits
    if edits:
        raise InputError(
            f"--option '{option}' has its own changes. Leave out --option, or the other changes."
        )
    return choose_options(project, names=[option])[0].edits


def _year(words: str | None) -> dict[str, Any]:
    from assetmap.schema import InputError

    if words is None:
        return {}
    year, _, programme = words.partition(":")
    if not (year.strip().isascii() and year.strip().isdigit()) or len(year) > MOST_DIGITS:
        raise InputError(f"--as-of '{words}' is not a year. For example: --as-of 2016:programme_2016.")
    return {"as_of": int(year), "programme": programme.strip() or None}


def _review_record(review: DevolutionReview) -> dict[str, Any]:
    columns = ["name", "operator", "candidate", "people_nearest", "impact", "readiness", "readiness_low"]
    columns += ["readiness_high", "readiness_known_share", "quadrant", "quadrant_sure", "impact_first_share"]
    return {
        "sites": json.loads(review.sites[columns].to_json(orient="index", force_ascii=False)),
        "combinations": len(review.closures),
        "notes": {note.code: note.sentence for note in review.notes},
    }


def _options_record(options: OptionsReview) -> dict[str, Any]:
    said = {
        each.option.name: {
            "sentence": each.sentence,
            "must_be_true": each.must_be_true,
            "not_known": each.not_known,
        }
        for each in options.options
    }
    figures = json.loads(options.figures.to_json(orient="index", force_ascii=False))
    return {"options": {name: row | said.get(name, {}) for name, row in figures.items()}}


def _options_lines(options: OptionsReview) -> list[str]:
    """Return the options side by side, in the words and digits of the page."""
    from assetmap.show.review.options import summary_rows

    if not options.options:
        return []
    lines = [each.sentence for each in options.options]
    names = [name if name == "today" else str(name)[:18] for name in options.figures.index]
    lines.append(f"{'':46}" + "".join(f"{name:>20}" for name in names))
    for label, cells in summary_rows(options):
        lines.append(f"{label:46}" + "".join(f"{cell:>20}" for cell in cells))
    return [*lines, ""]


def _review_lines(review: DevolutionReview) -> list[str]:
    from assetmap.schema import counted

    sites = review.sites[review.sites["candidate"]].sort_values("impact", ascending=False, kind="stable")
    lines = [
        f"{len(sites)} of {counted(len(review.sites), 'site')} {'is a candidate' if len(sites) == 1 else 'are candidates'}, highest impact first:",
        "  impact  readiness (unknown no to yes)  site: what it means",
    ]
    row: Any
    for row in sites.itertuples():
        span = f"{row.readiness:.2f} ({row.readiness_low:.2f} to {row.readiness_high:.2f})"
        sure = "" if row.quadrant_sure else "; answers could change it"
        lines.append(f"  {row.impact:6.2f}  {span:28}  {row.name}: {row.quadrant}{sure}")
    if len(review.fragility):
        local = counted(len(review.fragility), "site is", "sites are")
        lines.append(f"{local} run locally already; most people with no other first:")
        for row in review.fragility.head(3).itertuples():
            lines.append(
                f"  {row.name}: {row.people_only_here:,.0f} people have no other site within the limit"
            )
    combined = counted(len(review.closures), "combination")
    lines.append(f"{combined} of closures of candidates ranked; least harm first:")
    for size in (1, 2):
        for row in review.closures[review.closures["closures"] == size].head(3).itertuples():
            harm = f"{row.harm:,.0f} person-{'km' if row.unit == 'm' else 'hours'}"
            saved = (
                "hours not known"
                if row.hours_saved != row.hours_saved
                else f"{row.hours_saved:.0f} hours a week"
            )
            lines.append(f"  {saved}, harm {harm}: {row.closed}")
    return lines + [f"Note: {note.sentence}" for note in review.notes]


def _scenario_record(scenario: Scenario) -> dict[str, Any]:
    tables = {name: getattr(scenario, name) for name in ("people", "sites", "most_affected")}
    record = {
        name: json.loads(table.to_json(orient="index", force_ascii=False)) for name, table in tables.items()
    }
    return record | {"notes": {note.code: note.sentence for note in scenario.notes}}


def _scenario_lines(scenario: Scenario) -> list[str]:
    unit = str(scenario.people["unit"].iloc[0])
    word, scale = ("km", 1000) if unit == "m" else ("min", 1)
    lines = [
        f"{'':28}{'people':>10}{f'{word} before':>12}{f'{word} after':>11}{'further':>10}{'nearer':>9}{'less access':>13}{'more':>9}"
    ]
    for group, row in scenario.people.iterrows():
        if not row["people"] > 0:
            continue
        lines.append(
            f"{group:28}{row['people']:>10,.0f}{row['mean_cost_before'] / scale:>12.2f}{row['mean_cost_after'] / scale:>11.2f}"
            f"{row['people_further']:>10,.0f}{row['people_nearer']:>9,.0f}"
            f"{row['people_less_access']:>13,.0f}{row['people_more_access']:>9,.0f}"
        )
    if len(scenario.most_affected):
        lines.append("Areas that lose most first (need counted):")
    most: Any
    for most in scenario.most_affected.itertuples():
        lines.append(
            f"  {most.area_name}: {_to_nearest(most.cost_before, most.nearest_before, unit)}, "
            f"then {_to_nearest(most.cost_after, most.nearest_after, unit)}; {most.population:,.0f} people"
        )
    return lines + [f"Note: {note.sentence}" for note in scenario.notes]


def _to_nearest(cost: float, name: object, unit: str) -> str:
    if not isinstance(name, str):
        return "no site that can be reached"
    return f"{cost / 1000:.1f} km to {name}" if unit == "m" else f"{cost:.0f} minutes to {name}"
