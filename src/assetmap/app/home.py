"""The start page: open a project, try an example, or make a new one."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from assetmap.app.pages import Page
from assetmap.app.state import EDITOR, OWNER
from assetmap.app.views import Call, FieldError, View, has_project
from assetmap.errors import AssetmapError, InputError
from assetmap.place.councils import known_names
from assetmap.project.folder import new_project, open_project
from assetmap.project.output import write_file
from assetmap.project.settings.reading import CONFIG_NAME

CHOICE_NAME: Final = "place.json"
"""In the folder of a new project: its name and its place, until the official files are there."""

EXAMPLES: Final = {
    "cornwall": (
        "Cornwall",
        "Libraries, halls and 391 groups of Cornwall, with need and distances. All data are real and open.",
    ),
    "town": (
        "Quillford, a made-up town",
        "Small enough to check by hand, with buses, opening hours, options for a hall, and grants.",
    ),
}


def _show(call: Call) -> Page:
    values = {"projects": projects_of(call), "examples": EXAMPLES, "home": str(call.state.home)}
    return Page(
        "home.html",
        "Your projects",
        "A project is one place: its official files, your lists, and what you publish.",
        "app",
        values,
    )


def projects_of(call: Call) -> list[dict[str, Any]]:
    """Return the projects of the home folder and those that were opened beside it, newest first."""
    home = call.state.home
    folders = {path.name: path for path in home.iterdir() if path.is_dir()} if home.is_dir() else {}
    found = []
    for key, folder in {**folders, **call.state.opened}.items():
        ready = has_project(folder)
        if key_of(key) != key or not (ready or (folder / CHOICE_NAME).is_file()):
            continue
        changed = max(path.stat().st_mtime for path in folder.iterdir())
        found.append(
            {
                "key": key,
                "name": name_of(folder),
                "ready": ready,
                "changed": said_time(changed),
                "order": changed,
            }
        )
    return sorted(found, key=lambda each: -each["order"])


def said_time(seconds: float) -> str:
    """Return a moment as people write it: ``5 March 2026, 14:05``."""
    moment = datetime.fromtimestamp(seconds)
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def name_of(folder: Path) -> str:
    """Return what a project is called."""
    try:
        if has_project(folder):
            return open_project(folder).settings.project.title
        return str(read_choice(folder)["name"])
    except (AssetmapError, KeyError):
        return folder.name


def read_choice(folder: Path) -> dict[str, str]:
    """Return the name and the place of a project that is being made.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        choice = json.loads((folder / CHOICE_NAME).read_text(encoding="utf-8"))
        return {"name": str(choice["name"]), "area": str(choice["area"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"'{folder / CHOICE_NAME}' cannot be read. Make the project again.") from error


def key_of(name: str) -> str:
    """Return a name as it stands in an address and as a folder: letters, digits and hyphens.

    Examples
    --------
    >>> key_of("Bristol, City of"), key_of("Ynys Môn")
    ('bristol-city-of', 'ynys-mon')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


def free_key(call: Call, name: str) -> str:
    """Return a key that no folder has yet."""
    key = key_of(name) or "project"
    numbers = (key, *(f"{key}-{number}" for number in range(2, 1000)))
    return next(
        each for each in numbers if not (call.state.home / each).exists() and each not in call.state.opened
    )


def _example(call: Call) -> Response:
    name = call.word("example")
    if name not in EXAMPLES:
        raise InputError("Choose one of the examples.")
    key = free_key(call, EXAMPLES[name][0].split(",")[0])
    new_project(call.state.home / key, example="town" if name == "town" else "cornwall")
    return call.go(f"/p/{key}")


def _open(call: Call) -> Response:
    words = call.word("folder").strip("\"'")
    folder = Path(words).expanduser()
    if folder.name == CONFIG_NAME:
        folder = folder.parent
    if not words or not has_project(folder):
        raise FieldError(
            "folder",
            f"'{words}' has no project: it has no {CONFIG_NAME}. Give the whole address of the folder.",
        )
    open_project(folder)
    return call.go(f"/p/{open_beside(call.state, folder)}")


def open_beside(state: Any, folder: Path) -> str:
    """Remember a project that may lie outside the home folder, and return its key."""
    folder = folder.resolve()
    if folder.parent == state.home.resolve() and key_of(folder.name) == folder.name:
        return folder.name
    for key, known in state.opened.items():
        if known == folder:
            return str(key)
    base = key_of(folder.name) or "project"
    keys = (base, *(f"{base}-{number}" for number in range(2, 1000)))
    key = next(each for each in keys if each not in state.opened and not (state.home / each).exists())
    state.opened[key] = folder
    return key


def _show_new(call: Call) -> Page:
    values = {"names": sorted(known_names())}
    return Page(
        "new.html",
        "Make a new project",
        "Name a place in England, then give assetmap the official files of that place.",
        "place",
        values,
    )


def _make_new(call: Call) -> Response:
    area, name = call.word("area"), call.word("name")
    if not area:
        raise FieldError("area", "Enter the name of a council, county, ward or parish, or a postcode.")
    if len(area) > 200 or len(name) > 200:
        raise FieldError("name", "Use a shorter name.")
    key = free_key(call, name or area)
    folder = call.state.home / key
    (folder / "inputs").mkdir(parents=True)
    text = json.dumps({"name": name or area, "area": area}, ensure_ascii=False) + "\n"
    write_file(folder / CHOICE_NAME, lambda path: path.write_text(text, encoding="utf-8"))
    return call.go(f"/p/{key}/files")


VIEWS: Final = (
    View("/", show=_show),
    View("/examples", show=_show, act=_example, act_role=EDITOR),
    View("/open", show=_show, act=_open, act_role=OWNER),
    View("/new", show=_show_new, act=_make_new, act_role=EDITOR),
)
