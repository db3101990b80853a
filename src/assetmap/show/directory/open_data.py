"""A directory as Open Referral UK 3.0 and as GeoJSON.

A group or place is a *service* with one location. Identifiers are UUIDs made from the asset id, so they stay the same from
one directory to the next. The columns of the register that the standard has no field for are attributes under a taxonomy of our own;
`read_assets` reads them back.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.schema import reference_table
from assetmap.show.words import plain

if TYPE_CHECKING:
    import geopandas as gpd

NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "assetmap/directory")
TAXONOMY: Final = "assetmap: columns of the register"
"""Name of our taxonomy in an Open Referral file; the reader of such files knows it."""

DAY_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STANDARD: Final = frozenset(("name", "address", "town", "postcode", "status"))
"""Columns that the standard has a field for without loss: they are no attributes."""

SILENT: Final = {"registered": ("unknown",), "devolved": ("unknown",), "sensitive": ("no",)}
"""What says nothing: it is read back as it was without an attribute."""

CONTACTS: Final = ("website", "email", "phone")
WEBSITES: Final = ("https://", "http://")


def service_id(asset_id: str, part: str = "service") -> str:
    """Return the UUID of an asset, or of one part of it; the same asset id always gives the same UUID.

    Examples
    --------
    >>> service_id("quillford-library-5ee1f67")
    'ec5014e3-fc10-53d6-bf5c-9c65e2d02709'
    """
    return str(uuid.uuid5(NAMESPACE, f"{part}:{asset_id}"))


def services(
    entries: gpd.GeoDataFrame, times: pd.DataFrame, *, published: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the entries of a directory as services of Open Referral UK 3.0.

    Parameters
    ----------
    entries
        As `make_directory` returns them.
    times
        ``asset_id``, ``day`` (0 is Monday), ``opens``, ``closes`` (minutes after midnight).
    published
        Further columns that the owner publishes.

    Returns
    -------
    list of dict
        One service for each entry, in their order.
    """
    by_asset = dict(iter(times.groupby("asset_id", sort=False)))
    return [
        _service(str(asset), row, by_asset.get(asset), published)
        for asset, row in zip(entries.index, entries.to_dict("records"), strict=True)
    ]


def referral_text(entries: gpd.GeoDataFrame, times: pd.DataFrame, *, published: Sequence[str] = ()) -> str:
    """Return one page of Open Referral UK 3.0 with all entries of a directory, as JSON."""
    found = services(entries, times, published=published)
    page = {
        "total_items": len(found),
        "total_pages": 1,
        "page_number": 1,
        "size": len(found),
        "first_page": True,
        "last_page": True,
        "empty": not found,
        "contents": found,
    }
    return json.dumps(page, ensure_ascii=False, indent=1) + "\n"


def geojson_text(entries: gpd.GeoDataFrame, *, columns: Sequence[str]) -> str:
    """Return the entries of a directory as GeoJSON (WGS 84); one without an exact location has no geometry."""
    shown = [column for column in ("uuid", *columns) if column in entries]
    features = [
        {
            "type": "Feature",
            "id": row["uuid"],
            "properties": {"asset_id": str(asset), **{column: json_value(row[column]) for column in shown}},
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
            if not math.isnan(row["latitude"])
            else None,
        }
        for asset, row in zip(entries.index, entries.to_dict("records"), strict=True)
    ]
    return (
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"
    )


def json_value(cell: Any) -> str | float | None:
    """Return a cell as JSON has it; not known is null."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return None if math.isnan(cell) else float(cell)
    words = cell_words(cell)
    return words or None


def cell_words(cell: Any) -> str:
    """Return a cell as text on one line; empty where it is not known."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    return "" if cell is None or cell is pd.NaT else plain(cell)


def described_by(published: Sequence[str]) -> str:
    """Return the published column that describes a group or place: the first that is no contact; empty for none."""
    return next((column for column in published if column not in CONTACTS), "")


def own_words(row: Mapping[Any, Any], published: Sequence[str]) -> str:
    """Return what the list itself says of a group or place; empty where it says nothing."""
    return cell_words(row.get(described_by(published)))


def description(row: Mapping[Any, Any], published: Sequence[str] = ()) -> str:
    """Return what a group or place is, in words: what its owner publishes, or else its kind and who runs it."""
    told = own_words(row, published)
    if told:
        return told
    operator = cell_words(row.get("operator"))
    return f"{row['kind']}, run by {operator}." if operator else f"{row['kind']}."


def _service(
    asset: str, row: Mapping[Any, Any], times: pd.DataFrame | None, published: Sequence[str]
) -> dict[str, Any]:
    """Return one entry as a service; a field that is not known is left out."""
    name = plain(row["name"]) or row["kind"]
    website = cell_words(row.get("website")) if "website" in published else ""
    told = {
        "id": row["uuid"],
        "name": name,
        "description": description(row, published),
        "url": website if website.startswith(WEBSITES) and " " not in website else "",
        "status": "active",
        "fees": cell_words(row.get("cost")),
        "assured_date": cell_words(row.get("checked_date"))[:10],
        "schedules": _schedules(asset, times),
        "service_at_locations": _locations(asset, row),
        "organization": _organisation(asset, row),
        "attributes": _attributes(asset, row, published),
    }
    return {field: value for field, value in told.items() if value}


def _schedules(asset: str, times: pd.DataFrame | None) -> list[dict[str, Any]]:
    if times is None:
        return []
    return [
        {
            "id": service_id(asset, f"schedule {day} {opens}"),
            "freq": "WEEKLY",
            "interval": 1,
            "byday": DAY_CODES[int(day)],
            "opens_at": _clock(int(opens)),
            "closes_at": _clock(int(closes)),
        }
        for day, opens, closes in times[["day", "opens", "closes"]].itertuples(index=False)
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:00"


def _locations(asset: str, row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Return where it is: none for a place whose location is not published."""
    address = {part: cell_words(row.get(part)) for part in ("address", "town", "postcode")}
    located = not math.isnan(row["latitude"])
    if not located and not any(address.values()):
        return []
    location: dict[str, Any] = {"id": service_id(asset, "location"), "location_type": "physical"}
    if located:
        location |= {"latitude": row["latitude"], "longitude": row["longitude"]}
    if any(address.values()):
        location["addresses"] = [
            {
                "id": service_id(asset, "address"),
                "address_1": address["address"],
                "city": address["town"],
                "state_province": "",
                "postal_code": address["postcode"],
                "country": "GB",
                "address_type": "physical",
            }
        ]
    steps = cell_words(row.get("step_free"))
    if steps:
        location["accessibility"] = [
            {"id": service_id(asset, "accessibility"), "description": f"Step-free access: {steps}"}
        ]
    return [{"id": service_id(asset, "service at location"), "location": location}]


def _organisation(asset: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return who runs it; of a group that runs itself, the group. The same operator always has the same UUID."""
    operator = cell_words(row.get("operator"))
    name = operator or plain(row["name"]) or row["kind"]
    made: dict[str, Any] = {
        "id": service_id(operator.casefold(), "operator") if operator else service_id(asset, "organization"),
        "name": name,
        "description": f"Runs {plain(row['name']) or row['kind']}."
        if not operator
        else "Runs groups or places in this directory.",
    }
    number = cell_words(row.get("registration_number"))
    if number and not operator:
        made["organization_identifiers"] = [
            {
                "id": service_id(asset, "identifier"),
                "identifier_type": cell_words(row.get("register")) or "registration number",
                "identifier": number,
            }
        ]
    return made


def _attributes(asset: str, row: Mapping[Any, Any], published: Sequence[str]) -> list[dict[str, Any]]:
    """Return the columns of the register that the standard has no field for."""
    labels = reference_table("asset_types")["label"]
    found = []
    for column, cell in row.items():
        if column in STANDARD or not _is_ours(column, published):
            continue
        value = cell_words(cell)
        if value and value not in SILENT.get(column, ()):
            named = str(labels.get(value, value)) if column == "asset_type" else value
            found.append(
                {
                    "id": service_id(asset, f"attribute {column}"),
                    "link_type": "service",
                    "taxonomy_term": {
                        "id": service_id(f"{column}={value}", "term"),
                        "name": named,
                        "description": column,
                        "taxonomy": TAXONOMY,
                        "term": value,
                    },
                }
            )
    return found


def _is_ours(column: str, published: Sequence[str]) -> bool:
    from assetmap.public import PUBLIC_COLUMNS

    return column in published or (
        column in PUBLIC_COLUMNS and column not in ("location_precision", "geometry")
    )
