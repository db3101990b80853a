"""What the pages of questions share: reading their form, and showing an answer or the work that finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assetmap.app.asking import ask
from assetmap.app.jobs import Job
from assetmap.app.pages import Page
from assetmap.app.progress import wait_page
from assetmap.app.views import Call, FieldError, NotFoundError, Problem, has_project
from assetmap.errors import InputError
from assetmap.project.folder import Project
from assetmap.project.settings.reading import NEEDED_TABLES
from assetmap.schema import reference_table

DISTANCES: Final = {
    "straight": "Straight line",
    "overland": "Overland, around water",
    "walk": "Walking time",
    "drive": "Driving time",
    "bus": "Time by bus",
    "own": "Your own travel times",
}


def ready_project(call: Call) -> Project:
    """Open the project in the address.

    Raises
    ------
    NotFoundError
        If it is not made yet.
    """
    if not has_project(call.folder):
        raise NotFoundError("This project has no official files yet. Add them first.")
    return call.project()


def distances(project: Project) -> list[tuple[str, str]]:
    """Return the distances that a project has the files for."""
    needed = {mode: section for mode, section, _ in NEEDED_TABLES}
    return [
        (mode, words)
        for mode, words in DISTANCES.items()
        if mode not in needed or getattr(project.settings, needed[mode]) is not None
    ]


def asset_types() -> list[tuple[str, str]]:
    """Return the types of asset: code and name, by name."""
    labels = reference_table("asset_types")["label"]
    return sorted(((str(code), str(label)) for code, label in labels.items()), key=lambda each: each[1])


def number(
    asked: Mapping[str, str], name: str, label: str, *, least: float = 0, most: float = 1e9
) -> float | None:
    """Return a number of the form; None where it was left empty.

    Raises
    ------
    FieldError
        If it is not a number in its range.
    """
    text = str(asked.get(name, "")).strip().replace(",", "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise FieldError(name, f"{label} must be a number, such as 5.") from None
    if not least <= value <= most:
        raise FieldError(name, f"{label} must be between {least:g} and {most:g}.")
    return value


def whole(asked: Mapping[str, str], name: str, label: str, *, most: int = 10**7) -> int:
    """Return a whole number of the form.

    Raises
    ------
    FieldError
        If it is missing or not a whole number.
    """
    value = number(asked, name, label, most=most)
    if value is None or value % 1:
        raise FieldError(name, f"{label} must be a whole number.")
    return int(value)


def answered(call: Call, task: str, words: dict[str, Any], *, title: str) -> dict[str, Any] | Job | None:
    """Return the answer, the work that finds it, or None with the problem in the error summary."""
    try:
        return ask(call, task, words, title=title)
    except InputError as error:
        fail(call, error)
        return None


def fail(call: Call, error: InputError) -> None:
    """Put a problem into the error summary."""
    name = error.name if isinstance(error, FieldError) else ""
    call.errors = [Problem(line.strip(" -"), name) for line in str(error).split("\n") if line.strip(" -")]


def finished(page: Page, answer: dict[str, Any] | Job | None, *, section: str) -> Page:
    """Return the page with its answer, or the one that waits for it."""
    return wait_page(answer, section=section) if isinstance(answer, Job) else page
