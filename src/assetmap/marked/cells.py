"""What headings and cells say of secrecy, apart from ``sensitive`` and the guarded words of a type or a name.

A heading that the register does not know may ask whether a place may be shown (``Show on map?``) or must be hidden (``Keep
private``): `assetmap.marked.headings` reads it and `assetmap.marked.answers` its cells. A cell anywhere may say that the place is
secret: the patterns here look for what is denied (to publish, to show on the map), of what (the address, the venue) and to whom.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assetmap.guarded.words import guarded_word
from assetmap.marked.answers import hides
from assetmap.marked.headings import SLIPS, asks, corrected

TITLE: Final = "list_title"
WHERE: Final = ("address", "postcode", "town", "coordinates", "covers")
SHORT: Final = 80
"""Signs of the longest cell that may be a type or an answer."""

MARKING: Final = re.compile(
    r"(?:uk )?official[ :/–-]*sensitive(?:[ -].*)?|(?:strictly |highly |very |private (?:and|&) )*confidential(?: please)?|confidential (?:address|location|venue|entry|record|site|group)|undisclosed|non-?disclosed|"
    r"withheld|not disclosed|cyfrinachol|(?:for )?internal use only(?:\W+not public)?|not public|non-public|secret|hidden (?:address|location)|(?:currently )?(?:embargoed|unpublished|unlisted|suppressed|redacted)|"
    r"sensitive(?: (?:address|location|site|venue))?|sensitive\W{1,3}(?:speak|check|ask|contact|see)\b.*|(?:cyfeiriad|lleoliad) cyfrinachol|no publicity(?: please)?|(?:safe|secure|protected|undisclosed|withheld|secret|private) (?:address|location)|"
    r"withdrawn from publication|hidden from (?:the )?(?:public|map|website)|not for (?:public )?publication|(?:strictly )?private and confidential|hush[ -]hush|(?:staff|officers?'?|council) eyes only|address (?:withheld|suppressed|confidential)|withheld (?:for|at|by|on|due|to|in|as|until)\b.*|"
    r"for (?:internal|council) use(?: only)?|internal use(?: only)?|hide (?:it|this|pin|marker|entry|record|row|location|address|from map|on map|on the map)|(?:treat|handle)d? (?:as confidential|in confidence)|confid"
)
"""A cell that is only such words marks its row, under any heading."""

AT_FRONT: Final = re.compile(
    r"(?:strictly |highly |private and )?(?:confidential|official[ -]sensitive|sensitive|withheld|undisclosed|not disclosed|suppressed|redacted|embargoed|unpublished)(?: (?:record|entry|address|location))?\s*[-–—:.;(]+\s*"
    r"(?!.*\b(?:advice|advisory|support|counsell?ing|counsellor|listening|help|helpline|service|services|friendly|free|chat|drop|space|testing|clinic|skin|plants)\b).*"
)
"""A longer text that begins with a mark: ``Confidential - held for emergencies``, but not ``Confidential: free advice``."""

PLACE: Final = r"(?:addresse?s?|locations?|venues?|post ?codes?|whereabouts|meeting (?:place|point)s?|where (?:\w+ ){1,3}?(?:meets?|lives?|stays?|are|is|based))"
_DENIED: Final = (
    r"\b(?:(?:do|does|did|must|should|may|can|could|would|shall|will) not|not to|never|not be|(?:rather|prefer(?:s|red)?|ask(?:s|ed)?|request(?:s|ed)?|chooses?|chose|best|better)(?: us| me| you| that we| we| they)?(?: did| do)? not|"
    r"under no circumstances?|on no account|not (?:happy|willing|content|okay|ok|want|wish|agree)|please not|no)"
)
_GAP: Final = (
    r"(?:\s+(?:to|be|being|been|want|wants|wish|wishes|wishing|like|likes|have|has|had|us|it|them|this|that|these|the|their|its|our|your|my|his|her|any|ever|please|under|circumstances|agree|agreed|"
    r"consent|happy|allowed?|permitted|full|exact|precise|group|groups|entry|record|details|info|information|addresse?s?|locations?|venues?|post ?codes?|whereabouts|you|we|they|he|she|one|should|must|can|may|could|"
    r"going|given|actually|currently|publicly|openly|also|us to|for|on|any)){0,9}?\s+"
)
_LOUD: Final = r"(?:publish\w*|publici[sz]\w*|publication|advertis\w+|disclos\w+|(?:made|make|making|be|go) (?:it |this |them |the \w+ )?(?:fully )?public\b(?! (?:transport|access|toilet))|mapped|plotted|geocoded)"
_QUIET: Final = (
    r"(?:put|show[ns]?|showing|list(?:ed|ing)?|display(?:ed)?|shar(?:e|ed|ing)|includ(?:e|ed|ing)|appear(?:ing)?|add(?:ed)?|releas(?:e|ed)|pass(?:ed)?|giv(?:e|en|ing)|map|circulat\w+|distribut\w+|upload(?:ed)?|mention(?:ed)?|divulg\w+|reveal\w*|"
    r"featur(?:e|ed)|post(?:ed)?|plot|pin|mark(?:ed)?|be|go)"
)
_OUT: Final = rf"(?:maps?|web ?sites?|web|online|internet|director(?:y|ies)|publicly|(?:general|wider) public|public (?:list\w*|register|map|domain)|with the public|to the public|external\w*|{PLACE})"
_BARE_VERB: Final = r"(?:share|shared|map|list|listed|show|shown|display|displayed|release|released|circulate|circulated|give out|given out|pass on|passed on|include|included|print|printed|give this out|share this|share it)"
_FOR_WHAT: Final = r"(?:publication|publishing|release|circulation|distribution|display|disclosure|sharing|public(?! (?:use|hire|access|transport|toilet|parking|footpath|right|liab|meet|event|swim|skat|consum))|maps?|web|web ?site|internet|online|director(?:y|ies)|listing|onward \w+|wider \w+|advertis\w+|general (?:release|circulation|viewing))"
_HIDDEN: Final = (
    r"(?:confidential|secret|undisclosed|non-?disclosed|withheld|suppressed|redacted|anonymous|unpublished|unlisted|not (?:to be |to |being |currently |generally |ever |be |for )*(?:given out|disclosed|published|publication|public|publici[sz]ed|advertised|shared|"
    r"shown|listed|displayed|made public|made known|released|revealed|known to the public|give|disclose|publish|share|divulged|passed on|identified|on (?:the |our |any )?(?:map|website|web|internet)))"
)
_LINKING: Final = r"(?:\s+(?:is|are|was|to|be|must|should|a|being|remains?|remain|kept|keep|needs?|strictly|highly|very|completely|always|currently|has|have|been|will|stays?|stay|at|all|times|deliberately|therefore|details?|\(?please\)?|,|-))*"
_GIVEN: Final = (
    r"(?:given|disclosed|shared|supplied|provided|released|revealed|sent|told|known|advised|issued|notified)"
)
_WHOM: Final = (
    r"(?:referral|assessment|application|request|booking|enquiry|acceptance|registration|joining|referred|accepted|people who|those|clients|referrers|service users|residents|members|professionals|"
    r"women|participants|contact|telephone|vetting|screening|safeguarding|survivors|victims|confidence|agencies|need[ -]to[ -]know)"
)

IN_PLACE_OF: Final = re.compile(
    r"[*x#]{2,}|(?:private|hidden|secret|restricted|unlisted|unpublished|suppressed|redacted|confidential|withheld|internal|sensitive|preifat)(?: (?:address|location|venue|residence|home|house|premises|please|refuge|site|only))?|"
    r"(?:withheld|suppressed|redacted|not disclosed|undisclosed|secret location|by referral)\b[^\d]*|(?:address |details |location )?(?:available |given |supplied |provided )?(?:only )?(?:on|upon) (?:request|application|referral|booking|enquiry)(?: only)?"
)
"""What is written in place of an address that shall not be known."""

DENYING: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_DENIED}|\b(?:is|are|was) not){_GAP}{_LOUD}",
        rf"(?:{_DENIED}|\bnot){_GAP}(?:made )?(?:available to|identified) (?:the )?(?:general |wider )?public(?:ly)?\b(?! (?:transport|toilet))(?<!\bopen to public)",
        rf"{_DENIED}{_GAP}(?:reveal|disclos|divulg|identif|pinpoint|locat)\w*\s+(?:the|our|this|which|its|their)\s+(?:\w+\s+)?(?:house|building|premises|property|place|site|home)\b",
        rf"{_DENIED}{_GAP}{_QUIET}\b(?:(?<!\bbe)(?<!\bgo)(?:\s+[\w'/&-]+){{0,5}}?|(?:\s+(?:on|in|put|shown|listed)\b(?:\s+(?:the|a|any|our|your|this|that|public|council|council's)){{0,3}}))\s+{_OUT}\b",
        rf"{_DENIED}{_GAP}{_BARE_VERB}\b(?=\s*(?:[.,;!)–—-]|$|yet\b|please\b|at all\b|anywhere\b|further\b|outside\b|beyond\b|with (?:anyone|any|others|third|other|the press)|to (?:anyone|third|others)))",
        rf"\bnot(?: intended| meant| cleared| approved)? for (?:any |the |our |your |general |wider |public |onward |external |further |open |council |this |web )*{_FOR_WHAT}\b|\bnot (?:to be )?(?:made )?public(?=\s*(?:[.,;!)–—-]|$|knowledge|information|yet|record))|\bnot a public (?:address|location)|\bnot publicly (?:listed|known|advertised|shown|displayed|disclosed|shared|published|mapped)\b",
    )
)
"""Words in a longer text that deny that its place may be known."""
SAYING: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{PLACE}\b[^.;]{{0,40}}\bonly (?:be )?{_GIVEN}\b|\bonly (?:tell|give|share|reveal|disclose|send|provide|release)\b(?:\s+\w+){{0,3}}?\s+(?:the |our |an )*{PLACE}\b",
        rf"\banonymous\b[^.;]{{0,30}}\b{PLACE}|\bnon-?disclosure of (?:the |this |our )*(?:site|{PLACE})\b|\b{PLACE}\b[^.;]{{0,40}}\b(?:put|puts|putting|place|places)\b[^.;]{{0,30}}\b(?:at risk|in danger)\b",
        r"\b(?:redact|anonymise|remove|strip|blank|delete|omit|exclude|hide|take(?: this| it| out| off| down)*|cut)\b(?:\s+[\w']+){0,3}?\s+(?:before|prior to|when|until)\s+(?:(?:this|it|we|the|map|page|list|is|goes?|going|being|are|gets?)\s+)*(?:publish\w*|publication|live|online|public|upload\w*|releas\w*|print\w*)",
        r"\bnot in the public domain\b|\b(?:keep|just|strictly|kept)\b[^.;]{0,30}\bbetween (?:ourselves|us|you and me)\b|\bshare with (?:\w+\s+){1,7}?only\b|\bnot with (?:the )?(?:residents|public|families|members)\b",
        rf"\b{PLACE}\b{_LINKING}\s+{_HIDDEN}\b",
        r"\b(?:address|location|whereabouts)(?:\s+(?:is|are|to|be|must|should|kept|remains?|remain|stay|stays|strictly|very|being))+\s+(?:private|hidden|protected|sensitive|restricted)\b(?! (?:behind|away|down|among|in|by|from view|under|parking))",
        rf"\b{PLACE}\b(?: details)?(?:\s+(?:is|are|will|be|only|then|exact|can|is only))*\s+(?:{_GIVEN})(?:\s+(?:out|only|direct|directly))*\s+(?:only\s+)?(?:on|upon|after|following|once|to|at|in|when|by)\s+(?:\w+\s+){{0,3}}?{_WHOM}\b",
        rf"\b(?:address|location|whereabouts|post ?code)(?: details)?(?: is| are| only)* available (?:only )?(?:on|upon|after|to|following)\s+(?:\w+\s+){{0,3}}?{_WHOM}\b",
        rf"\b(?:given|told|sent|shown|provided with|receive)\s+(?:the |our |an |full |exact )*{PLACE}\s+(?:\w+\s+)?(?:after|once|on|upon|following|when)\s+(?:\w+\s+){{0,3}}?{_WHOM}\b",
        r"\breferral\b[^.;]{0,30}\baddress not given\b|\baddress not given\b[^.;]{0,40}\b(?:referral|safe\w*|confiden\w*|secur\w*)\b",
        r"\b(?:confidential|secret|undisclosed|withheld|unpublished|non-?disclosed|suppressed|redacted)\s+(?:\w+\s+)?(?:address|location|venue|whereabouts|postcode)\b|\b(?:private|protected|safe|secure|sensitive) (?:home )?address\b|\bsensitive location\b",
        r"\b(?:be|please)\s+(?:left|kept|taken|leave|take)(?: (?:it|this|us|them|me))? off\b(?=\s*(?:[.,;!]|$|please))",
        rf"\bkeep (?:the |this |our |their )*{PLACE} to (?:yourselves|yourself|ourselves|us)\b",
        rf"\b(?:remov|delet|strip|tak)\w*\s+(?:out\s+)?(?:the |our |this |full )*{PLACE}\s+(?:out\s+)?(?:before|prior|when|from)\b",
        r"\b(?:keep|leave|take|taken|left|kept|stay|stays)\b(?:\s+[\w'-]+){0,5}?\s+(?:off|out of|away from)\s+(?:the |our |any |your |all |this |public |council |published )*(?:maps?|web ?sites?|web|internet|lists?|listings?|director(?:y|ies)|public|online|search|google|register|publication)\b",
        r"\bkeep(?:\s+(?:it|this|the|our|their|its|address|location|venue|place|site|one|whereabouts|postcode|please|strictly|very|where|we|they|meet|entry|record|row|completely|details of the)){0,6}\s+(?:hidden|private|secret|confidential|anonymous|unlisted|internal)\b(?! (?:hire|gem|garden|lessons))",
        r"\b(?:exclud|omit|remov|hid|delet|drop|withh|withdraw|suppress|unpublish)\w*(?:\s+[\w'-]+){0,3}?\s+from\s+(?:the |our |any |your |all |this |public |council |published |final |printed )*(?:maps?|web ?sites?|web|internet|lists?|listings?|director(?:y|ies)|public|online|search|publication|version|copy|edition|data ?sets?|exports?|extracts?)\b(?! (?:transport|footpath|road|view|of\b))",
        rf"\b(?:hide|withhold|suppress|redact|mask|blur|obscure|blank out|conceal|protect)s?\s+(?:the |our |its |their |this |exact |full |home |precise )*{PLACE}\b",
        r"\b(?:show|publish|list|map|display|give|print)s?\s+(?:the |our |its |on map )*(?:area|town|village|district|region|name|parish|ward|county|first part of postcode)(?: name)? only\b",
        rf"\bno\s+(?:\w+\s+)?{PLACE}\s+(?:to be|should be|must be|please|on (?:the )?(?:map|website))|\b{PLACE}\b[^.;]{{0,40}}\b(?:not|no|withheld|omitted|removed|left off|secret|hidden|only)\b[^.;]{{0,40}}\b(?:safety|safeguarding|security|protection) (?:reasons?|grounds|purposes)\b|\bfor (?:\w+ )?(?:safety|safeguarding|security)\b[^.;]{{0,40}}\bnot\b[^.;]{{0,30}}\b{PLACE}",
        r"\b(?:given|told|supplied|shared|held|provided|disclosed) (?:to us )?in (?:the )?(?:strict |strictest |complete )?confidence\b|\bofficial[ -]sensitive\b|\bstrictly confidential\b|\bhush[ -]hush\b|\bno publicity\b|\beyes only\b",
        r"\bprivate address\b|\b(?:ddim|dim) (?:i'w |yn cael ei )?gyhoeddi\b|\bdim cyhoeddi\b|\bpeidiwch (?:â|a|ag) (?:chyhoeddi|rhannu|dangos|datgelu)\b|\b(?:cyfeiriad|lleoliad)\b[^.;]{0,30}\b[cg]h?yfrinachol\b|\bdo not (?:list|map|plot|geocode)\b(?! (?:of|reading))",
    )
)
"""Words in a longer text that say that the place is secret."""

OTHER_THINGS: Final = re.compile(
    r"\b(?:photo\w*|pictures?|images?|videos?|films?|filming|logos?|prices?|fees?|minutes|accounts?|phone|telephone|tel|mobile|e-?mails?|numbers?|contact (?:name|details|number)|surnames?|dogs?|vacanc\w+|jobs?|newsletters?|magazines?|books?|poems|noticeboards?|children'?s names|exact times?|term dates|dates?|results|recordings?)\b"
)
"""What else may not be published: a clause about it that has no word for the place says nothing of the place."""
OF_OURS: Final = re.compile(
    r"\bwe (?:never|do not|will not|would not|shall not|can not)\b|\b(?:your|personal|all|any) (?:information|data|details|names?|answers|conversations?|calls?|records?)\b|"
    r"\b(?:conversations?|calls?|advice|sessions?|discussions?|enquiries|appointments?|counselling|consultations?|service|support) (?:is|are|will be|remains?)\b"
)
"""What a group says that it does, or keeps to itself: nothing of where it is, unless the clause has a word for the place."""
FORGETTING: Final = re.compile(r"\b(?:forget|hesitate|fail|afraid|need to|nothing to hide|have to|only)\b")
PLACE_WORD: Final = re.compile(
    rf"\b(?:{PLACE}|maps?|refuge|(?:reveal|identif|disclos|divulg|pinpoint)\w* (?:the|our|this) (?:house|building|premises|property|site))\b"
)
SLIPS_IN_CELLS: Final = (*SLIPS, "address", "location", "please", "publicly", "confidential")

DENIES: Final = re.compile(
    r"\b(?:not|never|no|rather|without|under no|on no)\b|n['’´`]t\b|\b(?:do|does|did|is|are|should|must|would|could|have|has|need|ca|wo)nt\b"
)
"""A text without any of these denies nothing."""
STRONG: Final = re.compile(
    r"publi|secret|confid|withh|suppress|redact|\bhid|sensitiv|unlist|embargo|anonym|\bmask|\bblur|obscur|conceal|hush|eyes only|official|internal|\boff\b|exclud|omit|\bremov|\bkeep|\bkept|privat|protected|"
    r"restricted|disclos|advertis|divulg|[*x#]{2}|yfrinachol|rhannu|dangos|datgelu|yhoedd|between (?:us|ourselves|you)|share with|goes? live|going live|upload|preifat|out of|away from|"
    r"\b(?:area|town|village|district|region|name|parish|ward|county|postcode)(?: name)? only\b"
)
"""Words that may say by themselves that something is secret."""
WEAK_SIGNS: Final = re.compile(
    r"\bmap|plot|\bweb|online|internet|director|\bshar|\bshow|\blist|displa|includ|appear|releas|\bgiv|circulat|distribut|mention|print|identif|pinpoint|reveal|locat|address|venue|\bpass"
)
"""Words that may say so where the text denies something."""
PLACE_SIGNS: Final = re.compile(
    r"\baddress|\blocation|\bvenue|\bpost ?code|whereabouts|\bmeeting (?:place|point)|\bwhere "
)
GIVING_SIGNS: Final = re.compile(
    r"\bonly\b|\bgiven\b|\btold\b|\bsent\b|\bshared\b|supplied|provided|available|assess|\brequest|\bbooking|application|referral|\brisk|danger|\bstrip|\bdelet|safety|safeguarding|yourselves|\btell\b"
)
"""Words that may say so where the text has a word for the place."""
HINTS: Final = re.compile(f"{STRONG.pattern}|{WEAK_SIGNS.pattern}|{GIVING_SIGNS.pattern}")

IN_PLACE: Final = re.compile(r"request|application|referral|booking|enquiry|\bonly\b|n/a|refuge|shelter|safe")
"""What a cell for an address has that says that there is none, apart from the words of `STRONG`."""
FEW: Final = 20
"""Up to so many texts are looked through one by one: the screen would take longer."""
SCREEN: Final = "(?i)" + "|".join(
    (
        r"[^\x00-\x7f]",
        STRONG.pattern,
        DENIES.pattern,
        GIVING_SIGNS.pattern,
        IN_PLACE.pattern,
        r"\b(?:[a-z] ){4,}[a-z]\b",
    )
)
"""For Arrow: what a text has of which `says_secret` says anything where the heading asks nothing; what is not ASCII is always looked through."""

SCREEN_OF_NAMES: Final = rf"(?i)[^\x00-\x7f]|^o-s$|{HINTS.pattern}"
"""For Arrow: what a name or a type has of which `name_says_secret` says anything."""

OF_ALL: Final = re.compile(
    r"\b(?:confidential|secret|undisclosed|official[ -]sensitive|internal only|restricted circulation|(?:do not|not for) (?:publish|publication|public|sharing|share|circulation|release|map|web))\b"
)
"""Words in the name of a sheet, a layer or a file that hide all its rows."""

_NOT: Final = re.compile(
    r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|may)n[ '´`]?t\b"
)
SPACED: Final = re.compile(r"\b(?:[^\W\d_] ){4,}[^\W\d_]\b")
_LONG_GAP: Final = re.compile(r"\s+")
_PARTS_OF_ADDRESS: Final = re.compile(r"\s*[,;\n|]\s*|\s+[-–—]\s+|[()]")
_PARTS_OF_NAME: Final = re.compile(r"\s*[()\[\]|;:]\s*|\s+[-–—/]+\s*|,\s+|\s*\*+\s*")


def plain(cell: str) -> str:
    """Return a text in small letters with one form for each sign, and with ``not`` for every ``n't``."""
    text = cell
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").replace("’", "'")
    text = _LONG_GAP.sub(" ", text.casefold()).strip(" .!*()[]\"'")
    text = SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    if "not 4" in text or "nt 4" in text:
        text = re.sub(r"\bno?t 4\b", "not for", text)
    if "n" in text:
        text = _NOT.sub(r"\1 not", text)
        text = re.sub(r"\bca(?:n['´`]?t|nnot|n ?not)\b", "can not", text)
        text = re.sub(r"\bwo(?:n['´`])t\b", "will not", text)
    return text


def may_say_secret(texts: list[str], screen: str = SCREEN) -> list[str]:
    """Return the texts of which `says_secret` may say anything under a heading that asks nothing (or, with `SCREEN_OF_NAMES`, `name_says_secret`).

    Of a large list these are few, and are found in all of them at once.
    """
    if len(texts) <= FEW:
        return texts
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        column = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half a sign: Arrow has no form for it
        return texts
    looks = pc.match_substring_regex(column, screen).to_pylist()
    return [text for text, look in zip(texts, looks, strict=True) if look]


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
    ('show_on_map: Never', 'do not publish', '')
    """
    if not cell:
        return ""
    question = "choose" if heading == "status" else "" if understood else asks(heading)
    where = heading in WHERE or (not understood and _is_where(heading))
    if not question and not _may_say(cell) and not (where and IN_PLACE.search(cell.casefold())):
        return ""
    text = plain(cell)
    if heading in (TITLE, "sheet"):
        marked = OF_ALL.search(text.replace("_", " "))
        return marked[0] if marked else ""
    if len(text) <= SHORT and DENIES.search(text):
        text = " ".join(corrected(word, SLIPS_IN_CELLS) for word in text.split())
    if len(text) <= SHORT:
        if MARKING.fullmatch(text) or (question and hides(question, heading, text)):
            return f"{heading}: {cell.strip()}" if question else cell.strip()
        if where and _hides_where(heading, text):
            return cell.strip()
    elif question and hides(question, heading, text[:SHORT]):
        return f"{heading}: {cell.strip()[:SHORT]}"
    return _said(text) if HINTS.search(text) else ""


def name_says_secret(name: str, *, whole: bool = False) -> str:
    """Return the mark that a name or a type carries, in brackets or after a dash, or ``""``.

    Parameters
    ----------
    name
        A name or a type, as somebody typed it.
    whole
        Whether it may be a mark as a whole: a type may, as ``Classification`` is a heading of types too.

    Examples
    --------
    >>> name_says_secret("Harbour House (CONFIDENTIAL)"), name_says_secret("Rowan Project - do not map"), name_says_secret("Secret Garden")
    ('confidential', 'do not map', '')
    """
    if not HINTS.search(name.casefold()) and not (whole and name.casefold() == "o-s"):
        return ""
    text = plain(name)
    if whole and (MARKING.fullmatch(text) or text == "o-s"):
        return text
    parts = [part.strip(" .!*\"'") for part in _PARTS_OF_NAME.split(text)]
    for part in parts[1:] if len(parts) > 1 else ():
        if part not in ("secret", "sensitive") and MARKING.fullmatch(part):
            return part
    return _said(text) if len(parts) > 1 or DENIES.search(text) else ""


def _may_say(cell: str) -> bool:
    """Say whether a cell has a word that the patterns need, or is short, denies something and may be misspelt."""
    low = cell.casefold() if cell.isascii() else plain(cell)
    if STRONG.search(low):
        return True
    if DENIES.search(low):
        return len(low) <= SHORT or bool(WEAK_SIGNS.search(low))
    if PLACE_SIGNS.search(low) and GIVING_SIGNS.search(low):
        return True
    return len(low) <= SHORT and bool(SPACED.search(low))


def _is_where(heading: str) -> bool:
    """Say whether a heading that was not understood asks where a place is."""
    words = set(heading.split("_"))
    return (
        bool(words & {"address", "addr", "street", "postcode", "location", "venue"})
        or {
            "where",
            "meet",
        }
        <= words
    )


def _hides_where(heading: str, text: str) -> bool:
    """Say whether a cell for an address says that there is none to be shown."""
    if heading == "postcode" and not any(map(str.isdigit, text)) and guarded_word(text):
        return True
    parts = [part.strip(" .!*()[]\"'") for part in _PARTS_OF_ADDRESS.split(text)]
    return any(part and (MARKING.fullmatch(part) or IN_PLACE_OF.fullmatch(part)) for part in parts)


def _said(text: str) -> str:
    """Return what a text says of the secrecy of its place, where it is no clause about something else."""
    if AT_FRONT.fullmatch(text):
        return text[:SHORT]
    for pattern in (*(DENYING if DENIES.search(text) else ()), *SAYING):
        for found in pattern.finditer(text):
            start = max(text.rfind(sign, 0, found.start()) for sign in ".;\n") + 1
            ends = [place for sign in ".;\n" if (place := text.find(sign, found.end())) >= 0]
            clause = text[start : min(ends, default=len(text))]
            if FORGETTING.search(found[0]) and not re.search(r"\bonly\b", found[0]):
                continue
            if (OTHER_THINGS.search(clause) or OF_OURS.search(clause)) and not PLACE_WORD.search(clause):
                continue
            return found[0].strip()
    return ""
