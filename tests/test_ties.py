"""Sentences of made-up places that used to be false: where values are equal, where only some could be tested, where nothing helps."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assetmap.cli.access import _site_lines
from assetmap.gaps.clusters import describe_clusters, find_clusters
from assetmap.gaps.measure import describe_gaps
from assetmap.gaps.score import find_gaps
from assetmap.gaps.variants import describe_sensitivity
from assetmap.show.claims import figures
from assetmap.show.report.deserts import new_sites
from assetmap.show.report.gaps import _clusters, _edges, _steadiness
from assetmap.show.report.places import answer, widest_gaps
from assetmap.show.report.travel import travel_lines
from conftest import make_grid
from report_tables import town_areas, town_assets, town_results


def text(html: object) -> str:
    return re.sub(r"\s+", " ", "".join(ET.fromstring(f"<div>{html}</div>").itertext()))


def gaps_of(need: list[float], distance: list[float]) -> pd.DataFrame:
    areas = make_grid(columns=len(need), rows=1).assign(need=need, distance_m=distance)
    return areas.join(find_gaps(areas))


def test_of_equal_gaps_none_is_called_the_widest():
    alone = describe_gaps(gaps_of([0.9, 0.5, 0.1], [3_000, 2_000, 1_500]))
    assert "The widest gap is Town A00: High need" in alone
    two = describe_gaps(gaps_of([0.9, 0.9, 0.1], [3_000, 3_000, 1_500]))
    assert "2 areas have equal gaps, and none has a wider one. One of them is Town A00: " in two
    assert "The widest gap" not in two


def test_what_is_printed_alike_is_not_called_the_farthest():
    reasons = gaps_of([0.9, 0.5, 0.1], [3_010, 2_990, 1_500])["gap_reason"]
    assert reasons.str.contains(r"3\.0 km to the nearest \(worse than").sum() == 2
    apart = gaps_of([0.9, 0.5, 0.1], [3_110, 2_990, 1_500])["gap_reason"]
    assert apart.iloc[0].endswith("3.1 km to the nearest (the farthest of all).")


def test_a_list_that_is_cut_between_equals_says_how_many_are_left_out():
    areas = town_areas()
    settings = town_results().settings | {"gaps": {"need": "need", "top": 3}}
    alone = text(widest_gaps(town_results(areas=areas, settings=settings)))
    assert "These 3 small areas have the widest gaps between" in alone
    assert "The 3 widest gaps of 16 small areas" in alone
    assert "equal" not in alone
    areas["gap_score"] = np.where(areas["gap_rank"] <= 2, 0.9, np.where(areas["gap_rank"] <= 5, 0.8, 0.1))
    results = town_results(areas=areas, settings=settings)
    cut = text(widest_gaps(results))
    assert "2 small areas that are not listed have one as wide as the last of these 3 between" in cut
    assert "3 of the 5 widest gaps of 16 small areas" in cut
    assert "of equal ones the area with more people comes first" in cut
    assert "have the widest gaps" not in cut
    edge = town_results(areas=areas.assign(leaves_data=areas["gap_rank"] <= 4), settings=settings)
    assert "3 are among the 3 listed gaps" in text(_edges(edge))
    few = replace(edge, settings=town_results().settings)
    assert "4 are among the 16 widest gaps" in text(_edges(few))  # 20 are asked for, 16 there are


def test_clusters_of_a_list_that_is_cut_between_equals_say_so():
    areas = make_grid(columns=4, rows=4)
    areas = areas.assign(need=[0.9] * 6 + [0.1] * 10, distance_m=[3_000.0] * 6 + [1_000.0] * 10)
    areas.loc["A00", "population"] = np.nan
    areas = areas.join(find_gaps(areas))
    found = find_clusters(areas, top=4, permutations=99, seed=1)
    assert found.tests["equal_left_out"].tolist() == [2, 2]
    assert describe_clusters(found).startswith("4 of the 6 widest gaps ")
    details = {"gap_tests": found.tests, "gap_groups": found.groups}
    said = text(_clusters(town_results(areas=areas, details=details)))
    assert "4 of the 6 widest gaps " in said
    assert not re.search(r"the \d widest", said.lower().replace("of the 6 widest", ""))
    every = find_clusters(areas, top=6, permutations=99, seed=1)
    assert describe_clusters(every).startswith("The 6 widest gaps ")


def test_choices_that_change_as_much_are_all_named():
    sheet = pd.DataFrame({"worst_kept_share": [1.0, 0.5, 0.501, 0.7]}, index=["base", "one", "two", "three"])
    assert describe_sensitivity(sheet).startswith("The gaps are most sensitive to 'one' and 'two'. ")


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([40.4, 40.3, 7.0], "One of the 2 changes that help most: "),
        ([40, 30, 7], "The one change that helps most: "),
    ],
)
def test_openings_that_help_as_many_are_not_the_one(people: list[float], words: str):
    openings = pd.DataFrame(
        {"day": "Monday", "opens": "09:00", "closes": "18:00", "people": people, "people_one_day_more": 50.0},
        index=["west-library", "east-library", "old-library"],
    )
    groups = pd.DataFrame({"people": [16_000.0], "without": [50.0], "share": [0.01]}, index=["everyone"])
    areas = town_areas().assign(people_without_bus=1.0)
    results = town_results(areas=areas, details={"bus_people": groups, "bus_openings": openings})
    assert words + "West Library open on Monday" in " ".join(travel_lines(results))


def test_ranks_are_told_among_the_areas_that_could_be_tested():
    areas = town_areas()
    areas["stay_worst_share"] = [np.nan] * 13 + [0.2, 0.5, 1.0]
    # of three tested areas the last has rank 1: nothing lies outside, although ten have ranks beyond 3
    areas["rank_low"] = areas["rank_high"] = pd.array([pd.NA] * 13 + [3, 2, 1], dtype="Int64")
    areas.loc["A00", "gap_rank"] = 1
    areas["gap_rank"] = [4, *range(16, 4, -1), 3, 2, 1]
    said = text(_steadiness(town_results(areas=areas)))
    assert "1 of the 3 widest gaps that could be tested stays in the worst tenth" in said
    assert "13 small areas with a rank could not be tested" in said
    assert "it lies outside the range" not in said
    every = text(
        _steadiness(town_results(areas=areas.assign(stay_worst_share=1.0, rank_low=1, rank_high=16)))
    )
    assert "16 of the 16 widest gaps stay in the worst tenth" in every
    assert "could not be tested" not in every


def test_places_that_help_nobody_are_not_named():
    best = pd.DataFrame(
        {"name": ["Hall"], "people_nearest": [0.0], "people_newly_reached": [0.0], "people_newly_covered": [0.0],
         "cost_saved_per_person": [np.nan], "unit": ["m"], "mean_cost_before": [900.0], "mean_cost_after": [900.0],
         "unreached_before": [0.0], "unreached_after": [0.0]},
        index=pd.Index(["hall"], name="asset_id"),
    )  # fmt: skip
    results = town_results(details={"new_sites": best})
    assert "would shorten anybody's journey" in text(new_sites(results))
    assert "Hall" not in text(new_sites(results))
    assert "new_site" not in figures(results)
    assert _site_lines(best) == [
        "None of the candidates would shorten anybody's journey, if all open sites stay."
    ]


def test_what_lies_beyond_the_border_is_said_apart():
    assets = town_assets()
    assets["beyond_border"] = [True, True, False, True, True, False]
    assets.loc["band", "status"] = "proposed"
    said = text(answer(town_results(assets=assets)))
    assert "0 libraries are open within the border." in said
    assert (
        "name" not in said.split("within the border.")[1].split("We estimate")[0]
    )  # a proposed group is not there
