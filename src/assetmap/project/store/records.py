"""What the store returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from assetmap.records.registers import Register

BY_HAND: Final = "by_hand"
"""Name of the list that holds the assets which were added by hand."""

DECISIONS: Final = ("same", "different", "later")
"""What can be decided about a pair of rows; ``""`` takes a decision back."""

PLACE_DECISIONS: Final = ("publish", "guard")
"""What can be decided about a guarded place; ``""`` takes a decision back."""

ACTIONS: Final = {
    "add_list": "Added a list",
    "replace_list": "Replaced a list",
    "remove_list": "Removed a list",
    "restore_list": "Brought a list back",
    "describe_list": "Changed what is said about a list",
    "choose_columns": "Chose what columns mean",
    "choose_sheets": "Chose sheets or layers",
    "edit": "Edited a row",
    "accept": "Accepted a suggestion",
    "decide": "Decided a pair",
    "decide_place": "Decided a guarded place",
    "add_asset": "Added an asset",
    "remove_asset": "Removed an asset",
    "restore_asset": "Brought an asset back",
    "move_asset": "Moved an asset",
    "close_asset": "Closed an asset",
    "undo": "Undid a change",
}
"""Every kind of change, in words."""


@dataclass(frozen=True)
class Column:
    """One column of a list: what its heading was taken for.

    heading : as in the file.
    column : the column it became (docs/tables.md); a heading without a meaning keeps its own name in small letters.
    understood : whether the register knows the column.
    chosen : whether a person chose it (`choose_column`).
    samples : a few of its cells.
    guess : what the cells look like (``a date``, ``postcode``); empty where that is not plain.
    """

    heading: str
    column: str
    understood: bool
    chosen: bool
    samples: tuple[str, ...]
    guess: str


@dataclass(frozen=True)
class Part:
    """One sheet of a workbook or layer of a map file.

    name : as in the file.
    ticked : whether its rows are in the list.
    rows : how many of its rows are in the list.
    why : a sentence that says why it was not read; empty where it was.
    """

    name: str
    ticked: bool
    rows: int
    why: str


@dataclass(frozen=True)
class ListInfo:
    """One list of the store.

    name : its name in every table (``source``); letters, digits and ``_``.
    kind : ``file``, or ``hand`` for the list of assets that were added by hand.
    title, publisher, date, licence, attribution, url : what is shown beside its figures, as in ``[[assets]]``.
    asset_type : type of every row that names none; empty where there is none.
    file_name, sha256, size : the file as it was imported (size in bytes); empty and 0 for assets added by hand.
    rows, edited : rows of the list; rows with an edit.
    imported, imported_by : when this file was imported (UTC) and by whom.
    version : pass it to what changes the list.
    shape : published format of the list, empty for any other.
    left_out : a sentence for each sheet or layer that was not read.
    columns : its columns, in file order.
    parts : its sheets or layers, where the file has several.
    """

    name: str
    kind: str
    title: str
    publisher: str
    date: str
    licence: str
    attribution: str
    url: str
    asset_type: str
    file_name: str
    sha256: str
    size: int
    rows: int
    edited: int
    imported: dt.datetime
    imported_by: str
    version: int
    shape: str = ""
    left_out: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class ListFile:
    """A file as it was imported: ``content`` is never opened outside the child process of `read`."""

    file_name: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class EditedCell:
    """One edited cell, with what is needed to find it in the file.

    part : sheet or layer; empty where the file has one.
    number : row in the file, as ``row`` of `read_assets`.
    heading : the heading of the cell; empty where the file has no such column, or several make it up.
    column : the column of the register.
    original, value : before and after all edits.
    """

    row: int
    part: str
    number: int
    heading: str
    column: str
    original: str
    value: str
    who: str
    when: dt.datetime


@dataclass(frozen=True)
class Suggestion:
    """A value that would put a cell right; `accept_suggestion` saves it.

    sure : whether the register reads the cell like this already; else a person must decide.
    """

    column: str
    value: str
    why: str
    sure: bool


@dataclass(frozen=True)
class Pair:
    """Two rows that were joined, or that may be the same thing.

    row, other : keys of the rows; ``row`` is the smaller one.
    outcome : ``merged`` (they are one asset now), ``review`` (a person should look) or ``apart`` (a person decided so).
    score : 0-100; missing where a person decided.
    why : what agrees.
    decision : ``same``, ``different``, ``later`` or ``""``; ``who`` and ``when`` decided.
    version : pass it to `decide_pair`.
    """

    row: int
    other: int
    outcome: str
    score: float | None
    why: str
    decision: str = ""
    who: str = ""
    when: dt.datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class Row:
    """One row of a list with its edits in, as the library judges it now.

    key : the row, for good: edits, moves and a new file of the same list leave it.
    list_name, part, number : where it is: list, sheet or layer, row in the file (the order, for rows added by hand).
    version : pass it to what changes the row.
    name, outcome, reason, asset_id : as in the validation log (docs/tables.md).
    asset : key of the row that represents its asset; None where it is in no asset.
    cells : column -> text, edits in.
    originals : column -> text as imported, only where the cell was edited.
    asset_type, status, postcode, town : as they were understood.
    easting, northing, location_precision : where it is (metres, EPSG:27700; None where not known).
    area_code : the small area; empty where not known.
    guarded : why its location is not published (``list``, ``type``, ``name``, ``column``), else empty.
    place_decision, place_version : what a person decided about a guarded place; pass the version to `decide_place`.
    suggestions : what would put it right.
    pairs : pairs that it is part of.
    """

    key: int
    list_name: str
    part: str
    number: int
    version: int
    name: str
    outcome: str
    reason: str
    asset_id: str
    asset: int | None
    cells: Mapping[str, str]
    originals: Mapping[str, str]
    asset_type: str
    status: str
    postcode: str
    town: str
    easting: float | None
    northing: float | None
    location_precision: str
    area_code: str
    guarded: str
    place_decision: str = ""
    place_version: int = 0
    suggestions: tuple[Suggestion, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class RowPage:
    """One page of rows.

    rows : those of the page.
    total : rows that fit the question, on all pages.
    outcomes : rows by outcome (``accepted``, ``merged``, ``review``, ``rejected``), counted before ``outcome`` is asked for.
    """

    rows: tuple[Row, ...]
    total: int
    outcomes: Mapping[str, int]


@dataclass(frozen=True)
class PairPage:
    """One page of pairs with their rows (key -> row), and how many there are on all pages."""

    pairs: tuple[Pair, ...]
    rows: Mapping[int, Row]
    total: int


@dataclass(frozen=True)
class Change:
    """One line of the history.

    number : later changes have higher ones.
    when : UTC.
    action : a key of `ACTIONS`.
    sentence : what was done, in words.
    list_name, row, other : what it is about; empty or None where that does not apply.
    before, after : column (or ``decision``, or what is said of a list) -> text; None where there was no edit: the cell as
        imported.
    version : version of the row, list or decision after it.
    undoes : number of the change that it takes back, None for others.
    undone_by : number of the change that took it back, None where nothing did.
    can_undo : whether `undo` can take it back now without touching anything that came later.
    """

    number: int
    when: dt.datetime
    who: str
    action: str
    sentence: str
    list_name: str
    row: int | None
    other: int | None
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    version: int
    undoes: int | None = None
    undone_by: int | None = None
    can_undo: bool = False


@dataclass(frozen=True)
class ChangePage:
    """One page of the history, newest first, and how many changes there are on all pages."""

    changes: tuple[Change, ...]
    total: int


@dataclass(frozen=True)
class Saved:
    """What a save did.

    change : its line of the history; None where nothing was different.
    row : the row, judged again; None where the change is about no single row.
    others : keys of other rows whose outcome, reason or asset changed with it.
    """

    change: Change | None
    row: Row | None = None
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class RowChange:
    """One row of a list that another file would replace.

    kind : ``new``, ``gone``, ``moved`` (another postcode, town or point), ``renamed``, ``changed`` (other cells).
    row : key of the row; None for a new one.
    name : as in the new file, or in the old one where it is gone.
    number : row in the new file, or in the old one where it is gone.
    before, after : column -> text, where they differ.
    """

    kind: str
    row: int | None
    name: str
    number: int
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Contested:
    """A cell that somebody edited and that the new file has changed as well; the edit stays until somebody decides.

    original : as it was imported before; ``edit``: what ``who`` made of it; ``new``: what the new file says.
    """

    row: int
    name: str
    column: str
    original: str
    edit: str
    new: str
    who: str
    when: dt.datetime


@dataclass(frozen=True)
class Replacement:
    """What replacing a list by another file changes.

    changes : new, gone, moved, renamed and changed rows.
    same : rows that did not change.
    carried : edits that stay; ``taken_up``: edits that the new file says itself, so that they are no longer needed.
    contested : edits of cells that the new file has changed as well.
    lost : edits and decisions about rows that are gone; they come back with the rows.
    change : its line of the history; None for a preview.
    """

    list_name: str
    file_name: str
    changes: tuple[RowChange, ...]
    same: int
    carried: int
    taken_up: int
    contested: tuple[Contested, ...]
    lost: int
    change: Change | None = None


@dataclass(frozen=True)
class Difference:
    """What changed between two days.

    changes : what people did, in order.
    register : one row per change of the register, as `assetmap.register.compare` returns it.
    before, after : the registers (audience ``internal``).
    """

    changes: tuple[Change, ...]
    register: pd.DataFrame
    before: Register
    after: Register
