"""What changed between two registers of the same area."""

from __future__ import annotations

import datetime
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import points_xy
from assetmap.register.clusters import merged_into
from assetmap.register.judge import STALE_MONTHS
from assetmap.register.link import link_rows
from assetmap.register.typed import months_before
from assetmap.register.words import column_or_empty, core_keys, name_keys, place_keys
from assetmap.schema import check_assets

MOVED_M: Final = 50.0
"""An asset has moved when its point has by more than this; the postcodes of one building differ by less."""

FAR_M: Final = 10_000.0
"""Two of one name further apart than this are two things, in one place a closure and in the other a beginning."""

CHANGES: Final = ("opened", "closed", "left_out", "moved", "renamed", "operator_changed", "going_stale")


def compare(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    *,
    moved_m: float = MOVED_M,
    as_of: datetime.date | None = None,
) -> pd.DataFrame:
    """List what changed from one register to the next.

    Parameters
    ----------
    old, new
        Registers (docs/tables.md). An asset is the same by its ``asset_id``, else by the rules of `link_rows`, else by its name and type where
        only one on each side has them, up to 10 km apart.
    moved_m
        Metres from which a change of place counts; only between points and postcodes, not named places.
    as_of
        Day for ``going_stale``; the newest ``checked_date`` of ``new`` when not given.

    Returns
    -------
    pandas.DataFrame
        One row per change: ``change`` (``opened``: open now, not there or not open before; ``closed``: no
        longer open; ``left_out``: no longer listed, which need not mean closed; ``moved``; ``renamed``;
        ``operator_changed``; ``going_stale``), ``name``, ``asset_type``, ``before``, ``after``, ``moved_m``
        (metres, missing for other changes), ``old_id``, ``new_id``. Ordered by change, then name.

    Raises
    ------
    SchemaError
        If a register has the wrong shape.

    Examples
    --------
    >>> len(am.register.compare(assets, assets))
    0
    """
    check_assets(old)
    check_assets(new)
    pairs = _with_moved(pair_assets(old, new), old, new)
    before = old.reindex(pairs["old_id"]).reset_index(drop=True)
    after = new.reindex(pairs["new_id"]).reset_index(drop=True)
    both = (pairs["old_id"].notna() & pairs["new_id"].notna()).to_numpy()
    found = [
        *_of_status(pairs, before, after, both),
        _of_place(pairs, before, after, both, moved_m),
        _of_words(pairs, before, after, both, "renamed", "name"),
        _of_words(pairs, before, after, both, "operator_changed", "operator"),
        _going_stale(pairs, before, after, as_of),
    ]
    table = pd.concat(found, ignore_index=True)
    table["rank"] = table["change"].map({change: k for k, change in enumerate(CHANGES)})
    table = table.sort_values(["rank", "name", "old_id", "new_id"], kind="stable").drop(columns="rank")
    return table.reset_index(drop=True)


def pair_assets(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``old_id`` and ``new_id`` of each thing; one of them missing where it is in one register only."""
    same = old.index.intersection(new.index)
    rows = pd.concat([_as_rows(old.drop(same), "old"), _as_rows(new.drop(same), "new")], ignore_index=True)
    survivor, _, _ = merged_into(rows, link_rows(rows))
    ids = rows.assign(thing=survivor)
    sides = [ids[ids["source"] == side].groupby("thing")["row_id"].first() for side in ("old", "new")]
    linked = pd.concat(sides, axis=1, keys=["old_id", "new_id"])
    kept = pd.DataFrame({"old_id": same, "new_id": same})
    return (
        pd.concat([kept, linked], ignore_index=True).astype("object").where(lambda cell: cell.notna(), None)
    )


def _with_moved(pairs: pd.DataFrame, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pair what is left by its name where only one has it on each side: a club that moves keeps its name and is not two clubs.

    Only what changed is told so; decisions of a person on a thing at one place are not carried to another place.
    """
    only_old, only_new = (
        pairs.loc[pairs["new_id"].isna(), "old_id"],
        pairs.loc[pairs["old_id"].isna(), "new_id"],
    )
    if only_old.empty or only_new.empty:
        return pairs
    sides = [_as_rows(old.loc[only_old], "old"), _as_rows(new.loc[only_new], "new")]
    alone = [side[~side.duplicated(["name_key", "asset_type"], keep=False)] for side in sides]
    both = alone[0].merge(alone[1], on=["name_key", "asset_type"], suffixes=("", "_new"))
    apart = np.hypot(both["x"] - both["x_new"], both["y"] - both["y_new"])
    numbers, numbers_new = both["registration_number"], both["registration_number_new"]
    other = (numbers != "") & (numbers_new != "") & (numbers != numbers_new)
    both = both[~(apart > FAR_M) & ~other]
    found = both[["row_id", "row_id_new"]].set_axis(["old_id", "new_id"], axis=1)
    rest = pairs[~(pairs["old_id"].isin(found["old_id"]) | pairs["new_id"].isin(found["new_id"]))]
    return pd.concat([rest, found], ignore_index=True).astype("object").where(lambda cell: cell.notna(), None)


def _as_rows(assets: gpd.GeoDataFrame, source: str) -> pd.DataFrame:
    rows = pd.DataFrame({"row_id": assets.index.astype("str"), "source": source})
    for column in ("name", "asset_type", "status", "register", "registration_number", "postcode", "address"):
        rows[column] = column_or_empty(assets, column).fillna("").astype("str").to_numpy()
    rows["location_precision"] = assets["location_precision"].to_numpy()
    rows["x"], rows["y"] = points_xy(assets.geometry)
    rows["name_key"] = name_keys(rows["name"])
    rows["town_key"] = place_keys(column_or_empty(assets, "town")).to_numpy()
    rows["core_key"] = core_keys(rows["name_key"], rows["town_key"])
    return rows


def _changes(
    mask: np.ndarray, change: str, pairs: pd.DataFrame, shown: pd.DataFrame, said: tuple[pd.Series, pd.Series]
) -> pd.DataFrame:
    rows = np.flatnonzero(mask)
    table = pd.DataFrame({"change": change, "name": shown["name"].iloc[rows].to_numpy()})
    table["asset_type"] = shown["asset_type"].iloc[rows].to_numpy()
    for column, words in zip(("before", "after"), said, strict=True):
        table[column] = words.iloc[rows].fillna("").astype("str").to_numpy()
    table["moved_m"] = np.nan
    table["old_id"], table["new_id"] = (pairs[c].iloc[rows].to_numpy() for c in ("old_id", "new_id"))
    return table


def _of_status(
    pairs: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, both: np.ndarray
) -> list[pd.DataFrame]:
    was, is_now = before["status"], after["status"]
    added, gone = pairs["old_id"].isna().to_numpy(), pairs["new_id"].isna().to_numpy()
    opened = added & (is_now != "closed") | both & was.isin(("closed", "proposed")) & (is_now == "open")
    closed = both & (was != "closed") & (is_now == "closed")
    return [
        _changes(opened, "opened", pairs, after, (was, is_now)),
        _changes(closed, "closed", pairs, after, (was, is_now)),
        _changes(gone & (was != "closed"), "left_out", pairs, before, (was, is_now)),
    ]


def _of_place(
    pairs: pd.DataFrame, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, both: np.ndarray, moved_m: float
) -> pd.DataFrame:
    old_xy, new_xy = (np.column_stack(points_xy(side.geometry)) for side in (before, after))
    metres = np.hypot(*(old_xy - new_xy).T)
    precise = [side["location_precision"].isin(("point", "postcode")).to_numpy() for side in (before, after)]
    moved = both & precise[0] & precise[1] & (metres > moved_m)
    said = tuple(column_or_empty(side, "postcode").astype("object") for side in (before, after))
    table = _changes(moved, "moved", pairs, after, (said[0], said[1]))
    return table.assign(moved_m=metres[moved].round(0))


def _of_words(
    pairs: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, both: np.ndarray, change: str, column: str
) -> pd.DataFrame:
    """Find cells that say something else now; an empty one says nothing."""
    was, is_now = (column_or_empty(side, column).fillna("").astype("str") for side in (before, after))
    other = both & (was != "") & (is_now != "") & (name_keys(was) != name_keys(is_now)).to_numpy()
    return _changes(other, change, pairs, after, (was, is_now))


def _going_stale(
    pairs: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, as_of: datetime.date | None
) -> pd.DataFrame:
    """Find assets that were checked in time before and have not been since."""
    empty = pd.Series(pd.NaT, index=after.index, dtype="datetime64[s]")
    was, is_now = (side.get("checked_date", empty).astype("datetime64[s]") for side in (before, after))
    day = pd.Timestamp(as_of) if as_of is not None else is_now.max()
    stale = is_now < months_before(day, STALE_MONTHS) if pd.notna(day) else is_now.notna() & False
    said = tuple(dates.dt.strftime("%Y-%m-%d") for dates in (was, is_now))
    return _changes(stale.to_numpy(), "going_stale", pairs, after, (said[0], said[1]))
