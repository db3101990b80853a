"""The last boundary of the command line: whatever happens, the user reads one message and no traceback.

Exit codes: 0 done; 2 an error that was expected (a file, an option, the disk, the network); 1 a bug in assetmap,
or a check that found something (each such command says so in its help).
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, Final

import typer

from assetmap.cli.common import say
from assetmap.errors import explain

DEBUG: Final = "ASSETMAP_DEBUG"


def show_version(wanted: bool) -> None:
    """Print the version and stop, if it is asked for."""
    if wanted:
        import assetmap

        typer.echo(assetmap.__version__)
        raise typer.Exit


STOPS: Final = ("SIGTERM", "SIGHUP")
"""Signals that ask a command to end."""
STDERR: Final = 2
USUAL: Final = gc.get_threshold()
"""What Python itself does: the app, which runs for days, looks as often."""
OBJECTS: Final = 50_000
"""So many new objects before Python looks for circles of them: a command ends soon, and looking took a twelfth of its time."""


def guarded(app: Callable[..., Any]) -> None:
    """Run the command line with the words of this process, and turn every exception into one message.

    ``--debug`` anywhere, or the environment variable ``ASSETMAP_DEBUG``, shows the traceback as well.
    """
    gc.set_threshold(OBJECTS)
    words = [word for word in sys.argv[1:] if word != "--debug"]
    debug = len(words) < len(sys.argv) - 1 or os.environ.get(DEBUG, "") not in ("", "0")
    _end_tidily()
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            app(words)
        finally:
            gc.freeze()  # nothing is to be looked through at the end: what is left goes with the process
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


def _open_closed() -> None:
    """Give a command that was started without a stdout or stderr (``>&-``) one into the void, before another file gets its number."""
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(number, True)
    os.close(number)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (a stream for as long as the process)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _end_tidily() -> None:
    """End by an exception where the system asks this process to end; a signal that is ignored, as under nohup, stays so."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (getattr(signal, name, None) for name in STOPS):
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: object) -> None:
    """End as an exception does, so that temporary files are cleared, when the terminal closes or the system shuts down."""
    sys.exit(128 + number)


def _silence_output() -> None:
    """Send what is still waiting for a stdout that takes no more into the void, so that Python ends quietly."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            void = os.open(os.devnull, os.O_WRONLY)
            os.dup2(void, sys.stdout.fileno())
            os.close(void)
