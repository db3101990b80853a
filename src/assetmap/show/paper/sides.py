"""Pages turned on their side, for tables that are wider than a page is.

Word keeps the size of a page in a section, and the section in its last paragraph. Every section that is added here takes the
header and the footer of the paper with it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docx.document import Document

FIRST_ONLY: Final = ("titlePg", "pgNumType")
"""What only the first section of a paper may say: that its first page has a header of its own, where numbers begin."""


def length(document: Document) -> float:
    """Return the width between the margins of a page turned on its side, in points."""
    section = document.sections[-1]
    sizes = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    if any(size is None for size in sizes):
        return 0.0
    width, height, left, right = (float(size.pt) for size in sizes if size is not None)
    return max(width, height) - left - right


def begin(document: Document, keeps_with_next: Callable[[Any], bool]) -> None:
    """End the upright pages, so that what follows is turned; headings just before it go with it.

    Parameters
    ----------
    document
        The last section of it is upright.
    keeps_with_next
        Says of a paragraph whether it must be on one page with what follows.
    """
    blocks = [block for block in document.element.body if not block.tag.endswith("}sectPr")]
    while blocks and keeps_with_next(blocks[-1]):
        blocks.pop()
    form = blocks[-1].get_or_add_pPr()  # the title, or the empty line below a table, if nothing else
    ended = form.find(_w("sectPr"))
    if ended is not None:  # the block before is turned too: both are in one section
        form.remove(ended)
        return
    last = document.element.body.sectPr
    form.append(_next_page(copy.deepcopy(last)))
    for name in FIRST_ONLY:
        for part in last.findall(_w(name)):
            last.remove(part)


def end(document: Document, paragraph: Any) -> None:
    """End the turned pages with a paragraph: what follows is upright again."""
    turned = _next_page(copy.deepcopy(document.element.body.sectPr))
    size = turned.find(_w("pgSz"))
    width, height = size.get(_w("w")), size.get(_w("h"))
    size.set(_w("w"), str(max(int(width), int(height))))
    size.set(_w("h"), str(min(int(width), int(height))))
    size.set(_w("orient"), "landscape")
    paragraph.get_or_add_pPr().append(turned)


def _next_page(section: Any) -> Any:
    """Return a section that begins on a new page, whatever the template says."""
    for kind in section.findall(_w("type")):
        section.remove(kind)
    return section


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))
