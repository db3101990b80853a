"""Lists come in, are described, replaced by newer files and taken out; what people did to them stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from assetmap.errors import InputError
from assetmap.project.store.about_lists import SAID, check_said, info_of, known_list
from assetmap.project.store.changing import Doing, record, refuse, set_list
from assetmap.project.store.contents import Content, edits_of
from assetmap.project.store.database import Store, as_json, now, reading, writing
from assetmap.project.store.editions import compare_editions, times_of_edits
from assetmap.project.store.file_readings import (
    Reading,
    bytes_of,
    check_name,
    name_of,
    options_of,
    read_bytes,
    read_like,
)
from assetmap.project.store.records import Change, ListInfo, Replacement, Saved
from assetmap.project.store.tables import cells, files, lists, readings, rows
from assetmap.read.lists.parts import date_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add_list(
    store: Store,
    path: str | Path,
    *,
    name: str = "",
    file_name: str = "",
    asset_type: str = "",
    columns: Mapping[str, str] | None = None,
    parts: Sequence[str] = (),
    **said: str,
) -> ListInfo:
    r"""Import a file as a new list.

    Parameters
    ----------
    path
        Any file that `read_assets` reads. It is kept as it is, byte for byte; a shapefile with the files beside it, as a zip.
    name
        Name of the list; made of the name of the file where not given.
    file_name
        Name of the file as the user knows it, where ``path`` is a temporary one.
    asset_type
        Type of every row that names none.
    columns
        Column of the register -> heading, where a heading is not understood by itself.
    parts
        Sheets or layers to read; every one that looks like a list where not given.
    **said
        ``title``, ``publisher``, ``date``, ``licence``, ``attribution``, ``url``, as in ``[[assets]]``. The title is the
        name of the file, and the date the one in that name, where not given.

    Returns
    -------
    ListInfo
        The list as it was imported.

    Raises
    ------
    InputError
        If the file cannot be read or the name is taken; nothing is saved then.

    Examples
    --------
    >>> Path("choirs.csv").write_text("name,asset_type,postcode\nBude Choir,choir,EX23 8EE\n") > 0
    True
    >>> st.add_list(store, "choirs.csv", title="Choirs of Bude").rows
    1
    """
    check_said(said)
    content, shown = bytes_of(Path(path), file_name)
    wanted = name or name_of(shown)
    check_name(wanted)
    options = options_of(columns or {}, parts, asset_type)
    read = read_bytes(content, shown, wanted, options)
    with writing(store) as connection:
        taken = set(connection.execute(select(lists.c.name)).scalars())
        if wanted in taken:
            if name:
                raise InputError(
                    f"There is a list '{name}' already (also if it was removed). Choose another name."
                )
            wanted = next(new for k in range(2, 10_000) if (new := f"{wanted}_{k}") not in taken)
            read = replace(read, listed=replace(read.listed, source=wanted))
        described = {"title": shown, "date": dt.date.today().isoformat()} | {
            k: v for k, v in said.items() if v
        }
        list_id = int(connection.execute(select(func.max(lists.c.id))).scalar() or 0) + 1
        connection.execute(
            insert(lists).values(
                id=list_id, name=wanted, kind="file", removed=0, version=1, reading_id=None,
                **{key: described.get(key, "") for key in SAID},
            )
        )  # fmt: skip
        reading_id = keep_reading(connection, store, list_id, read, [None] * len(read.values))
        connection.execute(update(lists).where(lists.c.id == list_id).values(reading_id=reading_id))
        record(
            connection,
            store,
            Doing(
                "add_list",
                "list",
                list_id=list_id,
                version=1,
                before={"removed": "yes", "reading": str(reading_id)},
                after={"removed": None, "reading": str(reading_id)},
            ),
        )
        return info_of(connection, wanted)


def preview_replacement(store: Store, name: str, path: str | Path, *, file_name: str = "") -> Replacement:
    r"""Say what `replace_list` would change, and change nothing.

    Examples
    --------
    >>> Path("clubs 2026.csv").write_text("Group,Postcode\nTruro Choir,TR1 1AA\n") > 0
    True
    >>> found = st.preview_replacement(store, "clubs", "clubs 2026.csv")
    >>> sorted(change.kind for change in found.changes)
    ['gone', 'gone', 'gone', 'moved']
    """
    content, shown = bytes_of(Path(path), file_name)
    with reading(store) as connection:
        old = known_list(connection, name)
        edited = edits_of(connection)
        when = times_of_edits(connection)
    read = read_like(content, shown, old)
    return compare_editions(store, old, edited, when, read)[0]


def replace_list(
    store: Store, name: str, path: str | Path, *, version: int, file_name: str = "", date: str = ""
) -> Replacement:
    r"""Replace the file of a list by a newer one; edits and decisions stay with the rows that are the same thing.

    Rows are the same by the identity that the register gives them, then by the rules that link rows of two lists, then by
    the one equal name, or the one equal rest of the cells, that both files have. An edit stays unless the new file says the
    same; where the new file changed an edited cell to something else, the edit stays and is ``contested`` until somebody
    edits the cell again.

    Parameters
    ----------
    name
        Of the list.
    path, file_name
        As for `add_list`. Columns are taken for what they were in the old file, where they have the same headings.
    version
        `ListInfo.version`.
    date
        Of the new file; the one in its name, or else today, where not given.

    Returns
    -------
    Replacement
        What changed.

    Raises
    ------
    InputError, ConflictError
        If the file cannot be read; if the list was changed since.

    Examples
    --------
    >>> Path("clubs 2026.csv").write_text("Group,Postcode\nTruro Choir,TR1 1AA\n") > 0
    True
    >>> done = st.replace_list(store, "clubs", "clubs 2026.csv", version=st.lists(store)[0].version)
    >>> [each.file_name for each in st.lists(store)]
    ['clubs 2026.csv', 'halls.csv']
    """
    content, shown = bytes_of(Path(path), file_name)
    with reading(store) as connection:
        old = known_list(connection, name)
    read = read_like(content, shown, old)
    with reading(store) as connection:
        edited, when = edits_of(connection), times_of_edits(connection)
    result, match = compare_editions(store, old, edited, when, read)
    with writing(store) as connection:
        check_version(connection, name, version, {"reading": shown})
        if (
            connection.execute(select(lists.c.reading_id).where(lists.c.name == name)).scalar()
            != old.reading.id
        ):
            raise InputError(f"The list '{name}' was replaced a moment ago. Look at it again.")
        reading_id = keep_reading(connection, store, old.info.id, read, match)
        new_date = date or date_of(shown) or dt.date.today().isoformat()
        change = save_of_list(
            connection,
            store,
            old.info.id,
            "replace_list",
            {"reading": str(reading_id), "date": new_date},
        )
    return replace(result, change=told_change(store, change))


def remove_list(store: Store, name: str, *, version: int) -> Saved:
    """Take a list out of the register. Nothing is deleted: `undo` brings it back with its edits and decisions.

    Examples
    --------
    >>> st.remove_list(store, "clubs", version=st.lists(store)[0].version).change.sentence
    "Removed a list: the list 'clubs'"
    """
    return _save_list(store, name, version, "remove_list", {"removed": "yes"})


def describe_list(store: Store, name: str, *, version: int, **said: str) -> Saved:
    """Change ``title``, ``publisher``, ``date``, ``licence``, ``attribution`` or ``url`` of a list.

    Examples
    --------
    >>> saved = st.describe_list(store, "clubs", version=st.lists(store)[0].version, title="Clubs of 2026")
    >>> saved.change.sentence
    "Changed what is said about a list: the list 'clubs', title: 'Clubs of 2026'"
    """
    check_said(said)
    return _save_list(store, name, version, "describe_list", dict(said))


def import_named(store: Store) -> Store:
    """Import the lists and decisions that ``assetmap.toml`` names and that were never in the store."""
    from assetmap.project.store.settled import import_settings

    return replace(store, notes=(*store.notes, *import_settings(store)))


def _save_list(store: Store, name: str, version: int, action: str, said: dict[str, str | None]) -> Saved:
    with writing(store) as connection:
        info = check_version(connection, name, version, said)
        change = save_of_list(connection, store, info.id, action, said)
    return Saved(told_change(store, change))


def told_change(store: Store, change: Change | None) -> Change | None:
    """Return a change with its sentence."""
    from assetmap.project.store.log import told

    return None if change is None else told(store, change)


def save_of_list(
    connection: Connection, store: Store, list_id: int, action: str, said: Mapping[str, str | None]
) -> Change | None:
    """Write what changed about a list."""
    return set_list(connection, store, Doing(action, "list", list_id=list_id, after=said))


def check_version(connection: Connection, name: str, version: int, yours: Mapping[str, str | None]) -> Any:
    """Return a list; refuse if somebody changed it since."""
    info = connection.execute(select(lists).where(lists.c.name == name)).one_or_none()
    if info is None:
        raise InputError(f"There is no list '{name}'.")
    if info.version != version:
        refuse(connection, "list", seen=version, version=info.version, yours=yours, list_name=name,
               now={key: str(getattr(info, key, "")) for key in yours})  # fmt: skip
    return info


def keep_reading(
    connection: Connection,
    store: Store,
    list_id: int,
    read: Reading,
    match: Sequence[int | None],
    *,
    like: Content | None = None,
) -> int:
    """Save a reading with its rows: those that are the same as earlier ones keep their keys. Return its id."""
    known = connection.execute(select(files.c.sha256).where(files.c.sha256 == read.sha256)).scalar()
    if known is None:
        connection.execute(
            insert(files).values(sha256=read.sha256, size=len(read.content), content=read.content)
        )
    reading_id = int(connection.execute(select(func.max(readings.c.id))).scalar() or 0) + 1
    told = read.listed.headings.assign(understood=read.listed.headings["understood"].astype(bool))
    connection.execute(
        insert(readings).values(
            id=reading_id,
            list_id=list_id,
            sha256=read.sha256,
            file_name=read.file_name,
            options=as_json(read.options),
            columns=as_json(read.columns),
            headings=as_json(told[["heading", "column", "understood", "samples", "guess"]].values.tolist()),
            shape=read.listed.shape,
            left_out=as_json(list(read.listed.left_out)),
            imported=like.reading.imported if like else now(),
            imported_by=like.reading.imported_by if like else store.user,
        )
    )
    key = int(connection.execute(select(func.max(rows.c.id))).scalar() or 0)
    keys, new = [], []
    for found in match:
        if found is None:
            key += 1
            new.append({"id": key, "list_id": list_id, "removed": 0, "version": 1})
        keys.append(key if found is None else found)
    if new:
        connection.execute(insert(rows), new)
    connection.execute(
        insert(cells),
        [
            {
                "reading_id": reading_id,
                "row_id": row_id,
                "position": k,
                "part": part,
                "number": number,
                "content": as_json(values),
            }
            for k, (row_id, part, number, values) in enumerate(
                zip(keys, read.parts, read.listed.table["row"].tolist(), read.values, strict=True)
            )
        ],
    )
    return reading_id
