"""Travel costs: what it costs to get from each area to each asset, within a limit.

Every access measure starts from `Costs`, so that it works the same on straight lines, on ways overland and on
travel times of one's own. A straight line times a detour factor stands for the road where nothing
better is there: across the United States the road to the nearest hospital is 1.417 times the straight line (Boscoe,
Henry & Zdeb 2012, *The Professional Geographer* 64(2), doi 10.1080/00330124.2011.583586, who also found the two to
disagree near shores). The factor is an average; it cannot see an estuary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points, open_assets, pairs_within
from assetmap.schema import Costs, InputError, Note, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

DETOUR_BY_ROAD: Final = 1.417
"""Road over straight line, Boscoe, Henry & Zdeb 2012."""

ASYMMETRY: Final = 0.25
"""There and back that differ by more than this share are reported."""


def reach_within(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    catchment_m: float,
    detour: float = 1.0,
) -> Costs:
    """Find all open assets within a straight-line catchment of each area.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md. Assets outside the areas count too.
    asset_type
        One type, several, or None for any.
    catchment_m
        Limit in metres, detour included.
    detour
        What the straight line is multiplied by, 1 or more; `DETOUR_BY_ROAD` is a sourced value.

    Returns
    -------
    Costs
        Costs in metres.

    Examples
    --------
    >>> reach = reach_within(areas, assets, asset_type="library", catchment_m=5_000)  # doctest: +SKIP
    """
    check_areas(areas)
    if not catchment_m > 0 or not detour >= 1:
        raise InputError(
            f"catchment_m must be above 0 and detour 1 or more, not {catchment_m!r} and {detour!r}."
        )
    usable = open_assets(assets, asset_type)
    points = np.column_stack([usable.geometry.x, usable.geometry.y])
    blocks = list(pairs_within(centre_points(areas), points, catchment_m / detour))
    origin, destination, metres = (
        np.concatenate([block[part] for block in blocks]) if blocks else np.empty(0) for part in range(3)
    )
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=origin.astype(np.int32),
        asset=destination.astype(np.int32),
        cost=metres * detour,
        limit=catchment_m,
        unit="m",
        mode="straight",
        method="straight line" if detour == 1 else f"straight line times {detour:g}",
        measured=np.ones(len(areas), dtype=bool),
    )


def reach_by_time(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    travel: pd.DataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_minutes: float,
) -> Costs:
    """Find all open assets within a travel time, from a matrix of one's own.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md.
    travel
        Columns ``origin`` (area code), ``destination`` (asset id, or the area code an asset stands in) and
        ``minutes``. A pair that is not there, or whose minutes are missing, counts as out of reach; an area without
        any row is not measured.
    asset_type
        One type, several, or None for any.
    limit_minutes
        Limit in minutes.

    Returns
    -------
    Costs
        Costs in minutes. `check_travel` says what the matrix lacks.

    Raises
    ------
    SchemaError
        If the matrix lacks a column, holds times that are no numbers of 0 or more, or no code is known.
    """
    usable = open_assets(assets, asset_type)
    check_travel(areas, usable, travel)
    by_id = pd.DataFrame({"destination": usable.index, "asset": np.arange(len(usable))})
    if "area_code" in usable.columns:
        places = usable["area_code"].to_numpy()
        by_id = pd.concat([by_id, pd.DataFrame({"destination": places, "asset": np.arange(len(usable))})])
    pairs = travel[travel["origin"].isin(areas.index)].merge(by_id.dropna(), on="destination")
    pairs = pairs.groupby(["origin", "asset"], as_index=False)["minutes"].min()
    measured = areas.index.isin(travel["origin"])
    near = pairs[pairs["minutes"] <= limit_minutes]
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=areas.index.get_indexer(near["origin"]).astype(np.int32),
        asset=near["asset"].to_numpy().astype(np.int32),
        cost=near["minutes"].to_numpy(dtype=float),
        limit=limit_minutes,
        unit="min",
        mode="own",
        method="travel times of one's own",
        measured=measured,
    )


def check_travel(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, travel: pd.DataFrame) -> tuple[Note, ...]:
    """Refuse a travel-time matrix that cannot be used, and say what else is odd about it.

    Returns
    -------
    tuple of Note
        ``TRAVEL_UNKNOWN`` codes that nobody knows, ``TRAVEL_NOT_MEASURED`` areas without any row, ``TRAVEL_MISSING``
        pairs without minutes, ``TRAVEL_ASYMMETRIC`` pairs whose way back differs by more than a quarter.

    Raises
    ------
    SchemaError
        With every problem at once.
    """
    _refuse_bad_travel(travel)
    destinations = set(assets.index) | set(assets["area_code"].dropna() if "area_code" in assets else ())
    origins = travel["origin"].isin(areas.index)
    ends = travel["destination"].isin(destinations)
    if not (origins & ends).any():
        raise SchemaError(
            f"No row of the travel times joins an area with an asset: origins look like "
            f"{first_few(travel['origin'].unique(), most=3)}, destinations like "
            f"{first_few(travel['destination'].unique(), most=3)}. Use area codes and asset ids."
        )
    notes = []
    unknown = [*travel.loc[~origins, "origin"].unique(), *travel.loc[~ends, "destination"].unique()]
    if unknown:
        notes.append(
            Note(
                "TRAVEL_UNKNOWN",
                f"{len(unknown)} codes of the travel times are unknown: {first_few(unknown)}.",
            )
        )
    lost = areas.index[~areas.index.isin(travel["origin"])]
    pairs = int((origins & ends & travel["minutes"].notna()).sum())
    wanted = len(areas) * travel.loc[ends, "destination"].nunique()
    if len(lost):
        sentence = f"The travel times have no row for {len(lost)} areas, which are not measured{_list(lost)}."
        notes.append(Note("TRAVEL_NOT_MEASURED", sentence))
    if pairs < wanted:
        sentence = (
            f"The travel times have no minutes for {wanted - pairs:,} of {wanted:,} pairs of an area and a "
            "destination: taken as out of reach."
        )
        notes.append(Note("TRAVEL_MISSING", sentence))
    odd = _asymmetric(travel)
    if len(odd):
        notes.append(
            Note(
                "TRAVEL_ASYMMETRIC",
                f"{len(odd)} pairs differ by more than a quarter there and back{_list(odd)}.",
            )
        )
    return tuple(notes)


def nearest_in_reach(reach: Costs, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the asset of least cost in the reach of each area.

    Returns
    -------
    pandas.DataFrame
        On ``reach.areas``: ``distance_m`` or ``travel_minutes``, ``nearest_asset_id``, ``nearest_name``; missing
        where nothing is in reach.
    """
    cost = "distance_m" if reach.unit == "m" else "travel_minutes"
    pairs = pd.DataFrame(
        {"area": reach.area, cost: reach.cost, "nearest_asset_id": reach.assets.to_numpy()[reach.asset]}
    )
    first = pairs.sort_values(["area", cost, "nearest_asset_id"]).drop_duplicates("area").set_index("area")
    first = first.reindex(range(len(reach.areas))).set_axis(reach.areas)
    first["nearest_name"] = first["nearest_asset_id"].map(assets["name"])
    return first


def _refuse_bad_travel(travel: pd.DataFrame) -> None:
    missing = [name for name in ("origin", "destination", "minutes") if name not in travel.columns]
    if missing:
        raise SchemaError(
            f"The travel times cannot be used: missing column {first_few(missing)}; they have "
            f"{first_few(travel.columns)}."
        )
    problems = []
    if not pd.api.types.is_numeric_dtype(travel["minutes"]):
        raise SchemaError("The travel times cannot be used: 'minutes' must hold numbers.")
    wrong = travel[(travel["minutes"] < 0) | np.isinf(travel["minutes"])]
    if len(wrong):
        problems.append(f"{len(wrong)} times are below 0 or infinite (first at row {wrong.index[0] + 2})")
    pairs = travel[["origin", "destination"]]
    twice = travel[
        pairs.duplicated(keep=False) & ~travel.duplicated(["origin", "destination", "minutes"], keep=False)
    ]
    if len(twice):
        problems.append(
            f"{len(twice)} rows give two times for one pair, first {twice['origin'].iloc[0]!r} to "
            f"{twice['destination'].iloc[0]!r}"
        )
    if problems:
        raise SchemaError("The travel times cannot be used: " + "; ".join(problems) + ".")


def _asymmetric(travel: pd.DataFrame) -> list[str]:
    back = travel.rename(columns={"origin": "destination", "destination": "origin", "minutes": "back"})
    both = travel.merge(back, on=["origin", "destination"])
    both = both[both["origin"].astype(str) < both["destination"].astype(str)]
    odd = both[(both["minutes"] - both["back"]).abs() > ASYMMETRY * both[["minutes", "back"]].max(axis=1)]
    return [f"{row.origin} to {row.destination}" for row in odd.itertuples()]


def _list(items: Sequence[str] | pd.Index) -> str:
    return f": {first_few(items)}" if len(items) else ""
