"""What a heading that the register does not know asks: whether a place may be shown, must be hidden, or who may see it.

A heading is read by its words. Some show (``publish``), some hide (``confidential``), some refuse (``objection``), and an odd number
of "not" turns them round. A weak word (``show``, ``listed``) needs something to be shown on or shown (``map``, ``address``). A heading
about something else (``Public transport``, ``Confidentiality policy``, ``Photo consent``) asks nothing. A word that is none of ours
makes a short heading ask nothing too, but not a whole question (``Would you like your hub to be on the Quillford map?``).
"""

from __future__ import annotations

import functools
import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HIDING: Final = _words(
    "confidential confidentiality undisclosed nondisclosure withheld withhold suppress suppressed redact redacted embargo embargoed "
    "unpublished unlisted optout cyfrinachol"
)
"""Words under which a yes hides the place, whatever other words there are."""

HIDING_ALONE: Final = _words(
    "sensitive sensitivity secret secrecy anonymise anonymised anonymize anonymous conceal concealed obscure obscured blur blurred private "
    "privately hide hidden restricted restrict exclude omit remove preifat"
)
"""Words under which a yes hides the place if no word of the heading is strange: ``Private hire`` and ``Light sensitive`` ask nothing."""

DOING: Final = _words("optout exclude omit remove hide suppress withhold redact removed excluded omitted")
"""Of these words, the ones for what shall be done: with them a heading hides even if it asks ``Do you want`` or ``OK to``."""

HIDING_FROM: Final = _words("excluded removed omitted mask masked protected deleted")
"""Words under which a yes hides the place if they are alone or the heading says from where: ``Date removed`` asks nothing."""

OBJECTING: Final = _words(
    "object objects objection objections objected mind refuse refused refusal decline declined withdraw withdrawn"
)
"""Words under which a yes hides the place if the heading also says that something is shown."""

SHOWING: Final = _words(
    "publish published publishing publishable publication publicise publicised publicize advertise advertised advertising disclose "
    "disclosed publicly cyhoeddi"
)
"""Words under which a no hides the place."""

SHOWING_ALONE: Final = _words(
    "public permission permissions consent consents consented disclosure visible viewable cyhoeddus"
)
"""Words under which a no hides the place if no word of the heading is strange: ``Planning permission`` asks nothing."""

WEAK: Final = _words(
    "show shown showing display displayed include included including list listed listing appear appearing share shared sharing release "
    "released map mapped mapping put feature featured"
)
TARGETS: Final = _words(
    "address location map maps mapping website websites web online internet directory directories details postcode consent external "
    "externally outside partners whereabouts portal site_map third_parties open_data publicly"
)
"""A weak word shows only together with a target: ``Show on map``, but not ``Listed`` (a building) or ``Shared site``."""

PERMITTING: Final = _words(
    "ok okay happy agree agreed agrees allow allowed permitted permission consent consents can may authorised authorized "
    "approve approved approval cleared"
)
"""A word of these shows together with a weak word or a target: ``OK for web``, ``Happy to share``."""
WANTING: Final = _words("like want wish wishes willing content prefer")
"""So does one of these with "to" or "be": ``Would you like to be listed?``, but not ``Wish list``."""
NOT_SHOWN_AT: Final = _words(
    "shared listed listing map mapped mapping feature featured included including list"
)
"""``Shared location`` and ``Map location`` say what it is, not where it may be shown."""

CHOOSING: Final = _words(
    "visibility privacy classification protective marking audience sharing listing circulation gdpr security see distribution dissemination handling"
)
"""Words whose cells choose who may see a row."""
REFUSING: Final = _words("visibility sharing circulation gdpr see privacy")
"""Of these, the ones under which a no hides too."""
LEVELS: Final = _words("access information record data")
"""``Access level``, ``Record access`` and ``Data class`` choose as well, two of these words together or one with a level."""
LEVEL: Final = _words("level class tier classification")

PLACES: Final = _words("address location venue postcode whereabouts directions coordinates")
"""Words for the place itself: with one of them a heading about something else may ask of the place too."""

TOPICS: Final = _words(
    "policy policies statement statements notice procedure procedures training trained insurance liability photo photos photograph "
    "photographs photography image images picture pictures video videos filming newsletter newsletters marketing mailing mailings transport "
    "toilet toilets wifi wi fi internet_access hire hiring room rooms parking garden gardens sector voluntary statutory house houses "
    "ownership tuition school schools footpath path right_of_way land funds money accounts minutes vacancies jobs events event noticeboard "
    "planning licence license car dogs smoking alcohol phone telephone mobile email emails number numbers advice counselling counsellor "
    "helpline listening support service services space spaces shredding waste species area_of building buildings grade floor floors skin "
    "light sound environmentally habitat mobility growth height headroom changing shower limited company bodies body holidays meeting "
    "meetings speaking health enquiry inquiry library order documents papers book books archive archives water environment prices fees "
    "interest interests lighting sensory noise flood area areas lead officer dbs worship prayer road publications publisher publishers confidence confident restriction restrictions"
)
"""What headings are about that have a word of ours and ask nothing of the place: they ask of something else."""

ADMISSION: Final = _words(
    "open access accessible admission welcome admitted entrance entry use used available"
)
ADMITTED: Final = _words("public restricted private limited")
"""``Open to the public``, ``Public access`` and ``Restricted access`` say who may come in."""

NOT: Final = _words("not no non dont never cannot cant without unless nor")

FILLING: Final = (
    _words(
        "do does did who rag by register granted ar y yr i w iw facing leave make made give given available is are was were has have had "
        "this that these the a an to be been being should must will would could shall yes n yn flag from on in of for we us our it its access "
        "level rights handling view viewing availability status type types please keep kept mark marked as only with at site place venue "
        "record records entry information info data concern concerns if or and any all organisation organization group groups use used ready "
        "you your yours me my they them their tick box check enter here form received returned obtained field value current currently "
        "club hall centre council councils local community general wider further other others people members_of what how when where which "
        "am still than more name names contact contacts side both setting settings preference preferences choice option options request "
        "requested required reason reasons code class tier one signed sent date need needed gov government official"
    )
    | PLACES
    | TARGETS
)
"""Words that ask nothing and change nothing."""

STEMS: Final = {
    **dict.fromkeys(("confident", "confiden", "sensitiv", "undisclos", "withh", "suppress", "redact", "anonym", "embargo"), "confidential"),
    **dict.fromkeys(("unpublish", "unlist", "cyfrinach", "gyfrinach", "chyfrinach", "conceal", "obscur"), "confidential"),
    **dict.fromkeys(("privatel", "exclud", "restrict"), "hidden"),
    **dict.fromkeys(("publish", "publici", "advertis", "disclos", "cyhoedd", "gyhoedd", "chyhoedd"), "publish"),
    **dict.fromkeys(("permiss", "consent"), "consent"),
    **dict.fromkeys(("shareab", "releasab", "visible", "disclosab", "publicl"), "publish"),
}  # fmt: skip
"""What a word means that begins so, where it is none of the words above."""

SLIPS: Final = (
    "confidential", "confidentiality", "publish", "published", "publication", "publicly", "directory", "permission", "sensitive",
    "restricted", "undisclosed", "visibility", "visible", "withheld", "suppressed", "website", "disclose", "classification",
)  # fmt: skip
"""Words that are recognised with one slip, from seven letters on."""

JOINED: Final = tuple(
    (re.compile(rf"(?:^|(?<=_))(?:{words})(?=_|$)"), meaning)
    for words, meaning in (
        ("don_?t|doesn_?t|didn_?t|mustn_?t|shouldn_?t|won_?t|wouldn_?t|can_t|isn_?t|aren_?t", "not"),
        (r"(?:share|shared|show|shown|visible)_(?:with|to)_\w+_only", "confidential"),
        ("d_?n_?p|n_?f_?publication", "not_publish"),
        ("opt(?:ed|ing|s)?_?out", "optout"),
        ("opt(?:ed|ing|s)?_?in", "consent"),
        ("third_part(?:y|ies)|3rd_part(?:y|ies)", "partners"),
        ("public_sector|public_house|public_right_of_way|public_convenience", "building"),
        ("open_data", "public"),
        (
            r"visible_(?:to|by|for)|viewable_(?:to|by)|shared_with|share_with|(?:who|can|may|should|be)_(?:\w+_)?seen?",
            "see",
        ),
        ("(?:on|in)_(?:the_|our_|a_|your_|council_)*(?:map|website|directory)", "published"),
        ("off_(?:the_|our_|any_)*(?:map|website|list|directory)", "optout"),
        ("(?:enhanced_)?disclosure_(?:checks?|barring|certificate)|enhanced_disclosure", "dbs"),
        ("(?:safe|secure)_(?:address|location)", "confidential"),
        ("(?:keep|kept|leave|left|stay|take|taken)_(?:it_|this_|us_|them_)?(?:off|out)(?:_of)?", "optout"),
        (
            r"internal(?:_use|_record|_view|_list)?_only|internal_(?:use|record|view)|privacy_(?:request|requested|required|needed)|safeguarding_(?:concerns?|risks?|issues?|flag)",
            "confidential",
        ),
        ("social_media", "newsletter"),
        ("data_protection", "data"),
        ("listed_building|world_heritage|locally_listed", "building"),
    )
)
"""Words that mean one thing together."""

ACTIVE: Final = re.compile(
    r"(?:do|does|did|will|can)_(?:you|they|it|your_\w+?|the_\w+?)_(?:publish|advertise|publicise|share|show|list|display|disclose|release)_(?!this|it|our|your|the_address|the_location)"
)
"""``Do you publish a newsletter?`` asks what a group does."""

QUESTION: Final = _words(
    "do does did are is would can may shall should will could have has tick please any if who"
)
WHERE_SHOWN: Final = _words("directory map mapping online web internet")
"""``Map: no`` and ``On website: no`` say that a place is not to be there; ``Website: no`` says that it has none."""
BARE: Final = _words("show shown display displayed include included share shareable release")
"""A heading of one such word asks whether the row may be shown; ``Listed`` is a kind of building."""
KNOWN: Final = (
    HIDING
    | HIDING_ALONE
    | HIDING_FROM
    | OBJECTING
    | SHOWING
    | SHOWING_ALONE
    | WEAK
    | PERMITTING
    | WANTING
    | CHOOSING
    | FILLING
    | NOT
)


PLAINLY: Final = re.compile(
    r"(?:^|_)(?:confidential|confidentiality|sensitive|sensitivity|secret|undisclosed|withheld|withhold)(?:_|$)|"
    r"do_not_publish|not_for_publication|"
    r"(?:private|restricted|hidden|protected)_(?:address|location|place|site)|"
    r"(?:address|location|place|site)_(?:is_)?(?:private|restricted|hidden|protected)"
)
"""What says the same as ``sensitive``."""


PIECES: Final = KNOWN - _words("a ar y yr i w iw n yn d")
"""Words that others are written together of: ``showonmap``."""


@functools.lru_cache(maxsize=10_000)
def asks(heading: str) -> str:
    """Return what a heading that the register does not know asks: ``hide``, ``show``, ``choose`` or ``""``.

    Examples
    --------
    >>> [asks(name) for name in ("keep_private", "show_on_map", "would_you_object_to_being_listed", "visibility", "private_hire", "listed")]
    ['hide', 'show', 'hide', 'choose', '', '']
    """
    words = heading_words(heading)
    has = set(words)
    if (
        not has
        or (has & TOPICS and not has & PLACES)
        or (
            has & ADMITTED
            and has & ADMISSION
            and not has & (SHOWING | WEAK | {"data", "record", "information", "level"})
        )
        or (has & {"name", "names"} and not has & (PERMITTING | HIDING) and len(has) < 4)
        or ACTIVE.match(heading)
    ):
        return ""
    strange = has - KNOWN
    permits = bool(has & PERMITTING or (has & WANTING and has & {"to", "be", "you"}))
    weak = has <= BARE or bool(
        (has & WEAK and has & (TARGETS - WEAK - PLACES))
        or (has & (WEAK - NOT_SHOWN_AT) and has & PLACES)
        or (has & WEAK and (permits or "publicly" in has))
    )
    shows = bool(
        has & SHOWING
        or weak
        or (permits and has & TARGETS - PLACES - {"consent"} and has & {"for", "on", "to", "in", "we", "be"})
    )
    objects = bool(has & OBJECTING) and (shows or bool(has & (TARGETS | WEAK)))
    if objects and has & OBJECTING == {"object"} and not has & {"to", "you", "do", "does"}:
        objects = False
    turned = sum(word in NOT for word in words) % 2 == 1
    if strange and not (
        has & HIDING or ((shows or objects) and (permits or words[0] in QUESTION or turned or objects))
    ):
        return ""
    hides = bool(has & HIDING) or (bool(has & HIDING_ALONE) and not strange) or objects
    hides = hides or bool(has & HIDING_FROM and (len(has) == 1 or has & (TARGETS | {"public"})))
    shows = (
        shows
        or bool(has & SHOWING_ALONE and not strange and not has & {"access", "required", "needed"})
        or (turned and bool(has & (WEAK | (TARGETS - PLACES))) and not strange)
    )
    return _question(words, has, hides=hides, shows=shows, turned=turned, objects=objects)


def _question(
    words: list[str], has: set[str], *, hides: bool, shows: bool, turned: bool, objects: bool
) -> str:
    """Return what a heading asks that hides, shows, does both or neither."""
    if hides and shows and not turned and not objects and not has & DOING:
        either = {"public"} | HIDING | {"private", "hidden", "restricted"}
        if "or" in has or ("public" in has and has - FILLING <= either):
            return "choose"
        return "show" if has & (PERMITTING | WANTING) else "hide"
    if hides:
        return "show" if turned and not shows else "hide"
    if shows:
        return "hide" if turned else "show"
    if has - KNOWN:
        return ""
    where = has - {"y", "n", "yn", "yes", "no", "on", "the", "our", "is", "it", "for"}
    only_where = bool(where) and where <= WHERE_SHOWN | ({"website"} if "on" in has else set())
    of_level = len(has & LEVELS) > 1 or bool(has & LEVELS and has & LEVEL)
    return "choose" if has & CHOOSING or of_level or only_where else ""


PERMISSION: Final = re.compile(
    r"(?:ok|okay|can|may|permission|consent|happy|agree[sd]?)?_?(?:to|we|be|for)?_?(?:we_|be_|you_|i_|this_|it_)*"
    r"(?:publish|published|publication|publishable|show_on_(?:the_)?map|public_(?:listing|display)|(?:make|made)_(?:this_|it_)?public|"
    r"shared?_(?:this_|it_|details_|address_)*(?:publicly|online|on_(?:the|our)_website))(?:_.*)?"
)
"""What asks for permission in so many words."""


def asks_permission(heading: str) -> bool:
    """Say whether a heading asks in so many words whether a place may be published: a no there is a yes of the list.

    Examples
    --------
    >>> asks_permission("ok_to_publish"), asks_permission("visibility")
    (True, False)
    """
    return bool(PERMISSION.fullmatch(heading)) and asks(heading) == "show"


@functools.lru_cache(maxsize=10_000)
def means_sensitive(heading: str) -> bool:
    """Say whether a heading asks plainly what ``sensitive`` asks, so that a no there is a no of the list.

    Examples
    --------
    >>> [means_sensitive(name) for name in ("address_is_confidential", "confidentiality_policy", "light_sensitive")]
    [True, False, False]
    """
    return (
        bool(PLAINLY.search(heading)) and asks(heading) == "hide" and not set(heading_words(heading)) - KNOWN
    )


def heading_words(heading: str) -> list[str]:
    """Return the words of a heading, those that mean one thing together as one, slips and joined words as what they stand for."""
    joined = functools.reduce(lambda text, pair: pair[0].sub(pair[1], text), JOINED, heading)
    words: list[str] = []
    for word in joined.split("_"):
        if not word or word.isdigit():
            continue
        words += [word] if word in KNOWN or word in TOPICS or word in ADMISSION else _meant(word)
    return words


def _meant(word: str) -> list[str]:
    """Return the words that a word of a heading is a form or a misspelling of, or is made of; else the word itself."""
    for stem, meant in STEMS.items():
        if word.startswith(stem):
            return [meant]
    right = corrected(word)
    if right != word:
        return [right]
    return _parts(word) or [word]


@functools.lru_cache(maxsize=100_000)
def corrected(word: str, rights: tuple[str, ...] = SLIPS) -> str:
    """Return one of some words for a word that is that word but for one slip."""
    if len(word) < 6 or not word.isalpha():
        return word
    from rapidfuzz.distance import OSA

    for right in rights:
        if (
            word[0] == right[0]
            and not word.startswith(right)
            and not right.startswith(word)
            and abs(len(word) - len(right)) < 2
            and OSA.distance(word, right, score_cutoff=1) < 2
        ):
            return right
    return word


def _parts(word: str) -> list[str]:
    """Return the known words that a word is written together of (``showonmap``), or an empty list."""
    if not 6 <= len(word) <= 40:
        return []
    best: list[list[str] | None] = [[]]
    for end in range(1, len(word) + 1):
        found = [
            [*before, word[start:end]]
            for start in range(max(0, end - 16), end)
            if (before := best[start]) is not None and word[start:end] in PIECES
        ]
        best.append(min(found, key=len, default=None))
    parts = best[-1] or []
    return parts if len(parts) > 1 else []
