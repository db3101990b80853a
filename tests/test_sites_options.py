"""Options side by side: their numbers are those of a scenario, and of a count by hand from the raw files."""

from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import assetmap as am
import oracles_devolution as oracles
from assetmap.schema import InputError, Option, SchemaError, data_folder, reference_table
from assetmap.sites.answers import match_answers
from assetmap.sites.catchment_population import measure_catchment_population
from assetmap.sites.changes import Change, apply_changes, parse_changes
from assetmap.sites.compare import compare_options
from assetmap.sites.equality import group_counts, measure_equality, single_closures, without_data
from assetmap.sites.options import _stated
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.review import _notes as review_notes
from assetmap.sites.risks import _effect
from assetmap.sites.scenario import compare_scenario
from assetmap.sites.sites import open_sites, site_costs, sites_of_type
from devolution_town import make_postcodes, make_town

SETTINGS = DevolutionSettings(near_m=500, limit_m=1500, beyond_m=(1000, 2000, 3000), closures=2, draws=5)
OPTIONS = (
    Option("A", "Close one", {"close": ("West",)}),
    Option("B", "Pass one on", {"devolve": ("West:West Parish Council",)}),
    Option("C", "Mixed", {"close": ("North",), "hours": ("West:20",), "open": ("TR1 1AA:12",)}),
)
TOWN = data_folder() / "town"


@pytest.fixture(scope="module")
def town():
    areas, assets = make_town()
    facts = {
        "annual_cost_gbp": ["£40,000", "9k", "20000", "", "", "", *[""] * 4],
        "backlog_gbp": ["5k", *[""] * 9],
    }
    assets = assets.assign(**facts, annual_income_gbp=["1,000", *[""] * 9])
    return areas, assets, review_devolution(areas, assets, settings=SETTINGS)


@pytest.fixture(scope="module")
def compared(town):
    areas, assets, review = town
    return compare_options(
        OPTIONS, areas, sites_of_type(assets), review=review, settings=SETTINGS, postcodes=make_postcodes()
    )


@pytest.mark.slow
def test_the_numbers_of_an_option_are_those_of_its_scenario(town, compared):
    areas, assets, _ = town
    sites = sites_of_type(assets)
    for option in OPTIONS:
        changes = parse_changes(option.edits, assets, postcodes=make_postcodes())
        alone = compare_scenario(
            areas, sites, apply_changes(sites, changes), limit_m=1500, beyond_m=SETTINGS.beyond_m
        )
        pd.testing.assert_frame_equal(compared.people.loc[option.name], alone.people)
        row = compared.figures.loc[option.name]
        assert row["people_further"] == alone.people.at["everyone", "people_further"]
        assert row["mean_cost"] == pytest.approx(alone.people.at["everyone", "mean_cost_after"])
        assert compared.figures.at["today", "mean_cost"] == pytest.approx(
            alone.people.at["everyone", "mean_cost_before"]
        )


def test_options_counted_by_hand(compared):
    row = compared.figures.loc["A"]
    # without West: A00 to Mill 2,236 m, A01 to Mill 1,414 m, A10 to North or Mill 2,000 m
    assert row["people_further"] == 1000 + 1010 + 1040
    assert (row["children_further"], row["older_further"]) == (600, 900)
    assert row["people_left_without"] == 1000 + 1040
    assert row["hours_saved"] == 40
    assert (row["saving_low"], row["saving_high"]) == (39_000, 39_000)
    assert (row["one_off_low"], row["one_off_high"]) == (0, 5_000)
    passed = compared.figures.loc["B"]
    assert (passed["people_further"], passed["hours_saved"]) == (0, 0)
    assert (passed["saving_low"], passed["saving_high"]) == (0, 39_000)
    assert passed["sites_local"] == compared.figures.at["today", "sites_local"] + 1
    mixed = compared.figures.loc["C"]
    assert mixed["hours_saved"] == 20 + 20 - 12
    assert math.isnan(mixed["saving_high"])  # what a new site costs is not known
    assert "What it costs or saves in a year: New site at TR1 1AA." in compared.options[2].not_known


def test_each_option_has_its_sentence_and_what_must_be_true(compared):
    a, b, c = compared.options
    assert a.sentence == (
        "A closes West Library. 3,050 people would live further from a library; for them the way to the nearest would be 1.9 km "
        "on average, not 0.7 km, and 2,040 people would have none within 1.5 km."
    )
    assert b.sentence.endswith(
        "passes on West Library to West Parish Council. Nobody would live further from a library."
    )
    assert "changes the hours of West Library to 20 a week and opens a new site at TR1 1AA" in c.sentence
    assert any("West Parish Council wants to run West Library" in words for words in b.must_be_true)
    assert any(words.startswith("Whether West Parish Council is interested") for words in b.not_known)
    assert all(compared.kind["duty"] in each.must_be_true for each in compared.options)


@pytest.mark.slow
@effort(max_examples=6)
@given(st.sets(st.sampled_from(["West", "East", "North", "Hill", "Mill"]), min_size=1, max_size=4))
def test_closing_and_opening_again_changes_nothing(names):
    areas, assets = make_town()
    sites = sites_of_type(assets)
    closed = apply_changes(sites, parse_changes({"close": sorted(names)}, assets))
    again = apply_changes(closed, parse_changes({"open": sorted(names)}, closed))
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(sites))
    result = compare_scenario(areas, sites, again)
    assert (result.areas["outcome"] == "same").all()
    assert result.people.at["everyone", "people_further"] == 0


def test_closing_one_and_opening_it_in_the_same_place_is_today_but_for_who_runs_it(town):
    areas, assets, review = town
    both = compare_options(
        [Option("A", "Nothing", {"hours": ("West:40",)})],
        areas,
        sites_of_type(assets),
        review=review,
        settings=SETTINGS,
    )
    same = ["people", "mean_cost", "furthest_cost", "people_without", "sites_open", "sites_local"]
    assert both.figures.loc["A", same].tolist() == both.figures.loc["today", same].tolist()
    assert both.figures.at["A", "people_less_access"] == 0


def test_without_options_there_is_today(town):
    areas, assets, review = town
    nothing = compare_options([], areas, sites_of_type(assets), review=review, settings=SETTINGS)
    assert nothing.options == ()
    assert nothing.figures.index.tolist() == ["today"]
    assert nothing.equality.empty
    assert nothing.risks.empty


def test_a_change_that_cannot_be_made_is_named(town):
    areas, assets, review = town
    with pytest.raises(InputError, match="no site 'Wset'"):
        compare_options(
            [Option("A", "x", {"close": ("Wset",)})],
            areas,
            sites_of_type(assets),
            review=review,
            settings=SETTINGS,
        )


def test_steps_and_risks_are_begun_for_each_option(compared):
    risks = compared.risks
    assert set(risks["option"]) == {"A", "B", "C"}
    stops = risks[risks["what"] == "The new operator stops"].iloc[0]
    assert stops["effect"] == (
        "If it closed, 3,050 people would have to go further; 2,040 of them would have no site within the limit."
    )
    assert (risks[["date", "owner", "likelihood", "answer", "review_date"]] == "").all(axis=None)


# Equality


def test_equality_is_counted_by_hand():
    index = pd.Index(["A", "B", "C"], name="area_code")
    counts = pd.DataFrame(
        {
            "disabled": [10.0, 20, 70],
            "disabled_of": [100.0, 100, 100],
            "no_car": [5.0, 0, 0],
            "no_car_of": [50.0, 40, np.nan],
        },
        index=index,
    )
    masks = {"x": np.array([True, False, True]), "none": np.zeros(3, dtype=bool)}
    alone = {"p": np.array([False, False, True]), "q": np.array([True, False, False])}
    table = measure_equality(counts, masks, alone, closed={"x": (), "none": ()})
    row = table.loc[("x", "disabled")]
    assert (row["number"], row["of"], row["share"]) == (80, 200, 0.4)
    assert row["points"] == pytest.approx((0.4 - 100 / 300) * 100)
    assert (row["rank"], row["ranked"]) == (2, 3)  # closing p alone has 70%
    assert (table.at[("x", "no_car"), "number"], table.at[("x", "no_car"), "of"]) == (5, 50)
    assert table.at[("x", "no_car"), "ranked"] == 2  # nobody is known where p closes
    assert table.loc[("none", "disabled"), ["share", "rank"]].isna().all()
    itself = measure_equality(counts, {"x": masks["x"]}, alone, closed={"x": ("p",)})
    assert itself.at[("x", "disabled"), "ranked"] == 2


def test_characteristics_without_data_are_named_with_the_reason(town):
    areas = town[0]
    counts = group_counts(areas)
    assert set(counts.columns) == {"children_0_15", "children_0_15_of", "older_60_plus", "older_60_plus_of"}
    lost = without_data(counts)
    protected = set(reference_table("equality_groups")["characteristic"]) - {"not a protected characteristic"}
    assert len(protected) == 9
    assert set(lost) == protected - {"age"}
    assert "TS038" in lost["disability"]


def test_a_candidate_alone_is_the_same_as_an_option_that_closes_it(town, compared):
    areas, assets, _ = town
    opened = open_sites(assets)
    alone = single_closures(site_costs(areas, opened), opened.index)
    further = (compared.options[0].scenario.areas["cost_change"] >= 1).to_numpy()
    assert (alone["west-library"] == further).all()


# Every number of the summary, from the raw files of the made-up town


def read(name):
    with (TOWN / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def quillford():
    project = am.example_project("town")
    results = am.measure_project(project, sensitivity=False)
    settings = replace(am.project.devolution_settings(project), draws=5)
    from assetmap.project.options import read_options
    from assetmap.project.review import measure_review

    return project, results, measure_review(project, results, settings, read_options(project))


def plain_town():
    """Areas with their centre, people and need, and the halls, as the files have them."""
    spots = {}
    for row in read("postcodes.csv"):
        spots.setdefault(row["area_code"], []).append((float(row["easting"]), float(row["northing"])))
    cars = {row["lsoa21_code"]: row for row in read("cars.csv")}
    areas = []
    for row in read("need.csv"):
        points = spots[row["lsoa21_code"]]
        areas.append(
            {
                "x": sum(x for x, _ in points) / len(points),
                "y": sum(y for _, y in points) / len(points),
                "people": int(row["population"]),
                "children": int(row["children_0_15"]),
                "older": int(row["older_60_plus"]),
                "decile": 1 + int((int(row["imd_rank"]) - 1) * 10 // 33_755),
                "households": int(cars[row["lsoa21_code"]]["households"]),
                "no_car": int(cars[row["lsoa21_code"]]["households_without_a_car"]),
            }
        )
    return areas, {row["name"]: row for row in read("halls.csv")}


@pytest.mark.slow
def test_every_number_of_the_summary_is_recomputed_from_the_raw_files(quillford):
    _, _, (_, compared) = quillford
    areas, halls = plain_town()
    here = {n: (float(h["easting"]), float(h["northing"])) for n, h in halls.items() if h["status"] == "open"}
    hours = {n: float(h["weekly_hours"]) for n, h in halls.items() if h["status"] == "open"}
    bridge = halls["Bridge Street Centre"]
    opened = here | {"Bridge Street Centre": (float(bridge["easting"]), float(bridge["northing"]))}
    without = {name: place for name, place in here.items() if name != "Quillford Guildhall"}
    after = {
        "A": (without, hours),
        "B": (here, hours),
        "C": (opened, hours | {"Quillford Guildhall": 20.0, "Bridge Street Centre": 20.0}),
    }
    local = {"Northgate Community Centre", "St Osyn's Church Hall", "Nether Quill Village Hall"}
    local |= {"Saltmarsh Institute", "Westhay Reading Room", "Overcott Village Hall"}
    before = [oracles.nearest(area, here) for area in areas]
    share = oracles.access(areas, here, hours, 2_000)
    everyone = sum(area["people"] for area in areas)
    assert compared.figures.at["today", "people"] == everyone == 17_440
    for name, (sites, open_hours) in after.items():
        row = compared.figures.loc[name]
        then = [oracles.nearest(area, sites) for area in areas]
        further = [now - was >= 1 for was, now in zip(before, then, strict=True)]

        def of(column, chosen):
            return sum(area[column] for area, each in zip(areas, chosen, strict=True) if each)

        assert row["people_further"] == of("people", further)
        assert row["children_further"] == of("children", further)
        assert row["older_further"] == of("older", further)
        assert row["no_car_further"] == of("no_car", further)
        assert row["most_need_further"] == of(
            "people", [each and area["decile"] == 1 for area, each in zip(areas, further, strict=True)]
        )
        assert row["people_nearer"] == of(
            "people", [was - now >= 1 for was, now in zip(before, then, strict=True)]
        )
        assert row["mean_cost"] == pytest.approx(
            sum(area["people"] * now for area, now in zip(areas, then, strict=True)) / everyone
        )
        assert row["furthest_cost"] == pytest.approx(max(then))
        assert row["people_without"] == of("people", [now > 2_000 for now in then])
        assert row["people_left_without"] == of(
            "people", [was <= 2_000 < now for was, now in zip(before, then, strict=True)]
        )
        now_share = oracles.access(areas, sites, {n: open_hours[n] for n in sites}, 2_000)
        less = [now < was - 1e-9 for was, now in zip(share, now_share, strict=True)]
        more = [now > was + 1e-9 for was, now in zip(share, now_share, strict=True)]
        assert (row["people_less_access"], row["people_more_access"]) == (
            of("people", less),
            of("people", more),
        )
        assert row["sites_open"] == len(sites)
        run_locally = len(local & set(sites)) + (name == "B")
        assert row["sites_local"] == run_locally
    saved = compared.figures[["hours_saved", "saving_low", "saving_high"]]
    assert saved.loc["A"].tolist() == [40, 64_000, 64_000]
    assert saved.loc["B"].tolist() == [0, 0, 64_000]
    assert saved.loc["C", "hours_saved"] == 20 - 20
    assert math.isnan(saved.loc["C", "saving_high"])
    assert compared.figures[["one_off_low", "one_off_high"]].isna().all(axis=None)  # no backlog on the list
    cars = compared.equality.loc[("A", "no_car")]
    losing = [oracles.nearest(area, without) - was >= 1 for area, was in zip(areas, before, strict=True)]
    households = sum(area["households"] for area, each in zip(areas, losing, strict=True) if each)
    lost = sum(area["no_car"] for area, each in zip(areas, losing, strict=True) if each)
    all_cars = sum(area["no_car"] for area in areas) / sum(area["households"] for area in areas)
    assert (cars["number"], cars["of"]) == (lost, households)
    assert cars["points"] == pytest.approx((lost / households - all_cars) * 100)


@pytest.mark.slow
def test_the_review_of_halls_speaks_of_halls(quillford):
    _, _, (review, compared) = quillford
    halls = read("halls.csv")
    assert len(halls) == 12
    assert len(review.sites) == sum(row["status"] == "open" for row in halls) == 8
    assert compared.kind["words"] == "halls"
    assert "library" not in " ".join([*compared.options[0].must_be_true, compared.options[0].sentence])
    guildhall = review.sites[review.sites["candidate"]].iloc[0]
    assert (guildhall["name"], guildhall["annual_cost_gbp"]) == ("Quillford Guildhall", 64_000)


@pytest.mark.slow
def test_what_if_and_the_trial_of_the_map_say_the_same(quillford):
    from assetmap.show.map.trial import encode_trial

    project, results, (_, compared) = quillford
    closing = compared.options[0]
    alone = am.what_if(project, closing.option.edits)
    pd.testing.assert_frame_equal(alone.people, closing.scenario.people)
    pd.testing.assert_frame_equal(alone.areas, closing.scenario.areas)
    # the trial of a map measures straight lines from the same centres to the same points again
    halls = sites_of_type(results.assets, asset_type="village_hall")
    mapped = results.areas.drop(columns=["distance_m", "nearest_asset_id", "nearest_name"])
    mapped = mapped.join(am.distance_to_nearest(mapped, results.assets, asset_type="village_hall"))
    trial = encode_trial(mapped, results.assets)
    points = {results.assets.index[row]: (x, y) for row, x, y in zip(*trial["assets"].values(), strict=True)}
    left = [
        name for name in points if results.assets.at[name, "status"] == "open" and "guildhall" not in name
    ]
    again = [
        min(math.dist((x, y), points[name]) for name in left)
        for x, y in zip(trial["x"], trial["y"], strict=True)
    ]
    changes = parse_changes({"close": ["Quillford Guildhall"]}, halls, asset_type="village_hall")
    measured = compare_scenario(results.areas, halls, apply_changes(halls, changes))
    assert measured.areas["cost_after"].tolist() == pytest.approx(again, abs=1)


def test_what_an_option_cannot_say_is_said(town):
    areas, assets, review = town
    vague = areas.assign(need=areas["need"].where(areas.index != "A00"))
    option = Option("D", "Move", {"move": ("West:TR1 1AA",), "devolve": ("North:The Friends",)})
    compared = compare_options(
        (option,), vague, sites_of_type(assets), review=review, settings=SETTINGS, postcodes=make_postcodes()
    )
    (moved,) = compared.options
    assert "moves West Library to TR1 1AA" in moved.sentence
    assert {"What kind of body The Friends is.", "The need of some areas."} <= {*moved.not_known}
    assert math.isnan(compared.figures.at["D", "saving_high"])
    assert review_notes(vague, review.sites, SETTINGS)[0].code == "NEED_UNKNOWN"
    new = Change("devolve", "new-site", "New site", "New site:The Friends", receiver="The Friends")
    assert (_stated(review, new, "interest"), _effect("new-site", review)) == ("unknown", "")
    costs = site_costs(areas, sites_of_type(assets))
    without = measure_catchment_population(
        areas.drop(columns="need"), sites_of_type(assets), costs, limit=1500, beyond=(1000,)
    )
    assert without["need_mean"].isna().all()


def test_a_site_without_a_place_cannot_open_again(town):
    areas, assets, _ = town
    lost = assets.copy()
    lost.loc["old-library", "geometry"] = None
    with pytest.raises(InputError, match="has no location, so it cannot open again"):
        parse_changes({"open": ("Old",)}, lost)
    with pytest.raises(SchemaError, match="not among the sites and has no location"):
        apply_changes(sites_of_type(assets), [Change("open", "new", "New Library", "New Library")])
    with pytest.raises(InputError, match="not those of the counts"):
        measure_equality(group_counts(areas), {"A": np.ones(3, dtype=bool)}, {}, closed={"A": ("West",)})


def test_an_answer_about_two_sites_of_one_name_is_asked_back(town, tmp_path):
    _, assets, _ = town
    two = assets.copy()
    two.loc[["band", "choir"], ["name", "town"]] = ["Band Hall", "Quay"]
    (tmp_path / "answers.csv").write_text("site\nQuay\n", encoding="utf-8")
    _, notes = match_answers(sites_of_type(two), two, am.read.read_answers(tmp_path / "answers.csv"))
    assert [note.code for note in notes] == ["ANSWERS_ELSEWHERE"]
    two.loc["hill-library", "name"] = "Mill Library"
    (tmp_path / "answers.csv").write_text("site\nMill Library\n", encoding="utf-8")
    with pytest.raises(InputError, match="may mean 2 sites"):
        match_answers(sites_of_type(two), two, am.read.read_answers(tmp_path / "answers.csv"))


def test_where_nobody_reaches_a_second_site_two_closures_add_up(town):
    areas, assets, _ = town
    sites = open_sites(assets)
    near = am.access.within_limit(site_costs(areas, sites), 600)
    ranked = am.sites.rank_closures(areas, sites, most=2, limit_m=500, costs=near).set_index("asset_ids")
    alone = ranked["people_left_without"]
    assert alone["west-library east-library"] == alone["west-library"] + alone["east-library"] > 0
