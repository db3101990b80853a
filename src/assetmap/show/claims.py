"""Claims: the figures and sentences that a build says about the data, each in one place.

A claim has a key, the set that it counts in words, how it is computed from the results, and the test that tries to make it
false. The report, the summary and the pages of the documentation take their figures from here, so two outputs never give
different numbers for the same thing. A test fails on a claim that no test attacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.schema import Results, reached_by_distance, reference_table, within_border
from assetmap.show.words import estimated, step_of, whole

WIDEST: Final = "3-1"
ROBUST: Final = 0.9
"""An area counts as robust if it stays in the worst tenth in this share of the choices or more."""

SOMETIMES: Final = 0.1
"""An area counts as sometimes among the worst tenth if it is there in more than this share of the choices."""


@dataclass(frozen=True)
class Claim:
    """One figure or sentence.

    counts : the set that it counts, in words.
    measure : computes it from the results; None where the build did not measure it.
    attacker : the test that tries to make it false, ``file::function`` below ``tests``.
    estimate : the value is an estimate, which is rounded where people read it.
    """

    counts: str
    measure: Callable[[Results], float | bool | None]
    attacker: str
    estimate: bool = False


def value_of(results: Results, key: str) -> float | bool | None:
    """Return the value of a claim; None where the build did not measure it."""
    return CLAIMS[key].measure(results)


def number_of(results: Results, key: str) -> float:
    """Return the value of a claim as a number; missing where the build did not measure it."""
    value = value_of(results, key)
    return float("nan") if value is None else float(value)


def shown(results: Results, key: str) -> str:
    """Return a figure as people read it: ``69,008``; an estimate is rounded (`step_of`), ``2,110``."""
    value = number_of(results, key)
    if CLAIMS[key].estimate:
        return estimated(value, step=step_of(results.estimate.estimate))
    return whole(value)


def figures(results: Results) -> dict[str, float | bool]:
    """Return every claim of a build that was measured, by key."""
    measured = {key: claim.measure(results) for key, claim in CLAIMS.items()}
    return {
        key: value if isinstance(value, bool) else _plain_number(value)
        for key, value in measured.items()
        if value is not None and not pd.isna(value)
    }


def _plain_number(value: float) -> float:
    return int(value) if float(value).is_integer() else round(float(value), 6)


def _gaps(results: Results) -> pd.DataFrame | None:
    areas = results.areas
    return areas[areas["gap_class"] == WIDEST] if "gap_class" in areas else None


def _far(results: Results) -> pd.DataFrame | None:
    """Return the areas further than the limit in a straight line."""
    areas, limit = results.areas, results.settings.get("access", {}).get("limit_m")
    return None if "distance_m" not in areas or limit is None else areas[areas["distance_m"] > float(limit)]


def _open(results: Results) -> pd.DataFrame:
    assets = within_border(results.assets)
    kind = str(results.settings.get("access", {}).get("asset_type", "library"))
    return pd.DataFrame(assets[reached_by_distance(assets, kind)])


def _listed(results: Results) -> int:
    types = reference_table("asset_types")
    assets = within_border(results.assets)
    groups = assets["asset_type"].isin(types.index[types["group"] == "yes"])
    return int((groups & (assets["status"] != "closed")).sum())


def _people(areas: pd.DataFrame | None) -> float | None:
    return None if areas is None else float(areas["population"].sum())


def _count(areas: pd.DataFrame | None) -> int | None:
    return None if areas is None else len(areas)


def _share_over(results: Results, share: float, *, equal: bool) -> int | None:
    if "stay_worst_share" not in results.areas:
        return None
    shares = results.areas["stay_worst_share"]
    return int((shares >= share).sum() if equal else (shares > share).sum())


def _tests(results: Results, column: str) -> float | None:
    tests = results.details.get("gap_tests")
    return None if tests is None or tests.empty else float(tests[column].iloc[0])


def _clustered(results: Results) -> bool | None:
    tests = results.details.get("gap_tests")
    return None if tests is None or tests.empty else bool((tests["p"] < 0.05).all())


def _largest_group(results: Results, column: str) -> float | None:
    groups = results.details.get("gap_groups")
    return None if groups is None or groups.empty else float(groups[column].iloc[0])


_HERE: Final = "test_claims.py::"
CLAIMS: Final[Mapping[str, Claim]] = {
    "people": Claim(
        "residents of all small areas",
        lambda results: float(results.areas["population"].sum(min_count=1)),
        f"{_HERE}test_people_and_areas_are_those_of_the_table",
    ),
    "areas": Claim(
        "small areas",
        lambda results: len(results.areas),
        f"{_HERE}test_people_and_areas_are_those_of_the_table",
    ),
    "open_assets": Claim(
        "open assets of the chosen type within the border",
        lambda results: len(_open(results)),
        f"{_HERE}test_open_assets_and_groups_are_counted_row_by_row",
    ),
    "groups_listed": Claim(
        "groups and community places within the border that are not known to be closed",
        _listed,
        f"{_HERE}test_open_assets_and_groups_are_counted_row_by_row",
    ),
    "unregistered": Claim(
        "groups on no register (an estimate)",
        lambda results: results.estimate.estimate,
        f"{_HERE}test_the_estimate_is_one_number",
        estimate=True,
    ),
    "gap_areas": Claim(
        "small areas with high need and low access (class 3-1), compared with the other areas",
        lambda results: _count(_gaps(results)),
        f"{_HERE}test_high_need_and_low_access_is_counted_again",
    ),
    "gap_people": Claim(
        "residents of these areas",
        lambda results: _people(_gaps(results)),
        f"{_HERE}test_high_need_and_low_access_is_counted_again",
    ),
    "far_areas": Claim(
        "small areas whose centre is further than the limit from an open asset, in a straight line",
        lambda results: _count(_far(results)),
        f"{_HERE}test_people_far_away_are_counted_again",
    ),
    "far_people": Claim(
        "residents of these areas",
        lambda results: _people(_far(results)),
        f"{_HERE}test_people_far_away_are_counted_again",
    ),
    "robust_areas": Claim(
        "small areas in the worst tenth in 90% of the choices or more",
        lambda results: _share_over(results, ROBUST, equal=True),
        f"{_HERE}test_robust_areas_are_counted_again",
    ),
    "sometimes_areas": Claim(
        "small areas in the worst tenth in more than 10% of the choices",
        lambda results: _share_over(results, SOMETIMES, equal=False),
        f"{_HERE}test_robust_areas_are_counted_again",
    ),
    "clustered": Claim(
        "the widest gaps lie side by side more often than both null models explain",
        _clustered,
        "test_gaps_clusters.py::test_distances_alone_do_not_make_a_cluster",
    ),
    "adjacent_pairs": Claim(
        "pairs of neighbours among the widest gaps",
        lambda results: _tests(results, "adjacent_pairs"),
        f"{_HERE}test_neighbours_among_the_widest_gaps_are_counted_again",
    ),
    "largest_group_areas": Claim(
        "small areas in the group of neighbouring widest gaps with most people",
        lambda results: _largest_group(results, "areas"),
        f"{_HERE}test_neighbours_among_the_widest_gaps_are_counted_again",
    ),
    "largest_group_people": Claim(
        "residents of that group",
        lambda results: _largest_group(results, "population"),
        f"{_HERE}test_neighbours_among_the_widest_gaps_are_counted_again",
    ),
}
"""Every figure that more than one output says. A new one is a row here and a test that attacks it."""
