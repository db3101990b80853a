"""Grants in a project, beside need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetmap.project.measuring import measure_project
from assetmap.show.review.money import pounds
from assetmap.show.words import percent

if TYPE_CHECKING:
    from assetmap.project.folder import Progress, Project
    from assetmap.schema import GrantsReview

NO_LIST: Final = (
    "Not known: the project has no list of grants. Name a 360Giving file, or a list of your own with the amount and who received it, in a "
    "table [grants] of assetmap.toml, with file, title, date and licence."
)


def project_grants(project: Project, *, progress: Progress | None = None) -> GrantsReview | None:
    """Return the grants of a project beside need; None where it has no list of grants.

    Parameters
    ----------
    project
        From `open_project`; ``[grants]`` names the file.
    progress
        Called with a short text before each step.

    Examples
    --------
    >>> am.project.project_grants(village).by_need.index.tolist()
    [1, 2, 3, 4, 5]
    """
    return measure_project(project, sensitivity=False, progress=progress).grants


def describe_project_grants(found: GrantsReview | None) -> list[str]:
    """Return grants beside need as lines: the answer, each fifth of the people, and what to know.

    Examples
    --------
    >>> am.project.describe_project_grants(None)
    ['Not known: the project has no list of grants. ...']
    """
    if found is None:
        return [NO_LIST]
    lines = [*found.sentences]
    if found.by_need["gbp_share"].notna().all() and found.figures["levels_of_need"] > 1:
        lines.append(
            "Each fifth of the people, most need first: what works there, its share, and the share by address:"
        )
        lines += [
            f"  {fifth}  {pounds(row['gbp']):>12} {percent(row['gbp_share']):>6} {percent(row['gbp_registered_share']):>6}"
            for fifth, row in found.by_need.iterrows()
        ]
    return [*lines, *(f"Note: {note.sentence}" for note in found.notes)]
