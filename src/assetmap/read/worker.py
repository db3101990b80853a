"""The child process that opens files from outside: one for a command, started when the first file is opened.

Spreadsheets, map files and Parquet are opened by large native libraries, and a small file can unfold to gigabytes. Here
that happens in a process of its own, with limits of time and memory for each file. If it crashes or passes a limit, it
is ended, the user reads one message, and the next file gets a new child.

The two processes speak over pipes, in JSON and raw bytes; nothing that the child sends is ever executed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from assetmap.errors import InputError
from assetmap.read.limits import Limits, limits_for
from assetmap.schema import data_folder

LENGTH: Final = struct.Struct("<Q")
LARGEST_ANSWER: Final = 4 * 2**30
"""Bytes of one part of an answer."""

LIBRARIES_MB: Final = 200
"""Megabytes that the libraries of the child take when they are loaded."""

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at how much memory the child uses."""

NOT_PASSED_ON: Final = ("GDAL_", "OGR_", "CPL_", "VSI_", "AWS_", "AZURE_", "GS_", "PGPASS", "SHAPE_")
"""Beginnings of environment variables that could make a library open more than the file, and so are not passed on."""

KEPT: Final = ("GDAL_DATA",)
FEW_THREADS: Final = {"OSMIUM_POOL_THREADS": "2", "MALLOC_ARENA_MAX": "4"}
"""Each thread and each arena reserves addresses, which the limit of memory counts: without this it would depend on the number of cores."""

START: Final = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; sys.path.insert(0, sys.argv[1]); "
    "from assetmap.read.child import main; main()"
)
MORE: Final = "ASSETMAP_READ_SECONDS, ASSETMAP_READ_MEMORY_MB and ASSETMAP_READ_CELLS set the limits (docs/security.md)."


@dataclass(frozen=True)
class Answer:
    """What the child found: a value that JSON can hold, and parts as bytes."""

    value: Any
    parts: tuple[bytes, ...] = ()


class _Child:
    """One child process and the thread that takes its answers."""

    def __init__(self, *, maps: bool = False) -> None:
        from assetmap.read.drivers import GDAL_SETTINGS

        root = str(Path(__file__).resolve().parents[2])
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in KEPT or not name.upper().startswith(NOT_PASSED_ON)
        }
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, root, "maps" if maps else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**passed, **GDAL_SETTINGS, **FEW_THREADS},
        )
        self.answers: queue.SimpleQueue[Answer | str | None] = queue.SimpleQueue()
        threading.Thread(target=self._take, name="assetmap-read", daemon=True).start()

    def _take(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        with contextlib.suppress(OSError, ValueError, EOFError):
            while True:
                head = json.loads(read_part(stream))
                parts = tuple(read_part(stream) for _ in range(int(head["parts"])))
                self.answers.put(head["problem"] or Answer(head["value"], parts))
        self.answers.put(None)

    def end(self) -> None:
        """End the process and close its pipes."""
        if self.owner != os.getpid():
            return
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def ask(self, request: dict[str, Any], limits: Limits) -> Answer:
        """Send a request and wait for the answer; whatever is no answer ends the process."""
        answered = False
        try:
            answer = self._answer(request, limits)
            answered = True
        finally:
            if not answered:
                self.end()
        if isinstance(answer, str):
            raise InputError(answer)
        return answer

    def _answer(self, request: dict[str, Any], limits: Limits) -> Answer | str:
        path, stream = request["path"], self.process.stdin
        assert stream is not None
        with contextlib.suppress(OSError):  # where it has ended, there is no answer either
            write_part(stream, json.dumps(request).encode())
            stream.flush()
        until, base_mb = time.monotonic() + limits.seconds, memory_mb(self.process)
        while True:
            try:
                answer = self.answers.get(timeout=LOOK_EVERY)
            except queue.Empty:
                if time.monotonic() > until:
                    raise InputError(
                        f"'{path}' could not be read within {limits.seconds:.0f} seconds. Save only the table that is needed. {MORE}"
                    ) from None
                if memory_mb(self.process) > base_mb + LIBRARIES_MB + limits.memory_mb:
                    raise InputError(too_large(path, limits.memory_mb)) from None
                continue
            if answer is None:
                code = self.process.wait()
                raise InputError(
                    f"'{path}' could not be read: it is damaged, or needs more memory than is allowed (code {code}). "
                    f"Open it in the program that made it and save it again. {MORE}"
                )
            return answer


@dataclass(frozen=True)
class _Unanswered:
    """A file that passed a limit or ended the child: what was said of it, until when, on the clock of `time.monotonic`."""

    said: str
    until: float


REMEMBERED_S: Final = 60.0
"""Seconds for which such a file is refused at once, so that a command that asks for it in several ways waits once."""

_UNANSWERED: dict[tuple[str, int, int, Limits], _Unanswered] = {}
_CURRENT: list[_Child] = []
_LOCK: Final = threading.Lock()


def ask(task: str, path: str | Path, *, size: float | None = None, **words: Any) -> Answer:
    """Have a file opened in the child process.

    Parameters
    ----------
    task
        A key of `assetmap.read.child.TASKS`.
    path
        The file; it is there.
    size
        Bytes by which the limits are set, where the file's own say too little: a zip that always unpacks to more, or a folder.
    words
        What else the task needs; JSON can hold it.

    Returns
    -------
    Answer
        As the task returns it. A file of the package itself is opened here, without a child.

    Raises
    ------
    InputError
        If the file cannot be read, the child crashes, or a limit is passed.
    """
    from assetmap.read import child

    path = Path(path)
    limits = limits_for(path.stat().st_size if size is None else int(size))
    words = {**words, "cells": limits.cells}
    if path.resolve().is_relative_to(data_folder()):
        return child.run(task, path, words)
    request: dict[str, Any] = {"task": task, "path": str(path), "words": words}
    request |= {"folder": str(Path.cwd())}  # the names in messages stay as they were given
    request |= {"seconds": limits.seconds, "memory_mb": limits.memory_mb}
    about = path.stat()
    key = (str(path.resolve()), about.st_size, about.st_mtime_ns, limits)
    before = _UNANSWERED.get(key)
    if before is not None and time.monotonic() < before.until:
        raise InputError(before.said)
    with _LOCK:
        if _CURRENT and (_CURRENT[0].owner != os.getpid() or _CURRENT[0].process.poll() is not None):
            _CURRENT.pop().end()
        if not _CURRENT:
            _CURRENT.append(_Child())
        child_of_now = _CURRENT[0]
        try:
            return child_of_now.ask(request, limits)
        except InputError as error:
            if child_of_now.process.poll() is not None:
                _UNANSWERED[key] = _Unanswered(str(error), time.monotonic() + REMEMBERED_S)
            raise


def prepare(*, maps: bool) -> None:
    """Start the child before it is needed, so that both processes load their libraries at the same time.

    Parameters
    ----------
    maps
        Load the libraries for map files as well.
    """
    with _LOCK:
        if not _CURRENT:
            _CURRENT.append(_Child(maps=maps))


def end_child() -> None:
    """End the child, if there is one; the next file starts another."""
    while _CURRENT:
        _CURRENT.pop().end()


atexit.register(end_child)


def too_large(path: str, memory_mb: float) -> str:
    """Return the message for a file that needs more memory than it may use."""
    return (
        f"'{path}' needs more than {memory_mb:,.0f} MB of memory to be read, too much for its size. Delete empty rows, columns and sheets, or save the "
        f"table as CSV. {MORE}"
    )


def read_part(stream: IO[bytes]) -> bytes:
    """Read one part of a message: its length, then its bytes.

    Raises
    ------
    EOFError
        If the other process has ended.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    if length > LARGEST_ANSWER:
        raise EOFError
    part = stream.read(length)
    if len(part) < length:
        raise EOFError
    return part


def write_part(stream: IO[bytes], part: bytes | memoryview) -> None:
    """Write one part of a message as `read_part` reads it."""
    stream.write(LENGTH.pack(len(part)))
    stream.write(part)


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Return the megabytes of memory that a process uses, 0 where the system does not say."""
    if sys.platform == "win32":
        return _memory_on_windows(int(process._handle))
    try:
        with Path(f"/proc/{process.pid}/statm").open("rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError, ValueError):
        return _memory_by_ps(process.pid)


def _memory_by_ps(pid: int) -> float:
    """Ask ``ps``, which every Unix has; the BSDs and macOS have no ``/proc``."""
    try:
        said = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, timeout=5
        ).stdout
        return int(said) / 1e3
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0


def _memory_on_windows(handle: int) -> float:
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", ctypes.c_uint32),
            ("PageFaultCount", ctypes.c_uint32),
            *((name, ctypes.c_size_t) for name in (
                "PeakWorkingSetSize", "WorkingSetSize", "QuotaPeakPagedPoolUsage", "QuotaPagedPoolUsage",
                "QuotaPeakNonPagedPoolUsage", "QuotaNonPagedPoolUsage", "PagefileUsage", "PeakPagefileUsage",
            )),
        ]  # fmt: skip

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    system: Any = ctypes
    found = system.windll.psapi.GetProcessMemoryInfo(
        ctypes.c_void_p(handle), ctypes.byref(counters), counters.cb
    )
    return float(counters.PagefileUsage) / 1e6 if found else 0.0
