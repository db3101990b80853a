"""Lookups between geographies and vintages, as the Office for National Statistics publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.columns import canonical_columns, vintage_of
from assetmap.read.tables import find_column, read_table
from assetmap.schema import InputError, counted, first_few

HEADINGS: Final = {
    "lsoa11_code": ["lsoa11 code", "lsoa11cd", "f lsoa11cd"],
    "lsoa21_code": ["lsoa21 code", "lsoa21cd"],
    "change_code": ["change code", "chgind", "chngind"],
}
CHANGES: Final = ("U", "S", "M", "X")


@reader
def read_lookup(path: str | Path) -> pd.DataFrame:
    """Read the lookup between LSOA 2011 and LSOA 2021.

    Parameters
    ----------
    path
        CSV or spreadsheet with the two codes and the change indicator: U unchanged, S split, M merged,
        X irregular. It may hold the changed pairs only.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``lsoa11_code``, ``lsoa21_code``, ``change_code``.

    Raises
    ------
    InputError
        If a column is missing or an indicator is not one of the four.

    Examples
    --------
    >>> len(am.read.read_lookup(project.folder / "lsoa11_lsoa21_changes.csv"))
    23
    """
    path = Path(path)
    table = read_table(path)
    found = {name: find_column(table, headings) for name, headings in HEADINGS.items()}
    missing = [name for name, column in found.items() if column is None]
    if missing:
        raise InputError(
            f"'{path}' cannot be used as a lookup: no column for {first_few(missing)}; "
            f"it has {first_few(table.columns, most=12)}."
        )
    lookup = pd.DataFrame({name: table[str(column)].str.strip() for name, column in found.items()})
    wrong = lookup[~lookup["change_code"].isin(CHANGES)]
    if len(wrong):
        raise InputError(
            f"'{path}': {counted(len(wrong), 'change indicator is', 'change indicators are')} not one of {', '.join(CHANGES)}, first "
            f"'{wrong['change_code'].iloc[0]}' (row {int(wrong.index[0]) + 2})."
        )
    return lookup


@reader
def read_area_lookup(path: str | Path) -> pd.DataFrame:
    """Read which larger areas, classes or names belong to small areas.

    Parameters
    ----------
    path
        CSV or spreadsheet as published: LSOA to ward and local authority, LSOA to MSOA, the rural-urban
        classification, the MSOA names of the House of Commons Library.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``: codes of the smallest geography of the file but output areas, which are
        folded into theirs; columns under the names of assetmap (``ward24_code``, ``lad24_name``,
        ``ruc21_code``, ``msoa21_hcl_name``), text, missing where the cell is empty.

    Raises
    ------
    InputError
        If the file names no two geographies, or one small area has two different entries.

    Examples
    --------
    >>> rows = pd.DataFrame({"LSOA21CD": ["E01000001"], "WD24CD": ["E05000001"], "WD24NM": ["Mill Ward"]})
    >>> rows.to_csv("wards.csv", index=False)
    >>> len(am.read.read_area_lookup("wards.csv"))
    1
    """
    path = Path(path)
    table = read_table(path)
    columns = {name: column for name, column in canonical_columns(table.columns).items() if name[:2] != "oa"}
    vintage = vintage_of(columns.values())
    if vintage is None or len(columns) < 2:
        raise InputError(
            f"'{path}' cannot be used as a lookup: it needs a column of area codes and one of what they "
            f"belong to, such as LSOA21CD and WD24CD; it has {first_few(table.columns, most=12)}."
        )
    lookup = pd.DataFrame({name: table[column].str.strip() for name, column in columns.items()})
    lookup = lookup.where(lookup != "").drop_duplicates().set_index(f"{vintage}_code")
    lookup.index.name = "area_code"
    if lookup.index.has_duplicates:
        twice = lookup.index[lookup.index.duplicated()].unique()
        raise InputError(
            f"'{path}' has {counted(len(twice), 'duplicate area')} of {vintage} with different entries, first "
            f"{first_few(twice)}. Use a best-fit lookup with one row per area."
        )
    return lookup
