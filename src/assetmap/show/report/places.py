"""The report's sections about places: the answer, the map, the widest gaps, need and distance.

Each section is a function of the results. It returns HTML, or None if it has nothing to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetmap.rounding import residents as residents_of
from assetmap.schema import Results, beyond_border
from assetmap.show.claims import number_of, shown, value_of
from assetmap.show.counts import (
    equal_left_out,
    far_m,
    half_live_within,
    high_need,
    listed_groups,
    open_assets,
    open_beyond,
    people_by_band,
    setting,
    type_words,
    widest,
)
from assetmap.show.html import joined, key_numbers, paragraph, picture, table
from assetmap.show.report.charts import need_access_scatter, people_by_distance
from assetmap.show.report.locator import Locators
from assetmap.show.words import (
    NOT_KNOWN,
    about,
    counted,
    decimals,
    groups_estimated,
    interval,
    kilometres,
    known_part,
    listing,
    people,
    percent,
    plain,
    share_of,
    stated_limit,
    step_of,
    whole,
)

if TYPE_CHECKING:
    import geopandas as gpd

NOT_TESTED: Final = "This build did not test how robust the ranks are, or whether gaps cluster: write sensitivity = true in [gaps] of the settings."

FIFTHS: Final = ("1 (most need)", "2", "3", "4", "5 (least need)")


def answer(results: Results) -> Markup:
    """Return the report in one paragraph."""
    areas, estimate = results.areas, results.estimate
    year: Any = areas["population_year"].dropna().unique() if "population_year" in areas else []
    when = f" ({int(year[0])})" if len(year) == 1 else ""
    residents = people(areas["population"].sum(min_count=1))
    unknown = int(areas["population"].isna().sum())
    sentences = [
        f"{results.area_name} has {residents}{when} in {counted(len(areas), 'small area')}.",
        f"The population of {counted(unknown, 'of them', 'of them')} is not known, and no number here counts it."
        if 0 < unknown < len(areas)
        else "",
        _sentence_open(results),
        _sentence_groups(results),
        f"We estimate that there are {about(estimate, groups_estimated(estimate))}."
        if estimate.estimate > 0
        else "",
        _sentence_far(results),
    ]
    return paragraph(*sentences, kind="answer")


def numbers_to_remember(results: Results) -> Markup:
    """Return the key numbers, each with what it counts."""
    areas, estimate = results.areas, results.estimate
    noun, nouns = type_words(results)
    step = step_of(estimate.estimate)
    rows = [("people", shown(results, "people"), f"in {counted(len(areas), 'small area')}")]
    opened = open_assets(results)
    if len(opened):
        local = value_of(results, "open_local")
        below = (
            ""
            if local is None
            else f"{shown(results, 'open_local')} run by local councils or community bodies"
        )
        rows.append((f"open {noun if len(opened) == 1 else nouns}", whole(len(opened)), below))
    groups = listed_groups(results)
    if len(groups):
        below = f"{shown(results, 'groups_registered')} known to be registered"
        label = (
            "group or community place listed" if len(groups) == 1 else "groups and community places listed"
        )
        rows.append((label, whole(len(groups)), below))
    span = interval(estimate.low, estimate.high, estimate.level, step=step)
    rows.append((f"{groups_estimated(estimate)} (estimate)", shown(results, "unregistered"), span))
    if value_of(results, "far_need_areas") is not None:
        far = number_of(results, "far_need_areas")
        areas_words = "small area" if far == 1 else "small areas"
        label = f"{areas_words} with high need, over {stated_limit(far_m(results))} from an open {noun}"
        rows.append((label, whole(far), people(number_of(results, "far_need_people"))))
    return key_numbers(rows)


def map_of_gaps(results: Results) -> str | None:
    """Return the map of need and access, or None without ``gap_class``."""
    if "gap_class" not in results.areas or results.areas["gap_class"].isna().all():
        return None
    from assetmap.show.pictures.draw import draw_panel

    noun, nouns = type_words(results)
    opened = open_assets(results)
    residents = number_of(results, "gap_people")
    unknown = int(results.areas["gap_class"].isna().sum())
    areas = counted(int(number_of(results, "gap_areas")), "small area has", "small areas have")
    words = (
        f"{areas} high need and low access compared with the other small areas here. {_they_live(residents)} there."
        f"{_low_access_words(results)}"
    )
    known = (
        f"{counted(unknown, 'area is', 'areas are')} hatched because need or access is not known."
        if unknown
        else ""
    )
    drawn = picture(
        draw_panel(results.areas, "gap", assets=opened, places=results.places, land=results.land),
        alt=f"Map of {results.area_name} with the small areas in nine classes of need and access. {words} "
        "The table below and areas.csv name the areas.",
        caption=f"Need and access to an open {noun}, each in three classes. Darkest: high need and low access. "
        f"Dots: open {nouns}.",
        kind="map",
    )
    return joined((paragraph(words, known), drawn))


def _low_access_words(results: Results) -> str:
    """Say from which distance on access counts as low, which depends on the areas it is compared with."""
    if value_of(results, "low_access_from") is None:
        return ""
    return f" Low access starts at {shown(results, 'low_access_from')} here: it is relative, not a standard."


def widest_gaps(results: Results) -> str | None:
    """Return the table of areas with the widest gaps, or None without ``gap_rank``."""
    areas = results.areas
    if "gap_rank" not in areas or areas["gap_rank"].isna().all():
        return None
    top = widest(results)
    assert top is not None
    columns = [
        ("Rank", [whole(rank) for rank in top["gap_rank"]]),
        ("Small area", [area_with_code(code, name) for code, name in top["area_name"].items()]),
    ]
    locators = Locators(results.areas, results.area_name)
    if locators.outline:
        columns.append(("Where", [locators.of(str(code), name) for code, name in top["area_name"].items()]))
    named = all(known_part(name) != plain(name) for name in top["area_name"])
    near = None if named else nearest_places(top, results.places)
    if near is not None:
        words = [name if np.isnan(metres) else f"{name} ({kilometres(metres)})" for name, metres in near]
        columns.append(("Nearest town or village", words))
    columns.append(("People", [whole(residents) for residents in top["population"]]))
    numbers = [len(columns) - 1]
    if "need" in top:
        numbers.append(len(columns))
        columns.append(("Need", [decimals(need, 2) for need in top["need"]]))
    if "distance_m" in top:
        numbers.append(len(columns))
        columns.append(("Distance", [kilometres(metres) for metres in top["distance_m"]]))
    mode = setting(results, "access", "distance", "straight")
    if mode == "overland" and "overland_m" in top:
        numbers.append(len(columns))
        columns.append(("Overland", [kilometres(metres) for metres in top["overland_m"]]))
    column = "travel_minutes" if mode == "own" else f"{mode}_minutes"
    if column in top:
        numbers.append(len(columns))
        columns.append(("Minutes", [decimals(minutes, 0) for minutes in top[column]]))
    if "gap_reason" in top:
        columns.append(("Why", [plain(reason) for reason in top["gap_reason"]]))
    noun, _ = type_words(results)
    ranked = number_of(results, "ranked")
    left = equal_left_out(results)
    have = f"These {whole(len(top))} small areas have the widest gaps between"
    if left:
        others = counted(
            left, "small area that is not listed has one", "small areas that are not listed have one"
        )
        have = f"{others} as wide as the last of these {whole(len(top))} between"
    elif len(top) == ranked:
        have = (
            "This is the only small area with a known gap between"
            if ranked == 1
            else f"These are all {whole(len(top))} small areas that have a rank, in the order of the gap between"
        )
    elif len(top) == 1:
        have = "This small area has the widest gap between"
    return joined(
        (
            paragraph(
                f"{have} need and access to an open {noun}. {_they_live(number_of(results, 'top_people'))} there.",
                "Need runs from 0 (least) to 1 (most). Look at rank 1 first. "
                f"{_equal_words(top)}A rank tells you where to look, not what to do: "
                "areas with neighbouring ranks differ little.",
                "" if "stay_worst_share" in top else NOT_TESTED,
            ),
            table(
                f"{whole(len(top))} of the {counted(len(top) + left, 'widest gap')} of {counted(ranked, 'small area')}"
                if left
                else f"The {counted(len(top), 'widest gap')} of {counted(ranked, 'small area')}",
                [heading for heading, _ in columns],
                zip(*(cells for _, cells in columns), strict=True),
                numbers=numbers,
                stacked=True,
            ),
        )
    )


def _equal_words(top: pd.DataFrame) -> str:
    """Say what decides between equal gaps, where there are any among those listed."""
    if "gap_score" not in top or not top["gap_score"].round(6).duplicated().any():
        return ""
    return "Some of these gaps are equal: of equal ones the area with more people comes first. "


def need_and_access(results: Results) -> str | None:
    """Return how far people live from the nearest open asset, by need; None without distances."""
    areas = results.areas
    if "distance_m" not in areas or areas["distance_m"].isna().all():
        return None
    noun, _ = type_words(results)
    far = far_m(results)
    beyond = number_of(results, "far_people")
    measured = areas[areas["distance_m"].notna()]
    some = "areas with a known distance" if len(measured) < len(areas) else "areas"
    nobody = (
        f"How many people live in these {some} is not known."
        if np.isnan(residents_of(measured))
        else f"Nobody lives in these {some}."
    )
    words = [
        nobody
        if value_of(results, "half_within") is None
        else f"Half of the people {'whose distance is known ' if len(measured) < len(areas) else ''}live within {shown(results, 'half_within')} of an open {noun} in a straight line. "
        f"{_they_live(beyond)} in small areas more than {stated_limit(far)} from one{share_of(number_of(results, 'far_share'))}.",
        f"No small area {'whose distance is known ' if len(measured) < len(areas) else ''}is further away than {shown(results, 'furthest_area')} ({shown(results, 'furthest_code')}): "
        f"{shown(results, 'furthest')}.",
    ]
    residents = people_by_band(results)
    fifths = _table_of_fifths(areas, noun, far)
    pictures = [
        picture(
            people_by_distance(residents, noun=noun),
            alt=f"Bar chart: {listing([f'{people(number)} {band}' for band, number in residents.items()])}.",
            caption=f"People by distance to the nearest open {noun}.",
        )
    ]
    if "need" in areas and areas["need"].notna().any():
        pictures.append(_scatter(results, noun, far, table_below=fifths is not None))
    drawn = Markup('<div class="pair">{}</div>').format(joined(pictures))
    return joined((paragraph(*words), drawn, fifths))


def area_with_code(code: object, name: object) -> Markup:
    """Return the name of an area with its code in small print."""
    return Markup('{} <span class="code">{}</span>').format(plain(name), plain(code))


def nearest_places(areas: pd.DataFrame, places: gpd.GeoDataFrame | None) -> list[tuple[str, float]] | None:
    """Return the nearest place to each area's population centre, with the distance in metres.

    None if there are no places or no centres. The name of a small area is its council and a number, which does not
    tell people where it is.
    """
    known = None if places is None else places[places.geometry.notna()]
    if known is None or not len(known) or not {"centre_easting", "centre_northing"} <= set(areas.columns):
        return None
    away = np.hypot(
        areas["centre_easting"].to_numpy(dtype=float)[:, None] - known.geometry.x.to_numpy(),
        areas["centre_northing"].to_numpy(dtype=float)[:, None] - known.geometry.y.to_numpy(),
    )
    away = np.where(np.isnan(away), np.inf, away)
    names = [plain(name, most=60) for name in known["name"]]
    return [
        (names[row.argmin()], float(row.min())) if np.isfinite(row.min()) else (NOT_KNOWN, float("nan"))
        for row in away
    ]


def _live(residents: float) -> str:
    """Return ``1 person lives``, ``16,000 people live``."""
    return counted(residents, "person lives", "people live")


def _they_live(residents: float) -> str:
    """Begin a sentence with `_live`."""
    words = _live(residents)
    return words[0].upper() + words[1:]


def _sentence_open(results: Results) -> str:
    noun, nouns = type_words(results)
    opened = open_assets(results)
    here = " within the border" if len(open_beyond(results)) else ""
    words = f"{counted(len(opened), noun + ' is', nouns + ' are')} open{here}"
    if value_of(results, "open_local") is None or not len(opened):
        return f"{words}."
    run = counted(number_of(results, "open_local"), "is", "are")
    return f"{words}; {run} run by town and parish councils or community bodies."


def _sentence_groups(results: Results) -> str:
    groups = listed_groups(results)
    if not len(groups):
        return ""
    lists = "Within the border, the lists" if beyond_border(results.assets).any() else "The lists"
    return (
        f"{lists} name {counted(len(groups), 'group or community place', 'groups and community places')}; "
        f"{counted(number_of(results, 'groups_registered'), 'is', 'are')} known to be on an official register."
    )


def _sentence_far(results: Results) -> str:
    if value_of(results, "far_need_areas") is None:
        return ""
    noun, _ = type_words(results)
    one, many = ("small area has high need and is", "small areas have high need and are")
    number = number_of(results, "far_need_areas")
    tail = f"; {_live(number_of(results, 'far_need_people'))} there" if number else ""
    return f"{counted(number, one, many)} more than {stated_limit(far_m(results))} from the nearest open {noun}{tail}."


def _scatter(results: Results, noun: str, far: float, *, table_below: bool) -> Markup:
    areas = results.areas
    upper = high_need(areas) if "gap_class" in areas else None
    known = not pd.isna(number_of(results, "need_with_distance"))
    drift = f" Rank correlation {shown(results, 'need_with_distance')}." if known else ""
    return picture(
        need_access_scatter(areas, noun=noun, far_m=far, high_need=upper),
        alt=f"Scatter plot of the need of each small area and its distance to the nearest open {noun}.{drift}"
        f"{' The table below gives the same by fifths of need.' if table_below else ''}",
        caption=f"Each dot is a small area. Diamonds: high need and more than {stated_limit(far)} from an open {noun}.",
    )


def _table_of_fifths(areas: pd.DataFrame, noun: str, far: float) -> Markup | None:
    """Return people and distance by fifths of need; areas with equal need share one, areas whose need is not known too."""
    if "need" not in areas or areas["need"].notna().sum() < len(FIFTHS):
        return None
    place = areas["need"].rank(ascending=False, pct=True, method="average").round(12)
    fifth = pd.Series(np.ceil(place * len(FIFTHS)), index=areas.index).fillna(0).astype(int)
    rows = []
    for number in [*range(1, len(FIFTHS) + 1), 0]:
        inside = areas[(fifth == number) & areas["distance_m"].notna()]
        if not len(inside):
            continue
        residents, beyond = residents_of(inside), residents_of(inside[inside["distance_m"] > far])
        name = "need not known" if number == 0 else FIFTHS[number - 1]
        share = percent(beyond / residents) if residents > 0 else ""
        half = kilometres(half_live_within(inside)) if residents > 0 else ""
        rows.append((name, whole(len(inside)), whole(residents), half, whole(beyond), share))
    over = f"over {stated_limit(far)}"
    return table(
        f"Distance to the nearest open {noun}, by fifths of small areas ordered by need",
        ("Fifth", "Areas", "People", "Half live within", f"People {over}", f"Share {over}"),
        rows,
        numbers=(1, 2, 3, 4, 5),
    )
