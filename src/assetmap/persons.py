"""Names of persons in text that the public may see, where a title, a task or a contact beside them says that they are persons.

Other names of persons look like names of places and stay: ``Jo`` in "ask Jo", ``Ann Other`` in a list of members.
"""

from __future__ import annotations

import re
from typing import Final

REMOVED: Final = "[removed]"

_TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Rev|Revd|Fr|Cllr|Prof|Canon)\.?\s"
_NAME: Final = (
    r"(?!(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|The|Our|Any|All)\w{0,6}\b)[A-Z][a-z'’-]{1,30}[A-Za-z'’-]{0,20}(?:\s(?:[A-Z]\.?|[A-Z][a-z'’-]{1,30}[A-Za-z'’-]{0,20})){0,2}"
    r"(?<!Library)(?<!Hall)(?<!Centre)(?<!Council)(?<!Office)(?<!Club)(?<!Group)(?<!Church)(?<!School)(?<!Trust)(?<!Team)(?<!Reception)(?<!Association)(?<!Society)(?<!Charity)(?<!House)(?<!Bookings)(?<!Helpline)"
)
_TASK: Final = r"(?i:chair(?:man|woman|person)?|(?:hon\.? )?sec(?:retary)?|treasurer|organi[sz]er|contact(?: name| person)?|(?:group |club |youth )?leader|clerk|warden|caretaker|co-?ordinator|key ?holder|vicar|trustee)"
_NO_PLACE: Final = r"(?!\s?(?:Library|Hall|Centre|Council|Office|Club|Group|Church|School|Trust|Team|House|Theatre|Kitchen|Garden|Street|Road|Memorial|Room)|['’]s\b)"
_PERSONS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<before>\b(?i:c/o|keys? from|admin|{_TASK})\b[:\s–-]{{0,3}})(?:{_TITLE})?{_NAME}\s?(?:,|:|-|–|\(|on|at)?\s?\[removed\]",
        rf"(?P<before>)\b{_TITLE}(?:[A-Z]\.?\s)?{_NAME}\s?(?:,|:|-|–|\(|on|at)?\s?\[removed\]",
        rf"(?P<before>\b{_TASK}\s?[:–-]\s?)(?:(?:{_TITLE})(?:[A-Z]\.?\s){{0,2}}[A-Z][a-z'’-]{{1,30}}[A-Za-z'’-]{{0,20}}|[A-Z][a-z'’-]{{1,30}}\s(?:[A-Z]\.\s)?[A-Z][a-z'’-]{{1,30}}[A-Za-z'’-]{{0,20}}){_NO_PLACE}",
        rf"(?P<before>\b(?i:c/o|contact|ask for|speak to|write to|ring|keys? from)\s){_TITLE}(?:[A-Z]\.?\s){{0,2}}[A-Z][a-z'’-]{{1,30}}[A-Za-z'’-]{{0,20}}{_NO_PLACE}",
        rf"(?P<before>){_NAME}\s?<\[removed\]>?",
    )
)
"""Names of persons: beside a contact, after a title or a task. Other names look like names of places."""
_LETTERS: Final = re.compile(
    r"(?i)(\b(?:contact|correspondence|enquiries|write|apply|applications|cheques)\s?(?:to\b|:)\s?)(?=[^;\n]{0,90}?(?:\b\d{1,4}[a-z]?,?\s[a-z' ]{2,30}\b(?:street|st|road|rd|lane|avenue|ave|close|way|terrace|place|crescent|drive|row|hill)\b|"
    r"\b(?:cottage|farm|lane|road|street|house|terrace)\b[^;\n]{0,40},|\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b))[^;\n]{3,140}"
)
"""An address for letters, after words that ask for them."""
_PERSON_SIGNS: Final = re.compile(
    rf"\b{_TASK}\s?[:–-]\s?[A-Z]|\b(?i:c/o|contact|ask for|speak to|write to|ring|keys? from)\s{_TITLE}|(?i:\b(?:contact|correspondence|enquiries|write|apply|applications|cheques)\s?(?:to\b|:))"
)

PERSON_SCREEN: Final = r"(?i)c ?/ ?o|(?:chair|sec|treasurer|organi|contact|leader|clerk|warden|caretaker|co-?ordinator|key|vicar|trustee|ask|speak|write|ring|correspondence|enquiries|apply|applications|cheques)"
"""What a text has, for Arrow, wherever `names_person` may be true."""


def names_person(text: str) -> bool:
    """Say whether a text may name a person, or an address for letters, without any number or address of the network."""
    return bool(_PERSON_SIGNS.search(text))


def without_persons(text: str) -> str:
    """Return a text without names of persons beside a title, a task or a contact, and without addresses for letters.

    Parameters
    ----------
    text
        What somebody typed, with ``[removed]`` in place of numbers and addresses.

    Examples
    --------
    >>> without_persons("Chair: Dorothy Penrose"), without_persons("c/o Mr Penrose, [removed]"), without_persons("Contact Theatre")
    ('Chair: [removed]', 'c/o [removed]', 'Contact Theatre')
    """
    shown = _LETTERS.sub(lambda found: f"{found[1]}{REMOVED}", text)
    for pattern in _PERSONS:
        shown = pattern.sub(lambda found: f"{found['before'] or ''}{REMOVED}", shown)
    return shown
