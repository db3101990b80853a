"""Responses to a consultation, added up to small areas while they are read.

A postcode and a view are personal data. Nothing that leaves this module has a postcode, a point or a row for one person:
only counts by site, view and area, which are still to be hidden where they are small (`assetmap.groups.suppress_small_counts`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.postcode_files import find_postcodes
from assetmap.read.tables import find_column, read_table
from assetmap.schema import InputError, counted, first_few

VIEWS: Final = {
    "for": (
        "for",
        "support",
        "supports",
        "agree",
        "agrees",
        "in favour",
        "yes",
        "strongly agree",
        "strongly support",
    ),
    "against": (
        "against",
        "oppose",
        "opposes",
        "object",
        "disagree",
        "disagrees",
        "no",
        "strongly disagree",
        "strongly oppose",
    ),
    "neither": (
        "neither",
        "neutral",
        "not sure",
        "unsure",
        "don't know",
        "dont know",
        "no view",
        "no opinion",
        "mixed",
    ),
}
"""How people write what they think of a proposal."""
COLUMNS: Final = {
    "postcode": ["postcode", "post code", "your postcode", "home postcode"],
    "site": ["site", "library", "hall", "option", "about", "proposal"],
    "view": ["view", "views", "opinion", "answer", "response", "support or oppose"],
    "weight": ["weight", "signatures", "on behalf of", "number of people"],
}
NOT_FOUND: Final = "not found"
"""In place of an area: the postcode is not in the table of the project, or not inside its areas."""


@reader
def read_responses(path: str | Path, *, postcodes: pd.DataFrame) -> pd.DataFrame:
    """Read the responses to a consultation and add them up.

    Parameters
    ----------
    path
        CSV or spreadsheet, one row per response: ``postcode``, ``site`` (a site or an option), ``view`` (for, against, neither,
        in common words) and, where a response speaks for several people, ``weight``.
    postcodes
        Index ``postcode``, with ``area_code``.

    Returns
    -------
    pandas.DataFrame
        One row per site as written, view and area: ``site``, ``view``, ``area_code`` (``not found`` where the postcode is not
        known or lies outside), ``responses`` (rows) and ``weight`` (their weights). No postcode.

    Raises
    ------
    InputError
        If a column is missing, or a view or a weight is not understood. The message quotes no postcode.

    Examples
    --------
    >>> said = {"postcode": ["QF5 1AG", "QF5 1AG"], "site": "Quillford Guildhall", "view": ["against", "for"]}
    >>> pd.DataFrame(said).to_csv("answers.csv", index=False)
    >>> am.read.read_responses("answers.csv", postcodes=quillford.postcodes)[["view", "responses"]].values.tolist()
    [['against', 1], ['for', 1]]
    """
    path = Path(path)
    table = read_table(path)
    columns = {name: find_column(table, accepted) for name, accepted in COLUMNS.items()}
    missing = [name for name in ("postcode", "site", "view") if columns[name] is None]
    if missing:
        raise InputError(
            f"'{path}' needs the columns postcode, site and view; it has no {first_few(missing)}. It has "
            f"{first_few(table.columns, most=12)}."
        )
    views = {word: view for view, words in VIEWS.items() for word in words}
    said = table[str(columns["view"])].str.strip().str.casefold()
    problems = _problem(said[~said.isin(views)], "view", "for, against or neither")
    weight = pd.Series(1.0, index=table.index)
    if columns["weight"] is not None:
        cells = table[columns["weight"]].str.strip()
        weight = pd.to_numeric(cells.where(cells != "", "1"), errors="coerce")
        problems += _problem(
            cells[~((weight >= 1) & (weight < float("inf")))], "weight", "a number of 1 or more"
        )
    site = table[str(columns["site"])].str.strip()
    problems += _problem(site[site == ""], "site", "the name of a site or an option")
    if problems:
        raise InputError(f"'{path}' cannot be used as responses: {'; '.join(problems)}.")
    rows = find_postcodes(table[str(columns["postcode"])], postcodes)
    codes = postcodes["area_code"].astype(object).to_numpy()
    counts = pd.DataFrame(
        {
            "site": site,
            "view": said.map(views),
            "area_code": [
                codes[row] if row >= 0 and isinstance(codes[row], str) and codes[row] else NOT_FOUND
                for row in rows
            ],
            "responses": 1,
            "weight": weight,
        }
    )
    return counts.groupby(["site", "view", "area_code"], as_index=False, sort=True)[
        ["responses", "weight"]
    ].sum()


def _problem(wrong: pd.Series, column: str, allowed: str) -> list[str]:
    if wrong.empty:
        return []
    return [
        f"column '{column}' allows {allowed}; {counted(len(wrong), 'cell has', 'cells have')} something else, first "
        f"'{wrong.iloc[0]}' (row {wrong.index[0] + 2})"
    ]
