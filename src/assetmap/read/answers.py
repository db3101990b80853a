"""Answers about sites: who could take one over, and the conditions for social action.

The sheet has one row per site: ``site`` (its name, town or id), ``receiver``, ``receiver_present``, ``interest``, the
questions of ``data/tables/conditions_checklist.csv`` (each ``yes``, ``no`` or ``unknown``), ``date`` (since when this is known)
and ``source``. An empty cell means unknown, which is never counted as no. A heading that is nearly one of these is refused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.tables import find_column, read_table
from assetmap.schema import YES_NO_UNKNOWN, InputError, counted, first_few, reference_table, yes_no

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_KNOWN: Final = (
    *("", "?", "-", "unknown", "not known", "don't know", "don’t know", "dont know", "dk"),
    *("not sure", "unsure", "n/a", "na", "not answered"),
)
STATED: Final = ("receiver_present", "interest")
OTHERS: Final = ("date", "source")
LIKE: Final = 75
"""From this likeness on (0 to 100) a heading is a misspelt one of ours."""


@reader
def read_answers(path: str | Path) -> pd.DataFrame:
    """Read the answers about sites.

    Parameters
    ----------
    path
        CSV or spreadsheet. Missing columns are unknown for every site; other columns are kept as text, unless their heading is
        nearly one of ours.

    Returns
    -------
    pandas.DataFrame
        Index ``site`` in file order; ``receiver`` (missing where not named), ``receiver_present``, ``interest`` and
        every question as ``yes``, ``no`` or ``unknown``; ``date`` and ``source`` (empty where not given).

    Raises
    ------
    InputError
        With every missing name, duplicate site, misspelt heading and answer that is not understood at once.

    Examples
    --------
    >>> am.read.read_answers(project.folder / "site_answers.csv").shape[0]
    29
    """
    path = Path(path)
    table = read_table(path)
    site = find_column(table, ["site", "name", "asset id", "library"])
    if site is None:
        raise InputError(
            f"'{path}' needs a column 'site' with the name of each site; it has {first_few(table.columns, most=20)}."
        )
    table = _with_our_headings(table, site)
    names = table[site].str.strip()
    columns = [*STATED, *reference_table("conditions_checklist").index]
    problems = _problems(names, table, columns)
    if problems:
        raise InputError(f"'{path}' cannot be used as answers about sites: {'; '.join(problems)}.")
    answers = table.drop(columns=site).set_index(pd.Index(names, name="site"))
    for column in columns:
        answers[column] = answers[column].map(yes_no) if column in answers.columns else "unknown"
    receiver = answers["receiver"] if "receiver" in answers.columns else pd.Series("", index=answers.index)
    named = receiver.str.strip()
    answers["receiver"] = named.where(named != "", None).astype(object)
    for column in OTHERS:
        answers[column] = answers[column].str.strip() if column in answers.columns else ""
    first = ["receiver", *columns, *OTHERS]
    return answers[[*first, *answers.columns.difference(first, sort=False)]]


def _problems(names: pd.Series, table: pd.DataFrame, columns: list[str]) -> list[str]:
    problems = list(_misspelt(table, columns, str(names.name)))
    empty = names.index[names == ""] + 2
    if len(empty):
        problems.append(f"{counted(len(empty), 'row has', 'rows have')} no site, first row {empty[0]}")
    twice = names[names.str.casefold().duplicated() & (names != "")]
    if len(twice):
        problems.append(
            f"{counted(len(twice), 'duplicate site')}, first {first_few(twice)} (row {twice.index[0] + 2})"
        )
    if "date" in table.columns:
        dates = table["date"].str.strip()
        wrong = dates[(dates != "") & ~dates.str.contains(r"(?<!\d)(?:19|20)\d\d(?!\d)")]
        if len(wrong):
            problems.append(
                f"column 'date' needs a year, '{wrong.iloc[0]}' (row {wrong.index[0] + 2}) has none"
            )
    for column in columns:
        if column not in table.columns:
            continue
        said = table[column].str.strip().str.casefold()
        wrong = table.loc[(said.map(yes_no) == "unknown") & ~said.isin(NOT_KNOWN), column]
        if len(wrong):
            problems.append(
                f"column '{column}' allows {', '.join(YES_NO_UNKNOWN)}; {counted(len(wrong), 'cell has', 'cells have')} something else, "
                f"first '{wrong.iloc[0]}' (row {wrong.index[0] + 2})"
            )
    return problems


def _with_our_headings(table: pd.DataFrame, site: str) -> pd.DataFrame:
    """Write headings as we do, whatever their capitals and spaces."""
    ours = {*STATED, *OTHERS, "receiver", *reference_table("conditions_checklist").index}
    plain = {heading: re.sub(r"[\s_-]+", "_", heading.strip().casefold()) for heading in table.columns}
    return table.rename(columns={h: word for h, word in plain.items() if word in ours and h != site})


def _misspelt(table: pd.DataFrame, columns: list[str], site: str) -> Iterator[str]:
    """Name headings that are nearly one of ours: their answers would be left out without a word."""
    from rapidfuzz import fuzz, process

    ours = [*columns, *OTHERS, "receiver"]
    for heading in table.columns:
        if heading in (*ours, site):
            continue
        close = process.extractOne(
            heading.strip().casefold().replace(" ", "_"), ours, scorer=fuzz.ratio, score_cutoff=LIKE
        )
        if close:
            yield f"column '{heading}' is not one of the questions (did you mean '{close[0]}'?)"
