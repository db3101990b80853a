"""Telephone numbers, e-mail addresses and links are taken out of text that the public may see.

`phonenumbers` (Google's rules for the telephone numbers of the world) says what can be a number; the ways in which people
write British ones, with dots, slashes, brackets and single digits, are added here. Names of persons are not recognised.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from typing import Final

import pandas as pd

from assetmap.redaction.persons import PERSON_SCREEN, REMOVED, names_person, without_persons

_GAP: Final = r"[\s().\-/\\–—‐‑‒−·•_|]{0,4}"
_BRITISH: Final = re.compile(
    rf"(?<![\dA-Za-z])(?:(?:\+|00)?{_GAP}4{_GAP}4{_GAP}(?:0{_GAP})?[1-9](?:{_GAP}\d){{8,9}}|\(?0{_GAP}[1-35789](?:{_GAP}\d){{8,9}})(?!\d)"
)
"""A British number with 0, 44, +44 or 0044 in front, its digits at most four signs apart."""

_ODD_GAP: Final = r"(?:[\s().,;*~#='\"\[\]{}<>|+-]|:(?=\d{3})){1,4}"
_ODD: Final = re.compile(
    rf"(?<![\dA-Za-z])[\[({{<]?0[1-9]\d{{1,3}}{_ODD_GAP}\d{{3,6}}(?:{_ODD_GAP}\d{{3,4}})?(?!\d)"
)
"""Area code and the rest, each of three digits or more, with signs between that nobody expects."""

_RUN: Final = re.compile(
    r"(?<!\d)0[1-9]\d{9}(?!\d)|(?:(?<=tel)|(?<=mob)|(?<=ring)|(?<=call)|(?<=phone))0[1-9](?:[ -]?\d){8,9}(?!\d)",
    re.I,
)
"""Eleven digits in one, whatever letters stand before and after them; or a number that is glued to a word that asks for it."""

_EXTENSION: Final = re.compile(
    r"(?i)(?<=\[removed\])(?:[\s,]*\(?(?:ext(?:ension|n)?|x)\.?[\s:]*\d{1,5}\)?|\s?/\s?\d{1,4}(?!\d)|\s(?:and )?then \d{2,4}(?!\d)|\s*(?:&|/|or|and)\s*\d{5,7}(?!\d))"
)

_CUES: Final = r"tel|telephone|phone|ph|ring|call|mob|mobile|fax|text|sms|calls|ff[oô]n|bookings?|enquir(?:y|ies)|help ?line|hot ?line|minicom|textphone|reception|answerphone"
_CUED: Final = re.compile(
    rf"(?i)(?<![\w])(?:{_CUES})\b\.?(?:\s+(?:no|number|us|me|on|at)\b\.?){{0,3}}(?:\s+\(?[a-z]{{3,12}}\)?)?[\s.:–-]{{0,4}}(?!(?:19|20)\d\d\b)(?!(?:[01]\d|2[0-4])[0-5]\d\s?(?:-|–|to)\s?(?:[01]\d|2[0-4])[0-5]\d(?!\d))(?=[\d\s./()-]{{0,20}}\d{{3}})\(?\d(?:[\s./()-]{{0,2}}\d){{4,14}}(?!\d)"
)
"""A local number, without its area code, after a word that asks to ring it."""

_NUMBER_WORDS: Final = (
    "zero",
    "oh",
    "nought",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "double",
    "treble",
    "triple",
    "hundred",
    "thousand",
)
_NUMBER_WORD: Final = f"(?:{'|'.join(_NUMBER_WORDS)})"
_LEAST_SPELT: Final = 8
_SPELT: Final = re.compile(
    rf"(?i)\b(?:{_NUMBER_WORD}[\s,.-]{{0,3}}|\d[\s,.-]{{0,3}}){{{_LEAST_SPELT},40}}(?<![\s,.-])"
)
_HAS_WORDS: Final = re.compile(rf"(?i){_NUMBER_WORD}[\s,.-]{{0,3}}(?:{_NUMBER_WORD}|\d)|\d{_NUMBER_WORD}")
"""A number in words, or in words and digits."""

_LETTERS_FOR_DIGITS: Final = re.compile(
    r"(?<![A-Za-z])[\doOlI]*\d[\doOlI]*\d[\doOlI]*(?![A-Za-z])|(?<![A-Za-z\d])[oO](?=\d{4})"
)
_TO_DIGITS: Final = str.maketrans("oOlI", "0011")
_ABROAD: Final = re.compile(r"(?<!\d)00(?=[\s.-]?[1-9](?:[\s().-]{0,2}\d){7})")
"""``00`` in front of the code of another country."""

_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    r"(?:[01]?\d|2[0-4])[.:][0-5]\d\s*(?:-|–|to|until)\s*(?:[01]?\d|2[0-4])[.:][0-5]\d|(?:[01]\d|2[0-4])(?:00|15|30|45)\s?[-–]\s?(?:[01]\d|2[0-4])(?:00|15|30|45))(?!\d)"
)
"""Dates and hours: they have many digits, and are no numbers to ring."""
_HELD: Final = "\ue000"
"""Stands for a date or for hours while numbers are looked for: no text has this sign, it is for private use."""

_BARE: Final = re.compile(r"(?<![\d.A-Za-z])(?<![HJNOST][A-Z] )[1-37](?:[ \-.]?\d){9}(?:\.0)?(?!\.?\d)")
"""Ten digits that may be a British number whose 0 a spreadsheet has taken away; ten digits after two letters are a grid reference."""
_INVENTED: Final = ("1632960", "2079460", "7700900")
"""Numbers that Ofcom keeps for stories: people who try whether numbers are taken out use them."""
_SHORT: Final = re.compile(r"(?<!\d)0(?:800[ -]?1111|845[ -]?46[ -]?47)(?!\d)")
"""Two short numbers of national services that are dialled as they are."""
_LOOKALIKES: Final = re.compile(r"(?<![A-Za-z\d])[0oO][\doOlI](?:[ .-]?[\doOlI]){7,11}(?![A-Za-z\d])")
"""A number some of whose digits are letters, whatever its groups are."""

_DOMAIN: Final = r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"
_ENDING: Final = r"(?:com|org|net|info|biz|co|uk|gov|nhs|ac|sch|eu|me|io|cymru|wales|scot|london)"
_LOOSE_DOT: Final = r"\s{0,2}(?:[.,]|[\[({<]\s?(?:dot|\.)\s?[\])}>]|\bdot\b|\s?[-_]\s?dot\s?[-_])\s{0,2}"
_LOOSE_AT: Final = r"(?:\s{0,2}@{1,3}\s{0,2}|[*~|]{1,3}at[*~|]{1,3}|\s?[\[({<\"']\s?(?:at|a|@)\s?[\])}>\"']\s?|\s?[-_]\s?at\s?[-_]\s?)"
_AT: Final = r"\s*(?:[\[({<]\s*(?:at|@)\s*[\])}>]|@)\s*"
_DOT: Final = r"\s*(?:[\[({<]\s*(?:dot|\.)\s*[\])}>]|\bdot\b|\.)\s*"
_PROVIDERS: Final = (
    "gmail|googlemail|hotmail|outlook|yahoo|icloud|btinternet|btopenworld|live|aol|msn|protonmail|proton|sky|talktalk|"
    "virginmedia|ntlworld|tiscali|me"
)
_USER: Final = r"(?<![\w.+'%-])[\w.+'%-]++"
"""What stands before the @, from its first sign on: so that a text is looked through once, however long a word is."""
_LOCAL: Final = r"(?<![A-Za-z0-9.+'%])[A-Za-z0-9.+'%]{1,64}"
_EMAIL: Final = re.compile(
    rf"(?i:{_LOCAL}{_LOOSE_AT}[a-z0-9]{{1,63}}(?:{_LOOSE_DOT}[a-z0-9-]{{1,63}}){{0,3}}{_LOOSE_DOT}{_ENDING}\b(?:{_LOOSE_DOT}uk\b)?)"
    r"|\"[^\"@\n]{1,60}\"@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)(?:\w ){2,20}@(?: [\w.](?!\w)){3,40}"
    rf"|{_USER}@\[[\da-fA-F.:]+\]"
    rf"|(?i:{_USER}\s++at\s+(?:gmail|googlemail|hotmail|yahoo|icloud|btinternet|btopenworld)\b(?:\s?(?:\.|dot)\s?\w+)?)"
    rf"|{_USER}@[\w-]+(?:\.[\w-]+)+"
    r"|(?-i:(?<!\w)[a-z][\w.]{0,40}AT[a-z][\w-]{0,40}DOT[a-z]{2,10})"
    rf"|(?i:{_USER}\s+(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|btinternet)\s(?:dot\s)?(?:com|co\suk)\b)"
    rf"|{_USER}(?<=\w)\s@\s{_DOMAIN}"
    rf"|{_USER}\s*+@\s*(?i:{_PROVIDERS})\b"
    r"|(?<![a-z0-9.+_%-])[a-z0-9.+_%-]++@[a-z0-9_-]+\b"
    rf"|(?i:{_USER}\s*+[\[({{<]\s*(?:at|@)\s*[\])}}>]\s*[\w-]+(?:{_DOT}[\w-]+)*)"
    rf"|(?i:{_USER}\s++at\s+[\w-]+(?:\s+dot\s+[\w-]+)+)"
    rf"|(?i:{_USER}\s++at\s+[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|info|uk|eu|me|io)\b)"
)
_HANDLE: Final = re.compile(r"(?<![\w@])@(?!\d{1,2}(?:[.:]\d\d)?(?:am|pm)?\b)\w[\w.]+")
_PROFILE: Final = re.compile(
    r"(?i)\b(?:https?://)?(?:[\w-]{1,63}\.){0,9}(?:facebook|fb|instagram|twitter|x|linktr|linkedin|tiktok|youtube|youtu|wa|"
    r"whatsapp|t|telegram|threads|snapchat|bsky|nextdoor|pinterest|meetup|linktree|messenger|m)\."
    r"(?:com|ee|me|be|net|app|co\.uk|in|us)(?:/[^\s,;\"'<>)\]]*)?"
)
_URL: Final = re.compile(
    r"(?i)\b(?:(?:h(?:tt|xx)ps?|ftp|mailto|tel|sms|callto|skype|whatsapp)\s{0,9}:\s{0,9}/{0,2}\s{0,9}|www\d?\.)[^\s,;\"'<>)\[\]]+(?:\s\.\s?[a-z]{2,12}\b){0,4}"
)
_ACCOUNT: Final = re.compile(
    r"(?i)\b(?:facebook|fb|insta(?:gram)?|ig|twitter|skype|whats\s?app|telegram|discord|snapchat|tik\s?tok|linked\s?in|zoom|messenger)"
    r"(?:\s{0,2}[:=]\s{0,2}|\s[–-]\s|\s?/|\s{1,2}(?=\S*[\d_#@]|[a-z]+\.[a-z]))@?[^\s,;()]{2,60}(?-i:(?:\s[A-Z][\w'-]{1,30}){0,2})"
    r"|\bzoom(?: meeting)?(?: id)?\s{0,2}[:=]?\s{0,2}\d(?:[\s-]?\d){8,11}\b(?:[\s,;]{0,3}(?:pass(?:code|word)|pin)\s{0,2}[:=]?\s{0,2}\S{1,40})?"
    r"|\b(?:insta(?:gram)?|skype)\s+(?!(?:pages?|groups?|account|feed|profile|live|posts?|story|stories|calls?|and|or|for|on|to|us|is|at|in|of|the|a)\b)(?-i:[a-z]{4,30})\b"
    r"|\b(?:facebook|fb|insta(?:gram)?)\s(?:page|group|account)?\s?/\w[\w.-]{1,60}"
    r"|\b(?:facebook|fb|instagram|insta)\s(?:page|group|account)\s?[:=]\s?@?[^\s,;()]{2,60}|\b(?:nextdoor|signal|youtube|mastodon|bluesky)\s?:\s?@?[^\s,;()]{2,60}(?-i:(?:\s[A-Z][\w'-]{1,30}){0,2})"
    r"|\b[\w-]{2,40}\sdot\s(?:org|com|net|co|info|church|scot|cymru|wales|london|uk|club|online|community)\b(?:\sdot\suk\b)?(?:\s(?:slash|/)\s?\S{1,60})?|/{3}\s?\w+\.\w+\.\w+|\b(?:what3words|w3w)\b\W{0,4}\w+\.\w+\.\w+"
    r"|\b(?:facebook|instagram|twitter)\s?(?:\.|dot)\s?com\b(?:\s?(?:/|slash)\s?\S{1,60})?"
)
"""The name of somebody on a network: ``Facebook: Jane Doe``, ``insta jane_doe``."""
_FENCED_DOT: Final = re.compile(r"\s?[\[(]\.[\])]\s?")
_LEFT: Final = re.compile(
    r"(?i)(?:\b(?:mailto|e-?mail to)\s?:\s?)\[removed\]|\[removed\]/[^\s,;\"'<>)\]]+|(?:\b\w{1,40}\sdot\s){1,3}\[removed\]"
)
"""What is left of an address around the part that was taken out."""
_SPACED_HOST: Final = re.compile(
    r"(?i)\bw\s{0,2}w\s{0,2}w\s{0,2}\.\s{0,2}[\w-]{1,63}(?:\s{0,2}\.\s{0,2}[a-z]{2,12}\b){1,4}(?:/\S{0,200})?"
)
_BARE_HOST: Final = re.compile(
    r"(?i)(?<![\w-])[\w-]++(?:\.[\w-]++){0,9}\.(?:org|com|net|info|co|biz|me|ee|uk|eu|io|app|online|cymru|wales|london)\b"
    r"(?:\.uk)?(?:/[^\s,;\"'<>)\]]*)?"
)
"""A host has at most ten parts: the bound keeps the time in proportion to the length of a text."""
_NEW_HOST: Final = re.compile(
    r"(?<![\w-])[\w-]{2,63}(?:\.[\w-]{1,63}){0,9}\.(?:scot|church|club|cafe|shop|xyz|site|events|community|social|group|ly|gl|gg|link|page|website|"
    r"store|blog|space|team|life|care|support|foundation|charity|ngo|tv|fm|cc|gov|nhs|sch|ie|fr|de|es|nl|au|nz|us|in)\b(?:/[^\s,;\"'<>)\]]*)?"
)
"""Endings that are words too: a host only in small letters, so that a full stop without a space after it is none."""

_SIGNS: Final = re.compile(
    r"(?i)@|gmail|hotmail|yahoo|icloud|/{3}|w3w|what3words|nextdoor|signal\s?:|youtube|mastodon|bluesky|at\w+dot|\bat\b|[(\[{<]\s?at?\s?[)\]}>]|[-_]at[-_]|\.\w|\bdot\b|:\s{0,9}/|www|mailto|(?:tel|sms|callto)\s*:|"
    r"facebook|\bfb\b|insta|\big\b|twitter|skype|whats\s?app|telegram|discord|snapchat|tik\s?tok|linked\s?in|zoom|messenger|\bw\s{0,2}w\s{0,2}w\b"
)
_PARTS: Final = (
    "mail", "yahoo", "icloud", "///", "w3w", "nextdoor", "signal", "youtube", "mastodon", "bluesky", "@", ".", ":", "(", "[", "{", "<", "at", "dot", "www", "mailto", "facebook", "fb", "insta", "ig", "twitter", "skype", "whats",
    "telegram", "discord", "snapchat", "tik", "linked", "zoom", "messenger", "w w",
)  # fmt: skip
"""What a text has in small letters wherever `_SIGNS` finds anything: most names have none of it, and are looked through in no time."""

_BLANK: Final = r"\s\x0b\x1c-\x1f"
"""What ``\\s`` is in ASCII: Arrow's expressions leave some of it out."""

_SCREEN: Final = (
    r"[^\x00-\x7f]|[&<%]|\[removed\]",
    _SIGNS.pattern.replace(r"\s", f"[{_BLANK}]"),
    PERSON_SCREEN,
    r"(?i)w ?w ?w",
    rf"(?i)(?:(?:{_NUMBER_WORD}|[0-9])[{_BLANK},.-]{{0,3}}){{{_LEAST_SPELT}}}",
)
"""What a text has of which `redact` changes anything; what is not ASCII, or coded, is always looked through."""
_SCREEN_DIGITS: Final = (
    r"(?:[0-9][^0-9]*){5}",
    rf"(?i)(?:[0-9OIL][^A-Z0-9]{{0,6}}){{8}}|\+|\b(?:{_CUES.replace('[oô]', 'o')})\b",
)
"""What a text has, all of it, of which a number in digits is taken out: few digits apart from each other are none."""
_FEW: Final = 20
"""Up to so many texts are looked through one by one: the screen would take longer."""

_DIGIT: Final = re.compile(r"[0-9]|[^\x00-\x7f]")
"""A digit, or a sign beyond ASCII that may be one."""
_CUE: Final = re.compile(rf"(?i)(?<!\w)(?:{_CUES})\b")
_DIGITS: Final = 6
"""Fewer digits than this are no telephone number: of eleven some may be written as letters."""
_LOCAL_DIGITS: Final = 5
"""Fewer digits than this are no local number either."""
_TWICE: Final = re.compile(r"\[removed\](?:\s?\[removed\])+")
_MARKED_DIGIT: Final = re.compile("(\\d)[\u0300-\u036f\u20d0-\u20ff]+")
"""A digit that is underlined, struck out or encircled by marks of its own."""
_TAG: Final = re.compile(r"(?i)</?(?:b|br|p|i|u|em|strong|span|div|li|ul|ol|td|tr|nobr|small)\s?/?>")


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
    plain = (
        text
        if text.isascii() and "&" not in text and "<" not in text and "%" not in text
        else _readable(text)
    )
    low = plain.casefold()
    signs = any(part in low for part in _PARTS) and bool(_SIGNS.search(plain))
    digits = sum(map(str.isdigit, plain)) if _DIGIT.search(plain) else 0
    numbers = digits >= _DIGITS or (digits >= _LOCAL_DIGITS and bool(_CUE.search(plain))) or len(plain) >= 24
    persons = names_person(plain)
    if not signs and not numbers and not persons:
        return text
    shown = _without_numbers(plain, digits) if numbers else plain
    if signs:
        shown = _without_addresses(shown, links=links)
    if persons or shown != plain:
        shown = _TWICE.sub(REMOVED, without_persons(shown))
    return text if shown == plain else shown


def _without_addresses(text: str, *, links: bool) -> str:
    shown = _EMAIL.sub(REMOVED, _FENCED_DOT.sub(".", text) if "[.]" in text or "(.)" in text else text)
    shown = _LEFT.sub(REMOVED, shown)
    if links:
        for pattern in (_URL, _SPACED_HOST, _BARE_HOST, _NEW_HOST):
            shown = pattern.sub(REMOVED, shown)
    for pattern in (_PROFILE, _ACCOUNT, _HANDLE):
        shown = pattern.sub(REMOVED, shown)
    return _TWICE.sub(REMOVED, shown)


def _without_numbers(text: str, digits: int) -> str:
    shown = text
    if _in_words(shown, digits) and _HAS_WORDS.search(shown):
        shown = _SPELT.sub(lambda found: REMOVED if _HAS_WORDS.search(found[0]) else found[0], shown)
    if digits >= _LOCAL_DIGITS:
        dates = iter(_DATE.findall(shown))
        shown = _DATE.sub(_HELD, shown)
        shown = _LOOKALIKES.sub(_if_digits, shown)
        for pattern in (_BRITISH, _RUN, _ODD):
            shown = _cut(shown, pattern)
        shown = _SHORT.sub(REMOVED, shown)
        shown = _BARE.sub(_if_number, shown)
        abroad = _ABROAD.sub("+ ", shown) if "00" in shown else shown
        if "+" in abroad:
            shown = _without_foreign(shown, abroad)
        shown = _EXTENSION.sub("", _cut(shown, _CUED))
        shown = re.sub(_HELD, lambda _: next(dates), shown)
    return shown


def _in_words(text: str, digits: int) -> bool:
    """Say whether a text has enough number words and digits for a number in words; quick, as most names have not."""
    low = text.casefold()
    return digits + sum(map(low.count, _NUMBER_WORDS)) >= _LEAST_SPELT


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Take out what a pattern finds where letters that look like digits are read as digits."""
    twin = _LETTERS_FOR_DIGITS.sub(lambda found: found[0].translate(_TO_DIGITS), text)
    parts, place = [], 0
    for found in pattern.finditer(twin):
        if pattern is _ODD and sum(map(str.isdigit, found[0])) not in (10, 11):  # hours: 0900, 1200, 1700
            continue
        parts += [text[place : found.start()], REMOVED]
        place = found.end()
    return "".join([*parts, text[place:]]) if parts else text


def redact_column(column: pd.Series, *, links: bool = True) -> pd.Series:
    """Return `redact` of every text of a column; what is missing or not a text stays as it is."""
    texts = [text for text in column.unique().tolist() if isinstance(text, str)]
    changed = {text: new for text in suspects(texts) if (new := redact(text, links=links)) != text}
    if not changed:
        return column
    return column.map(
        lambda cell: changed.get(cell, cell) if isinstance(cell, str) else cell, na_action="ignore"
    )


def suspects(texts: list[str]) -> list[str]:
    """Return the texts that `redact` may change: of a large list few, found in all of them at once.

    Examples
    --------
    >>> suspects(["Truro Chess Club"] * 30 + ["Ring 01872 900112"])
    ['Ring 01872 900112']
    """
    if len(texts) <= _FEW:
        return texts
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        column = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # half a sign: Arrow has no form for it
        return texts
    found = [pc.match_substring_regex(column, pattern) for pattern in _SCREEN]
    digits = [pc.match_substring_regex(column, pattern) for pattern in _SCREEN_DIGITS]
    may = functools.reduce(pc.or_, [*found, functools.reduce(pc.and_, digits)])
    return [text for text, look in zip(texts, may.to_pylist(), strict=True) if look]


def _readable(text: str) -> str:
    """Return the plain forms of digits and signs, without those that nobody sees."""
    plain = _TAG.sub(" ", html.unescape(text)) if "&" in text or "<" in text else text
    plain = unicodedata.normalize("NFKC", plain.replace("%40", "@").replace("\u3002", ".")).replace(
        _HELD, " "
    )
    plain = "".join(
        sign for sign in plain if unicodedata.category(sign) != "Cf" and sign not in "\ufe0f\u20e3"
    )
    plain = _MARKED_DIGIT.sub(r"\1", plain)
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() and not sign.isascii() else sign for sign in plain
    )


def _if_digits(found: re.Match[str]) -> str:
    """Return a run of digits and letters that look like some as digits, where most of it is digits."""
    return found[0].translate(_TO_DIGITS) if sum(map(str.isdigit, found[0])) >= _DIGITS else found[0]


def _if_number(found: re.Match[str]) -> str:
    import phonenumbers

    digits = re.sub(r"\D", "", found[0])[:10]
    number = phonenumbers.parse("0" + digits, "GB")
    mobile = found[0].startswith(("7", *_INVENTED)) or digits.startswith(_INVENTED)
    return REMOVED if mobile or phonenumbers.is_valid_number(number) else found[0]


def _without_foreign(text: str, abroad: str) -> str:
    """Take out numbers of other countries; ``abroad`` is the text with a plus sign for every ``00``."""
    import phonenumbers

    parts, place = [], 0
    for match in phonenumbers.PhoneNumberMatcher(abroad, "GB", leniency=phonenumbers.Leniency.POSSIBLE):
        if match.raw_string.lstrip("(").startswith("+"):
            parts += [text[place : match.start], REMOVED]
            place = match.end
    return "".join([*parts, text[place:]])
