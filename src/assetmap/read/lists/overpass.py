"""An answer of OpenStreetMap's Overpass: each element with tags is a row, with a point on it where the answer says one."""

from __future__ import annotations

from typing import Any, Final

from assetmap.cells import storable
from assetmap.read.lists.flat import text_of

DEEPEST: Final = 3
"""Relations within relations that are followed."""

OWN_NAMES: Final = ("lat", "lon", "latitude", "longitude", "id", "osm type")
"""Columns of an element itself; a tag of such a name is kept under another."""

Point = dict[str, float]


def elements_of(elements: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the elements that have tags: their tags, type, id and a point.

    The point of a way or a relation is its centre, the middle of its bounds, or the middle of the nodes and members that the answer holds.
    """
    known = {(one.get("type"), one.get("id")): one for one in elements}
    return [_row(element, known) for element in elements if element.get("tags")]


Known = dict[tuple[Any, Any], dict[str, Any]]


def _row(element: dict[str, Any], known: Known) -> dict[str, str]:
    point = _point(element, known, 0)
    tags = {storable(str(key)): text_of(value) for key, value in element["tags"].items()}
    kept = {f"tag {key}" if key in OWN_NAMES else key: value for key, value in tags.items()}
    place = {"latitude": text_of(point.get("lat")), "longitude": text_of(point.get("lon"))}
    return {"osm type": text_of(element.get("type")), "id": text_of(element.get("id")), **place, **kept}


def _point(element: dict[str, Any], known: Known, depth: int) -> Point:
    """Return where an element is, empty where the answer does not say it."""
    for said in (element.get("center"), element):
        if said and "lat" in said:
            return {axis: said[axis] for axis in ("lat", "lon")}
    nodes = [known[("node", one)] for one in element.get("nodes") or [] if ("node", one) in known]
    corners = [one for one in nodes if "lat" in one]
    if corners:
        return _middle(corners)
    bounds = element.get("bounds")
    if bounds:
        return {axis: (bounds[f"min{axis}"] + bounds[f"max{axis}"]) / 2 for axis in ("lat", "lon")}
    if element.get("geometry"):
        return _middle([corner for corner in element["geometry"] if corner])
    if depth >= DEEPEST:
        return {}
    members = [
        _point(
            known.get((member.get("type"), member.get("ref")), member)
            if "geometry" not in member
            else member,
            known,
            depth + 1,
        )
        for member in element.get("members") or []
    ]
    found = [point for point in members if point]
    return _middle(found) if found else {}


def _middle(corners: list[Any]) -> Point:
    return {axis: sum(one[axis] for one in corners) / len(corners) for axis in ("lat", "lon")}
