"""The report's sections on who lives far from anything, and where one more place would help most.

Each section is a function of the results. It returns HTML, or None if the build did not measure what it needs.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from assetmap.schema import Results
from assetmap.show.claims import number_of, shown
from assetmap.show.counts import far_m, setting, type_words
from assetmap.show.html import joined, paragraph, table
from assetmap.show.words import (
    counted,
    listing,
    measured_by,
    people,
    percent,
    plain,
    share_of,
    stated_limit,
    travel_cost,
    whole,
)

_GROUPS: Final = {
    "population": "People",
    "children_0_15": "Children under 16",
    "older_60_plus": "Aged 60 and over",
}
_ENDS: Final = {"1": "1 (most need)", "10": "10 (least need)", "all": "All"}
_NO_ROUTE: Final = "; an area with no route to one counts as further away"


NO_NEW_SITE: Final = (
    "None of the halls, community centres and hubs on the lists would shorten anybody's journey: nobody lives nearer to one of them "
    "than to an open site."
)


def limit_words(results: Results) -> str:
    """Return how far people travel by the mode that decides: ``5 km``, ``30 minutes``."""
    if setting(results, "access", "distance", "straight") == "own":
        return stated_limit(float(setting(results, "access", "limit_minutes", 30)), "min")
    return stated_limit(far_m(results))


def deserts(results: Results) -> str | None:
    """Return the people beyond the catchment by age and need; None if they were not counted."""
    counts = results.details.get("deserts")
    if counts is None or "all" not in counts.index:
        return None
    noun, _ = type_words(results)
    total: Any = counts.loc["all"]
    mode = str(setting(results, "access", "distance", "straight"))
    far = limit_words(results)
    groups = [name for name in _GROUPS if name in counts.columns]
    there = counted(total["population"], "person", "people")
    ages = [
        f"{counted(total[name], one, many)}{share_of(total[f'{name}_share'], ' of that age group')}"
        for name, one, many in (
            ("children_0_15", "child under 16", "children under 16"),
            ("older_60_plus", "person aged 60 or over", "people aged 60 or over"),
        )
        if name in groups
    ]
    columns = [[_ENDS.get(str(label), str(label)) for label in counts.index], wholes(counts["areas"])]
    headings = ["Tenth by need", f"Areas over {far}"]
    for name in groups:
        columns += [wholes(counts[name]), [percent(share) for share in counts[f"{name}_share"]]]
        headings += [_GROUPS[name], "Share"]
    return joined(
        (
            paragraph(
                f"{there[0].upper()}{there[1:]}{share_of(total['population_share'])} "
                f"{'lives' if total['population'] == 1 else 'live'} in {counted(total['areas'], 'small area')} more than "
                f"{far} from any open {noun}, measured {measured_by(mode)}{_NO_ROUTE if mode == 'own' else ''}.",
                f"They include {listing(ages)}." if ages else "",
                _most_affected(counts),
                "In the table, each share is a share of the people in that tenth. Each area is counted as a whole, by the "
                "place where its people live on average.",
            ),
            table(
                f"People over {far} from any open {noun}, by tenths of small areas ordered by need",
                headings,
                zip(*columns, strict=True),
                numbers=range(1, len(headings)),
            ),
        )
    )


def _anybody_nearer(site: pd.Series) -> bool:
    """Return whether a new site saves anything for somebody who could reach one before."""
    return bool(site["people_nearest"] > site["people_newly_reached"])


def new_sites(results: Results) -> str | None:
    """Return the places where new sites would shorten journeys most; None if none were chosen."""
    best = results.details.get("new_sites")
    if best is None or best.empty:
        return None
    noun, _ = type_words(results)
    far = limit_words(results)
    reaches = best["people_newly_reached"].sum() > 0
    rows = [
        (
            plain(site["name"]),
            whole(site["people_nearest"]),
            *([whole(site["people_newly_reached"])] if reaches else []),
            travel_cost(site["cost_saved_per_person"], site["unit"]) if _anybody_nearer(site) else "",
            whole(site["people_newly_covered"]),
        )
        for _, site in best.iterrows()
    ]
    headings = (
        "Place",
        "People for whom it becomes the nearest",
        *(["Of them, can reach none today", "The others save each way"] if reaches else ["Saved each way"]),
        f"More people within {far}",
    )
    if not best["people_nearest"].sum() > 0:
        return joined((paragraph(NO_NEW_SITE),))
    together = "The place" if len(best) == 1 else f"These {whole(len(best))} places together"
    count = whole(len(best))
    more = f"No other {count} of the halls, community centres and hubs on the lists would shorten journeys more than these {count}. "
    return joined(
        (
            paragraph(
                f"{more if len(best) > 1 else ''}"
                f"No place adds more than {shown(results, 'new_site')}: with one more {noun} there, it would become the nearest for "
                f"{people(number_of(results, 'new_site_people'))}.",
                "This keeps all open sites, compares every combination of places and measures "
                f"{measured_by(str(setting(results, 'access', 'distance', 'straight')))}. It does not know whether a place has "
                "room or wants to take part.",
            ),
            table(
                f"{together}, in the order in which each adds most",
                headings,
                rows,
                numbers=range(1, len(headings)),
            ),
        )
    )


def _most_affected(counts: pd.DataFrame) -> str:
    tenths = counts.drop(index=["all", "not known"], errors="ignore")["population_share"].dropna()
    if tenths.empty or tenths.max() == 0:
        return ""
    most = str(tenths.idxmax())
    first = tenths.get("1")
    words = f"No tenth has a greater share than tenth {most} ({percent(tenths[most])})"
    if first is None or most == "1":
        return f"{words}."
    return f"{words}; in the tenth with most need it is {percent(first)}."


def wholes(numbers: pd.Series) -> list[str]:
    """Return each number as the report writes whole ones."""
    return [whole(number) for number in numbers]
