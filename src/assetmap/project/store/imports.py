"""Lists come in, are replaced by newer files and are read in another way; what people did to them stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assetmap.project.store.database import Store
from assetmap.project.store.records import EditedCell, ListFile, ListInfo, Replacement, Saved


def lists(store: Store) -> tuple[ListInfo, ...]:
    """Return the lists of the store, in the order in which they came."""
    raise NotImplementedError


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
        Any file that `read_assets` reads. It is kept as it is, byte for byte.
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
        name of the file, and the date the day, where not given.

    Raises
    ------
    InputError
        If the file cannot be read or the name is taken; nothing is saved then.
    """
    raise NotImplementedError


def preview_replacement(store: Store, name: str, path: str | Path, *, file_name: str = "") -> Replacement:
    """Say what `replace_list` would change, and change nothing."""
    raise NotImplementedError


def replace_list(
    store: Store, name: str, path: str | Path, *, version: int, file_name: str = "", date: str = ""
) -> Replacement:
    """Replace the file of a list by a newer one; edits and decisions stay with the rows that are the same thing.

    Rows are the same by the identity that the register gives them, then by the rules that link rows of two lists, then by
    the one equal name or place that both files have. An edit stays unless the new file says the same; where the new file
    changed an edited cell to something else, the edit stays and is ``contested`` until somebody edits the cell again.

    Parameters
    ----------
    name
        Of the list.
    path, file_name
        As for `add_list`. Columns are taken for what they were in the old file, where they have the same headings.
    version
        `ListInfo.version`.
    date
        Of the new file.

    Raises
    ------
    InputError, ConflictError
        If the file cannot be read; if the list was changed since.
    """
    raise NotImplementedError


def remove_list(store: Store, name: str, *, version: int) -> Saved:
    """Take a list out of the register. Nothing is deleted: `undo` brings it back with its edits and decisions."""
    raise NotImplementedError


def describe_list(store: Store, name: str, *, version: int, **said: str) -> Saved:
    """Change ``title``, ``publisher``, ``date``, ``licence``, ``attribution`` or ``url`` of a list."""
    raise NotImplementedError


def choose_columns(store: Store, name: str, columns: Mapping[str, str], *, version: int) -> Saved:
    """Say what the columns of a list mean.

    Parameters
    ----------
    columns
        Heading of the file -> column of the register (``data/tables/column_names.csv``), or ``""`` to leave the heading
        out of the register's columns; headings that are not named stay as they are. Edits stay with their headings.
    """
    raise NotImplementedError


def choose_sheets(store: Store, name: str, parts: Sequence[str], *, version: int) -> Saved:
    """Tick the sheets or layers of a list. Rows of sheets that are left keep their edits for when they come back."""
    raise NotImplementedError


def choose_type(store: Store, name: str, asset_type: str, *, version: int) -> Saved:
    """Say the type of every row of a list that names none (``data/tables/asset_types.csv``; ``""`` for none)."""
    raise NotImplementedError


def list_file(store: Store, name: str) -> ListFile:
    """Return the file of a list as it was imported."""
    raise NotImplementedError


def edited_cells(store: Store, name: str) -> tuple[EditedCell, ...]:
    """Return every edited cell of a list, in file order: with `list_file`, all that is needed to give the file back fixed."""
    raise NotImplementedError
