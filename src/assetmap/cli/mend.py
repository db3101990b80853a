"""Commands that change a list or a project: fix, update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetmap.cli.common import AsJson, Folder, print_json, say, say_apart, show_progress
from assetmap.cli.lists import Column, InProject, Sheet, named_columns, opened_project, read_by, records_of
from assetmap.errors import typed

if TYPE_CHECKING:
    import pandas as pd

    from assetmap.schema import FixedFile


def fix(
    file: Annotated[Path, typer.Argument(help="The list: CSV, a spreadsheet, a map file or JSON.")],
    output: Annotated[
        Path, typer.Option(help="File to write, with the same ending (.geojson for a map file).")
    ],
    project: InProject = None,
    column: Column = None,
    sheet: Sheet = None,
    as_json: AsJson = False,
) -> None:
    """Write a corrected copy of a list. A column says what was changed; what needs a person stays as it is."""
    from assetmap.project.lists.fixes import fix_file, fixes_of_file
    from assetmap.project.output import write_file
    from assetmap.public import AUDIENCE_WORDS, INTERNAL
    from assetmap.read.fixed.write import fixed_suffix
    from assetmap.schema import InputError

    suffix = fixed_suffix(file)
    if not output.name.lower().endswith(suffix) or output.name.lower() == suffix:
        raise InputError(
            f"--output '{output}' must end in {suffix}, as '{file.name}' keeps its format."
            if file.name.lower().endswith(suffix)
            else f"--output '{output}' must end in {suffix}: '{file.name}' becomes a file of that format."
        )
    if output.exists() and file.exists() and output.samefile(file):
        raise InputError("--output is the list itself. Name another file, so that the list stays as it is.")
    opened, columns = opened_project(project), named_columns(column)
    suggested = fixes_of_file(file, project=opened, columns=columns, sheet=sheet)
    sure = suggested[suggested["sure"]].assign(value=suggested["after"]).assign(column=suggested["heading"])
    fixed = fix_file(file, sure, columns=columns, sheet=sheet)
    write_file(output, lambda path: path.write_bytes(fixed.content), keep=read_by(opened, [file]))
    open_ones = suggested[~suggested["sure"]]
    if as_json:
        print_json(
            {
                "output": str(output),
                "changes": records_of(fixed.changes),
                "to_decide": records_of(open_ones),
                "notes": list(fixed.notes),
            }
        )
        return
    _print_fixed(fixed, open_ones, output)
    say(f"{AUDIENCE_WORDS[INTERNAL]} It has everything that the list has.")


def update(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="The new file: a list, an index, boundaries, postcodes.")],
    input_id: Annotated[
        str | None,
        typer.Option("--input", help="Id of the list that it replaces (default: the one that fits)."),
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Add it as a further list; replace nothing.")] = False,
    inputs: Annotated[
        Path | None,
        typer.Option(help="Folder of official files (default: the one the project was made from)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replace one file of a project with a newer one, or add a list, and say what changed. Your decisions stay."""
    from assetmap.place.update import WORDS, update_project

    with show_progress() as progress:
        updated = update_project(folder, file, input_id=input_id, add=add, inputs=inputs, progress=progress)
    if as_json:
        print_json(
            {
                "input": updated.input_id,
                "said": list(updated.said),
                "changes": records_of(updated.changes),
                "notes": list(updated.notes),
            }
        )
        return
    for sentence in updated.said:
        say(sentence)
    shown = updated.changes[updated.changes["change"].isin(list(WORDS))]
    if len(shown):
        say("")
    row: Any
    for row in shown.itertuples():
        was = (
            f": {row.before} -> {row.after}" if row.change in ("moved", "renamed", "operator_changed") else ""
        )
        say(f"  {WORDS[row.change].partition(' (')[0]}: {row.name}{was}")
    for note in updated.notes:
        say(f"Note: {note}")
    say(f"Now run: assetmap build {typed(folder)}", err=True)


def _print_fixed(fixed: FixedFile, open_ones: pd.DataFrame, output: Path) -> None:
    from assetmap.schema import counted

    made = fixed.changes[fixed.changes["made"]]
    if made.empty:
        say(f"There was nothing to correct without you. {output} is a copy.")
    else:
        rows = len(made[["sheet", "row"]].drop_duplicates())
        say(f"{counted(len(made), 'cell')} in {counted(rows, 'row')} corrected in {output}.")
    for (heading, reason), some in made.groupby(["heading", "reason"], sort=False):
        first = some.iloc[0]
        was = f"'{first['before']}' is now '{first['after']}'"
        say(f"  {len(some):,} {heading}: {reason or 'changed'} (first: row {first['row']}, {was})")
    row: Any
    for row in fixed.changes[~fixed.changes["made"]].itertuples():
        say(f"  Not changed: row {row.row}, {row.heading} holds a formula; it should be '{row.after}'.")
    if len(open_ones):
        say_apart(
            f"{counted(len(open_ones), 'correction needs', 'corrections need')} you, and {'was' if len(open_ones) == 1 else 'were'} not made:"
        )
        for row in open_ones.itertuples():
            where = f" of sheet '{row.sheet}'" if row.sheet else ""
            say(f"  row {row.row}{where}, {row.heading}: '{row.before}' may be '{row.after}' ({row.reason})")
    for note in fixed.notes:
        say(f"Note: {note}")
