"""Open the store of a project: one SQLite file that one process or many may write, and that a crash cannot damage.

Every save is one transaction that begins with ``BEGIN IMMEDIATE`` (two of them never read the same state and both write) and
is on the disk when it ends (``synchronous=FULL``). On this computer's own drives the journal is a WAL, so that readers and
a writer do not wait for each other; elsewhere see `assetmap.project.store.folders` and `assetmap.project.store.owner`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, exc
from sqlalchemy.pool import QueuePool

from assetmap.errors import InputError
from assetmap.project.store.folders import LOCAL, STORE_NAME, FolderKind, folder_kind
from assetmap.project.store.owner import give_up, take_over
from assetmap.project.store.tables import SCHEMA_VERSION, make_tables, schema_version, upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

WAIT_SECONDS: Final = 30.0
"""How long a save waits for others that are saving."""

CONNECTIONS: Final = 50
LONGEST_NAME: Final = 100


@dataclass(eq=False)
class Shared:
    """What everybody who uses one open store shares: connections, and the judgement of the rows as it is now."""

    engine: Engine
    lock: threading.RLock = field(default_factory=threading.RLock)
    judged: Any = None
    """An `assetmap.project.store.judging.State`, once rows were asked for."""

    listed: Any = None
    """The number of the last change and the lists as they were then, once they were asked for."""


@dataclass(frozen=True, eq=False)
class Store:
    """An open store, and the person who works with it.

    folder : of the project.
    user : written beside every change.
    kind : where the folder lies.
    read_only : whether nothing can be saved (the folder or the file cannot be written).
    notes : sentences that the user must read: where the folder lies, lists of ``assetmap.toml`` that were imported or
        that changed since.
    """

    folder: Path
    user: str
    kind: FolderKind
    read_only: bool
    notes: tuple[str, ...]
    shared: Shared = field(repr=False)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give up the folder, where it was held."""
        self.shared.judged = None
        self.shared.engine.dispose()
        give_up(self.folder / STORE_NAME)


def open_store(folder: str | Path, *, user: str | None = None) -> Store:
    """Open the store of a project, or make it.

    Parameters
    ----------
    folder
        Folder of the project. It need not have an ``assetmap.toml`` yet: rows are then judged without postcodes, places and
        areas. A new store imports the lists and the ``review`` of ``assetmap.toml``, if it names any.
    user
        Who works with it; the name of the computer's user where not given.

    Returns
    -------
    Store
        To be closed, or used in ``with``. Several threads may use it.

    Raises
    ------
    InputError
        If the folder is on a network or synced drive and another process has the store open (the message names who); if the
        file is damaged or of a later version; if the folder cannot be written and has no store.

    Examples
    --------
    >>> Path("project").mkdir()
    >>> with st.open_store("project", user="Ann") as store:
    ...     st.lists(store)
    ()
    """
    from assetmap.project.store.imports import import_named

    store = open_file(folder, user=user, make=True)
    try:
        return store if store.read_only else import_named(store)
    except BaseException:
        store.close()
        raise


def as_user(store: Store, user: str) -> Store:
    """Return the same open store for another person; both share one connection and one judgement.

    Examples
    --------
    >>> st.as_user(store, "Bob").user
    'Bob'
    """
    return replace(store, user=_user(user))


def open_file(folder: str | Path, *, user: str | None = None, make: bool = False) -> Store:
    """Open the store of a folder as it is, without importing anything.

    Parameters
    ----------
    folder, user
        As for `open_store`.
    make
        Make the file if it is not there.
    """
    folder = Path(folder)
    path = folder / STORE_NAME
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'.")
    if not path.is_file() and not make:
        raise InputError(f"'{folder}' has no store ({STORE_NAME}).")
    who, kind = _user(user), folder_kind(folder)
    writable = os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
    if not writable and not path.is_file():
        raise InputError(
            f"'{folder}' cannot be written, so no store can be made there. Copy it to a folder of your own."
        )
    if writable and kind.kind != LOCAL:
        take_over(path, user=who)
    try:
        engine = _engine(path, wal=kind.kind == LOCAL, read_only=not writable)
        notes: tuple[str, ...] = (kind.sentence,) if kind.sentence else ()
        if not writable:
            notes += (f"'{folder}' cannot be written: the store can be read, but nothing can be saved.",)
        store = Store(folder, who, kind, not writable, notes, Shared(engine))
        _bring_up_to_date(store)
    except BaseException:
        give_up(path)
        raise
    weakref.finalize(store.shared, engine.dispose)
    return store


@contextlib.contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """Give a connection that sees one state of the store, whatever others save meanwhile."""
    with explained(store.folder), store.shared.engine.connect() as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Give a connection that nobody else writes beside; all of it is saved at the end, or nothing is.

    Raises
    ------
    InputError
        If the store cannot be written, the disk is full, or others do not finish saving.
    """
    if store.read_only:
        raise InputError(
            f"'{store.folder}' cannot be written, so nothing was saved. Copy the project to a folder of your own."
        )
    with explained(store.folder), store.shared.engine.connect() as plain:
        connection = plain.execution_options(assetmap_begin="BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an error of the database into one sentence with a way out."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error, exc.TimeoutError) as error:
        raise InputError(_sentence(error, folder)) from error


def backup(folder: Path, target: Path) -> None:
    """Write the store of a folder, as it is at one moment, to a new file."""
    with explained(folder):
        source = sqlite3.connect(folder / STORE_NAME, timeout=WAIT_SECONDS)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()


def now() -> str:
    """Return the time as it is stored: UTC, to the microsecond, so that the order of texts is the order of times."""
    return as_text(dt.datetime.now(dt.UTC))


def as_text(moment: dt.datetime) -> str:
    """Return a time as it is stored."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_time(text: str) -> dt.datetime:
    """Return a stored time."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def as_json(value: Any) -> str:
    """Return a value as it is stored; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def by_key(rows: Iterable[Any]) -> dict[Any, Any]:
    """Return rows of two columns as the first -> the second."""
    return {row[0]: row[1] for row in rows}


def _user(name: str | None) -> str:
    if name is None:
        try:
            name = getpass.getuser()
        except (OSError, KeyError, ImportError):
            name = "unknown"
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"The name of a user has 1 to {LONGEST_NAME} letters, not {name[:LONGEST_NAME]!r}.")
    return name


def _engine(path: Path, *, wal: bool, read_only: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        made: sqlite3.Connection
        options: dict[str, Any] = {
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": WAIT_SECONDS,
        }
        if read_only:
            # Without a journal that waits to be read, nothing but the file is needed.
            waiting = path.with_name(f"{path.name}-wal").exists()
            where = f"file:{'//' if path.drive.startswith('//') else ''}{path.absolute().as_uri().removeprefix('file:')}"
            made = sqlite3.connect(f"{where}?mode=ro{'' if waiting else '&immutable=1'}", uri=True, **options)
        else:
            made = sqlite3.connect(path, **options)
        try:
            if not read_only:
                made.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON"):
                made.execute(f"PRAGMA {pragma}")
        except BaseException:
            made.close()
            raise
        return made

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=CONNECTIONS, max_overflow=0
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("assetmap_begin", "BEGIN"))

    return engine


def _bring_up_to_date(store: Store) -> None:
    try:
        with reading(store) as connection:
            found = schema_version(connection)
        if found == SCHEMA_VERSION:
            return
        with writing(store) as connection:
            found = schema_version(connection)  # another process may have been faster
            if found == 0:
                make_tables(connection, now=now())
            else:
                upgrade(connection, found=found)
    except BaseException:
        store.shared.engine.dispose()
        raise


def _sentence(error: Exception, folder: Path) -> str:
    said = str(getattr(error, "orig", None) or error).casefold()
    store = f"the store of '{folder}' ({STORE_NAME})"
    if "disk is full" in said:
        return f"The disk is full, so nothing was saved; what was saved before is safe in {store}. Free some space and try again."
    if "readonly" in said or "read-only" in said:
        return f"{store[:1].upper()}{store[1:]} cannot be written, so nothing was saved. Check that you may write in that folder."
    if "locked" in said or "busy" in said or isinstance(error, exc.TimeoutError):
        return f"Another program has been saving to {store} for {WAIT_SECONDS:.0f} seconds, so nothing was saved. Try again."
    if "malformed" in said or "not a database" in said:
        return (
            f"{store[:1].upper()}{store[1:]} is damaged and was not changed. Put back a copy of it, or import an export "
            "(assetmap import)."
        )
    if "unable to open" in said:
        return f"{store[:1].upper()}{store[1:]} cannot be opened. Check that you may read and write in that folder."
    return f"{store[:1].upper()}{store[1:]} could not be used ({said}). Nothing was saved."
