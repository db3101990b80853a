"""The report's section on break-even: what must happen for spending to pay, with its period and its assumption."""

from __future__ import annotations

from typing import Final

from assetmap.schema import Results, rows_of
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import plain, sentence, whole

FIRST_LINES: Final = 15
"""How many rows the report prints; break_even.csv has all."""


def break_even(results: Results) -> str | None:
    """Return how many people services and sites must keep out of costlier services; None without such a table."""
    rows = results.details.get("break_even")
    if rows is None:
        return None
    first = rows.head(FIRST_LINES)
    of_service = rows[rows["asset_id"] == ""]
    years = rows["years"].iloc[0]
    period = "a year" if years == 1 else f"{years:g} years"
    printed = [
        (plain(row.name), f"£{whole(row.spending_gbp)}", whole(row.people_to_break_even))
        for row in rows_of(first)
    ]
    some = f": the first {len(first)} of {len(rows)}" if len(rows) > len(first) else ""
    return joined(
        (
            *(
                paragraph(f"{plain(name)}: {words}", kind="answer")
                for name, words in zip(of_service["name"], of_service["sentence"], strict=True)
            ),
            paragraph(
                f"Assumption: {sentence(rows['assumption'].iloc[0])}",
                "Break-even says what must happen for spending to pay. It does not say that it will happen.",
            ),
            table(
                f"People to keep out of services that cost £{whole(rows['saving_per_person_gbp'].iloc[0])} per person over {period}{some}",
                ("Service or site", f"Cost over {period}", "People to break even"),
                printed,
                numbers=(1, 2),
            ),
        )
    )
