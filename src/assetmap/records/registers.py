"""Records of lists and of the register that they become."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetmap.records.results import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, eq=False)
class AssetList:
    """One list of groups or places, as it was read and before any row is judged.

    source : name of the list.
    table : one row per row of the file: ``source``, ``row`` and text columns (docs/tables.md); a GeoDataFrame in
        EPSG:27700 where the file has shapes.
    headings : one row per heading of the file, in file order: ``heading``, ``column`` (the column it became) and
        ``understood`` (true where the register has that column), ``samples`` (a few cells), ``guess`` (what they look like).
    shape : name of the published format that the list has (``data/tables/sources.csv``), empty for any other list.
    left_out : a sentence for each sheet or layer of the file that was not read, with the reason.
    parts : names of the sheets or layers that were read; where there are several, a column ``sheet`` says which row is on which.
    date : the day, month or year that the list is of, as written; empty where nothing says it.
    meant : where there are several parts, for each the column of the register -> the one heading that became it.
    """

    source: str
    table: pd.DataFrame
    headings: pd.DataFrame
    shape: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    date: str = ""
    meant: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FixedFile:
    """A file of a list with changes put in, in its own format, and a column that says what was changed.

    content : the whole file.
    suffix : the end of its name (``.xlsx``, ``.csv``, ``.csv.gz``); ``.xls`` and ``.xlsb`` become ``.xlsx``.
    changes : one row per change: ``sheet`` (empty in a text file), ``row``, ``heading``, ``before``, ``after``, ``reason`` and ``made``
        (false where the cell holds a formula).
    notes : what could not be kept as it was.
    """

    content: bytes
    suffix: str
    changes: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Register:
    """Many lists as one register.

    assets : index ``asset_id``, one row per asset (docs/tables.md).
    log : the validation log, one row per input row: ``source``, ``row``, ``name``, ``outcome``, ``reason``,
        ``asset_id``, ``row_id``, ``other_id``, ``score``, ``guarded`` (docs/tables.md).
    linking : a sentence that says what linked the rows; empty where the default needs no mention.
    notes : what a person must know before the register is published.
    """

    assets: gpd.GeoDataFrame
    log: pd.DataFrame
    linking: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class CheckReport:
    """What was understood of some lists, before anything is built from them.

    register : the register as it would be, with nothing left out, and the validation log.
    counts : one row per list, index ``source``: ``rows`` and the outcomes, which add up to it; ``shape``.
    headings : ``source``, ``heading``, ``column`` (of the register; empty where the register has no such column),
        ``samples`` (a few cells) and ``guess`` (what they look like; empty where that is not plain).
    remarks : ``outcome``, ``remark`` (a kind of sentence), ``rows``, ``example``.
    review : pairs of rows for a person to decide; ``decision`` is empty.
    unchecked : sentences that say what could not be checked, and why.
    """

    register: Register
    counts: pd.DataFrame
    headings: pd.DataFrame
    remarks: pd.DataFrame
    review: pd.DataFrame
    unchecked: tuple[str, ...]
