"""Impact and readiness of the candidates: scores from criteria, and what both mean together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import reference_table
from assetmap.sites.weighting import percentile_scores, rank_sensitivity, weighted_scores

if TYPE_CHECKING:
    from assetmap.sites.review import DevolutionSettings

HALF: Final = 0.5
"""From here on a score counts as high, and enough is known; `data/tables/devolution_quadrants.csv` says what both scores mean together."""

PASSED_ON: Final = "already run locally"
SCORES: Final = ("impact", "readiness")


def score_items(
    sites: pd.DataFrame, answers: pd.DataFrame, criteria: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return 0-1 scores of all items, and the criterion of each: a part of the checklist has several items.

    Parameters
    ----------
    sites
        The candidates, with a column for each criterion.
    answers
        Of the candidates.
    criteria
        ``data/tables/devolution_criteria.csv``.
    """
    parts = reference_table("conditions_checklist")["part"]
    words = {"yes": 1.0, "no": 0.0}
    items, criterion_of = {}, {}
    for criterion, row in criteria.iterrows():
        name = str(criterion)
        if name in set(parts):
            for question in parts.index[parts == name]:
                items[question] = answers[question].map(words).astype(float)
                criterion_of[question] = name
            continue
        values = sites[row["column"]]
        yes_no = row["column"] in ("receiver_present", "interest")
        items[name] = values.map(words).astype(float) if yes_no else percentile_scores(values.astype(float))
        criterion_of[name] = name
    return pd.DataFrame(items, index=sites.index), criterion_of


def scored(
    items: pd.DataFrame, criterion_of: dict[str, str], criteria: pd.DataFrame, settings: DevolutionSettings
) -> pd.DataFrame:
    """Return impact and readiness with their intervals, ranks, sensitivity, and what both mean together."""
    first = first_places(len(items), settings.first)
    tables = [_scored(items, criterion_of, criteria, score, settings, first) for score in SCORES]
    table = tables[0].join(tables[1])
    return table.join(_quadrants(table))


def first_places(count: int, wanted: int) -> int:
    """Return how many places count as "among the first": at most half of the candidates, or nothing would be said by it."""
    return min(wanted, max(1, count // 2))


def _scored(
    items: pd.DataFrame,
    criterion_of: dict[str, str],
    criteria: pd.DataFrame,
    score: str,
    settings: DevolutionSettings,
    first: int,
) -> pd.DataFrame:
    mine = [item for item in items.columns if criteria.at[criterion_of[item], "score"] == score]
    sizes = pd.Series(criterion_of)[mine].value_counts()
    weight_of = criteria["weight"].astype(float)
    weights = pd.Series({item: weight_of[criterion_of[item]] / sizes[criterion_of[item]] for item in mine})
    table = weighted_scores(items[mine], weights)
    table = table.rename(columns={"score": score}).rename(
        columns=lambda name: f"{score}_{name}" if name != score else name
    )
    table[f"{score}_rank"] = table[score].rank(ascending=False, method="min")
    stability = rank_sensitivity(
        items[mine], criterion_of, first=first, draws=settings.draws, seed=settings.seed
    )
    return table.join(stability.add_prefix(f"{score}_"))


def _quadrants(sites: pd.DataFrame) -> pd.DataFrame:
    """Say what impact and readiness together mean, and whether what is not known could change it."""
    table = reference_table("devolution_quadrants").drop(index=PASSED_ON)
    named = {(row["impact"], row["readiness"]): str(name) for name, row in table.iterrows()}
    level = {True: "high", False: "low"}
    sure = (sites["readiness_low"] >= HALF) == (sites["readiness_high"] >= HALF)
    guess = ~sure & (sites["readiness_known_share"] < HALF)
    unknown = sites["impact"].isna() | sites["readiness"].isna() | guess
    quadrants = [
        named["", ""] if blank else named[level[impact >= HALF], level[readiness >= HALF]]
        for impact, readiness, blank in zip(sites["impact"], sites["readiness"], unknown, strict=True)
    ]
    return pd.DataFrame({"quadrant": quadrants, "quadrant_sure": sure & ~unknown}, index=sites.index)
