"""What headings and cells say of secrecy, apart from ``sensitive`` and the guarded words of a type or a name.

A heading that the register does not know may ask whether a place may be shown (``Show on map?``) or must be hidden (``Keep
private``), in many words. It is read by its words: each must be one of the small vocabularies below, so that ``Private hire`` or
``Shared space`` ask nothing. A cell anywhere may say that the place is secret.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final

from assetmap.schema import NO, YES

HIDING: Final = frozenset(
    [
        "confidential",
        "confidentiality",
        "sensitive",
        "sensitivity",
        "secret",
        "undisclosed",
        "nondisclosure",
        "withheld",
        "withhold",
        "hide",
        "hidden",
        "restricted",
        "restrict",
        "suppress",
        "suppressed",
        "redact",
        "redacted",
        "anonymise",
        "anonymised",
        "anonymize",
        "anonymous",
        "embargo",
        "embargoed",
        "unpublished",
        "unlisted",
        "private",
        "privately",
        "exclude",
        "excluded",
        "optout",
        "protected",
        *("mask", "masked", "omit", "omitted", "remove"),
        "cyfrinachol",
        "preifat",
    ]
)
"""Words of a heading under which a yes hides the place."""

SHOWING: Final = frozenset(
    [
        "public",
        "publicly",
        "publish",
        "published",
        "publishing",
        "publishable",
        "publication",
        "publicise",
        "publicised",
        "advertise",
        "advertised",
        "permission",
        "permissions",
        "consent",
        "disclose",
        "disclosed",
        "disclosure",
        "visible",
        "cyhoeddus",
        "cyhoeddi",
    ]
)
"""Words of a heading under which a no hides the place."""

WEAK: Final = frozenset(
    [
        "show",
        "shown",
        "display",
        "displayed",
        "include",
        "included",
        "list",
        "listed",
        "listing",
        "appear",
        "share",
        "shared",
        "sharing",
        "release",
        "released",
        "map",
        "mapped",
        "mapping",
    ]
)
TARGETS: Final = frozenset(
    [
        "address",
        "location",
        "map",
        "maps",
        "website",
        "web",
        "online",
        "internet",
        "directory",
        "details",
        "postcode",
        "consent",
        "external",
        "externally",
        "outside",
        "partners",
        *("ok", "okay", "happy", "agree", "agreed", "agrees", "allowed", "permitted", "can", "may"),
    ]
)
"""A weak word shows only together with a target: ``Show on map``, ``OK to share``, but not ``Listed`` (a building) or ``Shared site``."""

ASKING: Final = frozenset(["can", "may", "should", "ok", "okay", "do"])
"""A weak word shows with one of these and "we" too: ``Can we share?`` is asked by who keeps the list."""

CHOOSING: Final = frozenset(
    [
        "visibility",
        "privacy",
        "classification",
        "protective",
        "marking",
        "audience",
        "sharing",
        "listing",
        "circulation",
        "gdpr",
        "security",
        "see",
        "seen",
    ]
)
"""Words of a heading whose cells choose who may see a row."""

REFUSING: Final = frozenset(["visibility", "sharing", "listing", "circulation", "gdpr", "see", "seen"])
"""Of these, the ones under which a no hides too."""

FILLING: Final = frozenset(
    ["do", "who", "rag", "by", "register", "granted", "ar", "y", "yr", "i", "w", "iw", "approved", "cleared", "facing", "leave", "make", "made", "give", "given", "available", "is", "are", "this", "the", "a", "to", "be", "been", "can", "may", "must", "should", "ok", "okay", "happy", "agree", "agreed", "agrees", "yes", "y", "n", "yn", "flag", "from", "on", "in", "of", "for", "we", "us", "it", "its", "access", "level", "rights", "handling", "view", "viewing", "availability", "status", "type", "types", "please", "keep", "kept", "mark", "marked", "as", "only", "with", "at", "site", "place", "venue", "entry", "record", "information", "info", "data", "concern", "concerns", "if", "or", "and", "any", "details", "address", "location", "postcode", "organisation", "organization", "group", "use", "used", "ready"]
) | TARGETS  # fmt: skip
"""Words of a heading that ask nothing and change nothing."""

STEMS: Final = {
    **dict.fromkeys(("confident", "confiden", "sensitiv", "undisclos", "withh", "restrict", "suppress", "redact", "anonym", "embargo"), "hidden"),
    **dict.fromkeys(("unpublish", "unlist", "privatel", "exclud", "cyfrinach", "gyfrinach", "chyfrinach"), "hidden"),
    **dict.fromkeys(("publish", "publici", "advertis", "permiss", "consent", "disclos", "cyhoedd", "gyhoedd", "chyhoedd"), "public"),
    **dict.fromkeys(("shareab", "releasab", "visible", "disclosab", "publicl"), "public"),
    **dict.fromkeys(("viewab", "viewer"), "see"),
}  # fmt: skip
"""What a word of a heading means that begins so, where it is none of the words above."""

JOINED: Final = tuple(
    (re.compile(rf"(?:^|(?<=_))(?:{words})(?=_|$)"), meaning)
    for words, meaning in (
        ("don_?t", "dont"),
        ("opt(?:ed|ing)?_?out", "optout"),
        ("open_data", "public"),
        ("opt(?:ed|ing)?_?in", "consent"),
        ("(?:safe|secure)_(?:address|location)", "hidden"),
        ("(?:keep|kept|leave|left|stay)_off", "not_for"),
        ("internal(?:_use)?_only|internal_use|safeguarding_(?:concerns?|risks?|issues?|flag)", "hidden"),
    )
)
"""Words of a heading that mean one thing together."""

NOT: Final = frozenset(["not", "no", "non", "dont", "never", "cannot", "cant", "without"])

REFUSED: Final = re.compile(
    r"(?:red|🔴|none|nil|no|n|false|0|nope|never|refused?|declined?|denied|withdrawn|revoked|opted out|opt out|nac ydy|nage|naddo|[✗✘❌✖☒╳×🚫⛔\ufe0f]+)\b.*"
    r"|[✗✘❌✖☒╳×🚫⛔\ufe0f]+|.*\bonly\b.*|(?:partial(?:ly)?|limited|part|not|no|don'?t|do not|without|awaiting|pending|ask|check|unsure|unknown|tbc|tba|until|later|on hold|hold|maybe)\b.*|\?+"
)
"""Answers to the question whether a place may be shown that are not a yes."""

NEVER_MIND: Final = NO | {
    "-",
    "--",
    "n/a",
    "na",
    "none",
    "nil",
    "not applicable",
    "no concerns",
    "public",
    "everyone",
    "all",
}
"""Cells under a heading that hides that hide nothing."""

MARKING: Final = re.compile(
    r"(?:uk )?official[ -]*sensitive|(?:strictly |highly )?confidential|confidential (?:address|location|venue)|undisclosed|non-?disclosed|"
    r"withheld|not disclosed|cyfrinachol|(?:for )?internal use only(?:\W+not public)?|not public|secret|hidden (?:address|location)|"
    r"sensitive(?: (?:address|location|site|venue))?|sensitive\W{1,3}(?:speak|check|ask|contact|see)\b.*|(?:cyfeiriad|lleoliad) cyfrinachol"
)
"""A cell that is only such a word marks its row, under any heading."""

CHOICE: Final = re.compile(
    r"(?:private (?:address|residence|home|house)|[*x#]{2,}|private|internal|hidden|secret|restricted|unlisted|unpublished|suppressed|redacted|preifat|(?:staff|team|council|officers?) only|"
    r"(?:internal|private|restricted|official)(?: use)?(?: only)?|(?:council |our |internal )?(?:staff|team|officers?) only|(?:professionals?|practitioners?|referrers?|agenc(?:y|ies)|partners?) only|"
    r"(?:do not|don'?t|not) (?:share|show|publish|map|list|release|disclose)(?:d|ed)?\b.*)"
)
"""Cells that hide where the heading is one of `CHOOSING` or is the address."""

CHOSEN: Final = re.compile(
    r"(?:council |internal )?(?:staff|officers?)|red|🔴|os|excluded?|suppress|withhold|do not (?:share|map|list)\b.*"
)
"""Cells that hide only under a heading that chooses: elsewhere they are a colour or a sort of map."""

SAYS_SO: Final = re.compile(
    r"(?:\b(?:do not|don'?t|never|not to be|(?:must|should|may|can) ?not(?: be)?|can'?t|not for|cannot be|please do not)\s+(?:be\s+)?"
    r"(?:publish|publici[sz]|publication|disclos|advertis|(?:put|shown?|list(?:ed)?|appear)\s+(?:it\s+|this\s+)?(?:on|in|online|publicly)|mapped|"
    r"made public|make public|(?:the\s+)?public\b|release|(?:share|give out|show)\s+(?:the|this|its|our)?\s*(?:address|location|postcode|whereabouts|publicly|with the public))"
    r"(?!\w*\s+(?:\w+\s+){0,2}(?:phone|telephone|tel|mobile|e-?mail|number|name|contact)))"
    r"|\b(?:address|location|venue|postcode|whereabouts)\s+(?:(?:is|are|to be|must be|should be|being|remains?|kept|needs to be|strictly|highly)\s+){0,5}"
    r"(?:confidential|secret|undisclosed|withheld|suppressed|redacted|not (?:to be )?(?:disclosed|published|public|shared|shown))\b"
    r"|\b(?:address|location|whereabouts)\s+(?:is|are|to be|must be|should be|kept|remains?)\s+(?:kept\s+)?(?:private|hidden|protected|sensitive|restricted)\b"
    r"|\b(?:confidential|secret|undisclosed|withheld|unpublished|non-?disclosed)\s+(?:address|location|venue|whereabouts|postcode)\b"
    r"|\bkeep\b[^.;]{0,30}\b(?:address|location|venue|whereabouts|postcode)\b[^.;]{0,20}\b(?:secret|confidential|private|hidden)\b"
    r"|\b(?:address|location) (?:available |given |provided |supplied |only )*(?:on (?:application|request|referral|booking)|to (?:members|clients|referrers) only)\b"
    r"|\b(?:keep|leave) (?:it |this )?off (?:the |our |any )?(?:public )?(?:map|website|web|list|directory)\b|\bdo not list\b"
    r"|\b(?:exclude|omit|remove|hide)d? from (?:the |our |any )?(?:public )?(?:map|website|web|list|directory|publication)\b"
    r"|\bprivate address\b|\b(?:ddim|dim) (?:i'w |yn cael ei )?gyhoeddi\b|\bdim cyhoeddi\b"
    r"|\bofficial[ -]sensitive\b|\bstrictly confidential\b|\bpeidiwch . chyhoeddi\b"
)
"""Words in a longer text that say that the place is secret."""

HINTS: Final = re.compile(
    r"\bmap\b|website|publi|disclos|advertis|secret|confidential|withheld|undisclosed|suppress|redact|private|hidden|protected|sensitive|restricted|share|shown?\b|"
    r"list|appear|mapped|give out|release|on (?:application|request|referral|booking)|only|internal|\boff\b|exclude|omit|remove|gyhoeddi|hide|cyhoeddi|[*x#]{2}|cyfrinachol|chyhoeddi"
)
"""A text without any of these has nothing of `SAYS_SO`: most texts are looked through once and quickly."""

OF_ALL: Final = re.compile(
    r"\b(?:confidential|secret|undisclosed|official[ -]sensitive|(?:do not|not for) (?:publish|publication|public))\b"
)
"""Words in the name of a sheet, a layer or a file that hide all its rows."""

TITLE: Final = "list_title"

WHERE: Final = ("address", "postcode", "town", "coordinates", "covers")
SHORT: Final = 80
"""Signs of the longest cell that may be a type or an answer."""


@functools.lru_cache(maxsize=10_000)
def asks(heading: str) -> str:
    """Return what a heading that the register does not know asks: ``hide``, ``show``, ``choose`` or ``""``.

    Examples
    --------
    >>> [asks(name) for name in ("keep_private", "show_on_map", "can_we_share", "do_not_publish", "visibility", "private_hire", "listed")]
    ['hide', 'show', 'show', 'hide', 'choose', '', '']
    """
    joined = functools.reduce(lambda text, pair: pair[0].sub(pair[1], text), JOINED, heading)
    words = [word for word in joined.split("_") if word and not word.isdigit()]
    known = HIDING | SHOWING | WEAK | CHOOSING | FILLING | NOT
    words = [word if word in known else _meant(word) for word in words]
    if not words or not known.issuperset(words):
        return ""
    has = set(words)
    hides, turned = bool(has & HIDING), len([word for word in words if word in NOT]) % 2 == 1
    shows = ("access" not in has and bool(has & SHOWING)) or bool(has & WEAK and has & TARGETS)
    shows = shows or bool(has & WEAK and "we" in has and has & ASKING)
    if has & HIDING and has & SHOWING and "or" in has:
        return "choose"
    if (
        hides
        or shows
        or (turned and has & (WEAK | ({"web", "website", "directory"} if "no" not in has else set())))
    ):
        return "hide" if hides != turned else "show"
    only_where = has <= {"directory", "map", "mapping", "online", "web", "internet"}
    return "choose" if has & CHOOSING - {"access"} or {"access", "level"} <= has or only_where else ""


def _meant(word: str) -> str:
    """Return the word that a word of a heading is a form of, or the word itself."""
    return next((meant for stem, meant in STEMS.items() if word.startswith(stem)), word)


def may_say_secret(heading: str, cells: Sequence[str], *, understood: bool = False) -> bool:
    """Say whether any cell of a column may say that a place is secret: one look at all of them, where most columns have none.

    Parameters
    ----------
    heading, understood
        As for `says_secret`.
    cells
        Different cells of the column.
    """
    if heading in WHERE or heading == "status" or (not understood and asks(heading)):
        return True
    return HINTS.search("\n".join(cells).casefold()) is not None


def says_secret(heading: str, cell: str, *, understood: bool = False) -> str:
    """Return the part of a cell that says that the place of its row is secret, or ``""``.

    Parameters
    ----------
    heading
        Name of the column in the register.
    cell
        What somebody typed.
    understood
        Whether it is a column of the register: then its heading asks nothing.

    Examples
    --------
    >>> says_secret("show_on_map", "Never"), says_secret("note", "Please do not publish the address."), says_secret("note", "Free, confidential advice")
    ('show_on_map: Never', 'please do not publish', '')
    """
    if not cell:
        return ""
    question = "choose" if heading == "status" else "" if understood else asks(heading)
    if not question and heading not in WHERE and not HINTS.search(cell.casefold()):
        return ""
    if heading in (TITLE, "sheet"):
        marked = OF_ALL.search(cell.casefold().replace("_", " "))
        return marked[0] if marked else ""
    text = " ".join(cell.casefold().replace("’", "'").split()).strip(" .!*()[]\"'")
    if len(text) <= SHORT:
        parts = re.split(r"\s*[,;\n]\s*", text) if heading in WHERE else [text]
        if any(
            MARKING.fullmatch(part) or ((question or heading in WHERE) and CHOICE.fullmatch(part))
            for part in parts
        ):
            return cell.strip()
        if question and _hides(question, heading, text):
            return f"{heading}: {cell.strip()}"
    if not HINTS.search(text):
        return ""
    words = SAYS_SO.search(text)
    return words[0] if words else ""


def _hides(question: str, heading: str, text: str) -> bool:
    """Say whether an answer to what a heading asks (`asks`) hides the place."""
    if question == "hide":
        return text not in NEVER_MIND
    if question == "choose":
        refuses = bool(REFUSING & set(heading.split("_"))) and REFUSED.fullmatch(text)
        return bool(refuses or CHOSEN.fullmatch(text))
    welsh_no = "yhoedd" in heading and text in ("na", "nag oes", "nac oes", "nid")
    return text not in YES and bool(welsh_no or REFUSED.fullmatch(text))
