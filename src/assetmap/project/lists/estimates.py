"""Estimate all groups from files of lists: read them, link them and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from assetmap.groups.calibration import RELATIVE, estimate_by_calibration
from assetmap.groups.cautions import caution
from assetmap.groups.membership import estimate_from_lists, membership_from_register
from assetmap.groups.names import link_names
from assetmap.groups.rate import DEFAULT_LEVEL
from assetmap.project.lists.registers import decisions_of
from assetmap.read.lists.assets import read_assets
from assetmap.register.build import build_register
from assetmap.register.review import review_table
from assetmap.register.words import COMMON_WORDS, name_keys
from assetmap.schema import (
    Estimate,
    InputError,
    Note,
    first_few,
)


def estimate_lists(
    files: Sequence[str | Path],
    *,
    stratify: str = "",
    odds_ratio: float = 1.0,
    review: str | Path | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | None = None,
) -> Estimate:
    """Estimate all groups from files of lists: read them, link them and compare them.

    Parameters
    ----------
    files
        Two lists or more, as `read_assets` reads them.
    stratify
        Column of the register, such as ``asset_type``, whose values are estimated one by one (two lists).
    odds_ratio
        How much being on one list multiplies the odds of being on the other (two lists, `estimate_two_lists`).
    review
        The links that a person decided, as `review_table` writes them.
    level
        Level of the interval, 0.6 to 0.999.
    population
        Residents, for the rate per 1,000.

    Returns
    -------
    Estimate
        Of the unregistered groups, where the lists say which are registered. ``details["links"]`` has the pairs of
        rows that were linked or should be reviewed, in the form of `review_table`. If the rows of a list have no
        location, the lists are linked by name alone (`NAMES_ONLY`).

    Raises
    ------
    InputError, SchemaError
        If a list cannot be read or used.

    Examples
    --------
    >>> answer = am.estimate_lists([town.folder / "directory.csv", town.folder / "hall_bookings.csv"])
    >>> round(answer.low), round(answer.estimate), round(answer.high)
    (102, 117, 141)
    """
    decided = decisions_of(review)
    lists = [read_assets(file) for file in files]
    names = [each.source for each in lists]
    register = build_register(lists, review=decided, audience="internal")
    log = register.log
    used = log.loc[log["asset_id"].notna(), "source"]
    unplaced = [name for name in names if name not in set(used)]
    if unplaced:
        linked, pairs = link_names(_name_rows(log), common_words=COMMON_WORDS, review=decided)
        notes = [caution("NAMES_ONLY", lists=", ".join(unplaced))]
    else:
        linked = membership_from_register(register.assets, log, review=decided)
        pairs = review_table(log)
        if stratify and stratify in register.assets.columns:
            linked[stratify] = register.assets[stratify]
        notes = _rows_left_out(log)
    answer = estimate_from_lists(
        linked, lists=names, stratify=stratify, odds_ratio=odds_ratio, level=level, population=population
    )
    return replace(
        answer,
        warnings=(*answer.warnings, *notes),
        details=answer.details | {"links": pairs.to_dict(orient="records")},
    )


def estimate_calibrated(
    files: Sequence[str | Path],
    registered: str | Path,
    *,
    stratify: str = "",
    relative: float | tuple[float, float] = RELATIVE,
    review: str | Path | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | None = None,
) -> Estimate:
    """Estimate unregistered groups from files of lists and an official register, which shows how complete they are.

    Parameters
    ----------
    files
        One list or more, as `read_assets` reads them.
    registered
        Every registered group of the place, such as the part of the Charity Commission's extract that lies in it.
    stratify
        Column of the register, such as ``asset_type``, whose values are estimated one by one.
    relative
        How often the lists show an unregistered group, compared with a registered one (`estimate_by_calibration`).
    review, level, population
        As for `estimate_lists`.

    Returns
    -------
    Estimate
        As `estimate_by_calibration` returns it.

    Raises
    ------
    InputError, SchemaError
        If a file cannot be read or used.

    Examples
    --------
    >>> directory = pd.read_csv(town.folder / "directory.csv")
    >>> directory[directory["Registered charity"] == "yes"].to_csv("official.csv", index=False)
    >>> answer = am.project.estimate_calibrated([town.folder / "hall_bookings.csv"], "official.csv")
    >>> round(answer.low), round(answer.estimate), round(answer.high)
    (69, 143, 332)
    """
    decided = decisions_of(review)
    lists, official = [read_assets(file) for file in files], read_assets(registered)
    register = build_register([*lists, official], review=decided, audience="internal")
    log, names = register.log, [each.source for each in lists]
    used = set(log.loc[log["asset_id"].notna(), "source"])
    unplaced = [name for name in [*names, official.source] if name not in used]
    if unplaced:
        raise InputError(
            f"No row of {first_few(unplaced)} has a usable location, so it cannot be linked to the official register. "
            "Add postcodes, towns or coordinates."
        )
    linked = membership_from_register(register.assets, log, review=decided)
    if stratify and stratify in register.assets.columns:
        linked[stratify] = register.assets[stratify]
    known = linked[official.source].astype(bool)
    answer = estimate_by_calibration(
        linked[~known],
        linked[known],
        lists=names,
        by=stratify,
        relative=relative,
        level=level,
        population=population,
    )
    return replace(answer, warnings=(*answer.warnings, *_rows_left_out(log)))


def _rows_left_out(log: pd.DataFrame) -> list[Note]:
    """Count the rows of each list that could not be used."""
    left_out = log.loc[log["asset_id"].isna(), "source"].value_counts()
    rows = ", ".join(f"{count} of {name}" for name, count in left_out.items())
    return [caution("ROWS_LEFT_OUT", rows=rows)] if rows else []


def _name_rows(log: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a validation log with their names as names are compared."""
    rows = log[["source", "row", "name", "row_id"]].copy()
    rows = rows[rows["name"].fillna("").str.strip() != ""]
    rows["key"] = name_keys(rows["name"])
    return rows
