"""Every figure that the program says is attacked by a test and is the same wherever it is said."""

from __future__ import annotations

import base64
import gzip
import importlib
import itertools
import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import assetmap as am
from assetmap.cli.start import _summary_lines
from assetmap.gaps.measure import describe_gaps
from assetmap.project.build import summarise
from assetmap.schema import reference_table
from assetmap.show.claims import CLAIMS, figures, number_of, shown

ROOT = Path(__file__).parents[1]
Built = tuple[am.Results, Path]


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


def test_people_and_areas_are_those_of_the_table(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    assert number_of(cornwall_sure[0], "people") == sum(tables["areas"]["population"].tolist())
    assert number_of(cornwall_sure[0], "areas") == len(set(tables["areas"]["area_code"]))


def test_open_assets_and_groups_are_counted_row_by_row(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame]
) -> None:
    rows = tables["assets"].to_dict("records")
    kinds = reference_table("asset_types")["group"].to_dict()
    opened = sum(row["asset_type"] == "library" and row["status"] == "open" for row in rows)
    assert number_of(cornwall_sure[0], "open_assets") == opened
    listed = sum(kinds.get(row["asset_type"]) == "yes" and row["status"] != "closed" for row in rows)
    assert number_of(cornwall_sure[0], "groups_listed") == listed


def test_the_estimate_is_one_number(
    cornwall_sure: Built, tables: dict[str, pd.DataFrame], report: str
) -> None:
    results = cornwall_sure[0]
    exact = number_of(results, "unregistered")
    assert tables["areas"]["unregistered_estimate"].sum() == pytest.approx(exact)
    rounded = shown(results, "unregistered")
    assert abs(int(rounded.replace(",", "")) - exact) <= 5
    lines = " ".join(_summary_lines(summarise(results)))
    for text in (report, lines):
        assert f"about {rounded}" in text
        assert f"{exact:,.0f}" not in text


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


def test_people_far_away_are_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    results = cornwall_sure[0]
    libraries = tables["assets"].query("asset_type == 'library' and status == 'open'")
    far = []
    for area in tables["areas"].to_dict("records"):
        nearest = min(
            ((area["centre_easting"] - east) ** 2 + (area["centre_northing"] - north) ** 2) ** 0.5
            for east, north in zip(libraries["easting"], libraries["northing"], strict=True)
        )
        far += [area["population"]] if nearest > 5_000 else []
    assert number_of(results, "far_areas") == len(far)
    assert number_of(results, "far_people") == sum(far)


def test_robust_areas_are_counted_again(cornwall_sure: Built, tables: dict[str, pd.DataFrame]) -> None:
    """From the sentences of each area, which give the share in words."""
    words = tables["areas"]["gap_sensitivity"]
    assert number_of(cornwall_sure[0], "robust_areas") == words.str.startswith("Almost always").sum()
    often = words.str.startswith(("Almost always", "Mostly", "Sometimes")).sum()
    assert number_of(cornwall_sure[0], "sometimes_areas") == often


def test_neighbours_among_the_widest_gaps_are_counted_again(cornwall_sure: Built) -> None:
    results, folder = cornwall_sure
    areas = gpd.read_file(folder / "assetmap.gpkg", layer="areas").set_index("area_code")
    first = areas["gap_rank"].nsmallest(20).index
    pairs = [
        (one, other)
        for one, other in itertools.combinations(first, 2)
        if areas.geometry[one].intersects(areas.geometry[other])
    ]
    assert number_of(results, "adjacent_pairs") == len(pairs)
    groups: list[set[str]] = [{code} for code in first]
    for one, other in pairs:
        joined = [group for group in groups if {one, other} & group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    people = {areas.loc[list(group), "population"].sum(): len(group) for group in groups if len(group) > 1}
    assert number_of(results, "largest_group_people") == max(people)
    assert number_of(results, "largest_group_areas") == people[max(people)]


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


SENTENCES = {
    "docs/gaps.md": (
        "{gap_areas} of {areas} areas have high need and low access",
        "{gap_people} people live there",
        "{robust_areas} areas are among the worst tenth in at least 90% of the choices",
        "{sometimes_areas} in more than 10%",
        "{adjacent_pairs} pairs of neighbours",
        "{largest_group_areas} areas round Bugle and St Dennis with {largest_group_people} people",
        "the population stays {people}",
        "| base: straight line, ranks, quantiles | 100% | {gap_areas} | {gap_people} |",
    ),
    "docs/access.md": (
        "Cornwall {far_people} people",
        "live in {far_areas} small areas more than 5 km from an open library",
    ),
}


@pytest.mark.parametrize("page", SENTENCES)
def test_the_pages_print_no_figure_from_elsewhere(cornwall_sure: Built, page: str) -> None:
    text = re.sub(r"\s+", " ", (ROOT / page).read_text(encoding="utf-8"))
    for template in SENTENCES[page]:
        sentence = template.format(**{key: shown(cornwall_sure[0], key) for key in CLAIMS})
        assert sentence in text, sentence
