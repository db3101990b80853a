"""Priorities and outcomes of a council: each outcome with its priority, the need behind it and the types that serve it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.tables import read_form
from assetmap.schema import InputError, first_few, reference_table

COLUMNS: Final = ("priority", "outcome", "need_theme", "asset_types", "source")
NEEDED: Final = COLUMNS[:4]
MOST_PRIORITIES: Final = 12
"""More would be no priorities; the map has a layer for each."""


@reader
def read_outcomes(path: str | Path) -> pd.DataFrame:
    """Read priorities and outcomes.

    Parameters
    ----------
    path
        CSV or spreadsheet, one row per outcome: ``priority``, ``outcome``, ``need_theme`` (a theme of
        ``data/tables/need_indices.csv`` such as ``children``; the same for all outcomes of a priority), ``asset_types`` (types of
        ``data/tables/asset_types.csv`` that serve it, divided by ``|`` or ``;``) and, if wanted, ``source``.

    Returns
    -------
    pandas.DataFrame
        Index ``outcome``: ``priority``, ``need_theme``, ``asset_types`` (divided by ``|``), ``source``; in file order.

    Raises
    ------
    InputError
        With every missing or unknown column, theme and type at once.

    Examples
    --------
    >>> am.read.read_outcomes(town.folder / "outcomes.csv")["priority"].unique().tolist()
    ['Young people', 'Older people', 'Food and money', 'Place']
    """
    path = Path(path)
    table, unknown = read_form(path, COLUMNS)
    problems = []
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        problems.append(f"it has no column {first_few(missing)}")
    problems += unknown
    if not problems:
        table = table.reindex(columns=list(COLUMNS), fill_value="").apply(lambda column: column.str.strip())
        table = table[(table != "").any(axis=1)]
        table["asset_types"] = [
            "|".join(filter(None, (word.strip() for word in cell.replace(";", "|").split("|"))))
            for cell in table["asset_types"]
        ]
        problems = _problems(table)
    if problems:
        raise InputError(
            f"'{path}' cannot be used as priorities and outcomes: {'; '.join(problems)}. data/tables/outcomes.csv is an example."
        )
    return table.set_index("outcome")


def _problems(table: pd.DataFrame) -> list[str]:
    if table.empty:
        return ["it has no rows"]
    problems = []
    for column in NEEDED:
        empty = table.index[table[column] == ""]
        if len(empty):
            problems.append(f"column '{column}' is empty in {_rows(empty)}")
    twice = table.loc[table["outcome"].str.casefold().duplicated() & (table["outcome"] != ""), "outcome"]
    if len(twice):
        problems.append(f"there is more than one outcome {first_few(twice.unique())}")
    apart = [name for name in table["priority"].unique() if ";" in name or "|" in name]
    if apart:
        problems.append(
            f"priority {first_few(apart)} has a sign that divides priorities: write it without ; and |"
        )
    themes = set(reference_table("need_indices")["theme"])
    strange = sorted(set(table["need_theme"]) - themes - {""})
    if strange:
        problems.append(
            f"there is no need theme {first_few(strange)}. Use one of: {', '.join(sorted(themes))}"
        )
    types = reference_table("asset_types").index
    lost = sorted({word for cell in table["asset_types"] for word in cell.split("|") if word} - set(types))
    if lost:
        problems.append(f"there is no asset type {first_few(lost)} in data/tables/asset_types.csv")
    several = table.groupby("priority")["need_theme"].nunique()
    if (several > 1).any():
        problems.append(
            f"priority {first_few(several.index[several > 1])} has several need themes; give it one"
        )
    if table["priority"].nunique() > MOST_PRIORITIES:
        problems.append(
            f"it has {table['priority'].nunique()} priorities; at most {MOST_PRIORITIES} are compared"
        )
    return problems


def _rows(index: pd.Index) -> str:
    numbers = [f"row {int(row) + 2}" for row in index]
    return first_few(numbers)
