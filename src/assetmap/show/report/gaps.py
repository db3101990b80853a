"""The report's section on how robust the gaps are.

It is a function of the results, which returns HTML, or None if the build did not measure what it needs
(``[gaps] sensitivity`` in the settings).
"""

from __future__ import annotations

from typing import Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results
from assetmap.show.claims import number_of, shown, value_of
from assetmap.show.counts import (
    ROBUST,
    TOP,
    UNTESTED,
    far_m,
    gaps_listed,
    open_beyond,
    setting,
    type_words,
    untested,
    widest,
)
from assetmap.show.html import joined, paragraph, table
from assetmap.show.report.deserts import wholes
from assetmap.show.report.places import area_with_code, nearest_places
from assetmap.show.words import (
    NOT_KNOWN,
    area_listing,
    counted,
    decimals,
    kilometres,
    listing,
    p_value,
    people,
    percent,
    plain,
    stated_limit,
    whole,
)

ROBUST_COLUMNS: Final = ("gap_rank", "stay_worst_share", "rank_low", "rank_high")
MOST_NAMES: Final = 12
"""Places named in one sentence; the others are counted."""

UNCERTAIN: Final = 0.25
"""A rank whose range spans this share of all areas or more is called uncertain."""

DETOURS: Final = 5
"""Rows in the table of areas where straight-line distance misleads most."""


def sensitivity(results: Results) -> str | None:
    """Return how far the gaps hold when the choices behind them change; None if that was not measured."""
    areas = results.areas
    if not set(ROBUST_COLUMNS) <= set(areas.columns) or areas["stay_worst_share"].isna().all():
        return None
    return joined(
        (
            _steadiness(results),
            _one_choice(results),
            _clusters(results),
            _need_around(results),
            _detours(results),
            _edges(results),
        )
    )


def _steadiness(results: Results) -> Markup:
    top = widest(results)
    assert top is not None
    robust, left = number_of(results, "robust_top"), untested(results)
    names = [area_with_code(code, name) for code, name in top["area_name"].items()]
    words = [
        f"We repeated the ranking with {shown(results, 'choices')} other plausible choices: the weight of need against access, the "
        "measure of access, ranks or values, and how classes are cut.",
        f"{whole(robust)} of the {whole(int(top['stay_worst_share'].notna().sum()))} {gaps_listed(results)}s"
        f"{' that could be tested' if left else ''} {'stays' if robust == 1 else 'stay'} in the worst tenth "
        f"of all small areas in at least {ROBUST:.0%} of them. Of all small areas {counted(number_of(results, 'robust_areas'), 'does', 'do')}.",
        f"{counted(left, 'small area', 'small areas')} with a rank could not be tested, because another measure of access or a theme "
        "of need is not known there: the ranks below are among the others."
        if left
        else "",
    ]
    if value_of(results, "least_robust") is not None:
        words.append(
            f"None of them is less robust than {shown(results, 'least_robust')} ({shown(results, 'least_robust_code')}): it stays in "
            f"{shown(results, 'least_robust_share')} of the choices."
        )
    outside = number_of(results, "rank_outside")
    if outside:
        words.append(
            f"The rank in this report comes from one choice. For {counted(outside, 'area', 'areas')} it lies outside the range "
            "that holds the rank in 90% of the choices."
        )
    headings = ["Small area", "Rank", "Rank in 90% of choices", "Choices that keep it in the worst tenth"]
    columns = [
        names,
        wholes(top["gap_rank"]),
        [
            _span(low, high, uncertain=high - low >= UNCERTAIN * len(results.areas))
            for low, high in zip(top["rank_low"], top["rank_high"], strict=True)
        ],
        [percent(share) for share in top["stay_worst_share"]],
    ]
    if "rank_together_low" in top and top["rank_together_low"].notna().any():
        headings.append("All of them at once")
        columns.append(
            [
                _span(low, high)
                for low, high in zip(top["rank_together_low"], top["rank_together_high"], strict=True)
            ]
        )
        words.append(
            "The ranks in 90% of choices are given for each area alone. “All of them at once” is about all together: in at least 90% of the choices "
            f"the ranks of all {shown(results, 'ranked_together')} {gaps_listed(results)}s lie there at the same time."
        )
    if "before_next_share" in top:
        headings.append("Choices that put it before the next rank")
        columns.append(
            [NOT_KNOWN if pd.isna(share) else percent(share) for share in top["before_next_share"]]
        )
        words.append(
            "The last column says how certain the order of neighbouring ranks is: 50% is no better than tossing a coin."
        )
    words.append("This does not cover errors in the lists.")
    return joined(
        (
            paragraph(*words),
            table(
                f"How robust the {counted(len(top), gaps_listed(results))} {'is' if len(top) == 1 else 'are'}",
                headings,
                zip(*columns, strict=True),
                numbers=range(1, len(headings)),
            ),
        )
    )


def _one_choice(results: Results) -> Markup | None:
    sheet = results.details.get("robustness")
    if sheet is None or sheet.drop(index="base", errors="ignore").empty:
        return None
    rows = [
        (
            "as in this report" if choice == "base" else plain(choice),
            decimals(row["rank_correlation"], 2),
            percent(row["worst_kept_share"]),
            whole(row["high_gap_areas"]),
            whole(row["high_gap_people"]),
        )
        for choice, row in sheet.iterrows()
    ]
    return joined(
        (
            Markup("<h3>If one choice changes</h3>"),
            paragraph(
                f"No other choice changes the worst tenth more than this one: {shown(results, 'least_choice')}. "
                f"{shown(results, 'least_choice_share')} of its areas stay.",
                "Rank correlation is 1 if all areas keep their order and 0 if nothing of the order is left. How classes are "
                "cut changes how many areas count as high need and low access, but not their order. robustness.csv lists "
                "the areas that enter and leave the worst tenth.",
            ),
            table(
                "What changes if one choice changes",
                (
                    "Choice",
                    "Rank correlation",
                    "Worst tenth that stays",
                    "Areas with high need and low access",
                    "People there",
                ),
                rows,
                numbers=(1, 2, 3, 4),
                stacked=True,
            ),
        )
    )


def _clusters(results: Results) -> Markup | None:
    tests, groups = (results.details.get(name) for name in ("gap_tests", "gap_groups"))
    if tests is None or tests.empty or groups is None:
        return None
    top, pairs = int(tests["top"].iloc[0]), int(number_of(results, "adjacent_pairs"))
    left = int(tests["equal_left_out"].iloc[0])
    some = f"{whole(top)} of the {whole(top + left)} widest gaps" if left else f"The {whole(top)} widest gaps"
    words = [
        f"{some} {'lie in clusters' if value_of(results, 'clustered') else 'are not shown to be clustered'}: "
        f"{counted(pairs, 'pair of them are', 'pairs of them are')} neighbours.",
        f"By chance there would be {listing([_by_chance(name, row) for name, row in tests.iterrows()])}.",
        "We call gaps clustered only where both of these p-values are below 0.05.",
    ]
    heading = Markup("<h3>Clusters of gaps</h3>")
    if groups.empty:
        return joined((heading, paragraph(*words, "None of them touch.")))
    rows = [
        (whole(number), _group_names(results, row), whole(row["areas"]), whole(row["population"]))
        for number, (_, row) in enumerate(groups.iterrows(), start=1)
    ]
    shown = table(
        f"Groups of neighbours among {some[0].lower()}{some[1:]}",
        ("Group", "Nearest towns and villages", "Small areas", "People"),
        rows,
        numbers=(2, 3),
    )
    return joined((heading, paragraph(*words), shown))


def _by_chance(name: object, row: pd.Series) -> str:
    return f"{decimals(row['expected'], 1)} pairs with {plain(name)} (p-value {p_value(row['p'])})"


def _group_names(results: Results, group: pd.Series) -> str:
    """Name a group by the places nearest to its areas, or by the areas where no places are known."""
    members = results.areas.loc[str(group["area_codes"]).split(" ")]
    found = nearest_places(members, results.places)
    return (
        listing(list(dict.fromkeys([name for name, _ in found])))
        if found
        else area_listing(members["area_name"])
    )


def _need_around(results: Results) -> Markup | None:
    areas = results.areas
    heading = Markup("<h3>Need around areas with low access</h3>")
    if not value_of(results, "around_tested"):
        words = "We could not test whether areas with low access have more need around them: need or access is the same everywhere, or no areas touch."
        return joined((heading, paragraph(words)))
    counts = areas.loc[~areas["hotspot"].isin(UNTESTED), "hotspot"].value_counts().sort_index()
    said = [
        f"This is a different question: do areas with low (or good) access have more need around them than chance would explain? "
        f"We tested {counted(number_of(results, 'around_tested'), 'small area')}, with need shuffled and access fixed (bivariate local Moran, false discovery "
        "rate 5%).",
    ]
    if counts.empty:
        said.append("No area stands out. That says nothing about the size of any gap.")
    else:
        found = [f"{whole(number)} with {plain(label)}" for label, number in counts.items()]
        least, steady = number_of(results, "around_least"), number_of(results, "around_steady")
        said.append(
            f"{counted(number_of(results, 'around_areas'), 'area stands', 'areas stand')} out: {listing(found)}. About 1 in 20 of them may be "
            f"chance. We repeated the test with other random numbers: {whole(steady)} of them {'stands' if steady == 1 else 'stand'} "
            f"out every time{'' if least == 1 else f', the least certain in {percent(least)} of the repeats'}."
        )
    return joined((heading, paragraph(*said)))


def _detours(results: Results) -> Markup | None:
    areas = results.areas
    if not {"distance_m", "overland_m"} <= set(areas.columns) or areas["overland_m"].isna().all():
        return None
    noun, _ = type_words(results)
    far = far_m(results)
    longer = (areas["overland_m"] - areas["distance_m"]).rename("longer").dropna()
    most = longer[longer > 0].sort_values(ascending=False, kind="stable").index[:DETOURS]
    first = areas.loc[most]
    lost = int((areas["distance_m"].notna() & areas["overland_m"].isna()).sum())
    residents = people(number_of(results, "detour_people"))
    words = [
        f"A straight line can cross water. {counted(number_of(results, 'detour_areas'), 'small area is', 'small areas are')} "
        f"within {stated_limit(far)} of an open {noun} in a straight line but further overland ({residents}). Roads are "
        "longer still.",
    ]
    if lost:
        words.append(f"{counted(lost, 'area has', 'areas have')} no overland route to one.")
    heading = Markup("<h3>Straight-line and overland distance</h3>")
    if first.empty:
        return joined((heading, paragraph(*words)))
    columns = [
        ("Small area", [area_with_code(code, name) for code, name in first["area_name"].items()]),
        ("Straight line", [kilometres(metres) for metres in first["distance_m"]]),
        ("Overland", [kilometres(metres) for metres in first["overland_m"]]),
    ]
    if "overland_name" in first:
        columns.append(("Nearest overland", [plain(name) for name in first["overland_name"]]))
    return joined(
        (
            heading,
            paragraph(*words),
            table(
                f"Straight-line and overland distance to an open {noun}, the greatest differences first",
                [name for name, _ in columns],
                zip(*(cells for _, cells in columns), strict=True),
                numbers=(1, 2),
            ),
        )
    )


def _edges(results: Results) -> Markup | None:
    areas = results.areas
    if "leaves_data" not in areas:
        return None
    near = areas[areas["leaves_data"].fillna(False).astype(bool)]
    _, nouns = type_words(results)
    heading = Markup("<h3>Near the edge of the data</h3>")
    if near.empty:
        known = results.postcodes is None or results.postcodes["area_code"].isna().any()
        words = (
            "No small area is close enough to the edge for people beyond it to matter."
            if known
            else "Not known: the list of postcodes has none beyond the border. Unless nobody lives there, access near the border may be "
            "shared with more people."
        )
        return joined((heading, paragraph(words)))
    top = min(int(setting(results, "gaps", "top", TOP)), int(number_of(results, "ranked")))
    ahead = number_of(results, "edge_top")
    found = nearest_places(near, results.places)
    if found is None:
        names = area_listing(near["area_name"])
        where = f"They are {names}." if len(near) > 1 else f"It is {names}."
    else:
        counts = pd.Series([name for name, _ in found]).value_counts(sort=False)
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        nearest = [f"{name} ({number})" for name, number in counts.items()]
        more = [counted(len(nearest) - MOST_NAMES, "other")] if len(nearest) > MOST_NAMES else []
        where = f"Nearest places (number of areas): {listing([*nearest[:MOST_NAMES], *more])}."
    return joined(
        (
            heading,
            paragraph(
                f"{counted(len(near), 'small area is', 'small areas are')} within {stated_limit(far_m(results))} of people "
                f"beyond the border; {counted(ahead, 'is', 'are')} among the {whole(top)} {gaps_listed(results)}s. "
                f"{_beyond(results, nouns)}",
                where,
            ),
        )
    )


def _beyond(results: Results, nouns: str) -> str:
    """Say what was counted on the other side of the border."""
    there = open_beyond(results)
    if there.empty:
        return (
            f"The lists have no {nouns} beyond the border, and the people there are not counted. Access may be better than "
            "shown here, or shared with more people."
        )
    return (
        f"Number of open {nouns} beyond the border on the lists: {whole(len(there))}. They count towards distance and access; "
        f"the remarks under methods say how the people there were counted. Other {nouns} beyond the border are missing."
    )


def _span(low: float, high: float, *, uncertain: bool = False) -> str:
    if pd.isna(low) or pd.isna(high):
        return NOT_KNOWN
    if low == high:
        return whole(low)
    return f"between {whole(low)} and {whole(high)}" + (": uncertain" if uncertain else "")
