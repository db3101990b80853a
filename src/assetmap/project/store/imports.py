"""Lists come in, are replaced by newer files and are read in another way; what people did to them stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import math
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import func, insert, select, update

from assetmap.errors import InputError, counted, first_few
from assetmap.project.store.changing import Doing, record, refuse, set_list
from assetmap.project.store.contents import Content, column_of, content_of, edits_of, with_edits
from assetmap.project.store.database import Store, as_json, as_time, by_key, now, reading, writing
from assetmap.project.store.records import (
    BY_HAND,
    Change,
    Column,
    Contested,
    EditedCell,
    ListFile,
    ListInfo,
    Part,
    Replacement,
    RowChange,
    Saved,
)
from assetmap.project.store.tables import cells, changes, edits, files, lists, readings, rows
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.parts import date_of
from assetmap.schema import WORKING_CRS, AssetList, FixedFile, reference_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

SAID: Final = ("title", "publisher", "date", "licence", "attribution", "url")
"""What can be said of a list."""

NAME: Final = re.compile(r"[a-z0-9_]{1,60}")
BESIDE: Final = (".dbf", ".shx", ".prj", ".cpg")
ADDED_BY_READING: Final = (
    "source",
    "row",
    "row_key",
    "list_title",
    "reading_note",
    "reading_problem",
    "list_date",
)
"""Columns that say nothing of a row itself."""

WHERE: Final = (
    "postcode", "postcode_district", "town", "address", "latitude", "longitude", "easting", "northing", "grid_reference",
    "coordinates", "point_x", "point_y",
)  # fmt: skip
"""Columns that say where a row is."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A file as it was read: what `readings` and `cells` keep."""

    file_name: str
    content: bytes
    sha256: str
    options: dict[str, Any]
    listed: AssetList
    columns: list[str]
    values: list[list[Any]]
    parts: list[str]


def lists_of(store: Store) -> tuple[ListInfo, ...]:
    """Return the lists of the store, in the order in which they came."""
    with reading(store) as connection:
        names = connection.execute(
            select(lists.c.name).where(lists.c.removed == 0).order_by(lists.c.kind, lists.c.id)
        ).scalars()
        return tuple(_info(connection, name) for name in names.all())


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
    """Import a file as a new list.

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
    """
    _check_said(said)
    content, shown = _bytes_of(Path(path), file_name)
    wanted = name or _name_of(shown)
    _check_name(wanted)
    options = _options(columns or {}, parts, asset_type)
    read = _read(content, shown, wanted, options)
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
        reading_id = _keep_reading(connection, store, list_id, read, [None] * len(read.values))
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
        return _info(connection, wanted)


def preview_replacement(store: Store, name: str, path: str | Path, *, file_name: str = "") -> Replacement:
    """Say what `replace_list` would change, and change nothing."""
    content, shown = _bytes_of(Path(path), file_name)
    with reading(store) as connection:
        old = _content(connection, name)
        edited = edits_of(connection)
        when = _when_of_edits(connection)
    read = _read_like(content, shown, old)
    return _compare(store, old, edited, when, read)[0]


def replace_list(
    store: Store, name: str, path: str | Path, *, version: int, file_name: str = "", date: str = ""
) -> Replacement:
    """Replace the file of a list by a newer one; edits and decisions stay with the rows that are the same thing.

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
    """
    content, shown = _bytes_of(Path(path), file_name)
    with reading(store) as connection:
        old = _content(connection, name)
    read = _read_like(content, shown, old)
    with reading(store) as connection:
        edited, when = edits_of(connection), _when_of_edits(connection)
    result, match = _compare(store, old, edited, when, read)
    with writing(store) as connection:
        _check_version(connection, name, version, {"reading": shown})
        if (
            connection.execute(select(lists.c.reading_id).where(lists.c.name == name)).scalar()
            != old.reading.id
        ):
            raise InputError(f"The list '{name}' was replaced a moment ago. Look at it again.")
        reading_id = _keep_reading(connection, store, old.info.id, read, match)
        new_date = date or date_of(shown) or dt.date.today().isoformat()
        change = _set_list(
            connection,
            store,
            old.info.id,
            "replace_list",
            {"reading": str(reading_id), "date": new_date},
        )
    return replace(result, change=_told(store, change))


def remove_list(store: Store, name: str, *, version: int) -> Saved:
    """Take a list out of the register. Nothing is deleted: `undo` brings it back with its edits and decisions."""
    return _save_list(store, name, version, "remove_list", {"removed": "yes"})


def describe_list(store: Store, name: str, *, version: int, **said: str) -> Saved:
    """Change ``title``, ``publisher``, ``date``, ``licence``, ``attribution`` or ``url`` of a list."""
    _check_said(said)
    return _save_list(store, name, version, "describe_list", dict(said))


def choose_columns(store: Store, name: str, columns: Mapping[str, str], *, version: int) -> Saved:
    """Say what the columns of a list mean.

    Parameters
    ----------
    columns
        Heading of the file -> column of the register (``data/tables/column_names.csv``), or ``""`` to leave it to the
        program again; headings that are not named stay as they are. Edits stay with their headings.
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
    """Tick the sheets or layers of a list. Rows of sheets that are left keep their edits for when they come back."""
    if not parts:
        raise InputError("Tick one sheet at least, or remove the list.")
    return _read_again(
        store, name, version, "choose_sheets", lambda old: {**old.options, "parts": list(parts)}
    )


def choose_type(store: Store, name: str, asset_type: str, *, version: int) -> Saved:
    """Say the type of every row of a list that names none (``data/tables/asset_types.csv``; ``""`` for none)."""
    return _read_again(
        store, name, version, "choose_columns", lambda old: {**old.options, "asset_type": asset_type}
    )


def list_file(store: Store, name: str) -> ListFile:
    """Return the file of a list as it was imported."""
    with reading(store) as connection:
        old = _content(connection, name)
        if old.reading.sha256 is None:
            raise InputError(f"The list '{name}' was made by hand: it has no file.")
        content = connection.execute(
            select(files.c.content).where(files.c.sha256 == old.reading.sha256)
        ).scalar()
    return ListFile(old.reading.file_name, old.reading.sha256, bytes(content or b""))


def edited_cells(store: Store, name: str) -> tuple[EditedCell, ...]:
    """Return every edited cell of a list, in file order: with `list_file`, all that is needed to give the file back fixed."""
    with reading(store) as connection:
        old = _content(connection, name)
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


def fixed_list(store: Store, name: str) -> FixedFile:
    """Give a list back in its own format with its edits put in, as `fix_file` does.

    Edits of cells that the file has no column for are named in ``notes``; so are rows that were moved on the map where the
    file has shapes.

    Raises
    ------
    InputError
        If the file is no table: a map file, say, or the list that was made by hand.
    """
    from assetmap.project.fixes import fix_file

    file, found = list_file(store, name), edited_cells(store, name)
    with reading(store) as connection:
        options = _content(connection, name).options
    edits_made = pd.DataFrame(
        {
            "sheet": [each.part for each in found],
            "row": [each.number for each in found],
            "column": [each.heading for each in found],
            "value": [each.value for each in found],
            "reason": [f"{each.who}, {each.when:%d %B %Y}" for each in found],
        }
    )
    there = edits_made["column"] != ""
    left = [f"row {each.number}: {each.column} = '{each.value}'" for each in found if not each.heading]
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        path = Path(folder) / file.file_name
        path.write_bytes(file.content)
        fixed = fix_file(path, edits_made[there].reset_index(drop=True), columns=options["columns"] or None)
    if not left:
        return fixed
    note = f"The file has no single column for {counted(len(left), 'edit')}: {'; '.join(left[:20])}."
    return replace(fixed, notes=(*fixed.notes, note))


def import_named(store: Store) -> Store:
    """Import the lists and decisions that ``assetmap.toml`` names and that were never in the store."""
    from assetmap.project.store.settled import import_settings

    return replace(store, notes=(*store.notes, *import_settings(store)))


def _read_again(store: Store, name: str, version: int, action: str, chosen: Any) -> Saved:
    with reading(store) as connection:
        old = _content(connection, name)
        if old.reading.sha256 is None:
            raise InputError(f"The list '{name}' was made by hand: it has no columns or sheets to choose.")
        content = bytes(
            connection.execute(select(files.c.content).where(files.c.sha256 == old.reading.sha256)).scalar()
            or b""
        )
    read = _read(content, old.reading.file_name, name, chosen(old))
    with writing(store) as connection:
        _check_version(connection, name, version, {"columns": as_json(read.options["columns"])})
        match = _same_places(connection, old, read)
        reading_id = _keep_reading(connection, store, old.info.id, read, match, like=old)
        change = _set_list(connection, store, old.info.id, action, {"reading": str(reading_id)})
    return Saved(_told(store, change))


def _save_list(store: Store, name: str, version: int, action: str, said: dict[str, str | None]) -> Saved:
    with writing(store) as connection:
        info = _check_version(connection, name, version, said)
        change = _set_list(connection, store, info.id, action, said)
    return Saved(_told(store, change))


def _told(store: Store, change: Change | None) -> Change | None:
    from assetmap.project.store.log import told

    return None if change is None else told(store, change)


def _set_list(
    connection: Connection, store: Store, list_id: int, action: str, said: Mapping[str, str | None]
) -> Change | None:
    return set_list(connection, store, Doing(action, "list", list_id=list_id, after=said))


def _check_version(connection: Connection, name: str, version: int, yours: Mapping[str, str | None]) -> Any:
    info = connection.execute(select(lists).where(lists.c.name == name)).one_or_none()
    if info is None:
        raise InputError(f"There is no list '{name}'.")
    if info.version != version:
        refuse(connection, "list", seen=version, version=info.version, yours=yours, list_name=name,
               now={key: str(getattr(info, key, "")) for key in yours})  # fmt: skip
    return info


def _keep_reading(
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


def _read(content: bytes, file_name: str, name: str, options: Mapping[str, Any]) -> Reading:
    """Read the bytes of a file, in the child process of `read`, as every file from outside is."""
    with tempfile.TemporaryDirectory(prefix="assetmap-") as folder:
        path = Path(folder) / file_name
        path.write_bytes(content)
        parts = options["parts"] or None
        try:
            listed = read_assets(
                path,
                source=name,
                asset_type=options["asset_type"] or None,
                columns=options["columns"] or None,
                sheet=parts,
                layer=parts,
            )
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")) from None
    table = listed.table
    plain = pd.DataFrame(table.drop(columns=["geometry", "source", "row"], errors="ignore"))
    if "geometry" in table:
        metres = table.geometry.to_crs(WORKING_CRS)
        plain = plain.assign(point_x=metres.x.to_numpy(), point_y=metres.y.to_numpy())
    columns = [str(column) for column in plain.columns]
    values = plain.astype(object).where(plain.notna(), None).values.tolist()
    several = len(listed.parts) > 1
    part = table["sheet"].tolist() if several else [*listed.parts, ""][:1] * len(table)
    digest = hashlib.sha256(content).hexdigest()
    return Reading(file_name, content, digest, dict(options), listed, columns, values, part)


def _read_like(content: bytes, file_name: str, old: Content) -> Reading:
    """Read a newer file as the old one was read: the same headings mean the same, the same sheets are read."""
    options = {**old.options, "columns": {}}
    name = old.info.name
    try:
        read = _read(content, file_name, name, options)
    except InputError:
        if not (options["parts"] or old.options["columns"]):
            raise
        read = _read(content, file_name, name, {**old.options, "parts": []})
    now_means = dict(zip(read.listed.headings["heading"], read.listed.headings["column"], strict=True))
    known = set(reference_table("column_names").index)
    once = old.headings[~old.headings["column"].duplicated(keep=False) & old.headings["column"].isin(known)]
    meant = {c: h for h, c in zip(once["heading"], once["column"], strict=True) if h in now_means}
    chosen = {c: h for c, h in old.options["columns"].items() if h in now_means}
    differs = {c: h for c, h in meant.items() if now_means[h] != c}
    if not chosen and not differs:
        return read
    return _read(content, file_name, name, {**read.options, "columns": {**differs, **chosen}})


def _compare(
    store: Store,
    old: Content,
    edited: Mapping[int, Mapping[str, str]],
    when: Mapping[tuple[int, str], Any],
    read: Reading,
) -> tuple[Replacement, list[int | None]]:
    """Match the rows of a list and of its newer file, and say what differs."""
    from assetmap.project.store.judging import match_editions

    table = _as_table(read)
    place = match_editions(store, old, with_edits(old, edited), table)
    match: list[int | None] = [None] * len(table)
    found: list[RowChange] = []
    same = carried = taken_up = lost = 0
    contested: list[Contested] = []
    for key, at in zip(old.originals.index.tolist(), place.tolist(), strict=True):
        before = old.originals.loc[key]
        if at < 0:
            found.append(RowChange("gone", key, before["name"], int(before["row"]), {}, {}))
            lost += len(edited.get(key, {}))
            continue
        match[at] = key
        after = table.iloc[at]
        columns = [
            c for c in dict.fromkeys([*old.originals.columns, *table.columns]) if c not in ADDED_BY_READING
        ]
        differs = [c for c in columns if _text(before.get(c)) != _text(after.get(c))]
        kind = _kind_of_change(differs)
        if kind:
            found.append(
                RowChange(
                    kind, key, after["name"], int(after["row"]),
                    {c: _text(before.get(c)) for c in differs}, {c: _text(after.get(c)) for c in differs},
                )
            )  # fmt: skip
        same += not kind
        for field, value in edited.get(key, {}).items():
            column = column_of(read.listed.headings, field)
            new = _text(after.get(column))
            taken_up += new == value
            carried += new != value
            if new not in (value, _text(before.get(column_of(old.headings, field)))):
                who, time = when[key, field]
                contested.append(
                    Contested(
                        key,
                        after["name"],
                        column,
                        _text(before.get(column_of(old.headings, field))),
                        value,
                        new,
                        who,
                        time,
                    )
                )
    found += [
        RowChange("new", None, table.iloc[k]["name"], int(table.iloc[k]["row"]), {}, {})
        for k, key in enumerate(match)
        if key is None
    ]
    result = Replacement(
        old.info.name, read.file_name, tuple(found), same, carried, taken_up, tuple(contested), lost
    )
    return result, match


def _kind_of_change(differs: Sequence[str]) -> str:
    if not differs:
        return ""
    if "name" in differs:
        return "renamed"
    return "moved" if set(differs) & set(WHERE) else "changed"


def _as_table(read: Reading) -> pd.DataFrame:
    table = pd.DataFrame(read.listed.table.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    for column in ("point_x", "point_y"):
        if column in read.columns:
            k = read.columns.index(column)
            table[column] = pd.Series([values[k] for values in read.values], dtype="float64")
    return table


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _when_of_edits(connection: Connection) -> dict[tuple[int, str], tuple[str, dt.datetime]]:
    query = select(edits.c.row_id, edits.c.field, changes.c.who, changes.c.time).join(
        changes, changes.c.id == edits.c.change_id
    )
    return {(key, field): (who, as_time(time)) for key, field, who, time in connection.execute(query)}


def _content(connection: Connection, name: str) -> Content:
    found = content_of(connection, name)
    if found is None or found.info.removed:
        raise InputError(f"There is no list '{name}'.")
    return found


def _list_row(connection: Connection, name: str) -> Any:
    info = connection.execute(select(lists).where(lists.c.name == name)).one_or_none()
    if info is None or info.removed or info.reading_id is None:
        raise InputError(f"There is no list '{name}'.")
    return info


def _info(connection: Connection, name: str) -> ListInfo:
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


def _options(columns: Mapping[str, str], parts: Sequence[str], asset_type: str) -> dict[str, Any]:
    return {"columns": dict(columns), "parts": list(parts), "asset_type": asset_type}


def _bytes_of(path: Path, file_name: str) -> tuple[bytes, str]:
    """Return the bytes of a file, and its name; a shapefile with the files that belong to it, as a zip."""
    shown = _safe_name(file_name or path.name)
    try:
        if path.suffix.lower() == ".shp":
            return _zipped(path), f"{Path(shown).stem}.zip"
        return path.read_bytes(), shown
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error


def _zipped(path: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(path.parent.iterdir()):
            if each == path or (each.stem == path.stem and each.suffix.lower() in BESIDE):
                archive.writestr(zipfile.ZipInfo(each.name), each.read_bytes())
    return held.getvalue()


def _safe_name(name: str) -> str:
    """Return the last part of a name, with signs that no file name may have replaced."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r'[<>:"|?*\x00-\x1f\x7f]', "_", last).strip(" .")
    if not clean:
        raise InputError("The file has no name.")
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:20]}" if stem else clean[:100]


def _name_of(file_name: str) -> str:
    words = (
        re.sub(r"[^a-z0-9]+", "_", file_name.split(".", maxsplit=1)[0].casefold()).strip("_")[:50].strip("_")
    )
    return words if words and words != BY_HAND else "list"


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name in (BY_HAND, "decisions"):
        raise InputError(
            f"'{name}' is not a valid name of a list: use small letters, digits and _, such as 'village_halls'."
        )


def _check_said(said: Mapping[str, str]) -> None:
    strange = [key for key in said if key not in SAID]
    if strange:
        raise InputError(
            f"Nothing is kept of {first_few(strange)} for a list: {counted(len(SAID), 'thing is', 'things are')}: {', '.join(SAID)}."
        )
