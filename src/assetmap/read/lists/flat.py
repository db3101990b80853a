"""Trees of JSON as cells: each leaf by the names on the way to it, or a whole part in one cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from assetmap.cells import storable
from assetmap.read.lists.nested_hours import hours_in_words, is_hours

NESTED: Final = 3
"""Parts of a list within a record that get columns of their own; further ones stand together in one."""


def flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Yield each leaf of a tree with the names on the way to it; opening hours are one leaf, in words."""
    if isinstance(value, dict):
        for key, part in value.items():
            below = f"{name} {key}".strip()
            words = hours_in_words(part) if isinstance(part, (dict, list)) and is_hours(str(key)) else ""
            yield from [(below, storable(words))] if words else flat(part, below)
    elif isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        for place, part in enumerate(value[:NESTED]):
            yield from flat(part, f"{name} {place}".strip())
        if len(value) > NESTED:
            # A column for each would be hundreds; nothing of them is lost.
            rest = (
                " ".join(f"{key} {text}" if key else text for key, text in flat(part))
                for part in value[NESTED:]
            )
            yield f"{name} more".strip(), "; ".join(rest)
    else:
        yield name or "value", text_of(value)


def text_of(value: Any) -> str:
    """Return a leaf as a cell has it: yes and no, the parts of a list between commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text_of(part) for part in value)
    return storable(str(value))


def rest_of(parts: dict[str, Any]) -> dict[str, str]:
    """Return further fields of a record, each in one cell whatever is in it, so that nothing is lost."""
    alone = {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in parts.items()
    }
    cells = {
        storable(_spaced(key)): value
        if isinstance(value, str)
        else "; ".join(
            f"{'' if name == 'value' else name} {text}".strip() for name, text in flat(value) if text
        )
        if isinstance(value, (dict, list))
        else text_of(value)
        for key, value in alone.items()
    }
    return {f"published {key}": storable(str(value)) for key, value in cells.items() if value}


def _spaced(key: str) -> str:
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in key).strip()
