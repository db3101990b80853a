"""Headings between the rows: a list that writes "VILLAGE HALLS" above its halls and "SHEDS" above its sheds."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from assetmap.read.lists.values import is_type
from assetmap.read.tables import heading_key


def with_sections(table: pd.DataFrame, own: tuple[str, ...]) -> pd.DataFrame:
    """Give rows the type of the heading above them, and leave out the rows that are such headings.

    Parameters
    ----------
    table
        A list with ``name``. One with types of its own, and a map, stay as they are.
    own
        Columns that reading adds.

    Returns
    -------
    pandas.DataFrame
        With ``asset_type``, and ``reading_note`` naming the heading, where there are headings between the rows: rows whose only cell
        is the word for a type, with other rows below them.
    """
    if isinstance(table, gpd.GeoDataFrame) or "name" not in table:
        return table
    if "asset_type" in table and (table["asset_type"].str.strip() != "").any():
        return table
    others = [column for column in table.columns if column not in ("name", *own)]
    if not others:
        return table
    alone = (table[others].apply(lambda cells: cells.str.strip()) == "").all(axis=1)
    heading = alone & table["name"].map(lambda name: is_type(heading_key(name))).astype(bool)
    below = ~heading.shift(-1, fill_value=True)
    heading &= below
    if not heading.any():
        return table
    said = table["name"].where(heading).ffill().fillna("").astype("str")
    note = "Its type is that of the heading '" + said + "' above it."
    before = table.get("reading_note", pd.Series("", index=table.index, dtype="str"))
    typed = table.assign(
        asset_type=said,
        reading_note=before.where(said == "", (before + " " + note).str.strip()).astype("str"),
    )
    kept: pd.DataFrame = typed[~heading].reset_index(drop=True)
    return kept
