"""The page that lists what is near a person."""

from __future__ import annotations

from typing import Any, Final

from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, asset_types, fail, finished, number, ready_project
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project.lists import DAYS


def _show(call: Call) -> Page:
    ready_project(call)
    asked, answer = call.asked, None
    if "postcode" in asked:
        try:
            answer = answered(call, "near", _words(asked), title="Looking around the postcode")
        except InputError as error:
            fail(call, error)
    values = {"answer": answer, "types": asset_types(), "days": [(day, day.title()) for day in DAYS]}
    page = Page(
        "near.html",
        "Near a person",
        "Enter a postcode to see what is near, nearest first; places that have closed are left out.",
        "register",
        values,
        section="near",
    )
    return finished(page, answer, section="near")


def _words(asked: Any) -> dict[str, Any]:
    postcode = str(asked["postcode"]).strip()
    if not postcode:
        raise FieldError("postcode", "Enter a postcode, such as TR1 1EP.")
    options: dict[str, Any] = {"within_km": number(asked, "km", "Distance", least=0.1, most=200) or 5.0}
    for name, key in (("type", "asset_type"), ("offers", "offers"), ("day", "open_on")):
        if asked.get(name):
            options[key] = asked[name]
    return {"postcode": postcode[:20], "options": options}


VIEWS: Final = (View("/p/{key}/near", show=_show),)
