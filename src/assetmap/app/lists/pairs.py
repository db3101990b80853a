"""Pairs of rows that may be the same thing, side by side: same, different, or later."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from assetmap.app.pages import Page, page_number
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, View
from assetmap.project.store import Row, decide_pair, pairs

PAGE: Final = 10
SHOWN: Final = (
    "name",
    "asset_type",
    "address",
    "town",
    "postcode",
    "website",
    "phone",
    "email",
    "registration_number",
    "status",
)
"""Cells that tell two things apart, in this order; others follow where they differ."""


def _show(call: Call) -> Page:
    asked = call.request.query_params
    which = asked.get("show", "open")
    decided = {"open": False, "decided": True, "all": None}.get(which, False)
    number = page_number(asked.get("page", "1"))
    store = call.store()
    found = pairs(store, decided=decided, offset=(number - 1) * PAGE, limit=PAGE)
    sides = [
        {
            "pair": each,
            "lines": _lines(found.rows[each.row], found.rows[each.other]),
            "rows": (found.rows[each.row], found.rows[each.other]),
        }
        for each in found.pairs
    ]
    values = {
        "sides": sides,
        "total": found.total,
        "which": which,
        "number": number,
        "last": max(1, -(-found.total // PAGE)),
        "decisions": {"same": "The same thing", "different": "Different things", "later": "Decide later"},
    }
    return Page(
        "lists/pairs.html",
        "Pairs that may be the same",
        "Say whether the two rows of a pair are the same group or place, so that nothing is counted twice.",
        "register",
        values,
        section="lists",
    )


def _lines(one: Row, other: Row) -> list[dict[str, Any]]:
    names = [name for name in SHOWN if one.cells.get(name) or other.cells.get(name)]
    names += [
        name
        for name in dict.fromkeys([*one.cells, *other.cells])
        if name not in SHOWN and one.cells.get(name) and other.cells.get(name)
    ]
    lines = [
        {
            "label": name.replace("_", " ").capitalize(),
            "one": one.cells.get(name, ""),
            "other": other.cells.get(name, ""),
            "same": one.cells.get(name, "").casefold() == other.cells.get(name, "").casefold(),
        }
        for name in names
    ]
    return lines[:14]


def _decide(call: Call) -> Response:
    decide_pair(
        call.store(),
        call.number("one"),
        call.number("other"),
        call.word("decision"),
        version=call.number("version"),
    )
    query = call.request.url.query
    return call.go(call.at("pairs") + (f"?{query}" if query else ""))


VIEWS: Final = (View("/p/{key}/pairs", show=_show, act=_decide, act_role=EDITOR),)
