"""Lists about social action and outcomes in a project: name a file in ``assetmap.toml``, and add what one more person says of an area."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.action.conditions import match_conditions
from assetmap.project.folder import open_project, settings_document, write_settings
from assetmap.project.measuring import measure_project
from assetmap.project.outcomes.counts import add_counts
from assetmap.project.output import write_file
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.read.action.conditions import read_conditions
from assetmap.read.action.recognise import READERS, years_in
from assetmap.schema import YES_NO_UNKNOWN, InputError, counted, first_few, reference_table
from assetmap.show.tables import write_csv

if TYPE_CHECKING:
    from assetmap.project.folder import Project

TITLES: Final = {
    "conditions": "Conditions for social action",
    "grants": "Grants",
    "outcomes": "Priorities and outcomes",
    "counts": "What groups counted in a month",
}


def name_action_file(
    project: Project,
    table: str,
    file: str | Path,
    *,
    title: str,
    date: str,
    licence: str,
    publisher: str = "",
) -> Project:
    """Put a file into a project and name it in ``assetmap.toml``; comments and everything else stay.

    Parameters
    ----------
    project
        From `open_project`.
    table
        ``conditions``, ``grants`` or ``outcomes``. A file that is named there already is no longer used, and stays where it is.
    file
        Read first: what cannot be used is not put in. A file of the same name in the project is replaced only if the table
        names it.
    title, date, licence, publisher
        The source to show beside its figures.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    InputError
        If the file cannot be used, or another file of that name is in the project.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("cornwall"))
    >>> said = {"title": "Priorities", "date": "2026", "licence": "our own"}
    >>> mine = am.project.name_action_file(mine, "outcomes", town.folder / "outcomes.csv", **said)
    >>> mine.settings.outcomes.title
    'Priorities'
    """
    if table not in READERS:
        raise InputError(f"'{table}' is not a table of such files. Use one of {first_few(READERS)}.")
    path = Path(file)
    READERS[table](path)
    target = project.folder / path.name
    named = getattr(project.settings, table)
    if target.exists() and not path.samefile(target) and (named is None or named.file != path.name):
        raise InputError(
            f"The project has another file '{path.name}'. Rename the one that you want to put in."
        )
    document = _named(
        project,
        table,
        {"file": path.name, "title": title, "publisher": publisher, "date": date, "licence": licence},
    )
    if not (target.exists() and path.samefile(target)):
        write_file(target, lambda made: shutil.copyfile(path, made))
    return write_settings(project, document)


def update_action_file(project: Project, table: str, file: str | Path) -> tuple[str, ...]:
    """Put a newer file of answers, grants or outcomes into a project; title, publisher and licence of the earlier one stay.

    Parameters
    ----------
    project
        From `open_project`.
    table
        ``conditions``, ``grants``, ``outcomes`` or ``counts``; the project may not have one yet.
    file
        The newer file. The date of the list becomes the latest year in it. Counts are added to those that are there.

    Returns
    -------
    tuple of str
        What changed, in sentences.

    Raises
    ------
    InputError
        As `name_action_file`.
    """
    if table == "counts":
        _, added, replaced = add_counts(project, [file])
        return (
            f"{TITLES[table]}: {counted(added, 'row')} of {Path(file).name} added, of which {replaced:,} replace earlier ones.",
        )
    new, old = READERS[table](Path(file)), getattr(project.settings, table)
    years = years_in(new, table)
    before = len(READERS[table](project.folder / old.file)) if old else 0
    name_action_file(
        project,
        table,
        file,
        title=old.title if old else TITLES[table],
        date=f"{years.max():.0f}" if years.notna().any() else old.date if old else "not known",
        licence=old.licence if old else "not known",
        publisher=old.publisher if old else "",
    )
    what = f"{TITLES[table]}: {Path(file).name} has {counted(len(new), 'row')}"
    said = f"{what}; {old.file} had {before:,}." if old else f"{what}. The project had no such list before."
    if old is None:
        return said, f"Write its title, publisher and licence into [{table}] of {CONFIG_NAME}."
    return (said,)


def add_conditions(
    project: Project,
    areas: Sequence[str],
    answers: Mapping[str, str],
    *,
    who: str,
    date: str,
    title: str = "Conditions for social action",
) -> Project:
    """Add what one more person says of one or several areas; a project without such a list gets ``conditions.csv``.

    Parameters
    ----------
    project
        From `open_project`.
    areas
        Codes or names of areas.
    answers
        Codes of ``data/tables/conditions_checklist.csv`` -> ``yes``, ``no`` or ``unknown``; what is left out is unknown.
    who, date
        Who answered (a role, a group or a name), and when. Later answers of the same person replace earlier ones when they are
        counted; no row is taken away.
    title
        Of the list, where there is none yet.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    InputError
        If an area, a question, an answer, the person or the date cannot be used, or the list is not a CSV file; nothing is
        written then.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("quillford", example="town"))
    >>> before = len(am.read.read_conditions(mine.folder / "conditions.csv"))
    >>> mine = am.project.add_conditions(mine, ["E01900008"], {"trust": "no"}, who="a nurse", date="2026-04-01")
    >>> len(am.read.read_conditions(mine.folder / "conditions.csv")) - before
    1
    """
    questions = list(reference_table("conditions_checklist").index)
    problems = [f"'{code}' is not a question" for code in answers if code not in questions]
    problems += [
        f"'{word}' is not one of {', '.join(YES_NO_UNKNOWN)}"
        for word in answers.values()
        if word not in YES_NO_UNKNOWN
    ]
    if problems:
        raise InputError(
            f"These answers cannot be used: {'; '.join(problems)}. The questions are {first_few(questions, most=13)}."
        )
    named = project.settings.conditions
    target = project.folder / ("conditions.csv" if named is None else named.file)
    if target.suffix.lower() != ".csv":
        raise InputError(
            f"Answers can only be added to a CSV file, and '{target.name}' is not one. Save it as CSV and name that file."
        )
    if named is None and target.exists():
        raise InputError(
            f"The project has a file '{target.name}' that [conditions] does not name. Name it there, or rename it."
        )
    known = measure_project(project, sensitivity=False).areas
    row = {
        "area": "; ".join(areas),
        "who": who,
        "date": date,
        **dict.fromkeys(questions, "unknown"),
        **answers,
    }
    before = read_conditions(target) if named else pd.DataFrame(columns=list(row))
    sheet = pd.concat([before, pd.DataFrame([row])], ignore_index=True).fillna("")

    def write(made: Path) -> None:
        write_csv(sheet, made, index=False)
        match_conditions(known, read_conditions(made))

    write_file(target, write)
    if named is not None:
        return open_project(project.folder)
    return name_action_file(project, "conditions", target, title=title, date=date, licence="not published")


def _named(project: Project, table: str, values: Mapping[str, str]) -> Any:
    """Return ``assetmap.toml`` with a table that names a file."""
    import tomlkit

    document = settings_document(project)
    there = document.get(table)
    if there is None:
        there = tomlkit.table()
        document.add(table, there)
    for key, value in values.items():
        if value:
            there[key] = value
    return document
