"""What the functions that compute refuse, each with a sentence, and corners that no other test reaches (`make coverage` named them)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon

import assetmap as am
from assetmap.groups import loglinear
from assetmap.groups.disclosure import _hide_rectangle
from assetmap.groups.overlap import nested_limit
from assetmap.groups.strata import _tail
from assetmap.register.areas import areas_of_postcodes
from assetmap.register.audience import _with_public_ids
from assetmap.register.clusters import newest_facts
from assetmap.register.coordinates import pair_in_text
from assetmap.register.resources import _is_ticks
from assetmap.register.typed import is_serial
from assetmap.register.words import _status
from conftest import make_assets, make_grid

AREAS = make_grid()
GAPS = AREAS.assign(need=np.linspace(0, 1, len(AREAS)), distance_m=np.linspace(0, 9_000, len(AREAS)))
LIBRARY = make_assets({"West Library": (0.5, 0.5)})
COSTS = am.access.straight_costs(AREAS, LIBRARY, limit_m=1_500)
ESTIMATE = am.groups.estimate_two_lists(55, 39, 18)
WORK = pd.DataFrame({"kind": ["streets"], "size": [6], "hours": [8]}, index=["walk"])
COUNTS = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["a", "b"], columns=["x", "y"])
POINTS = np.zeros((1, 2))

DIAMOND = Polygon([(180_000, 45_050), (180_050, 45_100), (180_100, 45_050), (180_050, 45_000)])
TRIPS: Any = SimpleNamespace(homes=["only one"])
STREETS = pd.DataFrame({"stratum": ["town", "town"], "groups": [1, 2]}, index=["High Street", "Mill Lane"])
SHARED = pd.DataFrame({"first": [30, 9], "second": [20, 9], "both": [20, 2]}, index=["choirs", "clubs"])


def sampled(sample: pd.DataFrame, streets: pd.Series | None = None) -> am.Estimate:
    known = pd.Series({"town": 9}) if streets is None else streets
    return am.groups.estimate_from_street_sample(sample, known, design="random")


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
    "land between the points of the grid": (
        lambda: am.access.make_land_grid(AREAS.head(1).assign(geometry=[DIAMOND]), cell_m=250),
        "250 m",
    ),
    "trips from other homes": (
        lambda: am.access.trips_by_pair(TRIPS, am.access.homes_of(AREAS)),
        "other homes",
    ),
    "a border below 0": (lambda: am.build_register([], buffer_m=-1), "buffer_m"),
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
    "a level of 2": (
        lambda: am.groups.completeness_of_lists(pd.DataFrame({"a": [True]}), ["a"], level=2),
        "level",
    ),
    "coverage at a level of 2": (
        lambda: am.groups.coverage_of_list(
            pd.DataFrame({"a": [True], "b": [True]}), "a", lists=["a", "b"], level=2
        ),
        "level",
    ),
    "fewer than nobody": (
        lambda: am.groups.spread_estimate(AREAS.assign(population=-1), am.estimate_unregistered(9_000)),
        "negative in area 'A00'",
    ),
    "an estimate without a width": (
        lambda: am.groups.plan_fieldwork(76, replace(ESTIMATE, low=117.0, high=117.0), WORK, streets=9),
        "no width",
    ),
    "a list longer than the estimate": (
        lambda: am.groups.plan_fieldwork(76, ESTIMATE, WORK.assign(kind="list", size=9_999), streets=9),
        "cannot show more groups",
    ),
    "a survey without streets": (
        lambda: am.groups.simulate_street_sample(76, ESTIMATE, streets=0, visits=[]),
        "streets must be 1 or more, not 0",
    ),
    "no reviewed pairs": (
        lambda: am.groups.rate_reviewed_links(pd.DataFrame({"outcome": ["linked"]})),
        "decision",
    ),
    "streets without groups": (lambda: sampled(STREETS.drop(columns="groups")), "groups"),
    "no street": (lambda: sampled(STREETS.head(0)), "no street was visited"),
    "streets of unknown number": (
        lambda: sampled(STREETS, pd.Series({"town": np.nan})),
        "the number of streets of a stratum is missing",
    ),
    "no strata": (lambda: am.groups.estimate_strata(SHARED.head(0)), "there are no strata"),
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


def test_nothing_looked_for_gives_nothing_not_zero() -> None:
    none = am.groups.completeness_of_lists(pd.DataFrame({"a": [True]}).head(0), ["a"])
    assert none.loc[("a", "all"), "registered"] == 0
    assert none[["completeness", "low", "high"]].isna().all(axis=None)
    assert nested_limit(100, 0, 0.8) == math.inf
    assert (_tail(3, 3, 1.0), _tail(2, 3, 1.0), _tail(0, 3, 0.0)) == (1.0, 0.0, 1.0)


def test_fits_that_go_wrong_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No counts of ours bring these about: the solvers are made to fail."""
    with pytest.raises(ArithmeticError, match="did not converge"):
        loglinear._fit_poisson(np.array([np.nan, 5.0]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    failed = SimpleNamespace(status=4, fun=None, message="numbers too large")
    monkeypatch.setattr("scipy.optimize.linprog", lambda *given, **named: failed)
    with pytest.raises(ArithmeticError, match="numbers too large"):
        loglinear._code_of_design(np.array([0.0, 5.0]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    zeros = np.diag([2.0, 0.0, 0.0])
    with pytest.raises(ArithmeticError, match="no other cell is left"):
        _hide_rectangle(zeros, zeros > 0, (0, 0))


def test_gaps_of_few_areas_and_of_areas_apart() -> None:
    few = am.gaps.find_clusters(GAPS.head(1), seed=1)
    assert am.gaps.describe_clusters(few) == "Too few areas have a gap to test for clusters."
    apart = am.gaps.find_clusters(GAPS.iloc[[0, 2, 8, 10]], top=2, permutations=99, seed=1)
    assert apart.tests["adjacent_pairs"].tolist() == [0, 0]
    aged = am.measure_gaps(GAPS.assign(children_0_15=100, older_60_plus=200), LIBRARY, need="need")
    widest = (aged["gap_class"] == "3-1").sum()
    said = am.gaps.describe_gaps(aged)
    assert f"{widest * 100:,} children under 16, {widest * 200:,} aged 60 and over" in said
    level = GAPS.assign(need=np.arange(16) // 8, distance_m=np.arange(16) // 8 * 9_000.0)
    equal = level.join(am.gaps.find_gaps(level))
    assert (
        "8 areas have equal gaps, and none has a wider one. One of them is Town A"
        in am.gaps.describe_gaps(equal)
    )
    hours = am.gaps.find_gaps(
        GAPS.assign(access_per_1000=2.0), access="access_per_1000", access_direction="more is better"
    )
    assert hours["gap_reason"].str.contains("2.00 per 1,000 people within the limit").all()


def test_access_with_nothing_to_weigh_or_to_walk_from(monkeypatch: pytest.MonkeyPatch) -> None:
    halls = make_assets({"West Hall": (0.5, 3.5), "East Hall": (3.5, 3.5)}, asset_type="village_hall")
    plain = am.access.suggest_sites(AREAS, LIBRARY, halls)
    unknown = am.access.suggest_sites(AREAS.assign(need=np.nan), LIBRARY, halls, weight="need")
    pd.testing.assert_frame_equal(plain, unknown)
    network: Any = SimpleNamespace(places=POINTS)
    assert len(am.access.snap(np.empty((0, 2)), network).node) == 0
    assert am.access.stops_by_hours(LIBRARY, None).empty
    monkeypatch.setattr(
        "scipy.optimize.milp", lambda *given, **named: SimpleNamespace(status=1, message="Time")
    )
    with pytest.raises(am.InputError, match="No best sites were found among 2 candidates"):
        am.access.suggest_sites(AREAS, LIBRARY, halls)


def test_cells_that_say_no_place() -> None:
    geojson = '{"type": "Point", "coordinates": [-5.051, 50.263]}'
    assert pair_in_text(geojson) == (-5.051, 50.263)
    for text in ("POINT (-5.051", "50°75'0\"N 5°3'3.6\"W", "01" + "00" * 21):
        assert any(math.isnan(one) for one in pair_in_text(text)), text
    nowhere = pd.DataFrame({"area_code": []}, index=pd.Index([], name="postcode"))
    assert areas_of_postcodes(pd.Series(["TR1 1EP"]), AREAS, nowhere).tolist() == [-1]


def test_words_and_columns_that_say_little() -> None:
    assert [is_serial(text) for text in ("46085", "2026")] == [True, False]
    assert _status("A café, due to open in spring") == "proposed"
    assert not _is_ticks(pd.Series([1, 0]))
    alone = pd.DataFrame({"name": ["A", "B"], "asset_id": ["a", "b"], "listed_on": pd.NaT, "source": "list"})
    newest_facts(filled := alone.copy(), alone, np.array([0, 1]))
    assert filled["facts_from"].tolist() == ["", ""]
    newest_facts(joined := alone.assign(phone=["", "01234"]), joined.copy(), np.array([0, 0]))
    assert joined["phone"].tolist() == ["01234", "01234"]
    log = pd.DataFrame(
        {"name": ["Ann, ann@example.org"], "asset_id": ["a"], "row_id": ["ann-1"], "other_id": ["ann-1"]}
    )
    renamed = _with_public_ids(log.assign(name=""), log["name"], pd.Series([False]), {})
    assert renamed["row_id"].tolist() == renamed["other_id"].tolist() == ["unnamed-row-1"]
    assert _with_public_ids(log[["name"]], log["name"], pd.Series([False]), {}).equals(log[["name"]])


def test_a_postcode_of_the_address_fills_its_cell(tmp_path: Path) -> None:
    halls = [{"name": "Old hall", "where": {"postcode": "", "address": "1 Quay, Truro TR1 1EP"}, "x": "1"}]
    (tmp_path / "halls.json").write_text(json.dumps({"halls": halls}), encoding="utf-8")
    fixes = am.register.suggest_fixes(am.read_assets(tmp_path / "halls.json"))
    assert fixes[["column", "after", "reason"]].values.tolist() == [
        ["postcode", "TR1 1EP", "from its address"]
    ]


def test_a_list_in_a_published_shape_gets_fixes_of_the_cells_that_it_has_itself(tmp_path: Path) -> None:
    (tmp_path / "libraries.csv").write_text(
        "Local authority,Library name,Postcode,Statutory,Type of library,Year closed\n"
        "Town,Children&#39;s Library,tr1 1ep,Yes,LAL,1900\n",
        encoding="utf-8",
    )
    listed = am.read_assets(tmp_path / "libraries.csv")
    assert listed.shape == "librarieshacked_schema"
    own = [("postcode", "TR1 1EP"), ("name", "Children's Library")]
    for one, more in ((listed, []), (replace(listed, shape=""), [("closed_year", "")])):
        fixes = am.register.suggest_fixes(one)
        assert list(zip(fixes["column"], fixes["after"], strict=True)) == [*own, *more]
