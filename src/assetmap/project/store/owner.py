"""Who owns a store on a network or synced folder: a file beside it that only one process can make."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError

_HELD: Final[dict[Path, int]] = {}
"""Files of ours -> how often this process holds them."""

_LOCK: Final = threading.Lock()

BEING_WRITTEN_SECONDS: Final = 10.0


def lock_path(store: Path) -> Path:
    """Return the file that names the owner of a store."""
    return store.with_name(f"{store.name}.lock")


def take_over(store: Path, *, user: str) -> None:
    """Become the owner of a store.

    Raises
    ------
    InputError
        If another process owns it. A process of this computer that has ended is noticed; of another computer nothing can
        be known, so the message says which file to delete.
    """
    path = lock_path(store)
    with _LOCK:
        if path in _HELD:
            _HELD[path] += 1
            return
        for _ in range(2):
            try:
                _make(path, user)
            except FileExistsError:
                found = read_owner(path)
                if found is not None and not has_ended(found):
                    raise InputError(_held_by(found, path)) from None
                if found is None and is_new(path):
                    break
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                continue
            except OSError as error:
                raise InputError(f"'{path}' cannot be written: {error.strerror or error}.") from error
            _HELD[path] = 1
            return
        raise InputError(f"Another program is opening '{store}'. Try again.")


def give_up(store: Path) -> None:
    """Stop being the owner of a store; nothing happens if this process is not."""
    path = lock_path(store)
    with _LOCK:
        if path not in _HELD:
            return
        _HELD[path] -= 1
        if not _HELD[path]:
            del _HELD[path]
            with contextlib.suppress(OSError):
                path.unlink()


def this_process(user: str) -> dict[str, Any]:
    """Return what names this process for others."""
    return {
        "user": user,
        "computer": platform.node(),
        "pid": os.getpid(),
        "started": started(os.getpid()),
        "since": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def read_owner(path: Path) -> dict[str, Any] | None:
    """Return what such a file says; None where it is gone or says nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    wanted = {"user": str, "computer": str, "pid": int, "started": str, "since": str}
    if not isinstance(found, dict) or not all(
        isinstance(found.get(key), kind) for key, kind in wanted.items()
    ):
        return None
    return found


def is_new(path: Path) -> bool:
    """Say whether a file is so new that its maker may not have written into it yet."""
    try:
        return abs(time.time() - path.stat().st_mtime) < BEING_WRITTEN_SECONDS
    except OSError:
        return False


def has_ended(found: dict[str, Any]) -> bool:
    """Say whether the process of a file has ended; of another computer that is never known."""
    if found["computer"] != platform.node():
        return False
    now = started(found["pid"])
    return now == "" or (now != "?" and found["started"] not in ("", "?", now))


def started(pid: int) -> str:
    """Return when a process started, so that a later one with its number is not taken for it: ``""`` where it is gone, ``?`` where the system does not say."""
    if sys.platform == "win32":
        return _started_on_windows(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = text.rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except (PermissionError, OverflowError):
        pass
    return "?"


def _started_on_windows(pid: int) -> str:
    """Ask Windows, which gives the time of creation of a process that is there."""
    import ctypes

    system: Any = ctypes
    kernel = system.windll.kernel32
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    try:
        code, times = ctypes.c_uint32(), (ctypes.c_uint64 * 4)()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if code.value != 259:  # it has ended, and somebody still holds its handle
            return ""
        size = ctypes.sizeof(ctypes.c_uint64)
        parts = [ctypes.byref(times, size * k) for k in range(4)]
        return str(times[0]) if kernel.GetProcessTimes(handle, *parts) else "?"
    finally:
        kernel.CloseHandle(handle)


def _make(path: Path, user: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        json.dump(this_process(user), file)
        file.flush()
        os.fsync(file.fileno())


def _held_by(found: dict[str, Any], path: Path) -> str:
    here = found["computer"] == platform.node()
    where = "on this computer" if here else f"on the computer '{found['computer']}'"
    return (
        f"{found['user']} has this project open {where}, since {found['since']} (UTC). On a network or synced folder only one "
        f"program may have it open: close it there first. If that computer was switched off without closing it, delete '{path}'."
    )
