"""Rows out of a delimited text file, with the row numbers that a person sees in a spreadsheet.

The encoding, the delimiter and the row of headings are found; nothing is dropped: a row with too many or
too few cells comes back with a sentence that says so.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path
from typing import Final

from assetmap.schema import InputError

DELIMITERS: Final = ",;\t|"
MOST_BYTES: Final = 1_000_000_000
"""Larger files are refused: a list of a million rows has about 200 MB."""

MOST_COLUMNS: Final = 1_000
MOST_CELL: Final = 1_000_000
SNIFFED_ROWS: Final = 30
SIGNATURES: Final = {
    b"PK\x03\x04": "a zip file or a spreadsheet (save it with the ending .xlsx, .ods or .zip)",
    b"%PDF": "a PDF (copy its table into a spreadsheet)",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file (save it with the ending .xls)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database (a GeoPackage has the ending .gpkg)",
}


def read_rows(path: Path) -> list[list[str]]:
    """Read every row of a delimited text file as cells of text.

    Parameters
    ----------
    path
        Comma, semicolon, tab or bar; UTF-8, UTF-16 or a Windows encoding; also gzipped.

    Returns
    -------
    list of list of str
        Every row, empty ones too, so that a row's place in the list is its number in the file.

    Raises
    ------
    InputError
        If the file is empty, too large, or not text.
    """
    text = _decode(path)
    if not text.strip():
        raise InputError(f"'{path}' is empty. Its first row must name the columns.")
    delimiter = _delimiter(text)
    before = csv.field_size_limit(MOST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(
            f"'{path}' is not a regular table: {error}. Is a quotation mark left open?"
        ) from error
    finally:
        csv.field_size_limit(before)
    return rows


def bounded_bytes(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where it is gzipped, or refuse one that is too large."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"'{path}' has {path.stat().st_size / 1e9:.1f} GB; a list may have at most 1 GB.")
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        raise InputError(f"'{path}' could not be unpacked: {error}") from error
    if len(raw) > MOST_BYTES:
        raise InputError(f"'{path}' unpacks to more than 1 GB and was not read.")
    return raw


def _decode(path: Path) -> str:
    raw = bounded_bytes(path)
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise InputError(f"'{path}' is not a text file but {what}.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:4000]:
        return _decode_wide(raw, path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:1_000_000]).best()
        if best is None:
            raise InputError(
                f"'{path}' is not text in any encoding that is known. Save it as CSV (UTF-8)."
            ) from None
        return raw.decode(best.encoding, errors="replace")


def _decode_wide(raw: bytes, path: Path) -> str:
    """Decode UTF-16 without a byte order mark; anything else with zero bytes is no text."""
    sample = raw[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 4 and min(even, odd) < len(sample) / 40:
        return raw.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    raise InputError(f"'{path}' is not a text file. Save the list as CSV or as a spreadsheet.")


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first rows into the most cells, equally many in each row."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        widths = []
        try:
            for row in rows:
                if any(cell.strip() for cell in row):
                    widths.append(len(row))
                if len(widths) == SNIFFED_ROWS:
                    break
        except csv.Error:
            continue
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        score = (width - 1) * times / max(len(widths), 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best
