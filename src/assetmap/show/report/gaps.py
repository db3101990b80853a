"""The sections of the report that say how sure the gaps are, and who lives far from anything.

Each section is a function of the results that returns its HTML, or None where what it needs was not measured
(``[gaps] sensitivity`` in the settings).
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results, beyond_border
from assetmap.show.html import joined, paragraph, table
from assetmap.show.report.places import (
    TOP,
    area_with_code,
    chosen_type,
    far_m,
    nearest_places,
    setting,
    type_words,
)
from assetmap.show.words import NOT_KNOWN, counted, decimals, kilometres, listing, plain, travel_cost, whole

SURE_COLUMNS: Final = ("gap_rank", "stay_worst_share", "rank_low", "rank_high")
STEADY: Final = 0.9
"""Share of the choices from which on an area counts as staying."""

DETOURS: Final = 5
"""Areas in the table of straight lines that mislead most."""

COLDSPOT: Final = "low access, high need around"
UNTESTED: Final = ("not significant", "no neighbours", "not known")
_GROUPS: Final = {
    "population": "People",
    "children_0_15": "Children under 16",
    "older_60_plus": "Aged 60 and over",
}
_ENDS: Final = {"1": "1 (most need)", "10": "10 (least need)", "all": "All"}


def sensitivity(results: Results) -> str | None:
    """Return how far the gaps hold when the choices behind them change; None where that was not measured."""
    areas = results.areas
    if not set(SURE_COLUMNS) <= set(areas.columns) or areas["stay_worst_share"].isna().all():
        return None
    return joined(
        (
            _steadiness(results),
            _robustness(results),
            _clusters(areas),
            _detours(results),
            _edges(results),
        )
    )


_WAYS: Final = {
    "straight": " in a straight line",
    "overland": ", overland and by the ferries that are named",
    "own": " by the travel times of the project; people without a route in them count as further",
}


def limit_words(results: Results) -> str:
    """Return how far people travel by the mode that decides: ``5 km``, ``30 minutes``."""
    if setting(results, "access", "distance", "straight") == "own":
        return f"{float(setting(results, 'access', 'limit_minutes', 30)):g} minutes"
    return f"{far_m(results) / 1000:g} km"


def deserts(results: Results) -> str | None:
    """Return the people beyond the catchment by age and need; None where they were not counted."""
    counts = results.details.get("deserts")
    if counts is None or "all" not in counts.index:
        return None
    noun, _ = type_words(results)
    total = counts.loc["all"]
    way = str(setting(results, "access", "distance", "straight"))
    far = limit_words(results)
    groups = [name for name in _GROUPS if name in counts.columns]
    ages = [
        f"{whole(total[name])} {words} ({_percent(total[f'{name}_share'])} of them all)"
        for name, words in (
            ("children_0_15", "children under 16"),
            ("older_60_plus", "people aged 60 and over"),
        )
        if name in groups
    ]
    among = f"Among them are {listing(ages)}." if ages else ""
    columns = [[_ENDS.get(str(label), str(label)) for label in counts.index], _wholes(counts["areas"])]
    headings = ["Tenth by need", f"Areas over {far}"]
    for name in groups:
        columns += [_wholes(counts[name]), [_percent(share) for share in counts[f"{name}_share"]]]
        headings += [_GROUPS[name], "Share"]
    return joined(
        (
            paragraph(
                f"{whole(total['population'])} people ({_percent(total['population_share'])}) live in "
                f"{counted(total['areas'], 'small area', 'small areas')} over {far} from any open {noun}{_WAYS.get(way, '')}.",
                among,
                _most_touched(counts),
                "A share is that of the people of the tenth. An area counts as a whole, by where its people live on average.",
            ),
            table(
                f"People over {far} from any open {noun}, by tenths of small areas in order of need",
                headings,
                zip(*columns, strict=True),
                numbers=range(1, len(headings)),
            ),
        )
    )


def new_sites(results: Results) -> str | None:
    """Return the places where new sites would shorten the way most; None where none were chosen."""
    best = results.details.get("new_sites")
    if best is None or best.empty:
        return None
    noun, _ = type_words(results)
    far = limit_words(results)
    first = best.iloc[0]
    rows = [
        (
            plain(site["name"]),
            whole(site["people_nearest"]),
            travel_cost(site["cost_saved_per_person"], site["unit"]),
            whole(site["people_newly_covered"]),
        )
        for _, site in best.iterrows()
    ]
    mode = str(setting(results, "access", "distance", "straight"))
    measured = {
        "straight": "distances are straight lines",
        "overland": "distances are overland",
        "own": "times are the travel times of the project",
    }.get(mode, f"costs of travel are by {mode}")
    headings = (
        "Place",
        "People for whom it becomes the nearest",
        "Saved each way",
        f"People more within {far}",
    )
    return joined(
        (
            paragraph(
                f"Of the halls, community centres and hubs on the lists, {plain(first['name'])} is where one more {noun} would "
                f"shorten people's way most: it becomes the nearest for {whole(first['people_nearest'])} people. The open ones stay "
                f"where they are. Every combination was weighed; {measured}. Whether a place has room, or "
                "wants this, nobody has asked."
            ),
            table(
                f"The best {whole(len(best))} places together, in the order in which each adds most",
                headings,
                rows,
                numbers=range(1, len(headings)),
            ),
        )
    )


def _steadiness(results: Results) -> Markup:
    areas = results.areas
    ranked = areas[areas["gap_rank"].notna()].sort_values(["gap_rank", "area_name"], kind="stable")
    top = ranked.head(int(setting(results, "gaps", "top", TOP)))
    steady = int((top["stay_worst_share"] >= STEADY).sum())
    choices = _choices(areas)
    least = top["stay_worst_share"].idxmin() if top["stay_worst_share"].notna().any() else None
    names = [area_with_code(code, name) for code, name in top["area_name"].items()]
    words = [
        f"{whole(steady)} of the {whole(len(top))} widest gaps {'stays' if steady == 1 else 'stay'} in the worst tenth of "
        f"all small areas in at least {STEADY:.0%} of {choices} other plausible choices: how much need weighs against "
        "access, which measure of access is taken, ranks or values, and how classes are cut.",
    ]
    if least is not None:
        words.append(
            f"Least sure among them is {plain(top.at[least, 'area_name'])} ({least}): "
            f"{_percent(top.at[least, 'stay_worst_share'])} of the choices."
        )
    words.append(
        "Two areas whose ranges of ranks overlap cannot be told apart. Errors in the lists are not in this."
    )
    rows = zip(
        names,
        _wholes(top["gap_rank"]),
        [_span(low, high) for low, high in zip(top["rank_low"], top["rank_high"], strict=True)],
        [_percent(share) for share in top["stay_worst_share"]],
        strict=True,
    )
    return joined(
        (
            paragraph(*words),
            table(
                f"How sure the {whole(len(top))} widest gaps are",
                (
                    "Small area",
                    "Rank",
                    "Rank in 90% of the choices",
                    "Choices in which it is in the worst tenth",
                ),
                rows,
                numbers=(1, 2, 3),
            ),
        )
    )


def _robustness(results: Results) -> Markup | None:
    sheet = results.details.get("robustness")
    if sheet is None or sheet.drop(index="base", errors="ignore").empty:
        return None
    variants = sheet.drop(index="base", errors="ignore")
    least = variants["worst_kept_share"].idxmin()
    rows = [
        (
            "as in this report" if choice == "base" else plain(choice),
            decimals(row["rank_correlation"], 2),
            _percent(row["worst_kept_share"]),
            whole(row["high_gap_areas"]),
            whole(row["high_gap_people"]),
        )
        for choice, row in sheet.iterrows()
    ]
    return joined(
        (
            Markup("<h3>One choice made differently</h3>"),
            paragraph(
                f"The worst tenth changes most with the {plain(least)}: {_percent(variants.at[least, 'worst_kept_share'])} of "
                "its areas stay in it. An order of 1 means that all areas keep their order, 0 that nothing of it is left. "
                "How classes are cut changes how many areas are called high need and low access, not their order. "
                "robustness.csv names the areas that come and go."
            ),
            table(
                "What changes when one choice is made differently",
                (
                    "Choice",
                    "Order kept",
                    "Worst tenth that stays",
                    "Areas with high need and low access",
                    "People there",
                ),
                rows,
                numbers=(1, 2, 3, 4),
            ),
        )
    )


def _clusters(areas: pd.DataFrame) -> Markup | None:
    if "hotspot" not in areas or areas["hotspot"].isna().all():
        return None
    counts = areas.loc[~areas["hotspot"].isin(UNTESTED), "hotspot"].value_counts().sort_index()
    tested = int(areas["hotspot_p"].notna().sum()) if "hotspot_p" in areas else len(areas)
    hot = int(counts.get(COLDSPOT, 0))
    words = [
        f"{whole(tested)} small areas were tested for access and the need around them lying together more than chance "
        "would bring (one in twenty of those found may still be chance)."
    ]
    if hot:
        verb = "has" if hot == 1 else "have"
        words.append(
            f"{counted(hot, 'area', 'areas')} with low access {verb} high need all around: what helps one of them may "
            "help its neighbours."
        )
    else:
        words.append(
            "No area with low access has high need around it beyond chance: gaps lie scattered, one by one, rather than in "
            "clusters. That makes no single gap smaller."
        )
    others = [f"{whole(number)} of {plain(label)}" for label, number in counts.items() if label != COLDSPOT]
    if others:
        words.append(f"Of other kinds there are {listing(others)}.")
    return joined((Markup("<h3>Hot spots</h3>"), paragraph(*words)))


def _detours(results: Results) -> Markup | None:
    areas = results.areas
    if not {"distance_m", "overland_m"} <= set(areas.columns) or areas["overland_m"].isna().all():
        return None
    noun, _ = type_words(results)
    far = far_m(results)
    longer = (areas["overland_m"] - areas["distance_m"]).rename("longer").dropna()
    most = longer[longer > 0].sort_values(ascending=False, kind="stable").index[:DETOURS]
    first = areas.loc[most]
    hidden = (areas["distance_m"] <= far) & (areas["overland_m"] > far)
    lost = int((areas["distance_m"].notna() & areas["overland_m"].isna()).sum())
    verb = "is" if hidden.sum() == 1 else "are"
    words = [
        f"A straight line crosses water. {counted(int(hidden.sum()), 'small area', 'small areas')} "
        f"({whole(areas.loc[hidden, 'population'].sum())} people) {verb} within {far / 1000:g} km of an open {noun} in a "
        "straight line but farther over land. Roads are longer still."
    ]
    if lost:
        words.append(f"From {counted(lost, 'area', 'areas')} no way over land leads to one.")
    heading = Markup("<h3>Straight lines and ways over land</h3>")
    if first.empty:
        return joined((heading, paragraph(*words)))
    columns = [
        ("Small area", [area_with_code(code, name) for code, name in first["area_name"].items()]),
        ("Straight line", [kilometres(metres) for metres in first["distance_m"]]),
        ("Over land", [kilometres(metres) for metres in first["overland_m"]]),
    ]
    if "overland_name" in first:
        columns.append(("Nearest over land", [plain(name) for name in first["overland_name"]]))
    return joined(
        (
            heading,
            paragraph(*words),
            table(
                f"Where the straight line to an open {noun} and the way over land differ most",
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
        return joined(
            (heading, paragraph("No small area lies so near the edge that people beyond it count."))
        )
    top = int(setting(results, "gaps", "top", TOP))
    ahead = int((near["gap_rank"] <= top).sum())
    found = nearest_places(near, results.places)
    if found is None:
        where = (
            f"They are {listing([f'{plain(name)} ({code})' for code, name in near['area_name'].items()])}."
        )
    else:
        counts = pd.Series([name for name, _ in found]).value_counts(sort=False)
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        where = f"They lie near {listing([f'{name} ({number})' for name, number in counts.items()])}."
    return joined(
        (
            heading,
            paragraph(
                f"{counted(len(near), 'small area lies', 'small areas lie')} within {far_m(results) / 1000:g} km of people "
                f"beyond the border, {whole(ahead)} of them among the {whole(top)} widest gaps. {_beyond(results, nouns)}",
                where,
            ),
        )
    )


def _beyond(results: Results, nouns: str) -> str:
    """Say what of the other side of the border was counted."""
    there = results.assets[beyond_border(results.assets)]
    there = there[(there["asset_type"] == chosen_type(results)) & (there["status"] == "open")]
    if there.empty:
        return (
            f"{nouns.capitalize()} beyond the border are not in the lists, nor are the people there counted: access "
            "may be better than shown, or more crowded."
        )
    return (
        f"Open {nouns} beyond the border that the lists name: {whole(len(there))}. They count for distances and access; "
        "how the people there were counted is said under the remarks. What the lists do not name there is missing."
    )


def _most_touched(counts: pd.DataFrame) -> str:
    tenths = counts.drop(index=["all", "not known"], errors="ignore")["population_share"].dropna()
    if tenths.empty or tenths.max() == 0:
        return ""
    most = tenths.idxmax()
    first = tenths.get("1")
    words = f"The share is highest in tenth {most} ({_percent(tenths[most])})"
    if first is None or most == "1":
        return f"{words}."
    return f"{words}; in the tenth with most need it is {_percent(first)}."


def _choices(areas: pd.DataFrame) -> str:
    """Return how many choices were drawn, as ``gap_certainty`` says it."""
    words = areas["gap_certainty"].dropna().astype(str).tolist() if "gap_certainty" in areas else []
    found = re.search(r"of ([\d,]+) choices", words[0]) if words else None
    return found[1] if found else "many"


def _span(low: float, high: float) -> str:
    return NOT_KNOWN if pd.isna(low) or pd.isna(high) else f"{whole(low)} to {whole(high)}"


def _percent(share: float) -> str:
    """Return a share as a percentage, rounded down near the whole: 99.7% is not all."""
    if pd.isna(share):
        return NOT_KNOWN
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _wholes(numbers: pd.Series) -> list[str]:
    return [whole(number) for number in numbers]
