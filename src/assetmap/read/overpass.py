"""Overpass JSON, as OpenStreetMap's query servers send it -> a list of assets with plain columns.

A thing is typed by its most telling tag: ``community_centre=village_hall`` says more than
``amenity=community_centre``. Things without a name keep their kind as name, for a hall without a name tag is a
hall all the same. Limits: OpenStreetMap is made by volunteers and complete nowhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.schema import InputError, reference_table

COPIED: Final = {
    "postcode": ("addr:postcode",),
    "town": ("addr:city", "addr:town", "addr:village"),
    "operator": ("operator",),
    "website": ("website", "contact:website", "url"),
}


def read_overpass(path: str | Path) -> pd.DataFrame:
    """Read the answer of an Overpass query.

    Parameters
    ----------
    path
        JSON with ``elements``; ways and relations need their ``center`` (``out center``).

    Returns
    -------
    pandas.DataFrame
        One row per element that has tags and a place, in file order, every cell text: ``name``,
        ``asset_type`` (empty where no tag is known), ``status`` (open: what has closed loses its tag or has it
        renamed to ``disused:``), ``latitude``, ``longitude`` (WGS 84), ``postcode``,
        ``town``, ``operator``, ``website``, ``note`` (its id in OpenStreetMap).

    Raises
    ------
    InputError
        If the file is no Overpass JSON, or the server reported in it that it ran out of time.
    """
    path = Path(path)
    try:
        answer = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' could not be read as JSON: {error}") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise InputError(f"'{path}' is no Overpass JSON: it has no 'elements'.")
    if "error" in str(answer.get("remark", "")).casefold():
        raise InputError(
            f"'{path}' is not whole; Overpass says in it: {answer['remark']} Fetch a smaller area."
        )
    types = _types_of_tags()
    rows = [_row(element, types) for element in answer["elements"] if _is_thing(element)]
    return pd.DataFrame(
        rows, columns=["name", "asset_type", "status", "latitude", "longitude", *COPIED, "note"]
    )


def _is_thing(element: Any) -> bool:
    place = element.get("center", element)
    return bool(element.get("tags")) and "lat" in place and "lon" in place


def _row(element: dict[str, Any], types: dict[str, str]) -> dict[str, str]:
    tags, place = element["tags"], element.get("center", element)
    known = [f"{key}={value}" for key, value in tags.items() if f"{key}={value}" in types]
    telling = min(known, key=lambda tag: tag.startswith(("amenity=", "building=", "office=")), default="")
    kind = telling.partition("=")[2] or "place"
    row = {
        "name": str(tags.get("name") or kind.replace("_", " ").capitalize()),
        "asset_type": types.get(telling, ""),
        "status": "open",
        "latitude": str(place["lat"]),
        "longitude": str(place["lon"]),
        "note": f"OpenStreetMap {element.get('type', '')} {element.get('id', '')}",
    }
    return row | {
        column: next((str(tags[tag]) for tag in names if tags.get(tag)), "")
        for column, names in COPIED.items()
    }


def _types_of_tags() -> dict[str, str]:
    table = reference_table("asset_types")["osm_tags"]
    return {tag: str(name) for name, tags in table.items() for tag in str(tags).split("|") if tag}
