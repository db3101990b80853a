"""Opening hours that are not known: one rule for every measure of access and every scenario.

An asset whose hours are not known counts as the median of the known hours of its type. The median is taken once, from the
assets that are open today, and stays the same in every scenario: otherwise a closure would change the hours of sites that
do not change. In a type with no known hours each site counts as one, so the score counts sites. The answer that counts
sites in place of hours (``access_sites_per_1000``) stands beside the score, and a note says how many hours were filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import open_assets
from assetmap.schema import Note, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

HOURS: Final = "weekly_hours"
ONE_SITE: Final = 1.0
"""What each site of a type counts as where no hours of the type are known."""


def typical_hours(today: pd.DataFrame, *, column: str = HOURS) -> pd.Series:
    """Return what an asset with unknown hours counts as, by type.

    Parameters
    ----------
    today
        The register as it stands today; only its open assets count.
    column
        Column with the hours, or another capacity.

    Returns
    -------
    pandas.Series
        Index ``asset_type``: the median of the known hours of the open assets; `ONE_SITE` where none are known.

    Examples
    --------
    >>> float(typical_hours(assets)["library"])
    31.0
    """
    opened = today[today["status"].eq("open")]
    known = pd.to_numeric(opened[column], errors="coerce").astype(float)
    medians = known.groupby(opened["asset_type"]).median()
    types = pd.Index(today["asset_type"].dropna().unique(), name="asset_type")
    return medians.reindex(types).fillna(ONE_SITE).rename(column)


def fill_hours(assets: pd.DataFrame, *, today: pd.DataFrame | None = None, column: str = HOURS) -> pd.Series:
    """Return the hours of each asset, those that are not known filled by `typical_hours`.

    Parameters
    ----------
    assets
        The register, or sites after changes.
    today
        The register as it stands today, which the medians come from; `assets` where you do not give it.
    column
        Column with the hours, or another capacity.

    Returns
    -------
    pandas.Series
        On ``assets.index``, none missing.

    Raises
    ------
    SchemaError
        If there is no such column, or it holds values below 0.

    Examples
    --------
    >>> hours = pd.DataFrame({"asset_type": "library", "status": "open", "weekly_hours": [30.0, 10.0, np.nan]})
    >>> am.access.fill_hours(hours).tolist()
    [30.0, 10.0, 20.0]
    """
    if column not in assets.columns:
        raise SchemaError(
            f"The assets have no column '{column}'; they have {first_few(assets.columns, most=20)}."
        )
    hours = pd.to_numeric(assets[column], errors="coerce").astype(float)
    if (hours < 0).any():
        raise SchemaError(
            f"Column '{column}' of the assets holds values below 0, first {first_few(hours.index[hours < 0])}."
        )
    if hours.notna().all():
        return hours.rename(column)
    typical = typical_hours(assets if today is None else today, column=column)
    return hours.fillna(assets["asset_type"].map(typical).astype(float)).fillna(ONE_SITE).rename(column)


def describe_hours(
    assets: gpd.GeoDataFrame, *, asset_type: str | Sequence[str] | None = "library", areas: pd.DataFrame
) -> tuple[Note, ...]:
    """Report how many opening hours were not known, what they count as, and what the answer is without hours.

    Parameters
    ----------
    assets, asset_type
        As for `measure_access`.
    areas
        With ``access_per_1000`` and ``access_sites_per_1000``.

    Returns
    -------
    tuple of Note
        Empty where the hours of all open assets are known, else ``HOURS_UNKNOWN``.

    Examples
    --------
    >>> unknown = assets.index == am.access.open_assets(assets, "library").index[0]
    >>> lists = assets.assign(weekly_hours=assets["weekly_hours"].mask(unknown))
    >>> [note.code for note in am.access.describe_hours(lists, areas=areas)]
    ['HOURS_UNKNOWN']
    """
    opened = open_assets(assets, asset_type)
    unknown = (
        int(pd.to_numeric(opened[HOURS], errors="coerce").isna().sum()) if HOURS in opened else len(opened)
    )
    if not unknown:
        return ()
    if unknown == len(opened):
        words = "Each counts as one, so the access score counts sites, not hours."
        return (
            Note(
                "HOURS_UNKNOWN",
                f"No opening hours are known for {'the one open site' if unknown == 1 else f'any of the {unknown} open sites'}. {words}",
            ),
        )
    typical = typical_hours(assets)
    used = typical.reindex(sorted(opened.loc[opened[HOURS].isna(), "asset_type"].unique()))
    filled = ", ".join(
        f"{hours:g} hours ({str(name).replace('_', ' ')})" if hours != ONE_SITE else f"one site ({name})"
        for name, hours in used.items()
    )
    both = areas[["access_per_1000", "access_sites_per_1000"]].dropna().rank()
    with np.errstate(invalid="ignore", divide="ignore"):
        agree = float(np.corrcoef(both.to_numpy().T)[0, 1]) if len(both) > 1 else float("nan")
    sentence = (
        f"Opening hours are not known for {unknown} of {len(opened)} open sites. Each of them counts as the median of its "
        f"type today: {filled} a week. access_sites_per_1000 counts sites in place of hours"
    )
    return (
        Note(
            "HOURS_UNKNOWN",
            f"{sentence} (rank correlation with the access score {agree:.2f})."
            if np.isfinite(agree)
            else f"{sentence}.",
        ),
    )
