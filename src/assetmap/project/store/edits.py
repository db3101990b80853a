"""What people do to rows and pairs. Every function saves one change and returns the row, judged again."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from assetmap.errors import InputError, first_few
from assetmap.project.store.changing import (
    Doing,
    headings_of,
    set_cells,
    set_decision,
)
from assetmap.project.store.contents import POINT, field_of
from assetmap.project.store.database import Store, writing
from assetmap.project.store.pages import after_save
from assetmap.project.store.records import DECISIONS, PLACE_DECISIONS, Change, Saved
from assetmap.project.store.tables import rows as rows_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_CELL: Final = 20_000
COLUMN: Final = re.compile(r"[^\s\x00-\x1f][^\x00-\x1f]{0,199}")
NOT_CELLS: Final = (
    "source",
    "row",
    "row_key",
    "geometry",
    "reading_problem",
    "reading_note",
    "list_title",
    "list_date",
    "name_key",
)
"""Columns that reading adds: nobody can edit them."""


def edit_cell(store: Store, row: int, column: str, value: str | None, *, version: int) -> Saved:
    """Change one cell of a row, as `edit_cells`.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.edit_cell(store, row.key, "postcode", "EX23 8LH", version=row.version)
    >>> saved.row.cells["postcode"]
    'EX23 8LH'
    """
    return edit_cells(store, row, {column: value}, version=version)


def edit_cells(store: Store, row: int, values: Mapping[str, str | None], *, version: int) -> Saved:
    """Change cells of a row in one step.

    Parameters
    ----------
    row
        `Row.key`.
    values
        Column (of `Row.cells`, or one of the register that the list lacks) or its heading in the file -> text; None: the cell
        as it was imported.
    version
        `Row.version`.

    Returns
    -------
    Saved
        The change and the row, judged again.

    Raises
    ------
    ConflictError
        If somebody changed the row since.
    InputError
        If there is no such row, or the column cannot be edited.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.edit_cells(store, row.key, {"town": "Stratton", "postcode": "EX23 9AA"}, version=row.version)
    >>> saved.row.cells["town"], saved.row.originals["town"]
    ('Stratton', 'Bude')
    """
    return save_cells(store, row, values, version, "edit")


def accept_suggestion(
    store: Store, row: int, column: str, *, version: int, value: str | None = None
) -> Saved:
    """Save the suggestion for a column of a row (`Row.suggestions`); of several for one column the first, or that with this value.

    Raises
    ------
    InputError
        If there is no such suggestion any more.

    Examples
    --------
    >>> row = next(row for row in st.rows(store).rows if row.suggestions)
    >>> saved = st.accept_suggestion(store, row.key, row.suggestions[0].column, version=row.version)
    >>> saved.row.cells["postcode"]
    'EX23 8EE'
    """
    from assetmap.project.store.pages import row as row_now

    found = [
        each
        for each in row_now(store, row).suggestions
        if each.column == column and value in (None, each.value)
    ]
    if not found:
        raise InputError(f"There is no such suggestion for '{column}' of row {row} any more.")
    return save_cells(store, row, {column: found[0].value}, version, "accept")


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

    Returns
    -------
    Saved
        The change; ``row`` is the first row, ``others`` has the other.

    Raises
    ------
    ConflictError
        If somebody decided since.
    InputError
        If it is no decision, or the rows are one.

    Examples
    --------
    >>> pair = st.pairs(store, decided=None).pairs[0]
    >>> saved = st.decide_pair(store, pair.row, pair.other, "different", version=pair.version)
    >>> saved.change.sentence
    "Decided a pair: 'Truro Village Hall' and 'Truro Village Hall': different"
    """
    if decision not in (*DECISIONS, ""):
        raise InputError(
            f"'{decision}' is not a decision about a pair: use {first_few(DECISIONS)}, or nothing."
        )
    if row == other:
        raise InputError("A pair has two rows.")
    doing = Doing("decide", "pair", row_id=row, other_id=other, after={"decision": decision})
    with writing(store) as connection:
        change = set_decision(connection, store, doing, version=version)
    return after_save(store, change, row)


def decide_place(store: Store, row: int, decision: str, *, version: int) -> Saved:
    """Decide whether a guarded place may be published.

    Parameters
    ----------
    row
        `Row.key`.
    decision
        ``publish``, ``guard``, or ``""`` to take a decision back. What the list itself says under ``sensitive`` is changed
        there.
    version
        `Row.place_version`.

    Raises
    ------
    InputError
        If it is no decision about a place.

    Examples
    --------
    >>> row = st.rows(store, search="refuge").rows[0]
    >>> st.decide_place(store, row.key, "guard", version=row.place_version).change.sentence
    "Decided a guarded place: 'Harbour Refuge': guard"
    """
    if decision not in (*PLACE_DECISIONS, ""):
        raise InputError(
            f"'{decision}' is not a decision about a place: use {first_few(PLACE_DECISIONS)}, or nothing."
        )
    doing = Doing("decide_place", "place", row_id=row, other_id=row, after={"decision": decision})
    with writing(store) as connection:
        change = set_decision(connection, store, doing, version=version)
    return after_save(store, change, row)


def save_cells(store: Store, row: int, values: Mapping[str, str | None], version: int, action: str) -> Saved:
    """Save the cells of a row as one change, and return the row, judged again."""
    with writing(store) as connection:
        change = set_row(connection, store, row, checked_cells(values), version, action)
    return after_save(store, change, row)


def set_row(
    connection: Connection,
    store: Store,
    row: int,
    values: Mapping[str, str | None],
    version: int,
    action: str,
) -> Change | None:
    """Write the cells of a row: column or heading -> text."""
    list_id = connection.execute(select(rows_table.c.list_id).where(rows_table.c.id == row)).scalar()
    if list_id is None:
        raise InputError(f"There is no row {row}.")
    headings = headings_of(connection, list_id)
    fields = {field_of(headings, column): value for column, value in values.items()}
    doing = Doing(action, "row", row_id=row, after=fields)
    return set_cells(connection, store, doing, version=version, yours=values)


def checked_cells(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Refuse columns that nobody can edit and cells that no list has."""
    if not values:
        raise InputError("There is no cell to change.")
    for column, value in values.items():
        if column in NOT_CELLS or not COLUMN.fullmatch(column):
            raise InputError(f"The column '{column[:60]}' cannot be edited.")
        if value is not None and len(value) > LONGEST_CELL:
            raise InputError(f"The cell '{column}' has {len(value):,} letters; the most is {LONGEST_CELL:,}.")
        if column in POINT and value not in (None, "") and not _is_number(str(value)):
            raise InputError(f"'{value}' is not a number of metres.")
    return {column: None if value is None else value.replace("\x00", "") for column, value in values.items()}


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
