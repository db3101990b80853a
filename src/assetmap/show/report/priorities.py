"""The report's section on priorities: what serves each, what is within reach of whom, and what groups count."""

from __future__ import annotations

from typing import Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results, reference_table
from assetmap.show.html import joined, paragraph, table
from assetmap.show.report.benefits import counts_of_groups, who_benefits
from assetmap.show.words import counted, decimals, people, plain, sentence, stated_limit, whole

FIRST_LINES: Final = 3
"""How many areas the report prints for each priority; priority_areas.csv has all."""

UNKNOWN: Final = (
    "Not known: this project names no priorities. To name them, add a table [outcomes] to assetmap.toml."
)


def outcomes(results: Results) -> str:
    """Return priorities, counts that groups gave, and who benefits; each says so where it is not known."""
    return joined(
        (
            priorities(results),
            Markup("<h3>What groups count</h3>"),
            counts_of_groups(results),
            Markup("<h3>Who benefits</h3>"),
            who_benefits(results),
        )
    )


def priorities(results: Results) -> str:
    """Return priorities and what is within reach of whom; that they are not known, where the project names none."""
    summary = results.details.get("priorities")
    if summary is None:
        return joined((paragraph(UNKNOWN),))
    limit = stated_limit(float(summary["limit"].iloc[0]), str(summary["unit"].iloc[0]))
    return joined(
        (
            paragraph(priorities_answer(summary, limit), *not_known(summary), kind="answer"),
            _table(summary, limit),
            _outcomes(results.details.get("priority_outcomes"), limit),
            _where(results.details["priority_areas"], limit),
            paragraph(
                "The lists say which assets serve a priority, or it is guessed from the type of the asset. An asset counts unless it "
                "is known to be closed. Being within reach says nothing about how much a group does, or how well.",
                kind="note",
            ),
        )
    )


def priorities_answer(summary: pd.DataFrame, limit: str) -> str:
    """Say for which priority most people have nothing within reach, of the people who are known."""
    worst = summary.sort_values(
        ["people_without", "areas_without"], ascending=False, kind="stable", na_position="last"
    ).iloc[0]
    each = counted(len(summary), "priority", "priorities")
    if not summary["areas_without"].any():
        if not summary["areas_unknown"].any():
            return f"Everybody has something within {limit} for each of the {each}."
        return f"Wherever it is known, there is something within {limit} for each of the {each}."
    without = worst["people_without"]
    sure = not (summary["people_unknown"].any() or summary["areas_unknown"].any())
    others = (
        f"; {'' if sure else 'as far as is known, '}no other priority has more" if len(summary) > 1 else ""
    )
    return (
        f"{each}. {sentence(people(without)).removesuffix('.')} in {counted(worst['areas_without'], 'small area')} "
        f"{'has' if without == 1 else 'have'} nothing within {limit} for “{plain(str(worst.name))}”"
        f"{others if pd.notna(without) else ''}."
    )


def not_known(summary: pd.DataFrame) -> list[str]:
    """Say of how many areas the figures of the priorities know nothing; the most for any of them."""
    said = []
    if people_unknown := int(summary["people_unknown"].max()):
        said.append(
            f"The people of {counted(people_unknown, 'small area')} with nothing within reach are not known and not counted."
        )
    if areas_unknown := int(summary["areas_unknown"].max()):
        said.append(f"What is within reach of {counted(areas_unknown, 'small area')} is not known.")
    if gap_unknown := int(summary["gap_unknown"].max()):
        said.append(f"Need or access is not known for {counted(gap_unknown, 'small area')}.")
    return said


def _table(summary: pd.DataFrame, limit: str) -> str:
    rows = [
        (
            plain(name),
            _need(row["need_theme"]),
            whole(row["from_list"]),
            whole(row["from_type"]),
            whole(row["people_without"]),
            whole(row["areas_without"]),
            whole(row["gap_areas"]),
        )
        for name, row in summary.iterrows()
    ]
    headings = (
        "Priority",
        "Need",
        "Groups and places, by the lists",
        "Guessed from their type",
        f"People with nothing within {limit}",
        "Small areas with nothing",
        "Small areas with high need and low access",
    )
    return table(
        "Priorities, and what is within reach", headings, rows, numbers=(2, 3, 4, 5, 6), stacked=True
    )


def _outcomes(found: pd.DataFrame | None, limit: str) -> str | None:
    """Return the outcomes one by one; a priority may have something near for one and nothing for another."""
    if found is None or found.empty:
        return None
    rows = [
        (
            plain(row["priority"]),
            plain(outcome),
            whole(row["from_list"]),
            whole(row["from_type"]),
            whole(row["people_without"]),
            whole(row["high_need_people_without"]),
            plain(row["most_need_without"]) or "-",
        )
        for outcome, row in found.iterrows()
    ]
    headings = (
        "Priority",
        "Outcome",
        "Groups and places, by the lists",
        "Guessed from their type",
        f"People with nothing within {limit}",
        "Of them, where need is high",
        "Areas with nothing, most need first",
    )
    return table("Outcomes one by one", headings, rows, numbers=(2, 3, 4, 5), stacked=True)


def _where(areas: pd.DataFrame, limit: str) -> str | None:
    lacking = areas[
        (areas["within"] == 0) & areas["gap_class"].astype("string").str.startswith("3").fillna(False)
    ]
    if lacking.empty:
        return None
    order = lacking.index.get_level_values("priority").unique()
    lacking = lacking.sort_values("need", ascending=False, kind="stable")
    first = pd.concat([lacking.loc[[name]].head(FIRST_LINES) for name in order])
    some = f": up to {FIRST_LINES} small areas for each priority" if len(lacking) > len(first) else ""
    rows = [
        (
            plain(priority),
            f"{plain(row['area_name'])} {code}",
            whole(row["population"]),
            decimals(row["need"], 2),
        )
        for (priority, code), (_, row) in zip(first.index.to_list(), first.iterrows(), strict=True)
    ]
    return table(
        f"High need and nothing within {limit}{some}",
        ("Priority", "Small area", "Residents", "Need"),
        rows,
        numbers=(2, 3),
        stacked=True,
    )


def _need(column: str) -> str:
    """Return a column of need as the map calls it."""
    if column == "need":
        return "overall"
    layers = reference_table("map_layers")
    labels = layers.loc[layers["column"] == column, "label"]
    return str(labels.iloc[0]).removeprefix("Need: ") if len(labels) else plain(column)
