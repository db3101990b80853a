"""A further list for a project: its file beside the others, and a table in ``assetmap.toml`` that names it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from assetmap.errors import typed
from assetmap.project.known import known_places
from assetmap.project.output import write_whole
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.project.store import add_list, has_store, open_store
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.parts import date_of
from assetmap.read.look import parts_of_shapefile
from assetmap.register.build import build_register
from assetmap.schema import InputError

if TYPE_CHECKING:
    from assetmap.project.folder import Project


def add_to_project(project: Project, path: Path) -> tuple[str, tuple[str, ...]]:
    """Add a list to a project as a further ``[[assets]]``; nothing else in the folder changes.

    Parameters
    ----------
    project
        From `open_project`. If it has a store, the list is imported there.
    path
        A list that `read_assets` reads.

    Returns
    -------
    tuple
        The id of the list, and what was done in sentences.

    Raises
    ------
    InputError
        If the file cannot be read, no row of it can be used, or the project has a file of that name. Nothing is changed then.
    """
    taken = {each.id for each in project.settings.assets}
    name = _free(re.sub(r"[^a-z0-9]+", "_", path.stem.casefold()).strip("_") or "list", taken)
    known = known_places(project) | {"buffer_m": project.settings.access.limit_m, "audience": "internal"}
    outcomes = build_register(read_assets(path, source=name), **known).log["outcome"].value_counts()
    if set(outcomes.index) <= {"rejected"}:
        raise InputError(
            f"No row of '{path}' can be used. 'assetmap check' says why: assetmap check {typed(path)} --project {typed(project.folder)}"
        )
    rows = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items())
    said = f"'{path.name}' is a further list, with the id '{name}'. Rows: {rows}."
    if has_store(project.folder):
        with open_store(project.folder) as store:
            add_list(store, path, name=name)
        return name, (said,)
    target = project.folder / path.name
    if target.exists() and not target.samefile(path):
        raise InputError(f"The project has another file '{path.name}'. Rename the one that you want to add.")
    text = _with_list(project, name, path)

    def write(new: Path) -> None:
        if not target.exists():
            for part in (path, *parts_of_shapefile(path)):
                shutil.copyfile(part, new / part.name)
        (new / CONFIG_NAME).write_text(text, encoding="utf-8", newline="\n")

    write_whole(project.folder, write)
    return name, (said, f"Write its title, publisher, date and licence into {CONFIG_NAME}, at the end.")


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no list of the project has yet."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _with_list(project: Project, name: str, path: Path) -> str:
    """Return the text of ``assetmap.toml`` with a further list."""
    import tomlkit

    document = tomlkit.parse((project.folder / CONFIG_NAME).read_text(encoding="utf-8-sig"))
    table = tomlkit.table()
    said = {"id": name, "file": path.name, "title": path.stem, "date": date_of(path.name) or "not known"}
    for key, value in {**said, "licence": "not known"}.items():
        table[key] = value
    lists = document.get("assets")
    if lists is None:
        lists = tomlkit.aot()
        document.add("assets", lists)
    lists.append(table)
    return tomlkit.dumps(document)
