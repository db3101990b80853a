"""The rows of a list with their outcomes: filters with counts, the fix beside each row, pages."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from assetmap.app.lists.overview import OUTCOMES, find_list
from assetmap.app.pages import Page, page_number, render
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, View
from assetmap.project.store import (
    BY_HAND,
    Row,
    Saved,
    Store,
    accept_suggestion,
    edit_cell,
    lists,
    row,
    rows,
    values,
)

PAGE: Final = 50
MOST_VALUES: Final = 100
"""Values of a column to choose from in the filter; others are found by searching."""

EMPTY: Final = "(empty)"
"""How the address of a page says that a cell is empty."""


def _show_list(call: Call) -> Page:
    info = find_list(call)
    page = _table(call, info.name, call.at("lists", info.name))
    return Page(
        "lists/list.html",
        info.title or info.name,
        "Work through the rows that must be fixed first; what you change is saved at once and can be undone.",
        "your_lists",
        page | {"info": info, "own": info.kind == "hand"},
        section="lists",
    )


def _show_all(call: Call) -> Page:
    page = _table(call, "", call.at("rows"))
    return Page(
        "lists/list.html",
        "All rows",
        "The rows of all lists together; what you change is saved at once and can be undone.",
        "your_lists",
        page | {"info": None, "own": False},
        section="lists",
    )


def _table(call: Call, name: str, here: str) -> dict[str, Any]:
    asked = call.request.query_params
    outcome = asked.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    search, edited = asked.get("search", "")[:200], asked.get("edited") == "yes"
    column, value = asked.get("column", "")[:200], asked.get("value", "")[:500]
    number = page_number(asked.get("page", "1"))
    store = call.store()
    found = rows(
        store,
        list_name=name,
        outcome=outcome,
        search=search,
        where={column: "" if value == EMPTY else value} if column and value else None,
        edited=edited,
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    last = max(1, -(-found.total // PAGE))
    kept = {
        "outcome": outcome,
        "search": search,
        "column": column,
        "value": value,
        "edited": "yes" if edited else "",
    }

    def address(**changed: Any) -> str:
        words = {key: value for key, value in {**kept, **changed}.items() if value}
        return f"{here}?{urlencode(words)}" if words else here

    return {
        "rows": found.rows,
        "total": found.total,
        "outcomes": OUTCOMES,
        "counts": found.outcomes,
        "every": sum(found.outcomes.values()),
        "outcome": outcome,
        "search": search,
        "column": column,
        "value": value,
        "columns": [(each, each.replace("_", " ").capitalize()) for each in _columns(store, name)],
        "values": _values(store, name, column) if column else [],
        "edited": edited,
        "number": number,
        "last": last,
        "pages": _page_numbers(number, last),
        "address": address,
        "here": address(page=number if number > 1 else ""),
        "form": here,
        "titles": {} if name else {each.name: each.title for each in lists(store)},
    }


def _columns(store: Store, name: str) -> list[str]:
    """Return the columns whose values can be chosen, those of the register first."""
    found = {
        each.column: each.understood
        for info in lists(store)
        if not name or info.name == name
        for each in info.columns
    }
    if not name or name == BY_HAND:
        found |= {"name": True, "asset_type": True, "status": True, "postcode": True, "town": True}
    return sorted(found, key=lambda column: (not found[column], column != "asset_type", column))


def _values(store: Store, name: str, column: str) -> list[tuple[str, str]]:
    """Return the values of a column with their counts, most rows first."""
    found = list(values(store, column, list_name=name).items())[:MOST_VALUES]
    return [(text or EMPTY, f"{text[:60] or 'empty'} ({count:,})") for text, count in found]


def _page_numbers(number: int, last: int) -> list[int]:
    """Return the pages to link to; 0 stands for pages that are left out."""
    wanted = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    found: list[int] = []
    for each in wanted:
        if found and each - found[-1] > 1:
            found.append(0)
        found.append(each)
    return found


def _accept(call: Call) -> Response:
    store, key = call.store(), call.number("row")
    saved = accept(store, key, call.word("column"), call.word("value"), version=call.number("version"))
    if "hx-request" in call.request.headers:
        judged = saved.row or row(store, key)
        return part(call, judged, said="Saved.")
    back = call.word("back")
    return call.go(f"{back if is_here(call, back) else call.at('rows')}#row-{key}")


def accept(store: Store, key: int, column: str, value: str, *, version: int) -> Saved:
    """Save a suggestion. Of several for one cell, the store knows the first; another is an ordinary edit."""
    first = next((each.value for each in row(store, key).suggestions if each.column == column), None)
    if value in ("", first):
        return accept_suggestion(store, key, column, version=version)
    return edit_cell(store, key, column, value, version=version)


def part(call: Call, judged: Row, *, said: str = "") -> Response:
    """Return one row of the table alone, as it is now."""
    values = {"each": judged, "outcomes": OUTCOMES, "said": said, "here": call.word("back"), "titles": {}}
    return render(call, Page("lists/row_part.html", "", "", "your_lists", values))


def is_here(call: Call, address: str) -> bool:
    """Return whether an address is one of this project, so that a form can lead back to it."""
    return address.startswith(f"{call.at()}/") and "//" not in address and "\\" not in address


VIEWS: Final = (
    View("/p/{key}/lists/{name}", show=_show_list),
    View("/p/{key}/rows", show=_show_all),
    View(
        "/p/{key}/rows/{row}/accept", show=lambda call: call.go(call.at("rows")), act=_accept, act_role=EDITOR
    ),
)
