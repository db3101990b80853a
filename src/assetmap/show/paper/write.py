"""Write a page as a paper in Word: the summary first, then the contents, what follows, and the annexes."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from assetmap.show.paper.document import Run, Writer
from assetmap.show.paper.pack import pack_document
from assetmap.show.paper.page import Kind, Part, read_page, spaced, words_of
from assetmap.show.paper.pictures import Pixels, pixels_of
from assetmap.show.paper.styles import begin_document

if TYPE_CHECKING:
    from assetmap.schema import Note

NO_DATE: Final = datetime.date(2000, 1, 1)
_SMALL: Final = ("note", "attribution", "about")


def paper_bytes(
    html: str,
    kind: Kind,
    *,
    pictures: Mapping[str, bytes],
    subject: str = "",
    dated: datetime.date | None = None,
    template: bytes | None = None,
) -> tuple[bytes, tuple[Note, ...]]:
    """Return a page as a Word document.

    Parameters
    ----------
    html
        The page, from `report_html` or `devolution_html`.
    kind
        ``report`` or ``review``.
    pictures
        What `keep_pixels` kept while the page was made: SVG text -> PNG.
    subject
        The area, for the properties of the file.
    dated
        Date of the data, for the properties of the file.
    template
        A template that was checked (`read_template`).

    Returns
    -------
    tuple
        The file, the same bytes for the same page; and remarks on styles that the template lacks.
    """
    paper = read_page(html, kind)
    document, notes = begin_document(template)
    writer = Writer(document)
    writer.title(paper.title)
    for line in paper.about:
        writer.text([Run(line)], small=True)
    writer.footer(paper.about[-1] if paper.about else "")
    answer, rest = paper.summary[0], (*paper.summary[1:], *paper.body)
    _write_part(writer, answer, pictures)
    writer.heading("Contents", 1)
    writer.contents([(part.anchor, part.heading) for part in (answer, *rest, *paper.annexes)])
    for part in rest:
        first = part in (paper.summary[1:2] or paper.body[:1]) or part in paper.body[:1]
        _write_part(writer, part, pictures, new_page=first)
    for part in paper.annexes:
        _write_part(writer, part, pictures, new_page=True)
    content = pack_document(document, title=paper.title, subject=subject, dated=dated or NO_DATE)
    return content, notes


def _write_part(writer: Writer, part: Part, pictures: Mapping[str, bytes], *, new_page: bool = False) -> None:
    writer.heading(part.heading, 1, anchor=part.anchor, new_page=new_page)
    _write_all(writer, part.elements, pictures)


def _write_all(writer: Writer, elements: Iterable[ET.Element], pictures: Mapping[str, bytes]) -> None:
    for element in elements:
        _write(writer, element, pictures)


def _write(writer: Writer, element: ET.Element, pictures: Mapping[str, bytes]) -> None:
    tag, kind = element.tag, element.get("class", "")
    if tag in ("h3", "h4"):
        writer.heading(words_of(element), 2 if tag == "h3" else 3, anchor=element.get("id", ""))
    elif tag == "p":
        writer.text(_runs(element), small=kind in _SMALL)
    elif tag in ("ul", "ol"):
        for item in element.findall("li"):
            writer.bullet(_runs(item))
    elif tag == "dl":
        _write_terms(writer, element, kind)
    elif tag == "figure":
        writer.pictures([_picture(element, pictures)])
    elif tag == "table":
        _write_table(writer, element, pictures)
    elif tag in ("div", "section"):
        figures = element.findall("figure")
        if len(figures) > 1 and len(figures) == len(element):
            writer.pictures([_picture(figure, pictures) for figure in figures])
            return
        _write_all(writer, _anchored(element), pictures)
    else:
        raise AssertionError(f"A paper cannot show <{tag}>.")


def _anchored(element: ET.Element) -> Sequence[ET.Element]:
    """Give the first heading inside an element the anchor of the element."""
    children = list(element)
    if element.get("id") and children and children[0].tag in ("h3", "h4"):
        children[0].set("id", element.get("id", ""))
    return children


def _write_terms(writer: Writer, element: ET.Element, kind: str) -> None:
    rows = [
        (row.find("dt"), row.findall("dd")) for row in element.findall("div") if row.find("dt") is not None
    ]
    if kind == "numbers":
        cells = [
            [
                _runs(term),
                [Run(words_of(values[0]), bold=True)],
                [Run(words_of(value)) for value in values[1:2]],
            ]
            for term, values in rows
            if term is not None
        ]
        writer.table("The main figures", ("What is counted", "Number", "Remark"), cells, numbers=(1,))
        return
    for term, values in rows:
        if term is None:
            continue
        meaning = [run for value in values for run in _runs(value)]
        writer.text([Run(f"{words_of(term)}: ", bold=True), *meaning])


def _write_table(writer: Writer, element: ET.Element, pictures: Mapping[str, bytes]) -> None:
    caption = element.find("caption")
    headings = element.findall("./thead/tr/th")
    writer.table(
        "" if caption is None else words_of(caption),
        [words_of(heading) for heading in headings],
        [[_cell(cell, pictures) for cell in row] for row in element.findall("./tbody/tr")],
        numbers=[n for n, heading in enumerate(headings) if "number" in heading.get("class", "").split()],
    )


def _cell(cell: ET.Element, pictures: Mapping[str, bytes]) -> list[Run]:
    """Return the words of a cell, or the small picture that it holds."""
    image = cell.find("./img")
    if image is None:
        return _runs(cell)
    return [Run(image.get("alt", ""), picture=pixels_of(image.get("src", ""), pictures))]


def _picture(figure: ET.Element, pictures: Mapping[str, bytes]) -> tuple[Pixels, str, str]:
    image, caption = figure.find("img"), figure.find("figcaption")
    assert image is not None
    alt = image.get("alt", "")
    words = words_of(caption) if caption is not None else alt.partition(". ")[0].removesuffix(".")
    return pixels_of(image.get("src", ""), pictures), alt, words


def _runs(element: ET.Element) -> list[Run]:
    """Return the text of an element in pieces, with the links and the bold words that it has."""
    runs = [run for run in _pieces(element, Run("")) if run.text]
    if runs:
        runs[0] = _with_text(runs[0], runs[0].text.lstrip(" "))
        runs[-1] = _with_text(runs[-1], runs[-1].text.rstrip(" "))
    return [run for run in runs if run.text]


def _pieces(element: ET.Element, style: Run) -> list[Run]:
    runs = [_with_text(style, spaced(element.text or ""))]
    for child in element:
        runs += _pieces(child, _style_of(child, style))
        runs.append(_with_text(style, spaced(child.tail or "")))
    return runs


def _style_of(element: ET.Element, style: Run) -> Run:
    if element.tag in ("strong", "b"):
        return Run("", True, style.address, style.anchor)
    address = element.get("href", "") if element.tag == "a" else ""
    if address.startswith("#"):
        return Run("", style.bold, "", address[1:])
    return Run("", style.bold, address or style.address, style.anchor)


def _with_text(style: Run, text: str) -> Run:
    return Run(text, style.bold, style.address, style.anchor)
