"""What is near a person: for people who put others in touch with groups."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import points_xy
from assetmap.register.postcodes import tidy_postcodes
from assetmap.register.resources import APART, find_resources
from assetmap.schema import InputError, check_assets, check_postcodes, first_few

WITHIN_KM: Final = 5.0
COLUMNS: Final = (
    "distance_km", "name", "asset_type", "status", "town", "address", "postcode", "website", "phone", "email",
    "location_precision", "offers", "asks",
)  # fmt: skip


def near(
    assets: gpd.GeoDataFrame,
    postcode: str,
    *,
    postcodes: pd.DataFrame,
    asset_type: str | None = None,
    offers: str | None = None,
    asks: str | None = None,
    within_km: float = WITHIN_KM,
) -> pd.DataFrame:
    """List what is near a postcode, nearest first.

    Parameters
    ----------
    assets
        The register (docs/tables.md).
    postcode
        Where the person lives, as typed.
    postcodes
        Index ``postcode`` with ``easting``, ``northing``.
    asset_type
        Only assets of this type.
    offers, asks
        Only assets that offer, that ask for this: a word of ``data/tables/resources.csv``, or a kind of them
        (``vehicle``).
    within_km
        Straight-line kilometres.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``; ``distance_km`` (to 0.1; from the middle of the postcode), name, type, status and
        what else the register has of place and contacts. Closed and proposed assets are left out, those
        whose status is not known are not. An asset known only by its town (``location_precision``
        ``place``) is measured to the middle of the town; one without a point is left out.

    Raises
    ------
    InputError
        If the postcode is not valid or not in the file, no asset has the type, the resource is not known, or no
        row says what it offers or asks for.

    Examples
    --------
    >>> near = am.register.near(assets, "TR1 1EP", postcodes=postcodes, asset_type="library", within_km=2)
    >>> near["name"].tolist()
    ['Truro Community Library']
    """
    check_assets(assets)
    check_postcodes(postcodes)
    tidy = tidy_postcodes(pd.Series([postcode]), known=postcodes.index)["postcode"].iloc[0]
    if not tidy:
        raise InputError(f"'{postcode}' is not a postcode. Give a full one, such as TR1 1EP.")
    if tidy not in postcodes.index or pd.isna(postcodes.loc[tidy, "easting"]):
        nearby = postcodes.index[postcodes.index.str.startswith(tidy[:-2])]
        hint = f" Known ones like it: {first_few(nearby, most=3)}." if len(nearby) else ""
        raise InputError(f"The postcode {tidy} is not in the postcode file.{hint}")
    known = sorted(assets["asset_type"].unique())
    if asset_type is not None and asset_type not in known:
        raise InputError(f"No asset has the type '{asset_type}'. The register has {', '.join(known)}.")
    x, y = points_xy(assets.geometry)
    km = np.hypot(x - postcodes.loc[tidy, "easting"], y - postcodes.loc[tidy, "northing"]) / 1000
    chosen = (km <= within_km) & ~assets["status"].isin(("closed", "proposed")).to_numpy()
    if asset_type is not None:
        chosen &= (assets["asset_type"] == asset_type).to_numpy()
    for column, wanted in (("offers", offers), ("asks", asks)):
        if wanted is not None:
            chosen &= _says(assets, column, wanted)
    shown = pd.DataFrame(assets[chosen].drop(columns="geometry")).assign(distance_km=km[chosen])
    shown = shown.sort_values(["distance_km", "name"], kind="stable")
    shown["distance_km"] = shown["distance_km"].round(1)
    return shown[[column for column in COLUMNS if column in shown.columns]]


def _says(assets: gpd.GeoDataFrame, column: str, wanted: str) -> np.ndarray:
    """Whether each asset offers or asks for any of the resources that a word means."""
    codes = set(find_resources(wanted))
    if column not in assets or not (assets[column].fillna("") != "").any():
        raise InputError(
            f"No row says what it {column.replace('asks', 'asks for')}, so nothing can be found by it. Give your list a "
            f"column '{column}' with words of data/tables/resources.csv."
        )
    return np.array([bool(codes & set(cell.split(APART))) for cell in assets[column].fillna("")])
