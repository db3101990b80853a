"""HTML pieces of a page that runs nothing: every text is escaped by markupsafe, there is no script at all.

Templates are the literals in this file and in the sections; text from outside only ever enters as an argument of
``Markup.format`` or ``Markup.join``, which escape it. No template engine sees it. The page is well-formed XML as
well, so that any reader, and every test, can take it apart.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from assetmap.show.pictures.figures import image_address
from assetmap.show.words import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_WORD: Final = 24
"""Characters of a word that a column is widened for."""

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
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
)


def page(title: str, body: Markup, *, style: str) -> str:
    """Return a whole page whose Content-Security-Policy allows its own style, its own pictures, and nothing else.

    Parameters
    ----------
    title
        Title of the window.
    body
        Contents of ``<body>``.
    style
        The style sheet; our own file, never text from outside.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = _POLICY.format(digest)
    # the policy holds only our own text; escaping its quotes would do no harm but hide it from readers
    return str(_PAGE.format(policy=Markup(policy), title=plain(title), style=Markup(style), body=body))


def joined(parts: Iterable[str | None]) -> Markup:
    """Join pieces by line breaks; text that is not markup is escaped, what is missing left out."""
    return Markup("\n").join(part for part in parts if part)


def paragraph(*words: str, kind: str = "") -> Markup:
    """Return a paragraph of sentences; ``kind`` is its class in the style sheet."""
    text = Markup(" ").join(word if isinstance(word, Markup) else plain(word) for word in words if word)
    return Markup('<p class="{}">{}</p>').format(kind, text) if kind else Markup("<p>{}</p>").format(text)


def bullets(items: Iterable[str]) -> Markup:
    """Return a list with a bullet for each item."""
    rows = [Markup("<li>{}</li>").format(item if isinstance(item, Markup) else plain(item)) for item in items]
    return Markup("<ul>\n{}\n</ul>").format(joined(rows))


def figures(rows: Iterable[tuple[str, str, str]]) -> Markup:
    """Return key figures: what is counted, the number, and a remark below."""
    shown = [
        Markup('<div><dt>{}</dt><dd class="value">{}</dd>{}</div>').format(
            plain(label),
            plain(value),
            Markup('<dd class="remark">{}</dd>').format(plain(remark)) if remark else "",
        )
        for label, value, remark in rows
    ]
    return Markup('<dl class="figures">\n{}\n</dl>').format(joined(shown))


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return terms with what they mean."""
    rows = [
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            plain(term), meaning if isinstance(meaning, Markup) else plain(meaning)
        )
        for term, meaning in pairs
    ]
    return Markup('<dl class="terms">\n{}\n</dl>').format(joined(rows))


def link(address: Any, words: Any) -> Markup:
    """Return a link, or only the words where the address is not of the web (``https:`` or ``http:``)."""
    target = plain(address)
    if not target.lower().startswith(("https://", "http://")):
        return Markup("{}").format(plain(words))
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, plain(words))


def figure(picture: Figure | str, *, alt: str, caption: str = "", kind: str = "chart") -> Markup:
    """Return a picture, given as a figure or as SVG text, with what it says in words."""
    image = Markup('<img src="{}" alt="{}" />').format(image_address(picture), plain(alt))
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
    """Return a table with a caption; the first cell of a row is its heading.

    Parameters
    ----------
    caption
        What the table shows.
    headings
        One for each column.
    rows
        Cells: markup as it is, everything else as text.
    numbers
        Positions of columns that hold numbers, set flush right.
    stacked
        On a narrow screen show a row as a block, each cell with its heading. The roles say that it is
        still a table, which some browsers would forget.
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
    """Return the class of a cell: a number, or one with a word so long that it may be broken anywhere."""
    if number:
        return Markup(' class="number"')
    endless = any(len(word) > LONGEST_WORD for word in words.split())
    return Markup(' class="endless"') if endless else Markup("")
