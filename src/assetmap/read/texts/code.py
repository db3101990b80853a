"""How the letters of a text are written: its encoding is found here and nowhere else.

This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetmap.errors import InputError, counted

SIGNATURES: Final = {
    b"PK\x03\x04": "a zip file or a spreadsheet (save it with the ending .xlsx, .ods or .zip)",
    b"%PDF": "a PDF (copy its table into a spreadsheet)",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file (save it with the ending .xls)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database (a GeoPackage has the ending .gpkg)",
}
DOCUMENTS: Final = (".docx", ".doc", ".odt", ".rtf", ".pptx", ".ppt", ".odp")
"""Endings of files for reading, not for lists."""

XML: Final = (b"<?xml", b"<rss", b"<feed")
MARKED_UP: Final = {
    (b"<!doctype html", b"<html"): "a web page (open it in a browser and copy its table into a spreadsheet)",
    (
        b"<?xml",
        b"<rss",
        b"<feed",
    ): "XML (open it in a spreadsheet and save it as .xlsx, or ask for the list as CSV)",
}
"""How texts begin that are no tables, in small letters, and what they are."""

BYTE_ORDER: Final = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins."""

UTF8_MARK: Final = b"\xef\xbb\xbf"
WINDOWS: Final = "assetmap_windows"
"""How bytes that are not UTF-8 are read in a file that mostly is."""

LETTERS: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Letters of UTF-8 beyond those of ASCII."""

LOST: Final = "\N{REPLACEMENT CHARACTER}"
CONTROL_BYTES: Final = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
CONTROL: Final = re.compile(f"[{re.escape(CONTROL_BYTES.decode())}]")
AT_ONCE: Final = 4_000_000
"""Bytes that are decoded at a time."""

HIGH: Final = bytes(range(128, 256))


def marked_up(raw: bytes) -> str:
    """Return what a text with marks is, and what to do with it; empty for any other text."""
    begun = raw[:4000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    plain = MARKED_UP[XML] if re.match(rb"<\w[^<>]*>\s*<\w", begun) else ""
    return next((what for starts, what in MARKED_UP.items() if begun.startswith(starts)), plain)


@dataclass(frozen=True)
class Code:
    """How the letters of a file are written.

    name : as Python names it. mark : its byte order mark. errors : what to do with bytes that are no letters. mixed : letters of a file in UTF-8 that are not.
    """

    path: Path
    name: str
    mark: bytes = b""
    errors: str = "strict"
    mixed: int = 0


def decode(raw: bytes, path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding, as Python names it; a byte order mark is no part of the text.

    Raises
    ------
    InputError
        If it is not text.
    """
    code = code_of(raw, path)
    name = "utf-8-sig" if code.mark and code.name == "utf-8" else code.name
    return raw[len(code.mark) :].decode(code.name, errors=code.errors), name


def code_of(raw: bytes, path: Path) -> Code:
    """Find out how the letters of a text are written.

    Raises
    ------
    InputError
        If it is not text.
    """
    if path.suffix.lower() in DOCUMENTS:
        raise InputError(f"'{path}' is not a table but a document. Copy its table into a spreadsheet.")
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise InputError(f"'{path}' is not a text file but {what}.")
    if marked := marked_up(raw):
        raise InputError(f"'{path}' is not a table but {marked}.")
    if raw.startswith(BYTE_ORDER):
        name = "utf-16-le" if raw.startswith(BYTE_ORDER[0]) else "utf-16-be"
        return Code(path, name, raw[:2], "replace")
    if b"\0" in raw[:4000]:
        return _wide_code(raw, path)
    mark = UTF8_MARK if raw.startswith(UTF8_MARK) else b""
    if _decodes(raw, "utf-8"):
        return Code(path, "utf-8", mark)
    letters = sum(map(len, LETTERS.findall(raw)))
    others = len(raw) - len(raw.translate(None, HIGH)) - letters
    if letters >= others:
        return Code(path, "utf-8", mark, WINDOWS, others)
    if _decodes(raw, "cp1252"):
        return Code(path, "cp1252")
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:1_000_000]).best()
    if best is None:
        raise InputError(f"'{path}' is not text in any known encoding. Save it as CSV (UTF-8).") from None
    return Code(path, best.encoding, errors="replace")


def _decodes(raw: bytes, name: str) -> bool:
    """Say whether a text is in an encoding, looking at a part at a time."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for start in range(0, len(raw), AT_ONCE):
            decoder.decode(raw[start : start + AT_ONCE], final=start + AT_ONCE >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error(WINDOWS, _as_windows)


def _wide_code(raw: bytes, path: Path) -> Code:
    """Recognise UTF-16 without a byte order mark; anything else with zero bytes is not text."""
    sample = raw[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 4 and min(even, odd) < len(sample) / 40:
        return Code(path, "utf-16-le" if odd > even else "utf-16-be", errors="replace")
    raise InputError(f"'{path}' is not a text file. Save the list as CSV or as a spreadsheet.")


def has_controls(raw: bytes, code: Code) -> bool:
    """Say whether a text may hold control characters; NUL characters in it are refused.

    Raises
    ------
    InputError
        If it holds NUL characters: whole blocks of a damaged file are nothing else.
    """
    if code.name.startswith("utf-16"):
        return True
    if nul := raw.count(0):
        line = raw.count(b"\n", 0, raw.index(0)) + 1
        raise InputError(
            f"'{code.path}' holds {counted(nul, 'NUL character')}, first in line {line}: part of it is damaged or lost. Open the original and save it again "
            "as CSV (UTF-8)."
        )
    return len(raw.translate(None, CONTROL_BYTES)) != len(raw)
