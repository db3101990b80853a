"""Your own travel times: a table of minutes from areas to assets, made by a routing program, a timetable or a survey.

Limits: the times are taken as they are. What the table lacks is reported, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import LIMIT_MINUTES, MINUTES, OWN, check_limit
from assetmap.access.nearest import open_assets
from assetmap.schema import Costs, Note, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

ASYMMETRY: Final = 0.25
"""Pairs whose times there and back differ by more than this share are reported."""


def own_costs(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    times: pd.DataFrame,
    *,
    asset_type: str | Sequence[str] | None = None,
    limit_minutes: float = LIMIT_MINUTES,
    only_open: bool = True,
) -> Costs:
    """Look up your own travel times from each area to each asset within a limit.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md.
    times
        Columns ``origin`` (area code), ``destination`` (asset id, or the code of the area the asset is in) and
        ``minutes``. A pair that is absent, or has no minutes, cannot be reached; an area without any row is not
        measured.
    asset_type, only_open
        As for `straight_costs`.
    limit_minutes
        Limit in minutes; infinite for every pair.

    Returns
    -------
    Costs
        Costs in minutes. `check_travel` reports what the times lack.

    Raises
    ------
    SchemaError
        If the times lack a column, hold values that are not numbers of 0 or more, or use no known code.

    Examples
    --------
    >>> library = am.access.open_assets(assets, "library").head(1)
    >>> times = pd.DataFrame({"origin": areas.index[:3], "destination": library.index[0], "minutes": [5, 25, 45]})
    >>> am.access.own_costs(areas, library, times, limit_minutes=30).cost.tolist()
    [5.0, 25.0]
    """
    check_limit(limit_minutes, "limit_minutes")
    usable = open_assets(assets, asset_type) if only_open else assets
    check_travel(areas, usable, times)
    by_id = pd.DataFrame({"destination": usable.index, "asset": np.arange(len(usable))})
    if "area_code" in usable.columns:
        located_in = usable["area_code"].to_numpy()
        by_id = pd.concat([by_id, pd.DataFrame({"destination": located_in, "asset": np.arange(len(usable))})])
    pairs = times[times["origin"].isin(areas.index)].merge(by_id.dropna(), on="destination")
    pairs = pairs.groupby(["origin", "asset"], as_index=False)[["minutes"]].min()
    near = pairs[pairs["minutes"] <= limit_minutes]
    return Costs(
        areas=areas.index,
        assets=usable.index,
        area=areas.index.get_indexer(pd.Index(near["origin"])).astype(np.int32),
        asset=near["asset"].to_numpy().astype(np.int32),
        cost=near["minutes"].to_numpy(dtype=float),
        limit=limit_minutes,
        unit=MINUTES,
        mode=OWN,
        method="your own travel times",
        measured=areas.index.isin(times["origin"]),
    )


def check_travel(areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, times: pd.DataFrame) -> tuple[Note, ...]:
    """Refuse travel times that cannot be used, and report what else is odd about them.

    Returns
    -------
    tuple of Note
        ``TRAVEL_UNKNOWN`` unknown codes, ``TRAVEL_NOT_MEASURED`` areas without any row, ``TRAVEL_MISSING``
        pairs without minutes, ``TRAVEL_ASYMMETRIC`` pairs whose times there and back differ by more
        than a quarter.

    Raises
    ------
    SchemaError
        With every problem at once.

    Examples
    --------
    >>> library = assets[assets["asset_type"] == "library"].index[0]
    >>> times = pd.DataFrame({"origin": areas.index[:2], "destination": library, "minutes": [5, 25]})
    >>> [note.code for note in am.access.check_travel(areas, assets, times)]
    ['TRAVEL_NOT_MEASURED', 'TRAVEL_MISSING']
    """
    _refuse_bad_travel(times)
    destinations = set(assets.index) | set(assets["area_code"].dropna() if "area_code" in assets else ())
    origins = times["origin"].isin(areas.index)
    ends = times["destination"].isin(destinations)
    if not (origins & ends).any():
        raise SchemaError(
            f"No row of the travel times links an area to an asset: origins look like "
            f"{first_few(times['origin'].unique(), most=3)}, destinations like "
            f"{first_few(times['destination'].unique(), most=3)}. Use area codes and asset ids."
        )
    notes = []
    unknown = [*times.loc[~origins, "origin"].unique(), *times.loc[~ends, "destination"].unique()]
    if unknown:
        notes.append(
            Note(
                "TRAVEL_UNKNOWN",
                f"The travel times use {_counted(len(unknown), 'unknown code')}: {first_few(unknown)}.",
            )
        )
    lost = areas.index[~areas.index.isin(times["origin"])]
    pairs = int((origins & ends & times["minutes"].notna()).sum())
    wanted = len(areas) * times.loc[ends, "destination"].nunique()
    if len(lost):
        sentence = f"The travel times have no row for {_counted(len(lost), 'area')}, so no access is measured there{_list(lost)}."
        notes.append(Note("TRAVEL_NOT_MEASURED", sentence))
    if pairs < wanted:
        sentence = (
            f"The travel times have no minutes for {wanted - pairs:,} of {wanted:,} pairs of an area and a "
            "destination: these count as not reachable."
        )
        notes.append(Note("TRAVEL_MISSING", sentence))
    odd = _asymmetric(times)
    if len(odd):
        notes.append(
            Note(
                "TRAVEL_ASYMMETRIC",
                f"The times there and back differ by more than a quarter for {_counted(len(odd), 'pair')}{_list(odd)}.",
            )
        )
    return tuple(notes)


def _refuse_bad_travel(times: pd.DataFrame) -> None:
    missing = [name for name in ("origin", "destination", "minutes") if name not in times.columns]
    if missing:
        raise SchemaError(
            f"The travel times cannot be used: missing column {first_few(missing)}; they have "
            f"{first_few(times.columns)}."
        )
    problems = []
    if not pd.api.types.is_numeric_dtype(times["minutes"]):
        raise SchemaError("The travel times cannot be used: 'minutes' must hold numbers.")
    wrong = times[(times["minutes"] < 0) | np.isinf(times["minutes"])]
    if len(wrong):
        problems.append(
            f"{_counted(len(wrong), 'row')} below 0 or infinite (first at row {wrong.index[0] + 2})"
        )
    pairs = times[["origin", "destination"]]
    twice = times[
        pairs.duplicated(keep=False) & ~times.duplicated(["origin", "destination", "minutes"], keep=False)
    ]
    if len(twice):
        problems.append(
            f"{len(twice)} rows give different times for the same pair, first {twice['origin'].iloc[0]!r} to "
            f"{twice['destination'].iloc[0]!r}"
        )
    if problems:
        raise SchemaError("The travel times cannot be used: " + "; ".join(problems) + ".")


def _asymmetric(times: pd.DataFrame) -> list[str]:
    back = times.rename(columns={"origin": "destination", "destination": "origin", "minutes": "back"})
    both = times.merge(back, on=["origin", "destination"])
    both = both[both["origin"].astype(str) < both["destination"].astype(str)]
    odd = both[(both["minutes"] - both["back"]).abs() > ASYMMETRY * both[["minutes", "back"]].max(axis=1)]
    return [f"{row.origin} to {row.destination}" for row in odd.itertuples()]


def _list(items: Sequence[str] | pd.Index) -> str:
    return f": {first_few(items)}" if len(items) else ""


def _counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 area``, ``2 areas``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
