"""JSON files: what is published as a tree becomes one row per place or group."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.cells import storable
from assetmap.errors import InputError, first_few
from assetmap.read.files import existing_file
from assetmap.read.lists.flat import flat, rest_of, text_of
from assetmap.read.lists.json_text import one_of_each, parse_json
from assetmap.read.lists.json_whole import beside
from assetmap.read.lists.open_referral import service_words, times_in_words
from assetmap.read.lists.overpass import elements_of
from assetmap.read.rows import MOST_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, str]

OPEN_REFERRAL: Final = "open_referral_uk"
"""Name of the one published shape that is known by its tree and not by its columns."""

OWN_TAXONOMY: Final = "assetmap: columns of the register"
"""Name of the taxonomy under which a directory of assetmap keeps columns that Open Referral has no field for."""


def read_records(path: Path) -> tuple[pd.DataFrame, str, list[str]]:
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
        both (``recipientOrganization 0 name``). The shape: ``open_referral_uk`` for such services, else empty. And a sentence for what
        the file holds beside them.

    Raises
    ------
    InputError
        If the file is not JSON or holds no list of records.
    """
    import pandas as pd

    from assetmap.read.worker import ask

    answer = ask("records", existing_file(path))
    table = pd.DataFrame(json.loads(answer.parts[0])).fillna("").astype("str")
    if "row" in table.columns:
        table = table.rename(columns={"row": "row in the file"})
    table.insert(0, "row", range(1, len(table) + 1))
    return table, answer.value["shape"], list(answer.value["remarks"])


def records_of(path: Path, *, most_cells: int) -> tuple[list[Record], str, list[str]]:
    """Return the records of a JSON file, its shape and remarks; this runs in the child process and loads no library of data.

    Raises
    ------
    InputError
        If the file is not JSON, holds no list of records, or one of a shape that is not known.
    """
    tree = parse_json(path)
    try:
        records = _records(tree, path)
    except (AttributeError, IndexError, KeyError, TypeError, ZeroDivisionError) as error:
        raise InputError(
            f"'{path}' is JSON, but its records are not built as their fields say: one is empty, or a field holds something of another kind. "
            "Compare it with the file as it was published."
        ) from error
    if not records:
        raise InputError(f"'{path}' holds an empty list.")
    columns = dict.fromkeys(name for record in records for name in record)
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"'{path}' has {len(columns):,} fields; a list has at most {MOST_COLUMNS:,}.")
    if len(columns) * len(records) > most_cells:
        raise InputError(
            f"'{path}' unfolds to more than {most_cells:,} cells, too many for its size. Split it."
        )
    return records, OPEN_REFERRAL if _services(tree) else "", beside(tree, _listed(tree), path.name)


def _listed(tree: Any) -> list[Any] | None:
    """Return the list of records that an answer holds at its top or a level below; None where the whole answer is one record."""
    if not isinstance(tree, dict):
        return None
    pages = [
        tree[key]
        for key in ("elements", "grants", "contents", "content", "services")
        if isinstance(tree.get(key), list)
    ]
    found = pages[0] if pages else [] if _services(tree) else _only_list(tree)
    return found if isinstance(found, list) and found else None


def _records(tree: Any, path: Path) -> list[Record]:
    if isinstance(tree, dict) and tree.get("type") == "umap":
        return [record for layer in tree.get("layers") or [] for record in _umap_layer(layer)]
    if isinstance(tree, dict) and isinstance(tree.get("elements"), list):
        return elements_of(tree["elements"])
    if isinstance(tree, dict) and isinstance(tree.get("grants"), list):
        return [_grant(grant) for grant in tree["grants"]]
    services = _services(tree)
    if services:
        return [record for service in services for record in _service(service)]
    if isinstance(tree, dict):
        tree = _only_list(tree)
    if (
        isinstance(tree, list)
        and tree
        and all(isinstance(one, dict) and one.get("type") == "Feature" for one in tree)
    ):
        tree = [_feature(one) for one in tree]
    if (
        isinstance(tree, list)
        and tree
        and all(isinstance(one, dict) and "attributes" in one and "geometry" in one for one in tree)
    ):
        return [_esri_feature(one) for one in tree]
    if not isinstance(tree, list) or not all(isinstance(record, dict) for record in tree):
        raise InputError(f"'{path}' is not a list of records. It holds {_other_content(tree)}.")
    return [one_of_each((storable(key), value) for key, value in flat(record)) for record in tree]


def _other_content(tree: Any) -> str:
    """Say what a JSON file holds that is not a list of records."""
    if isinstance(tree, dict):
        return first_few(tree) or "nothing"
    if not isinstance(tree, list):
        return f"only {json.dumps(tree)[:60]}"
    wrong = next((place for place, one in enumerate(tree, start=1) if not isinstance(one, dict)), 0)
    return (
        f"a list whose item {wrong} is {json.dumps(tree[wrong - 1])[:60]} and no record"
        if wrong
        else "an empty list"
    )


LISTS: Final = (
    "records",
    "features",
    "items",
    "results",
    "data",
    "rows",
    "entries",
    "content",
    "contents",
    "result",
    "value",
)
"""Names under which portals give their records."""

DEEPEST: Final = 3


def _only_list(tree: dict[str, Any], depth: int = 0) -> Any:
    """Return the list of records within an answer: the only one, or the one under a usual name, also a level or two below."""
    lists = {
        key: value
        for key, value in tree.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    if len(lists) == 1 and "fields" not in lists:
        return next(iter(lists.values()))
    for name in LISTS:
        below = tree.get(name)
        if name in lists:
            return lists[name]
        if isinstance(below, dict) and depth < DEEPEST:
            found = _only_list(below, depth + 1)
            if found is not below:
                return found
    return tree


def _feature(feature: dict[str, Any]) -> dict[str, Any]:
    """Lay out a feature of GeoJSON: a point on it, and its fields."""
    corners = list(_corners((feature.get("geometry") or {}).get("coordinates")))
    across, up = (
        (sum(axis) / len(corners) for axis in zip(*corners, strict=True)) if corners else (None, None)
    )
    return {"latitude": up, "longitude": across, **(feature.get("properties") or {})}


def _esri_feature(feature: dict[str, Any]) -> Record:
    """Lay out a feature of an ArcGIS server: its fields, and a point on it in the units of the server."""
    shape = feature.get("geometry") or {}
    corners = list(_corners(shape.get("rings") or shape.get("paths") or shape.get("points") or []))
    across, up = (
        (sum(axis) / len(corners) for axis in zip(*corners, strict=True)) if corners else (None, None)
    )
    point = {"easting": shape.get("x", across), "northing": shape.get("y", up)}
    fields = feature.get("attributes") or {}
    return {
        **{storable(key): value for key, value in flat(fields)},
        **{k: text_of(v) for k, v in point.items()},
    }


def _umap_layer(layer: dict[str, Any]) -> Iterable[Record]:
    """Yield the features of a layer of uMap: their fields, a point on each, and the name of the layer."""
    options = layer.get("_umap_options") or layer.get("_storage") or {}
    name = text_of(options.get("name"))
    for feature in layer.get("features") or []:
        fields = {
            key: value for key, value in (feature.get("properties") or {}).items() if not key.startswith("_")
        }
        corners = list(_corners((feature.get("geometry") or {}).get("coordinates")))
        across, up = (
            (sum(axis) / len(corners) for axis in zip(*corners, strict=True)) if corners else (None, None)
        )
        yield {
            "latitude": text_of(up),
            "longitude": text_of(across),
            "layer": name,
            **{storable(key): value for key, value in flat(fields)},
        }


def _corners(coordinates: Any) -> Iterable[tuple[float, float]]:
    """Yield the points of a shape in GeoJSON, however deep they lie."""
    if isinstance(coordinates, list) and len(coordinates) > 1 and isinstance(coordinates[0], (int, float)):
        yield float(coordinates[0]), float(coordinates[1])
    elif isinstance(coordinates, list):
        for part in coordinates:
            yield from _corners(part)


def _grant(grant: dict[str, Any]) -> Record:
    """Lay out a grant under the headings of the published spreadsheet."""
    recipients = grant.get("recipientOrganization") or [{}]
    recipient = recipients[0]
    locations = recipient.get("location") or [{}]
    location = locations[0]
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
    places = [each for each in grant.get("beneficiaryLocation") or [] if isinstance(each, dict)]
    named["beneficiary location name"] = next((each["name"] for each in places if each.get("name")), "")
    used = {"id", "title", "amountAwarded", "awardDate"}
    rest = {key: value for key, value in grant.items() if key not in used}
    rest["recipientOrganization"] = {
        key: value for key, value in recipient.items() if key not in ("id", "name", "location", "postalCode")
    }
    rest |= {"furtherRecipients": recipients[1:], "furtherLocations": locations[1:]}
    return {**{key: text_of(value) for key, value in named.items()}, **rest_of(rest)}


def _services(tree: Any) -> list[dict[str, Any]]:
    """Return the services of an Open Referral UK answer, version 1 or 3, or none."""
    if isinstance(tree, dict):
        pages = [
            tree.get(key) for key in ("contents", "content", "services") if isinstance(tree.get(key), list)
        ]
        tree = pages[0] if pages else [tree]
    if not isinstance(tree, list):
        return []
    if tree and all(isinstance(part, dict) and isinstance(part.get("services"), list) for part in tree):
        tree = [service for organisation in tree for service in _services_of(organisation)]
    marks = ("service_at_locations", "service_at_location", "organization", "eligibilitys", "service_areas")
    services = [part for part in tree if isinstance(part, dict) and any(mark in part for mark in marks)]
    return services if len(services) == len(tree) else []


def _services_of(organisation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the services that an organisation has around itself; one without any stands for itself."""
    own = {key: value for key, value in organisation.items() if key != "services"}
    services = [each for each in organisation["services"] if isinstance(each, dict)]
    return [{"organization": own, **each} for each in services] or [{**own, "organization": own}]


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
    own = _own_columns(service)
    more = {} if own else service_words(service)
    if not own:
        more |= {"taxonomy": "; ".join(dict.fromkeys(_terms(service)))}
        more |= rest_of({key: value for key, value in service.items() if key not in SERVICE_USED})
        others = organisation if isinstance(organisation, dict) else {}
        more |= rest_of(
            {f"organisation_{key}": value for key, value in others.items() if key not in ("id", "name")}
        )
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
        times = {} if own else times_in_words(service, place, location)
        if not own:
            more = {**more, **rest_of({"further_addresses": addresses[1:]})}
        record = {key: text_of(value) for key, value in {**said, **where, **more, **times}.items()}
        records.append({**record, **own})
    return records


SERVICE_USED: Final = frozenset([
    "id", "name", "organization", "status", "url", "email", "description", "assured_date", "last_modified", "service_at_locations",
    "service_at_location", "attributes", "service_taxonomys", "schedules", "regular_schedules", "regular_schedule", "cost_options",
    "fees_description", "fees", "application_process", "phones",
])  # fmt: skip
"""Fields of a service that have a column of their own."""


def _terms(service: dict[str, Any]) -> Iterable[str]:
    """Yield the names of the terms that a service has, version 3 or 1."""
    for each in service.get("attributes") or []:
        yield from filter(
            None, [text_of((each.get("taxonomy_term") or {}).get("name"))] if isinstance(each, dict) else []
        )
    for each in service.get("service_taxonomys") or []:
        yield from filter(
            None, [text_of((each.get("taxonomy") or {}).get("name"))] if isinstance(each, dict) else []
        )


def _own_columns(service: dict[str, Any]) -> Record:
    """Return the columns of the register that a directory of assetmap keeps as attributes of a service."""
    terms = [attribute.get("taxonomy_term") or {} for attribute in service.get("attributes") or []]
    ours = {
        text_of(term.get("description")).replace("_", " "): text_of(term.get("term"))
        for term in terms
        if term.get("taxonomy") == OWN_TAXONOMY and term.get("description")
    }
    # our directory names the group itself as its organisation where no operator is known
    return {"operator": "", "description": "", **ours} if ours else {}
