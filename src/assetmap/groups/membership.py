"""From a table of which groups are on which lists to an estimate of all groups.

The table has one row per group after the lists were linked and one true/false column per list. It may also have
``registered`` (registered groups are removed first), ``link_reviewed``, ``link_doubtful``, ``checked_date`` and a
column to stratify by. `membership_from_register` makes the table from a register of several lists. Limits: see
`two_lists` and `many_lists`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.links import NO_ERRORS, LinkErrors
from assetmap.groups.many_lists import estimate_from_cells
from assetmap.groups.rate import DEFAULT_LEVEL
from assetmap.groups.two_lists import LIST_DEFINITION, estimate_strata
from assetmap.schema import (
    YES_NO_UNKNOWN,
    Estimate,
    InputError,
    Note,
    SchemaError,
    SourcedValue,
    first_few,
    within_border,
)

TYPES: Final = "asset_type"
"""Column of types, held against an estimate without strata."""

NOT_LISTS: Final = ("link_reviewed", "link_doubtful", "sensitive", "devolved")
"""Columns with a meaning of their own: a list must not have such a name."""

STALE_YEARS: Final = 3
STALE_SHARE: Final = 0.05

ANY_DEFINITION: Final = "active groups that could be on these lists, registered or not"
UNKNOWN_STRATUM: Final = "not known"


def estimate_from_lists(
    membership: pd.DataFrame,
    *,
    lists: Sequence[str] = (),
    stratify: str = "",
    feed_each_other: bool = False,
    odds_ratio: float | tuple[float, float] = 1.0,
    links: LinkErrors = NO_ERRORS,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
) -> Estimate:
    """Estimate all groups from linked lists: Chapman for two lists, log-linear models for three or more.

    Parameters
    ----------
    membership
        One row per group, index its id, and one true/false column per list. ``registered`` (yes, no, unknown):
        registered groups are removed. ``link_reviewed``: whether a person confirmed the link of a group on
        several lists; without this column no link counts as reviewed. ``link_doubtful``: the group may be the
        same as another one and nobody has decided. ``checked_date``: when it was last known to be active.
    lists
        The true/false columns that are lists. They are never guessed.
    stratify
        Column of strata, which are estimated separately and added up (two lists only).
    feed_each_other
        True where one list is known to copy from another.
    odds_ratio, links, level, population
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        ``details["registered_removed"]`` is the number of registered groups removed.

    Raises
    ------
    SchemaError, InputError
        If the table or the counts cannot be used, with every problem at once.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> register = am.build_register(lists)
    >>> membership = am.groups.membership_from_register(register.assets, register.log)
    >>> round(am.groups.estimate_from_lists(membership, lists=["directory", "hall_bookings"]).estimate)
    117
    """
    names = list_columns(membership, lists)
    _check_membership(membership, names, stratify)
    groups = membership[membership[names].any(axis=1)]
    kept = _without_registered(groups)
    definition = LIST_DEFINITION if "registered" in groups.columns else ANY_DEFINITION
    notes = _notes_of_membership(kept, names, links)
    if len(names) == 2:
        one, other = names
        answer = estimate_strata(
            count_strata(kept, (one, other), stratify),
            names=(one, other),
            feed_each_other=feed_each_other,
            odds_ratio=odds_ratio,
            links=links,
            level=level,
            population=population,
            definition=definition,
        )
        notes += _notes_of_types(kept, (one, other), stratify, answer, level)
    else:
        if odds_ratio != 1.0 or links != NO_ERRORS:
            raise InputError(
                "An odds ratio and error rates of links work with two lists only: leave them out."
            )
        answer = estimate_from_cells(
            count_cells(kept, names), names=names, level=level, population=population, definition=definition
        )
        if feed_each_other:
            notes.append(caution("LISTS_DEPENDENT", why="one is known to copy from another"))
    removed = len(groups) - len(kept)
    text = answer.text + (f" Registered groups removed first: {removed:,}." if removed else "")
    return replace(
        answer,
        warnings=(*answer.warnings, *notes),
        text=text,
        details=answer.details | {"registered_removed": removed},
    )


def membership_from_register(
    assets: pd.DataFrame, log: pd.DataFrame, *, review: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Turn a register of several lists into a table of which groups are on which lists.

    Parameters
    ----------
    assets
        The register, index ``asset_id`` (docs/tables.md).
    log
        The validation log, one row per input row: ``source, outcome, asset_id``, and ``row_id, other_id`` where rows were linked.
    review
        The pairs that a person decided: ``row_id`` and ``decision`` (``same`` or ``different``, empty if undecided).

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``: the assets of the register in its order, without those beyond the border or closed. One
        true/false column per source, then ``link_reviewed`` (true where a person decided every merge of the
        asset), ``link_doubtful`` (true where a possible match is undecided), and ``registered``, ``asset_type``
        and ``checked_date`` from the register.

    Raises
    ------
    SchemaError
        If a source has the name of one of these columns, or the tables are from different builds.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> register = am.build_register(lists)
    >>> membership = am.groups.membership_from_register(register.assets, register.log)
    >>> membership[["directory", "hall_bookings"]].sum().tolist()
    [67, 58]
    """
    used = log[log["asset_id"].notna()]
    strange = used.loc[~used["asset_id"].isin(assets.index), "asset_id"]
    own = [name for name in ("registered", "asset_type", "checked_date") if name in assets.columns]
    sources = list(dict.fromkeys(used["source"].astype(str)))
    taken = sorted({*own, *NOT_LISTS} & set(sources))
    if len(strange) or taken:
        problems = [
            f"not in the register: {len(strange)} assets of the validation log, first {first_few(strange)}"
        ] * bool(len(strange))
        problems += [f"rename the list {first_few(taken)}, which is the name of another column"] * bool(taken)
        raise SchemaError("The register and its validation log do not match: " + "; ".join(problems) + ".")
    decided: set[str] = set()
    if review is not None:
        spoken = review["decision"].fillna("").astype(str).str.strip() != ""
        decided = set(review.loc[spoken, "row_id"])
    row_ids = used.get("row_id", pd.Series("", index=used.index))
    open_ = ~row_ids.isin(decided)
    doubtful = used.get("other_id", pd.Series(None, index=used.index, dtype=object)).notna()
    table = pd.DataFrame(
        {source: assets.index.isin(used.loc[used["source"] == source, "asset_id"]) for source in sources},
        index=assets.index,
    )
    table["link_reviewed"] = ~assets.index.isin(used.loc[open_ & (used["outcome"] == "merged"), "asset_id"])
    table["link_doubtful"] = assets.index.isin(
        used.loc[open_ & doubtful & (used["outcome"] == "review"), "asset_id"]
    )
    kept = within_border(assets)
    if "status" in kept.columns:
        kept = kept[kept["status"] != "closed"]
    return table.join(pd.DataFrame(assets[own])).loc[kept.index]


def list_columns(membership: pd.DataFrame, lists: Sequence[str], *, fewest: int = 2) -> list[str]:
    """Return the columns that are lists, after checking that every group is on each of them or not.

    Raises
    ------
    SchemaError
        If no column is named, a named one is missing, holds something else or lacks a value, or there are not
        ``fewest`` to ten lists. Lists are never guessed: a stray true/false column is not a list.
    """
    names = [str(name) for name in lists]
    problems = []
    absent = [name for name in names if name not in membership.columns]
    if absent:
        problems.append(
            f"there is no column {first_few(absent)}; the columns are {first_few(membership.columns, most=12)}"
        )
    for name in dict.fromkeys(names):
        if name in absent:
            continue
        column = membership[name]
        missing = column.isna()
        if missing.any():
            problems.append(
                f"column '{name}' has missing values: {int(missing.sum())}, first in row {first_few(column.index[missing], most=1)}; "
                "write true or false"
            )
        wrong = column[~missing].map(lambda value: not isinstance(value, (bool, np.bool_)))
        if wrong.any():
            problems.append(f"column '{name}' must hold true or false only")
    if not names:
        candidates = [
            str(name) for name in membership.columns if pd.api.types.is_bool_dtype(membership[name])
        ]
        problems.append(
            f"say which columns are lists: lists=[...]; the true/false columns are {first_few(candidates) or 'none'}"
        )
    elif not fewest <= len(set(names)) <= 10 or len(set(names)) < len(names):
        problems.append(f"use {fewest} to 10 different lists, not {len(set(names))} in {len(names)} names")
    if problems:
        raise SchemaError("The table of lists cannot be used: " + "; ".join(problems) + ".")
    return names


def count_cells(membership: pd.DataFrame, lists: Sequence[str]) -> pd.Series:
    """Count the groups with each list pattern, index such as ``"101"``, without patterns that do not occur."""
    places = 2 ** np.arange(len(lists))[::-1]
    numbers = membership[list(lists)].to_numpy(dtype=int) @ places
    found, counts = np.unique(numbers[numbers > 0], return_counts=True)
    patterns = pd.Index([f"{number:0{len(lists)}b}" for number in found], name="pattern", dtype=object)
    return pd.Series(counts, index=patterns, name="groups")


def count_strata(membership: pd.DataFrame, lists: tuple[str, str], stratify: str = "") -> pd.DataFrame:
    """Count the groups on the first list, the second and both, by stratum.

    Parameters
    ----------
    membership
        One row per group.
    lists
        Two true/false columns.
    stratify
        Column of the strata, or ``""`` for one stratum. Groups without a value form the stratum "not known".

    Returns
    -------
    pandas.DataFrame
        ``first, second, both``.
    """
    one, other = (membership[name].astype(bool) for name in lists)
    table = pd.DataFrame({"first": one, "second": other, "both": one & other}).astype(int)
    if not stratify:
        return table.sum().to_frame("all").T
    strata = (
        membership[stratify].astype(object).where(membership[stratify].notna(), UNKNOWN_STRATUM).astype(str)
    )
    return table.groupby(strata.to_numpy()).sum()


def _check_membership(membership: pd.DataFrame, names: list[str], stratify: str) -> None:
    problems = []
    if membership.index.has_duplicates:
        twice = membership.index[membership.index.duplicated()].unique()
        problems.append(f"group ids must be unique; repeated: {first_few(twice)}")
    empty = [name for name in names if not membership[name].any()]
    if empty:
        problems.append(f"no group is on list {first_few(empty)}")
    if stratify and stratify not in membership.columns:
        problems.append(
            f"there is no column '{stratify}' to stratify by; the columns are {first_few(membership.columns, most=12)}"
        )
    if stratify and len(names) > 2:
        problems.append("strata work with two lists only: leave 'stratify' out or choose two lists")
    if "registered" in membership.columns:
        wrong = membership.loc[~membership["registered"].isin(YES_NO_UNKNOWN), "registered"]
        if len(wrong):
            problems.append(
                f"column 'registered' must be {', '.join(YES_NO_UNKNOWN)}; other values in rows: {len(wrong)}, "
                f"first {first_few(wrong.index)}"
            )
    if problems:
        raise InputError("The linked lists cannot be used: " + "; ".join(problems) + ".")


def _without_registered(groups: pd.DataFrame) -> pd.DataFrame:
    if "registered" not in groups.columns:
        return groups
    kept = groups[groups["registered"] != "yes"]
    if kept.empty:
        raise InputError(
            "Every group on the lists is registered, so there is no unregistered group to estimate from."
        )
    return kept


def _notes_of_types(
    groups: pd.DataFrame, names: tuple[str, str], stratify: str, answer: Estimate, level: float
) -> list[Note]:
    """Say where an estimate without strata hides that the lists do not show all types equally well."""
    if stratify or TYPES not in groups.columns or groups[TYPES].nunique() < 2:
        return []
    by_type = estimate_strata(count_strata(groups, names, TYPES), names=names, level=level)
    if by_type.low <= answer.details["pooled"] <= by_type.high:
        return []
    return [caution("TYPES_MATTER", by=TYPES, size=by_type.estimate, low=by_type.low, high=by_type.high)]


def _notes_of_membership(groups: pd.DataFrame, names: list[str], links: LinkErrors) -> list[Note]:
    notes = []
    if "registered" in groups.columns and (unknown := int((groups["registered"] == "unknown").sum())):
        notes.append(caution("REGISTERED_UNKNOWN", count=unknown))
    linked = groups[groups[names].sum(axis=1) > 1]
    reviewed = linked.get("link_reviewed", pd.Series(False, index=linked.index)).fillna(False).astype(bool)
    doubtful = groups.get("link_doubtful", pd.Series(False, index=groups.index)).fillna(False).astype(bool)
    unreviewed, waiting = int((~reviewed).sum()), int(doubtful.sum())
    if (unreviewed or waiting) and links == NO_ERRORS:
        notes.append(caution("LINKS_UNREVIEWED", linked=unreviewed, doubtful=waiting))
    if "checked_date" in groups.columns:
        checked = pd.to_datetime(groups["checked_date"], errors="coerce", format="mixed")
        newest = checked.max()
        oldest = newest - pd.DateOffset(years=STALE_YEARS) if newest.year > STALE_YEARS else newest
        stale = int((checked < oldest).sum())
        if stale >= STALE_SHARE * len(groups) and stale > 0:
            notes.append(caution("STALE_RECORDS", count=stale, rows=len(groups)))
    return notes
