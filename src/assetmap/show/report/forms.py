"""The report's section on forms of social action, and on who runs what: two scales that stand apart."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import Results
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import counted, whole

NOT_SAID: Final = (
    "Not known: no list says what people do together.",
    "To show it, give a list a column “social action” with the forms of the typology.",
)
RUN_BY: Final = {
    "run_by_council": "Council",
    "run_by_other_public_body": "Other public body",
    "run_by_town_or_parish_council": "Town or parish council",
    "run_by_community_body": "Community body",
    "run_by_company": "Company",
    "run_by_not_known": "Not known",
}


def forms(results: Results) -> str | None:
    """Return counts by form of social action and by who runs them, or that no list says it."""
    found = results.details.get("forms")
    if found is None:
        return paragraph(*NOT_SAID)
    return joined(
        (
            paragraph(_answer(found), kind="answer"),
            paragraph(
                "The forms are in the order of the published typology of social action, from professional control to community "
                "control. No form is better than another. A group with several forms counts in each. If no list says it, it is not "
                "known; that does not mean that there is none."
            ),
            table(
                "Groups and places by form of social action and by who runs them",
                ("Form", "All", *RUN_BY.values()),
                [
                    (
                        row["label"] if pd.isna(row["number"]) else f"{row['number']}. {row['label']}",
                        whole(row["assets"]),
                        *(whole(row[column]) for column in RUN_BY),
                    )
                    for _, row in found.iterrows()
                ],
                numbers=range(1, 8),
                stacked=True,
            ),
            table(
                "Our own scale, which is not the typology: all groups and places by who runs them, in five steps",
                ("Step", "Who runs it", "Groups and places"),
                [
                    (step, row["label"], whole(row["assets"]))
                    for step, row in results.details["operator_steps"].iterrows()
                ],
                numbers=(2,),
            ),
        )
    )


def _answer(found: pd.DataFrame) -> str:
    known = found[found["number"].notna()]
    some = known[known["assets"] > 0].sort_values("assets", ascending=False, kind="stable")
    first = "; ".join(f"{row['label']} ({whole(row['assets'])})" for _, row in some.head(3).iterrows())
    rest = found.loc[found["number"].isna(), "assets"].sum()
    return (
        f"On the lists: {first}. For {counted(rest, 'group or place', 'groups and places')} no list says it."
    )
