"""Publishing a project: what the public will see, the build, and the review of sites with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import assetmap as am
from assetmap.app.labels import type_labels
from assetmap.app.tasks.answers import opened, project_line, sentences, table
from assetmap.app.worker import Step
from assetmap.errors import counted
from assetmap.project import preview_public

BUILD: Final = "build"
REVIEW: Final = "devolution"
PAPERS: Final = "papers"
"""Folders in a project for the results of a build, of a review, and for papers."""

MOST_SHOWN: Final = 20


def preview(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Say what the public will see of the lists, and what is left out."""
    project = opened(words)
    found = preview_public(project, progress=step)
    left = found.columns.reset_index()
    left["column"] = left["column"].str.replace("_", " ")
    guarded = found.guarded.assign(asset_type=type_labels(found.guarded["asset_type"]))
    shown = found.shown.head(MOST_SHOWN)
    shown = shown.assign(asset_type=type_labels(shown["asset_type"]))
    tables = {
        "guarded": table(
            guarded,
            {"name": "Name", "asset_type": "Type", "source": "List", "shown_as": "What the public sees"},
            caption="Places that must stay secret: only their type and neighbourhood are published",
        ),
        "columns": table(
            left, {"column": "Column", "cells": "Cells left out"}, caption="Columns that are left out"
        ),
        "shown": table(
            shown,
            {
                "name": "Name",
                "asset_type": "Type",
                "status": "Status",
                "town": "Town",
                "postcode": "Postcode",
            },
            caption=f"The first {len(shown)} of {found.assets:,}, as the public will see them",
        ),
    }
    return {
        "audience": found.audience,
        "assets": found.assets,
        "guarded": len(guarded),
        "cells": int(found.columns["cells"].sum()),
        "changed": found.changed,
        "tables": tables,
        "notes": sentences(found.notes),
        "python": f"{project_line(project.folder)}\nam.project.preview_public(project)",
    }


def build(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Build the map, the report, the workbook and the tables."""
    project = opened(words)
    results = am.build(project, project.folder / BUILD, progress=step)
    summary = am.summarise(results)
    rows = ", ".join(f"{count:,} {outcome}" for outcome, count in summary["rows"].items())
    return {
        "sentences": [
            f"{summary['area_name']}: {summary['population']:,} people in {counted(summary['areas'], 'small area')}.",
            f"Rows in the lists: {rows}.",
        ],
        "notes": sentences(results.notes),
    }


def review(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Review the sites and write the page, the tables and the evidence pack."""
    project = opened(words)
    found, _ = am.review_project(project, Path(project.folder) / REVIEW, progress=step)
    return {"sentences": [f"{counted(len(found.sites), 'site')} reviewed."], "notes": sentences(found.notes)}


def paper(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Write the report or the review as a Word document."""
    project, kind = opened(words), str(words["kind"])
    folder = Path(project.folder) / PAPERS
    folder.mkdir(exist_ok=True)
    path, notes = am.project.write_paper(
        project,
        folder / f"{kind}.docx",
        kind=kind,
        template=words["template"] or None,
        options=words["options"],
        progress=step,
    )
    return {"sentences": [f"The paper is written: {path.name}."], "notes": sentences(notes)}
