"""The risk and time register of the options: steps with their dates, and what could go wrong, as the planner fills it in."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.tables import read_form
from assetmap.schema import InputError, first_few

COLUMNS: Final = (
    *("option", "kind", "site", "what", "effect", "date", "owner", "likelihood", "answer", "review_date"),
)
"""Columns of the register, in this order."""
KINDS: Final = ("step", "risk")
LEVELS: Final = ("", "low", "medium", "high")


@reader
def read_risks(path: str | Path) -> pd.DataFrame:
    """Read the risk and time register.

    Parameters
    ----------
    path
        CSV or spreadsheet: ``option`` (its name), ``kind`` (step or risk), ``site``, ``what``, ``effect`` (what it would mean),
        ``date`` and ``review_date`` (YYYY-MM-DD, or empty), ``owner``, ``likelihood`` (low, medium, high, or empty) and
        ``answer`` (what is done about it).

    Returns
    -------
    pandas.DataFrame
        These columns as text, in file order; empty where nothing is given.

    Raises
    ------
    InputError
        With every missing or unknown column, date and word at once.

    Examples
    --------
    >>> step = {"option": "A", "kind": "step", "site": "Guildhall", "what": "Decide", "date": "2026-03-01"}
    >>> rest = dict.fromkeys(["effect", "owner", "likelihood", "answer", "review_date"], "")
    >>> pd.DataFrame([step | rest]).to_csv("risks.csv", index=False)
    >>> am.read.read_risks("risks.csv")[["kind", "what"]].values.tolist()
    [['step', 'Decide']]
    """
    path = Path(path)
    table, unknown = read_form(path, COLUMNS)
    problems = []
    missing = [column for column in ("option", "kind", "what") if column not in table.columns]
    if missing:
        problems.append(f"it has no column {first_few(missing)}")
    problems += unknown
    if not problems:
        table = table.reindex(columns=list(COLUMNS), fill_value="").apply(lambda column: column.str.strip())
        problems = _problems(table)
    if problems:
        raise InputError(f"'{path}' cannot be used as a register of risks: {'; '.join(problems)}.")
    return table


def _problems(table: pd.DataFrame) -> list[str]:
    problems = []
    allowed = {"kind": KINDS, "likelihood": LEVELS}
    for column, words in allowed.items():
        wrong = table.loc[~table[column].isin(words), column]
        if len(wrong):
            problems.append(
                f"column '{column}' allows {', '.join(filter(None, words))}; it has '{wrong.iloc[0]}' (row {wrong.index[0] + 2})"
            )
    for column in ("date", "review_date"):
        for row, cell in table[column].items():
            try:
                datetime.date.fromisoformat(cell or "2000-01-01")
            except ValueError:
                problems.append(
                    f"column '{column}' needs a date like 2027-03-31; it has '{cell}' (row {int(str(row)) + 2})"
                )
    return problems
