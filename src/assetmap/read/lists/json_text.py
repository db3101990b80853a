"""The text of a JSON file, whole or with a record in each line; of a name that comes twice in an object both values are kept.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError
from assetmap.read.files import read_bytes

LINES: Final = (".jsonl", ".ndjson", ".geojsonl", ".geojsons")
"""Endings of files with a record in each line."""

RECORDS: Final = (".json", ".umap", *LINES)
"""Endings of files with records in JSON, whole or one a line."""


def parse_json(path: Path, *, kind: str = "JSON", twice: Counter[str] | None = None) -> Any:
    """Return the content of a JSON file, as a list where each line is a record; other text after its end is refused.

    The names that come more than once in an object are counted in `twice`.

    Raises
    ------
    InputError
        If it is not JSON in UTF-8, or not JSON alone.
    """
    content = read_bytes(path)

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        kept = without_repeats(pairs)
        if twice is not None and len(dict.fromkeys(name for name, _ in pairs)) < len(pairs):
            twice.update(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return kept

    try:
        tree = json.loads(_decoded(content), object_pairs_hook=without_repeats if twice is None else fields)
        return [tree] if path.suffix.lower() in LINES and isinstance(tree, dict) else tree
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            lines, wrong = _lines(_decoded(content))
            if lines and not wrong:
                return lines
            if wrong > 1 and path.suffix.lower() in LINES:
                raise InputError(
                    f"'{path}': line {wrong} is not a record in JSON. Correct it or delete it."
                ) from error
            raise InputError(
                f"'{path}' has more text after the end of its JSON (line {error.lineno}), so it was not read. Delete that text, or ask for "
                "the file as it was published."
            ) from error
        raise InputError(f"'{path}' could not be read as {kind}: it is not JSON ({error}).") from error
    except ValueError as error:
        raise InputError(f"'{path}' could not be read as {kind}: it is not JSON ({error}).") from error
    except RecursionError as error:
        raise InputError(f"'{path}' could not be read as {kind}: it is nested too deeply.") from error


def _lines(text: str) -> tuple[list[dict[str, Any]], int]:
    """Return the records of a text with one in each line, and the number of the first line that holds anything else, or 0."""
    records: list[dict[str, Any]] = []
    # only these end a line of JSON: others may stand within a text
    for number, line in enumerate(re.split(r"\r?\n|\r", text), start=1):
        if not line.strip("\x1e \t"):
            continue
        try:
            record = json.loads(line.strip("\x1e"), object_pairs_hook=without_repeats)
        except ValueError:
            return records, number
        if not isinstance(record, dict):
            return records, number
        records.append(record)
    return records, 0


def _decoded(content: bytes) -> str:
    """Decode UTF-8, or Windows-1252 as a CSV file would be."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of an object; the second of a name gets a number, like a second heading of a table, unless it says the same.

    Examples
    --------
    >>> without_repeats([("name", "A"), ("name", "B"), ("name", "A")])
    {'name': 'A', 'name 2': 'B'}
    """
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else one_of_each(pairs)


def one_of_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return named values as `without_repeats` does, where names may come more than once."""
    kept: dict[str, Any] = {}
    times: dict[str, int] = {}
    for name, value in pairs:
        if name not in kept or kept[name] in (value, "", None):
            kept[name] = value
            continue
        free = name
        while free in kept:
            times[name] = times.get(name, 1) + 1
            free = f"{name} {times[name]}"
        kept[free] = value
    return kept
