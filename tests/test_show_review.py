"""The page of a devolution review: what it says, what it refuses to run, that it is the same again."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from assetmap.groups.rate import estimate_unregistered
from assetmap.schema import Option
from assetmap.show.map.layers import check_layers
from assetmap.show.pictures.figures import svg_text
from assetmap.show.review.charts import DEPTHS, closures_chart, impact_chart, site_map
from assetmap.show.review.layers import devolution_layers
from assetmap.show.review.page import devolution_html, write_devolution
from assetmap.show.review.tables import write_scenario
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.compare import compare_options
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.scenario import compare_scenario
from assetmap.sites.sites import sites_of_type
from devolution_town import make_town
from report_tables import NASTY

SVG = "{http://www.w3.org/2000/svg}"
SMALL = DevolutionSettings(run_by="anyone", near_m=500, limit_m=1500, beyond_m=(1000, 2000, 3000), draws=200)


@pytest.fixture(scope="module")
def review():
    return review_devolution(*make_town(), estimate=estimate_unregistered(17_200), settings=SMALL)


@pytest.fixture(scope="module")
def html(review):
    return devolution_html(
        review, make_town()[0], title="Town & country", estimate=estimate_unregistered(17_200)
    )


@pytest.fixture(scope="module")
def page(html):
    return ET.fromstring(html)


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def table_of(page, caption):
    for table in page.iter("table"):
        if text_of(table.find("caption")).startswith(caption):
            return [[text_of(cell) for cell in row] for row in table.findall("./tbody/tr")]
    raise AssertionError(f"no table '{caption}'")


def pictures_of(page):
    start = "data:image/svg+xml;base64,"
    sources = [image.get("src") for image in page.iter("img")]
    assert all(source.startswith(start) for source in sources)
    return [base64.b64decode(source.removeprefix(start)).decode() for source in sources]


def test_answer(page, review):
    answer = text_of(page.find(".//section[@id='answer']/p"))
    assert re.match(r"This review covers 5 sites; 2 are run by a local council or a community body\.", answer)
    counts = review.sites["quadrant"].value_counts()
    said = answer[answer.index("5 sites are candidates: ") :].split(".")[0]
    assert all(f"{number} “{name}”" in said for name, number in counts.items())
    first = review.sites.sort_values("impact_rank").iloc[0]["name"]
    assert f"no closure would have a greater impact on people than that of {first}." in answer
    assert page.find(".//title").text == "Town & country"
    assert page.get("lang") == "en-GB"


def test_the_table_of_sites_has_the_figures_of_the_review(page, review):
    rows = {row[0]: row for row in table_of(page, "Every candidate")}
    assert len(rows) == 5
    for site in review.sites.itertuples():
        row = rows[site.name]
        assert row[2] == f"{site.people_nearest:,.0f}"
        assert row[3] == f"{site.impact:.2f}"
        assert row[5] == f"{site.readiness:.2f} ({site.readiness_low:.2f} to {site.readiness_high:.2f})"
        assert row[7].startswith(site.quadrant)
        assert ("answers could change it" in row[7]) == (not site.quadrant_sure)
        assert ("already devolved" in row[7]) == (site.devolved == "yes")
    assert rows["Hill Library"][1] == "not known"


def test_every_site_has_a_section_with_its_map(page, review):
    headings = {heading.get("id"): text_of(heading) for heading in page.iter("h3")}
    assert set(headings.values()) == set(review.sites["name"])
    links = {link.get("href").removeprefix("#") for link in page.iter("a")}
    assert set(headings) <= links
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert links <= set(ids)
    assert len(pictures_of(page)) == 2 + 5
    assert all(image.get("alt") for image in page.iter("img"))


def test_a_site_says_its_reasons(page):
    text = text_of(page.find(".//section[@id='annex-sites']"))
    for words in (
        "nearest site for 3,050 people, including 600 children and 900 people aged 60 or over",
        "Run by County Council (run by professionals, 1 of 5); open 40 hours a week.",
        "Run by East Town Council (run by a local council, 3 of 5) since 2018; open 30 hours a week.",
        "Run by an unknown operator (not known); hours not known.",
        "Within 0.5 km: 2 listed groups (2.0 per 1,000 people); 1 is on a register; for 1 other only the town is known.",
        "80% interval",
        "0 yes, 0 no, 13 not known. Still to ask: Key local issues; Driven people;",
        "Already devolved: Mill CIC runs it.",
        "It is not known whether a body could take it; its interest is not known.",
    ):
        assert words in text, words


def test_closures_and_dependence(page, review):
    single = table_of(page, "One closure, least harm first")
    assert [row[0] for row in single] == review.closures.query("closures == 1")["closed"].tolist()
    assert single[-1][4] in {"40", "30", "20", "10", "not known"}
    assert len(table_of(page, "Least harm for the hours saved")) == len(review.closures_front)
    depends = table_of(page, "People with no other site within 1.5 km")
    assert sum(int(row[3].replace(",", "")) for row in depends) == review.dependence["people_only_here"].sum()


def test_criteria_with_their_weights_and_limits_are_printed(page, review):
    rows = table_of(page, "What counts")
    assert len(rows) == len(review.criteria) == 14
    assert {row[3] for row in rows} == {"0.5", "1", "1.5"}
    methods = text_of(page.find(".//section[@id='annex-methods']"))
    assert "straight lines" in methods
    assert "unregistered groups" in methods
    assert "Weekly hours are not known for 1 sites" in methods


def test_nothing_runs_and_nothing_is_fetched(html, page):
    assert "default-src 'none'" in html
    assert not list(page.iter("script"))
    assert not [
        name for element in page.iter() for name in element.attrib if name.startswith("on") or name == "style"
    ]
    for picture in pictures_of(page):
        assert not re.search(r"<(script|image|foreignObject|a)\b|href=\"http", picture)


def test_the_same_review_gives_the_same_bytes(html, review):
    again = devolution_html(
        review, make_town()[0], title="Town & country", estimate=estimate_unregistered(17_200)
    )
    assert again == html


@pytest.mark.slow
@pytest.mark.parametrize("name", [NASTY, "=HYPERLINK(1)", "very long " * 1000])
def test_names_from_outside_are_shown_as_written_and_run_nothing(name):
    areas, assets = make_town()
    assets.loc["west-library", ["name", "operator", "town"]] = name
    assets.loc["west-hall", "name"] = name
    settings = DevolutionSettings(run_by="anyone", near_m=1000, draws=2)
    review = review_devolution(areas, assets, settings=settings)
    page = ET.fromstring(devolution_html(review, areas, title=name))
    assert not list(page.iter("script"))
    for picture in pictures_of(page):
        ET.fromstring(picture)
    shown = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+", " ", name).split())[
        :100
    ]
    assert shown in text_of(page)


def test_the_map_of_a_site_shows_its_areas_and_its_neighbours(review):
    areas = make_town()[0]
    drawn = ET.fromstring(
        site_map(areas, review.small_areas, review.sites, "west-library", limits=(1000, 2000, 3000))
    )
    fills = [path.get("fill") for path in drawn.iter(f"{SVG}path")]
    assert sum(fill in DEPTHS for fill in fills) == 3
    # further than 2 km without it: A00 and, just, A10
    far = review.small_areas.loc[["A00", "A01", "A10"], "cost_if_closed"]
    assert fills.count(DEPTHS[2]) == (far > 2000).sum()
    names = [text.text for text in drawn.iter(f"{SVG}text")]
    assert "West" in names
    assert "2\xa0km" in names


def test_a_site_that_is_the_nearest_of_nobody_has_a_map_too(review):
    none = review.small_areas.assign(nearest_asset_id="east-library")
    drawn = ET.fromstring(site_map(make_town()[0], none, review.sites, "hill-library", limits=(1, 2, 3)))
    assert [circle.get("r") for circle in drawn.iter(f"{SVG}circle")].count("7") == 1


def test_charts_are_pictures_with_names(review):
    drawn = svg_text(impact_chart(review.sites))
    words = [text.text for text in ET.fromstring(drawn).iter(f"{SVG}text")]
    assert {"worth supporting first", "do not touch", "Mill", "Hill"} <= set(words)
    unknown = review.sites.assign(readiness=[np.nan, *review.sites["readiness"][1:]])
    assert "1 site is not drawn: too little is known" in svg_text(impact_chart(unknown))
    assert svg_text(closures_chart(review.closures, review.closures_front)) == svg_text(
        closures_chart(review.closures, review.closures_front)
    )


def test_what_is_written(tmp_path, review):
    areas, _ = make_town()
    written = write_devolution(review, areas, tmp_path, title="Town")
    assert [path.name for path in written] == [
        *("devolution.csv", "devolution.html", "devolution_impact.svg", "devolution_closures.svg"),
    ]
    table = pd.read_csv(tmp_path / "devolution.csv", index_col="asset_id")
    assert table["people_nearest"].sum() == areas["population"].sum()
    assert {"easting", "northing", "impact", "readiness_known_share", "quadrant"} <= set(table.columns)
    for path in written[2:]:
        ET.parse(path)


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["public", "internal", ""])
def test_the_head_says_for_whom_the_page_is(review, audience):
    html = devolution_html(review, make_town()[0], title="Town", audience=audience)
    head = text_of(ET.fromstring(html).find(".//header"))
    assert ("Public version" in head) == (audience == "public")
    assert ("do not publish" in head) == (audience == "internal")


def test_one_site_alone(tmp_path):
    areas, assets = make_town()
    review = review_devolution(areas, assets[assets["name"].isin(["West Library", "Band"])], settings=SMALL)
    written = write_devolution(review, areas, tmp_path, title="Town")
    text = (tmp_path / "devolution.html").read_text(encoding="utf-8")
    assert "There is no site that could close" in text
    assert len(written) == 3


def test_scenario_tables(tmp_path):
    areas, assets = make_town()
    sites = sites_of_type(assets)
    scenario = compare_scenario(
        areas, sites, apply_changes(sites, parse_changes({"close": ["West"]}, assets))
    )
    names = [path.name for path in write_scenario(scenario, tmp_path)]
    assert names == [f"scenario_{part}.csv" for part in ("areas", "people", "sites", "most_affected")]
    people = pd.read_csv(tmp_path / "scenario_people.csv", index_col="group")
    assert people.at["everyone", "people_further"] == 3050


def test_layers_lie_on_the_areas_and_name_winners_and_losers(review):
    areas, assets = make_town()
    named = [
        Option("A", "Close one", {"close": ("West",)}),
        Option("B", "Pass on", {"devolve": ("West:Trust",)}),
    ]
    options = compare_options(named, areas, sites_of_type(assets), review=review, settings=SMALL)
    layers = {layer.key: layer for layer in devolution_layers(review, options)}
    check_layers(list(layers.values()), areas)
    assert list(layers)[:3] == ["option_1_change", "option_1_outcome", "option_2_change"]
    assert layers["option_1_outcome"].values.value_counts()["further"] == 3
    assert (layers["option_1_change"].values > 0).sum() == 3
    assert (layers["option_2_change"].values == 0).all()
    assert layers["option_2_change"].label.startswith("B: change in distance")
    assert layers["site_quadrant"].values["A00"] == review.sites.at["west-library", "quadrant"]
    readiness = layers["site_readiness"]
    assert (readiness.low <= readiness.values + 1e-9).all()
    assert (readiness.values <= readiness.high + 1e-9).all()
    assert len(devolution_layers(review)) == 5
