"""List what is near a postcode, from a project's lists or from a register."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.project.folder import Project
from assetmap.project.known import known_places, project_lists
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.opening_times import opening_times
from assetmap.register.build import build_register
from assetmap.register.nearby import WITHIN_KM, near
from assetmap.register.resources import find_resources
from assetmap.schema import (
    InputError,
)

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def near_postcode(
    project: Project,
    postcode: str,
    *,
    register: str | Path | None = None,
    asset_type: str | None = None,
    offers: str | None = None,
    asks: str | None = None,
    within_km: float = WITHIN_KM,
    open_on: str | None = None,
) -> pd.DataFrame:
    """List what is near a postcode, nearest first, from a project's lists or from a register.

    Parameters
    ----------
    project
        Whose postcodes say where the postcode is, and whose lists are searched.
    postcode
        Where the person lives, as typed.
    register
        A register file to search instead of the project's lists.
    asset_type, offers, asks, within_km
        As for `near`.
    open_on
        Only what is known to be open on this day (``saturday``), by the opening times in the lists. What has no
        opening times that can be read is left out.

    Returns
    -------
    pandas.DataFrame
        As `near` returns it.

    Raises
    ------
    InputError
        If the project has no postcodes, or the postcode is not among them; if the resource or the day is not known, or
        no row says when it is open.

    Examples
    --------
    >>> am.near_postcode(town, "QF5 1AG", within_km=0.5)["name"].head(2).tolist()
    ['Quillford Guildhall', 'Quillford Library']
    """
    if open_on is not None and open_on.casefold() not in DAYS:
        raise InputError(f"'{open_on}' is not a day. Use one of: {', '.join(DAYS)}.")
    for word in (offers, asks):
        if word is not None:
            find_resources(word)  # before the lists are read
    known = known_places(project)
    if known["postcodes"] is None:
        raise InputError(
            "The project has no [postcodes] file, so postcodes cannot be located. Add one to assetmap.toml."
        )
    found = project_lists(project) if register is None else None
    searched = build_register(
        [read_assets(register)] if register is not None else found.lists if found else (),
        **known,
        review=found.review if found else None,
        audience=project.settings.project.audience,
        linker=project.settings.project.linker,
    )
    assets = searched.assets if open_on is None else _open_on(searched.assets, open_on)
    return near(
        assets,
        postcode,
        postcodes=known["postcodes"],
        asset_type=asset_type,
        offers=offers,
        asks=asks,
        within_km=within_km,
    )


def _open_on(assets: gpd.GeoDataFrame, day: str) -> gpd.GeoDataFrame:
    """Return the assets that are known to be open on a day."""
    times = opening_times(pd.DataFrame(assets.drop(columns="geometry"))).times
    if times.empty:
        raise InputError(
            "No row says when it is open, so nothing can be found by its day. Give your list a column for each day, or one "
            "such as 'Opening times' (Mon-Fri 9am-5pm)."
        )
    return assets[assets.index.isin(times.loc[times["day"] == DAYS.index(day.casefold()), "asset_id"])]
