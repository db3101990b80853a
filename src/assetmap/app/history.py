"""History: who changed what and when, undo, the register as it was on a day, and what changed between two days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from assetmap.app.labels import type_labels
from assetmap.app.pages import Page, page_number
from assetmap.app.questions.common import answered, fail, finished
from assetmap.app.state import EDITOR
from assetmap.app.tasks.answers import table
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project.store import (
    ACTIONS,
    ConflictError,
    Difference,
    as_of,
    changes_between,
    history,
    lists,
    undo,
    users,
)

PAGE: Final = 30
MOST_SHOWN: Final = 100


def _show(call: Call) -> Page:
    asked, store = call.asked, call.store()
    number = page_number(asked.get("page", "1"))
    who, name = asked.get("who", ""), asked.get("list", "")
    row = int(asked["row"]) if re.fullmatch(r"\d{1,15}", asked.get("row", "")) else None
    found = history(store, who=who, list_name=name, row=row, offset=(number - 1) * PAGE, limit=PAGE)
    values: dict[str, Any] = {
        "changes": found.changes,
        "total": found.total,
        "who": who,
        "list": name,
        "row": row,
        "address": lambda page: (
            f"{call.at('history')}?{urlencode({'page': page, 'who': who, 'list': name, 'row': row or ''})}"
        ),
        "people": users(store),
        "lists": [(each.name, each.title or each.name) for each in lists(store)],
        "number": number,
        "last": max(1, -(-found.total // PAGE)),
        "actions": ACTIONS,
        "clock": _clock,
        "register": None,
        "between": None,
        "mapped": False,
        "picture": None,
        "today": dt.date.today().isoformat(),
    }
    try:
        values |= _days(call, asked)
    except InputError as error:
        fail(call, error)
    page = Page(
        "history.html",
        "History",
        "See who changed what and when, and undo any of it; nothing is ever lost.",
        "app",
        values,
        section="history",
        python=(
            "from assetmap.project import store\n\n"
            f"with store.open_store({str(call.folder)!r}) as opened:\n"
            "    store.history(opened)\n    store.undo(opened, 1)"
        ),
    )
    return finished(page, values["picture"], section="history")


def _days(call: Call, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the register of a day, or what changed between two days, if they were asked for."""
    first, last = _day(asked, "day"), _day(asked, "until")
    if first is None:
        return {}
    if last is None:
        assets = as_of(call.store(), first).assets
        shown = assets.head(MOST_SHOWN).assign(asset_type=lambda rows: type_labels(rows["asset_type"]))
        columns = {
            "name": "Name",
            "asset_type": "Type",
            "status": "Status",
            "town": "Town",
            "postcode": "Postcode",
        }
        caption = f"The register at the end of {first.day} {first:%B %Y}: {len(assets):,} groups and places"
        caption += f", the first {MOST_SHOWN} of them" if len(assets) > MOST_SHOWN else ""
        return {"register": table(shown, columns, caption=caption)}
    if last < first:
        raise FieldError("until", "The second day is before the first.")
    found = changes_between(call.store(), first, last)
    rows = found.register.assign(change=found.register["change"].astype("str").str.replace("_", " "))
    columns = {"change": "What", "name": "Name", "before": "Before", "after": "After"}
    title = f"What changed from {first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    caption = title + (f": the first {MOST_SHOWN} of {len(rows):,}" if len(rows) > MOST_SHOWN else "")
    points = _points(found)
    values: dict[str, Any] = {
        "between": table(rows.head(MOST_SHOWN), columns, caption=caption),
        "mapped": len(points) > 0,
    }
    if asked.get("map") == "yes" and points:
        values["picture"] = answered(
            call, "changed_map", {"points": points, "title": title}, title="Drawing the map"
        )
    return values


def _points(found: Difference) -> list[list[Any]]:
    """Return name, change, area and point of each change whose place may be shown."""
    points = []
    for change in found.register.itertuples():
        there = found.after if isinstance(change.new_id, str) else found.before
        asset = there.assets.loc[str(change.new_id if isinstance(change.new_id, str) else change.old_id)]
        if asset.geometry is not None and not asset["sensitive"]:
            area = asset["area_code"] if isinstance(asset["area_code"], str) else ""
            points.append([str(change.name), str(change.change), area, asset.geometry.x, asset.geometry.y])
    return points


def _day(asked: Mapping[str, str], name: str) -> dt.date | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise FieldError(name, "Enter the day as year-month-day, such as 2026-03-31.") from None


def _clock(moment: dt.datetime) -> str:
    """Write a moment of the history on this computer's clock."""
    local = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone()
    return f"{local.day} {local:%b %Y, %H:%M:%S}"


def _undo(call: Call) -> Response | Page:
    try:
        undo(call.store(), call.number("change"), anyway=call.word("anyway") == "yes")
    except ConflictError as error:
        values = {"change": call.number("change"), "message": str(error), "theirs": error.conflict.theirs}
        return Page(
            "undo.html",
            "Something later changed the same",
            "Decide whether to undo it anyway; what came later stays in the history.",
            "app",
            values,
            section="history",
        )
    return call.go(call.at("history"))


VIEWS: Final = (View("/p/{key}/history", show=_show, act=_undo, act_role=EDITOR),)
