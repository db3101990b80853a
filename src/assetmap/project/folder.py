"""A project is a folder with an ``assetmap.toml``. Open one, open the example, or make a new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from assetmap.project.known import with_stored_lists
from assetmap.project.output import finish_writing, write_file, write_whole
from assetmap.project.settings.keys import Settings
from assetmap.project.settings.reading import CONFIG_NAME, parse_settings, read_settings
from assetmap.schema import InputError, data_folder

if TYPE_CHECKING:
    from assetmap.project.known import Lists

Progress = Callable[[str], None]
Example = Literal["cornwall", "town"]
EXAMPLES: Final = get_args(Example)


@dataclass(frozen=True)
class Project:
    """A folder, and the checked settings of its ``assetmap.toml``."""

    folder: Path
    settings: Settings
    lists: Lists | None = field(default=None, compare=False, repr=False)
    """The lists as they were when a command began, where the project has a store (`fixed`)."""


def open_project(path: str | Path) -> Project:
    """Open a project and check its settings.

    Parameters
    ----------
    path
        The folder, or its ``assetmap.toml``. Where the folder has a store (``assetmap.db``), the lists and decisions are those
        of the store; all other settings are those of the file.

    Returns
    -------
    Project
        Ready for `measure_project` and `build`.

    Raises
    ------
    InputError
        All problems of the settings in one message, each with the line to change.

    Examples
    --------
    >>> am.open_project(am.new_project("my-area")).settings.project.area_name
    'Cornwall'
    """
    path = Path(path)
    file = path if path.suffix == ".toml" else path / CONFIG_NAME
    return with_stored_lists(Project(folder=file.parent, settings=read_settings(file)))


def settings_document(project: Project) -> Any:
    """Return ``assetmap.toml`` as a document that keeps its comments; change it and give it to `write_settings`."""
    import tomlkit

    return tomlkit.parse((project.folder / CONFIG_NAME).read_text(encoding="utf-8-sig"))


def write_settings(project: Project, document: Any) -> Project:
    """Write a changed `settings_document`, and open the project as it is then.

    Raises
    ------
    InputError
        If the settings would not be valid; nothing is written then.
    """
    import tomlkit

    path, text = project.folder / CONFIG_NAME, tomlkit.dumps(document)
    parse_settings(text, path)
    write_file(path, lambda made: Path(made).write_text(text, encoding="utf-8", newline="\n"))
    return open_project(project.folder)


def example_project(name: Example = "cornwall", *, sensitivity: bool = False) -> Project:
    """Open an example that comes with assetmap: Cornwall, or the made-up town of Quillford.

    Parameters
    ----------
    name
        ``"cornwall"`` is real. ``"town"`` is not; it is small enough to check by hand, and has roads and a bus timetable
        (extra ``travel``).
    sensitivity
        Also measure distances overland, test how sensitive each gap is, and detect clusters. This takes a few
        seconds longer.

    Returns
    -------
    Project
        Ready for `measure_project` and `build`.

    Examples
    --------
    >>> am.example_project("town").settings.project.area_name
    'Quillford (a made-up town)'
    """
    project = open_project(data_folder() / name)
    return replace(project, settings=project.settings.changed(gaps={"sensitivity": sensitivity}))


def new_project(folder: str | Path, *, example: Example = "cornwall") -> Path:
    """Copy an example into a new folder, as a project to start from.

    Parameters
    ----------
    folder
        A folder that does not exist yet or is empty.
    example
        As for `example_project`.

    Returns
    -------
    pathlib.Path
        The new ``assetmap.toml``.

    Raises
    ------
    InputError
        If there is no such example, or if the folder is not empty; nothing in it is changed.

    Examples
    --------
    >>> am.new_project("my-area").name
    'assetmap.toml'
    """
    folder = Path(folder)
    if example not in EXAMPLES:
        raise InputError(f"There is no example '{example}'. The examples are {' and '.join(EXAMPLES)}.")
    finish_writing(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"'{folder}' is not empty. Choose the name of a new folder.")
    source = data_folder() / example

    def write(new: Path) -> None:
        for file in source.iterdir():
            shutil.copyfile(file, new / file.name)

    write_whole(folder, write)
    return folder / CONFIG_NAME
