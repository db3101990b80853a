"""One app for one project: a second one finds the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assetmap.project.store.records import RunningApp


def running_app(folder: str | Path) -> RunningApp | None:
    """Return the app that has a project open on this computer; None where there is none, or it ended without a word."""
    raise NotImplementedError


@contextmanager
def announce_app(folder: str | Path, address: str) -> Iterator[None]:
    """Say that an app has a project open, at this address, for as long as the block runs.

    Raises
    ------
    InputError
        If another one has it open.
    """
    raise NotImplementedError
    yield
