"""What was found about rows: which rows, how grave, and a sentence for each with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

GRAVITY = ("accepted", "review", "rejected")


@dataclass(frozen=True)
class Finding:
    """One kind of remark on some rows.

    ``rows`` are places in the table, ``outcome`` the gravest thing that it means for them, ``sentences`` one
    for each of the rows, without the full stop's need of a capital: they are joined by a space.
    """

    rows: np.ndarray
    outcome: str
    sentences: list[str]


def finding(mask: pd.Series | np.ndarray, outcome: str, sentences: pd.Series | str) -> Finding:
    """Make a finding of the rows where a mask is true."""
    rows = np.flatnonzero(np.asarray(mask, dtype=bool))
    if isinstance(sentences, str):
        return Finding(rows, outcome, [sentences] * len(rows))
    return Finding(rows, outcome, sentences.iloc[rows].astype(str).tolist() if len(sentences) else [])


def outcomes_and_reasons(findings: Iterable[Finding], numbers: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return for each row the gravest outcome, and its sentences in one, begun with its row number."""
    gravity = np.zeros(len(numbers), dtype=int)
    said: list[list[str]] = [[] for _ in range(len(numbers))]
    for found in findings:
        gravity[found.rows] = np.maximum(gravity[found.rows], GRAVITY.index(found.outcome))
        for row, sentence in zip(found.rows, found.sentences, strict=True):
            said[row].append(sentence)
    reasons = [
        f"Row {number}: {' '.join(sentences)}" if sentences else ""
        for number, sentences in zip(numbers, said, strict=True)
    ]
    return np.array(GRAVITY, dtype=object)[gravity], reasons
