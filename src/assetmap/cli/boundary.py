"""The last boundary of the command line: whatever happens, the user reads one message and no traceback.

Exit codes: 0 done; 2 an error that was expected (a file, an option, the disk, the network); 1 a bug in assetmap,
or a check that found something (each such command says so in its help).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Final

import typer

from assetmap.cli.common import say

DEBUG: Final = "ASSETMAP_DEBUG"
EXPECTED: Final = 2
BUG: Final = 1
FULL: Final = ("no space left on device", "disk is full", "disk full", "quota exceeded")
"""How the system, SQLite and GDAL say that nothing more can be written."""


def show_version(wanted: bool) -> None:
    """Print the version and stop, if it is asked for."""
    if wanted:
        import assetmap

        typer.echo(assetmap.__version__)
        raise typer.Exit


def guarded(app: Callable[..., Any]) -> None:
    """Run the command line with the words of this process, and turn every exception into one message.

    ``--debug`` anywhere, or the environment variable ``ASSETMAP_DEBUG``, shows the traceback as well.
    """
    words = [word for word in sys.argv[1:] if word != "--debug"]
    debug = len(words) < len(sys.argv) - 1 or os.environ.get(DEBUG, "") not in ("", "0")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            app(words)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _silence_output()
        sys.exit(0)
    except Exception as error:
        if debug:
            traceback.print_exc()
        message, code = explain(error)
        _silence_output()
        for line in f"assetmap: {message}".split("\n"):
            say(line, err=True)
        sys.exit(code)


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
    from assetmap.errors import AssetmapError

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


def _silence_output() -> None:
    """Send what is still waiting for a stdout that takes no more into the void, so that Python ends quietly."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            void = os.open(os.devnull, os.O_WRONLY)
            os.dup2(void, sys.stdout.fileno())
            os.close(void)
