"""What a public register shows: no contacts, and no exact location of anything sensitive.

A register is published before anything is measured or drawn, so that no distance, count or hash can reveal
a protected location.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.register.words import each_distinct, slug
from assetmap.schema import InputError, Register, check_assets

AUDIENCES: Final = ("public", "internal")

CONTACTS: Final = ("website", "email", "phone")

PERSONAL: Final = re.compile(
    r"(contact|e_?mail|phone|tel\b|telephone|mobile|fax|secretary|chair|treasurer|trustee|person|leader|"
    r"first_?name|surname|forename|home_address)",
    re.IGNORECASE,
)
"""Headings of a list that hold persons or ways to reach them."""

ADDRESSABLE: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*|(?<!\d)(?:\+44\s?\d|0\d)[\d\s()-]{7,12}\d(?!\d)")
"""An e-mail address or a British telephone number."""

GUARDED: Final = (
    "name", "asset_type", "status", "registered", "operator_type", "sensitive", "source", "source_row",
    "location_precision", "area_code", "geometry", "weekly_hours", "opened_year", "closed_year", "checked_date",
    "beyond_border",
)  # fmt: skip
"""What is left of a sensitive asset."""

BLURRED: Final = "Its exact location is not published."


def publish(register: Register, *, audience: str = "public") -> Register:
    """Return what an audience may see of a register.

    Parameters
    ----------
    register
        Everything, with ``area_code`` already assigned.
    audience
        ``public``: no contact columns, no column of persons, e-mail addresses and telephone numbers
        removed from notes; a sensitive asset keeps its small area and loses its point, postcode,
        town, address and every column of its list, and gets an id that does not come from its place.
        ``internal``: everything.

    Returns
    -------
    Register
        With copies of its tables; every asset is still there.

    Raises
    ------
    InputError
        If the audience is neither.
    """
    if audience not in AUDIENCES:
        raise InputError(f"There is no audience '{audience}'. Use {' or '.join(AUDIENCES)}.")
    assets, log = register.assets, register.log
    check_assets(assets)
    if audience == "internal":
        return replace(register, assets=assets.copy(), log=log.copy())
    personal = [column for column in assets.columns if column in CONTACTS or PERSONAL.search(str(column))]
    shown = assets.drop(columns=personal)
    for column in shown.columns.difference(["geometry", "name"]):
        if pd.api.types.is_string_dtype(shown[column]) and column not in ("area_code", "registration_number"):
            shown[column] = each_distinct(shown[column].fillna(""), _without_contacts)
    if "sensitive" not in shown.columns or not shown["sensitive"].any():
        return replace(register, assets=shown, log=log.copy())
    guarded, safe_log = _guarded(shown, log)
    return replace(register, assets=guarded, log=safe_log)


def _without_contacts(text: str) -> str:
    return ADDRESSABLE.sub("[removed]", text) if any(sign in text for sign in "@0+") else text


def _guarded(assets: gpd.GeoDataFrame, log: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Take the place away from sensitive assets and from what was said about their rows."""
    hidden = assets["sensitive"].to_numpy(dtype=bool)
    shown = assets.copy()
    for column in shown.columns.difference(list(GUARDED)):
        blank = "" if pd.api.types.is_string_dtype(shown[column]) else None
        shown.loc[hidden, column] = blank
    shown.loc[hidden, "location_precision"] = "area_only"
    shown.loc[hidden, "geometry"] = None
    ids = _placeless_ids(shown[hidden])
    secret = dict(zip(assets.index[hidden], ids, strict=True))
    shown.index = pd.Index([secret.get(asset, asset) for asset in assets.index], name="asset_id")
    rows = log.copy()
    guarded = rows["asset_id"].isin(set(secret))
    # A rejected row of a sensitive kind says in its reason where it is.
    rows.loc[guarded & (rows["reason"] != ""), "reason"] = BLURRED
    for column in ("asset_id", "row_id", "other_id"):
        if column in rows:
            rows[column] = rows[column].map(lambda key: secret.get(key, key), na_action="ignore")
    rows.loc[guarded, "row_id"] = rows.loc[guarded, "asset_id"]
    rows.loc[guarded, "other_id"] = None
    return shown, rows


def _placeless_ids(assets: gpd.GeoDataFrame) -> list[str]:
    """Name assets by what is still shown of them: a hash of the place could be guessed back."""
    ids: list[str] = []
    for name, area in zip(assets["name"], assets.get("area_code", pd.Series("", assets.index)), strict=True):
        digest = hashlib.blake2b(f"{name}|{area}".encode(), digest_size=4).hexdigest()[:7]
        base = f"{slug(name) or 'unnamed'}-{digest}"
        ids.append(base if base not in ids else f"{base}-{ids.count(base) + len(ids)}")
    return ids
