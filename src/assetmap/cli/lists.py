"""Commands for lists: check, register, compare, share."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cli.common import AsJson, print_json, say, say_apart

if TYPE_CHECKING:
    import pandas as pd

    from assetmap.project.folder import Project
    from assetmap.schema import CheckReport

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Lists: csv, xlsx, gpkg, json ... (default: the lists of the project)."),
]
Column = Annotated[
    list[str] | None,
    typer.Option(help="Map a column to a field, for example name=Organisation. You can repeat this option."),
]
InProject = Annotated[
    Path | None,
    typer.Option("--project", help="Use the postcodes, places and areas of this project folder."),
]
Sheet = Annotated[str | None, typer.Option(help="Read only this sheet of a workbook.")]
Layer = Annotated[str | None, typer.Option(help="Read only this layer of a map file.")]
Reviewed = Annotated[Path | None, typer.Option(help="The review.csv with your decisions.")]

Linker = Annotated[
    str,
    typer.Option(
        help="How to link rows of different lists: builtin or splink (pip install 'assetmap[link]')."
    ),
]


def check(
    files: Files = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for check.html, accepted, review and rejected.csv.")
    ] = None,
    project: InProject = None,
    column: Column = None,
    review: Reviewed = None,
    linker: Linker = "builtin",
    sheet: Sheet = None,
    layer: Layer = None,
    types: Annotated[
        bool, typer.Option("--types", help="Also show which types count when access is measured, and why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check lists: what is understood, what is not and why. Exit code 1 if a row is rejected."""
    from assetmap.project.action.telling import NotListsError
    from assetmap.project.lists.registers import check_files
    from assetmap.project.output import write_whole
    from assetmap.public import AUDIENCE_WORDS, INTERNAL
    from assetmap.show.check import OWN_FOLDER, write_check

    opened = opened_project(project)
    check_these = functools.partial(
        check_files,
        project=opened,
        columns=named_columns(column),
        review=review,
        linker=linker,
        sheet=sheet,
        layer=layer,
    )
    verdicts: tuple[str, ...] = ()
    try:
        report = check_these(files or ())
    except NotListsError as others:
        verdicts = others.verdicts
        for sentence in verdicts:
            say(sentence, err=as_json)
        if not others.lists:
            if as_json:
                print_json({"counts": [], "rows": [], "notes": list(verdicts)})
            raise typer.Exit(int(not others.usable)) from None
        report = check_these(others.lists)
    note = report.register.linking
    if output is not None:
        write_whole(output, lambda folder: write_check(report, folder), keep=read_by(opened, files, review))
    if as_json:
        counts = records_of(report.counts.reset_index())
        said = {
            "counts": counts,
            "rows": records_of(report.register.log),
            "notes": [*verdicts, *filter(None, [note])],
            "remarks": list(report.unchecked),
        }
        print_json(said | ({"types": records_of(_counted(report, opened).reset_index())} if types else {}))
    else:
        _print_check(report)
        if types:
            _print_types(_counted(report, opened))
        if output is not None:
            say_apart(f"Open {output / 'check.html'}; the rows are in the CSV files beside it.")
            say(f"{AUDIENCE_WORDS[INTERNAL]} {OWN_FOLDER}")
    raise typer.Exit(int(report.counts["rejected"].sum() > 0))


def register(
    output: Annotated[Path, typer.Option(help="File to write: .gpkg (opens in QGIS) or .csv.")],
    files: Files = None,
    project: InProject = None,
    column: Column = None,
    review: Reviewed = None,
    linker: Linker = "builtin",
    sheet: Sheet = None,
    layer: Layer = None,
    audience: Annotated[str, typer.Option(help="public or internal.")] = "public",
    as_json: AsJson = False,
) -> None:
    """Make one register from lists, with every row accounted for."""
    from assetmap.project.lists.registers import register_files
    from assetmap.project.output import write_file
    from assetmap.schema import InputError
    from assetmap.show.tables import write_csv, write_geopackage

    if output.suffix not in (".csv", ".gpkg"):
        raise InputError(f"--output '{output}' must end in .gpkg or .csv.")
    opened = opened_project(project)
    made = register_files(
        files or (),
        project=opened,
        columns=named_columns(column),
        review=review,
        audience=audience,
        linker=linker,
        sheet=sheet,
        layer=layer,
    )
    keep = read_by(opened, files, review)
    if output.suffix == ".csv":
        write_file(output, lambda file: write_csv(made.assets, file), keep=keep)
    else:
        write_file(output, lambda file: write_geopackage({"assets": made.assets}, file), keep=keep)
    counts = made.log["outcome"].value_counts().sort_index().to_dict()
    notes = [note for note in (made.linking, *(note.sentence for note in made.notes)) if note]
    if as_json:
        print_json(
            {
                "assets": len(made.assets),
                "rows": counts,
                "output": str(output),
                "notes": notes,
            }
        )
        return
    words = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    say(f"{len(made.assets):,} assets in {output}. Rows: {words}.{''.join(f' {note}' for note in notes)}")


def compare(
    old: Annotated[Path, typer.Argument(help="The earlier register.")],
    new: Annotated[Path, typer.Argument(help="The later register.")],
    as_json: AsJson = False,
) -> None:
    """Show what changed between two registers: opened, closed, moved, renamed, new operator, out of date."""
    from assetmap.project.lists.registers import compare_files

    changes = compare_files(old, new)
    if as_json:
        print_json(records_of(changes))
        return
    if changes.empty:
        say("Nothing changed.")
    row: Any
    for row in changes.itertuples():
        was = f": {row.before} -> {row.after}" if isinstance(row.before, str) and row.before else ""
        say(f"{row.change.replace('_', ' ')}: {row.name} ({row.asset_type.replace('_', ' ')}){was}")


def share(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Lists with what groups offer and ask for (default: the lists of the project)."),
    ] = None,
    project: InProject = None,
    output: Annotated[
        Path | None, typer.Option(help="CSV file to write, one row per request and offer.")
    ] = None,
    column: Column = None,
    within_km: Annotated[float, typer.Option(help="Straight-line distance.", min=0)] = 10.0,
    audience: Annotated[str, typer.Option(help="public or internal.")] = "public",
    as_json: AsJson = False,
) -> None:
    """Show who could lend what to whom: the nearest offers for everything asked for."""
    from assetmap.project.lists.registers import match_files
    from assetmap.project.output import write_file
    from assetmap.sharing import describe_matches
    from assetmap.show.tables import write_csv

    where = project if project is not None or files else Path()
    opened = opened_project(where)
    matches = match_files(
        files or (),
        project=opened,
        columns=named_columns(column),
        within_km=within_km,
        audience=audience,
    )
    if output is not None:
        write_file(output, lambda file: write_csv(matches, file), keep=read_by(opened, files))
    if as_json:
        print_json(
            {"summary": describe_matches(matches, within_m=within_km * 1000), "matches": records_of(matches)}
        )
        return
    say(describe_matches(matches, within_m=within_km * 1000))
    for sentence in matches["sentence"]:
        say(f"  {sentence}")
    if output is not None:
        say_apart(f"The table is in {output}.")


def opened_project(folder: Path | None) -> Project | None:
    """Open the project of `--project`, where one is named."""
    from assetmap.project.folder import open_project

    return None if folder is None else open_project(folder)


def read_by(project: Project | None, files: list[Path] | None, *others: Path | None) -> list[Path]:
    """Return the files that a command reads: none of them is replaced by what it writes."""
    from assetmap.project.inputs import project_files

    named = [*(files or ()), *filter(None, others)]
    return named if project is None else [*named, *project_files(project)]


def named_columns(words: list[str] | None) -> dict[str, str] | None:
    """Return what `--column` says: column of the register -> heading."""
    from assetmap.schema import InputError

    wrong = [word for word in words or [] if "=" not in word]
    if wrong:
        raise InputError(
            f"--column '{wrong[0]}' is not valid. Use FIELD=HEADING, for example --column name=Organisation."
        )
    return dict(word.split("=", 1) for word in words or []) or None


def records_of(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as JSON has them."""
    rows: list[dict[str, object]] = json.loads(table.to_json(orient="records", force_ascii=False))
    return rows


def _counted(report: CheckReport, project: Project | None) -> pd.DataFrame:
    """Return which types of the lists count for access, as the settings of the project have it."""
    from assetmap.access.counted import count_table

    return count_table(report.register.assets, {} if project is None else project.settings.access.counts)


def _print_types(table: pd.DataFrame) -> None:
    """Print which types count when access is measured, with the reason."""
    from assetmap.schema import counted, reference_table

    labels = reference_table("asset_types")["label"]
    words = {"no": "does not count", "never": "never counts", "hours": "counts by its hours alone"}
    say_apart("Types, and whether they count when access is measured:")
    for kind, row in table.iterrows():
        as_ = "counts" if row["counts_as"] == kind else f"counts as {labels.get(row['counts_as'], '')}"
        assets = f"{counted(int(row['assets']), 'asset')}, {int(row['open_assets']):,} known to be open"
        say(f"  {row['label']} ({assets}): {words.get(row['counts'], as_)}. {row['reason']}.")
    say("To change this for a project, use counts in [access] of assetmap.toml.")


def _print_check(report: CheckReport) -> None:
    """Print what needs a person first, then the counts of each list and the kinds of remarks."""
    from assetmap.schema import counted
    from assetmap.show.needs import MOST_NAMED, needs_of, not_checked

    needs = needs_of(report)
    say(f"{counted(len(needs), 'thing needs', 'things need')} you:" if needs else "Nothing needs you.")
    for number, need in enumerate(needs, start=1):
        say(f"{number}. {need.what}. {need.fix}{f' Type: {need.type_this}' if need.type_this else ''}")
        for detail in need.details[:MOST_NAMED]:
            say(f"   - {detail}")
        if len(need.details) > MOST_NAMED:
            say(f"   - and {len(need.details) - MOST_NAMED:,} more")
    say("")
    for source, row in report.counts.iterrows():
        shape = f" (read as {row['shape']})" if row["shape"] else ""
        words = ", ".join(
            f"{row[outcome]:,} {outcome}" for outcome in ("accepted", "merged", "review", "rejected")
        )
        say(f"{source}{shape}: {row['rows']:,} rows: {words}.")
    minor = report.remarks[~report.remarks["outcome"].isin(("rejected", "review"))]
    if len(minor):
        say_apart("Also noted:")
    for remark in minor.itertuples():
        say(f"  {remark.rows:,} {remark.outcome}: {remark.remark} (first: {remark.example})")
    if report.register.linking:
        say_apart(f"{report.register.linking}")
    for sentence in not_checked(report):
        say(f"Not checked: {sentence}")
