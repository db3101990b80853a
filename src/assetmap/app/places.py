"""A project: its overview, and the official files that it is made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from starlette.responses import FileResponse, Response

from assetmap.app.asking import ask
from assetmap.app.home import CHOICE_NAME, name_of, read_choice
from assetmap.app.jobs import Job
from assetmap.app.pages import Page
from assetmap.app.progress import wait_page
from assetmap.app.state import EDITOR
from assetmap.app.uploads import save_uploads, tidy_name
from assetmap.app.views import Call, NotFoundError, View, has_project
from assetmap.errors import InputError

INPUTS: Final = "inputs"


def _overview(call: Call) -> Page | Response:
    folder = call.folder
    if not has_project(folder):
        return call.go(call.at("files"))
    project = call.project()
    settings = project.settings
    built = folder / "build" / "map.html"
    values = {
        "project": settings.project,
        "lists": [{"title": each.title, "date": each.date, "file": each.file} for each in settings.assets],
        "inputs": [
            {"title": each.title, "date": each.date, "file": each.file}
            for name, each in settings.inputs().items()
            if name not in {one.id for one in settings.assets}
        ],
        "built": built.is_file(),
        "folder": str(folder),
    }
    return Page(
        "project.html",
        settings.project.title,
        "Work from top to bottom; you can come back to any part at any time.",
        "app",
        values,
        python=f"import assetmap as am\n\nproject = am.open_project({str(folder)!r})",
    )


def _files(call: Call) -> Page | Response:
    folder = call.folder
    inputs = folder / INPUTS
    ready = has_project(folder)
    names = sorted(path.name for path in inputs.iterdir() if path.is_file()) if inputs.is_dir() else []
    choice = (
        read_choice(folder) if (folder / CHOICE_NAME).is_file() else {"name": name_of(folder), "area": ""}
    )
    report: dict[str, Any] | None = None
    if names:
        words = {"inputs": _listed(inputs), "area": choice["area"]}
        found = ask(call, "files", words, title="Looking into the files")
        if isinstance(found, Job):
            return wait_page(found)
        report = found
    for each in report["steps"] if report else ():
        each["missing"] = without_commands(each["missing"])
    values = {"report": report, "choice": choice, "ready": ready, "count": len(names), "states": STATES}
    title = "Official files" if ready else f"Official files for {choice['name']}"
    return Page(
        "files.html",
        title,
        "Give assetmap the official files and your lists: it says what each file is and what is still missing.",
        "place",
        values,
        python=f"import assetmap as am\n\nreport = am.place.inspect_place({str(inputs)!r}, area={choice['area'] or None!r})\nreport.files\nreport.steps",
    )


def without_commands(words: str) -> str:
    """Return what to add for a step, and where to get it, without the command that would fetch it.

    Examples
    --------
    >>> without_commands("Postcodes: Code-Point Open, or: assetmap fetch --area NAME --only x. Or: OS Names, or: assetmap y.")
    'Postcodes: Code-Point Open. Or: OS Names.'
    """
    return re.sub(r", or: assetmap [^.]*(?=\.)", "", words).removeprefix("Optional, ")


STATES: Final = {"ready": "green", "broken": "red", "not used": "grey"}


def _listed(inputs: Path) -> list[list[Any]]:
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in sorted(inputs.iterdir())]


def _add_files(call: Call) -> Response:
    folder = call.folder / INPUTS
    folder.mkdir(exist_ok=True)
    save_uploads(call.files("files"), folder, field="files")
    return call.go(call.at("files"))


def _remove_file(call: Call) -> Response:
    name = call.word("file")
    path = call.folder / INPUTS / tidy_name(name)
    if not path.is_file():
        raise InputError(f"There is no file '{name}'.")
    path.unlink()
    return call.go(call.at("files"))


def _make(call: Call) -> Response:
    area = call.word("area") or read_choice(call.folder)["area"]
    words = {"folder": str(call.folder), "area": area}
    job = Job("make", words, "Making the project", after=call.at(), back=call.at("files"), project=call.key)
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


def _fetch(call: Call) -> Response:
    area = call.word("area") or read_choice(call.folder)["area"]
    words = {"folder": str(call.folder), "area": area}
    job = Job(
        "fetch",
        words,
        "Downloading the official files",
        after=call.at(),
        back=call.at("files"),
        project=call.key,
    )
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


def _picture(call: Call) -> Response:
    name = str(call.request.path_params["name"])
    path = call.state.scratch / name
    if not name.removesuffix(".svg").isalnum() or not name.endswith(".svg") or not path.is_file():
        raise NotFoundError("There is no such picture. Load its page again.")
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return FileResponse(path, media_type="image/svg+xml", headers={"content-security-policy": policy})


VIEWS: Final = (
    View("/p/{key}", show=_overview),
    View("/p/{key}/files", show=_files, act=_add_files, act_role=EDITOR),
    View("/p/{key}/files/remove", show=_files, act=_remove_file, act_role=EDITOR),
    View("/p/{key}/files/make", show=_files, act=_make, act_role=EDITOR),
    View("/p/{key}/files/fetch", show=_files, act=_fetch, act_role=EDITOR),
    View("/p/{key}/pictures/{name}", show=_picture),
)
