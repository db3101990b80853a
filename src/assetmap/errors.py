"""The errors that assetmap raises, and the words of their messages. This module imports no library, so it loads at once."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Iterator
from typing import Final

EXPECTED: Final = 2
BUG: Final = 1
"""Exit codes of an error that was expected, and of one that is a bug."""

FULL: Final = ("no space left on device", "disk is full", "disk full", "quota exceeded")
"""How the system, SQLite and GDAL say that nothing more can be written."""


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


def typed(path: object) -> str:
    """Return a path as one types it into a terminal: in quotation marks where it has spaces or signs.

    Examples
    --------
    >>> typed("my-area"), typed("my area")
    ('my-area', '"my area"')
    """
    words = str(path)
    return words if re.fullmatch(r"[\w./\\:~-]+", words) else f'"{words}"'


def first_few(values: Iterable[object], *, most: int = 5) -> str:
    """Join the first few values for a message: ``'A', 'B' and 12 more``."""
    items = [str(value) for value in values]
    shown = ", ".join(f"'{item}'" for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def explain(error: Exception) -> tuple[str, int]:
    """Return the message for an exception, and the exit code.

    Parameters
    ----------
    error
        Anything that a command raised.

    Returns
    -------
    tuple
        A message of what, where and what to do; 2 where the error was expected, 1 where it is a bug.
    """
    if isinstance(error, AssetmapError):
        return str(error), EXPECTED
    if any(_is_full(each) for each in _chain(error)):
        return (
            "The disk is full, so the results could not be written. Free some space and run the command again.",
            2,
        )
    if isinstance(error, MemoryError):
        return (
            "There was not enough memory. Close other programs, or build a smaller area; more in docs/place.md.",
            EXPECTED,
        )
    if isinstance(error, OSError) and error.filename is not None:
        hint = ""
        if isinstance(error, PermissionError):
            hint = " Close it in other programs, or choose another place."
        return f"'{error.filename}': {error.strerror}.{hint}", EXPECTED
    import assetmap

    text = " ".join(str(error).split())
    what = f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
    return (
        f"This is a bug in assetmap {assetmap.__version__} ({what}). Please report it to its maintainers with the "
        "output of the same command and --debug.",
        BUG,
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it came from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(error).casefold() for words in FULL)
