"""One app for one project: a second one finds the first.

The file ``assetmap.app.json`` says where the app is, and its owner alone can read it. It is stale when its process has ended:
the next app notices and replaces it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetmap.errors import InputError
from assetmap.project.store.owner import has_ended, is_new, read_owner, this_process

APP_NAME: Final = "assetmap.app.json"


@dataclass(frozen=True)
class RunningApp:
    """The app that has a project open: its address, process, computer, user, and since when (UTC)."""

    address: str
    pid: int
    computer: str
    user: str
    since: dt.datetime


def running_app(folder: str | Path) -> RunningApp | None:
    """Return the app that has a project open; None where there is none, or its process has ended.

    On another computer (a shared folder) nobody can know whether it still runs, so it counts as running.

    Examples
    --------
    >>> st.running_app("project") is None
    True
    """
    found = read_owner(Path(folder) / APP_NAME)
    if found is None or has_ended(found) or not isinstance(found.get("address"), str):
        return None
    try:
        since = dt.datetime.strptime(found["since"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return RunningApp(found["address"], found["pid"], found["computer"], found["user"], since)


@contextmanager
def announce_app(folder: str | Path, address: str, *, user: str = "") -> Iterator[None]:
    """Say that an app has a project open, at this address, for as long as the block runs.

    Parameters
    ----------
    folder
        Of the project.
    address
        Where the app is.
    user
        Who started it.

    Raises
    ------
    InputError
        If another one has it open, or the folder cannot be written.

    Examples
    --------
    >>> Path("project").mkdir()
    >>> with st.announce_app("project", "http://127.0.0.1:8471", user="Ann"):
    ...     st.running_app("project").user
    'Ann'
    """
    path = Path(folder) / APP_NAME
    for _ in range(2):
        if _make(path, {**this_process(user), "address": address}):
            break
        found = running_app(folder)
        if found is not None:
            raise InputError(
                f"The app already has this project open: {found.address} (on '{found.computer}')."
            )
        if read_owner(path) is None and is_new(path):
            raise InputError(f"Another app is opening '{folder}'. Try again.")
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    else:
        raise InputError(f"Another app is opening '{folder}'. Try again.")
    try:
        yield
    finally:
        found = running_app(folder)
        if found is not None and found.pid == os.getpid():
            with contextlib.suppress(OSError):
                path.unlink()


def _make(path: Path, record: dict[str, object]) -> bool:
    """Make the file, readable by its owner alone; False where it is there already."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise InputError(f"'{path}' cannot be written: {error.strerror or error}.") from error
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(record, file)
    return True
