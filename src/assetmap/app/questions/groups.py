"""The page that estimates the groups on no register, by every method for which the user has the figures."""

from __future__ import annotations

from typing import Any, Final

from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, fail, finished, number, ready_project, whole
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project.folder import Project

METHODS: Final = {
    "rate": ("Only the number of people", "A rate that was counted elsewhere, times the people here."),
    "lists": ("Two or more lists", "How much your lists overlap shows how many groups are on none of them."),
    "register": (
        "Lists and an official register",
        "How many registered groups your lists have shows how complete they are.",
    ),
    "areas": (
        "Some areas where groups were counted",
        "The rate of the counted areas, with how much they differ.",
    ),
    "finds": (
        "How often each group was found",
        "Groups that were found once or twice show how many were missed.",
    ),
    "streets": ("A random sample of streets", "What was found on the streets, scaled up."),
}
"""Method -> what the user has, and how it works."""

MOST_LINES: Final = 5000


def _show(call: Call) -> Page:
    project, asked, answer = ready_project(call), call.asked, None
    method = asked.get("method", "")
    if method not in METHODS:
        method = ""
    if method and asked.get("go"):
        try:
            words = {"method": method, "options": _options(method, call, project)}
            answer = answered(call, "groups", words, title="Estimating the groups on no register")
        except InputError as error:
            fail(call, error)
    settings = project.settings
    values = {
        "answer": answer,
        "methods": METHODS,
        "method": method,
        "lists": [(each.file, each.title) for each in settings.assets],
        "chosen": _many(call, "lists"),
        "defaults": {
            "rate": f"{settings.estimate.rate:g}",
            "cv": f"{settings.estimate.cv:g}",
            "level": f"{settings.estimate.level * 100:g}",
        },
    }
    page = Page(
        "groups.html",
        "Groups on no register",
        "Estimate how many active groups on local listings are on no official register; an estimate always comes with its interval.",
        "groups",
        values,
        section="groups",
    )
    return finished(page, answer, section="groups")


def _many(call: Call, name: str) -> list[str]:
    if call.form:
        return call.words(name)
    return [value for value in call.request.query_params.getlist(name) if value]


def _options(method: str, call: Call, project: Project) -> dict[str, Any]:
    asked = call.asked
    percent = number(asked, "level", "The level of the interval", least=60, most=99.9)
    level = (percent or project.settings.estimate.level * 100) / 100
    if method == "rate":
        found = {
            "rate": number(asked, "rate", "The rate", least=0.01, most=100),
            "cv": number(asked, "cv", "The variation", most=1),
        }
        return {name: value for name, value in found.items() if value is not None} | {"level": level}
    if method in ("lists", "register"):
        return _of_lists(method, call, project) | {"level": level}
    if method == "areas":
        return {"counts": dict(_pairs(asked, "counts", "area code")), "level": level}
    if method == "finds":
        names = {"seen": "Groups found in total", "once": "Groups found once", "twice": "Groups found twice"}
        return {name: whole(asked, name, label) for name, label in names.items()} | {"level": level}
    design = "purposive" if asked.get("design") == "purposive" else "random"
    streets = dict(_pairs(asked, "streets", "kind of street"))
    return {
        "sample": _pairs(asked, "sample", "kind of street"),
        "streets": streets,
        "design": design,
        "level": level,
    }


def _of_lists(method: str, call: Call, project: Project) -> dict[str, Any]:
    known = {each.file for each in project.settings.assets}
    files = [file for file in _many(call, "lists") if file in known]
    if method == "register":
        registered = call.asked.get("registered", "")
        files = [file for file in files if file != registered]
        if registered not in known or not files:
            raise FieldError(
                "registered", "Tick at least one list, and choose another one that is the official register."
            )
        return {"files": files, "registered": registered}
    if len(files) < 2:
        raise FieldError("lists", "Tick at least two lists.")
    return {"files": files}


def _pairs(asked: Any, name: str, what: str) -> list[list[Any]]:
    """Return the lines of a field: words and a number, apart by a comma, a tab or a semicolon."""
    found: list[list[Any]] = []
    for at, line in enumerate(str(asked.get(name, "")).splitlines()[:MOST_LINES], start=1):
        if not line.strip():
            continue
        words, _, value = line.replace("\t", ",").replace(";", ",").strip().rpartition(",")
        try:
            found.append([words.strip(), float(value)])
        except ValueError:
            words = ""
        if not words.strip():
            raise FieldError(name, f"Line {at} must be a {what}, a comma and a number.")
    if not found:
        raise FieldError(name, f"Enter one line for each: a {what}, a comma and a number.")
    return found


VIEWS: Final = (View("/p/{key}/groups", show=_show),)
