"""Whether a name says where a place is: an address in any of the ways that people write one, a landmark, coordinates, a contact.

The name of a guarded place that does becomes its type and area. A name that is taken for an address by mistake only loses its words, so what
is in doubt counts as an address. The name of a house alone ("Phoenix House") is one only together with a sign of a place.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assetmap.guarded.text import POSTCODE, visible
from assetmap.redaction.contacts import redact

STREET: Final = re.compile(
    r"(?i)(?<![\w'’-])[\w'’-]++\s++(?:street|str|st(?=\.?\s*(?:,|\)|$))|road|rd|lane|ln|avenue|ave|av|drive|dr|close|cl|way|crescent|cres|"
    r"place|pl|square|sq|terrace|terr?|grove|gardens|gdns|parade|row|walk|court|ct|rise|gate|corner|mews|wharf|quay|green|"
    r"hill|path|alley|yard|passage|circus|vale|bank|view|fields?|broadway|highway|bypass|estate|crossroads|"
    r"park|pk|approach|promenade|esplanade|embankment|arcade|precinct|roundabout|chase|orchard|meadows?|bldgs?|buildings?|mansions|chambers|villas)\b"
)
WELSH_STREET: Final = re.compile(r"(?i)\b(?:heol|stryd|ffordd|l[ôo]n|rhodfa|cilgant|sgw[âa]r)\s+\w")
QUANTITIES: Final = (
    r"(?!(?:steps?|years?|yrs?|y/?o|olds?|beds?|bedded|bedspaces?|hours?|hrs?|places?|units?|persons?|people|weeks?|months?|days?|nights?|plus|to|and|or|"
    r"women|men|families|residents|bedrooms?|aftercare|suite|plan|team|service|recovery|group|project|accommodation|hostel|refuge)\b)"
)
"""What is counted, or is only called by a number: ``24 bed hostel``, ``12 steps``, ``Section 117 aftercare``."""
NUMBERED: Final = re.compile(
    r"(?i)(?<![\w/.–-])(?<!tier )(?<!step )(?<!stage )(?<!level )(?<!phase )(?<!part )(?<!section )(?<!cat )(?<!age )(?<!aged )(?<!ages )(?<!under )(?<!over )"
    r"(?!24\s*/?\s*(?:7|h))(?:\d{1,5}\s*[a-z]?\s?[-–/&]\s?)?\d{1,5}\s*(?:[a-z]\b)?,?\s++"
    + QUANTITIES
    + r"[a-z]|"
    r"\b(?:flats?|unit|apartment|apt|room|plot|chalet|caravan|hut|lot|pitch|no\.?|number|floor|block|bldg|building|suite|bay|house|exit|junction|box|uprn)\s*(?:no\.?\s*)?(?:\d+|[a-h]\b(?![-.'’])|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty)\b)|"
    r"\b(?:uprn|p\.?\s?o\.? box|w3w|what3words|what 3 words|grid ref(?:erence)?|ngr|easting|northing|latitude|longitude|lat|postcode)\b|"
    r"\b(?:ground|first|second|third|fourth|top|upper|lower|1st|2nd|3rd|4th)\s++fl(?:oor|r)?\b|\b(?:garden|basement|attic|top) flat\b|"
    r"\b[ABM]\d{1,4}(?:\(M\))?\b(?!\s*(?:level|test))|\b(?:ind(?:ustrial)?|trading|business|retail) (?:est(?:ate)?|park)\b"
)
COORDINATES: Final = re.compile(
    r"\d+\.\d{3,}|\d\s?°|\b[HJNOSThjnost][A-Za-z]\s?\d{4,10}\b|\b[A-Z]{2}\s?\d{2,5}\s\d{2,5}\b|\b[EN]?\d{5,7}\s*[,/ ]\s*[EN]?\d{5,7}\b|\b-?\d{1,2}\.\d{2,}\s*[,/ ]\s*-?\d|\b[EWNS]\d{8}\b|///|"
    r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b|(?<![\w.])[a-z]{3,20}\.[a-z]{3,20}\.[a-z]{3,20}(?![\w.])"
)
OUTWARD: Final = re.compile(
    r"\b[A-Z]{1,2}\d{1,2}[A-Z]?\b|\b[A-Z]{1,2} \d{1,2}[A-Z]? ?\d[A-Z]{2}\b|\b[a-z]{2}\d{1,2}(?= \d[a-z]{2}\b)"
)

BUILDINGS: Final = r"house|hse|lodge|hall|centre|school|church|chapel|hospital|hotel|grange|priory|station|mill|works|library|inn|arms|college|tower|point|leats|vean"
NAMED: Final = re.compile(
    r"(?i)\b\w[\w'’]*+\s++(?:cottages?|villa|vicarage|rectory|manor|farm|farmhouse|barn|bungalow|parsonage|manse|deanery|gatehouse|hse|ho\.)(?!\w)|\b(?:coach house|granary|malt ?house|maltings|stables|barracks|tannery|foundry|boathouse|oast house)\b|"
    r"\bold (?:school|chapel|church|mill|forge|bakery|dairy|post office|police station|fire station|station|bank|brewery|hospital|court(?:house)?|library|hall|stables|surgery|inn|pub)\b|"
    rf"(?:[,:@(–—]|\s-)\s*(?:the\s++)?(?:[\w'’]++\s++){{0,2}}(?:{BUILDINGS})\b|^(?:the\s++)?[\w'’]++\s++(?!centre)(?:{BUILDINGS})\s*(?:[,:(–—]|-\s)"
)
"""Houses that are called by a name, where a sign of a place goes with it: ``Rose Cottage``, ``Refuge, Pydar House``."""
NO_PLACE: Final = re.compile(
    r"(?i)\b(?:(?:safe|crisis|recovery|halfway|half way|dry|wet|step down|sanctuary|women'?s|girls'?|children'?s)\s++(?:house|hse|home|centre)|"
    r"(?:safe|refuge|her) place|places? of safety|turning corner|(?:family|crown|county|youth|magistrates'?|abuse) court|(?:contact|reception|family|day) centre)\b"
)
"""What sounds like an address and is none."""

LANDMARK: Final = re.compile(
    r"(?i)\b(?:opposite|opp\.?|behind|past the|within the|entrance|rear of|r/o|to the rear|next (?:door )?to|near(?:by)?|nr\.?|adjacent(?: to)?|adj\.?|below|beneath|beside|between|alongside|facing|"
    r"across from|c/o|care of|basement|upstairs|downstairs|corner of|end of|(?:in the )?grounds of|doors? (?:from|down)|(?:yards|metres|miles?|minutes?) from|"
    r"above(?! and\b)|over (?:the\s)?(?:shop|chemist|co-?op|pub|bank|bakery|library|cafe|café|surgery|garage|post office|station)|off(?! the streets?\b)|"
    r"(?-i:(?:by|over|beside|past|within) [A-Z]\w*+)|by the (?:harbour|sea|river|church|station|park|school|bridge|green|shops?|beach|quay)|"
    r"in(?:side)? (?:the )?(?:old|former|grounds|annexe?|basement|church|chapel|library|hospital|village|community centre|leisure centre|health centre|town hall))\b"
    r"|@\s*\w|(?-i:\bat\s++(?:the\s++(?!Well\b)|(?!Risk\b|Home\b|Night\b|Work\b|Heart\b|Last\b|Hand\b)[A-Z0-9]))"
)
"""Words after which a landmark follows, or the building that a place is in."""

LEAST_PART: Final = 4
"""Letters of the shortest part of an address that gives a place away."""


def place_in_name(name: str, *, address: str = "", postcode: str = "") -> bool:
    """Say whether a name gives an address, a postcode, a landmark or a contact away.

    Examples
    --------
    >>> place_in_name("Refuge, 5 Quiet Way"), place_in_name("Haven", address="Haven Cottage, Truro"), place_in_name("Haven")
    (True, False, False)
    >>> place_in_name("Refuge above the Co-op"), place_in_name("Hostel (24 beds)"), place_in_name("Phoenix House")
    (True, False, False)
    """
    seen = visible(name)
    if redact(name) != name or POSTCODE.search(re.sub(r"[.-]", "", seen)):
        return True
    if any(look.search(seen) for look in (POSTCODE, WELSH_STREET, NUMBERED, COORDINATES, OUTWARD, LANDMARK)):
        return True
    without = NO_PLACE.sub(" ", seen)
    if STREET.search(without) or NAMED.search(without):
        return True
    said = f" {plain(name)} "
    parts = [plain(part) for part in re.split(r"[,;\n]", address)]
    return any(len(part) >= LEAST_PART and f" {part} " in said for part in [*parts, plain(postcode)])


def plain(text: str) -> str:
    """Return the letters and digits of a text in small letters, without accents and apostrophes."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’‘`´]", "", letters)).split())
