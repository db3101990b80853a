"""A save against an older version: nobody's words are lost, and the second person sees both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetmap.errors import InputError

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class Theirs:
    """What somebody saved in between: ``column`` is ``decision`` for a pair, and what is said of a list for a list."""

    column: str
    before: str | None
    value: str | None
    who: str
    when: dt.datetime


@dataclass(frozen=True)
class Conflict:
    """A save against an older version.

    what : ``row``, ``pair``, ``place`` or ``list``.
    row, other, list_name : what it is about.
    seen, version : the version that the caller saw, and the one there is.
    yours : column -> what was to be saved; None: the cell as imported.
    now : column -> what is there now, for the columns of ``yours``.
    theirs : what others saved since.
    """

    what: str
    row: int | None
    other: int | None
    list_name: str
    seen: int
    version: int
    yours: Mapping[str, str | None]
    now: Mapping[str, str | None]
    theirs: tuple[Theirs, ...] = field(default=())


class ConflictError(InputError):
    """Somebody else saved in between. Nothing was saved; ``conflict`` has both values, who and when."""

    def __init__(self, message: str, conflict: Conflict) -> None:
        super().__init__(message)
        self.conflict = conflict
