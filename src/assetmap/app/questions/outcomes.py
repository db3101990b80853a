"""The page on what a council wants to achieve: priorities, prevention, counts, conditions and grants, and the files for them."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Final

from starlette.responses import Response

from assetmap.app.jobs import Job
from assetmap.app.lists.overview import ASPECT_OF
from assetmap.app.pages import Page
from assetmap.app.progress import wait_page
from assetmap.app.questions.common import answered, finished, ready_project
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads
from assetmap.app.views import Call, FieldError, View
from assetmap.project.action.telling import kind_of_file
from assetmap.project.action.writing import name_action_file
from assetmap.project.folder import Project
from assetmap.project.outcomes.counts import FORM_NAME, add_counts
from assetmap.show.outcomes.form import write_form

ASPECTS: Final = {
    "priorities": "Priorities: what serves each, and what is within reach",
    "prevention": "Prevention: where need is high and there is little nearby that helps early",
    "counts": "Counts: what groups did, by month",
    "conditions": "Conditions for social action: what people say about their area",
    "grants": "Grants: is money following need?",
}
"""What the page can show, in words."""

FILES: Final = {
    "outcomes": "Priorities and outcomes",
    "counts": "Counts that groups sent back",
    "conditions": "Answers on the conditions for social action",
    "grants": "A list of grants",
}
"""What can be put in, in words; a key is a table of assetmap.toml."""


def _show(call: Call) -> Page:
    project, answer = ready_project(call), None
    what = call.request.query_params.get("what", "")
    if what in ASPECTS:
        answer = answered(call, "outcomes", {"what": what}, title="Measuring the project")
    there = [words for name, words in FILES.items() if getattr(project.settings, name) is not None]
    page = Page(
        "outcomes.html",
        "Priorities and outcomes",
        "See what serves your priorities, where prevention is thin, what groups count, and whether money follows need.",
        "outcomes",
        {
            "answer": answer,
            "aspects": list(ASPECTS.items()),
            "kinds": list(FILES.items()),
            "there": there,
            "what": what,
        },
        section="outcomes",
    )
    return finished(page, answer, section="outcomes")


def _put_in(call: Call) -> Response:
    """Put a file into the project, and name it in its settings."""
    project, said = ready_project(call), call.word("kind")
    if said and said not in FILES:
        raise FieldError("kind", "Choose what the file is.")
    with tempfile.TemporaryDirectory(dir=call.state.scratch) as folder:
        files = save_uploads(call.files("files"), Path(folder), field="files")
        kinds = [said or _kind_of(file) for file in files]
        for kind in dict.fromkeys(kinds):
            these = [file for file, own in zip(files, kinds, strict=True) if own == kind]
            _take(call, project, kind, these)
            project = call.project()
    return call.go(f"{call.at('outcomes')}?what={ASPECT_OF.get(kinds[-1], kinds[-1])}#answer")


def _kind_of(file: Path) -> str:
    """Return what a file is, by its headings."""
    kind = kind_of_file(file, also_published=True)
    if kind not in FILES:
        raise FieldError(
            "files",
            f"It is not clear from its headings what '{file.name}' is. Choose it under “What the file is”.",
        )
    return kind


def _take(call: Call, project: Project, kind: str, files: list[Path]) -> None:
    """Put files of one kind into the project, and name them in its settings."""
    if kind == "counts":
        add_counts(project, files)
        return
    if len(files) > 1:
        raise FieldError(
            "files", f"A project has one file of this kind, and {len(files)} were chosen: {FILES[kind]}."
        )
    title = call.word("title") or FILES[kind]
    date = call.word("date") or str(dt.date.today().year)
    licence = call.word("licence") or "not stated"
    name_action_file(project, kind, files[0], title=title, date=date, licence=licence)


def _form(call: Call) -> Page | Response:
    """Return the form for groups as a file; it offers the names of the groups of the project."""
    place = ready_project(call).settings.project.area_name
    found = answered(call, "group_names", {}, title="Reading the lists")
    if isinstance(found, Job):
        return wait_page(found, section="outcomes")
    groups = found["groups"] if found else ()
    with tempfile.TemporaryDirectory(dir=call.state.scratch) as folder:
        content = write_form(Path(folder) / FORM_NAME, place=place, groups=groups).read_bytes()
    headers = {"content-disposition": f'attachment; filename="{FORM_NAME}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


VIEWS: Final = (
    View("/p/{key}/outcomes", show=_show, act=_put_in, act_role=EDITOR),
    View("/p/{key}/outcomes/form", show=_form),
)
