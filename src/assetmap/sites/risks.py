"""The risk and time register of options, begun for the planner: the steps of each change, and what its failing would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import reference_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assetmap.schema import DevolutionReview, OptionResult

COLUMNS: Final = (
    *("option", "kind", "site", "what", "effect", "date", "owner", "likelihood", "answer", "review_date"),
)
FAILS: Final = ("stops", "cannot_reach")
"""Rows of ``data/tables/hand_over_steps.csv`` whose effect is that people lose the site."""


def begin_risks(options: Sequence[OptionResult], review: DevolutionReview) -> pd.DataFrame:
    """Return the register with a row for each step and risk of each change; dates and owners are for the planner.

    Parameters
    ----------
    options
        From `evaluate_option`.
    review
        Of the same sites: who has no other site.

    Returns
    -------
    pandas.DataFrame
        ``option``, ``kind`` (``step``, ``risk``), ``site``, ``what``, ``effect`` (what it would mean), ``date``, ``owner``,
        ``likelihood``, ``answer``, ``review_date``: text, empty where it is to be filled in.
    """
    steps = reference_table("hand_over_steps")
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for each in options:
        for step, row in steps.iterrows():
            for change in each.changes[each.changes["kind"] == row["change"]].itertuples():
                effect = _effect(str(change.asset_id), review) if step in FAILS else ""
                # the same step for several sites is one row
                key = (each.option.name, str(row["kind"]), str(row["what"]), effect)
                rows.setdefault(key, []).append(str(change.name))
    written = [
        dict.fromkeys(COLUMNS, "")
        | {
            "option": option,
            "kind": kind,
            "site": "; ".join(dict.fromkeys(names)),
            "what": what,
            "effect": effect,
        }
        for (option, kind, what, effect), names in rows.items()
    ]
    return pd.DataFrame(written, columns=list(COLUMNS), dtype=object)


def _effect(asset_id: str, review: DevolutionReview) -> str:
    """Say what it would mean if a site were no longer there."""
    if asset_id not in review.sites.index:
        return ""
    site = review.sites.loc[[asset_id]].iloc[0]
    nearest, without = site["people_nearest"], site["people_left_without"]
    more = f"; {without:,.0f} of them would have no site within the limit" if without >= 1 else ""
    return f"If it closed, {nearest:,.0f} people would have to go further{more}."
