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
_ASKED: Final = r"(?:contact|correspondence(?: address)?|enquiries|write|writing|apply|applications|cheques|keys?(?: held)?|key ?holder|lives?|home(?: address)?(?= of\b|\s?:)|forms|letterbox|c/o|clerk|secretary|treasurer|chair)"
_HOUSE: Final = r"(?:cottages?|farm|house|rectory|vicarage|manse|bungalow|lodge|villa|flat)"
_LETTERS: Final = re.compile(
    rf"(?i)(\b{_ASKED}(?:\s(?:at|to|of|from)\b|\s?:|(?<=c/o))\s?)(?:the\s)?(?-i:(?:[^;\n\d]{{0,60}}?)(?:\b(?:[Nn]o\.? ?|[Ff]lat ?\d+[a-z]?, ?)?\b\d{{1,4}}[a-z]?,? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){{0,3}}|"
    rf"\b[A-Z][\w'’-]*,? (?:[A-Z][\w'’-]+ ){{0,2}}(?i:{_HOUSE})\b[,.]? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){{0,3}}|\b(?:The )?[A-Z][\w'’-]+, [A-Z][\w'’-]+ (?:Lane|Road|Street|Walk|Avenue|Close|Terrace|Row|Hill|Drive|Way|Place)\b|\b[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b))(?-i:(?:, ?[A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+){{0,2}}){{0,3}}(?:,? ?[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b)?)"
)
"""An address for letters or of a home, after words that ask for it; the words stay."""
_BOX: Final = re.compile(r"(?i)\bP\.?\s?O\.?\s?Box\s?\d+[A-Za-z]?\b")
_POST: Final = re.compile(r"(?i)\b(?:post|letters?|mail|write|correspondence|c/o|manager|secretary)\b")
_PUBLIC: Final = re.compile(
    r"(?i)\b(?:library|libraries|cent(?:re|er)|hall|college|school|church|chapel|council|offices?|club|hub|museum|university|hospital|surgery|shop|cafe|pub|inn|hotel|station|depot|unit)\b"
    r"(?!\s(?:walk|approach|road|street|lane|close|hill|row|terrace|way|avenue|place|green|view|cottages?)\b)"
)
"""An address of a public building may be asked for, and stays: ``c/o Truro Library, Union Place``."""
_PERSON_SIGNS: Final = re.compile(
    rf"\b{_TASK}\s?[:–-]\s?[A-Z]|\b(?i:c/o|contact|ask for|speak to|write to|ring|keys? from)\s{_TITLE}|(?i:\b{_ASKED}(?:\s(?:at|to|of|from)\b|\s?:|(?<=c/o))|\bp\.?\s?o\.?\s?box)"
)

PERSON_SCREEN: Final = (
    r"(?i)c ?/ ?o|\b(?:chair|sec\b|secretar|treasurer|organi[sz]er|contact|leader|clerk|warden|caretaker|co-?ordinator|key|vicar|trustee|ask for|speak to|writ(?:e|ing)\b|ring.[mdrfcp]|"
    r"correspondence|enquiries|apply|applications|cheques|lives?\b|home\b|forms\b|letterbox|p\.?.?o\.?.?box)"
)
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
    shown = _BOX.sub(REMOVED, text) if _POST.search(text) else text
    shown = _LETTERS.sub(
        lambda found: found[0] if _PUBLIC.search(found[0]) else f"{found[1]}{REMOVED}", shown
    )
    for pattern in _PERSONS:
        shown = pattern.sub(lambda found: f"{found['before'] or ''}{REMOVED}", shown)
    return shown
