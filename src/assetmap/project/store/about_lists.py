"""What is known of each list, its file as it was imported, and its edited cells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from assetmap.errors import InputError, first_few
from assetmap.project.store.contents import Content, column_of, content_of, last_change
from assetmap.project.store.database import Store, as_time, by_key, reading
from assetmap.project.store.records import Column, EditedCell, ListFile, ListInfo, Part
from assetmap.project.store.tables import cells, changes, edits, files, lists, readings, rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

SAID: Final = ("title", "publisher", "date", "licence", "attribution", "url")
"""What can be said of a list."""


def lists_of(store: Store) -> tuple[ListInfo, ...]:
    """Return the lists of the store, in the order in which they came; read again only after a change."""
    with reading(store) as connection:
        last = last_change(connection)
        known: tuple[int, tuple[ListInfo, ...]] | None = store.shared.listed
        if known is None or known[0] != last:
            names = connection.execute(
                select(lists.c.name).where(lists.c.removed == 0).order_by(lists.c.kind, lists.c.id)
            ).scalars()
            known = store.shared.listed = (last, tuple(info_of(connection, name) for name in names.all()))
        return known[1]


def list_file(store: Store, name: str) -> ListFile:
    """Return the file of a list as it was imported.

    Raises
    ------
    InputError
        If the list was made by hand: it has no file.

    Examples
    --------
    >>> st.list_file(store, "clubs").file_name
    'clubs.csv'
    """
    with reading(store) as connection:
        old = known_list(connection, name)
        if old.reading.sha256 is None:
            raise InputError(f"The list '{name}' was made by hand: it has no file.")
        content = connection.execute(
            select(files.c.content).where(files.c.sha256 == old.reading.sha256)
        ).scalar()
    return ListFile(old.reading.file_name, old.reading.sha256, bytes(content or b""))


def edited_cells(store: Store, name: str) -> tuple[EditedCell, ...]:
    """Return every edited cell of a list, in file order: with `list_file`, all that is needed to give the file back fixed.

    Examples
    --------
    >>> row = st.rows(store, search="Bude").rows[0]
    >>> saved = st.edit_cell(store, row.key, "town", "Stratton", version=row.version)
    >>> [(cell.heading, cell.value) for cell in st.edited_cells(store, "clubs")]
    [('Town', 'Stratton')]
    """
    with reading(store) as connection:
        old = known_list(connection, name)
        query = select(edits, changes.c.who, changes.c.time).join(changes, changes.c.id == edits.c.change_id)
        found: dict[int, list[Any]] = {}
        for each in connection.execute(query.order_by(edits.c.change_id)):
            found.setdefault(each.row_id, []).append(each)
    here = [key for key in old.originals.index if key in found]
    return tuple(
        EditedCell(
            row=int(key),
            part=str(old.parts.loc[key]),
            number=int(old.originals.loc[key, "row"]),
            heading="" if each.field.startswith(":") else each.field,
            column=column_of(old.headings, each.field),
            original=each.original,
            value=each.value,
            who=each.who,
            when=as_time(each.time),
        )
        for key in here
        for each in found[key]
    )


def known_list(connection: Connection, name: str) -> Content:
    """Return a list that is there."""
    found = content_of(connection, name)
    if found is None or found.info.removed:
        raise InputError(f"There is no list '{name}'.")
    return found


def _list_row(connection: Connection, name: str) -> Any:
    info = connection.execute(select(lists).where(lists.c.name == name)).one_or_none()
    if info is None or info.removed or info.reading_id is None:
        raise InputError(f"There is no list '{name}'.")
    return info


def info_of(connection: Connection, name: str) -> ListInfo:
    """Return what is known of a list; its rows are counted and not read."""
    info = _list_row(connection, name)
    told = connection.execute(select(readings).where(readings.c.id == info.reading_id)).one()
    options, size = json.loads(told.options), 0
    if told.sha256 is not None:
        size = int(
            connection.execute(select(files.c.size).where(files.c.sha256 == told.sha256)).scalar() or 0
        )
    edited = select(func.count(edits.c.row_id.distinct())).join(cells, cells.c.row_id == edits.c.row_id)
    chosen = set(options["columns"].values())
    columns = tuple(
        Column(h, c, bool(u), h in chosen, tuple(s.split(" | ")) if s else (), g)
        for h, c, u, s, g in json.loads(told.headings)
    )
    left_out = tuple(json.loads(told.left_out))
    by_part = (
        select(cells.c.part, func.count())
        .join(rows, rows.c.id == cells.c.row_id)
        .where(cells.c.reading_id == told.id, rows.c.removed == 0)
        .group_by(cells.c.part)
        .order_by(func.min(cells.c.position))
    )
    counts = by_key(connection.execute(by_part))
    ticked = [Part(str(part), True, int(count), "") for part, count in counts.items() if part]
    others = [
        Part(match[1], False, 0, sentence)
        for sentence in left_out
        if (match := re.match(r"The (?:sheet|layer) '(.*)' of '", sentence))
    ]
    return ListInfo(
        name=info.name,
        kind=info.kind,
        **{key: getattr(info, key) for key in SAID},
        asset_type=options["asset_type"],
        file_name=told.file_name,
        sha256=told.sha256 or "",
        size=size,
        rows=sum(counts.values()),
        edited=int(connection.execute(edited.where(cells.c.reading_id == told.id)).scalar() or 0),
        imported=as_time(told.imported),
        imported_by=told.imported_by,
        version=info.version,
        shape=told.shape,
        left_out=left_out,
        columns=columns,
        parts=(*ticked, *others),
    )


def check_said(said: Mapping[str, str]) -> None:
    """Refuse what nothing is kept of."""
    strange = [key for key in said if key not in SAID]
    if strange:
        raise InputError(f"A list has no detail named {first_few(strange)}. Use one of: {', '.join(SAID)}.")
