"""History: who changed what and when, undo, the register as it was, and what changed in between."""

from __future__ import annotations

import datetime as dt
from typing import Final

from assetmap.project.store.database import Store
from assetmap.project.store.records import ChangePage, Difference, Saved
from assetmap.records import Register

PAGE: Final = 50


def history(
    store: Store,
    *,
    list_name: str = "",
    row: int | None = None,
    who: str = "",
    since: dt.date | dt.datetime | None = None,
    until: dt.date | dt.datetime | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> ChangePage:
    """Return the history, newest first.

    Parameters
    ----------
    list_name, row, who
        Only changes of this list, this row, this person.
    since, until
        From and up to a time; a day counts as a whole, on this computer's clock.
    """
    raise NotImplementedError


def undo(store: Store, change: int, *, anyway: bool = False) -> Saved:
    """Take one change back, wherever it is in the history, as a new change; undoing that one does it again.

    Parameters
    ----------
    change
        `Change.number`.
    anyway
        Take it back even if something later changed the same cell, decision or list; what came later is then replaced too,
        and stays in the history.

    Raises
    ------
    ConflictError
        If something later changed the same, unless ``anyway``.
    """
    raise NotImplementedError


def as_of(store: Store, day: dt.date | dt.datetime) -> Register:
    """Return the register as it was at a time, or at the end of a day on this computer's clock (audience ``internal``).

    It is judged with the settings, postcodes and areas of today.
    """
    raise NotImplementedError


def changes_between(store: Store, first: dt.date | dt.datetime, last: dt.date | dt.datetime) -> Difference:
    """Return what people did between two times, and what changed in the register.

    An asset is the same as long as it is represented by the same row, whatever its name.
    """
    raise NotImplementedError


def users(store: Store) -> tuple[str, ...]:
    """Return everybody who changed something, by name."""
    raise NotImplementedError
