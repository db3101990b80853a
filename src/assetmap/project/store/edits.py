"""What people do to rows and pairs. Every function saves one change and returns the row, judged again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from assetmap.project.store.database import Store
from assetmap.project.store.records import Saved


def edit_cell(store: Store, row: int, column: str, value: str | None, *, version: int) -> Saved:
    """Change one cell of a row, as `edit_cells`."""
    raise NotImplementedError


def edit_cells(store: Store, row: int, values: Mapping[str, str | None], *, version: int) -> Saved:
    """Change cells of a row in one step.

    Parameters
    ----------
    row
        `Row.key`.
    values
        Column (of `Row.cells`, or one of the register that the list lacks) -> text; None: the cell as it was imported.
    version
        `Row.version`.

    Raises
    ------
    ConflictError
        If somebody changed the row since.
    InputError
        If there is no such row, or the column cannot be edited.
    """
    raise NotImplementedError


def accept_suggestion(store: Store, row: int, column: str, *, version: int) -> Saved:
    """Save the suggestion for a column of a row (`Row.suggestions`)."""
    raise NotImplementedError


def decide_pair(store: Store, row: int, other: int, decision: str, *, version: int) -> Saved:
    """Decide whether two rows are the same thing.

    Parameters
    ----------
    row, other
        Keys of the rows, in any order.
    decision
        ``same``, ``different``, ``later``, or ``""`` to take a decision back.
    version
        `Pair.version`.
    """
    raise NotImplementedError


def decide_place(store: Store, row: int, decision: str, *, version: int) -> Saved:
    """Decide whether a guarded place may be published.

    Parameters
    ----------
    decision
        ``publish``, ``guard``, or ``""`` to take a decision back. What the list itself says under ``sensitive`` is changed
        there.
    version
        `Row.place_version`.
    """
    raise NotImplementedError


def add_asset(store: Store, cells: Mapping[str, str]) -> Saved:
    """Add an asset by hand.

    Parameters
    ----------
    cells
        Column of the register -> text: ``name``, ``asset_type``, and where it is (``postcode``, ``latitude`` and
        ``longitude``, ``easting`` and ``northing``, ``grid_reference``, ``town``).
    """
    raise NotImplementedError


def remove_asset(store: Store, row: int, *, version: int) -> Saved:
    """Remove an asset that was added by hand; `undo` brings it back. A row of a list is closed, or its list replaced."""
    raise NotImplementedError


def move_asset(
    store: Store,
    row: int,
    *,
    version: int,
    easting: float | None = None,
    northing: float | None = None,
    postcode: str = "",
) -> Saved:
    """Put a row at a point or a postcode.

    Parameters
    ----------
    easting, northing
        Metres, EPSG:27700. They are written into the columns by which the list says where things are: latitude and
        longitude, else easting and northing.
    postcode
        Instead of a point: coordinates of the row are then emptied.
    """
    raise NotImplementedError


def close_asset(store: Store, row: int, *, version: int, on: dt.date | None = None) -> Saved:
    """Say that an asset has closed, today where ``on`` is not given."""
    raise NotImplementedError
