"""What a public register shows: no contacts, and no location of anything that is guarded.

A register is published before anything is measured or drawn, so that no distance, count or hash can reveal
a protected location. `assetmap.public` says what the public may see; here the validation log follows it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from assetmap.guarded.together import is_guarded
from assetmap.guarded.words import guarded_words
from assetmap.public import INTERNAL, PUBLIC, WITHHELD_NAME, check_audience, public_view
from assetmap.redaction.contacts import redact_column
from assetmap.register.words import name_key, slug
from assetmap.schema import Note, Register, check_assets

if TYPE_CHECKING:
    import geopandas as gpd

BLURRED: Final = "Its exact location is not published."

LINK: Final = re.compile(r"\s*\bIt (?:is|may be) the same as row .*", re.DOTALL)
"""What a reason says of another row; it is the last that a reason says."""
DOUBLES: Final = "GUARDED_DOUBLES"
ALIKE: Final = 85
"""How alike names must be, of 100, that may be one name; our judgement."""
MOST_PAIRS: Final = 20_000
"""Pairs of a guarded place and another one that are compared at one postcode."""
ONLY_NUMBER: Final = re.compile(r"Row \d+:\s*")


def publish(
    register: Register,
    *,
    audience: str = PUBLIC,
    publish_columns: Sequence[str] = (),
    released: Collection[str] = (),
) -> Register:
    """Return what an audience may see of a register.

    Parameters
    ----------
    register
        Everything, with ``area_code`` already assigned.
    audience
        ``public``: only the columns of `assetmap.public`, without telephone numbers, e-mail addresses and links in names,
        cells and reasons. A guarded asset keeps its type and its small area, and its name if that does not say where it is; it
        loses its point, postcode, town, address, row and every column of its list, and gets an id that does not come from its
        place. It comes after all others, and no reason of another row names it. ``internal``: everything.
    publish_columns
        Further columns of the lists that the public may see.
    released
        Assets that a person released (``publish`` in review.csv).

    Returns
    -------
    Register
        With copies of its tables; every asset is still there.

    Raises
    ------
    InputError
        If the audience is neither.

    Examples
    --------
    >>> register = am.build_register([am.read_assets(town.folder / "directory.csv")])
    >>> "email" in am.register.publish(register).assets.columns
    False
    """
    check_audience(audience)
    assets, log = register.assets, register.log
    check_assets(assets)
    if audience == INTERNAL:
        return replace(register, assets=assets.copy(), log=log.copy())
    before = int(is_guarded(assets).sum())
    assets = guard_doubles(assets, released=released)
    more = int(is_guarded(assets).sum()) - before
    shown, ids = public_view(assets, publish=publish_columns)
    names = dict(zip(shown.index, shown["name"], strict=True))
    hidden = set(shown.index[shown["sensitive"].to_numpy(dtype=bool)]) if "sensitive" in shown else set()
    notes = (*register.notes, *((Note(DOUBLES, _said_of_doubles(more)),) if more else ()))
    return replace(register, assets=shown, log=_public_log(log, ids, names, hidden), notes=notes)


def _said_of_doubles(number: int) -> str:
    they = "1 asset has" if number == 1 else f"{number:,} assets have"
    return (
        f"{they} the postcode of a guarded place and also its name, or its address and nearly its name or its number, so the location is not "
        "published either. To publish one that is another place, write 'publish' beside its row_id in review.csv."
    )


def guard_doubles(assets: gpd.GeoDataFrame, *, released: Collection[str] = ()) -> gpd.GeoDataFrame:
    """Guard what may be a guarded place under another name: its address would say where that place is.

    Parameters
    ----------
    assets
        Of a register for an internal audience.
    released
        Assets that a person released: they stay.

    Returns
    -------
    geopandas.GeoDataFrame
        The assets. One is guarded too if it has the postcode of a guarded one and all words of its name, or its postcode, its address
        and nearly its name or its registration number. A venue that a guarded group meets in has another name, and stays. Where one
        postcode has more than `MOST_PAIRS` pairs to compare, which no real one has, all its assets are guarded.
    """
    hidden = is_guarded(assets)
    if not hidden.any() or hidden.all() or "postcode" not in assets:
        return assets
    secret_at = _at_postcodes(assets[hidden])
    open_at = _at_postcodes(assets[~hidden & ~assets.index.isin(list(released))])
    more = {
        asset_id
        for postcode, secret in secret_at.items()
        for place, ids in open_at.get(postcode, {}).items()
        if len(secret) * len(open_at[postcode]) > MOST_PAIRS
        or any(_one_place(each, place) for each in secret)
        for asset_id in ids
    }
    return assets.assign(sensitive=hidden | assets.index.isin(list(more))) if more else assets


class _Place(NamedTuple):
    """The name and the address of an asset as they are compared, and its registration number."""

    name: str
    address: str
    number: str


def _at_postcodes(assets: gpd.GeoDataFrame) -> dict[str, dict[_Place, list[str]]]:
    """Return the different places of each postcode, each with the assets that are written so."""
    found: dict[str, dict[_Place, list[str]]] = {}
    known = assets[assets["postcode"].fillna("") != ""]
    columns = [
        known[column].fillna("").astype("str") if column in known else pd.Series("", index=known.index)
        for column in ("postcode", "name", "address", "registration_number")
    ]
    for asset_id, postcode, name, address, number in zip(known.index, *columns, strict=True):
        place = _Place(name_key(name), name_key(address), number)
        found.setdefault(postcode, {}).setdefault(place, []).append(asset_id)
    return found


def _one_place(secret: _Place, other: _Place) -> bool:
    """Say whether two assets of one postcode may be one place: all words of the guarded name, or one address and something else."""
    from rapidfuzz.fuzz import ratio

    words = set(secret.name.split())
    if words and words <= set(other.name.split()):
        return True
    numbered = bool(secret.number) and secret.number == other.number
    at_one = bool(secret.address) and secret.address == other.address
    return at_one and (numbered or ratio(secret.name, other.name) >= ALIKE)


def _public_log(
    log: pd.DataFrame, ids: Mapping[str, str], names: Mapping[str, str], hidden: set[str]
) -> pd.DataFrame:
    """Take contacts and guarded places out of what was said about rows."""
    rows = log.copy()
    raw_names = rows["name"]
    for column in ("name", "reason", "source"):
        rows[column] = redact_column(rows[column])
    rows["asset_id"] = rows["asset_id"].map(lambda key: ids.get(key, key), na_action="ignore")
    guarded = rows["asset_id"].isin(hidden)
    said = rows["guarded"] if "guarded" in rows else guarded_words(raw_names)
    guarded |= rows["asset_id"].isna() & (said.fillna("") != "")
    # a row that is not guarded, but linked to one that is, would say where it is
    told = pd.Series(False, index=rows.index)
    if "other_id" in rows:
        told = rows["other_id"].isin(set(rows.loc[guarded, "row_id"])) & ~guarded
        rows.loc[told, "reason"] = rows.loc[told, "reason"].str.replace(LINK, "", regex=True)
        silent = told & rows["reason"].map(lambda text: bool(ONLY_NUMBER.fullmatch(f"{text} ")) or not text)
        rows.loc[silent, "reason"] = ""
        rows.loc[silent & (rows["outcome"] == "review"), "outcome"] = "accepted"
        rows.loc[told | guarded, "other_id"] = None
        rows.loc[told | guarded, "score"] = float("nan")
    rows.loc[guarded & (rows["reason"] != ""), "reason"] = BLURRED
    rows.loc[guarded, "name"] = [
        names.get(asset_id, WITHHELD_NAME) for asset_id in rows.loc[guarded, "asset_id"]
    ]
    rows = _with_public_ids(rows, raw_names, guarded, ids)
    if not guarded.any():
        return rows
    rows["row"] = rows["row"].astype("Int64").mask(guarded)
    secret = rows[guarded].sort_values(["source", "name", "outcome"], kind="stable")
    return pd.concat([rows[~guarded], secret], ignore_index=True)


def _with_public_ids(
    rows: pd.DataFrame, raw_names: pd.Series, guarded: pd.Series, ids: Mapping[str, str]
) -> pd.DataFrame:
    """Rename the rows whose id is made of a place or of a contact."""
    if "row_id" not in rows:
        return rows
    renamed = (rows["name"] != raw_names) & ~guarded & ~rows["row_id"].isin(set(ids))
    new = dict(ids)
    for number, (row_id, name) in enumerate(
        zip(rows.loc[renamed, "row_id"], rows.loc[renamed, "name"], strict=True), 1
    ):
        new[row_id] = f"{slug(name) or 'unnamed'}-row-{number}"
    for column in ("row_id", "other_id"):
        if column in rows:
            rows[column] = rows[column].map(lambda key: new.get(key, key), na_action="ignore")
    secret = rows.loc[guarded, "asset_id"]
    rows.loc[guarded, "row_id"] = secret.where(secret.notna(), "not-published")
    return rows
