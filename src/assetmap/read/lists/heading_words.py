"""Words of headings, apart from the whole headings of ``data/tables/column_names.csv``: their parts, their ends and what forms ask."""

from __future__ import annotations

import re
from typing import Final

ADDRESS_PART: Final = re.compile(
    r"^((\w+ )?(address|addr|add)( line)? ?\d|address line|street|street ?name|(addr )?house ?(number|name)|addr street|"
    r"charity contact address ?\d|recipient org street address)$"
)


ENDINGS: Final = (
    "postcode", "address", "town", "latitude", "longitude", "easting", "northing", "email", "phone", "website", "uprn",
    "grid_reference", "opening_times",
)  # fmt: skip
"""Columns that a heading may name with its last words: "Billing Postal Code", "Venue town"."""

FORMER: Final = frozenset(
    ["old", "former", "previous", "last", "count", "number", "no", "id", "code", "date", "source", "quality", "publish", "share",
     "show", "display", "hide", "private", "confidential", "withhold", "same", "ip", "mac", "published"]
)  # fmt: skip
"""Words that turn a heading into something else: "Previous postcode", "Postcode count", "Publish address?"."""

CHECKED: Final = re.compile(
    r"\b(?:last|date) (?:checked|verified|reviewed|updated|confirmed)$|\bdate of (?:the )?(?:last|latest) (?:check|review|update|visit)$"
)
"""The end of a heading that says when a row was last checked: "Record last checked"."""

MEETS_WHEN: Final = re.compile(
    r"\b(?:when|what times?|days? (?:and |or )?times?)\b(?!.* (?:start(?:ed)?|begin|began|form(?:ed)?|found(?:ed)?|last|checked|closed?)\b)"
)
"""A question for the times of a group: "What day and time do you meet?"."""

CODED: Final = re.compile(r"(?<=\S)\s*\((name|code)\)$", re.I)
"""Registers write a field twice: "TypeOfEstablishment (code)", and "TypeOfEstablishment (name)" in words."""

NOUNS: Final = frozenset(["activity", "asset", "building", "club", "facility", "group", "hall", "organisation", "place", "premises", "project", "property", "provider", "service", "site", "society", "venue"])  # fmt: skip
"""What a heading may call the thing of a row: "Asset nominated"."""

KINDS: Final = ("type", "category", "classification", "kind", "types", "categories")
"""Last words of a heading that may say the type: "Service category"."""

OTHER_KINDS: Final = frozenset([
    "access", "address", "charity", "company", "contact", "contract", "data", "document", "event", "feature", "file", "funding", "geometry",
    "grant", "heating", "hire", "holding", "land", "lease", "legal", "licence", "location", "management", "membership", "operator",
    "owner", "ownership", "payment", "postcode", "record", "road", "roof", "tenure", "ticket", "transaction", "user", "vehicle",
])  # fmt: skip
"""Words before "type" that make it the type of something else than the place or group."""

LEAST: Final = {"asset_type": ("type", 0.2), "status": ("status", 0.5)}
"""Column -> what its cells must look like, and in which share, below a heading that only ends like one of it."""

MEETS: Final = frozenset(["venue", "hall", "building", "premises", "meeting", "meets"])
"""Words of headings that say where a group meets, not what it is."""

ASKED: Final = re.compile(
    r"^(?:(?:what s|what is|what are|please|enter|give|state|tell us|provide) )+(?:the )?|\b(?:your|our|this) "
)
"""How a form asks: "What is the name of your group?"."""

NOT_NAMES: Final = frozenset([
    "account", "alias", "alternative", "area", "author", "authority", "bank", "ca", "category", "chair",
    "city", "class", "column", "constituency", "contact", "council", "country", "county", "district",
    "domain", "editor", "fam", "family", "feature", "feedback", "field", "file", "first", "fore",
    "former", "fund", "funder", "funding", "host", "icb", "image", "key", "la", "lad", "landlord",
    "last", "layer", "leader", "locality", "lsoa", "manager", "map", "middle", "msoa", "nick", "oa",
    "officer", "old", "operator", "other", "owner", "parish", "pcn", "person", "photo", "place",
    "postcode", "previous", "programme", "project", "provider", "publisher", "region", "road", "scheme",
    "secretary", "sheet", "short", "street", "submitter", "sur", "tenant", "town", "trading",
    "treasurer", "trust", "trustee", "type", "user", "village", "ward",
])  # fmt: skip
"""Words before "name" that make it the name of something else than the place or group."""

CHARITY_NUMBER: Final = re.compile(r"(?=.*\bcharity\b)(?=.*\b(?:no|number|num|ref|reg|registration)$)")
"""Headings such as "Charity registration no"."""
