"""The sets that figures count: open assets of the type in use, listed groups, areas that are far away.

Claims, the report and its pictures take them from here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.rounding import count_equal, residents
from assetmap.schema import (
    Results,
    beyond_border,
    counts_as,
    reached_by_distance,
    reference_table,
    within_border,
)
from assetmap.show.words import asset_type_label, plain

if TYPE_CHECKING:
    import geopandas as gpd

FAR_M: Final = 5_000.0
"""Metres beyond which a place counts as far if the settings do not say."""

TOP: Final = 20
"""How many of the widest gaps are listed, unless the settings say otherwise."""

WIDEST: Final = "3-1"
ROBUST: Final = 0.9
"""An area counts as robust if it stays in the worst tenth in this share of the choices or more."""

SOMETIMES: Final = 0.1
"""An area counts as sometimes among the worst tenth if it is there in more than this share of the choices."""

OVER: Final = ("closed", "proposed")
"""Statuses of what is not there: no longer, or not yet."""

UNTESTED: Final = ("not significant", "no neighbours", "not known")
"""Labels of ``hotspot`` for areas that do not stand out."""

BANDS_KM: Final = (0.0, 1.0, 2.0, 5.0, 10.0, np.inf)
BANDS: Final = ("under 1 km", "1 to 2 km", "2 to 5 km", "5 to 10 km", "over 10 km")

LOCAL_SECTORS: Final = ("town_or_parish_council", "community")
"""Sectors of ``data/tables/operator_types.csv`` for "run by a town or parish council or a community body"."""


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


def open_beyond(results: Results) -> pd.DataFrame:
    """Return the open assets of that type beyond the border: they count for distances and in no total."""
    there = results.assets[beyond_border(results.assets)]
    return there[reached_by_distance(there, chosen_type(results))]


def run_locally(assets: pd.DataFrame) -> pd.Series | None:
    """Flag assets that a town or parish council or a community body runs; None if no operator is known."""
    if "operator_type" not in assets or assets["operator_type"].isna().all():
        return None
    sectors = reference_table("operator_types")["sector"]
    return assets["operator_type"].map(sectors).isin(LOCAL_SECTORS)


def listed_groups(results: Results) -> pd.DataFrame:
    """Return the assets whose type counts as a group, except those closed, only proposed or beyond the border."""
    types = reference_table("asset_types")
    groups = types.index[types["group"] == "yes"]
    assets = within_border(results.assets)
    return pd.DataFrame(assets[assets["asset_type"].isin(groups) & ~assets["status"].isin(OVER)])


def thin_prevention(results: Results) -> pd.DataFrame | None:
    """Return the areas with high need and little prevention near; None where that was not measured."""
    areas = results.areas
    if "prevention_class" not in areas.columns or areas["prevention_within"].isna().all():
        return None
    return pd.DataFrame(areas[areas["prevention_class"] == "high need, little prevention near"])


def preventive_assets(results: Results) -> int:
    """Count the assets within the border whose type helps before a need is acute, except those known to be closed."""
    types = reference_table("asset_types")
    assets = within_border(results.assets)
    found = counts_as(assets, list(types.index[types["prevents"] == "yes"]))
    return int((found & assets["status"].isin(("open", "unknown"))).sum())


def far_in_need(results: Results) -> pd.Series | None:
    """Flag areas with high need that are far from an open asset; None if that was not measured."""
    areas = results.areas
    if not {"gap_class", "distance_m"} <= set(areas.columns):
        return None
    return high_need(areas) & (areas["distance_m"] > far_m(results))


def high_need(areas: pd.DataFrame) -> pd.Series:
    """Flag areas with high need: the highest third in ``gap_class``."""
    return areas["gap_class"].astype("string").str.startswith("3").fillna(False).astype(bool)


def known_registered(groups: pd.DataFrame) -> int:
    """Return how many of the groups are known to be on an official register."""
    return int((groups["registered"] == "yes").sum()) if "registered" in groups else 0


def half_live_within(areas: pd.DataFrame) -> float:
    """Return the distance (metres) within which half of the people live: the population-weighted median."""
    ordered = areas.sort_values("distance_m", kind="stable")
    running = ordered["population"].fillna(0).cumsum()
    half = running.iloc[-1] / 2
    return float(ordered["distance_m"].iloc[int(np.searchsorted(running, half))])


def population_year(results: Results) -> float | None:
    """Return the year of the population; None where it is not one."""
    years: Any = (
        results.areas["population_year"].dropna().unique() if "population_year" in results.areas else []
    )
    return float(years[0]) if len(years) == 1 else None


def open_local(results: Results) -> int | None:
    """Return how many open assets town and parish councils or community bodies run; None if nobody knows."""
    local = run_locally(open_assets(results))
    return None if local is None else int(local.sum())


def sum_of(results: Results, column: str) -> float | None:
    """Return the sum of a column of the areas; None without it."""
    return float(results.areas[column].sum()) if column in results.areas else None


def gap_areas(results: Results) -> pd.DataFrame | None:
    """Return the areas with high need and low access."""
    areas = results.areas
    return areas[areas["gap_class"] == WIDEST] if "gap_class" in areas else None


def low_access_from(results: Results) -> float | None:
    """Return the distance from which on access counts as low, which depends on the areas it is compared with."""
    areas, mode = results.areas, str(setting(results, "access", "distance", "straight"))
    column = {"straight": "distance_m", "overland": "overland_m"}.get(mode, "")
    if column not in areas or "gap_class" not in areas:
        return None
    low = areas["gap_class"].astype("string").str.endswith("-1").fillna(False).astype(bool)
    least = areas.loc[low, column].min()
    return None if pd.isna(least) else float(least)


def far_and_needy(results: Results) -> pd.DataFrame | None:
    """Return the areas with high need that are far from an open asset."""
    far = far_in_need(results)
    return None if far is None else results.areas[far]


def widest(results: Results) -> pd.DataFrame | None:
    """Return the widest gaps in the order of their rank, as many as the settings list."""
    areas = results.areas
    if "gap_rank" not in areas:
        return None
    ranked_areas = areas[areas["gap_rank"].notna()].sort_values(["gap_rank", "area_name"], kind="stable")
    return ranked_areas.head(int(setting(results, "gaps", "top", TOP)))


def equal_left_out(results: Results) -> int:
    """Return how many gaps that are not listed are as wide as the last that is: which of them is listed is a matter of people."""
    listed = widest(results)
    if listed is None or listed.empty or "gap_score" not in listed:
        return 0
    return count_equal(results.areas["gap_score"].drop(listed.index), listed["gap_score"].iloc[-1])


def gaps_listed(results: Results) -> str:
    """Return what the listed gaps are: the widest ones, unless others that are not listed are as wide."""
    return "listed gap" if equal_left_out(results) else "widest gap"


def ranked(results: Results) -> int | None:
    """Return how many areas have a rank."""
    return int(results.areas["gap_rank"].notna().sum()) if "gap_rank" in results.areas else None


def areas_beyond_line(results: Results) -> pd.DataFrame | None:
    """Return the areas further than the limit in a straight line."""
    areas = results.areas
    return areas[areas["distance_m"] > far_m(results)] if "distance_m" in areas else None


def far_share(results: Results) -> float | None:
    """Return the share of people who live in areas further than the limit, of all with a known distance."""
    far = areas_beyond_line(results)
    if far is None:
        return None
    known = results.areas.loc[results.areas["distance_m"].notna(), "population"].sum()
    return residents(far) / known if known > 0 else None


def half_within(results: Results) -> float | None:
    """Return the distance within which half of the people live; None where nobody does."""
    known = _with_distance(results)
    return None if known is None or not known["population"].sum() > 0 else half_live_within(known)


def furthest(results: Results) -> pd.Series | None:
    """Return the area furthest away, with its code."""
    known = _with_distance(results)
    return (
        None
        if known is None
        else known.rename_axis("area_code").reset_index().iloc[known["distance_m"].argmax()]
    )


def people_by_band(results: Results) -> pd.Series:
    """Return the people of each band of distance."""
    known = results.areas[results.areas["distance_m"].notna()]
    bands = pd.cut(known["distance_m"] / 1000, list(BANDS_KM), labels=list(BANDS), right=False)
    return pd.Series({band: residents(known[bands == band]) for band in BANDS})


def people_in_band(results: Results, band: int) -> float | None:
    """Return the people of one band of distance, 0 for the nearest."""
    return None if _with_distance(results) is None else float(people_by_band(results).iloc[band])


def rank_correlation(results: Results) -> float | None:
    """Return the rank correlation of need and distance."""
    areas = results.areas
    if not {"need", "distance_m"} <= set(areas.columns):
        return None
    known = areas[areas[["need", "distance_m"]].notna().all(axis=1)]
    # Spearman's rank correlation as Pearson's of the ranks: pandas would import scipy.stats for one number
    return float(known["need"].rank().corr(known["distance_m"].rank())) if len(known) > 2 else None


def deserts(results: Results) -> pd.Series | None:
    """Return the people beyond the limit in all areas, from the table of the build."""
    table = results.details.get("deserts")
    return None if table is None or "all" not in table.index else table.loc[["all"]].iloc[0]


def most_affected_tenth(results: Results) -> pd.Series | None:
    """Return the tenth with the greatest share of people beyond the limit, that share, and that of the neediest tenth."""
    table = results.details.get("deserts")
    if table is None:
        return None
    tenths = table.drop(index=["all", "not known"], errors="ignore")["population_share"].dropna()
    if tenths.empty or tenths.max() == 0:
        return None
    most = str(tenths.idxmax())
    found: dict[str, Any] = {"tenth": most, "share": tenths[most], "first": tenths.get("1")}
    return pd.Series(found, dtype=object)


def first_site(results: Results) -> pd.Series | None:
    """Return the best place for one more site; None where no place would shorten anybody's journey."""
    best = _helpful_sites(results)
    return None if best is None else best.iloc[0]


def new_sites(results: Results) -> int | None:
    """Return how many places are named for new sites."""
    best = _helpful_sites(results)
    return None if best is None else len(best)


def _helpful_sites(results: Results) -> pd.DataFrame | None:
    best = results.details.get("new_sites")
    return None if best is None or not best["people_nearest"].sum() > 0 else best


def choices_drawn(results: Results) -> int | None:
    """Return how many choices were drawn, read from ``gap_sensitivity``."""
    areas = results.areas
    words = areas["gap_sensitivity"].dropna().astype(str).tolist() if "gap_sensitivity" in areas else []
    found = re.search(r"of ([\d,]+) choices", words[0]) if words else None
    return int(found[1].replace(",", "")) if found else None


def areas_staying(results: Results, share: float, *, equal: bool) -> int | None:
    """Return how many areas are in the worst tenth in more than a share of the choices, or in as many."""
    if "stay_worst_share" not in results.areas:
        return None
    shares = results.areas["stay_worst_share"]
    return int((shares >= share).sum() if equal else (shares > share).sum())


def robust_top(results: Results) -> int | None:
    """Return how many of the listed gaps are robust."""
    top = _tested(results)
    return None if top is None else int((top["stay_worst_share"] >= ROBUST).sum())


def least_robust(results: Results) -> pd.Series | None:
    """Return the listed gap that is among the worst tenth least often, with its code."""
    top = _tested(results)
    if top is None or top["stay_worst_share"].isna().all():
        return None
    return top.rename_axis("area_code").reset_index().iloc[int(np.nanargmin(top["stay_worst_share"]))]


def rank_outside(results: Results) -> int | None:
    """Return how many listed gaps have a rank outside the range that holds it in 90% of the choices."""
    top = _tested(results)
    if top is None:
        return None
    # the choices rank the areas that could be tested, so the ranks of this report are taken among them too
    tested = results.areas[results.areas["stay_worst_share"].notna()]
    ranks = tested["gap_rank"].astype(float).rank(method="first")[top.index.intersection(tested.index)]
    return int((~ranks.between(top["rank_low"][ranks.index], top["rank_high"][ranks.index])).sum())


def untested(results: Results) -> int:
    """Return how many areas with a rank could not be tested: a measure of access or a theme of need is not known for them."""
    areas = results.areas
    return int((areas["gap_rank"].notna() & areas["stay_worst_share"].isna()).sum())


def ranked_together(results: Results) -> int | None:
    """Return how many gaps have their ranks bounded together."""
    areas = results.areas
    return int(areas["rank_together_low"].notna().sum()) if "rank_together_low" in areas else None


def least_variant(results: Results) -> pd.Series | None:
    """Return the choice that changes the worst tenth most."""
    sheet = results.details.get("robustness")
    variants = None if sheet is None else sheet.drop(index="base", errors="ignore")
    if variants is None or variants.empty:
        return None
    return variants.rename_axis("choice").reset_index().iloc[int(np.nanargmin(variants["worst_kept_share"]))]


def clusters(results: Results, null_model: int) -> pd.Series | None:
    """Return one test of clusters of gaps: 0 with all gap scores shuffled, 1 with need shuffled and access fixed."""
    tests = results.details.get("gap_tests")
    return None if tests is None or len(tests) <= null_model else tests.iloc[null_model]


def is_clustered(results: Results) -> bool | None:
    """Say whether both null models fail to explain the neighbours among the widest gaps."""
    tests = results.details.get("gap_tests")
    return None if tests is None or tests.empty else bool((tests["p"] < 0.05).all())


def largest_group(results: Results) -> pd.Series | None:
    """Return the group of neighbouring widest gaps with most people."""
    groups = results.details.get("gap_groups")
    return None if groups is None or groups.empty else groups.iloc[0]


def around_tested(results: Results) -> int | None:
    """Return how many areas were tested for need around them."""
    return int(results.areas["hotspot_p"].notna().sum()) if "hotspot_p" in results.areas else None


def stand_out(results: Results) -> pd.DataFrame | None:
    """Return the areas with more or less need around them than chance would explain."""
    areas = results.areas
    if "hotspot" not in areas or areas["hotspot"].isna().all():
        return None
    return areas[~areas["hotspot"].isin(UNTESTED)]


def around_steady(results: Results) -> int | None:
    """Return how many of these stand out with all random numbers."""
    found = stand_out(results)
    return None if found is None else int((found["hotspot_share"] == 1).sum())


def around_least(results: Results) -> float | None:
    """Return the share of the repeats in which the least certain of these stands out."""
    found = stand_out(results)
    return None if found is None or found.empty else float(found["hotspot_share"].min())


def detours(results: Results) -> pd.DataFrame | None:
    """Return the areas within the limit in a straight line but not overland."""
    areas, far = results.areas, far_m(results)
    if not {"distance_m", "overland_m"} <= set(areas.columns) or areas["overland_m"].isna().all():
        return None
    return areas[(areas["distance_m"] <= far) & (areas["overland_m"] > far)]


def at_edge(results: Results) -> pd.DataFrame | None:
    """Return the areas near to people beyond the border."""
    areas = results.areas
    return areas[areas["leaves_data"].fillna(False).astype(bool)] if "leaves_data" in areas else None


def edge_top(results: Results) -> int | None:
    """Return how many of these are among the listed gaps."""
    near = at_edge(results)
    return (
        None if near is None else int((near["gap_rank"] <= int(setting(results, "gaps", "top", TOP))).sum())
    )


def outcome(results: Results, word: str) -> int:
    """Return how many rows of the lists had an outcome."""
    return int((results.log["outcome"] == word).sum())


def _with_distance(results: Results) -> pd.DataFrame | None:
    areas = results.areas
    known = areas[areas["distance_m"].notna()] if "distance_m" in areas else areas.iloc[:0]
    return None if known.empty else known


def _tested(results: Results) -> pd.DataFrame | None:
    """Return the listed gaps, if their sensitivity was tested."""
    top = widest(results)
    return (
        top if top is not None and {"stay_worst_share", "rank_low", "rank_high"} <= set(top.columns) else None
    )
