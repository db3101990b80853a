"""Tell files about social action and outcomes from lists: answers on conditions, grants, counts of groups, priorities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.read.action.conditions import AREA, WHO, question_of, read_conditions
from assetmap.read.action.grant_columns import are_grants
from assetmap.read.action.grants import read_grants
from assetmap.read.look import TABLES
from assetmap.read.outcomes.counts import MEASURES, read_counts
from assetmap.read.outcomes.outcomes import read_outcomes
from assetmap.read.tables import HEADER_WITHIN, heading_key, open_table
from assetmap.schema import InputError, reference_table

if TYPE_CHECKING:
    from assetmap.read.look import Look

PUBLISHED_GRANTS: Final = ("threesixtygiving", "threesixtygiving_json")
"""Published grants: they are grants, and a list of the groups that received them."""

LEAST_QUESTIONS: Final = 3
"""A sheet of answers has at least so many of the thirteen questions."""

FEW_CELLS: Final = 2
"""A first row with no more cells than these may be a title above the headings."""

LARGEST: Final = 20 * 2**20
"""Bytes; these files are filled in by people, and larger ones are looked at by their first row alone."""

OWN: Final = {
    "conditions": "conditions_sheet",
    "counts": "counts_of_groups",
    "outcomes": "outcomes_table",
    "grants": "grants_list",
}
"""Kind of such a file -> its row of ``sources.csv``."""


def _are_conditions(headings: Iterable[str]) -> bool:
    keys = {heading_key(each) for each in headings}
    asked = {question for each in keys if (question := question_of(each))}
    return len(asked) >= LEAST_QUESTIONS and bool(keys & {*AREA, *WHO})


def _are_counts(headings: Iterable[str]) -> bool:
    keys = {heading_key(each) for each in headings}
    measures = {name.replace("_", " ") for name in MEASURES}
    return "month" in keys and bool(keys & {"group", "asset id"}) and bool(keys & measures)


def _are_outcomes(headings: Iterable[str]) -> bool:
    keys = {heading_key(each) for each in headings}
    return {"priority", "outcome"} <= keys and bool(keys & {"need theme", "asset types"})


_RECOGNISED: Final[Mapping[str, Callable[[Iterable[str]], bool]]] = {
    "conditions": _are_conditions,
    "counts": _are_counts,
    "outcomes": _are_outcomes,
    "grants": are_grants,
}
READERS: Final[Mapping[str, Callable[[Path], pd.DataFrame]]] = {
    "conditions": read_conditions,
    "grants": read_grants,
    "counts": read_counts,
    "outcomes": read_outcomes,
}
"""Tables of ``assetmap.toml`` that name such a file -> the reader that must understand it."""


def kind_of(path: Path, look: Look) -> str:
    """Return which of `READERS` a file is for, by its headings; empty where it is none of them.

    Parameters
    ----------
    path
        The file.
    look
        From `look_into`. A text file with a title above its headings is opened to find them.
    """
    for part in look.parts:
        if not part.geometry and (kind := _kind_of_headings(part.headings)):
            return kind
    bare = bool(look.problem) or any(len(_filled(part.headings)) <= FEW_CELLS for part in look.parts)
    if not bare or path.suffix.lower() not in TABLES or path.stat().st_size > LARGEST:
        return ""
    try:
        rows = open_table(path).rows
    except InputError:
        return ""
    return next(filter(None, map(_kind_of_headings, rows[:HEADER_WITHIN])), "")


def describe_action(path: Path, kind: str) -> dict[str, Any]:
    """Read such a file through, and describe it as a row of ``InputsReport.files``.

    Parameters
    ----------
    path
        The file.
    kind
        From `kind_of`.

    Returns
    -------
    dict
        ``state``, ``kind``, ``source_id``, ``title``, ``vintage`` (the latest year in it), ``rows`` and ``reason``.
    """
    source_id = OWN[kind]
    title = str(reference_table("sources").at[source_id, "title"])
    row: dict[str, Any] = {"state": "ready", "kind": kind, "source_id": source_id, "title": title}
    try:
        table = READERS[kind](path)
    except InputError as error:
        return row | {"state": "broken", "reason": str(error)}
    latest = years_in(table, kind).max()
    return row | {"rows": len(table), "vintage": "" if pd.isna(latest) else f"{latest:.0f}"}


def years_in(table: pd.DataFrame, kind: str) -> pd.Series:
    """Return the year of each row of such a file; none for outcomes, which have no date."""
    if kind == "grants":
        return table["year"]
    if kind == "outcomes":
        return pd.Series(dtype=float)
    said = table["month" if kind == "counts" else "date"].astype("str")
    return said.str.extract(r"((?:19|20)\d\d)", expand=False).astype(float)


def _filled(cells: Iterable[str]) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _kind_of_headings(headings: Iterable[str]) -> str:
    known = _filled(headings)
    return next((kind for kind, is_one in _RECOGNISED.items() if is_one(known)), "")
