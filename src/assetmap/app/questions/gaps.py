"""The page that finds where need is high and access is low."""

from __future__ import annotations

from typing import Any, Final

from assetmap.app.pages import Page
from assetmap.app.questions.common import (
    answered,
    asset_types,
    distances,
    fail,
    finished,
    number,
    ready_project,
)
from assetmap.app.views import Call, View
from assetmap.errors import InputError


def _show(call: Call) -> Page:
    project, asked = ready_project(call), call.asked
    answer = None
    if "type" in asked:
        try:
            options = _options(asked, project.settings.access.asset_type)
            answer = answered(call, "gaps", {"options": options}, title="Finding the gaps")
        except InputError as error:
            fail(call, error)
    values = {
        "answer": answer,
        "types": asset_types(),
        "distances": distances(project),
        "defaults": {
            "type": project.settings.access.asset_type,
            "distance": project.settings.access.distance,
            "km": f"{project.settings.access.limit_m / 1000:g}",
        },
    }
    page = Page(
        "gaps.html",
        "Gaps between need and access",
        "Find the neighbourhoods where need is high and the nearest place is far.",
        "gaps",
        values,
        section="gaps",
    )
    return finished(page, answer, section="gaps")


def _options(asked: Any, usual: str) -> dict[str, Any]:
    """Return what was asked for; the usual type is left out, so that the answer is that of the map and the report."""
    options: dict[str, Any] = {} if asked["type"] == usual else {"asset_type": asked["type"]}
    if asked.get("need"):
        options["need"] = asked["need"]
    if asked.get("distance"):
        options["distance"] = asked["distance"]
    km = number(asked, "km", "How far people travel", least=0.1, most=200)
    if km is not None:
        options["limit_m"] = km * 1000
    if asked.get("unknown"):
        options["include_unknown"] = True
    return options


VIEWS: Final = (View("/p/{key}/gaps", show=_show),)
