"""The section of the report on lending: what is offered and asked for, who could help whom, what nobody near offers."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import Results, reference_table
from assetmap.show.markup import joined, paragraph, table
from assetmap.show.words import counted, kilometres, plain, whole

FIRST_LINES: Final = 20
"""Matches that the report prints; sharing.csv has all."""

OVER: Final = ("closed", "proposed")
KINDS: Final = {"space": "Space", "equipment": "Equipment", "vehicle": "Vehicle", "skill": "Skill or time"}


def sharing(results: Results) -> str | None:
    """Return what is offered and asked for, and who could lend what to whom; None where no list says anything."""
    alive = results.assets[~results.assets["status"].isin(OVER)]
    offered, asked = _counts(alive, "offers"), _counts(alive, "asks")
    if offered.empty and asked.empty:
        return None
    matches = results.details.get("sharing")
    return joined(
        (
            paragraph(
                f"{counted(_speakers(alive, 'offers'), 'asset says', 'assets say')} what others could use, "
                f"{counted(_speakers(alive, 'asks'), 'asset', 'assets')} what they look for.",
                "Only what lists say in words that are known is counted here; closed places are left out. That somebody "
                "offers a thing is no promise that it is free to lend.",
            ),
            _by_resource(offered, asked, matches),
            None if matches is None else _unmet(matches),
            None if matches is None else _met(matches),
        )
    )


def _by_resource(offered: pd.Series, asked: pd.Series, matches: pd.DataFrame | None) -> str:
    resources = reference_table("resources")
    shown = [code for code in resources.index if code in offered.index or code in asked.index]
    met = _asks_met(matches)
    rows = []
    for code in sorted(shown, key=lambda code: -(offered.get(code, 0) + asked.get(code, 0))):
        row = resources.loc[code]
        needed = asked.get(code, 0)
        rows.append(
            (row["label"], KINDS[row["kind"]], whole(offered.get(code, 0)), whole(needed), whole(met.get(code, 0)) if needed else "")
        )  # fmt: skip
    headings = ("Resource", "Kind", "Offered by", "Asked for by", "Of these with an offer in reach")
    return table("What is offered and asked for", headings, rows, numbers=(2, 3, 4))


def _unmet(matches: pd.DataFrame) -> str | None:
    alone = matches[matches["offered_by"].isna()]
    if alone.empty:
        return None
    first = alone.head(FIRST_LINES)
    some = f"The first {len(first)} of {whole(len(alone))} things" if len(alone) > len(first) else "Things"
    rows = [
        (_label(row.resource), row.asked_by_name, plain(row.sentence).rsplit(": ", 1)[-1])
        for row in first.itertuples()
    ]
    return table(f"{some} that nobody in reach offers", ("Asked for", "By", "In words"), rows, stacked=True)


def _met(matches: pd.DataFrame) -> str | None:
    nearest = matches[matches["offer_rank"] == 1].sort_values("distance_m", kind="stable")
    if nearest.empty:
        return None
    first = nearest.head(FIRST_LINES)
    some = (
        f"The nearest {len(first)} of {whole(len(nearest))}"
        if len(nearest) > len(first)
        else "The nearest offer for each"
    )
    rows = [
        (_label(row.resource), row.asked_by_name, row.offered_by_name, kilometres(row.distance_m))
        for row in first.itertuples()
    ]
    return joined(
        (
            table(f"{some}: who could lend what to whom", ("Asked for", "By", "Offered by", "Distance"), rows, numbers=(3,), stacked=True),
            paragraph("Distances are straight lines. sharing.csv names up to five offers for each ask."),
        )
    )  # fmt: skip


def _label(code: str) -> str:
    return str(reference_table("resources")["label"].get(code, code))


def _said(assets: pd.DataFrame, column: str) -> pd.Series:
    if column not in assets:
        return pd.Series([], dtype="str")
    codes = assets[column].fillna("").astype("str").str.split("; ").explode()
    return codes[codes.isin(reference_table("resources").index)]


def _counts(assets: pd.DataFrame, column: str) -> pd.Series:
    return _said(assets, column).value_counts()


def _speakers(assets: pd.DataFrame, column: str) -> int:
    return int(_said(assets, column).index.nunique())


def _asks_met(matches: pd.DataFrame | None) -> pd.Series:
    if matches is None:
        return pd.Series([], dtype="int64")
    met = matches[matches["offered_by"].notna()]
    return met.groupby("resource")["asked_by"].nunique()
