"""What the report says of groups' own figures and words: counts by month, who benefits, stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results, within_border
from assetmap.show.html import joined, link, paragraph, table
from assetmap.show.words import NOT_KNOWN, counted, date_words, plain, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_LINES: Final = 12
"""How many groups the report prints; assets.csv has all."""

BENEFITS: Final = {
    "benefit_people": "For the people who use it",
    "benefit_community": "For the community",
    "benefit_services": "For public services",
}
"""Columns of the register that say who benefits, and their headings."""

COUNTED: Final = {"people_helped": "People helped", "sessions": "Sessions", "volunteers": "Volunteers"}
LEAST_GROUPS: Final = 3


def counts_of_groups(results: Results) -> str:
    """Return what groups counted, by month; that it is not known, where no group did."""
    totals = results.details.get("group_counts")
    if totals is None:
        return joined(
            (paragraph("Not known: no group gave counts. “assetmap counts” writes a form for them."),)
        )
    rows = [(date_words(month), *(_total(row, name) for name in COUNTED)) for month, row in totals.iterrows()]
    groups = int(totals["groups"].iloc[-1])
    return joined(
        (
            paragraph(
                f"The lists name {counted(groups, 'group or community place', 'groups and community places')} that could give counts.",
                "Each cell says how many of them did; for the others it is not known.",
                f"A total of fewer than {LEAST_GROUPS} groups is not shown.",
            ),
            table("What groups counted, by month", ("Month", *COUNTED.values()), rows, stacked=True),
            paragraph(
                "Months are not added up, because the same people come again. Groups are not compared with one another.",
                kind="note",
            ),
        )
    )


def who_benefits(results: Results) -> str:
    """Return what groups and places say they do for people, the community and public services, and links to stories."""
    assets = within_border(results.assets)
    there = assets[~assets["status"].isin(("closed", "proposed"))]
    said = pd.DataFrame({column: _texts(there, column) for column in BENEFITS})
    stories = _texts(there, "story")
    some = there[(said != "").any(axis=1) | (stories != "")].sort_values("name", kind="stable")
    if some.empty:
        return joined((paragraph("Not known: the lists do not say who benefits, and have no stories."),))
    each = [f"{int((said[column] != '').sum())} {words.lower()}" for column, words in BENEFITS.items()]
    first = some.head(FIRST_LINES)
    part = f": the first {len(first)} of {len(some)}" if len(some) > len(first) else ""
    rows = [
        (plain(name), *(plain(said.at[asset_id, column]) or NOT_KNOWN for column in BENEFITS))
        for asset_id, name in first["name"].items()
    ]
    return joined(
        (
            paragraph(
                f"{counted(len(some), 'group or place says', 'groups and places say')} what they do: {', '.join(each)}.",
                f"For {whole(len(there) - len(some))} it is not known.",
            ),
            table(
                f"Who benefits, in their own words{part}",
                ("Group or place", *BENEFITS.values()),
                rows,
                stacked=True,
            ),
            _stories(list(_linked(there, stories))),
        )
    )


def _total(row: pd.Series, name: str) -> str:
    given = int(row[f"{name}_groups"])
    if not given:
        return NOT_KNOWN
    of = f"{given} of {whole(row['groups'])} groups"
    return f"not shown ({of})" if pd.isna(row[name]) else f"{whole(row[name])} ({of})"


def _texts(assets: pd.DataFrame, column: str) -> pd.Series:
    if column not in assets:
        return pd.Series("", index=assets.index, dtype="str")
    return assets[column].fillna("").astype("str").str.strip()


def _linked(assets: pd.DataFrame, stories: pd.Series) -> Iterator[tuple[str, str]]:
    for asset_id, address in stories[stories != ""].sort_index().items():
        yield plain(assets.at[asset_id, "name"]), str(address)


def _stories(stories: list[tuple[str, str]]) -> str | None:
    if not stories:
        return None
    items = Markup("").join(Markup("<li>{}</li>").format(link(address, name)) for name, address in stories)
    return joined(
        (paragraph("Stories in people's own words, on other websites:"), Markup("<ul>{}</ul>").format(items))
    )
