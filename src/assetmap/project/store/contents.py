"""What is in the store, as the tables that the rest of assetmap knows: lists with their edits in, and decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import select

from assetmap.project.known import Lists, read_list, read_review, store_file
from assetmap.project.settings.keys import AssetsInput
from assetmap.project.store.database import as_json, open_file, reading
from assetmap.project.store.records import PLACE_DECISIONS
from assetmap.project.store.tables import cells, changes, decisions, edits, lists, readings, rows
from assetmap.schema import AssetList

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from assetmap.project.folder import Project

POINT: Final = ("point_x", "point_y")
"""Columns of metres, for rows whose file has shapes."""

Edits = Mapping[int, Mapping[str, str]]
"""Row -> field -> value, in the order in which they were made."""


@dataclass(frozen=True, eq=False)
class Content:
    """One list: what is said of it, how its file was read, and its rows.

    info, reading : rows of `lists` and `readings`.
    options : ``columns``, ``parts`` and ``asset_type`` of the reading.
    headings : of the reading, as `AssetList.headings`.
    originals : the table as imported: ``source``, ``row``, its columns, ``row_key``; index: the key of the row.
    parts : sheet or layer of each row.
    """

    info: Row[Any]
    reading: Row[Any]
    options: dict[str, Any]
    headings: pd.DataFrame
    originals: pd.DataFrame
    parts: pd.Series


def key_text(key: int) -> str:
    """Return the name of a row in ``row_key`` and in reviews; no ``row_id`` looks like it."""
    return f"#{key}"


def field_of(headings: pd.DataFrame, column: str) -> str:
    """Return the field of a column: its heading, where exactly one heading is it, so that an edit stays with the heading.

    A heading in place of a column means its column.
    """
    found = headings.loc[headings["column"] == column, "heading"].tolist()
    if not found:
        found = headings.loc[headings["heading"] == column, "heading"].tolist()
    if len(found) != 1 or found[0].startswith(":") or (headings["heading"] == found[0]).sum() != 1:
        return f":{column}"
    return str(found[0])


def column_of(headings: pd.DataFrame, field: str) -> str:
    """Return the column that a field is now: that of its heading; without one its own name."""
    if field.startswith(":"):
        return field[1:]
    told = zip(headings["heading"].tolist(), headings["column"].tolist(), strict=True)
    found = [column for heading, column in told if heading == field]
    return str(found[0]) if len(found) == 1 else f"{field} (not in the file any more)"


def content_of(
    connection: Connection, name: str, *, reading_id: int | None = None, removed_too: bool = False
) -> Content | None:
    """Return one list, by the reading in force or by another one, also with removed rows; None where there is none."""
    info = connection.execute(select(lists).where(lists.c.name == name)).one_or_none()
    if info is None or (reading_id is None and info.reading_id is None):
        return None
    wanted = reading_id if reading_id is not None else info.reading_id
    reading_row = connection.execute(select(readings).where(readings.c.id == wanted)).one()
    columns = json.loads(reading_row.columns)
    there = select(cells.c.row_id, cells.c.part, cells.c.number, cells.c.content).join(rows)
    there = there.where(cells.c.reading_id == wanted)
    if not removed_too:
        there = there.where(rows.c.removed == 0)
    found = connection.execute(there.order_by(cells.c.position)).all()
    content = [json.loads(each.content) for each in found]
    index = pd.Index([each.row_id for each in found], dtype="int64")
    table = pd.DataFrame(
        {column: [each[k] if k < len(each) else "" for each in content] for k, column in enumerate(columns)},
        index=index,
    )
    texts = table.columns.difference(list(POINT))
    table = table.astype({**dict.fromkeys(texts, "str"), **{c: "float64" for c in POINT if c in table}})
    table.insert(0, "source", pd.Series(name, index=index, dtype="str"))
    table.insert(1, "row", pd.Series([each.number for each in found], index=index, dtype="int64"))
    table["row_key"] = pd.Series([key_text(key) for key in index], index=index, dtype="str")
    headings = pd.DataFrame(
        json.loads(reading_row.headings), columns=["heading", "column", "understood", "samples", "guess"]
    )
    parts = pd.Series([each.part for each in found], index=index, dtype="str")
    return Content(info, reading_row, json.loads(reading_row.options), headings, table, parts)


def contents(connection: Connection) -> list[Content]:
    """Return every list that was not removed, in the order of the register: files as they came, then what was added by hand."""
    names = connection.execute(
        select(lists.c.name).where(lists.c.removed == 0).order_by(lists.c.kind, lists.c.id)
    ).scalars()
    found = [content_of(connection, name) for name in names.all()]
    return [each for each in found if each is not None]


def edits_of(connection: Connection) -> dict[int, dict[str, str]]:
    """Return every edit as it is now."""
    found: dict[int, dict[str, str]] = {}
    query = select(edits.c.row_id, edits.c.field, edits.c.value).order_by(edits.c.change_id)
    for key, field, value in connection.execute(query):
        found.setdefault(key, {})[field] = value
    return found


def with_edits(content: Content, edited: Edits) -> pd.DataFrame:
    """Return the table of a list with edits in."""
    table = content.originals.copy()
    here = [key for key in edited if key in table.index]
    columns: dict[str, dict[int, str]] = {}
    for key in here:
        for field, value in edited[key].items():
            columns.setdefault(column_of(content.headings, field), {})[key] = value
    for column, values in columns.items():
        new = pd.Series(values)
        if column in POINT:
            table[column] = table.get(column, pd.Series(float("nan"), index=table.index))
            table.loc[new.index, column] = pd.to_numeric(new, errors="coerce")
        else:
            old = table.get(column, pd.Series("", index=table.index, dtype="str"))
            table[column] = old.where(~table.index.isin(new.index), new.reindex(table.index)).astype("str")
    keys = table.pop("row_key")
    return table.assign(row_key=keys)


def as_list(content: Content, table: pd.DataFrame) -> AssetList:
    """Return a list as `read_assets` would."""
    return AssetList(
        content.info.name,
        table.reset_index(drop=True),
        content.headings,
        content.reading.shape,
        tuple(json.loads(content.reading.left_out)),
        tuple(dict.fromkeys(content.parts)),
        content.info.date,
    )


def decided(connection: Connection) -> list[tuple[int, int, str]]:
    """Return every decision that is in force: row, other row (the same for a guarded place), word."""
    query = select(decisions.c.row_id, decisions.c.other_id, decisions.c.decision).where(
        decisions.c.decision != ""
    )
    return [
        (row, other, word)
        for row, other, word in connection.execute(query.order_by(decisions.c.row_id, decisions.c.other_id))
    ]


def review_of(found: list[tuple[int, int, str]]) -> pd.DataFrame | None:
    """Return decisions as `build_register` takes them; None where there are none."""
    if not found:
        return None
    return pd.DataFrame(
        {
            "decision": [word for _, _, word in found],
            "row_id": [key_text(row) for row, _, _ in found],
            "other_id": ["" if word in PLACE_DECISIONS else key_text(other) for _, other, word in found],
        },
        dtype="str",
    )


def last_change(connection: Connection) -> int:
    """Return the number of the last change, 0 where there is none."""
    return int(connection.execute(select(changes.c.id).order_by(changes.c.id.desc()).limit(1)).scalar() or 0)


def stored_inputs(project: Project) -> tuple[AssetsInput, ...]:
    """Return what is said of each list of a project with a store, as `stored_lists` does, without reading any list."""
    with open_file(project.folder) as store, reading(store) as connection:
        known = set(connection.execute(select(lists.c.name)).scalars())
        query = select(lists, readings.c.options).join(readings, readings.c.id == lists.c.reading_id)
        query = query.where(
            lists.c.removed == 0, lists.c.id.in_(select(rows.c.list_id).where(rows.c.removed == 0))
        )
        found = connection.execute(query.order_by(lists.c.kind, lists.c.id)).all()
    alone = [each for each in project.settings.assets if each.id not in known]
    stored = [(each.kind, _input(each, json.loads(each.options))) for each in found]
    return (
        *(i for kind, i in stored if kind == "file"),
        *alone,
        *(i for kind, i in stored if kind == "hand"),
    )


def stored_lists(project: Project) -> Lists:
    """Return the lists of the store of a project as they are at this moment, and those of its settings that were never in it."""
    with open_file(project.folder) as store, reading(store) as connection:
        known = set(connection.execute(select(lists.c.name)).scalars())
        found, edited, pairs = contents(connection), edits_of(connection), decided(connection)
    found = [each for each in found if len(each.originals)]
    files_alone = [each for each in project.settings.assets if each.id not in known]
    by_hand = [each for each in found if each.info.kind == "hand"]
    stored = [each for each in found if each.info.kind != "hand"]
    order = [*stored, *by_hand]
    digests = {store_file(each.info.name): _digest(each, edited) for each in order}
    if pairs:
        keys = {key for each in order for key in each.originals.index}
        used = [pair for pair in pairs if pair[0] in keys and pair[1] in keys]
        digests[store_file("decisions")] = hashlib.sha256(as_json(used).encode()).hexdigest()
    review = review_of(pairs)
    if not known:  # the store is still empty: what the settings name is all there is
        review = read_review(project)
    return Lists(
        lists=(
            *(as_list(each, with_edits(each, edited)) for each in stored),
            *(read_list(project, each) for each in files_alone),
            *(as_list(each, with_edits(each, edited)) for each in by_hand),
        ),
        review=review,
        inputs=(
            *(_input(each.info, each.options) for each in stored),
            *files_alone,
            *(_input(each.info, each.options) for each in by_hand),
        ),
        digests=digests,
    )


def _input(info: Row[Any], options: Mapping[str, Any]) -> AssetsInput:
    said = {
        name: getattr(info, name) for name in ("title", "publisher", "date", "licence", "attribution", "url")
    }
    return AssetsInput(
        id=info.name, file=store_file(info.name), asset_type=options.get("asset_type") or None, **said
    )


def _digest(content: Content, edited: Edits) -> str:
    """Return the SHA-256 of a list: that of its file, as long as nobody chose or edited anything."""
    here = {str(key): dict(sorted(edited[key].items())) for key in content.originals.index if key in edited}
    plain = not here and content.info.kind == "file" and not any(content.options.values())
    if plain:
        return str(content.reading.sha256)
    cells_text = content.originals.drop(columns=["source"]).to_csv() if content.info.kind == "hand" else ""
    said = as_json([content.reading.sha256, content.options, here, cells_text])
    return hashlib.sha256(said.encode()).hexdigest()
