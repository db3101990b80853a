"""What the functions that compute refuse, each with a sentence: refusals that no other test asks for (`make coverage` named them)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import assetmap as am
from conftest import make_assets, make_grid

AREAS = make_grid()
GAPS = AREAS.assign(need=np.linspace(0, 1, len(AREAS)), distance_m=np.linspace(0, 9_000, len(AREAS)))
LIBRARY = make_assets({"West Library": (0.5, 0.5)})
COSTS = am.access.straight_costs(AREAS, LIBRARY, limit_m=1_500)
ESTIMATE = am.groups.estimate_two_lists(55, 39, 18)
WORK = pd.DataFrame({"kind": ["streets"], "size": [6], "hours": [8]}, index=["walk"])
COUNTS = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["a", "b"], columns=["x", "y"])
POINTS = np.zeros((1, 2))

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no people": (lambda: am.access.two_step(AREAS.drop(columns="population"), LIBRARY, COSTS), "population"),
    "beyond what was measured": (lambda: am.access.within_limit(COSTS, 9_000), "9,?000"),
    "other areas": (
        lambda: am.access.join_costs(COSTS, am.access.straight_costs(AREAS.head(3), LIBRARY, limit_m=1_500)),
        "other areas",
    ),
    "unit": (lambda: am.access.costs_from_matrix(pd.DataFrame({"a": [1.0]}), unit="km"), "'km'"),
    "cost below 0": (lambda: am.access.costs_from_matrix(pd.DataFrame({"a": [-1.0]}), unit="m"), "below 0"),
    "walk of 0 m": (lambda: am.access.straight_walks(POINTS, POINTS, limit_m=0), "limit_m"),
    "change in no time": (lambda: am.access.sweep(None, None, None, change_seconds=0), "change_seconds"),  # type: ignore[arg-type]
    "detour": (lambda: am.access.straight_costs(AREAS, LIBRARY, detour=0.5), "detour"),
    "no list": (lambda: am.groups.completeness_of_lists(pd.DataFrame({"a": [True]}), ["b"]), "b"),
    "options without hours": (
        lambda: am.groups.plan_fieldwork(76, ESTIMATE, WORK.drop(columns="hours"), streets=9),
        "hours",
    ),
    "no streets": (lambda: am.groups.plan_fieldwork(76, ESTIMATE, WORK, streets=0), "streets"),
    "more listed than there are": (
        lambda: am.groups.plan_fieldwork(9_999, ESTIMATE, WORK, streets=9),
        "9999",
    ),
    "two rows of one name": (
        lambda: am.groups.suppress_small_counts(COUNTS.set_axis(["a", "a"]).astype(int)),
        "unique",
    ),
    "closures below 0": (lambda: am.sites.rank_closures(AREAS, LIBRARY, most=-1, limit_m=5_000), "-1"),
    "negative seed": (lambda: am.groups.rake(-COUNTS, COUNTS.sum(axis=1), COUNTS.sum()), "seed"),
    "no draws": (
        lambda: am.sites.rank_sensitivity(COUNTS / 4, {"x": "x", "y": "y"}, draws=0),
        "at least one draw",
    ),
    "one widest gap": (lambda: am.gaps.find_clusters(GAPS, top=1, seed=1), "top"),
    "nobody to look for": (
        lambda: am.gaps.gaps_by_type(AREAS.assign(need=0.5), {}),
        "at least one asset type",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_sentence(what: str) -> None:
    call, words = REFUSED[what]
    with pytest.raises(am.AssetmapError, match=words):
        call()
