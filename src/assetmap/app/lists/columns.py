"""What the columns of a list mean, which of its sheets are read, and what is said of it."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from assetmap.app.lists.overview import find_list
from assetmap.app.pages import Page
from assetmap.app.questions.common import asset_types
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, View
from assetmap.project.store import choose_columns, choose_sheets, choose_type, describe_list
from assetmap.schema import reference_table

SAID: Final = ("title", "publisher", "date", "licence", "attribution", "url")


def _show(call: Call) -> Page:
    info = find_list(call)
    meanings = reference_table("column_names")["meaning"]
    options = [
        (str(code), f"{str(code).replace('_', ' ').capitalize()}: {meaning}")
        for code, meaning in meanings.items()
    ]
    values = {
        "info": info,
        "options": options,
        "types": asset_types(),
        "said": [(name, getattr(info, name)) for name in SAID],
    }
    return Page(
        "lists/columns.html",
        f"Columns of {info.title or info.name}",
        "Check what assetmap took each column to mean; choose another meaning where it is wrong.",
        "your_lists",
        values,
        section="lists",
    )


def _columns(call: Call) -> Response:
    info = find_list(call)
    now = {each.heading: each.column if each.understood else "" for each in info.columns}
    changes = {}
    for at, each in enumerate(info.columns):
        wanted = call.word(f"column{at}", now[each.heading])
        if wanted != now[each.heading]:
            changes[each.heading] = wanted
    taken = [wanted for at in range(len(info.columns)) if (wanted := call.word(f"column{at}"))]
    twice = {name for name in taken if taken.count(name) > 1} & set(changes.values())
    if twice:
        name = sorted(twice)[0]
        raise FieldError(
            f"column{taken.index(name)}", f"Two columns mean '{name.replace('_', ' ')}'. Choose one of them."
        )
    if changes:
        choose_columns(call.store(), info.name, changes, version=call.number("version"))
    return call.go(call.at("lists", info.name))


def _sheets(call: Call) -> Response:
    info = find_list(call)
    ticked = call.words("parts")
    if not ticked:
        raise FieldError("parts", "Tick at least one sheet.")
    choose_sheets(call.store(), info.name, ticked, version=call.number("version"))
    return call.go(call.at("lists", info.name))


def _type(call: Call) -> Response:
    info = find_list(call)
    choose_type(call.store(), info.name, call.word("type"), version=call.number("version"))
    return call.go(call.at("lists", info.name))


def _describe(call: Call) -> Response:
    info = find_list(call)
    said = {name: call.word(name) for name in SAID}
    describe_list(call.store(), info.name, version=call.number("version"), **said)
    return call.go(call.at("lists", info.name))


VIEWS: Final = (
    View("/p/{key}/lists/{name}/columns", show=_show, act=_columns, act_role=EDITOR),
    View("/p/{key}/lists/{name}/sheets", show=_show, act=_sheets, act_role=EDITOR),
    View("/p/{key}/lists/{name}/type", show=_show, act=_type, act_role=EDITOR),
    View("/p/{key}/lists/{name}/about", show=_show, act=_describe, act_role=EDITOR),
)
