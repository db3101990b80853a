"""Where the rows and cells of a sheet lie in its XML, so that all else can stay as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from assetmap.errors import InputError

START: Final = re.compile(
    rb"""<[^\s>/]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""",
)
DECLARATION: Final = re.compile(rb"""^<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)

Edit = tuple[int, int, bytes]
"""From this byte to this one comes something else."""


@dataclass
class Element:
    """A row or a cell: its bytes from ``start`` to ``end``, its content from ``inner`` to ``close``."""

    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)
    number: int = 0

    @property
    def prefix(self) -> str:
        """The prefix of its name with the colon, where it has one."""
        head, colon, _ = self.name.rpartition(":")
        return head + colon


class Scanner:
    """Walks through XML and hands over each element of some names when it ends."""

    def __init__(self, content: bytes, path: Path) -> None:
        if DECLARATION.match(content):
            raise InputError(
                f"'{path}' could not be changed: its parts are not in UTF-8. Save it again in Excel."
            )
        self.content, self.path = content, path
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True

    def opened(self, name: str, attributes: dict[str, str]) -> Element:
        """Return the element that starts here."""
        start = self.parser.CurrentByteIndex
        tag = START.match(self.content, start)
        if not tag:
            raise InputError(
                f"'{self.path}' could not be changed, because it is damaged. Open it, then save it again."
            )
        element = Element(name, attributes, start, tag.end())
        if tag[1]:
            element.close = element.end = tag.end()
        return element

    def closed(self, element: Element) -> None:
        """Note where an element ends."""
        if not element.end:
            element.close = self.parser.CurrentByteIndex
            element.end = self.content.index(b">", element.close) + 1

    def run(self) -> None:
        """Walk through the whole content."""
        try:
            self.parser.Parse(self.content, True)
        except expat.ExpatError as error:
            raise InputError(f"'{self.path}' is damaged ({error}). Open it, then save it again.") from error


def applied(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the content with its edits; those at one place come in their order."""
    pieces, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [content[done:start], new]
        done = end
    return b"".join([*pieces, content[done:]])


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]
