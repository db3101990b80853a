"""What is near a person: by type and day, or for a need in words, with a sheet to take home."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from starlette.responses import FileResponse, Response

from assetmap.app.jobs import Job
from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, asset_types, fail, finished, number, ready_project
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, NotFoundError, View
from assetmap.errors import InputError
from assetmap.project import unmet_requests
from assetmap.project.lists.nearby import DAYS

SHEET: Final = re.compile(r"[0-9a-f]{32}\.(?:html|docx)")
LONGEST_NEED: Final = 300


def _show(call: Call) -> Page:
    project = ready_project(call)
    asked, answer = call.asked, None
    if "postcode" in asked:
        try:
            task, words = _words(asked)
            answer = answered(call, task, words, title="Looking around the postcode")
        except InputError as error:
            fail(call, error)
    unmet = unmet_requests(project).reset_index()
    values = {
        "answer": answer,
        "types": asset_types(),
        "days": [(day, day.title()) for day in DAYS],
        "unmet": [
            [row.month, str(row.theme).replace("_", " "), row.ward, row.count] for row in unmet.itertuples()
        ],
        "counted": call.request.query_params.get("counted") == "yes",
    }
    page = Page(
        "near.html",
        "Near a person",
        "Enter a postcode, and what the person needs, to see what is nearby; places that have closed are left out.",
        "near",
        values,
        section="near",
    )
    return finished(page, answer, section="near")


def _words(asked: Any) -> tuple[str, dict[str, Any]]:
    """Return the task that answers, and its words."""
    postcode, need = str(asked["postcode"]).strip(), str(asked.get("need", "")).strip()
    if not postcode:
        raise FieldError("postcode", "Enter a postcode, such as TR1 1EP.")
    within_km = number(asked, "km", "Distance", least=0.1, most=200) or 5.0
    if need:
        if len(need) > LONGEST_NEED:
            raise FieldError("need", f"Use fewer words: {LONGEST_NEED} letters at most.")
        options: dict[str, Any] = {
            name: [asked[key]]
            for name, key in (("asset_types", "type"), ("open_on", "day"))
            if asked.get(key)
        }
        return "need", {"postcode": postcode[:20], "need": need, "within_km": within_km, "options": options}
    options = {"within_km": within_km}
    for name, key in (("type", "asset_type"), ("offers", "offers"), ("day", "open_on")):
        if asked.get(name):
            options[key] = asked[name]
    return "near", {"postcode": postcode[:20], "options": options}


def _count(call: Call) -> Response:
    """Count a need that nothing fits; without consent nothing is counted."""
    if call.word("consent") != "yes":
        raise FieldError("consent", "Ask the person first, and tick the box if they agree.")
    task, words = _words(call.asked)
    if task != "need":
        raise FieldError("need", "Enter what the person needs.")
    back = call.at("near")
    job = Job(
        "count_need",
        {**words, "folder": str(call.folder)},
        "Counting the need",
        after=f"{back}?counted=yes",
        back=back,
        project=call.key,
    )
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


def _sheet(call: Call) -> Response:
    """Return the sheet to take home that was written with an answer."""
    name = str(call.request.path_params["name"])
    path = Path(call.state.scratch) / name
    if not SHEET.fullmatch(name) or not path.is_file():
        raise NotFoundError("There is no such sheet any more. Search again.")
    return FileResponse(path, filename=f"near-you{path.suffix}", content_disposition_type="attachment")


VIEWS: Final = (
    View("/p/{key}/near", show=_show, act=_count, act_role=EDITOR),
    View("/p/{key}/sheets/{name}", show=_sheet),
)
