"""From files of lists straight to an answer, without a project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assetmap.measure.estimates import DEFAULT_LEVEL
from assetmap.measure.membership import estimate_from_lists, membership_from_register
from assetmap.read.assets import read_assets
from assetmap.read.tables import read_table
from assetmap.register.build import build_register
from assetmap.schema import Estimate


def estimate_lists(
    files: Sequence[str | Path],
    *,
    stratify: str = "",
    review: str | Path | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | None = None,
) -> Estimate:
    """Estimate all groups from files of lists: read them, link them, hold them against each other.

    Parameters
    ----------
    files
        Two lists or more, as `read_assets` reads them.
    stratify
        Column of the register, such as ``asset_type``, whose values are estimated one by one (two lists).
    review
        The links that a person decided, as `review_table` writes them.
    level
        Level of the interval, 0.6 to 0.999.
    population
        Residents, for the rate per 1,000.

    Returns
    -------
    Estimate
        Of the unregistered groups; registered ones are taken out first.

    Raises
    ------
    InputError, SchemaError
        If a list cannot be read or used.
    """
    decisions = None if review is None else read_table(review)
    lists = [read_assets(file) for file in files]
    assets, judged = build_register(lists, review=decisions, audience="internal")
    linked = membership_from_register(assets, judged, review=decisions)
    if stratify and stratify in assets.columns:
        linked[stratify] = assets[stratify]
    names = [str(table["source"].iloc[0]) for table in lists if len(table)]
    return estimate_from_lists(linked, lists=names, stratify=stratify, level=level, population=population)
