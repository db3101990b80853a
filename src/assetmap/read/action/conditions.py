"""Answers about the conditions for social action, given by people who know an area.

A sheet has one row for each area that somebody answered for: ``area`` (codes or names, ``;`` between several), ``who`` answered,
``date``, and the thirteen questions of ``data/tables/conditions_checklist.csv``, each ``yes``, ``no`` or ``unknown``. Several people
may answer for one area, each on a row of their own. An empty cell means not known, which is never counted as no.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.read.answers import LIKE, NOT_KNOWN
from assetmap.read.files import reader
from assetmap.read.tables import find_column, heading_key, read_table
from assetmap.schema import YES_NO_UNKNOWN, InputError, counted, first_few, reference_table, yes_no

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA: Final = ("area", "area code", "areas", "area name", "neighbourhood", "locality", "ward")
WHO: Final = ("who", "answered by", "who answered")
DATE: Final = ("date", "answered on", "date answered")
_YEAR: Final = r"(?<!\d)(?:19|20)\d\d(?!\d)"


@reader
def read_conditions(path: str | Path) -> pd.DataFrame:
    """Read answers about the conditions for social action, area by area.

    Parameters
    ----------
    path
        CSV or spreadsheet. Questions go by their code (``trust``), their number in the published checklist (``11``) or our
        question in full. A question without a column is not known everywhere; other columns are kept as text. A row of the blank
        sheet that nobody filled in says nothing and is left out.

    Returns
    -------
    pandas.DataFrame
        In file order, index ``row`` (2 is the first below the headings): ``area``, ``who``, ``date`` (text), a column for each of
        the thirteen questions (``yes``, ``no`` or ``unknown``), then any others.

    Raises
    ------
    InputError
        With every row without an area, a person or a year, misspelt headings and answers that are not understood, at once.

    Examples
    --------
    >>> am.read.read_conditions(town.folder / "conditions.csv")[["area", "who"]].iloc[0].tolist()
    ['E01900008', 'a community worker']
    """
    path = Path(path)
    table = read_table(path)
    named = {
        name: find_column(table, list(keys)) for name, keys in (("area", AREA), ("who", WHO), ("date", DATE))
    }
    missing = [name for name, column in named.items() if column is None]
    if missing:
        raise InputError(
            f"'{path}' needs the columns 'area' (its code or name), 'who' (who answered: a name, a role or a group) and "
            f"'date'; it has no {first_few(missing)}. Its columns are {first_few(table.columns, most=20)}."
        )
    table = table.rename(columns={str(column): name for name, column in named.items()})
    table = _with_our_headings(table)
    questions = list(reference_table("conditions_checklist").index)
    table = table[~_not_filled_in(table, questions)]
    problems = [*_misspelt(table, questions), *_problems(table, questions)]
    if problems:
        raise InputError(f"'{path}' cannot be used as answers about areas: {'; '.join(problems)}.")
    answers = table.set_index(pd.Index(table.index + 2, name="row"))
    for column in questions:
        answers[column] = answers[column].map(yes_no) if column in answers.columns else "unknown"
    for column in named:
        answers[column] = answers[column].str.strip()
    first = [*named, *questions]
    return answers[[*first, *answers.columns.difference(first, sort=False)]]


def _with_our_headings(table: pd.DataFrame) -> pd.DataFrame:
    """Call each question by its code, whether its heading is the code, the number or our question."""
    return table.rename(
        columns={heading: code for heading in table.columns if (code := question_of(heading_key(heading)))}
    )


def question_of(key: str) -> str:
    """Return the code of the question that a heading names, in the form in which headings are compared; empty for any other."""
    return _questions().get(key, "")


@functools.cache
def _questions() -> dict[str, str]:
    ours: dict[str, str] = {}
    for code, row in reference_table("conditions_checklist").iterrows():
        words = (str(code), str(row["number"]), row["label"], row["ask"], row["ask_of_area"])
        ours |= {heading_key(word): str(code) for word in words}
        ours |= {heading_key(f"{row['number']} {word}"): str(code) for word in words[2:]}
    return ours


def _not_filled_in(table: pd.DataFrame, questions: list[str]) -> pd.Series:
    """Say which rows of the blank sheet have an area and nothing else."""
    said = [column for column in table.columns if column in ("who", "date", *questions)]
    return pd.Series((table[said].apply(lambda column: column.str.strip()) == "").all(axis=1))


def _problems(table: pd.DataFrame, questions: list[str]) -> Iterator[str]:
    needs = {"area": "no area", "who": "nobody who answered", "date": "no date"}
    for column, words in needs.items():
        empty = table.index[table[column].str.strip() == ""] + 2
        if len(empty):
            yield f"{counted(len(empty), 'row has', 'rows have')} {words}, first row {empty[0]}"
    dates = table["date"].str.strip()
    wrong = dates[(dates != "") & ~dates.str.contains(_YEAR)]
    if len(wrong):
        yield f"column 'date' needs a year, '{wrong.iloc[0]}' (row {wrong.index[0] + 2}) has none"
    twice = sorted({str(column) for column in table.columns[table.columns.duplicated()]})
    if twice:
        yield f"more than one column is about {first_few(twice)}"
        return
    for column in questions:
        if column not in table.columns:
            continue
        said = table[column].str.strip().str.casefold()
        odd = table.loc[(said.map(yes_no) == "unknown") & ~said.isin(NOT_KNOWN), column]
        if len(odd):
            yield (
                f"column '{column}' allows {', '.join(YES_NO_UNKNOWN)}; {counted(len(odd), 'cell has', 'cells have')} "
                f"something else, first '{odd.iloc[0]}' (row {odd.index[0] + 2})"
            )


def _misspelt(table: pd.DataFrame, questions: list[str]) -> Iterator[str]:
    """Name headings that are nearly one of ours: their answers would be left out without a word."""
    from rapidfuzz import fuzz, process

    for heading in table.columns:
        if heading in ("area", "who", "date", *questions):
            continue
        plain = re.sub(r"[\s_-]+", "_", heading.strip().casefold())
        close = process.extractOne(plain, questions, scorer=fuzz.ratio, score_cutoff=LIKE)
        if close:
            yield f"column '{heading}' is not one of the questions (did you mean '{close[0]}'?)"
