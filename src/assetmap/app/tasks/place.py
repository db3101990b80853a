"""The official files of a place: what they are, what is missing, and a project made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assetmap.app.worker import Step
from assetmap.place import fetch_project, inspect_place, make_project
from assetmap.place.make import MadeProject


def files(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Say what each file of a folder is, and what each step of a build still needs."""
    step("Looking into the files")
    report = inspect_place(Path(words["folder"]) / "inputs", area=words["area"] or None)
    return {
        "files": json.loads(report.files.to_json(orient="records")),
        "steps": json.loads(report.steps.to_json(orient="records")),
        "lacking": [str(step) for step in report.lacking["step"]],
    }


def make(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Make a project from the files."""
    return _made(make_project(words["folder"], area=words["area"], progress=step))


def fetch(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Download the official files and make a project from them."""
    seen: set[str] = set()

    def report(name: str, done: int, whole: int | None) -> None:
        if name not in seen:
            seen.add(name)
            step(f"Downloading {name.replace('_', ' ')}")

    fetched, made = fetch_project(words["area"], words["folder"], report=report, progress=step)
    problems = [f"Not downloaded: {message}" for message in fetched.problems.values()]
    return (_made(made) if made is not None else {"notes": []}) | {"problems": problems}


def _made(made: MadeProject) -> dict[str, Any]:
    return {"name": made.area_name, "areas": made.areas, "how": made.how, "notes": list(made.notes)}
