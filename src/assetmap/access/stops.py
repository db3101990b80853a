"""Stops of mobile libraries: they count by their hours, each at its own place, and no distance leads to them.

A van that stops for half an hour every four weeks offers 0.125 hours a week. Those hours are shared among the people who can
reach the stop, as the hours of a library are (`enhanced_two_step`), and are part of the access score. The nearest library stays
the nearest building: a distance cannot say that its door is open for half an hour a month. Which types count in this way is
the value ``hours`` in ``data/tables/access_types.csv``. A stop without known hours counts for nothing, and a depot never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_M, nearest_of, straight_costs
from assetmap.access.hours import HOURS
from assetmap.schema import Note, counted, counts_as, reached_by_distance, reference_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

BY_HOURS: Final = "hours"
"""Value of ``counts`` in the table of types for what counts by its hours only."""


def stops_by_hours(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str] | None) -> gpd.GeoDataFrame:
    """Return the open stops that count for a type by their hours.

    Parameters
    ----------
    assets
        The register.
    asset_type
        The type that access is measured to; None has no stops.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows of `assets` with a place that is known well enough and hours above 0, without those that the settings count fully.

    Examples
    --------
    >>> len(am.access.stops_by_hours(assets, "library"))
    0
    """
    kinds = _kinds(asset_type)
    if not kinds or HOURS not in assets.columns or not assets["asset_type"].isin(kinds).any():
        return assets.iloc[:0]
    hours = pd.to_numeric(assets[HOURS], errors="coerce").astype(float)
    fully = counts_as(assets, asset_type) if asset_type is not None else False
    return assets[assets["asset_type"].isin(kinds) & reached_by_distance(assets) & (hours > 0) & ~fully]


def nearest_stops(
    areas: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, *, limit_m: float = LIMIT_M
) -> pd.DataFrame:
    """Name the nearest stop of each area and say when the van is there.

    Parameters
    ----------
    areas
        Small areas.
    stops
        From `stops_by_hours`.
    limit_m
        Stops further away are not named, metres.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``mobile_stop_m`` (metres in a straight line) and ``mobile_stop`` ("Coldmere, The Green: Tuesday 10:00 to
        10:30, every 4 weeks"); missing where none is within the limit.

    Examples
    --------
    >>> stop = am.access.open_assets(assets, "library").head(1).assign(opening_times="Tuesday 10:00 to 10:30")
    >>> int(am.access.nearest_stops(areas, stop, limit_m=1_000)["mobile_stop_m"].notna().sum())
    5
    """
    near = nearest_of(straight_costs(areas, stops, limit_m=limit_m), stops)
    times = stops["opening_times"] if "opening_times" in stops.columns else pd.Series("", index=stops.index)
    said = times.reindex(near["asset_id"]).fillna("").to_numpy()
    names = near["name"].astype("str") + np.where(said != "", ": ", "") + said
    return pd.DataFrame({"mobile_stop_m": near["cost"], "mobile_stop": names.where(near["cost"].notna())})


def note_stops(assets: gpd.GeoDataFrame, asset_type: str) -> tuple[Note, ...]:
    """Say how many stops count by their hours, how many hours those are, and how many have none.

    Returns
    -------
    tuple of Note
        Empty where the register has no open stops, else ``COUNTED_BY_HOURS``.

    Examples
    --------
    >>> am.access.note_stops(assets, "library")  # the lists of the example have no stops of a van
    ()
    """
    kinds = _kinds(asset_type)
    opened = assets[
        assets["asset_type"].isin(kinds) & assets["status"].eq("open") & ~counts_as(assets, asset_type)
    ]
    if opened.empty:
        return ()
    stops = stops_by_hours(assets, asset_type)
    types = reference_table("asset_types")
    what = str(types.at[asset_type, "label_plural"]).lower()
    kind = str(types.at[kinds[0], "label"]).lower()
    left = len(opened) - len(stops)
    be = "counts" if len(stops) == 1 else "count"
    sentence = (
        f"{counted(len(stops), kind)} {be} by hours: together {stops[HOURS].sum():,.1f} hours a week in the access score. No distance "
        f"leads to a stop, and none is among the {what} that are counted."
    )
    if left:
        sentence += f" {counted(left, 'further stop')} {'is' if left == 1 else 'are'} not counted, because the hours or the place are not known."
    return (Note("COUNTED_BY_HOURS", sentence),)


def _kinds(asset_type: str | Sequence[str] | None) -> list[str]:
    """Return the types that count for a type by their hours."""
    if asset_type is None:
        return []
    wanted = [asset_type] if isinstance(asset_type, str) else list(asset_type)
    table = reference_table("access_types")
    return [str(name) for name in table.index[table["counts"].eq(BY_HOURS) & table["counts_as"].isin(wanted)]]
