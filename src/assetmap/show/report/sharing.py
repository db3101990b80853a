"""The section of the report on lending: what is offered and asked for, who could help whom, what nobody near offers."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import LENDING_M, Results, reference_table, within_border
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import counted, kilometres, whole

FIRST_LINES: Final = 12
"""Rows of each table that the report prints; sharing.csv and the map have all."""

OVER: Final = ("closed", "proposed")


def sharing(results: Results) -> str | None:
    """Return what is offered and asked for, and who could lend what to whom; None where no list says anything."""
    assets = within_border(results.assets)
    alive = assets[~assets["status"].isin(OVER)]
    offered, asked = _counts(alive, "offers"), _counts(alive, "asks")
    if offered.empty and asked.empty:
        return None
    matches = results.details.get("sharing")
    return joined(
        (
            None if matches is None else paragraph(_answer(matches), kind="answer"),
            paragraph(
                f"{counted(_speakers(alive, 'offers'), 'asset says', 'assets say')} what others could use, "
                f"{counted(_speakers(alive, 'asks'), 'says', 'say')} what they look for.",
                "Only what lists say in words that are known is counted here; closed places are left out. That somebody "
                "offers a thing is no promise that it is free to lend.",
            ),
            _by_resource(offered, asked, matches),
            None if matches is None else _met(matches),
            None if matches is None else _unmet(matches),
        )
    )


def _answer(matches: pd.DataFrame) -> str:
    """Return how many things are asked for, and for how many somebody in reach offers it."""
    asks = matches.groupby(["resource", "asked_by"])["offered_by"].count()
    reach = f"within {LENDING_M / 1000:g} km"
    return (
        f"{counted(len(asks), 'thing is', 'things are')} asked for; for {whole((asks > 0).sum())} of them somebody "
        f"{reach} offers it."
    )


def _by_resource(offered: pd.Series, asked: pd.Series, matches: pd.DataFrame | None) -> str:
    resources = reference_table("resources")
    shown = [code for code in resources.index if code in offered.index or code in asked.index]
    shown.sort(key=lambda code: (-asked.get(code, 0), -offered.get(code, 0)))
    met = _asks_met(matches)
    rows = [
        (
            _label(code),
            whole(offered.get(code, 0)),
            whole(asked.get(code, 0)),
            whole(met.get(code, 0)) if code in asked else "",
        )
        for code in shown[:FIRST_LINES]
    ]
    some = f": the first {len(rows)} of {len(shown)}" if len(shown) > len(rows) else ""
    headings = ("Resource", "Offered by", "Asked for by", "Met in reach")
    return table(f"What is asked for and offered{some}", headings, rows, numbers=(1, 2, 3))


def _unmet(matches: pd.DataFrame) -> str | None:
    alone = matches[matches["offered_by"].isna()]
    if alone.empty:
        return None
    first = alone.head(FIRST_LINES)
    some = (
        f"The first {len(first)} of {whole(len(alone))} asks that are"
        if len(alone) > len(first)
        else "Asks that are"
    )
    rows = [
        (
            _label(row.resource),
            row.asked_by_name,
            row.sentence.removeprefix(f"{row.asked_by_name} asks for: {_label(row.resource)}. "),
        )
        for row in first.itertuples()
    ]
    return table(f"{some} not met", ("Asked for", "By", "Why"), rows, stacked=True)


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
