r"""Text from strangers in a cell or on a terminal: nothing in it runs, and it can be read back as it was.

A spreadsheet runs a cell that starts with ``=``, ``+``, ``-`` or ``@``, also after spaces, invisible characters or in the
full-width forms of East Asian keyboards. `defuse` puts an apostrophe before such text and `as_written` takes it away.
A terminal obeys control characters; `printable` shows them instead.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_STARTS: Final = "=+-@"
_FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and a sign that are drawn as nothing."""
_NUMBER: Final = re.compile(r"-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# what a terminal may obey: C0 and C1 controls, line separators, marks that turn the direction of writing, surrogates
_OBEYED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def runs(text: str) -> bool:
    r"""Say whether a spreadsheet might run a cell with this text. A negative number is only a number.

    Examples
    --------
    >>> [runs(text) for text in ("=1+1", "\u200b\uff1d1", "\tTab", "-5.05", "-5 Club", "Tea & talk")]
    [True, True, True, False, True, False]
    """
    if not text or (text[0].isalnum() and text[0] not in _FILLERS):
        return False
    if text[0] in "\t\r\n":
        return True
    for sign in text:
        # spaces and marks that cannot be seen: no spreadsheet is sure to stop at one of them
        if sign.isspace() or sign in _FILLERS or unicodedata.category(sign)[0] in "CMZ":
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _STARTS and not _NUMBER.fullmatch(text)
    return False


def defuse(text: str) -> str:
    r"""Return text that is safe in a spreadsheet: an apostrophe comes first if the text might run.

    Text of this kind that has apostrophes already gets one more, so `as_written` always gives back the same text.

    Examples
    --------
    >>> defuse("=1+1"), defuse("Tea & talk"), defuse("'=1+1")
    ("'=1+1", 'Tea & talk', "''=1+1")
    """
    if runs(text.lstrip("'")):
        return f"'{text}"
    return text


def defuse_cell(cell: object) -> object:
    """Return `defuse` of a text, and anything else as it is.

    Examples
    --------
    >>> defuse_cell("=1+1"), defuse_cell(-5)
    ("'=1+1", -5)
    """
    return defuse(cell) if isinstance(cell, str) else cell


def as_written(text: str) -> str:
    """Return the text that `defuse` was given.

    Examples
    --------
    >>> as_written("'=1+1"), as_written("'Tis the season")
    ('=1+1', "'Tis the season")
    """
    return text[1:] if text.startswith("'") and runs(text.lstrip("'")) else text


def storable(text: str) -> str:
    """Return text that any file can hold: half a character (a lone surrogate) becomes a replacement character."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def printable(text: str) -> str:
    r"""Return text on one line with its control characters shown as escapes, so that a terminal obeys none.

    Examples
    --------
    >>> printable("Club\x1b[2J")
    'Club\\x1b[2J'
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def json_printable(text: str) -> str:
    r"""Return JSON whose strings have every control character as an escape; line feeds between values stay.

    Examples
    --------
    >>> json_printable('{"name": "Club\x9b"}')
    '{"name": "Club\\u009b"}'
    """
    return _OBEYED.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)
