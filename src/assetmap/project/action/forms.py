"""Forms of social action in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.action.forms import NOT_SAID, SECTORS, count_forms, describe_forms
from assetmap.project.measuring import measure_project

if TYPE_CHECKING:
    import pandas as pd

    from assetmap.project.folder import Progress, Project


def project_forms(project: Project, *, progress: Progress | None = None) -> pd.DataFrame:
    """Count the groups and places of a project by form of social action and by who runs them.

    Parameters
    ----------
    project
        From `open_project`.
    progress
        Called with a short text before each step.

    Returns
    -------
    pandas.DataFrame
        As `count_forms`.

    Examples
    --------
    >>> am.project.project_forms(village).index[-1]
    'not said'
    """
    return count_forms(measure_project(project, sensitivity=False, progress=progress).assets)


def describe_project_forms(forms: pd.DataFrame) -> list[str]:
    """Return the counts as lines: a sentence, then each form in the published order with who runs it.

    Examples
    --------
    >>> am.project.describe_project_forms(am.action.count_forms(quillford.assets))[0]
    'Most frequent on the lists: formal volunteering (6 groups and places). For 17 groups and places no list says it.'
    """
    lines = [describe_forms(forms)]
    if not forms["assets"].drop(NOT_SAID).sum():
        return lines
    for _, row in forms[forms["number"].notna()].iterrows():
        words = {column: column.removeprefix("run_by_").replace("_", " ") for column in SECTORS.values()}
        by = ", ".join(f"{row[column]} {name}" for column, name in words.items() if row[column])
        lines.append(f"{row['number']}. {row['label']}: {row['assets']}{f' (run by: {by})' if by else ''}")
    return lines
