"""Conditions for social action in a project: what people said, and the sheet to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from assetmap.action.conditions import ANSWERS, blank_conditions
from assetmap.project.inputs import project_files
from assetmap.project.measuring import measure_project
from assetmap.project.output import write_file
from assetmap.schema import AreaConditions, counted, reference_table
from assetmap.show.tables import write_csv
from assetmap.show.words import area_listing

if TYPE_CHECKING:
    from assetmap.project.folder import Progress, Project

NOBODY: Final = (
    "Not known: nobody has answered for these areas yet. Write the sheet of questions with: "
    "assetmap conditions PROJECT --blank conditions.csv"
)


def project_conditions(project: Project, *, progress: Progress | None = None) -> AreaConditions | None:
    """Return what people say about the areas of a project; None where the project names no such list.

    Parameters
    ----------
    project
        From `open_project`; ``[conditions]`` names the file.
    progress
        Called with a short text before each step.

    Examples
    --------
    >>> int(am.project.project_conditions(village).areas["conditions_people"].notna().sum())
    7
    """
    return measure_project(project, sensitivity=False, progress=progress).conditions


def write_blank_conditions(project: Project, path: str | Path, *, progress: Progress | None = None) -> Path:
    """Write the sheet of questions for the areas of a project: one row per area, every answer empty.

    Parameters
    ----------
    project
        From `open_project`.
    path
        CSV file to write.
    progress
        Called with a short text before each step.

    Examples
    --------
    >>> am.project.write_blank_conditions(village, "sheet.csv").name
    'sheet.csv'
    """
    sheet = blank_conditions(measure_project(project, sensitivity=False, progress=progress).areas)
    return write_file(path, lambda file: write_csv(sheet, file), keep=project_files(project))


def describe_conditions(found: AreaConditions | None) -> list[str]:
    """Return what people say as lines: each question with its published number, and the areas by answer.

    Examples
    --------
    >>> am.project.describe_conditions(None)
    ['Not known: nobody has answered for these areas yet. ...']
    """
    if found is None or found.answers.empty:
        return [NOBODY]
    asked = int(found.areas["conditions_people"].notna().sum())
    lines = [
        f"People answered for {asked} of {counted(len(found.areas), 'area')}; nothing is known about the others."
    ]
    for question, about in reference_table("conditions_checklist").iterrows():
        rows = found.answers[found.answers["question"] == question]
        said = [
            f"{'not known' if answer == 'unknown' else answer} in {area_listing(names)}"
            for answer in ANSWERS
            if len(names := rows.loc[rows["answer"] == answer, "area_name"])
        ]
        lines.append(f"{about['number']:>2}. {about['label']}: {'; '.join(said)}")
    return [*lines, *(f"Note: {note.sentence}" for note in found.notes)]
