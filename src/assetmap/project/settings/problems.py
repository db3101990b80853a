"""What is wrong with settings, in words, each with its line in the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from assetmap.schema import InputError


def all_problems(path: Path, problems: list[str]) -> InputError:
    """Return an error that lists all problems of a file."""
    lines = "\n".join(f"  - {problem}" for problem in problems)
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return InputError(f"'{path}' has {count}:\n{lines}")


def problem_sentence(problem: Any, text: str, settings: type[BaseModel]) -> str:
    """Return what pydantic found wrong with a key, in words, with its line in the text of the file (empty: no file)."""
    where = tuple(problem["loc"])
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    line = line_of(text, where)
    at = f"line {line}: " if line else ""
    if problem["type"] == "extra_forbidden":
        return f"{at}unknown key '{key}'. Use one of: {', '.join(_known_keys(where, settings))}."
    if problem["type"] == "missing":
        return f"{at}'{key}' is missing."
    return f"{at}'{key}' = {problem['input']!r}: {problem['msg'].removeprefix('Value error, ').lower()}."


def _known_keys(where: tuple[Any, ...], settings: type[BaseModel]) -> list[str]:
    """Return the keys that are allowed where an unknown one was found."""
    if len(where) == 1:
        return list(settings.model_fields)
    annotation = settings.model_fields[str(where[0])].annotation
    models = [each for each in (annotation, *get_args(annotation)) if hasattr(each, "model_fields")]
    return list(models[0].model_fields)


def line_of(text: str, where: tuple[Any, ...]) -> int | None:
    """Find the line of a key, or of its table when the key is not there."""
    section = str(where[0])
    position = where[1] if len(where) > 1 and isinstance(where[1], int) else None
    keys = [part for part in where[1:] if isinstance(part, str)]
    header = re.compile(rf"^\s*\[+\s*{re.escape(section)}\s*\]+")
    seen, inside, table_line = -1, False, None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            inside = bool(header.match(line))
            if inside:
                seen += 1
                inside = position is None or seen == position
                table_line = number if inside else table_line
        elif (inside and keys and re.match(rf"^\s*\"?{re.escape(keys[0])}\"?\s*=", line)) or (
            not keys and re.match(rf"^\s*\"?{re.escape(section)}\"?\s*=", line)
        ):
            return number
    return table_line
