"""What a paper takes from a page: its parts in order, so that both say the same to the digit.

The pages are well-formed XML (`assetmap.show.html`), so a paper is made from the page itself. No sentence and no number is
made a second time, and what the audience of the page may not see is not in the paper either.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["report", "review"]
KINDS: Final[tuple[Kind, ...]] = ("report", "review")

ANNEX: Final = "annex-"
"""What the anchors of annexes of a review begin with."""
IN_FRONT: Final[dict[str, tuple[str, ...]]] = {
    "report": ("map", "first", "need"),
    "review": ("options",),
}
"""Sections that come first. Of a report, all others are annexes; of a review, those that the page calls annexes."""


@dataclass(frozen=True)
class Part:
    """A section of a page: its anchor, its heading and the elements below the heading."""

    anchor: str
    heading: str
    elements: tuple[ET.Element, ...]


@dataclass(frozen=True)
class Paper:
    """The parts of a paper: the summary on the first pages, what follows it, and the annexes."""

    title: str
    about: tuple[str, ...]
    summary: tuple[Part, ...]
    body: tuple[Part, ...]
    annexes: tuple[Part, ...]


def read_page(html: str, kind: Kind) -> Paper:
    """Return the parts of a page as a paper orders them.

    Parameters
    ----------
    html
        From `report_html` or `devolution_html`.
    kind
        ``report`` or ``review``.

    Returns
    -------
    Paper
        Annexes are numbered; the parts of a report or review keep the order of the page.
    """
    root = ET.fromstring(html)
    header, main = root.find("./body/header"), root.find("./body/main")
    assert header is not None
    assert main is not None
    parts = [_part(section) for section in main.findall("./section")]
    answer, rest = parts[0], parts[1:]
    front = [part for part in rest if part.anchor in IN_FRONT[kind]]
    if kind == "report":
        others = [part for part in rest if part not in front]
        annexes = [
            Part(part.anchor, f"Annex {number}: {part.heading}", part.elements)
            for number, part in enumerate(others, start=1)
        ]
        return Paper(_title(header), _about(header), (answer, *front), (), tuple(annexes))
    annexes = [part for part in rest if part.anchor.startswith(ANNEX)]
    body = tuple(part for part in rest if part not in front and part not in annexes)
    heading = "Decision asked for" if front else answer.heading
    first = Part(answer.anchor, heading, answer.elements)
    return Paper(_title(header), _about(header), (first, *front), body, tuple(annexes))


def words_of(element: ET.Element) -> str:
    """Return the text of an element on one line."""
    return spaced("".join(element.itertext())).strip()


def spaced(text: str) -> str:
    """Return text with each run of white space as one space, as a browser shows it; a fixed space stays."""
    return re.sub(r"[ \t\r\n]+", " ", text)


def _part(section: ET.Element) -> Part:
    heading = section.find("h2")
    words = "Summary" if heading is None else words_of(heading)
    return Part(section.get("id", ""), words, tuple(child for child in section if child is not heading))


def _title(header: ET.Element) -> str:
    heading = header.find("h1")
    return "" if heading is None else words_of(heading)


def _about(header: ET.Element) -> tuple[str, ...]:
    return tuple(words_of(line) for line in header.findall("p"))
