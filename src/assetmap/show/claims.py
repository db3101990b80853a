"""Claims: the figures and sentences that a build says about the data, each in one place.

A claim has a key, the set that it counts in words, how it is computed from the results, and the test that tries to make it
false. The report, the summary and the pages of the documentation take their figures from here, so two outputs never give
different numbers for the same thing. Tests fail on a claim that no test attacks, and on a sentence with a figure in the report, on
the terminal or in the documentation that is no claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.rounding import residents
from assetmap.schema import Results
from assetmap.show import counts
from assetmap.show.counts import (
    areas_beyond_line,
    choices_drawn,
    clusters,
    deserts,
    detours,
    first_site,
    gap_areas,
    least_robust,
    least_variant,
    low_access_from,
    most_affected_tenth,
    rank_correlation,
    widest,
)
from assetmap.show.words import decimals, estimated, kilometres, p_value, percent, plain, step_of, whole

Value = float | bool | str | None

WORDS: Final[Mapping[str, Callable[[float], str]]] = {
    "count": whole,
    "share": percent,
    "metres": kilometres,
    "one decimal": lambda value: decimals(value, 1),
    "signed": lambda value: f"{value:+.2f}",
    "p": p_value,
    "year": lambda value: f"{value:.0f}",
}
"""How a kind of figure is written. An estimate is rounded to the step of the whole estimate, a name stays as it is."""


@dataclass(frozen=True)
class Claim:
    """One figure, name or sentence.

    counts : the set that it counts, in words.
    measure : computes it from the results; None where the build did not measure it.
    attacker : the test that tries to make it false, ``file::function`` below ``tests``.
    kind : how people read it: one of `WORDS`, ``estimate``, ``name`` or ``truth``.
    """

    counts: str
    measure: Callable[[Results], Value]
    attacker: str
    kind: str = "count"


def value_of(results: Results, key: str) -> Value:
    """Return the value of a claim; None where the build did not measure it."""
    return CLAIMS[key].measure(results)


def number_of(results: Results, key: str) -> float:
    """Return the value of a claim as a number; missing where the build did not measure it."""
    value = value_of(results, key)
    return float("nan") if value is None else float(value)


def shown(results: Results, key: str) -> str:
    """Return a claim as people read it: ``69,008``; an estimate is rounded (`step_of`), ``2,110``."""
    kind = CLAIMS[key].kind
    if kind in ("name", "truth"):
        value = value_of(results, key)
        return "" if value is None else plain(value)
    if kind == "estimate":
        return estimated(number_of(results, key), step=step_of(results.estimate.estimate))
    return WORDS[kind](number_of(results, key))


def figures(results: Results) -> dict[str, float | bool | str]:
    """Return every claim of a build that was measured, by key."""
    measured = {key: claim.measure(results) for key, claim in CLAIMS.items()}
    return {
        key: value if isinstance(value, bool | str) else _plain_number(value)
        for key, value in measured.items()
        if value is not None and not pd.isna(value)
    }


def _plain_number(value: float) -> float:
    return int(value) if float(value).is_integer() else round(float(value), 6)


def _of(found: pd.Series | None, column: str) -> float | None:
    """Return one figure of a row; None without the row."""
    return None if found is None or column not in found or pd.isna(found[column]) else float(found[column])


def _name(found: pd.Series | None, column: str) -> str | None:
    return None if found is None else str(found[column])


def _people(areas: pd.DataFrame | None) -> float | None:
    return None if areas is None else residents(areas)


def _count(areas: pd.DataFrame | None) -> int | None:
    return None if areas is None else len(areas)


_HERE: Final = "test_claims.py::"
_PLACES: Final = f"{_HERE}test_open_assets_and_groups_are_counted_row_by_row"
_ESTIMATE: Final = f"{_HERE}test_the_estimate_is_one_number"
_GAPS: Final = f"{_HERE}test_high_need_and_low_access_is_counted_again"
_FAR: Final = f"{_HERE}test_people_far_away_are_counted_again"
_DISTANCE: Final = f"{_HERE}test_distances_are_measured_again"
_DESERTS: Final = f"{_HERE}test_people_far_by_age_and_need_are_counted_again"
_ROBUST: Final = f"{_HERE}test_robust_areas_are_counted_again"
_CHOICE: Final = f"{_HERE}test_one_choice_is_read_from_its_table"
_GROUPED: Final = f"{_HERE}test_neighbours_among_the_widest_gaps_are_counted_again"
_CHANCE: Final = f"{_HERE}test_chance_is_simulated_again"
_AROUND: Final = f"{_HERE}test_need_around_is_counted_area_by_area"
_EDGE: Final = f"{_HERE}test_detours_and_edges_are_counted_again"
_PREVENTION: Final = f"{_HERE}test_prevention_is_counted_again"
_ROWS: Final = f"{_HERE}test_every_row_of_every_list_is_counted"

CLAIMS: Final[Mapping[str, Claim]] = {
    "people": Claim(
        "residents of all small areas",
        lambda results: float(results.areas["population"].sum(min_count=1)),
        f"{_HERE}test_people_and_areas_are_those_of_the_table",
    ),
    "population_year": Claim(
        "year of the population",
        counts.population_year,
        f"{_HERE}test_people_and_areas_are_those_of_the_table",
        "year",
    ),
    "areas": Claim(
        "small areas",
        lambda results: len(results.areas),
        f"{_HERE}test_people_and_areas_are_those_of_the_table",
    ),
    "open_assets": Claim(
        "open assets of the chosen type within the border",
        lambda results: len(counts.open_assets(results)),
        _PLACES,
    ),
    "open_local": Claim(
        "those that a town or parish council or a community body runs", counts.open_local, _PLACES
    ),
    "groups_listed": Claim(
        "groups and community places within the border that are not known to be closed or only proposed",
        lambda results: len(counts.listed_groups(results)),
        _PLACES,
    ),
    "groups_registered": Claim(
        "those known to be on an official register",
        lambda results: counts.known_registered(counts.listed_groups(results)),
        _PLACES,
    ),
    "groups_placed": Claim(
        "listed groups with a known small area",
        lambda results: counts.sum_of(results, "groups_listed"),
        _PLACES,
    ),
    "groups_placed_registered": Claim(
        "registered groups with a known small area",
        lambda results: counts.sum_of(results, "groups_registered"),
        _PLACES,
    ),
    "unregistered": Claim(
        "groups on a local listing and on no register, or what the estimate says that it counts (an estimate)",
        lambda results: results.estimate.estimate,
        _ESTIMATE,
        "estimate",
    ),
    "unregistered_low": Claim(
        "lower end of its interval", lambda results: results.estimate.low, _ESTIMATE, "estimate"
    ),
    "unregistered_high": Claim(
        "upper end of its interval", lambda results: results.estimate.high, _ESTIMATE, "estimate"
    ),
    "unregistered_level": Claim(
        "level of its interval", lambda results: results.estimate.level, _ESTIMATE, "share"
    ),
    "gap_areas": Claim(
        "small areas with high need and low access (class 3-1), compared with the other areas",
        lambda results: _count(gap_areas(results)),
        _GAPS,
    ),
    "gap_people": Claim("residents of these areas", lambda results: _people(gap_areas(results)), _GAPS),
    "low_access_from": Claim("least distance of an area with low access", low_access_from, _GAPS, "metres"),
    "far_need_areas": Claim(
        "small areas with high need whose centre is further than the limit from an open asset",
        lambda results: _count(counts.far_and_needy(results)),
        _GAPS,
    ),
    "far_need_people": Claim(
        "residents of these areas", lambda results: _people(counts.far_and_needy(results)), _GAPS
    ),
    "top": Claim("widest gaps that are listed", lambda results: _count(widest(results)), _GAPS),
    "top_people": Claim("residents of these areas", lambda results: _people(widest(results)), _GAPS),
    "ranked": Claim("small areas with a rank", counts.ranked, _GAPS),
    "far_areas": Claim(
        "small areas whose centre is further than the limit from an open asset, in a straight line",
        lambda results: _count(areas_beyond_line(results)),
        _FAR,
    ),
    "far_people": Claim(
        "residents of these areas", lambda results: _people(areas_beyond_line(results)), _FAR
    ),
    "far_share": Claim(
        "share of the residents of areas with a known distance", counts.far_share, _FAR, "share"
    ),
    "half_within": Claim(
        "distance within which half of the residents live", counts.half_within, _DISTANCE, "metres"
    ),
    "furthest": Claim(
        "greatest distance of an area to the nearest open asset",
        lambda results: _of(counts.furthest(results), "distance_m"),
        _DISTANCE,
        "metres",
    ),
    "furthest_area": Claim(
        "the area of it", lambda results: _name(counts.furthest(results), "area_name"), _DISTANCE, "name"
    ),
    "furthest_code": Claim(
        "its code", lambda results: _name(counts.furthest(results), "area_code"), _DISTANCE, "name"
    ),
    "band_0": Claim(
        "residents of areas whose distance is under 1 km",
        lambda results: counts.people_in_band(results, 0),
        _DISTANCE,
    ),
    "band_1": Claim(
        "residents of areas whose distance is 1 to 2 km",
        lambda results: counts.people_in_band(results, 1),
        _DISTANCE,
    ),
    "band_2": Claim(
        "residents of areas whose distance is 2 to 5 km",
        lambda results: counts.people_in_band(results, 2),
        _DISTANCE,
    ),
    "band_3": Claim(
        "residents of areas whose distance is 5 to 10 km",
        lambda results: counts.people_in_band(results, 3),
        _DISTANCE,
    ),
    "band_4": Claim(
        "residents of areas whose distance is over 10 km",
        lambda results: counts.people_in_band(results, 4),
        _DISTANCE,
    ),
    "need_with_distance": Claim(
        "rank correlation of need and distance", rank_correlation, _DISTANCE, "signed"
    ),
    "desert_areas": Claim(
        "small areas beyond the limit by the mode that decides",
        lambda results: _of(deserts(results), "areas"),
        _DESERTS,
    ),
    "desert_people": Claim(
        "residents of these areas", lambda results: _of(deserts(results), "population"), _DESERTS
    ),
    "desert_share": Claim(
        "their share of all residents",
        lambda results: _of(deserts(results), "population_share"),
        _DESERTS,
        "share",
    ),
    "desert_children": Claim(
        "children under 16 in these areas", lambda results: _of(deserts(results), "children_0_15"), _DESERTS
    ),
    "desert_children_share": Claim(
        "their share of all children",
        lambda results: _of(deserts(results), "children_0_15_share"),
        _DESERTS,
        "share",
    ),
    "desert_older": Claim(
        "people aged 60 or over in these areas",
        lambda results: _of(deserts(results), "older_60_plus"),
        _DESERTS,
    ),
    "desert_older_share": Claim(
        "their share of that age group",
        lambda results: _of(deserts(results), "older_60_plus_share"),
        _DESERTS,
        "share",
    ),
    "worst_tenth": Claim(
        "tenth of the areas by need with the greatest share of people beyond the limit",
        lambda results: _name(most_affected_tenth(results), "tenth"),
        _DESERTS,
        "name",
    ),
    "worst_tenth_share": Claim(
        "that share", lambda results: _of(most_affected_tenth(results), "share"), _DESERTS, "share"
    ),
    "neediest_tenth_share": Claim(
        "share of people beyond the limit in the tenth with most need",
        lambda results: _of(most_affected_tenth(results), "first"),
        _DESERTS,
        "share",
    ),
    "prevention_areas": Claim(
        "small areas with high acute need and little prevention near",
        lambda results: _count(counts.thin_prevention(results)),
        _PREVENTION,
    ),
    "prevention_people": Claim(
        "residents of these areas", lambda results: _people(counts.thin_prevention(results)), _PREVENTION
    ),
    "prevention_assets": Claim(
        "assets within the border of types that prevent, not known to be closed",
        counts.preventive_assets,
        _PREVENTION,
    ),
    "new_site": Claim(
        "place where one more site would shorten journeys most",
        lambda results: _name(first_site(results), "name"),
        f"{_HERE}test_the_best_new_site_is_found_by_trying_every_place",
        "name",
    ),
    "new_site_people": Claim(
        "residents for whom it would become the nearest",
        lambda results: _of(first_site(results), "people_nearest"),
        f"{_HERE}test_the_best_new_site_is_found_by_trying_every_place",
    ),
    "new_site_covered": Claim(
        "those of them who are beyond the limit today",
        lambda results: _of(first_site(results), "people_newly_covered"),
        f"{_HERE}test_the_best_new_site_is_found_by_trying_every_place",
    ),
    "new_sites": Claim(
        "places that are named for new sites",
        counts.new_sites,
        f"{_HERE}test_the_best_new_site_is_found_by_trying_every_place",
    ),
    "choices": Claim("plausible choices that were drawn", choices_drawn, _ROBUST),
    "robust_top": Claim(
        "listed gaps in the worst tenth in 90% of the choices or more", counts.robust_top, _ROBUST
    ),
    "robust_areas": Claim(
        "small areas in the worst tenth in 90% of the choices or more",
        lambda results: counts.areas_staying(results, counts.ROBUST, equal=True),
        _ROBUST,
    ),
    "sometimes_areas": Claim(
        "small areas in the worst tenth in more than 10% of the choices",
        lambda results: counts.areas_staying(results, counts.SOMETIMES, equal=False),
        _ROBUST,
    ),
    "least_robust": Claim(
        "the listed gap that is in the worst tenth least often",
        lambda results: _name(least_robust(results), "area_name"),
        _ROBUST,
        "name",
    ),
    "least_robust_code": Claim(
        "its code", lambda results: _name(least_robust(results), "area_code"), _ROBUST, "name"
    ),
    "least_robust_share": Claim(
        "share of the choices in which it is",
        lambda results: _of(least_robust(results), "stay_worst_share"),
        _ROBUST,
        "share",
    ),
    "rank_outside": Claim(
        "listed gaps whose rank lies outside the range that holds it in 90% of the choices",
        counts.rank_outside,
        _ROBUST,
    ),
    "ranked_together": Claim("widest gaps whose ranks are bounded together", counts.ranked_together, _ROBUST),
    "least_choice": Claim(
        "the one choice that changes the worst tenth most",
        lambda results: _name(least_variant(results), "choice"),
        _CHOICE,
        "name",
    ),
    "least_choice_share": Claim(
        "share of the worst tenth that stays with it",
        lambda results: _of(least_variant(results), "worst_kept_share"),
        _CHOICE,
        "share",
    ),
    "clustered": Claim(
        "the widest gaps lie side by side more often than both null models explain",
        counts.is_clustered,
        "test_gaps_clusters.py::test_distances_alone_do_not_make_a_cluster",
        "truth",
    ),
    "adjacent_pairs": Claim(
        "pairs of neighbours among the widest gaps",
        lambda results: _of(clusters(results, 0), "adjacent_pairs"),
        _GROUPED,
    ),
    "tested_top": Claim(
        "widest gaps that the test of clusters looks at",
        lambda results: _of(clusters(results, 0), "top"),
        _GROUPED,
    ),
    "chance_pairs": Claim(
        "pairs expected with all gap scores shuffled",
        lambda results: _of(clusters(results, 0), "expected"),
        _CHANCE,
        "one decimal",
    ),
    "chance_p": Claim(
        "p-value of the pairs with all gap scores shuffled",
        lambda results: _of(clusters(results, 0), "p"),
        _CHANCE,
        "p",
    ),
    "chance_pairs_need": Claim(
        "pairs expected with need shuffled and access fixed",
        lambda results: _of(clusters(results, 1), "expected"),
        _CHANCE,
        "one decimal",
    ),
    "chance_p_need": Claim(
        "p-value of the pairs with need shuffled and access fixed",
        lambda results: _of(clusters(results, 1), "p"),
        _CHANCE,
        "p",
    ),
    "largest_group_areas": Claim(
        "small areas in the group of neighbouring widest gaps with most people",
        lambda results: _of(counts.largest_group(results), "areas"),
        _GROUPED,
    ),
    "largest_group_people": Claim(
        "residents of that group", lambda results: _of(counts.largest_group(results), "population"), _GROUPED
    ),
    "around_tested": Claim("small areas tested for need around them", counts.around_tested, _AROUND),
    "around_areas": Claim("areas that stand out", lambda results: _count(counts.stand_out(results)), _AROUND),
    "around_steady": Claim("those that stand out with all random numbers", counts.around_steady, _AROUND),
    "around_least": Claim(
        "share of the repeats in which the least certain of them stands out",
        counts.around_least,
        _AROUND,
        "share",
    ),
    "detour_areas": Claim(
        "small areas within the limit in a straight line but not overland",
        lambda results: _count(detours(results)),
        _EDGE,
    ),
    "detour_people": Claim("residents of these areas", lambda results: _people(detours(results)), _EDGE),
    "edge_areas": Claim(
        "small areas within the limit of people beyond the border",
        lambda results: _count(counts.at_edge(results)),
        _EDGE,
    ),
    "edge_top": Claim("listed gaps among them", counts.edge_top, _EDGE),
    "rows_read": Claim("rows of all lists", lambda results: len(results.log), _ROWS),
    "rows_rejected": Claim(
        "rows that could not be used", lambda results: counts.outcome(results, "rejected"), _ROWS
    ),
    "rows_review": Claim(
        "rows that were used but need a check", lambda results: counts.outcome(results, "review"), _ROWS
    ),
    "rows_accepted": Claim("rows that were used", lambda results: counts.outcome(results, "accepted"), _ROWS),
}
"""Every figure that more than one output says, or that a sentence says. A new one is a row here and a test that attacks it."""
