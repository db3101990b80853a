"""The report's section on the conditions for social action: what people say of each area, and what nobody has asked."""

from __future__ import annotations

from typing import Final, cast

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results, reference_table
from assetmap.show.counts import far_m
from assetmap.show.html import joined, paragraph, table
from assetmap.show.review.money import pounds
from assetmap.show.words import area_listing, counted, date_words, plain, stated_limit, whole

NOT_ASKED: Final = (
    "Not known: nobody has answered for these areas yet.",
    "Ask people who know the areas. “assetmap conditions” writes a sheet of questions for them to fill in.",
)
DISAGREE: Final = "people disagree"
WORDS: Final = {"yes": "Yes", "no": "No", DISAGREE: "People disagree", "unknown": "Not known"}
SIGNS: Final = {"yes": "yes", "no": "no", DISAGREE: "both", "unknown": "?"}
FIRST_AREAS: Final = 40
"""How many areas the report prints; conditions.csv has all of them."""


def conditions(results: Results) -> str | None:
    """Return what people say about the conditions for social action, or that nobody was asked."""
    found = results.conditions
    if found is None or found.answers.empty:
        return paragraph(*NOT_ASKED)
    asked = found.areas[found.areas["conditions_people"].notna()]
    return joined(
        (
            paragraph(_answer(found.answers, asked, len(found.areas)), kind="answer"),
            paragraph(
                "These are answers of people who know the areas, to the questions of a published checklist in our words. They are "
                "never added up: an area has no score. A condition that is missing is a place to begin, not a fault of the people "
                "who live there. Where people disagree, both answers are shown."
            ),
            _by_question(found.answers),
            _by_area(results, found.answers, asked),
        )
    )


def _answer(answers: pd.DataFrame, asked: pd.DataFrame, areas: int) -> str:
    missing = answers.loc[answers["answer"] == "no", "label"].value_counts(sort=False)
    words = f"People answered for {whole(len(asked))} of {counted(areas, 'small area')}; nothing is known about the others."
    if missing.empty:
        return f"{words} Nothing is said to be missing."
    most = missing.sort_values(ascending=False, kind="stable")
    first = [plain(label).lower() for label in most.index[most == most.iloc[0]]]
    named = " and ".join(first) if len(first) <= 2 else f"{', '.join(first[:-1])} and {first[-1]}"
    return f"{words} Most often missing, by these answers: {named} (in {counted(most.iloc[0], 'area')})."


def _by_question(answers: pd.DataFrame) -> Markup:
    checklist = reference_table("conditions_checklist")
    counts = pd.crosstab(answers["question"], answers["answer"]).reindex(
        index=checklist.index, columns=list(WORDS), fill_value=0
    )
    rows = []
    for question, about in checklist.iterrows():
        missing = answers.loc[(answers["question"] == question) & (answers["answer"] == "no"), "area_name"]
        rows.append(
            (
                f"{about['number']}. {about['label']}",
                str(about["part"]).capitalize(),
                *(whole(cast("float", counts.at[question, word])) for word in WORDS),
                area_listing(missing) if len(missing) else "",
            )
        )
    return table(
        "Conditions by the published number of the question: in how many areas each is said to be there",
        ("Condition", "Part", *WORDS.values(), "Said to be missing in"),
        rows,
        numbers=(2, 3, 4, 5),
        stacked=True,
    )


def _by_area(results: Results, answers: pd.DataFrame, asked: pd.DataFrame) -> Markup:
    """Return every answer of every area, and beside them what the lists know."""
    names = results.areas["area_name"]
    wide = answers.pivot(index="area_code", columns="number", values="answer")
    shown = asked.head(FIRST_AREAS)
    some = f": the first {len(shown)} of {len(asked)}" if len(asked) > len(shown) else ""
    every = [(names[code], *(SIGNS[word] for word in wide.loc[code])) for code in shown.index]
    return joined(
        (
            table(
                f"Every answer of each area{some}, by the number of the condition. “both” means that people disagree, “?” not known",
                ("Area", *(str(number) for number in wide.columns)),
                every,
                stacked=True,
            ),
            table(
                f"The same areas{some}: who answered, and what the lists know",
                (
                    "Area", "Answered by", "Latest", "Groups", "Venues", "Volunteer centres",
                    *(("Grants per 1,000 people",) if "grants_gbp_per_1000" in results.areas else ()),
                ),
                [_beside(results.areas, str(code), row) for code, row in shown.iterrows()],
                numbers=range(3, 7 if "grants_gbp_per_1000" in results.areas else 6),
                stacked=True,
            ),
            paragraph(
                f"Groups, venues and volunteer centres are open ones on the lists within {stated_limit(far_m(results))} in a straight "
                "line. They do not replace the answers: a hall on a list may not be one that people can get into.",
                kind="note",
            ),
        )
    )  # fmt: skip


def _beside(areas: pd.DataFrame, code: str, row: pd.Series) -> tuple[str, ...]:
    cells = (
        str(areas.at[code, "area_name"]),
        counted(row["conditions_people"], "person or group", "people or groups"),
        date_words(row["conditions_latest"]),
        *(whole(row[column]) for column in ("groups_near", "venues_near", "volunteer_centres_near")),
    )
    return (
        (*cells, pounds(cast("float", areas.at[code, "grants_gbp_per_1000"])))
        if "grants_gbp_per_1000" in areas
        else cells
    )
