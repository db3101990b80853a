"""One file of a project replaced by a newer one, or added: a list, an index of need, boundaries, postcodes, people."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.fetch.store import checksum
from assetmap.place.adding import add_to_project
from assetmap.place.asset_lists import NATIONAL
from assetmap.place.make import make_project
from assetmap.place.record import Made, read_made, write_made
from assetmap.place.sections import updated_text
from assetmap.place.transport import KINDS, add_transport
from assetmap.project.action.writing import update_action_file
from assetmap.project.folder import Progress, Project, open_project
from assetmap.project.known import in_store, project_lists
from assetmap.project.output import write_whole
from assetmap.project.pipeline import read_areas_with_need
from assetmap.project.replace import Replacement, compare_lists, keep_decisions, list_to_replace
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.project.store import has_store, lists, open_store, replace_list
from assetmap.read.action.recognise import PUBLISHED_GRANTS, READERS
from assetmap.read.files import existing_file
from assetmap.read.inputs import inspect_file, inspect_inputs
from assetmap.read.look import parts_of_shapefile
from assetmap.read.official.postcodes import read_postcodes
from assetmap.schema import InputError, counted, first_few

EARLIER: Final = ".earlier"
"""Folder in the inputs folder for files that newer ones replaced; it is not read."""

DECILES: Final = 0.1
"""A need that differs by this share of the range counts as changed: a tenth, as the deciles that are published."""


@dataclass(frozen=True, eq=False)
class UpdatedProject:
    """A project with a newer file.

    ``input_id``: what was replaced (the id of a list, or ``need``, ``areas``, ``postcodes``, ``population``, ``roads``, ``timetable``, ``conditions``, ``grants``, ``outcomes``, ``counts``). ``changes``: for a list, one row per change
    as `am.register.compare` returns them; empty otherwise. ``said``: what changed, in sentences. ``notes``: what a person should know.
    """

    config: Path
    input_id: str
    changes: pd.DataFrame
    said: tuple[str, ...]
    notes: tuple[str, ...] = ()


def update_project(
    folder: str | Path,
    file: str | Path,
    *,
    input_id: str | None = None,
    add: bool = False,
    inputs: str | Path | None = None,
    progress: Progress | None = None,
) -> UpdatedProject:
    """Replace one file of a project by a newer one, or add a list, and say what changed.

    Parameters
    ----------
    folder
        Folder with an ``assetmap.toml``.
    file
        The newer file: a list; roads (an OpenStreetMap extract), a bus timetable (GTFS), answers on conditions, grants, priorities or counts of
        groups, which the project may not have yet and which are known by their headings; or an
        official file (index of need, boundaries, postcodes, population, a national list) for a project that `make_project` made.
    input_id
        The list that is replaced; when not given, the one that shares names with the file. ``conditions``, ``grants``, ``outcomes`` or ``counts`` where
        the file is to be taken as that whatever its headings are.
    add
        Add the file as a further list (`[[assets]]`); nothing is replaced.
    inputs
        Folder with the official files (default: where the project was made from).
    progress
        Called with a short text before each step.

    Returns
    -------
    UpdatedProject
        What changed. Decisions in ``review.csv`` and answers in ``site_answers.csv`` stay, also where a row has a new name or place; so does everything that
        a person changed in ``assetmap.toml``.

    Raises
    ------
    InputError
        If the file cannot be used, it is not clear what it replaces, or both `add` and `input_id` are given. Nothing in the
        folder is changed then.

    Examples
    --------
    >>> mine = am.new_project("quillford", example="town")
    >>> updated = am.place.update_project(mine, town.folder / "halls.csv", input_id="halls")
    >>> len(updated.changes)
    0
    """
    folder, path = Path(folder), existing_file(file)
    project = open_project(folder)
    say = progress or (lambda step: None)
    say("Looking at the file")
    if add:
        if input_id is not None:
            raise InputError(
                "Give --add for a further list, or --input for the one that is replaced, not both."
            )
        name, done = add_to_project(project, path)
        return UpdatedProject(folder / CONFIG_NAME, name, _no_changes(), done)
    made = read_made(folder)
    if (
        input_id is not None
        and input_id in READERS
        and input_id not in {each.id for each in project.settings.assets}
    ):
        done = update_action_file(project, input_id, path)
        return UpdatedProject(folder / CONFIG_NAME, input_id, _no_changes(), done)
    found = inspect_file(path, folder=path.parent)
    aim = _aim(project, path, found, made) if input_id is None else ""
    if aim:
        if found["state"] != "ready":
            raise InputError(f"'{path}' cannot be used: {found['reason']}")
        return UpdatedProject(
            folder / CONFIG_NAME, aim, _no_changes(), update_action_file(project, aim, path)
        )
    if input_id is None and found["kind"] in KINDS:
        kind, done = add_transport(project, path)
        return UpdatedProject(folder / CONFIG_NAME, kind, _no_changes(), done)
    if input_id is None and found["kind"] not in ("assets", ""):
        if found["state"] != "ready":
            raise InputError(f"'{path}' cannot be used: {found['reason']}")
        return _update_official(project, path, found, made, inputs, say)
    if input_id is None and found["source_id"] in NATIONAL and made is not None:
        return _update_official(project, path, found, made, inputs, say)
    return _update_list(project, path, input_id, made, say)


def _aim(project: Project, path: Path, found: dict[str, Any], made: Made | None) -> str:
    """Return which table on social action or outcomes a file is for; empty for any other file.

    A 360Giving file is a list of groups as well: it replaces one where it fits one, or where the project was made from one.
    """
    if found["kind"] in READERS:
        return str(found["kind"])
    if found["source_id"] not in PUBLISHED_GRANTS or made is not None:
        return ""
    try:
        list_to_replace(project, path)
    except InputError:
        return "grants"
    return ""


def _update_list(
    project: Project, path: Path, input_id: str | None, made: Made | None, say: Progress
) -> UpdatedProject:
    """Replace a list: its file, the decisions on its rows, and its line in the settings where it has another format."""
    config = project.folder / CONFIG_NAME
    each = list_to_replace(project, path, input_id=input_id)
    say("Comparing the lists")
    replacement = compare_lists(project, each, path)
    if in_store(each):
        return _update_stored(project, path, each.id, replacement)
    old = project.folder / each.file
    name = (
        each.file
        if old.suffix.lower() == path.suffix.lower()
        else f"{Path(each.file).stem}{path.suffix.lower()}"
    )
    notes = list(replacement.notes)
    if name != each.file and (project.folder / name).exists():
        raise InputError(f"'{project.folder / name}' already exists. Move it away, then run this again.")
    kept: list[str] = []

    def write(new: Path) -> None:
        kept.extend(keep_decisions(project, new, replacement))
        for source in (path, *parts_of_shapefile(path)):
            shutil.copyfile(source, new / (Path(name).stem + source.suffix.lower()))
        if name != each.file:
            changed: list[str] = []
            section = f"assets.{each.id}"
            text = updated_text(
                config.read_text(encoding="utf-8"),
                {section: {"file": each.file}},
                {section: {"file": name}},
                changed,
            )
            (new / CONFIG_NAME).write_text(text, encoding="utf-8")
            notes.append(f"'{each.file}' is no longer used: '{name}' is. Delete it if you do not need it.")
            notes.extend(changed)
        if made is not None and name in made.files:
            write_made(new, made, files={name: checksum(path)})

    if Path(name).name != name:
        raise InputError(
            f"The list '{each.id}' is in another folder ('{name}'). Replace the file there yourself."
        )
    write_whole(project.folder, write)
    if made is not None:
        _replace_in_inputs(project, made, path, name)
    counts = replacement.changes["change"].value_counts()
    rows = ", ".join(f"{count:,} {outcome}" for outcome, count in replacement.rows.items())
    said = [f"'{each.id}' is now {path.name}. Rows: {rows}."]
    said += [f"{words}: {counts.get(change, 0):,}" for change, words in WORDS.items()]
    return UpdatedProject(config, each.id, replacement.changes, (*said, *kept), tuple(notes))


def _update_stored(project: Project, path: Path, name: str, replacement: Replacement) -> UpdatedProject:
    """Replace a list in the store of a project: edits and decisions stay with their rows, and the history says so."""
    with open_store(project.folder) as store:
        version = next(each.version for each in lists(store) if each.name == name)
        done = replace_list(store, name, path, version=version)
    kinds = Counter(change.kind for change in done.changes)
    rows = ", ".join(f"{count:,} {outcome}" for outcome, count in replacement.rows.items())
    said = [f"'{name}' in the store is now {path.name}. Rows: {rows}."]
    said += [f"Rows {kind}: {kinds[kind]:,}" for kind in ("new", "gone", "moved", "renamed", "changed")]
    said.append(f"{counted(done.carried, 'edit')} kept; {done.taken_up:,} that the new list says itself.")
    notes = list(replacement.notes)
    if done.contested:
        names = first_few(each.name for each in done.contested)
        notes.append(
            f"{counted(len(done.contested), 'cell')} that you edited and the new list has changed as well: {names}. Your edits stay."
        )
    return UpdatedProject(project.folder / CONFIG_NAME, name, replacement.changes, tuple(said), tuple(notes))


SHAPE_SHARE: Final = 0.001
"""An area whose shape differs by less than this share of it is the same, drawn by another hand."""

WORDS: Final = {
    "opened": "New",
    "left_out": "No longer on the list (which need not mean closed)",
    "closed": "Closed",
    "moved": "Moved",
    "renamed": "Renamed",
    "operator_changed": "New operator",
}
"""Changes of a list in the words of the command."""


def _replace_in_inputs(project: Project, made: Made, path: Path, name: str) -> None:
    """Replace the list in the inputs folder as well, so that the next update from there has the newer one."""
    inputs = _inputs_of(project.folder, made, None)
    there = inputs / name
    if there.is_file() and not there.samefile(path):
        shutil.copyfile(path, there)


def _inputs_of(folder: Path, made: Made, given: str | Path | None) -> Path:
    return Path(given) if given is not None else folder / (made.inputs or "inputs")


def _update_official(
    project: Project,
    path: Path,
    found: dict[str, Any],
    made: Made | None,
    given: str | Path | None,
    say: Progress,
) -> UpdatedProject:
    """Put a newer official file into the inputs folder and cut the project from it again."""
    folder, section = project.folder, _section(found)
    if made is None:
        raise InputError(
            f"'{path.name}' is {found['title']}. 'assetmap project' did not make '{folder}', so its files cannot be cut from official ones again. "
            f"Name the new file in the table [{section}] of assetmap.toml, or make a new project: assetmap project NEW --area NAME --inputs FOLDER."
        )
    inputs = _inputs_of(folder, made, given)
    if not inputs.is_dir():
        raise InputError(
            f"The folder '{inputs}' with the official files is gone. Say where it is with --inputs."
        )
    report = inspect_inputs(inputs)
    same = report.files[
        (report.files["source_id"] == found["source_id"]) & (report.files["state"] == "ready")
    ]
    earlier = [inputs / name for name in same["file"] if not (inputs / name).samefile(path)]
    say("Reading the project as it was")
    before = _snapshot(project)
    moved: list[tuple[Path, Path]] = []
    target = inputs / path.name
    fresh = not (target.is_file() and target.samefile(path))
    if fresh and target.exists() and target not in earlier:
        raise InputError(
            f"'{target}' is another kind of file. Give '{path.name}' another name, then run this again."
        )
    try:
        for old in earlier:
            aside = inputs / EARLIER / old.name
            aside.parent.mkdir(exist_ok=True)
            moved.append((old, aside))
            old.replace(aside)
        if fresh:
            shutil.copyfile(path, target)
        again = make_project(folder, inputs=inputs, progress=say)
    except BaseException:
        if fresh:
            target.unlink(missing_ok=True)
        for old, aside in moved:
            if aside.exists():
                aside.replace(old)
        raise
    notes = [note for note in again.notes if not note.startswith("Updated:")]
    if moved:
        notes.append(f"The earlier file is kept in '{inputs / EARLIER}'.")
    vintage = f" ({found['vintage']})" if found["vintage"] else ""
    said = [
        f"{found['title']}{vintage}: {path.name}.",
        *_differences(before, _snapshot(open_project(folder))),
    ]
    said += [note for note in again.notes if note.startswith("Updated:")]
    return UpdatedProject(folder / CONFIG_NAME, section, _no_changes(), tuple(said), tuple(notes))


def _no_changes() -> pd.DataFrame:
    return pd.DataFrame({"change": pd.Series(dtype="str")})


def _section(found: dict[str, Any]) -> str:
    kinds = {
        "boundary": "areas",
        "need": "need",
        "postcodes": "postcodes",
        "population": "areas",
        "places": "places",
    }
    return kinds.get(found["kind"], found["kind"] or "assets")


def _snapshot(project: Project) -> dict[str, Any]:
    """Return what may change with official files: areas with need and people, and postcodes."""
    settings = project.settings
    postcodes = read_postcodes(project.folder / settings.postcodes.file) if settings.postcodes else None
    areas = read_areas_with_need(project, postcodes)
    stored = project_lists(project).digests if has_store(project.folder) else {}
    lists = {
        each.id: stored.get(each.file) or checksum(project.folder / each.file) for each in settings.assets
    }
    return {"areas": areas, "postcodes": postcodes, "index": settings.need.index, "lists": lists}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Say what is different: areas, need, people, postcodes."""
    old, new = before["areas"], after["areas"]
    said = []
    gone, come = old.index.difference(new.index), new.index.difference(old.index)
    if len(gone) or len(come):
        said.append(
            f"Small areas: {len(old):,} before, {len(new):,} now; {len(come):,} codes are new and {len(gone):,} are gone."
        )
    both = old.index.intersection(new.index)
    apart = old.geometry.loc[both].symmetric_difference(new.geometry.loc[both])
    shapes = int((apart.area > SHAPE_SHARE * old.geometry.loc[both].area).sum())
    if shapes:
        said.append(f"Borders: {counted(shapes, 'area has', 'areas have')} a different shape.")
    change = (
        (new.loc[both, "need"] - old.loc[both, "need"]).abs() if "need" in old and "need" in new else None
    )
    if change is not None and (change > 0).any():
        index = f"{before['index']} -> {after['index']}: " if before["index"] != after["index"] else ""
        far = int((change > DECILES).sum())
        said.append(
            f"Need: {index}{counted(int((change > 0).sum()), 'area has', 'areas have')} a different need, {far:,} by more than a tenth of the range."
        )
    people = [float(table["population"].sum()) if "population" in table else 0.0 for table in (old, new)]
    if people[0] != people[1]:
        said.append(f"Residents: {people[0]:,.0f} before, {people[1]:,.0f} now.")
    codes = [
        table.index if table is not None else pd.Index([])
        for table in (before["postcodes"], after["postcodes"])
    ]
    added, lost = len(codes[1].difference(codes[0])), len(codes[0].difference(codes[1]))
    if added or lost:
        said.append(
            f"Postcodes: {len(codes[0]):,} before, {len(codes[1]):,} now; {added:,} new, {lost:,} gone."
        )
    lists = [name for name, now in after["lists"].items() if before["lists"].get(name) != now]
    if lists:
        said.append(f"Lists cut out again: {', '.join(lists)}.")
    return said or ["Nothing in the project changed."]
