"""What the public may see of a register: the one definition that register, map, report, tables and pictures use.

A public table has only columns that are allowed: ours without contacts and remarks, and those that the owner names. Telephone
numbers, e-mail addresses and links are taken out of every text. A guarded place keeps its type and its small area.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.guarded.together import is_guarded
from assetmap.guarded.words import guarded_word
from assetmap.redaction.contacts import redact, redact_column
from assetmap.redaction.whereabouts import place_in_name, plain
from assetmap.schema import InputError, Note, reference_table

if TYPE_CHECKING:
    import geopandas as gpd

PUBLIC: Final = "public"
INTERNAL: Final = "internal"
AUDIENCES: Final = (PUBLIC, INTERNAL)

AUDIENCE_WORDS: Final = {
    PUBLIC: "Public version: contacts and the location of sensitive assets are left out.",
    INTERNAL: "Internal version: do not publish.",
}
"""What the head of every page says."""

PUBLIC_COLUMNS: Final = frozenset(
    [
        "name",
        "asset_type",
        "status",
        "registered",
        "register",
        "registration_number",
        "operator",
        "operator_type",
        "owner",
        "control",
        "devolved",
        "devolved_year",
        "weekly_hours",
        "town",
        "address",
        "postcode",
        "covers",
        "opened_year",
        "closed_year",
        "checked_date",
        "social_action",
        "offers",
        "asks",
        "social_action_text",
        "offers_text",
        "asks_text",
        "statutory",
        "step_free",
        "days",
        "cost",
        "booking",
        "outcomes",
        "priorities",
        "priorities_from",
        "benefit_people",
        "benefit_community",
        "benefit_services",
        "story",
        "sensitive",
        "source",
        "source_row",
        "also_listed",
        "facts_from",
        "location_precision",
        "area_code",
        "area_from",
        "beyond_border",
        "weekly_hours_as_written",
        "address_note",
        "annual_cost_gbp",
        "annual_income_gbp",
        "backlog_gbp",
        "lease_end",
        "tenure",
        "energy_rating",
        "staff_fte",
        "annual_visits",
        "annual_loans",
        "active_users",
        "figures_date",
        "opening_times",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "geometry",
    ]
)
"""Columns of the register that the public may see. A remark (``note``) may name a person: it is not one of them."""

WITH_LINKS: Final = ("website", "story")
"""Columns that hold a web address; in every other text it is taken out."""

PUBLIC_YEARS: Final = re.compile(r"(?:operator|programme)_(?:19|20)\d\d")
"""Columns that the review of sites reads: who ran a library in a year, which sites a programme had."""

KEPT_OF_GUARDED: Final = frozenset(
    [
        "name",
        "asset_type",
        "status",
        "registered",
        "operator_type",
        "sensitive",
        "source",
        "location_precision",
        "area_code",
        "geometry",
        "weekly_hours",
        "opened_year",
        "closed_year",
        "checked_date",
        "beyond_border",
    ]
)
"""What is left of a guarded place."""

KEPT_AS_IT_IS: Final = ("area_code", "geometry")

WITHHELD_NAME: Final = "(name not published)"


def check_audience(audience: str) -> None:
    """Refuse an audience that there is not."""
    if audience not in AUDIENCES:
        raise InputError(f"There is no audience '{audience}'. Use {' or '.join(AUDIENCES)}.")


def public_view(
    assets: gpd.GeoDataFrame, *, publish: Iterable[str] = ()
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return what the public may see of a register, and the new ids of assets whose own would tell more.

    Parameters
    ----------
    assets
        The register (docs/tables.md). Where ``sensitive`` is missing, type and name decide (`is_guarded`).
    publish
        Further columns that the owner of the lists wants to publish.

    Returns
    -------
    tuple
        A copy in which every asset is still there, guarded ones last, ordered by what is shown of them; and old id -> new id
        of guarded assets and of those whose name held a contact. A second time nothing changes.
    """
    allowed = PUBLIC_COLUMNS | set(publish)
    columns = [
        column
        for column in assets.columns
        if str(column) in allowed or PUBLIC_YEARS.fullmatch(str(column)) or column == assets.geometry.name
    ]
    shown = assets[columns].copy()
    for column in shown.columns.difference([*KEPT_AS_IT_IS, assets.geometry.name]):
        if pd.api.types.is_string_dtype(shown[column]) or pd.api.types.is_object_dtype(shown[column]):
            shown[column] = redact_column(shown[column], links=column not in WITH_LINKS)
    hidden = is_guarded(assets)
    ids: dict[str, str] = {}
    renamed = (shown["name"].astype("str") != assets["name"].astype("str")) & ~hidden
    for asset_id in shown.index[renamed]:
        row = shown.loc[asset_id]
        parts = [
            str(row.get(column, "")) for column in ("name", "postcode", "asset_type", "source", "source_row")
        ]
        ids[asset_id] = f"{_slug(parts[0])}-{_digest('|'.join(parts))}"
    if hidden.any():
        shown = _without_places(shown, assets, hidden)
        ids |= _placeless_ids(shown[hidden.to_numpy()])
    _keep_apart(ids, set(shown.index) - set(ids))
    shown.index = pd.Index([ids.get(asset, asset) for asset in shown.index], name=assets.index.name)
    if not hidden.any():
        return shown, ids
    # their order in the list would say between which others they are
    return pd.concat([shown[~hidden.to_numpy()], shown[hidden.to_numpy()].sort_index(kind="stable")]), ids


def without_contacts(settings: Any, *, audience: str) -> Any:
    """Return settings for an audience: for the public no name of a file has a contact.

    The words of the project's owner (titles, publishers, licences) stay as they are; a file may have got its name from somebody else.
    """
    if audience != PUBLIC:
        return settings
    if isinstance(settings, dict):
        return {
            key: _files_redacted(value)
            if key in ("file", "files")
            else without_contacts(value, audience=audience)
            for key, value in settings.items()
        }
    if isinstance(settings, list):
        return [without_contacts(value, audience=audience) for value in settings]
    return settings


def _files_redacted(names: Any) -> Any:
    if isinstance(names, list):
        return [_files_redacted(name) for name in names]
    return redact(names, links=False) if isinstance(names, str) else names


def public_notes(notes: Iterable[Note], *, audience: str) -> tuple[Note, ...]:
    """Return notes for an audience: what they quote of files is redacted for the public; links to official files stay."""
    if audience != PUBLIC:
        return tuple(notes)
    return tuple(Note(note.code, redact(note.sentence, links=False)) for note in notes)


def name_to_quote(name: str) -> str:
    """Return a name from a file for a sentence that anybody may read: without contacts, and withheld where guarded words or a place are in it.

    Examples
    --------
    >>> name_to_quote("Chess Club, 01872 900112"), name_to_quote("Haven Refuge, 5 Quiet Way")
    ('Chess Club, [removed]', '(name not published)')
    """
    if guarded_word(name):
        return WITHHELD_NAME
    return redact(name)


def withheld_name(asset_type: str, area: object) -> str:
    """Return what a guarded place is called where its name would give it away: its type and its area."""
    types = reference_table("asset_types")
    label = str(types.at[asset_type, "label"]) if asset_type in types.index else "Place"
    return f"{label} in {area}" if isinstance(area, str) and area else label


def _without_places(shown: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, hidden: pd.Series) -> gpd.GeoDataFrame:
    """Take the place away from guarded assets."""
    names: list[str] = []
    for asset_id, row in assets[hidden].iterrows():
        cells = {column: _cell(row.get(column)) for column in ("address", "postcode")}
        name = _cell(row["name"])
        tells = place_in_name(name, **cells)
        names.append(
            withheld_name(str(row["asset_type"]), row.get("area_code"))
            if tells
            else str(shown.at[asset_id, "name"])
        )
    mask = hidden.to_numpy()
    for column in shown.columns:
        if str(column) not in KEPT_OF_GUARDED and column != assets.geometry.name:
            if column == "source_row":
                shown[column] = shown[column].astype("Int64")
            text = pd.api.types.is_string_dtype(shown[column])
            shown[column] = shown[column].mask(mask, "" if text else None)
    shown["name"] = shown["name"].mask(mask, pd.Series(names, index=shown.index[mask], dtype="str"))
    shown["location_precision"] = shown["location_precision"].mask(mask, "area_only")
    shown = shown.set_geometry(shown.geometry.where(~mask))
    if "sensitive" in shown:
        shown["sensitive"] = mask
        return shown
    return shown.assign(sensitive=mask)


def _placeless_ids(assets: gpd.GeoDataFrame) -> dict[str, str]:
    """Name assets by what is still shown of them: a hash of the place could be guessed back."""
    areas = assets["area_code"] if "area_code" in assets else pd.Series("", index=assets.index)
    return {
        asset_id: f"{_slug(str(name))}-{_digest(f'{name}|{area}')}"
        for asset_id, name, area in zip(assets.index, assets["name"], areas, strict=True)
    }


def _keep_apart(ids: dict[str, str], taken: set[str]) -> None:
    """Give equal new ids a number each, in order of the old ones only where they are equal anyway."""
    used = set(taken)
    for old in sorted(ids):
        base, times = ids[old], 1
        while ids[old] in used:
            times += 1
            ids[old] = f"{base}-{times}"
        used.add(ids[old])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()[:7]


def _slug(text: str, *, most: int = 40) -> str:
    words = plain(text).replace(" ", "-") or "unnamed"
    return words if len(words) <= most else words[: most + 1].rpartition("-")[0] or words[:most]


def _cell(value: object) -> str:
    return value if isinstance(value, str) else ""
