"""Replace a list by this year's: see what changed first, then take it over with the edits and decisions kept."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

from starlette.responses import Response

from assetmap.app.lists.overview import find_list
from assetmap.app.pages import Page
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads
from assetmap.app.views import Call, NotFoundError, View
from assetmap.errors import InputError
from assetmap.project.store import preview_replacement, replace_list

KINDS: Final = {
    "new": "New",
    "gone": "Gone",
    "moved": "Moved",
    "renamed": "Renamed",
    "changed": "Other cells changed",
}
MOST_SHOWN: Final = 200


def _show(call: Call) -> Page:
    info = find_list(call)
    waiting = call.request.query_params.get("file", "")
    found = None
    if waiting:
        path = _waiting(call, waiting)
        found = preview_replacement(call.store(), info.name, path, file_name=path.name)
    counts = {kind: sum(each.kind == kind for each in found.changes) for kind in KINDS} if found else {}
    values = {
        "info": info,
        "found": found,
        "waiting": waiting,
        "kinds": KINDS,
        "counts": counts,
        "changes": found.changes[:MOST_SHOWN] if found else (),
    }
    return Page(
        "lists/replace.html",
        f"Replace {info.title or info.name}",
        "Choose the newer file; you see what is new, gone, moved or renamed before anything changes.",
        "your_lists",
        values,
        section="lists",
    )


def _choose(call: Call) -> Response:
    name = str(call.request.path_params["name"])
    number = secrets.token_hex(12)
    folder = call.state.scratch / f"waiting-{number}"
    folder.mkdir()
    files = call.files("files")
    if len(files) > 1:
        raise InputError("Choose one file.")
    save_uploads(files, folder, field="files")
    return call.go(f"{call.at('lists', name, 'replace')}?file={number}")


def _waiting(call: Call, number: str) -> Path:
    folder = call.state.scratch / f"waiting-{number}"
    if not re.fullmatch(r"[0-9a-f]{24}", number) or not folder.is_dir():
        raise NotFoundError("This file is no longer there. Choose it again.")
    return next(iter(folder.iterdir()))


def _replace(call: Call) -> Response:
    info = find_list(call)
    path = _waiting(call, call.word("file"))
    replace_list(
        call.store(),
        info.name,
        path,
        version=call.number("version"),
        file_name=path.name,
        date=call.word("date"),
    )
    return call.go(call.at("lists", info.name))


VIEWS: Final = (
    View("/p/{key}/lists/{name}/replace", show=_show, act=_choose, act_role=EDITOR),
    View("/p/{key}/lists/{name}/replace/now", show=_show, act=_replace, act_role=EDITOR),
)
