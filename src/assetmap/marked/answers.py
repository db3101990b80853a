"""Whether an answer to what a heading asks (`assetmap.marked.headings.asks`) hides the place of its row.

Under a heading that hides, only what is plainly a no does not hide. Under one that shows, a refusal, a condition or a doubt hides; a yes,
a date or a name does not. ``No objection`` and ``not opted out`` agree.
"""

from __future__ import annotations

import re
from typing import Final

from assetmap.guarded.text import visible
from assetmap.marked.headings import REFUSING
from assetmap.schema import NO, YES

AGREEING: Final = re.compile(
    r"\b(?:no|not a|not any|without|never any|nothing)\s+(?:\w+\s+){0,2}?(?:problems?|objections?|issues?|worries|concerns?|reasons?(?: why not)?|restrictions?|conditions?|bother|need to ask|limits?|trouble|to hide)\b"
    r"|\b(?:do|does|did|would|have|has|is|are) not (?:really |at all )?(?:mind|object|objected|refused?|opted out|withdrawn|hidden|restricted|confidential|secret|private|sensitive|excluded)\b"
    r"|\bnot? (?:at all )?(?:opt(?:ed)?[ -]?out|hid(?:e|den)|withheld|withhold|withdrawn|refused|restricted|confidential|secret|private|sensitive|exclude[ds]?|omit(?:ted)?|suppress(?:ed)?|removed?|protected|unpublished|unlisted|embargoed|masked|redacted)\b"
    r"|\b(?:un|non-?)(?:restricted|confidential|sensitive|classified)\b|\bwhy not\b|\bno longer (?:private|hidden|confidential|restricted|secret|withheld)\b"
)
"""Denials that agree."""

CONSENTING: Final = re.compile(
    r"(?:yes|yep|yeah|aye|y|true|t|1|ok|okay|fine|sure|agreed?|agrees|granted|given|received|consented|consents?|i consent|happy|of course|certainly|"
    r"tick(?:ed)?|checked|on|published|public|everyone|all|shown?|visible|include[ds]?|listed|opted[ -]?in|approved|full|open|ie|oes|ydy|ydyn|[✓✔☑√])(?:\b|$|(?<=[✓✔☑√])).*"
)
REFUSES: Final = re.compile(
    r"\b(?:not?|never|none|nil|nope|nah|naw|n|false|f|nobody|neither|refus\w*|declin\w+|den(?:y|ied|ies)|disagree\w*|object(?:s|ed|ion|ions)?|withdr\w+|withdrawn|revok\w+|"
    r"exclud\w+|omit\w*|remov\w+|(?:leave|left|leaving|keep|kept|stay|take|taken|opt(?:ed)?)[ -]+(?:\w+ )?(?:out|off)|unhappy|unwilling|reluctant|rather|prefer|privat\w+|confiden\w+|hid\w+|"
    r"withh\w+|suppress\w*|internal\w*|only|unpublish\w*|unlist\w*|restrict\w*|secret\w*|sensitive|cancel\w*|rescind\w*|lapsed|expired|embargo\w*|anonym\w+|"
    r"pending|await\w*|under discussion|in progress|not yet|outstanding|unsigned|incomplete|on hold|tbc|tba|partial\w*|partly|limited|red|nac ydy|nage|naddo|nac oes|nag oes|unsure|unknown|undecided|maybe|perhaps|possibly|until|later|if|unless|without|except|but|offline|members|staff|professionals)\b"
)
"""Words of an answer that refuse, set a condition or doubt."""
STARTS: Final = re.compile(
    r"(?:0(?:\.0)?|ask|check|waiting|to be|hold|part|some|sometimes|in part|depends|query|\?|red|🔴|[✗✘❌✖☒╳×🚫⛔\ufe0f]+)(?:\b|$|(?<=\W)).*|\?+"
)
"""What an answer begins with that doubts or refuses."""
AFTER_YES: Final = re.compile(
    r"\b(?:not|never|except|but|only|without|unless|until|if|apart from|however|conditional\w*|subject to|no)\b(?! (?:only\b))"
)
"""What takes a yes back, or limits it."""

HOUSE_NUMBER: Final = re.compile(r"\bno\.? ?\d+[a-z]?\b(?=,? [a-z])")
"""``No. 5 High Street`` is an address."""
NO_WORD: Final = r"(?:no|n|nope|nah|never|none|nil|false|f|0|0\.0|no thank(?:s| you)|not at all|nac ydy|nage|naddo|nac oes|na|[✗✘❌✖☒✕])"
NEVER_MIND: Final = NO | {
    *("-", "--", "n/a", "na", "none", "nil", "not applicable", "no concerns", "public", "everyone", "all", "low", "normal"),
    *("standard", "unclassified", "unmarked", "open", "open data", "published", "publish", "publish all", "visible", "shown", "show", "opted in"),
    *("include", "included", "listed", "0.0", "no issues", "nobody", "nothing", "anyone", "anybody", "general public", "nac ydy", "nage", "naddo"),
}  # fmt: skip
"""Cells under a heading that hides that hide nothing."""
PLAIN_NO: Final = re.compile(
    rf"{NO_WORD},?\s+(?:it|this|they|we|i|he|she)\s+(?:is|are|was|do|does|did|has|have|had|would|will) not|{NO_WORD}(?:\W+(?!not?\b|n\b)(?:(?!\b(?:but|not|never|except|hide|private|confidential|secret|only|yet|address|sure|unless|idea|answer|reply|response|publicity|one|public)\b).)*)?"
)
"""A no, and nothing after it that takes it back."""

ROLES: Final = (
    r"(?:staff|teams?|council(?:lors?)?|officers?|officials?|professionals?|practitioners?|referrers?|agenc(?:y|ies)|partners?|workers?|internal|admins?|administrators?|managers?|me|us|ourselves|"
    r"safeguarding|police|nhs|social services|trustees|committee|employees|owners?|editors?|authorised \w+|link workers?|private|restricted|official)"
)
CHOICE: Final = re.compile(
    rf"[*x#]{{2,}}|(?:private|internal|hidden|hide|secret|restricted|unlisted|unpublished|suppress(?:ed)?|redacted|confidential|sensitive|preifat|invisible|embargoed|anonymous|withheld|nobody|no[ -]?one)(?:\W.*)?"
    rf"|(?:private (?:address|residence|home|house))|(?:.*\W)?(?:\w+ ){{0,3}}{ROLES}(?: use)?(?: eyes)? only(?:\W.*)?|only (?:\w+ ){{0,3}}{ROLES}\b.*|(?:for )?(?:internal|official)(?: use)?(?: only)\b.*"
    r"|(?:keep|kept|stay|remain|set to|make)(?: it| this)? (?:private|hidden|secret|confidential|off|internal)\b.*|opted[ -]?out\b.*|(?:handled?|treat(?:ed)?(?: as)?|held|told|given)? ?(?:in (?:strict )?confidence|as confidential)|(?:no|without|refused|withdrawn|withdrew) consent\b.*|consent (?:\w+ )?(?:refused|withdrawn|not|declined|denied|revoked)\b.*"
    r"|(?:do not|not to be|not for|never|not) (?:be )?(?:shar|show|publi|map|list|releas|disclos|display|visible|circulat)\w*\b.*"
)
"""Cells that hide where the heading chooses or is the address."""
CHOSEN: Final = re.compile(
    r"(?:council |internal )?(?:staff|officers?|admins?|administrators?|team|editors?|owners?|off|me)|red|🔴|o[ -]?s(?:[ -].*)?|excluded?|withhold|tlp[: -]*(?:red|amber)\b.*|tier [34]\b.*"
)
"""Cells that hide only under a heading that chooses: elsewhere they are a colour or a sort of map."""
PHYSICAL: Final = re.compile(
    r"(?:restricted|hidden|private|sensitive|secret|internal|none)\s+(?!to\b|from\b|use|access$|record|circulation|viewing|information|data|address|location|-|until|until|per|as|only|by|and confidential|please|site)\w.*"
)
"""``Restricted headroom``, ``Private car park``: what is there, not who may see the row."""

_NO: Final = "|".join(re.escape(word) for word in sorted(NO) if word.isascii())
_OPPOSITE: Final = (
    r"(?:(?:it|this|that|(?:the |our )?(?:site|location|venue|address|place)) )?(?:is |are |'s )?(?:not |non[ -]?|un)(?:considered |deemed |thought |marked |classed )?(?:as |to be )?(?:a |an |at all )?"
    r"(?:sensitive|confidential|restricted|secret|private|hidden|protected)(?: (?:location|address|site|place|venue))?"
)
_FINE: Final = (
    r"(?:confirmed|checked|public|building|village|hall|church|school|library|community|centre|already|on|our|the|a|an|is|it|in|and|this|website|web|online|directory|fine|ok|okay|happy|can|may|be|to|"
    r"publish(?:ed)?|shown?|shared?|listed|openly|open|all|details|thanks|thank|you|well|known|advertised|widely|everyone|everybody|anyone|problem|issue|worries|no|agreed|definitely|[\d/.-]+)"
)
"""Words that may follow a no without taking it back."""
ISNT: Final = re.compile(r"\bisn ?['’]?t\b")
PLAINLY_NO: Final = re.compile(
    rf"(?:{_NO}|0\.0|nope|nah|(?:no,? )?(?:not at all|(?:definitely|certainly|absolutely|of course) not)|na[cg] ydy|nac oes|nage|naddo)"
    rf"(?:(?:\s?[,;:–—(.-]+\s?|\sno\b\s?)(?:{_OPPOSITE}|{_FINE}(?:\W+{_FINE}){{0,11}})?|\s{_OPPOSITE})?|{_OPPOSITE}|(?:is |fully |all )?public"
    r"|(?:no|nothing|none) (?:sensitiv\w+|confidential\w*|secre\w+|issues?|concerns?|restrictions?|problems?)"
)
"""Cells under ``sensitive`` that say no, in small letters; every other cell that says anything says yes. ``None`` and ``open`` may say something else."""


def says_sensitive(cell: object) -> str:
    """Return what a cell under ``sensitive`` says: ``yes``, ``no``, ``unclear`` (which counts as yes) or ``""``.

    Examples
    --------
    >>> [says_sensitive(cell) for cell in ("", "No", "Yes", "restricted", "✓", "n/a")]
    ['', 'no', 'yes', 'unclear', 'yes', 'unclear']
    """
    text = " ".join(visible(str(cell)).casefold().split()).strip("()!.'\"“”’ ")
    if not text:
        return "unclear" if visible(str(cell)).strip() else ""
    if PLAINLY_NO.fullmatch(ISNT.sub("is not", text)):
        return "no"
    return "yes" if text in YES else "unclear"


def hides(question: str, heading: str, text: str) -> bool:
    """Say whether an answer, in small letters with plain signs, hides the place of its row.

    Parameters
    ----------
    question
        What the heading asks: ``hide``, ``show`` or ``choose``.
    heading
        The heading itself.
    text
        What somebody typed, as `assetmap.marked.cells.plain` gives it.

    Examples
    --------
    >>> hides("show", "show_on_map", "yes, no problem"), hides("hide", "opt_out", "not opted out"), hides("show", "ok_to_list", "rather not")
    (False, False, True)
    """
    if question == "hide":
        return not _is_no(text)
    if question == "choose":
        refuses = bool(REFUSING & set(heading.split("_")))
        if "privacy" in heading and text in ("high", "strict", "maximum", "max", "on"):
            return True
        if "map" in heading.split("_") and re.fullmatch(NO_WORD, text):
            return True
        return bool(CHOSEN.fullmatch(text) or is_choice(text) or (refuses and _refuses(heading, text)))
    return _refuses(heading, text)


def is_yes(cell: str) -> bool:
    """Say whether a cell is a yes and nothing else: a tick, ``Yes please``, ``TRUE``."""
    text = cell.strip(" .!").casefold()
    return text in YES or bool(
        re.fullmatch(
            r"(?:yes|yep|y)\b[\s,.-]*(?:please|it is|we are|definitely)?|1\.0|tick(?:ed)?|checked", text
        )
    )


def is_choice(text: str) -> bool:
    """Say whether a cell chooses that few may see the row: ``Private``, ``Council staff only``."""
    return bool(CHOICE.fullmatch(text)) and not PHYSICAL.fullmatch(text)


def _is_no(text: str) -> bool:
    """Say whether an answer to a heading that hides is plainly a no."""
    if text in NEVER_MIND or PLAIN_NO.fullmatch(text):
        return True
    agreed = AGREEING.sub(" ", text)
    return agreed != text and not REFUSES.search(agreed)


def _refuses(heading: str, text: str) -> bool:
    """Say whether an answer to a heading that shows is a refusal, a condition or a doubt."""
    if text in YES:
        return False
    if "yhoedd" in heading and text in ("na", "nag oes", "nac oes", "nid"):
        return True
    agreed = AGREEING.sub(" ", HOUSE_NUMBER.sub(" ", text)).strip(" .,;!-")
    if CONSENTING.fullmatch(agreed):
        return bool(AFTER_YES.search(agreed)) or bool(re.search(r"\?|\bwithdr|\brevok|\brefus", agreed))
    return bool(REFUSES.search(agreed) or STARTS.fullmatch(agreed))
