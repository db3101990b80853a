"""The errors that assetmap raises, and the words of their messages. This module imports no library, so it loads at once."""

from __future__ import annotations

from collections.abc import Iterable


class AssetmapError(Exception):
    """Base of every error that assetmap raises: what is wrong, where, and what to do."""


class SchemaError(AssetmapError, ValueError):
    """A table does not have the columns, types or index that a step needs."""


class InputError(AssetmapError, ValueError):
    """A file, a cell or an option that the user can fix."""


class VintageError(SchemaError):
    """Codes of another year (LSOA 2011 and 2021) or of another place, so nothing was joined."""


class FetchError(AssetmapError, OSError):
    """A file could not be downloaded. The message says from where, why, and what to do."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a count with its noun in the right form; the plural adds an s unless `many` says otherwise.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "library", "libraries")
    ('1 row', '1,200 rows', '2 libraries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def first_few(values: Iterable[object], *, most: int = 5) -> str:
    """Join the first few values for a message: ``'A', 'B' and 12 more``."""
    items = [str(value) for value in values]
    shown = ", ".join(f"'{item}'" for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
