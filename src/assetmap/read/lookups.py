"""Lookups between vintages of the same geography, as the Office for National Statistics publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.tables import find_column, read_table
from assetmap.schema import InputError, first_few

HEADINGS: Final = {
    "lsoa11_code": ["lsoa11 code", "lsoa11cd"],
    "lsoa21_code": ["lsoa21 code", "lsoa21cd"],
    "change_code": ["change code", "chgind", "chngind"],
}
CHANGES: Final = ("U", "S", "M", "X")


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
            f"'{path}': {len(wrong)} change indicators are not {', '.join(CHANGES)}, first "
            f"'{wrong['change_code'].iloc[0]}' (row {int(wrong.index[0]) + 2})."
        )
    return lookup
