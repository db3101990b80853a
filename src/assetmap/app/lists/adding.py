"""Add an asset by hand: what it is called, what it is, and where it is, in whatever way is known."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from assetmap.app.pages import Page
from assetmap.app.questions.common import asset_types
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, View
from assetmap.project.store import add_asset

WHERE: Final = (
    "postcode",
    "address",
    "town",
    "grid_reference",
    "latitude",
    "longitude",
    "easting",
    "northing",
)


def _show(call: Call) -> Page:
    return Page(
        "lists/add.html",
        "Add a place or group",
        "Give its name and type, and where it is in one of the ways below; then you can move its point by keyboard.",
        "your_lists",
        {"types": asset_types()},
        section="lists",
        python=(
            "from assetmap.project import store\n\n"
            f"with store.open_store({str(call.folder)!r}) as opened:\n"
            "    store.add_asset(opened, {'name': 'Hall', 'asset_type': 'village_hall', 'postcode': 'TR1 1EP'})"
        ),
    )


def _add(call: Call) -> Response:
    name, kind = call.word("name"), call.word("asset_type")
    if not name:
        raise FieldError("name", "Enter its name.")
    if not kind:
        raise FieldError("asset_type", "Choose its type.")
    where = {column: call.word(column) for column in WHERE if call.word(column)}
    if not set(where) - {"address"}:
        raise FieldError("postcode", "Say where it is: a postcode, a town, a grid reference or coordinates.")
    saved = add_asset(call.store(), {"name": name, "asset_type": kind, **where})
    if saved.row is None:
        return call.go(call.at("lists"))
    return call.go(call.at("rows", str(saved.row.key), "point"))


VIEWS: Final = (View("/p/{key}/add", show=_show, act=_add, act_role=EDITOR),)
