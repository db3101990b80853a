"""The lists of a project: drop spreadsheets, see how many rows are fine, and choose what to do next."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from starlette.responses import Response

from assetmap.app.pages import Page
from assetmap.app.questions.common import asset_types
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project.action.telling import kind_of_file
from assetmap.project.action.writing import update_action_file
from assetmap.project.store import ListInfo, add_list, lists, pairs, remove_list, rows

ASPECT_OF: Final = {"outcomes": "priorities"}
"""Kind of a file -> what the page on outcomes shows of it, where that has another name."""

OUTCOMES: Final = {
    "rejected": ("Must fix", "red"),
    "review": ("Should check", "orange"),
    "merged": ("Joined with another row", "blue"),
    "accepted": ("In the register", "green"),
}
"""Outcome of a row -> what people read, and the colour of its tag."""


def _show(call: Call) -> Page:
    store = call.store()
    found = lists(store)
    counts = {each.name: dict(rows(store, list_name=each.name, limit=1).outcomes) for each in found}
    waiting = pairs(store, limit=1).total if found else 0
    values = {
        "lists": found,
        "counts": counts,
        "outcomes": OUTCOMES,
        "pairs": waiting,
        "notes": store.notes,
        "types": asset_types(),
        "read_only": store.read_only,
    }
    return Page(
        "lists/overview.html",
        "Lists",
        "Drop your spreadsheets here; assetmap checks every row, and you fix what is wrong on this page.",
        "your_lists",
        values,
        section="lists",
        python=_python(call),
    )


def _python(call: Call) -> str:
    return (
        "from assetmap.project import store\n\n"
        f"with store.open_store({str(call.folder)!r}) as opened:\n"
        "    store.add_list(opened, 'groups.xlsx')\n"
        "    store.rows(opened, outcome='rejected')"
    )


@contextmanager
def received(call: Call, field: str) -> Iterator[list[Path]]:
    """Keep the files of a form in a folder of their own for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(dir=call.state.scratch))
    try:
        yield save_uploads(call.files(field), folder, field=field)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _add(call: Call) -> Response:
    store, added, problems, aims = call.store(), [], [], []
    with received(call, "files") as paths:
        for path in paths:
            try:
                if kind := kind_of_file(path):
                    update_action_file(call.project(), kind, path)
                    aims.append(kind)
                    continue
                added.append(add_list(store, path, file_name=path.name, asset_type=call.word("type")))
            except InputError as error:
                problems.append(str(error).replace(str(path), path.name))
    if problems:
        many = len(added) + len(aims)
        done = f" {many} other{'s were' if many > 1 else ' was'} added." if many else ""
        raise FieldError("files", "\n".join(problems) + done)
    if aims and not added:
        return call.go(f"{call.at('outcomes')}?what={ASPECT_OF.get(aims[-1], aims[-1])}#answer")
    if len(added) == 1:
        counts = rows(store, list_name=added[0].name, limit=1).outcomes
        first = next((outcome for outcome in ("rejected", "review") if counts.get(outcome)), "")
        return call.go(call.at("lists", added[0].name) + (f"?outcome={first}" if first else ""))
    return call.go(call.at("lists"))


def find_list(call: Call) -> ListInfo:
    """Return the list in the address.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    from assetmap.app.views import NotFoundError

    name = str(call.request.path_params["name"])
    for each in lists(call.store()):
        if each.name == name:
            return each
    raise NotFoundError(
        f"There is no list '{name}'. It may have been removed; the history can bring it back."
    )


def _remove(call: Call) -> Response:
    remove_list(call.store(), find_list(call).name, version=call.number("version"))
    return call.go(call.at("lists"))


VIEWS: Final = (
    View("/p/{key}/lists", show=_show, act=_add, act_role=EDITOR),
    View(
        "/p/{key}/lists/{name}/remove",
        show=lambda call: call.go(call.at("lists")),
        act=_remove,
        act_role=EDITOR,
    ),
)
