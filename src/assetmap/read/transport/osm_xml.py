"""A small OpenStreetMap extract as plain XML (``.osm``), read without pyosmium, in the form that pyosmium gives.

It is for a village or a made-up town. A county is packed (``.osm.pbf``), and pyosmium reads it many times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assetmap.read.transport.turns import KEYS

MOST_BYTES: Final = 50_000_000
"""Larger files are left to pyosmium."""

WANTED: Final = ("highway", "route", "barrier", *KEYS)
"""Only what has one of these tags is given, as `read_ways` asks of pyosmium."""


@dataclass(frozen=True)
class Place:
    """Where a node is; missing where the file has the node only by its number."""

    lon: float = float("nan")
    lat: float = float("nan")

    def valid(self) -> bool:
        """Return whether the place is one on earth."""
        return -180 <= self.lon <= 180 and -90 <= self.lat <= 90


@dataclass(frozen=True)
class NodeOfWay:
    """A node of a way, by its number, with its place."""

    ref: int
    location: Place


@dataclass(frozen=True)
class Member:
    """A member of a relation: its role, ``n``, ``w`` or ``r``, and its number."""

    role: str
    type: str
    ref: int


@dataclass(frozen=True)
class Item:
    """A node, a way or a relation with its tags."""

    id: int
    kind: str
    tags: dict[str, str]
    nodes: tuple[NodeOfWay, ...] = ()
    members: tuple[Member, ...] = ()

    def is_node(self) -> bool:
        """Return whether this is a node."""
        return self.kind == "node"

    def is_way(self) -> bool:
        """Return whether this is a way."""
        return self.kind == "way"

    def is_relation(self) -> bool:
        """Return whether this is a relation."""
        return self.kind == "relation"


def can_read(path: Path) -> bool:
    """Return whether a file is plain XML and small enough."""
    return path.suffix.lower() == ".osm" and path.stat().st_size <= MOST_BYTES


def read_items(path: Path) -> Iterator[Item]:
    """Read what has a tag of `WANTED`; nodes stand before the ways that use them.

    Raises
    ------
    ValueError
        If the file is no XML, is cut short or holds what is no number.
    """
    from lxml import etree

    places: dict[int, Place] = {}
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        with path.open("rb") as file:
            for _, element in etree.iterparse(file, tag=("node", "way", "relation"), **options):
                item = _item(element, places)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
                if any(name in item.tags for name in WANTED):
                    yield item
    except (etree.XMLSyntaxError, TypeError) as error:
        raise ValueError(str(error)) from error


def _item(element: Any, places: dict[int, Place]) -> Item:
    number = int(element.get("id"))
    tags = {str(tag.get("k")): str(tag.get("v")) for tag in element.iterchildren("tag")}
    if element.tag == "node" and element.get("lon") is not None:
        places[number] = Place(float(element.get("lon")), float(element.get("lat")))
    refs = (int(node.get("ref")) for node in element.iterchildren("nd"))
    members = (
        Member(str(one.get("role")), str(one.get("type"))[:1], int(one.get("ref")))
        for one in element.iterchildren("member")
    )
    return Item(
        number,
        str(element.tag),
        tags,
        tuple(NodeOfWay(ref, places.get(ref, Place())) for ref in refs),
        tuple(members),
    )
