"""The report's sections about places: the answer, the map, the widest gaps, need and distance.

Each section is a function of the results. It returns HTML, or None if it has nothing to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetmap.schema import Results, reached_by_distance, reference_table, within_border
from assetmap.show.claims import number_of, shown
from assetmap.show.html import joined, key_numbers, paragraph, picture, table
from assetmap.show.report.charts import FAR_M, need_access_scatter, people_by_distance
from assetmap.show.words import (
    NOT_KNOWN,
    about,
    asset_type_label,
    counted,
    decimals,
    interval,
    kilometres,
    listing,
    people,
    percent,
    plain,
    stated_limit,
    step_of,
    whole,
)

if TYPE_CHECKING:
    import geopandas as gpd

TOP: Final = 20
"""How many areas the table of the widest gaps has, unless the settings say otherwise."""

BANDS_KM: Final = (0.0, 1.0, 2.0, 5.0, 10.0, np.inf)
BANDS: Final = ("under 1 km", "1 to 2 km", "2 to 5 km", "5 to 10 km", "over 10 km")
FIFTHS: Final = ("1 (most need)", "2", "3", "4", "5 (least need)")
LOCAL_SECTORS: Final = ("town_or_parish_council", "community")
"""Sectors of ``data/tables/operator_types.csv`` for "run by a town or parish council or a community body"."""


def answer(results: Results) -> Markup:
    """Return the report in one paragraph."""
    areas, estimate = results.areas, results.estimate
    year = areas["population_year"].dropna().unique() if "population_year" in areas else []
    when = f" ({int(year[0])})" if len(year) == 1 else ""
    residents = people(areas["population"].sum(min_count=1))
    sentences = [
        f"{results.area_name} has {residents}{when} in {counted(len(areas), 'small area')}.",
        _sentence_open(results),
        _sentence_groups(results),
        f"We estimate that {about(estimate, 'groups')} are active but on no official register."
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
    local = run_locally(opened)
    if len(opened):
        below = (
            "" if local is None else f"{whole(int(local.sum()))} run by local councils or community bodies"
        )
        rows.append((f"open {noun if len(opened) == 1 else nouns}", whole(len(opened)), below))
    groups = listed_groups(results)
    if len(groups):
        below = f"{whole(_registered(groups))} known to be registered"
        label = (
            "group or community place listed" if len(groups) == 1 else "groups and community places listed"
        )
        rows.append((label, whole(len(groups)), below))
    span = interval(estimate.low, estimate.high, estimate.level, step=step)
    rows.append(("unregistered groups (estimate)", shown(results, "unregistered"), span))
    far = far_in_need(results)
    if far is not None:
        areas_words = "small area" if far.sum() == 1 else "small areas"
        label = f"{areas_words} with high need, over {stated_limit(far_m(results))} from an open {noun}"
        rows.append((label, whole(int(far.sum())), people(areas.loc[far, "population"].sum())))
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
        f"{areas} high need and low access compared with the other small areas here. {_live(residents)} there."
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
    areas, mode = results.areas, str(setting(results, "access", "distance", "straight"))
    column = {"straight": "distance_m", "overland": "overland_m"}.get(mode, "")
    low = areas["gap_class"].astype("string").str.endswith("-1").fillna(False).astype(bool)
    if column not in areas or not low.any() or areas.loc[low, column].isna().all():
        return ""
    return f" Low access starts at {kilometres(areas.loc[low, column].min())} here: it is relative, not a standard."


def widest_gaps(results: Results) -> str | None:
    """Return the table of areas with the widest gaps, or None without ``gap_rank``."""
    areas = results.areas
    if "gap_rank" not in areas or areas["gap_rank"].isna().all():
        return None
    top = areas[areas["gap_rank"].notna()].sort_values(["gap_rank", "area_name"], kind="stable")
    top = top.head(int(setting(results, "gaps", "top", TOP)))
    columns = [
        ("Rank", [whole(rank) for rank in top["gap_rank"]]),
        ("Small area", [area_with_code(code, name) for code, name in top["area_name"].items()]),
    ]
    near = nearest_places(top, results.places)
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
    have = (
        "This small area has the widest gap"
        if len(top) == 1
        else f"These {whole(len(top))} small areas have the widest gaps"
    )
    ranked = int(areas["gap_rank"].notna().sum())
    return joined(
        (
            paragraph(
                f"{have} between need and access to an open {noun}. {_live(top['population'].sum())} there.",
                "Need runs from 0 (least) to 1 (most). Look at rank 1 first. A rank tells you where to look, not what to do: "
                "areas with neighbouring ranks differ little.",
            ),
            table(
                f"The {counted(len(top), 'widest gap')} of {counted(ranked, 'small area')}",
                [heading for heading, _ in columns],
                zip(*(cells for _, cells in columns), strict=True),
                numbers=numbers,
                stacked=True,
            ),
        )
    )


def need_and_access(results: Results) -> str | None:
    """Return how far people live from the nearest open asset, by need; None without distances."""
    areas = results.areas
    if "distance_m" not in areas or areas["distance_m"].isna().all():
        return None
    noun, _ = type_words(results)
    far = far_m(results)
    known = areas[areas["distance_m"].notna()]
    beyond = number_of(results, "far_people")
    total = known["population"].sum()
    farthest = known["distance_m"].idxmax()
    words = [
        f"Half of the people live within {kilometres(_half_live_within(known))} of an open {noun} in a straight line.",
        f"{_live(beyond)} in small areas more than {stated_limit(far)} from one ({percent(beyond / max(total, 1))}).",
        f"The area furthest away is {plain(known.at[farthest, 'area_name'])} ({farthest}): "
        f"{kilometres(known.at[farthest, 'distance_m'])}.",
    ]
    bands = pd.cut(known["distance_m"] / 1000, list(BANDS_KM), labels=list(BANDS), right=False)
    residents = known.groupby(bands, observed=False)["population"].sum()
    pictures = [
        picture(
            people_by_distance(residents, noun=noun),
            alt=f"Bar chart: {listing([f'{people(number)} {band}' for band, number in residents.items()])}.",
        )
    ]
    if "need" in areas and areas["need"].notna().any():
        pictures.append(_scatter(results, noun, far))
    shown = Markup('<div class="pair">{}</div>').format(joined(pictures))
    return joined((paragraph(*words), shown, _table_of_fifths(areas, noun, far)))


def type_words(results: Results) -> tuple[str, str]:
    """Return the asset type that distances lead to, in words: singular and plural."""
    asset_type = chosen_type(results)
    types = reference_table("asset_types")
    one = asset_type_label(asset_type)
    many = str(types.at[asset_type, "label_plural"]) if asset_type in types.index else f"{one}s"
    return plain(one).lower(), plain(many).lower()


def setting(results: Results, table: str, name: str, default: Any) -> Any:
    """Return one setting of a build, with the names of ``assetmap.toml``."""
    return results.settings.get(table, {}).get(name, default)


def chosen_type(results: Results) -> str:
    """Return the asset type that distances lead to."""
    return str(setting(results, "access", "asset_type", "library"))


def far_m(results: Results) -> float:
    """Return the distance (metres) beyond which a place counts as far: the catchment."""
    return float(setting(results, "access", "limit_m", FAR_M))


def open_assets(results: Results) -> gpd.GeoDataFrame:
    """Return the open assets of the type that distances lead to, except those beyond the border."""
    assets = within_border(results.assets)
    return assets[reached_by_distance(assets, chosen_type(results))]


def run_locally(assets: pd.DataFrame) -> pd.Series | None:
    """Flag assets that a town or parish council or a community body runs; None if no operator is known."""
    if "operator_type" not in assets or assets["operator_type"].isna().all():
        return None
    sectors = reference_table("operator_types")["sector"]
    return assets["operator_type"].map(sectors).isin(LOCAL_SECTORS)


def listed_groups(results: Results) -> pd.DataFrame:
    """Return the assets whose type counts as a group, except those known to be closed or beyond the border."""
    types = reference_table("asset_types")
    groups = types.index[types["group"] == "yes"]
    assets = within_border(results.assets)
    return pd.DataFrame(assets[assets["asset_type"].isin(groups) & (assets["status"] != "closed")])


def far_in_need(results: Results) -> pd.Series | None:
    """Flag areas with high need that are far from an open asset; None if that was not measured."""
    areas = results.areas
    if not {"gap_class", "distance_m"} <= set(areas.columns):
        return None
    return high_need(areas) & (areas["distance_m"] > far_m(results))


def high_need(areas: pd.DataFrame) -> pd.Series:
    """Flag areas with high need: the highest third in ``gap_class``."""
    return areas["gap_class"].astype("string").str.startswith("3").fillna(False).astype(bool)


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


def _registered(groups: pd.DataFrame) -> int:
    return int((groups["registered"] == "yes").sum()) if "registered" in groups else 0


def _sentence_open(results: Results) -> str:
    noun, nouns = type_words(results)
    opened = open_assets(results)
    words = f"{counted(len(opened), noun + ' is', nouns + ' are')} open"
    local = run_locally(opened)
    if local is None or not len(opened):
        return f"{words}."
    run = counted(int(local.sum()), "is", "are")
    return f"{words}; {run} run by town and parish councils or community bodies."


def _sentence_groups(results: Results) -> str:
    groups = listed_groups(results)
    if not len(groups):
        return ""
    return (
        f"The lists name {counted(len(groups), 'group or community place', 'groups and community places')}; "
        f"{counted(_registered(groups), 'is', 'are')} known to be on an official register."
    )


def _sentence_far(results: Results) -> str:
    far = far_in_need(results)
    if far is None:
        return ""
    noun, _ = type_words(results)
    one, many = ("small area has high need and is", "small areas have high need and are")
    residents = results.areas.loc[far, "population"].sum()
    tail = f"; {_live(residents)} there" if far.any() else ""
    count = counted(int(far.sum()), one, many)
    return f"{count} more than {stated_limit(far_m(results))} from the nearest open {noun}{tail}."


def _half_live_within(areas: pd.DataFrame) -> float:
    """Return the distance (metres) within which half of the people live: the population-weighted median."""
    ordered = areas.sort_values("distance_m", kind="stable")
    running = ordered["population"].fillna(0).cumsum()
    half = running.iloc[-1] / 2
    return float(ordered["distance_m"].iloc[int(np.searchsorted(running, half))])


def _scatter(results: Results, noun: str, far: float) -> Markup:
    areas = results.areas
    upper = high_need(areas) if "gap_class" in areas else None
    known = areas[areas[["need", "distance_m"]].notna().all(axis=1)]
    # Spearman's rank correlation as Pearson's of the ranks: pandas would import scipy.stats for one number
    correlation = known["need"].rank().corr(known["distance_m"].rank()) if len(known) > 2 else float("nan")
    drift = "" if pd.isna(correlation) else f" Rank correlation {correlation:+.2f}."
    return picture(
        need_access_scatter(areas, noun=noun, far_m=far, high_need=upper),
        alt=f"Scatter plot of the need of each small area and its distance to the nearest open {noun}.{drift} "
        "The table below gives the same by fifths of need.",
        caption=f"Each dot is a small area. Diamonds: high need and more than {stated_limit(far)} from an open {noun}.",
    )


def _table_of_fifths(areas: pd.DataFrame, noun: str, far: float) -> Markup | None:
    """Return people and distance by fifths of need; areas whose need is not known have their own row."""
    if "need" not in areas or areas["need"].notna().sum() < len(FIFTHS):
        return None
    place = areas["need"].rank(ascending=False, pct=True, method="first")
    fifth = np.ceil(place * len(FIFTHS)).fillna(0).astype(int)
    rows = []
    for number in [*range(1, len(FIFTHS) + 1), 0]:
        inside = areas[(fifth == number) & areas["distance_m"].notna()]
        if not len(inside):
            continue
        residents = inside["population"].sum()
        beyond = inside.loc[inside["distance_m"] > far, "population"].sum()
        name = "need not known" if number == 0 else FIFTHS[number - 1]
        share = percent(beyond / residents) if residents else ""
        half = kilometres(_half_live_within(inside))
        rows.append((name, whole(len(inside)), whole(residents), half, whole(beyond), share))
    over = f"over {stated_limit(far)}"
    return table(
        f"Distance to the nearest open {noun}, by fifths of small areas ordered by need",
        ("Fifth", "Areas", "People", "Half live within", f"People {over}", f"Share {over}"),
        rows,
        numbers=(1, 2, 3, 4, 5),
    )
