"""The plain words of a text, however it is disguised: what guarded words are looked for in.

Accents, letters of other alphabets that look like ours, signs that nobody sees, codes of web pages (``&#39;``, ``%20``, tags), text that
was saved in the wrong encoding (``Womenâ€™s``), full-width and spaced letters make no difference.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from assetmap.guarded.parts import pieces

DROPPED: Final = frozenset(
    ["the", "a", "an", "of", "for", "and", "in", "at", "to", "with", "from", "by", "on", "or"]
)
"""Words that make no difference between two texts."""

LOOKALIKES: Final = str.maketrans(
    {
        **dict(zip("аеорсухіѕԁһοαε013$", "aeopcyxisdhoaeoies", strict=True)),
        **dict(zip("вкмтгпјԛԝѵɡӏиѡօսհոցνρτυικηχγσβμω", "bkmtrnjqwvgluwouhngvptuiknxyobuw", strict=True)),
        **dict(zip("ɑɩıłøđħŧðƒʀᴇꜰᴜɢʜᴏᴍᴡɴʟᴛᴀʙᴄᴅᴊᴋᴘꜱᴠʏᴢɪн", "aiilodhtdfrefughomwnltabcdjkpsvyzih", strict=True)),
        **{chr(start + n): chr(97 + n) for start in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)},
        "æ": "ae", "œ": "oe", "þ": "th",
    }
)  # fmt: skip
"""Letters of other alphabets, and signs, that are used for ours."""

SIGNS: Final = re.compile(r"[^a-z0-9]+")
APOSTROPHES: Final = re.compile(r"['’‘`´ʼ＇]")
MIXED: Final = re.compile(
    r"(?<![^\W_])[a-z\d]*+[^\W\d_a-z][^\W_]*+|(?:\d|\$)(?=[a-z])|(?<=[a-z])\$|[\U0001f150-\U0001f189\U0001f1e6-\U0001f1ff]"
)
"""Words with letters of other alphabets, and digits before a letter: a number at the end of a word is one (``CAS3``)."""
INSIDE: Final = re.compile(r"(?<=[a-z])[4578](?=[a-z])|(?<![a-z0-9])5(?=[a-z]{3})")
"""Digits that stand for a letter only inside a word (``r4pe``)."""
FOR_LETTERS: Final = str.maketrans("4578", "astb")
CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
"""Where a space is missing between words that begin with a capital: such a text is read both ways (``HopeRefuge``, ``ChIDVA``)."""
ILLNESS: Final = re.compile(r"(?<!HEARING )(?<!MOBILITY )(?<!VISUAL )(?<!LIVING )(?<!FIRST )\bAIDS\b")
"""AIDS in capitals is the illness; in small letters it may be aids of any kind."""
IN_CARE: Final = re.compile(r"(?:^| )in care\b(?! (?:home|farm|setting))")
ONE_WORD: Final = re.compile(r"\b(drop|move)(?:ping)?[ -]?(in|on)\b")
TWO_WORDS: Final = ("drop", "move")
"""Beginnings of `ONE_WORD`: "in" and "on" make no difference elsewhere."""
AGE_IN_CARE: Final = re.compile(
    r"\b1[678] ?(?:\+|plus\b|(?:-|–|to|/) ?(?:1[78]|2[1-5])\b)|\bpost[ -]?1[68]s?\b|\bover[ -]1[68]s?\b"
)
"""The ages at which children leave care."""
POSTCODE: Final = re.compile(r"(?i)\b(?!CC0|RI0)[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b")
"""There are no postcodes in CC or RI: ``CC03HD`` is a code of AddressBase for a kind of place."""
SPACED: Final = re.compile(r"\b(?:[a-z] )+[a-z]\b")

CODED: Final = re.compile(r"&#?\w{1,31};|%[0-9A-Fa-f]{2}|<[^<>]*>")
TAG: Final = re.compile(r"<[^<>]*>")
MISREAD: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]{1,3}")
"""A sign of UTF-8 that was read as Windows-1252: ``â€™``."""
UNSEEN: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters that look like nothing; signs of control and format are found by their category."""


def visible(text: str) -> str:
    r"""Return compatible forms of signs, without those that nobody sees and without the codes of web pages.

    Examples
    --------
    >>> visible("Ref\u200buge"), visible("Women&#39;s"), visible("Womenâ€™s"), visible("Ｒｅｆｕｇｅ")
    ('Refuge', "Women's", 'Women’s', 'Refuge')
    """
    if CODED.search(text):
        text = TAG.sub("", html.unescape(html.unescape(unquote(text))))
    text = unicodedata.normalize("NFKC", MISREAD.sub(_read_again, text))
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign for sign in text if sign not in UNSEEN and _is_seen(sign))


def words_of(text: str) -> list[str]:
    """Return the words of a text in their plain form, in order.

    Examples
    --------
    >>> words_of("The Women’s R-e-f-u-g-e, PL10 1DA"), words_of("Rеfuges")
    (['woman', 'refuge'], ['refuge'])
    """
    seen = visible(text)
    words = _plain_words(seen)
    return words + _plain_words(CAMEL.sub(" ", seen)) if CAMEL.search(seen) else words


def _plain_words(seen: str) -> list[str]:
    if "AIDS" in seen:
        seen = ILLNESS.sub(" hivaids ", seen)
    letters = POSTCODE.sub(" ", APOSTROPHES.sub("", seen).casefold())  # "PL10 1DA" is no IDAS
    if "in care" in letters:
        letters = IN_CARE.sub(" incare ", letters)
    if "drop" in letters or "move" in letters:
        letters = ONE_WORD.sub(r"\1\2", letters)
    if "+" in letters or "16" in letters:
        letters = AGE_IN_CARE.sub(" agecare ", letters)
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    spaced = SIGNS.sub(" ", read_lookalikes(letters)).strip()
    spaced = SPACED.sub(lambda run: run[0].replace(" ", ""), spaced)
    words = [word for word in spaced.split() if word not in DROPPED]
    return list(itertools.chain.from_iterable(map(pieces, words)))


def plain_words_of(part: str) -> list[str]:
    """Return the words of a part of a text between two spaces, of ASCII letters."""
    return SIGNS.sub(" ", read_lookalikes(APOSTROPHES.sub("", part).casefold())).split()


def read_lookalikes(letters: str) -> str:
    """Replace lookalikes inside words; a number on its own, or at the end of a word, stays a number."""
    read = MIXED.sub(lambda found: found[0].translate(LOOKALIKES), letters)
    return INSIDE.sub(lambda found: found[0].translate(FOR_LETTERS), read)


def _is_seen(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category not in ("Cf", "Mn", "Me") if category != "Cc" else sign.isspace()


def _read_again(signs: re.Match[str]) -> str:
    try:
        return signs[0].encode("cp1252").decode()
    except UnicodeError:
        return signs[0]
