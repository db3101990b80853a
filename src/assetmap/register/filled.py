"""One asset out of the rows that are the same: the survivor's words, its gaps filled by the others."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.clusters import (
    ALSO_SAID,
    FACTS,
    FACTS_FROM,
    LIST_DATE,
    LISTED_ON,
    newest_facts,
    said_otherwise,
)
from assetmap.register.guard import GUARD_COLUMNS
from assetmap.register.resources import SAID, join_codes
from assetmap.schema import (
    BEYOND,
    WORKING_CRS,
    reference_table,
)

FOUND_AGAIN: Final = ("asset_id", "area_code", "area_from")
"""Columns of a register that is read back as a list: they are worked out again."""


def assets_of(rows: pd.DataFrame, survivor: np.ndarray) -> gpd.GeoDataFrame:
    """Make one asset of the rows that were merged: the survivor's words, its gaps filled by the others."""
    filled = _filled(rows, survivor)
    chosen = np.flatnonzero(survivor == np.arange(len(rows)))
    assets = filled.iloc[chosen].rename(columns={"row": "source_row"})
    points = gpd.points_from_xy(assets["x"], assets["y"], crs=WORKING_CRS)
    geometry = gpd.GeoSeries(points, index=assets.index).where(np.isfinite(assets["x"]), None)
    assets.index = pd.Index(assets.pop("row_id"), name="asset_id")
    drop = [
        "name_key",
        "core_key",
        "town_key",
        "x",
        "y",
        "reading_problem",
        "reading_note",
        *GUARD_COLUMNS,
        "list_title",
        LIST_DATE,
        LISTED_ON,
        "row_key",
        "alike",
        *FOUND_AGAIN,
    ]
    known = ["name", "asset_type", "status", "registered", "register", "registration_number", "operator"]
    order = [*known, *reference_table("column_names").index.difference(known, sort=False)]
    order = [*order, "location_precision", "source", "source_row", "also_listed", FACTS_FROM, ALSO_SAID]
    columns = [column for column in order if column in assets.columns]
    rest = assets.columns.difference([*columns, *drop], sort=False)
    table = gpd.GeoDataFrame(assets[[*columns, *rest]], geometry=geometry.to_numpy(), crs=WORKING_CRS)
    table.insert(len(columns), "area_code", pd.Series(None, index=table.index, dtype="str"))
    return table


def _filled(rows: pd.DataFrame, survivor: np.ndarray) -> pd.DataFrame:
    """Fill the gaps of each survivor from the rows merged into it, and note which other rows it has."""
    filled = rows.copy()
    filled["also_listed"] = pd.Series("", index=rows.index, dtype="str")
    merged = np.flatnonzero(survivor != np.arange(len(rows)))
    if not len(merged):
        return filled
    into = survivor[merged]
    others = rows.iloc[merged].assign(into=into)
    names = others["source"] + ":" + others["row"].astype("str")
    listed = names.groupby(others["into"]).agg(lambda parts: "; ".join(sorted(parts)))
    filled.loc[listed.index, "also_listed"] = listed
    fixed = (
        "source",
        "row",
        "row_id",
        "row_key",
        "alike",
        "name",
        "name_key",
        "core_key",
        "x",
        "y",
        "location_precision",
        "into",
        BEYOND,
    )
    for column in others.columns.difference(
        [*fixed, *FACTS, "asset_type", "town_key", "sensitive", LISTED_ON, *GUARD_COLUMNS]
    ):
        values = others[column]
        empty = values.isna() | values.isin(["", "unknown"])
        first = values[~empty].groupby(others["into"][~empty]).first()
        target = filled.loc[first.index, column]
        gap = target.isna() | target.isin(["", "unknown"])
        filled.loc[gap.index[gap], column] = first[gap.to_numpy()]
    _join_said(filled, others)
    filled.loc[np.unique(into[others["sensitive"].to_numpy(dtype=bool)]), "sensitive"] = True
    known = others["asset_type"] != "other"
    first = others.loc[known, "asset_type"].groupby(others.loc[known, "into"]).first()
    gap = filled.loc[first.index, "asset_type"] == "other"
    filled.loc[gap.index[gap], "asset_type"] = first[gap.to_numpy()]
    newest_facts(filled, rows, survivor)
    otherwise = said_otherwise(filled, rows, survivor)
    if otherwise:
        filled[ALSO_SAID] = (
            pd.Series(otherwise, dtype="str").reindex(rows.index).fillna("").astype("str").to_numpy()
        )
    if not (filled[FACTS_FROM] != "").any():
        del filled[FACTS_FROM]
    return filled


def _join_said(filled: pd.DataFrame, others: pd.DataFrame) -> None:
    """Give each survivor what any row merged into it offers, asks for and does: lists know different things."""
    for column, (table, _) in SAID.items():
        if column not in filled:
            continue
        into = others["into"].unique()
        cells = pd.concat([filled.loc[into, column], others.set_index("into")[column]]).groupby(level=0)
        filled.loc[into, column] = cells.agg(lambda codes, t=table: join_codes(list(codes), t)).loc[into]
        text = f"{column}_text"
        texts = pd.concat([filled.loc[into, text], others.set_index("into")[text]]).groupby(level=0)
        filled.loc[into, text] = texts.agg(lambda said: "; ".join(sorted({one for one in said if one}))).loc[
            into
        ]
