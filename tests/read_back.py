"""What people read, taken back from a page as text, and figures written again as the pages write them."""

from __future__ import annotations

import html
import re

import pandas as pd

BLOCKS = "p|li|h\\d|caption|figcaption|dt|dd|div|section|nav|header|footer|ul|ol|main|body"


def plain_text(words: str) -> str:
    return re.sub(r"[\s\xa0]+", " ", html.unescape(re.sub(r"<[^>]+>", "", words))).strip()


def sentences_of(words: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+(?=[A-Z“0-9])", words)


def without_pictures(page: str) -> str:
    return re.sub(r'(?s)<(style|script|svg)\b.*?</\1>|src="data:[^"]*"', "", page)


def sentences_in(page: str) -> list[str]:
    """Every sentence outside of tables: paragraphs, headings, captions of tables and texts for pictures."""
    text = re.sub(r'alt="([^"]*)"[^>]*>', r"><p>\1</p>", page)
    text = re.sub(
        r"(?s)<table\b.*?</table>",
        lambda found: " ".join(re.findall(r"(?s)<caption.*?</caption>", found[0])),
        text,
    )
    blocks = re.split(rf"</?(?:{BLOCKS})\b[^>]*>", text)
    return [one for block in blocks for one in sentences_of(plain_text(block)) if one]


def captions_in(page: str) -> list[str]:
    return [plain_text(one) for one in re.findall(r"(?s)<caption.*?</caption>", page)]


def cells_of(page: str, caption: str) -> list[list[str]]:
    """The rows below the head of the one table whose caption begins so."""
    (found,) = [
        one
        for one in re.findall(r"(?s)<table\b.*?</table>", page)
        if plain_text(re.findall(r"(?s)<caption.*?</caption>", one)[0]).startswith(caption)
    ]
    rows = re.findall(r"(?s)<tr\b.*?</tr>", found)
    return [
        [plain_text(cell) for cell in re.findall(r"(?s)<t[hd]\b[^>]*>(.*?)</t[hd]>", row)] for row in rows
    ][1:]


def unknown_in(sentences: list[str], known: set[str]) -> list[str]:
    """The sentences with a figure that are not known."""
    return [one for one in sentences if re.search(r"\d", one) and one not in known]


def number(value: float) -> str:
    return "not known" if pd.isna(value) else f"{value:,.0f}"


def km(metres: float) -> str:
    return "not known" if pd.isna(metres) else f"{metres / 1000:.1f} km"


def share(value: float) -> str:
    if pd.isna(value):
        return "not known"
    return "over 99%" if 0.995 <= value < 1 else "under 1%" if 0 < value < 0.005 else f"{value:.0%}"


def counted(count: float, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def people(count: float) -> str:
    return counted(count, "person", "people")
