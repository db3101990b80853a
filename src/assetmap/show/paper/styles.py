"""The styles of a paper: those of the template by their names, and plain ones of our own for those that it lacks.

A heading is always a heading style, a list a list style and a caption the caption style, so that a screen reader and Word's own
table of contents find them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from assetmap.schema import Note

if TYPE_CHECKING:
    from docx.document import Document

FONT: Final = "Arial"
INK: Final = "1F2933"
MUTED: Final = "52606D"
RULE: Final = "CBD2D9"
SHADE: Final = "EEF1F4"

NORMAL: Final = "Normal"
TITLE: Final = "Title"
CAPTION: Final = "Caption"
BULLET: Final = "List Bullet"
HEADINGS: Final = ("Heading 1", "Heading 2", "Heading 3")
SMALL: Final = "Small Text"
CELL: Final = "Table Text"
TABLE: Final = "Data Table"
CONTENTS: Final = "toc 1"

A4: Final = (595.3, 841.9)
MARGIN: Final = 56.7
"""Points: two centimetres."""

_NEW: Final[dict[str, tuple[float, bool, str, float, float]]] = {
    TITLE: (24, True, INK, 0, 6),
    HEADINGS[0]: (16, True, INK, 16, 6),
    HEADINGS[1]: (13, True, INK, 12, 4),
    HEADINGS[2]: (11, True, INK, 8, 3),
    CAPTION: (9.5, False, INK, 8, 4),
    BULLET: (0, False, "", 0, 3),
    SMALL: (9, False, MUTED, 2, 6),
    CELL: (9, False, INK, 1.5, 1.5),
    CONTENTS: (0, False, "", 0, 2),
}
"""Size in points (0: as the text), bold, colour, space before and after."""
OURS: Final = (SMALL, CELL)
"""Names that no template is expected to have."""


def begin_document(template: bytes | None) -> tuple[Document, tuple[Note, ...]]:
    """Return an empty document with every style that a paper uses, and remarks on what the template lacks.

    Parameters
    ----------
    template
        A template that `assetmap.read` checked; without one the paper is A4 in Arial.
    """
    import docx

    document: Document = docx.Document(io.BytesIO(template) if template is not None else None)
    if template is None:
        _plain_page(document)
    missing = [name for name in (NORMAL, *_NEW) if not _has(document, name)]
    if template is None or NORMAL in missing:
        _plain_text(document)
    for name in _NEW:
        if template is None or name in missing:
            _set_style(document, name)
    _add_bullets(document, template is None or BULLET in missing)
    if not _has(document, TABLE):
        _add_table_style(document)
    lacked = [name for name in missing if name not in OURS]
    if template is None or not lacked:
        return document, ()
    words = ", ".join(f"'{name}'" for name in lacked)
    return document, (
        Note(
            "PAPER_STYLES",
            f"The template has no style {words}. The paper uses our own plain ones with these names; add them to the template "
            "to change how they look.",
        ),
    )


def text_width(document: Document) -> float:
    """Return the width between the margins of the last section in points."""
    section = document.sections[-1]
    width = section.page_width.pt if section.page_width is not None else A4[0]
    left = section.left_margin.pt if section.left_margin is not None else MARGIN
    right = section.right_margin.pt if section.right_margin is not None else MARGIN
    return max(float(width - left - right), 144.0)


def _has(document: Document, name: str) -> bool:
    return name in document.styles


def _plain_page(document: Document) -> None:
    from docx.shared import Pt

    section = document.sections[0]
    section.page_width, section.page_height = Pt(A4[0]), Pt(A4[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(MARGIN)


def _plain_text(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    if not _has(document, NORMAL):
        document.styles.add_style(NORMAL, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        document.styles[NORMAL].element.set(_w("default"), "1")
    normal: Any = document.styles[NORMAL]
    _set_font(normal, 10.5, False, INK)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.1


def _set_style(document: Document, name: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    size, bold, colour, before, after = _NEW[name]
    if not _has(document, name):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name not in OURS)
    style: Any = document.styles[name]
    style.base_style = document.styles[NORMAL]
    _set_font(style, size, bold, colour)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    if name in (*HEADINGS, TITLE, CAPTION):
        form.keep_with_next = True
        style.quick_style = True
    if name in HEADINGS:
        form.line_spacing = 1.0
        _set_outline(style, HEADINGS.index(name))
    border = style.element.pPr.find(_w("pBdr"))
    if border is not None:
        style.element.pPr.remove(border)


def _set_font(style: Any, size: float, bold: bool, colour: str) -> None:
    from docx.shared import Pt, RGBColor

    font = style.font
    if size:
        font.size = Pt(size)
    font.bold = bold
    font.italic = False
    if colour:
        font.color.rgb = RGBColor.from_string(colour)
    font.name = FONT
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if "heme" in name:
            del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(_w(script), FONT)


def _set_outline(style: Any, level: int) -> None:
    from docx.oxml import OxmlElement

    form = style.element.get_or_add_pPr()
    outline = form.find(_w("outlineLvl"))
    if outline is None:
        outline = OxmlElement("w:outlineLvl")
        form.append(outline)
    outline.set(_w("val"), str(level))


def _add_bullets(document: Document, wanted: bool) -> None:
    """Give the list style a bullet of its own; the numbering of the template stays as it is."""
    if not wanted:
        return
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering: Any = document.part.numbering_part.element
    used = [int(each.get(_w("abstractNumId"))) for each in numbering.findall(_w("abstractNum"))]
    number = max(used, default=0) + 1
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="340" w:hanging="227"/></w:pPr></w:lvl></w:abstractNum>'
    )
    others = numbering.findall(_w("num"))
    if others:
        others[0].addprevious(abstract)
    else:
        numbering.append(abstract)
    num_id = numbering.add_num(number).numId
    style: Any = document.styles[BULLET]
    form = style.element.get_or_add_pPr()
    for old in form.findall(_w("numPr")):
        form.remove(old)
    numbers = form._add_numPr()
    numbers._add_numId().val = num_id
    for old in form.findall(_w("ind")):
        form.remove(old)


def _add_table_style(document: Document) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    line = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="DataTable"><w:name w:val="{TABLE}"/>'
            f'<w:uiPriority w:val="99"/><w:tblPr><w:tblBorders><w:top {line}/><w:bottom {line}/><w:insideH {line}/>'
            '</w:tblBorders><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
            '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/>'
            "</w:tcPr></w:tblStylePr></w:style>"
        )
    )


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))
