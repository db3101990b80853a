"""Read ``assetmap.toml`` and refuse what cannot be used.

Every problem in a file (unknown keys, missing files, bad values) is reported at once, with the line to change.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from assetmap.access.costs import OWN
from assetmap.access.minutes import BUS, DRIVE
from assetmap.project.settings.keys import OptionTable, Settings
from assetmap.project.settings.problems import all_problems, line_of, problem_sentence
from assetmap.schema import InputError

CONFIG_NAME: Final = "assetmap.toml"
MOST_OPTIONS: Final = 6
RESERVED_NAMES: Final = frozenset(("today", "your proposal"))
"""Names of what is compared beside the options of the settings."""

NEEDED_TABLES: Final = (
    (OWN, "travel", "a file of travel times"),
    (DRIVE, "roads", "an OpenStreetMap extract"),
    (BUS, "timetable", "files of a bus timetable (GTFS)"),
)
"""Modes of travel that need a table of ``assetmap.toml``, and what must be in it."""


def read_settings(path: Path) -> Settings:
    """Read and check ``assetmap.toml``.

    Parameters
    ----------
    path
        The file itself.

    Returns
    -------
    Settings
        Checked settings; every file that they name exists.

    Raises
    ------
    InputError
        All problems in one message, each with its line.
    """
    return parse_settings(_text_of(path), path)


def parse_settings(text: str, path: Path) -> Settings:
    """Check the text of an ``assetmap.toml`` that is, or is to be, at `path`.

    Raises
    ------
    InputError
        All problems in one message, each with its line.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"'{path}' is not valid TOML: {error}.") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        problems = [problem_sentence(problem, text, Settings) for problem in error.errors()]
        problems += _missing_files(raw, path.parent, text)
        raise all_problems(path, problems) from None
    problems = _missing_files(raw, path.parent, text)
    ids = [value.id for value in settings.assets]
    problems += [
        f"two lists of assets have the id '{name}'" for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    problems += _option_problems(settings.option)
    with_modes: list[tuple[str, Any]] = [("access", settings.access), ("devolution", settings.devolution)]
    with_modes += [("outcomes", settings.outcomes)] if settings.outcomes else []
    for name, table in with_modes:
        for mode, section, words in NEEDED_TABLES:
            if table.distance == mode and getattr(settings, section) is None:
                line = line_of(text, (name, "distance"))
                problems.append(f'line {line}: distance = "{mode}" needs a table [{section}] with {words}')
    if problems:
        raise all_problems(path, problems)
    return settings


def _option_problems(options: tuple[OptionTable, ...]) -> list[str]:
    names = [each.name.casefold() for each in options]
    problems = [
        f"two options have the name '{name}'" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    problems += [
        f"option '{each.name}' changes nothing: give close, devolve, move, hours or open"
        for each in options
        if not (each.close or each.devolve or each.move or each.hours or each.open)
    ]
    problems += [f"an option cannot have the name '{name}'" for name in sorted({*names} & RESERVED_NAMES)]
    if len(options) > MOST_OPTIONS:
        problems.append(
            f"there are {len(options)} options; at most {MOST_OPTIONS} can be compared side by side"
        )
    return problems


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise InputError(
            f"There is no project in '{path.parent}': it has no {CONFIG_NAME}. To make one, run: assetmap new FOLDER"
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"'{path}' is not UTF-8 text. Save it as UTF-8.") from error


def _missing_files(raw: dict[str, Any], folder: Path, text: str) -> list[str]:
    problems = []
    for where, name in named_files(raw):
        path = folder / name
        at = line_of(text, where)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            problems.append(f"line {at}: '{name}' must be inside the project folder.")
        elif not path.is_file():
            problems.append(f"line {at}: file not found: '{name}' in '{folder}'.")
        elif not path.resolve().is_relative_to(folder.resolve()):
            problems.append(f"line {at}: '{name}' is a link to a place outside the project folder.")
    return problems


def named_files(raw: dict[str, Any]) -> list[tuple[tuple[Any, ...], str]]:
    """Return every file that settings name, each with the keys that lead to it."""
    found: list[tuple[tuple[Any, ...], str]] = []
    for section, content in raw.items():
        tables = enumerate(content) if isinstance(content, list) else [(None, content)]
        for position, table in tables:
            if not isinstance(table, dict):
                continue
            for key in ("file", "lookup", "names", "files", *(("review",) if section == "project" else ())):
                names = table.get(key)
                for name in names if isinstance(names, list) else [names]:
                    if isinstance(name, str):
                        where = (section, key) if position is None else (section, position, key)
                        found.append((where, name))
    return found
