"""What a list says about the money and the condition of sites: sums, counts, dates and words, read strictly.

The columns are those of ``data/tables/site_facts.csv``. They are shown with the date that they are for and never scored.
A sum may have a pound sign, commas, ``k`` or ``million``; a cell that cannot be read stops the review, because a sum
that silently becomes unknown, or a cost below 0, would be taken for a saving.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.schema import InputError, reference_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

HOURS_IN_A_WEEK: Final = 168
NOT_GIVEN: Final = ("", "-", "?", "unknown", "not known", "n/a", "na", "tbc", "nan", "none")
MOST_SHOWN: Final = 10
_SUM: Final = re.compile(
    r"(-)?\s*(?:£|gbp)?\s*(-)?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(k|thousand|m|million)?\s*"
    r"(?:gbp|pounds?)?\s*(?:pa|p\.a\.|per annum|(?:a|per) year|/\s*(?:year|yr))?",
    re.I,
)
_TIMES: Final = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


def read_sum(text: Any) -> float:
    """Return a sum or a count as people write it; missing where the cell is empty.

    Raises
    ------
    ValueError
        If it cannot be read, or is below 0.

    Examples
    --------
    >>> read_sum("£85,000"), read_sum("12.5k a year"), read_sum(64000), read_sum("£1.2 million")
    (85000.0, 12500.0, 64000.0, 1200000.0)
    """
    if isinstance(text, bool) or text is None or pd.isna(text) or str(text).strip().casefold() in NOT_GIVEN:
        return float("nan")
    found = _SUM.fullmatch(str(text).strip())
    if not found:
        raise ValueError("is not a sum or a number: write for example 85000, £85,000 or 85k")
    if found[1] or found[2]:
        raise ValueError("is below 0: give what is spent or earned as a number of 0 or more")
    number = float(found[3].replace(",", "") + (found[4] or ""))
    return number * _TIMES.get((found[5] or "").casefold(), 1.0)


def with_site_facts(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return sites with their sums and counts as numbers, and check their hours.

    Parameters
    ----------
    sites
        With any of ``weekly_hours`` and the columns of ``data/tables/site_facts.csv``.

    Returns
    -------
    geopandas.GeoDataFrame
        The same sites.

    Raises
    ------
    InputError
        With every cell that cannot be used: the site, the column and what to write.
    """
    facts = reference_table("site_facts")
    read = sites.copy()
    problems = list(_hour_problems(sites))
    for column, kind in facts["kind"].items():
        if column not in sites.columns or kind not in ("gbp", "number"):
            continue
        values: list[float] = []
        for name, cell in zip(sites["name"], sites[column], strict=True):
            try:
                values.append(read_sum(cell))
            except ValueError as error:
                problems.append(f"'{name}': {column} '{cell}' {error}.")
                values.append(float("nan"))
        read[column] = values
    if problems:
        more = f" And {len(problems) - MOST_SHOWN} more." if len(problems) > MOST_SHOWN else ""
        raise InputError(f"The figures of the sites cannot be used: {' '.join(problems[:MOST_SHOWN])}{more}")
    return read


def _hour_problems(sites: pd.DataFrame) -> Iterator[str]:
    for column in ("weekly_hours", "weekly_hours_as_written"):
        if column not in sites.columns:
            continue
        for name, cell in zip(sites["name"], sites[column], strict=True):
            if pd.isna(cell) or str(cell).strip().casefold() in NOT_GIVEN:
                continue
            hours = pd.to_numeric(pd.Series([cell]), errors="coerce").iloc[0]
            if not 0 <= hours <= HOURS_IN_A_WEEK:
                yield (
                    f"'{name}': weekly_hours '{cell}' is not a number of hours in a week (0 to {HOURS_IN_A_WEEK}). Write for "
                    "example 30, or put the words in a column 'opening_times'."
                )
