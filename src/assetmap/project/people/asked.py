"""What people asked for and did not find, counted with their consent: theme, ward and month, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.project.output import write_file
from assetmap.read.tables import read_table
from assetmap.schema import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from assetmap.project.folder import Project
    from assetmap.project.people.find import Found

REQUESTS_NAME: Final = "requests.csv"
LEAST_SHOWN: Final = 5
"""Counts below this are not shown: few people could be known again."""
KEYS: Final = ("theme", "ward", "month")
HIDDEN: Final = f"fewer than {LEAST_SHOWN}"


def count_request(project: Project, found: Found, *, consent: bool, month: str | None = None) -> Path | None:
    """Count what somebody asked for and did not find.

    Parameters
    ----------
    project
        In whose folder ``requests.csv`` is kept.
    found
        From `find_for_person`. Nothing is counted if something fits.
    consent
        Whether the person agreed. Without consent nothing is counted.
    month
        ``2026-11``; the present month if None.

    Returns
    -------
    pathlib.Path or None
        The file; None where nothing was counted.

    Raises
    ------
    InputError
        If the month or the file cannot be used.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("quillford", example="town"))
    >>> request = am.project.read_request("swimming")
    >>> found = am.project.find_for_person(mine, "QF5 1AG", request, within_km=0.1)
    >>> am.project.count_request(mine, found, consent=True, month="2026-11").name
    'requests.csv'
    """
    themes = found.request.themes
    if not consent or not themes or (found.table["fits"] == "yes").any():
        return None
    month = dt.date.today().isoformat()[:7] if month is None else month
    try:
        dt.date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise InputError(f"'{month}' is not a month. Use the form 2026-11.") from error
    table = _read(project)
    for theme in themes:
        table.loc[(theme, found.ward, month), "count"] = 1 + table["count"].get((theme, found.ward, month), 0)
    table = table.sort_index().astype("int64")

    def write(file: Path) -> None:
        from assetmap.show.tables import write_csv

        write_csv(table, file)

    return write_file(project.folder / REQUESTS_NAME, write)


def unmet_requests(project: Project) -> pd.DataFrame:
    """Return what people asked for and did not find.

    Parameters
    ----------
    project
        From `open_project`.

    Returns
    -------
    pandas.DataFrame
        Index ``theme``, ``ward``, ``month``; ``count`` as text: counts under 5 are ``fewer than 5``. There are no totals, from which
        a hidden count could be worked out.

    Examples
    --------
    >>> len(am.project.unmet_requests(am.open_project(am.new_project("my-area"))))
    0
    """
    table = _read(project)
    shown = [str(count) if count >= LEAST_SHOWN else HIDDEN for count in table["count"]]
    return pd.DataFrame({"count": pd.Series(shown, index=table.index, dtype="str")})


def _read(project: Project) -> pd.DataFrame:
    path = project.folder / REQUESTS_NAME
    if not path.is_file():
        index = pd.MultiIndex.from_tuples([], names=list(KEYS))
        return pd.DataFrame({"count": pd.Series([], dtype="int64")}, index=index)
    table = read_table(path)
    counts = pd.to_numeric(table.get("count", pd.Series("", index=table.index)), errors="coerce")
    if not set(KEYS) <= set(table.columns) or counts.isna().any():
        raise InputError(
            f"'{path}' is not a file of counts: it needs the columns theme, ward, month and count, with a whole number in each row. "
            "Move it away and count again."
        )
    made: pd.DataFrame = table.assign(count=counts.astype("int64")).set_index(list(KEYS))[["count"]]
    return made.groupby(level=list(KEYS)).sum()
