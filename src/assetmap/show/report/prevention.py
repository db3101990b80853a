"""The report's section on prevention beside acute need: where need is high and there is little nearby that helps early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetmap.schema import Results, rows_of
from assetmap.show.claims import number_of
from assetmap.show.counts import setting
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import counted, decimals, plain, sentence, stated_limit, whole

if TYPE_CHECKING:
    import pandas as pd

FIRST_LINES: Final = 12
"""How many areas the report prints; prevention.csv has all."""

PREVENTION_M: Final = 2_000.0


def prevention(results: Results) -> str | None:
    """Return where need is high and little prevention near; None where that was not measured."""
    areas = results.areas
    if "prevention_class" not in areas.columns:
        return None
    if areas["prevention_within"].isna().all():
        return joined((paragraph("Not known: the lists have no group or place of a type that prevents."),))
    count, there = int(number_of(results, "prevention_areas")), number_of(results, "prevention_people")
    helping = number_of(results, "prevention_assets")
    limit = stated_limit(float(setting(results, "prevention", "limit_m", PREVENTION_M)))
    rows = results.details.get("prevention")
    return joined(
        (
            paragraph(
                f"{counted(count, 'small area has', 'small areas have')} high need and little prevention near, compared with the "
                f"other small areas here.",
                f"{sentence(counted(there, 'person lives', 'people live')).removesuffix('.')} there.",
                *prevention_unknown(areas, rows),
                kind="answer",
            ),
            paragraph(
                f"Within the border, the lists name {counted(helping, 'group or place of a type that helps', 'groups and places of types that help')} before a "
                "need is acute, such as lunch clubs, advice and youth groups, not counting those known to be closed.",
                f"Near means within {limit} in a straight line.",
                "High need is the highest third of the areas, little prevention the lowest third for each person, or none.",
            ),
            None if rows is None else _table(rows),
            paragraph(
                "Which types prevent is our judgement, with a reason for each in data/tables/asset_types.csv. Lists are a sample: "
                "few groups on them may mean a poor list. The report shows where need and prevention do not match. It does not say that "
                "one causes the other.",
                kind="note",
            ),
        )
    )


def no_prevention(areas: pd.DataFrame) -> str:
    """Say that no area has high need and little prevention near, and for how many nobody knows it."""
    unknown = int(areas["prevention_class"].isna().sum())
    if not unknown:
        return "No area has high need and little prevention near."
    return (
        f"Whether need is high and little prevention near is not known for {counted(unknown, 'area')}. "
        "No other area has both."
    )


def prevention_unknown(areas: pd.DataFrame, rows: pd.DataFrame | None) -> list[str]:
    """Say for how many areas it is not known whether need is high and little prevention near, and whose people nobody counted."""
    unknown = int(areas["prevention_class"].isna().sum())
    said = [f"It is not known for {counted(unknown, 'small area')}."] if unknown else []
    if rows is not None and (people := int(rows["population"].isna().sum())):
        said.append(
            f"The people of {counted(people, 'of these areas', 'of these areas')} are not known and are not counted."
        )
    return said


def _table(rows: pd.DataFrame) -> str:
    first = rows.head(FIRST_LINES)
    some = f": the first {len(first)} of {len(rows)}" if len(rows) > len(first) else ""
    theme = str(rows["need_theme"].iloc[0]).removeprefix("need").removeprefix("_").replace("_", " ")
    cells = [
        (
            f"{plain(row.area_name)} {row.Index}",
            whole(row.population),
            decimals(row.acute_need, 2),
            whole(row.prevention_within),
            decimals(row.prevention_per_1000, 2),
        )
        for row in rows_of(first)
    ]
    headings = (
        "Small area",
        "Residents",
        f"Need: {theme}" if theme else "Need",
        "Groups and places near",
        "Per 1,000 people near",
    )
    return table(
        f"High need and little prevention near{some}", headings, cells, numbers=(1, 2, 3, 4), stacked=True
    )
