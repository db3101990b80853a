"""Equality impact, money and condition, consultation, and the register of steps and risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import reference_table
from assetmap.show.html import bullets, joined, paragraph, table
from assetmap.show.review.money import fact_words
from assetmap.show.words import NOT_KNOWN, date_words, decimals, percent, plain, whole

if TYPE_CHECKING:
    from assetmap.schema import DevolutionReview, OptionsReview

AIMS: Final = (
    "to end discrimination, harassment and victimisation and other conduct that the Act forbids",
    "to advance equality of opportunity between people who share a protected characteristic and those who do not",
    "to foster good relations between them",
)
"""The three aims of the public sector equality duty (Equality Act 2010, section 149), in our words."""
VIEW_WORDS: Final = {"for": "For", "against": "Against", "neither": "Neither", "total": "All"}


def equality_section(options: OptionsReview) -> Markup:
    """Return who loses by group: one row for each protected characteristic, those without data named."""
    parts: list[str | None] = [
        paragraph("Whoever decides must have due regard to three aims (Equality Act 2010, section 149):"),
        bullets(AIMS),
        paragraph(
            "The table shows who the people are who would be further from a site. It describes their areas and not those who use a "
            "site, and says nothing about what they would find there."
        ),
    ]
    parts += [
        _equality_table(options),
        paragraph(
            "In brackets: the share of those who lose; how many percentage points that is above or below the share of all; and the "
            "rank, 1 for the largest share among this option and each candidate closed alone. These are full counts, so nothing is "
            "tested for significance.",
            kind="note",
        ),
    ]
    return joined(parts)


def money_section(review: DevolutionReview) -> Markup | None:
    """Return money and condition of the sites as the list gives them; nothing where it gives none."""
    facts = reference_table("site_facts")
    columns = [
        column for column in facts.index if column in review.sites.columns and _given(review.sites[column])
    ]
    if not columns:
        return None
    shown = [column for column in columns if column != "figures_date"]
    dated = "figures_date" in columns
    sites = review.sites[review.sites[columns].notna().any(axis=1)]
    rows = [
        (
            plain(row["name"]),
            *(fact_words(row[column], str(facts.at[column, "kind"])) for column in shown),
            *([date_words(row["figures_date"]) or NOT_KNOWN] if dated else []),
        )
        for _, row in sites.iterrows()
    ]
    headings = ("Site", *facts.loc[shown, "label"], *(["Date of the figures"] if dated else []))
    numbers = [n for n, column in enumerate(shown, start=1) if facts.at[column, "kind"] in ("gbp", "number")]
    undated = (
        None if dated else paragraph("The list does not say which date the figures are for.", kind="note")
    )
    caption = "Money and condition, as on the list; never part of a score"
    return joined((table(caption, headings, rows, numbers=numbers, stacked=True), undated))


def consultation_section(options: OptionsReview) -> Markup:
    """Return what people said of each option."""
    rows = [
        (
            plain(row["option"]),
            plain(row["site"]),
            VIEW_WORDS[row["view"]],
            _hidden(row["responses"]),
            _hidden(row["weight"]),
        )
        for _, row in options.responses.iterrows()
    ]
    headings = ("Option", "About", "View", "Responses", "People they speak for")
    return joined(
        (
            bullets(options.response_notes),
            table("What people said", headings, rows, numbers=(3, 4), stacked=True) if rows else None,
        )
    )


def risks_section(options: OptionsReview) -> Markup:
    """Return the steps with their dates and the risks of each option."""
    risks = options.risks
    empty = not (risks["date"] != "").any() and not (risks["owner"] != "").any()
    parts: list[str | None] = []
    if empty:
        parts.append(
            paragraph(
                "Nobody has filled in dates and owners yet. Fill in option_risks_blank.csv, save it as option_risks.csv in the "
                "project folder, and run the review again.",
                kind="note",
            )
        )
    headings = (
        "Step or risk",
        "Option",
        "Site",
        "What it would mean",
        "Date",
        "Owner",
        "Likelihood",
        "What is done",
        "Review",
    )
    rows = [
        (
            f"{'Risk: ' if row['kind'] == 'risk' else ''}{plain(row['what'])}",
            plain(row["option"]),
            plain(row["site"]),
            plain(row["effect"]),
            date_words(row["date"]),
            plain(row["owner"]),
            plain(row["likelihood"]),
            plain(row["answer"]),
            date_words(row["review_date"]),
        )
        for _, row in risks.iterrows()
    ]
    kept = [n for n in range(len(headings)) if n < 3 or any(row[n] for row in rows)]
    parts.append(
        table(
            "Steps and risks",
            [headings[n] for n in kept],
            [[row[n] for n in kept] for row in rows],
            stacked=True,
        )
    )
    return joined(parts)


def _equality_table(options: OptionsReview) -> Markup:
    names = [each.option.name for each in options.options]
    groups = reference_table("equality_groups")
    known = set(options.equality.index.get_level_values("group"))
    rows = []
    for characteristic in dict.fromkeys(groups["characteristic"]):
        protected = characteristic != "not a protected characteristic"
        label = (
            f"{characteristic[:1].upper()}{characteristic[1:]}"
            if protected
            else "Not a protected characteristic"
        )
        mine = [group for group in groups.index[groups["characteristic"] == characteristic] if group in known]
        if not mine and protected:
            why = options.not_available.get(characteristic, "no data")
            rows.append((label, f"not available: {why}", *[""] * (len(names) + 1)))
        for group in mine:
            cells = [options.equality.loc[(name, group)] for name in names]
            rows.append(
                (
                    label,
                    cells[0]["label"],
                    percent(cells[0]["area_share"]),
                    *(_who_loses(cell) for cell in cells),
                )
            )
    headings = ("Characteristic", "Group", "Share of all", *(plain(name) for name in names))
    return table("Who would be further away", headings, rows, numbers=(2,), stacked=True)


def _who_loses(cell: pd.Series) -> str:
    if not cell["of"] > 0:
        return "nobody"
    points = f"{decimals(cell['points'], 1)}".replace("-", "−")
    sign = "" if points.startswith("−") else "+"
    rank = f"; {cell['rank']:.0f} of {cell['ranked']:.0f}" if pd.notna(cell["rank"]) else ""
    return f"{whole(cell['number'])} ({percent(cell['share'])}; {sign}{points}{rank})"


def _given(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str).str.strip() != "")).any())


def _hidden(value: float) -> str:
    return "hidden" if pd.isna(value) else whole(value)
