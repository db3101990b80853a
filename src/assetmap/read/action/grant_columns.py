"""The columns of a list of grants: known by the headings of the 360Giving standard, by ours, and by how councils word theirs.

Councils publish grants under the headings of the transparency code ("Beneficiary", "Summary of the purpose of the grant") or under their
own ("Amount awarded (£)", "Ward where the project takes place"). A heading that is none of ours is read by its words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assetmap.read.tables import heading_key

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "grant_id": ("identifier", "grant id", "id", "grant reference", "reference", "ref", "ref no", "grant ref"),
    "recipient": ("recipient org name", "recipient org 0 name", "recipient", "recipient name", "awarded to", "organisation", "group", "club", "name"),
    "recipient_id": ("recipient org identifier", "recipient org 0 identifier", "recipient id", "charity number"),
    "amount": ("amount awarded", "amount gbp", "amount", "grant amount", "amount awarded gbp", "award", "grant awarded", "value"),
    "currency": ("currency",),
    "award_date": ("award date", "date awarded", "date of award", "date", "year", "financial year"),
    "purpose": ("title", "purpose", "project", "description", "summary"),
    "funder": ("funding org name", "funding org 0 name", "funder", "fund", "given by"),
    "programme": ("grant programme title", "grant programme 0 title", "programme", "grant programme", "scheme"),
    "postcode": ("recipient org postal code", "recipient org 0 postal code", "recipient org postcode", "recipient postcode",
                 "postcode", "registered postcode", "office postcode"),
    "office_area": ("recipient org location geographic code", "recipient org location 0 geographic code",
                    "recipient org 0 location 0 geographic code", "registered area", "recipient area code", "office area"),
    "works_area": ("works in", "area code", "area", "area name", "beneficiary area", "where it works", "ward", "neighbourhood"),
    "works_postcode": ("works postcode", "beneficiary postcode", "project postcode", "postcode of the work", "delivery postcode"),
    "paid_staff": ("paid staff", "has paid staff", "staff"),
    "user_led": ("user led", "led by users", "user led group"),
    "reach": ("reach", "local or national", "local national", "scale"),
    "address": ("address", "recipient address", "registered address", "head office address", "organisation address"),
}  # fmt: skip
"""Field -> headings, in the form in which they are compared; the first that a list has is taken."""

PLACE: Final = re.compile(
    r"beneficiary location(?: (\d+))? (name|geographic code|postal code|latitude|longitude)"
)
PERSON: Final = re.compile(r"(?:recipient ind|to individuals details)\b.*")

_WORK: Final = r"projects?|works?|activit(?:y|ies)|deliver\w*|benefit\w*|takes? place|venue|served"
_PLACE: Final = r"wards?|areas?|locations?|neighbourhoods?|parish(?:es)?|locality|towns?|villages?|communit(?:y|ies)|places?|where"
_GIVEN: Final = r"award\w*|grant\w*|funded|funding|approved|paid|given|offered"
_WHO: Final = r"organi[sz]ation|group|recipient|grantee|beneficiary|applicant|charity|club|project"
_WORDS: Final = (
    ("works_postcode", rf"\bpost ?code\b.*\b(?:{_WORK})\b|\b(?:{_WORK})\b.*\bpost ?code\b"),
    ("postcode", r"\bpost ?code\b"),
    ("paid_staff", r"\b(?:paid|employed|employs)\b.*\bstaff\b|\bstaff\b.*\b(?:paid|employed)\b|\bemployees\b"),
    ("user_led", r"\b(?:user|member|service user)s?\b.*\bled\b|\bled by\b.*\busers?\b"),
    ("recipient_id", rf"\b(?:{_WHO}|registration|registered|company)\b.*\b(?:number|no|id)\b"),
    ("grant_id", rf"\b(?:{_GIVEN}|application|project)\b.*\b(?:reference|ref|number|no|id)\b"),
    ("award_date", rf"\b(?:date|year|month)\b.*\b(?:{_GIVEN}|decision|award|payment)\b|\b(?:{_GIVEN}|decision|payment)\b.*\b(?:date|year)\b"),
    ("purpose", r"\bpurpose\b|\bproject (?:title|name|description)\b|\bwhat\b.*\bfor$|\breason\b|\bused for\b"),
    ("works_area", rf"\b(?:{_PLACE})\b.*\b(?:{_WORK})\b|\b(?:{_WORK})\b.*\b(?:{_PLACE})\b|\bwards?\b"),
    ("address", r"\baddress\b"),
    ("funder", r"\bdepartment\b|\bfunding (?:body|source|stream)\b|\bname of (?:the )?fund\b"),
    ("programme", r"\b(?:fund|grant|funding) (?:name|scheme|programme|type|stream|pot)\b"),
    ("amount", rf"\b(?:amount|sum|value|total)\b.*\b(?:{_GIVEN})\b|\b(?:{_GIVEN})\b.*\b(?:amount|sum|value|total|gbp|£)|^(?:grant|awarded|funding awarded|total awarded|amount £)$"),
    ("recipient", rf"\b(?:name|title)\b.*\b(?:{_WHO})\b|\b(?:{_WHO})\b.*\bname\b|^(?:the )?(?:beneficiary|grantee|applicant|group|recipient|payee|paid to|charity|voluntary organi[sz]ation|community group|organi[sz]ation funded)$|\b(?:recipient|awarded to|given to)\b"),
)  # fmt: skip
"""Field -> what its heading says, the more special first: a heading is given to the first field whose words it has."""

_NOT_GIVEN: Final = re.compile(r"\b(?:request\w*|applied|asked|sought|match\w*|refused|cost|costs|budget)\b")
"""In headings of sums that were not given."""

_ALSO: Final = ("award_date", "purpose", "funder", "programme", "grant_id")


def fields_of(headings: Iterable[str]) -> dict[str, str]:
    """Return the heading of each field of a list of grants that is known.

    Parameters
    ----------
    headings
        As the file has them.

    Returns
    -------
    dict
        Field -> heading. A heading that is one of ours, or of the 360Giving standard, goes before one that is read by its words.

    Examples
    --------
    >>> fields_of(["Beneficiary", "Amount awarded (£)", "Amount requested", "Ward where the project takes place", "Postcode"])
    {'amount': 'Amount awarded (£)', 'postcode': 'Postcode', 'recipient': 'Beneficiary', 'works_area': 'Ward where the project takes place'}
    """
    keys: dict[str, str] = {}
    for heading in headings:
        keys.setdefault(heading_key(str(heading)), str(heading))
    found = {
        field: next(keys[key] for key in known if key in keys)
        for field, known in FIELDS.items()
        if any(key in keys for key in known)
    }
    for key, heading in keys.items():
        if heading in found.values() or PLACE.fullmatch(key) or PERSON.fullmatch(key):
            continue
        field = next((name for name, words in _WORDS if re.search(words, key)), None)
        if field is not None and field not in found and not (field == "amount" and _NOT_GIVEN.search(key)):
            found[field] = heading
    return found


def are_grants(headings: Iterable[str]) -> bool:
    """Say whether headings are those of a list of grants: who received it, how much, and that it was given.

    Examples
    --------
    >>> are_grants(["Group", "Award", "Postcode"]), are_grants(["Name", "Value", "Postcode"])
    (True, False)
    """
    found = fields_of(headings)
    if not {"amount", "recipient"} <= set(found):
        return False
    given = re.search(rf"\b(?:{_GIVEN})\b", heading_key(found["amount"]))
    return bool(given) or sum(field in found for field in _ALSO) > 1
