"""The page on travel times: a box for roads and one for bus timetables, and who can get there and back without a car."""

from __future__ import annotations

import secrets
from typing import Any, Final

from starlette.responses import Response

from assetmap.app.jobs import Job
from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, finished, ready_project
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads
from assetmap.app.views import Call, FieldError, View
from assetmap.project.folder import Project

BOXES: Final = {"roads": "roads", "timetable": "bus timetable"}
"""Tables of the settings, and what people call the file."""


def _show(call: Call) -> Page:
    project, answer = ready_project(call), None
    if call.asked.get("go") and any(getattr(project.settings, name) for name in BOXES):
        answer = answered(call, "travel", {}, title="Working out the travel times")
    added = call.state.jobs.find(str(call.asked.get("added", "")))
    values = {
        "answer": answer,
        "boxes": [
            {"name": name, "words": words, "there": _there(project, name)} for name, words in BOXES.items()
        ],
        "added": added.answer["said"]
        if added is not None and added.project == call.key and added.answer
        else [],
    }
    page = Page(
        "travel.html",
        "Can people without a car get there?",
        "Add the roads of the county and the bus timetable of the region; the answer says who can get there, stay while it is open, and get home.",
        "travel",
        values,
        section="travel",
    )
    return finished(page, answer, section="travel")


def _there(project: Project, name: str) -> list[str]:
    """Return the files of a table of the settings, each with its date."""
    table = getattr(project.settings, name)
    if table is None:
        return []
    files = table.files if name == "timetable" else (table.file,)
    return [f"{file} ({table.date})" for file in files]


def _add(call: Call) -> Response:
    ready_project(call)
    sent = {name: call.files(name) for name in BOXES}
    if not any(sent.values()):
        raise FieldError("roads", "Choose a file of roads or a bus timetable.")
    folder = call.state.scratch / secrets.token_hex(8)
    folder.mkdir(parents=True)
    paths = [
        path for name, files in sent.items() if files for path in save_uploads(files, folder, field=name)
    ]
    words: dict[str, Any] = {"folder": str(call.folder), "files": [str(path) for path in paths]}
    job = Job(
        "add_transport",
        words,
        "Reading roads and timetables",
        after="",
        back=call.at("travel"),
        project=call.key,
    )
    job.after = f"{call.at('travel')}?added={job.number}"
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


VIEWS: Final = (
    View("/p/{key}/travel", show=_show),
    View("/p/{key}/travel/files", show=_show, act=_add, act_role=EDITOR),
)
