"""The parts of a web page without script: markupsafe escapes every text.

Templates are the literals in this file and in the sections. Text from outside is only ever an argument of
``Markup.format`` or ``Markup.join``, which escape it; no template engine sees it. A page is also well-formed XML, so any
reader, and every test, can parse it.
"""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from assetmap.public import AUDIENCE_WORDS
from assetmap.show.pictures.figures import image_address
from assetmap.show.words import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE_FILE: Final = Path(__file__).with_name("page.css")
"""The style of every page without script: the report and the devolution review."""

LONGEST_WORD: Final = 24
"""A column never becomes wider than this many characters for the sake of one word."""

_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
)
_PAGE: Final = Markup(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="{policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="referrer" content="no-referrer" />
{audience}<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
{header}
</header>
<main>
<section id="answer" aria-label="The answer">
{answer}
</section>
<nav aria-label="Contents">
<h2>Contents</h2>
{contents}
</nav>
{sections}
{annexes}</main>
{footer}</body>
</html>
"""
)
_SECTION: Final = Markup(
    '<section id="{0}" aria-labelledby="{0}-heading">\n<h2 id="{0}-heading">{1}</h2>\n{2}\n</section>'
)


def page(
    title: str,
    *,
    header: Markup | None = None,
    audience: str = "",
    answer: Markup,
    sections: Sequence[tuple[str, str, Markup]],
    annexes: Sequence[tuple[str, str, Markup]] = (),
    footer: Markup | None = None,
) -> str:
    """Return a whole page. Its Content-Security-Policy allows its own style and pictures, and nothing else.

    Parameters
    ----------
    title
        Title of the window, and the heading of the page.
    header
        What follows the heading.
    audience
        ``public`` or ``internal``: the head of the page says so, for people and for programs.
    answer
        The answer, above the contents.
    sections
        Anchor, heading and text of each section, in order.
    annexes
        The same for what proves the answer: lettered, in a part of their own that starts a new page on paper.
    footer
        What follows the last section.

    Returns
    -------
    str
        HTML that is well-formed XML as well; the same parts give the same bytes.
    """
    style = STYLE_FILE.read_text(encoding="utf-8")
    lettered = [
        (anchor, f"Annex {letter}. {heading}", text)
        for letter, (anchor, heading, text) in zip(string.ascii_uppercase, annexes, strict=False)
    ]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return str(
        _PAGE.format(
            # our own text only: escaped quotes would work too, but are harder to read
            policy=Markup(_POLICY.format(digest)),
            title=plain(title),
            style=Markup(style),
            audience=Markup('<meta name="audience" content="{}" />\n').format(audience) if audience else "",
            header=joined((Markup("<h1>{}</h1>").format(plain(title)), header, _audience_line(audience))),
            answer=answer,
            contents=joined((_contents(sections), _contents(lettered))),
            sections=joined(_SECTION.format(*section) for section in sections),
            annexes=Markup('<div class="annexes">\n{}\n</div>\n').format(
                joined(_SECTION.format(*section) for section in lettered)
            )
            if lettered
            else "",
            footer=Markup("<footer>{}</footer>\n").format(footer) if footer else "",
        )
    )


def _contents(sections: Sequence[tuple[str, str, Markup]]) -> Markup | None:
    """Return a list of links to sections, or None if there are none."""
    if not sections:
        return None
    lines = joined(
        Markup('<li><a href="#{}">{}</a></li>').format(anchor, heading) for anchor, heading, _ in sections
    )
    return Markup("<ol>\n{}\n</ol>").format(lines)


def _audience_line(audience: str) -> Markup | None:
    return paragraph(AUDIENCE_WORDS[audience], kind="about") if audience in AUDIENCE_WORDS else None


def joined(parts: Iterable[str | None]) -> Markup:
    """Join parts with line breaks; escape text that is not markup and leave out what is missing."""
    return Markup("\n").join(part for part in parts if part)


def paragraph(*words: str, kind: str = "") -> Markup:
    """Return a paragraph of sentences; ``kind`` is its class in `page.css`."""
    text = Markup(" ").join(word if isinstance(word, Markup) else plain(word) for word in words if word)
    return Markup('<p class="{}">{}</p>').format(kind, text) if kind else Markup("<p>{}</p>").format(text)


def bullets(items: Iterable[str]) -> Markup:
    """Return a bulleted list."""
    rows = [Markup("<li>{}</li>").format(item if isinstance(item, Markup) else plain(item)) for item in items]
    return Markup("<ul>\n{}\n</ul>").format(joined(rows))


def key_numbers(rows: Iterable[tuple[str, str, str]]) -> Markup:
    """Return numbers to remember. Each row is what the number counts, the number, and a remark below it."""
    shown = [
        Markup('<div><dt>{}</dt><dd class="value">{}</dd>{}</div>').format(
            plain(label),
            plain(value),
            Markup('<dd class="remark">{}</dd>').format(plain(remark)) if remark else "",
        )
        for label, value, remark in rows
    ]
    return Markup('<dl class="numbers">\n{}\n</dl>').format(joined(shown))


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return terms, each with its meaning."""
    rows = [
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            plain(term), meaning if isinstance(meaning, Markup) else plain(meaning)
        )
        for term, meaning in pairs
    ]
    return Markup('<dl class="terms">\n{}\n</dl>').format(joined(rows))


def link(address: Any, words: Any) -> Markup:
    """Return a link, or only the words if the address does not start with ``https:`` or ``http:``."""
    target = plain(address)
    if not target.lower().startswith(("https://", "http://")):
        return Markup("{}").format(plain(words))
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, plain(words))


def picture(drawn: Figure | str, *, alt: str, caption: str = "", kind: str = "chart") -> Markup:
    """Return a picture (a matplotlib figure or SVG text) with a text alternative and a caption."""
    image = Markup('<img src="{}" alt="{}" />').format(image_address(drawn), plain(alt))
    words = Markup("<figcaption>{}</figcaption>").format(plain(caption)) if caption else Markup("")
    return Markup('<figure class="{}">{}{}</figure>').format(kind, image, words)


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    numbers: Sequence[int] = (),
    stacked: bool = False,
) -> Markup:
    """Return a table with a caption. The first cell of each row is the heading of the row.

    Parameters
    ----------
    caption
        What the table shows.
    headings
        One for each column.
    rows
        Cells. Markup is used as it is; anything else is escaped.
    numbers
        Positions of the columns that hold numbers. They are aligned right.
    stacked
        Whether each row becomes a block on a narrow screen, with the heading before each cell. ARIA roles keep it
        a table for screen readers.
    """
    top = Markup("").join(
        Markup('<th scope="col"{}{}>{}</th>').format(
            _role(stacked, "columnheader"), _kind(position in numbers), plain(heading)
        )
        for position, heading in enumerate(headings)
    )
    body = joined(
        Markup("<tr{}>{}</tr>").format(_role(stacked, "row"), _cells(row, headings, numbers, stacked))
        for row in rows
    )
    inner = Markup(
        "<table{}{}>\n<caption>{}</caption>\n<thead{}><tr{}>{}</tr></thead>\n<tbody{}>\n{}\n</tbody>\n</table>"
    ).format(
        Markup(' class="stacked"') if stacked else "",
        _role(stacked, "table"),
        plain(caption),
        _role(stacked, "rowgroup"),
        _role(stacked, "row"),
        top,
        _role(stacked, "rowgroup"),
        body,
    )
    if stacked:
        return inner
    return Markup('<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>').format(
        plain(caption), inner
    )


def _cells(row: Sequence[Any], headings: Sequence[str], numbers: Sequence[int], stacked: bool) -> Markup:
    cells = []
    for position, (value, heading) in enumerate(zip(row, headings, strict=True)):
        words = value if isinstance(value, Markup) else plain(value)
        name = Markup(' data-label="{}"').format(plain(heading)) if stacked else Markup("")
        kind = _kind(position in numbers, Markup(words).striptags() if isinstance(words, Markup) else words)
        if position == 0:
            role = _role(stacked, "rowheader")
            cells.append(Markup('<th scope="row"{}{}{}>{}</th>').format(role, kind, name, words))
        else:
            role = _role(stacked, "cell")
            cells.append(Markup("<td{}{}{}>{}</td>").format(role, kind, name, words))
    return Markup("").join(cells)


def _role(wanted: bool, role: str) -> Markup:
    return Markup(' role="{}"').format(role) if wanted else Markup("")


def _kind(number: bool, words: str = "") -> Markup:
    """Return the class of a cell: a number, or text with a word so long that it can break anywhere."""
    if number:
        return Markup(' class="number"')
    endless = any(len(word) > LONGEST_WORD for word in words.split())
    return Markup(' class="endless"') if endless else Markup("")
