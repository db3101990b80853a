"""The report's section on grants: whether money follows need, head offices, and what the list says of those who received it."""

from __future__ import annotations

from typing import Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import GrantsReview, Results
from assetmap.show.html import bullets, joined, paragraph, picture, table
from assetmap.show.report.charts import concentration
from assetmap.show.review.money import pound_range, pounds
from assetmap.show.words import percent, plain, whole

NO_LIST: Final = (
    "Not known: the project has no list of grants.",
    "To show it, add a list of grants: a file as funders publish it, or one of your own, named in a table [grants] of assetmap.toml.",
)
FIRST_AREAS: Final = 15
"""How many areas the report prints; areas.csv has all of them."""


def grants(results: Results) -> str | None:
    """Return whether money follows need, or that the project has no list of grants."""
    found = results.grants
    if found is None:
        return paragraph(*NO_LIST)
    answer, *rest = found.sentences
    return joined(
        (
            paragraph(answer, kind="answer"),
            bullets(rest) if rest else None,
            _curve(found) if found.curve["gbp"].notna().all() and len(found.curve) > 2 else None,
            _by_area(results, found) if found.figures["placed_gbp"] else None,
        )
    )


def _curve(found: GrantsReview) -> Markup:
    rows = [
        (
            {1: "1, most need", 5: "5, least need"}.get(int(str(fifth)), str(fifth)),
            whole(row["people"]),
            pounds(row["gbp"]),
            percent(row["gbp_share"]),
            pounds(row["gbp_per_1000"]),
            pounds(row["gbp_registered"]),
            percent(row["gbp_registered_share"]),
        )
        for fifth, row in found.by_need.iterrows()
    ]
    first = found.by_need.iloc[0]
    return joined(
        (
            picture(
                concentration(found.curve),
                alt=f"Concentration curve: the fifth of the people with most need received {percent(first['gbp_share'])} of the money.",
                caption="Above the broken line, people in areas with high need received more than others. Every step is a small area, in the order "
                "of need.",
            ),
            table(
                "What each fifth of the people received, by need of their areas. An area between two fifths is divided evenly",
                (
                    "Fifth of the people",
                    "People",
                    "Works there",
                    "Share",
                    "Per 1,000 people",
                    "By address",
                    "Share by address",
                ),
                rows,
                numbers=range(1, 7),
                stacked=True,
            ),
        )
    )


def _by_area(results: Results, found: GrantsReview) -> Markup:
    """Return the areas where the two ways of counting differ most, and what is smoothed."""
    areas = found.areas.assign(area_name=results.areas["area_name"])
    some = areas[(areas["grants_gbp"] > 0) | (areas["grants_gbp_registered"] > 0)]
    differ = (some["grants_gbp_registered"] - some["grants_gbp"]).abs()
    shown = some.loc[differ.sort_values(ascending=False, kind="stable").index].head(FIRST_AREAS)
    rows = [
        (
            plain(row["area_name"]),
            whole(row["grants"]),
            pounds(row["grants_gbp"]),
            pounds(row["grants_gbp_registered"]),
            pounds(row["grants_gbp_per_1000"]),
            pounds(row["grants_gbp_smoothed_per_1000"]),
            pound_range(row["grants_gbp_low"], row["grants_gbp_high"]),
            percent(row["grants_own_weight"]) if pd.notna(row["grants_own_weight"]) else "not known",
        )
        for _, row in shown.iterrows()
    ]
    first = f": the first {len(rows)} of {whole(len(some))}" if len(some) > len(rows) else ""
    return joined(
        (
            table(
                f"Areas with grants, starting where work and address differ most{first}",
                (
                    "Area",
                    "Grants",
                    "Works there",
                    "By address",
                    "Per 1,000 people",
                    "Smoothed",
                    "80% interval",
                    "Own weight",
                ),
                rows,
                numbers=range(1, 8),
                stacked=True,
            ),
            paragraph(
                "One large grant makes a small area look rich by chance. The smoothed figure is therefore drawn towards the overall rate; the "
                "interval shows where the rate behind it is likely to lie, and the own weight says how much of it comes from the area itself. Areas "
                "are not ranked by it.",
                kind="note",
            ),
        )
    )
