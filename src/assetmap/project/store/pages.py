"""What the store says: rows as the library judges them, in pages; pairs to decide; the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assetmap.project.store.database import Store
from assetmap.project.store.records import PairPage, Row, RowPage
from assetmap.records import CheckReport, Register

PAGE: Final = 50


def rows(
    store: Store,
    *,
    list_name: str = "",
    outcome: str = "",
    search: str = "",
    where: Mapping[str, str] | None = None,
    edited: bool = False,
    offset: int = 0,
    limit: int = PAGE,
) -> RowPage:
    """Return rows of the lists, in file order.

    Parameters
    ----------
    list_name, outcome
        Only rows of this list, with this outcome.
    search
        Only rows with this text in a cell or in the reason, whatever its capitals.
    where
        Only rows with these cells: column -> text; ``""`` finds empty cells.
    edited
        Only rows with an edit.
    offset, limit
        The first row of the page, and how many.
    """
    raise NotImplementedError


def row(store: Store, key: int) -> Row:
    """Return one row.

    Raises
    ------
    InputError
        If there is no such row, or its list no longer has it.
    """
    raise NotImplementedError


def row_of_asset(store: Store, asset_id: str) -> int:
    """Return the key of the row that represents an asset of `current_register`, ``internal`` or ``public``."""
    raise NotImplementedError


def values(store: Store, column: str, *, list_name: str = "") -> Mapping[str, int]:
    """Return the values of a column with how many rows have each, most first: the choices of a filter."""
    raise NotImplementedError


def pairs(
    store: Store,
    *,
    list_name: str = "",
    decided: bool | None = False,
    offset: int = 0,
    limit: int = PAGE,
) -> PairPage:
    """Return pairs of rows that may be the same thing, doubtful ones first.

    Parameters
    ----------
    decided
        False: only pairs to decide, those that were put off (``later``) last; True: only decided ones; None: all, also those
        that the library joined by itself.
    """
    raise NotImplementedError


def current_register(store: Store, *, audience: str = "internal") -> Register:
    """Return the register of the store now, as `build_register` makes it."""
    raise NotImplementedError


def check_store(store: Store) -> CheckReport:
    """Return the report on the lists of the store, as `check_lists` makes it."""
    raise NotImplementedError
