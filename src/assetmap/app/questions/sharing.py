"""The page that says who could lend what to whom."""

from __future__ import annotations

from typing import Final

from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, fail, finished, number, ready_project
from assetmap.app.views import Call, View
from assetmap.errors import InputError


def _show(call: Call) -> Page:
    project, asked, answer = ready_project(call), call.asked, None
    if "km" in asked:
        try:
            km = number(asked, "km", "Distance", least=0.1, most=200) or 10.0
            words = {"within_km": km, "audience": project.settings.project.audience}
            answer = answered(call, "sharing", words, title="Matching offers and requests")
        except InputError as error:
            fail(call, error)
    page = Page(
        "sharing.html",
        "Lending and sharing",
        "Match what groups can lend with what others ask for.",
        "register",
        {"answer": answer},
        section="sharing",
    )
    return finished(page, answer, section="sharing")


VIEWS: Final = (View("/p/{key}/sharing", show=_show),)
