"""What a Word document is made of: headings, text, lists, tables with a header row that repeats, pictures, captions.

python-docx makes the file; tables and fields are written as XML, because its own tables take seconds for a thousand rows.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from assetmap.show.paper import sides, styles
from assetmap.show.paper.pictures import fitted
from assetmap.show.paper.styles import BULLET, CAPTION, CELL, CONTENTS, HEADINGS, NORMAL, SMALL, TABLE, TITLE

if TYPE_CHECKING:
    from docx.document import Document

    from assetmap.show.paper.pictures import Pixels

LONGEST_WORD: Final = 24
"""A column is never wider than this many characters for the sake of one word."""
WANTED: Final = 120
"""Characters from which on a column is no wider for the sake of a longer text."""
SIZES: Final = ((9.0, 4.9), (8.0, 4.4), (7.0, 3.9))
"""Sizes of the text of a table in points, each with the width of a character that it needs."""
CELL_MARGINS: Final = 8.0
MOST_BESIDE: Final = 40
"""Characters of captions that stand beside each other, as their pictures do; longer ones have a line each."""
TALLEST: Final = 0.42
"""Of the height of a page: a picture with its caption leaves room for words."""


@dataclass(frozen=True)
class Run:
    """A piece of text: plain, bold, or a link to an address or to an anchor of the paper; or a small picture and its alternative."""

    text: str
    bold: bool = False
    address: str = ""
    anchor: str = ""
    picture: Pixels | None = None


@dataclass
class Writer:
    """A document that is being written, and the numbers of its figures, tables and anchors."""

    document: Document
    width: float = 0.0
    numbers: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, int] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.width = styles.text_width(self.document)
        self.styles = {str(style.name): style.style_id for style in self.document.styles}

    def heading(self, words: str, level: int, *, anchor: str = "", new_page: bool = False) -> None:
        """Add a heading of level 1 to 3."""
        paragraph = self._paragraph(HEADINGS[min(level, len(HEADINGS)) - 1])
        if new_page:
            paragraph.paragraph_format.page_break_before = True
        self._mark(paragraph, anchor)
        self._runs(paragraph, [Run(words)])

    def title(self, words: str) -> None:
        """Add the title."""
        self._runs(self._paragraph(TITLE), [Run(words)])

    def text(self, runs: Iterable[Run], *, small: bool = False) -> None:
        """Add a paragraph; `small` for notes and attribution."""
        self._runs(self._paragraph(SMALL if small else NORMAL), runs)

    def bullet(self, runs: Iterable[Run]) -> None:
        """Add an item of a list."""
        self._runs(self._paragraph(BULLET), runs)

    def pictures(self, shown: Sequence[tuple[Pixels, str, str]]) -> None:
        """Add pictures beside each other, each with its text alternative and its caption below.

        Parameters
        ----------
        shown
            Picture, text alternative, caption.
        """
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Pt

        gap = 12.0
        most = (self.width - gap * (len(shown) - 1)) / len(shown)
        section = self.document.sections[-1]
        page = section.page_height.pt if section.page_height is not None else styles.A4[1]
        paragraph = self._paragraph(NORMAL)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.line_spacing = 1.0
        for number, (pixels, alt, _) in enumerate(shown):
            scale = min(most / pixels.width, page * TALLEST / pixels.height, 1.0 if len(shown) == 1 else 9.0)
            if number:
                paragraph.add_run(" ")
            paragraph._p.append(self._drawing(pixels, alt, scale))
        beside = len(shown) > 1 and all(len(words) <= MOST_BESIDE for _, _, words in shown)
        below: Any = None
        for number, (_, _, words) in enumerate(shown):
            if below is None or not beside:
                below = self._paragraph(CAPTION)
                below.paragraph_format.keep_with_next = False
                below.paragraph_format.space_before = Pt(2)
            if beside and number:
                below.paragraph_format.tab_stops.add_tab_stop(Pt(most + gap), WD_TAB_ALIGNMENT.LEFT)
                below.add_run("\t")
            self._numbered(below, "Figure", words)

    def table(
        self,
        caption: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Sequence[Run]]],
        *,
        numbers: Sequence[int] = (),
    ) -> None:
        """Add a table with its caption above; the header row repeats on every page, and no row breaks across pages.

        A table whose words do not fit across the page is on a page of its own, turned on its side.

        Parameters
        ----------
        caption
            What the table shows.
        headings
            One for each column.
        rows
            Cells; the first cell of a row is its heading.
        numbers
            Positions of the columns that hold numbers, aligned right.
        """
        columns = [
            [heading, *("".join(run.text for run in row[n] if run.picture is None) for row in rows)]
            for n, heading in enumerate(headings)
        ]
        pictured = [
            max((fitted(run.picture)[0] for row in rows for run in row[n] if run.picture), default=0.0)
            for n in range(len(headings))
        ]
        widths, size = column_widths(columns, self.width, pictured=pictured)
        turned = size < SIZES[1 if any(pictured) else 0][0] and sides.length(self.document) > self.width
        if turned:
            sides.begin(self.document, self._keeps_with_next)
            widths, size = column_widths(columns, sides.length(self.document), pictured=pictured)
        self._numbered(self._paragraph(CAPTION), "Table", caption)
        table = _element("w:tbl")
        table.append(self._table_properties(widths))
        grid = _element("w:tblGrid")
        for width in widths:
            grid.append(_element("w:gridCol", {"w:w": _twips(width)}))
        table.append(grid)
        bold = [[Run(heading, bold=True)] for heading in headings]
        table.append(self._row(bold, widths, numbers, size, header=True))
        for row in rows:
            table.append(self._row(row, widths, numbers, size))
        self.document.element.body.insert_element_before(table, "w:sectPr")
        after = self._paragraph(SMALL)
        after.paragraph_format.space_after = after.paragraph_format.space_before = 0
        after.paragraph_format.line_spacing = 0.7
        if turned:
            sides.end(self.document, after._p)

    def contents(self, entries: Sequence[tuple[str, str]]) -> None:
        """Add the list of headings as a field, which Word brings up to date with page numbers (F9)."""
        for number, (anchor, words) in enumerate(entries):
            paragraph = self._paragraph(CONTENTS)
            if number == 0:
                for kind, text in (("begin", ""), ("", r' TOC \o "1-1" \h \z \u '), ("separate", "")):
                    paragraph._p.append(_field_part(kind, text))
            self._runs(paragraph, [Run(words, anchor=anchor)])
            if number == len(entries) - 1:
                paragraph._p.append(_field_part("end"))

    def footer(self, words: str) -> None:
        """Write the footer of the last section: words and the number of the page; a footer of the template stays."""
        footer = self.document.sections[-1].footer
        if not footer.is_linked_to_previous and any(p.text.strip() for p in footer.paragraphs):
            return
        paragraph: Any = footer.paragraphs[0]
        paragraph.style = self.document.styles[SMALL]
        self._runs(paragraph, [Run(f"{words}  " if words else "")])
        self._field(paragraph, "PAGE", "1", before="Page ")
        self._field(paragraph, "NUMPAGES", "1", before=" of ")

    def _paragraph(self, style: str) -> Any:
        paragraph: Any = self.document.add_paragraph()
        if style in self.styles:
            paragraph._p.style = self.styles[style]
        return paragraph

    def _numbered(self, paragraph: Any, label: str, words: str) -> None:
        self.numbers[label] = self.numbers.get(label, 0) + 1
        self._field(paragraph, f"SEQ {label} \\* ARABIC", str(self.numbers[label]), before=f"{label} ")
        if words:
            paragraph.add_run(f": {words}")

    def _field(self, paragraph: Any, code: str, shown: str, *, before: str = "") -> None:
        if before:
            paragraph.add_run(before)
        for kind, text in (("begin", ""), ("", f" {code} "), ("separate", "")):
            paragraph._p.append(_field_part(kind, text))
        paragraph.add_run(shown)
        paragraph._p.append(_field_part("end"))

    def _runs(self, paragraph: Any, runs: Iterable[Run]) -> None:
        for run in runs:
            for element in self._run_elements(run, None):
                paragraph._p.append(element)

    def _keeps_with_next(self, paragraph: Any) -> bool:
        """Say whether a paragraph is a heading, which must not stay behind."""
        return paragraph.style in {self.styles[name] for name in HEADINGS}

    def _drawing(self, pixels: Pixels, alt: str, scale: float) -> Any:
        """Return a run with a picture and its text alternative."""
        from docx.shared import Pt

        inline = self.document.part.new_pic_inline(
            io.BytesIO(pixels.content), Pt(pixels.width * scale), Pt(pixels.height * scale)
        )
        self.numbers["picture"] = self.numbers.get("picture", 0) + 1
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        inline.docPr.set("id", str(self.numbers["picture"]))
        inline.docPr.set("name", f"Picture {self.numbers['picture']}")
        inline.docPr.set("descr", alt)
        run, drawing = _element("w:r"), _element("w:drawing")
        drawing.append(inline)
        run.append(drawing)
        return run

    def _run_elements(self, run: Run, size: float | None) -> list[Any]:
        if run.picture is not None:
            return [self._drawing(run.picture, run.text, fitted(run.picture)[1])]
        if not run.text:
            return []
        element = _element("w:r")
        properties = _element("w:rPr")
        if run.bold:
            properties.append(_element("w:b"))
        if run.address:
            properties.append(_element("w:color", {"w:val": "225EA8"}))
        if size is not None:
            properties.append(_element("w:sz", {"w:val": str(round(size * 2))}))
            properties.append(_element("w:szCs", {"w:val": str(round(size * 2))}))
        if run.address:
            properties.append(_element("w:u", {"w:val": "single"}))
        if len(properties):
            element.append(properties)
        text = _element("w:t", {"xml:space": "preserve"})
        text.text = run.text
        element.append(text)
        if run.anchor:
            link = _element("w:hyperlink", {"w:anchor": bookmark_name(run.anchor), "w:history": "1"})
        elif run.address:
            from docx.opc.constants import RELATIONSHIP_TYPE

            target = self.document.part.relate_to(run.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link = _element("w:hyperlink", {"r:id": target, "w:history": "1"})
        else:
            return [element]
        link.append(element)
        return [link]

    def _mark(self, paragraph: Any, anchor: str) -> None:
        if not anchor or anchor in self.anchors:
            return
        number = self.anchors[anchor] = len(self.anchors) + 1
        start = {"w:id": str(number), "w:name": bookmark_name(anchor)}
        paragraph._p.append(_element("w:bookmarkStart", start))
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))

    def _table_properties(self, widths: Sequence[float]) -> Any:
        properties = _element("w:tblPr")
        properties.append(_element("w:tblStyle", {"w:val": self.styles[TABLE]}))
        properties.append(_element("w:tblW", {"w:w": _twips(sum(widths)), "w:type": "dxa"}))
        properties.append(_element("w:tblLayout", {"w:type": "fixed"}))
        look = {"w:val": "04A0", "w:firstRow": "1", "w:lastRow": "0", "w:firstColumn": "1"}
        look |= {"w:lastColumn": "0", "w:noHBand": "0", "w:noVBand": "1"}
        properties.append(_element("w:tblLook", look))
        return properties

    def _row(
        self,
        cells: Sequence[Sequence[Run]],
        widths: Sequence[float],
        numbers: Sequence[int],
        size: float,
        *,
        header: bool = False,
    ) -> Any:
        row = _element("w:tr")
        properties = _element("w:trPr")
        properties.append(_element("w:cantSplit"))
        if header:
            properties.append(_element("w:tblHeader"))
        row.append(properties)
        for position, (runs, width) in enumerate(zip(cells, widths, strict=True)):
            cell = _element("w:tc")
            about = _element("w:tcPr")
            about.append(_element("w:tcW", {"w:w": _twips(width), "w:type": "dxa"}))
            if header:
                about.append(_element("w:vAlign", {"w:val": "bottom"}))
            cell.append(about)
            paragraph = _element("w:p")
            form = _element("w:pPr")
            form.append(_element("w:pStyle", {"w:val": self.styles[CELL]}))
            if header:
                form.append(_element("w:keepNext"))
            if position in numbers:
                form.append(_element("w:jc", {"w:val": "right"}))
            paragraph.append(form)
            for run in runs:
                for element in self._run_elements(run, None if size == SIZES[0][0] else size):
                    paragraph.append(element)
            cell.append(paragraph)
            row.append(cell)
        return row


def column_widths(
    columns: Sequence[Sequence[str]], width: float, *, pictured: Sequence[float] = ()
) -> tuple[list[float], float]:
    """Return the width of each column in points, and the size of the text with which no word breaks where that can be.

    Parameters
    ----------
    columns
        The texts of each column, its heading first.
    width
        What there is for all of them, in points.
    pictured
        Width of the pictures of each column, in points; 0 for a column without. Beside pictures the text is one size smaller, so
        that a row is no taller than its picture.
    """
    drawn = [each + CELL_MARGINS if each else 0.0 for each in pictured] or [0.0] * len(columns)
    least = [min(max(_longest_word(text) for text in column), LONGEST_WORD) for column in columns]
    wanted = [
        max(word, min(max(len(text) for text in column[1:] or column), WANTED))
        for column, word in zip(columns, least, strict=True)
    ]
    needs = {
        size: [max(word * letter + CELL_MARGINS, wide) for word, wide in zip(least, drawn, strict=True)]
        for size, letter in SIZES
    }
    fitting = [
        size
        for size, needed in needs.items()
        if sum(needed) <= width and (size < SIZES[0][0] or not any(drawn))
    ]
    size = fitting[0] if fitting else SIZES[-1][0]
    needed, letter = needs[size], dict(SIZES)[size]
    if sum(needed) > width:
        return [each * width / sum(needed) for each in needed], size
    more = [(want - word) * letter for want, word in zip(wanted, least, strict=True)]
    share = min(1.0, (width - sum(needed)) / sum(more)) if sum(more) else 0.0
    widths = [need + share * each for need, each in zip(needed, more, strict=True)]
    return [each * width / sum(widths) for each in widths], size


def bookmark_name(anchor: str) -> str:
    """Return an anchor as Word names it: letters, digits and underscores, at most 40 of them."""
    return "_" + re.sub(r"\W", "_", anchor)[:39]


def _longest_word(text: str) -> int:
    return max(map(len, re.split(r"[ \t\n–/-]+", text)), default=0) + 1


def _field_part(kind: str, text: str = "") -> Any:
    run = _element("w:r")
    if kind:
        run.append(_element("w:fldChar", {"w:fldCharType": kind}))
    else:
        code = _element("w:instrText", {"xml:space": "preserve"})
        code.text = text
        run.append(code)
    return run


def _twips(points: float) -> str:
    return str(math.floor(points * 20))


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element
