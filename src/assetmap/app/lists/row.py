"""One row: every cell can be edited, suggestions accepted, the asset moved, closed or decided about; and its history.

If somebody else saved the same row in between, nothing is overwritten: the page shows both and the person chooses.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from assetmap.app.lists.overview import OUTCOMES
from assetmap.app.pages import Page
from assetmap.app.questions.common import asset_types
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, NotFoundError, View
from assetmap.errors import InputError
from assetmap.project.store import (
    ConflictError,
    Row,
    close_asset,
    decide_place,
    edit_cells,
    history,
    lists,
    remove_asset,
    row,
    undo,
)

CELL: Final = "cell."
SEEN: Final = "seen."
MOST_CHANGES: Final = 20
"""Changes of a row on its page; the history has all of them."""

ALWAYS: Final = ("name", "asset_type", "status", "address", "town", "postcode")
"""Cells that can be filled in even if the list has no such column."""

GUARDED: Final = {
    "list": "the list says so",
    "type": "of its type",
    "name": "of its name",
    "column": "of a column of the list",
}


def saved(call: Call, key: int) -> str:
    """Return the address of a row after a save; its way back leads to the same rows as before."""
    back = call.word("back")
    return f"{call.at('rows', str(key))}?{urlencode({'saved': 'yes', **({'back': back} if back else {})})}"


def find_row(call: Call) -> Row:
    """Return the row in the address.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    try:
        return row(call.store(), call.number("row"))
    except InputError as error:
        raise NotFoundError(str(error)) from error


def _show(call: Call) -> Page:
    found = find_row(call)
    typed = {
        name.removeprefix(CELL): value
        for name, value in call.form.items()
        if name.startswith(CELL) and isinstance(value, str)
    }
    values = {
        "row": found,
        "cells": _cells(found, typed),
        "outcomes": OUTCOMES,
        "list": next((each for each in lists(call.store()) if each.name == found.list_name), None),
        "history": history(call.store(), row=found.key, limit=MOST_CHANGES),
        "guarded": GUARDED.get(found.guarded, found.guarded),
        "today": dt.date.today().isoformat(),
        "back": call.word("back") or call.request.query_params.get("back", ""),
    }
    return Page(
        "lists/row.html",
        found.name or f"Row {found.number}",
        "Change any cell and save; assetmap checks the row again straight away.",
        "your_lists",
        values,
        section="lists",
        python=(
            "from assetmap.project import store\n\n"
            f"with store.open_store({str(call.folder)!r}) as opened:\n"
            f"    row = store.row(opened, {found.key})\n"
            "    store.edit_cells(opened, row.key, {'postcode': 'TR1 1EP'}, version=row.version)"
        ),
    )


def _cells(found: Row, typed: dict[str, str]) -> list[dict[str, Any]]:
    """Return the cells of a row for its form: a few that every asset can have first, then what else the list has."""
    names = list(dict.fromkeys([*ALWAYS, *found.cells]))
    suggested = {each.column: each for each in found.suggestions}
    kinds = asset_types()
    return [
        {
            "name": name,
            "label": name.replace("_", " ").capitalize(),
            "value": typed.get(name, found.cells.get(name, "")),
            "seen": found.cells.get(name, ""),
            "original": found.originals.get(name),
            "long": len(found.cells.get(name, "")) > 60,
            "first": name in ALWAYS or name in suggested or name in found.originals or name in typed,
            "options": kinds
            if name == "asset_type" and found.cells.get(name, "") in {"", *dict(kinds)}
            else (),
        }
        for name in names
    ]


def _save(call: Call) -> Response | Page:
    key = call.number("row")
    changes = {}
    for name, value in call.form.items():
        if name.startswith(CELL) and isinstance(value, str):
            column = name.removeprefix(CELL)
            if value.strip() != call.word(f"{SEEN}{column}"):
                changes[column] = value.strip()
    if not changes:
        raise InputError("Nothing was changed. Change a cell, then save.")
    try:
        edit_cells(call.store(), key, changes, version=call.number("version"))
    except ConflictError as error:
        return conflict_page(call, error, changes)
    return call.go(saved(call, key))


def conflict_page(call: Call, error: ConflictError, changes: dict[str, str]) -> Page:
    """Return the page that shows what both people wrote, and lets the second one choose."""
    conflict = error.conflict
    theirs = {each.column: each for each in conflict.theirs}
    lines = [
        {
            "column": column,
            "yours": value,
            "now": conflict.now.get(column) or "",
            "theirs": theirs.get(column),
        }
        for column, value in changes.items()
    ]
    values = {"row": call.number("row"), "version": conflict.version, "lines": lines, "all": conflict.theirs}
    return Page(
        "lists/conflict.html",
        "Somebody else changed this row",
        "Nothing is lost: choose which version of each cell to keep.",
        "your_lists",
        values,
        section="lists",
    )


def _choose(call: Call) -> Response | Page:
    key = call.number("row")
    chosen = {}
    for name, value in call.form.items():
        if (
            name.startswith(CELL)
            and isinstance(value, str)
            and call.word(f"keep.{name.removeprefix(CELL)}") == "yours"
        ):
            chosen[name.removeprefix(CELL)] = value
    if chosen:
        try:
            edit_cells(call.store(), key, chosen, version=call.number("version"))
        except ConflictError as error:
            return conflict_page(call, error, chosen)
    return call.go(saved(call, key))


def _reset(call: Call) -> Response:
    """Put a cell back to what the file says."""
    key = call.number("row")
    edit_cells(call.store(), key, {call.word("column"): None}, version=call.number("version"))
    return call.go(call.at("rows", str(key)))


def _close(call: Call) -> Response:
    key = call.number("row")
    try:
        day = dt.date.fromisoformat(call.word("on")) if call.word("on") else None
    except ValueError:
        raise InputError("Enter the day as year-month-day, such as 2026-03-31.") from None
    close_asset(call.store(), key, version=call.number("version"), on=day)
    return call.go(saved(call, key))


def _remove(call: Call) -> Response:
    remove_asset(call.store(), call.number("row"), version=call.number("version"))
    return call.go(call.at("lists"))


def _decide(call: Call) -> Response:
    key = call.number("row")
    decide_place(call.store(), key, call.word("decision"), version=call.number("version"))
    return call.go(saved(call, key))


def _undo(call: Call) -> Response:
    key = call.number("row")
    undo(call.store(), call.number("change"))
    return call.go(saved(call, key))


VIEWS: Final = (
    View("/p/{key}/rows/{row}", show=_show, act=_save, act_role=EDITOR),
    View("/p/{key}/rows/{row}/choose", show=_show, act=_choose, act_role=EDITOR),
    View("/p/{key}/rows/{row}/reset", show=_show, act=_reset, act_role=EDITOR),
    View("/p/{key}/rows/{row}/close", show=_show, act=_close, act_role=EDITOR),
    View("/p/{key}/rows/{row}/remove", show=_show, act=_remove, act_role=EDITOR),
    View("/p/{key}/rows/{row}/decide", show=_show, act=_decide, act_role=EDITOR),
    View("/p/{key}/rows/{row}/undo", show=_show, act=_undo, act_role=EDITOR),
)
