"""Assets that people add, remove, move and close by hand."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pyproj
from sqlalchemy import func, insert, select, update

from assetmap.errors import InputError
from assetmap.project.store.changing import (
    Doing,
    edits_of_row,
    headings_of,
    originals_of_row,
    record,
    set_removed,
)
from assetmap.project.store.contents import POINT, column_of
from assetmap.project.store.database import Store, as_json, now, writing
from assetmap.project.store.edits import checked_cells, save_cells, set_row
from assetmap.project.store.pages import after_save
from assetmap.project.store.records import BY_HAND, Saved
from assetmap.project.store.tables import cells as cells_table
from assetmap.project.store.tables import lists, readings
from assetmap.project.store.tables import rows as rows_table
from assetmap.schema import MAP_CRS, WORKING_CRS

if TYPE_CHECKING:
    from sqlalchemy import Connection

COORDINATES: Final = ("latitude", "longitude", "easting", "northing", "grid_reference", "coordinates")

BY_HAND_TITLE: Final = "Assets added by hand"


def add_asset(store: Store, cells: Mapping[str, str]) -> Saved:
    """Add an asset by hand.

    Parameters
    ----------
    cells
        Column of the register -> text: ``name``, ``asset_type``, and where it is (``postcode``, ``latitude`` and
        ``longitude``, ``easting`` and ``northing``, ``grid_reference``, ``town``).

    Returns
    -------
    Saved
        The change and the new row.

    Raises
    ------
    InputError
        If it has no name.

    Examples
    --------
    >>> saved = st.add_asset(store, {"name": "Repair Cafe", "asset_type": "repair_cafe", "postcode": "TR1 1EP"})
    >>> saved.row.name
    'Repair Cafe'
    """
    said = {column: cell for column, cell in checked_cells(cells).items() if cell}
    if not str(said.get("name", "")).strip():
        raise InputError("The asset has no name. Give it one.")
    with writing(store) as connection:
        list_id, reading_id, columns = _list_by_hand(connection, store)
        new = [column for column in said if column not in columns]
        if new:
            columns = [*columns, *new]
            connection.execute(
                update(readings).where(readings.c.id == reading_id).values(columns=as_json(columns))
            )
        key = int(connection.execute(select(func.max(rows_table.c.id))).scalar() or 0) + 1
        query = select(func.max(cells_table.c.position)).where(cells_table.c.reading_id == reading_id)
        last = connection.execute(query).scalar()
        position = 0 if last is None else int(last) + 1
        connection.execute(insert(rows_table).values(id=key, list_id=list_id, removed=0, version=1))
        connection.execute(
            insert(cells_table).values(
                reading_id=reading_id, row_id=key, position=position, part="", number=position + 1,
                content=as_json([said.get(column, "") for column in columns]),
            )
        )  # fmt: skip
        doing = Doing(
            "add_asset",
            "asset",
            list_id=list_id,
            row_id=key,
            before={"removed": "yes"},
            after={"removed": None},
            version=1,
        )
        change = record(connection, store, doing)
    return after_save(store, change, key)


def remove_asset(store: Store, row: int, *, version: int) -> Saved:
    """Remove an asset that was added by hand; `undo` brings it back. A row of a list is closed, or its list replaced.

    Raises
    ------
    InputError
        If the asset is a row of a list.

    Examples
    --------
    >>> added = st.add_asset(store, {"name": "Repair Cafe", "postcode": "TR1 1EP"}).row
    >>> st.remove_asset(store, added.key, version=added.version).change.sentence
    "Removed an asset: 'Repair Cafe'"
    """
    with writing(store) as connection:
        kind = connection.execute(
            select(lists.c.kind)
            .join(rows_table, rows_table.c.list_id == lists.c.id)
            .where(rows_table.c.id == row)
        ).scalar()
        if kind == "file":
            raise InputError(
                "Only an asset that was added by hand can be removed. Close this one, or replace its list."
            )
        doing = Doing("remove_asset", "asset", row_id=row, after={"removed": "yes"})
        change = set_removed(connection, store, doing, version=version)
    return after_save(store, change, None)


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
    row, version
        As for `edit_cells`.
    easting, northing
        Metres, EPSG:27700. They are written into the columns by which the list says where things are: its shapes, else
        latitude and longitude, else easting and northing. Other coordinates of the row are emptied.
    postcode
        Instead of a point: the coordinates of the row are then emptied.

    Returns
    -------
    Saved
        The change and the row, judged again.

    Raises
    ------
    InputError
        If neither a whole point nor a postcode is given.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.move_asset(store, row.key, version=row.version, postcode="EX23 8LH")
    >>> saved.row.cells["postcode"]
    'EX23 8LH'
    """
    point = easting is not None and northing is not None
    if point == bool(postcode) or (easting is None) != (northing is None):
        raise InputError("Give a point (easting and northing), or a postcode.")
    if point and not (math.isfinite(easting or 0.0) and math.isfinite(northing or 0.0)):
        raise InputError("The point is not a number of metres.")
    with writing(store) as connection:
        current = _current(connection, row)
        values: dict[str, str | None] = {
            column: "" for column in (*COORDINATES, *POINT) if current.get(column)
        }
        if point:
            values |= _point_cells(current, float(easting or 0), float(northing or 0))
        else:
            values["postcode"] = postcode
        change = set_row(connection, store, row, values, version, "move_asset")
    return after_save(store, change, row)


def close_asset(store: Store, row: int, *, version: int, on: dt.date | None = None) -> Saved:
    """Say that an asset has closed.

    Parameters
    ----------
    row, version
        As for `edit_cells`.
    on
        The day; today where not given. Its year becomes ``closed_year``.

    Examples
    --------
    >>> row = st.rows(store).rows[0]
    >>> st.close_asset(store, row.key, version=row.version).change.sentence
    "Closed an asset: 'Truro Choir', closed_year: as imported -> '2026'; status: as imported -> 'closed'"
    """
    year = str((on or dt.date.today()).year)
    return save_cells(store, row, {"status": "closed", "closed_year": year}, version, "close_asset")


def _current(connection: Connection, row: int) -> dict[str, str]:
    """Return the cells of a row as they are now, by column."""
    list_id = connection.execute(select(rows_table.c.list_id).where(rows_table.c.id == row)).scalar()
    if list_id is None:
        raise InputError(f"There is no row {row}.")
    headings = headings_of(connection, list_id)
    edited = {column_of(headings, field): value for field, value in edits_of_row(connection, row).items()}
    return {**originals_of_row(connection, row, list_id), **edited}


def _point_cells(current: Mapping[str, str], easting: float, northing: float) -> dict[str, str | None]:
    if current.get("point_x"):
        return {"point_x": f"{easting:.1f}", "point_y": f"{northing:.1f}"}
    if "latitude" in current and "longitude" in current:
        longitude, latitude = pyproj.Transformer.from_crs(WORKING_CRS, MAP_CRS, always_xy=True).transform(
            easting, northing
        )
        return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    return {"easting": f"{easting:.1f}", "northing": f"{northing:.1f}"}


def _list_by_hand(connection: Connection, store: Store) -> tuple[int, int, list[str]]:
    """Return the list of assets added by hand, its reading and its columns; make it where it is not there."""
    found: Any = connection.execute(
        select(lists.c.id, lists.c.reading_id, readings.c.columns)
        .join(readings, readings.c.id == lists.c.reading_id)
        .where(lists.c.name == BY_HAND)
    ).one_or_none()
    if found is not None:
        return found.id, found.reading_id, json.loads(found.columns)
    list_id = int(connection.execute(select(func.max(lists.c.id))).scalar() or 0) + 1
    reading_id = int(connection.execute(select(func.max(readings.c.id))).scalar() or 0) + 1
    said = {"publisher": "", "date": "", "licence": "", "attribution": "", "url": ""}
    connection.execute(
        insert(lists).values(
            id=list_id,
            name=BY_HAND,
            kind="hand",
            title=BY_HAND_TITLE,
            reading_id=None,
            removed=0,
            version=1,
            **said,
        )
    )
    options = {"columns": {}, "parts": [], "asset_type": ""}
    connection.execute(
        insert(readings).values(
            id=reading_id, list_id=list_id, sha256=None, file_name="", options=as_json(options), columns=as_json(["name"]),
            headings="[]", shape="", left_out="[]", imported=now(), imported_by=store.user,
        )
    )  # fmt: skip
    connection.execute(update(lists).where(lists.c.id == list_id).values(reading_id=reading_id))
    return list_id, reading_id, ["name"]
