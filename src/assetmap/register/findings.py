"""What was found about rows: which rows, how serious it is, and a sentence for each with the fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

SEVERITY = ("accepted", "review", "rejected")


@dataclass(frozen=True)
class Finding:
    """One kind of remark on some rows.

    ``rows`` are positions in the table, ``outcome`` is the result for them, ``sentences`` has one for each.
    """

    rows: np.ndarray
    outcome: str
    sentences: list[str]


def finding(mask: pd.Series | np.ndarray, outcome: str, *parts: str | pd.Series | np.ndarray) -> Finding:
    """Make a finding of the rows where a mask is true.

    The parts of the sentence are words for all rows, or a column with a word for each; only the rows of the
    mask are written. Numbers are shown with one decimal.
    """
    rows = np.flatnonzero(np.asarray(mask, dtype=bool))
    if not len(rows):  # most findings of most lists
        return Finding(rows, outcome, [])
    columns = [[part] * len(rows) if isinstance(part, str) else _words(part, rows) for part in parts]
    return Finding(rows, outcome, ["".join(words) for words in zip(*columns, strict=True)])


def outcomes_and_reasons(findings: Iterable[Finding], numbers: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return for each row the most serious outcome, and its sentences as one text that begins with the row number.

    The most serious sentences come first.
    """
    severity = np.zeros(len(numbers), dtype=int)
    said: list[list[str]] = [[] for _ in range(len(numbers))]
    for found in sorted(findings, key=lambda found: -SEVERITY.index(found.outcome)):
        severity[found.rows] = np.maximum(severity[found.rows], SEVERITY.index(found.outcome))
        for row, sentence in zip(found.rows, found.sentences, strict=True):
            said[row].append(sentence)
    reasons = [
        f"Row {number}: {' '.join(sentences)}" if sentences else ""
        for number, sentences in zip(numbers, said, strict=True)
    ]
    return np.array(SEVERITY, dtype=object)[severity], reasons


def _words(part: pd.Series | np.ndarray, rows: np.ndarray) -> list[str]:
    values = (part.iloc[rows] if isinstance(part, pd.Series) else part[rows]).tolist()
    return [f"{value:.1f}" if isinstance(value, float) else str(value) for value in values]
