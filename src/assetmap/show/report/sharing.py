"""The report's section on lending: what is offered and asked for, who could help whom, what is missing nearby."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import LENDING_M, Results, reference_table, rows_of, within_border
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import counted, kilometres, stated_limit, whole

FIRST_LINES: Final = 12
"""How many rows of each table the report prints; sharing.csv and the map have all rows."""

OVER: Final = ("closed", "proposed")


def sharing(results: Results) -> str | None:
    """Return what is offered and asked for and who could lend what to whom; None if no list mentions either."""
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
                f"On the lists, {counted(_speakers(alive, 'offers'), 'asset offers', 'assets offer')} something that others "
                f"could use and {counted(_speakers(alive, 'asks'), 'asset asks', 'assets ask')} for something.",
                "This counts only words that assetmap recognises, and leaves out closed places. An offer does not mean that "
                "the thing is free to borrow.",
            ),
            _by_resource(offered, asked, matches),
            None if matches is None else _met(matches),
            None if matches is None else _unmet(matches),
        )
    )


def _answer(matches: pd.DataFrame) -> str:
    """Return how many requests there are, and for how many there is an offer nearby."""
    asks = matches.groupby(["resource", "asked_by"])["offered_by"].count()
    met = int((asks > 0).sum())
    requests, offered = counted(len(asks), "request is", "requests are"), counted(met, "has", "have")
    return f"{requests} on the lists; {offered} an offer within {stated_limit(LENDING_M)}."


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
    headings = ("Resource", "Offered by", "Asked for by", "Offer nearby")
    return table(f"What is asked for and offered{some}", headings, rows, numbers=(1, 2, 3))


def _unmet(matches: pd.DataFrame) -> str | None:
    alone = matches[matches["offered_by"].isna()]
    if alone.empty:
        return None
    first = alone.head(FIRST_LINES)
    some = (
        f"The first {len(first)} of {whole(len(alone))} requests" if len(alone) > len(first) else "Requests"
    )
    rows = [
        (
            _label(row.resource),
            row.asked_by_name,
            row.sentence.removeprefix(f"{row.asked_by_name} asks for: {_label(row.resource)}. "),
        )
        for row in rows_of(first)
    ]
    return table(f"{some} without an offer nearby", ("Asked for", "By", "Why"), rows, stacked=True)


def _met(matches: pd.DataFrame) -> str | None:
    nearest = matches[matches["offer_rank"] == 1].sort_values("distance_m", kind="stable")
    if nearest.empty:
        return None
    first = nearest.head(FIRST_LINES)
    some = (
        f"The nearest offer for each: the first {len(first)} of {whole(len(nearest))}, nearest first"
        if len(nearest) > len(first)
        else "The nearest offer for each"
    )
    rows = [
        (_label(row.resource), row.asked_by_name, row.offered_by_name, kilometres(row.distance_m))
        for row in rows_of(first)
    ]
    return joined(
        (
            table(f"{some}: who could lend what to whom", ("Asked for", "By", "Offered by", "Distance"), rows, numbers=(3,), stacked=True),
            paragraph("Distances are straight lines. sharing.csv lists up to five offers for each request."),
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
