"""The candidates and what closing them would mean; the sites that have passed on; who depends on one site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import DevolutionReview, reference_table
from assetmap.show.html import joined, paragraph, picture, table, terms
from assetmap.show.review.sites import interval_words
from assetmap.show.words import (
    NOT_KNOWN,
    decimals,
    people,
    percent,
    plain,
    sentence,
    stated_limit,
    travel_cost,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ROWS: Final = 15
FEW_ROWS: Final = 6
DEVOLVED: Final = {"yes": "devolved", "no": "not devolved"}


def limit_words(review: DevolutionReview) -> str:
    """Return the limit of a review in words."""
    return stated_limit(review.settings["limit"], review.settings["unit"])


def numbered(review: DevolutionReview, sites: pd.DataFrame) -> list[tuple[int, tuple[str, pd.Series]]]:
    """Give each site the number of its section: its position in the review."""
    return [
        (int(number), (str(asset_id), row))
        for number, (asset_id, row) in zip(
            review.sites.index.get_indexer(sites.index) + 1, sites.iterrows(), strict=True
        )
    ]


def link_to(number: int, name: object) -> Markup:
    """Return a link to the section of a site."""
    return Markup('<a href="#site-{}">{}</a>').format(number, plain(name))


def candidates_section(review: DevolutionReview, charts: Mapping[str, str]) -> Markup:
    """Return the table of candidates, with the chart of impact and readiness."""
    sites = review.sites[review.sites["candidate"]].sort_values("impact", ascending=False, kind="stable")
    if sites.empty:
        return paragraph("There are no candidates: every site is run locally already.")
    first, draws = review.settings["first"], review.settings["draws"]
    rows = [
        (
            link_to(number, row["name"]),
            plain(row["operator"]) or NOT_KNOWN,
            whole(row["people_nearest"]),
            decimals(row["impact"], 2),
            percent(row["impact_first_share"]),
            interval_words(row["readiness"], row["readiness_low"], row["readiness_high"]),
            percent(row["readiness_known_share"]),
            _meaning(row),
        )
        for number, (_, row) in numbered(review, sites)
    ]
    top = "First" if first == 1 else f"In first {first}"
    headings = ("Site", "Run by", "People", "Impact", top, "Readiness", "Known", "What it means")
    meanings = reference_table("devolution_quadrants")["meaning"]
    used = [name for name in meanings.index if name in set(sites["quadrant"])]
    return joined(
        (
            table(
                "Every candidate, highest impact first", headings, rows, numbers=(2, 3, 4, 5, 6), stacked=True
            ),
            terms((str(name).capitalize(), sentence(meanings[name])) for name in used),
            picture(
                charts["impact"],
                alt="Chart of the impact and the readiness of every candidate. The table has the same numbers.",
                caption="Each symbol is a candidate. The line through it runs from its readiness if every unknown answer were no to "
                "its readiness if every unknown answer were yes.",
                kind="map",
            )
            if "impact" in charts
            else None,
            paragraph(
                f"People: those for whom the site is the nearest. {top}: the share of {whole(draws)} random "
                f"weightings in which the site has {'the highest impact' if first == 1 else f'one of the {first} highest impacts'}. "
                "Known: the share of the readiness score that rests on known answers.",
                kind="note",
            ),
        )
    )


def fragility_section(review: DevolutionReview) -> Markup:
    """Return the sites whose running has passed on, and how much depends on each."""
    fragile = review.fragility
    if fragile.empty:
        return paragraph("No site is run by a local council or a community body.")
    unit = review.settings["unit"]
    catchment = limit_words(review)
    rows = [
        (
            link_to(number, row["name"]),
            plain(row["operator"]) or NOT_KNOWN,
            f"{row['devolved_year']:.0f}" if pd.notna(row["devolved_year"]) else NOT_KNOWN,
            whole(row["people_only_here"]),
            travel_cost(row["extra_cost_per_person"], unit),
            _next(row),
        )
        for number, (_, row) in numbered(review, fragile)
    ]
    reached = review.small_areas["sites_within"] > 0
    lost = review.small_areas.loc[
        reached & (review.small_areas["left_if_devolved_fail"] == 0), "population"
    ].sum()
    headings = ("Site", "Run by", "Since", "People with no other", "Extra distance or time", "Next site")
    return joined(
        (
            paragraph(
                "A local council or a community body runs these sites. The table says what would be lost if it stopped.",
                f"If every site known to be devolved closed, {people(lost)} with a site within {catchment} today would have none.",
            ),
            table(
                "Run locally: most people with no other site first",
                headings,
                rows,
                numbers=(2, 3, 4),
                stacked=True,
            ),
            paragraph(
                f"People with no other: those with this site within {catchment} and no other one. Extra distance or time: how much further it is to the "
                "next site, on average, for the people for whom this one is the nearest.",
                kind="note",
            ),
        )
    )


def dependence_section(review: DevolutionReview) -> Markup:
    """Return the candidates on which people depend because they have no other site."""
    alone = review.dependence[review.dependence["people_only_here"] > 0]
    catchment = limit_words(review)
    if alone.empty:
        return paragraph(
            f"Nobody depends on a single site: everyone within {catchment} of a site has at least two."
        )
    rows = [
        (
            plain(row["name"]),
            plain(row["operator"]) or NOT_KNOWN,
            DEVOLVED.get(row["devolved"], NOT_KNOWN),
            whole(row["people_only_here"]),
            whole(row["children_only_here"]),
            whole(row["older_only_here"]),
        )
        for _, row in alone.iterrows()
    ]
    return table(
        f"People with no other site within {catchment}",
        ("Site", "Run by", "Devolved", "People", "Children 0 to 15", "Aged 60 and over"),
        rows,
        numbers=(3, 4, 5),
        stacked=True,
    )


def closures_section(review: DevolutionReview, charts: Mapping[str, str]) -> Markup:
    """Return what closing one or two of the candidates would mean; the annex has every combination on the line."""
    if review.closures.empty:
        return paragraph("There is no site that could close while another one stays.")
    most = int(review.closures["closures"].max())
    sizes = "1 closure" if most == 1 else f"1 to {most} closures"
    parts: list[str | None] = [
        paragraph(
            f"We measured every combination of {sizes} of the candidates: {whole(len(review.closures))} in all. Harm is the extra "
            "distance or time one way to the nearest remaining site, weighted by need."
        ),
        _table(
            "One closure, least harm first",
            review,
            review.closures[review.closures["closures"] == 1].head(MOST_ROWS),
        ),
    ]
    pairs = review.closures[review.closures["closures"] == 2]
    if len(pairs):
        parts.append(_table("Two closures, least harm first", review, pairs.head(FEW_ROWS)))
    return joined(parts)


def combinations_section(review: DevolutionReview, charts: Mapping[str, str]) -> Markup:
    """Return the combinations that no other one beats."""
    if "closures" not in charts:
        return paragraph(
            "The hours of the candidates are not known, so combinations cannot be compared by what they save."
        )
    front = review.closures_front
    shown = front if len(front) <= MOST_ROWS else front.iloc[_spread(len(front))]
    return joined(
        (
            picture(
                charts["closures"],
                alt="Chart of hours saved and harm. The tables have the same numbers.",
                caption="Every combination away from the line does more harm than one on the line that saves as much.",
                kind="map",
            ),
            _table("Least harm for the hours saved", review, shown),
        )
    )


def criteria_section(review: DevolutionReview) -> Markup:
    """Return the criteria with their weights, and the thirteen questions as they are published and as we ask them."""
    rows = [
        (row["label"], row["score"], row["part"], f"{row['weight']:g}", row["counts_as_more"])
        for _, row in review.criteria.iterrows()
    ]
    headings = ("Criterion", "Score", "Part", "Weight", "Scores higher with")
    questions = reference_table("conditions_checklist")
    asked = [
        (row["number"], row["label"], row["ask"], row["published_topic"]) for _, row in questions.iterrows()
    ]
    return joined(
        (
            table("What counts, and how much", headings, rows, numbers=(3,), stacked=True),
            table(
                "Conditions for social action: published for a locality, adapted here to the place around a site",
                ("Number", "Condition", "What we ask", "What the published question is about"),
                asked,
                stacked=True,
            ),
        )
    )


def _table(caption: str, review: DevolutionReview, closures: pd.DataFrame) -> Markup:
    harm = "Harm (person-km)" if review.settings["unit"] == "m" else "Harm (person-hours)"
    headings: Sequence[str] = (
        "Closed",
        harm,
        "People further away",
        "People left without",
        "Hours a week saved",
    )
    rows = [
        (
            plain(row["closed"]),
            whole(row["harm"]),
            whole(row["people_further"]),
            whole(row["people_left_without"]),
            decimals(row["hours_saved"], 0),
        )
        for _, row in closures.iterrows()
    ]
    return table(caption, headings, rows, numbers=(1, 2, 3, 4), stacked=True)


def _spread(count: int) -> list[int]:
    """Return evenly spaced positions that include the first and the last."""
    return sorted({round(step * (count - 1) / (MOST_ROWS - 1)) for step in range(MOST_ROWS)})


def _meaning(site: pd.Series) -> str:
    words = [str(site["quadrant"])]
    if site["devolved"] == "yes":
        words.append("already devolved")
    if not site["quadrant_sure"]:
        words.append("answers could change it")
    if site["open_question"]:
        words.append("the receiver is not named")
    return "; ".join(words)


def _next(row: pd.Series) -> str:
    if not isinstance(row["next_site"], str):
        return "none"
    also = ", run locally too" if row["next_devolved"] == "yes" else ""
    return f"{plain(row['next_site'])}{also}"
