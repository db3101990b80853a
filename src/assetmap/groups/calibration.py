"""Local calibration: how complete your lists are for registered groups, whose number is known.

Official registers say which registered groups there are. The share of them that your lists show, by type and size,
is how complete the lists are for groups that can be checked. If the lists show unregistered groups ``relative``
times as often, the unregistered groups on the lists divided by that completeness are an estimate of all of them,
without any rate from elsewhere. Limits: nobody can measure ``relative``, so it is a range, and its ends go into the
interval. The register itself must not have fed the lists.

References
----------
Charity Commission for England and Wales, register extract, publicextract.charity: ``registered_charity_number``,
``charity_name``, ``charity_registration_status``, ``charity_contact_postcode``, ``latest_income``. Seber 1982, The
Estimation of Animal Abundance, chapter 3 (marked members of a population).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.count import for_people
from assetmap.groups.membership import UNKNOWN_STRATUM, list_columns
from assetmap.groups.overlap import interval_above_seen
from assetmap.groups.rate import DEFAULT_LEVEL, problems_of_level
from assetmap.groups.two_lists import population_inputs, rate_of
from assetmap.schema import Estimate, InputError, Note, SourcedValue, first_few

RELATIVE: Final = (0.5, 1.0)
"""Assumed: lists show unregistered groups half as often to as often as registered ones. Nobody has measured it."""

FEW_FOUND: Final = 7
"""Types with fewer registered groups on the lists are estimated together."""

INCOME_BANDS: Final = {"under 10,000": 10_000, "10,000 to 100,000": 100_000, "100,000 or more": math.inf}
"""Upper ends in pounds, as in the NCVO Almanac (micro, small, larger)."""

ANY_LIST: Final = "any list"


class _Type(NamedTuple):
    name: str
    listed: int
    registered: int
    found: int


def income_bands(income: pd.Series) -> pd.Series:
    """Return the size of charities from their latest income: ``latest_income`` of the register extract.

    Parameters
    ----------
    income
        Pounds a year. Missing income is the band "not known".

    Examples
    --------
    >>> income_bands(pd.Series([500, 10_000, 2e6, None])).tolist()
    ['under 10,000', '10,000 to 100,000', '100,000 or more', 'not known']
    """
    ends = [-math.inf, *INCOME_BANDS.values()]
    bands = pd.cut(income.astype(float), ends, right=False, labels=list(INCOME_BANDS))
    return bands.astype(object).where(income.notna(), UNKNOWN_STRATUM).rename("income_band")


def completeness_of_lists(
    registered: pd.DataFrame, lists: Sequence[str], *, by: str = "", level: float = DEFAULT_LEVEL
) -> pd.DataFrame:
    """Say how complete lists are for groups on the official registers.

    Parameters
    ----------
    registered
        One row per registered group of the place, whether or not a list shows it; one true/false column per list.
    lists
        The columns that are lists.
    by
        Column of types or sizes, or ``""`` for the overall figure only.
    level
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        Index ``list`` (each list, then "any list") and ``type`` ("all" first): ``registered``, ``found``,
        ``completeness`` with ``low`` and ``high`` (0-1, Wilson's interval of a share).

    Raises
    ------
    InputError
        If the tables cannot be used, with every problem at once.

    Examples
    --------
    >>> registered = pd.DataFrame({"directory": [True] * 6 + [False] * 4})
    >>> am.groups.completeness_of_lists(registered, ["directory"]).loc[("directory", "all"), "found"].item()
    6
    """
    problems = problems_of_level(level)
    if problems:
        raise InputError("Completeness cannot be given: " + "; ".join(problems) + ".")
    names = list_columns(registered, lists, fewest=1)
    on = registered[names].astype(bool)
    on[ANY_LIST] = on.any(axis=1)
    kinds = _kinds(registered, by)
    z = NormalDist().inv_cdf((1 + level) / 2)
    rows = {}
    for name in on.columns:
        rows[(name, "all")] = _share(int(on[name].sum()), len(on), z)
        for kind in sorted(set(kinds)) if by else ():
            found = on.loc[kinds == kind, name]
            rows[(name, kind)] = _share(int(found.sum()), len(found), z)
    index = pd.MultiIndex.from_tuples(rows, names=["list", "type"])
    columns = ["registered", "found", "completeness", "low", "high"]
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def estimate_by_calibration(
    groups: pd.DataFrame,
    registered: pd.DataFrame,
    *,
    lists: Sequence[str],
    by: str = "",
    relative: float | tuple[float, float] = RELATIVE,
    level: float = DEFAULT_LEVEL,
    population: float | SourcedValue | None = None,
) -> Estimate:
    """Estimate the unregistered groups of a place from lists whose completeness for registered ones is known.

    Parameters
    ----------
    groups
        The unregistered groups that the lists show: one row per group, one true/false column per list. If there is
        a column ``registered``, groups with ``yes`` are removed.
    registered
        Every registered group of the place, whether or not a list shows it, with the same columns.
    lists
        The columns that are lists. The official register must not be one of them.
    by
        Column of types or sizes in both tables, or ``""``.
    relative
        How often the lists show an unregistered group, compared with a registered one of its type: one number, or
        the ends of a range.
    level, population
        As in `estimate_two_lists`.

    Returns
    -------
    Estimate
        Sum over types of ``u (n + 1) / (x + 1) / relative``: u unregistered groups on the lists, n registered
        groups, x of them on the lists. The estimate is for the middle of ``relative`` (its geometric mean), the
        interval reaches from that for its upper end to that for its lower end. ``details``: ``types`` (a row per type as
        it was estimated), ``completeness``, ``relative``.

    Raises
    ------
    InputError, SchemaError
        If the tables cannot be used, with every problem at once.

    Examples
    --------
    >>> registered = pd.DataFrame({"directory": [True] * 60 + [False] * 40})
    >>> unregistered = pd.DataFrame({"directory": [True] * 90})
    >>> answer = am.groups.estimate_by_calibration(unregistered, registered, lists=["directory"], relative=1.0)
    >>> round(answer.low), round(answer.estimate), round(answer.high)
    (132, 149, 172)
    """
    ends = (relative, relative) if isinstance(relative, (int, float)) else tuple(relative)
    kept = groups[groups["registered"] != "yes"] if "registered" in groups.columns else groups
    names = list_columns(registered, lists, fewest=1)
    list_columns(kept, lists, fewest=1)
    _check_calibration(kept, registered, by, ends, level)
    kept = kept[kept[names].any(axis=1)]
    if not registered[names].any(axis=None):
        raise InputError("The lists show none of the registered groups, so they cannot be calibrated.")
    table = _count_types(kept, registered, names, by)
    middle = math.sqrt(ends[0] * ends[1])
    size, _, _ = _total(table, middle, level)
    low, high = _total(table, ends[1], level)[1], _total(table, ends[0], level)[2]
    seen, known, found = (int(table[name].sum()) for name in ("listed", "registered", "found"))
    share = found / known
    details: dict[str, Any] = {
        "types": table.reset_index(names="type").to_dict(orient="records"),
        "completeness": share,
        "relative": list(ends),
    }
    return Estimate(
        estimate=size,
        low=low,
        high=high,
        level=level,
        method="lists calibrated on registered groups",
        definition="active groups that could be on these lists and are on no official register",
        seen=seen,
        unseen=size - seen,
        rate_per_1000=rate_of(size, population),
        inputs=(
            SourcedValue("unregistered groups on the lists", seen, " and ".join(names)),
            SourcedValue("registered groups", known, "official registers"),
            SourcedValue("registered groups on the lists", found, " and ".join(names)),
            *population_inputs(population),
        ),
        assumptions=(
            f"the lists show an unregistered group {_range_in_words(ends)} times as often as a registered one of its type",
            "the official registers did not feed the lists",
            "the registered groups are those of the place, and all of them",
            "every group on a list is still active and was matched to the registers where it is registered",
        ),
        warnings=tuple(_notes(table, ends)),
        text=_text((size, low, high, level), (seen, known, found), ends),
        details=details,
    )


def _kinds(table: pd.DataFrame, by: str) -> pd.Series:
    """Return the type of each row, ``all`` without a column."""
    if not by:
        return pd.Series("all", index=table.index)
    return table[by].astype(object).where(table[by].notna(), UNKNOWN_STRATUM).astype(str)


def _share(found: int, whole: int, z: float) -> tuple[int, int, float, float, float]:
    """Return a share with Wilson's interval."""
    if whole == 0:
        return whole, found, math.nan, math.nan, math.nan
    share = found / whole
    middle = (share + z**2 / (2 * whole)) / (1 + z**2 / whole)
    reach = z * math.sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2)) / (1 + z**2 / whole)
    return whole, found, share, max(0.0, middle - reach), min(1.0, middle + reach)


def _count_types(groups: pd.DataFrame, registered: pd.DataFrame, names: list[str], by: str) -> pd.DataFrame:
    """Count by type; types with few registered groups on the lists go together, smallest first."""
    on = registered[names].any(axis=1)
    counts = pd.DataFrame(
        {
            "listed": _kinds(groups, by).value_counts(),
            "registered": _kinds(registered, by).value_counts(),
            "found": _kinds(registered[on], by).value_counts(),
        }
    )
    rows = [
        _Type(str(kind), int(row[0]), int(row[1]), int(row[2]))
        for kind, row in zip(counts.index, counts.fillna(0).to_numpy(), strict=True)
    ]
    while len(rows) > 1:
        rows.sort(key=lambda row: (row.found, row.name))
        if rows[0].found >= FEW_FOUND:
            break
        one, other, *rest = rows
        together = _Type(
            f"{one.name} + {other.name}",
            one.listed + other.listed,
            one.registered + other.registered,
            one.found + other.found,
        )
        rows = [together, *rest]
    return pd.DataFrame(sorted(rows), columns=["type", *counts.columns]).set_index("type")


def _total(table: pd.DataFrame, relative: float, level: float) -> tuple[float, float, float]:
    """Return the estimate and its interval for one value of ``relative``."""
    listed, whole, found = (table[name].to_numpy(dtype=float) for name in ("listed", "registered", "found"))
    share = np.minimum(1.0, (found + 1) / (whole + 1) * relative)
    sizes = np.maximum(listed, listed / share)
    # the listed groups are a chance part of all, and the completeness is a share of the registered ones
    variance = sizes * (1 - share) / share + sizes**2 * (1 - (found + 1) / (whole + 2)) / (found + 1)
    low, high = interval_above_seen(float(listed.sum()), float(sizes.sum()), float(variance.sum()), level)
    return float(sizes.sum()), low, high


def _notes(table: pd.DataFrame, ends: tuple[float, ...]) -> list[Note]:
    notes = [caution("RELATIVE_ASSUMED", relative=_range_in_words(ends))]
    merged = [kind for kind in table.index if " + " in str(kind)]
    if merged:
        notes.append(caution("STRATA_MERGED", names="; ".join(merged)))
    if (table["found"] < FEW_FOUND).any():
        notes.append(caution("FEW_REGISTERED", found=int(table["found"].min())))
    return notes


def _range_in_words(ends: tuple[float, ...]) -> str:
    return f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g} to {ends[1]:g}"


def _text(
    answer: tuple[float, float, float, float], counts: tuple[int, int, int], ends: tuple[float, ...]
) -> str:
    size, low, high, level = answer
    seen, known, found = counts
    number, from_, to = for_people([size, low, high])
    return (
        f"About {number} unregistered groups, plausibly {from_} to {to} ({level:.0%}). The lists show {seen:,} of them. "
        f"They show {found:,} of the {known:,} registered groups ({found / known:.0%}), whose number is known from the "
        f"official registers. The estimate assumes that they show an unregistered group {_range_in_words(ends)} times as "
        "often as a registered one. Nobody has measured that."
    )


def _check_calibration(
    groups: pd.DataFrame, registered: pd.DataFrame, by: str, ends: tuple[float, ...], level: float
) -> None:
    problems = problems_of_level(level)
    for name, table in (("groups", groups), ("registered", registered)):
        if by and by not in table.columns:
            problems.append(
                f"table '{name}' has no column '{by}'; it has {first_few(table.columns, most=12)}"
            )
        if table.empty:
            problems.append(f"table '{name}' has no row")
    if len(ends) != 2 or not 0 < ends[0] <= ends[1] <= 10:
        problems.append(
            f"relative must be a number above 0, or the lower and the upper end of a range, not {ends}"
        )
    if problems:
        raise InputError("The lists cannot be calibrated: " + "; ".join(problems) + ".")
