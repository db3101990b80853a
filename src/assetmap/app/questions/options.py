"""The named options of a project (A, B, C): saved from a what-if, and measured side by side."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.responses import Response

from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, finished, ready_project
from assetmap.app.questions.sites import CHANGES
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project import read_options, remove_option, write_option
from assetmap.schema import Option


def _show(call: Call) -> Page:
    project = ready_project(call)
    options = read_options(project)
    answer = None
    if options and "compare" in call.request.query_params:
        answer = answered(call, "options", {}, title="Measuring the options")
    values = {"options": [_in_words(each) for each in options], "answer": answer}
    page = Page(
        "options.html",
        "Options side by side",
        "Options are saved from “What if sites change?”; the review and its paper compare them.",
        "sites",
        values,
        section="sites",
    )
    return finished(page, answer, section="sites")


def _in_words(option: Option) -> dict[str, Any]:
    lines = [
        f"{CHANGES[kind].split(' to')[0]}: {each}" for kind, words in option.edits.items() for each in words
    ]
    return {"name": option.name, "title": option.title, "lines": lines}


def _save(call: Call) -> Response:
    """Save the changes of a what-if as an option; one of the same name is replaced."""
    name, title = call.word("name"), call.word("title")
    if not name:
        raise FieldError("name", "Give the option a short name, such as A.")
    if not title:
        raise FieldError("title", "Say in a few words what the option is.")
    try:
        edits = json.loads(call.word("edits"))
        given = {str(kind): tuple(str(each) for each in words) for kind, words in edits.items()}
    except (ValueError, AttributeError, TypeError):
        raise InputError("This form is not complete. Load its page again.") from None
    write_option(ready_project(call), Option(name, title, given))
    return call.go(call.at("sites", "options"))


def _remove(call: Call) -> Response:
    remove_option(ready_project(call), call.word("name"))
    return call.go(call.at("sites", "options"))


VIEWS: Final = (
    View("/p/{key}/sites/options", show=_show, act=_save, act_role=EDITOR),
    View("/p/{key}/sites/options/remove", show=_show, act=_remove, act_role=EDITOR),
)
