"""The section of the report on getting there and back by bus while it is open."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results
from assetmap.show.counts import type_words
from assetmap.show.html import bullets, joined, paragraph, table
from assetmap.show.report.places import area_with_code
from assetmap.show.words import counted, people, percent, plain, whole

NOTES: Final = ("WEEK", "BUS_", "ROADS_", "TIMETABLE_", "HOURS_NO", "FERRY_", "TRAVEL_")
"""Notes of a build that are about travel times begin with one of these."""

TABLES: Final = ("bus_trips", "bus_people", "bus_deserts", "bus_openings")
"""Tables about buses, there if there is a timetable."""

CARLESS: Final = "households without a car"
COLUMNS: Final = (
    *(
        "area_name",
        "population",
        "households",
        "households_no_car",
        "distance_m",
        "nearest_name",
        "overland_m",
    ),
    *(
        f"{mode}_{column}"
        for mode in ("walk", "drive", "bus")
        for column in ("minutes", "minutes_low", "minutes_high", "name")
    ),
    *("bus_days", "bus_return_minutes", "bus_longest_stay", "bus_choices", "bus_last_back", "bus_site_name"),
    "people_without_bus",
)
"""Columns of the areas that are about travel times."""

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
    everyone: Any = groups.loc["everyone"]
    notes = [note.sentence for note in results.notes if note.code in CODES]
    return joined(
        (
            paragraph(
                f"{people(everyone['without'])} ({percent(everyone['share'])}) have no way to get to an open {noun} by bus or "
                "on foot, stay at least 45 minutes while it is open, and get home, on any day of the week."
                if everyone["people"] > 0
                else f"How many people have no way to get to an open {noun} by bus or on foot is not known.",
                _left_out(results.areas),
                "Each way may take an hour, between 07:00 and 19:00. Within an area we assume that every group is spread like "
                "everybody else.",
            ),
            table(
                "People with no way there and back, by group",
                ["Group", "People", "No way", "Share"],
                [
                    (
                        str(group).capitalize(),
                        whole(row["people"]),
                        whole(row["without"]),
                        percent(row["share"]),
                    )
                    for group, row in groups.iterrows()
                ],
                numbers=(1, 2, 3),
            ),
            _areas(results),
            _openings(results),
            joined((Markup("<h3>What these figures are based on</h3>"), bullets(notes))) if notes else None,
        )
    )


def _left_out(areas: pd.DataFrame) -> str:
    """Say of how many areas the people are not counted because nobody knows how many there are, or how they travel."""
    left = int((areas["population"].isna() | areas["people_without_bus"].isna()).sum())
    if not left:
        return ""
    return f"This leaves out {counted(left, 'small area')} whose people or ways are not known."


def _areas(results: Results) -> Markup | None:
    areas = results.areas
    every = areas[(areas["people_without_bus"] > 0) | (areas["bus_days"] <= 3)]
    worst = every.sort_values(["people_without_bus", "bus_days"], ascending=[False, True]).head(MOST_AREAS)
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
        "Areas with people without a way, or with few days a week, most people first"
        + (f": the first {len(worst)} of {len(every)}" if len(every) > len(worst) else ""),
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
                "We tried every site on every day, open until five, six or seven, one change at a time."
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
        words.append(f"{people(more - first)} would have a way on one more day")
    return " and ".join(words)


def travel_table(results: Results) -> pd.DataFrame:
    """Return the columns of the areas that are about travel times."""
    return results.areas[[name for name in COLUMNS if name in results.areas]]


def travel_notes(results: Results) -> list[str]:
    """Return the sentences of the notes that are about travel times."""
    return [note.sentence for note in results.notes if note.code.startswith(NOTES)]


def travel_lines(results: Results, *, top: int = MOST_AREAS) -> list[str]:
    """Say who has no way there and back, which opening would help most, and how long the ways are.

    Parameters
    ----------
    results
        A build with roads or a timetable.
    top
        How many areas are named; they follow the sentence they belong to, indented.
    """
    table = travel_table(results)
    lines = []
    groups = results.details.get("bus_people")
    if groups is not None:
        without = groups.loc["everyone"]
        lines.append(
            f"About {without['without']:,.0f} of {without['people']:,.0f} people ({without['share']:.0%}) have no way there and "
            "back by bus or on foot while it is open, on any day of the week."
            if without["people"] > 0
            else "How many people have no way there and back by bus or on foot is not known."
        )
        if left := _left_out(table):
            lines.append(left)
        worst = table[table["people_without_bus"] > 0].sort_values("people_without_bus", ascending=False)
        lines += [
            f"  {row['area_name']}: about {row['people_without_bus']:,.0f} people"
            for _, row in worst.head(top).iterrows()
        ]
        if CARLESS in groups.index:
            some = groups.loc[CARLESS]
            lines.append(
                f"Of {some['people']:,.0f} households without a car, about {some['without']:,.0f} ({some['share']:.0%}) have no way, if "
                "those of an area are spread like everybody else there."
            )
        openings = results.details.get("bus_openings")
        if openings is None:
            lines.append(f"Which opening would help most? {NO_OPENING}")
        else:
            first = openings.iloc[0]
            helped = openings[["people", "people_one_day_more"]].round()
            alike = int((helped == helped.iloc[0]).all(axis=1).sum())
            change = (
                "The one change that helps most"
                if alike == 1
                else f"One of the {alike} changes that help most"
            )
            name: Any = results.assets.at[openings.index[0], "name"]
            lines.append(
                f"{change}: {name} open on {first['day']} from "
                f"{first['opens']} to {first['closes']}: {opening_words(first)}."
            )
    for name in ("walk_minutes", "drive_minutes", "bus_minutes"):
        if name in table and table[name].notna().any():
            lines.append(_mode_line(table, name))
    return lines


def _mode_line(table: pd.DataFrame, name: str) -> str:
    """Say how long the ways of one mode are; areas without a usual time are not those that nothing is known of."""
    known = table[name].dropna()
    none = table[name].isna()
    unusual = (
        none & table["bus_days"].notna() if name == "bus_minutes" and "bus_days" in table else none & False
    )
    unknown = none & ~unusual
    some = f"the {len(known)} areas with a time" if none.any() else "the areas"
    words = (
        f"{name.removesuffix('_minutes').capitalize()}: half of {some} are within {known.median():.0f} minutes, the furthest "
        f"{known.max():.0f}."
    )
    if unusual.any():
        words += f" {counted(int(unusual.sum()), 'more area')}: no usual time, because most departures lead nowhere."
    if unknown.any():
        words += f" {counted(int(unknown.sum()), 'area')}: not known."
    return words
