"""Telephone numbers, e-mail addresses and links are taken out of text that the public may see.

`phonenumbers` (Google's rules for the telephone numbers of the world) says what can be a number; the ways in which people
write British ones, with dots, slashes, brackets and single digits, are added here. Names of persons are not recognised.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import pandas as pd

REMOVED: Final = "[removed]"

_GAP: Final = r"[\s().\-/\\–—‐‑‒−·•_|]{0,4}"
_BRITISH: Final = re.compile(
    rf"(?<![\dA-Za-z])(?:(?:\+|00)?{_GAP}4{_GAP}4{_GAP}(?:0{_GAP})?[1-9](?:{_GAP}\d){{8,9}}|\(?0{_GAP}[1-9](?:{_GAP}\d){{8,9}})(?!\d)"
)
"""A British number with 0, 44, +44 or 0044 in front, its digits at most four signs apart."""

_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    r"(?:[01]?\d|2[0-4])[.:][0-5]\d\s*(?:-|–|to|until)\s*(?:[01]?\d|2[0-4])[.:][0-5]\d)(?!\d)"
)
"""Dates and hours: they have many digits, and are no numbers to ring."""
_HELD: Final = "\ue000"
"""Stands for a date or for hours while numbers are looked for: no text has this sign, it is for private use."""

_BARE: Final = re.compile(r"(?<![\d.A-Za-z])[1-37](?:[ \-.]?\d){9}(?![\d.]*\d)")
"""Ten digits that may be a British number whose 0 a spreadsheet has taken away."""

_DOMAIN: Final = r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"
_AT: Final = r"\s*(?:[\[({<]\s*(?:at|@)\s*[\])}>]|@)\s*"
_DOT: Final = r"\s*(?:[\[({<]\s*(?:dot|\.)\s*[\])}>]|\bdot\b|\.)\s*"
_PROVIDERS: Final = (
    "gmail|googlemail|hotmail|outlook|yahoo|icloud|btinternet|btopenworld|live|aol|msn|protonmail|proton|sky|talktalk|"
    "virginmedia|ntlworld|tiscali|me"
)
_USER: Final = r"(?<![\w.+'%-])[\w.+'%-]++"
"""What stands before the @, from its first sign on: so that a text is looked through once, however long a word is."""
_EMAIL: Final = re.compile(
    rf"{_USER}@[\w-]+(?:\.[\w-]+)+"
    rf"|{_USER}(?<=\w)\s@\s{_DOMAIN}"
    rf"|{_USER}\s*+@\s*(?i:{_PROVIDERS})\b"
    r"|(?<![a-z0-9.+_%-])[a-z0-9.+_%-]++@[a-z0-9_-]+\b"
    rf"|(?i:{_USER}\s*+[\[({{<]\s*(?:at|@)\s*[\])}}>]\s*[\w-]+(?:{_DOT}[\w-]+)*)"
    rf"|(?i:{_USER}\s++at\s+[\w-]+(?:\s+dot\s+[\w-]+)+)"
    rf"|(?i:{_USER}\s++at\s+[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|info|uk|eu|me|io)\b)"
)
_HANDLE: Final = re.compile(r"(?<![\w@])@\w[\w.]+")
_PROFILE: Final = re.compile(
    r"(?i)\b(?:https?://)?(?:[\w-]{1,63}\.){0,9}(?:facebook|fb|instagram|twitter|x|linktr|linkedin|tiktok|youtube|youtu|wa|"
    r"whatsapp|t|telegram|threads|snapchat|bsky|nextdoor|pinterest|meetup|linktree|messenger|m)\."
    r"(?:com|ee|me|be|net|app|co\.uk|in|us)(?:/[^\s,;\"'<>)\]]*)?"
)
_URL: Final = re.compile(
    r"(?i)\b(?:(?:https?|ftp|mailto|tel|sms)\s{0,9}:\s{0,9}/{0,2}\s{0,9}|www\d?\.)[^\s,;\"'<>)\]]+"
)
_BARE_HOST: Final = re.compile(
    r"(?i)(?<![\w-])[\w-]++(?:\.[\w-]++){0,9}\.(?:org|com|net|info|co|biz|me|ee|uk|eu|io|app|online|cymru|wales|london)\b"
    r"(?:\.uk)?(?:/[^\s,;\"'<>)\]]*)?"
)
"""A host has at most ten parts: the bound keeps the time in proportion to the length of a text."""
_SIGNS: Final = re.compile(r"(?i)@|\bat\b|\.\w|://|www|mailto|tel\s*:")
_DIGITS: Final = 9
"""Fewer digits than this are no telephone number."""


def redact(text: str, *, links: bool = True) -> str:
    """Return a text with ``[removed]`` in place of telephone numbers, e-mail addresses and links.

    Parameters
    ----------
    text
        What somebody typed.
    links
        False keeps links to websites, but not to personal profiles.

    Examples
    --------
    >>> redact("Ring Jo on +44 (0)1872 900112 or jo [at] ex.org")
    'Ring Jo on [removed] or [removed]'
    >>> redact("Open 2010-2024, 1st floor, TR1 1AA")
    'Open 2010-2024, 1st floor, TR1 1AA'
    """
    plain = text if text.isascii() else _readable(text).replace(_HELD, " ")
    digits = sum(map(str.isdigit, plain))
    if digits < _DIGITS and not _SIGNS.search(plain):
        return text
    shown = plain
    if _SIGNS.search(shown):
        shown = _EMAIL.sub(REMOVED, shown)
        if links:
            shown = _BARE_HOST.sub(REMOVED, _URL.sub(REMOVED, shown))
        shown = _HANDLE.sub(REMOVED, _PROFILE.sub(REMOVED, shown))
    if digits >= _DIGITS:
        dates = iter(_DATE.findall(shown))
        shown = _DATE.sub(_HELD, shown)
        shown = _BRITISH.sub(REMOVED, shown)
        shown = _BARE.sub(_if_number, shown)
        if "+" in shown:
            shown = _without_foreign(shown)
        shown = re.sub(_HELD, lambda _: next(dates), shown)
    return text if shown == plain else shown


def redact_column(column: pd.Series, *, links: bool = True) -> pd.Series:
    """Return `redact` of every text of a column; what is missing or not a text stays as it is."""
    texts = {text for text in column.unique() if isinstance(text, str)}
    changed = {text: new for text in texts if (new := redact(text, links=links)) != text}
    if not changed:
        return column
    return column.map(
        lambda cell: changed.get(cell, cell) if isinstance(cell, str) else cell, na_action="ignore"
    )


def _readable(text: str) -> str:
    """Return the plain forms of digits and signs, without those that nobody sees."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() and not sign.isascii() else sign for sign in plain
    )


def _if_number(found: re.Match[str]) -> str:
    import phonenumbers

    number = phonenumbers.parse("0" + re.sub(r"\D", "", found[0]), "GB")
    mobile = found[0].startswith("7")
    return REMOVED if mobile or phonenumbers.is_valid_number(number) else found[0]


def _without_foreign(text: str) -> str:
    import phonenumbers

    parts, place = [], 0
    for match in phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE):
        if match.raw_string.lstrip("(").startswith("+"):
            parts += [text[place : match.start], REMOVED]
            place = match.end
    return "".join([*parts, text[place:]])
