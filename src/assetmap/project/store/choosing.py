"""What the columns, sheets and types of a list are taken for: the file is read again, and edits stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from assetmap.errors import InputError, first_few
from assetmap.project.store.about_lists import known_list
from assetmap.project.store.contents import Content
from assetmap.project.store.database import Store, as_json, reading, writing
from assetmap.project.store.file_readings import (
    Reading,
    read_bytes,
)
from assetmap.project.store.imports import check_version, keep_reading, save_of_list, told_change
from assetmap.project.store.records import Saved
from assetmap.project.store.tables import cells, files, readings
from assetmap.schema import reference_table

if TYPE_CHECKING:
    from sqlalchemy import Connection


def choose_columns(store: Store, name: str, columns: Mapping[str, str], *, version: int) -> Saved:
    """Say what the columns of a list mean.

    Parameters
    ----------
    columns
        Heading of the file -> column of the register (``data/tables/column_names.csv``), or ``""`` to leave it to the
        program again; headings that are not named stay as they are. Edits stay with their headings.

    Raises
    ------
    InputError
        If the register has no such column, or the list no such heading.

    Examples
    --------
    >>> saved = st.choose_columns(store, "clubs", {"Notes": "note"}, version=st.lists(store)[0].version)
    >>> saved.change.sentence
    "Chose what columns mean: the list 'clubs' (clubs.csv)"
    """
    known = set(reference_table("column_names").index)
    strange = [column for column in columns.values() if column and column not in known]
    if strange:
        raise InputError(
            f"The register has no column {first_few(strange)}. Its columns: {first_few(sorted(known), most=60)}."
        )

    def chosen(old: Content) -> dict[str, Any]:
        missing = [heading for heading in columns if heading not in set(old.headings["heading"])]
        if missing:
            raise InputError(f"The list '{name}' has no heading {first_few(missing)}.")
        before = {c: h for c, h in old.options["columns"].items() if h not in columns}
        new = {column: heading for heading, column in columns.items() if column}
        return {**old.options, "columns": {**before, **new}}

    return _read_again(store, name, version, "choose_columns", chosen)


def choose_sheets(store: Store, name: str, parts: Sequence[str], *, version: int) -> Saved:
    """Tick the sheets or layers of a list. Rows of sheets that are left keep their edits for when they come back.

    Raises
    ------
    InputError
        If no sheet is left.

    Examples
    --------
    >>> with pd.ExcelWriter("halls 2026.xlsx") as book:
    ...     for sheet in ("East", "West"):
    ...         pd.DataFrame({"name": [f"{sheet} Hall"], "postcode": ["TR1 1AA"]}).to_excel(book, sheet_name=sheet, index=False)
    >>> added = st.add_list(store, "halls 2026.xlsx")
    >>> saved = st.choose_sheets(store, added.name, ["West"], version=added.version)
    >>> saved.change.sentence
    "Chose sheets or layers: the list 'halls_2026' (halls 2026.xlsx)"
    """
    if not parts:
        raise InputError("Tick one sheet at least, or remove the list.")
    return _read_again(
        store, name, version, "choose_sheets", lambda old: {**old.options, "parts": list(parts)}
    )


def choose_type(store: Store, name: str, asset_type: str, *, version: int) -> Saved:
    """Say the type of every row of a list that names none (``data/tables/asset_types.csv``; ``""`` for none).

    Examples
    --------
    >>> saved = st.choose_type(store, "clubs", "sports_club", version=st.lists(store)[0].version)
    >>> saved.change.sentence
    "Chose what columns mean: the list 'clubs' (clubs.csv)"
    """
    return _read_again(
        store, name, version, "choose_columns", lambda old: {**old.options, "asset_type": asset_type}
    )


def _read_again(store: Store, name: str, version: int, action: str, chosen: Any) -> Saved:
    with reading(store) as connection:
        old = known_list(connection, name)
        if old.reading.sha256 is None:
            raise InputError(f"The list '{name}' was made by hand: it has no columns or sheets to choose.")
        content = bytes(
            connection.execute(select(files.c.content).where(files.c.sha256 == old.reading.sha256)).scalar()
            or b""
        )
    read = read_bytes(content, old.reading.file_name, name, chosen(old))
    with writing(store) as connection:
        check_version(connection, name, version, {"columns": as_json(read.options["columns"])})
        match = _same_places(connection, old, read)
        reading_id = keep_reading(connection, store, old.info.id, read, match, like=old)
        change = save_of_list(connection, store, old.info.id, action, {"reading": str(reading_id)})
    return Saved(told_change(store, change))


def _same_places(connection: Connection, old: Content, read: Reading) -> list[int | None]:
    """Return the key that each row of a reading had in any earlier reading of the same file."""
    query = (
        select(cells.c.part, cells.c.number, cells.c.row_id)
        .join(readings, readings.c.id == cells.c.reading_id)
        .where(readings.c.list_id == old.info.id, readings.c.sha256 == read.sha256)
        .order_by(readings.c.id)
    )
    known = {(part, number): key for part, number, key in connection.execute(query)}
    return [known.get(place) for place in zip(read.parts, read.listed.table["row"].tolist(), strict=True)]
