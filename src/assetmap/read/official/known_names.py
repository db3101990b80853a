"""Names that people know for middle layer areas, as the House of Commons Library publishes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.tables import read_table
from assetmap.schema import InputError, first_few

OFFICIAL: Final = re.compile(r"^msoa(\d\d)?_?(nm|name)$")
KNOWN: Final = re.compile(r"^(msoa(\d\d)?_?hclnm|known_as)$")


def read_known_names(path: str | Path) -> pd.Series:
    """Read the known names of middle layer areas.

    Parameters
    ----------
    path
        CSV with the official name and the known name of each area: ``msoa21nm`` and ``msoa21hclnm``, ``MSOANM`` and
        ``MSOAHCLNM``, or ``msoa_name`` and ``known_as``.

    Returns
    -------
    pandas.Series
        Known names ("Ludlow Town"), indexed by ``msoa_name``, the official name ("Shropshire 038").

    Raises
    ------
    InputError
        If a column is missing, or an area has two known names.

    Examples
    --------
    >>> len(am.read.read_known_names(project.folder / "msoa_names.csv"))
    73
    """
    path = Path(path)
    table = read_table(path)
    found = {}
    for what, pattern in (("official", OFFICIAL), ("known", KNOWN)):
        matching = [name for name in table.columns if pattern.match(str(name).strip().casefold())]
        if not matching:
            raise InputError(
                f"'{path}' has no column with the {what} names of middle layer areas, such as "
                f"{'msoa21nm' if what == 'official' else 'msoa21hclnm'}; it has {first_few(table.columns, most=12)}."
            )
        found[what] = max(matching, key=str.casefold)
    rows = table[[found["official"], found["known"]]].apply(lambda column: column.str.strip())
    rows = rows[(rows != "").all(axis=1)].drop_duplicates()
    names = pd.Series(
        rows[found["known"]].to_numpy(), index=pd.Index(rows[found["official"]], name="msoa_name")
    )
    if names.index.has_duplicates:
        twice = names.index[names.index.duplicated()].unique()
        raise InputError(f"'{path}' has more than one known name for {first_few(twice)}.")
    return names.rename("known_name")
