"""Every figure that the program says is attacked by a test and is the same wherever it is said."""

from __future__ import annotations

import base64
import gzip
import importlib
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, spearmanr

import assetmap as am
from assetmap.cli.start import _summary_lines
from assetmap.gaps.measure import describe_gaps
from assetmap.project.build import summarise
from assetmap.schema import reference_table
from assetmap.show.claims import CLAIMS, figures, number_of, shown
from assetmap.show.map.built import built_layers

ROOT = Path(__file__).parents[1]
Built = tuple[am.Results, Path]
COUNTY = ("principal_authority",)


@pytest.fixture(scope="module")
def tables(cornwall_sure: Built) -> dict[str, pd.DataFrame]:
    """The files of a build, as somebody else would read them."""
    folder = cornwall_sure[1]
    return {
        path.stem: pd.read_csv(path, low_memory=False)
        for path in folder.glob("*.csv")
        if path.stat().st_size > 3
    }


@pytest.fixture(scope="module")
def report(cornwall_sure: Built) -> str:
    page = (cornwall_sure[1] / "report.html").read_text(encoding="utf-8")
    page = re.sub(r'src="data:[^"]*"', "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_every_claim_has_an_attacker() -> None:
    for key, claim in CLAIMS.items():
        file, _, function = claim.attacker.partition("::")
        module = importlib.import_module(file.removesuffix(".py"))
        assert callable(getattr(module, function)), key
        assert claim.counts, key
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        if file == Path(__file__).name:
            body = source.split(f"def {function}(")[1].split("\ndef ")[0]
            assert f'"{key}"' in body, f"{function} does not attack '{key}'"


@pytest.mark.slow
def test_people_and_areas_are_those_of_the_table(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    assert number_of(cornwall_sure[0], "people") == sum(tables["areas"]["population"].tolist())
    assert number_of(cornwall_sure[0], "areas") == len(set(tables["areas"]["area_code"]))
    assert {number_of(cornwall_sure[0], "population_year")} == set(tables["areas"]["population_year"])


def test_open_assets_and_groups_are_counted_row_by_row(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    rows = tables["assets"].to_dict("records")
    kinds = reference_table("asset_types")["group"].to_dict()
    opened = sum(row["asset_type"] == "library" and row["status"] == "open" for row in rows)
    assert number_of(cornwall_sure[0], "open_assets") == opened
    groups = [row for row in rows if kinds.get(row["asset_type"]) == "yes" and row["status"] != "closed"]
    assert number_of(cornwall_sure[0], "groups_listed") == len(groups)
    known = [row for row in groups if row["registered"] == "yes"]
    assert number_of(cornwall_sure[0], "groups_registered") == len(known)
    run = [
        row["operator"]
        for row in rows
        if row["asset_type"] == "library" and row["status"] == "open" and row["operator_type"] not in COUNTY
    ]
    assert number_of(cornwall_sure[0], "open_local") == len(run)
    assert not any("Cornwall Council" in operator for operator in run)
    codes = set(tables["areas"]["area_code"])
    exact = ("point", "postcode")
    placed = [row for row in groups if row["area_code"] in codes and row["location_precision"] in exact]
    assert (
        number_of(cornwall_sure[0], "groups_placed") == len(placed) == tables["areas"]["groups_listed"].sum()
    )
    registered = [row for row in placed if row["registered"] == "yes"]
    assert number_of(cornwall_sure[0], "groups_placed_registered") == len(registered)


def test_the_estimate_is_one_number(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame], report: str
) -> None:
    results = cornwall_sure[0]
    exact = number_of(results, "unregistered")
    assert tables["areas"]["unregistered_estimate"].sum() == pytest.approx(exact)
    mean, size = 0.00366 * 575_532, 1 / 0.4**2
    ends = nbinom.ppf([0.1, 0.9], size, size / (size + mean))
    assert exact == pytest.approx(mean, abs=0.5)
    assert [number_of(results, f"unregistered_{end}") for end in ("low", "high")] == pytest.approx(
        ends, abs=1
    )
    assert number_of(results, "unregistered_level") == 0.8
    assert {"unregistered_low", "unregistered_high"} <= set(CLAIMS)
    rounded = shown(results, "unregistered")
    assert abs(int(rounded.replace(",", "")) - exact) <= 5
    lines = " ".join(_summary_lines(summarise(results)))
    for text in (report, lines):
        assert f"about {rounded}" in text
        assert f"{exact:,.0f}" not in text
    # what is counted is said beside the number, wherever it is: report, terminal, files, map and review
    counted = "active groups that are on a local listing and on no official register"
    assert results.estimate.definition == counted
    assert report.count(counted) >= 4
    (label,) = [layer.label for layer in built_layers(results) if layer.key == "unregistered"]
    own = am.estimate_unregistered(1_000, rate=5.0)
    for text in (lines, str(summarise(results)["unregistered_groups"]), label.lower(), results.estimate.text):
        assert counted in text
    (other,) = [
        layer.label for layer in built_layers(replace(results, estimate=own)) if layer.key == "unregistered"
    ]
    assert other.lower().startswith(own.definition)


def test_high_need_and_low_access_is_counted_again(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    """A third of the areas in need and a third in distance, cut by hand, without `find_gaps`."""
    results, areas = cornwall_sure[0], tables["areas"]
    need, metres = sorted(areas["need"]), sorted(areas["distance_m"])
    rows = areas.to_dict("records")

    def upper(ordered: list[float]) -> float:
        place = (len(ordered) - 1) * 2 / 3
        low = int(place)
        return ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])

    high = [
        row
        for row in rows
        if row["need"] > upper(need) and row["distance_m"] > upper(metres) and row["distance_m"] >= 1_000
    ]
    assert number_of(results, "gap_areas") == len(high)
    assert number_of(results, "gap_people") == sum(row["population"] for row in high)
    assert number_of(results, "gap_people") == tables["areas"]["gap_people"].sum()
    low = [row["distance_m"] for row in rows if row["distance_m"] > max(upper(metres), 1_000)]
    assert number_of(results, "low_access_from") == pytest.approx(min(low))
    needy = [row for row in rows if row["need"] > upper(need) and row["distance_m"] > 5_000]
    assert number_of(results, "far_need_areas") == len(needy)
    assert number_of(results, "far_need_people") == sum(row["population"] for row in needy)
    first = sorted(rows, key=lambda row: row["gap_rank"])[:20]
    assert number_of(results, "top") == len(first)
    assert number_of(results, "top_people") == sum(row["population"] for row in first)
    assert number_of(results, "ranked") == len(rows)


def nearest_by_hand(tables: dict[str, pd.DataFrame]) -> list[float]:
    """The distance of each area to the nearest open library, from the coordinates in the files."""
    libraries = tables["assets"].query("asset_type == 'library' and status == 'open'")
    return [
        min(
            ((area["centre_easting"] - east) ** 2 + (area["centre_northing"] - north) ** 2) ** 0.5
            for east, north in zip(libraries["easting"], libraries["northing"], strict=True)
        )
        for area in tables["areas"].to_dict("records")
    ]


def test_people_far_away_are_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results, people = cornwall_sure[0], tables["areas"]["population"].tolist()
    away = nearest_by_hand(tables)
    far = [count for count, metres in zip(people, away, strict=True) if metres > 5_000]
    assert number_of(results, "far_areas") == len(far)
    assert number_of(results, "far_people") == sum(far)
    assert number_of(results, "far_share") == pytest.approx(sum(far) / sum(people))


def test_distances_are_measured_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results, areas = cornwall_sure[0], tables["areas"]
    away = nearest_by_hand(tables)
    everybody = sorted(
        metres for metres, count in zip(away, areas["population"], strict=True) for _ in range(count)
    )
    assert number_of(results, "half_within") == pytest.approx(everybody[len(everybody) // 2], abs=1)
    last = max(range(len(away)), key=away.__getitem__)
    assert number_of(results, "furthest") == pytest.approx(away[last])
    assert shown(results, "furthest_area") == areas["area_name"][last]
    assert shown(results, "furthest_code") == areas["area_code"][last]
    bands = [0, 1_000, 2_000, 5_000, 10_000, 1e9]
    keys = ("band_0", "band_1", "band_2", "band_3", "band_4")
    for key, low, high in zip(keys, bands[:-1], bands[1:], strict=True):
        assert number_of(results, key) == sum(low <= metres < high for metres in everybody)
    assert number_of(results, "need_with_distance") == pytest.approx(spearmanr(areas["need"], away).statistic)


def test_prevention_is_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results, areas, assets = cornwall_sure[0], tables["areas"], tables["assets"]
    kinds = pd.read_csv(ROOT / "data" / "tables" / "asset_types.csv", keep_default_na=False)
    prevents = set(kinds.loc[kinds["prevents"] == "yes", "asset_type"])
    there = ("open", "unknown")
    opened = [row for row in assets.itertuples() if row.asset_type in prevents and row.status in there]
    assert number_of(results, "prevention_assets") == len(opened)
    placed = np.array(
        [(r.easting, r.northing) for r in opened if r.location_precision in ("point", "postcode", "place")]
    )
    found, rates = [], []
    centres = areas[["centre_easting", "centre_northing"]].to_numpy()
    for x, y in centres:
        near = np.hypot(placed[:, 0] - x, placed[:, 1] - y) <= 2_000
        around = np.hypot(centres[:, 0] - x, centres[:, 1] - y) <= 2_000
        rates.append(1_000 * near.sum() / areas.loc[around, "population"].sum())
    needy = areas["need_health"] > np.quantile(areas["need_health"], 2 / 3)
    few = np.array(rates) <= np.quantile(rates, 1 / 3)
    found = areas[needy & (few | (np.array(rates) == 0))]
    assert number_of(results, "prevention_areas") == len(found) > 0
    assert number_of(results, "prevention_people") == found["population"].sum()
    assert set(found["area_code"]) == set(tables["prevention"]["area_code"])


def test_people_far_by_age_and_need_are_counted_again(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    results, areas = cornwall_sure[0], tables["areas"]
    far = areas[areas["distance_m"] > 5_000]
    assert number_of(results, "desert_areas") == len(far)
    for key, column in (("people", "population"), ("children", "children_0_15"), ("older", "older_60_plus")):
        assert number_of(results, f"desert_{key}") == far[column].sum()
    assert number_of(results, "desert_share") == pytest.approx(far["population"].sum() / 575_532)
    children = far["children_0_15"].sum() / areas["children_0_15"].sum()
    assert number_of(results, "desert_children_share") == pytest.approx(children)
    older = far["older_60_plus"].sum() / areas["older_60_plus"].sum()
    assert number_of(results, "desert_older_share") == pytest.approx(older)
    assert {"desert_people", "desert_children", "desert_older"} <= set(CLAIMS)
    ordered = areas.sort_values("need", ascending=False, kind="stable")
    tenth = [position * 10 // len(ordered) + 1 for position in range(len(ordered))]
    groups = ordered.assign(tenth=tenth, far=ordered["population"].where(ordered["distance_m"] > 5_000, 0))
    sums = groups.groupby("tenth")[["far", "population"]].sum()
    shares = sums["far"] / sums["population"]
    assert shown(results, "worst_tenth") == str(shares.idxmax())
    assert number_of(results, "worst_tenth_share") == pytest.approx(shares.max(), abs=0.02)
    assert number_of(results, "neediest_tenth_share") == pytest.approx(shares[1], abs=0.02)


def test_the_best_new_site_is_found_by_trying_every_place(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    results, areas, assets = cornwall_sure[0], tables["areas"], tables["assets"]
    roofed = assets["asset_type"].isin(["village_hall", "community_centre", "community_hub"])
    places = assets[roofed & (assets["status"] != "closed") & assets["easting"].notna()]
    today, people = areas["distance_m"].to_numpy(), areas["population"].to_numpy()
    saved = {}
    for place in places.itertuples():
        east, north = areas["centre_easting"] - place.easting, areas["centre_northing"] - place.northing
        metres = (east**2 + north**2).to_numpy() ** 0.5
        nearer = metres < today
        beyond = nearer & (today > 5_000) & (metres <= 5_000)
        gain = float((people * (today - metres))[nearer].sum())
        saved[place.name] = (gain, people[nearer].sum(), people[beyond].sum())
    name = shown(results, "new_site")
    assert name == max(saved, key=lambda one: saved[one][0])
    assert number_of(results, "new_site_people") == saved[name][1]
    assert number_of(results, "new_site_covered") == saved[name][2]
    assert number_of(results, "new_sites") == len(tables["new_sites"])


def test_robust_areas_are_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    """From the sentences of each area, which give the share and the ranks in words."""
    results, words = cornwall_sure[0], tables["areas"]["gap_sensitivity"]
    assert number_of(results, "robust_areas") == words.str.startswith("Almost always").sum()
    often = words.str.startswith(("Almost always", "Mostly", "Sometimes")).sum()
    assert number_of(results, "sometimes_areas") == often
    top = tables["areas"].sort_values("gap_rank").head(20)
    assert number_of(results, "robust_top") == top["gap_sensitivity"].str.startswith("Almost always").sum()
    said = top["gap_sensitivity"].str.extract(r"\((\d+)% of ([\d,]+) choices\); rank (\d+) to (\d+) in nine")
    assert set(said[1].str.replace(",", "").astype(float)) == {number_of(results, "choices")}
    least = said[0].astype(int)
    assert shown(results, "least_robust_share") == f"{least.min()}%"
    assert shown(results, "least_robust") == top.loc[least.idxmin(), "area_name"]
    assert shown(results, "least_robust_code") == top.loc[least.idxmin(), "area_code"]
    out = (top["gap_rank"] < said[2].astype(int)) | (top["gap_rank"] > said[3].astype(int))
    assert number_of(results, "rank_outside") == out.sum()
    assert number_of(results, "ranked_together") == tables["areas"]["rank_together_high"].notna().sum() == 20


def test_one_choice_is_read_from_its_table(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    """The share that stays is counted again from the areas that left."""
    rows = tables["robustness"].query("choice != 'base'").to_dict("records")
    worst = round(326 / 10)
    stay = {
        row["choice"]: 1 - len(str(row["left"]).split()) / worst if row["left"] == row["left"] else 1
        for row in rows
    }
    least = min(stay, key=lambda choice: stay[choice])
    assert shown(cornwall_sure[0], "least_choice") == least
    assert number_of(cornwall_sure[0], "least_choice_share") == pytest.approx(stay[least])


def test_neighbours_among_the_widest_gaps_are_counted_again(cornwall_sure: Built) -> None:
    results, folder = cornwall_sure
    areas = gpd.read_file(folder / "assetmap.gpkg", layer="areas").set_index("area_code")
    first = areas["gap_rank"].nsmallest(20).index
    pairs = [
        (one, other)
        for one, other in itertools.combinations(first, 2)
        if areas.geometry[one].intersects(areas.geometry[other])
    ]
    assert number_of(results, "tested_top") == len(first)
    assert number_of(results, "adjacent_pairs") == len(pairs)
    groups: list[set[str]] = [{code} for code in first]
    for one, other in pairs:
        joined = [group for group in groups if {one, other} & group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    people = {areas.loc[list(group), "population"].sum(): len(group) for group in groups if len(group) > 1}
    assert number_of(results, "largest_group_people") == max(people)
    assert number_of(results, "largest_group_areas") == people[max(people)]


def test_chance_is_simulated_again(cornwall_sure: Built) -> None:
    """Both null models, written again: pairs of neighbours among the 20 widest of shuffled gaps."""
    results, folder = cornwall_sure
    areas = gpd.read_file(folder / "assetmap.gpkg", layer="areas")
    one, other = areas.sindex.query(areas.geometry, predicate="intersects")
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a < b]
    exact = len(pairs) * 20 * 19 / (326 * 325)
    assert number_of(results, "chance_pairs") == pytest.approx(exact, abs=0.1)
    near, far = np.array(pairs).T
    need, lack = areas["need"].rank(pct=True).to_numpy(), areas["distance_m"].rank(pct=True).to_numpy()
    random = np.random.default_rng(8)
    counts = {"chance": [], "need": []}
    for _ in range(1_500):
        for name, score in (
            ("chance", random.permutation(need * lack)),
            ("need", random.permutation(need) * lack),
        ):
            first = np.zeros(326, dtype=bool)
            first[np.argsort(-score)[:20]] = True
            counts[name].append(int((first[near] & first[far]).sum()))
    assert number_of(results, "chance_pairs_need") == pytest.approx(np.mean(counts["need"]), abs=0.4)
    seen = number_of(results, "adjacent_pairs")
    assert np.mean(np.array(counts["chance"]) >= seen) <= 0.001
    assert number_of(results, "chance_p") < 0.001
    p = np.mean(np.array(counts["need"]) >= seen)
    assert number_of(results, "chance_p_need") == pytest.approx(p, abs=0.008)


def test_need_around_is_counted_area_by_area(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results, rows = cornwall_sure[0], tables["areas"].to_dict("records")
    tested = [row for row in rows if row["hotspot_p"] == row["hotspot_p"]]
    assert number_of(results, "around_tested") == len(tested)
    out = [row for row in tested if " around" in row["hotspot"]]
    assert number_of(results, "around_areas") == len(out)
    assert number_of(results, "around_steady") == sum(row["hotspot_share"] == 1 for row in out)
    assert number_of(results, "around_least") == min(row["hotspot_share"] for row in out)


def test_detours_and_edges_are_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results, rows = cornwall_sure[0], tables["areas"].to_dict("records")
    longer = [row for row in rows if row["distance_m"] <= 5_000 < row["overland_m"]]
    assert number_of(results, "detour_areas") == len(longer)
    assert number_of(results, "detour_people") == sum(row["population"] for row in longer)
    codes = pd.read_csv(am.example_project().folder / "postcodes.csv.gz")
    beyond = codes[codes["area_code"].isna() & codes["live"].astype(bool)]
    near = [
        row
        for row in rows
        if np.hypot(
            beyond["easting"] - row["centre_easting"], beyond["northing"] - row["centre_northing"]
        ).min()
        <= 5_000
    ]
    assert number_of(results, "edge_areas") == len(near)
    assert number_of(results, "edge_top") == sum(row["gap_rank"] <= 20 for row in near)


def test_every_row_of_every_list_is_counted(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results = cornwall_sure[0]
    folder = am.example_project().folder
    rows = sum(len(pd.read_csv(folder / name)) for name in ("libraries.csv", "groups.csv"))
    assert number_of(results, "rows_read") == rows
    kept = tables["rejected"]["outcome"].value_counts()
    assert number_of(results, "rows_rejected") == kept.get("rejected", 0)
    assert number_of(results, "rows_review") == kept.get("review", 0)
    assert number_of(results, "rows_accepted") == rows - len(tables["rejected"])


def test_report_tables_terminal_and_map_say_the_same(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame], report: str
) -> None:
    results, folder = cornwall_sure
    gap_areas, gap_people = shown(results, "gap_areas"), shown(results, "gap_people")
    assert f"{gap_areas} small areas have high need and low access compared with" in report
    assert f"{gap_people} people live there" in report
    assert describe_gaps(results.areas).startswith(f"{gap_areas} of {shown(results, 'areas')} areas")
    assert f"{gap_people} people live there" in describe_gaps(results.areas)
    base = tables["robustness"].set_index("choice").loc["base"]
    assert f"{base['high_gap_areas']:,.0f} {base['high_gap_people']:,.0f}" == f"{gap_areas} {gap_people}"
    far = tables["deserts"].set_index("need_decile").loc["all"]
    assert f"{far['areas']:,.0f} {far['population']:,.0f}" == (
        f"{shown(results, 'far_areas')} {shown(results, 'far_people')}"
    )
    assert report.count(f"{shown(results, 'far_people')} people") >= 2
    assert f"Of all small areas {shown(results, 'robust_areas')} do" in report
    assert f"{shown(results, 'adjacent_pairs')} pairs of them are neighbours" in report
    assert "widest gaps lie in clusters" in report
    assert shown(results, "largest_group_people") in report
    assert f"{tables['gap_groups']['population'].iloc[0]:,.0f}" == shown(results, "largest_group_people")
    lines = " ".join(_summary_lines(summarise(results)))
    assert f"{shown(results, 'people')} people in {shown(results, 'areas')} small areas" in lines
    assert f"Open assets of type library: {shown(results, 'open_assets')}" in lines
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert run["results"]["figures"] == figures(results)
    geopackage = gpd.read_file(folder / "assetmap.gpkg", layer="areas")
    assert f"{(geopackage['gap_class'] == '3-1').sum():,}" == gap_areas
    assert f"{geopackage['gap_people'].sum():,.0f}" == gap_people
    assert (geopackage["gap_group"] == 1).sum() == number_of(results, "largest_group_areas")
    page = (folder / "map.html").read_text(encoding="utf-8")
    packed = re.search(r'<script type="text/plain" id="am-data">([A-Za-z0-9+/=]+)</script>', page)
    assert packed is not None
    data = json.loads(gzip.decompress(base64.b64decode(packed.group(1))))
    layers = {layer["key"]: layer for layer in data["layers"]}
    (widest,) = [row for row in layers["gap"]["classes"] if row["label"] == "High need, low access"]
    assert f"{widest['areas']:,} {widest['people']:,}" == f"{gap_areas} {gap_people}"
    grouped = [number for number in layers["gap_group"]["values"] if number is not None]
    assert grouped.count(1) == number_of(results, "largest_group_areas")
    (beside,) = [row for row in layers["gap_cluster"]["classes"] if row["label"].endswith("next to another")]
    assert beside["areas"] == len(grouped) == tables["gap_groups"]["areas"].sum()
    assert beside["people"] == tables["gap_groups"]["population"].sum()


def test_what_if_starts_from_the_numbers_of_the_build(cornwall_sure: Built) -> None:
    scenario = am.what_if(am.example_project(), {"close": ["St Ives"]})
    areas = cornwall_sure[0].areas
    assert scenario.areas["cost_before"].to_numpy() == pytest.approx(areas["distance_m"].to_numpy())
    assert scenario.areas["access_before"].to_numpy() == pytest.approx(areas["access_per_1000"].to_numpy())
    everyone = scenario.people.loc["everyone"]
    assert everyone["people"] == number_of(cornwall_sure[0], "people")
    assert everyone["beyond_5km_before"] == number_of(cornwall_sure[0], "far_people")
