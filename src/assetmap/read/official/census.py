"""Census 2021 tables of small areas -> counts of groups of people, as the bulk files of Nomis are downloaded.

Which groups are read from which headings is in ``data/tables/equality_groups.csv``: age (TS007A), ethnic group (TS021), general
health (TS037), disability (TS038), cars (TS045). Full counts: there is nothing to test for significance.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.files import reader
from assetmap.read.official.columns import canonical_columns
from assetmap.read.official.population import CODE_HEADINGS, add_up_ages, age_span, code_column
from assetmap.read.tables import heading_key, read_published, refuse_duplicates, to_numbers
from assetmap.schema import InputError, first_few, reference_table

OF: Final = "_of"
"""Ending of the columns with everybody of whom a group is a part."""
_TOPICS: Final = ("age", "ethnic group", "general health", "disability", "number of cars or vans")
"""What headings of the bulk files begin with."""


@reader
def read_census(path: str | Path) -> pd.DataFrame:
    """Read a Census 2021 table of small areas.

    Parameters
    ----------
    path
        A CSV file or spreadsheet as downloaded: a column ``geography code`` (or ``LSOA21CD``, ``lsoa21_code``), and counts under
        the headings of TS007A, TS021, TS037, TS038 or TS045.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``, in the vintage of the file. For each group of ``data/tables/equality_groups.csv`` that the file
        has: ``<group>`` (people or households) and ``<group>_of`` (all of whom they are a part).

    Raises
    ------
    InputError
        If there is no column of codes, no group is found, a code is duplicated, or a cell is not a number.

    Examples
    --------
    >>> am.read.read_census(town.folder / "cars.csv").shape
    (12, 2)
    """
    path = Path(path)
    table = read_published(path, wanted=_is_header).table
    code = code_column(table, path, fix="Download the table by LSOA 2021.")
    keys = {_plain(str(column)): str(column) for column in reversed(table.columns) if column != code}
    found: dict[str, pd.Series] = {}
    for group, row in reference_table("equality_groups").iterrows():
        if not row["table"].startswith("TS"):
            continue
        whole = next((keys[name] for name in row["of"].split("|") if name in keys), None)
        part = _part(table, keys, row["parts"], path)
        if whole is not None and part is not None:
            found[str(group)] = part
            found[f"{group}{OF}"] = to_numbers(table[whole], path=path, name=whole)
    if not found:
        raise InputError(
            f"'{path}' is not one of the census tables that are read (TS007A, TS021, TS037, TS038, TS045 by small area); its columns "
            f"are {first_few(table.columns, most=8)}."
        )
    counts = pd.DataFrame(found)
    counts.index = pd.Index(table[code].str.strip(), name="area_code")
    counts = counts[counts.index != ""]
    refuse_duplicates(counts.index, path=path, what="area code")
    return counts


def _is_header(row: list[str]) -> bool:
    return bool(canonical_columns(row)) or any(heading_key(cell) in CODE_HEADINGS for cell in row)


def _plain(heading: str) -> str:
    """Return a heading without the topic before it and the measure after it."""
    words = heading_key(heading).removesuffix(" measures value")
    topic = next((topic for topic in _TOPICS if words.startswith(f"{topic} ") and ":" in heading), "")
    return words.removeprefix(topic).strip()


def _part(table: pd.DataFrame, keys: dict[str, str], parts: str, path: Path) -> pd.Series | None:
    ages = re.fullmatch(r"ages (\d+) (\d+)", parts)
    if ages:
        bands = {
            str(column): to_numbers(table[column], path=path, name=str(column))
            for column in table.columns
            if age_span(str(column)) is not None
        }
        return add_up_ages(bands, (int(ages[1]), int(ages[2])))
    columns = []
    for part in parts.split("+"):
        column = next((keys[name.strip()] for name in part.split("|") if name.strip() in keys), None)
        if column is None:
            return None
        columns.append(to_numbers(table[column], path=path, name=column))
    return sum(columns[1:], start=columns[0])
