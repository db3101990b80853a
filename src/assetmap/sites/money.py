"""What changes to sites save: hours a week, pounds a year and pounds once, with a range where it is not settled.

Nothing is made up. A site whose cost is not on the list makes the saving of its option not known. Closing a site saves its
running cost less its income. Devolving it saves between nothing (the council pays as much to the new operator) and all of that.
Shorter hours save between nothing and the same share of the running cost. The backlog of repairs is a cost that may no
longer fall on the council, so it is a range as well. What a move or a new site costs is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assetmap.sites.changes import Change

SAVINGS: Final = ("hours_saved", "saving_low", "saving_high", "one_off_low", "one_off_high")
_NONE: Final = dict.fromkeys(SAVINGS, 0.0)
_UNKNOWN: Final = float("nan")


def measure_savings(before: pd.DataFrame, after: pd.DataFrame, changes: Iterable[Change]) -> pd.DataFrame:
    """Say what each change saves.

    Parameters
    ----------
    before, after
        Sites before and after, index ``asset_id``, with ``weekly_hours`` and, where known, ``annual_cost_gbp``,
        ``annual_income_gbp`` and ``backlog_gbp``.
    changes
        From `parse_changes`.

    Returns
    -------
    pandas.DataFrame
        One row per change: ``kind``, ``asset_id``, ``name``, ``words``, ``receiver``, ``postcode``, ``weekly_hours``,
        ``hours_saved`` (a week; below 0 where hours are added), ``saving_low``, ``saving_high`` (pounds a year),
        ``one_off_low``, ``one_off_high`` (pounds); missing where the list does not say.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> changes = am.sites.parse_changes({"close": ["St Ives"]}, assets)
    >>> after = am.sites.apply_changes(sites, changes)
    >>> am.sites.measure_savings(sites, after, changes).shape
    (1, 12)
    """
    rows = []
    for change in changes:
        row = {
            name: getattr(change, name)
            for name in ("kind", "asset_id", "name", "words", "receiver", "postcode", "weekly_hours")
        }
        rows.append(row | _saved(change, before, after))
    columns = ["kind", "asset_id", "name", "words", "receiver", "postcode", "weekly_hours", *SAVINGS]
    return pd.DataFrame(rows, columns=columns)


def total_savings(changes: pd.DataFrame) -> dict[str, float]:
    """Add up what the changes of an option save; missing if one of them is not known."""
    return {name: float(changes[name].astype(float).sum(skipna=False)) for name in SAVINGS}


def _saved(change: Change, before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    old = before.loc[[change.asset_id]].iloc[0] if change.asset_id in before.index else None
    hours_after = float(after["weekly_hours"][change.asset_id])
    if change.kind == "move":
        return _NONE | {
            "saving_low": _UNKNOWN,
            "saving_high": _UNKNOWN,
            "one_off_low": _UNKNOWN,
            "one_off_high": _UNKNOWN,
        }
    if change.kind == "open" or old is None:
        return dict.fromkeys(SAVINGS, _UNKNOWN) | {"hours_saved": -hours_after}
    cost, net = _cost_of(old)
    backlog = _number(old, "backlog_gbp")
    hours = float(old["weekly_hours"])
    if change.kind == "hours":
        share = 1 - hours_after / hours if hours > 0 else _UNKNOWN
        ends = sorted((0.0, cost * share)) if pd.notna(cost * share) else (_UNKNOWN, _UNKNOWN)
        return _NONE | {"hours_saved": hours - hours_after, "saving_low": ends[0], "saving_high": ends[1]}
    ends = sorted((0.0, net)) if pd.notna(net) else (_UNKNOWN, _UNKNOWN)
    once = (
        {"one_off_low": 0.0, "one_off_high": backlog}
        if pd.notna(backlog)
        else {"one_off_low": _UNKNOWN, "one_off_high": _UNKNOWN}
    )
    if change.kind == "devolve":
        return {"hours_saved": 0.0, "saving_low": ends[0], "saving_high": ends[1], **once}
    return {"hours_saved": hours, "saving_low": net, "saving_high": net, **once}


def _cost_of(site: pd.Series) -> tuple[float, float]:
    """Return the running cost, and what is left of it after the income that is given."""
    cost, income = _number(site, "annual_cost_gbp"), _number(site, "annual_income_gbp")
    return cost, cost - (0.0 if pd.isna(income) else income)


def _number(site: pd.Series, column: str) -> float:
    return float(site[column]) if column in site.index and pd.notna(site[column]) else _UNKNOWN
