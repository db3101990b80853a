"""The tables of ``assetmap.db``, and the steps from older versions of them.

- ``files``: every file that was imported, as bytes, by its SHA-256.
- ``lists``: name, title, source and licence of each list; which reading of which file is in force.
- ``readings``: how a file was read: what its columns were taken for, which sheets were ticked, the type of its rows.
- ``rows``: one line per row of a list, for good: a new file of the same list leaves the rows that it still has.
- ``cells``: what a reading says in each row, as imported. An edit never touches it.
- ``edits``: the cells that somebody changed, as they are now.
- ``decisions``: pairs (``same``, ``different``, ``later``) and guarded places (``publish``, ``guard``).
- ``changes``: who did what and when, from what to what. Lines are only ever added: the database refuses to change one.
- ``about``: the version of these tables, and when the store was made.

``version`` in ``lists``, ``rows`` and ``decisions`` goes up with every save and is compared in every save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)

from assetmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

SCHEMA_VERSION: Final = 2
"""Version of the tables below. A file of an earlier version is brought up to it when it is opened."""

METADATA: Final = MetaData()

about = Table(
    "about",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

files = Table(
    "files",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

lists = Table(
    "lists",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("publisher", String, nullable=False),
    Column("date", String, nullable=False),
    Column("licence", String, nullable=False),
    Column("attribution", String, nullable=False),
    Column("url", String, nullable=False),
    Column("reading_id", ForeignKey("readings.id", use_alter=True), nullable=True),
    Column("removed", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("kind in ('file', 'hand')", name="known_kind"),
)

readings = Table(
    "readings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("list_id", ForeignKey("lists.id"), nullable=False, index=True),
    Column("sha256", ForeignKey("files.sha256"), nullable=True),
    Column("file_name", String, nullable=False),
    Column("options", String, nullable=False),  # JSON: columns, parts, asset_type
    Column("columns", String, nullable=False),  # JSON: the columns of `cells.content`, in order
    Column("headings", String, nullable=False),  # JSON: heading, column, understood, samples, guess
    Column("shape", String, nullable=False),
    Column("left_out", String, nullable=False),  # JSON: sentences
    Column("imported", String, nullable=False),  # when and by whom the file came in; a new reading keeps it
    Column("imported_by", String, nullable=False),
)

rows = Table(
    "rows",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("list_id", ForeignKey("lists.id"), nullable=False, index=True),
    Column("removed", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

cells = Table(
    "cells",
    METADATA,
    Column("reading_id", ForeignKey("readings.id"), primary_key=True),
    Column("row_id", ForeignKey("rows.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("part", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", String, nullable=False),  # JSON: one value per column of the reading
)

changes = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("time", String, nullable=False),  # UTC, ISO 8601
    Column("who", String, nullable=False),
    Column("action", String, nullable=False),
    Column(
        "scope", String, nullable=False
    ),  # row, asset, list, pair or place: what before and after speak of
    Column("list_id", ForeignKey("lists.id"), nullable=True, index=True),
    Column("row_id", ForeignKey("rows.id"), nullable=True, index=True),
    Column("other_id", ForeignKey("rows.id"), nullable=True),
    Column("before", String, nullable=False),  # JSON
    Column("after", String, nullable=False),  # JSON
    Column("version", Integer, nullable=False),
    Column("undoes", ForeignKey("changes.id"), nullable=True, index=True),
    Index("changes_by_time", "time"),
    sqlite_autoincrement=True,
)

edits = Table(
    "edits",
    METADATA,
    Column("row_id", ForeignKey("rows.id"), primary_key=True),
    Column(
        "field", String, primary_key=True
    ),  # the heading of the cell, or ":" and the column where it has none
    Column("original", String, nullable=False),
    Column("value", String, nullable=False),
    Column("change_id", ForeignKey("changes.id"), nullable=False),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("row_id", ForeignKey("rows.id"), primary_key=True),
    Column("other_id", ForeignKey("rows.id"), primary_key=True),  # the row itself for a guarded place
    Column("decision", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("change_id", ForeignKey("changes.id"), nullable=False),
    CheckConstraint("row_id <= other_id", name="smaller_first"),
)

ONLY_ADDED: Final = (
    "CREATE TRIGGER IF NOT EXISTS changes_stay_{what} BEFORE {what} ON changes "
    "BEGIN SELECT RAISE(ABORT, 'changes are only ever added to'); END"
)


def make_tables(connection: Connection, *, now: str) -> None:
    """Make every table of the newest version in an empty file."""
    METADATA.create_all(connection)
    _protect_changes(connection)
    connection.execute(
        insert(about),
        [{"key": "schema_version", "value": str(SCHEMA_VERSION)}, {"key": "made", "value": now}],
    )


def schema_version(connection: Connection) -> int:
    """Return the version of the tables of a file, 0 where it has none."""
    if not connection.dialect.has_table(connection, "about"):
        return 0
    value = connection.execute(select(about.c.value).where(about.c.key == "schema_version")).scalar()
    return int(value or 0)


def upgrade(connection: Connection, *, found: int) -> None:
    """Bring the tables of an earlier version up to the newest, one step after the other.

    Raises
    ------
    InputError
        If the file is of a later version than this program knows.
    """
    if found > SCHEMA_VERSION:
        raise InputError(
            f"The store was written by a later version of assetmap (its tables are version {found}, this program knows "
            f"version {SCHEMA_VERSION}). Install the newer assetmap; nothing was changed."
        )
    for version in range(found, SCHEMA_VERSION):
        STEPS[version](connection)
    connection.execute(update(about).where(about.c.key == "schema_version").values(value=str(SCHEMA_VERSION)))


def _protect_changes(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(ONLY_ADDED.format(what=what))


def _from_1_to_2(connection: Connection) -> None:
    """Version 1 had no addresses of lists, and its changes could be changed."""
    connection.exec_driver_sql("ALTER TABLE lists ADD COLUMN url VARCHAR NOT NULL DEFAULT ''")
    _protect_changes(connection)


STEPS: Final[dict[int, Callable[[Connection], None]]] = {1: _from_1_to_2}
"""Version -> the step to the next one."""
