"""Papers for a committee: the report or the review as a Word document, in a template of the council's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from assetmap.app.jobs import DONE, ENDED, Job
from assetmap.app.pages import Page
from assetmap.app.publish import PAPERS, files_of
from assetmap.app.questions.common import ready_project
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads
from assetmap.app.views import Call, FieldError, View
from assetmap.project import read_options

TEMPLATE: Final = "template"
"""Folder of the template, among the papers of a project."""

ENDINGS: Final = (".docx", ".dotx")
KINDS: Final = {
    "report": (
        "The report",
        "Where need is high and access is low: four pages with the answers, then annexes.",
    ),
    "review": (
        "The review of sites",
        "Two pages for the decision: what is asked, and the options side by side. Then each option with its maps, and annexes.",
    ),
}


def _show(call: Call) -> Page:
    project = ready_project(call)
    job = call.state.jobs.of_project(call.key, "paper")
    template = _template(call.folder)
    values: dict[str, Any] = {
        "kinds": KINDS,
        "kind": call.asked.get("kind", "report"),
        "options": [(each.name, each.title) for each in read_options(project)],
        "chosen": call.words("option"),
        "template": template.name if template else "",
        "files": [each for each in files_of(call.folder) if each["part"] == PAPERS],
        "work": job if job is not None and job.state not in ENDED else None,
        "notes": job.answer["notes"] if job is not None and job.state == DONE else [],
    }
    return Page(
        "paper.html",
        "Papers for a committee",
        "Choose what the paper is about. It is a Word document with the words and numbers of the page, to edit, send and print.",
        "paper",
        values,
        section="publish",
        python=(
            f"import assetmap as am\n\nproject = am.open_project({str(project.folder)!r})\n"
            "path, remarks = am.project.write_paper(project, 'paper.docx', kind='review')"
        ),
    )


def _template(folder: Path) -> Path | None:
    """Return the template that was used last."""
    found = sorted(each for each in (folder / PAPERS / TEMPLATE).glob("*") if each.suffix in ENDINGS)
    return found[0] if found else None


def _make(call: Call) -> Response:
    project, kind = ready_project(call), call.word("kind")
    if kind not in KINDS:
        raise FieldError("kind", "Choose what the paper is about.")
    names = call.words("option") if kind == "review" else []
    unknown = set(names) - {each.name for each in read_options(project)}
    if unknown:
        raise FieldError("option", f"There is no option '{min(unknown)}' any more. Load this page again.")
    template = _template(call.folder) if call.word("use_template") else None
    uploads = call.files(TEMPLATE)
    if uploads:
        template = _saved(call, uploads)
    words = {
        "folder": str(call.folder),
        "kind": kind,
        "options": names,
        "template": str(template) if template else "",
    }
    back = call.at("paper")
    job = Job("paper", words, "Writing the paper", after=f"{back}#files", back=back, project=call.key)
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


def _saved(call: Call, uploads: list[Any]) -> Path:
    """Keep a template for this paper and the next ones, in place of the one before."""
    if len(uploads) > 1 or not (uploads[0].filename or "").lower().endswith(ENDINGS):
        raise FieldError(TEMPLATE, "Choose one Word template: a file that ends in .docx or .dotx.")
    folder = call.folder / PAPERS / TEMPLATE
    folder.mkdir(parents=True, exist_ok=True)
    (kept,) = save_uploads(uploads, folder, field=TEMPLATE)
    for other in folder.iterdir():
        if other != kept:
            other.unlink()
    return kept


VIEWS: Final = (View("/p/{key}/paper", show=_show, act=_make, act_role=EDITOR),)
