"""Texts of a page, stored small: each different text once, sentences that differ in numbers once, codes by what they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

import numpy as np
import pandas as pd

MANY_SENTENCES: Final = 1_000
"""From so many different sentences on, a layer stores those that differ only in numbers once."""

NUMBER: Final = re.compile(r"\d(?:[\d,.]*\d)?")
NUMBER_HERE: Final = "\x01"


def code_texts(values: pd.Series) -> dict[str, Any]:
    """Store each different text once. A missing text has the code -1."""
    codes, words = pd.factorize(values.map(plain_text).replace("", np.nan), sort=False)
    return {"words": [str(word) for word in words], "codes": codes.tolist()}


def code_sentences(values: pd.Series) -> dict[str, Any]:
    """Store sentences that differ only in their numbers once, with a column for each number; few sentences as they are."""
    texts = values.map(plain_text)
    if texts.nunique() < MANY_SENTENCES or texts.str.contains(NUMBER_HERE, regex=False).any():
        return code_texts(values)
    numbers = [NUMBER.findall(text) for text in texts]
    columns = zip_longest(*numbers, fillvalue="")
    coded = code_texts(texts.str.replace(NUMBER, NUMBER_HERE, regex=True))
    return coded | {"numbers": [list(column) for column in columns]}


def code_lists(values: pd.Series, *, order: Sequence[str] = ()) -> dict[str, Any]:
    """Store each different code once, in an order where one is given, and for each row the positions of its codes."""
    cells = [[word for word in plain_text(value).split("; ") if word] for value in values]
    at = {word: number for number, word in enumerate(order)}
    words = sorted({word for cell in cells for word in cell}, key=lambda word: (at.get(word, len(at)), word))
    place = {word: number for number, word in enumerate(words)}
    return {"words": words, "lists": [[place[word] for word in cell] for cell in cells]}


def plain_text(value: Any) -> str:
    """Return a cell as the page writes it; a missing one is ``""``."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def shared_beginnings(words: list[str]) -> list[str]:
    """Write each word as the number of letters it shares with the word before (0 to 9) and the rest."""
    if not words:
        return []
    letters = np.array(words, dtype=np.str_)
    table = np.ascontiguousarray(letters).view(np.uint32).reshape(len(words), -1)[:, :9]
    # the end of a word is a 0, which must not count as shared where both words end
    differ = np.ones((len(words), table.shape[1] + 1), dtype=bool)
    differ[1:, :-1] = (table[1:] != table[:-1]) | (table[1:] == 0)
    same = differ.argmax(axis=1)
    same[0] = 0
    return [f"{shared}{word[shared:]}" for shared, word in zip(same.tolist(), words, strict=True)]
