"""The store as plain files, and back without loss.

For people: each list as it is now (``list-<name>.csv``), ``review.csv`` and every file as it was imported. For the way back:
each table as JSON, a row a line, and ``contents.json`` with the SHA-256 of every file, so that nothing that was changed or
lost on the way comes in unnoticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import Integer, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from assetmap.errors import InputError, first_few
from assetmap.project.output import write_whole
from assetmap.project.store import tables
from assetmap.project.store.contents import contents, edits_of, last_change, with_edits
from assetmap.project.store.database import Store, open_file, reading, writing
from assetmap.project.store.folders import STORE_NAME
from assetmap.project.store.judging import judged
from assetmap.project.store.tables import SCHEMA_VERSION
from assetmap.show.tables import write_csv

if TYPE_CHECKING:
    from sqlalchemy import Connection

CONTENTS: Final = "contents.json"
FORMAT: Final = 1
KEPT: Final = (
    tables.about, tables.files, tables.lists, tables.readings, tables.rows, tables.cells, tables.changes, tables.edits,
    tables.decisions,
)  # fmt: skip
"""Every table, in an order in which they can be filled."""

LINES: Final = 5_000
ADDED_BY_READING: Final = ("row_key", "list_title", "list_date")


def export_store(folder: str | Path, output: str | Path) -> list[Path]:
    """Write the store of a project as plain files.

    Parameters
    ----------
    folder
        Of the project.
    output
        Folder to write (`write_whole`): each list as it is now (``list-<name>.csv``), ``review.csv``, every file as it was
        imported, and each table of the store as ``<table>.jsonl`` with ``contents.json``, which `import_store` reads. The
        files of an earlier export are replaced.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    InputError
        If the project has no store, or the folder has other files in it.

    Examples
    --------
    >>> sorted(path.name for path in st.export_store(store.folder, "plain"))[:3]
    ['about.jsonl', 'cells.jsonl', 'changes.jsonl']
    """
    output = Path(output)
    owned = _earlier(output)
    with open_file(folder) as store:
        return write_whole(output, lambda new: _write(store, new), owned=owned)


def import_store(folder: str | Path, files: str | Path) -> Path:
    """Make the store of a project from what `export_store` wrote.

    Parameters
    ----------
    folder
        Of the project, which has no store yet.
    files
        The folder of an export.

    Returns
    -------
    pathlib.Path
        The store.

    Raises
    ------
    InputError
        If the project has a store with something in it; if a file of the export is missing or was changed.

    Examples
    --------
    >>> files = st.export_store(store.folder, "plain")
    >>> Path("other").mkdir()
    >>> st.import_store("other", "plain").name
    'assetmap.db'
    """
    files = Path(files)
    with _as_exported(files):
        found = _checked(files)
    with _as_exported(files), open_file(folder, make=True) as store, writing(store) as connection:
        if last_change(connection):
            raise InputError(
                f"'{folder}' has a store already ({STORE_NAME}). Import into another project, or move that file away first."
            )
        for table in KEPT:
            _fill(connection, table, found[table.name], files)
        for row in found["lists"]:
            of_list = update(tables.lists).where(tables.lists.c.id == row["id"])
            connection.execute(of_list.values(reading_id=row["reading_id"]))
    return Path(folder) / STORE_NAME


@contextlib.contextmanager
def _as_exported(files: Path) -> Iterator[None]:
    """Turn what a damaged or made-up export can raise into one message; it may come from somebody else."""
    try:
        yield
    except InputError:
        raise
    except (ValueError, OverflowError, RecursionError, IntegrityError) as error:
        raise InputError(
            f"'{files}' holds what no export has ({type(error).__name__}). Export again."
        ) from error


def _write(store: Store, new: Path) -> None:
    with store.shared.lock:
        state = judged(store)
        with reading(store) as connection:
            names: dict[str, str] = {}
            for table in KEPT:
                names |= _write_table(connection, table, new)
            edited = edits_of(connection)
            for content in contents(connection):
                table_now = with_edits(content, edited).drop(columns=list(ADDED_BY_READING), errors="ignore")
                write_csv(table_now, new / f"list-{content.info.name}.csv", index=False)
            write_csv(_review(connection, state), new / "review.csv", index=False)
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(new.iterdir())}
    record = {
        "assetmap_export": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "originals": names,
        "files": digests,
    }
    (new / CONTENTS).write_text(
        json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )


def _write_table(connection: Connection, table: Table, new: Path) -> dict[str, str]:
    """Write a table as lines of JSON, files beside it; return the names of the files by their SHA-256."""
    names: dict[str, str] = {}
    columns = [column for column in table.columns if column.name != "content" or table is not tables.files]
    with (new / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
        for row in connection.execute(select(*columns).order_by(*table.primary_key.columns)):
            lines.write(json.dumps(dict(row._mapping), ensure_ascii=False, sort_keys=True) + "\n")
    if table is tables.files:
        query = select(tables.readings.c.sha256, tables.readings.c.file_name).order_by(tables.readings.c.id)
        shown = {digest: name for digest, name in connection.execute(query) if digest}
        for digest, content in connection.execute(select(tables.files.c.sha256, tables.files.c.content)):
            plain = re.sub(r"[^\w.-]+", "_", shown.get(digest, "file"))
            names[digest] = f"original-{digest[:12]}-{plain}"
            (new / names[digest]).write_bytes(content)
    return names


def _review(connection: Connection, state: Any) -> pd.DataFrame:
    """Return the decisions in the form of review.csv, with the ids that the rows have now."""
    columns = [
        "decision",
        "name",
        "other_name",
        "source",
        "row",
        "other_source",
        "other_row",
        "row_id",
        "other_id",
    ]
    found = []
    query = select(tables.decisions).where(tables.decisions.c.decision != "")
    for each in connection.execute(query.order_by(tables.decisions.c.row_id, tables.decisions.c.other_id)):
        if state.judgement is None or not {each.row_id, each.other_id} <= state.places.keys():
            continue
        sides = [state.places[each.row_id], state.places[each.other_id]]
        said = state.judgement.said
        names, sources, ids = (
            [said[column][place] for place in sides] for column in ("name", "source", "row_id")
        )
        numbers = [int(state.judgement.raw["row"].iloc[place]) for place in sides]
        pair = each.row_id != each.other_id
        found.append(
            [each.decision, names[0], names[1] if pair else "", sources[0], numbers[0], sources[1] if pair else "",
             numbers[1] if pair else None, ids[0], ids[1] if pair else ""]
        )  # fmt: skip
    return pd.DataFrame(found, columns=columns).astype({"row": "Int64", "other_row": "Int64"})


def _earlier(output: Path) -> list[str]:
    """Return the files of an earlier export in a folder; refuse a folder with other files."""
    if not output.is_dir() or not any(output.iterdir()):
        return []
    try:
        record = json.loads((output / CONTENTS).read_text(encoding="utf-8"))
        return (
            [str(name) for name in record["files"] if Path(str(name)).name == name]
            if "assetmap_export" in record
            else []
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            f"'{output}' has files in it that are not an export. Choose a new or empty folder with --output."
        ) from None


def _checked(files: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table of an export, after comparing every file with its checksum."""
    try:
        record = json.loads((files / CONTENTS).read_text(encoding="utf-8"))
        version, digests = int(record["schema_version"]), dict(record["files"])
        known = record["assetmap_export"] == FORMAT
        originals = dict(record["originals"])
    except OSError:
        raise InputError(f"'{files}' is not an export: it has no {CONTENTS}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"'{files / CONTENTS}' cannot be used. Export again.") from None
    if not known or not 1 <= version <= SCHEMA_VERSION:
        raise InputError(f"'{files}' was written by a later version of assetmap. Install that one.")
    _compare(files, digests)
    found = {table.name: _lines(files / f"{table.name}.jsonl", table, version) for table in KEPT}
    for row in found["files"]:
        row["content"] = _original(files, str(originals.get(row["sha256"], "")), row)
    return found


def _compare(files: Path, digests: Mapping[str, Any]) -> None:
    wrong = []
    for name in sorted({*map(str, digests), *(f"{table.name}.jsonl" for table in KEPT)}):
        path = files / Path(name).name
        if not path.is_file():
            wrong.append(f"'{name}' is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digests.get(name):
            wrong.append(f"'{name}' was changed")
    if wrong:
        raise InputError(
            f"'{files}' is not as it was exported: {'; '.join(wrong[:5])}. Export again. To bring a changed list into a project, "
            "replace the list there."
        )


def _lines(path: Path, table: Table, version: int) -> list[dict[str, Any]]:
    """Return the rows of a table, each with every column and nothing else."""
    kinds = {column.name: int if isinstance(column.type, Integer) else str for column in table.columns}
    if table is tables.files:
        del kinds["content"]
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        row = json.loads(line)
        if version < SCHEMA_VERSION and isinstance(row, dict):
            row = {**{name: "" for name, kind in kinds.items() if kind is str}, **row}
        whole = isinstance(row, dict) and set(row) == set(kinds)
        if not whole or any(
            value is not None and type(value) is not kinds[name] for name, value in row.items()
        ):
            raise InputError(f"'{path}', line {number}, is not a row of the store. Export again.")
        found.append(row)
    if table is tables.about:
        return [
            {**row, "value": str(SCHEMA_VERSION)} if row["key"] == "schema_version" else row for row in found
        ]
    return found


def _original(files: Path, name: str, row: Mapping[str, Any]) -> bytes:
    path = files / Path(name).name
    content = path.read_bytes() if name and path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != row["sha256"] or len(content) != row["size"]:
        raise InputError(
            f"'{files}' does not have the file {first_few([row['sha256'][:12]])} as it was imported. Export again."
        )
    return content


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]], files: Path) -> None:
    if table is tables.about:
        connection.execute(table.delete())
    keys = [column.name for column in table.primary_key.columns]
    if len({tuple(row[key] for key in keys) for row in rows}) != len(rows):
        raise InputError(f"'{files / table.name}.jsonl' has a row twice. Export again.")
    for begin in range(0, len(rows), LINES):
        part = rows[begin : begin + LINES]
        waiting = (
            {"reading_id": None} if table is tables.lists else {}
        )  # a list names a reading, and a reading its list
        connection.execute(insert(table), [{**row, **waiting} for row in part])
