"""The section of the report on getting there and back by bus while it is open."""

from __future__ import annotations

from typing import Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results
from assetmap.show.counts import type_words
from assetmap.show.html import bullets, joined, paragraph, table
from assetmap.show.report.places import area_with_code
from assetmap.show.words import counted, people, percent, plain, whole

MOST_AREAS: Final = 10
MOST_OPENINGS: Final = 5
CODES: Final = (
    "WEEK",
    "WEEK_HOLIDAY",
    "BUS_NO_COVER",
    "BUS_NO_STOP",
    "BUS_NO_SERVICE",
    "HOURS_NO_CLOCK_TIMES",
)
"""Notes that belong beside these figures."""


def there_and_back(results: Results) -> Markup | None:
    """Say how many people have no way there and back, who they are, where they live, and which opening would help."""
    groups = results.details.get("bus_people")
    if groups is None or "bus_days" not in results.areas:
        return None
    noun, _ = type_words(results)
    everyone = groups.loc["everyone"]
    notes = [note.sentence for note in results.notes if note.code in CODES]
    return joined(
        (
            paragraph(
                f"{people(everyone['without'])} ({percent(everyone['share'])}) have no way to get to an open {noun} by bus or "
                "on foot, stay at least 45 minutes while it is open, and get home, on any day of the week.",
                "Each way may take an hour, between 07:00 and 19:00. Within an area every group is taken to live like "
                "everybody else.",
            ),
            table(
                "People with no way there and back, by group",
                ["Group", "People", "No way", "Share"],
                [
                    (str(group), whole(row["people"]), whole(row["without"]), percent(row["share"]))
                    for group, row in groups.iterrows()
                ],
                numbers=(1, 2, 3),
            ),
            _areas(results),
            _openings(results),
            bullets(notes) if notes else None,
        )
    )


def _areas(results: Results) -> Markup | None:
    areas = results.areas
    worst = areas[(areas["people_without_bus"] > 0) | (areas["bus_days"] <= 3)]
    worst = worst.sort_values(["people_without_bus", "bus_days"], ascending=[False, True]).head(MOST_AREAS)
    if worst.empty:
        return None
    rows = [
        (
            area_with_code(code, row["area_name"]),
            whole(row["people_without_bus"]),
            whole(row["bus_days"]),
            whole(row["bus_return_minutes"]),
            whole(row["bus_longest_stay"]),
            "none" if pd.isna(row["bus_last_back"]) else str(row["bus_last_back"]),
            "none" if pd.isna(row["bus_site_name"]) else plain(row["bus_site_name"]),
        )
        for code, row in worst.iterrows()
    ]
    headings = [
        "Small area",
        "No way (people)",
        "Days a week",
        "Minutes there and back",
        "Longest stay (minutes)",
    ]
    return table(
        "Areas with most people without a way, or with few days a week",
        [*headings, "Last way home", "Best for most people"],
        rows,
        numbers=(1, 2, 3, 4),
    )


def _openings(results: Results) -> Markup:
    heading = Markup("<h3>Which opening would help most</h3>")
    openings = results.details.get("bus_openings")
    if openings is None:
        return joined((heading, paragraph(NO_OPENING)))
    names = results.assets["name"]
    lines = [
        f"{plain(names.get(asset, asset))} open on {row['day']} from {row['opens']} to {row['closes']} "
        f"({counted(round(row['extra_hours']), 'hour', 'hours')} more a week): {opening_words(row)}."
        for asset, row in openings.head(MOST_OPENINGS).iterrows()
    ]
    return joined(
        (
            heading,
            paragraph(
                "Every site was tried on every day, open until five, six or seven, one change at a time."
            ),
            bullets(lines),
        )
    )


NO_OPENING: Final = (
    "None: no site that opened on one more day, or until five, six or seven, would give anybody a way there and back on a day on "
    "which they have none."
)


def opening_words(row: pd.Series) -> str:
    """Say whom one more opening would help."""
    first, more = float(row["people"]), float(row["people_one_day_more"])
    words = [f"{people(first)} more would have a way"] if first >= 1 else []
    if more - first >= 1:
        words.append(f"{people(more - first)} would have a way on one day more")
    return " and ".join(words)
