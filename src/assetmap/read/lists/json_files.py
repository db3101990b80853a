"""JSON files: what is published as a tree becomes one row per place or group."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.read.files import read_bytes
from assetmap.read.tables import MOST_COLUMNS
from assetmap.schema import InputError, first_few

Record = dict[str, str]

OPEN_REFERRAL: Final = "open_referral_uk"
"""Name of the one published shape that is known by its tree and not by its columns."""


def read_records(path: Path) -> tuple[pd.DataFrame, str]:
    """Read the records of a JSON file.

    Parameters
    ----------
    path
        Open Referral UK services, 360Giving grants, the Charity Commission extract, an Overpass answer of
        OpenStreetMap, or any list of flat records.

    Returns
    -------
    tuple
        ``row`` (1 is the first record) and a column of text per field; a field within a field is named by
        both (``recipientOrganization 0 name``). And the shape: ``open_referral_uk`` for such services, else empty.

    Raises
    ------
    InputError
        If the file is not JSON or holds no list of records.
    """
    try:
        tree = json.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{path}' is not JSON: {error}.") from error
    records = _records(tree, path)
    if not records:
        raise InputError(f"'{path}' holds an empty list.")
    table = pd.DataFrame(records).fillna("").astype("str")
    if len(table.columns) > MOST_COLUMNS:
        raise InputError(f"'{path}' has {len(table.columns):,} fields; a list has at most {MOST_COLUMNS:,}.")
    if "row" in table.columns:
        table = table.rename(columns={"row": "row in the file"})
    table.insert(0, "row", range(1, len(table) + 1))
    return table, OPEN_REFERRAL if _services(tree) else ""


def _records(tree: Any, path: Path) -> list[Record]:
    if isinstance(tree, dict) and isinstance(tree.get("elements"), list):
        return [_element(element) for element in tree["elements"] if element.get("tags")]
    if isinstance(tree, dict) and isinstance(tree.get("grants"), list):
        return [_grant(grant) for grant in tree["grants"]]
    services = _services(tree)
    if services:
        return [record for service in services for record in _service(service)]
    if isinstance(tree, dict):
        lists = [value for value in tree.values() if isinstance(value, list) and value]
        tree = lists[0] if len(lists) == 1 else tree
    if not isinstance(tree, list) or not all(isinstance(record, dict) for record in tree):
        keys = first_few(tree) if isinstance(tree, dict) else type(tree).__name__
        raise InputError(f"'{path}' is not a list of records. It holds {keys}.")
    return [dict(_flat(record)) for record in tree]


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Yield each leaf of a tree with the names on the way to it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{name} {key}".strip())
    elif isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        for place, part in enumerate(value[:3]):
            yield from _flat(part, f"{name} {place}".strip())
    else:
        yield name or "value", _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return str(value)


def _element(element: dict[str, Any]) -> Record:
    """Lay out an element of OpenStreetMap: its tags and a point (of a way, its centre)."""
    point = element.get("center") or element
    if "lat" not in point and element.get("geometry"):
        corners = [corner for corner in element["geometry"] if corner]
        point = {axis: sum(corner[axis] for corner in corners) / len(corners) for axis in ("lat", "lon")}
    tags = {str(key): _text(value) for key, value in element["tags"].items()}
    kept = {key: value for key, value in tags.items() if key not in ("lat", "lon", "id", "osm type")}
    place = {"latitude": _text(point.get("lat")), "longitude": _text(point.get("lon"))}
    return {"osm type": _text(element.get("type")), "id": _text(element.get("id")), **place, **kept}


def _grant(grant: dict[str, Any]) -> Record:
    """Lay out a grant under the headings of the published spreadsheet."""
    recipient = (grant.get("recipientOrganization") or [{}])[0]
    location = (recipient.get("location") or [{}])[0]
    named = {
        "identifier": grant.get("id"),
        "title": grant.get("title"),
        "amount awarded": grant.get("amountAwarded"),
        "award date": grant.get("awardDate"),
        "recipient org identifier": recipient.get("id"),
        "recipient org name": recipient.get("name"),
        "recipient org charity number": recipient.get("charityNumber"),
        "recipient org company number": recipient.get("companyNumber"),
        "recipient org postal code": recipient.get("postalCode"),
        "recipient org city": recipient.get("addressLocality"),
        "recipient org street address": recipient.get("streetAddress"),
        "recipient org web address": recipient.get("url"),
        "latitude": location.get("latitude"),
        "longitude": location.get("longitude"),
    }
    return {key: _text(value) for key, value in named.items()}


def _services(tree: Any) -> list[dict[str, Any]]:
    """Return the services of an Open Referral UK answer, version 1 or 3, or none."""
    if isinstance(tree, dict):
        pages = [
            tree.get(key) for key in ("contents", "content", "services") if isinstance(tree.get(key), list)
        ]
        tree = pages[0] if pages else [tree]
    if not isinstance(tree, list):
        return []
    marks = ("service_at_locations", "service_at_location", "organization", "eligibilitys", "service_areas")
    services = [part for part in tree if isinstance(part, dict) and any(mark in part for mark in marks)]
    return services if len(services) == len(tree) else []


def _service(service: dict[str, Any]) -> list[Record]:
    """Lay out a service: one record per place where it is given, one without a place where none is given."""
    organisation = service.get("organization") or {}
    said = {
        "id": service.get("id"),
        "name": service.get("name"),
        "operator": organisation.get("name") if isinstance(organisation, dict) else organisation,
        "status": service.get("status"),
        "website": service.get("url"),
        "email": service.get("email"),
        "description": service.get("description"),
        "checked date": str(service.get("assured_date") or service.get("last_modified") or "")[:10],
    }
    places = service.get("service_at_locations") or service.get("service_at_location") or [{}]
    records = []
    for place in places:
        location = place.get("location") or {}
        addresses = location.get("addresses") or location.get("physical_addresses") or [{}]
        where = {
            "latitude": location.get("latitude"),
            "longitude": location.get("longitude"),
            "address": addresses[0].get("address_1"),
            "town": addresses[0].get("city"),
            "postcode": addresses[0].get("postal_code"),
        }
        records.append({key: _text(value) for key, value in {**said, **where}.items()})
    return records
