"""Lists of groups and places: any file that a council keeps becomes one table of text with known columns.

Nothing is checked here. Every input row comes back, with its number in the file; the register decides what a
row means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.cells import storable
from assetmap.read.files import existing_file, reader
from assetmap.read.lists.archives import speaks_about, unpacked_lists
from assetmap.read.lists.features import rows_of_layer
from assetmap.read.lists.header import (
    CHANGED_COLUMN,
    CHANGED_HEADING,
    OWN,
    Columns,
    above_headings,
    name_headings,
    table_of,
)
from assetmap.read.lists.headings import (
    column_meanings,
    columns_alone,
    headings_table,
    look_at_columns,
    other_names,
)
from assetmap.read.lists.hours import with_weekly_hours
from assetmap.read.lists.json_files import read_records
from assetmap.read.lists.json_text import RECORDS
from assetmap.read.lists.parts import (
    OTHER_ENDING,
    SPEAKS_ABOUT,
    date_of,
    identities,
    is_copy,
    layers_of_list,
    not_read,
    sheets_of_list,
    with_sheet,
)
from assetmap.read.lists.sections import with_sections
from assetmap.read.lists.shapes import in_own_columns, known_shape
from assetmap.read.lists.values import LONGEST_NAME, MOSTLY, Values
from assetmap.read.maps import is_map, open_map
from assetmap.read.tables import SPREADSHEETS, open_table
from assetmap.read.texts.code import CONTROL
from assetmap.read.texts.long import (
    LONGEST_HEADING,
    MANY_COLUMNS,
    refuse_too_many_rows,
    refuse_too_wide,
    shortened,
)
from assetmap.schema import WORKING_CRS, InputError, counted, first_few, reference_table
from assetmap.schema import AssetList as AssetList  # noqa: PLC0414 (public here)

WHERE: Final = (
    "postcode", "postcode_district", "town", "address", "covers", "latitude", "easting", "grid_reference", "coordinates",
)  # fmt: skip
"""Columns that say where something is."""

TOGETHER: Final = {"address": ", ", "offers": "; ", "asks": "; "}
"""Columns that several headings may make up, and what separates their cells."""


@reader
def read_assets(
    path: str | Path,
    *,
    source: str | None = None,
    asset_type: str | None = None,
    columns: Columns | None = None,
    sheet: str | Sequence[str] | None = None,
    layer: str | Sequence[str] | None = None,
    date: str = "",
) -> AssetList:
    """Read a list of groups or places.

    Parameters
    ----------
    path
        CSV (any delimiter and encoding, also gzipped), xlsx, xls, xlsb, ods, GeoJSON, GeoPackage,
        Shapefile (zipped too), FlatGeobuf, GeoParquet, KML, or JSON (Open Referral UK, 360Giving, Charity
        Commission, OpenStreetMap). A published shape is known by its columns (`known_shape`).
    source
        Name of the list in everything that follows; the file name without its ending when not given.
    asset_type
        Type of every row that names none, a row of ``data/tables/asset_types.csv``.
    columns
        Column of the register -> heading of the file, where the headings are not understood by
        themselves, for instance ``{"name": "Organisation"}``.
    sheet, layer
        Which sheets of a spreadsheet, which layers of a vector file; every one that looks like a list when not given.
        ``left_out`` of the list names the others.
    date
        Day, month or year that the list is of; the year in the name of the file when not given. The newest list wins where
        two say different things of one asset.

    Returns
    -------
    AssetList
        Its ``table`` has one row per input row, in file order; rows without any content are not rows. ``source``,
        ``row`` (the number in the file, where the headings are row 1; a map file counts its features from 1),
        the columns of the register that the file has (docs/tables.md), text, ``""`` where empty, then
        every other column of the file. A file with shapes comes back as a GeoDataFrame in EPSG:27700.
        ``reading_problem`` holds a sentence where a row could not be read as it should, ``reading_note`` one where it
        was read in another way than its neighbours. ``parts`` says which sheets or layers it has. ``headings`` says how the headings were understood, ``shape`` which published format the list has.

    Raises
    ------
    InputError
        If the file cannot be read; the message says what it is and how to fix it.

    Examples
    --------
    >>> am.read_assets(town.folder / "directory.csv").table.shape
    (67, 7)
    """
    path = existing_file(path)
    source = source or CONTROL.sub(" ", storable(path.name.split(".")[0]))
    if asset_type is not None and asset_type not in reference_table("asset_types").index:
        raise InputError(
            f"There is no asset type '{asset_type}'. The types are listed in data/tables/asset_types.csv."
        )
    wanted = _names(sheet), _names(layer)
    parts, left_out, shape = _parts(path, columns, *wanted)
    tables: list[pd.DataFrame] = []
    known_rows: set[tuple[str, ...]] = set()
    told: list[pd.DataFrame] = []
    read: list[str] = []
    known, several = shape, len(parts) > 1
    for name, part in parts.items():
        try:
            named, headings, own, remarks = _named(part, columns, path)
            finished = _finished(
                with_sections(named, OWN), list(headings["heading"]), path, source, asset_type
            )
        except InputError as error:
            if not several:
                raise
            left_out.append(not_read(_kind(path), name, path, _why(error)))
            continue
        asked = name in (*wanted[0], *wanted[1])
        reason = (
            "its rows are on another one too"
            if several and not asked and is_copy(finished, known_rows)
            else ""
        )
        if several and not asked and not {*WHERE, "geometry"} & set(finished.columns):
            reason = "nothing on it says where its rows are"
        if reason and (tables or name != list(parts)[-1]):
            left_out.append(not_read(_kind(path), name, path, reason))
            continue
        known = known or own
        if not known:
            finished["list_title"] = pd.Series(
                _title(headings, path, name), index=finished.index, dtype="str"
            )
        read.append(name)
        left_out += remarks
        known_rows |= identities(finished) if several else set()
        tables.append(with_sheet(finished, name, several=several, kind=_kind(path)) if name else finished)
        told.append(headings)
    if not tables:
        raise InputError(f"'{path}' holds no list. " + " ".join(left_out))
    whole = tables[0] if len(tables) == 1 else _together(tables)
    refuse_too_many_rows(path, len(whole))
    told_once = pd.concat(told, ignore_index=True).drop_duplicates(["heading", "column"], ignore_index=True)
    return AssetList(
        source,
        whole,
        told_once,
        known,
        tuple(left_out),
        tuple(read),
        date if re.search(r"\d{4}", date) else date_of(path.name),
        {name: columns_alone(headings) for name, headings in zip(read, told, strict=True) if len(told) > 1},
    )


def _names(said: str | Sequence[str] | None) -> list[str]:
    return [said] if isinstance(said, str) else list(said or ())


def _parts(
    path: Path, columns: Columns | None, sheets: list[str], layers: list[str]
) -> tuple[dict[str, pd.DataFrame], list[str], str]:
    """Return the tables of a file by name, a sentence for each that was left out, and the shape of its records."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _parts_of_zip(path, columns, layers)
    if is_map(path):
        found, left_out = (layers, []) if layers else layers_of_list(path)
        if not found:
            found = [""]
        opened = {name: open_map(path, layer=name or None, short=True) for name in found}
        remarks = dict.fromkeys(sentence for each in opened.values() for sentence in each.remarks)
        return {name: rows_of_layer(each) for name, each in opened.items()}, [*left_out, *remarks], ""
    if suffix in RECORDS:
        table, shape, beside = read_records(path)
        return {"": table}, beside, shape
    if suffix in SPREADSHEETS and len(sheets) != 1:
        rows, left_out, hidden = sheets_of_list(path, sheets=sheets)
        tables = {name: table_of(cells, path, columns) for name, cells in rows.items()}
        titles = [
            said for cells in rows.values() if cells for said in above_headings(cells, columns, path.name)
        ]
        left_out += titles
        for name in hidden & tables.keys():
            tables[name]["reading_note"] = "Its sheet is hidden in the workbook."
        if tables:
            return tables, left_out, ""
    name = sheets[0] if sheets else ""
    raw = open_table(path, sheet=name or None, as_list=True)
    table = table_of(raw.rows, path, columns)
    titles = above_headings(raw.rows, columns, path.name)
    return {name: table}, [*raw.beside, *raw.remarks, *titles], ""


def _parts_of_zip(
    path: Path, columns: Columns | None, wanted: list[str]
) -> tuple[dict[str, pd.DataFrame], list[str], str]:
    """Return the tables of every file in a zip, each by the name of its file and, where it has several, of its sheet."""
    parts: dict[str, pd.DataFrame] = {}
    left_out: list[str] = []
    shapes: list[str] = []
    with unpacked_lists(path) as (files, others):
        left_out += [
            not_read(
                "file",
                name,
                path,
                SPEAKS_ABOUT if speaks_about(name) else OTHER_ENDING,
            )
            for name in others
        ]
        alone = len(files) == 1
        for file in files:
            try:
                # A file alone may have the layer that is wanted inside it.
                found, without, shape = _parts(file, columns, [], wanted if alone else [])
            except InputError as error:
                if alone:
                    raise InputError(str(error).replace(f"'{file}'", f"'{path}'")) from error
                left_out.append(not_read("file", file.name, path, _why(error)))
                continue
            shapes.append(shape)
            left_out += [sentence.replace(f"'{file.name}'", f"'{path.name}'") for sentence in without]
            for name, table in found.items():
                title = name if alone else f"{file.name}: {name}" if name and len(found) > 1 else file.name
                if alone or not wanted or {title, file.name} & set(wanted):
                    parts[title] = table
                else:
                    left_out.append(not_read("layer", title, path, "another one was asked for"))
    if not parts:
        raise InputError(f"'{path}' holds no list. " + " ".join(left_out))
    return parts, left_out, shapes[0] if len(shapes) == 1 else ""


def _kind(path: Path) -> str:
    return "sheet" if path.suffix.lower() in SPREADSHEETS else "layer"


def _why(error: InputError) -> str:
    """Return why a sheet is no list, without the name of the file and the advice."""
    return str(error).partition("': ")[2].partition(".")[0] or "it has headings but no rows below them"


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Put sheets under each other; a column that one of them lacks is empty there."""
    whole = pd.concat([pd.DataFrame(table) for table in tables], ignore_index=True)
    texts = whole.columns.difference(["row", "geometry"])
    whole[texts] = whole[texts].fillna("").astype("str")
    if "geometry" in whole:
        return gpd.GeoDataFrame(whole, geometry="geometry", crs=WORKING_CRS)
    return whole


def _title(told: pd.DataFrame, path: Path, part: str) -> str:
    """Return what a list says of all its rows: the heading of its names ("Library name"), and its own name."""
    heading = told.loc[told["column"] == "name", "heading"]
    said = (
        re.sub(r"(?i)\s*\b(?:name of|names?)\b\s*|name$", " ", heading.iloc[0]).strip()
        if len(heading)
        else ""
    )
    return "|".join(part.replace("|", " ") for part in (said, part, storable(path.name.split(".")[0])))


def _named(
    table: pd.DataFrame, columns: Columns | None, path: Path
) -> tuple[pd.DataFrame, pd.DataFrame, str, list[str]]:
    """Rename the columns to those of the register; return how the headings were understood, the published shape and what was cut too."""
    table = table.rename(columns={CHANGED_HEADING: CHANGED_COLUMN})  # of a map file or JSON
    own = [column for column in (*OWN, CHANGED_COLUMN) if column in table.columns]
    if max(map(len, map(str, table.columns))) > LONGEST_HEADING:
        names = name_headings(["" if column in own else str(column) for column in table.columns])
        table = table.rename(
            columns={old: new for old, new in zip(table.columns, names, strict=True) if old not in own}
        )
    shape = known_shape([str(column) for column in table.columns if column not in own])
    if shape:
        table = in_own_columns(table, shape)
        own = [column for column in (*OWN, CHANGED_COLUMN) if column in table.columns]
    headings = [str(column) for column in table.columns if column not in own]
    if len(headings) > MANY_COLUMNS:
        refuse_too_wide(path, len(headings), int(sum((table[heading] != "").sum() for heading in headings)))
    looked = look_at_columns(table, headings)
    meanings = column_meanings(headings, columns=columns, table=table, looked=looked)
    table, remarks = shortened(table, meanings, path.name)
    named = table.rename(columns=meanings)
    for column, between in TOGETHER.items():
        parts = [heading for heading in headings if meanings[heading] == column]
        if parts:
            joined = _joined([table[part].str.strip() for part in parts], between)
            named = named.loc[:, (named.columns != column) | ~named.columns.duplicated()].assign(
                **{column: joined}
            )
    if "name" not in named:
        named = _named_by_place(named, meanings, looked)
    if "name" in named and not (columns and "name" in columns):
        named = _names_filled(named, table, meanings, looked)
    clash = named.columns[named.columns.duplicated()]
    if len(clash):
        raise InputError(
            f"Two headings mean the same column {first_few(clash)}. Rename one of them in the file."
        )
    return with_weekly_hours(named), headings_table(meanings, looked), shape, remarks


def _named_by_place(named: pd.DataFrame, meanings: dict[str, str], looked: dict[str, Values]) -> pd.DataFrame:
    """Take where things are for their names, in a list without names whose places are short and differ, and note it."""
    places = [heading for heading, column in meanings.items() if column == "address"]
    if len(places) != 1 or looked[places[0]].filled < MOSTLY or looked[places[0]].mostly("address"):
        return named
    cells = named["address"].str.strip()
    if cells.nunique() < MOSTLY * len(cells) or (cells.str.len() > LONGEST_NAME).any():
        return named
    note = f"The list has no column of names, so '{places[0]}' was used."
    return named.assign(name=cells, reading_note=pd.Series(note, index=named.index, dtype="str"))


def _names_filled(
    named: pd.DataFrame, table: pd.DataFrame, meanings: dict[str, str], looked: dict[str, Values]
) -> pd.DataFrame:
    """Take the name of a row without one from another column of names, where the list has one, and note it."""
    empty = named["name"].str.strip() == ""
    others = [h for h in other_names(meanings, looked) if (table[h].str.strip() != "")[empty].any()]
    if not empty.any() or not others:
        return named
    other = table[others[0]].where(empty, "")
    taken = empty & (other.str.strip() != "")
    note = pd.Series("", index=named.index, dtype="str").mask(
        taken, f"The column of its name is empty, so '{others[0]}' was used."
    )
    return named.assign(name=named["name"].mask(taken, other), reading_note=note)


def _joined(cells: list[pd.Series], between: str) -> pd.Series:
    joined = cells[0]
    for more in cells[1:]:
        joined = joined.where(more == "", joined + between + more)
    return joined.str.strip().str.lstrip(between)


def _finished(
    table: pd.DataFrame, headings: list[str], path: Path, source: str, asset_type: str | None
) -> pd.DataFrame:
    placed = isinstance(table, gpd.GeoDataFrame)
    if not len(table):
        raise InputError(f"'{path}' has headings but no rows below them.")
    if "name" not in table.columns:
        raise InputError(
            f"'{path}': no column looks like a name. It has {first_few(headings, most=20)}. Say which one it "
            'is, for instance columns = { name = "Organisation" } or --column name=Organisation.'
            if headings
            else f"'{path}' holds {counted(len(table), 'row or shape', 'rows or shapes')} without any column, so nothing says what they are. A list needs at least a column of names."
        )
    finished = table.copy()
    if asset_type is not None:
        given = finished.get("asset_type", pd.Series("", index=finished.index, dtype="str"))
        finished["asset_type"] = given.where(given.str.strip() != "", asset_type)
    finished.insert(0, "source", pd.Series(source, index=finished.index, dtype="str"))
    finished.insert(1, "row", finished.pop("row"))
    known = [c for c in reference_table("column_names").index if c in finished.columns]
    first = ["source", "row", *known]
    finished = finished[[*first, *finished.columns.difference(first, sort=False)]]
    if placed:
        finished = gpd.GeoDataFrame(finished, geometry="geometry", crs=table.crs)
    return finished
